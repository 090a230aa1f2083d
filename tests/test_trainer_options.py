"""The options of the trainer: known tables, the installed one's own answer, and what a command may hold."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

import trainer_options
import utils
from trainer_options import (
    Option,
    command_problems,
    find_script,
    installed_options,
    known_tables,
    nearest_known,
    parse_answer,
    split_options,
    value_problem,
)

ROOT = Path(__file__).resolve().parents[1]
FAKE = ROOT / "tests" / "fake_trainer" / "sdxl_train_network.py"
MAIN, V091, V087 = known_tables()
FACTS = ROOT.parent / "shared" / "facts" / "trainer_options"


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kohya_ss"
    folder.mkdir()
    shutil.copy(FAKE, folder)
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
    assert [(key, values["option"]) for key, values in problems] == [
        ("option.unknown", "--lowvram"), ("option.not_a_number", "--network_dim"), ("option.not_a_choice", "--mixed_precision")
    ]  # fmt: skip
    assert command_problems(["stray", "--sdpa"], MAIN)[0][0] == "option.unknown"


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
    shutil.copy(FAKE, tmp_path / "sd-scripts")
    assert find_script(tmp_path) == tmp_path / "sd-scripts" / "sdxl_train_network.py"
    (tmp_path / "train_network.py").write_text("", encoding="utf-8")  # SD 1.5: never taken
    assert find_script(tmp_path) == tmp_path / "sd-scripts" / "sdxl_train_network.py"


@pytest.mark.parametrize("output", ["", "AVATAR-OPTIONS:", "AVATAR-OPTIONS:[1]", 'AVATAR-OPTIONS:{"options": {}}', "warning"])
def test_half_an_answer_is_none(output: str) -> None:
    assert parse_answer(output) is None


def test_an_answer_is_found_among_other_output() -> None:
    answer = 'AVATAR-OPTIONS:{"options": {"a": ["flag"]}, "packages": {}}'
    assert parse_answer(f"WARNING xformers\n{answer}\nbye\n") == {"options": {"a": ["flag"]}, "packages": {}}
