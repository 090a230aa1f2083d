"""Other machines by a Dask scheduler: reached, or said why not, and made ready to run this program from a shared folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import site
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from avatar.system import environment
from avatar.texts.text import PipelineError, Text
from config import PROGRAM_DIR

CONNECT_S = 10  # [choice] to wait for a scheduler


@contextlib.contextmanager
def connected(scheduler: str) -> Iterator[Any]:
    """Connect to a scheduler ("tcp://192.168.1.5:8786"); yield Dask's client, and close it.

    Raises PipelineError("cluster.not_installed"), ("cluster.no_scheduler").
    """
    try:
        import distributed
    except ImportError as error:
        command = f'"{Path(sys.executable)}" -m pip install distributed'
        raise PipelineError("cluster.not_installed", backend="dask", command=command) from error
    _prove(scheduler, distributed.rpc)
    connect: Any = distributed.Client
    try:
        client = connect(scheduler, timeout=CONNECT_S, set_as_default=True)
    except Exception as error:  # it answered a moment ago
        raise _no_scheduler(scheduler, error) from error
    with contextlib.closing(client):
        yield client


def _prove(scheduler: str, rpc: Any) -> None:
    """Ask a scheduler what it is, on a loop of its own. Raises PipelineError("cluster.no_scheduler"), whatever answers there.

    Another server's bytes fail in the reader in any way (MemoryError for 3 EiB), and one that says nothing is waited
    for without end. A Dask client that meets either is never closed, and when it is collected it takes the lock that all
    clients of this process start under: where the next one holds it at that moment, neither ever ends (distributed
    2026.8, client.py `__del__`, utils.py `LoopRunner`). So a client is made only of what has proved to be a scheduler.
    """
    if not scheduler:
        raise PipelineError("cluster.no_scheduler", address="-", detail="--scheduler")

    async def identity() -> Any:
        async with rpc(scheduler, timeout=CONNECT_S) as there:
            return await asyncio.wait_for(there.identity(), CONNECT_S)

    try:
        kind = asyncio.run(identity())["type"]
    except asyncio.TimeoutError as error:  # connected, and no word
        raise PipelineError("cluster.no_scheduler", address=scheduler, detail=Text("detail.timed_out")) from error
    except OSError as error:
        raise _no_scheduler(scheduler, error) from error
    except Exception as error:  # bytes that are no answer
        raise PipelineError("cluster.no_scheduler", address=scheduler, detail=Text("cluster.other_server")) from error
    if kind != "Scheduler":  # a worker's address
        raise PipelineError("cluster.no_scheduler", address=scheduler, detail=Text("cluster.other_server"))


def _no_scheduler(scheduler: str, error: Exception) -> PipelineError:
    return PipelineError("cluster.no_scheduler", address=scheduler, detail=str(error)[:300] or type(error).__name__)


def prepared(client: Any, scheduler: str, paths: Sequence[Path]) -> list[str]:
    """Put the program on the import path of scheduler and workers; return the workers' addresses, in order.

    paths  files that every worker must see too
    The scheduler unpickles tasks too; if it cannot, joblib would wait for ever.
    Raises PipelineError("cluster.no_scheduler"), ("cluster.not_shared"), ("cluster.no_machines").
    """
    try:
        return _prepared(client, scheduler, paths)
    except PipelineError:
        raise
    except Exception as error:  # it answers, but not as a scheduler does
        raise _no_scheduler(scheduler, error) from error


def _prepared(client: Any, scheduler: str, paths: Sequence[Path]) -> list[str]:
    program = str(PROGRAM_DIR / "avatar" / "system" / "cluster.py")
    client.run_on_scheduler(site.addsitedir, str(PROGRAM_DIR))
    client.run(site.addsitedir, str(PROGRAM_DIR))
    if not client.run_on_scheduler(os.path.isfile, program):
        raise PipelineError("cluster.not_shared", machines=scheduler, path=program)
    there: dict[str, bool] = {}
    for path in (program, *(str(one) for one in paths)):
        there = client.run(os.path.isfile, path)
        if not there:
            raise PipelineError("cluster.no_machines", address=scheduler)
        if blind := sorted(machine for machine, found in there.items() if not found):
            raise PipelineError("cluster.not_shared", machines=", ".join(blind), path=path)
    client.run(environment.prepare)
    return sorted(there)
