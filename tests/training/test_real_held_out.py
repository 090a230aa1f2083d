"""A training of the real script with pictures held out, at toy size: slow, and skipped unless told where it is."""

from __future__ import annotations

import pytest

import lora_trainer
from avatar.plan import plan_file
from avatar.plan.steps import step_arithmetic
from avatar.reports import loss_plot
from avatar.texts.text import Text
from avatar.workspace.client import Client
from config import Settings
from tests.training import test_real_trainer as real

pytestmark = [real.pytestmark, pytest.mark.timeout(real.SLOW_S)]
checkpoint, settings = real.checkpoint, real.settings
PICTURES = 20


def test_the_real_script_measures_the_pictures_that_it_does_not_train(client: Client, settings: Settings) -> None:
    real.lay_out(client, PICTURES)
    real.plan(client, settings, "steps=4", "accumulation=1", "save_every_n_steps=4", "validation_split=0.1",
              "validate_every_n_steps=2")  # fmt: skip
    kept = plan_file.read(client, settings.trainer)
    assert kept is not None
    assert step_arithmetic(kept.plan, plan_file.dataset_facts(client)).batches_per_epoch == 18
    outcome = lora_trainer.train(client, settings=settings, card_probe=list)
    assert outcome.success, outcome
    log = (client.runs / outcome.run_id / "trainer.log").read_text(encoding="utf-8")
    told = [line.rpartition(":")[2].strip() for line in log.splitlines() if "num batches per epoch" in line]
    assert told == ["18"]
    points = loss_plot.points_of(client.runs, outcome.run_id, client.logs)
    assert [step for step, _ in points.held_out] == [2, 4] and [step for step, _ in points.raw] == [1, 2, 3, 4]
    target = client.runs / outcome.run_id / "curve.png"
    assert loss_plot.draw(points, target, Text("plot.title", {"client": "ana", "run": "1"}), "en") == target
