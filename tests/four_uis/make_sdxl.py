"""Run by diffusers' Python: write an SDXL of random weights into a hub's cache, small enough for a processor.

    make_sdxl.py HUB_CACHE UNET_CONFIG.json TOKENIZERS

The U-Net has SDXL's 722 modules under its own names; text encoders and VAE are of a few layers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

REPOSITORY = "models--stabilityai--stable-diffusion-xl-base-1.0"
REVISION = "0" * 40
TOKENIZERS = ("openai_clip-vit-large-patch14", "laion_CLIP-ViT-bigG-14-laion2B-39B-b160k")


def text_encoder(kind: Any, width: int, heads: int) -> Any:
    config = CLIPTextConfig(
        hidden_size=width, intermediate_size=64, num_hidden_layers=2, num_attention_heads=heads, projection_dim=width
    )
    return kind(config)


def main(cache: str, unet_config: str, tokenizers: str) -> None:
    torch.manual_seed(7)
    config = json.loads(Path(unet_config).read_text(encoding="utf-8"))["diffusers_unet"]
    config.pop("parameters")
    first, second = (CLIPTokenizer.from_pretrained(str(Path(tokenizers) / name)) for name in TOKENIZERS)
    pipe = StableDiffusionXLPipeline(
        vae=AutoencoderKL(
            down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
            block_out_channels=(32, 32, 32, 32), latent_channels=4, sample_size=64,
        ),
        text_encoder=text_encoder(CLIPTextModel, 768, 12), text_encoder_2=text_encoder(CLIPTextModelWithProjection, 1280, 20),
        tokenizer=first, tokenizer_2=second, unet=UNet2DConditionModel(sample_size=8, **config),
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1
        ),
    )  # fmt: skip
    folder = Path(cache) / REPOSITORY
    pipe.to(torch.float16).save_pretrained(str(folder / "snapshots" / REVISION), variant="fp16")
    (folder / "refs").mkdir(parents=True, exist_ok=True)
    (folder / "refs" / "main").write_text(REVISION, encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
