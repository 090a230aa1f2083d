"""Trainings at work as a person meets them: Ctrl+C, what a killed program left, the monitor."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import config
import lora_trainer
import utils
from avatar.commands import monitor as monitor_commands
from avatar.commands import queue as queue_commands
from avatar.commands import queue_entry, training_view
from avatar.commands import unfinished as unfinished_commands
from avatar.commands.monitor import monitor
from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.commands.training import train
from avatar.commands.training_view import ask_stop
from avatar.commands.unfinished import look_after
from avatar.plan.values import Change
from avatar.reports.stages import ClientState, StageState
from avatar.system import process_tree
from avatar.terminal import menus
from avatar.terminal.screen import cell_text
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.trainer import base_model
from avatar.trainer import options as trainer_options
from avatar.training import attempts, judge, tensorboard, unfinished
from avatar.training import models as training_models
from avatar.training import queue as training_queue
from avatar.training import run as training_run
from avatar.training import runs as training_runs
from avatar.training import states as training_states
from avatar.training.progress_file import TrainProgress
from avatar.training.queue import Entry
from avatar.training.run_folder import Outcome
from avatar.training.runs import LiveRun
from avatar.training.unfinished import Unfinished
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client
from config import Settings, TrainerConfig
from tests.base_models import write_sdxl
from tests.children import child_command
from tests.places import FAKE_TRAINER
from tests.scripted import MakeSession, ScriptedUi
from tests.tiny_png import PNG

AT_120 = TrainProgress(120, 900, 0.1, 3.0, 900.0, next_save=250)


def at_terminal(make: MakeSession, *answers: Any, language: str = "es") -> tuple[Session, ScriptedUi]:
    session, ui = make(*answers, language=language)
    ui.interactive = True
    return session, ui


# --- Ctrl+C ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "meant"), [("1", "now"), ("2", "checkpoint"), ("3", "continue"), (EOFError, "continue")])
def test_ctrl_c_offers_three_ways(make: MakeSession, answer: Any, meant: str) -> None:
    session, ui = at_terminal(make, answer)
    assert ask_stop(session, AT_120) == meant
    assert "paso 250" in ui.text and "7 minutos" in ui.text and "paso 120 de 900" in ui.text


def test_without_checkpoints_there_are_two_ways(make: MakeSession) -> None:
    session, ui = at_terminal(make, "3", "x", "2")
    assert ask_stop(session, None) == "continue"
    assert ui.text.count("Escribe un número de 1 a 2. Enter: Seguir entrenando.") == 2


def test_a_second_ctrl_c_goes_through(make: MakeSession) -> None:
    session, _ = at_terminal(make, KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        ask_stop(session, AT_120)


def test_the_question_is_over_when_the_training_is(make: MakeSession) -> None:
    session, _ = at_terminal(make, EOFError)  # what the terminal makes of `over`
    assert ask_stop(session, AT_120, threading.Event()) == "continue"


def test_the_bar_tells_what_the_trainer_reckons_and_not_its_own_clock(make: MakeSession) -> None:
    session, _ = make()
    moved: list[tuple[Any, ...]] = []

    class Bar:
        initial = 0

        def __call__(self, *values: Any) -> None:
            moved.append(values)

    watching = training_view.watching_on_screen(session, Bar())  # type: ignore[arg-type]
    assert watching.on_progress is not None
    watching.on_progress(TrainProgress(97, 100, 0.1, 3.0, 9.0))
    assert moved == [(97, 100, "pérdida 0,1", 9.0)]


class _Bar:
    """A progress bar that shows nothing."""

    initial = 0

    def __call__(self, *values: Any) -> None:
        pass

    def clear(self) -> None:
        pass


def test_after_twenty_steps_of_its_own_a_training_says_when_it_ends_once(make: MakeSession) -> None:
    session, ui = make(language="en")
    watching = training_view.watching_on_screen(session, _Bar())  # type: ignore[arg-type]
    assert watching.on_progress is not None
    for step in range(101, 160):  # it goes on from step 100
        watching.on_progress(TrainProgress(step, 2000, 0.1, 4.5, (2000 - step) * 4.5))
    (told,) = ui.shown
    assert told.startswith("After 20 steps: 4.5 s each; about 2.3 h to go, until 20")


def test_a_training_that_is_over_in_a_moment_says_nothing_of_its_time(make: MakeSession) -> None:
    session, ui = make(language="en")
    watching = training_view.watching_on_screen(session, _Bar())  # type: ignore[arg-type]
    assert watching.on_progress is not None
    for step in range(50):
        watching.on_progress(TrainProgress(step, 50, 0.1, 2.0, (50 - step) * 2.0))
    assert ui.shown == []


def test_a_finished_training_says_what_energy_the_card_took_where_it_is_known(make: MakeSession, client: Client) -> None:
    session, ui = make(language="en")
    outcome = Outcome(True, "r1", model=Path("m.safetensors"), steps=10, seconds=7200.0, kwh=0.334)
    session.show(training_view.outcome_result(session, client, outcome))
    assert "Energy of the card: 0.33 kWh." in ui.text and "It took about 2.0 h: 10 steps." in ui.text
    session, ui = make(language="en")
    session.show(training_view.outcome_result(session, client, dataclasses.replace(outcome, kwh=None)))
    assert "kWh" not in ui.text


def test_without_a_terminal_ctrl_c_means_now(make: MakeSession) -> None:
    session, _ = make()
    assert ask_stop(session, AT_120) == "now"


def test_the_question_knows_how_far_the_training_is_and_the_warning_is_said(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    session, ui = at_terminal(make, "2")
    session.client, session.quiet = client, False

    def fake_train(client: Client, *, settings: Any, resume: bool, watching: TrainingCallbacks) -> Outcome:
        assert watching.on_progress and watching.on_interrupt and watching.on_warning and watching.cancel is cancel
        assert watching.on_phase
        for phase in ("model", "checkpoint", "training"):
            watching.on_phase(phase)
        watching.on_progress(AT_120)
        watching.on_warning(Text("train.warning.silent", {"minutes": 7.0, "step": 3, "phase": "training"}))
        assert watching.on_interrupt() == "checkpoint"
        values = {"step": 250, "total": 2000, "saved": 250, "lacking": 1750}
        return Outcome(False, "r1", True, Text("train.cause.at_checkpoint", values), log=Path("x.log"))

    cancel = threading.Event()
    monkeypatch.setattr(lora_trainer, "train", fake_train)
    result = train(session, None, cancel=cancel)
    assert result.interrupted and result.error is not None and result.error.key == "train.cause.at_checkpoint"
    assert "7 minutos" in ui.text and "modelo base" in ui.shown[0] and "Ctrl+C" in "".join(ui.shown[2:])


def test_the_bar_shows_loss_and_memory_as_the_language_writes_them(make: MakeSession) -> None:
    progress = TrainProgress(1, 2, 0.12345, 1.0, 1.0, 6.54, 8.0)
    for language, told in (("es", "pérdida 0,1235, tarjeta 6,5/8,0 GiB"), ("en", "loss 0.1235, card 6.5/8.0 GiB")):
        session, _ = make(language=language)
        assert training_view._note(session, progress) == told
        assert training_view._note(session, TrainProgress(0, 2, None, None, None)) == ""


# --- what a killed program left --------------------------------------------------------------------------------------


@pytest.fixture
def left(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A client with one training that goes on; returns what was done with it."""
    (client.runs / "r1").mkdir()
    done: list[str] = []
    live = LiveRun("r1", client.runs / "r1", 7, 1.0, step=40, total=100)
    monkeypatch.setattr(unfinished, "look_after", lambda client: Unfinished((live,)))

    def adopt(client: Client, run_id: str, watching: TrainingCallbacks) -> Outcome:
        done.append(f"adopt {run_id}")
        return Outcome(True, run_id, model=client.models / "a.safetensors", steps=100, total=100)

    def stop(client: Client, run_id: str) -> Outcome:
        done.append(f"stop {run_id}")
        return Outcome(False, run_id, True, Text("train.cause.cancelled", {"step": 40, "total": 100}), steps=40, total=100)

    monkeypatch.setattr(unfinished, "adopt", adopt)
    monkeypatch.setattr(unfinished, "stop_run", stop)
    return done


