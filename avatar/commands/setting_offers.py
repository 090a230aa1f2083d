"""What lies on this computer and fits a setting: base models, trainers, folders of other programs."""

from __future__ import annotations

from pathlib import Path

import config
from avatar.commands import base_models
from avatar.commands.session import Session
from avatar.workspace.setting_keys import Key

PROGRAMS = {"generate.comfyui_loras": "comfyui", "generate.a1111_loras": "a1111"}


def offered(session: Session, key: Key) -> list[str]:
    """Return values of a setting that are found here, the likeliest first; [] for a setting that is no file or folder."""
    if key.kind == "model":
        return [*base_models.models_offered(session), key.default]
    found: list[Path] = []
    if key.name in {"trainer.folder", "trainer.python"}:
        found = _trainers(session, python=key.name == "trainer.python")
    elif key.name in PROGRAMS:
        found = _lora_folders(session, PROGRAMS[key.name])
    elif key.name == "generate.invokeai_folder":
        found = [folder for folder in (Path.home() / "invokeai",) if folder.is_dir()]
    elif key.name == "trainer.models_folder":
        from avatar.results import install

        found = install.model_folders(Path.home())
    return list(dict.fromkeys(map(str, found)))


def _trainers(session: Session, *, python: bool) -> list[Path]:
    from avatar.trainer import location

    own = location.trainer_folder(session.settings().trainer)
    folders = location.found([own, config.PROGRAM_DIR, config.PROGRAM_DIR.parent, Path.home()])
    if not python:
        return folders
    pythons = (location.venv_python(folder / name) for folder in folders for name in ("venv", ".venv"))
    return [path for path in pythons if path.is_file()]


def _lora_folders(session: Session, program: str) -> list[Path]:
    from avatar.results import install

    return install.lora_folders(program, session.settings().trainer.models_folder)
