"""Copies are told from likeness, with as many pictures on both sides."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar.results import copying
from avatar.results.copying import Heads, margin, nearer
from avatar.results.looks import STRUCTURE_PX

Floats = NDArray[np.float64]
SHAPE = STRUCTURE_PX**2


def units(rng: np.random.Generator, n: int, size: int, common: Floats | None = None, share: float = 0.0) -> Floats:
    """Return unit vectors that have the given share of a common direction."""
    made = rng.standard_normal((n, size))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    if common is not None:
        made = np.sqrt(share) * common + np.sqrt(1 - share) * made
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True))


class Person:
    """A person's photos, as vectors and structures: alike, each with something of its own."""

    def __init__(self, seed: int, photos: int, held: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.who, self.head = units(self.rng, 1, 128)[0], units(self.rng, 1, SHAPE)[0]
        self.photos, self.held = self.some(photos), self.some(held)

    def some(self, n: int) -> Heads:
        return Heads(units(self.rng, n, 128, self.who, 0.7), units(self.rng, n, SHAPE, self.head, 0.3))

    def margins(self, drawn: Heads) -> list[float]:
        found = [
            margin(vector, structure, self.held, self.photos, self.photos.structures)
            for vector, structure in zip(drawn.vectors, drawn.structures, strict=True)
        ]
        return [value for value in found if value is not None]


@pytest.mark.parametrize(("photos", "held"), [(15, 5), (85, 15), (34, 6)])
def test_a_model_that_copies_nothing_has_no_copy_risk_whatever_the_numbers(photos: int, held: int) -> None:
    risks, plain = [], []
    for seed in range(12):
        person = Person(seed, photos, held)
        drawn = person.some(24)
        risks.append(np.mean(person.margins(drawn)))
        plain.append(np.mean([(person.photos.vectors @ v).max() - (person.held.vectors @ v).max() for v in drawn.vectors]))
    assert np.mean(risks) == pytest.approx(0, abs=0.01)
    assert np.mean(plain) > 3 * abs(np.mean(risks))  # what the plain difference would call a copier


def test_pictures_that_repeat_trained_ones_are_told_apart_from_it() -> None:
    person = Person(1, 85, 15)
    copies = Heads(person.photos.vectors[:24], person.photos.structures[:24])
    assert np.mean(person.margins(copies)) > 0.3
    blurred = units(person.rng, 24, SHAPE)
    half = Heads(person.photos.vectors[:24], np.sqrt(0.99) * person.photos.structures[:24] + np.sqrt(0.01) * blurred)
    assert np.mean(person.margins(half)) > 0.3  # not exact, and still the picture


def test_a_copy_of_a_midjourney_picture_counts_though_photos_alone_are_compared() -> None:
    person = Person(2, 20, 5)
    drawn, mj = person.some(1), person.some(30)
    trained = np.concatenate([person.photos.structures, mj.structures])
    plain = margin(drawn.vectors[0], drawn.structures[0], person.held, person.photos, trained)
    copied = margin(drawn.vectors[0], mj.structures[7], person.held, person.photos, trained)
    assert plain is not None and copied is not None and copied > plain + 0.2


def test_without_both_sides_nothing_is_said() -> None:
    person = Person(3, 20, 5)
    none = Heads(np.zeros((0, 128)), np.zeros((0, SHAPE)))
    one = person.some(1)
    assert margin(one.vectors[0], one.structures[0], none, person.photos, person.photos.structures) is None
    assert margin(one.vectors[0], one.structures[0], person.held, none, none.structures) is None


def test_the_same_pictures_give_the_same_margin_and_equal_numbers_need_no_chance() -> None:
    rng = np.random.default_rng(5)
    trained, others = rng.random(40), rng.random(7)
    assert nearer(trained, others) == nearer(trained, others)
    assert nearer(others, others) == 0
    assert nearer(np.array([0.2, 0.9]), np.array([0.5, 0.1])) == pytest.approx(0.4)


def test_structures_are_compared_whatever_their_light_and_contrast() -> None:
    rng = np.random.default_rng(6)
    one = rng.integers(40, 200, SHAPE).astype(np.uint8)
    dark = (one * 0.5 + 10).astype(np.uint8)
    a, b, flat = copying.normalised([one.tobytes(), dark.tobytes(), bytes(SHAPE)])
    assert float(a @ b) > 0.99
    assert float(a @ flat) == 0
    assert copying.normalised([]).shape[0] == 0
