"""Faces: finding them coarse to fine, choosing the client's, and the geometry of the crop.

Everything here is pure; the engines are in face_engines.py. Boxes are (left, top, width, height) and may reach
beyond the picture where the face does; keypoints are left_eye, right_eye (as seen in the picture), nose, mouth_left,
mouth_right. Pixels are uint8 H x W x 3, sRGB, upright.

Not covered: who the face belongs to. MTCNN also misses some full profiles; a person it does not see is not counted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from config import FaceConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

Box = tuple[float, float, float, float]
Point = tuple[float, float]
Pose = Literal["front", "three_quarter", "profile"]
Pitch = Literal["up", "level", "down"]

NETWORKS = "mtcnn-1"  # part of the fingerprint of processed pictures: other weights mean detecting again
KEYPOINTS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")

SMALLEST_SIDE_PX = 12  # MTCNN's first network sees squares of 12 px; below, the package returns nothing
# A face is sure at once when it is this confident and large in the copy looked at; others are looked at again alone.
# False faces on the five pictures without any: at most 31 px, and none was confirmed [measured].
SURE_CONFIDENCE = 0.95
SURE_SIDE_PX = 40
CONFIRMED_SIDE_PX = 160  # the face's size in the second look at its region; RNet and ONet see 24 and 48 px
REGION_FACTOR = 3.0  # side of that region / side of the face
KEPT_UNCONFIRMED = 0.85  # a large face at least this sure stays even if its region alone does not confirm it
SMALLEST_SHARE = 0.02  # of the picture's long side; smaller faces are crowd or texture, and no use for a crop
# [measured] What is smaller than this gives no crop worth having at any size, but takes half of the first look's time.
FIRST_LOOK_SHARE = 0.035
DARK_MEAN = 40.0  # of 255: the user's lower limit of brightness; [measured] at a mean of 9 both engines find faces by chance
MOST_DOUBTFUL = 12  # doubtful faces looked at again in one picture: bounds the time on leaves and crowds
SAME_FACE_IOU = 0.35
# Eyes nearer together than this share of the face are a profile's: 0.08-0.15, else 0.25-0.36 [measured].
EYES_APART = 0.2
MOST_STRAIGHTENED = 45.0  # [choice] degrees; a head that lies is meant to lie
STRAIGHTENED_SHARE = 0.8  # [choice] of the side of the upright square; below, hair and chin would go
LEVEL_PITCH = 15.0  # degrees
# A picture that lies on its side or its head: MTCNN finds a face in two of three of them, rather unsure of it. Of 140 upright
# pictures these limits call one turned, of a face of 140 px; of the same turned by 90, 180 and 270 degrees they
# name the turn of 321 in 420, another one of 6, and 50 pass unseen; the rest shows no face [measured].
UPRIGHT_CONFIDENCE, UPRIGHT_LEAN = 0.99, 45.0  # a face as sure and no more tilted than that (degrees) stands upright
TURNED_CONFIDENCE, TURNED_LEAN = 0.99, 25.0  # below, nothing is said
HEADLONG_CONFIDENCE = 0.995  # faces are symmetrical enough to be found upside down
SURER = 0.005  # than the face found without turning
TURNED_SHARE = 0.08  # of the long side; what is smaller may be anything


@dataclass(frozen=True)
class DetectedFace:
    """One face in the coordinates of the pixels it was found in."""

    box: Box
    confidence: float
    keypoints: Mapping[str, Point]

    def moved(self, scale: float, dx: float = 0.0, dy: float = 0.0) -> DetectedFace:
        """Return this face with every coordinate multiplied by scale, then shifted."""
        left, top, width, height = self.box
        box = (left * scale + dx, top * scale + dy, width * scale, height * scale)
        return DetectedFace(box, self.confidence, {k: (x * scale + dx, y * scale + dy) for k, (x, y) in self.keypoints.items()})

    @property
    def side(self) -> float:
        """The longer side of the box."""
        return max(self.box[2], self.box[3])


class Detector(Protocol):
    """An engine that finds faces."""

    def detect(self, rgb: Pixels, *, smallest_px: int = 20) -> list[DetectedFace]:
        """Return all faces of at least smallest_px in rgb, in rgb's coordinates, in any order."""
        ...


