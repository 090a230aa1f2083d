"""A tuning from its first picture to its answer: stage 0, short trainings, the better ones to their end, the last comparison.

Everything that is done has its line, so that a killed tuning goes on with what is missing. The plan is made again after each
candidate, with what was measured by then. The clock wins: when the hours are over, the best file so far is the answer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from avatar.results import plan_tuning, tuning, tuning_answer, tuning_together
from avatar.results.plan_trial import FIRST_SEED, WEIGHTS
from avatar.results.plan_tuning import Costs, TuningPlan
from avatar.results.ranking import Ranked, Ranking
from avatar.results.tuning import STAGE0, Line, Tuning
from avatar.results.tuning_answer import Answer
from avatar.results.tuning_book import Book, best_of
from avatar.results.tuning_candidates import Candidate, words
from avatar.results.tuning_ports import Drawn, File, Ports, Trained
from avatar.results.tuning_together import ALONE, Job, Together
from avatar.texts.text import PipelineError, Text

SHORT_WEIGHTS, SHORT_SEEDS = ("0.8",), (FIRST_SEED, FIRST_SEED + 1)
LAST_FILES = 3  # of each training that went on: its last models, which come to the last comparison
LEAST_PICTURES = 12  # [choice] with time for fewer the last comparison is not begun
SECOND_ROUND = 54  # pictures: the best three at three more seeds and six prompts
PROMPTS = 6  # of a trial
# Seeds where time is left, of six prompts each: of all models of stage 0, then of those that are tied, whose 96 pictures show
# differences from 0.04 on. With the last three models instead of two the file taken is 0.009 below the best, without all this
# 0.030 [measured: benchmarks/tuning.py].
ALL_SEEDS, TIED_SEEDS = 4, (8, 16)
MEASURED_ON = 3  # pictures; fewer say nothing about the time of one
REFUSED_IN_A_ROW = 2  # [choice] candidates that cannot even be begun: then it is not the candidates


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
    one: Tuning, ports: Ports, callbacks: Callbacks, *, stage0: Sequence[File], stage0_pictures: int, costs: Costs,
    together: Together = ALONE,
) -> Ended:  # fmt: skip
    """Do what is missing of a tuning.

    stage0           the models of the last training, that which is given up last first; none: it was never trained
    stage0_pictures  of them that are not drawn yet
    costs            as known before; what is measured on the way replaces them
    together         how many candidates train at once
    Raises OSError where a line cannot be written (disk full), and what the ports raise before anything was compared.
    """
    night = _Night(one, ports, callbacks, stage0, stage0_pictures, costs, together)
    try:
        night.stage0()
        night.shorts()
        night.fulls()
        return Ended(answer=night.final())
    except (_Interrupted, KeyboardInterrupt):  # the second: between two things that ask by themselves
        return Ended(answer=night.so_far(), interrupted=True)
    except PipelineError as error:
        if night.ranking is None:
            raise
        return Ended(answer=night.so_far(), error=error.text)


class _Night:
    def __init__(
        self, one: Tuning, ports: Ports, callbacks: Callbacks, stage0: Sequence[File], stage0_pictures: int, costs: Costs,
        together: Together,
    ) -> None:  # fmt: skip
        self.together = together
        self.folder, self.info, self.ports, self.tell = one.folder, one.info, ports, callbacks
        self.book = Book(one, callbacks.on_line)
        self.stage0_files, self.stage0_pictures = stage0, stage0_pictures
        self.files: dict[str, File] = {}  # by name, all that were compared
        self.ranking: Ranking | None = None  # the newest
        self.trial_id = ""
        self.refused = 0  # candidates in a row that could not be begun
        self.costs = self.book.measured(costs)
        self.started = ports.now()
        self.before_s = tuning.spent_s(one.folder)  # by earlier sessions, and by trainings that no program watched

    # --- time --------------------------------------------------------------------------------------------------------

    def spent(self) -> float:
        return self.before_s + self.ports.now() - self.started

    def _left_s(self) -> float:
        return (self.info.hours or 0.0) * 3600 - self.spent()

    def _has_time_for(self, pictures: int) -> bool:
        return self._left_s() >= pictures * self._picture_s()

    def _picture_s(self) -> float:
        return self.costs.each_picture_s

    def plan(self) -> TuningPlan:
        made = plan_tuning.plan_tuning(
            self.info.hours, self.costs, steps=self.info.steps, short=self.info.short, stage0_pictures=self.stage0_pictures,
            candidates=len(self.book.candidates), done=self.book.done(self.spent()),
            least=1 if self.info.plan_trained else plan_tuning.LEAST, places=self.together.places,
        )  # fmt: skip
        self.tell.on_plan(made)
        return made

    # --- stage 0 -----------------------------------------------------------------------------------------------------

    def stage0(self) -> None:
        """Draw the models of the last training at all weights: no training, and most of what can be won."""
        there = self.book.lines.get(STAGE0)
        if not self.stage0_files or (there is not None and there.state == "full" and not self.stage0_pictures):
            return
        self.tell.on_note(Text("tune.now.stage0", {"n": len(self.stage0_files)}, "title"))
        minutes = self.plan().stage0_minutes if self.info.hours is not None else None
        drawn = self._draw(self.stage0_files, weights=WEIGHTS, seeds=(FIRST_SEED,), minutes=minutes, two_rounds=True)
        self.stage0_pictures = 0
        self.book.figures(
            STAGE0, drawn.ranking.best, drawn.trial_id, state="full", seconds=self.book.seconds(STAGE0, drawn.seconds)
        )  # fmt: skip

    def _stage0_best(self) -> list[File]:
        """Return the best model of the last training: all others are compared with it."""
        line = self.book.lines.get(STAGE0)
        name = line.file.rpartition("@")[0] if line is not None else ""
        return [one for one in self.stage0_files if one.name == name]

    def _draw(
        self, files: Sequence[File], *, weights: Sequence[str], seeds: Sequence[int], minutes: float | None, two_rounds: bool
    ) -> Drawn:  # fmt: skip
        self.files.update({one.name: one for one in files})
        drawn = self.ports.draw(files, weights=weights, seeds=seeds, minutes=minutes, two_rounds=two_rounds)
        self.ranking, self.trial_id = drawn.ranking, drawn.trial_id
        if drawn.pictures >= MEASURED_ON:
            self.costs = dataclasses.replace(self.costs, picture_s=drawn.seconds / drawn.pictures)
        if drawn.interrupted:
            raise _Interrupted
        if drawn.error is not None:
            raise PipelineError.of(drawn.error)
        return drawn

    # --- trained -----------------------------------------------------------------------------------------------------

    def _train(self, jobs: Sequence[Job], pictures: int) -> list[Trained]:
        """Train candidates at the same time and put how each ended: a failure is an outcome, and the night goes on.

        pictures  of each that there must be time for afterwards
        Returns those that could be begun.
        """
        began, trained = self.ports.now(), list[Trained]()
        until = None if self.info.hours is None else began + self._left_s() - len(jobs) * pictures * self._picture_s()
        before = {
            job.candidate.name: self.book.put(job.candidate.name, state="running", run_id=job.go_on, cause=None) for job in jobs
        }
        problem: PipelineError | None = None
        unwatched_s = 0.0
        for job, end in tuning_together.ended(self.ports, jobs, self.together, until):
            if isinstance(end, PipelineError):
                problem = self._refused(before[job.candidate.name], end) or problem
                continue
            self.refused = 0
            unwatched_s = max(unwatched_s, self._put_trained(job, end, self.ports.now() - began))
            trained.append(end)
        self.before_s += unwatched_s
        if any(one.interrupted for one in trained):
            raise _Interrupted
        if problem is not None:
            raise problem
        return trained

    def _put_trained(self, job: Job, trained: Trained, watched_s: float) -> float:
        """Put how a training ended; return for how many seconds no program watched it."""
        name, seconds = job.candidate.name, max(watched_s, trained.seconds)
        self.book.put(
            name, state=trained.state, run_id=trained.run_id or job.go_on, steps=trained.steps,
            files=list(trained.files[-LAST_FILES:]), seconds=self.book.seconds(name, seconds),
            train_s=self.book.trained_s(name, seconds), step_s=trained.step_s, held_out_loss=trained.held_out_loss,
            cause=tuning.cause_record(trained.cause),
        )  # fmt: skip
        if trained.state == "failed":
            self._tell_failure(name, trained.cause or Text("tune.unknown_cause"))
        if trained.state in {"failed", "stopped"}:
            self.book.gone.add(name)
        return max(0.0, trained.seconds - watched_s)

    def _refused(self, before: Line, error: PipelineError) -> PipelineError | None:
        """Leave a candidate that cannot be begun now to another session; where the next one cannot either, return why."""
        name = before.candidate
        state = "short" if name in self.book.shorts else "planned"
        self.book.put(name, state=state, cause=tuning.cause_record(error.text))
        self.book.gone.add(name)
        self.refused += 1
        if self.refused >= REFUSED_IN_A_ROW or len(self.book.candidates) == 1:
            return error
        self._tell_failure(name, error.text)
        return None

    def _tell_failure(self, name: str, reason: Text) -> None:
        self.tell.on_note(Text("tune.failed", {"name": words(name), "reason": reason}, "warn"))

    # --- short trainings ---------------------------------------------------------------------------------------------

    def shorts(self) -> None:
        """Train candidates for a share of their steps, as many as fit: one after the other, or one at each place."""
        while self.info.hours is not None:
            most = min(self.together.places, self.plan().shorts - len(self.book.shorts))
            following = [one for one in self.book.candidates if self.book.is_open(one.name)][: max(0, most)]
            if not following:
                return
            self._short(following)

    def _short(self, some: Sequence[Candidate]) -> None:
        jobs = []
        for candidate in some:
            before = self.book.lines.get(candidate.name)
            go_on = before.run_id if before is not None and before.state == "stopped" else ""
            self.tell.on_note(Text("tune.now.short", {"name": words(candidate.name), "step": self.info.short}, "title"))
            jobs.append(Job(candidate=candidate, stop_at=self.info.short, go_on=go_on))
        if any(trained.state == "short" for trained in self._train(jobs, plan_tuning.SHORT_PICTURES)):
            self.costs = self.book.measured(self.costs)
            self._compare_shorts()

    def _short_files(self) -> list[File]:
        return [
            File(name=f"{name}-{line.steps}", candidate=name, run_id=line.run_id, step=line.steps)
            for name, line in self.book.shorts.items()
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
            self.tell.on_note(dataclasses.replace(error.text, style="warn"))
            self.ranking = None
            return
        newest = next(reversed(self.book.shorts), "")
        for name in list(self.book.shorts):
            if self.book.lines[name].state == "short":
                seconds = {"seconds": self.book.seconds(name, drawn.seconds)} if name == newest else {}
                self.book.figures(name, best_of(drawn.ranking, self.files, name), drawn.trial_id, **seconds)

    # --- to the end --------------------------------------------------------------------------------------------------

    def fulls(self) -> None:
        """Let the better ones go on from where they were stopped, as long as they end in time."""
        if self.info.hours is None or not self.book.shorts:
            return
        while following := self._next_fulls():
            self._full(following)

    def _next_fulls(self) -> list[Candidate]:
        """Return what goes on next: those that were going on when the program was killed, else the most alike of the rest."""
        names = [name for name in self.book.shorts if self.book.is_going_on(name)]
        most = self.together.places
        if not names:
            most = min(most, max(1, self.plan().fulls) - self.book.done(self.spent()).fulls)
            names = self._most_alike() if most > 0 else []
        found = []
        for name in names:
            costs = dataclasses.replace(self.book.costs_of(name, self.costs), picture_s=self._picture_s())
            seconds = plan_tuning.full_seconds(costs, steps=self.info.steps, short=self.info.short)
            if name not in self.book.gone and plan_tuning.begins(seconds, self.info.hours or 0.0, self.spent()):
                found.append(next(one for one in self.book.candidates if one.name == name))
        return found[:most]

    def _most_alike(self) -> list[str]:
        """Return the short ones in order. Raises PipelineError where nothing draws."""
        if not any(best_of(self.ranking, self.files, name) for name in self.book.shorts):
            self._compare_shorts()
        if self.ranking is None:
            raise PipelineError("tune.nothing_compared")
        waiting = [name for name in self.book.shorts if self.book.lines[name].state in {"short", "dropped"}]
        likeness = [(name, _capped(self.ranking, best_of(self.ranking, self.files, name))) for name in waiting]
        return plan_tuning.survivors(likeness, len(likeness))

    def _full(self, some: Sequence[Candidate]) -> None:
        jobs = []
        for candidate in some:
            before = self.book.lines[candidate.name]
            go_on = before.run_id if before.state == "stopped" else self.book.shorts[candidate.name].run_id
            self.tell.on_note(Text("tune.now.full", {"name": words(candidate.name), "step": self.info.steps}, "title"))
            jobs.append(Job(candidate=candidate, stop_at=None, go_on=go_on))
        self._train(jobs, plan_tuning.FULL_PICTURES)

    # --- the last comparison -----------------------------------------------------------------------------------------

    def final(self) -> Answer | None:
        """Compare all that may be best, at all weights, as long as there is time; write down what it came to."""
        files = self._last_files()
        new = [one for one in files if one.candidate != STAGE0]
        if new and (self._has_time_for(LEAST_PICTURES) or self._was_compared()):
            self.tell.on_note(Text("tune.now.final", {"n": len(files)}, "title"))
            self._compare_last(files, two_rounds=False)
            if self._has_time_for(SECOND_ROUND):
                self._compare_last(files, two_rounds=True)
        elif self.ranking is None:
            self._rank_again()
        self._tell_apart(files if new else ())
        for name in list(self.book.shorts):
            if self.book.lines[name].state == "short":
                self.book.put(name, state="dropped")
        found = self.so_far()
        if found is not None:
            tuning.write_answer(self.folder, tuning_answer.as_record(found))
        return found

    def _compare_last(
        self, files: Sequence[File], *, two_rounds: bool, weights: Sequence[str] = WEIGHTS, seeds: int = 1
    ) -> None:
        """Draw the last comparison as far as there is time: all models before more seeds, as a plan of both gives up models."""
        minutes, numbers = max(0.0, self._left_s() / 60), [FIRST_SEED + number for number in range(seeds)]
        drawn = self._draw(files, weights=weights, seeds=numbers, minutes=minutes, two_rounds=two_rounds)
        names = list(dict.fromkeys(one.candidate for one in files))
        for name in names:
            seconds = self.book.seconds(name, drawn.seconds / len(names))
            self.book.figures(name, best_of(drawn.ranking, self.files, name), drawn.trial_id, seconds=seconds)

    def _tell_apart(self, files: Sequence[File]) -> None:
        """Draw more seeds of those that are tied, as long as there is time: the hours have no better use.

        files  of the last comparison; none where stage 0 was all: there is time for all of its models first
        """
        if self.info.hours is None or self.ranking is None:
            return
        if not files:
            self._more_seeds(self.stage0_files, WEIGHTS, ALL_SEEDS)
        for seeds in TIED_SEEDS:
            models = dict.fromkeys(one.model for one in self.ranking.tied)
            weights = list(dict.fromkeys(one.weight for one in self.ranking.tied))
            self._more_seeds([self.files[name] for name in models], weights, seeds)

    def _more_seeds(self, files: Sequence[File], weights: Sequence[str], seeds: int) -> None:
        """Draw files with so many seeds in all, where they are several and there is time for it."""
        n = len(files) * len(weights)
        if n < 2 or not self._has_time_for(n * PROMPTS * seeds):
            return
        self.tell.on_note(Text("tune.now.apart", {"n": n}, "title"))
        self._compare_last(files, two_rounds=False, weights=weights, seeds=seeds)

    def _was_compared(self) -> bool:
        """Return whether the last comparison was drawn before the program was killed: it takes no time then."""
        went_on = [self.book.lines[name] for name in self.book.shorts if self.book.lines[name].steps > self.info.short]
        return any(line.file and line.file.rpartition("@")[0] != f"{line.candidate}-{self.info.short}" for line in went_on)

    def _rank_again(self) -> None:
        """Rank what is drawn already: an earlier session did, and there is no time for more."""
        if self.book.shorts:
            self._compare_shorts()
        elif self.stage0_files:
            self._draw(self.stage0_files, weights=WEIGHTS, seeds=(FIRST_SEED,), minutes=0.0, two_rounds=True)

    def _last_files(self) -> list[File]:
        """Return what is compared in the end, that which is given up last first: of each that went on its last models, by
        turns, and the one that it went on from; else the best short ones.
        """
        went_on = [
            [File(name=f"{name}-{step}", candidate=name, run_id=line.run_id, step=step) for step in reversed(line.files)]
            for name, line in self.book.lines.items()
            if name in self.book.shorts and line.files and line.steps > self.info.short and line.state in {"full", "stopped"}
        ]
        turns = [own[place] for place in range(LAST_FILES) for own in went_on if place < len(own)]
        likeness = {name: line.likeness or -1.0 for name, line in self.book.lines.items()}
        shorts = sorted(self._short_files(), key=lambda one: -likeness[one.candidate])
        went, there = {one.candidate for one in turns}, {one.name for one in turns}
        begun = [one for one in shorts if one.candidate in went and one.name not in there]  # it may have been best then
        return [*self._stage0_best(), *(turns + begun if turns else shorts[:LAST_FILES])]

    def so_far(self) -> Answer | None:
        """Return what the newest comparison says; None where there was none."""
        if self.ranking is None:
            return None
        return tuning_answer.answer(
            self.info, self.book.lines, self.ranking, trial_id=self.trial_id, files=self.files, spent_s=self.spent(),
            costs=self.costs, candidates=[one.name for one in self.book.candidates],
        )  # fmt: skip


def _capped(ranking: Ranking, placed: Ranked | None) -> float | None:
    """Return the likeness that a short one goes on by, no higher than the yardstick; None for one that may not."""
    if placed is None or not placed.eligible or placed.likeness is None:
        return None
    return placed.likeness if ranking.yardstick is None else min(placed.likeness, ranking.yardstick.low)
