"""The import stage: MidJourney pictures and photos into a client's folder, each with a record of all that is known.

Order of writing, so that a run killed at any moment is made whole by the next one: original to a temporary name, renamed
to its place, then the record. A record is never written before its file; a file whose record was not written any more is
given one by the next import, from its source or, where that is gone, from itself.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import shutil
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import utils
from avatar.pictures import camera, import_table, photo_light, pictures
from avatar.pictures.raw_cache import Developed
from avatar.pictures.sources import Item, Refused, Sources, clean_path, find_sources, stored_name
from avatar.prompts import midjourney
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client, record_text
from avatar.workspace.records import ImageRecord, MidJourney, Original, Picture, Source
from config import ImportConfig, Settings
from utils import OnProgress

LOG = logging.getLogger(__name__)
ANALYSIS_SIDE_PX = 512  # the copy that light and likeness are measured on
RESERVE_BYTES = 200_000_000  # left free on the disk beyond what is copied
PROMPTS_FROM = ("embedded", "group", "filename", "typed", "none")  # group: of another tile of the job
MAX_WORKERS = 4  # [choice] pictures read at once
LARGE_PIXELS, LARGE_BYTES = 20_000_000, 12_000_000  # [choice] above either, one at a time: 60 MB decoded, and copies of that
FLAT_CONTRAST = 2.0  # [choice] a picture of one colour has a hash that would match every other of the kind
STORED = re.compile(r"(?P<image_id>(?:mj|real)_[0-9a-f]{16})_(?P<name>.+)", re.DOTALL)


@dataclass
class ImportReport:
    """What an import did; filled while it goes on."""

    source: Source
    added: list[str] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    same_bytes: list[tuple[str, str]] = field(default_factory=list)  # (name, id of the one taken in before)
    near_duplicates: dict[str, str] = field(default_factory=dict)  # image id -> the one it looks like
    refused: list[Refused] = field(default_factory=list)
    prompts_from: dict[str, int] = field(default_factory=dict)  # by PROMPTS_FROM
    formats: dict[str, int] = field(default_factory=dict)
    cameras: dict[str, int] = field(default_factory=dict)
    groups_complete: int = 0
    groups_incomplete: int = 0
    warnings: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


# --- the stage -------------------------------------------------------------------------------------------------------


def import_midjourney(
    client: Client, paths: Sequence[str | Path], *, settings: Settings, typed_prompt: str = "",
    on_progress: OnProgress | None = None,
) -> ImportReport:  # fmt: skip
    """Take in MidJourney pictures: files, folders, zip archives.

    typed_prompt  what the user remembers of these pictures' prompt; stands beside embedded data, never over it
    Raises PipelineError("import.no_path"), ("import.nothing_found"), ("disk.full"), ("client.locked"). A file that cannot
    be taken in is named in the report; the others go on.
    """
    return _import(client, "mj", paths, settings.imports, typed_prompt, on_progress)


def import_photos(
    client: Client, paths: Sequence[str | Path], *, settings: Settings, on_progress: OnProgress | None = None
) -> ImportReport:
    """Take in real photos, RAW and HEIC too; otherwise as `import_midjourney`."""
    return _import(client, "real", paths, settings.imports, "", on_progress)


@dataclass
class _Known:
    """What the client has already; grows during the import."""

    records: dict[str, ImageRecord] = field(default_factory=dict)
    hashes: dict[str, int] = field(default_factory=dict)  # image id -> perceptual hash
    lengths: set[int] = field(default_factory=set)  # of the originals, in bytes

    def add(self, record: ImageRecord) -> None:
        self.records[record.image_id] = record
        self.lengths.add(record.original.bytes)
        if record.picture.phash:
            self.hashes[record.image_id] = int(record.picture.phash, 16)

    def forget(self, image_id: str) -> None:
        self.records.pop(image_id, None)
        self.hashes.pop(image_id, None)

    def near(self, phash: str, bits: int) -> str | None:
        """Return the picture that looks most like this one, if one does; of equals the first by id, in whatever order known."""
        value = int(phash, 16)
        near = [(distance, id_) for id_, other in self.hashes.items() if (distance := (value ^ other).bit_count()) <= bits]
        return min(near)[1] if near else None

    def twin(self, digest: str) -> ImageRecord | None:
        """Return the record of the same bytes, under either source."""
        for source in ("mj", "real"):
            record = self.records.get(f"{source}_{digest[:16]}")
            if record is not None and record.original.sha256 == digest:
                return record
        return None


@dataclass(frozen=True)
class _Job:
    """One import: for whom, of what, by which limits; `known` and `report` are filled."""

    client: Client
    source: Source
    limits: ImportConfig
    typed_prompt: str
    report: ImportReport
    known: _Known = field(default_factory=_Known)
    one_large: threading.Lock = field(default_factory=threading.Lock)  # memory stays that of one large picture

    @property
    def folder(self) -> Path:
        return self.client.raw_folder(self.source)


def _import(
    client: Client, source: Source, paths: Sequence[str | Path], limits: ImportConfig, typed_prompt: str,
    on_progress: OnProgress | None,
) -> ImportReport:  # fmt: skip
    report = ImportReport(source=source, prompts_from=dict.fromkeys(PROMPTS_FROM, 0))
    job = _Job(client, source, limits, typed_prompt, report)
    with client.lock("import"), find_sources(paths, limits) as found:
        client.make_folders()
        report.refused += found.refused
        if not found.items and not found.refused:
            raise PipelineError("import.nothing_found", path=", ".join(str(clean_path(path)) for path in paths))
        _remove_temporaries(job)
        for record in client.records():
            job.known.add(record)
        _check_disk(client.folder, sum(item.bytes for item in found.items if _takes_room(job, item)))
        try:
            _take_in_all(job, found, on_progress)
            _adopt_orphans(job)
        finally:  # Ctrl+C too: what was taken in has its table and groups
            _finish(job)
    return report


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

    def __init__(self, job: _Job, pool: ThreadPoolExecutor) -> None:
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
                _discard(future.result().temporary)
        for placing in self.written:
            _drop(placing)


def _take_in_all(job: _Job, found: Sources, on_progress: OnProgress | None) -> None:
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


def _arrive(job: _Job, found: Sources, number: int, item: Item) -> _Arrived:
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
        image_id = f"{job.source}_{arrived.digest[:16]}"
        large = arrived.bytes > LARGE_BYTES or pictures.pixel_count(arrived.temporary) > LARGE_PIXELS
        with job.one_large if large else contextlib.nullcontext():
            arrived.record = _describe(job, arrived.temporary, image_id, item.name)
    except Exception as error:  # noqa: BLE001 - told in `_settle`, in the order of the files
        arrived.error = error
    return arrived


def _settle(job: _Job, arrived: _Arrived) -> None:
    """Note why an item that was read has no record of its own: its bytes are there already, or something was in the way."""
    try:
        with _problems(job, arrived.item):
            if arrived.error is not None:
                raise arrived.error
            if (twin := job.known.twin(arrived.digest)) is not None:
                if arrived.record is not None and not _is_whole(job.client, twin):
                    arrived.temporary.replace(job.client.original(twin))  # deleted by somebody, or cut off with the power
                _note_twin(job, twin, arrived.item.name)
    finally:
        _discard(arrived.temporary)


def _is_whole(client: Client, record: ImageRecord) -> bool:
    try:
        return client.original(record).stat().st_size == record.original.bytes
    except OSError:
        return False


@contextlib.contextmanager
def _problems(job: _Job, item: Item) -> Iterator[None]:
    """Report what is wrong with one file and go on; a full disk ends the import."""
    try:
        yield
    except PipelineError as error:
        if error.key == "disk.full":
            raise
        _refuse(job, item, error.key, error.values)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(job.folder, item.bytes) from error
        detail = error.strerror or str(error)  # e.g. a virus scanner that holds the new file
        _refuse(job, item, "import.unreadable", {"detail": detail})


def _refuse(job: _Job, item: Item, key: str, values: Mapping[str, Any]) -> None:
    LOG.info("not taken in: %s: %s %s", item.name, key, dict(values))  # the screen shows a few of each kind
    job.report.refused.append(Refused(item.name, key, {**values, "name": item.name}))


def _discard(temporary: Path) -> None:
    with contextlib.suppress(OSError):  # held open by another program: the next import removes it
        temporary.unlink()


@dataclass
class _Placing:
    """A new picture: its copy and its record are (being) written to temporary files."""

    item: Item
    record: ImageRecord
    copy: Path
    text: Future[Path]


def _begin(job: _Job, pool: ThreadPoolExecutor, arrived: _Arrived, record: ImageRecord) -> _Placing:
    """Complete a new picture's record and have it written beside its place; from here on it is known."""
    _complete(job, record, arrived.item.name, arrived.digest, arrived.bytes)
    job.known.add(record)
    target = job.client.record_file(record.image_id)
    return _Placing(arrived.item, record, arrived.temporary, pool.submit(utils.write_beside, target, record_text(record)))


