"""State files: what the program notes for itself, read so that damage costs the damaged field and nothing else.

A disk that was full, a program that was killed and a user with an editor leave anything in them. A field whose value has not
the type it should have reads as if it were not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import utils
from avatar.texts import translate
from avatar.texts.text import Text, from_record

# Field -> its type: str, int, float (whole numbers too), bool, dict, list.
FieldTypes = Mapping[str, type]
MOST = 1e15  # of a step, a size, a time in seconds: beyond it a number is damage, and breaks what is reckoned with it


def read(path: Path, types: FieldTypes) -> dict[str, Any]:
    """Return the fields of the object in a file that have their type; {} where there is no such file or no object."""
    return fields(utils.read_object(path), types)


def fields(value: object, types: FieldTypes) -> dict[str, Any]:
    """Return the fields of an object that have their type.

    >>> fields({"step": 3, "loss": "a", "total": True, "more": 1}, {"step": int, "loss": float, "total": int})
    {'step': 3}
    """
    found = value if isinstance(value, dict) else {}
    return {name: found[name] for name, kind in types.items() if name in found and _is(found[name], kind)}


def _is(value: object, kind: type) -> bool:
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    if kind in {int, float}:
        return isinstance(value, (int, float) if kind is float else int) and abs(value) <= MOST  # NaN is not
    if isinstance(value, str):
        return kind is str and _encodable(value)
    return isinstance(value, kind)


def _encodable(text: str) -> bool:
    """Return whether a file can hold a text: half a surrogate pair, which JSON can name, is none."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def told(found: Mapping[str, Any], key: str = "cause") -> Text | None:
    """Return the Text that two fields of a file hold; one that says it is lost where it cannot be told.

    found  what `fields` gave for {key: str, "values": dict}
    """
    text = from_record(found.get(key, ""), found.get("values"))
    return text if text is None or _can_be_told(text) else Text("file.text_lost", {"name": text.key[:80]})


def _can_be_told(text: Text) -> bool:
    try:
        return all(translate.words(text, language) is not None for language in translate.LANGUAGES)
    except (
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        ArithmeticError,
    ):  # a key of another version, a value that is missing or of another type
        return False
