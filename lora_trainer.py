"""The training stage: make a plan, show what would be run, run it and say the truth about it.

    configure  asks for a plan and fits it to the card         -> training/lora_config.json
    dry_run    the exact command and every check; nothing is started
    train      checks, runs the trainer, judges what it left   -> training/runs/{run_id}/, models/
    train_variant  the same for a candidate of an automatic tuning  -> training/runs/tune-{stamp}/

Only SDXL, only sdxl_train_network.py. Everything but `train` works without the trainer and without a card.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import utils
from avatar.dataset import advice as dataset_advice
from avatar.dataset import prepared as dataset_prepared
from avatar.faces import unknown
from avatar.plan import ask, plan_file, steps, suited
from avatar.plan import chosen as plan_chosen
from avatar.plan import overrides as plan_overrides
from avatar.plan.offers import Offer, Planner
from avatar.plan.plan_file import KeptPlan, PlanReport
from avatar.plan.values import Plan
from avatar.system import gpu as system_gpu
from avatar.system.gpu import Card, CardProbe
from avatar.texts.text import Finding, PipelineError, Text
from avatar.trainer import location
from avatar.trainer.options import OptionTable
from avatar.training import attempts, one_run, resuming, run_folder, sample_prompts, unfinished
from avatar.training import dry_run as training_dry_run
from avatar.training import run as training_run
from avatar.training import variant as training_variant
from avatar.training.attempts import Attempt
from avatar.training.dry_run import DryRun
from avatar.training.resuming import Resumed
from avatar.training.run_folder import Outcome, TuningPart
from avatar.training.variant import Variant
from avatar.training.watch import TrainingCallbacks
from avatar.workspace import state_file
from avatar.workspace.client import Client
from avatar.workspace.records import FURTHER
from config import AUTO, GPU_PROFILES, TRAINING_PRESETS, GPUProfile, Settings

# --- configure -------------------------------------------------------------------------------------------------------


def configure(
    client: Client, *, settings: Settings, preset: str | None = None, gpu: str | None = None, overrides: Sequence[str] = (),
    unset: Sequence[str] = (), keep: bool = False, tuned_by: str = "", card_probe: CardProbe = system_gpu.cards,
) -> PlanReport:  # fmt: skip
    """Ask for a plan, fit it to card, dataset and trainer, and keep it in lora_config.json.

    preset     quick | balanced | quality; None: balanced
    gpu        a name of config.GPU_PROFILES; None or "auto": the card that is here, without one the trial on the processor
    overrides  ["network_dim=64", …]: taken as they are; what will not fit is warned about. "network_dim=-" takes one back
    tuned_by   the automatic tuning that overrides come from
    keep       what the plan that stands was made with stays wherever nothing else is said here; unset: but for these values
    Raises PipelineError("plan.unknown_preset"), ("plan.unknown_gpu"), ("plan.not_set"), those of parse_overrides, and
    ("train.orphan") while a training goes on that nobody watches.
    """
    trainer = location.locate(settings)
    record = utils.read_object(client.plan_file) if keep else {}
    before = plan_chosen.chosen_of(record)
    chosen, lost = plan_chosen.together(
        before, preset=preset, gpu=gpu, overrides=overrides, unset=unset, options=trainer.options, tuned_by=tuned_by
    )
    wanted = TRAINING_PRESETS.get(chosen.preset or ask.DEFAULT_PRESET)
    if wanted is None:
        raise PipelineError("plan.unknown_preset", name=preset, known=", ".join(TRAINING_PRESETS))
    profile, card = _profile_and_card(chosen.gpu, card_probe)
    if card is None and not gpu and (overrides or unset):
        profile = _profile_that_stands(record, profile)
    given = plan_overrides.parse_overrides(chosen.overrides, trainer.options)
    if prompts := sample_prompts.own_prompts(client):  # the user's own: the size that stands in them
        given["sample_px"] = math.ceil(sample_prompts.side_of(prompts) or 1)
    with client.lock("configure"):
        unfinished.refuse_orphan(client)
        dataset = plan_file.facts_to_plan(client, profile, given)
        planner = Planner(profile, card, settings.trainer, trainer.options)
        asked, fitted = planner.plan(wanted, dataset, given)
        stood = state_file.fields(record.get("plan"), {"base_model": str})
        notes = suited.notes(fitted.plan, dataset, given, model_before=stood.get("base_model"))
        warnings = (*_offered(_with_adapters(fitted.warnings, profile), client), *lost, *notes)
        report = PlanReport(
            fitted.plan, asked, plan_chosen.with_origins(fitted.changes, chosen), fitted.estimate,
            steps.step_arithmetic(fitted.plan, dataset), warnings,
            client.plan_file, dataset.fingerprint, card, trainer.options.version,
            plan_chosen.kept(before, chosen, preset=preset, gpu=gpu), planner.step_time(fitted.plan),
            _offered(fitted.offers, client),
        )  # fmt: skip
        plan_file.save(report, chosen)
    return report


def offers(
    client: Client, *, settings: Settings, gpu: str | None = None, card_probe: CardProbe = system_gpu.cards
) -> list[Offer]:  # fmt: skip
    """Return what each preset would take with the values of the plan that stands; nothing is kept.

    gpu as in `configure`; raises PipelineError("plan.unknown_gpu")
    """
    trainer = location.locate(settings)
    before = plan_chosen.chosen_of(utils.read_object(client.plan_file))
    profile, card = _profile_and_card(gpu or before.gpu, card_probe)
    given = plan_overrides.parse_overrides(before.overrides, trainer.options)
    planner = Planner(profile, card, settings.trainer, trainer.options)
    return planner.offers(plan_file.facts_to_plan(client, profile, given), given)


def _with_adapters(warnings: Sequence[Text], profile: GPUProfile) -> list[Text]:
    """Return warnings that name the graphics adapters which are here but cannot train."""
    adapters = [] if profile.vram_gib else system_gpu.other_adapters()
    return [
        Text("plan.warning.cpu_adapters", {**warning.values, "adapters": ", ".join(adapters)})
        if adapters and warning.key == "plan.warning.cpu" else warning
        for warning in warnings
    ]  # fmt: skip


def _offered(texts: Sequence[Text], client: Client) -> tuple[Text, ...]:
    """Return texts with the client's name in the commands that they offer."""
    return tuple(
        replace(text, values={**text.values, "client": client.client_id}) if "typed" in text.values else text for text in texts
    )


