"""What a page shows of one training, from its files alone: state, figures, attempts, checkpoints, samples, end of the log."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from avatar.plan.values import Change, change_from_json
from avatar.system import process_tree
from avatar.texts.text import PipelineError, Text
from avatar.trainer.log import BAR
from avatar.training import hand_over, log_file, progress_file, run_figures, run_folder, sample_pictures, stop_request
from avatar.training import run as training_run
from avatar.training import runs as training_runs
from avatar.training import states as training_states
from avatar.training.progress_file import PROGRESS_FILE, PhaseRow, SampleRow
from avatar.training.run_folder import LOG_FILE
from avatar.training.step_numbers import StepNumbers, numbers_of_record
from avatar.workspace import state_file
from avatar.workspace.client import Client, run_folders

# live: watched by a program; unwatched: its program is gone; ending: the trainer is over and its program is judging;
# killed: neither lives and nobody has judged
State = Literal["live", "unwatched", "ending", "killed", "verified", "failed", "stopped"]
GOING = frozenset({"live", "unwatched", "ending"})
UNWRITTEN = frozenset({"unwatched", "killed"})  # no program is there that writes down how far the trainer is
STARTING_S = 15.0  # [choice] so long a run may be without a process: its records are written first
LOG_LINES, LOG_BYTES = 120, 1 << 16
_FIGURES = (
    "loss", "seconds_per_step", "eta_s", "used_gib", "total_gib", "process_gib", "watts", "celsius", "host_gib",
    "host_total_gib",
)  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """One run of a training that was tried again; changes: what it has other than the attempt before."""

    run_id: str
    number: int
    state: State
    changes: tuple[Change, ...] = ()
    cause: Text | None = None


@dataclass(frozen=True)
class Checkpoint:
    """A LoRA that was saved on the way; step of the whole training. at: seconds since 1970."""

    step: int
    name: str
    bytes: int
    at: float


@dataclass(frozen=True)
class SampleView:
    """One sample picture. likeness: None where it was not measured, or does not show exactly one face."""

    step: int
    prompt: int
    name: str
    likeness: float | None = None
    measured: bool = False


@dataclass(frozen=True, kw_only=True)
class RunView:
    """One training. Moments in seconds since 1970; steps over all resumed runs; figures as the newest line has them.

    alive_s    seconds since the last sign of life; None: there was none
    next_save  step of the next checkpoint; None: none on the way
    stop       what was asked for and has not happened yet
    """

    run_id: str
    state: State
    phase: str
    phase_since: float | None
    step: int
    total: int
    first_step: int
    figures: Mapping[str, float]
    kwh: float | None
    started: float | None
    ended: float | None
    seconds: float | None
    alive_s: float | None
    next_save: int | None
    stop: str | None
    resumed_from: str
    plan: Mapping[str, Any]
    attempts: tuple[Attempt, ...]
    checkpoints: tuple[Checkpoint, ...]
    samples: tuple[SampleView, ...]
    log: tuple[str, ...]
    cause: Text | None
    model: str
    warnings: tuple[Text, ...]


def run_view(client: Client, run_id: str = "") -> RunView | None:
    """Return a training of a client, the newest where none is named; None where there is none."""
    folder = client.runs / run_id if run_id else next(iter(run_folders(client.runs)), None)
    if folder is None or folder not in run_folders(client.runs):
        return None
    record, outcome = run_folder.read_command(folder), run_folder.read_outcome(folder)
    numbers = numbers_of_record(record)
    lines = list(progress_file.lines_of(folder / PROGRESS_FILE))
    rows, phases = progress_file.rows_among(lines), progress_file.phases_among(lines)
    last: Mapping[str, Any] = rows[-1] if rows else {}
    state = state_of(folder)
    step, total = reached(folder, state, last)
    step, total = outcome.get("steps") or step, outcome.get("total") or total
    checkpoints = tuple(checkpoints_of(folder, numbers))
    phase = phases[-1] if phases else PhaseRow("training" if rows else "starting", record.get("started", 0.0))
    started = record.get("started")
    ended = _modified(folder / run_folder.OUTCOME_FILE) if outcome else None
    return RunView(
        run_id=folder.name, state=state, phase=phase.phase, phase_since=phase.time or None,
        step=step, total=total or record.get("plan", {}).get("max_train_steps", 0),
        first_step=numbers.first, figures={name: last[name] for name in _FIGURES if name in last},
        kwh=outcome.get("kwh") or run_figures.kwh_of(rows), started=started, ended=ended,
        seconds=outcome.get("seconds"), alive_s=alive_s(folder),
        next_save=None if outcome else _next_save(client, folder, step),
        stop=None if outcome else stop_request.asked(folder), resumed_from=record.get("resumed_from", ""),
        plan=_plan(record), attempts=attempts_of(client.runs, folder.name), checkpoints=checkpoints,
        samples=tuple(samples_of(folder, numbers, progress_file.samples_among(lines))), log=last_lines(folder),
        cause=state_file.told(outcome) if outcome else None, model=Path(outcome.get("model", "")).name,
        warnings=_warnings(folder),
    )  # fmt: skip


# --- how it stands ---------------------------------------------------------------------------------------------------


def state_of(folder: Path) -> State:
    """Return how a run stands, by its outcome, else by the processes that it notes."""
    if outcome := run_folder.read_outcome(folder):
        return "verified" if outcome["success"] else "stopped" if outcome.get("cancelled") else "failed"
    note, record = run_folder.read_process(folder), run_folder.read_command(folder)
    watched = "watcher" in note and process_tree.is_running(note["watcher"], note.get("watcher_born", 0.0))
    if training_runs.live_run(folder) is not None:
        return "live" if watched else "unwatched"
    if watched:
        return "ending"
    return "live" if not note and 0 <= time.time() - record.get("started", 0.0) < STARTING_S else "killed"


def reached(folder: Path, state: State, row: Mapping[str, Any]) -> tuple[int, int]:
    """Return step and total of a run that nobody has judged: those of its last line of progress.

    Where no program was there to write such lines to the end, also by what the trainer left: its bar and its checkpoints.
    """
    numbers = numbers_of_record(run_folder.read_command(folder))
    step, total = row.get("step", numbers.first), row.get("total", 0)
    if state in UNWRITTEN:
        for done, whole in ((int(bar[1]), int(bar[2])) for line in last_lines(folder) for bar in BAR.finditer(line)):
            step, total = max(step, numbers.of_bar(done, whole)), total or numbers.of_all(whole)
        step = max([step, *(one.step for one in checkpoints_of(folder, numbers))])
    return step, total


def alive_s(folder: Path) -> float | None:
    """Return how long ago a run gave its last sign of life: its log, or a line of its progress."""
    found = [moment for name in (PROGRESS_FILE, LOG_FILE) if (moment := _modified(folder / name)) is not None]
    return round(max(time.time() - max(found), 0.0), 1) if found else None


def _modified(path: Path) -> float | None:
    try:
        return round(path.stat().st_mtime, 1)
    except OSError:
        return None


def _next_save(client: Client, folder: Path, step: int) -> int | None:
    try:
        return training_run.next_save(run_folder.spec_of(folder, client.models)[0], step)
    except PipelineError:
        return None


def _plan(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what people ask first of a plan."""
    plan = record.get("plan", {})
    wanted = ("preset", "resolution", "network_dim", "network_alpha", "learning_rate", "train_batch_size",
              "gradient_accumulation_steps", "optimizer_type", "mixed_precision", "save_every_n_steps")  # fmt: skip
    found = {name: plan[name] for name in wanted if isinstance(plan.get(name), (str, int, float))}
    if isinstance(plan.get("base_model"), str):
        found["base_model"] = re.split(r"[/\\]", plan["base_model"].rstrip("/\\"))[-1]  # of this or of another system
    return found


