"""A sheet of the persons that a client's pictures show, where it is not known which of them is the client."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.faces import unknown
from avatar.pictures import thumbnails
from avatar.reports import contact_sheet, drawing
from avatar.reports.review_list import Entry
from avatar.texts.text import Text
from avatar.texts.translate import words
from avatar.workspace.client import Client
from avatar.workspace.picture_numbers import number_ranges

if TYPE_CHECKING:
    from PIL.Image import Image

NAME = "persons"
SHOWN_OF_EACH = contact_sheet.COLUMNS  # [choice] a row


def write_sheet(
    client: Client, persons: Sequence[Sequence[str]], entries: Sequence[Entry], folder: Path, language: str
) -> Path | None:
    """Write persons_1.png, a row of pictures for each person; with one person or none, remove it and return None.

    persons  the image ids of each. Raises OSError where folder cannot be written.
    """
    by_id = {entry.row.image_id: entry for entry in entries}
    found = [[by_id[image_id] for image_id in ids if image_id in by_id] for ids in persons]
    rows = [sorted(row, key=lambda entry: entry.number) for row in found]
    written: list[Path] = []
    if len(rows) > 1:
        folder.mkdir(parents=True, exist_ok=True)
        path = path_in(folder)
        _write(path, client, rows, language)
        written = [path]
    drawing.remove_others(folder, NAME, written)
    return next(iter(written), None)


def path_in(folder: Path) -> Path:
    """Return where the sheet lies, if there is one."""
    return folder / unknown.SHEET


def _write(path: Path, client: Client, rows: Sequence[Sequence[Entry]], language: str) -> None:
    titles = [
        Text(
            "sheet.person",
            {
                "number": number,
                "n": len(row),
                "client": client.client_id,
                "numbers": number_ranges([entry.number for entry in row]),
            },
        )
        for number, row in enumerate(rows, 1)
    ]
    seen = [[(e.number, e.row.image_id, e.row.name, thumbnails.written_at(e.row.path)) for e in row] for row in rows]
    state = utils.fingerprint([drawing.DRAWN_VERSION, language, [words(title, language) for title in titles], seen])
    if drawing.state_of(path) != state:
        cache = path.parent / thumbnails.FOLDER
        pages = []
        for row, title in zip(rows, titles, strict=True):
            some = row[:SHOWN_OF_EACH]
            numbers = [entry.number for entry in some]
            pages.append(contact_sheet.draw_page([e.row for e in some], title, language, numbers=numbers, cache=cache))
        drawing.save_png(path, _stacked(pages), state)


def _stacked(pages: Sequence[Image]) -> Image:
    from PIL import Image

    sheet = Image.new("RGB", (max(page.width for page in pages), sum(page.height for page in pages)), drawing.PAPER)
    top = 0
    for page in pages:
        sheet.paste(page, (0, top))
        top += page.height
    return sheet
