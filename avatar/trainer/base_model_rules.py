"""What may serve as an SDXL base model: one list of rules, the first that applies decides.

A further rule is a further entry of RULES; its text stands in avatar/texts/plan.py, its model in the test of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from avatar.texts.text import Finding, Level, Text
from avatar.trainer import base_model, base_model_nature
from avatar.trainer.base_model import Kind, Model

FIRST, LABEL = "model.diffusion_model.input_blocks.0.0.weight", "model.diffusion_model.label_emb.0.0.weight"
# SDXL base: four latent channels in, 2816 numbers of size and pooled text conditioning, 2048 of text.
CHANNELS, LABEL_WIDTH, TEXT_WIDTH = 4, 2816, 2048
CHANNEL_KINDS, LABEL_KINDS = {9: "SDXL inpaint", 8: "SDXL instruct-pix2pix"}, {2560: "SDXL refiner", 5632: "Kolors"}
DEEPEST = 9  # of the ten transformer blocks in the middle of SDXL's U-Net
SCALES = ("scaled_fp8", ".scale_weight", ".weight_scale", ".absmax", ".comfy_quant")
# What every single file must hold (library/sdxl_model_util.py:205-300), by the beginning of its tensors' names.
FILE_PARTS = {
    "text encoder 1": "conditioner.embedders.0.transformer.", "text encoder 2": "conditioner.embedders.1.model.",
    "VAE": "first_stage_model.",
}  # fmt: skip
# Beginnings of the names of other kinds' tensors.
OTHER_KINDS = (
    ("LoRA", ("lora_", "lycoris_")), ("textual inversion", ("emb_params", "clip_g", "clip_l")),
    ("ControlNet", ("control_model.", "controlnet_")),
    ("Flux", ("double_blocks.", "single_blocks.", "model.diffusion_model.double_blocks.")),
    ("SD3", ("model.diffusion_model.joint_blocks.", "joint_blocks.")),
    ("Lumina 2 / Z-Image", ("model.diffusion_model.noise_refiner.", "noise_refiner.")),
    ("Wan / Cosmos", ("model.diffusion_model.blocks.", "blocks.")),
    ("DiT", ("model.diffusion_model.transformer_blocks.", "transformer_blocks.", "model.diffusion_model.layers.")),
    ("VAE", ("encoder.", "decoder.", "first_stage_model.")),
    ("U-Net of diffusers", ("down_blocks.", "conv_in.")), ("text encoder", ("text_model.", "conditioner.")),
)  # fmt: skip
UNFINISHED = (".crdownload", ".part", ".partial", ".download", ".opdownload", ".aria2", ".!qb", ".tmp", ".incomplete")
ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar", ".xz")
WEB_PAGES = (b"<!doctype", b"<html", b"<head", b"<?xml", b'{"error"', b'{"message"', b"invalid username or password")
PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")  # torch's zip, and what it wrote before
# Models of the hub that hold no SDXL base model, told before they are downloaded for nothing.
NOT_SDXL = {
    "runwayml/stable-diffusion-v1-5": "SD 1.5", "stable-diffusion-v1-5/stable-diffusion-v1-5": "SD 1.5",
    "compvis/stable-diffusion-v1-4": "SD 1.4", "stabilityai/stable-diffusion-2": "SD 2",
    "stabilityai/stable-diffusion-2-1": "SD 2.1", "stabilityai/stable-diffusion-2-1-base": "SD 2.1",
    "stabilityai/stable-diffusion-xl-refiner-1.0": "SDXL refiner",
    "diffusers/stable-diffusion-xl-1.0-inpainting-0.1": "SDXL inpaint",
    "stabilityai/stable-diffusion-3-medium-diffusers": "SD3", "stabilityai/stable-diffusion-3.5-medium": "SD3.5",
    "stabilityai/stable-diffusion-3.5-large": "SD3.5", "black-forest-labs/flux.1-dev": "Flux",
    "black-forest-labs/flux.1-schnell": "Flux",
}  # fmt: skip

Values = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule.

    name      of the rule, for its test
    looks_at  what of the model it looks at, in words
    kinds     of models it is for
    level     what it means for the training
    text      key of what is told; the text gets {model}, {gb} and what `applies` returns
    applies   returns the values of the text where the rule applies, None elsewhere
    """

    name: str
    looks_at: str
    kinds: tuple[Kind, ...]
    level: Level
    text: str
    applies: Callable[[Model], Values | None]


