"""Sheets of the pictures with several faces: the whole picture, each face boxed under the number that `review --face` takes."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.pictures import thumbnails
from avatar.reports import contact_sheet, drawing
from avatar.reports.drawing import Line
from avatar.reports.review_list import Entry, ReviewRow
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import words
from avatar.workspace.client import Client
from avatar.workspace.picture_numbers import number_ranges

if TYPE_CHECKING:
    from PIL.Image import Image

Box = tuple[float, float, float, float]

NAME = "faces"
PAGE_PX = 1400  # of a sheet's width: readable on a screen at 100 %
LEAST_PX, MOST_PX = 2 * drawing.THUMBNAIL_PX, PAGE_PX - 2 * drawing.GAP_PX  # of the longer side of a boxed picture
FACE_PX = 72  # of the smallest face, where MOST_PX allows it: in a group each one can be told from the others
NUMBER_PX, LEAST_NUMBER_PX = 34, 18  # of the numbers; smaller ones on small faces
PER_PAGE = 12
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
            {"client": client.client_id, "numbers": number_ranges([entry.number for entry in page]), "total": len(several)},
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
    drawing.save_png(path, _drawn(page, copies, words(title, language), language), state)


def _drawn(page: Sequence[Entry], copies: Mapping[str, Path], heading: str, language: str) -> Image:
    """Return a sheet: as many pictures beside each other as fit, each with its caption below."""
    from PIL import Image, ImageDraw

    font, bold = drawing.font_of(drawing.TEXT_SIZE_PX), drawing.font_of(drawing.TITLE_SIZE_PX, bold=True)
    shown = [
        (_opened(copies.get(entry.row.image_id)), contact_sheet.caption(entry.row, entry.number, language, font))
        for entry in page
    ]
    rows: list[list[tuple[Image.Image, list[Line]]]] = []
    for cell in shown:
        used = sum(_width(picture) + drawing.GAP_PX for picture, _ in rows[-1]) if rows else PAGE_PX
        if used + _width(cell[0]) > MOST_PX:
            rows.append([])
        rows[-1].append(cell)
    heights = [max(p.height + 6 + drawing.LINE_PX * len(lines) for p, lines in row) + drawing.GAP_PX for row in rows]
    sheet = Image.new("RGB", (PAGE_PX, drawing.TITLE_PX + sum(heights)), drawing.PAPER)
    pen = ImageDraw.Draw(sheet)
    heading = drawing.shortened(heading, MOST_PX, bold)
    pen.text((drawing.GAP_PX, (drawing.TITLE_PX - drawing.TITLE_SIZE_PX) // 2), heading, fill=drawing.INK, font=bold)
    top = drawing.TITLE_PX
    for row, height in zip(rows, heights, strict=True):
        left = drawing.GAP_PX
        for picture, lines in row:
            sheet.paste(picture, (left, top))
            for number, line in enumerate(lines):
                at = left, top + picture.height + 6 + number * drawing.LINE_PX
                pen.text(at, line.text, fill=line.colour, font=font)
            left += _width(picture) + drawing.GAP_PX
        top += height
    return sheet


def _width(picture: Image) -> int:
    """Return how much room a picture and its caption take."""
    return max(picture.width, drawing.THUMBNAIL_PX)


def _opened(path: Path | None) -> Image:
    """Return a boxed copy, an empty square where there is none."""
    from PIL import Image

    if path is not None:
        with contextlib.suppress(OSError), Image.open(path) as opened:
            return opened.convert("RGB")
    return Image.new("RGB", (drawing.THUMBNAIL_PX, drawing.THUMBNAIL_PX), "#eceef2")


def _state(row: ReviewRow) -> str:
    return utils.fingerprint([row.image_id, row.boxes, row.face, NUMBER_PX, LEAST_NUMBER_PX, FACE_PX, MOST_PX])


def copy_name(row: ReviewRow) -> str:
    """Return the name of a picture's boxed copy in the cache, less its size."""
    return f"{row.image_id}{MARK}{_state(row)}"


def _copy(row: ReviewRow, cache: Path) -> Path | None:
    """Return the boxed copy of a picture, drawn if there is none of this state; None where it cannot be read."""
    path = cache / f"{copy_name(row)}_{MOST_PX}.jpg"
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
        loaded = decode.load_rgb(row.original, max_side_px=MOST_PX)
    except (PipelineError, OSError):
        return None
    whole = Image.fromarray(loaded.pixels)
    side = _side_px(row.boxes, loaded.full_size)
    whole.thumbnail((side, side), Image.Resampling.LANCZOS)
    scale = whole.width / loaded.full_size[0]
    number_px = round(min(NUMBER_PX, max(LEAST_NUMBER_PX, 0.5 * scale * _smallest(row.boxes))))
    pen, font = ImageDraw.Draw(whole), drawing.font_of(number_px - 6, bold=True)
    places = [index for index in range(len(row.boxes)) if index != row.face] + ([row.face] if row.face is not None else [])
    for index in places:  # the chosen one over all others
        left, top, width, height = (value * scale for value in row.boxes[index])
        colour = drawing.GREEN if index == row.face else drawing.AMBER
        pen.rectangle((left, top, left + width, top + height), outline=colour, width=4)
        label = str(index + 1)
        x, y = max(0.0, min(left, whole.width - number_px)), max(0.0, top - number_px)
        pen.rectangle((x, y, x + font.getlength(label) + 12, y + number_px), fill=colour)
        pen.text((x + 6, y), label, fill=drawing.PAPER, font=font)
    return whole


def _smallest(boxes: Sequence[Box]) -> float:
    return min(max(width, height) for _, _, width, height in boxes)


def _side_px(boxes: Sequence[Box], size: tuple[int, int]) -> int:
    """Return the longer side of a boxed picture: larger where its faces are small.

    >>> _side_px([(0, 0, 400, 500), (900, 0, 400, 500)], (1500, 1000)), _side_px([(0, 0, 90, 120)] * 9, (4000, 1500))
    (512, 1368)
    """
    return round(min(MOST_PX, max(LEAST_PX, FACE_PX * max(size) / max(1.0, _smallest(boxes)))))
