"""The two engines: the same networks give the same numbers, the same faces, and nothing on the screen."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.commands import faces as faces_commands
from avatar.faces import detection, mtcnn_onnx
from avatar.faces import engines as face_engines
from avatar.faces import face as face_values
from avatar.pictures import decode
from avatar.texts.text import PipelineError
from config import FaceConfig
from tests.children import child_command

# --- which engine ----------------------------------------------------------------------------------------------------


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    for engine in ("mtcnn", "onnx"):
        with pytest.raises(PipelineError) as caught:
            face_engines.make_detector(engine)
        assert caught.value.key == "faces.no_mtcnn"
        assert "pip install" in str(caught.value.values["command"])


def test_without_onnxruntime_the_package_itself_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Package:
        pass

    monkeypatch.setattr(face_engines, "MtcnnDetector", Package)
    assert isinstance(face_engines.make_detector("mtcnn"), Package)
    assert isinstance(face_engines.make_detector("onnx"), face_engines.OnnxDetector)
    for missing in ("onnxruntime", "onnx"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, missing, None)
            assert isinstance(face_engines.make_detector("onnx"), Package)


def test_a_stand_in_is_told_once_by_the_command_and_never_by_a_worker(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert face_engines.missing_package("onnx") == ""
    assert faces_commands._engine_warning("onnx") == []
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else there(name))
    assert face_engines.missing_package("onnx") == "onnxruntime"
    assert face_engines.missing_package("mtcnn") == ""  # asked for: nothing stands in
    [said] = faces_commands._engine_warning("onnx")
    assert said.key == "faces.other_engine"
    assert "-m pip install onnxruntime" in str(said.values["command"])
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setattr(face_engines, "MtcnnDetector", object)
    face_engines.make_detector("onnx")
    assert [entry for entry in caplog.records if entry.levelname == "WARNING"] == []


def test_weights_come_from_the_package_and_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pnet.lz4").write_bytes(b"a stranger's file in the current folder")
    assert [array.shape for array in mtcnn_onnx._weights("pnet")][:2] == [(3, 3, 3, 10), (10,)]
    with monkeypatch.context() as patch, pytest.raises(ImportError):
        patch.setattr(importlib.util, "find_spec", lambda name: None)
        mtcnn_onnx._weights("pnet")


def look_at_nothing() -> None:
    engine = face_engines.make_detector("onnx")
    found = [len(engine.detect(np.zeros((side, 90, 3), np.uint8))) for side in (5, 12, 90)]
    print(found, "tensorflow" in sys.modules)


def test_the_usual_engine_starts_without_tensorflow() -> None:
    done = subprocess.run(child_command(look_at_nothing), capture_output=True, encoding="utf-8", check=True)
    assert (done.stdout, done.stderr) == ("[0, 0, 0] False\n", "")


# --- between the networks --------------------------------------------------------------------------------------------


def test_of_overlapping_boxes_the_most_certain_stays_and_those_left_out_still_count() -> None:
    rows = np.array([
        [0, 0, 10, 10, 0.7], [1, 0, 11, 10, 0.9], [4, 0, 14, 10, 0.8], [7, 0, 17, 10, 0.6], [50, 50, 60, 60, 0.1],
    ])  # fmt: skip
    # 0.9 leaves out 0.8 (overlap 7 / 13) and 0.7; 0.8, though left out, leaves out 0.6: that overlaps 0.9 by 4 / 16 only.
    assert mtcnn_onnx._suppressed(rows, 0.5)[:, 4].tolist() == [0.9, 0.1]
    assert mtcnn_onnx._suppressed(rows, 0.6)[:, 4].tolist() == [0.9, 0.8, 0.6, 0.1]
    inner = np.array([[0, 0, 100, 100, 0.9], [40, 40, 50, 50, 0.8]])
    assert len(mtcnn_onnx._suppressed(inner, 0.7)) == 2
    assert len(mtcnn_onnx._suppressed(inner, 0.7, of_smaller=True)) == 1
    assert len(mtcnn_onnx._suppressed(np.empty((0, 5)), 0.5)) == 0


@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from((1, 3, 256)))
def test_suppression_in_blocks_is_that_of_the_whole_matrix(seed: int, count: int, block: int) -> None:
    chance = np.random.default_rng(seed)
    corner, side = chance.uniform(0, 50, (count, 2)), chance.uniform(5, 30, (count, 1))
    rows = np.concatenate((corner, corner + side, chance.permutation(count)[:, None] / count), axis=1)
    rows = rows[np.argsort(-rows[:, 4])]
    expected = []
    for j, box in enumerate(rows):
        overlaps = [face_values.overlap(as_box(box), as_box(other)) for other in rows[:j]]
        if not any(overlap > 0.5 for overlap in overlaps):
            expected.append(box[4])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mtcnn_onnx, "NMS_BLOCK", block)
        assert mtcnn_onnx._suppressed(chance.permutation(rows), 0.5)[:, 4].tolist() == expected


def as_box(row: Any) -> tuple[float, float, float, float]:
    return float(row[0]), float(row[1]), float(row[2] - row[0]), float(row[3] - row[1])


def test_boxes_become_squares_about_their_centres() -> None:
    squares = mtcnn_onnx._squares(np.array([[10.0, 20, 30, 60, 0.5], [0, 0, 8, 4, 0.4]]))
    assert squares.tolist() == [[0, 20, 40, 60, 0.5], [0, -2, 8, 6, 0.4]]
    assert mtcnn_onnx._squares(np.empty((0, 5))).shape == (0, 5)


# --- the same as the reference ---------------------------------------------------------------------------------------


def compare(*paths: str) -> None:
    """Run both engines on pictures and print how far apart they are."""
    from mtcnn.utils.images import extract_patches

    package, ours = face_engines.MtcnnDetector(), face_engines.OnnxDetector()
    stages = [stage._model for stage in package._engine.stages]
    worst = {"pnet": 0.0, "rnet": 0.0, "onet": 0.0, "patches": 0}
    chance = np.random.default_rng(3)
    synthetic = [chance.integers(0, 256, (h, w, 3)).astype(np.uint8) for h, w in ((12, 12), (13, 40), (61, 90), (200, 151))]
    real = [decode.load_rgb(Path(name), max_side_px=400).pixels for name in paths]
    for rgb in synthetic + real:
        planes = ((rgb.astype(np.float32) - 127.5) / 128)[None]
        theirs = [part.numpy() for part in stages[0](planes)]
        mine = ours._networks.pnet.run(None, {"picture": np.ascontiguousarray(planes.transpose(0, 3, 1, 2))})
        for a, b in zip(theirs, mine, strict=True):
            worst["pnet"] = max(worst["pnet"], float(np.abs(a - b.transpose(0, 2, 3, 1)).max(initial=0)))
        height, width = rgb.shape[:2]
        corner = chance.uniform(-10, (width, height), (40, 2))
        boxes = np.concatenate((corner, corner + chance.uniform(5, 90, (40, 1)), np.ones((40, 1))), axis=1)
        batch = np.concatenate((np.zeros((40, 1)), boxes), axis=1)
        feed = mtcnn_onnx._inputs(np.ascontiguousarray(planes.transpose(0, 3, 1, 2)), boxes)
        for name, side, stage in (("rnet", 24, stages[1]), ("onet", 48, stages[2])):
            theirs = [part.numpy() for part in stage(extract_patches(planes, batch, expected_size=(side, side)))]
            mine = getattr(ours._networks, name).run(None, feed)
            worst["patches"] += 40
            worst[name] = max(worst[name], *(float(np.abs(a - b).max()) for a, b in zip(theirs, mine, strict=True)))
    found = {}
    for name, rgb in zip(paths, real, strict=False):
        found[Path(name).name] = [
            [(f.box, f.confidence, f.keypoints) for f in sorted(engine.detect(rgb), key=lambda f: -f.confidence)]
            for engine in (package, ours)
        ]
    empty = [len(engine.detect(np.zeros((10, 10, 3), np.uint8))) for engine in (package, ours)]
    print(json.dumps({"worst": worst, "found": found, "empty": empty}))


def compared(*paths: Path) -> dict[str, Any]:
    """Run both engines in a child: TensorFlow's own warnings at import are not ours."""
    done = subprocess.run(
        child_command(compare, *paths, options=("-W", "ignore")),
        capture_output=True, encoding="utf-8", timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1, "something else was printed to standard output"
    return dict(json.loads(done.stdout))


def check_alike(result: dict[str, Any]) -> None:
    worst = result["worst"]
    assert worst["patches"] > 0
    assert max(worst["pnet"], worst["rnet"], worst["onet"]) < 1e-4, worst
    assert result["empty"] == [0, 0]
    for name, (theirs, ours) in result["found"].items():
        assert len(theirs) == len(ours), name
        for (box, confidence, points), (our_box, our_confidence, our_points) in zip(theirs, ours, strict=True):
            assert np.abs(np.subtract(box, our_box)).max() <= 1.5, name  # the package rounds to whole pixels
            assert confidence == pytest.approx(our_confidence, abs=1e-3), name
            for point in face_values.KEYPOINTS:
                assert np.abs(np.subtract(points[point], our_points[point])).max() <= 1.5, (name, point)


@pytest.mark.slow
def test_both_engines_give_the_same_numbers_at_every_stage_and_the_same_faces() -> None:
    import matplotlib

    portrait = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    result = compared(portrait)
    check_alike(result)
    [(box, confidence, points)] = result["found"]["grace_hopper.jpg"][1]
    assert confidence > 0.95
    assert points["left_eye"][0] < points["right_eye"][0]
    assert points["left_eye"][1] < points["nose"][1] < points["mouth_left"][1]
    assert box[2] > 50


@pytest.mark.slow
def test_both_engines_agree_on_real_pictures(shared_data: Path) -> None:
    folder = shared_data / "faces"
    several = sorted((folder / "multi").iterdir()) + sorted((folder / "noface").iterdir())
    check_alike(compared(*sorted(folder.glob("*.jpg"))[::3], *several))


# --- coarse to fine, on real pictures ----------------------------------------------------------------------------------


def find_in_pictures(*paths: str) -> None:
    """Look for faces in pictures and print them."""
    engine, result = face_engines.make_detector("onnx"), {}
    for name in paths:
        rgb = decode.load_rgb(Path(name), max_side_px=1536).pixels
        found = detection.find_faces(rgb, engine, FaceConfig())
        result[Path(name).name] = [(face.box, face.confidence, face.keypoints) for face in found]
    assert engine.detect(np.zeros((10, 10, 3), np.uint8)) == []
    print(json.dumps(result))


def real_faces(*paths: Path) -> dict[str, list[tuple[list[float], float, dict[str, list[float]]]]]:
    """Look for faces coarse to fine in a child, whose output is all that is printed."""
    done = subprocess.run(
        child_command(find_in_pictures, *paths, options=("-W", "ignore")),
        capture_output=True, encoding="utf-8", timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1, "something else was printed to standard output"
    return dict(json.loads(done.stdout))


@pytest.mark.slow
def test_the_one_face_of_a_portrait_is_found_and_nothing_printed() -> None:
    import matplotlib

    portrait = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    [(box, confidence, points)] = real_faces(portrait)["grace_hopper.jpg"]
    assert confidence > 0.95
    assert face_values.overlap((box[0], box[1], box[2], box[3]), (160, 75, 160, 215)) > 0.5
    assert points["left_eye"][0] < points["right_eye"][0]
    assert points["left_eye"][1] < points["nose"][1] < points["mouth_left"][1]


@pytest.mark.slow
def test_real_pictures_show_as_many_faces_as_they_have(shared_data: Path) -> None:
    folder = shared_data / "faces"
    nothing = sorted((folder / "noface").iterdir())
    some = [
        folder / "lisa_2.jpg",
        folder / "london011_05_neutral_right_profile.jpg",
        folder / "multi" / "derived_three_faces.jpg",
    ]
    found = {name: len(boxes) for name, boxes in real_faces(*nothing, *some).items()}
    assert {path.name: found[path.name] for path in nothing} == {path.name: 0 for path in nothing}
    assert [found[path.name] for path in some] == [1, 1, 3]


def test_only_the_complaint_about_a_closed_file_is_kept_off_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying:
        def __init__(self, error: Exception) -> None:
            self.error = error

        def __del__(self) -> None:
            raise self.error

    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: told.append(str(found.exc_value)))
    hook = sys.unraisablehook
    with face_engines._finaliser_error_suppressed():
        for error in (ValueError("I/O operation on closed file."), ValueError("other"), OSError("closed file")):
            Dying(error)
    assert told == ["other", "closed file"]
    assert sys.unraisablehook is hook
