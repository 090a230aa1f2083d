"""Reads the name of a MidJourney download: job, tile, and what is left of prompt and parameters. Pure.

Names are `<author>_<prompt>_<job>[_<tile>]`, cut after 63 characters (61 with a tile); those of the CDN and of downloaders
begin with the job or the time. A file name contains only a part of a prompt, so it only gives hints.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from avatar.prompts.parameters import ALIASES, LIMITS, RULES, UUID, canonical, parameter, split
from avatar.workspace.records import Parameter
from config import ImportConfig

_EXTENSION = re.compile(r"\.(?:png|jpe?g|webp|gif|mp4|webm|tiff?|bmp|avif|heic)$", re.IGNORECASE)
_TILE = re.compile(r"(?: ?\(\d+\))*_([0-3])(?=copy|copia|kopie|[^0-9A-Za-z]|$)", re.IGNORECASE)
_CDN_TILE = re.compile(r"[_.-]0_([0-3])(?![0-9A-Za-z])")  # {job}/0_2.png, saved with the job before it
_TILE_FROM_1 = re.compile(r"-([1-4])(?![0-9A-Za-z])")  # soxofaan/midjourney-archiver
_CDN = re.compile(r"0_([0-3])(?:_\d+_N)?(?:\.(?:webp|png))*(?: \(\d+\))*")
_PREVIEW = re.compile(r"_(\d{3,4})_N(?![0-9A-Za-z])")
_GRID = re.compile(r"(?:^|[_.-])grid(?:_0)?(?![0-9A-Za-z])", re.IGNORECASE)
_TIME = re.compile(r"(?:\d{4}-\d\d-\d\d(?:[_T -]\d\d[-.]?\d\d(?:[-.]?\d\d)?)?|\d{8}(?:[-_T]\d{6})?)", re.ASCII)
# What stands before the job in names of the CDN that a tool or a person saved.
_NO_PROMPT = re.compile(
    r"(?:https?_+)?(?:cdn\.midjourney\.com|midjourney|mj|job|image|img|\d{1,6}|1\d{9}(?:\d{3})?)?[_ .-]*", re.IGNORECASE
)
_SHORT_LINK = re.compile(r"\bhttpss\.mj\.run(?=\w)")
_STEM_CHARS = {False: 63, True: 61}  # of author and prompt in a name, without and with the tile [164 real names]
_RATIO_TOLERANCE = 0.04  # sides are rounded to whole blocks: 3:4 comes as 928 x 1232
# A uuid whose end was cut off with the name's: eight hex digits, of which one is a letter and one a digit, or more groups.
_CUT_UUID = re.compile(
    r"[_ -](?:(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{8}-?|[0-9a-f]{8}-[0-9a-f]{1,4}(?:-[0-9a-f]{0,12}){0,3})"
    r"(?:…|\.{2,3})?(?:[ _-]*(?:\(\d+\)|copy|copia|kopie))*$",
    re.IGNORECASE,
)
_WEB_ACCOUNT = re.compile(r"u\d{6,12}", re.ASCII)
_DIGITS_OF_ACCOUNT = re.compile(r"\d{5}", re.ASCII)  # cyberwoman_03922: the name alone was taken
AUTHOR_WORDS = 3  # [choice] more words than these before a usual beginning of a prompt are no account's name
# What prompts begin with: the words before are the account's.
_BEGINNINGS = frozenset({
    "a", "an", "the", "this", "two", "three", "one", "some", "portrait", "portraits", "headshot", "selfie", "photo",
    "photos", "photograph", "photography", "photorealistic", "photographic", "picture", "image", "close", "closeup",
    "close-up", "extreme", "medium", "full", "wide", "cinematic", "film", "movie", "editorial", "fashion", "studio",
    "street", "professional", "realistic", "hyperrealistic", "hyper", "ultra", "super", "highly", "young", "old", "older",
    "elderly", "beautiful", "handsome", "woman", "man", "girl", "boy", "female", "male", "person", "people", "lady",
    "character", "illustration", "painting", "watercolor", "watercolour", "oil", "sketch", "drawing", "pencil", "digital",
    "3d", "anime", "manga", "cartoon", "pixar-style", "pixel", "icon", "logo", "black", "white", "vintage", "retro",
    "minimalist", "side", "front", "back", "profile", "view", "candid", "low", "high", "overhead", "aerial", "un", "una",
    "el", "la", "los", "las", "retrato", "foto", "primer", "mujer", "hombre", "chica", "chico", "joven", "imagine", "create",
    "generate", "make", "https://s.mj.run",
})  # fmt: skip


@dataclass(frozen=True)
class Hints:
    """The parts of a file's name. `cut`: the name ends in the middle of the prompt or of a parameter."""

    job_id: str | None
    tile: int | None
    author_and_prompt: str
    parameters: dict[str, Parameter]
    cut: bool
    title: str = ""  # a prompt that a downloader wrote behind the job, without the author
    warnings: tuple[str, ...] = ()


