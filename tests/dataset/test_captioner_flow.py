"""From a fresh trainer to the sentence on the screen: asked once, packages and model fetched, shown, written on a yes alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import utils
from avatar.commands import captioners as captioner_commands
from avatar.dataset import caption_store, caption_suggestions
from avatar.terminal import command_line, menu, menus
from avatar.texts.text import PipelineError
from avatar.trainer import captioners, location
from avatar.workspace.client import Client
from avatar.workspace.records import Caption, MidJourney
from config import Settings
from tests.dataset.standin_vision import Ollama
from tests.dataset.test_training_folder import picture
from tests.scripted import MakeSession
from tests.tiny_png import PNG
from tests.trainer import little_trainer

ADDED = "ohwx woman, red scarf, brick wall"


@pytest.fixture
def filled(client: Client) -> Client:
    for number in range(3):
        own = Caption(text="ohwx woman, mine", by="user") if number == 2 else None
        record = picture("real", number, caption=own)
        client.save_record(record)
        (client.processed / f"{record.image_id}.png").write_bytes(PNG)
    return client


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A little trainer as the settings' own: in the folder that they name, with the environment that setup made."""
    folder = little_trainer.make(tmp_path / "kohya ñ", monkeypatch)
    utils.write_json(tmp_path / "config.json", {"trainer": {"folder": str(folder)}})
    return folder


def texts(client: Client) -> list[str]:
    return [row.text for row in caption_store.caption_rows(client, client.records(), Settings())]


def allowed(tmp_path: Path) -> Any:
    return json.loads((tmp_path / "config.json").read_text(encoding="utf-8")).get("captioner", {}).get("allowed")


def walk(session: Any, client: Client) -> None:
    session.client = client
    menu.run_menu("menu.captions", menus.choices_of("captions"), session, needs_client=True)


def test_from_a_fresh_trainer_to_the_sentence_on_the_screen(
    filled: Client, trainer: Path, make: MakeSession, tmp_path: Path
) -> None:
    session, ui = make("7", "2", "s", "s", "0")
    walk(session, filled)
    for told in (
        "SmilingWolf/wd-v1-4-convnext-tagger-v2 (388 MB",
        "huggingface.co",
        "onnx==1.19.1",
        "nada de ellas sale de él",
    ):
        assert told in ui.text
    assert "ohwx woman red scarf, brick wall" in ui.text  # the rules' text, and beside it what the captioner would add
    assert texts(filled) == [ADDED, ADDED, "ohwx woman, mine"]
    assert little_trainer.version_of(trainer, "onnxruntime") == "1.22.1" and allowed(tmp_path) == ["tags"]
    assert captioners.has_model(captioners.CAPTIONERS["tags"], trainer)
    assert len((trainer / "asked").read_text().splitlines()) == 1, "the captioner ran once for preview and writing"


def test_no_is_the_default_twice_and_changes_nothing(filled: Client, trainer: Path, make: MakeSession, tmp_path: Path) -> None:
    little_trainer.says(trainer, text="a woman in a red scarf")
    session, ui = make("7", "1", "", "0")
    walk(session, filled)
    assert "No se ha descargado ni enviado nada." in ui.text and not (trainer / captioners.MODELS_FOLDER).exists()
    session, ui = make("7", "1", "s", "", "7", "1", "", "0")
    walk(session, filled)  # agreed to, looked at, not written; the second time it is not asked for the agreement
    assert texts(filled) == ["ohwx woman", "ohwx woman", "ohwx woman, mine"]
    assert ui.text.count("1580 MB") == 1 and not ui.answers


def test_a_script_is_told_the_terms_and_agrees_by_an_argument(filled: Client, trainer: Path, make: MakeSession) -> None:
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        captioner_commands.suggest(session, "ana", "sentences")
    assert caught.value.key == "captioner.not_agreed"
    assert not (trainer / captioners.MODELS_FOLDER).exists() and not (trainer / "asked").exists()
    little_trainer.says(trainer, text="a woman with long hair wearing a red scarf in front of a brick wall")
    result = captioner_commands.suggest(session, "ana", "sentences", agreed=True)
    assert [c.after.partition(", ")[2] for c in result.value["changes"]] == ["red scarf, in front of a brick wall"] * 2
    assert set(result.value["said"].values()) == {"a woman with long hair wearing a red scarf in front of a brick wall"}
    assert captioner_commands.suggest(session, "ana", "sentences", apply=True).value["applied"]
    assert captioner_commands.suggest(session, "ana", "sentences").value["asked"] == 0


def test_the_agreement_is_taken_back_with_the_models(filled: Client, trainer: Path, make: MakeSession, tmp_path: Path) -> None:
    session, _ = make("7", "4", "0")
    captioner_commands.suggest(session, "ana", "sentences", agreed=True)
    walk(session, filled)
    assert not allowed(tmp_path) and not (trainer / captioners.MODELS_FOLDER).exists()
    assert len(caption_suggestions.stored(filled, filled.records())) == 2
    with pytest.raises(PipelineError, match=r"captioner\.not_agreed"):
        captioner_commands.suggest(session, "ana", "sentences")


