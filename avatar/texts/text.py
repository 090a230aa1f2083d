"""What the program has to tell, before it is put into a language: a key and its values, findings, and errors."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True)
class Text:
    """A text by key and the values it needs; a value may be another Text. style: plain, good, warn, bad, title, proposed."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    style: str = "plain"

    def __str__(self) -> str:
        return f"{self.key} {self.values}"


def key_of(text: Text | None) -> str:
    return text.key if text else ""


class PipelineError(Exception):
    """A problem that the user can act on. Its text says what, why and what to do."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.text = Text(key, values)

    @classmethod
    def of(cls, text: Text) -> PipelineError:
        """Return a text as an error."""
        return cls(text.key, **text.values)

    @property
    def key(self) -> str:
        return self.text.key

    @property
    def values(self) -> Mapping[str, Any]:
        return self.text.values

    def __str__(self) -> str:
        return str(self.text)

    def __reduce__(self) -> tuple[Callable[..., PipelineError], tuple[str, dict[str, object]]]:
        return _rebuild_error, (self.key, dict(self.values))  # workers hand errors over by pickling


def _rebuild_error(key: str, values: dict[str, object]) -> PipelineError:
    return PipelineError(key, **values)


# --- in files and JSON -----------------------------------------------------------------------------------------------

# Fields whose Text stands flat in files and JSON, as two fields of what holds it: the name of its key, and "values".
_FLAT = {"text": "key", "why": "why", "cause": "cause"}
# Metadata of a dataclass field that is for the caller alone: field(metadata=IN_MEMORY) stands in no file and no JSON.
IN_MEMORY = {"in_memory": True}


def flat_fields(holder: DataclassInstance) -> dict[str, Any]:
    """Return the fields of a dataclass as files and JSON have them since before there was a Text.

    A field text, why or cause that holds a Text stands for two: why=Text("x", {}) is "why": "x", "values": {}; None is "", {}.
    """
    found: dict[str, Any] = {}
    for entry in dataclasses.fields(holder):
        if "in_memory" in entry.metadata:
            continue
        value = getattr(holder, entry.name)
        if entry.name in _FLAT and (value is None or isinstance(value, Text)):
            found |= {_FLAT[entry.name]: value.key if value else "", "values": value.values if value else {}}
        else:
            found[entry.name] = value
    return found


def as_record(value: Any) -> Any:
    """Return a value as files hold it: dataclasses with flat fields, any other Text as the pair of its key and values."""
    if isinstance(value, Text):
        return value.key, as_record(value.values)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: as_record(item) for name, item in flat_fields(value).items()}
    if isinstance(value, Mapping):
        return {name: as_record(item) for name, item in value.items()}
    return [as_record(item) for item in value] if isinstance(value, (list, tuple)) else value


def plain_text(text: Text) -> Text:
    """Return a text with numbers and strings as its only values: any file can hold it, and any process can take it."""
    return Text(text.key, {name: _plain(value) for name, value in text.values.items()})


def _plain(value: object) -> object:
    return value if isinstance(value, (int, float, str)) else str(as_record(value))


def from_record(key: str, values: Mapping[str, Any] | None) -> Text | None:
    """Return the text that two fields of a record hold, None for an empty key."""
    return Text(key, values or {}) if key else None


# --- findings --------------------------------------------------------------------------------------------------------

Level = Literal["ready", "attention", "blocked"]
LEVELS: tuple[Level, ...] = get_args(Level)  # each graver than the one before
Action = Literal[
    "engine",
    "replan",
    "configure",
    "threshold",
    "process",
    "review",
    "prepare",
    "stop",
    "scripts",
    "config_file",
    "trainer",
    "remove",
]


@dataclass(frozen=True)
class Remedy:
    """One thing that can be done about a finding. arguments: of that action, see `commands.doctor.carry_out`."""

    action: Action
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What was found: ready, attention (it may work) or blocked (it cannot). images: ids of the pictures concerned."""

    name: str
    level: Level
    text: Text
    remedies: tuple[Remedy, ...] = ()
    images: tuple[str, ...] = ()


def worst_level(findings: Iterable[Finding]) -> Level:
    """Return the worst level of findings; without any, all is ready."""
    return max((finding.level for finding in findings), key=LEVELS.index, default=LEVELS[0])


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by their level, those of one level in their order."""
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level), reverse=True)
