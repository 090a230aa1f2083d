"""avatar.sh is run with a stand-in for Python and pip; avatar.bat, which cannot run here, is held to its structure."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
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
    *"-m pip --version"*) exit "$(cat "{pip}.version")" ;;
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
        self.pip_starts = folder / "pip.txt.version"
        self.pip_starts.write_text("0", encoding="utf-8")
        shutil.copy(ROOT / "avatar.sh", self.folder)
        (self.folder / "scripts").mkdir()
        shutil.copy(ROOT / "scripts" / "packages.py", self.folder / "scripts")
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
        for tool in ("sh", "dirname", "cat", "cp", "rm", "mkdir", "readlink"):
            (self.bin / tool).symlink_to(str(shutil.which(tool)))

    def run(
        self, *arguments: str, program: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:  # fmt: skip
        self.log.write_text("", encoding="utf-8")
        return subprocess.run(
            [str(program or self.folder / "avatar.sh"), *arguments], env={"PATH": str(self.bin), **environment},
            capture_output=True, encoding="utf-8", timeout=60, cwd="/", check=False,
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
    assert "Creating the environment" in done.stderr
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
    assert "La instalación no ha terminado" in failed.stderr and "Qué hacer:" in failed.stderr
    clone.pip.write_text("0", encoding="utf-8")
    assert clone.run().stdout == "ARGS []\n"
    assert (clone.calls("-m venv"), clone.calls("-m pip install")) == (0, 1)


@pytestmark_sh
@pytest.mark.parametrize(
    ("language", "told"), [("es_ES.UTF-8", "Qué hacer: instala Python 3.12"), ("C", "What to do: install")]
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
def test_an_environment_whose_making_was_broken_off_is_made_anew(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    half = clone.folder / ".venv" / "bin" / "python"  # what Ctrl+C in the first seconds left: a Python, and no pip
    half.parent.mkdir(parents=True)
    half.symlink_to(sys.executable)
    assert clone.run().stdout == "ARGS []\n"
    assert (clone.calls("-m venv"), clone.calls("-m pip install")) == (1, 1)


@pytestmark_sh
def test_an_environment_of_an_earlier_version_stays(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    clone.run()
    (clone.folder / ".venv" / "made").unlink()
    clone.run()
    assert (clone.calls("-m venv"), clone.calls("-m pip")) == (0, 0)


@pytestmark_sh
def test_an_environment_whose_pip_does_not_start_is_made_anew_by_the_next_start(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    for exit_code in (clone.pip, clone.pip_starts):  # neither does it install nor tell its version
        exit_code.write_text("1", encoding="utf-8")
    assert clone.run().returncode == 1
    for exit_code in (clone.pip, clone.pip_starts):
        exit_code.write_text("0", encoding="utf-8")
    assert clone.run().stdout == "ARGS []\n"
    assert (clone.calls("-m venv"), clone.calls("-m pip install")) == (1, 1)


@pytestmark_sh
def test_a_package_that_is_missing_is_brought_back_at_the_next_start(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    clone.run()
    stamp = clone.folder / ".venv" / "requirements.done"
    stamp.write_text(stamp.read_text(encoding="utf-8") + "numpy==2.0\tlib/no/numpy.py\n", encoding="utf-8")
    assert clone.run().stdout == "ARGS []\n"
    assert (clone.calls("-m pip install"), clone.calls("--force-reinstall --no-deps")) == (2, 1)
    assert clone.run().stderr == ""


@pytestmark_sh
def test_another_python_can_be_named(tmp_path: Path) -> None:
    clone = Clone(tmp_path, names=("my-python",))
    assert clone.run().returncode == 1
    assert clone.run(AVATAR_PYTHON=str(clone.bin / "my-python")).returncode == 7


@pytestmark_sh
def test_a_link_to_the_launcher_starts_the_program_of_its_own_folder(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    desktop = tmp_path / "Escritorio"
    desktop.mkdir()
    (desktop / "beside.sh").symlink_to(Path("..") / clone.folder.name / "avatar.sh")
    (desktop / "Avatar ñ").symlink_to("beside.sh")
    for link in (desktop / "Avatar ñ", clone.folder / "avatar.sh"):
        done = clone.run("status", program=link)
        assert done.stdout == "ARGS ['status']\n", done.stderr
        assert sorted(path.name for path in desktop.iterdir()) == ["Avatar ñ", "beside.sh"]


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
    for label in ("try", "say", "failed", "not_installed"):
        before = next(line for line in reversed(lines[: lines.index(f":{label}")]) if line.strip())
        assert before.startswith(("exit /b", "goto :")), label


def test_paths_are_quoted_and_blocks_balanced_in_the_batch_file() -> None:
    for line in bat_lines():
        if line.startswith(("rem ", "set ")):
            continue
        assert line.count('"') % 2 == 0, line
        outside = re.sub(r'"[^"]*"', "", line)
        assert not re.search(r"%(PYTHON|HERE|VENV|STAMP|MADE|PACKAGES)%", outside), line
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


def test_the_python_inside_the_batch_file_works() -> None:
    variables = dict(re.findall(r'^set "(\w+)=(.*)"\r?$', BAT.read_bytes().decode("ascii"), re.MULTILINE))
    code = variables["SUITS"]
    assert "%" not in code and '"' not in code and "!" not in code
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


# --- the packages ----------------------------------------------------------------------------------------------------


class Environment:
    """A virtual environment with packages that are only files, and what scripts/packages.py says of it."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder / "venv", with_pip=False)
        self.python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        (self.site,) = [path for path in (folder / "venv").rglob("site-packages") if path.parent.name != "lib64"]
        self.requirements, self.stamp = folder / "requirements.txt", folder / "venv" / "requirements.done"
        self.requirements.write_text("one\n", encoding="utf-8")

    def add(self, name: str) -> None:
        about = self.site / f"{name}-1.0.dist-info"
        for path, text in ((self.site / name / "__init__.py", ""), (about / "METADATA", f"Name: {name}\nVersion: 1.0\n")):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        record = f"{name}/__init__.py,,\n{about.name}/METADATA,,\n{about.name}/RECORD,,\n../../../bin/{name},,\n"
        (about / "RECORD").write_text(record, encoding="utf-8")

    def ask(self, *words: str) -> int:
        command = [str(self.python), "-I", str(ROOT / "scripts" / "packages.py"), str(self.requirements), str(self.stamp)]
        done = subprocess.run([*command, *words], check=False, timeout=60, capture_output=True, encoding="utf-8")
        assert not done.stderr
        return done.returncode

    @property
    def broken(self) -> str:
        path = self.stamp.with_name("requirements.done.broken")
        return path.read_text(encoding="utf-8") if path.exists() else ""


def test_a_package_that_is_gone_is_named_for_pip_whatever_pip_believes(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    environment.add("one")
    environment.add("needed_by_one")
    assert environment.ask() == 1 and environment.broken == ""  # nothing noted: the whole list
    assert environment.ask("--done") == 0
    assert environment.ask() == 0
    shutil.rmtree(environment.site / "needed_by_one")  # its metadata stay
    assert environment.ask() == 1 and environment.broken == "needed_by_one==1.0\n"
    environment.add("needed_by_one")
    assert environment.ask() == 0 and environment.broken == ""
    for path in environment.site.glob("one*"):
        shutil.rmtree(path)
    assert environment.ask() == 1 and environment.broken == "one==1.0\n"


def test_other_requirements_or_a_damaged_stamp_are_another_installation(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    environment.ask("--done")
    environment.requirements.write_text("two\n", encoding="utf-8")
    assert environment.ask() == 1
    environment.ask("--done")
    assert environment.ask() == 0
    for content in (b"", b"\xff\xfe", b"abc\n"):
        environment.stamp.write_bytes(content)
        assert environment.ask() == 1
