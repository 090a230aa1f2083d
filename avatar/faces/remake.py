"""Crops that were deleted or damaged on the disk, made anew from the originals exactly as their records say."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

from avatar.faces import crops as face_crops
from avatar.faces import update as face_update
from avatar.faces.face import DetectedFace
from avatar.trainer import dataset_pictures
from avatar.workspace.client import Client
from avatar.workspace.records import FURTHER
from config import Settings

if TYPE_CHECKING:
    from avatar.faces.face import Pixels


def remake(client: Client, crop_ids: Iterable[str], settings: Settings) -> tuple[list[str], list[str]]:
    """Make those of the crops named anew that are missing or damaged; return the ids of those made, and of those not.

    A record that was processed with other settings is left alone: its crop would become another one, which `process` decides.
    """
    wanted = list(crop_ids)
    damaged = dataset_pictures.damaged_files(client.processed, [f"{crop_id}.png" for crop_id in wanted])
    pictures = dict.fromkeys(name.removesuffix(".png").partition(FURTHER)[0] for name in damaged)
    for image_id in pictures:
        _make(client, image_id, settings)
    left = dataset_pictures.damaged_files(client.processed, damaged)
    ids = {name: name.removesuffix(".png") for name in damaged}
    return [ids[name] for name in damaged if name not in left], [ids[name] for name in left]


def _make(client: Client, image_id: str, settings: Settings) -> None:
    """Cut a picture's crops again. Its record stays as it is; where that fails, so does the file."""
    record = client.record(image_id)
    if record.processed_with != face_crops.face_fingerprint(settings.faces):
        return
    task = face_update.task_of(client, record, settings, detect=False)
    face = record.faces[record.face_choice.index].box if record.face_choice else None
    # Approved crops are asked for, whatever the limits are now; whose face it is, the record knows already.
    task = dataclasses.replace(task, users_face=face, users_verdict="approved", compares=False)
    face_crops.examine(task, _NoDetector())


class _NoDetector:
    """Stands for the detector of a picture whose faces are known."""

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        raise NotImplementedError
