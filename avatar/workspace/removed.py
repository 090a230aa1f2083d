"""Pictures taken out of a client: kept in removed/{number}/ until that is undone, or dropped for good.

removed/{number}/removal.json   what was taken out; written before the first file is moved
removed/{number}/raw_mj/…       its files, in the folders that they come from

The note says where a removal stands, so that a killed one is completed by whoever holds the client next:
leaving     files are being moved here           left      the client's tables are still to be written
kept        complete
returning   files are being moved back           returned  the tables are still to be written; then the folder is deleted
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import utils
from avatar.texts.text import PipelineError
from avatar.workspace import links, state_file

FOLDER = "removed"
NOTE = "removal.json"
VERSION = 1
MOVED = {"leaving": "left", "returning": "returned"}
STATES = ("leaving", "left", "kept", "returning", "returned")
# A note that somebody wrote must not move any other file.
_OURS = re.compile(r"(?:raw_mj|raw_real|processed|rejected|metadata/images)/(?!\.\.?$)[^/\\\0]+")


@dataclass(frozen=True)
class Removal:
    """One removal: the pictures that were taken out together.

    names    as they were imported, in the order of images
    imports  numbers of the imports that they came with
    files    below the client's folder, of each picture the record first
    near     picture that stayed -> the picture that it is near to, before and after
    staying  of images, those that an undo under way leaves out of the client: their bytes are in it as another source's
    """

    folder: Path
    number: int
    when: str
    state: str
    images: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    imports: tuple[int, ...] = ()
    files: tuple[str, ...] = ()
    near: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    staying: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """The disk space of its files."""
        return links.folder_bytes(self.folder)


def image_of(name: str) -> str:
    """Return the image id in the name of a file of a removal."""
    stem = name.rpartition("/")[2]
    return stem[: stem.index("_") + 17]


def removals(client_folder: Path) -> list[Removal]:
    """Return the removals of a client that can be undone or are not complete, the oldest first."""
    try:
        with os.scandir(client_folder / FOLDER) as entries:
            numbers = sorted(int(entry.name) for entry in entries if re.fullmatch(r"[1-9]\d{0,8}", entry.name))
    except OSError:
        return []
    return [found for number in numbers if (found := _read(client_folder / FOLDER / str(number))) is not None]


def unfinished(client_folder: Path) -> list[Removal]:
    """Return the removals that were killed before they were complete."""
    return [removal for removal in removals(client_folder) if removal.state != "kept"]


def next_number(client_folder: Path) -> int:
    return max((removal.number for removal in removals(client_folder)), default=0) + 1


def save(removal: Removal) -> Removal:
    """Write the note of a removal; return it."""
    removal.folder.mkdir(parents=True, exist_ok=True)
    shown = {**dataclasses.asdict(removal), "version": VERSION}
    del shown["folder"]
    utils.write_json(removal.folder / NOTE, shown)
    return removal


def with_state(removal: Removal, state: str) -> Removal:
    return save(dataclasses.replace(removal, state=state))


def complete(client_folder: Path) -> None:
    """Move the files of removals that are on their way. The client is held. Raises PipelineError("remove.in_use")."""
    for removal in removals(client_folder):
        if removal.state in MOVED:
            move(client_folder, removal)


def move(client_folder: Path, removal: Removal) -> Removal:
    """Move the files of a removal out of the client, or back; return it as it stands then.

    A record leaves before its original and comes back after it: there is never a record without one.
    """
    back = removal.state == "returning"
    moving = [name for name in removal.files if not removal.staying or image_of(name) not in removal.staying]
    for name in reversed(moving) if back else moving:
        inside, aside = client_folder / name, removal.folder / name
        source, target = (aside, inside) if back else (inside, aside)
        try:
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                utils.put_in_place(source, target)
        except OSError as error:
            raise PipelineError("remove.in_use", path=str(source), detail=error.strerror or str(error)) from error
    return with_state(removal, MOVED[removal.state])


def reduce(removal: Removal, near: Mapping[str, Sequence[str | None]]) -> Removal:
    """Leave of an undone removal what stays removed, and delete its other files; return it."""
    left = [
        (image_id, name) for image_id, name in zip(removal.images, removal.names, strict=False) if image_id in removal.staying
    ]
    files = tuple(name for name in removal.files if image_of(name) in removal.staying)
    for path in [path for path in removal.folder.rglob("*") if path.is_file() and path.name != NOTE]:
        if path.relative_to(removal.folder).as_posix() not in files:
            with contextlib.suppress(OSError):  # open in another program: it leaves with the rest
                path.unlink()
    ids, names = tuple(image_id for image_id, _ in left), tuple(name for _, name in left)
    return save(dataclasses.replace(removal, state="kept", images=ids, names=names, files=files, near=near, staying=()))


def drop(removal: Removal) -> int:
    """Delete a removal for good; return the bytes that this frees. Raises PipelineError("remove.in_use")."""
    freed = removal.bytes
    doomed = utils.temporary_for(removal.folder)  # what a kill leaves of it is deleted as any other temporary folder
    try:
        removal.folder.rename(doomed)
        links.remove_tree(doomed)
    except OSError as error:
        raise PipelineError("remove.in_use", path=str(removal.folder), detail=error.strerror or str(error)) from error
    return freed


def _read(folder: Path) -> Removal | None:
    """Return the removal whose note lies in a folder, None where it cannot be read."""
    types = {"when": str, "state": str, "images": list, "names": list, "imports": list, "files": list, "near": dict}
    found: dict[str, Any] = state_file.read(folder / NOTE, {**types, "staying": list})
    staying = tuple(str(item) for item in found.pop("staying", ()))
    if len(found) < len(types) or found["state"] not in STATES:
        return None
    texts = {name: tuple(str(item) for item in found.pop(name)) for name in ("images", "names", "files")}
    if not all(_OURS.fullmatch(name) for name in texts["files"]):
        return None
    numbers = tuple(item for item in found.pop("imports") if isinstance(item, int))
    near = {str(image_id): pair for image_id, pair in found.pop("near").items() if isinstance(pair, list) and len(pair) == 2}
    return Removal(
        folder, int(folder.name), found["when"], found["state"], texts["images"], texts["names"], numbers, texts["files"], near,
        staying,
    )  # fmt: skip
