"""A computer to break things on, what its program tells of them, and a row of the table of remedies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import utils
from avatar.workspace.client import Client
from tests.all_texts import TEXTS
from tests.computer import call

DISK_USAGE = shutil.disk_usage


@dataclass(frozen=True)
class Said:
    """What a command answered: its exit code, its JSON, and every text that is named in it."""

    code: int
    answer: Mapping[str, Any]
    keys: frozenset[str]

    @property
    def values(self) -> Mapping[str, Any]:
        """What the error was told with."""
        error = self.answer["error"] or {}
        values: Mapping[str, Any] = error.get("values", {})
        return values


@dataclass
class Place:
    """The folder of a program with the client ana, who has a dataset and a trainer that is a stand-in."""

    client: Client
    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    undo: list[Callable[[], object]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.client.folder.parents[1]

    @property
    def config(self) -> Path:
        return self.folder / "config.json"

    def tell(self, *words: str) -> Said:
        """Run a command; its words may name this folder as {here}."""
        self.capsys.readouterr()
        code = call(self.client, *(word.replace("{here}", str(self.folder)) for word in words), "--json")
        answer = json.loads(self.capsys.readouterr().out.splitlines()[-1])
        assert answer["ok"] == (code == 0)
        return Said(code, answer, frozenset(_keys_in(answer)))

    def do(self, *words: str) -> None:
        """Run a command that is to succeed."""
        said = self.tell(*words)
        assert said.code == 0, said.answer["error"]

    def write(self, name: str, content: bytes | str = b"") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    def settings(self, room: str, **changed: object) -> None:
        data = utils.read_json(self.config)
        utils.write_json(self.config, {**data, room: {**data.get(room, {}), **changed}})


def _keys_in(value: object) -> Iterator[str]:
    if isinstance(value, str) and value in TEXTS:
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys_in(part)


Wrong = Callable[[Place], object]
Obey = Callable[[Place, Said], "tuple[str, ...] | None"]


@dataclass(frozen=True)
class Row:
    """One remedy.

    key    of the text that tells it
    ask    the command that tells it once `wrong` is done
    obey   does what the text says; returns other words to ask with where that is the remedy, None to repeat the same
    well   the command then succeeds; False where something else is still missing
    """

    key: str
    ask: tuple[str, ...]
    wrong: Wrong
    obey: Obey
    well: bool = True


def carry_out(place: Place, row: Row) -> None:
    """Break it, see it told, obey, ask again: it is told no more."""
    row.wrong(place)
    said = place.tell(*row.ask)
    assert row.key in said.keys, said.answer
    assert said.code in {0, 1}
    again = place.tell(*(row.obey(place, said) or row.ask))
    assert row.key not in again.keys, again.answer
    assert not row.well or again.code == 0, again.answer["error"]


# --- ways to break, and to obey --------------------------------------------------------------------------------------


def nothing(place: Place) -> None:
    """Break nothing: what is asked for is the mistake."""


def both(*steps: Wrong) -> Wrong:
    """Do one after the other."""
    return lambda place: [step(place) for step in steps]


def done(*words: str) -> Wrong:
    """Run a command that is to succeed."""

    def run_it(place: Place) -> None:
        place.do(*words)

    return run_it


def written(name: str, content: bytes | str) -> Wrong:
    return lambda place: place.write(name, content)


def free_space(size: int) -> Wrong:
    """Have the disk seem to have that many bytes left."""

    def set_it(place: Place) -> None:
        usage = DISK_USAGE(place.folder)
        place.patch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=size))

    return set_it


def use(*words: str) -> Obey:
    """Ask with other words."""
    return lambda place, said: words


def run(*commands: tuple[str, ...]) -> Obey:
    """Run the commands that the text tells, then ask the same again."""

    def obey(place: Place, said: Said) -> None:
        for words in commands:
            place.do(*words)

    return obey


def then(action: Wrong) -> Obey:
    """Do something outside of the program, then ask the same again."""

    def obey(place: Place, said: Said) -> None:
        action(place)

    return obey
