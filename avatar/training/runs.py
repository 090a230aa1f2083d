"""The runs of a client: finished ones in short, and those whose trainer is at work."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avatar.system import process_tree
from avatar.texts.text import Text
from avatar.training import progress_file, run_folder
from avatar.training.progress_file import PROGRESS_FILE
from avatar.training.run_folder import RunState
from avatar.workspace import state_file
from avatar.workspace.client import run_folders, tuning_run_folders


@dataclass(frozen=True)
class RunSummary:
    """One run as the monitor shows it."""

    run_id: str
    state: RunState
    step: int
    total: int
    loss: float | None
    cause: Text | None = None
    alive: bool = False


def summaries(runs: Path) -> list[RunSummary]:
    """Return all runs, newest first. What cannot be read counts as open."""
    return [summary(folder) for folder in run_folders(runs)]


def summary(folder: Path) -> RunSummary:
    outcome = run_folder.read_outcome(folder)
    if outcome:
        state: RunState = "done" if outcome["success"] else "cancelled" if outcome.get("cancelled") else "failed"
        state = "short" if "short_at" in outcome else state
        return RunSummary(
            folder.name, state, outcome.get("steps", 0), outcome.get("total", 0), outcome.get("loss"), state_file.told(outcome)
        )
    row = progress_file.last_row(folder / PROGRESS_FILE)
    alive = live_run(folder) is not None
    return RunSummary(folder.name, "open", row.get("step", 0), row.get("total", 0), row.get("loss"), alive=alive)


@dataclass(frozen=True)
class LiveRun:
    """A run whose trainer is at work; watched: by a program that is alive, other than this one.

    tuning_id, candidate  what it is to an automatic tuning, "" for a training of the client's own
    """

    run_id: str
    folder: Path
    pid: int
    born: float
    watched: bool = False
    step: int = 0
    total: int = 0
    tuning_id: str = ""
    candidate: str = ""


def live_run(folder: Path) -> LiveRun | None:
    """Return the run whose trainer is still at work; a number that another process got since does not count.

    Only the process counts that was started with the noted script and arguments, output folder among them: another, such as
    a TensorBoard or a copy of the folder, is left alone. A program that was killed between starting the trainer and noting
    it, or a launcher that died before its trainer: found by the same.
    """
    if run_folder.read_outcome(folder):
        return None
    note, record = run_folder.read_process(folder), run_folder.read_command(folder)
    words = _script_and_arguments(record.get("command", []))
    pid, born = note.get("pid"), note.get("born", 0.0)
    if pid is None or not _is_trainer(pid, born, words):
        found = process_tree.running(words, record.get("started", 0.0)) if words else []
        if not found:
            return None
        pid, born = found[0]
    watcher = note.get("watcher", os.getpid())
    watched = watcher != os.getpid() and process_tree.is_running(watcher, note.get("watcher_born", 0.0))
    row = progress_file.last_row(folder / PROGRESS_FILE)
    part = run_folder.tuning_of(record)
    return LiveRun(
        folder.name, folder, pid, born, watched, row.get("step", 0), row.get("total", 0),
        part.tuning_id if part else "", part.candidate if part else "",
    )  # fmt: skip


def _is_trainer(pid: int, born: float, words: list[str]) -> bool:
    """Return whether the process of that number is the noted one, by its birth and, where it may be read, its command line."""
    if not process_tree.is_running(pid, born):
        return False
    command = process_tree.command_of(pid)
    return not words or not command or command[-len(words) :] == words


def _script_and_arguments(command: Sequence[str]) -> list[str]:
    """Return a trainer's command from its script on; [] where it names no output folder, which makes it this run's own."""
    script = next((number for number, word in enumerate(command) if word.endswith(".py")), None)
    return list(command[script:]) if script is not None and "--output_dir" in command else []


def live_runs(runs: Path) -> list[LiveRun]:
    """Return the runs of one client whose trainer is at work, but for those of an automatic tuning."""
    return [live for path in open_folders(runs) if (live := live_run(path)) is not None]


def live_tuning_runs(runs: Path) -> list[LiveRun]:
    """Return the runs of automatic tunings of one client whose trainer is at work."""
    return [live for path in tuning_run_folders(runs) if (live := live_run(path)) is not None]


def next_start(runs: Path, started: float) -> float:
    """Return the start of the run after the one that began at `started`: later event files belong to it."""
    starts = (run_folder.read_command(folder).get("started", 0.0) for folder in run_folders(runs))
    return min((start for start in starts if start > started), default=math.inf)


def open_folders(runs: Path) -> list[Path]:
    """Return the folders of the runs that nobody has judged yet, oldest first."""
    return [path for path in reversed(run_folders(runs)) if not run_folder.read_outcome(path)]


def busy_runs(clients: Path, *, beside: tuple[str, str] = ("", "")) -> list[tuple[str, str, int]]:
    """Return (client, run, process) of every training of this program that is running now.

    beside  (client, tuning) whose trainings do not count
    """
    found = []
    for command in clients.glob(f"*/training/runs/*/{run_folder.COMMAND_FILE}"):
        live, client_id = live_run(command.parent), command.parents[3].name
        if live is not None and not (live.tuning_id and (client_id, live.tuning_id) == beside):
            found.append((client_id, live.run_id, live.pid))
    return sorted(found)
