"""A computer with the stand-in trainer, and a client that is ready for training on it."""

from __future__ import annotations

import functools
import shutil
import sys
from pathlib import Path

import pytest

import utils
from avatar.commands.session import Session
from avatar.terminal import command_line
from avatar.trainer import base_model
from avatar.workspace.client import Client
from tests.base_models import write_sdxl
from tests.places import FAKE_TRAINER
from tests.tiny_png import PNG


def lay_out(tmp: Path, client: Client) -> Path:
    """Write a computer with the stand-in trainer and a prepared client; return its config.json."""
    folder = client.training_data / f"5_{client.client_id}"
    folder.mkdir(parents=True)
    files = [f"p{number}.png" for number in range(4)]
    for name in files:
        (folder / name).write_bytes(PNG)
        (folder / name).with_suffix(".txt").write_text("ohwx woman, smiling", encoding="utf-8")
    info = {"fingerprint": "abc", "trigger_word": "ohwx", "pictures": [{"file": name} for name in files]}
    utils.write_json(folder / "dataset_info.json", info)
    return with_trainer(tmp)


def with_trainer(tmp: Path) -> Path:
    """Write a computer with the stand-in trainer; return its config.json."""
    trainer = tmp / "trainer"
    trainer.mkdir()
    shutil.copy(FAKE_TRAINER, trainer)
    write_base(tmp / "base.safetensors")
    for name in base_model.TOKENIZERS:
        (tmp / "tokenizers" / name.replace("/", "_")).mkdir(parents=True)
    settings = {"version": 1, "trainer": {
        "folder": str(trainer), "python": sys.executable, "base_model": str(tmp / "base.safetensors"),
        "tokenizer_cache_dir": str(tmp / "tokenizers"),
    }}  # fmt: skip
    utils.write_json(tmp / "config.json", settings)
    return tmp / "config.json"


def write_base(path: Path) -> None:
    """Write what passes for a base model of SDXL at a glance."""
    write_sdxl(path)


def call(client: Client, *words: str) -> int:
    return command_line.main(["--clients-dir", str(client.folder.parent), *words])


def main_with(config_file: str, *words: str) -> None:
    """Call the command line as a process of its own does, with a config.json of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command_line, "Session", functools.partial(Session, config_file=Path(config_file)))
        sys.exit(command_line.main(words))
