"""A world that a tuning can run in: trainings and pictures of known truth, and a clock that only they move."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avatar.plan.values import Plan
from avatar.results import plan_trial, ranking, tuning, tuning_run
from avatar.results.plan_tuning import Costs
from avatar.results.scores import Score, Scores, TrialPicture
from avatar.results.tuning import STAGE0, Info, Tried, Tuning
from avatar.results.tuning_candidates import Candidate, candidates
from avatar.results.tuning_ports import Drawn, File, Trained
from avatar.texts.text import PipelineError, Text
from config import ResultsConfig
from tests.results.made_scores import REFERENCE

STEPS, SHORT = 2000, 800
LAST = tuple(
    File(name=name, candidate=STAGE0, run_id="20260101-000000", step=step)
    for name, step in (("final", 2000), ("1500", 1500), ("1000", 1000), ("500", 500))
)


class Killed(BaseException):
    """The program is killed here."""


@dataclass
class World:
    """likeness: of a file at a weight; fails: candidate -> how its short training fails; moments are counted for kills."""

    step_s: float = 6.0
    picture_s: float = 20.0
    load_s: float = 180.0
    likeness: Callable[[File, str], float] = lambda file, weight: 0.5
    noise: float = 0.0
    fails: Mapping[str, str] = field(default_factory=dict)
    draws_nothing: set[int] = field(default_factory=set)  # numbers of drawings that fail
    slower: Mapping[str, float] = field(default_factory=dict)
    kill_at: int | None = None
    clock: float = 1000.0
    moments: int = 0
    trained: list[tuple[str, int | None, str]] = field(default_factory=list)
    drawings: list[list[str]] = field(default_factory=list)
    pictures: set[tuple[str, str, int, int]] = field(default_factory=set)

    def now(self) -> float:
        return self.clock

    def _moment(self) -> None:
        self.moments += 1
        if self.kill_at == self.moments:
            raise Killed

    def train(self, candidate: Candidate, *, stop_at: int | None, go_on: str, until: float | None) -> Trained:
        self.trained.append((candidate.name, stop_at, go_on))
        self._moment()
        name = candidate.name
        run_id = f"{name}-{'full' if stop_at is None else 'short'}"
        if stop_at is not None and name in self.fails:
            self.clock += self.load_s
            return Trained(
                run_id=run_id, state="failed", steps=0, seconds=self.load_s, cause=Text(self.fails[name])
            )  # fmt: skip
        begin, end = (SHORT, STEPS) if stop_at is None else (0, stop_at)
        each = self.step_s * self.slower.get(name, 1.0)
        seconds = self.load_s + (end - begin) * each
        state = "full" if stop_at is None else "short"
        if until is not None and self.clock + seconds > until:
            end = begin + int(max(0.0, until - self.clock - self.load_s) / each) // 400 * 400
            seconds, state = max(0.0, until - self.clock), "stopped"
        self.clock += seconds
        self._moment()
        files = tuple(step for step in range(400, end + 1, 400) if step > begin)
        return Trained(run_id=run_id, state=state, steps=end, seconds=seconds, files=files)  # type: ignore[arg-type]

    def draw(
        self, files: Sequence[File], *, weights: Sequence[str], seeds: Sequence[int], minutes: float | None, two_rounds: bool
    ) -> Drawn:  # fmt: skip
        self.drawings.append([one.name for one in files])
        if len(self.drawings) in self.draws_nothing:
            raise PipelineError("client.unknown", client="ana", known="")
        self._moment()
        rows = self._rows(files, weights, seeds, minutes, two_rounds)
        new = [row for row in rows if row not in self.pictures]
        self.pictures.update(rows)
        self.clock += len(new) * self.picture_s
        self._moment()
        by_name = {one.name: one for one in files}
        scores = [self._score(by_name[row[0]], row) for row in rows]
        found = Scores(pictures=tuple(scores), reference=REFERENCE, yardstick=None, flexibility={}, failed={})
        return Drawn(
            ranking=ranking.rank(found, ResultsConfig()), trial_id=f"20260102-{len(self.drawings):06d}",
            seconds=len(new) * self.picture_s, pictures=len(new),
        )  # fmt: skip

    def _rows(
        self, files: Sequence[File], weights: Sequence[str], seeds: Sequence[int], minutes: float | None, two_rounds: bool
    ) -> list[tuple[str, str, int, int]]:  # fmt: skip
        done = {plan_trial.Drawn(f"{name}@{weight}", prompt, seed) for name, weight, prompt, seed in self.pictures}
        plan = plan_trial.plan_trial(
            [one.name for one in files], weights, range(1, 7), seeds, minutes=minutes, seconds_per_picture=self.picture_s,
            done=done, finalists=None if two_rounds else [],
        )  # fmt: skip
        return [
            (*name.split("@"), prompt, seed)  # type: ignore[misc]
            for each in plan.rounds if each.round == 1
            for name in each.candidates for prompt in range(1, 7) for seed in each.seeds
        ]  # fmt: skip

    def _score(self, file: File, row: tuple[str, str, int, int]) -> Score:
        name, weight, prompt, seed = row
        chance = random.Random(str(row))
        value = self.likeness(file, weight) + chance.gauss(0.0, self.noise) + random.Random(f"{prompt} {seed}").gauss(0, 0.05)
        picture = TrialPicture(
            picture_id=":".join(map(str, row)), model=name, weight=weight, prompt=prompt, seed=seed, round=1,
            path=Path("none.png"), steps=file.step, seconds=self.picture_s,
        )  # fmt: skip
        return Score(picture=picture, faces=1, likeness=value, copy_margin=0.0)


def begun(folder: Path, plan: Plan, hours: float | None, **more: object) -> Tuning:
    """Return a tuning that was just begun, all candidates fitting."""
    there = [Tried(name=one.name, plan=tuning.plan_record(one.plan)) for one in candidates(plan, lambda changed: True)]
    values: dict[str, object] = {
        "tuning_id": "20260102-000000", "started_at": "2026-01-02T00:00:00+00:00", "hours": hours,
        "plan_fingerprint": plan.fingerprint, "dataset_fingerprint": "d" * 16, "held_out": "h" * 16, "steps": STEPS,
        "short": SHORT, "plan": tuning.plan_record(plan), "candidates": there, **more,
    }  # fmt: skip
    return tuning.begin(folder, Info.model_validate(values))


def go(
    one: Tuning, world: World, *, stage0: Sequence[File] = LAST, costs: Costs | None = None,
    callbacks: tuning_run.Callbacks | None = None, pictures: int = 132,
) -> tuning_run.Ended:  # fmt: skip
    """Run a tuning in a world, as its command does."""
    costs = costs or Costs(step_s=world.step_s, picture_s=world.picture_s)
    drawn = len(world.pictures) > 0
    return tuning_run.run(
        one, world, callbacks or tuning_run.Callbacks(), stage0=stage0, stage0_pictures=0 if drawn or not stage0 else pictures,
        costs=costs,
    )  # fmt: skip
