"""The dataset stage: which pictures the trainer sees how often, and the folder it reads.

`plan_dataset` decides (dataset_plan, pure), `prepare` lays out training_data/{repeats}_{client_id}/ and reads it back by the
trainer's own rules before it takes the place of the old one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import captions
import trainer_dataset
import utils
from caption_edits import CaptionChange
from config import Settings
from dataset_plan import Advice, DatasetPlan, Note, PlannedFolder, advice, plan_dataset
from records import Caption, ClientInfo, ImageRecord
from trainer_dataset import INFO_FILE
from utils import OnProgress, PipelineError
from workspace import IMAGE_ID, Client

__all__ = [
    "Advice", "CaptionRow", "DatasetPlan", "DatasetReport", "FolderReport", "PlannedFolder", "advice", "apply_captions",
    "caption_rows", "clear_caption", "fingerprint", "last_edit", "plan_dataset", "prepare", "prepared_fingerprint",
    "set_caption", "undo_captions", "wanted_fingerprint",
]  # fmt: skip

INFO_VERSION = 1
RULES_VERSION = 2  # raised whenever the same records would give another dataset: what is prepared is then out of date


EDITS_FILE = "caption_edits.json"  # in metadata/, so that the last change of captions can be taken back
EDITS_KEPT = 20
IDENTITY_SHOWN = 8


@dataclass(frozen=True)
class CaptionRow:
    """The caption that `prepare` would write beside one picture; folder "" where the plan leaves the picture out."""

    image_id: str
    name: str
    folder: str
    text: str
    by: str  # rules or user


@dataclass(frozen=True)
class FolderReport:
    """One folder that was written."""

    name: str
    repeats: int
    images: int
    sources: Mapping[str, int]


@dataclass(frozen=True)
class DatasetReport:
    """What a preparation wrote."""

    pictures: int
    folders: tuple[FolderReport, ...]
    exposures: int
    shares_asked: Mapping[str, float]
    shares_reached: Mapping[str, float]
    left_out: tuple[str, ...]
    captions_written: int  # by rules, new or changed
    captions_kept: int  # the user's
    notes: tuple[Note, ...]
    fingerprint: str


# --- up to date ------------------------------------------------------------------------------------------------------


def fingerprint(records: Iterable[ImageRecord], info: ClientInfo, settings: Settings) -> str:
    """Return what tells a prepared dataset from one that would be prepared now; pure.

    It changes with the pictures in use and their crops, their repeats, captions and the client's words.
    """
    records = list(records)
    try:
        plan = plan_dataset(records, settings.dataset)
    except PipelineError:
        return utils.fingerprint([RULES_VERSION, info.client_id, "none"])
    by_id = {record.image_id: record for record in records}
    lines = {i: caption_line(by_id[i], info, settings) for folder in plan.folders for i in folder.image_ids}
    return _plan_fingerprint(plan, by_id, lines, info)


def _plan_fingerprint(
    plan: DatasetPlan, records: Mapping[str, ImageRecord], lines: Mapping[str, str], info: ClientInfo
) -> str:  # fmt: skip
    pictures = [
        [folder.repeats, image_id, _cut(records[image_id]), lines[image_id]]
        for folder in plan.folders
        for image_id in folder.image_ids
    ]
    return utils.fingerprint([RULES_VERSION, info.client_id, pictures])


def _cut(record: ImageRecord) -> list[object]:
    square = list(record.crop.square) if record.crop else []
    return [square, record.crop.side_px if record.crop else 0, record.original.sha256]


def wanted_fingerprint(client: Client, settings: Settings) -> str:
    """Return the fingerprint of the dataset that `prepare` would write now."""
    return fingerprint(client.records(), client.info(), settings)


def prepared_fingerprint(client: Client) -> str | None:
    """Return the fingerprint of the dataset that is there, None where there is none."""
    found = {str(info.get("fingerprint", "")) for _, info in _prepared_folders(client)}
    return found.pop() if len(found) == 1 else None


def _prepared_folders(client: Client) -> list[tuple[Path, dict[str, Any]]]:
    """Return the numbered folders of a client's training_data that hold a readable dataset_info.json of this client."""
    found = []
    try:
        folders = sorted(path for path in client.training_data.iterdir() if path.is_dir())
    except FileNotFoundError:
        return []
    for path in folders:
        try:
            info = json.loads((path / INFO_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(info, dict) and info.get("client_id") == client.client_id:
            found.append((path, info))
    return found


# --- captions --------------------------------------------------------------------------------------------------------


def caption_line(record: ImageRecord, info: ClientInfo, settings: Settings) -> str:
    """Return what stands in a picture's .txt: its caption on one line, never empty."""
    text = captions.write_caption(record, trigger_word=info.trigger_word, class_word=info.class_word, config=settings.captions)
    return " ".join(text.split()) or captions.first_phrase(info.trigger_word, info.class_word)


def set_caption(client: Client, image_id: str, text: str) -> list[Note]:
    """Keep the user's own caption of a picture for ever; return what the trainer would make of it, if that is odd.

    Raises PipelineError("caption.bad_text") for an empty text or one of several lines.
    """
    line = " ".join(text.split())
    trigger = client.info().trigger_word
    if not line or len(text.strip().splitlines()) > 1:
        raise PipelineError("caption.bad_text", trigger=trigger)
    with client.lock("caption"):
        record = client.record(image_id)
        client.save_record(record.model_copy(update={"caption": Caption(text=line, by="user")}))
    return captions.caption_problems(line, trigger)


def clear_caption(client: Client, image_id: str) -> None:
    """Give a picture's caption back to the rules; the next preparation writes it."""
    with client.lock("caption"):
        record = client.record(image_id)
        client.save_record(record.model_copy(update={"caption": None}))


def caption_rows(client: Client, settings: Settings) -> list[CaptionRow]:
    """Return what `prepare` would write now beside every approved picture; nothing is written.

    Raises PipelineError("dataset.no_pictures").
    """
    info = client.info()
    records = client.records()
    plan = plan_dataset(records, settings.dataset)
    folders = {i: f"{folder.repeats}_{client.client_id}" for folder in plan.folders for i in folder.image_ids}
    return [
        CaptionRow(
            record.image_id, record.original.name, folders.get(record.image_id, ""), caption_line(record, info, settings),
            "user" if _by_user(record) else "rules",
        )
        for record in records
        if record.approved
    ]  # fmt: skip


def apply_captions(client: Client, changes: Sequence[CaptionChange]) -> int:
    """Make changes of captions the user's own, for ever; return how many. `undo_captions` takes them back together."""
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
        # Before the records: whatever part of them is changed when the power fails can be taken back.
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
        if _still(client, item)
    ]


def undo_captions(client: Client) -> int:
    """Take the last change of captions back; return how many captions are as before. 0: there is nothing to take back."""
    with client.lock("caption"):
        edits = _edits(client)
        if not edits:
            return 0
        items = [item for item in edits[-1]["pictures"] if _still(client, item)]
        for item in items:
            before = Caption.model_validate(item["before"]) if item["before"] else None
            client.save_record(client.record(str(item["image_id"])).model_copy(update={"caption": before}))
        _write_edits(client, edits[:-1])
    return len(items)


def _still(client: Client, item: Mapping[str, Any]) -> bool:
    """Tell whether a picture still has the caption that a change gave it."""
    image_id = str(item["image_id"])
    if not client.has_record(image_id):
        return False
    return client.record(image_id).caption == Caption(text=str(item["after"]), by="user")


def _edits(client: Client) -> list[dict[str, Any]]:
    found = utils.read_object(client.images.parent / EDITS_FILE).get("edits", [])
    return list(found) if isinstance(found, list) else []


def _write_edits(client: Client, edits: Sequence[Mapping[str, Any]]) -> None:
    utils.write_json(client.images.parent / EDITS_FILE, {"version": 1, "edits": list(edits[-EDITS_KEPT:])})


def _adopt_edited(client: Client, records: dict[str, ImageRecord]) -> list[str]:
    """Take captions that were edited in training_data itself for the user's; return the ids of their pictures."""
    adopted = []
    for folder, info in _prepared_folders(client):
        for item in info.get("pictures", []):
            image_id, written = str(item.get("image_id")), item.get("caption")
            record = records.get(image_id)
            if record is None or not isinstance(written, str) or not IMAGE_ID.fullmatch(image_id):
                continue
            try:
                now = (folder / f"{image_id}.txt").read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError):
                continue
            line = " ".join(now.split())
            if line and line != written:
                records[image_id] = record.model_copy(update={"caption": Caption(text=line, by="user")})
                client.save_record(records[image_id])
                adopted.append(image_id)
    return adopted


