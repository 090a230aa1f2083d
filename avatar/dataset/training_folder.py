"""The tree of training_data/: pictures linked, captions written, read back by the trainer's own rules."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import utils
from avatar.dataset import background, caption_edits, class_word, trigger_word
from avatar.dataset import members as dataset_members
from avatar.dataset.caption_edits import CaptionChange
from avatar.dataset.gather import Gathered
from avatar.dataset.members import Member
from avatar.dataset.prepared import Prepared
from avatar.dataset.repeats import DatasetPlan, PlannedFolder, plan_candidates
from avatar.faces import remake
from avatar.texts.text import IN_MEMORY, PipelineError, Text
from avatar.trainer import dataset_folder
from avatar.trainer.dataset_folder import INFO_FILE
from avatar.workspace.client import Client
from avatar.workspace.records import ClientInfo, ImageRecord
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
    masked: int = 0  # pictures whose background is not learnt
    held_out: tuple[str, ...] = ()  # photos that are not trained, so that likeness can be measured on them
    records: Sequence[ImageRecord] = field(default=(), metadata=IN_MEMORY)  # all of the client, as they stand now


# --- the dataset to be written ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dataset:
    """The dataset to write: which picture goes into which folder, with which caption."""

    plan: DatasetPlan
    used: Mapping[str, Member]  # the pictures of the plan, by image id
    info: ClientInfo
    fingerprint: str
    held_out: tuple[str, ...] = ()

    @property
    def masked(self) -> bool:
        """Return whether pictures have an alpha channel for the trainer to weigh the loss by."""
        return any(item.face is not None for item in self.used.values())

    @property
    def folders(self) -> tuple[FolderReport, ...]:
        return tuple(self._folder(folder) for folder in self.plan.folders)

    def _folder(self, folder: PlannedFolder) -> FolderReport:
        sources = Counter(self.used[image_id].candidate.source for image_id in folder.image_ids)
        return FolderReport(self.folder_name(folder), folder.repeats, len(folder.image_ids), dict(sorted(sources.items())))

    def folder_name(self, folder: PlannedFolder) -> str:
        return f"{folder.repeats}_{self.info.client_id}"


def decide(gathered: Gathered, settings: Settings) -> Dataset:
    """Return the dataset of the approved pictures. Pure. Raises PipelineError("dataset.no_pictures")."""
    approved = gathered.approved
    plan = plan_candidates((item.candidate for item in approved.values()), settings.dataset, total=len(gathered.records))
    used = {image_id: approved[image_id] for folder in plan.folders for image_id in folder.image_ids}
    marks = {image_id: item.mark for image_id, item in used.items()}
    fingerprint = dataset_members.plan_fingerprint(plan, marks, gathered.info)
    return Dataset(plan, used, gathered.info, fingerprint, gathered.held_out)


def report(dataset: Dataset, gathered: Gathered, before: Prepared, saved: Path | None, settings: Settings) -> DatasetReport:
    """Return what a preparation did. saved: where files of the user were moved to, None without any."""
    plan, used = dataset.plan, dataset.used
    kept = {image_id: item.line for image_id, item in used.items() if item.by_user}
    written = sum(not item.by_user and before.captions.get(image_id) != item.line for image_id, item in used.items())
    notes = [
        *plan.notes,
        *_caption_notes(kept, gathered.adopted, saved, dataset.info, settings.captions.max_tokens),
        *_identity_notes(used.values()),
    ]
    return DatasetReport(
        len(used), dataset.folders, plan.exposures, plan.shares_asked, plan.shares_reached, plan.left_out, written, len(kept),
        tuple(notes), dataset.fingerprint, sum(item.face is not None for item in used.values()), gathered.held_out,
        gathered.records,
    )  # fmt: skip


def _caption_notes(
    kept: Mapping[str, str], adopted: Sequence[str], saved: Path | None, info: ClientInfo, max_tokens: int
) -> list[Text]:
    notes = trigger_word.trigger_advice(info.trigger_word)  # the training comes later, so they can still be changed
    notes += class_word.advice(info.class_word, info.client_id)
    if adopted:
        notes.append(Text("dataset.note.captions_adopted", {"n": len(adopted)}))
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


def mend_crops(client: Client, plan: DatasetPlan, settings: Settings) -> list[Text]:
    """Make crops that are missing or damaged anew from their originals; return a note where there were any.

    Raises PipelineError("dataset.missing_crops") where that does not bring them back.
    """
    client.processed.mkdir(parents=True, exist_ok=True)
    made, left = remake.remake(client, (i for folder in plan.folders for i in folder.image_ids), settings)
    if left:
        raise PipelineError("dataset.missing_crops", n=len(left), image=left[0], folder=str(client.processed))
    return [Text("dataset.note.remade", {"n": len(made)})] if made else []


# --- writing and reading back ----------------------------------------------------------------------------------------


def write(new: Path, client: Client, dataset: Dataset, before: Prepared, on_progress: OnProgress | None) -> None:
    """Write the tree to the folder `new` and read it back by the trainer's rules.

    Raises OSError and PipelineError("dataset.not_as_planned").
    """
    _write_pictures(new, client, dataset, before, on_progress)
    _write_infos(new, dataset)
    check_written(new, dataset)


def _write_pictures(new: Path, client: Client, dataset: Dataset, before: Prepared, on_progress: OnProgress | None) -> None:
    """Link every picture into its folder, under its image id, with its caption beside it."""
    crops = f"{client.processed}{os.sep}"
    done = 0
    for folder in dataset.plan.folders:
        target = new / dataset.folder_name(folder)
        target.mkdir(parents=True)
        for image_id in folder.image_ids:
            place = f"{target}{os.sep}{image_id}"
            face = dataset.used[image_id].face
            if face is None:
                _link(f"{crops}{image_id}.png", f"{place}.png")
            else:
                background.write_png(Path(f"{crops}{image_id}.png"), Path(f"{place}.png"), face)
            line = dataset.used[image_id].line
            unchanged = image_id in before.untouched and before.captions[image_id] == line
            _write_text(f"{place}.txt", line, before.text_file(image_id) if unchanged else "")
            done += 1
            if on_progress is not None:
                on_progress(done, len(dataset.used))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        utils.link_or_copy(Path(source), Path(target))


def _write_text(place: str, line: str, before: str) -> None:
    """Write a caption, as a hard link to the file `before` ("": none) that has the same content.

    ext4 skips inodes freed in the last minutes when it looks for a free one, so that creating thousands of files
    after deleting thousands takes ten times as long as linking them. No fsync: a text emptied by a power failure is
    written again by the next preparation, and found by the check before a training.
    """
    with contextlib.suppress(OSError):
        if before:
            os.link(before, place)
            return
    with open(place, "xb") as handle:  # noqa: PTH123
        handle.write(line.encode("utf-8"))


def _write_infos(new: Path, dataset: Dataset) -> None:
    """Write dataset_info.json beside the pictures of each folder; the trainer ignores it."""
    plan, used, info = dataset.plan, dataset.used, dataset.info
    folders = dataset.folders
    common = {
        "version": INFO_VERSION, "client_id": info.client_id, "trigger_word": info.trigger_word,
        "class_word": info.class_word, "fingerprint": dataset.fingerprint, "made_at": utils.now(),
        "exposures": plan.exposures, "shares_asked": plan.shares_asked, "shares_reached": plan.shares_reached,
        "left_out": plan.left_out, "held_out": dataset.held_out,
        "masked": dataset.masked, "folders": [dataclasses.asdict(folder) for folder in folders],
    }  # fmt: skip
    for folder, report in zip(plan.folders, folders, strict=True):
        pictures = [
            {"image_id": i, "file": f"{i}.png", "caption": used[i].line, "source": used[i].candidate.source,
             "repeats": folder.repeats}
            for i in folder.image_ids
        ]  # fmt: skip
        head = json.dumps({**common, "repeats": folder.repeats}, ensure_ascii=False, indent=2)
        listed = ",\n".join(f"    {json.dumps(picture, ensure_ascii=False)}" for picture in pictures)
        # One picture per line: readable, and ten times as fast as json's indentation for thousands.
        utils.write_atomic(new / report.name / INFO_FILE, f'{head[:-2]},\n  "pictures": [\n{listed}\n  ]\n}}\n')


def check_written(tree: Path, dataset: Dataset) -> None:
    """Read a tree by the trainer's rules and compare it with the plan. Raises PipelineError("dataset.not_as_planned")."""
    view = dataset_folder.read_as_trainer(tree, client_id=dataset.info.client_id)
    expected = {
        dataset.folder_name(folder): (folder.repeats, {f"{i}.png": dataset.used[i].line for i in folder.image_ids})
        for folder in dataset.plan.folders
    }
    seen = {f.name: (f.repeats, dict(zip(f.images, f.captions, strict=True))) for f in view.folders}
    different = [name for name in sorted({*expected, *seen}) if expected.get(name) != seen.get(name)]
    details = [*different, *map(str, view.problems), *(name for name, _ in view.ignored)]
    if details or view.exposures != dataset.plan.exposures:
        detail = "; ".join(details[:5]) or f"{view.exposures} != {dataset.plan.exposures}"
        raise PipelineError("dataset.not_as_planned", detail=detail)
