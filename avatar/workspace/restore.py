"""Brings a client home from a zip that `Workspace.export` wrote: whole, or not at all.

The zip may be a stranger's: every name in it is looked at before a byte is unpacked, what it unpacks to is counted, and
nothing of it counts as a client before its records could be read. It is unpacked into a folder that is no client's, which
gets its name last: what a kill leaves is deleted at the next start.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import utils
from avatar.texts.text import PipelineError, Text
from avatar.workspace import client as workspace_client
from avatar.workspace.archive import ARCHIVE_ERRORS
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace

MAX_MEMBERS = 1_000_000  # [choice] a client of 10,000 pictures has about 50,000 files
MAX_NAME_BYTES = 1000  # [choice]
RESERVE_BYTES = 200_000_000  # [choice] left free on the disk
BOMB_BYTES = 10_000_000  # [choice] below, no ratio of a member makes a bomb: texts of repeated lines shrink well
MAX_RATIO = 200.0  # [choice] as `imports.max_archive_ratio`: pictures hardly shrink, logs to a tenth
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")
# Nor these on Windows (learn.microsoft.com, "Naming Files, Paths, and Namespaces"): a colon names a drive or a stream.
_FORBIDDEN_ON_WINDOWS = re.compile(r'[<>:"|?*]|[. ]$')
DELIVERY = frozenset({"SHA256SUMS", "LEEME.txt", "README.txt"})  # what `deliver` writes beside a model: no client
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Restored:
    """A client that was brought home. missing: originals that records name and the zip had not; states: of trainings."""

    client: Client
    files: Mapping[str, int]  # top-level folder -> how many; "." for those beside them
    bytes: int
    missing: int = 0
    states: int = 0


@dataclass(frozen=True)
class Member:
    """One file of the zip and where it goes, below the client's folder."""

    info: zipfile.ZipInfo
    parts: tuple[str, ...]


def restore(
    workspace: Workspace, source: Path, *, new_id: str | None = None, max_bytes: int,
    check: Callable[[Client], object] = lambda client: None, on_progress: OnProgress | None = None,
) -> Restored:  # fmt: skip
    """Make a client of an exported zip.

    new_id     another id for it; its trigger word stays, since trained models know it
    max_bytes  that it may unpack to
    check      raises PipelineError for what is not to be taken, before the client counts as one
    Raises PipelineError("restore.no_file", "restore.no_zip", "restore.unsafe", "restore.too_big", "restore.broken"),
    ("restore.delivery", "client.exists", "client.bad_id", "disk.full") and as records and client.json are read.
    """
    with _opened(source) as archive:
        found_id, members = plan_members(archive.infolist(), str(source), max_bytes)
        workspace.check_new(new_id or found_id)
        job = _Job(workspace, source, new_id or found_id, renamed=new_id is not None)
        return _unpack(job, archive, members, check, on_progress)


@dataclass(frozen=True)
class _Job:
    workspace: Workspace
    source: Path
    client_id: str
    renamed: bool


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except FileNotFoundError as error:
        raise PipelineError("restore.no_file", path=str(source)) from error
    except (OSError, *ARCHIVE_ERRORS) as error:
        if isinstance(error, OSError) and not (isinstance(error, IsADirectoryError) or error.errno == errno.EINVAL):
            raise
        raise PipelineError("restore.no_zip", path=str(source)) from error


# --- which member goes where -----------------------------------------------------------------------------------------


def plan_members(
    infos: Sequence[zipfile.ZipInfo], source: str, max_bytes: int, *, windows: bool = os.name == "nt"
) -> tuple[str, list[Member]]:  # fmt: skip
    """Return the client's id and its files, without folders and without what is made anew; pure.

    Raises PipelineError("restore.unsafe") naming the first member that no export of ours has, and ("restore.too_big").
    """
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > max_bytes:
        raise PipelineError("restore.too_big", path=source, gb=max_bytes / 1e9)
    if {info.filename for info in infos} >= DELIVERY:
        raise PipelineError("restore.delivery", path=source)
    taken: dict[str, str] = {}
    members, tops = [], set()
    for info in infos:
        _refuse(info, _fault(info, windows=windows), source)
        parts = PurePosixPath(info.filename).parts
        tops.add(parts[0])
        if info.is_dir():
            continue
        if _made_anew(parts):
            continue
        folded = _folded("/".join(parts))
        _refuse(info, Text("restore.fault.twice", {}) if folded in taken else None, source)
        taken[folded] = info.filename
        members.append(Member(info, parts[1:]))
    for member in members:  # a file where another member has a folder
        above = ["/".join([next(iter(tops)), *member.parts[:depth]]) for depth in range(len(member.parts))]
        clash = any(_folded(folder) in taken for folder in above)
        _refuse(member.info, Text("restore.fault.twice", {}) if clash else None, source)
    if len(tops) != 1 or not any(member.parts == ("client.json",) for member in members):
        raise PipelineError("restore.no_client", path=source)
    return next(iter(tops)), members


