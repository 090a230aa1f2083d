"""The face stage: from originals to approved 1024 px crops, verdicts with reasons, and the user's last word.

`process` looks only at what is new or whose settings changed; `decide` and `choose_face` are the user's overrides and
outlive every re-run. A picture's file is written first, its record second, and only then is the other file of it
removed, so that a run stopped at any moment is finished by the next one.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import utils
from avatar.faces import face_crops, face_identity, face_workers, faces, quality
from avatar.faces.face_crops import Outcome, Task
from avatar.faces.face_workers import HERE, Spread
from avatar.faces.faces import DetectedFace, Detector
from avatar.pictures.raw_cache import Developed
from avatar.texts.text import PipelineError
from avatar.workspace.client import IMAGE_ID, Client
from avatar.workspace.records import FURTHER, Decision, Face, FaceChoice, ImageRecord, Reason, Verdict
from config import FaceConfig, QualityControlConfig, Settings
from utils import OnProgress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Work = Literal["detect", "cut", "judge"]


@dataclass(frozen=True)
class Failure:
    """What went wrong with one picture: a message key and its values."""

    image_id: str
    name: str
    key: str
    values: dict[str, str]


@dataclass(frozen=True)
class Identity:
    """What likeness said. reference: pictures that stand for the client; None: faces are not compared."""

    reference: int | None = None
    chosen: int = 0  # pictures whose face likeness chose in this run
    outliers: tuple[str, ...] = ()  # image ids of approved pictures that do not look like the others


@dataclass(frozen=True)
class ProcessReport:
    """What a run did, and how the whole client stands after it."""

    done: int  # pictures looked at in this run
    rejudged: int  # of stored measures only
    skipped_up_to_date: int
    approved: int  # of all pictures, as are the counts below
    refused: int
    reasons: dict[str, int]  # why pictures were refused: code -> pictures
    warnings: dict[str, int]  # remarks on approved ones
    by_source: dict[str, dict[str, int]]
    failed: list[Failure]
    identity: Identity
    workers: int
    seconds: float


@dataclass(frozen=True)
class DecisionReport:
    """Which pictures the user's word changed."""

    approved: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ReviewRow:
    """One picture as the review shows it."""

    image_id: str
    name: str
    source: str
    verdict: Literal["approved", "rejected", "pending"]
    by: str  # rules | user | "" where pending
    reasons: tuple[Reason, ...]
    path: Path | None  # crop or preview; None where pending
    faces: int
    face: int | None  # index of the face that was cut out


# --- the stage -------------------------------------------------------------------------------------------------------


def process(
    client: Client,
    *,
    settings: Settings,
    workers: int | None = None,
    force: bool = False,
    spread: Spread = HERE,
    detector: Detector | None = None,
    on_progress: OnProgress | None = None,
) -> ProcessReport:
    """Bring every picture of a client up to date with the settings.

    workers   processes; None: as many as cores, free memory and pictures warrant; 1 or a given detector: this process
    force     detect anew, whatever is known
    spread    over this machine's processes, or over others' that share the client's folder and the program's
    Raises PipelineError("client.locked"), ("faces.no_mtcnn"), ("faces.wrong_weights") and what `face_workers` raises. A
    picture that fails is named in the report and costs nothing but itself; Ctrl+C keeps what is done.
    """
    started = time.monotonic()
    with client.lock("process"):
        for folder in (client.processed, client.rejected):
            folder.mkdir(parents=True, exist_ok=True)
            utils.remove_temporaries(folder)
        records = {record.image_id: record for record in client.records()}
        present = _present_files(client)
        compares = face_identity.weights_file() is not None
        needs = {
            i: work_needed(r, settings, present.get(i, frozenset()), compares=compares, force=force) for i, r in records.items()
        }  # fmt: skip
        plan = {image_id: work for image_id, work in needs.items() if work}
        tasks = [_task(client, records[i], settings, detect=w == "detect") for i, w in plan.items() if w != "judge"]
        total, done = len(plan), 0
        failed: list[Failure] = []
        for image_id in (i for i, w in plan.items() if w == "judge"):
            records[image_id] = _rejudge(client, records[image_id], settings.quality)
            done += 1
            _tell(on_progress, done, total)
        count = 1 if detector is not None else face_workers.planned(len(tasks), workers, settings.faces.engine)
        for outcome in face_workers.outcomes(tasks, count, detector=detector, spread=spread):
            failure = _keep(client, records, outcome, settings)
            failed += [failure] if failure else []
            done += 1
            _tell(on_progress, done, total)
        identity = _identify(client, records, settings, detector)
        _remove_orphans(client, records)
    counts = _counts(records.values())
    return ProcessReport(
        done=len(tasks) - len(failed),
        rejudged=len(plan) - len(tasks),
        skipped_up_to_date=len(records) - len(plan),
        failed=failed,
        identity=identity,
        workers=count,
        seconds=round(time.monotonic() - started, 3),
        **counts,
    )


