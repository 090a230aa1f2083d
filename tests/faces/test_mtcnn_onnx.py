"""The steps between the three networks, each against plain arithmetic, and the whole on one portrait; TensorFlow not needed.

That the networks themselves give the package's numbers is tested in test_face_engines.py.
"""

from __future__ import annotations

import importlib.util
import itertools
import math
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from avatar.faces import mtcnn_onnx
from avatar.faces.mtcnn_onnx import CELL_PX, MtcnnOnnx

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def networks() -> MtcnnOnnx:
    return MtcnnOnnx()


@pytest.fixture(scope="module")
def portrait() -> Pixels:
    """The public-domain portrait that comes with matplotlib, 512 x 600 px; its face is 160 px wide."""
    import matplotlib
    from PIL import Image

    with Image.open(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg") as picture:
        return np.asarray(picture.convert("RGB"))


def looked(networks: MtcnnOnnx, rgb: Pixels, smallest_px: int = 40, threshold: float = 0.9) -> tuple[Any, Any]:
    return networks.detect(rgb, smallest_px=smallest_px, threshold=threshold)


# --- the pyramid -----------------------------------------------------------------------------------------------------


def pyramid(width: int, height: int, smallest_px: int) -> list[tuple[float, Any]]:
    return list(mtcnn_onnx._pyramid(np.full((height, width, 3), 90, np.uint8), smallest_px))


@given(width=st.integers(12, 300), height=st.integers(12, 300), smallest=st.integers(12, 80))
def test_every_copy_is_large_enough_for_the_first_network_and_has_its_scale(width: int, height: int, smallest: int) -> None:
    scales = []
    for scale, copy in pyramid(width, height, smallest):
        scales.append(scale)
        assert copy.shape == (1, 3, int(height * scale), int(width * scale))
        assert min(copy.shape[2:]) >= CELL_PX
        assert copy.flags.c_contiguous
        assert copy.dtype == np.float32
    assert all(one * 0.709 == pytest.approx(other) for one, other in itertools.pairwise(scales))
    assert all(scale <= 1 for scale in scales)
    if scales:
        assert scales[0] == pytest.approx(CELL_PX / smallest)


@pytest.mark.parametrize(("width", "height"), [(12, 12), (40, 40), (151, 200), (640, 480)])
def test_the_number_of_copies_is_the_packages_as_long_as_they_are_large_enough(width: int, height: int) -> None:
    # mtcnn 1.0.0, utils/images.py, build_scale_pyramid, with its own smallest face of 20 px.
    count = round(-((np.log(min(width, height) / 12) / np.log(0.709)) + 1))
    whole = [12 / 20 * 0.709**level for level in range(count)]
    large_enough = [scale for scale in whole if int(min(width, height) * scale) >= 12]
    assert [scale for scale, _ in pyramid(width, height, 20)] == pytest.approx(large_enough)


def test_a_larger_smallest_face_saves_the_large_copies() -> None:
    assert pyramid(640, 480, 12)[0][0] == 1
    copies = pyramid(640, 480, 48)
    assert copies[0][1].shape == (1, 3, 120, 160)
    assert len(copies) < len(pyramid(640, 480, 12))


def test_pixels_come_to_the_networks_between_minus_one_and_one() -> None:
    ramp = np.tile(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], (64, 1, 3))
    copies = [copy for _, copy in mtcnn_onnx._pyramid(ramp, 20)]
    assert copies
    assert all(copy.min() >= -1 and copy.max() <= 1 for copy in copies)
    flat = [copy for _, copy in mtcnn_onnx._pyramid(np.full((64, 64, 3), 255, np.uint8), 20)]
    assert flat[0].max() == pytest.approx(127.5 / 128)
    red = np.zeros((64, 64, 3), np.uint8)
    red[..., 0] = 255
    (_, first), *_ = mtcnn_onnx._pyramid(red, 20)
    assert [float(first[0, channel].mean()) for channel in range(3)] == pytest.approx([127.5 / 128, -127.5 / 128, -127.5 / 128])


