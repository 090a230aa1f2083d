"""Takes pictures out of a client and brings them back; the files are moved by `workspace/removed.py`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import utils
from avatar.pictures import groups, images_table, import_list, thumbnails
from avatar.texts.text import PipelineError
from avatar.workspace import removed
from avatar.workspace.client import Client, read_record
from avatar.workspace.records import FURTHER, ImageRecord
from avatar.workspace.removed import Removal


@dataclass(frozen=True)
class Returned:
    """An undone removal: the pictures that came back, and those that did not.

    there_already  imported again meanwhile
    other_source   still removed, as the same bytes were imported meanwhile as the other source's
    """

    images: tuple[str, ...]
    there_already: tuple[str, ...]
    other_source: tuple[str, ...] = ()


Redraw = Callable[[], object]  # draws the sheets and pages about a client again, which show what has left


def take_out(client: Client, image_ids: Sequence[str], *, near_bits: int, redraw: Redraw | None = None) -> Removal:
    """Take pictures out of a client, as one removal that `bring_back` undoes. The client is held.

    near_bits  of perceptual hashes, as for imports: what looked like a picture that leaves may look like another one
    redraw     is called before the removal counts as done
    """
    records = {record.image_id: record for record in client.each_record()}
    leaving = [records[image_id] for image_id in dict.fromkeys(image_ids)]
    staying = {image_id: record for image_id, record in records.items() if image_id not in set(image_ids)}
    number = removed.next_number(client.folder)
    removal = Removal(
        client.folder / removed.FOLDER / str(number), number, utils.now(), "leaving",
        images=tuple(record.image_id for record in leaving),
        names=tuple(record.original.name for record in leaving),
        imports=import_list.numbers_of(client, image_ids),
        files=tuple(name for record in leaving for name in _files(client, record)),
        near={image_id: [records[image_id].near_duplicate_of, now] for image_id, now in _nearest(staying, near_bits).items()},
    )  # fmt: skip
    removed.save(removal)
    return _finish(client, removed.move(client.folder, removal), redraw)


def bring_back(client: Client, removal: Removal, *, redraw: Redraw | None = None) -> Returned:
    """Undo a removal. A picture that was imported again stays as it is, with the user's caption and verdict from before.

    One whose bytes are there as the other source's stays removed: no picture is in a client twice.
    """
    twins = of_other_source(client, removal)
    if len(twins) == len(removal.images):
        return Returned((), (), twins)
    again = tuple(image_id for image_id in removal.images if client.has_record(image_id))
    for image_id in again:
        _give_back_work(client, image_id, removal)
    kept = [name for name in removal.files if removed.image_of(name) not in again]
    removal = removed.save(replace(removal, state="returning", files=tuple(kept), staying=twins))
    _finish(client, removed.move(client.folder, removal), redraw)
    return Returned(tuple(image_id for image_id in removal.images if image_id not in {*again, *twins}), again, twins)


def of_other_source(client: Client, removal: Removal) -> tuple[str, ...]:
    """Return the pictures of a removal whose bytes are in the client as a picture of the other source."""
    other = {"mj": "real", "real": "mj"}
    parts = {image_id: image_id.partition("_") for image_id in removal.images}
    twins = {image_id: f"{other[source]}_{digest}" for image_id, (source, _, digest) in parts.items()}
    return tuple(id_ for id_, twin in twins.items() if client.has_record(twin) and not client.has_record(id_))


def finish(client: Client, *, redraw: Redraw | None = None) -> list[Removal]:
    """Complete the removals that were killed; return them. The client is held, which has moved their files."""
    unfinished = removed.unfinished(client.folder)
    for removal in unfinished:
        _finish(client, removal, redraw)
    return unfinished


def _finish(client: Client, removal: Removal, redraw: Redraw | None) -> Removal:
    """Write what follows from the pictures that are there now; then a removal is complete, and one that was undone is gone."""
    back = removal.state == "returned"
    # Of an undo that leaves some pictures removed: what is near to one of these stays near to what it is now.
    near_gone = {image_id: pair for image_id, pair in removal.near.items() if back and pair[0] in removal.staying}
    for image_id, (before, after) in removal.near.items():
        old, new = (after, before) if back else (before, after)
        if (
            image_id not in near_gone
            and client.has_record(image_id)
            and (record := client.record(image_id)).near_duplicate_of == old
        ):
            client.save_record(record.model_copy(update={"near_duplicate_of": new}))
    if not back:
        _forget_copies(client, removal.images)
    records = client.records()
    images_table.write_table(client, records)
    groups.write_groups(client, groups.grouped(records))
    if redraw is not None:
        redraw()
    if not back:
        return removed.with_state(removal, "kept")
    if removal.staying:
        return removed.reduce(removal, near_gone)
    removed.drop(removal)
    return removal


def _files(client: Client, record: ImageRecord) -> list[str]:
    """Return what belongs to a picture, below the client's folder: its record first, then original, crops and previews."""
    image_id = record.image_id
    crops = [path for folder in (client.processed, client.rejected) for path in sorted(folder.glob(f"{image_id}*"))
             if path.stem.partition(FURTHER)[0] == image_id]  # fmt: skip
    paths = [client.record_file(image_id), client.raw_folder(record.source) / Path(record.original.stored).name, *crops]
    return [path.relative_to(client.folder).as_posix() for path in paths if path.is_file()]


