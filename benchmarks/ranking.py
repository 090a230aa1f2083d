"""How often the ranking of candidates is right, on scores with known truth.

A picture's likeness is the candidate's own plus noise, of which a part is common to all candidates of a prompt and seed. Run
by seconds; each line says what was asked, how often it held, and what is wanted.

    python benchmarks/ranking.py --trials 1000
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from numpy.typing import NDArray

from avatar.results import copying, ranking
from avatar.results.copying import Heads
from avatar.results.ranking import Ranking
from avatar.results.scores import Score, Scores, TrialPicture, Yardstick
from config import ResultsConfig

Floats = NDArray[np.float64]
COMMON = 0.5  # share of a picture's variance that is common to a prompt and seed
PROMPTS = 6
LIMITS = ResultsConfig()


@dataclass(frozen=True)
class Cell:
    """One kind of trial, with how often what is wanted held."""

    name: str
    held: float
    wanted: float
    at_least: bool = True

    @property
    def passed(self) -> bool:
        return self.held >= self.wanted if self.at_least else self.held <= self.wanted

    def line(self) -> str:
        sign, verdict = ">=" if self.at_least else "<=", "ok " if self.passed else "BAD"
        return f"{verdict} {self.name:<80} {100 * self.held:6.1f} %  (wanted {sign} {100 * self.wanted:.0f} %)"


def likenesses(rng: np.random.Generator, means: Sequence[float], pictures: int, spread: float, *, tails: bool) -> Floats:
    """Return candidates x pictures. tails: noise with heavier ones than the normal's (Student, 4 degrees of freedom)."""

    def noise(shape: tuple[int, ...]) -> Floats:
        return np.asarray(rng.standard_t(4, shape) / 2**0.5 if tails else rng.standard_normal(shape))

    common = (COMMON**0.5) * noise((pictures,))
    own = ((1 - COMMON) ** 0.5) * noise((len(means), pictures))
    return np.asarray(np.asarray(means)[:, None] + spread * (common + own))


def scores(matrix: Floats, risks: Mapping[int, Sequence[float]] | None = None, low: float | None = None) -> Scores:
    """Return the scores of candidates whose weights rise with their number; all pictures show one face."""
    made = []
    for number, row in enumerate(matrix):
        for column, value in enumerate(row):
            picture = TrialPicture(
                picture_id=f"{number}-{column}", model="1000", weight=f"0.{number + 1}", prompt=column % PROMPTS,
                seed=column // PROMPTS, round=1, path=Path(), steps=1000,
            )  # fmt: skip
            margin = risks[number][column] if risks else None
            made.append(Score(picture=picture, faces=1, likeness=float(value), copy_margin=margin))
    yardstick = None if low is None else Yardstick(mean=low, low=low, spread=0.03, n=9)
    return Scores(pictures=tuple(made), reference=None, yardstick=yardstick, flexibility={}, failed={})


def rank(matrix: Floats, **more: object) -> Ranking:
    return ranking.rank(scores(matrix, **more), LIMITS)  # type: ignore[arg-type]


# --- what is asked ---------------------------------------------------------------------------------------------------


def equal_called_different(
    rng: np.random.Generator, trials: int, candidates: int, pictures: int, spread: float, tails: bool
) -> Cell:
    different = sum(
        len(rank(likenesses(rng, [0.6] * candidates, pictures, spread, tails=tails)).tied) < candidates for _ in range(trials)
    )
    kind = ", heavy tails" if tails else ""
    name = f"equal called different: {candidates} candidates, {pictures} pictures, spread {spread}{kind}"
    return Cell(name, different / trials, 0.05, at_least=False)


def plain_way(rng: np.random.Generator, trials: int, candidates: int, pictures: int, spread: float) -> float:
    """Return how often equal candidates are called different by comparing each with the best: a bootstrap of 95 %."""
    wrong = 0
    for _ in range(trials):
        matrix = likenesses(rng, [0.6] * candidates, pictures, spread, tails=False)
        best = matrix[matrix.mean(1).argmax()]
        drawn = rng.integers(pictures, size=(ranking.RESAMPLINGS, pictures))
        below = np.quantile((best - matrix)[:, drawn].mean(2), (1 - ranking.CONFIDENCE) / 2, axis=1)
        wrong += bool((below > 0).any())
    return wrong / trials


def better_found(rng: np.random.Generator, trials: int, candidates: int, pictures: int, spread: float) -> list[Cell]:
    """Return how often the one that is better by 0.1 is among the tied, and alone at the top; its weight is the highest."""
    means = [0.6] * (candidates - 1) + [0.7]
    best = f"1000@0.{candidates}"
    among = alone = 0
    for _ in range(trials):
        found = rank(likenesses(rng, means, pictures, spread, tails=False))
        among += best in {one.candidate for one in found.tied} or (found.best is not None and found.best.candidate == best)
        alone += not found.tied and found.best is not None and found.best.candidate == best
    name = f"better by 0.1: {candidates} candidates, {pictures} pictures, spread {spread}"
    return [
        Cell(f"{name}, among the first tie", among / trials, 0.99),
        Cell(f"{name}, alone", alone / trials, 0.9 if (candidates, pictures) == (4, 48) else 0.0),
    ]


