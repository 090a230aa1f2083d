"""The benchmark that kills the face stage: what it takes for whole, for equal, and a short run of it."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import cv2
import numpy as np
import pytest

import image_processor
from avatar.pictures import decode
from avatar.workspace.client import Client
from tests.places import BENCHMARKS
from tests.stages.test_image_processor import DEFAULTS, ONE, ColourDetector, add

FILE = BENCHMARKS / "faces_kills.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_faces_kills", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    path = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


@pytest.fixture
def processed(client: Client) -> Client:
    add(client, ONE)
    assert image_processor.process(client, settings=DEFAULTS, detector=ColourDetector()).done == 1
    return client


def test_a_client_that_nobody_killed_has_nothing_to_complain_of(bench: ModuleType, processed: Client) -> None:
    assert bench.broken(processed) == []
    assert bench.left_over(processed) == []
    assert bench.count_done(processed) == bench.pictures_there(processed) == 1
    assert bench.differences(bench.state_of(processed), bench.state_of(processed)) == []


def test_half_a_picture_and_one_that_is_gone_are_noticed(bench: ModuleType, processed: Client) -> None:
    [path] = bench.pictures_of(processed)
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    assert bench.broken(processed) == [f"not whole: {path.name}"]
    path.unlink()
    assert bench.broken(processed) == [f"record without its picture: {path.stem}"]
    (processed.processed / ".x.png.tmp").write_bytes(whole)
    assert bench.left_over(processed) == ["left over: .x.png.tmp"]
    assert bench.pictures_there(processed) == 0


def test_other_records_and_other_pixels_are_differences_and_times_are_not(bench: ModuleType, processed: Client) -> None:
    before = bench.state_of(processed)
    [record] = processed.records()
    assert record.decision is not None
    later = record.decision.model_copy(update={"when": "2031-01-01T00:00:00+00:00"})
    processed.save_record(record.model_copy(update={"decision": later}))
    assert bench.differences(before, bench.state_of(processed)) == []
    processed.save_record(record.model_copy(update={"faces": []}))
    [path] = bench.pictures_of(processed)
    path.write_bytes(path.read_bytes() + b" ")
    assert bench.differences(before, bench.state_of(processed)) == [
        f"records differ: {record.image_id}",
        f"pictures differ: {path.parent.name}/{path.name}",
    ]


@pytest.mark.parametrize(
    ("repeat", "kept", "another", "wrong"), [(4, 0, 0, 0), (5, 0, 0, 1), (4, 1, 0, 1), (3, 0, 1, 2)]
)  # fmt: skip
def test_a_repeat_that_does_too_much_or_too_little_is_an_inconsistency(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repeat: int, kept: int, another: int, wrong: int
) -> None:
    reports = iter([(4, 0), (repeat, kept), (another, 4)])

    def pretended(client: Client, **_: object) -> SimpleNamespace:
        for folder in (client.processed, client.rejected):
            folder.mkdir(parents=True, exist_ok=True)
        done, skipped = next(reports)
        return SimpleNamespace(done=done, skipped_up_to_date=skipped)

    monkeypatch.setattr(bench, "run_and_kill", lambda *_: True)
    monkeypatch.setattr(bench, "imported", lambda workspace, name, _: workspace.create(name))
    monkeypatch.setattr(image_processor, "process", pretended)
    assert bench.kill_often(tmp_path, 1, 4, random.Random(1)) == wrong


def test_the_end_of_a_jpeg_is_looked_at_since_decoders_accept_less(bench: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    cv2.imwrite(str(path), np.full((40, 40, 3), 90, np.uint8))
    assert bench.ended(path)
    path.write_bytes(path.read_bytes()[:-1])
    assert not bench.ended(path)


def test_every_picture_is_another_and_every_fourth_without_a_face(bench: ModuleType, tmp_path: Path) -> None:
    bench.make_pictures(tmp_path / "in", 8)
    paths = sorted((tmp_path / "in").iterdir())
    assert len({path.read_bytes() for path in paths}) == 8
    assert np.ptp(decode.load_rgb(tmp_path / "in" / "0.png").pixels) > 200
    assert np.ptp(decode.load_rgb(tmp_path / "in" / "3.png").pixels) < 160


def test_numbers_that_mean_nothing_are_refused(bench: ModuleType) -> None:
    for arguments in (["--kills", "0"], ["--pictures", "3"]):
        with pytest.raises(SystemExit):
            bench.main(arguments)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_faces_are_repeated_without_an_inconsistency(tmp_path: Path) -> None:
    command = [sys.executable, str(FILE), "--kills", "2", "--pictures", "6", "--folder", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "faces_kills: 0 inconsistencies after 2 kills of the faces of 6 pictures"
    assert list(tmp_path.iterdir()) == []
