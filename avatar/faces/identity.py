"""Face embeddings: the client's mean vector, and pictures that look like somebody else. Optional.

SFace (IJCB 2021; opencv_zoo, Apache-2.0, 37 MB) on onnxruntime, which finds the faces already; nothing else is installed.
Without its file in models/ nothing here is used. Of the alternatives, insightface's weights forbid commercial use, and
facenet-pytorch and dlib bring a library of their own for every Python.

Cosine of two unit vectors on 28 pictures of three people: with the mean of the same person's others 0.77-0.92 for front and
three-quarter views, 0.42-0.76 for profiles; with another person's mean at most 0.33, profiles 0.37 [measured]. Two single
pictures of deepface's labelled tests, which no limit was chosen by: 38 pairs of one person at least 0.58, 262 of two at
most 0.34 [measured].
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from avatar.faces.detection import scaled
from avatar.faces.face import KEYPOINTS, Point
from avatar.system import environment
from avatar.texts.text import PipelineError
from config import PROGRAM_DIR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Vector = NDArray[np.float32]

WEIGHTS_NAME = "face_recognition_sface_2021dec.onnx"
WEIGHTS_URL = f"https://github.com/opencv/opencv_zoo/raw/main/models/face_recognition_sface/{WEIGHTS_NAME}"
# As the pointer to the file in opencv_zoo says.
WEIGHTS_SHA256 = "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
MODELS_DIR = PROGRAM_DIR / "models"

SAME_PERSON = 0.4  # [measured] between strangers' 0.37 and the client's 0.42, see above; OpenCV's own limit is 0.363
ENOUGH = 5  # [choice] pictures from which on a mean stands for the client
FAR_OUT = 3.0  # robust standard deviations below the median: the usual limit of an outlier
ROBUST_SIGMA = 1.4826  # standard deviation / median absolute deviation of a normal distribution

SIDE_PX = 112
# Where SFace wants eyes, nose and the corners of the mouth in its square (OpenCV, FaceRecognizerSF::alignCrop).
TEMPLATE = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))


class Embedder(Protocol):
    """Computes the embedding of an aligned face."""

    def embed(self, aligned: Pixels) -> Vector:
        """Return the unit vector of a face of 112 x 112 px, RGB."""
        ...


class SFace:
    """SFace on the processor. Raises PipelineError("faces.wrong_weights") where the file is another."""

    def __init__(self, path: Path) -> None:
        environment.prepare()
        import onnxruntime

        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
            raise PipelineError("faces.wrong_weights", path=str(path), sha256=WEIGHTS_SHA256, url=WEIGHTS_URL)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # the file's constants stand among its inputs: a warning for each
        options.intra_op_num_threads = 1  # the processes share the cores already
        self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    def embed(self, aligned: Pixels) -> Vector:
        import numpy as np

        planes = np.ascontiguousarray(aligned.transpose(2, 0, 1)[None], np.float32)
        vector: Vector = self._session.run(None, {"data": planes})[0][0]
        return unit(vector)


def weights_file() -> Path | None:
    """Return the weights file, or None if the user has not put it into models/ or onnxruntime is missing."""
    path = MODELS_DIR / WEIGHTS_NAME
    return path if path.is_file() and importlib.util.find_spec("onnxruntime") is not None else None


@functools.lru_cache(maxsize=1)
def embedder(path: Path) -> Embedder:
    """Return this process's embedder. Raises PipelineError("faces.wrong_weights")."""
    return SFace(path)


def embedded(rgb: Pixels, keypoints: Sequence[Mapping[str, Point]], by: Embedder) -> tuple[str, ...]:
    """Return the packed embedding of each face of a picture; keypoints in rgb's pixels."""
    return tuple(packed(by.embed(aligned(rgb, points))) for points in keypoints)


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


def centroid(vectors: Sequence[Vector]) -> Vector | None:
    """Return the mean direction of most of the vectors, or None for fewer than ENOUGH.

    The most similar half gives a first mean; all vectors of the same person as that give the second. So strangers
    have no influence as long as they are fewer than half.
    """
    import numpy as np

    if len(vectors) < ENOUGH:
        return None
    stacked = np.stack(vectors)
    alike = np.median(stacked @ stacked.T, axis=1)
    first = unit(stacked[np.argsort(-alike, kind="stable")[: (len(vectors) + 1) // 2]].mean(0))
    same = stacked[stacked @ first >= SAME_PERSON]
    return unit(same.mean(0)) if len(same) else first


def same_person(vectors: Sequence[Vector], client: Vector) -> tuple[int, bool] | None:
    """Return the index of the face most similar to the client, and whether a second one is similar too; None if none is."""
    likeness = [float(vector @ client) for vector in vectors]
    best = max(range(len(likeness)), key=likeness.__getitem__, default=None)
    if best is None or likeness[best] < SAME_PERSON:
        return None
    return best, sum(value >= SAME_PERSON for value in likeness) > 1


def lowest_usual(likeness: Sequence[float]) -> float:
    """Return the cosine below which a picture is an outlier.

    Three robust standard deviations (of the median absolute deviation) below the median of those that are the same person,
    and never so high that it names the client's own profiles.
    """
    import numpy as np

    same = np.array([value for value in likeness if value >= SAME_PERSON])
    if not len(same):
        return SAME_PERSON
    median = float(np.median(same))
    deviation = float(np.median(np.abs(same - median)))
    return min(SAME_PERSON, median - FAR_OUT * ROBUST_SIGMA * deviation)
