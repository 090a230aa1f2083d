"""The commands of trainings at work: train, watch, take over what a killed program left; see `commands` for their form."""

from __future__ import annotations

import atexit
import logging
import math
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.commands.session import Raw, Result, Session, Table
from avatar.texts import translate
from avatar.texts.text import PipelineError, Say
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.training.progress_file import TrainProgress
    from avatar.training.queue import Entry
    from avatar.training.run_folder import Outcome
    from avatar.training.runs import LiveRun
    from avatar.training.watch import StopAnswer, Watching

LOG = logging.getLogger("avatar_pipeline")
SHOWN_PHASES = ("accelerator", "model", "latents", "text_encoders", "network")  # before the bar moves; minutes on a slow disk
PLOT_WORDS = ("step", "loss", "each", "mean", "smoothed", "rate", "resumed")


def train(
    session: Session, client_id: str | None, *, resume: bool = False, cancel: threading.Event | None = None
) -> Result:  # fmt: skip
    """Run the trainer to its end and tell the truth about it; what an earlier program left is asked about first."""
    import lora_trainer

    client = session.need_client(client_id)
    for answer in look_after(session, [client]):
        if isinstance(answer, Result):
            return answer  # it was watched to its end instead
    with session.progress("progress.training", "unit.steps") as bar:
        outcome = lora_trainer.train(
            client, settings=session.settings(client), resume=resume, watching=_watching(session, bar, cancel)
        )
    return _told(session, client, outcome)


def _watching(session: Session, bar: utils.ProgressTracker, cancel: threading.Event | None = None) -> Watching:
    """Show a training in bar, ask what Ctrl+C means, and say what is odd about it at once."""
    from avatar.training.watch import Watching

    latest: list[TrainProgress] = []

    def on_progress(progress: TrainProgress) -> None:
        if not latest:
            bar.initial = progress.step  # what earlier runs have done does not count for the rate
        latest[:] = [progress]
        bar(progress.step, progress.total, _note(progress))

    def on_interrupt() -> StopAnswer:
        bar.clear()
        return ask_stop(session, latest[0] if latest else None)

    def on_warning(key: str, values: Any) -> None:
        bar.clear()
        session.say(key, style="warn", **{name: Say(value) if name == "why" else value for name, value in values.items()})

    def on_phase(name: str) -> None:
        if name in SHOWN_PHASES and not session.quiet:
            bar.clear()
            session.say(f"train.phase.{name}")

    return Watching(
        on_progress=on_progress, on_interrupt=on_interrupt, on_warning=on_warning, on_phase=on_phase, cancel=cancel
    )  # fmt: skip


def _note(progress: TrainProgress) -> str:
    parts = [] if progress.loss is None else [f"loss={progress.loss:.4g}"]
    if progress.used_gib is not None and progress.total_gib is not None:
        parts.append(f"VRAM={progress.used_gib:.1f}/{progress.total_gib:.1f} GiB")
    return ", ".join(parts)


def ask_stop(session: Session, progress: TrainProgress | None) -> StopAnswer:
    """Ask what Ctrl+C during a training means; without a terminal it means: now. The training goes on meanwhile."""
    if not session.ui.interactive:
        return "now"
    answers: list[StopAnswer] = ["now"]
    labels = [Say("train.stop.now")]
    if progress is not None and progress.next_save is not None:
        answers.append("checkpoint")
        labels.append(Say("train.stop.checkpoint", {"step": progress.next_save, "left": _minutes_left(progress)}))
    answers.append("continue")
    labels.append(Say("train.stop.continue"))
    step, total = (progress.step, progress.total) if progress is not None else (0, 0)
    try:
        return answers[_numbered(session, Say("train.stop.title", {"step": step, "total": total}), labels)]
    except EOFError:
        return "continue"


def _minutes_left(progress: TrainProgress) -> str:
    if progress.seconds_per_step is None or progress.next_save is None:
        return "?"
    return f"{math.ceil((progress.next_save - progress.step) * progress.seconds_per_step / 60)}"


