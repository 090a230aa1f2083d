"""Drawing on a terminal or into a pipe, and reading lines: the only file that prints and reads the keyboard.

A pipe gets plain text: no colours, no cursor tricks. Symbols appear only where the stream can encode them. Plain mode
(`--plain`, AVATAR_PLAIN=1, TERM=dumb) is for screen readers: no colours, no lines drawn, nothing that moves, and a table is
read row by row with the name of every column.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from avatar.commands.result import Raw, Table
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.texts.translate import words
from avatar.texts.visible import is_file_name, one_line, short_name, visible
from utils import can_print

POLL_S = 0.2  # between two looks at whether a question is over

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {"good": ("✓ ", "OK "), "warn": ("! ", "! "), "bad": ("✗ ", "X ")}
# What old consoles lack, in letters they have; "…" and "«" are in cp1252 but not in cp437.
SUBSTITUTES = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "→": "->", "×": "x", "≥": ">=", "≤": "<=", "·": "-", "✓": "OK", "✗": "X", "─": "-",
     "█": "#", "«": '"', "»": '"', "“": '"', "”": '"'}
)  # fmt: skip
SMALL = 0.1  # below, one decimal would say nothing: a learning rate
GAP = 3  # columns of a drawn table stand three cells apart
SHORT_COLUMN = 14  # never broken: numbers, states, short names
NARROWEST = 18  # a column of text below this is unreadable: the table is written row by row instead
STYLES = {"good": "green", "warn": "yellow", "bad": "bold red", "title": "bold cyan", "proposed": "bold", "plain": ""}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class _Counted:
    """The stream of a screen, counting the rows that are written; otherwise the stream itself."""

    def __init__(self, ui: TerminalUi) -> None:
        self._ui = ui
        self.rows = 0
        self._begun = ""  # a row that has no end yet

    def write(self, content: str) -> int:
        width = max(1, shutil.get_terminal_size().columns)
        *lines, self._begun = (self._begun + content).split("\n")
        for line in lines:
            self.rows += 1 + max(0, len(COLOURS.sub("", line)) - 1) // width
        return self._ui.stream.write(content)

    def begin_anew(self) -> None:
        self.rows, self._begun = 0, ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ui.stream, name)


class TerminalUi:
    """Standard output and input. `to_stderr`: standard output is for JSON, so texts go to standard error."""

    def __init__(self, *, to_stderr: bool = False, plain: bool = False) -> None:
        self.stream: IO[str] = sys.stderr if to_stderr else sys.stdout
        self.interactive = sys.stdin is not None and sys.stdin.isatty() and self.stream.isatty()
        self.plain = plain
        self.told_as: translate.ToldAs | None = None
        self._out: Any = _Counted(self)
        self._console: Console | None = None

    @property
    def _drawn(self) -> bool:
        return self.stream.isatty() and not self.plain

    def _rich(self) -> Console:
        if self._console is None:
            from rich.console import Console

            colours: Any = None if os.environ.get("NO_COLOR") else "auto"  # no-color.org: set and not empty
            self._console = Console(file=self._out, highlight=False, emoji=False, markup=False, color_system=colours)
        return self._console

    def show(self, block: Text | Table | Raw, language: str) -> None:
        with translate.commands_told_as(self.told_as):
            self._show(block, language)

    def _show(self, block: Text | Table | Raw, language: str) -> None:
        if isinstance(block, Text):
            self._line(words(block, language), block.style)
        elif isinstance(block, Raw):
            print(printable(block.content, self.stream), file=self._out, flush=True)  # never wrapped: it is to be copied
        else:
            self._table(block, language)

    def _line(self, content: str, style: str) -> None:
        mark, ascii_mark = MARKS.get(style, ("", ""))
        lead = mark if can_print(mark, self.stream) and not self.plain else ascii_mark
        content = printable(lead + content, self.stream)
        if self._drawn:
            self._draw_line(content, STYLES.get(style, ""))
        else:
            self._print(content)

    def _draw_line(self, content: str, style: str) -> None:
        """Draw a text; a path or address longer than a row goes on in the next without a line break: it is to be copied."""
        from rich.cells import cell_len

        console = self._rich()
        for line in content.split("\n"):
            if all(cell_len(word) <= console.width for word in line.split(" ")):
                console.print(line, style=style, soft_wrap=False)
                continue
            for part in broken(line, console.width):
                console.print(part, style=style, soft_wrap=True)

    def _print(self, content: str) -> None:
        """Print plain text: wrapped at blanks on a terminal, unchanged into a pipe."""
        if self.stream.isatty():
            width = shutil.get_terminal_size().columns
            lines = (broken(line, width) for line in content.split("\n"))
            content = "\n".join("\n".join(line) for line in lines)
        print(content, file=self._out, flush=True)

    def _table(self, table: Table, language: str) -> None:
        if table.title is not None:
            self._line(words(table.title, language), "title")
        headings = [printable(translate.text(column, language), self.stream) for column in table.columns]
        rows = [[printable(cell_text(cell, language), self.stream) for cell in row] for row in table.rows]
        if self._drawn:
            self._draw(headings, rows, table)
            return
        whole = [[" ".join(cell.split("\n")) for cell in row] for row in rows]  # one line a row, for ears and for grep
        for line in (read_out if self.plain else aligned)(headings, whole):
            self._print(line)

    def _draw(self, headings: Sequence[str], rows: Sequence[Sequence[str]], table: Table) -> None:
        from rich import box
        from rich.table import Table as RichTable
        from rich.text import Text as RichText

        console = self._rich()
        rows = with_short_names(headings, rows, console.width)
        widths = column_widths(headings, rows, console.width)
        if widths is None:
            for line in stacked(headings, rows):
                console.print(line, soft_wrap=False)
            return
        lines = box.SIMPLE_HEAD if can_print("─", self.stream) else box.ASCII
        drawn = RichTable(box=lines, pad_edge=False, show_edge=False)
        for heading, width in zip(headings, widths, strict=True):
            drawn.add_column(heading, overflow="fold", width=width)
        for row, cells in zip(rows, table.rows, strict=True):
            texts = [short_name(text, width) if is_file_name(text) else text for text, width in zip(row, widths, strict=True)]
            drawn.add_row(*(RichText(text, style=_style(cell)) for text, cell in zip(texts, cells, strict=True)))
        console.print(drawn)

    @property
    def edits(self) -> bool:
        """Whether a line can begin with a text that is changed in place: with readline, which Windows has not."""
        return self.interactive and self.stream is sys.stdout and not self.plain and can_import("readline")

    def room(self) -> int:
        """Return how many rows of the screen are free below what was shown since the last answer; many in a pipe."""
        return shutil.get_terminal_size().lines - self._out.rows if self.interactive else sys.maxsize

    def ask(self, prompt: str, *, path: bool = False, over: threading.Event | None = None, edit: str = "") -> str:
        try:
            return self._ask(prompt, path=path, over=over, edit=edit)
        finally:
            self._out.begin_anew()

    def _ask(self, prompt: str, *, path: bool, over: threading.Event | None, edit: str) -> str:
        if self.stream.isatty():  # a question longer than the screen would break within a word, where the answer is typed
            *above, prompt = broken(prompt, shutil.get_terminal_size().columns - 1) or [prompt]
            for line in above:
                print(printable(line, self.stream), file=self._out, flush=True)
        if over is not None and self.interactive:
            return self._ask_until(prompt, over)
        if self.interactive and self.stream is sys.stdout:
            try:
                return _ask_path(prompt) if path and not self.plain else _ask_line(prompt, edit if self.edits else "")
            except (KeyboardInterrupt, EOFError):
                print(file=self._out, flush=True)  # what comes next starts on a line of its own
                raise
        print(printable(prompt, self.stream), end=" ", file=self._out, flush=True)
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line:
            print(file=self._out, flush=True)
            raise EOFError
        return line.rstrip("\r\n")

    def _ask_until(self, prompt: str, over: threading.Event) -> str:
        print(printable(prompt, self.stream), end=" ", file=self._out, flush=True)
        try:
            return line_unless(over).rstrip("\r\n")
        except (KeyboardInterrupt, EOFError):
            print(file=self._out, flush=True)
            raise


def line_unless(over: threading.Event) -> str:
    """Return the line that is typed into this terminal. Raises EOFError at its end and as soon as over is set.

    Input is only read where there is some: what is typed after over was set is the next question's.
    """
    if sys.platform == "win32":
        return _console_line_unless(over)
    import select

    while not over.is_set():
        if select.select([sys.stdin], [], [], POLL_S)[0]:
            if line := sys.stdin.readline():
                return line
            break
    raise EOFError


def _console_line_unless(over: threading.Event) -> str:
    import msvcrt  # of Windows

    typed = ""
    while not over.is_set():
        if not msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            time.sleep(POLL_S / 5)
            continue
        key = msvcrt.getwche()  # type: ignore[attr-defined,unused-ignore]
        if key == "\x03":
            raise KeyboardInterrupt
        if key in "\r\n":
            sys.stdout.write("\n")
            return typed
        typed = typed[:-1] if key == "\b" else typed + key
    raise EOFError


def _style(cell: object) -> str:
    return STYLES.get(cell.style, "") if isinstance(cell, Text) else ""


def broken(line: str, width: int) -> list[str]:
    """Wrap a line to width, only at blanks, so that paths and options can be copied."""
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)


def cell_text(cell: object, language: str) -> str:
    """Return one cell of a table as text: numbers with the language's decimal sign, nothing for None."""
    if isinstance(cell, Text):
        return words(cell, language)
    if cell is None:
        return ""
    if isinstance(cell, float):
        if 0 < abs(cell) < SMALL:
            return translate.number(cell, language)
        return translate.decimal(f"{cell:,.1f}", language)
    if isinstance(cell, str) and translate.MOMENT.fullmatch(cell):
        return translate.moment(cell, language)
    return one_line(str(cell))


