"""A training of the real script with regularisation pictures, at toy size: slow, and skipped unless told where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import lora_trainer
from avatar.dataset import regularisation
from avatar.plan import plan_file
from avatar.plan.steps import step_arithmetic
from avatar.workspace.client import Client
from config import Settings
from tests.training import test_real_trainer as real

pytestmark = [real.pytestmark, pytest.mark.timeout(real.SLOW_S)]
checkpoint, settings = real.checkpoint, real.settings


def drawn(folder: Path, pictures: int) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{number}.png" for number in range(pictures)]
    for number, path in enumerate(paths):
        Image.new("RGB", (64, 64), (40 * number, 120, 200)).save(path)
    return paths


@pytest.mark.parametrize("pictures", [2, 5], ids=["fewer than the dataset", "more than the dataset"])
def test_the_real_script_shows_as_many_pictures_of_the_class_as_of_the_dataset(
    client: Client, settings: Settings, tmp_path: Path, pictures: int
) -> None:  # fmt: skip
    regularisation.lay_out(client.regularisation, drawn(tmp_path / "drawn", pictures), "woman")
    real.plan(client, settings, "reg_data_dir=regularisation", "steps=4", "accumulation=1", "save_every_n_steps=4")
    kept = plan_file.read(client, settings.trainer)
    assert kept is not None
    counted = step_arithmetic(kept.plan, plan_file.dataset_facts(client, kept.plan.reg_data_dir))
    assert (counted.batches_per_epoch, counted.exposures_per_epoch, counted.regularisation) == (6, 3, 3)
    outcome = lora_trainer.train(client, settings=settings, card_probe=list)
    assert outcome.success, outcome
    log = (client.runs / outcome.run_id / "trainer.log").read_text(encoding="utf-8")

    def told(words: str) -> list[str]:
        return [line.rpartition(":")[2].strip() for line in log.splitlines() if words in line and ":" in line]

    assert told("num batches per epoch") == ["6"] and told("num train images * repeats") == ["3"]
    assert told("num reg images") == [str(pictures)]
    assert ("some of reg images are not used" in log) == (pictures > real.PICTURES)
    assert "No caption file found" not in log
