"""The program's log without a client: what it says of one that was deleted goes, of one that was renamed is renamed.

A record is a line that begins with its moment, and what is indented below it (`utils.PipelineLogger`).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

_RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} )", re.MULTILINE)
LEAST_CHARACTERS = 4  # [choice] of a name or note to look for; ids are looked for whatever their length


def forget(log: Path | None, words: Sequence[str]) -> None:
    """Delete every record that names one of these words: a client's id first, then what else tells of it."""
    said = [word for number, word in enumerate(words) if word and (number == 0 or len(word) >= LEAST_CHARACTERS)]
    pattern = _whole_words(said)
    _change(log, lambda record: "" if pattern.search(record) else record)


def rename(log: Path | None, old: str, new: str) -> None:
    """Put a client's new id into the place of its old one."""
    pattern = _whole_words([old])
    _change(log, lambda record: pattern.sub(new, record))


def _whole_words(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<![\w-]){re.escape(word)}(?![\w-])" for word in words), re.IGNORECASE)


def _change(log: Path | None, change: Callable[[str], str]) -> None:
    """Change the records of the log and of the older ones beside it.

    In place: this and other programs append to the same file, and their next records follow what is left.
    """
    for path in sorted(log.parent.glob(f"{log.name}*")) if log is not None else ():
        with contextlib.suppress(OSError), path.open("r+", encoding="utf-8", errors="surrogateescape", newline="") as handle:
            text = handle.read()
            changed = "".join(change(record) for record in _RECORD.split(text))
            if changed != text:
                handle.seek(0)
                handle.write(changed)
                handle.truncate()
