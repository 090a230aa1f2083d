"""The questions of a client's quality limits: which, what value, and what would change before it is kept."""

from __future__ import annotations

import dataclasses
from typing import Any

from avatar.commands import limits as limits_commands
from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts.text import Text

UNDO = "undo"


def ask(session: Session) -> None:
    """Ask for a limit, each with its value of now, and for a new one; tell what it would change, and keep it on a yes."""
    shown = limits_commands.limits(session, None)
    found = {str(limit["name"]): limit for limit in shown.value["limits"]}
    labels = {questions.NONE: Text("list.no_limit")}
    for name, limit in found.items():
        labels[name] = Text("list.limit", {"name": Text(f"limits.name.{name}"), "value": limit["value"]})
    if shown.value["undo_steps"]:
        labels[UNDO] = Text("list.undo_limits")

    def ask_value(given: questions.Given) -> object:
        if given["name"] in {questions.NONE, UNDO}:
            return questions.SKIPPED
        limit = found[given["name"]]
        return questions.number(
            session, "ask.limit_value", default=float(limit["value"]), low=float(limit["low"]), high=float(limit["high"]),
            name=Text(f"limits.name.{given['name']}"),
        )  # fmt: skip

    given = questions.in_order(
        name=lambda _: questions.pick(session, "ask.limit", list(labels), default=questions.NONE, labels=labels),
        value=ask_value,
    )
    if given["name"] == UNDO:
        _show(session, limits_commands.limits(session, None, undo=True))
    elif given["name"] != questions.NONE:
        change = [f"{given['name']}={given['value']:.10g}"]
        _show(session, limits_commands.limits(session, None, changes=change, preview=True), did=False)
        if questions.yes_no(session, "ask.limit_keep", default=False):
            _show(session, limits_commands.limits(session, None, changes=change))


def _show(session: Session, result: Result[Any], *, did: bool = True) -> None:
    """Show what changes without the table of all limits, which names them as config.json does."""
    told = [block for block in result.blocks if not isinstance(block, Table)]
    session.show(dataclasses.replace(result, blocks=told), did=did)