def _forget_copies(client: Client, image_ids: Iterable[str]) -> None:
    """Delete what was made from pictures and is made anew: developed RAWs, thumbnails, sheets of groups."""
    small = client.output / thumbnails.FOLDER
    folders = (client.raw_cache, small, small / "originals", small / thumbnails.UPRIGHT)
    made = [path for image_id in image_ids for folder in folders for path in folder.glob(f"*{image_id}*")]
    for path in [*made, *client.output.glob("groups_*.png")]:
        with contextlib.suppress(OSError):
            path.unlink()


def _give_back_work(client: Client, image_id: str, removal: Removal) -> None:
    """Give a picture that was imported again what the user had made of it, where nothing newer is there."""
    try:
        before = read_record(removal.folder / "metadata" / "images" / f"{image_id}.json")
    except (OSError, PipelineError):
        return
    record = client.record(image_id)
    if (changed := _with_work(record, before)) is not record:
        client.save_record(changed)


def _with_work(record: ImageRecord, before: ImageRecord) -> ImageRecord:
    """Return a record with what the user wrote and decided before, where it has nothing; the same one where nothing changes.

    A chosen face and "this is the client" come with the faces they were said of: the next processing finds these again.
    """
    changes: dict[str, object] = {}
    if record.caption is None and before.caption is not None and before.caption.by == "user":
        changes["caption"] = before.caption
    if record.use is None and before.use is not None:
        changes["use"] = before.use
    judged = record.quality is not None or record.decision is not None
    if not judged and before.decision is not None and before.decision.by == "user":
        changes["decision"] = before.decision
    if record.quality is None and not record.faces and (chosen := _chosen_face(before)):
        changes |= chosen
    return record.model_copy(update=changes) if changes else record


def _chosen_face(before: ImageRecord) -> dict[str, object]:
    """Return the fields that keep which face the user chose and that it is the client's; none where he said neither."""
    said = before.identity is not None and before.identity.by == "user"
    chosen = before.face_choice is not None and before.face_choice.why == "user"
    if not said and not chosen:
        return {}
    kept = {"face_choice": before.face_choice if chosen else None, "identity": before.identity if said else None}
    return {"faces": before.faces, **kept}


def records_aside(client: Client) -> dict[str, Path]:
    """Return where the records of removed pictures lie, by the hash in their ids; of a picture removed twice, the last one."""
    return {
        image_id.partition("_")[2]: removal.folder / "metadata" / "images" / f"{image_id}.json"
        for removal in removed.removals(client.folder) for image_id in removal.images
    }  # fmt: skip


def with_earlier_work(record: ImageRecord, aside: Mapping[str, Path]) -> ImageRecord:
    """Return a new picture's record with what the user had made of it before it was removed; the same one if nothing."""
    path = aside.get(record.image_id.partition("_")[2])
    if path is None:
        return record
    try:
        return _with_work(record, read_record(path))
    except (OSError, PipelineError):
        return record


# --- near duplicates -------------------------------------------------------------------------------------------------


def _nearest(staying: Mapping[str, ImageRecord], near_bits: int) -> dict[str, str | None]:
    """Return picture -> the picture that it looks like now, of those that looked like one that leaves.

    No two pictures look like each other: of each set of near duplicates one is nobody's duplicate.
    """
    near = {image_id: record.near_duplicate_of for image_id, record in staying.items()}
    lost = [image_id for image_id, other in near.items() if other is not None and other not in staying]
    near |= dict.fromkeys(lost)
    for image_id in sorted(lost, key=lambda image_id: (staying[image_id].original.imported_at, image_id)):
        value = _hash(staying[image_id])
        found = [
            (distance, other) for other, record in staying.items()
            if other != image_id and value is not None and (hashed := _hash(record)) is not None
            and (distance := (value ^ hashed).bit_count()) <= near_bits and not _leads_to(near, other, image_id)
        ]  # fmt: skip
        near[image_id] = min(found)[1] if found else None
    return {image_id: near[image_id] for image_id in lost}


def _hash(record: ImageRecord) -> int | None:
    return int(record.picture.phash, 16) if record.picture.phash else None


def _leads_to(near: Mapping[str, str | None], start: str, end: str) -> bool:
    """Return whether the chain of near duplicates from start comes to end."""
    seen: set[str] = set()
    at: str | None = start
    while at is not None and at not in seen:
        if at == end:
            return True
        seen.add(at)
        at = near.get(at)
    return False
