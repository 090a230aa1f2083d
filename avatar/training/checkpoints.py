"""What trainings leave beside their model: checkpoints, one of which may be the better LoRA, and states, which fill the disk.

The last step is not always the best one: a LoRA of few pictures can be past its point (sd-scripts#193, #820). So every
checkpoint of a training that has ended can be handed over like its model, and is checked as that is.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avatar.texts.text import PipelineError
from avatar.training import hand_over, progress_file, run_folder
from avatar.training import judge as training_judge
from avatar.training import runs as training_runs
from avatar.training import states as training_states
from avatar.training import variant as training_variant
from avatar.workspace.client import Client, tuning_run_folders
from avatar.workspace.links import folder_bytes


@dataclass(frozen=True)
class Checkpoint:
    """A LoRA that was saved on the way of a training; steps counted over all resumed runs."""

    run_id: str
    steps: int
    total: int
    path: Path
    bytes: int


@dataclass(frozen=True)
class Leftovers:
    """Files and folders that no training needs any more to go on."""

    paths: tuple[Path, ...] = ()
    bytes: int = 0


def checkpoints(client: Client) -> list[Checkpoint]:
    """Return the checkpoints of all trainings that have ended, the newest training's first, each one's furthest first."""
    found = []
    for run in training_runs.summaries(client.runs):
        found += _of_run(client, run.run_id)
    return found


def _of_run(client: Client, run_id: str) -> list[Checkpoint]:
    """Return the checkpoints of one run, a tuning's too; furthest first."""
    found, total = [], training_runs.summary(client.runs / run_id).total
    for path, steps in hand_over.checkpoints_of(client.runs / run_id):
        with contextlib.suppress(OSError):
            found.append(Checkpoint(run_id, steps, total, path, path.stat().st_size))
    return found


def take(client: Client, steps: int, run_id: str = "") -> Path:
    """Hand over the newest training's checkpoint of that many steps: checked, with its sidecars, moved to models/.

    run_id  that of this training, where it is not to be the newest one that has such a checkpoint
    Raises PipelineError("checkpoint.none"), ("checkpoint.none_yet"), ("checkpoint.there"), ("client.locked"), and what is
    wrong with the file.
    """
    with client.lock("models"):
        there = _of_run(client, run_id) if run_id else checkpoints(client)
        chosen = next((item for item in there if item.steps == steps), None)
        if chosen is None:
            if not there:
                raise PipelineError("checkpoint.none_yet", client=client.client_id)
            known = ", ".join(str(number) for number in sorted({item.steps for item in there}))
            raise PipelineError("checkpoint.none", steps=steps, known=known)
        if (client.models / chosen.path.name).exists():
            raise PipelineError("checkpoint.there", path=str(client.models / chosen.path.name))
        folder = client.runs / chosen.run_id
        spec, _ = run_folder.spec_of(folder, client.models)
        problem = hand_over.remove_names(spec, chosen.path) or training_judge.file_problem(spec, chosen.path)
        if problem is not None:
            raise PipelineError.of(problem)
        rows = [row for row in progress_file.rows_of(folder / progress_file.PROGRESS_FILE) if row.get("step", 0) <= steps]
        return hand_over.deliver(spec, chosen.path, steps=steps, loss=rows[-1].get("loss") if rows else None, seconds=None)


def leftovers(client: Client, *, newest: bool = False) -> Leftovers:
    """Return the states and checkpoints that no training needs to go on.

    newest  those of the newest training that came to a good end too: an earlier step of it may yet prove the better model
    Those of a training that reached its end and of all before it; of one that did not, what is older than the newest
    training with a whole state, for from there `train --resume` goes on. Of an automatic tuning that is over, the states, and
    the checkpoints of all tunings before the newest. Models, logs and curves are none of them.
    """
    good = next((run.run_id for run in training_runs.summaries(client.runs) if run.state == "done"), "")
    runs = [run_id for run_id in _superseded(client) if newest or run_id != good]
    paths = [path for run_id in runs for path in _saved(client.runs / run_id)] + _of_tunings(client, newest=newest)
    return Leftovers(tuple(paths), sum(_bytes(path) for path in paths))


def clear(client: Client, *, newest: bool = False) -> Leftovers:
    """Delete the leftovers for good; return what was deleted. newest: as `leftovers`. Raises PipelineError("client.locked")."""
    with client.lock("models"):
        found = leftovers(client, newest=newest)
        for path in found.paths:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):  # held open by another program: the next time
                    path.unlink()
        gone = tuple(path for path in found.paths if not path.exists())
        return Leftovers(gone, found.bytes - sum(_bytes(path) for path in found.paths if path not in gone))


def _superseded(client: Client) -> Iterator[str]:
    needed = True
    for run in training_runs.summaries(client.runs):
        if run.state == "open":  # at work, or not judged yet
            continue
        needed = needed and run.state != "done"
        if not needed:
            yield run.run_id
        elif training_states.whole_states(client.runs / run.run_id):
            needed = False


def _of_tunings(client: Client, *, newest: bool) -> list[Path]:
    """Return what tunings that are over have left: all states, and the checkpoints of those before the newest, or of all."""
    parts = {folder: run_folder.tuning_of(run_folder.read_command(folder)) for folder in tuning_run_folders(client.runs)}
    last = max((part.tuning_id for part in parts.values() if part), default="")
    found = []
    for folder, part in parts.items():
        if part and run_folder.read_outcome(folder) and training_variant.is_over(client, part.tuning_id):
            found += _saved(folder) if newest or part.tuning_id != last else _states(folder)
    return found


def _saved(folder: Path) -> list[Path]:
    return [*_states(folder), *(path for path, _ in hand_over.checkpoints_of(folder))]


def _states(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*-state")) if path.is_dir() and not path.is_symlink()]


def _bytes(path: Path) -> int:
    with contextlib.suppress(OSError):
        return folder_bytes(path) if path.is_dir() else path.lstat().st_size
    return 0
