"""What programs that were killed left half written: temporary files in a client, and zips beside a target elsewhere.

{clients folder}/.writing-{hex}.json   says which temporary file outside of the clients folder is being written
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import utils
from avatar.workspace import links

_NOTE = ".writing-"


def sweep(folder: Path) -> None:
    """Delete the temporary files in a folder, and those below it, whose process is gone; links are not followed."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                sweep(Path(entry.path))
            elif entry.name.startswith(".") and entry.name.endswith(".tmp"):
                _remove_abandoned(Path(entry.path))


def sweep_top(folder: Path) -> None:
    """Delete those that lie in a folder itself: what a killed rename left of client.json, whose new id no command may name."""
    with contextlib.suppress(OSError):
        for path in list(folder.glob(".*.tmp")):
            _remove_abandoned(path)


def _remove_abandoned(path: Path) -> None:
    with contextlib.suppress(OSError):
        if utils.is_abandoned(path.name, path.lstat().st_ctime):
            links.remove_tree(path) if path.is_dir() else path.unlink()


@contextlib.contextmanager
def file_elsewhere(clients: Path, target: Path) -> Iterator[IO[bytes]]:
    """Open a file outside of the clients folder as `utils.atomic_file`; what a kill leaves is deleted at the next start."""
    temporary = utils.temporary_for(target)
    note = clients / f"{_NOTE}{temporary.suffixes[-2][1:]}.json"
    clients.mkdir(mode=0o700, parents=True, exist_ok=True)
    utils.write_json(note, {"version": 1, "temporary": str(temporary.absolute())})
    try:
        with utils.atomic_file(target, temporary) as handle:
            yield handle
    finally:
        with contextlib.suppress(OSError):
            note.unlink()


def sweep_workspace(clients: Path) -> None:
    """Delete what killed programs left beside the clients: half made ones, notes, and the files outside that notes name."""
    with contextlib.suppress(OSError):
        sweep_top(clients)
        for note in clients.glob(f"{_NOTE}*.json"):
            temporary = Path(str(utils.read_object(note).get("temporary", "")))
            if not os.path.lexists(temporary):
                _forget(note, temporary)
            else:
                _remove_abandoned(temporary)
                if not os.path.lexists(temporary):
                    _forget(note, temporary)


def _forget(note: Path, temporary: Path) -> None:
    """Delete a note whose file is gone, unless its program is about to write it."""
    with contextlib.suppress(OSError):
        if utils.is_abandoned(temporary.name, note.stat().st_ctime) or not temporary.name:
            note.unlink()
