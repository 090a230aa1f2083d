"""The disk space that a training takes: checkpoints, states, log."""

from __future__ import annotations

import math

from avatar.plan.memory import load_of
from avatar.plan.memory_terms import GIB, STATE_BYTES
from avatar.plan.values import Plan

LOG_BYTES = 200_000_000  # [choice] log, TensorBoard and room to breathe


def lora_bytes(plan: Plan) -> int:
    """Return the size of one saved LoRA."""
    return round(load_of(plan).lora * GIB) * (4 if plan.save_precision == "float" else 2)


def disk_needed_bytes(plan: Plan, checkpoints: int) -> int:
    """Return what checkpoints, log and, where asked for, states take; one of each more for the end."""
    states = states_at_once(plan, checkpoints) * state_bytes(plan) if plan.save_state else 0
    return (checkpoints + 1) * lora_bytes(plan) + states + LOG_BYTES


def state_bytes(plan: Plan) -> int:
    """Return the size of one state: the LoRA in full precision and the optimizer's numbers; dim 4 with AdamW: 129 MB."""
    load = load_of(plan)
    paged = plan.optimizer_type.lower().startswith("paged")  # not on the card, but on the disk all the same
    return round(load.lora * GIB * (4 + (STATE_BYTES["adamw8bit"] if paged else load.bytes_of_state)))


def states_at_once(plan: Plan, checkpoints: int) -> int:
    """Return how many states lie on the disk at most: a new one is written before the oldest goes, and one more at the end."""
    kept = plan.save_last_n_steps_state
    if kept is None or not plan.save_every_n_steps:
        return checkpoints + 1
    return min(checkpoints, math.ceil(kept / plan.save_every_n_steps) + 2) + 1
