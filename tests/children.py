"""Child processes that run a function of a test module.

A program in a string would be seen by no type checker and by no tool that renames what it imports.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import psutil

from avatar.texts import tables, translate
from avatar.workspace.client import Client
from tests.places import ROOT

_CALL = (
    "import importlib, sys; sys.path.insert(0, sys.argv.pop(1));"
    "getattr(importlib.import_module(sys.argv[1]), sys.argv[2])(*sys.argv[3:])"
)


def child_command(function: Callable[..., None], *arguments: str | Path, options: tuple[str, ...] = ()) -> list[str]:
    """Return the command of a Python that calls a function at the top level of a module with arguments (as text).

    options  of the interpreter, before the program
    """
    assert "<" not in function.__qualname__ and "." not in function.__qualname__, "not at the top level of its module"
    call = [sys.executable, *options, "-c", _CALL, str(ROOT), function.__module__, function.__name__]
    return call + [str(argument) for argument in arguments]


def print_tables_of_a_text() -> None:
    """Show one text and print the tables of texts that this process has imported."""
    translate.text("client.exists", "es", client="a")
    print(*(table for table in tables.TABLES if f"avatar.texts.{table}" in sys.modules))


def hold_lock(folder: str, stage: str) -> None:
    """Hold a client's lock until standard input ends; says "held" once it is held."""
    with Client(Path(folder)).lock(stage):
        print("held", flush=True)
        sys.stdin.read()


def with_argument(argument: str) -> list[tuple[int, float]]:
    """Return (number, birth) of every running process that was started with exactly this argument, oldest first."""
    found = [
        (process.pid, float(process.info["create_time"]))
        for process in psutil.process_iter(["cmdline", "create_time", "status"])
        if argument in (process.info["cmdline"] or ()) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]
    return sorted(found, key=lambda one: one[1])
