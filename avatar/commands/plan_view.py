"""A plan and its check for the screen: whether it fits or can start comes first, whole tables and key names last."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from avatar.commands.blocks import LEVEL_STYLE, findings_table
from avatar.commands.result import Block, Raw, Result, Table
from avatar.plan import words as plan_words
from avatar.texts import spoken
from avatar.texts.text import Finding, Text, worst_level

if TYPE_CHECKING:
    from avatar.plan.offers import Offer
    from avatar.plan.plan_file import PlanReport
    from avatar.plan.time import StepTime
    from avatar.plan.values import Change, Estimate, Plan
    from avatar.results.tuning_candidates import Edit
    from avatar.training.dry_run import DryRun

MOST_TOLD = 3  # [choice] changes or findings in full: with what stands around them a step of the setup stays within 24 rows
# What a person sees or waits for; other changes are told with the details.
TOLD_CHANGES = ("network_dim", "resolution", "sample_px", "optimizer_type")
TOLD_ALWAYS = ("client_unknown",)  # findings that no other one may hide: a night would go into the wrong person
VERDICT_STYLE = {"fits": "good", "narrow": "warn", "too_big": "bad"}
SHELL_HERE = "cmd" if os.name == "nt" else "posix"
OTHER_SHELLS = ("powershell",) if os.name == "nt" else ()  # of this system: a line for another one has paths that it lacks


# --- the plan --------------------------------------------------------------------------------------------------------


def plan_blocks(report: PlanReport) -> list[Block]:
    """Return a plan in a few sentences: whether it fits, what it takes, what was changed that a person notices."""
    plan, estimate = report.plan, report.estimate
    verdict = estimate.verdict or "unknown"
    values: dict[str, object] = {
        "preset": plan_words.preset(plan.preset), "steps": plan.max_train_steps, "card": plan_words.card(plan.profile),
        "time": _time(report),
    }  # fmt: skip
    if estimate.free_gib is not None:
        values |= {"needs": estimate.total_gib, "free": estimate.free_gib}
    blocks: list[Block] = [Text(f"plan.made.{verdict}", values, VERDICT_STYLE.get(verdict, "plain")), _about(report)]
    told = [change for name in TOLD_CHANGES for change in report.changes if change.name == name][:MOST_TOLD]
    blocks += [_change_line(change) for change in told]
    if not plan.makes_samples:
        blocks.append(without_samples(report.changes))
    return blocks


def offer_line(offer: Offer) -> Text:
    """Return a preset as a line of a list: its word, and what it takes."""
    from avatar.plan import time as plan_time

    time = Text("plan.time_unknown") if offer.seconds is None else plan_time.duration(offer.seconds)
    values = {"preset": Text(f"list.preset_{offer.preset}"), "steps": offer.steps, "time": time, "gb": offer.disk_bytes / 1e9}
    return Text("plan.offer_line", values)


def plan_details(report: PlanReport) -> list[Block]:
    """Return every value of a plan, all that was changed with its key, and where the time comes from."""
    plan = report.plan
    pair = {"first": plan.network_dim, "second": plan.network_alpha}
    values = [
        ("plan.profile", plan_words.card(plan.profile)), ("plan.preset", plan_words.preset(plan.preset)),
        ("plan.base_model", plan.base_model), ("plan.resolution", plan.resolution), ("plan.dim", Text("number.pair", pair)),
        ("plan.batch", f"{plan.train_batch_size} x {plan.gradient_accumulation_steps}"),
        ("plan.precision", plan.mixed_precision), ("plan.optimizer", plan.optimizer_type),
        ("plan.learning_rate", plan.learning_rate), ("plan.steps", plan.max_train_steps),
    ]  # fmt: skip
    if report.estimate.verdict is not None:
        values.append(("plan.memory", _memory(report.estimate)))
    blocks: list[Block] = [Table(("col.what", "col.value"), [(Text(key), value) for key, value in values], Text("plan.title"))]
    if report.changes:
        rows = [(change.name, shown(change.before), _after(change), change.why) for change in report.changes]
        blocks.append(Table(("col.what", "col.asked", "col.fitted", "col.reason"), rows, Text("plan.changes_title")))
    return [*blocks, about_time(report.step_time)]


def _time(report: PlanReport) -> Text:
    """Return how long the plan's training takes, in a few words."""
    from avatar.plan import time as plan_time

    if report.step_time is None:
        return Text("plan.time_unknown")
    return plan_time.duration(plan_time.training_seconds(report.plan, report.step_time))


def _about(report: PlanReport) -> Text:
    from avatar.plan import disk

    plan, arithmetic = report.plan, report.arithmetic
    values = {
        "px": plan.resolution, "dim": plan.network_dim, "images": arithmetic.images, "model": plan.base_model,
        "each": arithmetic.exposures_per_image, "gb": disk.disk_needed_bytes(plan, arithmetic.checkpoints) / 1e9,
    }  # fmt: skip
    return Text("plan.about" if arithmetic.images else "plan.about_no_dataset", values)


def _change_line(change: Change) -> Text:
    values = {
        "what": spoken.option(change.name), "before": shown(change.before), "after": _after(change), "why": change.why
    }  # fmt: skip
    return Text("plan.changed", values)


def without_samples(changes: Sequence[Change]) -> Text:
    """Say that no pictures are drawn during the training, and why where the card is too small for them."""
    why = next((change.why for change in changes if change.why.key == "plan.change.no_samples"), None)
    return Text("plan.without_samples_because", {"why": why}) if why else Text("plan.without_samples")


