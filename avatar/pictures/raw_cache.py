"""Cache of developed RAWs: developing takes seconds, reading back hundredths of a second.

A folder of arrays that may be deleted at any time: what is missing or damaged is developed again. Nobody waits until they are
on the disk; the checksum behind the pixels tells what a power failure left of them. The least recently used one is removed
first when the folder exceeds its limit. No error here fails a picture.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import utils

try:
    from isal.isal_zlib import crc32
except ImportError:  # no wheel for this machine: a tenth of the pace
    from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

LOG = logging.getLogger(__name__)
VERSION = 2  # raised when developing or the form of a file changes: older files are then ignored
SPARE_BYTES = 2_000_000_000  # [choice] left free on the disk
SUFFIX = f".v{VERSION}.npy"


@dataclass(frozen=True)
class Developed:
    """The cache file of one RAW.

    name         of the picture, the same for the same bytes: its image id
    limit_bytes  of the whole folder; 0: no cache
    """

    folder: Path
    name: str
    limit_bytes: int

    def read(self, notes: list[str] | None = None) -> Pixels | None:
        """Return the pixels, H x W x 3 uint8 sRGB and upright; None if they are not in the cache.

        notes  the notes made when they were developed are added to it
        """
        import numpy as np

        if not self.limit_bytes:
            return None
        try:
            with self._path.open("rb") as handle:
                pixels = np.load(handle, allow_pickle=False)
                checksum, *noted = handle.read().decode("ascii").split()
            os.utime(self._path)  # used now
        except (OSError, ValueError, EOFError):  # not there, or cut off
            return None
        whole = isinstance(pixels, np.ndarray) and pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
        if not whole or checksum != _checksum(pixels):
            return None
        if notes is not None:
            notes += noted
        kept: Pixels = pixels
        return kept

    def write(self, pixels: Pixels, notes: Sequence[str] = ()) -> None:
        """Write the pixels and, behind them, their checksum and the text keys of the notes, if there is room."""
        import numpy as np

        tail = " ".join((_checksum(pixels), *notes)).encode("ascii")
        need = pixels.nbytes + 128 + len(tail)  # NPY's head is 128 bytes
        if need > self.limit_bytes:
            return
        try:
            self.folder.mkdir(exist_ok=True)
            if shutil.disk_usage(self.folder).free < need + SPARE_BYTES:
                return
            _make_room(self.folder, self.limit_bytes - need)
            with utils.atomic_file(self._path, synced=False) as handle:
                np.save(handle, pixels, allow_pickle=False)
                handle.write(tail)
        except OSError as error:  # no room, or held open on Windows: then it is developed again
            LOG.info("developed RAW not kept: %s", error)

    @property
    def _path(self) -> Path:
        return self.folder / (self.name + SUFFIX)


def _checksum(pixels: Pixels) -> str:
    """Return the CRC of the pixels as eight hex digits."""
    import numpy as np

    return f"{crc32(np.ascontiguousarray(pixels).data):08x}"


def _make_room(folder: Path, limit_bytes: int) -> None:
    """Remove the least recently used files until the rest takes at most limit_bytes."""
    kept: list[tuple[int, int, str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):  # another process made room too
                status = entry.stat()
                kept.append((status.st_mtime_ns, status.st_size, entry.path))
    total = sum(size for _, size, _ in kept)
    for _, size, path in sorted(kept):
        if total <= limit_bytes:
            return
        with contextlib.suppress(OSError):
            Path(path).unlink()
            total -= size
