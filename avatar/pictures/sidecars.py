"""The files beside the pictures of an import: matched to their pictures, read when needed, and those unused counted.

A text belongs to the picture of its name ("a.txt", "a.jpg.txt" and "a.caption" to "a.jpg"), a downloader's file also to all
pictures of its job. Reading is bounded, runs nothing, and a broken file is counted, never an error. Files that belong to no
picture stay among those that `Sources` left out.
"""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Literal

from avatar.pictures import sidecar_texts
from avatar.pictures.sidecar_texts import Said
from avatar.pictures.sources import EXTENSIONS, Item, Sources, member_name, printable
from avatar.prompts.parameters import UUID
from avatar.workspace.archive import ARCHIVE_ERRORS
from avatar.workspace.records import Source

LOG = logging.getLogger(__name__)
OF_A_PICTURE = frozenset({".txt", ".caption", ".prompt", ".tags", ".json", ".xmp", ".info"})
LISTS = frozenset({".json", ".jsonl", ".csv", ".tsv"})
SIDECAR_BYTES = 1_000_000  # [choice] a caption has some hundred bytes, a downloader's job some thousand
LIST_BYTES = 32_000_000  # [choice] metadata of some ten thousand pictures
LISTS_READ = 50  # [choice] of one import

Unused = Literal[
    "second",
    "prompt_of_photo",
    "empty",
    "unreadable",
    "broken_json",
    "takeout",
    "other_program",
    "unknown",
    "too_large",
]
_SECOND_SUFFIX = re.compile(r"\.(?:prompt|caption|tags|txt)$")
# Google shortens ".supplemental-metadata" to what fits in 46 characters, and puts a copy's number behind it.
_TAKEOUT = re.compile(r"(?P<stem>.+)(?P<suffix>\.\w{2,4})\.s[a-z-]*(?P<copy>\(\d+\))?$")


@dataclass(frozen=True)
class Beside:
    """What the files beside one picture say of it."""

    prompt: str = ""
    job_id: str | None = None
    caption: str = ""
    caption_name: str = ""  # the file that the caption is from
    more_lines: bool = False
    keywords: tuple[str, ...] = ()
    keywords_name: str = ""


@dataclass
class Sidecars:
    """The files beside the pictures; filled by `find`, asked by `read`, from several threads."""

    found: Sources
    by_picture: dict[tuple[PurePath, str], list[Item]] = field(default_factory=dict)
    by_job: dict[str, list[Item]] = field(default_factory=dict)
    listed: dict[tuple[PurePath, str], tuple[Said, Item]] = field(default_factory=dict)  # by lists' folder, and picture or job
    unused: dict[Unused, dict[PurePath, str]] = field(default_factory=dict)  # name by where it is
    handled: set[PurePath] = field(default_factory=set)  # where the files are that were used or counted as unused
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, item: Item, source: Source) -> Beside:
        """Return what lies beside a picture; the first file that says something of a kind counts."""
        result, own = Beside(), self._own(item)
        for sidecar in own:
            result = self._with(result, sidecar, self._said(sidecar, source), source)
        for sidecar in self._of_job(item):
            if not any(sidecar is one for one in own):
                said = self._said(sidecar, source)  # a caption beside one tile is not that of the others
                if said.nothing is not None or said.prompt or said.job_id:
                    result = self._with(result, sidecar, replace(said, caption="", keywords=()), source)
        return self._with_lists(result, item, source)

    def _own(self, item: Item) -> list[Item]:
        name = _key(item.name)
        keys = dict.fromkeys((name, PurePosixPath(name).stem))
        return sorted((one for key in keys for one in self.by_picture.get((item.folder, key), ())), key=_order)

    def _of_job(self, item: Item) -> list[Item]:
        jobs = UUID.findall(item.name) or UUID.findall(item.folder.name)
        return sorted(self.by_job.get(jobs[-1].lower(), ()), key=_order) if jobs else []

    def _said(self, item: Item, source: Source) -> Said:
        if item.bytes > SIDECAR_BYTES:
            return Said(nothing="too_large")
        content = self._content(item, SIDECAR_BYTES)
        return (
            Said(nothing="unreadable") if content is None else sidecar_texts.read(item.name, content, generated=source == "mj")
        )

    def _content(self, item: Item, most: int) -> bytes | None:
        try:
            with self.found.open(item) as handle:
                content = handle.read(most + 1)
        except (OSError, *ARCHIVE_ERRORS) as error:
            LOG.info("%s cannot be read: %s", item.name, error)
            return None
        return None if len(content) > most else content

    def _with(self, result: Beside, item: Item, said: Said, source: Source) -> Beside:
        """Return the result with what one more file says, which is counted where it is not used."""
        if not said.edits:  # else it stays among the edits that were left out
            with self._lock:
                self.handled.add(_where(item))
        if said.nothing is not None:
            self._count(said.nothing, item)
            return result
        if said.prompt and source == "real":
            self._count("prompt_of_photo", item)
        elif _differ(said.prompt, result.prompt) or _differ(said.caption, result.caption):
            self._count("second", item)
        return _joined(result, said, item.name, source)

    def _with_lists(self, result: Beside, item: Item, source: Source) -> Beside:
        if not self.listed:
            return result
        name = _key(item.name)
        jobs = [job.lower() for job in UUID.findall(item.name) or UUID.findall(item.folder.name)]
        for folder in (item.folder, *item.folder.parents):
            inside = _key(item.folder.relative_to(folder).as_posix())
            for key in (f"{inside}/{name}" if inside != "." else name, name, PurePosixPath(name).stem, *jobs):
                if (row := self.listed.get((folder, key))) is not None:
                    return self._with(result, row[1], row[0], source)
        return result

    def _count(self, why: Unused, item: Item) -> None:
        with self._lock:
            self.unused.setdefault(why, {})[_where(item)] = item.name

    # --- finding -----------------------------------------------------------------------------------------------------

    def add(self, item: Item) -> None:
        """Add a file by its name: that of a picture, or that of a job."""
        suffix = PurePosixPath(item.name.lower()).suffix
        if suffix in OF_A_PICTURE:
            key = _key(item.name[: -len(suffix)])
            self.by_picture.setdefault((item.folder, _picture_of(key)), []).append(item)
            if jobs := UUID.findall(item.name):
                self.by_job.setdefault(jobs[-1].lower(), []).append(item)

    def read_list(self, item: Item, source: Source) -> None:
        """Read a file that is about many pictures."""
        content = self._content(item, LIST_BYTES) if item.bytes <= LIST_BYTES else None
        for name, said in sidecar_texts.read_list(item.name, content or b"", generated=source == "mj"):
            for key in (_key(name), _key(name).rpartition("/")[2]):
                self.listed.setdefault((item.folder, key), (said, item))


