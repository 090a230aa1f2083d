"""Contact sheets: approved and refused pictures as numbered thumbnails with name, source and reasons written below.

Each page holds pictures of one verdict and one source, under the numbers of `review_list`. A page whose pictures are the same
as before is not drawn again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.pictures import thumbnails
from avatar.reports import drawing
from avatar.reports.drawing import Line
from avatar.reports.review_list import Entry, ReviewRow
from avatar.texts.text import Text
from avatar.texts.translate import text, words
from avatar.workspace.client import Client
from avatar.workspace.picture_numbers import number_ranges
from utils import OnProgress

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font = FreeTypeFont | ImageFont

VERDICTS = ("approved", "rejected")
COLUMNS = 5
ROWS = 8
NARROW = "_narrow"  # ends the name of a picture for phones
NARROW_COLUMNS, NARROW_PX = 2, 170  # for a phone: 388 px wide
TITLE_LINE_PX = 28
MOST_LINES = 7  # below a thumbnail: number and name, source, reasons


def write_sheets(
    client: Client, all_entries: Sequence[Entry], folder: Path, language: str, on_progress: OnProgress | None = None
) -> list[Path]:
    """Write the sheets of approved and of refused pictures as PNG into folder; return their paths in order.

    Named approved_1.png, rejected_1.png …; pages that are no longer needed are removed. Pictures that are not yet
    processed are on none. Raises OSError where folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = list(_pages(client, all_entries))
    written: list[Path] = []
    done, total = 0, sum(len(shown) for _, shown, _ in pages)
    for name, shown, title in pages:
        path = folder / f"{name}.png"
        _write_page(path, shown, title, language, folder / thumbnails.FOLDER)
        written.append(path)
        done += len(shown)
        if on_progress is not None:
            on_progress(done, total)
    for verdict in VERDICTS:
        drawing.remove_others(folder, verdict, written)
    return written


def write_for_phones(client: Client, all_entries: Sequence[Entry], sheets: Sequence[Path], language: str) -> None:
    """Write those of the sheets that a page shows once more, as a phone shows them: two pictures beside each other.

    sheets  as `write_sheets` returned them; they lie beside the thumbnails, under `phone_file`. Raises OSError.
    """
    wanted = {path.stem: path for path in sheets}
    for name, shown, title in _pages(client, all_entries):
        if name in wanted:
            path = phone_file(wanted[name])
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_page(path, shown, title, language, path.parent, narrow=True)


def phone_file(picture: Path) -> Path:
    """Return where the same sheet or chart for phones lies: out of the way of who opens the folder."""
    return picture.parent / thumbnails.FOLDER / f"{picture.stem}{NARROW}.png"


def _pages(client: Client, entries: Sequence[Entry]) -> Iterator[tuple[str, Sequence[Entry], Text]]:
    """Yield name, pictures and title of each sheet."""
    for verdict in VERDICTS:
        page = 0
        for source in ("mj", "real"):
            chosen = [entry for entry in entries if entry.row.verdict == verdict and entry.row.source == source]
            for first in range(0, len(chosen), COLUMNS * ROWS):
                page += 1
                shown = chosen[first : first + COLUMNS * ROWS]
                title = Text(
                    f"sheet.{verdict}",
                    {"client": client.client_id, "total": len(chosen),
                     "numbers": number_ranges([entry.number for entry in shown]), "source": Text(f"sheet.source.{source}")},
                )  # fmt: skip
                yield f"{verdict}_{page}", shown, title


def _write_page(
    path: Path, shown: Sequence[Entry], title: Text, language: str, cache: Path, *, narrow: bool = False
) -> None:  # fmt: skip
    state = utils.fingerprint([drawing.DRAWN_VERSION, words(title, language), language, [_state(entry) for entry in shown]])
    if drawing.state_of(path) == state:
        return
    rows, numbers = [entry.row for entry in shown], [entry.number for entry in shown]
    drawing.save_png(path, draw_page(rows, title, language, numbers=numbers, cache=cache, narrow=narrow), state)


def _state(entry: Entry) -> list[object]:
    """Return everything drawn of a picture, to see whether a page has changed."""
    row = entry.row
    reasons = [(reason.code, reason.level, reason.value, reason.limit) for reason in row.reasons]
    shown = [entry.number, row.image_id, row.name, row.by, row.face, row.faces, row.state]
    return [*shown, reasons, thumbnails.written_at(row.path)]


