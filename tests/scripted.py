"""A person at the keyboard, for tests: answers from a list, the screen as text."""

from __future__ import annotations

import threading
from collections.abc import Callable

from avatar.commands.result import Raw, Table
from avatar.commands.session import Session
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.texts.translate import words


class ScriptedUi:
    """Answers from a list; a question too many fails the test instead of hanging it. An exception as answer is raised."""

    interactive = False
    edits = False
    free_rows = 10_000  # of the screen, below what was shown since the last answer

    def __init__(self, *answers: str | type[BaseException]) -> None:
        self.answers = list(answers)
        self.shown: list[str] = []
        self.told_as: translate.ToldAs | None = None

    def ask(self, prompt: str, *, path: bool = False, over: threading.Event | None = None, edit: str = "") -> str:
        assert self.answers, "unexpected question after:\n" + "\n".join(self.shown) + prompt
        self.shown.append(prompt)
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            return answer
        raise answer

    def room(self) -> int:
        return self.free_rows

    def show(self, block: Text | Table | Raw, language: str) -> None:
        with translate.commands_told_as(self.told_as):
            self._show(block, language)

    def _show(self, block: Text | Table | Raw, language: str) -> None:
        if isinstance(block, Text):
            self.shown.append(words(block, language))
        elif isinstance(block, Raw):
            self.shown.append(block.content)
        else:
            self.shown += [" ".join(str(words(c, language) if isinstance(c, Text) else c) for c in row) for row in block.rows]

    @property
    def text(self) -> str:
        return "\n".join(self.shown)


MakeSession = Callable[..., tuple[Session, ScriptedUi]]