def judge(name: str, *, by_hand: bool = False) -> Finding:
    """Return what the first rule that applies says of a base model. by_hand: the plan names it, not the settings."""
    model = base_model.look_at(name, by_hand=by_hand)
    for rule in RULES:
        values = rule.applies(model) if model.kind in rule.kinds else None
        if values is not None:
            return Finding("base_model", rule.level, Text(rule.text, {"model": name, "gb": model.size / 1e9, **values}))
    raise AssertionError(name)  # the last rule of each kind always applies


# --- what the rules ask ----------------------------------------------------------------------------------------------


def _when(holds: bool, **values: object) -> Values | None:
    return values if holds else None


def _unfinished(model: Model) -> Values | None:
    beside = model.path.with_name(model.path.name + ".aria2") if model.path is not None else None
    return _when(model.suffix in UNFINISHED or (beside is not None and beside.exists()))


def _first_bytes(starts: Sequence[bytes]) -> Callable[[Model], Values | None]:
    return lambda model: _when(model.head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(tuple(s.lower() for s in starts)))


def _misnamed(model: Model) -> Values | None:
    """Notice safetensors under another ending: the trainer opens everything but .safetensors as a pickle."""
    return _when(model.suffix != ".safetensors" and model.head[8:10] == b'{"')


def _no_checkpoint(model: Model) -> Values | None:
    return _when(model.suffix != ".safetensors" and not model.head.startswith(PICKLES))


def _pickle(model: Model) -> Values | None:
    return _when(model.suffix != ".safetensors")


def _unreadable(model: Model) -> Values | None:
    return _when(bool(model.fault), detail=model.fault)


def _cut(model: Model) -> Values | None:
    return _when(model.size != model.expected, bytes=model.size, expected=model.expected)


def _other_kind(model: Model) -> Values | None:
    if FIRST in model.shapes:
        return _when(LABEL not in model.shapes, kind="SD 1.5 / SD 2")
    named = next((kind for kind, starts in OTHER_KINDS if any(map(model.holds, starts))), "?")
    return {"kind": named}


def _other_sdxl(model: Model) -> Values | None:
    first, label = model.shapes[FIRST], model.shapes[LABEL]
    if len(first) < 2 or len(label) < 2:
        return {"kind": "?"}
    if first[1] != CHANNELS:
        return {"kind": CHANNEL_KINDS.get(first[1], f"{first[1]} channels")}
    if label[1] != LABEL_WIDTH:
        return {"kind": LABEL_KINDS.get(label[1], f"label_emb {label[1]}")}
    return _when(model.holds("edm_"), kind="CosXL / Playground 2.5 (EDM)")


def _pruned(model: Model) -> Values | None:
    """Notice SDXL with layers taken out (SSD-1B, Segmind Vega), which the trainer's U-Net does not find again."""
    middle = "model.diffusion_model.middle_block."
    return _when(model.holds(middle) and not model.holds(f"{middle}1.transformer_blocks.{DEEPEST}."), kind="SSD-1B / Vega")


def _scaled(model: Model) -> Values | None:
    """Notice fp8 and 4 bit weights that are numbers only together with their scales: the trainer does not apply these."""
    told = next((name for name in model.shapes if name.endswith(SCALES) or ".quant_state." in name), "")
    return _when(bool(told), tensor=told)


def _fp8(model: Model) -> Values | None:
    return _when(bool({"F8_E4M3", "F8_E5M2"} & model.dtypes))


def _distilled(model: Model) -> Values | None:
    method = base_model_nature.nature(model).distilled
    return _when(bool(method), method=method)


def _predicts_v(model: Model) -> Values | None:
    where = base_model_nature.nature(model).predicts_v
    return _when(bool(where), where=where)


