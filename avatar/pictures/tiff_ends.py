"""Whether a RAW in a TIFF's form ends where its own directories say, or is cut off or filled with zeros.

LibRaw may say nothing of either: a DNG whose rest is zeros is developed as a dark picture, a cut one shows its whole preview.
Byte order, directories and tags: TIFF 6.0, sections 2 and 8; SubIFDs: Adobe, DNG 1.7.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

Fault = Literal["cut", "zeros"]
SUB_IFDS, DNG_VERSION = 330, 50706
PIECES = ((273, 279), (324, 325))  # tags of offsets and lengths: of strips, of tiles
SIZES = {1: 1, 3: 2, 4: 4, 13: 4}  # bytes of a value: BYTE, SHORT, LONG, IFD
MOST_DIRECTORIES = 64
# Of the picture's bytes that lie last: zeros in all of them are no picture. A sensor's noise leaves no such run, and what is
# developed to black by a program lies above its black level. [choice]
ZERO_SHARE, ZERO_BYTES, SAMPLES = 0.01, 4096, 32


@dataclass
class Ends:
    """What the directories of a file say: whether it is a DNG, and for each picture where its pieces lie."""

    dng: bool = False
    cut: bool = False  # a directory itself lies behind the end, or holds nothing
    pictures: list[list[tuple[int, int]]] = field(default_factory=list)


def fault(path: Path) -> Fault | None:
    """Return what is wrong with the end of a DNG; None for any other file, whose lengths cameras do not always keep to."""
    size = path.stat().st_size
    with path.open("rb") as handle:
        ends = _read(handle, size)
        return _fault(handle, ends, size) if ends.dng else None


def fault_after_error(path: Path) -> Fault | None:
    """Return what is wrong with the end of a RAW of any kind that LibRaw could not develop."""
    size = path.stat().st_size
    with path.open("rb") as handle:
        ends = _read(handle, size)
        if ends.dng or ends.pictures:
            return _fault(handle, ends, size)
        return None


def _fault(handle: IO[bytes], ends: Ends, size: int) -> Fault | None:
    beyond = any(offset + length > size for pieces in ends.pictures for offset, length in pieces)
    if not beyond and ends.pictures:
        largest = max(ends.pictures, key=lambda pieces: sum(length for _, length in pieces))
        if _ends_in_zeros(handle, sorted(largest)):
            return "zeros"
    if ends.cut and _is_zero(handle, max(0, size - ZERO_BYTES), ZERO_BYTES):
        return "zeros"
    return "cut" if beyond or ends.cut else None


def _ends_in_zeros(handle: IO[bytes], pieces: list[tuple[int, int]]) -> bool:
    """Return whether the last bytes of a picture are all zero."""
    left = max(ZERO_BYTES, int(ZERO_SHARE * sum(length for _, length in pieces)))
    if sum(length for _, length in pieces) < 2 * left:
        return False  # too small to tell
    for offset, length in reversed(pieces):
        part = min(left, length)
        if not _is_zero(handle, offset + length - part, part):
            return False
        left -= part
        if left <= 0:
            break
    # What is zero everywhere is of one colour, which is told otherwise.
    some = pieces[:: max(1, len(pieces) // SAMPLES)]
    samples = (offset + number * length // SAMPLES for offset, length in some for number in range(max(1, SAMPLES // len(some))))
    return not all(_is_zero(handle, at, ZERO_BYTES) for at in samples)


def _is_zero(handle: IO[bytes], offset: int, length: int) -> bool:
    handle.seek(offset)
    return not handle.read(length).strip(b"\0")


def _read(handle: IO[bytes], size: int) -> Ends:
    """Return what the directories say; nothing for a file that is no TIFF."""
    ends = Ends()
    head = handle.read(8)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(head[:4])
    if order is None or len(head) < 8:
        return ends
    seen: set[int] = set()
    waiting = [struct.unpack(f"{order}I", head[4:])[0]]
    while waiting and len(seen) < MOST_DIRECTORIES:
        at = waiting.pop()
        if at in seen or not at:
            continue
        seen.add(at)
        waiting += _directory(handle, order, at, size, ends)
    return ends


def _directory(handle: IO[bytes], order: str, at: int, size: int, ends: Ends) -> list[int]:
    """Note what a directory says; return where the next one and those below it lie."""
    handle.seek(at)
    (count,) = struct.unpack(f"{order}H", (handle.read(2) + b"\0\0")[:2])
    block = handle.read(12 * count + 4)
    if not count or len(block) < 12 * count:
        ends.cut = True
        return []
    tags = {entry[0]: entry for entry in struct.iter_unpack(f"{order}HHI4s", block[: 12 * count])}
    ends.dng = ends.dng or DNG_VERSION in tags
    for offsets, lengths in PIECES:
        if offsets in tags and lengths in tags:
            places, counts = (list(_values(handle, order, tags[tag], size, ends)) for tag in (offsets, lengths))
            ends.pictures.append(list(zip(places, counts, strict=False)))
    below = list(_values(handle, order, tags[SUB_IFDS], size, ends)) if SUB_IFDS in tags else []
    following = struct.unpack(f"{order}I", block[12 * count :]) if len(block) == 12 * count + 4 else ()
    return [*following, *below]


def _values(handle: IO[bytes], order: str, entry: tuple[int, int, int, bytes], size: int, ends: Ends) -> Iterator[int]:
    """Yield the whole numbers of an entry: they stand in it where four bytes are enough, else elsewhere."""
    _, kind, count, inline = entry
    width = SIZES.get(kind)
    if width is None:
        return
    content = inline[: width * count]
    if width * count > len(inline):
        (at,) = struct.unpack(f"{order}I", inline)
        if at + width * count > size:
            ends.cut = True
            return
        handle.seek(at)
        content = handle.read(width * count)
    yield from (value for (value,) in struct.iter_unpack(order + {1: "B", 2: "H", 4: "I"}[width], content))
