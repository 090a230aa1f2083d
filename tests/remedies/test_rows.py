"""Each row of the tables: what was told is told no more once what it says is done."""

from __future__ import annotations

import pytest

from tests.remedies import rows_of_clients, rows_of_doctor, rows_of_models, rows_of_pictures, rows_of_plans, rows_of_trainings
from tests.remedies.place import Place, Row, carry_out

ROWS = [
    *rows_of_clients.ROWS, *rows_of_pictures.ROWS, *rows_of_plans.ROWS, *rows_of_trainings.ROWS, *rows_of_models.ROWS,
    *rows_of_doctor.ROWS,
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_what_is_told_is_told_no_more_once_it_is_obeyed(place: Place, row: Row) -> None:
    carry_out(place, row)
