"""Developed RAWs: developed once over all stages, bounded in size, and nothing is lost when they are."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import data_preprocessor
import image_processor
from avatar.commands import demo_pictures
from avatar.pictures import decode, raw_cache
from avatar.pictures import raw as raw_pictures
from avatar.pictures.raw_cache import Developed
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import ImportConfig, Settings
from image_processor import ProcessReport
from tests.stages.test_image_processor import ColourDetector, drawn

FACE = (250, 200, 360, 450)
BESIDE = 128 + 8  # NPY's head and the checksum
KEPT = 900 * 900 * 3 + BESIDE


def some(seed: int = 1, side: int = 20) -> Any:
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3)).astype(np.uint8)


@pytest.fixture
def developments(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Note every development of a RAW: True for one at half size."""
    made: list[bool] = []
    develop = raw_pictures._develop

    def noted(rawpy: Any, raw: Any, *, half: bool, notes: list[str]) -> Any:
        made.append(half)
        return develop(rawpy, raw, half=half, notes=notes)

    monkeypatch.setattr(raw_pictures, "_develop", noted)
    return made


def take_in(client: Client, folder: Path, settings: Settings) -> str:
    folder.mkdir(exist_ok=True)
    demo_pictures.write_dng(folder / "retrato ñ.dng", drawn(FACE))
    report = data_preprocessor.import_photos(client, [folder], settings=settings)
    assert report.refused == []
    return client.records()[0].image_id


def process(client: Client, settings: Settings, **options: Any) -> ProcessReport:
    return image_processor.process(client, settings=settings, detector=ColourDetector(), **options)


def test_a_raw_is_developed_once_over_import_faces_and_a_second_time_over(
    client: Client, tmp_path: Path, developments: list[bool]
) -> None:
    image_id = take_in(client, tmp_path / "in", Settings())
    assert developments == [False]
    report = process(client, Settings())
    assert (report.done, report.failed) == (1, [])
    process(client, Settings(), force=True)
    assert developments == [False]
    first = next(client.processed.iterdir()).read_bytes()
    assert [path.name for path in client.raw_cache.iterdir()] == [image_id + raw_cache.SUFFIX]
    shutil.rmtree(client.raw_cache)  # at any time
    process(client, Settings(), force=True)
    assert developments == [False, False]
    assert next(client.processed.iterdir()).read_bytes() == first


def test_without_room_for_it_every_look_develops_and_the_result_is_the_same(
    client: Client, tmp_path: Path, developments: list[bool], workspace: Workspace
) -> None:
    take_in(client, tmp_path / "in", Settings())
    process(client, Settings())
    kept = next(client.processed.iterdir()).read_bytes()
    developments.clear()
    other, none = workspace.create("otra"), Settings(imports=ImportConfig(raw_cache_mb=0))
    take_in(other, tmp_path / "in", none)
    process(other, none)
    assert len(developments) >= 2
    assert not other.raw_cache.exists()
    assert next(other.processed.iterdir()).read_bytes() == kept


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00", "cut", "hole", "other", "pickle"])
def test_a_broken_file_is_made_anew(client: Client, tmp_path: Path, developments: list[bool], content: object) -> None:
    image_id = take_in(client, tmp_path / "in", Settings())
    path = client.raw_cache / (image_id + raw_cache.SUFFIX)
    whole = path.read_bytes()
    if content == "other":
        np.save(path, np.zeros((4, 4)))
    elif content == "pickle":
        np.save(path, np.array([{"code": "would run"}], dtype=object), allow_pickle=True)
    elif content == "hole":  # what a power failure may leave of bytes that were not on the disk yet
        path.write_bytes(whole[:8192] + bytes(4096) + whole[12288:])
    else:
        path.write_bytes(whole[:-7] if content == "cut" else content)  # type: ignore[arg-type]
    assert process(client, Settings()).failed == []
    assert developments == [False, False]
    assert path.read_bytes() == whole


