"""Where the trainer is: its clone, its training script, the Python of its environment, and how far it is installed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import config
import utils
from avatar.trainer import options as trainer_options
from avatar.trainer.options import OptionTable
from config import Settings, TrainerConfig

STATE_FILE = ".avatar_setup.json"


@dataclass(frozen=True)
class Installed:
    """How far a trainer is installed, judged without starting it."""

    has_script: bool
    complete: bool  # every step was done and verified, or the folder's environment is the user's own
    revision: str | None


def venv_python(venv: Path) -> Path:
    """Return where the interpreter of a virtual environment lies."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def installed(trainer: TrainerConfig, folder: Path) -> Installed:
    """Return how far the trainer is installed, from files alone: the commit is read from the clone's HEAD."""
    state = read_state(folder)
    python = trainer_python(trainer, folder)
    complete = python.is_file() and ("verify" in state.get("done", []) or bool(trainer.python) or not state)
    commit = head_commit(folder) if (folder / ".git").exists() else state.get("revision")  # unpacked from a zip
    return Installed(trainer_options.find_script(folder) is not None, complete, commit)


def head_commit(folder: Path) -> str | None:
    """Return the commit a clone stands at, where HEAD names it itself (a pinned clone) or by a branch beside it."""
    try:
        text = (folder / ".git" / "HEAD").read_text(encoding="utf-8").strip()
        if text.startswith("ref: "):
            text = (folder / ".git" / text[5:]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if re.fullmatch(r"[0-9a-f]{40}", text) else None


def read_state(folder: Path) -> dict[str, Any]:
    """Return how far the installation in folder is; a list of what is done that holds anything else is none."""
    found = utils.read_object(folder / STATE_FILE)
    done = found.get("done")
    if "done" in found and not (isinstance(done, list) and all(isinstance(name, str) for name in done)):
        del found["done"]
    return found


def trainer_folder(trainer: TrainerConfig) -> Path:
    """Return where the clone of sd-scripts is or will be."""
    return utils.at_home(Path(trainer.folder)) if trainer.folder else config.TRAINER_DIR


def found(places: Iterable[Path]) -> list[Path]:
    """Return the clones of sd-scripts among places, and where people put one within them."""
    names = ("", "kohya_ss", "sd-scripts", "Documents/kohya_ss", "Documents/sd-scripts")
    folders = [place / name for place in places for name in names]
    return list(dict.fromkeys(folder for folder in folders if trainer_options.find_script(folder)))


def trainer_python(trainer: TrainerConfig, folder: Path) -> Path:
    """Return the interpreter that the trainer runs with: the user's own, else that of the environment in its folder."""
    return utils.at_home(Path(trainer.python)) if trainer.python else venv_python(folder / "venv")


@dataclass(frozen=True)
class Trainer:
    folder: Path
    python: Path
    script: Path
    options: OptionTable
    revision: str = ""  # that the settings name


def locate(settings: Settings) -> Trainer:
    wanted = settings.trainer
    folder = trainer_folder(wanted).absolute()
    python = trainer_python(wanted, folder).absolute()
    script = trainer_options.find_script(folder) or folder / trainer_options.SCRIPT
    options = trainer_options.installed_options(folder, python, cache_dir=config.LOG_DIR)
    return Trainer(folder, python, script, options, wanted.revision)