def aligned(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines with aligned columns of any width: for a pipe."""
    widths = [max(len(row[index]) for row in [headings, *rows]) for index in range(len(headings))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in [headings, *rows]]


def read_out(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as one line per row with the column names, for a screen reader; empty cells are left out."""
    return ["; ".join(f"{heading}: {text}" for heading, text in zip(headings, row, strict=True) if text) for row in rows]


def stacked(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table that is too wide for the terminal as one block of lines per row."""
    lines: list[str] = []
    for row in rows:
        told = [f"{heading}: {text}" for heading, text in zip(headings, row, strict=True) if text]
        lines += [f"- {told[0]}", *(f"  {line}" for line in told[1:])] if told else []
    return lines


def with_short_names(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """Return the rows with file names shortened in the middle where they are too wide for width as they are."""
    from rich.cells import cell_len

    needed = [max(cell_len(row[index]) for row in [headings, *rows]) for index in range(len(headings))]
    if sum(needed) + GAP * (len(headings) - 1) <= width:
        return [list(row) for row in rows]
    return [[short_name(cell) if is_file_name(cell) else cell for cell in row] for row in rows]


def column_widths(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return the width of every column so that a table fits into width, or None if a column would be too narrow.

    Where headings are what makes it too wide, they break at their blanks. Short columns keep their width; the others share
    what is left, none wider than it needs.
    """
    from rich.cells import cell_len

    whole = [max(cell_len(row[index]) for row in [headings, *rows]) for index in range(len(headings))]
    left = width - GAP * (len(headings) - 1)
    if sum(whole) <= left:
        return whole
    needed = [
        max(map(cell_len, [*heading.split(), *(row[index] for row in rows)]), default=0)
        for index, heading in enumerate(headings)
    ]
    if sum(needed) <= left:
        spare = left - sum(needed)
        for index, wanted in enumerate(whole):
            given = min(wanted - needed[index], spare)
            needed[index] += given
            spare -= given
        return needed
    widths = [wanted if wanted <= SHORT_COLUMN else 0 for wanted in needed]
    left -= sum(widths)
    open_columns = sorted((wanted, index) for index, wanted in enumerate(needed) if wanted > SHORT_COLUMN)
    while open_columns:
        wanted, index = open_columns.pop(0)
        widths[index] = min(wanted, left // (len(open_columns) + 1))
        left -= widths[index]
        if widths[index] < min(wanted, NARROWEST):
            return None
    return widths if left >= 0 else None


def printable(content: str, stream: IO[str]) -> str:
    """Return content with control characters escaped and characters that stream cannot encode replaced."""
    encoding = getattr(stream, "encoding", None) or "ascii"
    content = visible(content)
    try:
        content.encode(encoding)
    except UnicodeEncodeError:
        pieces = (piece if can_print(piece, stream) else piece.translate(SUBSTITUTES) for piece in content)
        return "".join(pieces).encode(encoding, errors="replace").decode(encoding)
    return content


def can_import(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _ask_line(prompt: str, edit: str = "") -> str:
    """Read a line that can be edited; on Windows a Ctrl+C at input() is one, at readline() it looks like the end of input.

    edit  stands on the line already
    """
    prompt = printable(prompt, sys.stdout) + " "
    if not can_import("readline"):  # on Windows, whose console edits by itself
        return input(prompt)
    import readline

    readline.set_startup_hook((lambda: readline.insert_text(edit)) if edit else None)
    try:
        return input(prompt)
    finally:
        readline.set_startup_hook(None)


def _ask_path(prompt: str) -> str:
    """Read a path with Tab completion. Raises EOFError and KeyboardInterrupt as input() does."""
    from prompt_toolkit import prompt as ask
    from prompt_toolkit.completion import PathCompleter

    completer: Any = PathCompleter(expanduser=True)
    prompt = printable(prompt, sys.stdout)
    return ask(prompt + " ", completer=completer, complete_while_typing=False)
