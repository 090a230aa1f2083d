"""Back ends for tests: pictures that depend on what was asked for and on nothing else, and every way of failing."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from avatar.generate.backend import (
    Backend,
    BackendError,
    Base,
    Cancelled,
    Drawing,
    Drawn,
    Kind,
    LoraFile,
    OnNote,
    OnProgress,
    PictureError,
    Ready,
    Request,
)
from avatar.texts.text import Text

GRID = 8  # coarse squares: a picture that differs does so everywhere
Paint = Callable[[Request, LoraFile | None], bytes]


def seed_of(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(json.dumps(parts).encode()).digest()[:8], "big")


def squares(request: Request, lora: LoraFile | None) -> bytes:
    """Return a PNG of coloured squares that differ for every request."""
    parts = (request.model, request.weight, request.prompt, request.seed, lora.sha256 if lora else "")
    values = np.random.default_rng(seed_of(*parts)).integers(0, 255, (GRID, GRID, 3), np.uint8)
    return encoded(np.kron(values, np.ones((request.height // GRID, request.width // GRID, 1), np.uint8)))


def deaf(request: Request, lora: LoraFile | None) -> bytes:
    """As `squares` of the base alone: as if no LoRA had been used."""
    values = np.random.default_rng(seed_of(request.prompt, request.seed)).integers(0, 255, (GRID, GRID, 3), np.uint8)
    return encoded(np.kron(values, np.ones((request.height // GRID, request.width // GRID, 1), np.uint8)))


def encoded(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


class FakeBackend:
    """A back end in this process.

    log       a line for every picture that was drawn, by its id; kept over processes
    events    called before each picture with its number from 1: may raise, or wait
    """

    kind: Kind = "comfyui"

    def __init__(
        self, address: str = "http://fake", *, paint: Paint = squares, seconds: float = 0.0, log: Path | None = None,
        events: Callable[[int], None] = lambda number: None, kind: Kind = "comfyui",
    ) -> None:  # fmt: skip
        self.address, self.paint, self.seconds, self.log, self.events, self.kind = address, paint, seconds, log, events, kind
        self.drawn: list[Request] = []
        self.opened = 0
        self.unchecked: BackendError | None = None
        self.notes: tuple[Text, ...] = ()
        self.loras: dict[str, LoraFile] = {}  # by hash: those that it was opened with
        self.interrupted = threading.Event()

    def check(self, base: Base) -> Ready:
        if self.unchecked is not None:
            raise self.unchecked
        return Ready(version="fake 1", notes=self.notes)

    @contextlib.contextmanager
    def open(self, base: Base, models: Sequence[LoraFile], on_note: OnNote) -> Iterator[Drawing]:
        self.opened += 1
        self.interrupted.clear()
        self.loras = {model.sha256: model for model in models}
        yield _Drawing(self, self.loras)

    def interrupt(self) -> None:
        self.interrupted.set()


class _Drawing:
    def __init__(self, backend: FakeBackend, loras: dict[str, LoraFile]) -> None:
        self._backend, self._loras = backend, loras

    def draw(self, request: Request, on_progress: OnProgress) -> Drawn:
        one = self._backend
        started = time.monotonic()
        one.events(len(one.drawn) + 1)
        lora = None if request.model is None else self._loras[request.model]
        if one.interrupted.wait(one.seconds) or one.interrupted.is_set():
            raise Cancelled
        on_progress(1.0)
        png = one.paint(request, lora)
        one.drawn.append(request)
        if one.log is not None:
            with one.log.open("a", encoding="utf-8") as handle:
                handle.write(request.picture_id + "\n")
        return Drawn(png=png, seconds=max(time.monotonic() - started, 1e-6), used={"lora": lora.name if lora else ""})


def lost(reason: str = "connection refused") -> BackendError:
    return BackendError("system.error", detail=reason, path="-")


def bad_picture(reason: str = "black") -> PictureError:
    return PictureError("system.error", detail=reason, path="-")


def fails_at(*numbers: int, error: Exception) -> Callable[[int], None]:
    """Return events that raise once at each of these pictures."""
    left = list(numbers)

    def events(number: int) -> None:
        if number in left:
            left.remove(number)
            raise error

    return events


_PROTOCOL: type[Backend] = FakeBackend
