"""How far down a crop must reach for a phrase to be seen in it. Pure.

Measured in heights of the face below the chin: the collar lies at 0, the elbows at 2, the hips at 3 (a standing adult is seven
and a half heads high, and a detector's box is a little lower than a head).
"""

from __future__ import annotations

from avatar.prompts.said import Phrase
from avatar.prompts.word_lists import among, words

COLLAR, CHEST, ELBOWS, HIPS = 0.0, 1.0, 2.0, 3.0
_CLOTHES = {
    COLLAR: words("clothing", "upper body") | words("clothing", "head and neck"),
    ELBOWS: words("clothing", "hands and waist"),
    HIPS: words("clothing", "below the hips"),
}
_NEAR_FACE, _OF_FACE = words("zones", "near the face"), words("zones", "seen of the face")
_LEGS, _FLOORS = words("zones", "legs"), words("zones", "floors")


def needs(phrase: Phrase) -> float:
    """Return how far below the chin a crop must reach to show what a phrase says; COLLAR for what every crop shows."""
    said = phrase.text.split()
    if phrase.kind == "clothing":
        return next((zone for word in reversed(said) for zone, listed in _CLOTHES.items() if among(word, listed)), COLLAR)
    if phrase.kind == "place":
        return HIPS if said[:1] == ["on"] and not _FLOORS.isdisjoint(said) else COLLAR
    return _doing_needs(said) if phrase.kind == "pose" else COLLAR


def _doing_needs(said: list[str]) -> float:
    if not _LEGS.isdisjoint(said):
        return ELBOWS if said[0] in _LEGS and said[0].endswith("ing") else HIPS
    if not (_NEAR_FACE | _OF_FACE).isdisjoint(said):
        return COLLAR
    return CHEST
