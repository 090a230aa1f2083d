"""The likeness of drawn pictures: each is looked at once, and compared with photos that no training saw.

What was seen (looks.jsonl) and what follows from it (measures.jsonl) are kept apart: after a change of the held-out photos the
pictures are compared anew, but neither drawn nor opened again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avatar.faces import identity as face_identity
from avatar.faces.face import Detector
from avatar.results import copying, flexibility, reference, sightings, trial
from avatar.results.flexibility import Seen
from avatar.results.looks import Look, LookTask
from avatar.results.reference import Against
from avatar.results.scores import Score, Scores, TrialPicture
from avatar.results.sightings import OnProgress
from avatar.workspace import lines
from avatar.workspace.client import Client
from config import Settings

MEASURES_FILE = "measures.jsonl"


def of_trial(
    client: Client, folder: Path, settings: Settings, *, anew: bool = False, workers: int | None = None,
    on_progress: OnProgress | None = None,
) -> Scores:  # fmt: skip
    """Return the measures of what is drawn of the trial in folder; as `score`. Raises PipelineError("trial.invalid") too."""
    return score(client, folder, drawn(folder), settings, anew=anew, workers=workers, on_progress=on_progress)


def known(client: Client, folder: Path, settings: Settings) -> tuple[Scores | None, int]:
    """Return the measures of the pictures that were looked at already, and how many drawn ones were not; no picture is opened.

    None: nothing was measured yet. For who only looks on, while another program draws.
    """
    pictures = drawn(folder)
    seen = sightings.known(folder)
    there = [one for one in pictures if one.picture_id in seen]
    if not there or reference.unseen(client):
        return None, len(pictures)
    return score(client, folder, there, settings), len(pictures) - len(there)


def drawn(folder: Path) -> list[TrialPicture]:
    """Return the pictures of a trial that are drawn and there, in the order of drawing."""
    found = trial.read(folder)
    steps = {model.name: model.step for model in found.models}
    pictures = []
    for line in trial.lines(folder).values():
        path = trial.picture_file(folder, line)
        if line.state == "done" and path.is_file():
            model, weight = trial.split(line.candidate)
            pictures.append(
                TrialPicture(
                    picture_id=line.picture_id, model=model, weight=weight, prompt=line.prompt, seed=line.seed,
                    round=line.round, path=path, steps=steps.get(model), seconds=line.seconds,
                )
            )  # fmt: skip
    return pictures


def score(
    client: Client, folder: Path, pictures: Sequence[TrialPicture], settings: Settings, *, anew: bool = False,
    workers: int | None = None, detector: Detector | None = None, on_progress: OnProgress | None = None,
) -> Scores:  # fmt: skip
    """Return the measures of a trial's pictures; those that are there are not taken again.

    folder  of the trial: looks.jsonl and measures.jsonl lie there
    anew    look at every picture again
    Raises what `sightings.seen` raises. A picture that cannot be opened is named in `failed`; Ctrl+C keeps what is done.
    """
    beside = reference.against(client, settings, workers=workers, on_progress=on_progress)
    tasks = [LookTask(one.picture_id, one.path, settings.faces, settings.quality.face_confidence_threshold) for one in pictures]
    found = sightings.seen(folder, tasks, anew=anew, workers=workers, detector=detector, on_progress=on_progress)
    failed = {name: look.problem for name, look in found.items() if look.problem is not None}
    there = [one for one in pictures if one.picture_id not in failed]
    measured = _measured(folder, {one.picture_id: found[one.picture_id] for one in there}, beside, anew=anew)
    return Scores(
        pictures=tuple(_score(one, measured[one.picture_id]) for one in there),
        reference=beside.reference,
        yardstick=beside.yardstick,
        flexibility=_flexibilities(there, found),
        failed=failed,
        notes=beside.notes,
    )


# --- measures.jsonl --------------------------------------------------------------------------------------------------


def measure(look: Look, beside: Against) -> dict[str, Any]:
    """Return a picture's line of measures.jsonl. Pure."""
    alike = margin = None
    if look.vector is not None and beside.mean is not None:
        vector = face_identity.unpacked(look.vector)
        alike = round(float(vector @ beside.mean), 4)
        (structure,) = copying.normalised([look.structure])
        found = copying.margin(vector, structure, beside.held_out, beside.photos, beside.trained)
        margin = None if found is None else round(found, 4)
    return {
        "picture_id": look.image_id, "rules": beside.rules, "held_out": beside.reference.digest if beside.reference else "",
        "faces": look.faces, "box": None if look.box is None else [round(value, 1) for value in look.box],
        "vector": look.vector, "likeness": alike, "copy_margin": margin, "sharpness": look.sharpness,
        "exposure": look.exposure,
    }  # fmt: skip


