"""From sources to stored originals: threads and processes read and write, one thread decides and moves files into place.

Order of writing, so that the next import completes a killed one: original to a temporary name, renamed
to its final name, then the record. A record is never written before its file; a file without a record gets
one from the next import, read from the source or, if that is gone, from the file itself.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import utils
from avatar.pictures import describe, import_job, import_worker
from avatar.pictures.import_worker import Done, Task, Worker
from avatar.pictures.sidecars import Beside
from avatar.pictures.sources import Item, Sources, stored_name
from avatar.system.json_child import ChildGoneError
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client, record_text
from avatar.workspace.records import ImageRecord
from utils import OnProgress

MAX_WORKERS = 8  # [choice] pictures read at the same time
READ_AHEAD = 32  # [choice] read before the one that is decided on: pictures take from 5 to 500 ms, and their order stays
# Records written at the same time, and decided on but not in place yet: each waits for the disk, and a disk finishes many files
# together [measured: 300 files with fsync, 1 thread 1.2-2.5 s, 3 threads 0.23-0.33 s, 16 threads 0.16-0.18 s].
WRITERS, UNPLACED = 16, 64
STORED = re.compile(r"(?P<image_id>(?:mj|real)_[0-9a-f]{16})_(?P<name>.+)", re.DOTALL)


@dataclass
class _ReadItem:
    """One item after reading: its copy under a temporary name and its record, or the error."""

    item: Item
    temporary: Path
    digest: str = ""
    bytes: int = 0
    record: ImageRecord | None = None  # None: the same bytes are known, nothing was copied
    beside: Beside = field(default_factory=Beside)
    error: Exception | None = None


class _Pipeline:
    """Items between source and final place: threads read and write them, one thread decides and moves them, in order.

    Of many pictures, processes read some, see `import_worker`; each has threads here that wait for it. Because one thread
    decides and moves in order, the result is that of a single thread, also when killed: the stored pictures are
    always the first N of the list.
    """

    def __init__(self, job: import_job.ImportJob, writers: ThreadPoolExecutor) -> None:
        self.job, self.writers = job, writers
        self.read: deque[Future[_ReadItem]] = deque()
        self.written: deque[_PendingPicture] = deque()

    def judge(self) -> None:
        """Take the next item that was read and, if it is new, start writing its record to a temporary file."""
        arrived = self.read[0].result()
        if arrived.record is not None or arrived.error is None:
            twin = self.job.known.twin(arrived.digest)
            if twin is None and arrived.record is not None:
                self.written.append(_start_writing(self.job, self.writers, arrived, arrived.record))
                self.read.popleft()
                return
        while self.written:  # the twin may be among them
            self.place()
        _report_no_record(self.job, arrived)
        self.read.popleft()

    def place(self) -> None:
        """Move the first written picture into place."""
        _move_into_place(self.job, self.written[0])
        self.written.popleft()

    def clear(self) -> None:
        """Remove the temporary files of everything not moved into place."""
        for future in self.read:
            future.cancel()
        for future in self.read:
            if not future.cancelled():
                import_job.discard(future.result().temporary)
        for placing in self.written:
            _discard_pending(placing)


def import_items(
    job: import_job.ImportJob, found: Sources, on_progress: OnProgress | None, processes: Sequence[Worker] = ()
) -> None:
    """Import all items; see `_Pipeline`. processes: read pictures too; threads wait for them."""
    items = iter(enumerate(found.items))
    readers = _Readers(job, processes)
    with readers.pool as pool, ThreadPoolExecutor(WRITERS, "record") as writers:
        line = _Pipeline(job, writers)
        try:
            for done in range(1, len(found.items) + 1):
                while len(line.read) < READ_AHEAD and (following := next(items, None)) is not None:
                    line.read.append(pool.submit(_read_item, job, found, readers, *following))
                line.judge()
                while len(line.written) > UNPLACED:
                    line.place()
                if on_progress is not None:
                    on_progress(done, len(found.items))
        finally:  # on Ctrl+C too: what was decided on is complete and moved into place
            try:
                while line.written:
                    line.place()
            finally:
                readers.stop()
                line.clear()


def workers() -> int:
    """Return how many threads read pictures where no process does: one more than processors, at most 8.

    Each holds a decoded picture. One more, since one is waiting for the disk [measured: 72 PNGs of 1.5 MB, two processors:
    22-48 ms each with 2 threads, 22-37 with 3; other programs ran meanwhile].
    """
    return min(MAX_WORKERS, (os.cpu_count() or 1) + 1)


class _Readers:
    """The threads that read pictures: each one itself or, as soon as that is ready, by a process."""

    def __init__(self, job: import_job.ImportJob, processes: Sequence[Worker]) -> None:
        self.processes, self._job = processes, job
        self._left, self._own = [*processes] * import_worker.THREADS, threading.local()
        count = len(self._left) + 1 if processes else workers()
        self.pool = ThreadPoolExecutor(count, "import", initializer=self._take_process)

    def _take_process(self) -> None:
        """Wait for the next process; meanwhile the other threads read."""
        self._own.worker = None
        with contextlib.suppress(IndexError, ChildGoneError):
            worker = self._left.pop()
            worker.wait_until_ready(self._job)
            self._own.worker = worker

    def read(self, job: import_job.ImportJob, found: Sources, task: Task) -> Done:
        worker: Worker | None = self._own.worker
        if worker is None:
            return import_worker.read(job, found, task)
        try:
            return worker.read(job, found, task)
        except ChildGoneError as error:
            if worker.child.stopped:
                return Done(error=error)
            import_job.LOG.warning("a process that reads pictures ended at %s", task.item.name)
            self._own.worker = None
            return import_worker.read(job, found, task)

    def stop(self) -> None:
        for worker in self.processes:
            worker.child.stop()


def _read_item(job: import_job.ImportJob, found: Sources, readers: _Readers, number: int, item: Item) -> _ReadItem:
    """Copy, hash and describe an item; runs in a thread and writes only its temporary file."""
    # Keep the extension: some RAW formats have no magic number.
    suffix = PurePosixPath(stored_name("", item.name)).suffix
    arrived = _ReadItem(item, job.folder / f".{os.getpid()}-{number}.tmp{suffix}")
    try:
        if job.sidecars is not None:
            arrived.beside = job.sidecars.read(item, job.source)
        if item.bytes in job.known.lengths:  # probably known: hash before copying
            arrived.digest, arrived.bytes = found.copy_hashed(item, None)
            if (twin := job.known.twin(arrived.digest)) is not None and _is_whole(job.client, twin):
                return arrived
        done = readers.read(job, found, Task(item, arrived.temporary, arrived.beside))
        arrived.digest, arrived.bytes, arrived.record, arrived.error = done.digest, done.bytes, done.record, done.error
    except Exception as error:  # noqa: BLE001 - reported by `_report_no_record`, in the order of the files
        arrived.error = error
    return arrived


def _report_no_record(job: import_job.ImportJob, arrived: _ReadItem) -> None:
    """Report why an item gets no new record: the same bytes are known, or there was an error."""
    try:
        with import_job.report_problems(job, arrived.item):
            if arrived.error is not None:
                raise arrived.error
            if (twin := job.known.twin(arrived.digest)) is not None:
                if arrived.record is not None and not _is_whole(job.client, twin):
                    arrived.temporary.replace(
                        job.client.original(twin)
                    )  # the stored original was deleted, or cut short by a power failure
                import_job.note_duplicate(job, twin, arrived.item.name, arrived.beside)
    finally:
        import_job.discard(arrived.temporary)


def _is_whole(client: Client, record: ImageRecord) -> bool:
    try:
        return client.original(record).stat().st_size == record.original.bytes
    except OSError:
        return False


@dataclass
class _PendingPicture:
    """A new picture: its copy and its record are (being) written to temporary files."""

    item: Item
    record: ImageRecord
    copy: Path
    text: Future[Path]


def _start_writing(
    job: import_job.ImportJob, writers: ThreadPoolExecutor, arrived: _ReadItem, record: ImageRecord
) -> _PendingPicture:
    """Start writing a new picture's record; from here on the picture is known."""
    record = import_job.completed(job, record)
    job.known.add(record)
    target = job.client.record_file(record.image_id)
    return _PendingPicture(
        arrived.item, record, arrived.temporary, writers.submit(utils.write_beside, target, record_text(record))
    )


