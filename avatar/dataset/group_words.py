"""What the captions of a MidJourney group leave out of its prompt, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from avatar.dataset import members
from avatar.prompts.said import LeftOut
from avatar.workspace.records import ClientInfo, ImageRecord
from config import Settings

if TYPE_CHECKING:
    from avatar.pictures.groups import Group


def left_out(
    groups: Sequence[Group], records: Sequence[ImageRecord], info: ClientInfo, settings: Settings
) -> Mapping[str, tuple[LeftOut, ...]]:
    """Return job id -> what the caption of a picture of the group leaves out of its prompt; of an approved one, where one is.

    Pictures of a group share their prompt; only what the crop cuts off may differ between them. Pure.
    """
    by_id = {record.image_id: record for record in records}
    found: dict[str, tuple[LeftOut, ...]] = {}
    for group in groups:
        pictures = [by_id[image_id] for image_id in group.images if image_id in by_id]
        pictures.sort(key=lambda record: not record.approved)
        if pictures:
            found[group.job_id] = tuple(members.caption_account(pictures[0], info, settings).left_out)
    return found
