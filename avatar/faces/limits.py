"""What other limits would change: the verdicts of measured pictures, without writing anything. Pure.

The same `quality.judge` as everywhere, on stored measures. What the user decided stays, whatever the limits say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from avatar.faces import quality
from avatar.faces.quality import Kind
from avatar.workspace.records import ImageRecord, Verdict
from config import QualityControlConfig


@dataclass(frozen=True)
class Limit:
    """One limit that a user moves: a field of QualityControlConfig.

    measure    the one that it judges
    low, high  where moving it makes sense; a file may go beyond
    is_least   the measure must reach it; else must not pass it
    """

    name: str
    measure: str
    low: float
    high: float
    step: float
    is_least: bool


LIMITS = (
    Limit("blur_threshold", "blur", 0, 400, 5, True),
    Limit("min_brightness", "brightness", 0, 120, 1, True),
    Limit("max_brightness", "brightness", 130, 255, 1, False),
    Limit("min_contrast", "contrast", 0, 80, 1, True),
    Limit("min_face_side_px", "face_side_px", 20, 400, 4, True),
    Limit("max_noise_sigma", "noise", 1, 40, 0.5, False),
    Limit("refuse_enlargement", "enlargement", 1.5, 8, 0.1, False),
    Limit("face_confidence_threshold", "confidence", 0.5, 1, 0.01, True),
)
BY_NAME: Mapping[str, Limit] = {limit.name: limit for limit in LIMITS}


@dataclass(frozen=True)
class Measured:
    """One measured picture as it stands."""

    image_id: str
    kind: Kind
    verdict: Verdict
    by_user: bool
    measures: Mapping[str, float]


@dataclass(frozen=True)
class Preview:
    """What limits would change. Image ids; the counts are of all measured pictures after the change.

    kept  pictures that these limits judge otherwise than the user did: they stay
    """

    approved: int = 0
    rejected: int = 0
    to_approved: list[str] = field(default_factory=list)
    to_rejected: list[str] = field(default_factory=list)
    kept: int = 0


def preview(pictures: Iterable[Measured], limits: QualityControlConfig) -> Preview:
    """Return which pictures would get another verdict by these limits."""
    counts: dict[Verdict, int] = {"approved": 0, "rejected": 0}
    to: dict[Verdict, list[str]] = {"approved": [], "rejected": []}
    kept = 0
    for one in pictures:
        verdict = quality.judge(one.measures, limits, one.kind).verdict
        if one.by_user:
            kept += verdict != one.verdict
            verdict = one.verdict
        elif verdict != one.verdict:
            to[verdict].append(one.image_id)
        counts[verdict] += 1
    return Preview(counts["approved"], counts["rejected"], to["approved"], to["rejected"], kept)


def measured(records: Iterable[ImageRecord]) -> list[Measured]:
    """Return the pictures of records that were measured and have a verdict."""
    return [
        Measured(r.image_id, quality.kind_of(r), r.decision.verdict, r.decision.by == "user", r.quality.measures)
        for r in records if r.quality is not None and r.decision is not None
    ]  # fmt: skip


def _judged(measures: Mapping[str, float], limit: Limit) -> float | None:
    """Return the measure that a limit judges; None where it does not: another network found a drawn face, on another scale."""
    if limit.measure == "confidence" and measures.get("stylised"):
        return None
    return measures.get(limit.measure)


# --- how near a picture is to its limits -----------------------------------------------------------------------------


def margin(measures: Mapping[str, float], limits: QualityControlConfig, kind: Kind) -> float | None:
    """Return how well a picture meets the limit that it meets worst: 1 just so, 2 twice over; below 1 it does not.

    None where it has no face to judge.
    """
    if not measures.get("faces"):
        return None
    own = quality.limits_for(limits, kind)
    ratios = []
    for limit in LIMITS:
        value, at = _judged(measures, limit), float(getattr(own, limit.name))
        if value is None:
            continue
        over, under = (value, at) if limit.is_least else (at, value)
        if under > 0:
            ratios.append(over / under)
    return min(ratios, default=None)


@dataclass(frozen=True)
class Beside:
    """A measure beside the limit that judges it. meets: the limit alone is met; other rules may still say otherwise."""

    name: str
    measure: str
    value: float
    limit: float
    is_least: bool
    meets: bool


def beside(measures: Mapping[str, float], limits: QualityControlConfig, kind: Kind) -> list[Beside]:
    """Return the measures of a picture beside their limits, in a fixed order."""
    if not measures.get("faces"):
        return []
    own = quality.limits_for(limits, kind)
    found = []
    for limit in LIMITS:
        if (value := _judged(measures, limit)) is not None:
            at = float(getattr(own, limit.name))
            found.append(
                Beside(limit.name, limit.measure, value, at, limit.is_least, value >= at if limit.is_least else value <= at)
            )
    return found


def histogram(values: Iterable[float], limit: Limit, bins: int = 40) -> list[int]:
    """Return how many values lie in each of equal parts of a limit's range; those beyond count in the outer ones."""
    counts = [0] * bins
    width = (limit.high - limit.low) / bins
    for value in values:
        counts[min(bins - 1, max(0, int((value - limit.low) / width)))] += 1
    return counts