# --- boxes -----------------------------------------------------------------------------------------------------------


def test_a_cell_of_the_first_network_is_its_twelve_pixels_in_the_whole_picture() -> None:
    scores = np.zeros((4, 5))
    scores[2, 3] = 0.9
    offsets = np.zeros((4, 4, 5))
    [box] = mtcnn_onnx._cells(offsets, scores, 1.0)
    assert box.tolist() == [7, 5, 18, 16, 0.9]  # cell 3 across and 2 down, every 2 px, counted from 1
    [half] = mtcnn_onnx._cells(offsets, scores, 0.5)
    assert half.tolist() == [14, 10, 36, 32, 0.9]
    offsets[:, 2, 3] = (0.5, -1, 1, 0)  # shares of 11 px: left, top, right, bottom
    [moved] = mtcnn_onnx._cells(offsets, scores, 1.0)
    assert moved.tolist() == [12.5, -6, 29, 16, 0.9]


def test_only_cells_surer_than_the_threshold_become_boxes() -> None:
    scores = np.array([[mtcnn_onnx.PNET_THRESHOLD, mtcnn_onnx.PNET_THRESHOLD + 1e-6]])
    assert len(mtcnn_onnx._cells(np.zeros((4, 1, 2)), scores, 1.0)) == 1
    assert mtcnn_onnx._cells(np.zeros((4, 1, 2)), np.zeros((1, 2)), 1.0).shape == (0, 5)


def test_a_box_moves_by_shares_of_its_own_sides_and_takes_the_new_score() -> None:
    boxes = np.array([[10.0, 20, 29, 59, 0.7]])  # 20 x 40 px, both ends counted
    moved = mtcnn_onnx._moved(boxes, np.array([[0.1, -0.1, 0.5, 0.25]]), np.array([[0.2, 0.8]]))
    assert moved[0].tolist() == pytest.approx([12, 16, 39, 69, 0.8])
    assert boxes[0].tolist() == [10, 20, 29, 59, 0.7]


@given(st.lists(st.tuples(*(st.floats(-50, 200) for _ in range(2)), st.floats(1, 90), st.floats(1, 90)), max_size=8))
def test_a_square_holds_its_box_and_has_its_middle(found: list[tuple[float, float, float, float]]) -> None:
    boxes = np.array([[x, y, x + w, y + h, 0.5] for x, y, w, h in found]).reshape(-1, 5)
    squares = mtcnn_onnx._squares(boxes)
    assert squares.shape == boxes.shape
    for square, box in zip(squares, boxes, strict=True):
        assert square[2] - square[0] == pytest.approx(square[3] - square[1])
        assert square[2] - square[0] == pytest.approx(max(box[2] - box[0], box[3] - box[1]))
        assert (square[:2] + square[2:4]) / 2 == pytest.approx((box[:2] + box[2:4]) / 2)
        assert square[4] == box[4]


def test_the_squares_are_handed_over_as_shares_of_height_and_width() -> None:
    planes = np.zeros((1, 3, 50, 200), np.float32)
    given_in = mtcnn_onnx._inputs(planes, np.array([[20.0, 5, 40, 25, 0.9], [-10, 0, 210, 50, 0.8]]))
    assert given_in["rois"].tolist() == pytest.approx(np.array([[0.1, 0.1, 0.5, 0.2], [0, -0.05, 1, 1.05]]))
    assert (given_in["rois"].dtype, given_in["of"].dtype) == (np.float32, np.int32)
    assert given_in["of"].tolist() == [0, 0]
    assert given_in["picture"] is planes


