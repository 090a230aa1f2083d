"""The interactive doctor: shows findings and applies the remedies that the user chooses."""

from __future__ import annotations

from avatar.commands import doctor as doctor_commands
from avatar.commands.result import Raw, Result
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts.text import Text


def walk(session: Session) -> None:
    """Show the findings and apply chosen remedies until the user chooses none."""
    while True:
        client = session.need_client() if session.client is not None else None
        findings = doctor_commands.examine(session, client)
        shown = doctor_commands.diagnosis(session, client, findings)
        told = [block for block in shown.blocks if not isinstance(block, Raw) and getattr(block, "key", "") != "doctor.how"]
        session.show(Result(shown.value, told, client=shown.client))  # here numbers stand for the commands
        found = doctor_commands.remedies(findings)
        for number, (_, remedy) in enumerate(found, 1):
            session.say("menu.line", n=number, label=doctor_commands.remedy_say(remedy))
        session.say("menu.line", n=len(found) + 1, label=Text("doctor.remedy.bundle"))
        chosen = _number(session, len(found) + 1)
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


def _number(session: Session, last: int) -> int:
    """Ask which remedy; 0 or Enter for none."""
    while True:
        answer = session.ui.ask(session.text("doctor.ask", last=last)).strip() or "0"
        if answer == "?":
            session.say("question.doctor")
            continue
        if answer.isdecimal() and len(answer) < 8 and int(answer) <= last:  # "²" is a digit, and no number
            return int(answer)
        session.say("menu.invalid", style="warn", last=last)
