"""What may be changed in a plan after a training failed, as overrides; nothing that is so already."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from avatar.system.gpu import has_bf16
from config import GPU_PROFILES

SMALLER_RESOLUTION = 768  # [user]
DIMS = (64, 32, 16)  # [user] 96 -> 64 -> 32; 16 for what is left
NAN_CAUSES = frozenset({"train.cause.nan", "train.cause.nan_latents"})


def cheaper(plan: Mapping[str, Any]) -> list[str]:
    """Return the overrides that make a plan need less memory, as the description advises: resolution, dim, accumulation."""
    if plan.get("gradient_checkpointing") is False:  # the most, and nothing of the result
        return ["gradient_checkpointing=true"]
    changes = [] if plan.get("fp8_base") else ["fp8_base=true"]
    batch, accumulation = (int(_number(plan, name) or 1) for name in ("train_batch_size", "gradient_accumulation_steps"))
    if batch > 1:
        changes += ["train_batch_size=1", f"gradient_accumulation_steps={batch * accumulation}"]
    if _number(plan, "resolution") > SMALLER_RESOLUTION:
        changes.append(f"resolution={SMALLER_RESOLUTION}")
    dim = _number(plan, "network_dim")
    smaller = next((value for value in DIMS if value < dim), None)
    if smaller is not None:
        changes += [f"network_dim={smaller}", f"network_alpha={smaller // 2}"]
    return changes


def on_top(changes: Sequence[tuple[str, Any]], overrides: Sequence[str]) -> list[str]:
    """Return overrides together with what earlier attempts changed in the plan: they start from the plan that failed.

    changes  (field, value) as the attempts made them; of several for a field the last one counts
    """
    named = {override.partition("=")[0] for override in overrides}
    before = {name: f"{name}={_typed(value)}" for name, value in changes if name not in named}
    return [*before.values(), *overrides] if overrides else []


def _typed(value: Any) -> str:
    """Return a value as it is given by hand."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def steadier(plan: Mapping[str, Any], *, first_step: bool = False) -> list[str]:
    """Return the overrides against numbers that overflow: VAE in full precision, bf16 where the card has it, else slower.

    first_step  it went bad at once: that is the base model and its precision, no rate has had a part in it yet
    """
    changes = [] if plan.get("no_half_vae") else ["no_half_vae=true"]
    profile = GPU_PROFILES.get(str(plan.get("profile")))
    if profile is not None and has_bf16(profile.compute_capability) and plan.get("mixed_precision") != "bf16":
        return [*changes, "mixed_precision=bf16"]
    return changes if first_step else [*changes, f"learning_rate={(_number(plan, 'learning_rate') or 1e-4) / 2:g}"]


def lighter(plan: Mapping[str, Any]) -> list[str]:
    """Return the overrides that make a training need less of the computer's memory: the model is loaded in half precision."""
    half = {"fp16": "full_fp16", "bf16": "full_bf16"}.get(str(plan.get("mixed_precision")))
    return [f"{half}=true"] if half and not plan.get("full_fp16") and not plan.get("full_bf16") else []


def overrides_after(cause: str, plan: Mapping[str, Any], *, first_step: bool = False) -> list[str]:
    """Return what may be changed in a plan after a training ended for a cause."""
    if cause == "train.cause.gpu_memory":
        return cheaper(plan)
    if cause == "train.cause.nan":
        return steadier(plan, first_step=first_step)
    if cause == "train.cause.nan_latents":
        return [] if plan.get("no_half_vae") else ["no_half_vae=true"]
    return lighter(plan) if cause in {"train.cause.host_memory", "train.cause.killed"} else []


def suspects_base_model(cause: str, plan: Mapping[str, Any], *, first_step: bool) -> bool:
    """Return whether the base model is the first thing to be looked at after numbers that are none."""
    return (cause == "train.cause.nan" and first_step) or (cause == "train.cause.nan_latents" and bool(plan.get("no_half_vae")))


def _number(plan: Mapping[str, Any], name: str) -> float:
    """Return a figure of a plan, 0 where somebody wrote something else into it: the doctor looks at broken files, too."""
    value = plan.get(name)
    return value if isinstance(value, (int, float)) and math.isfinite(value) else 0
