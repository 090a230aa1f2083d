"""The trainer's log on the disk: followed while it grows, its beginning and its end kept where it grows without limit.

A trainer that prints in a loop fills a disk within minutes (900 MB in 12 s). The program that watches empties the file when
it is too long; what it began and ended with goes to two files beside it until the end, when all are put together again.
Nobody does so for a trainer that nobody watches, nor on Windows, where it would go on writing at the place it had reached.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from avatar.system.child import LINE_LIMIT, Tail
from avatar.training.run_folder import LOG_FILE

HEAD_FILE, TAIL_FILE = "trainer.head.log", "trainer.tail.log"
MOST_BYTES = 16 << 20  # [choice] twenty times the log of a training of 3,000 steps
HEAD_BYTES, TAIL_BYTES = 1 << 19, 2 << 20  # [choice] what is kept of a longer one, and read of any
_BAR = re.compile(r"\d{1,3}%\|")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LEFT_OUT = b"\n[Avatar Pipeline: the log was longer; its middle was left out here]\n"


class GrowingLog(Tail):
    """The log of a run that is followed: what was written faster than it can be read is passed over, but for its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._emptied = False
        super().__init__(folder / LOG_FILE)

    def lines(self) -> list[str]:
        if (self._emptied or self.position >= HEAD_BYTES) and self.behind > TAIL_BYTES:
            self.skip_to_last(TAIL_BYTES // 2)
        return super().lines()

    def keep_bounded(self) -> None:
        """Empty the file where it is too long; keep its beginning (of the first time) and its end."""
        if sys.platform == "win32" or self.position + self.behind <= MOST_BYTES:
            return
        path = self.folder / LOG_FILE
        with contextlib.suppress(OSError):  # the disk is full: nothing more can be kept
            if not (self.folder / HEAD_FILE).exists():
                _replace(self.folder / HEAD_FILE, _part(path, 0, HEAD_BYTES))
            _replace(self.folder / TAIL_FILE, _part(path, -TAIL_BYTES, TAIL_BYTES))
        os.truncate(path, 0)  # the trainer appends
        self._emptied = True
        self.restart()


def put_together(folder: Path) -> None:
    """Leave one log within bounds of a run that has ended: its beginning, its end, and a line between them that says so."""
    path = folder / LOG_FILE
    parts = [folder / HEAD_FILE, folder / TAIL_FILE]
    with contextlib.suppress(OSError):
        if any(part.exists() for part in parts) or path.stat().st_size > MOST_BYTES:
            head, tail = _ends(folder)
            _replace(path, head + _LEFT_OUT + tail)
            for part in parts:
                part.unlink(missing_ok=True)


def lines_of(folder: Path, *, head: bool = True) -> Iterator[str]:
    """Yield the lines of a run's log, of a long one those at its beginning and its end; none where there is no log.

    head  False: of a long one those at its end alone
    """
    with contextlib.suppress(OSError):
        path = folder / LOG_FILE
        if (folder / TAIL_FILE).exists() or path.stat().st_size > HEAD_BYTES + TAIL_BYTES:
            beginning, end = _ends(folder)
            content = beginning * head + _LEFT_OUT + end
        else:
            content = path.read_bytes()
        for line in content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n"):
            yield line[:LINE_LIMIT]


def last_lines(folder: Path, most_bytes: int) -> list[str]:
    """Return the last whole lines of a run's log, from so many bytes; of bars that follow each other the last one."""
    try:
        content = _part(folder / LOG_FILE, -most_bytes, most_bytes)
        cut = content.find(b"\n") + 1 if (folder / LOG_FILE).stat().st_size > most_bytes else 0
    except OSError:
        return []
    found: list[str] = []
    for line in content[cut:].decode("utf-8", "replace").replace("\r", "\n").split("\n"):
        text = _ANSI.sub("", line[:LINE_LIMIT]).rstrip()
        if _BAR.search(text) and found and _BAR.search(found[-1]):
            found[-1] = text
        elif text:
            found.append(text)
    return found


def _ends(folder: Path) -> tuple[bytes, bytes]:
    """Return the beginning of a long log and its end."""
    path, head, tail = folder / LOG_FILE, folder / HEAD_FILE, folder / TAIL_FILE
    beginning = _part(head if head.exists() else path, 0, HEAD_BYTES)
    end = (_part(tail, -TAIL_BYTES, TAIL_BYTES) if tail.exists() else b"") + _part(path, -TAIL_BYTES, TAIL_BYTES)
    return beginning, end[-TAIL_BYTES:]


def _part(path: Path, start: int, length: int) -> bytes:
    """Return up to length bytes of a file from start on, from its end where start is negative."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size + start, 0) if start < 0 else start)
        return file.read(length)


def _replace(path: Path, content: bytes) -> None:
    """Put a file into place, not flushed to the disk: it is done several times a second."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
