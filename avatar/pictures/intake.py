"""From sources to stored originals: read by several threads, judged in order, written by several, put into place in order.

Order of writing, so that a run killed at any moment is completed by the next one: original to a temporary name, renamed
to its place, then the record. A record is never written before its file; a file whose record was not written any more is
given one by the next import, from its source or, where that is gone, from itself.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections import deque
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import utils
from avatar.pictures import decode, describe, import_job
from avatar.pictures.sources import Item, Sources, stored_name
from avatar.workspace.client import Client, record_text
from avatar.workspace.records import ImageRecord
from utils import OnProgress

MAX_WORKERS = 4  # [choice] pictures read at once
LARGE_PIXELS, LARGE_BYTES = 20_000_000, 12_000_000  # [choice] above either, one at a time: 60 MB decoded, and copies of that
STORED = re.compile(r"(?P<image_id>(?:mj|real)_[0-9a-f]{16})_(?P<name>.+)", re.DOTALL)


@dataclass
class _Arrived:
    """One item after reading: its copy under a temporary name and its record, or what was in the way."""

    item: Item
    temporary: Path
    digest: str = ""
    bytes: int = 0
    record: ImageRecord | None = None  # None: the same bytes are there already, nothing was copied
    error: Exception | None = None


class _Line:
    """Items on their way: read by several threads, judged by one in their order, written by several, placed by that one.

    Threads do, since copying, hashing, decoding and waiting for the disk leave the interpreter free. That one thread
    judges and places in order keeps the result that of a single one, killed at any moment or not: what is in place is
    always a first part of the whole.
    """

    def __init__(self, job: import_job.ImportJob, pool: ThreadPoolExecutor) -> None:
        self.job, self.pool = job, pool
        self.read: deque[Future[_Arrived]] = deque()
        self.written: deque[_Placing] = deque()

    def judge(self) -> None:
        """Take the next item that was read; a new picture's record is then written beside its place."""
        arrived = self.read[0].result()
        if arrived.record is not None or arrived.error is None:
            twin = self.job.known.twin(arrived.digest)
            if twin is None and arrived.record is not None:
                self.written.append(_begin(self.job, self.pool, arrived, arrived.record))
                self.read.popleft()
                return
        while self.written:  # the twin may be among them
            self.place()
        _settle(self.job, arrived)
        self.read.popleft()

    def place(self) -> None:
        """Put the first one written into place."""
        _place(self.job, self.written[0])
        self.written.popleft()

    def clear(self) -> None:
        """Remove the temporary files of all that nobody places any more."""
        for future in self.read:
            future.cancel()
        for future in self.read:
            if not future.cancelled():
                import_job.discard(future.result().temporary)
        for placing in self.written:
            _drop(placing)


def take_in_all(job: import_job.ImportJob, found: Sources, on_progress: OnProgress | None) -> None:
    """Read, judge and place all items; see `_Line`."""
    items = iter(enumerate(found.items))
    count = workers()
    with ThreadPoolExecutor(count, "import") as pool:
        line = _Line(job, pool)
        try:
            for done in range(1, len(found.items) + 1):
                while len(line.read) < 2 * count and (following := next(items, None)) is not None:
                    line.read.append(pool.submit(_arrive, job, found, *following))
                line.judge()
                while len(line.written) > 2 * count:
                    line.place()
                if on_progress is not None:
                    on_progress(done, len(found.items))
        finally:  # Ctrl+C too: what was judged is whole and gets its place
            try:
                while line.written:
                    line.place()
            finally:
                line.clear()


def workers() -> int:
    """Return how many pictures are read at once: one more than processors, at most four, for each holds a decoded picture.

    One more, since one waits for the disk [measured: 72 PNGs of 1.5 MB, two processors: 22-48 ms each with 2 threads,
    22-37 with 3; the spread is other programs'].
    """
    return min(MAX_WORKERS, (os.cpu_count() or 1) + 1)


