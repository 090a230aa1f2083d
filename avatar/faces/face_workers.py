"""Many pictures at once: in this process, in processes of this machine, or on other machines by Dask or Ray.

joblib spreads the tasks, whatever the back end. Other machines must reach the client's folder and the program's under the
same paths (a shared folder): originals are read and crops written there, and only numbers travel. Connections are as safe
as the network: neither Dask nor Ray encrypts or asks for a password unless it is set up to.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import math
import os
import site
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from avatar.faces import face_crops, face_engines
from avatar.faces.face_crops import Outcome, Task
from avatar.faces.faces import DetectedFace, Detector
from avatar.texts.text import PipelineError
from config import PROGRAM_DIR, FaceEngine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

# [measured] of one worker on 24 MP pictures: 390 MB on JPEG, 490 MB on RAW, and 510 MB more for TensorFlow; with some
# room for larger ones.
WORKER_BYTES: dict[FaceEngine, int] = {"onnx": 700_000_000, "mtcnn": 1_200_000_000}
PARENT_POLL_S = 1.0
PICTURES_PER_WORKER = 8  # fewer do not pay for the seconds in which a process starts
CONNECT_S = 10  # [choice] to wait for a scheduler
SILENCE_S = 300  # [choice] without any result from other machines; the slowest picture takes some 10 s

Backend = Literal["loky", "dask", "ray"]


@dataclass(frozen=True)
class Spread:
    """What the pictures are spread over.

    backend    loky: processes of this machine; dask and ray: the machines of a cluster
    scheduler  its address ("tcp://192.168.1.5:8786"); empty with ray: the cluster this machine belongs to
    """

    backend: Backend = "loky"
    scheduler: str = ""


HERE = Spread()


def planned(pictures: int, asked: int | None, engine: FaceEngine = "onnx") -> int:
    """Return how many processes this machine should use; see `plan_workers`."""
    import joblib
    import psutil

    # cpu_count: what this process may use; containers and affinity count.
    return plan_workers(pictures, int(joblib.cpu_count()), int(psutil.virtual_memory().available), asked, engine)


def plan_workers(pictures: int, cores: int, free_bytes: int, asked: int | None = None, engine: FaceEngine = "onnx") -> int:
    """Return how many processes to use: never more than pictures, nor than asked for or cores and free memory bear."""
    if asked is not None:
        return max(1, min(asked, pictures))
    return max(1, min(cores, free_bytes // WORKER_BYTES[engine], math.ceil(pictures / PICTURES_PER_WORKER)))


def outcomes(
    tasks: Sequence[Task], workers: int, *, detector: Detector | None = None, spread: Spread = HERE
) -> Iterator[Outcome]:
    """Yield the outcome of every task as it comes, in any order.

    workers   processes of this machine; 1, or a given detector: this one. A cluster decides for itself
    Raises PipelineError("faces.no_backend"), ("faces.no_scheduler"), ("faces.no_machines"),
    ("faces.not_shared") and ("faces.no_answer").
    """
    if not tasks:
        return
    if spread.backend == "dask":
        yield from _on_dask(tasks, spread.scheduler)
    elif spread.backend == "ray":
        yield from _on_ray(tasks, spread.scheduler)
    elif detector is not None or workers == 1:
        for task in tasks:
            yield face_crops.examine(task, detector or _detector(task.face_settings.engine))
    else:
        yield from _in_workers(tasks, workers)


def examine_here(task: Task) -> Outcome:
    """Examine one picture in this process."""
    return face_crops.examine(task, _detector(task.face_settings.engine))


class _LateDetector:
    """Starts the engine at the first picture that must be looked at, so that cutting anew does without."""

    def __init__(self, kind: FaceEngine) -> None:
        self._kind = kind
        self._engine: Detector | None = None

    def detect(self, rgb: Pixels, *, smallest_px: int = 20) -> list[DetectedFace]:
        if self._engine is None:
            self._engine = face_engines.make_detector(self._kind)
        return self._engine.detect(rgb, smallest_px=smallest_px)


@functools.lru_cache(maxsize=1)
def _detector(kind: FaceEngine) -> _LateDetector:
    """Return this process's engine: one, whatever many pictures come."""
    return _LateDetector(kind)


# --- this machine ----------------------------------------------------------------------------------------------------


def _examine_in_worker(task: Task, program: int) -> Outcome:
    """Examine one picture in a worker process of the program with process id `program`; 0: on another machine."""
    import cv2

    cv2.setNumThreads(1)  # the processes share the cores already
    if program:
        _leave_with(program)
    return examine_here(task)


