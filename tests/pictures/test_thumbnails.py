"""Small pictures beside the large: made once, made anew with their picture, and a broken one costs nothing but itself."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatar.pictures import thumbnails
from avatar.pictures.thumbnails import BASE_PX, SAME_TIME_NS


def a_picture(path: Path, size: tuple[int, int] = (600, 400), colour: str = "red", when_ns: int = 10**18) -> Path:
    Image.new("RGB", size, colour).save(path)
    os.utime(path, ns=(when_ns, when_ns))
    return path


def decoded(packed: bytes | None) -> Image.Image:
    assert packed is not None
    return Image.open(io.BytesIO(packed))


def colour_of(packed: bytes | None) -> str:
    red, green, blue = np.asarray(decoded(packed).convert("RGB")).reshape(-1, 3).mean(axis=0)
    return max({"red": red, "green": green, "blue": blue}.items(), key=lambda one: float(one[1]))[0]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the names of the files that are decoded."""
    names: list[str] = []
    small = thumbnails._small

    def noted(path: object, side_px: int) -> Image.Image | None:
        names.append(path.name if isinstance(path, Path) else "memory")
        return small(path, side_px)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(thumbnails, "_small", noted)
    return names


@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [((600, 400), 120, (120, 80)), ((400, 600), 120, (80, 120)), ((100, 50), 120, (100, 50)), ((120, 120), 120, (120, 120)),
     ((1000, 2), 100, (100, 1))],
)  # fmt: skip
def test_a_thumbnail_is_no_larger_than_asked_and_never_enlarged(
    tmp_path: Path, size: tuple[int, int], side: int, expected: tuple[int, int]
) -> None:
    path = a_picture(tmp_path / "x.png", size)
    for cache in (None, tmp_path / "cache"):
        assert decoded(thumbnails.jpeg(path, side, cache)).size == expected
        found = thumbnails.picture(path, side, cache)
        assert found is not None and (found.size, found.mode) == (expected, "RGB")


def test_a_large_jpeg_is_decoded_small_but_never_smaller_than_asked(tmp_path: Path) -> None:
    Image.new("RGB", (1024, 512)).save(tmp_path / "x.jpg")
    assert [decoded(thumbnails.jpeg(tmp_path / "x.jpg", side)).size for side in (200, 500)] == [(200, 100), (500, 250)]


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixels_becomes_a_jpeg(tmp_path: Path, mode: str) -> None:
    grey = Image.fromarray(np.full((40, 60), 99, np.uint8))
    picture = Image.fromarray(np.full((40, 60), 99 * 257, np.uint16)) if mode == "I;16" else grey.convert(mode)
    picture.save(tmp_path / "x.tif")
    assert decoded(thumbnails.jpeg(tmp_path / "x.tif", 30)).size == (30, 20)


def test_a_picture_is_decoded_once_for_all_sizes(tmp_path: Path, opened: list[str]) -> None:
    path, cache = a_picture(tmp_path / "x.png"), tmp_path / "cache"
    first = [thumbnails.jpeg(path, side, cache) for side in (64, 128, BASE_PX)]
    assert opened.count("x.png") == 1
    opened.clear()
    assert [thumbnails.jpeg(path, side, cache) for side in (64, 128, BASE_PX)] == first
    assert opened == []
    assert sorted(entry.name for entry in cache.iterdir()) == ["x_128.jpg", "x_256.jpg", "x_64.jpg"]
    assert thumbnails.picture(path, 64, cache) is not None and opened == []


def test_one_larger_than_the_base_is_made_from_the_picture_itself(tmp_path: Path, opened: list[str]) -> None:
    path, cache = a_picture(tmp_path / "x.png"), tmp_path / "cache"
    assert decoded(thumbnails.jpeg(path, BASE_PX + 1, cache)).size == (BASE_PX + 1, 171)
    assert opened == ["x.png"]


def test_a_picture_written_anew_gets_a_new_thumbnail_and_one_that_is_as_it_was_none(tmp_path: Path, opened: list[str]) -> None:
    cache, then = tmp_path / "cache", 10**18
    assert colour_of(thumbnails.jpeg(a_picture(tmp_path / "x.png", when_ns=then), 64, cache)) == "red"
    a_picture(tmp_path / "x.png", colour="blue", when_ns=then + SAME_TIME_NS - 1)  # within what a disk may round
    assert colour_of(thumbnails.jpeg(tmp_path / "x.png", 64, cache)) == "red"
    for later in (then + SAME_TIME_NS, then - SAME_TIME_NS):  # older too: a copy put back
        a_picture(tmp_path / "x.png", colour="blue" if later > then else "green", when_ns=later)
        assert colour_of(thumbnails.jpeg(tmp_path / "x.png", 64, cache)) == ("blue" if later > then else "green")


