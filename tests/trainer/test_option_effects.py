"""Options that do not do what they say: told before a start, with what works instead; the starts are data of their own."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from avatar.plan.command import FIELDS, MANAGED
from avatar.plan.command import options_of as options_of_plan
from avatar.plan.overrides import parse_overrides
from avatar.plan.preflight import check
from avatar.plan.rules import doubts, rule_problems
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.trainer import option_effects
from avatar.trainer.options import known_tables
from tests.option_starts import STARTS, TOY, Start, options_of
from tests.plan.test_preflight import MAIN, machine, place, plan_for, setup

__all__ = ["place"]


def named(start: Start) -> str:
    given = [*start.options, *(start.options.get("network_args") or ()), *(start.options.get("network_module") or ())]
    return f"{start.effect.partition('.')[2]}: {' '.join(given)}"[:70]


def keys(found: list[tuple[option_effects.Effect, Text]]) -> list[str]:
    for _, text in found:
        for language in translate.LANGUAGES:
            assert translate.words(text, language)
    return [text.key for _, text in found]


def test_a_plan_of_nothing_special_has_no_effect() -> None:
    assert option_effects.found(TOY) == option_effects.found(options_of_plan(plan_for())) == []


@pytest.mark.parametrize("start", STARTS, ids=named)
def test_what_does_not_do_what_it_says_is_found_and_what_works_instead_is_not(start: Start) -> None:
    assert keys(option_effects.found(options_of(start.options))) == [start.effect]
    if start.instead is not None:
        assert keys(option_effects.found(options_of(start.instead))) == []


@pytest.mark.parametrize("start", STARTS, ids=named)
def test_what_ends_is_an_error_and_what_does_not_is_none(start: Start) -> None:
    (effect,) = {effect.happens for effect, _ in option_effects.found(options_of(start.options))}
    assert (effect == "error") is bool(start.says)


def test_every_effect_has_a_start_or_is_one_that_needs_a_card() -> None:
    started = {start.effect for start in STARTS}
    assert {effect.text for effect in option_effects.EFFECTS if effect.evidence == "start"} == started
    assert not started & {effect.text for effect in option_effects.EFFECTS if effect.evidence == "read"}


def test_every_option_of_the_list_is_one_of_the_trainer() -> None:
    assert {effect.option for effect in option_effects.EFFECTS} <= {*known_tables()[0].options}


def plan_with(*texts: str, **changed: Any) -> Any:
    given: dict[str, Any] = parse_overrides(texts, MAIN)
    return dataclasses.replace(plan_for(), **given, **changed)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("cpu_offload_checkpointing=true", "effect.offload"), ("persistent_data_loader_workers=true", "effect.no_workers"),
        ("dim_from_weights=true", "effect.no_weights"), ("network_args=block_dims=4,4,4", "effect.not_per_block"),
        ("network_args=down_lr_weight=1,1,1,1,1,1,1,1,1,1,1,1", "effect.block_rates"),
        ("network_args=conv_dim=8 conv_alpha=x", "effect.no_number"),
    ],
)  # fmt: skip
def test_what_would_end_the_training_is_refused_before_the_start(place: Path, given: str, key: str) -> None:
    plan = plan_with(given)
    assert key in [text.key for text in rule_problems(plan)]
    assert ("blocked", key) in [(item.level, item.text.key) for item in check(setup(place, plan), machine())]


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("network_args=algo=locon", "effect.unknown_network_arg"), ("masked_loss=true", "effect.masked_loss"),
        ("clip_skip=2", "effect.clip_skip"), ("text_encoder_lr=0.0001", "effect.text_encoder_lr"),
        ("face_crop_aug_range=2.0,4.0", "effect.face_crop"), ("conditioning_data_dir=/tmp", "effect.conditioning"),
    ],
)  # fmt: skip
def test_what_is_ignored_is_told_when_it_is_planned_and_before_the_start(place: Path, given: str, key: str) -> None:
    plan = plan_with(given)
    assert rule_problems(plan) == []
    assert [text.key for text in doubts(plan)] == [key]
    assert ("attention", key) in [(item.level, item.text.key) for item in check(setup(place, plan), machine())]


@pytest.mark.parametrize(("name", "value"), [("network_module", "networks.lora_flux"), ("config_file", "x"), ("v2", True)])
def test_what_is_the_programs_own_and_was_written_into_the_plan_is_refused(name: str, value: object) -> None:
    problems = rule_problems(plan_for(extra={name: value}))
    assert "plan.rule.managed" in [text.key for text in problems]
    assert (name == "network_module") is ("effect.other_architecture" in [text.key for text in problems])


def test_a_switch_of_a_plan_that_is_off_has_no_effect() -> None:
    off = {"masked_loss": False, "persistent_data_loader_workers": False, "dim_from_weights": False}
    assert option_effects.found(options_of_plan(plan_for(extra=off))) == []


# --- every option ----------------------------------------------------------------------------------------------------

# Looked at one by one: they do what they say here, or nothing that a training notices (names, logs, files, speed).
PLAIN = """
async_upload base_weights cache_info cache_latents_to_disk cache_text_encoder_outputs_to_disk caption_prefix
caption_suffix color_aug console_log_simple ddp_gradient_as_bucket_view
ddp_static_graph ddp_timeout debiased_estimation_loss disable_mmap_load_safetensors enable_bucket enable_wildcard
flip_aug highvram huggingface_path_in_repo huggingface_repo_type huggingface_repo_visibility ip_noise_gamma log_config
log_prefix log_tracker_config log_tracker_name loss_type lr_scheduler_type max_grad_norm max_timestep max_token_length
mem_eff_attn metadata_author metadata_description metadata_is_negative_embedding metadata_license metadata_merged_from
metadata_preprocessor metadata_tags metadata_thumbnail metadata_title metadata_trigger_phrase metadata_usage_hint
multires_noise_iterations network_dropout network_weights no_metadata random_crop resize_interpolation
resume_from_huggingface sample_at_first sample_every_n_epochs save_every_n_epochs save_last_n_epochs_state
save_n_epoch_ratio save_state_on_train_end save_state_to_huggingface skip_cache_check torch_compile training_comment
unet_lr v_parameterization vae validation_split wandb_run_name zero_terminal_snr
"""
# Judged by rules of their own (avatar/plan/rules.py, avatar/plan/preflight.py).
RULES = """
adaptive_noise_scale caption_dropout_rate caption_tag_dropout_rate fp8_base_unet fused_backward_pass lowram resolution
scale_v_pred_loss_like_noise_pred shuffle_caption token_warmup_step train_batch_size tokenizer_cache_dir
v_pred_like_loss weighted_captions
"""


def test_every_option_of_the_trainer_was_looked_at() -> None:
    """A newer trainer's option is not: it has to be started with first."""
    listed = {effect.option for effect in option_effects.EFFECTS}
    plain, rules = set(PLAIN.split()), set(RULES.split())
    assert not listed & plain and not plain & rules
    assert {*known_tables()[0].options} - listed - plain - rules - {*FIELDS} - MANAGED == set()
