"""A LoRA that a training begins with (`--network_weights`): whether the trainer can lay it over the network of the plan.

It does so after the model has loaded, by name and size (train_network.py:709, networks/lora.py:1079): other sizes end the run,
other names are passed over without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from avatar.texts.text import Text
from avatar.trainer import safetensors

BLOCKS = ("lora_unet_input_blocks_", "lora_unet_middle_block_", "lora_unet_output_blocks_")  # as the trainer names SDXL's
DOWN = ".lora_down.weight"


def problem(path: Path, *, dim: int | None) -> Text | None:
    """Return why a LoRA is none that a training can begin with, None where it is one, or no .safetensors file at all.

    dim  of the plan; None: every module has its own, or that of the file
    """
    if path.suffix.lower() != ".safetensors":
        return None
    try:
        tensors = safetensors.read_header(path)["tensors"]
    except (OSError, ValueError) as error:
        return Text("preflight.weights_unreadable", {"path": str(path), "detail": str(error)[:200]})
    dims = dims_of({name: tuple(entry["shape"]) for name, entry in tensors.items()})
    if not dims:
        return Text("preflight.weights_other", {"path": str(path)})
    if dim is None or dims == {dim}:
        return None
    found = ", ".join(str(each) for each in sorted(dims))
    if len(dims) > 1:
        return Text("preflight.weights_mixed", {"path": str(path), "dim": dim, "found": found})
    return Text("preflight.weights_dim", {"path": str(path), "dim": dim, "before": found})


def dims_of(shapes: Mapping[str, tuple[int, ...]]) -> set[int]:
    """Return the dims of a LoRA's modules for SDXL's U-Net; convolutions of 3 x 3, which have their own, are left out."""
    downs = [shape for name, shape in shapes.items() if name.endswith(DOWN) and name.startswith(BLOCKS)]
    return {shape[0] for shape in downs if shape and shape[2:] in {(), (1, 1)}}
