"""What the user chose of a plan, read from a file that may be damaged."""

from __future__ import annotations

from typing import Any

import pytest

from avatar.plan.chosen import Chosen, chosen_of, together
from avatar.texts.text import PipelineError
from avatar.trainer.options import known_tables

TABLE = known_tables()[0]

WHOLE = {"gpu": "8gb", "overrides": ["seed=3"], "plan": {"preset": "quick", "profile": "cpu"}, "card": None}
DAMAGE: tuple[Any, ...] = (None, True, -1, 10**400, float("nan"), "x", [], {}, [{}], [["a"]], "\ud800")


@pytest.mark.parametrize("value", DAMAGE, ids=repr)
def test_a_damaged_field_of_a_plan_is_no_choice_and_costs_no_other(value: Any) -> None:
    assert chosen_of({**WHOLE, "plan": value}).overrides == ("seed=3",)
    assert chosen_of({**WHOLE, "gpu": value, "overrides": value}).preset == "quick"
    for field in ("preset", "profile"):
        found = chosen_of({**WHOLE, "plan": {**WHOLE["plan"], field: value}})  # type: ignore[dict-item]
        assert isinstance(found, Chosen) and found.overrides == ("seed=3",)


def test_a_dash_takes_back_one_value_and_leaves_the_others() -> None:
    before = Chosen("balanced", "rtx3060_8gb", ("dim=64", "lr=0.0002", "resolution=768"))
    now, lost = together(before, preset=None, gpu=None, overrides=["network_dim=-", "seed=7"], unset=(), options=TABLE)
    assert now.overrides == ("lr=0.0002", "resolution=768", "seed=7") and lost == ()
    again, _ = together(now, preset=None, gpu=None, overrides=["lr= - ", "--resolution=-"], unset=["seed"], options=TABLE)
    assert again.overrides == ()
    with pytest.raises(PipelineError) as caught:
        together(again, preset=None, gpu=None, overrides=["dim=-"], unset=(), options=TABLE)
    assert caught.value.key == "plan.none_set"
    with pytest.raises(PipelineError) as caught:
        together(now, preset=None, gpu=None, overrides=["dim=-"], unset=(), options=TABLE)
    assert caught.value.values["known"] == "learning_rate, resolution, seed"
