"""Candidates of a tuning with the real script at toy size, killed and repeated: slow, and skipped unless told where it is.

AVATAR_SD_SCRIPTS, AVATAR_SD_PYTHON  as in test_real_trainer.py; ten minutes on a busy machine
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

import lora_trainer
import utils
from avatar.plan import plan_file, steps, variants
from avatar.texts.text import key_of
from avatar.training import event_files, run_folder
from avatar.training import runs as training_runs
from avatar.training import variant as training_variant
from avatar.training.run_folder import Outcome
from avatar.training.step_numbers import numbers_of_record
from avatar.training.variant import Variant
from avatar.workspace.client import Client, tuning_run_folders
from config import Settings, TrainerConfig
from tests.children import child_command
from tests.training.test_real_trainer import PYTHON, RATE, SCRIPTS, SLOW_S, TOY, checkpoint, plan, planned_rate, settings  # noqa: F401

pytestmark = [
    pytest.mark.skipif(
        not (SCRIPTS and PYTHON and TOY.is_file()), reason="AVATAR_SD_SCRIPTS and AVATAR_SD_PYTHON name no trainer"
    ),
    pytest.mark.skipif(os.name == "nt", reason="kill -9"),
]
TUNING, UNBROKEN = "20260102-030405", "20260101-000000"
TOTAL, SHORT = 6, 3  # three pictures: three steps an epoch
# The third dies in the optimizer's first step: torch takes it for a graph on a card.
CHANGES: dict[str, dict[str, object]] = {
    "plan": {}, "rate_half": {"learning_rate": RATE / 2}, "broken": {"optimizer_args": ("capturable=True",)},
}  # fmt: skip


def variant_of(client: Client, settings: Settings, name: str, tuning_id: str = TUNING) -> Variant:  # noqa: F811
    own = lora_trainer.planned(client, settings)
    per_epoch = steps.steps_per_epoch(own, plan_file.epoch_exposures(client, own))
    saving = variants.with_saves(own, per_epoch)
    assert variants.short_step(saving.max_train_steps, per_epoch) == SHORT
    return Variant(name=name, plan=replace(saving, **CHANGES[name]), tuning_id=tuning_id, fingerprint="abc")  # type: ignore[arg-type]


def train(client: Client, settings: Settings, name: str, *, stop_at: int | None = None, tuning_id: str = TUNING) -> Outcome:  # noqa: F811
    variant = variant_of(client, settings, name, tuning_id)
    return lora_trainer.train_variant(client, variant, settings=settings, stop_at=stop_at, card_probe=list)


def tune(folder: str, trainer: str) -> None:
    """Train all candidates short and the best to its end, as a program that is killed meanwhile and started again."""
    client, given = Client(Path(folder)), Settings(trainer=TrainerConfig(**utils.read_json(Path(trainer))))
    with client.lock("tune"):
        for name in CHANGES:
            train(client, given, name, stop_at=SHORT)
            (client.folder / f"{name} is short").touch()
            while (client.folder / "wait").exists():
                time.sleep(0.1)
        train(client, given, "plan")


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SLOW_S / 4
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.1)


def rates(client: Client, run_id: str) -> dict[int, float]:
    """Return step of the whole training -> learning rate after it, as the optimizer had it."""
    curves = event_files.curves_of_run(client.runs, run_id, client.logs)
    assert curves is not None
    numbers = numbers_of_record(run_folder.read_command(client.runs / run_id))
    return {numbers.of_file(own): rate for own, rate in curves.rates()}


@pytest.mark.timeout(SLOW_S)
def test_three_candidates_killed_twice_go_on_exactly_and_the_one_that_fails_costs_only_itself(
    client: Client, settings: Settings, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    plan(client, settings, f"steps={TOTAL}", "save_every_n_steps=3")
    trainer = tmp_path / "trainer.json"
    utils.write_json(trainer, asdict(settings.trainer))
    (client.folder / "wait").touch()

    program = subprocess.Popen(child_command(tune, client.folder, trainer))
    until(lambda: any(live.step >= 1 for live in training_runs.live_tuning_runs(client.runs)))  # during a short run
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    assert training_runs.live_tuning_runs(client.runs)
    program = subprocess.Popen(child_command(tune, client.folder, trainer))
    until(lambda: (client.folder / "plan is short").exists())  # between two runs
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    (client.folder / "wait").unlink()
    subprocess.run(child_command(tune, client.folder, trainer), check=True)

    ended = {
        name: [run_folder.outcome_of(folder) for folder in training_variant.runs_of(client, TUNING, name)] for name in CHANGES
    }
    full, short = ended["plan"]
    assert short.short_at == SHORT and full.success and len(tuning_run_folders(client.runs)) == 4
    assert [one.short_at for one in ended["rate_half"]] == [SHORT]
    (broken,) = ended["broken"]
    assert broken.cause is not None and not broken.success and broken.short_at is None and broken.steps == 0
    assert "capturable" in (client.runs / broken.run_id / "trainer.log").read_text(encoding="utf-8")
    for name, one in [("plan", full), ("plan", short), ("rate_half", ended["rate_half"][0]), ("broken", broken)]:
        print(f"{name:10} {one.run_id} {one.short_at} {one.success} {one.steps} {one.seconds} s {key_of(one.cause)}")

    unbroken = rates(client, train(client, settings, "plan", tuning_id=UNBROKEN).run_id)
    went_on = {step: rate for step, rate in rates(client, full.run_id).items() if step > SHORT}
    assert list(went_on) == list(range(SHORT + 1, TOTAL + 1))
    for step, rate in {**{step: rates(client, short.run_id)[step] for step in range(1, SHORT + 1)}, **went_on}.items():
        print(step, rate, unbroken[step])
        assert rate == unbroken[step] == pytest.approx(planned_rate(step, TOTAL, "cosine_with_restarts"), rel=1e-3, abs=1e-9)
    assert [done for done, _ in training_variant.files(client, full.run_id)] == [SHORT, TOTAL]
