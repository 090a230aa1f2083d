"""A command as one line for each shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path


def shell_lines(command: Sequence[str], cwd: Path) -> dict[str, str]:
    """Return {"posix", "cmd", "powershell"}: each one line that goes to cwd and runs command there.

    One line, because "\\" continues none in cmd and "^" none elsewhere.
    """
    return {
        "posix": f"cd {shlex.quote(str(cwd))} && {shlex.join(command)}",
        "cmd": f"cd /d {quote_cmd(str(cwd))} && {' '.join(quote_cmd(argument) for argument in command)}",
        "powershell": (
            f"Set-Location -LiteralPath {quote_powershell(str(cwd), force=True)}; "
            f"& {quote_powershell(command[0], force=True)} {' '.join(quote_powershell(a) for a in command[1:])}"
        ),
    }


_PLAIN = re.compile(r"[A-Za-z0-9_./:\\+=-]+")
_PLAIN_POWERSHELL = re.compile(r"[A-Za-z0-9_./:\\+-]+")


def quote_cmd(argument: str) -> str:
    """Quote for cmd.exe's prompt and for the C runtime that takes the line apart again.

    Within quotes & | < > ^ are ordinary. "%" is not: %NAME% is replaced even there, so it stands outside the quotes behind
    a "^", which makes the name one that no variable has and is removed afterwards. Backslashes before a quote are doubled
    (docs.microsoft.com, "Parsing C++ command-line arguments").
    """
    if _PLAIN.fullmatch(argument):
        return argument
    if '"' in argument:  # cmd counts quotes without regard to backslashes: what follows one would be a command
        return re.sub(r'([()%!^"<>&|])', r"^\1", _for_c_runtime(argument))
    pieces = []
    for piece in argument.split("%"):
        pieces.append(_for_c_runtime(piece))
    return "^%".join(pieces)


def quote_batch(argument: str) -> str:
    """Quote for a batch file, where, other than at the prompt, a doubled percent sign is one."""
    if '"' in argument:
        return re.sub(r'([()!^"<>&|])', r"^\1", _for_c_runtime(argument)).replace("%", "%%")
    return _for_c_runtime(argument).replace("%", "%%") if "%" in argument else quote_cmd(argument)


def _for_c_runtime(argument: str) -> str:
    """Quote for the C runtime: backslashes count only before a quote."""
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', argument)
    escaped = re.sub(r"(\\+)$", r"\1\1", escaped)
    return f'"{escaped}"'


def quote_powershell(argument: str, *, force: bool = False) -> str:
    """Quote for PowerShell: single quotes, in which only single quotes (typographic ones too) mean anything.

    Windows PowerShell 5 hands a double quote on without its escape, so that it gets one here. An option ("--name") stands
    as it is.
    """
    if not force and _PLAIN_POWERSHELL.fullmatch(argument):
        return argument
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', argument)
    if " " in escaped:  # PowerShell puts double quotes around it: a backslash at the end would eat the closing one
        escaped = re.sub(r"(\\+)$", r"\1\1", escaped)
    return "'" + re.sub("(['\u2018\u2019\u201a\u201b])", r"\1\1", escaped) + "'"
