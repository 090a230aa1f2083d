"""What the program can do, one function per action: called alike by the command line, the menus and the guided walk.

Each takes the session and plain values, lets a stage do the work, and returns a `Result`. Stage modules are imported
here inside the functions: the menu must stand before numpy is loaded.
"""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import config
from avatar.commands.session import Raw, Result, Session, Table
from avatar.texts.text import PipelineError, Say
from avatar.trainer import location
from avatar.workspace import export
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.faces.parallel import Backend
    from avatar.pictures.groups import Group
    from avatar.pictures.import_job import ImportReport
    from avatar.pictures.sources import Refused
    from avatar.reports.stages import ClientState
    from avatar.trainer.install import SetupReport
    from config import FaceEngine
    from image_processor import ProcessReport

SHOWN_OF_A_KIND = 3
MANY_REFUSED = 20  # [choice] so many files with their reasons fill a screen; of more, only a few of each kind are shown
LEVEL_STYLE = {"ready": "good", "attention": "warn", "blocked": "bad"}
STATE_STYLE = {"done": "good", "todo": "plain", "outdated": "warn", "optional": "plain"}


# --- setup -----------------------------------------------------------------------------------------------------------


def setup(
    session: Session, *, trainer: bool = False, check: bool = False, repository: str | None = None,
    revision: str | None = None,
) -> Result:  # fmt: skip
    """Make the folders, check the machine; with trainer, clone and install sd-scripts first. check: change nothing."""
    from avatar.reports import self_check

    made: list[str] = []
    blocks: list[Say | Table | Raw] = []
    if not check:
        for folder in (session.workspace.folder, config.LOG_DIR):
            if not folder.is_dir():
                folder.mkdir(parents=True)
                made.append(str(folder))
        blocks += [Say("setup.folder_made", {"path": path}, "good") for path in made]
    report = _install_trainer(session, repository, revision) if trainer else None
    checks = self_check.check_program(config.PROGRAM_DIR, session.workspace.folder, session.settings().trainer)
    worst = worst_level([item.level for item in checks])
    blocks.append(check_table(checks, "setup.check_title"))
    blocks.append(Say(f"setup.verdict.{worst}", {}, LEVEL_STYLE[worst]))
    value = {"folders_made": made, "checks": checks, "verdict": worst, "trainer": report}
    error = Say("setup.blocked_error", {}) if worst == "blocked" else None
    warnings = [Say(key, values) for key, values in report.notes] if report is not None else []
    return Result(value, blocks, warnings, error=error)


def machine_verdict(session: Session) -> Say:
    """Return in one sentence whether this computer can do the work; a trainer that is missing counts as attention only."""
    from avatar.reports import self_check

    checks = self_check.check_program(config.PROGRAM_DIR, session.workspace.folder, session.settings().trainer)
    return Say(f"setup.verdict.{worst_level([item.level for item in checks])}")


def _install_trainer(session: Session, repository: str | None, revision: str | None) -> SetupReport:
    import dataclasses

    from avatar.trainer import install

    trainer = session.settings().trainer
    trainer = dataclasses.replace(
        trainer, repository=repository or trainer.repository, revision=revision or trainer.revision
    )  # fmt: skip
    cancel = threading.Event()
    return install.install(
        trainer,
        location.trainer_folder(trainer),
        on_line=session.detail,  # gigabytes are fetched: a silent program would be taken for a dead one
        on_step=lambda step, number, total: session.say(f"setup.step.{step}", n=number, total=total),
        cancel=cancel,
    )


def worst_level(levels: Sequence[str]) -> str:
    """Return the worst of the levels ready, attention and blocked."""
    order = ("ready", "attention", "blocked")
    return max(levels, key=order.index, default="ready")


def check_table(checks: Sequence[Any], title: str) -> Table:
    """Return checks (level, key, values) as a table, the worst first."""
    order = {"blocked": 0, "attention": 1, "ready": 2}
    rows = [
        (Say(f"level.{item.level}", {}, LEVEL_STYLE[item.level]), Say(item.key, item.values))
        for item in sorted(checks, key=lambda item: order[item.level])
    ]
    return Table(("col.level", "col.finding"), rows, Say(title))


