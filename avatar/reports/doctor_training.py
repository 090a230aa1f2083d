"""The doctor's checks of the last training, of the plan of the next one, and of the disk that both need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import utils
from avatar.dataset import prepared
from avatar.plan import plan_file, remedies
from avatar.reports import self_check, stages
from avatar.reports.last_run import LastRun
from avatar.texts import tables, translate
from avatar.texts.text import Action, Finding, PipelineError, Remedy, Text
from avatar.training import run_folder
from avatar.workspace.client import Client
from config import Settings, TrainerConfig

# Causes that have a point of their own, which says more and has the remedy.
ELSEWHERE = frozenset({"train.cause.gpu_memory", *remedies.NAN_CAUSES})
BY_USER = frozenset({"train.cause.cancelled"})
# Causes that another command mends. Those of the plan are in `plan.remedies`.
MENDED_BY: Mapping[str, Action] = {
    "train.cause.missing_package": "trainer", "train.cause.fp16_cpu": "trainer", "train.cause.no_data": "prepare",
    "train.cause.caption_encoding": "prepare", "train.cause.broken_picture": "prepare",
}  # fmt: skip


def check_training(run: LastRun | None, plan_fingerprint: str | None) -> Finding:
    """How the last training ended: with the cause of a failure, in its own words, and what mends it.

    plan_fingerprint  of the plan of the next training, None where there is none
    """
    if run is None:
        return Finding("training", "ready", Text("doctor.training.none"))
    values: dict[str, Any] = {"run": run.folder.name}
    if run.outcome.get("success"):
        return Finding("training", "ready", Text("doctor.training.ok", values))
    if not run.outcome:
        return Finding("training", "ready", Text("doctor.training.open", values))
    if run.cause in BY_USER:
        return Finding("training", "ready", Text("doctor.training.stopped", values))
    planned = run.outcome.get("plan_fingerprint")
    if plan_fingerprint and planned and plan_fingerprint != planned:
        return Finding("training", "attention", Text("doctor.training.replanned", values))
    values["cause"] = _cause(run)
    remedies_here = () if run.cause in ELSEWHERE else _remedies(run)
    return Finding("training", "blocked", Text("doctor.training.failed", values), remedies_here)


def _cause(run: LastRun) -> Text:
    """Return why a run failed, as it was said then; where this program has no such sentence any more: its log."""
    values = run.outcome.get("values")
    values = values if isinstance(values, dict) else {}
    if tables.known(run.cause) and _can_be_told(run.cause, values):
        return Text(run.cause, values)
    return Text("doctor.training.see_log", {"path": str(run.folder / run_folder.LOG_FILE)})


def _can_be_told(key: str, values: Mapping[str, Any]) -> bool:
    """Return whether a sentence has all its values: a record may be of another version, or edited."""
    try:
        translate.text(key, "en", **values)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return True


def _remedies(run: LastRun) -> tuple[Remedy, ...]:
    if action := MENDED_BY.get(run.cause):
        return (Remedy(action),)
    overrides = remedies.of_cause(run.cause, run.plan)
    return (Remedy("replan", tuple(overrides)),) if overrides else ()


def check_plan(client: Client, settings: Settings) -> Finding:
    """Whether the plan is still that of the dataset and of the settings, as `status` says it."""
    try:
        plan_file.read(client, settings.trainer)
    except PipelineError as error:
        return Finding("plan", "blocked", error.text, (Remedy("configure"),))
    stage = stages.configure_stage(client, prepared.prepared_fingerprint(client), settings)
    if stage.state == "outdated" and stage.why is not None:
        return Finding("plan", "attention", Text("doctor.plan.outdated", {"why": stage.why}), (Remedy("configure"),))
    return Finding("plan", "ready", Text("doctor.plan.none" if stage.state == "todo" else "doctor.plan.ok"))


def check_disk(folder: Path, free_gb: float | None = None) -> Finding:
    """Whether there is room for another picture or checkpoint; how much is advised is the business of `setup`."""
    found = self_check.check_disk(folder, free_gb)
    if found.level == "blocked":
        return found
    return Finding("disk", "ready", Text("setup.disk_good", found.text.values))


def check_environment(trainer: TrainerConfig) -> Finding | None:
    """Return that the trainer's script is there and its environment is not, None where nothing is wrong with that."""
    found = self_check.check_trainer(trainer)
    if found.text.key != "setup.trainer_unfinished":
        return None
    return Finding("script", "attention", found.text, (Remedy("trainer"),))


def fingerprint_of_plan(client: Client) -> str | None:
    found = utils.read_object(client.plan_file).get("fingerprint")
    return found if isinstance(found, str) else None
