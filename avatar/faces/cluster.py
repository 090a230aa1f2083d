"""Distributes pictures over the machines of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from avatar.faces import parallel
from avatar.faces.crops import Outcome, Task
from avatar.system import cluster


def on_dask(tasks: Sequence[Task], scheduler: str) -> Iterator[Outcome]:
    """Distribute tasks over the workers of a Dask scheduler ("tcp://192.168.1.5:8786"); a lost worker's are repeated.

    Raises PipelineError("cluster.not_installed"), ("cluster.no_scheduler"), ("cluster.no_machines"), ("cluster.not_shared").
    """
    with cluster.connected(scheduler) as client:
        from distributed.scheduler import KilledWorker

        machines = len(cluster.prepared(client, scheduler, [tasks[0].original]))
        yield from parallel.replacing_dead_workers(
            tasks, lambda some: parallel.parallel(some, "dask", -1, 0), KilledWorker, 3 * machines
        )
