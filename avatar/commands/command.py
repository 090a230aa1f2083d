"""A command as data: its name, its arguments, the function it calls, and its lines in the menus.

Command line, help, menus and the list in docs/COMMANDS.md are made from these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import config
from avatar.commands.result import Result
from avatar.plan import words as plan_words
from avatar.texts import tables, translate
from avatar.texts.text import PipelineError, Text


class UsageError(PipelineError):
    """Wrong usage (exit code 2): unknown or conflicting arguments. usage: the command's usage line."""

    usage = ""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument of a command, handed to its function as the keyword `to`.

    name     "id": positional; "--workers": an option
    to       "" for the name with underscores
    help     key of its text; "" if the metavar says enough
    metavar  placeholder of its value; several for as many values
    number   how many values: None one (none for a flag), "?" at most one, "*" any, "+" one or more, or an exact number
    kind     converts what was typed; raises ValueError
    labels   what a person calls a choice; that, and a part that fits one choice only, is taken as the choice
    flag     takes no value; the function gets True, or `constant`
    group    options with the same word exclude each other
    path     is a file name, which may contain any bytes
    """

    name: str
    to: str = ""
    help: str = ""
    metavar: str | tuple[str, ...] = ""
    number: int | str | None = None
    kind: Callable[[str], Any] = str
    choices: Sequence[str] = ()
    labels: Mapping[str, Text] = field(default_factory=dict)
    default: Any = None
    flag: bool = False
    constant: Any = True
    group: str = ""
    path: bool = False

    @property
    def keyword(self) -> str:
        return self.to or self.name.removeprefix("--").replace("-", "_")

    def placeholders(self, language: str) -> tuple[str, ...]:
        """Return what stands for its values in a usage line, in a language: ("CLAVE=VALOR",); () for its choices."""
        whole = (self.metavar,) if isinstance(self.metavar, str) else self.metavar
        return tuple(_METAVAR.sub(lambda found: _in_language(found[0], language), name) for name in whole if name)

    @property
    def positional(self) -> bool:
        return not self.name.startswith("-")

    @property
    def required(self) -> bool:
        return self.positional and self.number not in {"?", "*"}


_METAVAR = re.compile(r"[A-Z][A-Z_]*")


def _in_language(word: str, language: str) -> str:
    key = f"metavar.{word}"
    return translate.text(key, language) if tables.known(key) else word


@dataclass(frozen=True)
class MenuLine:
    """A line of a menu, or an answer of a line that asks which of several actions is meant.

    menu   where: "main", "client", or such a line: "configure" for menu.configure (all are in terminal/places.py)
    label  key of its text
    given  arguments that the line fixes
    options  of the command that this line does or asks for: a command told with them is this line, inside the menus
    spoken  what a value of theirs is called in words, as `texts.spoken` names it: "variant"; "" as it is typed
    answers  option -> key of the answer that stands for it at the first question of this line
    """

    menu: str
    label: str
    given: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    spoken: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One action of the user.

    name  as typed; "client new" is a subcommand of "client"
    run   called with the session and every argument by keyword; returns a Result
    help  key of its text; "" for help.NAME
    menu  its lines in the menus; several if they ask for different arguments
    only_reads  writes nothing of a client; all others are killed at random moments by benchmarks/kills.py
    """

    name: str
    run: Callable[..., Result[Any]]
    arguments: tuple[Argument, ...] = ()
    help: str = ""
    menu: tuple[MenuLine, ...] = ()
    only_reads: bool = False

    @property
    def help_key(self) -> str:
        return self.help or "help." + self.name.replace(" ", "_").replace("-", "_")


def positive(typed: str) -> int:
    """Return a whole number from 1 on. Raises ValueError."""
    if not typed.isdecimal() or int(typed) < 1:
        raise ValueError(f"{typed!r} (1, 2, 3 …)")
    return int(typed)


def positive_or_zero(typed: str) -> int:
    """Return a whole number from 0 on. Raises ValueError."""
    if not typed.isdecimal():
        raise ValueError(f"{typed!r} (0, 1, 2 …)")
    return int(typed)


# Arguments that several commands take.
CLIENT = Argument(name="id", to="client_id", metavar="ID")
ANY_CLIENT = Argument(name="id", to="client_id", metavar="ID", number="?")
WORKERS = Argument(name="--workers", metavar="N", kind=positive, help="help.workers")
PATHS = Argument(name="paths", metavar="PATH", number="+", path=True)
PROMPT = Argument(name="--prompt", metavar="TEXT", default="", help="help.prompt")
FILE = Argument(name="file", metavar="FILE", kind=Path, path=True)
PRESET = Argument(
    name="--preset", choices=sorted(config.TRAINING_PRESETS), help="help.preset",
    labels={name: plan_words.preset(name) for name in config.TRAINING_PRESETS},
)  # fmt: skip
GPU = Argument(
    name="--gpu", metavar="NAME", choices=sorted(config.GPU_PROFILES), help="help.gpu",
    labels={name: plan_words.card(name) for name in config.GPU_PROFILES},
)  # fmt: skip
BACK_END = Argument(
    name="--backend", choices=("trainer", "comfyui", "a1111"), help="help.try_backend",
    labels={name: Text(f"settings.choice.generate.backend.{name}") for name in ("trainer", "comfyui", "a1111")},
)  # fmt: skip
OVERRIDES = Argument(name="--set", to="overrides", metavar="KEY=VALUE", number="+", default=(), help="help.set")