def set_language(session: Session, language: str) -> Result:
    """Speak language from now on, and at the next start."""
    from avatar.workspace import settings

    settings.save_language(session.config_file, language)
    session.language = language
    return Result({"language": language}, [Say("language.saved", {}, "good")])


# --- clients ---------------------------------------------------------------------------------------------------------


def client_new(
    session: Session, client_id: str, *, trigger: str = "", class_word: str = "person", name: str = "", consent: str = ""
) -> Result:  # fmt: skip
    """Make a client and choose it."""
    client = session.workspace.create(
        client_id, trigger_word=trigger, class_word=class_word, display_name=name, consent_note=consent
    )
    session.client = client
    info = client.info()
    values = {"client": client.client_id, "folder": str(client.folder), "trigger": info.trigger_word}
    warnings = _trigger_warnings(info.trigger_word)
    return Result(info, [Say("client.created", values, "good")], warnings, client.client_id)


def _trigger_warnings(word: str) -> list[Say]:
    from avatar.dataset import trigger_word

    return [Say(key, values) for key, values in trigger_word.trigger_advice(word)]


def client_list(session: Session) -> Result:
    """List all clients with their figures."""
    rows, value, broken = [], [], []
    for client_id in session.workspace.client_ids():
        client = session.workspace.client(client_id)
        try:
            info, state = client.info(), session.state(client)
        except PipelineError as error:  # one broken client must not hide the others
            if (told := Say(error.key, error.values)) not in broken:  # broken settings are those of all
                broken.append(told)
            continue
        rows.append((client_id, info.trigger_word, len(client.record_files()), state.approved, len(state.models)))
        value.append(
            {"client_id": client_id, "trigger_word": info.trigger_word, "pictures": len(client.record_files()),
             "approved": state.approved, "models": list(state.models), "next": state.next_stage()}
        )  # fmt: skip
    columns = ("col.client", "col.trigger", "col.pictures", "col.approved", "col.models")
    blocks: list[Say | Table | Raw] = [Table(columns, rows, Say("client.list_title"))] if rows else []
    if not rows and not broken:
        blocks.append(Say("client.none_yet"))
    return Result({"clients": value}, blocks, broken)


def client_show(session: Session, client_id: str | None = None) -> Result:
    """Show what is known of one client."""
    client = session.need_client(client_id)
    info = client.info()
    state = session.state(client)
    facts = [
        ("col.client", info.client_id), ("col.name", info.display_name), ("col.trigger", info.trigger_word),
        ("col.class_word", info.class_word), ("col.consent", info.consent_note), ("col.made", info.created_at),
        ("col.master_prompt", info.master_prompt), ("col.folder", str(client.folder)),
    ]  # fmt: skip
    table = Table(("col.what", "col.value"), [(Say(key), value) for key, value in facts])
    return Result({"info": info, "state": state}, [table, state_table(state)], client=client.client_id)


def client_rename(session: Session, client_id: str, new_id: str) -> Result:
    """Give a client another id."""
    from avatar.dataset import training_folder

    chosen = session.client is not None and session.client.client_id == client_id
    rescued: list[tuple[list[str], Path | None]] = []
    client = session.workspace.rename(client_id, new_id, before=lambda old: rescued.append(training_folder.rescue(old)))
    if chosen:
        session.client = client
    info = client.info()
    values = {"old": client_id, "client": new_id, "trigger": info.trigger_word}
    (edited, files), *_ = rescued
    kept = [Say("dataset.note.captions_adopted", {"n": len(edited), "image": edited[0]})] if edited else []
    kept += [Say("dataset.note.foreign_moved", {"path": str(client.output / files.name)})] if files else []
    return Result(info, [Say("client.renamed", values, "good")], kept, client=new_id)


def client_export(session: Session, client_id: str, target: Path, *, originals: bool = False) -> Result:
    """Write a client's zip and name what it contains: faces are personal data."""
    target = export.zip_to_write(target)
    counts = session.workspace.export(client_id, target, originals=originals)
    rows = sorted(counts.items())
    said = Say("export.done", {"path": str(target), "bytes_mb": target.stat().st_size / 1e6}, "good")
    warning = Say("export.personal_data") if not originals else Say("export.personal_data_originals")
    value = {"path": str(target), "files": counts, "originals": originals}
    return Result(value, [said, Table(("col.folder", "col.files"), rows)], [warning], client_id)


