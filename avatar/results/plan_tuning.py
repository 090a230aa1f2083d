"""How much of a tuning fits into its hours: stage 0, how many short trainings, how many of them to the end. Pure.

A short training is a whole one that is stopped at a share of its steps, so that the better ones can go on from there. As many
candidates as fit come before a second one to the end: what is not tried cannot be found.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from avatar.plan import time as plan_time
from avatar.texts.text import Text

KEPT_BACK = 0.10  # of the hours: what was measured is no promise
LEAST = 2  # candidates; below that there is nothing to compare
MOST_FULL = 2  # of the short ones that go on
SHORT_PICTURES = 12  # of each short training: one weight, six prompts, two seeds
FULL_PICTURES = 48  # of each that went on
# [choice] loading the base model and caching of a training, until the first one has shown it. The table of hours and cards of
# the tests is the same from 70 to 350 s.
LOAD_S = 180.0
PICTURE_S = 20.0  # [choice] until one was drawn: 25 steps at 1024 px on a card of 8 GB
# How often the best in the end is among those that go on, where the order at 40 % correlates 0.7 with that at the end
# [simulation; DESIGN section 10]. By (short, to the end).
SURVIVES = {(3, 1): 61, (4, 2): 80, (6, 2): 70}


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Seconds a step, a picture, and before the first step of a training. None: not known yet; the first one shows it."""

    step_s: float | None
    picture_s: float | None
    load_s: float = LOAD_S

    @property
    def each_picture_s(self) -> float:
        """What a picture takes; as usual until one was measured, which may be no time at all."""
        return PICTURE_S if self.picture_s is None else self.picture_s


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a tuning has done: seconds taken so far, short trainings that are whole, those that went on to their end.

    tried  candidates whose training was begun, failed ones too
    """

    spent_s: float = 0.0
    shorts: int = 0
    fulls: int = 0
    tried: int = 0


@dataclass(frozen=True, kw_only=True)
class TuningPlan:
    """What fits.

    stage0_minutes  for what is not drawn yet of the last training's models
    shorts, fulls   of the whole tuning, those that are done included; 0: only stage 0
    seconds         that all this still takes; None: nothing is known of a step
    why             what is done, and what the hours allow
    can_tell        what the answer will and will not say
    """

    stage0_minutes: float
    shorts: int
    fulls: int
    seconds: float | None
    why: Text
    can_tell: tuple[Text, ...] = ()


def plan_tuning(
    hours: float | None, costs: Costs, *, steps: int, short: int, stage0_pictures: int, candidates: int,
    done: Done = Done(), least: int = LEAST, places: int = 1,
) -> TuningPlan:  # fmt: skip
    """Return what fits into the hours, of which a tenth is kept back.

    hours            of all its sessions together; None: stage 0 alone
    steps, short     of a whole training, and of a short one
    stage0_pictures  that are not drawn yet
    candidates       that may be trained, tried ones included
    places           cards or machines that train at once
    least            candidates below which nothing is trained: 1 where the plan itself is trained already

    >>> plan_tuning(8, Costs(step_s=6, picture_s=20), steps=2000, short=800, stage0_pictures=0, candidates=6).shorts
    3
    """
    stage0_s = stage0_pictures * costs.each_picture_s
    if hours is None:
        return _stage0_alone(stage0_s, None, Text("tune.plan.stage0"))
    room = hours * 3600 * (1 - KEPT_BACK) - done.spent_s
    if costs.step_s is None:
        return _unmeasured(stage0_s, room, done, candidates, least)
    each = _Each(costs, steps, short, places)
    best = next(
        (size for size in _sizes(candidates, done, least) if stage0_s + each.left(size, done) <= room), None
    )  # fmt: skip
    if best is None:
        return _nothing_fits(stage0_s, room, hours, each, done, candidates, least)
    seconds = stage0_s + each.left(best, done)
    return TuningPlan(
        stage0_minutes=stage0_s / 60, shorts=best[0], fulls=best[1], seconds=seconds,
        why=_why(hours, best, seconds, done), can_tell=_can_tell(best),
    )  # fmt: skip


def begins(seconds: float, hours: float, spent_s: float) -> bool:
    """Return whether a training that goes on for so long, its pictures included, ends within the hours.

    What was kept back is there for this: that the short ones took longer than was thought must not cost the one that counts.
    """
    return spent_s + seconds <= hours * 3600


@dataclass(frozen=True)
class _Each:
    costs: Costs
    steps: int
    short: int
    places: int = 1

    def left(self, size: tuple[int, int], done: Done) -> float:
        shorts, fulls = max(0, size[0] - done.shorts), max(0, size[1] - done.fulls)
        return self._of(shorts, self.short, SHORT_PICTURES) + self._of(fulls, self.steps - self.short, FULL_PICTURES)

    def full_s(self) -> float:
        return self._of(1, self.steps - self.short, FULL_PICTURES)

    def _of(self, trainings: int, steps: int, pictures: int) -> float:
        """Return what so many trainings take, as many at a time as there are places; all pictures are drawn here."""
        training = self.costs.load_s + steps * (self.costs.step_s or 0.0)
        return math.ceil(trainings / self.places) * training + trainings * pictures * self.costs.each_picture_s


def full_seconds(costs: Costs, *, steps: int, short: int) -> float:
    """Return what it takes to train one to its end from its short training, and to draw with it."""
    return _Each(costs, steps, short).full_s()


def _sizes(candidates: int, done: Done, least: int) -> Iterator[tuple[int, int]]:
    """Yield (short, to the end), the best first; no fewer than are done, no more than are left to try."""
    most = done.shorts + max(0, candidates - done.tried)
    for shorts in range(most, max(least, done.shorts) - 1, -1):
        for fulls in range(min(MOST_FULL, shorts), max(0, done.fulls - 1), -1):
            if shorts or fulls:
                yield shorts, fulls


def _nothing_fits(
    stage0_s: float, room: float, hours: float, each: _Each, done: Done, candidates: int, least: int
) -> TuningPlan:  # fmt: skip
    if done.shorts:  # what is trained is compared
        seconds = min(stage0_s, max(0.0, room))
        return TuningPlan(
            stage0_minutes=seconds / 60, shorts=done.shorts, fulls=done.fulls, seconds=seconds,
            why=Text("tune.plan.no_more", {"hours": _hours(hours)}), can_tell=_can_tell((done.shorts, done.fulls)),
        )  # fmt: skip
    if candidates - done.tried < least:
        return _stage0_alone(stage0_s, room, Text("tune.plan.no_candidates", {"n": candidates}))
    needed = (stage0_s + each.left((least, 1), done)) / (1 - KEPT_BACK)
    values = {"hours": _hours(hours), "needed": plan_time.duration(needed), "n": least}
    return _stage0_alone(stage0_s, room, Text("tune.plan.too_short", values))


def _stage0_alone(stage0_s: float, room: float | None, why: Text) -> TuningPlan:
    seconds = stage0_s if room is None else min(stage0_s, max(0.0, room))
    return TuningPlan(
        stage0_minutes=seconds / 60, shorts=0, fulls=0, seconds=seconds, why=why,
        can_tell=(Text("tune.tell.stage0"), *([] if room is None else [Text("tune.tell.rest")])),
    )  # fmt: skip


def _unmeasured(stage0_s: float, room: float, done: Done, candidates: int, least: int) -> TuningPlan:
    """Return the plan of a card that nothing is known of: the first short training shows how long a step takes."""
    if candidates < least:
        return _stage0_alone(stage0_s, room, Text("tune.plan.no_candidates", {"n": candidates}))
    if room <= stage0_s:  # the first one took all there was, and did not come to its step
        return _stage0_alone(stage0_s, room, Text("tune.plan.no_time"))
    return TuningPlan(
        stage0_minutes=min(stage0_s, max(0.0, room)) / 60, shorts=least, fulls=1, seconds=None,
        why=Text("tune.plan.unmeasured"), can_tell=_can_tell((least, 1)),
    )  # fmt: skip


def _why(hours: float, size: tuple[int, int], seconds: float, done: Done) -> Text:
    key = "tune.plan.still" if done.tried else "tune.plan.fits"
    return Text(key, {"hours": _hours(hours), "n": size[0], "k": size[1], "left": plan_time.duration(seconds)})


def _can_tell(size: tuple[int, int]) -> tuple[Text, ...]:
    """Return what the answer tells. Never which setting is better: two trainings with the same one differ by 0.08-0.11."""
    told = [Text("tune.tell.file"), Text("tune.tell.no_setting")]
    if share := SURVIVES.get(size):
        told.append(Text("tune.tell.survives", {"n": size[0], "k": size[1], "percent": share}))
    return (*told, Text("tune.tell.rest"))


def _hours(hours: float) -> Text:
    return Text("number.tenths", {"value": hours})


def survivors(likeness: Sequence[tuple[str, float | None]], fulls: int) -> list[str]:
    """Return which candidates go on, the most alike first; equal ones in the order given. It is no claim, only a choice.

    Ties are not broken by copy risk or weight as in the order of files: where twelve pictures tell nothing apart, the higher
    mean is still the likelier one.
    """
    known = [(name, value) for name, value in likeness if value is not None]
    return [name for name, _ in sorted(known, key=lambda item: -item[1])[:fulls]]
