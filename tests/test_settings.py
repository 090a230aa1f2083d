"""Settings: layers, problems told together, nearest keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import settings
from config import GPU_PROFILES, TRAINING_PRESETS, DatasetDistribution, QualityControlConfig, Settings
from utils import PipelineError


def written(tmp_path: Path, value: object) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_without_a_file_the_defaults_of_the_user_stand(tmp_path: Path) -> None:
    found = settings.load_settings(tmp_path / "config.json")
    assert found == Settings()
    assert (found.quality.face_confidence_threshold, found.faces.face_padding_factor) == (0.85, 1.6)
    assert (found.quality.min_brightness, found.quality.max_brightness) == (40, 220)
    assert (found.quality.min_contrast, found.quality.blur_threshold) == (25, 100)
    assert (found.dataset.mj_share, found.dataset.real_share) == (0.85, 0.15)


def test_the_client_is_laid_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    path = written(tmp_path, {"quality": {"min_contrast": 10, "min_brightness": 30}, "language": "es"})
    found = settings.load_settings(path, {"quality": {"min_contrast": 12}})
    assert found.quality.min_contrast == 12
    assert found.quality.min_brightness == 30
    assert found.quality.max_brightness == 220
    assert found.language == "es"


def test_all_problems_of_a_file_are_named_at_once_with_the_nearest_keys(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {"quality": {"min_brightnes": 30, "blur_threshold": "mucho"}, "min_contrast": 3, "imports": {"keep_gps": "no idea"}},
    )
    with pytest.raises(PipelineError) as caught:
        settings.load_settings(path)
    problems = str(caught.value.values["problems"])
    assert caught.value.values["source"] == str(path)
    assert "quality.min_brightnes: ? -> quality.min_brightness" in problems
    assert "min_contrast: ? -> quality.min_contrast" in problems
    assert "quality.blur_threshold" in problems
    assert "imports.keep_gps" in problems


def test_a_problem_in_the_client_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        settings.load_settings(written(tmp_path, {}), {"faces": {"crop_side_px": 1000}})
    assert caught.value.values["source"] == "client.json"
    assert "crop_side_px=1000 is not a multiple of 64" in str(caught.value.values["problems"])


def test_a_list_instead_of_an_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        settings.load_settings(written(tmp_path, ["es"]))
    assert caught.value.key == "settings.invalid"


def test_the_language_is_kept_and_the_rest_of_the_file_too(tmp_path: Path) -> None:
    path = written(tmp_path, {"version": 1, "quality": {"min_contrast": 10}})
    settings.save_language(path, "es")
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "version": 1, "quality": {"min_contrast": 10}, "language": "es",
    }  # fmt: skip
    settings.save_language(tmp_path / "new.json", "en")
    assert settings.load_settings(tmp_path / "new.json").language == "en"


@pytest.mark.parametrize(
    "wrong",
    [{"min_brightness": 230}, {"face_confidence_threshold": 1.5}, {"min_contrast": -1}, {"max_enlargement": 0.5},
     {"min_face_side_px": 4}, {"max_clipped_share": 2}],
)  # fmt: skip
def test_quality_limits_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        QualityControlConfig(**wrong)  # type: ignore[arg-type]


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        DatasetDistribution(mj_share=0.9, real_share=0.2)


def test_the_profiles_hold_the_users_table() -> None:
    table = {
        "gtx1650_4gb": (4, 32, 16, 768, 8), "rtx3050_8gb": (8, 96, 48, 1024, 2), "rtx3060_8gb": (8, 96, 48, 1024, 2),
        "rtx4060_8gb": (8, 128, 64, 1024, 2), "rtx4060ti_16gb": (16, 128, 64, 1024, 1),
    }  # fmt: skip
    for name, (vram, dim, alpha, resolution, accumulation) in table.items():
        profile = GPU_PROFILES[name]
        assert profile.name == name
        assert (profile.vram_gib, profile.network_dim, profile.network_alpha, profile.resolution) == (
            vram, dim, alpha, resolution,
        )  # fmt: skip
        assert profile.gradient_accumulation_steps == accumulation
    assert set(TRAINING_PRESETS) == {"quick", "balanced", "quality"}
    assert {preset.learning_rate for preset in TRAINING_PRESETS.values()} == {1e-4}
    assert TRAINING_PRESETS["quick"].fast_learning_rate == 1.2e-4


@pytest.mark.parametrize("content", ["[1]", '"es"', "3", "null"])
def test_a_language_is_not_written_into_a_file_that_is_no_settings(tmp_path: Path, content: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        settings.save_language(file, "en")
    assert caught.value.key == "settings.invalid"
    assert file.read_text(encoding="utf-8") == content
