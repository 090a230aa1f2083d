"""Going on with a training: from which state, with which plan, and what is told before the base model loads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from avatar.plan import resume, steps
from avatar.plan.plan_file import KeptPlan
from avatar.plan.resume import Continuation
from avatar.plan.values import Change, Plan
from avatar.texts.text import Finding, PipelineError, Text
from avatar.trainer.options import OptionTable
from avatar.training import run_folder, states
from avatar.training.states import SavedState
from avatar.training.watch import TrainingCallbacks

SCALER = "scaler.pt"  # accelerate/utils/constants.py, SCALER_NAME: what fp16 needs of a state


@dataclass(frozen=True)
class Resumed:
    """Where a training goes on; without a state, it begins.

    plan      that of the client, with what earlier attempts of this training changed in it (`changes`)
    findings  what the trainer would do with a plan that is not the state's own
    """

    state: SavedState | None
    plan: Plan
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()


def newest(runs: Path, models: Path, kept: KeptPlan, options: OptionTable, client_id: str) -> Resumed:
    """Return how to go on with the newest training.

    Raises PipelineError("train.cannot_resume"), ("train.no_state"), ("train.no_state_yet"), ("train.nothing_left"),
    ("train.bad_record").
    """
    if resume.continuation(kept.plan, 1, 1, options) is None:
        raise PipelineError("train.cannot_resume", version=options.version)
    state = states.newest_state(runs)
    if state is None:
        if kept.plan.save_state:
            first = kept.plan.save_every_n_steps or kept.plan.max_train_steps
            raise PipelineError("train.no_state_yet", client=client_id, step=first)
        raise PipelineError("train.no_state", client=client_id)
    spec, _ = run_folder.spec_of(state.folder.parent, models)
    plan, changes = plan_to_go_on(kept.plan, spec.plan, spec.changes)
    if state.steps >= plan.max_train_steps:
        raise PipelineError("train.nothing_left", done=state.steps, total=plan.max_train_steps)
    has_scaler = (state.folder / SCALER).is_file()
    findings = resume.differences(spec.plan, plan, has_scaler=has_scaler)
    return Resumed(state, plan, changes, tuple(findings))


def plan_to_go_on(plan: Plan, state: Plan, changes: tuple[Change, ...]) -> tuple[Plan, tuple[Change, ...]]:
    """Return the client's plan with what earlier attempts had to change in it, and those changes.

    A value that the user has changed since is the user's.
    """
    first = {change.name: change.before for change in reversed(changes)}
    kept = [name for name, before in first.items() if getattr(plan, name) == before]
    together = replace(plan, **{name: getattr(state, name) for name in kept})
    return together, tuple(change for change in changes if getattr(together, change.name) == getattr(state, change.name))


def way(plan: Plan, exposures: int, state: SavedState | None, options: OptionTable) -> Continuation | None:
    """Return with which arguments the trainer goes on from a state; None without one, or where this version cannot."""
    if state is None:
        return None
    return resume.continuation(plan, max(1, steps.steps_per_epoch(plan, exposures)), state.steps, options)


def told(plan: Plan, going_on: Continuation) -> list[Text]:
    """Return what is said before a training goes on: from where, and how many steps are done again."""
    start = Text("resume.from", {"done": going_on.done, "total": going_on.total, "left": going_on.total - going_on.done})
    extra = resume.extra_steps_told(plan, going_on)
    return [start] if extra is None else [start, replace(extra, style="warn")]


def tell(
    callbacks: TrainingCallbacks | None, plan: Plan, going_on: Continuation | None, findings: Sequence[Finding]
) -> None:  # fmt: skip
    """Tell, before the base model loads, from where a training goes on, and what another plan than the state's means."""
    if callbacks is None or callbacks.on_note is None or going_on is None:
        return
    for note in (*told(plan, going_on), *(replace(item.text, style="warn") for item in findings)):
        callbacks.on_note(note)


def suits_a_stop(plan: Plan, per_epoch: int) -> Callable[[int], bool]:
    """Return whether a training that is stopped after that many steps can go on with just what it lacks."""
    return lambda step: resume.goes_on_exactly(plan, per_epoch, step)
