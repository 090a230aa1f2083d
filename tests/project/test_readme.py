"""Both READMEs say the same and are true: every command shown is understood, every file named is there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from avatar.terminal.parser import build_parser
from avatar.workspace import settings
from scripts import make_command_list
from tests.places import ROOT

COMMANDS = "report|doctor|client|review|prompt|captions|configure|status|monitor|models|train|import-mj|import-real|process"
READMES = ("README.md", "README.es.md")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)


def program_lines(name: str) -> list[str]:
    """Return the arguments of every call of the program, in blocks and in running text."""
    text = (ROOT / name).read_text(encoding="utf-8")
    shown = [
        line.partition("avatar_pipeline.py")[2].strip()
        for block in blocks(name, "bash") + blocks(name, "bat")
        for line in block.splitlines()
        if "avatar_pipeline.py" in line
    ]
    inline = [
        code for code in re.findall(r"`([^`\n]+)`", text)
        if re.match(rf"({COMMANDS}) [a-z-]", code)
    ]  # fmt: skip
    return shown + inline


@pytest.mark.parametrize("name", READMES)
def test_every_command_shown_is_understood_by_the_program(name: str) -> None:
    lines = program_lines(name)
    assert len(lines) >= 20
    parser = build_parser("en")
    for line in lines:
        parsed = parser.parse_args(shlex.split(line))
        assert line == "" or parsed.command is not None, line


def test_both_languages_show_the_same_commands() -> None:
    english, spanish = (
        [" ".join(shlex.split(line)[:2]) for line in program_lines(name)] for name in READMES
    )  # fmt: skip
    assert english == spanish
    assert len(blocks("README.md", "bash")) == len(blocks("README.es.md", "bash"))


@pytest.mark.parametrize("name", READMES)
def test_every_file_named_is_there_and_every_module_at_the_root_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_/]+\.py)`", text))
    assert [file for file in sorted(named) if not (ROOT / file).is_file()] == []
    unnamed = {path.name for path in ROOT.glob("*.py")} - named
    assert unnamed == set()


@pytest.mark.parametrize("name", READMES)
def test_every_picture_and_link_inside_the_project_is_there(name: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", (ROOT / name).read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (ROOT / target).is_file(), target


@pytest.mark.parametrize("name", READMES)
def test_the_settings_shown_are_the_programs_own(name: str, tmp_path: Path) -> None:
    (shown,) = blocks(name, "json")
    (tmp_path / "config.json").write_text(shown, encoding="utf-8")
    assert settings.load_settings(tmp_path / "config.json").language == json.loads(shown)["language"]


@pytest.mark.parametrize("name", READMES)
def test_the_gate_runs_the_test_command_of_the_readme(name: str) -> None:
    command = "pip install -r requirements-dev.txt && .venv/bin/python -m pytest -n logical --dist loadfile"
    assert command in (ROOT / name).read_text(encoding="utf-8")
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "-r requirements-dev.txt" in gate
    assert "python -m pytest -n logical --dist loadfile" in gate
    assert "avatar_pipeline.py demo" in gate


# --- docs/ and the starters ------------------------------------------------------------------------------------------

DOCS = ("docs/ARCHITECTURE.md", "docs/EXAMPLE.md")


@pytest.mark.parametrize("name", READMES)
def test_the_first_two_commands_start_the_program_with_arguments_it_knows(name: str) -> None:
    parser = build_parser("en")
    for language, starter in (("bash", "./avatar.sh"), ("bat", "avatar.bat")):
        lines = blocks(name, language)[0].splitlines()
        assert [line.split()[0] for line in lines] == [starter, starter]
        assert (ROOT / starter).is_file()
        assert [parser.parse_args(line.split()[1:]).command is not None for line in lines] == [True, False]


@pytest.mark.parametrize("name", DOCS)
def test_every_command_file_and_picture_of_the_docs_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    parser = build_parser("en")
    for line in re.findall(r"python avatar_pipeline\.py([^`\n]*)", text):
        assert parser.parse_args(shlex.split(line)).command is not None, line
    for paragraph in text.split("\n\n"):
        room = re.match(r"\*\*`(avatar/[a-z]+)/`\*\*", paragraph)  # its files are named without their folder
        for file in re.findall(r"`([a-z_/]+\.py)`", paragraph):
            assert (ROOT / (room[1] if room and "/" not in file else "") / file).is_file(), file
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / "docs" / target).is_file(), target


def test_the_figures_of_the_example_agree_with_each_other() -> None:
    text = (ROOT / "docs" / "EXAMPLE.md").read_text(encoding="utf-8")
    rows = re.findall(r"\((?:MidJourney|real)\) \| (\d+) \| (\d+) \| (\d+) \|", text)
    assert [int(repeats) * int(pictures) for repeats, pictures, _ in rows] == [int(seen) for *_, seen in rows] == [160, 28]
    assert round(100 * 160 / (160 + 28)) == 85 and "160 of 188" in text
    assert (160 + 28) // 2 == 94 and "9 epochs of 94 steps" in text


def test_the_answers_counted_are_those_of_the_walk() -> None:
    from tests.terminal import test_guided

    assert test_guided.MOST_ANSWERS == 12
    assert "twelve answers" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "doce respuestas" in (ROOT / "README.es.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", make_command_list.FILES)
def test_the_list_of_commands_is_the_one_that_the_program_has(language: str) -> None:
    listed = (ROOT / "docs" / make_command_list.FILES[language]).read_text(encoding="utf-8")
    assert listed == make_command_list.page(language), "run scripts/make_command_list.py"
    readme = "README.md" if language == "en" else f"README.{language}.md"
    assert f"docs/{make_command_list.FILES[language]}" in (ROOT / readme).read_text(encoding="utf-8")
