"""Finds how a picture is made: photo, oil painting, 3d render … with what a prompt says of it. Pure."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from avatar.prompts.word_lists import among, singular, ways, words

_ABOUT_PICTURES = words("nouns", "pictures") | words("persons")
_MADE_AS = words("nouns", "made as")
_BEFORE = words("mediums", "said before") | words("materials", "made")
# A look that makes a portrait one of a kind even where no medium is named.
_PORTRAITS = words("mediums", "of portraits")
_TAKEN = _PORTRAITS | words("mediums", "of snapshots")
_PORTRAYING = frozenset({"portrait", "scene", "headshot", "close-up", "style", "look", "aesthetic"})
_LOOKS = frozenset(ways("mediums", "how it looks").values())
_GENERIC = frozenset(
    {"illustration", "painting", "drawing", "sketch", "digital art", "3d render", "3d cartoon", "character art", "poster"}
)
_PHOTOS = frozenset(ways("mediums", "photo").values())


Family = Literal["photo", "drawn", "made"]  # made: rendered, modelled, sewn
FAMILIES: tuple[Family, ...] = get_args(Family)


@dataclass(frozen=True)
class Medium:
    """How a picture is made, and words that say more of it, each once; own: the prompt's words, where they say it whole."""

    name: str
    before: tuple[str, ...] = ()
    own: str = ""

    @property
    def is_photo(self) -> bool:
        return self.name in _PHOTOS

    @property
    def text(self) -> str:
        more = [word for word in self.before if word not in self.name.split()]
        return self.own or " ".join([*more, self.name])


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
    return _Named(said).medium() if said and _is_picture(said) else None


def _is_picture(said: Sequence[str]) -> bool:
    media, looks, longest = _ways()
    tails = {tuple(said[-n:]) for n in range(1, longest + 1)}
    return among(said[-1], _ABOUT_PICTURES) or "style" in said or bool(tails & (media.keys() | looks.keys()))


class _Named:
    """What the words of a noun group say of a medium."""

    def __init__(self, said: Sequence[str]) -> None:
        self.said = said
        self.names: list[str] = []
        self.looks: list[str] = []
        self.before: list[str] = []
        self.own: list[str] = []
        at = 0
        while at < len(said):
            at += self._read(at)

    def _read(self, at: int) -> int:
        """Note what the words from `at` say; return how many they are."""
        media, kinds, longest = _ways()
        for n in range(min(longest, len(self.said) - at), 0, -1):
            run = tuple(self.said[at : at + n])
            if run in kinds:
                self.looks.append(kinds[run])
            elif run in media:
                self.names.append(media[run])
            elif n == 1 and run[0] in _BEFORE:
                self.before += run if set(self.names) <= _PHOTOS else []  # no "studio" of "Pixar studio style"
            else:
                continue
            self.own += run
            return n
        if at < len(self.said) - 1 and not self.names:
            self.before, self.own = [], []  # of another noun: "dark haired anime man"
        return 1

    def medium(self) -> Medium | None:
        drawn = [name for name in self.names if name not in _PHOTOS]
        photos = [name for name in self.names if name in _PHOTOS]
        more = (*self.looks, *(word for word in self.before if word != "portrait"))
        if drawn:
            exact = [name for name in drawn if name not in _GENERIC] or drawn  # "watercolor illustration" is a watercolor
            return Medium(max(exact, key=len), more, self._own_words())
        if photos:
            special = [name for name in photos if name not in ("photo", "photorealistic")]
            name = special[0] if special else "photo" if "photo" in photos else photos[0]
            return Medium(name, more if name == "photo" else tuple(self.looks))
        return self._by_look()

    def _own_words(self) -> str:
        """Return "ballpoint pen drawing" as it was said; "" where the group ends in another word ("Pixar style")."""
        head = self.said[-1]
        whole = singular(head) in _MADE_AS and self.own[-1:] == [head]
        return " ".join([*self.own[:-1], singular(head)]) if whole else ""

    def _by_look(self) -> Medium | None:
        if self.looks:
            return Medium(self.looks[0], tuple(self.looks[1:]))
        taken = [word for word in self.before if word in _TAKEN]
        if taken and self.said[-1] in ("still", "shot", "snap", "snapshot"):
            return Medium("photo", tuple(taken[:2]))
        if self.said[-1] == "portrait" and (caught := [word for word in taken if word in ("candid", "paparazzi", "press")]):
            return Medium("photo", tuple(caught))
        kinds = [word for word in self.before if word in _PORTRAITS]
        return Medium(f"{kinds[0]} portrait") if kinds and self.said[-1] in _PORTRAYING else None


def family_of(phrase: str) -> Family | None:
    """Return how a picture is made by the phrase of its caption: "faded oil painting" is drawn; None where it does not tell."""
    said = [(name, family) for family in FAMILIES for name in ways("mediums", family) if _ends(phrase, name)]
    return max(said, key=lambda one: len(one[0]))[1] if said else None


def _ends(phrase: str, name: str) -> bool:
    return phrase == name or phrase.endswith(f" {name}")


def chosen(found: Sequence[Medium]) -> list[str]:
    """Return what a caption says of several media that a prompt names: a photo once, with what is said of it; at most two."""
    photos = [medium for medium in found if medium.name == "photo"]
    others = [medium for medium in found if medium.name != "photo"]
    drawn = any(not (medium.is_photo or medium.name in _LOOKS or medium.name.endswith("portrait")) for medium in others)
    if drawn or photos:
        others = [medium for medium in others if medium.name != "photorealistic" and not medium.name.endswith("portrait")]
    if photos and not drawn:
        looks = [medium.name for medium in found if medium.name in _LOOKS]
        kinds = [medium.name.removesuffix(" portrait") for medium in found if medium.name.endswith(" portrait")]
        before = dict.fromkeys([*looks, *kinds, *(word for medium in photos for word in medium.before)])
        photos = [Medium("photo", tuple(before)[:3])]
        others = [medium for medium in others if medium.name not in _LOOKS]
    texts = dict.fromkeys(medium.text for medium in [*others, *photos])
    return [
        text for text in texts if not any(text != other and re.search(rf"\b{re.escape(text)}\b", other) for other in texts)
    ][:2]
