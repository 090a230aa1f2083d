"""What would stop a training, found before it starts."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from avatar.plan import disk
from avatar.plan.ask import ask
from avatar.plan.command import RunPaths, build_command
from avatar.plan.fit import fit
from avatar.plan.preflight import Machine, Setup, check
from avatar.plan.values import DatasetFacts, Plan
from avatar.system.gpu import Card
from avatar.texts import translate
from avatar.texts.text import Finding, Text, worst_level
from avatar.trainer import base_model, base_model_rules
from avatar.trainer.options import known_tables
from config import GPU_PROFILES, TRAINING_PRESETS
from tests.base_models import write_sdxl
from tests.tiny_png import PNG

MAIN = known_tables()[0]


def plan_for(profile: str = "rtx3060_12gb", **changed: Any) -> Plan:
    chosen, preset = GPU_PROFILES[profile], TRAINING_PRESETS["balanced"]
    plan = fit(ask(chosen, preset, DatasetFacts(4, 20)), profile=chosen, preset=preset, card=None, options=MAIN).plan
    return dataclasses.replace(plan, **changed)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A trainer, a base model, tokenizers and a dataset, all in order."""
    for folder in ("kohya_ss", "data/5_ana", "out"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "kohya_ss" / "sdxl_train_network.py").write_text("", encoding="utf-8")
    (tmp_path / "kohya_ss" / "python").write_text("", encoding="utf-8")
    write_sdxl(tmp_path / "base.safetensors")
    for name in base_model.TOKENIZERS:
        (tmp_path / "tokenizers" / name.replace("/", "_")).mkdir(parents=True)
    for number in range(4):
        (tmp_path / "data" / "5_ana" / f"p{number}.png").write_bytes(PNG)
        (tmp_path / "data" / "5_ana" / f"p{number}.txt").write_text("ohwx woman, smiling", encoding="utf-8")
    return tmp_path


def setup(place: Path, plan: Plan | None = None, arguments: tuple[str, ...] = (), **changed: Any) -> Setup:
    plan = plan or plan_for()
    plan = dataclasses.replace(
        plan, base_model=str(place / "base.safetensors") if "/" in plan.base_model else plan.base_model,
        tokenizer_cache_dir=str(place / "tokenizers"),
    )  # fmt: skip
    paths = RunPaths(
        train_data_dir=place / "data", output_dir=place / "out" / "run", output_name="a", logging_dir=place / "logs"
    )
    python, script = place / "kohya_ss" / "python", place / "kohya_ss" / "sdxl_train_network.py"
    command = [*build_command(plan, paths, python=python, script=script, options=MAIN), *arguments]
    installed = dataclasses.replace(MAIN, source="installed")
    values: dict[str, Any] = {
        "plan": plan, "command": command, "train_data_dir": place / "data", "output_dir": paths.output_dir, "python": python,
        "script": script, "options": installed, "client_id": "ana", "trigger_word": "ohwx", "dataset": DatasetFacts(4, 20, "f"),
    }  # fmt: skip
    return Setup(**{**values, **changed})


def machine(profile: str = "rtx3060_12gb", **changed: Any) -> Machine:
    values: dict[str, Any] = {
        "card": Card(0, "NVIDIA GeForce RTX 3060", 12.0, 11.0, (8, 6)), "free_ram_gib": 30.0, "free_disk_gib": 100.0,
        "windows": False,
    }  # fmt: skip
    return Machine(GPU_PROFILES[profile], **{**values, **changed})


def findings(checks: list[Finding]) -> dict[str, str]:
    for item in checks:
        for language in translate.LANGUAGES:
            assert translate.text(item.text.key, language, **item.text.values)
    return {item.text.key: item.level for item in checks}


def test_everything_in_order_is_ready(place: Path) -> None:
    checks = check(setup(place), machine())
    assert worst_level(checks) == "ready", [item for item in checks if item.level != "ready"]
    assert {"script", "interpreter", "options", "dataset", "base_model", "tokenizers", "output", "disk", "memory", "vram"} == {
        item.name for item in checks
    }


