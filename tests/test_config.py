"""The defaults and their limits: each one from both sides, all problems at once, and tables that hold together."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from config import (
    CAPTION_GROUPS,
    GPU_PROFILES,
    MOST_REPEATS,
    RAW_EXTENSIONS,
    STANDARD_EXTENSIONS,
    TRAINING_PRESETS,
    CaptionConfig,
    DatasetDistribution,
    FaceConfig,
    GPUProfile,
    ImportConfig,
    KindLimits,
    QualityControlConfig,
    Settings,
    TrainerConfig,
)

GROUPS = (QualityControlConfig, FaceConfig, DatasetDistribution, CaptionConfig, ImportConfig)


def told(kind: type[Any], **values: object) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        kind(**values)
    return str(caught.value)


# --- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (QualityControlConfig, {"face_confidence_threshold": 1}), (QualityControlConfig, {"face_confidence_threshold": 0.001}),
        (QualityControlConfig, {"min_brightness": 0, "max_brightness": 255}),
        (QualityControlConfig, {"min_brightness": 219.9}), (QualityControlConfig, {"max_brightness": 40.1}),
        (QualityControlConfig, {"min_contrast": 0, "blur_threshold": 0, "max_noise_sigma": 0}),
        (QualityControlConfig, {"max_enlargement": 1, "refuse_enlargement": 1}),
        (QualityControlConfig, {"min_face_side_px": 12}),
        (QualityControlConfig, {"max_clipped_share": 0, "ambiguous_face_ratio": 1}),
        (QualityControlConfig, {"max_clipped_share": 1, "ambiguous_face_ratio": 0}),
        (FaceConfig, {"face_padding_factor": 1}), (FaceConfig, {"face_padding_factor": 5}),
        (FaceConfig, {"crop_side_px": 64}), (FaceConfig, {"crop_side_px": 1088}),
        (FaceConfig, {"detection_side_px": 128}), (FaceConfig, {"detection_side_px": 1536, "second_look_side_px": 1536}),
        (DatasetDistribution, {"mj_share": 0, "real_share": 1}), (DatasetDistribution, {"mj_share": 0.1, "real_share": 0.9}),
        (DatasetDistribution, {"exposures_per_epoch": 1, "max_repeats": 1, "max_repeat_ratio": 1}),
        (DatasetDistribution, {"max_repeats": MOST_REPEATS}),
        (CaptionConfig, {"max_tokens": 4}), (CaptionConfig, {"max_tokens": 225}), (CaptionConfig, {"template": "{trigger}"}),
        (ImportConfig, {"max_pixels": 1, "max_archive_bytes": 1, "max_archive_ratio": 1}),
        (ImportConfig, {"near_duplicate_bits": 0, "raw_cache_mb": 0}), (ImportConfig, {"near_duplicate_bits": 64}),
        (ImportConfig, {"omni_weight_low": 170}), (ImportConfig, {"trait_words": {"physical": {"x": ("y",)}}}),
    ],
)  # fmt: skip
def test_a_value_on_its_limit_is_taken_as_it_is(kind: type[Any], values: dict[str, object]) -> None:
    made = kind(**values)
    assert {name: getattr(made, name) for name in values} == values


@pytest.mark.parametrize(
    ("kind", "values", "problem"),
    [
        (QualityControlConfig, {"face_confidence_threshold": 0}, "face_confidence_threshold=0 is outside 0..1"),
        (QualityControlConfig, {"face_confidence_threshold": 1.01}, "face_confidence_threshold=1.01 is outside 0..1"),
        (QualityControlConfig, {"min_brightness": -0.1}, "min_brightness=-0.1, max_brightness=220.0: 0 <= minimum"),
        (QualityControlConfig, {"min_brightness": 220}, "min_brightness=220, max_brightness=220.0"),
        (QualityControlConfig, {"max_brightness": 255.1}, "max_brightness=255.1"),
        (QualityControlConfig, {"max_brightness": 40}, "max_brightness=40"),
        (QualityControlConfig, {"min_contrast": -0.1}, "min_contrast=-0.1 is negative"),
        (QualityControlConfig, {"blur_threshold": -1}, "blur_threshold=-1 is negative"),
        (QualityControlConfig, {"max_noise_sigma": -1}, "max_noise_sigma=-1 is negative"),
        (QualityControlConfig, {"max_enlargement": 0.99}, "max_enlargement=0.99 is below 1"),
        (QualityControlConfig, {"refuse_enlargement": 1.4}, "refuse_enlargement=1.4 is below max_enlargement=1.5"),
        (QualityControlConfig, {"min_face_side_px": 11}, "min_face_side_px=11 is below 12"),
        (QualityControlConfig, {"max_clipped_share": -0.01}, "max_clipped_share=-0.01 is outside 0..1"),
        (QualityControlConfig, {"max_clipped_share": 1.01}, "max_clipped_share=1.01 is outside 0..1"),
        (QualityControlConfig, {"ambiguous_face_ratio": 1.01}, "ambiguous_face_ratio=1.01 is outside 0..1"),
        (FaceConfig, {"framings": ()}, "framings names none"),
        (FaceConfig, {"face_padding_factor": 0.99}, "face_padding_factor=0.99 is outside 1..5"),
        (FaceConfig, {"face_padding_factor": 5.01}, "face_padding_factor=5.01 is outside 1..5"),
        (FaceConfig, {"crop_side_px": 0}, "crop_side_px=0 is not a multiple of 64"),
        (FaceConfig, {"crop_side_px": 1000}, "crop_side_px=1000 is not a multiple of 64"),
        (FaceConfig, {"detection_side_px": 127}, "128 <= detection_side_px"),
        (FaceConfig, {"detection_side_px": 1537}, "detection_side_px <= second_look_side_px"),
        (DatasetDistribution, {"mj_share": 1.2, "real_share": -0.2}, "mj_share=1.2 and real_share=-0.2 do not add up to 1"),
        (DatasetDistribution, {"mj_share": 0.8}, "mj_share=0.8 and real_share=0.15 do not add up to 1"),
        (DatasetDistribution, {"mj_share": 85, "real_share": 15}, "do not add up to 1"),
        (DatasetDistribution, {"exposures_per_epoch": 0}, "exposures_per_epoch=0 is below 1"),
        (DatasetDistribution, {"max_repeats": 0}, "max_repeats=0 is outside 1..200"),
        (DatasetDistribution, {"max_repeats": 201}, "max_repeats=201 is outside 1..200"),
        (DatasetDistribution, {"max_repeat_ratio": 0.9}, "max_repeat_ratio=0.9 is below 1"),
        (CaptionConfig, {"max_tokens": 3}, "max_tokens=3 is outside 4..225"),
        (CaptionConfig, {"max_tokens": 226}, "max_tokens=226 is outside 4..225"),
        (ImportConfig, {"max_pixels": 0}, "max_pixels=0 is below 1"),
        (ImportConfig, {"max_archive_bytes": -5}, "max_archive_bytes=-5 is below 1"),
        (ImportConfig, {"max_archive_ratio": 0.5}, "max_archive_ratio=0.5 is below 1"),
        (ImportConfig, {"near_duplicate_bits": -1}, "near_duplicate_bits=-1 is outside 0..64"),
        (ImportConfig, {"near_duplicate_bits": 65}, "near_duplicate_bits=65 is outside 0..64"),
        (ImportConfig, {"raw_cache_mb": -1}, "raw_cache_mb=-1 is below 0"),
        (ImportConfig, {"omni_weight_low": 171}, "omni_weight_low <= omni_weight_high does not hold"),
        (ImportConfig, {"trait_words": {"clothes": {}}}, "trait_words: clothes is none of lighting, expression, physical"),
    ],
)  # fmt: skip
def test_a_value_beyond_its_limit_is_refused_by_name_and_alone(
    kind: type[Any], values: dict[str, object], problem: str
) -> None:  # fmt: skip
    said = told(kind, **values)
    assert problem in said
    assert ";" not in said


def test_every_problem_of_a_group_is_told_at_once() -> None:
    said = told(
        QualityControlConfig, min_contrast=-1, blur_threshold=-2, min_face_side_px=1, max_enlargement=9, max_clipped_share=3
    )
    assert re.findall(r"(\w+)=", said) == [
        "min_contrast", "blur_threshold", "refuse_enlargement", "max_enlargement", "min_face_side_px", "max_clipped_share"
    ]  # fmt: skip
    assert told(FaceConfig, framings=(), face_padding_factor=9, crop_side_px=1).count(";") == 2
    assert told(DatasetDistribution, mj_share=1, exposures_per_epoch=0, max_repeats=0, max_repeat_ratio=0).count(";") == 3
    assert told(ImportConfig, max_pixels=0, raw_cache_mb=-1, trait_words={"a": {}, "b": {}}).count(";") == 3


# --- limits of a kind of picture -------------------------------------------------------------------------------------


def test_a_kind_of_picture_has_its_own_limits_and_the_common_ones_besides() -> None:
    limits = QualityControlConfig(min_contrast=20, raw=KindLimits(blur_threshold=150, min_brightness=10))
    raw = limits.of_kind("raw")
    assert (raw.blur_threshold, raw.min_brightness, raw.min_contrast) == (150, 10, 20)
    assert raw.raw == KindLimits()
    for kind in ("standard", "mj"):
        assert limits.of_kind(kind) == QualityControlConfig(min_contrast=20)


def test_a_limit_of_zero_is_a_limit_and_not_the_common_one() -> None:
    assert QualityControlConfig(mj=KindLimits(blur_threshold=0)).of_kind("mj").blur_threshold == 0


@pytest.mark.parametrize("kind", ["raw", "standard", "mj"])
def test_limits_of_a_kind_are_checked_together_with_the_common_ones(kind: str) -> None:
    assert told(QualityControlConfig, **{kind: KindLimits(min_brightness=230)}).startswith(f"{kind}: min_brightness=230")
    assert "max_brightness=30" in told(QualityControlConfig, **{kind: KindLimits(max_brightness=30)})
    QualityControlConfig(**{kind: KindLimits(min_brightness=230, max_brightness=250)})  # type: ignore[arg-type]


def test_each_limit_that_a_kind_may_have_is_one_of_the_common_ones() -> None:
    common = {entry.name for entry in dataclasses.fields(QualityControlConfig)}
    for entry in dataclasses.fields(KindLimits):
        assert entry.name in common
        assert entry.default is None


# --- templates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    ["{trigger}", "{trigger} {class}", " {trigger}   {class} , {pose}", "{trigger}, a photo, a photo, {framing}",
     "{trigger}, señora con niña", CaptionConfig().template],
)  # fmt: skip
def test_a_template_of_groups_and_fixed_words_is_taken(template: str) -> None:
    assert CaptionConfig(template=template).template == template


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("", "does not begin with {trigger} or {trigger} {class} and a comma"),
        ("{class} {trigger}", "does not begin with"), ("photo of {trigger}", "does not begin with"),
        ("{trigger}{class}", "does not begin with"), ("{trigger} woman", "does not begin with"),
        ("{trigger},", "'' is neither words without braces nor one of {framing}, {pose}"),
        ("{trigger}, {hat}", "'{hat}' is neither"), ("{trigger}, {pose", "'{pose' is neither"),
        ("{trigger}, pose}", "'pose}' is neither"), ("{trigger}, {{pose}}", "'{{pose}}' is neither"),
        ("{trigger}, a {pose}", "'a {pose}' is neither"), ("{trigger}, {}", "'{}' is neither"),
        ("{trigger}, {trigger}", "'{trigger}' is neither"), ("{trigger}, {pose}, {pose}", "{pose} stands there twice"),
        ("{trigger},\n{pose}", "several lines"), ("{trigger},\r{pose}", "several lines"),
    ],
)  # fmt: skip
def test_a_template_that_would_write_something_odd_is_refused_with_its_part(template: str, problem: str) -> None:
    assert problem in told(CaptionConfig, template=template)


def test_a_group_that_stands_there_three_times_is_one_problem() -> None:
    assert told(CaptionConfig, template="{trigger}, {pose}, {pose}, {pose}").count("twice") == 1


@given(st.lists(st.sampled_from(CAPTION_GROUPS), unique=True))
def test_any_choice_and_order_of_groups_is_a_template(groups: list[str]) -> None:
    CaptionConfig(template=", ".join(["{trigger} {class}", *(f"{{{group}}}" for group in groups)]))


def test_the_default_template_holds_every_group_once() -> None:
    first, *rest = CaptionConfig().template.split(", ")
    assert first == "{trigger} {class}"
    assert tuple(rest) == tuple(f"{{{group}}}" for group in CAPTION_GROUPS)


# --- all of it -------------------------------------------------------------------------------------------------------


def test_defaults_keep_their_own_limits_and_cannot_be_changed() -> None:
    kinds: tuple[type[Any], ...] = (*GROUPS, TrainerConfig, Settings, KindLimits)
    for kind in kinds:
        made = kind()
        name = dataclasses.fields(kind)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(made, name, getattr(made, name))
        with pytest.raises(TypeError):
            kind("by position")


def test_every_group_of_settings_refuses_keys_it_does_not_know() -> None:
    for kind in (*GROUPS, TrainerConfig, Settings, KindLimits):
        assert kind.__pydantic_config__ == {"extra": "forbid"}


def test_extensions_are_lower_case_with_a_dot_and_of_one_kind() -> None:
    assert not STANDARD_EXTENSIONS & RAW_EXTENSIONS
    for extension in STANDARD_EXTENSIONS | RAW_EXTENSIONS:
        assert re.fullmatch(r"\.[a-z0-9]{2,4}", extension)
    assert {".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf"} <= RAW_EXTENSIONS  # the user's cameras


def test_importing_the_settings_needs_the_standard_library_alone() -> None:
    source = Path(config.__file__).read_text(encoding="utf-8")
    found = set(re.findall(r"^(?:from|import) ([\w.]+)", source, re.MULTILINE))
    assert found == {"__future__", "collections.abc", "dataclasses", "pathlib", "typing"}


# --- profiles and presets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", GPU_PROFILES.values(), ids=lambda profile: profile.name)
def test_a_profile_asks_for_what_the_trainer_can_do(profile: GPUProfile) -> None:
    assert profile.resolution % 64 == 0 and 128 <= profile.resolution <= 1024
    assert profile.network_alpha * 2 == profile.network_dim
    assert profile.batch_size >= 1 and profile.gradient_accumulation_steps >= 1
    assert profile.lowvram <= profile.medvram  # what saves more saves that too
    assert profile.vram_gib < 12 or not profile.medvram
    assert profile.vram_gib == 0 or profile.medvram or profile.vram_gib >= 12
    assert re.fullmatch(r"[a-z0-9_]+", profile.name)
    assert profile.steps_per_hour is None or profile.steps_per_hour > 0


@pytest.mark.parametrize("profile", GPU_PROFILES.values(), ids=lambda profile: profile.name)
def test_a_profile_is_named_for_its_memory(profile: GPUProfile) -> None:
    if profile.name == "cpu":
        assert (profile.vram_gib, profile.compute_capability, profile.optimizer) == (0, (0, 0), "AdamW")  # no bitsandbytes
        return
    assert profile.name.endswith(f"_{profile.vram_gib:g}gb")
    assert f"{profile.vram_gib:g}" in profile.label
    assert profile.compute_capability >= (7, 5)


def test_a_larger_card_never_trains_less_at_a_time() -> None:
    general = sorted((p for p in GPU_PROFILES.values() if p.name.startswith("gpu_")), key=lambda p: p.vram_gib)
    assert [p.vram_gib for p in general] == [6, 8, 12, 16, 24]
    assert [p.batch_size for p in general] == sorted(p.batch_size for p in general)
    assert [p.resolution for p in general] == sorted(p.resolution for p in general)


def test_presets_grow_from_quick_to_quality() -> None:
    quick, balanced, quality = (TRAINING_PRESETS[name] for name in ("quick", "balanced", "quality"))
    for less, more in ((quick, balanced), (balanced, quality)):
        for name in ("exposures_per_picture", "min_steps", "max_steps", "checkpoints", "samples"):
            assert getattr(less, name) < getattr(more, name), name
    for name, preset in TRAINING_PRESETS.items():
        assert preset.name == name
        assert 0 < preset.min_steps < preset.max_steps
        assert preset.checkpoints >= 1


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
