"""Every command that a text, a README or a document shows: understood, and no traceback whatever Python starts it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import pytest

from avatar.commands.all_commands import COMMANDS
from avatar.system import program
from avatar.terminal import command_line
from avatar.terminal.parser import build_parser
from avatar.workspace.workspace import Workspace
from tests import told_commands
from tests.places import ROOT

IN_DOCUMENTS = told_commands.in_documents()
PARSER = build_parser("en")
WORDS = sorted({tuple(command.name.split()) for command in COMMANDS} | {()})
on_posix = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are POSIX")


# --- understood ------------------------------------------------------------------------------------------------------


def test_the_readmes_and_docs_show_many_commands() -> None:
    assert len(IN_DOCUMENTS) >= 40
    assert {name for name, _ in IN_DOCUMENTS} >= {"README.md", "README.es.md", "COMMANDS.md", "COMMANDS.es.md"}


@pytest.mark.parametrize(("name", "command"), IN_DOCUMENTS)
def test_a_command_that_a_document_shows_is_understood(name: str, command: str) -> None:
    if re.search(r"[\[\]|…]", command):  # how a command is written, not one: COMMANDS.md is made from the parser
        return
    words = told_commands.as_typed(command)
    assert PARSER.parse_args(words).command is not None or words == [], name


# --- a Python without the packages -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has no packages at all."""
    folder = tmp_path_factory.mktemp("bare") / "una carpeta ñ"
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def at_a_terminal(command: Sequence[str], cwd: Path) -> tuple[int, str]:
    """Return the exit code of a command, and what it shows at a pseudo-terminal where nobody types."""
    import pty

    own, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8", "HOME": os.environ["HOME"]}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=environment) as child:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(own, 65536)
            except OSError:  # Linux tells so that the child has ended
                break
            if not part:
                break
            shown += part
        code = child.wait(timeout=240)
    os.close(own)
    return code, shown.decode("utf-8", "replace")


@on_posix
@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_python_without_the_packages_says_so_and_how_to_start_instead(words: tuple[str, ...], bare_python: Path) -> None:
    code, shown = at_a_terminal([str(bare_python), "avatar_pipeline.py", *words], ROOT)
    assert code == 1, shown
    assert "Traceback" not in shown and "Error" not in shown
    assert "Python packages are missing" in shown and "What to do" in shown
    assert " ".join(["./avatar.sh", *words]) in shown.replace("\r\n", " ")


@on_posix
def test_from_another_folder_it_tells_the_launcher_by_its_place(bare_python: Path, tmp_path: Path) -> None:
    code, shown = at_a_terminal([str(bare_python), str(ROOT / "avatar_pipeline.py"), "status", "ana"], tmp_path)
    assert code == 1
    assert f"{ROOT / 'avatar.sh'} status ana" in shown.replace("\r\n", "")


def test_without_the_packages_json_stays_json(bare_python: Path, tmp_path: Path) -> None:
    command = [str(bare_python), str(ROOT / "avatar_pipeline.py"), "status", "--json", "--lang", "es"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=240, check=False, cwd=tmp_path)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["ok"], answer["error"]["key"]) == (1, False, "system.packages_missing")
    assert "Faltan paquetes" in answer["error"]["message"] and done.stderr == ""


# --- one package that is gone ----------------------------------------------------------------------------------------


def test_a_package_that_an_import_misses_is_named_but_no_module_of_ours_or_of_python() -> None:
    assert program.package_of(ModuleNotFoundError("No module named 'cv2.dnn'", name="cv2.dnn")) == "cv2"
    assert program.package_of(ImportError("DLL load failed", name="rawpy._rawpy")) == "rawpy"
    for ours in ("avatar.commands.nothing", "config", "lora_trainer", "json.nothing", None):
        assert program.package_of(ImportError(name=ours)) == ""


def test_a_broken_package_is_installed_again_a_missing_one_with_the_list() -> None:
    broken = str(program.packages_missing(["cv2"], []).values["install"])
    assert broken.endswith("-m pip install --force-reinstall --no-deps opencv-python-headless")
    missing = str(program.packages_missing(["nothing_of_that_name"], []).values["install"])
    assert shlex.split(missing)[-2:] == ["-r", str(ROOT / "requirements.txt")]


def test_a_command_that_misses_a_package_says_so_with_the_command_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def fail() -> None:
        raise ModuleNotFoundError("No module named 'exifread'", name="exifread")

    monkeypatch.setattr("avatar.commands.clients.tidy", lambda session, asked_for: fail())
    assert command_line.main(["--clients-dir", str(tmp_path), "status", "--lang", "en"]) == 1
    told = capsys.readouterr().err
    assert "exifread" in told and "./avatar.sh --clients-dir" in told and "Traceback" not in told


# --- the line that commands are told with ----------------------------------------------------------------------------


def test_a_python_that_the_shell_does_not_find_is_told_by_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "mi entorno" / "bin" / "python"
    own.parent.mkdir(parents=True)
    shutil.copy(shutil.which("true") or "/bin/true", own)
    monkeypatch.setattr(sys, "executable", str(own))
    monkeypatch.setattr(sys, "prefix", str(own.parents[1]))
    monkeypatch.chdir(ROOT)
    assert shlex.split(program.start_line()) == [str(own), "avatar_pipeline.py"]
    monkeypatch.setenv("PATH", str(own.parent))
    assert program.start_line() == "python avatar_pipeline.py"
    monkeypatch.chdir(tmp_path)
    assert shlex.split(program.start_line()) == ["python", str(ROOT / "avatar_pipeline.py")]


@on_posix
def test_the_line_that_is_told_starts_the_program_from_any_folder(tmp_path: Path) -> None:
    for folder in (ROOT, tmp_path):
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from avatar.system import program; print(program.start_line())"
        line = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, capture_output=True, encoding="utf-8", check=True, timeout=240
        ).stdout.strip()
        done = subprocess.run(
            ["sh", "-c", f"{line} --clients-dir {shlex.quote(str(tmp_path / 'none'))} client list --json"],
            cwd=folder, capture_output=True, encoding="utf-8", check=False, timeout=240,
        )  # fmt: skip
        assert json.loads(done.stdout)["ok"], done.stderr


@on_posix
@pytest.mark.parametrize("words", ["status", "client list", "queue list", "--help"])
def test_a_reader_that_has_had_enough_ends_a_command_without_a_word(words: str, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "clients")
    for number in range(40):
        workspace.create(f"c{number}", trigger_word="ohwx", class_word="woman")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "avatar_pipeline.py", "--clients-dir", str(workspace.folder), *words.split()]
    done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, encoding="utf-8", timeout=240, check=False)
    os.close(writing)
    assert done.stderr == ""


def test_a_reader_that_has_had_enough_leaves_no_traceback_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    def broken(session: object, asked_for: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("avatar.commands.clients.tidy", broken)
    assert command_line.main(["--clients-dir", str(tmp_path), "status"]) == 1
    assert [record for record in caplog.records if record.exc_info] == []
