"""The command that draws pictures with a client's LoRAs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.commands import back_ends, results, training_view
from avatar.commands.command import BACK_END, CLIENT, Argument, Command, MenuLine, positive
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Once, Session
from avatar.texts import spoken
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import words
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.results.class_pictures import ClassPictures
    from avatar.results.plan_trial import Plan
    from avatar.results.trial import Prompt
    from avatar.results.trial_make import Asked
    from avatar.results.trial_models import Words
    from avatar.results.trial_run import Callbacks, Outcome, Progress, StopAnswer

ASKED_FROM_S = 120.0  # [choice] a trial that is over sooner is not worth a question


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a trial left: pictures are all that it has now, drawn those of this time. seconds: of this time."""

    trial: str
    folder: str
    pictures: int
    total: int
    drawn: int
    failed: int
    no_effect: int
    seconds: float
    back_end_seconds: float
    seconds_per_picture: float | None
    left_out: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the user asked for; nothing: the usual. minutes: that it may take; mean: one more model, of the last ones."""

    models: Sequence[str] = ()
    weights: Sequence[str] = ()
    prompts: Path | None = None
    seeds: int | None = None
    minutes: float | None = None
    backend: str | None = None
    address: Sequence[str] = ()
    side_px: int | None = None
    mean: bool = False


def draw(session: Session, client_id: str | None = None, wish: Wish | None = None, *, more: bool = False) -> Result[Trial]:
    """Draw a trial, or go on with the one that asks for the same, and show what came out. more: further seeds for the tied."""
    from avatar.results import trial_run

    client, wish = session.need_client(client_id), wish or Wish()
    with session.progress("progress.trial") as bar:
        notes = _Notes(session, bar)
        asked, backends = _asked(session, client, wish, notes)
        tied = results.tied(session, client) if more else ()
        callbacks = callbacks_on_screen(session, client, bar, notes, ask_time=wish.minutes is None)
        outcome = trial_run.run(client, asked, backends, callbacks, minutes=wish.minutes, tied=tied)
    return _result(session, client, outcome)


def draw_class(session: Session, client_id: str | None, n: int, wish: Wish) -> Result[ClassPictures]:
    """Draw pictures of the class word by the base model alone and lay them out for regularisation."""
    from avatar.results import class_pictures, trial_make, trial_models

    client = session.need_client(client_id)
    settings = session.settings(client)
    base = trial_models.base_of(client, trial_models.found(client)[:1], settings.trainer)
    side_px = wish.side_px or trial_make.SIDE_PX
    drawn_by = back_ends.chosen(settings, base, [], side_px, kind=wish.backend, addresses=wish.address)
    with session.progress("progress.trial") as bar:
        notes = _Notes(session, bar)
        for note in drawn_by.notes:
            notes(note)
        made = class_pictures.draw(client, n, base, drawn_by.backends, drawn_by.side_px, on_note=notes, on_progress=bar)
    if made.folder is not None:
        told = Text("trial.class_done", {"n": n, "path": str(made.folder)}, "good")
    else:
        told = Text("trial.class_partly", {"n": made.done, "total": n}, "warn")
    return Result(made, [told], (), client.client_id, made.error, interrupted=made.interrupted)


def estimate(client: Client) -> Text:
    """Return how many pictures the usual trial of a client draws, and how long it takes where that is known."""
    from avatar.plan import time as plan_time
    from avatar.results import plan_trial, trial_models, trial_run

    models = [lora.name for lora in trial_models.default(trial_models.found(client), plan_trial.MOST_MODELS)] or ["final"]
    seconds = trial_run.newest_seconds(client)
    plan = plan_trial.plan_trial(models, plan_trial.WEIGHTS, range(1, 7), [plan_trial.FIRST_SEED], seconds_per_picture=seconds)
    if plan.seconds is None:
        return Text("trial.offer", {"n": plan.pictures})
    return Text("trial.offer_time", {"n": plan.pictures, "left": plan_time.duration(plan.seconds)})


class _Notes:
    """Shows what is told on the way, from any thread; what a back end says at every opening only once."""

    def __init__(self, session: Session, bar: utils.ProgressTracker) -> None:
        self._session, self._bar = session, bar
        self._once = Once(again=lambda told: told.key.startswith("trial."))

    def __call__(self, told: Text) -> None:
        self._once.tell(told, self._show)

    def _show(self, told: Text) -> None:
        self._bar.clear()
        self._session.ui.show(told, self._session.language)


def _asked(session: Session, client: Client, wish: Wish, notes: _Notes) -> tuple[Asked, Sequence[Any]]:
    """Return the question of a trial and the back ends that answer it."""
    from avatar.results import plan_trial, trial_make, trial_models

    settings = session.settings(client)
    found = trial_models.found(client)
    loras = trial_models.chosen(found, wish.models, plan_trial.MOST_MODELS)
    if wish.mean:
        loras = [*(lora for lora in loras if not lora.is_mean), trial_models.make_mean(client, found)]
    words = trial_models.common_words(client, loras)
    base = trial_models.base_of(client, loras, settings.trainer)
    models = trial_models.checked(client, loras, base, notes)
    files = [model.file for model in models]
    side_px = wish.side_px or trial_make.SIDE_PX
    drawn_by = back_ends.chosen(settings, base, files, side_px, kind=wish.backend, addresses=wish.address)
    for note in drawn_by.notes:
        notes(note)
    seeds = [plan_trial.FIRST_SEED + number for number in range(wish.seeds or 1)]
    asked = trial_make.Asked(
        models=models, weights=_weights(wish), prompts=prompts_of(client, wish, words, notes), seeds=seeds, base=base,
        kind=drawn_by.backends[0].kind, held_out=results.held_out(session, client), side_px=drawn_by.side_px,
    )  # fmt: skip
    return asked, drawn_by.backends


def _weights(wish: Wish) -> list[str]:
    """Raises PipelineError("trial.bad_weight")."""
    from avatar.results import plan_trial

    weights = []
    for typed in wish.weights or plan_trial.WEIGHTS:
        try:
            weights.append(plan_trial.canonical_weight(typed))
        except ValueError as error:
            raise PipelineError("trial.bad_weight", weight=typed) from error
    return plan_trial.in_order(list(dict.fromkeys(weights)))


def prompts_of(client: Client, wish: Wish, words: Words, notes: Callable[[Text], None]) -> list[Prompt]:
    """Return the prompts of a trial: the user's, and what the data has not."""
    from avatar.dataset import prepared
    from avatar.plan import samples
    from avatar.results import trial_prompts
    from avatar.training import sample_prompts

    usual = samples.prompts_file(*words, 1024)
    own = _of_file(wish.prompts) if wish.prompts else sample_prompts.own_prompts(client) or usual
    seen = [*prepared.prepared_captions(client).values(), *_midjourney(client)]
    prompts = trial_prompts.trial_prompts(
        own.splitlines(), words.trigger, words.class_word, seen, all_own=wish.prompts is not None
    )  # fmt: skip
    for prompt in trial_prompts.without_trigger(prompts, words.trigger):
        notes(Text("trial.no_trigger", {"prompt": prompt.text, "trigger": words.trigger}, "warn"))
    return prompts


