"""Reads a prompt as a whole: what of it a caption may say, phrase by phrase, and what not and why. Pure.

The way of a prompt: weights, links and parameters go (`cleaning`); labels divide it (`passages`); of each sentence what it
denies goes (`denied`) and angle, gaze and expression are found (`looks`); Spanish becomes English (`spanish`); each clause is
divided into noun groups (`tokens`, `groups`), and these are sorted (`sorting`, `doings`, `mediums`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from avatar.prompts import looks
from avatar.prompts.cleaning import READ_CHARACTERS, asked_not, clean_prompt, filled_in, with_media_named, without_weights
from avatar.prompts.denied import without_denied
from avatar.prompts.groups import groups
from avatar.prompts.kinds import PERSONS, is_sound, tells_who
from avatar.prompts.language import is_spanish, language_of
from avatar.prompts.mediums import Medium, chosen
from avatar.prompts.orders import is_order, without_order
from avatar.prompts.passages import DROPPED, Passage, passages
from avatar.prompts.said import LeftOut, Phrase
from avatar.prompts.sorting import Said, Sorter
from avatar.prompts.spanish import in_english
from avatar.prompts.tokens import NOUNS, tokens
from avatar.prompts.word_lists import among, known_words, singular, words
from avatar.workspace.records import MidJourney

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z¿¡\"“])|\n+|;\s")
_CLAUSE = re.compile(r"[,.;:!?()\[\]{}|\"“”«»…\n]+(?!\d)|\s[-–—/]+\s|—|\s-(?=\w)")
# "an elegant, colorful waistcoat": the comma between two adjectives would cut the group.
_ADJECTIVES = re.compile(
    r"\b(?P<before>a|an|the|his|her|with|wearing) (?P<first>[\w-]+), "
    r"(?!(?:and|or|with|in|on|at|a|an|the|her|his|she|he|wearing|holding)\b)(?=[a-z][\w-]+(?: [a-z]| *[,.]))"
)
_EXCLUSIVE = frozenset({"standing", "sitting", "lying", "kneeling"})
_QUOTED = re.compile(r"[\"“][^\"“”]{1,60}[\"”]")
_ONE_COLOUR = "|".join(sorted(words("colours"), key=len, reverse=True))
_COLOUR_LIST = re.compile(
    rf"\b(?P<first>{_ONE_COLOUR}), (?=(?:{_ONE_COLOUR})(?:,? and (?:{_ONE_COLOUR}))? [a-z])", re.IGNORECASE
)
_ADJECTIVE_ENDING = re.compile(r"(?:y|ful|ous|ive|able|ible|al|ic|ed|ing|ish|less|ant|ent|ern|ar|ese|ian|en|some)$")
_DESCRIBING = words("nouns", "adjectives") | words("colours") | (words("light", "of light") - NOUNS)
_NO_ADJECTIVES = NOUNS | PERSONS
_BEFORE_PLACE = frozenset({"in", "at", "a", "an", "the"})
_LONGEST_NAMED = 200  # letters of what is named as left out


@dataclass(frozen=True)
class Reading:
    """What a prompt says of a picture, in its order, and what of it no caption says."""

    phrases: tuple[Phrase, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    understood: bool = True  # False: of a language that is neither English nor Spanish


def read_prompt(midjourney: MidJourney | None) -> Reading:
    """Return what the prompt of a picture says.

    A prompt known from a file name only is cut in mid-word: its last word is dropped, and a phrase is used only where all of
    its words are known ones.
    """
    text = (midjourney.prompt or midjourney.typed_prompt) if midjourney else None
    if midjourney is None or not text:
        return Reading()
    cut = midjourney.evidence == "filename" and text == midjourney.prompt
    no = tuple(found.text for name, found in midjourney.parameters.items() if name.lstrip("-") == "no")
    return _read(text[:READ_CHARACTERS], cut, no, (midjourney.prompt or "", midjourney.typed_prompt or ""))


@functools.lru_cache(maxsize=8192)  # four tiles share a prompt, and each is asked for more than once
def _read(text: str, cut: bool, no: tuple[str, ...], prompts: tuple[str, ...]) -> Reading:
    denied = asked_not(no, prompts)
    text, negative = without_weights(filled_in(text.replace("_", " ") if cut else text))
    text = with_media_named(clean_prompt(text))
    language = language_of(text)
    if language == "other":
        return Reading(left_out=(LeftOut(text[:_LONGEST_NAMED], "not_translated"),), understood=False)
    reader = _Reader(language, [*denied, *negative])
    reading = reader.read(text.rpartition(" ")[0] if cut else text)
    if cut:
        known = tuple(phrase for phrase in reading.phrases if set(phrase.text.split()) <= known_words())
        return Reading(known, reading.left_out)
    return reading


class _Reader:
    """Reads one prompt. denied: phrases that its picture does not show."""

    def __init__(self, language: str, denied: list[str]) -> None:
        self.language = language
        self.denied = denied

    def read(self, text: str) -> Reading:
        parts = passages(text)
        for part in parts:
            if part.about == "denied":
                self.denied += [what for what in re.split(r"[,;.]\s*", part.text.lower().strip()) if what]
        found: list[Said] = [LeftOut(phrase, "denied") for phrase in self.denied]
        for part in parts:
            found += self._passage(part)
        return self._reading(found)

    def _passage(self, passage: Passage) -> Iterator[Said]:
        text = passage.text.strip(" .")
        if passage.about in DROPPED:
            yield from [LeftOut(text[:_LONGEST_NAMED], DROPPED[passage.about])] if text and passage.about != "denied" else []
            if passage.about in ("mood", "camera"):  # "Colour: black and white photo"
                yield from (
                    one for clause in _CLAUSE.split(text) for one in self._clause(clause, "") if isinstance(one, Medium)
                )
            return
        text, written = _without_writing(text)
        yield from (LeftOut(words, "instruction") for words in written)
        for sentence in _SENTENCE.split(text):
            yield from self._sentence(sentence, passage.about)

    def _sentence(self, text: str, about: str) -> Iterator[Said]:
        text, denied = without_denied(text)
        yield from denied
        if is_order(text):
            yield LeftOut(text.strip(" ,.")[:_LONGEST_NAMED], "instruction")
            return
        text, gazes = looks.gazes(_with_adjectives_joined(text))
        yield from gazes
        text, shots = looks.shots(text)
        yield from (LeftOut(shot.text, "framing") if shot.kind == "framing" else shot for shot in shots)
        faces = list(looks.expressions(text, ", ".join(self.denied)))
        yield from faces
        for clause in _CLAUSE.split(text):
            for one in self._clause(clause, about):
                if not (faces and isinstance(one, Phrase) and one.kind == "expression"):  # said already, in a caption's words
                    yield one

    def _clause(self, text: str, about: str) -> Iterator[Said]:
        if self.language == "es" and is_spanish(text):
            english = in_english(without_order(text))
            yield from (LeftOut(word, "not_translated") for word in english.unknown)
            for part in english.text.split(","):
                yield from Sorter(groups(tokens(part)), about).sorted()
        else:
            yield from Sorter(groups(tokens(without_order(text))), about).sorted()

    def _reading(self, found: Iterable[Said]) -> Reading:
        found = list(found)
        media = [Phrase(text, "medium") for text in chosen([one for one in found if isinstance(one, Medium)])]
        phrases = list(dict.fromkeys([*media, *(one for one in found if isinstance(one, Phrase))]))
        left_out = [one for one in found if isinstance(one, LeftOut)]
        kept = []
        for phrase in phrases:
            if self._denies(phrase):
                left_out.append(LeftOut(phrase.text, "denied"))
            elif tells_who(phrase.text):
                left_out.append(LeftOut(phrase.text, "identity"))
            elif not is_sound(phrase.text):
                left_out.append(LeftOut(phrase.text, "not_understood"))
            else:
                kept.append(phrase)
        kept, other_stances = _of_one_stance(kept)
        left_out += [LeftOut(phrase.text, "said_already") for phrase in other_stances]
        lit = {word for phrase in kept if phrase.kind == "light" for word in phrase.text.split()} | _BEFORE_PLACE
        twice = [phrase for phrase in kept if phrase.kind == "place" and set(phrase.text.split()) <= lit]  # "studio"
        kept = [phrase for phrase in kept if phrase not in twice]
        left_out += [LeftOut(phrase.text, "said_already") for phrase in twice]
        return Reading(tuple(_once(kept)), tuple(dict.fromkeys(left_out)))

    def _denies(self, phrase: Phrase) -> bool:
        """Return whether a phrase says the whole of something denied: "white background" denies no white shirt."""
        said = _singulars(phrase.text)
        return any(what <= said for what in map(_singulars, self.denied) if what)


def _without_writing(text: str) -> tuple[str, list[str]]:
    """Return a text without short quoted words, which are to be written in the picture, and those."""
    found = [match[0] for match in _QUOTED.finditer(text)] if '"' in text or "“" in text else []
    return (_QUOTED.sub(",", text), found) if found and sum(map(len, found)) < len(text) / 2 else (text, [])


def _singulars(text: str) -> set[str]:
    return {singular(word) for word in re.findall(r"[\w-]+", text)}


def _with_adjectives_joined(text: str) -> str:
    def join(match: re.Match[str]) -> str:
        first = match["first"].lower()
        describes = first in _DESCRIBING or (_ADJECTIVE_ENDING.search(first) is not None and not among(first, _NO_ADJECTIVES))
        return f"{match['before']} {match['first']} " if describes else match[0]

    text = _ADJECTIVES.sub(join, text)
    coloured = "," in text and len(words("colours") & set(text.lower().replace(",", " ").split())) > 1
    return _COLOUR_LIST.sub(r"\g<first> ", text) if coloured else text


def _of_one_stance(phrases: list[Phrase]) -> tuple[list[Phrase], list[Phrase]]:
    """Return the phrases with the first stance alone, and the others: nobody sits and lies."""
    stances = [phrase for phrase in phrases if phrase.kind == "pose" and phrase.text.split()[0] in _EXCLUSIVE]
    others = [phrase for phrase in stances[1:] if phrase.text.split()[0] != stances[0].text.split()[0]]
    return [phrase for phrase in phrases if phrase not in others], others


def _once(phrases: list[Phrase]) -> Iterator[Phrase]:
    """Yield the phrases without those of which another one of their kind says every word."""
    said = [set(phrase.text.split()) for phrase in phrases]
    for at, phrase in enumerate(phrases):
        others = (other for other, one in enumerate(phrases) if other != at and one.kind == phrase.kind)
        if not any(said[at] < said[other] or (said[at] == said[other] and other < at) for other in others):
            yield phrase
