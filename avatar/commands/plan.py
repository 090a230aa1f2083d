"""The commands of the plan: configure, dry run, bundle for another computer."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.commands import plan_view
from avatar.commands.command import CLIENT, FILE, GPU, OVERRIDES, PRESET, Argument, Command, MenuLine, UsageError
from avatar.commands.result import Block, Result, Table
from avatar.commands.session import Session
from avatar.plan import words as plan_words
from avatar.texts import spoken, translate
from avatar.texts.text import PipelineError, Text
from avatar.texts.visible import without_password
from config import AUTO, GPU_PROFILES

if TYPE_CHECKING:
    from avatar.plan.chosen import Chosen
    from avatar.plan.offers import Offer
    from avatar.plan.plan_file import PlanReport
    from avatar.plan.values import Plan
    from avatar.training.dry_run import DryRun
    from avatar.workspace.client import Client


def configure(
    session: Session, client_id: str | None, *, preset: str | None = None, gpu: str | None = None,
    overrides: Sequence[str] = (), unset: Sequence[str] = (), new: bool = False, tuned_by: str = "",
) -> Result[PlanReport]:  # fmt: skip
    """Ask for a plan and fit it to the card. What was chosen for the plan before stays where nothing else is said; new: not.

    tuned_by  the automatic tuning that overrides come from
    """
    import lora_trainer
    from avatar.plan import experience
    from avatar.plan.chosen import field_of
    from avatar.workspace import evidence

    client = session.need_client(client_id)
    before = stands(session, client)
    report = lora_trainer.configure(
        client, settings=session.settings(client), preset=preset, gpu=gpu, overrides=overrides, unset=unset, keep=not new,
        tuned_by=tuned_by,
    )  # fmt: skip
    asked = {field_of(text) for text in (*overrides, *unset)} | {"preset", "profile"}
    changed = plan_view.changed(before, report.plan, asked) if before is not None else []
    blocks = [*changed, *plan_view.plan_blocks(report), *report.offers]
    told = experience.cite(evidence.read(), report.card, report.arithmetic.images, report.plan)
    blocks += [told] if told is not None else []
    if report.kept:
        chosen = spoken.several([plan_words.kept(text) for text in report.kept])
        blocks.append(Text("plan.kept", {"chosen": chosen, "client": client.client_id}))
    return Result(report, blocks, report.warnings, client.client_id, more=plan_view.plan_details(report))


def stands(session: Session, client: Client) -> Plan | None:
    """Return the plan that stands, None where there is none or its file was edited into something else."""
    from avatar.plan import plan_file

    with contextlib.suppress(PipelineError):
        kept = plan_file.read(client, session.settings(client).trainer)
        return kept.plan if kept is not None else None
    return None


def chosen_before(session: Session, client_id: str | None) -> Chosen:
    """Return what the plan that stands was made with, as far as the user chose it."""
    from avatar.plan.chosen import chosen_of

    return chosen_of(utils.read_object(session.need_client(client_id).plan_file))


def presets(session: Session, client_id: str | None, *, gpu: str | None = None) -> Result[list[Offer]]:
    """Show what each preset would take on a card: steps, time, disk. Nothing is changed."""
    import lora_trainer

    client = session.need_client(client_id)
    offers = lora_trainer.offers(client, settings=session.settings(client), gpu=gpu)
    rows = [
        (
            plan_words.preset(offer.preset),
            offer.steps,
            _duration(offer.seconds),
            f"{offer.exposures_per_image:.0f}",
            f"{offer.resolution} / {offer.network_dim}",
            Text("unit.gb", {"value": offer.disk_bytes / 1e9}),
        )
        for offer in offers
    ]
    columns = ("plan.preset", "plan.steps", "col.duration", "col.seen_each", "col.px_dim", "col.disk")
    blocks: list[Block] = [Table(columns, rows, Text("plan.presets_title"))]
    warnings = _told_of_card(offers, chosen_before(session, client_id).gpu, gpu)
    if not any(offer.exposures_per_image for offer in offers):
        warnings.append(Text("plan.warning.no_dataset"))
    return Result(offers, blocks, warnings, client.client_id, more=[plan_view.about_time(offers[0].time)])


def _told_of_card(offers: Sequence[Offer], before: str | None, gpu: str | None) -> list[Text]:
    """Return what is to be known of the card that presets are offered for: none was found, or the plans may not fit it."""
    if offers[0].verdict is None and (gpu == AUTO or not (gpu or before)):
        return [Text("plan.presets_no_card", {"steps": offers[0].steps})]
    doubts = {offer.doubt.key: offer.doubt for offer in reversed(offers) if offer.doubt is not None}
    small = doubts.pop(
        "plan.warning.card_too_small", None
    )  # it tells how to plan for the card that stands: this may be another
    return [*doubts.values(), *([Text("plan.presets_small_card", {**small.values}, small.style)] if small else [])]


def _duration(seconds: float | None) -> Text | None:
    from avatar.plan import time as plan_time

    return None if seconds is None else plan_time.duration(seconds)


def dry_run(session: Session, client_id: str | None, *, resume: bool = False) -> Result[DryRun]:
    """Show the exact command, its arithmetic and every check, and start nothing. resume: of what would go on from a state."""
    import lora_trainer

    client = session.need_client(client_id)
    report = lora_trainer.dry_run(client, settings=session.settings(client), resume=resume)
    return plan_view.check_result(report, client.client_id)


def bundle(
    session: Session, client_id: str | None, target: Path, *, gpu: str | None = None, preset: str | None = None,
    candidate: str | None = None,
) -> Result[dict[str, Any]]:  # fmt: skip
    """Write a zip to train on another computer and name what it contains: faces are personal data.

    candidate  of the automatic tuning, "all" for a zip each: its plan instead of the client's
    """
    import lora_trainer
    from avatar.plan import plan_file
    from avatar.training import bundle as training_bundle

    client = session.need_client(client_id)
    settings = session.settings(client)
    names = {
        "repository": without_password(settings.trainer.repository), "revision": settings.trainer.revision[:12],
        "base_model": "{base_model}",
        "trigger": plan_file.trained_words(client)[0], "client": client.client_id,
    }  # fmt: skip
    files = {"LEEME.txt": "es", "README.txt": "en"}  # who trains elsewhere may read the other language
    instructions = {name: translate.text("bundle.readme", language, **names) for name, language in files.items()}
    if candidate is not None:
        return _bundle_candidate(session, client, target, candidate, instructions, other=gpu or preset)
    plan = lora_trainer.planned(client, settings) if gpu is None else None
    made = training_bundle.write(
        client, target, settings=settings, instructions=instructions, plan=plan, gpu=gpu, preset=preset
    )
    values = {
        "path": str(made.path), "bytes_mb": made.bytes / 1e6, "pictures": made.pictures,
        "profile": plan_words.card(made.plan.profile),
        "preset": plan_words.preset(made.plan.preset),
    }  # fmt: skip
    rows = sorted(made.files.items())
    blocks: list[Block] = [Text("bundle.done", values, "good"), Table(("col.file", "col.files"), rows)]
    value = {"path": str(made.path), "files": dict(made.files), "pictures": made.pictures, "base_model": made.base_model}
    warnings = [Text("bundle.personal_data")]
    if not GPU_PROFILES[made.plan.profile].vram_gib:
        warnings.append(Text("bundle.trial", {"steps": made.plan.max_train_steps}))
    return Result(value, [*blocks, Text("bundle.how")], warnings, client.client_id)


def _bundle_candidate(
    session: Session, client: Client, target: Path, candidate: str, instructions: Mapping[str, str], *, other: str | None
) -> Result[dict[str, Any]]:  # fmt: skip
    from avatar.commands import tune_elsewhere

    if other:
        raise UsageError("usage.not_together", name="--candidate", other="--gpu, --preset")
    languages = {"LEEME.txt": "es", "README.txt": "en"}
    whole = {
        name: f"{told}\n{translate.text('bundle.candidate_readme', languages[name], client=client.client_id)}\n"
        for name, told in instructions.items()
    }
    return tune_elsewhere.bundle(client, target, candidate, whole, session.settings(client))


COMMANDS = (
    Command(
        name="configure", run=configure,
        arguments=(
            CLIENT, PRESET, dataclasses.replace(GPU, choices=[AUTO, *GPU.choices]), OVERRIDES,
            Argument(name="--unset", metavar="KEY", number="+", default=(), help="help.unset"),
            Argument(name="--new", flag=True, help="help.new_plan"),
        ),
        menu=(
            MenuLine("configure", "menu.configure_preset", options=("--preset", "--gpu", "--new")),
            MenuLine("configure", "menu.configure_value", options=("--set", "--unset")),
        ),
    ),
    Command(
        name="presets", run=presets, arguments=(CLIENT, GPU), only_reads=True,
        menu=(MenuLine("configure", "menu.configure_preset", options=("--gpu",)),),  # which shows them for the card it asks for
    ),
    Command(
        name="bundle", run=bundle, menu=(MenuLine("train", "menu.bundle", options=("--gpu",)),),
        arguments=(
            CLIENT, dataclasses.replace(FILE, to="target"), GPU, PRESET,
            Argument(name="--candidate", metavar="NAME", help="help.bundle_candidate"),
        ),
    ),
)  # fmt: skip
