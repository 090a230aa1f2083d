"""One function per kind of question: each shows its default, which Enter accepts, and asks again after a wrong answer.

At every question `?` explains it, < goes back to the question before (Back; `in_order` knows which that is) and 0 leaves
(Leave), except where 0 may be meant: there - leaves, as the question says. Ctrl+C (KeyboardInterrupt) and the end of input
(EOFError) leave it too; the menu that asked goes on.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts import matching, tables, translate
from avatar.texts.text import PipelineError, Text
from avatar.texts.typed import NO, YES, parse_number

ALL = frozenset({"all", "todo", "todos", "todas"})
NONE = "-"  # the answer "none", also offered on Enter
MORE = "+"  # shows the details of what was shown last
MOST_DIGITS = 8  # of the number of a line; Python refuses to read one of thousands
PAGE_SIZE = 15  # rows of a long table shown at once: with the question it stays inside 24 lines
LIST_SIZE = 20  # lines of a list to pick from shown at once: with the question it stays inside 24 lines
NARROWEST_PATH = 24  # letters of a path that stands on Enter, where the question itself is long
LINE_LETTERS = 73  # of an answer in a list: with its number within 80 columns; a longer one goes on in the next row
LONGEST_ASKED = 74  # letters of a question and what stands on Enter, within 80 columns; of a longer one its number is shown
LEAST_BEGUN = 4  # [choice] letters of the beginning of a label where a word of one's own may be meant
SKIPPED = object()  # what a question of `in_order` returns that was not asked


class Leave(Exception):  # noqa: N818  # no error: the user's wish
    """The user answered 0: back, as in every menu."""


class Back(Leave):
    """The user answered <: to the question before, where there is one; elsewhere as 0."""


Given = dict[str, Any]  # the answers so far, by the names of their questions


def in_order(**asked: Callable[[Given], object]) -> Given:
    """Ask one question after another and return the answers; < goes back to the one before, at the first it is raised.

    asked  name -> what asks: it gets the answers so far, its own earlier one among them, and returns the answer, or SKIPPED
           where there is nothing to ask
    """
    given: Given = {}
    names, before, place = list(asked), list[int](), 0
    while place < len(names):
        try:
            answer = asked[names[place]](given)
        except Back:
            if not before:
                raise
            place = before.pop()
            continue
        if answer is SKIPPED:
            given.pop(names[place], None)
        else:
            given[names[place]] = answer
            before.append(place)
        place += 1
    return given


def text(
    session: Session, key: str, *, default: str = "", check: Callable[[str], object] | None = None, zero: bool = False,
    edit: bool = False, **values: object,
) -> str:  # fmt: skip
    """Ask for a line; without a default, none is refused.

    check  raises PipelineError for an invalid answer; a value it suggests becomes the new default
    zero   0 is an answer
    edit   the default stands on the line, to be changed in place, where the terminal can
    """
    while True:
        answer = _answer(session, key, default, values, zero=zero, edit=edit)
        if not answer:
            session.say("ask.needed", style="warn")
            continue
        refused = _refused(session, answer, check)
        if refused is None:
            return answer
        default = str(refused.values.get("suggestion") or default)


def _refused(session: Session, answer: str, check: Callable[[str], object] | None) -> PipelineError | None:
    """Show and return why check rejects an answer; None if it accepts it."""
    try:
        if check is not None:
            check(answer)
    except PipelineError as error:
        session.show_error(error)
        return error
    return None


def yes_no(session: Session, key: str, *, default: bool, **values: object) -> bool:
    """Ask a yes-or-no question: s, sí, y, yes, n, no."""
    shown = session.text("word.yes" if default else "word.no")
    while True:
        answer = _answer(session, key, shown, values).lower()
        if answer in YES or answer in NO:
            return answer in YES
        session.say("ask.yes_or_no", style="warn")


def number(
    session: Session, key: str, *, default: float, low: float, high: float, unit: str = "", whole: bool = False,
    zero: bool = True, **values: object,
) -> float:  # fmt: skip
    """Ask for a number in low..high, typed as 0.5 or 0,5; range and unit (a text key) are shown with the question.

    zero  0 is a number here: - and < go back; else 0 leaves, as in a list. Raises Back.
    """
    shown = {"low": translate.number(low, session.language), "high": translate.number(high, session.language)}
    limits = Text("ask.range", {**shown, "unit": Text(unit) if unit else Text("unit.none")})
    while True:
        answer = _answer(session, key, translate.number(default, session.language), values, limits=limits, zero=zero)
        if answer == NONE:
            raise Back
        found = parse_number(answer, whole=whole)
        if found is not None and low <= found <= high:
            return found
        session.say("ask.whole_number" if whole else "ask.number", style="warn", **shown)


def pick(
    session: Session, key: str, options: Sequence[str], *, default: str, free: bool = False,
    check: Callable[[str], object] | None = None, labels: Mapping[str, Text] | None = None, page: int = LIST_SIZE,
    back: bool = False, **values: object,
) -> str:  # fmt: skip
    """Ask for one of options by number or name; part of a name narrows the list, n and p turn the pages of a long one.

    A line that was not on the screen yet is not taken by its number.

    free: any other word is taken too, unless one label begins with it; check raises PipelineError for one that is not.
    labels: what is shown for an option instead of its name; both are understood
    back: the list shows that 0 leaves it, as a menu does
    """
    names = {option: session.text("list.item", item=option) for option in options}
    names |= {option: translate.words(label, session.language) for option, label in (labels or {}).items() if option in names}
    shown, first, seen = list(options), 0, 0
    narrowed: Text | None = None
    while True:
        seen = max(seen, first + page)
        proposed = shown.index(default) if default in shown else None
        _show_page(session, [names[option] for option in shown], first, proposed, page)
        if back:
            session.say("menu.line", n=0, label=Text("menu.back"))
        on_enter = names.get(default, default)
        if default in shown and len(session.text(key, **values)) + len(on_enter) > LONGEST_ASKED:
            on_enter = str(shown.index(default) + 1)
        answer = _answer(session, key, on_enter, values, about=narrowed)
        if not answer:
            session.say("ask.needed", style="warn")
            continue
        if default and answer == on_enter:
            return default
        exact = [option for option in options if answer.lower() in {option.lower(), *_spoken(names[option].lower())}]
        if exact:
            return answer if answer in exact else exact[0]
        if answer.isdecimal() and len(answer) < MOST_DIGITS and 1 <= int(answer) <= len(shown):
            if int(answer) <= seen:
                return shown[int(answer) - 1]
            session.say("ask.not_shown_yet", style="warn", last=seen)  # "8" of a list of cards may be meant as 8 GB
            continue
        if len(shown) > page and answer.lower() in {"n", "p"}:
            first = _turn(first, len(shown), page, forward=answer.lower() == "n")
            continue
        if free and answer.isprintable() and not answer.isdecimal():
            if len(begun := _begun(answer, names)) == 1:
                return begun[0]
            if _refused(session, answer, check) is None:
                return answer
            continue
        found = [options[place] for place in matching.places(answer, [(option, names[option]) for option in options])]
        if len(found) == 1:
            return found[0]
        if found:
            shown, first, seen = found, 0, 0
            default = default if default in found else found[0]
            narrowed = Text("ask.several", {"n": len(found), "answer": answer})
            session.ui.show(replace(narrowed, style="warn"), session.language)
        else:
            session.say("ask.not_in_list", style="warn", last=len(shown))


def _begun(answer: str, names: Mapping[str, str]) -> list[str]:
    """Return the options whose label begins with an answer: "tasa" -> "tasa de aprendizaje"."""
    start = matching.folded(answer)
    return [option for option, name in names.items() if len(start) >= LEAST_BEGUN and matching.folded(name).startswith(start)]


def _spoken(label: str) -> set[str]:
    """Return what of a label is typed for the whole: itself, and what stands before its explanation: "hombre (man)"."""
    return {label, label.partition(" (")[0], label.partition(":")[0]}


def shortened(name: str, width: int) -> str:
    """Return a name cut in the middle where it is longer than width: beginning and end tell most.

    >>> shortened("usuario_retrato_de_una_mujer_1234.png", 20)
    'usuario_re…_1234.png'
    """
    if len(name) <= width:
        return name
    end = (width - 1) // 2
    return f"{name[: width - 1 - end]}…{name[len(name) - end :]}"


def show_by_page(session: Session, result: Result[Any]) -> None:
    """Show a result as `Session.show` does, with long tables one page at a time."""
    before: list[Text | Table | Raw] = []
    for block in result.blocks:
        if not isinstance(block, Table) or len(block.rows) <= PAGE_SIZE:
            before.append(block)
            continue
        for first in range(0, len(block.rows), PAGE_SIZE):
            last = min(first + PAGE_SIZE, len(block.rows))
            page = replace(block, rows=block.rows[first:last], title=None if first else block.title)
            session.show(Result(None, [*before, page]))
            before = []
            if last == len(block.rows) or not yes_no(session, "ask.more_rows", default=True, shown=last, total=len(block.rows)):
                break
    session.show(replace(result, blocks=before), did=False)


def _show_page(session: Session, shown: Sequence[str], first: int, proposed: int | None, page: int) -> None:
    for place, label in enumerate(shown[first : first + page], first):
        line, *further = textwrap.wrap(label, LINE_LETTERS, break_long_words=False, break_on_hyphens=False) or [label]
        if place == proposed:
            session.say("menu.line_proposed", style="proposed", n=place + 1, label=line)
        else:
            session.say("menu.line", n=place + 1, label=line)
        for more in further:
            session.say("menu.line_goes_on", label=more)
    if len(shown) > page:
        session.say("ask.page", first=first + 1, last=min(first + page, len(shown)), total=len(shown))


def _turn(first: int, total: int, page: int, *, forward: bool) -> int:
    """Return the first line of the next or previous page, within the list."""
    if forward:
        return first + page if first + page < total else first
    return max(0, first - page)


def path(session: Session, key: str, *, default: str = "", must_exist: bool = True) -> Path:
    """Ask for a path, dragged or typed: quotes, ~, file:// and escaped blanks are understood; the last one is offered."""
    found = _path(session, key, default, must_exist=must_exist)
    return Path(default) if found is None else found


