"""Remedies that are no --set, carried out: what was told is told no more. Those by --set: test_configure_again.py."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import utils
from avatar.workspace.client import Client
from tests.computer import call, write_base
from tests.tiny_png import PNG

PLAN = ("--gpu", "rtx3060_12gb", "--set", "steps=4", "save_state=no")
Step = Callable[[Client], None]


def settings(client: Client, **changed: str) -> None:
    path = client.folder.parents[1] / "config.json"
    data = utils.read_json(path)
    utils.write_json(path, {**data, "trainer": {**data["trainer"], **changed}})


def place(client: Client) -> Path:
    return client.folder.parents[1]


def configure(client: Client, *words: str) -> None:
    assert call(client, "configure", "ana", *words) == 0


def base_model(content: Callable[[Path], object], name: str = "wrong.safetensors") -> Step:
    """Return what makes the settings name a base model that is none."""

    def make(client: Client) -> None:
        content(place(client) / name)
        settings(client, base_model=str(place(client) / name))
        configure(client, *PLAN)

    return make


def another_base_model(client: Client) -> None:
    settings(client, base_model=str(place(client) / "base.safetensors"))
    configure(client)


def renamed(client: Client) -> None:
    (place(client) / "model.ckpt").rename(place(client) / "model.safetensors")
    settings(client, base_model=str(place(client) / "model.safetensors"))
    configure(client)


def edited_plan(**fields: Any) -> Step:
    def edit(client: Client) -> None:
        data = utils.read_json(client.plan_file)
        utils.write_json(client.plan_file, {**data, "plan": {**data["plan"], **fields}})

    return edit


def more_pictures(client: Client) -> None:
    folder = client.training_data / "5_ana"
    info = utils.read_json(folder / "dataset_info.json")
    (folder / "more.png").write_bytes(PNG)
    (folder / "more.txt").write_text("ohwx woman", encoding="utf-8")
    pictures = [*info["pictures"], {"file": "more.png"}]
    utils.write_json(folder / "dataset_info.json", {**info, "fingerprint": "new", "pictures": pictures})


def option_gone(client: Client) -> None:
    """The trainer that is installed now lacks an option that the plan has."""
    data = utils.read_json(client.plan_file)
    plan = {**data["plan"], "extra": {"gone_option": "1"}}
    utils.write_json(client.plan_file, {**data, "plan": plan, "overrides": [*data["overrides"], "gone_option=1"]})


@dataclass(frozen=True)
class Remedied:
    """wrong: makes what `key` tells; remedy: does what its text says."""

    key: str
    wrong: Step
    remedy: Step


CASES = [
    Remedied("preflight.model_empty", base_model(lambda path: path.write_bytes(b"")), another_base_model),
    Remedied("preflight.model_web_page", base_model(lambda path: path.write_bytes(b"<!DOCTYPE html>")), another_base_model),
    Remedied("preflight.model_gguf", base_model(lambda path: path.write_bytes(b"GGUF" + bytes(64))), another_base_model),
    Remedied("preflight.model_misnamed", base_model(write_base, "model.ckpt"), renamed),
    Remedied("preflight.settings_changed", lambda c: settings(c, tokenizer_cache_dir=""), lambda c: configure(c)),
    Remedied("preflight.dataset_changed", more_pictures, lambda c: configure(c)),
    Remedied(
        "preflight.script_missing", lambda c: settings(c, folder=str(place(c) / "nowhere")),
        lambda c: settings(c, folder=str(place(c) / "trainer")),
    ),
    Remedied(
        "preflight.python_missing", lambda c: settings(c, python=str(place(c) / "nowhere")),
        lambda c: settings(c, python=sys.executable),
    ),
    Remedied("option.unknown", option_gone, lambda c: configure(c, "--unset", "gone_option")),
    Remedied(
        "plan.rule.full_fp16", lambda c: configure(c, "--set", "full_fp16=yes"),
        lambda c: configure(c, "--unset", "full_fp16"),
    ),
    Remedied("plan.rule.resolution", edited_plan(resolution=1000), lambda c: configure(c)),
    Remedied("plan.rule.below_least", edited_plan(max_train_steps=0), lambda c: configure(c)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_what_the_checks_of_a_training_tell_is_told_no_more_once_it_is_done(
    computer: Client, capsys: pytest.CaptureFixture[str], case: Remedied
) -> None:  # fmt: skip
    configure(computer, *PLAN)
    case.wrong(computer)
    assert case.key in told(computer, capsys)
    case.remedy(computer)
    assert case.key not in told(computer, capsys)
    call(computer, "train", "ana", "--dry-run", "--json")
    checks = json.loads(capsys.readouterr().out.splitlines()[-1])["result"]["preflight"]
    assert [item for item in checks if item["level"] == "blocked"] == []


def told(client: Client, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Return the keys of the checks of a dry run that are not in order."""
    capsys.readouterr()
    call(client, "train", "ana", "--dry-run", "--json")
    checks = json.loads(capsys.readouterr().out)["result"]["preflight"]
    return {item["key"] for item in checks if item["level"] != "ready"}


