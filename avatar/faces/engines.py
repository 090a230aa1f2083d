"""The face detectors: MTCNN on onnxruntime (the usual engine) or on TensorFlow (the reference).

Both have the same weights and give the same decisions [measured: benchmarks/faces.py --decisions]; the first needs a third
of the second's time and memory.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from avatar.faces.face import KEYPOINTS, SMALLEST_SIDE_PX, Box, DetectedFace
from avatar.system import environment
from avatar.texts.text import PipelineError
from config import FaceEngine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

LOG = logging.getLogger(__name__)
# Faces below the user's threshold are kept, so that the verdict can say "not sure" and a lower threshold can take effect
# (the package's own limit is 0.8).
OUTPUT_THRESHOLD = 0.6
# With larger smallest faces the package asks its first network for copies too small for it, and reports no face at all.
PACKAGE_SMALLEST_PX = 26


def make_detector(engine: FaceEngine) -> Engine:
    """Return the requested engine, or the other one if onnxruntime is missing. Raises PipelineError("faces.no_mtcnn")."""
    environment.prepare()
    if engine == "onnx":
        try:
            return OnnxDetector()
        except ImportError as error:
            LOG.info("onnxruntime is not used: %s", error)  # every worker would say so; `missing_package` says it once
    return MtcnnDetector()


def missing_package(engine: FaceEngine) -> str:
    """Return the missing package because of which the other engine is used; empty if the requested one is."""
    wanted = ("onnxruntime", "onnx") if engine == "onnx" else ()
    return next((name for name in wanted if importlib.util.find_spec(name) is None), "")


class OnnxDetector:
    """MTCNN on onnxruntime, on the processor, one thread. Raises ImportError where a package is missing."""

    def __init__(self) -> None:
        from avatar.faces.mtcnn_onnx import MtcnnOnnx

        self._networks = MtcnnOnnx()

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        if min(rgb.shape[:2]) < SMALLEST_SIDE_PX:
            return []
        boxes, landmarks = self._networks.detect(rgb, smallest_px=smallest_px, threshold=OUTPUT_THRESHOLD)
        found = []
        for (x1, y1, x2, y2, score), marks in zip(boxes.tolist(), landmarks.tolist(), strict=True):
            points = {name: (marks[i], marks[i + 5]) for i, name in enumerate(KEYPOINTS)}
            found.append(DetectedFace((x1, y1, x2 - x1, y2 - y1), score, points))
        return found

    def certainty(self, rgb: Pixels, box: Box) -> float:
        """Return how much the third network takes a place for a face, 0..1: of nine squares about box the surest."""
        return self._networks.certainty(rgb, box)


class MtcnnDetector:
    """mtcnn 1.x on TensorFlow, on the processor, one thread.

    The package runs its networks eagerly, at 1.7 times the time and with memory that grows by the picture [measured];
    here each network is traced once for every size (same boxes, flat memory). The weights are named by their full path,
    since the package would take a pnet.lz4 from the current folder and unpickle it.
    Raises PipelineError("faces.no_mtcnn") where the package or TensorFlow is missing.
    """

    def __init__(self) -> None:
        self._engine = _load_mtcnn()

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        if min(rgb.shape[:2]) < SMALLEST_SIDE_PX:
            return []
        smallest = min(smallest_px, PACKAGE_SMALLEST_PX)
        found = self._engine.detect_faces(rgb, fit_to_image=False, min_face_size=smallest, threshold_onet=OUTPUT_THRESHOLD)
        return [face for face in map(_from_mtcnn, found) if face.side >= smallest_px]

    def certainty(self, rgb: Pixels, box: Box) -> float:
        """Return how sure the package is of a face in box, shown that place alone."""
        left, top, width, height = (max(0, round(value)) for value in box)
        margin = max(width, height) // 2
        place = rgb[max(0, top - margin) : top + height + margin, max(0, left - margin) : left + width + margin]
        return max((face.confidence for face in self.detect(place)), default=0.0)


def _load_mtcnn() -> Any:
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": "-1"}
    before = {name: os.environ.get(name) for name in quiet}
    os.environ.update(quiet)
    try:
        import importlib.resources

        import tensorflow as tf
        from mtcnn import MTCNN
        from mtcnn.stages import StageONet, StagePNet, StageRNet
    except ImportError as error:
        command = f'"{sys.executable}" -m pip install "mtcnn>=1,<2" tensorflow-cpu'
        raise PipelineError("faces.no_mtcnn", command=command, detail=str(error)) from error
    finally:
        for name, value in before.items():  # the trainer is started from this process and needs its card
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
    _single_threaded(tf)
    folder = importlib.resources.files("mtcnn.assets.weights")
    networks = ((StagePNet, "pnet.lz4", None), (StageRNet, "rnet.lz4", 24), (StageONet, "onet.lz4", 48))
    with _finaliser_error_suppressed():
        stages = [_traced_once(tf, kind(weights=str(folder / weights)), side) for kind, weights, side in networks]
    return MTCNN(stages=stages)


@contextlib.contextmanager
def _finaliser_error_suppressed() -> Iterator[None]:
    """Suppress an error of a finaliser: on Python 3.13 lz4 flushes a file that joblib has closed after reading."""
    before = sys.unraisablehook

    def told(found: sys.UnraisableHookArgs) -> None:
        if not (found.exc_type is ValueError and "closed file" in str(found.exc_value)):
            before(found)

    sys.unraisablehook = told
    try:
        yield
    finally:
        sys.unraisablehook = before


def _single_threaded(tf: Any) -> None:
    """One thread, no graphics card, no progress bars on standard output."""
    try:
        tf.config.set_visible_devices([], "GPU")
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:  # TensorFlow is already at work in this process
        logging.getLogger(__name__).debug("TensorFlow was configured before")
    tf.get_logger().setLevel("ERROR")
    tf.keras.utils.disable_interactive_logging()


def _traced_once(tf: Any, stage: Any, side: int | None) -> Any:
    """Replace the stage's network by one graph that takes pictures of any size."""
    network = stage.model
    signature = [tf.TensorSpec([None, side, side, 3], tf.float32)]
    stage._model = tf.function(lambda batch: network(batch, training=False), input_signature=signature)
    return stage


def _from_mtcnn(face: Mapping[str, Any]) -> DetectedFace:
    left, top, width, height = (float(value) for value in face["box"])
    points = {name: (float(face["keypoints"][name][0]), float(face["keypoints"][name][1])) for name in KEYPOINTS}
    return DetectedFace((left, top, width, height), float(face["confidence"]), points)


Engine = OnnxDetector | MtcnnDetector
