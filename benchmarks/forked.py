"""The program in a fork of this process, which has imported all of it: run to its end, or killed on the way."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def start(command: Callable[[], int]) -> int:
    """Begin in a session of its own what returns an exit code; return the number of its process."""
    sys.stdout.flush()  # what is not printed yet would be printed by both
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setsid()
        code = command()
        sys.stdout.flush()
    finally:
        os._exit(code)


def ended(pid: int) -> int:
    """Wait for it; return its exit code, the negative number of a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed(pid: int, after_s: float) -> bool:
    """Kill it after so many seconds; return whether it was still at work. Its own children go on."""
    time.sleep(after_s)
    os.kill(pid, signal.SIGKILL)
    return ended(pid) == -signal.SIGKILL


def redirect(answer: Path | None = None) -> None:
    """Give this process an empty input, and let what it prints go into a file, or nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    out = null if answer is None else os.open(answer, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    for stream, handle in ((0, null), (1, out), (2, null)):
        os.dup2(handle, stream)


def options(arguments: Sequence[str] | None, what: str, *, kills: int, each: int) -> argparse.Namespace:
    """Return the options of a benchmark that kills trials or tunings: kills, seed, each. kills, each: their defaults."""
    parser = argparse.ArgumentParser(description=f"kill -9 at random moments of {what}s")
    parser.add_argument("--kills", type=int, default=kills, help=f"how often in all (default {kills})")
    parser.add_argument("--seed", type=int, default=7, help="of the moments (default 7)")
    parser.add_argument(
        f"--per-{what}", dest="each", type=int, default=each, help=f"kills of one {what} before it may end (default {each})"
    )
    chosen = parser.parse_args(arguments)
    if chosen.kills < 1 or sys.platform == "win32":
        parser.error("--kills must be at least 1, on a system with fork")
    return chosen
