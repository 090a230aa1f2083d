"""What of a text may be shown: control characters as escapes, since a terminal obeys what is printed, and no password."""

from __future__ import annotations

import re

# C0 but tab and line feed, DEL and C1 (a terminal's commands); marks of direction, which show a text in another order than it
# has; line and paragraph separators; tags, which nobody sees.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""Return text with its control characters as escapes; line feeds and tabs stay.

    >>> visible("a\x1b[2J")
    'a\\x1b[2J'
    """
    return _CONTROLS.sub(lambda found: _escape(found[0]), text)


def one_line(text: str) -> str:
    r"""Return text on one line: line feeds as escapes too.

    >>> one_line("a.png\nb")
    'a.png\\nb'
    """
    return visible(text).replace("\n", "\\n")


_SIGN_IN = re.compile(r"(?<=//)[^/\s]+@")


def without_password(text: str) -> str:
    """Return a text without the names and passwords that addresses in it may hold.

    >>> without_password("from http://ana:p@ss@10.0.0.2:8188/x and https://pypi.org/a@b")
    'from http://…@10.0.0.2:8188/x and https://pypi.org/a@b'
    """
    return _SIGN_IN.sub("…@", text)


_JOB_ID = re.compile(r"_?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)
_FILE_NAME = re.compile(r"[^\s/\\]+\.\w{2,11}")
SHORT_NAME = 40  # [choice] letters: the author and the first words of a prompt, and the tile


def without_job(name: str) -> str:
    """Return a file name without the job id that MidJourney writes into it.

    >>> without_job("ana_portrait_0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01_2.png")
    'ana_portrait…_2.png'
    """
    return _JOB_ID.sub("…", name, count=1)


def short_name(name: str, most: int = SHORT_NAME) -> str:
    """Return a file name of at most `most` letters, without MidJourney's job id, else without its middle.

    >>> short_name("ana_portrait_of_a_woman_0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01_2.png")
    'ana_portrait_of_a_woman…_2.png'
    >>> short_name("a_very_long_name_of_a_photo_that_nobody_wants_to_read_1.jpg", 20)
    'a_very_long_…d_1.jpg'
    """
    if len(name) <= most:
        return name
    found = _JOB_ID.search(name)
    start, end = (name[: found.start()], name[found.end() :]) if found else (name, "")
    if not found or len(end) > most // 2:
        kept = (most - 1) * 2 // 5
        start, end = name[:-kept], name[-kept:]
    return f"{start[: most - 1 - len(end)]}…{end}"


def is_file_name(text: str) -> bool:
    """Return whether a text is one file's name without a folder: what may be shortened in a table."""
    return _FILE_NAME.fullmatch(text) is not None


def _escape(char: str) -> str:
    return char.encode("ascii", "backslashreplace").decode("ascii") if ord(char) > 127 else f"\\x{ord(char):02x}"
