"""Seconds a step and energy of a run, from the rows of progress.jsonl."""

from __future__ import annotations

from typing import Any

import pytest

from avatar.training.run_figures import RunFigures, figures_of


def rows(*points: tuple[int, float], **values: float) -> list[dict[str, Any]]:
    return [{"step": step, "time": at, **values} for step, at in points]


def test_the_time_of_a_step_is_the_median_so_that_a_pause_does_not_count() -> None:
    points = [(step, 4.0 * step) for step in range(1, 30)] + [(30, 1000.0)]

    assert figures_of(rows(*points)).seconds_per_step == 4.0


def test_rows_that_stand_for_several_steps_count_for_each() -> None:
    # a row a second, ten steps in each; one of the seconds took only two
    points = [(10 * n, float(n)) for n in range(1, 8)] + [(72, 8.0)]

    assert figures_of(rows(*points)).seconds_per_step == 0.1


def test_steps_that_nobody_watched_share_the_time_until_their_log_was_read() -> None:
    before = [(step, 10.0 * step) for step in range(1, 11)]
    read_at_once = [(step, 500.0 + step / 1000) for step in range(11, 51)]

    assert figures_of(rows(*before, *read_at_once)).seconds_per_step == 10.0


def test_few_steps_say_nothing_of_the_speed() -> None:
    assert figures_of(rows(*[(step, 4.0 * step) for step in range(1, 20)])).seconds_per_step is None
    assert figures_of([]) == RunFigures()


def test_energy_is_power_by_time_without_the_gaps_that_nobody_measured() -> None:
    watched = rows((1, 0.0), (2, 60.0), watts=100.0) + rows((3, 3660.0), (4, 3720.0), watts=300.0)

    # two minutes: one at 100 W, one at 300 W; the hour between them is not known
    assert figures_of(watched).kwh == pytest.approx((100 * 60 + 300 * 60) / 3.6e6, abs=0.0005)


def test_a_card_that_does_not_tell_its_power_has_no_energy() -> None:
    assert figures_of(rows((1, 0.0), (2, 30.0))).kwh is None
