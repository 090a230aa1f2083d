"""Files of lines, one JSON object each: what a trial's pictures show, how a tuning stands, what trainings have shown.

Each line is added whole; what a killed program left half written is no line, and the next one begins anew.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import utils


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Return the whole lines of a file that are objects, in order; none where there is no file."""
    try:
        content = path.read_bytes()
    except OSError:
        return
    for raw in content.split(b"\n")[:-1]:
        with contextlib.suppress(ValueError):
            if isinstance(row := utils.loads(raw), dict):
                yield row


def add(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add lines in one piece. Raises OSError (disk full)."""
    content = b"".join(json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n" for row in rows)
    if not content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as handle:
        handle.write((b"" if _ends_whole(path) else b"\n") + content)
        handle.flush()
        os.fsync(handle.fileno())


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as handle:
        if not handle.seek(0, os.SEEK_END):
            return True
        handle.seek(-1, os.SEEK_END)
        return handle.read(1) == b"\n"
