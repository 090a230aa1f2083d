"""Puts Spanish clauses of prompts into English, word group by word group: SDXL was trained on English captions. Pure.

    retrato de una mujer con chaqueta de cuero negra -> portrait of a woman with black leather jacket

What no list of `words/spanish.txt` has is left out and named, so that no Spanish word gets into a caption.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from avatar.prompts.word_lists import among, lines, pairs, words
from utils import fold

NOUNS = ("clothes", "places", "things", "light", "weather", "pictures", "persons", "body", "not shown")
_NOUNS = frozenset(NOUNS)
# By the place in which English says them before the noun.
QUALITIES = ("size", "quality", "colour", "pattern", "material")
VERBS = ("stance", "action", "wearing", "other verbs")
_ON, _WITH_OF = words("nouns", "stood on"), words("nouns", "full of")
_BARE = frozenset({"indoors", "outdoors"})
_PICTURES = frozenset(pairs("spanish", "pictures").values())
_PICTURE_HEADS = frozenset({"photo", "portrait", "painting", "drawing", "sketch", "image", "illustration"})
_JOINS = (
    ("de", "color"), ("en", "color"), ("en", "tonos"), ("y",), ("e",), ("de",), ("en",), ("a",), ("color",), ("muy",),
)  # fmt: skip
_JOINED = {"al": "a", "del": "de"}
_WHERE = frozenset({"in", "on", "near", "in front of"})
_KNOT = re.compile(r"^monos?$", re.IGNORECASE)  # without its tilde a knot of hair is a jumpsuit
_WORD = re.compile(r"[^\W_]+(?:[-/'][^\W_]+)*")
_ENGLISH = words("clothing") | words("places") | words("objects") | words("light") | words("persons") | words("weather")


@dataclass
class Translation:
    """English for a clause, with commas where something was left out, and what that was."""

    pieces: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return re.sub(r"\s*,[\s,]*", ", ", " ".join(self.pieces)).strip(" ,")


def in_english(clause: str) -> Translation:
    """Return a Spanish clause in English."""
    return _Translator(clause).translated()


Entry = tuple[tuple[str, ...], str]  # foreign words, English


@functools.cache
def _table(*sections: str) -> Mapping[str, Sequence[Entry]]:
    """Return the entries of some sections by their first word, the longest first."""
    found: dict[str, list[Entry]] = {}
    for section in sections:
        for foreign, english in pairs("spanish", section).items():
            key = tuple(foreign.split())
            found.setdefault(key[0], []).append((key, english))
    return {first: sorted(entries, key=lambda entry: -len(entry[0])) for first, entries in found.items()}


@functools.lru_cache(maxsize=8192)
def forms(word: str) -> tuple[str, ...]:
    """Return a word and what it may be a form of: "rojas" -> "rojas", "roja", "rojo"."""
    stems = [word]
    if word.endswith("ces"):
        stems.append(word[:-3] + "z")
    if word.endswith("es") and len(word) > 4:
        stems.append(word[:-2])
    if word.endswith("s") and len(word) > 3:
        stems.append(word[:-1])
    return (*stems, *(stem[:-1] + "o" for stem in stems if stem.endswith("a")))


def _numbers(word: str) -> tuple[str, ...]:
    """Return a word and its singulars: a noun has one gender, "rayas" are no "rayo"."""
    return tuple(form for form in forms(word) if form[-1] == word.rstrip("s")[-1:] or not form.endswith("o"))


class _Translator:
    """Reads one clause from left to right."""

    def __init__(self, clause: str) -> None:
        self.spoken = _WORD.findall(clause)
        self.words = [_KNOT.sub("chongo", fold(word)).lower() if "ñ" in word else fold(word).lower() for word in self.spoken]
        self.at = 0
        self.out = Translation()
        self.person = False  # the last thing said is a person

    def translated(self) -> Translation:
        steps = (self._phrase, self._verb, self._preposition, self._noun_group, self._lone_qualities, self._small)
        while self.at < len(self.words):
            if not any(step() for step in steps):
                self._leave_out()
        return self.out

    # --- looking up --------------------------------------------------------------------------------------------------

    def _find(self, at: int, *sections: str) -> tuple[int, str] | None:
        """Return how many words from `at` the longest entry of some sections has, and its English."""
        if at >= len(self.words):
            return None
        table = _table(*sections)
        best: tuple[int, str] | None = None
        word = self.words[at]
        for form in _numbers(word) if _NOUNS.issuperset(sections) else forms(word):
            for key, english in table.get(form, ()):
                if (best is None or len(key) > best[0]) and self._stands(key, at):
                    best = (len(key), english)
        return best

    def _stands(self, key: Sequence[str], at: int) -> bool:
        said = self.words[at : at + len(key)]
        return len(said) == len(key) and all(
            _JOINED.get(word, word) == part or part in forms(word) for word, part in zip(said[1:], key[1:], strict=True)
        )

    # --- what may come next ------------------------------------------------------------------------------------------

    def _say(self, english: str, n: int) -> bool:
        self.out.pieces.append(english)
        self.at += n
        self.person = False
        return True

    def _phrase(self) -> bool:
        found = self._find(self.at, "phrases")
        return found is not None and self._say(f", {found[1]} ,", found[0])

    def _verb(self) -> bool:
        following = self.words[self.at + 1] if self.at + 1 < len(self.words) else ""
        if self.words[self.at] in ("vestido", "vestidos") and not (self.person and following in ("con", "de", "como", "en")):
            return False
        if self.words[self.at] in ("vestido", "vestidos"):
            return self._wearing(1)
        found = self._find(self.at, *VERBS)
        if found is None:
            return False
        n, english = found
        noun_too = n == 1 and not self.words[self.at].endswith("ndo") and self._find(self.at, "places", "things") is not None
        if noun_too and not self.person:  # "cocina" is a kitchen, save behind who cooks
            return False
        if english == "wearing":
            return self._wearing(n)
        return self._say(english if english in (",", "is") else f", {english}", n)

    def _wearing(self, n: int) -> bool:
        """Say "wearing", and "black clothes" where only a colour follows."""
        at = self.at + n
        if at < len(self.words) and self.words[at] in ("con", "de", "en"):
            at += 1
        colour = self._find(at, "colour")
        if colour is not None and self._find(at + colour[0], *NOUNS) is None and self._find(at, "clothes") is None:
            return self._say(f", wearing {colour[1]} clothes", at - self.at + colour[0])
        return self._say(", wearing", at - self.at)

    def _preposition(self) -> bool:
        found = self._find(self.at, "prepositions")
        if found is None:
            return False
        n, english = found
        at = self.at + n
        if english == "with" and self._find(at, "phrases") is not None:  # "con manos en los bolsillos"
            self.at = at
            return True
        found_article = self._find(at, "articles")
        at += found_article[0] if found_article else 0
        joined = n > 1 and self.words[self.at + n - 1] in _JOINED  # "junto al mar"
        article = found_article[1] if found_article else "the" if joined else ""
        nouns = ("places", *NOUNS) if english in _WHERE else NOUNS
        group = self._group(at, nouns)
        if group is None and self._unknown(at):  # "junto a un caudaloso rio"
            group = self._group(at + 1, nouns)
            self.out.unknown += [self.spoken[at]] if group else []
        if group is None:
            self.at += n
            self.out.pieces.append(",")
            return True
        return self._say(_placed(english, article, group[1]), group[0] - self.at)

    def _noun_group(self) -> bool:
        group = self._group(self.at)
        if group is None:
            return False
        end, english = group
        self._say(english, end - self.at)
        head = english.split()[-1]
        self.person = head in _heads("persons")
        if self.words[self.at : self.at + 1] in (["de"], ["del"]):
            self._behind_de(
                picture=english in _PICTURES or head in _PICTURE_HEADS, nothing=english in _heads("not shown", whole=True)
            )
        return True

    def _behind_de(self, *, picture: bool, nothing: bool) -> None:
        """Read what "de" joins to a noun: who is in a picture, what somebody wears, or where somebody comes from."""
        colour, clothes = (self._find(self.at + 1, section) for section in ("colour", "clothes"))
        if self.person and (colour or clothes):
            self._wearing(1)
        elif picture:
            self.at += 1
            self.out.pieces.append("of")
        elif (self.person or nothing) and (group := self._group(self.at + 1)) is not None:
            self.out.unknown.append(" ".join(self.spoken[self.at : group[0]]))
            self.at = group[0]
            self.out.pieces.append(",")
        else:
            self.at += 1
            self.out.pieces.append(",")

    def _lone_qualities(self) -> bool:
        """Say qualities without a noun: "la luz es suave y calida"."""
        said: list[list[str]] = [[] for _ in QUALITIES]
        n = self._quality(self.at, said, QUALITIES)
        if not n:
            return False
        while more := self._joined_quality(self.at + n, said):
            n += more
        return self._say(" and ".join(word for found in said for word in found), n)

    def _unknown(self, at: int) -> bool:
        return (
            at < len(self.words)
            and self._find(at, *VERBS, *QUALITIES, "phrases", "prepositions", "small words", "articles") is None
        )

    def _small(self) -> bool:
        found = self._find(self.at, "small words", "articles")
        if found is None and not self.words[self.at].isdigit():
            return False
        said = {"and": "and", "of": ",", ",": ","}.get(found[1], "") if found else ""
        return self._say(said, found[0] if found else 1) if said else self._skip()

    def _skip(self) -> bool:
        self.at += 1
        return True

    def _leave_out(self) -> None:
        """Leave out a word that no list has, and what belongs to it: "un estiramiento de cuello"."""
        if self.words[self.at] not in _looks():  # found as an expression
            self.out.unknown.append(self.spoken[self.at])
        self.out.pieces.append(",")
        self.at += 1
        if self.words[self.at : self.at + 1] == ["de"] and (group := self._group(self.at + 1)) is not None:
            self.out.unknown.append(" ".join(self.spoken[self.at : group[0]]))
            self.at = group[0]

    # --- noun groups -------------------------------------------------------------------------------------------------

    def _group(self, at: int, nouns: Sequence[str] = NOUNS) -> tuple[int, str] | None:
        """Return where the noun group that begins at `at` ends, and it in English; None where none begins there.

        nouns  the sections that are asked; of a word in two of them the first one is meant
        """
        said: list[list[str]] = [[] for _ in QUALITIES]
        while at < len(self.words) and self._find(at, *NOUNS) is None and (n := self._quality(at, said, QUALITIES)):
            at += n
        noun = self._noun(at, nouns)
        if noun is None:
            return None
        at += noun[0]
        head, behind = noun[1], ""
        while at < len(self.words):
            if n := self._quality(at, said, QUALITIES):
                at += n
                continue
            n = 0
            if head.split()[-1] in _WITH_OF and not behind:
                n, behind = self._belonging(at, head, said)
            n = n or self._joined_quality(at, said)
            if not n and not behind:
                n, behind = self._belonging(at, head, said)
            if not n:
                break
            at += n
        qualities = [(" and " if slot == 2 else " ").join(dict.fromkeys(found)) for slot, found in enumerate(said)]
        return at, " ".join(part for part in (*qualities, head, behind) if part)

    def _noun(self, at: int, nouns: Sequence[str]) -> tuple[int, str] | None:
        found = self._find(at, *nouns)
        if (
            found is None
            and at < len(self.words)
            and among(self.words[at], _ENGLISH)
            and self._find(at, *VERBS, "small words", "prepositions") is None
        ):
            return 1, self.words[at]  # "hoodie oversize": English words in a Spanish clause
        return found

    def _quality(self, at: int, said: list[list[str]], sections: Sequence[str]) -> int:
        """Note a quality that stands at `at`; return of how many words it is."""
        found = [
            (one, slot) for slot, section in enumerate(QUALITIES) if section in sections and (one := self._find(at, section))
        ]
        if not found:
            return 0
        (n, english), slot = max(found, key=lambda one: (one[0][0], one[1] == 2))
        said[slot].append(english)
        return n

    def _joined_quality(self, at: int, said: list[list[str]]) -> int:
        """Note "y suave", "de cuero", "color camel", "de color rojo"; return of how many words that is."""
        small = next((one for one in _JOINS if tuple(self.words[at : at + len(one)]) == one), None)
        if small is None:
            return 0
        start = at + len(small)
        adds = small[0] in ("y", "e", "muy")
        if self._find(at, "phrases") is not None:
            return 0  # "de noche"
        if small == ("de",) and (longer := self._find(start, *NOUNS)) and longer[0] > 1:
            return 0  # "de pared de ladrillo"
        noted: list[list[str]] = [[] for _ in QUALITIES]
        n = self._quality(start, noted, QUALITIES if adds else ("colour", "pattern", "material"))
        if not n or (adds and self._find(start + n, *NOUNS) is not None):  # "y elegantes gafas": another thing
            return 0
        for slot, found in enumerate(noted):
            said[slot] += found
        return len(small) + n

    def _belonging(self, at: int, head: str, said: list[list[str]]) -> tuple[int, str]:
        """Return of how many words "de la cocina" is behind a noun, and what of it stands behind the English one."""
        if self.words[at] not in ("de", "del") or head in _PICTURES or head in _heads("not shown", whole=True):
            return 0, ""
        if head.split()[-1] in _heads("persons") or self._find(at, "phrases") is not None:  # "calle de noche"
            return 0, ""
        start = at + 1
        while start < len(self.words) and self.words[start] in ("el", "la", "los", "las", "un", "una", "su"):
            start += 1
        full = head.split()[-1] in _WITH_OF
        noun = self._find(start, *(("things",) if full else ()), "clothes", "places", "things", "light", "weather")
        if noun is None:
            return 0, ""
        n, english = noun
        if head.split()[-1] in _WITH_OF:
            return start - at + n, f"of {english}"
        said[-1].append(english)
        return start - at + n, ""


def _placed(preposition: str, article: str, group: str) -> str:
    """Return an English group behind its preposition: "on the bench", "indoors"."""
    head = group.split()[-1]
    if preposition == "in" and head in _BARE:
        return f", {head} ,"
    preposition = "on" if preposition == "in" and head in _ON else preposition
    article = "an" if article == "a" and group[0] in "aeiou" else article
    return " ".join(part for part in (preposition, article, group) if part)


@functools.cache
def _heads(section: str, *, whole: bool = False) -> frozenset[str]:
    return frozenset(english if whole else english.split()[-1] for english in pairs("spanish", section).values())


@functools.cache
def _looks() -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", " ".join(text for _, text in lines("expressions"))))
