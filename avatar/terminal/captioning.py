"""The questions before captions are shown, changed or suggested: every change is previewed and asked about."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from avatar.commands import captioners
from avatar.commands import captions as captions_commands
from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts.text import Text
from avatar.texts.visible import short_name

NAME_WIDTH, TEXT_WIDTH = 24, 44  # letters of a file and of a caption where one row is to hold both and a number


def show(session: Session) -> None:
    """Show all captions in short, then those in full that are asked for."""
    from avatar.reports import review_list

    shown = captions_commands.captions(session, None)
    questions.show_by_page(session, _asked_here(shown))
    known = {str(caption["image_id"]) for caption in shown.value["captions"]}
    entries = review_list.entries(session.need_client()) if known else []

    def check(answer: str) -> None:
        if answer != questions.NONE:
            captions_commands.image_named(entries, answer, known)

    while known and (word := questions.text(session, "ask.caption_of", default=questions.NONE, check=check)) != questions.NONE:
        session.show(captions_commands.captions(session, None, of=word), did=False)


def set_text(session: Session) -> None:
    from avatar.reports import review_list

    shown = captions_commands.captions(session, None)
    if not shown.value["captions"]:
        session.show(_asked_here(shown))
        return
    questions.show_by_page(session, Result(None, [_one_row_each(shown.value["captions"])]))
    captions = {str(caption["image_id"]): caption for caption in shown.value["captions"]}
    entries = review_list.entries(session.need_client())

    def id_of(answer: str) -> str:
        """Return the picture that a number, a name or some words of name or caption mean."""
        found = [i for i, one in captions.items() if answer.casefold() in f"{one['name']} {one['text']}".casefold()]
        if len(found) == 1 and not answer.isdecimal():
            return found[0]
        return captions_commands.image_named(entries, answer, captions)

    first = next(str(one["number"]) for one in captions.values())
    given = questions.in_order(
        image=lambda given: questions.text(session, "ask.caption_image", default=given.get("image", first), check=id_of),
        text=lambda given: questions.text(
            session, "ask.caption_text", default=captions[id_of(given["image"])]["text"], edit=True
        ),
    )
    _change(session, "set", id_of(given["image"]), given["text"])


def _one_row_each(captions: Sequence[Mapping[str, Any]]) -> Table:
    """Return captions to pick one from: a row each in 80 columns, with the end that tells them apart."""
    rows = [
        (one["number"], short_name(str(one["name"]), NAME_WIDTH), questions.shortened(str(one["text"]), TEXT_WIDTH))
        for one in captions
    ]
    return Table(("col.number", "col.file", "col.caption"), rows, Text("captions.pick_title"))


def replace(session: Session) -> None:
    given = questions.in_order(
        old=lambda given: questions.text(session, "ask.caption_old", default=given.get("old", "")),
        new=lambda _: questions.text(session, "ask.caption_new", default=questions.NONE),
    )
    _change(session, "replace", given["old"], "" if given["new"] == questions.NONE else given["new"])


def add(session: Session) -> None:
    _change(session, "add", questions.text(session, "ask.caption_phrase"))


def remove(session: Session) -> None:
    _change(session, "remove", questions.text(session, "ask.caption_phrase"))


def renew(session: Session) -> None:
    _change(session, "renew")


def undo(session: Session) -> None:
    _change(session, "undo")


def suggest(session: Session) -> None:
    """Ask which captioner, once for the agreement to what it needs, and which pictures; show what it says, then ask."""
    choices = {session.text(f"captioner.choice.{kind}"): kind for kind in (*captioners.KINDS, captioners.NONE)}
    doubtful, all_of_them = captioners.how_many(session)

    def ask_every(given: questions.Given) -> object:
        if given["kind"] == captioners.NONE or doubtful == all_of_them:
            return questions.SKIPPED
        return questions.yes_no(session, "ask.captioner_all", default=not doubtful, n=doubtful, total=all_of_them)

    def ask_agreed(given: questions.Given) -> object:
        kind = given["kind"]
        told = captioners.terms(session, kind) if kind != captioners.NONE and (doubtful or given.get("every")) else None
        if told is None:
            return questions.SKIPPED
        session.ui.show(told, session.language)
        return questions.yes_no(session, "ask.captioner_agree", default=False)

    given = questions.in_order(
        kind=lambda _: choices[questions.pick(session, "ask.captioner", list(choices), default=next(iter(choices)))],
        every=ask_every, agreed=ask_agreed,
    )  # fmt: skip
    kind, every = given["kind"], bool(given.get("every"))
    if kind == captioners.NONE:
        session.show(captioners.take_back(session))
        return
    if given.get("agreed") is False:
        session.say("captioner.not_asked")
        return
    preview = captioners.suggest(session, None, kind, every=every, agreed="agreed" in given)
    _apply(session, preview, lambda: captioners.suggest(session, None, kind, every=every, apply=True), default=False)


def _change(session: Session, *change: str) -> None:
    """Show a preview of a change, and apply it only on yes: Enter is one for a single caption, and none for many."""
    preview = captions_commands.captions(session, None, change=change)
    one = len(preview.value["changes"]) == 1
    _apply(session, preview, lambda: captions_commands.captions(session, None, change=change, apply=True), default=one)


def _apply(session: Session, preview: Result[Any], apply: Callable[[], Result[Any]], *, default: bool) -> None:
    questions.show_by_page(session, _asked_here(preview))
    if preview.value["changes"] and questions.yes_no(session, "ask.caption_apply", default=default):
        session.show(apply())


def _asked_here(shown: Result[Any]) -> Result[Any]:
    """Return a result without what the question that follows asks."""
    hints = {"captions.how_to_apply", "captions.how_to_look", "captions.how_to_describe"}
    return dataclasses.replace(
        shown, blocks=[block for block in shown.blocks if not (isinstance(block, Text) and block.key in hints)]
    )
