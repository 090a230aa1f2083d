"""Which tuning goes on, and what a new one is begun with."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from avatar.results import plan_tuning, tuning, tuning_start
from avatar.results.plan_tuning import Costs
from avatar.results.tuning import Line, Tuning
from avatar.results.tuning_start import Standing
from tests.plan.test_command import plan_for
from tests.results.tuning_world import begun

PLAN = plan_for()
NOW = Standing(plan=PLAN.fingerprint, dataset="d" * 16, held_out="h" * 16, last_run="20260101-000000")


def a_night(folder: Path, hours: float | None = 8.0, *, ended: bool = False) -> Tuning:
    one = begun(folder, PLAN, hours, last_run="20260101-000000", tuning_id=folder.name)
    tuning.append(folder, Line(candidate="plan", state="short", seconds=3600.0))
    if ended:
        tuning.write_answer(folder, {"file": "plan-2000@0.8"})
    return one


def test_one_that_was_not_finished_goes_on_with_the_hours_that_are_typed_or_its_own(tmp_path: Path) -> None:
    one = a_night(tmp_path / "20260102-000000")
    for hours, expected in ((None, 8.0), (12.0, 12.0)):
        found = tuning_start.choice([one], NOW, hours, stage0_only=False)
        assert (found.tuning, found.hours) == (one, expected)
        assert found.note is not None and found.note.key == "tune.goes_on"


def test_one_that_has_ended_is_shown_again_or_gets_that_many_hours_more(tmp_path: Path) -> None:
    one = a_night(tmp_path / "20260102-000000", ended=True)
    again = tuning_start.choice([one], NOW, None, stage0_only=False)
    assert again.tuning == one and again.shown
    more = tuning_start.choice([one], NOW, 5.0, stage0_only=False)
    assert (more.tuning, more.hours, more.shown) == (one, 6.0, False)


def test_after_another_training_its_models_are_compared_and_the_old_answer_is_not_shown(tmp_path: Path) -> None:
    one = a_night(tmp_path / "20260102-000000", ended=True)
    found = tuning_start.choice([one], dataclasses.replace(NOW, last_run="20260103-000000"), None, stage0_only=False)
    assert (found.tuning, found.hours) == (None, None)


def test_stage_0_that_was_not_finished_begins_anew_where_another_training_came_since(tmp_path: Path) -> None:
    one = a_night(tmp_path / "20260102-000000", None)
    assert tuning_start.choice([one], NOW, None, stage0_only=False).tuning == one
    later = dataclasses.replace(NOW, last_run="20260103-000000")
    assert tuning_start.choice([one], later, None, stage0_only=False).tuning is None


@pytest.mark.parametrize(
    ("field", "why"), [("plan", "tune.changed.plan"), ("dataset", "tune.changed.dataset"), ("held_out", "tune.changed.photos")]
)
def test_what_has_changed_since_it_began_begins_another_and_is_named(field: str, why: str, tmp_path: Path) -> None:
    one = a_night(tmp_path / "20260102-000000")
    found = tuning_start.choice([one], dataclasses.replace(NOW, **{field: "other"}), 8.0, stage0_only=False)
    assert found.tuning is None and found.hours == 8.0
    assert found.note is not None and found.note.values["reason"].key == why


def test_stage_0_alone_and_nights_do_not_take_each_other_s_tuning(tmp_path: Path) -> None:
    night, alone = a_night(tmp_path / "20260102-000000"), a_night(tmp_path / "20260103-000000", None, ended=True)
    there = [alone, night]
    assert tuning_start.choice(there, NOW, 8.0, stage0_only=False).tuning == night
    assert tuning_start.choice(there, NOW, None, stage0_only=True).tuning == alone
    assert tuning_start.choice([night], NOW, 8.0, stage0_only=True).tuning is None
    assert tuning_start.choice([], NOW, 8.0, stage0_only=False).tuning is None


def test_the_disk_is_reckoned_with_every_state_that_is_kept(tmp_path: Path) -> None:
    one = a_night(tmp_path / "20260102-000000")
    planned = plan_tuning.plan_tuning(
        12, Costs(step_s=6, picture_s=20), steps=2000, short=800, stage0_pictures=0, candidates=6
    )  # fmt: skip
    few = dataclasses.replace(planned, shorts=2, fulls=1)
    assert 0 < tuning_start.disk_bytes(one.info, few) < tuning_start.disk_bytes(one.info, planned)
    assert tuning_start.disk_bytes(one.info.model_copy(update={"plan": {}}), planned) == 0
