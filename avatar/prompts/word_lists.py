"""The word lists in the folder `words`: text files that a translator can edit without touching code.

    # a comment      [a section]      words between blanks, or a line with "|" between ways to say one thing, or "a = b"

A list is read once. Nouns stand in the singular where they have one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "words"
_IRREGULAR = {
    "scarves": "scarf", "knives": "knife", "wolves": "wolf", "shelves": "shelf", "leaves": "leaf", "loaves": "loaf",
    "children": "child", "feet": "foot", "teeth": "tooth", "geese": "goose", "mice": "mouse", "people": "person",
    "men": "man", "women": "woman", "wives": "wife", "halves": "half", "hooves": "hoof", "calves": "calf",
    "clothes": "clothes", "glasses": "glasses", "jeans": "jeans",
}  # fmt: skip


def lines(name: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a list with its section, in lower case, without comments and blank lines."""
    section = ""
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip().lower()
        if text.startswith("[") and text.endswith("]"):
            section = text[1:-1].strip()
        elif text:
            yield section, text


@functools.cache
def words(name: str, *sections: str) -> frozenset[str]:
    """Return the words of a list, or of some of its sections.

    Raises KeyError for a section that the list does not have.
    """
    found: dict[str, set[str]] = {}
    for section, text in lines(name):
        found.setdefault(section, set()).update(text.split())
    wanted: Iterable[str] = sections or found
    return frozenset(word for section in wanted for word in found[section])


@functools.cache
def ways(name: str, *sections: str) -> Mapping[str, str]:
    """Return every way to say something by its first way: "aquarelle" -> "watercolor"; of all or of some sections."""
    found: dict[str, str] = {}
    for section, text in lines(name):
        if not sections or section in sections:
            said, *others = (part.strip() for part in text.split("|"))
            found.update(dict.fromkeys((said, *others), said))
    return found


@functools.cache
def pairs(name: str, *sections: str) -> Mapping[str, str]:
    """Return the translations of a list, foreign words by English ones: "falda | saya = skirt"."""
    found: dict[str, str] = {}
    for section, text in lines(name):
        if not sections or section in sections:
            left, _, right = text.partition("=")
            found.update(dict.fromkeys((part.strip() for part in left.split("|")), right.strip()))
    return found


@functools.cache
def known_words() -> frozenset[str]:
    """Return the words that are surely whole ones."""
    names = ("one_token", "small_words", "clothing", "places", "objects", "light", "weather", "body")
    return frozenset().union(*map(words, names))


@functools.lru_cache(maxsize=8192)
def singular(word: str) -> str:
    """Return the singular of an English noun, itself where it has none: "scarves" -> "scarf", "dress" -> "dress"."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def among(word: str, listed: frozenset[str]) -> bool:
    """Return whether a list has a word, its singular, or what a compound ends in ("half-apron", "thunderclouds")."""
    if word in listed or singular(word) in listed:
        return True
    if "-" in word:
        return singular(word.rpartition("-")[2]) in listed
    return _ending(word) in listed


@functools.lru_cache(maxsize=8192)
def _ending(word: str) -> str:
    """Return the noun that a compound ends in; "" for none."""
    one = singular(word)
    return max((ending for ending in words("nouns", "compounds") if one.endswith(ending) and len(one) >= len(ending) + 3),
               key=len, default="")  # fmt: skip


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case; hyphens hold one together."""
    return re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower())
