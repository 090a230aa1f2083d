"""What a worker process sees in one picture: its faces, the face's vector and structure, the picture's layout and colours.

Nothing here knows with what it will be compared: other held-out photos are compared anew without opening a picture.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.faces import identity as face_identity
from avatar.faces import quality, stylised
from avatar.faces.face import KEYPOINTS, Box, DetectedFace, Detector, Point
from avatar.texts.text import PipelineError, Text, plain_text
from config import FaceConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

LOOKS_FILE = "looks.jsonl"
LOOKS_VERSION = 1  # raised when the same picture would give other values
STRUCTURE_PX = 64
# Half the side of the square about a face, in spreads of its five points: the whole head.
STRUCTURE_HALF = 3.2
LAYOUT_CELLS = 16  # to a side
MARGIN = 0.3  # [choice] of the face's side, around it: what its sharpness is measured in


@dataclass(frozen=True)
class Look:
    """What was seen. problem: the picture could not be opened.

    faces      how many sure ones; the rest is of that face where there is exactly one
    box        left, top, width, height in the picture's pixels
    structure  STRUCTURE_PX squared grey levels of the head, its points always in one scale and place
    layout     LAYOUT_CELLS squared means in Lab, 8 bits each
    """

    image_id: str
    faces: int = 0
    box: Box | None = None
    vector: str | None = None
    structure: bytes = b""
    layout: bytes = b""
    size: tuple[int, int] = (0, 0)
    sharpness: float | None = None
    exposure: float | None = None
    problem: Text | None = None


@dataclass(frozen=True)
class LookTask:
    """One picture to look at. face: where it is known already, in the picture's pixels, and alone."""

    image_id: str
    path: Path
    face_settings: FaceConfig
    min_confidence: float
    face: DetectedFace | None = None

    def examine(self, detector: Detector) -> Look:
        try:
            return _look(self, detector)
        except PipelineError as error:
            return self.failed(plain_text(error.text))  # it goes to another process
        except OSError as error:
            return self.failed(Text("likeness.not_read", {"name": self.path.name, "detail": str(error)}))
        except MemoryError:
            return self.failed(Text("faces.no_memory"))

    def failed(self, problem: Text) -> Look:
        return Look(self.image_id, problem=problem)


def _look(task: LookTask, detector: Detector) -> Look:
    from avatar.pictures import decode

    loaded = decode.load_rgb(task.path, max_side_px=task.face_settings.second_look_side_px)
    pixels, size = loaded.pixels, loaded.full_size
    scale = pixels.shape[1] / size[0]
    layout = layout_of(pixels)
    sure = [task.face.moved(scale)] if task.face is not None else _sure_faces(pixels, task, detector)
    if len(sure) != 1:
        return Look(task.image_id, faces=len(sure), layout=layout, size=size)
    (face,) = sure
    points = face_identity.points_of(pixels, face) or face.keypoints
    vector = face_identity.embedder().embed(face_identity.aligned(pixels, points))
    measured = quality.measure(*_around(pixels, face))
    return Look(
        task.image_id, faces=1, box=face.moved(1 / scale).box, vector=face_identity.packed(vector),
        structure=structure_of(pixels, points), layout=layout, size=size, sharpness=round(measured["blur"], 1),
        exposure=round(measured["face_brightness"], 1),
    )  # fmt: skip


def _sure_faces(pixels: Pixels, task: LookTask, detector: Detector) -> list[DetectedFace]:
    """Return the faces of a picture; a drawn one is sure by the second look's own limit."""
    found = stylised.find_faces(pixels, detector, task.face_settings)
    return [face for face in found.faces if found.stylised or face.confidence >= task.min_confidence]


def _around(pixels: Pixels, face: DetectedFace) -> tuple[Pixels, Box]:
    """Return the pixels about a face, and its box in them."""
    left, top, width, height = face.box
    margin = MARGIN * face.side
    x, y = max(0, int(left - margin)), max(0, int(top - margin))
    part = pixels[y : math.ceil(top + height + margin), x : math.ceil(left + width + margin)]
    return part, (left - x, top - y, width, height)


def structure_of(pixels: Pixels, points: Mapping[str, Point]) -> bytes:
    """Return the grey levels of a head, its five points' middle in the middle and their spread of one length."""
    import cv2
    import numpy as np

    places = np.array([points[name] for name in KEYPOINTS])
    middle = places.mean(0)
    spread = float(np.sqrt(((places - middle) ** 2).sum(1).mean())) or 1.0
    zoom = STRUCTURE_PX / (2 * STRUCTURE_HALF * spread)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    first = min(1.0, 2 * zoom)  # a warp takes four pixels; from far larger ones it would make noise
    small = cv2.resize(grey, None, fx=first, fy=first, interpolation=cv2.INTER_AREA)
    matrix = np.array(
        [[zoom / first, 0, STRUCTURE_PX / 2 - middle[0] * zoom], [0, zoom / first, STRUCTURE_PX / 2 - middle[1] * zoom]]
    )
    side = (STRUCTURE_PX, STRUCTURE_PX)
    return cv2.warpAffine(small, matrix, side, borderMode=cv2.BORDER_REPLICATE).tobytes()


def layout_of(pixels: Pixels) -> bytes:
    """Return the mean colours of a picture in Lab, cell by cell."""
    import cv2

    small = cv2.resize(pixels, (LAYOUT_CELLS, LAYOUT_CELLS), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_RGB2LAB).tobytes()


# --- in files --------------------------------------------------------------------------------------------------------


def as_row(look: Look) -> dict[str, object]:
    """Return a look as a line of a file holds it; `from_row` reads it."""
    return {
        "picture_id": look.image_id, "rules": LOOKS_VERSION, "faces": look.faces,
        "box": None if look.box is None else [round(value, 1) for value in look.box], "vector": look.vector,
        "structure": base64.b64encode(look.structure).decode("ascii"), "layout": base64.b64encode(look.layout).decode("ascii"),
        "size": list(look.size), "sharpness": look.sharpness, "exposure": look.exposure,
    }  # fmt: skip


def from_row(row: Mapping[str, Any]) -> Look | None:
    """Return the look of a line; None for one of other rules, or that is none."""
    if row.get("rules") != LOOKS_VERSION:
        return None
    try:
        width, height = map(int, row["size"])
        found = Look(
            str(row["picture_id"]), faces=int(row["faces"]), box=None if row["box"] is None else _box(row["box"]),
            vector=None if row["vector"] is None else str(row["vector"]), structure=base64.b64decode(str(row["structure"])),
            layout=base64.b64decode(str(row["layout"])), size=(width, height), sharpness=_number(row["sharpness"]),
            exposure=_number(row["exposure"]),
        )  # fmt: skip
    except (KeyError, ValueError, TypeError):
        return None
    whole = len(found.layout) == 3 * LAYOUT_CELLS**2 and len(found.structure) in (0, STRUCTURE_PX**2)
    return found if whole and (found.faces != 1 or (found.vector and found.structure and found.box)) else None


def _box(values: Sequence[Any]) -> Box:
    left, top, width, height = map(float, values)
    return left, top, width, height


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None
