"""avatar.sh makes real environments from tiny packages, without a network; avatar.bat is held to its structure."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from scripts import first_start
from tests.places import ROOT

BAT = ROOT / "avatar.bat"
PROGRAM = "import sys; print('ARGS', sys.argv[1:]); sys.exit(7)"


def make_wheel(folder: Path, name: str) -> None:
    """Write a package that holds one empty module."""
    about = f"{name}-1.0.dist-info"
    files = {f"{name}.py": "", f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
             f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}  # fmt: skip
    files[f"{about}/RECORD"] = "".join(f"{path},,\n" for path in (*files, f"{about}/RECORD"))
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


class Clone:
    """A fresh clone in a folder with blanks and a folder of packages, and a PATH that holds hardly more than Python."""

    def __init__(self, folder: Path, names: Sequence[str] = ("python3.12",)) -> None:
        self.folder = folder / "mi clon ñ"
        (self.folder / "avatar").mkdir(parents=True)
        for name in ("avatar.sh", "avatar.bat"):
            shutil.copy(ROOT / name, self.folder)
        for name in ("scripts", "avatar/texts", "avatar/trainer"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        (self.folder / "avatar" / "__init__.py").touch()
        (self.folder / "avatar_pipeline.py").write_text(PROGRAM, encoding="utf-8")
        self.need("one")
        make_wheel(self.folder / "wheels", "one")
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in names:
            self.stand_in(name, f'exec "{sys.executable}" "$@"')
        for tool in ("sh", "dirname", "readlink"):
            (self.bin / tool).symlink_to(str(shutil.which(tool)))

    def need(self, *names: str) -> None:
        (self.folder / "requirements.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")

    def stand_in(self, name: str, script: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def environment(self, **more: str) -> dict[str, str]:
        return {"PATH": str(self.bin), "PYTHONDONTWRITEBYTECODE": "1", **more}

    def run(self, *arguments: str, start: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(start or self.folder / "avatar.sh"), *arguments], env=self.environment(**environment), capture_output=True,
            encoding="utf-8", timeout=240, cwd="/", check=False,
        )  # fmt: skip

    def log(self) -> str:
        return (self.folder / "logs" / "install.log").read_text(encoding="utf-8")

    @property
    def python(self) -> Path:
        return self.folder / ".venv" / "bin" / "python"

    @property
    def site(self) -> Path:
        (found,) = (self.folder / ".venv").glob("lib/python*/site-packages")
        return found


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone after its first start."""
    clone = Clone(tmp_path_factory.mktemp("started"))
    assert clone.run().stdout == "ARGS []\n"
    return clone


@pytest.fixture
def ready(started: Clone, tmp_path: Path) -> Clone:
    """One of one's own."""
    clone = Clone(tmp_path)
    shutil.copytree(started.folder / ".venv", clone.folder / ".venv", symlinks=True)
    return clone


on_posix = pytest.mark.skipif(os.name == "nt", reason="avatar.bat is Windows' launcher")
pytestmark = pytest.mark.slow


@on_posix
def test_the_first_start_makes_the_environment_installs_once_and_passes_arguments_and_exit_code_on(clone: Clone) -> None:
    done = clone.run("client", "new", "José Peña", "--json")
    assert done.stdout == "ARGS ['client', 'new', 'José Peña', '--json']\n"
    assert done.returncode == 7
    first, *wheels, end = done.stderr.splitlines()  # what pip says is in the log alone
    assert first == "First start: the packages are installed, once (about 2 GB of disk)."
    assert " ".join(wheels) == f"Without the internet: installed from {clone.folder / 'wheels'}."
    assert re.fullmatch(r"✓ Installed in 0:\d\d: \d+ packages\.", end)
    assert "Successfully installed one-1.0" in clone.log()
    assert (clone.site / "one.py").is_file() and not (clone.folder / ".venv" / "tmp").exists()
    again = clone.run()
    assert again.stdout == "ARGS []\n" and again.stderr == ""


@on_posix
def test_a_link_to_the_launcher_starts_the_program_of_its_own_folder(ready: Clone, tmp_path: Path) -> None:
    desktop = tmp_path / "Escritorio"
    desktop.mkdir()
    (desktop / "beside.sh").symlink_to(Path("..") / ready.folder.name / "avatar.sh")
    (desktop / "Avatar ñ").symlink_to("beside.sh")
    done = ready.run("status", start=desktop / "Avatar ñ")
    assert done.stdout == "ARGS ['status']\n", done.stderr
    assert sorted(path.name for path in desktop.iterdir()) == ["Avatar ñ", "beside.sh"]


