"""Parses prompt, parameters and job of a MidJourney picture, from embedded texts, the file's name or typed words.

Pure. `Description` is `<prompt> --parameters Job ID: <uuid>`; a file name contains only a part
of it, so it only gives hints. Parameter table: docs.midjourney.com, Parameter List, and the guides to V7 and V8.1.
"""

from __future__ import annotations

import email.utils
import html
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timezone

from avatar.workspace.records import MidJourney, Parameter
from config import ImportConfig


@dataclass(frozen=True)
class Rule:
    """The values that a parameter may have: none (flag), a number within limits, a ratio, or any text."""

    kind: str = "text"  # text | flag | number | ratio
    low: float = -math.inf
    high: float = math.inf
    among: tuple[float, ...] = ()  # where only some numbers exist
    bare: bool = False  # may stand without a value


def _number(low: float, high: float, *, bare: bool = False) -> Rule:
    return Rule("number", low, high, bare=bare)


_FLAG = Rule("flag", bare=True)
# The last five: v1-4.
_FLAGS = "raw tile draft fast relax turbo hd sd stealth public loop preview test testp creative upbeta uplight"
RULES: Mapping[str, Rule] = {
    "v": Rule("number", 1, 8.2, among=(1, 2, 3, 4, 5, 5.1, 5.2, 6, 6.1, 7, 8, 8.1, 8.2)),  # 8.2: July 2026
    "niji": Rule("number", 4, 7, among=(4, 5, 6, 7), bare=True),
    "ar": Rule("ratio"),
    "chaos": _number(0, 100),
    "variety": _number(0, 100),  # what the web slider calls chaos; not known as a parameter, taken as the same
    "stylize": _number(0, 1000),
    "weird": _number(0, 3000),
    "quality": _number(0.25, 4),
    "seed": _number(0, 4294967295),
    "stop": _number(10, 100),
    "repeat": _number(1, 40),
    "iw": _number(0, 3),
    "cw": _number(0, 100),
    "sw": _number(0, 1000),
    "sv": _number(1, 7),
    "ow": _number(1, 1000),
    "exp": _number(0, 100),
    "bs": _number(1, 4),
    "video": _number(0, 1, bare=True),
    "profile": Rule(bare=True),
    **dict.fromkeys(("style", "no", "cref", "sref", "oref", "motion", "end", "edit"), Rule()),
    **dict.fromkeys(_FLAGS.split(), _FLAG),
}
ALIASES: Mapping[str, str] = {
    "version": "v", "aspect": "ar", "c": "chaos", "s": "stylize", "w": "weird", "q": "quality", "r": "repeat",
    "p": "profile", "personalize": "profile", "sameseed": "seed",
}  # fmt: skip

_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)
_JOB = re.compile(rf"\bJob ID:\s*({_UUID.pattern})\s*$", re.IGNORECASE)
# Apple's keyboards turn -- into a dash (U+2014, 2013, 2015, or two of 2212): a parameter only after a blank.
_MARK = re.compile(r"(?:(?<!-)--(?!-)|(?<!\S)(?:[\u2014\u2013\u2015]|\u2212\u2212))(?P<name>[A-Za-z]+)(?P<rest>(?:\w|-(?!-))*)")
_EXTENSION = re.compile(r"\.(?:png|jpe?g|webp|gif|mp4|webm|tiff?|bmp|avif|heic)$", re.IGNORECASE)
_TILE = re.compile(r"_([0-3])(?![0-9A-Za-z])")
_CDN = re.compile(r"0_([0-3])(?:_\d+_N)?(?: \(\d+\))*")
_SHORT_LINK = re.compile(r"\bhttpss\.mj\.run(?=\w)")
_STEM_CHARS = {False: 63, True: 61}  # of author and prompt in a name, without and with the tile [164 real names]
_RATIO_TOLERANCE = 0.04  # sides are rounded to whole blocks: 3:4 comes as 928 x 1232
_LIMITS = ImportConfig()
_TEXT_KEYS = ("Description", "ImageDescription", "UserComment", "Comment")
_XMP_KEYS = ("XML:com.adobe.xmp", "xmp")


@dataclass(frozen=True)
class Hints:
    """The parts of a file's name. `cut`: the name ends in the middle of the prompt or of a parameter."""

    job_id: str | None
    tile: int | None
    author_and_prompt: str
    parameters: dict[str, Parameter]
    cut: bool


# --- prompts ---------------------------------------------------------------------------------------------------------


