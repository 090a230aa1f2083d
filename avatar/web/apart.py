"""What would fill the dashboard's memory, in another process: the dashboard stays for days, and memory goes with a process.

To cut out a face takes 160 MB of libraries, to read ten thousand records 170 MB, which Python does not give back [measured].
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from avatar.texts.text import PipelineError

STAYS_S = 60.0  # [choice] without a call
Answer = TypeVar("Answer")

_GUARD = threading.Lock()  # one call at a time
_POOLS: list[ProcessPoolExecutor] = []
_ENDS: list[threading.Timer] = []


def call(function: Callable[..., Answer], *arguments: object) -> Answer:
    """Return what a function of a module returns in another process; it raises what that raises.

    Raises PipelineError("web.review.no_answer") where that process ended before its time.
    """
    with _GUARD:
        while _ENDS:
            _ENDS.pop().cancel()
        if not _POOLS:
            _POOLS.append(ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin))
        try:
            return _POOLS[0].submit(function, *arguments).result()
        except BrokenProcessPool as error:
            _POOLS.clear()
            raise PipelineError("web.review.no_answer", detail=str(error)) from error
        finally:
            timer = threading.Timer(STAYS_S, end)
            timer.daemon = True
            _ENDS.append(timer)
            timer.start()


def end() -> None:
    """End the process that `call` keeps, if there is one."""
    with _GUARD:
        while _POOLS:
            _POOLS.pop().shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """Ends with the program that started this process, however that ends; Ctrl+C is that program's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