@functools.lru_cache(maxsize=1)  # one watch a worker, whatever it examines
def _leave_with(program: int) -> None:
    """End this worker soon after the program has ended, even by kill -9: it would hold 700 MB for minutes else."""

    def watch() -> None:
        import psutil

        # The parent changes on POSIX; on Windows it stays, so that its process is looked for.
        while os.getppid() == program and psutil.pid_exists(program):
            time.sleep(PARENT_POLL_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _in_workers(tasks: Sequence[Task], workers: int) -> Iterator[Outcome]:
    from joblib.externals.loky.process_executor import BrokenProcessPool

    def at_once(some: Sequence[Task]) -> Iterator[Outcome]:
        # Two workers even for one picture: with one, joblib would run it in this very process, and die with it.
        return _parallel(some, "loky", max(2, min(workers, len(some))), os.getpid())

    try:
        yield from _surviving(tasks, at_once, BrokenProcessPool, 3 * workers)  # two a worker are handed out; one may be late
    finally:
        _dismiss_workers()


def _surviving(
    tasks: Sequence[Task], at_once: Callable[[Sequence[Task]], Iterator[Outcome]], death: type[Exception], under_way: int
) -> Iterator[Outcome]:
    """Yield outcomes as they come; a worker that dies costs the picture it died on, not the run.

    Which one that was is not known, so the `under_way` pictures that it can have been are then taken one at a time.
    """
    left = {task.image_id: task for task in tasks}
    while left:
        try:
            for outcome in at_once(list(left.values())):
                del left[outcome.image_id]
                yield outcome
        except death as error:
            logging.getLogger(__name__).warning("a worker died: %s", error)
            for task in list(left.values())[:under_way]:
                del left[task.image_id]
                yield _alone(task, at_once, death)


def _alone(task: Task, at_once: Callable[[Sequence[Task]], Iterator[Outcome]], death: type[Exception]) -> Outcome:
    try:
        (outcome,) = at_once([task])  # to its end: joblib aborts a pool whose results are left lying
        return outcome
    except death:
        return Outcome(task.image_id, key="faces.worker_died")


def _parallel(tasks: Sequence[Task], backend: Backend, workers: int, program: int) -> Iterator[Outcome]:
    """Yield outcomes as they come. Raises PipelineError("faces.no_answer") where other machines fall silent."""
    import multiprocessing
    import warnings

    import joblib

    with warnings.catch_warnings(), joblib.parallel_config(backend=backend, n_jobs=workers):
        # A worker that grew too large is replaced: what is meant to happen.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
        # Dask waits for ever for a machine that left while it worked.
        silence = None if backend == "loky" else SILENCE_S
        pool = joblib.Parallel(return_as="generator_unordered", batch_size=1, timeout=silence)
        try:
            yield from pool(joblib.delayed(_examine_in_worker)(task, program) for task in tasks)
        except (TimeoutError, multiprocessing.TimeoutError) as error:
            raise PipelineError("faces.no_answer", seconds=SILENCE_S, backend=backend) from error


def _dismiss_workers() -> None:
    """End the worker processes now: each holds its networks, and idle ones would stay for minutes."""
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True, kill_workers=True)


# --- other machines --------------------------------------------------------------------------------------------------


def _on_dask(tasks: Sequence[Task], scheduler: str) -> Iterator[Outcome]:
    try:
        import distributed
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise _missing("dask", "distributed") from error
    if not scheduler:
        raise PipelineError("faces.no_scheduler", address="-", detail="--scheduler")
    connected: Any = distributed.Client
    try:
        client = connected(scheduler, timeout=CONNECT_S, set_as_default=True)
    except (OSError, ValueError, TimeoutError) as error:
        raise PipelineError("faces.no_scheduler", address=scheduler, detail=str(error) or type(error).__name__) from error
    with contextlib.closing(client):
        machines = _prepared_machines(client, scheduler, tasks[0])
        yield from _surviving(tasks, lambda some: _parallel(some, "dask", -1, 0), KilledWorker, 3 * machines)


def _prepared_machines(client: Any, scheduler: str, task: Task) -> int:
    """Let scheduler and workers find the program; return how many workers there are. Raises PipelineError.

    The scheduler, too, unpacks tasks; where it cannot, joblib would wait for ever.
    """
    program = str(PROGRAM_DIR / "avatar" / "faces" / "face_workers.py")
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
    return len(there)


def _on_ray(tasks: Sequence[Task], address: str) -> Iterator[Outcome]:
    """Spread over a Ray cluster. Not covered: a machine that leaves ends the run; the next one does the rest."""
    try:
        import ray
        from ray.util.joblib import register_ray
    except ImportError as error:
        raise _missing("ray", "ray") from error
    try:
        # The workers look for the program where this process found it.
        ray.init(address=address or "auto", runtime_env={"env_vars": {"PYTHONPATH": str(PROGRAM_DIR)}})
    except (OSError, ValueError, RuntimeError) as error:
        raise PipelineError("faces.no_scheduler", address=address or "auto", detail=str(error)) from error
    try:
        register_ray()
        yield from _parallel(tasks, "ray", -1, 0)
    finally:
        ray.shutdown()


def _missing(backend: Backend, package: str) -> PipelineError:
    command = f'"{Path(sys.executable)}" -m pip install {package}'
    return PipelineError("faces.no_backend", backend=backend, command=command)