def _tell(on_progress: OnProgress | None, done: int, total: int) -> None:
    if on_progress is not None:
        on_progress(done, total)


def work_needed(
    record: ImageRecord, settings: Settings, files: frozenset[str], *, compares: bool, force: bool = False
) -> Work | None:  # fmt: skip
    """Return what a picture needs, or None where it is up to date.

    files     those there are: "processed.png", "rejected.png", "rejected.jpg", further crops as "processed~half_figure.png"
    compares  whether faces are compared; pictures cut before that are cut again
    """
    now = face_crops.face_fingerprint(settings.faces)
    before = record.processed_with or ""
    if force or record.quality is None or before.partition("-")[0] != now.partition("-")[0]:
        return "detect"
    judged = quality.judge(record.quality.measures, settings.quality, quality.kind_of(record))
    verdict = _last_word(record, judged.verdict)
    if before != now or (compares and _unidentified(record)) or not _has_picture(verdict, record.crop is not None, files):
        return "cut"
    if verdict == "approved" and not {f"processed{FURTHER}{crop.framing}.png" for crop in record.more_crops} <= files:
        return "cut"
    stale = bool(
        files & ({"rejected.png", "rejected.jpg"} if _kept_as(verdict, record.crop is not None) else {"processed.png"})
    )
    return "judge" if stale or judged.rules != record.quality.rules else None


def _unidentified(record: ImageRecord) -> bool:
    return any(face.identity is None for face in record.faces)


def _last_word(record: ImageRecord, by_rules: Verdict) -> Verdict:
    return record.decision.verdict if record.decision is not None and record.decision.by == "user" else by_rules


def _kept_as(verdict: Verdict, has_crop: bool) -> bool:
    """True where the picture belongs to processed/."""
    return verdict == "approved" and has_crop


def _has_picture(verdict: Verdict, has_crop: bool, files: frozenset[str]) -> bool:
    """Tell whether the picture is there, or a move away."""
    crops = files & {"processed.png", "rejected.png"}
    return bool(crops) or (not _kept_as(verdict, has_crop) and "rejected.jpg" in files)


def _present_files(client: Client) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for folder in (client.processed, client.rejected):
        for path in folder.iterdir() if folder.is_dir() else ():
            image_id, mark, framing = path.stem.partition(FURTHER)
            if IMAGE_ID.fullmatch(image_id) and path.suffix in (".png", ".jpg"):
                found.setdefault(image_id, set()).add(folder.name + mark + framing + path.suffix)
    return {image_id: frozenset(names) for image_id, names in found.items()}


def _task(client: Client, record: ImageRecord, settings: Settings, *, detect: bool) -> Task:
    users = record.face_choice is not None and record.face_choice.why == "user"
    likeness = record.face_choice is not None and record.face_choice.why == "identity"
    return Task(
        image_id=record.image_id,
        original=client.original(record),
        target={
            "approved": client.processed / f"{record.image_id}.png",
            "rejected": client.rejected / f"{record.image_id}.jpg",
        },
        known_faces=None if detect else tuple(_detected(face) for face in record.faces),
        users_face=record.faces[record.face_choice.index].box if users and record.face_choice else None,
        users_verdict=record.decision.verdict if record.decision and record.decision.by == "user" else None,
        identity_weights=face_identity.weights_file(),
        clients_face=record.faces[record.face_choice.index].box if likeness and record.face_choice else None,
        face_settings=settings.faces,
        limits=quality.limits_for(settings.quality, quality.kind_of(record)),
        # What MidJourney made stands upright.
        turn=(None if record.source == "real" else 0) if detect else int(_measures(record).get("turn", 0.0)),
        developed=Developed(client.raw_cache, record.image_id, settings.imports.raw_cache_mb * 1_000_000),
    )


