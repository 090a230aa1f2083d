"""The back ends that a trial is drawn with: the one that is asked for or set, else what fits the card or answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from avatar.generate.backend import Backend, BackendError, Base, Kind, LoraFile
from avatar.texts.text import PipelineError, Text

if TYPE_CHECKING:
    from pathlib import Path

    from avatar.generate.card_memory import Fit
    from avatar.generate.choosing import Choice
    from avatar.system.gpu import Card
    from config import Settings


@dataclass(frozen=True)
class Chosen:
    """Back ends of one kind, the side in pixels that they can draw, and what is to be said before they start."""

    backends: Sequence[Backend]
    side_px: int
    notes: Sequence[Text] = ()


def chosen(
    settings: Settings, base: Base, models: Sequence[LoraFile], side_px: int, *, kind: str | None = None,
    addresses: Sequence[str] = (),
) -> Chosen:  # fmt: skip
    """Return the back ends of a trial, one an address.

    kind       that the user asks for; None: that of the settings
    addresses  that the user gives; none: that of the settings
    Raises PipelineError("trial.address_of_what") for addresses of nobody knows which program, BackendError where nothing
    can draw.
    """
    from avatar.generate import choosing, trainer
    from avatar.system import gpu

    wanted = kind or settings.generate.backend
    if addresses and wanted not in choosing.SERVERS:
        raise PipelineError("trial.address_of_what")
    card = gpu.best_card(gpu.cards())
    tools = trainer.tools_of(settings.trainer, card)
    answering = [name for name in choosing.SERVERS if wanted == "auto" and _answers(server(name, settings), base)]
    lacking = [str(path) for path in (tools.script, tools.python) if not path.is_file()]
    choice = choosing.choose_backend(
        wanted, trainer_there=not lacking, fit=_fit(card, models, side_px), answering=answering, width=side_px,  # type: ignore[arg-type]
        height=side_px, lacks=", ".join(lacking),
    )  # fmt: skip
    if choice.kind == "trainer":
        return _trainer(settings, card, choice, side_px)
    return Chosen([server(choice.kind, settings, address) for address in addresses or (None,)], side_px, choice.notes)


def usable(settings: Settings, base: Base, side_px: int) -> list[Kind]:
    """Return the kinds that can draw now, that first which is taken unasked; the one that is set, where one is."""
    from avatar.generate import choosing, trainer
    from avatar.system import gpu

    wanted = settings.generate.backend
    if wanted != "auto":
        return [wanted]
    card = gpu.best_card(gpu.cards())
    tools = trainer.tools_of(settings.trainer, card)
    answering = [name for name in choosing.SERVERS if _answers(server(name, settings), base)]
    return choosing.usable(tools.script.is_file() and tools.python.is_file(), _fit(card, (), side_px), answering)


def server(kind: Kind, settings: Settings, address: str | None = None) -> Backend:
    """Return a server; address None: that of the settings."""
    from avatar.generate import a1111, comfyui

    made: Callable[..., Backend] = comfyui.ComfyUI if kind == "comfyui" else a1111.A1111
    return made(settings.generate, address)


def lora_folder(program: str, settings: Settings) -> Path | None:
    """Return the folder that a running ComfyUI or A1111 on this computer takes its LoRAs from; None where none answers."""
    from avatar.generate import a1111, comfyui

    makers: dict[str, type[comfyui.ComfyUI | a1111.A1111]] = {"comfyui": comfyui.ComfyUI, "a1111": a1111.A1111}
    made = makers.get(program)
    if made is None:
        return None
    try:
        return made(settings.generate).lora_folder_there()
    except BackendError:
        return None


def _answers(backend: Backend, base: Base) -> bool:
    try:
        backend.check(base)
    except BackendError:
        return False
    return True


def _fit(card: Card | None, models: Sequence[LoraFile], side_px: int) -> Fit | None:
    from avatar.generate import card_memory

    if card is None:
        return None
    networks = [card_memory.Network(dim=model.dim, has_text_encoder=model.has_text_encoder) for model in models]
    return card_memory.fit(card.free_gib, networks, side_px, side_px)


def _trainer(settings: Settings, card: Card | None, choice: Choice, side_px: int) -> Chosen:
    from avatar.generate import trainer
    from avatar.results import trial_make

    fit = choice.fit
    tools = trainer.tools_of(settings.trainer, card, fit.per_start if fit is not None else None)
    backend = trainer.TrainerBackend(tools, sampler=trial_make.SAMPLER)
    return Chosen([backend], fit.width if fit is not None else side_px, choice.notes)
