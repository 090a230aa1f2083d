"""Figures of a comparison, as table and page write them."""

from __future__ import annotations

import pytest

from avatar.reports import figures
from avatar.reports.figures import Cell


@pytest.mark.parametrize(
    ("cell", "spanish", "english"),
    [
        (figures.likeness(0.456), "0,46", "0.46"), (figures.likeness(-0.001), "0,00", "0.00"),
        (figures.loss(0.1234), "0,123", "0.123"), (figures.percent(0.5), "50 %", "50 %"),
        (figures.likeness(None), "–", "–"), (figures.loss(None), "–", "–"), (figures.percent(None), "–", "–"),
    ],
)  # fmt: skip
def test_a_figure_is_written_as_the_language_does_without_a_minus_zero(cell: Cell, spanish: str, english: str) -> None:
    assert (figures.told(cell, "es"), figures.told(cell, "en")) == (spanish, english)
