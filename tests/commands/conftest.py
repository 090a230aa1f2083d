"""Fixtures of the commands' tests."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

import config
from avatar.commands.session import Session
from avatar.terminal import command_line
from avatar.trainer import options as trainer_options
from avatar.workspace.client import Client
from tests.computer import lay_out


@pytest.fixture
def computer(tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client that is ready for training on a computer with the stand-in trainer; `main` reads its settings."""
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    monkeypatch.setenv("FAKE_TRAINER_TABLE", str(trainer_options.DATA_FILE))
    config_file = lay_out(tmp_path, client)
    monkeypatch.setattr(command_line, "Session", functools.partial(Session, config_file=config_file))
    return client
