"""Candidates that train at the same time: on the cards of this computer, and on the machines of a scheduler."""

from __future__ import annotations

import contextlib
import os
import platform
import site
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import lora_trainer
import utils
from avatar.commands import tune_places
from avatar.commands.tune_places import Machine, OwnCard, Places
from avatar.plan.values import Plan
from avatar.system.gpu import Card
from avatar.texts.text import PipelineError
from avatar.training import run_folder
from avatar.training import variant as training_variant
from avatar.training.run_folder import Outcome
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client, tuning_run_folders
from config import Settings
from tests.faces.test_workers import dask_scheduler  # noqa: F401
from tests.places import ROOT
from tests.stages.test_lora_trainer import fill, installed, no_card, own_places  # noqa: F401
from tests.stages.test_train_variant import OVERRIDES, until, variant_of

RTX3060 = Card(0, "NVIDIA GeForce RTX 3060", 12.0, 11.5, (8, 6), "550", "12.4")


@pytest.fixture
def ready(client: Client, installed: Settings) -> Settings:  # noqa: F811
    fill(client)
    lora_trainer.configure(client, settings=installed, gpu="cpu", overrides=OVERRIDES, card_probe=no_card)
    return installed


def windows(client: Client, run_ids: Sequence[str]) -> list[tuple[float, float]]:
    """Return when each of these runs began and ended."""
    folders = [client.runs / run_id for run_id in run_ids]
    return [
        (run_folder.read_command(one)["started"], (one / run_folder.OUTCOME_FILE).stat().st_mtime) for one in folders
    ]  # fmt: skip


def overlap(found: Sequence[tuple[float, float]]) -> bool:
    (first, end), (second, other_end) = found
    return max(first, second) < min(end, other_end)


def train_two(places: Places, client: Client, settings: Settings, *, cancel: threading.Event | None = None) -> list[Outcome]:
    """Train two candidates at once, as a tuning with two places does."""
    both = [variant_of(client, settings, name) for name in ("rate_half", "rate_double")]
    watching = TrainingCallbacks(cancel=cancel or threading.Event(), grace_s=5)
    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(places.train, client, one, settings=settings, stop_at=10, go_on="", watching=watching) for one in both
        ]
        return [one.result() for one in asked]


# --- the cards of this computer --------------------------------------------------------------------------------------


def test_each_card_of_the_plans_kind_that_has_room_is_a_place() -> None:
    plan = lora_plan(profile="rtx3060_12gb")
    cards = [RTX3060, replace(RTX3060, index=1), replace(RTX3060, index=2, free_gib=2.0),
             replace(RTX3060, index=3, name="NVIDIA GeForce GTX 1650", total_gib=4.0, free_gib=4.0)]  # fmt: skip
    assert tune_places.cards_for(plan, lambda: cards) == [0, 1]
    assert tune_places.of_this_computer(plan, lambda: cards).names == ["card 0", "card 1"]
    for lone in (lambda: cards[:1], list):
        assert tune_places.of_this_computer(plan, lone).names == [""]
    assert tune_places.cards_for(replace(plan, num_processes=2), lambda: cards) == []  # they train one together
    assert len(tune_places.of_this_computer(None, lambda: cards)) == 1


def lora_plan(**changed: Any) -> Plan:
    from tests.plan.test_values import PLAN

    return replace(PLAN, resolution=768, network_dim=8, train_batch_size=1, **changed)


