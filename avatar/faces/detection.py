"""Finding the faces of a picture and choosing one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from avatar.faces import face as face_values
from avatar.faces import glance, pose
from avatar.faces.face import DetectedFace, Detector
from avatar.faces.mtcnn_onnx import SCALE_FACTOR
from config import FaceConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

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
# MTCNN's scales for faces smaller than that share of the smallest that a glance sees are left out: they are most of its work.
SPARED_SHARE = 0.5
MOST_DOUBTFUL = 12  # doubtful faces looked at again in one picture: bounds the time on leaves and crowds
# A picture that lies on its side or its head: MTCNN finds a face in two of three of them, rather unsure of it. Of 140 upright
# pictures these limits call one turned, of a face of 140 px; of the same turned by 90, 180 and 270 degrees they
# name the turn of 321 in 420, another one of 6, and 50 pass unseen; the rest shows no face [measured].
UPRIGHT_CONFIDENCE, UPRIGHT_LEAN = 0.99, 45.0  # a face as sure and no more tilted than that (degrees) stands upright
TURNED_CONFIDENCE, TURNED_LEAN = 0.99, 25.0  # below, nothing is said
HEADLONG_CONFIDENCE = 0.995  # faces are symmetrical enough to be found upside down
SURER = 0.005  # than the face found without turning
TURNED_SHARE = 0.08  # of the long side; what is smaller may be anything


# --- coarse to fine --------------------------------------------------------------------------------------------------


class Copies:
    """A picture and its smaller copies, each made once."""

    def __init__(self, rgb: Pixels) -> None:
        self.rgb = rgb
        self._made: dict[float, Pixels] = {}

    def scale(self, side_px: int) -> float:
        """Return by how much the picture is reduced to a long side of side_px; 1 where it is no larger."""
        return min(1.0, side_px / float(max(self.rgb.shape[:2])))

    def reduced(self, side_px: int) -> Pixels:
        """Return the picture with a long side of at most side_px."""
        scale = self.scale(side_px)
        if scale not in self._made:
            self._made[scale] = scaled(self.rgb, scale)
        return self._made[scale]


def find_faces(rgb: Pixels, detector: Detector, settings: FaceConfig, copies: Copies | None = None) -> list[DetectedFace]:
    """Return the faces of a picture in rgb's coordinates, the largest first.

    rgb needs not more than settings.second_look_side_px; what is larger is scaled down. A small copy is looked at first;
    the larger one only where that shows no face, and both once more, brightened, where the picture is dark: the verdict
    is then "too dark" and not "no face". Doubtful and tiny faces must be found again in their own region. A glance comes
    before all looks, and saves those that would find nothing.
    copies  of rgb, if there are any yet
    """
    copies = copies or Copies(rgb)
    bright = Copies(brightened(rgb)) if is_dark(rgb) else copies
    looks, smallest = _worth_looking(bright, detector, settings)
    faces = _looked_for(copies, detector, settings, looks, smallest)
    return faces if faces or bright is copies else _looked_for(bright, detector, settings, looks, smallest)


def _worth_looking(copies: Copies, detector: Detector, settings: FaceConfig) -> tuple[int, float]:
    """Return how many looks may find a face, 0, 1 or 2, and `glance.Seen.smallest`.

    What a glance is not sure of, the detector must find in its place.
    """
    seen = glance.glance(copies.reduced(settings.detection_side_px), detector)
    if seen.sure:
        return 2, seen.smallest
    rgb = copies.rgb
    long_side = max(rgb.shape[:2])
    there = [place for place in seen.doubtful if _found_about(place.moved(long_side), rgb, detector)]
    return (0 if not there else 2 if any(place.side <= glance.SMALL_SHARE for place in there) else 1), 0.0


def is_dark(rgb: Pixels) -> bool:
    """Return whether a picture is looked at brightened."""
    return float(rgb[::8, ::8].mean()) < DARK_MEAN


def _looked_for(
    copies: Copies, detector: Detector, settings: FaceConfig, looks: int, smallest_seen: float
) -> list[DetectedFace]:
    """Return the faces of the first look that finds any, the largest first; smallest_seen: as `glance.Seen.smallest`."""
    sides = (settings.detection_side_px, settings.second_look_side_px)[:looks]
    if SPARED_SHARE * smallest_seen >= FIRST_LOOK_SHARE / SCALE_FACTOR:  # else there is nothing to spare
        faces = _found_in(copies, sides[0], detector, settings, smallest_seen)
        if faces:
            return faces
    for side in sides:
        faces = _found_in(copies, side, detector, settings)
        if faces or copies.scale(side) == 1.0:
            return faces
    return []


def _found_in(
    copies: Copies, side_px: int, detector: Detector, settings: FaceConfig, smallest_seen: float = 0.0
) -> list[DetectedFace]:
    """Return the faces that one copy shows and that are sure, in the picture's coordinates, the largest first."""
    copy, scale = copies.reduced(side_px), copies.scale(side_px)
    more_to_come = scale < 1.0 and side_px < settings.second_look_side_px
    smallest = max(20, round((FIRST_LOOK_SHARE if more_to_come else SMALLEST_SHARE) * max(copy.shape[:2])))
    sought = _with_scales_spared(smallest, smallest_seen * max(copy.shape[:2]))
    found = _without_doubles([f for f in detector.detect(copy, smallest_px=sought) if plausible(f, smallest)])
    sure = [face for face in (_confirmed(f, copies.rgb, scale, detector) for f in _most_likely(found)) if face is not None]
    return sorted(_without_doubles(sure), key=lambda face: -face.side)


def _with_scales_spared(smallest_px: float, seen_px: float) -> float:
    """Return the smallest face for MTCNN to look for where none is smaller than seen_px: its scales stay the same, or go."""
    while smallest_px / SCALE_FACTOR <= SPARED_SHARE * seen_px:
        smallest_px /= SCALE_FACTOR
    return smallest_px


