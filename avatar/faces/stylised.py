"""Drawn, painted and rendered faces: MidJourney's pictures are looked at by YuNet too, which finds more of them than MTCNN.

What MTCNN finds in such a picture counts if YuNet sees at least a hint of a face there: of 35 false faces in 387 pictures
without any 22 go, of 189 true ones 2. Where nothing is left, a face that YuNet is sure of counts if MTCNN's third network,
shown that place, takes it for one as well: 48 of the 79 faces that MTCNN misses, with 11 false ones. Nearly all that are false
then are frontal heads of dogs, cats and apes: `avatar/faces/human.py` tells them by SFace's vector. What only the second look
finds, and what may be no person's, gets a remark [measured: benchmarks/stylised.py].
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from avatar.faces import detection, human, yunet
from avatar.faces import face as face_values
from avatar.faces.face import Box, DetectedFace, Detector
from avatar.faces.identity import Identified
from avatar.texts.text import PipelineError
from config import FaceConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

LOG = logging.getLogger(__name__)
# YuNet is trained on small faces: at 320 px and 5 ms it finds more drawn ones than at 640 px and 13 ms, and fewer false ones.
# A head that fills the picture it finds better with a margin about it [measured].
LOOK_SIDE_PX, LARGER_LOOK_SIDE_PX = 320, 640
MARGIN = 0.25  # of the picture's longer side
HINT = 0.3  # of a face where MTCNN sees one; 0.5 loses one true face more and no false one [measured]
HINT_IOU = 0.3
SMALLEST_SHARE = 0.1  # of the longer side; false ones are often smaller, drawn portraits never [measured]
CERTAINTY = 0.6  # of MTCNN's third network: its own limit
SURE = 0.85  # [user] of MTCNN: what is less sure is YuNet's, if that is sure of it
COUNTED = 0.8  # a further face as sure as this is counted even if MTCNN's network does not take it for one
MOST_ASKED = 4  # [choice] faces of a picture that are asked whether they are a person's: 30 ms each
COUNTED_AS = 0.9  # how sure it then is on MTCNN's scale: as sure as a second face must be to be one


@runtime_checkable
class SecondOpinion(Detector, Protocol):
    """A detector that can be asked about one place."""

    def certainty(self, rgb: Pixels, box: Box) -> float:
        """Return how much the face in box is one, 0..1."""
        ...


@dataclass(frozen=True)
class Found:
    """The faces of a picture, the largest first."""

    faces: tuple[DetectedFace, ...]
    stylised: bool = False  # none of them was found by MTCNN, or the largest may be no person's
    vector: Identified | None = field(default=None, compare=False)  # of the first one, by which it was taken for a person's


def find_faces(rgb: Pixels, detector: Detector, settings: FaceConfig, copies: detection.Copies | None = None) -> Found:
    """Return the faces of a MidJourney picture, in rgb's coordinates; without YuNet's package those of MTCNN."""
    found = detection.find_faces(rgb, detector, settings, copies)
    looks = _looks(rgb)
    if looks is None or not isinstance(detector, SecondOpinion):
        return Found(tuple(found))
    return _of_persons(rgb, _looked_at_twice(rgb, found, looks, detector, settings))


def _looked_at_twice(
    rgb: Pixels, found: Sequence[DetectedFace], looks: _Looks, detector: SecondOpinion, settings: FaceConfig
) -> Found:
    """Return the faces that both networks see, or that YuNet is sure of and MTCNN's third network takes for one too."""
    seen = looks.near()
    kept = _confirmed(found, seen)
    if not kept:
        seen = [*seen, *looks.with_margin()]
        kept = _confirmed(found, seen) or (_confirmed(found, looks.larger()) if found else [])
    limit = settings.stylised_confidence
    sure = [face for face in kept if face.confidence >= SURE]
    if sure:
        return Found(_largest_first([*sure, *_further(sure, kept, seen, limit)]))
    faces = _sure(rgb, seen, detector, limit)
    return Found(faces, stylised=True) if faces else Found(_largest_first(kept))


def _looks(rgb: Pixels) -> _Looks | None:
    try:
        return _Looks(rgb, yunet.process_yunet())
    except (ImportError, PipelineError) as error:  # comparing faces says what is missing
        LOG.info("no second look at drawn faces: %s", error)
        return None


