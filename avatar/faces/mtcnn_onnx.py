"""MTCNN on onnxruntime: three graphs built from the weights of the package mtcnn, and the steps between them.

Same networks, same thresholds, same order of steps as mtcnn 1.0.0 (its stages/*.py and utils/*.py are named at each), without
TensorFlow: no 5 s of import, no 500 MB, a third of the time per picture. Boxes here are rows of x1, y1, x2, y2, score.
"""

from __future__ import annotations

import importlib.util
import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from avatar.faces import network
from avatar.faces.face import Box

if TYPE_CHECKING:
    import numpy as np
    import onnx
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Pixels = NDArray[np.uint8]

# The package's defaults: MTCNN.detect_faces.
SCALE_FACTOR = 0.709
CELL_PX, STRIDE_PX = 12, 2
PNET_THRESHOLD, RNET_THRESHOLD = 0.6, 0.7
NMS_ONE_SCALE, NMS_ALL_SCALES, NMS_RNET, NMS_ONET = 0.5, 0.7, 0.7, 0.7
RNET_SIDE_PX, ONET_SIDE_PX = 24, 48
TRIED_SIZES, TRIED_LOWER = (0.85, 1.0, 1.15), (-0.06, 0.0, 0.06)  # [choice] of a place judged alone, in its sides
NMS_BLOCK = 256  # [choice] rows compared at a time: memory stays small where thousands of boxes come
OPSET = 17
IR_VERSION = 8  # read by every onnxruntime since 1.14


class MtcnnOnnx:
    """The three networks, one thread each. Raises ImportError where onnxruntime, onnx or the package mtcnn is missing."""

    def __init__(self) -> None:
        self.pnet = network.session(pnet_graph(_weights("pnet")).SerializeToString())
        self.rnet = network.session(rnet_graph(_weights("rnet")).SerializeToString())
        self.onet = network.session(onet_graph(_weights("onet")).SerializeToString())

    def detect(self, rgb: Pixels, *, smallest_px: float, threshold: float) -> tuple[Floats, Floats]:
        """Return the faces as boxes (n x 5) and landmarks (n x 10: five x, five y) in pixels of rgb, the most certain first."""
        import numpy as np

        # As `normalize_images`: about -1..1. One plane per colour, since the networks want them so.
        planes = np.ascontiguousarray(((rgb.astype(np.float32) - 127.5) / 128).transpose(2, 0, 1)[None])
        boxes = self.propose(rgb, smallest_px)
        if len(boxes):
            boxes = self.refine(planes, boxes)
        if not len(boxes):
            return np.empty((0, 5)), np.empty((0, 10))
        return self.finish(planes, boxes, threshold)

    def certainty(self, rgb: Pixels, box: Box) -> float:
        """Return the third network's score of a place: the highest of nine squares about box, 0..1."""
        import cv2
        import numpy as np

        left, top, width, height = box
        side = max(width, height)
        scale = min(1.0, 2 * ONET_SIDE_PX / side)
        copy = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        planes = np.ascontiguousarray(((copy.astype(np.float32) - 127.5) / 128).transpose(2, 0, 1)[None])
        across, down = left + width / 2, top + height / 2
        squares = [
            (across - half, down + lower * side - half, across + half, down + lower * side + half, 1.0)
            for half in (side * size / 2 for size in TRIED_SIZES)
            for lower in TRIED_LOWER
        ]
        rows = np.array(squares) * [scale, scale, scale, scale, 1]
        _, _, scores = self.onet.run(None, _inputs(planes, rows))
        return float(scores[:, 1].max())

    def propose(self, rgb: Pixels, smallest_px: float) -> Floats:
        """Return squares that may hold a face, from all scales of the picture (StagePNet)."""
        import numpy as np

        found = []
        for scale, copy in _pyramid(rgb, smallest_px):
            offsets, scores = self.pnet.run(None, {"picture": copy})
            found.append(_suppressed(_cells(offsets[0], scores[0, 1], scale), NMS_ONE_SCALE))
        boxes = np.concatenate(found) if found else np.empty((0, 5))
        return _squares(_suppressed(boxes, NMS_ALL_SCALES))

    def refine(self, planes: Floats, boxes: Floats) -> Floats:
        """Return those squares that the second network takes for faces, moved onto them (StageRNet)."""
        offsets, scores = self.rnet.run(None, _inputs(planes, boxes))
        boxes = _moved(boxes, offsets, scores)
        return _squares(_suppressed(boxes[boxes[:, 4] > RNET_THRESHOLD], NMS_RNET))

    def finish(self, planes: Floats, boxes: Floats, threshold: float) -> tuple[Floats, Floats]:
        """Return boxes and landmarks of those squares that the third network takes for faces (StageONet)."""
        import numpy as np

        offsets, marks, scores = self.onet.run(None, _inputs(planes, boxes))
        sides = boxes[:, 2:4] - boxes[:, :2] + 1
        # As `adjust_landmarks`: shares of the square it was given, less one pixel.
        landmarks = marks.reshape(-1, 2, 5) * sides[:, :, None] + boxes[:, :2, None] - 1
        rows = np.concatenate((_moved(boxes, offsets, scores), landmarks.reshape(-1, 10)), axis=1)
        rows = _suppressed(rows[rows[:, 4] > threshold], NMS_ONET, of_smaller=True)
        return rows[:, :5], rows[:, 5:]


