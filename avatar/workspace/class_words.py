"""The class word in English: captions are English, and so are the words that the base model knows."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

OFFERED = ("man", "woman", "person")
# English word -> the words of other languages that people type for it, without accents.
_SAID: Mapping[str, str] = {
    "woman": """
        mujer senora senorita dama chava femenino femenina actriz bailarina novia esposa hermana amiga abuela anciana madre
        suegra tia prima gemela viuda vecina femme dame frau donna signora mulher senhora vrouw
        kobieta kvinna kvinde kvinne zena женщина 女 女性 女人
    """,
    "man": """
        hombre senor caballero chavo varon masculino masculina bailarin novio esposo marido hermano amigo abuelo anciano
        padre suegro tio primo gemelo viudo vecino homme monsieur mann uomo signore homem senhor mezczyzna mies muz
        мужчина 男 男性 男人
    """,
    "person": """
        persona gente individuo adulto adulta cliente clienta modelo personne pessoa persoon osoba человек 人
    """,
    "girl": """
        chica nina muchacha chavala jovencita fille madchen ragazza bambina menina garota meisje dziewczyna девочка девушка 女孩
    """,
    "boy": """
        chico nino muchacho chaval jovencito garcon junge ragazzo bambino menino rapaz garoto jongen chlopiec мальчик 男孩
    """,
    "baby": "bebe nene nena neonato",
    "couple": "pareja",
}
_ENGLISH = {word: english for english, words in _SAID.items() for word in words.split()}


def english(word: str) -> str:
    """Return the class word as English says it: "Mujer" -> "woman"; one that is English or not known stays as it is.

    Of several words the first one that is known counts: the rest ("mujer mayor") says who it is, which the trigger word learns.
    """
    known = (_ENGLISH.get(_plain(part)) for part in word.split())
    return next((found for found in known if found), word)


def known() -> frozenset[str]:
    """Return the class words that people usually have, in English."""
    return frozenset({*OFFERED, *_SAID})


def looks_english(word: str) -> bool:
    """Tell whether a word may be English: it has letters of English alone."""
    return word.isascii()


def _plain(word: str) -> str:
    """Return a word in lower case without accents; other letters stay."""
    parts = unicodedata.normalize("NFKD", word.casefold().replace("ł", "l"))
    return "".join(part for part in parts if not unicodedata.combining(part))
