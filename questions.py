"""One function per kind of question: each shows its default, asks again after a wrong answer, and takes Enter for the default.

Ctrl+C, the end of input and 0 leave the question (KeyboardInterrupt, EOFError, Leave); the menu that asked goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from session import Say, Session
from utils import PipelineError

YES = frozenset({"s", "si", "sí", "y", "yes"})
NO = frozenset({"n", "no"})
MOST_SHOWN = 30  # longer lists are narrowed by typing part of a name


class Leave(Exception):  # noqa: N818  # no error: the user's wish
    """The user answered 0 where numbers or yes and no are asked for: back, as in every menu."""


def text(
    session: Session, key: str, *, default: str = "", check: Callable[[str], object] | None = None, **values: object
) -> str:
    """Ask for a line. check raises PipelineError for an answer it does not take; without a default, none is refused."""
    while True:
        answer = session.ui.ask(_prompt(session, key, default, **values)).strip() or default
        if not answer:
            session.say("ask.needed", style="warn")
            continue
        try:
            if check is not None:
                check(answer)
        except PipelineError as error:
            session.show_error(error)
            continue
        return answer


def yes_no(session: Session, key: str, *, default: bool, **values: object) -> bool:
    """Ask a yes-or-no question: s, sí, y, yes, n, no."""
    shown = session.text("word.yes" if default else "word.no")
    while True:
        answer = session.ui.ask(_prompt(session, key, shown, **values)).strip().lower()
        if not answer:
            return default
        if answer == "0":
            raise Leave
        if answer in YES or answer in NO:
            return answer in YES
        session.say("ask.yes_or_no", style="warn")


def pick(session: Session, key: str, options: Sequence[str], *, default: str, free: bool = False) -> str:
    """Ask for one of options by number or name; part of a name narrows a long list. free: any other word is taken too."""
    shown = list(options)
    while True:
        for number, option in enumerate(shown[:MOST_SHOWN], 1):
            session.say("menu.line", n=number, label=Say("list.item", {"item": option}))
        if len(shown) > MOST_SHOWN:
            session.say("ask.more", n=len(shown) - MOST_SHOWN)
        answer = session.ui.ask(_prompt(session, key, default)).strip()
        if not answer:
            return default
        if answer == "0":
            raise Leave
        if answer.isdigit() and 1 <= int(answer) <= len(shown):
            return shown[int(answer) - 1]
        exact = [option for option in options if option.lower() == answer.lower()]
        if exact:
            return exact[0]
        if free and answer.isprintable() and not answer.isdigit():
            return answer
        found = [option for option in options if answer.lower() in option.lower()]
        if len(found) == 1:
            return found[0]
        if found:
            shown = found
        else:
            session.say("menu.invalid", style="warn", last=len(shown))


def path(session: Session, key: str, *, default: str = "", must_exist: bool = True) -> Path:
    """Ask for a path, dragged or typed: quotes, ~, file:// and escaped blanks are understood; the last one is offered."""
    from sources import clean_path

    offered = session.last_paths.get(key, default)
    while True:
        answer = session.ui.ask(_prompt(session, key, offered), path=True).strip() or offered
        if not answer:
            session.say("ask.needed", style="warn")
            continue
        found = clean_path(answer)
        if must_exist and not found.exists():
            session.show_error(PipelineError("import.no_path", path=str(found)))
            continue
        session.last_paths[key] = answer
        return found


def numbers(session: Session, key: str, items: Sequence[str]) -> list[str]:
    """Ask for some of items by number: "3,7-12"; Enter for none."""
    while True:
        answer = session.ui.ask(_prompt(session, key, "-")).strip()
        if answer in {"", "-"}:
            return []
        chosen = parse_numbers(answer, len(items))
        if chosen is not None:
            return [items[number - 1] for number in chosen]
        session.say("ask.numbers", style="warn", last=len(items))


def parse_numbers(answer: str, last: int) -> list[int] | None:
    """Return the numbers of "3,7-12" in order, each once; None where the text is anything else or outside 1..last.

    >>> parse_numbers("3, 5-7 6", 9)
    [3, 5, 6, 7]
    >>> parse_numbers("0", 9)
    """
    chosen: set[int] = set()
    for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", answer.strip())):
        match = re.fullmatch(r"(\d{1,7})(?:-(\d{1,7}))?", part)
        if match is None:
            return None
        first = int(match[1])
        end = int(match[2] or first)
        if not 1 <= first <= end <= last:
            return None
        chosen.update(range(first, end + 1))
    return sorted(chosen)


def _prompt(session: Session, key: str, default: str, **values: object) -> str:
    asked = session.text(key, **values)
    return session.text("ask.with_default", asked=asked, default=default) if default else session.text("ask.plain", asked=asked)
