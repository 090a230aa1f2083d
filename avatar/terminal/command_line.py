"""The command line: arguments to a call of a command, its result to text or JSON, its end to an exit code.

Exit codes: 0 done, 1 a problem the user can solve, 2 wrong usage, 3 a bug (the log's path is given), 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import logging
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import config
import utils
from avatar.commands import captions as captions_commands
from avatar.commands import clients as clients_commands
from avatar.commands import dataset as dataset_commands
from avatar.commands import doctor as doctor_commands
from avatar.commands import faces as faces_commands
from avatar.commands import importing as importing_commands
from avatar.commands import models as models_commands
from avatar.commands import monitor as monitor_commands
from avatar.commands import plan as plan_commands
from avatar.commands import queue as queue_commands
from avatar.commands import report as report_commands
from avatar.commands import result as commands_result
from avatar.commands import review as review_commands
from avatar.commands import run_all
from avatar.commands import session as commands_session
from avatar.commands import setup as setup_commands
from avatar.commands import training as training_commands
from avatar.commands import unfinished as unfinished_commands
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.terminal import streams
from avatar.terminal.screen import TerminalUi
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace.workspace import Workspace

DONE, PROBLEM, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130
LOG = logging.getLogger("avatar_pipeline")


class UsageError(Exception):
    """Arguments that no command has; the text is argparse's, the usage line its command's."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage.rstrip()


class Parser(argparse.ArgumentParser):
    """A parser that raises instead of leaving, so that --json can answer in JSON; no abbreviations."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        if message.startswith("argument "):  # Python 3.10 looks this word up nowhere
            told = argparse._("argument %(argument_name)s: %(message)s")  # type: ignore[attr-defined]
            message = told.partition("%")[0] + message.removeprefix("argument ")
        raise UsageError(message, self.format_usage())


def speak(language: str) -> None:
    """Have argparse tell its own texts in language: it looks them up by two names of gettext, which are its module's."""
    known = translate.OF_ARGPARSE if language == "es" else {}
    argparse._ = lambda text: known.get(text, text)  # type: ignore[attr-defined]
    argparse.ngettext = lambda one, many, n: known.get(one if n == 1 else many, one if n == 1 else many)  # type: ignore[attr-defined]


def build_parser(language: str) -> Parser:
    """Return the parser of all commands, with its help in language."""
    speak(language)

    def tell(key: str) -> str:
        return translate.text(key, language)

    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    # SUPPRESS: the same option before and after the command; the later one must not reset the earlier.
    shared.add_argument("--clients-dir", metavar="D", default=argparse.SUPPRESS, help=tell("help.clients_dir"))
    shared.add_argument("--lang", choices=translate.LANGUAGES, default=argparse.SUPPRESS, help=tell("help.lang"))
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=tell("help.json"))
    shared.add_argument("--plain", action="store_true", default=argparse.SUPPRESS, help=tell("help.plain"))
    shared.add_argument(
        "--log-level", choices=("debug", "info", "warning", "error"), default=argparse.SUPPRESS,
        help=tell("help.log_level"),
    )  # fmt: skip
    parser = Parser(prog="avatar_pipeline.py", description=tell("help.program"), parents=[shared])
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    def command(name: str, run: Callable[[Session, argparse.Namespace], Result[Any]], under: Any = subparsers) -> Parser:
        key = "help." + name.replace(" ", "_").replace("-", "_")
        made: Parser = under.add_parser(name.split()[-1], help=tell(key), description=tell(key), parents=[shared])
        made.set_defaults(run=run, command_name=name)
        return made

    demo = command("demo", _demo)
    demo.add_argument("--workers", type=_positive, help=tell("help.workers"))
    setup = command("setup", _setup)
    setup.add_argument("--trainer", action="store_true", help=tell("help.trainer"))
    setup.add_argument("--check", action="store_true", help=tell("help.check"))
    setup.add_argument("--repository", metavar="URL", help=tell("help.repository"))
    setup.add_argument("--revision", metavar="COMMIT", help=tell("help.revision"))
    language_parser = command("language", lambda s, a: setup_commands.set_language(s, a.language))
    language_parser.add_argument("language", choices=translate.LANGUAGES)
    _add_client_commands(subparsers, command, tell)
    _add_stage_commands(command, tell)
    _add_queue_commands(subparsers, command, tell)
    return parser


