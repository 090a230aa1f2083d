"""The plan as it is kept in training/lora_config.json, and the dataset it is made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import utils
from avatar.plan import chosen, measured, regularisation
from avatar.plan import time as plan_time
from avatar.plan.chosen import Chosen
from avatar.plan.time import StepTime
from avatar.plan.values import (
    Arithmetic,
    Change,
    DatasetFacts,
    Estimate,
    Plan,
    RegularisationFacts,
    change_from_json,
    plan_from_json,
)
from avatar.system import gpu
from avatar.system.gpu import Card, CardProbe
from avatar.texts.text import PipelineError, Text, as_record
from avatar.trainer import dataset_folder
from avatar.workspace import state_file
from avatar.workspace.client import Client
from config import GPU_PROFILES, GPUProfile, TrainerConfig


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
    kept: tuple[str, ...] = ()  # what an earlier plan had chosen and this one keeps
    step_time: StepTime | None = None  # None: nothing is known of this card's speed
    offers: tuple[Text, ...] = ()  # plans that lose less or make pictures, for the user to choose


@dataclass(frozen=True)
class KeptPlan:
    """The plan that a client's trainings follow, as lora_config.json holds it, and what has changed around it since.

    dataset_fingerprint  of the dataset that it was made for
    overrides            what the user gave: "network_dim=64", …
    changed_settings     (field, in the plan, in the settings now) of settings that it copied
    """

    plan: Plan
    changes: tuple[Change, ...]
    dataset_fingerprint: str | None
    overrides: tuple[str, ...] = ()
    changed_settings: tuple[tuple[str, str, str], ...] = ()

    @property
    def by_hand(self) -> frozenset[str]:
        """Return the fields that the user gave."""
        return frozenset(chosen.field_of(text) for text in self.overrides)


def read(client: Client, trainer: TrainerConfig) -> KeptPlan | None:
    """Return the plan of lora_config.json, None without the file; trainer: the settings in force now.

    Raises PipelineError("plan.file_invalid") for a file that somebody edited into something else.
    """
    try:
        data = utils.read_json(client.plan_file)
    except FileNotFoundError:
        return None
    try:
        plan = plan_from_json(data["plan"])
        if plan.profile not in GPU_PROFILES:
            raise KeyError(plan.profile)
        changes = tuple(change_from_json(change) for change in data["changes"])
        overrides, changed = chosen.chosen_of(data).overrides, chosen.changed_settings(data, trainer)
        return KeptPlan(plan, changes, data["dataset_fingerprint"], overrides, tuple(changed))
    except (KeyError, TypeError) as error:
        raise PipelineError("plan.file_invalid", path=str(client.plan_file), detail=str(error)) from error


def seconds_of(client: Client, trainer: TrainerConfig, cards: CardProbe = gpu.cards) -> float | None:
    """Return how long the training of the plan that stands would take; None without a plan, or where nothing is known.

    Raises PipelineError("plan.file_invalid").
    """
    kept = read(client, trainer)
    step = step_time_of(kept.plan, cards) if kept else None
    return plan_time.training_seconds(kept.plan, step) if kept and step else None


def step_time_of(plan: Plan, cards: CardProbe = gpu.cards) -> StepTime | None:
    """Return the seconds a step of a plan on the card of its profile that is here, else by the profile alone."""
    profile = GPU_PROFILES[plan.profile]
    card = gpu.best_card([card for card in cards() if gpu.profile_for(card) == profile])
    return plan_time.step_time(plan, profile, card=card.name if card else None, measured=measured.times_of(card))


def facts_to_plan(client: Client, profile: GPUProfile, given: Mapping[str, Any]) -> DatasetFacts:
    """Return `dataset_facts` for a plan that is to be made: with the regularisation pictures that are named by hand, else with
    those in the client's folder. A trial on the processor takes them only by hand: each is encoded first, in seconds."""
    if "reg_data_dir" in given:
        return dataset_facts(client, given["reg_data_dir"])
    own = dataset_facts(client, regularisation.FOLDER)
    some = profile.vram_gib and own.regularisation is not None and own.regularisation.images
    return own if some else replace(own, regularisation=None)


def epoch_exposures(client: Client, plan: Plan) -> int:
    """Return how many pictures an epoch of a plan shows, those of the class included."""
    return regularisation.shown_in_epoch(dataset_facts(client, plan.reg_data_dir), plan.validation_split)


def regularisation_folder(client: Client, named: str) -> Path:
    """Return the folder that `reg_data_dir` names: in the client's own, unless it is a whole path."""
    return (client.folder / utils.at_home(Path(named))).absolute()


def dataset_facts(client: Client, reg_data_dir: str | None = None) -> DatasetFacts:
    """Count what the trainer would read of a client; the fingerprint is that of the preparation.

    reg_data_dir  as in a plan
    """
    facts = _own_facts(client)
    if not reg_data_dir:
        return facts
    parent = regularisation_folder(client, reg_data_dir)
    view = dataset_folder.read_as_trainer(parent)
    folders = tuple((len(folder.images), folder.repeats) for folder in view.folders)
    words = tuple(dict.fromkeys(folder.class_tokens for folder in view.folders))
    return replace(facts, regularisation=RegularisationFacts(reg_data_dir, str(parent), folders, words))


def trained_words(client: Client) -> tuple[str, str]:
    """Return the trigger and class word of the prepared captions: the client's may have been changed since."""
    info = client.info()
    files = sorted(client.training_data.glob(f"*/{dataset_folder.INFO_FILE}"))
    prepared = state_file.read(files[0], {"trigger_word": str, "class_word": str}) if files else {}
    return prepared.get("trigger_word") or info.trigger_word, prepared.get("class_word") or info.class_word


def _own_facts(client: Client) -> DatasetFacts:
    view = dataset_folder.read_as_trainer(client.training_data, client_id=client.client_id)
    folders = tuple((len(folder.images), folder.repeats) for folder in view.folders)
    for folder in view.folders:
        info_file = client.training_data / folder.name / dataset_folder.INFO_FILE
        try:
            info = utils.read_json(info_file)
        except (OSError, PipelineError):
            continue
        if isinstance(info, dict):
            trigger = str(info.get("trigger_word") or "")
            masked = info.get("masked") is True
            return DatasetFacts(view.images, view.exposures, info.get("fingerprint"), trigger, folders, masked)
    return DatasetFacts(view.images, view.exposures, folders=folders)


def save(report: PlanReport, wishes: Chosen) -> None:
    report.path.parent.mkdir(parents=True, exist_ok=True)
    utils.write_json(
        report.path,
        {"version": 1, "made_at": utils.now(), "fingerprint": report.plan.fingerprint,
         "dataset_fingerprint": report.dataset_fingerprint, "gpu": wishes.gpu,
         "overrides": list(wishes.overrides), "tuned": dict(wishes.tuned), "plan": asdict(report.plan),
         "asked": asdict(report.asked), "changes": as_record(report.changes),
         "estimate": asdict(report.estimate), "arithmetic": asdict(report.arithmetic),
         "card": asdict(report.card) if report.card else None, "trainer_version": report.trainer_version},
    )  # fmt: skip
