"""What is tried after a failure: one step at a time, only what can help, nothing that the user fixed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from avatar.plan.ask import ask
from avatar.plan.fit import fit
from avatar.plan.retry import GPU_MEMORY, HOST_MEMORY, KILLED, NAN, NAN_LATENTS, WORKERS, keeps_state, next_try
from avatar.plan.values import Change, DatasetFacts, Plan
from avatar.system.gpu import Card
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.trainer.options import known_tables
from config import GPU_PROFILES, TRAINING_PRESETS

MAIN = known_tables()[0]
AMPERE = Card(0, "NVIDIA GeForce RTX 3060", 12.0, 11.0, (8, 6))
TURING = Card(0, "NVIDIA GeForce GTX 1660", 6.0, 5.5, (7, 5))


def plan(**changed: Any) -> Plan:
    profile, preset = GPU_PROFILES["rtx3060_12gb"], TRAINING_PRESETS["balanced"]
    made = fit(ask(profile, preset, DatasetFacts(20, 200)), profile=profile, preset=preset, card=None, options=MAIN).plan
    return replace(made, **{"mixed_precision": "fp16", "max_data_loader_n_workers": 0, **changed})


def tried(cause: str, of: Plan, card: Card | None = AMPERE, fixed: tuple[str, ...] = (), nan_step: int = 9) -> list[Change]:
    step = next_try(cause, of, options=MAIN, card=card, fixed=frozenset(fixed), nan_step=nan_step)
    for change in step[1] if step else ():
        assert getattr(step[0], change.name) == change.after != getattr(of, change.name) == change.before  # type: ignore[index]
        for language in translate.LANGUAGES:
            assert translate.words(change.why, language)
    return list(step[1]) if step else []


def names(changes: list[Change]) -> list[tuple[str, Any]]:
    return [(change.name, change.after) for change in changes]


def test_no_number_any_more_is_met_with_bf16_where_the_card_has_it() -> None:
    assert names(tried(NAN, plan())) == [("mixed_precision", "bf16")]
    assert names(tried(NAN, plan(full_fp16=True))) == [("mixed_precision", "bf16"), ("full_fp16", False), ("full_bf16", True)]


@pytest.mark.parametrize("card", [TURING, None])
def test_without_bf16_the_vae_and_then_the_rate_are_to_blame(card: Card | None) -> None:
    assert names(tried(NAN, plan(no_half_vae=False), card)) == [("no_half_vae", True)]
    (change,) = tried(NAN, plan(learning_rate=1e-4), card)
    assert (change.name, change.after) == ("learning_rate", 5e-5)


def test_a_base_model_that_is_bad_from_the_first_step_is_no_fault_of_the_rate() -> None:
    assert tried(NAN, plan(mixed_precision="bf16"), nan_step=1) == []


def test_what_the_user_fixed_is_left_alone() -> None:
    assert names(tried(NAN, plan(), fixed=("mixed_precision",))) == [("learning_rate", plan().learning_rate / 2)]
    assert tried(NAN, plan(), fixed=("mixed_precision", "learning_rate")) == []
    assert tried(KILLED, plan(), fixed=("full_fp16", "max_data_loader_n_workers")) == []


def test_pictures_that_the_vae_cannot_take_are_no_fault_of_the_training() -> None:
    assert names(tried(NAN_LATENTS, plan(no_half_vae=False))) == [("no_half_vae", True)]
    assert tried(NAN_LATENTS, plan(no_half_vae=True)) == []


def test_helper_processes_that_break_down_are_done_without() -> None:
    assert names(tried(WORKERS, plan(max_data_loader_n_workers=2))) == [("max_data_loader_n_workers", 0)]
    assert tried(WORKERS, plan(max_data_loader_n_workers=0)) == []


@pytest.mark.parametrize("cause", [KILLED, HOST_MEMORY])
def test_out_of_the_computers_memory_it_is_tried_with_half_precision_and_no_workers(cause: str) -> None:
    assert names(tried(cause, plan(max_data_loader_n_workers=2))) == [("max_data_loader_n_workers", 0), ("full_fp16", True)]
    assert names(tried(KILLED, plan(mixed_precision="bf16"))) == [("full_bf16", True)]
    assert tried(KILLED, plan(mixed_precision="no")) == []


def test_a_full_card_gets_the_plans_own_ladder() -> None:
    assert tried(GPU_MEMORY, plan())[0].why.key == "plan.change.out_of_memory"


@pytest.mark.parametrize(
    "cause", ["train.cause.disk_full", "train.cause.no_data", "train.cause.gpu_fault", "train.cause.crashed", ""]
)
def test_other_ends_are_not_tried_again(cause: str) -> None:
    assert tried(cause, plan()) == []


def test_a_ladder_always_ends() -> None:
    for cause in (NAN, KILLED, GPU_MEMORY):
        now, steps = plan(), 0
        while step := next_try(cause, now, options=MAIN, card=TURING, fixed=frozenset({"learning_rate"}), nan_step=5):
            now, steps = step[0], steps + 1
            assert steps < 30


def test_a_state_serves_only_where_the_lora_and_its_optimizer_stay_as_they_were() -> None:
    def change(name: str) -> Change:
        return Change(name, 1, 2, Text(""))

    assert keeps_state((change("mixed_precision"), change("fp8_base")))
    assert not keeps_state((change("mixed_precision"), change("network_dim")))
    assert not keeps_state((change("learning_rate"),))
    assert not keeps_state((change("gradient_accumulation_steps"),))
