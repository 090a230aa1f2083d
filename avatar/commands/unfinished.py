"""Trainings left by a killed program: found at every start, watched to their end or stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from avatar.commands import training_view
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client, run_folders

if TYPE_CHECKING:
    from avatar.training.run_folder import Outcome
    from avatar.training.runs import LiveRun


STOPPED_WITHIN_S = 60.0  # [choice] the trainer gets 20 s to end by itself; then the LoRA so far is judged
LOOKED_EVERY_S = 0.2

T = TypeVar("T")


def adopt(session: Session, client: Client, run_id: str) -> Result[Outcome]:
    """Watch to its end a training that was started by another program and runs unwatched."""
    from avatar.training import unfinished as training_unfinished

    with session.progress("progress.training", "unit.steps") as bar, translate.about(client.client_id):
        outcome = training_unfinished.adopt(client, run_id, training_view.watching_on_screen(session, bar, client=client))
    return training_view.outcome_result(session, client, outcome)


def stop(session: Session, client: Client, run_id: str) -> Result[Outcome]:
    """Stop a training that runs unwatched; saved states and checkpoints stay."""
    from avatar.training import unfinished as training_unfinished

    return _stopped(session, client, training_unfinished.stop_run(client, run_id))


def _stopped(session: Session, client: Client, outcome: Outcome) -> Result[Outcome]:
    if outcome.success:  # it had come to its end meanwhile
        return training_view.outcome_result(session, client, outcome)
    said = Text("train.stopped", {"step": outcome.steps, "total": outcome.total}, "good")
    return Result(outcome, [said], client=client.client_id)


def stop_training(session: Session, client: Client, *, after_checkpoint: bool = False) -> Result[Any]:
    """Stop the training of a client, whoever watches it; one that a program watches is stopped by that program.

    Raises PipelineError("train.no_such_run"), ("train.nobody_watches").
    """
    from avatar.training import runs as training_runs
    from avatar.training import unfinished as training_unfinished

    if training_unfinished.watched_run(client) is None and not after_checkpoint:
        found = [*training_unfinished.look_after(client).live, *training_runs.live_tuning_runs(client.runs)]
        live = [run for run in found if not run.watched]
        if not live:
            raise PipelineError("train.no_such_run", client=client.client_id)
        return stop(session, client, live[-1].run_id)
    live_run = training_unfinished.request_stop(client, "checkpoint" if after_checkpoint else "now")
    if after_checkpoint:
        return _asked_to_stop(client, live_run)
    return _seen_to_stop(session, client, live_run)


def go_on(client: Client) -> Result[Any]:
    """Take back the wish to stop a training after its next checkpoint. Raises PipelineError("train.no_such_run")."""
    from avatar.training import unfinished as training_unfinished

    live = training_unfinished.withdraw_stop(client)
    values = {"client": client.client_id, "step": live.step, "total": live.total}
    return Result({"run": live.run_id}, [Text("train.goes_on", values, "good")], client=client.client_id)


def _asked_to_stop(client: Client, live: LiveRun) -> Result[Any]:
    step = _next_stop(client, live)
    values = {"client": client.client_id, "step": step, "total": live.total or step}
    return Result({"run": live.run_id, "stops_at": step}, [Text("train.stop_asked", values, "good")], client=client.client_id)


def _next_stop(client: Client, live: LiveRun) -> int:
    """Return the step of the next checkpoint, or of the end."""
    from avatar.training import run, run_folder

    spec, _ = run_folder.spec_of(live.folder, client.models)
    return run.next_save(spec, live.step) or spec.plan.max_train_steps


def _seen_to_stop(session: Session, client: Client, live: LiveRun) -> Result[Any]:
    """Wait for the program that watches a training to end it, and say how it ended."""
    from avatar.training import run_folder

    until = time.monotonic() + STOPPED_WITHIN_S
    while not run_folder.read_outcome(live.folder):
        if time.monotonic() > until:
            said = Text("train.stopping", {"client": client.client_id, "step": live.step, "total": live.total}, "warn")
            return Result({"run": live.run_id}, [said], client=client.client_id)
        time.sleep(LOOKED_EVERY_S)
    return _stopped(session, client, run_folder.outcome_of(live.folder))


# --- what a killed program left --------------------------------------------------------------------------------------


def unfinished(clients: Sequence[Client]) -> list[Client]:
    """Return the clients with a run that has no outcome yet; fast, imports nothing where no run is."""
    return [client for client in clients if any(not _has_outcome(run) for run in run_folders(client.runs))]


def _has_outcome(run: Path) -> bool:
    from avatar.training import run_folder

    return bool(run_folder.read_outcome(run))


def all_clients(session: Session) -> list[Client]:
    return [Client(session.workspace.folder / name) for name in session.workspace.client_ids()]


def look_after(session: Session, clients: Sequence[Client]) -> list[Result[Outcome] | Text]:
    """Judge trainings that ended after their program was killed, and ask about those still running.

    Without a terminal, returns a warning for each that is still running; if one was watched to its end, its result.
    """
    answers: list[Result[Outcome] | Text] = []
    for client in unfinished(clients):
        from avatar.training import unfinished as training_unfinished

        found = training_unfinished.look_after(client)
        for outcome in found.settled:
            session.ui.show(_verdict_text(client, outcome), session.language)
        for live in found.live:
            if not session.ui.interactive:
                answers.append(_orphan(client, live))
                continue
            answer = _ask_about(session, client, live)
            if answer is not None:
                answers.append(answer)
    return answers


def _verdict_text(client: Client, outcome: Outcome) -> Text:
    values: dict[str, object] = {"client": client.client_id, "run": outcome.run_id}
    if outcome.success:
        return Text("train.settled_success", {**values, "path": str(outcome.model)}, "good")
    return Text("train.settled", {**values, "cause": outcome.cause}, "warn")


def _orphan(client: Client, live: LiveRun) -> Text:
    values = {"client": client.client_id, "run": live.run_id, "step": live.step, "total": live.total}
    return Text("train.orphan", values, "warn")


def _ask_about(session: Session, client: Client, live: LiveRun) -> Result[Outcome] | Text | None:
    labels = [Text("train.orphan.adopt"), Text("train.orphan.stop"), Text("train.orphan.leave")]
    values = {"client": client.client_id, "step": live.step, "total": live.total}
    try:
        chosen = training_view.numbered_question(session, Text("train.orphan.title", values, "warn"), labels)
    except EOFError:
        chosen = 2
    if chosen == 0:
        return adopt(session, client, live.run_id)
    if chosen == 1:
        stopped = stop(session, client, live.run_id)
        session.show(stopped)
        return None
    return _orphan(client, live)


def start_of_menus(session: Session) -> None:
    """Before the first menu is drawn, ask about trainings left by a killed program."""
    for answer in look_after(session, all_clients(session)):
        if isinstance(answer, Result):
            session.show(answer)
        else:
            session.ui.show(answer, session.language)


def with_runs_looked_after(session: Session, client_id: str | None, command: Callable[[], Result[T]]) -> Result[T]:
    """Run a command after judging finished trainings of one client, or of all; warn of those that run unwatched."""
    import dataclasses

    clients = [session.workspace.client(client_id)] if client_id else all_clients(session)
    said = [answer for answer in look_after(session, clients) if isinstance(answer, Text)]
    result = command()
    return dataclasses.replace(result, warnings=[*result.warnings, *said])
