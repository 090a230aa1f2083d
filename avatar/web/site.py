"""What all requests share: the clients, the language, the token; what a request asks for."""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from avatar.commands import result
from avatar.commands.result import Raw, Table
from avatar.commands.session import Session
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace


class Outdated(Exception):  # noqa: N818  # an answer, not an error
    """The thing that an action would change is no longer what the page saw; present: what it is now (409)."""

    def __init__(self, present: object) -> None:
        super().__init__()
        self.present = present


@dataclass(frozen=True)
class Prepared:
    """A view's answer that is JSON already: of thousands of rows, kept as text."""

    body: bytes


@dataclass(frozen=True)
class Query:
    """What a request asks for. parameters: those of the address, each once; client: the one that it names."""

    client: Client | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"

    def need_client(self) -> Client:
        """Return the client. Raises PipelineError("client.none_chosen") where the address names none."""
        if self.client is None:
            raise PipelineError("client.none_chosen")
        return self.client

    def number(self, name: str, default: int, *, low: int = 0, high: int = 1_000_000) -> int:
        """Return a parameter as a whole number within limits; the default where it is none."""
        typed = self.parameters.get(name, "")
        return min(max(int(typed), low), high) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else default


class Silent:
    """Neither screen nor keyboard: what a command asks for is not answered, what it shows is the page's own business."""

    interactive = False
    edits = False
    told_as: translate.ToldAs | None = None

    def room(self) -> int:
        return sys.maxsize

    def ask(self, prompt: str, *, path: bool = False, over: threading.Event | None = None, edit: str = "") -> str:
        raise EOFError

    def show(self, block: Text | Table | Raw, language: str) -> None:
        pass


def silent(workspace: Workspace, config_file: Path, language: str = "en", log_file: Path | None = None) -> Session:
    """Return a session that neither asks nor prints, to call the functions of the commands with."""
    return Session(
        Silent(), language=language, workspace=workspace, config_file=config_file, quiet=True, log_file=log_file
    )  # fmt: skip


@dataclass
class Site:
    """What all requests share. config_file: whose folder holds the program's own state too."""

    workspace: Workspace
    config_file: Path
    language: str
    token: str
    log_file: Path | None = None
    _acting: dict[str, threading.RLock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base(self) -> str:
        """What every address of the site begins with, after the port."""
        return f"/{self.token}"

    def session(self, language: str = "") -> Session:
        """Return a session that neither asks nor prints, to call the functions of the commands with."""
        return silent(self.workspace, self.config_file, language or self.language, self.log_file)

    def acting_on(self, client: Client | None) -> threading.RLock:
        """Return the lock by which actions on one client come one after another: a second click waits for the first."""
        with self._guard:
            return self._acting.setdefault(client.client_id if client else "", threading.RLock())


View = Callable[[Site, Query], object]
Action = Callable[[Site, Query, Mapping[str, object]], object]


def told(value: object, language: str) -> Any:
    """Return a value as JSON types, as `commands.result.plain`, but every Text in the page's language: {key, text}."""
    if isinstance(value, Text):
        return {"key": value.key, "text": translate.words(value, language)}
    if hasattr(value, "as_json"):
        return told(value.as_json(), language)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {entry.name: told(getattr(value, entry.name), language) for entry in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): told(item, language) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [told(item, language) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(told(item, language) for item in value)
    return result.plain(value)