@given(st.integers(0, 500), st.integers(0, 40), st.booleans())
def test_of_the_boxes_that_stay_none_overlaps_another_and_the_surest_is_among_them(
    seed: int, count: int, of_smaller: bool
) -> None:
    chance = np.random.default_rng(seed)
    corner, side = chance.uniform(0, 60, (count, 2)), chance.uniform(0, 40, (count, 2))
    rows = np.concatenate((corner, corner + side, chance.permutation(count)[:, None] / max(1, count)), axis=1)
    kept = mtcnn_onnx._suppressed(rows, 0.5, of_smaller=of_smaller)
    assert kept[:, 4].tolist() == sorted(kept[:, 4].tolist(), reverse=True)
    if count:
        assert kept[0, 4] == rows[:, 4].max()
    for number, one in enumerate(kept):
        for other in kept[:number]:
            across = min(one[2], other[2]) - max(one[0], other[0])
            down = min(one[3], other[3]) - max(one[1], other[1])
            common = max(0, across) * max(0, down)
            areas = (one[2] - one[0]) * (one[3] - one[1]), (other[2] - other[0]) * (other[3] - other[1])
            assert common <= 0.5 * (min(areas) if of_smaller else sum(areas) - common) + 1e-9


# --- the graphs ------------------------------------------------------------------------------------------------------


def test_the_graphs_are_of_a_format_that_every_supported_runtime_reads() -> None:
    for name, build in (("pnet", mtcnn_onnx.pnet_graph), ("rnet", mtcnn_onnx.rnet_graph), ("onet", mtcnn_onnx.onet_graph)):
        model = build(mtcnn_onnx._weights(name))
        assert model.ir_version <= 8  # onnxruntime 1.14
        assert {domain.domain: domain.version for domain in model.opset_import} == {"": 17, "com.microsoft": 1}
        assert len(model.SerializeToString()) < 2_000_000


def test_every_weight_of_the_package_is_used_once() -> None:
    for name, build in (("pnet", mtcnn_onnx.pnet_graph), ("rnet", mtcnn_onnx.rnet_graph), ("onet", mtcnn_onnx.onet_graph)):
        weights = mtcnn_onnx._weights(name)
        constants = [c for c in build(weights).graph.initializer if c.name not in ("patch", "zero")]
        assert sum(math.prod(c.dims) for c in constants) == sum(array.size for array in weights)
        assert len(constants) == len(weights)


def test_the_networks_take_pictures_and_numbers_of_squares_of_any_size(networks: MtcnnOnnx) -> None:
    for height, width in ((12, 12), (13, 40), (90, 61)):
        planes = np.zeros((1, 3, height, width), np.float32)
        offsets, scores = networks.pnet.run(None, {"picture": planes})
        assert offsets.shape[1] == 4
        assert scores.shape[1] == 2
        assert offsets.shape[2:] == scores.shape[2:]
        assert scores.sum(axis=1) == pytest.approx(1, abs=1e-5)
        for count in (1, 3):
            boxes = np.tile([[0.0, 0, 11, 11, 0.5]], (count, 1))
            feed = mtcnn_onnx._inputs(planes, boxes)
            assert [part.shape for part in networks.rnet.run(None, feed)] == [(count, 4), (count, 2)]
            assert [part.shape for part in networks.onet.run(None, feed)] == [(count, 4), (count, 10), (count, 2)]


def test_one_thread_runs_each_network_and_only_on_the_processor(networks: MtcnnOnnx) -> None:
    for session in (networks.pnet, networks.rnet, networks.onet):
        options = session.get_session_options()
        assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
        assert session.get_providers() == ["CPUExecutionProvider"]


def test_a_package_of_another_version_is_told_by_the_file_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mtcnn_weights.npy").touch()  # mtcnn 0.1.1
    spec = ModuleSpec("mtcnn", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec if name == "mtcnn" else there(name))
    with pytest.raises(ImportError) as caught:
        MtcnnOnnx()
    assert str(tmp_path / "assets" / "weights" / "pnet.lz4") in str(caught.value)
    assert "1.x" in str(caught.value)


# --- the whole, on one portrait --------------------------------------------------------------------------------------


def test_a_portrait_has_one_face_with_eyes_above_nose_above_mouth(networks: MtcnnOnnx, portrait: Pixels) -> None:
    boxes, marks = looked(networks, portrait)
    assert boxes.shape == (1, 5)
    assert marks.shape == (1, 10)
    left, top, right, bottom, score = boxes[0]
    assert score > 0.99
    assert [left, top, right, bottom] == pytest.approx([165, 105, 325, 320], abs=30)
    x, y = marks[0, :5], marks[0, 5:]
    assert (left < x).all() and (x < right).all() and (top < y).all() and (y < bottom).all()
    assert max(y[0], y[1]) < y[2] < min(y[3], y[4])
    assert x[0] < x[1] and x[3] < x[4]