@on_posix
def test_other_requirements_are_installed_and_a_failed_installation_is_told_with_its_log_and_repeated(ready: Clone) -> None:
    ready.need("one", "two")
    failed = ready.run(AVATAR_LANG="es")
    assert failed.returncode == 1 and failed.stdout == ""
    told = " ".join(failed.stderr.split())
    assert "falta un paquete para este Python" in told and "No matching distribution found for two" in told
    assert "Qué hacer:" in told and f"Registro: {ready.folder / 'logs' / 'install.log'}" in told
    assert "No matching distribution found for two" in ready.log()
    make_wheel(ready.folder / "wheels", "two")
    assert ready.run().stdout == "ARGS []\n"
    assert (ready.site / "two.py").is_file()


@on_posix
@pytest.mark.parametrize(
    ("language", "told"), [("es_ES.UTF-8", "Qué hacer: instala Python 3.12"), ("C", "What to do: install")]
)
def test_without_a_python_that_suits_it_says_which_one_to_install(tmp_path: Path, language: str, told: str) -> None:
    clone = Clone(tmp_path, names=())
    clone.stand_in("python3", "exit 1")  # there, but too old
    done = clone.run(LANG=language)
    assert done.returncode == 1
    assert told in done.stderr and "3.13" in done.stderr
    assert not (clone.folder / ".venv").exists()


@on_posix
def test_where_there_is_none_but_one_of_uv_that_is_taken(ready: Clone) -> None:
    (ready.bin / "python3.12").unlink()
    ready.stand_in("uv", f'[ "$1 $2" = "python find" ] && echo "{sys.executable}"')  # and does nothing else
    ready.need("one", "")
    done = ready.run()
    assert done.stdout == "ARGS []\n" and "uv did not manage; pip goes on." in done.stderr


def without_its_python(clone: Clone) -> None:
    clone.python.unlink()
    clone.python.symlink_to("/no/such/python")  # it was removed from the system


def with_a_python_that_does_not_start(clone: Clone) -> None:
    clone.python.unlink()
    clone.python.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    clone.python.chmod(0o755)


def without_pip(clone: Clone) -> None:
    shutil.rmtree(clone.site / "pip")


def for_another_python(clone: Clone) -> None:
    clone.site.parent.rename(clone.site.parent.with_name("python3.9"))  # the system's Python is a newer one since


def made_by_halves(clone: Clone) -> None:
    for mark in ("made", "requirements.done"):
        (clone.folder / ".venv" / mark).unlink()
    for file in clone.site.glob("pip-*.dist-info/*"):
        file.unlink()


def made_by_somebody_else(clone: Clone) -> None:
    for mark in ("made", "requirements.done"):
        (clone.folder / ".venv" / mark).unlink()


@on_posix
@pytest.mark.parametrize(
    ("change", "whole"),
    [
        (without_its_python, False), (with_a_python_that_does_not_start, False), (without_pip, False),
        (for_another_python, False), (made_by_halves, False), (made_by_somebody_else, True),
    ],
)  # fmt: skip
def test_an_environment_that_does_not_work_is_known(ready: Clone, change: Callable[[Clone], None], whole: bool) -> None:
    tool = first_start.Pip(first_start.Places(ready.folder), None, {})
    assert tool.whole()
    change(ready)
    assert tool.whole() is whole


@on_posix
def test_an_environment_whose_making_was_broken_off_is_made_anew_by_the_next_start(clone: Clone) -> None:
    clone.python.parent.mkdir(parents=True)  # what Ctrl+C in the first seconds left: a Python, and no pip
    clone.python.symlink_to(sys.executable)
    assert clone.run().stdout == "ARGS []\n"
    assert "-m venv --clear" in clone.log() and (clone.site / "one.py").is_file()


@on_posix
def test_a_package_that_is_missing_is_brought_back_at_the_next_start(ready: Clone) -> None:
    (ready.site / "one.py").unlink()  # its metadata stay, and pip believes them
    assert ready.run().stdout == "ARGS []\n"
    assert (ready.site / "one.py").is_file() and "--force-reinstall --no-deps" in ready.log()
    assert ready.run().stderr == ""


@on_posix
def test_another_python_can_be_named(ready: Clone) -> None:
    (ready.bin / "python3.12").rename(ready.bin / "my-python")
    ready.need("one", "")
    assert ready.run().returncode == 1
    assert ready.run(AVATAR_PYTHON=str(ready.bin / "my-python")).returncode == 7