def _measured(folder: Path, found: Mapping[str, Look], beside: Against, *, anew: bool) -> dict[str, dict[str, Any]]:
    """Return each picture's measures against what is compared with now; new ones are added to the file."""
    digest = beside.reference.digest if beside.reference else ""
    now = (beside.rules, digest)
    kept = {
        str(row.get("picture_id")): row for row in lines.read(folder / MEASURES_FILE)
        if not anew and (row.get("rules"), row.get("held_out")) == now and _is_whole(row)
    }  # fmt: skip
    new = {name: measure(look, beside) for name, look in found.items() if name not in kept}
    lines.add(folder / MEASURES_FILE, new.values())
    return {**kept, **new}


def _is_whole(row: Mapping[str, Any]) -> bool:
    """Return whether a line holds what is read of it; the file may have been changed by hand."""
    numbers = (row.get(name) for name in ("likeness", "copy_margin", "sharpness", "exposure"))
    box = row.get("box")
    return (
        isinstance(row.get("faces"), int)
        and all(value is None or (isinstance(value, (int, float)) and math.isfinite(value)) for value in numbers)
        and (box is None or (isinstance(box, list) and len(box) == 4))
    )


def _score(picture: TrialPicture, row: Mapping[str, Any]) -> Score:
    return Score(
        picture=picture, faces=row["faces"], likeness=row.get("likeness"), copy_margin=row.get("copy_margin"),
        box=tuple(row["box"]) if row.get("box") else None, sharpness=row.get("sharpness"), exposure=row.get("exposure"),
    )  # fmt: skip


def _flexibilities(pictures: Sequence[TrialPicture], found: Mapping[str, Look]) -> dict[str, float]:
    """Return the flexibility of each candidate beside the base alone, where it can be measured; "freer than that" is noise."""
    by_candidate: dict[str, list[Seen]] = {}
    base: list[Seen] = []
    for one in pictures:
        seen = Seen(one.prompt, one.seed, found[one.picture_id])
        (base if one.is_base else by_candidate.setdefault(one.candidate, [])).append(seen)
    measured = {name: flexibility.flexibility(own, base) for name, own in by_candidate.items()}
    return {name: min(value, 1.0) for name, value in measured.items() if value is not None}


# --- one picture -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mirror:
    """Says how like a single picture is, as those that a training draws on its way. Loads its networks at the first one."""

    look: Callable[[Path], Look]
    mean: Any

    def likeness(self, path: Path) -> float | None:
        """Return the likeness of a picture; None where it does not show exactly one face, or cannot be read."""
        seen = self.look(path)
        if seen.vector is None:
            return None
        return round(float(face_identity.unpacked(seen.vector) @ self.mean), 4)


def mirror(client: Client, settings: Settings) -> Mirror | None:
    """Return what measures single pictures of a client; None where no face can be compared."""
    from avatar.faces import parallel

    records = list(client.each_record())
    found = reference.of(records) if face_identity.available() else None
    if found is None:
        return None

    def look(path: Path) -> Look:
        return parallel.examine_here(LookTask(path.stem, path, settings.faces, settings.quality.face_confidence_threshold))

    return Mirror(look, reference.mean_of(records, found))
