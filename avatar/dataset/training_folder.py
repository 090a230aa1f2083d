"""Writing training_data/: pictures linked, captions written, read back by the trainer's own rules, then swapped in."""

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

import utils
from avatar.dataset import caption_edits, trigger_word
from avatar.dataset import members as dataset_members
from avatar.dataset import prepared as dataset_prepared
from avatar.dataset.caption_edits import CaptionChange
from avatar.dataset.members import Member
from avatar.dataset.repeats import (
    DatasetPlan,
    plan_candidates,
)
from avatar.texts.text import PipelineError, Text
from avatar.trainer import dataset_folder
from avatar.trainer.dataset_folder import INFO_FILE
from avatar.workspace.client import Client
from avatar.workspace.records import Caption, ClientInfo, ImageRecord
from config import Settings
from utils import OnProgress

INFO_VERSION = 1
IDENTITY_SHOWN = 8


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
    notes: tuple[Text, ...]
    fingerprint: str


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
        old = dataset_prepared.Prepared.read(client)
        approved, adopted, total = _gathered(client, info, settings, old)
        plan = plan_candidates((item.candidate for item in approved.values()), settings.dataset, total=total)
        _check_crops(client, plan)
        used = {image_id: approved[image_id] for folder in plan.folders for image_id in folder.image_ids}
        mark = dataset_members.plan_fingerprint(plan, {image_id: item.mark for image_id, item in used.items()}, info.client_id)
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
    client: Client, info: ClientInfo, settings: Settings, old: dataset_prepared.Prepared
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
            approved |= {item.candidate.image_id: item for item in dataset_members.members(record, info, settings)}
    return approved, adopted, total


def _typed(record: ImageRecord, old: dataset_prepared.Prepared) -> str:
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
        old = dataset_prepared.Prepared.read(client)
        adopted = [_kept(client, r, typed).image_id for r in client.each_record() if (typed := _typed(r, old))]
        saved = _keep_foreign(client, old)
    return adopted, saved


def _caption_notes(
    kept: Mapping[str, str], adopted: Sequence[str], saved: Path | None, info: ClientInfo, max_tokens: int
) -> list[Text]:  # fmt: skip
    notes: list[Text] = trigger_word.trigger_advice(info.trigger_word)  # the training is still to come
    if adopted:
        notes.append(Text("dataset.note.captions_adopted", {"n": len(adopted), "image": adopted[0]}))
    if saved is not None:
        notes.append(Text("dataset.note.foreign_moved", {"path": str(saved)}))
    own = [CaptionChange(image_id, line, line) for image_id, line in kept.items()]
    return [*notes, *caption_edits.problems(own, trigger_word=info.trigger_word, max_tokens=max_tokens)]


def _identity_notes(used: Iterable[Member]) -> list[Text]:
    counts = Counter(phrase for item in used for phrase in item.identity)
    if not counts:
        return []
    left_out = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    phrases = ", ".join(f"{phrase} ({n})" for phrase, n in left_out[:IDENTITY_SHOWN])
    return [Text("dataset.note.identity_left_out", {"n": len(left_out), "phrases": phrases})]


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
    new: Path, client: Client, plan: DatasetPlan, used: Mapping[str, Member], old: dataset_prepared.Prepared,
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
    details = [*different, *map(str, view.problems), *(name for name, _ in view.ignored)]
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


def _keep_foreign(client: Client, old: dataset_prepared.Prepared) -> Path | None:
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