def test_an_environment_of_the_users_own_is_not_changed_but_the_command_told(
    filled: Client, trainer: Path, make: MakeSession, tmp_path: Path
) -> None:
    python = location.venv_python(trainer / "venv")
    utils.write_json(tmp_path / "config.json", {"trainer": {"folder": str(trainer), "python": str(python)}})
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        captioner_commands.terms(session, "tags")
    assert caught.value.key == "captioner.own_environment" and not little_trainer.version_of(trainer, "onnx")


def test_the_terms_name_only_what_has_to_be_done(trainer: Path, make: MakeSession) -> None:
    session, _ = make()
    told = captioner_commands.terms(session, "tags")
    assert told is not None and told.values["packages"] == "onnx==1.19.1, onnxruntime==1.22.1"
    little_trainer.put(trainer, "onnx", "1.19.1")
    told = captioner_commands.terms(session, "tags")
    assert told is not None and told.values["packages"] == "onnxruntime==1.22.1"
    little_trainer.put(trainer, "onnxruntime", "1.22.1")
    told = captioner_commands.terms(session, "tags")
    assert told is not None and told.key == "captioner.terms.model" and told.values["kind"] == "tags"


def test_the_menu_says_what_is_missing_without_a_trainer(filled: Client, make: MakeSession, tmp_path: Path) -> None:
    utils.write_json(tmp_path / "config.json", {"trainer": {"folder": str(tmp_path / "none")}})
    session, ui = make("7", "", "0")
    walk(session, filled)
    assert "No se pueden describir las imágenes automáticamente." in ui.text


def test_where_nothing_is_doubtful_nothing_is_asked_for(client: Client, make: MakeSession) -> None:
    client.save_record(picture("real", 0, caption=Caption(text="ohwx woman, mine", by="user")))
    session, ui = make("7", "2", "0")
    walk(session, client)
    assert "Ningún texto es dudoso" in ui.text


# --- a server of the user's ------------------------------------------------------------------------------------------


def test_a_server_on_this_computer_describes_what_is_shown(filled: Client, make: MakeSession, tmp_path: Path) -> None:
    with Ollama() as server:
        utils.write_json(tmp_path / "config.json", {"captioner": {"server": server.url}})
        session, ui = make("7", "3", "s", "s", "0")
        walk(session, filled)
        assert server.url in ui.text and "nada sale de él por" not in ui.text
        assert len(server.pictures) == 2 and allowed(tmp_path) == [f"server {server.url}"]
    assert texts(filled)[0].startswith("ohwx woman, ") and "red wool coat" in texts(filled)[0]


def test_an_agreement_to_one_address_is_none_to_another_and_elsewhere_is_said_loudly(
    filled: Client, make: MakeSession, tmp_path: Path
) -> None:
    here = {"server": "http://192.168.1.5:11434", "allowed": ["server http://127.0.0.1:11434", "tags"]}
    utils.write_json(tmp_path / "config.json", {"captioner": here})
    session, ui = make("7", "3", "", "0")
    walk(session, filled)
    assert "imágenes de una persona saldrían de este equipo" in ui.text and "No se ha descargado ni enviado nada." in ui.text


def test_all_captions_that_are_not_the_users_can_be_asked_about(filled: Client, make: MakeSession, tmp_path: Path) -> None:
    with Ollama() as server:
        values = {"server": server.url, "allowed": [f"server {server.url}"], "min_doubt": 1.0}
        utils.write_json(tmp_path / "config.json", {"captioner": values})
        about = MidJourney(prompt="a woman in a red coat in a park", evidence="embedded")
        record = picture("mj", 7, midjourney=about)
        filled.save_record(record)
        (filled.processed / f"{record.image_id}.png").write_bytes(PNG)
        session, ui = make("7", "3", "s", "n", "0")
        walk(session, filled)
        assert "Dudosas: 2 de 3" in ui.text and len(server.pictures) == 3


def test_the_command_line_shows_applies_and_refuses(
    filled: Client, trainer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import config

    monkeypatch.setattr(config, "CONFIG_FILE", tmp_path / "config.json")
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    call = ["--lang", "en", "--clients-dir", str(filled.folder.parent), "captions", "ana", "--suggest", "sentences"]
    little_trainer.says(trainer, text="a woman in a red scarf, brick wall")
    assert command_line.main(call) == 1
    refused = capsys.readouterr().err
    assert "repeat it with --agree" in refused and "captions ana --suggest none" in refused
    assert command_line.main([*call, "--agree", "--apply"]) == 0
    assert "Captions changed: 2" in capsys.readouterr().out and texts(filled)[0] == ADDED