def test_no_face_below_the_threshold_or_the_smallest_size_is_reported(networks: MtcnnOnnx, portrait: Pixels) -> None:
    boxes, _ = looked(networks, portrait)
    assert len(looked(networks, portrait, threshold=float(boxes[0, 4]))[0]) == 0  # at the limit is not above it
    assert len(looked(networks, portrait, threshold=float(boxes[0, 4]) - 1e-5)[0]) == 1
    assert len(looked(networks, portrait, smallest_px=500)[0]) == 0


def test_a_face_moves_with_its_picture(networks: MtcnnOnnx, portrait: Pixels) -> None:
    plain, marks = looked(networks, portrait)
    shifted = np.pad(portrait, ((30, 60), (50, 10), (0, 0)), mode="edge")
    again, marks_again = looked(networks, shifted)
    side = plain[0, 3] - plain[0, 1]
    assert len(again) == 1
    assert np.abs(again[0, :4] - plain[0, :4] - (50, 30, 50, 30)).max() < 0.1 * side
    assert np.abs(marks_again[0] - marks[0] - np.repeat((50, 30), 5)).max() < 0.05 * side


def test_a_mirrored_face_is_the_same_face_on_the_other_side(networks: MtcnnOnnx, portrait: Pixels) -> None:
    plain, marks = looked(networks, portrait)
    mirrored, marks_mirrored = looked(networks, np.ascontiguousarray(portrait[:, ::-1]))
    side = plain[0, 3] - plain[0, 1]
    assert len(mirrored) == 1
    eye = portrait.shape[1] - marks[0, 1]  # the right one of the picture is now the left one
    assert marks_mirrored[0, 0] == pytest.approx(eye, abs=0.06 * side)
    assert marks_mirrored[0, 5] == pytest.approx(marks[0, 6], abs=0.06 * side)


def test_a_picture_twice_as_large_shows_the_same_face_twice_as_large(networks: MtcnnOnnx, portrait: Pixels) -> None:
    plain, _ = looked(networks, portrait)
    large = np.asarray(cv2.resize(portrait, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    [again], _ = looked(networks, large, smallest_px=80)
    assert np.abs(again[:4] - 2 * plain[0, :4]).max() < 0.12 * 2 * (plain[0, 3] - plain[0, 1])


def test_two_people_side_by_side_are_two_faces_the_surer_first(networks: MtcnnOnnx, portrait: Pixels) -> None:
    both = np.concatenate((portrait, portrait[:, ::-1]), axis=1)
    boxes, marks = looked(networks, both)
    assert len(boxes) == len(marks) == 2
    assert boxes[0, 4] >= boxes[1, 4]
    for box, points in zip(boxes, marks, strict=True):  # each row's landmarks are its own
        assert box[0] < points[:5].mean() < box[2]
    assert sorted(boxes[:, 0] > portrait.shape[1]) == [False, True]


@pytest.mark.parametrize("shape", [(12, 12), (12, 500), (500, 13), (64, 64)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_plain_picture_has_no_face_and_the_answer_its_shape(networks: MtcnnOnnx, shape: tuple[int, int], value: int) -> None:
    boxes, marks = looked(networks, np.full((*shape, 3), value, np.uint8), smallest_px=20, threshold=0.6)
    assert (boxes.shape, marks.shape) == ((0, 5), (0, 10))


def test_looking_changes_no_pixel_and_twice_gives_the_same(networks: MtcnnOnnx, portrait: Pixels) -> None:
    mine = portrait.copy()
    mine.flags.writeable = False
    first, second = looked(networks, mine), looked(networks, mine)
    assert (mine == portrait).all()
    assert (first[0] == second[0]).all()
    assert (first[1] == second[1]).all()