@pytest.mark.parametrize("damage", [lambda whole: b"", lambda whole: whole[:-2], lambda whole: b"x" + whole[1:]])
def test_a_thumbnail_that_a_power_cut_left_short_is_made_anew(tmp_path: Path, damage: object) -> None:
    path, cache = a_picture(tmp_path / "x.png"), tmp_path / "cache"
    whole = thumbnails.jpeg(path, BASE_PX, cache)
    kept = cache / "x_256.jpg"
    kept.write_bytes(damage(whole))  # type: ignore[operator]
    os.utime(kept, ns=(10**18, 10**18))
    assert thumbnails.jpeg(path, BASE_PX, cache) == whole == kept.read_bytes()


def test_without_a_place_to_keep_them_nothing_is_written(tmp_path: Path) -> None:
    path = a_picture(tmp_path / "x.png")
    assert thumbnails.jpeg(path, 64) is not None and thumbnails.picture(path, 64) is not None
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.png"]


def test_a_place_that_cannot_be_written_costs_time_and_no_thumbnail(tmp_path: Path) -> None:
    path = a_picture(tmp_path / "x.png")
    (tmp_path / "cache").write_text("a file in the folder's place", encoding="utf-8")
    assert decoded(thumbnails.jpeg(path, 64, tmp_path / "cache")).size == (64, 43)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["cache", "x.png"]


def test_a_write_that_fails_leaves_no_half_and_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(source: Path, target: Path) -> Path:
        raise PermissionError(13, "held open", str(target))

    monkeypatch.setattr(Path, "replace", refused)
    assert thumbnails.jpeg(a_picture(tmp_path / "x.png"), BASE_PX, tmp_path / "cache") is not None
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(50), "cut", "avif"])
def test_what_cannot_be_read_has_no_thumbnail_and_leaves_none(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "x.png"
    if content == "cut":
        noise = np.random.default_rng(1).integers(0, 255, (90, 90, 3), np.uint8)
        Image.fromarray(noise).save(path)
        path.write_bytes(path.read_bytes()[:5000])
    elif content == "avif":
        Image.new("RGB", (60, 40)).save(path, "AVIF")
        pixels = path.read_bytes().index(b"mdat") + 4
        path.write_bytes(path.read_bytes()[:pixels].ljust(path.stat().st_size, b"\0"))
    elif isinstance(content, bytes):
        path.write_bytes(content)
    for cache in (None, tmp_path / "cache"):
        assert thumbnails.jpeg(path, 64, cache) is None
        assert thumbnails.picture(path, 64, cache) is None
    assert not (tmp_path / "cache").exists()


def test_where_there_is_no_picture_there_is_no_thumbnail(tmp_path: Path) -> None:
    assert thumbnails.jpeg(None, 64, tmp_path) is None
    assert thumbnails.picture(None, 64) is None and thumbnails.picture(None, 64, tmp_path) is None
    assert thumbnails.written_at(None) == thumbnails.written_at(tmp_path / "gone.png") == 0
    assert thumbnails.written_at(a_picture(tmp_path / "x.png", when_ns=10**18)) == 10**18


def test_a_picture_that_was_deleted_takes_its_kept_thumbnail_out_of_use(tmp_path: Path) -> None:
    path, cache = a_picture(tmp_path / "x.png"), tmp_path / "cache"
    thumbnails.jpeg(path, 64, cache)
    path.unlink()
    assert thumbnails.jpeg(path, 64, cache) is None


def test_only_the_thumbnails_of_pictures_that_are_gone_are_deleted(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for stem in ("mj_1", "mj_2", "mj_2~half_figure"):
        thumbnails.jpeg(a_picture(tmp_path / f"{stem}.png"), 64, cache)
    (cache / "notes.txt").write_text("mine", encoding="utf-8")
    thumbnails.forget(cache, iter(["mj_1", "mj_2~half_figure"]))
    assert sorted(entry.name for entry in cache.iterdir()) == [
        "mj_1_256.jpg", "mj_1_64.jpg", "mj_2~half_figure_256.jpg", "mj_2~half_figure_64.jpg", "notes.txt",
    ]  # fmt: skip
    thumbnails.forget(tmp_path / "nowhere", [])
    assert (tmp_path / "mj_2.png").is_file()
