"""A trial on disk: what is to be drawn, the identity of a picture, and the lines of those that were.

    samples/trials/{trial_id}/
      trial.json       what is asked for; written anew only where a round or a measured time is added
      trial.jsonl      one line per picture, added when its PNG is on disk; the last line of a picture_id counts
      measures.jsonl   what is measured of them, apart: other held-out photos score again without drawing again
      {picture_id}.png

Every picture of a trial is in one of its rounds: candidates × the trial's prompts × the round's seeds.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

import utils
from avatar.generate.backend import NO_WEIGHT, Kind, Request, Sampler, Scheduler
from avatar.texts.setting_errors import wrong_value
from avatar.texts.text import PipelineError, Text, as_record, from_record, plain_text
from avatar.workspace.client import Client

ID_LENGTH = 16  # hex digits of a SHA-256: as image ids have
FOLDER, TRIAL_FILE, LINES_FILE = "trials", "trial.json", "trial.jsonl"
TRIAL_VERSION = 1
BASE_CANDIDATE = f"base@{NO_WEIGHT}"  # the base model alone: round 0
FINAL = "final"  # the name of a training's last model

TrialId = Annotated[str, StringConstraints(pattern=r"^\d{8}-\d{6}(-\d{1,4})?$")]
PictureId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
ModelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$")]
Weight = Annotated[str, StringConstraints(pattern=r"^\d(\.\d{1,4})?$")]
Candidate = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}@\d(\.\d{1,4})?$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]  # "" where it is not known
State = Literal["done", "failed", "no_effect"]
_TRIAL_ID = re.compile(r"\d{8}-\d{6}(-\d{1,4})?")


class Strict(BaseModel):
    """Base of all records of trials: a misspelt key is an error, and a record is changed by making another."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Model(Strict):
    """A LoRA of the trial. step: of its training, None where it is not known; run_id: "" for one that came from elsewhere."""

    name: ModelName  # the step, or "final"
    step: int | None
    sha256: Sha256
    run_id: str


class BaseModelUsed(Strict):
    """The checkpoint that the LoRAs were trained on."""

    name: str
    sha256: Sha256


class HeldOut(Strict):
    """The photos kept out of the training when the trial began; none: images [] and digest ""."""

    images: list[str]
    digest: str


class Prompt(Strict):
    """One prompt as it is sent, the trigger in it. n counts from 1."""

    n: int
    text: str
    kind: Literal["user", "unseen"]


class BackendUsed(Strict):
    """What draws: its kind, its addresses (separated by ", "; "" for the trainer) and what it said its version is."""

    kind: Kind
    address: str
    version: str


class Round(Strict):
    """Candidates that are drawn with every prompt of the trial at every one of these seeds.

    round  0 the base alone, 1 all candidates, 2 the best three, 3 and more: those that were tied
    """

    round: int
    candidates: list[Candidate]
    seeds: list[int]


class LeftOut(Strict):
    """What was left out for time. name: of the model, the weight, or the round."""

    kind: Literal["model", "weight", "round"]
    name: str


class Trial(Strict):
    """trial.json."""

    version: Literal[1] = 1
    trial_id: TrialId
    made_at: str
    trigger_word: str
    class_word: str
    base: BaseModelUsed
    vae: str = ""  # "": the checkpoint's own
    held_out: HeldOut
    models: list[Model]
    weights: list[Weight]
    prompts: list[Prompt]
    seeds: list[int]
    rounds: list[Round]
    sampler: Sampler
    scheduler: Scheduler
    steps: int
    cfg: float
    size: tuple[int, int]  # width, height in pixels
    negative: str
    backend: BackendUsed
    seconds_per_picture: float | None = None  # as measured on the first pictures; None: not yet
    left_out: list[LeftOut] = Field(default_factory=list)

    def model(self, name: str) -> Model:
        """Return a model by its name. Raises KeyError."""
        for model in self.models:
            if model.name == name:
                return model
        raise KeyError(name)

    def prompt(self, n: int) -> Prompt:
        """Return a prompt by its number. Raises KeyError."""
        for prompt in self.prompts:
            if prompt.n == n:
                return prompt
        raise KeyError(n)


