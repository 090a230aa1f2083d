"""What a file beside a picture says: a trainer's caption, a MidJourney prompt, keywords, or nothing of use. Pure.

Prompts are those of people who saved them, of Discord's bot and of the downloaders soxofaan/midjourney-archiver,
JoakimCh/jlc-midjourney-archiver, dreamingtulpa/midjourney-archive-chrome-extension and redgoose-dev/midjourney-downloader;
captions those that trainers read (kohya-ss/sd-scripts, Hugging Face datasets).
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, Literal

from avatar.pictures.metadata import xmp_keywords
from avatar.prompts import discord
from avatar.prompts.midjourney import has_parameters, parse_description, parse_xmp
from avatar.prompts.parameters import UUID

Nothing = Literal["empty", "unreadable", "broken_json", "takeout", "other_program", "unknown", "too_large"]
CAPTION_CHARACTERS = 2000  # [choice] a trainer reads 225 tokens at most; a longer text is something else
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_WRAPPED = re.compile(r"^\s*Full command:[ \t]*\n(?P<command>.*)", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_EDITS = re.compile(r"\b(?:crs|darktable|lr|digiKam|pp3|dxo):\w")  # of Lightroom, Camera Raw, darktable, DxO
_OTHER_PROGRAM = re.compile(r"^Negative prompt:|\bSteps: \d+, |\"class_type\"", re.MULTILINE)
_TYPED_COMMAND = re.compile(r"\s*(?:/imagine\b|(?:imagine )?prompt\s*:)", re.IGNORECASE)
_JOB_LINK = re.compile(rf"midjourney\.com/(?:app/)?jobs?/({UUID.pattern})", re.IGNORECASE)
_FULL_PROMPT_KEYS = ("full_command", "fullCommand", "full_prompt", "fullPrompt", "prompt", "prompt_text", "promptText")
_JOB_KEYS = ("id", "job_id", "jobId", "_job_id")
_JOB_FIELDS = frozenset({
    "full_command", "fullCommand", "enqueue_time", "enqueueTime", "image_paths", "imagePaths", "textPrompt", "imagePrompts",
    "parent_id", "parent_grid", "_archived_files", "job_type", "jobType", "current_status",
})  # fmt: skip
_CAPTION_KEYS = ("caption", "captions", "text", "caption_text", "description", "short_caption")
_OTHER_FIELDS = frozenset({
    "sampler", "sampler_name", "sampler_index", "steps", "cfg_scale", "cfg", "negative_prompt", "nodes", "last_node_id",
    "class_type", "workflow", "modelId", "model_hash", "sd_model_hash", "baseModel", "trainedWords", "extensions",
})  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What one file says of a picture. `nothing`: why none of it is used."""

    prompt: str = ""
    job_id: str | None = None
    caption: str = ""
    more_lines: bool = False  # the caption had further lines: the trainer reads the first
    keywords: tuple[str, ...] = ()
    edits: bool = False  # another program's changes to the picture stand in it too
    nothing: Nothing | None = None


def decoded(content: bytes) -> str | None:
    """Return the text of a file: UTF-8, UTF-16 and UTF-32 with or without a mark, else Windows' Latin-1; None: it is none."""
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), None)
    if encoding is None and b"\0" in content[:200]:
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    for candidate in [encoding] if encoding else ["utf-8", "cp1252", "latin-1"]:
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        return None if _BINARY.search(text) else text.strip("\ufeff")
    return None


def read(name: str, content: bytes, *, generated: bool) -> Said:
    """Return what a file says. generated: it lies beside a picture that is imported as MidJourney's."""
    text = decoded(content)
    if text is None:
        return Said(nothing="unreadable")
    if not text.strip():
        return Said(nothing="empty")
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in {".json", ".info"}:
        value = parsed(text)
        return Said(nothing="broken_json") if value is None else read_value(value, generated=generated)
    if suffix == ".xmp":
        return _read_xmp(text)
    return read_text(text, typed=generated and suffix == ".prompt")


# --- texts -----------------------------------------------------------------------------------------------------------


def read_text(text: str, *, typed: bool = False) -> Said:
    """Return what a text says. typed: it is a prompt, whether it has parameters or not."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if (wrapped := _WRAPPED.search(text)) is not None:  # 80 columns, a new paragraph is none of it
        command = wrapped["command"].strip().split("\n\n")[0]
        return Said(prompt=" ".join(command.split()))
    if _OTHER_PROGRAM.search(text):
        return Said(nothing="other_program")
    if typed or _is_midjourneys(text):
        several = len(lines) > 1 and all(has_parameters(line) for line in lines)
        return Said(prompt=lines[0] if several else "\n".join(lines), more_lines=several)
    if len(lines[0]) > CAPTION_CHARACTERS:
        return Said(nothing="unknown")
    return Said(caption=" ".join(lines[0].split()), more_lines=len(lines) > 1)


def _is_midjourneys(text: str) -> bool:
    """Return whether a text is a prompt for MidJourney and not a trainer's caption."""
    if _TYPED_COMMAND.match(text) or has_parameters(text):
        return True
    about, words = parse_description(text), " ".join(text.split())
    return about.job_id is not None or " ".join(discord.unwrap(text).text.split()) != words


def _read_xmp(text: str) -> Said:
    _, _, description = parse_xmp(text)
    words = tuple(word for word in xmp_keywords(text) if word)
    prompt = description if description and _is_midjourneys(description) else ""
    edits = not (prompt or words) or _EDITS.search(text) is not None
    return Said(prompt=prompt, keywords=words, edits=edits)


