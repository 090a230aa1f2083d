"""What a tuning asks of the rest, answered by this computer: its trainer trains, its back end draws."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from avatar.commands import back_ends, results, training_view, trial
from avatar.commands.session import Once, Session
from avatar.generate.backend import BackendError
from avatar.plan.values import Change
from avatar.results import plan_trial, ranking, trial_evidence, trial_make, trial_models, trial_run, tuning
from avatar.results import trial as trial_data
from avatar.results.trial_make import Asked
from avatar.results.trial_models import Lora
from avatar.results.tuning import STAGE0, Tuning
from avatar.results.tuning_ports import Drawn, File, Trained
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text, key_of
from avatar.training import stop_request, variant
from avatar.training.variant import Variant
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client

if TYPE_CHECKING:
    import utils
    from avatar.commands.tune_places import Places
    from avatar.generate.backend import Backend
    from avatar.results.tuning_candidates import Candidate
    from avatar.training.progress_file import TrainProgress
    from avatar.training.run_folder import Outcome

OVER_SHARE = 0.03  # of the hours: so long a training may go on to its next state when its time is over


@dataclasses.dataclass(frozen=True, kw_only=True)
class Drawing:
    """What the user asked to draw with; nothing: what is set, else what fits the card or answers."""

    backend: str | None = None
    address: Sequence[str] = ()


def variant_of(one: Tuning, candidate: Candidate) -> Variant:
    """Return what is trained of a candidate of a tuning."""
    changes = tuple(Change(each.key, each.before, each.after, each.why) for each in candidate.changes)
    return Variant(
        name=candidate.name, plan=candidate.plan, changes=changes, fingerprint=one.info.dataset_fingerprint,
        tuning_id=one.tuning_id,
    )  # fmt: skip


class RealPorts:
    """One client's tuning: drawn on this computer, trained at its places."""

    def __init__(self, session: Session, client: Client, one: Tuning, drawing: Drawing, *, places: Places) -> None:
        self._session, self._client, self._one, self._places = session, client, one, places
        self._board, self._clocks = _Board(session), set[_Clock]()
        self._settings = session.settings(client)
        self._drawing = drawing
        self._notes, self._warnings = Once(), Once(again=lambda told: told.key == "train.again")  # of the whole night
        self._bar: utils.ProgressTracker | None = None  # of the drawing
        self._refused = set[str]()

    def now(self) -> float:
        return time.monotonic()

    # --- training ----------------------------------------------------------------------------------------------------

    def train(self, candidate: Candidate, *, stop_at: int | None, go_on: str, until: float | None) -> Trained:
        began, clock = time.monotonic(), _Clock(self._client, self._one, candidate.name, until)
        with self._watched(candidate.name, clock) as watching:
            outcome = self._places.train(
                self._client, variant_of(self._one, candidate), settings=self._settings, stop_at=stop_at, go_on=go_on,
                watching=watching,
            )  # fmt: skip
        if key_of(outcome.cause) in variant.NOT_ITS_FAULT and outcome.cause is not None:
            raise PipelineError.of(outcome.cause)
        return self._trained(outcome, stop_at, time.monotonic() - began, by_clock=clock.rang)

    @contextlib.contextmanager
    def _watched(self, name: str, clock: _Clock) -> Iterator[TrainingCallbacks]:
        """Watch a training on the screen: with a bar of its own, or on that of all that train at the same time."""
        session = self._session
        self._clocks.add(clock)
        try:
            if len(self._places) > 1:
                with self._board.line(name) as on_progress, clock:
                    yield TrainingCallbacks(on_progress=on_progress, cancel=clock.over)
                return
            with session.progress("progress.training", "unit.steps") as bar, translate.about(self._client.client_id), clock:
                watching = training_view.watching_on_screen(session, bar, clock.over)
                yield dataclasses.replace(watching, on_phase=None, on_warning=self._once_a_night(watching.on_warning))
        finally:
            self._clocks.discard(clock)

    def _once_a_night(self, warn: Callable[[Text], None] | None) -> Callable[[Text], None] | None:
        """Return what tells a warning that no training of this night has told; that another attempt follows, each time."""
        return None if warn is None else functools.partial(self._warnings.tell, show=warn)

    def _note(self, told: Text) -> None:
        self._notes.tell(told, self._show)

    def _show(self, told: Text) -> None:
        if self._bar is not None:
            self._bar.clear()
        self._session.ui.show(told, self._session.language)

    def stop(self) -> None:
        """End all trainings that are at work; what they saved stays."""
        for clock in list(self._clocks):
            clock.over.set()

    def _trained(self, outcome: Outcome, stop_at: int | None, seconds: float, *, by_clock: bool) -> Trained:
        """Return how a training ended; one that reached its end where a short one was asked for is a short one too."""
        files = tuple(steps for steps, _ in variant.files(self._client, outcome.run_id))
        common: dict[str, Any] = {
            "run_id": outcome.run_id, "seconds": outcome.seconds or seconds, "step_s": outcome.seconds_per_step,
            "held_out_loss": self._held_out_loss(outcome.run_id),
        }  # fmt: skip
        if stop_at is not None and (outcome.success or (outcome.short_at or 0) >= stop_at) and stop_at in files:
            return Trained(state="short", steps=stop_at, files=(stop_at,), **common)
        if outcome.success:
            return Trained(state="full", steps=outcome.steps, files=files, **common)
        if outcome.cancelled or outcome.short_at is not None:
            steps = max(files, default=0)
            return Trained(state="stopped", steps=steps, files=files, interrupted=outcome.cancelled and not by_clock, **common)
        return Trained(state="failed", steps=outcome.steps, files=files, cause=outcome.cause, **common)

    def _held_out_loss(self, run_id: str) -> float | None:
        """Return the last loss of the pictures that the training held out, where it held some out."""
        from avatar.reports import loss_plot

        try:
            found = loss_plot.points_of(self._client.runs, run_id, self._client.logs).held_out
        except (OSError, ImportError, ValueError):
            return None
        return found[-1][1] if found else None

    # --- drawing -----------------------------------------------------------------------------------------------------

    def draw(
        self, files: Sequence[File], *, weights: Sequence[str], seeds: Sequence[int], minutes: float | None, two_rounds: bool
    ) -> Drawn:  # fmt: skip
        session = self._session
        with session.progress("progress.trial") as bar, translate.about(self._client.client_id):
            self._bar = bar
            asked, backends = self._asked(files, weights, seeds)
            callbacks = trial.callbacks_on_screen(session, self._client, bar, self._note, ask_time=None)
            outcome = trial_run.run(
                self._client, asked, backends, callbacks, minutes=minutes, two_rounds=two_rounds
            )  # fmt: skip
            self._bar = None
        found = ranking.rank(results.measured(session, self._client, outcome.folder), self._settings.results)
        trial_evidence.note(self._client, outcome.folder, found, collect=self._settings.evidence.collect)
        return Drawn(
            ranking=found, trial_id=outcome.trial_id, seconds=outcome.seconds,
            pictures=outcome.drawn, interrupted=outcome.interrupted, error=outcome.error,
        )  # fmt: skip

    def missing(self, files: Sequence[File]) -> int:
        """Return how many pictures of stage 0 are not drawn yet, by this tuning or by a trial. Nothing is drawn."""
        if not files:
            return 0
        asked, _ = self._asked(files, plan_trial.WEIGHTS, [plan_trial.FIRST_SEED])
        folder, one = trial_make.find_or_make(self._client, asked, "", "")
        drawn = {
            plan_trial.Drawn(line.candidate, line.prompt, line.seed)
            for line in trial_data.lines(folder).values()
            if line.state == "done"
        }
        finalists = next((each.candidates for each in one.rounds if each.round == 2), None)
        if finalists is None and not _left(one, drawn, []):  # round 1 is drawn: it says whether there is anything to decide
            best = results.shortlist(self._session, self._client, folder)
            finalists = list(best) if len(best) > 1 else []
        return _left(one, drawn | trial_make.drawn_elsewhere(self._client, folder, one), finalists)

    def _asked(self, files: Sequence[File], weights: Sequence[str], seeds: Sequence[int]) -> tuple[Asked, Sequence[Backend]]:
        """Return the question of a trial of these models. Raises BackendError and PipelineError where nothing can be drawn."""
        client, settings = self._client, self._settings
        every = [self._lora(one) for one in files]
        loras = [lora for lora in every if lora.name not in self._refused] or every
        words = trial_models.common_words(client, loras)
        base = trial_models.base_of(client, loras, settings.trainer)
        models = trial_models.checked(client, loras, base, self._note)
        self._refused |= {lora.name for lora in loras} - {model.lora.name for model in models}  # told: not to be tried again
        drawn_by = self._drawn_by(base, [model.file for model in models])
        asked = Asked(
            models=models, weights=plan_trial.in_order(list(weights)),
            prompts=trial.prompts_of(client, trial.Wish(), words, self._note), seeds=list(seeds), base=base,
            kind=drawn_by.backends[0].kind, held_out=results.held_out(self._session, client), side_px=self._one.info.side_px,
        )  # fmt: skip
        return asked, drawn_by.backends

    def _drawn_by(self, base: Any, models: Sequence[Any]) -> back_ends.Chosen:
        """Return what draws: chosen at the first picture, and the same up to the last; others would be no pairs."""
        info, given = self._one.info, self._drawing
        kind, addresses = given.backend or info.backend or None, given.address or info.addresses
        side_px = info.side_px or trial_make.SIDE_PX
        found = back_ends.chosen(self._settings, base, models, side_px, kind=kind, addresses=addresses)
        if found.side_px != side_px and info.side_px:
            raise BackendError("tune.card_is_full", side=info.side_px)
        now = {"backend": found.backends[0].kind, "side_px": found.side_px, "addresses": list(addresses)}
        if any(getattr(info, name) != value for name, value in now.items()):
            self._one = tuning.begin(self._one.folder, info.model_copy(update=now))
        for note in found.notes:
            self._note(note)
        return found

    def _lora(self, file: File) -> Lora:
        """Return the model of a name, wherever it lies now. Raises PipelineError("trial.model_gone")."""
        if file.candidate == STAGE0:
            return trial_models.of_training(self._client, file.run_id, file.name)
        return trial_models.of_run(self._client, file.run_id, file.step or 0, file.name)

    @property
    def kind(self) -> str:
        """What draws, once it was chosen."""
        return self._one.info.backend


