"""What MidJourney says of a picture: the texts inside the file and the file's name. Pure: texts in, records out.

Layouts, name rule and parameters as measured on 164 real downloads of 2024-2026. A name is cut in mid-word and drops
characters, so what it gives are hints; embedded texts win.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from config import ImportConfig
from records import MidJourney, Parameter

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
JOB_ID = re.compile(rf"\s*Job ID:\s*({UUID.pattern})\s*$", re.IGNORECASE)
NAME_LIMIT = 63  # characters of author and prompt before the uuid; 61 where a tile number follows


@dataclass(frozen=True)
class Rule:
    """One parameter: its usual short name, the range of its number, and whether it stands without a value."""

    low: float | None = None
    high: float | None = None
    flag: bool = False
    bare: bool = False  # may stand without a value


# docs.midjourney.com Parameter List and early-models, with what real files show (ranges over all versions).
RULES: Mapping[str, Rule] = {
    "v": Rule(1, 9), "niji": Rule(4, 9, bare=True), "ar": Rule(), "chaos": Rule(0, 100), "stylize": Rule(0, 1000),
    "weird": Rule(0, 3000), "quality": Rule(0.25, 4), "style": Rule(), "raw": Rule(flag=True),
    "seed": Rule(0, 4294967295), "stop": Rule(10, 100), "tile": Rule(flag=True), "repeat": Rule(1, 40), "no": Rule(),
    "iw": Rule(0, 3), "cref": Rule(), "cw": Rule(0, 100), "sref": Rule(), "sw": Rule(0, 1000), "sv": Rule(1, 9),
    "oref": Rule(), "ow": Rule(1, 1000), "profile": Rule(bare=True), "exp": Rule(0, 100), "draft": Rule(flag=True),
    "fast": Rule(flag=True), "relax": Rule(flag=True), "turbo": Rule(flag=True), "hd": Rule(flag=True), "sd": Rule(flag=True),
    "stealth": Rule(flag=True), "public": Rule(flag=True), "video": Rule(bare=True), "motion": Rule(),
    "loop": Rule(flag=True), "end": Rule(), "bs": Rule(1, 4), "edit": Rule(), "test": Rule(flag=True),
    "testp": Rule(flag=True), "creative": Rule(flag=True), "upbeta": Rule(flag=True), "uplight": Rule(flag=True),
    "variety": Rule(0, 100),
}  # fmt: skip
ALIASES: Mapping[str, str] = {
    "version": "v", "aspect": "ar", "c": "chaos", "s": "stylize", "w": "weird", "q": "quality", "r": "repeat",
    "p": "profile", "personalize": "profile", "sameseed": "seed",
}  # fmt: skip
FIRST_WINS = frozenset({"seed"})
JOINED = frozenset({"no"})
NAMES = "|".join(sorted({*RULES, *ALIASES}, key=len, reverse=True))
# Apple devices turn "--" into a dash. Only before a known name and after a blank, so that prose keeps its dashes.
DASHES = re.compile(rf"(^|\s)(?:[\u2014\u2013\u2015]|\u2212\u2212)(?=(?:{NAMES})(?:\s|$))", re.IGNORECASE)
# The first known name opens the parameters, with or without the blank that people forget before it.
FIRST = re.compile(rf"--({NAMES})(?=\s|$)", re.IGNORECASE)
ANY = re.compile(r"(?:^|\s)--([A-Za-z][A-Za-z0-9_]*)(?=\s|$)")


@dataclass(frozen=True)
class Hints:
    """What a file name tells; `cut` where it ends in mid-word, as names of downloads do."""

    job_id: str | None = None
    tile: int | None = None
    author_and_prompt: str = ""
    parameters: dict[str, Parameter] = field(default_factory=dict)
    cut: bool = False


# --- embedded text ---------------------------------------------------------------------------------------------------


def parse_description(text: str) -> MidJourney:
    """Split `<prompt> --parameters Job ID: <uuid>` into its parts; a text without parameters is all prompt."""
    text = " ".join(text.split())
    job = JOB_ID.search(text)
    if job is not None:
        text = text[: job.start()]
    text = DASHES.sub(r"\1--", text)
    first = FIRST.search(text)
    prompt, tail = (text, "") if first is None else (text[: first.start()], text[first.start() :])
    known, unknown = parse_parameters(tail)
    return MidJourney(
        job_id=job[1].lower() if job else None, prompt=prompt.strip() or None, parameters=known,
        unknown_parameters=unknown, evidence="embedded",
    )  # fmt: skip


def parse_parameters(tail: str) -> tuple[dict[str, Parameter], dict[str, str]]:
    """Return known parameters by usual name, and unknown ones as they stand. A value runs to the next ` --name`."""
    found = list(ANY.finditer(" " + re.sub(rf"(?<=\S)(?=--(?:{NAMES})(?:\s|$))", " ", tail)))
    known: dict[str, Parameter] = {}
    unknown: dict[str, str] = {}
    for index, match in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else None
        value = match.string[match.end() : end].strip()
        name = match[1].lower()
        name = ALIASES.get(name, name)
        if name not in RULES:
            unknown[match[1]] = value
        elif name in JOINED and name in known:
            known[name] = parameter(name, f"{known[name].text}, {value}")
        elif not (name in FIRST_WINS and name in known):
            known[name] = parameter(name, value)
    return known, unknown


def parameter(name: str, value: str) -> Parameter:
    """Return one value as typed and as a number, with a warning's message key where it is out of its range."""
    rule = RULES[name]
    limits = ImportConfig()
    number = float(value) if re.fullmatch(r"\d*\.?\d+", value) else None
    warning = None
    if number is not None and rule.low is not None and rule.high is not None and not rule.low <= number <= rule.high:
        warning = "midjourney.out_of_range"
    elif name == "ow" and number is not None and not limits.omni_weight_low <= number <= limits.omni_weight_high:
        warning = "midjourney.ow_band"
    elif not value and not rule.flag and not rule.bare:
        warning = "midjourney.no_value"
    return Parameter(text=value, number=number, warning=warning)


