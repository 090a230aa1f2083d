"""The import stage: MidJourney pictures and photos into a client's folder, each with a record of all that is known.

Order of writing, so that a run killed at any moment is made whole by the next one: original to a temporary name, renamed
to its place, then the record. A file without a record is either given one by importing it again or, where nothing
claims it, removed at the next import; a record is never written before its file.
"""

from __future__ import annotations

import csv
import hashlib
import io
import logging
import os
import re
import shutil
import urllib.parse
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import midjourney
import pictures
import utils
from config import RAW_EXTENSIONS, STANDARD_EXTENSIONS, ImportConfig, Settings
from records import ImageRecord, MidJourney, Original, Picture, Source, Traits
from traits import find_traits
from utils import OnProgress, PipelineError
from workspace import Client

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOG = logging.getLogger(__name__)
EXTENSIONS = STANDARD_EXTENSIONS | RAW_EXTENSIONS
ANALYSIS_SIDE_PX = 512  # the copy that light and likeness are measured on
NEAR_DUPLICATE_BITS = 6  # of 64 (peers 1c: pHash Hamming <= 6/64)
RESERVE_BYTES = 200_000_000  # left free on the disk beyond what is copied
STORED_NAME_CHARACTERS = 80  # Windows still counts 260 in a path


@dataclass(frozen=True)
class Refused:
    """One file that was not taken in, and why."""

    name: str
    key: str
    values: dict[str, Any]


@dataclass
class ImportReport:
    """What an import did; filled while it goes on."""

    source: Source
    added: list[str] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    near_duplicates: dict[str, str] = field(default_factory=dict)  # image id -> the one it looks like
    refused: list[Refused] = field(default_factory=list)
    prompts_from: dict[str, int] = field(default_factory=dict)  # embedded, filename, typed, none
    formats: dict[str, int] = field(default_factory=dict)
    cameras: dict[str, int] = field(default_factory=dict)
    groups_complete: int = 0
    groups_incomplete: int = 0
    warnings: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """The tiles of one MidJourney job."""

    job_id: str
    prompt: str | None
    typed_prompt: str | None
    tiles: list[int]
    images: list[str]
    names: list[str]

    @property
    def complete(self) -> bool:
        """True where all four tiles are there, or the job has but one picture."""
        return not self.tiles or len(set(self.tiles)) == 4


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

    def add(self, record: ImageRecord) -> None:
        self.records[record.image_id] = record
        if record.picture.phash:
            self.hashes[record.image_id] = int(record.picture.phash, 16)

    def near(self, phash: str) -> str | None:
        """Return the picture that looks like this one, if there is one."""
        value = int(phash, 16)
        for image_id, other in self.hashes.items():
            if (value ^ other).bit_count() <= NEAR_DUPLICATE_BITS:
                return image_id
        return None


def _import(
    client: Client, source: Source, paths: Sequence[str | Path], limits: ImportConfig, typed_prompt: str,
    on_progress: OnProgress | None,
) -> ImportReport:  # fmt: skip
    report = ImportReport(source=source, prompts_from=dict.fromkeys(("embedded", "filename", "typed", "none"), 0))
    with client.lock("import"):
        client.make_folders()
        found = find_sources(paths, report, limits)
        if not found and not report.refused:
            raise PipelineError("import.nothing_found", path=", ".join(str(clean_path(path)) for path in paths))
        _check_disk(client.folder, sum(item.bytes for item in found))
        known = _Known()
        for record in client.records():
            known.add(record)
        _clear_leftovers(client, source, known.records)
        try:
            for done, item in enumerate(found, 1):
                _take_in(client, source, item, limits, typed_prompt, known, report)
                if on_progress is not None:
                    on_progress(done, len(found))
        finally:  # Ctrl+C too: what was taken in has its table and groups
            _finish(client, known.records.values(), report)
    return report


