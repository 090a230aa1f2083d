"""Child processes: started with an argument list, read line by line, ended with all their descendants.

Not covered: a console window that the user closes on Windows ends the program before it can act.
"""

from __future__ import annotations

import codecs
import collections
import contextlib
import io
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from avatar.system import environment as system_environment
from avatar.system import process_tree

POLL_S = 0.2
TAIL_LINES = 200

# UTF-8 on every console (sd-scripts prints Japanese: on a cp1252 pipe that kills it), lines at once, log lines that are
# not wrapped at 80 columns, and the warnings of TensorFlow and Python that the user's description asks to silence.
CHILD_ENVIRONMENT = {
    "PYTHONUTF8": "1",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONUNBUFFERED": "1",
    "COLUMNS": "200",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "PYTHONWARNINGS": "ignore",
}


@dataclass(frozen=True)
class RunResult:
    """How a child ended. code is negative for a signal (-2: SIGINT), as subprocess gives it."""

    code: int
    cancelled: bool
    tail: tuple[str, ...]


def as_typed(words: Sequence[str]) -> str:
    """Return a command quoted for a terminal of this system."""
    return subprocess.list2cmdline(words) if os.name == "nt" else " ".join(f'"{w}"' if " " in w else w for w in words)


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a Python of another installation: ours without the variables that would mix the two."""
    kept = {
        key: value
        for key, value in os.environ.items()
        # PYTHONSAFEPATH would hide the trainer's own modules from its script; `cwd` keeps the current folder off the path.
        if key not in {"PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "LINES"}
    }
    return {**kept, **system_environment.quiet_environment(), **CHILD_ENVIRONMENT, **(extra or {})}


def run_streaming(
    command: Sequence[str], *, on_line: Callable[[str], None], cancel: threading.Event | None = None,
    cwd: Path | None = None, environment: Mapping[str, str] | None = None, grace_s: float = 10.0,
    on_start: Callable[[int], None] | None = None,
) -> RunResult:  # fmt: skip
    """Run command to its end, handing on each line as it comes; Ctrl+C or cancel stops it.

    Lines end at "\\n" and at "\\r" (progress bars). standard error comes in the same stream. The whole process group is
    stopped, and the run is over when the last process closes the pipe. on_start gets the child's process id.
    cwd is a folder whose modules may be run (-m and -c put it first); None: that of this Python.
    Raises OSError if the command cannot start.
    """
    cancel = cancel or threading.Event()
    child = subprocess.Popen(
        list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        cwd=cwd or system_environment.safe_folder(), encoding="utf-8", errors="replace",  # text mode also ends a line at "\r"
        env=dict(environment) if environment is not None else child_environment(),
        **new_group(),
    )  # fmt: skip
    lines: queue.Queue[str | None] = queue.Queue()
    assert child.stdout is not None  # noqa: S101  # PIPE was asked for
    # A thread: on Windows a blocked pipe read does not wake up for Ctrl+C.
    reader = threading.Thread(target=pump, args=(child.stdout, lines), daemon=True)
    reader.start()
    tail: collections.deque[str] = collections.deque(maxlen=TAIL_LINES)
    stopper: threading.Thread | None = None
    try:
        if on_start is not None:
            on_start(child.pid)
        while True:
            try:
                if cancel.is_set() and stopper is None:
                    # A thread again: lines go on being read meanwhile, and a second Ctrl+C cannot break the stopping off.
                    stopper = threading.Thread(target=stop_group, args=(child, reader, grace_s), daemon=True)
                    stopper.start()
                line = lines.get(timeout=POLL_S)
                if line is None:
                    return RunResult(child.wait(), stopper is not None, tuple(tail))
                tail.append(line)
                on_line(line)
            except queue.Empty:
                continue
            except KeyboardInterrupt:
                cancel.set()
    finally:
        if stopper is not None:
            stopper.join()
        elif reader.is_alive() or child.poll() is None:  # on_line failed: leave no child behind
            stop_group(child, reader, grace_s)
        child.wait()
        if not reader.is_alive():
            child.stdout.close()


def new_group() -> dict[str, Any]:
    """Return what makes Popen start a child that Ctrl+C in our terminal does not reach."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def pump(stream: IO[str], lines: queue.Queue[str | None]) -> None:
    """Put every line of a stream into a queue, and None at its end."""
    try:
        while line := stream.readline(LINE_LIMIT):  # of a longer one in pieces
            lines.put(line.rstrip("\n"))
    except ValueError:  # closed under us
        pass
    finally:
        lines.put(None)


