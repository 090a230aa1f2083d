"""Whether a face is a person's: heads of dogs, cats and apes look like one to MTCNN and to YuNet, but not to SFace.

SFace's vectors of what is no person's face lie in a part of the space of their own. A direction through the means of both
kinds (Fisher's, with a shrunken covariance) tells them apart: `benchmarks/stylised.py FOLDER --fit` prints it; the pictures it
was fitted on, and what it does to others, are in benchmarks/measured/stylised_origins.md.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from avatar.faces import identity
from avatar.faces.face import DetectedFace
from avatar.faces.identity import Identified

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Vector = NDArray[np.float32]

DIRECTION = (  # packed as `identity.packed` does: 128 numbers
    "9R9+Fyuomx9Gsfaa26nMqOsnlyPlIzMt5a0tqX4x1ahGJxisACmZl4cwDCyzIHYsx6STsmCylScwMmKo8xzyKYan3qsjqRGpRqwsL+aqWCeKIZAumLQIFgys"
    "mKgnqZ0ewyYGMBetBaihpSMrHS8CsImnXKZRIvatYKTnLmGpsS7nsMwsJbEdrTWsj7EJMZqxCSqVqbEw36WgLxWmcatgm0QbO6wrIp2nKi0AriYtSCQNrIes"
    "Yio6GSuryLHRLaape6WrqR8nhLAXrxumka+BrzqwP65ppgyy3y53H3IW+S0BsvsvtS74K5UrOaQQpqetkiSvpkQYH6xVnzkvv64irQ=="
)
# [measured] on the other half of the pictures: of what else was taken for a face 9 in 10 lie below LEAST, of drawn faces 4 in
# 100, of photos fewer than 1; below DOUBTFUL nearly all of it, a tenth of drawn faces and 3 of 100 photos.
LEAST, DOUBTFUL = -0.12, -0.04


def score_of(rgb: Pixels, face: DetectedFace) -> tuple[float, Identified]:
    """Return how much a face of a picture, in rgb's coordinates, is a person's, -1..1, and the vector that says so.

    Raises as `identity.embedder` does.
    """
    made = identity.identified(*identity.around(rgb, face))
    return score(identity.unpacked(made.vector)), made


def score(vector: Vector) -> float:
    """Return how much the face of this unit vector is a person's: -1..1."""
    return float(vector @ _direction())


@functools.lru_cache(maxsize=1)
def _direction() -> Vector:
    return identity.unpacked(DIRECTION)
