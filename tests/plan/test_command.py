"""The argument list: what is written once, what is left out for which trainer, and the same line in each shell."""

from __future__ import annotations

import argparse
import dataclasses
import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.plan.ask import ask
from avatar.plan.command import FIELDS, MANAGED, RunPaths, arguments_of, build_command, environment_for, launcher, plain_number
from avatar.plan.fit import fit
from avatar.plan.resume import Continuation
from avatar.plan.shell import shell_lines
from avatar.plan.values import DatasetFacts, Plan
from avatar.trainer.options import OptionTable, command_problems, known_tables
from config import GPU_PROFILES, TRAINING_PRESETS

TABLES = known_tables()
MAIN = TABLES[0]
PYTHON, SCRIPT = Path("/v/python"), Path("/k o/sdxl_train_network.py")


def plan_for(profile: str = "rtx3060_12gb", options: OptionTable = MAIN, **changed: Any) -> Plan:
    chosen, preset = GPU_PROFILES[profile], TRAINING_PRESETS["balanced"]
    asked = ask(chosen, preset, DatasetFacts(20, 200))
    plan = fit(asked, profile=chosen, preset=preset, card=None, options=options).plan
    return dataclasses.replace(plan, **changed)


def command(plan: Plan, options: OptionTable = MAIN, **paths: Any) -> list[str]:
    places: dict[str, Any] = {
        "train_data_dir": Path("/c/ana/training_data"), "output_dir": Path("/c/ana/runs/1"), "output_name": "ana_avatar_v1",
        "logging_dir": Path("/c/ana/logs"), "sample_prompts": Path("/c/ana/prompts.txt"), **paths,
    }  # fmt: skip
    return build_command(plan, RunPaths(**places), python=PYTHON, script=SCRIPT, options=options)


