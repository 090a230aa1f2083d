"""The queue: kept on disk, one after the other, past failures, and on from where a killed program left it."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import filelock
import pytest

import config
import lora_trainer
import utils
from avatar.commands import queue as queue_commands
from avatar.commands.queue_entry import train_entry
from avatar.commands.result import plain
from avatar.commands.session import Session
from avatar.plan import plan_file
from avatar.plan.time import duration
from avatar.system import gpu
from avatar.system.gpu import Card
from avatar.terminal import command_line, menu, menus
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text, key_of
from avatar.trainer import base_model
from avatar.trainer import options as trainer_options
from avatar.training import models
from avatar.training import queue as training_queue
from avatar.training.progress_file import PROGRESS_FILE
from avatar.training.queue import Entry, add, read, remove, run_all
from avatar.training.run_folder import Outcome
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import Settings, TrainerConfig
from tests.base_models import write_sdxl
from tests.children import child_command, with_argument
from tests.places import FAKE_TRAINER
from tests.scripted import MakeSession, ScriptedUi
from tests.tiny_png import PNG

Keep = Callable[[Entry], None]


def names(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    return [(entry.client, entry.state) for entry in entries]


def finished(entry: Entry, keep: Keep) -> Entry:
    return dataclasses.replace(entry, state="done", run_id="r", model="m.safetensors")


# --- the list --------------------------------------------------------------------------------------------------------


def test_clients_stand_in_line_once_and_can_leave(tmp_path: Path) -> None:
    assert read(tmp_path) == []
    add(tmp_path, ["ana", "bea"])
    assert names(add(tmp_path, ["bea", "eva", "ana"])) == [("ana", "waiting"), ("bea", "waiting"), ("eva", "waiting")]
    assert names(remove(tmp_path, ["bea"])) == [("ana", "waiting"), ("eva", "waiting")] == names(read(tmp_path))
    with pytest.raises(PipelineError) as caught:
        remove(tmp_path, ["ana", "bea"])
    assert caught.value.key == "queue.not_in" and len(read(tmp_path)) == 2


def test_a_client_leaves_whatever_the_case_of_its_name_is_written_in(tmp_path: Path) -> None:
    add(tmp_path, ["Ana", "bea", "Eva"])
    assert names(remove(tmp_path, ["ANA", "eva"])) == [("bea", "waiting")]
    with pytest.raises(PipelineError) as caught:
        remove(tmp_path, ["Ana"])
    assert caught.value.values["client"] == "Ana"


def test_who_has_ended_waits_again_at_the_end(tmp_path: Path) -> None:
    add(tmp_path, ["ana", "bea"])
    run_all(tmp_path, finished)
    assert names(add(tmp_path, ["ana"])) == [("bea", "done"), ("ana", "waiting")]


def test_a_damaged_entry_costs_itself_and_no_other(tmp_path: Path) -> None:
    entries = [
        {"client": "ana", "state": "failed", "steps": "many", "cause": "no.such.text", "values": 3}, {"client": 5}, 7, None,
        {"state": "done"}, {"client": "bea", "state": "sleeping", "colour": 1}, {"client": "eva", "state": "done", "steps": 9},
    ]  # fmt: skip
    (tmp_path / training_queue.FILE).write_text(json.dumps({"entries": entries}), encoding="utf-8")
    assert names(read(tmp_path)) == [("ana", "failed"), ("bea", "waiting"), ("eva", "done")]
    assert [entry.steps for entry in read(tmp_path)] == [0, 0, 9]
    assert read(tmp_path)[0].cause == Text("file.text_lost", {"name": "no.such.text"})


@pytest.mark.parametrize("content", ['{"entries": {"client": "ana"}}', '{"version": 1}', "[]"])
def test_a_file_that_is_no_queue_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / training_queue.FILE).write_text(content, encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        read(tmp_path)
    assert caught.value.key == "queue.bad_file"


def test_an_empty_queue_and_one_that_another_program_runs_are_told(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        run_all(tmp_path, finished)
    assert caught.value.key == "queue.empty"
    add(tmp_path, ["ana"])
    with filelock.FileLock(str(tmp_path / ".training_queue_run.lock")), pytest.raises(PipelineError) as caught:
        run_all(tmp_path, finished)
    assert caught.value.key == "queue.busy"


# --- one after the other ---------------------------------------------------------------------------------------------


def test_failures_of_every_kind_do_not_cost_the_others_their_night(tmp_path: Path) -> None:
    add(tmp_path, ["ana", "bea", "cid", "dan", "eva"])
    changes: list[tuple[str, str]] = []

    def train_one(entry: Entry, keep: Keep) -> Entry:
        if entry.client == "ana":
            raise PipelineError("train.orphan", client="ana", run="r", step=1, total=Path("x"))
        if entry.client == "bea":
            raise OSError(28, "No space left on device", "/x")
        if entry.client == "cid":
            raise RuntimeError("a bug")
        if entry.client == "dan":
            add(tmp_path, ["fay"])  # someone adds while it runs
        return finished(entry, keep)

    entries = run_all(tmp_path, train_one, lambda entry: changes.append((entry.client, entry.state)))
    assert names(entries) == [("ana", "failed"), ("bea", "failed"), ("cid", "failed"), ("dan", "done"), ("eva", "done"),
                              ("fay", "done")]  # fmt: skip
    assert changes[:3] == [("ana", "running"), ("ana", "failed"), ("bea", "running")]
    for entry in entries[:3]:
        for language in translate.LANGUAGES:
            assert entry.cause is not None and translate.words(entry.cause, language)


@pytest.mark.parametrize("how", ["outcome", "ctrl_c"])
def test_a_stop_by_the_user_ends_the_queue_and_it_goes_on_with_that_one(tmp_path: Path, how: str) -> None:
    add(tmp_path, ["ana", "bea"])

    def stopped(entry: Entry, keep: Keep) -> Entry:
        entry = dataclasses.replace(entry, before="r7")
        keep(entry)
        if how == "ctrl_c":
            raise KeyboardInterrupt
        return dataclasses.replace(entry, state="stopped")

    assert names(run_all(tmp_path, stopped)) == [("ana", "stopped"), ("bea", "waiting")]
    assert read(tmp_path)[0].before == "r7"
    order: list[str] = []

    def note(entry: Entry, keep: Keep) -> Entry:
        order.append(entry.client)
        return finished(entry, keep)

    run_all(tmp_path, note)
    assert order == ["ana", "bea"]


def test_who_was_being_trained_when_the_program_was_killed_is_taken_first(tmp_path: Path) -> None:
    add(tmp_path, ["ana", "bea"])
    training_queue._put(tmp_path, Entry("bea", "running", before=""))
    order: list[str] = []
    run_all(tmp_path, lambda entry, keep: order.append(entry.client) or finished(entry, keep))  # type: ignore[func-returns-value]
    assert order == ["bea", "ana"]


# --- with the stand-in -----------------------------------------------------------------------------------------------


def no_card() -> Sequence[Card]:
    return []


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    monkeypatch.setenv("FAKE_TRAINER_TABLE", str(trainer_options.DATA_FILE))
    folder = tmp_path / "kohya"
    folder.mkdir()
    shutil.copy(FAKE_TRAINER, folder)
    base = tmp_path / "base.safetensors"
    write_sdxl(base)
    for name in base_model.TOKENIZERS:
        (tmp_path / "tokenizers" / name.replace("/", "_")).mkdir(parents=True)
    trainer = TrainerConfig(
        folder=str(folder), python=sys.executable, base_model=str(base), tokenizer_cache_dir=str(tmp_path / "tokenizers")
    )
    utils.write_json(tmp_path / "config.json", {"trainer": dataclasses.asdict(trainer)})
    return Settings(trainer=trainer)


def ready(workspace: Workspace, name: str, installed: Settings, *overrides: str, pictures: int = 1) -> Client:
    client = workspace.create(name, trigger_word="ohwx", class_word="woman")
    folder = client.training_data / f"5_{name}"
    folder.mkdir(parents=True)
    files = [f"p{number}.png" for number in range(pictures)]
    for file in files:
        (folder / file).write_bytes(PNG)
        (folder / file).with_suffix(".txt").write_text("ohwx woman", encoding="utf-8")
    info = {"fingerprint": "abc", "trigger_word": "ohwx", "pictures": [{"file": file} for file in files]}
    utils.write_json(folder / "dataset_info.json", info)
    lora_trainer.configure(client, settings=installed, gpu="cpu", overrides=overrides, card_probe=no_card)
    return client


def turn(client: Client, installed: Settings, entry: Entry | None = None) -> tuple[Entry, list[Entry]]:
    kept: list[Entry] = []
    entry = entry or Entry(client.client_id, "running")
    return train_entry(entry, client, settings=installed, card_probe=no_card, on_turn=kept.append), kept


def test_an_entry_is_trained_and_says_what_came_of_it(workspace: Workspace, installed: Settings) -> None:
    client = ready(workspace, "ana", installed, "steps=4")
    ended, kept = turn(client, installed)
    assert (ended.state, ended.model, ended.steps) == ("done", "ana_avatar_v1.safetensors", 4)
    assert kept[0].before == "" and ended.run_id == models.runs(client)[0].run_id
    again, _ = turn(client, installed, kept[0])  # killed between the end and saying so: not trained twice
    assert (again.state, again.run_id, again.model) == ("done", ended.run_id, ended.model)
    assert len(models.runs(client)) == 1


def test_an_entry_that_was_begun_goes_on_from_its_state_and_without_one_from_the_start(
    workspace: Workspace, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    client = ready(workspace, "ana", installed, "steps=20", "save_every_n_steps=5", "save_state=true")
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "traceback")
    monkeypatch.setenv("FAKE_TRAINER_FAIL_STEP", "12")
    failed, (entry,) = turn(client, installed)
    assert (failed.state, key_of(failed.cause)) == ("failed", "train.cause.unknown")
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "")
    ended, _ = turn(client, installed, entry)
    command = utils.read_json(client.runs / ended.run_id / "command.json")
    assert ended.state == "done" and command["first_step"] == 10
    for run_id in client.runs.iterdir():
        for state in run_id.glob("*-state"):
            shutil.rmtree(state)
        (run_id / "outcome.json").write_text('{"success": false}', encoding="utf-8")
    ended, _ = turn(client, installed, entry)
    assert utils.read_json(client.runs / ended.run_id / "command.json")["first_step"] == 0


def run_queue(folder: str, clients: str) -> None:
    """Train the queue in a process of its own; says last how every entry ended."""
    config.LOG_DIR = Path(folder) / "logs"
    gpu.cards = list  # none
    session = Session(ScriptedUi(), workspace=Workspace(Path(clients)), config_file=Path(folder) / "config.json", quiet=True)
    result: Any = queue_commands.queue_run(session)
    print([(entry.client, entry.state, entry.steps) for entry in result.value["queue"]])


def test_a_queue_whose_program_was_killed_goes_on_where_it_was(
    workspace: Workspace, installed: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    ana, _ = (ready(workspace, name, installed, "steps=40") for name in ("ana", "bea"))
    add(workspace.folder, ["ana", "bea"])
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.05")
    arguments = child_command(run_queue, tmp_path, workspace.folder)
    program = subprocess.Popen(arguments)
    deadline = time.monotonic() + 30
    while not (live := list(ana.runs.glob("*/process.json"))) and time.monotonic() < deadline:
        time.sleep(0.02)
    program.kill()
    program.wait()
    assert live and names(read(workspace.folder)) == [("ana", "running"), ("bea", "waiting")]
    done = subprocess.run(arguments, capture_output=True, encoding="utf-8", timeout=60, env=os.environ)
    assert done.stdout.splitlines()[-1] == "[('ana', 'done', 40), ('bea', 'done', 40)]", done.stderr
    assert len(list(ana.runs.iterdir())) == 1  # taken over, not begun again
    for path in ana.runs.iterdir():
        assert with_argument(str(path)) == []


# --- as a person meets it --------------------------------------------------------------------------------------------


def test_the_commands_show_the_queue_and_sum_up_the_night(
    make: MakeSession, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    for name in ("ana", "bea"):
        workspace.create(name)
    session, ui = make()
    session.show(queue_commands.queue(session, "list"))
    assert "La cola está vacía" in ui.text
    session.show(queue_commands.queue(session, "add", ["ANA", "bea"]))
    assert "1 ana en espera" in ui.text and names(read(workspace.folder)) == [("ana", "waiting"), ("bea", "waiting")]

    def trained(client: Client, **options: Any) -> Outcome:
        if client.client_id == "ana":
            return Outcome(False, "r", cause=Text("train.cause.cancelled", {"step": 1, "total": 2}), steps=1)
        return Outcome(True, "r", model=Path("bea_avatar_v1.safetensors"), steps=2, seconds=120.0)

    monkeypatch.setattr(lora_trainer, "train", trained)
    result = queue_commands.queue_run(session)
    session.show(result)
    assert result.error is not None and result.error.values == {"clients": "ana", "ids": "ana"} and not result.interrupted
    assert "bea_avatar_v1.safetensors" in ui.text and "fallido" in ui.text
    assert ui.shown.index("Turno de «ana»") < ui.shown.index("Turno de «bea»")
    assert plain(result.value)["queue"][1]["state"] == "done"
    session.show(queue_commands.queue(session, "remove", ["ana", "bea"]))
    assert read(workspace.folder) == []


def test_the_queue_says_when_it_will_be_through_as_far_as_that_is_known(make: MakeSession, workspace: Workspace) -> None:
    for name in ("ana", "bea", "eva"):
        workspace.create(name)
    for name in ("ana", "eva"):
        lora_trainer.configure(workspace.client(name), settings=Settings(), gpu="rtx3060_8gb", card_probe=list)
    session, _ = make(language="en")
    one = plan_file.seconds_of(workspace.client("ana"), TrainerConfig())
    assert one is not None

    alone = queue_commands.queue(session, "add", ["ana", "eva"]).blocks[-1]
    with_unknown = queue_commands.queue(session, "add", ["bea"]).blocks[-1]

    assert isinstance(alone, Text) and (alone.key, alone.values["left"]) == ("queue.through", duration(2 * one))
    end = datetime.fromisoformat(str(alone.values["clock"]))
    assert abs((end - datetime.now(timezone.utc)).total_seconds() - 2 * one) < 60
    assert isinstance(with_unknown, Text) and with_unknown.key == "queue.through_known"  # bea has no plan yet
    assert (with_unknown.values["clients"], with_unknown.values["left"]) == ("bea", duration(2 * one))


def test_a_training_that_runs_counts_with_what_its_own_steps_say(make: MakeSession, workspace: Workspace) -> None:
    client = workspace.create("ana")
    lora_trainer.configure(client, settings=Settings(), gpu="rtx3060_8gb", card_probe=list)
    (client.runs / "r1").mkdir(parents=True)
    row = {"time": 1.0, "step": 90, "total": 100, "loss": 0.1, "seconds_per_step": 60.0, "eta_s": 600.0}
    (client.runs / "r1" / PROGRESS_FILE).write_text(json.dumps(row) + "\n", encoding="utf-8")
    session, _ = make()
    training_queue.add(workspace.folder, ["ana"])
    training_queue._write(workspace.folder, [Entry("ana", "running", run_id="r1")])

    told = queue_commands.queue(session, "list").blocks[-1]

    assert isinstance(told, Text) and told.values["left"] == duration(600)


def test_a_stopped_queue_is_told_and_exits_as_interrupted(
    make: MakeSession, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    workspace.create("ana")
    session, _ = make()
    queue_commands.queue(session, "add", ["ana"])
    stopped = Outcome(False, "r", True, Text("train.cause.cancelled", {"step": 1, "total": 2}))
    monkeypatch.setattr(lora_trainer, "train", lambda client, **options: stopped)
    result = queue_commands.queue_run(session)
    assert result.interrupted and result.error is not None and result.error.key == "queue.stopped"


def test_an_unknown_client_is_never_queued(make: MakeSession) -> None:
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        queue_commands.queue(session, "add", ["nobody"])
    assert caught.value.key == "client.unknown"


def test_the_menu_fills_empties_and_runs_the_queue(
    make: MakeSession, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    for name in ("ana", "bea", "eva"):
        workspace.create(name)
    monkeypatch.setattr(lora_trainer, "train", lambda client, **options: Outcome(True, "r", model=Path("m.safetensors")))
    session, ui = make("2", "1,3", "3", "1", "4", "1", "0")
    menu.run_menu("menu.queue", menus.choices_of("queue"), session)
    assert names(read(workspace.folder)) == [("eva", "done")] and "m.safetensors" in ui.text


def test_the_command_line_knows_the_queue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["--clients-dir", str(tmp_path / "c"), "--lang", "en", "--json"]
    assert command_line.main([*base, "client", "new", "ana"]) == 0
    assert command_line.main([*base, "queue", "add", "ana"]) == 0
    assert '"command": "queue add"' in capsys.readouterr().out
    assert command_line.main([*base, "queue", "remove", "ana"]) == 0
    assert command_line.main([*base, "queue", "run"]) == 1
    assert "queue.empty" in capsys.readouterr().out
