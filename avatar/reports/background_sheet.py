"""The sheet of masks: each prepared picture with what is not learnt of it laid over in colour."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.reports import drawing
from avatar.texts.text import Text
from avatar.texts.translate import words

if TYPE_CHECKING:
    from PIL.Image import Image

NAME = "background"
TILE_PX, COLUMNS, ROWS = 200, 6, 6
COLOUR = (214, 40, 120)  # of what is not learnt, 3 parts in 4


def write_sheets(pictures: Sequence[Path], folder: Path, title: Text, language: str) -> list[Path]:
    """Write background_1.png … of pictures with an alpha channel; earlier pages that are no longer needed are removed.

    Raises OSError where folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for first in range(0, len(pictures), COLUMNS * ROWS):
        path = folder / f"{NAME}_{len(written) + 1}.png"
        drawing.save_png(path, _page(pictures[first : first + COLUMNS * ROWS], words(title, language)), NAME)
        written.append(path)
    drawing.remove_others(folder, NAME, written)
    return written


def _page(pictures: Sequence[Path], heading: str) -> Image:
    from PIL import Image, ImageDraw

    columns, rows = min(COLUMNS, len(pictures)), -(-len(pictures) // COLUMNS)
    cell = TILE_PX + drawing.GAP_PX
    page = Image.new("RGB", (drawing.GAP_PX + COLUMNS * cell, drawing.TITLE_PX + rows * cell), drawing.PAPER)
    font = drawing.font_of(drawing.TITLE_SIZE_PX, bold=True)
    told = drawing.shortened(heading, page.width - 2 * drawing.GAP_PX, font)
    ImageDraw.Draw(page).text((drawing.GAP_PX, drawing.GAP_PX), told, fill=drawing.INK, font=font)
    for place, path in enumerate(pictures):
        x, y = drawing.GAP_PX + place % columns * cell, drawing.TITLE_PX + place // columns * cell
        page.paste(_shown(path), (x, y))
    return page


def _shown(path: Path) -> Image:
    from PIL import Image

    with Image.open(path) as opened:
        whole = opened.convert("RGBA")
    # Apart: resized together, what has no alpha would lose its colours.
    learnt, small = (part.resize((TILE_PX, TILE_PX)) for part in (whole.getchannel("A"), Image.merge("RGB", whole.split()[:3])))
    return Image.composite(small, Image.blend(small, Image.new("RGB", small.size, COLOUR), 0.75), learnt)
