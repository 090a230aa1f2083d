"""Tells the words of an English sentence apart, as far as noun groups need it. Pure.

No dictionary of all words: a word that no list knows is taken for a noun or what describes one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from avatar.prompts.word_lists import among, lines, singular, ways, words

Tag = Literal["noun", "det", "prep", "conj", "pron", "be", "verb", "ing", "part", "how"]

DETERMINERS = words("small_words", "before a noun")
_PREPOSITIONS = words("small_words", "prepositions")
_LONG_PREPOSITIONS = sorted(
    (way.strip() for section, text in lines("small_words") if section == "prepositions of two and three words"
     for way in text.split("|")), key=len, reverse=True,
)  # fmt: skip
_JOINING, _PRONOUNS = words("small_words", "joining"), words("small_words", "pronouns")
_BEING, _HOW = words("small_words", "being"), words("small_words", "how")
STANCE, ACTIONS = words("verbs", "stance"), words("verbs", "action")
_ON_S = words("verbs", "verbs on -s")
_VERBS = words("verbs") - _ON_S
NAMED = (
    words("clothing")
    | words("places")
    | words("objects")
    | words("light", "light")
    | words("weather")
    | words("body", "moving")
)
NOUNS = NAMED | words("body", "identity") | words("abstract", "abstract")
_FEATURES = words("body", "identity")
_PERSONS, _OF_LIGHT = words("persons"), words("light", "of light")
_NO_VERBS = NOUNS | words("nouns", "measures")
_DESCRIBING = (_OF_LIGHT | words("identity", "of a person") | words("colours")) - NAMED
_WORD = re.compile(r"[^\W_]+(?:[-'’./&][^\W_]+)*(?:['’]s)?|&")
_MAY_BE_LONG = re.compile(r" (?:of|to|with|as|by|between)\b", re.IGNORECASE)
_HEAD_TO_TOE = re.compile(r"\b(?:from )?head[ -]to[ -]toe\b", re.IGNORECASE)
_HAS_ON = re.compile(r"\b(?:has|have|had|having) on\b(?= (?:a|an|the|his|her|their) )", re.IGNORECASE)
_IS = re.compile(r"\b(he|she|it|there|that|who|they|i)['’](?:s|re|m)\b", re.IGNORECASE)
_LONG = re.compile(rf"\b(?:{'|'.join(map(re.escape, _LONG_PREPOSITIONS))})\b", re.IGNORECASE)
# Past forms that are no plain form with -ed; as adjectives and after "is".
_PARTICIPLES = {
    "worn": "wear", "held": "hold", "seen": "see", "drawn": "draw", "woven": "weave", "bent": "bend", "lit": "light",
    "made": "make", "set": "set", "caught": "catch", "shot": "shoot", "taken": "take", "hung": "hang", "torn": "tear",
    "wet": "wet", "spread": "spread", "hidden": "hide", "written": "write", "thrown": "throw", "laid": "lay", "tied": "tie",
    "clad": "wear", "swept": "sweep", "frozen": "freeze", "shown": "show", "broken": "break", "built": "build",
    "slung": "sling", "strewn": "strew", "flung": "fling", "swung": "swing", "strung": "string", "sewn": "sew", "blown": "blow",
    "crossed": "cross", "clasped": "clasp", "folded": "fold", "seated": "sit", "dressed": "dress", "perched": "perch",
    "wound": "wind", "spun": "spin", "undone": "undo",
}  # fmt: skip
_PAST = {"stood": "stand", "sat": "sit", "wore": "wear", "leant": "lean", "knelt": "kneel"}
_SHINES = re.compile(
    r"\w*light|sun|glow|rays?|beams?|shadows?|\w*lamps?|tubes?|bulbs?|candles?|lanterns?|torch(?:es)?|embers?|flames?"
)  # what "streams in" and "falls", unlike a neon sign
_HAS_ON = re.compile(r"\b(?:has|have|had|having) on\b", re.IGNORECASE)
_ROUND = re.compile(r"\bround (?=(?:his|her|their|the|my)\b)", re.IGNORECASE)
_DOWN = frozenset("jacket coat vest parka pillow duvet gilet".split())  # noqa: SIM905
_CANS = frozenset("watering spray trash paint beer soda tin oil gas garbage milk jerry aluminum drink".split())  # noqa: SIM905
_NO_FORM = words("nouns", "no verb forms")


@dataclass(frozen=True)
class Token:
    """A word in lower case, what it does in its sentence, and the plain form of a verb; capital: as it was written."""

    word: str
    tag: Tag
    verb: str = ""
    capital: bool = False


def tokens(clause: str) -> list[Token]:
    """Return the words of a clause with what each does there."""
    clause = clause.replace("_", " ")
    if " toe" in clause or "-toe" in clause:
        clause = _HEAD_TO_TOE.sub("", clause)
    if " on " in clause:
        clause = _HAS_ON.sub("wears", clause)
    if "'" in clause or "’" in clause:
        clause = _IS.sub(r"\1 is", clause)
    clause = _ROUND.sub("around ", _HAS_ON.sub("wears", clause))
    if _MAY_BE_LONG.search(clause):
        clause = _LONG.sub(lambda match: match[0].replace(" ", "_"), clause)
    found: list[Token] = []
    for match in re.finditer(rf"(?:{_WORD.pattern}|_)+", clause):
        raw = match[0]
        word = raw.lower().replace("’", "'")
        if word == "of" and found and found[-1].word == "shot":  # "a beauty shot of", unlike "shot on"
            found[-1] = Token("shot", "noun")
        if word in _DOWN and found and found[-1].word == "down":
            found[-1] = Token("down", "noun")
        found.append(_token(word, raw[0].isupper(), found))
        if raw.lower() in DETERMINERS and len(found) > 1 and _opens(found[-2], found[:-2]):
            found[-2] = Token(found[-2].word, "verb", verb_form(found[-2].word)[1])  # "leaves a lasting impression"
    return found


def _token(word: str, capital: bool, earlier: Sequence[Token]) -> Token:
    before = earlier[-1] if earlier else None
    if "_" in word:
        return Token(word.replace("_", " ").lower(), "prep")
    if word == "still" and before is not None and before.word in ("film", "movie", "cinematic", "tv", "video"):
        return Token(word, "noun", capital=capital)
    if word == "can" and before is not None and before.word in _CANS:
        return Token(word, "noun")
    if word in _BEING:
        return Token(word, "be")
    if word in DETERMINERS and not (word == "that" and before is not None and before.tag == "noun"):
        return Token(word, "det")
    if word in _JOINING:
        return Token(word, "conj")
    if word in _PREPOSITIONS:
        return Token(word, "prep")
    if word in _PRONOUNS:
        return Token(word, "pron")
    if word in _HOW or (word.endswith("ly") and len(word) > 4 and not among(word, NAMED)):
        return Token(word, "how")
    tag, verb = verb_form(word)
    lights = word.endswith("ing") and word in _OF_LIGHT - _NO_FORM
    if lights and tag == "noun" and before is not None and among(before.word, NAMED):
        tag, verb = "ing", _plain(word[:-3])  # "a crystal ball glowing on the table", not "glowing light"
    if word in _NO_FORM and before is not None and _is_doing(word, before):
        tag, verb = "ing", _plain(word[:-3])
    if tag == "verb" and not _does(word, verb, earlier):
        tag = "noun"
    return Token(word, tag, verb if tag != "noun" else "", capital)


def _opens(token: Token, earlier: Sequence[Token]) -> bool:
    """Return whether a word before an article is a verb with which a clause opens, though a thing is called so: "leaves"."""
    return (
        token.tag == "noun"
        and token.word.endswith("s")
        and verb_form(token.word)[0] == "verb"
        and (not earlier or earlier[-1].tag in ("conj", "pron"))
    )


def _is_doing(word: str, before: Token) -> bool:
    """Return whether a noun on -ing is what somebody does: "a nun painting at an easel", no "oil painting"."""
    somebody = among(before.word, NAMED) or singular(before.word) in _PERSONS
    return somebody and word in ("painting", "drawing") and f"{before.word} {word}" not in ways("mediums")


def _does(word: str, verb: str, earlier: Sequence[Token]) -> bool:
    """Return whether a word that may be a noun or a verb is a verb here: "waves" behind "she" or "woman"."""
    if not earlier:
        doing = verb == "wear" or verb in STANCE or (verb in ACTIONS and not among(word, _NO_VERBS))
        return word != verb and word not in _FEATURES and doing
    before = earlier[-1]
    if word == verb:  # the plain form stands only behind "to", "they" and what is many: "candles flicker"
        many = before.tag == "noun" and singular(before.word) != before.word and not among(word, NAMED)
        return many or before.word in ("to", "they", "you", "i")
    if before.tag == "pron":
        return True
    if before.tag == "conj":
        return any(token.tag == "verb" for token in earlier)
    if before.word in _DESCRIBING:
        return False
    if word in _ON_S and before.tag == "noun":
        return True
    if among(word, NOUNS):
        return before.tag == "how" or singular(before.word) in _PERSONS or _SHINES.fullmatch(before.word) is not None
    return before.tag in ("noun", "how", "part")


@functools.lru_cache(maxsize=8192)
def verb_form(word: str) -> tuple[Tag, str]:
    """Return whether a word is a form of a verb, and its plain form: "leans" -> ("verb", "lean")."""
    if word in _OF_LIGHT:  # "diffused", "dappled": they describe
        return "noun", ""
    if word in _PARTICIPLES:
        return "part", _PARTICIPLES[word]
    if word in _PAST:
        return "verb", _PAST[word]
    if word in _VERBS:
        return "verb", word
    if word.endswith("ing") and word not in _NO_FORM and len(word) > 4:
        plain = _plain(word[:-3])
        return ("ing", plain) if plain or not among(word, NAMED) else ("noun", "")
    if word.endswith("ed") and len(word) > 4:
        return "part", _plain(word[:-2])
    if word.endswith("s"):
        for plain in (word[:-1], word[:-2] if word.endswith("es") else "", word[:-3] + "y" if word.endswith("ies") else ""):
            if plain in _VERBS:
                return "verb", plain
    return "noun", ""


def _plain(stem: str) -> str:
    """Return the plain form of a verb by what is left before -ing or -ed: "lean", "mak", "sitt", "ly", "cri"."""
    doubled = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else ""
    y = {"ly": "lie", "ty": "tie", "dy": "die"}.get(stem, stem[:-1] + "y" if stem.endswith("i") else "")
    return next((plain for plain in (stem, stem + "e", doubled, y) if plain in _VERBS), "")


def gerund(verb: str) -> str:
    """Return the -ing form of a verb of the lists, and one of no list as it is: "sit" -> "sitting", "lie" -> "lying"."""
    if verb.endswith("ing") and verb not in _VERBS:
        return verb
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    doubles = re.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", verb) is not None and not verb.endswith(("k", "w", "x", "y"))
    return f"{verb}{verb[-1]}ing" if doubles and len(verb) < 6 else f"{verb}ing"
