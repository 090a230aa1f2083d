"""A client, a trainer and a generator of known truth, with a clock that only they move: what benchmarks/tuning.py tunes.

Likeness of a file at a weight = the person's best − what its dose (rate × steps) is away from the right one − what the weight
is away from the right one + what the training had of luck and settings + a little of its own; a picture adds noise, of which
half is common to its prompt and seed. The figures are those of DESIGN sections 8 and 10: 0.09–0.16 a picture, 0.06 between
trainings with the same settings, 0.7 between the order at 40 % and that at the end.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from avatar.plan.values import Plan
from avatar.results import plan_trial, ranking
from avatar.results.plan_tuning import Costs
from avatar.results.ranking import Ranking
from avatar.results.scores import Reference, Score, Scores, TrialPicture, Yardstick
from avatar.results.trial import BASE_CANDIDATE
from avatar.results.tuning import STAGE0
from avatar.results.tuning_candidates import PLAN, Candidate
from avatar.results.tuning_ports import Drawn, File, Trained
from avatar.texts.text import Text
from config import ResultsConfig

STEPS, SHORT, STATE_EVERY = 2000, 800, 400
PROMPTS = range(1, 7)
WEIGHTS = plan_trial.WEIGHTS
SETTINGS_SPREAD, RUN_SPREAD = 0.02, 0.06  # of what the settings do, and of luck: the same settings trained twice
AT_SHORT = 0.7  # correlation of a candidate's deviation at 40 % with that at the end
DRAWING_STARTS_S = 45.0  # the base model is loaded for every drawing
FAILS = 0.05  # share of the candidates that run out of memory
RATES = {"rate_half": 0.5, "rate_double": 2.0}
SLOWER = {"text_encoder": 1.25, "caption_dropout": 1.1, "prodigy": 1.15}  # no cached text encoder outputs; more to step
REFERENCE = Reference(kind="held_out", image_ids=("real_a", "real_b", "real_c"), digest="d" * 16)
LAST_STEPS = (2000, 1500, 1000, 500)
LAST = tuple(
    File(name="final" if step == STEPS else str(step), candidate=STAGE0, run_id="20260101-000000", step=step)
    for step in LAST_STEPS
)  # fmt: skip
SIMULATED_PLAN = Plan(
    profile="rtx3060_8gb", preset="balanced", base_model="sdxl", resolution=1024, network_dim=96, network_alpha=48.0,
    train_batch_size=1, gradient_accumulation_steps=2, learning_rate=1e-4, max_train_steps=STEPS,
    save_every_n_steps=STATE_EVERY, lr_warmup_steps=100, save_state=True,
)  # fmt: skip


class Killed(BaseException):
    """The program is killed here; trainer and computer go on."""


class Picture(NamedTuple):
    model: str
    weight: str
    prompt: int
    seed: int


def _chance(*words: object) -> random.Random:
    return random.Random(" ".join(map(str, words)))


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is true of one client; all from its number.

    best    likeness of the best dose at the best weight; enough: of a photo of the person, more counts no more
    right   logarithm of the right dose beside that of the whole plan
    """

    number: int
    best: float
    enough: float
    right: float
    weight: float
    spread: float

    @classmethod
    def of(cls, number: int) -> Truth:
        chance = _chance("truth", number)
        best = chance.uniform(0.62, 0.76)
        return cls(
            number=number, best=best, enough=best + chance.uniform(-0.02, 0.12), right=chance.gauss(-0.15, 0.35),
            weight=min(1.0, max(0.65, chance.gauss(0.85, 0.08))), spread=chance.choice((0.09, 0.12, 0.16)),
        )  # fmt: skip

    def likeness(self, file: File, weight: str) -> float:
        """Return what the mean of endless pictures would be; no more than is enough."""
        share = (file.step or STEPS) / STEPS
        dose = math.log(RATES.get(file.candidate, 1.0)) + 0.8 * math.log(share)
        away = 0.12 * (dose - self.right) ** 2 + 0.6 * (float(weight) - self.weight) ** 2
        own = _chance("file", self.number, file.candidate, file.step, weight).gauss(0, 0.01)
        return min(self.best - away + self._luck(file.candidate, share) + own, self.enough)

    def _luck(self, candidate: str, share: float) -> float:
        """Return what settings and chance made of a training by then; at its end a part of it is what it was at 40 %."""
        settings = 0.0 if candidate in {STAGE0, PLAN, *RATES} else SETTINGS_SPREAD
        spread = math.hypot(RUN_SPREAD, settings)
        end = _chance("end", self.number, candidate).gauss(0, spread)
        then = _chance("then", self.number, candidate).gauss(0, spread)
        alike = AT_SHORT + (1 - AT_SHORT) * (share - 0.4) / 0.6 if share > 0.4 else AT_SHORT * share / 0.4
        return alike * end + math.sqrt(1 - alike**2) * then

    def picture(self, file: File, picture: Picture) -> float | None:
        """Return the likeness of one picture, None where it has not exactly one face."""
        own = _chance("picture", self.number, *picture)
        if own.random() < (0.04 if float(picture.weight) < 0.9 else 0.08):
            return None
        pair = _chance("pair", self.number, picture.prompt, picture.seed)
        noise = self.spread * math.sqrt(0.5) * (pair.gauss(0, 1) + own.gauss(0, 1))
        return self.likeness(file, picture.weight) + noise


