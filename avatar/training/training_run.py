"""One training as a child process: started, watched, ended, and judged by what it left, not by its exit code.

    runs/{run_id}/  command.json environment.json process.json trainer.log progress.jsonl outcome.json, checkpoints/, states

The trainer writes its log itself and so outlives a program that is killed. A run without outcome.json is still going, or
nobody has judged it yet: `live_run` tells which, `adopt`, `stop` and `settle` bring it to the end it would have had.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import utils
from avatar.plan.training_types import Change, Plan, plan_from_json
from avatar.system import child as system_child
from avatar.system import process_tree
from avatar.texts.text import PipelineError
from avatar.trainer import lora_file
from avatar.trainer.training_log import diagnose, inferred_code
from avatar.training import training_watch
from avatar.training.training_watch import LOG_FILE, PROGRESS_FILE, STATE_PARTS, Course, Seen, Watching

RunState = Literal["done", "failed", "cancelled", "open"]
COMMAND_FILE, ENVIRONMENT_FILE, PROCESS_FILE = "command.json", "environment.json", "process.json"
OUTCOME_FILE, CHECKPOINT_FOLDER = "outcome.json", "checkpoints"
# The log gives no reason.
SILENT_ENDS = ("train.cause.unknown", "train.cause.silent", "train.cause.crashed", "train.cause.killed", "train.cause.no_model")
FULL_BYTES = 64 << 20  # [choice] less than one checkpoint
# Why an earlier attempt changed a value -> how it is told at the end; all others: the card's memory.
_CHANGED = {
    "train.change.nan_precision": "train.warning.steadier", "train.change.nan_vae": "train.warning.steadier",
    "train.change.nan_rate": "train.warning.steadier", "train.change.host_memory": "train.warning.lighter",
}  # fmt: skip
_SHAPE_ARGUMENTS = ("conv_dim=", "conv_alpha=", "block_dims=", "block_alphas=")  # of --network_args; networks/lora.py:434
_STATE_FOLDER = re.compile(r".+-step(\d{8})-state")
_FIRST_SAMPLE = re.compile(r".+_(?:e\d{6}|(\d{6}))_00_\d{14}(?:_\d+)?\.png")  # of an epoch or a step; train_util.py:6545
_CHECKPOINT = re.compile(r"(.+)-step(\d{8})\.safetensors")


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
    resumed_from: str = ""  # the run whose state it goes on from
    keep_names: bool = False  # leave captions, folders and names in the model's metadata
    planned: str = ""  # fingerprint of the plan in lora_config.json; empty: that of `plan`

    @property
    def plan_fingerprint(self) -> str:
        return self.planned or self.plan.fingerprint


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
    changes: tuple[Change, ...] = ()  # made since the plan, because earlier attempts failed
    nan_step: int | None = None  # the first without a loss


def new_run_id(runs: Path) -> str:
    """Return an id that sorts by time and is not taken yet: 20260102-030405."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    run_id, number = stamp, 1
    while (runs / run_id).exists():
        number += 1
        run_id = f"{stamp}-{number}"
    return run_id


def run(spec: RunSpec, watching: Watching | None = None) -> Outcome:
    """Train to the end and say how it ended; the verified LoRA lies in spec.models then, with its sidecars.

    Raises PipelineError("train.cannot_start") where the interpreter does not start.
    """
    spec.folder.mkdir(parents=True, exist_ok=True)
    started = time.time()
    _write_records(spec, started)
    environment = system_child.child_environment(spec.environment)
    try:
        child = system_child.start_logged(spec.command, spec.folder / LOG_FILE, cwd=spec.cwd, environment=environment)
    except OSError as error:
        values = {"python": spec.command[0], "detail": error.strerror or str(error)}
        _write_outcome(spec.folder, Outcome(False, spec.run_id, cause="train.cannot_start", values=values))
        raise PipelineError("train.cannot_start", **values) from error
    trainer = training_watch.OwnTrainer(child)
    return _watched(spec, trainer, watching or Watching(), started)


def adopt(folder: Path, models: Path, watching: Watching | None = None) -> Outcome:
    """Watch a run to its end that another program has started and that nobody watches any more; as if it had never died."""
    spec, started = spec_of(folder, models)
    live = live_run(folder)
    if live is None:
        return settle(folder, models)
    return _watched(spec, training_watch.AdoptedTrainer(live.pid, live.born), watching or Watching(), started)


def _watched(spec: RunSpec, trainer: training_watch.Trainer, watching: Watching, started: float) -> Outcome:
    try:
        _note_process(spec.folder, trainer)
    except BaseException:  # a trainer that no record names would be lost
        process_tree.end_family(trainer.pid, trainer.born, watching.grace_s)
        raise
    course = Course(
        folder=spec.folder, first_step=spec.first_step, save_every=spec.plan.save_every_n_steps,
        save_state=spec.plan.save_state,
    )  # fmt: skip
    return _conclude(spec, training_watch.watch(trainer, course, watching), started, time.time())


def stop(folder: Path, models: Path, *, grace_s: float = 20.0) -> Outcome:
    """End the trainer of a run that nobody watches, with all that came from it."""
    spec, started = spec_of(folder, models)
    live = live_run(folder)
    if live is not None:
        process_tree.end_family(live.pid, live.born, grace_s)
    seen = Seen(training_watch.read_log(folder), stopped="user")
    return _conclude(spec, seen, started, time.time())


def settle(folder: Path, models: Path) -> Outcome:
    """Judge a run whose program and trainer are both gone by what its log says and what it left: it may be a success."""
    spec, started = spec_of(folder, models)
    log = folder / LOG_FILE
    seen = Seen(training_watch.read_log(folder))
    return _conclude(spec, seen, started, log.stat().st_mtime if log.is_file() else started, abandoned=True)


def _conclude(spec: RunSpec, seen: Seen, started: float, ended: float, *, abandoned: bool = False) -> Outcome:
    outcome = _judge(spec, seen, started, ended, abandoned)
    _write_outcome(spec.folder, outcome)
    with contextlib.suppress(OSError):
        (spec.folder / PROCESS_FILE).unlink()
    return outcome


# --- records ---------------------------------------------------------------------------------------------------------


def _write_records(spec: RunSpec, started: float) -> None:
    """Keep what is needed to do the same again and to judge it without us; secrets of the environment are not among it."""
    environment = {**system_child.CHILD_ENVIRONMENT, **spec.environment}
    utils.write_json(spec.folder / ENVIRONMENT_FILE, {"version": 1, "started_at": utils.now(), "set": environment})
    utils.write_json(
        spec.folder / COMMAND_FILE,
        {"version": 2, "run_id": spec.run_id, "client": spec.client_id, "command": list(spec.command), "cwd": str(spec.cwd),
         "output_name": spec.output_name, "first_step": spec.first_step, "resumed_from": spec.resumed_from,
         "plan": asdict(spec.plan), "plan_fingerprint": spec.plan_fingerprint,
         "dataset_fingerprint": spec.dataset_fingerprint, "trigger_word": spec.trigger_word, "class_word": spec.class_word,
         "changes": [asdict(change) for change in spec.changes], "keep_names": spec.keep_names, "started": started},
    )  # fmt: skip


def spec_of(folder: Path, models: Path) -> tuple[RunSpec, float]:
    """Return what a run was started with, and when. Raises PipelineError("train.bad_record")."""
    record = utils.read_object(folder / COMMAND_FILE)
    try:
        spec = RunSpec(
            run_id=folder.name, folder=folder, command=tuple(record["command"]), cwd=Path(record["cwd"]), environment={},
            plan=plan_from_json(record["plan"]), client_id=record["client"], output_name=record["output_name"], models=models,
            trigger_word=record["trigger_word"], class_word=record["class_word"],
            dataset_fingerprint=record["dataset_fingerprint"], first_step=int(record["first_step"]),
            changes=tuple(Change(**change) for change in record["changes"]), resumed_from=record["resumed_from"],
            planned=record["plan_fingerprint"], keep_names=bool(record.get("keep_names", False)),
        )  # fmt: skip
        return spec, float(record["started"])
    except (KeyError, TypeError, ValueError) as error:
        raise PipelineError("train.bad_record", path=str(folder / COMMAND_FILE), detail=str(error)) from error


def _note_process(folder: Path, trainer: training_watch.Trainer) -> None:
    own = os.getpid()
    note = {"pid": trainer.pid, "born": trainer.born, "watcher": own, "watcher_born": process_tree.birth_of(own),
            "noted_at": utils.now()}  # fmt: skip
    utils.write_json(folder / PROCESS_FILE, note)


# --- the truth at the end --------------------------------------------------------------------------------------------


def _judge(spec: RunSpec, seen: Seen, started: float, ended: float, abandoned: bool) -> Outcome:
    """Apply the test that holds: exit code 0, "model saved.", a new file, no NaN, and the file itself in order."""
    facts = seen.reader.facts
    code = inferred_code(facts) if seen.code is None else seen.code
    cancelled = seen.stopped in {"user", "checkpoint"} and not (code == 0 and facts.saved)
    file = _model_file(spec)
    found = diagnose(code, cancelled, facts)
    if found is None:
        found = _file_problem(spec, file, started)
    elif cancelled and seen.stopped == "checkpoint":
        found = "train.cause.at_checkpoint", found[1]
    elif found[0] in SILENT_ENDS and _disk_is_full(spec.folder):
        found = "train.cause.disk_full", {**found[1], "detail": str(spec.folder)}
    elif abandoned and seen.code is None and code == -9:
        found = "train.cause.abandoned", found[1]
    nan = facts.nan_step
    row = {} if facts.total else training_watch.last_row(spec.folder / PROGRESS_FILE)  # a log that is lost
    common: dict[str, Any] = {
        "steps": min(spec.first_step + facts.step, facts.total) if facts.total else int(row.get("step") or spec.first_step),
        "total": facts.total or int(row.get("total") or 0) or spec.plan.max_train_steps,  # "step 0 of 0" tells nobody anything
        "loss": facts.loss if facts.loss is not None and math.isfinite(facts.loss) else None,
        "seconds": round(max(ended - started, 0.0), 1), "code": seen.code, "log": spec.folder / LOG_FILE,
        "checkpoints": _name_checkpoints(spec), "plan_fingerprint": spec.plan_fingerprint,
        "warnings": _warnings(spec, seen), "changes": spec.changes,
        "nan_step": None if nan is None else spec.first_step + nan,
    }  # fmt: skip
    if found is None:
        return Outcome(True, spec.run_id, model=deliver(spec, file, common), **common)
    key, values = found
    values = {**values, "step": common["steps"], "total": common["total"], "log": str(spec.folder / LOG_FILE)}
    return Outcome(False, spec.run_id, cancelled, key, values, **common)


def _disk_is_full(folder: Path) -> bool:
    """A trainer that cannot write cannot write why either: its log is on the same disk."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free < FULL_BYTES
    return False


def _model_file(spec: RunSpec) -> Path:
    """Return where the run's LoRA lies: in models/ already where the program was killed between moving it and saying so."""
    file = spec.folder / f"{spec.output_name}.safetensors"
    recipe = utils.read_object(spec.models / f"{spec.output_name}.recipe.json")
    if not file.is_file() and recipe.get("run_id") == spec.run_id:
        return spec.models / file.name
    return file


def _name_checkpoints(spec: RunSpec) -> tuple[str, ...]:
    """Put the checkpoints into a folder of their own under the steps of the whole training; the trainer counts each run from 0.

    Moving makes it repeatable: what was moved is not moved again.
    """
    place = spec.folder / CHECKPOINT_FOLDER
    for path in sorted(spec.folder.glob("*-step*.safetensors")):
        if match := _CHECKPOINT.fullmatch(path.name):
            place.mkdir(exist_ok=True)
            _move(path, place / f"{match[1]}-step{spec.first_step + int(match[2]):08d}.safetensors")
    return tuple(path.name for path, _ in reversed(checkpoints_of(spec.folder)))


def checkpoints_of(folder: Path) -> list[tuple[Path, int]]:
    """Return the checkpoints of a run that has ended and the steps done at each, furthest first."""
    found = []
    for path in (folder / CHECKPOINT_FOLDER).glob("*.safetensors"):
        if match := _CHECKPOINT.fullmatch(path.name):
            found.append((path, int(match[2])))
    return sorted(found, key=lambda item: item[1], reverse=True)


def _file_problem(spec: RunSpec, file: Path, started: float) -> tuple[str, dict[str, Any]] | None:
    try:
        fresh = file.stat().st_mtime >= started - 2  # FAT keeps two seconds
    except OSError:
        fresh = False
    if not fresh:
        return "train.cause.no_model", {"step": 0, "total": 0, "code": 0, "detail": str(file)}
    return problem_of(spec, file)


def problem_of(spec: RunSpec, file: Path) -> tuple[str, dict[str, Any]] | None:
    """Take the names out of a LoRA's metadata, unless they are wanted, and return the first thing that is wrong with it."""
    if not spec.keep_names:
        try:
            lora_file.trim_names(file, file)  # before the check, so that what is handed over is what was checked
        except OSError as error:
            return "train.cause.names_left", {"path": str(file), "detail": error.strerror or str(error)}
        except ValueError:  # no safetensors file: the check says so
            pass
    plan = spec.plan
    own = _has_own_shapes(plan)
    checked = lora_file.verify(
        file, dim=None if own else plan.network_dim, alpha=None if own else plan.network_alpha,
        unet_only=plan.network_train_unet_only,
    )  # fmt: skip
    return checked.problems[0] if checked.problems else None


def _has_own_shapes(plan: Plan) -> bool:
    """Tell whether options given by hand make modules of more than one dim or alpha: those of the plan are not all then."""
    arguments = plan.extra.get("network_args") or ()
    return plan.asks("dim_from_weights") or any(str(argument).startswith(_SHAPE_ARGUMENTS) for argument in arguments)


def _warnings(spec: RunSpec, seen: Seen) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    warnings: list[tuple[str, Mapping[str, Any]]] = list(seen.warnings)
    if seen.reader.facts.device == "cpu":
        warnings.append(("train.warning.on_cpu", {}))
    for change in spec.changes:
        values = {"name": change.name, "before": change.before, "after": change.after}
        warnings.append((_CHANGED.get(change.why, "train.warning.cheaper"), values))
    return tuple(warnings)


def deliver(spec: RunSpec, file: Path, figures: Mapping[str, Any]) -> Path:
    """Put a verified LoRA and its sidecars into models/; the model last, so that it never lies there without them."""
    spec.models.mkdir(parents=True, exist_ok=True)
    target = spec.models / file.name
    if file == target:
        return target
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
    _keep_preview(spec, target, figures["steps"])
    _move(file, target)
    return target


def _keep_preview(spec: RunSpec, model: Path, steps: int) -> None:
    """Put the last sample of the first prompt up to then beside a model: A1111 and Forge show a picture of the same name."""
    samples = []
    for path in (spec.folder / "sample").glob("*.png"):
        match = _FIRST_SAMPLE.fullmatch(path.name)
        if match and spec.first_step + int(match[1] or 0) <= steps:
            samples.append((int(match[1] or 0), path.stat().st_mtime, path))
    if samples:
        with contextlib.suppress(OSError):  # one that cannot be read: the model is worth more
            utils.write_atomic(model.with_suffix(".png"), max(samples)[2].read_bytes())


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


def outcome_of(folder: Path) -> Outcome:
    """Return the outcome of a run that was judged, without its warnings and changes."""
    value = utils.read_object(folder / OUTCOME_FILE)
    model = value.get("model")
    return Outcome(
        bool(value.get("success")), folder.name, bool(value.get("cancelled")), str(value.get("cause") or ""),
        value.get("values") or {}, Path(model) if model else None, folder / LOG_FILE, int(value.get("steps") or 0),
        int(value.get("total") or 0), value.get("loss"), float(value.get("seconds") or 0.0), value.get("code"),
    )  # fmt: skip


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
    row = training_watch.last_row(folder / PROGRESS_FILE)
    alive = live_run(folder) is not None
    return RunSummary(
        folder.name, "open", int(row.get("step") or 0), int(row.get("total") or 0), row.get("loss"), alive=alive
    )  # fmt: skip


@dataclass(frozen=True)
class LiveRun:
    """A run whose trainer is at work; watched: by a program that is alive, other than this one."""

    run_id: str
    folder: Path
    pid: int
    born: float
    watched: bool = False
    step: int = 0
    total: int = 0


def live_run(folder: Path) -> LiveRun | None:
    """Return the run whose trainer is still at work; a number that another process got since does not count.

    A program that was killed between starting the trainer and noting it, or a launcher that died before its trainer: found
    by the trainer's own argument.
    """
    if (folder / OUTCOME_FILE).is_file():
        return None
    note, record = utils.read_object(folder / PROCESS_FILE), utils.read_object(folder / COMMAND_FILE)
    pid, born = note.get("pid"), float(note.get("born") or 0.0)
    if not isinstance(pid, int) or not process_tree.is_running(pid, born):
        command = [str(word) for word in record.get("command") or ()]
        output = command[command.index("--output_dir") + 1] if "--output_dir" in command[:-1] else ""
        found = process_tree.with_argument(output) if output else []
        if not found:
            return None
        pid, born = found[0]
    watcher, watcher_born = note.get("watcher"), float(note.get("watcher_born") or 0.0)
    watched = isinstance(watcher, int) and watcher != os.getpid() and process_tree.is_running(watcher, watcher_born)
    row = training_watch.last_row(folder / PROGRESS_FILE)
    return LiveRun(folder.name, folder, pid, born, watched, int(row.get("step") or 0), int(row.get("total") or 0))


def live_runs(runs: Path) -> list[LiveRun]:
    """Return the runs of one client whose trainer is at work."""
    return [live for path in _open_folders(runs) if (live := live_run(path)) is not None]


def _open_folders(runs: Path) -> list[Path]:
    try:
        folders = sorted(path for path in runs.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return []
    return [path for path in folders if not (path / OUTCOME_FILE).is_file()]


def busy_runs(clients: Path) -> list[tuple[str, str, int]]:
    """Return (client, run, process) of every training of this program that is running now."""
    found = []
    for command in clients.glob(f"*/training/runs/*/{COMMAND_FILE}"):
        live = live_run(command.parent)
        if live is not None:
            found.append((command.parents[3].name, live.run_id, live.pid))
    return sorted(found)


def settle_ended(runs: Path, models: Path) -> list[Outcome]:
    """Judge every run whose program was killed and whose trainer has ended since; remove what was never started.

    A run whose record cannot be read is closed as abandoned.
    """
    settled = []
    for folder in _open_folders(runs):
        if not (folder / COMMAND_FILE).is_file():
            if not (folder / LOG_FILE).exists():  # killed before there was anything to do again
                shutil.rmtree(folder, ignore_errors=True)
            continue
        if live_run(folder) is not None:
            continue
        try:
            settled.append(settle(folder, models))
        except PipelineError:
            row = training_watch.last_row(folder / PROGRESS_FILE)
            values = {"step": row.get("step", 0), "total": row.get("total", 0), "log": str(folder / LOG_FILE)}
            outcome = Outcome(False, folder.name, cause="train.cause.abandoned", values=values, log=folder / LOG_FILE)
            _write_outcome(folder, outcome)
            settled.append(outcome)
    return settled


@dataclass(frozen=True)
class SavedState:
    """A whole `--save_state` folder and the steps done when it was written, over all resumed runs."""

    folder: Path
    steps: int
    output_name: str


def newest_state(runs: Path, *, before_step: int | None = None, among: frozenset[str] | None = None) -> SavedState | None:
    """Return the state of the newest run that has a whole one; its furthest.

    before_step  only states of fewer steps (those before the first NaN)
    among        only of these runs
    """
    for item in summaries(runs):
        folder = runs / item.run_id
        if among is not None and item.run_id not in among:
            continue
        record = utils.read_object(folder / COMMAND_FILE)
        found = []
        for path in folder.glob("*-state"):
            match = _STATE_FOLDER.fullmatch(path.name)
            if match and all((path / part).is_file() for part in STATE_PARTS):
                steps = int(record.get("first_step") or 0) + int(match[1])
                if before_step is None or steps < before_step:
                    found.append(SavedState(path, steps, str(record.get("output_name"))))
        if found:
            return max(found, key=lambda state: state.steps)
    return None