class Line(Strict):
    """One line of trial.jsonl.

    prompt   its number n in trial.json
    file     name of the PNG in the trial's folder; "" where there is none
    seconds  that the back end took, None where that was lost with a killed program; at: when it was drawn
    error    key and values of a text, where state is failed or no_effect
    used     what the back end itself said it used
    """

    picture_id: PictureId
    candidate: Candidate
    prompt: int
    seed: int
    round: int
    file: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{16}\.png)?$")]
    seconds: float | None
    at: str
    state: State
    error: dict[str, Any] | None = None
    used: dict[str, Any] = Field(default_factory=dict)

    @property
    def cause(self) -> Text | None:
        return from_record(str(self.error.get("key", "")), self.error.get("values")) if self.error else None


def error_record(text: Text) -> dict[str, Any]:
    """Return a text as a line holds it."""
    plain = plain_text(text)
    return {"key": plain.key, "values": as_record(plain.values)}


# --- identity --------------------------------------------------------------------------------------------------------


def picture_id(request: Request, *, base_sha256: str, vae: str, backend: Kind) -> str:
    """Return the identity of a picture: same id, same picture; request.picture_id plays no part.

    The back end's kind belongs to it, since one seed gives another picture on another back end; its address does not.
    """
    values = [
        request.model, request.weight, base_sha256, vae, request.prompt, request.negative, request.seed, request.sampler,
        request.scheduler, request.steps, request.cfg, request.width, request.height, backend,
    ]  # fmt: skip
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:ID_LENGTH]


def candidate(model: str, weight: str) -> str:
    """Return what a model at a weight is called.

    >>> candidate("1200", "0.8")
    '1200@0.8'
    """
    return f"{model}@{weight}"


def split(name: str) -> tuple[str, str]:
    """Return model and weight of a candidate; ("base", "0") of the base alone.

    >>> split("1200@0.8")
    ('1200', '0.8')
    """
    model, _, weight = name.rpartition("@")
    return model, weight


def request_of(trial: Trial, name: str, prompt: Prompt, seed: int) -> Request:
    """Return the request for one picture of a trial, with its id. Raises KeyError for a model that the trial has not."""
    model, weight = split(name)
    width, height = trial.size
    values: dict[str, Any] = {
        "model": None if name == BASE_CANDIDATE else trial.model(model).sha256, "weight": weight, "prompt": prompt.text,
        "negative": trial.negative, "seed": seed, "steps": trial.steps, "cfg": trial.cfg, "sampler": trial.sampler,
        "scheduler": trial.scheduler, "width": width, "height": height,
    }  # fmt: skip
    unnamed = Request(picture_id="", **values)
    identity = picture_id(unnamed, base_sha256=trial.base.sha256, vae=trial.vae, backend=trial.backend.kind)
    return Request(picture_id=identity, **values)


# --- files -----------------------------------------------------------------------------------------------------------


def trials_folder(client: Client) -> Path:
    return client.samples / FOLDER


def trial_ids(client: Client) -> list[str]:
    """Return the ids of a client's trials, newest first."""
    folder = trials_folder(client)
    if not folder.is_dir():
        return []
    names = [path.name for path in folder.iterdir() if _TRIAL_ID.fullmatch(path.name) and (path / TRIAL_FILE).is_file()]
    return sorted(names, key=_when, reverse=True)


def _when(trial_id: str) -> tuple[str, int]:
    """Return the order of a trial: one second's second trial ends in -2."""
    moment, number = trial_id[:15], trial_id[16:]
    return moment, int(number or 1)


