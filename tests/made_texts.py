"""Every text that the program makes while the tests run is told in both languages, with the values it was made with."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from avatar.texts import translate
from avatar.texts.text import Text
from tests.places import TESTS

FAULTS: list[str] = []  # of the test that runs
_told: set[object] = set()  # key, and names and types of its values: told once, it can be told again


def watch() -> None:
    """Have every Text told when it is made, but those that a test makes itself: they may be wrong on purpose.

    Those that are read from a file are left alone too: a file may be of another version, or edited.
    """
    Text.__init__ = _telling(Text.__init__)  # type: ignore[method-assign]


def _telling(make: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(make)
    def made(self: Text, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        if not may_be_wrong(2):
            faults_of(self, FAULTS)

    return made


def may_be_wrong(depth: int) -> bool:
    frame = sys._getframe(depth)
    while frame.f_back and _file(frame.f_code.co_filename).name == "text.py":  # PipelineError makes its Text there
        if frame.f_code.co_name == "from_record":
            return True
        frame = frame.f_back
    return _is_test(frame.f_code.co_filename)


_file = functools.cache(Path)  # every text that is made asks


@functools.cache
def _is_test(file: str) -> bool:
    return _file(file).is_relative_to(TESTS)


def faults_of(made: Text, faults: list[str]) -> None:
    """Add what is wrong with a text to faults."""
    kind = (made.key, *sorted((name, type(value).__qualname__) for name, value in made.values.items()))
    if kind in _told:
        return
    for language in translate.LANGUAGES:
        try:
            translate.words(made, language)
        except Exception as error:  # noqa: BLE001  # whatever it is, the text cannot be told
            faults.append(f"{language} {made}: {error!r}")
            return
    _told.add(kind)
