"""Fixtures of the commands' tests."""

from __future__ import annotations

import functools
import shutil
import sys
from pathlib import Path

import pytest

import config
from avatar.commands.session import Session
from avatar.terminal import command_line
from avatar.trainer import options as trainer_options
from avatar.workspace.client import Client
from tests.computer import lay_out
from tests.places import FAKE_TRAINER


@pytest.fixture(scope="session")
def asked_options(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of logs with what the stand-in trainer's parser answers: to start it for that takes longer than most tests."""
    place = tmp_path_factory.mktemp("asked")
    shutil.copy(FAKE_TRAINER, place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAKE_TRAINER_TABLE", str(trainer_options.DATA_FILE))
        table = trainer_options.installed_options(place, Path(sys.executable), cache_dir=place / "logs")
    assert table.source == "installed"
    return place / "logs"


@pytest.fixture
def computer(tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch, asked_options: Path) -> Client:
    """A client that is ready for training on a computer with the stand-in trainer; `main` reads its settings."""
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    shutil.copytree(asked_options, tmp_path / "logs")
    monkeypatch.setenv("FAKE_TRAINER_TABLE", str(trainer_options.DATA_FILE))
    config_file = lay_out(tmp_path, client)
    monkeypatch.setattr(command_line, "Session", functools.partial(Session, config_file=config_file))
    return client