def draw_page(
    rows: Sequence[ReviewRow], title: Text, language: str, *, numbers: Sequence[int] | None = None, cache: Path | None = None,
    narrow: bool = False,
) -> Image:  # fmt: skip
    """Return one page; its rows of thumbnails are as high as their longest text.

    numbers  of the rows; None: counted from 1
    cache    folder for cached thumbnails; None: no cache
    narrow   for a phone, which shows the page as wide as it is drawn
    """
    from PIL import Image, ImageDraw

    font, bold = drawing.font_of(drawing.TEXT_SIZE_PX), drawing.font_of(drawing.TITLE_SIZE_PX, bold=True)
    across, tile_px = (NARROW_COLUMNS, NARROW_PX) if narrow else (COLUMNS, drawing.THUMBNAIL_PX)
    columns = across if narrow else min(across, max(1, len(rows)))
    width = drawing.GAP_PX + columns * (tile_px + drawing.GAP_PX)
    heading = words(title, language)
    headings = drawing.wrapped(heading, bold, width - 2 * drawing.GAP_PX) if narrow else [heading]
    width = max([width, *(round(bold.getlength(line)) + 2 * drawing.GAP_PX for line in headings)])
    numbers = numbers or range(1, len(rows) + 1)
    captions = [caption(row, number, language, font, tile_px) for row, number in zip(rows, numbers, strict=True)]
    strips = [captions[i : i + across] for i in range(0, len(captions), across)]
    heights = [tile_px + 6 + drawing.LINE_PX * max(map(len, strip)) + drawing.GAP_PX for strip in strips]
    top = drawing.TITLE_PX + (len(headings) - 1) * TITLE_LINE_PX
    page = Image.new("RGB", (width, top + sum(heights)), drawing.PAPER)
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(headings):
        at = drawing.GAP_PX, (drawing.TITLE_PX - drawing.TITLE_SIZE_PX) // 2 + number * TITLE_LINE_PX
        pen.text(at, line, fill=drawing.INK, font=bold)
    for strip_number, height in enumerate(heights):
        for column, lines in enumerate(strips[strip_number]):
            row = rows[strip_number * across + column]
            thumbnail = thumbnails.picture(row.path, drawing.THUMBNAIL_PX, cache)
            if thumbnail is not None:
                thumbnail.thumbnail((tile_px, tile_px))
            _draw_one(
                page, pen, (drawing.GAP_PX + column * (tile_px + drawing.GAP_PX), top), row, thumbnail, lines, language, tile_px
            )
        top += height
    return page


# --- what is written on them -----------------------------------------------------------------------------------------


def caption(row: ReviewRow, number: int, language: str, font: Font, width_px: int = drawing.THUMBNAIL_PX) -> list[Line]:
    """Return the lines below a thumbnail, each no wider than it: number and name, source, then the reasons."""
    start = f"{number}. "
    name = drawing.shortened(drawing.readable(row.name), width_px - font.getlength(start), font)
    source = text(f"sheet.source.{row.source}", language)
    if row.faces > 1 and row.face is not None:
        source += ", " + text("sheet.faces", language, face=row.face + 1, faces=row.faces)
    if row.state == "held_out":
        source += ", " + text("sheet.held_out", language)
    lines = [Line(start + name, drawing.INK)]
    lines += [Line(part, drawing.GREY) for part in drawing.wrapped(source, font, width_px)]
    if row.by == "user":
        lines.append(Line(text("sheet.by_user", language), drawing.GREEN))
    for reason in row.reasons:
        sentence = text(f"quality.reason.{reason.code}", language, value=reason.value, limit=reason.limit)
        lines += [
            Line(part, drawing.RED if reason.level == "refuse" else drawing.AMBER)
            for part in drawing.wrapped(sentence, font, width_px)
        ]
    most = MOST_LINES * drawing.THUMBNAIL_PX // width_px
    if len(lines) > most:
        lines = [*lines[: most - 1], Line("…", drawing.GREY)]
    return lines


def _draw_one(
    page: Image, pen: ImageDraw, at: tuple[int, int], row: ReviewRow, thumbnail: Image | None, lines: Sequence[Line],
    language: str, tile_px: int,
) -> None:  # fmt: skip
    left, top = at
    box = (left, top, left + tile_px - 1, top + tile_px - 1)
    font = drawing.font_of(drawing.TEXT_SIZE_PX)
    if thumbnail is None:
        pen.rectangle(box, fill="#eceef2")
        pen.text((left + 12, top + 12), text("sheet.no_picture", language), fill=drawing.GREY, font=font)
    else:
        shift = (tile_px - thumbnail.width) // 2, (tile_px - thumbnail.height) // 2
        page.paste(thumbnail, (left + shift[0], top + shift[1]))
    pen.rectangle(box, outline=drawing.GREEN if row.verdict == "approved" else drawing.RED, width=2)
    for number, line in enumerate(lines):
        pen.text((left, top + tile_px + 6 + number * drawing.LINE_PX), line.text, fill=line.colour, font=font)