# --- coarse to fine --------------------------------------------------------------------------------------------------


def find_faces(rgb: Pixels, detector: Detector, settings: FaceConfig) -> list[DetectedFace]:
    """Return the faces of a picture in rgb's coordinates, the largest first.

    rgb needs not more than settings.second_look_side_px; what is larger is scaled down. A small copy is looked at first;
    the larger one only where that shows no face, and both once more, brightened, where the picture is dark: the verdict
    is then "too dark" and not "no face". Doubtful and tiny faces must be found again in their own region.
    """
    faces = _looked_for(rgb, detector, settings)
    if not faces and float(rgb[::8, ::8].mean()) < DARK_MEAN:
        faces = _looked_for(brightened(rgb), detector, settings)
    return faces


def _looked_for(rgb: Pixels, detector: Detector, settings: FaceConfig) -> list[DetectedFace]:
    faces: list[DetectedFace] = []
    long_side = max(rgb.shape[:2])
    for side in (settings.detection_side_px, settings.second_look_side_px):
        scale = min(1.0, side / long_side)
        copy = scaled(rgb, scale)
        more_to_come = scale < 1.0 and side < settings.second_look_side_px
        smallest = max(20, round((FIRST_LOOK_SHARE if more_to_come else SMALLEST_SHARE) * max(copy.shape[:2])))
        found = [face for face in detector.detect(copy, smallest_px=smallest) if plausible(face, smallest)]
        found = _without_doubles(found)
        faces = [face for face in (_confirmed(f, rgb, scale, detector) for f in _most_likely(found)) if face is not None]
        if faces or scale == 1.0:
            break
    return sorted(_without_doubles(faces), key=lambda face: -face.side)


def turn_needed(rgb: Pixels, found: Sequence[DetectedFace], detector: Detector, settings: FaceConfig) -> int:
    """Return by how many degrees clockwise a picture must be turned for its face to stand upright: 0, 90, 180 or 270.

    Scans and photos whose orientation tag is lost lie on their side. found: of `find_faces`; where a sure and upright face
    is among them, nothing more is looked at.
    """
    import numpy as np

    if _stands(found):
        return 0
    least = max([TURNED_CONFIDENCE, *(face.confidence + SURER for face in found)])
    copy = scaled(rgb, min(1.0, settings.detection_side_px / max(rgb.shape[:2])))
    smallest = max(20, round(TURNED_SHARE * max(copy.shape[:2])))
    # `find_faces` looked for smaller ones, at other scales: that alone makes a face surer or less sure by 0.01. Of 69 upright
    # pictures one is then called turned, and not two; of the same turned, two in 207 more pass unseen [measured].
    if found and _stands(detector.detect(copy, smallest_px=smallest)):
        return 0
    turn, surest = 0, 0.0
    for quarter in (1, 2, 3):
        enough = max(least, HEADLONG_CONFIDENCE) if quarter == 2 else least
        for face in detector.detect(np.ascontiguousarray(np.rot90(copy, -quarter)), smallest_px=smallest):
            upright = plausible(face, smallest) and abs(pose_of(face)["roll"]) <= TURNED_LEAN
            if upright and face.confidence >= enough and face.confidence > surest:
                turn, surest = 90 * quarter, face.confidence
    return turn


def _stands(found: Sequence[DetectedFace]) -> bool:
    """Tell whether a sure face is upright."""
    return any(face.confidence >= UPRIGHT_CONFIDENCE and abs(pose_of(face)["roll"]) <= UPRIGHT_LEAN for face in found)


def brightened(rgb: Pixels) -> Pixels:
    """Return a dark picture multiplied so that all but its brightest hundredth ends below white."""
    import numpy as np

    brightest = float(np.percentile(rgb[::8, ::8], 99))
    table = np.clip(np.arange(256) * (240 / max(1.0, brightest)), 0, 255).astype(np.uint8)
    return np.asarray(table[rgb], np.uint8)


