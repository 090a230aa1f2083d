"""The plan as a value: what it takes from a file that a person may have written to, and what it asks the trainer for."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.plan.ask import ask
from avatar.plan.values import DatasetFacts, Estimate, Plan, plan_from_json
from config import GPU_PROFILES, TRAINING_PRESETS

PLAN = ask(GPU_PROFILES["rtx3060_12gb"], TRAINING_PRESETS["balanced"], DatasetFacts(20, 200))
KEPT = json.loads(json.dumps(dataclasses.asdict(PLAN)))  # as lora_config.json holds it


# --- from a file -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", sorted(GPU_PROFILES))
@pytest.mark.parametrize("preset", sorted(TRAINING_PRESETS))
def test_every_plan_comes_back_from_the_file_as_it_went(profile: str, preset: str) -> None:
    plan = ask(GPU_PROFILES[profile], TRAINING_PRESETS[preset], DatasetFacts(20, 200))
    plan = dataclasses.replace(plan, optimizer_args=("a=1", "b=2"), extra={"keep_tokens": "2", "highvram": True})
    back = plan_from_json(json.loads(json.dumps(dataclasses.asdict(plan))))
    assert back == plan and back.fingerprint == plan.fingerprint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("network_dim", "64"), ("network_dim", 64.5), ("network_dim", None), ("network_dim", True), ("learning_rate", "0,0001"),
        ("learning_rate", None), ("learning_rate", False), ("save_state", 1), ("save_state", "true"),
        ("save_every_n_steps", "50"), ("save_every_n_steps", True), ("min_snr_gamma", [5.0]), ("base_model", None),
        ("base_model", 3), ("extra", []), ("extra", "keep_tokens=2"), ("resolution", [1024, 1024]),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_with_its_name(name: str, value: object) -> None:
    with pytest.raises(TypeError, match=f"^{name}="):
        plan_from_json({**KEPT, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("network_alpha", 48), ("min_snr_gamma", 5), ("min_snr_gamma", None), ("save_every_n_steps", None),
        ("save_every_n_steps", 50), ("extra", {}), ("base_model", ""),
    ],
)  # fmt: skip
def test_a_value_that_a_person_may_well_write_is_taken(name: str, value: object) -> None:
    assert getattr(plan_from_json({**KEPT, name: value}), name) == value


@pytest.mark.parametrize("data", [{}, {**KEPT, "netwrok_dim": 4}, {k: v for k, v in KEPT.items() if k != "profile"}])
def test_missing_and_unknown_keys_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        plan_from_json(data)


def test_an_older_plan_without_the_newer_values_gets_their_defaults() -> None:
    required = {
        entry.name for entry in dataclasses.fields(Plan) if entry.default is entry.default_factory is dataclasses.MISSING
    }
    plan = plan_from_json({name: value for name, value in KEPT.items() if name in required})
    assert (plan.num_processes, plan.no_half_vae, plan.optimizer_args, dict(plan.extra)) == (1, True, (), {})


# --- fingerprint and options by hand ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [entry.name for entry in dataclasses.fields(Plan)])
def test_the_fingerprint_changes_with_every_single_value(name: str) -> None:
    value = getattr(PLAN, name)
    other: Any = (not value) if isinstance(value, bool) else {"a": "b"} if name == "extra" else ("a",) if value == () else 77
    assert dataclasses.replace(PLAN, **{name: other}).fingerprint != PLAN.fingerprint


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        (True, True), ("1", True), ("0.05", True), ("-1", True), ("words", True), (["a=1"], True), ("nan", True),
        (False, False), ("0", False), ("0.0", False), ("0e5", False),
    ],
)  # fmt: skip
def test_an_option_by_hand_counts_unless_it_is_off(value: object, asked: bool) -> None:
    assert dataclasses.replace(PLAN, extra={"caption_dropout_rate": value}).asks("caption_dropout_rate") is asked
    assert PLAN.asks("caption_dropout_rate") is False


@given(st.one_of(st.none(), st.integers(1, 5000)), st.booleans(), st.integers(0, 3))
def test_samples_are_made_where_any_of_three_options_asks_for_them(every: int | None, at_first: bool, epochs: int) -> None:
    extra = {"sample_at_first": at_first, "sample_every_n_epochs": str(epochs)}
    plan = dataclasses.replace(PLAN, sample_every_n_steps=every, extra=extra)
    assert plan.makes_samples is (every is not None or at_first or epochs > 0)


# --- the estimate ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("free", "verdict"),
    [(None, None), (7.39, "too_big"), (7.4, "narrow"), (7.99, "narrow"), (8.0, "fits"), (9.0, "fits")],
)
def test_an_estimate_fits_with_its_margin_or_narrowly_or_not(free: float | None, verdict: str | None) -> None:
    estimate = Estimate(7.4, 8.0, "forward", {"forward": 7.4}, 4.8, 1.0, 0.0, 1.1, 0.5, 13.1, free, "arithmetic")
    assert estimate.verdict == verdict


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, -(10**20)])
@pytest.mark.parametrize("field", ["resolution", "network_alpha", "learning_rate", "seed", "min_snr_gamma"])
def test_a_plan_whose_file_holds_a_number_beyond_all_use_is_refused(field: str, value: float) -> None:
    plan = dataclasses.asdict(PLAN)
    with pytest.raises(TypeError, match=field):
        plan_from_json({**plan, field: value})
    with pytest.raises(TypeError, match="optimizer_args"):
        plan_from_json({**plan, "optimizer_args": [value]})
    assert Plan(**{**plan, "extra": {"sample_at_first": value}}).makes_samples
