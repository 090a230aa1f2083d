"""The table of texts: both languages, the same placeholders, every key used and every used key there."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import messages

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(ROOT.glob("*.py"))
KEY = re.compile(r"[a-z][a-z0-9_-]*(\.[A-Za-z0-9_-]+)+")
# Keys put together from a fixed part and a value that the code checks against a closed set.
PREFIXES_BY_VALUE = (
    "level.", "state.", "stage.", "short.", "verdict.", "by.", "reason.", "run.", "shell.", "train.verdict.", "setup.verdict.",
    "setup.step.", "guided.why.", "help.", "quality.reason.", "sheet.", "report.", "review.list.",
    "review.page.", "queue.state.", "plot.",
)  # fmt: skip


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(messages.TEXTS))
def test_both_languages_have_the_text_with_the_same_placeholders(key: str) -> None:
    entry = messages.TEXTS[key]
    assert set(entry) == set(messages.LANGUAGES)
    assert fields(entry["es"]) == fields(entry["en"])


def literals() -> set[str]:
    found: set[str] = set()
    for path in MODULES:
        if path.name == "messages.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_text_is_used() -> None:
    used = literals()
    unused = [key for key in messages.TEXTS if key not in used and not key.startswith(PREFIXES_BY_VALUE)]
    assert unused == []


def called_with_a_key(node: ast.Call) -> bool:
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
    return name in {"PipelineError", "Say", "say", "text", "Choice", "progress", "tell"}


def test_every_key_that_is_asked_for_is_there() -> None:
    missing = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and called_with_a_key(node)):
                continue
            for argument in node.args[:2]:
                if (
                    isinstance(argument, ast.Constant)
                    and isinstance(argument.value, str)
                    and KEY.fullmatch(argument.value)
                    and argument.value not in messages.TEXTS
                ):
                    missing.append(f"{path.name}:{node.lineno} {argument.value}")
    assert missing == []


def test_errors_say_what_to_do_in_both_languages() -> None:
    raised = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "PipelineError":
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    raised.add(str(first.value))
    mute = [
        key for key in sorted(raised)
        if "Qué hacer:" not in messages.TEXTS[key]["es"] or "What to do:" not in messages.TEXTS[key]["en"]
    ]  # fmt: skip
    assert mute == []


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({"LANG": "es_ES.UTF-8"}, "es"), ({"LC_ALL": "en_GB", "LANG": "es_ES"}, "en"), ({"LANG": "C"}, "en"), ({}, "en"),
     ({"LANG": "", "LANGUAGE": "es:en"}, "es")],
)  # fmt: skip
def test_the_language_of_the_system_is_spanish_or_else_english(environment: dict[str, str], expected: str) -> None:
    assert messages.system_language(environment) == expected


def test_an_unknown_key_is_a_bug_and_says_so() -> None:
    with pytest.raises(KeyError):
        messages.text("no.such", "es")
