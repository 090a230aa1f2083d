"""What the user chose of a plan, read from a file that may be damaged."""

from __future__ import annotations

from typing import Any

import pytest

from avatar.plan.chosen import Chosen, chosen_of

WHOLE = {"gpu": "8gb", "overrides": ["seed=3"], "plan": {"preset": "quick", "profile": "cpu"}, "card": None}
DAMAGE: tuple[Any, ...] = (None, True, -1, 10**400, float("nan"), "x", [], {}, [{}], [["a"]], "\ud800")


@pytest.mark.parametrize("value", DAMAGE, ids=repr)
def test_a_damaged_field_of_a_plan_is_no_choice_and_costs_no_other(value: Any) -> None:
    assert chosen_of({**WHOLE, "plan": value}).overrides == ("seed=3",)
    assert chosen_of({**WHOLE, "gpu": value, "overrides": value}).preset == "quick"
    for field in ("preset", "profile"):
        found = chosen_of({**WHOLE, "plan": {**WHOLE["plan"], field: value}})  # type: ignore[dict-item]
        assert isinstance(found, Chosen) and found.overrides == ("seed=3",)
