"""Finds pictures in paths as people type them, folders and zip archives, and opens each as a stream; nothing is unpacked.

Nothing that a folder holds is passed over in silence: what is no picture is counted and named by kind, see `left_out`.
Members of an archive are only read, so none can be written outside a folder. Archives in archives, and those of other
formats, are not opened but reported.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import stat
import sys
import threading
import urllib.parse
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from types import TracebackType
from typing import IO

import utils
from avatar.pictures import kinds, left_out
from avatar.texts.text import PipelineError, Text
from avatar.workspace.archive import ARCHIVE_ERRORS
from config import RAW_EXTENSIONS, STANDARD_EXTENSIONS, CopyWay, ImportConfig

STORED_NAME_CHARACTERS = 80  # Windows still counts 260 in a path
STORED_NAME_BYTES = 220  # Linux counts 255 bytes in a name, id and extension included: 80 letters of Chinese are 240
FICLONE = 0x40049409  # linux/fs.h
EXTENSIONS = STANDARD_EXTENSIONS | RAW_EXTENSIONS
PACKED = frozenset({".rar", ".7z", ".tar", ".tgz", ".gz"})  # archives that are not opened


@dataclass(frozen=True)
class Refused:
    """One file that was not imported, and why."""

    name: str
    text: Text


@dataclass(frozen=True)
class Item:
    """One file to import: on disk, or a member of a zip archive."""

    name: str  # printable, without folders
    bytes: int
    path: Path
    member: zipfile.ZipInfo | None = None  # not its name: of two members with the same name, zipfile always opens the later

    @property
    def folder(self) -> PurePath:
        """The folder it lies in; within an archive, the archive is the first one."""
        if self.member is None:
            return self.path.parent
        return self.path / PurePosixPath(member_name(self.member).replace("\\", "/")).parent


@dataclass
class Sources:
    """The files found, those refused and those left out; opens them, also from several threads; keeps the archive in use open.

    left_out  by kind, see `left_out.LEFT`: where each file is, and its name
    """

    items: list[Item] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    left_out: dict[str, dict[PurePath, str]] = field(default_factory=dict)
    _archive: zipfile.ZipFile | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Sources:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        if self._archive is not None:
            self._archive.close()
            self._archive = None

    def refuse(self, name: str, why: Text) -> None:
        self.refused.append(Refused(printable(name), Text(why.key, {**why.values, "name": printable(name)})))

    def leave_out(self, kind: str, where: PurePath, name: str) -> None:
        """Count a file that is no picture; once, however often its folder was named."""
        self.left_out.setdefault(kind, {})[where] = printable(name)

    def open(self, item: Item) -> IO[bytes]:
        """Return a stream of an item's bytes. Raises OSError and ARCHIVE_ERRORS."""
        if item.member is None:
            return item.path.open("rb")
        with self._lock:  # members still being read keep a closed archive's file open: zipfile counts them
            if self._archive is None or self._archive.filename != str(item.path):
                self._close()
                self._archive = zipfile.ZipFile(str(item.path))
            return self._archive.open(item.member)

    def copy_hashed(self, item: Item, target: Path | None, way: CopyWay = "copy") -> tuple[str, int]:
        """Copy an item to target in one pass, or only read it; return its SHA-256 and its size. Raises PipelineError.

        way  "clone" shares the disk's blocks until one side changes (Btrfs, XFS), "link" the file itself; where the file
             system cannot, the bytes are copied.

        Without fsync, as `cp`: a copy cut short by a power failure is recognised by its size and made again.
        """
        digest, size = hashlib.sha256(), 0
        shared = target is not None and item.member is None and _share(item.path, target, way)
        try:
            with self.open(item) as reader, Path(os.devnull if target is None or shared else target).open("wb") as writer:
                while chunk := reader.read(utils.COPY_CHUNK_BYTES):
                    digest.update(chunk)
                    size += len(chunk)
                    if item.member is not None and size > item.bytes:
                        raise PipelineError("import.archive_bomb", name=item.name)  # more than the archive's directory says
                    writer.write(chunk)
        except ARCHIVE_ERRORS as error:
            raise PipelineError("import.bad_archive", name=item.name, detail=str(error)) from error
        return digest.hexdigest(), size


def _share(source: Path, target: Path, way: CopyWay) -> bool:
    """Make target share source's bytes without copying them; return False if that is not wanted or not possible."""
    try:
        if way == "link":
            os.link(source, target)
        elif way == "clone" and sys.platform == "linux":
            import fcntl

            with source.open("rb") as reader, target.open("wb") as writer:
                fcntl.ioctl(writer.fileno(), FICLONE, reader.fileno())
        else:
            return False
    except OSError:  # another disk, or a file system without it
        target.unlink(missing_ok=True)
        return False
    return True


