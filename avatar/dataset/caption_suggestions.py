"""Captions that the trainer's own captioners suggest: run as its child processes, merged, never over a user's text.

What a captioner said of a crop is kept in metadata/caption_suggestions.json, so that it is asked once. Its models are
downloaded by the captioner itself, on its first run.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import utils
from avatar.dataset import caption as caption_rules
from avatar.dataset.caption_edits import CaptionChange
from avatar.prompts.phrases import prompt_phrases
from avatar.system.child import RunResult, child_environment, run_streaming
from avatar.texts.text import PipelineError
from avatar.workspace import state_file
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord, MidJourney

SUGGESTIONS_FILE = "caption_suggestions.json"
# finetune/ of sd-scripts; what is not named here keeps its default there.
SCRIPTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "tags": ("tag_images_by_wd14_tagger.py", ("--onnx", "--remove_underscore")),
    "sentences": ("make_captions.py", ("--beam_search",)),
}
_EXTENSION = ".txt"
_TAKEN = {"pose": 1, "expression": 3, "light": 1, "clothing": 3, "place": 2}  # phrases of each kind, at most


class Runner(Protocol):
    """Runs a child process, as child.run_streaming does."""

    def __call__(
        self, command: Sequence[str], *, on_line: Callable[[str], None], cancel: threading.Event | None, cwd: Path,
        environment: Mapping[str, str],
    ) -> RunResult: ...  # fmt: skip


def captioner_command(kind: str, python: Path, trainer_folder: Path, pictures: Path) -> list[str]:
    """Return the call of one of SCRIPTS on a folder of pictures.

    Raises PipelineError("caption.no_captioner") where the trainer or its environment is missing.
    """
    name, options = SCRIPTS[kind]
    script = trainer_folder / "finetune" / name
    if not script.is_file() or not python.is_file():
        raise PipelineError("caption.no_captioner", path=str(script if python.is_file() else python))
    return [str(python), str(script), str(pictures), "--caption_extension", _EXTENSION, *options]


def suggest(
    client: Client, records: Iterable[ImageRecord], kind: str, *, python: Path, trainer_folder: Path,
    on_line: Callable[[str], None], cancel: threading.Event | None = None, run: Runner = run_streaming,
) -> dict[str, str]:  # fmt: skip
    """Return image id -> the captioner's text; only crops without a stored text are given to it.

    Users' captions are left out. Raises PipelineError("caption.no_captioner") and ("caption.captioner_failed");
    KeyboardInterrupt where the user stopped it.
    """
    wanted = {r.image_id: r for r in records if r.approved and not (r.caption is not None and r.caption.by == "user")}
    with client.lock("caption"):
        known = _known(client, kind)
        fresh = {i: record for i, record in wanted.items() if known.get(i, {}).get("crop") != _crop(record)}
        if fresh:
            folder = client.folder / ".captioner"
            command = captioner_command(kind, python, trainer_folder, folder)
            try:
                _link_crops(client, fresh, folder)
                environment = child_environment({"PYTHONPATH": str(trainer_folder)})
                result = run(command, on_line=on_line, cancel=cancel, cwd=trainer_folder, environment=environment)
                known.update(_read(fresh, folder))
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            _keep(client, kind, known)
            if result.cancelled:
                raise KeyboardInterrupt
            if result.code != 0:
                raise PipelineError("caption.captioner_failed", code=result.code, detail=" / ".join(result.tail[-3:]))
    return {i: str(known[i]["text"]) for i in wanted if i in known}


def merge(lines: Mapping[str, str], suggestions: Mapping[str, str], *, max_tokens: int) -> list[CaptionChange]:
    """Add phrases about clothes, pose, light and place from suggestions to captions that lack them; pure.

    Identity, style and camera words are left out as they are of prompts; no caption grows beyond max_tokens.
    """
    changes = []
    for image_id, said in sorted(suggestions.items()):
        text = before = lines.get(image_id, "")
        if not before:
            continue
        for phrase in suggested_phrases(said):
            longer = f"{text}, {phrase}"
            if not _contains_words(text, phrase) and caption_rules.token_bound(longer) <= max_tokens:
                text = longer
        if text != before:
            changes.append(CaptionChange(image_id, before, text))
    return changes


def stored(client: Client, records: Iterable[ImageRecord]) -> dict[str, dict[str, str]]:
    """Return image id -> {kind: text} of what captioners said before of crops that are still the same; nothing is asked."""
    known = {kind: _known(client, kind) for kind in SCRIPTS}
    found: dict[str, dict[str, str]] = {}
    for record in records:
        said = {kind: str(items[record.image_id]["text"]) for kind, items in known.items()
                if items.get(record.image_id, {}).get("crop") == _crop(record)}  # fmt: skip
        if said:
            found[record.image_id] = said
    return found


def suggested_phrases(said: str) -> list[str]:
    """Return the phrases of a captioner's tags or sentence that may stand in a caption."""
    found = prompt_phrases(MidJourney(prompt=" ".join(said.split()), evidence="embedded"))
    return [phrase for kind, most in _TAKEN.items() for phrase in found[kind][:most]]


def _contains_words(text: str, phrase: str) -> bool:
    """Return whether one phrase of a caption holds every word of another."""
    words = set(phrase.lower().split())
    return any(words <= set(part.lower().split()) for part in text.split(","))


def _crop(record: ImageRecord) -> list[object]:
    return [record.original.sha256, *(record.crop.square if record.crop else ())]


def _link_crops(client: Client, records: Mapping[str, ImageRecord], folder: Path) -> None:
    """Link the crops into a separate folder: the captioners write a file beside every picture they find."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for image_id in records:
        crop = client.processed / f"{image_id}.png"
        if not crop.is_file():
            raise PipelineError("dataset.missing_crops", n=1, image=image_id, folder=str(client.processed))
        utils.link_or_copy(crop, folder / crop.name)


def _read(records: Mapping[str, ImageRecord], folder: Path) -> dict[str, dict[str, Any]]:
    """Return the texts written so far; those missing, empty or not in UTF-8 are left out."""
    found: dict[str, dict[str, Any]] = {}
    for image_id, record in records.items():
        try:
            text = " ".join((folder / f"{image_id}{_EXTENSION}").read_text(encoding="utf-8").split())
        except (OSError, UnicodeDecodeError):
            continue
        if text:
            found[image_id] = {"crop": _crop(record), "text": text}
    return found


def _known(client: Client, kind: str) -> dict[str, dict[str, Any]]:
    found = state_file.read(client.images.parent / SUGGESTIONS_FILE, {kind: dict}).get(kind, {})
    items = {image_id: state_file.fields(item, {"crop": list, "text": str}) for image_id, item in found.items()}
    return {image_id: item for image_id, item in items.items() if len(item) == 2}


def _keep(client: Client, kind: str, known: Mapping[str, object]) -> None:
    path = client.images.parent / SUGGESTIONS_FILE
    utils.write_json(path, {**utils.read_object(path), "version": 1, kind: dict(known)})
