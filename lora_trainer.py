"""The training stage: make a plan, show what would be run, run it and say the truth about it.

    configure  asks for a plan and fits it                     -> training/lora_config.json
    dry_run    the exact command and every check, nothing started
    train      preflight, training_run.run                      -> models/, training/runs/{run_id}/
    look_after, adopt, stop_run  runs whose program was killed
    runs, models  what there is

Only SDXL, only sdxl_train_network.py. Everything but `train` works where no trainer and no card is.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import config
import utils
from avatar.plan import preflight, training_command, training_ladder, training_plan
from avatar.plan.training_command import RunPaths
from avatar.plan.training_types import Arithmetic, Change, DatasetFacts, Estimate, Plan, plan_from_json
from avatar.system import gpu as system_gpu
from avatar.system import memory
from avatar.system.gpu import GIB, Card, CardProbe
from avatar.texts.text import Check, PipelineError
from avatar.trainer import lora_file, trainer_dataset, trainer_options
from avatar.trainer.trainer_options import OptionTable
from avatar.training import training_run
from avatar.training.training_run import LiveRun, Outcome, RunSummary, SavedState
from avatar.training.training_watch import Watching
from avatar.workspace.client import Client
from config import GPU_PROFILES, TRAINING_PRESETS, GPUProfile, Settings

DEFAULT_PRESET = "balanced"
MAX_ATTEMPTS = 4  # [choice] with cheaper or steadier settings each time
PROMPTS_FILE = "sample_prompts.txt"
# The prompts of the user's description; --w --h because the trainer's default is 512 px.
SAMPLE_PROMPTS = (
    "portrait of {trigger} {class_word}, professional headshot, studio lighting, detailed face",
    "{trigger} {class_word} smiling, natural lighting, high quality photography",
    "close-up of {trigger} {class_word}, artistic portrait, dramatic lighting",
)
Warnings = tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(frozen=True)
class PlanReport:
    """A plan as it stands in lora_config.json, how it came about, and what the user should know."""

    plan: Plan
    asked: Plan
    changes: tuple[Change, ...]
    estimate: Estimate
    arithmetic: Arithmetic
    warnings: Warnings
    path: Path
    dataset_fingerprint: str | None
    card: Card | None = None
    trainer_version: str = ""


@dataclass(frozen=True)
class DryRun:
    """What `train` would do: command (interpreter first) run in cwd, one line per shell, and every check."""

    command: list[str]
    cwd: str
    lines: dict[str, str]
    plan: Plan
    changes: tuple[Change, ...]
    preflight: tuple[Check, ...]
    arithmetic: Arithmetic
    estimate: Estimate
    environment: Mapping[str, str]
    output_dir: str
    trainer_version: str = ""
    options_from: str = ""  # installed | known


@dataclass(frozen=True)
class ModelSummary:
    """One file in models/, opened and read through."""

    name: str
    bytes: int
    dim: int | None
    ok: bool
    trigger: str = ""
    problems: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Trainer:
    folder: Path
    python: Path
    script: Path
    options: OptionTable


# --- configure -------------------------------------------------------------------------------------------------------


def configure(
    client: Client, *, settings: Settings, preset: str | None = None, gpu: str | None = None, overrides: Sequence[str] = (),
    card_probe: CardProbe = system_gpu.cards,
) -> PlanReport:  # fmt: skip
    """Ask for a plan, fit it to card, dataset and trainer, and keep it in lora_config.json.

    preset     quick | balanced | quality; None: balanced
    gpu        a name of config.GPU_PROFILES; None: the card that is here, without one the trial on the processor
    overrides  ["network_dim=64", …]: taken as they are; what will not fit is warned about
    Raises PipelineError("plan.unknown_preset"), ("plan.unknown_gpu") and those of training_plan.parse_overrides.
    """
    chosen = TRAINING_PRESETS.get(preset or DEFAULT_PRESET)
    if chosen is None:
        raise PipelineError("plan.unknown_preset", name=preset, known=", ".join(TRAINING_PRESETS))
    profile, card = _profile_and_card(gpu, card_probe)
    trainer = _trainer(settings)
    given = training_plan.parse_overrides(overrides, trainer.options)
    with client.lock("configure"):
        dataset = dataset_facts(client)
        asked = training_plan.ask(profile, chosen, dataset, settings.trainer)
        fitted = training_plan.fit(
            asked, profile=profile, preset=chosen, card=card, options=trainer.options, overrides=given
        )  # fmt: skip
        warnings = fitted.warnings if dataset.images else (*fitted.warnings, ("plan.warning.no_dataset", {}))
        report = PlanReport(
            fitted.plan, asked, fitted.changes, fitted.estimate, training_plan.step_arithmetic(fitted.plan, dataset), warnings,
            client.plan_file, dataset.fingerprint, card, trainer.options.version,
        )  # fmt: skip
        _save(report, list(overrides))
    return report


def _profile_and_card(name: str | None, card_probe: CardProbe) -> tuple[GPUProfile, Card | None]:
    """Return the profile and, where it is that of a card in this computer, the card with the most free memory."""
    if name is not None and name not in GPU_PROFILES:
        raise PipelineError("plan.unknown_gpu", name=name, known=", ".join(GPU_PROFILES))
    found = list(card_probe())
    if name is None:
        card = system_gpu.best_card(found)
        return system_gpu.profile_for(card), card
    return GPU_PROFILES[name], system_gpu.best_card([card for card in found if system_gpu.profile_for(card).name == name])


def dataset_facts(client: Client) -> DatasetFacts:
    """Count what the trainer would read of a client; the fingerprint is that of the preparation."""
    view = trainer_dataset.read_as_trainer(client.training_data, client_id=client.client_id)
    for folder in view.folders:
        info_file = client.training_data / folder.name / trainer_dataset.INFO_FILE
        try:
            info = utils.read_json(info_file)
        except (OSError, PipelineError):
            continue
        if isinstance(info, dict):
            return DatasetFacts(view.images, view.exposures, info.get("fingerprint"), str(info.get("trigger_word") or ""))
    return DatasetFacts(view.images, view.exposures)


def _save(report: PlanReport, overrides: list[str]) -> None:
    report.path.parent.mkdir(parents=True, exist_ok=True)
    utils.write_json(
        report.path,
        {"version": 1, "made_at": utils.now(), "fingerprint": report.plan.fingerprint,
         "dataset_fingerprint": report.dataset_fingerprint, "overrides": overrides, "plan": asdict(report.plan),
         "asked": asdict(report.asked), "changes": [asdict(change) for change in report.changes],
         "estimate": asdict(report.estimate), "arithmetic": asdict(report.arithmetic),
         "card": asdict(report.card) if report.card else None, "trainer_version": report.trainer_version},
    )  # fmt: skip


def planned(client: Client, settings: Settings) -> Plan:
    """Return the plan that is kept, or one with the defaults. Raises PipelineError("plan.file_invalid")."""
    return _planned(client, settings, system_gpu.cards)[0]


def _planned(client: Client, settings: Settings, card_probe: CardProbe) -> tuple[Plan, tuple[Change, ...], str | None]:
    """Return (plan, changes, fingerprint of its dataset) of lora_config.json; made with the defaults where there is none.

    Raises PipelineError("plan.file_invalid") for a file that was edited into something else.
    """
    try:
        data = utils.read_json(client.plan_file)
    except FileNotFoundError:
        report = configure(client, settings=settings, card_probe=card_probe)
        return report.plan, report.changes, report.dataset_fingerprint
    try:
        plan = plan_from_json(data["plan"])
        if plan.profile not in GPU_PROFILES:
            raise KeyError(plan.profile)
        changes = tuple(Change(**change) for change in data["changes"])
        return plan, changes, data["dataset_fingerprint"]
    except (KeyError, TypeError) as error:
        raise PipelineError("plan.file_invalid", path=str(client.plan_file), detail=str(error)) from error


# --- what would be run -----------------------------------------------------------------------------------------------


def _trainer(settings: Settings) -> _Trainer:
    wanted = settings.trainer
    folder = utils.at_home(Path(wanted.folder)).absolute() if wanted.folder else config.TRAINER_DIR
    python = utils.at_home(Path(wanted.python)).absolute() if wanted.python else preflight.default_python(folder)
    script = trainer_options.find_script(folder) or folder / trainer_options.SCRIPT
    options = trainer_options.installed_options(folder, python, cache_dir=config.LOG_DIR)
    return _Trainer(folder, python, script, options)


def dry_run(client: Client, *, settings: Settings, card_probe: CardProbe = system_gpu.cards) -> DryRun:
    """Return the exact command, its arithmetic and every check; start nothing.

    Without a plan, one is made with the defaults. Works without trainer, card and dataset: the checks say what is missing.
    """
    plan, changes, planned_dataset = _planned(client, settings, card_probe)
    trainer = _trainer(settings)
    machine = machine_now(client, plan, card_probe)
    paths = _paths(client, training_run.new_run_id(client.runs))
    return _checked(client, plan, changes, planned_dataset, trainer, machine, paths)


def _checked(
    client: Client, plan: Plan, changes: tuple[Change, ...], planned_dataset: str | None, trainer: _Trainer,
    machine: preflight.Machine, paths: RunPaths,
) -> DryRun:  # fmt: skip
    dataset = dataset_facts(client)
    in_force = _with_absolute_paths(plan)
    command = training_command.build_command(
        in_force, paths, python=trainer.python, script=trainer.script, options=trainer.options
    )  # fmt: skip
    setup = preflight.Setup(
        in_force, command, client.training_data.absolute(), paths.output_dir, trainer.python, trainer.script, trainer.options,
        client.client_id, client.info().trigger_word, dataset, planned_dataset,
    )  # fmt: skip
    card = machine.card
    return DryRun(
        command, str(trainer.script.parent), training_command.shell_lines(command, trainer.script.parent), plan, changes,
        tuple(preflight.check(setup, machine)), training_plan.step_arithmetic(plan, dataset),
        training_plan.estimate_memory_gib(plan, training_plan.memory_limit_gib(machine.profile, card)),
        training_command.environment_for(plan, card_index=card.index if card else None, offline=_offline(in_force)),
        str(paths.output_dir), trainer.options.version, trainer.options.source,
    )  # fmt: skip


def _with_absolute_paths(plan: Plan) -> Plan:
    """Return the plan with files named from here named from anywhere: the trainer runs in its own folder."""
    base = utils.at_home(Path(plan.base_model))
    tokenizers = plan.tokenizer_cache_dir
    return replace(
        plan,
        base_model=str(base.absolute()) if base.exists() else plan.base_model,
        tokenizer_cache_dir=str(utils.at_home(Path(tokenizers)).absolute()) if tokenizers else "",
    )


def _offline(plan: Plan) -> bool:
    """Nothing to download: the hub is not asked, since transformers 4.54 fails without network even with a full cache."""
    return preflight.model_local(plan.base_model) and preflight.tokenizers_local(plan.tokenizer_cache_dir)


def machine_now(client: Client, plan: Plan, card_probe: CardProbe = system_gpu.cards) -> preflight.Machine:
    """Return what this computer has free at this moment, as far as plan is concerned."""
    profile = GPU_PROFILES[plan.profile]
    found = list(card_probe()) if profile.vram_gib else []
    same = [card for card in found if system_gpu.profile_for(card).name == profile.name]
    return preflight.Machine(
        profile, system_gpu.best_card(same or found), tuple(system_gpu.other_adapters()), memory.free_ram_gib(),
        shutil.disk_usage(client.folder).free / GIB, tuple(training_run.busy_runs(client.folder.parent)),
    )  # fmt: skip


def _paths(client: Client, run_id: str, state: training_run.SavedState | None = None, first: int = 0) -> RunPaths:
    return RunPaths(
        train_data_dir=client.training_data.absolute(),
        output_dir=(client.runs / run_id).absolute(),
        output_name=next_name(client),
        logging_dir=client.logs.absolute(),
        resume=state.folder.absolute() if state else None,
        initial_step=first if state else None,
        sample_prompts=(client.training / PROMPTS_FILE).absolute(),
    )


def next_name(client: Client) -> str:
    """Return the name of the next model: ana_avatar_v1, ana_avatar_v2, …"""
    pattern = re.compile(rf"{re.escape(client.client_id)}_avatar_v(\d+)")
    taken = [int(match[1]) for path in client.models.glob("*.safetensors") if (match := pattern.fullmatch(path.stem))]
    return f"{client.client_id}_avatar_v{max(taken, default=0) + 1}"


# --- train -----------------------------------------------------------------------------------------------------------


def train(
    client: Client, *, settings: Settings, watching: Watching | None = None, resume: bool = False,
    card_probe: CardProbe = system_gpu.cards,
) -> Outcome:  # fmt: skip
    """Check, train and judge. The outcome is a success only where the LoRA was opened and is what was planned.

    Where memory did not suffice or the loss became no number, up to three further attempts follow, each with one cheaper or
    steadier setting (training_ladder), from the last good state where the change allows it; every attempt is a run of its
    own, and the outcome names what was changed. Values that the user gave are not touched.
    resume  go on from the newest whole state (only where the plan had save_state); whole epochs are repeated
    Raises PipelineError: the first blocked check's key, ("train.orphan"), ("train.no_state"), ("train.nothing_left"),
    ("train.cannot_resume"), ("train.other_machine").
    """
    with client.lock("train"):
        training_run.settle_ended(client.runs, client.models)
        _refuse_orphan(client)
        plan, planned_changes, planned_dataset = _planned(client, settings, card_probe)
        if plan.machine_rank:
            raise PipelineError("train.other_machine", rank=plan.machine_rank, machines=plan.num_machines)
        trainer = _trainer(settings)
        state = _state_to_resume(client, plan, trainer.options) if resume else None
        fixed = _fixed_fields(client, trainer.options)
        planned = plan.fingerprint
        made: tuple[Change, ...] = ()
        tried: frozenset[str] = frozenset()
        for attempt in range(MAX_ATTEMPTS):
            run_id = training_run.new_run_id(client.runs)
            first = _epoch_start(client, plan, state.steps) if state else 0
            machine = machine_now(client, plan, card_probe)
            paths = _paths(client, run_id, state, first)
            checked = _checked(client, plan, planned_changes, planned_dataset, trainer, machine, paths)
            _refuse_blocked(checked)
            if plan.makes_samples:
                _write_prompts(client)
            spec = replace(
                _spec(client, run_id, checked, first, planned_dataset), changes=made, planned=planned,
                keep_names=settings.trainer.metadata_names == "keep",
                resumed_from=state.folder.parent.name if state else "",
            )  # fmt: skip
            outcome = training_run.run(spec, _with_memory(watching, machine.card, card_probe))
            tried |= {run_id}
            step = None
            if attempt + 1 < MAX_ATTEMPTS:
                step = training_ladder.next_try(
                    outcome.cause, plan, options=trainer.options, card=machine.card, fixed=fixed, nan_step=outcome.nan_step
                )  # fmt: skip
            if step is None:
                break
            plan, made = step[0], made + step[1]
            _tell_again(watching, attempt + 2, step[1])
            state = _good_state(client, trainer.options, tried, outcome, state) if training_ladder.keeps_state(made) else None
    return outcome


def _tell_again(watching: Watching | None, attempt: int, changes: Sequence[Change]) -> None:
    """Say at once that it is tried again, with what and why; the outcome says at the end what was changed in all."""
    if watching is None or watching.on_warning is None:
        return
    for change in changes:
        values = {"n": attempt, "most": MAX_ATTEMPTS, "name": change.name, "before": change.before, "after": change.after}
        watching.on_warning("train.again", {**values, "why": change.why})


def _good_state(
    client: Client, options: OptionTable, tried: frozenset[str], outcome: Outcome, before: SavedState | None
) -> SavedState | None:  # fmt: skip
    """Return the newest state of the attempts so far that is older than the first NaN, else the one they went on from."""
    if not options.has("initial_step"):
        return None
    return training_run.newest_state(client.runs, before_step=outcome.nan_step, among=tried) or before


def _with_memory(watching: Watching | None, card: Card | None, card_probe: CardProbe) -> Watching:
    """Add a look at the card that is trained on, where there is one and the caller has not brought his own."""
    watching = watching or Watching()
    if card is None or watching.memory is not None:
        return watching
    return replace(watching, memory=system_gpu.memory_of(card.index, card_probe))


# --- runs whose program is gone --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unfinished:
    """What a killed program left: trainings still at work, and those that have ended since and were judged now."""

    live: tuple[LiveRun, ...] = ()
    settled: tuple[Outcome, ...] = ()


def look_after(client: Client) -> Unfinished:
    """Judge the runs whose program and trainer are gone, and name those whose trainer goes on.

    A client that another program is at work on is left to it.
    """
    try:
        with client.lock("train"):
            settled = training_run.settle_ended(client.runs, client.models)
            return Unfinished(tuple(training_run.live_runs(client.runs)), tuple(settled))
    except PipelineError as error:
        if error.key == "client.locked":
            return Unfinished()
        raise


def adopt(client: Client, run_id: str, watching: Watching | None = None, card_probe: CardProbe = system_gpu.cards) -> Outcome:
    """Watch a run that its program left to its end, as if that had never died; one that has ended meanwhile is judged.

    Raises PipelineError("train.no_such_run") for one that is not there or was judged before.
    """
    with client.lock("train"):
        found = list(card_probe())
        card = found[0] if len(found) == 1 else None  # with several, which one it uses stands in no record
        return training_run.adopt(_run_folder(client, run_id), client.models, _with_memory(watching, card, card_probe))


def stop_run(client: Client, run_id: str, *, grace_s: float = 20.0) -> Outcome:
    """End a run that its program left, its whole tree, and judge it. Raises PipelineError("train.no_such_run")."""
    with client.lock("train"):
        return training_run.stop(_run_folder(client, run_id), client.models, grace_s=grace_s)


def _run_folder(client: Client, run_id: str) -> Path:
    folder = client.runs / run_id
    if not (folder / training_run.COMMAND_FILE).is_file() or (folder / training_run.OUTCOME_FILE).is_file():
        raise PipelineError("train.no_such_run", client=client.client_id, run=run_id)
    return folder


def _refuse_orphan(client: Client) -> None:
    for live in training_run.live_runs(client.runs):
        raise PipelineError("train.orphan", client=client.client_id, run=live.run_id, step=live.step, total=live.total)


# --- parts of a training ---------------------------------------------------------------------------------------------


def _refuse_blocked(checked: DryRun) -> None:
    for item in checked.preflight:
        if item.level == "blocked":
            raise PipelineError(item.key, **item.values)


def _fixed_fields(client: Client, options: OptionTable) -> frozenset[str]:
    """Return the fields that the user gave by hand: running out of memory is no reason to change those."""
    given = utils.read_json(client.plan_file).get("overrides", [])
    return frozenset(training_plan.parse_overrides(given, options))


def _spec(
    client: Client, run_id: str, checked: DryRun, first: int, planned_dataset: str | None
) -> training_run.RunSpec:  # fmt: skip
    info = client.info()
    return training_run.RunSpec(
        run_id=run_id,
        folder=client.runs / run_id,
        command=tuple(checked.command),
        cwd=Path(checked.cwd),
        environment=checked.environment,
        plan=checked.plan,
        client_id=client.client_id,
        output_name=next_name(client),
        models=client.models,
        trigger_word=info.trigger_word,
        class_word=info.class_word,
        dataset_fingerprint=planned_dataset,
        first_step=first,
    )


def _state_to_resume(client: Client, plan: Plan, options: OptionTable) -> training_run.SavedState:
    if not options.has("initial_step"):
        raise PipelineError("train.cannot_resume", version=options.version)
    state = training_run.newest_state(client.runs)
    if state is None:
        raise PipelineError("train.no_state", client=client.client_id)
    if state.steps >= plan.max_train_steps:
        raise PipelineError("train.nothing_left", done=state.steps, total=plan.max_train_steps)
    return state


def _epoch_start(client: Client, plan: Plan, done: int) -> int:
    """Return the step the trainer really goes on from: the start of the epoch that was broken off (train_network.py:1272)."""
    per_epoch = training_plan.step_arithmetic(plan, dataset_facts(client)).steps_per_epoch
    return done // per_epoch * per_epoch if per_epoch else 0


def _write_prompts(client: Client) -> None:
    """Write the prompts of the samples once; the user may edit them."""
    path = client.training / PROMPTS_FILE
    if not path.is_file():
        utils.write_atomic(path, sample_prompts(client))


def sample_prompts(client: Client) -> str:
    """Return the prompts of the samples: the user's where the file was edited, else the usual ones."""
    path = client.training / PROMPTS_FILE
    if path.is_file():
        return path.read_text(encoding="utf-8-sig")
    info = client.info()
    lines = [
        f"{prompt.format(trigger=info.trigger_word, class_word=info.class_word)} --w 1024 --h 1024 --d 42 --s 25 --l 7"
        for prompt in SAMPLE_PROMPTS
    ]
    return "\n".join(lines) + "\n"


# --- what there is ---------------------------------------------------------------------------------------------------


def runs(client: Client) -> list[RunSummary]:
    """Return all training runs of a client, newest first."""
    return training_run.summaries(client.runs)


def models(client: Client) -> list[ModelSummary]:
    """Return all models of a client, each opened and read through again."""
    found = []
    for path in sorted(client.models.glob("*.safetensors")):
        checked = lora_file.verify(path)
        found.append(
            ModelSummary(
                path.name, checked.bytes, checked.dim, checked.ok, _activation(path), checked.problems, checked.metadata
            )
        )
    return found


def _activation(model: Path) -> str:
    try:
        value = utils.read_json(model.with_suffix(".json"))
    except (OSError, PipelineError):
        return ""
    return str(value.get("activation text") or "") if isinstance(value, dict) else ""