@pytest.mark.parametrize(("answer", "done"), [("1", ["adopt r1"]), ("2", ["stop r1"]), ("3", []), (EOFError, [])])
def test_the_start_of_the_menus_asks_about_a_training_that_goes_on(
    make: MakeSession, left: list[str], answer: Any, done: list[str]
) -> None:  # fmt: skip
    session, ui = at_terminal(make, answer, "0")
    menus.start(session)
    assert left == done and "paso 40 de 100" in ui.text
    assert ("Entrenado y verificado" in ui.text) == (done == ["adopt r1"])
    assert ("--adopt" in ui.text) == (done == [])


def test_train_watches_the_one_that_goes_on_instead_or_starts_after_stopping_it(
    make: MakeSession, left: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    started: list[str] = []

    def fake_train(client: Client, **options: Any) -> Outcome:
        started.append(client.client_id)
        return Outcome(True, "r2", model=client.models / "b.safetensors")

    monkeypatch.setattr(lora_trainer, "train", fake_train)
    session, _ = at_terminal(make, "1")
    adopted = train(session, client.client_id)
    assert isinstance(adopted.value, Outcome) and adopted.value.run_id == "r1" and started == []
    session, _ = at_terminal(make, "2")
    assert train(session, client.client_id).value.run_id == "r2" and left[-1] == "stop r1"


def test_what_has_ended_is_judged_before_the_state_is_shown(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    order: list[str] = []

    def judged(session: Session, clients: Sequence[Client]) -> list[Result[Any] | Text]:
        order.append("judged")
        return []

    monkeypatch.setattr(unfinished_commands, "look_after", judged)

    def status() -> Result[Any]:
        order.append("shown")
        return Result(None)

    session, _ = make()
    unfinished_commands.with_runs_looked_after(session, "ana", status)
    assert order == ["judged", "shown"]


def test_a_script_is_told_in_a_warning_and_not_asked(make: MakeSession, left: list[str], client: Client) -> None:
    session, ui = make()
    result = unfinished_commands.with_runs_looked_after(session, None, lambda: Result(None))
    assert [warning.key for warning in result.warnings] == ["train.orphan"]
    assert result.warnings[0].values["client"] == "ana" and left == [] and ui.shown == []
    for language in translate.LANGUAGES:
        assert "monitor ana --adopt" in translate.text("train.orphan", language, **result.warnings[0].values)


@pytest.mark.parametrize("take", ["adopt", "stop"])
def test_the_monitor_takes_over_on_demand(make: MakeSession, left: list[str], client: Client, take: str) -> None:
    session, _ = make()
    result = monitor(session, client.client_id, take=take)
    assert left == [f"{take} r1"] and result.error is None and isinstance(result.value, Outcome)


def test_the_monitor_takes_over_nothing_that_is_not_there(make: MakeSession, client: Client) -> None:
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        monitor(session, client.client_id, take="adopt")
    assert caught.value.key == "train.no_such_run"
    told = translate.text("train.no_such_run", "es", **caught.value.values)
    assert "(-)" not in told and "no se ha empezado ninguno" in told


@pytest.mark.parametrize(
    ("outcome", "key"),
    [(Outcome(True, "r1", model=Path("m.safetensors")), "train.settled_success"),
     (Outcome(False, "r1", cause=Text("train.cause.abandoned", {"step": 3, "total": 9, "log": "x"})), "train.settled")],
)  # fmt: skip
def test_a_training_that_ended_meanwhile_is_told_once(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, key: str
) -> None:  # fmt: skip
    (client.runs / "r1").mkdir()
    monkeypatch.setattr(unfinished, "look_after", lambda client: Unfinished(settled=(outcome,)))
    session, ui = make()
    assert look_after(session, [client]) == []
    said = unfinished_commands._verdict_text(client, outcome)
    assert said.key == key and len(ui.shown) == 1 and "r1" in ui.text


def test_clients_whose_runs_are_all_judged_are_not_looked_at(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    (client.runs / "r1").mkdir()
    utils.write_json(client.runs / "r1" / "outcome.json", {"success": True})
    monkeypatch.setattr(unfinished, "look_after", lambda client: pytest.fail("nothing to do"))
    session, _ = make()
    assert look_after(session, unfinished_commands.all_clients(session)) == []


def test_a_client_that_another_program_is_at_work_on_is_left_to_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def locked(runs: Path, models: Path) -> Sequence[Outcome]:
        raise PipelineError("client.locked", client="ana")

    monkeypatch.setattr(training_run, "reconcile_runs", locked)
    assert unfinished.look_after(client) == Unfinished()


def test_the_monitor_shows_every_run_and_which_is_at_work(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    rows = [training_runs.RunSummary("r2", "open", 5, 9, 0.5, alive=True), training_runs.RunSummary("r1", "done", 9, 9, 0.25)]
    monkeypatch.setattr(training_models, "runs", lambda client: rows)
    session, ui = make()
    result = monitor(session, client.client_id)
    session.show(result)
    assert "r2 entrenando 5 9 0,5" in ui.text and "r1" in ui.text
    assert any(isinstance(block, Text) and block.key == "monitor.tensorboard" for block in result.blocks)


@pytest.mark.parametrize(("language", "loss"), [("es", "0,1235"), ("en", "0.1235")])
def test_the_monitor_writes_a_loss_as_the_language_does_and_none_as_nothing(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, language: str, loss: str
) -> None:
    failed = training_runs.RunSummary("r1", "failed", 0, 0, None, Text("train.cause.no_data", {"detail": ""}))
    rows = [training_runs.RunSummary("r2", "done", 9, 9, 0.123456), failed]
    monkeypatch.setattr(training_models, "runs", lambda client: rows)
    session, _ = make(language=language)
    table = next(block for block in monitor(session, client.client_id).blocks if isinstance(block, Table))
    assert [row[4] for row in table.rows] == [loss, None]
    first = translate.text("train.cause.no_data", language, detail="").partition("\n")[0]
    assert [row[5] for row in table.rows] == ["", first]


def test_without_runs_the_monitor_says_so_and_draws_nothing(make: MakeSession, client: Client) -> None:
    session, ui = make(language="en")
    result = monitor(session, client.client_id)
    session.show(result)
    assert result.value == {"runs": []} and not [block for block in result.blocks if isinstance(block, Table)]
    assert ui.shown[0] == translate.text("monitor.none", "en")


def test_a_training_that_had_ended_well_when_it_was_stopped_is_told_as_the_success_it_is(
    make: MakeSession, left: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Outcome(True, "r1", model=client.models / "ana_avatar_v1.safetensors", steps=100, total=100)
    monkeypatch.setattr(unfinished, "stop_run", lambda client, run_id: whole)
    session, ui = make(language="en")
    session.show(monitor(session, client.client_id, take="stop"))
    assert "ana_avatar_v1.safetensors" in ui.text and "Trained and verified" in ui.text


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_a_training_that_another_program_watches_is_asked_to_stop(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    asked: list[str] = []
    live = LiveRun("r1", client.runs / "r1", 7, 1.0, watched=True, step=40, total=100)
    live.folder.mkdir(parents=True)

    def request_stop(client: Client, when: str) -> LiveRun:
        asked.append(when)
        values = {"cancelled": True, "success": False, "steps": 40, "total": 100}
        utils.write_json(live.folder / "outcome.json", values)  # the program that watches has seen it
        return live

    monkeypatch.setattr(unfinished, "watched_run", lambda client: live)
    monkeypatch.setattr(unfinished, "request_stop", request_stop)
    monkeypatch.setattr(unfinished_commands, "_next_stop", lambda client, live: 50)
    session, ui = make(language=language)
    session.show(monitor(session, client.client_id, take="stop"))
    session.show(monitor(session, client.client_id, after_checkpoint=True))
    assert asked == ["now", "checkpoint"]
    assert translate.text("train.stopped", language, step=40, total=100) in ui.text
    assert translate.text("train.stop_asked", language, client=client.client_id, step=50, total=100) in ui.text


def test_a_training_that_nobody_watches_cannot_wait_for_its_checkpoint(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lone = LiveRun("r1", client.runs / "r1", 7, 1.0, step=40, total=100)
    monkeypatch.setattr(training_runs, "live_runs", lambda runs: [lone])
    session, _ = make(language="es")
    with pytest.raises(PipelineError) as error:
        monitor(session, client.client_id, take="stop", after_checkpoint=True)
    assert error.value.key == "train.nobody_watches" and not (lone.folder / "stop.json").exists()


# --- a training that is tried again ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "es",
            [
                "modelo base en 8 bits: no → sí (la tarjeta se quedó sin memoria).",
                "tasa de aprendizaje: 0,0001 → 0,00005 (",
                "(2 de 4",
            ],
        ),
        (
            "en",
            [
                "base model in 8 bits: no → yes (the card ran out of memory).",
                "learning rate: 0.0001 → 0.00005 (",
                "(2 of at",
            ],
        ),
    ],
)
def test_a_further_attempt_is_told_as_it_begins_in_words_of_the_user(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, language: str, said: list[str]
) -> None:
    changes = [
        Change("fp8_base", False, True, Text("plan.change.out_of_memory")),
        Change("learning_rate", 1e-4, 5e-5, Text("train.change.nan_rate")),
    ]
    when: list[str] = []
    session, ui = make(language=language)

    def fake_train(client: Client, *, watching: TrainingCallbacks, **options: Any) -> Outcome:
        attempts.tell(watching, 2, changes)
        when.append(ui.text)
        warnings = judge.told_changes(changes)
        return Outcome(True, "r1", model=Path("m.safetensors"), warnings=tuple(warnings))

    monkeypatch.setattr(lora_trainer, "train", fake_train)
    session.show(train(session, client.client_id))
    assert all(words in when[0] for words in said)
    assert "False" not in ui.text and "True" not in ui.text


def test_the_monitor_says_of_each_failed_run_what_it_was_in_a_line_and_of_the_newest_all(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cause = Text(
        "train.cause.gpu_memory", {"step": 1, "total": 400, "detail": "CUDA out of memory", "client": client.client_id}
    )
    failed = [training_runs.RunSummary(f"20260101-00000{number}", "failed", 1, 400, None, cause) for number in range(3)]
    monkeypatch.setattr(training_models, "runs", lambda _: failed)
    session, _ = make(language="es")
    shown = monitor(session, client.client_id).blocks
    table = next(block for block in shown if isinstance(block, Table))
    assert [str(row[-1]).count("\n") for row in table.rows] == [0, 0, 0] and "memoria" in str(table.rows[0][-1])
    assert [block.key for block in shown if isinstance(block, Text)].count("train.cause.gpu_memory") == 1


def test_what_several_attempts_changed_for_one_reason_is_one_sentence_from_the_first_value_to_the_last() -> None:
    memory = Text("plan.change.out_of_memory")
    changes = [
        Change("network_dim", 96, 64, memory), Change("max_train_steps", 400, 800, Text("plan.change.same_exposures")),
        Change("learning_rate", 1e-4, 5e-5, Text("train.change.nan_rate")), Change("network_dim", 64, 48, memory),
    ]  # fmt: skip
    told = [translate.words(text, "es") for text in judge.told_changes(changes)]
    assert told == [
        (
            "La tarjeta se quedó sin memoria y se ha repetido el entrenamiento con menos: tamaño del LoRA (dim) 96 → 48, "
            "pasos 400 → 800."
        ),
        "La pérdida pasó a ser NaN y se ha repetido el entrenamiento con otros valores: tasa de aprendizaje 0,0001 → 0,00005.",
    ]


# --- the queue and TensorBoard ---------------------------------------------------------------------------------------


def test_the_queue_shows_minutes_and_steps_only_where_there_are_any(make: MakeSession) -> None:
    session, ui = make()
    entries = [
        Entry("ana", "done", model="ana_avatar_v1.safetensors", steps=900, seconds=5415.0),
        Entry("bea", "failed", cause=Text("train.cause.no_data"), steps=0, seconds=0.2), Entry("eva"),
    ]  # fmt: skip
    (table,) = queue_commands._queue_blocks(entries)
    assert isinstance(table, Table)
    rows = [[cell_text(cell, "es") for cell in row] for row in table.rows]
    assert rows[0] == ["1", "ana", "terminado", "900", "90,2", "ana_avatar_v1.safetensors"]
    assert rows[1][:5] == ["2", "bea", "fallido", "", "0,0"] and rows[1][5] == translate.text("train.cause.no_data", "es")
    assert rows[2] == ["3", "eva", "en espera", "", "", ""]
    session.show(queue_commands.queue(session, "list"))
    assert "queue add" in ui.text  # an empty one says how it is filled


def test_the_queue_takes_clients_that_there_are_under_their_own_names(make: MakeSession, client: Client) -> None:
    session, _ = make()
    assert [entry.client for entry in queue_commands.queue(session, "add", ["ANA"]).value["queue"]] == ["ana"]
    with pytest.raises(PipelineError, match=r"client\.unknown"):
        queue_commands.queue(session, "add", ["ana", "nadie"])
    shutil.rmtree(client.folder)  # who is deleted can still leave
    assert queue_commands.queue(session, "remove", ["Ana"]).value == {"queue": []}


def test_the_queue_says_at_adding_and_in_its_list_what_a_client_still_lacks(
    make: MakeSession, client: Client, tmp_path: Path
) -> None:
    session, _ = make()
    for action, names in (("add", ["ana"]), ("list", [])):
        result = queue_commands.queue(session, action, names)
        assert [entry.client for entry in result.value["queue"]] == ["ana"]
        (told,) = result.warnings
        assert told.key == "queue.no_dataset" and "status ana" in translate.words(told, "es")
    old = StageState("prepare", "outdated", 4, Text("stage.why.pictures_changed"))
    for plan, keys in (("todo", ["queue.outdated", "queue.no_plan"]), ("done", ["queue.outdated"])):
        state = ClientState("ana", (old, StageState("configure", plan, 0)), 4, 0, {}, ())  # type: ignore[arg-type]
        assert [told.key for told in queue_commands._lacks(state)] == keys


@pytest.mark.parametrize(
    ("states", "error", "interrupted"),
    [(["done", "done"], None, False), (["done", "failed"], "queue.failed", False), (["stopped"], "queue.stopped", True)],
)
def test_a_queue_that_was_run_ends_as_its_trainings_did(
    make: MakeSession, monkeypatch: pytest.MonkeyPatch, states: list[Any], error: str | None, interrupted: bool
) -> None:
    session, ui = make(language="en")
    for number in range(len(states)):
        session.workspace.create(f"c{number}")
    training_queue.add(session.workspace.folder, [f"c{number}" for number in range(len(states))])

    def train_entry(entry: Entry, client: Client, **options: Any) -> Entry:
        state = states[int(client.client_id[1:])]
        return dataclasses.replace(entry, state=state, cause=None if state == "done" else Text("train.cause.no_data"))

    monkeypatch.setattr(queue_entry, "train_entry", train_entry)
    result = queue_commands.queue_run(session)
    assert (result.error and result.error.key) == error and result.interrupted is interrupted
    assert [entry.state for entry in result.value["queue"]] == states
    if error == "queue.failed":
        assert result.error is not None and result.error.values == {"clients": "c1", "ids": "c1"}
        assert "c1" in ui.text and translate.text("train.cause.no_data", "en").splitlines()[0] in ui.text


class FakeBoard:
    address = "http://127.0.0.1:6006/"

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1

    @property
    def alive(self) -> bool:
        self.looks = getattr(self, "looks", 0) + 1
        return self.looks < 4


@pytest.mark.parametrize("end", ["", EOFError, KeyboardInterrupt])
def test_tensorboard_on_the_command_line_stays_until_the_user_is_done_and_is_ended(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, end: Any
) -> None:
    board = FakeBoard()
    started: list[tuple[Path, list[Path]]] = []

    def start(logs: Path, candidates: list[Path]) -> FakeBoard:
        started.append((logs, candidates))
        return board

    monkeypatch.setattr(tensorboard, "start", start)
    session, ui = at_terminal(make, end)
    result = monitor_commands.tensorboard(session, "ana", wait=True)
    assert board.closed == 1 and board.address in ui.text
    assert result.value == {"address": board.address, "logs": str(client.logs)}
    assert started[0][0] == client.logs and len(started[0][1]) == 1


def test_tensorboard_without_a_terminal_serves_until_it_is_ended_and_says_so(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = FakeBoard()
    monkeypatch.setattr(tensorboard, "start", lambda logs, candidates: board)
    monkeypatch.setattr(monitor_commands, "BOARD_POLL_S", 0.001)
    session, ui = make(language="en")  # no answer is there: its end must not end the serving
    monitor_commands.tensorboard(session, "ana", wait=True)
    assert board.looks == 4 and board.closed == 1
    assert board.address in ui.text and "until this process is ended" in ui.text


def test_tensorboard_of_the_menus_goes_on_and_ends_with_the_program(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, at_exit = FakeBoard(), list[Callable[[], None]]()
    monkeypatch.setattr(tensorboard, "start", lambda logs, candidates: board)
    monkeypatch.setattr(atexit, "register", at_exit.append)
    session, ui = make()
    session.show(monitor_commands.tensorboard(session, "ana"))
    assert board.closed == 0 and board.address in ui.text
    for action in at_exit:
        action()
    assert board.closed == 1


@pytest.mark.parametrize(
    ("seconds_per_step", "next_save", "said"),
    [(3.0, 250, "7"), (3.0, 240, "6"), (3.0, 241, "7"), (0.01, 121, "1"), (None, 250, "?"), (3.0, None, "?")],
)
def test_the_minutes_to_the_next_checkpoint_are_rounded_up(
    seconds_per_step: float | None, next_save: int | None, said: str
) -> None:
    progress = TrainProgress(120, 900, 0.1, seconds_per_step, None, next_save=next_save)
    assert training_view._minutes_left(progress) == said


# --- at a real terminal ----------------------------------------------------------------------------------------------


def run_program(folder: str, *arguments: str) -> None:
    """Be the program, with its clients and its log in folder."""
    from avatar.terminal import command_line

    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.LOG_DIR, config.CONFIG_FILE = Path(folder) / "logs", Path(folder) / "config.json"
    sys.exit(command_line.main(["--clients-dir", str(Path(folder) / "clients"), "--lang", "en", *arguments]))


class Terminal:
    """The program at a pseudo terminal, as a person has it before them."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        import fcntl
        import pty
        import struct
        import termios

        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        command = child_command(run_program, folder, *arguments)
        own = f"import os, pty; os.login_tty({slave}); os.execv({command[0]!r}, {command!r})"
        self.child = subprocess.Popen([sys.executable, "-c", own], pass_fds=[slave])
        os.close(slave)
        self.master, self.screen = master, ""

    def wait_for(self, pattern: str, seconds: float = 30.0) -> None:
        """Read until the pattern is on the screen, and forget all that came before."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.screen):
            assert time.monotonic() < deadline, self.screen
            ready, _, _ = select.select([self.master], [], [], 0.1)
            if ready:
                try:
                    self.screen += os.read(self.master, 65536).decode("utf-8", "replace")
                except OSError:  # the other side is closed
                    break
        found = re.search(pattern, self.screen)
        assert found, self.screen
        self.screen = self.screen[found.start() :]

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def end(self) -> int:
        """Read what is left and return the exit code."""
        with contextlib.suppress(OSError):  # the other side is closed
            while select.select([self.master], [], [], 30)[0]:
                self.screen += os.read(self.master, 65536).decode("utf-8", "replace")
        os.close(self.master)
        try:
            return self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            raise


@pytest.fixture
def terminal(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Terminal]]:
    if sys.platform == "win32" or sys.version_info < (3, 11):
        pytest.skip("no pseudo terminals here")
    monkeypatch.setenv("FAKE_TRAINER_TABLE", str(trainer_options.DATA_FILE))
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.05")
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    own = install_stand_in(client, tmp_path)
    overrides = ["steps=200", "save_every_n_steps=40", "save_state=true"]
    lora_trainer.configure(client, settings=own, gpu="cpu", overrides=overrides, card_probe=list)
    yield lambda *arguments: Terminal(tmp_path, *arguments)
    for live in training_runs.live_runs(client.runs):
        process_tree.end_tree(live.pid, live.born, 1)


def install_stand_in(client: Client, folder: Path) -> Settings:
    """Let client train with the stand-in: everything that the checks want is there."""
    (folder / "kohya").mkdir()
    shutil.copy(FAKE_TRAINER, folder / "kohya")
    write_sdxl(folder / "base.safetensors")
    for name in base_model.TOKENIZERS:
        (folder / "tokenizers" / name.replace("/", "_")).mkdir(parents=True)
    data = client.training_data / f"20_{client.client_id}"
    data.mkdir(parents=True)
    for number in range(2):
        (data / f"p{number}.png").write_bytes(PNG)
        (data / f"p{number}.txt").write_text("ohwx woman", encoding="utf-8")
    pictures = [{"file": f"p{number}.png"} for number in range(2)]
    utils.write_json(data / "dataset_info.json", {"fingerprint": "abc", "trigger_word": "ohwx", "pictures": pictures})
    trainer = TrainerConfig(
        folder=str(folder / "kohya"), python=sys.executable, base_model=str(folder / "base.safetensors"),
        tokenizer_cache_dir=str(folder / "tokenizers"),
    )  # fmt: skip
    utils.write_json(folder / "config.json", {"trainer": dataclasses.asdict(trainer)})
    return Settings(trainer=trainer)


def test_ctrl_c_at_a_terminal_stops_after_the_checkpoint_and_the_training_is_resumed(
    client: Client, terminal: Callable[..., Terminal]
) -> None:  # fmt: skip
    screen = terminal("train", "ana")
    screen.wait_for(r" \d/200 .*loss")
    screen.type("\x03")
    screen.wait_for("Choose a number")
    screen.type("2\n")
    assert screen.end() == 130 and "saved at step" in screen.screen
    state = training_states.newest_state(client.runs)
    assert state is not None and state.steps == 40
    screen = terminal("train", "ana", "--resume")
    screen.wait_for(r" [45]\d/200 .*loss")
    screen.type("\x03")
    screen.wait_for("Choose a number")
    screen.type("3\n")  # go on
    screen.screen = ""
    screen.wait_for(r" [67]\d/200 .*loss")
    screen.type("\x03")
    screen.wait_for("Choose a number")
    time.sleep(0.5)  # readline misses a signal that comes just before it begins to wait; a person is slower
    screen.type("\x03")  # at the question: now
    assert screen.end() == 130 and "stopped by you" in screen.screen
    assert training_runs.live_runs(client.runs) == []


def test_a_program_killed_at_its_terminal_is_followed_by_one_that_offers_its_training(
    client: Client, terminal: Callable[..., Terminal]
) -> None:  # fmt: skip
    screen = terminal("train", "ana")
    screen.wait_for(r" \d/200 .*loss")
    screen.child.kill()
    screen.end()
    assert len(training_runs.live_runs(client.runs)) == 1
    screen = terminal()
    screen.wait_for("Choose a number")
    screen.type("2\n")
    screen.wait_for("Training stopped at step")
    screen.type("0\n")
    assert screen.end() == 0 and training_runs.live_runs(client.runs) == []
    assert training_runs.summaries(client.runs)[0].state == "cancelled"


def test_a_finished_training_says_how_its_model_is_used_with_prompts_to_copy(make: MakeSession, client: Client) -> None:
    session, ui = make(language="es")
    outcome = Outcome(True, "r1", model=client.models / "ana_avatar_v1.safetensors", steps=1300, seconds=9000.0)
    session.show(training_view.outcome_result(session, client, outcome))
    trigger = f"{client.info().trigger_word} {client.info().class_word}"
    assert "Ha llevado unas 2,5 h: 1.300 pasos." in ui.text
    use = next(line for line in ui.shown if line.startswith("Úsalo con las palabras"))
    assert f"«{trigger}», peso 0,8" in use and "25 pasos" in use and "CFG 7" in use and "dpmpp_2m" in use
    prompts = [line for line in ui.shown if line.startswith(f"  {trigger}, ")]
    assert len(prompts) == 3
    assert "install ana --to comfyui" in ui.text and "models/Lora" not in ui.text
    session.show_hidden()
    assert "models/Lora" in ui.text
