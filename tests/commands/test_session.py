"""A sitting: what is drawn and in which order, what JSON may hold, whose client is meant, and when a state is read anew."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import utils
from avatar.commands import result as commands_result
from avatar.commands import session as commands_session
from avatar.commands import setup as setup_commands
from avatar.commands import stage_state
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.reports import stages
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import Settings
from tests.scripted import MakeSession, ScriptedUi
from tests.stages.test_data_preprocessor import import_mj, tile


class StyledUi(ScriptedUi):
    """A screen that also notes the style of every text."""

    def __init__(self) -> None:
        super().__init__()
        self.styles: list[str] = []

    def show(self, block: Text | Table | Raw, language: str) -> None:
        super().show(block, language)
        self.styles.append(getattr(block, "style", ""))


# --- drawing ---------------------------------------------------------------------------------------------------------


def test_a_result_is_drawn_with_its_warnings_after_it_and_its_error_last() -> None:
    ui = StyledUi()
    result = Result(
        None, [Text("menu.bye", {}, "good"), Raw("a b")], [Text("plan.rule.fp8", {}, "good")], error=Text("client.none_chosen")
    )
    Session(ui, language="en").show(result)
    assert ui.styles == ["good", "", "warn", "bad"]
    assert ui.shown[:2] == ["See you soon.", "a b"]
    assert ui.shown[2].startswith("fp8_base") and ui.shown[3].startswith("No client is selected.")


def test_drawing_changes_nothing_of_the_result() -> None:
    result = Result(None, [Text("menu.bye")], [Text("menu.bye")], error=Text("menu.bye"))
    before = dataclasses.replace(result)
    Session(ScriptedUi()).show(result)
    assert result == before


def test_an_error_of_a_lower_layer_is_drawn_as_bad_in_the_language_of_the_sitting() -> None:
    ui = StyledUi()
    Session(ui, language="es").show_error(PipelineError("client.unknown", client="eva", known="ana"))
    assert ui.styles == ["bad"]
    assert ui.shown[0].startswith("No hay ningún cliente «eva».\nClientes: ana")


def test_a_text_is_translated_when_it_is_drawn_not_when_it_is_made() -> None:
    ui = StyledUi()
    sitting = Session(ui, language="es")
    result = Result(None, [Text("status.next", {"stage": Text("stage.train")})])
    sitting.show(result)
    sitting.language = "en"
    sitting.show(result)
    assert ui.shown == ["Siguiente: Entrenar", "Next: Training"]


@pytest.mark.parametrize("stage", stages.STAGES)
def test_the_stage_that_holds_a_client_is_told_by_its_name_in_the_language(stage: str) -> None:
    values = {"client": "ana", "pid": 7, "since": "10:00", "stage": stage}
    for language in translate.LANGUAGES:
        assert translate.text(f"stage.{stage}", language) in translate.words(Text("client.locked", values), language)


def test_a_stage_of_another_name_is_told_as_it_is() -> None:
    values = {"client": "ana", "pid": 7, "since": "10:00", "stage": "doctor"}
    assert "10:00: doctor" in translate.words(Text("client.locked", values), "en").replace("\n", " ")


def test_says_inside_of_says_are_translated_to_any_depth() -> None:
    deep = Text("list.join", {"first": Text("state.done"), "rest": Text("list.join", {"first": Text("word.yes"), "rest": "x"})})
    assert translate.words(deep, "es") == "hecho, sí, x"
    assert translate.words(deep, "en") == "done, yes, x"


# --- whose client ----------------------------------------------------------------------------------------------------


def test_the_client_named_goes_before_the_one_chosen(make: MakeSession, workspace: Workspace) -> None:
    sitting, _ = make()
    sitting.client = workspace.create("eva")
    workspace.create("ana")
    assert sitting.need_client("ana").client_id == "ana"
    assert sitting.need_client().client_id == sitting.need_client("").client_id == "eva"
    assert sitting.client.client_id == "eva"  # asking for another does not choose it


@pytest.mark.parametrize(("client_id", "key"), [(None, "client.none_chosen"), ("nadie", "client.unknown")])
def test_a_client_that_is_missing_is_an_error_that_says_which(make: MakeSession, client_id: str | None, key: str) -> None:
    sitting, _ = make()
    with pytest.raises(PipelineError) as caught:
        sitting.need_client(client_id)
    assert caught.value.key == key


def test_settings_of_a_client_go_before_those_of_the_program(make: MakeSession, client: Client) -> None:
    sitting, _ = make()
    utils.write_json(sitting.config_file, {"quality": {"face_confidence_threshold": 0.8}})
    client.save_info(client.info().model_copy(update={"settings": {"quality": {"face_confidence_threshold": 0.7}}}))
    assert sitting.settings().quality.face_confidence_threshold == 0.8
    assert sitting.settings(client).quality.face_confidence_threshold == 0.7
    assert Session(ScriptedUi(), config_file=sitting.config_file.with_name("no.json")).settings() == Settings()


# --- the state of a client -------------------------------------------------------------------------------------------


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every reading of a client's state from the disk, by the client's name."""
    read: list[str] = []
    real: Callable[[Client, Settings], stages.ClientState] = stages.client_state

    def client_state(client: Client, now: Settings) -> stages.ClientState:
        read.append(client.client_id)
        return real(client, now)

    monkeypatch.setattr(stages, "client_state", client_state)
    return read


