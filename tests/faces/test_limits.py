"""What other limits would change: the same verdicts as judging with them, nothing written, the user's decisions kept."""

from __future__ import annotations

import dataclasses
import random

import pytest

from avatar.faces import limits, quality
from avatar.faces.limits import Measured
from config import KindLimits, QualityControlConfig

GOOD = {
    "faces": 1.0, "confidence": 0.99, "face_side_px": 300.0, "second_face_ratio": 0.0, "enlargement": 1.0,
    "share_in_crop": 1.0, "yaw": 3.0, "brightness": 111.0, "contrast": 55.0, "face_brightness": 120.0, "clipped": 0.0,
    "blur": 400.0, "noise": 2.0,
}  # fmt: skip
DEFAULTS = QualityControlConfig()


def picture(number: int, *, by_user: bool = False, **other: float) -> Measured:
    """A measured picture as the default limits judge it; by_user: the user said the opposite."""
    measures = {**GOOD, **other}
    verdict = quality.judge(measures, DEFAULTS).verdict
    if by_user:
        verdict = "approved" if verdict == "rejected" else "rejected"
    return Measured(f"real_{number:016x}", "standard", verdict, by_user, measures)


def test_a_preview_names_what_changes_in_either_direction_and_counts_all() -> None:
    pictures = [picture(1), picture(2, blur=90), picture(3, blur=40), picture(4, brightness=60)]
    found = limits.preview(pictures, dataclasses.replace(DEFAULTS, blur_threshold=80, min_brightness=70))
    assert (found.to_approved, found.to_rejected) == ([pictures[1].image_id], [pictures[3].image_id])
    assert (found.approved, found.rejected, found.kept) == (2, 2, 0)


def test_a_preview_says_of_random_pictures_what_judging_them_says() -> None:
    chance = random.Random(1)
    pictures = [
        picture(n, blur=chance.uniform(0, 400), brightness=chance.uniform(0, 255), face_side_px=chance.uniform(20, 400))
        for n in range(300)
    ]
    others = dataclasses.replace(DEFAULTS, blur_threshold=200, min_face_side_px=120)
    found = limits.preview(pictures, others)
    after = {one.image_id: quality.judge(one.measures, others).verdict for one in pictures}
    other = {one.image_id for one in pictures if one.verdict != after[one.image_id]}
    assert set(found.to_approved) == {image_id for image_id in other if after[image_id] == "approved"}
    assert set(found.to_rejected) == {image_id for image_id in other if after[image_id] == "rejected"}
    assert found.to_rejected and found.approved == list(after.values()).count("approved")


def test_what_the_user_decided_stays_and_is_counted_apart() -> None:
    found = limits.preview([picture(1, blur=40, by_user=True), picture(2, by_user=True)], DEFAULTS)
    assert (found.to_approved, found.to_rejected, found.kept) == ([], [], 2)
    assert (found.approved, found.rejected) == (1, 1)


def test_a_kind_of_picture_with_a_limit_of_its_own_keeps_it() -> None:
    own = dataclasses.replace(DEFAULTS, mj=KindLimits(blur_threshold=10))
    drawn = dataclasses.replace(picture(1, blur=40), kind="mj", verdict="approved")
    photo = dataclasses.replace(picture(2, blur=40), verdict="approved")
    found = limits.preview([drawn, photo], dataclasses.replace(own, blur_threshold=300))
    assert found.to_rejected == [photo.image_id]


def test_the_margin_is_that_of_the_limit_met_worst() -> None:
    assert limits.margin({**GOOD, "blur": 50.0}, DEFAULTS, "standard") == pytest.approx(0.5)
    assert limits.margin({**GOOD, "noise": 30.0}, DEFAULTS, "standard") == pytest.approx(0.5)
    assert (limits.margin(GOOD, DEFAULTS, "standard") or 0) > 1
    assert limits.margin({"faces": 0.0}, DEFAULTS, "standard") is None


def test_measures_stand_beside_their_limits_but_a_drawing_has_no_certainty() -> None:
    found = {one.name: one for one in limits.beside({**GOOD, "blur": 99.0}, DEFAULTS, "standard")}
    assert [name for name, one in found.items() if not one.meets] == ["blur_threshold"]
    assert (found["blur_threshold"].value, found["blur_threshold"].limit) == (99.0, 100.0)
    drawn = limits.beside({**GOOD, "stylised": 1.0, "confidence": 0.1}, DEFAULTS, "mj")
    assert "face_confidence_threshold" not in {one.name for one in drawn}


def test_a_histogram_counts_every_value_once() -> None:
    counts = limits.histogram([-5, 0, 199.9, 200, 400, 9000], limits.BY_NAME["blur_threshold"], bins=4)
    assert counts == [2, 1, 1, 2]
