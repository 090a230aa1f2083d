"""The first start: makes .venv beside the program, installs requirements.txt into it, mends both. Standard library only.

avatar.sh and avatar.bat run it, with a Python from 3.10 to 3.13, where scripts/packages.py says that something is missing.
uv does the work where it is on PATH, else venv and pip; what they say is in logs/install.log, and one line on the screen shows
how far they are. AVATAR_WHEELS, or a folder wheels/ beside the program: packages come from there, without the internet.
"""

from __future__ import annotations

import abc
import contextlib
import os
import queue
import re
import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # -I leaves it out

from avatar.texts import translate
from avatar.texts.text import PipelineError
from avatar.trainer import install_failures
from scripts.install_progress import DOWNLOAD_MB, Progress, clock, size_of

PYTHONS = ((3, 10), (3, 13))
DISK_GB = 2.0  # [measured] .venv on Linux with Python 3.11
NEEDED_GB = 3.0  # with the downloads, which are unpacked before they go
COLUMNS = 80
MOST_SAID = 160  # [choice] letters of what pip says of a failure; the log has it all
TOLD = {"space", "proxy", "network", "python", "locked"}  # of install_failures: with a text of their own here
# What pip is configured with, as uv calls it.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS", "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE", "proxy": "ALL_PROXY", "trusted-host": "UV_INSECURE_HOST", "constraint": "UV_CONSTRAINT",
}  # fmt: skip


@dataclass(frozen=True)
class Places:
    """Where everything lies."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def site(self) -> Path:
        return next(self.venv.glob("lib/python*/site-packages"), self.venv / "Lib" / "site-packages")

    @property
    def requirements(self) -> Path:
        return self.root / "requirements.txt"

    @property
    def stamp(self) -> Path:
        """What scripts/packages.py noted when all was installed."""
        return self.venv / "requirements.done"

    @property
    def broken(self) -> Path:
        """What scripts/packages.py found gone since, as requirements."""
        return self.venv / "requirements.done.broken"

    @property
    def made(self) -> Path:
        """There only where the environment was made to its end."""
        return self.venv / "made"

    @property
    def cache(self) -> Path:
        """Where pip downloads to: the disk whose space was looked at, not a small /tmp."""
        return self.venv / "tmp"

    @property
    def log(self) -> Path:
        return self.root / "logs" / "install.log"


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    screen = Screen(sys.stderr, os.environ.get("AVATAR_LANG", "")[:2].lower() or translate.system_language())
    try:
        prepare(Places(ROOT), screen, os.environ)
    except PipelineError as error:
        screen.say(error.key, **error.values)
        return 1
    except KeyboardInterrupt:
        screen.say("start.interrupted")
        return 130
    return 0


def prepare(places: Places, screen: Screen, environment: Mapping[str, str]) -> None:
    """Bring .venv to what requirements.txt asks for. Raises PipelineError("start.…") and KeyboardInterrupt."""
    wheels = wheels_folder(places.root, environment)
    with held(places):
        places.log.unlink(missing_ok=True)
        check_space(places)
        _announce(places, screen, wheels)
        uv = shutil.which("uv", path=environment.get("PATH"))
        tools: list[Tool] = [Uv(places, uv, wheels, environment)] if uv else []
        tools.append(Pip(places, wheels, environment))
        for tool in tools:
            try:
                install(tool, screen)
            except PipelineError:
                if tool is tools[-1]:
                    raise
                screen.say("start.uv_failed")
            else:
                return


def _announce(places: Places, screen: Screen, wheels: Path | None) -> None:
    first = not places.stamp.exists()
    if first:
        screen.say("start.first", disk_gb=DISK_GB)
    else:
        screen.say("start.again")
    if wheels:
        screen.say("start.wheels", path=str(wheels))
    elif first:
        screen.say("start.internet", download_mb=DOWNLOAD_MB)


# --- what is looked at before ----------------------------------------------------------------------------------------


def wheels_folder(root: Path, environment: Mapping[str, str]) -> Path | None:
    """Return the folder of wheels to install from, None for the internet. Raises PipelineError("start.no_wheels")."""
    named = environment.get("AVATAR_WHEELS", "")
    folder = Path(named).expanduser().absolute() if named else root / "wheels"
    if any(folder.glob("*.whl")):
        return folder
    if named:
        raise PipelineError("start.no_wheels", path=str(folder))
    return None


@contextlib.contextmanager
def held(places: Places) -> Iterator[None]:
    """Keep a second start out. Raises PipelineError("start.read_only"), ("start.busy")."""
    try:
        places.log.parent.mkdir(exist_ok=True)
        lock = places.log.with_name("install.lock").open("w")
    except OSError as error:
        raise PipelineError("start.read_only", path=str(places.root), detail=str(error)) from error
    with lock:
        try:
            _lock(lock)
        except OSError as error:
            raise PipelineError("start.busy", path=str(places.root)) from error
        yield


def _lock(file: IO[str]) -> None:
    """Lock a file until it is closed. Raises OSError where another program has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def check_space(places: Places) -> None:
    """Raises PipelineError("start.no_space"). What an interrupted start has installed already counts."""
    if places.stamp.exists():
        return
    free = shutil.disk_usage(places.root).free / 1e9
    there = size_of(places.site.rglob("*")) / 1e9
    if free + there < NEEDED_GB:
        raise PipelineError("start.no_space", path=str(places.root), free_gb=free, needed_gb=NEEDED_GB - there)


