"""The crop square around a face for each framing, rotated upright if requested."""

from __future__ import annotations

import math
from collections.abc import Mapping

from avatar.faces import face as face_values
from avatar.faces import pose as faces_pose
from avatar.faces.face import Box, DetectedFace, Point

# Eyes nearer together than this share of the face are a profile's: 0.08-0.15, else 0.25-0.36 [measured].
EYES_APART = 0.2
MOST_STRAIGHTENED = 45.0  # [choice] degrees; a head that lies is meant to lie
HEAD_GROWS = 1.25  # [choice] at most: with the default factor the face still has half of the square, 500 px of 1024
HEAD_MARGIN = 1.04  # [choice] of the head: it does not touch the edge
STRAIGHTENED_SHARE = 0.8  # [choice] of the side of the upright square; below, hair and chin would go


def crop_square(box: Box, keypoints: Mapping[str, Point], size: tuple[int, int], padding: float) -> tuple[int, int, int, int]:
    """Return the square (left, top, right, bottom) to cut out, right and bottom exclusive, inside the picture.

    box        (left, top, width, height) px; may reach beyond the picture
    keypoints  of the face; with them the centre lies between hairline and chin even if the box is inaccurate
    size       (width, height) px
    padding    side of the square / longer side of the box

    Near an edge the square slides; it shrinks only where it is larger than the picture.
    Raises ValueError for an empty box, picture or padding.
    """
    width, height = size
    if min(box[2], box[3], width, height, padding) <= 0:
        raise ValueError(f"box {box}, size {size} or padding {padding} is empty")
    side = max(1, min(round(padding * max(box[2], box[3])), width, height))
    x, y = _crop_centre(box, keypoints)
    left = min(max(round(x - side / 2), 0), width - side)
    top = min(max(round(y - side / 2), 0), height - side)
    return left, top, left + side, top + side


def crop_frame(
    box: Box,
    keypoints: Mapping[str, Point],
    size: tuple[int, int],
    padding: float,
    *,
    lower: float = 0.0,
    straighten: bool = False,
    head: Box | None = None,
) -> tuple[tuple[int, int, int, int], float]:
    """Return the square to cut out as `crop_square` does, and the degrees by which it is turned clockwise about its middle.

    padding     side of the square / longer side of the box; with a head larger than that the square slides, and grows up to
                HEAD_GROWS times, until it holds the head
    lower       how far the square's middle lies below the face's, in sides of the square
    straighten  turn the square with the eyes, of turned heads with the line from eyes to mouth; its corners stay inside the
                picture, so that it slides and shrinks. Where it would lose a fifth of its side, or the face is a profile or
                upside down, it is not turned
    head        box of the whole head
    """
    width, height = size
    side = _side_for(padding * max(box[2], box[3]), box, head, size)
    angle = roll_of(DetectedFace(box, 1.0, keypoints)) if straighten else 0.0
    if angle:
        reach = abs(math.cos(math.radians(angle))) + abs(math.sin(math.radians(angle)))
        turned = math.floor(min(side, (min(width, height) - 2) / reach))
        if turned >= STRAIGHTENED_SHARE * min(side, width, height):
            middle = face_values.centre_of(box)
            upright = {name: _turned(point, middle, -angle) for name, point in keypoints.items()}
            x, y = _crop_centre(box, upright)
            x, y = _turned((x, y + lower * turned), middle, angle)
            x, y = _holding((x, y), turned, box, head)
            half = turned * reach / 2 + 1
            left = round(min(max(x, half), width - half) - turned / 2)
            top = round(min(max(y, half), height - half) - turned / 2)
            return (left, top, left + turned, top + turned), angle
    x, y = _crop_centre(box, keypoints)
    whole = max(1, min(round(side), width, height))
    x, y = _holding((x, y + lower * whole), whole, box, head)
    left = min(max(round(x - whole / 2), 0), width - whole)
    top = min(max(round(y - whole / 2), 0), height - whole)
    return (left, top, left + whole, top + whole), 0.0


def _side_for(side: float, box: Box, head: Box | None, size: tuple[int, int]) -> float:
    """Return the side of the square: larger than asked for where the head needs it."""
    if head is None:
        return side
    (left, right), (top, bottom) = (_span(box, head, axis, size[axis]) for axis in (0, 1))
    return max(side, min(max(right - left, bottom - top) * HEAD_MARGIN, side * HEAD_GROWS))


