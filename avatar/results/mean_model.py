"""One more candidate for nothing: the mean of the last models of a training, as a LoRA of its own.

What a LoRA does is the product of two matrices, up times down. The mean of the products is not the product of the means:
averaging both, as sd-scripts' networks/sdxl_merge_lora.py does by default, adds what no model learnt. It is had exactly by
putting the matrices side by side, as that script's --concat: n ranks in one file, and alpha over rank divides by n.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.texts.text import PipelineError
from avatar.trainer import lora_file, safetensors

if TYPE_CHECKING:
    from numpy.typing import NDArray

DOWN, UP, ALPHA = ".lora_down.weight", ".lora_up.weight", ".alpha"
MOST = 3  # [choice] models: more would reach back to where the training had not settled, and the file grows with each
_Raw = Mapping[str, tuple[dict[str, Any], bytes]]  # tensor -> its entry in the header, and its bytes
# Numbers are moved, never computed with, so that bfloat16 needs no type of numpy's.
_BYTES = {"F16": "<u2", "BF16": "<u2", "F32": "<u4"}


def write(paths: Sequence[Path], target: Path) -> None:
    """Write the mean of LoRAs of one training. Raises PipelineError("trial.no_mean") where they do not fit together."""
    models = [_read(path) for path in paths]
    names = sorted(models[0])
    if len(paths) < 2 or any(sorted(model) != names for model in models):
        raise PipelineError("trial.no_mean", names=", ".join(path.name for path in paths))
    tensors: list[tuple[str, dict[str, Any], bytes]] = []
    for name in names:
        parts = [model[name] for model in models]
        tensors.append((name, *_joined(name, parts, paths)))
    _write(tensors, _metadata(paths[0], len(paths)), target)


def _read(path: Path) -> dict[str, tuple[dict[str, Any], bytes]]:
    header = safetensors.read_header(path)
    found = {}
    with path.open("rb") as handle:
        for name, entry in header["tensors"].items():
            begin, end = entry["data_offsets"]
            handle.seek(header["begin"] + begin)
            found[name] = (entry, handle.read(end - begin))
    return found


def _joined(name: str, parts: Sequence[tuple[dict[str, Any], bytes]], paths: Sequence[Path]) -> tuple[dict[str, Any], bytes]:
    """Return one tensor of the mean: downs one below the other, ups beside each other; alpha stays, as the rank grows."""
    import numpy as np

    shapes = {tuple(entry["shape"]) for entry, _ in parts}
    types = {entry["dtype"] for entry, _ in parts}
    if len(shapes) > 1 or len(types) > 1 or not types <= set(_BYTES):
        raise PipelineError("trial.no_mean", names=", ".join(path.name for path in paths))
    entry = parts[0][0]
    if not name.endswith((DOWN, UP)):
        if len({content for _, content in parts}) > 1:
            raise PipelineError("trial.no_mean", names=", ".join(path.name for path in paths))
        return entry, parts[0][1]
    arrays: list[NDArray[Any]] = [
        np.frombuffer(content, _BYTES[entry["dtype"]]).reshape(entry["shape"]) for entry, content in parts
    ]
    whole = np.concatenate(arrays, axis=0 if name.endswith(DOWN) else 1)
    return {"dtype": entry["dtype"], "shape": list(whole.shape)}, whole.tobytes()


def _metadata(path: Path, n: int) -> dict[str, str]:
    """Return the metadata of the first, without what is no longer true."""
    known = safetensors.read_header(path)["metadata"]
    kept = {name: str(value) for name, value in known.items() if name in lora_file.KEPT_METADATA and "hash" not in name}
    if kept.get("ss_network_dim", "").isdecimal():
        kept["ss_network_dim"] = str(int(kept["ss_network_dim"]) * n)
    return kept


def _write(tensors: Sequence[tuple[str, dict[str, Any], bytes]], metadata: dict[str, str], target: Path) -> None:
    header: dict[str, Any] = {"__metadata__": metadata}
    at = 0
    for name, entry, content in tensors:
        header[name] = {"dtype": entry["dtype"], "shape": entry["shape"], "data_offsets": [at, at + len(content)]}
        at += len(content)
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    target.parent.mkdir(parents=True, exist_ok=True)
    with utils.atomic_file(target) as handle:
        handle.write(struct.pack("<Q", len(text)) + text)
        for _, _, content in tensors:
            handle.write(content)