def _move_into_place(job: import_job.ImportJob, placing: _PendingPicture) -> None:
    """Move a copy, then its record, into place; if that fails, forget the picture."""
    record, done = placing.record, False
    try:
        with import_job.report_problems(job, placing.item):
            text = placing.text.result()
            if record.near_duplicate_of is not None and record.near_duplicate_of not in job.known.records:
                # The other picture could not be stored after this one was compared with it.
                record = record.model_copy(update={"near_duplicate_of": None})
                utils.write_atomic(text, record_text(record))
            try:
                placing.copy.replace(job.folder / PurePosixPath(record.original.stored).name)
            except FileNotFoundError as error:
                raise PipelineError("import.copy_lost", name=placing.item.name) from error
            import_job.discard(placing.copy)  # POSIX rename does nothing if both names are links to one file
            try:
                text.replace(job.client.record_file(record.image_id))
            except FileNotFoundError:  # somebody has deleted it
                job.client.save_record(record)
            import_job.count_added(job, record)
            done = True
    finally:
        if not done:
            job.known.forget(record.image_id)
            _discard_pending(placing)


def _discard_pending(placing: _PendingPicture) -> None:
    import_job.discard(placing.copy)
    with contextlib.suppress(OSError, CancelledError):
        import_job.discard(placing.text.result())


def adopt_originals_without_record(job: import_job.ImportJob) -> None:
    """Make records for originals that have none: an import was killed between the two, and their source was not given again.

    Only complete copies have such a name, and the hash in it proves it; any other file is left alone.
    """
    claimed = {PurePosixPath(record.original.stored).name for record in job.known.records.values()}
    for path in sorted(job.folder.iterdir()):
        ours = STORED.fullmatch(path.name)
        if path.name in claimed or ours is None:
            continue
        import_job.LOG.info("left over from an interrupted import: %s", path.name)
        with import_job.report_problems(job, Item(path.name, 0, path)):
            digest = utils.sha256_of(path)
            if ours["image_id"] != f"{job.source}_{digest[:16]}":
                continue
            if job.known.twin(digest) is not None:
                path.unlink()  # the same bytes under another name
                continue
            # The prompt typed this time belongs to other pictures.
            given = describe.Given(ours["name"], digest, path.stat().st_size)
            record = describe.describe(replace(job, typed_prompt=""), path, given)
            record = import_job.completed(job, record)
            path.replace(job.client.original(record))
            job.client.save_record(record)
            job.known.add(record)
            import_job.count_added(job, record)