def _place(job: _Job, placing: _Placing) -> None:
    """Move a copy, then its record, to their places; where that fails, the picture is not known any more."""
    record, done = placing.record, False
    try:
        with _problems(job, placing.item):
            text = placing.text.result()
            if record.near_duplicate_of is not None and record.near_duplicate_of not in job.known.records:
                record.near_duplicate_of = None  # that one was refused its place after this one was judged
                _discard(text)
                text = utils.write_beside(job.client.record_file(record.image_id), record_text(record))
            placing.copy.replace(job.client.folder / record.original.stored)
            _discard(placing.copy)  # renamed onto another link to the same file, POSIX leaves both
            text.replace(job.client.record_file(record.image_id))
            _count(job, record)
            done = True
    finally:
        if not done:
            job.known.forget(record.image_id)
            _drop(placing)


def _drop(placing: _Placing) -> None:
    _discard(placing.copy)
    with contextlib.suppress(OSError, CancelledError):
        _discard(placing.text.result())


def _complete(job: _Job, record: ImageRecord, name: str, digest: str, size: int) -> None:
    record.original.sha256, record.original.bytes = digest, size
    record.original.stored = f"raw_{job.source}/{stored_name(record.image_id, name)}"
    if record.picture.phash:
        record.near_duplicate_of = job.known.near(record.picture.phash, job.limits.near_duplicate_bits)


