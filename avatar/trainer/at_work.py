"""Who is at work in a trainer's folder: trainings, whoever started them, and what an installation that was killed left."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from avatar.trainer.options import SCRIPT

INSTALLERS = frozenset({"pip", "venv", "ensurepip"})


@dataclass(frozen=True)
class Worker:
    """A process that uses the folder. born: when it began, in seconds since 1970."""

    pid: int
    born: float
    kind: Literal["training", "installation"]


def workers(folder: Path) -> list[Worker]:
    """Return the processes of this computer that train with the trainer in folder or install into it, oldest first."""
    import psutil

    found = []
    for process in psutil.process_iter(["cmdline", "create_time", "status"]):
        words = process.info["cmdline"] or []
        if process.pid == os.getpid() or not words or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        here = ""
        if any(Path(word).name == SCRIPT for word in words):
            with contextlib.suppress(psutil.Error, OSError):
                here = process.cwd()
        if kind := kind_of(words, folder, here):
            found.append(Worker(process.pid, float(process.info["create_time"] or 0.0), kind))
    return sorted(found, key=lambda worker: worker.born)


def kind_of(words: Sequence[str], folder: Path, here: str = "") -> Literal["training", "installation"] | None:
    """Tell what a process does in folder, by its command line and the folder it runs in; None: nothing. Pure."""
    if any(Path(word).name == SCRIPT and _inside(Path(here, word), folder) for word in words[1:]):
        return "training"
    runs_here = _inside(Path(words[0]), folder) and not INSTALLERS.isdisjoint({*words[1:5]})
    makes = "venv" in words[1:5] and any(Path(word) == folder / "venv" for word in words)
    fetches = Path(words[0]).stem == "git" and list(words[1:3]) == ["-C", str(folder)]
    return "installation" if runs_here or makes or fetches else None


def _inside(path: Path, folder: Path) -> bool:
    return path.is_absolute() and path.is_relative_to(folder)
