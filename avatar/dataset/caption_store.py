"""Captions that the user wrote, kept in the records, with undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import utils
from avatar.dataset import caption as caption_rules
from avatar.dataset import members as dataset_members
from avatar.dataset.caption import CaptionAccount
from avatar.dataset.caption_edits import CaptionChange
from avatar.dataset.repeats import (
    plan_dataset,
)
from avatar.texts.text import PipelineError, Text
from avatar.workspace import state_file
from avatar.workspace.client import IMAGE_ID, Client
from avatar.workspace.records import Caption, ClientInfo, ImageRecord
from config import Settings

EDITS_FILE = "caption_edits.json"  # in metadata/, so that the last change of captions can be taken back
EDITS_KEPT = 20


@dataclass(frozen=True)
class CaptionRow:
    """The caption that `prepare` would write beside one picture; folder "" where the plan leaves the picture out."""

    image_id: str
    name: str
    folder: str
    text: str
    by: str  # rules or user
    account: CaptionAccount
    by_rules: str = ""  # what the rules would say instead of the user's own
    prompt: str = ""


def set_caption(client: Client, image_id: str, text: str) -> list[Text]:
    """Save the user's own caption of a picture; return how the trainer would read it differently.

    Raises PipelineError("caption.bad_text") for an empty text or one of several lines.
    """
    line = " ".join(text.split())
    trigger = client.info().trigger_word
    if not line or len(text.strip().splitlines()) > 1:
        raise PipelineError("caption.bad_text", trigger=trigger)
    with client.lock("caption"):
        record = client.record(image_id)
        client.save_record(record.model_copy(update={"caption": Caption(text=line, by="user")}))
    return caption_rules.caption_problems(line, trigger)


def clear_caption(client: Client, image_id: str) -> None:
    """Remove the user's caption of a picture; the next preparation writes the one by rules."""
    with client.lock("caption"):
        record = client.record(image_id)
        client.save_record(record.model_copy(update={"caption": None}))


def caption_rows(client: Client, records: Sequence[ImageRecord], settings: Settings) -> list[CaptionRow]:
    """Return the caption that `prepare` would write now for every approved picture; nothing is written.

    records  all of the client
    Raises PipelineError("dataset.no_pictures").
    """
    info = client.info()
    plan = plan_dataset(dataset_members.trained(records, settings), settings.dataset)
    folders = {i: f"{folder.repeats}_{client.client_id}" for folder in plan.folders for i in folder.image_ids}
    return [_row(record, folders.get(record.image_id, ""), info, settings) for record in records if record.approved]


def _row(record: ImageRecord, folder: str, info: ClientInfo, settings: Settings) -> CaptionRow:
    account = dataset_members.caption_account(record, info, settings)
    about, text = record.midjourney, dataset_members.line_of(account, info)
    by_rules = ""
    if by_user := dataset_members.captioned_by_user(record):
        by_rules = dataset_members.caption_line(record.model_copy(update={"caption": None}), info, settings)
    return CaptionRow(
        record.image_id, record.original.name, folder, text, "user" if by_user else "rules", account, by_rules,
        (about.prompt or about.typed_prompt or "") if about else "",
    )  # fmt: skip


def apply_captions(client: Client, changes: Sequence[CaptionChange]) -> int:
    """Save changed captions as the user's own; return how many. `undo_captions` undoes them together."""
    if not changes:
        return 0
    with client.lock("caption"):
        records = [client.record(change.image_id) for change in changes]
        entry = {
            "when": utils.now(),
            "pictures": [
                {"image_id": record.image_id, "before": record.caption.model_dump() if record.caption else None,
                 "shown_before": change.before, "after": change.after}
                for record, change in zip(records, changes, strict=True)
            ],
        }  # fmt: skip
        # Before the records, so that a change cut short by a power failure can be undone.
        _write_edits(client, [*_edits(client), entry])
        for record, change in zip(records, changes, strict=True):
            client.save_record(record.model_copy(update={"caption": Caption(text=change.after, by="user")}))
    return len(changes)


def last_edit(client: Client) -> list[CaptionChange]:
    """Return what `undo_captions` would do: captions that were changed again since are left out."""
    edits = _edits(client)
    return [
        CaptionChange(str(item["image_id"]), str(item["after"]), str(item["shown_before"]))
        for item in (edits[-1]["pictures"] if edits else [])
        if _is_unchanged(client, item)
    ]


def undo_captions(client: Client) -> int:
    """Undo the last change of captions; return how many captions were restored. 0: there is nothing to undo."""
    with client.lock("caption"):
        edits = _edits(client)
        if not edits:
            return 0
        items = [item for item in edits[-1]["pictures"] if _is_unchanged(client, item)]
        for item in items:
            before = Caption.model_validate(item["before"]) if item["before"] else None
            client.save_record(client.record(str(item["image_id"])).model_copy(update={"caption": before}))
        _write_edits(client, edits[:-1])
    return len(items)


def _is_unchanged(client: Client, item: Mapping[str, Any]) -> bool:
    """Return whether a picture still has the caption that a change gave it."""
    image_id = str(item["image_id"])
    if not client.has_record(image_id):
        return False
    return client.record(image_id).caption == Caption(text=str(item["after"]), by="user")


def _edits(client: Client) -> list[dict[str, Any]]:
    """Return the changes of the file; of a damaged one, what can still be taken back."""
    found = state_file.read(client.images.parent / EDITS_FILE, {"edits": list}).get("edits", [])
    edits = [state_file.fields(edit, {"when": str, "pictures": list}) for edit in found]
    return [{**edit, "pictures": [item for item in edit["pictures"] if _is_item(item)]} for edit in edits if "pictures" in edit]


def _is_item(value: object) -> bool:
    """Return whether a value of the file is what `apply_captions` notes of one picture."""
    item = state_file.fields(value, {"image_id": str, "shown_before": str, "after": str})
    if len(item) < 3 or not isinstance(value, dict) or not IMAGE_ID.fullmatch(item["image_id"]):
        return False
    before = state_file.fields(value.get("before"), {"text": str, "by": str})
    return value.get("before") is None or (len(before) == 2 and before["by"] in {"rules", "user"} and len(value["before"]) == 2)


def _write_edits(client: Client, edits: Sequence[Mapping[str, Any]]) -> None:
    utils.write_json(client.images.parent / EDITS_FILE, {"version": 1, "edits": list(edits[-EDITS_KEPT:])})