def _refuse(info: zipfile.ZipInfo, fault: Text | None, source: str) -> None:
    if fault is not None:
        raise PipelineError("restore.unsafe", path=source, member=info.filename[:200], fault=fault)


def _fault(info: zipfile.ZipInfo, *, windows: bool) -> Text | None:
    """Return what is wrong with a member by its entry alone."""
    name = info.filename
    parts = name.rstrip("/").split("/") if info.is_dir() else name.split("/")
    if len(name.encode("utf-8", "replace")) > MAX_NAME_BYTES or not all(_good_part(part, windows=windows) for part in parts):
        return Text("restore.fault.name", {})
    if not info.is_dir() and len(parts) < 2:
        return Text("restore.fault.outside", {})
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return Text("restore.fault.link", {})
    if info.flag_bits & 0x1:
        return Text("restore.fault.locked", {})
    if info.file_size > BOMB_BYTES and info.file_size > MAX_RATIO * max(1, info.compress_size):
        return Text("restore.fault.bomb", {})
    return None


def _good_part(part: str, *, windows: bool) -> bool:
    """Return whether a part of a name names a file inside; an export has no hidden files."""
    if part in {"", ".", ".."} or part.startswith(".") or _FORBIDDEN.search(part):
        return False
    reserved = part.split(".")[0].strip().lower() in workspace_client.RESERVED_NAMES
    return not (windows and (reserved or _FORBIDDEN_ON_WINDOWS.search(part)))


def _made_anew(parts: Sequence[str]) -> bool:
    return len(parts) > 1 and _folded(parts[1]) in workspace_client.REMADE_FOLDERS


def _folded(name: str) -> str:
    """Return a name as the file systems that know no case, and no two ways to write an ñ, see it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


# --- unpacking -------------------------------------------------------------------------------------------------------


def _unpack(
    job: _Job, archive: zipfile.ZipFile, members: Sequence[Member], check: Callable[[Client], object],
    on_progress: OnProgress | None,
) -> Restored:  # fmt: skip
    workspace, total = job.workspace, sum(member.info.file_size for member in members)
    workspace.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(workspace.folder).free
    if total + RESERVE_BYTES > free:
        raise PipelineError("disk.full", need_mb=(total + RESERVE_BYTES) / 1e6, free_mb=free / 1e6)
    target = Client(workspace.folder / job.client_id)
    half = Client(utils.temporary_for(target.folder))
    counts: dict[str, int] = {}
    try:
        half.folder.mkdir(mode=0o700)
        half.make_folders()
        for number, member in enumerate(members, 1):
            _write(archive, member, half.folder.joinpath(*member.parts), job.source)
            top = member.parts[0] if len(member.parts) > 1 else "."
            counts[top] = counts.get(top, 0) + 1
            if on_progress is not None:
                on_progress(number, len(members))
        missing = _read_through(half, job)
        check(half)
        workspace.adopt(half, target)
    except BaseException:  # Ctrl+C too
        shutil.rmtree(half.folder, ignore_errors=True)
        raise
    states = len({member.parts[:4] for member in members if len(member.parts) > 4 and member.parts[3].endswith("-state")})
    return Restored(target, dict(sorted(counts.items())), total, missing, states)


def _write(archive: zipfile.ZipFile, member: Member, path: Path, source: Path) -> None:
    """Unpack one file. Raises PipelineError("restore.broken") where its bytes are not those that went in, and OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with archive.open(member.info) as reader, path.open("xb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)  # no more than the directory says, and its sum is checked
            written = writer.tell()
    except (OSError, *ARCHIVE_ERRORS) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # a disk that is full; EINVAL: a place before the file
            raise
        raise PipelineError("restore.broken", path=str(source), member=member.info.filename) from error
    if written != member.info.file_size:
        raise PipelineError("restore.broken", path=str(source), member=member.info.filename)


def _read_through(half: Client, job: _Job) -> int:
    """Read client.json and every record; return how many originals are not there.

    Raises PipelineError as `Client.info`, `Client.records` and `Client.original`.
    """
    info = half.info()  # of a folder that is no client's yet: the id and the name shown are those that the file says
    said = utils.read_object(half.info_file)
    if job.renamed:
        shown = said.get("display_name")
        shown = job.client_id if shown == said.get("client_id") else str(shown or "")
        klass = str(said.get("class_word") or info.class_word)  # as the file says it, in whatever language
        half.save_info(info.model_copy(update={"client_id": job.client_id, "display_name": shown, "class_word": klass}))
    return sum(not half.original(record).is_file() for record in half.each_record())
