"""The terminal's streams: UTF-8, plain mode, and the language to start in."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

import config
import utils
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text


def use_utf8() -> None:
    """Make standard streams survive any name: UTF-8 in a pipe; on a console whatever it has, with replacements.

    A stream that is closed (>&-, a service, pythonw) leads nowhere from then on, and its number is not that of another file.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123  # until the end
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        if stream is None or not hasattr(stream, "reconfigure"):
            continue
        if stream.isatty() or os.environ.get("PYTHONIOENCODING"):
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="replace")


def wants_plain(argv: Sequence[str]) -> bool:
    """Return whether the screen is to be plain: --plain, AVATAR_PLAIN set, or a terminal that can only print."""
    return "--plain" in argv or bool(os.environ.get("AVATAR_PLAIN")) or os.environ.get("TERM") == "dumb"


def first_language(argv: Sequence[str]) -> str:
    """Return --lang, else AVATAR_LANG, else the saved setting, else the system's; never fails."""
    for index, word in enumerate(argv):
        value = word.partition("=")[2] if word.startswith("--lang=") else "".join(argv[index + 1 : index + 2])
        if (word == "--lang" or word.startswith("--lang=")) and value in translate.LANGUAGES:
            return value
    if (value := os.environ.get("AVATAR_LANG", "").lower()[:2]) in translate.LANGUAGES:
        return value
    try:
        saved = utils.read_json(config.CONFIG_FILE).get("language")
    except (OSError, PipelineError, AttributeError):
        saved = None
    return saved if saved in translate.LANGUAGES else translate.system_language()


def tell_without_packages(problem: Text, argv: Sequence[str]) -> int:
    """Tell a problem while the packages that draw the screen, or answer in JSON, are not there; return the exit code."""
    use_utf8()
    told = translate.words(problem, first_language(argv))
    if "--json" in argv:
        error = {"key": problem.key, "values": dict(problem.values), "message": told}
        answer = {"ok": False, "command": "", "client": None, "result": None, "warnings": [], "error": error}
        sys.stdout.write(json.dumps(answer) + "\n")
    else:
        sys.stderr.write(told + "\n")
    return 1
