"""Pictures whose background is not learnt: an alpha channel that keeps head and shoulders, with soft edges.

For the trainer (`--alpha_mask`) alpha is the weight of each place in the loss; the colours below stay as they are, so that the
rest of the picture is seen and not learnt. Shapes are shares of the face's box [choice], seen on sheets of many pictures: an
ellipse about the face, one behind it where the head is turned, the box of the head with its hair as the square's cut knows it.
"""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import utils
from avatar.faces import face as face_values
from avatar.faces import head, pose
from avatar.faces.face import KEYPOINTS, DetectedFace
from avatar.workspace.records import Crop, Face

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw as Pen

RULES_VERSION = 2  # raised when the same face would give another mask
MASK_PX = 256  # masks are drawn at this side, and made larger: their edges are soft anyway
# Half widths and half heights, and how far below the box's middle: a head with its hair, shoulders that reach the lower edge.
HEAD_HALF, HEAD_DOWN = (0.95, 1.0), -0.12
SHOULDERS_HALF, SHOULDERS_DOWN = (1.9, 1.0), 1.75
SHOULDERS_ASIDE = 0.7  # of a profile: their width from the side
IN_PROFILE = 0.8  # of the height of the box, which ends at the ear: a head from the side is as wide as from the front
# Of a profile, in heights of the box: how far behind the face's middle the head's and the shoulders' middle lie, and the back
# of the head with its hair.
HEAD_BEHIND, SHOULDERS_BEHIND = 0.2, 0.4
BACK_HALF, BACK_DOWN, BACK_BEHIND = (0.85, 0.95), -0.15, 0.75
PROFILE_YAW = 60.0  # degrees from which on a head counts as seen from the side
HAIR_ROOM, HAIR_ROUND = 0.06, 0.4  # of the longer side of the head's box: room around it, and how round its corners are
# How far the box is believed to either side of the face's middle, in widths, as before a room full of things it is wide; of a
# profile, in heights, how much farther behind and how much less far before the face.
HAIR_HALF, HAIR_BEHIND, HAIR_BEFORE = 1.3, 1.2, 0.45
EDGE = 0.14  # of the face's width: how soft the edge is

Box = tuple[float, float, float, float]  # left, top, width, height, in shares of the crop's side


class Place(NamedTuple):
    """Where a face is in its crop, in shares of the crop's side. points: in the order of KEYPOINTS, none if not known."""

    left: float
    top: float
    width: float
    height: float
    points: tuple[tuple[float, float], ...] = ()

    @property
    def yaw(self) -> float:
        """Degrees by which the face looks to the right of the picture."""
        return pose.pose_of(self.detected(1.0))["yaw"] if self.points else 0.0

    def detected(self, side: float) -> DetectedFace:
        """Return the face in a crop of some side."""
        points = dict(zip(KEYPOINTS, self.points, strict=True))
        return DetectedFace((self.left, self.top, self.width, self.height), 1.0, points).moved(side)


def face_in(crop: Crop, face: Face) -> Place:
    """Return where a face is in a crop; a turned crop turns the box's middle and the points."""
    left, top, right, bottom = crop.square
    side = right - left
    turn = -math.radians(crop.angle)  # the square is turned clockwise, what is in it the other way

    def place(x: float, y: float) -> tuple[float, float]:
        x, y = x - (left + right) / 2, y - (top + bottom) / 2
        across, down = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        return across / side + 0.5, down / side + 0.5

    x, y = place(*face_values.centre_of(face.box))
    width, height = face.box[2] / side, face.box[3] / side
    points = tuple(place(*face.keypoints[name]) for name in KEYPOINTS) if set(KEYPOINTS) <= set(face.keypoints) else ()
    return Place(x - width / 2, y - height / 2, width, height, points)


def mask(face: Place, side_px: int, whole_head: Box | None = None) -> Image:
    """Return the mask of a crop: white where it is learnt. whole_head: its box with hat and hair, where that is known."""
    from PIL import Image, ImageDraw, ImageFilter

    drawn = Image.new("L", (MASK_PX, MASK_PX), 0)
    pen = ImageDraw.Draw(drawn)
    height = MASK_PX * face.height
    width = max(MASK_PX * face.width, IN_PROFILE * height)
    x, y = middle_x, _ = MASK_PX * (face.left + face.width / 2), MASK_PX * (face.top + face.height / 2)
    back = -max(-1.0, min(1.0, face.yaw / PROFILE_YAW)) * height  # what is behind the face, of a profile
    _ellipse(pen, x + HEAD_BEHIND * back, y + HEAD_DOWN * height, HEAD_HALF[0] * width, HEAD_HALF[1] * height)
    _ellipse(pen, x + BACK_BEHIND * back, y + BACK_DOWN * height, BACK_HALF[0] * height, BACK_HALF[1] * height)
    x, middle = x + SHOULDERS_BEHIND * back, y + SHOULDERS_DOWN * height
    wide = SHOULDERS_HALF[0] * width * (1 - (1 - SHOULDERS_ASIDE) * abs(back) / max(height, 1e-9))
    _ellipse(pen, x, middle, wide, SHOULDERS_HALF[1] * height)
    if middle < MASK_PX:  # what is below the shoulders' middle belongs to the person, down to the picture's edge
        pen.rectangle((x - wide, middle, x + wide, MASK_PX), fill=255)
    if whole_head is not None:
        left, top, across, down = (MASK_PX * share for share in whole_head)
        room = HAIR_ROOM * max(across, down)
        right = min(left + across + room, middle_x + _reach(width, back))
        left = max(left - room, middle_x - _reach(width, -back))
        pen.rounded_rectangle((left, top - room, right, top + down + room), HAIR_ROUND * min(right - left, down), fill=255)
    soft = drawn.filter(ImageFilter.GaussianBlur(EDGE * width))
    return soft.resize((side_px, side_px), Image.Resampling.BICUBIC)


def _reach(width: float, behind: float) -> float:
    """Return how far a head's box counts on one side of the face; behind: how much of that side is behind a turned face."""
    return HAIR_HALF * width + behind * (HAIR_BEHIND if behind > 0 else HAIR_BEFORE)


def _ellipse(pen: Pen, x: float, y: float, half_width: float, half_height: float) -> None:
    pen.ellipse((x - half_width, y - half_height, x + half_width, y + half_height), fill=255)


def _head_in(picture: Image, face: Place) -> Box | None:
    """Return the box of the head with hat and hair in shares of a crop, None where that cannot be told."""
    import numpy as np

    if not face.points:
        return None
    found = head.head_of(np.asarray(picture), face.detected(picture.width))
    if found is None:
        return None
    left, top, width, height = (value / picture.width for value in found)
    return left, top, width, height


def write_png(source: Path, target: Path, face: Place) -> None:
    """Write a crop as PNG with the mask as its alpha channel. Raises OSError."""
    from PIL import Image

    with Image.open(source) as opened:
        picture = opened.convert("RGB")
        profile = opened.info.get("icc_profile")
    picture.putalpha(mask(face, picture.width, _head_in(picture, face)))
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", compress_level=1, icc_profile=profile)
    utils.write_atomic(target, buffer.getvalue())
