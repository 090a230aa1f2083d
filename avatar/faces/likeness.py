"""Whose face each picture shows, beside the client's others: likeness, verdict, and how many persons there are.

Who the client is, the pictures say themselves, or the user has said so. From five photos on, the person whom most of them show
is the client; MidJourney's pictures are compared with the photos. With fewer photos the MidJourney pictures have a mean of
their own. Only a photo is ever refused, and only beside five others or more: what stylised pictures and means of one or two
are worth was not measured. Where a second person has about as many pictures, nobody is refused or
remarked on: the user is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from avatar.faces import crops as face_crops
from avatar.faces import identity as face_identity
from avatar.faces import persons, quality
from avatar.faces import update as face_update
from avatar.faces import workers as face_workers
from avatar.faces.face import Detector
from avatar.faces.persons import ENOUGH, NO_LIKENESS, SOMEBODY_ELSE, THE_CLIENT, Person
from avatar.workspace.client import Client
from avatar.workspace.records import FaceChoice, ImageRecord, Source
from config import QualityControlConfig, Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

Verdict = Literal["client", "doubtful", "other"]
WRITERS = 16  # records written at the same time: each waits for the disk, and a disk finishes many files together [measured]
WRITTEN_FROM = 0.02  # [choice] a likeness that moved less is not written again: one new picture moves all of them a little


@dataclass(frozen=True)
class Identity:
    """Result of comparing faces.

    reference   how many pictures define the client; None: faces are not compared
    chosen      pictures whose face was chosen by likeness in this run
    refused     image ids of photos that show somebody else
    outliers    of approved pictures that do not look like the client, or hardly
    persons     where the user must say who the client is: the pictures of each person, most first
    """

    reference: int | None = None
    chosen: int = 0
    refused: tuple[str, ...] = ()
    outliers: tuple[str, ...] = ()
    persons: tuple[tuple[str, ...], ...] = ()

    @property
    def odd(self) -> tuple[str, ...]:
        """All that do not look like the client."""
        return (*self.refused, *self.outliers)


@dataclass(frozen=True)
class _Seen:
    """A picture that can be compared."""

    record: ImageRecord
    vector: Vector
    sure: bool  # its face is the only one, or the user's choice: it may stand for the client


@dataclass(frozen=True)
class _Likeness:
    """How alike a picture is to the client, and what follows."""

    value: float
    refused_below: float = NO_LIKENESS
    doubted_below: float = SOMEBODY_ELSE


# --- the whole set ---------------------------------------------------------------------------------------------------


def identify(client: Client, records: dict[str, ImageRecord], settings: Settings, detector: Detector | None) -> Identity:
    """Choose the client's face where there are several, and judge whose face each picture shows. Records are saved."""
    if not face_identity.available():
        return Identity()
    seen = _seen(records.values())
    found = _persons_of(seen)
    chosen = 0
    if found is not None and not found.several and len(found.client.members) >= ENOUGH:
        for record in list(records.values()):
            if len(record.faces) > 1 and not _chosen_by_user(record):
                chosen += _chosen_by_likeness(client, records, record, found.client, settings, detector)
    if chosen:
        seen = _seen(records.values())
    likenesses = _likenesses(seen, found)
    with ThreadPoolExecutor(WRITERS, "record") as writers:  # each waits for the disk
        saved = writers.map(
            lambda image_id: _with_likeness(client, records[image_id], likenesses[image_id], settings.quality), likenesses
        )
        records.update(zip(likenesses, saved, strict=True))
    return summary(records.values(), chosen)


