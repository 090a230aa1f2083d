"""Parses prompt, parameters and job of a MidJourney picture, from embedded texts, the file's name or typed words.

Pure. `Description` is `<prompt> --parameters Job ID: <uuid>`; `file_names` reads what a name tells.
"""

from __future__ import annotations

import email.utils
import html
import re
from collections.abc import Mapping
from datetime import timezone

from avatar.prompts import discord
from avatar.prompts.file_names import Hints, job_of_folder, parse_filename, prompt_of_name
from avatar.prompts.parameters import LIMITS, RULES, UUID, canonical, parameter, split
from avatar.workspace.records import MidJourney
from config import ImportConfig

_JOB = re.compile(rf"\bJob ID:\s*({UUID.pattern})\s*$", re.IGNORECASE)
_TEXT_KEYS = (
    "Description",
    "ImageDescription",
    "UserComment",
    "Comment",
    "Caption-Abstract",
    "XPComment",
    "XPTitle",
    "XPSubject",
)
_XMP_KEYS = ("XML:com.adobe.xmp", "xmp")


# --- prompts ---------------------------------------------------------------------------------------------------------


def parse_description(text: str, limits: ImportConfig = LIMITS) -> MidJourney:
    """Split `<prompt> --parameters Job ID: <uuid>`, or typed text, into its parts; no default values are added.

    A message of Discord's bot is unwrapped first. Of duplicates the last one counts, of `--seed` the first; `--no` are
    joined. Warnings are text keys, of a parameter or of the picture.
    """
    job = _JOB.search(text)
    if job is not None:
        text = text[: job.start()]
    message = discord.unwrap(text)
    words = message.text
    if job is None and (job := _JOB.search(words)) is not None:  # within the message
        words = words[: job.start()]
    job_id = job[1].lower() if job else message.job_id
    prompt, pieces = split(words)
    about = MidJourney(
        job_id=job_id,
        prompt=prompt or None,
        evidence="embedded" if prompt or pieces or job_id else None,
    )
    for name, value in pieces:
        key = canonical(name)
        if key is not None and RULES[key].kind != "text":
            value = value.rstrip(" ,;.")  # of a list that somebody typed
        if key is None:
            earlier = about.unknown_parameters.get(name)
            about.unknown_parameters[name] = value if earlier is None else f"{earlier}, {value}"
        elif key == "no" and key in about.parameters:
            about.parameters[key] = parameter(key, f"{about.parameters[key].text}, {value}", limits)
        elif key != "seed" or key not in about.parameters:
            about.parameters[key] = parameter(key, value, limits)
    if "v" in about.parameters and "niji" in about.parameters:
        about.warnings.append("midjourney.v_and_niji")
    return about


# --- embedded texts --------------------------------------------------------------------------------------------------


