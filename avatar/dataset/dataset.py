"""The dataset stage: which pictures the trainer sees how often, and the folder it reads.

`plan_dataset` decides (dataset_plan, pure), `prepare` lays out training_data/{repeats}_{client_id}/ and reads it back by the
trainer's own rules before it takes the place of the old one.
"""

from __future__ import annotations

import codecs
import contextlib
import dataclasses
import hashlib
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import utils
from avatar.dataset import caption_edits, captions
from avatar.dataset.caption_edits import CaptionChange
from avatar.dataset.dataset_advice import Advice, advice
from avatar.dataset.dataset_plan import (
    Candidate,
    DatasetPlan,
    Note,
    PlannedFolder,
    candidate,
    candidates,
    plan_candidates,
    plan_dataset,
)
from avatar.texts.text import PipelineError
from avatar.trainer import dataset_folder
from avatar.trainer.dataset_folder import INFO_FILE
from avatar.workspace.client import IMAGE_ID, Client
from avatar.workspace.records import FURTHER, Caption, ClientInfo, ImageRecord
from config import Settings
from utils import OnProgress

__all__ = [
    "Advice", "Candidate", "CaptionRow", "DatasetPlan", "DatasetReport", "FolderReport", "PlannedFolder", "advice",
    "apply_captions", "caption_rows", "clear_caption", "fingerprint", "fingerprint_of", "last_edit", "member", "members",
    "plan_dataset",
    "prepare", "prepared_captions", "prepared_fingerprint", "rescue", "set_caption", "undo_captions", "wanted_fingerprint",
]  # fmt: skip

INFO_VERSION = 1
RULES_VERSION = 3  # raised whenever the same records would give another dataset: what is prepared is then out of date
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


@dataclass(frozen=True, slots=True)
class Member:
    """What a preparation keeps in mind of one approved picture, its record let go: thousands must not fill the memory."""

    candidate: Candidate
    line: str  # its caption
    by_user: bool
    mark: str  # changes with the cut and the caption
    identity: tuple[str, ...]  # phrases of identity that are left to the trigger word


def member(record: ImageRecord, info: ClientInfo, settings: Settings) -> Member:
    """Return what a preparation needs of an approved picture; pure."""
    line = caption_line(record, info, settings)
    cut = (record.crop.square, record.crop.side_px, *([record.crop.angle] if record.crop.angle else [])) if record.crop else ()
    mark = hashlib.sha256(f"{cut} {record.original.sha256} {line}".encode()).hexdigest()[:16]
    identity = () if settings.captions.include_identity else tuple(sorted(captions.identity_phrases(record)))
    return Member(candidate(record), line, _by_user(record), mark, identity)


def members(record: ImageRecord, info: ClientInfo, settings: Settings) -> list[Member]:
    """Return the same for each crop of an approved picture; the further ones have ids of their own: id~framing. Pure."""
    if not record.more_crops:
        return [member(record, info, settings)]
    crops = [record, *(record.model_copy(update={"crop": crop}) for crop in record.more_crops)]
    found = [member(one, info, settings) for one in crops]
    return [dataclasses.replace(item, candidate=own) for item, own in zip(found, candidates(record), strict=True)]


def fingerprint(records: Iterable[ImageRecord], info: ClientInfo, settings: Settings) -> str:
    """Return what tells a prepared dataset from one that would be prepared now; pure.

    It changes with the pictures in use and their crops, their repeats, captions and the client's words.
    """
    found = [item for record in records if record.approved for item in members(record, info, settings)]
    return fingerprint_of({item.candidate: item.mark for item in found}, info.client_id, settings)


def fingerprint_of(marks: Mapping[Candidate, str], client_id: str, settings: Settings) -> str:
    """Return the same of approved pictures of which no more than their marks (of `member`) is known; pure."""
    try:
        plan = plan_candidates(marks, settings.dataset, total=len(marks))
    except PipelineError:
        return utils.fingerprint([RULES_VERSION, client_id, "none"])
    return _plan_fingerprint(plan, {item.image_id: mark for item, mark in marks.items()}, client_id)


def _plan_fingerprint(plan: DatasetPlan, marks: Mapping[str, str], client_id: str) -> str:
    pictures = [[folder.repeats, image_id, marks[image_id]] for folder in plan.folders for image_id in folder.image_ids]
    return utils.fingerprint([RULES_VERSION, client_id, pictures])