def _measures(record: ImageRecord) -> Mapping[str, float]:
    return record.quality.measures if record.quality is not None else {}


def _detected(face: Face) -> DetectedFace:
    return DetectedFace(face.box, face.confidence, face.keypoints)


def _keep(client: Client, records: dict[str, ImageRecord], outcome: Outcome, settings: Settings) -> Failure | None:
    """Write an outcome into its record; return what went wrong, if something did."""
    record = records[outcome.image_id]
    if outcome.key in {"faces.no_mtcnn", "faces.wrong_weights"}:  # not its own fault: the next one would say the same
        raise PipelineError(outcome.key, **outcome.values)
    if outcome.quality is None:
        if outcome.trace:
            logging.getLogger(__name__).error("picture %s\n%s", record.image_id, outcome.trace)
        return Failure(record.image_id, record.original.name, outcome.key, dict(outcome.values))
    try:
        records[record.image_id] = _save(client, _with_outcome(record, outcome, settings.faces))
    except OSError as error:
        return Failure(record.image_id, record.original.name, "faces.not_written", {"detail": str(error)})
    return None


def _with_outcome(record: ImageRecord, outcome: Outcome, settings: FaceConfig) -> ImageRecord:
    assert outcome.quality is not None  # noqa: S101 - failures never come here
    return record.model_copy(
        update={
            "faces": _faces(outcome),
            "face_choice": outcome.choice,
            "crop": outcome.crop,
            "more_crops": list(outcome.more_crops),
            "quality": outcome.quality,
            "decision": _decision(record, outcome.quality.verdict),
            "processed_with": face_crops.face_fingerprint(settings),
        }
    )


def _faces(outcome: Outcome) -> list[Face]:
    vectors = outcome.identities or (None,) * len(outcome.faces)
    return [
        Face(box=f.box, confidence=f.confidence, keypoints=dict(f.keypoints), identity=vector)
        for f, vector in zip(outcome.faces, vectors, strict=True)
    ]


def _decision(record: ImageRecord, by_rules: Verdict) -> Decision:
    if record.decision is not None and (record.decision.by == "user" or record.decision.verdict == by_rules):
        return record.decision
    return Decision(verdict=by_rules, by="rules", when=utils.now())


def _save(client: Client, record: ImageRecord) -> ImageRecord:
    """Write the record, after moving its crop where it belongs, then remove what it no longer needs."""
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
    stale += [path for path in client.processed.glob(f"{record.image_id}{FURTHER}*.png") if path.name not in kept]
    client.save_record(record)
    for path in stale:
        path.unlink(missing_ok=True)
    return record


def _rejudge(client: Client, record: ImageRecord, limits: QualityControlConfig) -> ImageRecord:
    """Judge a record's stored measures by other limits."""
    assert record.quality is not None  # noqa: S101 - work_needed says so
    measures = record.quality.measures
    if record.face_choice is not None:  # what an older version did not keep, without detecting again
        measures = measures | faces.pose_of(_detected(record.faces[record.face_choice.index]))
    judged = quality.judge(measures, limits, quality.kind_of(record))
    choice = record.face_choice
    if choice is not None:
        choice = choice.model_copy(update={"ambiguous": face_crops.is_ambiguous(judged)})
    changes = {"quality": judged, "decision": _decision(record, judged.verdict), "face_choice": choice}
    return _save(client, record.model_copy(update=changes))


# --- likeness --------------------------------------------------------------------------------------------------------


def _identify(client: Client, records: dict[str, ImageRecord], settings: Settings, detector: Detector | None) -> Identity:
    """Choose the client's face where there are several, and mark the pictures that do not look like the others.

    The client is who most approved pictures with one face, or with one that the user picked, show.
    """
    if face_identity.weights_file() is None:
        return Identity()
    sure = [v for r in records.values() if r.approved and (len(r.faces) == 1 or _users(r)) and (v := _vector(r)) is not None]
    reference = face_identity.centroid(sure)
    if reference is None:
        return Identity(len(sure))
    chosen = 0
    for record in list(records.values()):
        if len(record.faces) > 1 and not _users(record):
            chosen += _chosen_by_likeness(client, records, record, reference, settings, detector)
    approved = {r.image_id: float(v @ reference) for r in records.values() if r.approved and (v := _vector(r)) is not None}
    lowest = face_identity.lowest_usual(list(approved.values()))
    for image_id, value in approved.items():
        records[image_id] = _marked(client, records[image_id], value, lowest, settings.quality)
    return Identity(len(sure), chosen, tuple(i for i, value in approved.items() if value < lowest))