def _of_file(path: Path) -> str:
    """Return the prompts that a user wrote. Raises PipelineError("trial.prompts_unreadable") and ("trial.prompts_empty")."""
    try:
        found = utils.decoded(utils.at_home(path).read_bytes())
    except OSError as error:
        raise PipelineError("trial.prompts_unreadable", path=str(path), detail=error.strerror or str(error)) from error
    if not found.strip():
        raise PipelineError("trial.prompts_empty", path=str(path))
    return found


def _midjourney(client: Client) -> list[str]:
    """Return the prompts of the pictures that are trained."""
    records = (record for record in client.each_record() if record.approved and record.midjourney)
    return list({record.midjourney.prompt or "" for record in records if record.midjourney})


# --- on the way ------------------------------------------------------------------------------------------------------


def callbacks_on_screen(
    session: Session, client: Client, bar: utils.ProgressTracker, notes: Callable[[Text], None], *, ask_time: bool | None
) -> Callbacks:
    """Return callbacks that show progress in bar and ask what Ctrl+C is to do.

    ask_time  say how long it takes, and ask for less; False: only say it; None: neither
    """
    from avatar.results.trial_run import Callbacks

    latest: list[Progress] = []

    def on_progress(progress: Progress) -> None:
        if not latest:
            bar.initial, bar.own_eta = progress.done, False
        latest[:] = [progress]
        candidate = words(spoken.weighted_short(progress.candidate), session.language)
        bar(progress.done, progress.total, candidate, progress.left_s)

    def on_measured(plan: Plan, seconds: float) -> float | None:
        if ask_time is None:
            return None
        bar.clear()
        return _tell_time(session, plan, seconds, ask=ask_time)

    def on_interrupt() -> StopAnswer:
        bar.clear()
        return _ask_stop(session, latest[0] if latest else None)

    return Callbacks(
        on_progress=on_progress, on_note=notes, on_measured=on_measured, on_interrupt=on_interrupt,
        shortlist=lambda folder, one: results.shortlist(session, client, folder),
    )  # fmt: skip


def _tell_time(session: Session, plan: Plan, seconds: float, *, ask: bool) -> float | None:
    """Say how long the trial takes; return the minutes that the user gives it, None for all."""
    from avatar.plan import time as plan_time

    left = plan.seconds or 0.0
    values = {"n": plan.pictures, "left": plan_time.duration(left), "each": Text("number.tenths", {"value": seconds})}
    session.ui.show(Text("trial.takes", values), session.language)
    if not ask or left < ASKED_FROM_S or not session.ui.interactive:
        return None
    while True:
        try:
            typed = session.ui.ask(session.text("trial.ask_minutes")).strip().replace(",", ".")
        except EOFError:
            return None
        if not typed:
            return None
        try:
            minutes = float(typed)
        except ValueError:
            minutes = 0.0
        if 0 < minutes < 100_000:
            return minutes
        session.say("trial.bad_minutes", style="warn")


