"""The formula beside everything it can be held against, and the measuring of all plans on a card, with a stand-in for it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from avatar.system import gpu
from avatar.system.gpu import Card
from benchmarks import memory, memory_card
from benchmarks.memory_card import Start, Watch
from config import GPU_PROFILES, TRAINING_PRESETS
from tests.places import SHARED

CARD = Card(0, "NVIDIA H100", 79.0, 78.0, (9, 0), driver="1")
TORCH = """
import json, os, types, sys
GIB = 2**30
class cuda:
    limit = None
    is_available = staticmethod(lambda: True)
    get_device_properties = staticmethod(lambda index: types.SimpleNamespace(total_memory=80 * GIB))
    memory_stats = staticmethod(lambda: {
        "allocated_bytes.all.peak": 5 * GIB, "reserved_bytes.all.peak": 6 * GIB, "num_alloc_retries": 0})
    @staticmethod
    def set_per_process_memory_fraction(share): open(os.environ["SEEN"], "a").write(f"{share * 80:.2f}\\n")
__version__ = "2.99"
"""
TRAINER = """
import os, sys, torch
arguments = sys.argv[1:]
open(os.environ["SEEN"] + ".args", "a").write(repr(arguments) + "\\n")
folder = arguments[arguments.index("--train_data_dir") + 1]
assert len(os.listdir(os.path.join(folder, "1_ana person"))) == 24
if "--gradient_checkpointing" not in arguments:
    raise SystemExit(1)
"""


def rows_of(found: Any) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(row[0], row[1]): row for row in found if len(row) > 2}


def test_each_profile_and_preset_stands_with_its_verdict_and_none_is_over_its_margin() -> None:
    rows = rows_of(memory.plans())
    cards = [name for name, profile in GPU_PROFILES.items() if profile.vram_gib]
    assert set(rows) == {("profile", "preset"), *((name, preset) for name in cards for preset in TRAINING_PRESETS)}
    for (profile, _), row in rows.items():
        if profile == "profile":
            continue
        needs, safe, limit, replayed = (float(cell) if cell != "-" else None for cell in row[4:8])
        assert needs and safe and limit
        assert row[-1] == ("narrow" if profile == "gtx1650_4gb" else "fits")
        assert safe <= limit or row[-1] == "narrow"
        assert replayed is None or abs(replayed - needs) <= 0.45


def test_the_comparisons_end_with_what_they_come_to() -> None:
    *rows, last = memory.public()
    assert len(rows) == 21 and last[0].startswith("mean at batch 1: 0.9")
    *rows, last = memory.on_card(memory.MEASURED / "h200_sdxl_lora.json")
    assert len(rows) == 51 and last[0].startswith("39 starts")
    if SHARED.is_dir():
        *rows, last = memory.grid(memory.GRID)
        assert len(rows) == 125 and last[0].startswith("124 points: -0.25 to +0.44")
    assert "no grid" in next(memory.grid(Path("absent.json")))[0]
    assert len(list(memory.terms())) > 60
    assert len(list(memory.places())) == 14


def test_it_prints_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert memory.main(["--terms"]) == 0
    printed = capsys.readouterr().out
    for title in ("Terms", "grid", "published", "starts on a card", "The plans", "Where the estimate before"):
        assert title in printed


# --- on a card -------------------------------------------------------------------------------------------------------


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trainer and a torch that do nothing but tell how they were called, and a card that NVML knows."""
    trainer = tmp_path / "trainer"
    trainer.mkdir()
    (trainer / "sdxl_train_network.py").write_text(TRAINER, encoding="utf-8")
    (trainer / "torch.py").write_text(TORCH, encoding="utf-8")
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    monkeypatch.setattr(gpu, "cards", lambda: [CARD])
    monkeypatch.setattr(memory_card, "use_of", lambda index, pid: (7.25 if pid > 0 else None, 8.5 if pid > 0 else 1.0))
    monkeypatch.setattr(memory_card, "EVERY_S", 0.01)
    return trainer


def test_every_plan_is_measured_once_without_and_once_within_its_cards_memory(stand_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "measured.json"
    given = [
        "--card",
        "--trainer",
        str(stand_in),
        "--model",
        "model.safetensors",
        "--out",
        str(out),
        "--python",
        sys.executable,
    ]
    assert memory.main(given) == 0
    rows = json.loads(out.read_text(encoding="utf-8"))["rows"]
    assert len(rows) == len({row["key"] for row in rows}) >= 20
    assert {row["limit_gib"] is None for row in rows} == {True, False}
    for row in rows:
        assert row["exit_code"] == (0 if row["setup"].get("checkpointing", True) else 1)
        assert (row["allocated_gib"], row["reserved_gib"], row["process_gib"], row["card_gib"]) == (5.0, 6.0, 7.25, 8.5)
        assert row["card_before_gib"] == 1.0 and row["formula_gib"] > 3
    limits = {float(line) for line in (tmp_path / "seen").read_text(encoding="utf-8").split()}
    assert limits == {row["limit_gib"] for row in rows} - {None}
    # Broken off and started again, it goes on: nothing is measured twice.
    record = json.loads(out.read_text(encoding="utf-8"))
    out.write_text(json.dumps({**record, "rows": record["rows"][:-2]}), encoding="utf-8")
    before = len((tmp_path / "seen.args").read_text(encoding="utf-8").splitlines())
    assert memory.main(given) == 0
    assert len((tmp_path / "seen.args").read_text(encoding="utf-8").splitlines()) == before + 2
    assert [row["key"] for row in json.loads(out.read_text(encoding="utf-8"))["rows"]] == [row["key"] for row in rows]


def test_a_start_that_takes_too_long_is_ended_and_said_to_have_no_end(stand_in: Path, tmp_path: Path) -> None:
    (stand_in / "sdxl_train_network.py").write_text("import time\ntime.sleep(600)\n", encoding="utf-8")
    plan = memory.fitted("rtx3060_8gb", "quick").plan
    given = argparse.Namespace(trainer=stand_in, python=Path(sys.executable), model="m", tokenizers="", minutes=0.01)
    row = memory_card.measure(Start(plan, None), given, memory_card.write_pictures(tmp_path), tmp_path, Watch(0))
    assert row["exit_code"] is None and row["allocated_gib"] is None and row["process_gib"] == 7.25


def test_it_needs_a_card_a_trainer_and_a_model_and_mixes_no_two_cards(
    stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "measured.json"
    with pytest.raises(SystemExit):
        memory.main(["--card", "--model", "m"])
    out.write_text('{"card": "another", "rows": []}', encoding="utf-8")
    given = ["--card", "--trainer", str(stand_in), "--model", "m", "--out", str(out)]
    with pytest.raises(SystemExit, match="another card"):
        memory.main(given)
    monkeypatch.setattr(gpu, "cards", list)
    with pytest.raises(SystemExit):
        memory.main(given)


def test_plans_that_the_card_cannot_hold_are_not_started() -> None:
    plans = [memory.fitted(name, "balanced").plan for name in ("rtx3060_8gb", "gpu_24gb")]
    found = list(memory_card.starts(plans, 11.0))
    assert {start.plan.profile for start in found} == {"rtx3060_8gb"} and len(found) == 2