def _left(one: trial_data.Trial, drawn: Collection[plan_trial.Drawn], finalists: Sequence[str] | None) -> int:
    """Return how many pictures of a trial are not drawn yet."""
    planned = plan_trial.plan_trial(
        [model.name for model in one.models], one.weights, [prompt.n for prompt in one.prompts], one.seeds,
        seconds_per_picture=1.0, done=drawn, finalists=finalists,
    )  # fmt: skip
    return round(planned.seconds or 0.0)


class _Board:
    """One bar for all that train at the same time: their steps together, and how far each is."""

    def __init__(self, session: Session) -> None:
        self._session, self._lock = session, threading.Lock()
        self._stack = contextlib.ExitStack()
        self._bar: utils.ProgressTracker | None = None
        self._steps: dict[str, tuple[int, int]] = {}

    @contextlib.contextmanager
    def line(self, name: str) -> Iterator[Callable[[TrainProgress], None]]:
        """Yield what takes the progress of one; the bar goes with the last."""
        with self._lock:
            if self._bar is None:
                self._bar = self._stack.enter_context(self._session.progress("progress.training", "unit.steps"))
            self._steps[name] = (0, 0)
        try:
            yield lambda progress: self._show(name, progress)
        finally:
            with self._lock:
                del self._steps[name]
                if not self._steps:
                    self._bar = None
                    self._stack.close()

    def _show(self, name: str, progress: TrainProgress) -> None:
        with self._lock:
            self._steps[name] = (progress.step, progress.total)
            done, total = (sum(column) for column in zip(*self._steps.values(), strict=True))
            if self._bar is not None:
                told = " · ".join(f"{each} {step}/{whole or '?'}" for each, (step, whole) in self._steps.items())
                self._bar(done, max(done, total), told)


class _Clock:
    """Ends a training when its time is over: at its next state, and where that would be too late at once.

    rang  it did, so that nobody takes it for the user's Ctrl+C
    """

    def __init__(self, client: Client, one: Tuning, candidate: str, until: float | None) -> None:
        self._client, self._one, self._candidate, self._until = client, one, candidate, until
        self.over, self.rang = threading.Event(), False
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True)

    def __enter__(self) -> None:
        if self._until is not None:
            self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()

    def _wait(self) -> None:
        until = self._until or 0.0
        if self._done.wait(max(0.0, until - time.monotonic())):
            return
        self.rang = True
        for folder in variant.runs_of(self._client, self._one.tuning_id, self._candidate)[:1]:
            with contextlib.suppress(OSError):
                stop_request.ask(folder, "checkpoint")
        late_s = OVER_SHARE * (self._one.info.hours or 0.0) * 3600
        if not self._done.wait(max(0.0, until + late_s - time.monotonic())):
            self.over.set()
