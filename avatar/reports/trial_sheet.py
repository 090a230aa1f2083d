"""Sheets of a trial as PNG: a block for each prompt, checkpoints down, weights across; then a sheet of the finalists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.pictures import thumbnails
from avatar.reports import drawing
from avatar.reports.trial_view import CACHE, Block, Cell, Final, View
from avatar.texts import spoken, translate
from avatar.texts.translate import text, words

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

NAME = "results"
LAYOUT_VERSION = 2
CELL_PX, LABEL_PX = 168, 84
NOTE_PX, HEAD_PX, PROMPT_PX = 22, 24, 44
GAP_PX, BLOCK_GAP_PX = 8, 28
BLOCKS_ACROSS = 3
PROMPT_LINES = 2
COLOURS = {"plain": drawing.INK, "warn": drawing.AMBER, "bad": drawing.RED}


def write_sheets(view: View, folder: Path, language: str) -> list[Path]:
    """Write results_1.png and, where there are finalists, results_2.png into folder; return their paths.

    A sheet of the same pictures and figures is not drawn again. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    title = text("trial.sheet.title", language, trial=view.trial.trial_id, trigger=view.trial.trigger_word)
    told = [words(line, language) for line in view.lines]
    cache = folder / CACHE
    pages = [(title, told, [_of_prompt(block, view, language) for block in view.blocks])]
    if view.finals:
        pages.append((text("trial.sheet.finals", language), [], [_of_final(final, view, language) for final in view.finals]))
    written = []
    for number, (heading, lines, grids) in enumerate(pages, 1):
        path = folder / f"{NAME}_{number}.png"
        state = utils.fingerprint([LAYOUT_VERSION, drawing.DRAWN_VERSION, heading, lines, [grid.state for grid in grids]])
        if drawing.state_of(path) != state:
            drawing.save_png(path, _page(heading, lines, grids, cache), state)
        written.append(path)
    drawing.remove_others(folder, NAME, written)
    return written


class _Grid:
    """One block as it is drawn: a heading, the names of columns and rows, and the cells."""

    def __init__(self, heading: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[Cell | None]]], taken: str,
                 language: str) -> None:  # fmt: skip
        self.heading, self.columns, self.rows, self.taken = heading, columns, rows, taken
        self.notes = [
            [_Note(words(note, language), COLOURS.get(note.style, drawing.INK)) if cell and (note := cell.note) else None
             for cell in cells]
            for _, cells in rows
        ]  # fmt: skip

    @property
    def size(self) -> tuple[int, int]:
        across = LABEL_PX + len(self.columns) * (CELL_PX + GAP_PX)
        return across, PROMPT_PX + HEAD_PX + len(self.rows) * (CELL_PX + NOTE_PX + GAP_PX)

    @property
    def state(self) -> list[object]:
        cells = [
            [(cell.candidate, cell.seed, thumbnails.written_at(cell.path)) if cell else None for cell in row]
            for _, row in self.rows
        ]
        notes = [[(note.text, note.colour) if note else None for note in row] for row in self.notes]
        return [self.heading, list(self.columns), [label for label, _ in self.rows], cells, notes, self.taken]


class _Note:
    def __init__(self, told: str, colour: str) -> None:
        self.text, self.colour = told, colour


def _of_prompt(block: Block, view: View, language: str) -> _Grid:
    """Return the grid of a prompt; the base alone stands before the first row."""
    base = [block.base] + [None] * (len(block.rows) - 1)
    rows = [(words(spoken.model(row.label), language), [base[place], *row.cells]) for place, row in enumerate(block.rows)]
    columns = [text("trial.sheet.base", language), *(translate.number(float(weight), language) for weight in block.weights)]
    return _Grid(f"{block.prompt.n}. {block.prompt.text}", columns, rows, view.taken, language)


def _of_final(final: Final, view: View, language: str) -> _Grid:
    rows = [(f"{number}.", row.cells) for number, row in enumerate(final.rows, 1)]
    return _Grid(
        words(spoken.weighted(final.candidate), language), [str(seed) for seed in final.seeds], rows, view.taken, language
    )


