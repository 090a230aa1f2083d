"""How far a head reaches beyond the face's box: hat, bun, tall hair, the back of the head in profiles.

Two sources. The keypoints give the skull: in units of the distance eyes-mouth the crown is 1.45 above the eyes and the chin
1.65 below (face canons). The picture gives what is on it: GrabCut on a copy of 72 px, 8 ms; before a plain wall all that has
another colour. Of 28 portraits with a bun, a pony tail, loose hair and short hair it marks hair as hair in 28, and with it the
lamp behind the head in one [measured]. A background that it cannot tell from the head leaves the skull.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from avatar.faces import face as face_values
from avatar.faces.face import Box, DetectedFace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

# From the eyes, in distances eyes-mouth. [choice] for the outermost: a top hat is as high as a face, a bun 1 above the crown.
CROWN, CHIN, HALF_SKULL = 1.45, 1.65, 1.35
HIGHEST, WIDEST = 3.4, 3.2
BESIDE, ABOVE, BELOW = (
    2.0,
    2.0,
    1.1,
)  # what is looked at, from the middle of the face, in its sides: shoulders tell clothes from wall
BODY_WIDE = 1.2  # as far from the middle, below the chin, a body is probable
COPY_SIDE_PX = 72
ROUNDS = 2  # of GrabCut; more change little
# Half axes of what is probably head, hair and all, and how much higher than the face its middle lies, in the face's sides. With
# the skull alone GrabCut takes a bun for background.
LIKELY, HIGHER = (0.75, 0.85), 0.15
FACE_SHARE = (0.36, 0.46)  # half axes of what is face for certain, in shares of the box
MOST_FOREGROUND = 0.6  # of the region above the chin that is no skull; more is a background like the head
PLAIN, UNLIKE = 16.0, 40.0  # [choice] grey levels in the channel that differs most
LEAST_ACROSS = 0.12  # of the box's width: what is narrower is a strand of hair, no head
Span = tuple[float, float]


def head_of(rgb: Pixels, face: DetectedFace) -> Box | None:
    """Return the box of the whole head in rgb's coordinates; None if the face lies or is flat."""
    import numpy as np

    eyes, mouth = face_values.midpoint(face, "left_eye", "right_eye"), face_values.midpoint(face, "mouth_left", "mouth_right")
    unit = mouth[1] - eyes[1]
    if unit <= 0.15 * face.side or abs(mouth[0] - eyes[0]) > unit:
        return None
    middle = face.box[0] + face.box[2] / 2
    skull = _Edges(middle - HALF_SKULL * unit, eyes[1] - CROWN * unit, middle + HALF_SKULL * unit, eyes[1] + CHIN * unit)
    x, y = face_values.centre_of(face.box)
    around = _Edges(x - BESIDE * face.side, y - ABOVE * face.side, x + BESIDE * face.side, y + BELOW * face.side)
    height, width = rgb.shape[:2]
    region = around.within(width, height)
    pixels = rgb[int(region.top) : int(np.ceil(region.bottom)), int(region.left) : int(np.ceil(region.right))]
    if min(pixels.shape[:2]) < face_values.SMALLEST_SIDE_PX:
        return None
    left, top = int(region.left), int(region.top)
    seen = _seen(pixels, face.moved(1.0, -left, -top), skull.moved(-left, -top), at_top=top == 0)
    if seen is None:
        return skull.box
    seen = seen.moved(left, top)
    return _Edges(
        min(skull.left, max(seen.left, middle - WIDEST * unit)),
        min(skull.top, max(seen.top, eyes[1] - HIGHEST * unit)),
        max(skull.right, min(seen.right, middle + WIDEST * unit)),
        skull.bottom,
    ).box


class _Edges:
    """A rectangle by its four edges."""

    def __init__(self, left: float, top: float, right: float, bottom: float) -> None:
        self.left, self.top, self.right, self.bottom = left, top, right, bottom

    @property
    def box(self) -> Box:
        return self.left, self.top, self.right - self.left, self.bottom - self.top

    def moved(self, across: float, down: float) -> _Edges:
        return _Edges(self.left + across, self.top + down, self.right + across, self.bottom + down)

    def scaled(self, scale: float) -> _Edges:
        return _Edges(self.left * scale, self.top * scale, self.right * scale, self.bottom * scale)

    def within(self, width: float, height: float) -> _Edges:
        return _Edges(max(0.0, self.left), max(0.0, self.top), min(width, self.right), min(height, self.bottom))