def suits(python: Path) -> bool:
    """Return whether an environment's Python starts, is one of PYTHONS, and the one that its packages were installed for."""
    right = f"{PYTHONS[0]} <= sys.version_info[:2] <= {PYTHONS[1]} and os.path.isdir(sysconfig.get_path('purelib'))"
    return python.exists() and _quiet([str(python), "-I", "-c", f"import os, sys, sysconfig; sys.exit(not ({right}))"])


def _quiet(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


# --- the tools -------------------------------------------------------------------------------------------------------


class Tool(abc.ABC):
    """What makes an environment and installs into it. again: its option for what it believes to be there."""

    again: str

    def __init__(self, places: Places, wheels: Path | None, environment: Mapping[str, str]) -> None:
        self.places, self.environment = places, dict(environment)
        self.source = ["--no-index", "--find-links", str(wheels)] if wheels else []

    def whole(self) -> bool:
        """Return whether the environment was made to its end, whoever made it: pip writes INSTALLER last."""
        places = self.places
        ended = places.made.exists() or places.stamp.exists() or any(places.site.glob("pip-*.dist-info/INSTALLER"))
        return ended and suits(places.python)

    @abc.abstractmethod
    def making(self) -> list[str]:
        """Return the command that makes the environment."""

    @abc.abstractmethod
    def words(self) -> list[str]:
        """Return how its command to install begins."""

    def installing(self) -> list[list[str]]:
        """Return the commands: the list, and what has gone since it was installed, which a tool may believe to be there."""
        lists = [["-r", str(self.places.requirements)]]
        if self.places.broken.exists():
            lists.append([self.again, "--no-deps", "-r", str(self.places.broken)])
        return [[*self.words(), *self.source, *words] for words in lists]


class Pip(Tool):
    """venv and pip, which come with Python."""

    again = "--force-reinstall"

    def __init__(self, places: Places, wheels: Path | None, environment: Mapping[str, str]) -> None:
        super().__init__(places, wheels, environment)
        self.environment.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(places.cache)))

    def whole(self) -> bool:
        return super().whole() and _quiet([str(self.places.python), "-I", "-m", "pip", "--version"])

    def making(self) -> list[str]:
        return [sys.executable, "-I", "-m", "venv", "--clear", str(self.places.venv)]

    def words(self) -> list[str]:
        pip = [str(self.places.python), "-I", "-m", "pip", "install"]
        return [*pip, "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]


class Uv(Tool):
    """uv, told what pip is configured with: it reads none of that itself."""

    again = "--reinstall"

    def __init__(self, places: Places, uv: str, wheels: Path | None, environment: Mapping[str, str]) -> None:
        super().__init__(places, wheels, environment)
        self.uv = uv
        self.environment = {**uv_variables(_pip_configuration()), **self.environment}

    def making(self) -> list[str]:
        shutil.rmtree(self.places.venv, ignore_errors=True)  # only newer ones know --clear
        seed = [] if self.source else ["--seed"]  # pip, which comes from the internet
        return [self.uv, "venv", *seed, "--python", sys.executable, str(self.places.venv)]

    def words(self) -> list[str]:
        return [self.uv, "pip", "install", "--python", str(self.places.python)]


def _pip_configuration() -> str:
    command = [sys.executable, "-I", "-m", "pip", "config", "list"]
    done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def uv_variables(configuration: str) -> dict[str, str]:
    """Return what `pip config list` says as uv's variables of the environment; variables of pip's (PIP_…) count most there.

    >>> uv_variables("global.index-url='https://a/simple'\\nglobal.find-links='x y'")
    {'UV_DEFAULT_INDEX': 'https://a/simple', 'UV_FIND_LINKS': 'x,y'}
    """
    found: dict[str, str] = {}
    lines = re.findall(r"^(global|install|:env:)\.([a-z-]+)='(.*)'$", configuration, re.MULTILINE)
    for _, name, value in sorted(lines, key=lambda line: line[0] == ":env:"):
        if name in UV_NAMES:
            separator = "," if name == "find-links" else " "
            found[UV_NAMES[name]] = separator.join(value.replace("\\n", " ").split())
    if "UV_INDEX" in found:
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # all indexes count alike, as for pip
    return found


# --- the work --------------------------------------------------------------------------------------------------------


def install(tool: Tool, screen: Screen) -> None:
    """Make the environment where it is not whole, and install. Raises PipelineError("start.no_…"), ("start.failed.…")."""
    places = tool.places
    if not tool.whole():
        _make(tool, screen)
    shutil.rmtree(places.cache, ignore_errors=True)
    places.cache.mkdir()
    progress = Progress(places.site, places.cache)
    for command in tool.installing():
        code, said = run(command, tool, progress.feed, lambda: screen.show(progress))
        if code != 0:
            screen.clear()
            raise failed(said, places)
    screen.clear()
    packages = [str(places.python), "-I", str(ROOT / "scripts" / "packages.py"), str(places.requirements), str(places.stamp)]
    subprocess.run([*packages, "--done"], check=True)
    shutil.rmtree(places.cache, ignore_errors=True)
    screen.say("start.done", time=clock(progress.seconds), n=sum(1 for _ in places.site.glob("*.dist-info")))


def _make(tool: Tool, screen: Screen) -> None:
    places = tool.places
    places.made.unlink(missing_ok=True)
    places.stamp.unlink(missing_ok=True)
    screen.draw("start.making")
    code, said = run(tool.making(), tool, lambda _: None, lambda: None)
    screen.clear()
    if code != 0 or not places.python.exists():
        values = {"path": str(places.venv), "detail": _last(said), "log": str(places.log)}
        without_venv = any("ensurepip" in line for line in said) and os.name != "nt"
        raise PipelineError("start.no_environment" if without_venv else "start.no_environment_here", **values)
    places.made.touch()


def failed(said: Sequence[str], places: Places) -> PipelineError:
    """Return what to tell of an installation that ended with these lines."""
    key, lines = install_failures.failure(said, "packages")
    cause = key.rpartition(".")[2]
    values = {"detail": _last(lines), "log": str(places.log)}
    return PipelineError(f"start.failed.{cause if cause in TOLD else 'other'}", **values)


def _last(lines: Sequence[str]) -> str:
    line = next((line.strip() for line in reversed(lines) if line.strip()), "-")
    return line if len(line) <= MOST_SAID else f"{line[: MOST_SAID - 1]}…"


def run(command: Sequence[str], tool: Tool, on_line: Callable[[str], None], tick: Callable[[], None]) -> tuple[int, list[str]]:
    """Run a command with its lines in the log; return its exit code and lines. A start that is broken off ends it."""
    said: list[str] = []
    with tool.places.log.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n")
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=tool.environment,
                encoding="utf-8", errors="replace", cwd=tool.places.root,
            )  # fmt: skip
        except OSError as error:
            return 1, [str(error)]
        with child:
            try:
                for line in lines_of(child, tick):
                    said.append(line)
                    log.write(line)
                    on_line(line)
            except BaseException:
                child.terminate()
                raise
    return child.returncode, said


