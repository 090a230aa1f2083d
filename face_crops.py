"""One picture: find, choose, cut and judge its face, and write the crop or a preview; what a worker process runs.

Nothing here knows about clients and records; a Task carries all that is needed, an Outcome all that was found.
"""

from __future__ import annotations

import functools
import math
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import face_identity
import faces
import png_file
import quality
import utils
from config import FaceConfig, QualityControlConfig
from faces import Box, DetectedFace, Detector
from raw_cache import Developed
from records import Crop, FaceChoice, Quality, Verdict
from utils import PipelineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

CROP_VERSION = 1  # another way of cutting: pictures are cut anew
PREVIEW_SIDE_PX = 1024
PREVIEW_JPEG_QUALITY = 88
Square = tuple[int, int, int, int]


@dataclass(frozen=True)
class Task:
    """All that a worker needs to know of one picture."""

    image_id: str
    original: Path
    target: Mapping[str, Path]  # verdict -> file to write
    known_faces: tuple[DetectedFace, ...] | None  # None: detect
    users_face: tuple[float, float, float, float] | None  # box of the face the user picked
    users_verdict: Verdict | None
    face_settings: FaceConfig
    limits: QualityControlConfig
    identity_weights: Path | None = None  # measure whose face each is; None: do not
    clients_face: Box | None = None  # box of the face that looks like the client
    developed: Developed | None = None  # where the pixels of a RAW are kept


@dataclass(frozen=True)
class Outcome:
    """What a worker found out; its picture is written already."""

    image_id: str
    faces: tuple[DetectedFace, ...] = ()
    choice: FaceChoice | None = None
    crop: Crop | None = None
    identities: tuple[str, ...] = ()  # packed vector of each of faces, where it was asked for
    quality: Quality | None = None  # None: failed
    key: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    trace: str = ""  # of an unexpected error


@functools.lru_cache(maxsize=8)
def face_fingerprint(settings: FaceConfig) -> str:
    """Return what a record was processed with: one half for detection, one for the cut, so that each can change alone."""
    found_by = [faces.NETWORKS, settings.detection_side_px, settings.second_look_side_px]
    cut_by = [CROP_VERSION, quality.MEASURES_VERSION, settings.face_padding_factor, settings.crop_side_px]
    return f"{utils.fingerprint(found_by)}-{utils.fingerprint(cut_by)}"


def examine(task: Task, detector: Detector) -> Outcome:
    """Find, choose, cut and judge the face of one picture, and write its crop or preview; never raises but for Ctrl+C."""
    try:
        return _examine(task, detector)
    except PipelineError as error:
        return Outcome(task.image_id, key=error.key, values={name: str(value) for name, value in error.values.items()})
    except MemoryError:
        return Outcome(task.image_id, key="faces.no_memory")
    except OSError as error:
        return Outcome(task.image_id, key="faces.not_written", values={"detail": str(error)})
    except Exception as error:  # noqa: BLE001  # a broken file in a decoder, a bug: one of thousands must not end the run
        # For the log of the program: a worker has none, and what it logs would land on the user's screen.
        told = traceback.format_exc()
        values = {"detail": f"{type(error).__name__}: {error}"}
        return Outcome(task.image_id, key="faces.failed", values=values, trace=told)


def _examine(task: Task, detector: Detector) -> Outcome:
    import pictures

    settings = task.face_settings
    loaded = pictures.load_rgb(task.original, max_side_px=settings.second_look_side_px, developed=task.developed)
    size: tuple[int, int] = loaded.full_size
    if task.known_faces is None:
        scale = size[0] / loaded.pixels.shape[1]
        found = tuple(face.moved(scale) for face in faces.find_faces(loaded.pixels, detector, settings))
    else:
        found = task.known_faces
    if not found:
        judged = quality.judge({"faces": 0.0}, task.limits)
        _write_preview(task.target["rejected"], loaded.pixels)
        return Outcome(task.image_id, quality=judged)
    identities = _identities(task, found, loaded.pixels, size)
    choice = _choose(task, found, size)
    face = found[choice.index]
    square = faces.crop_square(face.box, face.keypoints, size, settings.face_padding_factor)
    needed = math.ceil(max(size) * settings.crop_side_px / (square[2] - square[0]))
    pixels = loaded.pixels
    if max(pixels.shape[:2]) < min(needed, max(size)):  # the reduced copy would make the crop softer than it need be
        del loaded
        side = needed if needed < max(size) else None
        pixels = pictures.load_rgb(task.original, max_side_px=side, developed=task.developed).pixels
    crop, scale = _cut(pixels, square, size, settings.crop_side_px)
    measures = _measures(found, choice, square, settings.crop_side_px) | quality.measure(
        crop, face.moved(scale, -square[0] * scale, -square[1] * scale).box
    )
    judged = quality.judge(measures, task.limits)
    verdict = task.users_verdict or judged.verdict
    if verdict == "approved":
        _write_png(task.target["approved"], _resized(crop, settings.crop_side_px))
    else:
        _write_preview(task.target["rejected"], crop)
    choice = choice.model_copy(update={"ambiguous": is_ambiguous(judged)})
    taken = Crop(square=square, side_px=settings.crop_side_px, scale=settings.crop_side_px / (square[2] - square[0]))
    return Outcome(task.image_id, found, choice, taken, identities, judged)


