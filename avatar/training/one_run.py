"""One attempt as a run: its folder and command, the checks that may still stop it, the training, what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from avatar.plan import plan_file
from avatar.plan.command import RunPaths
from avatar.plan.plan_file import KeptPlan
from avatar.plan.resume import Continuation
from avatar.plan.values import Plan
from avatar.system import gpu as system_gpu
from avatar.system.gpu import Card, CardProbe
from avatar.texts.text import Finding, PipelineError
from avatar.trainer.location import Trainer
from avatar.training import attempts, dry_run, event_files, resuming, run_evidence, run_folder, sample_prompts, variant
from avatar.training import run as training_run
from avatar.training import watch as training_watch
from avatar.training.attempts import Attempt
from avatar.training.run_folder import Outcome, TuningPart
from avatar.training.states import SavedState
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client
from config import Settings


@dataclass(frozen=True, kw_only=True)
class Job:
    """What all attempts of one training share.

    kept      the plan that it follows, with the fingerprint of the dataset
    findings  what has been found out about the dataset, and about the state that it goes on from
    tuning    what it is to an automatic tuning; None: a training of the client's own
    """

    client: Client
    kept: KeptPlan
    trainer: Trainer
    settings: Settings
    findings: Sequence[Finding] = ()
    watching: TrainingCallbacks | None = None
    card_probe: CardProbe = system_gpu.cards
    tuning: TuningPart | None = None


def train(job: Job, attempt: Attempt, told: Sequence[Finding] = ()) -> tuple[Outcome, Card | None]:
    """Check an attempt, train it and judge it; return how it ended and on which card.

    told  what is said of the state before the base model loads
    Raises PipelineError: the first blocked check's key, ("train.cannot_start").
    """
    client, plan = job.client, attempt.plan
    way = resuming.way(plan, plan_file.epoch_exposures(client, plan), attempt.state, job.trainer.options)
    state = attempt.state if way else None
    machine = dry_run.machine_now(client, plan, job.card_probe, tuning_id=job.tuning.tuning_id if job.tuning else "")
    paths = _paths(job, state, way)
    checked = dry_run.checked(client, plan, job.kept, job.trainer, machine, paths, job.findings)
    refuse_blocked(checked.preflight)
    resuming.tell(job.watching, plan, way, told)
    if plan.makes_samples:
        sample_prompts.write_prompts(client, plan.sample_px)
    spec = dry_run.run_spec(
        client, checked, paths, job.kept, changes=attempt.changes, keep_names=job.settings.trainer.metadata_names == "keep",
        resumed_from=state.folder.parent.name if state else "",
        evidence=run_evidence.at_start(machine.card, collect=job.settings.evidence.collect),
    )  # fmt: skip
    watching = training_watch.with_memory(job.watching, machine.card, job.card_probe)
    outcome = training_run.run(replace(spec, tuning=job.tuning), watching)
    _note_costs(plan, outcome, machine.card)
    return outcome, machine.card


def refuse_blocked(preflight: Sequence[Finding]) -> None:
    """Raise PipelineError with the first check that blocks."""
    for item in preflight:
        if item.level == "blocked":
            raise PipelineError.of(item.text)


def _paths(job: Job, state: SavedState | None, way: Continuation | None) -> RunPaths:
    if job.tuning is None:
        return dry_run.run_paths(job.client, run_folder.new_run_id(job.client.runs), state, way)
    run_id = run_folder.new_run_id(job.client.runs, job.tuning.candidate)
    name = variant.output_name(job.client.client_id, job.tuning.candidate, job.tuning.tuning_id)
    paths = dry_run.run_paths(job.client, run_id, state, way)
    return replace(paths, output_name=name, logging_dir=paths.output_dir / event_files.OWN_LOGS)


def _note_costs(plan: Plan, outcome: Outcome, card: Card | None) -> None:
    attempts.note_memory(plan, outcome, card)
    attempts.note_time(plan, outcome, card)
