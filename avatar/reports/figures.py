"""Figures of a comparison as table and page write them: rounded as they are told, a dash where nothing was measured."""

from __future__ import annotations

from avatar.texts.text import Text
from avatar.texts.translate import words

NOT_MEASURED = "–"

Cell = Text | str


def likeness(value: float | None) -> Cell:
    """Return a likeness or a risk of copying, -1 to 1, with two digits."""
    return _rounded("trial.figure", value, 2)


def loss(value: float | None) -> Cell:
    """Return a loss, with three digits: the models of one training differ in the third."""
    return _rounded("tune.loss", value, 3)


def percent(share: float | None) -> Cell:
    """Return a share of 0 to 1 in percent."""
    return NOT_MEASURED if share is None else Text("trial.percent", {"value": 100 * share})


def told(cell: Cell, language: str) -> str:
    """Return a figure in a language."""
    return words(cell, language) if isinstance(cell, Text) else cell


def _rounded(key: str, value: float | None, digits: int) -> Cell:
    return NOT_MEASURED if value is None else Text(key, {"value": round(value, digits) + 0.0})  # no "-0.00"