def wanted_fingerprint(client: Client, settings: Settings) -> str:
    """Return the fingerprint of the dataset that `prepare` would write now."""
    return fingerprint(client.each_record(), client.info(), settings)


def prepared_fingerprint(client: Client) -> str | None:
    """Return the fingerprint of the dataset that is there, None where there is none."""
    found = {str(info.get("fingerprint", "")) for _, info in _prepared_folders(client)}
    return found.pop() if len(found) == 1 else None


def prepared_captions(client: Client) -> dict[str, str]:
    """Return image id -> caption as the last preparation wrote it."""
    return _Prepared.read(client).captions


def _prepared_folders(client: Client) -> list[tuple[Path, dict[str, Any]]]:
    """Return the folders of a client's training_data that hold a readable dataset_info.json of this client.

    One that bears another name is this client's where all its pictures are: the client's folder was renamed or copied by hand.
    """
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
        if isinstance(info, dict) and (info.get("client_id") == client.client_id or _all_known(client, info)):
            found.append((path, info))
    return found


def _all_known(client: Client, info: Mapping[str, Any]) -> bool:
    """Tell whether a dataset_info.json lists pictures, and only such as the client has records of."""
    ids = {image_id for image_id, _ in _listed(info)}
    return bool(ids) and all(client.has_record(image_id.partition(FURTHER)[0]) for image_id in ids)


def _listed(info: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield id and entry of each picture that a dataset_info.json lists; an entry that somebody spoilt is passed over."""
    pictures = info.get("pictures")
    for item in pictures if isinstance(pictures, list) else ():
        image_id = str(item.get("image_id")) if isinstance(item, dict) else ""
        if IMAGE_ID.fullmatch(image_id.partition(FURTHER)[0]):
            yield image_id, item


@dataclass(frozen=True)
class _Prepared:
    """What the last preparation wrote, as far as its dataset_info.json files tell."""

    folders: Mapping[str, Path]  # image id -> where its picture lies
    captions: dict[str, str]
    files: Mapping[str, frozenset[str]]  # folder name -> pictures
    untouched: set[str] = field(default_factory=set)  # image ids whose text file was seen to hold just the caption

    @classmethod
    def read(cls, client: Client) -> _Prepared:
        folders: dict[str, Path] = {}
        written: dict[str, str] = {}
        files: dict[str, frozenset[str]] = {}
        for path, info in _prepared_folders(client):
            pictures = list(_listed(info))
            files[path.name] = frozenset(str(item.get("file")) for _, item in pictures)
            for image_id, item in pictures:
                if isinstance(line := item.get("caption"), str):
                    folders[image_id], written[image_id] = path, line
        return cls(folders, written, files)

    def text_file(self, image_id: str) -> str:
        return f"{self.folders[image_id]}{os.sep}{image_id}.txt"

    def edited(self, image_id: str) -> str:
        """Return the caption that was typed into the file itself since, "" where there is none."""
        if image_id not in self.captions:
            return ""
        try:
            with open(self.text_file(image_id), "rb") as handle:  # noqa: PTH123  # thousands: a Path for each takes its time
                content = handle.read()
            if content == self.captions[image_id].encode("utf-8"):
                self.untouched.add(image_id)
                return ""
        except OSError:
            return ""
        line = " ".join(_decoded(content).split())
        return line if line != self.captions[image_id] else ""


def _decoded(content: bytes) -> str:
    """Return a text that was typed in any editor: UTF-8, UTF-16 where its mark says so, else what Windows calls ANSI."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


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


# --- prepare ---------------------------------------------------------------------------------------------------------


def prepare(client: Client, *, settings: Settings, on_progress: OnProgress | None = None) -> DatasetReport:
    """Write the dataset of a client's approved pictures; the old one stays until the new one was read back and found right.

    The user's captions are kept in the records; files in training_data that are not ours are moved to output/.
    Raises PipelineError("client.locked") while a training or another stage holds the client, ("dataset.no_pictures"),
    ("dataset.missing_crops"), ("dataset.not_written"), ("dataset.in_use") and ("dataset.not_as_planned").
    """
    with client.lock("prepare"):
        _repair(client)
        info = client.info()
        old = _Prepared.read(client)
        approved, adopted, total = _gathered(client, info, settings, old)
        plan = plan_candidates((item.candidate for item in approved.values()), settings.dataset, total=total)
        _check_crops(client, plan)
        used = {image_id: approved[image_id] for folder in plan.folders for image_id in folder.image_ids}
        mark = _plan_fingerprint(plan, {image_id: item.mark for image_id, item in used.items()}, info.client_id)
        folders = _folder_reports(plan, used, client.client_id)
        new = client.folder / ".training_data.new"
        try:
            _write_tree(new, client, plan, used, old, on_progress)
            _write_infos(new, plan, folders, used, info, mark)
            check_written(new, plan, {image_id: item.line for image_id, item in used.items()}, client.client_id)
            saved = _keep_foreign(client, old)
            _swap(client, new)
        except OSError as error:
            raise PipelineError("dataset.not_written", path=str(client.training_data), detail=str(error)) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)
    kept = {image_id: item.line for image_id, item in used.items() if item.by_user}
    written = sum(not item.by_user and old.captions.get(image_id) != item.line for image_id, item in used.items())
    notes = [
        *plan.notes,
        *_caption_notes(kept, adopted, saved, info, settings.captions.max_tokens),
        *_identity_notes(used.values()),
    ]
    return DatasetReport(
        len(used), folders, plan.exposures, plan.shares_asked, plan.shares_reached, plan.left_out, written, len(kept),
        tuple(notes), mark,
    )  # fmt: skip


