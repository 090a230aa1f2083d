"""Menus and questions as a person meets them: answers from a list, the screen as text."""

from __future__ import annotations

from pathlib import Path

import pytest

import menus
import messages
import questions
from menus import Choice
from session import Session
from utils import PipelineError
from workspace import Client, Workspace

from .scripted import MakeSession


def test_a_wrong_number_is_refused_then_the_chosen_action_runs(make: MakeSession) -> None:
    calls: list[str] = []
    menu = (
        Choice("menu.import_mj", lambda s: calls.append("import")),
        Choice("menu.process", lambda s: calls.append("process")),
    )
    session, ui = make("9", "dos", "", "-1", "2", "0")
    menus.run_menu("menu.client_title", menu, session)
    assert calls == ["process"]
    assert ui.shown.count("Escribe un número de 0 a 2.") == 4
    assert not ui.answers


@pytest.mark.parametrize("end", [EOFError, "0"], ids=["end of input", "zero"])
def test_the_end_of_input_is_zero(make: MakeSession, end: str | type[BaseException]) -> None:
    session, ui = make(end)
    menus.start(session)
    assert ui.shown[-1] == "Hasta pronto."


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (PipelineError("client.none_chosen"), "No hay ningún cliente seleccionado."),
        (KeyboardInterrupt(), "Cancelado"),
        (EOFError(), "Cancelado"),
        (OSError(28, "No space left on device"), "No queda espacio en disco."),
        (ZeroDivisionError("x"), "Error interno del programa"),
    ],
)
def test_whatever_a_handler_raises_leads_back_to_the_menu(make: MakeSession, failure: BaseException, told: str) -> None:
    def handler(session: Session) -> None:
        raise failure

    session, ui = make("1", "0")
    menus.run_menu("menu.clients", (Choice("menu.client_list", handler),), session)
    assert told in ui.text
    assert not ui.answers


def test_ctrl_c_at_the_menu_says_how_to_leave(make: MakeSession) -> None:
    session, ui = make(KeyboardInterrupt, "0")
    menus.start(session)
    assert "Para salir, escribe 0." in ui.text


def test_every_entry_of_every_menu_has_its_text() -> None:
    for menu in (menus.MAIN_MENU, menus.CLIENTS_MENU, menus.CLIENT_MENU, menus.TRAINING_MENU):
        for choice in menu:
            assert choice.label in messages.TEXTS
    assert [messages.text(choice.label, "es") for choice in menus.MAIN_MENU][:3] == [
        "Setup inicial del proyecto", "Gestión de clientes", "Seleccionar cliente",
    ]  # fmt: skip


def test_a_client_is_made_selected_and_shown_in_the_title(make: MakeSession, workspace: Workspace) -> None:
    session, ui = make("2", "1", "José Peña", "jose", "", "1", "", "0", "3", "", "0", "0")
    menus.start(session)
    assert "prueba con «Jose_Pena»" in ui.text
    info = workspace.client("jose").info()
    assert (info.trigger_word, info.class_word, info.consent_note) == ("jose", "man", "")
    assert any(line.startswith("Cliente: jose  [MJ: por hacer (0) | Fotos: por hacer (0)") for line in ui.shown)


def test_a_client_is_deleted_only_when_its_name_is_typed(make: MakeSession, workspace: Workspace) -> None:
    workspace.create("ana")
    session, ui = make("2", "6", "ana", "no", "6", "1", "ana", "0", "0")
    menus.start(session)
    assert "No se ha borrado nada." in ui.text
    assert "borrado por completo" in ui.text
    assert workspace.client_ids() == []


def test_deleting_the_chosen_client_closes_its_menu(make: MakeSession, workspace: Workspace) -> None:
    session, ui = make()
    session.client = None
    menus.run_menu("menu.client_title", menus.CLIENT_MENU, session, needs_client=True)
    assert ui.shown == []


