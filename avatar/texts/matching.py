"""What a typed name means: the option of that name, else those that it is a part of, whatever the case and the accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

LEAST_DIGITS = 3  # [choice] of a part of a name: "3060"; the lines of a list are fewer than a hundred


def places(answer: str, options: Sequence[Sequence[str]]) -> list[int]:
    """Return the places of the options that an answer means; each option has one name or more.

    A whole name counts before a part of one, and a part as it is typed before one with other signs between its letters. A part
    has a letter or three digits: what is shorter is meant as the number of a line.

    >>> cards = [["rtx3060_8gb", "NVIDIA RTX 3060 8 GB"], ["rtx3060_12gb", "NVIDIA RTX 3060 12 GB"], ["cpu", "no card"]]
    >>> places("3060", cards), places("3060 8gb", cards), places("nvidia rtx 3060 12 gb", cards), places("x", [["ana"]])
    ([0, 1], [0], [1], [])
    >>> places("8", cards), places("8 gb", cards)
    ([], [0])
    >>> places("lucia", [["Lucía"], ["lucia_g"]]), places("Ana", [["ana"], ["Ana"]])
    ([0], [1])
    """
    if not answer.strip():
        return []
    wanted, letters = folded(answer), _letters(answer)
    fits: list[Callable[[str], bool]] = [lambda name: name == answer, lambda name: folded(name) == wanted]
    if any(map(str.isalpha, answer)) or len(letters) >= LEAST_DIGITS:
        fits += [lambda name: wanted in folded(name), lambda name: letters in _letters(name)]
    for fit in fits:
        if found := [place for place, names in enumerate(options) if any(map(fit, names))]:
            return found
    return []


def folded(name: str) -> str:
    """Return a name without case, accents and blanks at its ends: "Lucía " -> "lucia"."""
    split = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in split if not unicodedata.combining(sign)).casefold().strip()


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", folded(name))
