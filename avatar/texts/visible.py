"""Control characters as visible escapes: names and prompts come from strangers, and a terminal obeys what is printed."""

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


def _escape(char: str) -> str:
    return char.encode("ascii", "backslashreplace").decode("ascii") if ord(char) > 127 else f"\\x{ord(char):02x}"
