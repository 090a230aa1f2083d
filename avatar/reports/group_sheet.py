"""Sheets of MidJourney groups: the four tiles of a job and its prompt."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.pictures import thumbnails
from avatar.reports import drawing
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import text, words
from avatar.workspace.client import Client
from utils import OnProgress

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from avatar.pictures.groups import Group

GROUP_PX, GROUP_TILES, GROUP_COLUMNS, GROUPS_PER_PAGE = 160, 4, 2, 16
MOST_GROUPS = 160  # [choice] ten pages: originals of 1-2 MB are decoded for them, once


def write_group_sheets(
    client: Client, groups: Mapping[int, Group], numbers: Mapping[str, int], folder: Path, language: str,
    on_progress: OnProgress | None = None,
) -> list[Path]:  # fmt: skip
    """Write sheets of MidJourney's groups, so that the user can give each its prompt; return their paths in order.

    groups   by the number that selects them; only the first MOST_GROUPS are drawn
    numbers  of the pictures in the review
    Named groups_1.png …; pages that are no longer needed are removed. Raises OSError where folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = list(groups.items())[:MOST_GROUPS]
    written: list[Path] = []
    for first in range(0, len(shown), GROUPS_PER_PAGE):
        page = shown[first : first + GROUPS_PER_PAGE]
        places = {"first": page[0][0], "last": page[-1][0], "total": len(groups)}
        title = Text("sheet.groups", {"client": client.client_id, **places})
        paths = {image_id: _original(client, image_id) for _, group in page for image_id in group.images[:GROUP_TILES]}
        drawn = [[number, dataclasses.asdict(group), [numbers.get(i) for i in group.images]] for number, group in page]
        state = utils.fingerprint(
            [drawing.DRAWN_VERSION, words(title, language), language, drawn, [thumbnails.written_at(p) for p in paths.values()]]
        )
        path = folder / f"groups_{len(written) + 1}.png"
        if drawing.state_of(path) != state:
            cache = folder / thumbnails.FOLDER / "originals"
            drawing.save_png(path, draw_groups(page, paths, numbers, title, language, cache), state)
        written.append(path)
        if on_progress is not None:
            on_progress(first + len(page), len(shown))
    drawing.remove_others(folder, "groups", written)
    return written


def _original(client: Client, image_id: str) -> Path | None:
    try:
        return client.original(client.record(image_id))
    except PipelineError:
        return None


def draw_groups(
    page: Sequence[tuple[int, Group]], paths: Mapping[str, Path | None], numbers: Mapping[str, int], title: Text, language: str,
    cache: Path | None = None,
) -> Image:  # fmt: skip
    """Return one page of groups, two in a row: number, prompt and parameters above up to four numbered pictures."""
    from PIL import Image, ImageDraw

    cell_px = GROUP_TILES * (GROUP_PX + 8) + drawing.GAP_PX
    height = 2 * drawing.LINE_PX + GROUP_PX + drawing.LINE_PX + drawing.GAP_PX
    columns = min(GROUP_COLUMNS, len(page))
    sheet = Image.new(
        "RGB", (drawing.GAP_PX + columns * cell_px, drawing.TITLE_PX + -(-len(page) // GROUP_COLUMNS) * height), drawing.PAPER
    )
    pen = ImageDraw.Draw(sheet)
    bold = drawing.font_of(drawing.TITLE_SIZE_PX, bold=True)
    heading = drawing.shortened(words(title, language), sheet.width - 2 * drawing.GAP_PX, bold)
    pen.text((drawing.GAP_PX, (drawing.TITLE_PX - drawing.TITLE_SIZE_PX) // 2), heading, fill=drawing.INK, font=bold)
    for place, (number, group) in enumerate(page):
        at = drawing.GAP_PX + place % GROUP_COLUMNS * cell_px, drawing.TITLE_PX + place // GROUP_COLUMNS * height
        tiles = [(paths[i], f"{numbers[i]}. {name}" if i in numbers else name) for i, name in _tiles(group)]
        _draw_group(sheet, pen, at, number, group, tiles, language, cache)
    return sheet


def _tiles(group: Group) -> list[tuple[str, str]]:
    return list(zip(group.images, group.names, strict=True))[:GROUP_TILES]


def _draw_group(
    sheet: Image, pen: ImageDraw, at: tuple[int, int], number: int, group: Group, tiles: Sequence[tuple[Path | None, str]],
    language: str, cache: Path | None,
) -> None:  # fmt: skip
    left, top = at
    font, bold = drawing.font_of(drawing.TEXT_SIZE_PX), drawing.font_of(drawing.TEXT_SIZE_PX, bold=True)
    width = GROUP_TILES * (GROUP_PX + 8)
    more = len(group.images) - len(tiles)
    prompt = group.prompt or group.typed_prompt
    head = f"{number}. {drawing.readable(prompt or text('sheet.no_prompt', language))}" + (f"  +{more}" if more else "")
    pen.text((left, top), drawing.shortened(head, width, bold), fill=drawing.INK if prompt else drawing.RED, font=bold)
    below = drawing.readable(group.parameters_line or group.job_id)
    pen.text((left, top + drawing.LINE_PX), drawing.shortened(below, width, font), fill=drawing.GREY, font=font)
    for place, (path, name) in enumerate(tiles):
        x, y = left + place * (GROUP_PX + 8), top + 2 * drawing.LINE_PX + 4
        small = thumbnails.picture(path, GROUP_PX, cache)
        pen.rectangle((x, y, x + GROUP_PX - 1, y + GROUP_PX - 1), fill="#eceef2")
        if small is None:
            pen.text((x + 8, y + 8), text("sheet.no_picture", language), fill=drawing.GREY, font=font)
        else:
            sheet.paste(small, (x + (GROUP_PX - small.width) // 2, y + (GROUP_PX - small.height) // 2))
        pen.text((x, y + GROUP_PX + 3), drawing.shortened(drawing.readable(name), GROUP_PX, font), fill=drawing.GREY, font=font)