def _seen(region: Pixels, face: DetectedFace, skull: _Edges, *, at_top: bool) -> _Edges | None:
    """Return the edges of what belongs to the head in the region above the chin, or None where that cannot be told."""
    import cv2

    scale = min(1.0, COPY_SIDE_PX / max(region.shape[:2]))
    small = cv2.resize(region, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    chin = max(1, round(skull.bottom * scale))
    found = _foreground(small, face.moved(scale), chin, at_top=at_top)  # type: ignore[arg-type]
    if found is None:
        return None
    across, down = _extent(found[:chin], LEAST_ACROSS * face.box[2] * scale)
    return _Edges(across[0], down[0], across[1], down[1]).scaled(1 / scale)


def _foreground(small: Pixels, face: DetectedFace, chin: int, *, at_top: bool) -> Pixels | None:
    """Return the head's mask (0 and 1), or None where GrabCut finds no head or takes the background for it."""
    import cv2
    import numpy as np

    height, width = small.shape[:2]
    x, y = (round(value) for value in face_values.centre_of(face.box))
    mask = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    middle, axes = (x, round(y - HIGHER * face.side)), (round(LIKELY[0] * face.side), round(LIKELY[1] * face.side))
    cv2.ellipse(mask, middle, axes, 0, 0, 360, cv2.GC_PR_FGD, -1)
    reach = round(BODY_WIDE * face.side)
    mask[chin:, max(0, x - reach) : x + reach] = cv2.GC_PR_FGD
    mask[0], mask[:chin, 0], mask[:chin, -1] = cv2.GC_BGD, cv2.GC_BGD, cv2.GC_BGD
    if at_top:  # the picture's edge may cut a hat; where the region ends there is no head any more
        mask[0, max(0, x - axes[0]) : x + axes[0]] = cv2.GC_PR_FGD
    sure = np.zeros_like(mask)
    cv2.ellipse(sure, (x, y), (round(FACE_SHARE[0] * face.box[2]), round(FACE_SHARE[1] * face.box[3])), 0, 0, 360, 1, -1)
    mask[sure == 1] = cv2.GC_FGD
    if not (mask == cv2.GC_FGD).any() or not ((mask == cv2.GC_BGD) | (mask == cv2.GC_PR_BGD)).any():
        return None
    cv2.setRNGSeed(1)  # the same picture gives the same crop
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(small[..., ::-1]), mask, (0, 0, 1, 1), *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD) | _unlike_wall(small, chin)).astype(np.uint8)
    beside = np.ones_like(found)
    cv2.ellipse(beside, middle, axes, 0, 0, 360, 0, -1)
    beside[chin:] = 0
    if beside.any() and found[beside == 1].mean() > MOST_FOREGROUND:
        return None
    return _connected(found, (x, y))


def _unlike_wall(small: Pixels, chin: int) -> NDArray[np.bool_]:
    """Return where the colour is another than that of a plain wall around the head; nowhere if the wall is not plain."""
    import numpy as np

    wall = np.concatenate((small[0], small[1], small[:chin, 0], small[:chin, -1])).astype(np.float32)
    colour = np.median(wall, axis=0)
    if np.percentile(np.abs(wall - colour).max(axis=1), 90) > PLAIN:
        return np.zeros(small.shape[:2], bool)
    return np.abs(small.astype(np.float32) - colour).max(axis=2) > UNLIKE  # type: ignore[no-any-return]


def _connected(found: Pixels, at: tuple[int, int]) -> Pixels | None:
    """Return the part of a mask that holds a point, without threads; None if the point is in none."""
    import cv2
    import numpy as np

    opened = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(opened)
    x, y = min(max(at[0], 0), found.shape[1] - 1), min(max(at[1], 0), found.shape[0] - 1)
    return (labels == labels[y, x]).astype(np.uint8) if labels[y, x] else None


def _extent(mask: Pixels, least_px: float) -> tuple[Span, Span]:
    """Return from where to where a mask reaches across and down: rows and columns with fewer pixels do not count."""
    import numpy as np

    columns, rows = (np.flatnonzero(mask.sum(axis) >= max(1.0, least_px)) for axis in (0, 1))
    if not len(columns) or not len(rows):
        return (0.0, 0.0), (0.0, 0.0)
    return (float(columns[0]), float(columns[-1] + 1)), (float(rows[0]), float(rows[-1] + 1))
