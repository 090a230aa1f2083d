"""Processes that read pictures for an import: each copies, hashes and describes one picture after another.

Threads of one process wait for each other's Python: with a process beside them, 200 of MidJourney's PNGs take 0.72 of the
time, 263 small JPEGs 0.96 [measured once on two busy cores]. A process needs a second to load the libraries: it is started
as soon as it is known how many pictures there are, and is given nothing before it is ready. What is found stays the same:
what reads a picture is one function, here or there. Pictures in archives are read here.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from avatar.pictures.sources import Item, Sources
from avatar.system import json_child, memory
from avatar.system.json_child import JsonChild
from avatar.texts.text import PipelineError, Text

if TYPE_CHECKING:
    from avatar.pictures.import_job import ImportJob
    from avatar.pictures.sidecars import Beside
    from avatar.workspace.client import Client
    from avatar.workspace.records import ImageRecord

THREADS = 2  # that tell a process and wait for it
MOST = 7  # [choice] each loads the libraries: more of them save little
PICTURES_PER_WORKER = 60  # [choice] fewer are about read before a process is ready
# [measured] 0.09 on MidJourney's, 0.23 on photos of 12 MP, RAW and HEIC; and of large pictures only one is decoded at a time.
WORKER_GIB = 0.5
READY, MAY_I, YOU_MAY = "ready", "may I decode a large one?", "you may"  # what is said beside tasks and their results


@dataclass(frozen=True)
class Task:
    """A picture to read: where its copy goes, and what lies beside it."""

    item: Item
    copy: Path
    beside: Beside


@dataclass
class Done:
    """A picture that was read, or why it could not be."""

    digest: str = ""
    bytes: int = 0
    record: ImageRecord | None = None
    error: Exception | None = None


def read(job: ImportJob, found: Sources, task: Task) -> Done:
    """Copy, hash and describe a picture; only its copy is written, and the cache of developed RAWs."""
    from avatar.pictures import decode, describe, import_job, kinds

    done = Done()
    try:
        done.digest, done.bytes = found.copy_hashed(task.item, task.copy, job.limits.copy_way)
        # Of a JPEG `describe` decides whether it is large, when it is opened.
        large = done.bytes > import_job.LARGE_BYTES or (
            kinds.format_of(kinds.first_bytes(task.copy)) != "JPEG" and decode.pixel_count(task.copy) > import_job.LARGE_PIXELS
        )
        with job.one_large if large else contextlib.nullcontext():
            given = describe.Given(task.item.name, done.digest, done.bytes, task.item.folder.name, task.beside)
            done.record = describe.describe(job, task.copy, given)
    except Exception as error:  # noqa: BLE001 - reported by `intake`, in the order of the files
        done.error = error
        if done.digest and not task.copy.exists():
            done.error = PipelineError("import.copy_lost", name=task.item.name)
    return done


# --- in the program --------------------------------------------------------------------------------------------------


class Worker:
    """One process, used by `THREADS` threads: the next picture is told before the last is answered, so that it never waits."""

    def __init__(self) -> None:
        self.child = JsonChild(__name__, "serve")
        self._telling, self._turn = threading.Lock(), threading.Condition()
        self._told, self._answered, self._ready = 0, 0, False

    def wait_until_ready(self, job: ImportJob) -> None:
        """Raise ChildGoneError where it cannot load what it needs."""
        with self._turn:
            if not self._ready:
                self.child.tell(
                    {
                        "folder": current_folder(), "client": str(job.client.folder), "source": job.source,
                        "limits": dataclasses.asdict(job.limits), "typed_prompt": job.typed_prompt,
                    }
                )  # fmt: skip
                self.child.answer()
                self._ready = True

    def read(self, job: ImportJob, found: Sources, task: Task) -> Done:
        """Let it read a picture, as `read`. Raises ChildGoneError."""
        if task.item.member is not None:
            return read(job, found, task)
        item = {"name": task.item.name, "bytes": task.item.bytes, "path": str(task.item.path)}
        with self._telling:
            self.child.tell({"item": item, "copy": str(task.copy), "beside": dataclasses.asdict(task.beside)})
            turn, self._told = self._told, self._told + 1
        with self._turn:  # it answers in the order in which it was told
            self._turn.wait_for(lambda: self._answered == turn)
        try:
            with contextlib.ExitStack() as held:
                while (answer := self.child.answer()) == MAY_I:
                    held.enter_context(job.one_large)
                    with self._telling:
                        self.child.tell(YOU_MAY)
        finally:
            with self._turn:
                self._answered += 1
                self._turn.notify_all()
        return _understood(job, answer)


def _understood(job: ImportJob, answer: dict[str, Any]) -> Done:
    """Return what a process found; what belongs to the whole import is noted there."""
    from avatar.pictures.sidecars import Beside
    from avatar.workspace.records import ImageRecord

    for name, level, message in answer["logged"]:
        logging.getLogger(name).log(level, "%s", message)
    for image_id, texts in answer["remarks"].items():
        job.remarks[image_id] = [Text(text["key"], text["values"], text["style"]) for text in texts]
    for image_id, beside in answer["beside"].items():
        job.beside[image_id] = Beside(**{**beside, "keywords": tuple(beside["keywords"])})
    record = answer["record"] and ImageRecord.model_validate(answer["record"])
    return Done(answer["digest"], answer["bytes"], record, answer["error"] and _error(answer["error"]))


def _told(error: Exception) -> dict[str, Any]:
    if isinstance(error, PipelineError):
        return {"key": error.key, "values": dict(error.values)}
    if isinstance(error, OSError):
        return {"errno": error.errno, "text": error.strerror or str(error)}
    return {"text": f"{type(error).__name__}: {error}"}


def _error(told: dict[str, Any]) -> Exception:
    if "key" in told:
        return PipelineError(told["key"], **told["values"])
    if "errno" in told:
        return OSError(told["text"]) if told["errno"] is None else OSError(told["errno"], told["text"])
    return RuntimeError(told["text"])


@contextlib.contextmanager
def started(client: Client, items: Sequence[Item]) -> Iterator[list[Worker]]:
    """Start the processes that pay for so many new pictures, none for a few; at the end of the block they are ended."""
    workers: list[Worker] = []
    try:
        pictures = _new(client, items)
        if planned(pictures, processors(), None):  # before the memory is looked at, which loads a library
            with contextlib.suppress(OSError):  # a system that starts none: threads do it
                for _ in range(planned(pictures, processors(), memory.free_ram_gib())):
                    workers.append(Worker())
        yield workers
    finally:
        for worker in workers:
            worker.child.stop()
            worker.child.close()


def _new(client: Client, items: Sequence[Item]) -> int:
    """Return how many items have a size that no original of the client has: the others are probably known, and only hashed."""
    sizes: set[int] = set()
    for folder in (client.raw_mj, client.raw_real):
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            sizes.update(entry.stat().st_size for entry in entries)
    return sum(item.bytes not in sizes for item in items)


def planned(pictures: int, cores: int, free_gib: float | None) -> int:
    """Return how many processes read so many pictures, beside the program itself.

    >>> planned(300, 2, 8.0), planned(50, 8, 8.0), planned(5000, 32, 16.0), planned(5000, 8, 1.2)
    (1, 0, 7, 2)
    """
    by_memory = MOST if free_gib is None else int(free_gib / WORKER_GIB)
    return max(0, min(MOST, cores - 1, pictures // PICTURES_PER_WORKER, by_memory))


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def current_folder() -> str:
    """Return the current folder, where relative paths start; "" if it is gone."""
    try:
        return os.getcwd()  # noqa: PTH109  # may be any bytes
    except OSError:
        return ""


# --- in the worker ---------------------------------------------------------------------------------------------------


class _OneLarge:
    """Asks the program before a large picture is decoded: of all processes, one does at a time. May be entered again within."""

    def __init__(self, send: Callable[[Any], None], told: Iterator[Any]) -> None:
        self._send, self._told, self._inside = send, told, 0
        self._tasks: deque[Any] = deque()  # told before the answer was

    def task(self) -> Any:
        """Return the next task that the program tells."""
        return self._tasks.popleft() if self._tasks else next(self._told)

    def __enter__(self) -> None:
        self._inside += 1
        if self._inside == 1:
            self._send(MAY_I)
            while (said := next(self._told)) != YOU_MAY:
                self._tasks.append(said)

    def __exit__(self, *_: object) -> None:
        self._inside -= 1


class _Kept(logging.Handler):
    """Keeps what is logged, for the log of the program."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[tuple[str, int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.name, record.levelno, record.getMessage()))


