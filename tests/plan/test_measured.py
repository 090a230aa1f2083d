"""What trainings took of a card: kept per card and configuration, without names, and used for the next plan."""

from __future__ import annotations

import dataclasses
import json
from types import SimpleNamespace
from typing import Any

import pytest

import utils
from avatar.plan import measured
from avatar.plan.ask import ask
from avatar.plan.fit import Fitted, fit
from avatar.plan.measured import Measured
from avatar.plan.memory import estimate_memory_gib, load_of
from avatar.plan.memory_terms import Load
from avatar.plan.values import DatasetFacts
from avatar.system import gpu
from avatar.system.gpu import GIB, Card
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.trainer.options import known_tables
from avatar.training import attempts
from avatar.training.run_figures import figures_of
from avatar.training.run_folder import Outcome
from config import GPU_PROFILES, TRAINING_PRESETS

CARD = Card(0, "NVIDIA GeForce RTX 3060", 8.0, 7.36, (8, 6))
PROFILE, PRESET = GPU_PROFILES["rtx3060_8gb"], TRAINING_PRESETS["quick"]


def planned(card: Card = CARD) -> Fitted:
    asked = ask(PROFILE, PRESET, DatasetFacts(20, 200))
    known = measured.of_card(card)
    return fit(asked, profile=PROFILE, preset=PRESET, card=card, options=known_tables()[0], known=known)


def ran(card: Card = CARD, **values: Any) -> None:
    """Note a run of the plan that stands, as the program does after it ended."""
    usual: dict[str, Any] = {"success": True, "run_id": "r1"}
    attempts.note_memory(planned(card).plan, Outcome(**{**usual, **values}), card)


def test_what_a_run_took_counts_for_the_next_plan_and_the_difference_is_shown() -> None:
    before = planned()
    assert before.plan.network_dim == 96 and before.estimate.measured_gib is None
    ran(process_gib=6.4, card_gib=7.0)
    after = planned().estimate
    assert (after.total_gib, after.formula_gib, after.measured_gib) == (6.4, 6.78, 6.4)
    assert after.safe_gib == pytest.approx(6.4 * 1.02, abs=0.01) and after.source == "measured on this card"
    # A little less is free: by the formula and its margin the plan would be smaller now.
    tight = dataclasses.replace(CARD, free_gib=6.6)
    assert planned(tight).plan.network_dim == 96 and planned(tight).estimate.verdict == "fits"


def test_a_figure_above_the_formula_makes_the_plan_smaller() -> None:
    ran(process_gib=7.5, card_gib=7.9)
    found = planned()
    assert (found.plan.network_dim, found.plan.gradient_accumulation_steps) != (96, 2)
    assert found.estimate.verdict == "fits" and found.estimate.measured_gib is None


def test_a_run_that_ran_out_of_memory_is_not_planned_again_unless_more_is_free() -> None:
    ran(success=False, cause=Text("train.cause.gpu_memory", {"code": 1}))
    found = planned()
    changed = next(item for item in found.changes if item.name == "gradient_accumulation_steps")
    assert (changed.before, changed.after) == (2, 1)
    roomier = planned(dataclasses.replace(CARD, free_gib=7.9)).plan
    assert (roomier.network_dim, roomier.gradient_accumulation_steps) == (96, 2)
    named = fit(
        ask(PROFILE, PRESET, DatasetFacts(20, 200)), profile=PROFILE, preset=PRESET, card=CARD, options=known_tables()[0],
        known=measured.of_card(CARD),
        overrides={"network_dim": 96, "resolution": 1024, "gradient_accumulation_steps": 2, "fp8_base": True},
    )  # fmt: skip
    assert named.estimate.verdict == "too_big" and [told.key for told in named.warnings] == ["plan.warning.failed_before"]


def test_a_later_run_that_goes_through_takes_the_failure_back() -> None:
    plan = planned().plan
    attempts.note_memory(plan, Outcome(False, "r1", cause=Text("train.cause.gpu_memory", {"code": 1})), CARD)
    attempts.note_memory(plan, Outcome(True, "r2", process_gib=6.9), CARD)
    (entry,) = measured.of_card(CARD).values()
    assert (entry.failed_gib, entry.process_gib, entry.runs) == (None, 6.9, 1)
    assert planned().plan == plan


def test_the_file_holds_the_card_the_configuration_and_the_figures_and_nothing_else() -> None:
    ran(process_gib=6.4, card_gib=7.0)
    record = json.loads(measured.path().read_text(encoding="utf-8"))
    assert set(record) == {"version", "cards"} and list(record["cards"]) == ["NVIDIA GeForce RTX 3060, 8 GiB"]
    (entry,) = record["cards"]["NVIDIA GeForce RTX 3060, 8 GiB"].values()
    assert entry == {
        "setup": {"dim": 96, "accumulation": 2, "fp8": True}, "process_gib": 6.4, "card_gib": 7.0, "before_gib": 0.64,
        "formula_gib": 6.78, "runs": 1,
    }  # fmt: skip
    assert [path.name for path in measured.path().parent.glob("card_memory*")] == ["card_memory.json"]  # no leftover


