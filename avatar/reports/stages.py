"""Computes which stages of a client are done, to do or out of date, and why; only its files are the source.

The same answer serves the menu's title, `status` and the guided setup.
"""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import utils
from avatar.texts.text import Finding, PipelineError, Text
from avatar.workspace.client import Client, run_folders
from config import TRAINER_DIR, Settings

if TYPE_CHECKING:
    from avatar.pictures.import_list import Import
    from avatar.workspace.records import ImageRecord

State = Literal["done", "todo", "outdated", "optional"]
STAGES = ("setup", "import-mj", "import-real", "process", "prepare", "configure", "train", "model", "try", "choose")


@dataclass(frozen=True)
class StageState:
    """One stage: how many pictures (or models, for train) it has produced, and why it is not done."""

    name: str
    state: State
    count: int
    why: Text | None = None  # None if the state says enough


@dataclass(frozen=True)
class ClientState:
    """All stages of one client, in order, and the figures behind them."""

    client_id: str
    stages: tuple[StageState, ...]
    approved: int
    refused: int
    approved_by_source: Mapping[str, int]
    models: tuple[str, ...]
    imports: tuple[Import, ...] = ()
    odd: tuple[str, ...] = ()  # names of the pictures that do not look like the client, refused or only remarked on
    strayed: tuple[Text, ...] = ()  # that captions of the user do not begin with the client's words
    missing_originals: Mapping[str, int] = dataclasses.field(default_factory=dict)  # by source, where there are any
    client_unknown: tuple[Finding, ...] = ()  # while nobody has said which of several persons is the client

    def stage(self, name: str) -> StageState:
        return next(stage for stage in self.stages if stage.name == name)


def proposed(state: ClientState, *, trains: bool = False) -> str:
    """Return what is to be done next: a stage, "monitor" (a training lives), "who" (say who the client is), "review" (all is
    refused); "" at the end, where only handing the model over is left. Menus, guided setup, status and web pages ask this.

    The stage is the first that is to do or out of date. An import without pictures, which the other kind makes optional,
    comes before the first faces are cut; who goes on without it has declined it.

    trains  a training of the client goes on
    """
    if trains:
        return "monitor"
    if state.client_unknown and state.stage("process").state == "done":
        return "who"
    stage = next((stage.name for stage in state.stages if stage.state in {"todo", "outdated"}), "")
    if stage == "process" and not state.stage("process").count:
        return next((name for name in ("import-mj", "import-real") if state.stage(name).state == "optional"), stage)
    return "review" if stage == "prepare" and state.refused and not state.approved else stage


def proposed_in_main(state: ClientState | None) -> str:
    """Return what the main menu proposes: "guided", which goes on with the client or makes the first one, else "select".

    state  of the selected client; None without one: the guided setup proposes the one worked on last
    """
    return "guided" if state is None or proposed(state) else "select"


def state_marker(client: Client, config_file: Path) -> tuple[object, ...]:
    """Return a value that changes whenever a stage of client may have changed (modification times, cheap to read)."""
    watched = [
        client.images, client.raw_mj, client.raw_real, client.info_file,
        client.plan_file, client.runs, client.training_data, client.models, config_file,
        TRAINER_DIR, *_subfolders(client.training_data), *_subfolders(client.samples / "trials"),
    ]  # fmt: skip
    if newest := newest_run(client):
        watched.append(newest)
    return tuple(_mtime(path) for path in watched)


def _mtime(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _subfolders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if entry.is_dir()]
    except OSError:
        return []


def newest_run(client: Client) -> Path | None:
    """Return the folder of the newest training run."""
    return next(iter(run_folders(client.runs)), None)


