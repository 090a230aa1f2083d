"""Plans whose states can all be gone on from exactly: their steps and their distance of states are whole epochs."""

from __future__ import annotations

from typing import Any

import pytest

from avatar.plan import resume
from avatar.plan.ask import ask
from avatar.plan.fit import Fitted, fit
from avatar.plan.steps import steps_per_epoch, whole_epochs, whole_interval
from avatar.plan.values import DatasetFacts
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.trainer.options import known_tables
from config import GPU_PROFILES, TRAINING_PRESETS

MAIN = known_tables()[0]
# Pictures and exposures of an epoch: few and many, each with the usual 200 exposures and with one look at each picture.
DATASETS = [DatasetFacts(n, exposures) for n in (8, 12, 20, 33, 60, 100, 199) for exposures in (n, -(-200 // n) * n)]


def planned(profile: str, preset: str, dataset: DatasetFacts, **overrides: Any) -> Fitted:
    return fit(
        ask(GPU_PROFILES[profile], TRAINING_PRESETS[preset], dataset), profile=GPU_PROFILES[profile],
        preset=TRAINING_PRESETS[preset], card=None, options=MAIN, overrides=overrides, exposures=dataset.exposures,
    )  # fmt: skip


@pytest.fixture(scope="module")
def default_plans() -> list[tuple[Fitted, DatasetFacts]]:
    return [
        (planned(profile, preset, dataset), dataset)
        for profile in GPU_PROFILES
        for preset in TRAINING_PRESETS
        for dataset in DATASETS
    ]


def test_every_default_plan_that_saves_states_can_go_on_exactly_from_each(
    default_plans: list[tuple[Fitted, DatasetFacts]],
) -> None:
    with_states = 0
    for fitted, dataset in default_plans:
        plan = fitted.plan
        per_epoch = steps_per_epoch(plan, dataset.exposures)
        if plan.save_state:
            with_states += 1
            assert plan.max_train_steps % per_epoch == 0 and (plan.save_every_n_steps or 0) % per_epoch == 0
        assert list(resume.inexact_saves(plan, per_epoch, MAIN)) == []
        assert "plan.warning.resume_inexact" not in {warning.key for warning in fitted.warnings}
    assert with_states >= 288


def test_the_presets_limits_and_its_number_of_checkpoints_still_hold(
    default_plans: list[tuple[Fitted, DatasetFacts]],
) -> None:
    for fitted, dataset in default_plans:
        plan = fitted.plan
        if plan.profile == "cpu":
            continue
        preset = TRAINING_PRESETS[plan.preset]
        per_epoch = steps_per_epoch(plan, dataset.exposures)
        assert preset.min_steps <= plan.max_train_steps <= preset.max_steps or per_epoch > preset.max_steps - preset.min_steps
        assert -(-plan.max_train_steps // (plan.save_every_n_steps or 1)) <= preset.checkpoints
        assert plan.save_last_n_steps_state in {None, plan.save_every_n_steps}


@pytest.mark.parametrize(
    ("steps", "per_epoch", "expected"),
    [(800, 100, 800), (830, 100, 800), (870, 100, 900), (810, 300, 900), (1990, 60, 1980), (500, 900, 500), (850, 500, 1000)],
)
def test_steps_are_rounded_to_the_nearest_whole_epochs_within_the_limits(steps: int, per_epoch: int, expected: int) -> None:
    assert whole_epochs(steps, per_epoch, TRAINING_PRESETS["balanced"]) == expected


def test_a_distance_is_never_made_shorter() -> None:
    assert [whole_interval(steps, 100) for steps in (1, 100, 250)] == [100, 100, 300]


@pytest.mark.parametrize(
    ("overrides", "states"),
    [({"max_train_steps": 950, "save_every_n_steps": 250}, "500"), ({"save_every_n_steps": 250}, "250, 750"),
     ({"max_train_steps": 950}, "300, 600, 900")],
)  # fmt: skip
def test_own_steps_or_intervals_that_are_no_whole_epochs_are_warned_about_with_those_that_are(
    overrides: dict[str, int], states: str
) -> None:  # fmt: skip
    fitted = planned("rtx3060_12gb", "balanced", DatasetFacts(20, 200), **overrides)
    warning = next(warning for warning in fitted.warnings if warning.key == "plan.warning.resume_inexact")
    assert warning.values["states"] == states and warning.values["per_epoch"] == 100
    for language in translate.LANGUAGES:
        assert "save_every_n_steps=300" in translate.words(warning, language)
    mended = {"max_train_steps": warning.values["steps"], "save_every_n_steps": warning.values["interval"]}
    again = planned("rtx3060_12gb", "balanced", DatasetFacts(20, 200), **{**overrides, **mended})
    assert again.warnings == tuple(found for found in fitted.warnings if found is not warning)


@pytest.mark.parametrize("overrides", [{"lr_scheduler": "constant"}, {"save_state": False}])
def test_where_it_does_not_matter_nothing_is_warned_about(overrides: dict[str, Any]) -> None:
    own = {"max_train_steps": 950, "save_every_n_steps": 250, **overrides}
    fitted = planned("rtx3060_12gb", "balanced", DatasetFacts(20, 200), **own)
    assert "plan.warning.resume_inexact" not in {warning.key for warning in fitted.warnings}


def test_the_reason_of_whole_epochs_stands_among_the_changes() -> None:
    fitted = planned("rtx3060_12gb", "balanced", DatasetFacts(33, 7 * 33))
    change = next(change for change in fitted.changes if change.name == "max_train_steps")
    assert change.why == Text("plan.change.whole_epochs", {"per_epoch": 116})
    assert change.after == fitted.plan.max_train_steps == 14 * 116
