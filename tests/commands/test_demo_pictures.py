"""The demo's pictures: what the real things carry, of the same bytes each time, with the three that must be refused."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import utils
from avatar.commands import demo, demo_pictures, run_all
from avatar.commands.demo_pictures import JOBS, PHOTOS
from avatar.pictures import camera, decode, metadata
from avatar.prompts import midjourney
from avatar.prompts.file_names import parse_filename
from avatar.texts.text import PipelineError
from tests.scripted import MakeSession


@pytest.fixture
def folders(demo_folders: tuple[Path, Path]) -> tuple[Path, Path]:
    return demo_folders


def mean(path: Path) -> float:
    with Image.open(path) as picture:
        return float(np.asarray(picture.convert("L")).mean())


# --- MidJourney ------------------------------------------------------------------------------------------------------


def test_names_say_what_midjourneys_names_say(folders: tuple[Path, Path]) -> None:
    found: dict[str, list[int | None]] = {}
    for path in sorted(folders[0].iterdir()):
        assert path.name.startswith(f"{demo_pictures.AUTHOR}_")
        hints = parse_filename(path.name)
        assert hints.job_id is not None
        found.setdefault(hints.job_id, []).append(hints.tile)
    assert found == {job: [0, 1, 2, 3] for job, _, _ in JOBS}


@pytest.mark.parametrize(("job", "prompt"), [(job, prompt) for job, prompt, _ in JOBS])
def test_a_name_is_cut_where_midjourney_cuts_and_drops_what_it_drops(job: str, prompt: str) -> None:
    name = demo_pictures._midjourney_name(prompt, job, 2)
    said, _, rest = name.partition(f"_{job}")
    assert rest == "_2.png"
    assert len(said) == 61
    assert said.startswith(f"{demo_pictures.AUTHOR}_{prompt.split()[0]}_")
    assert not set(said) & set(",:/ ")
    short = demo_pictures._midjourney_name("niña: 2,5 m --ar 2:3", job, 0)
    assert short == f"{demo_pictures.AUTHOR}_nia_25_m_--ar_23_{job}_0.png"


def test_the_prompt_is_read_back_whole_from_the_file_with_its_parameters(folders: tuple[Path, Path]) -> None:
    wanted = {job: prompt for job, prompt, _ in JOBS}
    for path in folders[0].iterdir():
        text = metadata.text_metadata(path)
        about = midjourney.merge(path.name, text)
        job = next(job for job in wanted if job in path.name)
        assert text["Description"] == f"{wanted[job]} Job ID: {job}"
        assert job in text["XML:com.adobe.xmp"]
        assert "trainedAlgorithmicMedia" in text["XML:com.adobe.xmp"]
        assert (about.job_id, about.evidence, about.author) == (job, "embedded", demo_pictures.AUTHOR)
        assert about.prompt == wanted[job].partition(" --")[0]
        assert set(about.parameters) >= {"ar"}
        assert not about.warnings


# --- photos ----------------------------------------------------------------------------------------------------------


def test_the_photos_are_three_a_raw_and_three_to_be_refused(folders: tuple[Path, Path]) -> None:
    names = sorted(path.name for path in folders[1].iterdir())
    good = [f"foto {number} ñ.jpg" for number in range(1, len(PHOTOS) + 1)]
    assert names == sorted([*good, "foto_raw.dng", "oscura.jpg", "borrosa.jpg", "sin_cara.jpg"])
    for number, name in enumerate(good, 1):
        found, taken_at = camera.read_camera(folders[1] / name)
        assert found is not None
        assert (found.make, found.model) == ("Demo", "Camera 1")
        assert str(taken_at).startswith(f"2025-09-0{number}")


def test_the_dark_one_is_dark_and_the_blurred_one_is_blurred(folders: tuple[Path, Path]) -> None:
    import cv2

    def sharpness(name: str) -> float:
        with Image.open(folders[1] / name) as picture:
            return float(cv2.Laplacian(np.asarray(picture.convert("L")), cv2.CV_64F).var())

    assert mean(folders[1] / "oscura.jpg") < 40 < mean(folders[1] / "foto 1 ñ.jpg")
    assert sharpness("borrosa.jpg") < sharpness("foto 1 ñ.jpg") / 5


def test_the_same_pictures_come_each_time_and_none_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_pictures, "ENLARGEMENT", 1)  # a ninth of the time
    one, other = (demo_pictures.write_pictures(tmp_path / name) for name in ("uno", "otra vez ñ"))
    for before, after in zip(one, other, strict=True):
        first, second = ({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in f.iterdir()} for f in (before, after))
        assert first == second
        assert len(set(first.values())) == len(first)


def test_the_first_thing_said_of_the_pictures_is_that_they_begin_and_then_each_is_counted(
    tmp_path: Path, make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    moves: list[tuple[int, int]] = []
    portrait, move = demo_pictures._portrait, utils.ProgressTracker.__call__

    def drawn() -> Image.Image:
        begun.append(moves == [(0, 15)])
        return portrait()

    def moved(bar: utils.ProgressTracker, done: int, total: int) -> None:
        moves.append((done, total))
        move(bar, done, total)

    monkeypatch.setattr(demo_pictures, "ENLARGEMENT", 1)
    monkeypatch.setattr(demo_pictures, "_portrait", drawn)
    monkeypatch.setattr(utils.ProgressTracker, "__call__", moved)
    monkeypatch.setattr(run_all, "run_all", stop)
    session, _ = make(language="en")
    with pytest.raises(PipelineError):
        demo.run(session)
    assert begun == [True] and moves == [(n, 15) for n in range(16)]


def stop(*_: object, **__: object) -> None:
    raise PipelineError("guided.no_pictures")


# --- variants --------------------------------------------------------------------------------------------------------


def varied(picture: Image.Image, **changes: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    base: dict[str, float] = {"degrees": 0, "brightness": 1.0, "contrast": 1.0, "warmth": 0.0, "mirrored": 0, "zoom": 1.0}
    values = base | changes
    variant = (
        values["degrees"], values["brightness"], values["contrast"], values["warmth"], bool(values["mirrored"]), values["zoom"],
    )  # fmt: skip
    return np.asarray(demo_pictures._varied(picture, variant))


RAMP = Image.fromarray(np.tile(np.linspace(40, 200, 300).astype(np.uint8)[None, :, None], (400, 1, 3)))


def test_each_part_of_a_variant_does_what_it_is_called() -> None:
    plain = varied(RAMP).astype(int)
    assert plain.shape == (360, 270, 3)
    assert varied(RAMP, brightness=0.5).mean() == pytest.approx(plain.mean() / 2, abs=1)
    assert varied(RAMP, contrast=0.5).std() == pytest.approx(plain.std() / 2, rel=0.03)
    warm = varied(RAMP, warmth=0.2).mean(axis=(0, 1))
    assert warm[0] > plain.mean() > warm[2]
    assert (varied(RAMP, mirrored=1) == plain[:, ::-1]).all()
    assert varied(RAMP, zoom=2.0).shape == (180, 135, 3)


def test_no_variant_of_the_demo_shows_a_corner_that_the_turn_left_black() -> None:
    light = Image.new("RGB", (512, 600), (200, 200, 200))
    for variant in [*(v for _, _, variants in JOBS for v in variants), *PHOTOS]:
        cut = np.asarray(demo_pictures._varied(light, variant))
        assert (cut.max(axis=2) == 0).mean() < 0.02, variant


# --- the RAW ---------------------------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(width=st.integers(2, 40), height=st.integers(2, 40))
def test_a_dngs_tags_are_in_order_and_point_into_the_file(width: int, height: int, tmp_path: Path) -> None:
    path = tmp_path / "x.dng"
    demo_pictures.write_dng(path, np.full((height, width, 3), 128, np.uint8))
    data = path.read_bytes()
    assert data[:4] == b"II*\0"
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 10: 8}
    tags = {}
    for number in range(count):
        tag, kind, length, value = struct.unpack_from("<HHII", data, at + 2 + 12 * number)
        tags[tag] = (kind, length, value)
        if sizes[kind] * length > 4:
            assert value % 2 == 0  # TIFF 6.0: on a word
            assert value + sizes[kind] * length <= len(data)
    assert list(tags) == sorted(tags)
    assert struct.unpack_from("<I", data, at + 2 + 12 * count) == (0,)  # no second directory
    wide, high = tags[256][2], tags[257][2]
    assert (wide, high) == (width // 2 * 2, height // 2 * 2)
    assert tags[279][2] == wide * high * 2
    assert tags[273][2] + tags[279][2] == len(data)


def test_each_place_of_the_mosaic_holds_its_colour_in_linear_light(tmp_path: Path) -> None:
    rgb = np.zeros((2, 2, 3), np.uint8)
    rgb[...] = (255, 188, 10)
    demo_pictures.write_dng(tmp_path / "x.dng", rgb)
    mosaic = np.frombuffer((tmp_path / "x.dng").read_bytes()[-8:], "<u2").reshape(2, 2) / 65535
    green, blue = ((188 / 255 + 0.055) / 1.055) ** 2.4, 10 / 255 / 12.92  # sRGB's curve and its straight foot
    assert mosaic.ravel().tolist() == pytest.approx([1, green, green, blue], abs=1e-4)


def test_a_raw_of_one_colour_comes_back_as_that_colour(tmp_path: Path) -> None:
    for colour in ((180, 90, 60), (60, 120, 180)):
        demo_pictures.write_dng(tmp_path / "x.dng", np.full((64, 64, 3), colour, np.uint8))
        back = decode.load_rgb(tmp_path / "x.dng").pixels[16:48, 16:48].reshape(-1, 3).mean(axis=0)
        assert np.argsort(back).tolist() == np.argsort(colour).tolist()
        assert np.abs(back - colour).max() < 40
