"""The simulations behind the ranking, with few repeats; benchmarks/ranking.py does them with 1,000."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from benchmarks import ranking as simulations
from benchmarks.ranking import Cell


def test_every_simulation_comes_out_as_wanted() -> None:
    cells = simulations.run(trials=40, seed=3)
    assert [cell.line() for cell in cells if not cell.passed] == []
    assert len({cell.name for cell in cells}) == len(cells) > 20


def test_the_plain_way_would_call_equal_candidates_different() -> None:
    assert simulations.plain_way(np.random.default_rng(2), 60, 4, 24, 0.12) > 0.1


def test_what_does_not_hold_is_shown_and_ends_with_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [Cell("4 candidates, 24 pictures", 0.2, 0.05, at_least=False), Cell("other", 1.0, 0.9)]
    monkeypatch.setattr(simulations, "run", lambda trials, seed: cells)
    monkeypatch.setattr(sys, "argv", ["ranking.py", "--trials", "20"])
    assert simulations.main() == 1
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith("BAD") and second.startswith("ok ") and last.startswith("ranking: 1 of 2 as wanted")
