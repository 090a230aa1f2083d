"""A person's name is kept and shown where a person reads; folder, commands, prompts and what is handed over have the id."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar.commands import clients, report
from avatar.commands.session import Session
from avatar.terminal import guided, menu, menus
from avatar.texts.text import PipelineError
from avatar.workspace.client import named
from tests.scripted import MakeSession, ScriptedUi


@pytest.mark.parametrize(
    ("typed", "client_id", "name"),
    [("Lucía Gómez", "Lucia_Gomez", "Lucía Gómez"), ("  José  O'Hara-Peña ", "Jose_O_Hara-Pena", "José O'Hara-Peña"),
     ("Ñusta", "Nusta", "Ñusta"), ("ana", "ana", ""), ("ana_2-b", "ana_2-b", ""), ("../x", "../x", ""), ("-x y", "-x y", ""),
     ("ana 🎉", "ana 🎉", ""), ("a\x00b", "a\x00b", ""), ("", "", ""), ("con", "con", ""), ("x" * 200, "x" * 200, "")],
)  # fmt: skip
def test_a_persons_name_is_told_from_an_id_and_from_what_is_neither(typed: str, client_id: str, name: str) -> None:
    assert named(typed) == (client_id, name)


def made(session: Session, name: str = "Lucía Gómez") -> None:
    session.show(clients.client_new(session, name, trigger="lcwx"))


def test_a_client_of_a_persons_name_has_an_id_and_keeps_the_name(make: MakeSession) -> None:
    session, ui = make()
    made(session)
    info = session.workspace.client("Lucia_Gomez").info()
    assert (info.client_id, info.display_name) == ("Lucia_Gomez", "Lucía Gómez")
    assert "Se muestra como «Lucía Gómez»; la carpeta y los comandos usan Lucia_Gomez." in ui.text
    with pytest.raises(PipelineError, match=r"client\.exists"):
        made(session, "Lucia Gomez")


def test_the_name_is_shown_in_list_menu_and_report(make: MakeSession) -> None:
    session, ui = make("0")
    made(session)
    session.show(clients.client_list(session))
    assert "Lucia_Gomez (Lucía Gómez) lcwx" in ui.text
    ui.shown.clear()
    menu.run_menu("menu.client", menus.choices_of("client"), session, needs_client=True)
    assert "Lucia_Gomez (Lucía Gómez)" in ui.text
    page = Path(report.report(session, None).value["report"].page).read_text(encoding="utf-8")
    assert "<h1>Informe · Lucía Gómez</h1>" in page


def test_the_guided_setup_takes_a_persons_name(make: MakeSession) -> None:
    session, ui = make("Lucía Gómez", "lcwx", "2", "-")
    guided.make_client(session)
    assert session.client is not None and session.client.client_id == "Lucia_Gomez"
    assert session.client.info().display_name == "Lucía Gómez"
    assert isinstance(ui, ScriptedUi) and ui.answers == []
