"""The time of a card's own trainings counts for the next plan on it."""

from __future__ import annotations

import dataclasses

import pytest

import lora_trainer
import utils
from avatar.plan import measured, plan_file, steps
from avatar.plan import time as plan_time
from avatar.plan.time import Timed
from avatar.plan.values import Plan
from avatar.system import gpu
from avatar.system.gpu import Card
from avatar.training import attempts
from avatar.training.run_folder import Outcome
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import Settings, TrainerConfig

CARD = Card(0, "NVIDIA GeForce RTX 3060", 8.0, 7.4, (8, 6))


def planned(client: Client, card: Card = CARD) -> tuple[Plan, plan_time.StepTime]:
    report = lora_trainer.configure(client, settings=Settings(), card_probe=lambda: [card])
    assert report.step_time is not None
    return report.plan, report.step_time


def test_the_second_training_of_a_card_is_timed_by_its_first_whosever_it_was(workspace: Workspace, client: Client) -> None:
    plan, before = planned(client)
    assert before.source == "table"
    attempts.note_time(plan, Outcome(True, "r", seconds_per_step=2.5), CARD)

    _, after = planned(workspace.create("eva"))

    assert (after.source, after.seconds, after.reference) == ("measured", 2.5, CARD.name)


def test_a_card_of_another_name_keeps_the_table_and_a_run_of_few_steps_says_nothing(client: Client) -> None:
    plan, _ = planned(client)
    attempts.note_time(plan, Outcome(True, "r", seconds_per_step=2.5), dataclasses.replace(CARD, name="NVIDIA RTX A2000"))
    attempts.note_time(plan, Outcome(True, "r"), CARD)
    attempts.note_time(plan, Outcome(True, "r", seconds_per_step=2.5), None)

    assert planned(client)[1].source == "table"


def test_times_and_memory_lie_in_one_file_and_neither_costs_the_other(client: Client) -> None:
    plan, _ = planned(client)
    attempts.note_time(plan, Outcome(True, "r", seconds_per_step=2.5), CARD)
    attempts.note_memory(plan, Outcome(True, "r", process_gib=6.1), CARD)
    attempts.note_time(plan, Outcome(True, "r", seconds_per_step=2.7), CARD)

    assert [run.seconds_per_step for run in measured.times_of(CARD)] == [2.5, 2.7]
    assert [one.process_gib for one in measured.of_card(CARD).values()] == [6.1]


def test_of_many_trainings_the_newest_are_kept_and_a_damaged_row_costs_itself() -> None:
    for number in range(measured.MOST_TIMES + 5):
        measured.keep_time(CARD, Timed(CARD.name, 2, 1.0, 1.0 + number))
    record = utils.read_object(measured.path())
    (card,) = record["times"]
    record["times"][card][0] = {"pictures": "two", "work": 1.0, "seconds_per_step": 9.0}
    record["times"][card][1] = {"pictures": 0, "work": 1.0, "seconds_per_step": 9.0}
    utils.write_json(measured.path(), record)

    found = measured.times_of(CARD)

    assert len(found) == measured.MOST_TIMES - 2 and found[-1].seconds_per_step == measured.MOST_TIMES + 5
    utils.write_json(measured.path(), {"times": {card: 3}})
    assert measured.times_of(CARD) == []


def test_the_queue_takes_the_cards_own_time_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, _ = planned(client)
    measured.keep_time(CARD, Timed(CARD.name, steps.pictures_a_step(plan), plan_time.work_of(plan), 3.0))

    assert plan_file.step_time_of(plan, lambda: [CARD]) == plan_time.StepTime(3.0, "measured", CARD.name)
    monkeypatch.setattr(gpu, "cards", list)
    without_card = plan_file.seconds_of(client, TrainerConfig())
    assert without_card is not None and without_card != plan_time.training_seconds(
        plan, plan_time.StepTime(3.0, "measured", "")
    )
