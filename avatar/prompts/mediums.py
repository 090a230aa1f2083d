"""Finds how a picture is made: photo, oil painting, 3d render … with what a prompt says of it. Pure."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from avatar.prompts.word_lists import singular, ways, words

_PICTURES = words("nouns", "pictures")
_BEFORE = words("mediums", "said before")
# A look that makes a portrait one of a kind even where no medium is named.
_PORTRAITS = frozenset("fashion documentary street vintage surreal".split())  # noqa: SIM905
_TAKEN = _PORTRAITS | {
    "paparazzi",
    "candid",
    "press",
    "analog",
    "film",
    "flash",
    "editorial",
    "cinematic",
    "wedding",
    "product",
    "lookbook",
}
_PORTRAYING = frozenset({"portrait", "scene", "headshot", "close-up", "style", "look", "aesthetic"})
_GENERIC = frozenset(
    {"illustration", "painting", "drawing", "sketch", "digital art", "3d render", "3d cartoon", "character art", "poster"}
)
_PHOTOS = (
    "tintype",
    "wet plate photo",
    "fashion photo",
    "photo",
    "photorealistic",
    "selfie",
    "film still",
    "polaroid",
    "daguerreotype",
    "mugshot",
    "photobooth photo",
)


Family = Literal["photo", "drawn", "made"]  # made: rendered, modelled, sewn
FAMILIES: tuple[Family, ...] = get_args(Family)


@dataclass(frozen=True)
class Medium:
    """How a picture is made, and words that say more of it, each once."""

    name: str
    before: tuple[str, ...] = ()

    @property
    def is_photo(self) -> bool:
        return self.name in _PHOTOS

    @property
    def text(self) -> str:
        more = [word for word in self.before if word not in self.name.split()]
        return " ".join([*more, self.name])


@functools.cache
def _ways() -> tuple[dict[tuple[str, ...], str], dict[tuple[str, ...], str], int]:
    """Return media and looks by the words that say them, and the most words of one."""
    media = {tuple(way.split()): said for way, said in ways("mediums", "photo", "drawn", "made").items()}
    looks = {tuple(way.split()): said for way, said in ways("mediums", "how it looks").items()}
    return media, looks, max(map(len, (*media, *looks)))


def medium_of(said: Sequence[str]) -> Medium | None:
    """Return the medium that the words of a noun group name; None where the group is of something else.

    The group must end with a medium, or with a word for a picture or for who is in it: "pencil skirt" is none.
    """
    if not said or not _is_picture(said):
        return None
    names, looks, before, at = [], [], [], 0
    media, kinds, longest = _ways()
    while at < len(said):
        for n in range(min(longest, len(said) - at), 0, -1):
            run = tuple(said[at : at + n])
            if run in kinds:
                looks.append(kinds[run])
            elif run in media:
                names.append(media[run])
            elif n > 1 or run[0] not in _BEFORE:
                continue
            else:
                before.append(run[0])
            at += n
            break
        else:
            if at < len(said) - 1 and not names:
                before = []  # of another noun: "dark haired anime man"
            at += 1
    return _made(list(dict.fromkeys(names)), looks, before, said)


def _is_picture(said: Sequence[str]) -> bool:
    media, looks, longest = _ways()
    tails = {tuple(said[-n:]) for n in range(1, longest + 1)}
    return singular(said[-1]) in _PICTURES or said[-1] in _PICTURES or bool(tails & (media.keys() | looks.keys()))


def _made(names: list[str], looks: list[str], before: list[str], said: Sequence[str]) -> Medium | None:
    photos = [name for name in names if name in _PHOTOS]
    others = [name for name in names if name not in _PHOTOS]
    more = [*looks, *(word for word in before if word not in ("portrait",))]
    if others:
        exact = [name for name in others if name not in _GENERIC] or others  # "watercolor illustration" is a watercolor
        return Medium(max(exact, key=len), tuple(more))
    if photos:
        special = [name for name in photos if name not in ("photo", "photorealistic")]
        name = special[0] if special else "photo" if "photo" in photos else photos[0]
        return Medium(name, tuple(more) if name == "photo" else tuple(looks))
    if looks:
        return Medium(
            "photo" if looks[0] in ("sepia", "infrared", "cyanotype") else looks[0],
            tuple(looks if looks[0] in ("sepia", "infrared", "cyanotype") else looks[1:]),
        )
    kinds = [word for word in before if word in _PORTRAITS]
    if said[-1] in ("still", "shot", "snap", "snapshot") and (taken := [word for word in before if word in _TAKEN]):
        return Medium("photo", tuple(taken[:2]))
    return Medium(f"{kinds[0]} portrait") if kinds and said[-1] in _PORTRAYING else None


def family_of(phrase: str) -> Family | None:
    """Return how a picture is made by the phrase of its caption: "faded oil painting" is drawn; None where it does not tell."""
    said = [(name, family) for family in FAMILIES for name in set(ways("mediums", family).values()) if _ends(phrase, name)]
    return max(said, key=lambda one: len(one[0]))[1] if said else None


def _ends(phrase: str, name: str) -> bool:
    return phrase == name or phrase.endswith(f" {name}")


def chosen(found: Sequence[Medium]) -> list[str]:
    """Return what a caption says of several media that a prompt names: a photo once, with what is said of it; at most two."""
    photos = [medium for medium in found if medium.name == "photo"]
    others = [medium for medium in found if medium.name != "photo"]
    if any(medium.name not in _PHOTOS and not medium.name.endswith("portrait") for medium in others):
        others = [medium for medium in others if medium.name != "photorealistic" and not medium.name.endswith("portrait")]
    elif photos:
        others = [medium for medium in others if medium.name != "photorealistic" and not medium.name.endswith("portrait")]
        looks = [medium.name.split()[0] for medium in found if medium.name.endswith(" portrait")]
        before = dict.fromkeys([*looks, *(word for medium in photos for word in medium.before)])
        photos = [Medium("photo", tuple(list(before)[:3]))]
    texts = dict.fromkeys(medium.text for medium in [*others, *photos])
    return [
        text for text in texts if not any(text != other and re.search(rf"\b{re.escape(text)}\b", other) for other in texts)
    ][:2]
