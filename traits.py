"""Lighting, expression and physical traits that a prompt names, in English and Spanish, with the words as evidence. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from records import Trait, Traits

# The user's values; each pattern is matched on lower-case text without accents, at whole words.
Vocabulary = Mapping[str, Mapping[str, str]]
VOCABULARY: Vocabulary = {
    "lighting": {
        "studio": r"studio (?:light\w*|photo\w*|portrait|lit|shot|headshot)|(?:luz|iluminacion|foto|retrato) de estudio"
        r"|softbox\w*|three[- ]point light\w*|beauty dish",
        "natural": r"natural light\w*|day ?light|sun ?light|sunlit|golden hour|window light|luz natural|luz del (?:dia|sol)"
        r"|hora dorada|outdoor light\w*",
        "dramatic": r"dramatic(?:ally)?(?: \w+)?|chiaroscuro|low[- ]key|rim ?light\w*|hard light\w*|dramatic[oa]s?|claroscuro"
        r"|contraluz",
        "soft": r"soft(?:ly)?(?: \w+)? (?:light\w*|lit)|diffused?(?: \w+)? light\w*|soft light\w*|luz (?:suave|difusa)"
        r"|iluminacion suave",
        "cinematic": r"cinematic\w*|film still|movie still|cinematografic[oa]s?|de cine",
    },
    "expression": {
        "confident": r"confident(?:ly)?|self[- ]assured|confidence|segur[oa] de si(?: mism[oa])?|confiad[oa]",
        "serene": r"seren(?:e|ely|ity)|calm|peaceful|tranquil|seren[oa]|tranquil[oa]|en calma",
        "trustworthy": r"trustworthy|honest|reliable|approachable|de confianza|honest[oa]|fiable",
        "wise": r"wise|wisdom|sage|thoughtful|sabi[oa]|sabiduria",
        "professional": r"professional\w*|business(?:like| portrait| headshot)?|corporate|executive|profesional\w*"
        r"|ejecutiv[oa]|corporativ[oa]",
    },
    "physical": {
        "clean_shaven": r"clean[- ]?shaven|smooth[- ]shaven|shaved face|afeitad[oa]|bien afeitado|sin barba",
        "stubble": r"stubble|five o'?clock shadow|scruff\w*|barba de (?:tres|varios) dias|barba incipiente",
        "well_groomed": r"well[- ]?groomed|neatly (?:groomed|trimmed|combed)|bien (?:cuidad|arreglad|peinad)[oa]",
        "refined": r"refined|elegant\w*|sophisticated|distinguished|polished|elegante\w*|refinad[oa]|sofisticad[oa]"
        r"|distinguid[oa]",
    },
}
# Up to two words between the negation and what is negated: "no visible beard", "without any stubble".
NEGATION = re.compile(r"\b(?:no|not|non|without|never|lacks?|sin|nunca|ningun[oa]?)[ -](?:\w+ ){0,2}$")
BEARD = re.compile(r"\b(?:beards?|stubble|facial hair|moustache|mustache|barba|bigote|vello facial)\b")


def find_traits(prompt: str, no_words: str = "", vocabulary: Vocabulary | None = None) -> Traits:
    """Return the traits that a prompt names and does not negate.

    no_words  the value of `--no`: what must not be seen
    A negated beard ("no beard", "sin barba", `--no beard`) is clean_shaven.
    """
    text, unwanted = _plain(prompt), _plain(no_words)
    found: dict[str, list[Trait]] = {}
    for group, words in (vocabulary or VOCABULARY).items():
        found[group] = []
        for value, pattern in words.items():
            evidence = _first_affirmed(pattern, text)
            if evidence is not None and not re.search(rf"\b(?:{pattern})\b", unwanted):
                found[group].append(Trait(value=value, evidence=evidence))
    physical = found.setdefault("physical", [])
    if not any(trait.value == "clean_shaven" for trait in physical) and (shaved := _no_beard(text, unwanted)):
        physical.append(Trait(value="clean_shaven", evidence=shaved))
    return Traits.model_validate({group: traits for group, traits in found.items() if traits})


def _first_affirmed(pattern: str, text: str) -> str | None:
    for match in re.finditer(rf"\b(?:{pattern})\b", text):
        negated = NEGATION.search(text[max(0, match.start() - 40) : match.start()])
        if not negated or match[0].startswith("sin "):
            return match[0]
    return None


def _no_beard(text: str, unwanted: str) -> str | None:
    if match := BEARD.search(unwanted):
        return f"--no {match[0]}"
    mentions = list(BEARD.finditer(text))
    negated = [match for match in mentions if NEGATION.search(text[max(0, match.start() - 40) : match.start()])]
    return f"no {negated[0][0]}" if negated and len(negated) == len(mentions) else None


def _plain(text: str) -> str:
    """Return text in lower case, without accents, with single blanks."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