def _gathered(
    client: Client, info: ClientInfo, settings: Settings, old: _Prepared
) -> tuple[dict[str, Member], list[str], int]:  # fmt: skip
    """Read every record once; return the approved pictures, those whose caption was edited in training_data, and how many.

    A caption edited there is the user's from now on.
    """
    approved: dict[str, Member] = {}
    adopted: list[str] = []
    total = 0
    for record in client.each_record():
        total += 1
        if typed := _typed(record, old):
            record = _kept(client, record, typed)
            adopted.append(record.image_id)
        if record.approved:
            approved |= {item.candidate.image_id: item for item in members(record, info, settings)}
    return approved, adopted, total


def _typed(record: ImageRecord, old: _Prepared) -> str:
    return next(filter(None, map(old.edited, record.crop_ids)), "")


def _kept(client: Client, record: ImageRecord, typed: str) -> ImageRecord:
    record = record.model_copy(update={"caption": Caption(text=typed, by="user")})
    client.save_record(record)
    return record


def rescue(client: Client) -> tuple[list[str], Path | None]:
    """Keep what was typed into training_data and what was put there by hand, before it goes with the rest.

    Returns the pictures whose captions are the user's from now on, and the folder in output/ that holds the files.
    """
    with client.lock("prepare"):
        old = _Prepared.read(client)
        adopted = [_kept(client, r, typed).image_id for r in client.each_record() if (typed := _typed(r, old))]
        saved = _keep_foreign(client, old)
    return adopted, saved


def _by_user(record: ImageRecord) -> bool:
    return record.caption is not None and record.caption.by == "user"


def _caption_notes(
    kept: Mapping[str, str], adopted: Sequence[str], saved: Path | None, info: ClientInfo, max_tokens: int
) -> list[Note]:  # fmt: skip
    notes: list[Note] = captions.trigger_advice(info.trigger_word)  # the training is still to come
    if adopted:
        notes.append(("dataset.note.captions_adopted", {"n": len(adopted), "image": adopted[0]}))
    if saved is not None:
        notes.append(("dataset.note.foreign_moved", {"path": str(saved)}))
    own = [CaptionChange(image_id, line, line) for image_id, line in kept.items()]
    return [*notes, *caption_edits.problems(own, trigger_word=info.trigger_word, max_tokens=max_tokens)]


def _identity_notes(used: Iterable[Member]) -> list[Note]:
    counts = Counter(phrase for item in used for phrase in item.identity)
    if not counts:
        return []
    left_out = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    phrases = ", ".join(f"{phrase} ({n})" for phrase, n in left_out[:IDENTITY_SHOWN])
    return [("dataset.note.identity_left_out", {"n": len(left_out), "phrases": phrases})]


def _check_crops(client: Client, plan: DatasetPlan) -> None:
    """Raise PipelineError("dataset.missing_crops") where an approved picture has no file any more."""
    with os.scandir(client.processed) if client.processed.is_dir() else contextlib.nullcontext(()) as entries:
        there = {entry.name for entry in entries if entry.is_file()}
    missing = [i for folder in plan.folders for i in folder.image_ids if f"{i}.png" not in there]
    if missing:
        raise PipelineError("dataset.missing_crops", n=len(missing), image=missing[0], folder=str(client.processed))


