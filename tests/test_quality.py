"""Quality: each measure tells apart what it is for, and each limit gives its own reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import messages
import quality
from config import QualityControlConfig

Pixels = NDArray[np.uint8]
LIMITS = QualityControlConfig()
FACE = (192.0, 192.0, 480.0, 640.0)
GOOD = {
    "faces": 1.0, "confidence": 0.99, "face_side_px": 640.0, "second_face_ratio": 0.0, "enlargement": 1.0, "share_in_crop": 1.0,
    "yaw": 0.0, "roll": 0.0, "brightness": 120.0, "contrast": 55.0, "blur": 600.0, "noise": 1.0, "clipped": 0.01,
    "face_brightness": 130.0,
}  # fmt: skip


def drawn_face(side: int = 1024) -> Pixels:
    """A crop with soft light and detail at every scale of a face, free of noise."""
    import cv2

    rng = np.random.default_rng(7)
    grey = np.full((side, side), 120.0)
    for cells, strength in ((4, 60), (16, 40), (48, 25), (128, 16)):
        field = rng.normal(0, 1, (cells, cells))
        grey += strength * cv2.resize(field, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def blurred(rgb: Pixels, sigma: float) -> Pixels:
    import cv2

    return np.asarray(cv2.GaussianBlur(rgb, (0, 0), sigma), np.uint8)


def noisy(rgb: Pixels, sigma: float) -> Pixels:
    noise = np.random.default_rng(3).normal(0, sigma, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


def resized(rgb: Pixels, side: int) -> Pixels:
    import cv2

    return np.asarray(cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def codes(measures: dict[str, float], limits: QualityControlConfig = LIMITS) -> list[tuple[str, str]]:
    return [(reason.code, reason.level) for reason in quality.judge(measures, limits).reasons]


# --- measures --------------------------------------------------------------------------------------------------------


def test_blur_tells_a_sharp_face_from_a_blurred_one_at_the_users_limit() -> None:
    sharp = quality.measure(drawn_face(), FACE)["blur"]
    soft = quality.measure(blurred(drawn_face(), 12), FACE)["blur"]
    assert soft < LIMITS.blur_threshold / 2 < LIMITS.blur_threshold < sharp


def test_blur_hardly_depends_on_resolution() -> None:
    full = quality.measure(drawn_face(), FACE)["blur"]
    half = quality.measure(resized(drawn_face(), 512), (96, 96, 240, 320))["blur"]
    assert 0.7 < half / full < 1.4


@pytest.mark.parametrize("sigma", [3, 8, 25])
def test_noise_does_not_make_a_blurred_face_sharp(sigma: float) -> None:
    measured = quality.measure(noisy(blurred(drawn_face(), 12), sigma), FACE)
    refused = {code for code, _ in codes(GOOD | measured)}
    assert refused & {"blurred", "noisy"}


def test_noise_is_measured_in_grey_levels_and_detail_is_not_taken_for_it() -> None:
    assert quality.measure(drawn_face(), FACE)["noise"] < 3
    assert quality.measure(noisy(drawn_face(), 25), FACE)["noise"] == pytest.approx(25, rel=0.15)
    assert quality.measure(noisy(drawn_face(), 8), FACE)["noise"] == pytest.approx(8, rel=0.15)


def test_brightness_and_contrast_are_those_of_the_whole_crop() -> None:
    half = np.zeros((64, 64, 3), np.uint8)
    half[:, 32:] = 200
    measured = quality.measure(half, (32, 0, 32, 64))
    assert measured["brightness"] == pytest.approx(100)
    assert measured["contrast"] == pytest.approx(100)
    assert measured["face_brightness"] == pytest.approx(200)


def test_clipped_is_the_share_of_the_face_without_detail() -> None:
    crop = np.full((64, 64, 3), 128, np.uint8)
    crop[:, :16] = 255
    assert quality.measure(crop, (0, 0, 64, 64))["clipped"] == pytest.approx(0.25)
    assert quality.measure(crop, (16, 0, 48, 64))["clipped"] == 0


@pytest.mark.parametrize("box", [(-500.0, -500.0, 100.0, 100.0), (0.0, 0.0, 0.2, 0.2), (5.0, 5.0, 900.0, 900.0)])
def test_a_box_outside_or_too_small_is_measured_without_an_error(box: tuple[float, float, float, float]) -> None:
    measured = quality.measure(np.full((9, 9, 3), 90, np.uint8), box)
    assert all(np.isfinite(value) for value in measured.values())


# --- verdict ---------------------------------------------------------------------------------------------------------


def test_a_good_picture_is_approved_without_a_word() -> None:
    judged = quality.judge(GOOD, LIMITS)
    assert (judged.verdict, judged.reasons) == ("approved", [])
    assert judged.measures == GOOD


def test_without_a_face_nothing_else_is_judged() -> None:
    for measures in ({}, {"faces": 0.0}):
        judged = quality.judge(measures, LIMITS)
        assert judged.verdict == "rejected"
        assert [reason.code for reason in judged.reasons] == ["no_face"]


@pytest.mark.parametrize(
    ("changed", "code", "level"),
    [
        ({"confidence": 0.84}, "low_confidence", "refuse"),
        ({"brightness": 39.0}, "too_dark", "refuse"),
        ({"brightness": 221.0}, "too_bright", "refuse"),
        ({"contrast": 24.0}, "low_contrast", "refuse"),
        ({"blur": 99.0}, "blurred", "refuse"),
        ({"noise": 16.0}, "noisy", "refuse"),
        ({"face_side_px": 63.0}, "face_small", "refuse"),
        ({"second_face_ratio": 0.6}, "ambiguous_face", "refuse"),
        ({"enlargement": 3.1}, "enlarged_far", "refuse"),
        ({"enlargement": 1.6}, "enlarged", "warn"),
        ({"clipped": 0.3}, "clipped", "warn"),
        ({"share_in_crop": 0.9}, "face_cut", "warn"),
        ({"yaw": -70.0}, "profile", "warn"),
    ],
)
def test_each_limit_gives_its_own_reason(changed: dict[str, float], code: str, level: str) -> None:
    judged = quality.judge(GOOD | changed, LIMITS)
    [reason] = judged.reasons
    assert (reason.code, reason.level) == (code, level)
    assert judged.verdict == ("rejected" if level == "refuse" else "approved")
    assert reason.value == pytest.approx(abs(next(iter(changed.values()))))


def test_exactly_at_a_limit_a_picture_passes() -> None:
    edge = {"confidence": 0.85, "brightness": 40.0, "contrast": 25.0, "blur": 100.0, "noise": 15.0, "enlargement": 1.5}
    assert codes(GOOD | edge | {"second_face_ratio": 0.59, "clipped": 0.25}) == []


def test_a_dark_picture_is_called_dark_and_not_blurred() -> None:
    assert codes(GOOD | {"brightness": 9.6, "contrast": 4.0, "blur": 7.0}) == [
        ("too_dark", "refuse"),
        ("low_contrast", "refuse"),
    ]


def test_what_refuses_stands_before_what_warns() -> None:
    assert codes(GOOD | {"yaw": 80.0, "clipped": 0.5, "noise": 30.0}) == [
        ("noisy", "refuse"),
        ("clipped", "warn"),
        ("profile", "warn"),
    ]


def test_other_limits_give_another_verdict_and_other_rules() -> None:
    soft = GOOD | {"blur": 60.0}
    loose = QualityControlConfig(blur_threshold=50)
    assert quality.judge(soft, LIMITS).verdict == "rejected"
    assert quality.judge(soft, loose).verdict == "approved"
    assert quality.judge(soft, LIMITS).rules != quality.judge(soft, loose).rules == quality.rules_of(loose)


measures = st.fixed_dictionaries({name: st.floats(-400, 4000, allow_nan=False) for name in GOOD} | {"faces": st.just(1.0)})


@given(values=measures)
def test_a_verdict_is_a_refusal_exactly_where_a_reason_refuses_and_every_reason_has_its_sentence(
    values: dict[str, float],
) -> None:
    judged = quality.judge(values, LIMITS)
    assert (judged.verdict == "rejected") == any(reason.level == "refuse" for reason in judged.reasons)
    for reason in judged.reasons:
        for language in messages.LANGUAGES:
            assert messages.text(f"quality.reason.{reason.code}", language, value=reason.value, limit=reason.limit)
