"""The questions before captions are shown, changed or suggested: every change is previewed and asked about."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from avatar.commands import captioners
from avatar.commands import captions as captions_commands
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts.text import Text

if TYPE_CHECKING:
    from avatar.dataset.caption_store import CaptionRow


def show(session: Session) -> None:
    questions.show_by_page(session, captions_commands.captions(session, None))


def set_text(session: Session) -> None:
    from avatar.reports import review_list

    shown = captions_commands.captions(session, None)
    questions.show_by_page(session, shown)
    rows: dict[str, CaptionRow] = {row.image_id: row for row in shown.value["captions"]}
    entries = review_list.entries(session.need_client())

    def row_of(answer: str) -> CaptionRow:
        """Return the row that a number, a name or some words of name or caption mean."""
        found = [row for row in rows.values() if answer.casefold() in f"{row.name} {row.text}".casefold()]
        if len(found) == 1 and not answer.isdecimal():
            return found[0]
        return rows[captions_commands.image_named(entries, answer, rows)]

    first = next(str(entry.number) for entry in entries if entry.row.image_id in rows)
    row = row_of(questions.text(session, "ask.caption_image", default=first, check=row_of))
    _change(session, "set", row.image_id, questions.text(session, "ask.caption_text", default=row.text))


def replace(session: Session) -> None:
    old = questions.text(session, "ask.caption_old")
    new = questions.text(session, "ask.caption_new", default="-")
    _change(session, "replace", old, "" if new == "-" else new)


def add(session: Session) -> None:
    _change(session, "add", questions.text(session, "ask.caption_phrase"))


def remove(session: Session) -> None:
    _change(session, "remove", questions.text(session, "ask.caption_phrase"))


def undo(session: Session) -> None:
    _change(session, "undo")


def suggest(session: Session) -> None:
    """Ask which captioner, once for the agreement to what it needs, and which pictures; show what it says, then ask."""
    kind = questions.pick(session, "ask.captioner", (*captioners.KINDS, captioners.NONE), default=captioners.KINDS[0])
    if kind == captioners.NONE:
        session.show(captioners.take_back(session))
        return
    doubtful, all_of_them = captioners.how_many(session)
    every = doubtful < all_of_them and questions.yes_no(
        session, "ask.captioner_all", default=not doubtful, n=doubtful, total=all_of_them
    )
    told = captioners.terms(session, kind) if doubtful or every else None
    if told is not None:
        session.ui.show(told, session.language)
        if not questions.yes_no(session, "ask.captioner_agree", default=False):
            session.say("captioner.not_asked")
            return
    preview = captioners.suggest(session, None, kind, every=every, agreed=told is not None)
    _apply(session, preview, lambda: captioners.suggest(session, None, kind, every=every, apply=True), default=False)


def _change(session: Session, *change: str) -> None:
    """Show a preview of a change, and apply it only on yes."""
    preview = captions_commands.captions(session, None, change=change)
    _apply(session, preview, lambda: captions_commands.captions(session, None, change=change, apply=True), default=True)


def _apply(session: Session, preview: Result[Any], apply: Callable[[], Result[Any]], *, default: bool) -> None:
    told = [block for block in preview.blocks if not (isinstance(block, Text) and block.key == "captions.how_to_apply")]
    questions.show_by_page(session, dataclasses.replace(preview, blocks=told))  # here the question that follows applies it
    if preview.value["changes"] and questions.yes_no(session, "ask.caption_apply", default=default):
        session.show(apply())