def _identities(task: Task, found: Sequence[DetectedFace], pixels: Pixels, size: tuple[int, int]) -> tuple[str, ...]:
    if task.identity_weights is None:
        return ()
    scale = pixels.shape[1] / size[0]
    points = [face.moved(scale).keypoints for face in found]
    return face_identity.embedded(pixels, points, face_identity.embedder(task.identity_weights))


def _choose(task: Task, found: Sequence[DetectedFace], size: tuple[int, int]) -> FaceChoice:
    if task.users_face is not None and (index := faces.nearest_face(found, task.users_face)) is not None:
        return FaceChoice(index=index, why="user")
    if task.clients_face is not None and (index := faces.nearest_face(found, task.clients_face)) is not None:
        return FaceChoice(index=index, why="identity")
    index, why, ambiguous = faces.choose(found, size, task.limits.ambiguous_face_ratio)
    return FaceChoice(index=index, why=why, ambiguous=ambiguous)


def _measures(found: Sequence[DetectedFace], choice: FaceChoice, square: Square, side_px: int) -> dict[str, float]:
    """Return the measures that need no pixels; a face that the user or likeness picked is nobody else's."""
    face = found[choice.index]
    return {
        "faces": float(len(found)),
        "confidence": face.confidence,
        "face_side_px": face.side,
        "second_face_ratio": 0.0 if choice.why in {"user", "identity"} else faces.second_face_ratio(found, choice.index),
        "enlargement": side_px / (square[2] - square[0]),
        "share_in_crop": faces.share_inside(face.box, square),
        **faces.pose_of(face),
    }


def _cut(pixels: Pixels, square: Square, size: tuple[int, int], side_px: int) -> tuple[Pixels, float]:
    """Return the square of a picture that may have been read at reduced scale, at most side_px wide, and its scale."""
    height, width = pixels.shape[:2]
    across, down = width / size[0], height / size[1]
    side = max(1, min(round((square[2] - square[0]) * across), width, height))
    left, top = min(round(square[0] * across), width - side), min(round(square[1] * down), height - side)
    crop = pixels[top : top + side, left : left + side]
    if side > side_px:
        crop = _resized(crop, side_px)
    return crop, crop.shape[0] / (square[2] - square[0])


def _resized(crop: Pixels, side_px: int) -> Pixels:
    import cv2

    if crop.shape[0] == side_px:
        return crop
    way = cv2.INTER_AREA if crop.shape[0] > side_px else cv2.INTER_LANCZOS4
    return cv2.resize(crop, (side_px, side_px), interpolation=way)  # type: ignore[return-value]


def _write_png(path: Path, rgb: Pixels) -> None:
    utils.write_atomic(path, png_file.encode_rgb(rgb))


def _write_preview(path: Path, rgb: Pixels) -> None:
    import cv2

    small = faces.scaled(rgb, min(1.0, PREVIEW_SIDE_PX / max(rgb.shape[:2])))
    # imencode and our own file: cv2.imwrite cannot write to names outside the code page of Windows.
    _, data = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, PREVIEW_JPEG_QUALITY])
    utils.write_atomic(path, data.tobytes())


def is_ambiguous(judged: Quality) -> bool:
    """Tell whether several faces could be meant."""
    return any(reason.code == "ambiguous_face" for reason in judged.reasons)
