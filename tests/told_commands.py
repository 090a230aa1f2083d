"""Every command that the program tells of anywhere: in its texts, in the READMEs and in docs/."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from avatar.commands.all_commands import COMMANDS
from avatar.texts import translate
from tests.all_texts import TEXTS
from tests.places import ROOT

# What a text has its command's placeholders filled with.
SAMPLES = {"client": "ana", "ids": "ana bea", "option": "network_weights", "before": "8", "interval": "100", "steps": "400",
           "overrides": "--set fp8_base=true", "number": "2", "given": '--trigger "ohwx"', "old": "ohwx", "new": "mrwx",
           "second": "1000", "class_word": "doctor", "name": "faces.crop_side_px", "value": "512", "of": " --client ana",
           "setting": "generate.base_name", "folder": "vae",
           "typed": "network_dim=48 sample_px=512", "image": "real_0123456789abcdef", "candidate": "final@0.8"}  # fmt: skip
_OWN_NUMBER = re.compile(r"\b(PASO|STEP|N)\b")  # a number that the user puts there
_STARTED = re.compile(r"(?:\./avatar\.sh|(?:\.\\)?avatar\.bat|python3? avatar_pipeline\.py)\b([^`\n|<]*)")
_WORDS = "|".join(sorted({re.escape(command.name) for command in COMMANDS}, key=len, reverse=True))


def in_texts() -> list[tuple[str, str]]:
    """Return (key, command) of every command that a text tells, with its placeholders."""
    return sorted(
        {
            (key, found[1])
            for key, entry in TEXTS.items()
            for text in entry.values()
            for found in translate.COMMAND.finditer(text)
        }
    )


def as_typed(command: str) -> list[str]:
    """Return a command of a text as the words that are typed: a client's real id, a number where a number is meant."""
    filled = re.sub(r"\{(\w+)\}", lambda found: SAMPLES[found[1]], command)
    return shlex.split(re.sub(r"\bID\b", "ana", _OWN_NUMBER.sub("8", filled)))


def documents() -> list[Path]:
    return [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").glob("*.md"))]


def in_documents() -> list[tuple[str, str]]:
    """Return (file, command) of every command of the READMEs and docs: in blocks, and in running text between backticks."""
    return sorted({(path.name, command) for path in documents() for command in _in_document(path.read_text(encoding="utf-8"))})


def _in_document(text: str) -> Iterator[str]:
    blocks = [
        "\n".join(re.findall(r"^\$ (.*)", block, re.MULTILINE)) if kind == "console" else block  # the rest is what was said
        for kind, block in re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL)
    ]
    inline = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    for shown in (*(line for block in blocks for line in block.splitlines()), *inline):
        for found in _STARTED.finditer(shown):
            yield found[1].partition("  #")[0].partition(" && ")[0].strip()
        if re.match(rf"(?:{_WORDS}) (?:ID|ana|lucia)\b", shown):
            yield shown
