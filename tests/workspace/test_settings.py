"""Settings: layers, problems told together, nearest keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace import settings
from config import GPU_PROFILES, TRAINING_PRESETS, Settings


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


def told(tmp_path: Path, value: object, client: dict[str, object] | None = None, *, language: str = "en") -> list[str]:
    """Return what the user reads under "why" for a config.json that holds value."""
    with pytest.raises(PipelineError) as caught:
        settings.load_settings(written(tmp_path, value), client)
    lines = translate.text(caught.value.key, language, **caught.value.values).splitlines()
    return [line for line in lines if line.startswith("- ")]


def test_all_problems_of_a_file_are_named_at_once_with_the_nearest_keys(tmp_path: Path) -> None:
    wrong = {"quality": {"min_brightnes": 30, "blur_threshold": "mucho"}, "min_contrast": 3, "imports": {"keep_gps": "no idea"}}
    assert told(tmp_path, wrong) == [
        '- quality.blur_threshold is "mucho" and must be a number, without quotes (0.5).',
        "- Unknown setting quality.min_brightnes; did you mean quality.min_brightness?",
        '- imports.keep_gps is "no idea" and must be true or false, without quotes.',
        "- Unknown setting min_contrast; did you mean quality.min_contrast?",
    ]


def test_problems_are_told_in_the_users_language_down_to_the_last_word(tmp_path: Path) -> None:
    wrong = {
        "version": 2, "language": "fr", "imports": [1], "trainer": {"folder": 3}, "zzzz": 1,
        "faces": {"framings": "face", "engine": "cuda"}, "dataset": {"exposures_per_epoch": 0.5},
    }  # fmt: skip
    assert told(tmp_path, wrong, language="es") == [
        "- version: 2 no vale; elige entre: 1.",
        '- language: "fr" no vale; elige entre: es, en.',
        '- faces.engine: "cuda" no vale; elige entre: onnx, mtcnn.',
        '- faces.framings es "face" y debe ser una lista entre corchetes [ ].',
        "- dataset.exposures_per_epoch es 0.5 y debe ser un número entero, sin comillas.",
        "- imports es [1] y debe ser un grupo de claves entre llaves { }.",
        "- trainer.folder es 3 y debe ser un texto entre comillas.",
        "- Ajuste desconocido: zzzz.",
    ]
    wrong = {
        "quality": {"max_brightness": 30, "mj": {"blur_threshold": -1}}, "captions": {"template": "{triger}, {pose}, {pose}"},
        "faces": {"crop_side_px": 1000, "framings": []}, "dataset": {"mj_share": 0.9},
        "imports": {"trait_words": {"luz": {}}, "near_duplicate_bits": 70},
    }  # fmt: skip
    assert told(tmp_path, wrong, language="es") == [
        "- quality.max_brightness es 30 y debe ser 41 o más, porque quality.min_brightness es 40.",
        "- quality.mj.blur_threshold es -1 y debe ser 0 o más.",
        "- faces.framings está vacío; elige uno o más de: face, head_shoulders, half_figure.",
        "- faces.crop_side_px es 1000 y debe ser un múltiplo de 64.",
        "- dataset.mj_share es 0.9 y dataset.real_share es 0.15: ninguna puede ser negativa y juntas deben sumar 1.",
        "- captions.template es «{triger}, {pose}, {pose}» y debe empezar por {trigger} o {trigger} {class} y una coma.",
        "- captions.template: {pose} aparece dos veces.",
        "- imports.trait_words: luz no vale; elige entre: lighting, expression, physical.",
        "- imports.near_duplicate_bits es 70 y debe estar entre 0 y 64.",
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_number_is_refused_where_a_limit_would_let_everything_pass(tmp_path: Path, number: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(f'{{"quality": {{"blur_threshold": {number}, "mj": {{"min_contrast": {number}}}}}}}', encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        settings.load_settings(path)
    names = [(told.key, told.values["name"]) for told in caught.value.values["problems"]]
    assert names == [("setting.number", "quality.blur_threshold"), ("setting.number", "quality.mj.min_contrast")]


def test_a_long_wrong_value_is_shown_by_its_beginning(tmp_path: Path) -> None:
    (line,) = told(tmp_path, {"quality": {"min_contrast": "x" * 5000}})
    assert '"' + "x" * 59 + " and must be" in line


def test_a_problem_in_the_client_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        settings.load_settings(written(tmp_path, {}), {"faces": {"crop_side_px": 1000}})
    assert caught.value.values["source"] == "client.json"
    assert caught.value.values["problems"] == [
        Text("setting.multiple", {"name": "faces.crop_side_px", "value": "1000", "low": "64"}),
    ]  # fmt: skip


def test_a_fault_that_only_both_files_together_have_is_found(tmp_path: Path) -> None:
    below = {"quality": {"max_brightness": 100}}
    assert settings.load_settings(written(tmp_path, below), {"quality": {"min_brightness": 99}}).quality.min_brightness == 99
    assert told(tmp_path, below, {"quality": {"min_brightness": 100}}) == [
        "- quality.max_brightness is 100 and must be 101 or more, since quality.min_brightness is 100."
    ]


def test_what_lies_above_wins_group_by_group_and_changes_nothing_below() -> None:
    below = {"a": {"b": 1, "c": {"d": 2}}, "e": [1, 2]}
    above = {"a": {"c": {"f": 3}}, "e": [3], "g": None}
    assert settings.merged(below, above) == {"a": {"b": 1, "c": {"d": 2, "f": 3}}, "e": [3], "g": None}
    assert below == {"a": {"b": 1, "c": {"d": 2}}, "e": [1, 2]}
    assert settings.merged({"a": 1}, {"a": {"b": 2}}) == {"a": {"b": 2}}
    assert settings.merged({"a": {"b": 2}}, {"a": 1}) == {"a": 1}


def test_a_file_from_notepad_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"language": "es"}\r\n')
    assert settings.load_settings(path).language == "es"


def test_a_list_instead_of_an_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        settings.load_settings(written(tmp_path, ["es"]))
    assert caught.value.key == "settings.invalid"
    assert '- config.json is ["es"] and must be a group' in translate.text("settings.invalid", "en", **caught.value.values)


@pytest.mark.parametrize("content", [[], "", 0, None, False])
def test_a_settings_file_that_holds_no_object_is_refused_also_where_it_holds_nothing(tmp_path: Path, content: object) -> None:
    with pytest.raises(PipelineError) as caught:
        settings.load_settings(written(tmp_path, content))
    assert caught.value.key == "settings.invalid"


@pytest.mark.parametrize("name", ["python", "folder", "repository", "revision"])
def test_a_client_cannot_name_what_is_run(tmp_path: Path, name: str) -> None:
    """A client.json comes out of exports, backups and downloads: it would run a stranger's program."""
    with pytest.raises(PipelineError) as caught:
        settings.load_settings(tmp_path / "config.json", {"trainer": {name: "evil", "base_model": "x"}})
    assert f"trainer.{name} decides which programs are run or where pictures go" in translate.text(
        "settings.invalid", "en", **caught.value.values
    )
    assert getattr(settings.load_settings(written(tmp_path, {"trainer": {name: "a" * 40}})).trainer, name) == "a" * 40


@pytest.mark.parametrize(
    ("group", "name"), [("generate", "comfyui_address"), ("captioner", "server"), ("captioner", "allowed")]
)
def test_a_client_cannot_name_where_pictures_go(tmp_path: Path, group: str, name: str) -> None:
    with pytest.raises(PipelineError) as caught:
        settings.load_settings(tmp_path / "config.json", {group: {name: "http://evil.example"}})
    assert f"{group}.{name} decides which programs are run or where pictures go" in translate.text(
        "settings.invalid", "en", **caught.value.values
    )


def test_a_client_may_have_a_base_model_of_its_own(tmp_path: Path) -> None:
    found = settings.load_settings(tmp_path / "config.json", {"trainer": {"base_model": "mine", "metadata_names": "keep"}})
    assert (found.trainer.base_model, found.trainer.metadata_names) == ("mine", "keep")


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
