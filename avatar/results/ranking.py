"""Which candidate is best, and which differences are real. Pure: numpy only.

Pictures are compared in pairs of one prompt and seed, so that only what a pair has not in common counts. A candidate is tied
with the best where it is less than the critical difference below it: the 95 % quantile, over columns drawn with replacement,
of the range that equal candidates would show. Comparing each with the best by a plain bootstrap instead calls equal
candidates different in 10-80 % of trials, since the best was chosen by the same pictures; this rule does in at most 5 %
[measured: benchmarks/ranking.py].
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from avatar.results import figures as candidate_figures
from avatar.results.figures import Column, Figures
from avatar.results.scores import Reference, Scores, Yardstick
from avatar.texts.text import Text
from config import ResultsConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESAMPLINGS = 1000
CONFIDENCE = 0.95
SEED = 27  # the same pictures give the same answer
LEAST_COMMON = 4  # [choice] pictures that all have; with fewer a resampling says nothing
FINALISTS = 3
# A tie says that nothing is proven, not that nothing is known: the higher mean is likelier the better one. Only so near below
# it, as a share of the critical difference, lower weight and fewer steps decide. Where they did among all that are tied, the
# file taken was 0.011 less like, and stage 0 alone took worse ones than the last model at 0.8 [measured: benchmarks/tuning.py].
ALIKE_SHARE = 0.25
RISK_STEP = 0.01  # [choice] copy risks that round to the same hundredth are the same, whatever chance makes of them


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One candidate with its figures and its place.

    likeness     mean over its n pictures with exactly one face; of those that are compared, over the pictures that all have
    faces        share of its pictures with exactly one face
    rank         from 1; None: not eligible, or without any likeness
    tied         no real difference to the best one; False where that is alone
    reasons      why it has its place, and why it is not eligible
    seed_spread  standard deviation of likeness over the seeds of one prompt
    """

    model: str
    weight: str
    likeness: float | None
    n: int
    faces: float
    copy_risk: float | None
    flexibility: float | None
    rank: int | None
    tied: bool
    eligible: bool
    reasons: tuple[Text, ...]
    seed_spread: float | None = None
    sharpness: float | None = None
    exposure: float | None = None
    seconds: float | None = None

    @property
    def candidate(self) -> str:
        return f"{self.model}@{self.weight}"


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The candidates in order: ranked ones first.

    critical_difference  smaller differences of likeness mean nothing; None: too few common pictures to say
    compared             how many pictures it was taken over: those that all compared candidates have
    floor                likeness of the base alone, round 0
    """

    candidates: tuple[Ranked, ...]
    critical_difference: float | None
    compared: int
    yardstick: Yardstick | None
    held_out: Reference | None
    floor: float | None
    notes: tuple[Text, ...] = ()

    @property
    def best(self) -> Ranked | None:
        return next((one for one in self.candidates if one.rank == 1), None)

    @property
    def tied(self) -> tuple[Ranked, ...]:
        return tuple(one for one in self.candidates if one.tied)


# --- the order -------------------------------------------------------------------------------------------------------


def rank(scores: Scores, limits: ResultsConfig) -> Ranking:
    """Return the candidates in order, each with the reasons of its place.

    Eligible ones first; of these the finalists (all, where there is one round) by likeness, which counts no higher than the
    yardstick's lower quartile; those that are tied with the best by copy risk, likeness, and, where that is nearly the same
    (`ALIKE_SHARE`), weight and steps.
    """
    every = candidate_figures.of_candidates(scores)
    faults = {one.candidate: _faults(one, limits) for one in every}
    eligible = [one for one in every if not faults[one.candidate]]
    finalists = [one for one in eligible if one.last_round >= 2] or eligible
    contest = _compared(finalists, math.inf if scores.yardstick is None else scores.yardstick.low)
    others = _by_likeness([one for one in eligible if one not in finalists])
    ordered = [*contest.order, *others]
    places: list[Ranked] = []
    for number, one in enumerate(ordered, 1):
        reasons = contest.reasons(one) if one in finalists else (Text("rank.not_final"),)
        places.append(_placed(one, number, contest, reasons))
    places += [_placed(one, None, contest, faults[one.candidate]) for one in _by_likeness(every) if one not in eligible]
    return Ranking(
        candidates=tuple(places),
        critical_difference=contest.critical,
        compared=contest.common,
        yardstick=scores.yardstick,
        held_out=scores.reference,
        floor=candidate_figures.floor(scores),
        notes=(*scores.notes, *_notes(contest, places)),
    )


def _faults(one: Figures, limits: ResultsConfig) -> tuple[Text, ...]:
    """Return why a candidate is not eligible; what was not measured excludes nobody."""
    found: list[Text] = []
    if not one.likeness:
        return (Text("rank.no_face", {"n": one.drawn}, "warn"),)
    if one.faces < limits.min_faces_share:
        values = {"percent": 100 * one.faces, "n": one.drawn, "limit": 100 * limits.min_faces_share}
        found.append(Text("rank.few_faces", values, "warn"))
    if one.copy_risk is not None and one.copy_risk > limits.max_copy_risk:
        found.append(Text("rank.copies", {"value": one.copy_risk, "limit": limits.max_copy_risk}, "warn"))
    if one.flexibility is not None and one.flexibility < limits.min_flexibility:
        values = {"percent": 100 * one.flexibility, "limit": 100 * limits.min_flexibility}
        found.append(Text("rank.stiff", values, "warn"))
    return tuple(found)


def _placed(one: Figures, number: int | None, contest: _Contest, reasons: Sequence[Text]) -> Ranked:
    compared = one.candidate in contest.means and contest.critical is not None
    return Ranked(
        model=one.model, weight=one.weight, likeness=contest.means[one.candidate] if compared else one.mean,
        n=contest.common if compared else len(one.likeness), faces=one.faces, copy_risk=one.copy_risk,
        flexibility=one.flexibility, rank=number, tied=one.candidate in contest.tied, eligible=number is not None,
        reasons=tuple(reasons), seed_spread=one.seed_spread, sharpness=one.sharpness, exposure=one.exposure,
        seconds=one.seconds,
    )  # fmt: skip


def _notes(contest: _Contest, places: Sequence[Ranked]) -> list[Text]:
    if not any(one.likeness is not None for one in places):
        return [Text("rank.nothing", {}, "warn")] if places else []
    if contest.critical is None:
        return [Text("rank.too_few", {"n": contest.common}, "warn")] if len(contest.order) > 1 else []
    return [Text("rank.critical", {"value": contest.critical, "n": contest.common})]


# --- ties ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Contest:
    """Candidates compared with each other, in order.

    means   likeness over the common pictures, as measured; where these are too few, over each one's own
    capped  the same, no higher than the yardstick's lower quartile
    risk    copy risk as candidates are compared by it: 0 where it is no more than chance above the least one of the tied
    """

    order: Sequence[Figures]
    means: Mapping[str, float]
    capped: Mapping[str, float]
    risk: Mapping[str, float]
    tied: frozenset[str]
    critical: float | None
    common: int
    alike: float  # likeness from which those that are tied are taken for equally like

    def reasons(self, one: Figures) -> tuple[Text, ...]:
        """Return why a candidate has its place."""
        capped = [Text("rank.capped", {"value": self.capped[one.candidate]})] if self._is_capped(one.candidate) else []
        if len(self.order) == 1:
            return Text("rank.only"), *capped
        below = self._best - self.capped[one.candidate]
        if one is self.order[0]:
            return self._why_first(), *capped
        if self.critical is None:
            return Text("rank.open"), *capped
        if one.candidate == self._likest:
            return Text("rank.highest", {"critical": self.critical}), *capped
        key = "rank.tied" if one.candidate in self.tied else "rank.behind"
        return Text(key, {"difference": below, "critical": self.critical, "other": self._likest}), *capped

    def _is_capped(self, name: str) -> bool:
        return self.capped[name] < self.means[name]

    @property
    def _best(self) -> float:
        return max(self.capped.values())

    @property
    def _likest(self) -> str:
        """The candidate of the highest likeness, which among those that are tied need not be the first."""
        return max(self.order, key=lambda one: self.capped[one.candidate]).candidate

    def _why_first(self) -> Text:
        """Return why the first one is that: alone, or by what it is preferred among those that are alike."""
        if not self.tied:
            next_best = max(self.capped[one.candidate] for one in self.order[1:])
            return Text("rank.alone", {"difference": self._best - next_best, "critical": self.critical})
        first, second = self.order[0], self.order[1]
        values = {"n": len(self.tied) - 1}
        if self.risk[first.candidate] != max(self.risk[second.candidate], self.risk[self._likest]):
            return Text("rank.first_by_risk", values)
        if self.capped[second.candidate] < self.alike:
            return Text("rank.first_by_likeness", values)
        if float(first.weight) != float(second.weight):
            return Text("rank.first_by_weight", values)
        return Text("rank.first_by_steps", values)


def _compared(finalists: Sequence[Figures], cap: float) -> _Contest:
    """Compare candidates over the pictures that all have."""
    import numpy as np

    if not finalists:
        return _Contest((), {}, {}, {}, frozenset(), None, 0, -math.inf)
    columns = sorted(set.intersection(*(set(one.likeness) for one in finalists)))
    enough = len(columns) >= LEAST_COMMON
    if enough:
        matrix = np.array([[one.likeness[column] for column in columns] for one in finalists])
        means = {one.candidate: float(row.mean()) for one, row in zip(finalists, matrix, strict=True)}
    else:
        means = dict(zip((one.candidate for one in finalists), adjusted_means(finalists), strict=True))
    capped = {name: min(value, cap) for name, value in means.items()}
    critical = critical_difference(matrix) if enough and len(finalists) > 1 else None
    best = max(capped.values())
    near = {name for name, value in capped.items() if critical is None or value == best or best - value < critical}
    risk = _risks(finalists, near, columns if enough else [])
    alike = best - ALIKE_SHARE * critical if critical is not None else -math.inf
    order = sorted(finalists, key=lambda one: _preference(one, capped, risk, near, alike))
    tied = frozenset(near) if len(near) > 1 else frozenset()
    return _Contest(order, means, capped, risk, tied, critical, len(columns), alike)


def _preference(
    one: Figures, capped: Mapping[str, float], risk: Mapping[str, float], near: Collection[str], alike: float
) -> tuple[float, ...]:  # fmt: skip
    """Return what candidates are sorted by: those tied with the best first, of these the least copier.

    alike  likeness from which tied ones are taken for equally like: among them the lower weight is freer, fewer steps
    """
    like, chosen = capped[one.candidate], (float(one.weight), one.steps)
    if one.candidate not in near:
        return (1, -like, risk[one.candidate], *chosen)
    below = like < alike
    return (0, risk[one.candidate], below, -like if below else 0.0, *chosen)


def _risks(some: Sequence[Figures], near: Collection[str], columns: Sequence[Column]) -> dict[str, float]:
    """Return the copy risk that candidates are compared by: 0 where chance alone explains what it is above the least one.

    Else a hundredth of chance would decide among those that are tied, and never weight or steps.
    """
    import numpy as np

    tied = [one for one in some if one.candidate in near]
    least = min((one.copy_risk or 0.0 for one in tied), default=0.0)
    measured = [column for column in columns if all(column in one.margins for one in tied)]
    chance = 0.0
    if len(tied) > 1 and len(measured) >= LEAST_COMMON:
        chance = critical_difference(np.array([[one.margins[column] for column in measured] for one in tied]))
    above = {one.candidate: (one.copy_risk or 0.0) - least for one in some}
    return {name: 0.0 if value < chance else round(value / RISK_STEP) * RISK_STEP for name, value in above.items()}


def _by_likeness(some: Sequence[Figures]) -> list[Figures]:
    return sorted(some, key=lambda one: (one.mean is None, -(one.mean or 0.0), float(one.weight), one.steps))


def critical_difference(matrix: Floats) -> float:
    """Return the difference of two means below which nothing is real.

    matrix  candidates x pictures of the same prompts and seeds, at least two of each

    Taking out the means makes the rest smaller, for which the first factor makes up, and sets the candidates against each
    other, for which it does so once too often: at 4 candidates this is 1.15 of the studentised range, at 12 1.04. That is on
    the safe side, and it holds with tails and few pictures too.
    """
    import numpy as np

    candidates, pictures = matrix.shape
    left = matrix - matrix.mean(1, keepdims=True) - matrix.mean(0, keepdims=True) + matrix.mean()
    left = left * math.sqrt(pictures / (pictures - 1) * candidates / (candidates - 1))
    drawn = np.random.default_rng(SEED).multinomial(pictures, np.full(pictures, 1 / pictures), size=RESAMPLINGS)
    means = drawn @ left.T / pictures
    return float(np.quantile(np.ptp(means, axis=1), CONFIDENCE))


# --- the first round -------------------------------------------------------------------------------------------------


def shortlist(scores: Scores, limits: ResultsConfig, most: int = FINALISTS) -> tuple[str, ...]:
    """Return the candidates worth more pictures, the best first, by the main effects of checkpoint and weight.

    Both act nearly apart, so that each effect has several times the pictures of one candidate. Candidates that are not
    eligible come only where nobody else is left; likeness counts no higher than in `rank`.
    """
    every = [one for one in candidate_figures.of_candidates(scores) if one.likeness]
    if not every:
        return ()
    expected = dict(zip((one.candidate for one in every), main_effects(every), strict=True))
    cap = math.inf if scores.yardstick is None else scores.yardstick.low
    order = sorted(
        every, key=lambda one: (bool(_faults(one, limits)), -min(expected[one.candidate], cap), float(one.weight), one.steps)
    )
    return tuple(one.candidate for one in order[:most])


def main_effects(some: Sequence[Figures]) -> list[float]:
    """Return the likeness of each candidate as its model and its weight alone let expect it."""
    import numpy as np

    models, weights = (sorted({getattr(one, name) for one in some}) for name in ("model", "weight"))
    grid = np.full((len(models), len(weights)), np.nan)
    at = [(models.index(one.model), weights.index(one.weight)) for one in some]
    for place, mean in zip(at, adjusted_means(some), strict=True):
        grid[place] = mean
    rows, columns = _additive(grid)
    return [round(float(rows[row] + columns[column]), 6) for row, column in at]  # equal ones are equal


def adjusted_means(some: Sequence[Figures]) -> list[float]:
    """Return mean likenesses as if each candidate had all pictures: one that lacks a face in hard prompts gains nothing."""
    import numpy as np

    columns = sorted({column for one in some for column in one.likeness})
    matrix = np.array([[one.likeness.get(column, math.nan) for column in columns] for one in some])
    rows, by_column = _additive(matrix)
    return [float(value) for value in rows + by_column.mean()]


def _additive(matrix: Floats) -> tuple[Floats, Floats]:
    """Return the effects of rows and columns of a matrix with holes (NaN), by least squares; no row or column is empty."""
    import numpy as np

    there = ~np.isnan(matrix)
    filled = np.where(there, matrix, 0.0)
    rows, columns = np.zeros(matrix.shape[0]), np.zeros(matrix.shape[1])
    for _ in range(100):
        columns = (filled - rows[:, None] * there).sum(0) / there.sum(0)
        before, rows = rows, (filled - columns * there).sum(1) / there.sum(1)
        if np.abs(rows - before).max() < 1e-9:
            break
    return rows, columns
