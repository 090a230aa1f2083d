"""Run by diffusers' Python: load a LoRA into the base model of the hub's cache and say in one line of JSON what it did.

in_diffusers.py LORA
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import diffusers
import peft
import torch
from diffusers import StableDiffusionXLPipeline

BASE = "stabilityai/stable-diffusion-xl-base-1.0"


def latents(pipe: Any) -> Any:
    """Return what two steps make of one seed, before the VAE."""
    generator = torch.Generator("cpu").manual_seed(42)
    return pipe("ohwx woman", num_inference_steps=2, width=64, height=64, generator=generator, output_type="latent").images


def main(lora: str) -> None:
    pipe = StableDiffusionXLPipeline.from_pretrained(BASE, torch_dtype=torch.float32, variant="fp16")
    before = latents(pipe)
    pipe.load_lora_weights(str(Path(lora).parent), weight_name=Path(lora).name, adapter_name="a")
    modules = sum(name.endswith("lora_A.a") for name, _ in pipe.unet.named_modules())
    drawn: list[Any] = []
    for weight in (1.0, 0.0, 1.0, 0.5):
        pipe.set_adapters("a", weight)
        drawn.append(latents(pipe))
    whole, none, again, half = drawn
    pipe.unload_lora_weights()
    found = {
        "diffusers": diffusers.__version__, "peft": peft.__version__, "modules": modules,
        "finite": bool(torch.isfinite(whole).all()), "changes": not torch.equal(whole, before),
        "weight_0_is_the_base": torch.equal(none, before), "repeats": torch.equal(whole, again),
        "half_is_between": 0 < float((half - before).abs().mean()) < float((whole - before).abs().mean()),
        "unloaded_is_the_base": torch.equal(latents(pipe), before),
    }  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
