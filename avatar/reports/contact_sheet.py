"""Contact sheets: approved and refused pictures as numbered thumbnails with name, source and reasons written below.

Each page holds pictures of one verdict and one source, under the numbers of `review_list`. A page whose pictures are the same
as before is not drawn again.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.pictures import thumbnails
from avatar.reports import review_list
from avatar.reports.review_list import Entry, ReviewRow
from avatar.texts.text import PipelineError
from avatar.texts.translate import text
from avatar.workspace.client import Client
from utils import OnProgress

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    from avatar.pictures.groups import Group

    Font = FreeTypeFont | ImageFont

STATE_KEY, DRAWN_VERSION = "avatar-pipeline-state", 1
VERDICTS = ("approved", "rejected")
COLUMNS = 5
ROWS = 8
THUMBNAIL_PX = 256  # of a page 1400 px wide: readable on a screen at 100 %
GAP_PX = 16
TITLE_PX = 56
TEXT_SIZE_PX = 14
TITLE_SIZE_PX = 22
LINE_PX = 19
GROUP_PX, GROUP_TILES, GROUP_COLUMNS, GROUPS_PER_PAGE = 160, 4, 2, 16
MOST_GROUPS = 160  # [choice] ten pages: originals of 1-2 MB are decoded for them, once
MOST_LINES = 7  # below a thumbnail: number and name, source, reasons
PAPER, INK, GREY, RED, GREEN, AMBER = "#ffffff", "#16181d", "#5b6270", "#b3261e", "#1b7f3b", "#8a5a00"


@dataclass(frozen=True)
class Line:
    """One line below a thumbnail."""

    text: str
    colour: str


def write_sheets(client: Client, folder: Path, language: str, on_progress: OnProgress | None = None) -> list[Path]:
    """Write the sheets of approved and of refused pictures as PNG into folder; return their paths in order.

    Named approved_1.png, rejected_1.png …; pages that are no longer needed are removed. Pictures that are not yet
    processed are on none. Raises OSError where folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = [entry for entry in review_list.entries(client) if entry.row.verdict in VERDICTS]
    written: list[Path] = []
    done = 0
    for verdict in VERDICTS:
        page = 0
        for source in ("mj", "real"):
            chosen = [entry for entry in entries if entry.row.verdict == verdict and entry.row.source == source]
            for first in range(0, len(chosen), COLUMNS * ROWS):
                page += 1
                path = folder / f"{verdict}_{page}.png"
                shown = chosen[first : first + COLUMNS * ROWS]
                title = text(
                    f"sheet.{verdict}", language, client=client.client_id, first=first + 1, last=first + len(shown),
                    total=len(chosen), source=text(f"sheet.source.{source}", language),
                )  # fmt: skip
                _write_page(path, shown, title, language)
                written.append(path)
                done += len(shown)
                if on_progress is not None:
                    on_progress(done, len(entries))
        _remove_others(folder, verdict, written)
    return written


def sheets_in(folder: Path, name: str) -> list[Path]:
    """Return the sheets NAME_1.png, NAME_2.png … of a folder in order; a user's NAME_best.png or NAME_2024.png is none."""
    numbered = re.compile(rf"{name}_[1-9][0-9]*\.png")
    ours = [path for path in folder.glob(f"{name}_*.png") if numbered.fullmatch(path.name) and state_of(path)]
    return sorted(ours, key=lambda path: int(path.stem.rpartition("_")[2]))


def _remove_others(folder: Path, name: str, written: Sequence[Path]) -> None:
    """Delete the sheets of an earlier time that have no page now."""
    for old in sheets_in(folder, name):
        if old not in written:
            old.unlink(missing_ok=True)


def _write_page(path: Path, shown: Sequence[Entry], title: str, language: str) -> None:
    state = utils.fingerprint([DRAWN_VERSION, title, language, [_state(entry) for entry in shown]])
    if state_of(path) == state:
        return
    rows, numbers = [entry.row for entry in shown], [entry.number for entry in shown]
    cache = path.parent / thumbnails.FOLDER
    save_png(path, draw_page(rows, title, language, numbers=numbers, cache=cache), state)


def _state(entry: Entry) -> list[object]:
    """Return all that is drawn of a picture."""
    row = entry.row
    reasons = [(reason.code, reason.level, reason.value, reason.limit) for reason in row.reasons]
    return [entry.number, row.image_id, row.name, row.by, row.face, row.faces, reasons, thumbnails.written_at(row.path)]


def state_of(path: Path) -> str:
    from PIL import Image

    try:
        with Image.open(path) as page:
            return str(page.info.get(STATE_KEY, ""))
    except (OSError, SyntaxError, ValueError):
        return ""