class Person:
    """Photos of one person: trained and held out, as vectors and structures with something of their own."""

    def __init__(self, rng: np.random.Generator, trained: int, held: int) -> None:
        self._rng = rng
        self._who, self._head = self._units(1, 128)[0], self._units(1, 256)[0]
        self.trained, self.held = self.photos(trained), self.photos(held)

    def _units(self, n: int, size: int) -> Floats:
        made = self._rng.standard_normal((n, size))
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True))

    def _mixed(self, common: Floats, share: float, n: int) -> Floats:
        made = share**0.5 * common + (1 - share) ** 0.5 * self._units(n, common.size)
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True))

    def photos(self, n: int) -> Heads:
        """Return photos: 0.70 alike as faces [measured: SFace], 0.3 as structures."""
        return Heads(self._mixed(self._who, 0.7, n), self._mixed(self._head, 0.3, n))

    def copies(self, n: int, share: float) -> Heads:
        """Return drawn pictures, of which that share repeats trained ones, softened; the others are the person."""
        own, picked = self.photos(n), self._rng.integers(len(self.trained), size=n)
        repeats = self._rng.random(n) < share
        soft = self._mixed(np.zeros(256), 0.0, n)
        structures = 0.98**0.5 * self.trained.structures[picked] + 0.02**0.5 * soft
        return Heads(
            np.where(repeats[:, None], self.trained.vectors[picked], own.vectors),
            np.where(repeats[:, None], structures, own.structures),
        )

    def margins(self, drawn: Heads) -> list[float]:
        found = [
            copying.margin(vector, structure, self.held, self.trained, self.trained.structures)
            for vector, structure in zip(drawn.vectors, drawn.structures, strict=True)
        ]
        return [value for value in found if value is not None]


def copier_first(rng: np.random.Generator, trials: int, trained: int, held: int, share: float) -> list[Cell]:
    """Return how often a copier that is more like by 0.1 is first, and how often one that copies nothing is excluded."""
    first = excluded = 0
    for _ in range(trials):
        person = Person(rng, trained, held)
        copier, honest = person.copies(24, share), person.photos(24)
        matrix = likenesses(rng, [0.7, 0.6], 24, 0.1, tails=False)
        found = rank(matrix, risks={0: person.margins(copier), 1: person.margins(honest)})
        first += found.best is not None and found.best.candidate == "1000@0.1"
        excluded += any(one.candidate == "1000@0.2" and not one.eligible for one in found.candidates)
    name = f"{trained} trained, {held} held out"
    return [
        Cell(f"copier of {share:.0%} of its pictures first: {name}", first / trials, 0.0, at_least=False),
        Cell(f"one that copies nothing excluded: {name}", excluded / trials, 0.01, at_least=False),
    ]


def capped(rng: np.random.Generator, trials: int) -> Cell:
    """Return how often the lower weight is first where both are as like as a photo of the person."""
    first = 0
    for _ in range(trials):
        found = rank(likenesses(rng, [0.82, 0.9], 24, 0.1, tails=False), low=0.75)
        first += found.best is not None and found.best.weight == "0.1"
    return Cell("lower weight first where both reach the yardstick, 0.08 apart", first / trials, 0.95)


def run(trials: int, seed: int) -> list[Cell]:
    rng = np.random.default_rng(seed)
    cells = [
        equal_called_different(rng, trials, candidates, pictures, spread, tails)
        for candidates, pictures, spread, tails in (
            (2, 24, 0.09, False), (4, 24, 0.12, False), (4, 48, 0.09, False), (12, 6, 0.12, False), (12, 48, 0.12, False),
            (4, 12, 0.12, True),
        )
    ]  # fmt: skip
    for spread in (0.09, 0.12):
        for candidates, pictures in ((4, 48), (12, 6), (3, 24)):
            cells += better_found(rng, trials, candidates, pictures, spread)
    for trained, held in ((15, 5), (34, 6), (85, 15)):
        cells += copier_first(rng, max(10, trials // 10), trained, held, 1.0)
        cells += copier_first(rng, max(10, trials // 10), trained, held, 0.5)[:1]
    return [*cells, capped(rng, trials)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=1000, help="of each kind; of copiers a tenth")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    cells = run(options.trials, options.seed)
    for cell in cells:
        print(cell.line())
    good = sum(cell.passed for cell in cells)
    plain = plain_way(np.random.default_rng(options.seed), max(10, options.trials // 10), 4, 24, 0.12)
    ours = next(cell.held for cell in cells if "4 candidates, 24 pictures" in cell.name)
    print(
        f"ranking: {good} of {len(cells)} as wanted; equal candidates called different in {100 * ours:.1f} % of trials, "
        f"{100 * plain:.0f} % by the plain way ({options.trials} trials of each kind, {time.monotonic() - started:.0f} s)"
    )
    return 0 if good == len(cells) else 1


if __name__ == "__main__":
    sys.exit(main())
