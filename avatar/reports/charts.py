"""Charts of a client: histograms of the measures with their limits, coverage, example faces with landmarks.

Drawn with Pillow and the font of the contact sheets, which has the letters of most names, in the colours that all pages share.
Each chart is a pure function from values to a picture, wide or narrow (for a phone); `write` saves it beside the sheets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.faces.face import KEYPOINTS
from avatar.faces.framing import corners
from avatar.faces.quality import kind_of
from avatar.pictures import thumbnails
from avatar.reports import colours, dataset_page, drawing
from avatar.reports.drawing import GREY, INK, PAPER, font_of, readable, shortened
from avatar.reports.review_list import Entry
from avatar.texts import text as texts_text
from avatar.texts.translate import text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from avatar.workspace.records import ImageRecord
    from config import QualityControlConfig

QUALITY_FILE, COVERAGE_FILE, FACES_FILE = "chart_quality.png", "chart_coverage.png", "faces.png"
DRAWN_VERSION = 5
LIMIT = "#16181d"  # of thresholds
LINE, TRACK = "#dfe3e8", "#eceff3"
PANEL, NARROW_PANEL = (560, 240), (372, 240)  # of a histogram; narrow: a page of 390 px shows it as large as it is drawn
GAP, NARROW_GAP = 24, 8
TITLE_PX = 60
BINS = 28
LEAST = 0.1  # on an axis of powers of ten; noise and enlargement below it are told apart by nobody
PADDING = 0.06
LABEL_PX = 70
TILE_PX, NARROW_TILE_PX = 300, 150  # side of the crop; the original beside it fits a box of 1.4 x that
MOST_FACES = 12


@dataclass(frozen=True)
class Panel:
    """One histogram: the measure, the settings that limit it, and whether its axis is logarithmic."""

    measure: str
    limits: tuple[str, ...]
    logarithmic: bool = False


PANELS = (
    Panel("blur", ("blur_threshold",), True), Panel("brightness", ("min_brightness", "max_brightness")),
    Panel("contrast", ("min_contrast",)), Panel("noise", ("max_noise_sigma",), True),
    Panel("face_side_px", ("min_face_side_px",), True), Panel("enlargement", ("max_enlargement", "refuse_enlargement"), True),
    Panel("confidence", ("face_confidence_threshold",)), Panel("yaw", ()),
)  # fmt: skip


def write(path: Path, draw: Callable[[], Image | None], state: object) -> Path | None:
    """Write what draw returns as PNG, unless the file was drawn from the same state; None and no file if it returns None."""
    if is_of(path, state):
        return path
    picture = draw()
    if picture is None:
        path.unlink(missing_ok=True)
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    drawing.save_png(path, picture, _mark(state))
    return path


def is_of(path: Path, state: object) -> bool:
    """Return whether a chart lies there that was drawn from this state."""
    return drawing.state_of(path) == _mark(state)


def _mark(state: object) -> str:
    return utils.fingerprint([DRAWN_VERSION, state])


# --- histograms ------------------------------------------------------------------------------------------------------


def quality(
    records: Sequence[ImageRecord], limits: QualityControlConfig, language: str, *, narrow: bool = False
) -> Image | None:  # fmt: skip
    """Return histograms of all measures, approved below, refused above, limits as dashed lines; None without measures.

    A limit that differs between kinds of pictures is drawn as one line per value, labelled with its kinds.
    """
    chosen = [(panel, values) for panel in PANELS if any(values := _values(records, panel.measure))]
    if not chosen:
        return None
    columns, panel_px, gap = (1, NARROW_PANEL, NARROW_GAP) if narrow else (2, PANEL, GAP)
    rows = math.ceil(len(chosen) / columns)
    size = columns * (panel_px[0] + gap) + gap, TITLE_PX + 34 + rows * (panel_px[1] + gap)
    page, pen = _page(*size, text("chart.quality", language), narrow=narrow)
    names = [("chart.approved", colours.APPROVED), ("chart.refused", colours.REFUSED)]
    _legend(pen, [(text(key, language), colour) for key, colour in names], text("chart.limit", language), left=gap)
    for number, (panel, values) in enumerate(chosen):
        at = gap + number % columns * (panel_px[0] + gap), TITLE_PX + 34 + number // columns * (panel_px[1] + gap)
        _histogram(pen, (*at, *panel_px), panel, values, limits_of(panel, records, limits, language), language)
    return page


def limits_of(
    panel: Panel, records: Sequence[ImageRecord], limits: QualityControlConfig, language: str
) -> list[tuple[float, str]]:
    """Return the limits in force for these pictures: (value, the kinds it applies to, "" for all)."""
    kinds = sorted({kind_of(record) for record in records if record.quality is not None})
    found: list[tuple[float, str]] = []
    for name in panel.limits:
        by_value: dict[float, list[str]] = {}
        for kind in kinds:
            by_value.setdefault(float(getattr(limits.of_kind(kind), name)), []).append(text(f"chart.kind.{kind}", language))
        found += [(value, ", ".join(words) if len(by_value) > 1 else "") for value, words in sorted(by_value.items())]
    return found


def _values(records: Sequence[ImageRecord], measure: str) -> tuple[list[float], list[float]]:
    """Return the values of approved and of refused pictures."""
    kinds: tuple[list[float], list[float]] = ([], [])
    for record in records:
        value = record.quality.measures.get(measure) if record.quality else None
        if value is not None and math.isfinite(value):
            kinds[0 if record.approved else 1].append(value)
    return kinds


def every_value(records: Sequence[ImageRecord], measure: str) -> list[float]:
    """Return the values of all pictures with a face."""
    approved, refused = _values(records, measure)
    return [*approved, *refused]


def bins(values: Sequence[float], low: float, high: float, count: int, *, logarithmic: bool = False) -> list[int]:
    """Return a histogram with equal bins from low to high (of the logarithm if wanted); the last bin includes high."""
    counts = [0] * count
    for value in values:
        share = position(value, low, high, logarithmic=logarithmic)
        counts[min(count - 1, max(0, int(share * count)))] += 1
    return counts


def position(value: float, low: float, high: float, *, logarithmic: bool = False) -> float:
    """Return where value lies between low (0) and high (1)."""
    if logarithmic:
        value, low, high = (math.log10(max(number, LEAST)) for number in (value, low, high))
    return (value - low) / (high - low) if high > low else 0.5


def padded(low: float, high: float, *, logarithmic: bool = False) -> tuple[float, float]:
    """Return low and high with a margin, so that a limit at the edge and its label stay readable."""
    if logarithmic:
        step = PADDING * (math.log10(max(high, LEAST)) - math.log10(max(low, LEAST)))
        return max(low, LEAST) / 10**step, max(high, LEAST) * 10**step
    step = PADDING * (high - low)
    return low - step, high + step


def _histogram(
    pen: ImageDraw, at: tuple[int, int, int, int], panel: Panel, values: tuple[list[float], list[float]],
    limits: Sequence[tuple[float, str]], language: str,
) -> None:  # fmt: skip
    """Draw one panel. at: left, top, width, height."""
    left, top, width, height = at
    every = [*values[0], *values[1], *(limit for limit, _ in limits)]
    log = panel.logarithmic
    low, high = padded(min(every), max(every), logarithmic=log) if limits else (min(every), max(every))
    kinds = [bins(kind, low, high, BINS, logarithmic=log) for kind in values]
    most = max(sum(pair) for pair in zip(*kinds, strict=True)) or 1
    pen.rectangle((left, top, left + width, top + height), outline=LINE)
    pen.text((left + 12, top + 8), text(f"chart.measure.{panel.measure}", language), fill=INK, font=font_of(16, bold=True))
    base, room = top + height - 34, height - 84
    step = (width - 24) / BINS
    for index, pair in enumerate(zip(*kinds, strict=True)):
        bottom = float(base)
        for count, colour in zip(pair, (colours.APPROVED, colours.REFUSED), strict=True):
            if count:
                size = max(2.0, room * count / most)
                x = left + 12 + index * step
                pen.rectangle((x + 1, bottom - size, x + step - 1, bottom), fill=colour)
                bottom -= size
    pen.line((left + 12, base, left + width - 12, base), fill=GREY)
    small = font_of(13)
    places = [left + 12 + position(limit, low, high, logarithmic=log) * (width - 24) for limit, _ in limits]
    for value, x, anchor in ((min(every), left + 12, "la"), (max(every), left + width - 12, "ra")):
        if all(abs(place - x) > LABEL_PX for place in places):  # the limit's own number stands there
            pen.text((x, base + 8), number_text(value, language), fill=GREY, font=small, anchor=anchor)
    pen.text((left + width - 12, top + 10), text("chart.most", language, n=most), fill=GREY, font=small, anchor="ra")
    for row, ((limit, whose), place) in enumerate(zip(limits, places, strict=True)):
        shown = number_text(limit, language)
        _limit(pen, place, top + 36, base, "" if whose else shown)
        if whose:  # beside the line, each on its own height: lines of two kinds may stand close together
            room_right = place < left + width / 2
            beside = place + (4 if room_right else -4), top + 36 + 15 * row
            pen.text(beside, f"{whose} {shown}", fill=LIMIT, font=small, anchor="la" if room_right else "ra")


def _limit(pen: ImageDraw, x: float, top: int, base: int, shown: str) -> None:
    """Draw a dashed line with its value below."""
    for y in range(top, base, 8):
        pen.line((x, y, x, y + 4), fill=LIMIT, width=2)
    pen.text((x, base + 8), shown, fill=LIMIT, font=font_of(13), anchor="ma")


def number_text(value: float, language: str) -> str:
    """Return a number in its shortest form, with the language's decimal sign."""
    shown = f"{value:.0f}" if abs(value) >= 20 or value == int(value) else f"{value:.2g}"
    return ("0" if shown == "-0" else shown).replace(".", "," if language == "es" else ".")


