"""Checkpoints and states that a run has saved: which are whole, which is the newest."""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass
from pathlib import Path

from avatar.trainer import lora_file
from avatar.training import run_folder
from avatar.training import runs as training_runs

_STATE_FOLDER = re.compile(r".+-step(\d{8})-state")


@dataclass(frozen=True)
class SavedState:
    """A whole `--save_state` folder and the steps done when it was written, over all resumed runs."""

    folder: Path
    steps: int
    output_name: str


def newest_state(runs: Path, *, before_step: int | None = None, among: frozenset[str] | None = None) -> SavedState | None:
    """Return the state of the newest run that has a whole one; its furthest.

    before_step  only states of fewer steps (those before the first NaN)
    among        only of these runs
    """
    for item in training_runs.summaries(runs):
        folder = runs / item.run_id
        if among is not None and item.run_id not in among:
            continue
        record = run_folder.read_command(folder)
        found = []
        for path in folder.glob("*-state"):
            match = _STATE_FOLDER.fullmatch(path.name)
            if match and all((path / part).is_file() for part in STATE_PARTS):
                steps = record.get("first_step", 0) + int(match[1])
                if before_step is None or steps < before_step:
                    found.append(SavedState(path, steps, record.get("output_name", "")))
        if found:
            return max(found, key=lambda state: state.steps)
    return None


# accelerate writes the random states last (accelerate/checkpointing.py, save_accelerator_state).
STATE_PARTS = ("train_state.json", "model.safetensors", "optimizer.bin", "scheduler.bin", "random_states_0.pkl")
SETTLED_S = 1.0  # a file that has not grown for so long is written


def whole_states(folder: Path) -> set[str]:
    """Return the names of the state folders of a run that have all their parts."""
    return {path.name for path in folder.glob("*-state") if all((path / part).is_file() for part in STATE_PARTS)}


def saved_since(folder: Path, before: frozenset[str], *, states: bool) -> str | None:
    """Return the name of a state, or else of a checkpoint, that was not there before and is written to its end."""
    if states:
        for name in whole_states(folder) - before:
            if _settled(folder / name / STATE_PARTS[-1]):
                return name
        return None
    for path in folder.glob("*-step*.safetensors"):
        if path.name not in before and _settled(path) and lora_file.verify(path).ok:
            return path.name
    return None


def saved_now(folder: Path, *, states: bool) -> frozenset[str]:
    """Return the names of all states, or else of all checkpoints, that are there."""
    return frozenset(whole_states(folder) if states else (path.name for path in folder.glob("*-step*.safetensors")))


def _settled(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime >= SETTLED_S
    return False
