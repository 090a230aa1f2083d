"""A RAW whose end is missing says so: cut off, or filled with zeros; a whole one is left alone."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from avatar.commands import demo_pictures
from avatar.pictures import decode, tiff_ends
from avatar.texts.text import PipelineError
from tests.stages.test_image_processor import drawn


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """A DNG of uncompressed pixels."""
    demo_pictures.write_dng(tmp_path / "whole.dng", drawn((100, 100, 300, 300), size=(900, 600)))
    return (tmp_path / "whole.dng").read_bytes()


def zeroed(content: bytes, share: float) -> bytes:
    kept = int(len(content) * share)
    return content[:kept] + bytes(len(content) - kept)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.98])
def test_a_dng_whose_rest_is_missing_is_refused_as_what_it_is(whole: bytes, share: float, tmp_path: Path) -> None:
    for name, content, key in (
        ("cut.dng", whole[: int(len(whole) * share)], "import.truncated"),
        ("zeros.dng", zeroed(whole, share), "import.zeros"),
    ):
        (tmp_path / name).write_bytes(content)
        for side in (512, None):
            with pytest.raises(PipelineError) as caught:
                decode.load_rgb(tmp_path / name, max_side_px=side)
            assert caught.value.key == key


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_lossy_dng_with_a_preview_is_refused_too(shared_data: Path, share: float, tmp_path: Path) -> None:
    content = (shared_data / "raw" / "canon_eos_6d.dng").read_bytes()
    for fault, damaged in (("cut", content[: int(len(content) * share)]), ("zeros", zeroed(content, share))):
        (tmp_path / "x.dng").write_bytes(damaged)
        assert tiff_ends.fault(tmp_path / "x.dng") == fault


def test_whole_raws_have_no_fault(shared_data: Path, whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "whole.dng").write_bytes(whole)
    paths = [tmp_path / "whole.dng", *(shared_data / "raw").glob("*.dng")]
    assert len(paths) == 4
    assert {tiff_ends.fault(path) for path in paths} == {None}
    low_key = drawn((100, 100, 300, 300), size=(900, 600))
    low_key[:90] = 0  # black above: no missing rest
    demo_pictures.write_dng(tmp_path / "low.dng", low_key)
    assert tiff_ends.fault(tmp_path / "low.dng") is None


def test_the_lengths_of_a_raw_that_is_no_dng_are_looked_at_only_after_an_error(whole: bytes, tmp_path: Path) -> None:
    other = whole.replace(struct.pack("<H", tiff_ends.DNG_VERSION), struct.pack("<H", 50999))
    assert other != whole
    (tmp_path / "x.nef").write_bytes(other[: len(other) // 2])
    assert tiff_ends.fault(tmp_path / "x.nef") is None
    assert tiff_ends.fault_after_error(tmp_path / "x.nef") == "cut"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"II*\0",
        b"II*\0\x08\0\0\0",
        b"MM\0*\0\0\0\x08" + b"\xff" * 40,
        b"II*\0\x08\0\0\0" + b"\xff" * 4000,
        b"\xff\xd8\xff" * 9,
    ],
)
def test_any_bytes_are_read_without_an_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.dng").write_bytes(content)
    assert tiff_ends.fault(tmp_path / "x.dng") is None
    tiff_ends.fault_after_error(tmp_path / "x.dng")


def test_directories_that_name_each_other_end(tmp_path: Path) -> None:
    entry = struct.pack("<HHII", tiff_ends.SUB_IFDS, 4, 1, 8)
    (tmp_path / "x.dng").write_bytes(b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + struct.pack("<I", 8))
    assert tiff_ends.fault(tmp_path / "x.dng") is None


# --- few colours -----------------------------------------------------------------------------------------------------


def noted(path: Path) -> set[str]:
    return {note.removeprefix("picture.note.") for note in decode.load_rgb(path, max_side_px=256).notes}


def test_pictures_of_few_colours_say_so_whatever_they_are_stored_as(tmp_path: Path) -> None:
    from PIL import Image

    shades = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    photo = Image.fromarray(shades).resize((240, 160), Image.Resampling.BICUBIC)
    grey = photo.convert("L")
    pictures = {
        "palette.png": (photo.quantize(64, dither=Image.Dither.FLOYDSTEINBERG), {"palette"}),
        "again.webp": (photo.quantize(64).convert("RGB"), {"palette"}),
        "alpha.png": (photo.quantize(64).convert("RGBA"), {"palette"}),
        "bit.png": (photo.convert("1"), {"two_colours"}),
        "dots.png": (photo.convert("1").convert("L"), {"two_colours"}),
        "photo.webp": (photo, set()),
        "grey.png": (grey, set()),
        "grey.webp": (grey.convert("RGB"), set()),  # 256 greys are all there are
        "plain.bmp": (Image.new("RGB", (200, 200), "#336699"), set()),
        "small.png": (photo.resize((40, 30)), set()),
    }
    for name, (picture, _) in pictures.items():
        picture.save(tmp_path / name, lossless=True)
    assert {name: noted(tmp_path / name) for name in pictures} == {name: told for name, (_, told) in pictures.items()}


def test_a_webp_shorter_than_its_head_says_is_cut_off(tmp_path: Path) -> None:
    from PIL import Image

    Image.fromarray(np.random.default_rng(1).integers(0, 256, (90, 90, 3), np.uint8)).save(tmp_path / "x.webp")
    content = (tmp_path / "x.webp").read_bytes()
    for share in (0.3, 0.6, 0.95):
        (tmp_path / "x.webp").write_bytes(content[: int(share * len(content))])
        with pytest.raises(PipelineError, match=r"import\.truncated"):
            decode.load_rgb(tmp_path / "x.webp")
