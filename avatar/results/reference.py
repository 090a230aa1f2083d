"""What drawn pictures are compared with: photos that no training saw, and, for copies, the pictures that one did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import utils
from avatar.dataset import background
from avatar.dataset.prepared import prepared_captions
from avatar.faces import identity as face_identity
from avatar.faces.face import KEYPOINTS, DetectedFace
from avatar.results import copying, looks, sightings
from avatar.results.copying import Heads
from avatar.results.looks import LookTask
from avatar.results.scores import Reference, ReferenceKind, Yardstick
from avatar.results.sightings import OnProgress
from avatar.texts.text import Text
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord
from config import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LEAST = 3  # pictures in a mean that deserve the name
LOWER_QUARTILE = 0.25
MOST_TRAINED = 400  # [choice] trained pictures looked at for copies, 60 ms each the first time; of more, always the same part
FOLDER = "trials"  # of samples/: what was seen in the client's own pictures lies beside the trials


@dataclass(frozen=True)
class Against:
    """What every drawn picture is compared with.

    mean     unit vector of the reference; None without one
    rules    of measures that are taken against this: the version, and the trained pictures
    """

    reference: Reference | None
    mean: Floats | None
    yardstick: Yardstick | None
    rules: str
    held_out: Heads
    photos: Heads
    trained: Floats
    notes: tuple[Text, ...]


def chosen(records: Sequence[ImageRecord]) -> tuple[ReferenceKind, list[ImageRecord]]:
    """Return the pictures that likeness is measured against, and of what kind they are; [] where no face can be compared."""
    comparable = [r for r in records if r.approved and r.identity is not None and r.identity.verdict in (None, "client")]
    photos = [record for record in comparable if record.source == "real"]
    held = [record for record in photos if record.held_out]
    if len(held) >= LEAST:
        return "held_out", held
    return ("training", photos) if len(photos) >= LEAST else ("mj", comparable)


def of(records: Sequence[ImageRecord]) -> Reference | None:
    """Return the reference of a client's pictures; no picture is opened."""
    kind, pictures = chosen(records)
    if not pictures:
        return None
    known = sorted((record.image_id, record.identity.vector) for record in pictures if record.identity)
    return Reference(kind=kind, image_ids=tuple(i for i, _ in known), digest=utils.fingerprint([kind, known]))


def mean_of(records: Sequence[ImageRecord], reference: Reference) -> Floats:
    """Return the unit vector of the mean of the reference's pictures."""
    return face_identity.unit(_vectors(records, reference.image_ids).sum(0))


def yardstick(vectors: Floats) -> Yardstick | None:
    """Return each vector's likeness to the mean of the others, summed up; None where there are too few."""
    import numpy as np

    if len(vectors) < LEAST:
        return None
    others = vectors.sum(0) - vectors
    own = (vectors * others).sum(1) / np.maximum(np.linalg.norm(others, axis=1), 1e-9)
    low, spread = float(np.quantile(own, LOWER_QUARTILE)), float(own.std(ddof=1))
    return Yardstick(mean=float(own.mean()), low=low, spread=spread, n=len(own))


