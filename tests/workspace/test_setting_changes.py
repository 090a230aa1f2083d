"""Changes of settings: checked together with all else, atomic, undoable, for the project and for one client."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import utils
from avatar.texts import translate
from avatar.texts.text import PipelineError
from avatar.workspace import setting_changes, settings
from avatar.workspace.client import Client
from tests.children import child_command

LEAST = "quality.min_contrast"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.json"


def held(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def test_a_change_keeps_all_else_in_the_file_also_what_is_unknown(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbf{"quality": {"min_contrast": 10, "mj": {"blur_threshold": 5}}, "mine": [1]}\r\n')
    changes = setting_changes.change(file, None, {"quality.mj.blur_threshold": 7.0, "language": "es"})
    assert changes == {"quality.mj.blur_threshold": (5, 7.0), "language": (None, "es")}
    assert held(file) == {"quality": {"min_contrast": 10, "mj": {"blur_threshold": 7.0}}, "mine": [1], "language": "es"}


def test_the_first_change_makes_the_file_and_taking_it_away_leaves_no_empty_group(file: Path) -> None:
    setting_changes.change(file, None, {"quality.mj.blur_threshold": 7.0})
    assert settings.load_settings(file).quality.mj.blur_threshold == 7
    setting_changes.change(file, None, {"quality.mj.blur_threshold": None})
    assert held(file) == {"version": 1}


def test_what_changes_nothing_is_no_step(file: Path) -> None:
    setting_changes.change(file, None, {LEAST: 10.0})
    assert setting_changes.change(file, None, {LEAST: 10.0, "language": None}) == {}
    assert setting_changes.steps_to_undo(file, None) == 1


def test_what_cannot_hold_is_refused_with_all_faults_and_writes_nothing(file: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        setting_changes.change(file, None, {"quality.min_brightness": 300.0, LEAST: -1.0})
    assert caught.value.key == "settings.refused" and not file.exists()
    told = translate.text(caught.value.key, "en", **caught.value.values)
    assert "'Least mean brightness of the crop' as 300" in told and f"settings {LEAST} 0'" in told


def test_a_share_takes_the_other_one_with_it(file: Path) -> None:
    setting_changes.change(file, None, {"dataset.mj_share": 0.7})
    assert held(file)["dataset"] == {"mj_share": 0.7, "real_share": 0.3}
    setting_changes.change(file, None, {"dataset.real_share": None})
    assert held(file) == {"version": 1}


def test_undo_goes_back_step_by_step_and_leaves_what_was_changed_by_hand(file: Path) -> None:
    setting_changes.change(file, None, {LEAST: 10.0})
    setting_changes.change(file, None, {LEAST: 20.0, "language": "es"})
    utils.write_json(file, {**held(file), "faces": {"straighten": True}})
    assert setting_changes.undo(file, None) == {LEAST: (20.0, 10.0), "language": ("es", None)}
    assert held(file)["faces"] == {"straighten": True}
    setting_changes.undo(file, None)
    assert held(file) == {"version": 1, "faces": {"straighten": True}}
    with pytest.raises(PipelineError, match=r"settings\.nothing_to_undo"):
        setting_changes.undo(file, None)


def test_a_clients_settings_are_its_own_and_come_back_the_same_way(file: Path, client: Client) -> None:
    setting_changes.change(file, None, {LEAST: 10.0})
    setting_changes.change(file, client, {LEAST: 12.0})
    assert settings.load_settings(file, client.info().settings).quality.min_contrast == 12
    assert settings.load_settings(file).quality.min_contrast == 10
    setting_changes.undo(file, client)
    assert client.info().settings == {} and held(file)["quality"] == {"min_contrast": 10.0}


def test_a_client_takes_no_setting_that_says_what_is_run(file: Path, client: Client) -> None:
    with pytest.raises(PipelineError) as caught:
        setting_changes.change(file, client, {"trainer.python": "/bin/sh"})
    assert [problem.key for problem in caught.value.values["problems"]] == ["setting.config_only"]


def test_a_change_of_the_project_that_breaks_a_client_is_refused_and_names_it(file: Path, client: Client) -> None:
    setting_changes.change(file, client, {"quality.min_brightness": 99.0})
    with pytest.raises(PipelineError) as caught:
        setting_changes.change(file, None, {"quality.max_brightness": 90.0}, clients=[client])
    assert "ana" in translate.text(caught.value.key, "es", **caught.value.values) and not file.exists()
    setting_changes.change(file, None, {"quality.max_brightness": 100.0}, clients=[client])


def test_a_damaged_file_is_mended_key_by_key(file: Path) -> None:
    utils.write_json(file, {"quality": {"min_brightnes": 30, "blur_threshold": "mucho"}, "faces": {"engine": "cuda"}})
    setting_changes.change(file, None, {"faces.engine": "mtcnn"})
    setting_changes.change(file, None, {"quality.min_brightnes": None})
    with pytest.raises(PipelineError, match=r"settings\.refused"):
        setting_changes.change(file, None, {"faces.engine": "cuda"})
    setting_changes.change(file, None, {"quality.blur_threshold": 80.0})
    assert settings.load_settings(file).quality.blur_threshold == 80


@pytest.mark.parametrize("content", ["[1]", '"es"', "3", "null"])
def test_a_file_that_is_no_settings_is_refused_and_left_alone(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    with pytest.raises(PipelineError, match=r"settings\.invalid"):
        setting_changes.change(file, None, {"language": "en"})
    assert file.read_text(encoding="utf-8") == content


def test_steps_of_an_earlier_version_are_taken_back(file: Path, client: Client) -> None:
    setting_changes.change(file, client, {LEAST: 12.0})
    utils.write_json(
        client.images.parent / setting_changes.UNDO_FILE, {"version": 1, "steps": [{"when": "2026-11-20", "before": {}}]}
    )
    assert setting_changes.steps_to_undo(file, client) == 1
    assert setting_changes.undo(file, client) == {LEAST: (12.0, None)}


def test_a_step_that_a_killed_program_noted_and_never_made_is_none(file: Path) -> None:
    setting_changes.change(file, None, {LEAST: 10.0})
    before = held(file)
    setting_changes.change(file, None, {LEAST: 20.0})
    utils.write_json(file, before)  # killed between the note and the change
    assert setting_changes.steps_to_undo(file, None) == 1
    setting_changes.undo(file, None)
    assert held(file) == {"version": 1}


@pytest.mark.parametrize("content", ["{", "[]", '{"steps": 3}', '{"steps": [1, {"changes": {"language": [1]}}, {}]}'])
def test_a_damaged_note_of_steps_costs_the_steps_alone(file: Path, content: str) -> None:
    setting_changes.change(file, None, {LEAST: 10.0})
    (file.parent / "state" / setting_changes.UNDO_FILE).write_text(content, encoding="utf-8")
    assert setting_changes.steps_to_undo(file, None) == 0
    setting_changes.change(file, None, {LEAST: 20.0})
    assert setting_changes.undo(file, None) == {LEAST: (20.0, 10.0)}


def test_an_agreement_is_no_step_to_take_back(file: Path) -> None:
    setting_changes.change(file, None, {"captioner.allowed": ["tags"]}, undoable=False)
    assert setting_changes.steps_to_undo(file, None) == 0


def test_only_this_user_reads_what_was_taken_away(file: Path) -> None:
    setting_changes.change(file, None, {"generate.password": "secreto"})
    assert (file.parent / "state" / setting_changes.UNDO_FILE).stat().st_mode & 0o077 == 0


def change_often(path: str, name: str) -> None:
    """Change one key many times, as another window does."""
    for value in range(1, 31):
        setting_changes.change(Path(path), None, {name: float(value)})


def test_two_programs_lose_no_change_of_each_other(file: Path) -> None:
    names = (LEAST, "quality.blur_threshold")
    children = [subprocess.Popen(child_command(change_often, file, name)) for name in names]
    assert [child.wait(60) for child in children] == [0, 0]
    assert held(file)["quality"] == {"min_contrast": 30.0, "blur_threshold": 30.0}