def summary(records: Iterable[ImageRecord], chosen: int = 0) -> Identity:
    """Return what the records say of whose faces they show; nothing is compared anew but how many persons there are."""
    everything = list(records)
    found = _persons_of(_seen(everything))
    several: tuple[tuple[str, ...], ...] = ()
    if found is not None and found.several:
        several = tuple(tuple(found.sure[i].record.image_id for i in person.members) for person in found.several)
    return Identity(
        reference=len(found.client.members) if found is not None else 0,
        chosen=chosen,
        refused=tuple(r.image_id for r in everything if not r.approved and quality.is_odd(r)),
        outliers=tuple(r.image_id for r in everything if r.approved and quality.is_odd(r)),
        persons=several,
    )


def _seen(records: Iterable[ImageRecord]) -> list[_Seen]:
    """Return the pictures that can be compared: approved, or refused for nothing but whose face it is."""
    return [
        _Seen(r, face_identity.unpacked(r.identity.vector), is_sure(r))
        for r in records
        if r.identity is not None and r.quality is not None and not _rejected_by_user(r)
        and face_crops.is_compared("approved" if r.approved else "rejected", r.quality)
    ]  # fmt: skip


def is_sure(record: ImageRecord) -> bool:
    """Return whether a picture may stand for a person: its face is the only one, or the user's choice."""
    return len(record.faces) == 1 or _chosen_by_user(record)


def _chosen_by_user(record: ImageRecord) -> bool:
    return record.face_choice is not None and record.face_choice.why == "user"


def _rejected_by_user(record: ImageRecord) -> bool:
    return record.decision is not None and record.decision.by == "user" and record.decision.verdict == "rejected"


# --- who the client is -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Persons:
    """The persons of one kind of picture. sure: the pictures that stand for them; several: where the client is not known."""

    source: Source
    sure: Sequence[_Seen]
    client: Person
    several: Sequence[Person]


def _persons_of(seen: Sequence[_Seen]) -> _Persons | None:
    """Return who is seen in the photos, or, with fewer than five, in MidJourney's pictures; None: too few of either."""
    for source in ("real", "mj"):
        sure = [item for item in seen if item.sure and item.record.source == source]
        if len(sure) >= ENOUGH:
            found = persons.persons([item.vector for item in sure])
            return _who(source, sure, persons.of_like_number(found)) if found else None  # no two alike
    return None


def _who(source: Source, sure: Sequence[_Seen], several: Sequence[Person]) -> _Persons:
    """Return which of several persons is the client: the only one, or those of whom the user said so, as one person."""
    known = [person for person in several if any(is_said(sure[i].record) for i in person.members)]
    if known:
        several = [persons.united(known)]
    return _Persons(source, sure, several[0], several if len(several) > 1 else [])


def is_said(record: ImageRecord) -> bool:
    """Return whether the user said that a picture shows the client."""
    return record.identity is not None and record.identity.by == "user"


def _likenesses(seen: Sequence[_Seen], found: _Persons | None) -> dict[str, _Likeness | None]:
    """Return the likeness of each picture; None where there is nothing to compare it with."""
    made: dict[str, _Likeness | None] = {}
    for source in ("real", "mj"):
        own = [item for item in seen if item.record.source == source]
        if found is not None and (found.source == source or found.source == "real"):
            made |= _to_the_client(own, found)
        else:
            made |= _among_few(own)
    return made


def _to_the_client(seen: Sequence[_Seen], found: _Persons) -> dict[str, _Likeness | None]:
    import numpy as np

    within = found.client.likeness(np.stack([item.vector for item in found.sure]))
    of_set = {item.record.image_id: float(value) for item, value in zip(found.sure, within, strict=True)}
    sure = found.source == "real" and len(found.client.members) >= ENOUGH and not found.several
    made: dict[str, _Likeness | None] = {}
    for item in seen:
        value = of_set.get(item.record.image_id, found.client.likeness_of(item.vector))
        aligned = item.record.identity is not None and item.record.identity.points == "yunet"
        refuses = sure and aligned and item.record.source == "real"
        doubted = NO_LIKENESS if found.several else THE_CLIENT  # odd beside whom, nobody knows
        made[item.record.image_id] = _Likeness(value, SOMEBODY_ELSE if refuses else NO_LIKENESS, doubted)
    return made


