"""The command that prepares the dataset, with findings and a page about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from avatar.commands.blocks import few_per_kind, findings_table, numbered
from avatar.commands.command import CLIENT, Argument, Command, MenuLine
from avatar.commands.result import Raw, Result, Table, plain
from avatar.commands.session import Session
from avatar.texts.text import Finding, Text, gravest_first
from avatar.workspace import picture_numbers
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.dataset.training_folder import DatasetReport
    from avatar.workspace.records import ImageRecord

MOST_ADVICE = 4  # [choice] points in full: with what stands around them the step of the setup stays within 24 rows


@dataclass(frozen=True)
class Prepared:
    """A prepared dataset, the findings about it, and its page."""

    report: DatasetReport
    advice: list[Finding]
    page: str

    def as_json(self) -> dict[str, Any]:
        advice = [
            {"level": item.level, "key": item.text.key, "values": plain(item.text.values), "image_ids": list(item.images)}
            for item in self.advice
        ]
        return {"report": plain(self.report), "advice": advice, "page": self.page}


def prepare(session: Session, client_id: str | None) -> Result[Prepared]:
    """Write the Kohya dataset with its captions, and the page about it."""
    import data_preprocessor

    client = session.need_client(client_id)
    with session.progress("progress.dataset") as bar:
        report = data_preprocessor.prepare_dataset(client, settings=session.settings(client), on_progress=bar)
    rows = [(f"{folder.name}", folder.repeats, folder.images, folder.repeats * folder.images) for folder in report.folders]
    shares = {
        "mj": 100 * report.shares_reached.get("mj", 0.0), "real": 100 * report.shares_reached.get("real", 0.0),
        "mj_asked": 100 * report.shares_asked.get("mj", 0.0), "real_asked": 100 * report.shares_asked.get("real", 0.0),
    }  # fmt: skip
    columns = ("col.folder", "col.repeats", "col.pictures", "col.exposures")
    blocks: list[Text | Table | Raw] = [
        Text("dataset.report", {"n": report.pictures, "path": str(client.training_data)}, "good"),
        Text("dataset.shares", shares),
    ]
    warnings = few_per_kind(numbered(report.notes, picture_numbers.numbers(report.records)))
    if report.masked:
        blocks.append(_masks_shown(session, client, report))
    records = report.records
    advice = _advice(session, client, records)
    open_points = [item for item in advice if item.level != "ready"]
    if open_points:
        blocks.append(_advice_table(records, gravest_first(open_points)[:MOST_ADVICE]))
    more = [Table(columns, rows), _advice_table(records, advice)]
    page = _write_page(session, client, records, report, advice)
    (blocks if page.style == "good" else warnings).append(page)
    return Result(Prepared(report, advice, str(page.values["path"])), blocks, warnings, client.client_id, more=more)


def ready(session: Session, client_id: str | None) -> Result[list[Finding]]:
    """Tell whether a dataset of the approved pictures would be a good one, and what is advised; write nothing."""
    client = session.need_client(client_id)
    records = client.records()
    advice = _advice(session, client, records)
    return Result(advice, [_advice_table(records, advice)], client=client.client_id)


def _advice(session: Session, client: Client, records: Sequence[ImageRecord]) -> list[Finding]:
    from avatar.dataset import advice as dataset_advice
    from avatar.faces import unknown

    info = client.info()
    words = {"trigger_word": info.trigger_word, "class_word": info.class_word}
    persons = unknown.findings(client, records)
    return dataset_advice.advice(records, session.settings(client), **words, persons=persons, client_id=client.client_id)


def _masks_shown(session: Session, client: Client, report: DatasetReport) -> Text:
    """Draw what of the pictures is not learnt, and say where."""
    from avatar.reports import background_sheet

    pictures = [path for folder in report.folders for path in sorted((client.training_data / folder.name).glob("*.png"))]
    title = Text("sheet.background", {"client": client.client_id, "n": report.masked})
    sheets = background_sheet.write_sheets(pictures, client.output, title, session.language)
    return Text("dataset.masked", {"n": report.masked, "path": str(sheets[0])}, "good")


def _advice_table(records: Sequence[ImageRecord], advice: Sequence[Finding]) -> Table:
    """Return findings as a table with the pictures' numbers in the review, as its commands take them."""
    table = findings_table(advice, "report.advice")
    if not any(item.images for item in advice):
        return table
    numbers = picture_numbers.numbers(records)
    named = [picture_numbers.number_ranges([numbers[i] for i in item.images if i in numbers]) for item in gravest_first(advice)]
    rows = [(*row, names) for row, names in zip(table.rows, named, strict=True)]
    return Table((*table.columns, "col.review_numbers"), rows, table.title)


def _write_page(
    session: Session, client: Client, records: Sequence[ImageRecord], report: DatasetReport, advice: Sequence[Finding]
) -> Text:
    """Write the page about a dataset; a failure is only a warning, as the dataset is complete."""
    from avatar.reports import dataset_page

    try:
        with session.progress("progress.report") as bar:
            path = dataset_page.write_report(client, records, report, advice, session.language, bar)
    except OSError as error:
        values = {"path": str(client.output / dataset_page.FILE_NAME), "detail": str(error)}
        return Text("report.not_written", values, "warn")
    return Text("report.written", {"path": str(path)}, "good")


def _prepare(session: Session, client_id: str | None, *, check: bool = False) -> Result[Any]:
    return ready(session, client_id) if check else prepare(session, client_id)


COMMANDS = (
    Command(
        name="prepare", run=_prepare, arguments=(CLIENT, Argument(name="--check", flag=True, help="help.prepare_check")),
        menu=(MenuLine("prepare", "menu.prepare_now"), MenuLine("prepare", "menu.ready", {"check": True}, ("--check",))),
    ),
)  # fmt: skip
