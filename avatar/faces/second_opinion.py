"""What YuNet says where MTCNN alone is not to be trusted: whether a picture lies on its side, and whether faces are too small.

Without YuNet's weights, or with an engine that cannot glance, MTCNN's word stands.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from avatar.faces import detection, pose
from avatar.faces.glance import Glancing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

TURN_SIDE_PX = 640
TURN_THRESHOLD = 0.3
# [measured] Of 28 portraits, and the same with a mouth drawn open, tilted by 25 and 35 degrees and turned by quarters (224 in
# all), YuNet is surer of the face that stands upright by 0.02 and more (median 0.05), of whatever is turned by none.
SURER = 0.02
UPRIGHT_LEAN = 45.0  # degrees
SMALL_SIDE_PX = 1280  # [measured] faces from 1.4 % of its long side on are found, as MTCNN finds those from 2 %
# [measured] On five pictures without a face nothing passes 0.6 at that size; most heads of 24 px in a landscape and crowds of
# 17 px do.
SMALL_THRESHOLD = 0.72
SMALL_SHARE = 0.06  # of the long side; a larger face that MTCNN does not see is another matter
CROWD = 5  # [choice] faces


def stands_otherwise(rgb: Pixels, turn: int, engine: object) -> bool:
    """Return whether a picture's face stands upright only after turning it by so many degrees clockwise.

    An open mouth, a hand, a hat make MTCNN unsure of an upright face and surer of some other place of the turned picture.
    """
    import numpy as np

    if not isinstance(engine, Glancing):
        return True
    copy = detection.scaled(rgb, min(1.0, TURN_SIDE_PX / max(rgb.shape[:2])))
    upright, turned = (_surest(np.ascontiguousarray(np.rot90(copy, -quarter)), engine) for quarter in (0, turn // 90))
    return upright is None or turned is None or turned >= upright + SURER


def small_faces(rgb: Pixels, full_side_px: int, engine: object) -> dict[str, float]:
    """Return the measures of faces too small for MTCNN: how many, and the side of the largest; {} where there are none.

    full_side_px  the long side of the whole picture, in whose pixels the measures are
    """
    if not isinstance(engine, Glancing):
        return {}
    copy = detection.scaled(rgb, min(1.0, SMALL_SIDE_PX / max(rgb.shape[:2])))
    longest = max(copy.shape[:2])
    found = [face.side / longest for face in engine.glance(copy, SMALL_THRESHOLD) or ()]
    small = [share for share in found if share <= SMALL_SHARE]
    if not small or len(small) < len(found):
        return {}
    return {"small_faces": float(len(small)), "small_face_px": float(math.floor(max(small) * full_side_px))}


def _surest(rgb: Pixels, engine: Glancing) -> float | None:
    """Return how sure YuNet is of the surest face that stands upright, 0 where there is none; None without YuNet."""
    faces = engine.glance(rgb, TURN_THRESHOLD)
    if faces is None:
        return None
    return max((face.confidence for face in faces if abs(pose.pose_of(face)["roll"]) <= UPRIGHT_LEAN), default=0.0)
