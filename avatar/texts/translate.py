"""Texts by key in the user's language: `text(key, language, **values)` looks one up and fills it in.

Counts are written as "Imágenes: {n}", so that no plural is needed. Tests hold both languages to the same keys and placeholders.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import string
import sys
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime
from pathlib import PurePath
from typing import Any, NamedTuple

from avatar.texts import tables
from avatar.texts.spoken import SPOKEN
from avatar.texts.text import Text
from avatar.texts.visible import one_line, visible

LANGUAGES = ("es", "en")
LINES = frozenset({"usage"})  # values that are several lines


def text(key: str, language: str, **values: object) -> str:
    """Return the text of key in language ("es" or "en") with its placeholders filled in.

    Raises KeyError for an unknown key, language or missing value: a bug, not a user's problem.
    """
    client = values.get("client", _CLIENT.get())
    of_client = _is_client(client)
    template = tables.template(key, language)
    if of_client:
        values = {"client": client, **values}
    if (told_as := _TOLD_AS.get()) and "[[" in template:
        template = _told_otherwise(template, language, values, told_as, of_client=of_client)
    template = with_commands(template, language, of_client=of_client)
    return FORMATTERS[language].vformat(template, (), values)


COMMAND = re.compile(r"\[\[(.*?)\]\]")
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]+")  # not the name shown of a client, nor several
_PLACEHOLDER, _AS_TYPED = re.compile(r"\{(?!client\})(\w+)\}"), r"{\1:typed}"  # in a command: 1520 and 0.5 in every language
_ANY_CLIENT = re.compile(r"(?<=\[\[)([a-z-]+(?: [a-z]+)?) ID\b(?! ID)")
_CLIENT: ContextVar[str] = ContextVar("client", default="")  # that what is told is about, where a text does not say it
ToldAs = Callable[[str, str], "str | None"]  # a command as it would be typed, a language -> how it is told instead
_TOLD_AS: ContextVar[ToldAs | None] = ContextVar("told_as", default=None)
QUOTES = {"es": "«{}»", "en": "'{}'"}
_START_LINES = ["python avatar_pipeline.py"]


def _is_client(value: object) -> bool:
    return isinstance(value, str) and _CLIENT_ID.fullmatch(value) is not None


@contextlib.contextmanager
def about(client: object) -> Iterator[None]:
    """Within it, name this client in the commands of every text that names none; what is no client's id changes nothing."""
    if not isinstance(client, str) or not _is_client(client):
        yield
        return
    token = _CLIENT.set(client)
    try:
        yield
    finally:
        _CLIENT.reset(token)


def start_commands_with(line: str) -> None:
    """Write commands within texts with this line before them: how the program is started on this computer."""
    _START_LINES[:] = [line]


def with_commands(template: str, language: str, *, of_client: bool = False) -> str:
    """Return a template with its commands as they are typed here: [[train ID]] -> 'python avatar_pipeline.py train ID'.

    of_client  it is known which client the text is about, so that {client} stands in place of ID
    """
    if "[[" not in template:
        return template
    line = _START_LINES[0].replace("{", "{{").replace("}", "}}")
    typed = _of_client(template) if of_client else template
    return COMMAND.sub(lambda found: QUOTES[language].format(f"{line} {_PLACEHOLDER.sub(_AS_TYPED, found[1])}"), typed)


def _of_client(template: str) -> str:
    named = _ANY_CLIENT.sub(r"\1 {client}", template).replace("--client ID]]", "--client {client}]]")
    return named.replace("[[doctor]]", "[[doctor {client}]]")  # it works without one, and then says nothing of the client


def _told_otherwise(
    template: str, language: str, values: Mapping[str, Any], told_as: ToldAs, *, of_client: bool
) -> str:  # fmt: skip
    """Return a template with those of its commands, filled in, that are told in another way."""

    def told(found: re.Match[str]) -> str:
        line = told_as(FORMATTERS[language].vformat(_PLACEHOLDER.sub(_AS_TYPED, found[1]), (), values), language)
        return found[0] if line is None else QUOTES[language].format(line.replace("{", "{{").replace("}", "}}"))

    return COMMAND.sub(told, _of_client(template) if of_client else template)


@contextlib.contextmanager
def commands_told_as(told_as: ToldAs | None) -> Iterator[None]:
    """Within it, and in this thread, tell a command as told_as says, where that is not None: as a line of the menus.

    What is written into files or sent to a browser meanwhile is not told within it.
    """
    token = _TOLD_AS.set(told_as)
    try:
        yield
    finally:
        _TOLD_AS.reset(token)


COUNTS = frozenset(
    {"n", "total", "done", "added", "already", "approved", "refused", "steps", "step", "images", "pictures", "exposures",
     "kept", "skipped", "first", "last"}
)  # fmt: skip
MOST_DECIMALS = 6  # of numbers that are compared; pixels in megapixels have as many
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)?")


