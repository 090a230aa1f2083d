"""The training stage as the commands use it: plan, dry run, training, what there is; with the stand-in or with nothing."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import config
import lora_trainer
import utils
from avatar.commands.result import plain
from avatar.system import gpu as system_gpu
from avatar.system.gpu import Card
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text, key_of, worst_level
from avatar.trainer import base_model
from avatar.trainer import options as trainer_options
from avatar.training import attempts, run_folder, sample_prompts, unfinished
from avatar.training import runs as training_runs
from avatar.training.dry_run import next_name
from avatar.training.models import models, runs
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client
from avatar.workspace.settings import load_settings
from config import Settings, TrainerConfig
from lora_trainer import configure, dry_run, train
from tests.base_models import write_sdxl
from tests.children import child_command
from tests.places import FAKE_TRAINER
from tests.tiny_png import PNG

RTX3060 = Card(0, "NVIDIA GeForce RTX 3060", 12.0, 11.0, (8, 6), "550", "12.4")


def no_card() -> Sequence[Card]:
    return []


def one_card() -> Sequence[Card]:
    return [RTX3060]


def fill(client: Client, pictures: int = 4, fingerprint: str = "abc") -> Path:
    folder = client.training_data / f"5_{client.client_id}"
    folder.mkdir(parents=True, exist_ok=True)
    files = [f"p{number}.png" for number in range(pictures)]
    for name in files:
        (folder / name).write_bytes(PNG)
        (folder / name).with_suffix(".txt").write_text("ohwx woman, smiling", encoding="utf-8")
    info = {"fingerprint": fingerprint, "trigger_word": "ohwx", "pictures": [{"file": name} for name in files]}
    utils.write_json(folder / "dataset_info.json", info)
    return folder


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    monkeypatch.setattr(config, "TRAINER_DIR", tmp_path / "no trainer")
    monkeypatch.setenv("FAKE_TRAINER_TABLE", str(trainer_options.DATA_FILE))


@pytest.fixture
def installed(tmp_path: Path) -> Settings:
    """Settings of a computer with the stand-in, a base model and tokenizers."""
    folder = tmp_path / "kohya ss ñ"
    folder.mkdir()
    shutil.copy(FAKE_TRAINER, folder)
    base = tmp_path / "base.safetensors"
    write_sdxl(base)
    for name in base_model.TOKENIZERS:
        (tmp_path / "tokenizers" / name.replace("/", "_")).mkdir(parents=True)
    return Settings(
        trainer=TrainerConfig(
            folder=str(folder), python=sys.executable, base_model=str(base), tokenizer_cache_dir=str(tmp_path / "tokenizers")
        )
    )


# --- configure -------------------------------------------------------------------------------------------------------


def test_a_plan_is_kept_with_how_it_came_about(client: Client) -> None:
    fill(client)
    report = configure(client, settings=Settings(), preset="quality", overrides=["dim=32"], card_probe=one_card)
    kept = utils.read_json(client.plan_file)
    assert kept["dataset_fingerprint"] == report.dataset_fingerprint == "abc"
    assert kept["fingerprint"] == report.plan.fingerprint
    assert kept["plan"]["network_dim"] == 32 and kept["asked"]["network_dim"] == 96
    assert kept["overrides"] == ["dim=32"] and kept["card"]["name"] == RTX3060.name
    assert {change["name"] for change in kept["changes"]} >= {"network_dim", "mixed_precision"}
    assert report.plan.profile == "rtx3060_12gb" and report.plan.preset == "quality"
    assert report.arithmetic.exposures_per_epoch == 20


def test_the_card_that_is_here_is_taken_and_another_may_be_named(client: Client) -> None:
    fill(client)
    assert configure(client, settings=Settings(), card_probe=one_card).card == RTX3060
    other = configure(client, settings=Settings(), gpu="rtx4090_24gb", card_probe=one_card)
    assert other.card is None and other.plan.profile == "rtx4090_24gb"
    none = configure(client, settings=Settings(), card_probe=no_card)
    assert none.plan.profile == "cpu" and none.warnings[0].key == "plan.warning.cpu"


def test_adapters_that_cannot_train_are_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(client)
    monkeypatch.setattr(system_gpu, "other_adapters", lambda: ["AMD", "Intel"])
    warning = configure(client, settings=Settings(), card_probe=no_card).warnings[0]
    assert (warning.key, warning.values["adapters"]) == ("plan.warning.cpu_adapters", "AMD, Intel")
    elsewhere = configure(client, settings=Settings(), gpu="rtx3060_8gb", card_probe=no_card)
    assert "plan.warning.cpu_adapters" not in {told.key for told in elsewhere.warnings}


def test_the_memory_that_is_free_counts_and_not_the_cards_size(client: Client) -> None:
    fill(client)
    busy = dataclasses.replace(RTX3060, free_gib=5.0)
    report = configure(client, settings=Settings(), card_probe=lambda: [busy])
    assert report.estimate.free_gib == 5.0 and report.estimate.verdict == "fits"


@pytest.mark.parametrize(
    ("arguments", "key"),
    [({"preset": "slow"}, "plan.unknown_preset"), ({"gpu": "voodoo"}, "plan.unknown_gpu"),
     ({"overrides": ["netwrok_dim=1"]}, "plan.unknown_key")],
)  # fmt: skip
def test_unknown_names_change_nothing(client: Client, arguments: dict[str, Any], key: str) -> None:
    with pytest.raises(PipelineError) as caught:
        configure(client, settings=Settings(), card_probe=no_card, **arguments)
    assert caught.value.key == key
    assert not client.plan_file.exists()


def test_without_a_dataset_the_plan_says_so(client: Client) -> None:
    report = configure(client, settings=Settings(), gpu="rtx3060_8gb", card_probe=no_card)
    assert Text("plan.warning.no_dataset") in report.warnings


# --- dry run ---------------------------------------------------------------------------------------------------------


def test_with_nothing_installed_the_command_stands_and_the_checks_say_what_is_missing(client: Client) -> None:
    fill(client)
    configure(client, settings=Settings(), gpu="rtx3060_8gb", card_probe=no_card)
    report = dry_run(client, settings=Settings(), card_probe=no_card)
    levels = {item.text.key: item.level for item in report.preflight}
    assert levels["preflight.script_missing"] == levels["preflight.python_missing"] == "blocked"
    assert levels["preflight.options_known"] == levels["preflight.card_not_here"] == "attention"
    assert report.options_from == "known"
    assert report.command[1].endswith("sdxl_train_network.py")
    assert report.command[report.command.index("--train_data_dir") + 1] == str(client.training_data.absolute())
    assert trainer_options.command_problems(report.command[2:], trainer_options.known_tables()[0]) == []
    assert not client.runs.exists() or not list(client.runs.iterdir())


def test_a_dry_run_is_json_with_the_names_that_scripts_use(client: Client) -> None:
    fill(client)
    report = plain(dry_run(client, settings=Settings(), card_probe=no_card))
    assert isinstance(report["command"], list) and report["plan"]["no_half_vae"] is True
    assert all({"name", "before", "after", "why", "values"} <= set(change) for change in report["changes"])
    assert all({"name", "level", "key", "values"} <= set(item) for item in report["preflight"])
    assert set(report["lines"]) == {"posix", "cmd", "powershell"}
    json.dumps(report)


def test_every_text_of_a_dry_run_can_be_said_in_both_languages(client: Client, installed: Settings) -> None:
    fill(client)
    for settings, gpu in ((Settings(), "gtx1650_4gb"), (installed, "rtx4090_24gb"), (installed, "cpu")):
        planned = configure(client, settings=settings, gpu=gpu, card_probe=no_card)
        report = dry_run(client, settings=settings, card_probe=no_card)
        said = [Text(item.text.key, item.text.values) for item in report.preflight] + [change.why for change in report.changes]
        said += [Text("train.arithmetic", dataclasses.asdict(report.arithmetic)), *planned.warnings]
        said += [Text("train.memory", dataclasses.asdict(report.estimate))]
        for told in said:
            for language in translate.LANGUAGES:
                assert translate.words(told, language)


def test_an_installed_trainer_in_order_has_nothing_blocked(client: Client, installed: Settings) -> None:
    fill(client)
    configure(client, settings=installed, card_probe=one_card)
    report = dry_run(client, settings=installed, card_probe=one_card)
    assert worst_level(report.preflight) != "blocked", report.preflight
    assert report.options_from == "installed"
    assert report.environment == {
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": "0", "HF_HUB_OFFLINE": "1"
    }  # fmt: skip
    assert report.cwd == str(Path(installed.trainer.folder))


def test_a_plan_that_was_edited_into_nonsense_is_refused(client: Client) -> None:
    for text in ('{"plan": {"dim": 4}}', '{"plan": 3, "changes": []}', "[]"):
        client.plan_file.parent.mkdir(parents=True, exist_ok=True)
        client.plan_file.write_text(text, encoding="utf-8")
        with pytest.raises(PipelineError) as caught:
            dry_run(client, settings=Settings(), card_probe=no_card)
        assert caught.value.key == "plan.file_invalid"


@pytest.mark.parametrize(("name", "value"), [("network_dim", "64"), ("save_state", 1), ("learning_rate", None)])
def test_a_plan_with_a_value_of_another_type_is_refused_by_name(client: Client, name: str, value: object) -> None:
    configure(client, settings=Settings(), card_probe=no_card)
    data = utils.read_json(client.plan_file)
    data["plan"][name] = value
    utils.write_json(client.plan_file, data)
    with pytest.raises(PipelineError) as caught:
        dry_run(client, settings=Settings(), card_probe=no_card)
    assert caught.value.key == "plan.file_invalid" and f"{name}={value!r}" in str(caught.value.values["detail"])


@pytest.mark.parametrize("text", ["batch=0", "accumulation=0", "num_processes=0", "seed=-1", "alpha=0", "lr=0", "steps=-1"])
def test_a_number_that_no_training_can_have_is_refused_and_the_plan_stays(client: Client, text: str) -> None:
    fill(client)
    configure(client, settings=Settings(), card_probe=no_card)
    before = client.plan_file.read_bytes()
    with pytest.raises(PipelineError) as caught:
        configure(client, settings=Settings(), overrides=[text], card_probe=no_card)
    assert caught.value.key in {"plan.rule.below_least", "plan.rule.not_above_zero"}
    assert caught.value.values["name"] == text.partition("=")[0]
    assert client.plan_file.read_bytes() == before


def test_a_plan_edited_to_zeros_is_blocked_and_breaks_nothing(client: Client, installed: Settings) -> None:
    fill(client)
    configure(client, settings=installed, gpu="cpu", card_probe=no_card)
    data = utils.read_json(client.plan_file)
    data["plan"] |= {"train_batch_size": 0, "gradient_accumulation_steps": 0, "num_processes": 0}
    utils.write_json(client.plan_file, data)
    checks = dry_run(client, settings=installed, card_probe=no_card).preflight
    named = {
        item.text.values["name"] for item in checks if item.text.key == "plan.rule.below_least" and item.level == "blocked"
    }
    assert named == {"train_batch_size", "gradient_accumulation_steps", "num_processes"}


def test_the_home_of_nobody_is_told_and_breaks_nothing(client: Client) -> None:
    fill(client)
    nobody = ["base_model=~no-such-user/m.safetensors", "tokenizer_cache_dir=~no-such-user/t"]
    configure(client, settings=Settings(), overrides=nobody, card_probe=no_card)
    settings = Settings(trainer=TrainerConfig(folder="~no-such-user/kohya", python="~no-such-user/python"))
    found = {item.text.key: item.level for item in dry_run(client, settings=settings, card_probe=no_card).preflight}
    missing = ("preflight.model_missing_by_hand", "preflight.script_missing", "preflight.python_missing")
    assert [found[key] for key in missing] == ["blocked"] * 3


def test_a_base_model_named_from_here_is_named_from_anywhere(
    client: Client, installed: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    fill(client)
    monkeypatch.chdir(tmp_path)
    relative = dataclasses.replace(installed, trainer=dataclasses.replace(installed.trainer, base_model="base.safetensors"))
    configure(client, settings=relative, gpu="cpu", card_probe=no_card)
    report = dry_run(client, settings=relative, card_probe=no_card)
    assert report.command[report.command.index("--pretrained_model_name_or_path") + 1] == str(tmp_path / "base.safetensors")


# --- train -----------------------------------------------------------------------------------------------------------


def test_from_plan_to_verified_model(client: Client, installed: Settings) -> None:
    fill(client)
    report = configure(client, settings=installed, gpu="cpu", overrides=["steps=4"], card_probe=no_card)
    outcome = train(client, settings=installed, card_probe=no_card)
    assert outcome.success and outcome.model is not None and outcome.model.parent == client.models
    assert outcome.plan_fingerprint == report.plan.fingerprint == utils.read_json(client.plan_file)["fingerprint"]
    (run,) = runs(client)
    assert (run.state, run.step, run.total) == ("done", 4, 4)
    (model,) = models(client)
    assert (model.name, model.ok, model.dim, model.trigger) == ("ana_avatar_v1.safetensors", True, 4, "ohwx woman")
    assert next_name(client) == "ana_avatar_v2"
    json.dumps(plain(outcome))


def test_a_second_training_replaces_nothing(client: Client, installed: Settings) -> None:
    fill(client)
    configure(client, settings=installed, gpu="cpu", overrides=["steps=2"], card_probe=no_card)
    first, second = (train(client, settings=installed, card_probe=no_card) for _ in range(2))
    assert first.model != second.model
    assert [model.name for model in models(client)] == ["ana_avatar_v1.safetensors", "ana_avatar_v2.safetensors"]
    assert [run.run_id for run in runs(client)] == [second.run_id, first.run_id]


def test_what_is_blocked_is_not_started(client: Client, installed: Settings) -> None:
    configure(client, settings=installed, gpu="cpu", card_probe=no_card)
    with pytest.raises(PipelineError) as caught:
        train(client, settings=installed, card_probe=no_card)
    assert caught.value.key == "dataset.problem.no_pictures"
    assert runs(client) == []


def test_a_failed_training_leaves_no_model_and_its_cause(
    client: Client, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    fill(client)
    configure(client, settings=installed, gpu="cpu", overrides=["steps=4"], card_probe=no_card)
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "nan")
    outcome = train(client, settings=installed, card_probe=no_card)
    assert (outcome.success, key_of(outcome.cause)) == (False, "train.cause.nan")
    assert models(client) == []
    assert key_of(runs(client)[0].cause) == "train.cause.nan"


def test_out_of_memory_is_tried_again_with_less_and_says_so(
    client: Client, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    fill(client)
    configure(client, settings=installed, gpu="rtx3060_12gb", overrides=["steps=4"], card_probe=no_card)
    planned = utils.read_json(client.plan_file)
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "oom_above_dim")
    monkeypatch.setenv("FAKE_TRAINER_DIM", "48")
    told: list[Text] = []
    watching = TrainingCallbacks(on_warning=told.append)
    outcome = train(client, settings=installed, watching=watching, card_probe=no_card)
    # Each attempt is told as it begins, not at the end.
    again = [warning.values for warning in told if warning.key == "train.again"]
    assert [(values["n"], values["name"], values["why"].key) for values in again] == [
        (2, "fp8_base", "plan.change.out_of_memory"), (2, "sample_every_n_steps", "plan.change.out_of_memory"),
        (3, "network_dim", "plan.change.out_of_memory"), (3, "network_alpha", "plan.change.alpha_follows"),
        (4, "network_dim", "plan.change.out_of_memory"), (4, "network_alpha", "plan.change.alpha_follows"),
    ]  # fmt: skip
    assert outcome.success and outcome.plan_fingerprint == planned["fingerprint"]
    # fp8 did not help the stand-in, a LoRA that was smaller and smaller did: three failures, one success.
    assert [run.state for run in runs(client)] == ["done", "failed", "failed", "failed"]
    assert [(c.name, c.before, c.after) for c in outcome.changes] == [
        ("fp8_base", False, True), ("sample_every_n_steps", 2, None), ("network_dim", 96, 64), ("network_alpha", 48.0, 32.0),
        ("network_dim", 64, 48), ("network_alpha", 32.0, 24.0),
    ]  # fmt: skip
    for warning in outcome.warnings:
        assert translate.words(warning, "es")
    assert models(client)[0].dim == 48
    written = utils.read_json(client.runs / outcome.run_id / "outcome.json")
    assert [change["name"] for change in written["changes"]][:1] == ["fp8_base"]
    json.dumps(plain(outcome))


def test_out_of_memory_ends_after_four_attempts_and_leaves_the_users_values_alone(
    client: Client, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    fill(client)
    overrides = ["steps=4", "network_dim=96", "resolution=1024"]
    configure(client, settings=installed, gpu="rtx3060_12gb", overrides=overrides, card_probe=no_card)
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "oom")
    outcome = train(client, settings=installed, card_probe=no_card)
    assert key_of(outcome.cause) == "train.cause.gpu_memory"
    assert [change.name for change in outcome.changes] == ["fp8_base", "sample_every_n_steps"]
    assert len(runs(client)) == 2  # nothing more was left to give
    configure(client, settings=installed, gpu="rtx3060_12gb", overrides=["steps=4"], card_probe=no_card)
    train(client, settings=installed, card_probe=no_card)
    assert len(runs(client)) == 2 + attempts.MAX_ATTEMPTS


@pytest.mark.parametrize(
    ("fail", "card", "changed", "cause"),
    [("nan_fp16", RTX3060, ["mixed_precision"], ""), ("nan_above_rate", None, ["learning_rate"] * 2, ""),
     ("nan", None, ["learning_rate"] * 3, "train.cause.nan"), ("killed_unless_half", RTX3060, ["full_fp16"], "")],
)  # fmt: skip
def test_what_went_bad_is_tried_again_with_what_promises_to_help(
    client: Client, installed: Settings, monkeypatch: pytest.MonkeyPatch, fail: str, card: Card | None, changed: list[str],
    cause: str,
) -> None:  # fmt: skip
    if fail == "killed_unless_half" and sys.platform == "win32":
        pytest.skip("no SIGKILL")
    fill(client)

    def probe() -> Sequence[Card]:
        return [card] if card else []

    gpu = "rtx3060_12gb" if card else "cpu"
    configure(client, settings=installed, gpu=gpu, overrides=["steps=4"], card_probe=probe)
    planned = utils.read_json(client.plan_file)
    if card:  # as on a card that was chosen by hand: fp16
        planned["plan"]["mixed_precision"] = "fp16"
        utils.write_json(client.plan_file, planned)
    monkeypatch.setenv("FAKE_TRAINER_FAIL", fail)
    monkeypatch.setenv("FAKE_TRAINER_RATE", "0.00003")
    monkeypatch.setenv("FAKE_TRAINER_FAIL_STEP", "3")
    outcome = train(client, settings=installed, card_probe=probe)
    assert (key_of(outcome.cause), [change.name for change in outcome.changes]) == (cause, changed)
    assert outcome.success == (cause == "") and len(runs(client)) == len(changed) + 1 <= attempts.MAX_ATTEMPTS
    for warning in outcome.warnings:
        assert translate.words(warning, "es")


def test_a_further_attempt_goes_on_from_the_last_good_state_where_the_change_allows_it(
    client: Client, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    fill(client, pictures=1)  # 5 steps an epoch
    overrides = ["steps=20", "save_every_n_steps=5", "save_state=true", "train_batch_size=1", "gradient_accumulation_steps=1"]
    configure(client, settings=installed, gpu="rtx3060_12gb", overrides=overrides, card_probe=one_card)
    planned = utils.read_json(client.plan_file)
    planned["plan"]["mixed_precision"] = "fp16"
    utils.write_json(client.plan_file, planned)
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "nan_fp16")
    monkeypatch.setenv("FAKE_TRAINER_FAIL_STEP", "12")
    outcome = train(client, settings=installed, card_probe=one_card)
    assert outcome.success and outcome.steps == 20
    command = utils.read_json(client.runs / outcome.run_id / "command.json")
    assert command["first_step"] == 10 and command["resumed_from"] == runs(client)[1].run_id
    assert "step00000010-state" in command["command"][command["command"].index("--resume") + 1]
    assert outcome.checkpoints == ("ana_avatar_v1-step00000015.safetensors", "ana_avatar_v1-step00000020.safetensors")


def test_a_smaller_lora_starts_anew_whatever_states_there_are(
    client: Client, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    fill(client, pictures=1)
    overrides = ["steps=20", "save_every_n_steps=5", "save_state=true", "fp8_base=true"]
    configure(client, settings=installed, gpu="rtx3060_12gb", overrides=overrides, card_probe=one_card)
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "oom_above_dim")
    monkeypatch.setenv("FAKE_TRAINER_DIM", "48")
    monkeypatch.setenv("FAKE_TRAINER_FAIL_STEP", "12")
    outcome = train(client, settings=installed, card_probe=one_card)
    assert outcome.success and "network_dim" in [change.name for change in outcome.changes]
    assert utils.read_json(client.runs / outcome.run_id / "command.json")["first_step"] == 0


def test_the_memory_of_the_card_that_is_trained_on_is_watched() -> None:
    other = dataclasses.replace(RTX3060, index=1, free_gib=2.0)
    assert system_gpu.memory_of(1, lambda: [RTX3060, other])() == (10.0, 12.0)
    assert system_gpu.memory_of(1, lambda: [RTX3060])() is None


def test_a_training_while_another_process_holds_the_client_is_refused(
    client: Client, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    fill(client)
    configure(client, settings=installed, gpu="cpu", overrides=["steps=2"], card_probe=no_card)
    monkeypatch.setattr(training_runs, "busy_runs", lambda clients, **_: [("bea", "r1", 77)])
    with pytest.raises(PipelineError) as caught:
        train(client, settings=installed, card_probe=no_card)
    assert caught.value.key == "preflight.busy"


def test_resuming_goes_on_from_the_newest_whole_state(client: Client, installed: Settings) -> None:
    fill(client)  # 20 exposures: 20 steps an epoch
    overrides = ["steps=40", "save_every_n_steps=20", "save_state=true"]
    configure(client, settings=installed, gpu="cpu", overrides=overrides, card_probe=no_card)
    with pytest.raises(PipelineError) as caught:
        train(client, settings=installed, resume=True, card_probe=no_card)
    assert caught.value.key == "train.no_state_yet"
    first = train(client, settings=installed, card_probe=no_card)
    with pytest.raises(PipelineError) as caught:
        train(client, settings=installed, resume=True, card_probe=no_card)
    assert caught.value.key == "train.nothing_left"
    shutil.rmtree(client.runs / first.run_id / "ana_avatar_v1-step00000040-state")
    shutil.rmtree(client.runs / first.run_id / "ana_avatar_v1-state")
    seen: list[int] = []
    second = train(
        client,
        settings=installed,
        resume=True,
        card_probe=no_card,
        watching=TrainingCallbacks(on_progress=lambda progress: seen.append(progress.step)),
    )
    assert second.success and (second.steps, second.total) == (40, 40)
    assert seen[0] == 20
    command = utils.read_json(client.runs / second.run_id / "command.json")
    assert command["first_step"] == 20 and "--resume" in command["command"]


def train_announced(folder: str, client_folder: str) -> None:
    """Train in a process of its own; says "begin" before it does."""
    config.LOG_DIR = Path(folder) / "logs"
    settings = load_settings(Path(folder) / "config.json")
    print("begin", flush=True)
    lora_trainer.train(Client(Path(client_folder)), settings=settings, card_probe=no_card)


@pytest.mark.parametrize("after_s", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_a_program_killed_at_any_moment_leaves_nothing_that_the_next_start_cannot_handle(
    client: Client, installed: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after_s: float
) -> None:  # fmt: skip
    fill(client)
    configure(client, settings=installed, gpu="cpu", overrides=["steps=20"], card_probe=no_card)
    utils.write_json(tmp_path / "config.json", {"trainer": dataclasses.asdict(installed.trainer)})
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.1")  # it cannot end between the looks below
    arguments = child_command(train_announced, tmp_path, client.folder)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, encoding="utf-8") as child:
        assert child.stdout is not None and child.stdout.readline() == "begin\n"
        time.sleep(after_s)
        child.kill()
    for live in unfinished.look_after(client).live:
        with pytest.raises(PipelineError) as caught:
            train(client, settings=installed, card_probe=no_card)
        assert caught.value.key == "train.orphan"
        ended = unfinished.adopt(client, live.run_id, card_probe=no_card)
        assert ended.success and ended.steps == 20
    assert training_runs.busy_runs(client.folder.parent) == []
    assert all(model.ok for model in models(client))
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0")
    assert train(client, settings=installed, card_probe=no_card).success
    assert {run.state for run in runs(client)} <= {"done", "failed"}


@pytest.mark.parametrize("action", [unfinished.adopt, unfinished.stop_run])
def test_a_run_that_ended_while_the_question_stood_is_judged(
    client: Client, installed: Settings, action: Callable[[Client, str], run_folder.Outcome]
) -> None:  # fmt: skip
    fill(client)
    configure(client, settings=installed, gpu="cpu", overrides=["steps=4"], card_probe=no_card)
    first = train(client, settings=installed, card_probe=no_card)
    (client.runs / first.run_id / "outcome.json").unlink()
    again = action(client, first.run_id)
    assert again.success and again.model == first.model and again.steps == 4


def test_only_a_run_that_goes_on_can_be_taken_over(client: Client) -> None:
    for action in (unfinished.adopt, unfinished.stop_run):
        with pytest.raises(PipelineError) as caught:
            action(client, "20260101-000000")
        assert caught.value.key == "train.no_such_run"


def test_a_trainer_that_cannot_count_on_is_told(
    client: Client, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    fill(client)
    monkeypatch.setenv("FAKE_TRAINER_VERSION", "v0.8.7")
    configure(client, settings=installed, gpu="cpu", card_probe=no_card)
    with pytest.raises(PipelineError) as caught:
        train(client, settings=installed, resume=True, card_probe=no_card)
    assert caught.value.key == "train.cannot_resume"


def test_samples_come_from_prompts_with_the_trigger_that_the_user_may_edit(client: Client, installed: Settings) -> None:
    fill(client)
    configure(client, settings=installed, gpu="cpu", overrides=["steps=2", "sample_every_n_steps=1"], card_probe=no_card)
    assert train(client, settings=installed, card_probe=no_card).success
    prompts = client.training / sample_prompts.PROMPTS_FILE
    assert "ohwx woman" in prompts.read_text(encoding="utf-8")
    prompts.write_text("mine", encoding="utf-8")
    outcome = train(client, settings=installed, card_probe=no_card)
    assert prompts.read_text(encoding="utf-8") == "mine"
    command = utils.read_json(client.runs / outcome.run_id / "command.json")["command"]
    assert command[command.index("--sample_prompts") + 1] == str(prompts.absolute())


def test_damaged_models_are_shown_as_such(client: Client) -> None:
    client.models.mkdir(parents=True, exist_ok=True)
    (client.models / "x.safetensors").write_bytes(b"half")
    (model,) = models(client)
    assert (model.ok, model.dim, model.trigger) == (False, None, "")
    assert next_name(client) == "ana_avatar_v1"