# --- remedies of commands that refuse --------------------------------------------------------------------------------


def error(client: Client, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the key of the error that a command ends with, "" for none."""
    capsys.readouterr()
    code = call(client, *words, "--json")
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["error"]
    assert (code == 0) == (found is None)
    return found["key"] if found else ""


def test_a_plan_that_was_edited_into_nonsense_is_made_again(computer: Client, capsys: pytest.CaptureFixture[str]) -> None:
    broken: list[Any] = [{"plan": {"profile": "voodoo"}}, {"plan": []}, {}, []]
    for nonsense in broken:
        utils.write_json(computer.plan_file, nonsense)
        assert error(computer, capsys, "train", "ana") in {"plan.file_invalid", ""}
        configure(computer, *PLAN)
        assert error(computer, capsys, "train", "ana") == ""


def test_a_training_without_states_is_made_one_that_can_be_resumed(
    computer: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    configure(computer, "--gpu", "rtx3060_12gb", "--set", "save_state=no", "steps=40", "save_every_n_steps=10")
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "traceback")
    monkeypatch.setenv("FAKE_TRAINER_FAIL_STEP", "25")
    assert error(computer, capsys, "train", "ana") == "train.cause.unknown"
    assert error(computer, capsys, "train", "ana", "--resume") == "train.no_state"
    configure(computer, "--set", "save_state=true")
    assert error(computer, capsys, "train", "ana") == "train.cause.unknown"
    monkeypatch.delenv("FAKE_TRAINER_FAIL")
    assert error(computer, capsys, "train", "ana", "--resume") == ""


def test_where_nothing_is_left_more_steps_are_trained(computer: Client, capsys: pytest.CaptureFixture[str]) -> None:
    configure(computer, "--gpu", "rtx3060_12gb", "--set", "save_state=yes", "steps=40", "save_every_n_steps=30")
    assert error(computer, capsys, "train", "ana") == ""
    assert error(computer, capsys, "train", "ana", "--resume") == "train.nothing_left"  # though a state of step 30 is there
    configure(computer, "--set", "steps=60")
    assert error(computer, capsys, "train", "ana", "--resume") == ""


def test_a_state_that_is_gone_is_no_reason_not_to_train_again(
    computer: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    configure(computer, "--gpu", "rtx3060_12gb", "--set", "save_state=yes", "steps=40", "save_every_n_steps=10")
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_TRAINER_FAIL", "traceback")
        patch.setenv("FAKE_TRAINER_FAIL_STEP", "25")
        assert error(computer, capsys, "train", "ana") == "train.cause.unknown"
    for record in computer.runs.glob("*/command.json"):
        record.write_text("{}", encoding="utf-8")
    assert error(computer, capsys, "train", "ana", "--resume") in {"train.bad_record", "train.no_state"}
    assert error(computer, capsys, "train", "ana") == ""


def test_an_empty_queue_is_filled_and_a_failed_entry_added_again(
    computer: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    configure(computer, *PLAN)
    assert error(computer, capsys, "queue", "run") == "queue.empty"
    assert error(computer, capsys, "queue", "add", "ana") == ""
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_TRAINER_FAIL", "traceback")
        assert error(computer, capsys, "queue", "run") == "queue.failed"
    assert error(computer, capsys, "queue", "add", "ana") == ""
    assert error(computer, capsys, "queue", "run") == ""


def test_a_checkpoint_that_is_not_there_is_chosen_from_those_named(
    computer: Client, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    configure(computer, "--gpu", "rtx3060_12gb", "--set", "save_state=no", "steps=6", "save_every_n_steps=2")
    assert error(computer, capsys, "train", "ana") == ""
    assert error(computer, capsys, "models", "ana", "--take", "3") == "checkpoint.none"
    assert error(computer, capsys, "models", "ana", "--take", "4") == ""
    assert error(computer, capsys, "models", "ana", "--take", "4") in {"checkpoint.there", "checkpoint.none"}


def test_a_settings_file_that_is_put_right_again_is_taken(computer: Client, capsys: pytest.CaptureFixture[str]) -> None:
    path = place(computer) / "config.json"
    shutil.copy(path, path.with_suffix(".good"))
    path.write_text(path.read_text(encoding="utf-8")[:-3], encoding="utf-8")
    assert error(computer, capsys, "train", "ana") == "file.not_json"
    shutil.copy(path.with_suffix(".good"), path)
    configure(computer, *PLAN)
    assert error(computer, capsys, "train", "ana") == ""