def optional_path(session: Session, key: str) -> Path | None:
    """Ask for a path as `path` does; None for "-", and for Enter if none was given before."""
    return _path(session, key, NONE, must_exist=True)


def _path(session: Session, key: str, default: str, *, must_exist: bool) -> Path | None:
    from avatar.pictures.sources import clean_path

    offered = session.last_paths.get(key, default)
    while True:
        answer = _answer(session, key, offered, path=True)
        if not answer:
            session.say("ask.needed", style="warn")
            continue
        if answer == NONE == default:
            return None
        found = clean_path(answer)
        if "\0" in answer or (must_exist and not _exists(found)):
            session.show_error(PipelineError("import.no_path", path=str(found)))
            continue
        session.last_paths[key] = answer
        return found


def _exists(found: Path) -> bool:
    try:
        return found.exists()
    except (OSError, ValueError):  # longer than the system takes, or a NUL in it
        return False


def numbers(session: Session, key: str, items: Sequence[str], labels: Sequence[str] = ()) -> list[str]:
    """Ask for some of items by number or name, or all of them: "3,7-12", "lucia_g, Begona", "todas"; Enter for none.

    labels  of the items, in their order: understood as well as their names
    """
    while True:
        answer = _answer(session, key, NONE)
        if answer == NONE:
            return []
        if matching.folded(answer) in ALL:
            return list(items)
        chosen = _places(session, answer, items, labels)
        if chosen is not None:
            return [items[place] for place in chosen]


