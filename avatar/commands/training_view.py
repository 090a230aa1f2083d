"""A training on the screen: progress bar, the question on Ctrl+C, outcome and loss curve."""

from __future__ import annotations

import dataclasses
import functools
import logging
import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.commands import usage_view
from avatar.commands.result import Block, Result
from avatar.commands.session import Session
from avatar.texts.text import Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.training.progress_file import TrainProgress
    from avatar.training.run_folder import Outcome
    from avatar.training.sample_pictures import Measure
    from avatar.training.watch import StopAnswer, TrainingCallbacks

MOST_DIGITS = 8  # of a typed number; Python refuses to read one of thousands
LOG = logging.getLogger("avatar_pipeline")
TOLD_FROM_S = 120.0  # [choice] of a training that is over sooner the bar says enough
SHOWN_PHASES = ("accelerator", "model", "latents", "text_encoders", "network")  # before the bar moves; minutes on a slow disk


def watching_on_screen(
    session: Session, bar: utils.ProgressTracker, cancel: threading.Event | None = None, client: Client | None = None
) -> TrainingCallbacks:
    """Return callbacks that show progress in bar, ask what Ctrl+C should do, and show warnings at once.

    client  whose likeness the sample pictures are measured against; None: they are not
    """
    from avatar.training.watch import TrainingCallbacks

    latest: list[TrainProgress] = []
    first_time = _FirstTime()

    def on_progress(progress: TrainProgress) -> None:
        if not latest:
            bar.initial = progress.step  # what earlier runs have done does not count for the rate
        latest[:] = [progress]
        if told := first_time.of(progress):
            bar.clear()
            session.ui.show(told, session.language)
        bar(
            progress.step, progress.total, _note(session, progress), progress.eta_s
        )  # the trainer's own rate: loading is no part of it

    over = threading.Event()

    def on_interrupt() -> StopAnswer:
        bar.clear()
        return ask_stop(session, latest[0] if latest else None, over)

    def on_warning(told: Text) -> None:
        bar.clear()
        session.ui.show(dataclasses.replace(told, style="warn"), session.language)

    def on_note(told: Text) -> None:
        bar.clear()
        session.ui.show(told, session.language)

    def on_phase(name: str) -> None:
        if name in SHOWN_PHASES and not session.quiet:
            bar.clear()
            session.say(f"train.phase.{name}")

    return TrainingCallbacks(
        on_progress=on_progress, on_interrupt=on_interrupt, on_warning=on_warning, on_note=on_note, on_phase=on_phase,
        cancel=cancel, over=over, likeness=None if client is None else measuring(session, client),
    )  # fmt: skip


def measuring(session: Session, client: Client) -> Measure:
    """Return what says how like the client a sample picture is. Nothing is loaded before the first one."""
    from avatar.results import likeness

    @functools.lru_cache(maxsize=1)
    def mirror() -> likeness.Mirror | None:
        return likeness.mirror(client, session.settings(client))

    def measure(path: Path) -> float | None:
        found = mirror()
        return None if found is None else found.likeness(path)

    return measure