def _take_in(
    client: Client, source: Source, item: Item, limits: ImportConfig, typed_prompt: str, known: _Known, report: ImportReport
) -> None:
    # The extension stays: it is a hint for RAW formats without a mark of their own.
    suffix = PurePosixPath(stored_name("", item.name)).suffix
    temporary = client.raw_folder(source) / f".{os.getpid()}-{len(known.records)}.tmp{suffix}"
    try:
        digest, size = _copy_hashed(item, temporary)
        image_id = f"{source}_{digest[:16]}"
        twin = _twin(known.records, digest)
        if twin is not None:
            _note_twin(client, twin, source, typed_prompt, known, report)
            return
        record = _describe(temporary, source, image_id, item.name, digest, size, limits, typed_prompt)
        record.original.stored = f"raw_{source}/{stored_name(image_id, item.name)}"
        temporary.replace(client.folder / record.original.stored)
        if record.picture.phash and (near := known.near(record.picture.phash)) is not None:
            record.near_duplicate_of = near
            report.near_duplicates[image_id] = near
        client.save_record(record)
        known.add(record)
        _count(record, report)
    except PipelineError as error:
        if error.key == "disk.full":
            raise
        report.refused.append(Refused(item.name, error.key, {**error.values, "name": item.name}))
    finally:
        temporary.unlink(missing_ok=True)


def _twin(records: Mapping[str, ImageRecord], digest: str) -> ImageRecord | None:
    """Return the record of the same bytes, under either source."""
    for source in ("mj", "real"):
        record = records.get(f"{source}_{digest[:16]}")
        if record is not None and record.original.sha256 == digest:
            return record
    return None


def _note_twin(
    client: Client, twin: ImageRecord, source: Source, typed_prompt: str, known: _Known, report: ImportReport
) -> None:
    if twin.source != source:
        report.warnings.append(("import.other_source", {"name": twin.original.name, "image": twin.image_id}))
    if twin.image_id not in report.added:
        report.already_there.append(twin.image_id)
    if typed_prompt and twin.midjourney is not None and twin.midjourney.typed_prompt != typed_prompt:
        changed = _with_typed_prompt(twin, typed_prompt)
        client.save_record(changed)
        known.records[twin.image_id] = changed


def _count(record: ImageRecord, report: ImportReport) -> None:
    report.added.append(record.image_id)
    report.formats[record.picture.format] = report.formats.get(record.picture.format, 0) + 1
    if record.camera is not None and record.camera.model:
        report.cameras[record.camera.model] = report.cameras.get(record.camera.model, 0) + 1
    if record.midjourney is not None and record.source == "mj":
        where = record.midjourney.evidence if record.midjourney.prompt else None
        report.prompts_from[where or "none"] += 1
        for key in record.midjourney.warnings:
            report.warnings.append((key, {"name": record.original.name}))
        for name, parameter in record.midjourney.parameters.items():
            if parameter.warning:
                values = {"name": record.original.name, "parameter": name, "value": parameter.text}
                report.warnings.append((parameter.warning, values))
    if record.source == "real" and record.midjourney is not None:
        report.warnings.append(("import.photo_is_midjourney", {"name": record.original.name}))


def _finish(client: Client, records: Iterable[ImageRecord], report: ImportReport) -> None:
    """Write table and groups, and count the groups into the report."""
    ordered = sorted(records, key=lambda record: record.image_id)
    write_table(client, ordered)
    found = _grouped(ordered)
    _write_groups(client, found)
    complete = sum(group.complete for group in found)
    report.groups_complete, report.groups_incomplete = complete, len(found) - complete


# --- one picture -----------------------------------------------------------------------------------------------------


