"""What this computer runs short of: such an error is no file's fault, and the next file would meet it as well."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from pathlib import Path

from avatar.texts.text import PipelineError, Text

FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})  # EDQUOT: not on Windows
FEW_FILES = frozenset({errno.EMFILE, errno.ENFILE})
# [choice] What a stage may need at once, with some room: an import's 31 threads at most read and write, with 1 to 3 files
# each, and a worker process for every core has 4 pipes at most; OpenBLAS starts a thread for every core.
FILES, THREADS = 64, 32
PIPES_PER_CORE, THREADS_PER_CORE = 4, 1
ENOUGH_FILES = 4096  # [choice] macOS begins with 256 and allows more
KEYS = frozenset({"system.disk_full", "system.few_files", "system.few_threads"})  # of what `told` returns


def told(error: BaseException) -> Text | None:
    """Return an error that says that no more room, files, threads or processes are to be had, as a text; None for any other."""
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, OSError) and number in FULL:
        return Text("system.disk_full", {"detail": error.strerror or str(error), "path": place_of(error)})
    if number in FEW_FILES:
        return Text("system.few_files")
    if isinstance(error, BlockingIOError) or (isinstance(error, RuntimeError) and "can't start new thread" in str(error)):
        return Text("system.few_threads")  # a process that cannot be started is EAGAIN
    return None


def place_of(error: OSError) -> object:
    """Return where an error of the system was, as the user knows the place."""
    if error.filename is None:
        return Text("system.unnamed_file")
    path = Path(str(error.filename))
    return str(path.parent if path.name.startswith(".") else path)  # a temporary file or a lock of ours: its folder


def require() -> None:
    """Raise PipelineError("system.few_files") or ("system.few_threads") where a stage could not work to its end.

    Here, before anything is begun: later, libraries take a file that they cannot open for one that is not there, and OpenBLAS
    interrupts the program where it gets no thread.
    """
    _allow_more_files()
    cores = os.cpu_count() or 1
    try:
        with contextlib.ExitStack() as held:
            for _ in range(FILES + PIPES_PER_CORE * cores):
                held.callback(os.close, os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        if (short := told(error)) is not None:
            raise PipelineError.of(short) from error
    over, started = threading.Event(), []
    try:
        for _ in range(THREADS + THREADS_PER_CORE * cores):
            one = threading.Thread(target=over.wait, daemon=True)
            one.start()
            started.append(one)
    except RuntimeError as error:
        raise PipelineError("system.few_threads") from error
    finally:
        over.set()
        for one in started:
            one.join()


def _allow_more_files() -> None:
    """Raise this program's own limit of open files as far as the system lets it."""
    if sys.platform != "win32":
        import resource

        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = ENOUGH_FILES if most == resource.RLIM_INFINITY else min(ENOUGH_FILES, most)
        if 0 <= now < wanted:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
