"""Pictures whose background is not learnt: an alpha channel that keeps head and shoulders, with soft edges.

For the trainer (`--alpha_mask`) alpha is the weight of each place in the loss; the colours below stay as they are, so that the
rest of the picture is seen and not learnt. Shapes are shares of the face's box [choice], seen on sheets of many pictures.
"""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.workspace.records import Crop, Face

if TYPE_CHECKING:
    from PIL.Image import Image

RULES_VERSION = 1  # raised when the same face would give another mask
MASK_PX = 256  # masks are drawn at this side, and made larger: their edges are soft anyway
# Half widths and half heights, and how far below the box's middle: a head with its hair, shoulders that reach the lower edge.
HEAD_HALF, HEAD_DOWN = (0.95, 1.0), -0.12
SHOULDERS_HALF, SHOULDERS_DOWN = (1.9, 1.0), 1.75
IN_PROFILE = 0.8  # of the height of the box, which ends at the ear: a head from the side is as wide as from the front
EDGE = 0.14  # of the face's width: how soft the edge is

Box = tuple[float, float, float, float]  # left, top, width, height, in shares of the crop's side


def face_in(crop: Crop, face: Face) -> Box:
    """Return a face's box in a crop, in shares of its side; a turned crop turns the box's middle."""
    left, top, right, bottom = crop.square
    side = right - left
    x, y = face.box[0] + face.box[2] / 2 - (left + right) / 2, face.box[1] + face.box[3] / 2 - (top + bottom) / 2
    turn = -math.radians(crop.angle)  # the square is turned clockwise, what is in it the other way
    x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
    width, height = face.box[2] / side, face.box[3] / side
    return x / side + 0.5 - width / 2, y / side + 0.5 - height / 2, width, height


def mask(face: Box, side_px: int) -> Image:
    """Return the mask of a crop: white where it is learnt."""
    from PIL import Image, ImageDraw, ImageFilter

    drawn = Image.new("L", (MASK_PX, MASK_PX), 0)
    pen = ImageDraw.Draw(drawn)
    left, top, width, height = (MASK_PX * share for share in face)
    x, y = left + width / 2, top + height / 2
    width = max(width, IN_PROFILE * height)
    for (half_width, half_height), down in ((HEAD_HALF, HEAD_DOWN), (SHOULDERS_HALF, SHOULDERS_DOWN)):
        middle, wide, high = y + down * height, half_width * width, half_height * height
        pen.ellipse((x - wide, middle - high, x + wide, middle + high), fill=255)
        if (
            down > 0 and middle < MASK_PX
        ):  # what is below the shoulders' middle belongs to the person, down to the picture's edge
            pen.rectangle((x - wide, middle, x + wide, MASK_PX), fill=255)
    soft = drawn.filter(ImageFilter.GaussianBlur(EDGE * width))
    return soft.resize((side_px, side_px), Image.Resampling.BICUBIC)


def write_png(source: Path, target: Path, face: Box) -> None:
    """Write a crop as PNG with the mask as its alpha channel. Raises OSError."""
    from PIL import Image

    with Image.open(source) as opened:
        picture = opened.convert("RGB")
        profile = opened.info.get("icc_profile")
    picture.putalpha(mask(face, picture.width))
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", compress_level=1, icc_profile=profile)
    utils.write_atomic(target, buffer.getvalue())
