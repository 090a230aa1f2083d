"""Light is named where it is clear; the hash knows a copy again."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

import photo_light


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
