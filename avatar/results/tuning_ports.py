"""What a tuning asks of the rest: the time, a training, pictures. A simulation answers as well as a card.

The smallest world that answers:

    class Nothing:
        def now(self) -> float:
            return 0.0

        def train(self, candidate, *, stop_at, go_on, until):
            return Trained(run_id="1", state="short" if stop_at else "full", steps=stop_at or 2000, seconds=1.0, files=(2000,))

        def draw(self, files, *, weights, seeds, minutes, two_rounds):
            return Drawn(ranking=rank(scores, limits), trial_id="1", seconds=1.0, pictures=12)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from avatar.results.ranking import Ranking
from avatar.results.tuning_candidates import Candidate
from avatar.texts.text import Text


@dataclass(frozen=True, kw_only=True)
class File:
    """A model that is drawn with. name: as the trial calls it, "rate_half-800", or stage 0's own, "1500", "final".

    candidate  whose it is; tuning.STAGE0: of the last training
    step       of its training, None where it is not known
    """

    name: str
    candidate: str
    run_id: str
    step: int | None


@dataclass(frozen=True, kw_only=True)
class Trained:
    """How a training of a candidate ended.

    state        short: at stop_at · full: at its end · failed · stopped: by `until`, or by the user (interrupted)
    steps        where it stands in the whole plan; files: steps of the models that it left, in order
    seconds      of this training, loading included, also those in which no program watched it; step_s: of one step, the median
    """

    run_id: str
    state: Literal["short", "full", "failed", "stopped"]
    steps: int
    seconds: float
    files: tuple[int, ...] = ()
    step_s: float | None = None
    held_out_loss: float | None = None
    cause: Text | None = None
    interrupted: bool = False


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What drawing came to. pictures: drawn now, of all that the ranking is of; error: why not all are there."""

    ranking: Ranking
    trial_id: str
    seconds: float
    pictures: int
    interrupted: bool = False
    error: Text | None = None


class Ports(Protocol):
    """The rest of the world. Both raise PipelineError where nothing can be trained or drawn at all."""

    def now(self) -> float:
        """Return seconds since any moment; they only rise."""

    def train(self, candidate: Candidate, *, stop_at: int | None, go_on: str, until: float | None) -> Trained:
        """Train a candidate.

        stop_at  the step at which it ends, its state whole; None: the end of its plan
        go_on    run whose state it goes on from; "": from the start. A training of this candidate that lives on is taken over
        until    a moment of `now` after which it is to end: at its next state, and at once where that would be too late
        """

    def draw(
        self, files: Sequence[File], *, weights: Sequence[str], seeds: Sequence[int], minutes: float | None, two_rounds: bool
    ) -> Drawn:  # fmt: skip
        """Draw what is not drawn yet of these models and rank them all.

        files       that which is given up last, where time is short, first
        two_rounds  the best three with more seeds
        """