def parse_description(text: str, limits: ImportConfig = _LIMITS) -> MidJourney:
    """Split `<prompt> --parameters Job ID: <uuid>`, or typed text, into its parts; no default values are added.

    Parameters begin at the first known one; everything before it is the prompt, unchanged. Of duplicates the last
    one counts, of `--seed` the first; `--no` are joined. Warnings are text keys, of a parameter or of the picture.
    """
    job = _JOB.search(text)
    if job is not None:
        text = text[: job.start()]
    prompt, pieces = _split(text)
    about = MidJourney(
        job_id=job[1].lower() if job else None,
        prompt=prompt or None,
        evidence="embedded" if prompt or pieces or job else None,
    )
    for name, value in pieces:
        key = _canonical(name)
        if key is None:
            earlier = about.unknown_parameters.get(name)
            about.unknown_parameters[name] = value if earlier is None else f"{earlier}, {value}"
        elif key == "no" and key in about.parameters:
            about.parameters[key] = _parameter(key, f"{about.parameters[key].text}, {value}", limits)
        elif key != "seed" or key not in about.parameters:
            about.parameters[key] = _parameter(key, value, limits)
    if "v" in about.parameters and "niji" in about.parameters:
        about.warnings.append("midjourney.v_and_niji")
    return about


def _canonical(name: str) -> str | None:
    name = name.lower()
    name = ALIASES.get(name, name)
    return name if name in RULES else None


def _split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the prompt and, in order, each parameter's name and value as typed."""
    marks: list[tuple[str, int, int]] = []
    for match in _MARK.finditer(text):
        # "--v6" is read as "--v 6"; "--no-one" and "--vintage" are no parameters of ours.
        known = _canonical(match["name"]) is not None and (not match["rest"] or match["rest"][0].isdigit())
        after_blank = match.start() == 0 or text[match.start() - 1].isspace()
        if known and (after_blank or not _in_link(text, match.start())):
            marks.append((match["name"], match.start(), match.end("name")))
        elif marks and after_blank:
            marks.append((match["name"] + match["rest"], match.start(), match.end()))
    if not marks:
        return text.strip(), []
    ends = [start for _, start, _ in marks[1:]] + [len(text)]
    pieces = [(name, text[begin:end].strip()) for (name, _, begin), end in zip(marks, ends, strict=True)]
    return text[: marks[0][1]].strip(), pieces


def _in_link(text: str, position: int) -> bool:
    return "://" in (text[:position].split() or [""])[-1]


def _parameter(key: str, text: str, limits: ImportConfig) -> Parameter:
    """Return a parameter as typed and, if it is one, as a number; a value out of bounds is kept, with a warning."""
    rule = RULES[key]
    if not text:
        return Parameter(text="", warning=None if rule.bare else "midjourney.no_value")
    if rule.kind == "flag":
        return Parameter(text=text, warning="midjourney.flag_with_value")
    if rule.kind == "ratio":
        sides = re.fullmatch(r"(\d{1,9}):(\d{1,9})", text)  # int() refuses thousands of digits
        return Parameter(text=text, warning=None if sides and int(sides[1]) and int(sides[2]) else "midjourney.bad_value")
    if rule.kind != "number":
        return Parameter(text=text)
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)", text, re.ASCII):
        return Parameter(text=text, warning="midjourney.bad_value")
    number = float(text)
    warning = None
    if not rule.low <= number <= rule.high or (rule.among and number not in rule.among):
        warning = "midjourney.out_of_range"
    elif key == "ow" and not limits.omni_weight_low <= number <= limits.omni_weight_high:
        warning = "midjourney.ow_band"
    return Parameter(text=text, number=number if math.isfinite(number) else None, warning=warning)


# --- names -----------------------------------------------------------------------------------------------------------


def parse_filename(name: str, size: tuple[int, int] | None = None, limits: ImportConfig = _LIMITS) -> Hints:
    """Return the parts of a download's name; size (width, height in pixels) resolves `--ar_23`, which has lost its colon.

    Names are `<author>_<prompt>_<job>[_<tile>]`, cut after 63 characters (61 with a tile); author and prompt cannot be told
    apart. Without a job's uuid, a name counts only where it holds a parameter, or for the tile of a CDN name (`0_2.png`).
    """
    stem = name.replace("\\", "/").rpartition("/")[2]
    while (shorter := _EXTENSION.sub("", stem)) != stem:  # ".png.webp"
        stem = shorter
    found = list(_UUID.finditer(stem))
    if not found:
        return _hints_without_job(stem, size, limits)
    job = found[-1]
    tile = _TILE.match(stem, job.end())
    slug = stem[: job.start()].removesuffix("_")
    hints = _read_slug(slug.removeprefix("social_"), size, limits, cut=len(slug) >= _STEM_CHARS[tile is not None])
    return replace(hints, job_id=job[0].lower(), tile=int(tile[1]) if tile else None)