def client_state(client: Client, settings: Settings, records: Iterable[ImageRecord] | None = None) -> ClientState:
    """Return the state of every stage of a client.

    records  all of the client, if already read; else only those changed since the last time are read
    """
    from avatar.dataset import held_out, own_words
    from avatar.dataset import members as dataset_members
    from avatar.dataset import prepared as dataset_prepared
    from avatar.dataset.held_out import Photo
    from avatar.dataset.repeats import Candidate
    from avatar.pictures import import_list

    records = None if records is None else list(records)
    pictures = _pictures(client, settings, records)
    counts = Counter(picture.source for picture in pictures)
    missing = missing_originals(client)
    approved = Counter(picture.source for picture in pictures if picture.crops)
    pending, stale = (sum(picture.work == work for picture in pictures) for work in ("new", "stale"))
    refused = sum(picture.refused for picture in pictures)
    models = tuple(sorted(path.name for path in client.models.glob("*.safetensors")))
    prepared = dataset_prepared.prepared_fingerprint(client)
    wanted = None
    if prepared and approved:
        held = held_out.chosen([Photo(*one.photo) for one in pictures if one.photo], settings.imports.near_duplicate_bits)
        marks = {
            Candidate(*values): mark
            for picture in pictures for mark, values in picture.crops if not held_out.is_of(values[0], held)
        }  # fmt: skip
        wanted = dataset_members.fingerprint_of(marks, client.info(), settings)
    train = _train_stage(client, len(models))
    stages = (
        _setup_stage(settings),
        _import_stage("import-mj", counts["mj"], bool(pictures), missing.get("mj", 0)),
        _import_stage("import-real", counts["real"], bool(pictures), missing.get("real", 0)),
        _process_stage(len(pictures), len(pictures) - pending, pending, stale),
        _prepare_stage(approved.total(), wanted, prepared, dataset_prepared.missing_pictures(client)),
        configure_stage(client, prepared, settings),
        train,
        _model_stage(train, len(models)),
        *_result_stages(client, len(models)),
    )
    by_source = {source: approved[source] for source in ("mj", "real")}
    imports = tuple(import_list.imports(client))
    odd = tuple(sorted(picture.odd for picture in pictures if picture.odd))
    strayed = tuple(own_words.told(sum(picture.strayed for picture in pictures), client.info(), settings.captions))
    open_question = tuple(_client_unknown(client, pictures, records))
    return ClientState(
        client.client_id,
        stages,
        approved.total(),
        refused,
        by_source,
        models,
        imports,
        odd,
        strayed,
        missing,
        open_question,
    )


def missing_originals(client: Client) -> dict[str, int]:
    """Return by source how many pictures have no original in the client's folder any more; {} where none."""
    return dict(Counter(image_id.partition("_")[0] for image_id in client.missing_originals()))


def _client_unknown(client: Client, pictures: Sequence[_Picture], records: Iterable[ImageRecord] | None) -> list[Finding]:
    from avatar.faces import unknown

    if not unknown.may_be_open((picture.source, picture.looks) for picture in pictures):
        return []
    return unknown.findings(client, client.records() if records is None else records)


class _Picture(NamedTuple):
    """The data of one picture for the stages; from its record, or from `record_index`."""

    source: str
    refused: bool
    work: str  # "new": not processed yet; "stale": other settings or a missing file; "": up to date
    crops: list[Any]  # of dataset.members: mark and the fields of dataset.Candidate; [] unless approved
    odd: str = ""  # its name, where it does not look like the client
    looks: str = ""  # of faces.unknown
    photo: Sequence[Any] = ()  # the fields of dataset.held_out.Photo
    strayed: bool = False  # has a caption of the user that does not begin with the client's words


def _pictures(client: Client, settings: Settings, records: Iterable[ImageRecord] | None) -> list[_Picture]:
    from avatar.dataset import held_out, own_words
    from avatar.dataset import members as dataset_members
    from avatar.faces import identity as face_identity
    from avatar.faces import quality, unknown
    from avatar.faces import update as face_update
    from avatar.workspace import record_index

    info = client.info()
    compares = face_identity.available()

    def derive(record: ImageRecord, files: str) -> list[Any]:
        work = "new"
        if record.quality is not None:
            there = frozenset(files.split())
            work = "stale" if face_update.work_needed(record, settings, there, compares=compares) else ""
        refused = record.decision is not None and record.decision.verdict == "rejected"
        chosen = dataset_members.members(record, info, settings) if record.approved else []
        odd = record.original.name if quality.is_odd(record) else ""
        return [
            record.source,
            refused,
            work,
            [[item.mark, list(item.candidate)] for item in chosen],
            odd,
            unknown.looks(record),
            held_out.photo(record) or (),
            own_words.strayed(record, info, settings.captions),
        ]

    files = {image_id: " ".join(sorted(names)) for image_id, names in face_update.present_files(client).items()}
    if records is not None:
        return [_Picture(*derive(record, files.get(record.image_id, ""))) for record in records]
    in_force = [dataclasses.asdict(part) for part in (settings.faces, settings.quality, settings.captions)]
    rules = (dataset_members.RULES_VERSION, held_out.RULES_VERSION)
    question = ["crops and captions", rules, compares, in_force, info.trigger_word, info.class_word]
    return [_Picture(*found) for found in record_index.facts(client, question, derive, files).values()]


