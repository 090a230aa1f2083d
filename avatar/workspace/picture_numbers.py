"""The number of a picture: the same in every list, on every sheet and page, in every command and table.

It is the rank by date of import. A decision moves a picture to another sheet but never changes its number; only removing a
picture does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avatar.workspace.records import ImageRecord

RANGES_SHOWN = 12  # [choice] of a long list of numbers: more than a line of a terminal says nothing to anybody


def numbers(records: Iterable[ImageRecord]) -> dict[str, int]:
    """Return image id -> its number. records: all of the client."""
    return {record.image_id: number for number, record in enumerate(sorted(records, key=place), 1)}


def place(record: ImageRecord) -> tuple[str, str, str, str]:
    """Return what pictures are numbered by."""
    return record.original.imported_at, record.source, record.original.name.casefold(), record.image_id


def number_ranges(numbers: Sequence[int], most: int = RANGES_SHOWN) -> str:
    """Return numbers as `review` takes them: "3,7-12"; a long list is cut with "…".

    >>> number_ranges([3, 7, 8, 9])
    '3,7-9'
    """
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and parts[-1][-1] == number - 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    said = ["-".join(map(str, part)) for part in parts]
    return ",".join(said) if len(said) <= most else ",".join(said[:most]) + ",…"