def _hints_without_job(stem: str, size: tuple[int, int] | None, limits: ImportConfig) -> Hints:
    if cdn := _CDN.fullmatch(stem):
        return Hints(None, int(cdn[1]), "", {}, cut=False)
    hints = _read_slug(stem, size, limits, cut=True)
    return hints if hints.parameters else Hints(None, None, "", {}, cut=False)


def _read_slug(slug: str, size: tuple[int, int] | None, limits: ImportConfig, *, cut: bool) -> Hints:
    text = _SHORT_LINK.sub("https://s.mj.run/", slug.replace("_", " "))
    prompt, pieces = _split(text)
    # A name shortened by hand (its author removed) is below the limit and still ends like a cut one.
    open_end = re.search(r"\s-{1,2}$", text.rstrip()) is not None
    prompt = re.sub(r"\s+-{1,2}$", "", prompt)
    parameters: dict[str, Parameter] = {}
    for index, (name, value) in enumerate(pieces):
        last = index == len(pieces) - 1
        value = re.sub(r"\s*(?<!\S)-{1,2}$", "", value) if last else value
        key = _canonical(name)
        ends_here = last and not value and not open_end and not text.endswith(" ")
        if ends_here and _may_go_on(name) and (cut or key is None):
            cut = True  # "--st", "--prof", also "--s" of "--sref"
            continue
        if key is None:
            continue
        value_cut = last and cut and not open_end
        if key == "ar":
            ratio = _ratio(value, size)
            if ratio is None:
                continue
            value = ratio
        if key == "no" and key in parameters:
            value = f"{parameters[key].text}, {value}"
        elif key == "seed" and key in parameters:
            continue
        parameter = _parameter(key, value, limits)
        parameters[key] = parameter.model_copy(update={"cut": True, "warning": None}) if value_cut else parameter
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


# --- embedded texts --------------------------------------------------------------------------------------------------


