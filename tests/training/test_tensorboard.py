"""TensorBoard's start and end, with a stand-in for it: found, addressed, ended, also with a program that was killed."""

from __future__ import annotations

import atexit
import importlib.util
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

from avatar.commands import monitor as monitor_commands
from avatar.commands.result import Result
from avatar.system import child
from avatar.terminal import command_line, menu, menus
from avatar.texts.text import PipelineError
from avatar.training import tensorboard
from avatar.training.tensorboard import Board, python_with_tensorboard, start
from avatar.workspace.client import Client
from tests.children import child_command
from tests.scripted import MakeSession

FAKE = """
import http.server, os, sys
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if os.environ.get("FAKE_BOARD") == "broken":
    sys.exit("ValueError: protobuf is too new")
server = http.server.ThreadingHTTPServer((arguments["--host"], int(arguments["--port"])), http.server.SimpleHTTPRequestHandler)
os.chdir(arguments["--logdir"])
sys.stderr.write(f"TensorBoard 2.21.0 at http://{arguments['--host']}:{server.server_port}/ (Press CTRL+C to quit)\\n")
sys.stderr.flush()
server.serve_forever()
"""


@pytest.fixture
def board_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a module tensorboard that children of this test find, and this process too."""
    folder = tmp_path / "site"
    (folder / "tensorboard").mkdir(parents=True)
    (folder / "tensorboard" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "tensorboard" / "main.py").write_text(FAKE, encoding="utf-8")
    real = child.child_environment
    monkeypatch.setattr(child, "child_environment", lambda: {**real(), "PYTHONPATH": str(folder)})
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_it_answers_on_this_computer_only_and_ends(tmp_path: Path, board_folder: Path) -> None:
    logs = tmp_path / "curvas ñ"
    board = start(logs)
    assert board.address.startswith("http://127.0.0.1:") and board.alive
    with urllib.request.urlopen(board.address, timeout=10) as answer:  # noqa: S310  # our own address
        assert answer.status == 200
    board.close()
    assert not board.alive and isinstance(board, Board)


def test_two_at_once_get_ports_of_their_own(tmp_path: Path, board_folder: Path) -> None:
    first, second = start(tmp_path / "a"), start(tmp_path / "b")
    try:
        assert first.address != second.address
    finally:
        first.close()
        second.close()


def test_one_that_does_not_start_says_why(tmp_path: Path, board_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_BOARD", "broken")
    with pytest.raises(PipelineError) as caught:
        start(tmp_path / "a")
    assert caught.value.key == "board.not_started" and "protobuf" in str(caught.value.values["detail"])


def test_where_nobody_has_it_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert python_with_tensorboard([Path("/no/such/python")]) is None
    with pytest.raises(PipelineError) as caught:
        start(tmp_path, [Path("/no/such/python")])
    assert caught.value.key == "board.not_installed"


def test_the_trainers_environment_is_asked_where_ours_has_none(board_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found = python_with_tensorboard([Path("/no/such/python"), Path(sys.executable)])
    assert found == Path(sys.executable)


def show_board(logs: str, board_folder: str) -> None:
    """Start a board in a process of its own and say its number; a minute is more than the test takes."""
    sys.path.insert(0, board_folder)
    real = child.child_environment
    child.child_environment = lambda extra=None: {**real(extra), "PYTHONPATH": board_folder}
    board = start(Path(logs))
    print(board._child.pid, flush=True)
    time.sleep(60)


def test_it_ends_with_a_program_that_was_killed(tmp_path: Path, board_folder: Path) -> None:
    with subprocess.Popen(
        child_command(show_board, tmp_path, board_folder), stdout=subprocess.PIPE, encoding="utf-8"
    ) as program:
        assert program.stdout is not None
        board = psutil.Process(int(program.stdout.readline()))
        program.kill()
    deadline = time.monotonic() + 10
    while board.is_running() and board.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not board.is_running() or board.status() == psutil.STATUS_ZOMBIE


class Started:
    """Instead of a board."""

    address = "http://127.0.0.1:1234/"
    alive = False

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    board = Started()
    monkeypatch.setattr(tensorboard, "start", lambda logs, candidates: board)
    return board


@pytest.mark.parametrize("answer", ["", EOFError, KeyboardInterrupt])
def test_the_command_stays_until_it_is_told_to_end(make: MakeSession, client: Client, started: Started, answer: object) -> None:
    session, ui = make(answer)
    ui.interactive = True
    result = monitor_commands.tensorboard(session, client.client_id, wait=True)
    assert started.closed == 1 and "http://127.0.0.1:1234/" in ui.text
    assert result.value == {"address": started.address, "logs": str(client.logs)}


def test_the_menu_goes_on_and_it_ends_with_the_program(
    make: MakeSession, client: Client, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    at_exit: list[object] = []
    monkeypatch.setattr(atexit, "register", at_exit.append)
    session, ui = make("2", "0")
    session.client = client
    menu.run_menu("menu.monitor", menus.choices_of("monitor"), session)
    assert "http://127.0.0.1:1234/" in ui.text and started.closed == 0 and at_exit == [started.close]


def test_the_option_of_the_monitor_starts_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    asked: list[bool] = []

    def fake(session: object, client_id: str, *, wait: bool) -> Result[Any]:
        asked.append(wait)
        return Result({"address": "x"})

    monkeypatch.setattr(monitor_commands, "tensorboard", fake)
    assert command_line.main(["--clients-dir", str(tmp_path), "--json", "monitor", "ana", "--tensorboard"]) == 0
    assert asked == [True] and '"address": "x"' in capsys.readouterr().out
