"""JPEGs that broke off and look whole: filled with zeros, or closed with an end mark; and whole ones that look broken off."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatar.pictures import decode, jpeg_ends

GREY = (128, 128, 128)


def jpeg(picture: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


def noise(below: tuple[int, int, int] | None = None) -> Image.Image:
    """Return a picture of noise, 400 x 300 px, its lower third of one colour where one is given."""
    values = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
    if below is not None:
        values[200:] = below
    return Image.fromarray(values)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "picture.jpg"
    path.write_bytes(content)
    return path


def breaks_off(path: Path) -> bool:
    return jpeg_ends.breaks_off(path, decode.load_rgb(path, max_side_px=256).pixels)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_jpeg_filled_with_zeros_to_its_length_ends_in_zeros(tmp_path: Path, share: float) -> None:
    whole = jpeg(noise())
    kept = whole[: int(len(whole) * share)]
    assert jpeg_ends.ends_in_zeros(written(tmp_path, kept + bytes(len(whole) - len(kept))))


def test_the_end_mark_of_a_thumbnail_is_not_that_of_the_picture(tmp_path: Path) -> None:
    thumbnail = jpeg(noise().resize((80, 60)))
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    whole = jpeg(noise())
    assert jpeg_ends.ends_in_zeros(written(tmp_path, whole[:2] + segment + whole[2:20_000] + bytes(5000)))


def test_zeros_behind_the_end_mark_and_behind_a_video_are_no_loss(tmp_path: Path) -> None:
    whole = jpeg(noise())
    assert not jpeg_ends.ends_in_zeros(written(tmp_path, whole))
    assert not jpeg_ends.ends_in_zeros(written(tmp_path, whole + bytes(200_000)))
    assert not jpeg_ends.ends_in_zeros(written(tmp_path, whole + b"a video of some bytes" + bytes(300)))
    assert not jpeg_ends.ends_in_zeros(written(tmp_path, whole[:-2]))


@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"restart_marker_blocks": 5}, {"optimize": True}])
@pytest.mark.parametrize("share", [0.3, 0.8])
def test_a_cut_jpeg_closed_with_an_end_mark_breaks_off(tmp_path: Path, share: float, options: dict[str, object]) -> None:
    whole = jpeg(noise(), **options)
    assert breaks_off(written(tmp_path, whole[: int(len(whole) * share)] + jpeg_ends.END))
    assert not breaks_off(written(tmp_path, whole))


def test_a_cut_jpeg_on_its_side_breaks_off_at_another_edge(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    whole = jpeg(noise(), exif=exif)
    assert breaks_off(written(tmp_path, whole[: len(whole) * 2 // 3] + jpeg_ends.END))


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}, {"restart_marker_blocks": 5}])
@pytest.mark.parametrize("colour", [GREY, (120, 122, 119), (255, 255, 255)])
def test_a_whole_jpeg_that_ends_in_one_colour_does_not_break_off(
    tmp_path: Path, colour: tuple[int, int, int], options: dict[str, object]
) -> None:
    assert not breaks_off(written(tmp_path, jpeg(noise(colour), **options)))
    assert not breaks_off(written(tmp_path, jpeg(Image.new("RGB", (300, 200), colour), **options)))


def test_what_is_no_jpeg_inside_is_not_judged(tmp_path: Path) -> None:
    grey = np.full((20, 30, 3), 128, np.uint8)
    for content in (b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xda\0\2\xff\xd9", bytes(500)):
        path = written(tmp_path, content)
        assert not jpeg_ends.breaks_off(path, grey)
        assert not jpeg_ends.ends_in_zeros(path)