def _arrive(job: import_job.ImportJob, found: Sources, number: int, item: Item) -> _Arrived:
    """Copy, hash and describe an item; runs in a thread of its own and changes nothing but its temporary file."""
    # The extension stays: it is a hint for RAW formats without a mark of their own.
    suffix = PurePosixPath(stored_name("", item.name)).suffix
    arrived = _Arrived(item, job.folder / f".{os.getpid()}-{number}.tmp{suffix}")
    try:
        if item.bytes in job.known.lengths:  # perhaps one that is there: look before copying
            arrived.digest, arrived.bytes = found.copy_hashed(item, None)
            if (twin := job.known.twin(arrived.digest)) is not None and _is_whole(job.client, twin):
                return arrived
        arrived.digest, arrived.bytes = found.copy_hashed(item, arrived.temporary, job.limits.copy_way)
        large = arrived.bytes > LARGE_BYTES or decode.pixel_count(arrived.temporary) > LARGE_PIXELS
        with job.one_large if large else contextlib.nullcontext():
            arrived.record = describe.describe(job, arrived.temporary, item.name, arrived.digest, arrived.bytes)
    except Exception as error:  # noqa: BLE001 - told in `_settle`, in the order of the files
        arrived.error = error
    return arrived


def _settle(job: import_job.ImportJob, arrived: _Arrived) -> None:
    """Note why an item that was read has no record of its own: its bytes are there already, or something was in the way."""
    try:
        with import_job.problems(job, arrived.item):
            if arrived.error is not None:
                raise arrived.error
            if (twin := job.known.twin(arrived.digest)) is not None:
                if arrived.record is not None and not _is_whole(job.client, twin):
                    arrived.temporary.replace(job.client.original(twin))  # deleted by somebody, or cut off with the power
                import_job.note_twin(job, twin, arrived.item.name)
    finally:
        import_job.discard(arrived.temporary)


def _is_whole(client: Client, record: ImageRecord) -> bool:
    try:
        return client.original(record).stat().st_size == record.original.bytes
    except OSError:
        return False


@dataclass
class _Placing:
    """A new picture: its copy and its record are (being) written to temporary files."""

    item: Item
    record: ImageRecord
    copy: Path
    text: Future[Path]


def _begin(job: import_job.ImportJob, pool: ThreadPoolExecutor, arrived: _Arrived, record: ImageRecord) -> _Placing:
    """Have a new picture's record written beside its place; from here on it is known."""
    record = import_job.with_nearest(job, record)
    job.known.add(record)
    target = job.client.record_file(record.image_id)
    return _Placing(arrived.item, record, arrived.temporary, pool.submit(utils.write_beside, target, record_text(record)))


def _place(job: import_job.ImportJob, placing: _Placing) -> None:
    """Move a copy, then its record, to their places; where that fails, the picture is not known any more."""
    record, done = placing.record, False
    try:
        with import_job.problems(job, placing.item):
            text = placing.text.result()
            if record.near_duplicate_of is not None and record.near_duplicate_of not in job.known.records:
                # The other one could not be put into its place after this one was compared with it.
                record = record.model_copy(update={"near_duplicate_of": None})
                import_job.discard(text)
                text = utils.write_beside(job.client.record_file(record.image_id), record_text(record))
            placing.copy.replace(job.client.original(record))
            import_job.discard(placing.copy)  # renamed onto another link to the same file, POSIX leaves both
            text.replace(job.client.record_file(record.image_id))
            import_job.count_added(job, record)
            done = True
    finally:
        if not done:
            job.known.forget(record.image_id)
            _drop(placing)


def _drop(placing: _Placing) -> None:
    import_job.discard(placing.copy)
    with contextlib.suppress(OSError, CancelledError):
        import_job.discard(placing.text.result())


def adopt_originals_without_record(job: import_job.ImportJob) -> None:
    """Give originals without a record one: an import was ended between the two, and their source was not among the files.

    Only whole copies are renamed to such a name, and its hash says whether this is one; what is not is left alone.
    """
    claimed = {PurePosixPath(record.original.stored).name for record in job.known.records.values()}
    for path in sorted(job.folder.iterdir()):
        ours = STORED.fullmatch(path.name)
        if path.name in claimed or ours is None:
            continue
        import_job.LOG.info("left over from an interrupted import: %s", path.name)
        with import_job.problems(job, Item(path.name, 0, path)):
            digest = utils.sha256_of(path)
            if ours["image_id"] != f"{job.source}_{digest[:16]}":
                continue
            if job.known.twin(digest) is not None:
                path.unlink()  # the same bytes under another name
                continue
            # What was typed this time is about other pictures.
            record = describe.describe(replace(job, typed_prompt=""), path, ours["name"], digest, path.stat().st_size)
            record = import_job.with_nearest(job, record)
            path.replace(job.client.original(record))
            job.client.save_record(record)
            job.known.add(record)
            import_job.count_added(job, record)