def _describe(
    path: Path, source: Source, image_id: str, name: str, digest: str, size: int, limits: ImportConfig, typed_prompt: str
) -> ImageRecord:
    """Read all that a picture tells. path has a temporary name; what the name tells comes from `name`."""
    loaded = pictures.load_rgb(path, max_side_px=ANALYSIS_SIDE_PX, max_pixels=limits.max_pixels)
    _check_whole(path, loaded.format)
    metadata = pictures.text_metadata(path) if loaded.format != "RAW" else {}
    camera, taken_at = pictures.read_camera(path, keep_gps=limits.keep_gps)
    measures, light = pictures.analyse_light(loaded.pixels)
    about: MidJourney | None = None
    if source == "mj" or midjourney.looks_like_midjourney("", metadata):
        about = midjourney.merge(name, metadata, typed_prompt=typed_prompt, size=loaded.full_size)
    traits = traits_of(about)
    if light is not None and not traits.lighting and source == "real":
        traits.lighting.append(light)
    return ImageRecord(
        image_id=image_id,
        source=source,
        original=Original(name=name, sha256=digest, bytes=size, stored="", imported_at=utils.now()),
        picture=Picture(
            format=loaded.format, width=loaded.full_size[0], height=loaded.full_size[1],
            taken_at=taken_at if source == "real" else (about.created_at if about else None),
            phash=_phash(loaded.pixels), notes=list(loaded.notes),
        ),
        midjourney=about,
        camera=camera,
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


def _phash(pixels: NDArray[Any]) -> str | None:
    """Return the perceptual hash, or None for a picture of one colour, whose hash would match every other of the kind."""
    return pictures.phash(pixels) if float(pixels.std()) > 2 else None


def traits_of(about: MidJourney | None) -> Traits:
    """Return the traits that a prompt names."""
    if about is None:
        return Traits()
    prompt = about.prompt or about.typed_prompt or ""
    unwanted = about.parameters["no"].text if "no" in about.parameters else ""
    return find_traits(prompt, unwanted)


def stored_name(image_id: str, name: str) -> str:
    """Return the name an original is kept under: its id, what is readable of its name, its extension.

    >>> stored_name("mj_0123456789abcdef", "a<b>:c ñ.PNG")
    'mj_0123456789abcdef_a_b__c ñ.png'
    """
    last = PurePosixPath(PurePosixPath(name.replace("\\", "/")).name)
    readable = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", last.stem)[:STORED_NAME_CHARACTERS].strip(" .")
    safe_suffix = re.sub(r"[^A-Za-z0-9.]", "", last.suffix).lower()[:8]
    return f"{image_id}_{readable or 'picture'}{safe_suffix}"


# --- where pictures come from ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One file to take in: on disk, or a member of a zip archive."""

    name: str
    bytes: int
    path: Path
    member: str | None = None


def clean_path(text: str | Path) -> Path:
    """Return the path a user typed, pasted or dragged: quotes, blanks around, ~, file:// and escaped blanks understood."""
    if isinstance(text, Path):
        return text.expanduser()
    cleaned = text.strip().strip("\u202a\u200e\ufeff")  # Windows' "copy as path" adds a direction mark
    for quote in ("'", '"'):
        if len(cleaned) > 1 and cleaned.startswith(quote) and cleaned.endswith(quote):
            cleaned = cleaned[1:-1]
    cleaned = cleaned.removeprefix("& ").strip("'\"") if cleaned.startswith("& ") else cleaned  # dragged into PowerShell
    if cleaned.lower().startswith("file://"):
        cleaned = urllib.parse.unquote(urllib.parse.urlparse(cleaned).path)
        cleaned = cleaned[1:] if re.match(r"/[A-Za-z]:", cleaned) else cleaned
    path = Path(cleaned).expanduser()
    if os.sep == "/" and "\\" in cleaned and not path.exists():
        unescaped = Path(re.sub(r"\\(.)", r"\1", cleaned)).expanduser()  # dragged into a terminal: blanks as "\ "
        return unescaped if unescaped.exists() else path
    return path


def find_sources(paths: Sequence[str | Path], report: ImportReport, limits: ImportConfig) -> list[Item]:
    """Return all pictures below paths, each file once, in order of name; what is refused already goes into the report.

    Folders are searched to the bottom, links are not followed. Raises PipelineError("import.no_path").
    """
    found: dict[tuple[Path, str | None], Item] = {}
    for text in paths:
        path = clean_path(text)
        if path.is_dir():
            items: Iterable[Item] = _in_folder(path, report, limits)
        elif path.is_file():
            items = _in_file(path, report, limits)
        else:
            raise PipelineError("import.no_path", path=str(path))
        for item in items:
            found.setdefault((item.path.resolve(), item.member), item)
    return list(found.values())


def _in_folder(folder: Path, report: ImportReport, limits: ImportConfig) -> Iterator[Item]:
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not pictures.is_hidden(name))
        for name in sorted(names):
            path = Path(parent) / name
            if pictures.is_hidden(name) or path.is_symlink():
                continue
            if path.suffix.lower() in EXTENSIONS or path.suffix.lower() == ".zip":
                yield from _in_file(path, report, limits)


