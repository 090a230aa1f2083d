"""Cache of values derived from each record, kept between starts of the program.

To read and check ten thousand records takes longer than all that is asked about them, and hardly any of them changes
between two questions. The index is never trusted over the records: an entry counts only while its file's times, size and
inode are those it was read at, and only for the question, settings and program it was made for. Broken, missing or
unwritable, it costs time and nothing else.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import config
import utils
from avatar.workspace.client import Client, record_id
from avatar.workspace.records import ImageRecord

FILE_NAME = ".index.json"  # in metadata/; a dot: exports leave it out
VERSION = 1
# [choice] A younger file may change again without another time or size: clocks of file systems tick every 2 s at worst (FAT).
SETTLED_S = 3.0

Facts = list[Any]  # anything JSON can hold


def facts(
    client: Client, question: object, derive: Callable[[ImageRecord, str], Facts], beside: Mapping[str, str],
    file_name: str = FILE_NAME,
) -> dict[str, Facts]:  # fmt: skip
    """Return image id -> derive(record, beside) of every record, in order of image id; only what changed is read.

    question  anything JSON can hold that says what is asked and with which settings
    derive    must depend on nothing but its arguments and the question
    beside    image id -> other state that the value depends on ("" by default)
    file_name  of the index: one for each kind of question that is asked in turns, since a file remembers one question
    Raises what reading a record raises.
    """
    context = utils.fingerprint([VERSION, _program(), question])
    known = _read(client.images.parent / file_name, context)
    found: dict[str, Facts] = {}
    files = stamps(client)
    entries: dict[str, list[Any]] = {}
    changed = len(known) != len(files)
    settled = time.time_ns() - int(SETTLED_S * 1e9)
    now = {image_id: [files[image_id][1], beside.get(image_id, "")] for image_id in sorted(files)}
    read = client.each_record([image_id for image_id in now if known.get(image_id, [])[:2] != now[image_id]])
    for image_id, tells in now.items():
        newest, _ = files[image_id]
        entry = known.get(image_id, [])
        if entry[:2] != tells:
            entry = [*tells, derive(next(read), tells[1])]
            changed = True
        if newest < settled:
            entries[image_id] = entry
        found[image_id] = entry[2]
    if changed:
        _write(client.images.parent / file_name, context, entries)
    return found


def stamps(client: Client) -> dict[str, tuple[int, str]]:
    """Return image id -> (time of its record's last change in ns, fingerprint of the file's metadata)."""
    found: dict[str, tuple[int, str]] = {}
    try:
        with os.scandir(client.images) as entries:
            for entry in entries:
                if image_id := record_id(entry.name):
                    at = entry.stat()
                    newest = max(at.st_mtime_ns, at.st_ctime_ns)
                    found[image_id] = newest, f"{at.st_mtime_ns} {at.st_ctime_ns} {at.st_size} {at.st_ino}"
    except FileNotFoundError:
        return {}
    return found


@functools.cache
def _program() -> list[list[object]]:
    """Return a fingerprint of the program's code: another version may derive other values from the same record."""
    told = []
    for path in config.program_files():
        at = (config.PROGRAM_DIR / path).stat()
        told.append([path.as_posix(), at.st_size, at.st_mtime_ns])
    return told


def _read(path: Path, context: str) -> dict[str, list[Any]]:
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return {}
    if head.decode("ascii", "replace") != _head(context, body):
        return {}
    known: dict[str, list[Any]] = json.loads(body)
    return known


def _write(path: Path, context: str, entries: Mapping[str, list[Any]]) -> None:
    body = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    try:
        utils.write_atomic(path, f"{_head(context, body)}\n".encode("ascii") + body)
    except OSError:
        return  # read only, or full: the next question is answered as slowly as this one


def _head(context: str, body: bytes) -> str:
    return f"{VERSION} {context} {hashlib.sha256(body).hexdigest()}"
