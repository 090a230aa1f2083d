"""Which photos no training sees, so that likeness can be measured on them. Pure.

A model that has learnt a photo by heart looks like it. So a part of the photos is kept out: whole sessions (one day, one
camera), since shots of one session are nearly alike; nothing that is a near-duplicate of a trained picture; faces from the
front and turned. What was held out stays so, however many photos come; the user's own mark stands above the rules.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from avatar.faces.pose import pose_class
from avatar.workspace.records import FURTHER, ImageRecord

RULES_VERSION = 1  # part of the question that the stages ask of records
LEAST_PHOTOS = 20  # with fewer, each of them is needed
LEAST_HELD, SHARE = 5, 0.15
MOST_SHARE = 1 / 3  # [choice] of the photos, where whole sessions make it more than was wanted
BURST_S = 5.0  # shots of one camera this near to each other stay together, as near-duplicates do

Pose = Literal["front", "turned"]
WANTED: frozenset[Pose] = frozenset({"front", "turned"})


class Photo(NamedTuple):
    """What the choice needs of an approved picture; few fields, since there may be thousands.

    taken  ISO 8601 as the camera wrote it, "" if unknown
    suits  its face can be compared, and looks like the client's
    use    "", "train" or "held_out", as it stands; by: whose mark that is
    near   the picture it is a near-duplicate of, or ""
    """

    image_id: str
    source: str
    taken: str
    camera: str
    phash: str
    near: str
    pose: str
    suits: bool
    use: str
    by: str


def photo(record: ImageRecord) -> Photo | None:
    """Return what the choice needs of a picture; None where it plays no part in it."""
    if not record.approved or (record.source != "real" and record.near_duplicate_of is None):
        return None
    camera, identity, use = record.camera, record.identity, record.use
    yaw = record.quality.measures.get("yaw") if record.quality else None
    return Photo(
        image_id=record.image_id, source=record.source, taken=record.picture.taken_at or "",
        camera=f"{camera.make or ''} {camera.model or ''}".strip() if camera else "", phash=record.picture.phash or "",
        near=record.near_duplicate_of or "", pose="" if yaw is None else "front" if pose_class(yaw) == "front" else "turned",
        suits=identity is not None and identity.verdict in (None, "client"), use=use.kind if use else "",
        by=use.by if use else "",
    )  # fmt: skip


def of_records(records: Iterable[ImageRecord], near_bits: int) -> frozenset[str]:
    """Return the ids of the photos to hold out, as `chosen` does."""
    return chosen([found for record in records if (found := photo(record)) is not None], near_bits)


def is_of(crop_id: str, held: Collection[str]) -> bool:
    """Return whether a crop is of one of these pictures."""
    return crop_id.partition(FURTHER)[0] in held


def wanted(photos: int) -> int:
    """Return how many of so many photos are held out.

    >>> wanted(19), wanted(20), wanted(100)
    (0, 5, 15)
    """
    return max(LEAST_HELD, round(SHARE * photos)) if photos >= LEAST_PHOTOS else 0


def chosen(pictures: Sequence[Photo], near_bits: int) -> frozenset[str]:
    """Return the ids of the photos to hold out.

    near_bits  hashes that differ in at most so many of 64 bits are of near-duplicates
    A choice that was made stands: called again with its marks, this returns it again.
    """
    photos = sorted(one for one in pictures if one.source == "real")
    by_user = frozenset(one.image_id for one in photos if (one.use, one.by) == ("held_out", "user"))
    if len(photos) < LEAST_PHOTOS:
        return by_user
    twins = {one.near for one in pictures if one.source != "real"}  # photos that a picture of MidJourney's is a copy of
    atoms = _atoms(photos, near_bits, twins)
    held = [atom for atom in atoms if atom.is_held]
    pool = [atom for atom in atoms if not atom.is_held and atom.may_be_held]
    held += _more(_sessions(pool), held, wanted(len(photos)), int(len(photos) * MOST_SHARE))
    return by_user | {one.image_id for atom in held for one in atom.photos if (one.use, one.by) != ("train", "user")}


# --- what cannot be separated ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Atom:
    """Photos that are held out together or not at all: near-duplicates and bursts. In order of their time."""

    photos: tuple[Photo, ...]
    is_copied: bool  # one of them is a near-duplicate of a MidJourney picture

    @property
    def is_held(self) -> bool:
        """Return whether it was held out before. A trained near-duplicate would give the others away."""
        held = [one for one in self.photos if one.use == "held_out"]
        return bool(held) and (any(one.by == "user" for one in held) or self.may_be_held)

    @property
    def may_be_held(self) -> bool:
        return not self.is_copied and not any((one.use, one.by) == ("train", "user") for one in self.photos)

    @property
    def first(self) -> tuple[str, str]:
        return self.photos[0].taken, self.photos[0].image_id


def _atoms(photos: Sequence[Photo], near_bits: int, twins: Collection[str]) -> list[_Atom]:
    """Return the photos in groups of near-duplicates and bursts, each in order of time."""
    links = [*_near(photos, near_bits), *_bursts(photos)]
    ids = {one.image_id: number for number, one in enumerate(photos)}
    copies = {one.image_id for one in photos if one.near.startswith("mj_")} | {*twins}
    links += [(number, ids[one.near]) for number, one in enumerate(photos) if one.near in ids]
    groups: dict[int, list[Photo]] = {}
    for number, root in enumerate(_roots(len(photos), links)):
        groups.setdefault(root, []).append(photos[number])
    return [
        _Atom(
            tuple(sorted(group, key=lambda one: (one.taken, one.image_id))),
            any(one.image_id in copies for one in group),
        )
        for group in groups.values()
    ]  # fmt: skip


def _near(photos: Sequence[Photo], near_bits: int) -> list[tuple[int, int]]:
    """Return the pairs of photos whose hashes are alike."""
    import numpy as np

    known = [number for number, one in enumerate(photos) if one.phash]
    hashes = np.array([int(photos[number].phash, 16) for number in known], dtype=np.uint64)
    parts = hashes.view(np.uint16).reshape(-1, 4)
    bits = np.array([number.bit_count() for number in range(1 << 16)], dtype=np.uint8)
    found: list[tuple[int, int]] = []
    for row, number in enumerate(known):
        apart = bits[parts[row + 1 :] ^ parts[row]].sum(axis=1)
        found += [(number, known[row + 1 + other]) for other in np.flatnonzero(apart <= near_bits).tolist()]
    return found


def _bursts(photos: Sequence[Photo]) -> list[tuple[int, int]]:
    """Return the pairs of photos that one camera took within seconds."""
    timed = sorted(
        (one.camera, moment, number) for number, one in enumerate(photos) if (moment := _seconds(one.taken)) is not None
    )
    return [(a[2], b[2]) for a, b in itertools.pairwise(timed) if a[0] == b[0] and b[1] - a[1] <= BURST_S]


def _seconds(taken: str) -> float | None:
    """Return a camera's time in seconds, without its zone; None where it names no time of day."""
    from datetime import datetime

    try:
        return (datetime.fromisoformat(taken.removesuffix("Z")).replace(tzinfo=None) - datetime.min).total_seconds()
    except ValueError:
        return None


