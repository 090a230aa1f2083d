"""The trainer's own step numbers as steps of the whole training: it counts every resumed run in its own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from avatar.plan.resume import Continuation


@dataclass(frozen=True)
class StepNumbers:
    """How one run counts.

    first   steps done before it
    offset  what the numbers of its files, states and curve fall short by
    total   steps of the whole training; 0: as its bar says
    """

    first: int = 0
    offset: int = 0
    total: int = 0

    def of_bar(self, done: int, bar_total: int) -> int:
        """Return the steps done of the whole training; the bar begins at 0 in every run."""
        return min(self.first + done, self.total or bar_total)

    def of_all(self, bar_total: int) -> int:
        """Return the steps of the whole training; the total of a resumed run's bar is something else."""
        return self.total or bar_total

    def of_file(self, own: int) -> int:
        """Return the step of a checkpoint, a state, a sample or a point of the curve."""
        return self.offset + own

    def own(self, step: int) -> int:
        """Return the number that the trainer gives to what it saves at a step."""
        return step - self.offset

    def next_save(self, step: int, every: int, total: int, suits: Callable[[int], bool]) -> int:
        """Return the step of the next save that suits, else of the next; at most the last step."""
        saves = range(self.of_file((self.own(step) // every + 1) * every), total, every)
        return next((save for save in saves if suits(save)), min(saves.start, total))


def numbers_of(way: Continuation | None) -> StepNumbers:
    return StepNumbers() if way is None else StepNumbers(way.done, way.offset, way.total)


def numbers_of_record(record: Mapping[str, Any]) -> StepNumbers:
    """Return the numbers of a run by its command.json; one of an earlier version counted from the epoch it began again."""
    first = record.get("first_step", 0)
    if not first:
        return StepNumbers()
    way = record.get("continuation")
    if isinstance(way, Mapping) and all(type(way.get(name)) is int for name in ("done", "total", "own_start")):
        return StepNumbers(way["done"], way["done"] - way["own_start"], way["total"])
    return StepNumbers(first, first)
