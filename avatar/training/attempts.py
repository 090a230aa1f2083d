"""The attempts of one training: after a failure that another plan may avoid, a further run with that plan."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from avatar.plan import measured, retry, steps
from avatar.plan import time as plan_time
from avatar.plan.measured import Measured
from avatar.plan.memory import estimate_memory_gib, load_of
from avatar.plan.time import Timed
from avatar.plan.values import Change, Plan
from avatar.system.gpu import Card
from avatar.texts.text import Text, key_of
from avatar.trainer.options import OptionTable
from avatar.training import states
from avatar.training.run_folder import Outcome
from avatar.training.states import SavedState
from avatar.training.watch import TrainingCallbacks

MAX_ATTEMPTS = 4  # [choice] with cheaper or steadier settings each time


@dataclass(frozen=True)
class Attempt:
    """One run of a training, with the plan it follows.

    changes  what earlier attempts changed in the client's plan
    state    where it starts; None: at the beginning
    usable   runs of this training whose states suit its plan
    """

    plan: Plan
    changes: tuple[Change, ...] = ()
    state: SavedState | None = None
    number: int = 1
    usable: frozenset[str] = frozenset()


def following(
    attempt: Attempt, outcome: Outcome, runs: Path, *, options: OptionTable, card: Card | None, fixed: frozenset[str]
) -> Attempt | None:  # fmt: skip
    """Return the next attempt; None after a success, after the last one, and if no change is likely to help.

    fixed  fields that the user gave by hand: never changed
    """
    if attempt.number == MAX_ATTEMPTS:
        return None
    found = retry.next_try(
        key_of(outcome.cause), attempt.plan, options=options, card=card, fixed=fixed, nan_step=outcome.nan_step
    )
    if found is None:
        return None
    plan, changes = found
    # States of runs with another LoRA or rate are of no use.
    usable = attempt.usable | {outcome.run_id} if retry.keeps_state(changes) else frozenset()
    newest = states.newest_state(runs, before_step=outcome.nan_step, among=usable) or attempt.state if usable else None
    return Attempt(plan, attempt.changes + changes, newest, attempt.number + 1, usable)


def note_time(plan: Plan, outcome: Outcome, card: Card | None) -> None:
    """Keep how long the steps of a run took, whatever came of it, for the next plan. A full disk costs only that."""
    if card is None or outcome.seconds_per_step is None or not outcome.seconds_per_step > 0:
        return
    timed = Timed(card.name, steps.pictures_a_step(plan), plan_time.work_of(plan), outcome.seconds_per_step)
    with contextlib.suppress(OSError):
        measured.keep_time(card, timed)


def note_memory(plan: Plan, outcome: Outcome, card: Card | None) -> None:
    """Keep what a run took of its card, or in how much it ran out of memory, for the next plan. A full disk costs only that."""
    failed = key_of(outcome.cause) == retry.GPU_MEMORY
    trained = outcome.success or outcome.short_at is not None
    if card is None or not (failed or trained):
        return
    before = card.total_gib - card.free_gib
    peaks = Measured(outcome.process_gib, outcome.card_gib, round(before, 2)) if trained else Measured()
    if peaks.needs_gib is None and not failed:
        return
    formula = estimate_memory_gib(plan).formula_gib
    new = replace(peaks, formula_gib=formula, failed_gib=round(card.free_gib, 2) if failed else None)
    with contextlib.suppress(OSError):
        measured.keep(card, load_of(plan), new)


def tell(callbacks: TrainingCallbacks | None, number: int, changes: Sequence[Change]) -> None:
    """Warn at once that another attempt follows, with its changes; the outcome lists the changes of all attempts."""
    if callbacks is None or callbacks.on_warning is None:
        return
    for change in changes:
        values = {"n": number, "most": MAX_ATTEMPTS, "name": change.name, "before": change.before, "after": change.after}
        callbacks.on_warning(Text("train.again", {**values, "why": change.why}))
