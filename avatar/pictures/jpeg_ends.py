"""Whether a JPEG's picture ends before its file does: a copy that broke off and was filled with zeros, or got an end mark.

libjpeg tells neither: where data is missing before an end mark it shows grey, and zeros it takes for data. Markers and
segments: ITU-T T.81, annex B; in data 0xFF never stands before 0xD9, so the first end mark behind the scan's start counts.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

END = b"\xff\xd9"
SCAN, WITHOUT_LENGTH = 0xDA, (0x01, *range(0xD0, 0xD9))
TAIL_BYTES = 65536  # [choice] before the zeros; what cameras append is named before it begins
FEWEST_ZEROS = 64  # [choice] some programs fill up to a whole block
# What libjpeg shows where nothing came: the middle of all three channels; a profile moves it a little.
GREYEST, DARKEST, LIGHTEST = 6, 100, 156
FILLING = b"\x35\xa6\x5c\x93" * 512  # data without a marker: shown only where the picture still lacks some


def ends_in_zeros(path: Path) -> bool:
    """Return whether a JPEG breaks off before an end mark and only zeros follow."""
    with path.open("rb") as handle:
        scan = _scan_begins(handle)
        end = _behind_last_byte(handle)
        if scan is None or handle.seek(0, io.SEEK_END) - end < FEWEST_ZEROS:
            return False
        begin = max(scan, end - TAIL_BYTES)
        handle.seek(begin)
        return END not in handle.read(max(0, end - begin))


def breaks_off(path: Path, shown: Pixels) -> bool:
    """Return whether a JPEG lacks data before its end mark. shown: it, or a copy of it, as it is displayed."""
    if not any(_is_filled(edge) for edge in (shown[0], shown[-1], shown[:, 0], shown[:, -1])):
        return False
    with path.open("rb") as handle:
        scan = _scan_begins(handle)
        handle.seek(0)
        content = handle.read()
    end = content.find(END, scan) if scan is not None else -1
    if end < 0:
        return False
    try:
        return _small(content) != _small(content[:end] + FILLING + content[end:])
    except (OSError, SyntaxError, ValueError):
        return False


def _is_filled(edge: Pixels) -> bool:
    """Return whether a line of pixels is of one grey as libjpeg's filling is."""
    first = [int(value) for value in edge[0]]
    grey = max(first) - min(first) <= GREYEST and min(first) >= DARKEST and max(first) <= LIGHTEST
    return grey and bool((edge == edge[0]).all())


def _small(content: bytes) -> bytes:
    """Return the pixels of a JPEG at an eighth of its size: its data are read to the end, and not many computed."""
    with Image.open(io.BytesIO(content)) as picture:
        picture.draft(None, (max(1, picture.width // 8), max(1, picture.height // 8)))
        return picture.tobytes()


def _scan_begins(handle: IO[bytes]) -> int | None:
    """Return where the data behind the first start of scan begin; None where the segments before it are damaged."""
    handle.seek(2)
    while len(head := handle.read(2)) == 2 and head[0] == 0xFF:
        if head[1] == 0xFF or head[1] in WITHOUT_LENGTH:
            handle.seek(-1 if head[1] == 0xFF else 0, io.SEEK_CUR)
            continue
        length = int.from_bytes(handle.read(2), "big")
        handle.seek(max(0, length - 2), io.SEEK_CUR)
        if head[1] == SCAN:
            return handle.tell()
    return None


def _behind_last_byte(handle: IO[bytes]) -> int:
    """Return where the zeros at the end of a file begin: its length where there are none."""
    end = handle.seek(0, io.SEEK_END)
    while end:
        begin = max(0, end - TAIL_BYTES)
        handle.seek(begin)
        kept = handle.read(end - begin).rstrip(b"\0")
        if kept:
            return begin + len(kept)
        end = begin
    return 0