# --- between the networks --------------------------------------------------------------------------------------------


def _pyramid(rgb: Pixels, smallest_px: float) -> Iterator[tuple[float, Floats]]:
    """Yield the scales at which a face of smallest_px or more has the first network's 12 px, each with the scaled picture.

    As `build_scale_pyramid`. Copies below 12 px, which that one asks for with larger smallest faces, are left out: there the
    package's network fails and no face at all is reported.
    """
    import cv2
    import numpy as np

    height, width = rgb.shape[:2]
    count = round(-((math.log(min(width, height) / CELL_PX) / math.log(SCALE_FACTOR)) + 1))
    pixels = rgb.astype(np.float32)
    for level in range(count):
        scale = CELL_PX / smallest_px * SCALE_FACTOR**level
        size = (int(width * scale), int(height * scale))
        if min(size) >= CELL_PX:
            copy = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
            yield scale, np.ascontiguousarray(((copy - 127.5) / 128).transpose(2, 0, 1)[None])


def _cells(offsets: Floats, scores: Floats, scale: float) -> Floats:
    """Return the boxes of the first network's cells that may be faces, in the whole picture (`generate_bounding_box`).

    offsets  4 x H x W, shares of a cell's 11 px; scores  H x W
    """
    import numpy as np

    down, across = np.nonzero(scores > PNET_THRESHOLD)
    left, top = across * STRIDE_PX + 1, down * STRIDE_PX + 1
    corners = np.stack((left, top, left + CELL_PX - 1, top + CELL_PX - 1), axis=1)
    moved = corners + offsets[:, down, across].T * (CELL_PX - 1)
    return np.concatenate((moved / scale, scores[down, across][:, None]), axis=1)


def _inputs(planes: Floats, boxes: Floats) -> dict[str, Any]:
    """Return what the second and third graph take: the picture, and y1, x1, y2, x2 in shares of it (`extract_patches`)."""
    import numpy as np

    height, width = planes.shape[2:]
    rois = boxes[:, [1, 0, 3, 2]] / np.array([height, width, height, width])
    return {"picture": planes, "rois": rois.astype(np.float32), "of": np.zeros(len(boxes), np.int32)}


def _moved(boxes: Floats, offsets: Floats, scores: Floats) -> Floats:
    """Return the boxes moved by a network's offsets, with its scores (`adjust_bboxes`, `replace_confidence`)."""
    import numpy as np

    sides = boxes[:, 2:4] - boxes[:, :2] + 1
    return np.concatenate((boxes[:, :4] + offsets * np.tile(sides, 2), scores[:, 1:]), axis=1)