def serve() -> NoReturn:
    """Read pictures until there are no more: the whole life of a worker."""
    send, told, kept = json_child.answering(), json_child.told(), _Kept()
    logging.getLogger().addHandler(kept)
    logging.getLogger("avatar").setLevel(logging.INFO)
    one_large = _OneLarge(send, told)
    try:
        job = _job_of(next(told), one_large)
    except ImportError:  # a package is missing: the program misses it too, and says so in words
        sys.exit(1)
    send(READY)
    with Sources() as found:
        while True:
            done = read(job, found, _task(one_large.task()))
            send(_answer(job, done, kept.lines))
            for collected in (job.remarks, job.beside, kept.lines):
                collected.clear()


def _answer(job: ImportJob, done: Done, logged: Sequence[tuple[str, int, str]]) -> dict[str, Any]:
    """Return what `_understood` reads."""
    remarks = {image_id: [dataclasses.asdict(text) for text in texts] for image_id, texts in job.remarks.items()}
    return {
        "digest": done.digest,
        "bytes": done.bytes,
        "record": done.record and done.record.model_dump(mode="json"),
        "error": done.error and _told(done.error),
        "logged": logged,
        "remarks": remarks,
        "beside": {image_id: dataclasses.asdict(beside) for image_id, beside in job.beside.items()},
    }


def _task(told: dict[str, Any]) -> Task:
    from avatar.pictures.sidecars import Beside

    item = told["item"]
    beside = Beside(**{**told["beside"], "keywords": tuple(told["beside"]["keywords"])})
    return Task(Item(item["name"], item["bytes"], Path(item["path"])), Path(told["copy"]), beside)


def _job_of(told: dict[str, Any], one_large: Any) -> ImportJob:
    """Return the part of an import that concerns one picture. Loads the libraries, which takes long."""
    import cv2
    import exifread  # noqa: F401
    import pillow_heif  # noqa: F401

    from avatar.pictures import describe, import_job  # noqa: F401
    from avatar.workspace.client import Client
    from config import ImportConfig

    cv2.setNumThreads(1)  # the processes share the cores already
    gc.freeze()  # what was loaded stays: it is not looked through again and again
    with contextlib.suppress(OSError):
        os.chdir(told["folder"])  # after all libraries were imported
    words = {group: {word: tuple(some) for word, some in of.items()} for group, of in told["limits"]["trait_words"].items()}
    limits, report = ImportConfig(**{**told["limits"], "trait_words": words}), import_job.ImportReport(told["source"])
    client = Client(Path(told["client"]))
    return import_job.ImportJob(client, told["source"], limits, told["typed_prompt"], report, one_large=one_large)
