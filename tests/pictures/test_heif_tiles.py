"""A large HEIC is decoded tile by tile: the same pixels as by libheif at once, in a part of the memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from avatar.pictures import decode, heif_tiles
from avatar.texts.text import PipelineError
from tests.children import child_command
from tests.pictures import made

SIZE = (200, 150)  # of tiles of 64: the last column and row are cut


def photo(size: tuple[int, int] = SIZE) -> Image.Image:
    across, down = np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1])[:, None]
    waves = [np.sin(9 * across + 4 * down), np.cos(7 * down + across), np.sin(5 * across * down + 1)]
    return Image.fromarray(np.rint((np.dstack(waves) + 1) * 127).astype(np.uint8))


def whole(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    import pillow_heif

    return np.asarray(pillow_heif.open_heif(path).to_pillow())


@pytest.fixture
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heif_tiles, "FROM_PIXELS", 0)


@pytest.mark.usefixtures("any_size")
@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_the_tiles_together_are_the_picture_upright(tmp_path: Path, turn: int) -> None:
    path = made.grid(tmp_path / "x.heic", photo(), turn=turn)
    loaded = decode.load_rgb(path)
    assert loaded.full_size == (SIZE[::-1] if turn % 2 else SIZE)
    assert np.array_equal(loaded.pixels, whole(path))


@pytest.mark.usefixtures("any_size")
@pytest.mark.parametrize("turn", [0, 1])
def test_a_small_copy_is_that_of_the_whole(tmp_path: Path, turn: int) -> None:
    path = made.grid(tmp_path / "x.heic", photo(), turn=turn)
    loaded = decode.load_rgb(path, max_side_px=50)
    assert max(loaded.pixels.shape) == 50 and loaded.full_size == (SIZE[::-1] if turn else SIZE)
    small = np.asarray(Image.fromarray(whole(path)).resize(loaded.pixels.shape[1::-1], Image.Resampling.BOX))
    assert np.abs(loaded.pixels.astype(int) - small).mean() < 4


@pytest.mark.usefixtures("any_size")
@pytest.mark.parametrize("turn", [0, 1, 2, 3])
@pytest.mark.parametrize("side_px", [None, 100])
def test_of_a_part_only_its_tiles_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turn: int, side_px: int | None
) -> None:
    path = made.grid(tmp_path / "x.heic", photo(), turn=turn)
    every = decode.load_rgb(path, max_side_px=side_px, part=(0.0, 0.0, 1.0, 1.0)).pixels
    real, decoded = heif_tiles._decoded, []

    def noted(*arguments: Any) -> Image.Image:
        decoded.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(heif_tiles, "_decoded", noted)
    part = (0.05, 0.1, 0.3, 0.35)  # of 4 x 3 tiles a corner's, and what it touches
    loaded = decode.load_rgb(path, max_side_px=side_px, part=part)
    assert loaded.place is not None
    scale = every.shape[1] / loaded.full_size[0]
    left, top, right, bottom = (round(value * scale) for value in loaded.place)
    assert np.array_equal(loaded.pixels, every[top:bottom, left:right])
    assert 1 <= len(decoded) <= 4


@pytest.mark.usefixtures("any_size")
@pytest.mark.parametrize("way", ["grid", "tile"])
def test_the_colours_count_wherever_they_are_told(tmp_path: Path, way: str) -> None:
    values = Image.fromarray(np.rint(made.encoded(made.TO_P3, made.srgb) * 255).astype(np.uint8)).resize((240, 160))
    codes: dict[str, Any] = {
        "color_primaries": 12,
        "transfer_characteristics": 13,
        "matrix_coefficients": 6,
        "full_range_flag": 1,
    }
    path = made.grid(tmp_path / "x.heic", values, quality=-1, chroma=444, **codes)
    if way == "grid":
        tiles = [made.hevc_tile(tmp_path / "t.heic", values.crop((x, y, x + 80, y + 80)), quality=-1, chroma=444, **codes)
                 for y in (0, 80) for x in (0, 80, 160)]  # fmt: skip
        colour = next(body for kind, body in tiles[0][1] if kind == b"colr")
        bare = [(data, [box for box in properties if box[0] != b"colr"]) for data, properties in tiles]
        made.write_grid(path, bare, (240, 160), 80, of_grid=colour)
    assert heif_tiles.read_grid(path) is not None
    assert made.off(decode.load_rgb(path).pixels) <= 6


@pytest.mark.usefixtures("any_size")
def test_a_grid_that_is_cut_off_is_refused_as_such(tmp_path: Path) -> None:
    path = made.grid(tmp_path / "x.heic", photo())
    content = path.read_bytes()
    path.write_bytes(content[:-40])
    with pytest.raises(PipelineError, match=r"import\.truncated"):
        decode.load_rgb(path, max_side_px=64)


def test_a_picture_of_usual_size_and_one_without_tiles_are_left_to_libheif(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made.grid(tmp_path / "x.heic", photo())
    assert heif_tiles.read_grid(path) is None
    monkeypatch.setattr(heif_tiles, "FROM_PIXELS", 0)
    assert heif_tiles.read_grid(path) is not None
    assert heif_tiles.read_grid(made.heif(tmp_path / "y.heic", made.encoded(None, made.srgb), 1, 13)) is None


def measure(file: str, side: str) -> None:
    """Print the sizes of a decoded picture and the peak of this process's own memory in kB."""
    loaded = decode.load_rgb(Path(file), max_side_px=int(side) or None)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    print(*loaded.full_size, *loaded.pixels.shape, status["VmHWM"].split()[0])


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process's own memory is read from /proc")
def test_200_megapixels_fit_into_the_memory_that_is_promised(tmp_path: Path) -> None:
    tile = made.hevc_tile(tmp_path / "t.heic", photo((512, 512)))
    path = made.write_grid(tmp_path / "x.heic", [tile] * (32 * 24), (16320, 12240), 512)
    for side, shape, most_mb in ((256, "192 256 3", 300), (0, "12240 16320 3", 1_000)):
        done = subprocess.run(child_command(measure, path, str(side)), capture_output=True, text=True, check=True)
        size, peak = done.stdout.split()[:5], int(done.stdout.split()[5])
        assert " ".join(size) == f"16320 12240 {shape}"
        assert peak < most_mb * 1000
