"""One training as a child process: started, watched, ended, and judged by what it left, not by its exit code.

    runs/{run_id}/  command.json environment.json process.json trainer.log progress.jsonl outcome.json, checkpoints

A run without outcome.json is still going, or its watcher was killed: `process.json` tells which. The trainer writes to the
watcher's pipe at every step and so ends by itself soon after a watcher that was killed.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Literal

import lora_file
import processes
import utils
from training_log import LogReader, Progress, diagnose
from training_types import Change, Plan
from utils import PipelineError

RunState = Literal["done", "failed", "cancelled", "open"]
COMMAND_FILE, ENVIRONMENT_FILE, PROCESS_FILE = "command.json", "environment.json", "process.json"
LOG_FILE, PROGRESS_FILE, OUTCOME_FILE = "trainer.log", "progress.jsonl", "outcome.json"
PROGRESS_EVERY_S = 1.0  # progress.jsonl gets at most one line a second
_SHOWN_EVERY_S = 0.1
# [choice] The trainer's mean never becomes a number again (library/train_util.py:6668) and trains on for hours.
NAN_PATIENCE_STEPS = 20
_STATE_FOLDER = re.compile(r".+-step(\d{8})-state")
STATE_PARTS = ("model.safetensors", "optimizer.bin", "scheduler.bin", "train_state.json")


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """Everything that one run is started with."""

    run_id: str
    folder: Path
    command: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str]  # beside processes.CHILD_ENVIRONMENT
    plan: Plan
    client_id: str
    output_name: str
    models: Path  # where a verified LoRA goes
    trigger_word: str
    class_word: str
    dataset_fingerprint: str | None = None
    first_step: int = 0  # steps that earlier runs have done (resume)
    changes: tuple[Change, ...] = ()  # made to the plan by earlier attempts
    planned: str = ""  # fingerprint of the plan in lora_config.json; empty: that of `plan`

    @property
    def plan_fingerprint(self) -> str:
        return self.planned or self.plan.fingerprint


@dataclass(frozen=True)
class TrainProgress:
    """How far a training is; steps are counted over all resumed runs. loss: the trainer's running mean."""

    step: int
    total: int
    loss: float | None
    seconds_per_step: float | None
    eta_s: float | None


@dataclass(frozen=True)
class Outcome:
    """How a run ended. cause is a message key, empty for a success; values are its placeholders."""

    success: bool
    run_id: str
    cancelled: bool = False
    cause: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    model: Path | None = None
    log: Path | None = None
    steps: int = 0
    total: int = 0
    loss: float | None = None
    seconds: float = 0.0
    code: int | None = None
    checkpoints: tuple[str, ...] = ()
    plan_fingerprint: str = ""
    warnings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    changes: tuple[Change, ...] = ()  # made since the plan, because the card ran out of memory


