"""The benchmark that kills trainings runs, finds nothing wrong, and would find it."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest

import utils
from avatar.workspace.client import Client
from benchmarks import train_kills
from tests.places import BENCHMARKS


@pytest.mark.timeout(240)
def test_a_few_kills_leave_nothing_that_the_next_start_cannot_handle() -> None:
    command = [sys.executable, str(BENCHMARKS / "train_kills.py"), "--kills", "10", "--seed", "11"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=200)
    lines = done.stdout.splitlines()
    assert lines[-1] == "train_kills: 0 inconsistencies after 10 kills", done.stdout + done.stderr
    assert re.search(r"^killed: .*program [1-9]", done.stdout, re.MULTILINE)
    assert "train" in lines[1] and "prepare" in lines[1]


def test_no_kills_are_refused() -> None:
    with pytest.raises(SystemExit):
        train_kills.main(["--kills", "0"])


def test_half_a_model_an_unjudged_run_and_wrong_steps_are_found(client: Client) -> None:
    (client.models / "x.safetensors").write_bytes(b"half")
    (client.runs / "r1").mkdir()
    assert train_kills.half_models(client) == ["half a model: x.safetensors"]
    assert train_kills.left_over(client) == ["not judged: r1"]
    run = client.runs / "r1"
    utils.write_json(run / "command.json", {"first_step": 4})
    for steps, fine in (([5, 6], True), ([], True), ([4, 5], False), ([6, 5], False), ([5, 5], False), ([5, 99], False)):
        (run / "progress.jsonl").write_text("".join(f'{{"step": {step}}}\n' for step in steps), encoding="utf-8")
        assert (train_kills.wrong_steps(run, 10) == []) == fine, steps


def test_a_trainer_left_at_work_is_found(client: Client) -> None:
    run = client.runs / "r1"
    run.mkdir()
    code = "import time; print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(run.absolute())], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = train_kills.orphans(client)
        child.kill()
    assert found == ["a trainer is at work: r1"]


def test_the_next_start_of_a_client_without_runs_finds_nothing(client: Client) -> None:
    tally = train_kills.Tally()
    assert train_kills.next_start(tally, client, random.Random(1)) == []
    assert tally.found == {"nothing open": 1}
