"""What a back end is: what it is asked for, what it returns, how it fails.

A back end is opened once for a trial, with all LoRAs that it will need, and then draws one picture at a time: only so are
pictures of one seed comparable (a batch of two draws other pictures). Its reply is never believed by itself: a back end
returns a picture only when `proof` has opened it whole and what the reply says was used is what was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from avatar.texts.text import PipelineError, Text

Kind = Literal["trainer", "comfyui", "a1111"]
KINDS: tuple[Kind, ...] = ("trainer", "comfyui", "a1111")
Sampler = Literal["euler_a", "euler", "dpmpp_2m"]  # each back end has its own names for them
Scheduler = Literal["normal", "karras"]
NO_WEIGHT = "0"
WHOLE_UNET = 722  # `lora_modules.unet_modules`

OnProgress = Callable[[float], None]  # share of the picture that is done, 0..1
OnNote = Callable[[Text], None]


@dataclass(frozen=True, kw_only=True)
class Base:
    """The checkpoint that the LoRAs were trained on.

    path                its file or diffusers folder here, None where it is a name of the hub
    vae                 one of the user's own, in place of that in the checkpoint
    v_prediction        how the base was trained; zero_terminal_snr belongs to it
    """

    name: str
    path: Path | None
    sha256: str  # "" where it is not known
    vae: Path | None = None
    v_prediction: bool = False
    zero_terminal_snr: bool = False


@dataclass(frozen=True, kw_only=True)
class LoraFile:
    """A LoRA that pictures are drawn with, checked by `proof.check_lora` before anything is sent.

    name  "1200" (steps) or "final"
    dim   its rank, 0 where it is not known: it counts for the memory
    unet_modules  that a back end must say it has taken, at least; 722 unless blocks were left out
    """

    name: str
    path: Path
    sha256: str
    has_text_encoder: bool = False
    dim: int = 0
    unet_modules: int = WHOLE_UNET


@dataclass(frozen=True, kw_only=True)
class Request:
    """One picture that is asked for; width and height in pixels, multiples of 64.

    model   sha256 of a LoraFile the back end was opened with; None: the base alone
    weight  decimal text as the user typed it, "0.8"; NO_WEIGHT where model is None
    """

    picture_id: str
    model: str | None
    weight: str
    prompt: str
    negative: str
    seed: int
    steps: int
    cfg: float
    sampler: Sampler
    scheduler: Scheduler
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A picture that was proved whole, of the asked size, neither black nor of one colour.

    png   the file as bytes; may carry text chunks of the back end's
    used  what the back end itself said it used: model, LoRA, sampler, version
    """

    png: bytes
    seconds: float
    used: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ready:
    """The result of a check: the back end answers, and has what it needs."""

    version: str
    notes: tuple[Text, ...] = ()


class LoraError(PipelineError):
    """A file that no picture can be drawn with: another architecture, damaged, incomplete, or without effect."""


class BackendError(PipelineError):
    """The back end cannot draw at all: not running, killed, without the checkpoint, disk full. The trial can go on later."""


class PictureError(PipelineError):
    """One picture could not be drawn; the others may."""


class Cancelled(Exception):  # noqa: N818  # no error: the user stopped it
    """The user stopped the drawing; the picture at work is lost, those before are not."""


class Drawing(Protocol):
    """An opened back end. One picture at a time, from one thread. Ctrl+C counts as `Backend.interrupt`."""

    def draw(self, request: Request, on_progress: OnProgress) -> Drawn:
        """Return the picture. Raises PictureError, BackendError, Cancelled."""
        ...


class Backend(Protocol):
    """One way to draw pictures. Making the object reaches nothing; `check` and `open` do."""

    kind: Kind
    address: str  # "" for the trainer

    def check(self, base: Base) -> Ready:
        """Return its version where it can draw with that base. Raises BackendError with what to do."""
        ...

    def open(self, base: Base, models: Sequence[LoraFile], on_note: OnNote) -> AbstractContextManager[Drawing]:
        """Get everything ready that the pictures need and undo it at the end. Raises BackendError, Cancelled."""
        ...

    def interrupt(self) -> None:
        """End the picture at work, from another thread; `draw` then raises Cancelled. Nothing of others is touched.

        What was opened draws no more; opened again, it does.
        """
        ...
