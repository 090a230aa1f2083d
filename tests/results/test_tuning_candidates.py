"""Which settings a tuning tries."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from avatar.plan import rules
from avatar.plan.values import Plan
from avatar.results.tuning_candidates import NAMES, Candidate, candidates
from avatar.texts import translate
from tests.plan.test_command import plan_for


def found(plan: Plan, fits: Any = lambda changed: True) -> dict[str, Candidate]:
    return {one.name: one for one in candidates(plan, fits)}


def changed(one: Candidate) -> dict[str, tuple[Any, Any]]:
    return {edit.key: (edit.before, edit.after) for edit in one.changes}


PLAN = plan_for(network_dim=64, network_alpha=32.0, learning_rate=1e-4, network_train_unet_only=True)


def test_the_plan_comes_first_and_the_others_in_the_order_of_the_design() -> None:
    assert list(found(PLAN)) == [
        "plan", "rate_half", "rate_double", "rank_16", "caption_dropout", "text_encoder", "prodigy"
    ]  # fmt: skip
    assert set(found(PLAN)) <= set(NAMES)


def test_a_candidate_differs_in_what_it_is_called_by_and_in_nothing_else() -> None:
    there = found(PLAN)
    assert there["plan"].changes == () and there["plan"].plan == PLAN
    assert changed(there["rate_half"]) == {"learning_rate": (1e-4, 5e-5)}
    assert changed(there["rate_double"]) == {"learning_rate": (1e-4, 2e-4)}
    assert changed(there["rank_16"]) == {"network_dim": (64, 16), "network_alpha": (32.0, 8.0)}
    assert changed(there["caption_dropout"]) == {
        "cache_text_encoder_outputs": (True, False), "caption_dropout_rate": (None, "0.1")
    }  # fmt: skip
    assert all(one.plan.seed == PLAN.seed and one.plan.max_train_steps == PLAN.max_train_steps for one in there.values())


@pytest.mark.parametrize(("dim", "other"), [(4, 16), (16, 32), (24, 32), (32, 16), (128, 16)])
def test_the_rank_is_the_one_that_the_plan_has_not(dim: int, other: int) -> None:
    names = list(found(dataclasses.replace(PLAN, network_dim=dim, network_alpha=dim / 2)))
    assert f"rank_{other}" in names and f"rank_{48 - other}" not in names


def test_what_does_not_fit_the_memory_is_not_tried_but_the_plan_always_is() -> None:
    assert list(found(PLAN, lambda plan: False)) == ["plan"]
    assert "text_encoder" not in found(PLAN, lambda plan: plan.network_train_unet_only)


def test_the_trainer_accepts_every_candidate() -> None:
    for profile in ("rtx3060_12gb", "rtx3050_8gb", "gtx1650_4gb"):
        for one in found(plan_for(profile)).values():
            assert rules.rule_problems(one.plan) == []


def test_rates_by_name_are_changed_with_the_rate() -> None:
    plan = dataclasses.replace(PLAN, extra={"unet_lr": "0.0001", "text_encoder_lr": ["1e-5", "2e-5"], "clip_skip": "2"})
    extra = found(plan)["rate_half"].plan.extra
    assert extra == {"unet_lr": "5e-05", "text_encoder_lr": ["5e-06", "1e-05"], "clip_skip": "2"}


def test_an_optimizer_that_finds_its_rate_has_no_candidates_of_another_rate() -> None:
    names = list(found(dataclasses.replace(PLAN, optimizer_type="Prodigy", learning_rate=1.0, lr_warmup_steps=0)))
    assert "rate_half" not in names and "prodigy" not in names and "rank_16" in names


def test_a_plan_that_trains_text_encoders_or_drops_captions_has_no_candidate_of_that() -> None:
    trains = dataclasses.replace(PLAN, network_train_unet_only=False, cache_text_encoder_outputs=False)
    assert "text_encoder" not in found(trains)
    drops = dataclasses.replace(PLAN, cache_text_encoder_outputs=False, extra={"caption_dropout_rate": "0.05"})
    assert "caption_dropout" not in found(drops)


def test_a_change_says_what_it_is_and_never_that_it_is_better() -> None:
    for one in found(PLAN).values():
        for edit in one.changes:
            for language in translate.LANGUAGES:
                words = translate.words(edit.why, language)
                assert words and not any(said in words for said in ("better", "mejor", "improve", "mejora"))
