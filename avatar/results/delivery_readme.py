"""What the README of a delivery says: how the LoRA is used in each program, where it comes from, what is to be kept in mind."""

from __future__ import annotations

import json
from collections.abc import Mapping

from avatar.results.final_model import FinalModel, Usage
from avatar.texts.text import Text
from avatar.workspace.client import Client

SDXL = "stabilityai/stable-diffusion-xl-base-1.0"
# sd_xl_base_1.0.safetensors as its maker publishes it, whatever a computer calls it.
SDXL_SHA256 = "31e35c80fc4829d14f90153f4c74cd59c90b779f6afe05a74cd6120b893f7e5b"
SINGLE_FILES = (".safetensors", ".ckpt")


def values(client: Client, model: FinalModel, usage: Usage, *, preview: bool, pictures: int) -> Mapping[str, object]:
    """Return the values of the text "deliver.readme".

    preview   there is a picture beside the model
    pictures  how many there are in previews/
    """
    width, height = usage.size
    numbered = "\n".join(f"  {number}. {_line(prompt)}" for number, prompt in enumerate(usage.prompts, 1))
    return {
        "name": model.stem, "file": model.file_name, "trigger": _line(usage.trigger), "weight": usage.weight,
        "prompts": numbered, "negative": _line(usage.negative) or "-", "iterations": str(usage.steps), "cfg": usage.cfg,
        "sampler": f"{usage.sampler}, {usage.scheduler}", "comfyui": usage.comfyui, "size": f"{width} x {height}",
        "base": usage.base or "SDXL", "node": node_of(model), "tag": f"<lora:{model.stem}:{usage.weight}>",
        "beside": Text("deliver.beside.picture" if preview else "deliver.beside.alone", {"name": model.stem}),
        "previews": Text("deliver.previews.some" if pictures else "deliver.previews.none", {"n": pictures}),
        "python": "\n".join(f"    {line}" for line in python_lines(model, usage)), "prediction": _prediction(usage),
        "made": _made(model), "likeness": likeness(model), "consent": _consent(client), "licence": licence(model, usage),
    }  # fmt: skip


def _line(text: str) -> str:
    return " ".join(text.split())


def node_of(model: FinalModel) -> str:
    """Return the node of ComfyUI that loads it; without text-encoder parts the other one would only encode the texts anew."""
    return "LoraLoader" if model.has_text_encoder else "LoraLoaderModelOnly"


def python_lines(model: FinalModel, usage: Usage) -> list[str]:
    """Return four lines for Diffusers that draw the first prompt, run in the folder where the delivery was unpacked."""
    source = f'from_pretrained("{SDXL}", torch_dtype=torch.float16, variant="fp16")'
    if usage.base and not is_sdxl_base(model, usage):
        single = usage.base.lower().endswith(SINGLE_FILES) or "/" not in usage.base
        way = "from_single_file" if single else "from_pretrained"
        source = f"{way}({json.dumps(usage.base)}, torch_dtype=torch.float16)"
    width, height = usage.size
    prompt = json.dumps(_line(usage.prompts[0]), ensure_ascii=False)
    negative = f", negative_prompt={json.dumps(_line(usage.negative), ensure_ascii=False)}" if usage.negative else ""
    options = f"num_inference_steps={usage.steps}, guidance_scale={usage.cfg}, width={width}, height={height}"
    weights = f'weight_name="{model.file_name}", adapter_name="a"'
    return [
        "import torch; from diffusers import StableDiffusionXLPipeline",
        f'pipe = StableDiffusionXLPipeline.{source}.to("cuda" if torch.cuda.is_available() else "cpu")',
        f'pipe.load_lora_weights(".", {weights}); pipe.set_adapters("a", {usage.weight})',
        f'pipe({prompt}{negative}, {options}).images[0].save("{model.stem}_picture.png")',
    ]


def is_sdxl_base(model: FinalModel, usage: Usage) -> bool:
    """Return whether the base model is SDXL base 1.0 itself, by its name at the hub or its file's hash."""
    return usage.base == SDXL or model.check.metadata.get("ss_new_sd_model_hash", "").lower() == SDXL_SHA256


def licence(model: FinalModel, usage: Usage) -> Text:
    if is_sdxl_base(model, usage):
        return Text("deliver.licence.sdxl", {})
    return Text("deliver.licence.unknown", {"base": usage.base}) if usage.base else Text("deliver.licence.no_base", {})


def likeness(model: FinalModel) -> Text:
    """Return the figures of the trial that it was taken from."""
    chosen = model.chosen
    value, n, critical = (chosen.get(name) for name in ("likeness", "n", "critical_difference"))
    if not isinstance(value, (int, float)) or not isinstance(n, int):
        return Text("deliver.likeness.unknown", {})
    if not isinstance(critical, (int, float)):
        return Text("deliver.likeness.known", {"value": float(value), "n": n})
    return Text("deliver.likeness.compared", {"value": float(value), "n": n, "critical": float(critical)})


def _made(model: FinalModel) -> Text:
    steps, when = model.recipe.get("steps"), model.recipe.get("made_at")
    origin = model.recipe.get("origin")
    if isinstance(origin, dict):
        return Text("deliver.made.elsewhere", {"dim": model.check.dim or "-"})
    if not isinstance(steps, int):
        return Text("deliver.made.unknown", {"dim": model.check.dim or "-"})
    return Text("deliver.made.here", {"steps": steps, "dim": model.check.dim or "-", "when": str(when or "-")})


def _consent(client: Client) -> Text:
    note = _line(client.info().consent_note)
    return Text("deliver.consent.noted", {"note": note}) if note else Text("deliver.consent.none", {})


def _prediction(usage: Usage) -> Text:
    return Text("deliver.predicts_v" if usage.predicts_v else "deliver.predicts_noise", {})