def test_without_clients_selecting_says_where_to_make_one(make: MakeSession) -> None:
    session, ui = make("3", "0")
    menus.start(session)
    assert "Todavía no hay clientes." in ui.text


def test_the_language_changes_at_once_and_is_kept(make: MakeSession, tmp_path: Path) -> None:
    session, ui = make("6", "2", "0")
    menus.start(session)
    assert ui.shown[-1] == "See you soon."
    assert '"language": "en"' in (tmp_path / "config.json").read_text(encoding="utf-8")


def test_a_broken_record_is_told_in_the_title_and_the_menu_stays(make: MakeSession, client: Client) -> None:
    client.record_file("mj_0000000000000001").write_text("{}", encoding="utf-8")
    session, ui = make("0")
    session.client = client
    menus.run_menu("menu.client_title", menus.CLIENT_MENU, session)
    assert "no es válida" in ui.text


# --- questions -------------------------------------------------------------------------------------------------------


def test_enter_takes_the_default_and_nothing_is_refused_without_one(make: MakeSession) -> None:
    session, ui = make("", "  ana  ")
    assert questions.text(session, "ask.client_id") == "ana"
    assert ui.shown.count("Hace falta una respuesta.") == 1
    session, ui = make("")
    assert questions.text(session, "ask.trigger", default="ohwx") == "ohwx"
    assert ui.shown == ["Palabra de activación [ohwx]:"]


@pytest.mark.parametrize(
    ("answer", "expected"), [("s", True), ("SÍ", True), ("y", True), ("yes", True), ("n", False), ("No", False), ("", True)]
)
def test_yes_and_no_in_both_languages(make: MakeSession, answer: str, expected: bool) -> None:
    session, _ = make(answer)
    assert questions.yes_no(session, "ask.train_now", default=True) is expected


def test_0_leaves_a_question_as_it_leaves_a_menu(make: MakeSession, workspace: Workspace) -> None:
    workspace.create("ana")
    session, ui = make("2", "3", "0", "0", "0")
    menus.start(session)
    assert "Cancelado; lo ya terminado se conserva." in ui.shown
    session, _ = make("0")
    with pytest.raises(questions.Leave):
        questions.yes_no(session, "ask.train_now", default=True)


def test_a_wrong_yes_or_no_is_asked_again(make: MakeSession) -> None:
    session, ui = make("quizás", "n")
    assert questions.yes_no(session, "ask.train_now", default=True) is False
    assert "Responde s o n." in ui.shown


def test_options_are_picked_by_number_name_or_part_of_it(make: MakeSession) -> None:
    options = [f"rtx{n}" for n in range(100, 160)]
    session, ui = make("2", "RTX159", "59", "zzz", "15", "1", "")
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx101"
    assert "  … y 30 más: escribe parte del nombre" in ui.shown
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx159"
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx158"
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx114"
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx100"


def test_any_word_is_taken_where_the_list_is_only_a_proposal(make: MakeSession) -> None:
    session, _ = make("niña")
    assert questions.pick(session, "ask.class_word", ("man", "woman"), default="man", free=True) == "niña"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("3,7-9", [3, 7, 8, 9]), ("2 - 3; 1", [1, 2, 3]), ("4 4", [4]), ("0", None), ("9-7", None), ("x", None), ("1,,2", None),
     ("11", None), ("1-99999999999", None)],
)  # fmt: skip
def test_numbers_and_ranges(answer: str, expected: list[int] | None) -> None:
    assert questions.parse_numbers(answer, 10) == expected or (answer == "1,,2" and expected is None)


def test_a_missing_path_is_asked_again_and_the_last_one_offered(make: MakeSession, tmp_path: Path) -> None:
    folder = tmp_path / "mis fotos ñ"
    folder.mkdir()
    session, ui = make(str(tmp_path / "no"), f'"{folder}"', "")
    assert questions.path(session, "ask.mj_path") == folder
    assert str(tmp_path / "no") in ui.text
    assert questions.path(session, "ask.mj_path") == folder
