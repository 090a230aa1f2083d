"""A face as a detector finds it: box, confidence, five landmarks; and the geometry of boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

Box = tuple[float, float, float, float]
Point = tuple[float, float]

NETWORKS = "mtcnn-1"  # part of the fingerprint of processed pictures: other weights mean detecting again
KEYPOINTS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")

SMALLEST_SIDE_PX = 12  # MTCNN's first network sees squares of 12 px; below, the package returns nothing
SAME_FACE_IOU = 0.35


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

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        """Return all faces of at least smallest_px in rgb, in rgb's coordinates, in any order."""
        ...


def second_face_ratio(faces: Sequence[DetectedFace], index: int) -> float:
    """Return side of the largest other face of similar confidence / side of the chosen one; 0 if there is none."""
    chosen = faces[index]
    others = [f.side for i, f in enumerate(faces) if i != index and f.confidence >= min(0.9, chosen.confidence - 0.1)]
    return max(others, default=0.0) / chosen.side


def nearest_face(faces: Sequence[DetectedFace], box: Box) -> int | None:
    """Return the index of the face that overlaps box most, or None: finds the face again that the user chose."""
    best = max(range(len(faces)), key=lambda i: overlap(faces[i].box, box), default=None)
    return best if best is not None and overlap(faces[best].box, box) >= SAME_FACE_IOU else None


def centre_of(box: Box) -> Point:
    """Return the middle of a box."""
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def overlap(one: Box, other: Box) -> float:
    """Return intersection over union of two boxes, 0..1."""
    common = _common_area(one, other)
    union = one[2] * one[3] + other[2] * other[3] - common
    return common / union if union > 0 else 0.0


def inside(one: Box, other: Box) -> bool:
    """Return whether the smaller of two boxes lies mostly in the larger one."""
    smaller = min(one[2] * one[3], other[2] * other[3])
    return smaller > 0 and _common_area(one, other) > 0.7 * smaller


def _common_area(one: Box, other: Box) -> float:
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0.0, across) * max(0.0, down)


def midpoint(face: DetectedFace, one: str, other: str) -> Point:
    (ax, ay), (bx, by) = face.keypoints[one], face.keypoints[other]
    return (ax + bx) / 2, (ay + by) / 2
