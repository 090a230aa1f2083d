"""What is remembered of a run that failed, and what is advised after it."""

from __future__ import annotations

import dataclasses
import errno
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import utils
from avatar.plan.values import Change
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.trainer.log import LogReader
from avatar.training import judge, run_folder
from avatar.training.run_folder import Outcome
from avatar.training.watch import WatchResult
from tests.plan.test_preflight import plan_for


def test_the_cause_of_a_run_is_kept_on_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_folder.reserve(tmp_path)
    kept = tmp_path / run_folder.RESERVE_FILE
    assert kept.stat().st_size == run_folder.RESERVE_BYTES
    write = utils.write_json

    def full(path: Path, value: Any) -> None:
        if kept.exists():  # nothing was given back yet
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        write(path, value)

    monkeypatch.setattr(utils, "write_json", full)
    cause = Text("train.cause.disk_full", {"detail": "/", "step": 3, "total": 9})
    run_folder.write_outcome(tmp_path, Outcome(False, "r", cause=cause))
    monkeypatch.undo()
    assert not kept.exists()
    assert run_folder.outcome_of(tmp_path).cause == cause  # and stays it when there is room again


def test_advice_after_attempts_names_what_they_changed_too() -> None:
    changes = (Change("fp8_base", False, True, Text("x")), Change("learning_rate", 1e-4, 5e-5, Text("x")))
    plan = dataclasses.replace(plan_for("rtx3060_12gb"), mixed_precision="bf16", fp8_base=True, learning_rate=5e-5)
    spec = SimpleNamespace(plan=plan, first_step=0, client_id="ana", changes=changes)
    reader = LogReader()
    reader.facts.nan_step = 40
    (told,) = judge._advice(spec, WatchResult(reader), Text("train.cause.nan"))  # type: ignore[arg-type]
    assert told.values["overrides"] == "--set fp8_base=true --set learning_rate=2.5e-05"


@pytest.mark.parametrize(
    ("cause", "log_step", "expected"),
    [
        ("train.cause.nan", 1, ["train.advice.base_model"]), ("train.cause.nan", 40, ["train.advice.plan"]),
        ("train.cause.gpu_memory", None, ["train.advice.plan"]), ("train.cause.no_data", None, []), (None, None, []),
    ],
)  # fmt: skip
def test_what_is_advised_fits_the_plan_that_failed(cause: str | None, log_step: int | None, expected: list[str]) -> None:
    reader = LogReader()
    reader.facts.nan_step = log_step
    plan = plan_for("rtx4090_24gb" if cause == "train.cause.gpu_memory" else "gtx1650_4gb", no_half_vae=True)
    spec = SimpleNamespace(plan=plan, first_step=0, client_id="ana", changes=())
    found = judge._advice(spec, WatchResult(reader), Text(cause) if cause else None)  # type: ignore[arg-type]
    assert [told.key for told in found] == expected
    assert all(translate.words(told, language) for told in found for language in translate.LANGUAGES)
    assert ("no_half_vae" not in str(found) and "resolution=768" not in str(found)) or plan.resolution > 768
