"""The tables of texts: what an entry is, which table holds a key, and the whole text of an entry.

A table is a module of this room with TEXTS: key -> {"es": …, "en": …}, or an Error of such pairs. A text that does not
fit one line is a block in triple quotes, see `folded`. A command to type is written [[train ID]]; it is told as the program
is started on this computer, and a test parses every one.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from dataclasses import dataclass

Pair = Mapping[str, str]  # language -> text


@dataclass(frozen=True)
class Error:
    """A text about something that went wrong: what, why and what to do. The labels are written by `template`.

    one_line: for lists of findings; otherwise each part starts a line of its own.
    """

    what: Pair
    do: Pair
    why: Pair | None = None
    one_line: bool = False


Entry = Pair | Error

LABELS: Mapping[str, Pair] = {
    "why": {"es": "Causa:", "en": "Why:"},
    "do": {"es": "Qué hacer:", "en": "What to do:"},
}

_PREFIXES = {
    "settings": "settings meaning",
    "workspace": "client record setting file disk export restore image table",
    "system": "system cluster",
    "details": "detail",
    "pictures": "import remove picture prompt midjourney",
    "faces": "faces quality reason process by verdict",
    "limits": "limits",
    "dataset": "dataset caption captions advice regularisation",
    "captioner": "captioner",
    "trainer": "setup lora",
    "option_effects": "effect",
    "plan": "plan preflight option resume base",
    "generate": "draw",
    "servers": "server",
    "training": "train queue bundle board checkpoint run monitor model plot",
    "results": "trial",
    "tuning": "tune",
    "delivery": "deliver install add",
    "likeness": "likeness rank",
    "reports": "doctor report review sheet chart stage state status level short",
    "commands": "help usage command shell progress unit word metavar",
    "start": "start",
    "terminal": "question ask guided col demo list number language",
    "menus": "menu",
    "menu_about": "about",
    "web": "web",
    "web_training": "web.training web.clients web.next",
    "web_review": "web.review",
    "web_captions": "web.captions",
    "web_results": "web.results web.report web.tuning",
}
TABLE_OF = {prefix: table for table, prefixes in _PREFIXES.items() for prefix in prefixes.split()}
TABLES = tuple(_PREFIXES)


def table_of(key: str) -> str | None:
    """Return the table that holds a key, by its first two parts where one is named so, else by its first; None for neither."""
    parts = key.split(".")
    return TABLE_OF.get(".".join(parts[:2])) or TABLE_OF.get(parts[0])


def entries(table: str) -> Mapping[str, Entry]:
    """Return a table by its name. It is imported when first asked for: all together take longer than the menu does."""
    found: Mapping[str, Entry] = importlib.import_module(f"avatar.texts.{table}").TEXTS
    return found


def known(key: str) -> bool:
    """Return True if there is a text of that key."""
    table = table_of(key)
    return table is not None and key in entries(table)


@functools.cache
def template(key: str, language: str) -> str:
    """Return the text of a key with its placeholders, labels included. Raises KeyError for an unknown key or language."""
    table = table_of(key)
    if table is None:
        raise KeyError(key)
    entry = entries(table)[key]
    if not isinstance(entry, Error):
        return folded(entry[language])
    parts = [folded(entry.what[language])]
    for name, pair in (("why", entry.why), ("do", entry.do)):
        if pair is not None:
            part = folded(pair[language])
            parts.append(LABELS[name][language] + ("" if part.startswith("\n") else " ") + part)  # a list stands below
    return (" " if entry.one_line else "\n").join(parts)


def folded(text: str) -> str:
    r"""Return a block in triple quotes as one text; any other text as it is.

    A block starts and ends with a line break; its lines stand four columns further in than the quotes at its end. They
    are joined by blanks, an empty line is a line break, and a line that stands further in keeps that and starts anew.

    >>> folded('''
    ...     One line
    ...     only.
    ...
    ...     Another.
    ...       a  indented
    ... ''')
    'One line only.\nAnother.\n  a  indented'
    """
    first, *lines, last = text.split("\n") if text.startswith("\n") else (text, "")
    if first or last.strip():
        return text
    joined, fresh = "", True
    for line in (line[len(last) + 4 :] for line in lines):
        if not line:
            joined, fresh = joined + "\n", True
            continue
        joined += ("" if fresh else "\n" if line[0] == " " else " ") + line
        fresh = False
    return joined
