"""The fit to the memory: the best plan of each card, what the user named changed last, and what is offered beside it."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.plan import memory_fit
from avatar.plan.ask import ask
from avatar.plan.command import RunPaths, build_command
from avatar.plan.fit import Fitted, cheaper, fit
from avatar.plan.memory import estimate_memory_gib
from avatar.plan.overrides import parse_overrides
from avatar.plan.rules import rule_problems
from avatar.plan.steps import pictures_of_a_process
from avatar.plan.values import DatasetFacts, Plan
from avatar.system.gpu import Card
from avatar.texts import translate
from avatar.trainer.options import OptionTable, command_problems, known_tables
from config import GPU_PROFILES, TRAINING_PRESETS
from tests.places import ROOT

TABLES = known_tables()
MAIN = TABLES[0]
DATASET = DatasetFacts(20, 200)
ON_CARDS = [name for name, profile in GPU_PROFILES.items() if profile.vram_gib]


def planned(profile: str, *typed: str, preset: str = "balanced", free: float | None = None) -> Fitted:
    """Return a plan as `configure --gpu PROFILE --set …` makes it; free: GiB of a card that is here."""
    chosen, named = GPU_PROFILES[profile], TRAINING_PRESETS[preset]
    card = None if free is None else Card(0, chosen.label, chosen.vram_gib, free, chosen.compute_capability)
    return fit(ask(chosen, named, DATASET), profile=chosen, preset=named, card=card, options=MAIN,
               overrides=parse_overrides(typed, MAIN))  # fmt: skip


def shape(plan: Plan) -> tuple[Any, ...]:
    return (plan.network_dim, plan.network_alpha, plan.resolution, plan.train_batch_size, plan.gradient_accumulation_steps)


def pictures(plan: Plan) -> int | None:
    return plan.sample_px if plan.makes_samples else None


def reasons(fitted: Fitted, name: str) -> list[tuple[Any, Any, str]]:
    return [(change.before, change.after, change.why.key) for change in fitted.changes if change.name == name]


# --- the best plan of each card --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "expected", "base", "px", "gib"),
    [
        ("gpu_6gb", (32, 16, 1024, 1, 1), "fp8", None, 4.64), ("rtx3060_8gb", (96, 48, 1024, 1, 2), "fp8", None, 6.78),
        ("rtx4060_8gb", (96, 48, 1024, 1, 2), "fp8", None, 6.78), ("gpu_12gb", (64, 32, 1024, 1, 2), "bf16", 1024, 9.99),
        ("rtx3060_12gb", (96, 48, 1024, 1, 2), "bf16", 768, 9.15), ("rtx4070_12gb", (128, 64, 1024, 1, 2), "bf16", 768, 10.09),
        ("rtx4060ti_16gb", (128, 64, 1024, 2, 1), "bf16", 1024, 11.15),
        ("gpu_24gb", (128, 64, 1024, 1, 2), "bf16", 1024, 17.73),
    ],
)  # fmt: skip
def test_the_best_plan_of_each_card(profile: str, expected: tuple[Any, ...], base: str, px: int | None, gib: float) -> None:
    fitted = planned(profile)
    assert shape(fitted.plan) == expected
    assert (fitted.plan.fp8_base, pictures(fitted.plan)) == (base == "fp8", px)
    assert fitted.plan.gradient_checkpointing is (profile != "gpu_24gb")
    assert fitted.estimate.total_gib == pytest.approx(gib, abs=0.02) and fitted.estimate.verdict == "fits"
    assert fitted.warnings == ()


@pytest.mark.parametrize("preset", sorted(TRAINING_PRESETS))
@pytest.mark.parametrize("profile", ON_CARDS)
def test_nothing_is_chosen_over_its_margin_and_nothing_is_changed_without_a_reason(profile: str, preset: str) -> None:
    fitted = planned(profile, preset=preset)
    if GPU_PROFILES[profile].vram_gib >= 6:
        assert fitted.estimate.verdict == "fits"
    assert not fitted.plan.cpu_offload_checkpointing
    assert fitted.plan.gradient_checkpointing or not fitted.plan.fp8_base
    asked = ask(GPU_PROFILES[profile], TRAINING_PRESETS[preset], DATASET)
    changed = {change.name for change in fitted.changes}
    for field in dataclasses.fields(Plan):
        differs = getattr(asked, field.name) != getattr(fitted.plan, field.name)
        assert not differs or field.name in changed, field.name
    for change in fitted.changes:
        assert all(translate.words(change.why, language) for language in translate.LANGUAGES)


def test_what_lowvram_asks_for_is_met_by_what_the_trainer_has() -> None:
    for profile in ("gtx1650_4gb", "gpu_6gb", "rtx3060_8gb"):
        assert reasons(planned(profile), "fp8_base") == [(False, True, "plan.change.no_lowvram")]


def test_an_fp8_base_is_taken_only_where_it_is_needed() -> None:
    small = planned("rtx3060_8gb", "network_dim=4", "save_state=false", preset="quick").plan
    assert not small.fp8_base and estimate_memory_gib(small, 7.36).verdict == "fits"


@given(st.floats(1.0, 30.0), st.sampled_from(ON_CARDS), st.sampled_from(sorted(TRAINING_PRESETS)))
def test_a_plan_fits_well_or_it_is_said_that_it_does_not(free: float, profile: str, preset: str) -> None:
    fitted = planned(profile, preset=preset, free=free)
    told = {warning.key for warning in fitted.warnings}
    assert fitted.estimate.verdict == "fits" or told & {
        "plan.warning.narrow", "plan.warning.too_big", "plan.warning.card_too_small"
    }  # fmt: skip
    assert fitted.plan.network_alpha == fitted.plan.network_dim / 2
    assert rule_problems(fitted.plan) == []


def test_a_card_in_use_keeps_what_it_can_in_the_order_of_the_harm() -> None:
    found = [planned("rtx3060_12gb", free=free).plan for free in (11.9, 11.0, 9.4, 8.6, 7.4, 6.9, 5.3, 3.9)]
    assert [pictures(plan) for plan in found] == [1024, 768, 512, None, None, None, None, None]
    assert [plan.gradient_accumulation_steps for plan in found] == [2, 2, 1, 2, 2, 1, 1, 1]
    assert [plan.fp8_base for plan in found] == [False, False, False, True, True, True, True, True]
    assert [(plan.network_dim, plan.resolution) for plan in found] == [
        (96, 1024), (96, 1024), (96, 1024), (96, 1024), (96, 1024), (96, 1024), (32, 1024), (4, 640)
    ]  # fmt: skip


def test_fewer_pictures_in_a_step_take_more_steps() -> None:
    roomy, tight = planned("rtx3060_12gb", free=11.9), planned("rtx3060_12gb", free=9.4)
    assert tight.plan.max_train_steps == 2 * roomy.plan.max_train_steps == 2000
    assert reasons(tight, "max_train_steps") == [(1000, 2000, "plan.change.same_exposures")]
    assert (tight.plan.save_every_n_steps, tight.plan.lr_warmup_steps) == (500, 100)
    # Steps that the user named stay, and a step sees the pictures that it saw.
    named = planned("rtx3060_12gb", "max_train_steps=500", free=9.4).plan
    assert (named.max_train_steps, named.gradient_accumulation_steps) == (500, 2)


def test_accumulation_by_hand_keeps_the_number_of_pictures_that_are_seen() -> None:
    one, four = (planned("rtx4060ti_16gb", f"gradient_accumulation_steps={n}", "train_batch_size=1").plan for n in (1, 4))
    assert (one.max_train_steps, four.max_train_steps) == (2000, 800)  # of the preset: 800 at least
    assert planned("rtx4060ti_16gb").plan.max_train_steps == 1000


def test_without_checkpointing_where_that_fits_and_a_batch_gives_way() -> None:
    def on(free: float, *typed: str) -> Plan:
        return planned("gpu_24gb", *typed, free=free).plan

    assert on(79.0, "train_batch_size=4").train_batch_size == 4 and not on(79.0, "train_batch_size=4").gradient_checkpointing
    assert on(19.1).gradient_checkpointing  # 17.73 with its margin is more
    assert not on(19.2).gradient_checkpointing
    assert on(23.0, "gradient_checkpointing=true").gradient_checkpointing
    batch = planned("rtx4060ti_16gb", "resolution=512", free=15.5).plan
    assert (batch.train_batch_size, batch.gradient_accumulation_steps, batch.gradient_checkpointing) == (2, 1, False)
    shared = planned("rtx4060ti_16gb", "resolution=768", free=15.5).plan
    assert (shared.train_batch_size, shared.gradient_accumulation_steps, shared.gradient_checkpointing) == (1, 2, False)


# --- what the user asked for by name ---------------------------------------------------------------------------------


def test_asking_for_pictures_costs_neither_dim_nor_resolution() -> None:
    fitted = planned("rtx3060_8gb", "sample_every_n_steps=300")
    assert shape(fitted.plan) == (96, 48, 1024, 1, 2) and fitted.estimate.total_gib == 6.78
    assert not fitted.plan.makes_samples
    assert reasons(fitted, "sample_every_n_steps")[-1] == (300, None, "plan.change.no_samples")
    first, *offers, last = fitted.warnings
    assert (first.key, last.key) == ("plan.warning.no_samples", "plan.offer.samples_later")
    assert (first.values["dim"], first.values["px"]) == (96, 512)
    narrow, well = offers
    assert (narrow.key, narrow.values["dim"], narrow.values["px"]) == ("plan.offer.samples_narrow", 48, 512)
    assert narrow.values["needs"] == pytest.approx(7.20, abs=0.01)
    assert (well.key, well.values["dim"], well.values["px"]) == ("plan.offer.samples_fits", 24, 512)
    for language in translate.LANGUAGES:
        assert "network_dim=48" in translate.words(narrow, language)


@pytest.mark.parametrize(("offer", "dim", "verdict"), [(1, 48, "narrow"), (2, 24, "fits")])
def test_what_is_offered_for_pictures_gives_just_that(offer: int, dim: int, verdict: str) -> None:
    typed = planned("rtx3060_8gb", "sample_every_n_steps=300").warnings[offer].values["typed"].split()
    taken = planned("rtx3060_8gb", *typed)
    assert (taken.plan.network_dim, pictures(taken.plan), taken.estimate.verdict) == (dim, 512, verdict)
    assert [warning.key for warning in taken.warnings] == (["plan.warning.narrow"] if verdict == "narrow" else [])


def test_the_size_of_pictures_is_fitted_before_anything_else() -> None:
    fitted = planned("rtx3060_12gb", "sample_every_n_steps=300")
    assert (shape(fitted.plan), pictures(fitted.plan)) == ((96, 48, 1024, 1, 2), 768)
    assert reasons(fitted, "sample_px") == [(1024, 768, "plan.change.memory")]
    (offer,) = fitted.offers  # 1024 px fit narrowly: the user's choice
    assert offer.key == "plan.offer.narrow" and offer.values["typed"].endswith(
        "fp8_base=false sample_every_n_steps=300 sample_px=1024"
    )
    taken = planned("rtx3060_12gb", *offer.values["typed"].split())
    assert (pictures(taken.plan), taken.estimate.verdict) == (1024, "narrow")


@pytest.mark.parametrize("typed", ["sample_at_first=true", "sample_every_n_epochs=1"])
def test_pictures_that_another_option_asks_for_are_left_out_with_it(typed: str) -> None:
    fitted = planned("rtx3060_8gb", typed)
    assert not fitted.plan.makes_samples and fitted.plan.extra == {}
    assert reasons(fitted, typed.partition("=")[0])[-1][1:] == (None, "plan.change.no_samples")
    assert fitted.warnings[0].key == "plan.warning.no_samples"


def test_a_named_dim_stays_and_the_resolution_gives_way_with_the_narrow_choice_beside_it() -> None:
    fitted = planned("rtx4060_8gb", "network_dim=128")
    assert (fitted.plan.network_dim, fitted.estimate.verdict) == (128, "fits")
    assert fitted.plan.resolution < 1024
    (offer,) = fitted.offers
    taken = planned("rtx4060_8gb", *offer.values["typed"].split())
    assert shape(taken.plan) == (128, 64, 1024, 1, 1)
    assert taken.estimate.verdict == "narrow" and taken.estimate.total_gib == pytest.approx(7.00, abs=0.01)
    assert [warning.key for warning in taken.warnings] == ["plan.warning.narrow"]


def test_the_4060_of_the_users_table_gets_dim_96_and_is_offered_128_with_its_figure() -> None:
    fitted = planned("rtx4060_8gb")
    assert reasons(fitted, "network_dim") == [(128, 96, "plan.change.memory")]
    why = next(change.why for change in fitted.changes if change.name == "network_dim")
    assert why.values["needs"] == pytest.approx(1.08 * 7.74, abs=0.02)
    (offer,) = fitted.offers
    assert offer.values["typed"] == "network_dim=128 resolution=1024 gradient_accumulation_steps=1"
    assert offer.values["needs"] == pytest.approx(7.00, abs=0.01)


@given(st.sampled_from(ON_CARDS), st.floats(3.5, 24.0), st.sampled_from([(), ("sample_every_n_steps=300",)]))
def test_every_offer_gives_a_plan_that_fits_narrowly(profile: str, free: float, typed: tuple[str, ...]) -> None:
    for offer in planned(profile, *typed, free=free).offers:
        kept = [text for text in typed if text.partition("=")[0] not in offer.values["typed"]]
        taken = planned(profile, *kept, *offer.values["typed"].split(), free=free)
        assert taken.estimate.verdict == "narrow"
        assert taken.estimate.total_gib == offer.values["needs"]


def test_values_by_hand_that_cannot_fit_stay_and_nothing_of_the_model_is_given_up_in_vain() -> None:
    fitted = planned("rtx3060_8gb", "network_dim=256", "fp8_base=false")
    assert (fitted.plan.network_dim, fitted.plan.resolution, fitted.plan.fp8_base) == (256, 1024, False)
    assert [told.key for told in fitted.warnings] == ["plan.warning.too_big", "plan.offer.take_back"]


@pytest.mark.parametrize(
    "typed",
    [("sample_every_n_steps=100", "sample_px=512"), ("sample_every_n_steps=100", "sample_px=1024", "network_dim=64"),
     ("network_dim=256", "fp8_base=false"), ("network_dim=256", "resolution=1024", "fp8_base=false"),
     ("gradient_checkpointing=false", "resolution=1024"), ("train_batch_size=8", "resolution=1024", "network_dim=96")],
)  # fmt: skip
def test_each_way_out_of_a_plan_that_does_not_fit_for_the_users_own_values_makes_one_that_fits(typed: tuple[str, ...]) -> None:
    fitted = planned("rtx3060_8gb", *typed)
    assert fitted.estimate.verdict == "too_big"
    offers = [told for told in fitted.warnings if told.key.startswith("plan.offer.")]
    assert offers and offers[-1].key == "plan.offer.take_back"
    for offer in offers:
        given = dict(text.split("=") for text in (*typed, *offer.values["typed"].split()))
        taken = planned("rtx3060_8gb", *(f"{name}={value}" for name, value in given.items() if value != "-"))
        assert taken.estimate.verdict in ("fits", "narrow"), offer
        assert taken.estimate.total_gib == pytest.approx(offer.values["needs"], abs=0.01)


def test_fp8_by_hand_without_checkpointing_is_told_that_it_costs_more() -> None:
    fitted = planned("gpu_24gb", "fp8_base=true", "gradient_checkpointing=false")
    assert fitted.plan.fp8_base and not fitted.plan.gradient_checkpointing
    (warning,) = (told for told in fitted.warnings if told.key == "plan.warning.fp8_kept")
    assert warning.values["needs"] > warning.values["instead"] + 1
    assert not planned("rtx3060_8gb", "gradient_checkpointing=false").plan.fp8_base


# --- small and strange cards -----------------------------------------------------------------------------------------


def test_a_card_under_4_5_gib_is_told_what_would_fit_with_its_margin_and_about_fp16() -> None:
    fitted = planned("gtx1650_4gb")
    assert (fitted.plan.network_dim, fitted.plan.resolution, fitted.plan.fp8_base) == (4, 512, True)
    small, fp16 = fitted.warnings
    assert (small.key, fp16.key) == ("plan.warning.card_too_small", "plan.warning.gtx16")
    assert (small.values["needs"], small.values["free"]) == (pytest.approx(3.47, abs=0.01), 3.68)
    for language in translate.LANGUAGES:
        assert "try_anyway" in translate.words(small, language)
    assert reasons(fitted, "network_dim") == [(32, 4, "plan.change.memory")]
    assert reasons(fitted, "resolution") == [(768, 512, "plan.change.memory")]


def test_a_card_without_memory_of_its_own_is_told_what_is_counted() -> None:
    profile, preset = GPU_PROFILES["gpu_24gb"], TRAINING_PRESETS["balanced"]
    card = Card(0, "NVIDIA GB10", 119.0, 20.0, (12, 1), shared=True)
    fitted = fit(ask(profile, preset, DATASET), profile=profile, preset=preset, card=card, options=MAIN)
    assert "plan.warning.shared_memory" in {warning.key for warning in fitted.warnings}
    assert (fitted.estimate.free_gib, fitted.estimate.verdict) == (6.9, "fits")


# --- after a card ran out of memory ----------------------------------------------------------------------------------


@given(st.sampled_from(ON_CARDS), st.sampled_from(TABLES))
def test_each_cheaper_plan_gains_by_the_formula_and_the_ladder_ends_at_the_smallest(profile: str, options: OptionTable) -> None:
    preset = TRAINING_PRESETS["balanced"]
    asked = ask(GPU_PROFILES[profile], preset, DATASET)
    plan = fit(asked, profile=GPU_PROFILES[profile], preset=preset, card=None, options=options).plan
    rungs = 0
    while (step := cheaper(plan)) is not None:
        smaller, changes = step
        gain = 1 - estimate_memory_gib(smaller).total_gib / estimate_memory_gib(plan).total_gib
        smallest = (smaller.network_dim, smaller.resolution, smaller.fp8_base) == (4, 512, True)
        assert gain >= 0.079 or smallest, (gain, changes)
        assert changes and rule_problems(smaller) == []
        seen = pictures_of_a_process(plan) * plan.max_train_steps
        assert pictures_of_a_process(smaller) * smaller.max_train_steps == seen
        paths = RunPaths(train_data_dir=ROOT, output_dir=ROOT, output_name="a", logging_dir=ROOT)
        given_arguments = build_command(smaller, paths, python=ROOT / "python", script=ROOT / "x.py", options=options)
        assert command_problems(given_arguments[2:], options) == []
        plan, rungs = smaller, rungs + 1
        assert rungs < 30
    assert (plan.network_dim, plan.resolution, plan.fp8_base, plan.makes_samples) == (4, 512, True, False)


def test_after_a_failure_the_rungs_reach_rank_and_resolution() -> None:
    plan = planned("rtx3060_12gb").plan
    found = []
    while (step := cheaper(plan)) is not None:
        plan = step[0]
        found.append((plan.network_dim, plan.resolution, plan.gradient_accumulation_steps, plan.fp8_base))
    assert found[0] == (96, 1024, 2, True)  # acc 1 alone would gain 6 %
    assert found[1:4] == [(96, 1024, 1, True), (64, 1024, 1, True), (32, 1024, 1, True)]
    assert found[-1] == (4, 512, 1, True)


def test_checkpointing_comes_back_first() -> None:
    plan = planned("gpu_24gb").plan
    step = cheaper(plan)
    assert step is not None and [change.name for change in step[1]] == ["gradient_checkpointing"]


def test_pictures_that_decide_go_alone_and_named_ones_stay() -> None:
    plan = dataclasses.replace(planned("gpu_24gb").plan, gradient_checkpointing=True, network_dim=32)
    step = cheaper(plan)
    assert step is not None and [change.name for change in step[1]] == ["sample_every_n_steps"]
    kept = cheaper(plan, frozenset({"sample_every_n_steps"}))
    assert kept is not None and kept[0].sample_every_n_steps and kept[0].sample_px < 1024


def test_what_the_user_gave_is_on_no_rung() -> None:
    plan = planned("rtx3060_8gb").plan
    fixed = frozenset({"network_dim", "resolution", "fp8_base", "gradient_accumulation_steps"})
    assert cheaper(plan, fixed) is None
    assert cheaper(plan, fixed - {"gradient_accumulation_steps"}) is not None
    assert cheaper(plan, fixed - {"gradient_accumulation_steps"} | {"max_train_steps"}) is None


@given(st.sampled_from(ON_CARDS), st.integers(1, 300), st.sampled_from([512, 640, 768, 1024, 1280]))
def test_the_ways_begin_with_the_plan_and_never_give_more(profile: str, dim: int, resolution: int) -> None:
    plan = dataclasses.replace(planned(profile).plan, network_dim=dim, network_alpha=dim / 2, resolution=resolution)
    ways = list(memory_fit.candidates(plan, frozenset()))
    assert ways[0] == plan and len(ways) == len({way.fingerprint for way in ways})
    for way in ways:
        assert way.network_dim <= dim and way.resolution <= resolution and way.network_alpha > 0
        assert pictures_of_a_process(way) <= pictures_of_a_process(plan)
        assert math.isclose(way.network_alpha, max(0.5, way.network_dim / 2), abs_tol=0.51)
