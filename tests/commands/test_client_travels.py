"""A client goes to another computer by `client export` and comes back by `client restore`: command, menu, a stranger's zip."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

import config
import utils
from avatar.commands import clients, stage_state
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.dataset.prepared import Prepared
from avatar.terminal import clients as client_questions
from avatar.terminal import command_line
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import Settings
from data_preprocessor import prepare_dataset
from tests.dataset.test_training_folder import fill, mix, tree
from tests.scripted import MakeSession
from tests.workspace.test_restore import crafted, files_of


@pytest.fixture
def prepared(client: Client) -> Client:
    """A client of seven pictures with their originals, and its dataset."""
    records = mix(4, 3)
    fill(client, records)
    for record in records:
        stored = f"raw_{record.source}/{record.image_id}.png"
        client.save_record(record.model_copy(update={"original": record.original.model_copy(update={"stored": stored})}))
        (client.folder / stored).write_bytes(record.image_id.encode() * 100)
    prepare_dataset(client, settings=Settings())
    return client


def elsewhere(session: Session, tmp_path: Path) -> Session:
    return Session(
        session.ui,
        language="es",
        workspace=Workspace(tmp_path / "other" / "clients"),
        config_file=session.config_file,
        quiet=True,
    )


def told(result: Result[object]) -> str:
    texts = [block for block in (*result.blocks, *result.warnings) if isinstance(block, Text)]
    return "\n".join(translate.words(text, "es") for text in texts)


def dataset_of(client: Client) -> dict[str, object]:
    """Return the files of the dataset without the moment at which they were made."""
    found: dict[str, object] = dict(tree(client))
    for name, content in tree(client).items():
        if name.endswith("dataset_info.json"):
            found[name] = {key: value for key, value in json.loads(content).items() if key != "made_at"}
    return found


def states(session: Session, client: Client) -> dict[str, str]:
    return {stage.name: stage.state for stage in stage_state.client_state(session, client).stages}


def test_the_dataset_made_anew_elsewhere_equals_that_of_before(make: MakeSession, prepared: Client, tmp_path: Path) -> None:
    session, _ = make()
    before, was = dataset_of(prepared), states(session, prepared)
    other = elsewhere(session, tmp_path)
    clients.client_export(session, "ana", tmp_path / "a.zip", originals=True)
    result = clients.client_restore(other, tmp_path / "a.zip")
    home = other.need_client()
    assert files_of(home) == files_of(prepared) and "prepare ana" in told(result)
    assert result.warnings == [] and tree(home) == {}
    assert states(other, home)["prepare"] == "todo" and was["prepare"] == "done"
    prepare_dataset(home, settings=Settings())
    assert dataset_of(home) == before and states(other, home) == was


def test_a_caption_typed_into_the_dataset_travels_though_the_dataset_does_not(
    make: MakeSession, prepared: Client, tmp_path: Path
) -> None:
    session, _ = make()
    text = next(prepared.training_data.rglob("mj_*.txt"))
    text.write_text("ohwx woman, con un sombrero de paja", encoding="utf-8")
    clients.client_export(session, "ana", tmp_path / "a.zip", originals=True)
    other = elsewhere(session, tmp_path)
    clients.client_restore(other, tmp_path / "a.zip")
    home = other.need_client()
    prepare_dataset(home, settings=Settings())
    assert (home.training_data / text.relative_to(prepared.training_data)).read_bytes() == text.read_bytes()
    assert Prepared.read(prepared).edited(text.stem) == "ohwx woman, con un sombrero de paja"  # and stays where it was typed


def test_without_originals_both_ends_say_what_cannot_be_done_there(make: MakeSession, prepared: Client, tmp_path: Path) -> None:
    session, _ = make()
    other = elsewhere(session, tmp_path)
    assert "no volver a procesar" in told(clients.client_export(session, "ana", tmp_path / "a.zip"))
    result = clients.client_restore(other, tmp_path / "a.zip")
    assert "Faltan los originales de 7 imágenes" in told(result)
    home = other.need_client()
    prepare_dataset(home, settings=Settings())  # what it does say can be done
    assert dataset_of(home) == dataset_of(prepared)


def test_a_strangers_client_that_names_a_program_is_refused_and_leaves_nothing(make: MakeSession, tmp_path: Path) -> None:
    session, _ = make()
    info = {"version": 1, "client_id": "ana", "trigger_word": "o", "created_at": utils.now(),
            "settings": {"trainer": {"python": "evil.exe"}}}  # fmt: skip
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("ana/client.json", json.dumps(info))
    with pytest.raises(PipelineError) as caught:
        clients.client_restore(session, tmp_path / "a.zip")
    assert caught.value.key == "settings.invalid"
    assert list(session.workspace.folder.iterdir()) == []


def test_states_of_a_strangers_trainings_are_warned_about(make: MakeSession, tmp_path: Path) -> None:
    session, _ = make()
    state = "ana/training/runs/20260101-000000/ana-step00000010-state/random_states_0.pkl"
    result = clients.client_restore(session, crafted(tmp_path / "a.zip", [(state, b"x"), (state + "2", b"y")]))
    assert result.value["states"] == 1 and "1 estado de entrenamiento" in told(result)


def test_the_command_line_restores_under_another_name(
    prepared: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    words = ["--clients-dir", str(prepared.folder.parent), "--json"]
    assert command_line.main([*words, "client", "export", "ana", str(tmp_path / "ñ 🌵.zip"), "--originals"]) == 0
    assert command_line.main([*words, "client", "restore", str(tmp_path / "ñ 🌵.zip")]) == 1
    capsys.readouterr()
    assert command_line.main([*words, "client", "restore", str(tmp_path / "ñ 🌵.zip"), "--as", "eva"]) == 0
    assert json.loads(capsys.readouterr().out)["result"]["client"] == "eva"
    assert Workspace(prepared.folder.parent).client_ids() == ["ana", "eva"]


def test_the_menu_asks_for_another_name_only_where_the_first_is_taken(
    make: MakeSession, prepared: Client, workspace: Workspace, tmp_path: Path
) -> None:
    session, _ = make()
    clients.client_export(session, "ana", tmp_path / "a.zip")
    session, ui = make(str(tmp_path / "a.zip"), "eva")
    client_questions.restore(session)
    assert workspace.client_ids() == ["ana", "eva"] and not ui.answers
    workspace.delete("ana").remove()
    session, ui = make(str(tmp_path / "a.zip"))
    client_questions.restore(session)
    assert workspace.client_ids() == ["ana", "eva"] and session.need_client().client_id == "ana"
