"""The header of a .safetensors file, read without loading any tensor."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import utils

MAX_HEADER_BYTES = 100_000_000  # what safetensors itself allows


def read_header(path: Path) -> dict[str, Any]:
    """Return {"begin": first byte of the data, "tensors": name -> {dtype, shape, data_offsets}}. Raises ValueError."""
    with path.open("rb") as handle:
        prefix = handle.read(8)
        length = struct.unpack("<Q", prefix)[0] if len(prefix) == 8 else 0
        if not 2 <= length <= MAX_HEADER_BYTES:
            raise ValueError("no safetensors header")
        tensors = utils.loads(handle.read(length).decode("utf-8"))
    if not isinstance(tensors, dict):
        raise ValueError("no safetensors header")
    tensors.pop("__metadata__", None)
    for name, entry in tensors.items():
        if not isinstance(entry, dict) or not {"shape", "data_offsets"} <= set(entry):
            raise ValueError(f"no safetensors header: {name}")
    return {"begin": 8 + length, "tensors": tensors}
