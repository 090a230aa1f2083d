"""The figures of one candidate, from the measures of its pictures. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from avatar.results.scores import Score, Scores

Column = tuple[int, int]  # prompt and seed


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One candidate. likeness and margins (of copies): by prompt and seed, of its pictures with exactly one face."""

    model: str
    weight: str
    steps: float  # infinite: not known
    drawn: int
    last_round: int
    likeness: Mapping[Column, float] = field(default_factory=dict)
    margins: Mapping[Column, float] = field(default_factory=dict)
    faces: float = 0.0
    copy_risk: float | None = None
    flexibility: float | None = None
    seed_spread: float | None = None
    sharpness: float | None = None
    exposure: float | None = None
    seconds: float | None = None

    @property
    def candidate(self) -> str:
        return f"{self.model}@{self.weight}"

    @property
    def mean(self) -> float | None:
        return _mean(self.likeness.values())


def of_candidates(scores: Scores) -> list[Figures]:
    """Return the figures of all candidates, in order of their first picture."""
    return [_figures(list(scores.of(name)), scores.flexibility.get(name)) for name in scores.candidates()]


def _figures(own: list[Score], flexibility: float | None) -> Figures:
    first = own[0].picture
    likeness = {(one.picture.prompt, one.picture.seed): one.likeness for one in own if one.likeness is not None}
    margins = {(one.picture.prompt, one.picture.seed): one.copy_margin for one in own if one.copy_margin is not None}
    return Figures(
        model=first.model,
        weight=first.weight,
        steps=math.inf if first.steps is None else first.steps,
        drawn=len(own),
        last_round=max(one.picture.round for one in own),
        likeness=likeness,
        margins=margins,
        faces=sum(one.faces == 1 for one in own) / len(own),
        copy_risk=_mean(one.copy_margin for one in own),
        flexibility=flexibility,
        seed_spread=_seed_spread(likeness),
        sharpness=_mean(one.sharpness for one in own),
        exposure=_mean(one.exposure for one in own),
        seconds=_mean(one.picture.seconds for one in own),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _seed_spread(likeness: Mapping[Column, float]) -> float | None:
    """Return the standard deviation over the seeds of one prompt: mean variance of the prompts with two seeds or more."""
    by_prompt: dict[int, list[float]] = {}
    for (prompt, _), value in likeness.items():
        by_prompt.setdefault(prompt, []).append(value)
    variances = [statistics.variance(values) for values in by_prompt.values() if len(values) > 1]
    return math.sqrt(statistics.fmean(variances)) if variances else None


def floor(scores: Scores) -> float | None:
    """Return the mean likeness of the base alone."""
    return _mean(score.likeness for score in scores.pictures if score.picture.is_base)