def _add_queue_commands(subparsers: Any, command: Callable[..., Parser], tell: Callable[[str], str]) -> None:
    queue = subparsers.add_parser("queue", help=tell("help.queue"), description=tell("help.queue"))
    under = queue.add_subparsers(dest="queue_command", metavar="ACTION", required=True, parser_class=Parser)
    add = command("queue add", lambda s, a: queue_commands.queue(s, "add", a.ids), under)
    add.add_argument("ids", metavar="ID", nargs="+")
    command("queue list", lambda s, a: queue_commands.queue(s, "list"), under)
    remove = command("queue remove", lambda s, a: queue_commands.queue(s, "remove", a.ids), under)
    remove.add_argument("ids", metavar="ID", nargs="+")
    command("queue run", lambda s, a: queue_commands.queue_run(s), under)


def _add_client_commands(subparsers: Any, command: Callable[..., Parser], tell: Callable[[str], str]) -> None:
    client = subparsers.add_parser("client", help=tell("help.client"), description=tell("help.client"))
    under = client.add_subparsers(dest="client_command", metavar="ACTION", required=True, parser_class=Parser)
    new = command("client new", _client_new, under)
    new.add_argument("id", metavar="ID")
    new.add_argument("--trigger", default="", metavar="W", help=tell("help.trigger"))
    new.add_argument("--class", dest="class_word", default="person", metavar="W", help=tell("help.class_word"))
    new.add_argument("--name", default="", help=tell("help.name"))
    new.add_argument("--consent", default="", metavar="TEXT", help=tell("help.consent"))
    command("client list", lambda s, a: clients_commands.client_list(s), under)
    show = command("client show", lambda s, a: clients_commands.client_show(s, a.id), under)
    show.add_argument("id", metavar="ID")
    rename = command("client rename", lambda s, a: clients_commands.client_rename(s, a.id, a.new_id), under)
    rename.add_argument("id", metavar="ID")
    rename.add_argument("new_id", metavar="NEW_ID")
    export = command("client export", _client_export, under)
    export.add_argument("id", metavar="ID")
    export.add_argument("file", metavar="FILE", type=Path)
    export.add_argument("--originals", action="store_true", help=tell("help.originals"))
    delete = command("client delete", _client_delete, under)
    delete.add_argument("id", metavar="ID")
    delete.add_argument("--confirm", metavar="ID", help=tell("help.confirm"))


