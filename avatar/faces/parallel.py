"""Processes pictures in worker processes; a worker that dies loses only the picture it was working on."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from avatar.faces import engines as face_engines
from avatar.faces import yunet
from avatar.faces.face import Box, DetectedFace, Detector
from avatar.system import environment
from avatar.texts.text import PipelineError, Text
from config import FaceConfig, FaceEngine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

PARENT_POLL_S = 1.0
Backend = Literal["loky", "dask"]


class Result(Protocol):
    """What a job ends with, for better or worse."""

    @property
    def image_id(self) -> str: ...


Out_co = TypeVar("Out_co", bound=Result, covariant=True)
Out = TypeVar("Out", bound=Result)


class Job(Protocol[Out_co]):
    """One picture to work on: `crops.Task` of a client's picture, `looks.LookTask` of a drawn one. It is pickled."""

    @property
    def image_id(self) -> str: ...

    @property
    def face_settings(self) -> FaceConfig: ...

    def examine(self, detector: Detector) -> Out_co: ...

    def failed(self, problem: Text) -> Out_co: ...


AnyJob = TypeVar("AnyJob", bound=Job[Any])
SILENCE_S = 300  # [choice] without any result from other machines; the slowest picture takes some 10 s


def examine_here(task: Job[Out]) -> Out:
    """Examine one picture in this process."""
    return task.examine(process_detector(task.face_settings.engine))


class _LazyDetector:
    """Loads the engine at the first picture that needs detection; cutting known faces again needs none."""

    def __init__(self, kind: FaceEngine) -> None:
        self._kind = kind
        self._engine: face_engines.Engine | None = None
        self._glances = kind == "onnx"

    def _loaded(self) -> face_engines.Engine:
        if self._engine is None:
            self._engine = face_engines.make_detector(self._kind)
        return self._engine

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        return self._loaded().detect(rgb, smallest_px=smallest_px)

    def certainty(self, rgb: Pixels, box: Box) -> float:
        """Return how much the face in box is one, as `stylised.SecondOpinion`."""
        return self._loaded().certainty(rgb, box)

    def glance(self, rgb: Pixels, threshold: float) -> list[DetectedFace] | None:
        """Return what may be faces, as `glance.Glancing`; None for the engine that is the reference, and without YuNet."""
        if self._glances:
            try:
                return yunet.process_yunet().detect(rgb, threshold=threshold)
            except (ImportError, PipelineError):  # comparing faces says what is missing
                self._glances = False
        return None


@functools.lru_cache(maxsize=1)
def process_detector(kind: FaceEngine) -> _LazyDetector:
    """Return this process's engine; it is loaded once."""
    return _LazyDetector(kind)


# --- this machine ----------------------------------------------------------------------------------------------------


def _examine_in_worker(task: Job[Out], program: int) -> Out:
    """Examine one picture in a worker process of the program with process id `program`; 0: on another machine."""
    import cv2

    cv2.setNumThreads(1)  # the processes share the cores already
    if program:
        _exit_with(program)
    return examine_here(task)


@functools.lru_cache(maxsize=1)  # one watch a worker, whatever it examines
def _exit_with(program: int) -> None:
    """Exit soon after the program has ended, even by kill -9; else the worker would hold 700 MB for minutes."""

    def watch() -> None:
        import psutil

        # The parent changes on POSIX; on Windows it stays, so that its process is looked for.
        while os.getppid() == program and psutil.pid_exists(program):
            time.sleep(PARENT_POLL_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def in_workers(tasks: Sequence[Job[Out]], workers: int) -> Iterator[Out]:
    from joblib.externals.loky.process_executor import BrokenProcessPool

    def at_once(some: Sequence[Job[Out]]) -> Iterator[Out]:
        # Two workers even for one picture: with one, joblib would run it in this very process, and die with it.
        return parallel(some, "loky", max(2, min(workers, len(some))), os.getpid())

    with environment.in_safe_folder():  # joblib starts its workers with -m
        try:
            yield from replacing_dead_workers(
                tasks, at_once, BrokenProcessPool, 3 * workers
            )  # two a worker are handed out; one may be late
        finally:
            _stop_workers()


def replacing_dead_workers(
    tasks: Sequence[AnyJob], at_once: Callable[[Sequence[AnyJob]], Iterator[Out]], death: type[Exception], under_way: int
) -> Iterator[Out]:
    """Yield outcomes as they come; when a worker dies, only the picture it was working on fails, not the run.

    Which picture that was is not known, so the `under_way` candidates are then processed one at a time.
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
                yield alone(task, at_once, death)


def alone(task: AnyJob, at_once: Callable[[Sequence[AnyJob]], Iterator[Out]], death: type[Exception]) -> Out:
    try:
        (outcome,) = at_once([task])  # to its end: joblib aborts a pool whose results are left lying
        return outcome
    except death:
        failed: Out = task.failed(Text("faces.worker_died"))
        return failed


def parallel(tasks: Sequence[Job[Out]], backend: Backend, workers: int, program: int) -> Iterator[Out]:
    """Yield outcomes as they come. Raises PipelineError("faces.no_answer") if other machines stop answering."""
    import multiprocessing
    import warnings

    import joblib

    with warnings.catch_warnings(), joblib.parallel_config(backend=backend, n_jobs=workers):
        # A worker that grew too large is replaced: what is meant to happen.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
        # The computer is short of something, or Ctrl+C: the run ends before its pictures.
        warnings.filterwarnings("ignore", message=r"\d+ tasks which were still being processed")
        # Dask waits for ever for a machine that left while it worked.
        silence = None if backend == "loky" else SILENCE_S
        pool = joblib.Parallel(return_as="generator_unordered", batch_size=1, timeout=silence)
        outcomes: Any = None
        try:
            with _deaf_children():
                outcomes = pool(joblib.delayed(_examine_in_worker)(task, program) for task in tasks)
            yield from outcomes
        except (TimeoutError, multiprocessing.TimeoutError) as error:
            raise PipelineError("faces.no_answer", seconds=SILENCE_S, backend=backend) from error
        finally:
            if outcomes is not None:
                outcomes.close()  # here, where its warning is kept from the screen


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Start processes, and threads that start some, which do not hear Ctrl+C: one that was loading would print a traceback.

    Ours is heard at the end of the block, and stops them. Windows has no such thing to inherit.
    """
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # when it is started later, it takes the mask off
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop_workers() -> None:
    """Stop the worker processes now: each holds its networks, and idle ones would stay for minutes."""
    from joblib.externals.loky import get_reusable_executor

    # Without reuse=True the living pool would first be waited for, and replaced by one that joblib cannot use again.
    get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)
