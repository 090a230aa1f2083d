"""Plans for one card, and what each preset would take on it: steps, time, disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from avatar.plan import ask, disk, fit, measured, regularisation, steps, suited
from avatar.plan import time as plan_time
from avatar.plan.fit import Fitted
from avatar.plan.time import StepTime
from avatar.plan.values import Arithmetic, DatasetFacts, Plan
from avatar.system.gpu import Card
from avatar.texts.text import IN_MEMORY, Text
from avatar.trainer import base_model_nature
from avatar.trainer.options import OptionTable
from config import TRAINING_PRESETS, GPUProfile, TrainerConfig, TrainingPreset


@dataclass(frozen=True)
class Offer:
    """One preset, as it would be fitted to the card and the dataset.

    seconds             of the training itself, None: not known; time: where it comes from
    exposures_per_image how often the trainer sees each picture
    disk_bytes          at most at once
    doubt               why the plan may not fit the card, None where it fits
    """

    preset: str
    steps: int
    seconds: float | None
    time: StepTime | None
    exposures_per_image: float
    checkpoints: int
    disk_bytes: int
    resolution: int
    network_dim: int
    verdict: str | None
    doubt: Text | None = field(default=None, metadata=IN_MEMORY)


DOUBTS = ("card_too_small", "small_card_tried", "failed_before", "narrow", "too_big")


def offer_of(fitted: Fitted, arithmetic: Arithmetic, step: StepTime | None) -> Offer:
    """Return what a fitted plan would take."""
    plan, doubts = fitted.plan, {f"plan.warning.{name}" for name in DOUBTS}
    seconds = plan_time.training_seconds(plan, step) if step else None
    return Offer(
        plan.preset, plan.max_train_steps, seconds, step, arithmetic.exposures_per_image, arithmetic.checkpoints,
        disk.disk_needed_bytes(plan, arithmetic.checkpoints), plan.resolution, plan.network_dim, fitted.estimate.verdict,
        next((warning for warning in fitted.warnings if warning.key in doubts), None),
    )  # fmt: skip


@dataclass(frozen=True)
class Planner:
    """What a plan is fitted to, beside the dataset. card: None where it is not in this computer."""

    profile: GPUProfile
    card: Card | None
    settings: TrainerConfig
    options: OptionTable

    def plan(self, preset: TrainingPreset, dataset: DatasetFacts, given: Mapping[str, Any]) -> tuple[Plan, Fitted]:
        """Return what is asked for, and the plan that fits."""
        asked = ask.ask(self.profile, regularisation.lengthened(preset, dataset, None), dataset, self.settings)
        nature = base_model_nature.of(given.get("base_model", asked.base_model))
        suiting, changes = suited.suited(asked, given, self.options, nature, dataset)
        split = given.get("validation_split", suiting.validation_split)
        fitted = fit.fit(
            suiting, profile=self.profile, preset=regularisation.lengthened(preset, dataset, split), card=self.card,
            options=self.options, overrides=given, exposures=regularisation.shown_in_epoch(dataset, split),
            known=measured.of_card(self.card),
        )  # fmt: skip
        return asked, dataclasses.replace(fitted, changes=(*changes, *fitted.changes))

    def step_time(self, plan: Plan) -> StepTime | None:
        return plan_time.step_time(
            plan, self.profile, card=self.card.name if self.card else None, measured=measured.times_of(self.card)
        )

    def offers(self, dataset: DatasetFacts, given: Mapping[str, Any]) -> list[Offer]:
        """Return what each preset would take, with the same values by hand."""
        made = [self.plan(preset, dataset, given)[1] for preset in TRAINING_PRESETS.values()]
        return [offer_of(each, steps.step_arithmetic(each.plan, dataset), self.step_time(each.plan)) for each in made]
