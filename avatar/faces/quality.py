"""The measures of a crop, and the verdict that follows from them.

`measure` computes numbers from pixels once; `judge` computes the verdict from the numbers, so that changed limits need no
pixels. RAW, standard and MidJourney pictures may each have their own limits (`config.KindLimits`); until
the user sets some, one set holds for all, since the measures of good pictures of the three kinds overlap.

Two levels. `refuse`: the user's own limits (confidence, brightness, contrast, blur), no face, a face or crop too small
to hold detail, strong noise, and several faces that could be meant: a picture with two people waits for the user
instead of silently teaching the wrong one. `warn`: what may be wanted (profiles, hard light, enlarged up to three times,
a face the frame cuts); blur apart, none of these measures predicts a bad LoRA.

Covered faces are not measured. MTCNN gives no confidence per keypoint; its one confidence is below 0.97 on none of 28 free
faces, and (or nothing is found) on 8 of 28 with the mouth covered, 7 with dark glasses, 18 behind a drawn hand. How far
keypoints move when the picture is mirrored tells no more. So `doubtful_face` is a remark, and no promise [measured].
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import utils
from avatar.faces import second_opinion
from avatar.faces.persons import NO_LIKENESS, SOMEBODY_ELSE, THE_CLIENT
from avatar.workspace.records import ImageRecord, Quality, Reason
from config import QualityControlConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

MEASURES_VERSION = 2  # another definition of a measure: pictures are measured anew
RULES_VERSION = 4  # other rules: stored measures are judged anew
Kind = Literal["raw", "standard", "mj"]

BLUR_FACE_SIDE_PX = 256  # the face's longer side where sharpness is measured; smaller faces stay as they are
BLUR_FACTOR = 4.0  # puts the user's 100 between blurred (8.4) and sharp (39 and more) [measured]
# What noise alone adds to the score, per squared sigma at that size: 96-116 on six noisy pictures [measured].
BLUR_PER_NOISE = 100.0
# The score falls with the square of the light: a face three stops too dark would be called blurred. [measured] Sharp faces
# whose light part lies at 67-79 have 63-87; blurred ones stay at 77 and below with the most that is given.
REFERENCE_LIGHT, MOST_GAIN = 128.0, 2.25
# A face is dark where its light part (90th percentile of its grey) stays below so many times the lowest brightness of a crop,
# 64 by the user's 40. [measured, ten portraits in linear light] As taken 90-215, lit from one side against black 77-213, behind
# by 3 stops 67-82, by 4 stops 19-61, and a quarter of each value 23-55. A dark skin in good light has its light part above 100.
DARK_FACE = 1.6
# A face is burnt where half of it is lighter than this. [measured] Two stops over 250-255, against a white background at most
# 194. A drawing may be as white as that.
BURNT_FACE = 240.0
NOISE_BLOCK_PX = 16
MIN_SHARE_IN_CROP = 0.95  # of the face's box; below, the frame cuts the face
MIN_HEAD_SHARE = 0.92  # of its height or width; the skull is an estimate that is off by some percent
PROFILE_YAW = 55.0  # degrees; from there one eye is hidden
EXTREME_PITCH = 25.0  # degrees; level faces reach 13 [measured], so twice that is a head thrown back or hung
DOUBTFUL_CONFIDENCE = 0.97  # [measured] see above; no free face was below 0.974


def measure(crop: Pixels, face_box: tuple[float, float, float, float]) -> dict[str, float]:
    """Return what can be measured on the pixels of a crop.

    crop      the square in the scale in which it was taken, or smaller; never enlarged (that would hide noise and
              invent blur)
    face_box  (left, top, width, height) of the face in the crop's pixels; may reach beyond it

    brightness, contrast   mean and standard deviation of the crop's grey, 0..255
    face_brightness        mean of the face's grey
    clipped                share of the face at 0-2 or 253-255
    face_contrast          standard deviation of the face's grey
    face_light             90th percentile of the face's grey: how bright its lit part is
    face_middle            its median
    blur                   sharpness: 4 x variance of the Laplacian (ksize 1) on the face at 256 px, less what noise adds, more
                           where the face is dark
    noise                  sigma per channel by Immerkaer (CVIU 64, 1996), median over blocks, so that hair counts little
    """
    import cv2

    grey: Pixels = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)  # type: ignore[assignment]
    face = _cut(grey, face_box)
    whole, of_face = _Levels(grey), _Levels(face)
    light = of_face.percentile(90)
    return {
        "brightness": whole.mean,
        "contrast": whole.deviation,
        "face_brightness": of_face.mean,
        "face_contrast": of_face.deviation,
        "face_light": light,
        "face_middle": of_face.percentile(50),
        "clipped": float(of_face.counts[[0, 1, 2, 253, 254, 255]].sum() / of_face.size),
        "blur": blur_score(face) * min(MOST_GAIN, max(1.0, REFERENCE_LIGHT / max(1.0, light)) ** 2),
        "noise": sum(noise_sigmas(crop, percentile=50)) / 3,
    }


class _Levels:
    """How often each of 256 levels is in some pixels: what is asked of them follows from that sooner than from the pixels."""

    def __init__(self, grey: Pixels) -> None:
        import cv2
        import numpy as np

        histogram = cv2.calcHist([np.ascontiguousarray(grey)], [0], None, [256], [0, 256])
        self.counts = np.asarray(histogram, np.float64).reshape(-1)
        self.levels = np.arange(256.0)
        self.size = grey.size
        self.mean = float(self.counts @ self.levels) / grey.size

    @property
    def deviation(self) -> float:
        return math.sqrt(float(self.counts @ (self.levels - self.mean) ** 2) / self.size)

    def percentile(self, percent: float) -> float:
        """Return the level below which that part of the pixels lies, between two as `numpy.percentile` has it."""
        import numpy as np

        place = percent / 100 * (self.size - 1)
        lower, upper = np.searchsorted(self.counts.cumsum(), [math.floor(place), math.ceil(place)], side="right")
        return float(lower + (upper - lower) * (place - math.floor(place)))


def _cut(grey: Pixels, box: tuple[float, float, float, float]) -> Pixels:
    left, top = max(0, round(box[0])), max(0, round(box[1]))
    face = grey[top : max(top, round(box[1] + box[3])), left : max(left, round(box[0] + box[2]))]
    return face if face.size else grey


def blur_score(face_grey: Pixels) -> float:
    """Return the sharpness of a face (higher is sharper), robust to resolution and, by subtraction, to noise."""
    import cv2

    scale = BLUR_FACE_SIDE_PX / max(face_grey.shape)
    if scale < 1:
        face_grey = cv2.resize(face_grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    variance = float(cv2.Laplacian(face_grey, cv2.CV_64F, ksize=1).var())
    return max(0.0, BLUR_FACTOR * variance - BLUR_PER_NOISE * noise_sigmas(face_grey, percentile=25)[0] ** 2)


def noise_sigmas(pixels: Pixels, *, percentile: float) -> list[float]:
    """Return the standard deviation of the noise in each channel, 0..255, from the given percentile of its blocks.

    Immerkaer's mask answers to single pixels and hardly to edges; skin and background set the value, not hair.
    """
    import cv2
    import numpy as np

    line = np.array([1, -2, 1], np.float32)  # his mask is this across and down
    answer = np.asarray(cv2.sepFilter2D(pixels, cv2.CV_32F, line, line), np.float32)
    np.abs(answer, out=answer)
    rows, columns = (length // NOISE_BLOCK_PX for length in answer.shape[:2])
    if rows and columns:  # the means of whole blocks: sums of whole numbers that 32 bits hold
        whole = answer[: rows * NOISE_BLOCK_PX, : columns * NOISE_BLOCK_PX]
        answer = np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
    channels = answer.reshape(-1, 1 if pixels.ndim == 2 else pixels.shape[2])
    return [float(np.sqrt(np.pi / 2) / 6 * np.percentile(channel, percentile)) for channel in channels.T]


# --- verdict ---------------------------------------------------------------------------------------------------------


def kind_of(record: ImageRecord) -> Kind:
    """Return whose limits hold for a picture."""
    if record.source == "mj":
        return "mj"
    return "raw" if record.picture.format == "RAW" else "standard"


@functools.lru_cache(maxsize=32)  # asked for every picture of thousands, with the same limits
def limits_for(limits: QualityControlConfig, kind: Kind) -> QualityControlConfig:
    """Return the limits in force for one kind of picture: the common ones with its own laid over them."""
    return limits.of_kind(kind)


@functools.lru_cache(maxsize=32)
def rules_of(limits: QualityControlConfig, kind: Kind = "standard") -> str:
    """Return the fingerprint of the limits in force for one kind of picture."""
    return utils.fingerprint([RULES_VERSION, dataclasses.asdict(limits_for(limits, kind))])


def judge(measures: Mapping[str, float], limits: QualityControlConfig, kind: Kind = "standard") -> Quality:
    """Return the verdict on a picture with all its reasons, those that refuse first.

    measures  of `measure`, and of the choice: faces, confidence, face_side_px, second_face_ratio, enlargement,
              share_in_crop, yaw, and pitch where it was measured. Without "faces", or with 0, there is no face and nothing
              else is judged. "turn": degrees clockwise after which a face stands upright, where that is not 0.
    """
    own = limits_for(limits, kind)
    turn = measures.get("turn", 0.0)
    reasons = [Reason(code="turned", level="refuse", value=turn)] if turn else []
    if measures.get("faces", 0):
        reasons += _reasons(measures, own)
    elif not turn:
        reasons = [_no_face(measures, own)]
    reasons.sort(key=lambda reason: reason.level != "refuse")  # stable: the order of the rules stays
    refused = any(reason.level == "refuse" for reason in reasons)
    return Quality(
        measures=dict(measures), verdict="rejected" if refused else "approved", reasons=reasons, rules=rules_of(limits, kind)
    )


def _exposure(measures: Mapping[str, float], limits: QualityControlConfig, note: Callable[..., None]) -> bool:
    """Note what is wrong with the light; return whether the face is legible enough to speak about its focus.

    The face decides: a low-key portrait is dark for its background, and no window behind it lights up a face.
    """
    value = measures.__getitem__
    dark_limit = min(255.0, DARK_FACE * limits.min_brightness)
    dark, bright = value("brightness") < limits.min_brightness, value("brightness") > limits.max_brightness
    dark_face = measures["face_light"] < dark_limit if "face_light" in measures else dark  # measured by an older version
    note(dark and dark_face, "too_dark", "brightness", limits.min_brightness)
    note(dark_face and not dark, "face_dark", "face_light", dark_limit)
    middle = measures.get("face_middle", value("brightness"))
    note(bright and middle > limits.max_brightness, "too_bright", "brightness", limits.max_brightness)
    burnt = max(BURNT_FACE, limits.max_brightness)
    note(middle > burnt and not bright and not measures.get("stylised"), "face_bright", "face_middle", burnt)
    flat = max(value("contrast"), measures.get("face_contrast", 0.0)) < limits.min_contrast
    note(flat, "low_contrast", "contrast", limits.min_contrast)
    return not (dark_face or flat)


def _no_face(measures: Mapping[str, float], limits: QualityControlConfig) -> Reason:
    """Return why a picture without a face to cut has none: faces that are too small, a crowd, or none at all."""
    count, side = measures.get("small_faces", 0.0), measures.get("small_face_px", 0.0)
    if count >= second_opinion.CROWD:
        return Reason(code="crowd", level="refuse", value=count)
    if not count:
        return Reason(code="no_face", level="refuse")
    if side < limits.min_face_side_px:
        return Reason(code="faces_small", level="refuse", value=side, limit=limits.min_face_side_px)
    return Reason(code="faces_far", level="refuse", value=side)


def _reasons(measures: Mapping[str, float], limits: QualityControlConfig) -> list[Reason]:
    value = measures.__getitem__
    found: list[Reason] = []

    def note(broken: bool, code: str, measure_name: str, limit: float, level: Any = "refuse") -> None:
        if broken:
            found.append(Reason(code=code, level=level, value=round(abs(value(measure_name)), 3), limit=limit))

    ambiguous = limits.ambiguous_face_ratio
    note(0 < value("second_face_ratio") >= ambiguous, "ambiguous_face", "second_face_ratio", ambiguous)
    drawn = bool(measures.get("stylised"))  # found by another network, whose scale is another: it has a limit of its own
    unsure = value("confidence") < limits.face_confidence_threshold and not drawn
    note(unsure, "low_confidence", "confidence", limits.face_confidence_threshold)
    note(value("face_side_px") < limits.min_face_side_px, "face_small", "face_side_px", limits.min_face_side_px)
    too_large = value("enlargement") > limits.refuse_enlargement
    note(too_large, "enlarged_far", "enlargement", limits.refuse_enlargement)
    legible = _exposure(measures, limits, note)
    note(legible and value("blur") < limits.blur_threshold, "blurred", "blur", limits.blur_threshold)
    note(value("noise") > limits.max_noise_sigma, "noisy", "noise", limits.max_noise_sigma)
    enlarged = value("enlargement") > limits.max_enlargement
    note(enlarged and not too_large, "enlarged", "enlargement", limits.max_enlargement, "warn")
    note(value("clipped") > limits.max_clipped_share, "clipped", "clipped", limits.max_clipped_share, "warn")
    note(value("share_in_crop") < MIN_SHARE_IN_CROP, "face_cut", "share_in_crop", MIN_SHARE_IN_CROP, "warn")
    note(measures.get("head_share", 1.0) < MIN_HEAD_SHARE, "head_cut", "head_share", MIN_HEAD_SHARE, "warn")
    note(abs(value("yaw")) > PROFILE_YAW, "profile", "yaw", PROFILE_YAW, "warn")
    pitch = measures.get("pitch", 0.0)  # pictures measured by an older version have none until they are judged anew
    note(pitch > EXTREME_PITCH, "looks_up", "pitch", EXTREME_PITCH, "warn")
    note(pitch < -EXTREME_PITCH, "looks_down", "pitch", EXTREME_PITCH, "warn")
    doubtful = limits.face_confidence_threshold <= value("confidence") < DOUBTFUL_CONFIDENCE
    note(doubtful and not drawn, "doubtful_face", "confidence", DOUBTFUL_CONFIDENCE, "warn")
    if drawn:
        found.append(Reason(code="stylised", level="warn", value=round(value("confidence"), 3)))
    return found + _other_persons(measures)


def _other_persons(measures: Mapping[str, float]) -> list[Reason]:
    """Return what follows from the likeness to the client's other pictures.

    identity         cosine to their mean; without it nothing is said
    identity_limit   below it the picture is refused, not only remarked on: -1 where that would not be sure
    identity_doubt   below it something is said at all
    """
    likeness = measures.get("identity")
    if likeness is None or likeness >= measures.get("identity_doubt", SOMEBODY_ELSE):
        return []
    shown = round(max(0.0, likeness), 2)  # what is below 0 is as unlike as 0
    if likeness >= SOMEBODY_ELSE:
        return [Reason(code="doubtful_person", level="warn", value=shown, limit=THE_CLIENT)]
    refused = likeness < measures.get("identity_limit", NO_LIKENESS)
    return [Reason(code="other_person", level="refuse" if refused else "warn", value=shown, limit=SOMEBODY_ELSE)]


def is_odd(record: ImageRecord) -> bool:
    """Return whether a picture is refused as somebody else's, or approved with a remark that it may be; by the rules alone."""
    if record.decision is None or record.decision.by == "user" or record.quality is None:
        return False
    level = "warn" if record.approved else "refuse"
    return any(r.level == level and r.code in ("other_person", "doubtful_person") for r in record.quality.reasons)
