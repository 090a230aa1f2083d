"""Processes that may outlive the program: found again by pid and start time, ended with all their descendants."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psutil import Process


MARK = "AVATAR_RUN"  # variable in the environment of a process of `child.start_logged` and of all that come from it
BORN_TOLERANCE_S = 2.0  # psutil rounds the boot time; numbers of processes are not used again as fast as that


def start_time(pid: int) -> float | None:
    """Return the process's start time, or None if it is not running (zombies count as not running)."""
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
    """Return whether the process with this pid is still the one that started at `born`."""
    found = start_time(pid)
    return found is not None and abs(found - born) < BORN_TOLERANCE_S


def process_tree(pid: int, born: float, mark: str = "") -> list[Process]:
    """Return a process of `start_logged` and all its descendants, oldest first, even if the first one has ended.

    mark  of the tree, if known (see `mark_of`): also finds descendants in a session of their own, such as daemons
    Not found on Windows without a mark: descendants whose parent has ended.
    """
    import psutil

    there = start_time(pid)
    if there is not None and abs(there - born) >= BORN_TOLERANCE_S:
        return []  # the number is another's now
    known = {pid}
    members = []
    everyone = psutil.process_iter(["ppid", "create_time", "status"])
    for process in sorted(everyone, key=lambda one: (one.info["create_time"] or 0.0, one.pid)):
        if (process.info["create_time"] or 0.0) < born - BORN_TOLERANCE_S:
            continue
        related = process.pid in known or process.info["ppid"] in known or _session_of(process.pid) == pid
        if related or (mark and mark_of(process) == mark):
            known.add(process.pid)
            if process.info["status"] != psutil.STATUS_ZOMBIE:
                members.append(process)
    return members


def mark_of(process: Process) -> str:
    """Return what `child.start_logged` marked a process's environment with, "" where there is none or it cannot be read."""
    import psutil

    try:
        return str(process.environ().get(MARK, ""))
    except (psutil.Error, OSError):
        return ""


def _session_of(pid: int) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        return os.getsid(pid)
    except OSError:
        return None


def command_of(pid: int) -> list[str] | None:
    """Return the command line of a process, None if it has ended or cannot be read."""
    import psutil

    try:
        return list(psutil.Process(pid).cmdline())
    except psutil.Error:
        return None


def running(words: Sequence[str], since: float) -> list[tuple[int, float]]:
    """Return (pid, start time) of every process started since then whose command line ends with exactly these words.

    Oldest first: a launcher comes before the process it started.
    """
    import psutil

    found = []
    for process in psutil.process_iter(["cmdline", "create_time", "status"]):
        born = float(process.info["create_time"] or 0.0)
        ours = list(process.info["cmdline"] or ())[-len(words) :] == list(words) and born >= since - BORN_TOLERANCE_S
        if ours and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append((process.pid, born))
    return sorted(found, key=lambda one: one[1])


def end_tree(pid: int, born: float, grace_s: float = 10.0, meanwhile: Callable[[], object] = lambda: None) -> None:
    """End a process and all its descendants: SIGINT, SIGTERM, SIGKILL, with up to grace_s seconds for each.

    meanwhile  is called repeatedly while waiting
    """
    steps: list[Callable[[Process], object]]
    if sys.platform == "win32":
        # CTRL_BREAK reaches only processes of this console; those of a program that is gone have another or none.
        steps = [lambda one: one.send_signal(signal.CTRL_BREAK_EVENT), lambda one: one.kill()]
    else:
        steps = [partial(_send, number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)]
    mark = next((found for member in process_tree(pid, born) if (found := mark_of(member))), "")
    for step in steps:
        members = process_tree(pid, born, mark)
        for member in members:
            _try(step, member)
        deadline = time.monotonic() + grace_s
        while members and time.monotonic() < deadline:
            members = [member for member in members if is_alive(member)]
            meanwhile()
            time.sleep(0.05 if members else 0)
        if not process_tree(pid, born, mark):
            return


def _send(number: int, process: Process) -> None:
    process.send_signal(number)


def _try(step: Callable[[Process], object], process: Process) -> None:
    import psutil

    with contextlib.suppress(psutil.Error, OSError, ValueError):  # gone, or of another console
        step(process)


def is_alive(process: Process) -> bool:
    """Return whether this is still the same process and it is not a zombie.

    Not by wait(): for a child of ours that would consume its exit code.
    """
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
