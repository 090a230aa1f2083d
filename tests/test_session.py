"""A sitting: what is drawn and in which order, which client is meant, what reaches JSON, how the system's errors are told."""

from __future__ import annotations

import errno
import json
import logging
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import session as sessions
from records import ClientInfo
from session import DETAIL_CHARACTERS, Raw, Result, Say, Session, Table, words
from utils import PipelineError
from workspace import Client, Workspace

from .scripted import MakeSession, ScriptedUi
from .test_dataset import picture

# --- showing ---------------------------------------------------------------------------------------------------------


class Styles(ScriptedUi):
    """Keeps the blocks themselves, with their styles."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Say | Table | Raw] = []

    def show(self, block: Say | Table | Raw, language: str) -> None:
        super().show(block, language)
        self.blocks.append(block)


def test_a_result_ends_with_its_warnings_and_then_its_error_where_they_are_seen() -> None:
    ui = Styles()
    result = Result(
        None, [Say("menu.bye"), Raw("C:\\clients\\ana")],
        warnings=[Say("client.none_yet"), Say("model.none")], error=Say("client.none_exist"),
    )  # fmt: skip
    Session(ui, language="en").show(result)
    assert [getattr(block, "key", "raw") for block in ui.blocks] == [
        "menu.bye", "raw", "client.none_yet", "model.none", "client.none_exist",
    ]  # fmt: skip
    assert [getattr(block, "style", "") for block in ui.blocks] == ["plain", "", "warn", "warn", "bad"]
    assert ui.shown[1] == "C:\\clients\\ana"


def test_an_error_is_shown_as_bad_with_its_values_in_the_language() -> None:
    ui = Styles()
    Session(ui, language="es").show_error(PipelineError("client.unknown", client="eva", known="ana"))
    (block,) = ui.blocks
    assert isinstance(block, Say)
    assert block.style == "bad"
    assert ui.shown[0].startswith("No hay ningún cliente «eva».")


def test_lines_of_a_child_are_shown_indented_cut_and_logged_whole(make: MakeSession, caplog: pytest.LogCaptureFixture) -> None:
    session, ui = make()
    session.quiet = False
    long = "x" * DETAIL_CHARACTERS + "end"
    with caplog.at_level(logging.INFO, logger="avatar_pipeline"):
        for line in ("  Cloning into 'kohya_ss'\n", "   \n", "", long):
            session.detail(line)
    assert ui.shown == ["    Cloning into 'kohya_ss'", "    " + "x" * DETAIL_CHARACTERS]
    assert caplog.messages[-1] == long


def test_a_quiet_sitting_logs_the_lines_of_a_child_without_showing_them(
    make: MakeSession, caplog: pytest.LogCaptureFixture
) -> None:
    session, ui = make()
    assert session.quiet
    with caplog.at_level(logging.INFO, logger="avatar_pipeline"):
        session.detail("Collecting torch")
    assert ui.shown == []
    assert caplog.messages == ["Collecting torch"]


def test_the_label_and_unit_of_a_bar_are_in_the_language(make: MakeSession) -> None:
    for language, label, unit in (("es", "Caras", "imágenes"), ("en", "Faces", "pictures")):
        session, _ = make(language=language)
        with session.progress("progress.faces") as bar:
            assert (bar.label, bar.unit.strip(), bar.quiet) == (label, unit, True)
    session.plain = True
    with session.progress("progress.groups", "unit.groups") as bar:
        assert (bar.unit.strip(), bar.plain) == ("groups", True)


# --- words -----------------------------------------------------------------------------------------------------------


def test_a_stage_that_an_error_names_is_translated_and_an_unknown_one_stays(make: MakeSession) -> None:
    values = {"client": "ana", "pid": 7, "since": "hoy"}
    assert "Procesamiento facial" in words(Say("client.locked", {**values, "stage": "process"}), "es")
    assert "no-such-stage" in words(Say("client.locked", {**values, "stage": "no-such-stage"}), "es")


def test_a_text_within_a_text_within_a_text_is_translated() -> None:
    inner = Say("menu.stage", {"stage": Say("short.process"), "state": Say("state.todo"), "n": 1234})
    line = Say("menu.client", {"client": "ana", "state": Say("menu.stages", {"first": inner, "rest": inner})})
    assert words(line, "es") == "Cliente: ana  [Caras: por hacer (1.234) | Caras: por hacer (1.234)]"
    assert words(line, "en") == "Client: ana  [Faces: to do (1,234) | Faces: to do (1,234)]"


# --- the client that is meant ----------------------------------------------------------------------------------------


def test_the_client_named_goes_before_the_one_chosen(make: MakeSession, workspace: Workspace, client: Client) -> None:
    session, _ = make()
    eva = workspace.create("eva")
    session.client = client
    assert session.need_client("eva").folder == eva.folder
    assert session.need_client() is client
    assert session.need_client("") is client
    assert session.client is client  # naming one does not choose it
    with pytest.raises(PipelineError) as caught:
        session.need_client("nobody")
    assert caught.value.key == "client.unknown"


def test_without_a_client_chosen_or_named_it_is_an_error_that_says_where_to_choose(make: MakeSession) -> None:
    session, _ = make(language="en")
    with pytest.raises(PipelineError) as caught:
        session.need_client()
    assert caught.value.key == "client.none_chosen"
    assert "'Select a client'" in session.text(caught.value.key)


def test_settings_of_a_client_lie_over_those_of_the_file_and_only_where_it_is_named(make: MakeSession, client: Client) -> None:
    session, _ = make()
    session.config_file.write_text('{"quality": {"min_brightness": 33}}', encoding="utf-8")
    client.save_info(client.info().model_copy(update={"settings": {"quality": {"min_brightness": 44}}}))
    session.client = client
    assert session.settings().quality.min_brightness == 33
    assert session.settings(client).quality.min_brightness == 44


def test_the_state_of_a_client_is_looked_up_once_until_something_changes(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    import stages

    asked: list[str] = []
    real = stages.client_state

    def counted(client: Client, settings: Any) -> stages.ClientState:
        asked.append(client.client_id)
        return real(client, settings)

    monkeypatch.setattr(stages, "client_state", counted)
    session, _ = make()
    os.utime(client.images, (0, 0))  # clocks of disks are coarse
    first = session.state(client)
    assert session.state(client) is first
    assert asked == ["ana"]
    client.save_record(picture("real", 1))
    assert session.state(client).stage("import-real").count == 1
    session.config_file.write_text("{}", encoding="utf-8")
    session.state(client)
    assert asked == ["ana"] * 3
    eva = session.workspace.create("eva")
    assert session.state(eva).client_id == "eva"
    assert session.state(client).client_id == "ana"
    assert len(asked) == 4  # each client has its own


# --- JSON ------------------------------------------------------------------------------------------------------------


@dataclass
class Inner:
    path: Path
    share: float


@dataclass
class Outer:
    inner: Inner
    names: frozenset[str]
    by_number: dict[int, tuple[int, ...]]


def test_nested_results_become_plain_json() -> None:
    value = Outer(Inner(Path("a") / "b", 0.5), frozenset({"mj", "eva", "ana"}), {3: (1, 2)})
    plain = sessions.plain(value)
    assert plain == {
        "inner": {"path": str(Path("a") / "b"), "share": 0.5}, "names": ["ana", "eva", "mj"], "by_number": {"3": [1, 2]},
    }  # fmt: skip
    assert json.loads(json.dumps(plain)) == plain


def test_a_text_in_a_result_keeps_its_key_and_values_and_is_readable() -> None:
    plain = sessions.plain([Say("status.next", {"stage": Say("stage.process")})])
    assert plain[0]["key"] == "status.next"
    assert plain[0]["values"]["stage"]["key"] == "stage.process"
    assert plain[0]["text"] == "Next: Face processing"


def test_records_are_written_as_their_files_are(client: Client) -> None:
    info = client.info()
    assert isinstance(info, ClientInfo)
    assert sessions.plain({"info": info})["info"]["client_id"] == "ana"
    assert sessions.plain(info) == json.loads(info.model_dump_json())


def test_the_class_itself_is_no_record() -> None:
    assert sessions.plain(Inner) == str(Inner)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_or_without_end_is_null_in_json(value: float) -> None:
    assert sessions.plain({"loss": value, "all": [value, 1.5]}) == {"loss": None, "all": [None, 1.5]}


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(Path("x")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(), inner, max_size=4)
    | st.tuples(inner, inner),
    max_leaves=12,
)  # fmt: skip


@given(JSON_LIKE)
def test_whatever_a_command_returns_json_can_hold_it(value: object) -> None:
    plain = sessions.plain(value)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert sessions.plain(plain) == plain


# --- errors of the system --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)])  # no quotas on Windows
def test_a_full_disk_and_a_used_up_quota_are_told_as_one_thing(number: int) -> None:
    say = sessions.system_error(OSError(number, "No space left on device", "/clients/ana/x.png"))
    told = words(say, "es")
    assert told.startswith("No queda espacio en disco.")
    assert "No space left on device (/clients/ana/x.png)" in told


def test_another_refusal_of_the_system_names_its_reason_and_the_file() -> None:
    told = words(sessions.system_error(PermissionError(errno.EACCES, "Permission denied", "C:\\ana\\1.png")), "en")
    assert told.startswith("The system refused an operation.")
    assert "Why: Permission denied (C:\\ana\\1.png)" in told
    assert "What to do:" in told


def test_an_error_without_number_or_file_is_told_all_the_same() -> None:
    assert sessions.system_error(OSError("odd pipe")).values == {"detail": "odd pipe", "path": "-"}


def test_a_bug_names_its_kind_and_the_log_to_send(make: MakeSession, tmp_path: Path) -> None:
    session, _ = make()
    assert sessions.bug(KeyError("x"), session).values == {"detail": "KeyError: 'x'", "log": "-"}
    session.log_file = tmp_path / "a.log"
    told = words(sessions.bug(ZeroDivisionError("division by zero"), session), "es")
    assert "ZeroDivisionError: division by zero" in told
    assert str(tmp_path / "a.log") in told


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
