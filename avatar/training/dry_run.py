"""What a training would run: the exact command, its folders, the machine, and every check."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import utils
from avatar.plan import command as plan_command
from avatar.plan import measured, plan_file, preflight, shell, steps
from avatar.plan import memory as plan_memory
from avatar.plan import time as plan_time
from avatar.plan.command import RunPaths
from avatar.plan.plan_file import KeptPlan
from avatar.plan.resume import Continuation
from avatar.plan.values import Arithmetic, Change, Estimate, Plan
from avatar.system import gpu as system_gpu
from avatar.system import memory
from avatar.system.gpu import GIB, CardProbe
from avatar.texts.text import Finding
from avatar.trainer import base_model, checkout, location
from avatar.training import runs as training_runs
from avatar.training import sample_prompts, states
from avatar.training.run_folder import RunSpec
from avatar.workspace.client import Client
from config import GPU_PROFILES


@dataclass(frozen=True)
class DryRun:
    """What `train` would do: command (interpreter first) run in cwd, one line per shell, and every check.

    seconds  of the training itself, None: not known
    """

    command: list[str]
    cwd: str
    lines: dict[str, str]
    plan: Plan
    changes: tuple[Change, ...]
    preflight: tuple[Finding, ...]
    arithmetic: Arithmetic
    estimate: Estimate
    environment: Mapping[str, str]
    output_dir: str
    trainer_version: str = ""
    options_from: str = ""  # installed | known
    resumes: Continuation | None = None
    seconds: float | None = None


def checked(
    client: Client, plan: Plan, kept: KeptPlan, trainer: location.Trainer, machine: preflight.Machine, paths: RunPaths,
    refusals: Sequence[Finding] = (),
) -> DryRun:  # fmt: skip
    """Return what would be run, and every check.

    plan      that of lora_config.json, or what an earlier attempt made of it
    refusals  why the preparation would refuse the dataset, and what a state of another plan would do
    """
    dataset = plan_file.dataset_facts(client, plan.reg_data_dir)
    in_force = _with_absolute_paths(plan, client)
    command = plan_command.build_command(
        in_force, paths, python=trainer.python, script=trainer.script, options=trainer.options
    )  # fmt: skip
    setup = preflight.Setup(
        in_force, command, client.training_data.absolute(), paths.output_dir, trainer.python, trainer.script, trainer.options,
        client.client_id, client.info().trigger_word, dataset, kept.dataset_fingerprint, refusals,
        kept.changed_settings, kept.by_hand, checkout.differences(trainer.folder, trainer.revision),
    )  # fmt: skip
    card = machine.card
    return DryRun(
        command, str(trainer.script.parent), shell.shell_lines(command, trainer.script.parent), plan, kept.changes,
        tuple(preflight.check(setup, machine)), steps.step_arithmetic(plan, dataset),
        plan_memory.estimate_memory_gib(
            plan, plan_memory.memory_limit_gib(machine.profile, card), measured.of_card(card)
        ),
        plan_command.environment_for(plan, card_index=card.index if card else None, offline=_offline(in_force)),
        str(paths.output_dir), trainer.options.version, trainer.options.source, paths.continuation,
        _seconds(plan, machine),
    )  # fmt: skip


def _seconds(plan: Plan, machine: preflight.Machine) -> float | None:
    """Return how long the training takes, None where nothing is known of the card's speed."""
    card = machine.card
    step = plan_time.step_time(
        plan, machine.profile, card=card.name if card else None, measured=measured.times_of(card)
    )  # fmt: skip
    return None if step is None else plan_time.training_seconds(plan, step)


def _with_absolute_paths(plan: Plan, client: Client) -> Plan:
    """Return the plan with files named from here named from anywhere: the trainer runs in its own folder."""
    base = utils.at_home(Path(plan.base_model))
    tokenizers = plan.tokenizer_cache_dir
    return replace(
        plan,
        base_model=str(base_model.passable(base, client.training / "base_model")) if base.exists() else plan.base_model,
        tokenizer_cache_dir=str(utils.at_home(Path(tokenizers)).absolute()) if tokenizers else "",
        reg_data_dir=str(plan_file.regularisation_folder(client, plan.reg_data_dir)) if plan.reg_data_dir else None,
        extra={**plan.extra, **_absolute_files(plan)},
    )