def new_run_id(runs: Path) -> str:
    """Return an id that sorts by time and is not taken yet: 20260102-030405."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    run_id, number = stamp, 1
    while (runs / run_id).exists():
        number += 1
        run_id = f"{stamp}-{number}"
    return run_id


def run(
    spec: RunSpec, *, on_progress: Callable[[TrainProgress], None] | None = None, on_line: Callable[[str], None] | None = None,
    cancel: threading.Event | None = None, grace_s: float = 20.0,
) -> Outcome:  # fmt: skip
    """Train to the end and say how it ended; the verified LoRA lies in spec.models then, with its sidecars.

    Raises PipelineError("train.cannot_start") where the interpreter does not start.
    """
    spec.folder.mkdir(parents=True, exist_ok=True)
    _write_records(spec)
    started = time.time()
    with (spec.folder / LOG_FILE).open("a", encoding="utf-8", newline="\n") as log:
        watcher = _Watcher(spec, log, on_progress, on_line, _Stop(cancel))
        try:
            result = processes.run_streaming(
                spec.command, on_line=watcher.line, cancel=watcher.stop, cwd=spec.cwd, grace_s=grace_s,
                environment=processes.child_environment(spec.environment), on_start=watcher.started,
            )  # fmt: skip
        except OSError as error:
            detail = error.strerror or str(error)
            ended = Outcome(False, spec.run_id, cause="train.cannot_start",
                            values={"python": spec.command[0], "detail": detail})  # fmt: skip
            _write_outcome(spec.folder, ended)
            raise PipelineError("train.cannot_start", python=spec.command[0], detail=detail) from error
        finally:
            watcher.close()
    if watcher.gave_up:  # our own stop, because of NaN: not the user's
        result = replace(result, cancelled=False)
    outcome = _judge(spec, watcher.reader, result, started)
    _write_outcome(spec.folder, outcome)
    with contextlib.suppress(OSError):
        (spec.folder / PROCESS_FILE).unlink()
    return outcome


def _write_records(spec: RunSpec) -> None:
    """Keep what is needed to do the same again; secrets of the environment are not among it."""
    utils.write_json(
        spec.folder / COMMAND_FILE,
        {"version": 1, "run_id": spec.run_id, "client": spec.client_id, "command": list(spec.command), "cwd": str(spec.cwd),
         "output_name": spec.output_name, "first_step": spec.first_step, "plan": asdict(spec.plan),
         "plan_fingerprint": spec.plan_fingerprint, "dataset_fingerprint": spec.dataset_fingerprint},
    )  # fmt: skip
    environment = {**processes.CHILD_ENVIRONMENT, **spec.environment}
    utils.write_json(spec.folder / ENVIRONMENT_FILE, {"version": 1, "started_at": utils.now(), "set": environment})


class _Stop(threading.Event):
    """Set by the caller's event or by the watcher; the caller's is never touched."""

    def __init__(self, outer: threading.Event | None) -> None:
        super().__init__()
        self.outer = outer

    def is_set(self) -> bool:
        return super().is_set() or (self.outer is not None and self.outer.is_set())


class _Watcher:
    """Writes the log, reads it, and hands on what is worth showing."""

    def __init__(
        self, spec: RunSpec, log: IO[str], on_progress: Callable[[TrainProgress], None] | None,
        on_line: Callable[[str], None] | None, stop: _Stop,
    ) -> None:  # fmt: skip
        self.spec, self.log, self.on_progress, self.on_line = spec, log, on_progress, on_line
        self.stop, self.gave_up = stop, False
        self.reader = LogReader()
        self._table = (spec.folder / PROGRESS_FILE).open("a", encoding="utf-8", newline="\n")
        self._written = self._shown = -math.inf
        self._row: dict[str, Any] | None = None

    def started(self, pid: int) -> None:
        note = {"pid": pid, "watcher": os.getpid(), "started_at": utils.now(), "born": birth_of(pid)}
        utils.write_json(self.spec.folder / PROCESS_FILE, note)

    def line(self, line: str) -> None:
        self.log.write(line + "\n")
        if self.on_line is not None:
            self.on_line(line)
        for event in self.reader.feed(line):
            if isinstance(event, Progress):
                self._progress(event)

    def _progress(self, bar: Progress) -> None:
        step = min(self.spec.first_step + bar.step, bar.total)
        now = time.monotonic()
        last = step >= bar.total
        if self.on_progress is not None and (last or now - self._shown >= _SHOWN_EVERY_S):
            self._shown = now
            self.on_progress(TrainProgress(step, bar.total, bar.loss, bar.seconds_per_step, bar.eta_s))
        if bar.step > 0 and bar.loss is not None:
            loss = None if bar.loss != bar.loss else bar.loss
            self._row = {"time": round(time.time(), 1), "step": step, "total": bar.total, "loss": loss,
                         "seconds_per_step": bar.seconds_per_step, "eta_s": bar.eta_s}  # fmt: skip
        if now - self._written >= PROGRESS_EVERY_S:
            self._flush(now)
        nan_step = self.reader.facts.nan_step
        if nan_step is not None and bar.step >= nan_step + NAN_PATIENCE_STEPS and not self.stop.is_set():
            self.gave_up = True
            self.stop.set()

    def _flush(self, now: float) -> None:
        if self._row is not None:
            self._table.write(json.dumps(self._row) + "\n")
            self._row = None
        self._table.flush()
        self.log.flush()
        self._written = now

    def close(self) -> None:
        self._flush(time.monotonic())
        self._table.close()


# --- the truth at the end --------------------------------------------------------------------------------------------


def _judge(spec: RunSpec, reader: LogReader, result: processes.RunResult, started: float) -> Outcome:
    """Apply the test that holds: exit code 0, "model saved.", a new file, no NaN, and the file itself in order."""
    facts = reader.facts
    file = spec.folder / f"{spec.output_name}.safetensors"
    found = diagnose(result.code, result.cancelled, facts)
    if found is None:
        found = _file_problem(spec, file, started)
    common: dict[str, Any] = {
        "steps": min(spec.first_step + facts.step, facts.total) if facts.total else 0, "total": facts.total,
        "loss": None if facts.loss is None or facts.loss != facts.loss else facts.loss,
        "seconds": round(time.time() - started, 1), "code": result.code, "log": spec.folder / LOG_FILE,
        "checkpoints": tuple(path.name for path in sorted(spec.folder.glob("*-step*.safetensors"))),
        "plan_fingerprint": spec.plan_fingerprint, "warnings": _warnings(spec, reader),
        "changes": spec.changes,
    }  # fmt: skip
    if found is None:
        return Outcome(True, spec.run_id, model=_deliver(spec, file, common), **common)
    key, values = found
    return Outcome(False, spec.run_id, result.cancelled, key, {**values, "log": str(spec.folder / LOG_FILE)}, **common)


def _file_problem(spec: RunSpec, file: Path, started: float) -> tuple[str, dict[str, Any]] | None:
    try:
        fresh = file.stat().st_mtime >= started - 2  # FAT keeps two seconds
    except OSError:
        fresh = False
    if not fresh:
        return "train.cause.no_model", {"step": 0, "total": 0, "code": 0, "detail": str(file)}
    plan = spec.plan
    checked = lora_file.verify(file, dim=plan.network_dim, alpha=plan.network_alpha, unet_only=plan.network_train_unet_only)
    return checked.problems[0] if checked.problems else None


def _warnings(spec: RunSpec, reader: LogReader) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    warnings: list[tuple[str, Mapping[str, Any]]] = []
    if reader.facts.device == "cpu":
        warnings.append(("train.warning.on_cpu", {}))
    for change in spec.changes:
        values = {"name": change.name, "before": change.before, "after": change.after}
        warnings.append(("train.warning.cheaper", values))
    return tuple(warnings)


def _deliver(spec: RunSpec, file: Path, figures: Mapping[str, Any]) -> Path:
    """Put a verified LoRA and its sidecars into models/; the model last, so that it never lies there without them."""
    spec.models.mkdir(parents=True, exist_ok=True)
    target = spec.models / file.name
    words = f"{spec.trigger_word} {spec.class_word}".strip()
    # A1111 and Forge read the trigger from here, not from the model (docs: "User metadata").
    utils.write_json(
        target.with_suffix(".json"),
        {"description": f"{spec.client_id}, Avatar Pipeline", "sd version": "SDXL", "activation text": words,
         "preferred weight": 0.8, "negative text": "", "notes": f"run {spec.run_id}, {figures['steps']} steps"},
    )  # fmt: skip
    utils.write_json(
        spec.models / f"{target.stem}.recipe.json",
        {"version": 1, "client": spec.client_id, "run_id": spec.run_id, "made_at": utils.now(),
         "trigger_word": spec.trigger_word, "class_word": spec.class_word, "sha256": utils.sha256_of(file),
         "steps": figures["steps"], "loss": figures["loss"], "seconds": figures["seconds"], "plan": asdict(spec.plan),
         "command": list(spec.command), "dataset_fingerprint": spec.dataset_fingerprint},
    )  # fmt: skip
    _move(file, target)
    return target


def _move(source: Path, target: Path) -> None:
    """Move a new file; on Windows a virus scanner holds every new file open for a moment."""
    for _ in range(20):
        try:
            source.replace(target)
        except PermissionError:
            time.sleep(0.25)
        else:
            return
    source.replace(target)


def _write_outcome(folder: Path, outcome: Outcome) -> None:
    value = asdict(outcome)
    for name in ("model", "log"):
        value[name] = None if value[name] is None else str(value[name])
    utils.write_json(folder / OUTCOME_FILE, {"version": 1, "ended_at": utils.now(), **value})


# --- runs of the past ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunSummary:
    """One run as the monitor shows it."""

    run_id: str
    state: RunState
    step: int
    total: int
    loss: float | None
    cause: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    alive: bool = False


def summaries(runs: Path) -> list[RunSummary]:
    """Return all runs, newest first. What cannot be read counts as open."""
    try:
        folders = sorted((path for path in runs.iterdir() if path.is_dir() and not path.name.startswith(".")), reverse=True)
    except OSError:
        return []
    return [summary(folder) for folder in folders]


def summary(folder: Path) -> RunSummary:
    outcome = utils.read_object(folder / OUTCOME_FILE)
    if outcome:
        state: RunState = "done" if outcome.get("success") else "cancelled" if outcome.get("cancelled") else "failed"
        return RunSummary(
            folder.name, state, int(outcome.get("steps") or 0), int(outcome.get("total") or 0), outcome.get("loss"),
            str(outcome.get("cause") or ""), outcome.get("values") or {},
        )  # fmt: skip
    row = last_row(folder / PROGRESS_FILE)
    alive = live_pid(folder) is not None
    return RunSummary(
        folder.name, "open", int(row.get("step") or 0), int(row.get("total") or 0), row.get("loss"), alive=alive
    )  # fmt: skip


def last_row(path: Path) -> dict[str, Any]:
    """Return the last whole line of progress.jsonl, {} where there is none."""
    with contextlib.suppress(OSError):
        for line in reversed(path.read_text(encoding="utf-8", errors="replace").splitlines()):
            with contextlib.suppress(ValueError):
                value = json.loads(line)
                if isinstance(value, dict):
                    return value
    return {}


def live_pid(folder: Path) -> int | None:
    """Return the trainer's process id if it is still running; a number that another process got since does not count."""
    note = utils.read_object(folder / PROCESS_FILE)
    pid = note.get("pid")
    if not isinstance(pid, int) or (folder / OUTCOME_FILE).is_file():
        return None
    born = birth_of(pid)
    return pid if born is not None and abs(born - float(note.get("born") or 0.0)) < 2 else None


