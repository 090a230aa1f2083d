"""Drawing into pipes and old consoles."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

import screen
import session as sessions
from screen import TerminalUi
from session import Raw, Say, Table


def test_a_pipe_gets_plain_text_without_colours(capsys: pytest.CaptureFixture[str]) -> None:
    ui = TerminalUi()
    ui.show(Say("menu.bye", {}, "good"), "es")
    ui.show(Table(("col.file", "col.reason"), [("ñ.png", Say("menu.bye")), ("b", None)], Say("preflight.title")), "es")
    ui.show(Raw("a" * 300), "es")
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    lines = shown.splitlines()
    assert lines[0].endswith("Hasta pronto.")
    assert lines[2:5] == ["Archivo  Motivo", "ñ.png    Hasta pronto.", "b"]
    assert lines[5] == "a" * 300


def test_a_console_of_windows_shows_what_it_can() -> None:
    cp1252 = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    assert screen.printable("año ✓ 夏", cp1252) == "año ? ?"


def test_results_go_to_standard_error_where_json_owns_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    TerminalUi(to_stderr=True).show(Say("menu.bye"), "en")
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "See you soon.\n")


def test_the_end_of_input_raises_and_a_line_comes_without_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("C:\\fotos ñ\r\n"))
    ui = TerminalUi()
    assert ui.ask("?") == "C:\\fotos ñ"
    with pytest.raises(EOFError):
        ui.ask("?")


def test_numbers_follow_the_language() -> None:
    assert screen.cell_text(1.25, "es") == "1,2" and screen.cell_text(1.25, "en") == "1.2"
    assert screen.cell_text(None, "es") == ""


def test_what_json_cannot_hold_is_made_plain() -> None:
    value = {"a": {3, 1}, "b": float("nan"), "c": Path("x"), "d": (1, Say("menu.bye")), 5: None}
    found = sessions.plain(value)
    assert found["a"] == [1, 3] and found["b"] is None and found["c"] == "x" and found["5"] is None
    assert found["d"][1]["text"] == "See you soon."


def test_nested_texts_are_translated_together() -> None:
    said = Say("status.next", {"stage": Say("stage.process")})
    assert sessions.words(said, "es") == "Siguiente: Procesamiento facial"
    assert sessions.words(said, "en") == "Next: Face processing"


def test_at_a_terminal_lines_can_be_edited_and_ctrl_c_is_no_end_of_input(monkeypatch: pytest.MonkeyPatch) -> None:
    ui = TerminalUi()
    ui.interactive, ui.stream = True, sys.stdout
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return "ana"

    monkeypatch.setattr("builtins.input", typed)
    assert ui.ask("Nombre:") == "ana"
    with pytest.raises(KeyboardInterrupt):
        ui.ask("Nombre:")
    assert asked == ["Nombre: ", "Nombre: "]