def plausible(face: DetectedFace, smallest_px: float = 0.0) -> bool:
    """Tell whether box and keypoints can be a face: large enough, upright to 90 degrees, eyes and mouth within the box."""
    left, top, width, height = face.box
    if max(width, height) < smallest_px or min(width, height) <= 0 or not 0.4 <= width / height <= 1.7:
        return False
    eyes, mouth = _middle(face, "left_eye", "right_eye"), _middle(face, "mouth_left", "mouth_right")
    if math.dist(eyes, mouth) < 0.15 * face.side:
        return False
    # Profiles have keypoints up to a quarter of the box outside of it [measured].
    return all(
        left - 0.3 * width <= x <= left + 1.3 * width and top - 0.1 * height <= y <= top + 1.1 * height
        for x, y in (eyes, mouth)
    )


def _most_likely(faces: Sequence[DetectedFace]) -> list[DetectedFace]:
    return sorted(faces, key=lambda face: -face.confidence * face.side)[:MOST_DOUBTFUL]


def _confirmed(face: DetectedFace, rgb: Pixels, scale: float, detector: Detector) -> DetectedFace | None:
    """Return the face in rgb's coordinates, or None where a look at its region alone does not show it again."""
    in_full = face.moved(1 / scale)
    if face.confidence >= SURE_CONFIDENCE and face.side >= SURE_SIDE_PX:
        return in_full
    x, y = centre_of(in_full.box)
    half = in_full.side * REGION_FACTOR / 2
    left, top = max(0, int(x - half)), max(0, int(y - half))
    region = rgb[top : max(0, math.ceil(y + half)), left : max(0, math.ceil(x + half))]
    zoom = min(4.0, CONFIRMED_SIDE_PX / in_full.side)
    if min(region.shape[:2]) * zoom < SMALLEST_SIDE_PX:
        return None
    again = [f.moved(1 / zoom, left, top) for f in detector.detect(scaled(region, zoom), smallest_px=CONFIRMED_SIDE_PX // 3)]
    again = [f for f in again if plausible(f) and overlap(f.box, in_full.box) >= SAME_FACE_IOU]
    if again:
        return max(again, key=lambda f: f.confidence)
    return in_full if face.confidence >= KEPT_UNCONFIRMED and face.side >= SURE_SIDE_PX else None


def _without_doubles(faces: Sequence[DetectedFace]) -> list[DetectedFace]:
    """Drop the less sure of two boxes on one face: the package leaves those that overlap by up to 0.7."""
    kept: list[DetectedFace] = []
    for face in sorted(faces, key=lambda f: -f.confidence):
        if all(overlap(face.box, other.box) < SAME_FACE_IOU and not _inside(face.box, other.box) for other in kept):
            kept.append(face)
    return kept


def scaled(rgb: Pixels, scale: float) -> Pixels:
    """Return rgb resized: area filter down (no moiré), cubic up, itself at 1."""
    import cv2

    if abs(scale - 1) < 1e-9:
        return rgb
    height, width = rgb.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)  # type: ignore[return-value]


# --- choosing --------------------------------------------------------------------------------------------------------


def choose(
    faces: Sequence[DetectedFace], size: tuple[int, int], ambiguous_ratio: float
) -> tuple[int, Literal["only", "largest_central"], bool]:
    """Return the index of the face that is most likely meant, why, and whether that is in doubt.

    faces            at least one
    size             (width, height) of the picture
    ambiguous_ratio  another face of at least this share of the chosen one's side, and about as sure, makes it doubtful
    """
    if len(faces) == 1:
        return 0, "only", False
    index = max(range(len(faces)), key=lambda i: _weight(faces[i], size))
    return index, "largest_central", second_face_ratio(faces, index) >= ambiguous_ratio


def _weight(face: DetectedFace, size: tuple[int, int]) -> float:
    """Side times confidence, halved at the picture's corner."""
    x, y = centre_of(face.box)
    away = math.hypot(x / size[0] - 0.5, y / size[1] - 0.5) / math.hypot(0.5, 0.5)
    return face.side * face.confidence * (1 - 0.5 * min(away, 1.0))


def second_face_ratio(faces: Sequence[DetectedFace], index: int) -> float:
    """Return the side of the largest other face, about as sure, over the side of the chosen one; 0 where there is none."""
    chosen = faces[index]
    others = [f.side for i, f in enumerate(faces) if i != index and f.confidence >= min(0.9, chosen.confidence - 0.1)]
    return max(others, default=0.0) / chosen.side


def nearest_face(faces: Sequence[DetectedFace], box: Box) -> int | None:
    """Return the index of the face that overlaps box best, or None where none does: finds a user's choice again."""
    best = max(range(len(faces)), key=lambda i: overlap(faces[i].box, box), default=None)
    return best if best is not None and overlap(faces[best].box, box) >= SAME_FACE_IOU else None


# --- pose ------------------------------------------------------------------------------------------------------------


def pose_of(face: DetectedFace) -> dict[str, float]:
    """Return yaw, roll and pitch in degrees and the eyes' distance in pixels, estimated from the five keypoints.

    yaw    0 looks into the camera, positive to the right of the picture. London set: front 0-11, three-quarter 33-46,
           profile 54-75 and one 19 [measured]; the keypoints of hidden eyes are guesses, so this is more a class than an angle
    roll   0 upright, positive where the head leans to the right of the picture (clockwise)
    pitch  0 level, positive where the face looks up. From where the nose stands between eyes and mouth: 0.40-0.61 of the
           way on 32 level faces, -12 to 11 degrees [measured]; a smile lifts the mouth and costs about 7. A class, too
    eye_distance_px  between the eyes as seen: a turned head shortens it
    """
    eyes, mouth = _middle(face, "left_eye", "right_eye"), _middle(face, "mouth_left", "mouth_right")
    down = (mouth[0] - eyes[0], mouth[1] - eyes[1])
    length = math.hypot(*down) or 1.0
    across = (down[1] / length, -down[0] / length)  # to the right of an upright face
    nose = face.keypoints["nose"]
    middle = ((eyes[0] + mouth[0]) / 2, (eyes[1] + mouth[1]) / 2)
    offset = (nose[0] - middle[0]) * across[0] + (nose[1] - middle[1]) * across[1]
    below = ((nose[0] - middle[0]) * down[0] + (nose[1] - middle[1]) * down[1]) / length
    left, right = face.keypoints["left_eye"], face.keypoints["right_eye"]
    width = abs((right[0] - left[0]) * across[0] + (right[1] - left[1]) * across[1])
    # On a face from the front the eyes are about as far apart as from the mouth; the nose stands out by about half of it,
    # and half-way between them: what it is off by, in units of that half, is the tangent of the turn.
    return {
        "yaw": math.degrees(math.atan2(offset / (0.5 * length), width / length)),
        "roll": math.degrees(math.atan2(-down[0], down[1])),
        "pitch": math.degrees(math.atan2(-below, 0.5 * length)),
        "eye_distance_px": math.dist(left, right),
    }


def pose_class(yaw: float) -> Pose:
    """Return the class of a yaw from `pose_of`."""
    if abs(yaw) < 20:
        return "front"
    return "three_quarter" if abs(yaw) < 55 else "profile"


def pitch_class(pitch: float) -> Pitch:
    """Return the class of a pitch from `pose_of`; the limit lies outside all that was measured on level faces."""
    if abs(pitch) <= LEVEL_PITCH:
        return "level"
    return "up" if pitch > 0 else "down"


# --- geometry of the crop --------------------------------------------------------------------------------------------


def crop_square(box: Box, keypoints: Mapping[str, Point], size: tuple[int, int], padding: float) -> tuple[int, int, int, int]:
    """Return the square (left, top, right, bottom) to cut out, right and bottom exclusive, inside the picture.

    box        (left, top, width, height) px; may reach beyond the picture
    keypoints  of the face; with them the middle lies between hairline and chin even where the box wobbles
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
) -> tuple[tuple[int, int, int, int], float]:
    """Return the square to cut out as `crop_square` does, and the degrees by which it is turned clockwise about its middle.

    lower       how far the square's middle lies below the face's, in sides of the square
    straighten  turn the square with the eyes, of turned heads with the line from eyes to mouth; its corners stay inside the
                picture, so that it slides and shrinks. Where it would lose a fifth of its side, or the face is a profile or
                upside down, it is not turned
    """
    width, height = size
    side = padding * max(box[2], box[3])
    angle = _lean(DetectedFace(box, 1.0, keypoints)) if straighten else 0.0
    if angle:
        reach = abs(math.cos(math.radians(angle))) + abs(math.sin(math.radians(angle)))
        turned = math.floor(min(side, (min(width, height) - 2) / reach))
        if turned >= STRAIGHTENED_SHARE * min(side, width, height):
            middle = centre_of(box)
            upright = {name: _turned(point, middle, -angle) for name, point in keypoints.items()}
            x, y = _crop_centre(box, upright)
            x, y = _turned((x, y + lower * turned), middle, angle)
            half = turned * reach / 2 + 1
            left = round(min(max(x, half), width - half) - turned / 2)
            top = round(min(max(y, half), height - half) - turned / 2)
            return (left, top, left + turned, top + turned), angle
    if not lower:
        return crop_square(box, keypoints, size, padding), 0.0
    x, y = _crop_centre(box, keypoints)
    whole = max(1, min(round(side), width, height))
    left = min(max(round(x - whole / 2), 0), width - whole)
    top = min(max(round(y + lower * whole - whole / 2), 0), height - whole)
    return (left, top, left + whole, top + whole), 0.0


def _lean(face: DetectedFace) -> float:
    """Return the degrees by which a face leans clockwise; 0 where its keypoints do not say, or it is hardly seen."""
    pose = pose_of(face)
    (left_x, left_y), (right_x, right_y) = face.keypoints["left_eye"], face.keypoints["right_eye"]
    angle = math.degrees(math.atan2(right_y - left_y, right_x - left_x))
    if (
        pose_class(pose["yaw"]) != "front"
    ):  # the eyes of a turned, upright head lean by up to 7 degrees in perspective [measured]
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
    """Return a box as it lies beside a square that was turned: its middle moves, its size stays."""
    middle = (square[0] + square[2]) / 2, (square[1] + square[3]) / 2
    x, y = _turned(centre_of(box), middle, -angle)
    return x - box[2] / 2, y - box[3] / 2, box[2], box[3]


def _crop_centre(box: Box, keypoints: Mapping[str, Point]) -> Point:
    """Return the box's middle, its height averaged with the middle between hairline and chin.

    From the eyes, in units of the distance eyes-mouth: hairline -0.9, chin +1.65 (face canons), so the middle is at 0.375.
    """
    x, y = centre_of(box)
    if not all(name in keypoints for name in KEYPOINTS):
        return x, y
    eyes_y = (keypoints["left_eye"][1] + keypoints["right_eye"][1]) / 2
    mouth_y = (keypoints["mouth_left"][1] + keypoints["mouth_right"][1]) / 2
    by_points = eyes_y + 0.375 * (mouth_y - eyes_y)
    limit = 0.1 * max(box[2], box[3])  # keypoints gone astray move the crop by no more than this
    return x, y + min(max((by_points - y) / 2, -limit), limit)


def share_inside(box: Box, square: tuple[int, int, int, int]) -> float:
    """Return the share of the box's area that lies in the square: below 1, something of the face is cut off."""
    across = min(box[0] + box[2], square[2]) - max(box[0], square[0])
    down = min(box[1] + box[3], square[3]) - max(box[1], square[1])
    return max(0.0, across) * max(0.0, down) / (box[2] * box[3])


def centre_of(box: Box) -> Point:
    """Return the middle of a box."""
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def overlap(one: Box, other: Box) -> float:
    """Return intersection over union of two boxes, 0..1."""
    common = _common_area(one, other)
    union = one[2] * one[3] + other[2] * other[3] - common
    return common / union if union > 0 else 0.0


def _inside(one: Box, other: Box) -> bool:
    """Tell whether the smaller of two boxes lies mostly in the larger one."""
    smaller = min(one[2] * one[3], other[2] * other[3])
    return smaller > 0 and _common_area(one, other) > 0.7 * smaller


def _common_area(one: Box, other: Box) -> float:
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0.0, across) * max(0.0, down)


def _middle(face: DetectedFace, one: str, other: str) -> Point:
    (ax, ay), (bx, by) = face.keypoints[one], face.keypoints[other]
    return (ax + bx) / 2, (ay + by) / 2
