"""What is kept beside a shrunk copy gives the same pixels as reading the picture again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatar.pictures import decode, loaded
from tests.pictures.test_decode import swapped_profile

SIDE_PX = 40
PART = (0.21, 0.3, 0.72, 0.9)


def written(path: Path, size: tuple[int, int], turn: int = 1, profile: bytes = b"") -> Path:
    """Write a picture in which no two places look alike."""
    pixels = np.random.default_rng(size).integers(0, 255, (size[1], size[0], 3), np.uint8)
    picture = Image.fromarray(pixels)
    if turn == 1:
        picture.save(path, quality=90, icc_profile=profile or None)  # a PNG without EXIF is read by our own reader
    else:
        exif = Image.Exif()
        exif[0x0112] = turn
        picture.save(path, quality=90, exif=exif, icc_profile=profile or None)
    return path


@pytest.mark.parametrize("turn", [1, 6])
@pytest.mark.parametrize("size", [(97, 61), (169, 99), (83, 171), (167, 166), (369, 241), (665, 403)])
@pytest.mark.parametrize("profile", [False, True])
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_part_of_what_was_kept_is_what_reading_it_again_gives(
    tmp_path: Path, suffix: str, profile: bool, size: tuple[int, int], turn: int
) -> None:
    path = written(tmp_path / f"x.{suffix}", size, turn, swapped_profile() if profile else b"")
    first = decode.load_rgb(path, max_side_px=SIDE_PX, keep_larger=True)
    assert first.larger is not None
    assert first.larger.side_px > SIDE_PX
    for needed in {SIDE_PX + 1, first.larger.side_px - 1, first.larger.side_px}:
        side = needed if needed < max(size) else None
        anew = decode.load_rgb(path, max_side_px=side, part=PART)
        pixels, place = first.larger.part(PART, first.full_size)
        assert place == pytest.approx(anew.place)
        assert np.array_equal(pixels, anew.pixels)


def test_nothing_is_kept_that_is_not_larger_or_was_not_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "x.png", (SIDE_PX, 30))
    assert decode.load_rgb(path, max_side_px=SIDE_PX, keep_larger=True).larger is None
    assert decode.load_rgb(path, keep_larger=True).larger is None
    assert decode.load_rgb(written(tmp_path / "y.png", (90, 30)), max_side_px=SIDE_PX).larger is None


def test_pixels_that_serve_for_no_larger_copy_are_not_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "x.jpg", (163, 163))  # decoded at a quarter: 41 px, but of 163 px no copy of 41 px is a quarter
    assert decode.load_rgb(path, max_side_px=SIDE_PX, keep_larger=True).larger is None


@pytest.mark.parametrize(("most", "kept"), [(70 * 40 * 3, True), (70 * 40 * 3 - 1, False)])
def test_a_huge_picture_is_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, most: int, kept: bool) -> None:
    path = written(tmp_path / "x.png", (70, 40))
    monkeypatch.setattr(loaded, "KEPT_BYTES", most)
    assert (decode.load_rgb(path, max_side_px=SIDE_PX, keep_larger=True).larger is not None) is kept
