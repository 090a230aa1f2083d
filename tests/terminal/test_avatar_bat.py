"""avatar.bat in Wine's cmd, where Wine is installed; with a real Python for Windows from its first start to the program."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.project.test_launchers import Clone

WINE = shutil.which("wine")
WINDOWS_PYTHON = os.environ.get("AVATAR_WINDOWS_PYTHON", "")  # a python.exe of 3.10 to 3.13, with pip
pytestmark = [pytest.mark.slow, pytest.mark.skipif(WINE is None, reason="Wine is not installed")]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


class Windows:
    """A clone, and Wine's cmd to start it with."""

    def __init__(self, clone: Clone, prefix: Path) -> None:
        self.clone, self.prefix = clone, prefix

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, "LC_ALL": "C.UTF-8", "WINEPREFIX": str(self.prefix), "WINEDEBUG": "-all", **environment}
        return subprocess.run(
            [str(WINE), "cmd", "/c", "call", on_windows(self.clone.folder / "avatar.bat"), *arguments], env=variables, input="",
            capture_output=True, encoding="cp1252", errors="replace", timeout=280, check=False, cwd=self.clone.bin,
        )  # fmt: skip


def on_windows(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh Windows in Wine, of a version that Python runs on."""
    folder = tmp_path_factory.mktemp("wine")
    variables = {**os.environ, "WINEPREFIX": str(folder), "WINEDEBUG": "-all"}
    subprocess.run([str(WINE), "winecfg", "-v", "win10"], env=variables, capture_output=True, timeout=280, check=False)
    return folder


def test_windows_without_python_is_told_which_one_to_install(clone: Clone, prefix: Path) -> None:
    for language, told in (("es", "Que hacer: instala Python 3.12"), ("en", "What to do: install Python")):
        done = Windows(clone, prefix).run("status", AVATAR_LANG=language)
        assert done.returncode == 1 and told in done.stdout, done
        assert len(done.stdout.splitlines()) == 2 and done.stderr == "", done


def test_a_python_that_is_a_batch_file_is_called_and_its_failure_passed_on(clone: Clone, prefix: Path) -> None:
    shim = clone.folder.parent / "python.bat"  # as pyenv for Windows has it
    shim.write_text('@echo off\r\nif "%~2"=="-c" exit /b 0\r\necho CALLED %~2\r\nexit /b 130\r\n', encoding="ascii")
    done = Windows(clone, prefix).run("status", AVATAR_PYTHON=on_windows(shim))
    assert done.returncode != 0 and "ARGS" not in done.stdout, done  # which code it was, Wine forgets
    assert f"CALLED {on_windows(clone.folder)}\\scripts\\first_start.py" in done.stdout


@pytest.mark.skipif(not WINDOWS_PYTHON, reason="AVATAR_WINDOWS_PYTHON names no python.exe")
def test_windows_starts_the_program_after_its_first_start(clone: Clone, prefix: Path) -> None:
    windows = Windows(clone, prefix)
    done = windows.run("client", "new", "José Peña", AVATAR_PYTHON=on_windows(Path(WINDOWS_PYTHON)), AVATAR_LANG="en")
    assert "ARGS ['client', 'new', 'José Peña']" in done.stdout, done
    assert done.returncode != 0 and "Installed in" in done.stderr  # which code it was, Wine forgets
    assert (clone.folder / ".venv" / "Lib" / "site-packages" / "one.py").is_file()
    again = windows.run("status", AVATAR_LANG="en")
    assert "ARGS ['status']" in again.stdout and again.stderr == "" and again.returncode != 0
