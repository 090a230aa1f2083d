"""A tuning from its first picture to its answer: stage 0, short trainings, the better ones to their end, the last comparison.

Everything that is done has its line, so that a killed tuning goes on with what is missing. The plan is made again after each
candidate, with what was measured by then. The clock wins: when the hours are over, the best file so far is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from avatar.results import plan_tuning, tuning, tuning_answer
from avatar.results.plan_trial import FIRST_SEED, WEIGHTS
from avatar.results.plan_tuning import Costs, Done, TuningPlan
from avatar.results.ranking import Ranked, Ranking
from avatar.results.tuning import STAGE0, Line, Tuning
from avatar.results.tuning_answer import Answer
from avatar.results.tuning_candidates import Candidate
from avatar.results.tuning_ports import Drawn, File, Ports, Trained
from avatar.texts.text import PipelineError, Text

SHORT_WEIGHTS, SHORT_SEEDS = ("0.8",), (FIRST_SEED, FIRST_SEED + 1)
LAST_FILES = 2  # of each training that went on: its last models, which come to the last comparison
LEAST_PICTURES = 12  # [choice] with time for fewer the last comparison is not begun
SECOND_ROUND = 54  # pictures: the best three at three more seeds and six prompts
MEASURED_ON = 3  # pictures; fewer say nothing about the time of one


@dataclass(frozen=True, kw_only=True)
class Callbacks:
    """What a tuning tells, from the thread that runs it.

    on_note  what it does now, and what went wrong
    on_plan  what still fits, each time that is reckoned anew
    on_line  a candidate has changed
    """

    on_note: Callable[[Text], None] = lambda told: None
    on_plan: Callable[[TuningPlan], None] = lambda plan: None
    on_line: Callable[[Line], None] = lambda line: None


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a tuning ended for now. answer: None where nothing could be compared; error: why it did not come to its end."""

    answer: Answer | None
    interrupted: bool = False
    error: Text | None = None


class _Interrupted(Exception):  # noqa: N818  # no error: the user ended it
    pass


def run(
    one: Tuning, ports: Ports, callbacks: Callbacks, *, stage0: Sequence[File], stage0_pictures: int, costs: Costs
) -> Ended:  # fmt: skip
    """Do what is missing of a tuning.

    stage0           the models of the last training, that which is given up last first; none: it was never trained
    stage0_pictures  of them that are not drawn yet
    costs            as known before; what is measured on the way replaces them
    Raises OSError where a line cannot be written (disk full), and what the ports raise before anything was compared.
    """
    night = _Night(one, ports, callbacks, stage0, stage0_pictures, costs)
    try:
        night.stage0()
        night.shorts()
        night.fulls()
        return Ended(answer=night.final())
    except _Interrupted:
        return Ended(answer=night.so_far(), interrupted=True)
    except PipelineError as error:
        if night.ranking is None:
            raise
        return Ended(answer=night.so_far(), error=error.text)


