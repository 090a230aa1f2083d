"""One decoded picture: its pixels, and those that they were shrunk from, which save decoding it again for a part of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from avatar.pictures import part as parts
from avatar.pictures.part import Box, Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

KEPT_BYTES = 100_000_000  # [choice] of what is kept beside the shrunk pixels: a RAW of 33 MP; what is larger is decoded again
JPEG_SCALES = (8, 4, 2, 1)  # libjpeg's, as Pillow uses them


@dataclass(frozen=True)
class Larger:
    """A decoded picture that a copy was shrunk from.

    size     (width, height) in its own pixels, upright
    side_px  up to this long side, reading the picture again would give the same pixels
    cut      returns the pixels of a box of it, upright and in sRGB
    """

    size: tuple[int, int]
    side_px: int
    cut: Callable[[Box], Pixels]

    def part(self, part: Part, full_size: tuple[int, int]) -> tuple[Pixels, Part]:
        """Return a part's pixels, and its place in the whole picture of full_size."""
        box, place = place_of(part, self.size, full_size)
        return np.ascontiguousarray(self.cut(box)), place


@dataclass(frozen=True)
class Loaded:
    """One decoded picture.

    pixels     HxWx3 uint8, sRGB, upright; at a reduced scale where a smaller side was asked for
    full_size  (width, height) in pixels of the whole upright picture
    notes      text keys of what was done differently from usual
    texts      as `metadata.text_metadata`, if the whole file was read and it has no camera data; else None
    place      where a part lies that was asked for: left, top, right, bottom in pixels of the whole upright picture
    larger     what pixels were shrunk from, if that was to be kept
    """

    pixels: Pixels
    full_size: tuple[int, int]
    format: str
    notes: tuple[str, ...] = ()
    texts: Mapping[str, str] | None = None
    place: Part | None = None
    larger: Larger | None = None


def place_of(part: Part, size: tuple[int, int], full_size: tuple[int, int]) -> tuple[Box, Part]:
    """Return the box of a part in a picture decoded at this size, and where that lies in the whole picture."""
    box = parts.pixels_of(part, size)
    across, down = full_size[0] / size[0], full_size[1] / size[1]
    return box, (box[0] * across, box[1] * down, box[2] * across, box[3] * down)


def sliced(rgb: Pixels, box: Box) -> Pixels:
    """Return a box of a picture, not copied."""
    left, top, right, bottom = box
    return rgb[top:bottom, left:right]


def draft_size(size: tuple[int, int], side_px: int) -> tuple[int, int]:
    """Return the size that is asked of libjpeg's scaled decoding for a copy with a long side of side_px."""
    share = side_px / max(size)
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def larger_of(
    rgb: Pixels, full_size: tuple[int, int], kind: str, max_side_px: int | None, cut: Callable[[Box], Pixels] | None = None
) -> Larger | None:
    """Return decoded pixels as what is worth keeping of them beside their copy of max_side_px; None for nothing.

    rgb   upright, of any colours if cut is given
    kind  "JPEG": decoded at a scale of libjpeg's; "PNG": each pixel the mean of some, of a plain PNG; "RAW": its preview.
          What is as large as the picture serves in any case
    """
    side_px, size = max(rgb.shape[:2]), (rgb.shape[1], rgb.shape[0])
    if max_side_px is None or side_px <= max_side_px or rgb.nbytes > KEPT_BYTES:
        return None
    if size != full_size:
        if kind not in ("JPEG", "PNG", "RAW"):
            return None
        scale = _jpeg_scale(full_size, max_side_px)
        while kind == "JPEG" and _jpeg_scale(full_size, side_px) != scale:  # by rounding
            side_px -= 1
    return Larger(size, side_px, cut or functools.partial(sliced, rgb)) if side_px > max_side_px else None


def _jpeg_scale(size: tuple[int, int], side_px: int) -> int:
    """Return by how much libjpeg reduces a picture of which a copy is asked for (Pillow, JpegImageFile.draft)."""
    asked = draft_size(size, side_px)
    most = min(size[0] // asked[0], size[1] // asked[1])
    return next((scale for scale in JPEG_SCALES if scale <= most), 1)
