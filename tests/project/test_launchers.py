"""avatar.sh is run with a stand-in for Python and pip; avatar.bat, which cannot run here, is held to its structure."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.places import ROOT

BAT = ROOT / "avatar.bat"
# Makes a venv by copying itself, notes every call of pip, and is a real Python for everything else.
STUB = """#!/bin/sh
echo "$*" >>"{log}"
case "$*" in
    *"-m venv"*) for last; do :; done; rm -rf "$last"; mkdir -p "$last/bin"; cp "$0" "$last/bin/python" ;;
    *"-m pip"*) exit "$(cat "{pip}")" ;;
    *) exec "{real}" "$@" ;;
esac
"""


class Clone:
    """A fresh clone in a folder with blanks, and a PATH that holds only the stand-in."""

    def __init__(self, folder: Path, names: Sequence[str] = ("python3.12",)) -> None:
        self.folder = folder / "mi clon ñ"
        self.folder.mkdir()
        self.log, self.pip = folder / "calls.txt", folder / "pip.txt"
        self.pip.write_text("0", encoding="utf-8")
        shutil.copy(ROOT / "avatar.sh", self.folder)
        (self.folder / "requirements.txt").write_text("one\n", encoding="utf-8")
        (self.folder / "avatar_pipeline.py").write_text(
            "import sys; print('ARGS', sys.argv[1:]); sys.exit(7)", encoding="utf-8"
        )
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in names:
            stub = self.bin / name
            stub.write_text(STUB.format(log=self.log, pip=self.pip, real=sys.executable), encoding="utf-8")
            stub.chmod(0o755)
        for tool in ("sh", "dirname", "cat", "cp", "rm", "mkdir"):
            (self.bin / tool).symlink_to(str(shutil.which(tool)))

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        self.log.write_text("", encoding="utf-8")
        return subprocess.run(
            [str(self.folder / "avatar.sh"), *arguments], env={"PATH": str(self.bin), **environment}, capture_output=True,
            encoding="utf-8", timeout=60, cwd="/", check=False,
        )  # fmt: skip

    def calls(self, of: str) -> int:
        return self.log.read_text(encoding="utf-8").count(of)


pytestmark_sh = pytest.mark.skipif(os.name == "nt", reason="avatar.bat is Windows' launcher")


@pytestmark_sh
def test_the_first_start_makes_the_environment_installs_once_and_passes_arguments_and_exit_code_on(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    done = clone.run("client", "new", "José Peña", "--json")
    assert done.stdout == "ARGS ['client', 'new', 'José Peña', '--json']\n"
    assert done.returncode == 7
    assert (clone.calls("-m venv"), clone.calls("-m pip install")) == (1, 1)
    assert "Making the environment" in done.stderr
    again = clone.run()
    assert again.stdout == "ARGS []\n"
    assert (clone.calls("-m venv"), clone.calls("-m pip")) == (0, 0)
    assert again.stderr == ""


@pytestmark_sh
def test_other_requirements_are_installed_and_a_failed_installation_is_repeated(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    clone.run()
    (clone.folder / "requirements.txt").write_text("two\n", encoding="utf-8")
    clone.pip.write_text("1", encoding="utf-8")
    failed = clone.run(AVATAR_LANG="es")
    assert failed.returncode == 1 and "ARGS" not in failed.stdout
    assert "La instalacion no ha terminado" in failed.stderr and "Que hacer:" in failed.stderr
    clone.pip.write_text("0", encoding="utf-8")
    assert clone.run().stdout == "ARGS []\n"
    assert (clone.calls("-m venv"), clone.calls("-m pip install")) == (0, 1)


@pytestmark_sh
@pytest.mark.parametrize(
    ("language", "told"), [("es_ES.UTF-8", "Que hacer: instala Python 3.12"), ("C", "What to do: install")]
)
def test_without_a_python_that_suits_it_says_which_one_to_install(tmp_path: Path, language: str, told: str) -> None:
    clone = Clone(tmp_path, names=())
    old = clone.bin / "python3"  # there, but too old
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    done = clone.run(LANG=language)
    assert done.returncode == 1
    assert told in done.stderr and "3.13" in done.stderr
    assert not (clone.folder / ".venv").exists()


@pytestmark_sh
def test_an_environment_that_no_longer_works_is_made_anew(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    clone.run()
    python = clone.folder / ".venv" / "bin" / "python"
    python.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")  # its Python was removed from the system
    assert clone.run().stdout == "ARGS []\n"
    assert clone.calls("-m venv") == 1


@pytestmark_sh
def test_another_python_can_be_named(tmp_path: Path) -> None:
    clone = Clone(tmp_path, names=("my-python",))
    assert clone.run().returncode == 1
    assert clone.run(AVATAR_PYTHON=str(clone.bin / "my-python")).returncode == 7


def test_the_shell_script_is_executable_with_unix_line_ends() -> None:
    content = (ROOT / "avatar.sh").read_bytes()
    assert content.startswith(b"#!/bin/sh\n") and b"\r" not in content
    assert os.name == "nt" or os.access(ROOT / "avatar.sh", os.X_OK)


# --- avatar.bat ------------------------------------------------------------------------------------------------------


def bat_lines() -> list[str]:
    return BAT.read_bytes().decode("ascii").split("\r\n")  # ASCII: every code page of every console shows it


def test_the_batch_file_has_windows_line_ends_in_every_checkout() -> None:
    content = BAT.read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") > 40
    assert "*.bat text eol=crlf" in (ROOT / ".gitattributes").read_text(encoding="utf-8")


def test_every_jump_of_the_batch_file_has_its_label_and_no_label_is_run_into() -> None:
    lines = bat_lines()
    labels = {line[1:].strip() for line in lines if line.startswith(":")}
    jumps = {name for line in lines for name in re.findall(r"(?:goto|call) :(\w+)", line)}
    assert jumps == labels
    for label in ("try", "say", "failed"):
        before = next(line for line in reversed(lines[: lines.index(f":{label}")]) if line.strip())
        assert before.startswith("exit /b"), label


def test_paths_are_quoted_and_blocks_balanced_in_the_batch_file() -> None:
    for line in bat_lines():
        if line.startswith(("rem ", "set ")):
            continue
        assert line.count('"') % 2 == 0, line
        outside = re.sub(r'"[^"]*"', "", line)
        assert not re.search(r"%(PYTHON|HERE|VENV|STAMP)%", outside), line
        if line.startswith("echo") or "call :say" in line:
            continue
        assert not re.search(r"%~[12]\)", line), line  # a bracket in a text would end the block
    outside_all = re.sub(r'"[^"\r\n]*"', "", "\n".join(line for line in bat_lines() if not line.startswith("rem ")))
    assert outside_all.count("(") == outside_all.count(")")


def test_the_batch_file_knows_the_same_versions_and_says_everything_twice() -> None:
    text = BAT.read_text(encoding="ascii")
    sh = (ROOT / "avatar.sh").read_text(encoding="utf-8")
    assert "(3, 10) <= sys.version_info[:2] <= (3, 13)" in text and "(3, 10) <= sys.version_info[:2] <= (3, 13)" in sh
    assert "for %%V in (3.12 3.11 3.13 3.10)" in text
    calls = re.findall(r"call :say (.*)", text)
    assert len(calls) >= 6
    for call in calls:
        assert len(re.findall(r'"[^"]+"', call)) == 2, call
    assert text.count("Que hacer:") == text.count("What to do:") == 3
    assert '"%PYTHON%" "%HERE%avatar_pipeline.py" %*' in text


@pytest.mark.parametrize("name", ["SUITS", "SAME", "KEEP"])
def test_the_python_inside_the_batch_file_works(name: str, tmp_path: Path) -> None:
    variables = dict(re.findall(r'^set "(\w+)=(.*)"\r?$', BAT.read_bytes().decode("ascii"), re.MULTILINE))
    code = variables[name].replace("%HASH%", variables["HASH"])
    assert "%" not in code and '"' not in code and "!" not in code
    requirements, stamp = tmp_path / "requirements.txt", tmp_path / "requirements.done"
    requirements.write_text("one\n", encoding="utf-8")

    def run(text: str) -> int:
        return subprocess.run([sys.executable, "-c", text, str(requirements), str(stamp)], check=False, timeout=60).returncode

    if name == "SAME":
        assert run(code) == 1
        assert run(variables["KEEP"].replace("%HASH%", variables["HASH"])) == 0
        assert run(code) == 0
        requirements.write_text("two\n", encoding="utf-8")
        assert run(code) == 1
    else:
        assert run(code) == 0
