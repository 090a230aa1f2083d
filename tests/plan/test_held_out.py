"""Pictures held out: counted as the trainer counts them, in every place that counts epochs, and drawn in the curve."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

import lora_trainer
from avatar.plan import held_out
from avatar.plan.ask import ask
from avatar.plan.command import options_of
from avatar.plan.held_out import measured, split_of, trained
from avatar.plan.rules import rule_problems
from avatar.plan.steps import step_arithmetic
from avatar.plan.suited import suited
from avatar.plan.values import DatasetFacts, Plan
from avatar.trainer.base_model_nature import Nature
from avatar.trainer.options import known_tables
from avatar.workspace.client import Client
from config import GPU_PROFILES, TRAINING_PRESETS, Settings, TrainerConfig
from tests.base_models import write_sdxl
from tests.tiny_png import PNG

TABLES = known_tables()
MANY = DatasetFacts(24, 48, folders=((24, 2),))


def asked(profile: str = "rtx3060_12gb") -> Plan:
    return ask(GPU_PROFILES[profile], TRAINING_PRESETS["balanced"], MANY)


def with_held_out(given: dict[str, Any] | None = None, dataset: DatasetFacts = MANY, table: Any = TABLES[0]) -> Plan:
    return suited(asked(), given or {}, table, Nature(), dataset)[0]


@pytest.mark.parametrize("pictures", range(20, 400, 7))
def test_no_picture_is_both_trained_and_measured(pictures: int) -> None:
    """As library/train_util.py:142-180 splits them."""
    share = split_of([pictures])
    assert share is not None
    begin, end = math.ceil(pictures * (1 - share)), pictures - round(pictures * share)
    assert (begin, end) == (trained(pictures, share), pictures - measured(pictures, share))
    assert begin == end and 2 <= pictures - begin <= held_out.MOST


@pytest.mark.parametrize("folders", [[10, 12], [17, 3], [30, 5], [40, 40], [100, 9], [21, 1, 1]])
def test_one_share_suits_all_folders(folders: list[int]) -> None:
    share = split_of(folders)
    assert share is not None
    assert all(trained(n, share) + measured(n, share) == n and trained(n, share) >= 1 for n in folders)


@pytest.mark.parametrize("folders", [[], [19], [10, 9]])
def test_few_pictures_are_all_trained(folders: list[int]) -> None:
    assert split_of(folders) is None
    dataset = DatasetFacts(sum(folders), 60, folders=tuple((n, 1) for n in folders))
    assert with_held_out(dataset=dataset) == asked()


def test_from_twenty_pictures_on_some_are_held_out_with_the_reason() -> None:
    plan, changes = suited(asked(), {}, TABLES[0], Nature(), MANY)
    assert {change.name for change in changes} == set(held_out.OPTIONS)
    assert changes[0].why.key == "plan.change.held_out" and changes[0].why.values == {"n": 2}
    assert (plan.validation_seed, plan.validate_every_n_epochs) == (held_out.SEED, held_out.NEVER)
    assert plan.validate_every_n_steps == math.ceil(plan.max_train_steps / held_out.MEASUREMENTS)
    assert {*held_out.OPTIONS} <= {*options_of(plan)}
    assert rule_problems(plan) == []


@pytest.mark.parametrize("given", [{"validation_split": None}, {"validation_split": 0.0}])
def test_it_is_off_where_the_user_says_so(given: dict[str, Any]) -> None:
    assert with_held_out(given) == asked()


def test_a_share_of_ones_own_brings_the_rest() -> None:
    plan = with_held_out({"validation_split": 0.25})
    assert plan.validation_split is None  # the user's own, laid over the plan later
    assert (plan.validation_seed, plan.validate_every_n_epochs) == (held_out.SEED, held_out.NEVER)


def test_the_trial_on_the_processor_takes_them_only_by_hand() -> None:
    plan = ask(GPU_PROFILES["cpu"], TRAINING_PRESETS["balanced"], MANY)
    assert suited(plan, {}, TABLES[0], Nature(), MANY) == (plan, ())
    assert suited(plan, {"validation_split": 0.1}, TABLES[0], Nature(), MANY)[0].validation_seed == held_out.SEED


def test_an_older_trainer_does_without() -> None:
    for table in TABLES[1:]:
        assert not table.has("validation_split") and with_held_out(table=table) == asked()


def test_a_share_that_is_none_is_refused() -> None:
    assert "plan.rule.no_share" in [text.key for text in rule_problems(dataclasses.replace(asked(), validation_split=2.0))]


def test_an_epoch_is_what_is_trained() -> None:
    plan = dataclasses.replace(with_held_out(), train_batch_size=1, gradient_accumulation_steps=1)
    with_all = step_arithmetic(dataclasses.replace(plan, validation_split=None), MANY)
    arithmetic = step_arithmetic(plan, MANY)
    assert (with_all.images, with_all.steps_per_epoch) == (24, 48)
    assert (arithmetic.images, arithmetic.steps_per_epoch, arithmetic.exposures_per_epoch) == (22, 44, 44)


def fill(client: Client, pictures: int) -> None:
    folder = client.training_data / "2_ana"
    folder.mkdir(parents=True)
    for number in range(pictures):
        (folder / f"p{number:02}.png").write_bytes(PNG)
        (folder / f"p{number:02}.txt").write_text("ohwx woman", encoding="utf-8")


def test_configure_counts_saves_in_epochs_of_what_is_trained(client: Client, tmp_path: Path) -> None:
    fill(client, 24)
    settings = Settings(trainer=TrainerConfig(base_model=str(write_sdxl(tmp_path / "m.safetensors"))))
    report = lora_trainer.configure(
        client,
        settings=settings,
        gpu="rtx3060_12gb",
        preset="quality",
        overrides=["accumulation=1", "batch=1"],
        card_probe=list,
    )
    assert report.plan.validation_split == split_of([24])
    assert report.plan.save_state and report.plan.max_train_steps % 44 == 0 and (report.plan.save_every_n_steps or 0) % 44 == 0
    assert report.arithmetic.steps_per_epoch == 44
    off = lora_trainer.configure(
        client, settings=settings, gpu="rtx3060_12gb", overrides=["validation_split=none"], card_probe=list
    )  # fmt: skip
    assert off.plan.validation_split is None and off.arithmetic.images == 24
