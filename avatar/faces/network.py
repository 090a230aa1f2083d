"""A network on onnxruntime: on the processor, one thread, no memory kept between pictures."""

from __future__ import annotations

from typing import Any

from avatar.system import environment


def session(model: bytes) -> Any:
    """Return an onnxruntime session of a model. Raises ImportError where the package is missing."""
    environment.prepare()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # one worker process per core does better
    options.enable_mem_pattern = False  # every picture has another size
    options.enable_cpu_mem_arena = False  # it would keep the largest of them for good
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
