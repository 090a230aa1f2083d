"""The command of a client's report: a page with charts, and figures as bars on the screen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from avatar.commands import blocks as commands_blocks
from avatar.commands import review as review_commands
from avatar.commands.command import CLIENT, Command, MenuLine
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts.text import Text
from utils import can_print

if TYPE_CHECKING:
    from avatar.workspace.records import ImageRecord

SPARK_WIDTH = 24


def report(session: Session, client_id: str | None = None) -> Result[dict[str, Any]]:
    """Write output/client_report.html and the charts beside it, and show why pictures were refused and how measures spread."""
    from avatar.reports import client_page, review_list, stages

    client = session.need_client(client_id)
    settings = session.settings(client)
    records = client.records()
    entries = review_list.entries(client, records)
    drawn = review_commands.draw_all(session, client, entries)
    state = stages.client_state(client, settings, records)
    with session.progress("progress.report") as progress:
        made = client_page.write(client, records, entries, state, settings, session.language, drawn, progress)
    blocks: list[Text | Table | Raw] = [commands_blocks.state_table(state), *_figures(session, records)]
    blocks.append(Text("report.client.written", {"path": str(made.page), "bytes_mb": made.bytes / 1e6}, "good"))
    if made.charts:
        names = ", ".join(path.name for path in made.charts)
        blocks.append(Text("report.client.charts", {"names": names, "path": str(client.output)}))
    return Result({"report": made, "state": state}, blocks, client=client.client_id)


def _figures(session: Session, records: Sequence[ImageRecord]) -> list[Text | Table | Raw]:
    """Return reasons as bars and measures as sparklines, in ASCII if the terminal has no block characters."""
    from avatar.faces import update as face_update
    from avatar.reports import charts, client_page

    blocks = can_print(charts.BLOCKS, getattr(session.ui, "stream", None) or sys.stdout)
    drawing = not session.plain  # a screen reader would read every block
    counts = face_update.refusal_reasons(records)
    bars = client_page.terminal_bars(counts, blocks=blocks)
    tables: list[Text | Table | Raw] = []
    if counts:
        rows = [(Text(f"reason.{code}"), n, bars[code] if drawing else "") for code, n in counts]
        tables.append(Table(("col.reason", "col.pictures", "col.bar"), rows, Text("process.reasons_title")))
    spread = []
    for panel in charts.PANELS:
        values = charts.every_value(records, panel.measure)
        if len(values) > 1:
            low, high = min(values), max(values)
            line = charts.spark(charts.bins(values, low, high, SPARK_WIDTH, logarithmic=panel.logarithmic), blocks=blocks)
            numbers = [charts.number_text(value, session.language) for value in (low, sorted(values)[len(values) // 2], high)]
            spread.append((Text(f"chart.measure.{panel.measure}"), numbers[0], line if drawing else "", numbers[2], numbers[1]))
    if spread:
        columns = ("col.measures", "col.least", "col.spread", "col.greatest", "col.median")
        tables.append(Table(columns, spread, Text("chart.quality")))
    return tables


COMMANDS = (Command(name="report", run=report, arguments=(CLIENT,), menu=(MenuLine("client_settings", "menu.report"),)),)
