"""What is known of a trial's pictures once they are measured: the values that ranking, sheet and page are made from. Pure.

likeness.score(client, folder, pictures, settings)  -> Scores      folder: of the trial; pictures: drawn ones, TrialPicture
ranking.rank(scores, settings.results)              -> Ranking
ranking.shortlist(scores, settings.results)         -> candidates worth a second round
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from avatar.texts.text import Text

# held_out: photos that no training saw · training: with fewer than 20 photos, those that were trained: likeness then rewards
# memorising · mj: without any photo, MidJourney's pictures, which are no yardstick of a person
ReferenceKind = Literal["held_out", "training", "mj"]


@dataclass(frozen=True, kw_only=True)
class TrialPicture:
    """A picture of a trial that is drawn, state "done" in trial.jsonl.

    model   "1200", "final", or a name like "mean"; "base" in round 0, the base alone
    weight  decimal text, "0.8"; "0" in round 0
    prompt  its number n in trial.json
    steps   of the training that the model has; None where that is not known
    """

    picture_id: str
    model: str
    weight: str
    prompt: int
    seed: int
    round: int
    path: Path
    steps: int | None = None
    seconds: float | None = None

    @property
    def candidate(self) -> str:
        """MODEL@WEIGHT."""
        return f"{self.model}@{self.weight}"

    @property
    def is_base(self) -> bool:
        return float(self.weight) == 0


@dataclass(frozen=True, kw_only=True)
class Score:
    """The measures of one picture.

    faces        how many faces it shows; likeness only where it is exactly one
    likeness     cosine to the mean of the reference's vectors
    copy_margin  nearest trained picture minus nearest of the reference, with equal numbers on both sides: 0 copies nothing
    box          of the face in the picture's pixels: left, top, width, height
    sharpness    of the face; `faces.quality.blur_score`
    exposure     mean grey of the face, 0..255
    """

    picture: TrialPicture
    faces: int
    likeness: float | None = None
    copy_margin: float | None = None
    box: tuple[float, float, float, float] | None = None
    sharpness: float | None = None
    exposure: float | None = None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What likeness is measured against. digest: of the pictures and their vectors; figures of two are never compared."""

    kind: ReferenceKind
    image_ids: tuple[str, ...]
    digest: str

    @property
    def n(self) -> int:
        return len(self.image_ids)


@dataclass(frozen=True, kw_only=True)
class Yardstick:
    """Each picture of the reference against the mean of the others.

    low     lower quartile: enough is enough, a candidate counts no higher
    spread  standard deviation
    """

    mean: float
    low: float
    spread: float
    n: int


@dataclass(frozen=True, kw_only=True)
class Scores:
    """All measures of a trial.

    yardstick    None: fewer than three pictures to compare with
    flexibility  by candidate, beside round 0: 1 as free as the base, 0 deaf to the prompt; without one it was not measured
    failed       pictures that could not be opened, by picture id
    notes        warnings: training pictures or MidJourney's serve as the reference …
    """

    pictures: tuple[Score, ...]
    reference: Reference | None  # None: no picture of the client has a face that can be compared
    yardstick: Yardstick | None
    flexibility: dict[str, float]
    failed: dict[str, Text]
    notes: tuple[Text, ...] = ()

    def candidates(self) -> list[str]:
        """Return the candidates, without the base, in order of their first picture."""
        return list(dict.fromkeys(score.picture.candidate for score in self.pictures if not score.picture.is_base))

    def of(self, candidate: str) -> Sequence[Score]:
        return [score for score in self.pictures if score.picture.candidate == candidate]
