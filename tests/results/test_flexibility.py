"""A candidate that draws the same picture whatever the prompt is deaf to it; the face does not count."""

from __future__ import annotations

import numpy as np
import pytest

from avatar.results.flexibility import Seen, distance, flexibility
from avatar.results.looks import LAYOUT_CELLS, Look

CELLS = LAYOUT_CELLS**2
SIDE = 64 * LAYOUT_CELLS


def look(values: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], box: tuple[float, float, float, float] | None = None) -> Look:
    return Look("x", faces=1, box=box, layout=values.tobytes(), size=(SIDE, SIDE))


def noise(seed: int, spread: float = 40.0) -> Look:
    values = 128 + spread * np.random.default_rng(seed).standard_normal((LAYOUT_CELLS, LAYOUT_CELLS, 3))
    return look(np.clip(values, 0, 255).astype(np.uint8))


def series(spread: float, seeds: int = 2) -> list[Seen]:
    return [Seen(prompt, seed, noise(100 * seed + prompt, spread)) for seed in range(seeds) for prompt in range(4)]


def test_as_free_as_the_base_is_one_and_the_same_picture_for_all_prompts_is_none() -> None:
    base = series(30)
    assert flexibility(base, base) == 1
    assert flexibility(series(15), base) == pytest.approx(0.5, abs=0.05)
    deaf = [Seen(one.prompt, one.seed, noise(one.seed)) for one in base]
    assert flexibility(deaf, base) == 0


def test_pictures_of_other_seeds_are_never_compared_with_each_other() -> None:
    base = series(30, seeds=1)
    own = [Seen(one.prompt, one.prompt, noise(one.prompt)) for one in base]  # one prompt a seed
    assert flexibility(own, base) is None
    assert flexibility(base, []) is None


def test_only_what_lies_outside_the_faces_is_compared() -> None:
    one = np.full((LAYOUT_CELLS, LAYOUT_CELLS, 3), 100, np.uint8)
    other = one.copy()
    other[6:10, 6:10] = 200  # where the face is
    face = (6 * 64.0, 6 * 64.0, 4 * 64.0, 4 * 64.0)
    assert distance(look(one, face), look(other, face)) == 0
    assert distance(look(one), look(other)) == pytest.approx(100 * 3**0.5 * 16 / CELLS)
    everywhere = (0.0, 0.0, float(SIDE), float(SIDE))
    assert distance(look(one, everywhere), look(other)) is None