def client_delete(session: Session, client_id: str, typed: str) -> Result:
    """Delete a client for good if its id was typed to confirm. Raises PipelineError("client.not_confirmed")."""
    client = session.workspace.client(client_id)
    if typed.strip() != client.client_id:
        raise PipelineError("client.not_confirmed", client=client.client_id)
    freed = session.workspace.delete(client_id)
    if session.client is not None and session.client.client_id == client.client_id:
        session.client = None
    values = {"client": client.client_id, "freed_mb": freed / 1e6}
    return Result({"deleted": client.client_id, "bytes": freed}, [Say("client.deleted", values, "good")])


# --- import ----------------------------------------------------------------------------------------------------------


def import_mj(session: Session, client_id: str | None, paths: Sequence[str], *, prompt: str = "") -> Result:
    """Take in MidJourney pictures."""
    import data_preprocessor

    client = session.need_client(client_id)
    with session.progress("progress.import") as bar:
        report = data_preprocessor.import_midjourney(
            client, paths, settings=session.settings(client), typed_prompt=prompt, on_progress=bar
        )
    return _import_result(client, report)


def import_real(session: Session, client_id: str | None, paths: Sequence[str]) -> Result:
    """Take in real photos, RAW too."""
    import data_preprocessor

    client = session.need_client(client_id)
    with session.progress("progress.import") as bar:
        report = data_preprocessor.import_photos(client, paths, settings=session.settings(client), on_progress=bar)
    return _import_result(client, report)


def _import_result(client: Client, report: ImportReport) -> Result:
    def file_of(image_id: str) -> str:
        return client.record(image_id).original.name

    blocks: list[Say | Table | Raw] = [
        Say(
            "import.report",
            {"added": len(report.added), "already": len(report.already_there)},
            "good" if report.added or report.already_there else "plain",
        )
    ]
    if report.source == "mj" and report.added:
        blocks.append(Say("import.prompts", dict(report.prompts_from)))
        if shared := report.prompts_from["group"]:
            blocks.append(Say("import.prompts_of_group", {"n": shared}))
        blocks.append(Say("import.groups", {"complete": report.groups_complete, "incomplete": report.groups_incomplete}))
    if report.same_bytes:
        pairs = _few_pairs((name, file_of(image_id)) for name, image_id in report.same_bytes)
        blocks.append(Say("import.same_bytes", {"n": len(report.same_bytes), "pairs": pairs}))
    if report.near_duplicates:
        pairs = _few_pairs((file_of(new), file_of(other)) for new, other in report.near_duplicates.items())
        blocks.append(Say("import.near_duplicates", {"n": len(report.near_duplicates), "pairs": pairs}, "warn"))
    if report.refused:
        title = Say("import.refused_title", {"n": len(report.refused)}, "warn")
        blocks.append(Table(("col.file", "col.reason"), _refused_rows(report.refused), title))
    error = None
    if report.refused and not report.added and not report.already_there:
        error = Say("import.nothing_added", {"n": len(report.refused)})
    return Result(report, blocks, few_of_each(report.warnings), client.client_id, error)


def _few_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    few = [f"{first} = {second}" for first, second in itertools.islice(pairs, SHOWN_OF_A_KIND + 1)]
    return ", ".join([*few[:SHOWN_OF_A_KIND], *("…" for _ in few[SHOWN_OF_A_KIND:])])


def _refused_rows(refused: Sequence[Refused]) -> list[tuple[object, object]]:
    """Return names and reasons, of many only the first few of each kind and how many more there are."""
    kinds: dict[str, list[Refused]] = {}
    for item in refused:
        kinds.setdefault(item.key, []).append(item)
    shown = SHOWN_OF_A_KIND if len(refused) > MANY_REFUSED else MANY_REFUSED
    rows: list[tuple[object, object]] = []
    for key, items in kinds.items():
        rows += [(item.name, Say(key, item.values)) for item in items[:shown]]
        if len(items) > shown:
            rows.append((Say("import.more_files", {"n": len(items) - shown}), Say("import.same_reason")))
    return rows


