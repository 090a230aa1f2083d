"""What a base model asks of a plan: v prediction is set with its reason, families are told once, changes are blocked."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

import lora_trainer
from avatar.plan.ask import ask
from avatar.plan.plan_file import PlanReport
from avatar.plan.preflight import check
from avatar.plan.rules import rule_problems
from avatar.plan.suited import suited, told_once
from avatar.plan.values import DatasetFacts, Plan
from avatar.texts import translate
from avatar.trainer.base_model_nature import Nature
from avatar.trainer.options import known_tables
from avatar.workspace.client import Client
from config import GPU_PROFILES, TRAINING_PRESETS, Settings, TrainerConfig
from tests.base_models import SDXL, write_safetensors, write_sdxl
from tests.plan.test_preflight import MAIN, machine, place, setup

__all__ = ["place"]
FEW = DatasetFacts(4, 20, folders=((4, 5),))
V = Nature(predicts_v="v_pred", zero_snr="ztsnr")


def asked() -> Plan:
    return ask(GPU_PROFILES["rtx3060_12gb"], TRAINING_PRESETS["balanced"], DatasetFacts(20, 40))


def test_v_prediction_is_set_with_the_reason() -> None:
    plan, changes = suited(asked(), {}, MAIN, V, FEW)
    assert (plan.v_parameterization, plan.zero_terminal_snr) == (True, True)
    assert [(change.name, change.before, change.after, change.why.key) for change in changes] == [
        ("v_parameterization", False, True, "plan.change.v_prediction"),
        ("zero_terminal_snr", False, True, "plan.change.zero_snr"),
    ]
    assert rule_problems(plan) == []


@pytest.mark.parametrize("given", [{"v_parameterization": False}, {"extra": {"v_parameterization": False}}])
def test_what_was_given_by_hand_stays(given: dict[str, Any]) -> None:
    plan, changes = suited(asked(), given, MAIN, Nature(predicts_v="v_pred"), FEW)
    assert (plan, changes) == (asked(), ())


def test_a_plain_model_changes_nothing() -> None:
    assert suited(asked(), {}, MAIN, Nature(), FEW) == (asked(), ())


def test_every_trainer_has_both_options() -> None:
    for table in known_tables():
        assert suited(asked(), {}, table, V, FEW)[0].zero_terminal_snr


@pytest.mark.parametrize("family", ["Pony", "Illustrious", "NoobAI"])
def test_a_family_has_its_sentence(family: str) -> None:
    (told,) = told_once(Nature(family=family))
    for language in translate.LANGUAGES:
        assert family in translate.words(told, language)
    assert told_once(Nature()) == []


def planned(client: Client, base: Path, *overrides: str, keep: bool = True) -> PlanReport:
    settings = Settings(trainer=TrainerConfig(base_model=str(base)))
    return lora_trainer.configure(
        client, settings=settings, gpu="rtx3060_12gb", overrides=overrides, keep=keep, card_probe=list
    )  # fmt: skip


def test_configure_sees_it_in_the_file_and_the_command_has_it(client: Client, tmp_path: Path) -> None:
    base = write_safetensors(tmp_path / "noobaiXL_vPred.safetensors", {**SDXL, "v_pred": (0,), "ztsnr": (0,)})
    report = planned(client, base)
    assert report.plan.v_parameterization and report.plan.zero_terminal_snr
    assert "plan.family.noobai" in [told.key for told in report.warnings]
    assert "plan.family.noobai" not in [told.key for told in planned(client, base, "steps=99").warnings]  # said once
    done = lora_trainer.dry_run(client, settings=Settings(trainer=TrainerConfig(base_model=str(base))), card_probe=list)
    assert {"--v_parameterization", "--zero_terminal_snr"} <= set(done.command)


def test_a_base_model_given_by_hand_is_looked_at(client: Client, tmp_path: Path) -> None:
    base = write_safetensors(tmp_path / "v.safetensors", {**SDXL, "v_pred": (0,)})
    assert not planned(client, write_sdxl(tmp_path / "m.safetensors")).plan.v_parameterization
    assert planned(client, tmp_path / "m.safetensors", f"base_model={base}").plan.v_parameterization


@pytest.mark.parametrize(
    ("keys", "plan_v", "by_hand", "key", "level"),
    [
        (("v_pred",), False, (), "preflight.needs_v", "blocked"),
        (("v_pred",), False, ("v_parameterization",), "preflight.needs_v", "attention"),
        ((), True, (), "preflight.no_v", "blocked"),
    ],
)  # fmt: skip
def test_a_file_that_was_changed_under_the_plan_is_told(
    place: Path, keys: tuple[str, ...], plan_v: bool, by_hand: tuple[str, ...], key: str, level: str
) -> None:  # fmt: skip
    write_safetensors(place / "base.safetensors", {**SDXL, **dict.fromkeys(keys, (0,))})
    plan = dataclasses.replace(asked(), v_parameterization=plan_v)
    found = {item.text.key: item.level for item in check(setup(place, plan, by_hand=frozenset(by_hand)), machine())}
    assert found[key] == level


def test_what_fits_together_is_not_told(place: Path) -> None:
    write_safetensors(place / "base.safetensors", {**SDXL, "v_pred": (0,)})
    plan = dataclasses.replace(asked(), v_parameterization=True)
    assert not {"preflight.needs_v", "preflight.no_v"} & {item.text.key for item in check(setup(place, plan), machine())}
