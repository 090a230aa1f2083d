"""Checkpoints and states that a run has saved: which are whole, which is the newest."""

from __future__ import annotations

import contextlib
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avatar.trainer import lora_file
from avatar.training import run_folder
from avatar.training import runs as training_runs
from avatar.training.step_numbers import numbers_of_record

_STEP = re.compile(r"-step(\d{8})(?:-state|\.safetensors)$")
_STATE_FOLDER = re.compile(r".+-step(\d{8})-state")


@dataclass(frozen=True)
class SavedState:
    """A whole `--save_state` folder and the steps done when it was written, over all resumed runs."""

    folder: Path
    steps: int
    output_name: str


def newest_state(runs: Path, *, before_step: int | None = None, among: frozenset[str] | None = None) -> SavedState | None:
    """Return the state of the newest run that has a whole one; its furthest, but none after a loss that was no number.

    before_step  only states of fewer steps
    among        only of these runs
    """
    limit = math.inf if before_step is None else before_step
    for item in training_runs.summaries(runs):
        folder = runs / item.run_id
        if among is not None and item.run_id not in among:
            continue
        found = [state for state in states_of(folder) if state.steps < limit]
        if found:
            return max(found, key=lambda state: state.steps)
    return None


def states_of(folder: Path) -> list[SavedState]:
    """Return the whole states of a run, but none after a loss that was no number."""
    record, outcome = run_folder.read_command(folder), run_folder.read_outcome(folder)
    found = []
    for name in whole_states(folder):
        steps = _steps_of(name, record, ended_well=bool(outcome.get("success")))
        if 0 < steps < outcome.get("nan_step", steps + 1):
            found.append(SavedState(folder / name, steps, record.get("output_name", "")))
    return found


def _steps_of(name: str, record: Mapping[str, Any], *, ended_well: bool) -> int:
    """Return the steps of the whole training that a state has had; 0 for a name that says nothing of them.

    The trainer's own train_state.json counts a resumed run anew. The state of a training's end bears no number; where no model
    came of it, an earlier one is gone on from.
    """
    if match := _STATE_FOLDER.fullmatch(name):
        return numbers_of_record(record).of_file(int(match[1]))
    if not ended_well or name != f"{record.get('output_name')}-state":
        return 0
    total = record.get("plan", {}).get("max_train_steps", 0)
    return total if isinstance(total, int) else 0


# accelerate writes the random states last (accelerate/checkpointing.py, save_accelerator_state).
STATE_PARTS = ("train_state.json", "model.safetensors", "optimizer.bin", "scheduler.bin", "random_states_0.pkl")
SETTLED_S = 1.0  # a file that has not grown for so long is written


def whole_states(folder: Path) -> set[str]:
    """Return the names of the complete state folders of a run."""
    return {path.name for path in folder.glob("*-state") if all((path / part).is_file() for part in STATE_PARTS)}


def saved_since(folder: Path, before: frozenset[str], *, states: bool, least: int = 0) -> str | None:
    """Return the name of a state, or else of a checkpoint, that was not there before and is written to its end.

    least  only one whose number, the trainer's own, is not smaller
    """
    if states:
        for name in sorted(whole_states(folder) - before):
            if own_number(name) >= least and _settled(folder / name / STATE_PARTS[-1]):
                return name
        return None
    for path in folder.glob("*-step*.safetensors"):
        if path.name not in before and own_number(path.name) >= least and _settled(path) and lora_file.verify(path).ok:
            return path.name
    return None


def is_whole_at(folder: Path, number: int) -> bool:
    """Tell whether the state of a step, by the trainer's own number, is written to its end."""
    return any(own_number(name) == number and _settled(folder / name / STATE_PARTS[-1]) for name in whole_states(folder))


def own_number(name: str) -> int:
    """Return the step in the name of a state or a checkpoint, as the trainer counts."""
    match = _STEP.search(name)
    return int(match[1]) if match else 0


def furthest(folder: Path, *, states: bool) -> int:
    """Return the trainer's own number of the furthest whole state, or else checkpoint; 0 where there is none."""
    return max((own_number(name) for name in saved_now(folder, states=states)), default=0)


def saved_now(folder: Path, *, states: bool) -> frozenset[str]:
    """Return the names of all states, or else of all checkpoints, that are there."""
    return frozenset(whole_states(folder) if states else (path.name for path in folder.glob("*-step*.safetensors")))


def _settled(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime >= SETTLED_S
    return False
