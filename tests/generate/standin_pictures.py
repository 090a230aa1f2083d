"""What stand-in servers draw: noise that depends on what was really used, so that a lie shows in the pixels."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo


def drawn(used: object, size: tuple[int, int], *, black: bool = False, texts: dict[str, str] | None = None) -> bytes:
    """Return the PNG of a picture; equal for equal `used`. size: (width, height)."""
    seed = int.from_bytes(hashlib.sha256(repr(used).encode()).digest()[:8], "big")
    width, height = size
    pixels: Any = np.random.default_rng(seed).integers(0, 255, (height, width, 3)).astype(np.uint8)
    buffer, info = io.BytesIO(), PngInfo()
    for name, text in (texts or {}).items():
        info.add_text(name, text)
    Image.fromarray(pixels * 0 if black else pixels).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def pixels(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as picture:
        return picture.convert("RGB").tobytes()