def _roots(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each of count things one number that all linked with it share."""
    parent = list(range(count))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for a, b in links:
        parent[root(a)] = root(b)
    return [root(one) for one in range(count)]


# --- sessions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Session:
    """Photos of one day and camera, in order of time. dated: the day is known."""

    atoms: tuple[_Atom, ...]
    dated: bool

    @property
    def photos(self) -> list[Photo]:
        return [one for atom in self.atoms for one in atom.photos]

    @property
    def size(self) -> int:
        return len(self.photos)

    @property
    def order(self) -> tuple[Any, ...]:
        """Return what sessions are taken by: the day is known, not trained yet, then by chance that is always the same."""
        first = min(one.image_id for one in self.photos)
        trained = any(one.use == "train" for one in self.photos)
        return not self.dated, trained, hashlib.sha256(first.encode()).hexdigest()

    def halves(self) -> list[_Session]:
        """Return the two parts before and after the longest pause."""
        times = [_seconds(atom.photos[0].taken) or 0.0 for atom in self.atoms]
        pauses = [after - before for before, after in itertools.pairwise(times)]
        cut = max(range(len(pauses)), key=lambda number: pauses[number]) + 1
        return [_Session(self.atoms[:cut], self.dated), _Session(self.atoms[cut:], self.dated)]


def _sessions(atoms: Sequence[_Atom]) -> list[_Session]:
    """Return atoms by day and camera; those that two sessions share join them. Without a day, each is its own."""
    days: dict[tuple[str, str], int] = {}
    links: list[tuple[int, int]] = []
    for number, atom in enumerate(atoms):
        for one in atom.photos:
            if one.taken:
                links.append((number, days.setdefault((one.taken[:10], one.camera), number)))
    groups: dict[int, list[_Atom]] = {}
    for number, root in enumerate(_roots(len(atoms), links)):
        groups.setdefault(root, []).append(atoms[number])
    return [
        _Session(tuple(sorted(group, key=lambda atom: atom.first)), all(one.taken for atom in group for one in atom.photos))
        for group in groups.values()
    ]


def _more(sessions: list[_Session], held: Sequence[_Atom], least: int, most: int) -> list[_Atom]:
    """Return the atoms to hold out besides those that are: whole sessions, or parts of one where all are too large."""
    taken: list[_Atom] = []
    while True:
        photos = [one for atom in [*held, *taken] for one in atom.photos]
        short = sum(one.suits for one in photos) < least
        missing = WANTED - {one.pose for one in photos if one.suits}
        room = most - len(photos)
        session = _next(sessions, room, missing, short=short)
        if session is not None:
            sessions.remove(session)
            taken += session.atoms
            continue
        large = max((one for one in sessions if len(one.atoms) > 1), key=lambda one: (one.size, one.order), default=None)
        if not short or room < 1 or large is None:
            return taken
        sessions.remove(large)
        sessions += large.halves()


def _next(sessions: Iterable[_Session], room: int, missing: Collection[str], *, short: bool) -> _Session | None:
    """Return the session to take next: of those with room for them the one with most of the missing poses; None: none."""

    def new_poses(session: _Session) -> int:
        return len({one.pose for one in session.photos if one.suits} & set(missing))

    fitting = [
        one for one in sessions
        if one.size <= room and any(photo.suits for photo in one.photos) and (short or new_poses(one))
    ]  # fmt: skip
    return min(fitting, key=lambda one: (-new_poses(one), one.order), default=None)
