"""Base models as small as they can be: headers like those of the real ones, and hardly a number behind them."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path

FIRST, LABEL = "model.diffusion_model.input_blocks.0.0.weight", "model.diffusion_model.label_emb.0.0.weight"
UNET = {FIRST: (320, 4, 3, 3), LABEL: (4, 2816)}
REST = {
    "conditioner.embedders.0.transformer.text_model.embeddings.position_ids": (1,),
    "conditioner.embedders.1.model.text_projection": (1,), "first_stage_model.encoder.conv_in.weight": (1,),
}  # fmt: skip
SDXL = {**UNET, **REST}


def write_safetensors(
    path: Path, shapes: Mapping[str, tuple[int, ...]], *, dtype: str = "F16", metadata: Mapping[str, str] | None = None
) -> Path:
    """Write a .safetensors file of zeros."""
    header: dict[str, object] = {} if metadata is None else {"__metadata__": dict(metadata)}
    size = 1 if dtype.startswith("F8") else 2
    end = 0
    for name, shape in shapes.items():
        begin = end
        count = 1
        for side in shape:
            count *= side
        end += size * count
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(end))
    return path


def write_sdxl(path: Path) -> Path:
    """Write what passes for a whole SDXL base model."""
    return write_safetensors(path, SDXL)


def write_diffusers(folder: Path, *, pipeline: str = "StableDiffusionXLPipeline", **unet: object) -> Path:
    """Write what passes for a whole diffusers folder of SDXL; unet: other values of its configuration."""
    config = {"in_channels": 4, "cross_attention_dim": 2048, "projection_class_embeddings_input_dim": 2816, **unet}
    for part, file in (("unet", "diffusion_pytorch_model"), ("text_encoder", "model"), ("text_encoder_2", "model"),
                       ("vae", "diffusion_pytorch_model")):  # fmt: skip
        write_safetensors(folder / part / f"{file}.safetensors", {"x": (1,)})
    (folder / "unet" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    index = {"_class_name": pipeline, "unet": ["diffusers", "UNet2DConditionModel"]}
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder
