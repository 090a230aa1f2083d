"""How a run ended: by its log, its exit code and what it left, never by the exit code alone."""

from __future__ import annotations

import contextlib
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import utils
from avatar.plan.values import Plan
from avatar.texts.text import Text
from avatar.trainer import lora_file
from avatar.trainer.endings import diagnose, inferred_code
from avatar.training import hand_over, progress_file, run_folder
from avatar.training.progress_file import PROGRESS_FILE
from avatar.training.run_folder import LOG_FILE, Outcome, RunSpec
from avatar.training.watch import Seen

# The log gives no reason.
SILENT_ENDS = ("train.cause.unknown", "train.cause.silent", "train.cause.crashed", "train.cause.killed", "train.cause.no_model")
FULL_BYTES = 64 << 20  # [choice] less than one checkpoint
# Why an earlier attempt changed a value -> how it is told at the end; all others: the card's memory.
_CHANGED = {
    "train.change.nan_precision": "train.warning.steadier", "train.change.nan_vae": "train.warning.steadier",
    "train.change.nan_rate": "train.warning.steadier", "train.change.host_memory": "train.warning.lighter",
}  # fmt: skip
_SHAPE_ARGUMENTS = ("conv_dim=", "conv_alpha=", "block_dims=", "block_alphas=")  # of --network_args; networks/lora.py:434
_CHECKPOINT = re.compile(r"(.+)-step(\d{8})\.safetensors")


def judge(spec: RunSpec, seen: Seen, started: float, ended: float, abandoned: bool) -> Outcome:
    """Apply the test that holds: exit code 0, "model saved.", a new file, no NaN, and the file itself in order."""
    facts = seen.reader.facts
    code = inferred_code(facts) if seen.code is None else seen.code
    cancelled = seen.stopped in {"user", "checkpoint"} and not (code == 0 and facts.saved)
    file = _model_file(spec)
    found = diagnose(code, cancelled, facts)
    if found is None:
        found = _file_problem(spec, file, started)
    elif cancelled and seen.stopped == "checkpoint":
        found = replace(found, key="train.cause.at_checkpoint")
    elif found.key in SILENT_ENDS and _disk_is_full(spec.folder):
        found = Text("train.cause.disk_full", {**found.values, "detail": str(spec.folder)})
    elif abandoned and seen.code is None and code == -9:
        found = replace(found, key="train.cause.abandoned")
    nan = facts.nan_step
    row = {} if facts.total else progress_file.last_row(spec.folder / PROGRESS_FILE)  # a log that is lost
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
        return Outcome(True, spec.run_id, model=hand_over.deliver(spec, file, common), **common)
    values = {**found.values, "step": common["steps"], "total": common["total"], "log": str(spec.folder / LOG_FILE)}
    return Outcome(False, spec.run_id, cancelled, Text(found.key, values), **common)


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
    place = spec.folder / run_folder.CHECKPOINT_FOLDER
    for path in sorted(spec.folder.glob("*-step*.safetensors")):
        if match := _CHECKPOINT.fullmatch(path.name):
            place.mkdir(exist_ok=True)
            hand_over.move(path, place / f"{match[1]}-step{spec.first_step + int(match[2]):08d}.safetensors")
    return tuple(path.name for path, _ in reversed(checkpoints_of(spec.folder)))


def checkpoints_of(folder: Path) -> list[tuple[Path, int]]:
    """Return the checkpoints of a run that has ended and the steps done at each, furthest first."""
    found = []
    for path in (folder / run_folder.CHECKPOINT_FOLDER).glob("*.safetensors"):
        if match := _CHECKPOINT.fullmatch(path.name):
            found.append((path, int(match[2])))
    return sorted(found, key=lambda item: item[1], reverse=True)


def _file_problem(spec: RunSpec, file: Path, started: float) -> Text | None:
    try:
        fresh = file.stat().st_mtime >= started - 2  # FAT keeps two seconds
    except OSError:
        fresh = False
    if not fresh:
        return Text("train.cause.no_model", {"step": 0, "total": 0, "code": 0, "detail": str(file)})
    return problem_of(spec, file)


def problem_of(spec: RunSpec, file: Path) -> Text | None:
    """Take the names out of a LoRA's metadata, unless they are wanted, and return the first thing that is wrong with it."""
    if not spec.keep_names:
        try:
            lora_file.trim_names(file, file)  # before the check, so that what is handed over is what was checked
        except OSError as error:
            return Text("train.cause.names_left", {"path": str(file), "detail": error.strerror or str(error)})
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


def _warnings(spec: RunSpec, seen: Seen) -> tuple[Text, ...]:
    warnings: list[Text] = list(seen.warnings)
    if seen.reader.facts.device == "cpu":
        warnings.append(Text("train.warning.on_cpu"))
    for change in spec.changes:
        values = {"name": change.name, "before": change.before, "after": change.after}
        warnings.append(Text(_CHANGED.get(change.why.key, "train.warning.cheaper"), values))
    return tuple(warnings)
