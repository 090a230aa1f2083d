"""What a plan's names are called by a person: cards, presets, settings."""

from __future__ import annotations

from avatar.texts import spoken
from avatar.texts.text import Text
from config import GPU_PROFILES, TRAINING_PRESETS


def card(profile: str) -> Text:
    """Return the card of a profile: "NVIDIA RTX 3060 8 GB"; the profiles that are no product in the user's language."""
    if profile in {"cpu", "gpu_24gb"}:
        return Text(f"plan.card.{profile}")
    known = GPU_PROFILES.get(profile)
    return Text("plan.named", {"label": known.label if known else profile})


def preset(name: str) -> Text:
    """Return a preset in a word: "balanced" -> "equilibrado"."""
    return Text(f"plan.preset.{name}") if name in TRAINING_PRESETS else Text("plan.named", {"label": name})


def kept(given: str) -> Text:
    """Return what a new plan keeps of the one before: "--preset balanced", "--gpu cpu", or "dim=64" as it was typed."""
    from avatar.plan.chosen import field_of

    option, _, name = given.partition(" ")
    named = {"--preset": ("preset", preset), "--gpu": ("profile", card)}
    if option in named:
        what, told = named[option]
        return Text("plan.given", {"what": spoken.option(what), "value": told(name)})
    return spoken.chosen(f"{field_of(given)}={given.partition('=')[2]}")
