"""The commands of the dataset and of the training, one function per action; see `commands` for their form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.commands.commands import LEVEL_STYLE, check_table, few_of_each, worst_level
from avatar.commands.session import Raw, Result, Session, Table
from avatar.texts import translate
from avatar.texts.text import Say
from avatar.trainer.location import trainer_folder
from avatar.workspace.client import Client
from config import GPU_PROFILES

if TYPE_CHECKING:
    from avatar.dataset.advice import Advice
    from avatar.dataset.caption_edits import CaptionChange
    from avatar.dataset.training_folder import DatasetReport
    from avatar.training.dry_run import DryRun
    from avatar.workspace.records import ImageRecord

RANGES_SHOWN = 12  # [choice] fits a line of the table


# --- dataset ---------------------------------------------------------------------------------------------------------


def captions(
    session: Session, client_id: str | None, *, change: tuple[str, ...] = (), apply: bool = False
) -> Result:  # fmt: skip
    """Show the captions that `prepare` would write, or what a change would make of them; with apply, write it.

    change: ("set", image, text), ("replace", old, new), ("add", phrase), ("remove", phrase), ("undo",) or
    ("suggest", "tags" or "sentences").
    """
    from avatar.dataset import caption_store

    client = session.need_client(client_id)
    settings = session.settings(client)
    rows = caption_store.caption_rows(client, settings)
    if not change:
        table = [
            (number, row.image_id, row.folder or Say("captions.left_out"), Say(f"by.{row.by}"), row.text)
            for number, row in enumerate(rows, 1)
        ]
        title = Say("captions.title", {"n": len(rows), "edited": sum(row.by == "user" for row in rows)})
        columns = ("col.number", "col.image", "col.folder", "col.by", "col.caption")
        return Result({"captions": rows}, [Table(columns, table, title)], client=client.client_id)
    return _change_captions(session, client, {row.image_id: row.text for row in rows}, change, apply)


def _change_captions(
    session: Session, client: Client, lines: Mapping[str, str], change: tuple[str, ...], apply: bool
) -> Result:  # fmt: skip
    from avatar.dataset import caption_edits, caption_store

    trigger = client.info().trigger_word
    kind, *words = change
    if kind == "undo":
        changes = caption_store.last_edit(client)
    elif kind == "suggest":
        changes = _suggested(session, client, lines, words[0])
    else:
        edit = {"set": caption_edits.set_text, "replace": caption_edits.replace_text,
                "add": caption_edits.add_phrase, "remove": caption_edits.remove_phrase}[kind]  # fmt: skip
        changes = edit(lines, *words, trigger_word=trigger)  # type: ignore[operator]  # each takes the words of its kind
    value = {"changes": changes, "applied": apply}
    if not changes:
        return Result(value, [Say("captions.no_changes")], client=client.client_id)
    max_tokens = session.settings(client).captions.max_tokens
    warnings = few_of_each(caption_edits.problems(changes, trigger_word=trigger, max_tokens=max_tokens))
    if apply:
        done = caption_store.undo_captions(client) if kind == "undo" else caption_store.apply_captions(client, changes)
        said = Say("captions.undone" if kind == "undo" else "captions.applied", {"n": done}, "good")
        return Result(value, [said], warnings, client.client_id)
    title = Say("captions.preview_title", {"n": len(changes), "total": len(lines)})
    preview = [(item.image_id, item.before, item.after) for item in changes]
    table = Table(("col.image", "col.before", "col.after"), preview, title)
    return Result(value, [table, Say("captions.how_to_apply")], warnings, client.client_id)


def _suggested(session: Session, client: Client, lines: Mapping[str, str], kind: str) -> list[CaptionChange]:
    from avatar.dataset import caption_suggestions
    from avatar.trainer import location

    settings = session.settings(client)
    folder = trainer_folder(settings.trainer)
    own = settings.trainer.python
    python = utils.at_home(Path(own)) if own else location.venv_python(folder / "venv")
    session.say("captions.asking", kind=kind)
    said = caption_suggestions.suggest(
        client, client.records(), kind, python=python, trainer_folder=folder, on_line=lambda line: None
    )  # fmt: skip
    return caption_suggestions.merge(lines, said, max_tokens=settings.captions.max_tokens)


def prepare(session: Session, client_id: str | None) -> Result:
    """Lay out the Kohya dataset with its captions, and write the page about it."""
    from avatar.dataset import advice as dataset_advice
    from avatar.dataset import training_folder

    client = session.need_client(client_id)
    with session.progress("progress.dataset") as bar:
        report = training_folder.prepare(client, settings=session.settings(client), on_progress=bar)
    rows = [(f"{folder.name}", folder.repeats, folder.images, folder.repeats * folder.images) for folder in report.folders]
    shares = {
        "mj": 100 * report.shares_reached.get("mj", 0.0), "real": 100 * report.shares_reached.get("real", 0.0),
        "mj_asked": 100 * report.shares_asked.get("mj", 0.0), "real_asked": 100 * report.shares_asked.get("real", 0.0),
    }  # fmt: skip
    columns = ("col.folder", "col.repeats", "col.pictures", "col.exposures")
    blocks: list[Say | Table | Raw] = [
        Say("dataset.report", {"n": report.pictures, "path": str(client.training_data)}, "good"),
        Table(columns, rows),
        Say("dataset.shares", shares),
    ]
    warnings = few_of_each(report.notes)
    info = client.info()
    words = {"trigger_word": info.trigger_word, "class_word": info.class_word}
    records = client.records()
    advice = dataset_advice.advice(records, session.settings(client), **words)
    blocks.append(_advice_table(client, records, advice))
    page = _write_page(session, client, records, report, advice)
    (blocks if page.style == "good" else warnings).append(page)
    value = {"report": report, "advice": advice, "page": str(page.values["path"])}
    return Result(value, blocks, warnings, client.client_id)


def _advice_table(client: Client, records: Sequence[ImageRecord], advice: Sequence[Advice]) -> Table:
    """Return advice as a table that names the pictures by their numbers in the review, as its commands take them."""
    from avatar.reports import review_list

    table = check_table(advice, "report.advice")
    if not any(item.image_ids for item in advice):
        return table
    numbers = {entry.row.image_id: entry.number for entry in review_list.entries(client, records)}
    named = {
        (item.key, str(item.values)): number_ranges([numbers[i] for i in item.image_ids if i in numbers]) for item in advice
    }  # fmt: skip
    rows = [(*row, named.get((row[1].key, str(row[1].values)), "")) for row in table.rows if isinstance(row[1], Say)]
    return Table((*table.columns, "col.review_numbers"), rows, table.title)


def number_ranges(numbers: Sequence[int]) -> str:
    """Return numbers as `review` takes them: "3,7-12"; of very many the first, and "…"."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and parts[-1][-1] == number - 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    said = ["-".join(map(str, part)) for part in parts]
    return ",".join(said) if len(said) <= RANGES_SHOWN else ",".join(said[:RANGES_SHOWN]) + ",…"


