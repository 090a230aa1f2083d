"""A session: language, clients folder, chosen client, and the functions that show and ask."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import config
import utils
from avatar.commands.result import Raw, Result, Table
from avatar.system import program, shortage
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace import settings as workspace_settings
from avatar.workspace.client import Client
from avatar.workspace.removed import Removal
from avatar.workspace.workspace import Workspace
from config import Settings

LOG = logging.getLogger("avatar_pipeline")
BUG = "command.bug"


class Ui(Protocol):
    """Interface of screen and keyboard; in tests the answers come from a list."""

    interactive: bool
    told_as: translate.ToldAs | None  # how a command that is told is shown: inside the menus as the line that does it

    @property
    def edits(self) -> bool:
        """Whether a line can begin with a text that is changed in place."""
        ...

    def room(self) -> int:
        """Return how many rows of the screen are free below what was shown since the last answer; many in a pipe."""
        ...

    def ask(self, prompt: str, *, path: bool = False, over: threading.Event | None = None, edit: str = "") -> str:
        """Show prompt and return the line typed. Raises EOFError at the end of input and as soon as over is set.

        edit  stands on the line already, to be changed, where the terminal `edits`
        """
        ...

    def show(self, block: Text | Table | Raw, language: str) -> None: ...


class Once:
    """Tells each text once, from any thread: back ends and trainings say the same again and again.

    again  of which texts each one is told
    """

    def __init__(self, again: Callable[[Text], bool] = lambda told: False) -> None:
        self._again, self._lock = again, threading.Lock()
        self._told: set[str] = set()

    def tell(self, told: Text, show: Callable[[Text], object]) -> None:
        with self._lock:
            if str(told) not in self._told or self._again(told):
                self._told.add(str(told))
                show(told)


@dataclass(frozen=True)
class Serving:
    """A dashboard that runs. own: in this process; alone: its process does nothing else, and it does not end with a menu."""

    address: str
    pid: int
    own: bool
    alone: bool = False

    def of_client(self, client_id: str, page: str = "") -> str:
        """Return the address of a client's page."""
        return f"{self.address}client/{client_id}/{page}" if client_id else self.address


class Pages(Protocol):
    """The dashboard, which is above the commands: `avatar_pipeline.py` hands it over."""

    def start(self, session: Session, *, port: int | None = None, alone: bool = False) -> Serving:
        """Return the one that runs, or start it; alone: this process does nothing else. Raises PipelineError."""
        ...

    def find(self, session: Session) -> Serving | None: ...

    def stop(self, session: Session) -> bool: ...

    def wait(self, session: Session) -> None:
        """Wait until the one of this process is stopped."""
        ...

    def open(self, session: Session, serving: Serving, client_id: str, page: str = "") -> bool:
        """Open it in a browser; False where there is none."""
        ...


@dataclass
class Session:
    """One user's session with the program."""

    ui: Ui
    language: str = "en"
    workspace: Workspace = field(default_factory=lambda: Workspace(config.CLIENTS_DIR))
    config_file: Path = field(default_factory=lambda: config.CONFIG_FILE)
    client: Client | None = None
    quiet: bool = False  # no progress bars
    plain: bool = False  # for screen readers: progress as lines, not as a bar that moves
    details: bool = False  # show what few want to see (Result.more) at once
    at: str = ""  # the line of the menus that is being done: "import_real", in the guided setup too
    checked: object = None  # the plan that a check found ready: what comes next is the training
    in_menus: bool = False  # details are shown on the answer "+" there, not by an option
    hidden: tuple[Text | Table | Raw, ...] = ()  # the details of what was shown last
    done: bool = False  # something was carried out, or begun, since a line of a menu was opened
    log_file: Path | None = None
    resumed_removals: dict[Path, list[Removal]] = field(default_factory=dict)  # client's folder -> completed at the start
    last_paths: dict[str, str] = field(default_factory=dict)  # question -> last answer, offered again
    pages: Pages | None = None  # the dashboard, where the program has one

    def text(self, key: str, **values: object) -> str:
        return translate.words(Text(key, values), self.language)

    def say(self, key: str, *, style: str = "plain", **values: object) -> None:
        self.ui.show(Text(key, values, style), self.language)

    def show(self, result: Result[Any], *, did: bool = True) -> None:
        """Draw a result: its warnings last, where they are seen. The commands that it tells are those of its client.

        did  False: it only tells how things stand, before a question
        """
        self.done = self.done or (did and result.value is not None)
        with translate.about(result.client):
            for block in [*result.blocks, *(result.more if self.details else ())]:
                self.ui.show(block, self.language)
            for warning in result.warnings:
                self.ui.show(dataclasses.replace(warning, style="warn"), self.language)
            if result.error is not None and not result.error_told:
                self.ui.show(dataclasses.replace(result.error, style="bad"), self.language)
            self.hidden = () if self.details else tuple(result.more)
            if self.hidden:
                self.say("command.more_in_menus" if self.in_menus else "command.more")

    def show_hidden(self) -> None:
        """Draw the details of what was shown last."""
        with translate.about(self.client.client_id if self.client else None):
            for block in self.hidden:
                self.ui.show(block, self.language)

    def show_error(self, error: PipelineError) -> None:
        """Draw an error in a menu: the commands that it tells are those of the selected client."""
        with translate.about(self.client.client_id if self.client else None):
            self.ui.show(dataclasses.replace(error.text, style="bad"), self.language)

    def settings(self, client: Client | None = None) -> Settings:
        """Return the settings in force, for client where one is given."""
        return workspace_settings.load_settings(self.config_file, client.info().settings if client else None)

    def need_client(self, client_id: str | None = None) -> Client:
        """Return the named client, else the selected one; a selected client that no longer exists is deselected.

        Raises PipelineError("client.none_chosen") and ("client.unknown").
        """
        if client_id:
            return self.workspace.client(client_id)
        if self.client is None:
            raise PipelineError("client.none_chosen")
        if not self.client.info_file.is_file():  # deleted or renamed in another window, or by hand
            lost, self.client = self.client.client_id, None
            self.client = self.workspace.client(lost)
        return self.client

    def program_line(self) -> str:
        """Return the command that starts the program on this clients folder, in the folder that is current."""
        folder = self.workspace.folder.absolute()
        return program.start_line(None if folder == config.CLIENTS_DIR.absolute() else folder)

    def progress(self, label_key: str, unit_key: str = "unit.pictures") -> utils.ProgressTracker:
        """Return a progress bar on standard error with a translated label."""
        self.done = True
        return utils.ProgressTracker(self.text(label_key), " " + self.text(unit_key), quiet=self.quiet, plain=self.plain)


def bug(error: BaseException, session: Session, arguments: Sequence[str] = ()) -> Text:
    """Return an unexpected error as a text that names the log; a package that is not there, as one that says how to get it;
    what the computer is short of, as one that says so.

    arguments  of the program, where it was called with a command
    """
    if isinstance(error, ImportError) and (package := program.package_of(error)):
        return program.packages_missing([package], arguments)
    if isinstance(error, MemoryError):
        return Text("system.no_memory")
    if (short := shortage.told(error)) is not None:
        return short
    detail = f"{type(error).__name__}: {error}"
    return Text(BUG, {"detail": detail, "log": str(session.log_file or "-")})
