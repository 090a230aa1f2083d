"""Light is named where it is clear; the hash knows a copy again."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from avatar.pictures import light as photo_light


def test_light_is_measured_and_named_only_where_it_is_clear() -> None:
    flat = np.full((40, 40, 3), 128, np.uint8)
    measures, light = photo_light.analyse_light(flat)
    assert (measures["brightness"], measures["contrast"], measures["warmth"]) == (128, 0, 0)
    assert light is not None and light.value == "soft" and "contrast 0" in light.evidence
    dramatic = np.zeros((40, 40, 3), np.uint8)
    dramatic[:, 28:] = 220
    found = photo_light.analyse_light(dramatic)[1]
    assert found is not None and found.value == "dramatic"
    checks = np.indices((40, 40)).sum(axis=0) % 2
    assert photo_light.analyse_light(np.stack([checks * 110 + 60] * 3, axis=2).astype(np.uint8))[1] is None


def test_the_hash_stays_for_a_copy_and_changes_for_another_picture() -> None:
    generator = np.random.default_rng(3)
    base = Image.fromarray(generator.integers(0, 255, (12, 12, 3), np.uint8)).resize((300, 300), Image.Resampling.BICUBIC)
    other = Image.fromarray(generator.integers(0, 255, (12, 12, 3), np.uint8)).resize((300, 300), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    base.resize((217, 217)).save(buffer, "JPEG", quality=60)
    copy = np.asarray(Image.open(buffer).convert("RGB"))
    value, of_copy, of_other = (int(photo_light.phash(pixels), 16) for pixels in (np.asarray(base), copy, np.asarray(other)))
    assert (value ^ of_copy).bit_count() <= 4
    assert (value ^ of_other).bit_count() > 12


# --- the limits, from both sides -------------------------------------------------------------------------------------


def of_values(*groups: tuple[int, tuple[int, int, int]]) -> NDArray[np.uint8]:
    """Return a picture of one row: so many pixels of each colour."""
    return np.asarray([[colour for count, colour in groups for _ in range(count)]], np.uint8)


def light_of(*groups: tuple[int, tuple[int, int, int]]) -> str | None:
    found = photo_light.analyse_light(of_values(*groups))[1]
    return found.value if found is not None else None


def grey(value: int) -> tuple[int, int, int]:
    return (value, value, value)


def test_the_figures_are_what_they_are_called() -> None:
    measures, _ = photo_light.analyse_light(of_values((1, grey(39)), (2, grey(40)), (3, grey(215)), (4, grey(216))))
    assert (measures["dark_share"], measures["bright_share"]) == (0.1, 0.4)
    assert measures["brightness"] == round((39 + 2 * 40 + 3 * 215 + 4 * 216) / 10, 3)
    assert photo_light.analyse_light(of_values((1, (200, 0, 80)), (1, (100, 255, 40))))[0]["warmth"] == 90
    assert photo_light.analyse_light(of_values((1, (80, 0, 200))))[0]["warmth"] == -120
    assert photo_light.analyse_light(of_values((5, grey(100)), (5, grey(140))))[0]["contrast"] == 20


@pytest.mark.parametrize(
    ("groups", "kind"),
    [
        # dramatic: more than 0.45 dark, contrast above 45
        (((46, grey(0)), (54, grey(150))), "dramatic"),
        (((45, grey(0)), (55, grey(150))), None),
        (((50, grey(0)), (50, grey(90))), None),  # contrast 45
        (((50, grey(0)), (50, grey(92))), "dramatic"),  # contrast 46
        # soft: contrast below 40, brightness above 70 and below 200
        (((50, grey(80)), (50, grey(158))), "soft"),  # contrast 39
        (((50, grey(80)), (50, grey(160))), None),  # contrast 40
        (((100, grey(70)),), None),
        (((100, grey(71)),), "soft"),
        (((100, grey(199)),), "soft"),
        (((100, grey(200)),), None),
        # studio: more than 0.3 bright, without a cast
        (((31, grey(255)), (69, grey(100))), "studio"),
        (((30, grey(255)), (70, grey(100))), None),
        (((100, (255, 240, 231)),), "studio"),
        (((100, (231, 240, 255)),), "studio"),
        (((100, (230, 240, 255)),), None),  # a cold cast
        # natural: warm by more than 12, brightness above 90
        (((50, (53, 40, 40)), (50, (193, 180, 180))), "natural"),
        (((50, (52, 40, 40)), (50, (192, 180, 180))), None),
        (((50, (60, 40, 40)), (50, (160, 130, 130))), "natural"),
        (((50, (60, 36, 40)), (50, (150, 126, 126))), None),  # as warm, but dark
    ],
)
def test_a_light_is_named_beyond_its_limits_and_not_at_them(
    groups: tuple[tuple[int, tuple[int, int, int]], ...], kind: str | None
) -> None:
    assert light_of(*groups) == kind


def test_a_name_comes_with_all_the_figures_that_led_to_it() -> None:
    measures, light = photo_light.analyse_light(of_values((50, (210, 140, 120)), (50, (60, 50, 45))))
    assert light is not None and light.value == "natural"
    assert light.evidence == ", ".join(f"{name} {value:g}" for name, value in measures.items())
    assert list(measures) == ["brightness", "contrast", "warmth", "dark_share", "bright_share"]


def test_the_hash_is_sixteen_digits_and_knows_no_brightness_and_no_size() -> None:
    base = np.random.default_rng(5).integers(40, 200, (8, 8, 3)).astype(np.uint8).repeat(40, 0).repeat(40, 1)
    value = photo_light.phash(base)
    assert len(value) == 16 and int(value, 16) >= 0
    assert photo_light.phash(base + np.uint8(30)) == value
    assert photo_light.phash(base.repeat(2, 0).repeat(2, 1)) == value
    assert (int(photo_light.phash(255 - base), 16) ^ int(value, 16)).bit_count() > 50  # a negative is the opposite
    assert (int(photo_light.phash(base[:, ::-1].copy()), 16) ^ int(value, 16)).bit_count() > 12
    assert int(value, 16) < 1 << 63  # the first place is the mean, which does not count