def fix_encoding(text: str) -> str:
    """Repair UTF-8 decoded as Latin-1 ("Ã©"): MidJourney writes UTF-8 into PNG's Latin-1 chunks."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def parse_xmp(text: str) -> tuple[str | None, str | None, str | None]:
    """Return DigImageGUID, DigitalSourceType and dc:description of an XMP packet; no entities are expanded but XML's own.

    The GUID is the job's only for tiles; in single pictures it mostly differs.
    """
    return _xmp_value(text, "DigImageGUID"), _xmp_value(text, "DigitalSourceType"), _xmp_description(text)


def _xmp_value(text: str, name: str) -> str | None:
    # Beginnings are bounded: tried from every letter of a long word, they would take minutes for some kilobytes.
    match = re.search(rf"""(?<![\w.-])[\w.-]{{1,64}}:{name}\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""", text)
    match = match or re.search(rf"<[\w.-]{{1,64}}:{name}>([^<]*)</", text)
    value = next((group for group in match.groups() if group), "") if match else ""
    return html.unescape(value).strip() or None


def _xmp_description(text: str) -> str | None:
    _, begins, rest = text.partition("<dc:description>")
    block, ends, _ = rest.partition("</dc:description>")
    value = re.sub(r"<[^<>]*>", "", block) if begins and ends else _xmp_value(text, "description") or ""
    return html.unescape(value).strip() or None


def merge(
    name: str, metadata: Mapping[str, str], *, typed_prompt: str = "", size: tuple[int, int] | None = None,
    limits: ImportConfig = _LIMITS,
) -> MidJourney:  # fmt: skip
    """Merge embedded texts, file name and typed prompt; embedded data wins, the typed prompt is kept beside it.

    metadata      text chunks by key ("Description", "Author", "Creation Time", "XML:com.adobe.xmp", EXIF's texts)
    typed_prompt  becomes the prompt only where none is embedded; it may hold parameters
    """
    hints = parse_filename(name, size, limits)
    guid, source_type, xmp_text = _read_xmp(metadata)
    text = _description(metadata, xmp_text)
    about = parse_description(text, limits) if text else _from_hints(hints)
    if text and about.job_id and hints.job_id and about.job_id != hints.job_id:
        about.warnings.append("midjourney.two_jobs")
    beside = {
        "job_id": about.job_id or hints.job_id,
        "tile": hints.tile,
        "author": fix_encoding(metadata.get("Author", "")).strip() or None,
        "created_at": _moment(metadata.get("Creation Time", "")),
        "image_guid": guid,
        "source_type": source_type,
    }
    return with_typed(about.model_copy(update=beside), typed_prompt, limits)


def with_typed(about: MidJourney, typed_prompt: str, limits: ImportConfig = _LIMITS) -> MidJourney:
    """Return the data with a typed prompt, which replaces one typed before.

    Typed prompt and parameters win over those of a name, which are cut off, but not over embedded ones. Blanks change nothing.
    """
    typed_prompt = " ".join(typed_prompt.split())
    if not typed_prompt or typed_prompt == about.typed_prompt:
        return about
    if about.evidence == "embedded" and about.prompt:
        return about.model_copy(update={"typed_prompt": typed_prompt})
    typed, earlier = (parse_description(text, limits) for text in (typed_prompt, about.typed_prompt or ""))
    own = {name: found for name, found in about.parameters.items() if found != earlier.parameters.get(name)}
    unknown = {name: found for name, found in about.unknown_parameters.items() if found != earlier.unknown_parameters.get(name)}
    # A blend has embedded parameters and job, but no prompt. Once "typed", author or creation time show that it was embedded.
    embedded = about.evidence == "embedded" or (about.evidence == "typed" and bool(about.author or about.created_at))
    return about.model_copy(
        update={
            "typed_prompt": typed_prompt, "evidence": "typed",
            "prompt": typed.prompt or about.prompt, "told_by": None if typed.prompt else about.told_by,
            "job_id": about.job_id or typed.job_id,
            "parameters": {**typed.parameters, **own} if embedded else {**own, **typed.parameters},
            "unknown_parameters": {**typed.unknown_parameters, **unknown} if embedded else typed.unknown_parameters,
            "warnings": list(dict.fromkeys(about.warnings + typed.warnings)),
        }
    )  # fmt: skip


def with_siblings(about: MidJourney, siblings: Mapping[str, MidJourney]) -> MidJourney:
    """Return a tile's data with prompt and parameters of another tile of its job, if it has no embedded ones.

    An embedded prompt of another tile wins over name and typed prompt of this one; its name counts only without any prompt.
    siblings: by image id, in order of preference
    """
    if about.evidence == "embedded":  # a blend too: it is known to have no prompt
        return about
    own = [(image_id, one) for image_id, one in siblings.items() if one.prompt and one.told_by is None]
    wanted = ("embedded",) if about.prompt else ("embedded", "filename")
    for evidence in wanted:
        for image_id, one in own:
            if one.evidence == evidence:
                return about.model_copy(
                    update={
                        "prompt": one.prompt, "parameters": one.parameters, "unknown_parameters": one.unknown_parameters,
                        "evidence": evidence, "told_by": image_id,
                    }
                )  # fmt: skip
    return about


def looks_like_midjourney(name: str, metadata: Mapping[str, str]) -> bool:
    """Return whether a picture is from MidJourney, by its embedded texts or by a name of author, prompt and job.

    A UUID alone proves nothing: phones name their photos so.
    """
    guid, source_type, xmp_text = _read_xmp(metadata)
    if any(_JOB.search(text) for text in _texts(metadata, xmp_text)):
        return True
    if guid and source_type and source_type.endswith("trainedAlgorithmicMedia") and "Author" in metadata:
        return True
    stem = name.replace("\\", "/").rpartition("/")[2]
    return re.match(rf".+_{_UUID.pattern}", stem) is not None or re.match(rf"{_UUID.pattern}_grid_0\b", stem) is not None


def _read_xmp(metadata: Mapping[str, str]) -> tuple[str | None, str | None, str | None]:
    packet = next((metadata[key] for key in _XMP_KEYS if metadata.get(key)), "")
    return parse_xmp(fix_encoding(packet))


def _texts(metadata: Mapping[str, str], xmp_text: str | None) -> list[str]:
    texts = [fix_encoding(metadata.get(key, "")).strip() for key in _TEXT_KEYS] + [xmp_text or ""]
    return [text for text in texts if text]


def _description(metadata: Mapping[str, str], xmp_text: str | None) -> str:
    """Return MidJourney's description: a text with a job id, else PNG's Description; other programs' comments are ignored."""
    texts = _texts(metadata, xmp_text)
    if with_job := next((text for text in texts if _JOB.search(text)), ""):
        return with_job
    for text in texts:  # a re-encoded copy may have lost the job and kept the parameters
        if _split(text)[1]:
            return text
    return fix_encoding(metadata.get("Description", "")).strip()


def _from_hints(hints: Hints) -> MidJourney:
    told = hints.job_id or hints.tile is not None or hints.author_and_prompt or hints.parameters
    return MidJourney(
        # A single word is the author alone: a blend has no prompt.
        prompt=hints.author_and_prompt if " " in hints.author_and_prompt else None,
        parameters=hints.parameters,
        evidence="filename" if told else None,
        warnings=["midjourney.cut_name"] if hints.cut else [],
    )


def _moment(text: str) -> str | None:
    """Return "Fri, 06 Jun 2025 12:06:12 GMT" as ISO 8601 in UTC; None where it is no such date."""
    try:
        moment = email.utils.parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:  # "-0000": UTC of unknown place
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).isoformat()
