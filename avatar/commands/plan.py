"""The commands of the plan: configure, dry run, bundle for another computer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.commands.blocks import LEVEL_STYLE, findings_table
from avatar.commands.command import CLIENT, FILE, GPU, OVERRIDES, PRESET, Argument, Command, MenuLine
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts import translate
from avatar.texts.text import Text, worst_level
from config import AUTO, GPU_PROFILES

if TYPE_CHECKING:
    from avatar.plan.chosen import Chosen
    from avatar.plan.offers import Offer
    from avatar.plan.plan_file import PlanReport
    from avatar.plan.time import StepTime
    from avatar.plan.values import Estimate
    from avatar.training.dry_run import DryRun


def configure(
    session: Session, client_id: str | None, *, preset: str | None = None, gpu: str | None = None,
    overrides: Sequence[str] = (), unset: Sequence[str] = (), new: bool = False,
) -> Result[PlanReport]:  # fmt: skip
    """Ask for a plan and fit it to the card. What was chosen for the plan before stays where nothing else is said; new: not."""
    import lora_trainer

    client = session.need_client(client_id)
    report = lora_trainer.configure(
        client, settings=session.settings(client), preset=preset, gpu=gpu, overrides=overrides, unset=unset, keep=not new
    )
    blocks = plan_blocks(report)
    blocks += report.offers
    if report.kept:
        blocks.append(Text("plan.kept", {"chosen": " ".join(report.kept), "client": client.client_id}))
    return Result(report, blocks, report.warnings, client.client_id)


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
            offer.preset,
            offer.steps,
            offer.resolution,
            offer.network_dim,
            _duration(offer.seconds),
            f"{offer.exposures_per_image:.0f}",
            Text("unit.gb", {"value": offer.disk_bytes / 1e9}),
        )
        for offer in offers
    ]
    columns = ("plan.preset", "plan.steps", "plan.resolution", "plan.network_dim", "col.duration", "col.seen_each", "col.disk")
    blocks: list[Text | Table | Raw] = [Table(columns, rows, Text("plan.presets_title")), _about_time(offers[0].time)]
    warnings = _told_of_card(offers, chosen_before(session, client_id).gpu, gpu)
    if not any(offer.exposures_per_image for offer in offers):
        warnings.append(Text("plan.warning.no_dataset"))
    return Result(offers, blocks, warnings, client.client_id)


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


def _about_time(step: StepTime | None) -> Text:
    from avatar.plan import time as plan_time

    return plan_time.source_text(step) if step else Text("plan.time_source.unknown")


def plan_blocks(report: Any) -> list[Text | Table | Raw]:
    """Return a plan for the screen: the main values, what was changed and why, the memory."""
    plan = report.plan
    pair = {"first": plan.network_dim, "second": plan.network_alpha}
    values = [
        ("plan.profile", plan.profile), ("plan.preset", plan.preset), ("plan.base_model", plan.base_model),
        ("plan.resolution", plan.resolution), ("plan.dim", Text("number.pair", pair)),
        ("plan.batch", f"{plan.train_batch_size} x {plan.gradient_accumulation_steps}"),
        ("plan.precision", plan.mixed_precision), ("plan.optimizer", plan.optimizer_type),
        ("plan.learning_rate", plan.learning_rate), ("plan.steps", plan.max_train_steps),
    ]  # fmt: skip
    if report.estimate.verdict is not None:
        values.append(("plan.memory", _memory(report.estimate)))
    blocks: list[Text | Table | Raw] = [
        Table(("col.what", "col.value"), [(Text(key), value) for key, value in values], Text("plan.title"))
    ]
    if report.changes:
        rows = [
            (change.name, _shown(change.before), _never(change.name, change.after) or _shown(change.after), change.why)
            for change in report.changes
        ]
        blocks.append(Table(("col.what", "col.asked", "col.fitted", "col.reason"), rows, Text("plan.changes_title")))
    return [*blocks, _time_told(report)]


def _time_told(report: PlanReport) -> Text:
    """Return how long the plan's training takes, and how that is known."""
    from avatar.plan import time as plan_time

    if report.step_time is None:
        return _about_time(None)
    seconds = plan_time.training_seconds(report.plan, report.step_time)
    values = {
        "time": plan_time.duration(seconds),
        "steps": report.plan.max_train_steps,
        "source": _about_time(report.step_time),
    }
    return Text("plan.time", values)


def _memory(estimate: Estimate) -> Text:
    """Return what a plan needs beside what is free, and at which moment."""
    values = {"needs": estimate.total_gib, "free": estimate.free_gib, "peak": Text(f"plan.phase.{estimate.peak}")}
    shown = Text(f"plan.memory.{estimate.verdict}", values)
    if estimate.measured_gib is None:
        return shown
    figures = {"measured": estimate.measured_gib, "formula": estimate.formula_gib}
    return Text("plan.measured_memory", {"shown": shown, **figures})


def _never(name: str, value: object) -> Text | None:
    """Return in a word the number of epochs that stands for no epoch at all."""
    from avatar.plan import held_out

    return Text("word.never") if (name, value) == ("validate_every_n_epochs", held_out.NEVER) else None


def _shown(value: object) -> object:
    """Return a value of a plan as the user gives it: yes and no, several values with blanks, options as name=value."""
    if value is None:
        return Text("word.none")
    if isinstance(value, bool):
        return Text("word.yes" if value else "word.no")
    if isinstance(value, float):  # in full: 0.113 is not 0.1
        return Text("number.plain", {"value": value})
    if isinstance(value, Mapping):
        typed = {name: " ".join(each) if isinstance(each, list) else str(each).lower() if isinstance(each, bool) else each
                 for name, each in value.items()}  # fmt: skip
        return ", ".join(f"{name}={each}" for name, each in typed.items())
    return " ".join(value) if isinstance(value, tuple) else value


