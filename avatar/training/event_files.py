"""Curves from the event files that the trainer writes for TensorBoard, read without TensorBoard. Pure Python.

A file is a row of records: length (8 bytes), its checksum (4), a protocol buffer of that length, its checksum (4)
(tensorflow/core/lib/io/record_writer.h; tensorflow/core/util/event.proto, framework/summary.proto). Checksums are not
checked: a record that is cut off ends the file.
"""

from __future__ import annotations

import contextlib
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from avatar.training import run_folder
from avatar.training import runs as training_runs

HELD_OUT = "loss/validation/step_average"  # train_network.py:1590
OWN_LOGS = "logs"  # in the folder of a run that does not share the client's
PATTERN = "*/network_train/events.out.tfevents.*"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
MAX_RECORD = 1 << 24  # scalars are some hundred bytes; anything longer is no record


@dataclass
class Curves:
    """The scalars of one run: tag -> (step, value) in order; began: time of the first event, seconds since 1970."""

    began: float = 0.0
    scalars: dict[str, list[tuple[int, float]]] = field(default_factory=dict)

    def rates(self) -> list[tuple[int, float]]:
        """Return the learning rate of the U-Net at each step, of whatever has one where that has none of its own."""
        return self.scalars.get("lr/unet") or next((v for tag, v in self.scalars.items() if tag.startswith("lr/")), [])


def curves_of_run(runs: Path, run_id: str, logs: Path) -> Curves | None:
    """Return the curves of a run: those in its own folder, else the ones among the client's that began while it was the newest.

    A tuning's runs have a folder each: several may train at once.
    """
    own = runs / run_id / OWN_LOGS
    if own.is_dir():
        return curves_between(own, 0.0, math.inf)
    started = run_folder.read_command(runs / run_id).get("started", 0.0)
    return curves_between(logs, started, training_runs.next_start(runs, started))


def curves_between(logs: Path, start: float, end: float) -> Curves | None:
    """Return the curves of the newest event file that was begun between two moments, None where there is none."""
    found: Curves | None = None
    for path in sorted(logs.glob(PATTERN)):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime >= start:
                curves = read_curves(path)
                if start <= curves.began < end and (found is None or curves.began > found.began):
                    found = curves
    return found


def read_curves(path: Path) -> Curves:
    """Return all scalars of an event file; what cannot be read is left out. Raises OSError."""
    curves = Curves()
    with path.open("rb") as file:
        while len(head := file.read(12)) == 12:
            length = struct.unpack("<Q", head[:8])[0]
            if length > MAX_RECORD or len(data := file.read(length)) < length:
                break
            file.read(4)
            with contextlib.suppress(ValueError, struct.error, IndexError):
                _take_event(data, curves)
    return curves


def _take_event(data: bytes, curves: Curves) -> None:
    step, summary = 0, b""
    for number, kind, value in _fields(data):
        if number == 1 and kind == _FIXED64 and not curves.began:
            curves.began = struct.unpack("<d", value)[0]
        elif number == 2 and kind == _VARINT:
            step = int.from_bytes(value, "little")
        elif number == 5 and kind == _BYTES:
            summary = value
    for number, kind, value in _fields(summary):
        if number == 1 and kind == _BYTES:
            _take_value(value, step, curves)


def _take_value(data: bytes, step: int, curves: Curves) -> None:
    tag, number_found = "", None
    for number, kind, value in _fields(data):
        if number == 1 and kind == _BYTES:
            tag = value.decode("utf-8", "replace")
        elif number == 2 and kind == _FIXED32:
            number_found = struct.unpack("<f", value)[0]
    if tag and number_found is not None:
        curves.scalars.setdefault(tag, []).append((step, number_found))


def _fields(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield (number, wire type, bytes) of a protocol buffer's fields; numbers as little-endian bytes.

    Raises ValueError for what is none.
    """
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        kind = key & 7
        if kind == _VARINT:
            value, position = _varint(data, position)
            yield key >> 3, kind, value.to_bytes(10, "little")
            continue
        if kind == _BYTES:
            length, position = _varint(data, position)
        elif kind in {_FIXED64, _FIXED32}:
            length = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {kind}")
        if position + length > len(data):
            raise ValueError("a field is cut off")
        yield key >> 3, kind, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if shift > 63:
            raise ValueError("no number")
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
