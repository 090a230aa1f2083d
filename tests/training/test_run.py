"""Runs of the stand-in as real child processes: success, every failure, cancelling, and what past runs say."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np
import psutil
import pytest
from safetensors.numpy import load_file, save_file

import utils
from avatar.plan.ask import ask
from avatar.plan.command import RunPaths, build_command
from avatar.plan.fit import fit
from avatar.plan.resume import Continuation
from avatar.plan.values import DatasetFacts, Plan
from avatar.system import process_tree
from avatar.texts import text, translate
from avatar.texts.text import Text, key_of
from avatar.trainer import lora_file
from avatar.trainer.options import DATA_FILE, known_tables
from avatar.training import judge as training_judge
from avatar.training import progress_file, resuming, run_folder, states
from avatar.training import run as training_run
from avatar.training import runs as training_runs
from avatar.training import watch as training_watch
from avatar.training.progress_file import TrainProgress
from avatar.training.run import adopt, run
from avatar.training.run_folder import Outcome, RunSpec
from avatar.training.runs import LiveRun
from avatar.training.watch import NAN_PATIENCE_STEPS, TrainingCallbacks
from config import GPU_PROFILES, TRAINING_PRESETS
from tests.children import child_command, with_argument
from tests.places import FAKE_TRAINER
from tests.tiny_png import PNG

MAIN = known_tables()[0]


def plan_for(**changed: Any) -> Plan:
    profile, preset = GPU_PROFILES["cpu"], TRAINING_PRESETS["quick"]
    overrides = {"max_train_steps": 6, "save_every_n_steps": 2, **changed}
    return fit(
        ask(profile, preset, DatasetFacts(2, 4)), profile=profile, preset=preset, card=None, options=MAIN, overrides=overrides
    ).plan  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cliéntes ñ" / "data" / "2_ana"
    folder.mkdir(parents=True)
    for number in range(2):
        (folder / f"p{number}.png").write_bytes(PNG)
        (folder / f"p{number}.txt").write_text("ohwx woman", encoding="utf-8")
    (folder.parents[1] / "base.safetensors").write_bytes(b"weights")
    monkeypatch.setenv("FAKE_TRAINER_TABLE", str(DATA_FILE))
    return folder.parents[1]


def spec_for(place: Path, run_id: str = "r1", plan: Plan | None = None, extra: tuple[str, ...] = (), **paths: Any) -> RunSpec:
    plan = replace(plan or plan_for(), base_model=str(place / "base.safetensors"))
    folder = place / "runs" / run_id
    places: dict[str, Any] = {
        "train_data_dir": place / "data", "output_dir": folder, "output_name": "ana_avatar_v1", "logging_dir": place / "logs",
        **paths,
    }  # fmt: skip
    command = build_command(plan, RunPaths(**places), python=Path(sys.executable), script=FAKE_TRAINER, options=MAIN)
    return RunSpec(
        run_id=run_id, folder=folder, command=(*command, *extra), cwd=FAKE_TRAINER.parent, environment={}, plan=plan,
        client_id="ana", output_name="ana_avatar_v1", models=place / "models", trigger_word="ohwx", class_word="woman",
    )  # fmt: skip


def going_on(place: Path, run_id: str, plan: Plan, state: states.SavedState, exposures: int = 4) -> RunSpec:
    """Return what goes on from a state: with what was asked for, and in its record."""
    way = resuming.way(plan, exposures, state, MAIN)
    spec = spec_for(place, run_id, plan, resume=state.folder, continuation=way)
    return replace(spec, continuation=way, resumed_from=state.folder.parent.name)


def said(outcome: Outcome) -> str:
    assert outcome.cause is not None
    for language in translate.LANGUAGES:
        translate.words(outcome.cause, language)
    return outcome.cause.key


def test_a_success_is_verified_moved_and_described(place: Path) -> None:
    seen: list[TrainProgress] = []
    lines: list[str] = []
    outcome = run(spec_for(place), TrainingCallbacks(on_progress=seen.append, on_line=lines.append))
    assert outcome.success and outcome.cause is None and outcome.code == 0
    assert (outcome.steps, outcome.total) == (6, 6)
    assert outcome.model == place / "models" / "ana_avatar_v1.safetensors"
    assert load_file(str(outcome.model))
    assert seen[-1].step == seen[-1].total == 6 and seen[-1].loss is not None
    assert any("学習開始" in line for line in lines)
    side = utils.read_json(place / "models" / "ana_avatar_v1.json")
    assert side["activation text"] == "ohwx woman" and side["sd version"] == "SDXL"
    recipe = utils.read_json(place / "models" / "ana_avatar_v1.recipe.json")
    assert recipe["sha256"] == utils.sha256_of(outcome.model) and recipe["plan"]["network_dim"] == 4
    for name in ("ana_avatar_v1.recipe.json", "ana_avatar_v1.json"):  # what is passed on with a model names no folder
        assert str(place) not in (place / "models" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("keep", [False, True])
def test_names_leave_the_model_unless_they_are_wanted(place: Path, keep: bool) -> None:
    outcome = run(replace(spec_for(place), keep_names=keep))
    assert outcome.model is not None
    found = lora_file.verify(outcome.model)
    assert found.ok
    assert found.metadata["ss_network_dim"] == "4"
    assert ("ss_output_name" in found.metadata) == keep
    recipe = utils.read_json(outcome.model.with_name("ana_avatar_v1.recipe.json"))
    assert recipe["sha256"] == utils.sha256_of(outcome.model)
    assert run_folder.spec_of(place / "runs" / "r1", place / "models")[0].keep_names == keep


def test_a_model_whose_names_cannot_be_taken_out_is_not_handed_over(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lora_file, "trim_names", full)
    outcome = run(spec_for(place))
    assert (outcome.success, said(outcome)) == (False, "train.cause.names_left")
    assert (place / "runs" / "r1" / "ana_avatar_v1.safetensors").is_file()
    assert not list((place / "models").glob("*.safetensors"))


def test_the_last_sample_of_the_first_prompt_stands_beside_the_model(place: Path) -> None:
    spec = spec_for(place)
    samples = spec.folder / "sample"
    samples.mkdir(parents=True)
    names = ["a_000002_00_20260101010101_42.png", "a_000004_00_20260101010201_42.png", "a_000004_01_20260101010301_42.png"]
    for number, name in enumerate(names):
        (samples / name).write_bytes(b"picture %d" % number)
        os.utime(samples / name, (1e9 + number, 1e9 + number))
    outcome = run(spec)
    assert outcome.model is not None and outcome.model.with_suffix(".png").read_bytes() == b"picture 1"


def test_a_run_leaves_the_records_that_are_promised(place: Path) -> None:
    spec = spec_for(place)
    outcome = run(spec)
    assert utils.read_json(spec.folder / "command.json")["command"] == list(spec.command)
    assert utils.read_json(spec.folder / "environment.json")["set"]["PYTHONUTF8"] == "1"
    written = utils.read_json(spec.folder / "outcome.json")
    assert written["success"] is True and written["plan_fingerprint"] == spec.plan.fingerprint
    assert "学習開始" in (spec.folder / "trainer.log").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in (spec.folder / "progress.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows[-1] == {"time": rows[-1]["time"], "phase": "verifying"}
    rows = [row for row in rows if "phase" not in row]
    assert rows[-1]["step"] == 6 and rows[-1]["loss"] > 0
    assert not (spec.folder / "process.json").exists()
    assert outcome.checkpoints == tuple(f"ana_avatar_v1-step{n:08d}.safetensors" for n in (2, 4, 6))


@pytest.mark.parametrize(
    ("fail", "code", "cause"),
    [
        ("nan", 0, "train.cause.nan"), ("oom", 1, "train.cause.gpu_memory"), ("no_save", 0, "train.cause.no_model"),
        ("zero", 0, "lora.nothing_learnt"), ("dim", 0, "lora.other_dim"), ("cut", 0, "lora.unreadable"),
        ("disk", 1, "train.cause.disk_full"), ("model", 1, "train.cause.no_base_model"),
        ("bitsandbytes", 1, "train.cause.no_bitsandbytes"), ("fp8_cpu", 1, "train.cause.fp8_cpu"),
        ("traceback", 1, "train.cause.unknown"),
    ],
)  # fmt: skip
def test_each_failure_is_what_it_is_and_leaves_no_model(
    place: Path, monkeypatch: pytest.MonkeyPatch, fail: str, code: int, cause: str
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_FAIL", fail)
    outcome = run(spec_for(place))
    assert (outcome.success, outcome.code, said(outcome)) == (False, code, cause)
    assert not list(place.glob("models/*"))
    assert training_runs.summary(place / "runs" / "r1").state == "failed"


@pytest.mark.parametrize(("free", "cause"), [(1 << 20, "train.cause.disk_full"), (1 << 40, "train.cause.unknown")])
def test_a_full_disk_leaves_no_room_for_the_reason_and_is_named_all_the_same(
    place: Path, monkeypatch: pytest.MonkeyPatch, free: int, cause: str
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "traceback")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert said(run(spec_for(place))) == cause


def test_an_empty_dataset_is_a_failure_although_the_exit_code_is_zero(place: Path) -> None:
    outcome = run(spec_for(place, train_data_dir=place / "data" / "2_ana"))
    assert (outcome.code, said(outcome)) == (0, "train.cause.no_data")


def test_a_wrong_flag_is_named(place: Path) -> None:
    outcome = run(spec_for(place, extra=("--lowvram", "--medvram")))
    assert (outcome.code, said(outcome)) == (2, "train.cause.bad_option")
    assert "--lowvram --medvram" in str(outcome.cause)


def test_an_empty_caption_stops_the_trainer_and_is_told(place: Path) -> None:
    (place / "data" / "2_ana" / "p0.txt").write_bytes(b"")
    spec = spec_for(place)
    outcome = run(spec)
    assert (outcome.success, outcome.code) == (False, 1)
    assert (outcome.steps, outcome.total) == (0, spec.plan.max_train_steps)  # it had not come to counting them
    assert "p0.txt" in str(outcome.cause)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_trainer_killed_by_the_system_is_told_from_a_crash(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "killed")
    outcome = run(spec_for(place))
    assert (outcome.code, said(outcome), outcome.steps) == (-9, "train.cause.killed", 1)


def test_an_old_file_of_that_name_is_no_success(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(spec_for(place, "r1"))
    assert done.model is not None
    second = spec_for(place, "r2")
    second.folder.mkdir(parents=True)
    old = second.folder / "ana_avatar_v1.safetensors"
    old.write_bytes(done.model.read_bytes())
    os.utime(old, (1e9, 1e9))
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "no_write")
    outcome = run(second)
    assert "model saved." in (second.folder / "trainer.log").read_text(encoding="utf-8")
    assert not outcome.success and said(outcome) == "train.cause.no_model"


def test_cancelling_ends_the_trainer_and_keeps_what_was_saved(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.1")
    cancel = threading.Event()
    pids: list[int] = []

    def watch(progress: TrainProgress) -> None:
        if progress.step >= 3:
            live = training_runs.live_run(place / "runs" / "r1")
            pids.append(live.pid if live else 0)
            cancel.set()

    outcome = run(
        spec_for(place, plan=plan_for(max_train_steps=500)), TrainingCallbacks(on_progress=watch, cancel=cancel, grace_s=3)
    )
    assert outcome.cancelled and not outcome.success and said(outcome) == "train.cause.cancelled"
    assert outcome.checkpoints[0] == "ana_avatar_v1-step00000002.safetensors" and outcome.steps < 500
    assert pids[0] > 0 and process_tree.start_time(pids[0]) is None
    assert training_runs.summary(place / "runs" / "r1").state == "cancelled"
    assert not list(place.glob("models/*"))


def test_a_training_that_is_only_nan_is_not_watched_for_hours(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "nan")
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.01")
    cancel = threading.Event()
    outcome = run(
        spec_for(place, plan=plan_for(max_train_steps=5000, save_every_n_steps=None)),
        TrainingCallbacks(cancel=cancel, grace_s=3),
    )
    assert said(outcome) == "train.cause.nan" and not outcome.cancelled
    assert NAN_PATIENCE_STEPS <= outcome.steps < 500
    assert not cancel.is_set()


def test_a_trainer_that_hangs_is_ended_by_cancelling(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "hang")
    cancel = threading.Event()
    threading.Timer(1.0, cancel.set).start()
    outcome = run(spec_for(place), TrainingCallbacks(cancel=cancel, grace_s=2))
    assert outcome.cancelled


def test_an_interpreter_that_is_not_there_is_told_and_recorded(place: Path) -> None:
    spec = spec_for(place)
    broken = replace(spec, command=(str(place / "no python"), *spec.command[1:]))
    with pytest.raises(text.PipelineError) as caught:
        run(broken)
    assert caught.value.key == "train.cannot_start"
    assert key_of(training_runs.summary(spec.folder).cause) == "train.cannot_start"


def test_a_resumed_run_counts_on(place: Path) -> None:
    plan = plan_for(max_train_steps=8, save_state=True)
    first = run(spec_for(place, "r1", plan))
    assert first.success
    state = states.newest_state(place / "runs")
    assert state is not None and state.steps == 8
    for later in ("ana_avatar_v1-step00000006-state", "ana_avatar_v1-step00000008-state", "ana_avatar_v1-state"):
        (place / "runs" / "r1" / later / "optimizer.bin").unlink()  # not whole: not taken
    state = states.newest_state(place / "runs")
    assert state is not None and state.steps == 4
    seen: list[TrainProgress] = []
    second = run(going_on(place, "r2", plan, state), TrainingCallbacks(on_progress=seen.append))
    assert second.success and (second.steps, second.total) == (8, 8)
    assert seen[0].step == 4 and seen[-1].step == 8
    chained = states.newest_state(place / "runs")
    assert chained is not None and (chained.folder.parent.name, chained.steps) == ("r2", 8)


def test_a_resumed_run_that_ends_before_its_first_step_is_where_it_began(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "model")
    outcome = run(replace(spec_for(place, "r2", plan_for(max_train_steps=8)), continuation=Continuation(4, 8, 4)))
    assert outcome.cause is not None and outcome.cause.key == "train.cause.no_base_model"
    assert (outcome.success, outcome.steps, outcome.total, outcome.cause.values["step"]) == (False, 4, 8, 4)


# --- past runs -------------------------------------------------------------------------------------------------------


def test_ids_sort_by_time_and_are_never_taken_twice(tmp_path: Path) -> None:
    first = run_folder.new_run_id(tmp_path)
    (tmp_path / first).mkdir()
    second = run_folder.new_run_id(tmp_path)
    assert second != first and second > first


def test_a_run_whose_program_was_killed_is_closed_with_its_last_step(place: Path) -> None:
    spec = spec_for(place)
    spec.folder.mkdir(parents=True)
    run_folder.write_records(spec, time.time())
    rows = '{"step": 2, "total": 6, "loss": 0.5}\n{"step": 3, "total": 6, "loss": 0.4}\n{"step": 4, "to'
    (spec.folder / "progress.jsonl").write_text(rows, encoding="utf-8")
    assert training_runs.summary(spec.folder).state == "open"
    assert [item.run_id for item in training_run.reconcile_runs(place / "runs", place / "models")] == ["r1"]
    closed = training_runs.summary(spec.folder)
    assert (closed.state, closed.step, key_of(closed.cause)) == ("failed", 3, "train.cause.abandoned")
    assert closed.cause is not None and translate.words(closed.cause, "es")
    assert training_run.reconcile_runs(place / "runs", place / "models") == []


def test_a_run_that_is_going_on_is_seen_and_not_closed(place: Path) -> None:
    clients = place / "clients"
    folder = clients / "ana" / "training" / "runs" / "r1"
    folder.mkdir(parents=True)
    utils.write_json(folder / "command.json", {"version": 1})
    note = {"pid": os.getpid(), "born": process_tree.start_time(os.getpid())}
    utils.write_json(folder / "process.json", note)
    assert training_runs.busy_runs(clients) == [("ana", "r1", os.getpid())]
    assert training_run.reconcile_runs(folder.parent, place / "models") == []
    utils.write_json(folder / "process.json", {**note, "born": 1.0})  # the number is another process's now
    assert training_runs.busy_runs(clients) == []


def test_what_trains_beside_for_the_same_tuning_of_the_same_client_does_not_count_as_busy(place: Path) -> None:
    clients = place / "clients"
    for client, tuning in (("ana", "t1"), ("ana", "t2"), ("bea", "t1"), ("eva", "")):
        folder = clients / client / "training" / "runs" / f"r-{tuning}"
        folder.mkdir(parents=True)
        part = {"tuning": {"tuning_id": tuning, "candidate": "plan", "stop_at": None}} if tuning else {}
        utils.write_json(folder / "command.json", {"version": 1, **part})
        utils.write_json(folder / "process.json", {"pid": os.getpid(), "born": process_tree.start_time(os.getpid())})
    busy = [run[:2] for run in training_runs.busy_runs(clients, beside=("ana", "t1"))]
    assert busy == [("ana", "r-t2"), ("bea", "r-t1"), ("eva", "r-")]
    assert len(training_runs.busy_runs(clients, beside=("eva", ""))) == 4  # a run of no tuning is beside nobody


# --- runs whose program was killed -----------------------------------------------------------------------------------


def train_spec(file: str) -> None:
    """Train in a process of its own."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run(pickle.loads(Path(file).read_bytes()))  # noqa: S301 - the test wrote it