def parse_filename(name: str, size: tuple[int, int] | None = None, limits: ImportConfig = LIMITS) -> Hints:
    """Return the parts of a download's name; size (width, height in pixels) resolves `--ar_23`, which has lost its colon.

    Author and prompt cannot be told apart (`prompt_of_name` guesses). Without a job's uuid, a name counts only where it
    holds a parameter, or for the tile of a CDN name (`0_2.png`).
    """
    stem = name.replace("\\", "/").rpartition("/")[2]
    while (shorter := _EXTENSION.sub("", stem)) != stem:  # ".png.webp"
        stem = shorter
    found = list(UUID.finditer(stem))
    if not found:
        return _hints_without_job(stem, size, limits)
    job = found[-1]
    slug, behind = stem[: job.start()].removesuffix("_"), stem[job.end() :]
    slug = "" if _NO_PROMPT.fullmatch(slug) else slug
    warnings = _remarks(behind)
    if not slug.strip("_ .-") or _TIME.fullmatch(slug.strip("_ .-")):
        tile, title = _behind_job(behind, timed=bool(slug))
        return Hints(job[0].lower(), tile, "", {}, cut=bool(title), title=title, warnings=warnings)
    found_tile = _TILE.match(behind)
    hints = _read_slug(slug.removeprefix("social_"), size, limits, cut=len(slug) >= _STEM_CHARS[found_tile is not None])
    return replace(hints, job_id=job[0].lower(), tile=int(found_tile[1]) if found_tile else None, warnings=warnings)


def job_of_folder(folder: str, name: str) -> str | None:
    """Return the job that a folder is named by, for a picture in it under its name on the CDN: {job}/0_1.png."""
    stem = _EXTENSION.sub("", name)
    jobs = UUID.findall(folder)
    return jobs[-1].lower() if jobs and (_CDN.fullmatch(stem) or _GRID.match(stem)) else None


def _remarks(text: str) -> tuple[str, ...]:
    if _GRID.match(text):
        return ("midjourney.grid",)
    return ("midjourney.preview",) if _PREVIEW.search(text) else ()


def _behind_job(text: str, *, timed: bool) -> tuple[int | None, str]:
    """Return tile and prompt of what follows the job in a name that begins with it, or with the time.

    Downloaders write `_0_2` (the CDN's), `_2`, `.0_2.the-prompt`, `_1_the_prompt`, and one counts from 1: `-2`.
    """
    tile = _CDN_TILE.match(text) or _TILE.match(text)
    from_1 = _TILE_FROM_1.match(text) if timed and tile is None else None
    number = int(tile[1]) if tile else int(from_1[1]) - 1 if from_1 else None
    found = tile or from_1
    rest = text[found.end() :] if found else text
    if rest.startswith(".") and tile is not None:
        words = re.sub("_+", ", ", rest[1:].rstrip("…").replace("-", " ")).split()
    elif timed and rest.startswith("_"):
        words = rest[1:].replace("_", " ").split()
    else:
        words = []
    return number, " ".join(words) if len(words) > 2 else ""  # fewer are an editor's: "_upscaled", "_face 2x"


def _hints_without_job(stem: str, size: tuple[int, int] | None, limits: ImportConfig) -> Hints:
    if cdn := _CDN.fullmatch(stem):
        return Hints(None, int(cdn[1]), "", {}, cut=False, warnings=_remarks(stem))
    if re.fullmatch(r"grid_0(?: \(\d+\))*", stem):
        return Hints(None, None, "", {}, cut=False, warnings=("midjourney.grid",))
    hints = _read_slug(_CUT_UUID.sub("", stem), size, limits, cut=True)
    return hints if hints.parameters else Hints(None, None, "", {}, cut=False)


