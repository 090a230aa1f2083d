"""Quality: each measure tells apart what it is for, and each limit gives its own reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from avatar.faces import quality
from avatar.texts import translate
from avatar.texts.setting_errors import SettingError
from avatar.workspace.records import ImageRecord, Original, Picture
from config import KindLimits, QualityControlConfig

Pixels = NDArray[np.uint8]
LIMITS = QualityControlConfig()
FACE = (192.0, 192.0, 480.0, 640.0)
GOOD = {
    "faces": 1.0, "confidence": 0.99, "face_side_px": 640.0, "second_face_ratio": 0.0, "enlargement": 1.0, "share_in_crop": 1.0,
    "yaw": 0.0, "roll": 0.0, "pitch": 0.0, "brightness": 120.0, "contrast": 55.0, "blur": 600.0, "noise": 1.0, "clipped": 0.01,
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


@pytest.mark.parametrize("seed", range(20))
def test_measures_from_the_levels_are_those_of_the_pixels(seed: int) -> None:
    chance = np.random.default_rng(seed)
    shape = chance.integers(1, 60, 2)
    grey = np.clip(chance.normal(chance.integers(0, 256), chance.integers(1, 90), shape), 0, 255).astype(np.uint8)
    levels = quality._Levels(grey)
    assert (levels.mean, levels.deviation) == pytest.approx((grey.mean(), grey.std()))
    for percent in (0, 33.3, 50, 90, 100):
        assert levels.percentile(percent) == pytest.approx(np.percentile(grey, percent))


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


def test_a_picture_that_lies_on_its_side_is_refused_for_that_with_the_turn() -> None:
    (reason,) = quality.judge({"faces": 0.0, "turn": 90.0}, LIMITS).reasons
    assert (reason.code, reason.level, reason.value) == ("turned", "refuse", 90.0)
    judged = quality.judge(GOOD | {"turn": 270.0, "blur": 1.0}, LIMITS)
    assert judged.verdict == "rejected"
    assert [reason.code for reason in judged.reasons] == ["turned", "blurred"]
    for language in translate.LANGUAGES:
        assert "270" in translate.text("quality.reason.turned", language, value=270.0)


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
        ({"pitch": 26.0}, "looks_up", "warn"),
        ({"pitch": -26.0}, "looks_down", "warn"),
        ({"confidence": 0.96}, "doubtful_face", "warn"),
    ],
)
def test_each_limit_gives_its_own_reason(changed: dict[str, float], code: str, level: str) -> None:
    judged = quality.judge(GOOD | changed, LIMITS)
    [reason] = judged.reasons
    assert (reason.code, reason.level) == (code, level)
    assert judged.verdict == ("rejected" if level == "refuse" else "approved")
    assert reason.value == pytest.approx(abs(next(iter(changed.values()))))


@pytest.mark.parametrize(
    ("name", "at", "over"),
    [
        ("confidence", 0.97, 0.969), ("pitch", -25.0, -25.1), ("pitch", 25.0, 25.1), ("brightness", 40.0, 39.9),
        ("brightness", 220.0, 220.1), ("contrast", 25.0, 24.9), ("blur", 100.0, 99.9), ("noise", 15.0, 15.1),
        ("enlargement", 1.5, 1.51), ("second_face_ratio", 0.59, 0.6), ("clipped", 0.25, 0.26), ("face_side_px", 64.0, 63.9),
        ("share_in_crop", 0.95, 0.949), ("yaw", 55.0, 55.1),
    ],
)  # fmt: skip
def test_exactly_at_a_limit_a_picture_passes_and_beyond_it_does_not(name: str, at: float, over: float) -> None:
    assert codes(GOOD | {name: at}) == []
    assert len(codes(GOOD | {name: over})) == 1


def test_focus_is_judged_from_the_limits_of_brightness_and_contrast_on() -> None:
    assert codes(GOOD | {"brightness": 40.0, "contrast": 25.0, "blur": 1.0}) == [("blurred", "refuse")]


@pytest.mark.parametrize(("changed", "code"), [({"brightness": 39.0}, "too_dark"), ({"contrast": 24.0}, "low_contrast")])
def test_focus_is_not_judged_where_brightness_or_contrast_alone_is_too_low(changed: dict[str, float], code: str) -> None:
    assert codes(GOOD | changed | {"blur": 1.0}) == [(code, "refuse")]


def test_three_times_enlarged_is_the_most_and_only_one_of_the_two_reasons_is_given() -> None:
    assert codes(GOOD | {"enlargement": 3.0}) == [("enlarged", "warn")]
    assert codes(GOOD | {"enlargement": 3.01}) == [("enlarged_far", "refuse")]


@pytest.mark.parametrize(
    ("likeness", "limits", "expected"),
    [
        (0.45, {"identity_limit": 0.3, "identity_doubt": 0.45}, []),
        (0.449, {"identity_limit": 0.3, "identity_doubt": 0.45}, [("doubtful_person", "warn")]),
        (0.30, {"identity_limit": 0.3, "identity_doubt": 0.45}, [("doubtful_person", "warn")]),
        (0.299, {"identity_limit": 0.3, "identity_doubt": 0.45}, [("other_person", "refuse")]),
        (-0.2, {"identity_limit": 0.3, "identity_doubt": 0.45}, [("other_person", "refuse")]),
        (0.299, {"identity_limit": -1.0, "identity_doubt": 0.45}, [("other_person", "warn")]),
        (-0.2, {"identity_limit": -1.0, "identity_doubt": 0.3}, [("other_person", "warn")]),
        (0.31, {"identity_limit": -1.0, "identity_doubt": 0.3}, []),
    ],
)
def test_who_looks_like_somebody_else_is_refused_only_where_that_is_sure(
    likeness: float, limits: dict[str, float], expected: list[tuple[str, str]]
) -> None:
    assert codes(GOOD | {"identity": likeness} | limits) == expected
    assert codes(GOOD) == []  # nothing was compared


def test_black_and_white_within_two_steps_count_as_clipped() -> None:
    levels = np.array([0, 1, 2, 3, 252, 253, 254, 255], np.uint8)
    crop = np.repeat(np.tile(levels, (64, 8))[..., None], 3, axis=2)
    assert quality.measure(crop, (0, 0, 64, 64))["clipped"] == pytest.approx(6 / 8)


def test_a_face_box_beyond_the_crop_is_cut_to_it_and_one_outside_is_the_whole() -> None:
    crop = np.zeros((100, 100, 3), np.uint8)
    crop[:, 50:] = 200
    assert quality.measure(crop, (60, -20, 80, 300))["face_brightness"] == 200
    assert quality.measure(crop, (-30, 0, 60, 100))["face_brightness"] == 0
    assert quality.measure(crop, (300, 300, 10, 10))["face_brightness"] == 100


def test_sharpness_is_that_of_the_face_at_256_px_and_a_smaller_face_stays_as_it_is() -> None:
    import cv2

    rng = np.random.default_rng(3)
    small = np.clip(cv2.resize(rng.normal(120, 40, (40, 40)), (256, 256), interpolation=cv2.INTER_CUBIC), 0, 255).astype(
        np.uint8
    )
    variance = float(cv2.Laplacian(small, cv2.CV_64F, ksize=1).var())
    noise = quality.noise_sigmas(small, percentile=25)[0]
    assert quality.blur_score(small) == pytest.approx(max(0.0, 4 * variance - 100 * noise**2))
    twice = np.kron(small, np.ones((2, 2), np.uint8))
    assert quality.blur_score(twice) == pytest.approx(quality.blur_score(small), rel=1e-3)
    assert quality.blur_score(small[:100, :100]) != pytest.approx(quality.blur_score(small), rel=1e-3)


@pytest.mark.parametrize("sigma", [2.0, 5.0, 12.0])
def test_the_noise_of_a_flat_grey_is_its_standard_deviation(sigma: float) -> None:
    grey = np.clip(np.random.default_rng(4).normal(128, sigma, (512, 512)), 0, 255).round().astype(np.uint8)
    assert quality.noise_sigmas(grey, percentile=50)[0] == pytest.approx(sigma, rel=0.06)


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


def test_a_face_at_the_limit_of_confidence_is_approved_and_called_doubtful() -> None:
    assert codes(GOOD | {"confidence": 0.85}) == [("doubtful_face", "warn")]


def test_measures_of_an_older_version_without_a_pitch_are_judged() -> None:
    assert codes({name: value for name, value in GOOD.items() if name != "pitch"}) == []


@pytest.mark.parametrize("kind", ["raw", "standard", "mj"])
def test_a_limit_for_one_kind_holds_for_no_other(kind: quality.Kind) -> None:
    limits = QualityControlConfig(blur_threshold=100.0, **{kind: KindLimits(blur_threshold=700.0)})  # type: ignore[arg-type]
    kinds: tuple[quality.Kind, ...] = ("raw", "standard", "mj")
    refused = [one for one in kinds if quality.judge(GOOD, limits, one).verdict == "rejected"]
    assert refused == [kind]
    assert {one for one in kinds if quality.rules_of(limits, one) != quality.rules_of(LIMITS, one)} == {kind}


def test_limits_already_of_a_kind_are_the_same_rules_again() -> None:
    limits = QualityControlConfig(raw=KindLimits(max_noise_sigma=20))
    own = quality.limits_for(limits, "raw")
    assert own.max_noise_sigma == 20
    assert quality.rules_of(own) == quality.rules_of(limits, "raw")


def test_limits_of_a_kind_that_contradict_the_common_ones_are_named() -> None:
    with pytest.raises(SettingError) as caught:
        QualityControlConfig(mj=KindLimits(min_brightness=230))
    (told,) = caught.value.problems
    assert (told.key, told.values["other"], told.values["limit"]) == ("setting.order", "mj.min_brightness", "230")


@pytest.mark.parametrize(
    ("source", "form", "kind"), [("mj", "PNG", "mj"), ("real", "RAW", "raw"), ("real", "JPEG", "standard")]
)
def test_the_kind_follows_from_source_and_format(source: Any, form: str, kind: str) -> None:
    original = Original(name="a", sha256="0" * 64, bytes=1, stored="a", imported_at="2026-01-01")
    picture = Picture(format=form, width=1, height=1)
    record = ImageRecord(image_id=f"{source}_0123456789abcdef", source=source, original=original, picture=picture)
    assert quality.kind_of(record) == kind


measures = st.fixed_dictionaries({name: st.floats(-400, 4000, allow_nan=False) for name in GOOD} | {"faces": st.just(1.0)})


@given(values=measures)
def test_a_verdict_is_a_refusal_exactly_where_a_reason_refuses_and_every_reason_has_its_sentence(
    values: dict[str, float],
) -> None:
    judged = quality.judge(values, LIMITS)
    assert (judged.verdict == "rejected") == any(reason.level == "refuse" for reason in judged.reasons)
    for reason in judged.reasons:
        for language in translate.LANGUAGES:
            assert translate.text(f"quality.reason.{reason.code}", language, value=reason.value, limit=reason.limit)


# --- light of the face -----------------------------------------------------------------------------------------------

LIT = GOOD | {"face_light": 190.0, "face_middle": 150.0, "face_contrast": 45.0}


def in_linear_light(rgb: Pixels, factor: float) -> Pixels:
    """Return a picture exposed so many times as long, without its own curve: a power of 2.2."""
    return np.asarray(np.clip(255 * ((rgb / 255.0) ** 2.2 * factor) ** (1 / 2.2), 0, 255).round(), np.uint8)


def portrait(face: float, behind: int, side: int = 512) -> Pixels:
    """A face exposed `face` times as long as is right, before a background of one grey."""
    rgb = np.full((side, side, 3), behind, np.uint8)
    rgb[96:416, 128:384] = in_linear_light(drawn_face(side), face)[96:416, 128:384]
    return rgb


@pytest.mark.parametrize(
    ("face", "behind", "told"),
    [
        (1.0, 2, []),  # low key
        (1.0, 255, []),  # high key
        (1.0, 120, []),
        (1 / 32, 235, [("face_dark", "refuse")]),  # before a window
        (1 / 32, 2, [("too_dark", "refuse"), ("low_contrast", "refuse")]),
        (12.0, 20, [("face_bright", "refuse"), ("clipped", "warn")]),  # flash in the night
    ],
)
def test_the_face_decides_whether_a_picture_is_too_dark_or_too_bright(
    face: float, behind: int, told: list[tuple[str, str]]
) -> None:
    measured = quality.measure(portrait(face, behind), (128.0, 96.0, 256.0, 320.0))
    assert codes(GOOD | measured) == told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"brightness": 30.0}, []),  # a low-key portrait
        ({"brightness": 30.0, "face_light": 63.0}, ["too_dark"]),
        ({"brightness": 120.0, "face_light": 63.0}, ["face_dark"]),
        ({"brightness": 120.0, "face_light": 65.0}, []),
        ({"brightness": 230.0}, []),  # before a white wall
        ({"brightness": 230.0, "face_middle": 222.0}, ["too_bright"]),
        ({"brightness": 120.0, "face_middle": 222.0}, []),
        ({"brightness": 120.0, "face_middle": 241.0}, ["face_bright"]),
        ({"brightness": 120.0, "face_middle": 241.0, "stylised": 1.0, "confidence": 0.99}, []),
        ({"contrast": 20.0}, []),  # a face of contrast on a plain ground
        ({"contrast": 20.0, "face_contrast": 20.0}, ["low_contrast"]),
        ({"blur": 5.0, "face_light": 63.0}, ["face_dark"]),  # the score says nothing about a face in the dark
        ({"blur": 5.0}, ["blurred"]),
    ],
)
def test_each_limit_of_the_light_is_asked_of_crop_and_face(changed: dict[str, float], told: list[str]) -> None:
    refused = [reason.code for reason in quality.judge(LIT | changed, LIMITS).reasons if reason.level == "refuse"]
    assert refused == told


def test_the_limit_of_a_dark_face_follows_the_users_own_of_the_crop() -> None:
    assert codes(LIT | {"face_light": 70.0}, QualityControlConfig(min_brightness=50.0)) == [("face_dark", "refuse")]
    assert codes(LIT | {"face_light": 30.0}, QualityControlConfig(min_brightness=10.0)) == []


def test_measures_of_before_the_light_of_the_face_was_measured_are_judged_by_the_crop() -> None:
    assert codes(GOOD | {"brightness": 50.0, "blur": 5.0}) == [("blurred", "refuse")]
    assert codes(GOOD | {"brightness": 39.0}) == [("too_dark", "refuse")]


@pytest.mark.parametrize("stops", [2, 3])
def test_a_sharp_face_in_the_shade_is_not_called_blurred(stops: int) -> None:
    shade = in_linear_light(drawn_face(), 2.0**-stops)
    assert "blurred" not in {code for code, _ in codes(GOOD | quality.measure(shade, FACE))}
    soft = in_linear_light(blurred(drawn_face(), 12), 2.0**-stops)
    assert quality.measure(soft, FACE)["blur"] < LIMITS.blur_threshold


@pytest.mark.parametrize(
    ("measures", "code", "value"),
    [
        ({"small_faces": 2.0, "small_face_px": 24.0}, "faces_small", 24.0),
        ({"small_faces": 2.0, "small_face_px": 90.0}, "faces_far", 90.0),
        ({"small_faces": 31.0, "small_face_px": 24.0}, "crowd", 31.0),
        ({}, "no_face", None),
    ],
)
def test_a_picture_without_a_face_to_cut_says_whether_there_are_small_ones(
    measures: dict[str, float], code: str, value: float | None
) -> None:
    (reason,) = quality.judge({"faces": 0.0} | measures, LIMITS).reasons
    assert (reason.code, reason.level, reason.value) == (code, "refuse", value)
