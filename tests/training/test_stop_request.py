"""A stop that another program asks for, and what progress.jsonl says of phases and of the computer."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from avatar.system import child as system_child
from avatar.system import memory as system_memory
from avatar.system import process_tree
from avatar.texts.text import PipelineError, key_of
from avatar.trainer.options import DATA_FILE
from avatar.training import progress_file, run_folder, states, stop_request, unfinished
from avatar.training import run as training_run
from avatar.training import watch as training_watch
from avatar.training.readings import Readings
from avatar.training.run_folder import Outcome
from avatar.training.watch import RunInfo, TrainingCallbacks, watch
from avatar.workspace.client import Client
from tests.tiny_png import PNG
from tests.training.test_run import plan_for, spec_for
from tests.training.test_watch import Acting, bar, write_state


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_child, "POLL_S", 0.001)
    monkeypatch.setattr(training_watch, "REQUEST_EVERY_S", -1.0)
    monkeypatch.setattr(process_tree, "end_tree", lambda *arguments: None)


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "progress.jsonl").read_text(encoding="utf-8").splitlines()]


def phases(folder: Path) -> list[str]:
    return [line["phase"] for line in lines_of(folder) if "phase" in line]


# --- the request -----------------------------------------------------------------------------------------------------


def test_a_request_to_stop_now_ends_the_training_as_ctrl_c_does(tmp_path: Path, impatient: None) -> None:
    def on_line(line: str) -> None:
        if line == "go":
            stop_request.ask(tmp_path, "now")

    seen = watch(Acting(tmp_path, "go\n", *["x\n"] * 5), RunInfo(folder=tmp_path), TrainingCallbacks(on_line=on_line))
    assert seen.stopped == "user"


@pytest.mark.parametrize(("withdrawn", "stopped"), [(False, "checkpoint"), (True, "")])
def test_a_request_to_stop_after_the_checkpoint_waits_for_it_and_can_be_withdrawn(
    tmp_path: Path, impatient: None, monkeypatch: pytest.MonkeyPatch, withdrawn: bool, stopped: str
) -> None:
    monkeypatch.setattr(states, "SETTLED_S", -1.0)

    def on_line(line: str) -> None:
        if line == "go":
            stop_request.ask(tmp_path, "checkpoint")
        if line == "changed" and withdrawn:
            stop_request.withdraw(tmp_path)
        if line == "save":
            write_state(tmp_path, "a-step00000004-state")

    course = RunInfo(folder=tmp_path, save_every=4, save_state=True)
    trainer = Acting(tmp_path, "go\n", "x\n", "changed\n", "x\n", "save\n", "x\n", "x\n")
    assert watch(trainer, course, TrainingCallbacks(on_line=on_line)).stopped == stopped


def test_an_answer_at_the_keyboard_replaces_a_request(tmp_path: Path, impatient: None) -> None:
    def on_line(line: str) -> None:
        if line == "go":
            stop_request.ask(tmp_path, "checkpoint")
        if line == "ctrl-c":
            raise KeyboardInterrupt

    trainer = Acting(tmp_path, "go\n", "x\n", "ctrl-c\n", "x\n", "x\n")
    watching = TrainingCallbacks(on_line=on_line, on_interrupt=lambda: "continue")
    assert watch(trainer, RunInfo(folder=tmp_path), watching).stopped == ""
    assert stop_request.asked(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"when": "later"}', '{"when": 7}'])
def test_a_damaged_request_asks_for_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / stop_request.FILE).write_text(content, encoding="utf-8")
    assert stop_request.asked(tmp_path) is None


@pytest.mark.parametrize(("when", "cause"), [("now", "train.cause.cancelled"), ("checkpoint", "train.cause.at_checkpoint")])
def test_a_training_that_is_watched_is_stopped_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: stop_request.When, cause: str
) -> None:
    place = Client(tmp_path / "ana")
    (place.folder / "data" / "2_ana").mkdir(parents=True)
    (place.folder / "data" / "2_ana" / "p.png").write_bytes(PNG)
    (place.folder / "base.safetensors").write_bytes(b"weights")
    monkeypatch.setenv("FAKE_TRAINER_TABLE", str(DATA_FILE))
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.02")
    spec = spec_for(place.folder, plan=plan_for(max_train_steps=4000, save_every_n_steps=20))
    spec = replace(spec, folder=place.runs / "r1", command=tuple(
        word.replace(str(place.folder / "runs"), str(place.runs)) for word in spec.command
    ))  # fmt: skip
    ended: list[Outcome] = []
    trained = threading.Thread(target=lambda: ended.append(training_run.run(spec, TrainingCallbacks(grace_s=3))))
    trained.start()
    try:
        until = time.monotonic() + 30
        while training_watch.read_log(spec.folder).facts.step < 2 and time.monotonic() < until:
            time.sleep(0.05)
        assert unfinished.request_stop(place, when).run_id == "r1"
    finally:
        stop_request.ask(spec.folder, stop_request.asked(spec.folder) or "now")
        trained.join(60)
    assert key_of(ended[0].cause) == cause and ended[0].cancelled
    assert run_folder.read_outcome(spec.folder) and not (spec.folder / stop_request.FILE).exists()
    assert {"starting", "training", "verifying"} <= set(phases(spec.folder)) and phases(spec.folder)[-1] == "verifying"
    assert training_run.next_save(spec, 21) == 40 and training_run.next_save(spec, 4000) is None


def test_without_a_training_there_is_nothing_to_stop(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as error:
        unfinished.request_stop(Client(tmp_path), "now")
    assert error.value.key == "train.no_such_run"


# --- what stands in progress.jsonl -----------------------------------------------------------------------------------

LOG = (
    "INFO preparing accelerator\n", "INFO loading model for process 0/1\n", "INFO caching latents...\n", "running training\n",
    bar(1) + "\n", "INFO generating sample images at step: 1\n", bar(2) + "\n", "saving checkpoint: a.safetensors\n",
    bar(3) + "\n",
)  # fmt: skip


def test_each_phase_has_a_line_as_it_begins_and_the_next_step_ends_samples_and_saving(tmp_path: Path, impatient: None) -> None:
    watch(Acting(tmp_path, "hello\n", *LOG), RunInfo(folder=tmp_path), TrainingCallbacks())
    whole = ["starting", "accelerator", "model", "latents", "training", "samples", "training", "checkpoint", "training"]
    assert phases(tmp_path) == whole
    assert all("step" in row for row in progress_file.rows_of(tmp_path / "progress.jsonl"))
    assert progress_file.last_row(tmp_path / "progress.jsonl")["step"] == 3
    watch(Acting(tmp_path), RunInfo(folder=tmp_path), TrainingCallbacks())  # another program goes on watching
    assert phases(tmp_path) == whole


def test_the_figures_of_the_computer_stand_beside_the_loss(tmp_path: Path, impatient: None) -> None:
    watching = TrainingCallbacks(memory=lambda: (6.5, 8.0), power=lambda: 163.44, celsius=lambda: 71.4)
    watch(Acting(tmp_path, "x\n", bar(1), bar(2), "\n"), RunInfo(folder=tmp_path), watching)
    row = progress_file.last_row(tmp_path / "progress.jsonl")
    assert (row["used_gib"], row["total_gib"], row["watts"], row["celsius"]) == (6.5, 8.0, 163.4, 71.0)
    assert 0 < row["host_gib"] < row["host_total_gib"]


def test_a_figure_that_nobody_tells_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_memory, "used_and_total_gib", lambda: None)
    readings = Readings(lambda: None, lambda: 3.14159, None, lambda: None)
    readings.look(0.0)
    assert readings.row() == {"process_gib": 3.14} and readings.memory is None


@pytest.mark.parametrize(
    "after", [b"", b'{"time": 2.0, "step": 9, "tot', b'{"sample": "a.png", "prompt": 0, "at_step": 3}\n' * 2000]
)
def test_the_last_row_is_found_at_the_end_and_further_up_where_other_lines_stand_there(tmp_path: Path, after: bytes) -> None:
    path = tmp_path / "progress.jsonl"
    rows = [json.dumps({"time": float(step), "step": step, "total": 5000}) for step in range(1, 4001)]
    first = json.dumps({"time": 0.5, "phase": "model"})
    path.write_bytes("\n".join([first, *rows, ""]).encode() + after)
    assert progress_file.last_row(path) == {"time": 4000.0, "step": 4000, "total": 5000}
    assert progress_file.last_phase(path) == progress_file.PhaseRow("model", 0.5)
