"""What a terminal would obey is shown instead, wherever a stranger's name or prompt is printed, piped or logged."""

from __future__ import annotations

import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

import utils
from avatar.commands.result import Raw, Table
from avatar.terminal.screen import TerminalUi
from avatar.texts.text import Text
from avatar.texts.translate import words
from avatar.texts.visible import one_line, visible

ORDERS = {
    "clear": "\x1b[2J", "clipboard": "\x1b]52;c;ZXZpbA==\x07", "link": "\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "c1": "\x9b2J", "direction": "\u202egnp.exe", "isolate": "\u2066x\u2069", "return": "safe\revil", "delete": "a\x7f",
    "backspace": "evil\b\b\b\bgood", "separator": "a\u2028b", "tag": "a\U000e0041",
}  # fmt: skip


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_no_order_to_a_terminal_passes(order: str) -> None:
    shown = one_line(f"ana {order}")
    assert shown != f"ana {order}" and visible(shown) == shown
    assert all(char.isprintable() for char in shown)


@given(st.text())
def test_what_is_shown_is_one_line_and_changes_no_more(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1 and one_line(shown) == shown


def test_letters_of_all_languages_and_emoji_stay() -> None:
    for text in ("José Peña", "学習 ☃", "👩‍🎨", "עברית", "a\tb"):
        assert one_line(text) == text


@pytest.mark.parametrize("order", [*ORDERS.values(), "two\nlines"], ids=[*ORDERS, "lines"])
def test_a_value_of_a_text_is_shown_on_its_line(order: str) -> None:
    said = words(Text("client.created", {"client": order, "folder": order, "trigger": order}), "en")
    assert len(said.splitlines()) == len(
        words(Text("client.created", {"client": "", "folder": "", "trigger": ""}), "en").splitlines()
    )
    assert one_line(order) in said and order not in said


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("terminal", [False, True])
def test_screen_and_pipe_show_it(monkeypatch: pytest.MonkeyPatch, order: str, terminal: bool) -> None:
    stream = io.StringIO()
    stream.isatty = lambda: terminal  # type: ignore[method-assign]
    monkeypatch.setenv("NO_COLOR", "1")
    ui = TerminalUi()
    ui.stream = stream
    for block in (Raw(order), Table(("col.name",), [(order,)])):
        ui.show(block, "en")
    assert order not in stream.getvalue()
    assert "\x1b" not in stream.getvalue() and "\x07" not in stream.getvalue()


def test_a_progress_bar_shows_the_note_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    utils.ProgressTracker("x", " y", plain=True)(1, 1, "foto\x1b[2J\n.png")
    assert capsys.readouterr().err.count("\n") == 1
    utils.ProgressTracker("x", " y", plain=True)(1, 1, "foto\x1b[2J\n.png")
    assert "\\x1b[2J\\n.png" in capsys.readouterr().err


def test_a_line_break_in_a_name_forges_no_record_of_the_log() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(utils._OneLine(utils.PipelineLogger.FORMAT, defaults={"client": "-"}))
    forged = "a.png\n2026-01-01 00:00:00,000 ERROR [-] x forged\x1b[2J"
    log = logging.Logger("x")
    log.addHandler(handler)
    log.warning("not taken in: %s", forged)
    try:
        raise ValueError(forged)
    except ValueError:
        log.exception("bug")
    lines = stream.getvalue().splitlines()
    assert sum(line.startswith("20") for line in lines) == 2 and lines[0].endswith("forged\\x1b[2J")
    assert "\x1b" not in stream.getvalue()


def test_json_of_a_pipe_holds_escapes_only() -> None:
    for order in ORDERS.values():
        assert json.dumps(order).isprintable()
