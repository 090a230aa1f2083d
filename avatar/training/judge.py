"""Decides how a run ended, by log, exit code and files together; never by the exit code alone. Read-only."""

from __future__ import annotations

import contextlib
import math
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from avatar.plan import remedies
from avatar.plan.values import Change, Plan
from avatar.texts import spoken
from avatar.texts.text import Text
from avatar.trainer import lora_file
from avatar.trainer.endings import diagnose, inferred_code
from avatar.training import progress_file
from avatar.training.progress_file import PROGRESS_FILE
from avatar.training.proof import Proof
from avatar.training.run_folder import LOG_FILE, Outcome, RunSpec
from avatar.training.watch import WatchResult

# The log gives no reason.
SILENT_ENDS = ("train.cause.unknown", "train.cause.silent", "train.cause.crashed", "train.cause.killed", "train.cause.no_model")
FULL_BYTES = 64 << 20  # [choice] less than one checkpoint
# Why an earlier attempt changed a value -> how it is told at the end; all others: the card's memory.
_CHANGED = {
    "train.change.nan_precision": "train.warning.steadier", "train.change.nan_vae": "train.warning.steadier",
    "train.change.nan_rate": "train.warning.steadier", "train.change.host_memory": "train.warning.lighter",
}  # fmt: skip
_SHAPE_ARGUMENTS = ("conv_dim=", "conv_alpha=", "block_dims=", "block_alphas=")  # of --network_args; networks/lora.py:434


def cause_of_end(spec: RunSpec, seen: WatchResult, *, abandoned: bool = False) -> Text | None:
    """Return the cause of failure by log and exit code; None if both say that a model was saved."""
    code = _code(seen)
    found = diagnose(code, _cancelled(seen), seen.reader.facts, str(spec.folder / LOG_FILE))
    if found is None:
        return None
    if _cancelled(seen) and seen.stopped == "checkpoint":
        key = "train.cause.at_state" if spec.plan.save_state else "train.cause.at_checkpoint"
        return Text(key, {**found.values, "saved": seen.saved_step or 0})
    if found.key in SILENT_ENDS and _disk_is_full(spec.folder):
        return Text("train.cause.disk_full", {**found.values, "detail": str(spec.folder)})
    if abandoned and seen.code is None and code == -9:
        return replace(found, key="train.cause.abandoned")
    return found


def _code(seen: WatchResult) -> int:
    return inferred_code(seen.reader.facts) if seen.code is None else seen.code


def _cancelled(seen: WatchResult) -> bool:
    return seen.stopped in {"user", "checkpoint"} and not (_code(seen) == 0 and seen.reader.facts.saved)


def outcome(
    spec: RunSpec, seen: WatchResult, cause: Text | None, checkpoints: tuple[str, ...], started: float, ended: float,
    proof: Proof | None = None,
) -> Outcome:  # fmt: skip
    """Return how a run ended. cause: why it is no success, None for one; a success has no model yet."""
    facts, numbers = seen.reader.facts, spec.numbers
    row = {} if facts.total else progress_file.last_row(spec.folder / PROGRESS_FILE)  # a log that is lost
    steps = numbers.of_bar(facts.step, facts.total) if facts.total else int(row.get("step") or numbers.first)
    # "step 0 of 0" tells nobody anything.
    total = numbers.of_all(facts.total) or int(row.get("total") or 0) or spec.plan.max_train_steps
    if cause is not None:
        cause = replace(cause, values={**cause.values, "step": steps, "total": total})
    return Outcome(
        success=cause is None, run_id=spec.run_id, cancelled=cause is not None and _cancelled(seen), cause=cause,
        log=spec.folder / LOG_FILE, steps=steps, total=total,
        loss=facts.loss if facts.loss is not None and math.isfinite(facts.loss) else None,
        seconds=round(max(ended - started, 0.0), 1), code=seen.code, checkpoints=checkpoints,
        plan_fingerprint=spec.plan_fingerprint, warnings=(*_warnings(spec, seen, proof), *_advice(spec, seen, cause)),
        changes=spec.changes,
        nan_step=None if facts.nan_step is None else numbers.first + facts.nan_step,
        resumed=asdict(proof) if proof else None,
    )  # fmt: skip


def _advice(spec: RunSpec, seen: WatchResult, cause: Text | None) -> list[Text]:
    """Return what may be changed in the plan after a failure; nothing that is so already."""
    if cause is None:
        return []
    nan_step = seen.reader.facts.nan_step
    first_step = nan_step is not None and spec.first_step + nan_step <= 1
    plan = vars(spec.plan)
    found = []
    if remedies.suspects_base_model(cause.key, plan, first_step=first_step):
        found.append(Text("train.advice.base_model", {"model": spec.plan.base_model}))
    changed = [(change.name, change.after) for change in spec.changes]
    if overrides := remedies.on_top(changed, remedies.overrides_after(cause.key, plan, first_step=first_step)):
        told = " ".join(f"--set {override}" for override in overrides)
        found.append(Text("train.advice.plan", {"client": spec.client_id, "overrides": told}))
    return found


def _disk_is_full(folder: Path) -> bool:
    """A trainer that cannot write cannot write why either: its log is on the same disk."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free < FULL_BYTES
    return False


def no_new_file(file: Path, started: float) -> Text | None:
    """Return that a run left no model that is newer than its start, None where it did."""
    try:
        fresh = file.stat().st_mtime >= started - 2  # FAT keeps two seconds
    except OSError:
        fresh = False
    return None if fresh else Text("train.cause.no_model", {"code": 0})


def file_problem(spec: RunSpec, file: Path) -> Text | None:
    """Return the first thing that is wrong with a LoRA: it does not open, is not finite, or is not what was planned."""
    plan = spec.plan
    own = _has_own_shapes(plan)
    checked = lora_file.verify(
        file, dim=None if own else plan.network_dim, alpha=None if own else plan.network_alpha,
        unet_only=plan.network_train_unet_only,
    )  # fmt: skip
    return checked.problems[0] if checked.problems else None


def _has_own_shapes(plan: Plan) -> bool:
    """Return whether options given by hand make modules of more than one dim or alpha: those of the plan are not all then."""
    arguments = plan.extra.get("network_args") or ()
    return plan.asks("dim_from_weights") or any(str(argument).startswith(_SHAPE_ARGUMENTS) for argument in arguments)


def _warnings(spec: RunSpec, seen: WatchResult, proof: Proof | None) -> tuple[Text, ...]:
    warnings: list[Text] = list(seen.warnings)
    if proof is not None and not proof.rate_goes_on:
        rates = {"step": proof.start + 1, "rate": proof.first_rate, "expected": proof.expected_rate}
        warnings.append(Text("train.warning.rate_jumped", rates))
    if seen.reader.facts.device == "cpu" and seen.reader.facts.step:  # without a step, nothing was trained anywhere
        warnings.append(Text("train.warning.on_cpu"))
    return (*warnings, *told_changes(spec.changes))


def told_changes(changes: Sequence[Change]) -> list[Text]:
    """Return a sentence for each kind of failure, with all that earlier attempts changed for it: from the first to the last."""
    told: dict[str, dict[str, Change]] = {}
    for change in changes:
        of_kind = told.setdefault(_CHANGED.get(change.why.key, "train.warning.cheaper"), {})
        first = of_kind.get(change.name, change)
        of_kind[change.name] = replace(change, before=first.before)
    return [
        Text(key, {"changes": spoken.several([
            Text("train.changed_value", {"name": one.name, "before": one.before, "after": one.after})
            for one in of_kind.values()
        ])})
        for key, of_kind in told.items()
    ]  # fmt: skip