def _write_page(
    session: Session, client: Client, records: Sequence[ImageRecord], report: DatasetReport, advice: Sequence[Advice]
) -> Say:
    """Write the page about a dataset; where that fails, say so: the dataset stands all the same."""
    from avatar.reports import dataset_report

    try:
        with session.progress("progress.report") as bar:
            path = dataset_report.write_report(client, records, report, advice, session.language, bar)
    except OSError as error:
        values = {"path": str(client.output / dataset_report.FILE_NAME), "detail": str(error)}
        return Say("report.not_written", values, "warn")
    return Say("report.written", {"path": str(path)}, "good")


# --- training --------------------------------------------------------------------------------------------------------


def configure(
    session: Session, client_id: str | None, *, preset: str | None = None, gpu: str | None = None,
    overrides: Sequence[str] = (),
) -> Result:  # fmt: skip
    """Ask for a plan and fit it to the card."""
    import lora_trainer

    client = session.need_client(client_id)
    report = lora_trainer.configure(client, settings=session.settings(client), preset=preset, gpu=gpu, overrides=overrides)
    return Result(report, plan_blocks(report), [Say(k, v) for k, v in report.warnings], client.client_id)


def plan_blocks(report: Any) -> list[Say | Table | Raw]:
    """Return a plan for the screen: the main values, what was changed and why, the memory."""
    plan = report.plan
    values = [
        ("plan.profile", plan.profile), ("plan.preset", plan.preset), ("plan.base_model", plan.base_model),
        ("plan.resolution", plan.resolution), ("plan.dim", f"{plan.network_dim} / {plan.network_alpha:g}"),
        ("plan.batch", f"{plan.train_batch_size} x {plan.gradient_accumulation_steps}"),
        ("plan.precision", plan.mixed_precision), ("plan.optimizer", plan.optimizer_type),
        ("plan.learning_rate", plan.learning_rate), ("plan.steps", plan.max_train_steps),
    ]  # fmt: skip
    blocks: list[Say | Table | Raw] = [
        Table(("col.what", "col.value"), [(Say(key), value) for key, value in values], Say("plan.title"))
    ]
    if report.changes:
        rows = [
            (change.name, _shown(change.before), _shown(change.after), Say(change.why, change.values))
            for change in report.changes
        ]
        blocks.append(Table(("col.what", "col.asked", "col.fitted", "col.reason"), rows, Say("plan.changes_title")))
    return blocks


def _shown(value: object) -> object:
    """Return a value of a plan as the user gives it: yes and no, several values with blanks, options as name=value."""
    if isinstance(value, bool):
        return Say("word.yes" if value else "word.no")
    if isinstance(value, Mapping):
        typed = {name: " ".join(each) if isinstance(each, list) else str(each).lower() if isinstance(each, bool) else each
                 for name, each in value.items()}  # fmt: skip
        return ", ".join(f"{name}={each}" for name, each in typed.items())
    return " ".join(value) if isinstance(value, tuple) else value


