"""A resumed run's numbers, what it has trained, and the plan it goes on with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import utils
from avatar.plan.plan_file import KeptPlan
from avatar.plan.resume import Continuation, continuation
from avatar.plan.values import Change, Plan
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.trainer.log import LogReader
from avatar.trainer.options import known_tables
from avatar.training import judge, proof, resuming, run_folder, states
from avatar.training.run_folder import RunSpec
from avatar.training.step_numbers import StepNumbers, numbers_of, numbers_of_record
from avatar.training.watch import WatchResult
from tests.plan.test_resume import PLAN, plan_of, trained_by_the_script
from tests.reports.test_loss_plot import event, event_file

MAIN, _, V087 = known_tables()

# --- numbers ---------------------------------------------------------------------------------------------------------

cases = st.tuples(st.integers(1, 9), st.integers(1, 3), st.integers(2, 40)).flatmap(
    lambda case: st.tuples(st.just(case), st.integers(1, case[2] - 1))
)


@given(cases)
def test_every_number_of_the_trainers_own_becomes_that_of_the_whole_training(case: tuple[tuple[int, int, int], int]) -> None:
    (batches, accumulation, total), done = case
    plan = plan_of(total, accumulation)
    way = continuation(plan, math.ceil(batches / accumulation), done, MAIN)
    assert way is not None
    trained, own_start = trained_by_the_script(batches, accumulation, way, plan)
    numbers = numbers_of(way)
    assert numbers.of_file(own_start + 1) == numbers.of_bar(1, total - own_start) == done + 1
    assert numbers.own(numbers.of_file(7)) == 7
    assert numbers.of_bar(trained, total - own_start) == total == numbers.of_all(total - own_start)


@pytest.mark.parametrize(
    ("step", "numbers", "every", "suits", "expected"),
    [
        (0, StepNumbers(), 4, lambda step: True, 4), (4, StepNumbers(), 4, lambda step: True, 8),
        (9, StepNumbers(), 4, lambda step: True, 10), (0, StepNumbers(), 20, lambda step: True, 10),
        (6, StepNumbers(6, 5, 10), 4, lambda step: True, 9),  # own 4 is step 9
        (0, StepNumbers(), 3, lambda step: step % 6 == 0, 6), (1, StepNumbers(), 3, lambda step: False, 3),
    ],
)  # fmt: skip
def test_the_next_save_is_the_next_that_suits_or_else_the_next(
    step: int, numbers: StepNumbers, every: int, suits: Any, expected: int
) -> None:  # fmt: skip
    assert numbers.next_save(step, every, 10, suits) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, StepNumbers()), ({"first_step": 0, "continuation": None}, StepNumbers()),
        ({"first_step": 6, "continuation": asdict(Continuation(6, 10, 4, 1, 6, True))}, StepNumbers(6, 5, 10)),
        ({"first_step": 5}, StepNumbers(5, 5)),  # of an earlier version
        ({"first_step": 5, "continuation": {"done": "x"}}, StepNumbers(5, 5)),
    ],
)  # fmt: skip
def test_a_record_says_how_its_run_counted(record: Mapping[str, Any], expected: StepNumbers) -> None:
    assert numbers_of_record(record) == expected


# --- runs and states on disk -----------------------------------------------------------------------------------------


def spec_of(folder: Path, way: Continuation | None, plan: Plan = PLAN, changes: tuple[Change, ...] = ()) -> RunSpec:
    logs = str(folder.parents[1] / "logs")
    return RunSpec(
        run_id=folder.name, folder=folder, command=("python", "x.py", "--logging_dir", logs), cwd=folder, environment={},
        plan=plan, client_id="ana", output_name="ana_avatar_v1", models=folder.parents[1] / "models", trigger_word="ohwx",
        class_word="woman", continuation=way, changes=changes, resumed_from="r1" if way else "", steps_per_epoch=5,
    )  # fmt: skip


def run_with_states(folder: Path, started: float, way: Continuation | None, *own: int, **more: Any) -> RunSpec:
    folder.mkdir(parents=True)
    spec = spec_of(folder, way, **more)
    run_folder.write_records(spec, started)
    for number in own:
        state = folder / f"ana_avatar_v1-step{number:08d}-state"
        state.mkdir()
        for part in states.STATE_PARTS:
            (state / part).write_bytes(b"{}")
    return spec


def test_a_record_brings_a_run_back_with_where_it_went_on(tmp_path: Path) -> None:
    way = Continuation(6, 10, 4, 1, 6, True)
    spec = run_with_states(tmp_path / "runs" / "r2", 5.0, way)
    back, started = run_folder.spec_of(spec.folder, spec.models)
    assert (back.continuation, back.first_step, back.steps_per_epoch, started) == (way, 6, 5, 5.0)
    assert back.logs == tmp_path / "logs" and spec_of(tmp_path / "runs" / "r1", None).first_step == 0
    record = utils.read_json(spec.folder / "command.json")
    utils.write_json(spec.folder / "command.json", {**record, "continuation": {**record["continuation"], "done": "six"}})
    with pytest.raises(PipelineError) as caught:
        run_folder.spec_of(spec.folder, spec.models)
    assert caught.value.key == "train.bad_record"


def test_the_run_of_an_earlier_version_counts_from_where_it_thought_it_went_on(tmp_path: Path) -> None:
    spec = run_with_states(tmp_path / "runs" / "r2", 5.0, Continuation(5, 10, 5), 3)
    record = utils.read_json(spec.folder / "command.json")
    del record["continuation"]
    utils.write_json(spec.folder / "command.json", record)
    assert run_folder.spec_of(spec.folder, spec.models)[0].continuation == Continuation(5, 10, 5, initial_step=5)
    state = states.newest_state(tmp_path / "runs")
    assert state is not None and state.steps == 8


def test_the_furthest_state_counts_by_true_steps_and_none_after_a_nan(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    run_with_states(runs / "r1", 1.0, None, 3, 6)
    spec = run_with_states(runs / "r2", 2.0, Continuation(6, 15, 9, 1, 6, True), 3, 4)
    newest = states.newest_state(runs)
    assert newest is not None and (newest.folder.parent.name, newest.steps) == ("r2", 9)
    utils.write_json(spec.folder / "outcome.json", {"success": False, "nan_step": 9})
    newest = states.newest_state(runs)
    assert newest is not None and newest.steps == 8


def test_the_state_of_a_trainings_end_counts_all_its_steps(tmp_path: Path) -> None:
    spec = run_with_states(tmp_path / "runs" / "r1", 1.0, None, 3)
    for name, steps in (("another-state", 3), ("ana_avatar_v1-state", 10)):
        (spec.folder / "ana_avatar_v1-step00000003-state").rename(spec.folder / name)
        (spec.folder / name).mkdir(exist_ok=True)
        newest = states.newest_state(tmp_path / "runs")
        assert newest is None  # no model came of it
        utils.write_json(spec.folder / "outcome.json", {"success": True})
        newest = states.newest_state(tmp_path / "runs")
        assert (newest.steps if newest else 3) == steps
        (spec.folder / "outcome.json").unlink()
        (spec.folder / name).rename(spec.folder / "ana_avatar_v1-step00000003-state")


# --- with which plan -------------------------------------------------------------------------------------------------

HALVED = (Change("network_dim", 32, 16, Text("plan.change.out_of_memory")),
          Change("network_dim", 16, 8, Text("plan.change.out_of_memory")),
          Change("fp8_base", False, True, Text("plan.change.out_of_memory")))  # fmt: skip
STATE = replace(PLAN, network_dim=8, fp8_base=True)


def test_what_earlier_attempts_changed_stays() -> None:
    assert resuming.plan_to_go_on(PLAN, STATE, HALVED) == (STATE, HALVED)


def test_what_the_user_has_changed_since_is_the_users() -> None:
    plan, changes = resuming.plan_to_go_on(replace(PLAN, network_dim=64, seed=7), STATE, HALVED)
    assert (plan.network_dim, plan.fp8_base, plan.seed) == (64, True, 7)
    assert [change.name for change in changes] == ["fp8_base"]


def newest(tmp_path: Path, plan: Plan = PLAN, options: Any = MAIN) -> resuming.Resumed:
    return resuming.newest(tmp_path / "runs", tmp_path / "models", KeptPlan(plan, (), None), options, "ana")


@pytest.mark.parametrize(
    ("own", "plan", "options", "key"),
    [
        ((), PLAN, MAIN, "train.no_state"),
        ((), replace(PLAN, save_state=True), MAIN, "train.no_state_yet"),
        ((10,), PLAN, MAIN, "train.nothing_left"),
        ((6,), PLAN, V087, "train.cannot_resume"),
    ],
)
def test_why_nothing_can_be_gone_on_with(tmp_path: Path, own: tuple[int, ...], plan: Plan, options: Any, key: str) -> None:
    run_with_states(tmp_path / "runs" / "r1", 1.0, None, *own)
    with pytest.raises(PipelineError) as caught:
        newest(tmp_path, plan, options)
    assert caught.value.key == key


def test_fp16_goes_on_where_the_state_has_its_scaler(tmp_path: Path) -> None:
    run_with_states(tmp_path / "runs" / "r1", 1.0, None, 6, plan=replace(PLAN, mixed_precision="bf16"))
    half = replace(PLAN, mixed_precision="fp16")
    assert [item.text.key for item in newest(tmp_path, half).findings] == ["resume.no_scaler"]
    (tmp_path / "runs" / "r1" / "ana_avatar_v1-step00000006-state" / "scaler.pt").write_bytes(b"x")
    assert newest(tmp_path, half).findings == ()


@pytest.mark.parametrize(
    ("plan", "per_epoch", "fitting"),
    [(plan_of(40), 10, {5, 10, 15}), (plan_of(40, 2), 10, {10}), (plan_of(40, 2, "constant"), 10, {5, 10, 15}),
     (plan_of(40, 2), 0, {5, 10, 15})],
)  # fmt: skip
def test_a_stop_suits_where_it_can_be_gone_on_from_exactly(plan: Plan, per_epoch: int, fitting: set[int]) -> None:
    suits = resuming.suits_a_stop(plan, per_epoch)
    assert {step for step in (5, 10, 15) if suits(step)} == fitting


# --- what was trained ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trained", "key"), [(0, "train.cause.nothing_trained"), (3, "train.cause.too_few_steps"), (4, None), (5, None)]
)
def test_a_run_that_did_less_than_was_lacking_is_no_success(trained: int, key: str | None) -> None:
    found = proof.shortfall(Continuation(6, 10, 4), trained)
    assert (found.key if found else None) == key
    if found is not None:
        assert all(translate.words(found, language) for language in translate.LANGUAGES)


def write_curve(logs: Path, name: str, began: float, rates: Mapping[int, float]) -> None:
    event_file(logs, name, event(began, None), *(event(began + own, own, lr__unet=rate) for own, rate in rates.items()))


def proven(tmp_path: Path, *, goes_on: bool) -> proof.Proof:
    """Two runs with curves: the first went past the state of step 6, the second counts 1 too few by 5."""
    runs, logs = tmp_path / "runs", tmp_path / "logs"
    run_with_states(runs / "r1", 100.0, None, 6)
    spec = run_with_states(runs / "r2", 200.0, Continuation(6, 10, 4, 1, 6, True))
    write_curve(logs, "a", 101.0, {5: 3e-4, 6: 2e-4, 7: 1e-4})
    write_curve(logs, "b", 201.0, {2: 1e-4 if goes_on else 5e-4, 3: 5e-5})
    found = proof.proof_of(spec, 4)
    assert found is not None
    return found


def test_the_first_rate_is_the_next_of_the_curve_before(tmp_path: Path) -> None:
    found = proven(tmp_path, goes_on=True)
    assert found.first_rate == pytest.approx(1e-4) and found.expected_rate == pytest.approx(1e-4)
    assert found.rate_goes_on and (found.start, found.trained, found.total) == (6, 4, 10)


def test_a_rate_that_jumped_is_told(tmp_path: Path) -> None:
    found = proven(tmp_path, goes_on=False)
    assert not found.rate_goes_on
    spec = spec_of(tmp_path / "runs" / "r2", Continuation(6, 10, 4, 1, 6, True))
    outcome = judge.outcome(spec, WatchResult(LogReader()), None, (), 0.0, 1.0, found)
    warning = next(warning for warning in outcome.warnings if warning.key == "train.warning.rate_jumped")
    assert warning.values["step"] == 7
    for language in translate.LANGUAGES:
        assert "0.0005" in translate.words(warning, language).replace(",", ".")


def test_without_curves_nothing_speaks_against_the_rate(tmp_path: Path) -> None:
    spec = run_with_states(tmp_path / "runs" / "r2", 200.0, Continuation(6, 10, 4))
    found = proof.proof_of(spec, 4)
    assert found is not None and found.rate_goes_on and found.first_rate is None
    assert proof.proof_of(spec_of(tmp_path / "runs" / "r1", None), 10) is None
