"""Generates the demo's pictures from the public-domain portrait in matplotlib.

The portrait (Grace Hopper, U.S. Navy, 512 x 600 px) is enlarged three times first, since a 1024 px crop of it would be
mostly interpolated; variants of light, framing and angle imitate MidJourney downloads and photos. One photo is a DNG.
"""

from __future__ import annotations

import itertools
import math
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps, PngImagePlugin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from utils import OnProgress

ENLARGEMENT = 3
BACKGROUND_PX = 20  # above the hat in the portrait there are 22 px of it
AUTHOR = "demo_avatar"

# Angles and framings at which the program sees the whole hat (tried: 64); a hat cut off would show it at less than its best.
# (job id, prompt with parameters, variants of its four tiles: degrees, brightness, contrast, warmth, mirrored, zoom)
Variant = tuple[float, float, float, float, bool, float]
JOBS: tuple[tuple[str, str, tuple[Variant, ...]], ...] = (
    (
        "0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01",
        "professional headshot of a confident navy officer, studio lighting --ar 5:6 --ow 160 --stylize 100 --v 7",
        ((0, 1.0, 1.0, 0.0, False, 1.0), (-2, 1.05, 1.0, 0.0, False, 1.12), (-3, 0.95, 1.1, 0.0, True, 1.05),
         (0, 1.0, 0.9, 0.1, False, 1.15)),
    ),
    (
        "7b1e9c34-2d6a-4f81-b3c5-08e4a7d9f602",
        "portrait of a serene woman in uniform, soft natural light, flag in the background --chaos 5 --ar 5:6 --raw --v 6.1",
        ((0, 1.1, 0.95, 0.15, True, 1.0), (-4, 0.9, 1.05, -0.1, False, 1.05), (0, 1.15, 1.0, 0.2, False, 1.1),
         (-3, 0.85, 1.15, -0.15, True, 1.15)),
    ),
)  # fmt: skip
PHOTOS: tuple[Variant, ...] = (
    (0, 1.0, 1.0, 0.05, False, 1.0),
    (-2, 0.9, 1.1, -0.05, False, 1.1),
    (-3, 1.1, 0.95, 0.1, True, 1.15),
)


def write_pictures(folder: Path, on_progress: OnProgress | None = None) -> tuple[Path, Path]:
    """Write the pictures of a demo client, which takes seconds; return the two folders.

    midjourney  8 PNGs with prompts and Job IDs
    photos      3 JPEGs, a DNG, and three pictures that must be refused
    """
    total = sum(len(variants) for _, _, variants in JOBS) + len(PHOTOS) + 4
    numbers = itertools.count()

    def written() -> None:
        if on_progress is not None:
            on_progress(next(numbers), total)

    written()  # none so far: the first takes longest
    portrait = _portrait()
    midjourney, photos = folder / "midjourney", folder / "photos"
    for path in (midjourney, photos):
        path.mkdir(parents=True, exist_ok=True)
    for job, prompt, variants in JOBS:
        for tile, variant in enumerate(variants):
            picture = _varied(portrait, variant)
            path, chunks = midjourney / _midjourney_name(prompt, job, tile), _midjourney_chunks(prompt, job)
            picture.save(path, pnginfo=chunks, compress_level=1)  # [measured] a fifth of level 6's time, a seventh more bytes
            written()
    for number, variant in enumerate(PHOTOS, 1):
        exif = Image.Exif()
        exif[271], exif[272], exif[306] = "Demo", "Camera 1", f"2025:09:0{number} 10:00:00"  # Make, Model, DateTime
        _varied(portrait, variant).save(photos / f"foto {number} ñ.jpg", quality=92, exif=exif)
        written()
    write_dng(photos / "foto_raw.dng", np.asarray(_varied(portrait, (-3, 1.0, 1.0, 0.0, False, 1.05))))
    written()
    # Bad pictures must be refused, and the demo shows how.
    _varied(portrait, (0, 0.12, 0.6, 0.0, False, 1.0)).save(photos / "oscura.jpg", quality=92)
    written()
    blurred = _varied(portrait, (1, 1.0, 1.0, 0.0, False, 1.03)).filter(ImageFilter.GaussianBlur(24))
    blurred.save(photos / "borrosa.jpg", quality=92)
    written()
    Image.fromarray(np.linspace(60, 190, 800 * 600 * 3).reshape(600, 800, 3).astype(np.uint8)).save(photos / "sin_cara.jpg")
    written()
    return midjourney, photos


def _portrait() -> Image.Image:
    from matplotlib import cbook

    with Image.open(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))) as picture:
        rgb = picture.convert("RGB")
    above = ImageOps.flip(rgb.crop((0, 0, rgb.width, BACKGROUND_PX)))  # more of it, so that no variant cuts the hat
    whole = Image.new("RGB", (rgb.width, rgb.height + BACKGROUND_PX))
    whole.paste(above, (0, 0))
    whole.paste(rgb, (0, BACKGROUND_PX))
    return whole.resize((whole.width * ENLARGEMENT, whole.height * ENLARGEMENT), Image.Resampling.LANCZOS)