def dry_run(session: Session, client_id: str | None) -> Result:
    """Show the exact command, its arithmetic and every check, and start nothing."""
    import lora_trainer

    client = session.need_client(client_id)
    report = lora_trainer.dry_run(client, settings=session.settings(client))
    worst = worst_level([item.level for item in report.preflight])
    blocks = _dry_run_blocks(report)
    blocks.append(Say(f"train.verdict.{worst}", {}, LEVEL_STYLE[worst]))
    # Once more: three shells' commands have moved the table off the screen.
    blocks += [Say(item.key, item.values, "warn") for item in report.preflight if item.level == "blocked"]
    return Result(report, blocks, client=client.client_id)


def _dry_run_blocks(report: DryRun) -> list[Say | Table | Raw]:
    blocks: list[Say | Table | Raw] = [Say("train.arithmetic", vars_of(report.arithmetic))]
    free = report.estimate.free_gib
    if free is not None:  # on the processor there is no card whose memory could be told
        blocks.append(Say("train.memory", {**vars_of(report.estimate), "free": Say("number.tenths", {"value": free})}))
    blocks.append(check_table(report.preflight, "preflight.title"))
    blocks.append(Say("train.command_title", {"cwd": report.cwd}, "title"))
    for shell, line in report.lines.items():
        blocks += [Say(f"shell.{shell}"), Raw(line)]
    return blocks


def vars_of(value: object) -> Mapping[str, object]:
    """Return a dataclass's fields as values of a text."""
    import dataclasses

    assert dataclasses.is_dataclass(value)  # noqa: S101  # only called with our own reports
    return {entry.name: getattr(value, entry.name) for entry in dataclasses.fields(value)}


def bundle(
    session: Session, client_id: str | None, target: Path, *, gpu: str | None = None, preset: str | None = None
) -> Result:  # fmt: skip
    """Write a zip to train on another computer and name what it contains: faces are personal data."""
    import lora_trainer
    from avatar.training import bundle as training_bundle

    client = session.need_client(client_id)
    settings = session.settings(client)
    names = {
        "repository": settings.trainer.repository, "revision": settings.trainer.revision[:12], "base_model": "{base_model}",
        "trigger": client.info().trigger_word,
    }  # fmt: skip
    files = {"LEEME.txt": "es", "README.txt": "en"}  # who trains elsewhere may read the other language
    instructions = {name: translate.text("bundle.readme", language, **names) for name, language in files.items()}
    plan = lora_trainer.planned(client, settings) if gpu is None else None
    made = training_bundle.write(
        client, target, settings=settings, instructions=instructions, plan=plan, gpu=gpu, preset=preset
    )  # fmt: skip
    values = {
        "path": str(made.path), "bytes_mb": made.bytes / 1e6, "pictures": made.pictures, "profile": made.plan.profile,
        "preset": made.plan.preset,
    }  # fmt: skip
    rows = sorted(made.files.items())
    blocks: list[Say | Table | Raw] = [Say("bundle.done", values, "good"), Table(("col.file", "col.files"), rows)]
    value = {"path": str(made.path), "files": dict(made.files), "pictures": made.pictures, "base_model": made.base_model}
    warnings = [Say("bundle.personal_data")]
    if not GPU_PROFILES[made.plan.profile].vram_gib:
        warnings.append(Say("bundle.trial", {"steps": made.plan.max_train_steps}))
    return Result(value, [*blocks, Say("bundle.how")], warnings, client.client_id)


def models(session: Session, client_id: str | None, *, take: int | None = None, clear: bool = False) -> Result:
    """List a client's trained models, each opened and checked again, the checkpoints beside them and the room they take.

    take   hand over the newest training's checkpoint of that many steps like a model
    clear  delete the states and checkpoints that no training needs any more
    """
    from avatar.training import checkpoints
    from avatar.training import models as training_models

    client = session.need_client(client_id)
    blocks: list[Say | Table | Raw] = []
    if take is not None:
        blocks.append(Say("checkpoint.taken", {"path": str(checkpoints.take(client, take))}, "good"))
    freed = checkpoints.clear(client) if clear else checkpoints.Leftovers()
    if clear:
        blocks.append(Say("checkpoint.cleared", {"n": len(freed.paths), "gb": freed.bytes / 1e9}, "good"))
    found = training_models.models(client)
    rows = [
        (model.name, f"{model.bytes / 1e6:.0f} MB", model.dim, Say("model.ok" if model.ok else "model.bad"), model.trigger)
        for model in found
    ]
    columns = ("col.file", "col.size", "col.dim", "col.state", "col.trigger")
    blocks.append(Table(columns, rows, Say("model.title")) if rows else Say("model.none"))
    if rows:
        blocks.append(Say("model.where", {"path": str(client.models)}))
    saved, left = checkpoints.checkpoints(client), checkpoints.leftovers(client)
    if saved:
        shown = [(item.run_id, f"{item.steps}/{item.total}", f"{item.bytes / 1e6:.0f} MB") for item in saved]
        blocks.append(Table(("col.run", "col.steps", "col.size"), shown, Say("checkpoint.title")))
    if left.paths:
        blocks.append(Say("checkpoint.leftovers", {"gb": left.bytes / 1e9}))
    value = {"models": found, "checkpoints": saved, "leftover_bytes": left.bytes, "freed_bytes": freed.bytes}
    return Result(value, blocks, client=client.client_id)