def dry_run(session: Session, client_id: str | None, *, resume: bool = False) -> Result[DryRun]:
    """Show the exact command, its arithmetic and every check, and start nothing. resume: of what would go on from a state."""
    import lora_trainer

    client = session.need_client(client_id)
    report = lora_trainer.dry_run(client, settings=session.settings(client), resume=resume)
    worst = worst_level(report.preflight)
    blocks = _dry_run_blocks(report)
    blocks.append(Text(f"train.verdict.{worst}", {}, LEVEL_STYLE[worst]))
    # Once more: three shells' commands have moved the table off the screen. The first is the answer's error.
    reasons = [item.text for item in report.preflight if item.level == "blocked"]
    blocks += [replace(text, style="warn") for text in reasons[1:]]
    return Result(report, blocks, client=client.client_id, error=reasons[0] if reasons else None)


def _dry_run_blocks(report: DryRun) -> list[Text | Table | Raw]:
    blocks: list[Text | Table | Raw] = [Text("train.arithmetic", vars_of(report.arithmetic))]
    if report.resumes is not None:
        from avatar.training import resuming

        blocks += resuming.told(report.plan, report.resumes)
    free = report.estimate.free_gib
    if free is not None:  # on the processor there is no card whose memory could be told
        peak = Text(f"plan.phase.{report.estimate.peak}")
        told = {"free": Text("number.tenths", {"value": free}), "peak": peak}
        blocks.append(Text("train.memory", {**vars_of(report.estimate), **told}))
    blocks.append(findings_table(report.preflight, "preflight.title"))
    blocks.append(Text("train.command_title", {"cwd": report.cwd}, "title"))
    for shell, line in report.lines.items():
        blocks += [Text(f"shell.{shell}"), Raw(line)]
    return blocks


def without_command(checked: Result[DryRun]) -> Result[DryRun]:
    """Return a dry run that says how to see the command in place of it: what is to be mended stays on the screen."""
    commands = ("train.command_title", "shell.")
    kept = [b for b in checked.blocks if not (isinstance(b, Raw) or (isinstance(b, Text) and b.key.startswith(commands)))]
    place = next((place for place, block in enumerate(kept) if isinstance(block, Table)), len(kept))
    return replace(checked, blocks=[*kept[:place], Text("train.command_how"), *kept[place:]])


def vars_of(value: object) -> Mapping[str, object]:
    """Return a dataclass's fields as values of a text."""
    import dataclasses

    assert dataclasses.is_dataclass(value)  # noqa: S101  # only called with our own reports
    return {entry.name: getattr(value, entry.name) for entry in dataclasses.fields(value)}


def bundle(
    session: Session, client_id: str | None, target: Path, *, gpu: str | None = None, preset: str | None = None
) -> Result[dict[str, Any]]:
    """Write a zip to train on another computer and name what it contains: faces are personal data."""
    import lora_trainer
    from avatar.plan import plan_file
    from avatar.training import bundle as training_bundle

    client = session.need_client(client_id)
    settings = session.settings(client)
    names = {
        "repository": settings.trainer.repository, "revision": settings.trainer.revision[:12], "base_model": "{base_model}",
        "trigger": plan_file.trained_words(client)[0], "client": client.client_id,
    }  # fmt: skip
    files = {"LEEME.txt": "es", "README.txt": "en"}  # who trains elsewhere may read the other language
    instructions = {name: translate.text("bundle.readme", language, **names) for name, language in files.items()}
    plan = lora_trainer.planned(client, settings) if gpu is None else None
    made = training_bundle.write(
        client, target, settings=settings, instructions=instructions, plan=plan, gpu=gpu, preset=preset
    )
    values = {
        "path": str(made.path), "bytes_mb": made.bytes / 1e6, "pictures": made.pictures, "profile": made.plan.profile,
        "preset": made.plan.preset,
    }  # fmt: skip
    rows = sorted(made.files.items())
    blocks: list[Text | Table | Raw] = [Text("bundle.done", values, "good"), Table(("col.file", "col.files"), rows)]
    value = {"path": str(made.path), "files": dict(made.files), "pictures": made.pictures, "base_model": made.base_model}
    warnings = [Text("bundle.personal_data")]
    if not GPU_PROFILES[made.plan.profile].vram_gib:
        warnings.append(Text("bundle.trial", {"steps": made.plan.max_train_steps}))
    return Result(value, [*blocks, Text("bundle.how")], warnings, client.client_id)


COMMANDS = (
    Command(
        name="configure", run=configure,
        arguments=(
            CLIENT, PRESET, dataclasses.replace(GPU, choices=[AUTO, *GPU.choices]), OVERRIDES,
            Argument(name="--unset", metavar="KEY", number="+", default=(), help="help.unset"),
            Argument(name="--new", flag=True, help="help.new_plan"),
        ),
        menu=(MenuLine("client", "menu.configure"),),
    ),
    Command(name="presets", run=presets, arguments=(CLIENT, GPU), only_reads=True),
    Command(
        name="bundle", run=bundle, arguments=(CLIENT, dataclasses.replace(FILE, to="target"), GPU, PRESET),
        menu=(MenuLine("training", "menu.bundle"),),
    ),
)  # fmt: skip
