"""Somebody who types anything anywhere: whatever is answered, no menu breaks, none is a dead end, and nothing is lost."""

from __future__ import annotations

import logging
import random
from pathlib import Path

import pytest

import config
from avatar.commands import demo
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.terminal import menu, menus
from avatar.texts.text import PipelineError, Text
from avatar.trainer import install
from avatar.training import tensorboard
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.scripted import ScriptedUi
from tests.stages.test_data_preprocessor import photo, tile
from tests.stages.test_image_processor import ONE, SMALL, TWO, add
from tests.stages.test_image_processor import run as processed

WORDS = (
    "", "", "", "s", "n", "y", "no", "?", "<", "0", "-", "all", "n", "p", "1-3", "3,1", "99", "-1", "0,5", "1e9", "ohwx",
    "a" * 300, "../..", "..\\..\\x", "CON", "$(rm -rf ~)", "{client}", "%s %d", "steps=0", "\x00", "\ufffd", "ñandú 🎉",
    "bea", "ana", "Ana",
)  # fmt: skip


class AnyUi(ScriptedUi):
    """Answers by chance, sometimes with Ctrl+C, and leaves at the end of its patience."""

    def __init__(self, seed: int, patience: int, paths: list[Path]) -> None:
        super().__init__()
        self.random, self.patience, self.given = random.Random(seed), patience, [str(path) for path in paths]
        self.typed: list[str] = []

    def ask(self, prompt: str, *, path: bool = False, over: object = None, edit: str = "") -> str:
        self.shown.append(prompt)
        self.patience -= 1
        if self.patience < 0:
            raise EOFError
        if self.random.random() < 0.04:
            self.typed.append("^C")
            raise KeyboardInterrupt
        if path and self.random.random() < 0.7:
            answer = self.random.choice(self.given)
        else:
            answer = self.random.choice([str(self.random.randint(0, 15)), self.random.choice(WORDS)])
        self.typed.append(answer)
        return answer

    def show(self, block: Text | Table | Raw, language: str) -> None:
        super().show(block, language)
        del self.shown[:-50]


@pytest.fixture
def no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep walks from what takes minutes or reaches out of the test's folder."""

    def refused(*_: object, **__: object) -> object:
        raise PipelineError("client.none_chosen")

    (tmp_path / "deep" / "down").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "down")  # above it lies nothing but this test's own
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    monkeypatch.setattr(config, "TRAINER_DIR", tmp_path / "no trainer")
    monkeypatch.setattr(install, "install", refused)
    monkeypatch.setattr(tensorboard, "start", refused)
    monkeypatch.setattr(demo, "run", lambda session: Result(None, [Text("menu.bye")]))


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    """What somebody may give as a path: pictures, a text, nothing, a folder of both, a place to write to."""
    folder = tmp_path / "fotos ñ"
    first = photo(folder / "uno.png")
    photo(folder / "dos.jpg", seed=2)
    (folder / "nota.txt").write_text("no picture", encoding="utf-8")
    (folder / "mala.png").write_bytes(b"<html>")
    tile(tmp_path / "mj", 0)
    return [folder, first, folder / "nota.txt", tmp_path / "mj", tmp_path / "not there", tmp_path / "out.zip", Path("~")]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_typed_no_menu_breaks_and_nothing_is_lost(
    seed: int, no_harm: None, workspace: Workspace, client: Client, sources: list[Path], tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    for picture in (ONE, TWO, SMALL):
        add(client, picture)
    processed(client)
    originals = {path: path.read_bytes() for path in sources[0].iterdir()}
    ui = AnyUi(seed, patience=70, paths=sources)
    session = Session(
        ui, language="es" if seed % 2 else "en", workspace=workspace, config_file=tmp_path / "config.json", quiet=True,
        client=client,
    )  # fmt: skip
    with caplog.at_level(logging.ERROR):
        menu.run_menu("menu.client", menus.choices_of("client"), session, needs_client=True)
        menu.run_menu("menu.main", menus.choices_of("main"), session)
    bugs = [f"{record.getMessage()}\n{record.exc_text}" for record in caplog.records if "bug" in record.getMessage()]
    assert not bugs, "\n".join([*bugs, *ui.typed])
    assert {path: path.read_bytes() for path in originals} == originals
    for left in map(workspace.client, workspace.client_ids()):  # every client can be opened still, with all its pictures
        assert all(left.original(record).is_file() for record in left.records())
        assert not list(left.folder.rglob("*.tmp"))
