"""The commands of the installation: folders, check of the computer, trainer, language."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import config
from avatar.commands import blocks as commands_blocks
from avatar.commands import setting_change
from avatar.commands.command import Argument, Command, MenuLine
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts import translate
from avatar.texts.text import Text, worst_level

LOG = logging.getLogger("avatar_pipeline")
NOTE_CHARACTERS = 60  # [choice] of a child's line beside a bar

if TYPE_CHECKING:
    from avatar.trainer.install import SetupReport
    from utils import ProgressTracker


def setup(
    session: Session, *, trainer: bool = False, check: bool = False, repository: str | None = None,
    revision: str | None = None, torch_index: str | None = None,
) -> Result[dict[str, Any]]:  # fmt: skip
    """Create the folders and check the computer; with trainer, install sd-scripts first. check: change nothing."""
    from avatar.reports import self_check

    made: list[str] = []
    blocks: list[Text | Table | Raw] = []
    if not check:
        for folder in (session.workspace.folder, config.LOG_DIR):
            if not folder.is_dir():
                folder.mkdir(parents=True)
                made.append(str(folder))
        blocks += [Text("setup.folder_made", {"path": path}, "good") for path in made]
    report = _install_trainer(session, repository, revision, torch_index) if trainer else None
    checks = self_check.check_program(config.PROGRAM_DIR, session.workspace.folder, session.settings().trainer)
    worst = worst_level(checks)
    blocks.append(commands_blocks.findings_table(checks, "setup.check_title"))
    blocks.append(Text(f"setup.verdict.{worst}", {}, commands_blocks.LEVEL_STYLE[worst]))
    value = {"folders_made": made, "checks": checks, "verdict": worst, "trainer": report}
    error = Text("setup.blocked_error", {}) if worst == "blocked" else None
    warnings = list(report.notes) if report is not None else []
    return Result(value, blocks, warnings, error=error)


def machine_verdict(session: Session) -> Text:
    """Return one sentence on whether this computer can do the work; a missing trainer only needs attention."""
    from avatar.reports import self_check

    checks = self_check.check_program(config.PROGRAM_DIR, session.workspace.folder, session.settings().trainer)
    return Text(f"guided.machine.{worst_level(checks)}")


def _install_trainer(
    session: Session, repository: str | None, revision: str | None, torch_index: str | None
) -> SetupReport:  # fmt: skip
    import dataclasses

    from avatar.trainer import install, location

    trainer = session.settings().trainer
    trainer = dataclasses.replace(
        trainer, repository=repository or trainer.repository, revision=revision or trainer.revision,
        torch_index=torch_index or trainer.torch_index,
    )  # fmt: skip
    with session.progress("progress.setup", "unit.parts") as bar:  # gigabytes are fetched: a silent program seems dead
        shown = _Shown(session, bar)
        return install.install(
            trainer, location.trainer_folder(trainer), on_line=shown.line, on_step=shown.step, cancel=threading.Event()
        )


class _Shown:
    """An installation on the screen: its steps as lines, what git and pip say as the note of a bar; the log has it whole."""

    def __init__(self, session: Session, bar: ProgressTracker) -> None:
        self._session, self._bar = session, bar
        self._number, self._total = 1, 1

    def step(self, name: str, number: int, total: int) -> None:
        self._number, self._total = number, total
        self._bar.clear()
        self._session.say(f"setup.step.{name}", n=number, total=total)

    def line(self, line: str) -> None:
        LOG.info("%s", line)
        if line.strip():
            self._bar(self._number - 1, self._total, line.strip()[:NOTE_CHARACTERS])


def set_language(session: Session, language: str) -> Result[dict[str, str]]:
    """Use a language from now on and at the next start."""
    setting_change.change(session, None, {"language": language})
    session.language = language
    return Result({"language": language}, [Text("language.saved", {}, "good")])


def trainer_installed(session: Session) -> bool:
    """Return whether sd-scripts and its environment are completely installed where the settings say."""
    from avatar.trainer import location

    trainer = session.settings().trainer
    state = location.installed(trainer, location.trainer_folder(trainer))
    return state.has_script and state.complete


def card_found() -> bool:
    """Return whether an NVIDIA card is found."""
    from avatar.system import gpu

    return bool(gpu.cards())


COMMANDS = (
    Command(
        name="setup", run=setup, menu=(MenuLine("main", "menu.setup", options=("--trainer", "--check")),),
        arguments=(
            Argument(name="--trainer", flag=True, help="help.trainer"),
            Argument(name="--check", flag=True, help="help.check"),
            Argument(name="--repository", metavar="URL", help="help.repository"),
            Argument(name="--revision", metavar="COMMIT", help="help.revision"),
            Argument(name="--torch-index", metavar="URL", help="help.torch_index"),
        ),
    ),
    Command(
        name="language", run=set_language, menu=(MenuLine("settings", "menu.language"),),
        arguments=(Argument(name="language", choices=translate.LANGUAGES),),
    ),
)  # fmt: skip
