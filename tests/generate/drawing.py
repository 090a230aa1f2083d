"""What tests of servers ask for: a base, LoRA files with any content, requests, and what a user is told in both languages."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from avatar.generate.backend import Base, Drawing, Drawn, LoraFile, Request
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text

BASE = Base(name="small_sdxl.ckpt", path=None, sha256="")


def lora(folder: Path, content: bytes = b"ok 1", name: str = "1200", *, texts: bool = False) -> LoraFile:
    """Write a LoRA of any content: the back ends do not look into it."""
    path = folder / f"{name}-{hashlib.sha256(content).hexdigest()[:6]}.safetensors"
    path.write_bytes(content)
    return LoraFile(name=name, path=path, sha256=hashlib.sha256(content).hexdigest(), has_text_encoder=texts)


def request(model: LoraFile | None = None, weight: str = "0.8", **changes: Any) -> Request:
    values: dict[str, Any] = {
        "picture_id": "0123456789abcdef", "model": model.sha256 if model else None, "weight": weight if model else "0",
        "prompt": "ohwx woman in a café", "negative": "blurry", "seed": 1, "steps": 4, "cfg": 7.0, "sampler": "euler_a",
        "scheduler": "karras", "width": 64, "height": 64,
    }  # fmt: skip
    return Request(**{**values, **changes})


def quiet(_: object) -> None:
    """Take no note of a note or of progress."""


def told(error: PipelineError | Text) -> str:
    """Return the key, after both languages were told whole."""
    text = error if isinstance(error, Text) else error.text
    for language in translate.LANGUAGES:
        assert translate.words(text, language)
    return text.key


class Aside:
    """A picture that is drawn in a thread, so that the test can do something to the server meanwhile."""

    def __init__(self, drawing: Drawing, asked: Request) -> None:
        self.drawn: Drawn | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._draw, args=(drawing, asked))
        self._thread.start()

    def _draw(self, drawing: Drawing, asked: Request) -> None:
        try:
            self.drawn = drawing.draw(asked, quiet)
        except BaseException as error:  # noqa: BLE001  # whatever it is, the test looks at it
            self.error = error

    def end(self) -> Drawn:
        """Return the picture, or raise what came instead."""
        self._thread.join(60)
        assert not self._thread.is_alive(), "it still draws"
        if self.error is not None:
            raise self.error
        assert self.drawn is not None
        return self.drawn


def at_step(step: int, act: Callable[[], object], *, times: int = 1) -> Callable[[str, int], None]:
    """Return what a stand-in calls at each step: act at this one, for the first pictures."""
    left = [times]

    def seen(_: str, now: int) -> None:
        if now == step and left[0] > 0:
            left[0] -= 1
            act()

    return seen
