"""One import: client, sources and limits, the pictures already known, and the report."""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import utils
from avatar.pictures import groups as import_groups
from avatar.pictures import images_table, left_out, removal
from avatar.pictures.sidecars import Beside, Sidecars
from avatar.pictures.sources import Item, Refused, Sources
from avatar.system import shortage
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from avatar.workspace.records import Caption, ImageRecord, Source
from config import ImportConfig

LOG = logging.getLogger(__name__)
RESERVE_BYTES = 200_000_000  # left free on the disk beyond what is copied
LARGE_PIXELS, LARGE_BYTES = 20_000_000, 12_000_000  # [choice] larger ones one at a time: 60 MB decoded, and copies of it
NAMES_SHOWN = 5  # [choice] of the files beside the pictures that were not used; all are in the log
ENDING = frozenset({"disk.full", "client.vanished", *shortage.KEYS})  # errors that end an import
BY_MACHINE = frozenset({"import.no_memory", "import.copy_lost"})  # why a file is refused that is sound: to be repeated
PROMPTS_FROM = ("embedded", "group", "filename", "typed", "none")  # group: of another tile of the job


@dataclass
class ImportReport:
    """What an import did; filled as it runs."""

    source: Source
    number: int = 0  # of the import, for `remove --import`; 0: nothing was added
    added: list[str] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    other_source: list[str] = field(default_factory=list)  # already there as the other source's, and left so
    same_bytes: list[tuple[str, str]] = field(default_factory=list)  # (name, id of the picture imported before)
    near_duplicates: dict[str, str] = field(default_factory=dict)  # image id -> the picture it looks like
    refused: list[Refused] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)  # names of what is no picture, by `left_out.LEFT`
    prompts_from: dict[str, int] = field(default_factory=dict)  # by PROMPTS_FROM
    formats: dict[str, int] = field(default_factory=dict)
    cameras: dict[str, int] = field(default_factory=dict)
    camera_as_mj: int = 0  # pictures of a camera that came in as MidJourney's
    nothing_of_mj: int = 0  # of those that came in as MidJourney's, neither their data nor their names say so
    captions_beside: int = 0  # from files beside the pictures, now the user's captions
    captions_without_trigger: int = 0  # of these
    captions_of_more_lines: int = 0  # of these: only the first line is read
    captions_kept: int = 0  # of pictures that had another caption of the user's already
    work_back: int = 0  # pictures with the user's verdict or caption of before they were removed
    prompts_beside: int = 0  # from files beside the pictures, now typed prompts
    unused_beside: dict[str, int] = field(default_factory=dict)  # files that were not used, by why
    groups_complete: int = 0
    groups_incomplete: int = 0
    single_pictures: int = 0  # of MidJourney, no tiles: upscales, variations
    warnings: list[Text] = field(default_factory=list)


@dataclass
class KnownPictures:
    """The client's pictures; grows during the import."""

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
        """Return the id of the known picture that looks most like this one, or None if none is near enough.

        bits  how many of the 64 bits of two perceptual hashes may differ; of equally near pictures, the first id wins
        """
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
class ImportJob:
    """One import: client, source and limits; `known` and `report` are filled as it runs."""

    client: Client
    source: Source
    limits: ImportConfig
    typed_prompt: str
    report: ImportReport
    known: KnownPictures = field(default_factory=KnownPictures)
    sidecars: Sidecars | None = None
    trigger_word: str = ""
    beside: dict[str, Beside] = field(default_factory=dict)  # image id -> what lies beside it, until it is counted
    remarks: dict[str, list[Text]] = field(default_factory=dict)  # image id -> what its texts tell, until it is counted
    aside: Mapping[str, Path] = field(default_factory=dict)  # see `removal.records_aside`
    work_back: set[str] = field(default_factory=set)  # image ids whose record has something from there, until it is counted
    one_large: threading.RLock = field(default_factory=threading.RLock)  # one large picture in memory at a time
    began: str = field(default_factory=utils.now)

    @property
    def folder(self) -> Path:
        return self.client.raw_folder(self.source)


