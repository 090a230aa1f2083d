"""Where pictures are processed: in this process, in worker processes, or on a cluster."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from avatar.faces import cluster, parallel
from avatar.faces.crops import Outcome, Task
from avatar.faces.face import Detector
from avatar.faces.parallel import Backend, Job, Out
from config import FaceEngine

# [measured] of one worker on 24 MP pictures: 390 MB on JPEG, 490 MB on RAW, and 510 MB more for TensorFlow; with some
# room for larger ones.
WORKER_BYTES: dict[FaceEngine, int] = {"onnx": 700_000_000, "mtcnn": 1_200_000_000}
USUAL_PIXELS, PIXEL_BYTES = 24_000_000, 8  # a larger picture takes so much more [measured: decode.load_rgb of 100 MP, 760 MB]
PICTURES_PER_WORKER = 8  # fewer do not pay for the seconds in which a process starts


@dataclass(frozen=True)
class Spread:
    """Where worker processes run.

    backend    loky: processes of this machine; dask: the machines of a cluster
    scheduler  its address ("tcp://192.168.1.5:8786")
    """

    backend: Backend = "loky"
    scheduler: str = ""


HERE = Spread()


def planned(pictures: int, asked: int | None, engine: FaceEngine = "onnx", largest_pixels: int = 0) -> int:
    """Return how many processes this machine should use; see `plan_workers`."""
    import joblib
    import psutil

    # cpu_count: what this process may use; containers and affinity count.
    return plan_workers(
        pictures, int(joblib.cpu_count()), int(psutil.virtual_memory().available), asked, engine, largest_pixels
    )


def plan_workers(
    pictures: int, cores: int, free_bytes: int, asked: int | None = None, engine: FaceEngine = "onnx", largest_pixels: int = 0
) -> int:
    """Return how many processes to use: as requested, else by cores and free memory; never more than pictures.

    largest_pixels  of the largest picture: each process may decode one like it at the same time
    """
    each = WORKER_BYTES[engine] + PIXEL_BYTES * max(0, largest_pixels - USUAL_PIXELS)
    if asked is not None:
        return max(1, min(asked, pictures))
    return max(1, min(cores, free_bytes // each, math.ceil(pictures / PICTURES_PER_WORKER)))


def outcomes(
    tasks: Sequence[Task], workers: int, *, detector: Detector | None = None, spread: Spread = HERE
) -> Iterator[Outcome]:
    """Yield the outcome of every task as it comes, in any order.

    workers   processes of this machine; 1, or a given detector: this process. A cluster uses all of its workers
    Raises PipelineError("cluster.not_installed"), ("cluster.no_scheduler"), ("cluster.no_machines"),
    ("cluster.not_shared") and ("faces.no_answer").
    """
    if not tasks:
        return
    if spread.backend == "dask":
        yield from cluster.on_dask(tasks, spread.scheduler)
    else:
        yield from here(tasks, workers, detector=detector)


def here(tasks: Sequence[Job[Out]], workers: int, *, detector: Detector | None = None) -> Iterator[Out]:
    """Yield the results of jobs as they come, in any order, from processes of this machine, or this one; as `outcomes`."""
    if detector is not None or workers == 1:
        for task in tasks:
            yield task.examine(detector or parallel.process_detector(task.face_settings.engine))
    elif tasks:
        yield from parallel.in_workers(tasks, workers)
