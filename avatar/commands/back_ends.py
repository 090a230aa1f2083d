"""The back ends that a trial is drawn with: the one that is asked for or set, else the trainer's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from avatar.generate.backend import Backend, Base, LoraFile, OnNote
from avatar.texts.text import PipelineError

if TYPE_CHECKING:
    from config import Settings


def chosen(
    settings: Settings, base: Base, models: Sequence[LoraFile], side_px: int, *, kind: str | None, addresses: Sequence[str],
    on_note: OnNote,
) -> Sequence[Backend]:  # fmt: skip
    """Return back ends of one kind, one an address.

    kind       that the user asks for; None: that of the settings
    addresses  that the user gives; none: that of the settings
    Raises PipelineError("trial.address_of_what") for addresses of nobody knows which program.
    """
    wanted = kind or settings.generate.backend
    if addresses and wanted not in ("comfyui", "a1111"):
        raise PipelineError("trial.address_of_what")
    if wanted == "comfyui":
        from avatar.generate import comfyui

        return [comfyui.ComfyUI(settings.generate, address) for address in addresses or (None,)]
    if wanted == "a1111":
        from avatar.generate import a1111

        return [a1111.A1111(settings.generate, address) for address in addresses or (None,)]
    from avatar.generate import trainer
    from avatar.results import trial_make
    from avatar.system import gpu

    card = gpu.best_card(gpu.cards())
    return [trainer.TrainerBackend(trainer.tools_of(settings.trainer, card), sampler=trial_make.SAMPLER)]
