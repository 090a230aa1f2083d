"""What the program has to tell, before it is put into a language: a key and its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Text:
    """A text by key and the values it needs; a value may be another Text. style: plain, good, warn, bad, title."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    style: str = "plain"


Level = Literal["ready", "attention", "blocked"]


class PipelineError(Exception):
    """A problem that the user can act on. Its text says what, why and what to do."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.text = Text(key, values)

    @property
    def key(self) -> str:
        return self.text.key

    @property
    def values(self) -> Mapping[str, Any]:
        return self.text.values

    def __str__(self) -> str:
        return f"{self.key} {self.values}"

    def __reduce__(self) -> tuple[Callable[..., PipelineError], tuple[str, dict[str, object]]]:
        return _rebuild_error, (self.key, dict(self.values))  # workers hand errors over by pickling


@dataclass(frozen=True)
class Check:
    """One finding: ready, attention (it may work) or blocked (it cannot). key and values make its text."""

    name: str
    level: Level
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def _rebuild_error(key: str, values: dict[str, object]) -> PipelineError:
    return PipelineError(key, **values)
