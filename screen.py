"""Drawing on a terminal or into a pipe, and reading lines: the only place that prints and reads the keyboard.

A pipe gets plain text: no colours, no cursor tricks. Symbols appear only where the stream can encode them.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import IO, TYPE_CHECKING, Any

import messages
from session import Raw, Say, Table, words
from utils import can_print

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {"good": ("✓ ", "OK "), "warn": ("! ", "! "), "bad": ("✗ ", "X ")}
STYLES = {"good": "green", "warn": "yellow", "bad": "bold red", "title": "bold cyan", "plain": ""}


class TerminalUi:
    """Standard output and input. `to_stderr`: results belong to JSON, so everything for eyes goes to standard error."""

    def __init__(self, *, to_stderr: bool = False) -> None:
        self.stream: IO[str] = sys.stderr if to_stderr else sys.stdout
        self.interactive = sys.stdin is not None and sys.stdin.isatty() and self.stream.isatty()
        self._console: Console | None = None

    @property
    def _colours(self) -> bool:
        return self.stream.isatty() and not os.environ.get("NO_COLOR")

    def _rich(self) -> Console:
        if self._console is None:
            from rich.console import Console

            self._console = Console(file=self.stream, highlight=False, emoji=False, markup=False)
        return self._console

    def show(self, block: Say | Table | Raw, language: str) -> None:
        if isinstance(block, Say):
            self._line(words(block, language), block.style)
        elif isinstance(block, Raw):
            print(block.content, file=self.stream, flush=True)  # never wrapped: it is there to be copied
        else:
            self._table(block, language)

    def _line(self, content: str, style: str) -> None:
        mark, ascii_mark = MARKS.get(style, ("", ""))
        lead = mark if can_print(mark, self.stream) else ascii_mark
        content = lead + content
        if self._colours:
            self._rich().print(content, style=STYLES.get(style, ""), soft_wrap=False)
        else:
            print(printable(content, self.stream), file=self.stream, flush=True)

    def _table(self, table: Table, language: str) -> None:
        if table.title is not None:
            self._line(words(table.title, language), "title")
        headings = [messages.text(column, language) for column in table.columns]
        rows = [[cell_text(cell, language) for cell in row] for row in table.rows]
        if self._colours:
            from rich import box
            from rich.table import Table as RichTable
            from rich.text import Text

            drawn = RichTable(box=box.SIMPLE_HEAD if can_print("─", self.stream) else box.ASCII, pad_edge=False)
            for heading in headings:
                drawn.add_column(heading, overflow="fold")
            for row, cells in zip(rows, table.rows, strict=True):
                drawn.add_row(*(Text(text, style=_style(cell)) for text, cell in zip(row, cells, strict=True)))
            self._rich().print(drawn)
            return
        widths = [max(len(row[index]) for row in [headings, *rows]) for index in range(len(headings))]
        for row in [headings, *rows]:
            line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            print(printable(line, self.stream), file=self.stream, flush=True)

    def ask(self, prompt: str, *, path: bool = False) -> str:
        if self.interactive and self.stream is sys.stdout:
            try:
                return _ask_path(prompt) if path else _ask_line(prompt)
            except (KeyboardInterrupt, EOFError):
                print(file=self.stream, flush=True)  # what comes next starts on a line of its own
                raise
        print(printable(prompt, self.stream), end=" ", file=self.stream, flush=True)
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line:
            print(file=self.stream, flush=True)
            raise EOFError
        return line.rstrip("\r\n")


def _style(cell: object) -> str:
    return STYLES.get(cell.style, "") if isinstance(cell, Say) else ""


def cell_text(cell: object, language: str) -> str:
    """Return one cell of a table as text: numbers with the language's decimal sign, nothing for None."""
    if isinstance(cell, Say):
        return words(cell, language)
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.1f}".replace(".", "," if language == "es" else ".")
    return str(cell)


def printable(content: str, stream: IO[str]) -> str:
    """Return content with every character that stream cannot encode replaced, so that printing never fails."""
    encoding = getattr(stream, "encoding", None) or "ascii"
    try:
        content.encode(encoding)
    except UnicodeEncodeError:
        return content.encode(encoding, errors="replace").decode(encoding)
    return content


def _ask_line(prompt: str) -> str:
    """Read a line that can be edited; on Windows a Ctrl+C at input() is one, at readline() it looks like the end of input."""
    with contextlib.suppress(ImportError):  # not on Windows, whose console edits by itself
        import readline  # noqa: F401
    return input(printable(prompt, sys.stdout) + " ")


def _ask_path(prompt: str) -> str:
    """Read a path with Tab completion. Raises EOFError and KeyboardInterrupt as input() does."""
    from prompt_toolkit import prompt as ask
    from prompt_toolkit.completion import PathCompleter

    completer: Any = PathCompleter(expanduser=True)
    return ask(prompt + " ", completer=completer, complete_while_typing=False)
