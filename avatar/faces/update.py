"""Which pictures need work, and saving a worker's outcome: record, verdict, files."""

from __future__ import annotations

import contextlib
import logging
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import utils
from avatar.faces import crops as face_crops
from avatar.faces import identity as face_identity
from avatar.faces import pose, quality
from avatar.faces.crops import Outcome, Task
from avatar.faces.face import DetectedFace
from avatar.pictures.raw_cache import Developed
from avatar.system import shortage
from avatar.texts.text import PipelineError, Text
from avatar.trainer import dataset_pictures
from avatar.workspace.client import IMAGE_ID, Client
from avatar.workspace.records import FURTHER, Decision, Face, Identity, ImageRecord, Verdict
from config import FaceConfig, Framing, QualityControlConfig, Settings

Work = Literal["detect", "cut", "judge"]
# No picture's own fault: the next one would say the same.
ENDING = frozenset({"faces.no_mtcnn", "faces.wrong_weights", "faces.wrong_package", *shortage.KEYS})
BY_MACHINE = frozenset({"faces.no_memory", "faces.not_written", "faces.worker_died"})  # why a sound picture may fail
SAME_FACE = 0.9  # [choice] cosine of one face cut out twice; another face of the picture is another person


@dataclass(frozen=True)
class Failure:
    """What went wrong with one picture."""

    image_id: str
    name: str
    text: Text


def work_needed(
    record: ImageRecord, settings: Settings, files: frozenset[str], *, compares: bool, force: bool = False
) -> Work | None:
    """Return which work a picture needs, or None if it is up to date.

    files     those there are: "processed.png", "rejected.png", "rejected.jpg", further crops as "processed~half_figure.png"
    compares  whether faces are compared: pictures whose faces have no vector are then cut again
    """
    now = face_crops.face_fingerprint(settings.faces)
    before = record.processed_with or ""
    if force or record.quality is None or before.partition("-")[0] != now.partition("-")[0]:
        return "detect"
    judged = quality.judge(record.quality.measures, settings.quality, quality.kind_of(record))
    verdict = _final_verdict(record, judged.verdict)
    if before != now or (compares and _unidentified(record)) or not _has_picture(verdict, record.crop is not None, files):
        return "cut"
    if verdict == "approved" and not {f"processed{FURTHER}{crop.framing}.png" for crop in record.more_crops} <= files:
        return "cut"
    stale = bool(
        files
        & ({"rejected.png", "rejected.jpg"} if _belongs_in_processed(verdict, record.crop is not None) else {"processed.png"})
    )
    return "judge" if stale or judged.rules != record.quality.rules else None


@dataclass(frozen=True)
class WorkList:
    """The pictures of a client that are not up to date with the settings."""

    judge: list[str]  # image ids of those whose stored measures are judged by other limits; no picture is opened
    tasks: list[Task]  # those to be detected or cut again

    @property
    def total(self) -> int:
        return len(self.judge) + len(self.tasks)


def list_work(client: Client, records: Mapping[str, ImageRecord], settings: Settings, *, force: bool) -> WorkList:
    """Return what has to be done again; force: detect every picture anew, whatever is known of it."""
    present = _without_damaged(client, present_files(client))
    compares = face_identity.available()
    work = WorkList([], [])
    for image_id, record in records.items():
        needed = work_needed(record, settings, present.get(image_id, frozenset()), compares=compares, force=force)
        if needed == "judge":
            work.judge.append(image_id)
        elif needed is not None:
            work.tasks.append(task_of(client, record, settings, detect=needed == "detect"))
    return work


def list_known(client: Client, records: Mapping[str, ImageRecord], settings: Settings) -> WorkList:
    """Return what other limits ask for: pictures that were measured, to judge again or, newly approved, to cut out.

    Crops are taken to be whole: to read each of thousands would take minutes, and `process` does.
    """
    present = present_files(client)
    work = WorkList([], [])
    for image_id, record in records.items():
        needed = work_needed(record, settings, present.get(image_id, frozenset()), compares=False)
        if needed == "judge":
            work.judge.append(image_id)
        elif needed == "cut":
            work.tasks.append(task_of(client, record, settings, detect=False))
    return work