def _numbered(session: Session, title: Say, labels: Sequence[Say]) -> int:
    """Ask for one of labels by its number; return its index."""
    session.ui.show(title, session.language)
    for number, label in enumerate(labels, 1):
        session.say("menu.line", n=number, label=label)
    while True:
        answer = session.ui.ask(session.text("train.stop.ask", last=len(labels))).strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(labels):
            return int(answer) - 1
        session.say("menu.invalid", style="warn", last=len(labels))


def _told(session: Session, client: Client, outcome: Outcome) -> Result:
    warnings = [Say(key, values) for key, values in outcome.warnings]
    if outcome.success:
        values = {"path": str(outcome.model), "steps": outcome.steps, "seconds": outcome.seconds}
        blocks = [Say("train.success", values, "good"), Say("train.use", {"trigger": client.info().trigger_word})]
        return Result(outcome, [*blocks, *_plot(session, client, outcome.run_id)], warnings, client.client_id)
    error = Say(outcome.cause, outcome.values)
    told = [Say("train.log", {"path": str(outcome.log)}), *_plot(session, client, outcome.run_id)]
    return Result(outcome, told, warnings, client.client_id, error, interrupted=outcome.cancelled)


def _plot(session: Session, client: Client, run_id: str) -> list[Say]:
    """Draw the loss of a run; a picture that fails costs nothing but itself."""
    try:
        from avatar.reports import loss_plot

        points = loss_plot.points_of(client.runs, run_id, client.logs)
        words = {name: session.text(f"plot.{name}") for name in PLOT_WORDS}
        words["title"] = session.text("plot.title", client=client.client_id, run=run_id)
        path = loss_plot.draw(points, client.runs / run_id / loss_plot.FILE, words)
    except (OSError, ImportError, ValueError) as error:
        LOG.exception("no plot of the loss")
        return [Say("plot.failed", {"detail": str(error)}, "warn")]
    return [] if path is None else [Say("plot.written", {"path": str(path)})]


# --- what a killed program left --------------------------------------------------------------------------------------