def _span(box: Box, head: Box, axis: int, length: int) -> tuple[float, float]:
    """Return from where to where face and head reach in the picture, across (0) or down (1)."""
    first, last = min(box[axis], head[axis]), max(box[axis] + box[axis + 2], head[axis] + head[axis + 2])
    return max(0.0, first), min(float(length), last)


def _holding(middle: Point, side: float, box: Box, head: Box | None) -> Point:
    """Return the middle of a square moved no further than needed to hold the head; the face goes first."""
    if head is None:
        return middle
    across, down = (_held(middle[axis], side, box, head, axis) for axis in (0, 1))
    return across, down


def _held(middle: float, side: float, box: Box, head: Box, axis: int) -> float:
    for part in (head, box):  # the face last: what it needs stays
        margin = max(0.0, min((HEAD_MARGIN - 1) * part[axis + 2], side - part[axis + 2]) / 2)
        first, last = part[axis] - margin, part[axis] + part[axis + 2] + margin
        if last - first <= side:
            middle = min(max(middle, last - side / 2), first + side / 2)
        elif part is head and axis:
            middle = first + side / 2  # of a head higher than the square the chin goes, before the hair
    return middle


def roll_of(face: DetectedFace) -> float:
    """Return a face's tilt in degrees clockwise; 0 if its keypoints do not tell or it is hardly visible."""
    pose = faces_pose.pose_of(face)
    (left_x, left_y), (right_x, right_y) = face.keypoints["left_eye"], face.keypoints["right_eye"]
    angle = math.degrees(math.atan2(right_y - left_y, right_x - left_x))
    if (
        faces_pose.pose_class(pose["yaw"]) != "front"
    ):  # the eyes of a turned, upright head roll_of by up to 7 degrees in perspective [measured]
        angle = pose["roll"]
    tells = pose["eye_distance_px"] >= EYES_APART * face.side
    return angle if tells and 1 <= abs(angle) <= MOST_STRAIGHTENED else 0.0


def _turned(point: Point, middle: Point, angle: float) -> Point:
    """Return a point turned clockwise about another."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = point[0] - middle[0], point[1] - middle[1]
    return middle[0] + x * cos - y * sin, middle[1] + x * sin + y * cos


def corners(square: tuple[int, int, int, int], angle: float) -> list[Point]:
    """Return the corners of a square turned clockwise about its middle, in order around it from its upper left one."""
    left, top, right, bottom = square
    middle = (left + right) / 2, (top + bottom) / 2
    return [_turned(point, middle, angle) for point in ((left, top), (right, top), (right, bottom), (left, bottom))]


def in_frame(box: Box, square: tuple[int, int, int, int], angle: float) -> Box:
    """Return a box in the coordinates of a rotated square: its centre moves, its size stays."""
    middle = (square[0] + square[2]) / 2, (square[1] + square[3]) / 2
    x, y = _turned(face_values.centre_of(box), middle, -angle)
    return x - box[2] / 2, y - box[3] / 2, box[2], box[3]


def _crop_centre(box: Box, keypoints: Mapping[str, Point]) -> Point:
    """Return the box's middle, its height averaged with the middle between hairline and chin.

    From the eyes, in units of the distance eyes-mouth: hairline -0.9, chin +1.65 (face canons), so the middle is at 0.375.
    """
    x, y = face_values.centre_of(box)
    if not all(name in keypoints for name in face_values.KEYPOINTS):
        return x, y
    eyes_y = (keypoints["left_eye"][1] + keypoints["right_eye"][1]) / 2
    mouth_y = (keypoints["mouth_left"][1] + keypoints["mouth_right"][1]) / 2
    by_points = eyes_y + 0.375 * (mouth_y - eyes_y)
    limit = 0.1 * max(box[2], box[3])  # keypoints gone astray move the crop by no more than this
    return x, y + min(max((by_points - y) / 2, -limit), limit)


def head_share(head: Box, square: tuple[int, int, int, int]) -> float:
    """Return how much of the head's height and of its width is in the square: the lesser share."""
    across = min(head[0] + head[2], square[2]) - max(head[0], square[0])
    down = min(head[1] + head[3], square[3]) - max(head[1], square[1])
    return max(0.0, min(across / head[2], down / head[3]))


def share_inside(box: Box, square: tuple[int, int, int, int]) -> float:
    """Return the share of the box's area inside the square; below 1, part of the face is cut off."""
    across = min(box[0] + box[2], square[2]) - max(box[0], square[0])
    down = min(box[1] + box[3], square[3]) - max(box[1], square[1])
    return max(0.0, across) * max(0.0, down) / (box[2] * box[3])
