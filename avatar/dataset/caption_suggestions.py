"""Captions that something that looks at the pictures suggests: asked once, merged, never over a user's text.

What was said of a crop is kept in metadata/caption_suggestions.json as soon as it was said, so that it is asked once.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import utils
from avatar.dataset import caption as caption_rules
from avatar.dataset import members as dataset_members
from avatar.dataset.caption_edits import CaptionChange
from avatar.dataset.trainer_captioner import OnProgress, OnTexts
from avatar.dataset.vision_server import VisionServer
from avatar.prompts import booru
from avatar.prompts.prompt_reader import read_prompt
from avatar.prompts.said import Kind
from avatar.texts.text import PipelineError
from avatar.trainer.captioners import CAPTIONERS
from avatar.workspace import state_file
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord, MidJourney
from config import Settings

KINDS = (*CAPTIONERS, "server")
SUGGESTIONS_FILE = "caption_suggestions.json"
FOLDER = ".captioner"  # of a client, while a captioner is at work
NOTHING_USABLE = 3  # answers in a row in which nothing can be used: the model does not do what it is asked
# How many phrases of each kind a suggestion adds at most.
_TAKEN: Mapping[Kind, int] = {
    "pose": 2, "expression": 2, "gaze": 1, "light": 2, "clothing": 5, "object": 2, "place": 3, "weather": 1,
    "angle": 1, "medium": 1,
}  # fmt: skip
_POSED = re.compile(r"\bpos(?:ing|es) for (?:a|the) (?:picture|photo|photograph|camera)\b|\btaking a selfie\b")  # says nothing


class Captioner(Protocol):
    """What looks at pictures. kind, model: under which its answers are kept."""

    kind: str
    model: str

    def describe(
        self, crops: Mapping[str, Path], folder: Path, *, on_texts: OnTexts, on_progress: OnProgress, cancel: threading.Event
    ) -> None: ...  # fmt: skip


class ServerCaptioner:
    """A vision server as a captioner; `ready` found its model before."""

    kind = "server"

    def __init__(self, server: VisionServer) -> None:
        self._server = server
        self.model = server.model

    def describe(
        self, crops: Mapping[str, Path], folder: Path, *, on_texts: OnTexts, on_progress: OnProgress, cancel: threading.Event
    ) -> None:  # fmt: skip
        """Describe crops one by one. Raises PipelineError("captioner.server.…"), KeyboardInterrupt when cancelled."""
        in_vain = 0
        on_progress(0, len(crops), None)
        for number, (image_id, crop) in enumerate(crops.items(), 1):
            if cancel.is_set():
                raise KeyboardInterrupt
            said = self._server.describe(crop)
            in_vain = 0 if suggested_phrases(said, self.kind) else in_vain + 1
            if in_vain == NOTHING_USABLE:
                raise PipelineError("captioner.server.nonsense", address=self._server.address, model=self.model)
            if said:
                on_texts({image_id: said})
            on_progress(number, len(crops), None)


def wanted(client: Client, records: Iterable[ImageRecord], settings: Settings, *, every: bool = False) -> list[ImageRecord]:
    """Return the approved pictures whose caption by rules is doubtful, the most doubtful first; with every, all.

    A picture without a prompt is the most doubtful of all. Users' captions are left out.
    """
    info = client.info()
    least = 0.0 if every else settings.captioner.min_doubt
    doubts = [
        (
            caption_rules.account(
                record, trigger_word=info.trigger_word, class_word=info.class_word, config=settings.captions
            ).doubt,
            record,
        )
        for record in records
        if record.approved and not dataset_members.captioned_by_user(record)
    ]  # fmt: skip
    return [record for doubt, record in sorted(doubts, key=lambda item: -item[0]) if doubt >= least]


def not_asked(client: Client, records: Iterable[ImageRecord], kind: str, model: str) -> list[ImageRecord]:
    """Return those of which this captioner has said nothing yet, as their crops are now."""
    known = _known(client, kind)
    return [record for record in records if not _is_of(known.get(record.image_id, {}), record, model)]


def suggest(
    client: Client, records: Iterable[ImageRecord], captioner: Captioner, *, on_progress: OnProgress,
    cancel: threading.Event | None = None,
) -> dict[str, str]:  # fmt: skip
    """Return image id -> what the captioner says of these pictures; only crops without a stored text are given to it.

    Raises PipelineError("dataset.missing_crops") and as the captioner does; KeyboardInterrupt where the user stopped it.
    """
    records = list(records)
    with client.lock("caption"):
        fresh = {record.image_id: record for record in not_asked(client, records, captioner.kind, captioner.model)}
        crops = {image_id: client.processed / f"{image_id}.png" for image_id in fresh}
        missing = [crop for crop in crops.values() if not crop.is_file()]
        if missing:
            raise PipelineError(
                "dataset.missing_crops", n=len(missing), image=missing[0].stem, folder=str(client.processed)
            )  # fmt: skip

        def keep(texts: Mapping[str, str]) -> None:
            said = {i: {"crop": _crop(fresh[i]), "text": text, "model": captioner.model} for i, text in texts.items()}
            _keep(client, captioner.kind, {**_known(client, captioner.kind), **said})

        if crops:
            captioner.describe(
                crops, client.folder / FOLDER, on_texts=keep, on_progress=on_progress, cancel=cancel or threading.Event()
            )  # fmt: skip
        known = _known(client, captioner.kind)
    asked = [record for record in records if _is_of(known.get(record.image_id, {}), record, captioner.model)]
    return {record.image_id: known[record.image_id]["text"] for record in asked}


def merge(lines: Mapping[str, str], suggestions: Mapping[str, str], kind: str, *, max_tokens: int) -> list[CaptionChange]:
    """Add phrases about clothes, pose, light and place from suggestions to captions that lack them; pure.

    Identity, style and camera words are left out as they are of prompts; no caption grows beyond max_tokens.
    """
    changes = []
    for image_id, said in suggestions.items():
        text = before = lines.get(image_id, "")
        if not before:
            continue
        for phrase in suggested_phrases(said, kind):
            longer = f"{text}, {phrase}"
            if not _contains_words(text, phrase) and caption_rules.token_bound(longer) <= max_tokens:
                text = longer
        if text != before:
            changes.append(CaptionChange(image_id, before, text))
    return changes


def stored(client: Client, records: Iterable[ImageRecord]) -> dict[str, dict[str, str]]:
    """Return image id -> {kind: text} of what captioners said before of crops that are still the same; nothing is asked."""
    known = {kind: _known(client, kind) for kind in KINDS}
    found: dict[str, dict[str, str]] = {}
    for record in records:
        said = {kind: str(items[record.image_id]["text"]) for kind, items in known.items()
                if items.get(record.image_id, {}).get("crop") == _crop(record)}  # fmt: skip
        if said:
            found[record.image_id] = said
    return found


def suggested_phrases(said: str, kind: str) -> list[str]:
    """Return the phrases of a captioner's tags or sentence that may stand in a caption."""
    text = booru.in_words(said) if kind == "tags" else _POSED.sub(",", said)
    found = read_prompt(MidJourney(prompt=" ".join(text.split()), evidence="embedded")).phrases
    told = [one for one in found if one.text != "photo"]  # all that it was shown are
    return [phrase for group, most in _TAKEN.items() for phrase in [one.text for one in told if one.kind == group][:most]]


def _contains_words(text: str, phrase: str) -> bool:
    """Return whether one phrase of a caption holds every word of another."""
    words = set(phrase.lower().split())
    return any(words <= set(part.lower().split()) for part in text.split(","))


def _crop(record: ImageRecord) -> list[object]:
    return [record.original.sha256, *(record.crop.square if record.crop else ())]


def _is_of(item: Mapping[str, Any], record: ImageRecord, model: str) -> bool:
    """Return whether a stored text is of this crop, said by this model; those without a model are older than the choice."""
    return item.get("crop") == _crop(record) and item.get("model", model) == model


def _known(client: Client, kind: str) -> dict[str, dict[str, Any]]:
    found = state_file.read(client.images.parent / SUGGESTIONS_FILE, {kind: dict}).get(kind, {})
    items = {
        image_id: state_file.fields(item, {"crop": list, "text": str, "model": str}) for image_id, item in found.items()
    }  # fmt: skip
    return {image_id: item for image_id, item in items.items() if {"crop", "text"} <= set(item)}


def _keep(client: Client, kind: str, known: Mapping[str, object]) -> None:
    path = client.images.parent / SUGGESTIONS_FILE
    utils.write_json(path, {**utils.read_object(path), "version": 1, kind: dict(known)})
