"""A PNG in one look: the same pixels and texts as Pillow's, and None for everything that Pillow should judge."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from avatar.pictures import camera, decode, metadata
from avatar.pictures import png as png_file


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def filtered(pixels: Any, kinds: list[int]) -> bytes:
    """Return the rows of a picture, each filtered in one of PNG's five ways (PNG specification, section 9.2)."""
    height, width, _ = pixels.shape
    rows = pixels.reshape(height, width * 3).astype(np.int64)
    out = bytearray()
    for y in range(height):
        up = rows[y - 1] if y else np.zeros_like(rows[0])
        left = np.concatenate(([0, 0, 0], rows[y][:-3]))
        corner = np.concatenate(([0, 0, 0], up[:-3]))
        estimate = left + up - corner
        distances = np.abs(estimate - left), np.abs(estimate - up), np.abs(estimate - corner)
        nearest = np.where(distances[1] <= distances[2], up, corner)
        paeth = np.where((distances[0] <= distances[1]) & (distances[0] <= distances[2]), left, nearest)
        guess = [np.zeros_like(up), left, up, (left + up) // 2, paeth][kinds[y]]
        out += bytes([kinds[y]]) + ((rows[y] - guess) & 255).astype(np.uint8).tobytes()
    return bytes(out)


def png(width: int, height: int, stream: bytes, *, split: int = 8192, extra: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">II5B", width, height, *png_file.RGB_8_BIT))
    data = b"".join(chunk(b"IDAT", stream[at : at + split]) for at in range(0, len(stream), split))
    return png_file.SIGNATURE + head + extra + data + chunk(b"IEND", b"")


def parsed(data: bytes) -> png_file.Png | None:
    return png_file.parse_plain(io.BytesIO(data))


def read(data: bytes, max_side_px: int | None = None) -> Any:
    found = parsed(data)
    assert found is not None
    return png_file.decode_rgb(found, max_side_px)


def noise(width: int, height: int, seed: int = 1) -> Any:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


@settings(max_examples=40)
@given(st.integers(1, 90), st.integers(1, 120), st.integers(0, 1 << 30), st.sampled_from((7, 100, 8192)))
def test_every_filter_in_strips_gives_the_pixels_that_were_written(width: int, height: int, seed: int, split: int) -> None:
    pixels, chance = noise(width, height, seed), random.Random(seed)
    data = png(width, height, zlib.compress(filtered(pixels, [chance.randrange(5) for _ in range(height)])), split=split)
    small_strips = 3 * (1 + 3 * width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png_file, "STRIP_BYTES", small_strips)  # many strips, also for a small picture
        assert np.array_equal(read(data), pixels)
        assert np.array_equal(read(data), np.asarray(Image.open(io.BytesIO(data))))


def test_a_reduced_copy_is_the_mean_of_whole_pixels() -> None:
    pixels = noise(203, 150)
    data = bytes(cv2.imencode(".png", pixels[:, :, ::-1])[1])
    copy = read(data, 100)  # 203 // 100: 2 x 2, the last column is left out
    assert copy.shape == (75, 101, 3)
    assert np.array_equal(copy, cv2.resize(pixels[:, :202], (101, 75), interpolation=cv2.INTER_AREA))
    assert read(data, 203).shape == read(data, 500).shape == pixels.shape
    assert read(data, 1).shape == (1, 1, 3)  # never less than one pixel


