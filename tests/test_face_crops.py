"""Framings and straightening: what lies in the crop, that nothing is invented, and that no picture counts twice."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import face_crops
import faces
from config import FaceConfig, Framing, Settings
from faces import DetectedFace
from tests.test_faces import face_at
from tests.test_image_processor import ColourDetector, add, drawn, run
from workspace import Client

Pixels = NDArray[np.uint8]


def leaning(face: DetectedFace, angle: float) -> DetectedFace:
    """The same face with its keypoints turned clockwise about the middle of its box."""
    middle = faces.centre_of(face.box)
    return DetectedFace(face.box, face.confidence, {n: faces._turned(p, middle, angle) for n, p in face.keypoints.items()})


def corners(square: tuple[int, int, int, int], angle: float) -> list[tuple[float, float]]:
    left, top, right, bottom = square
    middle = (left + right) / 2, (top + bottom) / 2
    return [faces._turned((x, y), middle, angle) for x in (left, right) for y in (top, bottom)]


# --- geometry --------------------------------------------------------------------------------------------------------


@given(
    angle=st.floats(-60, 60), x=st.integers(0, 900), y=st.integers(0, 700), side=st.integers(60, 500),
    padding=st.sampled_from([1.6, 2.4, 4.0]), lower=st.sampled_from([0.0, 0.08, 0.19]),
)  # fmt: skip
def test_a_turned_square_lies_inside_the_picture(angle: float, x: int, y: int, side: int, padding: float, lower: float) -> None:
    face = leaning(face_at(x, y, 0.8 * side, side), angle)
    square, turned = faces.crop_frame(face.box, face.keypoints, (1400, 1200), padding, lower=lower, straighten=True)
    assert square[2] - square[0] == square[3] - square[1] > 0
    for across, down in corners(square, turned):
        assert -1e-6 <= across <= 1400 + 1e-6
        assert -1e-6 <= down <= 1200 + 1e-6


@given(angle=st.floats(2, 44), sign=st.sampled_from([-1, 1]))
def test_eyes_are_level_in_a_straightened_crop_with_room_around(angle: float, sign: int) -> None:
    face = leaning(face_at(900, 900, 160, 200), sign * angle)
    square, turned = faces.crop_frame(face.box, face.keypoints, (2000, 2000), 1.6, straighten=True)
    assert turned == pytest.approx(sign * angle)
    assert square[2] - square[0] == 320
    eyes = [faces._turned(face.keypoints[name], (0, 0), -turned) for name in ("left_eye", "right_eye")]
    assert eyes[0][1] == pytest.approx(eyes[1][1])


def test_a_turned_upright_head_is_not_tilted_by_its_eyes_in_perspective() -> None:
    face = face_at(900, 900, 160, 200, turn=0.22)
    assert faces.pose_class(faces.pose_of(face)["yaw"]) == "three_quarter"
    (x, y), right = face.keypoints["left_eye"], face.keypoints["right_eye"]
    seen = {**face.keypoints, "left_eye": (x, y + 6), "right_eye": (right[0], right[1] - 6)}
    assert faces.crop_frame(face.box, seen, (2000, 2000), 1.6, straighten=True)[1] == pytest.approx(0, abs=1.5)


@pytest.mark.parametrize("angle", [0.5, 50.0, 90.0])
def test_hardly_leaning_and_lying_heads_are_left_as_they_are(angle: float) -> None:
    face = leaning(face_at(900, 900, 160, 200), angle)
    assert faces.crop_frame(face.box, face.keypoints, (2000, 2000), 1.6, straighten=True) == (
        faces.crop_square(face.box, face.keypoints, (2000, 2000), 1.6),
        0.0,
    )


def test_a_face_that_fills_the_picture_is_not_straightened_at_the_cost_of_its_hair() -> None:
    face = leaning(face_at(220, 150, 560, 700), 30)
    square, turned = faces.crop_frame(face.box, face.keypoints, (1000, 1000), 1.6, straighten=True)
    assert (square, turned) == ((0, 0, 1000, 1000), 0.0)


def test_a_box_beside_a_turned_square_keeps_its_size_and_the_middle_its_place() -> None:
    assert faces.in_frame((40, 40, 20, 20), (0, 0, 100, 100), 33) == pytest.approx((40, 40, 20, 20))
    assert faces.in_frame((90, 45, 10, 10), (0, 0, 100, 100), 90) == pytest.approx((45, 0, 10, 10), abs=1e-9)


# --- pixels ----------------------------------------------------------------------------------------------------------


def test_a_turned_cut_shows_the_leaning_picture_upright_and_no_black() -> None:
    upright = np.full((600, 600, 3), 120, np.uint8)
    cv2.rectangle(upright, (200, 280), (400, 320), (250, 250, 250), -1)
    turn = cv2.getRotationMatrix2D((299.5, 299.5), -20, 1)  # clockwise
    picture = np.asarray(cv2.warpAffine(upright, turn, (600, 600), borderValue=(120, 120, 120)), np.uint8)
    for side in (300, 150, 75, 600):
        seen = face_crops._turned(picture, (150, 150, 450, 450), 20, (600, 600), side)
        truth = np.asarray(cv2.resize(upright[150:450, 150:450], (side, side), interpolation=cv2.INTER_AREA), np.uint8)
        assert seen.shape == (side, side, 3)
        assert np.abs(seen.astype(int) - truth).mean() < 3
        assert seen.min() > 80


# --- a run -----------------------------------------------------------------------------------------------------------

SMALL_FACE = drawn((600, 300, 160, 200), size=(1400, 1200))


@pytest.mark.parametrize(
    ("framing", "factor", "down"), [("face", 1.6, 0.5), ("head_shoulders", 2.4, 0.42), ("half_figure", 4.0, 0.31)]
)
def test_each_framing_has_its_factor_and_puts_the_face_at_its_height(
    client: Client, framing: Framing, factor: float, down: float
) -> None:
    image_id = add(client, SMALL_FACE)
    run(client, Settings(faces=FaceConfig(framings=(framing,))))
    crop = client.record(image_id).crop
    assert crop is not None
    side = crop.square[2] - crop.square[0]
    assert crop.framing == framing
    assert side == pytest.approx(200 * factor, rel=0.05)
    assert (400 - crop.square[1]) / side == pytest.approx(down, abs=0.03)


def test_a_picture_too_small_for_its_turn_gives_the_next_narrower_framing(client: Client) -> None:
    image_id = add(client, drawn((250, 200, 300, 370)))
    for framings, expected in (
        (("half_figure",), "face"),
        (("half_figure", "head_shoulders"), "head_shoulders"),
        (("head_shoulders",), "head_shoulders"),
    ):
        run(client, Settings(faces=FaceConfig(framings=framings)))  # type: ignore[arg-type]
        crop = client.record(image_id).crop
        assert crop is not None
        assert crop.framing == expected


def test_pictures_take_turns_and_each_gives_one_crop_without_detecting_again(client: Client) -> None:
    ids = [add(client, drawn((500 + 9 * k, 300, 160, 200), size=(1400, 1200))) for k in range(8)]
    run(client)
    report, looks = run(client, Settings(faces=FaceConfig(framings=("face", "head_shoulders"))))
    assert (report.done, looks) == (8, 0)
    crops = [client.record(image_id).crop for image_id in ids]
    assert {crop.framing for crop in crops if crop} == {"face", "head_shoulders"}
    assert len([*client.processed.iterdir(), *client.rejected.iterdir()]) == 8


class LeaningDetector(ColourDetector):
    """Says that every face leans by 20 degrees."""

    def detect(self, rgb: Pixels, *, smallest_px: int = 20) -> list[DetectedFace]:
        return [leaning(face, 20) for face in super().detect(rgb, smallest_px=smallest_px)]


def test_straightening_is_off_until_asked_for_and_cuts_without_detecting(client: Client) -> None:
    import image_processor

    image_id = add(client, drawn((500, 300, 240, 300), size=(1400, 1200)))
    image_processor.process(client, settings=Settings(), detector=LeaningDetector())
    before = client.record(image_id)
    assert before.crop is not None
    assert before.crop.angle == 0
    detector = LeaningDetector()
    image_processor.process(client, settings=Settings(faces=FaceConfig(straighten=True)), detector=detector)
    crop = client.record(image_id).crop
    assert crop is not None
    assert detector.calls == 0
    assert crop.angle == pytest.approx(20, abs=0.5)
    path = next(path for folder in (client.processed, client.rejected) for path in folder.iterdir())
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    assert min(pixels[y, x].max() for x in (0, -1) for y in (0, -1)) > 30  # no black corners
    assert math.isclose(crop.scale, 1024 / (crop.square[2] - crop.square[0]))


def test_settings_of_the_fingerprint_by_default_are_those_of_older_versions() -> None:
    now = face_crops.face_fingerprint(FaceConfig())
    assert face_crops.face_fingerprint(FaceConfig(framings=("face", "half_figure"))) != now
    assert face_crops.face_fingerprint(FaceConfig(straighten=True)) != now