def _squares(boxes: Floats) -> Floats:
    """Return the boxes made square about their centres (`resize_to_square`)."""
    import numpy as np

    sides = boxes[:, 2:4] - boxes[:, :2]
    side = sides.max(axis=1, keepdims=True, initial=0)
    corner = boxes[:, :2] + sides * 0.5 - side * 0.5
    return np.concatenate((corner, corner + side, boxes[:, 4:]), axis=1)


def _suppressed(rows: Floats, threshold: float, *, of_smaller: bool = False) -> Floats:
    """Return the rows, the most certain first, without those that overlap one before them more than threshold allows.

    As `smart_nms_from_bboxes`: one that is left out itself still leaves out others. Overlap is the share of the union, or
    of the smaller box.
    """
    import numpy as np

    rows = rows[np.argsort(rows[:, 4])[::-1]]
    x1, y1, x2, y2 = (rows[:, column] for column in range(4))
    areas = (x2 - x1) * (y2 - y1)
    kept = np.ones(len(rows), bool)
    for start in range(0, len(rows), NMS_BLOCK):
        own = slice(start, min(start + NMS_BLOCK, len(rows)))
        before = slice(0, own.stop)
        across = np.minimum(x2[own, None], x2[None, before]) - np.maximum(x1[own, None], x1[None, before])
        down = np.minimum(y2[own, None], y2[None, before]) - np.maximum(y1[own, None], y1[None, before])
        common = np.maximum(0, across) * np.maximum(0, down)
        if of_smaller:
            whole = np.minimum(areas[own, None], areas[None, before])
        else:
            whole = areas[own, None] + areas[None, before] - common
        # Written as a product: a box of no area overlaps nothing, as 0 / 0 compares in the package.
        kept[own] = ~np.tril(common > threshold * whole, k=start - 1).any(axis=1)
    return rows[kept]


# --- the graphs ------------------------------------------------------------------------------------------------------


def _weights(name: str) -> list[Any]:
    """Return a network's arrays in the order of its layers, from the installed package (its file, named by its full path)."""
    import joblib
    import lz4.frame

    package = importlib.util.find_spec("mtcnn")  # looks it up without importing it, which would import TensorFlow
    if package is None or not package.submodule_search_locations:
        raise ImportError("No module named 'mtcnn'")
    path = Path(package.submodule_search_locations[0]) / "assets" / "weights" / f"{name}.lz4"
    if not path.is_file():
        raise ImportError(f"{path} is missing: mtcnn 1.x is needed")
    # Unpacked first: where joblib does it, on Python 3.13 lz4 complains from a finaliser that the file is closed.
    arrays: list[Any] = joblib.load(io.BytesIO(lz4.frame.decompress(path.read_bytes())))
    return arrays