def few_of_each(warnings: Sequence[tuple[str, Mapping[str, object]]]) -> list[Say]:
    """Return the first warnings of each kind and how many more there are: thousands of pictures, one screen."""
    shown: list[Say] = []
    seen: dict[str, int] = {}
    for key, values in warnings:
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= SHOWN_OF_A_KIND:
            shown.append(Say(key, values))
    more = [count - SHOWN_OF_A_KIND for count in seen.values() if count > SHOWN_OF_A_KIND]
    return shown + [Say("import.more_like_it", {"n": count}) for count in more]


def set_prompt(session: Session, client_id: str | None, *, master: str | None = None,
               group: str | None = None, prompt: str | None = None) -> Result:  # fmt: skip
    """Keep a typed prompt: the client's master prompt, or one for a group of tiles; list the groups, and draw them.

    group  number in the list, job id, or "all": every group. The sheet shows those without a prompt, where there are any.
    """
    from avatar.pictures import groups as import_groups
    from avatar.reports import contact_sheet

    client = session.need_client(client_id)
    blocks: list[Say | Table | Raw] = []
    warnings: list[Say] = []
    if master is not None:
        import_groups.set_master_prompt(client, master)
        blocks.append(Say("prompt.master_saved", {}, "good"))
    if prompt is not None:
        job = None if group in (None, "all") else _job_of(import_groups.groups(client), str(group))
        changed = import_groups.set_group_prompt(client, job, prompt, settings=session.settings(client))
        blocks.append(Say("prompt.group_saved", {"n": changed}, "good"))
        warnings = refresh_table(client)
    groups = import_groups.groups(client)
    numbered = dict(enumerate(groups, 1))
    sheets: list[Path] = []
    if groups:
        rows = [
            (number, group.job_id, len(group.images), group_names(group), group.prompt or group.typed_prompt)
            for number, group in numbered.items()
        ]
        columns = ("col.number", "col.job", "col.pictures", "col.files", "col.prompt")
        blocks.append(Table(columns, rows, Say("prompt.groups_title")))
        without = {number: group for number, group in numbered.items() if not (group.prompt or group.typed_prompt)}
        with session.progress("progress.groups", "unit.groups") as bar:
            sheets = contact_sheet.write_group_sheets(client, without or numbered, client.output, session.language, bar)
    blocks += [Say("prompt.sheet", {"path": str(path)}) for path in sheets]
    value = {"master_prompt": client.info().master_prompt, "groups": groups, "sheets": [str(path) for path in sheets]}
    return Result(value, blocks, warnings, client.client_id)


def refresh_table(client: Client) -> list[Say]:
    """Write images.csv anew; return a warning where another program holds it open."""
    from avatar.pictures import images_table

    written = images_table.write_table(client, client.records())
    return [] if written else [Say("table.locked", {"path": str(client.table_file)})]


def _job_of(groups: Sequence[Group], chosen: str) -> str:
    """Return the job of a group named by its number in the list, or by the job itself."""
    if chosen.isdecimal() and len(chosen) < 8:  # a job id is longer
        if not 1 <= int(chosen) <= len(groups):
            raise PipelineError("prompt.no_group", job=chosen)
        return groups[int(chosen) - 1].job_id
    return chosen


def group_names(group: Group) -> str:
    """Return the names of a group's pictures: what they begin with alike is said once."""
    letters = itertools.takewhile(lambda column: len(set(column)) == 1, zip(*group.names, strict=False))
    start = "".join(column[0] for column in letters)
    if len(start) < 12 or len(group.names) == 1:
        return ", ".join(group.names)
    return f"{start}… " + ", ".join(f"…{name[len(start) :]}" for name in group.names)


# --- faces -----------------------------------------------------------------------------------------------------------


def process(
    session: Session,
    client_id: str | None,
    *,
    workers: int | None = None,
    force: bool = False,
    backend: Backend = "loky",
    scheduler: str = "",
) -> Result:
    """Find, crop and judge the faces of all new pictures, here or on the machines of a cluster; draw the contact sheets."""
    import image_processor
    from avatar.faces.workers import Spread
    from avatar.reports import contact_sheet

    client = session.need_client(client_id)
    with session.progress("progress.faces") as bar:
        report = image_processor.process(
            client,
            settings=session.settings(client),
            workers=workers,
            force=force,
            spread=Spread(backend, scheduler),
            on_progress=bar,
        )
    warnings = refresh_table(client)
    with session.progress("progress.sheets") as bar:
        sheets = contact_sheet.write_sheets(client, client.output, session.language, bar)
    return _process_result(client, report, sheets, session.settings(client).faces.engine, warnings)