def test_two_cards_train_two_candidates_at_once_each_on_its_own(
    client: Client, ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    cards = [RTX3060, replace(RTX3060, index=1)]
    lora_trainer.configure(client, settings=ready, gpu="rtx3060_12gb", overrides=OVERRIDES, card_probe=lambda: cards)
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.2")
    places = Places([OwnCard(number, lambda: cards) for number in (0, 1)])
    outcomes = train_two(places, client, ready)
    assert [one.short_at for one in outcomes] == [10, 10]
    assert overlap(windows(client, [one.run_id for one in outcomes]))
    shown = {utils.read_json(client.runs / one.run_id / "environment.json")["set"]["CUDA_VISIBLE_DEVICES"] for one in outcomes}
    assert shown == {"0", "1"}


def set_up(environment: dict[str, str]) -> None:
    os.environ.update(environment)


@contextlib.contextmanager
def steps_take(scheduler: str, seconds: float) -> Iterator[None]:
    """Let the stand-in take so long for a step on each machine, as it does here."""
    import distributed

    connected: Any = distributed.Client
    with connected(scheduler, set_as_default=False) as dask:
        dask.run(site.addsitedir, str(ROOT))
        dask.run(set_up, {"FAKE_TRAINER_STEP_S": str(seconds), "FAKE_TRAINER_TABLE": os.environ["FAKE_TRAINER_TABLE"]})
        yield


# --- machines --------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_two_machines_of_a_scheduler_train_two_candidates_at_once(
    client: Client, ready: Settings, dask_scheduler: str  # noqa: F811
) -> None:  # fmt: skip
    plan = variant_of(client, ready).plan
    with steps_take(dask_scheduler, 0.2), tune_places.of_scheduler(dask_scheduler, client, plan) as places:
        assert len(places) == 2 and all(name.startswith("tcp://127.0.0.1") for name in places.names)
        outcomes = train_two(places, client, ready)
        assert overlap(windows(client, [one.run_id for one in outcomes]))
        assert all(one.success or one.short_at == 10 for one in outcomes), outcomes
        again = train_two(places, client, ready)  # as after a kill -9 of the program that shared them out
    assert [one.run_id for one in again] == [one.run_id for one in outcomes]
    assert len(tuning_run_folders(client.runs)) == 2
    watchers = {run_folder.read_command(folder)["machine"] for folder in tuning_run_folders(client.runs)}
    assert watchers == {platform.node()}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_failure_and_an_error_of_another_machine_arrive_as_they_are(
    client: Client, ready: Settings, dask_scheduler: str  # noqa: F811
) -> None:  # fmt: skip
    fine = variant_of(client, ready)
    with steps_take(dask_scheduler, 0.0), tune_places.of_scheduler(dask_scheduler, client, fine.plan) as places:
        watching = TrainingCallbacks(cancel=threading.Event())
        gone = replace(fine, plan=replace(fine.plan, base_model=str(client.folder / "gone.safetensors")))
        with pytest.raises(PipelineError) as caught:
            places.train(client, gone, settings=ready, stop_at=10, go_on="", watching=watching)
        assert caught.value.key.startswith("preflight.") and len(places) == 2
        # Each machine is free again.
        assert all(one.success or one.short_at for one in train_two(places, client, ready))


def test_the_end_of_the_hours_and_ctrl_c_reach_a_machine_by_the_runs_folder(
    client: Client, ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.3")
    cancel, seen = threading.Event(), list[int]()

    def on_progress(told: Any) -> None:
        seen.append(told.step)
        if told.step >= 2:
            cancel.set()

    watching = TrainingCallbacks(cancel=cancel, on_progress=on_progress)
    with ThreadPoolExecutor(1) as pool:
        place = Machine(_Dask(pool), "tcp://m1", None)
        outcome = place.train(client, variant_of(client, ready), settings=ready, stop_at=None, go_on="", watching=watching)
    assert outcome.cancelled and seen


def test_a_machine_that_leaves_is_told_and_gets_no_more(client: Client, ready: Settings) -> None:
    dask = SimpleNamespace(
        submit=lambda *given, **options: SimpleNamespace(done=lambda: False, cancel=lambda: None),
        nthreads=lambda: {"tcp://m2": 1},
    )  # fmt: skip
    places = Places([Machine(dask, "tcp://m1", None), OwnCard(None, no_card)])
    candidate, watching = variant_of(client, ready), TrainingCallbacks(cancel=threading.Event())
    with pytest.raises(PipelineError) as caught:
        places.train(client, candidate, settings=ready, stop_at=None, go_on="", watching=watching)
    assert caught.value.key == "cluster.machine_gone" and caught.value.values["machine"] == "tcp://m1"
    assert places.train(client, candidate, settings=ready, stop_at=None, go_on="", watching=watching).success


def test_what_an_earlier_session_left_at_work_is_waited_for(
    client: Client, ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(tune_places, "BUSY_EVERY_S", 0.1)
    candidate = variant_of(client, ready)
    with ThreadPoolExecutor(2) as pool:
        place = Machine(_Dask(pool), "tcp://m1", None)
        with training_variant.held(client, candidate):
            asked = pool.submit(
                place.train, client, candidate, settings=ready, stop_at=None, go_on="",
                watching=TrainingCallbacks(cancel=threading.Event()),
            )  # fmt: skip
            until(lambda: place._dask.asked >= 2)
            assert not asked.done()
        assert asked.result().success


class _Dask:
    """Stands in for a scheduler's client: its one machine is a thread of this program."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool, self.asked = pool, 0

    def submit(self, what: Any, *given: Any, workers: list[str], **_options: Any) -> Any:
        self.asked += 1
        assert workers == ["tcp://m1"]
        return self._pool.submit(what, *given)

    def nthreads(self) -> dict[str, int]:
        return {"tcp://m1": 1}
