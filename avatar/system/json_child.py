"""A child that runs a function of this program and is told and answers values that JSON knows, one a line.

It ends with this program, however that ends: its standard input is a pipe of ours, and `told` ends it when that is closed.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from avatar.system import child, environment
from config import PROGRAM_DIR

_START = "import importlib, sys; sys.path.insert(0, sys.argv[1]);getattr(importlib.import_module(sys.argv[2]), sys.argv[3])()"


class ChildGoneError(Exception):
    """The child ended before it had answered."""


class JsonChild:
    """A running child, told by one thread at a time, and asked by one. Raises OSError where it cannot start.

    It has a process group of its own, so that Ctrl+C in our terminal is ours alone.
    """

    def __init__(self, module: str, function: str) -> None:
        """Start a Python that calls a function without arguments, which uses `told` and `answering`."""
        self.stopped = False
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(PROGRAM_DIR), module, function],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=environment.safe_folder(),
            env=os.environ | environment.quiet_environment(), **child.new_group(),
        )  # fmt: skip
        self.pid = self._process.pid

    def tell(self, value: Any) -> None:
        """Raise ChildGoneError where nobody listens."""
        try:
            self._process.stdin.write(_line(value))  # type: ignore[union-attr]  # PIPE was asked for
            self._process.stdin.flush()  # type: ignore[union-attr]
        except (OSError, ValueError) as error:
            raise ChildGoneError from error

    def answer(self) -> Any:
        """Wait for the next answer and return it. Raises ChildGoneError where there will be none."""
        try:
            return json.loads(self._process.stdout.readline())  # type: ignore[union-attr]
        except (OSError, ValueError) as error:  # half a line, too
            raise ChildGoneError from error

    def stop(self) -> None:
        """End it now, whatever it does: who waits for its answer gets a ChildGoneError."""
        self.stopped = True
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what was not taken off the pipe
                stream.close()  # type: ignore[union-attr]


def _line(value: Any) -> bytes:
    return json.dumps(value, default=str).encode("ascii") + b"\n"


# --- in the child ----------------------------------------------------------------------------------------------------


def answering() -> Callable[[Any], None]:
    """Return what sends an answer; what libraries print goes to standard error from now on."""
    environment.forget_current_folder()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def send(value: Any) -> None:
        try:
            answers.write(_line(value))
            answers.flush()
        except BrokenPipeError:  # the program is gone; nobody is to read a traceback for that
            os._exit(0)

    return send


def told() -> Iterator[Any]:
    """Yield what the program tells. When it says no more, this process ends, whatever it is doing."""
    values: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(values,), daemon=True).start()
    while True:
        yield values.get()


def _listen(values: queue.SimpleQueue[Any]) -> None:
    with contextlib.suppress(OSError, ValueError), open(0, "rb", closefd=False) as stream:
        while line := stream.readline():
            values.put(json.loads(line))
    os._exit(0)
