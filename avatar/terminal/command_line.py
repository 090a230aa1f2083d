"""The command line: calls the command, prints its result as text or JSON, returns the exit code.

Exit codes: 0 done, 1 a problem the user can solve, 2 wrong usage, 3 a bug (the log's path is given), 130 interrupted.
"""

from __future__ import annotations

import contextlib
import json
import logging
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import config
import utils
from avatar.commands import clients
from avatar.commands import result as commands_result
from avatar.commands import session as commands_session
from avatar.commands.all_commands import COMMANDS
from avatar.commands.command import Command, UsageError
from avatar.commands.result import Result
from avatar.commands.session import Pages, Session
from avatar.terminal import streams
from avatar.terminal.parser import build_parser, values_of
from avatar.terminal.screen import TerminalUi
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace.workspace import Workspace

DONE, PROBLEM, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130
LOG = logging.getLogger("avatar_pipeline")


def main(argv: Sequence[str], commands: Sequence[Command] = COMMANDS, *, pages: Pages | None = None) -> int:
    """Run one command, or the menus where none is named; return the exit code. pages: the dashboard."""
    streams.use_utf8()
    as_json = "--json" in argv
    language = streams.first_language(argv)
    plain = streams.wants_plain(argv)
    ui = TerminalUi(to_stderr=as_json, plain=plain)
    session = Session(ui, language=language, quiet=as_json and not sys.stderr.isatty(), plain=plain, pages=pages)
    asked_for: str | None = None
    name = command_words(argv)
    try:
        arguments = build_parser(language, commands, argv).parse_args(list(argv))
        command: Command | None = arguments.command
        values = values_of(arguments, command) if command is not None else {}
        name = command.name if command is not None else name
        asked_for = values.get("client_id")
        session.details = getattr(arguments, "details", False)
        session.workspace = Workspace(utils.at_home(Path(getattr(arguments, "clients_dir", config.CLIENTS_DIR))).absolute())
        translate.start_commands_with(session.program_line())
        log_level = getattr(arguments, "log_level", "critical")
        session.log_file = utils.PipelineLogger.start(config.LOG_DIR, log_level, lambda: client_at_work(session, asked_for))
        # Without the values: names, consent notes and prompts are private.
        LOG.info("%s | Python %s, %s", " ".join(option_names(name, argv)), platform.python_version(), platform.platform())
        clients.tidy(session, asked_for)
        if command is None:
            from avatar.terminal import menus

            menus.start(session, commands)
            return DONE
        return _finish(session, name, command.run(session, **values), as_json)
    except UsageError as error:
        wrong = Text("usage.wrong", {"detail": error.text, "usage": (error.usage or arguments.usage()).rstrip()})
        return _fail(session, name, asked_for, wrong, USAGE, as_json)
    except PipelineError as error:
        LOG.warning("%s", error)
        return _fail(session, name, asked_for, error.text, PROBLEM, as_json)
    except KeyboardInterrupt:
        return _fail(session, name, asked_for, Text("command.interrupted"), INTERRUPTED, as_json)
    except OSError as error:
        if isinstance(error, BrokenPipeError) and not sys.stdout.isatty():
            return PROBLEM  # what reads the output (head, more) has ended: nothing is wrong here, and nobody is left to be told
        LOG.exception("system error in %s", name)
        return _fail(session, name, asked_for, commands_result.system_error(error), PROBLEM, as_json)
    except Exception as error:  # a bug: told in one sentence, the traceback goes to the log
        LOG.exception("bug in %s", name)
        told = commands_session.bug(error, session, argv)
        return _fail(session, name, asked_for, told, BUG if told.key == commands_session.BUG else PROBLEM, as_json)


def client_at_work(session: Session, asked_for: object) -> str | None:
    """Return the id of the client in use: the selected one, else the one that the command names."""
    if session.client is not None:
        return session.client.client_id
    return asked_for if isinstance(asked_for, str) else None


def option_names(name: str, argv: Sequence[str]) -> list[str]:
    """Return a command and the names of its options, for the log.

    >>> option_names("client new", ["client", "new", "ana", "--name=Ana", "--consent", "signed"])
    ['client new', '--name', '--consent']
    """
    return [name or "menus", *(word.partition("=")[0] for word in argv if word.startswith("--"))]


def _finish(session: Session, name: str, result: Result[Any], as_json: bool) -> int:
    code = INTERRUPTED if result.interrupted else DONE if result.error is None else PROBLEM
    if as_json:
        _write_json(session, name, result, result.error)
    else:
        session.show(result)
    if result.afterwards is not None:
        result.afterwards()
    return code


def _fail(session: Session, name: str, client: str | None, error: Text, code: int, as_json: bool) -> int:
    if as_json:
        with contextlib.suppress(OSError):  # standard output is the trouble (its disk is full): standard error tells it alone
            _write_json(session, name, Result(None, client=client), error)
    session.ui = TerminalUi(to_stderr=True, plain=session.plain)  # errors never mix with a result that is piped on
    session.show(Result(None, client=client, error=error))
    return code


def _write_json(session: Session, name: str, result: Result[Any], error: Text | None) -> None:
    client = result.client or (session.client.client_id if session.client else None)
    with translate.about(client):
        answer = {
            "ok": error is None,
            "command": name,
            "client": client,
            "result": commands_result.plain(result.value),
            "warnings": [_said(session, warning) for warning in result.warnings],
            "error": None if error is None else _said(session, error),
        }
    # ASCII: a console's code page cannot break it.
    sys.stdout.write(json.dumps(answer, allow_nan=False) + "\n")
    sys.stdout.flush()


def _said(session: Session, say: Text) -> dict[str, Any]:
    return {
        "key": say.key,
        "values": commands_result.plain(say.values),
        "message": translate.words(say, session.language),
    }


def command_words(argv: Sequence[str]) -> str:
    """Return the command that argv seems to name, for an answer about arguments that could not be understood.

    >>> command_words(["--lang", "es", "--json", "client", "new"])
    'client new'
    """
    words: list[str] = []
    skip = False
    for word in argv:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in {"--clients-dir", "--lang", "--log-level"}
        else:
            words.append(word)
    return " ".join(words[:2] if words[:1] in (["client"], ["queue"]) else words[:1])