# --- coverage --------------------------------------------------------------------------------------------------------


def coverage(records: Sequence[ImageRecord], language: str, *, narrow: bool = False) -> Image | None:
    """Return a chart of approved pictures by head direction, framing and brightness, per source; None if there are none."""
    chosen = [record for record in records if record.approved]
    if not chosen:
        return None
    groups = dataset_page.coverage(chosen, language)
    heights = [58 + 30 * len(group["bars"]) for group in groups]
    left, width, gap = (140, 180, NARROW_GAP) if narrow else (210, 520, GAP)
    size = left + width + (68 if narrow else 90), TITLE_PX + 34 + sum(heights)
    page, pen = _page(*size, text("chart.coverage", language), narrow=narrow)
    names = [(text("report.mj", language), colours.MIDJOURNEY), (text("report.real", language), colours.PHOTO)]
    _legend(pen, names, left=gap)
    top = TITLE_PX + 34
    for group, height in zip(groups, heights, strict=True):
        pen.text((gap, top + 8), group["title"], fill=INK, font=font_of(16, bold=True))
        most = max((bar["n"] for bar in group["bars"]), default=0) or 1
        for number, bar in enumerate(group["bars"]):
            _coverage_bar(pen, (gap, left, top + 38 + 30 * number, width), bar, most)
        top += height
    return page


