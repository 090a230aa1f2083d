"""Distributes pictures over the machines of a Dask cluster."""

from __future__ import annotations

import contextlib
import os
import queue
import site
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from avatar.faces import parallel
from avatar.faces.crops import Outcome, Task
from avatar.system import environment
from avatar.texts.text import PipelineError
from config import PROGRAM_DIR

CONNECT_S = 10  # [choice] to wait for a scheduler


def on_dask(tasks: Sequence[Task], scheduler: str) -> Iterator[Outcome]:
    """Distribute tasks over the workers of a Dask scheduler ("tcp://192.168.1.5:8786"); a lost worker's are repeated.

    Raises PipelineError("faces.no_backend"), ("faces.no_scheduler"), ("faces.no_machines"), ("faces.not_shared").
    """
    try:
        import distributed
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        command = f'"{Path(sys.executable)}" -m pip install distributed'
        raise PipelineError("faces.no_backend", backend="dask", command=command) from error
    if not scheduler:
        raise PipelineError("faces.no_scheduler", address="-", detail="--scheduler")
    with contextlib.closing(_connected(distributed.Client, scheduler)) as client:
        try:
            machines = _prepared_machines(client, scheduler, tasks[0])
        except PipelineError:
            raise
        except Exception as error:  # it answers, but not as a scheduler does
            raise _no_scheduler(scheduler, error) from error
        yield from parallel.replacing_dead_workers(
            tasks, lambda some: parallel.parallel(some, "dask", -1, 0), KilledWorker, 3 * machines
        )


def _connected(connect: Any, scheduler: str) -> Any:
    """Return a client of a scheduler. Raises PipelineError("faces.no_scheduler"), whatever it is that answers there.

    Another server's bytes fail in the reader in any way (MemoryError for 3 EiB); one that says nothing is waited for without
    end, so this happens in a thread that can be left alone.
    """
    found: queue.Queue[Any] = queue.Queue()

    def wait() -> None:
        try:
            found.put(connect(scheduler, timeout=CONNECT_S, set_as_default=True))
        except Exception as error:  # noqa: BLE001  # told below
            found.put(error)

    threading.Thread(target=wait, daemon=True).start()
    try:
        answer = found.get(timeout=2 * CONNECT_S)
    except queue.Empty as error:
        raise _no_scheduler(scheduler, error) from error
    if isinstance(answer, Exception):
        raise _no_scheduler(scheduler, answer) from answer
    return answer


def _no_scheduler(scheduler: str, error: Exception) -> PipelineError:
    return PipelineError("faces.no_scheduler", address=scheduler, detail=str(error)[:300] or type(error).__name__)


def _prepared_machines(client: Any, scheduler: str, task: Task) -> int:
    """Put the program on the import path of scheduler and workers; return how many workers there are. Raises PipelineError.

    The scheduler unpickles tasks too; if it cannot, joblib would wait for ever.
    """
    program = str(PROGRAM_DIR / "avatar" / "faces" / "parallel.py")
    client.run_on_scheduler(site.addsitedir, str(PROGRAM_DIR))
    client.run(site.addsitedir, str(PROGRAM_DIR))
    if not client.run_on_scheduler(os.path.isfile, program):
        raise PipelineError("faces.not_shared", machines=scheduler, path=program)
    there: dict[str, bool] = {}
    for path in (program, str(task.original)):
        there = client.run(os.path.isfile, path)
        if not there:
            raise PipelineError("faces.no_machines", address=scheduler)
        if blind := sorted(machine for machine, found in there.items() if not found):
            raise PipelineError("faces.not_shared", machines=", ".join(blind), path=path)
    client.run(environment.prepare)
    return len(there)
