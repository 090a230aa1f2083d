"""A VAE of one's own (`--vae`): whether the trainer can take it, by its header. For which model it was made no key says."""

from __future__ import annotations

from pathlib import Path

from avatar.texts.text import Text
from avatar.trainer import safetensors

PREFIX = "first_stage_model."  # of a VAE within a whole checkpoint, which will do too
LATENT = "decoder.conv_in.weight"
CHANNELS = 4  # of SDXL's latents; Flux and SD3 have 16
DIFFUSERS = "encoder.down_blocks."  # the trainer reads such keys from a folder only (library/model_util.py:1269-1310)


def problem(path: Path) -> Text | None:
    """Return why a file is no VAE that the trainer takes, None where it is one, or no .safetensors file at all."""
    if path.suffix.lower() != ".safetensors":
        return None
    values = {"path": str(path)}
    try:
        tensors = safetensors.read_header(path)["tensors"]
    except (OSError, ValueError) as error:
        return Text("preflight.vae_unreadable", {**values, "detail": str(error)[:200]})
    names = {name.removeprefix(PREFIX): entry["shape"] for name, entry in tensors.items()}
    if any(name.startswith(DIFFUSERS) for name in names):
        return Text("preflight.vae_diffusers", {**values, "folder": str(path.parent)})
    shape = names.get(LATENT)
    if shape is None or "encoder.conv_in.weight" not in names:
        return Text("preflight.vae_other", values)
    if len(shape) < 2 or shape[1] != CHANNELS:
        return Text("preflight.vae_channels", {**values, "channels": shape[1] if len(shape) > 1 else 0})
    return None