def parse_xmp(text: str) -> tuple[str | None, str | None, str | None]:
    """Return DigImageGUID, DigitalSourceType and dc:description of an XMP packet; no XML parser, so no XML attacks."""
    guid = re.search(r"""DigImageGUID(?:=["']|>)([^"'<]{1,200})""", text)
    kind = re.search(r"""DigitalSourceType(?:=["']|>)([^"'<]{1,300})""", text)
    description = re.search(r"<dc:description>.*?<rdf:li[^>]*>(.*?)</rdf:li>", text, re.DOTALL)
    source_type = kind[1].rstrip("/").rpartition("/")[2] if kind else None
    return guid[1] if guid else None, source_type, html.unescape(description[1]).strip() if description else None


# --- file name -------------------------------------------------------------------------------------------------------


def parse_filename(name: str, size: tuple[int, int] | None = None) -> Hints:
    """Return what a download's name tells.

    size  (width, height) in pixels: resolves `--ar 23` to 2:3, which the name alone cannot say
    """
    stem = re.sub(r"(\.(png|jpe?g|webp|gif|mp4))+$", "", name, flags=re.IGNORECASE)
    match = UUID.search(stem)
    if match is None:
        tile = re.fullmatch(r"(?:grid_)?0_([0-3])(?:_\d+_N)?(?: \(\d+\))*", stem)  # cdn.midjourney.com/<uuid>/0_3_640_N.webp
        return Hints(tile=int(tile[1]) if tile and not stem.startswith("grid") else None)
    after = re.match(r"_([0-3])(?=$|[ _-])", stem[match.end() :])
    slug = (
        stem[: match.start()].rstrip("_") if stem[: match.start()].endswith("__") else stem[: match.start()].removesuffix("_")
    )
    limit = NAME_LIMIT if after is None else NAME_LIMIT - 2
    raw = stem[: match.start()].removesuffix("_")
    cut = len(raw) >= limit
    text = slug.replace("_", " ").strip()
    opened = re.search(r"(?:^| )--(?=[a-z]|$| )", text)
    words, tail = (text, "") if opened is None else (text[: opened.start()], text[opened.start() :])
    return Hints(
        job_id=match[0].lower(), tile=int(after[1]) if after else None,
        author_and_prompt=" ".join(words.split()), parameters=_hinted(tail, size, cut), cut=cut,
    )  # fmt: skip