def _note_twin(job: _Job, twin: ImageRecord, name: str) -> None:
    if twin.source != job.source:
        job.report.warnings.append(("import.other_source", {"name": twin.original.name, "image": twin.image_id}))
    if twin.image_id in job.report.added:
        job.report.same_bytes.append((name, twin.image_id))
    else:
        job.report.already_there.append(twin.image_id)
    if job.typed_prompt and twin.midjourney is not None:
        changed = import_table.with_typed_prompt(twin, job.typed_prompt, job.limits)
        if changed.midjourney != twin.midjourney:
            job.client.save_record(changed)
            job.known.records[twin.image_id] = changed


def _count(job: _Job, record: ImageRecord) -> None:
    report = job.report
    band = {"low": job.limits.omni_weight_low, "high": job.limits.omni_weight_high}
    report.added.append(record.image_id)
    if record.near_duplicate_of is not None:
        report.near_duplicates[record.image_id] = record.near_duplicate_of
    report.formats[record.picture.format] = report.formats.get(record.picture.format, 0) + 1
    if record.camera is not None and record.camera.model:
        report.cameras[record.camera.model] = report.cameras.get(record.camera.model, 0) + 1
    if record.midjourney is not None and record.source == "mj":
        for key in record.midjourney.warnings:
            report.warnings.append((key, {"name": record.original.name}))
        for name, parameter in record.midjourney.parameters.items():
            if parameter.warning:
                values = {"name": record.original.name, "parameter": name, "value": parameter.text}
                told = band if parameter.warning == "midjourney.ow_band" else {}
                report.warnings.append((parameter.warning, {**values, **told}))
    for key in record.picture.notes:
        report.warnings.append((key, {"name": record.original.name}))
    if record.source == "real" and record.midjourney is not None:
        report.warnings.append(("import.photo_is_midjourney", {"name": record.original.name}))


def _finish(job: _Job) -> None:
    """Share what tiles of one job know, write table and groups, and count groups and prompts into the report."""
    client, report, known = job.client, job.report, job.known.records
    in_order = sorted(known)
    for record in import_table.shared_prompts([known[image_id] for image_id in in_order], job.limits):
        client.save_record(record)
        known[record.image_id] = record
    ordered = [known[image_id] for image_id in in_order]
    for about in (known[image_id].midjourney for image_id in report.added):
        if about is not None and report.source == "mj":
            where = "group" if about.told_by else about.evidence
            report.prompts_from[(where if about.prompt else None) or "none"] += 1
    if not import_table.write_table(client, ordered):
        report.warnings.append(("table.locked", {"path": str(client.table_file)}))
    found = import_table.grouped(ordered)
    import_table.write_groups(client, found)
    complete = sum(group.complete for group in found)
    report.groups_complete, report.groups_incomplete = complete, len(found) - complete


# --- copies ----------------------------------------------------------------------------------------------------------


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _check_disk(folder: Path, need: int) -> None:
    if need and need + RESERVE_BYTES > _free(folder):
        raise _disk_full(folder, need)