def start_program(spec: RunSpec, place: Path) -> subprocess.Popen[bytes]:
    """Start a training in a program of its own."""
    (place / "spec.pickle").write_bytes(pickle.dumps(spec))
    return subprocess.Popen(child_command(train_spec, place / "spec.pickle"))


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def kill_program_at_step(spec: RunSpec, place: Path, step: int) -> LiveRun:
    """Start, kill -9 the program when the trainer is at step, and return the orphan."""
    program = start_program(spec, place)
    wait_for(lambda: training_watch.read_log(spec.folder).facts.step >= step)
    program.kill()
    program.wait()
    live = training_runs.live_run(spec.folder)
    assert live is not None and not live.watched
    return live


@pytest.fixture
def no_orphans(place: Path) -> Iterator[None]:
    yield
    for path in (place / "runs").iterdir():
        for pid, born in with_argument(str(path)):
            process_tree.end_tree(pid, born, 1)


def test_an_adopted_run_ends_as_if_its_program_had_never_died(
    place: Path, monkeypatch: pytest.MonkeyPatch, no_orphans: None
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.05")
    spec = spec_for(place, plan=plan_for(max_train_steps=60, save_every_n_steps=20))
    kill_program_at_step(spec, place, 5)
    assert training_run.reconcile_runs(place / "runs", place / "models") == []
    seen: list[TrainProgress] = []
    outcome = adopt(spec.folder, place / "models", TrainingCallbacks(on_progress=seen.append))
    assert outcome.success and (outcome.steps, outcome.total) == (60, 60)
    assert outcome.model == place / "models" / "ana_avatar_v1.safetensors" and load_file(str(outcome.model))
    assert outcome.checkpoints == tuple(f"ana_avatar_v1-step{n:08d}.safetensors" for n in (20, 40, 60))
    assert seen[-1].step == 60 and len(seen) > 5
    rows = progress_file.rows_of(spec.folder / "progress.jsonl")
    steps = [row["step"] for row in rows]
    assert steps == sorted(set(steps)) and steps[-1] == 60
    assert utils.read_json(place / "models" / "ana_avatar_v1.recipe.json")["steps"] == 60
    assert training_runs.live_runs(place / "runs") == []


def test_a_run_that_ended_unwatched_is_judged_and_delivered(
    place: Path, monkeypatch: pytest.MonkeyPatch, no_orphans: None
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.05")
    spec = spec_for(place, plan=plan_for(max_train_steps=20))
    kill_program_at_step(spec, place, 3)
    wait_for(lambda: training_runs.live_run(spec.folder) is None)
    (outcome,) = training_run.reconcile_runs(place / "runs", place / "models")
    assert outcome.success and outcome.code is None and outcome.steps == 20
    assert (place / "models" / "ana_avatar_v1.safetensors").is_file()
    assert training_runs.summary(spec.folder).state == "done"


@pytest.mark.parametrize(
    ("fail", "cause"),
    [("oom", "train.cause.gpu_memory"), ("traceback", "train.cause.unknown"), ("zero", "lora.nothing_learnt"),
     ("nan", "train.cause.nan"), ("no_save", "train.cause.abandoned"), ("killed", "train.cause.abandoned")],
)  # fmt: skip
def test_a_failure_that_nobody_saw_is_told_as_what_it_is(
    place: Path, monkeypatch: pytest.MonkeyPatch, no_orphans: None, fail: str, cause: str
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.05")
    monkeypatch.setenv("FAKE_TRAINER_FAIL", fail)
    monkeypatch.setenv("FAKE_TRAINER_FAIL_STEP", "8")
    spec = spec_for(place, plan=plan_for(max_train_steps=12))
    kill_program_at_step(spec, place, 3)
    wait_for(lambda: training_runs.live_run(spec.folder) is None)
    (outcome,) = training_run.reconcile_runs(place / "runs", place / "models")
    assert not outcome.success and said(outcome) == cause and not list(place.glob("models/*"))


def test_an_orphan_can_be_stopped_with_its_whole_tree(
    place: Path, monkeypatch: pytest.MonkeyPatch, no_orphans: None
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.05")
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "launcher")
    spec = spec_for(place, plan=plan_for(max_train_steps=4000))
    kill_program_at_step(spec, place, 3)
    assert len(with_argument(str(spec.folder))) >= 2
    outcome = training_run.stop(spec.folder, place / "models", grace_s=3)
    assert outcome.cancelled and said(outcome) == "train.cause.cancelled" and 3 <= outcome.steps < 4000
    assert outcome.checkpoints and with_argument(str(spec.folder)) == []


def test_a_launcher_that_is_gone_leaves_a_trainer_that_is_found_all_the_same(
    place: Path, monkeypatch: pytest.MonkeyPatch, no_orphans: None
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.05")
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "launcher")
    spec = spec_for(place, plan=plan_for(max_train_steps=4000))
    launcher = kill_program_at_step(spec, place, 3)
    psutil.Process(launcher.pid).kill()
    wait_for(lambda: not process_tree.is_running(launcher.pid, launcher.born))
    live = training_runs.live_run(spec.folder)
    assert live is not None and live.pid != launcher.pid
    training_run.stop(spec.folder, place / "models", grace_s=3)
    assert with_argument(str(spec.folder)) == []


def test_a_trainer_that_no_record_names_is_found_by_what_it_was_started_with(
    place: Path, monkeypatch: pytest.MonkeyPatch, no_orphans: None
) -> None:  # fmt: skip
    """The program was killed between starting it and writing its number down."""
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.05")
    spec = spec_for(place, plan=plan_for(max_train_steps=4000))
    orphan = kill_program_at_step(spec, place, 2)
    (spec.folder / "process.json").unlink()
    live = training_runs.live_run(spec.folder)
    assert live is not None and live.pid == orphan.pid
    assert training_run.stop(spec.folder, place / "models", grace_s=3).cancelled


def test_a_process_that_only_names_the_runs_folder_is_not_the_trainer(place: Path) -> None:
    """TensorBoard, rsync or an editor with the folder among its arguments, and one that a damaged note names."""
    spec = spec_for(place)
    spec.folder.mkdir(parents=True)
    run_folder.write_records(spec, time.time())
    waits = [sys.executable, "-c", "import time; time.sleep(60)"]
    innocents = [subprocess.Popen([*waits, option, str(spec.folder)]) for option in ("--logdir", "--output_dir")]
    try:
        wait_for(lambda: len(with_argument(str(spec.folder))) == 2)
        assert training_runs.live_run(spec.folder) is None
        pid = innocents[0].pid
        utils.write_json(spec.folder / "process.json", {"pid": pid, "born": process_tree.start_time(pid)})
        assert training_runs.live_run(spec.folder) is None
        training_run.stop(spec.folder, place / "models", grace_s=1)
        assert [innocent.poll() for innocent in innocents] == [None, None]
    finally:
        for innocent in innocents:
            innocent.kill()
            innocent.wait()


def test_a_run_that_another_program_watches_is_left_to_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, no_orphans: None
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.05")
    spec = spec_for(place, plan=plan_for(max_train_steps=4000))
    program = start_program(spec, place)
    wait_for(lambda: (spec.folder / "process.json").is_file())
    live = training_runs.live_run(spec.folder)
    program.kill()
    program.wait()
    assert live is not None and live.watched
    assert not training_runs.live_runs(place / "runs")[0].watched


def test_a_program_killed_between_delivering_and_saying_so_has_delivered(place: Path) -> None:
    spec = spec_for(place)
    first = run(spec)
    (spec.folder / "outcome.json").unlink()
    (again,) = training_run.reconcile_runs(place / "runs", place / "models")
    assert again.success and again.model == first.model and again.checkpoints == first.checkpoints


def test_a_loss_that_ran_away_is_recorded_as_none(place: Path) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    spec = spec_for(place)
    run(spec)
    outcome_file = spec.folder / "outcome.json"
    outcome_file.unlink()
    with (spec.folder / "trainer.log").open("a", encoding="utf-8") as log:
        log.write("\rsteps: 100%|##| 6/6 [00:09<00:00, 1.00s/it, avr_loss=inf]\n")
    (outcome,) = training_run.reconcile_runs(place / "runs", place / "models")
    assert outcome.success and outcome.loss is None
    assert json.loads(outcome_file.read_text(encoding="utf-8"), parse_constant=refuse)["loss"] is None


def write_lora(path: Path, dims: Sequence[int], alpha: float) -> Path:
    tensors: dict[str, Any] = {}
    for number, dim in enumerate(dims):
        tensors[f"lora_unet_m{number}.lora_down.weight"] = np.ones((dim, 8), np.float16)
        tensors[f"lora_unet_m{number}.lora_up.weight"] = np.ones((8, dim), np.float16)
        tensors[f"lora_unet_m{number}.alpha"] = np.array(alpha, np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, str(path))
    return path


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ({}, "lora.other_dim"), ({"network_args": ["rank_dropout=0.1"]}, "lora.other_dim"),
        ({"network_args": ["rank_dropout=0.1", "conv_dim=4", "conv_alpha=1"]}, None),
        ({"network_args": ["block_dims=4,8"]}, None), ({"dim_from_weights": True}, None),
        ({"dim_from_weights": False}, "lora.other_dim"),
    ],
)  # fmt: skip
def test_modules_of_dims_that_the_user_asked_for_are_no_other_dim(
    place: Path, extra: dict[str, Any], problem: str | None
) -> None:
    spec = spec_for(place, plan=plan_for(network_dim=8, network_alpha=2.0, extra=extra))
    mixed = write_lora(place / "mixed.safetensors", [8, 4], alpha=2.0)
    found = training_judge.file_problem(spec, mixed)
    assert (found and found.key) == problem


def test_a_file_of_one_dim_is_held_against_the_plan(place: Path) -> None:
    spec = spec_for(place, plan=plan_for(network_dim=8, network_alpha=2.0))
    assert training_judge.file_problem(spec, write_lora(place / "a.safetensors", [8, 8], alpha=2.0)) is None
    other_dim = training_judge.file_problem(spec, write_lora(place / "b.safetensors", [16], alpha=2.0))
    assert other_dim == Text("lora.other_dim", {"planned": 8, "found": "16"})
    other_alpha = training_judge.file_problem(spec, write_lora(place / "c.safetensors", [8], alpha=8.0))
    assert other_alpha == Text("lora.other_alpha", {"planned": 2.0, "found": "8"})


def test_what_was_never_started_is_no_run(place: Path) -> None:
    (place / "runs" / "r1").mkdir(parents=True)
    (place / "runs" / "r1" / "environment.json").write_text("{}", encoding="utf-8")
    assert training_run.reconcile_runs(place / "runs", place / "models") == []
    assert not (place / "runs" / "r1").exists()


def test_a_record_that_cannot_be_read_is_closed(place: Path) -> None:
    folder = place / "runs" / "r1"
    folder.mkdir(parents=True)
    utils.write_json(folder / "command.json", {"version": 1})
    (outcome,) = training_run.reconcile_runs(place / "runs", place / "models")
    assert key_of(outcome.cause) == "train.cause.abandoned"
    with pytest.raises(text.PipelineError) as caught:
        run_folder.spec_of(folder, place)
    assert caught.value.key == "train.bad_record"


# --- Ctrl+C ----------------------------------------------------------------------------------------------------------


def train_and_answer(file: str, given: str) -> None:
    """Train in a process of its own, with an answer to every Ctrl+C; says "asked" each time, and last how it ended."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    answers: list[Any] = given.split()

    def asked() -> Literal["now", "checkpoint", "continue"]:
        answer = answers.pop(0)
        print("asked", flush=True)
        if answer == "again":
            time.sleep(30)
        return answer  # type: ignore[no-any-return]

    outcome = run(pickle.loads(Path(file).read_bytes()), TrainingCallbacks(on_interrupt=asked if answers else None, grace_s=5))  # noqa: S301
    print(key_of(outcome.cause) or "success", outcome.steps, flush=True)


@pytest.fixture
def interrupted(place: Path, monkeypatch: pytest.MonkeyPatch, no_orphans: None) -> Callable[..., tuple[str, int]]:
    """Return a function that trains in a program of its own, sends it Ctrl+C, and gives the cause and the steps."""
    if sys.platform == "win32":
        pytest.skip("no SIGINT to another process")
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.05")

    def go(spec: RunSpec, answers: str, signals: int = 1) -> tuple[str, int]:
        (place / "spec.pickle").write_bytes(pickle.dumps(spec))
        arguments = child_command(train_and_answer, place / "spec.pickle", answers)
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, encoding="utf-8") as program:
            assert program.stdout is not None
            wait_for(lambda: training_watch.read_log(spec.folder).facts.step >= 3)
            program.send_signal(signal.SIGINT)
            if answers:
                assert program.stdout.readline() == "asked\n"
            if signals == 2:
                program.send_signal(signal.SIGINT)
            *_, last = program.stdout.read().splitlines()
        assert with_argument(str(spec.folder)) == []
        cause, _, steps = last.partition(" ")
        return cause, int(steps)

    return go


def test_ctrl_c_asks_and_stops_now(place: Path, interrupted: Callable[..., tuple[str, int]]) -> None:
    cause, steps = interrupted(spec_for(place, plan=plan_for(max_train_steps=4000, save_every_n_steps=1000)), "now")
    assert cause == "train.cause.cancelled" and 3 <= steps < 1000


def test_ctrl_c_asks_and_goes_on(place: Path, interrupted: Callable[..., tuple[str, int]]) -> None:
    cause, steps = interrupted(spec_for(place, plan=plan_for(max_train_steps=40)), "continue")
    assert (cause, steps) == ("success", 40)


def test_ctrl_c_stops_after_the_next_whole_state_and_the_training_goes_on_from_it(
    place: Path, interrupted: Callable[..., tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_SAVE_S", "0.05")
    plan = plan_for(max_train_steps=200, save_every_n_steps=40, save_state=True)
    cause, steps = interrupted(spec_for(place, plan=plan), "checkpoint")
    state = states.newest_state(place / "runs")
    assert cause == "train.cause.at_state" and state is not None and state.steps == 40 <= steps < 80
    assert [path.name for path in (place / "runs" / "r1" / "checkpoints").iterdir()] == [
        "ana_avatar_v1-step00000040.safetensors"
    ]
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0")
    second = run(going_on(place, "r2", plan, state))
    assert second.success and second.steps == 200
    assert second.checkpoints == tuple(f"ana_avatar_v1-step{n:08d}.safetensors" for n in (80, 120, 160, 200))


def test_without_states_the_next_checkpoint_counts(place: Path, interrupted: Callable[..., tuple[str, int]]) -> None:
    cause, steps = interrupted(spec_for(place, plan=plan_for(max_train_steps=200, save_every_n_steps=40)), "checkpoint")
    assert cause == "train.cause.at_checkpoint" and 40 <= steps < 80


def test_a_second_ctrl_c_at_the_question_stops_now(place: Path, interrupted: Callable[..., tuple[str, int]]) -> None:
    plan = plan_for(max_train_steps=4000, save_every_n_steps=1000)
    cause, _ = interrupted(spec_for(place, plan=plan), "again never", signals=2)
    assert cause == "train.cause.cancelled"


def test_without_anybody_to_ask_ctrl_c_stops_now(place: Path, interrupted: Callable[..., tuple[str, int]]) -> None:
    cause, _ = interrupted(spec_for(place, plan=plan_for(max_train_steps=4000, save_every_n_steps=1000)), "")
    assert cause == "train.cause.cancelled"


def test_no_runs_are_an_empty_list(tmp_path: Path) -> None:
    assert training_runs.summaries(tmp_path / "nothing") == []
    assert states.newest_state(tmp_path / "nothing") is None
    assert progress_file.last_row(tmp_path / "nothing") == {}
