"""Tunings of known truth on a simulated clock, a few of them; benchmarks/tuning.py runs a hundred."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from avatar.results.tuning_ports import File
from benchmarks import tuning as simulation
from benchmarks.tuning_world import WEIGHTS, Truth


def test_the_file_taken_is_the_best_or_tied_with_it_and_the_night_is_never_over_its_hours(tmp_path: Path) -> None:
    found = simulation.nights(15, tmp_path)
    assert sum(one.right for one in found) >= 13
    assert all(one.in_time for one in found)
    assert [claim for one in found for claim in one.claims] == []
    assert sum(one.loss for one in found) < 0.5 * sum(one.best - one.plain for one in found)
    assert {one.shorts for one in found} > {0} and any(one.fulls == 2 for one in found)


def test_nights_that_were_killed_end_in_time_with_an_answer_as_good(tmp_path: Path) -> None:
    found = simulation.nights(10, tmp_path, kills=3)
    assert sum(one.kills for one in found) > 15
    assert all(one.in_time and one.where for one in found)
    assert sum(one.right for one in found) >= 8


def test_the_table_of_cards_and_hours_is_that_of_the_design() -> None:
    assert simulation.table_as_told() == []


@pytest.mark.parametrize(
    ("sentence", "is_claim"),
    [
        ("Rank 32 is better than 16.", True), ("rate_half fue el mejor ajuste.", True), ("El rango 32 es mejor.", True),
        ("The best file is rate_half-2000@0.6.", False), ("rate_half failed.", False),
        ("It will not say which settings are better: the same plan trained twice differs.", False),
    ],
)  # fmt: skip
def test_a_sentence_that_praises_a_setting_would_be_found(sentence: str, is_claim: bool) -> None:
    assert bool(simulation.CLAIM.search(sentence)) == is_claim


def test_the_truth_has_the_spreads_that_the_design_names() -> None:
    truths = [Truth.of(number) for number in range(400)]
    short, full, last = (
        [one._luck(name, share) for one in truths] for name, share in (("plan", 0.4), ("plan", 1.0), ("last", 1.0))
    )
    spread = (sum(value**2 for value in full) / len(full)) ** 0.5
    alike = sum(a * b for a, b in zip(short, full, strict=True)) / len(full) / spread**2
    assert 0.05 < spread < 0.07 and 0.6 < alike < 0.8
    assert abs(sum(a * b for a, b in zip(full, last, strict=True)) / len(full)) < 0.001
    file = File(name="final", candidate="last", run_id="r", step=2000)
    assert all(one.likeness(file, weight) <= one.enough for one in truths for weight in WEIGHTS)


def test_its_last_line_tells_the_result(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["tuning.py", "--runs", "6", "--killed", "1"])
    simulation.main()
    last = capsys.readouterr().out.splitlines()[-1]
    assert re.fullmatch(
        r"tuning: best or tied in \d of 6, 6 within the budget, settings claimed 0; loss [\d.]+, [\d.]+x less than the plain "
        r"way \([\d.]+; \d+ s\)", last,
    )  # fmt: skip
