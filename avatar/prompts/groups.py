"""Divides an English clause into noun groups, each with the preposition and the verb that it depends on. Pure.

a woman leans against the kitchen counter in a cream sweater
-> (woman) (lean, against, the kitchen counter) (in, a cream sweater)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from avatar.prompts.tokens import ACTIONS, NOUNS, STANCE, Token
from avatar.prompts.word_lists import among, singular, words

_PERSONS, _COLOURS = words("persons"), words("colours")
_NAMES_A_THING = words("clothing") | words("nouns", "with a doing in their name")
_BEHIND = words("nouns", "behind a noun") - {"dark", "bright"}
_BEFORE_DOING = frozenset({"by", "for", "after", "before", "without", "like", "of", "from", "as", "about", "while"})
MEASURES = words("nouns", "measures")
_PARTICLES = ("up", "down", "off", "over", "past", "along", "about")
_WITH_DOING = STANCE | frozenset(
    "read write drink fry wash sew fish cut roll draw knit spin shop box climb hike cook".split()  # noqa: SIM905
)
# Nouns of two words whose last one alone says something else: a "parking lot", a "fire escape".
_COMPOUNDS = frozenset(word for name in ("clothing", "places", "objects", "light") for word in words(name) if "-" in word)
_COMPOUND_ENDS = frozenset(form for word in _COMPOUNDS for end in [word.rpartition("-")[2]] for form in (end, end + "s"))


@dataclass
class Group:
    """A noun with what describes it; and the verb and the preposition before it, each "" where there is none."""

    words: list[str] = field(default_factory=list)
    preposition: str = ""
    determiner: str = ""
    verb: str = ""  # the plain form of a verb of which this is the object or the place
    form: str = ""  # of the verb: verb, ing, part
    how: list[str] = field(default_factory=list)  # between verb and preposition: "back", "alone"
    capital: bool = False  # its last word was written with a capital letter
    linked: bool = False  # joined with the group before by "and"
    relative: bool = False  # "that", "who": the group before, of which a clause follows

    @property
    def head(self) -> str:
        """Return the noun that decides what the group is: the last one before "of", save behind a measure."""
        before = self.words[: self.words.index("of")] if "of" in self.words else self.words
        if "of" in self.words and (not before or singular(before[-1]) in MEASURES):
            return self.words[-1]
        if len(before) > 1 and before[-1] in _COMPOUND_ENDS and among(both := f"{before[-2]}-{before[-1]}", _COMPOUNDS):
            return both
        return before[-1] if before else ""

    @property
    def before_of(self) -> list[str]:
        return self.words[: self.words.index("of")] if "of" in self.words else list(self.words)

    def with_words(self, kept: list[str]) -> Group:
        """Return the same group with other words."""
        return self if kept == self.words else replace(self, words=kept)

    @property
    def text(self) -> str:
        return " ".join(self.words)


def groups(clause: Sequence[Token]) -> list[Group]:
    """Return the noun groups of a clause in order; a verb without an object has a group without words."""
    reader = _Reader(clause)
    while reader.at < len(clause):
        reader.read()
    reader.close()
    return reader.found


class _Reader:
    """Reads one clause from left to right."""

    def __init__(self, clause: Sequence[Token]) -> None:
        self.clause = clause
        self.at = 0
        self.found: list[Group] = []
        self.group = Group()

    def read(self) -> None:
        token = self.clause[self.at]
        self.at += 1
        getattr(self, f"_{token.tag}")(token)

    def close(self, **following: str) -> None:
        """Keep the group that was read, if it says anything, and begin another."""
        if self.group.words or self.group.verb:
            self.found.append(self.group)
        self.group = Group(**following)  # type: ignore[arg-type]

    def _next(self) -> Token | None:
        return self.clause[self.at] if self.at < len(self.clause) else None

    def _noun(self, token: Token) -> None:
        if self.group.form == "part" and not (self.group.words or self.group.preposition) and token.word in _BEHIND:
            self.group.how.append(token.word)  # "a hat pulled low"
            return
        self.group.words.append(token.word)
        self.group.capital = token.capital

    def _det(self, token: Token) -> None:
        if self.group.words:
            if self.group.words[-1] == "of":
                self._noun(token)
                return
            self.close()
        self.group.determiner = token.word

    def _prep(self, token: Token) -> None:
        if token.word == "of" and self.group.words:
            self.group.words.append("of")
            return
        if self.group.verb and not self.group.words and not self.group.preposition:
            if token.word in _PARTICLES and self._particle():
                self.group.how.append(token.word)
                return
            self.group.preposition = token.word
            return
        self.close(preposition=token.word)

    def _particle(self) -> bool:
        following = self._next()
        return following is None or following.tag in ("prep", "conj", "pron")

    def _conj(self, token: Token) -> None:
        said = self.group.words
        following = self._next()
        adjective = bool(said) and (
            not self._is_noun(said[-1]) or (following is not None and {said[-1], following.word} <= _COLOURS)
        )
        if adjective and following is not None and following.tag in ("noun", "part", "how", "ing"):
            said.append("and" if token.word == "&" else token.word)  # "soft and even light"
            return
        one_more = bool(said) and (following is None or following.tag in ("noun", "det", "part"))
        before = self.group
        self.close()
        if one_more:  # "wearing jeans and boots": it depends on the same verb
            same = before.preposition if before.preposition in ("with", "by") else ""
            self.group = Group(preposition=same, verb=before.verb, form=before.form, linked=True)

    def _pron(self, token: Token) -> None:
        self.close()
        if token.word in ("that", "which", "who") and self.found and self.found[-1].words:
            self.found.append(Group(words=[self.found[-1].head], relative=True))
        if token.word in ("she", "he", "they", "i", "you", "someone"):
            self.found.append(Group(words=["person"]))

    def _be(self, token: Token) -> None:
        self.close(verb="be", form="verb")

    def _verb(self, token: Token) -> None:
        self.close(verb=token.verb, form="verb")

    def _ing(self, token: Token) -> None:
        following = self._next()
        said = self.group.words
        before_noun = following is not None and following.tag in ("noun", "part") and token.verb not in ("wear", "hold")
        complete = bool(said) and self._is_noun(said[-1])
        if before_noun and not complete and (said or self.group.determiner or self._describes(token)):
            self._noun(token)
        else:
            self.close(verb=token.verb or token.word, form="ing")

    @staticmethod
    def _is_noun(word: str) -> bool:
        return among(word, NOUNS) or singular(word) in _PERSONS

    def _describes(self, token: Token) -> bool:
        """Return whether an -ing form at the beginning describes the noun behind it: "running shoes", "glowing code"."""
        following = self._next()
        if self.group.preposition and (token.verb not in ACTIONS or self.group.preposition not in _BEFORE_DOING):
            return True  # "against peeling paint", unlike "by holding a lamp"
        if following is not None and singular(following.word) in _NAMES_A_THING and token.verb in _WITH_DOING:
            return True
        return token.verb not in ACTIONS | STANCE | {"wear"}

    def _part(self, token: Token) -> None:
        following = self._next()
        said = self.group.words
        before_noun = following is not None and following.tag in ("noun", "part", "ing", "conj")
        before_noun = before_noun and following is not None and following.word not in _BEHIND
        compound = bool(said) and singular(said[-1]) not in _PERSONS  # "sand coloured parka"
        predicate = self.group.verb == "be" and not self.group.determiner and not said
        if before_noun and (compound or self.group.determiner or not predicate) and not (said and not compound):
            self._noun(token)
        else:
            self.close(verb=token.verb or token.word, form="part")
            self.group.how = [token.word]

    def _how(self, token: Token) -> None:
        following = self._next()
        group = self.group
        before_noun = following is not None and following.tag in ("noun", "part", "ing", "how")
        if group.verb and not (group.words or group.preposition or group.determiner) and not before_noun:
            group.how.append(token.word)
        elif before_noun and not (group.words and self._is_noun(group.words[-1])):
            self._noun(token)
        elif group.words:
            self.close()
