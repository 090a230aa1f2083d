"""The files of one run: what it was started with, its process, how it ended.

runs/{run_id}/  command.json environment.json process.json trainer.log progress.jsonl outcome.json, checkpoints/, states
"""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import utils
from avatar.plan.resume import Continuation
from avatar.plan.values import Change, Plan, change_from_json, plan_from_json
from avatar.system import child as system_child
from avatar.system import process_tree
from avatar.texts.text import PipelineError, Text, as_record
from avatar.training import trainer_process
from avatar.training.step_numbers import StepNumbers, numbers_of
from avatar.workspace import state_file
from avatar.workspace.client import TUNING_RUN

RunState = Literal["done", "short", "failed", "cancelled", "open"]
COMMAND_FILE, ENVIRONMENT_FILE, PROCESS_FILE = "command.json", "environment.json", "process.json"
OUTCOME_FILE, CHECKPOINT_FOLDER = "outcome.json", "checkpoints"
_COMMAND_TYPES: state_file.FieldTypes = {
    "command": list, "cwd": str, "client": str, "output_name": str, "first_step": int, "resumed_from": str, "plan": dict,
    "continuation": dict, "steps_per_epoch": int,
    "plan_fingerprint": str, "dataset_fingerprint": str, "trigger_word": str, "class_word": str, "changes": list,
    "keep_names": bool, "started": float, "evidence": dict, "tuning": dict, "machine": str,
}  # fmt: skip
_PROCESS_TYPES: state_file.FieldTypes = {"pid": int, "born": float, "watcher": int, "watcher_born": float}
_OUTCOME_TYPES: state_file.FieldTypes = {
    "success": bool, "cancelled": bool, "cause": str, "values": dict, "model": str, "steps": int, "total": int, "loss": float,
    "seconds": float, "code": int, "nan_step": int, "plan_fingerprint": str, "seconds_per_step": float, "kwh": float,
    "process_gib": float, "card_gib": float, "short_at": int,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TuningPart:
    """What a run is to an automatic tuning. stop_at: the step whose saved state ends it; None: it goes to its end."""

    tuning_id: str
    candidate: str
    stop_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """Everything that one run is started with."""

    run_id: str
    folder: Path
    command: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str]  # beside child.CHILD_ENVIRONMENT
    plan: Plan
    client_id: str
    output_name: str
    models: Path  # where a verified LoRA goes
    trigger_word: str
    class_word: str
    dataset_fingerprint: str | None = None
    continuation: Continuation | None = None  # where it goes on from a state
    steps_per_epoch: int = 0  # optimizer steps; 0: not known
    changes: tuple[Change, ...] = ()  # made to the plan by earlier attempts
    resumed_from: str = ""  # the run whose state it goes on from
    keep_names: bool = False  # leave captions, folders and names in the model's metadata
    planned: str = ""  # fingerprint of the plan in lora_config.json; empty: that of `plan`
    evidence: Mapping[str, Any] | None = None  # the card as it was at the start; None: no figures of the run are kept
    tuning: TuningPart | None = None

    @property
    def first_step(self) -> int:
        """Return the steps that earlier runs have done."""
        return self.continuation.done if self.continuation else 0

    @property
    def numbers(self) -> StepNumbers:
        return numbers_of(self.continuation)

    @property
    def logs(self) -> Path | None:
        """Return the folder of the curves."""
        place = self.command.index("--logging_dir") + 1 if "--logging_dir" in self.command else len(self.command)
        return Path(self.command[place]) if place < len(self.command) else None

    @property
    def plan_fingerprint(self) -> str:
        return self.planned or self.plan.fingerprint


@dataclass(frozen=True)
class Outcome:
    """How a run ended. cause: why it is no success; None where it was ended on purpose once its state was whole: `short_at`."""

    success: bool
    run_id: str
    cancelled: bool = False
    cause: Text | None = None
    model: Path | None = None
    log: Path | None = None
    steps: int = 0
    total: int = 0
    loss: float | None = None
    seconds: float = 0.0
    code: int | None = None
    checkpoints: tuple[str, ...] = ()
    plan_fingerprint: str = ""
    warnings: tuple[Text, ...] = ()
    changes: tuple[Change, ...] = ()  # made since the plan, because earlier attempts failed
    nan_step: int | None = None  # the first without a loss
    resumed: Mapping[str, Any] | None = None  # what a run that went on from a state has really trained
    seconds_per_step: float | None = None  # median; the first step also warms up
    kwh: float | None = None  # of the card, by NVML
    process_gib: float | None = None  # most that the trainer's processes held of the card, by NVML
    card_gib: float | None = None  # most that was in use of the whole card
    short_at: int | None = None  # step of the state that a tuning's short run was to reach