def _in_file(path: Path, report: ImportReport, limits: ImportConfig) -> Iterator[Item]:
    if path.suffix.lower() == ".zip":
        yield from _in_archive(path, report, limits)
    else:
        try:
            yield Item(path.name, path.stat().st_size, path)
        except OSError as error:
            report.refused.append(Refused(path.name, "import.unreadable", {"name": path.name, "detail": str(error)}))


def _in_archive(path: Path, report: ImportReport, limits: ImportConfig) -> Iterator[Item]:
    """Yield the pictures of a zip. Members are only ever read as streams, so none can be written outside of anything."""
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        report.refused.append(Refused(path.name, "import.bad_archive", {"name": path.name, "detail": str(error)}))
        return
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/")).name
        hidden = any(pictures.is_hidden(part) for part in PurePosixPath(member.filename).parts if part != "..")
        if member.is_dir() or hidden or "__MACOSX" in member.filename or PurePosixPath(name).suffix.lower() not in EXTENSIONS:
            continue
        total += member.file_size
        packed = max(1, member.compress_size)
        if member.flag_bits & 0x1:
            report.refused.append(Refused(name, "import.encrypted", {"name": name}))
        elif total > limits.max_archive_bytes or member.file_size / packed > limits.max_archive_ratio:
            report.refused.append(Refused(name, "import.archive_bomb", {"name": name}))
        else:
            yield Item(name, member.file_size, path, member.filename)


