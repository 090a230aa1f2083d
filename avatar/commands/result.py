"""What a command returns: blocks for the screen, a value for JSON, warnings for both.

Blocks hold keys and values; they are translated when drawn, so that one result serves the screen, JSON and a test.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from avatar.system import shortage
from avatar.texts import translate
from avatar.texts.text import Finding, Text, flat_fields


@dataclass(frozen=True)
class Table:
    """Rows under headings; headings are text keys, cells are values or Texts."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    title: Text | None = None


@dataclass(frozen=True)
class Raw:
    """Text that is shown unchanged, to be copied: a command line, a path."""

    content: str


Block = Text | Table | Raw


T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Result(Generic[T_co]):
    """What a command did: `value` for JSON, `blocks` for the screen, `warnings` for both.

    error is set if the command completed but its outcome is no success (a failed training);
    interrupted if the user ended it with Ctrl+C.
    error_told: the blocks tell the error already, first of all; it is not told again at the end.
    more: what few want to see: whole tables, names of settings, commands of other systems. Shown on asking only.
    afterwards: what goes on once the result is told, for a command that stays: the dashboard serves.
    """

    value: T_co
    blocks: Sequence[Text | Table | Raw] = ()
    warnings: Sequence[Text] = ()
    client: str | None = None
    error: Text | None = None
    interrupted: bool = False
    error_told: bool = False
    more: Sequence[Text | Table | Raw] = ()
    afterwards: Callable[[], None] | None = None

    def without(self, some: Collection[Block], *, on_asking: bool = False) -> Result[T_co]:
        """Return the result without some of its blocks. on_asking: they are shown on asking then."""
        kept = [block for block in self.blocks if block not in some]
        return dataclasses.replace(self, blocks=kept, more=[*(some if on_asking else ()), *self.more])


def plain(value: object) -> Any:
    """Return value as JSON types: dataclasses and models as objects, paths as text, sets sorted, NaN as null."""
    if isinstance(value, Text):
        return {"key": value.key, "values": plain(value.values), "text": translate.words(value, "en")}
    if isinstance(value, Finding):
        return _finding(value)
    if hasattr(value, "as_json"):
        return value.as_json()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: plain(item) for name, item in flat_fields(value).items()}
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (list, tuple)):
        if value and all(
            isinstance(item, Text) for item in value
        ):  # the notes of a report: JSON has had them as pairs from the start
            return [[item.key, plain(item.values)] for item in value]
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None  # neither NaN nor infinity is JSON
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


def _finding(item: Finding) -> dict[str, Any]:
    """Return a finding with its remedies and pictures where it has any."""
    found = flat_fields(item)
    images = found.pop("images")
    remedies = found.pop("remedies")
    return {
        **{name: plain(value) for name, value in found.items()},
        **({"remedies": plain(remedies)} if remedies else {}),
        **({"image_ids": list(images)} if images else {}),
    }


def system_error(error: OSError) -> Text:
    """Return an error of the system (disk full, no permission, file in use) as a text."""
    if (short := shortage.told(error)) is not None:
        return short
    return Text("system.error", {"detail": error.strerror or str(error), "path": shortage.place_of(error)})