@dataclass
class _Night:
    one: Tuning
    ports: Ports
    callbacks: Callbacks
    stage0_files: Sequence[File]
    stage0_pictures: int
    costs: Costs
    ranking: Ranking | None = None  # the newest
    trial_id: str = ""
    unwatched_s: float = 0.0  # that trainings went on while no program ran
    gone: set[str] = field(default_factory=set)  # candidates that this session does not take up again

    def __post_init__(self) -> None:
        self.folder, self.info = self.one.folder, self.one.info
        self.candidates = self.one.candidates()
        history = list(tuning.all_lines(self.folder))
        self.lines = {line.candidate: line for line in history}
        self.short_lines = {line.candidate: line for line in history if line.state == "short"}
        self.files: dict[str, File] = {}  # by name, all that were compared
        self.started = self.ports.now()
        self.before_s = tuning.spent_s(self.folder)
        self._measure_steps()

    # --- time --------------------------------------------------------------------------------------------------------

    def spent(self) -> float:
        return self.before_s + self.unwatched_s + self.ports.now() - self.started

    def _left_s(self) -> float:
        return (self.info.hours or 0.0) * 3600 - self.spent()

    def _until(self, pictures: int) -> float | None:
        """Return the moment at which a training has to end, so that there is time for its pictures."""
        if self.info.hours is None:
            return None
        return self.ports.now() + self._left_s() - pictures * self._picture_s()

    def _picture_s(self) -> float:
        return self.costs.picture_s or plan_tuning.PICTURE_S

    def _measure_steps(self) -> None:
        """Take the seconds a step from the short trainings, the mean of them all."""
        known = [
            (line.train_s - self.costs.load_s) / line.steps
            for line in self.short_lines.values()
            if line.steps and line.train_s > self.costs.load_s
        ]
        if known:
            self.costs = Costs(
                step_s=sum(known) / len(known), picture_s=self.costs.picture_s, load_s=self.costs.load_s
            )  # fmt: skip

    def _measured(self, drawn: Drawn) -> None:
        if drawn.pictures >= MEASURED_ON:
            self.costs = Costs(
                step_s=self.costs.step_s, picture_s=drawn.seconds / drawn.pictures, load_s=self.costs.load_s
            )  # fmt: skip

    def plan(self) -> TuningPlan:
        made = plan_tuning.plan_tuning(
            self.info.hours, self.costs, steps=self.info.steps, short=self.info.short, stage0_pictures=self.stage0_pictures,
            candidates=len(self.candidates), done=self._done(), least=1 if self.info.plan_trained else plan_tuning.LEAST,
        )  # fmt: skip
        self.callbacks.on_plan(made)
        return made

    def _done(self) -> Done:
        names = [one.name for one in self.candidates]
        states = [self.lines[name].state for name in names if name in self.lines]
        tried = [name for name in names if name in self.short_lines or name in self.gone or self._failed(name)]
        return Done(
            spent_s=self.spent(), shorts=sum(name in self.short_lines for name in names),
            fulls=states.count("full"), tried=len(tried),
        )  # fmt: skip

    def _failed(self, name: str) -> bool:
        return name in self.lines and self.lines[name].state == "failed"

    # --- lines -------------------------------------------------------------------------------------------------------

    def _put(self, name: str, **values: object) -> Line:
        before = self.lines.get(name) or Line(
            candidate=name, state="planned", changes=next(
                (tuning.changes_record(one.changes) for one in self.candidates if one.name == name), []
            ),
        )  # fmt: skip
        line = before.model_copy(update=values)
        if line == before and name in self.lines:
            return line
        line = tuning.append(self.folder, line)
        self.lines[name] = line
        if line.state == "short":
            self.short_lines[name] = line
        self.callbacks.on_line(line)
        return line

    def _figures(self, name: str, placed: Ranked | None, trial_id: str, **values: object) -> Line:
        """Put what a comparison says of a candidate: of its best file there."""
        if placed is None:
            return self._put(name, **values)
        return self._put(
            name, file=placed.candidate, trial_id=trial_id, likeness=placed.likeness, n=placed.n,
            copy_risk=placed.copy_risk, flexibility=placed.flexibility, **values,
        )  # fmt: skip

    # --- stage 0 -----------------------------------------------------------------------------------------------------

    def stage0(self) -> None:
        """Draw the models of the last training at all weights: no training, and most of what can be won."""
        there = self.lines.get(STAGE0)
        if not self.stage0_files or (there is not None and there.state == "full" and not self.stage0_pictures):
            return
        self.callbacks.on_note(Text("tune.now.stage0", {"n": len(self.stage0_files)}, "title"))
        minutes = self.plan().stage0_minutes if self.info.hours is not None else None
        drawn = self._draw(self.stage0_files, weights=WEIGHTS, seeds=(FIRST_SEED,), minutes=minutes, two_rounds=True)
        self.stage0_pictures = 0
        best = drawn.ranking.best
        self._figures(STAGE0, best, drawn.trial_id, state="full", seconds=self._taken(STAGE0, drawn.seconds))

    def _taken(self, name: str, seconds: float) -> float:
        before = self.lines.get(name)
        return round((before.seconds if before is not None else 0.0) + seconds, 1)

    def _draw(
        self, files: Sequence[File], *, weights: Sequence[str], seeds: Sequence[int], minutes: float | None, two_rounds: bool
    ) -> Drawn:  # fmt: skip
        self.files.update({one.name: one for one in files})
        drawn = self.ports.draw(files, weights=weights, seeds=seeds, minutes=minutes, two_rounds=two_rounds)
        self.ranking, self.trial_id = drawn.ranking, drawn.trial_id
        self._measured(drawn)
        if drawn.interrupted:
            raise _Interrupted
        if drawn.error is not None:
            raise PipelineError.of(drawn.error)
        return drawn

    def _stage0_best(self) -> list[File]:
        """Return the best model of the last training: all others are compared with it."""
        line = self.lines.get(STAGE0)
        name = line.file.rpartition("@")[0] if line is not None else ""
        return [one for one in self.stage0_files if one.name == name]

    # --- short trainings ---------------------------------------------------------------------------------------------

    def shorts(self) -> None:
        """Train candidates for a share of their steps, one after the other, as many as fit."""
        if self.info.hours is None:
            return
        while True:
            plan = self.plan()
            following = next((one for one in self.candidates if self._is_open(one.name)), None)
            if following is None or self._done().shorts >= plan.shorts:
                return
            self._short(following)

    def _is_open(self, name: str) -> bool:
        return name not in self.short_lines and name not in self.gone and not self._failed(name)

    def _short(self, candidate: Candidate) -> None:
        before = self.lines.get(candidate.name)
        go_on = before.run_id if before is not None and before.state == "stopped" else ""
        self.callbacks.on_note(Text("tune.now.short", {"name": candidate.name, "steps": self.info.short}, "title"))
        trained = self._train(candidate, self.info.short, go_on, plan_tuning.SHORT_PICTURES)
        if trained.state == "short":
            self._measure_steps()
            self._compare_shorts()

    def _train(self, candidate: Candidate, stop_at: int | None, go_on: str, pictures: int) -> Trained:
        """Train, and put how it ended; a failure is an outcome, and the night goes on."""
        name = candidate.name
        self._put(name, state="running", run_id=go_on, cause=None)
        began = self.ports.now()
        try:
            trained = self.ports.train(candidate, stop_at=stop_at, go_on=go_on, until=self._until(pictures))
        except PipelineError as error:  # it could not even be started: memory, a rule of the trainer
            trained = Trained(run_id=go_on, state="failed", steps=0, seconds=self.ports.now() - began, cause=error.text)
        watched = self.ports.now() - began
        self.unwatched_s += max(0.0, trained.seconds - watched)
        seconds = max(watched, trained.seconds)
        state = "full" if trained.state == "full" else trained.state
        self._put(
            name, state=state, run_id=trained.run_id or go_on, steps=trained.steps, files=list(trained.files[-LAST_FILES:]),
            seconds=self._taken(name, seconds), train_s=round(self._trained_s(name) + seconds, 1),
            held_out_loss=trained.held_out_loss, cause=tuning.cause_record(trained.cause),
        )  # fmt: skip
        if trained.state == "failed":
            told = {"name": name, "reason": trained.cause or Text("tune.unknown_cause")}
            self.callbacks.on_note(Text("tune.failed", told, "warn"))
        if trained.state in {"failed", "stopped"}:
            self.gone.add(name)
        if trained.interrupted:
            raise _Interrupted
        return trained

    def _trained_s(self, name: str) -> float:
        before = self.lines.get(name)
        return before.train_s if before is not None else 0.0

    def _short_files(self) -> list[File]:
        return [
            File(name=f"{name}-{line.steps}", candidate=name, run_id=line.run_id, step=line.steps)
            for name, line in self.short_lines.items()
        ]

    def _compare_shorts(self) -> None:
        """Draw what the short trainings left, and the best of stage 0 beside it, all with the same prompts and seeds.

        Where nothing draws for now the trainings go on: before any is chosen, it is tried again.
        """
        files = [*self._stage0_best(), *self._short_files()]
        minutes = max(0.0, self._left_s() / 60)
        try:
            drawn = self._draw(files, weights=SHORT_WEIGHTS, seeds=SHORT_SEEDS, minutes=minutes, two_rounds=False)
        except PipelineError as error:
            self.callbacks.on_note(error.text)
            self.ranking = None
            return
        newest = next(reversed(self.short_lines), "")
        for name in list(self.short_lines):
            if self.lines[name].state == "short":
                seconds = {"seconds": self._taken(name, drawn.seconds)} if name == newest else {}
                self._figures(name, _best_of(drawn.ranking, self.files, name), drawn.trial_id, **seconds)

    # --- to the end --------------------------------------------------------------------------------------------------

    def fulls(self) -> None:
        """Let the better ones go on from where they were stopped, as long as they end in time."""
        if self.info.hours is None or not self.short_lines:
            return
        while (following := self._next_full()) is not None:
            self._full(following)

    def _next_full(self) -> Candidate | None:
        """Return what goes on next: one that was going on when the program was killed, else the most alike of the rest."""
        done = self._done()
        begun = [name for name in self.short_lines if self._is_going_on(name)]
        names = begun or (self._most_alike() if done.fulls < max(1, self.plan().fulls) else [])
        for name in names:
            if name not in self.gone and plan_tuning.begins(self._full_s(name), self.info.hours or 0.0, self.spent()):
                return next(one for one in self.candidates if one.name == name)
        return None

    def _is_going_on(self, name: str) -> bool:
        return self.lines[name].state in {"running", "stopped"} and name not in self.gone

    def _most_alike(self) -> list[str]:
        """Return the short ones in order. Raises PipelineError where nothing draws."""
        if not any(_best_of(self.ranking, self.files, name) for name in self.short_lines):
            self._compare_shorts()
        if self.ranking is None:
            raise PipelineError("tune.nothing_compared")
        waiting = [name for name in self.short_lines if self.lines[name].state == "short"]
        likeness = [(name, _capped(self.ranking, _best_of(self.ranking, self.files, name))) for name in waiting]
        return plan_tuning.survivors(likeness, len(likeness))

    def _full_s(self, name: str) -> float:
        """Return what a candidate takes to its end, by its own short training: not all are equally fast."""
        line = self.short_lines[name]
        own = (line.train_s - self.costs.load_s) / line.steps if line.steps else 0.0
        costs = Costs(step_s=own if own > 0 else self.costs.step_s, picture_s=self._picture_s(), load_s=self.costs.load_s)
        return plan_tuning.full_seconds(costs, steps=self.info.steps, short=self.info.short)

    def _full(self, candidate: Candidate) -> None:
        before = self.lines[candidate.name]
        go_on = before.run_id if before.state == "stopped" else self.short_lines[candidate.name].run_id
        self.callbacks.on_note(Text("tune.now.full", {"name": candidate.name, "steps": self.info.steps}, "title"))
        self._train(candidate, None, go_on, plan_tuning.FULL_PICTURES)

    # --- the last comparison -----------------------------------------------------------------------------------------

    def final(self) -> Answer | None:
        """Compare all that may be best, at all weights, as long as there is time; write down what it came to."""
        files = self._last_files()
        new = [one for one in files if one.candidate != STAGE0]
        if new and (self._left_s() >= LEAST_PICTURES * self._picture_s() or self._was_compared()):
            self.callbacks.on_note(Text("tune.now.final", {"n": len(files)}, "title"))
            self._put_final(self._draw_last(files, two_rounds=False), files)
            if self._left_s() >= SECOND_ROUND * self._picture_s():
                self._put_final(self._draw_last(files, two_rounds=True), files)
        elif self.ranking is None:
            self._rank_again()
        for name in list(self.short_lines):
            if self.lines[name].state == "short":
                self._put(name, state="dropped")
        found = self.so_far()
        if found is not None:
            tuning.write_answer(self.folder, tuning_answer.as_record(found))
        return found

    def _draw_last(self, files: Sequence[File], *, two_rounds: bool) -> Drawn:
        """Draw the last comparison as far as there is time: all models before more seeds, as a plan of both gives up models."""
        minutes = max(0.0, self._left_s() / 60)
        return self._draw(files, weights=WEIGHTS, seeds=(FIRST_SEED,), minutes=minutes, two_rounds=two_rounds)

    def _was_compared(self) -> bool:
        """Return whether the last comparison was drawn before the program was killed: it takes no time then."""
        went_on = [self.lines[name] for name in self.short_lines if self.lines[name].steps > self.info.short]
        return any(line.file and line.file.rpartition("@")[0] != f"{line.candidate}-{self.info.short}" for line in went_on)

    def _rank_again(self) -> None:
        """Rank what is drawn already: an earlier session did, and there is no time for more."""
        if self.short_lines:
            self._compare_shorts()
        elif self.stage0_files:
            self._draw(self.stage0_files, weights=WEIGHTS, seeds=(FIRST_SEED,), minutes=0.0, two_rounds=True)

    def _last_files(self) -> list[File]:
        """Return what is compared in the end: the last models of each that went on, by turns; else the best short ones."""
        went_on = [
            [File(name=f"{name}-{step}", candidate=name, run_id=line.run_id, step=step) for step in reversed(line.files)]
            for name, line in self.lines.items()
            if name in self.short_lines and line.files and line.steps > self.info.short and line.state in {"full", "stopped"}
        ]
        turns = [own[place] for place in range(LAST_FILES) for own in went_on if place < len(own)]
        return [*self._stage0_best(), *(turns or self._in_order(self._short_files())[:LAST_FILES])]

    def _in_order(self, files: Sequence[File]) -> list[File]:
        """Return short ones, the most alike first."""
        likeness = {name: line.likeness for name, line in self.lines.items()}
        return sorted(files, key=lambda one: -(likeness.get(one.candidate) or -1.0))

    def _put_final(self, drawn: Drawn, files: Sequence[File]) -> None:
        names = list(dict.fromkeys(one.candidate for one in files))
        for name in names:
            seconds = self._taken(name, drawn.seconds / len(names))
            self._figures(name, _best_of(drawn.ranking, self.files, name), drawn.trial_id, seconds=seconds)

    def so_far(self) -> Answer | None:
        """Return what the newest comparison says; None where there was none."""
        if self.ranking is None:
            return None
        return tuning_answer.answer(
            self.info, self.lines, self.ranking, trial_id=self.trial_id, files=self.files, spent_s=self.spent(),
            costs=self.costs, candidates=[one.name for one in self.candidates],
        )  # fmt: skip


def _best_of(ranking: Ranking | None, files: dict[str, File], name: str) -> Ranked | None:
    """Return the first place of a candidate's files; None where none of them was drawn."""
    if ranking is None:
        return None
    return next((one for one in ranking.candidates if one.model in files and files[one.model].candidate == name), None)


def _capped(ranking: Ranking, placed: Ranked | None) -> float | None:
    """Return the likeness that a short one goes on by, no higher than the yardstick; None for one that may not."""
    if placed is None or not placed.eligible or placed.likeness is None:
        return None
    return placed.likeness if ranking.yardstick is None else min(placed.likeness, ranking.yardstick.low)