def _absolute_files(plan: Plan) -> dict[str, object]:
    """Return the further options that name files, with those that are there named from anywhere."""
    found: dict[str, object] = {}
    for option in preflight.NAMED_FILES:
        paths = [utils.at_home(Path(name)) for name in preflight.files_of(plan, option)]
        if paths and all(path.exists() for path in paths):
            named = [str(path.absolute()) for path in paths]
            found[option] = named if isinstance(plan.extra[option], (list, tuple)) else named[0]
    return found


def _offline(plan: Plan) -> bool:
    """Nothing to download: the hub is not asked, since transformers 4.54 fails without network even with a full cache."""
    return base_model.model_local(plan.base_model) and base_model.tokenizers_local(plan.tokenizer_cache_dir)


def machine_now(
    client: Client, plan: Plan, card_probe: CardProbe = system_gpu.cards, *, tuning_id: str = ""
) -> preflight.Machine:  # fmt: skip
    """Return what this computer has free at this moment, as far as plan is concerned.

    tuning_id  the tuning that the run is of: its other candidates may train at the same time, on other cards
    """
    profile = GPU_PROFILES[plan.profile]
    found = list(card_probe()) if profile.vram_gib else []
    busy = training_runs.busy_runs(client.folder.parent, beside=(client.client_id, tuning_id))
    same = [card for card in found if system_gpu.profile_for(card).name == profile.name]
    return preflight.Machine(
        profile, system_gpu.best_card(same or found), tuple(system_gpu.other_adapters()), memory.free_ram_gib(),
        shutil.disk_usage(client.folder).free / GIB, tuple(busy),
    )  # fmt: skip


def run_paths(
    client: Client, run_id: str, state: states.SavedState | None = None, way: Continuation | None = None
) -> RunPaths:  # fmt: skip
    return RunPaths(
        train_data_dir=client.training_data.absolute(),
        output_dir=(client.runs / run_id).absolute(),
        output_name=next_name(client),
        logging_dir=client.logs.absolute(),
        resume=state.folder.absolute() if state else None,
        continuation=way,
        sample_prompts=(client.training / sample_prompts.PROMPTS_FILE).absolute(),
    )


def run_spec(
    client: Client, checked: DryRun, paths: RunPaths, kept: KeptPlan, *, changes: tuple[Change, ...], keep_names: bool,
    resumed_from: str, evidence: Mapping[str, Any] | None,
) -> RunSpec:  # fmt: skip
    """Return what a run of this command is started with.

    changes       what earlier attempts changed in the client's plan
    keep_names    leave captions, folders and names in the model's metadata
    resumed_from  the run whose state it goes on from, "" for none
    evidence      the card as it is now, where figures of the run are kept; None: they are not
    """
    trigger, klass = plan_file.trained_words(client)
    return RunSpec(
        run_id=paths.output_dir.name, folder=client.runs / paths.output_dir.name, command=tuple(checked.command),
        cwd=Path(checked.cwd), environment=checked.environment, plan=checked.plan, client_id=client.client_id,
        output_name=paths.output_name, models=client.models, trigger_word=trigger, class_word=klass,
        dataset_fingerprint=kept.dataset_fingerprint, continuation=paths.continuation, planned=kept.plan.fingerprint,
        changes=changes, keep_names=keep_names, resumed_from=resumed_from, evidence=evidence,
        steps_per_epoch=checked.arithmetic.steps_per_epoch,
    )  # fmt: skip


def next_name(client: Client) -> str:
    """Return the name of the next model: ana_avatar_v1, ana_avatar_v2, …"""
    pattern = re.compile(rf"{re.escape(client.client_id)}_avatar_v(\d+)")
    taken = [int(match[1]) for path in client.models.glob("*.safetensors") if (match := pattern.fullmatch(path.stem))]
    return f"{client.client_id}_avatar_v{max(taken, default=0) + 1}"
