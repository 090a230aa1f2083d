"""Tells in which language a prompt, or a part of one, is written. Pure."""

from __future__ import annotations

import functools
import re
from collections import Counter

from avatar.prompts.spanish import forms
from avatar.prompts.word_lists import lines, pairs, singular, words
from utils import fold

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
FOREIGN_WORDS = 2  # of one language, and more than of any other: it is written in that
FOREIGN_LETTERS = 0.3  # of a prompt: it is written in another script


@functools.cache
def _marks() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for section, text in lines("languages"):
        found.setdefault(section, set()).update(text.split())
    return {section: frozenset(listed) for section, listed in found.items()}


def language_of(text: str) -> str:
    """Return "en", "es", or "other"; English where nothing tells."""
    letters = [] if text.isascii() else [letter for letter in text if letter.isalpha()]
    if sum(ord(letter) > 0x24F for letter in letters) > FOREIGN_LETTERS * max(len(letters), 1):
        return "other"
    counts = Counter(fold(word).lower().replace("’", "'") for word in _WORD.findall(text))
    scores = {name: sum(counts[word] for word in marks & counts.keys()) for name, marks in _marks().items()}
    best = max(scores, key=lambda name: scores[name])
    if best not in ("en", "es") and scores[best] > max(scores["en"], scores["es"]) and scores[best] >= FOREIGN_WORDS:
        return "other"
    if scores["es"] == scores["en"]:
        return "es" if is_spanish(text, least=0.5) else "en"
    return "es" if scores["es"] > scores["en"] else "en"


@functools.cache
def _spanish_words() -> frozenset[str]:
    return frozenset(word for foreign in pairs("spanish") for word in foreign.split())


@functools.cache
def _english_words() -> frozenset[str]:
    names = (
        "clothing",
        "places",
        "objects",
        "light",
        "weather",
        "persons",
        "body",
        "small_words",
        "identity",
        "abstract",
        "verbs",
    )
    return frozenset().union(*(words(name) for name in names))


def is_spanish(clause: str, least: float = 0.0) -> bool:
    """Return whether a part of a Spanish prompt is Spanish too; what both languages have is.

    least  the share of its words that must be known as Spanish: of a text that may be English
    """
    found = [fold(word).lower() for word in _WORD.findall(clause)]
    spanish = sum(any(form in _spanish_words() for form in forms(word)) for word in found)
    english = sum(singular(word) in _english_words() or word in _english_words() for word in found)
    return spanish >= english and bool(spanish) and spanish >= least * len(found)
