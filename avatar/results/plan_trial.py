"""Which pictures a trial draws, and which it leaves out for time. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from avatar.results.trial import BASE_CANDIDATE, LeftOut, Round, candidate

WEIGHTS = ("0.6", "0.8", "1.0")
MOST_MODELS = 4  # the last checkpoints: the best is seldom among the first
FINALISTS = 3
FINAL_SEEDS = 3  # of round 2 and of every later one: 18 pictures more each with 6 prompts
FIRST_SEED = 42  # that of the sample pictures of a training
HIGHEST_WEIGHT = Decimal(2)


class Drawn(NamedTuple):
    """One picture by its place in a trial."""

    candidate: str
    prompt: int
    seed: int


@dataclass(frozen=True)
class Plan:
    """What a trial draws.

    rounds    with candidates; round 2 has none until round 1 says which
    pictures  of all rounds, also those of round 2, and those that are drawn already
    seconds   for those that are not drawn yet; None: not known how long one takes
    fits      it takes no longer than was asked for
    """

    rounds: tuple[Round, ...]
    pictures: int
    seconds: float | None
    left_out: tuple[LeftOut, ...] = ()
    fits: bool = True


class _Size(NamedTuple):
    """How much of a trial is drawn: the first so many models and weights, and seeds of round 2."""

    models: int
    weights: int
    final_seeds: int


def canonical_weight(typed: str) -> str:
    """Return a weight as pictures are named by it. Raises ValueError for what is none from above 0 up to 2.

    >>> canonical_weight("0,80"), canonical_weight("1.0")
    ('0.8', '1.0')
    """
    try:
        value = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(typed) from error
    if not value.is_finite() or not 0 < value <= HIGHEST_WEIGHT or value != round(value, 4):
        raise ValueError(typed)
    text = format(value.normalize(), "f")
    return text if "." in text else text + ".0"


def in_order(weights: Sequence[str]) -> list[str]:
    """Return weights in the order in which they are given up last: the middle one first, then those nearest to it.

    >>> in_order(["0.6", "0.8", "1.0"])
    ['0.8', '0.6', '1.0']
    """
    ordered = sorted(weights, key=Decimal)
    middle = Decimal(ordered[(len(ordered) - 1) // 2]) if ordered else Decimal(0)
    return sorted(ordered, key=lambda weight: (abs(Decimal(weight) - middle), Decimal(weight)))


def plan_trial(
    models: Sequence[str], weights: Sequence[str], prompts: Sequence[int], seeds: Sequence[int], *,
    minutes: float | None = None, seconds_per_picture: float | None = None, done: Collection[Drawn] = (),
    finalists: Sequence[str] | None = None,
) -> Plan:  # fmt: skip
    """Return the rounds of a trial: 0 the base alone, 1 all candidates, 2 the best three with more seeds.

    models     by name, that which is given up last first
    prompts    their numbers
    seeds      of round 1; round 0 has the first of them
    minutes    that it may take; fewer models first, then fewer weights, then fewer seeds of round 2, never fewer prompts
    done       pictures that are there already and take no time
    finalists  candidates of round 2, where they are known; []: nothing can be told apart, so that there is no round 2
    """
    weights = in_order(weights)
    plan = None
    for size in _sizes(len(models), len(weights)):
        rounds = _rounds(models[: size.models], weights[: size.weights], seeds, size.final_seeds, finalists)
        seconds = _seconds(rounds, prompts, done, seconds_per_picture)
        plan = Plan(
            rounds, len(prompts) * sum(_drawn_of(each, rounds) * len(each.seeds) for each in rounds), seconds,
            _left_out(models, weights, size), minutes is None or seconds is None or seconds <= 60 * minutes,
        )  # fmt: skip
        if plan.fits:
            return plan
    if plan is None:
        raise ValueError("no models or no weights")
    return plan


def _sizes(models: int, weights: int) -> Iterator[_Size]:
    """Yield ever smaller trials."""
    for kept in range(models, 0, -1):
        yield _Size(kept, weights, FINAL_SEEDS)
    for kept in range(weights - 1, 1, -1):
        yield _Size(1, kept, FINAL_SEEDS)
    for seeds in range(FINAL_SEEDS - 1, -1, -1):
        yield _Size(1, min(2, weights), seeds)
    yield _Size(1, 1, 0)


def _rounds(
    models: Sequence[str], weights: Sequence[str], seeds: Sequence[int], final_seeds: int, finalists: Sequence[str] | None
) -> tuple[Round, ...]:
    every = [candidate(model, weight) for model in models for weight in weights]
    rounds = [
        Round(round=0, candidates=[BASE_CANDIDATE], seeds=list(seeds[:1])),
        Round(round=1, candidates=every, seeds=list(seeds)),
    ]
    best = [] if finalists is None else [name for name in finalists if name in every][:FINALISTS]
    if len(every) > 1 and final_seeds and (finalists is None or len(best) > 1):
        rounds.append(Round(round=2, candidates=best, seeds=next_seeds(seeds, final_seeds)))
    return tuple(rounds)


def next_seeds(seeds: Sequence[int], n: int = FINAL_SEEDS) -> list[int]:
    """Return n seeds after those that were used."""
    return [max(seeds) + 1 + number for number in range(n)]


def more(rounds: Sequence[Round], tied: Sequence[str]) -> Round:
    """Return a further round for candidates that are tied, with seeds that no round had."""
    used = [seed for each in rounds for seed in each.seeds]
    return Round(round=max(each.round for each in rounds) + 1, candidates=list(tied), seeds=next_seeds(used))


def _drawn_of(each: Round, rounds: Sequence[Round]) -> int:
    """Return how many candidates a round has; of round 2 also before they are known."""
    return len(each.candidates) or min(FINALISTS, len(rounds[1].candidates))


def _seconds(rounds: Sequence[Round], prompts: Sequence[int], done: Collection[Drawn], each_s: float | None) -> float | None:
    if each_s is None:
        return None
    wanted = {
        Drawn(name, prompt, seed) for each in rounds for name in each.candidates for prompt in prompts for seed in each.seeds
    }
    unknown = sum(_drawn_of(each, rounds) * len(each.seeds) * len(prompts) for each in rounds if not each.candidates)
    return each_s * (len(wanted - set(done)) + unknown)


def _left_out(models: Sequence[str], weights: Sequence[str], size: _Size) -> tuple[LeftOut, ...]:
    gone = [LeftOut(kind="model", name=name) for name in models[size.models :]]
    gone += [LeftOut(kind="weight", name=weight) for weight in weights[size.weights :]]
    if size.final_seeds < FINAL_SEEDS and len(models) * len(weights) > 1:
        gone.append(LeftOut(kind="round", name="2"))
    return tuple(gone)
