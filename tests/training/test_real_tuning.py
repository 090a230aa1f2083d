"""A tuning with the real script at toy size, killed twice and repeated: slow, and skipped unless told where the script is.

AVATAR_SD_SCRIPTS, AVATAR_SD_PYTHON  as in test_real_trainer.py; ten minutes on a busy machine
Trainings are real; drawing and likeness stand in.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

import lora_trainer
import utils
from avatar.commands import back_ends, results, tune, tune_begin
from avatar.commands.session import Session
from avatar.plan import plan_file, steps, variants
from avatar.results import plan_tuning, trial_make, tuning, tuning_candidates
from avatar.results.scores import Scores, TrialPicture
from avatar.results.tuning_candidates import Candidate, edits
from avatar.texts.text import key_of
from avatar.training import event_files, run_folder
from avatar.training import runs as training_runs
from avatar.training import variant as training_variant
from avatar.training.step_numbers import numbers_of_record
from avatar.training.variant import Variant
from avatar.workspace.client import Client, tuning_run_folders
from avatar.workspace.workspace import Workspace
from config import Settings
from tests.children import child_command
from tests.results import fake_backend, made
from tests.results.fake_backend import FakeBackend
from tests.scripted import ScriptedUi
from tests.training.test_real_trainer import (  # noqa: F401
    PYTHON,
    RATE,
    SCRIPTS,
    SLOW_S,
    TOY,
    checkpoint,
    plan,
    planned_rate,
    settings,
)

pytestmark = [
    pytest.mark.skipif(
        not (SCRIPTS and PYTHON and TOY.is_file()), reason="AVATAR_SD_SCRIPTS and AVATAR_SD_PYTHON name no trainer"
    ),
    pytest.mark.skipif(os.name == "nt", reason="kill -9"),
]
TOTAL, SHORT = 6, 3  # three pictures: three steps an epoch
BROKEN = ("capturable=True",)  # the optimizer dies in its first step: torch takes it for a graph on a card


def tune_as_a_program(folder: str, config_file: str) -> None:
    """Tune as the command does, in a process that may be killed; draws only while there is no file `wait`."""
    client = Client(Path(folder))
    waits = client.folder.parent / "wait"

    def wait(number: int) -> None:
        waits.with_name("drawing").touch()
        while waits.exists():
            time.sleep(0.1)

    one = FakeBackend(kind="trainer", address="", events=wait)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(back_ends, "chosen", lambda settings, base, models, side_px, **named: back_ends.Chosen([one], side_px))
        patch.setattr(trial_make, "SIDE_PX", 64)
        patch.setattr(tune_begin, "_has_held_out", lambda client: True)
        patch.setattr(tuning_candidates, "candidates", three_candidates)
        patch.setattr(plan_tuning, "MOST_FULL", 1)
        patch.setattr(results, "measured", measured)
        session = Session(
            ScriptedUi(), language="es", workspace=Workspace(client.folder.parent), config_file=Path(config_file), quiet=True
        )  # fmt: skip
        result = tune.tune(session, client.client_id, tune.Wish(hours=20.0))
        print(json.dumps({"file": result.value.file, "candidates": result.value.candidates}))


EVERY = tuning_candidates.candidates


def three_candidates(whole: Any, fits: Any) -> list[Candidate]:
    dies = replace(whole, optimizer_args=BROKEN)
    return [*EVERY(whole, fits)[:2], Candidate(name="broken", plan=dies, changes=edits(whole, dies))]


def measured(session: object, client: Client, folder: Path, *, anew: bool = False) -> Scores:
    """Return likeness of known truth: the plan's is the highest, and rises with its steps."""

    def alike(picture: TrialPicture) -> float:
        noise = fake_backend.seed_of(picture.prompt, picture.seed) % 100 / 5000
        return {f"plan-{SHORT}": 0.6, f"plan-{TOTAL}": 0.8}.get(picture.model, 0.4) + noise

    return made.scores(folder, alike)