def _takes_room(job: _Job, item: Item) -> bool:
    """Tell whether an item will be copied, as far as that is known before: not what is there already nor can be linked."""
    if item.bytes in job.known.lengths:
        return False
    try:
        linked = job.limits.copy_way == "link" and item.member is None and item.path.stat().st_dev == job.folder.stat().st_dev
    except OSError:
        return True
    return not linked


def _disk_full(folder: Path, need: int) -> PipelineError:
    return PipelineError("disk.full", need_mb=(need + RESERVE_BYTES) / 1e6, free_mb=_free(folder) / 1e6)


def _remove_temporaries(job: _Job) -> None:
    utils.remove_temporaries(job.client.images)
    for path in job.folder.iterdir():
        if path.name.startswith(".") and ".tmp" in path.name:
            with contextlib.suppress(OSError):
                path.unlink()


def _adopt_orphans(job: _Job) -> None:
    """Give originals without a record one: an import was ended between the two, and their source was not among the files.

    Only whole copies are renamed to such a name, and its hash says whether this is one; what is not is left alone.
    """
    claimed = {PurePosixPath(record.original.stored).name for record in job.known.records.values()}
    for path in sorted(job.folder.iterdir()):
        ours = STORED.fullmatch(path.name)
        if path.name in claimed or ours is None:
            continue
        LOG.info("left over from an interrupted import: %s", path.name)
        with _problems(job, Item(path.name, 0, path)):
            digest = utils.sha256_of(path)
            if ours["image_id"] != f"{job.source}_{digest[:16]}":
                continue
            if job.known.twin(digest) is not None:
                path.unlink()  # the same bytes under another name
                continue
            # What was typed this time is about other pictures.
            record = _describe(replace(job, typed_prompt=""), path, ours["image_id"], ours["name"])
            _complete(job, record, ours["name"], digest, path.stat().st_size)
            path.replace(job.client.folder / record.original.stored)
            job.client.save_record(record)
            job.known.add(record)
            _count(job, record)


# --- one picture -----------------------------------------------------------------------------------------------------


def _describe(job: _Job, path: Path, image_id: str, name: str) -> ImageRecord:
    """Read all that a picture tells. path has a temporary name; what the name tells comes from `name`."""
    limits, source = job.limits, job.source
    developed = Developed(job.client.raw_cache, image_id, limits.raw_cache_mb * 1_000_000)
    loaded = pictures.load_rgb(path, max_side_px=ANALYSIS_SIDE_PX, max_pixels=limits.max_pixels, developed=developed)
    _check_whole(path, loaded.format)
    metadata: Mapping[str, str] = {}
    shot, taken_at = None, None
    if loaded.texts is not None:
        metadata = loaded.texts
    else:
        metadata = camera.text_metadata(path) if loaded.format != "RAW" else {}
        shot, taken_at = camera.read_camera(path, keep_gps=limits.keep_gps)
    measures, light = photo_light.analyse_light(loaded.pixels)
    about: MidJourney | None = None
    if source == "mj" or midjourney.looks_like_midjourney("", metadata):
        about = midjourney.merge(name, metadata, typed_prompt=job.typed_prompt, size=loaded.full_size, limits=limits)
    traits = import_table.traits_of(about, limits)
    if light is not None and not traits.lighting and source == "real":
        traits.lighting.append(light)
    return ImageRecord(
        image_id=image_id,
        source=source,
        original=Original(name=name, sha256="", bytes=0, stored="", imported_at=utils.now()),  # its place follows
        picture=Picture(
            format=loaded.format, width=loaded.full_size[0], height=loaded.full_size[1],
            taken_at=taken_at if source == "real" else (about.created_at if about else None),
            phash=photo_light.phash(loaded.pixels) if measures["contrast"] > FLAT_CONTRAST else None, notes=list(loaded.notes),
        ),
        midjourney=about,
        camera=shot,
        traits=traits,
        analysis=measures,
    )  # fmt: skip


def _check_whole(path: Path, kind: str) -> None:
    """Find a file that was cut off: a reduced decoding may not reach its end. Raises PipelineError("import.truncated")."""
    if kind != "JPEG":
        return  # the others are decoded whole anyway
    with path.open("rb") as handle:
        handle.seek(0, os.SEEK_END)
        length = handle.tell()
        handle.seek(max(0, length - 65536))
        tail = handle.read()
    if b"\xff\xd9" not in tail:  # end of image; some cameras append data after it
        pictures.load_rgb(path)  # decodes to the last line, or raises
