"""Pictures that the tests of this room make: PNGs with any chunks, HEIC and AVIF with any code points, encoded forwards.

The curves are written the other way round than in the program, from light to value, by the formulas of the standards.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float64]
# sRGB values of four quarters: skin, hair, cloth, background.
QUARTERS = ((200, 140, 120), (60, 45, 40), (50, 90, 160), (226, 222, 210))
# From linear sRGB, to three decimals or more as the standards and their colour tables give them.
TO_P3 = ((0.822462, 0.177538, 0.0), (0.033194, 0.966806, 0.0), (0.017083, 0.072397, 0.910520))
TO_BT2020 = ((0.627404, 0.329283, 0.043313), (0.069097, 0.919541, 0.011362), (0.016391, 0.088013, 0.895595))
TO_ADOBE = ((0.715126, 0.284874, 0.0), (0.0, 1.0, 0.0), (0.0, 0.041155, 0.958845))


def light() -> Floats:
    """Return the quarters in linear light, 1 is white: 40 x 60 x 3."""
    values = np.array(QUARTERS) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear.reshape(2, 2, 3).repeat(20, 0).repeat(30, 1))


def srgb(linear: Floats) -> Floats:
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)


def bt709(linear: Floats) -> Floats:
    return np.where(linear < 0.018, 4.5 * linear, 1.099 * np.maximum(linear, 0) ** 0.45 - 0.099)


def pq(linear: Floats) -> Floats:
    """Return the value of SMPTE ST 2084; 1 is 203 of 10,000 cd/m²."""
    power = (np.maximum(linear, 0) * 203 / 10_000) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


def hlg(linear: Floats) -> Floats:
    """Return the value of BT.2100's HLG of what a display of 1,000 cd/m² shows; 1 is 203."""
    shown = np.maximum(linear, 1e-9) * 203 / 1000
    luminance = (shown @ np.array([0.2627, 0.6780, 0.0593]))[..., None]
    scene = shown * luminance ** (1 / 1.2 - 1)
    upper = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.asarray(np.where(scene <= 1 / 12, np.sqrt(3 * scene), upper))


def encoded(matrix: Sequence[Sequence[float]] | None, curve: Callable[[Floats], Floats], scale: float = 1.0) -> Floats:
    """Return the quarters as values of 0 to 1; scale: how many times as bright."""
    linear = light() * scale
    return curve(linear if matrix is None else linear @ np.array(matrix).T)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(path: Path, values: Floats, *chunks: bytes, bits: int = 8, behind: Sequence[bytes] = ()) -> Path:
    """Write values of 0 to 1 as a PNG with chunks before and behind its pixels."""
    height, width = values.shape[:2]
    whole = np.rint(values.clip(0, 1) * (2**bits - 1)).astype(">u2" if bits == 16 else np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in whole)
    head = chunk(b"IHDR", struct.pack(">II5B", width, height, bits, 2, 0, 0, 0))
    parts = (b"\x89PNG\r\n\x1a\n", head, *chunks, chunk(b"IDAT", zlib.compress(rows)), *behind, chunk(b"IEND", b""))
    path.write_bytes(b"".join(parts))
    return path


def cicp(primaries: int, transfer: int) -> bytes:
    return chunk(b"cICP", bytes([primaries, transfer, 0, 1]))


def heif(path: Path, values: Floats, primaries: int, transfer: int, *, bits: int = 8) -> Path:
    """Write values of 0 to 1 as HEIC with an nclx box."""
    import pillow_heif

    codes = {"color_primaries": primaries, "transfer_characteristics": transfer, "matrix_coefficients": 9, "full_range_flag": 1}
    if bits == 8:
        picture = pillow_heif.from_pillow(Image.fromarray(np.rint(values.clip(0, 1) * 255).astype(np.uint8)))
    else:
        whole = np.rint(values.clip(0, 1) * 65535).astype(np.uint16)
        picture = pillow_heif.from_bytes("RGB;16", (whole.shape[1], whole.shape[0]), whole.tobytes())
    picture.save(path, quality=-1, chroma=444, **codes)
    return path


def avif(path: Path, values: Floats, primaries: int, transfer: int) -> Path:
    """Write values of 0 to 1 as AVIF whose nclx box is changed to these code points."""
    Image.fromarray(np.rint(values.clip(0, 1) * 255).astype(np.uint8)).save(path, quality=100, subsampling="4:4:4")
    content = path.read_bytes()
    at = content.index(b"colrnclx") + 8
    path.write_bytes(content[:at] + struct.pack(">HH", primaries, transfer) + content[at + 4 :])
    return path


