"""How much of a tuning fits into its hours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.results import plan_tuning
from avatar.results.plan_tuning import Costs, Done, TuningPlan
from config import GPU_PROFILES

STEPS, SHORT, PICTURE_S = 2000, 800, 20.0


def plan(
    hours: float | None, step_s: float | None = 6.0, *, load_s: float = plan_tuning.LOAD_S, stage0: int = 0, **more: object
) -> TuningPlan:
    costs = Costs(step_s=step_s, picture_s=PICTURE_S, load_s=load_s)
    values: dict[str, object] = {"candidates": 6, **more}
    return plan_tuning.plan_tuning(hours, costs, steps=STEPS, short=SHORT, stage0_pictures=stage0, **values)  # type: ignore[arg-type]


CARDS = ("gtx1650_4gb", "rtx3050_8gb", "rtx3060_8gb", "rtx4060_8gb", "rtx4060ti_16gb")
TABLE = {
    8: ["0 0", "0 0", "2 1", "2 1", "3 1"],
    12: ["0 0", "3 1", "4 1", "4 1", "5 1"],
    24: ["3 1", "6 2", "6 2", "6 2", "6 2"],
}


@pytest.mark.parametrize("load_s", [70.0, 180.0, 350.0])
@pytest.mark.parametrize("hours", TABLE)
def test_the_table_of_hours_and_cards_is_what_fits(hours: int, load_s: float) -> None:
    found = [plan(hours, 3600 / (GPU_PROFILES[name].steps_per_hour or 1), load_s=load_s) for name in CARDS]
    assert [f"{one.shorts} {one.fulls}" for one in found] == TABLE[hours]


def test_stage_0_takes_44_minutes_where_it_is_not_drawn_yet_and_counts() -> None:
    whole = plan(8, 6.0, stage0=132)
    assert whole.stage0_minutes == 44.0
    assert (whole.shorts, whole.fulls) == (2, 1) != (plan(8, 6.0).shorts, plan(8, 6.0).fulls)


def test_without_hours_there_is_stage_0_alone_as_long_as_it_takes() -> None:
    alone = plan(None, stage0=132)
    assert (alone.shorts, alone.fulls, alone.seconds, alone.why.key) == (0, 0, 2640.0, "tune.plan.stage0")


def test_hours_for_less_than_two_candidates_are_said_with_what_it_would_take() -> None:
    short = plan(4, 9.0)
    assert (short.shorts, short.why.key) == (0, "tune.plan.too_short")
    assert short.why.values["needed"].key == "plan.duration.hours"
    assert plan(8.3, 9.0).shorts == 0 and plan(8.4, 9.0).shorts == 2


def test_where_the_plan_itself_is_trained_already_one_candidate_is_enough() -> None:
    assert plan(6, 6.0, candidates=1).shorts == 0
    assert plan(6, 6.0, candidates=1, least=1).shorts == 1


def test_what_is_done_is_not_planned_again_and_no_candidate_is_lost() -> None:
    spent = 3 * 5220.0
    after = plan(8, 6.0, done=Done(spent_s=spent, shorts=3, tried=3))
    assert (after.shorts, after.fulls, after.why.key) == (3, 1, "tune.plan.still")
    assert after.seconds == pytest.approx(180 + 1200 * 6 + 48 * 20)


def test_a_failed_candidate_makes_room_for_the_next() -> None:
    assert plan(8, 6.0, done=Done(spent_s=200.0, shorts=0, tried=1)).shorts == 3
    assert plan(8, 6.0, candidates=3, done=Done(spent_s=200.0, shorts=0, tried=2)).shorts == 0


def test_a_card_that_nothing_is_known_of_is_measured_by_the_first_training() -> None:
    unknown = plan(8, None)
    assert (unknown.shorts, unknown.seconds, unknown.why.key) == (2, None, "tune.plan.unmeasured")


def test_when_the_hours_are_over_what_is_trained_is_compared() -> None:
    over = plan(8, 6.0, done=Done(spent_s=9 * 3600.0, shorts=2, tried=2))
    assert (over.shorts, over.fulls, over.stage0_minutes, over.why.key) == (2, 0, 0.0, "tune.plan.no_more")


def test_no_plan_promises_to_say_which_setting_is_better() -> None:
    for hours in (8, 12, 24):
        assert "tune.tell.no_setting" in [text.key for text in plan(hours).can_tell]


@given(
    hours=st.floats(0.1, 200), step_s=st.floats(0.01, 100), stage0=st.integers(0, 200), candidates=st.integers(0, 8),
    shorts=st.integers(0, 8), failed=st.integers(0, 3), spent=st.floats(0, 1e6),
)  # fmt: skip
def test_no_plan_takes_more_than_the_hours_have_left(
    hours: float, step_s: float, stage0: int, candidates: int, shorts: int, failed: int, spent: float
) -> None:
    done = Done(spent_s=spent, shorts=min(shorts, candidates), tried=min(candidates, shorts + failed))
    made = plan(hours, step_s, stage0=stage0, candidates=candidates, done=done)
    assert made.seconds is not None
    assert made.seconds <= max(0.0, hours * 3600 * 0.9 - spent) + 1e-6
    assert done.shorts <= made.shorts <= candidates or made.shorts == 0
    assert made.fulls <= made.shorts


def test_those_that_go_on_are_the_most_alike_and_ties_keep_their_order() -> None:
    known = [("plan", 0.5), ("rate_half", 0.6), ("rate_double", None), ("rank_16", 0.6)]
    assert plan_tuning.survivors(known, 2) == ["rate_half", "rank_16"]
    assert plan_tuning.survivors(known, 9) == ["rate_half", "rank_16", "plan"]


def test_a_training_is_begun_only_where_it_ends_in_time() -> None:
    assert plan_tuning.begins(3600.0, 2.0, 3600.0)
    assert not plan_tuning.begins(3601.0, 2.0, 3600.0)
