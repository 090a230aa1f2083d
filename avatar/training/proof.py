"""What a resumed run has really trained: by its bar and its curve, not by the trainer's word.

"model saved." and exit code 0 come also where the trainer skipped everything that was left (sd-scripts#2407).
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avatar.plan.resume import Continuation
from avatar.texts.text import Text
from avatar.training import event_files, run_folder
from avatar.training.run_folder import RunSpec
from avatar.training.step_numbers import numbers_of_record

_CLOSE = 0.01  # [choice] rates are written as 32-bit floats; the next step's differs by less where the curve is flat


@dataclass(frozen=True)
class Proof:
    """start + trained = total: done what was lacking. Rates: of the first step, and what the run before had for it."""

    start: int
    trained: int
    total: int
    first_rate: float | None = None
    expected_rate: float | None = None

    @property
    def rate_goes_on(self) -> bool:
        if self.first_rate is None or self.expected_rate is None:
            return True  # nothing that says otherwise
        return abs(self.first_rate - self.expected_rate) <= _CLOSE * max(abs(self.first_rate), abs(self.expected_rate))


def proof_of(spec: RunSpec, trained: int) -> Proof | None:
    """Return what a resumed run has trained, None for one that began at the start. trained: how far its bar went."""
    way = spec.continuation
    if way is None:
        return None
    step = way.done + 1
    expected = _rate_at(spec.folder.parent, spec.resumed_from, spec.logs, step)
    return Proof(way.done, trained, way.total, _rate_at(spec.folder.parent, spec.run_id, spec.logs, step), expected)


def shortfall(way: Continuation, trained: int) -> Text | None:
    """Return why a resumed run that says it saved a model is no success: it did not do what was lacking."""
    values = {"start": way.done, "trained": trained, "lacking": way.total - way.done, "total": way.total}
    if trained <= 0:
        return Text("train.cause.nothing_trained", values)
    return Text("train.cause.too_few_steps", values) if trained < way.total - way.done else None


def _rate_at(runs: Path, run_id: str, logs: Path | None, step: int) -> float | None:
    """Return the learning rate that a run's curve has at a step of the whole training."""
    record = run_folder.read_command(runs / run_id) if run_id else {}
    if logs is None or not record:
        return None
    with contextlib.suppress(OSError):
        curves = event_files.curves_of_run(runs, run_id, logs)
        if curves is not None:
            return dict(_true(curves.rates(), numbers_of_record(record).offset)).get(step)
    return None


def _true(points: Sequence[tuple[int, float]], offset: int) -> list[tuple[int, float]]:
    return [(offset + own, value) for own, value in points]
