"""Which pictures a trial draws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.results import plan_trial
from avatar.results.plan_trial import Drawn, Plan, canonical_weight, in_order

MODELS, WEIGHTS, PROMPTS, SEEDS = ["final", "1500", "1000", "500"], list(plan_trial.WEIGHTS), [1, 2, 3, 4, 5, 6], [42]


def plan(minutes: float | None = None, seconds: float | None = 12.0, **more: object) -> Plan:
    return plan_trial.plan_trial(MODELS, WEIGHTS, PROMPTS, SEEDS, minutes=minutes, seconds_per_picture=seconds, **more)  # type: ignore[arg-type]


def test_a_trial_is_132_pictures_in_26_minutes_at_12_seconds() -> None:
    usual = plan()
    assert usual.pictures == 132
    assert usual.seconds == 132 * 12 and round(usual.seconds / 60) == 26
    assert [len(each.candidates) for each in usual.rounds] == [1, 12, 0]
    assert [each.seeds for each in usual.rounds] == [[42], [42], [43, 44, 45]]
    assert usual.left_out == () and usual.fits


def test_what_is_kept_longest_is_drawn_first() -> None:
    assert plan().rounds[1].candidates[:4] == ["final@0.8", "final@0.6", "final@1.0", "1500@0.8"]


@pytest.mark.parametrize(
    ("minutes", "models", "weights", "pictures"),
    [(30, 4, 3, 132), (23, 3, 3, 114), (20, 2, 3, 96), (16, 1, 3, 78), (11, 1, 2, 54), (9, 1, 2, 42), (6, 1, 2, 30),
     (4, 1, 2, 18), (3, 1, 1, 12), (0.1, 1, 1, 12)],
)  # fmt: skip
def test_less_time_costs_checkpoints_first_then_weights_and_never_prompts(
    minutes: float, models: int, weights: int, pictures: int
) -> None:
    shorter = plan(minutes)
    names = [name.split("@") for name in shorter.rounds[1].candidates]
    assert len({model for model, _ in names}) == models
    assert len({weight for _, weight in names}) == weights
    assert shorter.pictures == pictures
    assert shorter.fits == (pictures * 12 <= minutes * 60)
    assert len([one for one in shorter.left_out if one.kind == "model"]) == 4 - models


def test_the_last_model_and_the_middle_weight_are_given_up_last() -> None:
    assert plan(0.1).rounds[1].candidates == ["final@0.8"]


def test_pictures_that_are_there_take_no_time() -> None:
    there = {Drawn(name, prompt, 42) for name in ("base@0", "final@0.8", "1500@0.8") for prompt in PROMPTS}
    assert plan(done=there).seconds == (132 - 18) * 12
    assert plan(24, done=there).pictures == 132


def test_finalists_are_drawn_in_round_two_and_without_any_there_is_none() -> None:
    best = ["1000@0.6", "final@1.0", "final@0.8"]
    assert plan(finalists=best).rounds[2].candidates == best
    assert len(plan(finalists=[]).rounds) == len(plan(finalists=["final@0.8"]).rounds) == 2
    assert plan(finalists=[]).pictures == 78


def test_one_candidate_has_nothing_to_be_told_apart_from() -> None:
    alone = plan_trial.plan_trial(["final"], ["0.8"], PROMPTS, SEEDS)
    assert [each.round for each in alone.rounds] == [0, 1]
    assert alone.seconds is None and alone.pictures == 12 and alone.left_out == ()


def test_more_pictures_of_the_tied_have_seeds_that_no_round_had() -> None:
    rounds = plan(finalists=["final@0.8", "final@0.6"]).rounds
    further = plan_trial.more(rounds, ["final@0.8", "final@0.6"])
    assert (further.round, further.seeds) == (3, [46, 47, 48])
    assert plan_trial.more([*rounds, further], ["final@0.8"]).seeds == [49, 50, 51]


@pytest.mark.parametrize("typed", ["0", "-1", "2.1", "nan", "inf", "1e1", "ocho", "", "0.00001"])
def test_what_is_no_weight_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        canonical_weight(typed)


def test_one_weight_has_one_name() -> None:
    assert {canonical_weight(typed) for typed in ("0.8", "0,8", ".8", "0.80", " 8e-1 ")} == {"0.8"}


@given(st.lists(st.sampled_from(["0.2", "0.4", "0.55", "0.6", "0.8", "1.0", "1.2"]), unique=True, min_size=1))
def test_no_weight_is_lost_in_their_order(weights: list[str]) -> None:
    assert sorted(in_order(weights)) == sorted(weights)


@given(minutes=st.floats(0.1, 200), seconds=st.floats(0.1, 200), models=st.integers(1, 6), weights=st.integers(1, 6))
def test_a_plan_takes_no_longer_than_asked_or_is_the_smallest(
    minutes: float, seconds: float, models: int, weights: int
) -> None:
    names, every = [str(n) for n in range(1, models + 1)], [f"0.{n}" for n in range(1, weights + 1)]
    made = plan_trial.plan_trial(names, every, PROMPTS, SEEDS, minutes=minutes, seconds_per_picture=seconds)
    assert made.fits or made.pictures == 12
    assert made.seconds == pytest.approx(made.pictures * seconds)