class _Graph:
    """A graph under construction: layers are added one behind the other; weights are taken in the package's order."""

    def __init__(self, weights: list[Any]) -> None:
        self.weights = iter(weights)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.last = "picture"

    def add(self, kind: str, *constants: Any, of: str = "", **attributes: Any) -> str:
        """Append a node that takes the last one's output (or `of`) and constants; return its output's name."""
        from onnx import helper

        names = [self.constant(value) for value in constants]
        self.last, inputs = f"n{len(self.nodes)}", [of or self.last, *names]
        self.nodes.append(helper.make_node(kind, inputs, [self.last], **attributes))
        return self.last

    def constant(self, value: Any) -> str:
        """Keep an array; return its name."""
        import numpy as np
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), f"c{len(self.constants)}"))
        return f"c{len(self.constants) - 1}"

    def prelu(self, slope: Any) -> str:
        """Append the steps of a PReLU."""
        value, self.last = self.last, f"n{len(self.nodes)}"
        self.nodes += network.prelu_nodes(value, self.constant(slope), "zero", self.last)
        return self.last

    def convolution(self, of: str = "") -> str:
        kernel, bias = next(self.weights), next(self.weights)
        return self.add("Conv", kernel.transpose(3, 2, 0, 1), bias, of=of)

    def block(self, pool_px: int = 0, padding: Literal["SAME_UPPER", "VALID"] = "SAME_UPPER") -> None:
        """Add convolution, PReLU and, where it has a size, pooling by 2."""
        self.convolution()
        self.prelu(next(self.weights).reshape(-1, 1, 1))
        if pool_px:
            self.add("MaxPool", kernel_shape=[pool_px, pool_px], strides=[2, 2], auto_pad=padding)

    def flattened(self) -> None:
        """Add the step from planes to one row, across before down as in the package, and the dense layer behind it."""
        self.add("Transpose", perm=[0, 3, 2, 1])
        self.add("Flatten")
        self.dense()
        self.prelu(next(self.weights))

    def dense(self, of: str = "") -> str:
        return self.add("Gemm", next(self.weights), next(self.weights), of=of)

    def patches(self, side_px: int) -> None:
        """Begin with the squares `rois` of the picture, each side_px wide: TensorFlow's crop_and_resize, which is there too."""
        from onnx import TensorProto, helper

        size = helper.make_tensor("patch", TensorProto.INT32, [2], [side_px, side_px])
        self.constants.append(size)
        self.last = "patches"
        inputs = ["picture", "rois", "of", "patch"]
        node = helper.make_node("CropAndResize", inputs, [self.last], domain="com.microsoft", extrapolation_value=0.0)
        self.nodes.append(node)

    def model(self, outputs: list[str], *, patches: bool) -> onnx.ModelProto:
        from onnx import TensorProto, helper

        self.constants.append(helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0]))
        inputs = [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, "height", "width"])]
        if patches:
            inputs.append(helper.make_tensor_value_info("rois", TensorProto.FLOAT, ["boxes", 4]))
            inputs.append(helper.make_tensor_value_info("of", TensorProto.INT32, ["boxes"]))
        results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, "mtcnn", inputs, results, self.constants)
        domains = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=domains, ir_version=IR_VERSION)


def pnet_graph(weights: list[Any]) -> onnx.ModelProto:
    """Return the first network (network/pnet.py): picture -> offsets 1 x 4 x H x W, scores 1 x 2 x H x W."""
    graph = _Graph(weights)
    graph.block(2)
    graph.block()
    graph.block()
    body = graph.last
    offsets = graph.convolution(of=body)
    graph.convolution(of=body)
    return graph.model([offsets, graph.add("Softmax", axis=1)], patches=False)


def rnet_graph(weights: list[Any]) -> onnx.ModelProto:
    """Return the second network (network/rnet.py): picture, squares -> offsets n x 4, scores n x 2."""
    graph = _Graph(weights)
    graph.patches(RNET_SIDE_PX)
    graph.block(3)
    graph.block(3, "VALID")
    graph.block()
    graph.flattened()
    body = graph.last
    offsets = graph.dense(of=body)
    graph.dense(of=body)
    return graph.model([offsets, graph.add("Softmax", axis=1)], patches=True)


def onet_graph(weights: list[Any]) -> onnx.ModelProto:
    """Return the third network (network/onet.py): picture, squares -> offsets n x 4, landmarks n x 10, scores n x 2."""
    graph = _Graph(weights)
    graph.patches(ONET_SIDE_PX)
    graph.block(3)
    graph.block(3, "VALID")
    graph.block(2)
    graph.block()
    graph.flattened()
    body = graph.last
    offsets, landmarks = graph.dense(of=body), graph.dense(of=body)
    graph.dense(of=body)
    return graph.model([offsets, landmarks, graph.add("Softmax", axis=1)], patches=True)
