"""What a training, a trial and a tuning leave on a screen of 80 x 24: the verdict first, one row an entry, no wider."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from avatar.commands import results, training_view, tune_view
from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.reports.trial_view import View
from avatar.results import ranking
from avatar.results.ranking import Ranked
from avatar.results.tuning_answer import Answer, Figures
from avatar.terminal import screen
from avatar.terminal.screen import TerminalUi
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.training.run_folder import Outcome
from avatar.workspace.client import Client
from tests.results import made
from tests.terminal.test_screen import drawn, on_terminal

COLUMNS, ROWS = 80, 24


def rows_of(ui: TerminalUi) -> list[str]:
    """Return what stands on the screen, as it breaks a long line."""
    return [line[at : at + COLUMNS] for line in drawn(ui) for at in range(0, len(line) or 1, COLUMNS)]


def told(monkeypatch: pytest.MonkeyPatch, result: Result[Any], language: str, *, details: bool = False) -> list[str]:
    ui = on_terminal(monkeypatch, COLUMNS)
    Session(ui, language=language, details=details).show(result)
    return rows_of(ui)


def place(number: int, *, tied: bool = False, reason: str = "rank.behind") -> Ranked:
    values = {"difference": 0.1, "critical": 0.05, "other": "1250@1.0", "n": 6, "percent": 40.0, "limit": 80.0}
    return Ranked(
        model=str(250 * number), weight="0.8", likeness=0.7 - number / 50, n=24, faces=0.96, copy_risk=0.03, flexibility=0.8,
        rank=number, tied=tied, eligible=True, reasons=(Text(reason, values),),
    )  # fmt: skip


PLACES = [place(1, tied=True, reason="rank.first_by_weight"), place(2, tied=True, reason="rank.tied"),
          *(place(number, reason="rank.not_final") for number in range(3, 13))]  # fmt: skip


def view_of(places: Sequence[Ranked]) -> View:
    order = ranking.Ranking(
        candidates=tuple(places), critical_difference=0.05, compared=24, yardstick=None, held_out=None, floor=None
    )  # fmt: skip
    return View(made.trial(), Path(), (), (), None, order)


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_order_of_twelve_candidates_has_one_row_for_each_that_is_shown(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    table = results._table(view_of(PLACES))
    shown = told(monkeypatch, Result(None, [table]), language)
    assert len(table.rows) == results.PLACES_SHOWN and len(shown) == 3 + len(table.rows)  # title, heading, rule
    assert max(map(len, shown)) <= COLUMNS
    assert "0,68" in shown[3] or "0.68" in shown[3]


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_details_have_all_candidates_with_all_figures_in_a_row_each(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    table, *reasons = results._details(view_of(PLACES))
    assert isinstance(table, Table) and len(table.columns) == 7 and len(reasons) == len(PLACES)
    shown = told(monkeypatch, Result(None, [table]), language)
    assert [line.split()[0] for line in shown[-12:]] == [str(number) for number in range(1, 13)]
    assert max(map(len, shown)) <= COLUMNS


def test_every_reason_of_a_place_has_its_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    for reason in ("behind", "not_final", "open", "no_face", "few_faces", "copies", "stiff"):
        one = place(3, reason=f"rank.{reason}")
        assert results._verdict(view_of([one]), one).key == f"trial.verdict.{reason}"


def answer(names: Sequence[str]) -> Answer:
    figures = [
        Figures(
            candidate=name, state="full" if number < 2 else "dropped", file=f"{name}-1250@0.8", run_id="", trial_id="t",
            steps=1250, likeness=0.6, n=24, copy_risk=0.02, flexibility=0.8, held_out_loss=0.123, seconds=5400.0,
            compared=True, tied=number == 1, cause=None,
        )
        for number, name in enumerate(names)
    ]  # fmt: skip
    return Answer(
        file=figures[0].file, candidate=names[0], run_id="", trial_id="t", candidates=tuple(figures),
        critical_difference=0.05, compared=24, tied=(), changes=(), hours_used=7.5,
    )  # fmt: skip


CANDIDATES = ("plan", "last", "rate_half", "rate_double", "rank_16", "caption_dropout", "text_encoder", "prodigy")


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_candidates_of_a_tuning_have_at_most_two_rows_each_and_the_answer_stands_first(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    found = answer(CANDIDATES)
    shown = told(monkeypatch, Result(None, tune_view.answer_blocks(found)), language)
    assert ("el plan, paso 1.250" if language == "es" else "the plan, step 1,250") in shown[0]
    table = tune_view._table(found)
    assert len(told(monkeypatch, Result(None, [table]), language)) <= 3 + 2 * len(CANDIDATES)
    assert max(map(len, shown)) <= COLUMNS and len(shown) <= ROWS


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_figures_of_a_tuning_are_a_table_of_one_row_each(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    shown = told(monkeypatch, Result(None, tune_view.details(answer(CANDIDATES))), language)
    assert [line.split()[0] for line in shown[-len(CANDIDATES) :]] == list(CANDIDATES)
    assert max(map(len, shown)) <= COLUMNS


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_a_training_tells_first_that_there_is_a_model_then_how_it_is_used_within_a_screen(
    monkeypatch: pytest.MonkeyPatch, client: Client, language: str
) -> None:
    made.trained(client)
    path = next(client.models.glob("*.safetensors"))
    monkeypatch.setattr(training_view, "_views", lambda *_: [Text("plot.written", {"path": str(client.folder / "loss.png")})])
    outcome = Outcome(success=True, run_id="20260101-000000", steps=1500, seconds=7200.0, model=path, kwh=1.2)
    ui = on_terminal(monkeypatch, COLUMNS)
    session = Session(ui, language=language, in_menus=True)
    session.show(training_view.outcome_result(session, client, outcome))
    shown = rows_of(ui)
    assert shown[0].startswith("✓ ") and len(shown) <= ROWS - 4  # the phases before it and the bar
    assert "A1111" not in "".join(shown)  # other programs are among the details
    session.show_hidden()
    assert "A1111" in "".join(rows_of(ui))


def test_headings_break_at_blanks_before_a_table_falls_apart() -> None:
    headings = ["puesto", "con una cara", "riesgo de copia", "x" * 20]
    rows = [["1", "100 %", "0,02", "y" * 20]]
    assert screen.column_widths(headings, rows, 80) == [6, 12, 15, 20]
    assert screen.column_widths(headings, rows, 46) == [6, 5, 6, 20]
    assert screen.column_widths(headings, rows, 50) == [6, 9, 6, 20]