def _among_few(seen: Sequence[_Seen]) -> dict[str, _Likeness | None]:
    """Return the likeness of each of a few pictures to the mean of the others: remarks only, and only on strangers."""
    import numpy as np

    vectors = [item.vector for item in seen if item.sure]
    if len(vectors) < 2:
        return {item.record.image_id: None for item in seen}
    total = np.sum(vectors, axis=0)
    rest = [total - item.vector if item.sure else total for item in seen]
    return {
        item.record.image_id: _Likeness(float(item.vector @ others) / max(1e-9, float(np.linalg.norm(others))))
        for item, others in zip(seen, rest, strict=True)
    }


# --- several faces in a picture --------------------------------------------------------------------------------------


def _chosen_by_likeness(
    client: Client,
    records: dict[str, ImageRecord],
    record: ImageRecord,
    person: Person,
    settings: Settings,
    detector: Detector | None,
) -> bool:
    """Cut out the face that looks like the client, if exactly one does and is not cut out yet; return whether it was."""
    alike = {
        index: person.likeness_of(face_identity.unpacked(face.identity))
        for index, face in enumerate(record.faces) if face.identity is not None
    }  # fmt: skip
    own = [index for index, value in alike.items() if value >= THE_CLIENT]
    if len(own) != 1:
        return False
    choice = FaceChoice(index=own[0], why="identity")
    if record.face_choice == choice:
        return False
    task = face_update.task_of(client, record.model_copy(update={"face_choice": choice}), settings, detect=False)
    (outcome,) = face_workers.outcomes([task], 1, detector=detector)
    return face_update.save_outcome(client, records, outcome, settings) is None


# --- a record --------------------------------------------------------------------------------------------------------


def _with_likeness(
    client: Client, record: ImageRecord, likeness: _Likeness | None, limits: QualityControlConfig
) -> ImageRecord:
    """Return the record with its likeness to the client, saved only if that changes something."""
    assert record.quality is not None and record.identity is not None  # noqa: S101 - those that are compared have both
    if likeness is not None and _settled(record, likeness):
        return record
    said = record.identity.by == "user"
    measures = {k: v for k, v in record.quality.measures.items() if not k.startswith("identity")}
    if likeness is not None and not said and likeness.doubted_below > NO_LIKENESS:
        measures |= {
            "identity": round(likeness.value, 3),
            "identity_limit": likeness.refused_below,
            "identity_doubt": likeness.doubted_below,
        }
    judged = quality.judge(measures, limits, quality.kind_of(record))
    verdict = record.identity.verdict if said else None if likeness is None else _verdict(likeness.value)
    value = None if likeness is None else round(likeness.value, 3)
    compared = record.identity.model_copy(update={"likeness": value, "verdict": verdict})
    if judged == record.quality and compared == record.identity:
        return record
    changes = {"quality": judged, "identity": compared, "decision": face_update.decision_of(record, judged.verdict)}
    return face_update.save_verdict(client, record.model_copy(update=changes))


def _settled(record: ImageRecord, likeness: _Likeness) -> bool:
    """Return whether the record says all of this already, but for a few hundredths."""
    assert record.quality is not None and record.identity is not None  # noqa: S101
    before, measures = record.identity.likeness, record.quality.measures
    if before is None or abs(before - likeness.value) >= WRITTEN_FROM or _verdict(before) != _verdict(likeness.value):
        return False
    if record.identity.by == "user" or likeness.doubted_below == NO_LIKENESS:
        return "identity" not in measures
    limits = (measures.get("identity_limit"), measures.get("identity_doubt"))
    return limits == (likeness.refused_below, likeness.doubted_below)


def _verdict(value: float) -> Verdict:
    if value >= THE_CLIENT:
        return "client"
    return "doubtful" if value >= SOMEBODY_ELSE else "other"
