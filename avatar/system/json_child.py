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
from typing import IO, Any

from avatar.system import child, environment
from config import PROGRAM_DIR

_START = "import importlib, sys; sys.path.insert(0, sys.argv[1]);getattr(importlib.import_module(sys.argv[2]), sys.argv[3])()"
# Loading numpy would start OpenBLAS's threads: they take time, a fork does without them, and nothing here multiplies matrices.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
FORKS = sys.platform == "linux"  # elsewhere a fork of loaded libraries is not safe, or there is none


class ChildGoneError(Exception):
    """The child ended before it had answered."""


class _Pipes:
    """Both pipes of a process, used by one thread at a time."""

    stopped = False

    def __init__(self, told: IO[bytes], answered: IO[bytes]) -> None:
        self._told, self._answered = told, answered

    def tell(self, value: Any) -> None:
        """Raise ChildGoneError where nobody listens."""
        try:
            self._told.write(_line(value))
            self._told.flush()
        except (OSError, ValueError) as error:
            raise ChildGoneError from error

    def answer(self) -> Any:
        """Wait for the next answer and return it. Raises ChildGoneError where there will be none."""
        try:
            return json.loads(self._answered.readline())
        except (OSError, ValueError) as error:  # half a line, too
            raise ChildGoneError from error

    def stop(self) -> None:
        """End it now, whatever it does: who waits for its answer gets a ChildGoneError."""
        self.stopped = True
        self.end()

    def end(self) -> None:
        """End it, as if it had died."""
        with contextlib.suppress(OSError):  # what was not taken off the pipe
            self._told.close()

    def close(self) -> None:
        for stream in (self._told, self._answered):
            with contextlib.suppress(OSError):
                stream.close()


class JsonChild(_Pipes):
    """A running child, told and asked by one thread at a time. Raises OSError where it cannot start.

    It has a process group of its own, so that Ctrl+C in our terminal is ours alone.
    """

    def __init__(self, module: str, function: str, *, twins: int = 0) -> None:
        """Start a Python that calls a function without arguments, which uses `told` and `answering`.

        twins  so many further processes, in self.twins, into which it splits once `answering` has loaded what all need; only
               where FORKS
        """
        pairs = [(os.pipe(), os.pipe()) for _ in range(twins)]
        self.twins = [Twin(os.fdopen(told[1], "wb"), os.fdopen(answered[0], "rb")) for told, answered in pairs]
        theirs = [end for told, answered in pairs for end in (told[0], answered[1])]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, str(PROGRAM_DIR), module, function, *map(str, theirs)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=environment.safe_folder(), pass_fds=theirs,
                env=os.environ | environment.quiet_environment() | ONE_THREAD, **child.new_group(),
            )  # fmt: skip
        except OSError:
            for twin in self.twins:
                twin.close()
            raise
        finally:
            for end in theirs:
                os.close(end)
        assert self._process.stdin is not None  # noqa: S101 - PIPE was asked for
        assert self._process.stdout is not None  # noqa: S101
        super().__init__(self._process.stdin, self._process.stdout)
        self.pid = self._process.pid

    def end(self) -> None:
        """As for `_Pipes`; it is gone when this returns."""
        self._process.kill()
        self._process.wait()


class Twin(_Pipes):
    """A further process that a child splits off; it ends when its pipe does."""


def _line(value: Any) -> bytes:
    return json.dumps(value, default=str).encode("ascii") + b"\n"


# --- in the child ----------------------------------------------------------------------------------------------------


def answering(load: Callable[[], object] | None = None) -> Callable[[Any], None]:
    """Return what sends an answer; what libraries print goes to standard error from now on.

    load  loads what all twins need; then this process becomes as many as the program asked for, each with its own pipes.
          Before `told`, whose thread no twin would have
    """
    environment.forget_current_folder()
    own = os.dup(1)
    os.dup2(2, 1)
    if load is not None:
        load()
        _split_up(own)
    answers = os.fdopen(own, "wb")

    def send(value: Any) -> None:
        try:
            answers.write(_line(value))
            answers.flush()
        except BrokenPipeError:  # the program is gone; nobody is to read a traceback for that
            os._exit(0)

    return send


def _split_up(own: int) -> None:
    """Fork; own: where this process answers. A system that starts no more leaves the program with fewer."""
    numbers = [int(text) for text in sys.argv[4:]]
    with contextlib.suppress(OSError):
        for told_at, answered_at in zip(numbers[::2], numbers[1::2], strict=True):
            if not os.fork():
                os.dup2(told_at, 0)
                os.dup2(answered_at, own)
                break
    for number in numbers:
        os.close(number)


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