def _users(record: ImageRecord) -> bool:
    return record.face_choice is not None and record.face_choice.why == "user"


def _vector(record: ImageRecord) -> NDArray[np.float32] | None:
    """Return the vector of the face that was cut out."""
    text = record.faces[record.face_choice.index].identity if record.face_choice is not None else None
    return None if text is None else face_identity.unpacked(text)


def _chosen_by_likeness(
    client: Client,
    records: dict[str, ImageRecord],
    record: ImageRecord,
    reference: NDArray[np.float32],
    settings: Settings,
    detector: Detector | None,
) -> bool:
    """Cut out the face that looks like the client, if one alone does and it is not cut out already; tell whether it was."""
    vectors = [face_identity.unpacked(face.identity) for face in record.faces if face.identity is not None]
    found = face_identity.same_person(vectors, reference) if len(vectors) == len(record.faces) else None
    if found is None or found[1]:
        return False
    choice = FaceChoice(index=found[0], why="identity")
    if record.face_choice == choice:
        return False
    task = _task(client, record.model_copy(update={"face_choice": choice}), settings, detect=False)
    (outcome,) = face_workers.outcomes([task], 1, detector=detector)
    return _keep(client, records, outcome, settings) is None


def _marked(client: Client, record: ImageRecord, value: float, lowest: float, limits: QualityControlConfig) -> ImageRecord:
    """Keep how much a picture looks like the others, where that changes what is said of it."""
    assert record.quality is not None  # noqa: S101 - approved pictures have one
    measures = record.quality.measures
    before = measures.get("identity")
    if before is not None and (before < measures.get("identity_limit", 0.0)) == (value < lowest):
        return record
    measures = measures | {"identity": round(value, 3), "identity_limit": round(lowest, 3)}
    judged = quality.judge(measures, limits, quality.kind_of(record))
    return _save(client, record.model_copy(update={"quality": judged}))


def _remove_orphans(client: Client, records: Mapping[str, ImageRecord]) -> None:
    """Delete crops and previews whose record is gone; other people's files in these folders stay."""
    for folder in (client.processed, client.rejected):
        for path in folder.iterdir():
            image_id = path.stem.partition(FURTHER)[0]
            if IMAGE_ID.fullmatch(image_id) and path.suffix in (".png", ".jpg") and image_id not in records:
                with contextlib.suppress(OSError):
                    path.unlink()


def _counts(records: Iterable[ImageRecord]) -> dict[str, Any]:
    reasons: Counter[str] = Counter()
    warnings: Counter[str] = Counter()
    by_source = {source: {"approved": 0, "refused": 0} for source in ("mj", "real")}
    for record in records:
        if record.decision is None or record.quality is None:
            continue
        by_source[record.source]["approved" if record.approved else "refused"] += 1
        if record.approved:
            warnings.update(reason.code for reason in record.quality.reasons)
        elif record.decision.by == "user":
            reasons["user"] += 1
        else:
            reasons.update(reason.code for reason in record.quality.reasons if reason.level == "refuse")
    return {
        "approved": sum(counts["approved"] for counts in by_source.values()),
        "refused": sum(counts["refused"] for counts in by_source.values()),
        "reasons": dict(reasons.most_common()),
        "warnings": dict(warnings.most_common()),
        "by_source": by_source,
    }


# --- the user's word -------------------------------------------------------------------------------------------------


