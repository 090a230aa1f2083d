"""The one stop of the guided setup between faces and dataset: these are the crops, is every one of them the client?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from avatar.commands import who as who_commands
from avatar.commands.result import Table
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.terminal import review as terminal_review
from avatar.texts.text import Text

if TYPE_CHECKING:
    from avatar.commands.who import Question
    from avatar.reports.review_list import Entry


def confirm(session: Session) -> bool:
    """Ask once whether the crops show the client; return whether the user said that they do now."""
    asked = who_commands.question(session)
    if asked is None:
        return False
    if len(asked.persons) > 1:
        return _one_of(session, asked)
    _show(session, asked)
    if asked.odd:
        _show_odd(session, asked.client, asked.odd)
        return _odd_ones(session, asked.odd)
    name = session.need_client().info().display_name or asked.client
    if questions.yes_no(session, "ask.all_client", default=True, person=name):
        session.show(who_commands.answer(session))
        return True
    return _looked(session)


def _odd_ones(session: Session, odd: Sequence[Entry]) -> bool:
    out, same, look = session.text("guided.odd_out"), session.text("guided.odd_all"), session.text("guided.odd_look")
    chosen = questions.pick(session, "ask.odd_pictures", [out, same, look], default=look)
    if chosen == look:
        return _looked(session)
    which = {"reject": odd} if chosen == out else {"is_client": odd}
    session.show(who_commands.answer(session, **which))
    return True


def _looked(session: Session) -> bool:
    """Let the user decide on each picture."""
    terminal_review.walk(session)
    session.show(who_commands.answer(session))
    return False


def _one_of(session: Session, asked: Question) -> bool:
    """Ask which of several persons is the client; the pictures of the others are rejected."""
    session.ui.show(who_commands.persons_table(asked.persons, asked.client), session.language)
    session.say("guided.who_sheet", path=str(asked.persons_sheet or ""))
    same, unknown = session.text("guided.who_all"), session.text("guided.who_later")
    named = {session.text("guided.who_person", n=number): person for number, person in enumerate(asked.persons, 1)}
    chosen = questions.pick(session, "ask.who", [*named, same, unknown], default="")
    if chosen == unknown:
        session.say("guided.who_open", style="warn", client=asked.client)
        raise questions.Leave  # not on to the dataset of nobody knows whom: the next visit asks again
    person = named.get(chosen, ())
    if chosen == same:
        person = [entry for group in asked.persons for entry in group]
    answered = who_commands.answer(session, is_client=person)
    session.show(answered)
    left = who_commands.entries_of(session, answered.value.outliers)
    if chosen not in named or not left:
        return True
    _show_odd(session, asked.client, left)  # strangers of whom there is one picture: too few refuse none by themselves
    return _odd_ones(session, left)


def _show(session: Session, asked: Question) -> None:
    """Show where the crops can be seen."""
    path = str(asked.sheets[0]) if asked.sheets else str(session.need_client().output)
    session.say("guided.who", n=asked.new, path=path, sheets=len(asked.sheets))


def _show_odd(session: Session, client: str, odd: Sequence[Entry]) -> None:
    rows = [
        (
            entry.number,
            entry.row.name,
            Text(f"sheet.source.{entry.row.source}"),
            Text("unit.likeness", {"value": entry.measures["identity"]}),
        )
        for entry in odd
    ]
    columns = ("col.number", "col.file", "col.source", "col.likeness")
    session.ui.show(Table(columns, rows, Text("guided.odd_title", {"client": client}, "warn")), session.language)
    session.say("faces.identity_unknown")