def fix_encoding(text: str) -> str:
    """Repair UTF-8 decoded as Latin-1 ("Ã©"): MidJourney writes UTF-8 into PNG's Latin-1 chunks."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def parse_xmp(text: str) -> tuple[str | None, str | None, str | None]:
    """Return DigImageGUID, DigitalSourceType and dc:description (else dc:title) of an XMP packet, whose own entities stay.

    The GUID is the job's only for tiles; in single pictures it mostly differs.
    """
    return _xmp_value(text, "DigImageGUID"), _xmp_value(text, "DigitalSourceType"), _xmp_description(text)


def _xmp_value(text: str, name: str) -> str | None:
    if name not in text:  # by far the most packets, of hundreds of kilobytes: looked for at once
        return None
    # Beginnings are bounded: tried from every letter of a long word, they would take minutes for some kilobytes.
    match = re.search(rf"""(?<![\w.-])[\w.-]{{1,64}}:{name}\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""", text)
    match = match or re.search(rf"<[\w.-]{{1,64}}:{name}>([^<]*)</", text)
    value = next((group for group in match.groups() if group), "") if match else ""
    return html.unescape(value).strip() or None


def _xmp_description(text: str) -> str | None:
    """Return the description or, where photo managers moved it there, the title."""
    return _xmp_text(text, "description") or _xmp_value(text, "description") or _xmp_text(text, "title")


def _xmp_text(text: str, name: str) -> str | None:
    _, begins, rest = text.partition(f"<dc:{name}>")
    block, ends, _ = rest.partition(f"</dc:{name}>")
    return html.unescape(re.sub(r"<[^<>]*>", "", block)).strip() or None if begins and ends else None


def merge(
    name: str, metadata: Mapping[str, str], *, typed_prompt: str = "", size: tuple[int, int] | None = None,
    limits: ImportConfig = LIMITS, folder: str = "", told_job: str | None = None,
) -> MidJourney:  # fmt: skip
    """Merge embedded texts, file name and typed prompt; embedded data wins, the typed prompt is kept beside it.

    metadata      text chunks by key ("Description", "Author", "Creation Time", "XML:com.adobe.xmp", EXIF's texts)
    typed_prompt  becomes the prompt only where none is embedded; it may hold parameters
    folder        the name of the picture's folder, which may be the job's
    told_job      the job that a file beside the picture names; the picture's own name may be of a uuid that is no job
    """
    hints = parse_filename(name, size, limits)
    guid, source_type, xmp_text = _read_xmp(metadata)
    text = _description(metadata, xmp_text)
    about = parse_description(text, limits) if text else _from_hints(hints)
    if text and about.job_id and hints.job_id and about.job_id != hints.job_id:
        about.warnings.append("midjourney.two_jobs")
    beside = {
        "job_id": about.job_id or told_job or hints.job_id or job_of_folder(folder, name),
        "warnings": [*about.warnings, *hints.warnings],
        "tile": hints.tile,
        "author": fix_encoding(metadata.get("Author", "")).strip() or None,
        "created_at": _moment(metadata.get("Creation Time", "")),
        "image_guid": guid,
        "source_type": source_type,
    }
    return with_typed(about.model_copy(update=beside), typed_prompt, limits)


def with_typed(about: MidJourney, typed_prompt: str, limits: ImportConfig = LIMITS) -> MidJourney:
    """Return the data with a typed prompt, which replaces one typed before.

    Typed prompt and parameters win over those of a name, which are cut off, but not over embedded ones. Blanks change nothing.
    """
    message = discord.unwrap(typed_prompt)
    typed_prompt = " ".join(message.text.split())
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
            "job_id": about.job_id or typed.job_id or message.job_id,
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
    guid, source_type, _ = _read_xmp(metadata)
    if has_job(metadata):
        return True
    if guid and source_type and source_type.endswith("trainedAlgorithmicMedia") and "Author" in metadata:
        return True
    stem = name.replace("\\", "/").rpartition("/")[2]
    return re.match(rf".+_{UUID.pattern}", stem) is not None or re.match(rf"{UUID.pattern}_grid_0\b", stem) is not None


def has_job(metadata: Mapping[str, str]) -> bool:
    """Return whether an embedded text names a job of MidJourney."""
    return any(_JOB.search(text) for text in _texts(metadata, _read_xmp(metadata)[2]))


def is_generated(metadata: Mapping[str, str]) -> bool:
    """Return whether a picture's XMP says that a model made it, wholly or in part: IPTC's Digital Source Type."""
    source_type = (_read_xmp(metadata)[1] or "").lower()
    return source_type.endswith(("trainedalgorithmicmedia", "algorithmicmedia", "compositesynthetic"))


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
        if has_parameters(text):
            return text
    return fix_encoding(metadata.get("Description", "")).strip()


def has_parameters(text: str) -> bool:
    """Return whether a text has parameters of MidJourney: that two dashes stand in it is not enough."""
    return any(canonical(name) is not None for name, _ in split(text)[1])


def _from_hints(hints: Hints) -> MidJourney:
    told = hints.job_id or hints.tile is not None or hints.author_and_prompt or hints.parameters
    return MidJourney(
        prompt=prompt_of_name(hints),
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
