"""How long a training takes: the user's table, scaled by counted work, until this card has figures of its own."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from avatar.plan import ask, steps
from avatar.plan import time as plan_time
from avatar.plan.time import Timed
from avatar.plan.values import DatasetFacts, Plan
from config import GPU_PROFILES, TRAINING_PRESETS

TABLE = {"gtx1650_4gb": 2.6, "rtx3050_8gb": 4.5, "rtx3060_8gb": 4.0, "rtx4060_8gb": 3.6, "rtx4060ti_16gb": 3.0}


def plan(profile: str = "rtx3060_8gb", **values: Any) -> Plan:
    made = ask.ask(GPU_PROFILES[profile], TRAINING_PRESETS["balanced"], DatasetFacts(20, 200))
    usual: dict[str, Any] = {"network_dim": 32, "resolution": 1024, "fp8_base": False, "sample_every_n_steps": None}
    return dataclasses.replace(made, **{**usual, **values})


def seconds_of(made: Plan, profile: str = "rtx3060_8gb") -> float:
    found = plan_time.step_time(made, GPU_PROFILES[profile])
    assert found is not None
    return found.seconds


@pytest.mark.parametrize(("name", "seconds"), TABLE.items())
def test_the_users_table_gives_its_seconds_a_picture(name: str, seconds: float) -> None:
    profile = GPU_PROFILES[name]
    made = plan(name, resolution=profile.resolution)

    found = plan_time.step_time(made, profile)

    assert found is not None and (found.source, found.reference) == ("table", profile.label)
    assert found.seconds / steps.pictures_a_step(made) == pytest.approx(seconds, abs=0.05)


@pytest.mark.parametrize(("side", "share"), [(896, 0.74), (768, 0.53), (640, 0.36), (512, 0.23)])
def test_smaller_pictures_take_as_much_less_as_was_counted(side: int, share: float) -> None:
    assert seconds_of(plan(resolution=side)) / seconds_of(plan()) == pytest.approx(share, abs=0.005)


def test_between_and_beyond_the_counted_sides_the_time_grows_with_the_side() -> None:
    times = [seconds_of(plan(resolution=side)) for side in (256, 512, 576, 704, 832, 960, 1024, 1280)]

    assert times == sorted(times) and len(set(times)) == len(times)
    assert seconds_of(plan(resolution=704)) / seconds_of(plan()) == pytest.approx(0.44, abs=0.02)


def test_twice_the_pictures_take_twice_the_time_however_a_step_comes_to_them() -> None:
    one = seconds_of(plan(train_batch_size=1, gradient_accumulation_steps=1))

    assert seconds_of(plan(train_batch_size=2, gradient_accumulation_steps=1)) == pytest.approx(2 * one)
    assert seconds_of(plan(train_batch_size=1, gradient_accumulation_steps=2)) == pytest.approx(2 * one)


def test_a_second_card_makes_a_step_no_longer() -> None:
    assert seconds_of(plan(num_processes=2)) == pytest.approx(seconds_of(plan()))


def test_no_checkpointing_and_a_small_dim_are_faster_trained_text_encoders_slower() -> None:
    usual = seconds_of(plan())

    assert seconds_of(plan(gradient_checkpointing=False)) == pytest.approx(0.81 * usual)
    assert seconds_of(plan(network_dim=4)) == pytest.approx(0.97 * usual, rel=0.002)
    assert seconds_of(plan(network_dim=128)) == pytest.approx(1.10 * usual, rel=0.002)
    assert seconds_of(plan(network_train_unet_only=False, cache_text_encoder_outputs=False)) == pytest.approx(1.02 * usual)


def test_the_table_does_not_say_whether_its_base_was_fp8_so_it_is_taken_as_it_is() -> None:
    assert seconds_of(plan(fp8_base=True)) == pytest.approx(seconds_of(plan()))


def test_a_card_without_a_figure_is_told_that_of_another_and_which() -> None:
    found = plan_time.step_time(plan("rtx3090_24gb"), GPU_PROFILES["rtx3090_24gb"])

    assert found is not None
    assert (found.source, found.reference) == ("other_card", GPU_PROFILES["rtx4060ti_16gb"].label)


def test_every_card_has_a_time_and_the_processor_none() -> None:
    for name, profile in GPU_PROFILES.items():
        assert (plan_time.step_time(plan(name), profile) is None) == (name == "cpu"), name


def timed(made: Plan, seconds: float, card: str = "RTX 3060") -> Timed:
    return Timed(card, steps.pictures_a_step(made), plan_time.work_of(made), seconds)


def test_what_this_card_has_measured_counts_before_the_table() -> None:
    made = plan()

    found = plan_time.step_time(made, GPU_PROFILES["rtx3060_8gb"], card="RTX 3060", measured=[timed(made, 3.3)])

    assert found is not None and (found.seconds, found.source) == (3.3, "measured")


def test_of_several_runs_the_newest_three_count_and_their_median() -> None:
    made = plan()
    runs = [timed(made, seconds) for seconds in (90.0, 3.0, 3.2, 9.9)]

    found = plan_time.step_time(made, GPU_PROFILES["rtx3060_8gb"], card="RTX 3060", measured=runs)

    assert found is not None and found.seconds == 3.2


def test_a_measured_run_of_other_work_is_scaled_fp8_included() -> None:
    runs = [timed(plan(gradient_accumulation_steps=1), 2.0)]
    made = plan(gradient_accumulation_steps=1, fp8_base=True, resolution=768)

    found = plan_time.step_time(made, GPU_PROFILES["rtx3060_8gb"], card="RTX 3060", measured=runs)

    assert found is not None and found.source == "scaled"
    assert found.seconds == pytest.approx(2.0 * 0.53 * 1.17)


def test_what_another_card_has_measured_says_nothing_about_this_one() -> None:
    made = plan()

    found = plan_time.step_time(made, GPU_PROFILES["rtx3060_8gb"], card="RTX 3060", measured=[timed(made, 0.4, "RTX 4090")])

    assert found is not None and found.source == "table"


def test_samples_take_their_time_too_and_a_resumed_training_only_what_is_left() -> None:
    made = plan(max_train_steps=1000)
    step = plan_time.StepTime(4.0, "table", "")

    without = plan_time.training_seconds(made, step)
    drawn = plan_time.training_seconds(dataclasses.replace(made, sample_every_n_steps=500), step)

    assert without == 4000
    # two rounds of three samples of 25 steps, each two forward passes: 0.62 of a picture's work; a step has two pictures
    assert drawn - without == pytest.approx(2 * 3 * 25 * 0.62 * 4.0 / 2)
    assert plan_time.training_seconds(made, step, steps=100) == 400
