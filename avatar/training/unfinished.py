"""Runs whose program was killed: found, watched to their end, or stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from avatar.system import gpu as system_gpu
from avatar.system.gpu import CardProbe
from avatar.texts.text import PipelineError
from avatar.training import run as training_run
from avatar.training import run_folder
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


def _run_folder(client: Client, run_id: str) -> Path:
    folder = client.runs / run_id
    if not (folder / run_folder.COMMAND_FILE).is_file() or run_folder.read_outcome(folder):
        raise PipelineError("train.no_such_run", client=client.client_id, run=run_id)
    return folder


def refuse_orphan(client: Client) -> None:
    for live in training_runs.live_runs(client.runs):
        raise PipelineError("train.orphan", client=client.client_id, run=live.run_id, step=live.step, total=live.total)
