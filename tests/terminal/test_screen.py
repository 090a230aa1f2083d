"""Drawing into pipes and old consoles."""

from __future__ import annotations

import io
import re
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import utils
from avatar.commands import result
from avatar.commands.result import Raw, Table
from avatar.terminal import screen, streams
from avatar.terminal.screen import TerminalUi
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.texts.visible import visible


def test_a_pipe_gets_plain_text_without_colours(capsys: pytest.CaptureFixture[str]) -> None:
    ui = TerminalUi()
    ui.show(Text("menu.bye", {}, "good"), "es")
    ui.show(Table(("col.file", "col.reason"), [("ñ.png", Text("menu.bye")), ("b", None)], Text("preflight.title")), "es")
    ui.show(Raw("a" * 300), "es")
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    lines = shown.splitlines()
    assert lines[0].endswith("Hasta pronto.")
    assert lines[2:5] == ["Archivo  Motivo", "ñ.png    Hasta pronto.", "b"]
    assert lines[5] == "a" * 300


def test_a_console_of_windows_shows_what_it_can() -> None:
    cp1252 = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    assert screen.printable("año ✓ 夏 … →", cp1252) == "año OK ? … ->"
    cp437 = io.TextIOWrapper(io.BytesIO(), encoding="cp437")
    assert screen.printable("«año» …", cp437) == "«año» ..."


def test_results_go_to_standard_error_where_json_owns_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    TerminalUi(to_stderr=True).show(Text("menu.bye"), "en")
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
    assert screen.cell_text(0.0002, "es") == "0,0002" and screen.cell_text(-0.05, "en") == "-0.05"
    assert screen.cell_text(0.0, "es") == "0,0" and screen.cell_text(0.1, "en") == "0.1"


def test_what_json_cannot_hold_is_made_plain() -> None:
    value = {"a": {3, 1}, "b": float("nan"), "c": Path("x"), "d": (1, Text("menu.bye")), 5: None}
    found = result.plain(value)
    assert found["a"] == [1, 3] and found["b"] is None and found["c"] == "x" and found["5"] is None
    assert found["d"][1]["text"] == "See you soon."


def test_nested_texts_are_translated_together() -> None:
    said = Text("status.next", {"stage": Text("stage.process")})
    assert translate.words(said, "es") == "Siguiente: Procesamiento facial"
    assert translate.words(said, "en") == "Next: Face processing"


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


# --- terminals: widths, colours, screen readers ----------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


WIDE = Table(
    ("col.number", "col.image", "col.file", "col.verdict", "col.by", "col.reason"),
    [(n, f"mj_{n:016x}", f"usuario_retrato_de_una_mujer_con_bufanda_{n}.png", Text("verdict.rejected", {}, "warn"),
      Text("by.rules"), "La cara está borrosa: 12,3, como poco 100. La imagen es demasiado oscura: 22, como poco 40.")
     for n in range(1, 4)],
    Text("guided.worst"),
)  # fmt: skip
NARROW = Table(
    ("col.stage", "col.state", "col.count", "col.reason"),
    [(Text("stage.process"), Text("state.outdated", {}, "warn"), 12, Text("stage.why.settings", {"n": 12345}))],
)


def on_terminal(monkeypatch: pytest.MonkeyPatch, columns: int, *, plain: bool = False, **environment: str) -> TerminalUi:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ui = TerminalUi(plain=plain)
    ui.stream = Terminal()
    return ui


