"""A question that ends because what it is about has ended."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from typing import IO

import pytest

from avatar.terminal import screen

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a pipe stands for the terminal")


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Iterator[IO[str]]:
    """What is written here is typed."""
    read, write = os.pipe()
    with os.fdopen(read, encoding="utf-8") as keys, os.fdopen(write, "w", encoding="utf-8", buffering=1) as typed:
        monkeypatch.setattr(sys, "stdin", keys)
        yield typed


def test_the_line_that_is_typed_is_the_answer(typing: IO[str]) -> None:
    typing.write("2\n")
    assert screen.line_unless(threading.Event()) == "2\n"


def test_a_question_whose_matter_is_over_ends_and_leaves_what_is_typed_later_to_the_next(
    typing: IO[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "POLL_S", 0.001)
    over = threading.Event()
    threading.Timer(0.05, over.set).start()
    with pytest.raises(EOFError):
        screen.line_unless(over)
    typing.write("later\n")
    assert screen.line_unless(threading.Event()) == "later\n"


def test_the_end_of_input_ends_the_question(typing: IO[str]) -> None:
    typing.close()
    with pytest.raises(EOFError):
        screen.line_unless(threading.Event())


def test_at_a_terminal_the_question_is_asked_so_and_ends_on_a_line_of_its_own(
    typing: IO[str], capsys: pytest.CaptureFixture[str]
) -> None:
    ui = screen.TerminalUi()
    ui.interactive, ui.stream = True, sys.stdout
    over = threading.Event()
    over.set()
    with pytest.raises(EOFError):
        ui.ask("Which?", over=over)
    assert capsys.readouterr().out == "Which? \n"
