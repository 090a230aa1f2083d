"""The curves of a training for a page: of every step where the trainer logs it, thinned to what a screen can show."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avatar.reports import loss_plot
from avatar.reports.loss_plot import Point

MOST_POINTS = 2_000
DIGITS = 5  # that count of a number; more are noise and a larger answer


@dataclass(frozen=True)
class Curve:
    """Steps and values, of the same length."""

    steps: tuple[int, ...] = ()
    values: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunCurves:
    """The curves of one training over all its resumed runs. low, high: limits of the loss that leave out the rarest spikes."""

    run_id: str
    is_mean: bool
    raw: Curve
    smoothed: Curve
    held_out: Curve
    rate: Curve
    likeness: Curve
    resumed_at: tuple[int, ...]
    low: float | None
    high: float | None


def run_curves(runs: Path, run_id: str, logs: Path) -> RunCurves:
    """Return the curves of a run, by the same rules as the PNG that is drawn at its end."""
    points = loss_plot.points_of(runs, run_id, logs)
    low, high = loss_plot.loss_range([*points.raw, *points.held_out]) if points.raw else (None, None)
    return RunCurves(
        run_id=run_id, is_mean=points.is_mean, raw=curve(with_extremes(points.raw, MOST_POINTS)),
        smoothed=curve(thinned(loss_plot.smoothed(points.raw), MOST_POINTS)),
        held_out=curve(thinned(points.held_out, MOST_POINTS)),
        rate=curve(thinned(points.rate, MOST_POINTS)), likeness=curve(points.likeness), resumed_at=points.resumed_at,
        low=low, high=high,
    )  # fmt: skip


def curve(points: Sequence[Point]) -> Curve:
    return Curve(tuple(step for step, _ in points), tuple(float(f"{value:.{DIGITS}g}") for _, value in points))


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """Return at most so many points at even distances, the last among them.

    >>> thinned([(step, 0.0) for step in range(1, 8)], 4)
    [(1, 0.0), (3, 0.0), (5, 0.0), (7, 0.0)]
    """
    stride = max(math.ceil(len(points) / most), 1)
    return list(points[(len(points) - 1) % stride :: stride]) if points else []


def with_extremes(points: Sequence[Point], most: int) -> list[Point]:
    """Return at most so many points: of each stretch its lowest and its highest, so that no spike disappears.

    >>> with_extremes([(1, 0.5), (2, 9.0), (3, 0.4), (4, 0.5), (5, 0.6), (6, 0.1)], 4)
    [(2, 9.0), (3, 0.4), (5, 0.6), (6, 0.1)]
    """
    if len(points) <= most:
        return list(points)
    size = math.ceil(len(points) / (most // 2))
    found: list[Point] = []
    for stretch in itertools.zip_longest(*[iter(points)] * size):
        known = [point for point in stretch if point is not None]
        found += sorted({min(known, key=lambda point: point[1]), max(known, key=lambda point: point[1])})
    return found