def _varied(picture: Image.Image, variant: Variant) -> Image.Image:
    degrees, brightness, contrast, warmth, mirrored, zoom = variant
    width, height = picture.size
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC)
    # Crop inside the rotated picture and as high as its turned corners allow: the hat is at the top.
    wide, high = round(width / zoom * 0.9), round(height / zoom * 0.9)
    angle = math.radians(abs(degrees))
    corner = math.ceil(height / 2 * (1 - math.cos(angle)) + wide / 2 * math.sin(angle))
    left, top = (width - wide) // 2, min(corner, height - high)
    cut = turned.crop((left, top, left + wide, top + high))
    if mirrored:
        cut = ImageOps.mirror(cut)
    cut = ImageEnhance.Contrast(ImageEnhance.Brightness(cut).enhance(brightness)).enhance(contrast)
    tinted = np.asarray(cut, np.float32) * np.array([1 + warmth / 2, 1, 1 - warmth / 2], np.float32)
    return Image.fromarray(np.clip(tinted, 0, 255).astype(np.uint8))


def _midjourney_name(prompt: str, job: str, tile: int) -> str:
    """Return the name that midjourney.com gives a download: author, prompt cut mid-word at 61 characters, job id, tile."""
    kept = "".join(c for c in f"{AUTHOR} {prompt}" if c.isascii() and (c.isalnum() or c in " ._-"))
    return f"{kept.replace(' ', '_')[:61]}_{job}_{tile}.png"


def _midjourney_chunks(prompt: str, job: str) -> PngImagePlugin.PngInfo:
    """Return the text chunks of a download since May 2025."""
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Creation Time", "Fri, 05 Sep 2025 10:00:00 GMT")
    chunks.add_text("Author", AUTHOR)
    chunks.add_text("Description", f"{prompt} Job ID: {job}")
    chunks.add_text(
        "XML:com.adobe.xmp",
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:iptcExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'iptcExt:DigImageGUID="{job}" '
        'iptcExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>'
        "</rdf:RDF></x:xmpmeta>",
    )
    return chunks


# --- DNG -------------------------------------------------------------------------------------------------------------

BYTE, ASCII, SHORT, LONG, RATIONAL, SRATIONAL = 1, 2, 3, 4, 5, 10  # TIFF 6.0 section 2, field types
# XYZ (D65) to linear sRGB, IEC 61966-2-1: the "camera" sees exactly sRGB, so the picture comes back as it was.
XYZ_TO_SRGB = (3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570)


def write_dng(path: Path, rgb: NDArray[Any]) -> None:
    """Write a RAW: an RGGB mosaic of 16 bit as camera sensors give it (Adobe DNG 1.4, chapter 4), uncompressed.

    rgb  HxWx3 uint8 sRGB; an odd last row or column is dropped
    """
    rgb = rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2]
    height, width = rgb.shape[:2]
    encoded = rgb.astype(np.float64) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    mosaic = np.empty((height, width), np.float64)
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        mosaic[row::2, column::2] = linear[row::2, column::2, channel]
    strip = np.round(mosaic * 65535).astype("<u2").tobytes()
    matrix = [part for value in XYZ_TO_SRGB for part in (round(value * 10000), 10000)]
    # In order of tag number, as TIFF demands. 0 stands for the strip's place, known at the end.
    tags: list[tuple[int, int, Any]] = [
        (254, LONG, [0]), (256, LONG, [width]), (257, LONG, [height]), (258, SHORT, [16]), (259, SHORT, [1]),
        (262, SHORT, [32803]), (271, ASCII, b"Demo\0"), (272, ASCII, b"Sensor 1\0"), (273, LONG, [0]),
        (274, SHORT, [1]), (277, SHORT, [1]), (278, LONG, [height]), (279, LONG, [len(strip)]), (284, SHORT, [1]),
        (306, ASCII, b"2025:09:04 10:00:00\0"), (33421, SHORT, [2, 2]), (33422, BYTE, bytes([0, 1, 1, 2])),
        (50706, BYTE, bytes([1, 4, 0, 0])), (50707, BYTE, bytes([1, 1, 0, 0])), (50708, ASCII, b"Demo Sensor 1\0"),
        (50714, SHORT, [0]), (50717, LONG, [65535]), (50721, SRATIONAL, matrix), (50728, RATIONAL, [1, 1, 1, 1, 1, 1]),
        (50778, SHORT, [21]),
    ]  # fmt: skip
    path.write_bytes(_tiff(tags, strip))


def _tiff(tags: list[tuple[int, int, Any]], strip: bytes) -> bytes:
    entries_at = 8
    data_at = entries_at + 2 + 12 * len(tags) + 4
    formats = {SHORT: "H", LONG: "I", RATIONAL: "I", SRATIONAL: "i"}
    blobs = [v if isinstance(v, bytes) else struct.pack(f"<{len(v)}{formats[kind]}", *v) for _, kind, v in tags]
    strip_at = data_at + sum(len(blob) + len(blob) % 2 for blob in blobs if len(blob) > 4)
    directory, data = struct.pack("<H", len(tags)), b""
    for (tag, kind, values), blob in zip(tags, blobs, strict=True):
        count = len(values) // (2 if kind in (RATIONAL, SRATIONAL) else 1)
        content = struct.pack("<I", strip_at) if tag == 273 else blob
        if len(content) <= 4:
            field = content.ljust(4, b"\0")
        else:
            field = struct.pack("<I", data_at + len(data))
            data += content + b"\0" * (len(content) % 2)
        directory += struct.pack("<HHI", tag, kind, count) + field
    return b"II*\0" + struct.pack("<I", entries_at) + directory + struct.pack("<I", 0) + data + strip