@dataclass(frozen=True, kw_only=True)
class Computer:
    """How fast a computer really is, and what is known of it before."""

    step_s: float
    picture_s: float
    load_s: float
    told: Costs

    @classmethod
    def of(cls, number: int, table_s: float) -> Computer:
        """Return one whose card takes about so long for a step as the user's table says; most have trained before."""
        chance = _chance("computer", number)
        step_s = table_s * math.exp(chance.gauss(0, 0.08))
        picture_s = 20.0 * math.exp(chance.gauss(0, 0.1))
        measured = chance.random() < 0.8
        told = Costs(
            step_s=step_s * math.exp(chance.gauss(0, 0.02)) if measured else table_s, picture_s=picture_s if measured else None
        )  # fmt: skip
        return cls(step_s=step_s, picture_s=picture_s, load_s=chance.uniform(90, 300), told=told)


@dataclass
class World:
    """The ports of a tuning. left: seconds until the program is killed, None: never."""

    truth: Truth
    computer: Computer
    clock: float = 0.0
    left: float | None = None
    pictures: set[Picture] = field(default_factory=set)
    ended: dict[tuple[str, int | None], Trained] = field(default_factory=dict)
    began: dict[tuple[str, int | None], float] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=lambda: {one.name: one for one in LAST})

    def now(self) -> float:
        return self.clock

    def _pass(self, seconds: float) -> None:
        if self.left is not None and seconds >= self.left:
            self.clock, self.left = self.clock + self.left, None
            raise Killed
        self.left = None if self.left is None else self.left - seconds
        self.clock += seconds

    # --- the trainer -------------------------------------------------------------------------------------------------

    def train(self, candidate: Candidate, *, stop_at: int | None, go_on: str, until: float | None) -> Trained:
        """The same call again gives what the first came to: the trainer outlives a killed program."""
        key = (candidate.name, stop_at)
        if key not in self.ended:
            since = self.began.setdefault(key, self.clock)
            made = self._trained(candidate.name, stop_at, since, until)
            self._pass(max(0.0, since + made.seconds - self.clock))
            self.ended[key] = made
        made = self.ended[key]
        for step in made.files:
            file = File(name=f"{candidate.name}-{step}", candidate=candidate.name, run_id=made.run_id, step=step)
            self.files.setdefault(file.name, file)
        return made

    def _trained(self, name: str, stop_at: int | None, since: float, until: float | None) -> Trained:
        chance = _chance("training", self.truth.number, name, stop_at)
        run_id, load_s = f"{name}-{stop_at or 'full'}", self.computer.load_s * math.exp(chance.gauss(0, 0.1))
        if stop_at is not None and name != PLAN and _chance("fails", self.truth.number, name).random() < FAILS:
            return Trained(run_id=run_id, state="failed", steps=0, seconds=load_s, cause=Text("tune.unknown_cause"))
        begin, end = (0, stop_at) if stop_at is not None else (SHORT, STEPS)
        each = self.computer.step_s * SLOWER.get(name, 1.0) * math.exp(chance.gauss(0, 0.02))
        seconds, state = load_s + (end - begin) * each, "full" if stop_at is None else "short"
        if until is not None and since + seconds > until:
            end = begin + int(max(0.0, until - since - load_s) / each) // STATE_EVERY * STATE_EVERY
            seconds, state = max(0.0, until - since), "stopped"
        files = tuple(step for step in range(STATE_EVERY, end + 1, STATE_EVERY) if step > begin)
        return Trained(run_id=run_id, state=state, steps=end, seconds=seconds, files=files)  # type: ignore[arg-type]

    # --- the generator -----------------------------------------------------------------------------------------------

    def draw(
        self, files: Sequence[File], *, weights: Sequence[str], seeds: Sequence[int], minutes: float | None, two_rounds: bool
    ) -> Drawn:  # fmt: skip
        """Draw as the program does: what is there is not drawn again, round 1 says whom round 2 draws."""
        began, new, known = self.clock, 0, {one.name: one for one in files}
        shown: list[tuple[Picture, int]] = []
        finalists: Sequence[str] | None = None if two_rounds else []
        for number in (1, 2) if two_rounds else (1,):
            if number == 2:
                finalists = ranking.shortlist(self._scores(shown, known), ResultsConfig())
            left = None if minutes is None else minutes - (self.clock - began) / 60
            plan = self._plan(known, weights, seeds, left, finalists)
            wanted = [(one, number) for one in self._of_round(plan, number)]
            new += self._drawn([one for one, _ in wanted])
            shown += wanted
        return Drawn(
            ranking=self.ranked(shown, known), trial_id="20260102-000000", seconds=self.clock - began, pictures=new
        )  # fmt: skip

    def _plan(
        self, known: dict[str, File], weights: Sequence[str], seeds: Sequence[int], minutes: float | None,
        finalists: Sequence[str] | None,
    ) -> plan_trial.Plan:  # fmt: skip
        done = {plan_trial.Drawn(f"{one.model}@{one.weight}", one.prompt, one.seed) for one in self.pictures}
        done |= {plan_trial.Drawn(BASE_CANDIDATE, prompt, seeds[0]) for prompt in PROMPTS}
        return plan_trial.plan_trial(
            list(known), weights, PROMPTS, seeds, minutes=minutes, seconds_per_picture=self.computer.picture_s, done=done,
            finalists=finalists,
        )  # fmt: skip

    @staticmethod
    def _of_round(plan: plan_trial.Plan, number: int) -> Iterator[Picture]:
        for each in plan.rounds:
            for name in each.candidates if each.round == number else ():
                model, _, weight = name.partition("@")
                yield from (Picture(model, weight, prompt, seed) for prompt in PROMPTS for seed in each.seeds)

    def _drawn(self, wanted: Sequence[Picture]) -> int:
        new = [one for one in wanted if one not in self.pictures]
        if new:
            self._pass(DRAWING_STARTS_S)
        for one in new:
            self._pass(self.computer.picture_s)
            self.pictures.add(one)
        return len(new)

    def ranked(self, shown: Sequence[tuple[Picture, int]], known: dict[str, File]) -> Ranking:
        return ranking.rank(self._scores(shown, known), ResultsConfig())

    def _scores(self, shown: Sequence[tuple[Picture, int]], known: dict[str, File]) -> Scores:
        low = self.truth.enough
        return Scores(
            pictures=tuple(self._score(known[one.model], one, number) for one, number in shown), reference=REFERENCE,
            yardstick=Yardstick(mean=low + 0.02, low=low, spread=0.03, n=8), flexibility={}, failed={},
        )  # fmt: skip

    def _score(self, file: File, one: Picture, number: int) -> Score:
        value = self.truth.picture(file, one)
        picture = TrialPicture(
            picture_id=":".join(map(str, one)), model=one.model, weight=one.weight, prompt=one.prompt, seed=one.seed,
            round=number, path=Path("none.png"), steps=file.step, seconds=self.computer.picture_s,
        )  # fmt: skip
        return Score(picture=picture, faces=int(value is not None), likeness=value, copy_margin=0.0)

    # --- what is true ------------------------------------------------------------------------------------------------

    def best(self) -> float:
        """Return the likeness of the best file that is there by now, at its best weight."""
        return max(self.truth.likeness(file, weight) for file in self.files.values() for weight in WEIGHTS)

    def of(self, candidate: str) -> float:
        """Return the true likeness of MODEL@WEIGHT."""
        model, _, weight = candidate.partition("@")
        return self.truth.likeness(self.files[model], weight)
