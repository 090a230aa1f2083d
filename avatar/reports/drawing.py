"""Helpers for drawing sheets: fonts, fitted text, colours, PNGs with a fingerprint of their content."""

from __future__ import annotations

import functools
import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.reports import colours
from avatar.texts.visible import without_job

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font = FreeTypeFont | ImageFont

STATE_KEY = "avatar-pipeline-state"
DRAWN_VERSION = 4
THUMBNAIL_PX = 256  # of a page 1400 px wide: readable on a screen at 100 %
GAP_PX = 16
TITLE_PX = 56
TEXT_SIZE_PX = 14
TITLE_SIZE_PX = 22
LINE_PX = 19
PAPER = "#ffffff"
INK = "#16181d"
GREY = "#5b6270"
RED, GREEN = colours.REFUSED, colours.APPROVED
AMBER = "#8a5a00"


@dataclass(frozen=True)
class Line:
    """One line below a thumbnail."""

    text: str
    colour: str


def sheets_in(folder: Path, name: str) -> list[Path]:
    """Return the sheets NAME_1.png, NAME_2.png … of a folder in order; a user's NAME_best.png or NAME_2024.png is excluded."""
    numbered = re.compile(rf"{name}_[1-9][0-9]*\.png")
    ours = [path for path in folder.glob(f"{name}_*.png") if numbered.fullmatch(path.name) and state_of(path)]
    return sorted(ours, key=lambda path: int(path.stem.rpartition("_")[2]))


def remove_others(folder: Path, name: str, written: Sequence[Path]) -> None:
    """Delete earlier sheets that are not in the current list."""
    for old in sheets_in(folder, name):
        if old not in written:
            old.unlink(missing_ok=True)


def state_of(path: Path) -> str:
    from PIL import Image

    try:
        with Image.open(path) as page:
            return str(page.info.get(STATE_KEY, ""))
    except (OSError, SyntaxError, ValueError):
        return ""


def readable(name: str) -> str:
    """Return a file name as one line that the font can draw: accents composed, other characters as a box."""
    composed = unicodedata.normalize("NFC", name)  # macOS hands out n + tilde
    return "".join(char if char.isprintable() and ord(char) < 0x2E80 else "□" for char in composed)


def shortened(name: str, width_px: float, font: Font) -> str:
    """Return name, shortened in the middle if it is wider than width_px: both ends distinguish files."""
    if font.getlength(name) <= width_px:
        return name
    name = without_job(name)  # the same for four pictures, and nothing that a person reads
    if font.getlength(name) <= width_px:
        return name
    # No letter is narrower than a pixel: of a prompt of thousands only as many letters as can fit are tried.
    for kept in range(min(len(name), int(width_px)) - 1, 1, -1):
        short = f"{name[: (kept + 1) // 2]}…{name[len(name) - kept // 2 :]}"
        if font.getlength(short) <= width_px:
            return short
    return "…"


def wrapped(sentence: str, font: Font, width_px: int = THUMBNAIL_PX) -> list[str]:
    """Break a sentence into lines no wider than a thumbnail, or than another width."""
    for characters in range(len(sentence) + 1, 8, -1):
        lines = textwrap.wrap(sentence, characters) or [""]
        if all(font.getlength(line) <= width_px for line in lines):
            return lines
    return textwrap.wrap(sentence, 8)


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
    """Write a page as PNG, atomically; state: fingerprint of what it was drawn from, stored in it."""
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    if state:
        note.add_text(STATE_KEY, state)
    with utils.atomic_file(path) as handle:
        page.save(handle, format="PNG", compress_level=1, pnginfo=note)