def test_the_worst_level_counts() -> None:
    ready, attention, blocked = (Finding("a", level, Text("preflight.title")) for level in ("ready", "attention", "blocked"))
    assert worst_level([]) == worst_level([ready]) == "ready"
    assert worst_level([ready, attention]) == "attention"
    assert worst_level([blocked, attention]) == "blocked"


def test_a_missing_trainer_and_the_script_of_sd15_are_told_apart(place: Path) -> None:
    (place / "kohya_ss" / "sdxl_train_network.py").unlink()
    (place / "kohya_ss" / "python").unlink()
    found = findings(check(setup(place), machine()))
    assert found["preflight.script_missing"] == found["preflight.python_missing"] == "blocked"
    (place / "kohya_ss" / "train_network.py").write_text("", encoding="utf-8")
    assert findings(check(setup(place), machine()))["preflight.script_old"] == "blocked"


def test_a_clone_that_was_changed_is_told_before_a_training(place: Path) -> None:
    edited = Text("preflight.trainer_edited", {"n": 2, "file": "library/train_util.py"})
    assert findings(check(setup(place, clone_changes=[edited]), machine()))["preflight.trainer_edited"] == "attention"


def test_a_picture_that_is_cut_or_gone_is_blocked_by_name(place: Path) -> None:
    folder = place / "data" / "5_ana"
    (folder / "p1.png").write_bytes(PNG[:-20])
    (folder / "dataset_info.json").write_text('{"pictures": [{"file": "p9.png"}]}', encoding="utf-8")
    checks = [item for item in check(setup(place), machine()) if item.level == "blocked"]
    assert {item.text.values["file"] for item in checks} >= {"5_ana/p1.png", "5_ana/p9.png"}
    assert "preflight.dataset_there" not in findings(check(setup(place), machine()))


def test_a_flag_that_the_trainer_does_not_have_is_blocked_before_it_starts(place: Path) -> None:
    found = findings(check(setup(place, arguments=("--lowvram", "--seed", "x")), machine()))
    assert found["option.unknown"] == found["option.not_a_number"] == "blocked"


def test_options_known_only_from_a_table_need_attention(place: Path) -> None:
    known = dataclasses.replace(MAIN, problem="No module named torch")
    assert findings(check(setup(place, options=known), machine()))["preflight.options_known"] == "attention"


@pytest.mark.parametrize(
    ("packages", "key"),
    [
        ({"bitsandbytes": ""}, "preflight.packages_missing"), ({"accelerate": ""}, "preflight.packages_missing"),
        ({"cuda": ""}, "preflight.no_cuda"),
    ],
)  # fmt: skip
def test_an_environment_that_cannot_train_this_plan_is_blocked(place: Path, packages: dict[str, str], key: str) -> None:
    whole = {"torch": "2", "accelerate": "1", "transformers": "4", "diffusers": "0.3", "bitsandbytes": "1", "cuda": "12.4"}
    options = dataclasses.replace(MAIN, source="installed", packages={**whole, **packages})
    assert findings(check(setup(place, options=options), machine()))[key] == "blocked"


@pytest.mark.parametrize(
    ("optimizer", "package"), [("lion", "lion-pytorch"), ("Prodigy", "prodigyopt"), ("PagedAdamW", "bitsandbytes"), ("SGD", "")]
)
def test_an_optimizer_is_blocked_by_the_package_it_lacks_and_by_no_other(place: Path, optimizer: str, package: str) -> None:
    bare = {"torch": "2", "accelerate": "1", "transformers": "4", "diffusers": "0.3", "cuda": "12.4"}

    def told(packages: dict[str, str]) -> list[Any]:
        options = dataclasses.replace(MAIN, source="installed", packages=packages)
        plan = plan_for(optimizer_type=optimizer)
        return [c.text.values["names"] for c in check(setup(place, plan, options=options), machine()) if c.level == "blocked"]

    assert told(bare) == [package] * bool(package)
    assert told({**bare, package: "1"}) == []