def _hinted(tail: str, size: tuple[int, int] | None, cut: bool) -> dict[str, Parameter]:
    """Return a name's parameters; the last one of a cut name is marked as cut."""
    known, _ = parse_parameters(" ".join(tail.split()))
    last = list(known)[-1] if known else None
    hinted: dict[str, Parameter] = {}
    for name, found in known.items():
        at_end = cut and name == last
        if at_end and not found.text:
            continue  # `--r` may be the beginning of `--raw`
        if name == "ar":
            ratio = _ratio(found.text, size)
            if ratio is None:
                continue
            found = Parameter(text=ratio)
        elif name in ("cref", "sref", "oref", "edit", "end") and found.text.startswith("http"):
            continue  # a URL without its slashes is of no use
        elif at_end:
            found = Parameter(text=found.text, cut=True)
        hinted[name] = found
    return hinted


def _ratio(digits: str, size: tuple[int, int] | None) -> str | None:
    """Return the W:H whose digits these are and whose ratio the pixels have, within 4 %; None where none has."""
    if size is None or not digits.isdigit() or not 2 <= len(digits) <= 6 or min(size) < 1:
        return None
    fits = []
    for at in range(1, len(digits)):
        wide, high = int(digits[:at]), int(digits[at:])
        if wide and high and not digits[at:].startswith("0"):
            off = abs(wide / high * size[1] / size[0] - 1)
            if off < 0.04:
                fits.append((off, f"{wide}:{high}"))
    return min(fits)[1] if fits else None


# --- both ------------------------------------------------------------------------------------------------------------


def looks_like_midjourney(metadata: Mapping[str, str]) -> bool:
    """Tell whether a file itself says that MidJourney made it; a uuid in its name is no proof (phones use them too)."""
    return JOB_ID.search(" ".join(_description(metadata).split())) is not None


def _description(metadata: Mapping[str, str]) -> str:
    """Return the text that may hold the prompt: MidJourney's own key first, then where other programs move it."""
    for key in ("Description", "Comment", "ImageDescription", "UserComment"):
        if metadata.get(key, "").strip():
            return metadata[key]
    return parse_xmp(_xmp(metadata))[2] or ""


def _xmp(metadata: Mapping[str, str]) -> str:
    return metadata.get("XML:com.adobe.xmp") or metadata.get("xmp") or ""


def merge(name: str, metadata: Mapping[str, str], *, typed_prompt: str = "", size: tuple[int, int] | None = None) -> MidJourney:
    """Return all that is known of one picture: embedded before the name, the user's words beside both.

    Two different jobs in text and name are kept as the text says and warned about. Typed text becomes the prompt only
    where nothing is embedded.
    """
    hints = parse_filename(name, size)
    guid, source_type, _ = parse_xmp(_xmp(metadata))
    typed = " ".join(typed_prompt.split()) or None
    text = _description(metadata)
    about = parse_description(text) if text and (JOB_ID.search(" ".join(text.split())) or "Description" in metadata) else None
    if about is None or not (about.prompt or about.job_id):
        about = _from_name(hints)
    warnings = []
    if hints.job_id and about.job_id and hints.job_id != about.job_id:
        warnings.append("midjourney.two_jobs")
    if typed is not None and about.evidence != "embedded":
        told = parse_description(typed)
        about = about.model_copy(
            update={"prompt": told.prompt, "parameters": {**about.parameters, **told.parameters}, "evidence": "typed"}
        )
    return about.model_copy(
        update={
            "job_id": about.job_id or hints.job_id, "tile": hints.tile, "author": metadata.get("Author") or None,
            "typed_prompt": typed, "created_at": _created(metadata.get("Creation Time", "")), "image_guid": guid,
            "source_type": source_type, "warnings": warnings,
        }
    )  # fmt: skip


def _from_name(hints: Hints) -> MidJourney:
    known = bool(hints.job_id)
    return MidJourney(
        job_id=hints.job_id, prompt=(hints.author_and_prompt or None) if known else None, parameters=hints.parameters,
        evidence="filename" if known else None,
    )  # fmt: skip


def _created(text: str) -> str | None:
    """Return RFC 1123 time ("Fri, 06 Jun 2025 12:06:12 GMT") as ISO 8601, None for anything else."""
    try:
        return parsedate_to_datetime(text).isoformat() if text else None
    except (TypeError, ValueError, IndexError):
        return None