@pytest.mark.parametrize("side", [None, 64])
def test_a_stream_that_is_not_whole_gives_none(side: int | None) -> None:
    rows = filtered(noise(100, 80), [1] * 80)
    whole = zlib.compress(rows)
    wrong_sum = whole[:-1] + bytes([whole[-1] ^ 1])
    swapped = bytearray(whole)
    swapped[len(swapped) // 2] ^= 0xFF
    unknown_filter = zlib.compress(b"\x05" + rows[1:])
    for stream in (
        whole[:-10],
        wrong_sum,
        bytes(swapped),
        zlib.compress(rows + b"x"),
        zlib.compress(rows[:-5]),
        unknown_filter,
    ):
        assert read(png(100, 80, stream), side) is None
    assert read(png(100, 80, whole), side) is not None


def test_a_size_that_the_stream_can_never_fill_takes_no_memory() -> None:
    found = parsed(png(100_000, 100_000, zlib.compress(b"\0" * 1000)))
    assert found is not None
    assert png_file.decode_rgb(found) is None


def test_other_kinds_and_damaged_files_are_left_to_pillow(tmp_path: Path) -> None:
    good = png(8, 8, zlib.compress(filtered(noise(8, 8), [0] * 8)))
    assert parsed(good) is not None
    for position in range(0, len(good) - 12, 5):  # any byte wrong: a CRC, the signature, the header
        assert parsed(good[:position] + bytes([good[position] ^ 1]) + good[position + 1 :]) is None
    for length in range(0, len(good), 7):
        assert parsed(good[:length]) is None
    for mode in ("L", "P", "RGBA", "I;16", "1"):
        buffer = io.BytesIO()
        Image.new(mode, (8, 8)).save(buffer, "PNG")
        assert parsed(buffer.getvalue()) is None, mode
    for kind in png_file.NOT_PLAIN:
        assert parsed(png(8, 8, zlib.compress(b""), extra=chunk(kind, b"x"))) is None
    assert png_file.read_plain(tmp_path / "missing.png") is None
    (tmp_path / "x.png").write_bytes(b"no picture")
    assert png_file.read_plain(tmp_path / "x.png") is None


def test_texts_are_those_that_pillow_reads() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Description", "a woman with a caf\xe9 --v 7")
    info.add_itxt("XML:com.adobe.xmp", "<x>ñ 🙂</x>", "es", "clave")
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=info)
    found = parsed(buffer.getvalue())
    assert found is not None
    assert found.texts == {"Description": "a woman with a caf\xe9 --v 7", "XML:com.adobe.xmp": "<x>ñ 🙂</x>"}
    compressed = PngImagePlugin.PngInfo()
    compressed.add_itxt("note", "long" * 100, zip=True)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=compressed)
    assert parsed(buffer.getvalue()) is None


@pytest.mark.parametrize(
    "extra", [b"tEXtno mark", b"tEXtRaw profile type exif\0x", b"iTXtk\0\0\0\0\0\xff"], ids=["mark", "raw", "utf8"]
)
def test_texts_in_disorder_are_left_to_pillow(extra: bytes) -> None:
    assert parsed(png(8, 8, zlib.compress(b""), extra=chunk(extra[:4], extra[4:]))) is None


def test_without_isal_everything_goes_the_usual_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, pixels = tmp_path / "x.png", noise(40, 30)
    Image.fromarray(pixels).save(path)
    quick = decode.load_rgb(path)
    monkeypatch.setattr(png_file, "ISAL", False)
    usual = decode.load_rgb(path)
    assert (quick.texts, usual.texts) == ({}, None)
    assert np.array_equal(quick.pixels, usual.pixels)
    assert quick.full_size == usual.full_size == (40, 30)


@pytest.mark.parametrize("layout", ["tEXt", "XMP in iTXt", "XMP in tEXt"])
def test_midjourneys_three_layouts_read_alike_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str) -> None:
    description, xmp = "a woman, caf\u00c3\u00a9 --ar 1:1 --v 7 Job ID: 12", "<x:xmpmeta>ñ 🙂</x:xmpmeta>"
    info = PngImagePlugin.PngInfo()
    info.add_text("Description", description)
    info.add_text("Author", "somebody")
    if layout == "XMP in iTXt":
        info.add_itxt("XML:com.adobe.xmp", xmp)
    elif layout == "XMP in tEXt":
        info.add(b"tEXt", b"XML:com.adobe.xmp\0" + xmp.encode())
    Image.fromarray(noise(40, 30)).save(tmp_path / "x.png", pnginfo=info)
    quick = decode.load_rgb(tmp_path / "x.png").texts
    assert quick is not None
    usual = metadata.text_metadata(tmp_path / "x.png")
    assert {"XML:com.adobe.xmp": usual.pop("xmp"), **usual} == quick if "xmp" in usual else usual == quick
    assert quick["Description"] == "a woman, café --ar 1:1 --v 7 Job ID: 12"
    assert camera.read_camera(tmp_path / "x.png") == (None, None)


