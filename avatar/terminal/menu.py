"""One numbered menu: data (label, handler), drawn and dispatched by one function.

A handler only asks; what it does is a function of `commands`, the same that the command line calls. End of input, a
wrong number, Ctrl+C and an error in a handler each lead back to the menu.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from avatar.commands import clients as clients_commands
from avatar.commands import stage_state
from avatar.commands.result import Result, system_error
from avatar.commands.session import Session, bug
from avatar.terminal import questions
from avatar.texts import matching, tables, translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

IN_HEAD = ("import-mj", "import-real", "process", "prepare", "configure")  # stages in the head of a menu, up to the first open
LONGEST_NAME = 40  # of a client in a menu's head, in letters: the head stays one row of 80 columns
HEADS = {"menu.main": "menu.main_of", "menu.client": "menu.client_of"}  # titles of the menus that name the client
LOG = logging.getLogger("avatar_pipeline")


class Choice(NamedTuple):
    """One numbered line: its text key, its handler, and the key of what its command does, "" where it has none."""

    label: str
    handler: Callable[[Session], None]
    help: str = ""


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
    ahead = ""
    while True:
        call(_look_for_client, session)
        if needs_client and session.client is None:
            return
        label = proposed if isinstance(proposed, str) else on_enter(proposed, session)
        rows = draw(title, choices, session, label)
        try:
            chosen = _read(title, choices, session, label, ahead)
        except EOFError:
            return
        except KeyboardInterrupt:
            session.say("menu.interrupted")
            continue
        finally:
            ahead = ""
        if chosen is None:
            return
        call(chosen.handler, session)
        ahead = stay(session, rows)


def which(title: str, choices: Sequence[Choice], session: Session, proposed: str) -> Choice | None:
    """Ask which of a line's actions is meant; None for 0 and <. Raises EOFError and KeyboardInterrupt."""
    session.say("menu.rule")
    session.say(title, style="title")
    _lines(title, choices, session, proposed)
    return _read(title, choices, session, proposed)


def _read(title: str, choices: Sequence[Choice], session: Session, proposed: str, ahead: str = "") -> Choice | None:
    """Read until a line is named by its number or by a part of it; None for 0 and <. ahead: what was typed already."""
    default = next((str(number) for number, choice in enumerate(choices, 1) if choice.label == proposed), "")
    names = [[session.text(choice.label)] for choice in choices]
    asked = session.text("menu.enter" if default else "menu.ask", last=len(choices), n=default)
    while True:
        answer, ahead = ahead or session.ui.ask(asked).strip() or default, ""
        if answer == "0" or (answer == "<" and title != "menu.main"):
            return None
        if answer == "?":
            explain(choices, session)
            continue
        if answer == questions.MORE and session.hidden:
            session.show_hidden()
            continue
        if answer.isdecimal() and len(answer) < questions.MOST_DIGITS and 1 <= int(answer) <= len(choices):
            return choices[int(answer) - 1]
        found = matching.places(answer, names)
        if len(found) == 1:
            return choices[found[0]]
        if found:
            session.say("menu.several", style="warn", names=", ".join(f"{place + 1}. {names[place][0]}" for place in found))
        else:
            session.say("menu.not_there", style="warn", last=len(choices))


def explain(choices: Sequence[Choice], session: Session) -> None:
    """Explain each line in a sentence: its own, else what its command does; then how a line is chosen."""
    for number, choice in enumerate(choices, 1):
        own = "about." + choice.label.partition(".")[2]
        if about := own if tables.known(own) else choice.help:
            session.say("menu.about", n=number, label=Text(choice.label), about=Text(about))
    session.say("question.menu")


def on_enter(of_state: Callable[[Session], str], session: Session) -> str:
    """Return the label that Enter stands for; "" where what it depends on cannot be read: no line may hide behind that."""
    try:
        return of_state(session)
    except (PipelineError, OSError):  # what is wrong with the client is told where it is drawn
        return ""
    except Exception:  # a proposal is a courtesy: nothing that is wrong with it may hide the menu
        LOG.exception("bug in what a menu proposes")
        return ""


