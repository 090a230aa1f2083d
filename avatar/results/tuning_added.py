"""A candidate of a tuning that was trained elsewhere comes home: known by its passport, every model checked; nothing is run.

The zip is what a bundle's script packs: candidate.json, and output/ with the models at their steps. Nothing of it is believed
but which candidate it says it is of, and that only where plan and dataset are the tuning's own.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
import shutil
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import utils
from avatar.generate import proof
from avatar.generate.backend import LoraError
from avatar.plan import plan_file
from avatar.results import plan_tuning, tuning
from avatar.results.added_model import MAX_BYTES
from avatar.results.tuning import Tuning
from avatar.texts.text import PipelineError
from avatar.trainer import lora_modules
from avatar.training import hand_over, run_folder, variant
from avatar.training import judge as training_judge
from avatar.training.run_folder import Outcome, RunSpec, TuningPart
from avatar.training.variant import Variant
from avatar.workspace import state_file
from avatar.workspace.archive import ARCHIVE_ERRORS
from avatar.workspace.client import Client

MOST_MODELS = 200  # [choice] of one training; no plan saves so often
PASSPORT_BYTES = 1 << 16
_PLACE = ".added"  # in runs/: where a result is unpacked; becomes the run once all of it is checked
_PASSPORT: state_file.FieldTypes = {
    "version": int, "tuning_id": str, "candidate": str, "plan_fingerprint": str, "dataset_fingerprint": str,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AddedCandidate:
    """A candidate that came home. steps: of each of its models, in order."""

    candidate: str
    run_id: str
    steps: tuple[int, ...]


def add(
    client: Client, source: Path, candidates: Mapping[str, Variant], *, keep_names: bool = False,
    multipliers: tuple[int, ...] = lora_modules.MULTIPLIERS,
) -> AddedCandidate:  # fmt: skip
    """Make a run of a candidate out of what was brought back; the caller holds the client's lock.

    candidates  those of the tuning, by name
    keep_names  leave captions, folders and names in the models' metadata
    Raises PipelineError("add.no_file"), ("add.bad_zip"), ("add.too_big"), ("add.no_passport"), ("add.other_candidate"),
    ("add.candidate_there"), ("add.no_end"), and what is wrong with a model; nothing is left then.
    """
    if not source.is_file():
        raise PipelineError("add.no_file", path=str(source))
    place = client.runs / _PLACE
    shutil.rmtree(place, ignore_errors=True)  # of a program that was killed
    try:
        with zipfile.ZipFile(source) as archive:
            candidate = _candidate(archive, source, candidates)
            spec = _spec(client, candidate, place, keep_names=keep_names)
            _refuse_trained(client, candidate)
            _unpack(archive, source, spec)
        return _checked(client, spec, multipliers)
    except ARCHIVE_ERRORS as error:
        raise PipelineError("add.bad_zip", path=str(source)) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _candidate(archive: zipfile.ZipFile, source: Path, candidates: Mapping[str, Variant]) -> Variant:
    """Return which candidate a zip says it is of. Raises PipelineError."""
    found = [info for info in archive.infolist() if PurePosixPath(info.filename).name == variant.PASSPORT_FILE]
    if len(found) != 1 or found[0].file_size > PASSPORT_BYTES:
        raise PipelineError("add.no_passport", path=str(source), file=variant.PASSPORT_FILE)
    with archive.open(found[0]) as reader:
        record = _object(reader.read(PASSPORT_BYTES))
    said = state_file.fields(record, _PASSPORT)
    candidate = candidates.get(said.get("candidate", ""))
    if candidate is None or state_file.fields(variant.passport(candidate), _PASSPORT) != said:
        named = said.get("candidate", "-") if candidate else "-"  # only a name that is ours is told
        raise PipelineError("add.other_candidate", path=str(source), candidate=named)
    return candidate


def _object(content: bytes) -> object:
    with contextlib.suppress(ValueError, RecursionError):
        return utils.loads(content)
    return None


def _refuse_trained(client: Client, candidate: Variant) -> None:
    for folder in variant.runs_of(client, candidate.tuning_id, candidate.name):
        if run_folder.read_outcome(folder).get("success"):
            raise PipelineError("add.candidate_there", candidate=candidate.name, run=folder.name)


def _spec(client: Client, candidate: Variant, place: Path, *, keep_names: bool) -> RunSpec:
    trigger, klass = plan_file.trained_words(client)
    return RunSpec(
        run_id=place.name, folder=place, command=(), cwd=place, environment={}, plan=candidate.plan,
        client_id=client.client_id, models=client.models, trigger_word=trigger, class_word=klass,
        output_name=variant.output_name(client.client_id, candidate.name, candidate.tuning_id),
        dataset_fingerprint=candidate.fingerprint, keep_names=keep_names,
        tuning=TuningPart(tuning_id=candidate.tuning_id, candidate=candidate.name),
    )  # fmt: skip


# --- its models ------------------------------------------------------------------------------------------------------


def _unpack(archive: zipfile.ZipFile, source: Path, spec: RunSpec) -> None:
    """Copy the models, by the names that the trainer gave them, wherever in the zip they lie; no other name is used."""
    pattern = re.compile(re.escape(spec.output_name) + r"(?:-step(\d{8}))?\.safetensors")
    total, found = spec.plan.max_train_steps, dict[int, zipfile.ZipInfo]()
    for info in archive.infolist():
        if match := pattern.fullmatch(PurePosixPath(info.filename).name):
            steps = int(match[1]) if match[1] else total
            if 0 < steps <= total and (steps not in found or not match[1]):  # the model of the end is the trainer's last word
                found[steps] = info
    if total not in found:
        raise PipelineError("add.no_end", path=str(source), file=f"{spec.output_name}.safetensors")
    if len(found) > MOST_MODELS:
        raise PipelineError("add.too_big", path=str(source), gb=MAX_BYTES / 1e9)
    folder = spec.folder / run_folder.CHECKPOINT_FOLDER
    folder.mkdir(parents=True)
    left = MAX_BYTES * 2
    for steps, info in found.items():
        target = folder / f"{spec.output_name}-step{steps:08d}.safetensors"
        left -= _copy(archive, info, target, source, min(left, MAX_BYTES))


def _copy(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, source: Path, most: int) -> int:
    """Copy a member of at most so many bytes, whatever its header says; return how many it has."""
    done = 0
    with archive.open(info) as reader, target.open("xb") as writer:
        while chunk := reader.read(1 << 20):
            done += len(chunk)
            if done > most:
                raise PipelineError("add.too_big", path=str(source), gb=most / 1e9)
            writer.write(chunk)
    return done


def _checked(client: Client, spec: RunSpec, multipliers: tuple[int, ...]) -> AddedCandidate:
    """Check every model as those are that were trained here, and give the run its place."""
    models = hand_over.checkpoints_of(spec.folder)
    for path, _ in models:
        try:
            proof.check_lora(path, multipliers)
        except LoraError as error:
            raise LoraError(error.key, **{**error.values, "file": path.name}) from error
        problem = hand_over.remove_names(spec, path) or training_judge.file_problem(spec, path)
        if problem is not None:
            raise PipelineError.of(problem)
    run_id = run_folder.new_run_id(client.runs, spec.tuning.candidate if spec.tuning else "")
    total = spec.plan.max_train_steps
    spec = dataclasses.replace(spec, run_id=run_id)
    run_folder.write_records(spec, time.time())
    run_folder.write_outcome(
        spec.folder,
        Outcome(
            True, run_id, steps=total, total=total, plan_fingerprint=spec.plan_fingerprint,
            model=client.runs / run_id / run_folder.CHECKPOINT_FOLDER / models[0][0].name,
            checkpoints=tuple(path.name for path, _ in reversed(models)),
        ),
    )  # fmt: skip
    spec.folder.rename(client.runs / run_id)
    return AddedCandidate(
        candidate=spec.tuning.candidate if spec.tuning else "", run_id=run_id, steps=tuple(sorted(steps for _, steps in models))
    )


def lines_of(added: AddedCandidate, short: int, kept: int) -> list[dict[str, Any]]:
    """Return what the lines of a tuning say of it: where its short training would have ended, if it saved there, and its end.

    short  step of the short trainings; kept: how many of its last models are worth drawing
    """
    common = {"run_id": added.run_id, "cause": None, "machine": "bundle"}
    end = {"state": "full", "steps": added.steps[-1], "files": list(added.steps[-kept:]), **common}
    if short not in added.steps:
        return [end]
    return [{"state": "short", "steps": short, "files": [short], **common}, end]


def hours_for_one_more(one: Tuning) -> float:
    """Return the hours of a tuning that had its answer, with which one more candidate is drawn but nothing else is trained."""
    pictures = plan_tuning.SHORT_PICTURES + plan_tuning.FULL_PICTURES
    needed = tuning.spent_s(one.folder) + pictures * plan_tuning.PICTURE_S
    return max(one.info.hours or 0.0, round(needed / 3600, 3))