class Words(string.Formatter):
    """Fills a text in as its language writes: 1.234,5 and 23/11/2026 in Spanish, 1,234.5 and 2026-11-23 in English.

    Whole numbers get their thousands apart only where their name says that they count (COUNTS): a seed or a process number is
    to be copied. `{n:imagen|imágenes}` stands for "1 imagen" or "2 imágenes". A list of Texts is told as that many lines. A
    value called `detail` is what a library said, and told in our words (`foreign`); with `{detail:raw}` as it is.
    `{meaning:label}` is a sentence as far as its semicolon, without its full stop. `{value~limit:.0f}` gets more decimals where
    it would read like a limit that it is not: "400.4 of 400.0".
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        name, _, other = field_name.partition("~")
        if other:
            return _Compared(float(kwargs[name]), float(kwargs[other])), name
        value, used = super().get_field(field_name, args, kwargs)
        if field_name == "detail" and isinstance(value, (str, BaseException)) and not isinstance(value, _Own):
            value = _Foreign(value)
        if field_name in COUNTS and isinstance(value, int) and not isinstance(value, bool):
            value = _Count(value)
        return value, used

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, _Foreign):
            from avatar.texts import foreign  # its patterns take long to build, and most starts tell of no fault

            known = None if format_spec == "raw" else foreign.told(value)
            return str(value) if known is None else words(known, self.language)
        if format_spec == "typed":
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            return f"{value:.12g}" if is_number else self.format_field(value, "")
        if format_spec in SPOKEN:
            is_name = isinstance(value, str) and not isinstance(value, _Own)
            return self.format_field(SPOKEN[format_spec](value) if is_name else value, "")
        if format_spec == "label":
            return str(value).partition(";")[0].rstrip(".")
        if "|" in format_spec:
            one, _, many = format_spec.partition("|")
            shown = value if isinstance(value, str) else number(value, self.language)
            return f"{shown} {one if shown == '1' else many}"
        if isinstance(value, _Compared):
            return self.format_field(value.value, value.spec(format_spec))
        if isinstance(value, Text):
            return words(value, self.language)
        if isinstance(value, list):  # texts in a text, a line each
            return "\n".join(f"- {words(item, self.language)}" for item in value)
        if isinstance(value, _Count) and not format_spec:
            return number(int(value), self.language)
        if isinstance(value, str) and not format_spec and MOMENT.fullmatch(value):
            return moment(value, self.language)
        if value is None and not format_spec:
            return text("word.none", self.language)
        if isinstance(value, bool) and not format_spec:
            return text("word.yes" if value else "word.no", self.language)
        if isinstance(value, float) and not format_spec and math.isfinite(value):
            return number(value, self.language)
        shown = str(super().format_field(value, format_spec))
        shown = decimal(shown, self.language) if isinstance(value, float) else shown
        return f"{shown[:-1]} %" if format_spec.endswith("%") and self.language == "es" else shown  # as Spanish is written


class _Compared(NamedTuple):
    """A number, and the other one that a text shows it with."""

    value: float
    other: float

    def spec(self, spec: str) -> str:
        """Return a format (.0f, .1%) with as many more decimals as tell the two numbers apart."""
        for decimals in range(int(spec[1]), MOST_DECIMALS + 1):
            finer = f".{decimals}{spec[2:]}"
            if self.value == self.other or format(self.value, finer) != format(self.other, finer):
                return finer
        return finer


class _Foreign(str):
    """What a library or the system said of a fault, in its own language."""


class _Own(str):
    """A detail that is a text of ours, already in the user's language."""


class _Count(int):
    """A whole number that counts something."""


FORMATTERS = {language: Words(language) for language in LANGUAGES}


def number(value: float, language: str) -> str:
    """Return a number as language writes it, without a decimal sign where it is whole.

    >>> number(12345, "es"), number(1234.5, "es"), number(1234.5, "en"), number(0.0001, "es")
    ('12.345', '1.234,5', '1,234.5', '0,0001')
    """
    shown = f"{value:,}" if isinstance(value, int) else f"{value:,.10f}".rstrip("0").rstrip(".")
    return decimal(shown, language)


def decimal(shown: str, language: str) -> str:
    """Return 1,234.5 as language writes it."""
    return shown.translate(str.maketrans(",.", ".,")) if language == "es" else shown


def moment(iso: str, language: str) -> str:
    """Return an ISO 8601 moment in local time: 23/11/2026 07:30 in Spanish, 2026-11-23 07:30 in English.

    What is no moment comes back as it is.
    """
    if not MOMENT.fullmatch(iso):
        return iso
    try:
        found = datetime.fromisoformat(iso.replace("Z", "+00:00"))
    except ValueError:
        return iso
    local = found.astimezone() if found.tzinfo else found
    return local.strftime("%d/%m/%Y %H:%M" if language == "es" else "%Y-%m-%d %H:%M")


def system_language(environment: Mapping[str, str] | None = None) -> str:
    """Return "es" where the system speaks Spanish, else "en"."""
    environment = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        if value := environment.get(name, ""):
            return "es" if value.lower().startswith("es") else "en"
    if sys.platform == "win32":
        import ctypes

        # Primary language id 0x0A is Spanish (winnt.h, LANG_SPANISH).
        return "es" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 0x0A else "en"
    return "en"


def words(told: Text, language: str) -> str:
    """Return a Text in a language, Texts and names of stages among its values too; numbers keep the form it asks for."""
    with about(told.values.get("client")):  # the texts among its values are about the same client
        return text(told.key, language, **{name: _word(name, value, language) for name, value in told.values.items()})


def _word(name: str, value: object, language: str) -> object:
    if name == "stage" and tables.known(f"stage.{value}"):  # what an error of a lower layer knows of a stage
        value = Text(f"stage.{value}")
    if isinstance(value, Text):
        return _Own(words(value, language))
    if isinstance(value, (str, PurePath, BaseException)):  # names and prompts come from strangers: no line of their own
        return visible(value) if name in LINES and isinstance(value, str) else one_line(str(value))
    return value
