"""Processes that may outlive the program: found again by their start time, ended with all their descendants."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psutil import Process


BORN_TOLERANCE_S = 2.0  # psutil rounds the boot time; numbers of processes are not used again as fast as that


def birth_of(pid: int) -> float | None:
    """Return when a process began, None where none of that number runs (a dead one that nobody has collected does not)."""
    try:
        import psutil
    except ImportError:
        return None
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except (psutil.Error, ValueError, OverflowError):  # of a number that no process can have
        return None


def is_running(pid: int, born: float) -> bool:
    """Tell whether the process of that number is still the one that began at born."""
    found = birth_of(pid)
    return found is not None and abs(found - born) < BORN_TOLERANCE_S


def family(pid: int, born: float) -> list[Process]:
    """Return a process of `start_logged` and all that came from it, oldest first, also where the first itself is gone.

    Not found on Windows: descendants of one in between that is gone.
    """
    import psutil

    there = birth_of(pid)
    if there is not None and abs(there - born) >= BORN_TOLERANCE_S:
        return []  # the number is another's now
    known = {pid}
    members = []
    everyone = psutil.process_iter(["ppid", "create_time", "status"])
    for process in sorted(everyone, key=lambda one: (one.info["create_time"] or 0.0, one.pid)):
        if (process.info["create_time"] or 0.0) < born - BORN_TOLERANCE_S:
            continue
        if process.pid in known or process.info["ppid"] in known or _session_of(process.pid) == pid:
            known.add(process.pid)
            if process.info["status"] != psutil.STATUS_ZOMBIE:
                members.append(process)
    return members


def _session_of(pid: int) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        return os.getsid(pid)
    except OSError:
        return None


def with_argument(argument: str) -> list[tuple[int, float]]:
    """Return (number, birth) of every running process that was started with exactly this argument, oldest first."""
    import psutil

    found = []
    for process in psutil.process_iter(["cmdline", "create_time", "status"]):
        if argument in (process.info["cmdline"] or ()) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append((process.pid, float(process.info["create_time"])))
    return sorted(found, key=lambda one: one[1])


def end_family(pid: int, born: float, grace_s: float = 10.0, meanwhile: Callable[[], object] = lambda: None) -> None:
    """End a process and all that came from it: ask, insist, force, with up to grace_s seconds for each.

    meanwhile  is called again and again while it waits
    """
    steps: list[Callable[[Process], object]]
    if sys.platform == "win32":
        # CTRL_BREAK reaches only processes of this console; those of a program that is gone have another or none.
        steps = [lambda one: one.send_signal(signal.CTRL_BREAK_EVENT), lambda one: one.kill()]
    else:
        steps = [partial(_send, number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)]
    for step in steps:
        members = family(pid, born)
        for member in members:
            _try(step, member)
        deadline = time.monotonic() + grace_s
        while members and time.monotonic() < deadline:
            members = [member for member in members if lives(member)]
            meanwhile()
            time.sleep(0.05 if members else 0)
        if not family(pid, born):
            return


def _send(number: int, process: Process) -> None:
    process.send_signal(number)


def _try(step: Callable[[Process], object], process: Process) -> None:
    import psutil

    with contextlib.suppress(psutil.Error, OSError, ValueError):  # gone, or of another console
        step(process)


def lives(process: Process) -> bool:
    """Tell whether a process is still the one it was and at work; dead ones that nobody has collected are not.

    Waiting for a child of ours here would swallow its exit code.
    """
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
