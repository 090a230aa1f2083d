"""What to try next when a training failed for want of memory or went bad: pure, one step at a time, none that the user fixed.

card out of memory      the plan that loses least of those that need 8 % less by the formula (fit.cheaper)
no number any more      bf16 where the card has it; the VAE in full precision; half the rate, where a rate was to blame
computer out of memory  weights in half precision, no workers: 9 instead of 14 GB of the computer's memory
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from avatar.plan import fit
from avatar.plan.values import Change, Plan
from avatar.system.gpu import Card
from avatar.texts.text import Text
from avatar.trainer.options import OptionTable

GPU_MEMORY, NAN, NAN_LATENTS = "train.cause.gpu_memory", "train.cause.nan", "train.cause.nan_latents"
KILLED, HOST_MEMORY, WORKERS = "train.cause.killed", "train.cause.host_memory", "train.cause.workers"
# A saved state may go on with these changed. Not with another shape of the LoRA, other steps per epoch, or another rate: the
# optimizer and the scheduler bring their own back (torch, Optimizer.load_state_dict).
KEEPS_STATE = frozenset(
    {"fp8_base", "gradient_checkpointing", "resolution", "mixed_precision", "no_half_vae", "max_data_loader_n_workers",
     "sample_every_n_steps", "sample_px"}
)  # fmt: skip

Step = tuple[Plan, tuple[Change, ...]]


def next_try(
    cause: str, plan: Plan, *, options: OptionTable, card: Card | None, fixed: frozenset[str], nan_step: int | None = None
) -> Step | None:  # fmt: skip
    """Return the next plan to try after a failure and its changes; None if no change is likely to help.

    nan_step  first step without a loss, counted over all resumed runs
    """
    if cause == GPU_MEMORY:
        return fit.cheaper(plan, fixed)
    if cause == NAN:
        return _after_nan(plan, card, fixed, nan_step)
    if cause == NAN_LATENTS:  # of the VAE: no precision or rate of the training has a part in it
        return _with(plan, "train.change.nan_vae", fixed, no_half_vae=True)
    if cause in {KILLED, HOST_MEMORY}:
        return _after_kill(plan, options, fixed)
    if cause == WORKERS:
        return _with(plan, "train.change.host_memory", fixed, max_data_loader_n_workers=0)
    return None


def keeps_state(changes: tuple[Change, ...]) -> bool:
    """Return whether a training can go on from a state that was saved before these changes."""
    return all(change.name in KEEPS_STATE for change in changes)


def _after_nan(plan: Plan, card: Card | None, fixed: frozenset[str], nan_step: int | None) -> Step | None:
    if plan.mixed_precision == "fp16" and card is not None and card.has_bf16 and "mixed_precision" not in fixed:
        wanted: dict[str, Any] = {"mixed_precision": "bf16"}
        if plan.full_fp16:  # goes with fp16 only (train_network.py:815)
            wanted |= {"full_fp16": False, "full_bf16": True}
        return _with(plan, "train.change.nan_precision", fixed, **wanted)
    if not plan.no_half_vae and "no_half_vae" not in fixed:
        return _with(plan, "train.change.nan_vae", fixed, no_half_vae=True)
    # The loss of the first step is that of the base model alone: no rate has had a part in it.
    if nan_step is not None and nan_step > 1 and "learning_rate" not in fixed:
        return _with(plan, "train.change.nan_rate", fixed, learning_rate=plan.learning_rate / 2)
    return None


def _after_kill(plan: Plan, options: OptionTable, fixed: frozenset[str]) -> Step | None:
    half = {"fp16": "full_fp16", "bf16": "full_bf16"}.get(plan.mixed_precision)
    wanted: dict[str, Any] = {"max_data_loader_n_workers": 0}
    if half is not None and options.has(half):
        wanted[half] = True
    return _with(plan, "train.change.host_memory", fixed, **wanted)


def _with(plan: Plan, why: str, fixed: frozenset[str], **wanted: Any) -> Step | None:
    changes = tuple(
        Change(name, getattr(plan, name), value, Text(why))
        for name, value in wanted.items()
        if name not in fixed and getattr(plan, name) != value
    )
    return (replace(plan, **{change.name: change.after for change in changes}), changes) if changes else None
