"""Plans: asked for, fitted, costed, overridden, and made into commands and shell lines."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.plan import ask as plan_ask
from avatar.plan import fit as plan_fit
from avatar.plan import memory_fit, rules
from avatar.plan import overrides as plan_overrides
from avatar.plan.ask import ask
from avatar.plan.command import FIELDS, MANAGED, RunPaths, arguments_of, build_command, environment_for, plain_number
from avatar.plan.fit import Fitted, fit
from avatar.plan.memory import estimate_memory_gib
from avatar.plan.overrides import parse_overrides
from avatar.plan.resume import Continuation
from avatar.plan.rules import rule_problems
from avatar.plan.shell import quote_batch, quote_cmd, quote_powershell, shell_lines
from avatar.plan.steps import step_arithmetic
from avatar.plan.values import DatasetFacts, Plan, plan_from_json
from avatar.system.gpu import Card
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.trainer.options import OptionTable, command_problems, known_tables
from config import GPU_PROFILES, TRAINING_PRESETS, GPUProfile, TrainerConfig

TABLES = known_tables()
MAIN = TABLES[0]
DATASET = DatasetFacts(20, 200)
BALANCED = TRAINING_PRESETS["balanced"]


def planned(
    profile: str = "rtx3060_12gb", preset: str = "balanced", *, card: Card | None = None, options: OptionTable = MAIN,
    dataset: DatasetFacts = DATASET, overrides: dict[str, Any] | None = None,
) -> Fitted:  # fmt: skip
    chosen, named = GPU_PROFILES[profile], TRAINING_PRESETS[preset]
    asked = ask(chosen, named, dataset)
    return fit(asked, profile=chosen, preset=named, card=card, options=options, overrides=overrides)


def command(plan: Plan, options: OptionTable = MAIN, **paths: Any) -> list[str]:
    places: dict[str, Any] = {
        "train_data_dir": Path("/c/ana/training_data"), "output_dir": Path("/c/ana/runs/1"), "output_name": "ana_avatar_v1",
        "logging_dir": Path("/c/ana/logs"), **paths,
    }  # fmt: skip
    return build_command(plan, RunPaths(**places), python=Path("/v/python"), script=Path("/k/sdxl_train_network.py"),
                         options=options)  # fmt: skip


# --- what is asked ---------------------------------------------------------------------------------------------------


def test_the_users_table_is_asked_for_as_written() -> None:
    plan = ask(GPU_PROFILES["rtx3060_8gb"], BALANCED, DATASET)
    assert (plan.network_dim, plan.network_alpha, plan.resolution) == (96, 48, 1024)
    assert (plan.train_batch_size, plan.gradient_accumulation_steps) == (1, 2)
    assert (plan.learning_rate, plan.lr_scheduler, plan.optimizer_type) == (1e-4, "cosine_with_restarts", "AdamW8bit")


def test_restarts_do_restart() -> None:
    plan = planned().plan
    assert plan.lr_scheduler_num_cycles is not None and plan.lr_scheduler_num_cycles > 1


def test_the_faster_rate_is_for_quick_runs_from_8_gb_upwards() -> None:
    quick = TRAINING_PRESETS["quick"]
    assert ask(GPU_PROFILES["rtx4060_8gb"], quick, DATASET).learning_rate == 1.2e-4
    assert ask(GPU_PROFILES["gtx1650_4gb"], quick, DATASET).learning_rate == 1e-4
    assert ask(GPU_PROFILES["rtx4060_8gb"], BALANCED, DATASET).learning_rate == 1e-4


@given(st.integers(0, 3000), st.sampled_from(sorted(TRAINING_PRESETS)), st.sampled_from(sorted(GPU_PROFILES)))
def test_steps_stay_within_the_preset_and_warm_up_within_a_tenth(images: int, preset: str, profile: str) -> None:
    plan = ask(GPU_PROFILES[profile], TRAINING_PRESETS[preset], DatasetFacts(images, images * 10))
    assert TRAINING_PRESETS[preset].min_steps <= plan.max_train_steps <= TRAINING_PRESETS[preset].max_steps
    assert plan.lr_warmup_steps <= plan.max_train_steps * 0.1
    assert plan.save_every_n_steps and plan.save_every_n_steps * TRAINING_PRESETS[preset].checkpoints >= plan.max_train_steps


def test_2000_steps_warm_up_200_and_save_every_500_as_in_the_users_example() -> None:
    plan = ask(GPU_PROFILES["rtx3060_12gb"], BALANCED, DatasetFacts(100, 1000))
    assert (plan.max_train_steps, plan.lr_warmup_steps, plan.save_every_n_steps) == (2000, 200, 500)


# --- every profile and preset is a command that every trainer takes ---------------------------------------------------


@pytest.mark.parametrize("options", TABLES, ids=lambda table: table.version)
@pytest.mark.parametrize("preset", sorted(TRAINING_PRESETS))
@pytest.mark.parametrize("profile", sorted(GPU_PROFILES))
def test_every_flag_of_every_plan_is_accepted_by_every_trainer(profile: str, preset: str, options: OptionTable) -> None:
    plan = planned(profile, preset, options=options).plan
    arguments = command(plan, options)[2:]
    assert command_problems(arguments, options) == []
    assert rule_problems(plan) == []
    assert not {"--lowvram", "--medvram", "--lowram"} & set(arguments)
    assert {"--no_half_vae", "--cache_latents", "--cache_text_encoder_outputs", "--network_train_unet_only", "--sdpa"} <= set(
        arguments
    )
    assert plan.resolution % 64 == 0
    assert plan.lr_warmup_steps <= plan.max_train_steps * 0.1
    assert 0 <= plan.max_data_loader_n_workers <= 2
    assert arguments[arguments.index("--save_precision") + 1] == "fp16"
    assert arguments[arguments.index("--caption_extension") + 1] == ".txt"


@pytest.mark.parametrize("profile", [name for name, profile in GPU_PROFILES.items() if profile.vram_gib >= 6])
def test_every_plan_from_6_gb_fits_by_the_estimate(profile: str) -> None:
    fitted = planned(profile)
    assert fitted.estimate.verdict == "fits"
    assert fitted.warnings == ()


# --- fitting ---------------------------------------------------------------------------------------------------------


def change(fitted: Fitted, name: str) -> tuple[Any, Any]:
    found = [(item.before, item.after) for item in fitted.changes if item.name == name]
    assert len(found) == 1, fitted.changes
    return found[0]


def test_fp8_has_another_name_in_older_trainers() -> None:
    new, old = planned("rtx3060_8gb"), planned("rtx3060_8gb", options=TABLES[1])
    assert "--fp8_base_unet" in command(new.plan)
    assert "--fp8_base" in command(old.plan, TABLES[1])
    assert not {"--fp8_base_unet", "--cpu_offload_checkpointing"} & set(command(old.plan, TABLES[1]))


def test_a_card_without_bf16_keeps_fp16_and_one_with_it_gets_bf16() -> None:
    assert planned("gpu_8gb").plan.mixed_precision == "fp16"
    assert change(planned("rtx3060_8gb"), "mixed_precision") == ("fp16", "bf16")
    turing = Card(0, "NVIDIA GeForce RTX 2070", 8.0, 7.5, (7, 5))
    assert planned("rtx3060_8gb", card=turing).plan.mixed_precision == "fp16"


def test_a_card_of_compute_capability_8_0_trains_in_bf16() -> None:
    a100 = Card(0, "NVIDIA A100-SXM4-80GB", 80.0, 79.0, (8, 0))
    assert planned("gpu_24gb", card=a100).plan.mixed_precision == "bf16"


def test_a_card_in_use_gets_a_smaller_plan_and_every_change_has_its_reason() -> None:
    roomy = planned("rtx3060_12gb", card=Card(0, "NVIDIA GeForce RTX 3060", 12.0, 11.5, (8, 6)))
    tight = planned("rtx3060_12gb", card=Card(0, "NVIDIA GeForce RTX 3060", 12.0, 5.0, (8, 6)))
    assert roomy.plan.network_dim == 96 and not roomy.plan.fp8_base
    assert tight.plan.fp8_base and tight.plan.network_dim < 96
    assert tight.estimate.verdict == "fits"
    for item in tight.changes:
        for language in translate.LANGUAGES:
            assert translate.words(item.why, language)
    names = [(item.name, item.why.key) for item in tight.changes]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("preset", sorted(TRAINING_PRESETS))
@pytest.mark.parametrize("profile", sorted(GPU_PROFILES))
def test_long_trainings_can_be_resumed_and_keep_few_states(profile: str, preset: str) -> None:
    plan = planned(profile, preset).plan
    wanted = preset != "quick" and profile != "cpu"
    assert plan.save_state is wanted
    assert plan.save_last_n_steps_state == (plan.save_every_n_steps if wanted else None)
    assert ("--save_state" in command(plan)) is wanted


def test_states_by_hand_stay_as_asked() -> None:
    assert planned(overrides={"save_state": False}).plan.save_last_n_steps_state is None
    assert planned("cpu", overrides={"save_state": True}).plan.save_state
    assert planned(preset="quick", overrides={"save_state": True}).plan.save_last_n_steps_state is None  # all are kept
    assert planned(overrides={"save_last_n_steps_state": 7}).plan.save_last_n_steps_state == 7
    shorter = planned(overrides={"max_train_steps": 200}).plan
    assert shorter.save_last_n_steps_state == shorter.save_every_n_steps == 50


def test_fewer_steps_by_hand_bring_samples_nearer() -> None:
    assert planned("rtx4090_24gb", overrides={"max_train_steps": 300}).plan.sample_every_n_steps == 100


def test_alpha_keeps_its_ratio_to_dim() -> None:
    tight = planned("rtx3060_12gb", card=Card(0, "NVIDIA GeForce RTX 3060", 12.0, 4.6, (8, 6)))
    assert tight.plan.network_alpha == tight.plan.network_dim / 2


@given(st.floats(1.0, 30.0), st.sampled_from([name for name, p in GPU_PROFILES.items() if p.vram_gib]))
def test_fitting_never_leaves_the_rules_of_the_trainer(free_gib: float, profile: str) -> None:
    capability = GPU_PROFILES[profile].compute_capability
    fitted = planned(profile, card=Card(0, "some card", 24.0, free_gib, capability))
    assert rule_problems(fitted.plan) == []
    assert fitted.plan.resolution in memory_fit.RESOLUTION_LADDER and fitted.plan.network_dim >= 4
    # Either it fits, or it is said that it does not.
    assert fitted.estimate.verdict == "fits" or fitted.warnings


def test_a_4_gb_card_is_told_that_it_is_too_small_and_that_fp16_gives_nan() -> None:
    keys = [told.key for told in planned("gtx1650_4gb").warnings]
    assert keys == ["plan.warning.card_too_small", "plan.warning.gtx16"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_who_tries_a_card_that_is_too_small_is_not_told_again_how_to_try_it(language: str) -> None:
    first = planned("gtx1650_4gb", overrides={"try_anyway": True}).warnings[0]
    assert first.key == "plan.warning.small_card_tried"
    assert "try_anyway" not in translate.words(first, language) and " bundle " in translate.words(first, language)
    assert "try_anyway" not in translate.text("preflight.small_card_tried", language, **first.values)


@pytest.mark.parametrize("offload", [True, False])
def test_what_would_end_the_training_is_warned_about_when_it_is_planned(offload: bool) -> None:
    keys = [told.key for told in planned(overrides={"cpu_offload_checkpointing": offload}).warnings]
    assert ("effect.offload" in keys) is offload


def test_the_trial_on_the_processor_never_uses_fp16_fp8_or_bitsandbytes() -> None:
    fitted = planned("cpu")
    plan = fitted.plan
    assert (plan.mixed_precision, plan.full_bf16, plan.fp8_base, plan.optimizer_type) == ("bf16", True, False, "AdamW")
    assert plan.max_train_steps <= plan_fit.TRIAL_STEPS
    assert [told.key for told in fitted.warnings] == ["plan.warning.cpu"]


def test_without_bitsandbytes_the_plan_takes_the_plain_optimizer() -> None:
    lacking = dataclasses.replace(MAIN, packages={"torch": "2.6", "bitsandbytes": ""})
    assert change(planned(options=lacking), "optimizer_type") == ("AdamW8bit", "AdamW")
    assert planned().plan.optimizer_type == "AdamW8bit"  # nobody was asked: nothing is assumed


def test_a_value_given_by_hand_stays_and_is_warned_about_where_it_will_not_fit() -> None:
    fitted = planned("rtx3060_8gb", overrides={"network_dim": 256, "fp8_base": False, "resolution": 1024})
    assert fitted.plan.network_dim == 256 and not fitted.plan.fp8_base
    assert [told.key for told in fitted.warnings] == ["plan.warning.too_big", "plan.offer.take_back"]


def test_text_encoders_that_are_trained_are_not_cached() -> None:
    fitted = planned("rtx3090_24gb", overrides={"network_train_unet_only": False})
    assert not fitted.plan.cache_text_encoder_outputs
    assert rule_problems(fitted.plan) == []


def test_fewer_steps_by_hand_bring_less_warm_up_and_nearer_checkpoints() -> None:
    plan = planned(overrides={"max_train_steps": 100}).plan
    assert (plan.lr_warmup_steps, plan.save_every_n_steps) == (10, 25)


def test_a_constant_schedule_has_no_warm_up_and_no_cycles() -> None:
    plan = planned(overrides={"lr_scheduler": "constant"}).plan
    assert (plan.lr_warmup_steps, plan.lr_scheduler_num_cycles) == (0, None)
    assert rule_problems(plan) == []


# --- arithmetic ----------------------------------------------------------------------------------------------------


def test_the_arithmetic_is_the_trainers() -> None:
    plan = dataclasses.replace(planned().plan, train_batch_size=2, gradient_accumulation_steps=4, max_train_steps=100)
    result = step_arithmetic(plan, DatasetFacts(11, 205))
    assert (result.batches_per_epoch, result.steps_per_epoch, result.epochs) == (103, 26, 4)
    assert result.exposures == 3 * 205 + 22 * 8


def test_no_pictures_give_no_division_by_zero() -> None:
    result = step_arithmetic(planned().plan, DatasetFacts(0, 0))
    assert (result.steps_per_epoch, result.epochs, result.exposures_per_image) == (0, 0, 0.0)


def test_a_plan_comes_back_from_json_as_it_went() -> None:
    plan = planned(overrides={"optimizer_args": ("weight_decay=0.01",), "extra": {"noise_offset_random_strength": True}}).plan
    assert plan_from_json(dataclasses.asdict(plan)) == plan
    assert plan_from_json({**dataclasses.asdict(plan), "optimizer_args": ["weight_decay=0.01"]}).fingerprint == plan.fingerprint
    with pytest.raises(TypeError):
        plan_from_json({"profile": "cpu"})


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"full_fp16": True}, "plan.rule.full_fp16"), ({"full_bf16": True, "mixed_precision": "fp16"}, "plan.rule.full_bf16"),
        ({"fp8_base": True, "mixed_precision": "no"}, "plan.rule.fp8"),
        ({"network_train_unet_only": False}, "plan.rule.cached_text_encoders"),
        ({"extra": {"shuffle_caption": True}}, "plan.rule.cached_captions"),
        ({"extra": {"color_aug": True}}, "plan.rule.cached_latents"),
        ({"lr_scheduler": "constant"}, "plan.rule.constant_warmup"), ({"resolution": 1000}, "plan.rule.resolution"),
        ({"network_dim": 0}, "plan.rule.below_least"),
        ({"extra": {"fused_backward_pass": True}}, "plan.rule.fused_backward_pass"),
        ({"profile": "cpu", "mixed_precision": "fp16"}, "plan.rule.cpu_fp16"),
        ({"profile": "cpu", "fp8_base": True}, "plan.rule.cpu_fp8"),
    ],
)  # fmt: skip
def test_combinations_that_stop_the_trainer_are_named(wrong: dict[str, Any], key: str) -> None:
    plan = dataclasses.replace(planned().plan, **wrong)
    assert key in [told.key for told in rule_problems(plan)]


ADAFACTOR = {"optimizer_type": "Adafactor", "optimizer_args": ("relative_step=False", "warmup_init=False")}


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"lr_scheduler": "constant_with_warmup", **ADAFACTOR}, None),
        ({**ADAFACTOR, "optimizer_args": ("relative_step=False", "warmup_init=True")}, "plan.rule.constant_warmup"),
        ({"optimizer_type": "Adafactor"}, "plan.rule.constant_warmup"),
        ({"optimizer_type": "adafactor", "lr_warmup_steps": 0}, None),
        ({"lr_scheduler": "adafactor", "lr_warmup_steps": 0}, "plan.rule.adafactor"),
        ({"lr_scheduler": "adafactor", "lr_warmup_steps": 0, **ADAFACTOR}, "plan.rule.adafactor"),
        ({"lr_scheduler": "adafactor", "lr_warmup_steps": 0, "optimizer_type": "Adafactor"}, None),
        ({"lr_scheduler": "adafactor", "optimizer_type": "Adafactor"}, "plan.rule.constant_warmup"),
        ({"extra": {"adaptive_noise_scale": "0.1"}}, "plan.rule.adaptive_noise"),
        ({"extra": {"adaptive_noise_scale": "0"}}, "plan.rule.adaptive_noise"),
        ({"extra": {"adaptive_noise_scale": "0.1"}, "noise_offset": 0.05}, None),
        ({"extra": {"scale_v_pred_loss_like_noise_pred": True}}, "plan.rule.v_prediction"),
        ({"extra": {"scale_v_pred_loss_like_noise_pred": True, "v_parameterization": True}}, None),
        ({"extra": {"v_pred_like_loss": "0.5", "v_parameterization": True}}, "plan.rule.v_prediction"),
        ({"extra": {"v_pred_like_loss": "0.5"}}, None),
    ],
)
def test_options_that_need_or_exclude_each_other_are_told_before_a_model_is_loaded(
    values: dict[str, Any], key: str | None
) -> None:  # fmt: skip
    assert [told.key for told in rule_problems(dataclasses.replace(planned().plan, **values))] == ([key] if key else [])


@pytest.mark.parametrize(
    ("resolution", "extra", "fits"),
    [
        (1024, {}, True), (1056, {}, False), (256, {}, True), (224, {}, False),
        (1280, {"max_bucket_reso": "1280"}, True), (1280, {"max_bucket_reso": "1217"}, True),  # made 1280 by the trainer
        (1280, {"max_bucket_reso": "1216"}, False), (768, {"min_bucket_reso": "831"}, True),
        (768, {"min_bucket_reso": "832"}, False),
        (1024, {"bucket_reso_steps": "32"}, True), (1024, {"bucket_reso_steps": "48"}, False),
        (1024, {"bucket_reso_steps": "0"}, False), (1024, {"bucket_reso_steps": "-32"}, False),
    ],
)  # fmt: skip
def test_a_resolution_outside_the_buckets_is_told_where_buckets_are_asked_for(
    resolution: int, extra: dict[str, Any], fits: bool
) -> None:
    plan = dataclasses.replace(planned().plan, resolution=resolution)
    assert rule_problems(dataclasses.replace(plan, extra=extra)) == []  # no buckets: the trainer looks at none of these
    found = rule_problems(dataclasses.replace(plan, extra={**extra, "enable_bucket": True}))
    assert found == ([] if fits else [Text("plan.rule.buckets", {"resolution": resolution})])


@pytest.mark.parametrize("name", sorted(rules.LEAST))
def test_a_number_below_its_least_is_refused_where_it_is_given_and_told_where_it_stands(name: str) -> None:
    least = rules.LEAST[name]
    with pytest.raises(PipelineError) as caught:
        parse_overrides([f"{name}={least - 1}" if least != 1 else f"{name}=-1"], MAIN)
    assert (caught.value.key, caught.value.values["name"], caught.value.values["least"]) == (
        "plan.rule.below_least",
        name,
        least,
    )
    assert parse_overrides([f"{name}={least}"], MAIN) == {name: least}
    below: dict[str, Any] = {name: least - 1}
    edited = dataclasses.replace(planned().plan, **below)  # lora_config.json can be written to
    told = {"name": name, "value": least - 1, "least": least}
    assert Text("plan.rule.below_least", told) in rule_problems(edited)
    enough: dict[str, Any] = {name: least}
    at_least = dataclasses.replace(edited, **enough)
    assert "plan.rule.below_least" not in [told.key for told in rule_problems(at_least)]


@pytest.mark.parametrize("name", rules.ABOVE_ZERO)
@pytest.mark.parametrize("value", ["0", "-0.0001", "1e-400"])
def test_a_rate_or_an_alpha_with_which_nothing_is_learnt_is_refused(name: str, value: str) -> None:
    with pytest.raises(PipelineError) as caught:
        parse_overrides([f"{name}={value}"], MAIN)
    assert (caught.value.key, caught.value.values["name"]) == ("plan.rule.not_above_zero", name)
    assert parse_overrides([f"{name}=0.0001"], MAIN) == {name: 0.0001}
    wrong: dict[str, Any] = {name: float(value)}
    edited = dataclasses.replace(planned().plan, **wrong)
    assert rule_problems(edited) == [Text("plan.rule.not_above_zero", {"name": name, "value": float(value)})]


def test_a_refused_number_is_named_as_the_user_wrote_it() -> None:
    with pytest.raises(PipelineError) as caught:
        parse_overrides(["--batch-size=0"], MAIN)
    for language in translate.LANGUAGES:
        said = translate.text(caught.value.key, language, **caught.value.values)
        assert "batch_size" in said and "'0'" in said.replace("«", "'").replace("»", "'") and "1" in said


@pytest.mark.parametrize(
    "name", ["save_every_n_steps", "sample_every_n_steps", "min_snr_gamma", "vae_batch_size", "noise_offset"]
)
def test_zero_leaves_out_what_may_be_left_out(name: str) -> None:
    assert parse_overrides([f"{name}=0"], MAIN) == {name: None}


def test_the_arithmetic_of_a_plan_with_zeros_is_that_of_ones() -> None:
    plan = planned().plan
    names = ("train_batch_size", "gradient_accumulation_steps", "num_processes")
    below: dict[str, Any] = dict.fromkeys(names, 0)
    least: dict[str, Any] = dict.fromkeys(names, 1)
    zeros, ones = dataclasses.replace(plan, **below), dataclasses.replace(plan, **least)
    assert step_arithmetic(zeros, DATASET) == step_arithmetic(ones, DATASET)


def test_an_optimizer_or_a_scheduler_without_warm_up_gets_none() -> None:
    for asked in ({"lr_scheduler": "constant"}, {"optimizer_type": "Adafactor"}):
        fitted = planned(overrides=asked)
        assert fitted.plan.lr_warmup_steps == 0 and rule_problems(fitted.plan) == []
        assert [item.why.key for item in fitted.changes if item.name == "lr_warmup_steps"] == ["plan.change.no_warmup"]
    kept = planned(overrides={**ADAFACTOR, "lr_scheduler": "constant_with_warmup"})
    assert kept.plan.lr_warmup_steps == planned().plan.lr_warmup_steps > 0


def test_a_warm_up_as_long_as_the_training_is_warned_about() -> None:
    steps = planned().plan.max_train_steps
    for warmup, warned in ((steps - 1, False), (steps, True), (steps + 1, True)):
        fitted = planned(overrides={"lr_warmup_steps": warmup})
        assert fitted.plan.lr_warmup_steps == warmup  # the user's word
        assert ("plan.warning.warmup" in [told.key for told in fitted.warnings]) is warned
    assert planned(overrides={"max_train_steps": 1}).warnings == ()  # one step warms up 0


@pytest.mark.parametrize("value", [False, "0", "0.0", "0.00"])
def test_an_option_that_is_switched_off_by_hand_breaks_no_rule(value: object) -> None:
    names = ("shuffle_caption", "caption_dropout_rate", "color_aug", "random_crop", "fused_backward_pass", "enable_bucket")
    plan = dataclasses.replace(planned().plan, extra=dict.fromkeys(names, value))
    assert rule_problems(plan) == []


@pytest.mark.parametrize("extra", [{"sample_every_n_epochs": "1"}, {"sample_at_first": True}])
def test_samples_that_only_an_option_by_hand_asks_for_get_their_prompts(extra: dict[str, Any]) -> None:
    prompts = Path("/c/ana/prompts.txt")
    plain = dataclasses.replace(planned("gtx1650_4gb").plan, sample_every_n_steps=None)
    asked = dataclasses.replace(plain, extra=extra)
    assert "--sample_prompts" not in command(plain, sample_prompts=prompts)
    arguments = command(asked, sample_prompts=prompts)  # without a file the trainer dies at the first sample (TU:6395)
    assert arguments[arguments.index("--sample_prompts") + 1] == str(prompts)
    assert arguments[arguments.index("--sample_sampler") + 1] == "euler_a"
    assert "denoising" in estimate_memory_gib(asked).phases and "denoising" not in estimate_memory_gib(plain).phases
    off = dataclasses.replace(plain, extra=dict.fromkeys(extra, "0"))
    assert "--sample_prompts" not in command(off, sample_prompts=prompts)


# --- overrides -------------------------------------------------------------------------------------------------------


def test_values_get_the_type_of_their_field() -> None:
    assert parse_overrides(
        ["dim=64", "network_alpha=32", "lr=0,0002", "save_state=sí", "resolution=768,768", "min_snr_gamma=none",
         "--noise-offset=0.05", "optimizer_args=weight_decay=0.01 betas=0.9,0.99"], MAIN,
    ) == {
        "network_dim": 64, "network_alpha": 32.0, "learning_rate": 0.0002, "save_state": True, "resolution": 768,
        "min_snr_gamma": None, "noise_offset": 0.05, "optimizer_args": ("weight_decay=0.01", "betas=0.9,0.99"),
    }  # fmt: skip


def test_any_option_of_the_trainer_may_be_given() -> None:
    extra = parse_overrides(["loss_type=huber", "highvram=true", "network_args=conv_dim=4 conv_alpha=1", "keep_tokens=2"], MAIN)
    assert extra == {
        "extra": {"loss_type": "huber", "highvram": True, "network_args": ["conv_dim=4", "conv_alpha=1"], "keep_tokens": "2"}
    }
    plan = planned(overrides=extra).plan
    arguments = command(plan)[2:]
    assert command_problems(arguments, MAIN) == []
    assert arguments[-8:] == [
        "--loss_type", "huber", "--highvram", "--network_args", "conv_dim=4", "conv_alpha=1", "--keep_tokens", "2"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "key", "named"),
    [
        ("netwrok_dim=3", "plan.unknown_key", "network_dim"), ("foo=1", "plan.unknown_key", "dim, alpha, batch"),
        ("warm=3", "plan.unknown_key", "lr_warmup_steps"), ("lowvram=true", "plan.other_program", "A1111"),
        ("dim=big", "plan.bad_value", "big"), ("dim", "plan.not_key_value", "dim"), ("=3", "plan.not_key_value", "=3"),
        ("learning_rate=nan", "plan.bad_value", "nan"), ("loss_type=l3", "plan.bad_value", "huber"),
        ("highvram=perhaps", "plan.bad_value", "perhaps"), ("save_state=perhaps", "plan.bad_value", "perhaps"),
        ("output_dir=/tmp", "plan.managed_key", "output_dir"), ("keep_tokens=two", "plan.bad_value", "two"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(text: str, key: str, named: str) -> None:
    with pytest.raises(PipelineError) as caught:
        parse_overrides([text], MAIN)
    assert caught.value.key == key
    for language in translate.LANGUAGES:
        assert named in translate.text(key, language, **caught.value.values)


# --- command ---------------------------------------------------------------------------------------------------------


def test_the_command_is_the_users_with_absolute_paths() -> None:
    built = command(planned("rtx3060_12gb").plan)
    assert built[:2] == [str(Path("/v/python")), str(Path("/k/sdxl_train_network.py"))]
    pairs = dict(itertools.pairwise(built))
    assert pairs["--train_data_dir"] == str(Path("/c/ana/training_data"))
    assert pairs["--resolution"] == "1024,1024"
    assert pairs["--network_module"] == "networks.lora"
    assert pairs["--learning_rate"] == "0.0001"
    assert pairs["--network_alpha"] == "48"
    assert pairs["--output_name"] == "ana_avatar_v1"
    assert pairs["--pretrained_model_name_or_path"] == TrainerConfig().base_model


def test_none_and_false_are_absent_and_zero_is_a_value() -> None:
    assert arguments_of("a", None) == arguments_of("a", False) == arguments_of("a", ()) == []
    assert arguments_of("a", True) == ["--a"]
    assert arguments_of("max_data_loader_n_workers", 0) == ["--max_data_loader_n_workers", "0"]
    assert arguments_of("lr", 0.0) == ["--lr", "0"]


@given(st.floats(1e-9, 1e6))
def test_numbers_survive_being_written(value: float) -> None:
    assert float(plain_number(value)) == value


def test_small_numbers_are_written_without_an_exponent() -> None:
    assert plain_number(1e-4) == "0.0001"
    assert plain_number(1.2e-4) == "0.00012"


def test_resume_and_samples_appear_only_when_asked_for() -> None:
    plan = planned(preset="quick").plan
    assert not {"--resume", "--sample_prompts", "--sample_sampler"} & set(command(plan, sample_prompts=Path("/p.txt")))
    sampled = dataclasses.replace(plan, sample_every_n_steps=100)
    both = command(
        sampled, resume=Path("/s-state"), continuation=Continuation(40, 80, 40, initial_step=40), sample_prompts=Path("/p.txt")
    )
    assert both[both.index("--resume") + 1] == str(Path("/s-state"))
    assert both[both.index("--initial_step") + 1] == "40"
    assert both[both.index("--sample_sampler") + 1] == "euler_a"


def test_every_field_of_the_command_is_a_field_of_the_plan_and_an_option() -> None:
    names = {entry.name for entry in dataclasses.fields(Plan)}
    assert set(FIELDS) <= names
    assert set(FIELDS) <= set(MAIN.options)
    assert set(MAIN.options) >= MANAGED
    assert not MANAGED & set(FIELDS)


def test_the_environment_names_the_card_as_nvml_counts() -> None:
    plan = planned().plan
    assert environment_for(plan, card_index=1, offline=False) == {
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": "1"
    }  # fmt: skip
    assert environment_for(planned("cpu").plan, card_index=None, offline=True) == {
        "CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"
    }  # fmt: skip


# --- shells ----------------------------------------------------------------------------------------------------------

NASTY = st.text(st.sampled_from(list("ab ñ&%'$!^|<>();,=~`#@[]{}é夏😀/:-")), max_size=12)
WINDOWS_NASTY = st.builds(lambda a, b: a + b, NASTY, st.sampled_from(["", "\\", "\\\\", "\\x"]))


def c_runtime(line: str) -> list[str]:
    """Take a Windows command line apart as the C runtime does."""
    found, current, quoted, started = [], "", False, False
    position = 0
    while position < len(line):
        slashes = len(re.match(r"\\*", line[position:]).group())  # type: ignore[union-attr]
        after = position + slashes
        if after < len(line) and line[after] == '"':
            current += "\\" * (slashes // 2) + '"' * (slashes % 2)
            quoted, started, position = quoted ^ (slashes % 2 == 0), True, after + 1
        elif slashes:
            current, started, position = current + "\\" * slashes, True, after
        elif line[position] == " " and not quoted:
            if started:
                found.append(current)
            current, started, position = "", False, position + 1
        else:
            current, started, position = current + line[position], True, position + 1
    return [*found, current] if started else found


def cmd_prompt(line: str) -> str:
    """What cmd.exe hands on: variables in quotes are replaced, "^" outside of them is removed, & | < > must be quoted."""
    line = re.sub(r"%([^%]+)%", lambda match: "EXPANDED" if match[1] in {"PATH", "a", "ab", "TEMP"} else match[0], line)
    result, quoted, position = "", False, 0
    while position < len(line):
        character = line[position]
        if character == '"':
            quoted = not quoted
        if not quoted and character == "^":
            position += 1
            character = line[position]
        else:
            assert quoted or character not in "&|<>()"
        result, position = result + character, position + 1
    return result


@given(st.lists(WINDOWS_NASTY.filter(lambda text: text != ""), min_size=1, max_size=4))
def test_cmd_hands_every_argument_on_as_it_is(arguments: list[str]) -> None:
    assert c_runtime(cmd_prompt(" ".join(quote_cmd(argument) for argument in arguments))) == arguments


BREAKING_OUT = ['x"&calc', '"&calc&"', 'a" | more', '\\"&calc', '100%"&%PATH%', '"', 'say "hi" (now)', 'x"^&calc\\']


@pytest.mark.parametrize("argument", BREAKING_OUT)
def test_a_quote_in_a_value_makes_no_command_of_what_follows(argument: str) -> None:
    assert c_runtime(cmd_prompt(quote_cmd(argument))) == [argument]
    assert c_runtime(cmd_prompt(quote_batch(argument).replace("%%", "\0")).replace("\0", "%")) == [argument]


@given(st.builds(lambda a, b, c: f'{a}"{b}{c}', WINDOWS_NASTY, NASTY, st.sampled_from(["", '"', '\\"', "\\"])))
def test_cmd_and_batch_files_hand_on_every_argument_with_a_quote(argument: str) -> None:
    assert c_runtime(cmd_prompt(quote_cmd(argument))) == [argument]
    assert c_runtime(cmd_prompt(quote_batch(argument).replace("%%", "\0")).replace("\0", "%")) == [argument]


@pytest.mark.parametrize("value", ["a\nb", "a\r\n& calc", "x\x1b[2J", "\x00"])
def test_a_control_character_in_a_value_makes_no_command_line(value: str) -> None:
    plan = planned().plan
    with pytest.raises(PipelineError) as caught:
        command(dataclasses.replace(plan, extra={"training_comment": value}))
    assert caught.value.key == "plan.control_character"


@pytest.mark.parametrize("argument", ["%PATH%", "C:\\Users\\José Ñ & co\\100%TEMP%\\x y\\", "a&b", "it's $HOME", "^%a%^"])
def test_cmd_replaces_no_variable(argument: str) -> None:
    assert c_runtime(cmd_prompt(quote_cmd(argument))) == [argument]


@given(WINDOWS_NASTY.filter(lambda text: text != "" and " " not in text))
def test_powershell_hands_every_argument_on_as_it_is(argument: str) -> None:
    quoted = quote_powershell(argument)
    if quoted.startswith("'"):
        assert quoted.endswith("'")
        inner = quoted[1:-1]
        assert not re.search("(?<!['\u2019])(?:['\u2019]{2})*['\u2019](?!['\u2019])", inner)
        quoted = re.sub("(['\u2018\u2019])\\1", r"\1", inner)
    assert quoted == argument


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=10), min_size=1, max_size=5))
def test_posix_shells_hand_every_argument_on_as_it_is(arguments: list[str]) -> None:
    line = shell_lines(["python", *arguments], Path("/c d/ñ"))["posix"]
    assert shlex.split(line) == ["cd", str(Path("/c d/ñ")), "&&", "python", *arguments]


def test_each_shell_gets_one_line_that_goes_to_the_trainer_first() -> None:
    lines = shell_lines(command(planned().plan), Path("/k o/kohya_ss"))
    assert set(lines) == {"posix", "cmd", "powershell"}
    assert all("\n" not in line and "\\\n" not in line for line in lines.values())
    folder = str(Path("/k o/kohya_ss"))
    assert lines["posix"].startswith(f"cd {shlex.quote(folder)} && ")
    assert lines["cmd"].startswith(f'cd /d "{folder}" && ')
    assert lines["powershell"].startswith(f"Set-Location -LiteralPath '{folder}'; & '")
    assert "--resolution '1024,1024'" in lines["powershell"]  # a bare comma makes a list there


def test_the_profiles_table_is_complete() -> None:
    assert all(isinstance(profile, GPUProfile) and profile.resolution % 64 == 0 for profile in GPU_PROFILES.values())


@pytest.mark.parametrize("name", ["lowvram", "--medvram"])
def test_switches_of_another_program_are_explained_instead_of_matched_to_their_opposite(name: str) -> None:
    with pytest.raises(PipelineError) as caught:
        plan_overrides.parse_overrides([f"{name}=true"], TABLES[0])
    assert caught.value.text == Text("plan.other_program", {"name": name.removeprefix("--")})


@pytest.mark.parametrize(
    ("overrides", "alpha"), [({"network_dim": 64}, 32), ({"network_dim": 64, "network_alpha": 8}, 8), ({}, 64)]
)
def test_alpha_follows_a_dim_that_the_user_changed_unless_it_was_changed_too(overrides: dict[str, Any], alpha: float) -> None:
    profile = GPU_PROFILES["rtx3090_24gb"]
    preset = TRAINING_PRESETS["balanced"]
    asked = plan_ask.ask(profile, preset, DATASET, TrainerConfig())
    fitted = plan_fit.fit(asked, profile=profile, preset=preset, card=None, options=MAIN, overrides=overrides)
    assert fitted.plan.network_alpha == alpha


# --- several cards and machines --------------------------------------------------------------------------------------


def test_one_card_runs_the_script_itself_and_several_the_launcher() -> None:
    script = str(Path("/k/sdxl_train_network.py"))
    assert command(planned().plan)[:2] == [str(Path("/v/python")), script]
    plan = planned(overrides={"num_processes": 2}).plan
    given = command(plan)
    assert given[: given.index(script)] == [
        str(Path("/v/python")), "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2",
        "--num_machines", "1", "--machine_rank", "0", "--mixed_precision", "bf16", "--dynamo_backend", "no",
    ]  # fmt: skip
    alone = command(dataclasses.replace(plan, num_processes=1))
    assert given[given.index(script) :] == alone[1:]  # the trainer's own options are the same


def test_several_machines_name_the_first_one() -> None:
    overrides = {"num_processes": 4, "num_machines": 2, "machine_rank": 1, "main_process_ip": "10.0.0.5"}
    given = command(planned(overrides=overrides).plan)
    assert given[given.index("--machine_rank") + 1] == "1"
    assert given[given.index("--main_process_ip") + 1] == "10.0.0.5"
    assert given[given.index("--main_process_port") + 1] == "29500"


def test_the_values_given_by_hand_reach_the_launcher() -> None:
    given = parse_overrides(["num_processes=4", "--num-machines=2", "main_process_ip=10.0.0.5", "main_process_port=1234"], MAIN)
    assert given == {"num_processes": 4, "num_machines": 2, "main_process_ip": "10.0.0.5", "main_process_port": 1234}


def test_more_processes_take_fewer_steps_for_the_same_exposures() -> None:
    facts = DatasetFacts(200, 2000)
    one, four = planned(dataset=facts), planned(dataset=facts, overrides={"num_processes": 4})
    assert four.plan.max_train_steps == max(BALANCED.min_steps, math.ceil(one.plan.max_train_steps / 4))
    assert "plan.change.processes" in {change.why.key for change in four.changes}
    single, spread = step_arithmetic(one.plan, facts), step_arithmetic(four.plan, facts)
    assert spread.steps_per_epoch == math.ceil(single.batches_per_epoch / 4 / four.plan.gradient_accumulation_steps)
    ratio = 4 * four.plan.max_train_steps / one.plan.max_train_steps
    assert spread.exposures_per_image == pytest.approx(ratio * single.exposures_per_image, rel=0.1)
    fixed = planned(dataset=facts, overrides={"num_processes": 4, "max_train_steps": 900})
    assert fixed.plan.max_train_steps == 900  # the user's word


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"num_processes": 0}, "plan.rule.below_least"),
        ({"num_processes": 3, "num_machines": 2, "main_process_ip": "a"}, "plan.rule.machines"),
        ({"num_processes": 2, "machine_rank": 1}, "plan.rule.machines"),
        ({"num_processes": 2, "num_machines": 2}, "plan.rule.no_main_machine"),
    ],
)
def test_a_launch_that_would_hang_is_blocked(values: dict[str, Any], key: str) -> None:
    plan = dataclasses.replace(planned().plan, **values)
    assert key in [told.key for told in rule_problems(plan)]


def test_the_processor_takes_one_process() -> None:
    plan = dataclasses.replace(planned("cpu").plan, num_processes=2)
    assert "plan.rule.cpu_processes" in [told.key for told in rule_problems(plan)]


def test_all_cards_are_seen_by_several_processes() -> None:
    one, two = planned().plan, planned(overrides={"num_processes": 2}).plan
    assert environment_for(one, card_index=1, offline=False)["CUDA_VISIBLE_DEVICES"] == "1"
    assert environment_for(two, card_index=1, offline=False) == {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


# --- profile x preset ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", TABLES, ids=lambda table: table.version)
@pytest.mark.parametrize("preset", sorted(TRAINING_PRESETS))
@pytest.mark.parametrize("profile", sorted(GPU_PROFILES))
def test_every_profile_and_preset_gives_a_command_that_every_trainer_takes(
    profile: str, preset: str, options: OptionTable
) -> None:
    found = planned(profile, preset, options=options)
    given = command(found.plan, options)
    assert command_problems(given[2:], options) == []
    assert rule_problems(found.plan) == []
    assert "--no_half_vae" in given
    assert "--lowvram" not in given and "--medvram" not in given
    assert found.plan.lr_warmup_steps <= 0.1 * found.plan.max_train_steps
    assert found.plan.max_data_loader_n_workers <= 2
    chosen = GPU_PROFILES[profile]
    if chosen.vram_gib:
        assert found.plan.mixed_precision == ("bf16" if chosen.compute_capability >= (8, 0) else "fp16")
        fast = preset == "quick" and chosen.vram_gib >= 8
        assert found.plan.learning_rate == pytest.approx(1.2e-4 if fast else 1e-4)
        assert found.estimate.verdict == "fits" or chosen.vram_gib < 6, found.estimate


@pytest.mark.parametrize(
    ("override", "told"),
    [("dim=big", "a whole number is expected"), ("learning_rate=x", "a number is expected"),
     ("highvram=perhaps", "true or false is expected"), ("loss_type=l3", "one of these values: "),
     ("keep_tokens=two", "a whole number is expected")],
)  # fmt: skip
def test_what_a_value_must_be_is_said_in_the_users_language_not_in_pythons(override: str, told: str) -> None:
    with pytest.raises(PipelineError) as caught:
        parse_overrides([override], MAIN)
    assert told in translate.words(caught.value.text, "en")
    spanish = translate.words(caught.value.text, "es")
    assert "se espera" in spanish and not {"int", "float", "bool", "str"} & set(spanish.replace(".", " ").split())
