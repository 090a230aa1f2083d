"""Every key of the settings as data: what is typed becomes its value, and what is told of its range is what holds."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest

from avatar.texts import tables
from avatar.texts.setting_errors import SettingError
from avatar.texts.text import PipelineError
from avatar.texts.translate import words
from avatar.workspace import setting_changes, setting_keys, settings
from avatar.workspace.setting_keys import Key
from config import Settings

KEYS = list(setting_keys.keys().values())
NUMBERS = [key for key in KEYS if key.kind in {"number", "whole"}]


def with_value(name: str, value: Any) -> list[Any]:
    """Return what is wrong with the settings in which one has this value."""
    return setting_changes.problems_of(setting_changes.laid({}, name, value), Path("config.json"), None)


def test_every_field_of_the_settings_is_a_key_and_groups_are_none() -> None:
    assert [key.number for key in KEYS] == list(range(1, len(KEYS) + 1))
    names = set(setting_keys.keys())
    assert {"language", "quality.min_brightness", "quality.mj.blur_threshold", "trainer.metadata_names"} <= names
    assert not {"version", "quality", "quality.mj", "faces"} & names
    groups = {entry.name for entry in dataclasses.fields(Settings)} - {"version", "language"}
    assert groups | {setting_keys.GENERAL} == set(setting_keys.sections())


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_key_says_what_it_means_and_takes_in_both_languages(key: Key) -> None:
    for language in ("es", "en"):
        assert len(words(key.meaning, language)) > 10
        assert words(setting_keys.allowed(key), language)
    assert tables.known(f"settings.section.{key.section}")


def test_no_meaning_is_of_a_key_that_is_gone() -> None:
    told = {key.meaning.values["meaning"].key if "kind" in key.meaning.values else key.meaning.key for key in KEYS}
    assert {key for key in tables.entries("settings") if key.startswith("meaning.")} == told


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_the_default_of_a_key_is_read_again_as_it_is_shown(key: Key) -> None:
    if key.default is None or (key.kind in {"number", "whole"} and key.optional):
        return
    typed = setting_keys.as_typed(key.default)
    value = setting_keys.parse(key, typed)
    assert value == (list(key.default) if isinstance(key.default, tuple) else key.default)
    assert with_value(key.name, value) == [] or key.name in setting_keys.PAIRS


@pytest.mark.parametrize("key", NUMBERS, ids=lambda key: key.name)
def test_the_range_that_is_told_is_the_one_that_holds(key: Key) -> None:
    found = setting_keys.range_of(key.name)
    if key.name in setting_keys.PAIRS:
        return
    own = {problem.values["name"] for problem in with_value(key.name, found.low)} if found.low is not None else set()
    assert key.name not in own or found.not_below
    for bound, beyond in ((found.low, -1), (found.high, 1)):
        if bound is not None:
            assert key.name in {problem.values["name"] for problem in with_value(key.name, round(bound + beyond, 6))}
    if found.high is not None:
        outside = {p.values["name"] for p in with_value(key.name, found.high) if p.key != "setting.order"}
        assert outside == set()


@pytest.mark.parametrize(
    ("typed", "name"),
    [("quality.blur_threshold", "quality.blur_threshold"), ("blur_threshold", "quality.blur_threshold"),
     ("mj.blur_threshold", "quality.mj.blur_threshold"), ("Blur-Threshold", "quality.blur_threshold"), ("1", "language"),
     (str(len(KEYS)), KEYS[-1].name), (" language ", "language")],
)  # fmt: skip
def test_a_key_is_found_by_name_end_or_number(typed: str, name: str) -> None:
    assert setting_keys.find(typed).name == name


@pytest.mark.parametrize(
    ("typed", "near"),
    [("quality.blur_treshold", "quality.blur_threshold"), ("min_brightnes", "quality.min_brightness"),
     ("straigten", "faces.straighten"), ("folder", "trainer.folder"), ("999", None), ("", None), ("0", None)],
)  # fmt: skip
def test_a_mistyped_key_is_answered_with_the_nearest(typed: str, near: str | None) -> None:
    if typed == "folder":
        assert setting_keys.find(typed).name == near
        return
    with pytest.raises(PipelineError) as caught:
        setting_keys.find(typed)
    assert caught.value.key == "settings.unknown_key"
    assert caught.value.values["near"] == near or near is None


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [("quality.blur_threshold", "80,5", 80.5), ("quality.blur_threshold", "80.5", 80.5), ("imports.max_pixels", "1.000", 1000),
     ("faces.straighten", "Sí", True), ("faces.straighten", "no", False), ("faces.straighten", "ON", True),
     ("faces.straighten", "off", False), ("faces.framings", "face, half_figure", ["face", "half_figure"]),
     ("faces.framings", "face half_figure face", ["face", "half_figure"]), ("faces.engine", "MTCNN", "mtcnn"),
     ("captioner.allowed", "tags, server http://10.0.0.2:1", ["tags", "server http://10.0.0.2:1"]),
     ("imports.trait_words", "lighting.studio=ring light, softbox; physical.hair = rizos",
      {"lighting": {"studio": ["ring light", "softbox"]}, "physical": {"hair": ["rizos"]}}),
     ("imports.trait_words", '{"lighting": {"studio": ["ring light"]}}', {"lighting": {"studio": ["ring light"]}}),
     ("generate.user", " ñandú 🎉 ", "ñandú 🎉"), ("trainer.folder", "", "")],
)  # fmt: skip
def test_what_a_person_types_becomes_the_value_that_the_file_holds(name: str, typed: str, value: object) -> None:
    assert setting_keys.parse(setting_keys.keys()[name], typed) == value
    assert with_value(name, value) == []


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [("quality.blur_threshold", "mucho", "settings.no.number"), ("quality.blur_threshold", "nan", "settings.no.number"),
     ("faces.crop_side_px", "0,5", "settings.no.whole"), ("faces.straighten", "quizá", "settings.no.yes_no"),
     ("faces.engine", "cuda", "settings.no.choice"), ("faces.framings", "face, feet", "settings.no.choice"),
     ("imports.trait_words", "studio", "settings.no.words"), ("imports.trait_words", "{no", "settings.no.words"),
     ("trainer.python", "/not/there", "settings.no.file"),
     *([("trainer.python", __file__, "settings.no.program")] if os.name != "nt" else []),
     ("generate.comfyui_address", "no es", "settings.no.address"), ("captioner.server", "http://", "settings.no.address"),
     ("generate.comfyui_loras", "/not/there", "settings.no.folder")],
)  # fmt: skip
def test_what_is_none_of_its_kind_is_refused_by_its_fault(name: str, typed: str, problem: str) -> None:
    with pytest.raises(SettingError) as caught:
        setting_keys.parse(setting_keys.keys()[name], typed)
    assert [told.key for told in caught.value.problems] == [problem]


@pytest.mark.parametrize(
    ("name", "typed", "near"),
    [("quality.blur_threshold", "-5", "0"), ("quality.min_brightness", "300", "254"), ("faces.crop_side_px", "1000", "1024"),
     ("faces.engine", "onx", "onnx"), ("faces.framings", "face, half_figur", "half_figure"),
     ("captions.max_tokens", "300", "225"), ("quality.blur_threshold", "mucho", None), ("trainer.python", "/x", None)],
)  # fmt: skip
def test_the_nearest_value_is_one_that_is_taken(name: str, typed: str, near: str | None) -> None:
    key = setting_keys.keys()[name]
    assert setting_keys.nearest_value(key, typed) == near
    if near is not None:
        assert with_value(name, setting_keys.parse(key, near)) == [] or name == "quality.min_brightness"


def test_paths_are_kept_in_full_and_a_folder_that_is_made_later_may_be_missing(tmp_path: Path) -> None:
    keys = setting_keys.keys()
    folder = tmp_path / "mis modelos ñ"
    folder.mkdir()
    assert setting_keys.parse(keys["trainer.models_folder"], f'"{folder}"') == str(folder)
    assert setting_keys.parse(keys["trainer.folder"], str(tmp_path / "later")) == str(tmp_path / "later")
    (tmp_path / "a file").write_text("", encoding="utf-8")
    with pytest.raises(SettingError):
        setting_keys.parse(keys["trainer.folder"], str(tmp_path / "a file"))


def test_what_is_run_and_where_pictures_go_is_never_a_clients() -> None:
    of_client = {key.name for key in KEYS if key.of_client}
    assert {"trainer.base_model", "trainer.tokenizer_cache_dir", "trainer.metadata_names"} == {
        name for name in of_client if name.startswith(("trainer.", "generate.", "captioner."))
    }  # fmt: skip
    assert not {"language", "evidence.collect", "dashboard.with_training"} & of_client
    for key in KEYS:
        refused = False
        try:
            settings.in_force({}, "config.json", setting_changes.laid({}, key.name, setting_keys.as_typed(key.default) or "x"))
        except PipelineError as error:
            refused = "setting.config_only" in {problem.key for problem in error.values["problems"]}
        assert refused == setting_keys.is_config_only(key.name)


@pytest.mark.parametrize(
    ("typed", "first"),
    [("blur", "quality.blur_threshold"), ("nitidez", "quality.blur_threshold"), ("noise", "quality.max_noise_sigma"),
     ("ruido", "quality.max_noise_sigma"), ("voodoo", None), ("de", None), ("", None)],
)  # fmt: skip
def test_keys_are_found_by_a_part_of_the_name_or_by_a_word_of_their_meaning(typed: str, first: str | None) -> None:
    found = [key.name for key in setting_keys.holding(typed)]
    assert (found[0] if found else None) == first


def test_a_part_that_only_one_key_has_is_that_key_and_of_several_none_is_chosen() -> None:
    assert setting_keys.find("comfyui_l").name == "generate.comfyui_loras"
    with pytest.raises(PipelineError) as caught:
        setting_keys.find("blur")
    assert caught.value.values["near"] == "quality.blur_threshold"
    with pytest.raises(PipelineError) as caught:
        setting_keys.find("desenfoque")  # like nothing: the groups are told, not whatever is least unlike it
    assert str(caught.value.values["near"]).startswith("general, quality")
