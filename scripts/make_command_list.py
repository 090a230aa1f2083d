"""Write docs/COMMANDS.md and docs/COMMANDS.es.md from the commands' data; a test holds them to it.

python scripts/make_command_list.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from avatar.commands.all_commands import COMMANDS
from avatar.commands.command import Argument, Command
from avatar.terminal.parser import SHARED
from avatar.texts import translate

FILES = {"en": "COMMANDS.md", "es": "COMMANDS.es.md"}
TITLE = {"en": "Commands", "es": "Comandos"}
INTRO = {
    "en": "Every line of the menus is one of these commands; the menus only ask. [Español](COMMANDS.es.md)",
    "es": "Cada línea de los menús es uno de estos comandos; los menús solo preguntan. [English](COMMANDS.md)",
}
EVERYWHERE = {"en": "With every command", "es": "Con cada comando"}


def written(argument: Argument, language: str) -> str:
    """Return an argument as it is typed."""
    names = argument.placeholders(language) or ("|".join(argument.choices),)
    shown = " ".join(name for name in names if name) + ("…" if argument.number in {"+", "*"} else "")
    if argument.positional:
        return shown if argument.required else f"[{shown}]"
    return argument.name if argument.flag else f"{argument.name} {shown}"


def section(command: Command, language: str) -> str:
    """Return what stands about one command."""
    places = [written(argument, language) for argument in command.arguments if argument.positional]
    lines = [f"### `{' '.join([command.name, *places])}`", "", translate.text(command.help_key, language)]
    options = [argument for argument in command.arguments if not argument.positional]
    return "\n".join([*lines, *(["", *(row(argument, language) for argument in options)] if options else [])])


def row(argument: Argument, language: str) -> str:
    told = f": {translate.text(argument.help, language)}" if argument.help else ""
    return f"- `{written(argument, language)}`{told}"


def page(language: str) -> str:
    """Return the whole list in one language."""
    shared = "\n".join(row(argument, language) for argument in SHARED)
    parts = [f"# {TITLE[language]}", INTRO[language], *(section(command, language) for command in COMMANDS)]
    return "\n\n".join([*parts, f"### {EVERYWHERE[language]}", shared]) + "\n"


if __name__ == "__main__":
    for language, name in FILES.items():
        (ROOT / "docs" / name).write_text(page(language), encoding="utf-8")
