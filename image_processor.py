"""The face stage: from originals to approved 1024 px crops, verdicts with reasons, and the user's last word.

`process` looks only at what is new or whose settings changed; `decide` and `choose_face` are the user's overrides and
outlive every re-run. A picture's file is written first, its record second, and only then is the other file of it
removed, so that a run stopped at any moment is finished by the next one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import utils
from avatar.faces import identity as face_identity
from avatar.faces import likeness as face_likeness
from avatar.faces import update as face_update
from avatar.faces import workers as face_workers
from avatar.faces.face import Detector
from avatar.faces.likeness import Identity
from avatar.faces.update import Failure
from avatar.faces.workers import HERE, Spread
from avatar.workspace.client import Client
from config import Settings
from utils import OnProgress

# --- the stage -------------------------------------------------------------------------------------------------------


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
        present = face_update.present_files(client)
        compares = face_identity.weights_file() is not None
        needs = {
            i: face_update.work_needed(r, settings, present.get(i, frozenset()), compares=compares, force=force)
            for i, r in records.items()
        }  # fmt: skip
        plan = {image_id: work for image_id, work in needs.items() if work}
        tasks = [
            face_update.task_of(client, records[i], settings, detect=w == "detect") for i, w in plan.items() if w != "judge"
        ]
        total, done = len(plan), 0
        failed: list[Failure] = []
        for image_id in (i for i, w in plan.items() if w == "judge"):
            records[image_id] = face_update.rejudge(client, records[image_id], settings.quality)
            done += 1
            _tell(on_progress, done, total)
        count = 1 if detector is not None else face_workers.planned(len(tasks), workers, settings.faces.engine)
        for outcome in face_workers.outcomes(tasks, count, detector=detector, spread=spread):
            failure = face_update.keep(client, records, outcome, settings)
            failed += [failure] if failure else []
            done += 1
            _tell(on_progress, done, total)
        identity = face_likeness.identify(client, records, settings, detector)
        face_update.remove_orphans(client, records)
    counts = face_update.verdict_counts(records.values())
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
