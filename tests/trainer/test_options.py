"""The options of the trainer: known tables, the installed one's own answer, and what a command may hold."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import utils
from avatar.texts.text import Text
from avatar.trainer import options as trainer_options
from avatar.trainer.options import (
    Option,
    command_problems,
    deepest_error,
    find_script,
    installed_options,
    known_tables,
    nearest_known,
    parse_answer,
    split_options,
    value_problem,
)
from tests.places import FAKE_TRAINER, SHARED

MAIN, V091, V087 = known_tables()
FACTS = SHARED / "facts" / "trainer_options"


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kohya_ss"
    folder.mkdir()
    shutil.copy(FAKE_TRAINER, folder)
    monkeypatch.setenv("FAKE_TRAINER_TABLE", str(trainer_options.DATA_FILE))
    return folder


def test_three_versions_are_known_newest_first() -> None:
    assert [(table.version, len(table.options)) for table in (MAIN, V091, V087)] == [
        ("v0.10.1-5-g48d368fa", 196), ("v0.9.1", 180), ("v0.8.7", 170)
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "table"), [("main", MAIN), ("v0.9.1", V091), ("v0.8.7", V087)])
def test_the_tables_are_those_of_the_real_parsers(name: str, table: trainer_options.OptionTable) -> None:
    if not FACTS.is_dir():
        pytest.skip("no shared facts beside this checkout")
    real = {entry["dest"]: entry for entry in utils.read_json(FACTS / f"{name}.json")["options"]}
    assert set(real) == set(table.options)
    for dest, entry in real.items():
        option = table.options[dest]
        assert (option.kind == "flag") == (entry["action"] == "_StoreTrueAction")
        assert option.kind.endswith("*") == (entry["nargs"] == "*")
        assert list(option.choices) == [str(choice) for choice in entry["choices"] or () if choice is not None]


def test_the_webuis_memory_switches_are_in_no_version() -> None:
    assert not any(table.has(name) for table in (MAIN, V091, V087) for name in ("lowvram", "medvram", "text_encoder_lr1"))


def test_what_differs_between_versions_is_kept() -> None:
    assert V087.options["lr_warmup_steps"].kind == "int"
    assert V091.options["lr_warmup_steps"].kind == "int_or_float"
    assert V091.options["text_encoder_lr"].kind == "float" and MAIN.options["text_encoder_lr"].kind == "float*"
    assert MAIN.has("fp8_base_unet") and not V091.has("fp8_base_unet") and V091.has("fp8_base")


@pytest.mark.parametrize(
    ("kind", "choices", "values", "expected"),
    [
        ("flag", (), [], None), ("flag", (), ["true"], "option.takes_no_value"), ("int", (), ["4"], None),
        ("int", (), ["4.5"], "option.not_a_number"), ("float", (), ["1e-4"], None), ("int", (), [], "option.takes_one_value"),
        ("int_or_float", (), ["10%"], None), ("int_or_float", (), ["few"], "option.not_a_number"),
        ("str", ("fp16", "bf16"), ["bf16"], None), ("str", ("fp16",), ["fp32"], "option.not_a_choice"),
        ("float*", (), ["1e-5", "1e-6"], None), ("float*", (), [], None), ("float*", (), ["x"], "option.not_a_number"),
        ("str", (), ["a", "b"], "option.takes_one_value"),
    ],
)  # fmt: skip
def test_values_are_judged_as_argparse_would(
    kind: str, choices: tuple[str, ...], values: list[str], expected: str | None
) -> None:  # fmt: skip
    assert value_problem(Option(kind, choices), values) == expected


def test_a_command_is_judged_option_by_option() -> None:
    problems = command_problems(["--lowvram", "--network_dim", "many", "--mixed_precision", "fp8", "--sdpa"], MAIN)
    assert [(told.key, told.values["option"]) for told in problems] == [
        ("option.unknown", "--lowvram"), ("option.not_a_number", "--network_dim"), ("option.not_a_choice", "--mixed_precision")
    ]  # fmt: skip
    assert command_problems(["stray", "--sdpa"], MAIN)[0].key == "option.unknown"


def test_negative_numbers_and_lists_belong_to_their_option() -> None:
    assert split_options(["--seed", "-1", "--optimizer_args", "a=1", "b=2", "--sdpa"]) == [
        ("seed", ["-1"]), ("optimizer_args", ["a=1", "b=2"]), ("sdpa", [])
    ]  # fmt: skip


def test_the_installed_trainer_answers_for_itself_and_only_once(trainer: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    table = installed_options(trainer, Path(sys.executable), cache_dir=cache)
    assert (table.source, table.problem) == ("installed", "")
    assert table.options == MAIN.options
    assert table.packages["torch"] == "1.0" and table.packages["python"].startswith("3.")
    assert not table.lacks_package("bitsandbytes")
    script = trainer / "sdxl_train_network.py"
    text = script.read_text(encoding="utf-8")
    kept = list(cache.glob("trainer_options-*.json"))
    assert len(kept) == 1
    installed_options(trainer, Path(sys.executable), cache_dir=cache)
    script.write_text(text.replace("def train(", "def  train("), encoding="utf-8")
    installed_options(trainer, Path(sys.executable), cache_dir=cache)
    assert len(list(cache.glob("trainer_options-*.json"))) == 2  # other sources: asked again


def test_a_cached_answer_is_used_and_a_broken_one_is_not(trainer: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    installed_options(trainer, Path(sys.executable), cache_dir=cache)
    (kept,) = cache.glob("*.json")
    utils.write_json(kept, {"options": {"only_one": ["flag"]}, "packages": {}})
    assert set(installed_options(trainer, Path(sys.executable), cache_dir=cache).options) == {"only_one"}
    kept.write_text("{", encoding="utf-8")
    assert len(installed_options(trainer, Path(sys.executable), cache_dir=cache).options) == 196


def test_missing_packages_are_known_only_where_the_environment_was_asked(
    trainer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_MISSING", "bitsandbytes xformers")
    table = installed_options(trainer, Path(sys.executable))
    assert table.lacks_package("bitsandbytes") and not table.lacks_package("torch")
    assert not MAIN.lacks_package("bitsandbytes")


def test_an_older_trainer_is_taken_at_its_word(trainer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_TRAINER_VERSION", "v0.8.7")
    assert installed_options(trainer, Path(sys.executable)).options == V087.options


def test_where_nothing_can_be_asked_the_nearest_table_stands_and_says_why(trainer: Path, tmp_path: Path) -> None:
    nothing = installed_options(tmp_path / "empty", Path(sys.executable))
    assert nothing.source == "known" and nothing.options == MAIN.options and "sdxl_train_network.py" in nothing.problem
    no_python = installed_options(trainer, tmp_path / "no" / "python")
    assert no_python.source == "known" and "no" in no_python.problem
    (trainer / "sdxl_train_network.py").write_text("raise ImportError('No module named torch')", encoding="utf-8")
    broken = installed_options(trainer, Path(sys.executable), cache_dir=tmp_path / "cache")
    assert broken.source == "known" and broken.problem == "ImportError: No module named torch"
    assert not (tmp_path / "cache").exists()


def test_the_nearest_table_is_found_by_the_names_in_the_sources(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "sdxl_train_network.py").write_text("", encoding="utf-8")
    for table in (V087, V091, MAIN):
        lines = "\n".join(f'parser.add_argument("--{name}")' for name in table.options)
        (tmp_path / "library" / "train_util.py").write_text(lines, encoding="utf-8")
        assert nearest_known(tmp_path).version == table.version


def test_the_clone_of_the_gui_holds_the_script_one_level_down(tmp_path: Path) -> None:
    assert find_script(tmp_path) is None
    (tmp_path / "sd-scripts").mkdir()
    shutil.copy(FAKE_TRAINER, tmp_path / "sd-scripts")
    assert find_script(tmp_path) == tmp_path / "sd-scripts" / "sdxl_train_network.py"
    (tmp_path / "train_network.py").write_text("", encoding="utf-8")  # SD 1.5: never taken
    assert find_script(tmp_path) == tmp_path / "sd-scripts" / "sdxl_train_network.py"


@pytest.mark.parametrize("output", ["", "AVATAR-OPTIONS:", "AVATAR-OPTIONS:[1]", 'AVATAR-OPTIONS:{"options": {}}', "warning"])
def test_half_an_answer_is_none(output: str) -> None:
    assert parse_answer(output) is None


def test_an_answer_is_found_among_other_output() -> None:
    answer = 'AVATAR-OPTIONS:{"options": {"a": ["flag"]}, "packages": {}}'
    assert parse_answer(f"WARNING xformers\n{answer}\nbye\n") == {"options": {"a": ["flag"]}, "packages": {}}


# --- against argparse itself -----------------------------------------------------------------------------------------


def int_or_float(text: str) -> float:
    """Read a warm-up as sd-scripts does (library/train_util.py:3664): from 1 on only whole numbers will do."""
    if text.endswith("%"):
        return float(text[:-1]) / 100
    return int(text) if float(text) >= 1 else float(text)


TYPES: dict[str, Any] = {"str": str, "int": int, "float": float, "int_or_float": int_or_float}
WORDS = st.one_of(
    st.sampled_from(["fp16", "bf16", "10%", "%", "1e-4", "1_000", " 5", "5 ", "nan", "inf", "", "0x10", "\u0661"]),
    st.sampled_from(["1.", ".5", "1,5", "1.5", "2.0", "1e3", "0.9"]),
    st.integers(0, 999).map(str), st.floats(0, 1).map(str), st.text(st.characters(categories=("L", "N", "Zs")), max_size=4),
)  # fmt: skip


@example("int_or_float", False, ["1.5"])
@example("int_or_float", False, ["2.0"])
@example("int_or_float", False, ["150.5%"])
@given(
    st.sampled_from(["flag", "str", "int", "float", "int_or_float", "str*", "int*", "float*"]), st.booleans(),
    st.lists(WORDS, max_size=3),
)  # fmt: skip
def test_what_is_refused_is_what_argparse_refuses(kind: str, chosen: bool, values: list[str]) -> None:
    choices = ("fp16", "bf16") if chosen and kind == "str" else ()
    parser = argparse.ArgumentParser(exit_on_error=False)
    if kind == "flag":
        parser.add_argument("--x", action="store_true")
    else:
        many = "*" if kind.endswith("*") else None
        parser.add_argument("--x", nargs=many, type=TYPES[kind.rstrip("*")], choices=choices or None)
    try:
        refused = bool(parser.parse_known_args(["--x", *values])[1])
    except (argparse.ArgumentError, SystemExit):
        refused = True
    assert (value_problem(Option(kind, choices), values) is not None) is refused


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b_c", "seed"]), st.lists(st.sampled_from(["1", "-1", "x=y", "ñ o"]), max_size=3)))
)
def test_a_command_is_taken_apart_as_it_was_put_together(options: list[tuple[str, list[str]]]) -> None:
    words = [word for name, values in options for word in (f"--{name}", *values)]
    assert split_options(words) == options
    assert split_options(["stray", *words]) == [("", ["stray"]), *options]


def test_a_problem_names_the_option_what_was_given_and_what_may_be() -> None:
    (told,) = command_problems(["--mixed_precision", "fp8"], MAIN)
    assert told.key == "option.not_a_choice" and told.values == {
        "option": "--mixed_precision",
        "value": "fp8",
        "choices": "no, fp16, bf16",
        "version": MAIN.version,
    }
    (told,) = command_problems(["--no_such", "a", "b"], MAIN)
    assert told == Text("option.unknown", {"option": "--no_such", "value": "a b", "choices": "", "version": MAIN.version})


# --- what is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kept",
    ["[]", '["options", "packages"]', '{"options": {}}', "null", '"options packages"', "{", "\u00ff",
     '{"options": true, "packages": {}}', '{"options": {"seed": 3}, "packages": {}}',
     '{"options": {"seed": []}, "packages": {}}',
     '{"options": {"seed": ["int", 3]}, "packages": {}}', '{"options": {}, "packages": {"torch": 2}}'],
)  # fmt: skip
def test_a_kept_answer_that_is_none_is_asked_for_again(trainer: Path, tmp_path: Path, kept: str) -> None:
    cache = tmp_path / "cache"
    installed_options(trainer, Path(sys.executable), cache_dir=cache)
    (path,) = cache.glob("*.json")
    path.write_text(kept, encoding="utf-8")
    table = installed_options(trainer, Path(sys.executable), cache_dir=cache)
    assert table.source == "installed" and table.options == MAIN.options
    assert utils.read_json(path)["packages"]["torch"] == "1.0"  # and mended


def test_another_environment_is_asked_for_itself(trainer: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    other = tmp_path / "venv" / "bin" / "python"
    packages = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    for folder in (other.parent, packages):
        folder.mkdir(parents=True)
    other.write_text(f"#!/bin/sh\nexec '{sys.executable}' \"$@\"\n", encoding="utf-8")
    other.chmod(0o755)
    if os.name == "nt":
        pytest.skip("a script is no interpreter on Windows")
    for python in (Path(sys.executable), other, other):
        installed_options(trainer, python, cache_dir=cache)
    assert len(list(cache.glob("*.json"))) == 2
    os.utime(packages, (1e9, 1e9))  # something was installed into it
    installed_options(trainer, other, cache_dir=cache)
    assert len(list(cache.glob("*.json"))) == 3


def test_an_answer_that_cannot_be_kept_is_an_answer_all_the_same(trainer: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")
    assert installed_options(trainer, Path(sys.executable), cache_dir=tmp_path / "cache").source == "installed"


@pytest.mark.parametrize(
    ("code", "problem"), [("import sys; sys.exit(3)", "exit 3"), ("raise SystemExit('ñ' * 400)", "ñ" * 300)]
)
def test_an_interpreter_that_fails_is_told_by_its_last_line(trainer: Path, code: str, problem: str) -> None:
    (trainer / "sdxl_train_network.py").write_text(code, encoding="utf-8")
    table = installed_options(trainer, Path(sys.executable))
    assert (table.source, table.problem) == ("known", problem)


CHAIN = """Traceback (most recent call last):
  File "a"
ImportError: told and passed over
INFO goes on
Traceback (most recent call last):
  File "x"
RuntimeError: operator torchvision::nms does not exist

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "y"
RuntimeError: Failed to import transformers.models.clip because of:
operator torchvision::nms does not exist

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "z"
ImportError: cannot import name 'CLIPTextModel'
"""
MISSING = "Traceback (most recent call last):\n  File 'x'\nModuleNotFoundError: No module named 'torch'\n"


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("", ""), ("Segmentation fault\n\n", "Segmentation fault"), (MISSING, "ModuleNotFoundError: No module named 'torch'"),
        (CHAIN, "RuntimeError: operator torchvision::nms does not exist"),
    ],
)  # fmt: skip
def test_the_deepest_of_a_chain_of_errors_is_what_is_told(output: str, told: str) -> None:
    assert deepest_error(output) == told
