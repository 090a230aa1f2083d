"""A part of an upright picture, and which of the stored pixels it takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

Part = tuple[float, float, float, float]  # left, top, right, bottom, in shares of the upright picture's width and height
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels

# EXIF 2.32, tag 0x0112 -> where a box (left, top, right, bottom) of the upright picture (width, height) is stored. 2 to 4 are
# mirrored or upside down; 5 to 8 lie on their side.
STORED: Mapping[int, Callable[[int, int, int, int, int, int], Box]] = {
    2: lambda left, top, right, bottom, width, height: (width - right, top, width - left, bottom),
    3: lambda left, top, right, bottom, width, height: (width - right, height - bottom, width - left, height - top),
    4: lambda left, top, right, bottom, width, height: (left, height - bottom, right, height - top),
    5: lambda left, top, right, bottom, width, height: (top, left, bottom, right),
    6: lambda left, top, right, bottom, width, height: (top, width - right, bottom, width - left),
    7: lambda left, top, right, bottom, width, height: (height - bottom, width - right, height - top, width - left),
    8: lambda left, top, right, bottom, width, height: (height - bottom, left, height - top, right),
}


def pixels_of(part: Part, size: tuple[int, int]) -> Box:
    """Return the box of whole pixels that covers a part of a picture of this size (width, height); never empty.

    >>> pixels_of((0.1, 0.0, 0.55, 2.0), (20, 10))
    (2, 0, 11, 10)
    """
    width, height = size
    left, top = min(max(0, math.floor(part[0] * width)), width - 1), min(max(0, math.floor(part[1] * height)), height - 1)
    return (
        left,
        top,
        max(left + 1, min(width, math.ceil(part[2] * width))),
        max(top + 1, min(height, math.ceil(part[3] * height))),
    )


def stored(box: Box, size: tuple[int, int], turn: int) -> Box:
    """Return where a box of an upright picture of this size lies among the stored pixels. turn: EXIF's orientation."""
    return STORED[turn](*box, *size) if turn in STORED else box
