"""Checks a client's trigger word, and suggests a better one."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from avatar.dataset import caption as caption_rules
from avatar.prompts.word_lists import words
from avatar.texts.text import Text

# What a trigger word is often taken from, without accents: first and last names, and words of both languages.
COMMON_NAMES = frozenset(
    """
    ana maria jose juan carlos luis laura marta lucia sofia elena pedro pablo david daniel john mary anna emma james michael
    peter paul sara sarah antonio carmen isabel javier miguel diego alba alberto alejandro alex alice alicia andrea andres
    angela anne bella ben carla charles chris clara claudia cristina eva fernando francisco gloria irene isabella jack jane
    jennifer jessica jorge julia julio kate laia leo leon linda lisa lola lucas lucy luna manuel marcos mario mark martin max
    mia monica natalia nora nuria olga olivia oscar paula rafael raquel raul ricardo robert roberto rocio rosa rosario ruth
    sam sandra santiago sergio silvia sophia susan susana teresa thomas tom valentina valeria vera veronica victor victoria
    william garcia gomez gonzalez hernandez jimenez jones lopez martinez moreno munoz perez rodriguez romero ruiz sanchez
    smith torres
    """.split()  # noqa: SIM905
)
COMMON_WORDS = frozenset(
    """
    amigo amiga casa perro gato sol luz amor vida client avatar model test user hombre mujer persona cliente prueba foto
    chico chica abuela abuelo agua alma angel artista bebe belleza bonita boda cara chef cielo corazon dama doctor dulce
    esposa esposo estrella feliz flor fuego gracias guapa guapo guerrero hada hermana hermano hija hijo hola jefa jefe joven
    leona libro linda lobo loco luna madre mama mar modelo mundo muneca musica nina nino noche novia novio nube ojos oso padre
    papa paz pelo perla piedra poder princesa principe reina retrato rey rostro senor senora sirena sombra sonrisa sueno
    tiempo tigre tio tia verano verde yo actor actress artist baby best boss bride brother character cute dad dancer daughter
    doll dragon dream family father fire friend funny god guy hello hero honey husband king knight life lion little love
    magic me moon mother mum music name nice player prince princess queen sister soldier son soul spirit star style subject
    sweet teacher tiger token trigger wife witch wizard wolf word world
    """.split()  # noqa: SIM905
)


# --- trigger word ----------------------------------------------------------------------------------------------------

_LISTS = ("one_token", "identity", "styles", "not_shown", "clothing", "places", "light")
_COMMON = frozenset().union(COMMON_NAMES, COMMON_WORDS, *map(words, _LISTS))
RARE_ENDS = ("wx", "zx", "qx", "wz", "xq", "zq", "kx", "vx", "xz", "qz")  # [choice] begin and end no syllable, like ohwx
SHORTEST_TRIGGER = 3  # [choice] letters and digits alone stand in every second caption that the model was trained on
MAX_TRIGGER_TOKENS = 4  # [choice] more pieces, each with a meaning of its own, are learnt less cleanly (peers 2.9: digits)


def trigger_advice(word: str, taken: Collection[str] = ()) -> list[Text]:
    """Return the problems of a trigger word, each with a suggested rarer one; [] if there are none.

    taken  the trigger words of other clients, none of which is suggested: their LoRAs may be used together
    """
    advice: list[Text] = []
    values: dict[str, object] = {"word": word, "suggestion": suggest_trigger(word, taken)}
    if is_common(word) or len(word) < SHORTEST_TRIGGER or not any(letter.isalpha() for letter in word):
        advice.append(Text("caption.trigger.common", values))
    if " " in word or not word.isascii():
        advice.append(Text("caption.trigger.several", values))
    tokens = caption_rules.token_bound(word)
    if tokens > MAX_TRIGGER_TOKENS:
        advice.append(Text("caption.trigger.many_tokens", {**values, "n": tokens, "limit": MAX_TRIGGER_TOKENS}))
    return advice


def is_common(word: str) -> bool:
    """Return whether a name or a word of everyday language is in a trigger word, which may be several."""
    return any(part in _COMMON and len(part) > 1 for part in _plain(word).split())


def suggest_trigger(word: str, taken: Collection[str] = ()) -> str:
    """Return a rare word of three or four letters from a word's consonants, not in taken: "maria" -> "mrwx"."""
    consonants = "".join(c for c in _plain(word) if c.isalpha() and c not in "aeiou")
    no_more = {word.lower(), *(other.lower() for other in taken)}
    starts = (consonants[:2] or "oh", "oh")
    suggestions = [start + end for start in starts for end in RARE_ENDS]
    return next((found for found in suggestions if found not in no_more), suggestions[0])


def _plain(word: str) -> str:
    """Return a word in lower case without accents; letters of other scripts are dropped."""
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode("ascii").lower()