def draw_page(
    rows: Sequence[ReviewRow], title: str, language: str, *, numbers: Sequence[int] | None = None, cache: Path | None = None
) -> Image:  # fmt: skip
    """Return one page; its rows of thumbnails are as high as their longest text.

    numbers  of the rows; None: counted from 1
    cache    where thumbnails are kept for the next page; None: nowhere
    """
    from PIL import Image, ImageDraw

    font, bold = font_of(TEXT_SIZE_PX), font_of(TITLE_SIZE_PX, bold=True)
    numbers = numbers or range(1, len(rows) + 1)
    captions = [caption(row, number, language, font) for row, number in zip(rows, numbers, strict=True)]
    strips = [captions[i : i + COLUMNS] for i in range(0, len(captions), COLUMNS)]
    heights = [THUMBNAIL_PX + 6 + LINE_PX * max(map(len, strip)) + GAP_PX for strip in strips]
    columns = min(COLUMNS, max(1, len(rows)))
    width = max(GAP_PX + columns * (THUMBNAIL_PX + GAP_PX), round(bold.getlength(title)) + 2 * GAP_PX)
    page = Image.new("RGB", (width, TITLE_PX + sum(heights)), PAPER)
    pen = ImageDraw.Draw(page)
    pen.text((GAP_PX, (TITLE_PX - TITLE_SIZE_PX) // 2), title, fill=INK, font=bold)
    top = TITLE_PX
    for strip_number, height in enumerate(heights):
        for column, lines in enumerate(strips[strip_number]):
            row = rows[strip_number * COLUMNS + column]
            at = (GAP_PX + column * (THUMBNAIL_PX + GAP_PX), top)
            _draw_one(page, pen, at, row, thumbnails.picture(row.path, THUMBNAIL_PX, cache), lines, language)
        top += height
    return page


# --- groups ----------------------------------------------------------------------------------------------------------


def write_group_sheets(
    client: Client, groups: Mapping[int, Group], folder: Path, language: str, on_progress: OnProgress | None = None
) -> list[Path]:  # fmt: skip
    """Write sheets of MidJourney's groups, so that a prompt can be given to the right one; return their paths in order.

    groups  by the number under which they can be picked; of very many the first are shown
    Named groups_1.png …; pages that are no longer needed are removed. Raises OSError where folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = list(groups.items())[:MOST_GROUPS]
    written: list[Path] = []
    for first in range(0, len(shown), GROUPS_PER_PAGE):
        page = shown[first : first + GROUPS_PER_PAGE]
        title = text("sheet.groups", language, client=client.client_id, first=page[0][0], last=page[-1][0], total=len(groups))
        paths = {image_id: _original(client, image_id) for _, group in page for image_id in group.images[:GROUP_TILES]}
        drawn = [[number, dataclasses.asdict(group)] for number, group in page]
        state = utils.fingerprint([DRAWN_VERSION, title, language, drawn, [thumbnails.written_at(p) for p in paths.values()]])
        path = folder / f"groups_{len(written) + 1}.png"
        if state_of(path) != state:
            save_png(path, draw_groups(page, paths, title, language, folder / thumbnails.FOLDER / "originals"), state)
        written.append(path)
        if on_progress is not None:
            on_progress(first + len(page), len(shown))
    _remove_others(folder, "groups", written)
    return written


def _original(client: Client, image_id: str) -> Path | None:
    try:
        return client.original(client.record(image_id))
    except PipelineError:
        return None


def draw_groups(
    page: Sequence[tuple[int, Group]], paths: Mapping[str, Path | None], title: str, language: str, cache: Path | None = None
) -> Image:  # fmt: skip
    """Return one page of groups: number, job and prompt above up to four pictures with their names, two groups a row."""
    from PIL import Image, ImageDraw

    cell_px = GROUP_TILES * (GROUP_PX + 8) + GAP_PX
    height = 2 * LINE_PX + GROUP_PX + LINE_PX + GAP_PX
    columns = min(GROUP_COLUMNS, len(page))
    sheet = Image.new("RGB", (GAP_PX + columns * cell_px, TITLE_PX + -(-len(page) // GROUP_COLUMNS) * height), PAPER)
    pen = ImageDraw.Draw(sheet)
    bold = font_of(TITLE_SIZE_PX, bold=True)
    heading = shortened(title, sheet.width - 2 * GAP_PX, bold)
    pen.text((GAP_PX, (TITLE_PX - TITLE_SIZE_PX) // 2), heading, fill=INK, font=bold)
    for place, (number, group) in enumerate(page):
        at = GAP_PX + place % GROUP_COLUMNS * cell_px, TITLE_PX + place // GROUP_COLUMNS * height
        _draw_group(sheet, pen, at, number, group, [(paths[i], name) for i, name in _tiles(group)], language, cache)
    return sheet


def _tiles(group: Group) -> list[tuple[str, str]]:
    return list(zip(group.images, group.names, strict=True))[:GROUP_TILES]


def _draw_group(
    sheet: Image, pen: ImageDraw, at: tuple[int, int], number: int, group: Group, tiles: Sequence[tuple[Path | None, str]],
    language: str, cache: Path | None,
) -> None:  # fmt: skip
    left, top = at
    font, bold = font_of(TEXT_SIZE_PX), font_of(TEXT_SIZE_PX, bold=True)
    width = GROUP_TILES * (GROUP_PX + 8)
    more = len(group.images) - len(tiles)
    head = f"{number}. {readable(group.job_id)}" + (f"  +{more}" if more else "")
    pen.text((left, top), shortened(head, width, bold), fill=INK, font=bold)
    prompt = group.prompt or group.typed_prompt
    said = shortened(readable(prompt or text("sheet.no_prompt", language)), width, font)
    pen.text((left, top + LINE_PX), said, fill=GREY if prompt else RED, font=font)
    for place, (path, name) in enumerate(tiles):
        x, y = left + place * (GROUP_PX + 8), top + 2 * LINE_PX + 4
        small = thumbnails.picture(path, GROUP_PX, cache)
        pen.rectangle((x, y, x + GROUP_PX - 1, y + GROUP_PX - 1), fill="#eceef2")
        if small is None:
            pen.text((x + 8, y + 8), text("sheet.no_picture", language), fill=GREY, font=font)
        else:
            sheet.paste(small, (x + (GROUP_PX - small.width) // 2, y + (GROUP_PX - small.height) // 2))
        pen.text((x, y + GROUP_PX + 3), shortened(readable(name), GROUP_PX, font), fill=GREY, font=font)


# --- what is written on them -----------------------------------------------------------------------------------------


def caption(row: ReviewRow, number: int, language: str, font: Font) -> list[Line]:
    """Return the lines below a thumbnail, each no wider than it: number and name, source, then the reasons."""
    start = f"{number}. "
    name = shortened(readable(row.name), THUMBNAIL_PX - font.getlength(start), font)
    source = text(f"sheet.source.{row.source}", language)
    if row.faces > 1 and row.face is not None:
        source += ", " + text("sheet.faces", language, face=row.face + 1, faces=row.faces)
    lines = [Line(start + name, INK)]
    lines += [Line(part, GREY) for part in _wrapped(source, font)]
    if row.by == "user":
        lines.append(Line(text("sheet.by_user", language), GREEN))
    for reason in row.reasons:
        sentence = text(f"quality.reason.{reason.code}", language, value=reason.value, limit=reason.limit)
        lines += [Line(part, RED if reason.level == "refuse" else AMBER) for part in _wrapped(sentence, font)]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], Line("…", GREY)]
    return lines


def readable(name: str) -> str:
    """Return a file name as one line that a font can draw: accents composed, what no font has as a box."""
    composed = unicodedata.normalize("NFC", name)  # macOS hands out n + tilde
    return "".join(char if char.isprintable() and ord(char) < 0x2E80 else "□" for char in composed)


def shortened(name: str, width_px: float, font: Font) -> str:
    """Return name, with its middle left out where it is wider than width_px: both ends tell files apart."""
    if font.getlength(name) <= width_px:
        return name
    # No letter is narrower than a pixel, so that of a prompt of thousands only what can fit is tried.
    for kept in range(min(len(name), int(width_px)) - 1, 1, -1):
        short = f"{name[: (kept + 1) // 2]}…{name[len(name) - kept // 2 :]}"
        if font.getlength(short) <= width_px:
            return short
    return "…"


def _wrapped(sentence: str, font: Font) -> list[str]:
    """Break a sentence into lines no wider than a thumbnail."""
    for characters in range(len(sentence) + 1, 8, -1):
        lines = textwrap.wrap(sentence, characters) or [""]
        if all(font.getlength(line) <= THUMBNAIL_PX for line in lines):
            return lines
    return textwrap.wrap(sentence, 8)


def _draw_one(
    page: Image, pen: ImageDraw, at: tuple[int, int], row: ReviewRow, thumbnail: Image | None, lines: Sequence[Line],
    language: str,
) -> None:  # fmt: skip
    left, top = at
    box = (left, top, left + THUMBNAIL_PX - 1, top + THUMBNAIL_PX - 1)
    font = font_of(TEXT_SIZE_PX)
    if thumbnail is None:
        pen.rectangle(box, fill="#eceef2")
        pen.text((left + 12, top + 12), text("sheet.no_picture", language), fill=GREY, font=font)
    else:
        shift = (THUMBNAIL_PX - thumbnail.width) // 2, (THUMBNAIL_PX - thumbnail.height) // 2
        page.paste(thumbnail, (left + shift[0], top + shift[1]))
    pen.rectangle(box, outline=GREEN if row.verdict == "approved" else RED, width=2)
    for number, line in enumerate(lines):
        pen.text((left, top + THUMBNAIL_PX + 6 + number * LINE_PX), line.text, fill=line.colour, font=font)


@functools.lru_cache(maxsize=16)
def font_of(size_px: int, *, bold: bool = False) -> Any:
    """Return DejaVu Sans, which comes with matplotlib and has every letter of Spanish on every system; else Pillow's own."""
    from PIL import ImageFont

    try:
        import matplotlib

        name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
        return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name), size_px)
    except (ImportError, OSError):
        return ImageFont.load_default(size_px)


def save_png(path: Path, page: Image, state: str = "") -> None:
    """Write a page as PNG, atomically; state: what it was drawn from, kept inside it."""
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    if state:
        note.add_text(STATE_KEY, state)
    with utils.atomic_file(path) as handle:
        page.save(handle, format="PNG", compress_level=1, pnginfo=note)
