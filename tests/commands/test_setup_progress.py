"""An installation on the screen: a line for each step, the rest as a note; the log has every line."""

from __future__ import annotations

import logging

import pytest

from avatar.commands import setup
from avatar.commands.session import Session
from tests.scripted import ScriptedUi
from utils import ProgressTracker


def test_hundreds_of_lines_of_pip_are_a_few_on_the_screen_and_all_in_the_log(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    ui = ScriptedUi()
    with caplog.at_level(logging.INFO), ProgressTracker("x", " parts") as bar:
        shown = setup._Shown(Session(ui), bar)
        for number, name in enumerate(("clone", "environment", "torch", "requirements", "verify"), 1):
            shown.step(name, number, 5)
            for line in range(50):
                shown.line(f"Collecting {line} 100% %s " + "x" * 300)
    assert len(ui.shown) == 5
    assert capsys.readouterr().err.count("\n") <= 5  # a line now and then where there is no terminal
    assert len([record for record in caplog.records if "Collecting" in record.getMessage()]) == 250
    assert "x" * 300 in caplog.records[0].getMessage()
