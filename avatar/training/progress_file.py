"""progress.jsonl: one line a second at most on how far a training is, one for each phase and each sample picture measured.

A line on a sample has "sample" (its file), "prompt", "at_step" and "likeness", one on a phase has "phase": what the trainer has
begun; both are without "step".
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import utils
from avatar.workspace import state_file

PROGRESS_FILE = "progress.jsonl"
ROW_TYPES: state_file.FieldTypes = {
    "time": float, "step": int, "total": int, "loss": float, "seconds_per_step": float, "eta_s": float, "used_gib": float,
    "total_gib": float, "process_gib": float, "watts": float, "celsius": float, "host_gib": float, "host_total_gib": float,
}  # fmt: skip
PHASE_TYPES: state_file.FieldTypes = {"time": float, "phase": str}
SAMPLE_TYPES: state_file.FieldTypes = {"sample": str, "prompt": int, "at_step": int, "likeness": float}
TAIL_BYTES = 1 << 14  # fifty lines
PROGRESS_EVERY_S = 1.0  # progress.jsonl gets at most one line a second


@dataclass(frozen=True)
class TrainProgress:
    """How far a training is; steps are counted over all resumed runs. loss: the trainer's running mean. Memory in GiB."""

    step: int
    total: int
    loss: float | None
    seconds_per_step: float | None
    eta_s: float | None
    used_gib: float | None = None
    total_gib: float | None = None
    next_save: int | None = None  # step of the next checkpoint


@dataclass(frozen=True)
class SampleRow:
    """The likeness of one sample picture; None: it does not show exactly one face. step: of the whole training."""

    sample: str
    prompt: int
    step: int
    likeness: float | None


@dataclass(frozen=True)
class PhaseRow:
    """What has begun, and when: a name of trainer.log.Phase, "starting" before the first, "verifying" after the end."""

    phase: str
    time: float


class Rows:
    """progress.jsonl: one line a second at most, none for a step that is there already, each line whole.

    A line that cannot be written (disk full) is left out: the training is worth more.
    """

    def __init__(self, path: Path) -> None:
        self._last_step = last_row(path).get("step", 0)
        self._phase = last_phase(path)
        cut = path.is_file() and not _ends_with_newline(path)  # a program was killed while it wrote
        self._file = path.open("ab", buffering=0)
        if cut:
            self._put(b"\n")
        self._waiting: dict[str, Any] | None = None
        self._written = -math.inf

    def add(self, row: dict[str, Any], *, at_once: bool) -> None:
        """Keep row; at_once: write every step, not only one a second (the log is read after the fact)."""
        if row["step"] < self._last_step or (row["step"] == self._last_step and self._waiting is None):
            return
        if at_once and self._waiting is not None and self._waiting["step"] < row["step"]:
            self._write()
        self._waiting, self._last_step = row, row["step"]

    def add_sample(self, row: SampleRow, moment: float) -> None:
        """Write the line of a sample at once."""
        self._put(
            json.dumps({"time": round(moment, 1), "sample": row.sample, "prompt": row.prompt, "at_step": row.step,
                        "likeness": row.likeness}).encode("utf-8") + b"\n"
        )  # fmt: skip

    def add_phase(self, phase: str, moment: float) -> None:
        """Write at once what the trainer has begun, unless the file says so already."""
        if self._phase is None or self._phase.phase != phase:
            self._phase = PhaseRow(phase, moment)
            self._put(json.dumps({"time": round(moment, 1), "phase": phase}).encode("utf-8") + b"\n")

    def keep(self, now: float) -> None:
        if now - self._written >= PROGRESS_EVERY_S:
            self._write()
            self._written = now

    def _write(self) -> None:
        if self._waiting is not None:
            self._put(json.dumps(self._waiting).encode("utf-8") + b"\n")
            self._waiting = None

    def _put(self, line: bytes) -> None:
        with contextlib.suppress(OSError):
            self._file.write(line)

    def close(self) -> None:
        self._write()
        self._file.close()


def note_phase(path: Path, phase: str) -> None:
    """Write what has begun after the trainer's end; a disk that is full costs only that."""
    with contextlib.suppress(OSError):
        rows = Rows(path)
        rows.add_phase(phase, time.time())
        rows.close()


def _ends_with_newline(path: Path) -> bool:
    """Return whether a file ends with a whole line; an empty one does."""
    if not path.stat().st_size:
        return True
    with path.open("rb") as handle:
        handle.seek(-1, os.SEEK_END)
        return handle.read(1) == b"\n"


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of progress.jsonl, [] where there is none; figures that are none are left out."""
    return rows_among(lines_of(path))


def rows_among(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines on how far a training is."""
    found = (state_file.fields(line, ROW_TYPES) for line in lines if not {"sample", "phase"} & set(line))
    return [row for row in found if row]


def samples_of(path: Path) -> list[SampleRow]:
    """Return the lines of progress.jsonl on sample pictures, the last one of each picture, in the order of their steps."""
    return samples_among(lines_of(path))


def samples_among(lines: Iterable[dict[str, Any]]) -> list[SampleRow]:
    """Return the last line on each sample picture, in the order of their steps."""
    found: dict[str, SampleRow] = {}
    for line in lines:
        row = state_file.fields(line, SAMPLE_TYPES)
        if {"sample", "prompt", "at_step"} <= set(row):
            found[row["sample"]] = SampleRow(row["sample"], row["prompt"], row["at_step"], row.get("likeness"))
    return sorted(found.values(), key=lambda one: (one.step, one.prompt))


def phases_among(lines: Iterable[dict[str, Any]]) -> list[PhaseRow]:
    """Return the lines on what the trainer has begun."""
    found = (state_file.fields(line, PHASE_TYPES) for line in lines)
    return [PhaseRow(row["phase"], row["time"]) for row in found if {"phase", "time"} <= set(row)]


def last_phase(path: Path) -> PhaseRow | None:
    """Return what the trainer has begun last; None where the file does not say."""
    rows = phases_among(lines_of(path, with_word='"phase"'))
    return rows[-1] if rows else None


def lines_of(path: Path, *, with_word: str = "", last_bytes: int | None = None) -> Iterator[dict[str, Any]]:
    """Return the lines of a file that are objects.

    with_word   only those in which this stands: the others are not even parsed
    last_bytes  only those that lie whole within so many bytes at its end
    """
    with contextlib.suppress(OSError), path.open("rb") as file:
        if last_bytes is not None and file.seek(0, os.SEEK_END) > last_bytes:
            file.seek(-last_bytes, os.SEEK_END)
            file.readline()  # a part of one
        else:
            file.seek(0)
        for text in file.read().decode("utf-8", "replace").splitlines():
            with contextlib.suppress(ValueError):
                if with_word in text and isinstance(line := utils.loads(text), dict):
                    yield line


def last_row(path: Path) -> dict[str, Any]:
    """Return the last whole line of progress.jsonl on how far a training is, {} where there is none."""
    for last_bytes in (TAIL_BYTES, None):  # a night of lines takes half a second
        if rows := rows_among(lines_of(path, last_bytes=last_bytes)):
            return rows[-1]
    return {}
