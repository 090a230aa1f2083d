"""Sheets of the pictures with several faces: the whole picture, each face boxed under the number that `review --face` takes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.pictures import thumbnails
from avatar.reports import contact_sheet, drawing
from avatar.reports.review_list import Entry, ReviewRow
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import words
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from PIL.Image import Image

NAME = "faces"
SIDE_PX = 2 * drawing.THUMBNAIL_PX  # of a boxed picture: the page for the browser shows it larger than a sheet
NUMBER_PX = 34
PER_PAGE = contact_sheet.COLUMNS * contact_sheet.ROWS
MARK = "~faces-"  # between a picture's id and the state of its boxes in the name of a boxed copy


def write_sheets(client: Client, entries: Sequence[Entry], folder: Path, language: str) -> list[Path]:
    """Write faces_1.png … of all pictures with several faces; return their paths in order. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    several = [entry for entry in entries if len(entry.row.boxes) > 1]
    written: list[Path] = []
    for first in range(0, len(several), PER_PAGE):
        page = several[first : first + PER_PAGE]
        path = folder / f"{NAME}_{len(written) + 1}.png"
        title = Text(
            "sheet.several_faces",
            {"client": client.client_id, "first": first + 1, "last": first + len(page), "total": len(several)},
        )
        _write_page(path, page, title, language)
        written.append(path)
    drawing.remove_others(folder, NAME, written)
    return written


def boxed_copies(folder: Path, entries: Sequence[Entry]) -> dict[str, Path]:
    """Return image id -> the boxed copy of each picture with several faces, made where it is not there yet."""
    cache = folder / thumbnails.FOLDER
    found = {}
    for entry in entries:
        if len(entry.row.boxes) > 1 and (path := _copy(entry.row, cache)) is not None:
            found[entry.row.image_id] = path
    return found


def _write_page(path: Path, page: Sequence[Entry], title: Text, language: str) -> None:
    seen = [[e.number, e.row.name, e.row.by, e.row.verdict, _state(e.row)] for e in page]
    state = utils.fingerprint([drawing.DRAWN_VERSION, words(title, language), language, seen])
    if drawing.state_of(path) == state:
        return
    copies = boxed_copies(path.parent, page)
    rows = [dataclasses.replace(entry.row, path=copies.get(entry.row.image_id)) for entry in page]
    numbers = [entry.number for entry in page]
    drawing.save_png(path, contact_sheet.draw_page(rows, title, language, numbers=numbers), state)


def _state(row: ReviewRow) -> str:
    return utils.fingerprint([row.image_id, row.boxes, row.face, NUMBER_PX, SIDE_PX])


def copy_name(row: ReviewRow) -> str:
    """Return the name of a picture's boxed copy in the cache, less its size."""
    return f"{row.image_id}{MARK}{_state(row)}"


def _copy(row: ReviewRow, cache: Path) -> Path | None:
    """Return the boxed copy of a picture, drawn if there is none of this state; None where it cannot be read."""
    path = cache / f"{copy_name(row)}_{SIDE_PX}.jpg"
    if not path.is_file():
        picture = boxed(row)
        if picture is None:
            return None
        for old in cache.glob(f"{row.image_id}{MARK}*"):
            old.unlink(missing_ok=True)
        cache.mkdir(parents=True, exist_ok=True)
        with utils.atomic_file(path) as handle:
            picture.save(handle, "JPEG", quality=thumbnails.JPEG_QUALITY)
    return path


def boxed(row: ReviewRow) -> Image | None:
    """Return the whole picture, upright, with a box and a number for each face; the chosen one is green."""
    from PIL import Image, ImageDraw

    from avatar.pictures import decode

    if row.original is None:
        return None
    try:
        loaded = decode.load_rgb(row.original, max_side_px=SIDE_PX)
    except (PipelineError, OSError):
        return None
    whole = Image.fromarray(loaded.pixels)
    whole.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    scale = whole.width / loaded.full_size[0]
    pen, font = ImageDraw.Draw(whole), drawing.font_of(NUMBER_PX - 6, bold=True)
    places = [index for index in range(len(row.boxes)) if index != row.face] + ([row.face] if row.face is not None else [])
    for index in places:  # the chosen one over all others
        left, top, width, height = (value * scale for value in row.boxes[index])
        colour = drawing.GREEN if index == row.face else drawing.AMBER
        pen.rectangle((left, top, left + width, top + height), outline=colour, width=4)
        label = str(index + 1)
        x, y = max(0.0, min(left, whole.width - NUMBER_PX)), max(0.0, top - NUMBER_PX)
        pen.rectangle((x, y, x + font.getlength(label) + 12, y + NUMBER_PX), fill=colour)
        pen.text((x + 6, y), label, fill=drawing.PAPER, font=font)
    return whole
