"""What a person types, as values: numbers and yes or no, in Spanish and in English."""

from __future__ import annotations

import re

YES = frozenset({"s", "si", "sí", "y", "yes"})
NO = frozenset({"n", "no"})
# Also taken where a setting is given on a command line; a question asks for yes or no.
ON = YES | {"on", "true", "1"}
OFF = NO | {"off", "false", "0"}


def parse_number(answer: str, *, whole: bool = False) -> float | None:
    """Return the number a person typed in Spanish or in English, None for anything else.

    A lone comma or point is the decimal sign; where both stand, the last one is.

    >>> parse_number("0,5"), parse_number("1.234,5"), parse_number("1,234.5"), parse_number("2000", whole=True)
    (0.5, 1234.5, 1234.5, 2000.0)
    >>> parse_number("0.5", whole=True)
    >>> parse_number("1.234", whole=True)
    1234.0
    """
    cleaned = re.sub(r"[\s_]", "", answer)
    if whole:
        return float(re.sub(r"[.,]", "", cleaned)) if re.fullmatch(r"-?(\d+|\d{1,3}([.,]\d{3})+)", cleaned) else None
    if "," in cleaned and "." in cleaned:
        grouping = "." if cleaned.rfind(",") > cleaned.rfind(".") else ","
        cleaned = cleaned.replace(grouping, "")
    cleaned = cleaned.replace(",", ".")
    return float(cleaned) if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)(e-?\d+)?", cleaned, re.IGNORECASE) else None


def parse_yes_no(answer: str) -> bool | None:
    """Return what a person typed for a switch: sí, yes, on, true, 1, and their opposites; None for anything else.

    >>> parse_yes_no("Sí"), parse_yes_no("off"), parse_yes_no("maybe")
    (True, False, None)
    """
    word = answer.strip().lower()
    return True if word in ON else False if word in OFF else None