# --- prepare ---------------------------------------------------------------------------------------------------------


def prepare(client: Client, *, settings: Settings, on_progress: OnProgress | None = None) -> DatasetReport:
    """Write the dataset of a client's approved pictures; the old one stays until the new one was read back and found right.

    Captions are stored in the records, the user's kept; files in training_data that are not ours are moved to output/.
    Raises PipelineError("client.locked") while a training or another stage holds the client, ("dataset.no_pictures"),
    ("dataset.missing_crops"), ("dataset.not_written"), ("dataset.in_use") and ("dataset.not_as_planned").
    """
    with client.lock("prepare"):
        _repair(client)
        info = client.info()
        records = {record.image_id: record for record in client.records()}
        adopted = _adopt_edited(client, records)
        plan = plan_dataset(records.values(), settings.dataset)
        _check_crops(client, plan)
        lines, written = _settle_captions(client, plan, records, info, settings)
        mark = _plan_fingerprint(plan, records, lines, info)
        folders = _folder_reports(plan, records, client.client_id)
        new = client.folder / ".training_data.new"
        try:
            _write_tree(new, client, plan, records, lines, on_progress)
            _write_infos(new, plan, folders, records, lines, info, mark)
            check_written(new, plan, lines, client.client_id)
            saved = _keep_foreign(client)
            _swap(client, new)
        except OSError as error:
            raise PipelineError("dataset.not_written", path=str(client.training_data), detail=str(error)) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)
    kept = [records[image_id] for image_id in lines if _by_user(records[image_id])]
    notes = [*plan.notes, *_caption_notes(kept, adopted, saved, info)]
    if not settings.captions.include_identity:
        notes += _identity_notes([records[image_id] for image_id in lines])
    return DatasetReport(
        len(lines), folders, plan.exposures, plan.shares_asked, plan.shares_reached, plan.left_out, written, len(kept),
        tuple(notes), mark,
    )  # fmt: skip


