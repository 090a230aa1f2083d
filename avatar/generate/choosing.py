"""Which back end draws: the one that is set, or the first that can. Pure: who answers was asked before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from avatar.generate.backend import BackendError, Kind
from avatar.generate.card_memory import Fit
from avatar.texts.text import Text

Setting = Literal["auto", "trainer", "comfyui", "a1111"]
SERVERS: tuple[Kind, ...] = ("comfyui", "a1111")
NAMES: Mapping[Kind, str] = {"trainer": "sd-scripts", "comfyui": "ComfyUI", "a1111": "A1111"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What draws. fit: how it is drawn on the card, for the trainer's generator; notes: what is said before it starts."""

    kind: Kind
    fit: Fit | None = None
    notes: tuple[Text, ...] = ()


def choose_backend(
    setting: Setting, *, trainer_there: bool, fit: Fit | None, answering: Collection[Kind], width: int, height: int,
    lacks: str = "gen_img.py",
) -> Choice:  # fmt: skip
    """Return what draws pictures of this size.

    trainer_there  it is installed and has its generator
    fit            of the trial on the card (`card_memory.fit`), None without a card
    answering      servers that answered
    lacks          what of the trainer is not there, for the answer where nothing can draw

    Set to "auto": the first of the `usable` ones. Raises BackendError where nothing can draw, with what to install or to
    start.
    """
    if setting == "trainer":
        return _trainer(fit, width, height)
    if setting != "auto":
        return Choice(kind=setting)
    kinds = usable(trainer_there, fit, answering)
    if not kinds:
        raise _nothing(trainer_there, fit, lacks)
    if kinds[0] == "trainer":
        return _trainer(fit, width, height)
    return Choice(kind=kinds[0], notes=_why_not(kinds[0], trainer_there, fit))


def usable(trainer_there: bool, fit: Fit | None, answering: Collection[Kind]) -> list[Kind]:
    """Return the kinds that can draw, in the order of choice.

    First the trainer's generator where it fits for sure, then ComfyUI and A1111 where they answer, last the generator where it
    may go well.
    """
    servers = [kind for kind in SERVERS if kind in answering]
    if not trainer_there or fit is None or fit.verdict == "too_large":
        return servers
    return ["trainer", *servers] if fit.verdict == "fits" else [*servers, "trainer"]


def _trainer(fit: Fit | None, width: int, height: int) -> Choice:
    """Return the trainer's generator with what is to be said about its memory. Raises BackendError where it cannot fit."""
    if fit is None:
        return Choice(kind="trainer")  # on the processor: its check says so
    values = {"needs": fit.needs_gib, "free": fit.free_gib}
    if fit.verdict == "too_large":
        raise BackendError("draw.trainer.too_large", **values)
    notes = []
    if fit.smaller_than(width, height):
        size, asked = f"{fit.width}×{fit.height}", f"{width}×{height}"
        notes.append(Text("draw.choice.smaller", {"size": size, "asked": asked, **values}))
    if fit.verdict == "narrow":
        notes.append(Text("draw.choice.narrow", values, "warn"))
    return Choice(kind="trainer", fit=fit, notes=tuple(notes))


def _why_not(server: Kind, trainer_there: bool, fit: Fit | None) -> tuple[Text, ...]:
    if trainer_there and fit is not None:
        values = {"server": NAMES[server], "needs": fit.needs_gib, "free": fit.free_gib}
        return (Text("draw.choice.server_for_memory", values),)
    return (Text("draw.choice.server", {"server": NAMES[server]}),)


def _nothing(trainer_there: bool, fit: Fit | None, lacks: str) -> BackendError:
    if fit is None:
        without_trainer = BackendError("draw.choice.nothing_without_card", lacks=lacks)
        return BackendError("draw.choice.no_card") if trainer_there else without_trainer
    if trainer_there:
        return BackendError("draw.choice.too_small", needs=fit.needs_gib, free=fit.free_gib)
    if fit.verdict == "too_large":
        return BackendError("draw.choice.nothing_on_small_card", needs=fit.needs_gib, free=fit.free_gib)
    return BackendError("draw.choice.nothing", lacks=lacks)
