"""One installation of the trainer under way: what it works with, what it remembers, and how its git and pip are run."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import utils
from avatar.system import child
from avatar.system.child import RunResult
from avatar.texts.text import PipelineError, Text
from avatar.texts.visible import without_password
from avatar.trainer import install_failures, location
from avatar.trainer import options as trainer_options
from config import TrainerConfig

if TYPE_CHECKING:
    from avatar.system.gpu import Card

LOG_FILE = ".avatar_setup.log"

# A download that lies damaged in pip's cache is taken from there again and again; old pips keep a whole one in memory for it.
_BAD_CACHE = re.compile(r"DO NOT MATCH THE HASHES|^MemoryError")


OnLine = Callable[[str], None]


class Runner(Protocol):
    """`child.run_streaming`, or a substitute in tests."""

    def __call__(
        self, command: Sequence[str], *, on_line: OnLine, cancel: threading.Event | None = None, cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> RunResult: ...  # fmt: skip


Verify = Callable[[Path, Path], trainer_options.OptionTable]


@dataclass
class InstallRun:
    """One installation under way."""

    trainer: TrainerConfig
    folder: Path
    runner: Runner
    on_line: OnLine
    cancel: threading.Event
    cards: Sequence[Card]
    verify: Verify
    has_pip: Callable[[Path], bool]
    state: dict[str, Any]
    own_index: Callable[[Path], str]
    steps: Sequence[str]  # names of all steps, in order
    step: str = ""
    index: str = ""  # of PyTorch's wheels, once it is known
    table: trainer_options.OptionTable | None = None
    notes: list[Text] = field(default_factory=list)

    @property
    def repository(self) -> str:
        """The address of the clone as it may be told."""
        return without_password(self.trainer.repository)

    @property
    def venv_python(self) -> Path:
        return location.venv_python(self.folder / "venv")

    @property
    def python(self) -> Path:
        return location.trainer_python(self.trainer, self.folder)


def remember(run: InstallRun, name: str) -> None:
    if name not in run.state["done"]:
        run.state["done"].append(name)
    utils.write_json(run.folder / location.STATE_FILE, run.state)


def forget(run: InstallRun, name: str) -> None:
    """Before a step is done anew, it and what was built on it count as not done."""
    before = run.steps[: run.steps.index(name)]
    run.state["done"] = [other for other in before if other in run.state["done"]]
    utils.write_json(run.folder / location.STATE_FILE, run.state)


def call(run: InstallRun, command: Sequence[str], *, cwd: Path | None = None, may_fail: bool = False) -> RunResult:
    """Run one command; every line goes to the screen and to the log in the trainer's folder.

    Raises PipelineError("setup.step_failed") or what fits better with the last lines, ("setup.no_git"), and KeyboardInterrupt.
    """
    environment = child.child_environment(
        {"GIT_TERMINAL_PROMPT": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "LANGUAGE": "en"}  # git's words are looked for
    )
    log = run.folder / LOG_FILE
    with log.open("a", encoding="utf-8", errors="replace") as handle:
        handle.write(f"$ {without_password(' '.join(command))}\n")

        def said(line: str) -> None:
            line = without_password(line)
            handle.write(line + "\n")
            run.on_line(line)

        try:
            result = run.runner(command, on_line=said, cancel=run.cancel, cwd=cwd, environment=environment)
        except OSError as error:
            if command[0] == "git":
                raise PipelineError("setup.no_git", detail=str(error)) from error
            raise PipelineError("setup.step_failed", step=run.step, detail=str(error), log=str(log)) from error
    if result.cancelled or run.cancel.is_set():
        raise KeyboardInterrupt
    if result.code != 0 and not may_fail:
        _refuse(run, result)
    return result


def _refuse(run: InstallRun, result: RunResult) -> NoReturn:
    key, said = install_failures.failure(result.tail, run.step)
    lines = ["".join(c for c in without_password(line) if c.isprintable()).strip() for line in said]
    detail = " / ".join(line for line in lines if line) or f"exit {result.code}"
    raise PipelineError(
        key, step=run.step, detail=detail[:600], log=str(run.folder / LOG_FILE), path=str(run.folder), index=run.index
    )  # fmt: skip


def pip(run: InstallRun, *words: str, cwd: Path | None = None) -> None:
    """Install with pip; a second time without its cache, where that is to blame."""
    install = [str(run.venv_python), "-m", "pip", "install", "--progress-bar", "off"]
    for cache in ([], ["--no-cache-dir"]):
        result = call(run, [*install, *cache, *words], cwd=cwd, may_fail=not cache)
        if result.code == 0:
            return
        if not any(_BAD_CACHE.search(line) for line in result.tail):
            _refuse(run, result)
