"""Going on from a state: the arguments of every case, held against what the real script did and against its own code."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.plan.resume import Continuation, continuation, differences, extra_steps_told, inexact_saves, is_exact
from avatar.plan.values import Plan
from avatar.texts import translate
from avatar.texts.text import key_of
from avatar.trainer.options import known_tables

MAIN, V091, V087 = known_tables()
PLAN = Plan(
    profile="rtx3060_12gb", preset="balanced", base_model="m", resolution=1024, network_dim=32, network_alpha=16.0,
    train_batch_size=1, gradient_accumulation_steps=1, learning_rate=1e-4, max_train_steps=10, save_every_n_steps=None,
    lr_warmup_steps=0,
)  # fmt: skip


def plan_of(total: int, accumulation: int = 1, scheduler: str = "cosine_with_restarts", **changed: Any) -> Plan:
    return replace(
        PLAN, max_train_steps=total, gradient_accumulation_steps=accumulation, lr_scheduler=scheduler, **changed
    )  # fmt: skip


def trained_by_the_script(batches: int, accumulation: int, way: Continuation, plan: Plan) -> tuple[int, int]:
    """Return (optimizer steps, first own number) as train_network.py:973-1273 and 1401-1719 count them (48d368fa)."""
    per_epoch = math.ceil(batches / accumulation)
    total = way.max_train_steps or plan.max_train_steps
    epochs = math.ceil(total / per_epoch)
    first, start = way.initial_step or 0, 0
    assert first == 0 or total > first, "max_train_steps should be greater than initial step"
    if way.skip:
        first *= accumulation
        start = first // per_epoch
    else:
        start, first = first // per_epoch, 0
    own = 0
    if first > 0:
        first -= start * batches
        own = first
    begun = own
    for _ in range(start, epochs):
        left = batches - max(0, first)  # of the first epoch only
        first = 0
        for step in range(math.ceil(left / accumulation)):
            own += 1
            if own >= total:
                return own - begun, begun
            del step
        if own >= total:
            break
    return own - begun, begun


# Rows of facts/trainer.md §16 that go on rightly: batches, accumulation, steps, done, and what the script was told and did.
SEEN = [
    ((5, 1, 10, 3), (3, True, None), 7, 3), ((5, 1, 10, 6), (6, True, None), 4, 1), ((5, 1, 10, 5), (5, True, None), 5, 0),
    ((5, 1, 12, 3), (3, True, None), 9, 3), ((5, 1, 15, 7), (7, True, None), 8, 2), ((5, 1, 15, 9), (9, True, None), 6, 4),
    ((5, 2, 9, 3), (3, False, None), 6, 0), ((5, 2, 9, 6), (6, False, None), 3, 0),
    ((5, 2, 9, 4), (3, False, None), 6, 0),  # the epoch is begun again: one step more, at rate 0
]  # fmt: skip


@pytest.mark.parametrize(("case", "told", "steps", "own_start"), SEEN)
def test_the_arguments_are_those_with_which_the_real_script_went_on_rightly(
    case: tuple[int, int, int, int], told: tuple[int, bool, None], steps: int, own_start: int
) -> None:  # fmt: skip
    batches, accumulation, total, done = case
    way = continuation(plan_of(total, accumulation), math.ceil(batches / accumulation), done, MAIN)
    assert way is not None
    assert (way.initial_step, way.skip, way.max_train_steps) == told
    assert (way.steps, way.own_start) == (steps, own_start)
    assert way.extra_steps == (1 if done == 4 else 0)


@pytest.mark.parametrize("accumulation", [1, 2, 4])
@pytest.mark.parametrize("options", [MAIN, V091, V087], ids=lambda table: table.version)
@pytest.mark.parametrize("scheduler", ["constant", "constant_with_warmup"])
def test_at_a_constant_rate_the_steps_that_are_left_are_a_training_of_their_own(
    accumulation: int, options: Any, scheduler: str
) -> None:  # fmt: skip
    way = continuation(plan_of(9, accumulation, scheduler), 3, 4, options)
    first = None if options is V087 else 0
    assert way == Continuation(4, 9, 5, initial_step=first, max_train_steps=5)


def test_a_version_that_cannot_count_on_is_refused_for_every_rate_with_a_curve() -> None:
    assert continuation(plan_of(9), 3, 3, V087) is None
    assert continuation(plan_of(9, 2), 3, 3, V087) is None


cases = st.tuples(st.integers(1, 12), st.integers(1, 5), st.integers(2, 60)).flatmap(
    lambda case: st.tuples(st.just(case), st.integers(1, case[2] - 1))
)


@given(cases, st.sampled_from(["cosine_with_restarts", "cosine", "constant"]))
def test_what_is_foretold_is_what_the_script_does(case: tuple[tuple[int, int, int], int], scheduler: str) -> None:
    (batches, accumulation, total), done = case
    plan = plan_of(total, accumulation, scheduler)
    way = continuation(plan, math.ceil(batches / accumulation), done, MAIN)
    assert way is not None
    assert trained_by_the_script(batches, accumulation, way, plan) == (way.steps, way.own_start)
    assert way.extra_steps >= 0  # never too few
    if scheduler == "constant":
        assert way.extra_steps == 0


@given(cases)
def test_whole_epochs_go_on_exactly_and_without_accumulation_all_but_the_last_part(
    case: tuple[tuple[int, int, int], int],
) -> None:
    (batches, accumulation, total), done = case
    per_epoch = math.ceil(batches / accumulation)
    exact = is_exact(plan_of(total, accumulation), per_epoch, done, MAIN)
    lacking = math.ceil(total / per_epoch) * per_epoch - total
    if accumulation == 1:
        assert exact == (done < per_epoch or total - done > lacking or lacking == 0)
    else:
        assert exact == ((total - done) % per_epoch == 0)


def test_the_states_that_cannot_be_gone_on_from_exactly_are_known_beforehand() -> None:
    saving: dict[str, Any] = {"save_state": True, "save_every_n_steps": 2}
    assert list(inexact_saves(plan_of(9, 2, **saving), 3, MAIN)) == [2, 4, 8]
    assert list(inexact_saves(plan_of(9, 2, "constant", **saving), 3, MAIN)) == []
    assert list(inexact_saves(plan_of(10, 1, **saving), 5, MAIN)) == []
    assert list(inexact_saves(plan_of(12, 1, save_state=True, save_every_n_steps=3), 5, MAIN)) == [9]
    assert list(inexact_saves(plan_of(9, 2, save_every_n_steps=2), 3, MAIN)) == []


@pytest.mark.parametrize(
    ("scheduler", "key"),
    [("cosine_with_restarts", "resume.again_at_zero"), ("linear", "resume.again_at_zero"), ("cosine", "resume.too_long"),
     ("polynomial", "resume.too_long"), ("constant", "")],
)  # fmt: skip
def test_steps_beyond_the_plan_are_told_with_what_they_do(scheduler: str, key: str) -> None:
    plan = plan_of(9, 2, scheduler)
    way = continuation(plan, 3, 4, MAIN)
    assert way is not None
    told = extra_steps_told(plan, way)
    assert key_of(told) == key
    if told is not None:
        assert told.values["n"] == 1
        assert all(translate.words(told, language) for language in translate.LANGUAGES)


# --- with another plan -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "level", "key"),
    [
        ({"learning_rate": 5e-5}, "blocked", "resume.old_goes_on"),
        ({"optimizer_args": ("weight_decay=0.1",)}, "blocked", "resume.old_goes_on"),
        ({"extra": {"unet_lr": "0.0002"}}, "blocked", "resume.old_goes_on"),
        ({"network_alpha": 8.0}, "blocked", "resume.other_alpha"),
        ({"network_dim": 16}, "blocked", "resume.other_shape"),
        ({"extra": {"network_args": ["conv_dim=4"]}}, "blocked", "resume.other_shape"),
        ({"network_train_unet_only": False}, "blocked", "resume.other_shape"),
        ({"optimizer_type": "Lion"}, "blocked", "resume.other_optimizer"),
        ({"optimizer_type": "Adafactor"}, "blocked", "resume.other_optimizer"),
        ({"max_train_steps": 20}, "attention", "resume.other_curve"),
        ({"lr_scheduler": "cosine"}, "attention", "resume.other_curve"),
        ({"train_batch_size": 2}, "attention", "resume.other_steps"),
        ({"base_model": "other"}, "attention", "resume.other_base_model"),
    ],
)  # fmt: skip
def test_a_changed_plan_is_refused_or_said(changed: dict[str, Any], level: str, key: str) -> None:
    found = differences(PLAN, replace(PLAN, **changed), has_scaler=True)
    assert [(item.level, item.text.key) for item in found] == [(level, key)]
    assert all(translate.words(found[0].text, language) for language in translate.LANGUAGES)


@pytest.mark.parametrize(
    "changed",
    [{}, {"mixed_precision": "bf16"}, {"resolution": 768}, {"fp8_base": True}, {"save_every_n_steps": 7}, {"seed": 1},
     {"max_data_loader_n_workers": 2}, {"optimizer_type": "adamw8BIT"}],
)  # fmt: skip
def test_what_the_trainer_takes_is_let_through(changed: dict[str, Any]) -> None:
    assert differences(PLAN, replace(PLAN, **changed), has_scaler=True) == []


def test_fp16_needs_its_scaler_in_the_state() -> None:
    state = replace(PLAN, mixed_precision="bf16")
    found = differences(state, replace(PLAN, mixed_precision="fp16"), has_scaler=False)
    assert [item.text.key for item in found] == ["resume.no_scaler"]
    assert differences(state, replace(PLAN, mixed_precision="fp16"), has_scaler=True) == []


def test_lists_of_a_file_equal_those_of_a_command() -> None:
    state = replace(PLAN, extra={"network_args": ["conv_dim=4"]})
    assert differences(state, replace(PLAN, extra={"network_args": ("conv_dim=4",)}), has_scaler=True) == []
