"""The word lists: each well formed, and no word in two that contradict each other."""

from __future__ import annotations

import itertools

import pytest

from avatar.prompts import kinds, spanish
from avatar.prompts.looks import EXPRESSIONS
from avatar.prompts.word_lists import FOLDER, among, lines, pairs, singular, ways, words
from utils import fold

NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
# Each says what a noun is: a word in two of them would be one or the other by chance.
APART = ("clothing", "light", "weather", "body", "persons", "places", "objects", "abstract")
WITH_BARS = {"angles", "expressions", "labels", "mediums", "misspelt", "paints", "small_words", "spanish"}


@pytest.mark.parametrize("name", NAMES)
def test_a_list_is_lower_case_without_stray_blanks_and_says_nothing_twice(name: str) -> None:
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert text.endswith("\n") and "\t" not in text and "\r" not in text
    found = list(lines(name))
    assert found
    for _, line in found:
        assert line == " ".join(line.split())
        parts = line.replace("=", "|").split("|") if name in WITH_BARS else [line]
        assert all(part.strip() for part in parts) or name == "spanish"


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(APART, 2)))
def test_no_word_stands_in_two_lists_that_contradict_each_other(one: str, other: str) -> None:
    of = {"light": words("light", "light", "said alone")}
    assert not of.get(one, words(one)) & of.get(other, words(other))


def test_media_and_views_are_said_in_one_way_each() -> None:
    for name in ("mediums", "angles"):
        plain = ("said before", "of portraits", "of snapshots")
        said = [way.strip() for section, line in lines(name) if section not in plain for way in line.split("|")]
        assert len(said) == len(set(said)), name
    assert ways("mediums")["aquarelle"] == "watercolor"


def test_every_spanish_word_is_written_as_it_is_looked_up_and_gets_english() -> None:
    sections = {section for section, _ in lines("spanish")}
    assert sections == {
        *spanish.NOUNS,
        *spanish.QUALITIES,
        *spanish.VERBS,
        "phrases",
        "prepositions",
        "small words",
        "articles",
    }
    for foreign, english in pairs("spanish").items():
        assert foreign == fold(foreign) or foreign in {"suéter"}, foreign
        assert english.isascii(), english


NOT_THESE = {"clothes": kinds.CLOTHING, "places": kinds.PLACES, "things": kinds.OBJECTS, "persons": kinds.PERSONS}


@pytest.mark.parametrize("section", NOT_THESE)
def test_what_spanish_becomes_is_known_as_what_it_is(section: str) -> None:
    for english in pairs("spanish", section).values():
        known = NOT_THESE[section] | kinds.PLACES | kinds.CLOTHING | kinds.OBJECTS
        *_, before, last = ("", *english.split())
        assert among(last, known) or among(f"{before}-{last}", known), english


@pytest.mark.parametrize(
    ("plural", "one"),
    [("scarves", "scarf"), ("dresses", "dress"), ("berries", "berry"), ("boxes", "box"), ("glasses", "glasses"),
     ("cats", "cat"), ("bus", "bus"), ("jeans", "jeans"), ("children", "child"), ("watches", "watch"), ("gas", "gas")],
)  # fmt: skip
def test_a_plural_has_its_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_no_expression_says_who_somebody_is() -> None:
    assert not {word for said in EXPRESSIONS for word in said.split()} & words("identity", "never said of anything")