def _coverage_bar(pen: ImageDraw, at: tuple[int, int, int, int], bar: Mapping[str, Any], most: int) -> None:
    """Draw a bar and its label. at: left of the label, left and top of the bar, width of a full one."""
    font = font_of(14)
    start, left, top, width = at
    pen.text((start, top + 2), bar["label"], fill=INK, font=font)
    pen.rectangle((left, top, left + width, top + 20), fill=TRACK)
    x = float(left)
    for source, colour in (("mj", colours.MIDJOURNEY), ("real", colours.PHOTO)):
        size = width * bar["counts"][source] / most
        if size:
            pen.rectangle((x, top, x + size, top + 20), fill=colour)
            x += size
    pen.text((left + width + 12, top + 2), str(bar["n"]), fill=INK if bar["n"] else colours.REFUSED, font=font)


# --- faces before and after ------------------------------------------------------------------------------------------


def some_faces(entries: Sequence[Entry], most: int = MOST_FACES) -> list[Entry]:
    """Return a sample of entries with a face: up to a third refused ones, evenly spaced by number."""
    with_face = [entry for entry in entries if entry.row.face is not None and entry.row.path is not None]
    refused = [entry for entry in with_face if entry.row.verdict == "rejected"]
    approved = [entry for entry in with_face if entry.row.verdict == "approved"]
    few = _evenly(refused, max(most // 3, most - len(approved)))
    return sorted([*few, *_evenly(approved, most - len(few))], key=lambda entry: entry.number)


def _evenly(entries: Sequence[Entry], most: int) -> list[Entry]:
    if len(entries) <= most:
        return list(entries)
    return [entries[round(index * (len(entries) - 1) / max(1, most - 1))] for index in range(most)]


def faces(client: Client, entries: Sequence[Entry], language: str, *, narrow: bool = False) -> Image | None:
    """Return originals with box, landmarks and square drawn in, each beside its crop; None without entries."""
    side = NARROW_TILE_PX if narrow else TILE_PX
    tiles = [tile for entry in entries if (tile := _face_tile(client, entry, language, side)) is not None]
    if not tiles:
        return None
    columns = 2 if len(tiles) > 1 and not narrow else 1
    gap = NARROW_GAP if narrow else GAP
    width, height = tiles[0].size
    rows = math.ceil(len(tiles) / columns)
    size = gap + columns * (width + gap), TITLE_PX + 34 + rows * (height + GAP)
    page, pen = _page(*size, text("chart.faces", language), narrow=narrow)
    _legend(pen, [(text("chart.box", language), colours.FACE), (text("chart.square", language), colours.SQUARE)], left=gap)
    for number, tile in enumerate(tiles):
        place = gap + number % columns * (width + gap), TITLE_PX + 34 + number // columns * (height + GAP)
        page.paste(tile, place)
    return page


def _face_tile(client: Client, entry: Entry, language: str, side: int) -> Image | None:
    """Return a picture beside its crop of side px, None where one of them cannot be read."""
    from PIL import Image as Pictures
    from PIL import ImageDraw

    crop = thumbnails.picture(entry.row.path, side)
    original = _original(client, entry, side)
    if crop is None or original is None:
        return None
    box = round(1.4 * side), side
    tile = Pictures.new("RGB", (box[0] + 12 + side, side + 30), PAPER)
    tile.paste(original, ((box[0] - original.width) // 2, (box[1] - original.height) // 2))
    tile.paste(crop, (box[0] + 12 + (side - crop.width) // 2, (side - crop.height) // 2))
    pen = ImageDraw.Draw(tile)
    font = font_of(14)
    verdict = text(f"verdict.{entry.row.verdict}", language)
    start = f"{entry.number}. "
    name = shortened(readable(entry.row.name), box[0] + 10 - font.getlength(start), font)
    pen.text((0, side + 6), start + name, fill=INK, font=font)
    pen.text(
        (box[0] + 12, side + 6),
        verdict,
        fill=colours.APPROVED if entry.row.verdict == "approved" else colours.REFUSED,
        font=font,
    )
    return tile


def _original(client: Client, entry: Entry, side: int) -> Image | None:
    """Return a reduced original with the boxes of its faces, the landmarks of the chosen one and the crop square."""
    from PIL import Image as Pictures
    from PIL import ImageDraw

    from avatar.pictures import decode

    record = client.record(entry.row.image_id)
    try:
        loaded = decode.load_rgb(client.original(record), max_side_px=4 * TILE_PX)
    except (OSError, texts_text.PipelineError):
        return None
    picture = Pictures.fromarray(loaded.pixels)
    picture.thumbnail((round(1.4 * side), side), Pictures.Resampling.LANCZOS)
    scale = picture.width / loaded.full_size[0]
    pen = ImageDraw.Draw(picture)
    for index, face in enumerate(record.faces):
        left, top, width, height = (value * scale for value in face.box)
        chosen = index == entry.row.face
        pen.rectangle((left, top, left + width, top + height), outline=colours.FACE if chosen else GREY, width=2)
        for name in KEYPOINTS if chosen else ():
            if name in face.keypoints:
                x, y = (value * scale for value in face.keypoints[name])
                pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=colours.LANDMARK, outline=INK)
    if record.crop is not None:
        square = [(x * scale, y * scale) for x, y in corners(record.crop.square, record.crop.angle)]
        pen.line([*square, square[0]], fill=colours.SQUARE, width=2)
    return picture


# --- common ----------------------------------------------------------------------------------------------------------


def _page(width: int, height: int, title: str, *, narrow: bool = False) -> tuple[Image, ImageDraw]:
    from PIL import Image as Pictures
    from PIL import ImageDraw

    font, left = font_of(15 if narrow else 22, bold=True), NARROW_GAP if narrow else GAP
    page = Pictures.new("RGB", (max(width, round(font.getlength(title)) + 2 * left), height), PAPER)
    pen = ImageDraw.Draw(page)
    pen.text((left, 16), title, fill=INK, font=font)
    return page, pen


def _legend(pen: ImageDraw, parts: Sequence[tuple[str, str]], dashed: str = "", left: int = GAP) -> None:
    x, font = left, font_of(14)
    for label, colour in parts:
        pen.rectangle((x, TITLE_PX - 8, x + 14, TITLE_PX + 6), fill=colour)
        pen.text((x + 20, TITLE_PX - 10), label, fill=INK, font=font)
        x += 20 + round(font.getlength(label)) + 24
    if dashed:
        for y in range(TITLE_PX - 10, TITLE_PX + 8, 6):
            pen.line((x + 6, y, x + 6, y + 3), fill=LIMIT, width=2)
        pen.text((x + 18, TITLE_PX - 10), dashed, fill=INK, font=font)


# --- on a terminal ---------------------------------------------------------------------------------------------------

BLOCKS, ASCII_STEPS = "▁▂▃▄▅▆▇█", ".:-=+*%#"


def bar(share: float, width: int, *, blocks: bool) -> str:
    """Return a bar of share 0..1 in at most width characters; a share above 0 has at least one character.

    >>> bar(0.5, 8, blocks=False), bar(0.001, 8, blocks=True), bar(0, 8, blocks=True)
    ('####', '█', '')
    """
    return ("█" if blocks else "#") * max(1 if share > 0 else 0, round(min(share, 1.0) * width))


def spark(counts: Sequence[int], *, blocks: bool) -> str:
    """Return a sparkline: one character per count, a blank for 0.

    >>> spark([0, 1, 4, 8], blocks=True), spark([0, 1, 8], blocks=False)
    (' ▁▄█', ' .#')
    """
    steps, most = (BLOCKS if blocks else ASCII_STEPS), max(counts, default=0)
    return "".join(steps[max(0, math.ceil(len(steps) * count / most) - 1)] if count else " " for count in counts)
