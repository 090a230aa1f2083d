"""READMEs and docs say the same in both languages and are true: their commands are understood, their files are there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

import config
from avatar.commands import all_commands
from avatar.terminal.parser import build_parser
from avatar.workspace import setting_keys, settings
from scripts import make_command_list
from tests.places import ROOT

COMMANDS = "|".join(sorted({command.name.partition(" ")[0] for command in all_commands.COMMANDS}))
READMES = ("README.md", "README.es.md")
MOST_LINES = 150
# Pages in both languages; the others are English alone.
PAGES = ("GUIDE", "TROUBLE", "PRIVACY", "INSTALL", "EXTENDING", "EXAMPLE", "COMMANDS")
PAIRS = (READMES, *((f"docs/{page}.md", f"docs/{page}.es.md") for page in PAGES))
DOCUMENTS = (*(name for pair in PAIRS for name in pair), "docs/ARCHITECTURE.md")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", read(name), re.DOTALL)


def program_lines(name: str) -> list[str]:
    """Return the arguments of every call of the program, in blocks and in running text."""
    shown = [
        found[1].strip()
        for block in blocks(name, "bash") + blocks(name, "bat")
        for found in re.finditer(r"^(?:\./avatar\.sh|avatar\.bat)(.*)$", block, re.MULTILINE)
    ]
    inline = [code.removeprefix("./avatar.sh ") for code in re.findall(r"(?<!`)`([^`\n…]+)`(?!`)", read(name))]
    return shown + [code for code in inline if re.match(rf"(?:{COMMANDS}) [a-z-]", code)]


@pytest.mark.parametrize("name", READMES)
def test_a_readme_fits_where_it_is_read(name: str) -> None:
    assert len(read(name).splitlines()) <= MOST_LINES


@pytest.mark.parametrize("name", [name for pair in PAIRS for name in pair if "COMMANDS" not in name])
def test_every_command_shown_is_understood_by_the_program(name: str) -> None:
    parser = build_parser("en")
    for line in program_lines(name):
        parsed = parser.parse_args(shlex.split(line))
        assert line == "" or parsed.command is not None, line


def test_the_guide_shows_the_whole_way() -> None:
    lines = program_lines("docs/GUIDE.md")
    assert len(lines) >= 70
    shown = {line.partition(" ")[0] for line in lines}
    assert {command.name.partition(" ")[0] for command in all_commands.COMMANDS} - shown <= {"language", "doctor"}


@pytest.mark.parametrize(("english", "spanish"), PAIRS)
def test_both_languages_show_the_same_commands(english: str, spanish: str) -> None:
    here, there = ([" ".join(shlex.split(line)[:2]) for line in program_lines(name)] for name in (english, spanish))
    assert here == there
    assert len(blocks(english, "bash")) == len(blocks(spanish, "bash"))
    assert len(re.findall("^#", read(english), re.MULTILINE)) == len(re.findall("^#", read(spanish), re.MULTILINE))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_named_is_there(name: str) -> None:
    for paragraph in read(name).split("\n\n"):
        room = re.match(r"\*\*`(avatar/[a-z]+)/`\*\*", paragraph)  # its files are named without their folder
        for file in re.findall(r"`([a-z_/]+\.(?:py|txt))`", paragraph):
            if name.startswith("docs/") and "/" not in file and not room:
                continue  # a file of a client
            assert (ROOT / (room[1] if room and "/" not in file else "") / file).is_file(), file


@pytest.mark.parametrize("name", READMES)
def test_every_module_at_the_root_is_named(name: str) -> None:
    assert {path.name for path in ROOT.glob("*.py")} - set(re.findall(r"`([a-z_/]+\.py)`", read(name))) == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_picture_and_link_inside_the_project_is_there(name: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", read(name)):
        if target.startswith("http"):
            continue
        file, _, heading = target.partition("#")
        path = (ROOT / name).parent / file if file else ROOT / name
        assert path.is_file(), target
        assert not heading or heading in headings(path), target


def headings(path: Path) -> set[str]:
    """Return the headings of a page as links name them."""
    found = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}


@pytest.mark.parametrize("name", ["docs/GUIDE.md", "docs/GUIDE.es.md"])
def test_the_settings_shown_are_the_programs_own(name: str, tmp_path: Path) -> None:
    (shown,) = blocks(name, "json")
    (tmp_path / "config.json").write_text(shown, encoding="utf-8")
    assert settings.load_settings(tmp_path / "config.json").language == json.loads(shown)["language"]


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if "COMMANDS" not in name])
def test_a_setting_that_is_changed_is_one_that_takes_the_value(name: str, tmp_path: Path) -> None:
    changed = [found for line in program_lines(name) if (found := re.fullmatch(r"settings ([a-z_.]+)(?: (\S+))?", line))]
    for found in changed:
        key, value = found[1], found[2]
        if value and not value.startswith("/"):
            setting_keys.parse(setting_keys.find(key), value)
        else:
            known = setting_keys.keys()
            assert any(f"{other}.".startswith(f"{key}.") for other in known), key
    assert not name.startswith("docs/GUIDE") or len(changed) >= 8


@pytest.mark.parametrize("name", ["docs/EXTENDING.md", "docs/EXTENDING.es.md"])
def test_the_card_of_the_example_is_one(name: str) -> None:
    (shown,) = blocks(name, "python")
    made = eval(shown, {"GPUProfile": config.GPUProfile})  # noqa: S307  # a line of our own page
    assert made.name not in config.GPU_PROFILES and made.vram_gib == 12


@pytest.mark.parametrize("name", READMES)
def test_the_gate_runs_the_test_command_of_the_readme(name: str) -> None:
    command = "pip install -r requirements-dev.txt && .venv/bin/python -m pytest -n logical --dist loadfile"
    assert command in (ROOT / name).read_text(encoding="utf-8")
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "-r requirements-dev.txt" in gate
    assert "python -m pytest -n logical --dist loadfile" in gate
    assert "avatar_pipeline.py demo" in gate


# --- the starters and the figures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READMES)
def test_the_first_two_commands_start_the_program_with_arguments_it_knows(name: str) -> None:
    parser = build_parser("en")
    for language, starter in (("bash", "./avatar.sh"), ("bat", "avatar.bat")):
        lines = blocks(name, language)[0].splitlines()
        assert [line.split()[0] for line in lines] == [starter, starter]
        assert (ROOT / starter).is_file()
        assert [parser.parse_args(line.split()[1:]).command is not None for line in lines] == [True, False]


def test_the_figures_of_the_example_agree_with_each_other() -> None:
    text = (ROOT / "docs" / "EXAMPLE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\d+_grace +(\d+) +(\d+) +(\d+)$", text, re.MULTILINE)
    assert [int(repeats) * int(pictures) for repeats, pictures, _ in rows] == [int(seen) for *_, seen in rows] == [28, 160]
    assert round(100 * 160 / (160 + 28)) == 85 and "160 of 188" in text
    assert (160 + 28) // 2 == 94 and "9 epochs of 94 steps" in text


def test_the_answers_counted_are_those_of_the_walk() -> None:
    from tests.terminal import test_guided

    assert test_guided.MOST_ANSWERS == 12
    assert "twelve answers" in read("docs/GUIDE.md") and "doce respuestas" in " ".join(read("docs/GUIDE.es.md").split())


@pytest.mark.parametrize("language", make_command_list.FILES)
def test_the_list_of_commands_is_the_one_that_the_program_has(language: str) -> None:
    listed = (ROOT / "docs" / make_command_list.FILES[language]).read_text(encoding="utf-8")
    assert listed == make_command_list.page(language), "run scripts/make_command_list.py"
    readme = "README.md" if language == "en" else f"README.{language}.md"
    assert f"docs/{make_command_list.FILES[language]}" in (ROOT / readme).read_text(encoding="utf-8")
