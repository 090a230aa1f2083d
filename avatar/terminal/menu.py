"""One numbered menu: data (label, handler), drawn and dispatched by one function.

A handler only asks; what it does is a function of `commands`, the same that the command line calls. End of input, a
wrong number, Ctrl+C and an error in a handler each lead back to the menu.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from avatar.commands import stage_state
from avatar.commands.result import Result, system_error
from avatar.commands.session import Session, bug
from avatar.terminal import questions
from avatar.texts.text import PipelineError, Text

TOLD_ELSEWHERE = ("setup", "model", "try", "choose")  # stages: the client itself, and what comes after the training
LOG = logging.getLogger("avatar_pipeline")


class Choice(NamedTuple):
    """One numbered line: its text key and its handler."""

    label: str
    handler: Callable[[Session], None]


def run_menu(
    title: str,
    choices: Sequence[Choice],
    session: Session,
    *,
    needs_client: bool = False,
    proposed: str | Callable[[Session], str] = "",
) -> None:
    """Draw, read and dispatch until the user picks 0; end of input counts as 0.

    needs_client: leave when the chosen client is gone (deleted in a submenu or in another window).
    proposed: the label that Enter stands for, or what returns it for the state that things are in.
    """
    numbered = {str(number): choice for number, choice in enumerate(choices, 1)}
    while True:
        call(_look_for_client, session)
        if needs_client and session.client is None:
            return
        label = proposed if isinstance(proposed, str) else _proposed(proposed, session)
        default = next((number for number, choice in numbered.items() if choice.label == label), "")
        draw(title, choices, session)
        asked = session.text("menu.enter" if default else "menu.ask", last=len(choices), n=default)
        try:
            answer = session.ui.ask(asked).strip() or default
        except EOFError:
            answer = "0"
        except KeyboardInterrupt:
            session.say("menu.interrupted")
            continue
        if answer == "0":
            return
        if answer == "?":
            session.say("question.menu")
            continue
        if answer == questions.MORE and session.hidden:
            session.show_hidden()
            continue
        if answer not in numbered:
            session.say("menu.invalid", style="warn", last=len(choices))
            continue
        call(numbered[answer].handler, session)


def _proposed(of_state: Callable[[Session], str], session: Session) -> str:
    try:
        return of_state(session)
    except (PipelineError, OSError):  # what is wrong with the client is told where it is drawn
        return ""


def _look_for_client(session: Session) -> None:
    """Deselect a client that no longer exists, and show an error."""
    if session.client is not None:
        session.need_client()


def call(handler: Callable[[Session], None], session: Session) -> None:
    """Run a handler; any error is shown as one message, and the menu continues."""
    try:
        handler(session)
    except PipelineError as error:
        LOG.warning("%s", error)
        session.show_error(error)
    except (KeyboardInterrupt, EOFError, questions.Leave):
        session.say("menu.cancelled", style="warn")
    except OSError as error:
        LOG.exception("system error in a menu")
        session.ui.show(system_error(error), session.language)
    except Exception as error:  # a bug must not cost the user the program
        LOG.exception("bug in a menu")
        session.show(Result(None, error=bug(error, session)))


def draw(title: str, choices: Sequence[Choice], session: Session) -> None:
    """Show the title, the chosen client with the state of its stages, and the numbered choices."""
    session.ui.show(Text("menu.rule"), session.language)
    session.say(title, style="title")
    if session.client is not None:
        session.say("menu.client", client=session.client.client_id, state=_state_line(session))
    for number, choice in enumerate(choices, 1):
        session.say("menu.line", n=number, label=Text(choice.label))
    session.say("menu.line", n=0, label=Text("menu.exit" if title == "menu.main" else "menu.back"))


def _state_line(session: Session) -> Text:
    if session.client is None:
        return Text("client.none_chosen")
    try:
        state = stage_state.client_state(session, session.client)
    except PipelineError as error:
        return error.text
    except Exception as error:  # nothing that is wrong with a client may hide the menu
        LOG.exception("bug in the state of a client")
        return bug(error, session)
    line = Text("menu.no_stages")
    for stage in reversed([stage for stage in state.stages if stage.name not in TOLD_ELSEWHERE]):
        part = Text(
            "menu.stage", {"stage": Text(f"short.{stage.name}"), "state": Text(f"state.{stage.state}"), "n": stage.count}
        )
        line = part if line.key == "menu.no_stages" else Text("menu.stages", {"first": part, "rest": line})
    return line
