"""How many persons vectors show: no picture vouches for itself, strangers move nothing, and a second person is seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from avatar.faces import persons
from avatar.faces.persons import THE_CLIENT

Vector = NDArray[np.float32]
SIZE = 128


def around(middle: Vector, spread: float, count: int, seed: int) -> list[Vector]:
    """Unit vectors about a middle; with a spread of 0.9 their cosine to each other is 0.55, as of one person's pictures."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        noise = random.normal(size=SIZE)
        noise -= (noise @ middle) * middle
        vector = middle + spread * noise / np.linalg.norm(noise)
        made.append((vector / np.linalg.norm(vector)).astype(np.float32))
    return made


def axis(number: int) -> Vector:
    vector = np.zeros(SIZE, np.float32)
    vector[number] = 1.0
    return vector


def plain_likeness(vectors: list[Vector], members: tuple[int, ...]) -> list[float]:
    """The cosine of each vector to the mean of the members other than itself, one by one."""
    found = []
    for number, vector in enumerate(vectors):
        rest = [vectors[m] for m in members if m != number]
        mean = np.sum(rest, axis=0) if rest else np.zeros(SIZE)
        length = float(np.linalg.norm(mean))
        found.append(float(vector @ mean) / length if length else 0.0)
    return found


@settings(max_examples=40)
@given(own=st.integers(1, 9), strangers=st.integers(0, 9), seed=st.integers(0, 999))
def test_likeness_is_to_the_mean_of_the_others(own: int, strangers: int, seed: int) -> None:
    vectors = [*around(axis(0), 0.9, own, seed), *around(axis(1), 5.0, strangers, seed + 1)]
    person = persons.Person(tuple(range(own)), np.sum(vectors[:own], axis=0))
    assert person.likeness(np.stack(vectors)).tolist() == pytest.approx(plain_likeness(vectors, person.members), abs=1e-4)


def test_a_stranger_does_not_vouch_for_itself() -> None:
    """Alike enough for a mean that it is part of, not for the mean of the others."""
    ours = around(axis(0), 0.3, 5, 1)
    stranger = (0.42 * axis(0) + np.sqrt(1 - 0.42**2) * axis(9)).astype(np.float32)
    vectors = [*ours, stranger]
    total = np.sum(vectors, axis=0)
    assert float(stranger @ total) / float(np.linalg.norm(total)) > THE_CLIENT
    (found,) = persons.persons(vectors)
    assert found.members == (0, 1, 2, 3, 4)
    assert found.likeness(np.stack(vectors))[5] < THE_CLIENT


@settings(max_examples=40)
@given(own=st.integers(5, 8), strangers=st.integers(1, 8), seed=st.integers(0, 999))
def test_the_centre_stays_with_the_person_whatever_strangers_stand_by(own: int, strangers: int, seed: int) -> None:
    others = [vector for k in range(strangers) for vector in around(axis(10 + k), 0.9, 1, seed + k)]
    found = persons.persons([*others, *around(axis(0), 0.8, own, seed)])
    assert found[0].members == tuple(range(strangers, strangers + own))
    assert len(persons.of_like_number(found)) == 1


@pytest.mark.parametrize(
    ("one", "other", "several"), [(5, 5, 2), (8, 8, 2), (6, 4, 2), (9, 4, 2), (9, 3, 2), (3, 2, 2), (10, 3, 1), (5, 2, 1)]
)
def test_a_second_person_of_like_number_is_seen(one: int, other: int, several: int) -> None:
    vectors = [*around(axis(0), 0.7, one, 3), *around(axis(1), 0.7, other, 4)]
    found = persons.of_like_number(persons.persons(vectors))
    assert [len(person.members) for person in found] == [one, other][:several]


def test_four_persons_come_most_pictures_first_and_single_strangers_are_none() -> None:
    vectors = [v for k, count in enumerate((3, 9, 5, 7)) for v in around(axis(k), 0.7, count, k)] + around(axis(20), 0.5, 1, 9)
    assert [len(person.members) for person in persons.persons(vectors)] == [9, 7, 5, 3]


def test_nobody_and_no_two_alike_are_no_error() -> None:
    assert persons.persons([]) == []
    assert persons.persons([axis(k) for k in range(6)]) == []
    assert persons.of_like_number([]) == []


@settings(max_examples=20)
@given(order=st.permutations(range(12)))
def test_the_order_of_the_pictures_changes_nothing(order: list[int]) -> None:
    vectors = [*around(axis(0), 0.7, 7, 3), *around(axis(1), 0.7, 3, 4), *around(axis(2), 0.7, 2, 5)]
    found = persons.persons([vectors[i] for i in order])
    assert [sorted(order[i] for i in person.members) for person in found] == [[0, 1, 2, 3, 4, 5, 6], [7, 8, 9], [10, 11]]


def test_thousands_of_pictures_are_compared_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persons, "BLOCK", 7)
    vectors = [*around(axis(0), 0.7, 40, 3), *around(axis(1), 0.7, 9, 4)]
    assert [len(person.members) for person in persons.persons(vectors)] == [40, 9]