def _process_result(
    client: Client, report: ProcessReport, sheets: Sequence[Path], engine: FaceEngine, warnings: Sequence[Say] = ()
) -> Result:
    values = {"done": report.done, "approved": report.approved, "refused": report.refused,
              "kept": report.skipped_up_to_date, "seconds": report.seconds}  # fmt: skip
    blocks: list[Say | Table | Raw] = [Say("process.report", values, "good" if report.approved else "warn")]
    if report.reasons:
        rows = [(Say(f"reason.{code}"), n) for code, n in sorted(report.reasons.items(), key=lambda item: -item[1])]
        blocks.append(Table(("col.reason", "col.pictures"), rows, Say("process.reasons_title")))
    if report.failed:
        failed = [(item.name, Say(item.key, item.values)) for item in report.failed]
        blocks.append(Table(("col.file", "col.reason"), failed, Say("process.failed_title", {}, "warn")))
    if report.done:
        blocks += _engine_said(engine)
    blocks += _identity_said(client, report)
    if sheets:  # fifty of them for thousands of pictures
        blocks.append(Say("process.sheets", {"path": str(sheets[0]), "n": len(sheets)}))
    value = {"report": report, "sheets": [str(path) for path in sheets]}
    return Result(value, blocks, warnings, client.client_id)


def _engine_said(engine: FaceEngine) -> list[Say]:
    """Return that the slower engine stood in for the one asked for, where it did."""
    from avatar.faces import engines as face_engines

    package = face_engines.missing_package(engine)
    command = f'"{sys.executable}" -m pip install {package}'
    return [Say("faces.other_engine", {"package": package, "command": command}, "warn")] if package else []


def _identity_said(client: Client, report: ProcessReport) -> list[Say | Table | Raw]:
    """Return what likeness found, or how to have it where it is missed."""
    from avatar.faces import identity as face_identity

    identity = report.identity
    if identity.reference is None:
        if not report.reasons.get("ambiguous_face"):
            return []
        values = {"url": face_identity.WEIGHTS_URL, "folder": str(face_identity.MODELS_DIR)}
        return [Say("faces.identity_off", values)]
    if identity.reference < face_identity.ENOUGH:
        return [Say("faces.identity_few", {"need": face_identity.ENOUGH, "n": identity.reference})]
    if not identity.outliers:
        return []
    names = ", ".join(client.record(image_id).original.name for image_id in identity.outliers)
    return [Say("faces.identity_outliers", {"n": len(identity.outliers), "names": names}, "warn")]


# --- state ------------------------------------------------------------------------------------------------------------


def status(session: Session, client_id: str | None = None) -> Result:
    """Show the state of every stage of one client, or of all."""
    if client_id is None and session.client is None:
        return client_list(session)
    client = session.need_client(client_id)
    state = session.state(client)
    return Result(state, [state_table(state), next_step(state)], client=client.client_id)


def state_table(state: ClientState) -> Table:
    """Return the state of all stages as a table."""
    rows = [
        (Say(f"stage.{stage.name}"), Say(f"state.{stage.state}", {}, STATE_STYLE[stage.state]), stage.count,
         Say(stage.why, stage.values) if stage.why else "")
        for stage in state.stages
    ]  # fmt: skip
    title = Say("status.title", {"client": state.client_id, "approved": state.approved, "refused": state.refused})
    return Table(("col.stage", "col.state", "col.count", "col.reason"), rows, title)


def next_step(state: ClientState) -> Say:
    """Return what to do next."""
    name = state.next_stage()
    return Say("status.finished", {}, "good") if name is None else Say("status.next", {"stage": Say(f"stage.{name}")})


def trainer_installed(session: Session) -> bool:
    """Tell whether sd-scripts and its environment are where the settings say; an unfinished installation is none."""
    from avatar.trainer import location as trainer_location

    trainer = session.settings().trainer
    state = trainer_location.installed(trainer, location.trainer_folder(trainer))
    return state.has_script and state.complete


def card_found() -> bool:
    """Tell whether an NVIDIA card answers."""
    from avatar.system import gpu

    return bool(gpu.cards())
