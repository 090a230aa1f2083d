"""What a picture file holds beside one picture's pixels: how its values encode colours, and other pictures or a video.

Pillow gives neither cICP (PNG) nor nclx (HEIC, AVIF), nor what a camera means by EXIF's interoperability index.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.pictures import heif_boxes
from avatar.pictures import png as png_file
from avatar.pictures.wide_colour import ADOBE_RGB, PQ, Encoding

if TYPE_CHECKING:
    from PIL import Image

ENCODING = "encoding"  # where `colour.to_srgb` finds an Encoding in a picture's info
NEGATIVE = "negative"  # there too: white is stored as 0, which Pillow heeds for 8 bits only
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0  # TIFF 6.0
PQ_PROFILE = b"ITUR_2100_PQ_FULL"  # W3C note "Using the ITU BT.2100 PQ EOTF with the PNG Format": before there was cICP
EXIF_IFD, INTEROP_IFD, COLOR_SPACE, INTEROP_INDEX = 0x8769, 0xA005, 0xA001, 1  # EXIF 2.32
# DCF 2.0, section 3.2.4: an option file is in Adobe RGB and says "uncalibrated"; 2 is what some cameras write instead.
UNCALIBRATED, ADOBE_BY_SOME = 0xFFFF, 2
# Google's and Xiaomi's names in XMP; Samsung's trailer, whose last four bytes name it and whose directory lists type 0x0A30.
MOTION_XMP = re.compile(rb"(?:Camera:(?:MotionPhoto|MicroVideo)|OpCamera:MotionPhoto\w*)(?:=\"|>)1")
SAMSUNG_VIDEO, SAMSUNG_END = b"\0\0\x30\x0a", b"SEFT"
VIDEO_BOX = re.compile(rb"ftyp(?:mp4|iso|qt|avc|3gp|MSNV)|moov\0\0\0.mvhd|MotionPhoto_Data", re.DOTALL)
VIDEO_MARKS = (b"ftyp", b"moov", b"MotionPhoto_Data")  # looked for first: a pattern takes ten times as long
HEAD_BYTES, TAIL_BYTES = 131_072, 65_536


@dataclass
class Inside:
    """encoding: of the colours, None for sRGB or where a profile says it; notes: text keys of what else the file holds."""

    encoding: Encoding | None = None
    notes: list[str] = field(default_factory=list)


def examine(path: Path, picture: Image.Image) -> Inside:
    """Return what an opened picture's file holds. Never raises: what cannot be read is not there."""
    found = Inside()
    with contextlib.suppress(OSError, struct.error, ValueError, SyntaxError, LookupError, TypeError, ArithmeticError):
        if picture.format == "PNG":
            _examine_png(path, picture, found)
        elif picture.format in ("HEIF", "AVIF"):
            _examine_heif(path, picture, found)
        elif picture.format in ("JPEG", "MPO"):
            _examine_jpeg(path, picture, found)
        elif picture.format == "TIFF":
            _examine_tiff(picture, found)
    if picture.format in ("WEBP", "AVIF", "PNG") and getattr(picture, "is_animated", False):
        found.notes.append("picture.note.animated")
    _settle(found)
    return found


def _settle(found: Inside) -> None:
    """Note what is done about the colours, and forget those that are sRGB's."""
    if found.encoding is None or found.encoding.is_srgb:
        found.encoding = None
    elif not found.encoding.is_known:
        found.encoding = None
        found.notes.append("picture.note.unknown_colour")
    elif found.encoding.is_hdr:
        found.notes.append("picture.note.hdr")


def _examine_png(path: Path, picture: Image.Image, found: Inside) -> None:
    chunks = png_file.read_heads(path)
    if len(codes := chunks.get(b"cICP", b"")) == 4:
        found.encoding = Encoding(codes[0], codes[1])
        picture.info.pop("icc_profile", None)  # PNG, third edition, section 4.3: cICP counts before iCCP
    elif chunks.get(b"iCCP", b"").startswith(PQ_PROFILE + b"\0"):
        found.encoding = Encoding(9, PQ)
        picture.info.pop("icc_profile", None)
    else:
        found.encoding = _by_profile(picture)


def _examine_heif(path: Path, picture: Image.Image, found: Inside) -> None:
    boxes = heif_boxes.read_boxes(path)
    if boxes is None:
        return
    codes = boxes.cicp()
    found.encoding = Encoding(*codes) if codes else None
    if len(boxes.pictures) > 1:
        found.notes.append("picture.note.several")
    elif boxes.is_sequence and picture.format == "HEIF":  # Pillow tells it of AVIFs
        found.notes.append("picture.note.animated")
    if boxes.has_video:
        found.notes.append("picture.note.motion")


def _examine_jpeg(path: Path, picture: Image.Image, found: Inside) -> None:
    found.encoding = _by_profile(picture) or _by_exif(picture)
    with path.open("rb") as handle:
        head = _before_scan(handle.read(HEAD_BYTES))
        length = handle.seek(0, os.SEEK_END)
        handle.seek(max(0, length - TAIL_BYTES))
        tail = handle.read()
    samsung = tail.endswith(SAMSUNG_END) and SAMSUNG_VIDEO in tail
    named = (b"Camera:M" in head or b"OpCamera:" in head) and MOTION_XMP.search(head)
    if samsung or named or (any(mark in tail for mark in VIDEO_MARKS) and VIDEO_BOX.search(tail)):
        found.notes.append("picture.note.motion")


def _before_scan(content: bytes) -> bytes:
    """Return the segments of a JPEG before its first scan: XMP is among them; to look through the pixels takes long."""
    at = 2
    while content[at : at + 1] == b"\xff" and content[at + 1 : at + 2] != b"\xda":  # start of scan
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return content[:at]


def _examine_tiff(picture: Image.Image, found: Inside) -> None:
    found.encoding = _by_profile(picture)
    if picture.mode.startswith("I;16") and getattr(picture, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO:
        picture.info[NEGATIVE] = True
    if picture.info.get("pages", 1) > 1:
        found.notes.append("picture.note.pages")


def _by_exif(picture: Image.Image) -> Encoding | None:
    """Return Adobe RGB where the camera says so by EXIF's interoperability index and gives no profile."""
    if picture.info.get("icc_profile") or picture.mode != "RGB":
        return None
    exif = picture.getexif()
    index = str(exif.get_ifd(INTEROP_IFD).get(INTEROP_INDEX, "")).strip("\0 ")
    space = exif.get_ifd(EXIF_IFD).get(COLOR_SPACE)
    adobe = (index == "R03" and space in (UNCALIBRATED, ADOBE_BY_SOME, None)) or space == ADOBE_BY_SOME
    return Encoding(ADOBE_RGB, ADOBE_RGB) if adobe else None


def _by_profile(picture: Image.Image) -> Encoding | None:
    """Return the code points of an HDR profile (ICC.1:2022, section 9.2.17): of its own curves nobody knows what they do."""
    profile = picture.info.get("icc_profile") or b""
    count = int.from_bytes(profile[128:132], "big")
    for at in range(132, min(132 + 12 * count, len(profile) - 11), 12):
        name, offset = struct.unpack_from(">4sI", profile, at)
        if name == b"cicp" and len(profile) >= offset + 12:
            found = Encoding(profile[offset + 8], profile[offset + 9])
            if found.is_hdr and found.is_known:
                picture.info.pop("icc_profile")
                return found
    return None
