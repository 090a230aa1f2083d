"""Large HEICs, tile by tile: each small picture of a phone's grid is decoded, shrunk and put into place by itself.

libheif can neither shrink while it decodes nor give a part: of 200 megapixels it and Pillow hold 1.4 GB at once [measured],
beside which there is no room for a copy in sRGB. Each tile is handed to it as a HEIC of its own, see `_tile_file`.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from avatar.pictures import part as parts
from avatar.pictures.heif_boxes import Boxes, Item, read_boxes
from avatar.pictures.part import Part

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    Pixels = NDArray[np.uint8]

FROM_PIXELS = 20_000_000  # [choice] below, libheif decodes the whole
MOST_THREADS = 4  # [choice] one tile each
MOST_TILE_SIDE = 8192  # HEVC, level 6.2: no larger picture is coded
# Of a grid these can be left to us; others (a clean aperture, a mirror) are rare, and libheif knows them.
KNOWN_PROPERTIES = frozenset({b"ispe", b"colr", b"pixi", b"irot", b"clli", b"mdcv", b"hvcC", b"rloc", b"pasp"})
WHOLE: Part = (0.0, 0.0, 1.0, 1.0)
EXIF_TURNS = (1, 8, 3, 6)  # for quarters anticlockwise
ALPHA = (b":alpha", b"auxid:1")  # ends of the names of an alpha plane: 23008-12, B.3, and HEVC's


@dataclass(frozen=True)
class Grid:
    """A grid of tiles. size: of the picture before it is turned; turns: quarters anticlockwise."""

    path: Path
    items: tuple[Item, ...]
    colours: tuple[tuple[bytes, bytes], ...]  # colour boxes of the grid
    tile: tuple[int, int]
    across: int
    size: tuple[int, int]
    turns: int

    @property
    def upright(self) -> tuple[int, int]:
        return self.size[::-1] if self.turns % 2 else self.size


def read_grid(path: Path) -> Grid | None:
    """Return the grid of a large HEIC; None for any other file, which Pillow decodes."""
    boxes = read_boxes(path)
    if boxes is None or boxes.items[boxes.primary].kind != b"grid" or _has_alpha(boxes):
        return None
    whole = boxes.items[boxes.primary]
    tiles = tuple(boxes.items[id_] for id_ in whole.tiles if id_ in boxes.items)
    if any(kind not in KNOWN_PROPERTIES for kind, _ in whole.properties) or not tiles:
        return None
    about = _content(path, boxes, whole)
    wide = about[1:2] == b"\1"
    if len(about) < (12 if wide else 8):
        return None
    rows, across = about[2] + 1, about[3] + 1
    size = struct.unpack_from(">II" if wide else ">HH", about, 4)
    tile = _extent(tiles[0])
    if tile is None or any(not _is_alike(item, tiles[0]) for item in tiles) or len(tiles) != rows * across:
        return None
    if size[0] * size[1] <= FROM_PIXELS or tile[0] * across < size[0] or tile[1] * rows < size[1]:
        return None
    turn = whole.property(b"irot")
    colours = tuple(box for box in whole.properties if box[0] == b"colr")
    return Grid(path, tiles, colours, tile, across, (size[0], size[1]), turn[0] & 3 if turn else 0)


def _has_alpha(boxes: Boxes) -> bool:
    kinds = (item.property(b"auxC") or b"" for item in boxes.items.values())
    return any(kind[4:].partition(b"\0")[0].endswith(ALPHA) for kind in kinds)


def _extent(item: Item) -> tuple[int, int] | None:
    box = item.property(b"ispe")
    if box is None or len(box) < 12:
        return None
    width, height = struct.unpack_from(">II", box, 4)
    return (width, height) if 0 < width <= MOST_TILE_SIDE and 0 < height <= MOST_TILE_SIDE else None


def _is_alike(item: Item, first: Item) -> bool:
    return item.kind == b"hvc1" and not item.inside and item.properties == first.properties and bool(item.parts)


def _content(path: Path, boxes: Boxes, item: Item) -> bytes:
    if item.inside:
        return b"".join(boxes.inside[at : at + length] for at, length in item.parts)
    with path.open("rb") as handle:
        return _read_parts(handle, item)


def decode_grid(
    grid: Grid, max_side_px: int | None, convert: Callable[[Image.Image], Image.Image], part: Part | None = None
) -> Pixels:
    """Return the upright pixels of a grid, shrunk by a power of two to no less than max_side_px.

    convert  brings a tile to 8-bit sRGB
    part     only this of it is wanted: what the other tiles show is left out, and its pixels are anything
    Raises OSError for a file that is cut off, and what pillow-heif raises.
    """
    factor = _factor(grid, max_side_px)
    width, height = (max(1, side // factor) for side in grid.upright)
    out = np.empty((height, width, 3), np.uint8)
    stored = np.rot90(out, -grid.turns)  # a view: what is written to it stands upright in `out`
    columns, rows = grid.tile[0] // factor, grid.tile[1] // factor
    wanted = parts.stored(parts.pixels_of(part or WHOLE, (width, height)), (width, height), EXIF_TURNS[grid.turns])

    def put(number: int) -> None:
        top, left = number // grid.across * rows, number % grid.across * columns
        if left >= wanted[2] or top >= wanted[3] or left + columns <= wanted[0] or top + rows <= wanted[1]:
            return
        place = stored[top : top + rows, left : left + columns]
        if place.size:
            _fill(place, np.asarray(convert(_decoded(grid, grid.items[number])), np.uint8), factor)

    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1), "tile") as pool:
        for _ in pool.map(put, range(len(grid.items))):
            pass
    return out


def _factor(grid: Grid, max_side_px: int | None) -> int:
    """Return by how much each side of a tile is divided, without a rest."""
    factor = 1
    if max_side_px is not None:
        while max(grid.size) >= 2 * factor * max_side_px and not (grid.tile[0] % (2 * factor) or grid.tile[1] % (2 * factor)):
            factor *= 2
    return factor


def _fill(place: Pixels, rgb: Pixels, factor: int) -> None:
    import cv2

    rows, columns = place.shape[:2]
    whole = rgb[: rows * factor, : columns * factor]
    place[:] = whole if factor == 1 else cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)


def _decoded(grid: Grid, item: Item) -> Image.Image:
    import pillow_heif

    with grid.path.open("rb") as handle:
        data = _read_parts(handle, item)
    return pillow_heif.open_heif(io.BytesIO(_tile_file(grid, item, data))).to_pillow()


def _read_parts(handle: IO[bytes], item: Item) -> bytes:
    parts = []
    for at, length in item.parts:
        handle.seek(at)
        parts.append(handle.read(length))
        if len(parts[-1]) < length:
            raise OSError("image file is truncated")  # in Pillow's words
    return b"".join(parts)


def _tile_file(grid: Grid, item: Item, data: bytes) -> bytes:
    """Return a HEIC with this tile as its only picture: 14496-12, 8.11, and 23008-12, 6."""
    properties = [(kind, body) for kind, body in item.properties if kind in (b"hvcC", b"ispe", b"colr", b"pixi")]
    if all(kind != b"colr" for kind, _ in properties):
        properties += grid.colours
    numbers = bytes(number | (0x80 if kind == b"hvcC" else 0) for number, (kind, _) in enumerate(properties, 1))
    head = _box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(start: int) -> bytes:
        return _box(
            b"meta", bytes(4), _box(b"hdlr", bytes(8), b"pict", bytes(13)), _box(b"pitm", bytes(4), b"\0\1"),
            _box(b"iloc", bytes(4), b"\x44\0\0\1", struct.pack(">HHHII", 1, 0, 1, start, len(data))),
            _box(b"iinf", bytes(4), b"\0\1", _box(b"infe", b"\2\0\0\0", b"\0\1\0\0hvc1\0")),
            _box(
                b"iprp", _box(b"ipco", *(_box(kind, body) for kind, body in properties)),
                _box(b"ipma", bytes(4), struct.pack(">IHB", 1, 1, len(properties)), numbers),
            ),
        )  # fmt: skip

    return b"".join((head, meta(len(head) + len(meta(0)) + 8), _box(b"mdat", data)))


def _box(kind: bytes, *parts: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)