def _parts_missing(model: Model) -> Values | None:
    missing = [part for part, start in FILE_PARTS.items() if not model.holds(start)]
    return _when(bool(missing), parts=", ".join(missing))


def _no_diffusers(model: Model) -> Values | None:
    return _when(not model.index)


def _folder_kind(model: Model) -> Values | None:
    """Name a diffusers model that is no SDXL base model, by its U-Net's configuration where it has one."""
    pipeline = str(model.index.get("_class_name") or "?")
    if "unet" not in model.index or not model.unet:
        return _when("unet" not in model.index or "XL" not in pipeline, kind=pipeline)
    if model.unet.get("in_channels", CHANNELS) != CHANNELS:
        return {"kind": f"inpaint, {pipeline}"}
    if model.unet.get("cross_attention_dim") != TEXT_WIDTH:
        return {"kind": f"SDXL refiner, {pipeline}" if "XL" in pipeline else pipeline}
    return _when(model.unet.get("projection_class_embeddings_input_dim") != LABEL_WIDTH, kind=pipeline)


def _weights_missing(model: Model) -> Values | None:
    missing = [part for part, files in model.weights.items() if not files]
    return _when(bool(missing), parts=", ".join(missing))


def _weights_cut(model: Model) -> Values | None:
    for path in (path for files in model.weights.values() for path in files if path.suffix == ".safetensors"):
        if fault := _file_fault(path):
            return {"file": f"{path.parent.name}/{path.name}", "detail": fault}
    return None


def _file_fault(path: Path) -> str:
    try:
        size, expected = path.stat().st_size, base_model.bytes_promised(path)
    except (OSError, ValueError) as error:
        return str(error)[:200]
    return "" if size == expected else f"{size} / {expected} bytes"


def _always(model: Model) -> Values | None:
    return {}


# --- the rules -------------------------------------------------------------------------------------------------------

_FILE: tuple[Kind, ...] = ("file",)
_FOLDER: tuple[Kind, ...] = ("folder",)
_HUB: tuple[Kind, ...] = ("hub",)
_DIFFUSERS: tuple[Kind, ...] = ("folder", "hub")