def test_a_state_is_read_once_while_nothing_changes(
    make: MakeSession, workspace: Workspace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = counted(monkeypatch)
    other = workspace.create("eva")
    sitting, _ = make()
    first = stage_state.client_state(sitting, client)
    assert stage_state.client_state(sitting, other).client_id == "eva"
    assert stage_state.client_state(sitting, client) is first
    assert read == ["ana", "eva"]


def test_an_import_a_setting_and_a_changed_client_make_the_state_be_read_anew(
    make: MakeSession, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = counted(monkeypatch)
    sitting, _ = make()
    assert stage_state.client_state(sitting, client).stage("import-mj").count == 0
    import_mj(client, tile(tmp_path / "mj", 0))
    assert stage_state.client_state(sitting, client).stage("import-mj").count == 1
    utils.write_json(sitting.config_file, {"quality": {"face_confidence_threshold": 0.8}})
    stage_state.client_state(sitting, client)
    assert len(read) == 3
    client.save_info(client.info().model_copy(update={"settings": {"faces": {"engine": "mtcnn"}}}))
    stage_state.client_state(sitting, client)
    assert len(read) == 4
    stage_state.client_state(sitting, client)
    assert len(read) == 4


def test_a_language_that_is_saved_leaves_the_other_settings(make: MakeSession) -> None:
    sitting, _ = make()
    utils.write_json(sitting.config_file, {"quality": {"face_confidence_threshold": 0.8}})
    setup_commands.set_language(sitting, "es")
    assert sitting.settings().quality.face_confidence_threshold == 0.8


# --- what JSON holds -------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Inner:
    where: Path
    kinds: frozenset[str]


@dataclasses.dataclass(frozen=True)
class Outer:
    name: str
    inner: tuple[Inner, ...]
    said: Text


def test_what_a_command_returns_becomes_plain_objects(client: Client) -> None:
    value = Outer("Peña", (Inner(Path("a/b"), frozenset({"z", "a"})),), Text("menu.bye"))
    assert commands_result.plain(value) == {
        "name": "Peña", "inner": [{"where": os.path.join("a", "b"), "kinds": ["a", "z"]}],  # noqa: PTH118
        "said": {"key": "menu.bye", "values": {}, "text": "See you soon."},
    }  # fmt: skip
    assert commands_result.plain(client.info())["client_id"] == "ana"
    assert commands_result.plain({1: None, Path("x"): True}) == {"1": None, "x": True}
    assert commands_result.plain(Inner) == str(Inner)  # a class is no value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    | st.sets(st.integers(), max_size=3) | st.tuples(inner, inner),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
def test_whatever_is_plain_can_be_written_as_strict_json_and_stays_as_it_is(value: Any) -> None:
    plain = commands_result.plain(value)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert commands_result.plain(plain) == plain


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_loss_that_is_no_number_any_more_is_null_in_json(value: float) -> None:
    assert commands_result.plain({"loss": [0.5, value]}) == {"loss": [0.5, None]}


# --- what went wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "key"),
    [(errno.ENOSPC, "system.disk_full"), (getattr(errno, "EDQUOT", errno.ENOSPC), "system.disk_full"),
     (errno.EACCES, "system.error"),
     (errno.ENOENT, "system.error"), (errno.EBUSY, "system.error")],
)  # fmt: skip
def test_a_full_disk_is_told_from_every_other_refusal_of_the_system(number: int, key: str) -> None:
    said = commands_result.system_error(OSError(number, "why", "C:\\fotos ñ\\a.png"))
    assert said == Text(key, {"detail": "why", "path": "C:\\fotos ñ\\a.png"})


def test_where_a_temporary_file_cannot_be_written_its_folder_is_named() -> None:
    said = commands_result.system_error(PermissionError(errno.EACCES, "Permission denied", "/clients/.ana.31-07aa83d1.tmp"))
    assert Path(said.values["path"]) == Path("/clients")


def test_a_refusal_without_reason_or_file_has_still_a_whole_sentence() -> None:
    for language in translate.LANGUAGES:
        told = translate.words(commands_result.system_error(OSError("device gone")), language)
        assert "device gone (" in told and "(-)" not in told


@pytest.mark.parametrize(
    ("error", "key"),
    [(OSError(errno.EMFILE, "Too many open files"), "system.few_files"), (OSError(errno.ENFILE, "x"), "system.few_files"),
     (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "system.few_threads"),
     (OSError(errno.ENOSPC, "x"), "system.disk_full")],
)  # fmt: skip
def test_what_the_computer_is_short_of_is_told_as_that(error: OSError, key: str) -> None:
    assert commands_result.system_error(error).key == key


@pytest.mark.parametrize(
    ("error", "key"),
    [(RuntimeError("can't start new thread"), "system.few_threads"), (MemoryError(), "system.no_memory"),
     (RuntimeError("x"), "command.bug")],
)  # fmt: skip
def test_no_thread_and_no_memory_are_no_bugs(error: Exception, key: str) -> None:
    assert commands_session.bug(error, Session(ScriptedUi())).key == key


def test_a_bug_is_told_with_its_kind_and_the_log_to_send(tmp_path: Path) -> None:
    sitting = Session(ScriptedUi(), language="es", log_file=tmp_path / "avatar.log")
    told = translate.words(commands_session.bug(KeyError("x"), sitting), "es")
    assert "KeyError: 'x'" in told and str(tmp_path / "avatar.log") in told
    assert commands_session.bug(ValueError(), Session(ScriptedUi())).values["log"] == "-"


def test_a_chosen_client_that_is_gone_is_chosen_no_longer(make: MakeSession, workspace: Workspace, client: Client) -> None:
    session, _ = make()
    session.client = client
    workspace.rename("ana", "eva")
    with pytest.raises(PipelineError) as caught:
        session.need_client()
    assert (caught.value.key, caught.value.values["known"]) == ("client.unknown", "eva")
    assert session.client is None
    with pytest.raises(PipelineError) as caught:
        session.need_client()
    assert caught.value.key == "client.none_chosen"