def stay(session: Session, menu_rows: int) -> str:
    """Wait for Enter where the menu would push the end of a result off the screen of somebody who sits there.

    Returns what was typed before it, which is meant for the menu that follows.
    """
    if session.ui.room() >= menu_rows:
        return ""
    try:
        while (typed := session.ui.ask(session.text("menu.stay")).strip()) == questions.MORE and session.hidden:
            session.show_hidden()
    except (EOFError, KeyboardInterrupt):
        return ""  # the menu that follows meets the end of input itself
    return typed


def _look_for_client(session: Session) -> None:
    """Deselect a client that no longer exists, and show an error."""
    if session.client is not None:
        session.need_client()


def call(handler: Callable[[Session], None], session: Session) -> None:
    """Run a handler; any error is shown as one message, and the menu continues."""
    session.done = False
    try:
        handler(session)
    except PipelineError as error:
        LOG.warning("%s", error)
        session.show_error(error)
    except (KeyboardInterrupt, EOFError, questions.Leave):
        session.say("menu.interrupted_work" if session.done else "menu.cancelled", style="warn")
    except OSError as error:
        LOG.exception("system error in a menu")
        session.ui.show(system_error(error), session.language)
    except Exception as error:  # a bug must not cost the user the program
        LOG.exception("bug in a menu")
        session.show(Result(None, error=bug(error, session)))


def draw(title: str, choices: Sequence[Choice], session: Session, proposed: str = "") -> int:
    """Show the title with the chosen client, the state of its stages, and the numbered choices; return the rows it takes."""
    session.say("menu.rule")
    client = session.client
    if client is None or title not in HEADS:
        session.say(title, style="title")
    else:
        name = questions.shortened(_name_of(client), LONGEST_NAME)
        session.ui.show(Text(HEADS[title], {"name": name}, "title"), session.language)
        with translate.about(client.client_id):
            session.ui.show(_state_line(session), session.language)
    _lines(title, choices, session, proposed)
    return len(choices) + 4 + (client is not None)  # the blank row, the title, 0 and the question


def _name_of(client: Client) -> str:
    """Return a client's id, and the person's name where it is another one."""
    try:
        return clients_commands.shown_name(client.info())
    except (PipelineError, OSError):  # what is wrong with it is told below
        return client.client_id


def _lines(title: str, choices: Sequence[Choice], session: Session, proposed: str) -> None:
    for number, choice in enumerate(choices, 1):
        if choice.label == proposed:
            session.say("menu.line_proposed", style="proposed", n=number, label=Text(choice.label))
        else:
            session.say("menu.line", n=number, label=Text(choice.label))
    session.say("menu.line", n=0, label=Text("menu.exit" if title == "menu.main" else "menu.back"))


def _state_line(session: Session) -> Text:
    """Return what the client has, up to the first stage that is not done, and its models."""
    if session.client is None:
        return Text("client.none_chosen")
    try:
        state = stage_state.client_state(session, session.client)
    except PipelineError as error:
        return error.text
    except Exception as error:  # nothing that is wrong with a client may hide the menu
        LOG.exception("bug in the state of a client")
        return bug(error, session)
    parts: list[Text] = []
    for name in IN_HEAD:
        stage = state.stage(name)
        short = Text(f"short.{name}")
        if stage.state in {"todo", "outdated"}:
            parts.append(Text("menu.stage_todo" if stage.state == "todo" else "menu.stage_outdated", {"stage": short}))
            break
        if stage.state == "done":
            counted = name not in {"prepare", "configure"}  # there is one, made of the approved faces
            parts.append(Text("menu.stage_done", {"stage": short, "n": stage.count}) if counted else short)
    if state.models:
        parts.append(Text("menu.models_there", {"n": len(state.models)}))
    line = parts.pop()
    while parts:
        line = Text("menu.stages", {"first": parts.pop(), "rest": line})
    return line