@pytest.mark.parametrize(
    ("optimizer", "lacks", "keys"),
    [
        ("DAdaptAdam", ["dadaptation"], ["preflight.packages_by_hand"]),
        ("Lion", ["lion-pytorch"], ["preflight.packages_missing"]),
        ("DAdaptAdam", ["dadaptation", "accelerate"], ["preflight.packages_by_hand", "preflight.packages_missing"]),
    ],
)  # fmt: skip
def test_a_package_that_the_installation_does_not_bring_is_told_with_the_command_for_it(
    place: Path, optimizer: str, lacks: list[str], keys: list[str]
) -> None:
    whole = dict.fromkeys(("torch", "accelerate", "transformers", "diffusers", "cuda"), "1")
    options = dataclasses.replace(MAIN, source="installed", packages={**whole, **dict.fromkeys(lacks, "")})
    ready = setup(place, plan_for(optimizer_type=optimizer), options=options)
    own = place / "my env" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"")
    inside = dataclasses.replace(ready, python=ready.script.parent / "venv" / "bin" / "python")
    assert [c.text.key for c in check(inside, machine()) if c.text.key.startswith("preflight.packages")] == keys
    found = [c for c in check(dataclasses.replace(ready, python=own), machine()) if c.text.key.startswith("preflight.packages")]
    assert [c.text.key for c in found] == ["preflight.packages_by_hand"]  # that environment is the user's own
    command = str(found[0].text.values["command"])
    assert command.startswith(f'"{own}" -m pip install ') and set(lacks) <= set(command.split())


def test_combinations_that_stop_the_trainer_are_blocked(place: Path) -> None:
    found = findings(check(setup(place, plan_for(full_fp16=True, resolution=1000)), machine()))
    assert found["plan.rule.full_fp16"] == found["plan.rule.resolution"] == "blocked"
    assert findings(check(setup(place, plan_for(resolution=992)), machine()))["preflight.resolution_64"] == "attention"


# --- dataset ---------------------------------------------------------------------------------------------------------


def test_an_empty_dataset_is_blocked_although_the_trainer_would_end_well(place: Path) -> None:
    found = findings(check(setup(place, train_data_dir=place / "nothing"), machine()))
    assert found["dataset.problem.no_pictures"] == "blocked"
    assert "preflight.dataset_there" not in found
    inside = findings(check(setup(place, train_data_dir=place / "data" / "5_ana"), machine()))
    assert inside["dataset.problem.no_pictures"] == "blocked"


def test_what_stops_the_trainer_in_a_dataset_is_blocked(place: Path) -> None:
    folder = place / "data" / "5_ana"
    (folder / "p0.txt").write_bytes(b"")
    (folder / "p1.txt").write_bytes(b"caf\xe9")
    (folder / "p2.png").write_bytes(b"")
    found = findings(check(setup(place), machine()))
    assert found["dataset.problem.empty_caption_file"] == "blocked"
    assert found["dataset.problem.caption_not_utf8"] == "blocked"
    assert found["dataset.problem.unreadable_picture"] == "blocked"


def test_another_clients_folder_beside_it_is_blocked(place: Path) -> None:
    (place / "data" / "3_bea").mkdir()
    (place / "data" / "3_bea" / "x.png").write_bytes(PNG)
    assert findings(check(setup(place), machine()))["dataset.problem.foreign_folder"] == "blocked"


def test_captions_without_the_trigger_word_need_attention(place: Path) -> None:
    (place / "data" / "5_ana" / "p3.txt").write_text("ohwxx woman", encoding="utf-8")
    checks = check(setup(place), machine())
    (found,) = [item for item in checks if item.text.key == "preflight.no_trigger"]
    assert found.level == "attention" and found.text.values["n"] == 1 and found.text.values["file"] == "5_ana/p3.png"
    for language in ("es", "en"):
        assert "prepare ana" in translate.words(found.text, language)


