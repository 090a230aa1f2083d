"""How many persons a set of face vectors shows, and how alike each picture is to one of them.

A person is found robustly: the picture with the most neighbours starts, all that are like the mean of those found so far
belong to it, until nothing changes. A picture is never part of the mean that it is compared with: else 2.1-3.5 % of strangers
pass for the person, and not 0.3-0.75 % [measured: facts/faces.md, 400 sets of 5-8 pictures with 1-8 strangers].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    Vectors = NDArray[np.float32]

# [measured] against the mean of five and more others, aligned by YuNet: of 1,020 pictures of one person the lowest is 0.41, and
# 0.1 % lie below 0.45; of strangers 91 % lie below 0.30, and 0.3-0.75 % reach 0.45 (facts/faces.md).
SOMEBODY_ELSE = 0.30
THE_CLIENT = 0.45
NO_LIKENESS = -1.0  # a cosine that none is below
ENOUGH = 5  # pictures from which on a mean stands for a person: the limits were measured for so many
# [choice] share of two persons' pictures from which on nobody knows which of them is the client: 4 photos among 9 of a friend
# are asked about. Of two pictures more is needed: two strangers among five photos are refused without a question.
LIKE_NUMBER = 0.25
LIKE_NUMBER_OF_TWO = 0.4
MOST_PERSONS = 6  # [choice] shown to the user
MOST_ROUNDS = 20  # [choice] it settles in 2 or 3
ROUNDING = 0.01  # what is left of a vector taken out of itself, with some room
BLOCK = 1000  # rows compared at a time: memory stays small with thousands of pictures


@dataclass(frozen=True)
class Person:
    """One person of a set: which vectors, and their sum."""

    members: tuple[int, ...]
    total: Vector

    def likeness(self, vectors: Vectors) -> Vector:
        """Return how alike each of the set's vectors is to the mean of the others of this person; 0 where there is none."""
        return _likeness(vectors, self.total, self.members)

    def likeness_of(self, vector: Vector) -> float:
        """Return how alike a vector of any length that is not of the set is to the mean."""
        import numpy as np

        return float(vector @ self.total) / max(1e-9, float(np.linalg.norm(vector) * np.linalg.norm(self.total)))


def persons(vectors: Sequence[Vector]) -> list[Person]:
    """Return the persons of whom there are two pictures or more, the one with most pictures first."""
    import numpy as np

    if not vectors:
        return []
    stacked = np.stack(vectors)
    left = np.ones(len(stacked), bool)
    found: list[Person] = []
    while left.any() and len(found) < MOST_PERSONS:
        person = _grown(stacked, _neighbours_of_the_most_common(stacked, left), left)
        if len(person.members) < 2:
            break
        left[list(person.members)] = False
        left &= person.likeness(stacked) < THE_CLIENT
        if not any(other.likeness_of(person.total) >= THE_CLIENT for other in found):  # else other views of the same person
            found.append(person)
    return sorted(found, key=lambda person: -len(person.members))


def of_like_number(found: Sequence[Person]) -> list[Person]:
    """Return the persons of whom one is the client and nobody knows which: the first, and all with about as many pictures."""
    if not found:
        return []
    first = len(found[0].members)
    return [each for each in found if are_as_many(len(each.members), first)]


def are_as_many(pictures: int, of_the_first: int) -> bool:
    """Return whether a person with some pictures may be the client as well as the one with most of them.

    >>> are_as_many(4, 9), are_as_many(3, 10), are_as_many(2, 5), are_as_many(2, 3)
    (True, False, False, True)
    """
    return pictures >= (LIKE_NUMBER_OF_TWO if pictures <= 2 else LIKE_NUMBER) * (of_the_first + pictures)


def united(found: Sequence[Person]) -> Person:
    """Return several persons as one: the same person in other years or in another style, as the user says."""
    members = sorted(member for person in found for member in person.members)
    return Person(tuple(members), sum((person.total for person in found[1:]), found[0].total))


def _neighbours_of_the_most_common(vectors: Vectors, left: NDArray[np.bool_]) -> list[int]:
    """Return the vectors like the one that most of those left are like, itself included."""
    import numpy as np

    (places,) = np.nonzero(left)
    rest = vectors[places]
    counts = np.concatenate(
        [(rest[first : first + BLOCK] @ rest.T >= THE_CLIENT).sum(axis=1) for first in range(0, len(rest), BLOCK)]
    )
    best = int(np.argmax(counts))
    return [int(place) for place in places[rest @ rest[best] >= THE_CLIENT]]


def _grown(vectors: Vectors, start: Sequence[int], left: NDArray[np.bool_]) -> Person:
    """Return the person that a few vectors begin."""
    import numpy as np

    members = tuple(start)
    for _ in range(MOST_ROUNDS):
        likeness = _likeness(vectors, vectors[list(members)].sum(axis=0), members)
        now = tuple(int(place) for place in np.nonzero(left & (likeness >= THE_CLIENT))[0])
        if now in ((), members):
            break
        members = now
    return Person(members, vectors[list(members)].sum(axis=0))


def _likeness(vectors: Vectors, total: Vector, members: Sequence[int]) -> Vector:
    """Return the cosine of each vector with a sum of vectors; members of the sum are first taken out of it."""
    import numpy as np

    own = np.zeros(len(vectors), np.float32)
    own[list(members)] = 1.0
    product = vectors @ total
    square = float(total @ total) - 2 * own * product + own  # of the length of total - own x vector; vectors have length 1
    length = np.sqrt(np.maximum(square, 0))
    likeness: Vector = np.where(length > ROUNDING, (product - own) / np.maximum(length, ROUNDING), 0.0).astype(np.float32)
    return likeness
