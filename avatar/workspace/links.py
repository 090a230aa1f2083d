"""Links in the place of folders: found before anything is written through them, removed without what they point to."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

PAUSES_S = (0.0, 0.1, 0.3)  # [choice] for a scanner that holds a file open, or another program that deletes the same folder


def is_link(path: Path | str) -> bool:
    """Return whether path is a symbolic link, or a junction of Windows."""
    try:
        there = os.lstat(path)
    except OSError:
        return False
    # IO_REPARSE_TAG_MOUNT_POINT (winnt.h); os.path.isjunction is new in Python 3.12.
    return stat.S_ISLNK(there.st_mode) or getattr(there, "st_reparse_tag", 0) == 0xA0000003


def links_in(folder: Path) -> Iterator[Path]:
    """Yield the folders in a folder that are links."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        yield from (Path(entry.path) for entry in entries if entry.is_dir() and is_link(entry.path))


def remove_tree(path: Path) -> None:
    """Delete a folder with all that is in it, or a link without what it points to. Raises OSError where something stays.

    Another program may be deleting the same: that nothing is left is what counts.
    """
    for pause_s in (*PAUSES_S, None):
        try:
            _remove(path)
        except OSError:
            if pause_s is None and os.path.lexists(path):
                raise
            time.sleep(pause_s or 0.0)
        if not os.path.lexists(path):
            return


def _remove(path: Path) -> None:
    if not is_link(path):
        shutil.rmtree(path)
    elif os.name == "nt" and path.is_dir():
        path.rmdir()  # how Windows removes a link to a folder
    else:
        path.unlink()


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files below folder; links are not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
