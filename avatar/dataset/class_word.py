"""What a typed class word is in English: Spanish professions by the prompts' word list, others by their ending."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from avatar.prompts.word_lists import pairs, words
from avatar.texts.text import Text
from avatar.workspace import class_words
from utils import fold

How = Literal["kept", "translated", "guessed", "joined", "unknown"]

_SUFFIXES = re.compile(r"\w{2,}(?:er|or|ist|man|woman|men|women|girl|boy|ian|eer|ess|lord|lady)")
# Endings of Spanish words for who does something, woman's and man's; those of both tell no more than that it is a person.
_OF_WOMEN = re.compile(r"\w{2,}(?:[aeio]ra|[ie]na|ana|ica|ada|ida|oga|afa|enta|anta|iza|esa|ina|oma|onga|aria|uda|riz)")
_OF_MEN = re.compile(r"\w{2,}(?:[ei]ro|ino|ano|ico|ado|ido|ogo|afo|omo|ario|udo|enso|[aei]dor|oto)")
_OF_BOTH = re.compile(r"\w{2,}(?:ista|nte|ota|iatra)")


@dataclass(frozen=True)
class ClassWord:
    """A class word as it would be kept, and how it was found; "unknown": as typed, and no list has it."""

    typed: str
    word: str
    how: How

    def told(self) -> list[Text]:
        """Return what became of what was typed; [] where it is kept and known."""
        values = {"word": self.typed, "class_word": self.word}
        told = {
            "translated": Text("client.class_translated", values),
            "joined": Text("client.class_joined", values),
            "guessed": Text("client.class_guessed", values, "warn"),
            "unknown": Text("client.class_unknown", {"word": self.typed}, "warn"),
        }
        return [told[self.how]] if self.how in told else []


def read(typed: str) -> ClassWord:
    """Return what a class word is in English.

    >>> read("doctora").word, read("wo man").word, read("carnicera").word
    ('woman', 'woman', 'woman')
    """
    typed = " ".join(typed.split())
    if (known := class_words.english(typed)) != typed:
        return ClassWord(typed, known, "translated")
    parts = fold(typed).split()
    if len(parts) > 1 and (joined := "".join(parts)) in words("persons"):
        return ClassWord(typed, joined, "joined")
    if not parts or (typed.isascii() and _are_english(parts)):
        return ClassWord(typed, typed, "kept")
    if found := _by_list(parts):
        return ClassWord(typed, found, "translated")
    if guess := next((guess for part in parts if (guess := _by_ending(part))), ""):
        return ClassWord(typed, guess, "guessed")
    return ClassWord(typed, typed, "unknown")


def _are_english(parts: Sequence[str]) -> bool:
    """Return whether English says a person so: "ship captain", "woman in red", "bookkeeper"."""
    last = parts[-1]
    by_ending = last not in _SPANISH and _SUFFIXES.fullmatch(last) and not _OF_MEN.fullmatch(last)
    return bool(by_ending) or not words("persons").isdisjoint(parts)


_SPANISH = frozenset(word for phrase in pairs("spanish", "persons") for word in phrase.split())


def _by_list(parts: Sequence[str]) -> str:
    """Return who the first known Spanish word names: woman or man where its ending tells, else its English.

    A class word is what the base model knows most of: "doctora" is a woman first, and "doctor" would lose that.
    """
    listed = pairs("spanish", "persons")
    for part in parts:
        if (one := listed.get(part, "")) in words("persons"):
            ending = _by_ending(part)
            return ending if ending in ("woman", "man") else one
    return ""


def _by_ending(part: str) -> str:
    if _OF_BOTH.fullmatch(part):
        return "person"
    if _OF_WOMEN.fullmatch(part):
        return "woman"
    return "man" if _OF_MEN.fullmatch(part) else ""


def advice(word: str, client_id: str) -> list[Text]:
    """Return that a class word is not English, as an older version or a file edited by hand may have it; else []."""
    found = read(word)
    if found.how not in ("translated", "guessed") and class_words.looks_english(word):
        return []
    class_word = found.word if found.how in ("translated", "guessed") else "woman"
    return [Text("client.class_odd", {"word": word, "client": client_id, "class_word": class_word}, "warn")]