def _without_damaged(client: Client, present: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return the files of each picture, as `present_files` does, less the crops that cannot be read whole."""
    paths = {
        (image_id, name): _crop_file(client, image_id, name)
        for image_id, names in present.items()
        for name in names
        if name.endswith(".png")
    }
    faults = dataset_pictures.picture_faults(list(paths.values()))
    damaged = {key for key, fault in zip(paths, faults, strict=True) if fault}
    return {image_id: frozenset(n for n in names if (image_id, n) not in damaged) for image_id, names in present.items()}


def _crop_file(client: Client, image_id: str, name: str) -> Path:
    """Return where "processed.png" or "processed~half_figure.png" of a picture lies."""
    folder, mark, framing = name.removesuffix(".png").partition(FURTHER)
    return (client.processed if folder == "processed" else client.rejected) / f"{image_id}{mark}{framing}.png"


def _unidentified(record: ImageRecord) -> bool:
    """Return whether a picture whose faces are compared lacks a vector."""
    if record.quality is None or record.crop is None:
        return False
    if not face_crops.is_compared("approved" if record.approved else "rejected", record.quality):
        return False
    return record.identity is None or any(face.identity is None for face in record.faces[: face_identity.MOST_COMPARED])


def _final_verdict(record: ImageRecord, by_rules: Verdict) -> Verdict:
    return record.decision.verdict if record.decision is not None and record.decision.by == "user" else by_rules


def _belongs_in_processed(verdict: Verdict, has_crop: bool) -> bool:
    """Return whether the picture belongs in processed/."""
    return verdict == "approved" and has_crop


def _has_picture(verdict: Verdict, has_crop: bool, files: frozenset[str]) -> bool:
    """Return whether the crop exists in either folder, or the preview that a refused picture needs."""
    crops = files & {"processed.png", "rejected.png"}
    return bool(crops) or (not _belongs_in_processed(verdict, has_crop) and "rejected.jpg" in files)


def make_folders(client: Client) -> None:
    """Make the folders of crops and remove temporary files of a killed run."""
    for folder in (client.processed, client.rejected):
        folder.mkdir(parents=True, exist_ok=True)
        utils.remove_temporaries(folder)


def present_files(client: Client) -> dict[str, frozenset[str]]:
    """Return image id -> its files, named as for `work_needed`."""
    found: dict[str, set[str]] = {}
    for folder in (client.processed, client.rejected):
        with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
            for entry in entries:
                (image_id, mark, framing), suffix = entry.name[:-4].partition(FURTHER), entry.name[-4:]
                if suffix in (".png", ".jpg") and IMAGE_ID.fullmatch(image_id):
                    found.setdefault(image_id, set()).add(folder.name + mark + framing + suffix)
    return {image_id: frozenset(names) for image_id, names in found.items()}


def task_of(client: Client, record: ImageRecord, settings: Settings, *, detect: bool) -> Task:
    compares = face_identity.available()
    users = record.face_choice is not None and record.face_choice.why == "user"
    likeness = record.face_choice is not None and record.face_choice.why == "identity"
    return Task(
        image_id=record.image_id,
        original=client.original(record),
        target={
            "approved": client.processed / f"{record.image_id}.png",
            "rejected": client.rejected / f"{record.image_id}.jpg",
        },
        known_faces=None if detect else tuple(detected_face(face) for face in record.faces),
        users_face=record.faces[record.face_choice.index].box if users and record.face_choice else None,
        users_verdict=record.decision.verdict if record.decision and record.decision.by == "user" else None,
        compares=compares,
        clients_face=record.faces[record.face_choice.index].box if likeness and record.face_choice else None,
        face_settings=settings.faces,
        limits=quality.limits_for(settings.quality, quality.kind_of(record)),
        drawn=record.source == "mj",
        stylised=bool(measures_of(record).get("stylised")),
        # MidJourney's pictures are upright.
        turn=(None if record.source == "real" else 0) if detect else int(measures_of(record).get("turn", 0.0)),
        developed=Developed(client.raw_cache, record.image_id, settings.imports.raw_cache_mb * 1_000_000),
    )


def measures_of(record: ImageRecord) -> Mapping[str, float]:
    return record.quality.measures if record.quality is not None else {}


def detected_face(face: Face) -> DetectedFace:
    return DetectedFace(face.box, face.confidence, face.keypoints)


def save_outcome(client: Client, records: dict[str, ImageRecord], outcome: Outcome, settings: Settings) -> Failure | None:
    """Save an outcome in its record; return the failure, if there was one."""
    record = records[outcome.image_id]
    problem = outcome.problem
    if problem is not None:
        if problem.key in ENDING:
            raise PipelineError.of(problem)
        client.check_there(client.images, client.processed, client.rejected)
        if outcome.trace:
            logging.getLogger(__name__).error("picture %s\n%s", record.image_id, outcome.trace)
        return Failure(record.image_id, record.original.name, problem)
    try:
        records[record.image_id] = save_verdict(client, with_outcome(record, outcome, settings.faces))
    except OSError as error:
        if (short := shortage.told(error)) is not None:
            raise PipelineError.of(short) from error
        client.check_there(client.images, client.processed, client.rejected)
        return Failure(record.image_id, record.original.name, Text("faces.not_written", {"detail": str(error)}))
    return None


def with_outcome(record: ImageRecord, outcome: Outcome, settings: FaceConfig) -> ImageRecord:
    assert outcome.quality is not None  # noqa: S101 - failures never come here
    return record.model_copy(
        update={
            "faces": _faces(outcome),
            "face_choice": outcome.choice,
            "crop": outcome.crop,
            "more_crops": list(outcome.more_crops),
            "quality": outcome.quality,
            "decision": decision_of(record, outcome.quality.verdict),
            "identity": _identity(record, outcome),
            "processed_with": face_crops.face_fingerprint(settings),
        }
    )


def _faces(outcome: Outcome) -> list[Face]:
    vectors = outcome.identities or (None,) * len(outcome.faces)
    return [
        Face(box=f.box, confidence=f.confidence, keypoints=dict(f.keypoints), identity=made.vector if made else None)
        for f, made in zip(outcome.faces, vectors, strict=True)
    ]


def _identity(record: ImageRecord, outcome: Outcome) -> Identity | None:
    """Return the vector of the face that was cut out; what the user said of that face stays said."""
    made = outcome.identities[outcome.choice.index] if outcome.identities and outcome.choice is not None else None
    if made is None:
        return None
    now = Identity(vector=made.vector, points=made.points)
    before = record.identity
    if before is None or face_identity.cosine(before.vector, made.vector) < SAME_FACE:
        return now
    said = {"verdict": before.verdict, "by": "user"} if before.by == "user" else {}
    return now.model_copy(update={"asked": before.asked, **said})


def decision_of(record: ImageRecord, by_rules: Verdict) -> Decision:
    """Return the decision on a picture: the user's stays, else that of the rules."""
    if record.decision is not None and (record.decision.by == "user" or record.decision.verdict == by_rules):
        return record.decision
    return Decision(verdict=by_rules, by="rules", when=utils.now())


def save_verdict(client: Client, record: ImageRecord) -> ImageRecord:
    """Move the crop to the folder of its verdict, write the record, then remove files that are no longer needed."""
    approved, rejected = (folder / f"{record.image_id}.png" for folder in (client.processed, client.rejected))
    preview = rejected.with_suffix(".jpg")
    if record.approved:
        if not approved.exists() and rejected.exists():
            rejected.replace(approved)
        stale = [rejected, preview]
    else:
        if not preview.exists() and approved.exists():
            approved.replace(rejected)
        stale = [approved, rejected] if preview.exists() else [approved]
    kept = {f"{crop_id}.png" for crop_id in record.crop_ids}  # the further ones stay while it is rejected
    further = (f"{record.image_id}{FURTHER}{framing}.png" for framing in get_args(Framing))  # to list thousands takes long
    stale += [client.processed / name for name in further if name not in kept]
    client.save_record(record)
    for path in stale:
        path.unlink(missing_ok=True)
    return record


def rejudge(client: Client, record: ImageRecord, limits: QualityControlConfig) -> ImageRecord:
    """Judge a record's stored measures by the current limits and save the verdict."""
    assert record.quality is not None  # noqa: S101 - work_needed says so
    measures = record.quality.measures
    if record.face_choice is not None:  # what an older version did not keep, without detecting again
        measures = measures | pose.pose_of(detected_face(record.faces[record.face_choice.index]))
    judged = quality.judge(measures, limits, quality.kind_of(record))
    choice = record.face_choice
    if choice is not None:
        choice = choice.model_copy(update={"ambiguous": face_crops.is_ambiguous(judged)})
    changes = {"quality": judged, "decision": decision_of(record, judged.verdict), "face_choice": choice}
    return save_verdict(client, record.model_copy(update=changes))


def remove_orphans(client: Client, records: Mapping[str, ImageRecord]) -> None:
    """Delete crops and previews whose record is gone; other files in these folders stay."""
    for folder in (client.processed, client.rejected):
        for path in folder.iterdir():
            image_id = path.stem.partition(FURTHER)[0]
            if IMAGE_ID.fullmatch(image_id) and path.suffix in (".png", ".jpg") and image_id not in records:
                with contextlib.suppress(OSError):
                    path.unlink()


def refusal_reasons(records: Iterable[ImageRecord]) -> list[tuple[str, int]]:
    """Return why pictures were refused: (code, pictures), the most frequent first; "user" where it was the user."""
    reasons: Counter[str] = Counter()
    for record in records:
        if record.decision is None or record.approved:
            continue
        if record.decision.by == "user":
            reasons["user"] += 1
        elif record.quality is not None:
            reasons.update(reason.code for reason in record.quality.reasons if reason.level == "refuse")
    return reasons.most_common()


def verdict_counts(records: Iterable[ImageRecord]) -> dict[str, Any]:
    judged = [record for record in records if record.decision is not None and record.quality is not None]
    warnings: Counter[str] = Counter()
    by_source = {source: {"approved": 0, "refused": 0} for source in ("mj", "real")}
    for record in judged:
        by_source[record.source]["approved" if record.approved else "refused"] += 1
        if record.approved and record.quality is not None:
            warnings.update(reason.code for reason in record.quality.reasons)
    return {
        "approved": sum(counts["approved"] for counts in by_source.values()),
        "refused": sum(counts["refused"] for counts in by_source.values()),
        "reasons": dict(refusal_reasons(judged)),
        "warnings": dict(warnings.most_common()),
        "by_source": by_source,
    }
