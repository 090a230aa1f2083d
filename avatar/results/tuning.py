"""A tuning on disk: what it was begun for, and one line for every change of a candidate.

training/tuning/{tuning_id}/
  tuning.json    what is tuned: plan, data, photos, candidates; written anew only where more hours are given
  tuning.jsonl   one line per change of a candidate; the last line of a candidate counts
  answer.json    which file it came to; there once it has ended
  stopped.json   the error that its last session ended with; not there after one without
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

import utils
from avatar.plan.values import Plan, plan_from_json
from avatar.results.trial import ModelName
from avatar.results.tuning_candidates import Candidate, Edit, edits
from avatar.results.tuning_ports import File
from avatar.texts.setting_errors import wrong_value
from avatar.texts.text import PipelineError, Text, as_record, from_record, plain_text
from avatar.training.variant import ANSWER_FILE, TUNING_FILE, tunings_folder
from avatar.workspace import lines as line_files
from avatar.workspace import state_file
from avatar.workspace.client import Client

LINES_FILE, STOPPED_FILE = "tuning.jsonl", "stopped.json"
TUNING_VERSION = 1
STAGE0 = "last"  # the line of stage 0: the models of the last training
_LOCK = ".lock"
_APPENDED_WITHIN_S = 10.0
_TUNING_ID = re.compile(r"\d{8}-\d{6}(-\d{1,4})?")

State = Literal["planned", "running", "short", "stopped", "full", "failed", "dropped"]
CandidateName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Strict(BaseModel):
    """Base of the records of a tuning: a misspelt key is an error, and a record is changed by making another."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tried(Strict):
    """A candidate as it was decided on when the tuning began: its name and its whole plan."""

    name: CandidateName
    plan: dict[str, Any]


class LastModel(Strict):
    """A model of the last training, by the name that `try` has for it. step: None where it is not known."""

    name: ModelName
    run_id: str
    step: int | None


class Info(Strict):
    """tuning.json.

    hours              that it may take, of all its sessions together; None: stage 0 alone
    plan_fingerprint   of the plan that stood when it began; dataset_fingerprint, held_out (digest): of data and photos
    plan               what the candidates differ from, with the saves that a short training needs; {}: stage 0 alone
    steps, short       of a whole training and of a short one
    stage0             the models of the last training, that which is given up last first; last_run: that training
    plan_trained       the last training had this very plan and data: it is stage 0's, and no candidate
    backend, side_px   what draws, and at which size, from the first picture to the last: others would be no pairs
    addresses          of servers that were given
    """

    version: Literal[1] = 1
    tuning_id: str
    started_at: str
    hours: float | None
    plan_fingerprint: str
    dataset_fingerprint: str | None
    held_out: str
    plan: dict[str, Any] = Field(default_factory=dict)
    steps: int = 0
    short: int = 0
    stage0: list[LastModel] = Field(default_factory=list)
    last_run: str = ""
    candidates: list[Tried] = Field(default_factory=list)
    plan_trained: bool = False
    backend: str = ""
    side_px: int = 0
    addresses: list[str] = Field(default_factory=list)


class Line(Strict):
    """One line of tuning.jsonl: how a candidate stands.

    changes       [{key, from, to}] beside the plan
    run_id        of its training; of one that went on to the end, the one that went on
    trial_id      of the trial that its figures are of
    steps         that it was trained for; files: steps of its models that are worth drawing
    seconds       that it has taken in all, training and pictures; train_s: of these the trainings; step_s: one step
    file          its best one in that trial, MODEL@WEIGHT
    likeness …    of that file, of n pictures
    cause         why it failed, as key and values of a text
    """

    candidate: CandidateName
    changes: list[dict[str, Any]] = Field(default_factory=list)
    state: State
    run_id: str = ""
    trial_id: str = ""
    steps: int = 0
    files: list[int] = Field(default_factory=list)
    seconds: float = 0.0
    train_s: float = 0.0
    step_s: float | None = None
    file: str = ""
    likeness: float | None = None
    n: int = 0
    copy_risk: float | None = None
    flexibility: float | None = None
    held_out_loss: float | None = None
    cause: dict[str, Any] | None = None
    at: str = ""
    machine: str = ""

    @property
    def why(self) -> Text | None:
        return from_record(str(self.cause.get("key", "")), self.cause.get("values")) if self.cause else None


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """A tuning: its folder and what it was begun for."""

    folder: Path
    info: Info

    @property
    def tuning_id(self) -> str:
        return self.info.tuning_id

    def candidates(self) -> list[Candidate]:
        """Return the candidates in order. Raises PipelineError("tune.invalid")."""
        try:
            plans = {one.name: plan_from_json(one.plan) for one in self.info.candidates}
            plan = plan_from_json(self.info.plan) if plans else None
        except (TypeError, KeyError) as error:
            problems = [Text("list.item", {"item": str(error)})]
            raise PipelineError("tune.invalid", path=str(self.folder / TUNING_FILE), problems=problems) from error
        return [Candidate(name=name, plan=own, changes=edits(plan, own) if plan else ()) for name, own in plans.items()]

    def last_files(self) -> list[File]:
        """Return the models of stage 0."""
        return [File(name=one.name, candidate=STAGE0, run_id=one.run_id, step=one.step) for one in self.info.stage0]


