"""What a plan must have so that it can be stopped early and gone on with exactly: the step, the saves. Pure.

A short run is the whole plan, stopped where it has saved a state: the rate's curve is that of the whole, and the trainer goes
on from the end of an epoch with just what is left (facts/trainer.md §16). A plan of fewer steps would end its curve at zero.
"""

from __future__ import annotations

from dataclasses import replace

from avatar.plan import measured, memory
from avatar.plan.values import Plan
from avatar.system.gpu import Card
from config import GPU_PROFILES

SHORT_SHARE = 0.4  # order there correlates 0.7 with order at the end [DESIGN §10, simulated]


def short_step(total: int, per_epoch: int, share: float = SHORT_SHARE) -> int:
    """Return the optimizer step at the end of the epoch nearest to a share of a training, but not its last step.

    per_epoch  optimizer steps of an epoch; 0: not known. A training of a single epoch is stopped within it

    >>> short_step(2000, 100), short_step(2000, 300), short_step(250, 200), short_step(100, 400)
    (800, 900, 200, 40)
    """
    last = (total - 1) // per_epoch if per_epoch else 0  # whole epochs that end before the training does
    if not last:
        return max(1, round(total * share))
    return min(max(1, round(total * share / per_epoch)), last) * per_epoch


def with_saves(plan: Plan, per_epoch: int) -> Plan:
    """Return a plan that saves a state at its short step, and can be gone on with exactly from there.

    Its checkpoints come at the distance nearest to the plan's own that meets that step. With accumulation, and where there are
    hardly two epochs, whole ones are trained, to the nearest. No state is deleted meanwhile; sample pictures are left out:
    a tuning draws its own.
    per_epoch  optimizer steps of an epoch; 0: not known
    """
    total = plan.max_train_steps
    lacks = -total % per_epoch if per_epoch else 0  # of the last epoch, which is skipped on top where it is not whole
    skips_all = short_step(total, per_epoch) + lacks >= total
    if per_epoch and total > per_epoch and (plan.gradient_accumulation_steps > 1 or skips_all):
        total = max(2, round(total / per_epoch)) * per_epoch
    short = short_step(total, per_epoch)
    unit = per_epoch if per_epoch and short % per_epoch == 0 else 1
    wanted = plan.save_every_n_steps or short
    distance = min((short // parts for parts in range(1, short // unit + 1) if short % (parts * unit) == 0),
                   key=lambda steps: abs(steps - wanted))  # fmt: skip
    extra = {name: value for name, value in plan.extra.items() if name not in _SAMPLES}
    return replace(
        plan, max_train_steps=total, save_every_n_steps=distance, save_state=True, save_last_n_steps_state=None,
        sample_every_n_steps=None, extra=extra,
    )  # fmt: skip


_SAMPLES = frozenset({"sample_every_n_epochs", "sample_at_first"})


def fits(plan: Plan, card: Card | None) -> bool:
    """Return whether the memory model gives a plan room on a card, its margin included; without a card, on the profile's.

    On the processor everything fits that the computer's memory holds.
    """
    limit = memory.memory_limit_gib(GPU_PROFILES[plan.profile], card)
    return memory.estimate_memory_gib(plan, limit, measured.of_card(card)).verdict in {"fits", None}
