"""A glance at a picture before MTCNN's long looks: where YuNet sees nothing like a face, they are saved.

Of 348 faces that MTCNN found in portraits and 25 kinds of variants of them (dark, blurred, noisy, tilted, on their side, cut,
masked, 2.5 % of the width) the glance sees every one: scores of 0.28 and 0.37 for the two hardest, 0.52 and more for all others
[measured]. In two of three pictures without a face it sees nothing. MTCNN still is what finds faces.

Where a face is seen for certain, MTCNN's scales for faces far smaller than any that is seen are saved too: on a portrait, more
than nine tenths of its first network's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from avatar.faces.face import DetectedFace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

QUICK_SIDE_PX, SIDE_PX = 320, 640  # the copies looked at; YuNet finds faces of 10 px
SCORE = 0.2  # what is less like a face than that is none
SURE_SCORE = 0.7  # a face for certain: no closer glance is needed
MOST_DOUBTFUL = 5  # [choice] places that MTCNN is asked about
SMALL_SHARE = 0.1  # of the long side: what a second, larger look is for
TURNED_SCORE = 0.6  # in a quarter turn. Of 49 pictures that MTCNN's looks call turned, the lowest score is 0.90 [measured]


@runtime_checkable
class Glancing(Protocol):
    """An engine that can glance."""

    def glance(self, rgb: Pixels, threshold: float) -> Sequence[DetectedFace] | None:
        """Return what may be faces in rgb, however unsure; None where the network for it is missing."""
        ...


@dataclass(frozen=True)
class Seen:
    """What a glance saw.

    sure      a face for certain, or the engine cannot glance
    smallest  then: side of the smallest place that may be a face, in shares of the picture's long side; 0: not known
    doubtful  else: places that may be faces, in shares of the picture's long side, the likeliest first
    """

    sure: bool = True
    smallest: float = 0.0
    doubtful: tuple[DetectedFace, ...] = ()


def glance(copy: Pixels, engine: object) -> Seen:
    """Return what is worth looking for in a picture; everything with an engine that cannot glance.

    copy  of some 640 px or more
    """
    if not isinstance(engine, Glancing):
        return Seen()
    places: list[DetectedFace] = []
    for side_px in (QUICK_SIDE_PX, SIDE_PX):
        small = _reduced(copy, side_px)
        found = engine.glance(small, SCORE)
        if found is None:
            return Seen()
        places += [face.moved(1 / max(small.shape[:2])) for face in found]
        if any(face.confidence >= SURE_SCORE for face in found):
            return Seen(smallest=min(place.side for place in places))
    return Seen(False, doubtful=tuple(sorted(places, key=lambda face: -face.confidence)[:MOST_DOUBTFUL]))


def turned_quarters(copy: Pixels, engine: object) -> tuple[int, ...]:
    """Return by how many quarter turns clockwise a face may stand upright: of 1, 2 and 3, those worth a look."""
    import numpy as np

    if not isinstance(engine, Glancing):
        return 1, 2, 3
    small = _reduced(copy, QUICK_SIDE_PX)
    found = []
    for quarter in (1, 2, 3):
        seen = engine.glance(np.ascontiguousarray(np.rot90(small, -quarter)), TURNED_SCORE)
        if seen is None or seen:
            found.append(quarter)
    return tuple(found)


def _reduced(copy: Pixels, side_px: int) -> Pixels:
    import cv2

    height, width = copy.shape[:2]
    scale = side_px / max(height, width)
    if scale >= 1:
        return copy
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(copy, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]