def _page(heading: str, lines: Sequence[str], grids: Sequence[_Grid], cache: Path) -> Image:
    from PIL import Image, ImageDraw

    font, bold = drawing.font_of(drawing.TEXT_SIZE_PX), drawing.font_of(drawing.TITLE_SIZE_PX, bold=True)
    across = min(BLOCKS_ACROSS, max(1, len(grids)))
    strips = [grids[start : start + across] for start in range(0, len(grids), across)]
    width = max((grid.size[0] for grid in grids), default=CELL_PX) * across + BLOCK_GAP_PX * (across + 1)
    width = max(width, round(bold.getlength(heading)) + 2 * BLOCK_GAP_PX)
    told = [part for line in lines for part in _lines(line, width - 2 * BLOCK_GAP_PX, font)]
    top = drawing.TITLE_PX + drawing.LINE_PX * len(told) + GAP_PX
    height = top + sum(max(grid.size[1] for grid in strip) + BLOCK_GAP_PX for strip in strips)
    page = Image.new("RGB", (width, height), drawing.PAPER)
    pen = ImageDraw.Draw(page)
    pen.text((BLOCK_GAP_PX, (drawing.TITLE_PX - drawing.TITLE_SIZE_PX) // 2), heading, fill=drawing.INK, font=bold)
    for number, line in enumerate(told):
        pen.text((BLOCK_GAP_PX, drawing.TITLE_PX + number * drawing.LINE_PX), line, fill=drawing.GREY, font=font)
    for strip in strips:
        left = BLOCK_GAP_PX
        for grid in strip:
            _draw(grid, page, pen, (left, top), cache)
            left += max(each.size[0] for each in grids) + BLOCK_GAP_PX
        top += max(grid.size[1] for grid in strip) + BLOCK_GAP_PX
    return page


def _draw(grid: _Grid, page: Image, pen: ImageDraw, at: tuple[int, int], cache: Path) -> None:
    left, top = at
    font, bold = drawing.font_of(drawing.TEXT_SIZE_PX), drawing.font_of(drawing.TEXT_SIZE_PX, bold=True)
    shown = _lines(grid.heading, grid.size[0] - GAP_PX, bold)
    if len(shown) > PROMPT_LINES:
        shown = [*shown[: PROMPT_LINES - 1], shown[PROMPT_LINES - 1][:-1] + "…"]
    for number, line in enumerate(shown):
        pen.text((left, top + number * drawing.LINE_PX), line, fill=drawing.INK, font=bold)
    top += PROMPT_PX
    for number, name in enumerate(grid.columns):
        pen.text((left + LABEL_PX + number * (CELL_PX + GAP_PX), top), name, fill=drawing.GREY, font=font)
    top += HEAD_PX
    for (label, cells), notes in zip(grid.rows, grid.notes, strict=True):
        pen.text((left, top + CELL_PX // 2), drawing.shortened(label, LABEL_PX - GAP_PX, bold), fill=drawing.INK, font=bold)
        for number, (cell, note) in enumerate(zip(cells, notes, strict=True)):
            if cell is not None:
                _draw_cell(cell, note, page, pen, (left + LABEL_PX + number * (CELL_PX + GAP_PX), top), grid.taken, cache)
        top += CELL_PX + NOTE_PX + GAP_PX


def _draw_cell(
    cell: Cell, note: _Note | None, page: Image, pen: ImageDraw, at: tuple[int, int], taken: str, cache: Path
) -> None:  # fmt: skip
    left, top = at
    box = (left, top, left + CELL_PX - 1, top + CELL_PX - 1)
    small = thumbnails.picture(cell.path, CELL_PX, cache)
    if small is None:
        pen.rectangle(box, fill="#eceff3")
    else:
        page.paste(small, (left + (CELL_PX - small.width) // 2, top + (CELL_PX - small.height) // 2))
    if taken and cell.candidate == taken:
        pen.rectangle(box, outline=drawing.GREEN, width=4)
    if note is not None:
        font = drawing.font_of(drawing.TEXT_SIZE_PX)
        pen.text((left, top + CELL_PX + 2), drawing.shortened(note.text, CELL_PX, font), fill=note.colour, font=font)


def _lines(told: str, width_px: float, font: drawing.Font) -> list[str]:
    """Break a text into lines of that width."""
    lines = [""]
    for word in drawing.readable(told).split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width_px or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