def stop_group(child: subprocess.Popen[str], reader: threading.Thread, grace_s: float) -> None:
    """Send SIGINT, SIGTERM, SIGKILL; each step waits grace_s seconds for the pipe to close."""
    steps: list[Callable[[], object]]
    if sys.platform == "win32":
        kill_tree = ["taskkill", "/T", "/F", "/PID", str(child.pid)]
        steps = [
            partial(child.send_signal, signal.CTRL_BREAK_EVENT),
            partial(subprocess.run, kill_tree, capture_output=True, check=False),
        ]
    else:
        steps = [partial(os.killpg, child.pid, s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)]
    for step in steps:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # already gone
            step()
        reader.join(grace_s)
        if not reader.is_alive():
            return


def run_quiet(
    command: Sequence[str], *, timeout_s: float, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> tuple[int | None, str]:
    """Run a short command; return its exit code and everything it printed (stdout, then stderr).

    The code is None where it could not start or took longer than timeout_s. cwd: as `run_streaming`.
    """
    try:
        done = subprocess.run(
            list(command), stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s,
            cwd=cwd or system_environment.safe_folder(), check=False,
            encoding="utf-8", errors="replace",
            env=dict(environment) if environment is not None else child_environment(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    return done.returncode, done.stdout + done.stderr


READ_BYTES = 1 << 16  # at a time: between two reads a stop is looked at
LINE_LIMIT = 2000  # characters of a line that are kept: one of 91,445 names every weight of a wrong base model


def start_logged(command: Sequence[str], log: Path, *, cwd: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start command with its output going straight to a file: it needs no reader and keeps running if we are killed.

    It gets a process group of its own, so that Ctrl+C in our terminal is ours alone, and a mark by which all that comes
    from it is found (`process_tree.mark_of`). Raises OSError if it cannot start.
    """
    marked = {**environment, process_tree.MARK: secrets.token_hex(8)}
    with log.open("ab") as out:
        return subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=cwd, env=marked,
            **new_group(),
        )  # fmt: skip


class Tail:
    """The lines of a file that another process is writing, UTF-8, ended by "\\n" or "\\r"; each is given once.

    Lines are cut after LINE_LIMIT characters, so that memory is bounded.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._decoder = _decoder()
        self.unfinished = ""  # what follows the last line end so far

    @property
    def position(self) -> int:
        """Bytes of the file that were read or skipped."""
        return self._file.tell()

    @property
    def behind(self) -> int:
        """Bytes of the file not read yet."""
        return os.fstat(self._file.fileno()).st_size - self._file.tell()

    def lines(self) -> list[str]:
        """Return the complete lines since the last call, at most READ_BYTES at a time; [] if there is nothing new."""
        data = self._file.read(READ_BYTES)
        if not data:
            return []
        pieces = (self.unfinished + self._decoder.decode(data)).split("\n")
        *whole, self.unfinished = (piece[:LINE_LIMIT] for piece in pieces)
        return whole or [""]  # half a line is news too: the process lives

    def rest(self) -> str:
        """Return the text after the last line end; for the end of the file."""
        rest = self.unfinished + self._decoder.decode(b"", final=True)
        self.unfinished = ""
        return rest.rstrip("\n")

    def skip_to_last(self, count: int) -> None:
        """Skip all but the last count bytes, which may cut a line."""
        self._start_at(max(self.position + self.behind - count, 0))

    def restart(self) -> None:
        """Read from the beginning: the file was emptied."""
        self._start_at(0)

    def _start_at(self, position: int) -> None:
        self._file.seek(position)
        self._decoder, self.unfinished = _decoder(), ""

    def close(self) -> None:
        self._file.close()


def _decoder() -> io.IncrementalNewlineDecoder:
    return io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
