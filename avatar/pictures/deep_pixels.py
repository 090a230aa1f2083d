"""Values of 16 bits of HDR pictures, of which Pillow gives 8: with a curve as steep as PQ's, 8 bits show as bands."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from avatar.pictures import png as png_file

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

MOST_PIXELS = 50_000_000  # [choice] of larger ones 8 bits are enough: they are made smaller


def read_deep(path: Path, picture: Image.Image) -> NDArray[np.uint16] | None:
    """Return H x W x 3 values of a PNG as it is stored, or of a HEIC upright; None where there are no more than 8 bits.

    Not read with transparency, which is laid on white in 8 bits. Raises what Pillow does for a PNG that is cut off.
    """
    if picture.mode != "RGB" or "transparency" in picture.info or picture.width * picture.height > MOST_PIXELS:
        return None
    if picture.format == "PNG":
        picture.load()  # OpenCV fills up what is missing
    values = None
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        if picture.format == "PNG" and png_file.read_heads(path).get(b"IHDR", b"")[8:10] == b"\x10\x02":  # 16 bits, RGB
            values = _of_png(path)
        elif picture.format == "HEIF" and picture.info.get("bit_depth", 8) > 8:
            values = _of_heif(path)
    wanted = values is not None and values.dtype == np.uint16 and values.shape[2:] == (3,)
    return values if wanted else None


def _of_png(path: Path) -> NDArray[np.uint16] | None:
    import cv2

    values = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    return None if values is None else np.asarray(values[..., ::-1], np.uint16)


def _of_heif(path: Path) -> NDArray[np.uint16]:
    import pillow_heif

    return np.asarray(pillow_heif.open_heif(path, convert_hdr_to_8bit=False))
