"""Collects the approved pictures with their captions, and captions edited in training_data/."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from avatar.dataset import held_out, swap
from avatar.dataset import members as dataset_members
from avatar.dataset.members import Member
from avatar.dataset.prepared import Prepared
from avatar.workspace.client import Client
from avatar.workspace.records import Caption, ClientInfo, ImageRecord, Use
from config import Settings


@dataclass(frozen=True)
class Gathered:
    """The input of a preparation."""

    info: ClientInfo
    approved: dict[str, Member] = field(default_factory=dict)  # by image id; further crops as id~framing
    adopted: list[str] = field(default_factory=list)  # image ids whose caption was edited in training_data
    records: list[ImageRecord] = field(default_factory=list)  # all of the client, as they stand now
    held_out: tuple[str, ...] = ()  # image ids of the photos that are not trained


def gather(client: Client, settings: Settings, before: Prepared) -> Gathered:
    """Read every record once. A caption edited in training_data is saved as the user's own, and what is held out as such."""
    info = client.info()
    approved: dict[str, Member] = {}
    adopted: list[str] = []
    records: list[ImageRecord] = []
    for record in client.each_record():
        if typed := _typed(record, before):
            record = _save_typed(client, record, typed)
            adopted.append(record.image_id)
        records.append(record)
    held = held_out.of_records(records, settings.imports.near_duplicate_bits)
    photos = sum(record.approved and record.source == "real" for record in records)
    for number, record in enumerate(records):
        record = records[number] = _with_use(client, record, held, chooses=bool(held_out.wanted(photos)))
        if record.approved and record.image_id not in held:
            approved |= {item.candidate.image_id: item for item in dataset_members.members(record, info, settings)}
    return Gathered(info, approved, adopted, records, tuple(sorted(held)))


def _with_use(client: Client, record: ImageRecord, held: Collection[str], *, chooses: bool) -> ImageRecord:
    """Save in a photo's record whether it is held out, so that it stays so; chooses: there are enough photos for that."""
    if not record.approved or record.source != "real" or (record.use is not None and record.use.by == "user"):
        return record
    use = Use(kind="held_out" if record.image_id in held else "train", by="rules") if chooses else None
    if record.use == use:
        return record
    record = record.model_copy(update={"use": use})
    client.save_record(record)
    return record


def _typed(record: ImageRecord, before: Prepared) -> str:
    return next(filter(None, map(before.edited, record.crop_ids)), "")


def _save_typed(client: Client, record: ImageRecord, typed: str) -> ImageRecord:
    record = record.model_copy(update={"caption": Caption(text=typed, by="user")})
    client.save_record(record)
    return record


def adopt_edited(client: Client, image_ids: Iterable[str]) -> list[str]:
    """Save captions of these pictures that the user edited in training_data; return whose."""
    before = Prepared.read(client)
    found = client.each_record(image_ids)
    return [_save_typed(client, record, typed).image_id for record in found if (typed := _typed(record, before))]


def rescue(client: Client) -> tuple[list[str], Path | None]:
    """Save captions and files that the user added to training_data, before the folder is removed.

    Returns the ids of the pictures with saved captions, and the folder in output/ with the files.
    """
    with client.lock("prepare"):
        before = Prepared.read(client)
        adopted = [_save_typed(client, r, typed).image_id for r in client.each_record() if (typed := _typed(r, before))]
        saved = swap.keep_foreign(client, before)
    return adopted, saved