def _by_user(record: ImageRecord) -> bool:
    return record.caption is not None and record.caption.by == "user"


def _caption_notes(kept: Sequence[ImageRecord], adopted: Sequence[str], saved: Path | None, info: ClientInfo) -> list[Note]:
    notes: list[Note] = []
    if adopted:
        notes.append(("dataset.note.captions_adopted", {"n": len(adopted), "image": adopted[0]}))
    if saved is not None:
        notes.append(("dataset.note.foreign_moved", {"path": str(saved)}))
    for record in kept:
        if record.caption is not None:
            notes += captions.caption_problems(record.caption.text, info.trigger_word)
    return notes


def _identity_notes(used: Sequence[ImageRecord]) -> list[Note]:
    left_out = captions.identity_left_out(used)
    if not left_out:
        return []
    phrases = ", ".join(f"{phrase} ({n})" for phrase, n in left_out[:IDENTITY_SHOWN])
    return [("dataset.note.identity_left_out", {"n": len(left_out), "phrases": phrases})]


def _check_crops(client: Client, plan: DatasetPlan) -> None:
    """Raise PipelineError("dataset.missing_crops") where an approved picture has no file any more."""
    missing = [i for folder in plan.folders for i in folder.image_ids if not (client.processed / f"{i}.png").is_file()]
    if missing:
        raise PipelineError("dataset.missing_crops", n=len(missing), image=missing[0], folder=str(client.processed))


def _settle_captions(
    client: Client, plan: DatasetPlan, records: dict[str, ImageRecord], info: ClientInfo, settings: Settings
) -> tuple[dict[str, str], int]:
    """Write each picture's caption into its record; return image id -> caption, and how many the rules wrote anew."""
    lines: dict[str, str] = {}
    written = 0
    for folder in plan.folders:
        for image_id in folder.image_ids:
            record = records[image_id]
            lines[image_id] = caption_line(record, info, settings)
            settled = Caption(text=lines[image_id], by="rules")
            if not _by_user(record) and record.caption != settled:
                records[image_id] = record.model_copy(update={"caption": settled})
                client.save_record(records[image_id])
                written += 1
    return lines, written


def _folder_reports(plan: DatasetPlan, records: Mapping[str, ImageRecord], client_id: str) -> tuple[FolderReport, ...]:
    reports = []
    for folder in plan.folders:
        sources = Counter(records[image_id].source for image_id in folder.image_ids)
        name = f"{folder.repeats}_{client_id}"
        reports.append(FolderReport(name, folder.repeats, len(folder.image_ids), dict(sorted(sources.items()))))
    return tuple(reports)


def _write_tree(
    new: Path, client: Client, plan: DatasetPlan, records: Mapping[str, ImageRecord], lines: Mapping[str, str],
    on_progress: OnProgress | None,
) -> None:  # fmt: skip
    """Link every picture into its folder, under its image id, with its caption beside it."""
    done = 0
    for folder in plan.folders:
        target = new / f"{folder.repeats}_{client.client_id}"
        target.mkdir(parents=True)
        for image_id in folder.image_ids:
            utils.link_or_copy(client.processed / f"{image_id}.png", target / f"{image_id}.png")
            (target / f"{image_id}.txt").write_bytes(lines[image_id].encode("utf-8"))
            done += 1
            if on_progress is not None:
                on_progress(done, len(lines))