def against(
    client: Client, settings: Settings, *, workers: int | None = None, on_progress: OnProgress | None = None
) -> Against:  # fmt: skip
    """Return what the pictures of a client's trials are compared with; its crops are looked at once, and kept.

    Raises what `sightings.seen` raises.
    """
    records = list(client.each_record())
    reference = of(records)
    wanted = _compared_for_copies(records, reference)
    found = sightings.seen(
        client.samples / FOLDER,
        [_task(client, record, settings) for record in wanted],
        workers=workers,
        on_progress=on_progress,
    )
    structures = {record.image_id: found[_name(record)].structure for record in wanted if _name(record) in found}
    there = [record for record in wanted if structures.get(record.image_id)]
    held_ids = reference.image_ids if reference is not None and reference.kind == "held_out" else ()
    held = [record for record in there if record.image_id in held_ids]
    trained = [record for record in there if record.image_id not in held_ids]
    photos = [record for record in trained if record.source == "real" and record.identity is not None]
    vectors = _vectors(records, reference.image_ids) if reference else None

    def heads(some: Sequence[ImageRecord]) -> Heads:
        rows = copying.normalised([structures[record.image_id] for record in some])
        return Heads(_vectors(some, [record.image_id for record in some]), rows)

    return Against(
        reference=reference,
        mean=None if reference is None else mean_of(records, reference),
        yardstick=None if vectors is None else yardstick(vectors),
        rules=f"{looks.LOOKS_VERSION}-{utils.fingerprint(sorted(record.image_id for record in trained))[:8]}",
        held_out=heads(held),
        photos=heads(photos),
        trained=copying.normalised([structures[record.image_id] for record in trained]),
        notes=tuple(_notes(client, reference)),
    )


def unseen(client: Client) -> bool:
    """Return whether `against` would have to look at crops of the client first."""
    records = list(client.each_record())
    known = sightings.known(client.samples / FOLDER)
    return any(_name(record) not in known for record in _compared_for_copies(records, of(records)))


def _compared_for_copies(records: Iterable[ImageRecord], reference: Reference | None) -> list[ImageRecord]:
    """Return the pictures whose heads are compared: none without held-out photos, and of very many trained ones a part."""
    if reference is None or reference.kind != "held_out":
        return []
    usable = [record for record in records if record.approved and _face(record) is not None]
    held = [record for record in usable if record.image_id in reference.image_ids]
    trained = sorted((r for r in usable if not r.held_out), key=lambda r: (r.source != "real", utils.fingerprint(r.image_id)))
    return [*held, *trained[:MOST_TRAINED]]


def _notes(client: Client, reference: Reference | None) -> list[Text]:
    if reference is None:
        return [Text("likeness.no_reference", {}, "warn")]
    if reference.kind == "training":
        return [Text("likeness.by_training", {"n": reference.n}, "warn")]
    if reference.kind == "mj":
        return [Text("likeness.by_mj", {"n": reference.n}, "warn")]
    seen = sum(image_id in prepared_captions(client) for image_id in reference.image_ids)
    return [Text("likeness.held_out_trained", {"n": seen, "total": reference.n}, "warn")] if seen else []


def _vectors(records: Sequence[ImageRecord], image_ids: Sequence[str]) -> Floats:
    """Return the unit vectors of pictures, in the order of their ids."""
    import numpy as np

    by_id = {record.image_id: record.identity.vector for record in records if record.identity is not None}
    found = [face_identity.unpacked(by_id[image_id]) for image_id in image_ids]
    return np.stack(found) if found else np.zeros((0, 0), np.float32)


# --- the client's own crops ------------------------------------------------------------------------------------------


def _name(record: ImageRecord) -> str:
    """Return what was seen of a picture is kept under: another cut is another picture."""
    return f"{record.image_id}-{utils.fingerprint([record.crop.model_dump() if record.crop else None])[:8]}"


def _task(client: Client, record: ImageRecord, settings: Settings) -> LookTask:
    path = client.processed / f"{record.image_id}.png"
    return LookTask(_name(record), path, settings.faces, settings.quality.face_confidence_threshold, _face(record))


def _face(record: ImageRecord) -> DetectedFace | None:
    """Return the face that was cut out, in the crop's own pixels; None where the record does not say."""
    choice, crop = record.face_choice, record.crop
    if crop is None or choice is None or choice.index >= len(record.faces):
        return None
    face = record.faces[choice.index]
    place = background.face_in(crop, face)
    if not place.points:
        return None
    left, top, width, height = (share * crop.side_px for share in place[:4])
    points = {name: (x * crop.side_px, y * crop.side_px) for name, (x, y) in zip(KEYPOINTS, place.points, strict=True)}
    return DetectedFace((left, top, width, height), face.confidence, points)
