"""Make the pictures of the READMEs anew from the demo: python scripts/make_docs_pictures.py

docs/contact_sheet.png is the demo's contact sheets of approved and refused crops, one below the other, in English;
docs/menu.png and docs/menu_es.png are the main menu as the terminal shows it, drawn with the font that Matplotlib brings;
docs/dashboard_….png are pages in the browser (docs_dashboard.py; needs playwright and Chromium).
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "avatar_pipeline.py"
DOCS = ROOT / "docs"
COLOURS = 128  # a palette: a third of the bytes, no difference to the eye at this size
FONT_PX, LINE_PX, MARGIN_PX = 20, 28, 24
PAPER, INK, TITLE, BAR = "#14171c", "#d7dce4", "#4fd0dc", "#262b33"


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from scripts import docs_dashboard, docs_results

    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run_demo(Path(folder))
        stack(sorted(Path(folder).glob("demo/output/*_[0-9].png"))).save(DOCS / "contact_sheet.png", optimize=True)
        docs_dashboard.draw(Path(folder), DOCS)
        docs_results.draw(Path(folder), DOCS)
    for language, name in (("en", "menu.png"), ("es", "menu_es.png")):
        draw_terminal(menu_lines(language)).save(DOCS / name, optimize=True)


def run_demo(folder: Path) -> None:
    subprocess.run([sys.executable, str(PROGRAM), "demo", "--lang", "en", "--clients-dir", str(folder)], check=True)


def stack(paths: list[Path]) -> Image.Image:
    """Return pictures below each other, with a small palette."""
    sheets = [Image.open(path).convert("RGB") for path in paths]
    page = Image.new("RGB", (max(s.width for s in sheets), sum(s.height for s in sheets)), "white")
    top = 0
    for sheet in sheets:
        page.paste(sheet, (0, top))
        top += sheet.height
    return page.quantize(COLOURS)


def menu_lines(language: str) -> list[str]:
    """Return what the program shows before its first answer."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(PROGRAM), "--lang", language, "--clients-dir", folder]
        done = subprocess.run(command, input=b"", capture_output=True, check=True)
    shown = [line.rstrip() for line in done.stdout.decode("utf-8").splitlines()]
    asked = next(place for place, line in enumerate(shown) if "(0-" in line)  # what comes after it is the goodbye
    return [line for line in [*shown[:asked], shown[asked].partition("]:")[0] + "]: "] if line]


def draw_terminal(lines: list[str]) -> Image.Image:
    """Return lines as a terminal shows them: the first is a title, the last waits for an answer."""
    import matplotlib

    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"
    font = ImageFont.truetype(io.BytesIO(path.read_bytes()), FONT_PX)
    width = round(max(font.getlength(line) for line in lines)) + 2 * MARGIN_PX + FONT_PX
    page = Image.new("RGB", (max(width, 640), LINE_PX * (len(lines) + 1) + 2 * MARGIN_PX), PAPER)
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, page.width, LINE_PX), fill=BAR)
    for place, colour in enumerate(("#e0655b", "#e0b54f", "#63b75d")):
        draw.ellipse((14 + 24 * place, 8, 26 + 24 * place, 20), fill=colour)
    top = LINE_PX + MARGIN_PX
    for place, line in enumerate(lines):
        draw.text((MARGIN_PX, top), line, font=font, fill=TITLE if place == 0 else INK)
        top += LINE_PX
    left = MARGIN_PX + font.getlength(lines[-1])
    draw.rectangle((left, top - LINE_PX, left + FONT_PX / 2, top - 6), fill=INK)  # the cursor
    return page.quantize(COLOURS)


if __name__ == "__main__":
    main()
