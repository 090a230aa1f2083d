"""A request to stop a training, left in its folder for the program that watches it: a page has no Ctrl+C."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Literal

import utils
from avatar.workspace import state_file

FILE = "stop.json"
When = Literal["now", "checkpoint"]
_WHEN: tuple[When, ...] = ("now", "checkpoint")
_TYPES: state_file.FieldTypes = {"when": str, "asked_at": str}


def ask(folder: Path, when: When) -> None:
    """Leave a request; one that is there is replaced."""
    utils.write_json(folder / FILE, {"version": 1, "when": when, "asked_at": utils.now()})


def asked(folder: Path) -> When | None:
    """Return what is asked for; None where nothing is, or nobody can read what."""
    path = folder / FILE
    if not path.exists():
        return None
    found = state_file.read(path, _TYPES).get("when")
    return next((when for when in _WHEN if when == found), None)


def withdraw(folder: Path) -> None:
    with contextlib.suppress(OSError):
        (folder / FILE).unlink(missing_ok=True)