TEXT_KEYWORDS = st.sampled_from([b"Description", b"Author", b"Comment", b"Title"])
LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=30)
UNICODE = st.text(st.characters(min_codepoint=32, exclude_categories=["Cc", "Cs"]), max_size=30).map(lambda text: text.encode())
ANCILLARY = st.one_of(
    st.builds(lambda key, text: chunk(b"tEXt", key + b"\0" + text.encode("latin-1")), TEXT_KEYWORDS, LATIN),
    st.builds(lambda key, text: chunk(b"zTXt", key + b"\0\0" + zlib.compress(text.encode("latin-1"))), TEXT_KEYWORDS, LATIN),
    st.builds(lambda key, text: chunk(b"iTXt", key + b"\0\0\0en\0\0" + text), TEXT_KEYWORDS, UNICODE),
    st.builds(lambda key, text: chunk(b"iTXt", key + b"\0\1\0\0\0" + zlib.compress(text)), TEXT_KEYWORDS, UNICODE),
    st.builds(lambda x, y: chunk(b"pHYs", struct.pack(">IIB", x, y, 1)), st.integers(1, 9999), st.integers(1, 9999)),
    st.builds(lambda gamma: chunk(b"gAMA", struct.pack(">I", gamma)), st.integers(20_000, 100_000)),
    st.just(chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))),
    st.integers(0, 3).map(lambda intent: chunk(b"sRGB", bytes([intent]))),
    st.just(chunk(b"sBIT", b"\5\6\5")),
    st.binary(min_size=6, max_size=6).map(lambda rgb: chunk(b"bKGD", bytes([0, rgb[1], 0, rgb[3], 0, rgb[5]]))),
    st.binary(min_size=3, max_size=3).map(lambda rgb: chunk(b"tRNS", bytes([0, rgb[0], 0, rgb[1], 0, rgb[2]]))),
    st.just(chunk(b"tIME", struct.pack(">H5B", 2026, 2, 28, 12, 0, 0))),
    st.just(chunk(b"PLTE", bytes(range(12)))),  # of an RGB picture: a suggestion for screens of few colours
    st.binary(max_size=20).map(lambda body: chunk(b"prVt", body)),
    st.binary(max_size=20).map(lambda body: chunk(b"caBX", body)),  # C2PA's
)


@given(st.lists(ANCILLARY, max_size=6), st.lists(ANCILLARY, max_size=2), st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_else_a_png_holds_both_ways_give_the_same(
    tmp_path: Path, before: list[bytes], behind: list[bytes], width: int, height: int
) -> None:
    path, pixels = tmp_path / "x.png", noise(width, height)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = chunk(b"IHDR", struct.pack(">II5B", width, height, 8, 2, 0, 0, 0))
    parts = (head, *before, chunk(b"IDAT", zlib.compress(rows)), *behind, chunk(b"IEND", b""))
    path.write_bytes(png_file.SIGNATURE + b"".join(parts))
    quick = decode.load_rgb(path)
    with mock.patch.object(png_file, "ISAL", False):
        usual = decode.load_rgb(path)
    assert np.array_equal(quick.pixels, usual.pixels)
    assert (quick.full_size, quick.notes) == (usual.full_size, usual.notes)
    if quick.texts is not None:
        assert quick.texts == metadata.text_metadata(path)


# --- writing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("isal", [True, False])
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (1024, 1024), (640, 333)])
def test_what_is_written_every_reader_reads_back(size: tuple[int, int], isal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = noise(*size)
    monkeypatch.setattr(png_file, "ISAL", isal)
    data = png_file.encode_rgb(pixels)
    with Image.open(io.BytesIO(data)) as picture:
        picture.verify()
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), pixels)
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    assert np.array_equal(decoded[..., ::-1], pixels)


def test_a_part_of_a_picture_is_written_as_it_looks() -> None:
    pixels = noise(60, 50)[5:45, 10:50][:, ::-1]  # not contiguous
    assert np.array_equal(read(png_file.encode_rgb(pixels)), pixels)


def test_a_soft_picture_gets_smaller_than_by_the_usual_encoder() -> None:
    soft = cv2.resize(noise(12, 12), (512, 512), interpolation=cv2.INTER_CUBIC)
    assert len(png_file.encode_rgb(soft)) < len(cv2.imencode(".png", soft, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]) * 1.05
