"""Collects the approved pictures with their captions, and captions edited in training_data/."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from avatar.dataset import members as dataset_members
from avatar.dataset import swap
from avatar.dataset.members import Member
from avatar.dataset.prepared import Prepared
from avatar.workspace.client import Client
from avatar.workspace.records import Caption, ClientInfo, ImageRecord
from config import Settings


@dataclass(frozen=True)
class Gathered:
    """The input of a preparation."""

    info: ClientInfo
    approved: dict[str, Member] = field(default_factory=dict)  # by image id; further crops as id~framing
    adopted: list[str] = field(default_factory=list)  # image ids whose caption was edited in training_data
    records: list[ImageRecord] = field(default_factory=list)  # all of the client, as they stand now


def gather(client: Client, settings: Settings, before: Prepared) -> Gathered:
    """Read every record once; a caption edited in training_data is saved as the user's own."""
    info = client.info()
    approved: dict[str, Member] = {}
    adopted: list[str] = []
    records: list[ImageRecord] = []
    for record in client.each_record():
        if typed := _typed(record, before):
            record = _save_typed(client, record, typed)
            adopted.append(record.image_id)
        records.append(record)
        if record.approved:
            approved |= {item.candidate.image_id: item for item in dataset_members.members(record, info, settings)}
    return Gathered(info, approved, adopted, records)


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
