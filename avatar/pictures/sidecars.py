"""The files beside the pictures of an import: found, matched to their pictures, read when needed, and those unused counted.

A text belongs to the picture of its name ("a.txt", "a.jpg.txt" and "a.caption" to "a.jpg"), a downloader's file also to all
pictures of its job. Reading is bounded, runs nothing, and a broken file is counted, never an error.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Literal

from avatar.pictures import kinds, sidecar_texts
from avatar.pictures.sidecar_texts import Said
from avatar.pictures.sources import ARCHIVE_ERRORS, EXTENSIONS, Item, Sources, clean_path, member_name, printable
from avatar.prompts.parameters import UUID
from avatar.workspace.records import Source

LOG = logging.getLogger(__name__)
OF_A_PICTURE = frozenset({".txt", ".caption", ".prompt", ".tags", ".json", ".xmp", ".info"})
LISTS = frozenset({".json", ".jsonl", ".csv", ".tsv"})
TEXTS = (
    OF_A_PICTURE
    | LISTS
    | {".captions", ".md", ".yaml", ".yml", ".toml", ".xml", ".html", ".log", ".rtf", ".doc", ".docx", ".odt"}
)
SIDECAR_BYTES = 1_000_000  # [choice] a caption has some hundred bytes, a downloader's job some thousand
LIST_BYTES = 32_000_000  # [choice] metadata of some ten thousand pictures
LISTS_READ = 50  # [choice] of one import

Unused = Literal[
    "no_picture",
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
    unused: dict[Unused, dict[int, Item]] = field(default_factory=dict)  # by id()
    _left: dict[int, Item] = field(default_factory=dict)  # by id(): neither read nor counted yet
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

    def count_left(self) -> None:
        """Count the files that no picture asked for: they belong to none."""
        for item in list(self._left.values()):
            self._count("no_picture", item)

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
        """Return the result with what one more file says, which is counted as used or as unused."""
        if said.nothing is not None:
            self._count(said.nothing, item)
            return result
        self._taken(item)
        if said.prompt and source == "real":
            self._count("prompt_of_photo", item)
        elif _differ(said.prompt, result.prompt) or _differ(said.caption, result.caption):
            self._count("second", item)
        return _joined(result, said, item.name, source)

    def _with_lists(self, result: Beside, item: Item, source: Source) -> Beside:
        if not self.listed:
            return result
        name = _key(item.name)
        jobs = [job.lower() for job in UUID.findall(item.name)]
        for folder in (item.folder, *item.folder.parents):
            inside = _key(item.folder.relative_to(folder).as_posix())
            for key in (f"{inside}/{name}" if inside != "." else name, name, PurePosixPath(name).stem, *jobs):
                if (row := self.listed.get((folder, key))) is not None:
                    return self._with(result, row[1], row[0], source)
        return result

    # --- counting ----------------------------------------------------------------------------------------------------

    def _taken(self, item: Item) -> None:
        with self._lock:
            self._left.pop(id(item), None)

    def _count(self, why: Unused, item: Item) -> None:
        with self._lock:
            self._left.pop(id(item), None)
            self.unused.setdefault(why, {})[id(item)] = item

    # --- finding -----------------------------------------------------------------------------------------------------

    def add(self, item: Item, *, named: bool) -> None:
        """Add a file by its name. named: it lies in a folder that was given, so it is named where it belongs to no picture."""
        suffix = PurePosixPath(item.name.lower()).suffix
        if named:
            self._left[id(item)] = item
        if suffix in OF_A_PICTURE:
            key = _key(item.name[: -len(suffix)])
            self.by_picture.setdefault((item.folder, _picture_of(key)), []).append(item)
            if jobs := UUID.findall(item.name):
                self.by_job.setdefault(jobs[-1].lower(), []).append(item)

    def read_lists(self, source: Source, pictures: set[tuple[PurePath, str]]) -> None:
        """Read the files that are about many pictures: those named like none of them."""
        lists = [item for item in self._left.values() if PurePosixPath(item.name.lower()).suffix in LISTS]
        lists = [item for item in lists if not UUID.search(item.name) and not _is_of_a_picture(item, pictures)]
        for item in lists[:LISTS_READ]:
            content = self._content(item, LIST_BYTES) if item.bytes <= LIST_BYTES else None
            if content is None:
                self._count("too_large" if item.bytes > LIST_BYTES else "unreadable", item)
                continue
            for name, said in sidecar_texts.read_list(item.name, content, generated=source == "mj"):
                for key in (_key(name), _key(name).rpartition("/")[2]):
                    self.listed.setdefault((item.folder, key), (said, item))


def find(found: Sources, paths: Sequence[str | Path], source: Source, own: Path) -> Sidecars:
    """Return the files beside the pictures that were found, in their folders and archives; none is read but lists.

    own  the program's folder, whose files are nobody's captions
    """
    sidecars = Sidecars(found)
    folders = [clean_path(path) for path in paths]
    for item in _on_disk([folder for folder in folders if folder.is_dir()], own.resolve()):
        sidecars.add(item, named=True)
    singles = {item.path.parent for item in found.items if item.member is None and item.path in folders}
    for item in _in_folders(singles):
        sidecars.add(item, named=False)
    for archive in dict.fromkeys(item.path for item in found.items if item.member is not None):
        for item in _in_archive(archive):
            sidecars.add(item, named=True)
    names = {(item.folder, key) for item in found.items for key in (_key(item.name), PurePosixPath(_key(item.name)).stem)}
    sidecars.read_lists(source, names)
    return sidecars


def _on_disk(roots: Iterable[Path], own: Path) -> Iterator[Item]:
    seen = {own}
    for root in roots:
        for parent, folders, names in os.walk(root, followlinks=False):
            here = Path(parent).resolve()
            folders[:] = sorted(name for name in folders if not kinds.is_hidden(name) and here / name != own)
            if here not in seen:
                seen.add(here)
                yield from _items(Path(parent), names)


def _in_folders(folders: Iterable[Path]) -> Iterator[Item]:
    for folder in sorted(folders):
        try:
            names = [path.name for path in folder.iterdir()]
        except OSError:
            continue
        yield from _items(folder, names)


def _items(folder: Path, names: Iterable[str]) -> Iterator[Item]:
    for name in sorted(names):
        path = folder / name
        if path.suffix.lower() in TEXTS and not kinds.is_hidden(name) and path.is_file() and not path.is_symlink():
            yield Item(printable(name), path.stat().st_size, path)


def _in_archive(path: Path) -> Iterator[Item]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (OSError, *ARCHIVE_ERRORS):
        return  # its pictures say what is wrong
    for member in members:
        parts = PurePosixPath(member_name(member).replace("\\", "/")).parts
        hidden = any(kinds.is_hidden(part) for part in parts if part not in ("..", "."))
        if parts and not member.is_dir() and not hidden and PurePosixPath(parts[-1]).suffix.lower() in TEXTS:
            yield Item(printable(parts[-1]), member.file_size, path, member)


# --- names -----------------------------------------------------------------------------------------------------------


def _key(name: str) -> str:
    """Return a name as names are compared: macOS writes accents apart, Windows knows no capitals."""
    return unicodedata.normalize("NFC", name.replace("\\", "/").removeprefix("./")).lower()


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