class _FirstTime:
    """Tells how long a training takes as soon as its own steps say it, once."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._told = False

    def of(self, progress: TrainProgress) -> Text | None:
        from avatar.plan import time as plan_time

        if self._first is None:
            self._first = progress.step
        done, left_s = progress.step - self._first, progress.eta_s
        if self._told or done < plan_time.FIRST_STEPS or left_s is None or progress.seconds_per_step is None:
            return None
        self._told = True
        values = {
            "step": done, "seconds": progress.seconds_per_step, "left": plan_time.duration(left_s),
            "clock": utils.now(left_s),
        }  # fmt: skip
        return Text("train.first_time", values) if left_s >= TOLD_FROM_S else None


def _note(session: Session, progress: TrainProgress) -> str:
    parts = [] if progress.loss is None else [session.text("progress.loss", loss=float(f"{progress.loss:.4g}"))]
    if progress.used_gib is not None and progress.total_gib is not None:
        parts.append(session.text("progress.memory", used=progress.used_gib, free=progress.total_gib))
    return ", ".join(parts)


def ask_stop(session: Session, progress: TrainProgress | None, over: threading.Event | None = None) -> StopAnswer:
    """Ask what Ctrl+C during a training should do; without a terminal: stop now. The training continues meanwhile.

    over  set when the training has ended: then there is nothing to stop, and the question ends too
    """
    if not session.ui.interactive:
        return "now"
    answers: list[StopAnswer] = ["now"]
    labels = [Text("train.stop.now")]
    if progress is not None and progress.next_save is not None:
        answers.append("checkpoint")
        labels.append(Text("train.stop.checkpoint", {"step": progress.next_save, "left": _minutes_left(progress)}))
    answers.append("continue")
    labels.append(Text("train.stop.continue"))
    step, total = (progress.step, progress.total) if progress is not None else (0, 0)
    try:
        return answers[numbered_question(session, Text("train.stop.title", {"step": step, "total": total}), labels, over)]
    except EOFError:
        return "continue"


def _minutes_left(progress: TrainProgress) -> str:
    if progress.seconds_per_step is None or progress.next_save is None:
        return "?"
    return f"{math.ceil((progress.next_save - progress.step) * progress.seconds_per_step / 60)}"


def outcome_result(session: Session, client: Client, outcome: Outcome) -> Result[Outcome]:
    """Return how a training ended: where the model is, what it took, how it is used; or why there is none."""
    from avatar.plan import time as plan_time
    from avatar.results import final_model

    if outcome.success:
        values = {"path": str(outcome.model), "steps": outcome.steps, "time": plan_time.duration(outcome.seconds)}
        blocks: list[Block] = [Text("train.success", values, "good")]
        more: list[Block] = []
        if outcome.kwh is not None:
            blocks.append(Text("train.energy", {"kwh": outcome.kwh}))
        if outcome.model is not None:
            blocks += usage_view.of_model(client, final_model.unopened(outcome.model))
            more.append(usage_view.other_programs())
        blocks += _views(session, client, outcome.run_id)
        return Result(outcome, blocks, outcome.warnings, client.client_id, more=more)
    told = [Text("train.log", {"path": str(outcome.log)}), *_views(session, client, outcome.run_id)]
    return Result(outcome, told, outcome.warnings, client.client_id, outcome.cause, interrupted=outcome.cancelled)


def _views(session: Session, client: Client, run_id: str) -> list[Text]:
    return [*draw_loss(session, client, run_id), *samples_told(session, client, run_id)]


def draw_loss(session: Session, client: Client, run_id: str) -> list[Text]:
    """Draw the loss curve of a run; a failure is only reported."""
    try:
        from avatar.reports import loss_plot

        points = loss_plot.points_of(client.runs, run_id, client.logs)
        title = Text("plot.title", {"client": client.client_id, "run": run_id})
        path = loss_plot.draw(points, client.runs / run_id / loss_plot.FILE, title, session.language)
    except (OSError, ImportError, ValueError) as error:
        LOG.exception("no plot of the loss")
        return [Text("plot.failed", {"detail": str(error)}, "warn")]
    return [] if path is None else [Text("plot.written", {"path": str(path)})]


def samples_told(session: Session, client: Client, run_id: str) -> list[Text]:
    """Draw the sample pictures of a run as an animation; return where it is, and what their likeness says."""
    from avatar.reports import sample_animation
    from avatar.results import advice
    from avatar.training import progress_file, run_folder, sample_pictures
    from avatar.training.step_numbers import numbers_of_record

    folder = client.runs / run_id
    drawn = sample_pictures.samples(folder, numbers_of_record(run_folder.read_command(folder)))
    measured = progress_file.samples_of(folder / progress_file.PROGRESS_FILE)
    by_name = {one.sample: one.likeness for one in measured}
    try:
        path = sample_animation.write(drawn, by_name, folder / sample_animation.FILE, session.language)
    except (OSError, ValueError) as error:
        LOG.exception("no animation of the samples")
        return [Text("plot.failed", {"detail": str(error)}, "warn")]
    shown = [] if path is None else [Text("plot.samples_written", {"path": str(path)})]
    return [*shown, *advice.told(measured)]


def numbered_question(
    session: Session, title: Text, labels: Sequence[Text], over: threading.Event | None = None
) -> int:  # fmt: skip
    """Ask for one of labels by its number; return its index. Raises EOFError at the end of input and where over is set.

    Enter stands for the last label, which leaves things as they are.
    """
    last = len(labels)
    session.ui.show(title, session.language)
    for number, label in enumerate(labels[:-1], 1):
        session.say("menu.line", n=number, label=label)
    session.say("menu.line_proposed", style="proposed", n=last, label=labels[-1])
    while True:
        question = session.text("train.stop.ask", last=last)
        answer = (session.ui.ask(question) if over is None else session.ui.ask(question, over=over)).strip() or str(last)
        if answer.isdecimal() and len(answer) < MOST_DIGITS and 1 <= int(answer) <= last:
            return int(answer) - 1
        session.say("train.stop.how", style="plain" if answer == "?" else "warn", last=last, usual=labels[-1])