def _read_slug(slug: str, size: tuple[int, int] | None, limits: ImportConfig, *, cut: bool) -> Hints:
    text = _SHORT_LINK.sub("https://s.mj.run/", slug.replace("_", " "))
    prompt, pieces = split(text)
    # A name shortened by hand (its author removed) is below the limit and still ends like a cut one.
    open_end = re.search(r"\s-{1,2}$", text.rstrip()) is not None
    prompt = re.sub(r"\s+-{1,2}$", "", prompt)
    parameters: dict[str, Parameter] = {}
    for index, (name, value) in enumerate(pieces):
        last = index == len(pieces) - 1
        value = re.sub(r"\s*(?<!\S)-{1,2}$", "", value) if last else value
        key = canonical(name)
        ends_here = last and not value and not open_end and not text.endswith(" ")
        if ends_here and _may_go_on(name) and (cut or key is None):
            cut = True  # "--st", "--prof", also "--s" of "--sref"
            continue
        if key is None:
            continue
        value_cut = last and cut and not open_end
        if key == "ar":
            ratio = _ratio(value.partition(" ")[0], size)
            if ratio is None:
                continue
            value = ratio
        elif RULES[key].kind == "number":
            value = value.partition(" ")[0]  # what an editor or a downloader added stands behind it
        elif RULES[key].kind == "flag":
            value = ""
        if key == "no" and key in parameters:
            value = f"{parameters[key].text}, {value}"
        elif key == "seed" and key in parameters:
            continue
        found = parameter(key, value, limits)
        parameters[key] = found.model_copy(update={"cut": True, "warning": None}) if value_cut else found
    return Hints(None, None, " ".join(prompt.split()), parameters, cut=cut or open_end)


def _may_go_on(name: str) -> bool:
    return any(other.startswith(name.lower()) and other != name.lower() for other in (*RULES, *ALIASES))


def _ratio(digits: str, size: tuple[int, int] | None) -> str | None:
    """Restore the colon in "23" if exactly one position of it fits the picture; else None.

    "112" is 1:12 or 11:2, and only width and height tell.
    """
    if size is None or min(size) < 1 or not re.fullmatch(r"\d{2,8}", digits, re.ASCII):
        return None
    splits = [(digits[:at], digits[at:]) for at in range(1, len(digits))]
    fitting = [
        f"{left}:{right}"
        for left, right in splits
        if left[0] != "0" and right[0] != "0" and abs(math.log(int(left) / int(right) * size[1] / size[0])) <= _RATIO_TOLERANCE
    ]
    return fitting[0] if len(fitting) == 1 else None


# --- authors ---------------------------------------------------------------------------------------------------------


def prompt_of_name(hints: Hints, authors: Iterable[str] = ()) -> str | None:
    """Return the prompt that a name tells, without the account's name, which stands before it in every name of the web app.

    authors  accounts known from other pictures. Without one the first word is the account's, or all before a word that prompts
             usually begin with: to lose a word of the prompt is better than to have a person's account in a caption.
    """
    if hints.title:
        return hints.title
    words = hints.author_and_prompt.split()
    for author in authors:
        own = re.sub(r"[^A-Za-z0-9 ._-]", "", author).replace("_", " ").lstrip(".").split()
        if own and [word.lower() for word in words[: len(own)]] == [word.lower() for word in own]:
            return " ".join(words[len(own) :]) or None
    return " ".join(words[_author_length(words) :]) or None


def _author_length(words: list[str]) -> int:
    """Return how many of the first words of a name are probably the account's."""
    if not words:
        return 0
    if _WEB_ACCOUNT.fullmatch(words[0]):
        return 1
    for number, word in enumerate(words[1:AUTHOR_WORDS], 1):
        if _DIGITS_OF_ACCOUNT.fullmatch(word):
            return number + 1
    for number, word in enumerate(words[: AUTHOR_WORDS + 1]):
        if word.lower().rstrip(".") in _BEGINNINGS or word.startswith("https://"):
            return number
    return 1