def folder_of(client: Client, trial_id: str) -> Path:
    """Return the folder of a trial. Raises PipelineError("trial.unknown") for what is no trial's id or not there."""
    known = trial_ids(client)
    if trial_id not in known:
        raise PipelineError("trial.unknown", trial=trial_id, known=", ".join(known) or "-")
    return trials_folder(client) / trial_id


def newest(client: Client) -> Path | None:
    """Return the folder of a client's newest trial, None without one."""
    known = trial_ids(client)
    return trials_folder(client) / known[0] if known else None


def make_id(client: Client) -> str:
    """Return an id for a new trial: this moment, numbered where one has it already."""
    moment = utils.now()
    moment = moment[:19].replace("-", "").replace(":", "").replace("T", "-")
    there = trials_folder(client)
    names = [moment, *(f"{moment}-{number}" for number in range(2, 10_000))]
    return next(name for name in names if not (there / name).exists())


def read(folder: Path) -> Trial:
    """Return the trial of a folder. Raises PipelineError("trial.invalid", "record.newer", "file.not_json")."""
    path = folder / TRIAL_FILE
    data = utils.read_json(path)
    try:
        return Trial.model_validate(data)
    except ValidationError as error:
        version = data.get("version") if isinstance(data, dict) else None
        if isinstance(version, int) and version > TRIAL_VERSION:
            raise PipelineError("record.newer", path=str(path)) from error
        problems = [wrong_value(item, path.name) for item in error.errors()]
        raise PipelineError("trial.invalid", path=str(path), problems=problems) from error


def write(folder: Path, trial: Trial) -> None:
    """Write trial.json, atomically."""
    folder.mkdir(parents=True, exist_ok=True)
    utils.write_json(folder / TRIAL_FILE, trial.model_dump(mode="json"))


def all_lines(folder: Path) -> Iterator[Line]:
    """Return every line of trial.jsonl that is one, in order; what a killed program left half written is none."""
    try:
        content = (folder / LINES_FILE).read_bytes()
    except OSError:
        return
    for raw in content.split(b"\n")[:-1]:
        try:
            line = Line.model_validate_json(raw)
        except ValidationError:
            continue
        if line.file in {"", f"{line.picture_id}.png"}:
            yield line


def lines(folder: Path) -> dict[str, Line]:
    """Return picture_id -> its last line."""
    return {line.picture_id: line for line in all_lines(folder)}


def picture_file(folder: Path, line: Line) -> Path:
    """Return where the picture of a line lies; it may be gone."""
    return folder / f"{line.picture_id}.png"


def pictures(trial: Trial) -> Iterator[tuple[Round, str, Prompt, int]]:
    """Return (round, candidate, prompt, seed) of every picture that the trial's rounds ask for, in the order of drawing."""
    for each in trial.rounds:
        for prompt in trial.prompts:
            for seed in each.seeds:
                for name in each.candidates:
                    yield each, name, prompt, seed


class LineFile:
    """trial.jsonl, open for adding: each line whole and on the disk before the next; several threads may add."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LINES_FILE
        self._lock = threading.Lock()
        self._begin = b"\n" if _is_torn(self._path) else b""  # a program was killed while it wrote

    def add(self, line: Line) -> None:
        """Add a line. Raises OSError (disk full), after which the line is not there."""
        content = line.model_dump_json().encode("utf-8") + b"\n"
        with self._lock, self._path.open("ab") as handle:
            try:
                handle.write(self._begin + content)
                handle.flush()
                os.fsync(handle.fileno())
            except OSError:
                self._begin = b"\n"
                raise
            self._begin = b""


def _is_torn(path: Path) -> bool:
    try:
        with path.open("rb") as handle:
            if not handle.seek(0, os.SEEK_END):
                return False
            handle.seek(-1, os.SEEK_END)
            return handle.read(1) != b"\n"
    except OSError:
        return False


def names(trial: Trial) -> Sequence[str]:
    """Return the candidates of a trial, by model and weight; without the base alone."""
    return [candidate(model.name, weight) for model in trial.models for weight in trial.weights]
