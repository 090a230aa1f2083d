"""The command line's parser, built from the commands' data, with translated help and error texts.

argparse does the parsing. Its own error messages are English: ERRORS recognises them, so that they can be translated.
"""

from __future__ import annotations

import argparse
import functools
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from avatar.commands.all_commands import COMMANDS
from avatar.commands.command import Argument, Command, UsageError
from avatar.system import program
from avatar.texts import matching, translate
from avatar.texts.text import Text

# argparse's errors (CPython 3.10 to 3.14, Lib/argparse.py) -> key of our text; the groups are its values.
ERRORS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (key, re.compile(pattern, re.DOTALL))
    for key, pattern in (
        ("usage.missing", r"the following arguments are required: (?P<names>.+)"),
        ("usage.unknown", r"unrecognized arguments: (?P<names>.+)"),
        ("usage.choice", r"argument (?P<name>.+?): invalid choice: (?P<value>.+) \(choose from (?P<choices>.+)\)"),
        ("usage.no_value", r"argument (?P<name>.+?): expected one argument"),
        ("usage.no_values", r"argument (?P<name>.+?): expected at least one argument"),
        ("usage.too_few", r"argument (?P<name>.+?): expected (?P<count>\d+) arguments?"),
        ("usage.takes_none", r"argument (?P<name>.+?): ignored explicit argument (?P<value>.+)"),
        ("usage.not_together", r"argument (?P<name>.+?): not allowed with argument (?P<other>.+)"),
        ("usage.bad_value", r"argument (?P<name>.+?): (?P<value>.+)"),
    )
)
SHARED = (
    Argument(name="--clients-dir", metavar="D", path=True, help="help.clients_dir"),
    Argument(name="--lang", choices=translate.LANGUAGES, help="help.lang"),
    Argument(name="--json", flag=True, help="help.json"),
    Argument(name="--plain", flag=True, help="help.plain"),
    Argument(name="--details", flag=True, help="help.details"),
    Argument(name="--log-level", choices=("debug", "info", "warning", "error"), help="help.log_level"),
)


class Formatter(argparse.HelpFormatter):
    """Writes "usage:" in the user's language."""

    def __init__(self, prog: str, *, usage_word: str, **options: Any) -> None:
        super().__init__(prog, **options)
        self.usage_word = usage_word

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, self.usage_word if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that raises instead of leaving, so that --json can answer in JSON; no abbreviations."""

    def __init__(self, *, language: str, **options: Any) -> None:
        formatter = functools.partial(Formatter, usage_word=translate.text("help.usage", language) + " ")
        super().__init__(allow_abbrev=False, add_help=False, formatter_class=formatter, **options)
        self.language = language

    def error(self, message: str) -> NoReturn:
        why = usage_text(message)
        error = UsageError(why.key, **why.values)
        error.usage = self.format_usage()
        raise error


def usage_text(message: str) -> Text:
    """Return the text for an error message of argparse.

    >>> usage_text("argument --gpu: expected one argument")
    Text(key='usage.no_value', values={'name': '--gpu'}, style='plain')
    """
    for key, pattern in ERRORS:
        if found := pattern.fullmatch(message):
            return Text(key, found.groupdict())
    return Text("usage.other", {"detail": message})


def build_parser(language: str, commands: Sequence[Command] = COMMANDS, argv: Sequence[str] | None = None) -> Parser:
    """Return the parser of all commands; parsing gives `command`, `usage` and the values of the command's arguments.

    argv  the words to be parsed: commands that are not among them get no arguments, most of the work; None: all get theirs
    """
    make: Any = functools.partial(Parser, language=language)
    parser: Parser = make(prog=program.start_line(), description=translate.text("help.program", language))
    parser.set_defaults(command=None)
    top = parser.add_subparsers(
        dest="first",
        metavar=translate.text("help.command_word", language),
        parser_class=make,
        title=translate.text("help.commands", language),
    )
    _add_options(parser, (), language)
    groups: dict[str, Any] = {}
    for command in commands:
        group, _, last = command.name.rpartition(" ")
        if group and group not in groups:
            told = translate.text(f"help.{group}", language)
            groups[group] = top.add_parser(group, help=told, description=told).add_subparsers(
                dest="second", metavar=translate.text("help.action_word", language), required=True, parser_class=make,
                title=translate.text("help.commands", language),
            )  # fmt: skip
        told = translate.text(command.help_key, language)
        made: Parser = (groups[group] if group else top).add_parser(last, help=told, description=told)
        made.set_defaults(command=command, usage=made.format_usage)
        if argv is None or last in argv:
            _add_options(made, command.arguments, language)
    for name in groups:
        if argv is None or name in argv:
            _add_options(top.choices[name], (), language)
    return parser


def _add_options(parser: Parser, arguments: Sequence[Argument], language: str) -> None:
    """Add a command's arguments, and those that all commands share."""
    places = [argument for argument in arguments if argument.positional]
    if places:
        group = parser.add_argument_group(translate.text("help.arguments", language))
        for argument in places:
            _add(group, argument, language, parser.format_usage)
    options = parser.add_argument_group(translate.text("help.options", language))
    options.add_argument("-h", "--help", action="help", help=translate.text("help.help", language))
    exclusive = {name: options.add_mutually_exclusive_group() for name in dict.fromkeys(a.group for a in arguments if a.group)}
    for argument in arguments:
        if not argument.positional:
            _add(exclusive.get(argument.group, options), argument, language, parser.format_usage)
    for argument in SHARED:  # before and after the command: the later one must not take back what the earlier said
        _add(options, argument, language, parser.format_usage, default=argparse.SUPPRESS)


