"""The training stage: make a plan, show what would be run, run it and say the truth about it.

    configure  asks for a plan and fits it to the card         -> training/lora_config.json
    dry_run    the exact command and every check; nothing is started
    train      checks, runs the trainer, judges what it left   -> training/runs/{run_id}/, models/

Only SDXL, only sdxl_train_network.py. Everything but `train` works without the trainer and without a card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import utils
from avatar.dataset import advice as dataset_advice
from avatar.dataset import prepared as dataset_prepared
from avatar.plan import ask, fit, plan_file, retry, steps
from avatar.plan import chosen as plan_chosen
from avatar.plan import overrides as plan_overrides
from avatar.plan.command import RunPaths
from avatar.plan.plan_file import KeptPlan, PlanReport
from avatar.plan.resume import Continuation
from avatar.plan.values import Change, Plan
from avatar.system import gpu as system_gpu
from avatar.system.gpu import Card, CardProbe
from avatar.texts.text import Finding, PipelineError, Text, key_of
from avatar.trainer import location
from avatar.trainer.options import OptionTable
from avatar.training import dry_run as training_dry_run
from avatar.training import resuming, run_folder, sample_prompts, states, unfinished
from avatar.training import run as training_run
from avatar.training import watch as training_watch
from avatar.training.dry_run import DryRun
from avatar.training.resuming import Resumed
from avatar.training.run_folder import Outcome
from avatar.training.states import SavedState
from avatar.training.watch import TrainingCallbacks
from avatar.workspace import state_file
from avatar.workspace.client import Client
from avatar.workspace.records import FURTHER
from config import GPU_PROFILES, TRAINING_PRESETS, GPUProfile, Settings

MAX_ATTEMPTS = 4  # [choice] with cheaper or steadier settings each time


# --- configure -------------------------------------------------------------------------------------------------------


def configure(
    client: Client, *, settings: Settings, preset: str | None = None, gpu: str | None = None, overrides: Sequence[str] = (),
    unset: Sequence[str] = (), keep: bool = False, card_probe: CardProbe = system_gpu.cards,
) -> PlanReport:  # fmt: skip
    """Ask for a plan, fit it to card, dataset and trainer, and keep it in lora_config.json.

    preset     quick | balanced | quality; None: balanced
    gpu        a name of config.GPU_PROFILES; None or "auto": the card that is here, without one the trial on the processor
    overrides  ["network_dim=64", …]: taken as they are; what will not fit is warned about
    keep       what the plan that stands was made with stays wherever nothing else is said here; unset: but for these values
    Raises PipelineError("plan.unknown_preset"), ("plan.unknown_gpu"), ("plan.not_set"), those of parse_overrides, and
    ("train.orphan") while a training goes on that nobody watches.
    """
    trainer = location.locate(settings)
    record = utils.read_object(client.plan_file) if keep else {}
    before = plan_chosen.chosen_of(record)
    chosen, lost = plan_chosen.together(
        before, preset=preset, gpu=gpu, overrides=overrides, unset=unset, options=trainer.options
    )
    wanted = TRAINING_PRESETS.get(chosen.preset or ask.DEFAULT_PRESET)
    if wanted is None:
        raise PipelineError("plan.unknown_preset", name=preset, known=", ".join(TRAINING_PRESETS))
    profile, card = _profile_and_card(chosen.gpu, card_probe)
    if card is None and not gpu and (overrides or unset):
        profile = _profile_that_stands(record, profile)
    given = plan_overrides.parse_overrides(chosen.overrides, trainer.options)
    with client.lock("configure"):
        unfinished.refuse_orphan(client)
        dataset = plan_file.dataset_facts(client)
        asked = ask.ask(profile, wanted, dataset, settings.trainer)
        fitted = fit.fit(
            asked, profile=profile, preset=wanted, card=card, options=trainer.options, overrides=given,
            exposures=dataset.exposures,
        )  # fmt: skip
        warnings = (*fitted.warnings, *lost)
        warnings = warnings if dataset.images else (*warnings, Text("plan.warning.no_dataset"))
        report = PlanReport(
            fitted.plan, asked, fitted.changes, fitted.estimate, steps.step_arithmetic(fitted.plan, dataset), warnings,
            client.plan_file, dataset.fingerprint, card, trainer.options.version,
            plan_chosen.kept(before, chosen, preset=preset, gpu=gpu),
        )  # fmt: skip
        plan_file.save(report, chosen)
    return report


def _profile_that_stands(record: Mapping[str, Any], found: GPUProfile) -> GPUProfile:
    """Return the profile of the plan that one value is changed in, where its card cannot be seen at the moment.

    A driver that does not answer would turn the plan for a card into ten steps on the processor.
    """
    plan = state_file.fields(record.get("plan"), {"profile": str})
    return GPU_PROFILES.get(plan.get("profile", ""), found)


def _profile_and_card(name: str | None, card_probe: CardProbe) -> tuple[GPUProfile, Card | None]:
    """Return the profile and, where it is that of a card in this computer, the card with the most free memory."""
    if name == plan_chosen.AUTO:
        name = None
    if name is not None and name not in GPU_PROFILES:
        raise PipelineError("plan.unknown_gpu", name=name, known=", ".join(GPU_PROFILES))
    found = list(card_probe())
    if name is None:
        card = system_gpu.best_card(found)
        return system_gpu.profile_for(card), card
    return GPU_PROFILES[name], system_gpu.best_card([card for card in found if system_gpu.profile_for(card).name == name])


def planned(client: Client, settings: Settings) -> Plan:
    """Return the plan that is kept, or one with the defaults. Raises PipelineError("plan.file_invalid")."""
    return _kept_plan(client, settings, system_gpu.cards).plan


def _kept_plan(client: Client, settings: Settings, card_probe: CardProbe) -> KeptPlan:
    """Return the plan of lora_config.json; one with the defaults is made where there is none."""
    kept = plan_file.read(client, settings.trainer)
    if kept is None:
        report = configure(client, settings=settings, card_probe=card_probe)
        return KeptPlan(report.plan, report.changes, report.dataset_fingerprint)
    return kept


def dry_run(
    client: Client, *, settings: Settings, resume: bool = False, card_probe: CardProbe = system_gpu.cards
) -> DryRun:  # fmt: skip
    """Return the exact command, its arithmetic and every check; start nothing.

    Without a plan, one is made with the defaults. Works without trainer, card and dataset: the checks say what is missing.
    resume  what would go on from the newest state; raises as `train` does where there is none
    """
    kept = _kept_plan(client, settings, card_probe)
    trainer = location.locate(settings)
    start = _start(client, kept, trainer.options, resume=resume)
    machine = training_dry_run.machine_now(client, start.plan, card_probe)
    way = resuming.way(start.plan, plan_file.dataset_facts(client).exposures, start.state, trainer.options)
    paths = training_dry_run.run_paths(client, run_folder.new_run_id(client.runs), start.state, way)
    found = [*_refusals(client), *start.findings]
    return training_dry_run.checked(client, start.plan, kept, trainer, machine, paths, found)


# --- train -----------------------------------------------------------------------------------------------------------


def train(
    client: Client, *, settings: Settings, watching: TrainingCallbacks | None = None, resume: bool = False,
    card_probe: CardProbe = system_gpu.cards,
) -> Outcome:  # fmt: skip
    """Check, train and judge. The outcome is a success only where the LoRA was opened and is what was planned.

    Where memory did not suffice or the loss became no number, up to three further attempts follow, each with one cheaper or
    steadier setting (training_ladder), from the last good state where the change allows it; every attempt is a run of its
    own, and the outcome names what was changed. Values that the user gave are not touched.
    resume  go on from the newest whole state (only where the plan had save_state), with just what is lacking
    Raises PipelineError: the first blocked check's key, ("train.orphan"), ("train.no_state"), ("train.nothing_left"),
    ("train.cannot_resume"), ("train.other_machine"), ("train.bad_record").
    """
    with client.lock("train"):
        training_run.reconcile_runs(client.runs, client.models)
        unfinished.refuse_orphan(client)
        kept = _kept_plan(client, settings, card_probe)
        if kept.plan.machine_rank:
            raise PipelineError("train.other_machine", rank=kept.plan.machine_rank, machines=kept.plan.num_machines)
        trainer = location.locate(settings)
        start = _start(client, kept, trainer.options, resume=resume)
        plan, made, state = start.plan, start.changes, start.state
        refusals = [*_refusals(client), *start.findings]
        exposures = plan_file.dataset_facts(client).exposures
        tried: frozenset[str] = frozenset()
        for attempt in range(MAX_ATTEMPTS):
            run_id = run_folder.new_run_id(client.runs)
            way = resuming.way(plan, exposures, state, trainer.options)
            state = state if way else None
            machine = training_dry_run.machine_now(client, plan, card_probe)
            paths = training_dry_run.run_paths(client, run_id, state, way)
            checked = training_dry_run.checked(client, plan, kept, trainer, machine, paths, refusals)
            _refuse_blocked(checked)
            _tell_start(watching, plan, way, start.findings if not attempt else ())
            if plan.makes_samples:
                sample_prompts.write_prompts(client)
            spec = replace(
                _spec(client, checked, paths, kept), changes=made,
                keep_names=settings.trainer.metadata_names == "keep",
                resumed_from=state.folder.parent.name if state else "",
                steps_per_epoch=checked.arithmetic.steps_per_epoch,
            )  # fmt: skip
            outcome = training_run.run(spec, training_watch.with_memory(watching, machine.card, card_probe))
            tried |= {run_id}
            step = None
            if attempt + 1 < MAX_ATTEMPTS:
                step = retry.next_try(
                    key_of(outcome.cause), plan, options=trainer.options, card=machine.card, fixed=kept.by_hand,
                    nan_step=outcome.nan_step,
                )  # fmt: skip
            if step is None:
                break
            plan, made = step[0], made + step[1]
            _tell_again(watching, attempt + 2, step[1])
            # States of attempts whose LoRA or rate was another are no help any more.
            tried = tried if retry.keeps_state(step[1]) else frozenset()
            state = _good_state(client, tried, outcome, state) if tried else None
    return outcome


def _start(client: Client, kept: KeptPlan, options: OptionTable, *, resume: bool) -> Resumed:
    if resume:
        return resuming.newest(client.runs, client.models, kept, options, client.client_id)
    return Resumed(None, kept.plan)


def _tell_start(
    watching: TrainingCallbacks | None, plan: Plan, way: Continuation | None, findings: Sequence[Finding]
) -> None:  # fmt: skip
    """Say before the base model loads from where a training goes on, and what is other than it looks."""
    if watching is None or watching.on_note is None or way is None:
        return
    for told in (*resuming.told(plan, way), *(replace(item.text, style="warn") for item in findings)):
        watching.on_note(told)


def _tell_again(watching: TrainingCallbacks | None, attempt: int, changes: Sequence[Change]) -> None:
    """Say at once that it is tried again, with what and why; the outcome says at the end what was changed in all."""
    if watching is None or watching.on_warning is None:
        return
    for change in changes:
        values = {"n": attempt, "most": MAX_ATTEMPTS, "name": change.name, "before": change.before, "after": change.after}
        watching.on_warning(Text("train.again", {**values, "why": change.why}))


def _good_state(
    client: Client, tried: frozenset[str], outcome: Outcome, before: SavedState | None
) -> SavedState | None:  # fmt: skip
    """Return the newest state of the attempts so far that is older than the first NaN, else the one they went on from."""
    return states.newest_state(client.runs, before_step=outcome.nan_step, among=tried) or before


# --- parts of a training ---------------------------------------------------------------------------------------------


def _refuse_blocked(checked: DryRun) -> None:
    for item in checked.preflight:
        if item.level == "blocked":
            raise PipelineError.of(item.text)


def _refusals(client: Client) -> list[Finding]:
    """Return for what reasons the preparation calls the pictures that were prepared no dataset."""
    prepared = {crop_id.partition(FURTHER)[0] for crop_id in dataset_prepared.prepared_captions(client)}
    return dataset_advice.refusals(r for r in client.each_record() if r.image_id in prepared) if prepared else []


def _spec(client: Client, checked: DryRun, paths: RunPaths, kept: KeptPlan) -> run_folder.RunSpec:
    info = client.info()
    return run_folder.RunSpec(
        run_id=paths.output_dir.name,
        folder=client.runs / paths.output_dir.name,
        command=tuple(checked.command),
        cwd=Path(checked.cwd),
        environment=checked.environment,
        plan=checked.plan,
        client_id=client.client_id,
        output_name=paths.output_name,
        models=client.models,
        trigger_word=info.trigger_word,
        class_word=info.class_word,
        dataset_fingerprint=kept.dataset_fingerprint,
        continuation=paths.continuation,
        planned=kept.plan.fingerprint,
    )