@on_posix
def test_uv_does_the_work_where_it_is_there(clone: Clone) -> None:
    lines = [
        f'echo "$*" >>"{clone.bin}/calls"', 'for last; do :; done',
        f'[ "$1" = venv ] && exec "{sys.executable}" -m venv --without-pip "$last"',
        f'exec "{sys.executable}" -m pip --python "$4" install "$@" --quiet',
    ]  # fmt: skip
    clone.stand_in("uv", "\n".join(lines).replace('"$@" --quiet', '--no-index --find-links "$7" -r "$9"'))
    assert clone.run().stdout == "ARGS []\n"
    calls = (clone.bin / "calls").read_text(encoding="utf-8").splitlines()
    wheels, python = clone.folder / "wheels", clone.python
    assert calls == [
        f"venv --python {sys.executable} {clone.folder / '.venv'}",
        f"pip install --python {python} --no-index --find-links {wheels} -r {clone.folder / 'requirements.txt'}",
    ]
    assert (clone.site / "one.py").is_file() and clone.run().stderr == ""


@on_posix
@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not installed")
def test_the_real_uv_does_it_too(clone: Clone) -> None:
    (clone.bin / "uv").symlink_to(str(shutil.which("uv")))
    done = clone.run()
    assert done.stdout == "ARGS []\n" and "did not manage" not in done.stderr
    assert "-m pip" not in clone.log() and (clone.site / "one.py").is_file()


def _hears_ctrl_c() -> None:
    """Take Ctrl+C in a child although it is ignored where the tests run in the background of a shell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@on_posix
def test_broken_off_it_says_so_and_the_next_start_does_the_rest(clone: Clone) -> None:
    begun = clone.bin / "begun"
    clone.stand_in("uv", f': >"{begun}"; while :; do sleep 0.1; done')
    child = subprocess.Popen(
        [str(clone.folder / "avatar.sh")], env=clone.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        encoding="utf-8", start_new_session=True, preexec_fn=_hears_ctrl_c,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not begun.exists() and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(child.pid, signal.SIGINT)  # as the terminal does
    said, told = child.communicate(timeout=240)
    assert child.returncode in {130, -signal.SIGINT} and said == ""
    assert "Interrupted. Repeat whenever you like" in told and "Traceback" not in told
    (clone.bin / "uv").unlink()
    assert clone.run().stdout == "ARGS []\n"


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
    assert jumps | {"run", "make", "end"} == labels and jumps >= {"try", "none"}
    for label in ("try", "none"):
        before = next(line for line in reversed(lines[: lines.index(f":{label}")]) if line.strip())
        assert before.startswith(("exit /b", "goto :")), label


def test_paths_are_quoted_and_blocks_balanced_in_the_batch_file() -> None:
    for line in bat_lines():
        if line.startswith(("rem ", "set ")):
            continue
        assert line.count('"') % 2 == 0, line
        outside = re.sub(r'"[^"]*"', "", line)
        assert not re.search(r"%(PYTHON|HERE)%", outside), line
        assert not (line.startswith("    echo") and re.search("[()]", line)), line  # a bracket would end the block
    outside_all = re.sub(r'"[^"\r\n]*"|\bif not defined OWN for .*', "", "\n".join(bat_lines()))
    code = "\n".join(line for line in outside_all.split("\n") if not line.startswith("rem "))
    assert code.count("(") == code.count(")")


def test_both_starters_know_the_same_versions_and_say_the_same_in_two_languages() -> None:
    bat, sh = (path.read_text(encoding="utf-8") for path in (BAT, ROOT / "avatar.sh"))
    for text in (bat, sh):
        assert "(3, 10) <= sys.version_info[:2] <= (3, 13)" in text
        assert "No se ha encontrado Python de 3.10 a 3.13." in text and "No Python from 3.10 to 3.13 was found." in text
    assert "for %%V in (3.12 3.11 3.13 3.10)" in bat and "python3.12 python3.11 python3.13 python3.10" in sh
    assert '"%PYTHON%" "%HERE%avatar_pipeline.py" %*' in bat


def test_the_python_inside_the_batch_file_works() -> None:
    variables = dict(re.findall(r'^set "(\w+)=(.*)"\r?$', BAT.read_bytes().decode("ascii"), re.MULTILINE))
    code = variables["SUITS"]
    assert "%" not in code and '"' not in code and "!" not in code
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=240).returncode == 0


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
        done = subprocess.run([*command, *words], check=False, timeout=240, capture_output=True, encoding="utf-8")
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
