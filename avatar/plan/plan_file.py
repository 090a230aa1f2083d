"""The plan as it is kept in training/lora_config.json, and the dataset it is made for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import utils
from avatar.plan.values import Arithmetic, Change, DatasetFacts, Estimate, Plan
from avatar.system.gpu import Card
from avatar.texts.text import PipelineError, Text, as_record
from avatar.trainer import dataset_folder
from avatar.workspace.client import Client


@dataclass(frozen=True)
class PlanReport:
    """A plan as it stands in lora_config.json, how it came about, and what the user should know."""

    plan: Plan
    asked: Plan
    changes: tuple[Change, ...]
    estimate: Estimate
    arithmetic: Arithmetic
    warnings: tuple[Text, ...]
    path: Path
    dataset_fingerprint: str | None
    card: Card | None = None
    trainer_version: str = ""


def dataset_facts(client: Client) -> DatasetFacts:
    """Count what the trainer would read of a client; the fingerprint is that of the preparation."""
    view = dataset_folder.read_as_trainer(client.training_data, client_id=client.client_id)
    for folder in view.folders:
        info_file = client.training_data / folder.name / dataset_folder.INFO_FILE
        try:
            info = utils.read_json(info_file)
        except (OSError, PipelineError):
            continue
        if isinstance(info, dict):
            return DatasetFacts(view.images, view.exposures, info.get("fingerprint"), str(info.get("trigger_word") or ""))
    return DatasetFacts(view.images, view.exposures)


def save(report: PlanReport, overrides: list[str]) -> None:
    report.path.parent.mkdir(parents=True, exist_ok=True)
    utils.write_json(
        report.path,
        {"version": 1, "made_at": utils.now(), "fingerprint": report.plan.fingerprint,
         "dataset_fingerprint": report.dataset_fingerprint, "overrides": overrides, "plan": asdict(report.plan),
         "asked": asdict(report.asked), "changes": as_record(report.changes),
         "estimate": asdict(report.estimate), "arithmetic": asdict(report.arithmetic),
         "card": asdict(report.card) if report.card else None, "trainer_version": report.trainer_version},
    )  # fmt: skip