def _of_persons(rgb: Pixels, found: Found) -> Found:
    """Return the faces without the largest ones that are no person's: an animal beside a person counts as one more face."""
    for place, face in enumerate(found.faces[:MOST_ASKED]):
        score, vector = human.score_of(rgb, face)
        if score >= human.LEAST:
            return Found(found.faces[place:], found.stylised or score < human.DOUBTFUL, vector)
    return Found(())


class _Looks:
    """YuNet's faces in one picture, dark ones brightened."""

    def __init__(self, rgb: Pixels, network: yunet.YuNet) -> None:
        self._network = network
        self._rgb = detection.brightened(rgb) if detection.is_dark(rgb) else rgb

    def near(self) -> list[DetectedFace]:
        """Return the faces of the quickest look."""
        return self._at(LOOK_SIDE_PX)

    def larger(self) -> list[DetectedFace]:
        """Return the faces of a larger copy, small ones among them."""
        return self._at(LARGER_LOOK_SIDE_PX)

    def _at(self, side_px: int) -> list[DetectedFace]:
        scale = side_px / max(self._rgb.shape[:2])
        found = self._network.detect(detection.scaled(self._rgb, scale), threshold=HINT)
        return [face.moved(1 / scale) for face in found]

    def with_margin(self) -> list[DetectedFace]:
        """Return the faces of a copy with a margin: of heads that fill the picture."""
        import cv2

        scale = LOOK_SIDE_PX / (max(self._rgb.shape[:2]) * (1 + 2 * MARGIN))
        margin = round(MARGIN * LOOK_SIDE_PX / (1 + 2 * MARGIN))
        copy = detection.scaled(self._rgb, scale)
        framed = cv2.copyMakeBorder(copy, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        found = self._network.detect(framed, threshold=HINT)  # type: ignore[arg-type]
        return [face.moved(1 / scale, -margin / scale, -margin / scale) for face in found]


def _confirmed(found: Sequence[DetectedFace], seen: Sequence[DetectedFace]) -> list[DetectedFace]:
    """Return the faces where the other network sees one too; all of them if it sees one of them."""
    if any(face_values.overlap(face.box, other.box) >= HINT_IOU for face in found for other in seen):
        return list(found)
    return []


def _further(
    sure: Sequence[DetectedFace], kept: Sequence[DetectedFace], seen: Sequence[DetectedFace], limit: float
) -> list[DetectedFace]:
    """Return the faces beside the sure ones, those that only YuNet sees too: a drawn group is refused as several people."""
    unsure = _apart(kept, sure)
    counted = [
        DetectedFace(face.box, max(COUNTED_AS, face.confidence), face.keypoints)
        for face in _apart(seen, sure)
        if face.confidence >= (limit if _apart([face], unsure) == [] else COUNTED)
    ]
    return [*counted, *_apart(unsure, counted)]


def _sure(rgb: Pixels, seen: Sequence[DetectedFace], detector: SecondOpinion, limit: float) -> tuple[DetectedFace, ...]:
    """Return the faces that both networks take for one, and with them those that YuNet alone is sure of."""
    least = SMALLEST_SHARE * max(rgb.shape[:2])
    large = [face for face in _apart(seen, ()) if face.confidence >= limit and face.side >= least and detection.plausible(face)]
    if not any(detector.certainty(rgb, face.box) >= CERTAINTY for face in large):
        return ()
    return _largest_first(large)


def _apart(seen: Sequence[DetectedFace], found: Sequence[DetectedFace]) -> list[DetectedFace]:
    """Return the faces seen, each once (the surest of its looks), without those that lie on one found."""
    kept: list[DetectedFace] = []
    for face in sorted(seen, key=lambda f: -f.confidence):
        taken = [*found, *kept]
        if not any(face_values.overlap(face.box, o.box) >= HINT_IOU or face_values.inside(face.box, o.box) for o in taken):
            kept.append(face)
    return kept


def _largest_first(faces: Sequence[DetectedFace]) -> tuple[DetectedFace, ...]:
    return tuple(sorted(faces, key=lambda face: -face.side))
