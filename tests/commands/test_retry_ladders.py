"""Every ladder of retries, walked to its end through the command that prints it, in both languages."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import utils
from avatar.plan import fit, retry
from avatar.plan.values import Plan, plan_from_json
from avatar.terminal import command_line
from avatar.texts import spoken, translate
from avatar.training import attempts, run_folder
from avatar.training import run as training_run
from avatar.training.run_folder import Outcome, RunSpec
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client
from config import GPU_PROFILES, TRAINING_PRESETS
from tests.children import child_command
from tests.computer import call, main_with

START = (
    "running training / 学習開始\n  total optimization steps / 学習ステップ数: {total}\n"
    "\rsteps:   0%|          | 1/{total} [00:02<33:19,  2.00s/it, avr_loss={loss}]"
)
TRACEBACK = '\nTraceback (most recent call last):\n  File "/t/train_network.py", line 1, in train\n'
# What a trainer writes at the end that leads to each kind of retry; {loss} of the bar is its own.
ENDINGS = {
    retry.GPU_MEMORY: TRACEBACK + "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 14.00 MiB.\n",
    retry.HOST_MEMORY: TRACEBACK + "MemoryError\n",
    retry.WORKERS: TRACEBACK + "RuntimeError: DataLoader worker (pid 4711) is killed by signal: Bus error. \n",
    retry.NAN: "\nmodel saved.\n",
    retry.NAN_LATENTS: TRACEBACK + "RuntimeError: NaN detected in latents: p0.png\n",
}
ANYWAY = ("--set", "try_anyway=yes")  # the card of 4 GB is blocked without
LADDERS = [(profile, preset) for profile in GPU_PROFILES for preset in TRAINING_PRESETS]


def write_log(folder: Path, cause: str, total: int) -> None:
    loss = "nan" if cause == retry.NAN else "0.1"
    text = START.format(total=total, loss=loss) + ENDINGS[cause]
    (folder / run_folder.LOG_FILE).write_text(text, encoding="utf-8")


def end_with(cause: str) -> Callable[[RunSpec, TrainingCallbacks | None], Outcome]:
    """Return a stand-in for `training_run.run` whose trainer always ends in one way; its log is judged by the program."""

    def run(spec: RunSpec, watching: TrainingCallbacks | None = None) -> Outcome:
        spec.folder.mkdir(parents=True)
        run_folder.write_records(spec, 0.0)
        write_log(spec.folder, cause, spec.plan.max_train_steps)
        return training_run.judge_finished_run(spec.folder, spec.models)

    return run


def walked(client: Client) -> list[str]:
    """Return the names that the runs of a client changed, in order, each against the attempt before."""
    runs = sorted(client.runs.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    records = [utils.read_json(path / run_folder.COMMAND_FILE)["changes"] for path in runs]
    return [change["name"] for change in max(records, key=len, default=[])]


def rungs(plan: Plan) -> int:
    """Return how many cheaper plans there are."""
    count = 0
    while (step := fit.cheaper(plan)) is not None:
        plan, count = step[0], count + 1
    return count


@pytest.mark.parametrize("language", translate.LANGUAGES)
@pytest.mark.parametrize(("profile", "preset"), LADDERS)
def test_every_ladder_of_every_profile_and_preset_is_told_to_its_end(
    computer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], profile: str, preset: str,
    language: str,
) -> None:  # fmt: skip
    assert call(computer, "configure", "ana", "--gpu", profile, "--preset", preset, *ANYWAY, "--lang", language) == 0
    monkeypatch.setattr(attempts, "MAX_ATTEMPTS", 99)  # to the last rung, whatever the night allows
    monkeypatch.setattr(training_run, "run", end_with(retry.GPU_MEMORY))
    capsys.readouterr()
    assert call(computer, "train", "ana", "--lang", language) == command_line.PROBLEM
    said = capsys.readouterr()
    names = walked(computer)
    plan = utils.read_json(computer.plan_file)["plan"]
    assert len(list(computer.runs.iterdir())) == 1 + rungs(plan_from_json(plan))
    if profile != "cpu":
        assert plan["resolution"] == 512 or "resolution" in names
        assert plan["network_dim"] <= 4 or "network_dim" in names
    for name in names:
        assert translate.text(str(spoken.option(name).key), language) in said.out + said.err
    assert "None" not in said.out + said.err


@pytest.mark.parametrize("cause", [retry.HOST_MEMORY, retry.WORKERS, retry.NAN, retry.NAN_LATENTS])
@pytest.mark.parametrize("profile", ["gtx1650_4gb", "rtx3060_12gb", "rtx4090_24gb"])
def test_the_other_ladders_are_told_to_their_end_too(
    computer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], profile: str, cause: str
) -> None:  # fmt: skip
    assert call(computer, "configure", "ana", "--gpu", profile, *ANYWAY) == 0
    kept = utils.read_json(computer.plan_file)  # edited by hand: nothing of it is fixed
    changed = {"max_data_loader_n_workers": 2, "no_half_vae": False, "mixed_precision": "fp16"}
    utils.write_json(computer.plan_file, {**kept, "plan": {**kept["plan"], **changed}})
    capsys.readouterr()
    monkeypatch.setattr(attempts, "MAX_ATTEMPTS", 6)
    monkeypatch.setattr(training_run, "run", end_with(cause))
    for language in translate.LANGUAGES:
        assert call(computer, "train", "ana", "--lang", language) == command_line.PROBLEM
        said = capsys.readouterr()
        for name in walked(computer):
            assert translate.text(str(spoken.option(name).key), language) in said.out + said.err
    assert walked(computer)


@pytest.mark.parametrize("words", [("train", "ana", "--json"), ("queue", "run", "--json"), ("queue", "run")])
def test_a_ladder_that_lowers_the_rank_is_told_in_json_and_in_the_queue(
    computer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:  # fmt: skip
    assert call(computer, "configure", "ana", "--gpu", "rtx3060_8gb", "--preset", "balanced") == 0
    assert call(computer, "queue", "add", "ana") == 0
    monkeypatch.setattr(training_run, "run", end_with(retry.GPU_MEMORY))
    capsys.readouterr()
    assert call(computer, *words) == command_line.PROBLEM
    assert len(list(computer.runs.iterdir())) == attempts.MAX_ATTEMPTS
    assert {"network_dim", "network_alpha"} <= set(walked(computer))
    if "--json" in words:
        answer = json.loads(capsys.readouterr().out)
        assert answer["error"]["key"] in {"train.cause.gpu_memory", "queue.failed"}


@pytest.mark.parametrize("words", [("train", "ana"), ("train", "ana", "--json"), ("queue", "run")])
def test_out_of_memory_down_to_the_rank_that_fits_ends_in_a_model(
    computer: Client, tmp_path: Path, words: tuple[str, ...]
) -> None:  # fmt: skip
    """As real processes: the program, and the stand-in trainer of which only a rank of 48 fits."""
    overrides = ["--set", "steps=4", "--set", "save_state=no"]
    assert call(computer, "configure", "ana", "--gpu", "rtx3060_12gb", "--preset", "quick", *overrides) == 0
    assert call(computer, "queue", "add", "ana") == 0
    environment = {**os.environ, "FAKE_TRAINER_FAIL": "oom_above_dim", "FAKE_TRAINER_DIM": "48"}
    command = child_command(main_with, tmp_path / "config.json", "--clients-dir", str(computer.folder.parent), *words)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(computer.models.glob("*.safetensors"))) == 1
