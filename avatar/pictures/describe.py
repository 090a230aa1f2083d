"""The record of one picture: everything that can be read from its bytes and its name."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.pictures import camera, decode, import_job, jpeg_ends, kinds
from avatar.pictures import groups as import_groups
from avatar.pictures import light as photo_light
from avatar.pictures import metadata as pictures_metadata
from avatar.pictures.loaded import Loaded
from avatar.pictures.raw_cache import Developed
from avatar.pictures.sidecars import Beside
from avatar.pictures.sources import stored_name
from avatar.prompts import midjourney
from avatar.texts.text import PipelineError, Text
from avatar.workspace.records import Caption, ImageRecord, MidJourney, Original, Picture

if TYPE_CHECKING:
    from PIL import Image

# Of the copy that light and perceptual hash are measured on, at least. [measured] Beside 1024 px: of 393 pictures the hash of
# 331 is the same, of 62 it differs in 2 to 4 of 64 bits; the mean brightness differs by 0.3 of 255, the trait on 4 pictures.
ANALYSIS_SIDE_PX = 256
RAW_ANALYSIS_SIDE_PX = 512  # previews below are thumbnails: the RAW is developed, which shows whether it is whole
FLAT_CONTRAST = 2.0  # [choice] below, a picture is of one colour, and the hash would match every other such picture


@dataclass(frozen=True)
class Given:
    """A picture's file as it was given: its name, its SHA-256, its bytes, the folder's name, and what lies beside it."""

    name: str
    digest: str
    size: int
    folder: str = ""
    beside: Beside = field(default_factory=Beside)


def describe(job: import_job.ImportJob, path: Path, given: Given) -> ImageRecord:
    """Return the record of a picture of which a hashed copy is at `path`, under a temporary name."""
    limits, source, name, beside = job.limits, job.source, given.name, given.beside
    image_id = f"{source}_{given.digest[:16]}"
    developed = Developed(job.client.raw_cache, image_id, limits.raw_cache_mb * 1_000_000)
    side = RAW_ANALYSIS_SIDE_PX if kinds.sniff(path) == "RAW" else ANALYSIS_SIDE_PX
    head = _Head()
    with head.held:
        loaded = decode.load_rgb(
            path, max_side_px=side, rough=True, max_pixels=limits.max_pixels, developed=developed,
            on_open=functools.partial(head.read, job.one_large),
        )  # fmt: skip
        _check_whole(path, loaded)
    metadata: Mapping[str, str] = {}
    shot, taken_at = None, None
    if loaded.texts is not None:
        metadata = loaded.texts
    else:
        if loaded.format != "RAW":
            metadata = head.texts if head.texts is not None else pictures_metadata.text_metadata(path)
        shot, taken_at = camera.read_camera(path, keep_gps=limits.keep_gps)
    measures, light = photo_light.analyse_light(loaded.pixels)
    program = None if midjourney.has_job(metadata) else pictures_metadata.other_generator(metadata)
    about: MidJourney | None = None
    if source == "mj" or midjourney.looks_like_midjourney("", metadata):
        about = midjourney.merge(
            name, {} if program else metadata, typed_prompt=beside.prompt or job.typed_prompt, size=loaded.full_size,
            limits=limits, folder=given.folder, told_job=beside.job_id,
        )  # fmt: skip
    traits = import_groups.traits_of(about, limits)
    if light is not None and not traits.lighting and source == "real":
        traits.lighting.append(light)
    generated = source == "real" and about is None and _is_generated(path, metadata)
    job.remarks[image_id] = _remarks(name, program, generated=generated)
    words = pictures_metadata.keywords(metadata)
    job.beside[image_id] = (
        beside if beside.keywords or not words else replace(beside, keywords=tuple(words), keywords_name=name)
    )
    return ImageRecord(
        image_id=image_id,
        source=source,
        original=Original(
            name=name, sha256=given.digest, bytes=given.size, stored=f"raw_{source}/{stored_name(image_id, name)}",
            imported_at=utils.now(),
        ),
        picture=Picture(
            format=loaded.format, width=loaded.full_size[0], height=loaded.full_size[1],
            taken_at=taken_at if source == "real" else (about.created_at if about else None),
            phash=photo_light.phash(loaded.pixels) if measures["contrast"] > FLAT_CONTRAST else None, notes=list(loaded.notes),
        ),
        midjourney=about,
        camera=shot,
        traits=traits,
        analysis=measures,
        caption=Caption(text=beside.caption, by="user") if beside.caption else None,
    )  # fmt: skip


class _Head:
    """What a JPEG tells when it is opened, before it is decoded.

    texts  as `metadata.text_metadata`; None where no JPEG was opened
    held   holds the lock of the large pictures while one is decoded: of a progressive one, libjpeg keeps all coefficients
    """

    def __init__(self) -> None:
        self.texts: dict[str, str] | None = None
        self.held = contextlib.ExitStack()

    def read(self, one_large: threading.RLock, picture: Image.Image) -> None:
        if picture.width * picture.height > import_job.LARGE_PIXELS:
            self.held.enter_context(one_large)
        self.texts = {}
        with contextlib.suppress(*decode.DECODER_ERRORS):
            pictures_metadata.read_texts(picture, self.texts)


def _is_generated(path: Path, metadata: Mapping[str, str]) -> bool:
    return midjourney.is_generated(metadata) or pictures_metadata.names_a_model(path)


def _remarks(name: str, program: str | None, *, generated: bool) -> list[Text]:
    """Return what a picture's own texts tell of who made it, if it was neither MidJourney nor a camera."""
    remarks = []
    if program is not None:
        remarks.append(Text("import.other_generator", {"name": name, "program": program}))
    elif generated:
        remarks.append(Text("import.photo_is_generated", {"name": name}))
    return remarks


def _check_whole(path: Path, loaded: Loaded) -> None:
    """Raise PipelineError("import.truncated"), ("import.zeros") if a JPEG is cut off: a reduced scale may not reach its end."""
    if loaded.format != "JPEG":
        return  # the others are decoded whole anyway
    with path.open("rb") as handle:
        handle.seek(0, os.SEEK_END)
        length = handle.tell()
        handle.seek(max(0, length - 65536))
        tail = handle.read()
    if b"\xff\xd9" not in tail:  # end of image; some cameras append data after it
        decode.load_rgb(path)  # decodes to the last line, or raises
    if not tail.rstrip(b"\0").endswith(jpeg_ends.END) and jpeg_ends.ends_in_zeros(path):
        raise PipelineError("import.zeros", name=path.name)
    if jpeg_ends.breaks_off(path, loaded.pixels):
        raise PipelineError("import.truncated", name=path.name, detail="JPEG")
