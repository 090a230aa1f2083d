"""A training as the stream tells it: its series, checkpoints and samples, and whether it lives."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import utils
from avatar.training import progress_file, run_folder
from avatar.workspace.client import run_folders

MOST_POINTS = 2_000
TAIL_BYTES = 1 << 14
PROGRESS, LOG_NAME = progress_file.PROGRESS_FILE, "trainer.log"


def newest_run(runs: Path) -> Path | None:
    """Return the folder of a client's newest run."""
    return next(iter(run_folders(runs)), None)


def parsed(content: bytes) -> list[dict[str, Any]]:
    """Return the lines of progress.jsonl that are objects; a number that JSON does not know becomes None."""
    found = []
    for line in content.splitlines():
        with contextlib.suppress(ValueError):
            if isinstance(row := utils.loads(line), dict):
                found.append({name: _plain(value) for name, value in row.items()})
    return found


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def snapshot(folder: Path, offset: int, *, light: bool = False) -> dict[str, Any]:
    """Return all that a page needs of a run to begin with, from the first `offset` bytes of its progress.

    light  where it stands, from the last lines alone, without series
    """
    try:
        with (folder / PROGRESS).open("rb") as handle:
            handle.seek(max(offset - TAIL_BYTES, 0) if light else 0)
            rows = parsed(handle.read(offset - handle.tell()))
    except OSError:
        rows = []
    steps = [row for row in rows if "step" in row]
    phases = [row for row in rows if "phase" in row]
    last = steps[-1] if steps else {}
    record = run_folder.read_command(folder)
    return {
        "run": folder.name,
        "phase": phases[-1]["phase"] if phases else None,
        "phases": phases,
        "attempt": record.get("attempt", 1),
        "step": last.get("step", 0),
        "total": last.get("total") or record.get("plan", {}).get("max_train_steps", 0),
        "last": last,
        "series": {} if light else series(steps),
        "checkpoints": checkpoints(folder),
        "samples": [row for row in rows if "sample" in row],
        "alive_s": age_s(folder),
        "ended": bool(run_folder.read_outcome(folder)),
    }


def series(rows: Sequence[dict[str, Any]], most: int = MOST_POINTS) -> dict[str, list[Any]]:
    """Return rows as columns of numbers, thinned evenly to so many; the last row is always there."""
    stride = max(math.ceil(len(rows) / most), 1)
    kept = rows[(len(rows) - 1) % stride :: stride] if rows else []
    names = sorted({name for row in kept for name, value in row.items() if isinstance(value, (int, float))})
    return {name: [row.get(name) for row in kept] for name in names}


def checkpoints(folder: Path) -> list[dict[str, Any]]:
    """Return the models that a run has saved so far: name and moment."""
    found = []
    for path in folder.glob("*-step*.safetensors"):
        with contextlib.suppress(OSError):
            found.append({"name": path.name, "time": round(path.stat().st_mtime, 1)})
    return sorted(found, key=lambda one: str(one["name"]))


def age_s(folder: Path) -> float | None:
    """Return how long ago a run gave its last sign of life, None where it gave none."""
    signs = []
    for name in (PROGRESS, LOG_NAME):
        with contextlib.suppress(OSError):
            signs.append((folder / name).stat().st_mtime)
    return round(max(time.time() - max(signs), 0.0), 1) if signs else None
