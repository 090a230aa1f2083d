"""Defaults and their limits: each from both sides, told as keys and values, and the tables of cards and presets."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.texts import setting_errors
from avatar.texts.setting_errors import SettingError
from avatar.texts.text import Text
from config import (
    CAPTION_GROUPS,
    GPU_PROFILES,
    MOST_REPEATS,
    RAW_EXTENSIONS,
    STANDARD_EXTENSIONS,
    TRAINING_PRESETS,
    CaptionConfig,
    CaptionerConfig,
    DatasetDistribution,
    FaceConfig,
    Framing,
    GPUProfile,
    ImportConfig,
    KindLimits,
    QualityControlConfig,
    ResultsConfig,
    Settings,
    TrainerConfig,
)
from tests.places import ROOT

Group = Callable[..., Any]


def problems_of(group: Group, **values: object) -> list[Text]:
    with pytest.raises(SettingError) as caught:
        group(**values)
    return caught.value.problems


# --- limits ----------------------------------------------------------------------------------------------------------

ACCEPTED: list[tuple[Group, str, tuple[object, ...]]] = [
    (QualityControlConfig, "face_confidence_threshold", (0.01, 1.0)),
    (ResultsConfig, "min_faces_share", (0, 1)),
    (ResultsConfig, "max_copy_risk", (0, 1)),
    (ResultsConfig, "min_flexibility", (0, 2)),
    (CaptionerConfig, "timeout_s", (10, 3600)),
    (CaptionerConfig, "min_doubt", (0, 1)),
    (QualityControlConfig, "min_brightness", (0, 219)),
    (QualityControlConfig, "max_brightness", (41, 255)),
    (QualityControlConfig, "min_contrast", (0, 127)),
    (QualityControlConfig, "blur_threshold", (0, 1e6)),
    (QualityControlConfig, "max_noise_sigma", (0, 100)),
    (QualityControlConfig, "max_enlargement", (1, 3.0)),
    (QualityControlConfig, "refuse_enlargement", (1.5, 100)),
    (QualityControlConfig, "min_face_side_px", (12, 4000)),
    (QualityControlConfig, "max_clipped_share", (0, 1)),
    (QualityControlConfig, "ambiguous_face_ratio", (0, 1)),
    (FaceConfig, "face_padding_factor", (1, 5)),
    (FaceConfig, "crop_side_px", (64, 768, 1024, 2048)),
    (FaceConfig, "detection_side_px", (128, 1536)),
    (FaceConfig, "second_look_side_px", (768, 10_000)),
    (FaceConfig, "stylised_confidence", (0.3, 1)),
    (DatasetDistribution, "exposures_per_epoch", (1, 100_000)),
    (DatasetDistribution, "max_repeats", (1, MOST_REPEATS)),
    (DatasetDistribution, "max_repeat_ratio", (1, 1000)),
    (CaptionConfig, "max_tokens", (4, 225)),
    (ImportConfig, "max_pixels", (1, 10**12)),
    (ImportConfig, "max_archive_bytes", (1, 10**15)),
    (ImportConfig, "max_archive_ratio", (1, 1e6)),
    (ImportConfig, "near_duplicate_bits", (0, 64)),
    (ImportConfig, "raw_cache_mb", (0, 1_000_000)),
    (ImportConfig, "omni_weight_low", (0, 170)),
    (ImportConfig, "omni_weight_high", (150, 1000)),
]

REFUSED: list[tuple[Group, str, object, str]] = [
    (ResultsConfig, "min_faces_share", 1.01, "setting.outside"),
    (ResultsConfig, "max_copy_risk", -0.01, "setting.outside"),
    (ResultsConfig, "min_flexibility", 2.5, "setting.outside"),
    (CaptionerConfig, "timeout_s", 9, "setting.outside"),
    (CaptionerConfig, "min_doubt", 1.1, "setting.outside"),
    (QualityControlConfig, "face_confidence_threshold", 0, "setting.outside"),
    (QualityControlConfig, "face_confidence_threshold", 1.001, "setting.outside"),
    (QualityControlConfig, "min_brightness", -0.1, "setting.outside"),
    (QualityControlConfig, "min_brightness", 220, "setting.order"),
    (QualityControlConfig, "max_brightness", 255.5, "setting.outside"),
    (QualityControlConfig, "max_brightness", 40, "setting.order"),
    (QualityControlConfig, "min_contrast", -1, "setting.below"),
    (QualityControlConfig, "blur_threshold", -0.01, "setting.below"),
    (QualityControlConfig, "max_noise_sigma", -1, "setting.below"),
    (QualityControlConfig, "max_enlargement", 0.99, "setting.below"),
    (QualityControlConfig, "refuse_enlargement", 1.49, "setting.order"),
    (QualityControlConfig, "min_face_side_px", 11, "setting.below"),
    (QualityControlConfig, "max_clipped_share", 1.01, "setting.outside"),
    (QualityControlConfig, "ambiguous_face_ratio", -0.01, "setting.outside"),
    (FaceConfig, "face_padding_factor", 0.9, "setting.outside"),
    (FaceConfig, "face_padding_factor", 5.1, "setting.outside"),
    (FaceConfig, "crop_side_px", 0, "setting.multiple"),
    (FaceConfig, "crop_side_px", -64, "setting.multiple"),
    (FaceConfig, "crop_side_px", 1000, "setting.multiple"),
    (FaceConfig, "detection_side_px", 127, "setting.below"),
    (FaceConfig, "second_look_side_px", 767, "setting.order"),
    (FaceConfig, "stylised_confidence", 0.29, "setting.outside"),
    (FaceConfig, "stylised_confidence", 1.01, "setting.outside"),
    (DatasetDistribution, "exposures_per_epoch", 0, "setting.below"),
    (DatasetDistribution, "max_repeats", 0, "setting.outside"),
    (DatasetDistribution, "max_repeats", 201, "setting.outside"),
    (DatasetDistribution, "max_repeat_ratio", 0.5, "setting.below"),
    (CaptionConfig, "max_tokens", 3, "setting.outside"),
    (CaptionConfig, "max_tokens", 226, "setting.outside"),
    (ImportConfig, "max_pixels", 0, "setting.below"),
    (ImportConfig, "max_archive_bytes", -5, "setting.below"),
    (ImportConfig, "max_archive_ratio", 0.5, "setting.below"),
    (ImportConfig, "near_duplicate_bits", 65, "setting.outside"),
    (ImportConfig, "near_duplicate_bits", -1, "setting.outside"),
    (ImportConfig, "raw_cache_mb", -1, "setting.below"),
    (ImportConfig, "omni_weight_high", 149, "setting.order"),
]


@pytest.mark.parametrize(("group", "name", "values"), ACCEPTED, ids=lambda value: value if isinstance(value, str) else None)
def test_a_number_at_its_limit_is_taken(group: Group, name: str, values: tuple[object, ...]) -> None:
    for value in values:
        assert getattr(group(**{name: value}), name) == value


@pytest.mark.parametrize(("group", "name", "value", "key"), REFUSED)
def test_a_number_beyond_its_limit_is_refused_by_its_name_alone(group: Group, name: str, value: object, key: str) -> None:
    problems = problems_of(group, **{name: value})
    assert [told.key for told in problems] == [key]
    values = problems[0].values
    assert name in {values["name"], values.get("other")}
    assert f"{value}" in {values["value"], values.get("limit")}


@pytest.mark.parametrize("name", [entry.name for entry in dataclasses.fields(KindLimits)])
def test_no_number_of_the_limits_may_be_nan(name: str) -> None:
    assert problems_of(QualityControlConfig, **{name: math.nan})
    kinds = problems_of(QualityControlConfig, mj=KindLimits(**{name: math.nan}))
    assert {told.values["name"] for told in kinds} <= {f"mj.{name}", "mj.max_brightness"}


@pytest.mark.parametrize("name", ["face_padding_factor", "detection_side_px", "second_look_side_px"])
def test_no_number_of_the_faces_may_be_nan(name: str) -> None:
    assert problems_of(FaceConfig, **{name: math.nan})


def test_shares_are_not_negative_and_make_one() -> None:
    assert DatasetDistribution(mj_share=0, real_share=1).real_share == 1
    assert DatasetDistribution(mj_share=1 / 3, real_share=2 / 3).mj_share == 1 / 3
    for mj, real in ((0.9, 0.2), (1.2, -0.2), (-0.2, 1.2), (0.5, 0.499), (math.nan, 0.5)):
        assert [told.key for told in problems_of(DatasetDistribution, mj_share=mj, real_share=real)] == ["setting.shares"]


def test_all_problems_of_a_group_are_told_together() -> None:
    told = problems_of(FaceConfig, framings=(), face_padding_factor=9, crop_side_px=1000, detection_side_px=2000)
    assert [(one.key, one.values["name"]) for one in told] == [
        ("setting.empty", "framings"), ("setting.outside", "face_padding_factor"), ("setting.multiple", "crop_side_px"),
        ("setting.order", "second_look_side_px"),
    ]  # fmt: skip
    assert told[0].values["choices"] == ", ".join(get_args(Framing))


def test_numbers_are_told_as_the_file_has_them() -> None:
    (wrong,) = problems_of(QualityControlConfig, max_clipped_share=1.5)
    assert wrong.values == {"name": "max_clipped_share", "value": "1.5", "low": "0", "high": "1"}
    (wrong,) = problems_of(FaceConfig, crop_side_px=1_000_001)
    assert wrong.values["value"] == "1000001"


def test_a_setting_error_is_a_value_error_that_names_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="blur_threshold"):
        QualityControlConfig(blur_threshold=-5)


# --- kinds of pictures -----------------------------------------------------------------------------------------------


def test_a_kind_has_the_common_limits_but_for_its_own() -> None:
    limits = QualityControlConfig(blur_threshold=90, raw=KindLimits(min_contrast=10, max_brightness=250))
    raw = limits.of_kind("raw")
    assert (raw.min_contrast, raw.max_brightness, raw.blur_threshold) == (10, 250, 90)
    assert raw.raw == KindLimits()
    for kind in ("standard", "mj"):
        assert limits.of_kind(kind) == dataclasses.replace(limits, raw=KindLimits())


def test_a_limit_of_zero_is_a_kinds_own() -> None:
    assert QualityControlConfig(mj=KindLimits(blur_threshold=0)).of_kind("mj").blur_threshold == 0


def test_a_kinds_limits_are_checked_together_with_the_common_ones() -> None:
    told = problems_of(QualityControlConfig, min_brightness=60, mj=KindLimits(max_brightness=50))
    assert told == [
        Text("setting.order",
         {"name": "mj.max_brightness", "other": "mj.min_brightness", "value": "50", "limit": "60", "low": "61"}),
    ]  # fmt: skip


def test_a_common_fault_is_not_told_again_for_each_kind() -> None:
    kinds = {kind: KindLimits(min_contrast=20) for kind in ("raw", "standard", "mj")}
    told = problems_of(QualityControlConfig, blur_threshold=-1, **kinds)
    assert [one.values["name"] for one in told] == ["blur_threshold"]


def test_the_name_in_a_file_is_put_before_both_names_of_a_problem() -> None:
    problem = Text("setting.order", {"name": "a", "other": "b", "value": "1", "low": "2", "limit": "2"})
    in_file = {"name": "quality.a", "other": "quality.b", "value": "1", "low": "2", "limit": "2"}
    assert setting_errors.prefixed(problem, "quality") == Text("setting.order", in_file)
    assert problem.values["name"] == "a"
    assert setting_errors.prefixed(Text("word.yes", {"detail": "x"}), "quality") == Text("word.yes", {"detail": "x"})


def test_each_limit_that_a_kind_may_have_is_one_of_the_common_ones() -> None:
    common = {entry.name for entry in dataclasses.fields(QualityControlConfig)}
    for entry in dataclasses.fields(KindLimits):
        assert entry.name in common
        assert entry.default is None


# --- templates of captions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    ["{trigger}", "{trigger} {class}", "  {trigger}   {class} , {pose}", "{trigger}, portrait, {clothing}, portrait",
     "{trigger}, " + ", ".join(f"{{{group}}}" for group in CAPTION_GROUPS)],
)  # fmt: skip
def test_a_template_of_known_groups_and_fixed_words_is_taken(template: str) -> None:
    assert CaptionConfig(template=template).template == template


@pytest.mark.parametrize(
    ("template", "keys"),
    [("{class} {trigger}", ["setting.template_start"]),
     ("photo of {trigger}", ["setting.template_start"]),
     ("{trigger}, {trigger}", ["setting.template_part"]),
     ("{trigger}, {clothes}", ["setting.template_part"]),
     ("{trigger},, {pose}", ["setting.template_part"]),
     ("{trigger}, {pose", ["setting.template_part"]),
     ("{trigger}, pose}", ["setting.template_part"]),
     ("{trigger}, {{pose}}", ["setting.template_part"]),
     ("{trigger}, in {background}", ["setting.template_part"]),
     ("{trigger}, {pose}, {pose}, {pose}", ["setting.template_twice"]),
     ("{trigger},\n{pose}", ["setting.template_lines"]),
     ("{trigger},\r{pose}", ["setting.template_lines"]),
     ("", ["setting.template_start"])],
)  # fmt: skip
def test_each_fault_of_a_template_is_told_once(template: str, keys: list[str]) -> None:
    assert [told.key for told in problems_of(CaptionConfig, template=template)] == keys


@given(st.lists(st.sampled_from(CAPTION_GROUPS), unique=True))
def test_any_choice_and_order_of_groups_is_a_template(groups: list[str]) -> None:
    template = ", ".join(["{trigger} {class}", *(f"{{{group}}}" for group in groups)])
    assert CaptionConfig(template=template).template == template


def test_the_default_template_holds_every_group_once() -> None:
    first, *rest = CaptionConfig().template.split(", ")
    assert first == "{trigger} {class}"
    assert tuple(rest) == tuple(f"{{{group}}}" for group in CAPTION_GROUPS)


# --- tables ----------------------------------------------------------------------------------------------------------


def test_extensions_are_lower_case_with_a_dot_and_of_one_kind() -> None:
    assert not STANDARD_EXTENSIONS & RAW_EXTENSIONS
    for extension in STANDARD_EXTENSIONS | RAW_EXTENSIONS:
        assert extension == extension.lower()
        assert extension.startswith(".")
        assert extension.count(".") == 1


@pytest.mark.parametrize("name", sorted(GPU_PROFILES))
def test_a_profile_asks_for_what_the_trainer_can_do(name: str) -> None:
    profile = GPU_PROFILES[name]
    assert profile.resolution % 64 == 0
    assert profile.network_alpha * 2 == profile.network_dim  # the user's table: alpha is half of dim
    assert min(profile.batch_size, profile.gradient_accumulation_steps, profile.network_dim) >= 1
    assert not profile.lowvram or profile.medvram  # whoever has the least memory takes both savings
    assert profile.optimizer in {"AdamW8bit", "AdamW"}


def test_more_memory_never_asks_for_less() -> None:
    classes = [GPU_PROFILES[f"gpu_{size}gb"] for size in (6, 8, 12, 16, 24)]
    for smaller, larger in itertools.pairwise(classes):
        assert smaller.vram_gib < larger.vram_gib
        assert smaller.resolution <= larger.resolution
        assert smaller.batch_size <= larger.batch_size
        assert not larger.lowvram or smaller.lowvram
    assert GPU_PROFILES["cpu"].vram_gib == 0


def test_presets_grow_from_quick_to_quality() -> None:
    quick, balanced, quality = (TRAINING_PRESETS[name] for name in ("quick", "balanced", "quality"))
    for smaller, larger in ((quick, balanced), (balanced, quality)):
        assert smaller.exposures_per_picture < larger.exposures_per_picture
        assert smaller.min_steps < larger.min_steps
        assert smaller.max_steps < larger.max_steps
        assert smaller.checkpoints < larger.checkpoints
        assert smaller.samples < larger.samples
    for preset in (quick, balanced, quality):
        assert preset.min_steps < preset.max_steps
    assert [preset.save_state for preset in (quick, balanced, quality)] == [False, True, True]


@pytest.mark.parametrize("profile", GPU_PROFILES.values(), ids=lambda profile: profile.name)
def test_a_profile_is_named_for_its_memory(profile: GPUProfile) -> None:
    if profile.name == "cpu":
        assert (profile.vram_gib, profile.compute_capability, profile.optimizer) == (0, (0, 0), "AdamW")  # no bitsandbytes
        return
    assert profile.name.endswith(f"_{profile.vram_gib:g}gb")
    assert f"{profile.vram_gib:g}" in profile.label
    assert profile.compute_capability >= (7, 5)


def test_the_users_cards_have_the_speed_that_the_user_measured() -> None:
    measured = {"gtx1650_4gb": 175, "rtx3050_8gb": 400, "rtx3060_8gb": 450, "rtx4060_8gb": 500, "rtx4060ti_16gb": 600}
    assert {name: p.steps_per_hour for name, p in GPU_PROFILES.items() if p.steps_per_hour is not None} == measured


@pytest.mark.parametrize(
    ("family", "capability"),
    [("gtx16", (7, 5)), ("rtx30", (8, 6)), ("rtx40", (8, 9)), ("gpu_8gb", (7, 5)), ("gpu_6gb", (7, 5))],
)
def test_cards_of_one_generation_can_do_the_same(family: str, capability: tuple[int, int]) -> None:
    found = [profile for name, profile in GPU_PROFILES.items() if name.startswith(family)]
    assert found
    assert {profile.compute_capability for profile in found} == {capability}


def test_files_of_settings_are_of_the_first_version() -> None:
    assert Settings().version == 1
    assert (Settings().language, TrainerConfig().folder, TrainerConfig().python) == (None, "", "")
    assert re.fullmatch(r"[0-9a-f]{40}", TrainerConfig().revision)


def test_every_group_of_settings_refuses_keys_it_does_not_know_and_numbers_that_are_none() -> None:
    for kind in (QualityControlConfig, FaceConfig, DatasetDistribution, CaptionConfig, ImportConfig, TrainerConfig, Settings,
                 KindLimits):  # fmt: skip
        assert kind.__pydantic_config__ == {"extra": "forbid", "allow_inf_nan": False}


def test_groups_are_frozen_and_take_no_values_by_position() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().language = "es"  # type: ignore[misc]
    with pytest.raises(TypeError):
        FaceConfig("onnx")  # type: ignore[call-arg]


def test_the_defaults_need_nothing_but_the_standard_library() -> None:
    code = "import sys, config; print(sorted({m.partition('.')[0] for m in sys.modules} - set(sys.stdlib_module_names)))"
    shown = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
                           capture_output=True, text=True, check=True)  # fmt: skip
    assert shown.stdout.strip() in {"['__main__', 'avatar', 'config']", "['avatar', 'config']"}