def _warnings(folder: Path) -> tuple[Text, ...]:
    found = state_file.read(folder / run_folder.OUTCOME_FILE, {"warnings": list}).get("warnings", [])
    entries = [state_file.fields(one, {"key": str, "values": dict}) for one in found]
    return tuple(text for one in entries if (text := state_file.told(one, "key")) is not None)


# --- attempts --------------------------------------------------------------------------------------------------------


def attempts_of(runs: Path, run_id: str) -> tuple[Attempt, ...]:
    """Return the runs of one training up to this one: each after the first changes the plan of the failed one before it."""
    names = [folder.name for folder in run_folders(runs) if folder.name <= run_id]
    chain = [(name, _changes(runs / name)) for name in names[:1]]
    for name in names[1:]:
        before, after = _changes(runs / name), chain[0][1]
        if not len(before) < len(after) or after[: len(before)] != before or state_of(runs / name) != "failed":
            break
        chain.insert(0, (name, before))
    known = 0
    found = []
    for number, (name, changes) in enumerate(chain, 1):
        outcome = run_folder.read_outcome(runs / name)
        new = changes[known:] if number > 1 else ()
        found.append(Attempt(name, number, state_of(runs / name), new, state_file.told(outcome) if outcome else None))
        known = len(changes)
    return tuple(found)


def _changes(folder: Path) -> tuple[Change, ...]:
    found = []
    for change in run_folder.read_command(folder).get("changes", []):
        with contextlib.suppress(KeyError, TypeError):
            found.append(change_from_json(change))
    return tuple(found)


# --- what it leaves --------------------------------------------------------------------------------------------------


def checkpoints_of(folder: Path, numbers: StepNumbers) -> list[Checkpoint]:
    """Return the checkpoints of a run, also of one that still goes on, in the order of their steps."""
    paths = {path: numbers.of_file(training_states.own_number(path.name)) for path in folder.glob("*-step*.safetensors")}
    paths.update(hand_over.checkpoints_of(folder))
    found = []
    for path, step in paths.items():
        with contextlib.suppress(OSError):
            stat = path.stat()
            found.append(Checkpoint(step, path.name, stat.st_size, round(stat.st_mtime, 1)))
    return sorted(found, key=lambda one: one.step)


def samples_of(folder: Path, numbers: StepNumbers, measured: Sequence[SampleRow]) -> list[SampleView]:
    """Return the sample pictures of a run in the order of their steps and prompts, the newest of each alone."""
    by_name = {one.sample: one.likeness for one in measured}
    newest: dict[tuple[int, int], SampleView] = {}
    for sample in sample_pictures.samples(folder, numbers):
        name = sample.path.name
        newest[sample.step, sample.prompt] = SampleView(sample.step, sample.prompt, name, by_name.get(name), name in by_name)
    return [newest[place] for place in sorted(newest)]


def last_lines(folder: Path) -> tuple[str, ...]:
    """Return the last lines of a run's log; of progress bars that follow each other the last one."""
    return tuple(log_file.last_lines(folder, LOG_BYTES)[-LOG_LINES:])