# --- JSON ------------------------------------------------------------------------------------------------------------


def parsed(text: str) -> Any:
    """Return the value of a JSON text; None where it is broken, too deep, or null."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def read_value(value: object, *, generated: bool) -> Said:
    """Return what the value of a picture's JSON file says."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        return Said(nothing="unknown")
    if "photoTakenTime" in value or "googlePhotosOrigin" in value:
        return Said(nothing="takeout")
    prompt, job_id = _prompt_of(value), _job_of(value)
    if prompt and (job_id or _JOB_FIELDS & value.keys() or has_parameters(prompt)):
        return Said(prompt=prompt, job_id=job_id)
    if job_id and _JOB_FIELDS & value.keys():
        return Said(job_id=job_id)
    if caption := _caption_of(value):
        said = read_text(caption)
        return replace(said, job_id=job_id) if said.prompt else said
    if _OTHER_FIELDS & value.keys():
        return Said(nothing="other_program")
    return Said(prompt=prompt) if prompt and generated else Said(nothing="unknown")


def _prompt_of(value: Mapping[str, Any]) -> str:
    for key in _FULL_PROMPT_KEYS:
        if isinstance(text := value.get(key), str) and text.strip():
            return text.strip()
    parts = value.get("textPrompt")  # jlc: the parts between "::"
    if isinstance(prompt := value.get("prompt"), dict):  # as the web app's own requests answer
        parts = prompt.get("decodedPrompt")
    parts = parts if isinstance(parts, list) else []
    texts = (part.get("content") if isinstance(part, dict) else part for part in parts)
    return ":: ".join(text for text in texts if isinstance(text, str)).strip()


def _job_of(value: Mapping[str, Any]) -> str | None:
    for key in ("url", "link", "page_url", "job_url"):
        if isinstance(text := value.get(key), str) and (link := _JOB_LINK.search(text)):
            return link[1].lower()
    for key in _JOB_KEYS:
        if isinstance(text := value.get(key), str) and UUID.fullmatch(text.strip()):
            return text.strip().lower()
    return None


def _caption_of(value: Mapping[str, Any]) -> str:
    """Return caption and tags as sd-scripts joins them: the caption, then the tags that it does not hold already."""
    caption = next((text for key in _CAPTION_KEYS if (text := _words(value.get(key)))), "")
    tags = next((text for key in ("tags", "tag_string") if (text := _words(value.get(key)))), "")
    said = {part.strip().lower() for part in caption.split(",")}
    held = caption.lower()
    more = [tag.strip() for tag in tags.split(",") if tag.strip() and tag.strip().lower() not in said]
    more = [tag for tag in more if not all(re.search(rf"\b{re.escape(word)}\b", held) for word in tag.lower().split())]
    return ", ".join([*([caption] if caption else []), *more])


def _words(value: object) -> str:
    """Return a caption or a list of tags as one text."""
    if isinstance(value, list):
        texts = [item.strip() for item in value if isinstance(item, str) and item.strip()]
        several = texts and " " in texts[0].strip() and "," in texts[0]
        return texts[0] if several else ", ".join(texts)
    return value.strip() if isinstance(value, str) else ""


# --- lists of many pictures ------------------------------------------------------------------------------------------


def read_list(name: str, content: bytes, *, generated: bool) -> Iterator[tuple[str, Said]]:
    """Yield (a picture's name as the list gives it, or its job; what the list says of it) of a file about many pictures.

    metadata.jsonl and metadata.csv of Hugging Face, meta_cap.json of sd-scripts, archived_jobs.json of a MidJourney downloader.
    """
    text = decoded(content)
    for row in _rows(PurePosixPath(name.lower()).suffix, text) if text else ():
        said = read_value(row.fields, generated=generated)
        if said.nothing is None:
            yield from ((one, said) for one in (row.name, *_files_of(row.fields), said.job_id or "") if one)


@dataclass(frozen=True)
class _Row:
    """What a list says of one picture; name: "" where it stands in a field."""

    name: str
    fields: dict[str, Any]


def _rows(suffix: str, text: str) -> Iterator[_Row]:
    values: list[object] = []
    if suffix == ".jsonl":
        values = [parsed(line) for line in text.splitlines() if line.strip()]
    elif suffix in {".csv", ".tsv"}:
        with contextlib.suppress(csv.Error):  # a field of 131,072 characters and more: no table of captions
            values = list(csv.DictReader(io.StringIO(text), delimiter="\t" if suffix == ".tsv" else ","))
    elif isinstance(value := parsed(text), list):
        values = value
    elif isinstance(value, dict):
        if _job_of(value):  # one job, in a file of another name
            yield _Row("", value)
        yield from (_Row(str(key), item) for key, item in value.items() if isinstance(item, dict))
        values = next((item for key in ("jobs", "images", "data") if isinstance(item := value.get(key), list)), [])
    yield from (_Row("", item) for item in values if isinstance(item, dict))


def _files_of(row: Mapping[str, Any]) -> Iterator[str]:
    for key in ("file_name", "filename", "file", "image", "image_path", "path"):
        if isinstance(name := row.get(key), str):
            yield name
    files = row.get("_archived_files")
    yield from (name for name in files if isinstance(name, str)) if isinstance(files, list) else ()
