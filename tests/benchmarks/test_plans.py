"""The table of plans: every profile and preset once, and one verdict, the one of the checks before a training."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from avatar.plan import ask, fit, preflight
from avatar.plan.values import DatasetFacts
from avatar.trainer.options import known_tables
from benchmarks import plans
from config import GPU_PROFILES, TRAINING_PRESETS
from tests.places import BENCHMARKS

SCRIPT = BENCHMARKS / "plans.py"
DATASET = DatasetFacts(20, 200)


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], dict[str, str]]:
    names, *lines = plans.table(DATASET)
    found = [dict(zip(names, line, strict=True)) for line in lines]
    return {(line["profile"], line["preset"]): line for line in found}


Rows = dict[tuple[str, str], dict[str, str]]


def test_every_profile_and_preset_stands_there_once(rows: Rows) -> None:
    assert list(rows) == [(profile, preset) for profile in GPU_PROFILES for preset in TRAINING_PRESETS]
    assert len(plans.table(DATASET)) == len(rows) + 1


def test_a_card_that_is_too_small_is_blocked_though_its_plan_fits_by_the_estimate(rows: Rows) -> None:
    for preset in TRAINING_PRESETS:
        line = rows["gtx1650_4gb", preset]
        assert float(line["GiB"]) <= float(line["of"])
        assert line["verdict"] == "blocked: card too small"


def test_the_processor_is_a_trial_and_every_other_card_fits(rows: Rows) -> None:
    for (profile, _), line in rows.items():
        if profile == "cpu":
            assert (line["verdict"], line["of"], line["steps"], line["states"]) == ("trial only", "-", "10", "-")
        elif profile != "gtx1650_4gb":
            assert line["verdict"] == "fits"


def test_what_the_user_knows_stands_in_the_table(rows: Rows) -> None:
    line = rows["rtx4090_24gb", "balanced"]
    assert (line["dim/alpha"], line["px"], line["batch x acc"], line["precision"]) == ("128/64", "1024", "1 x 2", "bf16")
    assert (line["samples"], line["states"]) == ("334", "yes")
    assert rows["rtx3060_8gb", "balanced"]["precision"] == "bf16 fp8 base"
    assert rows["rtx3060_8gb", "balanced"]["samples"] == rows["rtx4090_24gb", "quick"]["samples"] == "-"


@pytest.mark.parametrize("preset", sorted(TRAINING_PRESETS))
@pytest.mark.parametrize("profile", sorted(GPU_PROFILES))
@pytest.mark.parametrize("given", [{}, {"network_dim": 512, "train_batch_size": 16}])
def test_the_verdict_is_that_of_the_checks(profile: str, preset: str, given: dict[str, Any]) -> None:
    card, chosen = GPU_PROFILES[profile], TRAINING_PRESETS[preset]
    asked = ask.ask(card, chosen, DATASET)
    fitted = fit.fit(
        asked, profile=card, preset=chosen, card=None, options=known_tables()[0], overrides=given
    )  # fmt: skip
    checks = preflight._card(SimpleNamespace(plan=fitted.plan), preflight.Machine(card))  # type: ignore[arg-type]
    levels = {check.name: check.level for check in checks}
    expected = {"blocked": "blocked: card too small", "attention": "does not fit", "ready": "fits"}
    assert plans.verdict(fitted) == (expected[levels["vram"]] if "vram" in levels else "trial only")


def test_it_runs_as_a_script_and_refuses_what_is_no_dataset() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, encoding="utf-8", check=True, timeout=60)
    lines = done.stdout.splitlines()
    assert lines[0].split()[:2] == ["profile", "preset"]
    assert len(lines) == len(GPU_PROFILES) * len(TRAINING_PRESETS) + 1
    with pytest.raises(SystemExit):
        plans.main(["--pictures", "0"])
