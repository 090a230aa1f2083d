"""The whole head in the square: hats, buns and the back of the head drawn here, and where it cannot be."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from avatar.faces import framing, head, quality
from avatar.faces.face import Box, DetectedFace
from config import QualityControlConfig
from tests.faces.test_detection import face_at
from tests.faces.test_quality import GOOD

Pixels = NDArray[np.uint8]
WALL, SKIN, HAIR, HAT, COAT = (150, 170, 190), (225, 185, 160), (60, 40, 30), (150, 30, 60), (40, 60, 90)
SIZE = (1000, 1200)
FACE = face_at(400, 500, 200, 260)


def person(*, wall: Pixels | None = None) -> Pixels:
    """Draw a head with hair and shoulders; its face is FACE, its chin at 760."""
    picture = np.full((SIZE[1], SIZE[0], 3), WALL, np.uint8) if wall is None else wall.copy()
    cv2.ellipse(picture, (500, 1150), (380, 300), 0, 0, 360, COAT, -1)
    cv2.rectangle(picture, (450, 700), (550, 900), SKIN, -1)
    cv2.ellipse(picture, (500, 600), (135, 170), 0, 0, 360, HAIR, -1)
    cv2.ellipse(picture, (500, 640), (95, 125), 0, 0, 360, SKIN, -1)
    for x in (460, 540):
        cv2.circle(picture, (x, 604), 12, (30, 20, 20), -1)
    return picture


def with_hat(picture: Pixels) -> Pixels:
    cv2.rectangle(picture, (380, 300), (620, 520), HAT, -1)
    cv2.rectangle(picture, (330, 490), (670, 520), HAT, -1)
    return picture


def square_of(picture: Pixels, padding: float = 1.6, face: DetectedFace = FACE) -> tuple[int, int, int, int]:
    found = head.head_of(picture, face)
    assert found is not None
    return framing.crop_frame(face.box, face.keypoints, (picture.shape[1], picture.shape[0]), padding, head=found)[0]


def holds(square: tuple[int, int, int, int], box: Box) -> bool:
    return square[0] <= box[0] and square[1] <= box[1] and square[2] >= box[0] + box[2] and square[3] >= box[1] + box[3]


# --- kept ------------------------------------------------------------------------------------------------------------


def test_a_hat_is_kept_that_the_square_around_the_face_would_cut() -> None:
    picture = with_hat(person())
    alone = framing.crop_square(FACE.box, FACE.keypoints, SIZE, 1.6)
    assert alone[1] > 310
    square = square_of(picture)
    assert square[1] < 305
    assert square[3] > 760
    assert square[2] - square[0] <= 1.25 * 1.6 * 260 + 1


def test_the_back_of_a_head_beside_the_face_is_kept() -> None:
    picture = person()
    cv2.ellipse(picture, (620, 600), (170, 150), 0, 0, 360, HAIR, -1)
    assert framing.crop_square(FACE.box, FACE.keypoints, SIZE, 1.6)[2] < 710
    square = square_of(picture)
    assert square[2] > 780
    assert square[0] < 400


def test_a_head_that_fits_leaves_the_square_as_it_is() -> None:
    alone = framing.crop_square(FACE.box, FACE.keypoints, SIZE, 1.6)
    assert np.abs(np.subtract(square_of(person()), alone)).max() <= 0.02 * 416


def test_the_users_factor_is_what_the_square_grows_from() -> None:
    picture = with_hat(person())
    for padding in (1.1, 1.4, 2.5):
        left, _, right, _ = square_of(picture, padding)
        assert padding * 260 - 1 <= right - left <= 1.25 * padding * 260 + 1
    assert square_of(picture, 3.0)[2] - square_of(picture, 3.0)[0] == 780


def test_a_background_like_the_head_does_not_move_the_square() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
    wall = np.asarray(cv2.GaussianBlur(noise, (0, 0), 8), np.uint8)
    wall = np.asarray(cv2.normalize(wall, None, 0, 255, cv2.NORM_MINMAX), np.uint8)  # type: ignore[call-overload]
    square = square_of(person(wall=wall))
    alone = framing.crop_square(FACE.box, FACE.keypoints, SIZE, 1.6)
    assert np.abs(np.subtract(square, alone)).max() <= 60


def test_the_same_picture_gives_the_same_square() -> None:
    picture = with_hat(person())
    first = head.head_of(picture, FACE)
    cv2.setRNGSeed(99)
    assert head.head_of(picture, FACE) == first


def test_a_lying_face_has_no_head_to_keep() -> None:
    (x, y), (left, _) = FACE.keypoints["nose"], FACE.keypoints["left_eye"]
    lying = {name: (x + (b - y), y - (a - left)) for name, (a, b) in FACE.keypoints.items()}
    assert head.head_of(person(), DetectedFace(FACE.box, 0.99, lying)) is None


# --- not kept --------------------------------------------------------------------------------------------------------


def test_a_head_that_the_picture_cuts_is_remarked_on() -> None:
    close = np.ascontiguousarray(with_hat(person())[530:1050, 300:700])
    face = FACE.moved(1.0, -300, -530)
    found = head.head_of(close, face)
    assert found is not None
    square, _ = framing.crop_frame(face.box, face.keypoints, (400, 520), 1.6, head=found)
    share = framing.head_share(found, square)
    assert share < quality.MIN_HEAD_SHARE
    reasons = quality.judge(GOOD | {"head_share": share}, QualityControlConfig()).reasons
    assert [(reason.code, reason.level) for reason in reasons] == [("head_cut", "warn")]


def test_a_whole_head_is_not_remarked_on() -> None:
    picture = with_hat(person())
    found = head.head_of(picture, FACE)
    assert found is not None
    assert framing.head_share(found, square_of(picture)) == pytest.approx(1.0, abs=0.01)
    assert quality.judge(GOOD | {"head_share": 1.0}, QualityControlConfig()).reasons == []


@given(
    at=st.tuples(st.floats(-0.2, 1.0), st.floats(-0.2, 1.0)), side=st.floats(20, 900), padding=st.floats(1, 5),
    reach=st.tuples(st.floats(-1, 2), st.floats(-1, 2), st.floats(0.1, 4), st.floats(0.1, 4)), straighten=st.booleans(),
)  # fmt: skip
def test_the_square_stays_in_the_picture_and_keeps_the_face_before_the_head(
    at: tuple[float, float], side: float, padding: float, reach: tuple[float, float, float, float], straighten: bool
) -> None:
    face = face_at(at[0] * SIZE[0], at[1] * SIZE[1], 0.8 * side, side)
    left, top, width, height = face.box
    own = (left - reach[0] * side, top - reach[1] * side, reach[2] * side, reach[3] * side)
    square, _ = framing.crop_frame(face.box, face.keypoints, SIZE, padding, straighten=straighten, head=own)
    assert 0 <= square[0] < square[2] <= SIZE[0]
    assert 0 <= square[1] < square[3] <= SIZE[1]
    assert square[2] - square[0] == square[3] - square[1] <= 1.25 * padding * side + 1
    inside = left >= 0 and top >= 0 and left + width <= SIZE[0] and top + height <= SIZE[1]
    if inside and side + 2 <= square[2] - square[0]:
        assert square[0] <= left + 1
        assert square[1] <= top + 1
        assert square[2] >= left + width - 1
        assert square[3] >= top + height - 1
