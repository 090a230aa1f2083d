"""Planning again: what was chosen stays, what the settings say now is taken, and every remedy by --set helps."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import lora_trainer
import utils
from avatar.system.gpu import Card
from avatar.terminal import command_line, planning
from avatar.texts import translate
from avatar.workspace.client import Client
from avatar.workspace.settings import load_settings
from config import Settings
from tests.all_texts import TEXTS
from tests.computer import call, write_base
from tests.scripted import MakeSession

RTX3060 = Card(0, "NVIDIA GeForce RTX 3060", 12.0, 11.0, (8, 6), "550", "12.4")
STANDING = ("--preset", "quality", "--gpu", "rtx3060_12gb", "--set", "dim=24", "lr=0.00007")


def plan_of(client: Client) -> dict[str, Any]:
    plan: dict[str, Any] = utils.read_json(client.plan_file)["plan"]
    return plan


def chosen(client: Client) -> tuple[object, ...]:
    plan = plan_of(client)
    return plan["preset"], plan["profile"], plan["network_dim"], plan["learning_rate"]


# --- every remedy of the texts ---------------------------------------------------------------------------------------


def remedies() -> list[str]:
    """Return what the texts advise to give `configure` with --set, in both languages: "fp8_base=true", …"""
    found = set()
    for pair in TEXTS.values():
        for language in translate.LANGUAGES:
            text = " ".join(pair[language].split())
            for match in re.finditer(r"(?<!limits ID )--set ([^\s,;)\]»']+)(?:[^.;]*? (?:o |or |\()(\w+=\w+))?", text):
                found |= {word for word in match.groups() if word and "=" in word and not word.endswith("=-")}  # takes back
    return sorted(word.rstrip(".:") for word in found - {"KEY=VALUE", "CLAVE=VALOR"})


VALUES = {
    "steps=N": "steps=2500",
    "{option}=VALOR": "lr_scheduler_power=2",
    "{option}=VALUE": "lr_scheduler_power=2",
    '"vae={folder}"': "vae={folder}",
    "base_model=…": "base_model={base}",
    "mixed_precision={before}": "mixed_precision=bf16",
    "network_alpha={before}": "network_alpha=6",
    "network_dim={before}": "network_dim=16",
    "optimizer_type={before}": "optimizer_type=AdamW",
    "save_every_n_steps={interval}": "save_every_n_steps=300",
    "max_train_steps={steps}": "max_train_steps=1500",
}
FIELD = {"steps": "max_train_steps", "optimizer": "optimizer_type"}


def test_the_remedies_are_found_in_the_texts() -> None:
    assert {"fp8_base=true", "save_state=true", "optimizer=Adafactor", "full_fp16=true", "steps=N"} <= set(remedies())
    assert len(remedies()) >= 18


@pytest.mark.parametrize("remedy", remedies())
def test_every_remedy_by_set_changes_the_plan_that_stands_and_leaves_the_rest(
    computer: Client, tmp_path: Path, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    assert call(computer, "configure", "ana", *STANDING) == 0
    write_base(tmp_path / "other.safetensors")
    typed = VALUES.get(remedy, remedy).replace("{base}", str(tmp_path / "other.safetensors"))
    typed = typed.replace("{folder}", str(tmp_path))
    precision = ["mixed_precision=fp16"] if typed == "full_fp16=true" else []  # "on cards without bf16"
    assert call(computer, "configure", "ana", "--set", typed, *precision) == 0
    name, _, value = typed.partition("=")
    plan = plan_of(computer)
    given = plan["extra"].get(name) if name in plan["extra"] else plan[FIELD.get(name, name)]
    assert str(given).lower() in {value.lower(), str(float(value)) if value.replace(".", "").isdigit() else ""}
    expected = ["quality", "rtx3060_12gb", 24, 0.00007]
    if name == "learning_rate":
        expected[3] = float(value)
    if name == "network_dim":
        expected[2] = int(value)
    assert list(chosen(computer)) == expected
    capsys.readouterr()
    call(computer, "train", "ana", "--dry-run", "--json")
    blocked = [item for item in json.loads(capsys.readouterr().out)["result"]["preflight"] if item["level"] == "blocked"]
    assert blocked == []


# --- what stays, what goes -------------------------------------------------------------------------------------------


def test_set_alone_makes_no_trial_on_the_processor_of_a_plan_for_a_card_that_is_not_seen_now(
    computer: Client,
) -> None:
    report = lora_trainer.configure(
        computer, settings=settings_of(computer), preset="quality", card_probe=lambda: [RTX3060]
    )  # fmt: skip
    assert report.plan.profile == "rtx3060_12gb" and report.plan.max_train_steps > 100
    assert call(computer, "configure", "ana", "--set", "seed=7") == 0
    plan = plan_of(computer)
    assert (plan["profile"], plan["preset"], plan["seed"]) == ("rtx3060_12gb", "quality", 7)
    assert plan["max_train_steps"] == report.plan.max_train_steps
    assert call(computer, "configure", "ana", "--gpu", "auto") == 0  # asked for in so many words
    assert plan_of(computer)["profile"] == "cpu"


def settings_of(client: Client) -> Settings:
    return load_settings(client.folder.parents[1] / "config.json", None)


def test_values_add_up_a_later_one_replaces_the_earlier_and_unset_takes_one_back(computer: Client) -> None:
    assert call(computer, "configure", "ana", *STANDING) == 0
    assert call(computer, "configure", "ana", "--set", "network_dim=40", "noise_offset=0.05") == 0
    assert utils.read_json(computer.plan_file)["overrides"] == ["lr=0.00007", "network_dim=40", "noise_offset=0.05"]
    assert call(computer, "configure", "ana", "--unset", "dim", "--preset", "quick") == 0
    assert utils.read_json(computer.plan_file)["overrides"] == ["lr=0.00007", "noise_offset=0.05"]
    assert chosen(computer) == ("quick", "rtx3060_12gb", 96, 0.00007)


def test_unset_of_what_was_never_set_names_what_was(computer: Client, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(computer, "configure", "ana", *STANDING) == 0
    assert call(computer, "configure", "ana", "--unset", "seed") == command_line.PROBLEM
    assert "learning_rate, network_dim" in capsys.readouterr().err
    assert chosen(computer) == ("quality", "rtx3060_12gb", 24, 0.00007)


def test_planning_again_says_what_it_keeps_and_new_forgets_it(
    computer: Client, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    assert call(computer, "configure", "ana", *STANDING) == 0
    capsys.readouterr()
    assert call(computer, "configure", "ana", "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "preset: quality, card: NVIDIA RTX 3060 12 GB, size of the LoRA (dim): 24, learning rate: 0.00007" in said
    assert "configure ana --new" in said
    assert call(computer, "configure", "ana", "--new") == 0
    assert chosen(computer)[:2] == ("balanced", "cpu") and utils.read_json(computer.plan_file)["overrides"] == []


def test_a_value_that_is_valid_no_more_is_left_out_with_the_reason(
    computer: Client, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    assert call(computer, "configure", "ana", *STANDING) == 0
    kept = utils.read_json(computer.plan_file)
    utils.write_json(computer.plan_file, {**kept, "overrides": [*kept["overrides"], "gone_option=1"]})
    capsys.readouterr()
    assert call(computer, "configure", "ana", "--set", "seed=7", "--lang", "en") == 0
    assert "gone_option=1" in capsys.readouterr().out
    assert utils.read_json(computer.plan_file)["overrides"] == ["dim=24", "lr=0.00007", "seed=7"]


@pytest.mark.parametrize(("answer", "dim"), [("", 24), ("n", 96)])
def test_the_menu_offers_what_stands_and_asks_whether_the_values_stay(
    computer: Client, make: MakeSession, tmp_path: Path, answer: str, dim: int
) -> None:  # fmt: skip
    assert call(computer, "configure", "ana", *STANDING) == 0
    session, ui = make("", "", answer, "-")
    session.client = computer
    planning.configure(session)
    assert "tamaño del LoRA (dim): 24, tasa de aprendizaje: 0,00007" in ui.text
    assert chosen(computer)[:3] == ("quality", "rtx3060_12gb", dim)


# --- settings that a plan has copied ---------------------------------------------------------------------------------


def change_settings(client: Client, **changed: str) -> None:
    path = client.folder.parents[1] / "config.json"
    data = utils.read_json(path)
    utils.write_json(path, {**data, "trainer": {**data["trainer"], **changed}})


@pytest.mark.parametrize("name", ["base_model", "tokenizer_cache_dir"])
def test_a_plan_that_differs_from_the_settings_it_copied_is_out_of_date_and_says_so(
    computer: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:  # fmt: skip
    assert call(computer, "configure", "ana", *STANDING) == 0
    new = tmp_path / "new"
    if name == "base_model":
        write_base(new.with_suffix(".safetensors"))
    else:
        (tmp_path / "tokenizers").rename(new)
    path = str(new.with_suffix(".safetensors") if name == "base_model" else new)
    change_settings(computer, **{name: path})
    capsys.readouterr()
    assert call(computer, "status", "ana", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    stage = next(stage for stage in _stages(answer) if stage["name"] == "configure")
    assert (stage["state"], stage["why"]) == ("outdated", "stage.why.setting_changed")
    for words in (("train", "ana"), ("train", "ana", "--json")):
        assert call(computer, *words, "--lang", "en") == command_line.PROBLEM
        said = capsys.readouterr()
        told = {"base_model": "base model", "tokenizer_cache_dir": "folder of the tokenizers"}[name]
        assert told in said.out + said.err and path in said.out + said.err and "configure" in said.out + said.err
    assert not list(computer.runs.iterdir())
    assert call(computer, "configure", "ana") == 0
    assert plan_of(computer)[name] == path and chosen(computer) == ("quality", "rtx3060_12gb", 24, 0.00007)
    capsys.readouterr()
    call(computer, "train", "ana", "--dry-run", "--json")
    checks = json.loads(capsys.readouterr().out)["result"]["preflight"]
    assert "blocked" not in {item["level"] for item in checks}


def _stages(value: Any) -> list[dict[str, Any]]:
    """Return the list under the key "stages", wherever it stands."""
    if isinstance(value, dict):
        if isinstance(value.get("stages"), list):
            return list(value["stages"])
        value = list(value.values())
    if isinstance(value, list):
        return next((found for item in value if (found := _stages(item))), [])
    return []


def test_to_mend_the_base_model_in_the_settings_helps(
    computer: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    """Told, done, and told again for ever: the plan kept its own copy of the wrong one."""
    change_settings(computer, base_model=str(tmp_path / "mistyped.safetensors"))
    assert call(computer, "configure", "ana", *STANDING) == 0
    capsys.readouterr()
    assert call(computer, "train", "ana", "--lang", "en") == command_line.PROBLEM
    told = capsys.readouterr().err
    assert "settings trainer.base_model PATH'" in told and "configure ana'" in told
    change_settings(computer, base_model=str(tmp_path / "base.safetensors"))
    assert call(computer, "train", "ana", "--lang", "en") == command_line.PROBLEM
    said = capsys.readouterr().err
    assert "make the plan again (" in said and "trainer.base_model PATH" not in said
    assert call(computer, "configure", "ana") == 0
    assert call(computer, "configure", "ana", "--set", "steps=2", "save_state=no") == 0
    assert call(computer, "train", "ana") == 0


def test_a_base_model_given_by_hand_is_no_copy_of_the_settings(
    computer: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    wrong = str(tmp_path / "mistyped.safetensors")
    assert call(computer, "configure", "ana", *STANDING, f"base_model={wrong}") == 0
    change_settings(computer, base_model=str(tmp_path / "elsewhere.safetensors"))
    capsys.readouterr()
    assert call(computer, "train", "ana", "--lang", "en") == command_line.PROBLEM
    said = capsys.readouterr().err
    assert "configure ana --unset base_model" in said and "config.json" not in said
    change_settings(computer, base_model=str(tmp_path / "base.safetensors"))
    assert call(computer, "configure", "ana", "--unset", "base_model") == 0
    assert plan_of(computer)["base_model"] == str(tmp_path / "base.safetensors")