def test_what_was_used_longest_ago_makes_room(tmp_path: Path) -> None:
    size = some().nbytes + BESIDE
    kept = [Developed(tmp_path / "cache", name, 2 * size) for name in "abc"]
    for age, developed in enumerate(kept[:2]):
        developed.write(some(age))
        os.utime(tmp_path / "cache" / (developed.name + raw_cache.SUFFIX), (age, age))
    assert np.array_equal(kept[0].read(), some(0))  # type: ignore[arg-type]  # used now, so b is the oldest
    kept[2].write(some(2))
    assert [developed.read() is not None for developed in kept] == [True, False, True]
    assert sum(path.stat().st_size for path in (tmp_path / "cache").iterdir()) <= 2 * size
    Developed(tmp_path / "cache", "d", 100).write(some(3))  # larger than all there may be
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_full_disk_keeps_nothing_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    developed = Developed(tmp_path / "cache", "a", 10_000)
    with monkeypatch.context() as patch:
        patch.setattr(raw_cache, "SPARE_BYTES", 1 << 60)
        developed.write(some())
    assert developed.read() is None

    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", no_room)
        developed.write(some())
    assert list((tmp_path / "cache").iterdir()) == []
    developed.write(some())
    assert developed.read() is not None


def test_garbage_is_not_kept_and_an_export_leaves_it_out(client: Client, workspace: Workspace, tmp_path: Path) -> None:
    demo_pictures.write_dng(tmp_path / "x.dng", np.zeros((400, 600, 3), np.uint8))
    developed = Developed(client.raw_cache, "x", 10_000_000)
    with pytest.raises(PipelineError):
        decode.load_rgb(tmp_path / "x.dng", developed=developed)
    assert developed.read() is None
    take_in(client, tmp_path / "in", Settings())
    workspace.export(client.client_id, tmp_path / "all.zip", originals=True)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert not [name for name in archive.namelist() if "raw_cache" in name]
    assert sum(path.stat().st_size for path in client.raw_cache.iterdir()) == KEPT


def test_what_was_noted_at_the_development_is_kept_with_the_pixels(tmp_path: Path) -> None:
    developed = Developed(tmp_path / "cache", "x", 10_000)
    developed.write(some(), ["picture.note.dark_raw", "picture.note.preview_only"])
    notes = ["before"]
    kept = developed.read(notes)
    assert kept is not None and np.array_equal(kept, some())
    assert notes == ["before", "picture.note.dark_raw", "picture.note.preview_only"]
    developed.write(some(2))
    assert developed.read(notes) is not None and len(notes) == 3


def test_a_folder_as_large_as_the_pixels_and_their_notes_is_large_enough_and_one_byte_less_is_not(tmp_path: Path) -> None:
    size = some().nbytes + BESIDE + len(" picture.note.dark_raw")
    for limit, kept in ((size, True), (size - 1, False)):
        developed = Developed(tmp_path / str(limit), "x", limit)
        developed.write(some(), ["picture.note.dark_raw"])
        assert (developed.read() is not None) == kept


def test_an_import_killed_behind_the_development_of_a_dark_raw_still_tells_of_it(client: Client, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 20, (60, 90, 3)).astype(np.uint8)
    demo_pictures.write_dng(tmp_path / "oscura.dng", noise.repeat(10, 0).repeat(10, 1))
    data_preprocessor.import_photos(client, [tmp_path / "oscura.dng"], settings=Settings())
    (before,) = client.records()
    assert before.picture.notes == ["picture.note.dark_raw"]
    client.record_file(before.image_id).unlink()
    client.original(before).unlink()
    report = data_preprocessor.import_photos(client, [tmp_path / "oscura.dng"], settings=Settings())
    (after,) = client.records()
    assert after.picture == before.picture
    assert report.warnings == [Text("picture.note.dark_raw", {"name": "oscura.dng"})]