def clean_path(text: str | Path) -> Path:
    """Return the path a user typed, pasted or dragged: quotes, blanks around, ~, file:// and escaped blanks understood."""
    if isinstance(text, Path):
        return utils.at_home(text)
    cleaned = text.strip().strip("\u202a\u200e\ufeff")  # Windows' "copy as path" adds a direction mark
    cleaned = cleaned.removeprefix("& ").strip()  # dragged into PowerShell
    for quote in ("'", '"'):
        if len(cleaned) > 1 and cleaned.startswith(quote) and cleaned.endswith(quote):
            cleaned = cleaned[1:-1].strip()
    if cleaned.lower().startswith("file://"):
        cleaned = urllib.parse.unquote(re.sub(r"^file://(?:localhost(?=/))?", "", cleaned, flags=re.IGNORECASE))
        cleaned = cleaned[1:] if re.match(r"/[A-Za-z]:", cleaned) else cleaned
    path = utils.at_home(Path(cleaned))
    if os.sep == "/" and "\\" in cleaned and not _exists(path):
        unescaped = utils.at_home(Path(re.sub(r"\\(.)", r"\1", cleaned)))  # dragged into a terminal: blanks as "\ "
        return unescaped if _exists(unescaped) else path
    return path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, or a NUL
        return False


def find_sources(paths: Sequence[str | Path], limits: ImportConfig) -> Sources:
    """Return all pictures below paths, each file once, in order of name; links are not followed.

    Raises PipelineError("import.no_path").
    """
    found = Sources()
    seen: set[tuple[Path, int | None]] = set()
    for text in paths:
        path = clean_path(text)
        if not str(text).strip() or not _exists(path) or not (path.is_dir() or path.is_file()):
            raise PipelineError("import.no_path", path=str(text).strip())
        for item in _in_folder(path, found, limits) if path.is_dir() else _in_file(path, found, limits):
            key = (item.path.resolve(), item.member.header_offset if item.member else None)
            if key not in seen:
                seen.add(key)
                found.items.append(item)
    return found


def _in_folder(folder: Path, found: Sources, limits: ImportConfig) -> Iterator[Item]:
    def unreadable(error: OSError) -> None:
        name = printable(Path(error.filename or folder).name)
        found.refuse(name, Text("import.unreadable", {"name": name, "detail": error.strerror or str(error)}))

    for parent, folders, names in os.walk(folder, onerror=unreadable, followlinks=False):
        here = Path(parent)
        folders[:] = [name for name in sorted(folders) if _is_walked(here / name, found)]
        pictures = {Path(name).stem.lower() for name in names if Path(name).suffix.lower() in EXTENSIONS}
        for name in sorted(names):
            path = here / name
            if left_out.is_of_system(name):
                continue
            if not _is_regular(path):
                found.leave_out("link", path, name)  # a pipe or device, too
            elif (path.suffix.lower() in PACKED | {".zip"} and not name.startswith(".")) or _is_wanted(
                found, path, name, functools.partial(kinds.first_bytes, path), pictures
            ):
                yield from _in_file(path, found, limits)


def _is_walked(folder: Path, found: Sources) -> bool:
    """Return whether pictures are looked for in a folder below one that the user named; note it if they are not."""
    name = folder.name
    if left_out.is_of_system(name) or not left_out.holds_own_pictures(folder):
        if not name.startswith((".", "__")):  # those are on every stick
            found.leave_out("system", folder, name)
        return False
    if folder.is_symlink() or name.startswith("."):
        found.leave_out("link" if folder.is_symlink() else "hidden", folder, name)
        return False
    return True


def _is_wanted(found: Sources, where: PurePath, name: str, head: Callable[[], bytes], pictures: Collection[str]) -> bool:
    """Return whether a file is to be imported; note why not, or what kind of file it is, if it is not.

    where  what tells it from every other file
    head, pictures  as for `left_out.kind_left`
    """
    picture = PurePosixPath(name).suffix.lower() in EXTENSIONS
    refusal = None if picture else left_out.refusal(name, head)
    if name.startswith("."):
        if picture or refusal is not None or left_out.PLACEHOLDER.fullmatch(name) or kinds.format_of(head()) is not None:
            kind = left_out.kind_left(name, head)
            found.leave_out(kind, where, name[1 : -len(".icloud")] if kind == "cloud" else name)
        return False
    if picture or (refusal is None and kinds.format_of(head()) is not None):
        return True
    if refusal is not None:
        found.refuse(refusal.values["name"], refusal)
    else:
        found.leave_out(left_out.kind_left(name, head, pictures), where, name)
    return False