def _copy_hashed(item: Item, target: Path) -> tuple[str, int]:
    """Copy an item to target in one pass; return its SHA-256 and its size. Raises PipelineError."""
    digest, size = hashlib.sha256(), 0
    try:
        with _stream(item) as reader, target.open("wb") as writer:
            while chunk := reader.read(utils.COPY_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                if item.member is not None and size > item.bytes:
                    raise PipelineError("import.archive_bomb", name=item.name)  # more than the archive said
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise PipelineError("import.bad_archive", name=item.name, detail=str(error)) from error
    except OSError as error:
        if error.errno in (28, 122):  # ENOSPC, EDQUOT
            raise PipelineError("disk.full", need_mb=item.bytes / 1e6, free_mb=_free(target.parent) / 1e6) from error
        raise PipelineError("import.unreadable", name=item.name, detail=error.strerror or str(error)) from error
    return digest.hexdigest(), size


def _stream(item: Item) -> Any:
    if item.member is None:
        return item.path.open("rb")
    with zipfile.ZipFile(item.path) as archive:
        return archive.open(item.member)  # keeps the archive's file open itself until it is closed


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _check_disk(folder: Path, need: int) -> None:
    free = _free(folder)
    if need + RESERVE_BYTES > free:
        raise PipelineError("disk.full", need_mb=(need + RESERVE_BYTES) / 1e6, free_mb=free / 1e6)


def _clear_leftovers(client: Client, source: Source, records: Mapping[str, ImageRecord]) -> None:
    """Remove what an interrupted import left: temporary files, and originals that no record claims.

    Such an original is a copy that was renamed but not yet recorded; its source is imported again now or later.
    """
    folder = client.raw_folder(source)
    claimed = {PurePosixPath(record.original.stored).name for record in records.values()}
    for path in folder.iterdir():
        ours = re.match(rf"{source}_[0-9a-f]{{16}}", path.name)
        if (path.name.startswith(".") and ".tmp" in path.name) or (ours and path.name not in claimed):
            LOG.info("left over from an interrupted import: %s", path.name)
            path.unlink(missing_ok=True)


# --- prompts and groups ----------------------------------------------------------------------------------------------


def groups(client: Client) -> list[Group]:
    """Return the MidJourney jobs of a client, in order of job id."""
    return _grouped(client.records())


def _grouped(records: Iterable[ImageRecord]) -> list[Group]:
    by_job: dict[str, list[ImageRecord]] = {}
    for record in records:
        if record.source == "mj" and record.midjourney is not None and record.midjourney.job_id:
            by_job.setdefault(record.midjourney.job_id, []).append(record)
    return [_group(job, members) for job, members in sorted(by_job.items())]


def _group(job: str, members: Sequence[ImageRecord]) -> Group:
    about = [record.midjourney for record in members if record.midjourney is not None]
    embedded = [one for one in about if one.evidence == "embedded"] or about
    return Group(
        job_id=job,
        prompt=next((one.prompt for one in embedded if one.prompt), None),
        typed_prompt=next((one.typed_prompt for one in about if one.typed_prompt), None),
        tiles=sorted(one.tile for one in about if one.tile is not None),
        images=[record.image_id for record in members],
        names=[record.original.name for record in members],
    )


def _write_groups(client: Client, found: Sequence[Group]) -> None:
    """Write metadata/mj_groups.json: job id -> prompt, parameters, its tiles."""
    value = {
        group.job_id: {
            "prompt": group.prompt, "typed_prompt": group.typed_prompt, "tiles": group.tiles, "images": group.images,
            "complete": group.complete,
        }
        for group in found
    }  # fmt: skip
    utils.write_json(client.groups_file, value)


def set_master_prompt(client: Client, prompt: str) -> None:
    """Keep the prompt that the user's avatar came from; captions use it where a picture has none of its own."""
    with client.lock("prompts"):
        client.save_info(client.info().model_copy(update={"master_prompt": " ".join(prompt.split())}))


def set_group_prompt(client: Client, job_id: str | None, prompt: str) -> int:
    """Attach a typed prompt to the tiles of one job, or with None to every MidJourney picture; return how many.

    Embedded data stays; the typed text stands beside it. Raises PipelineError("prompt.no_group").
    """
    with client.lock("prompts"):
        records = client.records()
        chosen = [r for r in records if r.source == "mj" and (job_id is None or _job_of(r) == job_id)]
        if not chosen:
            raise PipelineError("prompt.no_group", job=job_id or "-")
        changed = {record.image_id: _with_typed_prompt(record, prompt) for record in chosen}
        for record in changed.values():
            client.save_record(record)
        _write_groups(client, _grouped(changed.get(r.image_id, r) for r in records))
        return len(changed)


def _job_of(record: ImageRecord) -> str | None:
    return record.midjourney.job_id if record.midjourney is not None else None


def _with_typed_prompt(record: ImageRecord, prompt: str) -> ImageRecord:
    about = record.midjourney or MidJourney()
    text = " ".join(prompt.split())
    if about.evidence == "embedded" and about.prompt:
        about = about.model_copy(update={"typed_prompt": text})
    else:  # a typed prompt is whole, a file name's is cut off
        typed = midjourney.parse_description(text)
        about = about.model_copy(
            update={
                "typed_prompt": text, "prompt": typed.prompt, "evidence": "typed",
                "parameters": {**about.parameters, **typed.parameters},
            }
        )  # fmt: skip
    return record.model_copy(update={"midjourney": about, "traits": traits_of(about)})


# --- the table -------------------------------------------------------------------------------------------------------

COLUMNS = (
    "image_id", "source", "name", "format", "width", "height", "taken_at", "job_id", "tile", "prompt", "evidence",
    "camera", "lighting", "expression", "physical", "verdict", "decided_by", "near_duplicate_of",
)  # fmt: skip


def write_table(client: Client, records: Iterable[ImageRecord]) -> None:
    """Write metadata/images.csv for a spreadsheet (UTF-8 with a mark, so that Excel reads ñ); never read back."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for record in records:
        writer.writerow([_cell(value) for value in _row(record)])
    utils.write_atomic(client.table_file, "\ufeff" + text.getvalue())


def _row(record: ImageRecord) -> tuple[object, ...]:
    about = record.midjourney or MidJourney()
    words = [" ".join(trait.value for trait in group) for group in
             (record.traits.lighting, record.traits.expression, record.traits.physical)]  # fmt: skip
    return (
        record.image_id, record.source, record.original.name, record.picture.format, record.picture.width,
        record.picture.height, record.picture.taken_at, about.job_id, about.tile, about.prompt or about.typed_prompt,
        about.evidence, record.camera.model if record.camera else None, *words,
        record.decision.verdict if record.decision else None, record.decision.by if record.decision else None,
        record.near_duplicate_of,
    )  # fmt: skip


def _cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