def test_cards_and_configurations_are_kept_apart_and_the_highest_peak_stays() -> None:
    other = dataclasses.replace(CARD, name="NVIDIA GeForce RTX 4060")
    ran(process_gib=6.4)
    ran(process_gib=6.2)
    ran(other, process_gib=5.0)
    (entry,) = measured.of_card(CARD).values()
    assert (entry.process_gib, entry.runs) == (6.4, 2)
    assert [found.process_gib for found in measured.of_card(other).values()] == [5.0]
    assert measured.of_card(None) == {}
    load = load_of(planned().plan)
    assert measured.key_of(dataclasses.replace(load, accumulation=8)) == measured.key_of(load)
    assert measured.key_of(dataclasses.replace(load, accumulation=1)) != measured.key_of(load)


def test_where_the_process_is_not_told_the_card_less_what_was_in_use_before_counts() -> None:
    assert Measured(None, 7.0, 0.6).needs_gib == pytest.approx(6.4)
    assert Measured(6.1, 7.0, 0.6).needs_gib == 6.1
    assert Measured(None, 7.0, None).needs_gib is None
    ran(card_gib=7.0)
    assert planned().estimate.measured_gib == pytest.approx(6.36)


@pytest.mark.parametrize(
    "values", [{"success": False, "cause": Text("train.cause.nan", {})}, {}, {"success": False, "cancelled": True}]
)
def test_a_run_that_says_nothing_of_the_memory_leaves_nothing(values: dict[str, Any]) -> None:
    ran(**values)
    assert not measured.path().exists()


@pytest.mark.parametrize("damage", ["{", "[]", '{"cards": 3}', '{"cards": {"NVIDIA GeForce RTX 3060, 8 GiB": [1]}}', ""])
def test_a_damaged_file_costs_no_plan_and_is_written_anew(damage: str) -> None:
    utils.write_atomic(measured.path(), damage)
    assert planned().estimate.measured_gib is None
    ran(process_gib=6.4)
    assert planned().estimate.measured_gib == 6.4
    key = measured.key_of(load_of(planned().plan))
    broken = {"cards": {"NVIDIA GeForce RTX 3060, 8 GiB": {key: {"process_gib": "much", "card_gib": 1e99, "before_gib": 0}}}}
    utils.write_json(measured.path(), broken)
    assert planned().estimate.measured_gib is None


def test_a_disk_that_takes_no_file_costs_only_the_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utils, "write_json", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    ran(process_gib=6.4)
    assert not measured.path().exists()


def test_a_measured_plan_says_both_figures() -> None:
    from avatar.commands.plan_view import _memory

    ran(process_gib=6.4)
    for language, words in (("es", "medido en esta tarjeta: 6,4"), ("en", "measured on this card: 6.4; by the formula 6.8")):
        assert words in translate.words(_memory(planned().estimate), language)


# --- what NVML says --------------------------------------------------------------------------------------------------


class FakeNvml:
    """NVML with two processes on a card; what it may refuse it refuses by an error of its own."""

    class NVMLError(Exception):
        pass

    def __init__(self, sizes: dict[int, object]) -> None:
        self.sizes = sizes

    def nvmlInit(self) -> None:  # noqa: N802  # NVML's names
        pass

    nvmlShutdown = nvmlInit  # noqa: N815

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        return index

    def nvmlDeviceGetComputeRunningProcesses(self, handle: int) -> list[SimpleNamespace]:  # noqa: N802
        if handle:
            raise self.NVMLError
        return [SimpleNamespace(pid=pid, usedGpuMemory=size) for pid, size in self.sizes.items()]


@pytest.mark.parametrize(
    ("sizes", "pids", "gib"),
    [({10: 3 * GIB, 11: GIB, 12: 2 * GIB}, {10, 11}, 4.0), ({10: 3 * GIB}, {99}, None), ({10: None}, {10}, None),
     ({10: 3 * GIB, 11: None}, {10, 11}, None), ({}, {10}, None)],
)  # fmt: skip
def test_the_memory_of_the_trainers_own_processes(
    monkeypatch: pytest.MonkeyPatch, sizes: dict[int, object], pids: set[int], gib: float | None
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pynvml", FakeNvml(sizes))
    assert gpu.process_gib(0, pids) == gib
    assert gpu.process_gib(1, pids) is None  # a card that does not answer


def test_the_peaks_of_a_run_are_those_of_its_rows() -> None:
    rows = [{"used_gib": 5.0, "process_gib": 4.2}, {"used_gib": 6.1}, {"process_gib": 4.4, "used_gib": 6.0}, {}]
    found = figures_of(rows)
    assert (found.process_gib, found.card_gib) == (4.4, 6.1)
    assert figures_of([]).process_gib is None


def test_the_formula_stays_where_nothing_is_known() -> None:
    plan = planned().plan
    assert estimate_memory_gib(plan, 7.36, {"other": Measured(1.0)}).total_gib == 6.78
    assert measured.key_of(Load()) != measured.key_of(load_of(plan))