def turn_needed(
    rgb: Pixels, found: Sequence[DetectedFace], detector: Detector, settings: FaceConfig, copies: Copies | None = None
) -> int:
    """Return by how many degrees clockwise a picture must be rotated for its face to be upright: 0, 90, 180 or 270.

    Scans and photos whose orientation tag is lost lie on their side. found: of `find_faces`; where a sure and upright face
    is among them, nothing more is looked at.
    """
    import numpy as np

    if _is_upright(found):
        return 0
    least = max([TURNED_CONFIDENCE, *(face.confidence + SURER for face in found)])
    copy = (copies or Copies(rgb)).reduced(settings.detection_side_px)
    quarters = glance.turned_quarters(copy, detector)
    if not quarters:
        return 0
    smallest = max(20, round(TURNED_SHARE * max(copy.shape[:2])))
    # `find_faces` looked for smaller ones, at other scales: that alone makes a face surer or less sure by 0.01. Of 69 upright
    # pictures one is then called turned, and not two; of the same turned, two in 207 more pass unseen [measured].
    if found and _is_upright(detector.detect(copy, smallest_px=smallest)):
        return 0
    turn, surest = 0, 0.0
    for quarter in quarters:
        enough = max(least, HEADLONG_CONFIDENCE) if quarter == 2 else least
        for face in detector.detect(np.ascontiguousarray(np.rot90(copy, -quarter)), smallest_px=smallest):
            upright = plausible(face, smallest) and abs(pose.pose_of(face)["roll"]) <= TURNED_LEAN
            if upright and face.confidence >= enough and face.confidence > surest:
                turn, surest = 90 * quarter, face.confidence
    return turn


def _is_upright(found: Sequence[DetectedFace]) -> bool:
    """Return whether a confident face is upright."""
    return any(face.confidence >= UPRIGHT_CONFIDENCE and abs(pose.pose_of(face)["roll"]) <= UPRIGHT_LEAN for face in found)


def brightened(rgb: Pixels) -> Pixels:
    """Return a dark picture multiplied so that 99 % of its pixels stay below white."""
    import numpy as np

    brightest = float(np.percentile(rgb[::8, ::8], 99))
    table = np.clip(np.arange(256) * (240 / max(1.0, brightest)), 0, 255).astype(np.uint8)
    return np.asarray(table[rgb], np.uint8)


def plausible(face: DetectedFace, smallest_px: float = 0.0) -> bool:
    """Return whether box and keypoints can be a face: large enough, tilted at most 90 degrees, eyes and mouth in the box."""
    left, top, width, height = face.box
    if max(width, height) < smallest_px or min(width, height) <= 0 or not 0.4 <= width / height <= 1.7:
        return False
    eyes, mouth = face_values.midpoint(face, "left_eye", "right_eye"), face_values.midpoint(face, "mouth_left", "mouth_right")
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
    """Return the face in rgb's coordinates, or None if detection on its region alone does not find it again."""
    in_full = face.moved(1 / scale)
    if face.confidence >= SURE_CONFIDENCE and face.side >= SURE_SIDE_PX:
        return in_full
    again = _found_about(in_full, rgb, detector)
    again = [f for f in again if face_values.overlap(f.box, in_full.box) >= face_values.SAME_FACE_IOU]
    if again:
        return max(again, key=lambda f: f.confidence)
    return in_full if face.confidence >= KEPT_UNCONFIRMED and face.side >= SURE_SIDE_PX else None


def _found_about(place: DetectedFace, rgb: Pixels, detector: Detector) -> list[DetectedFace]:
    """Return the plausible faces that detection on the region of a face alone finds, in rgb's coordinates."""
    x, y = face_values.centre_of(place.box)
    half = place.side * REGION_FACTOR / 2
    left, top = max(0, int(x - half)), max(0, int(y - half))
    region = rgb[top : max(0, math.ceil(y + half)), left : max(0, math.ceil(x + half))]
    zoom = min(4.0, CONFIRMED_SIDE_PX / place.side)
    if min(region.shape[:2]) * zoom < face_values.SMALLEST_SIDE_PX:
        return []
    found = detector.detect(scaled(region, zoom), smallest_px=CONFIRMED_SIDE_PX // 3)
    return [face for face in (f.moved(1 / zoom, left, top) for f in found) if plausible(face)]


def _without_doubles(faces: Sequence[DetectedFace]) -> list[DetectedFace]:
    """Drop the less confident of two boxes on one face: the package keeps boxes that overlap by up to 0.7."""
    kept: list[DetectedFace] = []
    for face in sorted(faces, key=lambda f: -f.confidence):
        if all(
            face_values.overlap(face.box, other.box) < face_values.SAME_FACE_IOU and not face_values.inside(face.box, other.box)
            for other in kept
        ):
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
    """Return the index of the face that is most likely intended, the reason, and whether it is ambiguous.

    faces            at least one
    size             (width, height) of the picture
    ambiguous_ratio  another face with at least this share of the chosen one's side, about as confident, makes it ambiguous
    """
    if len(faces) == 1:
        return 0, "only", False
    index = max(range(len(faces)), key=lambda i: _weight(faces[i], size))
    return index, "largest_central", face_values.second_face_ratio(faces, index) >= ambiguous_ratio


def _weight(face: DetectedFace, size: tuple[int, int]) -> float:
    """Return side times confidence, halved at the picture's corner."""
    x, y = face_values.centre_of(face.box)
    away = math.hypot(x / size[0] - 0.5, y / size[1] - 0.5) / math.hypot(0.5, 0.5)
    return face.side * face.confidence * (1 - 0.5 * min(away, 1.0))