def about_time(step: StepTime | None) -> Text:
    """Return where a time comes from, or that none is known, as a sentence."""
    from avatar.plan import time as plan_time

    return plan_time.source_text(step) if step else Text("plan.time_source.unknown")


def _memory(estimate: Estimate) -> Text:
    """Return what a plan needs beside what is free, and at which moment."""
    values = {"needs": estimate.total_gib, "free": estimate.free_gib, "peak": Text(f"plan.phase.{estimate.peak}")}
    told = Text(f"plan.memory.{estimate.verdict}", values)
    if estimate.measured_gib is None:
        return told
    figures = {"measured": estimate.measured_gib, "formula": estimate.formula_gib}
    return Text("plan.measured_memory", {"shown": told, **figures})


def _after(change: Change) -> object:
    """Return the new value; in a word the number of epochs that stands for no epoch at all."""
    from avatar.plan import held_out

    if (change.name, change.after) == ("validate_every_n_epochs", held_out.NEVER):
        return Text("word.never")
    return shown(change.after)


def shown(value: object) -> object:
    """Return a value of a plan as the user gives it: yes and no, several with blanks, options as name=value."""
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
    return " ".join(value) if isinstance(value, (list, tuple)) else spoken.value(value)


def changed(before: Plan, now: Plan, asked: Collection[str]) -> list[Block]:
    """Return what a plan has otherwise than the one before it: first what was asked for, from what to what."""
    from avatar.results import tuning_candidates

    edits = {edit.key: edit for edit in tuning_candidates.edits(before, now)}
    first = [edit for key, edit in edits.items() if key in asked]
    others = [edit for key, edit in edits.items() if key not in asked]
    told = first or others[:MOST_TOLD]
    lines: list[Block] = [Text("plan.changed_now", _from_to(edit), "good") for edit in told]
    if first and others:
        lines.append(Text("plan.changed_with", {"names": spoken.several([spoken.option(edit.key) for edit in others])}))
    return lines or [Text("plan.unchanged")]


def _from_to(edit: Edit) -> dict[str, object]:
    named: Mapping[str, Callable[[Any], object]] = {"profile": plan_words.card, "preset": plan_words.preset}
    told = named.get(edit.key, shown)
    return {"what": spoken.option(edit.key), "before": told(edit.before), "after": told(edit.after)}


# --- the check -------------------------------------------------------------------------------------------------------


def check_result(report: DryRun, client_id: str) -> Result[DryRun]:
    """Return a check for the screen: whether it can start, what blocks it, what it takes, one command; the rest on asking."""
    worst = worst_level(report.preflight)
    grave = [finding for finding in report.preflight if finding.level == worst and worst != "ready"]
    verdict = Text(f"train.verdict.{worst}", {"n": len(grave)}, LEVEL_STYLE[worst])
    also = [finding for finding in report.preflight if finding.name in TOLD_ALWAYS and finding not in grave]
    blocks: list[Block] = [verdict, *_told(grave), *_told(also)]
    if report.resumes is not None:
        from avatar.training import resuming

        blocks += resuming.told(report.plan, report.resumes)
    blocks += [figures(report), Text("train.command_title", {"cwd": report.cwd}, "title"), Raw(report.lines[SHELL_HERE])]
    error = grave[0].text if worst == "blocked" else None
    return Result(report, blocks, client=client_id, error=error, error_told=True, more=_check_details(report))


def _told(grave: Sequence[Finding]) -> list[Block]:
    """Return the first findings, and how many more there are."""
    style = "warn" if grave else "plain"
    lines: list[Block] = [Text(one.text.key, one.text.values, style) for one in grave[:MOST_TOLD]]
    if len(grave) > MOST_TOLD:
        lines.append(Text("train.more_findings", {"n": len(grave) - MOST_TOLD}))
    return lines


def figures(report: DryRun) -> Text:
    """Return what a training takes: time, steps, pictures, disk."""
    from avatar.plan import disk
    from avatar.plan import time as plan_time

    values = {
        "time": Text("plan.time_unknown") if report.seconds is None else plan_time.duration(report.seconds),
        "steps": report.plan.max_train_steps, "images": report.arithmetic.images,
        "each": report.arithmetic.exposures_per_image, "checkpoints": report.arithmetic.checkpoints,
        "gb": disk.disk_needed_bytes(report.plan, report.arithmetic.checkpoints) / 1e9,
    }  # fmt: skip
    return Text("train.figures", values)


def _check_details(report: DryRun) -> list[Block]:
    """Return how the figures come about, all findings, and the command for the other shells of this system."""
    blocks: list[Block] = [Text("train.arithmetic", vars_of(report.arithmetic))]
    free = report.estimate.free_gib
    if free is not None:  # on the processor there is no card whose memory could be told
        peak = Text(f"plan.phase.{report.estimate.peak}")
        told = {"free": Text("number.tenths", {"value": free}), "peak": peak}
        blocks.append(Text("train.memory", {**vars_of(report.estimate), **told}))
    blocks.append(findings_table(report.preflight, "preflight.title"))
    for shell in OTHER_SHELLS:
        blocks += [Text(f"shell.{shell}"), Raw(report.lines[shell])]
    return blocks


def without_command(checked: Result[DryRun]) -> Result[DryRun]:
    """Return a check that shows its command with the details only: what is to be mended stays on the screen."""
    return checked.without([block for block in checked.blocks if isinstance(block, Raw) or _is_title(block)], on_asking=True)


def _is_title(block: Block) -> bool:
    return isinstance(block, Text) and block.key == "train.command_title"


def vars_of(value: Any) -> Mapping[str, object]:
    """Return a dataclass's fields as values of a text."""
    return {entry.name: getattr(value, entry.name) for entry in fields(value)}