def test_a_thousand_problems_of_one_kind_make_a_short_list(place: Path) -> None:
    for number in range(40):
        (place / "data" / "5_ana" / f"q{number}.png").write_bytes(PNG)
    checks = check(setup(place), machine())
    assert sum(item.text.key == "dataset.problem.missing_caption" for item in checks) == 3
    (more,) = [item for item in checks if item.text.key == "preflight.more_problems"]
    assert more.text.values["n"] == 37


def test_a_plan_for_another_dataset_needs_attention(place: Path) -> None:
    assert findings(check(setup(place, planned_dataset="old"), machine()))["preflight.dataset_changed"] == "attention"
    assert "preflight.dataset_changed" not in findings(check(setup(place, planned_dataset="f"), machine()))


# --- base model and tokenizers ------------------------------------------------------------------------------------------


def test_tokenizers_are_looked_for_in_both_places(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert base_model.tokenizers_local(str(place / "tokenizers"))
    assert not base_model.tokenizers_local("")
    for name in base_model.TOKENIZERS:
        snapshot = place / "hub" / f"models--{name.replace('/', '--')}" / "snapshots" / "a"
        snapshot.mkdir(parents=True)
        (snapshot / "vocab.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("HF_HOME", str(place))
    assert base_model.tokenizers_local("")


# --- machine ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "key", "level"),
    [
        ({"free_disk_gib": 0.1}, "preflight.disk_full", "blocked"),
        ({"free_ram_gib": 6.0}, "preflight.memory_short", "attention"),
        ({"card": None}, "preflight.card_not_here", "attention"), ({"busy": (("bea", "r1", 7),)}, "preflight.busy", "blocked"),
        ({"card": Card(0, "NVIDIA GeForce RTX 3060", 12.0, 3.0, (8, 6))}, "preflight.vram_short", "attention"),
        ({"card": Card(0, "NVIDIA GeForce RTX 2070", 8.0, 8.0, (7, 5))}, "preflight.bf16_slow", "attention"),
    ],
)  # fmt: skip
def test_what_the_machine_lacks_is_named(place: Path, changed: dict[str, Any], key: str, level: str) -> None:
    assert findings(check(setup(place), machine(**changed)))[key] == level


def test_a_4_gb_card_is_blocked_unless_the_user_insists(place: Path) -> None:
    small = machine("gtx1650_4gb", card=None)
    found = findings(check(setup(place, plan_for("gtx1650_4gb")), small))
    assert found["preflight.card_too_small"] == "blocked"
    assert found["plan.warning.gtx16"] == "attention"
    insisted = findings(check(setup(place, plan_for("gtx1650_4gb", try_anyway=True)), small))
    assert insisted["preflight.small_card_tried"] == "attention"


def test_with_pictures_held_out_the_dataset_counts_what_is_trained_and_names_what_is_not(place: Path) -> None:
    held = setup(place, plan_for(validation_split=0.25), dataset=DatasetFacts(4, 20, "f", folders=((4, 5),)))
    (told,) = [item.text for item in check(held, machine()) if item.text.key.startswith("preflight.dataset_")]
    assert (told.values["images"], told.values["exposures"], told.values["held"]) == (3, 15, 1)
    assert "de las que se entrenan 3 y se reservan 1 para medir; 15 exposiciones" in translate.words(told, "es")


def test_without_an_nvidia_card_what_is_there_is_named(place: Path) -> None:
    amd = machine("cpu", card=None, adapters=("AMD",))
    assert findings(check(setup(place, plan_for("cpu")), amd))["preflight.no_card_but"] == "attention"
    none = machine("cpu", card=None)
    assert findings(check(setup(place, plan_for("cpu")), none))["preflight.on_cpu"] == "attention"


def test_a_folder_that_cannot_be_written_is_blocked(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert findings(check(setup(place), machine()))["preflight.output_not_writable"] == "blocked"


def test_paths_too_long_for_windows_need_attention_there_only(place: Path) -> None:
    long = place / ("x" * 120) / ("y" * 90)
    assert findings(check(setup(place, output_dir=long), machine(windows=True)))["preflight.long_path"] == "attention"
    assert "preflight.long_path" not in findings(check(setup(place, output_dir=long), machine()))


def test_states_and_full_precision_need_more_disk() -> None:
    plan = plan_for(network_dim=32)
    assert disk.lora_bytes(plan) == pytest.approx(170e6, rel=0.01)  # facts: rank 32, 170 MB in fp16
    assert disk.lora_bytes(dataclasses.replace(plan, save_precision="float")) == 2 * disk.lora_bytes(plan)
    assert disk.state_bytes(plan_for(network_dim=4, optimizer_type="AdamW")) == pytest.approx(129e6, rel=0.02)  # facts
    assert disk.state_bytes(plan_for(network_dim=128)) == pytest.approx(2.04e9, rel=0.01)


def test_the_disk_check_counts_the_states_that_are_kept() -> None:
    every = plan_for(save_state=True, save_every_n_steps=100, save_last_n_steps_state=None)
    none = dataclasses.replace(every, save_state=False)
    states = {}
    for kept in (None, 100, 300):
        plan = dataclasses.replace(every, save_last_n_steps_state=kept)
        states[kept] = (disk.disk_needed_bytes(plan, 20) - disk.disk_needed_bytes(none, 20)) / disk.state_bytes(plan)
    # 100: those of the last two checkpoints, the one being written, and that of the end.
    assert states == {None: 21, 100: 4, 300: 6}
    assert disk.states_at_once(dataclasses.replace(every, save_last_n_steps_state=100), 2) == 3


def test_a_rate_with_which_hardly_anything_is_learnt_wants_attention_and_blocks_nothing(place: Path) -> None:
    plan = plan_for(optimizer_type="Prodigy", learning_rate=0.0001)
    assert [(item.level, item.text.key) for item in check(setup(place, plan), machine()) if item.name == "rules"] == [
        ("attention", "plan.warning.own_rate")
    ]


def test_a_warm_up_as_long_as_the_training_wants_attention_and_blocks_nothing(place: Path) -> None:
    plan = plan_for(max_train_steps=100, lr_warmup_steps=100)
    assert [(item.level, item.text.key) for item in check(setup(place, plan), machine()) if item.name == "rules"] == [
        ("attention", "plan.warning.warmup")
    ]
    assert "rules" not in [item.name for item in check(setup(place, plan_for(lr_warmup_steps=0)), machine())]


def test_the_home_of_nobody_is_a_missing_model_and_no_crash(place: Path) -> None:
    nobody = "~no-such-user/model.safetensors"
    assert base_model_rules.judge(nobody).text.key == "preflight.model_missing"
    assert not base_model.model_local(nobody)
    assert not base_model.tokenizers_local("~no-such-user/tokenizers")


@pytest.mark.parametrize(
    ("profile", "precision", "warned"),
    [("gtx1650_4gb", "fp16", True), ("gtx1650_4gb", "no", False), ("rtx3060_12gb", "fp16", False)],
)
def test_the_gtx_16_is_warned_about_in_fp16_alone(place: Path, profile: str, precision: str, warned: bool) -> None:
    plan = plan_for(profile, mixed_precision=precision, fp8_base=False)
    found = findings(check(setup(place, plan), machine(profile, card=None)))
    assert ("plan.warning.gtx16" in found) is warned


def test_why_the_trainer_could_not_be_asked_stands_in_the_finding(place: Path) -> None:
    for problem, told in (("No module named torch", "No module named torch"), ("", "-")):
        options = dataclasses.replace(MAIN, problem=problem)
        (found,) = [
            item for item in check(setup(place, options=options), machine()) if item.text.key == "preflight.options_known"
        ]
        assert found.text.values["detail"] == told and found.text.values["n"] == sum(
            word.startswith("--") for word in setup(place).command
        )