def _add_stage_commands(command: Callable[..., Parser], tell: Callable[[str], str]) -> None:
    def stage(name: str, run: Callable[[Session, argparse.Namespace], Result[Any]]) -> Parser:
        parser = command(name, run)
        parser.add_argument("id", metavar="ID")
        return parser

    def add_plan(parser: Parser) -> None:
        parser.add_argument("--preset", choices=sorted(config.TRAINING_PRESETS), help=tell("help.preset"))
        parser.add_argument("--gpu", choices=sorted(config.GPU_PROFILES), metavar="NAME", help=tell("help.gpu"))
        parser.add_argument("--set", dest="overrides", action="extend", nargs="+", default=[], metavar="KEY=VALUE",
                            help=tell("help.set"))  # fmt: skip

    import_mj = stage("import-mj", lambda s, a: importing_commands.import_mj(s, a.id, a.paths, prompt=a.prompt))
    import_mj.add_argument("paths", nargs="+", metavar="PATH")
    import_mj.add_argument("--prompt", default="", metavar="TEXT", help=tell("help.prompt"))
    import_real = stage("import-real", lambda s, a: importing_commands.import_real(s, a.id, a.paths))
    import_real.add_argument("paths", nargs="+", metavar="PATH")
    prompt = stage("prompt", _prompt)
    prompt.add_argument("--master", metavar="TEXT", help=tell("help.master"))
    prompt.add_argument("--group", metavar="JOB", default="all", help=tell("help.group"))
    prompt.add_argument("--text", metavar="TEXT", help=tell("help.group_text"))
    process = stage(
        "process",
        lambda s, a: faces_commands.process(
            s, a.id, workers=a.workers, force=a.force, backend=a.backend, scheduler=a.scheduler
        ),
    )
    process.add_argument("--workers", type=_positive, metavar="N", help=tell("help.workers"))
    process.add_argument("--force", action="store_true", help=tell("help.force"))
    process.add_argument("--backend", choices=("loky", "dask"), default="loky", help=tell("help.backend"))
    process.add_argument("--scheduler", default="", metavar="TCP", help=tell("help.scheduler"))
    _add_review(stage("review", _review), tell)
    _add_captions(stage("captions", _captions), tell)
    stage("prepare", lambda s, a: dataset_commands.prepare(s, a.id))
    configure = stage("configure", _configure)
    add_plan(configure)
    bundle = stage("bundle", lambda s, a: plan_commands.bundle(s, a.id, a.file, gpu=a.gpu, preset=a.preset))
    bundle.add_argument("file", metavar="FILE", type=Path)
    bundle.add_argument("--gpu", choices=sorted(config.GPU_PROFILES), metavar="NAME", help=tell("help.gpu"))
    bundle.add_argument("--preset", choices=sorted(config.TRAINING_PRESETS), help=tell("help.preset"))
    train = stage("train", _train)
    train.add_argument("--dry-run", action="store_true", help=tell("help.dry_run"))
    train.add_argument("--resume", action="store_true", help=tell("help.resume"))
    monitor = stage("monitor", _monitor)
    monitor.add_argument("--tensorboard", action="store_true", help=tell("help.tensorboard"))
    monitor.add_argument("--adopt", dest="take", action="store_const", const="adopt", default="", help=tell("help.adopt"))
    monitor.add_argument("--stop", dest="take", action="store_const", const="stop", help=tell("help.stop"))
    models = stage("models", lambda s, a: models_commands.models(s, a.id, take=a.take, clear=a.clear))
    models.add_argument("--take", type=_positive, metavar="STEP", help=tell("help.take"))
    models.add_argument("--clear", action="store_true", help=tell("help.clear_saved"))
    status = command(
        "status", lambda s, a: unfinished_commands.with_runs_looked_after(s, a.id, lambda: clients_commands.status(s, a.id))
    )
    status.add_argument("id", metavar="ID", nargs="?")
    stage("report", lambda s, a: report_commands.report(s, a.id))
    doctor = command("doctor", _doctor)
    doctor.add_argument("id", metavar="ID", nargs="?")
    doctor.add_argument("--fix", choices=doctor_commands.FIXES, metavar="NAME", default="", help=tell("help.doctor_fix"))
    doctor.add_argument("--bundle", metavar="FILE", type=Path, help=tell("help.doctor_bundle"))
    run = stage("run", _run_all)
    run.add_argument("--mj", action="extend", nargs="+", default=[], metavar="PATH", help=tell("help.mj"))
    run.add_argument("--real", action="extend", nargs="+", default=[], metavar="PATH", help=tell("help.real"))
    run.add_argument("--until", choices=run_all.RUN_STAGES, metavar="STAGE", help=tell("help.until"))
    run.add_argument("--workers", type=_positive, metavar="N", help=tell("help.workers"))
    run.add_argument("--prompt", default="", metavar="TEXT", help=tell("help.prompt"))
    add_plan(run)


def _add_review(parser: Parser, tell: Callable[[str], str]) -> None:
    for option in ("approve", "reject", "clear"):
        parser.add_argument(f"--{option}", nargs="+", default=[], metavar="N", help=tell(f"help.{option}"))
    parser.add_argument("--face", metavar="IMAGE=N", help=tell("help.face"))
    parser.add_argument("--undo", action="store_true", help=tell("help.review_undo"))
    parser.add_argument("--list", dest="list_name", default="all", choices=("all", "refused", "approved", "pending"),
                        help=tell("help.review_list"))  # fmt: skip
    parser.add_argument("--page", type=_positive, metavar="N", help=tell("help.review_page"))
    parser.add_argument("--search", default="", metavar="TEXT", help=tell("help.review_search"))


