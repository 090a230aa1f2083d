"""The second detector against OpenCV's own steps around the same network, and on pictures of every shape."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from avatar.faces import face as face_values
from avatar.faces import weights, yunet
from avatar.faces.face import KEYPOINTS
from avatar.faces.yunet import YuNet

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def detector() -> YuNet:
    return YuNet()


@pytest.fixture(scope="module")
def portrait() -> Pixels:
    """The public-domain portrait that comes with matplotlib, 512 x 600 px; its face is 160 px wide."""
    import matplotlib
    from PIL import Image

    with Image.open(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg") as picture:
        return np.asarray(picture.convert("RGB"))


@pytest.mark.parametrize("size", [(512, 600), (333, 401), (96, 112), (1024, 1200)])
def test_boxes_points_and_scores_are_opencvs(detector: YuNet, portrait: Pixels, tmp_path: Path, size: tuple[int, int]) -> None:
    rgb = np.asarray(cv2.resize(portrait, size, interpolation=cv2.INTER_AREA), np.uint8)
    (tmp_path / "yunet.onnx").write_bytes(weights.unfolded(weights.YUNET))
    theirs = cv2.FaceDetectorYN.create(str(tmp_path / "yunet.onnx"), "", size, yunet.THRESHOLD, yunet.NMS_IOU)
    _, rows = theirs.detect(np.ascontiguousarray(rgb[..., ::-1]))
    found = detector.detect(rgb)
    assert rows is not None
    assert len(found) == len(rows) == 1
    seen = [*found[0].box, *(value for name in KEYPOINTS for value in found[0].keypoints[name]), found[0].confidence]
    assert seen == pytest.approx(rows[0].tolist(), abs=0.01)


def test_left_and_right_are_those_of_the_picture_and_the_points_are_a_face(detector: YuNet, portrait: Pixels) -> None:
    (face,) = detector.detect(portrait)
    points = face.keypoints
    assert points["left_eye"][0] < points["nose"][0] < points["right_eye"][0]
    assert points["mouth_left"][0] < points["mouth_right"][0]
    assert points["left_eye"][1] < points["nose"][1] < points["mouth_left"][1]


def test_the_surest_face_comes_first_and_small_or_unsure_ones_are_left_out(detector: YuNet, portrait: Pixels) -> None:
    half = cv2.resize(portrait, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    both = np.zeros((600, 800, 3), np.uint8)
    both[:, :512] = portrait
    both[:300, 520:776] = half
    found = detector.detect(both)
    assert len(found) == 2
    assert found[0].confidence >= found[1].confidence
    larger = max(face.side for face in found)
    assert [face.side for face in detector.detect(both, smallest_px=int(larger) - 5)] == [larger]
    assert detector.detect(both, threshold=1.0) == []


def test_a_face_that_is_moved_or_mirrored_is_found_there(detector: YuNet, portrait: Pixels) -> None:
    (face,) = detector.detect(portrait)
    wider = np.zeros((700, 900, 3), np.uint8)
    wider[50:650, 300:812] = portrait
    (moved,) = detector.detect(wider)
    assert face_values.overlap(moved.box, face.moved(1, 300, 50).box) > 0.9
    (mirrored,) = detector.detect(np.ascontiguousarray(portrait[:, ::-1]))
    left = 512 - face.box[0] - face.box[2]
    assert face_values.overlap(mirrored.box, (left, *face.box[1:])) > 0.9


@settings(max_examples=25)
@given(width=st.integers(1, 130), height=st.integers(1, 130), grey=st.integers(0, 255))
def test_no_picture_is_too_small_and_a_flat_one_has_no_face(width: int, height: int, grey: int) -> None:
    assert yunet.process_yunet().detect(np.full((height, width, 3), grey, np.uint8)) == []
