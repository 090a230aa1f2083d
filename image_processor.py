"""The face stage: from originals to judged 1024 px crops.

    process   every picture that is new or whose settings changed   -> processed/{id}.png or rejected/{id}.jpg, its record
    rejudge   what was measured, by changed limits: no picture is looked at again

The user's own decisions (avatar/faces/decisions.py) outlive every repeat. For each picture the new file is written first,
its record second, and only then is the old file removed: a run stopped at any moment is finished by the next one.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from avatar.faces import likeness as face_likeness
from avatar.faces import update as face_update
from avatar.faces import workers as face_workers
from avatar.faces.face import Detector
from avatar.faces.likeness import Identity
from avatar.faces.update import Failure, WorkList
from avatar.faces.workers import HERE, Spread
from avatar.system import shortage
from avatar.texts.text import IN_MEMORY
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord
from config import Settings
from utils import OnProgress


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
    records: Mapping[str, ImageRecord] = field(
        default_factory=dict, metadata=IN_MEMORY
    )  # all of the client, as they stand now; by image id


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
    Raises PipelineError("client.locked"), ("faces.no_mtcnn"), ("faces.wrong_weights"), and what `shortage.require` and
    `face_workers` raise. A picture that fails is named in the report and costs nothing but itself; Ctrl+C keeps what is done.
    """
    started = time.monotonic()
    shortage.require()
    with client.lock("process"):
        face_update.make_folders(client)
        records = {record.image_id: record for record in client.records()}
        work = face_update.list_work(client, records, settings, force=force)
        count = 1 if detector is not None else _processes(work, records, workers, settings)
        failed = _work_off(client, records, work, settings, count, spread=spread, detector=detector, on_progress=on_progress)
        identity = face_likeness.identify(client, records, settings, detector)  # once all faces are known
        face_update.remove_orphans(client, records)
    return _report(records, work, failed, identity, count, started)


def rejudge(
    client: Client, *, settings: Settings, workers: int | None = None, on_progress: OnProgress | None = None
) -> ProcessReport:
    """Judge what was measured by the limits of these settings, and cut out what they newly approve.

    Pictures that were not looked at yet, or with other face settings, are left to `process`.
    workers  as for `process`. Raises PipelineError("client.locked").
    """
    started = time.monotonic()
    with client.lock("process"):
        face_update.make_folders(client)
        records = {record.image_id: record for record in client.records()}
        work = face_update.list_known(client, records, settings)
        count = _processes(work, records, workers, settings)
        failed = _work_off(client, records, work, settings, count, on_progress=on_progress)
        identity = face_likeness.identify(client, records, settings, None)
    return _report(records, work, failed, identity, count, started)


def _processes(work: WorkList, records: Mapping[str, ImageRecord], workers: int | None, settings: Settings) -> int:
    """Return how many processes look at the pictures of a list."""
    pictures = [records[task.image_id].picture for task in work.tasks]
    largest = max((picture.width * picture.height for picture in pictures), default=0)
    return face_workers.planned(len(work.tasks), workers, settings.faces.engine, largest)


def _work_off(
    client: Client, records: dict[str, ImageRecord], work: WorkList, settings: Settings, count: int, *,
    spread: Spread = HERE, detector: Detector | None = None, on_progress: OnProgress | None = None,
) -> list[Failure]:  # fmt: skip
    """Judge, detect, cut and measure what a list names; records are changed and saved. Return what failed."""
    done = _counter(on_progress, work.total)
    for image_id in work.judge:
        records[image_id] = face_update.rejudge(client, records[image_id], settings.quality)
        done()
    failed: list[Failure] = []
    for outcome in face_workers.outcomes(work.tasks, count, detector=detector, spread=spread):
        failure = face_update.save_outcome(client, records, outcome, settings)
        failed += [failure] if failure else []
        done()
    return failed


def _report(
    records: Mapping[str, ImageRecord], work: WorkList, failed: list[Failure], identity: Identity, count: int, started: float
) -> ProcessReport:
    return ProcessReport(
        done=len(work.tasks) - len(failed),
        rejudged=len(work.judge),
        skipped_up_to_date=len(records) - work.total,
        failed=failed,
        identity=identity,
        workers=count,
        seconds=round(time.monotonic() - started, 3),
        records=records,
        **face_update.verdict_counts(records.values()),
    )


def _counter(on_progress: OnProgress | None, total: int) -> Callable[[], None]:
    """Return a function that is called after every picture and tells how many of all are done."""
    numbers = itertools.count(1)

    def done() -> None:
        number = next(numbers)
        if on_progress is not None:
            on_progress(number, total)

    return done
