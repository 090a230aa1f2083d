"""Runs whose program was killed: found, watched to their end, or stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from avatar.system import gpu as system_gpu
from avatar.system import process_tree
from avatar.system.gpu import CardProbe
from avatar.texts.text import PipelineError
from avatar.training import run as training_run
from avatar.training import run_folder, stop_request
from avatar.training import runs as training_runs
from avatar.training import watch as training_watch
from avatar.training.run_folder import Outcome
from avatar.training.runs import LiveRun
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client


@dataclass(frozen=True)
class Unfinished:
    """Trainings left by a killed program: still running, and ended meanwhile and judged now."""

    live: tuple[LiveRun, ...] = ()
    settled: tuple[Outcome, ...] = ()


def look_after(client: Client) -> Unfinished:
    """Judge the runs that ended without a program watching, and return those whose trainer is still running.

    A client that another program is at work on is left to it.
    """
    try:
        with client.lock("train"):
            settled = training_run.reconcile_runs(client.runs, client.models)
            return Unfinished(tuple(training_runs.live_runs(client.runs)), tuple(settled))
    except PipelineError as error:
        if error.key == "client.locked":
            return Unfinished()
        raise


def adopt(
    client: Client, run_id: str, watching: TrainingCallbacks | None = None, card_probe: CardProbe = system_gpu.cards
) -> Outcome:
    """Watch to its end a run left by a killed program; one that has ended meanwhile is judged.

    Raises PipelineError("train.no_such_run") for one that is not there or was judged before.
    """
    with client.lock("train"):
        found = list(card_probe())
        card = found[0] if len(found) == 1 else None  # with several, which one it uses stands in no record
        return training_run.adopt(
            _run_folder(client, run_id), client.models, training_watch.with_memory(watching, card, card_probe)
        )


def stop_run(client: Client, run_id: str, *, grace_s: float = 20.0) -> Outcome:
    """End a run that its program left, its whole tree, and judge it. Raises PipelineError("train.no_such_run")."""
    with client.lock("train"):
        return training_run.stop(_run_folder(client, run_id), client.models, grace_s=grace_s)


def watched_run(client: Client) -> LiveRun | None:
    """Return the training that a living program watches, this one among them; None where there is none."""
    for live in [*training_runs.live_runs(client.runs), *training_runs.live_tuning_runs(client.runs)]:
        note = run_folder.read_process(live.folder)
        if "watcher" in note and process_tree.is_running(note["watcher"], note.get("watcher_born", 0.0)):
            return live
    return None


def request_stop(client: Client, when: stop_request.When) -> LiveRun:
    """Ask the program that watches a client's training to stop it; it looks twice a second.

    Raises PipelineError("train.no_such_run") where no training lives, ("train.nobody_watches") where nobody would look.
    """
    live = watched_run(client)
    if live is None:
        for lone in training_runs.live_runs(client.runs):
            raise PipelineError("train.nobody_watches", client=client.client_id, run=lone.run_id)
        raise PipelineError("train.no_such_run", client=client.client_id)
    stop_request.ask(live.folder, when)
    return live


def withdraw_stop(client: Client) -> LiveRun:
    """Take back the request to stop a client's training. Raises PipelineError("train.no_such_run")."""
    live = watched_run(client)
    if live is None:
        raise PipelineError("train.no_such_run", client=client.client_id)
    stop_request.withdraw(live.folder)
    return live


def _run_folder(client: Client, run_id: str) -> Path:
    folder = client.runs / run_id
    if not (folder / run_folder.COMMAND_FILE).is_file() or run_folder.read_outcome(folder):
        raise PipelineError("train.no_such_run", client=client.client_id)
    return folder


def refuse_orphan(client: Client, *, tuning_id: str = "") -> None:
    """Raise PipelineError("train.orphan") while a training goes on that nobody watches, ("train.tuning_orphan") where a tuning
    left it.

    tuning_id  a tuning that goes on: it adopts its own
    """
    for live in training_runs.live_runs(client.runs):
        raise PipelineError("train.orphan", client=client.client_id, run=live.run_id, step=live.step, total=live.total)
    for live in training_runs.live_tuning_runs(client.runs):
        if live.tuning_id != tuning_id:
            values = {"candidate": live.candidate, "run": live.run_id, "step": live.step, "total": live.total}
            raise PipelineError("train.tuning_orphan", client=client.client_id, **values)