def decide(
    client: Client,
    *,
    settings: Settings,
    approve: Sequence[str] = (),
    reject: Sequence[str] = (),
    clear: Sequence[str] = (),
) -> DecisionReport:
    """Set the user's decision on pictures; `clear` gives them back to the rules.

    Everything is checked before anything is changed. Raises PipelineError("review.no_crop") where a picture to approve
    has no face, ("review.twice") where one is named in two lists, ("image.unknown"), ("image.bad_id"), ("client.locked").
    """
    named = Counter([*dict.fromkeys(approve), *dict.fromkeys(reject), *dict.fromkeys(clear)])
    for image_id, times in named.items():
        if times > 1:
            raise PipelineError("review.twice", image=image_id, name=client.record(image_id).original.name)
    report = DecisionReport()
    with client.lock("review"):
        records = {image_id: client.record(image_id) for image_id in named}
        for image_id in approve:
            if records[image_id].crop is None:
                raise PipelineError("review.no_crop", image=image_id, name=records[image_id].original.name)
        for image_ids, verdict, changed in (
            (approve, "approved", report.approved),
            (reject, "rejected", report.rejected),
            (clear, None, report.cleared),
        ):
            for image_id in dict.fromkeys(image_ids):
                _settle(client, records[image_id], verdict, settings)
                changed.append(image_id)
    return report


def _settle(client: Client, record: ImageRecord, verdict: str | None, settings: Settings) -> None:
    """Give a record the user's verdict, or the rules' where it is None; cut its crop where there is only a preview."""
    decision: Decision | None = None
    if verdict is not None:
        decision = Decision.model_validate({"verdict": verdict, "by": "user", "when": utils.now()})
    elif record.quality is not None:
        decision = Decision(verdict=record.quality.verdict, by="rules", when=utils.now())
    record = record.model_copy(update={"decision": decision})
    there = any((folder / f"{record.image_id}.png").exists() for folder in (client.processed, client.rejected))
    if record.approved and not there:
        _cut_anew(client, record, settings)
    else:
        _save(client, record)


def choose_face(client: Client, image_id: str, index: int | None, settings: Settings) -> ReviewRow:
    """Cut out another face of a picture; the choice outlives every re-run.

    index  counts from 0, in the order of the record's faces (the largest first); None: as the rules choose
    Raises PipelineError("review.no_such_face"), ("review.no_crop") where there is none at all, ("image.unknown") and what
    reading the original raises.
    """
    with client.lock("review"):
        record = client.record(image_id)
        if index is not None and not 0 <= index < len(record.faces):
            key = "review.no_such_face" if record.faces else "review.no_crop"
            raise PipelineError(key, image=image_id, name=record.original.name, face=index + 1, faces=len(record.faces))
        choice = None if index is None else FaceChoice(index=index, why="user")
        return review_row(client, _cut_anew(client, record.model_copy(update={"face_choice": choice}), settings))


def _cut_anew(client: Client, record: ImageRecord, settings: Settings) -> ImageRecord:
    """Cut and measure a record's known face from the original. Raises PipelineError."""
    outcome = face_workers.examine_here(_task(client, record, settings, detect=False))
    if outcome.quality is None:
        raise PipelineError(outcome.key, **outcome.values)
    return _save(client, _with_outcome(record, outcome, settings.faces))


def review_rows(client: Client, records: Iterable[ImageRecord]) -> list[ReviewRow]:
    """Return pictures for the review: refused ones first, then approved, then those not yet looked at; by name."""
    order = {"rejected": 0, "approved": 1, "pending": 2}
    rows = [review_row(client, record) for record in records]
    return sorted(rows, key=lambda row: (order[row.verdict], row.source, row.name.casefold(), row.image_id))


def review_row(client: Client, record: ImageRecord) -> ReviewRow:
    """Return one picture as the review shows it."""
    verdict: Literal["approved", "rejected", "pending"] = "pending"
    if record.decision is not None:
        verdict = "approved" if record.approved else "rejected"
    folder, suffixes = (client.processed, (".png",)) if verdict == "approved" else (client.rejected, (".jpg", ".png"))
    paths = [folder / f"{record.image_id}{suffix}" for suffix in suffixes]
    return ReviewRow(
        image_id=record.image_id,
        name=record.original.name,
        source=record.source,
        verdict=verdict,
        by=record.decision.by if record.decision else "",
        reasons=tuple(record.quality.reasons) if record.quality else (),
        path=next((path for path in paths if path.is_file()), None),
        faces=len(record.faces),
        face=record.face_choice.index if record.face_choice else None,
    )
