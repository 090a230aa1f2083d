"""What progress.jsonl says of a run's speed and energy; pure, so that a run that was adopted after a kill gives the same."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from avatar.training.progress_file import PROGRESS_EVERY_S

LONGEST_GAP_S = 60.0  # [choice] between two readings of the card's power; longer: the computer slept, or nobody watched
FEWEST_STEPS = 20  # [choice] fewer say little of the speed: the first steps also warm up


@dataclass(frozen=True)
class RunFigures:
    """What one run measured; None: not known.

    seconds_per_step  median over the steps after the first
    kwh               energy of the card while it was watched
    process_gib       most that the trainer's processes held of the card; card_gib: most that was in use of the whole card
    """

    seconds_per_step: float | None = None
    kwh: float | None = None
    process_gib: float | None = None
    card_gib: float | None = None


def figures_of(rows: Sequence[Mapping[str, Any]]) -> RunFigures:
    """Return the figures of the rows of progress.jsonl, oldest first."""
    return RunFigures(_seconds_per_step(rows), kwh_of(rows), _most(rows, "process_gib"), _most(rows, "used_gib"))


def _most(rows: Sequence[Mapping[str, Any]], name: str) -> float | None:
    return max((row[name] for row in rows if name in row), default=None)


def _seconds_per_step(rows: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the median time of a step; rows that stand for several steps count as many times."""
    times: list[float] = []
    for (step, at), (next_step, next_at) in itertools.pairwise(_looks(rows)):
        if next_step > step and next_at > at:
            times += [(next_at - at) / (next_step - step)] * (next_step - step)
    return round(statistics.median(times), 3) if len(times) >= FEWEST_STEPS else None


def _looks(rows: Sequence[Mapping[str, Any]]) -> list[tuple[int, float]]:
    """Return (step, time) of every look at the log: rows less than a second apart are one, for a log that grew while nobody
    watched is read at once, and the time in its rows is that of the reading.
    """
    looks: list[tuple[int, float]] = []
    for row in rows:
        if "step" not in row or "time" not in row:
            continue
        if looks and row["time"] - looks[-1][1] < PROGRESS_EVERY_S:
            looks[-1] = (row["step"], looks[-1][1])
        else:
            looks.append((row["step"], row["time"]))
    return looks


def kwh_of(rows: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the energy between the readings, by the mean of both; gaps in which nobody read are left out."""
    known = [(row["time"], row["watts"]) for row in rows if "watts" in row and "time" in row]
    joules = sum(
        (next_at - at) * (watts + next_watts) / 2
        for (at, watts), (next_at, next_watts) in itertools.pairwise(known)
        if 0 < next_at - at <= LONGEST_GAP_S
    )
    return round(joules / 3.6e6, 3) if len(known) > 1 else None