def begin(
    client: Client, source: Source, found: Sources, limits: ImportConfig, typed_prompt: str, sidecars: Sidecars | None = None
) -> ImportJob:
    """Start an import: make the folders, remove what a killed import left half written, read the client's records."""
    client.make_folders()
    report = ImportReport(
        source=source, refused=list(found.refused), prompts_from=dict.fromkeys(PROMPTS_FROM, 0),
        left_out=_names_left(found),
    )  # fmt: skip
    trigger = client.info().trigger_word
    aside = removal.records_aside(client)
    job = ImportJob(client, source, limits, typed_prompt, report, sidecars=sidecars, trigger_word=trigger, aside=aside)
    _remove_temporaries(job)
    for record in client.records():
        job.known.add(record)
    return job


def _names_left(found: Sources) -> dict[str, list[str]]:
    return {kind: list(found.left_out[kind].values()) for kind in left_out.LEFT if kind in found.left_out}


def nothing_found(path: str, found: Sources) -> PipelineError:
    """Return the error of an import that found no picture: with what lay there instead, if anything did."""
    others = left_out.lines(_names_left(found))
    return (
        PipelineError("import.only_others", path=path, others=others)
        if others
        else PipelineError("import.nothing_found", path=path)
    )


@contextlib.contextmanager
def report_problems(job: ImportJob, item: Item) -> Iterator[None]:
    """Put a problem of one file into the report, so that the import goes on; one of the computer or the folder ends it."""
    try:
        yield
    except PipelineError as error:
        if error.key in ENDING:
            raise
        if error.key in BY_MACHINE:
            check_folders(job)
        _refuse(job, item, error.text)
    except OSError as error:
        if error.errno in shortage.FULL:
            raise disk_full(job.folder, item.bytes) from error
        if (short := shortage.told(error)) is not None:
            raise PipelineError.of(short) from error
        _try_to_write(job)
        detail = error.strerror or str(error)  # e.g. a virus scanner has the new file open
        _refuse(job, item, Text("import.unreadable", {"name": item.name, "detail": detail}))


def _refuse(job: ImportJob, item: Item, why: Text) -> None:
    LOG.info("not taken in: %s: %s", item.name, why)  # the screen shows a few of each kind
    job.report.refused.append(Refused(item.name, Text(why.key, {**why.values, "name": item.name})))


def check_folders(job: ImportJob) -> None:
    """Raise PipelineError("client.vanished") where a folder of the client that an import writes to is gone."""
    job.client.check_there(job.folder, job.client.images)


def _try_to_write(job: ImportJob) -> None:
    """Raise what hinders any file in the client's folders: PipelineError as `check_folders`, OSError."""
    check_folders(job)
    for folder in (job.folder, job.client.images):
        probe = utils.temporary_for(folder / "probe")
        try:
            probe.write_bytes(b"\0")
        finally:
            discard(probe)


def check_stored(job: ImportJob) -> None:
    """Hold what was added against the disk: somebody may have deleted some of it meanwhile.

    No record stays without its original; a record that is gone is written again.
    Raises PipelineError("client.vanished") where the client's folder is gone, or one of these files' folders.
    """
    originals, records = _names_in(job.folder), _names_in(job.client.images)
    gone = [i for i in job.report.added if Path(job.known.records[i].original.stored).name not in originals]
    for image_id in gone:
        record = job.known.records[image_id]
        discard(job.client.record_file(image_id))
        job.known.forget(image_id)
        job.report.added.remove(image_id)
        _refuse(job, Item(record.original.name, 0, job.folder), Text("import.copy_lost", {"name": record.original.name}))
    near = job.report.near_duplicates
    job.report.near_duplicates = {new: old for new, old in near.items() if not {new, old} & set(gone)}
    check_folders(job)
    for image_id in job.report.added:
        if f"{image_id}.json" not in records:
            job.client.save_record(job.known.records[image_id])


