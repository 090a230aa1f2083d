"""docs/SECURITY.md: every promise has its test, and every sentence of what always holds is promised there."""

from __future__ import annotations

import re

from tests.places import ROOT

PAGE = (ROOT / "docs" / "SECURITY.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def missing(named: list[tuple[str, str]]) -> list[str]:
    """Return the tests that are named and not there."""
    found = []
    for path, name in named:
        file = ROOT / path
        if not file.is_file() or not re.search(rf"^def {name}\(", file.read_text(encoding="utf-8"), re.MULTILINE):
            found.append(f"{path}::{name}")
    return found


def test_every_test_that_the_page_names_is_there() -> None:
    assert len(NAMED) > 30 and missing(NAMED) == []
    assert missing([("tests/project/test_security_page.py", "test_nothing"), ("tests/none.py", "test_x")]) != []


def test_every_promise_names_a_test() -> None:
    promised = PAGE.partition("## What is promised")[2].partition("## What is not promised")[0]
    for paragraph in re.split(r"\n\n(?=\*\*)", promised.strip()):
        assert "::test_" in paragraph, paragraph[:80]


def test_every_sentence_of_what_always_holds_is_promised() -> None:
    holds = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## What always holds")[2]
    lines = [line.removeprefix("- ") for line in holds.strip().splitlines()]
    sentences = [sentence for line in lines for sentence in re.split(r"(?<=\.) (?=[A-Z])", line)]
    assert len(sentences) >= 4
    assert [sentence for sentence in sentences if f"**{sentence}**" not in PAGE] == []


def test_the_page_is_one() -> None:
    assert len(PAGE.splitlines()) <= 100