def _folder_reports(plan: DatasetPlan, used: Mapping[str, Member], client_id: str) -> tuple[FolderReport, ...]:
    reports = []
    for folder in plan.folders:
        sources = Counter(used[image_id].candidate.source for image_id in folder.image_ids)
        name = f"{folder.repeats}_{client_id}"
        reports.append(FolderReport(name, folder.repeats, len(folder.image_ids), dict(sorted(sources.items()))))
    return tuple(reports)


def _write_tree(
    new: Path, client: Client, plan: DatasetPlan, used: Mapping[str, Member], old: _Prepared,
    on_progress: OnProgress | None,
) -> None:  # fmt: skip
    """Link every picture into its folder, under its image id, with its caption beside it."""
    crops = f"{client.processed}{os.sep}"
    done = 0
    for folder in plan.folders:
        target = new / f"{folder.repeats}_{client.client_id}"
        target.mkdir(parents=True)
        for image_id in folder.image_ids:
            place = f"{target}{os.sep}{image_id}"
            _link(f"{crops}{image_id}.png", f"{place}.png")
            line = used[image_id].line
            unchanged = image_id in old.untouched and old.captions[image_id] == line
            _write_text(f"{place}.txt", line, old.text_file(image_id) if unchanged else "")
            done += 1
            if on_progress is not None:
                on_progress(done, len(used))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        utils.link_or_copy(Path(source), Path(target))


def _write_text(place: str, line: str, before: str) -> None:
    """Write a caption, as a link to the file `before` ("": none), which holds just that.

    ext4 passes over every inode freed in the last minutes when it looks for a free one, so that making thousands of files
    after deleting thousands takes ten times as long as linking them. Not flushed: a text that a power failure emptied is
    written again by the next preparation, and found by the check before a training.
    """
    with contextlib.suppress(OSError):
        if before:
            os.link(before, place)
            return
    with open(place, "xb") as handle:  # noqa: PTH123
        handle.write(line.encode("utf-8"))


def _write_infos(
    new: Path, plan: DatasetPlan, folders: Sequence[FolderReport], used: Mapping[str, Member], info: ClientInfo, mark: str
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
            {"image_id": i, "file": f"{i}.png", "caption": used[i].line, "source": used[i].candidate.source,
             "repeats": folder.repeats}
            for i in folder.image_ids
        ]  # fmt: skip
        head = json.dumps({**common, "repeats": folder.repeats}, ensure_ascii=False, indent=2)
        listed = ",\n".join(f"    {json.dumps(picture, ensure_ascii=False)}" for picture in pictures)
        # A picture a line: readable, and written in a tenth of the time that json takes to indent thousands.
        utils.write_atomic(new / report.name / INFO_FILE, f'{head[:-2]},\n  "pictures": [\n{listed}\n  ]\n}}\n')


def check_written(tree: Path, plan: DatasetPlan, lines: Mapping[str, str], client_id: str) -> None:
    """Read a tree by the trainer's rules and compare it with the plan. Raises PipelineError("dataset.not_as_planned")."""
    view = dataset_folder.read_as_trainer(tree, client_id=client_id)
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


def _keep_foreign(client: Client, old: _Prepared) -> Path | None:
    """Move files in training_data that no preparation wrote to output/; return the folder they are in now, None without any."""
    foreign = list(_foreign_files(client, old.files))
    if not foreign:
        return None
    stamp = re.sub(r"\D", "", utils.now()[:19])
    target = client.output / f"from_training_data_{stamp}"
    for path in foreign:
        place = target / path.relative_to(client.training_data)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)
    return target


def _foreign_files(client: Client, ours: Mapping[str, frozenset[str]]) -> Iterator[Path]:
    if not client.training_data.is_dir():
        return
    for place, _, names in os.walk(client.training_data):
        parts = Path(place).relative_to(client.training_data).parts
        known = ours.get(parts[0], frozenset()) if len(parts) == 1 else frozenset()
        for name in sorted(names):
            stem, suffix = os.path.splitext(name)  # noqa: PTH122  # a Path for each of ten thousand names takes its time
            passed_over = name in {INFO_FILE, "Thumbs.db", "desktop.ini", ".DS_Store"} or suffix in {".npz", ".tmp"}
            if not passed_over and name not in known and not (suffix == ".txt" and f"{stem}.png" in known):
                yield Path(place, name)