def _write_infos(
    new: Path, plan: DatasetPlan, folders: Sequence[FolderReport], records: Mapping[str, ImageRecord],
    lines: Mapping[str, str], info: ClientInfo, mark: str,
) -> None:  # fmt: skip
    """Write dataset_info.json beside the pictures of each folder; the trainer passes it over."""
    common = {
        "version": INFO_VERSION, "client_id": info.client_id, "trigger_word": info.trigger_word,
        "class_word": info.class_word, "fingerprint": mark, "made_at": utils.now(),
        "exposures": plan.exposures, "shares_asked": plan.shares_asked, "shares_reached": plan.shares_reached,
        "left_out": plan.left_out, "folders": [dataclasses.asdict(folder) for folder in folders],
    }  # fmt: skip
    for folder, report in zip(plan.folders, folders, strict=True):
        pictures = [
            {"image_id": i, "file": f"{i}.png", "caption": lines[i], "source": records[i].source, "repeats": folder.repeats}
            for i in folder.image_ids
        ]
        utils.write_json(new / report.name / INFO_FILE, {**common, "repeats": folder.repeats, "pictures": pictures})


def check_written(tree: Path, plan: DatasetPlan, lines: Mapping[str, str], client_id: str) -> None:
    """Read a tree by the trainer's rules and compare it with the plan. Raises PipelineError("dataset.not_as_planned")."""
    view = trainer_dataset.read_as_trainer(tree, client_id=client_id)
    expected = {
        f"{folder.repeats}_{client_id}": (folder.repeats, {f"{i}.png": lines[i] for i in folder.image_ids})
        for folder in plan.folders
    }
    seen = {f.name: (f.repeats, dict(zip(f.images, f.captions, strict=True))) for f in view.folders}
    different = [name for name in sorted({*expected, *seen}) if expected.get(name) != seen.get(name)]
    details = [*different, *(f"{key} {values}" for key, values in view.problems), *(name for name, _ in view.ignored)]
    if details or view.exposures != plan.exposures:
        detail = "; ".join(details[:5]) or f"{view.exposures} != {plan.exposures}"
        raise PipelineError("dataset.not_as_planned", detail=detail)


# --- the swap --------------------------------------------------------------------------------------------------------


def _swap(client: Client, new: Path) -> None:
    """Let the new tree take the old one's place. Raises PipelineError("dataset.in_use") with the old one back in place."""
    old = client.folder / ".training_data.old"
    try:
        if client.training_data.exists():
            client.training_data.rename(old)
        new.rename(client.training_data)
    except OSError as error:  # Windows: a picture is open in a viewer
        _repair(client)
        raise PipelineError("dataset.in_use", path=str(client.training_data), detail=str(error)) from error
    shutil.rmtree(old, ignore_errors=True)


def _repair(client: Client) -> None:
    """Undo what an interrupted swap left: the old tree comes back where no new one took its place."""
    old = client.folder / ".training_data.old"
    if old.is_dir():
        with contextlib.suppress(OSError):
            client.training_data.rmdir()  # only if empty: made by make_folders meanwhile
        if not client.training_data.exists():
            old.rename(client.training_data)
    for leftover in client.folder.glob(".training_data.*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _keep_foreign(client: Client) -> Path | None:
    """Move files in training_data that no preparation wrote to output/; return the folder they are in now, None without any."""
    ours = {path.name: {str(p.get("file")) for p in info.get("pictures", [])} for path, info in _prepared_folders(client)}
    foreign = list(_foreign_files(client, ours))
    if not foreign:
        return None
    stamp = re.sub(r"\D", "", utils.now()[:19])
    target = client.output / f"from_training_data_{stamp}"
    for path in foreign:
        place = target / path.relative_to(client.training_data)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)
    return target


def _foreign_files(client: Client, ours: Mapping[str, set[str]]) -> Iterator[Path]:
    if not client.training_data.is_dir():
        return
    for place, _, names in os.walk(client.training_data):
        parts = Path(place).relative_to(client.training_data).parts
        known = ours.get(parts[0], set()) if len(parts) == 1 else set()
        for name in sorted(names):
            stem, suffix = os.path.splitext(name)  # noqa: PTH122  # a Path for each of ten thousand names takes its time
            passed_over = name in {INFO_FILE, "Thumbs.db", "desktop.ini", ".DS_Store"} or suffix in {".npz", ".tmp"}
            if not passed_over and name not in known and f"{stem}.png" not in known:
                yield Path(place, name)
