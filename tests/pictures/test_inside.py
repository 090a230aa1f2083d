"""Of files that hold several pictures one is taken and that is told; sound pictures with unusual company are taken."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from avatar.pictures import decode, heif_boxes, metadata
from avatar.pictures import png as png_file
from avatar.texts.text import PipelineError
from tests.pictures import made

PICTURE = Image.fromarray(np.rint(made.encoded(None, made.srgb) * 255).astype(np.uint8))
OTHER = Image.new("RGB", PICTURE.size, (10, 200, 10))


@pytest.mark.parametrize("suffix", ["png", "webp", "avif"])
def test_of_an_animation_the_first_picture_is_taken_and_that_is_told(tmp_path: Path, suffix: str) -> None:
    PICTURE.save(tmp_path / f"x.{suffix}", save_all=True, append_images=[OTHER, OTHER.rotate(90)], quality=95)
    loaded = decode.load_rgb(tmp_path / f"x.{suffix}")
    assert made.off(loaded.pixels) <= 12 and loaded.notes == ("picture.note.animated",)
    PICTURE.save(tmp_path / f"x.{suffix}", quality=95)
    assert decode.load_rgb(tmp_path / f"x.{suffix}").notes == ()


@pytest.mark.parametrize("primary", [0, 1])
def test_of_a_heic_with_several_pictures_the_main_one_is_taken_and_that_is_told(tmp_path: Path, primary: int) -> None:
    import pillow_heif

    several = pillow_heif.from_pillow(OTHER if primary else PICTURE)
    several.add_from_pillow(PICTURE if primary else OTHER)
    several.save(tmp_path / "x.heic", primary_index=primary, quality=-1, chroma=444)
    loaded = decode.load_rgb(tmp_path / "x.heic")
    assert made.off(loaded.pixels) <= 4 and loaded.notes == ("picture.note.several",)


def test_thumbnail_and_depth_of_a_heic_are_no_pictures_of_their_own(tmp_path: Path) -> None:
    import pillow_heif

    large = pillow_heif.from_pillow(PICTURE.resize((600, 400)))
    large.save(tmp_path / "x.heic", thumbnails=[128])
    boxes = heif_boxes.read_boxes(tmp_path / "x.heic")
    assert boxes is not None and len(boxes.items) >= 2 and boxes.pictures == [boxes.primary]
    assert decode.load_rgb(tmp_path / "x.heic").notes == ()


def tiff(path: Path, *pages: tuple[Image.Image, int]) -> Path:
    """Write pages with their NewSubfileType."""
    from PIL import TiffImagePlugin

    with TiffImagePlugin.AppendingTiffWriter(str(path), new=True) as writer:
        for picture, kind in pages:
            picture.save(writer, format="TIFF", tiffinfo={254: kind})
            writer.newFrame()
    writer.isFirst = True  # from Python 3.13 on it is closed once more when it is collected: there is nothing left to finish
    return path


THUMBNAIL = OTHER.resize((30, 20))


@pytest.mark.parametrize(
    ("pages", "size", "notes"),
    [
        ([(THUMBNAIL, 1), (PICTURE, 0)], (60, 40), ()),
        ([(OTHER.resize((45, 30)), 1), (PICTURE, 0)], (60, 40), ()),  # large, but says what it is
        ([(THUMBNAIL, 0), (PICTURE, 0)], (60, 40), ()),  # says nothing
        ([(PICTURE, 0), (THUMBNAIL, 1)], (60, 40), ()),
        ([(PICTURE, 0), (OTHER, 4)], (60, 40), ()),  # a mask
        ([(PICTURE, 2), (OTHER, 2), (OTHER, 2)], (60, 40), ("picture.note.pages",)),
        ([(PICTURE, 0), (OTHER, 0)], (60, 40), ("picture.note.pages",)),
        ([(THUMBNAIL, 1), (PICTURE, 0), (OTHER, 0)], (60, 40), ("picture.note.pages",)),
        ([(PICTURE, 0)], (60, 40), ()),
        ([(PICTURE, 1)], (60, 40), ()),
    ],
)  # fmt: skip
def test_of_a_tiff_the_large_page_is_taken_and_further_ones_are_told(
    tmp_path: Path, pages: list[tuple[Image.Image, int]], size: tuple[int, int], notes: tuple[str, ...]
) -> None:
    loaded = decode.load_rgb(tiff(tmp_path / "x.tif", *pages))
    assert (loaded.full_size, made.off(loaded.pixels), loaded.notes) == (size, 0, notes)


GOOGLE = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description Camera:MotionPhoto="1"/></x:xmpmeta>'
VIDEO = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\x20\0mdat" + bytes(8184)


def xmp(packet: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(packet) + 31) + b"http://ns.adobe.com/xap/1.0/\0" + packet


MOTION = {
    "google": lambda jpeg: jpeg[:2] + xmp(GOOGLE) + jpeg[2:] + VIDEO,
    "samsung": lambda jpeg: jpeg + b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + VIDEO + b"\1" * 90_000
    + b"SEFH\x6a\0\0\0\1\0\0\0\0\0\x30\x0a\1\0\0\0\1\0\0\0" + b"\x18\0\0\0SEFT",
    "not named": lambda jpeg: jpeg + VIDEO,
}  # fmt: skip


@pytest.mark.parametrize("way", MOTION)
def test_of_a_motion_photo_the_photo_is_taken_and_that_is_told(tmp_path: Path, way: str) -> None:
    PICTURE.save(tmp_path / "x.jpg", quality=95, subsampling=0)
    (tmp_path / "x.jpg").write_bytes(MOTION[way]((tmp_path / "x.jpg").read_bytes()))
    loaded = decode.load_rgb(tmp_path / "x.jpg")
    assert made.off(loaded.pixels) <= 10 and loaded.notes == ("picture.note.motion",)


def test_a_heic_with_a_video_behind_is_a_motion_photo(tmp_path: Path) -> None:
    made.heif(tmp_path / "x.heic", made.encoded(None, made.srgb), 1, 13)
    with (tmp_path / "x.heic").open("ab") as handle:
        handle.write(struct.pack(">I4s", 8 + len(VIDEO), b"mpvd") + VIDEO)
    assert decode.load_rgb(tmp_path / "x.heic").notes == ("picture.note.motion",)


# --- sound pictures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("missing", [b"\xff\xd9", b"\xd9"])
def test_a_jpeg_that_lacks_only_its_end_mark_is_the_picture_and_one_that_lacks_more_is_cut_off(
    tmp_path: Path, progressive: bool, missing: bytes
) -> None:
    path = tmp_path / "x.jpg"
    noise = Image.fromarray(np.random.default_rng(5).integers(0, 256, (211, 317, 3), np.uint8))
    noise.paste(PICTURE.resize((200, 150)))
    noise.save(path, quality=90, progressive=progressive)
    whole = decode.load_rgb(path).pixels
    content = path.read_bytes()
    path.write_bytes(content.removesuffix(missing))
    for side in (None, 64):
        loaded = decode.load_rgb(path, max_side_px=side)
        assert loaded.full_size == (317, 211)
    assert np.array_equal(decode.load_rgb(path).pixels, whole)
    for cut in (3, 4, 8, 20, 200, len(content) // 2):
        path.write_bytes(content[:-cut])
        with pytest.raises(PipelineError, match=r"import\.truncated"):
            decode.load_rgb(path)


def test_a_jpeg_whose_end_is_zeros_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    PICTURE.resize((300, 200)).save(path, quality=95)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] + bytes(len(content) // 2))
    with pytest.raises(PipelineError, match=r"import\.truncated"):
        decode.load_rgb(path)


def words(size: int) -> bytes:
    """Return that many bytes of text, which shrink by a third."""
    return bytes(random.Random(4).choices(range(32, 127), k=size))


def a_profile(size: int) -> bytes:
    from PIL import ImageCms

    content = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return content + words(size)


# Made when a test asks: every worker collects this file.
BULK: dict[str, Callable[[], bytes]] = {
    "zTXt": lambda: made.chunk(b"zTXt", b"workflow\0\0" + zlib.compress(words(2_700_000))),
    "iTXt": lambda: made.chunk(b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(words(2_700_000))),
    "tEXt": lambda: made.chunk(b"tEXt", b"workflow\0" + words(2_700_000)),
    "iCCP": lambda: made.chunk(b"iCCP", b"x\0\0" + zlib.compress(a_profile(1_500_000))),
    "a bomb of text": lambda: made.chunk(b"zTXt", b"workflow\0\0" + zlib.compress(bytes(100_000_000))),
    "a bomb of profile": lambda: made.chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(100_000_000))),
}


@pytest.mark.parametrize(
    ("kind", "behind"),
    [(kind, behind) for kind in BULK for behind in (False, True) if not (behind and kind in {"iCCP", "a bomb of profile"})],
)
def test_a_png_with_much_text_or_a_large_profile_is_the_picture_and_keeps_its_other_texts(
    tmp_path: Path, kind: str, behind: bool
) -> None:
    title = made.chunk(b"tEXt", b"Description\0a woman --ar 3:4")
    bulk = BULK[kind]()
    extra = (title,) if behind else (title, bulk)
    path = made.png(tmp_path / "x.png", made.encoded(None, made.srgb), *extra, behind=[bulk] if behind else [])
    loaded = decode.load_rgb(path)
    assert (made.off(loaded.pixels), loaded.full_size) == (0, (60, 40))
    assert metadata.text_metadata(path)["Description"] == "a woman --ar 3:4"


def test_pngs_with_many_large_texts_keep_no_more_than_a_limit(tmp_path: Path) -> None:
    many = [made.chunk(b"zTXt", b"t%d\0\0" % n + zlib.compress(bytes(15_000_000))) for n in range(6)]
    path = made.png(tmp_path / "x.png", made.encoded(None, made.srgb), *many)
    assert made.off(decode.load_rgb(path).pixels) == 0
    assert sum(map(len, metadata.text_metadata(path).values())) <= png_file.TEXT_BYTES_IN_ALL


def test_a_usual_png_is_read_as_it_lies_there(tmp_path: Path) -> None:
    text = made.chunk(b"zTXt", b"t\0\0" + zlib.compress(b"hello"))
    assert png_file.without_bulk(made.png(tmp_path / "x.png", made.encoded(None, made.srgb), text)) is None
    before = PngImagePlugin.MAX_TEXT_CHUNK
    decode.load_rgb(tmp_path / "x.png")
    assert before == PngImagePlugin.MAX_TEXT_CHUNK


@pytest.mark.parametrize(
    "garbage", [b"xx\xff\xe1\xff\xff\xff\xff", b"\0\0\0\6Exif\0\0" + b"\xff" * 40, b"II*\0\xff\xff\xff\xff", b"\0"]
)
@pytest.mark.parametrize("suffix", ["heic", "webp", "jpg", "png"])
def test_a_picture_whose_exif_is_garbage_is_taken_as_it_is_stored(tmp_path: Path, garbage: bytes, suffix: str) -> None:
    import pillow_heif

    path = tmp_path / f"x.{suffix}"
    if suffix == "heic":
        picture = pillow_heif.from_pillow(PICTURE)
        picture.info["exif"] = garbage
        picture.save(path, quality=-1, chroma=444)
    elif suffix == "png":
        made.png(path, made.encoded(None, made.srgb), made.chunk(b"eXIf", garbage))
    else:
        PICTURE.save(path, exif=b"Exif\0\0" + garbage, quality=95)
    loaded = decode.load_rgb(path)
    assert made.off(loaded.pixels) <= 14 and loaded.full_size == (60, 40)
    metadata.text_metadata(path)


def test_an_avif_whose_exif_is_garbage_is_taken(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a description that is long enough"
    PICTURE.save(tmp_path / "x.avif", exif=exif.tobytes(), quality=95)
    content = (tmp_path / "x.avif").read_bytes()
    at = max(content.find(b"II*\0"), content.find(b"MM\0*"))
    (tmp_path / "x.avif").write_bytes(content[:at] + b"\xff" * 24 + content[at + 24 :])
    assert made.off(decode.load_rgb(tmp_path / "x.avif").pixels) <= 14


def test_a_heic_with_a_film_of_further_pictures_says_so(tmp_path: Path) -> None:
    made.heif(tmp_path / "x.heic", made.encoded(None, made.srgb), 1, 13)
    with (tmp_path / "x.heic").open("ab") as handle:
        handle.write(made.box(b"moov", made.full_box(b"mvhd", 0, bytes(96))))
    assert decode.load_rgb(tmp_path / "x.heic").notes == ("picture.note.animated",)


# --- boxes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coding", "told"), [(b"vvc1", "VVC (H.266)"), (b"avc1", "AVC (H.264)"), (b"evc1", "EVC"), (b"lhv1", "L-HEVC")]
)
def test_a_heif_in_a_coding_that_nothing_here_decodes_is_refused_with_its_name(
    tmp_path: Path, coding: bytes, told: str
) -> None:
    path = made.heif(tmp_path / "x.heic", made.encoded(None, made.srgb), 1, 13)
    path.write_bytes(path.read_bytes().replace(b"hvc1", coding))
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(path)
    assert (caught.value.key, caught.value.values["coding"]) == ("import.coding", told)


def test_boxes_that_do_not_hold_give_nothing_and_never_an_error(tmp_path: Path) -> None:
    path = made.heif(tmp_path / "x.heic", made.encoded(made.TO_P3, made.srgb), 12, 13)
    content = path.read_bytes()
    found = heif_boxes.read_boxes(path)
    assert found is not None and found.cicp() == (12, 13) and found.coding == b"hvc1"
    dice = random.Random(7)
    for _ in range(400):
        broken = bytearray(content[:700])
        for _ in range(3):
            broken[dice.randrange(len(broken))] = dice.choice((0, 1, 255, dice.randrange(256)))
        path.write_bytes(bytes(broken[: dice.randrange(8, 700)]))
        heif_boxes.read_boxes(path)
        heif_boxes.foreign_coding(path)


@pytest.mark.parametrize(
    "before", [b"\n", b"\r\n", b"\xef\xbb\xbf", b"\0\0", b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n", b" \n\n\n"]
)
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_picture_behind_bytes_of_a_server_or_an_editor_is_taken(tmp_path: Path, before: bytes, suffix: str) -> None:
    PICTURE.save(tmp_path / f"x.{suffix}", quality=95)
    (tmp_path / f"x.{suffix}").write_bytes(before + (tmp_path / f"x.{suffix}").read_bytes())
    loaded = decode.load_rgb(tmp_path / f"x.{suffix}")
    assert made.off(loaded.pixels) <= 14 and loaded.full_size == (60, 40)


@pytest.mark.parametrize("kind", [b"tEXt", b"iTXt", b"zTXt", b"iCCP", b"pHYs", b"eXIf", b"prVt"])
def test_damage_beside_the_pixels_of_a_png_costs_no_more_than_itself(tmp_path: Path, kind: bytes) -> None:
    damaged = made.chunk(kind, b"Comment\0\0hello there")
    damaged = damaged[:-1] + bytes([damaged[-1] ^ 1])
    title = made.chunk(b"tEXt", b"Description\0a woman --ar 3:4")
    for chunks, behind in (((damaged, title), ()), ((title,), (damaged,))):
        path = made.png(tmp_path / "x.png", made.encoded(None, made.srgb), *chunks, behind=behind)
        assert made.off(decode.load_rgb(path).pixels) == 0
        assert metadata.text_metadata(path)["Description"] == "a woman --ar 3:4"


def test_damage_in_the_pixels_of_a_png_is_still_told(tmp_path: Path) -> None:
    path = made.png(tmp_path / "x.png", made.encoded(None, made.srgb))
    content = bytearray(path.read_bytes())
    content[content.index(b"IDAT") + 12] ^= 1
    path.write_bytes(content)
    with pytest.raises(PipelineError):
        decode.load_rgb(path)


@pytest.mark.parametrize("suffix", ["heic", "avif"])
def test_a_bomb_in_boxes_is_told_by_its_size(tmp_path: Path, suffix: str) -> None:
    path = (made.heif if suffix == "heic" else made.avif)(tmp_path / f"x.{suffix}", made.encoded(None, made.srgb), 1, 13)
    content = bytearray(path.read_bytes())
    at = content.index(b"ispe") + 8
    content[at : at + 8] = struct.pack(">II", 60_000, 60_000)
    path.write_bytes(content)
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(path)
    assert (caught.value.key, caught.value.values["megapixels"]) == ("import.bomb", 3600.0)


GREYS = np.array([[6682, 32896, 59110]], "<u2").repeat(40, 0).repeat(20, 1)  # 26, 128, 230


def raw_tiff(path: Path, values: np.ndarray[tuple[int, ...], np.dtype[np.uint16]], photometric: int, planar: int = 1) -> Path:
    """Write 16-bit values as an uncompressed TIFF."""
    from PIL import TiffImagePlugin

    channels = 1 if values.ndim == 2 else 3
    height, width = values.shape[:2]
    data = (np.moveaxis(values, 2, 0) if planar == 2 else values).astype("<u2").tobytes()
    tags = TiffImagePlugin.ImageFileDirectory_v2(b"II*\0\x08\0\0\0")
    for tag, value in ((256, width), (257, height), (258, (16,) * channels), (259, 1), (262, photometric), (277, channels),
                       (278, height), (284, planar)):  # fmt: skip
        tags[tag] = value
    lengths = [len(data) // channels] * channels if planar == 2 else [len(data)]
    tags[273], tags[279] = tuple(sum(lengths[:number]) for number in range(len(lengths))), tuple(lengths)  # behind the tags
    path.write_bytes(b"II*\0\x08\0\0\0" + tags.tobytes(8) + data)
    return path


def test_a_deep_tiff_whose_white_is_zero_is_no_negative(tmp_path: Path) -> None:
    for photometric, values in ((1, GREYS), (0, 65535 - GREYS)):
        pixels = decode.load_rgb(raw_tiff(tmp_path / "x.tif", values, photometric)).pixels
        assert np.abs(pixels[20, [10, 30, 50], 0].astype(int) - (26, 128, 230)).max() <= 1


def test_deep_planes_apart_are_refused_with_the_reason_and_not_mixed_up(tmp_path: Path) -> None:
    deep = np.rint(made.encoded(None, made.srgb) * 65535).astype(np.uint16)
    assert made.off(decode.load_rgb(raw_tiff(tmp_path / "x.tif", deep, 2)).pixels) <= 1
    with pytest.raises(PipelineError, match=r"import\.pixel_kind"):
        decode.load_rgb(raw_tiff(tmp_path / "y.tif", deep, 2, planar=2))


def test_the_clear_colour_of_a_deep_grey_png_is_laid_on_white(tmp_path: Path) -> None:
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in GREYS)
    head = made.chunk(b"IHDR", struct.pack(">II5B", 60, 40, 16, 0, 0, 0, 0))
    clear = made.chunk(b"tRNS", struct.pack(">H", 6682))
    parts = (b"\x89PNG\r\n\x1a\n", head, clear, made.chunk(b"IDAT", zlib.compress(rows)), made.chunk(b"IEND", b""))
    (tmp_path / "x.png").write_bytes(b"".join(parts))
    assert decode.load_rgb(tmp_path / "x.png").pixels[20, [10, 30, 50], 0].tolist() == [255, 128, 230]
