"""A plan that can be stopped early: where, what it saves, and that the rest is exactly what is left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.plan import resume, variants
from avatar.system.gpu import Card
from avatar.trainer.options import known_tables
from tests.plan.test_values import PLAN

MAIN, *_ = known_tables()


@pytest.mark.parametrize(
    ("total", "per_epoch", "step"),
    [
        (2000, 100, 800), (2000, 300, 900), (2000, 60, 780), (1000, 1000, 400), (1000, 999, 999), (300, 100, 100), (10, 3, 3),
        (2000, 0, 800), (2, 1, 1), (2, 5, 1),
    ],
)  # fmt: skip
def test_a_short_run_ends_with_the_epoch_nearest_to_forty_percent(total: int, per_epoch: int, step: int) -> None:
    assert variants.short_step(total, per_epoch) == step


@given(st.integers(2, 4000), st.integers(0, 700), st.sampled_from([1, 2, 4]), st.sampled_from([None, 50, 200, 500, 997]))
def test_a_plan_with_saves_saves_a_state_at_its_short_step_and_can_be_gone_on_with_exactly(
    total: int, per_epoch: int, accumulation: int, every: int | None
) -> None:  # fmt: skip
    plan = replace(PLAN, max_train_steps=total, gradient_accumulation_steps=accumulation, save_every_n_steps=every)
    saving = variants.with_saves(plan, per_epoch)
    short = variants.short_step(saving.max_train_steps, per_epoch)
    assert 0 < short < saving.max_train_steps and saving.save_every_n_steps
    assert short % saving.save_every_n_steps == 0 and saving.save_state and saving.save_last_n_steps_state is None
    assert abs(saving.max_train_steps - total) <= per_epoch / 2 or total < 2 * per_epoch
    if per_epoch and total > per_epoch:
        assert short % per_epoch == 0 and resume.is_exact(saving, per_epoch, short, MAIN)
    assert variants.with_saves(saving, per_epoch) == saving


def test_the_distance_of_saves_stays_near_the_plans_own_and_samples_are_left_out() -> None:
    plan = replace(
        PLAN, max_train_steps=2000, save_every_n_steps=500, sample_every_n_steps=500, extra={"sample_at_first": True}
    )
    saving = variants.with_saves(plan, 100)
    assert saving.save_every_n_steps == 400 and not saving.makes_samples
    assert saving == replace(
        plan, save_every_n_steps=400, sample_every_n_steps=None, extra={}, save_state=True, save_last_n_steps_state=None
    )


def test_the_memory_model_says_whether_a_candidate_fits() -> None:
    card = Card(0, "NVIDIA GeForce RTX 3060", 12.0, 11.0, (8, 6), "550", "12.4")
    small = replace(PLAN, resolution=768, network_dim=8, train_batch_size=1)
    assert variants.fits(small, card) and not variants.fits(replace(small, network_dim=512, train_batch_size=8), card)
    assert variants.fits(replace(PLAN, profile="cpu"), None)
