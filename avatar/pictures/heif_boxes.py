"""The boxes of HEIC and AVIF files: what a file holds and in which coding, which neither Pillow nor pillow-heif tells.

ISO/IEC 14496-12 (boxes, items) and ISO/IEC 23008-12 (HEIF: pictures as items, their properties, grids). Only the description is
read, never pixels. A file whose boxes do not hold gives None: the decoder will say what is wrong.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DESCRIPTION_BYTES = 16_000_000  # [choice] a grid of 1,000 tiles has some 100 kB
MOST_BOXES = 10_000  # [choice] of one level
# Items that are pictures: 4.2.2 and annexes of 23008-12, AV1 image file format, and derived ones (grid, turned, laid over).
PICTURES = frozenset(
    {b"hvc1", b"hev1", b"lhv1", b"av01", b"avc1", b"vvc1", b"vvi1", b"evc1", b"jpeg", b"j2k1", b"unci",
     b"grid", b"iden", b"iovl"}
)  # fmt: skip
DERIVED = frozenset({b"grid", b"iden", b"iovl"})
DECODED = frozenset(
    {b"hvc1", b"hev1", b"av01", b"jpeg", b"unci", b"j2k1"}
)  # the decoders may read them; of the others none does
CODINGS = {b"vvc1": "VVC (H.266)", b"vvi1": "VVC (H.266)", b"avc1": "AVC (H.264)", b"evc1": "EVC", b"lhv1": "L-HEVC"}


class BoxError(ValueError):
    """The boxes contradict themselves."""


@dataclass
class Item:
    """One item of a file. properties: types and contents; parts: (offset, length) in the file, or inside the description."""

    kind: bytes = b""
    hidden: bool = False
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    tiles: list[int] = field(default_factory=list)  # ids of the items that a grid is made of, in its order
    parts: list[tuple[int, int]] = field(default_factory=list)
    inside: bool = False

    def property(self, kind: bytes) -> bytes | None:
        return next((content for name, content in self.properties if name == kind), None)


@dataclass
class Boxes:
    """What a file holds. primary: id of the picture that is shown; pictures: ids of those that stand for themselves."""

    items: dict[int, Item] = field(default_factory=dict)
    primary: int = 0
    pictures: list[int] = field(default_factory=list)
    has_video: bool = False  # a motion photo's
    is_sequence: bool = False  # its further pictures are coded as those of a film
    inside: bytes = b""  # data of items that lie in the description

    @property
    def coding(self) -> bytes:
        """The coding of the primary picture's pixels."""
        item = self.items[self.primary]
        for _ in range(4):  # a grid in a turned picture in …
            if item.kind not in DERIVED or not item.tiles or item.tiles[0] not in self.items:
                break
            item = self.items[item.tiles[0]]
        return item.kind

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the primary picture before it is turned; 1 x 1 where it does not tell."""
        box = self.items[self.primary].property(b"ispe") or b""
        return struct.unpack(">II", box[4:12]) if len(box) >= 12 else (1, 1)

    def colours(self) -> list[bytes]:
        """Return the colour boxes of the primary picture, or of its first tile: "nclx", "prof" or "rICC" and their content."""
        item = self.items[self.primary]
        found = [content for kind, content in item.properties if kind == b"colr"]
        if not found and item.tiles and item.tiles[0] in self.items:
            found = [content for kind, content in self.items[item.tiles[0]].properties if kind == b"colr"]
        return found

    def cicp(self) -> tuple[int, int] | None:
        """Return primaries and transfer (ITU-T H.273) of the nclx box; None without one, or beside a profile, which counts."""
        boxes = self.colours()
        if any(content[:4] in (b"prof", b"rICC") for content in boxes):
            return None
        return next((struct.unpack(">HH", box[4:8]) for box in boxes if box[:4] == b"nclx" and len(box) >= 10), None)


def read_boxes(path: Path) -> Boxes | None:
    """Return what a HEIC or AVIF file holds; None if its boxes do not hold or it has no primary picture."""
    try:
        with path.open("rb") as handle:
            found = Boxes()
            while len(head := handle.read(8)) == 8:
                size, kind = struct.unpack(">I4s", head)
                start = handle.tell()
                if size == 1:
                    size, start = int.from_bytes(handle.read(8), "big"), start + 8
                    size -= 8
                if kind == b"meta" and not found.items:
                    length = size - 8 if size else DESCRIPTION_BYTES
                    if length > DESCRIPTION_BYTES:
                        return None
                    _read_meta(handle.read(length), found)
                found.has_video |= kind == b"mpvd"
                found.is_sequence |= kind == b"moov"
                if size < 8:
                    break
                handle.seek(start + size - 8)
    except (OSError, BoxError, struct.error, IndexError):
        return None
    return found if found.primary in found.items else None


def foreign_coding(path: Path) -> str | None:
    """Return the coding of a file's primary picture if no decoder here reads it; None for any other file."""
    found = read_boxes(path)
    if found is None or found.coding in DECODED or found.coding not in PICTURES:
        return None
    return CODINGS.get(found.coding, found.coding.decode("latin-1"))


