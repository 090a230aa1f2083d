"""What a tuning has done so far: the lines of its candidates, on the disk and in memory, and what they say of the costs."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Mapping
from typing import Any

from avatar.results import tuning
from avatar.results.plan_tuning import Costs, Done
from avatar.results.ranking import Ranked, Ranking
from avatar.results.tuning import Line, Tuning
from avatar.results.tuning_ports import File

OnLine = Callable[[Line], None]


class Book:
    """The lines of a tuning.

    lines   the last of each candidate; shorts: the last of each that says where its short training stands
    gone    candidates that this session does not take up again
    """

    def __init__(self, one: Tuning, on_line: OnLine) -> None:
        self._folder, self._on_line = one.folder, on_line
        self.candidates = one.candidates()
        history = list(tuning.all_lines(one.folder))
        self.lines: dict[str, Line] = {line.candidate: line for line in history}
        self.shorts: dict[str, Line] = {line.candidate: line for line in history if line.state == "short"}
        self.gone: set[str] = set()

    def put(self, name: str, **values: Any) -> Line:
        """Add a line with what changes of a candidate; none where nothing does. Raises OSError (disk full)."""
        before = self.lines.get(name) or Line(candidate=name, state="planned", changes=self._changes(name))
        line = before.model_copy(update=values)
        if line == before and name in self.lines:
            return line
        line = tuning.append(self._folder, line)
        self.lines[name] = line
        if line.state == "short":
            self.shorts[name] = line
        self._on_line(line)
        return line

    def _changes(self, name: str) -> list[dict[str, Any]]:
        return next((tuning.changes_record(one.changes) for one in self.candidates if one.name == name), [])

    def figures(self, name: str, placed: Ranked | None, trial_id: str, **values: Any) -> Line:
        """Put what a comparison says of a candidate's best file there."""
        if placed is None:
            return self.put(name, **values)
        return self.put(
            name, file=placed.candidate, trial_id=trial_id, likeness=placed.likeness, n=placed.n,
            copy_risk=placed.copy_risk, flexibility=placed.flexibility, **values,
        )  # fmt: skip

    def seconds(self, name: str, more: float) -> float:
        """Return the seconds that a candidate has taken with so many more."""
        before = self.lines.get(name)
        return round((before.seconds if before is not None else 0.0) + more, 1)

    def trained_s(self, name: str, more: float) -> float:
        """Return the seconds that a candidate was trained for with so many more."""
        before = self.lines.get(name)
        return round((before.train_s if before is not None else 0.0) + more, 1)

    # --- where it stands ---------------------------------------------------------------------------------------------

    def has_failed(self, name: str) -> bool:
        return name in self.lines and self.lines[name].state == "failed"

    def is_open(self, name: str) -> bool:
        """Return whether a short training is still to be done."""
        return name not in self.shorts and name not in self.gone and not self.has_failed(name)

    def is_going_on(self, name: str) -> bool:
        """Return whether a candidate was on its way to the end when an earlier session ended."""
        return self.lines[name].state in {"running", "stopped"} and name not in self.gone

    def done(self, spent_s: float) -> Done:
        names = [one.name for one in self.candidates]
        return Done(
            spent_s=spent_s, shorts=sum(name in self.shorts for name in names),
            fulls=sum(name in self.lines and self.lines[name].state == "full" for name in names),
            tried=sum(not self.is_open(name) for name in names),
        )  # fmt: skip

    # --- what it costs -----------------------------------------------------------------------------------------------

    def measured(self, costs: Costs) -> Costs:
        """Return the costs with what the short trainings took, the mean of them all."""
        each = [found for name in self.shorts if (found := self.costs_of(name, costs)).step_s]
        if not each:
            return costs
        steps, loads = [one.step_s or 0.0 for one in each], [one.load_s for one in each]
        return dataclasses.replace(costs, step_s=statistics.fmean(steps), load_s=statistics.fmean(loads))

    def costs_of(self, name: str, costs: Costs) -> Costs:
        """Return the costs with those of a candidate's own short training: not all are equally fast.

        What is not its steps is loading. Where the trainer told no time of a step, loading takes what it usually does.
        """
        line = self.shorts[name]
        if not line.steps:
            return costs
        if line.step_s:
            return dataclasses.replace(costs, step_s=line.step_s, load_s=max(0.0, line.train_s - line.steps * line.step_s))
        own = (line.train_s - costs.load_s) / line.steps
        if own > 0 or not line.train_s:
            return dataclasses.replace(costs, step_s=own) if own > 0 else costs
        return dataclasses.replace(costs, step_s=line.train_s / line.steps, load_s=0.0)  # it was over before that


def best_of(ranking: Ranking | None, files: Mapping[str, File], name: str) -> Ranked | None:
    """Return the first place of a candidate's files; None where none of them was drawn."""
    if ranking is None:
        return None
    return next((one for one in ranking.candidates if one.model in files and files[one.model].candidate == name), None)
