"""YuNet on onnxruntime: a second detector, 15 ms at 640 px. Its five points are what faces are compared by.

The steps around the network are OpenCV's (modules/objdetect/src/face_detect.cpp, FaceDetectorYN): boxes, points and scores are
the same to 0.0003 px on 33 pictures, in 4 / 15 / 42 ms at 320 / 640 / 1024 px, where OpenCV 5 takes 7 / 25 / 64 [measured, one
core]; and OpenCV's class takes its file by a path that on Windows must be of the code page.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from avatar.faces import network, weights
from avatar.faces.face import KEYPOINTS, DetectedFace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float32]

STRIDES = (8, 16, 32)
NMS_IOU = 0.3  # as OpenCV's default
THRESHOLD = 0.6  # opencv_zoo's demo
SMALLEST_SIDE_PX = 10  # of a face, as the network's authors say; smaller ones are not found


class YuNet:
    """YuNet, one thread. Raises ImportError where onnxruntime or onnx is missing, PipelineError("faces.wrong_package")."""

    def __init__(self) -> None:
        self._session = network.session(weights.unfolded(weights.YUNET), keep_memory=True)
        self._names = [output.name for output in self._session.get_outputs()]

    def detect(self, rgb: Pixels, *, smallest_px: int = SMALLEST_SIDE_PX, threshold: float = THRESHOLD) -> list[DetectedFace]:
        """Return the faces of at least smallest_px and this sure (0..1), in rgb's coordinates, the surest first."""
        import numpy as np

        height, width = rgb.shape[:2]
        padded = height + -height % STRIDES[-1], width + -width % STRIDES[-1]
        planes = np.zeros((1, 3, *padded), np.float32)
        planes[0, :, :height, :width] = rgb[..., 2::-1].transpose(2, 0, 1)  # it wants BGR, 0..255
        found = dict(zip(self._names, self._session.run(None, {"input": planes}), strict=True))
        rows = np.concatenate([_decoded(found, stride, padded[1] // stride, threshold) for stride in STRIDES])
        faces = [_face(row) for row in _suppressed(rows)]
        return [face for face in faces if face.side >= smallest_px]


@functools.lru_cache(maxsize=1)
def process_yunet() -> YuNet:
    """Return this process's YuNet; it is loaded once."""
    return YuNet()


def _decoded(found: dict[str, Any], stride: int, columns: int, threshold: float) -> Floats:
    """Return the cells of one stride that are sure enough: left, top, width, height, ten coordinates, score."""
    import numpy as np

    parts = (found[f"{name}_{stride}"][0] for name in ("cls", "obj", "bbox", "kps"))
    kind, there, boxes, points = parts
    score = np.sqrt(np.clip(kind[:, 0], 0, 1) * np.clip(there[:, 0], 0, 1))
    (cells,) = np.nonzero(score >= threshold)
    down, across = np.divmod(cells, columns)
    corner = np.stack((across, down), axis=1).astype(np.float32)
    middle, size = (corner + boxes[cells, :2]) * stride, np.exp(boxes[cells, 2:]) * stride
    marks = (points[cells].reshape(-1, 5, 2) + corner[:, None]) * stride
    rows = np.concatenate((middle - size / 2, size, marks.reshape(-1, 10), score[cells, None]), axis=1)
    return rows.astype(np.float32)


def _suppressed(rows: Floats) -> Floats:
    """Return the rows, the surest first, without those that overlap a surer one by more than NMS_IOU."""
    import cv2
    import numpy as np

    if not len(rows):
        return rows
    rows = rows[np.argsort(-rows[:, -1], kind="stable")]
    kept = cv2.dnn.NMSBoxes(rows[:, :4].tolist(), rows[:, -1].tolist(), 0.0, NMS_IOU)
    chosen: Floats = rows[np.asarray(kept, int).reshape(-1)]
    return chosen


def _face(row: Floats) -> DetectedFace:
    """Return a row as a face. Its first eye is the person's right one: the left one in the picture, as MTCNN counts."""
    values = [float(value) for value in row]
    points = {name: (values[4 + 2 * i], values[5 + 2 * i]) for i, name in enumerate(KEYPOINTS)}
    return DetectedFace((values[0], values[1], values[2], values[3]), values[14], points)
