"""A command that is told inside the menus, as the line of the menus that does the same; from the commands and `places`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from avatar.commands.all_commands import COMMANDS
from avatar.commands.command import CLIENT as CLIENT_ARGUMENT
from avatar.commands.command import Command, MenuLine
from avatar.terminal.places import CLIENT, MAIN, PLACES, place_of
from avatar.texts import spoken, translate
from avatar.texts.text import Text

STEP = " › "
GIVEN = " = "  # between a value's name and the value, as the questions of the plan and of the settings take it
_MEANT = re.compile(r"[^a-záéíóúñ0-9]*(\.zip)?")  # what the user is to put there: PASO, CLAVE=VALOR, ARCHIVO.zip
_CANDIDATE = re.compile(r"[\w-]+@\d+(\.\d+)?")


def in_menus(typed: str, language: str, *, now: str, client: str = "", at: str = "") -> str | None:
    """Return where in the menus a command is done, and the values that it has; None where no line does it.

    now     the menu that is open: what another one has begins with how to get there
    client  that is selected: of another one, too
    at      the line that is being done: of two that do the same, the one of its questions is told

    >>> in_menus("configure ana --set network_dim=8", "en", now=CLIENT, client="ana")
    'Configure training › Change one value of the plan: size of the LoRA (dim) = 8'
    >>> in_menus("configure ana --set KEY=VALUE", "en", now=MAIN, client="ana")
    'Select a client (ana) › Configure training › Change one value of the plan'
    >>> in_menus("tune ana --take rate_half", "en", now=CLIENT, client="ana")
    'Result › Use a variant of the tuning: rate ÷ 2'
    >>> in_menus("try ana --minutes 10", "en", now=CLIENT, client="ana")
    """
    try:
        words = shlex.split(typed)
    except ValueError:  # a quotation mark in what somebody typed
        return None
    command = _command(words)
    if command is None:
        return None
    given = words[len(command.name.split()) :]
    whose = _client(command, given)
    line = _line(command, given, root=CLIENT if whose else MAIN, at=at)
    if line is None:
        return None
    root, *labels = _path(line)
    way = [_short(label, language) for label in labels]
    if root == MAIN and now != MAIN:
        way.insert(0, _short("menu.main_menu", language))
    elif root == CLIENT and (now != CLIENT or (client and whose not in {"", "ID", client})):
        name = f" ({whose})" if whose not in {"", "ID"} else ""
        way.insert(0, _short("menu.select", language) + name)
    way += [_short(line.answers[word], language) for word in given if word in line.answers]
    dropped = {whose, *map(str, line.given.values())}
    values = _values(command, line, [word for word in given if word not in dropped], language)
    return f"{STEP.join(way)}: {values}" if values else STEP.join(way)


def _values(command: Command, line: MenuLine, words: Sequence[str], language: str) -> str:
    """Return the values of a command as its questions take them; "" for those of several options: each is asked for."""
    takes = {argument.name for argument in command.arguments if not argument.flag}
    if len({word for word in words if word in takes} - {"--client"}) > 1:
        return ""
    values = [word for word in words if not word.startswith("--")]
    if command.name == "configure":
        return ", ".join(filter(None, (_plan_value(word, language) for word in values)))
    values = [word for word in values if not _MEANT.fullmatch(word)]
    if command.name == "settings" and values:
        return GIVEN.join(filter(None, (_setting(values[0], language), " ".join(values[1:]))))
    return " ".join(_in_words(word, command, line, language) for word in values)


def _plan_value(word: str, language: str) -> str:
    """Return a value of a plan: "network_dim=8" -> "size of the LoRA (dim) = 8"."""
    from avatar.plan.overrides import ALIASES

    name, _, value = word.partition("=")
    if _MEANT.fullmatch(name):
        return ""
    label = translate.words(spoken.option(ALIASES.get(name, name)), language)
    if value in {"true", "false"}:
        value = translate.text("word.yes" if value == "true" else "word.no", language)
    return label if _MEANT.fullmatch(value) and value != "-" else label + GIVEN + value


def _setting(name: str, language: str) -> str:
    """Return what a setting, or a group of them, is called in the list of the settings."""
    from avatar.terminal import settings

    return translate.words(settings.label_of(name), language)


def _in_words(word: str, command: Command, line: MenuLine, language: str) -> str:
    """Return a value as the line's questions name it: a card, a variant of a tuning, a model at a weight."""
    if _CANDIDATE.fullmatch(word):
        return translate.words(spoken.weighted(word), language)
    labels = {choice: label for argument in command.arguments for choice, label in argument.labels.items()}
    named = labels.get(word) or (spoken.SPOKEN[line.spoken](word) if line.spoken else word)
    return translate.words(named, language) if isinstance(named, Text) else word


def _command(words: Sequence[str]) -> Command | None:
    found = [one for one in COMMANDS if words[: len(one.name.split())] == one.name.split()]
    return max(found, key=lambda one: len(one.name), default=None)


def _client(command: Command, given: Sequence[str]) -> str:
    """Return the client that a command is about, "" for none."""
    if "--client" in given[:-1]:
        return given[given.index("--client") + 1]
    takes = any(one.keyword == CLIENT_ARGUMENT.keyword and one.positional for one in command.arguments)
    return given[0] if takes and given and not given[0].startswith("--") else ""


def _line(command: Command, given: Sequence[str], *, root: str, at: str) -> MenuLine | None:
    """Return the line that has all options of a command; without any, one that needs none; of several, that of its menu."""
    options = {word for word in given if word.startswith("--")}
    if options:
        lines = [line for line in command.menu if options <= set(line.options)]
    else:
        lines = [line for line in command.menu if not line.options] or list(command.menu)
    lines.sort(key=lambda line: line.menu != at)
    return next((line for line in lines if _path(line)[0] == root), lines[0] if lines else None)


def _path(line: MenuLine) -> list[str]:
    """Return the labels that lead to a line: the menu first, the line last."""
    path = [place_of(line.menu), line.label]
    while path[0] not in (MAIN, CLIENT):
        path.insert(0, next(place for place, found in PLACES.items() if path[0] in found.lines))
    return path


def _short(label: str, language: str) -> str:
    """Return a label without what explains it: "Card and preset (hours, …)"."""
    return translate.text(label, language).partition(" (")[0]