def new_run_id(runs: Path, candidate: str = "") -> str:
    """Return an id that sorts by time and is not taken yet: 20260102-030405.

    candidate  of an automatic tuning, which begin at the same second on several cards: tune-20260102-030405-rate_half
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    if candidate:
        stamp = f"{TUNING_RUN}{stamp}-{candidate}"
    run_id, number = stamp, 1
    while (runs / run_id).exists():
        number += 1
        run_id = f"{stamp}-{number}"
    return run_id


def write_records(spec: RunSpec, started: float) -> None:
    """Keep what is needed to do the same again and to judge it without us; secrets of the environment are not among it."""
    environment = {**system_child.CHILD_ENVIRONMENT, **spec.environment}
    utils.write_json(spec.folder / ENVIRONMENT_FILE, {"version": 1, "started_at": utils.now(), "set": environment})
    utils.write_json(
        spec.folder / COMMAND_FILE,
        {"version": 2, "run_id": spec.run_id, "client": spec.client_id, "command": list(spec.command), "cwd": str(spec.cwd),
         "output_name": spec.output_name, "first_step": spec.first_step, "resumed_from": spec.resumed_from,
         "continuation": asdict(spec.continuation) if spec.continuation else None, "steps_per_epoch": spec.steps_per_epoch,
         "plan": asdict(spec.plan), "plan_fingerprint": spec.plan_fingerprint,
         "dataset_fingerprint": spec.dataset_fingerprint, "trigger_word": spec.trigger_word, "class_word": spec.class_word,
         "changes": as_record(spec.changes), "keep_names": spec.keep_names, "evidence": spec.evidence,
         "started": started, "machine": platform.node(), **({"tuning": asdict(spec.tuning)} if spec.tuning else {})},
    )  # fmt: skip


def spec_of(folder: Path, models: Path) -> tuple[RunSpec, float]:
    """Return what a run was started with, and when. Raises PipelineError("train.bad_record")."""
    record = read_command(folder)
    try:
        spec = RunSpec(
            run_id=folder.name, folder=folder, command=tuple(record["command"]), cwd=Path(record["cwd"]), environment={},
            plan=plan_from_json(record["plan"]), client_id=record["client"], output_name=record["output_name"], models=models,
            trigger_word=record["trigger_word"], class_word=record["class_word"],
            dataset_fingerprint=record.get("dataset_fingerprint"), continuation=_continuation_of(record),
            steps_per_epoch=record.get("steps_per_epoch", 0),
            changes=tuple(change_from_json(change) for change in record["changes"]), resumed_from=record["resumed_from"],
            planned=record["plan_fingerprint"], keep_names=bool(record.get("keep_names", False)), tuning=tuning_of(record),
            evidence=record.get("evidence"),
        )  # fmt: skip
        return spec, record["started"]
    except (KeyError, TypeError, ValueError) as error:
        raise PipelineError("train.bad_record", path=str(folder / COMMAND_FILE), detail=str(error)) from error


def _continuation_of(record: Mapping[str, Any]) -> Continuation | None:
    """Return where a run goes on from; of one that an earlier version started, as far as its record says it."""
    if "continuation" in record:
        way = record["continuation"]
        if not all(value is None or isinstance(value, int) for value in way.values()):
            raise TypeError(f"continuation={way}")
        return Continuation(**way)
    done, total = record["first_step"], record["plan"].get("max_train_steps", 0)
    return Continuation(done, total, total - done, initial_step=done) if done else None


def tuning_of(record: Mapping[str, Any]) -> TuningPart | None:
    """Return what a run is to a tuning, by its command.json; None for a training of the client's own."""
    found = state_file.fields(record.get("tuning"), {"tuning_id": str, "candidate": str, "stop_at": int})
    return TuningPart(**found) if {"tuning_id", "candidate"} <= found.keys() else None


def read_command(folder: Path) -> dict[str, Any]:
    """Return what command.json holds, field by field; a field that is damaged is left out."""
    found = state_file.read(folder / COMMAND_FILE, _COMMAND_TYPES)
    if not all(isinstance(word, str) for word in found.get("command", ())):
        del found["command"]
    return found


def read_process(folder: Path) -> dict[str, Any]:
    """Return what process.json holds, field by field; a field that is damaged is left out."""
    return state_file.read(folder / PROCESS_FILE, _PROCESS_TYPES)


def read_outcome(folder: Path) -> dict[str, Any]:
    """Return what outcome.json holds, field by field; {} where nobody has judged the run, or nobody can read how."""
    found = state_file.read(folder / OUTCOME_FILE, _OUTCOME_TYPES)
    return found if "success" in found else {}


def note_process(folder: Path, trainer: trainer_process.Trainer) -> None:
    own = os.getpid()
    note = {"pid": trainer.pid, "born": trainer.born, "watcher": own, "watcher_born": process_tree.start_time(own),
            "noted_at": utils.now()}  # fmt: skip
    utils.write_json(folder / PROCESS_FILE, note)


RESERVE_FILE = ".reserve"
RESERVE_BYTES = 64 << 10  # [choice] an outcome has 2 to 5 kB


def reserve(folder: Path) -> None:
    """Keep room for the outcome: a disk that is full when a run ends must not cost the knowledge that it was."""
    with contextlib.suppress(OSError):
        utils.write_atomic(folder / RESERVE_FILE, os.urandom(RESERVE_BYTES))  # zeros might take no room


def write_outcome(folder: Path, outcome: Outcome) -> None:
    """Write how a run ended, where the disk is full into the room that was kept for it."""
    value = as_record(outcome)
    for name in ("model", "log"):
        value[name] = None if value[name] is None else str(value[name])
    (folder / RESERVE_FILE).unlink(missing_ok=True)
    utils.write_json(folder / OUTCOME_FILE, {"version": 1, "ended_at": utils.now(), **value})


def outcome_of(folder: Path) -> Outcome:
    """Return the outcome of a run that was judged, without its warnings and changes."""
    found = read_outcome(folder)
    return Outcome(
        found.get("success", False), folder.name, found.get("cancelled", False), state_file.told(found),
        Path(found["model"]) if "model" in found else None, folder / LOG_FILE, found.get("steps", 0), found.get("total", 0),
        found.get("loss"), found.get("seconds", 0.0), found.get("code"), seconds_per_step=found.get("seconds_per_step"),
        kwh=found.get("kwh"), short_at=found.get("short_at"),
    )  # fmt: skip


LOG_FILE = "trainer.log"