def _names_in(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return set()


def discard(temporary: Path) -> None:
    with contextlib.suppress(OSError):  # open in another program: the next import removes it
        temporary.unlink()


def completed(job: ImportJob, record: ImageRecord) -> ImageRecord:
    """Return a new picture's record with what the user had made of it before it was removed, and with what it looks like."""
    near = job.known.near(record.picture.phash, job.limits.near_duplicate_bits) if record.picture.phash else None
    # Pictures are numbered by it: one moment for all of an import, so that names decide and not how fast it was.
    original = record.original.model_copy(update={"imported_at": job.began})
    record = record.model_copy(update={"original": original, "near_duplicate_of": near})
    changed = removal.with_earlier_work(record, job.aside)
    if changed is not record:
        job.work_back.add(record.image_id)
    return changed


def note_duplicate(job: ImportJob, twin: ImageRecord, name: str, beside: Beside) -> None:
    if twin.source != job.source:
        job.report.other_source.append(twin.image_id)
    if twin.image_id in job.report.added:
        job.report.same_bytes.append((name, twin.image_id))
    else:
        job.report.already_there.append(twin.image_id)
    changed = twin
    if job.typed_prompt and twin.midjourney is not None:
        changed = import_groups.with_typed_prompt(twin, job.typed_prompt, job.limits)
    if beside.prompt and twin.midjourney is not None and not twin.midjourney.typed_prompt:
        changed = import_groups.with_typed_prompt(twin, beside.prompt, job.limits)
        job.report.prompts_beside += 1
    changed = _with_caption(job, changed, beside)
    if changed != twin:
        job.client.save_record(changed)
        job.known.records[twin.image_id] = changed


def _with_caption(job: ImportJob, record: ImageRecord, beside: Beside) -> ImageRecord:
    """Return a known picture's record with the caption beside it; one that the user wrote here stays."""
    if not beside.caption:
        return record
    if record.caption is not None and record.caption.by == "user":
        job.report.captions_kept += record.caption.text != beside.caption
        return record
    _count_caption(job, beside)
    return record.model_copy(update={"caption": Caption(text=beside.caption, by="user")})


def _count_caption(job: ImportJob, beside: Beside) -> None:
    report, trigger = job.report, job.trigger_word.lower()
    report.captions_beside += 1
    report.captions_of_more_lines += beside.more_lines
    report.captions_without_trigger += not re.match(rf"{re.escape(trigger)}(?!\w)", beside.caption.lower())


def count_added(job: ImportJob, record: ImageRecord) -> None:
    report = job.report
    band = {"low": job.limits.omni_weight_low, "high": job.limits.omni_weight_high}
    report.added.append(record.image_id)
    report.work_back += record.image_id in job.work_back
    if record.near_duplicate_of is not None:
        report.near_duplicates[record.image_id] = record.near_duplicate_of
    report.formats[record.picture.format] = report.formats.get(record.picture.format, 0) + 1
    if record.camera is not None and record.camera.model:
        report.cameras[record.camera.model] = report.cameras.get(record.camera.model, 0) + 1
    if record.source == "mj":
        about, shot = record.midjourney, record.camera
        report.camera_as_mj += record.picture.format == "RAW" or (shot is not None and bool(shot.make or shot.model))
        report.nothing_of_mj += about is None or not (about.job_id or about.evidence in {"embedded", "filename"})
    if record.midjourney is not None and record.source == "mj":
        for key in record.midjourney.warnings:
            report.warnings.append(Text(key, {"name": record.original.name}))
        for name, parameter in record.midjourney.parameters.items():
            if parameter.warning:
                values = {"name": record.original.name, "parameter": name, "value": parameter.text}
                told = band if parameter.warning == "midjourney.ow_band" else {}
                report.warnings.append(Text(parameter.warning, {**values, **told}))
    for key in record.picture.notes:
        report.warnings.append(Text(key, {"name": record.original.name}))
    report.warnings += job.remarks.pop(record.image_id, [])
    _count_beside(job, record, job.beside.pop(record.image_id, Beside()))
    if record.source == "real" and record.midjourney is not None:
        report.warnings.append(Text("import.photo_is_midjourney", {"name": record.original.name}))


def _count_beside(job: ImportJob, record: ImageRecord, beside: Beside) -> None:
    job.report.prompts_beside += bool(beside.prompt)
    if beside.caption:
        _count_caption(job, beside)
    if beside.keywords:
        where = {"name": record.original.name, "image": record.image_id, "client": job.client.client_id}
        told = {"words": ", ".join(beside.keywords), "where": beside.keywords_name}
        job.report.warnings.append(Text("import.keywords", {**where, **told}))


def _count_unused(job: ImportJob) -> None:
    """Put the files beside the pictures that were not used into the report, one line for each reason."""
    if job.sidecars is None:
        return
    for files in job.sidecars.found.left_out.values():
        for where in job.sidecars.handled & files.keys():
            del files[where]
    job.report.left_out = {kind: names for kind, names in _names_left(job.sidecars.found).items() if names}
    for why, items in sorted(job.sidecars.unused.items()):
        names = sorted(items.values())
        job.report.unused_beside[why] = len(names)
        few = ", ".join([*names[:NAMES_SHOWN], *("…" for _ in names[NAMES_SHOWN : NAMES_SHOWN + 1])])
        job.report.warnings.append(Text(f"import.beside.{why}", {"n": len(names), "names": few}))
        LOG.info("beside the pictures, %s: %s", why, ", ".join(names))


def finish(job: ImportJob) -> None:
    """Share prompts among the tiles of a job, write table and groups, and count groups and prompts for the report."""
    client, report, known = job.client, job.report, job.known.records
    in_order = sorted(known)
    for change in (import_groups.without_accounts, import_groups.shared_prompts):
        for record in change([known[image_id] for image_id in in_order], job.limits):
            client.save_record(record)
            known[record.image_id] = record
    ordered = [known[image_id] for image_id in in_order]
    for about in (known[image_id].midjourney for image_id in report.added):
        if about is not None and report.source == "mj":
            where = "group" if about.told_by else about.evidence
            report.prompts_from[(where if about.prompt else None) or "none"] += 1
    if not images_table.write_table(client, ordered):
        report.warnings.append(Text("table.locked", {"path": str(client.table_file)}))
    found = import_groups.grouped(ordered)
    import_groups.write_groups(client, found)
    report.groups_complete = sum(group.complete for group in found)
    report.groups_incomplete = sum(bool(group.tiles) for group in found) - report.groups_complete
    report.single_pictures = sum(len(group.images) for group in found if not group.tiles)
    _count_unused(job)


def is_nothing_of_midjourney(job: ImportJob) -> bool:
    """Return whether no picture of an import as MidJourney's shows any sign of it: no prompt, no job, no name of theirs.

    A prompt typed with the command is none: whoever takes photos for MidJourney's types one too. One in a file beside it is.
    """
    if job.report.prompts_beside:
        return False
    about = [job.known.records[image_id].midjourney for image_id in job.report.added if image_id in job.known.records]
    return (
        job.source == "mj"
        and bool(about)
        and not any(one and (one.evidence in {"embedded", "filename"} or one.job_id) for one in about)
    )


# --- copies ----------------------------------------------------------------------------------------------------------


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def check_disk(job: ImportJob, items: Iterable[Item]) -> None:
    """Raise PipelineError("disk.full") where the copies of these items would not fit."""
    need = sum(item.bytes for item in items if _takes_room(job, item))
    if need and need + RESERVE_BYTES > free_bytes(job.client.folder):
        raise disk_full(job.client.folder, need)


def _takes_room(job: ImportJob, item: Item) -> bool:
    """Return whether an item will take disk space: not if its size is that of a known original, nor if it can be linked."""
    if item.bytes in job.known.lengths:
        return False
    try:
        linked = job.limits.copy_way == "link" and item.member is None and item.path.stat().st_dev == job.folder.stat().st_dev
    except OSError:
        return True
    return not linked


def disk_full(folder: Path, need: int) -> PipelineError:
    return PipelineError("disk.full", need_mb=(need + RESERVE_BYTES) / 1e6, free_mb=free_bytes(folder) / 1e6)


def _remove_temporaries(job: ImportJob) -> None:
    utils.remove_temporaries(job.client.images)
    for path in job.folder.iterdir():
        if path.name.startswith(".") and ".tmp" in path.name:
            with contextlib.suppress(OSError):
                path.unlink()