def find(found: Sources, source: Source) -> Sidecars:
    """Return the files beside the pictures that were found, in their folders and archives; none is read but lists."""
    sidecars = Sidecars(found)
    files = [item for item in _beside(found) if PurePosixPath(item.name.lower()).suffix in OF_A_PICTURE | LISTS]
    pictures = {(item.folder, key) for item in found.items for key in (_key(item.name), PurePosixPath(_key(item.name)).stem)}
    lists = 0
    for item in files:
        sidecars.add(item)
        is_list = PurePosixPath(item.name.lower()).suffix in LISTS and not UUID.search(item.name)
        if is_list and lists < LISTS_READ and not _is_of_a_picture(item, pictures):
            sidecars.read_list(item, source)
            lists += 1
    return sidecars


def _beside(found: Sources) -> Iterator[Item]:
    """Yield the files beside the pictures: those that were left out, and those in the folder of a picture given alone."""
    left = {where: name for files in found.left_out.values() for where, name in files.items()}
    archives = dict.fromkeys(item.path for item in found.items if item.member is not None)
    for where, name in left.items():
        if not any(parent in archives for parent in where.parents):
            yield from _on_disk(Path(where), name)
    for archive in archives:
        yield from (item for item in _members(archive) if _where(item) in left)
    for folder in dict.fromkeys(item.folder for item in found.items if item.member is None):
        for path in _neighbours(Path(folder), left):
            yield from _on_disk(path, printable(path.name))


def _neighbours(folder: Path, left: Mapping[PurePath, str]) -> list[Path]:
    """Return the files in the folder of a picture that was given alone: of a folder that was given, all are known."""
    try:
        return sorted(path for path in folder.iterdir() if path not in left and not path.name.startswith("."))
    except OSError:
        return []


def _on_disk(path: Path, name: str) -> Iterator[Item]:
    try:
        if path.suffix.lower() in OF_A_PICTURE | LISTS and not path.is_symlink() and path.is_file():
            yield Item(name, path.stat().st_size, path)
    except OSError as error:
        LOG.info("%s: %s", name, error)


def _members(path: Path) -> list[Item]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [(member, PurePosixPath(member_name(member).replace("\\", "/"))) for member in archive.infolist()]
    except (OSError, *ARCHIVE_ERRORS):
        return []  # its pictures say what is wrong
    return [Item(printable(where.name), member.file_size, path, member) for member, where in members if not member.is_dir()]


# --- names -----------------------------------------------------------------------------------------------------------


def _key(name: str) -> str:
    """Return a name as names are compared: macOS writes accents apart, Windows knows no capitals."""
    return unicodedata.normalize("NFC", name.replace("\\", "/").removeprefix("./")).lower()


def _where(item: Item) -> PurePath:
    """Return where a file is, as `Sources` tells files apart."""
    if item.member is None:
        return item.path
    return item.path / PurePosixPath(member_name(item.member).replace("\\", "/"))


def _picture_of(key: str) -> str:
    """Return the name of the picture that a file is named after, its own extension removed already."""
    takeout = _TAKEOUT.fullmatch(key)
    if takeout is not None and takeout["suffix"] in EXTENSIONS:
        return f"{takeout['stem']}{takeout['copy'] or ''}{takeout['suffix']}"
    return _SECOND_SUFFIX.sub("", key)


def _order(item: Item) -> tuple[int, str]:
    """Return the place of a file among those of one picture: whole commands first, then what trainers read first."""
    name = item.name.lower()
    order = (".prompt.txt", ".prompt", ".txt", ".caption", ".tags", ".json", ".xmp")
    return next((place for place, end in enumerate(order) if name.endswith(end)), len(order)), name


def _is_of_a_picture(item: Item, pictures: set[tuple[PurePath, str]]) -> bool:
    return (item.folder, _picture_of(_key(PurePosixPath(item.name).stem))) in pictures


def _differ(text: str, other: str) -> bool:
    return bool(text and other) and text.split() != other.split()


def _joined(result: Beside, said: Said, name: str, source: Source) -> Beside:
    takes_prompt = bool(said.prompt) and not result.prompt and source == "mj"
    takes_caption = bool(said.caption) and not result.caption
    takes_keywords = bool(said.keywords) and not result.keywords
    return Beside(
        prompt=said.prompt if takes_prompt else result.prompt,
        job_id=result.job_id or said.job_id,
        caption=said.caption if takes_caption else result.caption,
        caption_name=name if takes_caption else result.caption_name,
        more_lines=result.more_lines or (said.more_lines and (takes_caption or takes_prompt)),
        keywords=said.keywords if takes_keywords else result.keywords,
        keywords_name=name if takes_keywords else result.keywords_name,
    )
