"""LoRA files for tests: all modules with the right names and sizes, made in milliseconds, and each way of being wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from avatar.trainer import lora_modules

SMALL = (1, 1, 1)  # the test checkpoint's channels: the same 722 modules, a twelfth of the bytes
METADATA = {"ss_output_name": "ana", "ss_base_model_version": "sdxl_base_v1-0"}


def tensors(
    multipliers: tuple[int, ...] = SMALL, *, rank: int = 1, modules: int | None = None, seed: int = 1
) -> dict[str, Any]:
    """Return the tensors of a whole LoRA, or of its first modules only."""
    generator = np.random.default_rng(seed)
    found: dict[str, Any] = {}
    for name, size in list(lora_modules.unet_modules(multipliers).items())[:modules]:
        found[f"{name}.lora_down.weight"] = generator.normal(0, 0.1, size.down(rank)).astype(np.float16)
        found[f"{name}.lora_up.weight"] = generator.normal(0, 0.1, size.up(rank)).astype(np.float16)
        found[f"{name}.alpha"] = np.array(1.0, np.float16)
    return found


def write(path: Path, content: dict[str, Any], metadata: dict[str, str] | None = None) -> Path:
    save_file(content, str(path), METADATA if metadata is None else metadata)
    return path


def whole(path: Path, *, rank: int = 1, seed: int = 1) -> Path:
    """Write a LoRA that fits the small checkpoint."""
    return write(path, tensors(rank=rank, seed=seed))


def sd15() -> dict[str, Any]:
    """Return some modules as kohya's trainer names those of Stable Diffusion 1.5, with its sizes."""
    block = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0"
    sizes = {f"{block}_attn1_to_q": (640, 640), f"{block}_attn2_to_k": (768, 640), f"{block}_ff_net_2": (2560, 640)}
    return _pairs(sizes)


def flux() -> dict[str, Any]:
    return _pairs({"lora_unet_double_blocks_0_img_attn_qkv": (3072, 9216), "lora_unet_single_blocks_3_linear1": (3072, 64)})


def diffusers_sdxl() -> dict[str, Any]:
    """Return a module of SDXL under the names that diffusers saves."""
    name = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k"
    return {f"{name}.lora_A.weight": np.ones((4, 2048), np.float16), f"{name}.lora_B.weight": np.ones((640, 4), np.float16)}


def _pairs(sizes: dict[str, tuple[int, int]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (inputs, outputs) in sizes.items():
        found[f"{name}.lora_down.weight"] = np.ones((4, inputs), np.float16)
        found[f"{name}.lora_up.weight"] = np.ones((outputs, 4), np.float16)
    return found
