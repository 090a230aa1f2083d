"""Decides how often the trainer sees each picture. Pure.

Shares are of exposures (pictures x repeats), since that is what a step sees.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from avatar.texts.text import PipelineError, Text
from avatar.workspace.records import ImageRecord
from config import DatasetDistribution

SOURCES = ("mj", "real")

SHARE_TOLERANCE = 0.02  # [choice] a share this near to the requested one counts as reached
ALMOST_AS_NEAR = 0.005  # [choice] among plans with shares this similar, the one nearest to the requested exposures is taken
MAX_GROWTH = 4  # [choice] of large sets: exposures per picture that an epoch may have to come nearer to the share

_NO_SOURCE = {"mj": "dataset.note.no_mj", "real": "dataset.note.no_real"}
_CAPPED = {"mj": "dataset.note.capped_mj", "real": "dataset.note.capped_real"}
_ALIKE = {"mj": "dataset.note.as_is_mj", "real": "dataset.note.as_is_real"}


class Candidate(NamedTuple):
    """The data of one approved picture that a plan needs; few fields, since there may be thousands."""

    image_id: str
    source: str
    phash: str | None  # 64 bits as 16 hex digits
    near_duplicate: bool
    sharpness: float


@dataclass(frozen=True)
class PlannedFolder:
    """Pictures that are seen `repeats` times an epoch."""

    repeats: int
    image_ids: tuple[str, ...]


@dataclass(frozen=True)
class DatasetPlan:
    """Which pictures are repeated how often; shares and counts by source ("mj", "real")."""

    folders: tuple[PlannedFolder, ...]
    repeats: Mapping[str, int]
    counts: Mapping[str, int]
    left_out: tuple[str, ...]
    shares_asked: Mapping[str, float]
    shares_reached: Mapping[str, float]
    exposures: int
    notes: tuple[Text, ...]


# --- plan ------------------------------------------------------------------------------------------------------------


def plan_dataset(records: Iterable[ImageRecord], distribution: DatasetDistribution) -> DatasetPlan:
    """Decide which approved pictures are used and how often.

    repeats   every approved picture is used; whole repeats per source come nearest to the shares
    select    one folder; pictures of the source with too many are left out, near-duplicates first
    as_is     one folder, every picture, whatever the shares
    A source whose share is 0 is left out. Raises PipelineError("dataset.no_pictures").
    """
    records = list(records)
    approved = [item for record in records if record.approved for item in candidates(record)]
    return plan_candidates(approved, distribution, total=len(records))


def candidates(record: ImageRecord) -> list[Candidate]:
    """Return a candidate for each crop of a picture; none is a near-duplicate because it is of the same picture."""
    first = candidate(record)
    return [first, *(first._replace(image_id=crop_id, phash=None) for crop_id in record.crop_ids[1:])]


def candidate(record: ImageRecord) -> Candidate:
    """Return the candidate of one picture."""
    sharpness = record.quality.measures.get("blur", 0.0) if record.quality else 0.0
    return Candidate(
        record.image_id, record.source, record.picture.phash, record.near_duplicate_of is not None, round(sharpness, 3)
    )


def plan_candidates(candidates: Iterable[Candidate], distribution: DatasetDistribution, *, total: int) -> DatasetPlan:
    """Plan as `plan_dataset` does, for approved pictures out of `total`. Raises PipelineError("dataset.no_pictures")."""
    asked = {"mj": distribution.mj_share, "real": distribution.real_share}
    approved: dict[str, list[Candidate]] = {source: [] for source in SOURCES}
    for picture in candidates:
        approved[picture.source].append(picture)
    if not any(approved.values()):
        raise PipelineError("dataset.no_pictures", total=total)
    used, notes = _sources_used(approved, asked)
    if distribution.strategy == "select":
        used = _selected(used, asked)
    counts = {source: len(used[source]) for source in SOURCES}
    if distribution.strategy == "repeats":
        repeats = choose_repeats(counts, asked, distribution)
    else:
        same = _equal_repeats(sum(counts.values()), distribution)
        repeats = {source: same for source in SOURCES if counts[source]}
    kept = {record.image_id for group in used.values() for record in group}
    left_out = sorted(record.image_id for group in approved.values() for record in group if record.image_id not in kept)
    exposures = {source: counts[source] * repeats.get(source, 0) for source in SOURCES}
    total = sum(exposures.values())
    reached = {source: exposures[source] / total for source in SOURCES}
    spare = {source for source in SOURCES if counts[source] < len(approved[source])}
    notes += _share_notes(counts, asked, reached, distribution, spare)
    if left_out:
        notes.append(Text("dataset.note.left_out", {"n": len(left_out)}))
    return DatasetPlan(_folders(used, repeats), repeats, counts, tuple(left_out), asked, reached, total, tuple(notes))


def _sources_used(
    approved: Mapping[str, list[Candidate]], asked: Mapping[str, float]
) -> tuple[dict[str, list[Candidate]], list[Text]]:
    """Drop a source with share 0, unless it is the only one; add a note for a source without pictures."""
    present = [source for source in SOURCES if approved[source]]
    wanted = [source for source in present if asked[source] > 0] or present
    notes: list[Text] = []
    for source in SOURCES:
        if not approved[source] and asked[source] > 0:
            n = _missing_pictures(source, {s: len(approved[s]) for s in SOURCES}, asked, max_ratio=1.0)
            notes.append(Text(_NO_SOURCE[source], {"percent": 100 * asked[source], "n": n}))
    return {source: list(approved[source]) if source in wanted else [] for source in SOURCES}, notes


def choose_repeats(counts: Mapping[str, int], asked: Mapping[str, float], distribution: DatasetDistribution) -> dict[str, int]:
    """Return integer repeats per source: nearest to the shares, then to the exposures of an epoch.

    Both are at most max_repeats, and neither is more than max_repeat_ratio times the other.
    """
    present = [source for source in SOURCES if counts[source]]
    if len(present) == 1:
        return {present[0]: _equal_repeats(counts[present[0]], distribution)}
    longest = max(2 * distribution.exposures_per_epoch, MAX_GROWTH * sum(counts.values()))
    found: list[tuple[float, float, int, int]] = []
    for mj in range(1, distribution.max_repeats + 1):
        for real in range(1, distribution.max_repeats + 1):
            exposures = counts["mj"] * mj + counts["real"] * real
            if max(mj, real) > distribution.max_repeat_ratio * min(mj, real):
                continue
            if exposures > longest and min(mj, real) > 1:
                continue
            distance = abs(counts["mj"] * mj / exposures - asked["mj"])
            found.append((distance, abs(math.log(exposures / distribution.exposures_per_epoch)), mj, real))
    nearest = min(found)[0]
    _, _, mj, real = min((length, distance, mj, real) for distance, length, mj, real in found
                         if distance <= nearest + ALMOST_AS_NEAR)  # fmt: skip
    return {"mj": mj, "real": real}


def _equal_repeats(pictures: int, distribution: DatasetDistribution) -> int:
    return min(max(round(distribution.exposures_per_epoch / pictures), 1), distribution.max_repeats)


def _missing_pictures(source: str, counts: Mapping[str, int], asked: Mapping[str, float], *, max_ratio: float) -> int:
    """Return how many more pictures of a source would reach its share if each is shown at most max_ratio times as often."""
    other = next(name for name in SOURCES if name != source)
    if asked[other] <= 0:
        return 0
    needed = counts[other] * asked[source] / (asked[other] * max_ratio)
    return max(math.ceil(round(needed, 6)) - counts[source], 0)


def _share_notes(
    counts: Mapping[str, int], asked: Mapping[str, float], reached: Mapping[str, float], distribution: DatasetDistribution,
    spare: Collection[str],
) -> list[Text]:  # fmt: skip
    """Return notes on why the shares were not reached and how many more pictures of which source would reach them.

    spare  sources with pictures left out: more of them would not help
    """
    short = next((source for source in SOURCES if asked[source] - reached[source] > SHARE_TOLERANCE), None)
    if short is None or not all(counts.values()):
        return []
    ratio = 1.0
    if distribution.strategy == "repeats":
        ratio = min(distribution.max_repeat_ratio, float(distribution.max_repeats))
    n = _missing_pictures(short, counts, asked, max_ratio=ratio)
    values: dict[str, object] = {
        "asked": 100 * asked[short], "reached": 100 * reached[short], "n": n, "ratio": ratio,
    }  # fmt: skip
    if n == 0 or short in spare:
        return [Text("dataset.note.whole_repeats", values)]
    return [Text((_CAPPED if distribution.strategy == "repeats" else _ALIKE)[short], values)]


def _folders(used: Mapping[str, list[Candidate]], repeats: Mapping[str, int]) -> tuple[PlannedFolder, ...]:
    """Return one folder per number of repeats."""
    by_repeats: dict[int, list[str]] = {}
    for source, group in used.items():
        if group:
            by_repeats.setdefault(repeats[source], []).extend(record.image_id for record in group)
    return tuple(PlannedFolder(n, tuple(sorted(ids))) for n, ids in sorted(by_repeats.items()))


# --- select ----------------------------------------------------------------------------------------------------------


def _selected(used: Mapping[str, list[Candidate]], asked: Mapping[str, float]) -> dict[str, list[Candidate]]:
    """Drop pictures of the source with too many for its share; at least one of each source stays."""
    kept = dict(used)
    if not all(used.values()):
        return kept
    for source, other in (("mj", "real"), ("real", "mj")):
        limit = max(round(len(used[other]) * asked[source] / asked[other]), 1)
        if len(used[source]) > limit:
            kept[source] = most_varied(used[source], limit)
    return kept


def most_varied(candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    """Return `limit` pictures that differ as much as possible, by taking the farthest one each time.

    Distance is that of the perceptual hashes (bits of 64); among equals, one that is no near-duplicate comes first, then the
    sharper one. Pictures without a hash come last.
    """
    import numpy as np  # here: the menu plans too, and seldom selects

    ordered = sorted(candidates, key=lambda one: (one.near_duplicate, -one.sharpness, one.image_id))
    known = np.array([one.phash is not None for one in ordered], dtype=bool)
    # Hashes in four parts of 16 bits, so that a table of 65,536 entries counts the bits that differ.
    hashes = np.array([int(one.phash or "0", 16) for one in ordered], dtype=np.uint64).view(np.uint16).reshape(-1, 4)
    bits = np.array([number.bit_count() for number in range(1 << 16)], dtype=np.int16)
    distance = np.where(known, 65, -1)
    chosen: list[Candidate] = []
    for _ in range(min(limit, len(ordered))):
        index = int(distance.argmax())  # the first of equals: the preferred one
        chosen.append(ordered[index])
        if known[index]:
            apart = bits[hashes ^ hashes[index]].sum(axis=1)
            distance = np.where(known, np.minimum(distance, apart), distance)
        distance[index] = -2  # taken
        known[index] = False
    return sorted(chosen)