def drawn(ui: TerminalUi) -> list[str]:
    stream = ui.stream
    assert isinstance(stream, Terminal)
    return re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()).splitlines()


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("table", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_no_table_is_wider_than_its_terminal_and_nothing_of_it_is_lost(
    monkeypatch: pytest.MonkeyPatch, columns: int, table: Table, language: str
) -> None:
    ui = on_terminal(monkeypatch, columns)
    ui.show(table, language)
    lines = drawn(ui)
    assert max(map(len, lines)) <= columns
    together = "".join("".join(lines).split())
    for row in table.rows:
        for word in screen.cell_text(row[-1], language).split():
            assert word in together


def test_a_table_that_cannot_be_read_in_columns_is_written_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    ui = on_terminal(monkeypatch, 60)
    ui.show(WIDE, "es")
    assert sum(line.startswith(("- #: ", "- N")) for line in drawn(ui)) == 3
    assert screen.column_widths(["a", "b"], [["1", "text " * 40]], 60) == [1, 56]
    assert screen.column_widths(["a"] * 30, [["long enough to need it"] * 30], 60) is None


@given(st.lists(st.integers(1, 90), min_size=1, max_size=8), st.integers(60, 160))
def test_columns_never_take_more_than_the_width_nor_more_than_they_need(lengths: list[int], width: int) -> None:
    widths = screen.column_widths(["x" * length for length in lengths], [], width)
    if widths is not None:
        assert sum(widths) + screen.GAP * (len(widths) - 1) <= width
        assert all(got <= wanted for got, wanted in zip(widths, lengths, strict=True))


def test_no_color_takes_the_colours_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = on_terminal(monkeypatch, 80)
    coloured.show(Text("menu.bye", {}, "bad"), "es")
    coloured.show(NARROW, "es")
    without = on_terminal(monkeypatch, 80, NO_COLOR="1")
    without.show(Text("menu.bye", {}, "bad"), "es")
    without.show(NARROW, "es")
    assert "\x1b" in coloured.stream.getvalue()  # type: ignore[attr-defined]
    assert "\x1b" not in without.stream.getvalue()  # type: ignore[attr-defined]
    assert drawn(coloured) == drawn(without)


def test_plain_is_read_out_row_by_row_without_colours_lines_or_symbols(monkeypatch: pytest.MonkeyPatch) -> None:
    ui = on_terminal(monkeypatch, 80, plain=True)
    ui.show(Text("menu.bye", {}, "good"), "es")
    ui.show(NARROW, "es")
    reason = "Los ajustes de caras o calidad han cambiado. Imágenes: 12.345"
    row = f"Etapa: Procesamiento facial; Estado: desactualizado; Cantidad: 12; Motivo: {reason}"
    shown = drawn(ui)
    assert shown[0] == "OK Hasta pronto."
    assert " ".join(shown[1:]) == row and max(map(len, shown)) <= 80  # broken at blanks, never inside a word
    assert "\x1b" not in ui.stream.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("argv", "environment", "plain"),
    [([], {}, False), (["--plain"], {}, True), (["status", "--plain"], {}, True), ([], {"AVATAR_PLAIN": "1"}, True),
     ([], {"TERM": "dumb"}, True)],
)  # fmt: skip
def test_plain_is_asked_for_by_option_environment_or_terminal(
    monkeypatch: pytest.MonkeyPatch, argv: list[str], environment: dict[str, str], plain: bool
) -> None:
    for name in ("AVATAR_PLAIN", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert streams.wants_plain(argv) is plain


def test_a_plain_bar_is_lines_that_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    with utils.ProgressTracker("Caras", " imágenes", plain=True) as bar:
        for done in range(1, 4):
            bar(done, 3)
    assert shown.getvalue() == "Caras: 3/3\n"


def test_an_old_console_gets_tables_of_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    ui = on_terminal(monkeypatch, 80)
    console = Terminal()
    console.encoding = "cp1252"
    ui.stream = console
    ui.show(NARROW, "es")
    ui.show(Text("menu.bye", {}, "good"), "es")
    console.getvalue().encode("cp1252")
    assert "─" not in console.getvalue() and "OK Hasta pronto." in console.getvalue()


def test_dates_and_numbers_in_tables_follow_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    assert screen.cell_text("2026-11-23T07:29:01+00:00", "es") == "23/11/2026 07:29"
    assert screen.cell_text("2026-11-23T07:29:01+00:00", "en") == "2026-11-23 07:29"
    assert screen.cell_text(1234.5, "es") == "1.234,5" and screen.cell_text(1234.5, "en") == "1,234.5"
    assert screen.cell_text("20261123-072901", "es") == "20261123-072901"  # the name of a run is no date


def test_a_stage_in_an_error_of_a_lower_layer_is_named_in_the_language() -> None:
    values = {"client": "ana", "pid": 7, "since": "-", "stage": "process"}
    assert "Procesamiento facial" in translate.words(Text("client.locked", values), "es")
    assert "Face processing" in translate.words(Text("client.locked", values), "en")
    assert "copying" in translate.words(Text("client.locked", {**values, "stage": "copying"}), "en")


def test_undrawn_lines_keep_their_indent_and_empty_lines_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    ui = on_terminal(monkeypatch, 60, plain=True)
    ui.show(Text("menu.line", {"n": 1, "label": Text("menu.setup")}), "es")
    ui.show(Text("menu.rule"), "es")
    ui.show(Text("system.error", {"detail": "x " * 40, "path": "/" + "long" * 30}), "es")
    shown = drawn(ui)
    assert shown[:2] == ["  1. Setup inicial del proyecto", ""]
    assert "/" + "long" * 30 in "".join(shown)  # a path stays whole
    assert any(line.startswith("Causa:") for line in shown) and any(line.startswith("Qué hacer:") for line in shown)


@pytest.mark.parametrize("plain", [False, True])
def test_into_a_pipe_a_row_is_one_line_though_its_reason_has_several(plain: bool) -> None:
    ui = TerminalUi(plain=plain)
    ui.stream = io.StringIO()
    reason = Text("import.empty", {"name": "a.png"})
    ui.show(Table(("col.file", "col.reason"), [("a.png", reason), ("b.png", reason)]), "en")
    lines = ui.stream.getvalue().splitlines()
    assert len(lines) == (2 if plain else 3)
    assert all("the file is empty. What to do: download or copy it again." in line for line in lines[-2:])


# --- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("key", ["review.ask", "ask.install_trainer", "ask.consent", "train.stop.ask"])
def test_a_question_longer_than_the_screen_is_broken_between_words(
    monkeypatch: pytest.MonkeyPatch, columns: int, language: str, key: str
) -> None:
    ui = on_terminal(monkeypatch, columns)
    monkeypatch.setattr(sys, "stdin", io.StringIO("ana\n"))
    question = translate.text(key, language, last=3) + " [no]:"
    assert ui.ask(question) == "ana"
    assert isinstance(ui.stream, Terminal)
    shown = ui.stream.getvalue()
    assert shown.endswith("[no]: ")  # the answer is typed behind it
    assert all(len(line) <= columns for line in shown.splitlines())
    assert " ".join(shown.split()) == " ".join(question.split())
    assert ("\n" in shown) is (len(question) >= columns)


def test_the_end_of_a_long_question_is_what_the_line_editor_is_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", lambda prompt: asked.append(prompt) or "s")  # type: ignore[func-returns-value]
    ui = TerminalUi()
    ui.interactive, ui.stream = True, sys.stdout
    assert ui.ask("¿Instalar ahora el entrenador? [no]:") == "s"
    assert capsys.readouterr().out == "¿Instalar ahora el\n"
    assert asked == ["entrenador? [no]: "]


def test_into_a_pipe_a_question_stays_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setattr(sys, "stdin", io.StringIO("x\n"))
    ui = TerminalUi()
    ui.stream = io.StringIO()
    ui.ask("Install the trainer now? [no]:")
    assert ui.stream.getvalue() == "Install the trainer now? [no]: "


@pytest.mark.parametrize("content", ["", " "])
def test_an_empty_question_is_asked_all_the_same(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    ui = on_terminal(monkeypatch, 60)
    monkeypatch.setattr(sys, "stdin", io.StringIO("x\n"))
    assert ui.ask(content) == "x"


@given(st.text(st.sampled_from("ab- ñ/"), max_size=60), st.integers(1, 30))
def test_a_broken_line_loses_no_word_and_breaks_none(line: str, width: int) -> None:
    pieces = screen.broken(line, width)
    assert " ".join(pieces).split() == line.split()
    assert all(len(piece) <= width or " " not in piece.strip() for piece in pieces)


def test_paths_and_options_with_hyphens_stay_whole_for_a_screen_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    ui = on_terminal(monkeypatch, 60, plain=True)
    path = "/home/ana/mis-clientes/proyecto-avatar-2026/una-carpeta-con-guiones"
    ui.show(Text("setup.disk_small", {"free_gb": 9.0, "advised_gb": 50, "path": path}), "es")
    lines = drawn(ui)
    assert any(path in line for line in lines)
    assert any("--clients-dir" in line for line in lines)


# --- what is drawn and how -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("style", "mark"), [("good", "✓ "), ("warn", "! "), ("bad", "✗ "), ("plain", ""), ("title", "")])
def test_every_style_has_its_mark_and_plain_says_it_in_letters(monkeypatch: pytest.MonkeyPatch, style: str, mark: str) -> None:
    ui = on_terminal(monkeypatch, 80)
    ui.show(Text("menu.bye", {}, style), "en")
    assert drawn(ui) == [f"{mark}See you soon."]
    ui = on_terminal(monkeypatch, 80, plain=True)
    ui.show(Text("menu.bye", {}, style), "en")
    assert drawn(ui) == [{"good": "OK ", "warn": "! ", "bad": "X "}.get(style, "") + "See you soon."]


@pytest.mark.parametrize(
    ("cell", "spanish", "english"),
    [
        (None, "", ""), (0, "0", "0"), (1234, "1234", "1234"), (0.0, "0,0", "0.0"), (0.1, "0,1", "0.1"),
        (0.0999, "0,0999", "0.0999"), (-0.00005, "-0,00005", "-0.00005"),
        (1234.56, "1.234,6", "1,234.6"),
        ("2026-11-23T07:30:00", "23/11/2026 07:30", "2026-11-23 07:30"), ("2026-11-23", "2026-11-23", "2026-11-23"),
        (Text("word.yes"), "sí", "yes"),
    ],
)  # fmt: skip
def test_each_kind_of_cell_is_written_as_its_language_does(cell: object, spanish: str, english: str) -> None:
    assert (screen.cell_text(cell, "es"), screen.cell_text(cell, "en")) == (spanish, english)


def test_columns_that_just_fit_are_drawn_and_one_cell_less_breaks_the_long_one() -> None:
    headings, rows = ["a", "b"], [["x" * screen.SHORT_COLUMN, "y" * 40]]
    whole = screen.SHORT_COLUMN + screen.GAP + 40
    assert screen.column_widths(headings, rows, whole) == [screen.SHORT_COLUMN, 40]
    assert screen.column_widths(headings, rows, whole - 1) == [screen.SHORT_COLUMN, 39]
    narrow = screen.SHORT_COLUMN + screen.GAP + screen.NARROWEST
    assert screen.column_widths(headings, rows, narrow) == [screen.SHORT_COLUMN, screen.NARROWEST]
    assert screen.column_widths(headings, rows, narrow - 1) is None


def test_a_table_of_short_columns_that_are_too_many_is_not_drawn() -> None:
    headings = ["x" * screen.SHORT_COLUMN] * 5
    whole = 5 * screen.SHORT_COLUMN + 4 * screen.GAP
    assert screen.column_widths(headings, [], whole) == [screen.SHORT_COLUMN] * 5
    assert screen.column_widths(headings, [], whole - 1) is None


def test_wide_letters_take_two_cells() -> None:
    assert screen.column_widths(["a"], [["学習"]], 80) == [4]


def test_empty_rows_and_cells_are_passed_over_where_a_table_is_read_aloud() -> None:
    assert screen.stacked(["a", "b"], [["", ""], ["1", ""], ["", "2"]]) == ["- a: 1", "- b: 2"]
    assert screen.stacked(["a", "b", "c"], [["1", "2", "3"]]) == ["- a: 1", "  b: 2", "  c: 3"]
    assert screen.read_out(["a", "b"], [["", ""], ["1", ""]]) == ["", "a: 1"]


def test_a_table_without_rows_is_its_headings() -> None:
    assert screen.aligned(["uno", "dos"], []) == ["uno  dos"]
    assert screen.aligned(["a", "b"], [["uno", "x"], ["y", ""]]) == ["a    b", "uno  x", "y"]


@given(st.text(max_size=80), st.sampled_from(["ascii", "cp437", "cp850", "cp1252", "utf-8"]))
def test_whatever_is_shown_every_console_can_print_it(content: str, encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    shown = screen.printable(content, stream)
    shown.encode(encoding)
    assert encoding != "utf-8" or shown == visible(content)


@pytest.mark.parametrize(("plain", "path"), [(False, True), (False, False), (True, True)])
def test_tab_completion_is_for_paths_and_not_for_screen_readers(
    monkeypatch: pytest.MonkeyPatch, plain: bool, path: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(screen, "_ask_path", lambda prompt: asked.append("path") or "x")  # type: ignore[func-returns-value]
    monkeypatch.setattr(screen, "_ask_line", lambda prompt, edit: asked.append("line") or "x")  # type: ignore[func-returns-value]
    ui = TerminalUi(plain=plain)
    ui.interactive, ui.stream = True, sys.stdout
    assert ui.ask("Carpeta:", path=path) == "x"
    assert asked == ["path" if path and not plain else "line"]


# --- the room that is left -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blocks", "rows"),
    [
        ([], 0), ([Text("list.item", {"item": "x"})], 1), ([Text("list.item", {"item": "word " * 40})], 3),
        ([Raw("y" * 161)], 3), ([Raw("one\ntwo")], 2), ([NARROW], 4),
    ],
)  # fmt: skip
def test_the_screen_knows_how_many_rows_are_free_below_what_was_shown(
    monkeypatch: pytest.MonkeyPatch, blocks: list[Text | Raw | Table], rows: int
) -> None:
    monkeypatch.setenv("LINES", "24")
    ui = on_terminal(monkeypatch, 80)
    ui.interactive = True
    for block in blocks:
        ui.show(block, "en")
    assert ui.room() == 24 - rows == 24 - len(drawn(ui)) - sum(max(0, len(line) - 1) // 80 for line in drawn(ui))
    monkeypatch.setattr(sys, "stdin", io.StringIO("ana\n"))
    ui.ask("?")
    assert ui.room() == 24  # what was answered to was seen
    ui.interactive = False
    assert ui.room() > 1000  # nobody sits there: nothing waits


def test_a_path_or_address_that_is_longer_than_a_row_is_one_line_that_can_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    ui = on_terminal(monkeypatch, 40)
    address = "http://127.0.0.1:8470/" + "f0f302534bc96ff1" * 2 + "/client/Ana/training"
    ui.show(Text("list.item", {"item": f"What follows is an address to look at in a browser: {address}"}), "en")
    *above, last = drawn(ui)
    assert last == address and max(map(len, above)) <= 40
    assert ui._out.rows == len(above) + 2  # the terminal breaks it in two


def test_a_file_name_in_a_table_is_shortened_to_its_column_and_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    ui = on_terminal(monkeypatch, 80)
    columns = ("col.file", "col.size", "col.dim", "col.state", "col.trigger")
    rows = [("Lucia_Gomez_avatar_v2-step00000564.safetensors", "22 MB", 4, "verificado", "lcwx lucia")]
    ui.show(Table(columns, rows), "es")
    assert len(drawn(ui)) == 3 and drawn(ui)[-1].split()[0].endswith(".safetensors")
