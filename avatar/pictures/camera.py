"""What the camera wrote into a photo: model, lens, exposure, time and, where wanted, place."""

from __future__ import annotations

import contextlib
import io
import logging
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from avatar.pictures.decode import opened
from avatar.workspace.records import Camera

LOG = logging.getLogger(__name__)
EXIF_SEARCH_BYTES = 4_000_000  # camera data lies at the start of a RAW, before its pixels
EXIF_BLOCK_BYTES = 262_144
PLAIN_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})


def read_camera(path: Path, *, keep_gps: bool = False) -> tuple[Camera | None, str | None]:
    """Return what the camera wrote, and when the picture was taken (ISO 8601); None for what is not there. Never raises."""
    import exifread

    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    tags: dict[str, Any] = {}
    try:
        with path.open("rb") as handle:
            tags |= exifread.process_file(handle, details=False)
            handle.seek(0)
            if not tags and handle.read(4) == b"RIFF":
                tags |= exifread.process_file(io.BytesIO(_webp_exif(path)), details=False)
    except Exception as error:  # noqa: BLE001 - foreign bytes in a foreign parser: a photo without camera data is still a photo
        LOG.info("no camera data from %s: %s", path.name, error)
    if "EXIF ExposureTime" not in tags and path.suffix.lower() not in PLAIN_SUFFIXES:
        tags = {**_hidden_exif(path), **tags}
    values = {
        "make": _text(tags, "Image Make"), "model": _text(tags, "Image Model"),
        "lens": _text(tags, "EXIF LensModel") or _text(tags, "EXIF LensSpecification"),
        "focal_length_mm": _number(tags, "EXIF FocalLength"), "aperture": _number(tags, "EXIF FNumber"),
        "shutter_s": _number(tags, "EXIF ExposureTime"),
        "iso": int(iso) if (iso := _number(tags, "EXIF ISOSpeedRatings")) is not None else None,
        "flash": _flash(tags), "gps": _gps(tags) if keep_gps else None,
    }  # fmt: skip
    taken_at = _when(_text(tags, "EXIF DateTimeOriginal") or _text(tags, "Image DateTime"))
    camera = Camera.model_validate(values)
    return (camera if any(value is not None for value in values.values()) else None), taken_at


def _webp_exif(path: Path) -> bytes:
    """Return the EXIF of a WebP, which exifread finds only behind a header that JPEG needs and the format does without."""
    with opened(path) as picture:
        block: bytes = picture.info.get("exif", b"")
    return block.removeprefix(b"Exif\0\0")


def _hidden_exif(path: Path) -> dict[str, Any]:
    """Return the EXIF of RAWs that exifread does not know: CR3's boxes CMT1 and CMT2, the preview's in RAF, RW2 and others."""
    import exifread

    with contextlib.suppress(OSError), path.open("rb") as handle:
        head = handle.read(EXIF_SEARCH_BYTES)
        found: dict[str, Any] = {}
        for match in re.finditer(rb"(?:Exif\0\0|CMT[12])(?=II\*\0|MM\0\*)", head):
            try:
                tags = exifread.process_file(io.BytesIO(head[match.end() : match.end() + EXIF_BLOCK_BYTES]), details=False)
            except Exception:  # noqa: BLE001, S112 - as above
                continue
            if match[0] == b"CMT2":  # its first directory is EXIF's, which exifread cannot know
                tags = {name.replace("Image ", "EXIF ", 1): tag for name, tag in tags.items()}
            found = {**tags, **found}
        return found
    return {}


def _text(tags: Mapping[str, Any], name: str) -> str | None:
    text = " ".join(str(tags.get(name, "")).replace("\0", " ").split())
    return text if text and text not in ("[]", "None") else None


def _number(tags: Mapping[str, Any], name: str) -> float | None:
    tag = tags.get(name)
    values = getattr(tag, "values", None)
    if not values or isinstance(values, str):
        return None
    try:
        value = float(values[0])
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return value if value >= 0 and value < 1e9 else None


def _flash(tags: Mapping[str, Any]) -> bool | None:
    value = _number(tags, "EXIF Flash")
    return None if value is None else bool(int(value) & 1)  # bit 0: fired


def _when(text: str | None) -> str | None:
    match = re.match(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d:\d\d:\d\d)", text or "")
    if match is None:
        return None
    try:
        return datetime.fromisoformat(f"{match[1]}-{match[2]}-{match[3]}T{match[4]}").isoformat()
    except ValueError:  # a clock that was never set, "0000:00:00"
        return None


def _gps(tags: Mapping[str, Any]) -> tuple[float, float] | None:
    parts = []
    for name, negative in (("Latitude", "S"), ("Longitude", "W")):
        values = getattr(tags.get(f"GPS GPS{name}"), "values", None)
        if not values or len(values) != 3:
            return None
        try:
            degrees = sum(float(value) / 60**power for power, value in enumerate(values))
        except (TypeError, ValueError, ZeroDivisionError):
            return None
        parts.append(-degrees if str(tags.get(f"GPS GPS{name}Ref", "")).startswith(negative) else degrees)
    return round(parts[0], 6), round(parts[1], 6)