def quarters(rgb: NDArray[np.uint8]) -> list[tuple[int, ...]]:
    """Return the colours in the middle of the four quarters."""
    height, width = rgb.shape[:2]
    points = ((0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75))
    return [tuple(int(value) for value in rgb[int(height * y), int(width * x)]) for y, x in points]


def off(rgb: NDArray[np.uint8]) -> int:
    """Return by how much the worst colour of the four quarters is off."""
    return max(
        abs(a - b) for seen, right in zip(quarters(rgb), QUARTERS, strict=True) for a, b in zip(seen, right, strict=True)
    )


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full_box(kind: bytes, version: int, *parts: bytes, flags: int = 0) -> bytes:
    return box(kind, bytes([version]) + flags.to_bytes(3, "big"), *parts)


Tile = tuple[bytes, list[tuple[bytes, bytes]]]  # coded data and the properties of the item


def hevc_tile(path: Path, picture: Image.Image, **options: object) -> Tile:
    """Return a picture coded as one item; path: of a temporary file."""
    import pillow_heif

    from avatar.pictures import heif_boxes

    pillow_heif.from_pillow(picture).save(path, enc_params={"preset": "ultrafast"}, **options)
    content, boxes = path.read_bytes(), heif_boxes.read_boxes(path)
    assert boxes is not None
    item = boxes.items[boxes.primary]
    data = b"".join(content[at : at + length] for at, length in item.parts)
    return data, [(kind, body) for kind, body in item.properties if kind in (b"hvcC", b"colr", b"pixi")]


def grid(
    path: Path, picture: Image.Image, tile: int = 64, *, turn: int = 0, colour: bytes | None = None, **options: object
) -> Path:
    """Write a picture as phones do: a grid of HEVC tiles, the last ones wider than the picture; turn: quarters of irot."""
    across, down = -(-picture.width // tile), -(-picture.height // tile)
    padded = Image.new("RGB", (across * tile, down * tile))
    padded.paste(picture)
    corners = [(x * tile, y * tile) for y in range(down) for x in range(across)]
    tiles = [hevc_tile(path, padded.crop((x, y, x + tile, y + tile)), **options) for x, y in corners]
    return write_grid(path, tiles, picture.size, tile, turn)


def write_grid(
    path: Path, tiles: Sequence[Tile], size: tuple[int, int], tile: int, turn: int = 0, of_grid: bytes | None = None
) -> Path:
    """Write coded tiles as a grid; of_grid: a colour box of its own."""
    across, down = -(-size[0] // tile), -(-size[1] // tile)
    count, data = len(tiles), [content for content, _ in tiles]
    shared = [box(kind, body) for kind, body in tiles[0][1]]
    shared.append(full_box(b"ispe", 0, struct.pack(">II", tile, tile)))
    own = [full_box(b"ispe", 0, struct.pack(">II", *size))] + ([box(b"irot", bytes([turn]))] if turn else [])
    own += [box(b"colr", of_grid)] if of_grid is not None else []
    of_tile = bytes([len(shared)]) + bytes(n + 1 | (0x80 if shared[n][4:8] == b"hvcC" else 0) for n in range(len(shared)))
    of_whole = bytes([len(own)]) + bytes(len(shared) + n + 1 for n in range(len(own)))
    ids = range(1, count + 1)
    infos = [full_box(b"infe", 2, struct.pack(">HH4s", id_, 0, b"hvc1"), b"\0", flags=1) for id_ in ids]
    infos.append(full_box(b"infe", 2, struct.pack(">HH4s", count + 1, 0, b"grid"), b"\0"))
    about = struct.pack(">BBBBHH", 0, 0, down - 1, across - 1, *size)

    def meta(start: int) -> bytes:
        places, at = [], start
        for id_, part in zip(ids, data, strict=True):
            places.append(struct.pack(">HHHHII", id_, 0, 0, 1, at, len(part)))
            at += len(part)
        places.append(struct.pack(">HHHHII", count + 1, 1, 0, 1, 0, len(about)))
        associations = b"".join(struct.pack(">H", id_) + of_tile for id_ in ids) + struct.pack(">H", count + 1) + of_whole
        return full_box(
            b"meta", 0, full_box(b"hdlr", 0, bytes(4), b"pict", bytes(13)), full_box(b"pitm", 0, struct.pack(">H", count + 1)),
            full_box(b"iloc", 1, b"\x44\0", struct.pack(">H", count + 1), *places),
            full_box(b"iinf", 0, struct.pack(">H", count + 1), *infos),
            full_box(b"iref", 0, box(b"dimg", struct.pack(f">HH{count}H", count + 1, count, *ids))),
            box(b"iprp", box(b"ipco", *shared, *own), full_box(b"ipma", 0, struct.pack(">I", count + 1), associations)),
            box(b"idat", about),
        )  # fmt: skip

    head = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    path.write_bytes(head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", *data))
    return path