def lines_of(child: subprocess.Popen[str], tick: Callable[[], None]) -> Iterator[str]:
    """Yield a child's lines as they come; tick is called a few times a second meanwhile."""
    assert child.stdout is not None  # noqa: S101  # it is a pipe
    lines: queue.Queue[str | None] = queue.Queue()
    source = child.stdout

    def read() -> None:
        with contextlib.suppress(ValueError):  # closed by Ctrl+C while it was read
            for line in source:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=0.25)
        except queue.Empty:
            tick()
            continue
        if line is None:
            return
        yield line


# --- the screen ------------------------------------------------------------------------------------------------------


class Screen:
    """Sentences on standard error, and below them one line that changes; the line on terminals alone."""

    def __init__(self, stream: IO[str], language: str) -> None:
        self.stream, self.language = stream, language if language in translate.LANGUAGES else "en"
        self.live, self.shown = stream.isatty(), False

    def say(self, key: str, **values: object) -> None:
        self.clear()
        for paragraph in translate.text(key, self.language, **values).split("\n"):
            words = textwrap.fill(paragraph, COLUMNS, break_long_words=False, break_on_hyphens=False)
            self.stream.write(words + "\n")
        self.stream.flush()

    def draw(self, key: str, **values: object) -> None:
        """Write the line that changes."""
        if not self.live:
            return
        width = min(COLUMNS, shutil.get_terminal_size().columns) - 1
        self.stream.write("\r" + translate.text(key, self.language, **values)[:width].ljust(width))
        self.stream.flush()
        self.shown = True

    def clear(self) -> None:
        if self.shown:
            width = min(COLUMNS, shutil.get_terminal_size().columns) - 1
            self.stream.write("\r" + " " * width + "\r")
            self.stream.flush()
            self.shown = False

    def show(self, progress: Progress) -> None:
        """Draw how far an installation is."""
        if not self.live:
            return
        key, values, part = _state(progress)
        left = progress.left_s(part)
        if left is not None:
            self.draw("start.left", state=translate.text(key, self.language, **values), left=clock(left))
        else:
            self.draw(key, **values)


def _state(progress: Progress) -> tuple[str, dict[str, object], float]:
    """Return the text of the line, its values, and how much of the phase is done, from 0 to 1."""
    time = clock(progress.seconds)
    if progress.phase == "look":
        return "start.looking", {"time": time}, 0.0
    if progress.phase == "fetch":
        done = progress.done_mb
        total = max(DOWNLOAD_MB, done)
        return "start.fetching", {"done_mb": done, "total_mb": total, "time": time}, done / total
    values = {"n": len(progress.installed()), "total": len(progress.names), "time": time}
    return "start.installing", values, progress.installed_part()


if __name__ == "__main__":
    sys.exit(main())