def changes_record(changes: Sequence[Edit]) -> list[dict[str, Any]]:
    """Return changes as lines and JSON hold them."""
    return [{"key": one.key, "from": as_record(one.before), "to": as_record(one.after)} for one in changes]


def cause_record(cause: Text | None) -> dict[str, Any] | None:
    if cause is None:
        return None
    told = plain_text(cause)
    return {"key": told.key, "values": as_record(told.values)}


# --- files -----------------------------------------------------------------------------------------------------------


def tuning_ids(client: Client) -> list[str]:
    """Return the ids of a client's tunings, newest first."""
    try:
        names = [path.name for path in tunings_folder(client).iterdir() if _TUNING_ID.fullmatch(path.name)]
    except OSError:
        return []
    there = [name for name in names if (tunings_folder(client) / name / TUNING_FILE).is_file()]
    return sorted(there, key=lambda name: (name[:15], int(name[16:] or 1)), reverse=True)


def all_of(client: Client) -> list[Tuning]:
    """Return a client's tunings, newest first. Raises PipelineError("tune.invalid")."""
    return [read(tunings_folder(client) / name) for name in tuning_ids(client)]


def newest(client: Client) -> Tuning | None:
    """Return a client's newest tuning, None without one. Raises PipelineError("tune.invalid")."""
    known = tuning_ids(client)
    return read(tunings_folder(client) / known[0]) if known else None


def make_id(client: Client) -> str:
    """Return an id for a new tuning: this moment, numbered where one has it already."""
    moment = utils.now()[:19].replace("-", "").replace(":", "").replace("T", "-")
    names = [moment, *(f"{moment}-{number}" for number in range(2, 10_000))]
    return next(name for name in names if not (tunings_folder(client) / name).exists())


def begin(folder: Path, info: Info) -> Tuning:
    """Write a tuning; its folder appears with it."""
    folder.mkdir(parents=True, exist_ok=True)
    utils.write_json(folder / TUNING_FILE, info.model_dump(mode="json"))
    return Tuning(folder=folder, info=info)


def read(folder: Path) -> Tuning:
    """Return the tuning of a folder. Raises PipelineError("tune.invalid", "record.newer", "file.not_json")."""
    path = folder / TUNING_FILE
    data = utils.read_json(path)
    try:
        return Tuning(folder=folder, info=Info.model_validate(data))
    except ValidationError as error:
        version = data.get("version") if isinstance(data, dict) else None
        if isinstance(version, int) and version > TUNING_VERSION:
            raise PipelineError("record.newer", path=str(path)) from error
        problems = [wrong_value(item, path.name) for item in error.errors()]
        raise PipelineError("tune.invalid", path=str(path), problems=problems) from error


def plan_record(plan: Plan) -> dict[str, Any]:
    record: dict[str, Any] = as_record(plan)
    return record


def all_lines(folder: Path) -> Iterator[Line]:
    """Return every line that is one, in order; what a killed program left half written is none."""
    for row in line_files.read(folder / LINES_FILE):
        with contextlib.suppress(ValidationError):
            yield Line.model_validate(row)


def lines(folder: Path) -> dict[str, Line]:
    """Return candidate -> its last line."""
    return {line.candidate: line for line in all_lines(folder)}


def append(folder: Path, line: Line) -> Line:
    """Add a line, with this moment and this computer; workers of other computers may add at the same time. Raises OSError."""
    import filelock

    stamped = line.model_copy(update={"at": utils.now(), "machine": line.machine or platform.node()})
    with filelock.FileLock(str(folder / _LOCK), timeout=_APPENDED_WITHIN_S):
        line_files.add(folder / LINES_FILE, [stamped.model_dump(mode="json")])
    return stamped


def spent_s(folder: Path) -> float:
    """Return the seconds that a tuning has taken so far, in all its sessions."""
    return sum(line.seconds for line in lines(folder).values())


def note_stop(folder: Path, why: Text | None) -> None:
    """Keep the error that a session ended with, for the page; None: there was none."""
    if why is None:
        (folder / STOPPED_FILE).unlink(missing_ok=True)
    else:
        utils.write_json(folder / STOPPED_FILE, {"version": 1, "cause": cause_record(why)})


def why_stopped(folder: Path) -> Text | None:
    """Return the error that the last session ended with, None where there was none."""
    found = state_file.read(folder / STOPPED_FILE, {"cause": dict}).get("cause")
    return state_file.told(state_file.fields(found, {"key": str, "values": dict}), "key")


# --- the end ---------------------------------------------------------------------------------------------------------


def write_answer(folder: Path, record: Mapping[str, Any]) -> None:
    utils.write_json(folder / ANSWER_FILE, {"version": 1, "ended_at": utils.now(), **record})


def read_answer(folder: Path) -> dict[str, Any]:
    """Return which file a tuning came to; {} while it has not ended."""
    return utils.read_object(folder / ANSWER_FILE)


def has_ended(folder: Path) -> bool:
    return (folder / ANSWER_FILE).is_file()


def reopen(tuning: Tuning, hours: float | None) -> Tuning:
    """Give a tuning more hours; what it came to so far is taken back, since it goes on."""
    info = tuning.info.model_copy(update={"hours": hours})
    with contextlib.suppress(FileNotFoundError):
        os.unlink(tuning.folder / ANSWER_FILE)  # noqa: PTH108
    return begin(tuning.folder, info)
