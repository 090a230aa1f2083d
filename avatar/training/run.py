"""One training as a child process: started, watched, ended.

The trainer writes its log itself and so outlives a program that is killed. A run without outcome.json is still going, or
not judged yet: `adopt`, `stop` and `judge_finished_run` bring it to the end it would have had.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from dataclasses import replace
from pathlib import Path

from avatar.plan import time as plan_time
from avatar.system import child as system_child
from avatar.system import process_tree
from avatar.texts.text import PipelineError, Text
from avatar.training import (
    hand_over,
    log_file,
    progress_file,
    resuming,
    run_evidence,
    run_folder,
    stop_request,
    trainer_process,
)
from avatar.training import judge as training_judge
from avatar.training import proof as training_proof
from avatar.training import runs as training_runs
from avatar.training import watch as training_watch
from avatar.training.progress_file import PROGRESS_FILE
from avatar.training.run_figures import figures_of
from avatar.training.run_folder import LOG_FILE, Outcome, RunSpec
from avatar.training.watch import RunInfo, TrainingCallbacks, WatchResult
from config import GPU_PROFILES


def run(spec: RunSpec, watching: TrainingCallbacks | None = None) -> Outcome:
    """Run a training to its end and return its outcome; a verified LoRA is then in spec.models with its sidecars.

    Raises PipelineError("train.cannot_start") where the interpreter does not start.
    """
    spec.folder.mkdir(parents=True, exist_ok=True)
    started = time.time()
    run_folder.write_records(spec, started)
    run_folder.reserve(spec.folder)
    environment = system_child.child_environment(spec.environment)
    try:
        child = system_child.start_logged(spec.command, spec.folder / LOG_FILE, cwd=spec.cwd, environment=environment)
    except OSError as error:
        values = {"python": spec.command[0], "detail": error.strerror or str(error)}
        run_folder.write_outcome(spec.folder, Outcome(False, spec.run_id, cause=Text("train.cannot_start", values)))
        raise PipelineError("train.cannot_start", **values) from error
    trainer = trainer_process.OwnTrainer(child)
    return _watched(spec, trainer, watching or TrainingCallbacks(), started)


def adopt(folder: Path, models: Path, watching: TrainingCallbacks | None = None) -> Outcome:
    """Watch to its end a run started by a program that was killed; the outcome is the same as without the kill."""
    spec, started = run_folder.spec_of(folder, models)
    live = training_runs.live_run(folder)
    if live is None:
        return judge_finished_run(folder, models)
    return _watched(spec, trainer_process.AdoptedTrainer(live.pid, live.born), watching or TrainingCallbacks(), started)


def _watched(spec: RunSpec, trainer: trainer_process.Trainer, watching: TrainingCallbacks, started: float) -> Outcome:
    try:
        run_folder.note_process(spec.folder, trainer)
    except BaseException:  # a trainer that no record names would be lost
        process_tree.end_tree(trainer.pid, trainer.born, watching.grace_s)
        raise
    return _conclude(spec, training_watch.watch(trainer, course_of(spec), watching), started, time.time())


def course_of(spec: RunSpec) -> RunInfo:
    """Return where a run writes, how it counts and when it saves."""
    return RunInfo(
        folder=spec.folder, numbers=spec.numbers, save_every=spec.plan.save_every_n_steps, save_state=spec.plan.save_state,
        suits_a_stop=resuming.suits_a_stop(spec.plan, spec.steps_per_epoch if spec.plan.save_state else 0),
        expected_s=_expected_s(spec), stop_at=spec.tuning.stop_at if spec.tuning else None,
    )  # fmt: skip


def next_save(spec: RunSpec, step: int) -> int | None:
    """Return the step of the next checkpoint that suits a stop; None where the plan saves none on the way."""
    course, total = course_of(spec), spec.plan.max_train_steps
    if not course.save_every or step >= total:
        return None
    return spec.numbers.next_save(step, course.save_every, total, course.suits_a_stop)


def _expected_s(spec: RunSpec) -> float | None:
    profile = GPU_PROFILES.get(spec.plan.profile)
    found = plan_time.step_time(spec.plan, profile) if profile else None  # not a figure that spilled itself
    return found.seconds if found else None


def stop(folder: Path, models: Path, *, grace_s: float = 20.0) -> Outcome:
    """Stop the trainer of an unwatched run with all its descendants, and judge it."""
    spec, started = run_folder.spec_of(folder, models)
    live = training_runs.live_run(folder)
    if live is not None:
        process_tree.end_tree(live.pid, live.born, grace_s)
    result = WatchResult(training_watch.read_log(folder), stopped="user")
    return _conclude(spec, result, started, time.time())


def judge_finished_run(folder: Path, models: Path) -> Outcome:
    """Evaluate a run that ended while no program was watching it. It may still have succeeded."""
    spec, started = run_folder.spec_of(folder, models)
    log = folder / LOG_FILE
    result = WatchResult(training_watch.read_log(folder))
    return _conclude(spec, result, started, log.stat().st_mtime if log.is_file() else started, abandoned=True)


def _conclude(spec: RunSpec, result: WatchResult, started: float, ended: float, *, abandoned: bool = False) -> Outcome:
    """Judge a run and deliver its files: a success has its LoRA in spec.models with its sidecars."""
    progress_file.note_phase(spec.folder / PROGRESS_FILE, "verifying")
    log_file.put_together(spec.folder)
    checkpoints = hand_over.name_checkpoints(spec)
    file = hand_over.model_file(spec)
    cause, short_at = _cause(spec, result, file, started, abandoned=abandoned), None
    if cause is not None and (short := hand_over.short_file(spec, result.reader.facts.nan_step)) is not None:
        cause, short_at = _file_problem(spec, short), spec.tuning.stop_at if spec.tuning else None
    proof = training_proof.proof_of(spec, result.reader.facts.step)
    outcome = training_judge.outcome(spec, result, cause, checkpoints, started, ended, proof)
    if cause is None and short_at is not None:
        outcome = replace(outcome, success=False, short_at=short_at)
    figures = figures_of(progress_file.rows_of(spec.folder / PROGRESS_FILE))
    outcome = replace(
        outcome,
        seconds_per_step=figures.seconds_per_step,
        kwh=figures.kwh,
        process_gib=figures.process_gib,
        card_gib=figures.card_gib,
    )
    if outcome.success and spec.tuning is not None:
        outcome = replace(outcome, model=hand_over.keep_as_checkpoint(spec, file))
    elif outcome.success:
        model = hand_over.deliver(
            spec, file, steps=outcome.steps, loss=outcome.loss, seconds=outcome.seconds, resumed=outcome.resumed
        )
        outcome = replace(outcome, model=model)
    run_folder.write_outcome(spec.folder, outcome)
    run_evidence.note(spec, outcome)
    stop_request.withdraw(spec.folder)
    with contextlib.suppress(OSError):
        (spec.folder / run_folder.PROCESS_FILE).unlink()
    return outcome


def _cause(spec: RunSpec, result: WatchResult, file: Path, started: float, *, abandoned: bool) -> Text | None:
    """Return why a run is no success: by log, exit code and file; None for a whole training whose LoRA is what was planned."""
    cause = training_judge.cause_of_end(spec, result, abandoned=abandoned) or training_judge.no_new_file(file, started)
    if cause is None and spec.continuation is not None:
        cause = training_proof.shortfall(spec.continuation, result.reader.facts.step)
    return cause or _file_problem(spec, file)


def _file_problem(spec: RunSpec, file: Path) -> Text | None:
    return hand_over.remove_names(spec, file) or training_judge.file_problem(spec, file)


def reconcile_runs(runs: Path, models: Path) -> list[Outcome]:
    """Evaluate every run that ended while no program was watching it; remove folders of runs that never started.

    A run whose record cannot be read is closed as abandoned.
    """
    settled = []
    for folder in training_runs.open_folders(runs):
        if not (folder / run_folder.COMMAND_FILE).is_file():
            if not (folder / LOG_FILE).exists():  # killed before there was anything to do again
                shutil.rmtree(folder, ignore_errors=True)
            continue
        if training_runs.live_run(folder) is not None:
            continue
        try:
            settled.append(judge_finished_run(folder, models))
        except PipelineError:
            row = progress_file.last_row(folder / PROGRESS_FILE)
            values = {"step": row.get("step", 0), "total": row.get("total", 0), "log": str(folder / LOG_FILE)}
            outcome = Outcome(False, folder.name, cause=Text("train.cause.abandoned", values), log=folder / LOG_FILE)
            run_folder.write_outcome(folder, outcome)
            settled.append(outcome)
    return settled
