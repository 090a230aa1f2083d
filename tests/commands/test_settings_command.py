"""The command of the settings: every key shown and changed, with what it makes out of date, taken back, nothing secret told."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

import utils
from avatar.commands import settings as settings_commands
from avatar.commands import stage_state
from avatar.commands.result import Result, plain
from avatar.commands.session import Session
from avatar.commands.settings import settings
from avatar.terminal.parser import build_parser, values_of
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace import setting_keys
from avatar.workspace.client import Client
from config import Settings
from data_preprocessor import prepare_dataset
from tests.base_models import write_sdxl
from tests.commands.test_limits_command import judged  # noqa: F401  # a fixture
from tests.commands.test_review import verdicts
from tests.dataset.test_training_folder import fill, mix
from tests.scripted import MakeSession


def told(result: Result[object], language: str = "en") -> str:
    with translate.about(result.client):
        return "\n".join(translate.words(block, language) for block in result.blocks if isinstance(block, Text))


def by_name(session: Session, client_id: str | None = None) -> dict[str, dict[str, object]]:
    value = json.loads(json.dumps(plain(settings(session, client_id=client_id).value)))
    return {one["key"]: one for one in value["settings"]}


def test_every_key_is_listed_with_value_default_origin_unit_and_range(make: MakeSession, client: Client) -> None:
    session, _ = make()
    settings(session, "quality.min_contrast", "30")
    settings(session, "min_contrast", "12,5", client_id="ana")
    found = by_name(session)
    assert list(found) == list(setting_keys.keys())
    assert {"n", "key", "value", "default", "origin", "unit", "low", "high", "choices"} <= set(found["language"])
    one = found["quality.min_contrast"]
    assert (one["value"], one["default"], one["origin"], one["unit"], one["low"], one["high"]) == (
        30, 25, "project", "levels", 0, None,
    )  # fmt: skip
    own = by_name(session, "ana")
    assert (own["quality.min_contrast"]["value"], own["quality.min_contrast"]["origin"]) == (12.5, "client")
    assert own["quality.min_brightness"]["origin"] == "default" and "trainer.python" not in own
    assert own["faces.engine"]["n"] == found["faces.engine"]["n"]


def test_a_change_for_all_that_breaks_what_a_client_has_is_refused(make: MakeSession, client: Client) -> None:
    session, _ = make()
    settings(session, "min_brightness", "99", client_id="ana")
    with pytest.raises(PipelineError, match=r"settings\.refused") as caught:
        settings(session, "max_brightness", "90")
    assert "ana" in translate.text(caught.value.key, "en", **caught.value.values)
    assert session.settings().quality.max_brightness == Settings().quality.max_brightness


def test_a_language_of_the_environment_is_told_as_such(make: MakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    session, _ = make()
    monkeypatch.setenv(settings_commands.LANGUAGE_VARIABLE, "en_GB")
    assert (by_name(session)["language"]["value"], by_name(session)["language"]["origin"]) == ("en", "environment")


def test_a_password_is_kept_and_never_told(make: MakeSession, client: Client) -> None:
    session, ui = make()
    changed = settings(session, "generate.password", "hush hush")
    settings(session, "generate.comfyui_address", "http://me:hush@10.0.0.2:8188")
    session.show(changed)
    session.show(settings(session))
    session.show(settings(session, "generate.password"))
    shown = ui.text + json.dumps([plain(changed.value), plain(settings(session).value)])
    assert session.settings().generate.password.startswith("hush") and "hush" not in shown
    assert "(guardado, no se muestra)" in shown


def test_a_language_speaks_at_once(make: MakeSession) -> None:
    session, ui = make()
    session.show(settings(session, "language", "en"))
    assert session.language == "en" and "To take it back" in ui.text


def test_a_change_tells_from_what_to_what_and_undo_and_unset_go_back(make: MakeSession) -> None:
    session, _ = make()
    assert "Least sharpness of the face: 100 → 80.5" in told(settings(session, "blur_threshold", "80,5"))
    assert "settings --undo'" in told(settings(session, "blur_threshold", "90"))
    assert "90 → 80.5" in told(settings(session, undo=True))
    assert "80.5 → 100" in told(settings(session, unset=["blur_threshold"]))
    with pytest.raises(PipelineError, match=r"settings\.not_set"):
        settings(session, unset=["blur_threshold"])
    assert "80.5" in told(settings(session, undo=True))
    assert "already" in told(settings(session, "blur_threshold", "80.5"))


def test_an_unknown_key_of_the_file_can_be_taken_away_though_nothing_else_is_read(make: MakeSession, tmp_path: Path) -> None:
    session, _ = make()
    utils.write_json(tmp_path / "config.json", {"quality": {"min_brightnes": 30}, "faces": {"straighten": True}})
    with pytest.raises(PipelineError, match=r"settings\.invalid"):
        settings(session)
    settings(session, unset=["quality.min_brightnes"])
    assert session.settings().faces.straighten


@pytest.mark.parametrize(
    ("key", "typed", "near"),
    [("blur_threshold", "-5", "settings quality.blur_threshold 0'"), ("faces.engine", "onx", "settings faces.engine onnx'"),
     ("crop_side_px", "1000", "settings faces.crop_side_px 1024'"),
     ("straighten", "quizá", "eyes are level: takes yes or no")],
)  # fmt: skip
def test_a_refusal_says_what_why_and_the_nearest_that_is_taken(make: MakeSession, key: str, typed: str, near: str) -> None:
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        settings(session, key, typed)
    message = translate.text(caught.value.key, "en", **caught.value.values)
    assert near in message and typed in message and "Why:" in message
    assert not session.config_file.exists()


def test_a_refusal_about_a_client_tells_the_command_for_it(make: MakeSession, client: Client) -> None:
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        settings(session, "blur_threshold", "-5", client_id="ana")
    assert "blur_threshold 0 --client ana'" in translate.text(caught.value.key, "en", **caught.value.values)
    with pytest.raises(PipelineError, match=r"settings\.not_of_client"):
        settings(session, "language", "es", client_id="ana")
    with pytest.raises(PipelineError, match=r"settings\.not_of_client"):
        settings(session, "trainer.python", "/bin/sh", client_id="ana")


def test_limits_of_a_client_judge_its_pictures_anew_and_undo_does_too(judged: Client, make: MakeSession) -> None:  # noqa: F811
    session, _ = make()
    result = settings(session, "blur_threshold", "1000000", client_id="ana")
    assert verdicts(judged)["uno.png"] == "rejected" and "Refused: 3" in told(result)
    assert "settings --undo --client ana'" in told(result)
    settings(session, undo=True, client_id="ana")
    assert verdicts(judged)["uno.png"] == "approved"


def test_what_a_change_makes_out_of_date_is_told_with_its_command(client: Client, make: MakeSession) -> None:
    session, _ = make()
    fill(client, mix(3, 1))
    prepare_dataset(client, settings=Settings())
    assert stage_state.client_state(session, client).stage("prepare").state == "done"
    for client_id in (None, "ana"):
        result = settings(session, "captions.template", "{trigger} {class}, a photo", client_id=client_id)
        assert "out of date (ana)" in told(result) and "prepare ana'" in told(result)
        assert list(result.value["outdated"]) == ["prepare"]
        settings(session, undo=True, client_id=client_id)
    assert settings(session, "results.max_copy_risk", "0,1").value["outdated"] == {}


def test_a_base_model_is_chosen_as_the_base_model_command_does(tmp_path: Path, client: Client, make: MakeSession) -> None:
    session, _ = make()
    write_sdxl(tmp_path / "models" / "realistic.safetensors")
    settings(session, "trainer.models_folder", str(tmp_path / "models"))
    settings(session, "trainer.base_model", "realistic", client_id="ana")
    assert session.settings(client).trainer.base_model == str(tmp_path / "models" / "realistic.safetensors")
    with pytest.raises(PipelineError, match=r"base\.unknown"):
        settings(session, "trainer.base_model", "no such model")
    settings(session, undo=True)
    assert session.settings().trainer.models_folder == ""


def test_a_base_model_is_told_once_and_with_the_way_back(tmp_path: Path, make: MakeSession) -> None:
    session, _ = make()
    before = settings(session, "trainer.base_model").value["settings"][0].value
    write_sdxl(model := tmp_path / "mine.safetensors")
    said = told(settings(session, "trainer.base_model", str(model)))
    assert said.count(str(model)) == 1 and "settings --undo" in said
    settings(session, undo=True)
    assert settings(session, "trainer.base_model").value["settings"][0].value == before


def test_words_that_are_no_key_show_the_settings_that_speak_of_them(make: MakeSession) -> None:
    session, _ = make()
    names = [one.key.name for one in settings(session, "blur").value["settings"]]
    assert names[0] == "quality.blur_threshold" and all("blur" in name for name in names)
    with pytest.raises(PipelineError) as caught:
        settings(session, "blur", "30")
    assert caught.value.values["near"] == "quality.blur_threshold"


def test_a_section_or_one_key_is_shown_alone(make: MakeSession) -> None:
    session, ui = make()
    assert {one.key.section for one in settings(session, "faces").value["settings"]} == {"faces"}
    result = settings(session, "faces.crop_side_px")
    session.show(result)
    assert [one.key.name for one in result.value["settings"]] == ["faces.crop_side_px"]
    assert "un múltiplo de 64 px" in ui.text and "1.024" in ui.text


@pytest.mark.parametrize(
    "line",
    ["settings", "settings 5", "settings quality.blur_threshold 80,5", "settings --client ana blur_threshold 80",
     "settings blur_threshold 80 --client ana", "settings --unset blur_threshold --client ana", "settings --undo",
     "settings --client ana --undo", "--json settings language es", "settings --json language es", "settings a b c",
     "settings omni_weight_low -5"],
)  # fmt: skip
def test_options_may_stand_before_and_after_key_and_value(line: str) -> None:
    parsed = build_parser("en").parse_args(shlex.split(line))
    values = values_of(parsed, parsed.command)
    assert bool(values["client_id"]) == ("ana" in line)
    words = [word for word in shlex.split(line) if not word.startswith("--") and word not in {"settings", "ana"}]
    if not values["unset"]:
        assert [word for word in (values["key"], *values["typed"]) if word] == words
