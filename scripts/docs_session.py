"""A session at a terminal as a picture that moves, for the READMEs: the demo, the menus, and the contact sheet that came out.

The program runs in tmux, whose screens are drawn with the font that Matplotlib brings; what is shown is what it wrote.

python scripts/docs_session.py      needs tmux
"""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
import sysconfig
import tempfile
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
COLUMNS, ROWS = 80, 24
FONT_PX, LINE_PX, MARGIN_PX = 14, 18, 12
PAPER, INK = "#14171c", "#d7dce4"
# The eight colours of a terminal; the bright ones are drawn like them.
PALETTE = ("#3b414d", "#e0655b", "#63b75d", "#e0b54f", "#5b93e0", "#b57fd8", "#4fd0dc", "#d7dce4")
TYPED_S, FASTEST_S, SHOWN_S, LAST_S = 0.8, 0.25, 2.2, 4.0  # a line typed; a screen at work; one to be read; the end
STILL_S = 0.8  # a screen that stays so long is done
LONGEST_S = 300.0
GIF_COLOURS = 48


@dataclass(frozen=True)
class Frame:
    """One picture and how long it stays, in seconds."""

    picture: Image.Image
    seconds: float


def draw(target: Path, language: str) -> Path:
    """Play the session in a copy of the program, and write it as an animation."""
    with tempfile.TemporaryDirectory() as folder, Tmux(installed(Path(folder) / "avatar", language)) as tmux:
        frames = [
            *tmux.type("./avatar.sh demo", until=r"\n\$ *$"), *tmux.type("clear; ./avatar.sh", until=r"\[\d\]: *$"),
            *tmux.type("7", until=r"\]: *$"), *tmux.type("", until=r"\[\d\]: *$"),
        ]  # fmt: skip
        sheet = min(Path(folder).rglob("demo/output/approved_*.png"))
        frames.append(Frame(_sheet(sheet, frames[0].picture.size), LAST_S))
    pictures = [frame.picture.quantize(GIF_COLOURS, dither=Image.Dither.NONE) for frame in frames]
    durations = [round(1000 * frame.seconds) for frame in frames]
    pictures[0].save(target, save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=True)
    return target


def installed(folder: Path, language: str) -> Path:
    """Copy the program into a folder as its first start leaves it: `.venv` beside it, with the packages of this Python."""
    shutil.copytree(ROOT / "avatar", folder / "avatar", ignore=shutil.ignore_patterns("__pycache__"))
    for file in (*ROOT.glob("*.py"), *ROOT.glob("requirements*.txt")):
        shutil.copy(file, folder)
    venv.create(folder / ".venv", with_pip=False, symlinks=True)
    site = next((folder / ".venv").glob("lib/python*/site-packages"))
    (site / "packages.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    starter = folder / "avatar.sh"
    starter.write_text(f'#!/bin/sh\nexec .venv/bin/python avatar_pipeline.py --lang {language} "$@"\n', encoding="utf-8")
    starter.chmod(0o755)
    return folder


class Tmux:
    """A terminal of 80 by 24 with a shell in the program's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder.parent / "socket"

    def __enter__(self) -> Tmux:
        shell = ["env", "PS1=$ ", "LC_ALL=C.UTF-8", "TERM=screen-256color", "sh", "-i"]
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), *shell)
        self._tmux("set", "status", "off")
        self._tmux("send-keys", f"cd '{self.folder}'; clear", "Enter")
        self._still(r"^\$ *$")
        return self

    def __exit__(self, *_: object) -> None:
        self._tmux("kill-server")

    def type(self, line: str, until: str) -> Iterator[Frame]:
        """Type a line; yield the screens that differ until one ends in `until` and stays."""
        self._tmux("send-keys", "-l", line)
        typed = before = self._screen()
        yield Frame(draw_screen(typed), TYPED_S)
        self._tmux("send-keys", "Enter")
        end = time.monotonic() + LONGEST_S
        while time.monotonic() < end:
            screen = self._screen()
            if screen != before:
                yield Frame(draw_screen(screen), FASTEST_S)
            elif screen != typed and re.search(until, plain(screen).rstrip("\n")):
                break
            before = screen
            time.sleep(STILL_S)
        yield Frame(draw_screen(self._screen()), SHOWN_S)

    def _still(self, until: str) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end and not re.search(until, plain(self._screen()).strip()):
            time.sleep(0.05)

    def _screen(self) -> str:
        return self._tmux("capture-pane", "-e", "-p")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-S", str(self.socket), *words], capture_output=True, encoding="utf-8", check=False)
        return done.stdout


# --- a screen as a picture -------------------------------------------------------------------------------------------

_SGR = re.compile(r"\x1b\[([\d;]*)m")


def plain(screen: str) -> str:
    return _SGR.sub("", screen)


@functools.cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    import matplotlib

    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
    return ImageFont.truetype(io.BytesIO(path.read_bytes()), FONT_PX)


def draw_screen(screen: str) -> Image.Image:
    """Return a screen with its escape sequences as a terminal shows it."""
    cell = _font("DejaVuSansMono").getlength("M")
    page = Image.new("RGB", (round(cell * COLUMNS) + 2 * MARGIN_PX, LINE_PX * ROWS + 2 * MARGIN_PX), PAPER)
    pen = ImageDraw.Draw(page)
    for row, line in enumerate(screen.split("\n")[:ROWS]):
        column = 0
        for text, colour, bold in _runs(line):
            font = _font("DejaVuSansMono-Bold" if bold else "DejaVuSansMono")
            for letter in text:
                pen.text((MARGIN_PX + cell * column, MARGIN_PX + LINE_PX * row), letter, font=font, fill=colour)
                column += 1
    return page


def _runs(line: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the parts of a line with their colour and whether they are bold."""
    colour, bold, end = INK, False, 0
    for found in _SGR.finditer(line):
        if found.start() > end:
            yield line[end : found.start()], colour, bold
        end = found.end()
        colour, bold = _style(found[1], colour, bold)
    if end < len(line):
        yield line[end:], colour, bold


def _style(codes: str, colour: str, bold: bool) -> tuple[str, bool]:
    numbers = [int(code or 0) for code in codes.split(";")]
    if numbers[0] in {38, 48}:  # one of 256: the first sixteen are those that rich uses
        return (PALETTE[numbers[2] % 8] if numbers[:2] == [38, 5] and numbers[2] < 16 else colour), bold
    for number in numbers:
        if number == 0:
            colour, bold = INK, False
        elif number in {1, 22}:
            bold = number == 1
        elif 30 <= number <= 37 or 90 <= number <= 97:
            colour = PALETTE[number % 10]
        elif number == 39:
            colour = INK
    return colour, bold


def _sheet(path: Path, size: tuple[int, int]) -> Image.Image:
    """Return a contact sheet in the middle of a page of that size."""
    page = Image.new("RGB", size, PAPER)
    sheet = Image.open(path).convert("RGB")
    sheet.thumbnail(size)
    page.paste(sheet, ((size[0] - sheet.width) // 2, (size[1] - sheet.height) // 2))
    return page


def main() -> None:
    for language, name in (("en", "session.gif"), ("es", "session_es.gif")):
        draw(ROOT / "docs" / name, language)


if __name__ == "__main__":
    main()
