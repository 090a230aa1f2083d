"""What may be changed in a plan after a training failed, as overrides; nothing that is so already."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from avatar.plan import ask, fit, memory_fit, rules
from avatar.plan.values import DatasetFacts, Plan, laid_over
from avatar.system.gpu import has_bf16
from config import GPU_PROFILES, TRAINING_PRESETS

_FIELDS = frozenset(entry.name for entry in fields(Plan))
NAN_CAUSES = frozenset({"train.cause.nan", "train.cause.nan_latents"})
# Causes that one value mends, whatever the plan: those that the sentence of the cause names.
VALUES: Mapping[str, tuple[str, ...]] = {
    "train.cause.no_bitsandbytes": ("optimizer_type=AdamW",), "train.cause.no_xformers": ("xformers=false", "sdpa=true"),
    "train.cause.warmup": ("lr_warmup_steps=0",), "train.cause.fp8_cpu": ("fp8_base=false",),
    "train.cause.no_bf16": ("mixed_precision=fp16", "full_bf16=false"), "train.cause.fp16_values": ("full_fp16=false",),
    "train.cause.workers": ("max_data_loader_n_workers=0",), "train.cause.several_cards": ("num_processes=1",),
    "lora.nothing_learnt": ("learning_rate=0.0002",),
}  # fmt: skip


def cheaper(plan: Mapping[str, Any]) -> list[str]:
    """Return the overrides that make the plan that loses least of those that need enough less memory by the formula.

    Values that the user gave are among them: only they can take those back. Steps follow by themselves.
    """
    step = fit.cheaper(_whole(plan))
    changes = () if step is None else step[1]
    told = [change for change in changes if change.name not in memory_fit.IN_STEPS or change.after is None]
    # An option that asks for pictures is taken back by what asks for nothing.
    return [f"{change.name}={_typed(0 if change.name not in _FIELDS else change.after)}" for change in told]


def _whole(plan: Mapping[str, Any]) -> Plan:
    """Return a plan that a file holds in part, or damaged, with the usual values of its card where it has none."""
    profile = GPU_PROFILES.get(str(plan.get("profile")), GPU_PROFILES["gpu_8gb"])
    usual = ask.ask(profile, TRAINING_PRESETS["quick"], DatasetFacts(0, 0))  # makes no pictures
    held = laid_over(usual, plan)
    bad = [name for name in (*rules.LEAST, *rules.ABOVE_ZERO) if rules.too_small(name, name, getattr(held, name))]
    return replace(held, **{name: getattr(usual, name) for name in bad})


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


def of_cause(cause: str, plan: Mapping[str, Any]) -> list[str]:
    """Return the overrides that mend a failure for a cause, [] where none does or the plan has them already."""
    wanted = [text.partition("=") for text in VALUES.get(cause, ())]
    values = [f"{name}={value}" for name, _, value in wanted if name in plan and _typed(plan[name]) != value]
    return values or overrides_after(cause, plan)


def suspects_base_model(cause: str, plan: Mapping[str, Any], *, first_step: bool) -> bool:
    """Return whether the base model is the first thing to be looked at after numbers that are none."""
    return (cause == "train.cause.nan" and first_step) or (cause == "train.cause.nan_latents" and bool(plan.get("no_half_vae")))


def _number(plan: Mapping[str, Any], name: str) -> float:
    """Return a figure of a plan, 0 where somebody wrote something else into it: the doctor looks at broken files, too."""
    value = plan.get(name)
    return value if isinstance(value, (int, float)) and math.isfinite(value) else 0
