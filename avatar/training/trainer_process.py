"""The trainer as a process: our own child, or one that a killed program left running."""

from __future__ import annotations

import contextlib
import subprocess
import time
from typing import Protocol

from avatar.system import process_tree


class Trainer(Protocol):
    """A running trainer: our own child, or one left by a killed program."""

    pid: int

    @property
    def born(self) -> float:
        """When it began, by the clock as it goes now: births move with a clock that is set (psutil, create_time)."""
        ...

    def ended(self) -> bool: ...

    def code(self) -> int | None:
        """Return how it ended, as subprocess gives it; None where nobody can know."""
        ...


class OwnTrainer:
    """The trainer that this program has started."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self.child, self.pid = child, child.pid
        self._born = time.time()

    @property
    def born(self) -> float:
        if self.child.returncode is None:  # its number cannot be another's before we have collected it
            self._born = process_tree.start_time(self.pid) or self._born
        return self._born

    def ended(self) -> bool:
        return self.child.poll() is not None

    def code(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.child.wait(timeout=10)
        return None


class AdoptedTrainer:
    """A trainer whose program is gone. Only Windows tells the exit code of a process that is nobody's child of ours."""

    def __init__(self, pid: int, born: float) -> None:
        import psutil

        self.pid, self._born = pid, born
        self._process: psutil.Process | None = None
        if process_tree.is_running(pid, born):
            with contextlib.suppress(psutil.Error):
                self._process = psutil.Process(pid)

    @property
    def born(self) -> float:
        if not self.ended():
            self._born = process_tree.start_time(self.pid) or self._born
        return self._born

    def ended(self) -> bool:
        return self._process is None or not process_tree.is_alive(self._process)

    def code(self) -> int | None:
        import psutil

        if self._process is None:
            return None
        with contextlib.suppress(psutil.Error):
            return self._process.wait(timeout=5)
        return None
