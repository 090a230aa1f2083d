"""The benchmark of the faces: its pictures, its plain way, and what it compares."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from avatar.pictures import decode
from avatar.texts.text import PipelineError
from tests.places import BENCHMARKS

FILE = BENCHMARKS / "faces.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_faces", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["benchmark_faces"] = module
    spec.loader.exec_module(module)
    return module


class Found:
    """A detector that reports these boxes with these confidences."""

    def __init__(self, *faces: tuple[tuple[int, int, int, int], float]) -> None:
        self.faces = faces
        self.shapes: list[tuple[int, ...]] = []

    def detect_faces(self, rgb: Any) -> list[dict[str, object]]:
        self.shapes.append(rgb.shape)
        return [{"box": list(box), "confidence": confidence} for box, confidence in self.faces]


def test_every_frame_is_another_of_the_size_asked_for(bench: ModuleType) -> None:
    face = bench.portrait()
    frames = [bench.framed(face, 300, 200, 0.8, seed) for seed in range(2)]
    assert [frame.shape for frame in frames] == [(200, 300, 3)] * 2
    assert not np.array_equal(*frames)
    assert np.array_equal(frames[0], bench.framed(face, 300, 200, 0.8, 0))


def test_the_kinds_are_what_their_names_say(bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {name: (120, 80, share, suffix) for name, (_, _, share, suffix) in bench.PARTS.items()}
    monkeypatch.setattr(bench, "PARTS", small)
    for part, kind in (("PNG 1024", "PNG"), ("JPEG 12 MP", "JPEG"), ("RAW 24 MP", "RAW")):
        folder = tmp_path / part
        bench.make_part(folder, part, 2)
        found = bench.pictures_in(str(folder))
        assert len(found) == 3  # one to warm up
        assert len({path.read_bytes() for path in found}) == 3
        assert [decode.load_rgb(path).format for path in found] == [kind] * 3
    assert {name: (width * height) // 1_000_000 for name, (width, height, *_) in bench.PARTS.items()}["PNG 1024"] == 0


def test_the_plain_way_looks_at_the_full_picture_and_cuts_the_largest_sure_face(bench: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    cv2.imwrite(str(path), np.full((400, 600, 3), 90, np.uint8))
    detector = Found(((100, 100, 50, 60), 0.99), ((300, 150, 80, 100), 0.9), ((0, 0, 300, 300), 0.5))
    assert bench.plain_way(detector, path) == [260, 120, 420, 280]
    assert detector.shapes == [(400, 600, 3)]
    assert bench.plain_way(Found(((0, 0, 300, 300), 0.5)), path) is None
    assert bench.plain_way(Found(((500, 300, 100, 100), 1.0)), path) == [440, 240, 600, 400]  # slid inside


def test_a_plain_way_out_of_memory_finds_no_face(bench: ModuleType, tmp_path: Path) -> None:
    def fails(_: object) -> object:
        raise MemoryError

    path = tmp_path / "x.png"
    cv2.imwrite(str(path), np.zeros((40, 60, 3), np.uint8))
    assert bench.plain_way(SimpleNamespace(detect_faces=fails), path) is None


def test_the_overlap_of_squares(bench: ModuleType) -> None:
    assert bench.square_iou([0, 0, 10, 10], [0, 0, 10, 10]) == 1
    assert bench.square_iou([0, 0, 10, 10], [10, 0, 20, 10]) == 0
    assert bench.square_iou([0, 0, 10, 10], [5, 5, 15, 15]) == pytest.approx(25 / 175)


def test_every_variant_changes_the_picture_but_the_first(bench: ModuleType) -> None:
    rgb = bench.framed(bench.portrait(), 200, 150, 0.9, 1)
    for name, change in bench.variants().items():
        changed = change(rgb)
        assert changed.dtype == np.uint8
        assert (changed.shape == rgb.shape and bool((changed == rgb).all())) == (name == "as it is"), name


def test_differences_are_listed_with_their_pictures(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "faces"
    source.mkdir()
    for name in ("a", "b", "c"):
        cv2.imwrite(str(source / f"{name}.jpg"), np.full((60, 60, 3), 90, np.uint8))
    answers = {
        "plain-decisions": {"a@as it is": [0, 0, 10, 10], "b@as it is": None, "c@as it is": [0, 0, 10, 10]},
        "our-decisions": {"a@as it is": [0, 0, 10, 10], "b@as it is": [0, 0, 5, 5], "c@as it is": [5, 0, 15, 10]},
    }
    monkeypatch.setattr(bench, "apart", lambda side, *_, **__: answers[side])
    work = tmp_path / "work"
    work.mkdir()
    assert bench.compare_decisions(work, source, every=100) == 0
    printed = capsys.readouterr().out
    assert "other decision: b@as it is: plain None, ours [0, 0, 5, 5]" in printed
    assert "other crop, IoU 0.33: c@as it is" in printed
    assert "false faces" not in printed
    assert "same decision: 2 of 3; crop IoU >= 0.85: 1 of 2" in printed
    assert len(list((work / "in").iterdir())) == 3 + len(bench.variants()) - 1  # variants of the first only


def test_faces_where_there_are_none_are_counted_for_each_side(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {
        "plain-decisions": {"noface~a@as it is": [0, 0, 10, 10], "noface~b@as it is": None, "c@as it is": [0, 0, 10, 10]},
        "our-decisions": {"noface~a@as it is": None, "noface~b@as it is": None, "c@as it is": [0, 0, 10, 10]},
    }
    monkeypatch.setattr(bench, "apart", lambda side, *_, **__: answers[side])
    bench.compare_decisions(tmp_path, tmp_path / "nothing", every=1)
    assert "false faces on 2 pictures and variants without any: plain 1, ours 0\n" in capsys.readouterr().out


def test_stages_are_timed_and_put_back(bench: ModuleType) -> None:
    before = decode.load_rgb
    with bench.timed() as spent:
        assert decode.load_rgb is not before
        with pytest.raises(PipelineError):
            decode.load_rgb(Path("missing.png"))
    assert decode.load_rgb is before
    assert set(spent) == {"decode"}
    assert spent["decode"] > 0


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_the_memory_of_a_child_is_its_own_and_begins_anew_when_told(bench: ModuleType) -> None:
    own = np.ones(300_000_000, np.uint8)  # what this process held must not be told of the child
    code = "import json, sys; sys.path.insert(0, sys.argv[1]); import faces as b; held = bytearray(100_000_000); del held\n"
    code += "before = b.peak_mb(); b.forget_peak(); print(json.dumps([before, b.peak_mb()]))"
    command = [sys.executable, "-c", code, str(FILE.parent)]
    before, after = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert own[-1] == 1
    assert 100 < before < 200
    assert after < before - 80
