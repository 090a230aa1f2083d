"""The interactive doctor: shows findings and applies the remedies that the user chooses."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from avatar.commands import blocks
from avatar.commands import doctor as doctor_commands
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts import matching, translate
from avatar.texts.text import PipelineError, Text, gravest_first, worst_level

COMPUTER = "computer"  # the answer beside the clients


def walk(session: Session) -> None:
    """Show the findings and apply chosen remedies until the user chooses none."""
    while True:
        client = session.need_client() if session.client is not None else None
        findings = doctor_commands.examine(session, client)
        shown = doctor_commands.diagnosis(session, client, findings)
        told = [block for block in shown.blocks if not isinstance(block, Raw) and getattr(block, "key", "") != "doctor.how"]
        session.show(Result(shown.value, told, client=shown.client), did=False)  # here numbers stand for the commands
        found = doctor_commands.remedies(findings)
        labels = [*(doctor_commands.remedy_say(remedy) for _, remedy in found), Text("doctor.remedy.bundle")]
        for number, label in enumerate(labels, 1):
            session.say("menu.line", n=number, label=label)
        chosen = _number(session, [translate.words(label, session.language) for label in labels])
        if chosen == 0:
            return
        if chosen > len(found):
            target = questions.path(session, "ask.bundle_file", default="avatar_report.zip", must_exist=False)
            session.show(doctor_commands.bundle(session, None, target))
            return
        remedy = found[chosen - 1][1]
        if remedy.action == "review":
            from avatar.terminal import review

            review.walk(session)
        else:
            session.show(doctor_commands.carry_out(session, session.client, remedy))


def walk_all(session: Session) -> None:
    """Show what is wrong with each client, ask which to look at, or the program alone, and look at it."""
    unbound = dataclasses.replace(session, client=None)
    ids = session.workspace.client_ids()
    if not ids:
        walk(unbound)
        return
    rows: list[tuple[str, Text, Text]] = []
    worst = COMPUTER
    for client_id in ids:
        try:
            findings = gravest_first(doctor_commands.examine(session, session.workspace.client(client_id)))
        except PipelineError as error:
            rows.append((client_id, Text("level.blocked", {}, "bad"), error.text))
            continue
        level = worst_level(findings)
        if level != "ready":
            rows.append((client_id, Text(f"level.{level}", {}, blocks.LEVEL_STYLE[level]), findings[0].text))
            worst = client_id if worst == COMPUTER else worst
    if rows:
        session.ui.show(Table(("col.client", "col.level", "col.finding"), rows, Text("doctor.clients_title")), session.language)
    labels = {COMPUTER: Text("list.computer")}
    chosen = questions.pick(session, "ask.doctor_of", [COMPUTER, *ids], default=worst, labels=labels)
    walk(unbound if chosen == COMPUTER else dataclasses.replace(session, client=session.workspace.client(chosen)))


def _number(session: Session, labels: Sequence[str]) -> int:
    """Ask which remedy, by its number or a part of its words; 0, < or Enter for none."""
    last = len(labels)
    while True:
        answer = session.ui.ask(session.text("doctor.ask", last=last)).strip() or "0"
        if answer == "<":
            return 0
        if answer == "?":
            session.say("question.doctor")
            continue
        if answer.isdecimal() and len(answer) < 8 and int(answer) <= last:  # "²" is a digit, and no number
            return int(answer)
        found = matching.places(answer, [[label] for label in labels])
        if len(found) == 1:
            return found[0] + 1
        session.say("menu.not_there", style="warn", last=last)