RULES = (
    Rule(name="missing, named by the plan", looks_at="whether anything is there", kinds=("nothing",), level="blocked",
         text="preflight.model_missing_by_hand", applies=lambda model: _when(model.by_hand)),
    Rule(name="missing", looks_at="whether anything is there", kinds=("nothing",), level="blocked",
         text="preflight.model_missing", applies=_always),
    # --- one file
    Rule(name="unfinished download", looks_at="its ending, and aria2's file beside it", kinds=_FILE, level="blocked",
         text="preflight.model_unfinished", applies=_unfinished),
    Rule(name="empty", looks_at="its size", kinds=_FILE, level="blocked",
         text="preflight.model_empty", applies=lambda model: _when(not model.size and not model.fault.startswith("[Errno"))),
    Rule(name="web page", looks_at="its first bytes", kinds=_FILE, level="blocked",
         text="preflight.model_web_page", applies=_first_bytes(WEB_PAGES)),
    Rule(name="pointer of Git LFS", looks_at="its first bytes", kinds=_FILE, level="blocked",
         text="preflight.model_lfs", applies=_first_bytes((b"version https://git-lfs",))),
    Rule(name="GGUF", looks_at="its first bytes", kinds=_FILE, level="blocked",
         text="preflight.model_gguf", applies=_first_bytes((b"GGUF",))),
    Rule(name="archive", looks_at="its ending", kinds=_FILE, level="blocked",
         text="preflight.model_archive", applies=lambda model: _when(model.suffix in ARCHIVES)),
    Rule(name="safetensors under another ending", looks_at="its ending and first bytes", kinds=_FILE, level="blocked",
         text="preflight.model_misnamed", applies=_misnamed),
    Rule(name="no checkpoint", looks_at="its first bytes", kinds=_FILE, level="blocked",
         text="preflight.model_no_checkpoint", applies=_no_checkpoint),
    Rule(name="pickle", looks_at="its ending", kinds=_FILE, level="attention",
         text="preflight.model_pickle", applies=_pickle),
    Rule(name="unreadable", looks_at="its header", kinds=_FILE, level="blocked",
         text="preflight.model_unreadable", applies=_unreadable),
    Rule(name="cut", looks_at="its size and what its header promises", kinds=_FILE, level="blocked",
         text="preflight.model_cut", applies=_cut),
    Rule(name="another kind", looks_at="the names of its tensors", kinds=_FILE, level="blocked",
         text="preflight.model_other", applies=_other_kind),
    Rule(name="inpaint or refiner", looks_at="the shapes of its first and its label layer", kinds=_FILE, level="blocked",
         text="preflight.model_other", applies=_other_sdxl),
    Rule(name="no text encoders or VAE", looks_at="the names of its tensors", kinds=_FILE, level="blocked",
         text="preflight.model_parts", applies=_parts_missing),
    Rule(name="layers missing", looks_at="the names of its tensors", kinds=_FILE, level="blocked",
         text="preflight.model_other", applies=_pruned),
    Rule(name="scaled numbers", looks_at="the names of its tensors", kinds=_FILE, level="blocked",
         text="preflight.model_scaled", applies=_scaled),
    Rule(name="distilled", looks_at="its name and what its U-Net takes", kinds=_FILE, level="attention",
         text="preflight.model_distilled", applies=_distilled),
    Rule(name="fp8", looks_at="the types of its numbers", kinds=_FILE, level="attention",
         text="preflight.model_fp8", applies=_fp8),
    Rule(name="predicts v", looks_at="its keys and metadata", kinds=_FILE, level="ready",
         text="preflight.model_v", applies=_predicts_v),
    Rule(name="whole file", looks_at="nothing more", kinds=_FILE, level="ready",
         text="preflight.model_file", applies=_always),
    # --- a diffusers model, in a folder or in the hub's cache
    Rule(name="not SDXL on the hub", looks_at="its name", kinds=_HUB, level="blocked",
         text="preflight.model_other",
         applies=lambda model: _when(model.name.lower() in NOT_SDXL, kind=NOT_SDXL.get(model.name.lower(), ""))),
    Rule(name="distilled on the hub", looks_at="its name", kinds=_HUB, level="attention",
         text="preflight.model_distilled", applies=_distilled),
    Rule(name="to be downloaded", looks_at="whether it is in the hub's cache", kinds=_HUB, level="attention",
         text="preflight.model_download", applies=lambda model: _when(model.path is None)),
    Rule(name="no diffusers folder", looks_at="model_index.json", kinds=_DIFFUSERS, level="blocked",
         text="preflight.model_folder_bad", applies=_no_diffusers),
    Rule(name="another kind of diffusers", looks_at="model_index.json and unet/config.json", kinds=_DIFFUSERS,
         level="blocked", text="preflight.model_other", applies=_folder_kind),
    Rule(name="cut weights", looks_at="the headers of its files", kinds=_DIFFUSERS, level="blocked",
         text="preflight.model_folder_cut", applies=_weights_cut),
    Rule(name="folder without weights", looks_at="the files of its parts", kinds=_FOLDER, level="blocked",
         text="preflight.model_parts", applies=_weights_missing),
    Rule(name="half downloaded", looks_at="the files of its parts", kinds=_HUB, level="attention",
         text="preflight.model_download", applies=_weights_missing),
    Rule(name="distilled folder", looks_at="its name and what its U-Net takes", kinds=_FOLDER, level="attention",
         text="preflight.model_distilled", applies=_distilled),
    Rule(name="folder that predicts v", looks_at="scheduler/scheduler_config.json", kinds=_DIFFUSERS, level="ready",
         text="preflight.model_v", applies=_predicts_v),
    Rule(name="whole folder", looks_at="nothing more", kinds=_FOLDER, level="ready",
         text="preflight.model_folder", applies=_always),
    Rule(name="in the cache", looks_at="nothing more", kinds=_HUB, level="ready",
         text="preflight.model_cached", applies=_always),
)  # fmt: skip
