"""Draws a trial: what is missing of it, round after round, until all is there, it is stopped, or nothing draws any more."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import utils
from avatar.generate import infotext
from avatar.generate.backend import Backend, BackendError, Drawing, Drawn, OnNote
from avatar.results import plan_trial, trial, trial_make
from avatar.results.plan_trial import Plan
from avatar.results.trial import Line, LineFile, Trial
from avatar.results.trial_draw import Crew, Job
from avatar.results.trial_effect import Effects
from avatar.results.trial_make import Asked
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

MEASURED_ON = 3  # pictures after the first, which also loads the model
POLL_S = 0.2
INTERRUPTED_WITHIN_S = 60.0  # [choice] a picture that is to be cut off ends within seconds; a server that hangs may never
StopAnswer = Literal["now", "after", "continue"]  # after: the pictures at work are finished first


@dataclass(frozen=True)
class Progress:
    """How far a trial is. left_s: by the pictures so far; None: not known yet. candidate: one at work."""

    done: int
    total: int
    left_s: float | None
    candidate: str = ""


def _no_finalists(folder: Path, one: Trial) -> Sequence[str]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Callbacks:
    """What a trial tells and asks; all but on_note from the thread that runs it.

    on_measured   the first pictures say how long it takes: (plan, seconds a picture) -> minutes that the rest may take, or None
    on_interrupt  Ctrl+C
    shortlist     which candidates of round 1 are worth more pictures, the best first; () where nothing can be told apart
    """

    on_progress: Callable[[Progress], None] = lambda progress: None
    on_note: OnNote = lambda told: None
    on_measured: Callable[[Plan, float], float | None] = lambda plan, seconds: None
    on_interrupt: Callable[[], StopAnswer] = lambda: "now"
    shortlist: Callable[[Path, Trial], Sequence[str]] = _no_finalists


@dataclass(frozen=True)
class Outcome:
    """How a trial ended for now.

    drawn       pictures that this run drew; failed and no_effect: of all, as they stand
    total       pictures that the trial has when it is whole
    seconds     that this run took; back_end_s: of these the back ends' own, of all of them together
    error       why not all is there
    """

    trial_id: str
    folder: Path
    drawn: int
    done: int
    total: int
    failed: int
    no_effect: int
    seconds: float
    back_end_s: float
    seconds_per_picture: float | None
    interrupted: bool = False
    error: Text | None = None
    left_out: tuple[trial.LeftOut, ...] = ()

    @property
    def whole(self) -> bool:
        return self.error is None and not self.interrupted and self.done == self.total


def run(
    client: Client, asked: Asked, backends: Sequence[Backend], callbacks: Callbacks, *, minutes: float | None = None,
    tied: Sequence[str] = (), two_rounds: bool = True,
) -> Outcome:  # fmt: skip
    """Draw what is missing of the trial that asks for this, a new one or one that was begun.

    minutes     that it may take from now; None: as long as it takes
    tied        candidates of the trial that get a further round
    two_rounds  the best of round 1 get more pictures; without, all have equally many
    Raises BackendError where no back end can draw, PipelineError("trial.locked"), and what a `check` raises.
    """
    with trial_make.lock(client):
        ready, version = _ready(backends, asked, callbacks.on_note)
        folder, one = trial_make.find_or_make(client, asked, version, ", ".join(item.address for item in ready if item.address))
        return _Run(client, folder, one, asked, ready, callbacks, minutes, two_rounds).run(tied)


def _ready(backends: Sequence[Backend], asked: Asked, on_note: OnNote) -> tuple[list[Backend], str]:
    """Return the back ends that can draw, and the version of the first. Raises BackendError where none can."""
    good: list[Backend] = []
    version, lost = "", None
    for backend in backends:
        try:
            ready = backend.check(asked.base)
        except BackendError as error:
            lost = lost or error
            if len(backends) > 1:
                on_note(Text("trial.without", {"address": backend.address, "reason": error.text}, "warn"))
            continue
        for note in ready.notes:
            on_note(note)
        good.append(backend)
        version = version or ready.version
    if not good:
        raise lost or ValueError("no back ends")
    return good, version


@dataclass
class _Run:
    client: Client
    folder: Path
    one: Trial
    asked: Asked
    backends: Sequence[Backend]
    callbacks: Callbacks
    minutes: float | None
    two_rounds: bool = True
    started: float = field(default_factory=time.monotonic)
    drawn: int = 0
    back_end_s: list[float] = field(default_factory=list)
    interrupted: bool = False
    error: Text | None = None
    lines: dict[str, Line] = field(default_factory=dict)
    elsewhere: set[plan_trial.Drawn] = field(default_factory=set)  # drawn by other trials: they take no time here
    jobs: list[Job] = field(default_factory=list)  # all of the trial: they are looked through several times a second

    def run(self, tied: Sequence[str]) -> Outcome:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lines = trial.lines(self.folder)
        self.elsewhere = trial_make.drawn_elsewhere(self.client, self.folder, self.one)
        self._plan(self._usual_seconds(), self._finalists())
        if tied and not self._further_is_open():
            self._extend(plan_trial.more(self.one.rounds, tied))
        self._draw_rounds({0, 1})
        if self._goes_on() and self.two_rounds and not any(each.round == 2 for each in self.one.rounds):
            try:
                self._second_round()
            except KeyboardInterrupt:  # while the pictures are measured
                self.interrupted = True
        if self._goes_on():
            self._draw_rounds({each.round for each in self.one.rounds if each.round > 1})
        return self._outcome()

    # --- the plan ----------------------------------------------------------------------------------------------------

    def _plan(self, seconds: float | None, finalists: Sequence[str] | None) -> Plan:
        """Plan what fits the time that is left, write it down, and return it. Rounds beyond 2 stay as they are."""
        minutes = None if self.minutes is None else max(0.0, self.minutes - (time.monotonic() - self.started) / 60)
        plan = plan_trial.plan_trial(
            [model.name for model in self.one.models], self.one.weights, [prompt.n for prompt in self.one.prompts],
            self.one.seeds, minutes=minutes, seconds_per_picture=None if seconds is None else seconds / len(self.backends),
            done=self._done(), finalists=finalists,
        )  # fmt: skip
        kept = [each for each in self.one.rounds if each.round > 2]
        rounds = [each for each in plan.rounds if each.candidates]
        changes = {"rounds": [*rounds, *kept], "left_out": list(plan.left_out)}
        self._write(self.one.model_copy(update=changes))
        return plan

    def _further_is_open(self) -> bool:
        """Return whether a further round was begun and not finished: it is finished first."""
        further = [job for job in self.jobs if job.round > 2]
        return any(self._state(job) != "done" for job in further)

    def _extend(self, further: trial.Round) -> None:
        self._write(self.one.model_copy(update={"rounds": [*self.one.rounds, further]}))

    def _write(self, one: Trial) -> None:
        self.one = one
        self.jobs = trial_make.jobs_of(one)
        trial.write(self.folder, one)

    def _done(self) -> set[plan_trial.Drawn]:
        return {
            plan_trial.Drawn(line.candidate, line.prompt, line.seed)
            for line in list(self.lines.values())
            if line.state == "done"
        } | self.elsewhere

    def _finalists(self) -> list[str] | None:
        """Return the candidates of round 2 where they were chosen before the program was killed, [] where there is none."""
        return next((each.candidates for each in self.one.rounds if each.round == 2), None if self.two_rounds else [])

    def _usual_seconds(self) -> float | None:
        """Return what a picture took when the trial was measured, or another of the same kind and size was."""
        if self.one.seconds_per_picture is not None:
            return self.one.seconds_per_picture
        return usual_seconds(self.client, self.one.backend.kind, self.one.size, self.one.steps)

    def _second_round(self) -> None:
        """Choose the best of round 1, where they can be told apart and there is time for more of them."""
        plan = self._plan(self.one.seconds_per_picture, None)
        if len(plan.rounds) < 3:
            return
        best = list(self.callbacks.shortlist(self.folder, self.one))
        if len(best) < 2:
            self.callbacks.on_note(Text("trial.no_finalists"))
        self._plan(self.one.seconds_per_picture, best)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _goes_on(self) -> bool:
        return not self.interrupted and self.error is None

    def _jobs(self, rounds: set[int]) -> list[Job]:
        return [job for job in self.jobs if job.round in rounds]

    def _draw_rounds(self, rounds: set[int]) -> None:
        jobs = self._jobs(rounds)
        self.lines = trial_make.take_over(self.client, self.folder, jobs)
        missing = [job for job in jobs if self._state(job) != "done"]
        if not missing:
            return
        keeper = _Keeper(self, missing)
        crew = Crew(
            self.backends, opening=keeper.opening, keep=keeper.keep, fail=keeper.fail, on_note=self.callbacks.on_note
        )  # fmt: skip
        keeper.crew = crew
        crew.start(missing)
        measured = self.one.seconds_per_picture is not None and 1 not in rounds
        while True:
            try:
                finished = crew.finished(POLL_S)
                self._tell(crew)
                if not measured and not finished and len(crew.seconds) >= MEASURED_ON:
                    measured = True
                    self._measured(crew)
                if finished:
                    break
            except KeyboardInterrupt:
                self._asked_to_stop(crew)
        self._after(crew)

    def _state(self, job: Job) -> str:
        line = self.lines.get(job.request.picture_id)
        return line.state if line is not None else "missing"

    def _tell(self, crew: Crew) -> None:
        jobs = self.jobs
        done = sum(self._state(job) == "done" for job in jobs)
        at_work = crew.at_work()
        left = None
        if crew.seconds:
            missing = len(jobs) - done - sum(share for _, share in at_work)
            left = statistics.median(crew.seconds) * missing / max(1, crew.working)
        self.callbacks.on_progress(Progress(done, len(jobs), left, at_work[0][0].candidate if at_work else ""))

    def _measured(self, crew: Crew) -> None:
        """Say how long it takes by the first pictures; what then has no time is left out."""
        seconds = statistics.median(crew.seconds)
        self._write(self.one.model_copy(update={"seconds_per_picture": round(seconds, 3)}))
        plan = self._plan(seconds, self._finalists())
        minutes = self.callbacks.on_measured(plan, seconds)
        if minutes is not None:
            self.minutes = minutes + (time.monotonic() - self.started) / 60
            self._plan(seconds, self._finalists())
        kept = {job.request.picture_id for job in self.jobs}
        crew.replace(lambda job: job.request.picture_id in kept)

    def _asked_to_stop(self, crew: Crew) -> None:
        """Ask what Ctrl+C is to do; a second one during the question stops now."""
        try:
            answer = self.callbacks.on_interrupt()
        except KeyboardInterrupt:
            answer = "now"
        if answer == "continue":
            return
        self.interrupted = True
        crew.stop(interrupt=answer == "now")
        if answer == "now":
            with contextlib.suppress(KeyboardInterrupt):
                crew.finished(INTERRUPTED_WITHIN_S)

    def _after(self, crew: Crew) -> None:
        self.drawn += crew.drawn
        if isinstance(crew.error, PipelineError):
            self.error = self.error or crew.error.text
        elif crew.error is not None:
            raise crew.error
        if not self.folder.is_dir():
            raise PipelineError("client.unknown", client=self.client.client_id, known="")

    def _outcome(self) -> Outcome:
        jobs = self.jobs
        states = [self._state(job) for job in jobs]
        return Outcome(
            trial_id=self.one.trial_id, folder=self.folder, drawn=self.drawn, done=states.count("done"), total=len(jobs),
            failed=states.count("failed"), no_effect=states.count("no_effect"), seconds=time.monotonic() - self.started,
            back_end_s=sum(self.back_end_s), seconds_per_picture=self.one.seconds_per_picture, interrupted=self.interrupted,
            error=self.error, left_out=tuple(self.one.left_out),
        )  # fmt: skip


class _Keeper:
    """Puts pictures on the disk: the PNG first, as a whole, then its line. From the threads of a crew."""

    crew: Crew

    def __init__(self, run: _Run, jobs: Sequence[Job]) -> None:
        self._run = run
        self._file = LineFile(run.folder)
        bases = {(job.prompt, job.seed): job.request for job in run.jobs if job.request.model is None}
        self._effects = Effects(run.folder, bases)
        self._stems = {one.file.sha256: (one.lora.path.stem, one.short_hash) for one in run.asked.models}
        wanted = {job.request.model for job in jobs}
        self._files = [one.file for one in run.asked.models if one.file.sha256 in wanted]

    def opening(self, backend: Backend) -> contextlib.AbstractContextManager[Drawing]:
        return backend.open(self._run.asked.base, self._files, self._run.callbacks.on_note)

    def keep(self, job: Job, drawn: Drawn, drawing: Drawing) -> None:
        name, short_hash = self._stems.get(job.request.model or "", ("", ""))
        text = infotext.parameters(job.request, self._run.asked.base, lora=name, lora_hash=short_hash)
        png = infotext.with_parameters(drawn.png, text)
        problem = self._effects.problem(job, png, drawing)
        utils.write_atomic(self._run.folder / f"{job.request.picture_id}.png", png)
        self._run.back_end_s.append(drawn.seconds)
        self._add(job, drawn.seconds, problem, "no_effect" if problem else "done", dict(drawn.used))
        if problem is not None:
            self._run.callbacks.on_note(problem)
            self.crew.replace(lambda other: other.request.model != job.request.model)

    def fail(self, job: Job, reason: Text) -> None:
        self._add(job, None, reason, "failed", {})

    def _add(self, job: Job, seconds: float | None, error: Text | None, state: trial.State, used: dict[str, object]) -> None:
        identity = job.request.picture_id
        line = Line(
            picture_id=identity, candidate=job.candidate, prompt=job.prompt, seed=job.seed, round=job.round,
            file="" if state == "failed" else f"{identity}.png", seconds=seconds, at=utils.now(), state=state,
            error=trial.error_record(error) if error else None, used=used,
        )  # fmt: skip
        self._file.add(line)
        self._run.lines[identity] = line


def usual_seconds(client: Client, kind: str, size: tuple[int, int], steps: int) -> float | None:
    """Return what a picture took in the newest trial with that back end, size and steps; None where there is none."""
    for trial_id in trial.trial_ids(client):
        with contextlib.suppress(PipelineError, OSError):
            other = trial.read(trial.trials_folder(client) / trial_id)
            same = (other.backend.kind, other.size, other.steps) == (kind, size, steps)
            if same and other.seconds_per_picture is not None:
                return other.seconds_per_picture
    return None


def newest_seconds(client: Client) -> float | None:
    """Return what a picture took in the newest trial that was measured; None without one."""
    for trial_id in trial.trial_ids(client):
        with contextlib.suppress(PipelineError, OSError):
            seconds = trial.read(trial.trials_folder(client) / trial_id).seconds_per_picture
            if seconds is not None:
                return seconds
    return None