def _setup_stage(settings: Settings) -> StageState:
    """Setup is done once there is a client; without the trainer everything but training works."""
    from avatar.trainer import location
    from avatar.trainer import options as trainer_options

    found = trainer_options.find_script(location.trainer_folder(settings.trainer))
    return StageState("setup", "done", 1, None if found else Text("stage.why.no_trainer"))


def _import_stage(name: str, count: int, any_picture: bool, missing: int) -> StageState:
    if count:
        return StageState(name, "done", count, Text("stage.why.originals_missing", {"n": missing}) if missing else None)
    return StageState(name, "optional" if any_picture else "todo", 0)


def _process_stage(total: int, processed: int, pending: int, stale: int) -> StageState:
    if pending and processed:
        return StageState("process", "outdated", processed, Text("stage.why.new_pictures", {"n": pending}))
    if pending or not total:
        return StageState("process", "todo", 0)
    if stale:
        return StageState("process", "outdated", processed, Text("stage.why.settings", {"n": stale}))
    return StageState("process", "done", processed)


def _prepare_stage(approved: int, wanted: str | None, prepared: str | None, missing: int) -> StageState:
    if prepared is None:
        return StageState("prepare", "todo", 0)
    if missing:
        return StageState("prepare", "outdated", approved, Text("stage.why.pictures_missing", {"n": missing}))
    if prepared != wanted:
        return StageState("prepare", "outdated", approved, Text("stage.why.pictures_changed"))
    return StageState("prepare", "done", approved)


def configure_stage(client: Client, prepared: str | None, settings: Settings) -> StageState:
    """Return whether the plan is that of the dataset (its fingerprint; None where none is prepared) and of the settings."""
    from avatar.plan import chosen

    plan = utils.read_object(client.plan_file)
    if not plan:
        return StageState("configure", "todo", 0)
    if prepared is not None and plan.get("dataset_fingerprint") != prepared:
        return StageState("configure", "outdated", 1, Text("stage.why.dataset_changed"))
    for name, _, now in chosen.changed_settings(plan, settings.trainer):
        return StageState("configure", "outdated", 1, Text("stage.why.setting_changed", {"name": name, "now": now or "-"}))
    return StageState("configure", "done", 1)


def _train_stage(client: Client, models: int) -> StageState:
    from avatar.training import run_folder

    run = newest_run(client)
    if run is None:
        return StageState("train", "todo", models)
    outcome = run_folder.read_outcome(run)
    if not outcome:
        return StageState("train", "todo", models, Text("stage.why.run_open", {"run": run.name}))
    if outcome.get("cancelled"):
        return StageState("train", "todo", models, Text("stage.why.run_stopped", {"run": run.name}))
    if not outcome["success"]:
        return StageState("train", "todo", models, Text("stage.why.run_failed", {"run": run.name}))
    plan = utils.read_object(client.plan_file)
    if plan.get("fingerprint") != outcome.get("plan_fingerprint"):
        return StageState("train", "outdated", models, Text("stage.why.plan_changed"))
    return StageState("train", "done", models)


def _model_stage(train: StageState, models: int) -> StageState:
    if not models:
        return StageState("model", "todo", 0)
    if train.state == "outdated":
        return StageState("model", "outdated", models, Text("stage.why.retrain"))
    return StageState("model", "done", models)


def _result_stages(client: Client, models: int) -> tuple[StageState, StageState]:
    """Return the stages of the trial and of the choice: done where they are of the newest training's models."""
    from avatar.results import choice, trial, trial_models

    if not models:
        return StageState("try", "todo", 0), StageState("choose", "todo", 0)
    newest = {lora.run_id for lora in trial_models.default(trial_models.found(client), 1)}
    folder = trial.newest(client)
    tried = 0 if folder is None else sum(1 for _ in folder.glob("*.png"))
    chosen = choice.current(client)
    if not tried:
        state = StageState("try", "todo", 0)
    elif newest <= _run_ids(client):
        state = StageState("try", "done", tried)
    else:
        state = StageState("try", "outdated", tried, Text("stage.why.new_model"))
    if chosen is None:
        return state, StageState("choose", "todo", 0)
    if state.state == "outdated":
        return state, StageState("choose", "outdated", 1, Text("stage.why.new_model"))
    return state, StageState("choose", "done", 1, Text("stage.why.chosen", {"candidate": str(chosen[1].get("candidate", "?"))}))


def _run_ids(client: Client) -> set[str]:
    """Return the trainings whose models the newest trial has drawn."""
    from avatar.results import trial

    folder = trial.newest(client)
    try:
        return {model.run_id for model in trial.read(folder).models} if folder is not None else set()
    except (PipelineError, OSError):
        return set()
