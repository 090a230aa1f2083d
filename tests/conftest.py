"""Fixtures for all tests: no test touches the real home folder, the network or the checkout's own clients."""

from __future__ import annotations

import itertools
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from avatar.commands import back_ends
from avatar.commands.session import Session
from avatar.faces import identity as face_identity
from avatar.plan import measured
from avatar.system import child as system_child
from avatar.texts import translate
from avatar.workspace import evidence
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests import made_texts, newcomer
from tests.places import SHARED
from tests.scripted import MakeSession, ScriptedUi

# No test is timed: a busy machine would fail it. All else stays, also what hypothesis itself chooses under CI.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

made_texts.watch()
newcomer.watch(made_texts.FAULTS)

SHARED_DATA = SHARED / "data"


@pytest.fixture(autouse=True)
def texts_are_whole() -> Iterator[None]:
    """Fail a test in which the program made a text that cannot be told: unknown key, missing value, value of a wrong
    type, or a result that shows a newcomer code.
    """
    made_texts.FAULTS.clear()
    translate.start_commands_with("python avatar_pipeline.py")
    yield
    assert made_texts.FAULTS == []


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return new names of home folders; `mktemp` for each would take longer than most tests."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Move the home folder, so that nothing of the developer's machine is read or written."""
    home = next(homes)
    home.mkdir()
    for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HF_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.delenv("AVATAR_LANG", raising=False)
    monkeypatch.setattr(measured, "path", lambda: home / measured.FILE)  # else beside the checkout's own config.json
    monkeypatch.setattr(evidence, "path", lambda: home / evidence.FILE)
    return home


@pytest.fixture(autouse=True)
def nothing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait neither for the disk nor for the next look at a child process; child programs of the tests do both.

    No test pulls the plug, and a night of tuning has 385 fsyncs.
    """
    monkeypatch.setattr(os, "fsync", os.fstat)  # refuses what is no open file, too
    monkeypatch.setattr(system_child, "POLL_S", 0.02)


@pytest.fixture(autouse=True)
def faces_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare no faces in this process: most tests draw theirs, and a drawn face is nobody's. test_identity.py does compare."""
    monkeypatch.setattr(face_identity, "available", lambda: False)


@pytest.fixture(autouse=True)
def no_running_server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask no ComfyUI or A1111 that happens to run on the developer's machine where its LoRAs lie."""
    monkeypatch.setattr(back_ends, "lora_folder", lambda program, settings: None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what a test printed or logged as text that can be sent: a broken name's bytes would end a worker of pytest-xdist."""
    report = yield
    report.sections = [(title, text.encode("utf-8", "backslashreplace").decode("utf-8")) for title, text in report.sections]
    return report


@pytest.fixture
def shared_data() -> Path:
    """The folder of real pictures beside the checkout; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("no shared data beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def demo_folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The demo's pictures, MidJourney's and photos, made once: seconds of work. Nobody changes them."""
    from avatar.commands import demo_pictures

    return demo_pictures.write_pictures(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "clients")


@pytest.fixture
def client(workspace: Workspace) -> Client:
    return workspace.create("ana", trigger_word="ohwx", class_word="woman")


@pytest.fixture
def make(workspace: Workspace, tmp_path: Path) -> MakeSession:
    """Build a session whose user gives these answers."""

    def build(*answers: str | type[BaseException], language: str = "es") -> tuple[Session, ScriptedUi]:
        ui = ScriptedUi(*answers)
        return Session(ui, language=language, workspace=workspace, config_file=tmp_path / "config.json", quiet=True), ui

    return build
