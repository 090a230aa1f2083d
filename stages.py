"""Which stages of a client are done, to do or out of date, and why: read from its records, never remembered apart.

The same answer serves the menu's title, `status` and the guided walk.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import utils
from config import TRAINER_DIR, Settings
from workspace import Client

State = Literal["done", "todo", "outdated", "optional"]
STAGES = ("setup", "import-mj", "import-real", "process", "prepare", "configure", "train", "model")


@dataclass(frozen=True)
class StageState:
    """One stage: `count` pictures (or models, for train) that it has brought, and why it is not done."""

    name: str
    state: State
    count: int
    why: str = ""  # message key stage.why.…; empty where the state says enough
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ClientState:
    """All stages of one client, in order, and the figures they rest on."""

    client_id: str
    stages: tuple[StageState, ...]
    approved: int
    refused: int
    approved_by_source: Mapping[str, int]
    models: tuple[str, ...]

    def stage(self, name: str) -> StageState:
        return next(stage for stage in self.stages if stage.name == name)

    def next_stage(self) -> str | None:
        """Return the first stage that is to do or out of date; imports count as done when any picture is there."""
        for stage in self.stages:
            if stage.state in {"todo", "outdated"}:
                return stage.name
        return None


def state_marker(client: Client, config_file: Path) -> tuple[object, ...]:
    """Return a value that changes whenever a stage of client may have changed (modification times, cheap to read)."""
    watched = [
        client.images, client.info_file, client.plan_file, client.runs, client.training_data, client.models, config_file,
        TRAINER_DIR,
    ]  # fmt: skip
    if newest := newest_run(client):
        watched.append(newest)
    return tuple(_mtime(path) for path in watched)


def _mtime(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def newest_run(client: Client) -> Path | None:
    """Return the folder of the newest training run; run ids sort by time."""
    try:
        with os.scandir(client.runs) as entries:
            names = [entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    except FileNotFoundError:
        return None
    return client.runs / max(names) if names else None


def client_state(client: Client, settings: Settings) -> ClientState:
    """Read a client's records and say how far each stage is."""
    import dataset
    import image_processor

    records = client.records()
    by_source = {source: [r for r in records if r.source == source] for source in ("mj", "real")}
    approved = {source: sum(r.approved for r in group) for source, group in by_source.items()}
    pending, stale = image_processor.pending(client, records, settings)
    processed = len(records) - len(pending)
    refused = sum(1 for r in records if r.decision is not None and r.decision.verdict == "rejected")
    models = tuple(sorted(path.name for path in client.models.glob("*.safetensors")))
    prepared = dataset.prepared_fingerprint(client)
    # Only where there is something to compare it with: it writes every caption anew.
    wanted = dataset.fingerprint(records, client.info(), settings) if prepared and any(approved.values()) else None
    train = _train_stage(client, len(models))
    stages = (
        _setup_stage(settings),
        _import_stage("import-mj", len(by_source["mj"]), bool(records)),
        _import_stage("import-real", len(by_source["real"]), bool(records)),
        _process_stage(len(records), processed, len(pending), len(stale)),
        _prepare_stage(sum(approved.values()), wanted, prepared),
        _configure_stage(client, prepared),
        train,
        _model_stage(train, len(models)),
    )
    return ClientState(client.client_id, stages, sum(approved.values()), refused, approved, models)


def _setup_stage(settings: Settings) -> StageState:
    """A client that can be asked is there; without the trainer everything but training works."""
    import trainer_options

    own = settings.trainer.folder
    found = trainer_options.find_script(Path(own).expanduser() if own else TRAINER_DIR)
    return StageState("setup", "done", 1, "" if found else "stage.why.no_trainer")


def _import_stage(name: str, count: int, any_picture: bool) -> StageState:
    if count:
        return StageState(name, "done", count)
    return StageState(name, "optional" if any_picture else "todo", 0)


def _process_stage(total: int, processed: int, pending: int, stale: int) -> StageState:
    if pending and processed:
        return StageState("process", "outdated", processed, "stage.why.new_pictures", {"n": pending})
    if pending or not total:
        return StageState("process", "todo", 0)
    if stale:
        return StageState("process", "outdated", processed, "stage.why.settings", {"n": stale})
    return StageState("process", "done", processed)


def _prepare_stage(approved: int, wanted: str | None, prepared: str | None) -> StageState:
    if prepared is None:
        return StageState("prepare", "todo", 0)
    if prepared != wanted:
        return StageState("prepare", "outdated", approved, "stage.why.pictures_changed")
    return StageState("prepare", "done", approved)


def _configure_stage(client: Client, prepared: str | None) -> StageState:
    plan = utils.read_object(client.plan_file)
    if not plan:
        return StageState("configure", "todo", 0)
    if prepared is not None and plan.get("dataset_fingerprint") != prepared:
        return StageState("configure", "outdated", 1, "stage.why.dataset_changed")
    return StageState("configure", "done", 1)


def _train_stage(client: Client, models: int) -> StageState:
    run = newest_run(client)
    if run is None:
        return StageState("train", "todo", models)
    outcome = utils.read_object(run / "outcome.json")
    if not outcome:
        return StageState("train", "todo", models, "stage.why.run_open", {"run": run.name})
    if not outcome.get("success"):
        return StageState("train", "todo", models, "stage.why.run_failed", {"run": run.name})
    plan = utils.read_object(client.plan_file)
    if plan.get("fingerprint") != outcome.get("plan_fingerprint"):
        return StageState("train", "outdated", models, "stage.why.plan_changed")
    return StageState("train", "done", models)


def _model_stage(train: StageState, models: int) -> StageState:
    if not models:
        return StageState("model", "todo", 0)
    if train.state == "outdated":
        return StageState("model", "outdated", models, "stage.why.retrain")
    return StageState("model", "done", models)