def _places(session: Session, answer: str, items: Sequence[str], labels: Sequence[str]) -> list[int] | None:
    """Return the places of what was typed, in order; None after saying what was not understood."""
    from avatar.reports import review_list  # which loads pydantic

    whole = review_list.parse_numbers(answer, len(items))
    if whole is not None:
        return [number - 1 for number in whole]
    options = [(item, *labels[place : place + 1]) for place, item in enumerate(items)]
    chosen: set[int] = set()
    for part in filter(None, map(str.strip, re.split("[,;]", answer))):
        found = review_list.parse_numbers(part, len(items))
        places = matching.places(part, options) if found is None else [number - 1 for number in found]
        if len(places) > 1 and found is None:
            session.say("menu.several", style="warn", names=", ".join(options[place][-1] for place in places))
            return None
        if not places:
            session.say("ask.numbers", style="warn", last=len(items))
            return None
        chosen.update(places)
    return sorted(chosen)


def _answer(
    session: Session, key: str, default: str, values: Mapping[str, object] | None = None, *, path: bool = False,
    limits: Text | None = None, zero: bool = False, edit: bool = False, about: Text | None = None,
) -> str:  # fmt: skip
    """Ask, repeating the question after `?`; return the answer, or the default on Enter. Raises Leave and Back.

    zero   0 is an answer
    about  as `explain`
    """
    asked = session.text(key, **(values or {}))
    if limits is not None:
        asked = session.text("ask.limits_zero" if zero else "ask.limits", asked=asked, limits=limits)
    on_line = default if edit and session.ui.edits else ""
    shown = default and not on_line
    offered = shortened(default, max(NARROWEST_PATH, LONGEST_ASKED - len(asked))) if path else default
    prompt = session.text("ask.with_default" if shown else "ask.plain", asked=asked, default=offered)
    while True:
        answer = session.ui.ask(prompt, path=path, edit=on_line).strip()
        if answer == "?":
            explain(session, key, zero=zero, about=about)
            continue
        if answer == MORE and session.hidden:
            session.show_hidden()
            continue
        if answer == "0" and not zero:
            raise Leave
        if answer == "<":
            raise Back
        return answer or default


def help_key(key: str) -> str:
    """Return the key of the text that explains the question key: ask.gpu -> question.gpu."""
    return "question." + key.partition(".")[2]


def explain(session: Session, key: str, *, zero: bool = False, about: Text | None = None) -> None:
    """Explain a question, and how every question is answered.

    about  what is asked now, where it is no longer the whole question: what Enter takes is another answer then
    """
    if about is not None:
        session.ui.show(about, session.language)
    elif tables.known(help_key(key)):
        session.say(help_key(key))
    session.say("question.how_zero" if zero else "question.how")