def unfinished(clients: Sequence[Client]) -> list[Client]:
    """Return the clients with a run that nobody has judged; cheap, loads nothing."""
    found = []
    for client in clients:
        try:
            with os.scandir(client.runs) as entries:
                runs = [client.runs / entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
        except OSError:
            continue
        if any(not (run / "outcome.json").is_file() for run in runs):
            found.append(client)
    return found


def all_clients(session: Session) -> list[Client]:
    return [Client(session.workspace.folder / name) for name in session.workspace.client_ids()]


def look_after(session: Session, clients: Sequence[Client]) -> list[Result | Say]:
    """Judge trainings whose program was killed and that have ended since, and ask about those that go on.

    Where nobody can be asked, a warning for each that goes on is returned; where one was watched to its end, its result.
    """
    answers: list[Result | Say] = []
    for client in unfinished(clients):
        from avatar.training import unfinished as training_unfinished

        found = training_unfinished.look_after(client)
        for outcome in found.settled:
            session.ui.show(_settled(client, outcome), session.language)
        for live in found.live:
            if not session.ui.interactive:
                answers.append(_orphan(client, live))
                continue
            answer = _ask_about(session, client, live)
            if answer is not None:
                answers.append(answer)
    return answers


def _settled(client: Client, outcome: Outcome) -> Say:
    values: dict[str, object] = {"client": client.client_id, "run": outcome.run_id}
    if outcome.success:
        return Say("train.settled_success", {**values, "path": str(outcome.model)}, "good")
    return Say("train.settled", {**values, "cause": Say(outcome.cause, outcome.values)}, "warn")


def _orphan(client: Client, live: LiveRun) -> Say:
    values = {"client": client.client_id, "run": live.run_id, "step": live.step, "total": live.total}
    return Say("train.orphan", values, "warn")


def _ask_about(session: Session, client: Client, live: LiveRun) -> Result | Say | None:
    labels = [Say("train.orphan.adopt"), Say("train.orphan.stop"), Say("train.orphan.leave")]
    values = {"client": client.client_id, "step": live.step, "total": live.total}
    try:
        chosen = _numbered(session, Say("train.orphan.title", values, "warn"), labels)
    except EOFError:
        chosen = 2
    if chosen == 0:
        return adopt(session, client, live.run_id)
    if chosen == 1:
        stopped = stop(session, client, live.run_id)
        session.show(stopped)
        return None
    return _orphan(client, live)


def adopt(session: Session, client: Client, run_id: str) -> Result:
    """Watch a training to its end that another program has started and that nobody watches."""
    from avatar.training import unfinished as training_unfinished

    with session.progress("progress.training", "unit.steps") as bar:
        outcome = training_unfinished.adopt(client, run_id, _watching(session, bar))
    return _told(session, client, outcome)


def stop(session: Session, client: Client, run_id: str) -> Result:
    """End a training that nobody watches; what it has saved stays."""
    from avatar.training import unfinished as training_unfinished

    outcome = training_unfinished.stop_run(client, run_id)
    if outcome.success:  # it had come to its end meanwhile
        return _told(session, client, outcome)
    said = Say("train.stopped", {"step": outcome.steps, "total": outcome.total}, "good")
    return Result(outcome, [said], client=client.client_id)


def start_of_menus(session: Session) -> None:
    """Ask about what a killed program left before the first menu is drawn."""
    for answer in look_after(session, all_clients(session)):
        if isinstance(answer, Result):
            session.show(answer)
        else:
            session.ui.show(answer, session.language)


def with_runs_looked_after(session: Session, client_id: str | None, command: Callable[[], Result]) -> Result:
    """Do a command after looking after the trainings of one client, or of all; warn of those that nobody watches."""
    import dataclasses

    clients = [session.workspace.client(client_id)] if client_id else all_clients(session)
    said = [answer for answer in look_after(session, clients) if isinstance(answer, Say)]
    result = command()
    return dataclasses.replace(result, warnings=[*result.warnings, *said])


# --- monitor ---------------------------------------------------------------------------------------------------------


def monitor(session: Session, client_id: str | None, *, take: str = "") -> Result:
    """Show every training run of a client: how far, how it ended, where its log is.

    take  "adopt" or "stop": what to do with the training that goes on with nobody watching
    """
    from avatar.training import models
    from avatar.training import unfinished as training_unfinished

    client = session.need_client(client_id)
    if take:
        live = [run for run in training_unfinished.look_after(client).live if not run.watched]
        if not live:
            raise PipelineError("train.no_such_run", client=client.client_id, run="-")
        return (adopt if take == "adopt" else stop)(session, client, live[-1].run_id)
    warnings = []
    for answer in look_after(session, [client]):
        if isinstance(answer, Result):
            session.show(answer)
        else:
            warnings.append(answer)
    runs = models.runs(client)
    rows = [
        (run.run_id, Say("run.working" if run.alive else f"run.{run.state}"), run.step, run.total,
         None if run.loss is None else translate.decimal(f"{run.loss:.4g}", session.language),
         Say(run.cause, run.values) if run.cause else "")
        for run in runs
    ]  # fmt: skip
    columns = ("col.run", "col.state", "col.step", "col.of", "col.loss", "col.reason")
    blocks: list[Say | Table | Raw] = [Table(columns, rows, Say("monitor.title")) if rows else Say("monitor.none")]
    blocks += _plot(session, client, runs[0].run_id) if runs else []
    blocks.append(Say("monitor.tensorboard", {"client": client.client_id}))
    return Result({"runs": runs}, blocks, warnings, client.client_id)


# --- TensorBoard -----------------------------------------------------------------------------------------------------


def tensorboard(session: Session, client_id: str | None, *, wait: bool = False) -> Result:
    """Start TensorBoard on a client's curves and say its address; it ends with the program.

    wait  stay until Ctrl+C or the end of input; for the command line, which would end at once
    """
    from avatar.trainer import location
    from avatar.trainer.location import trainer_folder
    from avatar.training import tensorboard as training_tensorboard

    client = session.need_client(client_id)
    wanted = session.settings(client).trainer
    own = [utils.at_home(Path(wanted.python))] if wanted.python else []
    candidates = [*own, location.venv_python(trainer_folder(wanted) / "venv")]
    board = training_tensorboard.start(client.logs, candidates)
    said = Say("board.started", {"address": board.address, "client": client.client_id}, "good")
    value = {"address": board.address, "logs": str(client.logs)}
    if not wait:
        atexit.register(board.close)
        return Result(value, [said, Say("board.ends")], client=client.client_id)
    try:
        session.ui.show(said, session.language)
        session.ui.ask(session.text("board.wait"))
    except (EOFError, KeyboardInterrupt):
        pass
    finally:
        board.close()
    return Result(value, [Say("board.ended")], client=client.client_id)


# --- queue -----------------------------------------------------------------------------------------------------------


QUEUE_STYLE = {"done": "good", "failed": "bad", "stopped": "warn", "running": "plain", "waiting": "plain"}


def queue(session: Session, action: str, client_ids: Sequence[str] = ()) -> Result:
    """Show the queue of trainings, or change it first; action: "list", "add" or "remove"."""
    from avatar.training import queue as training_queue

    folder = session.workspace.folder
    names = [session.workspace.client(name).client_id for name in client_ids] if action == "add" else list(client_ids)
    if action == "add":
        entries = training_queue.add(folder, names)
    elif action == "remove":
        entries = training_queue.remove(folder, names)
    else:
        entries = training_queue.read(folder)
    return Result({"queue": entries}, _queue_blocks(entries))


def queue_run(session: Session) -> Result:
    """Train every client that waits in the queue, one after the other, and say at the end how each went."""
    from avatar.commands import queue as queue_commands
    from avatar.training import queue as training_queue

    def train_one(entry: Entry, keep: Any) -> Entry:
        client = session.workspace.client(entry.client)
        with session.progress("progress.training", "unit.steps") as bar:
            return queue_commands.train_entry(
                entry, client, settings=session.settings(client), watching=_watching(session, bar), on_turn=keep
            )

    def on_change(entry: Entry) -> None:
        session.ui.show(_entry_said(entry), session.language)

    entries = training_queue.run(session.workspace.folder, train_one, on_change)
    failed = [entry.client for entry in entries if entry.state == "failed"]
    stopped = any(entry.state == "stopped" for entry in entries)
    error = None
    if stopped:
        error = Say("queue.stopped")
    elif failed:
        error = Say("queue.failed", {"clients": ", ".join(failed)})
    return Result({"queue": entries}, _queue_blocks(entries), error=error, interrupted=stopped)


def _entry_said(entry: Entry) -> Say:
    if entry.state == "running":
        return Say("queue.turn", {"client": entry.client}, "title")
    values = {"client": entry.client, "state": Say(f"queue.state.{entry.state}"), "reason": _reason(entry)}
    return Say("queue.changed", values, QUEUE_STYLE[entry.state])


def _reason(entry: Entry) -> Say | str:
    return Say(entry.cause, entry.values) if entry.cause else entry.model


def _queue_blocks(entries: Sequence[Entry]) -> list[Say | Table | Raw]:
    if not entries:
        return [Say("queue.none")]
    rows = [
        (number, entry.client, Say(f"queue.state.{entry.state}", {}, QUEUE_STYLE[entry.state]), entry.steps or None,
         round(entry.seconds / 60, 1) if entry.seconds else None, _reason(entry))
        for number, entry in enumerate(entries, 1)
    ]  # fmt: skip
    columns = ("col.number", "col.client", "col.state", "col.step", "col.minutes", "col.reason")
    return [Table(columns, rows, Say("queue.title"))]