def read_back(arguments: list[str], options: OptionTable = MAIN) -> dict[str, Any]:
    """Take arguments apart as the trainer does: by argparse with a table's options."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    for name, option in options.options.items():
        if option.kind == "flag":
            parser.add_argument(f"--{name}", action="store_true")
        else:
            parser.add_argument(f"--{name}", nargs="*" if option.kind.endswith("*") else None)
    return vars(parser.parse_args(arguments))


# --- what is written -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", TABLES, ids=lambda table: table.version)
@pytest.mark.parametrize("profile", sorted(GPU_PROFILES))
def test_the_trainer_reads_what_the_plan_says(profile: str, options: OptionTable) -> None:
    plan = plan_for(profile, options)
    found = read_back(command(plan, options)[2:], options)
    for name in FIELDS:
        value = getattr(plan, name)
        if not options.has(name) or value is None or value is False or value == ():
            assert not found.get(name), name
        elif value is True:
            assert found[name] is True, name
        else:
            assert type(value)(found[name]) == value, name
    assert (found["train_data_dir"], found["output_name"]) == ("/c/ana/training_data", "ana_avatar_v1")
    assert found["resolution"] == f"{plan.resolution},{plan.resolution}"


@pytest.mark.parametrize("options", TABLES, ids=lambda table: table.version)
def test_fp8_is_the_switch_that_the_trainer_has_and_one_only(options: OptionTable) -> None:
    arguments = command(plan_for(fp8_base=True), options)
    expected = "--fp8_base_unet" if options.has("fp8_base_unet") else "--fp8_base"
    assert [argument for argument in arguments if argument.startswith("--fp8")] == [expected]
    assert not [argument for argument in command(plan_for(fp8_base=False), options) if argument.startswith("--fp8")]


def test_an_option_by_hand_takes_the_place_of_the_programs_own() -> None:
    extra = {"sample_sampler": "ddim", "log_with": "all", "sample_prompts": "/mine.txt", "keep_tokens": "2"}
    arguments = command(plan_for(sample_every_n_steps=100, extra=extra))
    assert arguments[-8:] == [
        "--sample_sampler", "ddim", "--log_with", "all", "--sample_prompts", "/mine.txt", "--keep_tokens", "2"
    ]  # fmt: skip
    names = [argument for argument in arguments if argument.startswith("--")]
    assert len(names) == len(set(names))


def test_what_the_trainer_does_not_have_is_left_out_unless_it_was_asked_for_by_hand() -> None:
    lacking = dataclasses.replace(MAIN, options={name: option for name, option in MAIN.options.items() if name != "sdpa"})
    assert "--sdpa" in command(plan_for(sdpa=True)) and "--sdpa" not in command(plan_for(sdpa=True), lacking)
    by_hand = command(plan_for(extra={"no_such_option": "1"}))
    assert [told.key for told in command_problems(by_hand[2:], MAIN)] == ["option.unknown"]  # the preflight says so


@pytest.mark.parametrize(
    ("packages", "logged"),
    [({}, True), ({"tensorboard": "2.21"}, True), ({"tensorboard": ""}, False), ({"torch": "2"}, False)],
)
def test_curves_are_written_where_the_trainer_can(packages: dict[str, str], logged: bool) -> None:
    options = dataclasses.replace(MAIN, packages=packages)
    assert ("--log_with" in command(plan_for(), options)) is logged


def test_a_resumed_run_names_its_state_and_its_step() -> None:
    arguments = command(plan_for(), resume=Path("/c/state"), continuation=Continuation(4, 9, 5, initial_step=0))
    assert arguments[arguments.index("--resume") + 1] == "/c/state"
    assert arguments[arguments.index("--initial_step") + 1] == "0"  # zero is a step too
    assert not {"--resume", "--initial_step"} & set(command(plan_for()))


@pytest.mark.parametrize(("folder", "written"), [("", []), ("/models/tokenizers ñ", ["/models/tokenizers ñ"])])
def test_the_folder_of_the_tokenizers_is_written_where_there_is_one(folder: str, written: list[str]) -> None:
    arguments = command(plan_for(tokenizer_cache_dir=folder))
    found = [arguments[n + 1] for n, argument in enumerate(arguments) if argument == "--tokenizer_cache_dir"]
    assert found == written


@pytest.mark.parametrize(
    ("profile", "processes", "card", "offline", "expected"),
    [
        ("cpu", 1, 0, True, {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"}),
        ("rtx3060_12gb", 1, None, False, {}),
        ("rtx3060_12gb", 1, 0, False, {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": "0"}),
        ("rtx3060_12gb", 2, 1, False, {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}),
    ],
)
def test_the_trainer_sees_the_cards_it_is_to_see(
    profile: str, processes: int, card: int | None, offline: bool, expected: dict[str, str]
) -> None:
    plan = plan_for(profile, num_processes=processes)
    assert environment_for(plan, card_index=card, offline=offline) == expected


def test_places_are_never_the_plans_business() -> None:
    assert not MANAGED & set(FIELDS)
    assert not MANAGED & {entry.name for entry in dataclasses.fields(Plan)}


# --- one value -------------------------------------------------------------------------------------------------------


@given(st.one_of(st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False, width=64)))
def test_a_number_is_written_so_that_it_is_read_as_itself(value: float) -> None:
    name, text = arguments_of("x", value)
    assert (name, float(text)) == ("--x", value)


@given(st.floats(1e-6, 1e6))
def test_usual_numbers_have_no_exponent(value: float) -> None:
    text = plain_number(round(value, 8))
    assert "e" not in text and not text.endswith(".")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []), (False, []), ((), []), (True, ["--x"]), (0, ["--x", "0"]), (0.0, ["--x", "0"]), ("", ["--x", ""]),
        (("a=1", "b"), ["--x", "a=1", "b"]), (["a"], ["--x", "a"]), (Path("/a b"), ["--x", "/a b"]), (1.0, ["--x", "1"]),
    ],
)  # fmt: skip
def test_each_kind_of_value_has_one_form(value: object, expected: list[str]) -> None:
    assert arguments_of("x", value) == expected


# --- launchers and shells --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("processes", "machines"), [(1, 1), (2, 1), (4, 2)])
def test_the_first_machine_is_named_only_where_there_are_several(processes: int, machines: int) -> None:
    plan = plan_for(num_processes=processes, num_machines=machines, machine_rank=machines - 1, main_process_ip="10.0.0.5")
    found = launcher(plan, PYTHON)
    assert found[0] == str(PYTHON) and ("--multi_gpu" in found) is (processes > 1)
    assert ("--main_process_ip" in found) is (machines > 1)
    if processes > 1:
        assert found[found.index("--machine_rank") + 1] == str(machines - 1)  # 0 is a rank too
        assert found[found.index("--dynamo_backend") + 1] == "no"
    assert command(plan)[: len(found) + 1] == [*found, str(SCRIPT)]


def test_every_shell_is_given_every_argument_in_its_order() -> None:
    words = ["/v v/python", "script ñ.py", "--a", "1,2", "b'c", "ñ 100%"]
    lines = shell_lines(words, Path("/k o"))
    assert shlex.split(lines["posix"]) == ["cd", "/k o", "&&", *words]
    assert lines["cmd"] == 'cd /d "/k o" && "/v v/python" "script ñ.py" --a "1,2" "b\'c" "ñ 100"^%""'
    assert lines["powershell"] == ("Set-Location -LiteralPath '/k o'; & '/v v/python' 'script ñ.py' --a '1,2' 'b''c' 'ñ 100%'")
