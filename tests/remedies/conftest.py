"""The place of every row."""

from __future__ import annotations

import io

import pytest

from avatar.workspace.client import Client
from tests.commands.conftest import asked_options as asked_options
from tests.commands.conftest import computer as computer
from tests.remedies.place import Place


@pytest.fixture
def place(computer: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(computer.folder.parents[1])
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody types
    return Place(computer, capsys, monkeypatch)
