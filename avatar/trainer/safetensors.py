"""The header of a .safetensors file, read without loading any tensor."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO, Any

import utils

MAX_HEADER_BYTES = 100_000_000  # what safetensors itself allows


def read_header(path: Path) -> dict[str, Any]:
    """Return {"begin": first byte of the data, "tensors": name -> {dtype, shape, data_offsets}, "metadata": name -> text}.

    Raises ValueError.
    """
    with path.open("rb") as handle:
        begin, tensors = read_raw(handle)
    metadata = tensors.pop("__metadata__", None)
    for name, entry in tensors.items():
        if not isinstance(entry, dict) or not {"shape", "data_offsets"} <= set(entry):
            raise ValueError(f"no safetensors header: {name}")
    return {"begin": begin, "tensors": tensors, "metadata": metadata if isinstance(metadata, dict) else {}}


def read_raw(handle: IO[bytes]) -> tuple[int, dict[str, Any]]:
    """Return (first byte of the data, header as written) of an open file, and leave it at its data. Raises ValueError."""
    prefix = handle.read(8)
    length = struct.unpack("<Q", prefix)[0] if len(prefix) == 8 else 0
    if not 2 <= length <= MAX_HEADER_BYTES:
        raise ValueError("no safetensors header")
    header = utils.loads(handle.read(length).decode("utf-8"))
    if not isinstance(header, dict):
        raise ValueError("no safetensors header")
    return 8 + length, header
