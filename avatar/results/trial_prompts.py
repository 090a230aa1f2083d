"""The prompts of a trial: the user's, and three of what the data has not: another place, another garment, the full figure.

A LoRA that only repeats its pictures does well on the user's own prompts and fails on these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from avatar.results.trial import Prompt
from utils import fold

FEWEST = 6
USERS_OWN = 3  # of the prompts of the sample pictures

# Words that say that the data has it, in captions, which are English, and in prompts, which may be Spanish -> what is asked
# for where none of them is there. The first that the data has not is taken.
PLACES = (
    (("beach", "sea", "ocean", "shore", "coast", "playa", "mar", "costa"), "on a sandy beach, waves behind, late afternoon"),
    (("snow", "snowy", "winter", "nieve", "invierno"), "in a snowy forest, cold winter light"),
    (("street", "city", "urban", "neon", "calle", "ciudad"), "in a busy city street at night, neon signs"),
    (("library", "books", "bookshelf", "biblioteca", "libros"), "in an old library, shelves of books"),
    (("desert", "dunes", "desierto", "dunas"), "among desert dunes, midday sun"),
    (("kitchen", "cooking", "cocina"), "in a bright kitchen, cooking"),
)
GARMENTS = (
    (("raincoat", "rain", "yellow", "impermeable", "lluvia", "amarillo", "amarilla"), "wearing a yellow raincoat, half body"),
    (("sweater", "knit", "wool", "jersey", "sueter", "lana"), "wearing a thick red wool sweater, half body"),
    (("armor", "armour", "knight", "armadura", "caballero"), "wearing medieval plate armor, half body"),
    (("astronaut", "spacesuit", "astronauta"), "wearing an astronaut suit without helmet, half body"),
    (("apron", "chef", "delantal"), "wearing a white chef's jacket, half body"),
)
FIGURES = (
    (
        ("full body", "full figure", "full length", "head to toe", "cuerpo entero"),
        "full body, standing, head to toe, wide shot",
    ),
    (("bicycle", "bike", "cycling", "bicicleta"), "full body, riding a bicycle, wide shot"),
    (("bench", "sitting", "seated", "sentado", "sentada", "banco"), "full body, sitting on a bench, wide shot"),
    (("stairs", "steps", "walking", "escaleras", "caminando"), "full body, walking down stairs, wide shot"),
)
_OPTION = re.compile(r"\s--[a-zA-Z]+\b.*")  # of the trainer's lines of prompts: everything from the first on


def trial_prompts(
    own: Sequence[str], trigger: str, class_word: str, seen: Iterable[str], *, all_own: bool = False
) -> list[Prompt]:
    """Return the prompts of a trial, numbered from 1: the user's, then what the data has not.

    own      the user's, as lines of the trainer's file or as plain texts
    seen     captions and prompts of the pictures that were trained
    all_own  the user wrote them for this trial: all count, and from six on nothing is added
    """
    texts = list(dict.fromkeys(filter(None, (plain_prompt(line, trigger, class_word) for line in own))))
    texts = texts if all_own else texts[:USERS_OWN]
    prompts = [Prompt(n=n, text=text, kind="user") for n, text in enumerate(texts, 1)]
    missing = max(0, FEWEST - len(texts)) if all_own else 3
    others = [text for text in unseen(trigger, class_word, seen, missing) if text not in texts]
    return prompts + [Prompt(n=len(prompts) + n, text=text, kind="unseen") for n, text in enumerate(others, 1)]


def plain_prompt(line: str, trigger: str, class_word: str) -> str:
    """Return the text of a line of prompts, "" for a comment: without the trainer's options, placeholders filled in.

    >>> plain_prompt("photo of {trigger} {class_word} --w 512 --h 512 --d 1", "ohwx", "woman")
    'photo of ohwx woman'
    """
    text = _OPTION.sub("", " " + line).strip()
    if text.startswith("#"):
        return ""
    return " ".join(text.replace("{trigger}", trigger).replace("{class_word}", class_word).split())


def without_trigger(prompts: Iterable[Prompt], trigger: str) -> list[Prompt]:
    """Return the prompts that do not name the person: the LoRA is hardly asked for there."""
    return [prompt for prompt in prompts if fold(trigger) not in fold(prompt.text)]


def unseen(trigger: str, class_word: str, seen: Iterable[str], n: int = 3) -> list[str]:
    """Return up to n prompts of what the data has not: by turns a place, a garment, a full figure."""
    words = f" {' '.join(re.findall(r'[a-z0-9]+', fold(' . '.join(seen))))} "
    asked = [_missing(choices, words) for choices in (PLACES, GARMENTS, FIGURES)]
    turns = [choices[turn] for turn in range(max(map(len, asked))) for choices in asked if turn < len(choices)]
    return [f"photo of {trigger} {class_word} {what}".replace("  ", " ") for what in turns[:n]]


def _missing(choices: Sequence[tuple[Sequence[str], str]], words: str) -> list[str]:
    """Return what the data has not; where it has everything, all of it: something is asked for in any case."""
    absent = [what for said, what in choices if not any(f" {word} " in words for word in said)]
    return absent or [what for _, what in choices]