def until(condition: Callable[[], object], program: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SLOW_S / 4
    while not condition():
        assert program.poll() is None, "it ended"
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.1)


def rates(client: Client, run_id: str) -> dict[int, float]:
    """Return step of the whole training -> learning rate after it, as the optimizer had it."""
    curves = event_files.curves_of_run(client.runs, run_id, client.logs)
    assert curves is not None
    numbers = numbers_of_record(run_folder.read_command(client.runs / run_id))
    return {numbers.of_file(own): rate for own, rate in curves.rates()}


def unbroken(client: Client, settings: Settings) -> dict[int, float]:  # noqa: F811
    """Train the plan's candidate in one go; return its rates."""
    own = lora_trainer.planned(client, settings)
    per_epoch = steps.steps_per_epoch(own, plan_file.epoch_exposures(client, own))
    saving = variants.with_saves(own, per_epoch)
    assert variants.short_step(saving.max_train_steps, per_epoch) == SHORT
    one = Variant(name="plan", plan=saving, tuning_id="20260101-000000", fingerprint="abc")
    return rates(client, lora_trainer.train_variant(client, one, settings=settings, card_probe=list).run_id)


@pytest.mark.timeout(SLOW_S)
def test_a_tuning_killed_twice_goes_on_exactly_and_a_candidate_that_fails_costs_only_itself(
    client: Client, settings: Settings, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    plan(client, settings, f"steps={TOTAL}", "save_every_n_steps=3")
    utils.write_json(tmp_path / "config.json", {"version": 1, "trainer": asdict(settings.trainer)})
    waits = client.folder.parent / "wait"
    waits.touch()
    command = child_command(tune_as_a_program, client.folder, tmp_path / "config.json")

    program = subprocess.Popen(command)
    until(lambda: any(live.step >= 1 for live in training_runs.live_tuning_runs(client.runs)), program)  # in a short run
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    (live,) = training_runs.live_tuning_runs(client.runs)
    program = subprocess.Popen(command)
    until(waits.with_name("drawing").exists, program)  # between two trainings
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    assert [folder.name for folder in tuning_run_folders(client.runs)] == [live.run_id]  # the second went on with the first's
    waits.unlink()
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    answer = json.loads(done.stdout.splitlines()[-1])

    assert answer["file"].startswith(f"plan-{TOTAL}@")
    one = tuning.newest(client)
    assert one is not None and tuning.has_ended(one.folder)
    lines = tuning.lines(one.folder)
    assert {name: line.state for name, line in lines.items()} == {"plan": "full", "rate_half": "dropped", "broken": "failed"}
    for row in answer["candidates"]:
        print({name: row[name] for name in ("candidate", "state", "file", "steps", "seconds", "likeness", "n", "cause")})
    assert len(tuning_run_folders(client.runs)) == 4
    (broken,) = training_variant.runs_of(client, one.tuning_id, "broken")
    assert "capturable" in (broken / "trainer.log").read_text(encoding="utf-8") and key_of(lines["broken"].why)

    full, short = training_variant.runs_of(client, one.tuning_id, "plan")
    assert run_folder.outcome_of(short).short_at == SHORT and short.name == live.run_id
    whole = unbroken(client, settings)
    went_on = {step: rate for step, rate in rates(client, full.name).items() if step > SHORT}
    assert list(went_on) == list(range(SHORT + 1, TOTAL + 1))
    for step, rate in {**{step: rates(client, short.name)[step] for step in range(1, SHORT + 1)}, **went_on}.items():
        print(step, rate, whole[step])
        assert rate == whole[step] == pytest.approx(planned_rate(step, TOTAL, "cosine_with_restarts"), rel=1e-3, abs=1e-9)
    assert [steps_done for steps_done, _ in training_variant.files(client, full.name)] == [SHORT, TOTAL]