def _add_captions(parser: Parser, tell: Callable[[str], str]) -> None:
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--set", nargs=2, metavar=("IMAGE", "TEXT"), help=tell("help.captions_set"))
    change.add_argument("--replace", nargs=2, metavar=("OLD", "NEW"), help=tell("help.captions_replace"))
    change.add_argument("--add", nargs=1, metavar="PHRASE", help=tell("help.captions_add"))
    change.add_argument("--remove", nargs=1, metavar="PHRASE", help=tell("help.captions_remove"))
    change.add_argument("--suggest", nargs=1, choices=("tags", "sentences"), help=tell("help.captions_suggest"))
    change.add_argument("--undo", action="store_const", const=[], help=tell("help.captions_undo"))
    parser.add_argument("--apply", action="store_true", help=tell("help.captions_apply"))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} (1, 2, 3 …)")
    return int(text)


# --- arguments to calls ----------------------------------------------------------------------------------------------


def _demo(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    from avatar.commands import demo

    return demo.run(session, workers=arguments.workers)


def _setup(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    return setup_commands.setup(
        session, trainer=arguments.trainer, check=arguments.check, repository=arguments.repository,
        revision=arguments.revision,
    )  # fmt: skip


def _client_new(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    return clients_commands.client_new(
        session, arguments.id, trigger=arguments.trigger, class_word=arguments.class_word, name=arguments.name,
        consent=arguments.consent,
    )  # fmt: skip


def _client_export(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    return clients_commands.client_export(session, arguments.id, arguments.file, originals=arguments.originals)


def _client_delete(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    typed = arguments.confirm
    if typed is None:
        session.workspace.client(arguments.id)  # an unknown client is told before the question
        try:
            typed = session.ui.ask(session.text("ask.confirm_delete", client=arguments.id))
        except EOFError:
            typed = ""
    return clients_commands.client_delete(session, arguments.id, typed)


def _prompt(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    return importing_commands.set_prompt(
        session, arguments.id, master=arguments.master, group=arguments.group, prompt=arguments.text
    )


def _review(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    face = None
    if arguments.face is not None:
        image, _, number = arguments.face.rpartition("=")
        if not image or not number.isdecimal():
            raise UsageError(f"argument --face: {arguments.face!r} is not IMAGE=N", "")
        face = (image, int(number))
    decides = bool(arguments.approve or arguments.reject or arguments.clear or face)
    if arguments.undo and decides:
        raise UsageError("argument --undo: not together with --approve, --reject, --clear or --face", "")
    return review_commands.review(
        session, arguments.id, approve=arguments.approve, reject=arguments.reject, clear=arguments.clear, face=face,
        undo=arguments.undo, list_name=arguments.list_name, search=arguments.search, page=arguments.page,
    )  # fmt: skip


def _captions(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    kinds = ("set", "replace", "add", "remove", "suggest", "undo")
    words = {kind: getattr(arguments, kind) for kind in kinds if getattr(arguments, kind) is not None}
    change = next(((kind, *given) for kind, given in words.items()), ())
    if arguments.apply and not change:
        raise UsageError("argument --apply: --set, --replace, --add, --remove, --suggest or --undo is missing", "")
    return captions_commands.captions(session, arguments.id, change=change, apply=arguments.apply)


def _configure(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    return plan_commands.configure(
        session, arguments.id, preset=arguments.preset, gpu=arguments.gpu, overrides=arguments.overrides
    )


def _train(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    if arguments.dry_run:
        return plan_commands.dry_run(session, arguments.id)
    return training_commands.train(session, arguments.id, resume=arguments.resume)


def _monitor(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    if arguments.tensorboard:
        return monitor_commands.tensorboard(session, arguments.id, wait=True)
    return monitor_commands.monitor(session, arguments.id, take=arguments.take)


def _doctor(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    if arguments.bundle is not None:
        if arguments.fix:
            raise UsageError("argument --bundle: not together with --fix", "")
        return doctor_commands.bundle(session, arguments.id, arguments.bundle)
    return doctor_commands.doctor(session, arguments.id, fix=arguments.fix)


def _run_all(session: Session, arguments: argparse.Namespace) -> Result[Any]:
    return run_all.run_all(
        session, arguments.id, mj=arguments.mj, real=arguments.real, until=arguments.until, preset=arguments.preset,
        gpu=arguments.gpu, overrides=arguments.overrides, workers=arguments.workers, prompt=arguments.prompt,
        on_stage=functools.partial(run_all.show_stage, session),
    )  # fmt: skip


# --- running ---------------------------------------------------------------------------------------------------------


def main(argv: Sequence[str]) -> int:
    """Run one command, or the menus where none is named; return the exit code."""
    streams.use_utf8()
    as_json = "--json" in argv
    language = streams.first_language(argv)
    plain = streams.wants_plain(argv)
    ui = TerminalUi(to_stderr=as_json, plain=plain)
    session = Session(ui, language=language, quiet=as_json and not sys.stderr.isatty(), plain=plain)
    asked_for: str | None = None
    name = command_words(argv)
    try:
        arguments = streams.readable(build_parser(language).parse_args(list(argv)))
        name = getattr(arguments, "command_name", name)
        asked_for = getattr(arguments, "id", None)
        session.workspace = Workspace(utils.at_home(Path(getattr(arguments, "clients_dir", config.CLIENTS_DIR))))
        session.log_file = utils.PipelineLogger.start(config.LOG_DIR, getattr(arguments, "log_level", "critical"))
        LOG.info("%s | Python %s, %s", " ".join(argv) or "menus", platform.python_version(), platform.platform())
        run = getattr(arguments, "run", None)
        if run is None:
            from avatar.terminal import menus

            menus.start(session)
            return DONE
        return _finish(session, name, run(session, arguments), as_json)
    except UsageError as error:
        return _fail(
            session, name, asked_for, Text("usage.wrong", {"detail": str(error), "usage": error.usage}), USAGE, as_json
        )
    except PipelineError as error:
        LOG.warning("%s", error)
        return _fail(session, name, asked_for, error.text, PROBLEM, as_json)
    except KeyboardInterrupt:
        return _fail(session, name, asked_for, Text("command.interrupted"), INTERRUPTED, as_json)
    except OSError as error:
        LOG.exception("system error in %s", name)
        if isinstance(error, BrokenPipeError) and not sys.stdout.isatty():
            return PROBLEM  # what reads the output (head, more) has ended: nothing is wrong here, and nobody is left to be told
        return _fail(session, name, asked_for, commands_result.system_error(error), PROBLEM, as_json)
    except Exception as error:  # a bug: told in one sentence, the traceback goes to the log
        LOG.exception("bug in %s", name)
        return _fail(session, name, asked_for, commands_session.bug(error, session), BUG, as_json)


def _finish(session: Session, name: str, result: Result[Any], as_json: bool) -> int:
    code = INTERRUPTED if result.interrupted else DONE if result.error is None else PROBLEM
    if as_json:
        _write_json(session, name, result, result.error)
    else:
        session.show(result)
    return code


def _fail(session: Session, name: str, client: str | None, error: Text, code: int, as_json: bool) -> int:
    if as_json:
        with contextlib.suppress(OSError):  # standard output is the trouble (its disk is full): standard error tells it alone
            _write_json(session, name, Result(None, client=client), error)
    session.ui = TerminalUi(to_stderr=True, plain=session.plain)  # errors never mix with a result that is piped on
    session.show(Result(None, error=error))
    return code


def _write_json(session: Session, name: str, result: Result[Any], error: Text | None) -> None:
    client = result.client or (session.client.client_id if session.client else None)
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