def _ask_stop(session: Session, progress: Progress | None) -> StopAnswer:
    """Ask what Ctrl+C is to do; without a terminal: stop now. The drawing goes on meanwhile."""
    if not session.ui.interactive:
        return "now"
    answers: list[StopAnswer] = ["now", "after", "continue"]
    done, total = (progress.done, progress.total) if progress is not None else (0, 0)
    title = Text("trial.stop.title", {"done": done, "total": total})
    try:
        return answers[training_view.numbered_question(session, title, [Text(f"trial.stop.{one}") for one in answers])]
    except EOFError:
        return "continue"


# --- what came out ---------------------------------------------------------------------------------------------------


def _result(session: Session, client: Client, outcome: Outcome) -> Result[Trial]:
    """Return the trial with its order, sheet and page."""
    value = Trial(
        trial=outcome.trial_id, folder=str(outcome.folder), pictures=outcome.done, total=outcome.total, drawn=outcome.drawn,
        failed=outcome.failed, no_effect=outcome.no_effect, seconds=round(outcome.seconds, 2),
        back_end_seconds=round(outcome.back_end_s, 2), seconds_per_picture=outcome.seconds_per_picture,
        left_out=[item.name for item in outcome.left_out],
    )  # fmt: skip
    told = {"n": outcome.done, "total": outcome.total, "trial": outcome.trial_id}
    blocks: list[Text | Table | Raw] = [
        Text("trial.done" if outcome.whole else "trial.partly", told, "good" if outcome.whole else "warn")
    ]
    warnings = []
    if outcome.failed:
        warnings.append(Text("trial.failed", {"n": outcome.failed}))
    if outcome.no_effect:
        warnings.append(Text("trial.without_effect", {"n": outcome.no_effect}))
    shown = results.show(session, client, outcome.folder) if outcome.done and not outcome.interrupted else None
    if shown is not None:
        blocks += shown.blocks
        warnings += shown.warnings
    more = shown.more if shown is not None else []
    return Result(value, blocks, warnings, client.client_id, outcome.error, interrupted=outcome.interrupted, more=more)


def _try(
    session: Session, client_id: str | None, *, models: Sequence[str], weights: Sequence[str], prompts: Path | None,
    seeds: int | None, minutes: float | None, backend: str | None, address: Sequence[str], size: int | None, more: bool,
    mean: bool, class_pictures: int | None,
) -> Result[Any]:  # fmt: skip
    wish = Wish(
        models=models, weights=weights, prompts=prompts, seeds=seeds, minutes=minutes, backend=backend, address=address,
        side_px=size, mean=mean,
    )  # fmt: skip
    if class_pictures is not None:
        return draw_class(session, client_id, class_pictures, wish)
    return draw(session, client_id, wish, more=more)


def minutes_of(typed: str) -> float:
    """Return a number of minutes above 0, with a point or a comma. Raises ValueError."""
    value = float(typed.replace(",", "."))
    if not 0 < value < 100_000:
        raise ValueError(f"{typed!r} (0.5, 10, 60 …)")
    return value


def side_of(typed: str) -> int:
    """Return a side in pixels that every back end draws: a multiple of 64. Raises ValueError."""
    if not typed.isdecimal() or not 64 <= int(typed) <= 2048 or int(typed) % 64:
        raise ValueError(f"{typed!r} (512, 768, 1024 …)")
    return int(typed)


COMMANDS = (
    Command(
        name="try", run=_try,
        menu=(
            MenuLine("result", "menu.try"),
            MenuLine("result", "menu.try_otherwise", options=("--more", "--models", "--prompts", "--backend"), spoken="model"),
        ),
        arguments=(
            CLIENT,
            Argument(name="--models", metavar="STEP", number="+", default=(), help="help.try_models"),
            Argument(name="--weights", metavar="W", number="+", default=(), help="help.try_weights"),
            Argument(name="--prompts", metavar="FILE", kind=Path, path=True, help="help.try_prompts"),
            Argument(name="--seeds", metavar="N", kind=positive, help="help.try_seeds"),
            Argument(name="--minutes", metavar="N", kind=minutes_of, help="help.try_minutes"),
            BACK_END,
            Argument(name="--address", metavar="URL", number="+", default=(), help="help.try_address"),
            Argument(name="--size", metavar="PX", kind=side_of, help="help.try_size"),
            Argument(name="--more", flag=True, help="help.try_more"),
            Argument(name="--mean", flag=True, help="help.try_mean"),
            Argument(name="--class-pictures", metavar="N", kind=positive, help="help.try_class"),
        ),
    ),
)  # fmt: skip
