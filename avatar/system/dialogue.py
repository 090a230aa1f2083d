"""A child that is told lines and answers with lines, and that ends when this program does.

Its standard input is a pipe of ours: however we end, it closes, and a child that reads from it sees the end of its input.
"""

from __future__ import annotations

import contextlib
import queue
import secrets
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from avatar.system import child as system_child
from avatar.system import process_tree


class Dialogue:
    """A running child. Lines end at "\\n" and "\\r"; standard error comes in the same stream as standard output.

    It has a process group of its own, so that Ctrl+C in our terminal is ours alone, and a mark in its environment by which
    all that comes from it is found. Raises OSError where it cannot start.
    """

    def __init__(self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> None:
        marked = {**environment, process_tree.MARK: secrets.token_hex(8)}
        self._child = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd, env=marked,
            encoding="utf-8", errors="replace", **system_child.new_group(),
        )  # fmt: skip
        self.pid = self._child.pid
        assert self._child.stdout is not None  # noqa: S101  # PIPE was asked for
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=system_child.pump, args=(self._child.stdout, self._lines), daemon=True)
        self._reader.start()

    def tell(self, line: str) -> None:
        """Send a line; a child that is gone does not hear it."""
        assert self._child.stdin is not None  # noqa: S101  # PIPE was asked for
        with contextlib.suppress(OSError, ValueError):
            self._child.stdin.write(f"{line}\n")
            self._child.stdin.flush()

    def next_line(self, timeout_s: float) -> str | None:
        """Return the next line, None once the child has closed its output. Raises queue.Empty after timeout_s."""
        line = self._lines.get(timeout=timeout_s)
        if line is None:
            self._lines.put(None)  # so is every further answer
        return line

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    def code(self) -> int | None:
        """Return how it ended, negative for a signal; None where it does not within seconds of closing its output."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._child.wait(timeout=10)
        return None

    def close(self, grace_s: float) -> None:
        """Close its input, wait up to grace_s seconds for it to end by itself, and end it then with its descendants."""
        self._hang_up()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout=grace_s)
        self.stop(grace_s)

    def stop(self, grace_s: float) -> None:
        """End it with all its descendants, up to grace_s seconds for each of SIGINT, SIGTERM and SIGKILL.

        In a thread: a second Ctrl+C cannot break it off.
        """
        if self.running or self._reader.is_alive():
            stopper = threading.Thread(target=system_child.stop_group, args=(self._child, self._reader, grace_s), daemon=True)
            stopper.start()
            ends = time.monotonic() + 4 * grace_s
            while stopper.is_alive() and time.monotonic() < ends:
                with contextlib.suppress(KeyboardInterrupt):
                    stopper.join(0.1)
        self._hang_up()
        self.code()
        assert self._child.stdout is not None  # noqa: S101  # PIPE was asked for
        if not self._reader.is_alive():
            self._child.stdout.close()

    def _hang_up(self) -> None:
        assert self._child.stdin is not None  # noqa: S101  # PIPE was asked for
        with contextlib.suppress(OSError, ValueError):
            self._child.stdin.close()
