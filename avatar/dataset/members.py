"""The data of each approved picture that a dataset is made from, and the dataset's fingerprint."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import utils
from avatar.dataset import background, held_out
from avatar.dataset import caption as caption_rules
from avatar.dataset.caption import CaptionAccount
from avatar.dataset.repeats import (
    Candidate,
    DatasetPlan,
    candidate,
    candidates,
    plan_candidates,
)
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from avatar.workspace.records import ClientInfo, ImageRecord
from config import Settings

RULES_VERSION = 3  # raised when the same records would give another dataset: existing datasets are then out of date


# --- up to date ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """The data of one approved picture that a dataset is made from."""

    candidate: Candidate
    line: str  # its caption
    by_user: bool
    mark: str  # changes with the cut and the caption
    identity: tuple[str, ...]  # identity phrases left out of the caption, for the trigger word to learn
    face: background.Place | None = None  # where the face is in its crop, where the background is not learnt


def member(record: ImageRecord, info: ClientInfo, settings: Settings) -> Member:
    """Return the member of an approved picture; pure."""
    line = caption_line(record, info, settings)
    cut = (record.crop.square, record.crop.side_px, *([record.crop.angle] if record.crop.angle else [])) if record.crop else ()
    face = None if settings.dataset.learn_background else _face(record)
    masked = f" {background.RULES_VERSION} {face}" if face else ""
    mark = hashlib.sha256(f"{cut} {record.original.sha256} {line}{masked}".encode()).hexdigest()[:16]
    identity = () if settings.captions.include_identity else tuple(sorted(caption_rules.identity_phrases(record)))
    return Member(candidate(record), line, captioned_by_user(record), mark, identity, face)


def _face(record: ImageRecord) -> background.Place | None:
    """Return the place of the face that was cut out, None where the record does not name it."""
    chosen = record.face_choice
    if record.crop is None or chosen is None or chosen.index >= len(record.faces):
        return None
    return background.face_in(record.crop, record.faces[chosen.index])


def members(record: ImageRecord, info: ClientInfo, settings: Settings) -> list[Member]:
    """Return a member for each crop of an approved picture; further crops have the id image_id~framing. Pure."""
    if not record.more_crops:
        return [member(record, info, settings)]
    crops = [record, *(record.model_copy(update={"crop": crop}) for crop in record.more_crops)]
    found = [member(one, info, settings) for one in crops]
    return [dataclasses.replace(item, candidate=own) for item, own in zip(found, candidates(record), strict=True)]


def trained(records: Sequence[ImageRecord], settings: Settings) -> list[ImageRecord]:
    """Return the records without those of the photos that are held out."""
    held = held_out.of_records(records, settings.imports.near_duplicate_bits)
    return [record for record in records if record.image_id not in held]


def fingerprint(records: Iterable[ImageRecord], info: ClientInfo, settings: Settings) -> str:
    """Return the fingerprint of the dataset of these records; pure.

    It changes with the pictures in use and their crops, their repeats, captions and the client's words.
    """
    used = trained(list(records), settings)
    found = [item for record in used if record.approved for item in members(record, info, settings)]
    return fingerprint_of({item.candidate: item.mark for item in found}, info, settings)


def fingerprint_of(marks: Mapping[Candidate, str], info: ClientInfo, settings: Settings) -> str:
    """Return the same fingerprint from the `mark`s of the members alone; pure."""
    try:
        plan = plan_candidates(marks, settings.dataset, total=len(marks))
    except PipelineError:
        return utils.fingerprint([RULES_VERSION, info.client_id, "none"])
    return plan_fingerprint(plan, {item.image_id: mark for item, mark in marks.items()}, info)


def plan_fingerprint(plan: DatasetPlan, marks: Mapping[str, str], info: ClientInfo) -> str:
    pictures = [[folder.repeats, image_id, marks[image_id]] for folder in plan.folders for image_id in folder.image_ids]
    words = [info.trigger_word, info.class_word]  # the dataset names them, whatever captions the user wrote
    return utils.fingerprint([RULES_VERSION, info.client_id, words, pictures])


def wanted_fingerprint(client: Client, settings: Settings) -> str:
    """Return the fingerprint of the dataset that `prepare` would write now."""
    return fingerprint(client.each_record(), client.info(), settings)


# --- captions --------------------------------------------------------------------------------------------------------


def caption_account(record: ImageRecord, info: ClientInfo, settings: Settings) -> CaptionAccount:
    """Return the caption of a picture with what of its prompt it says and leaves out."""
    return caption_rules.account(
        record, trigger_word=info.trigger_word, class_word=info.class_word, config=settings.captions
    )  # fmt: skip


def caption_line(record: ImageRecord, info: ClientInfo, settings: Settings) -> str:
    """Return the content of a picture's .txt: its caption on one line, never empty."""
    return line_of(caption_account(record, info, settings), info)


def line_of(account: CaptionAccount, info: ClientInfo) -> str:
    return " ".join(account.text.split()) or caption_rules.first_phrase(info.trigger_word, info.class_word)


def captioned_by_user(record: ImageRecord) -> bool:
    return record.caption is not None and record.caption.by == "user"