def _profile_that_stands(record: Mapping[str, Any], found: GPUProfile) -> GPUProfile:
    """Return the profile of the plan that one value is changed in, where its card cannot be seen at the moment.

    A driver that does not answer would turn the plan for a card into ten steps on the processor.
    """
    plan = state_file.fields(record.get("plan"), {"profile": str})
    return GPU_PROFILES.get(plan.get("profile", ""), found)


def _profile_and_card(name: str | None, card_probe: CardProbe) -> tuple[GPUProfile, Card | None]:
    """Return the profile and, where it is that of a card in this computer, the card with the most free memory."""
    if name == AUTO:
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
    way = resuming.way(start.plan, plan_file.epoch_exposures(client, start.plan), start.state, trainer.options)
    paths = training_dry_run.run_paths(client, run_folder.new_run_id(client.runs), start.state, way)
    found = [*_refusals(client), *start.findings]
    return training_dry_run.checked(client, start.plan, kept, trainer, machine, paths, found)


# --- train -----------------------------------------------------------------------------------------------------------


def train(
    client: Client, *, settings: Settings, watching: TrainingCallbacks | None = None, resume: bool = False,
    card_probe: CardProbe = system_gpu.cards,
) -> Outcome:  # fmt: skip
    """Check, train and judge. The outcome is a success only if the LoRA was opened and is what was planned.

    After an out-of-memory error or a NaN loss up to three further attempts follow, each with one cheaper or steadier
    setting (avatar/plan/retry.py), from the last good state if the change allows it. Every attempt is a run of its own,
    and the outcome lists the changes. Values that the user gave are not changed.
    resume  go on from the newest whole state (only if the plan had save_state) for the steps that are missing
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
        findings = [*_refusals(client), *start.findings]
        job = one_run.Job(
            client=client, kept=kept, trainer=trainer, settings=settings, findings=findings, watching=watching,
            card_probe=card_probe,
        )  # fmt: skip
        attempt = Attempt(start.plan, start.changes, start.state)
        while True:
            outcome, card = one_run.train(job, attempt, start.findings if attempt.number == 1 else ())
            following = attempts.following(
                attempt, outcome, client.runs, options=trainer.options, card=card, fixed=kept.by_hand
            )
            if following is None:
                return outcome
            attempts.tell(watching, following.number, following.changes[len(attempt.changes) :])
            attempt = following


def train_variant(
    client: Client, variant: Variant, *, settings: Settings, stop_at: int | None = None, go_on: str = "",
    watching: TrainingCallbacks | None = None, card: int | None = None, card_probe: CardProbe = system_gpu.cards,
) -> Outcome:  # fmt: skip
    """Train a candidate of a tuning, and judge it as `train` does; its LoRA stays in its run's folder until it is taken.

    The plan of the client is not touched, and no further attempt follows a failure: that is what came of the candidate.
    Several may train at once, each held by a lock of its own. The same call again returns what the first came to, or goes on
    with what it left: adopts its trainer, judges it, or goes on from its newest state where that can be done exactly.
    stop_at  step at which the trainer is ended once the state saved there is whole: `Outcome.short_at`; the rate's curve is
             that of the whole plan. None: to the end
    go_on    the run to go on from; "": the candidate's newest that can be gone on from, else from the beginning
    card     number of the graphics card in a computer with several; None: the one with the most free memory
    Raises PipelineError: the first blocked check's key, ("train.candidate_busy") while another program trains it.
    """
    probe = card_probe if card is None else lambda: [found for found in card_probe() if found.index == card]
    with training_variant.held(client, variant):
        before = training_variant.outcome_so_far(client, variant, stop_at=stop_at, watching=watching, card_probe=probe)
        if before is not None:
            return before
        trainer = location.locate(settings)
        per_epoch = steps.steps_per_epoch(variant.plan, plan_file.epoch_exposures(client, variant.plan))
        state = training_variant.state_to_go_on(
            client, variant, go_on=go_on, stop_at=stop_at, per_epoch=per_epoch, options=trainer.options
        )
        job = one_run.Job(
            client=client, kept=KeptPlan(variant.plan, (), variant.fingerprint), trainer=trainer, settings=settings,
            findings=_refusals(client), watching=watching, card_probe=probe,
            tuning=TuningPart(tuning_id=variant.tuning_id, candidate=variant.name, stop_at=stop_at),
        )  # fmt: skip
        return one_run.train(job, Attempt(variant.plan, state=state))[0]


def _start(client: Client, kept: KeptPlan, options: OptionTable, *, resume: bool) -> Resumed:
    if resume:
        return resuming.newest(client.runs, client.models, kept, options, client.client_id)
    return Resumed(None, kept.plan)


def _refusals(client: Client) -> list[Finding]:
    """Return why the pictures that were prepared are no dataset to train on, or may be one of another person."""
    prepared = {crop_id.partition(FURTHER)[0] for crop_id in dataset_prepared.prepared_captions(client)}
    if not prepared:
        return []
    records = client.records()
    return [*unknown.findings(client, records), *dataset_advice.refusals(r for r in records if r.image_id in prepared)]