def _is_regular(path: Path) -> bool:
    """Return whether the path is a regular file: no link, and no pipe or device, on which reading would block."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _in_file(path: Path, found: Sources, limits: ImportConfig) -> Iterator[Item]:
    if path.suffix.lower() == ".zip":
        yield from _in_archive(path, found, limits)
        return
    name = printable(path.name)
    if path.suffix.lower() in PACKED and not kinds.is_picture(path):
        found.refuse(name, Text("import.packed", {"name": name}))
        return
    try:
        yield Item(name, path.stat().st_size, path)
    except OSError as error:
        found.refuse(name, Text("import.unreadable", {"name": name, "detail": error.strerror or str(error)}))


def _in_archive(path: Path, found: Sources, limits: ImportConfig) -> Iterator[Item]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _members(archive, path, found, limits)
    except (OSError, *ARCHIVE_ERRORS) as error:
        name = printable(path.name)
        found.refuse(name, Text("import.bad_archive", {"name": name, "detail": str(error)}))


def _members(archive: zipfile.ZipFile, path: Path, found: Sources, limits: ImportConfig) -> Iterator[Item]:
    total = 0
    members = {member: PurePosixPath(member_name(member).replace("\\", "/")) for member in archive.infolist()}
    pictures: dict[PurePosixPath, set[str]] = {}
    for where in members.values():
        if where.suffix.lower() in EXTENSIONS:
            pictures.setdefault(where.parent, set()).add(where.stem.lower())
    for member, where in members.items():
        name = printable(where.name)
        if member.is_dir() or not _is_own(where):
            continue
        if where.suffix.lower() in PACKED | {".zip"}:
            found.refuse(name, Text("import.packed", {"name": name}))
            continue
        head = functools.partial(_first_bytes, archive, member)
        if not _is_wanted(found, path / where, name, head, pictures.get(where.parent, ())):
            continue
        total += member.file_size
        if member.flag_bits & 0x1:
            found.refuse(name, Text("import.encrypted", {"name": name}))
        elif total > limits.max_archive_bytes or member.file_size > limits.max_archive_ratio * max(1, member.compress_size):
            found.refuse(name, Text("import.archive_bomb", {"name": name}))
        else:
            yield Item(name, member.file_size, path, member)


def _is_own(member: PurePosixPath) -> bool:
    """Return whether a member lies in no folder, and is no file, of a system or hidden by its folder."""
    parts = [part for part in member.parts if part not in ("..", ".")]
    return not any(left_out.is_of_system(part) for part in parts) and not any(part.startswith(".") for part in parts[:-1])


def _first_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return the first bytes of a member, as `kinds.first_bytes` of a file."""
    try:
        with archive.open(member) as handle:
            return handle.read(kinds.MAGIC_BYTES)
    except ARCHIVE_ERRORS:  # encrypted or damaged, and the name is not a picture's either
        return b""


def member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; macOS writes UTF-8 without saying so, which zipfile reads as code page 437."""
    if not member.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            return member.filename.encode("cp437").decode("utf-8")
    return member.filename


def printable(name: str) -> str:
    """Return a name that can be written as UTF-8: bytes that the system's encoding cannot decode become U+FFFD."""
    return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", name)


def stored_name(image_id: str, name: str) -> str:
    """Return the name an original is stored under: its id, the readable part of its name, its extension.

    >>> stored_name("mj_0123456789abcdef", "a<b>:c ñ.PNG")
    'mj_0123456789abcdef_a_b__c ñ.png'
    """
    last = PurePosixPath(PurePosixPath(name.replace("\\", "/")).name)
    readable = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", last.stem)
    readable = _shortened(readable).strip(" .")
    safe_suffix = re.sub(r"[^A-Za-z0-9.]", "", last.suffix).lower()[:8].rstrip(".")
    return f"{image_id}_{readable or 'picture'}{safe_suffix}"


def _shortened(name: str) -> str:
    """Return the name shortened to the allowed length; its end stays, since a MidJourney name ends in job id and tile."""
    shorter, end = name, STORED_NAME_CHARACTERS - 37
    start = min(36, len(name) - end - 1)
    while len(shorter) > STORED_NAME_CHARACTERS or len(shorter.encode("utf-8", "replace")) > STORED_NAME_BYTES:
        shorter = f"{name[:start]}~{name[-end:]}"
        start -= 1
    return shorter