def birth_of(pid: int) -> float | None:
    """Return when a process began, None where there is none of that number."""
    try:
        import psutil
    except ImportError:
        return None
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.Error:
        return None


def busy_runs(clients: Path) -> list[tuple[str, str, int]]:
    """Return (client, run, process) of every training of this program that is running now."""
    found = []
    for note in clients.glob(f"*/training/runs/*/{PROCESS_FILE}"):
        pid = live_pid(note.parent)
        if pid is not None:
            found.append((note.parents[3].name, note.parent.name, pid))
    return sorted(found)


def close_abandoned(runs: Path) -> list[str]:
    """Write the outcome of runs whose watcher was killed and whose trainer is gone; return their ids."""
    closed = []
    for item in summaries(runs):
        folder = runs / item.run_id
        if item.state == "open" and not item.alive and (folder / COMMAND_FILE).is_file():
            values = {"step": item.step, "total": item.total, "log": str(folder / LOG_FILE)}
            fingerprint = str(utils.read_object(folder / COMMAND_FILE).get("plan_fingerprint") or "")
            _write_outcome(
                folder,
                Outcome(False, item.run_id, cause="train.cause.abandoned", values=values, log=folder / LOG_FILE,
                        steps=item.step, total=item.total, loss=item.loss, plan_fingerprint=fingerprint),
            )  # fmt: skip
            closed.append(item.run_id)
    return closed


@dataclass(frozen=True)
class SavedState:
    """A whole `--save_state` folder and the steps done when it was written, over all resumed runs."""

    folder: Path
    steps: int
    output_name: str


def newest_state(runs: Path) -> SavedState | None:
    """Return the state of the newest run that has a whole one; its furthest."""
    for item in summaries(runs):
        folder = runs / item.run_id
        record = utils.read_object(folder / COMMAND_FILE)
        found = []
        for path in folder.glob("*-state"):
            match = _STATE_FOLDER.fullmatch(path.name)
            if match and all((path / part).is_file() for part in STATE_PARTS):
                found.append(
                    SavedState(path, int(record.get("first_step") or 0) + int(match[1]), str(record.get("output_name")))
                )
        if found:
            return max(found, key=lambda state: state.steps)
    return None