def _add(target: Any, argument: Argument, language: str, usage: Callable[[], str], **more: Any) -> None:
    options: dict[str, Any] = {"default": argument.default, **more}
    if argument.help:
        options["help"] = translate.text(argument.help, language)
    if argument.flag:
        options["action"], options["const"] = "store_const", argument.constant
        if argument.constant is True and not more:
            options["default"] = False
    else:
        if argument.metavar:
            names = argument.placeholders(language)
            options["metavar"] = names if isinstance(argument.metavar, tuple) else names[0]
        if argument.number is not None:
            options["nargs"] = argument.number
        if argument.number == "+" and not argument.positional:
            options["action"], options["default"] = "extend", list(argument.default)
        if argument.choices:
            options["choices"] = list(argument.choices)
        if argument.kind is not str:
            options["type"] = _typed(argument.kind)
        elif argument.labels:
            options["type"] = _chosen(argument, usage)
    if argument.positional:
        target.add_argument(argument.keyword, **options)
    else:
        target.add_argument(argument.name, dest=argument.keyword, **options)


def _typed(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make argparse report a wrong value with the message of the function that rejected it."""

    def convert(typed: str) -> Any:
        try:
            return kind(typed)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return convert


def _chosen(argument: Argument, usage: Callable[[], str]) -> Callable[[str], str]:
    """Take a choice by its label in either language, or by a part of it, as the menus do; argparse tells of what fits none."""

    def convert(typed: str) -> str:  # labels are put into words here: whoever gives no such option does not wait for them
        labels = argument.labels
        names = [
            [choice, *(translate.words(labels[choice], told) for told in translate.LANGUAGES if choice in labels)]
            for choice in (*labels, *(choice for choice in argument.choices if choice not in labels))
        ]
        found = [names[place] for place in matching.places(typed, names)]
        if len(found) > 1:
            which = [Text("usage.one_of_them", {"label": labels.get(choice, choice), "choice": choice}) for choice, *_ in found]
            error = UsageError("usage.several", name=argument.name, value=typed, which=which)
            error.usage = usage()
            raise error
        return found[0][0] if found else typed

    return convert


def values_of(parsed: argparse.Namespace, command: Command) -> dict[str, Any]:
    """Return a command's arguments by keyword; undecodable bytes become U+FFFD in texts and are kept in paths."""
    return {
        argument.keyword: value if argument.path else _readable(value)
        for argument in command.arguments
        for value in (getattr(parsed, argument.keyword),)
    }


def _readable(value: Any) -> Any:
    if isinstance(value, list):
        return [_readable(part) for part in value]
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
