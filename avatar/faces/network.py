"""A network on onnxruntime: on the processor, one thread, no memory kept between pictures; and a step that is slow there."""

from __future__ import annotations

from typing import Any

from avatar.system import environment


def session(model: bytes, *, keep_memory: bool = False) -> Any:
    """Return an onnxruntime session of a model. Raises ImportError where the package is missing.

    keep_memory  between pictures: fresh pages for large ones take as long as the network
    """
    environment.prepare()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # one worker process per core does better
    options.enable_mem_pattern = False  # every picture has another size
    options.enable_cpu_mem_arena = keep_memory  # it keeps the largest of them for good
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def prelu_nodes(value: str, slope: str, zero: str, output: str) -> list[Any]:
    """Return nodes for max(x, 0) + slope * min(x, 0): the same bits as PRelu, whose kernel takes longer than the convolutions.

    zero  name of a constant 0.0. [measured: MTCNN's first network at 340 px 8.0 -> 6.0 ms]
    """
    from onnx import helper

    above, below, sloped = (f"{output}_{part}" for part in ("above", "below", "sloped"))
    return [
        helper.make_node("Max", [value, zero], [above]),
        helper.make_node("Min", [value, zero], [below]),
        helper.make_node("Mul", [below, slope], [sloped]),
        helper.make_node("Add", [above, sloped], [output]),
    ]