def boxes_in(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and content of the boxes that follow each other in data. Raises BoxError."""
    at = 0
    for _ in range(MOST_BOXES):
        if at + 8 > len(data):
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        size = size or len(data) - at
        if size < head or at + size > len(data):
            raise BoxError(f"{kind!r} of {size} bytes")
        yield kind, data[at + head : at + size]
        at += size
    raise BoxError("too many boxes")


def _read_meta(data: bytes, found: Boxes) -> None:
    inner = dict(boxes_in(data[4:]))  # 4: version and flags
    wide = bool(inner[b"pitm"][0]) if b"pitm" in inner else False
    found.primary = int.from_bytes(inner.get(b"pitm", b"")[4 : 8 if wide else 6], "big")
    _read_items(inner.get(b"iinf", b""), found)
    _read_properties(inner.get(b"iprp", b""), found)
    _read_locations(inner.get(b"iloc", b""), found)
    found.inside = inner.get(b"idat", b"")
    apart = _read_references(inner.get(b"iref", b""), found)
    found.pictures = [
        id_ for id_, item in found.items.items()
        if item.kind in PICTURES and not item.hidden and (id_ not in apart or id_ == found.primary)
    ]  # fmt: skip


def _read_items(data: bytes, found: Boxes) -> None:
    if not data:
        return
    for kind, content in boxes_in(data[6 if data[0] == 0 else 8 :]):
        if kind == b"infe" and content[0] >= 2:
            long = content[0] >= 3
            id_ = int.from_bytes(content[4 : 8 if long else 6], "big")
            at = 10 if long else 8
            found.items[id_] = Item(content[at : at + 4], hidden=bool(content[3] & 1))


def _read_references(data: bytes, found: Boxes) -> set[int]:
    """Note of which tiles each grid is made; return the ids of the items that belong to another: thumbnails, masks, tiles."""
    apart: set[int] = set()
    if not data:
        return apart
    number = "H" if data[0] == 0 else "I"
    for kind, content in boxes_in(data[4:]):
        width = struct.calcsize(number)
        many = int.from_bytes(content[width : width + 2], "big")
        source, *targets = struct.unpack_from(f">{number}", content) + struct.unpack_from(
            f">{many}{number}", content, width + 2
        )
        if kind == b"dimg":
            apart.update(targets)
            if source in found.items:
                found.items[source].tiles = targets
        elif kind in (b"thmb", b"auxl"):
            apart.add(source)
    return apart


def _read_properties(data: bytes, found: Boxes) -> None:
    inner = list(boxes_in(data))
    properties = [box for kind, content in inner if kind == b"ipco" for box in boxes_in(content)]
    for content in (content for kind, content in inner if kind == b"ipma"):
        version, flags, at = content[0], content[3], 8
        for _ in range(min(int.from_bytes(content[4:8], "big"), len(content))):
            length = 2 if version < 1 else 4
            item = found.items.get(int.from_bytes(content[at : at + length], "big"))
            many, at = content[at + length], at + length + 1
            for _ in range(many):
                index = int.from_bytes(content[at : at + 2], "big") & 0x7FFF if flags & 1 else content[at] & 0x7F
                at += 2 if flags & 1 else 1
                if item is not None and 1 <= index <= len(properties):
                    item.properties.append(properties[index - 1])


def _read_locations(data: bytes, found: Boxes) -> None:
    """Note where the items' data lie (8.11.3 of 14496-12)."""
    if not data:
        return
    version = data[0]
    sizes = data[4] >> 4, data[4] & 15, data[5] >> 4, data[5] & 15 if version else 0  # offset, length, base offset, index
    at = 6

    def number(size: int) -> int:
        nonlocal at
        at += size
        if at > len(data):
            raise BoxError("iloc")
        return int.from_bytes(data[at - size : at], "big")

    for _ in range(number(4 if version == 2 else 2)):
        item = found.items.get(number(4 if version == 2 else 2), Item())
        method = number(2) & 15 if version else 0
        number(2)  # data reference index
        base = number(sizes[2])
        for _ in range(number(2)):
            if version:
                number(sizes[3])
            offset, length = base + number(sizes[0]), number(sizes[1])
            item.parts.append((offset, length))
        item.inside = method == 1
