"""Finds the client's face among several in a picture, and marks pictures that show somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avatar.faces import identity as face_identity
from avatar.faces import quality
from avatar.faces import update as face_update
from avatar.faces import workers as face_workers
from avatar.faces.face import Detector
from avatar.workspace.client import Client
from avatar.workspace.records import FaceChoice, ImageRecord
from config import QualityControlConfig, Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Identity:
    """Result of comparing faces. reference: how many pictures define the client; None: faces are not compared."""

    reference: int | None = None
    chosen: int = 0  # pictures whose face was chosen by likeness in this run
    outliers: tuple[str, ...] = ()  # image ids of approved pictures that do not look like the others


# --- likeness --------------------------------------------------------------------------------------------------------


def identify(client: Client, records: dict[str, ImageRecord], settings: Settings, detector: Detector | None) -> Identity:
    """Choose the client's face where there are several, and mark the pictures that do not look like the others.

    The client is the person in most approved pictures that have one face, or one chosen by the user.
    """
    if face_identity.weights_file() is None:
        return Identity()
    sure = [
        v
        for r in records.values()
        if r.approved and (len(r.faces) == 1 or _chosen_by_user(r)) and (v := _vector(r)) is not None
    ]
    reference = face_identity.centroid(sure)
    if reference is None:
        return Identity(len(sure))
    chosen = 0
    for record in list(records.values()):
        if len(record.faces) > 1 and not _chosen_by_user(record):
            chosen += _chosen_by_likeness(client, records, record, reference, settings, detector)
    approved = {r.image_id: float(v @ reference) for r in records.values() if r.approved and (v := _vector(r)) is not None}
    lowest = face_identity.lowest_usual(list(approved.values()))
    for image_id, value in approved.items():
        records[image_id] = _with_similarity(client, records[image_id], value, lowest, settings.quality)
    return Identity(len(sure), chosen, tuple(i for i, value in approved.items() if value < lowest))


def _chosen_by_user(record: ImageRecord) -> bool:
    return record.face_choice is not None and record.face_choice.why == "user"


def _vector(record: ImageRecord) -> NDArray[np.float32] | None:
    """Return the embedding of the face that was cut out."""
    text = record.faces[record.face_choice.index].identity if record.face_choice is not None else None
    return None if text is None else face_identity.unpacked(text)


def _chosen_by_likeness(
    client: Client,
    records: dict[str, ImageRecord],
    record: ImageRecord,
    reference: NDArray[np.float32],
    settings: Settings,
    detector: Detector | None,
) -> bool:
    """Cut out the face that looks like the client, if exactly one does and is not cut out yet; return whether it was."""
    vectors = [face_identity.unpacked(face.identity) for face in record.faces if face.identity is not None]
    found = face_identity.same_person(vectors, reference) if len(vectors) == len(record.faces) else None
    if found is None or found[1]:
        return False
    choice = FaceChoice(index=found[0], why="identity")
    if record.face_choice == choice:
        return False
    task = face_update.task_of(client, record.model_copy(update={"face_choice": choice}), settings, detect=False)
    (outcome,) = face_workers.outcomes([task], 1, detector=detector)
    return face_update.save_outcome(client, records, outcome, settings) is None


def _with_similarity(
    client: Client, record: ImageRecord, value: float, lowest: float, limits: QualityControlConfig
) -> ImageRecord:
    """Return the record with its similarity to the others, saved only if that changes the verdict's reasons."""
    assert record.quality is not None  # noqa: S101 - approved pictures have one
    measures = record.quality.measures
    before = measures.get("identity")
    if before is not None and (before < measures.get("identity_limit", 0.0)) == (value < lowest):
        return record
    measures = measures | {"identity": round(value, 3), "identity_limit": round(lowest, 3)}
    judged = quality.judge(measures, limits, quality.kind_of(record))
    return face_update.save_verdict(client, record.model_copy(update={"quality": judged}))
