"""TensorBoard as a child process: found, started on this computer's own address, ended with the program.

It is told to end itself when its standard input closes, so that it does not outlive a program that was killed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from avatar.system import child as system_child
from avatar.system import environment
from avatar.texts.text import PipelineError

HOST = "127.0.0.1"  # never to be reached from other computers
START_S = 60.0  # importing it takes long on a slow disk
_ADDRESS = re.compile(r"(http://\S+)")
_RUN = """
import os, runpy, sys, threading
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()  # sys.stdin's lock would be held at exit
sys.argv[0] = "tensorboard"
runpy.run_module("tensorboard.main", run_name="__main__")
"""


class Board:
    """A TensorBoard at work; `close` ends it."""

    def __init__(self, child: subprocess.Popen[str], address: str) -> None:
        self._child, self.address = child, address

    @property
    def alive(self) -> bool:
        return self._child.poll() is None

    def close(self) -> None:
        assert self._child.stdin is not None  # noqa: S101  # PIPE was asked for
        with contextlib.suppress(OSError):
            self._child.stdin.close()
        try:
            self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()


def python_with_tensorboard(candidates: Sequence[Path]) -> Path | None:
    """Return the first interpreter that has TensorBoard: ours, then the candidates."""
    if importlib.util.find_spec("tensorboard") is not None:
        return Path(sys.executable)
    for python in candidates:
        code, _ = system_child.run_quiet(
            [str(python), "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('tensorboard') is None)"],
            timeout_s=30,
        )  # fmt: skip
        if code == 0:
            return python
    return None


def start(logs: Path, candidates: Sequence[Path] = (), *, start_s: float = START_S) -> Board:
    """Start TensorBoard on a client's curves and return it once it answers; the port is a free one.

    Raises PipelineError("board.not_installed") and ("board.not_started").
    """
    python = python_with_tensorboard(candidates)
    if python is None:
        raise PipelineError("board.not_installed", command=system_child.as_typed(_install(sys.executable)))
    logs.mkdir(parents=True, exist_ok=True)
    command = [str(python), "-c", _RUN, "--logdir", str(logs.absolute()), "--host", HOST, "--port", "0", "--load_fast", "false"]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        cwd=environment.safe_folder(), env=system_child.child_environment(), **system_child.new_group(),
    )  # fmt: skip
    lines: queue.Queue[str] = queue.Queue()
    assert child.stdout is not None  # noqa: S101  # PIPE was asked for
    threading.Thread(target=_read, args=(child.stdout, lines), daemon=True).start()
    last = ""
    deadline = time.monotonic() + start_s
    while time.monotonic() < deadline:
        try:
            line = lines.get(timeout=0.2)
        except queue.Empty:
            if child.poll() is not None:
                break
            continue
        if match := _ADDRESS.search(line):
            return Board(child, match[1])
        last = line.strip() or last
    Board(child, "").close()
    command_line = system_child.as_typed([*_install(str(python)), "--upgrade"])
    raise PipelineError("board.not_started", detail=last or "-", command=command_line)


def _install(python: str) -> list[str]:
    return [python, "-m", "pip", "install", "tensorboard"]


def _read(stream: IO[str], lines: queue.Queue[str]) -> None:
    """Read all it says, to the end: a full pipe would stop it."""
    with contextlib.suppress(ValueError):  # closed under us
        for line in stream:
            lines.put(line)
