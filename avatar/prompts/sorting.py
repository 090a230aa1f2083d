"""Sorts the noun groups of a clause: what each says of a picture, or why it says nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from avatar.prompts import doings
from avatar.prompts.cursor import Cursor, joined, placed, short
from avatar.prompts.doings import LOCATIVE, MAKERS, with_state
from avatar.prompts.groups import Group
from avatar.prompts.kinds import (
    BOOSTERS,
    CLOTHING,
    FEATURES,
    IDENTITY,
    LIGHTS,
    LIT,
    MOVING,
    OBJECTS,
    OF_LIGHT,
    PERSONS,
    PLACES,
    SOURCES,
    TOO_GENERAL,
    WEATHER,
    WEATHERED,
    ends_without_noun,
    is_clothing,
    is_empty,
    is_light,
    is_object,
    is_person,
    is_place,
    names_a_camera,
    tells_who,
    trimmed,
    why_nothing,
)  # fmt: skip
from avatar.prompts.mediums import Medium, medium_of
from avatar.prompts.said import Kind, LeftOut, Phrase
from avatar.prompts.tokens import ACTIONS, DETERMINERS, STANCE
from avatar.prompts.word_lists import among, singular, words

Said = Phrase | LeftOut | Medium

LOOKS = words("nouns", "looks")
COLOURED = words("nouns", "things that are colours")
_SAYS_NOTHING = words("nouns", "pictures") | PERSONS  # "portrait", "image of a subject"
_WHOSE = frozenset({"man's", "woman's", "girl's", "boy's", "person's", "lady's", "subject's", "model's"})
_THINGS = CLOTHING | PLACES | OBJECTS
_KNOWN = _THINGS | LIGHTS
_BEHIND = words("nouns", "behind a noun")
_WHERE_IT_IS = frozenset({"overhead", "on", "off", "up", "down", "nearby", "behind", "around"})
_STATE = re.compile(r"(?:y|ed|en|less)$")
_WORN, _MADE, _COLOURS = words("materials", "worn"), words("materials", "made"), words("colours")
_PICTURES_OF = frozenset("portrait close-up headshot shot image depiction view scene picture".split())  # noqa: SIM905
_SCENES = frozenset("background backdrop setting scene scenery environment surroundings location room".split())  # noqa: SIM905
_STYLE_OF = frozenset({"in the style of", "inspired by", "in style of", "in the manner of", "reminiscent of"})
_NOT_WORN = frozenset(
    {
        "on",
        "at",
        "by",
        "near",
        "behind",
        "beside",
        "against",
        "from",
        "into",
        "to",
        "for",
        "in front of",
        "next to",
        "like",
        "across",
    }
)
_NOT_HERE = frozenset({"for", "like", "as", "to", "of", "from", "about", "per", "without"})
_WITH_WEATHER = frozenset({"", "in", "under", "with", "amid", "through", "during", "against", "on"})
_NOBODY = frozenset("woman man person girl boy subject model figure viewer lady someone character individual".split())  # noqa: SIM905
_SOME_LIGHT = frozenset({"professional", "perfect", "good", "proper", "realistic", "photorealistic", "beautiful", "nice"})
# What is said of a face and is no expression; its shape is the person's.
_NO_LOOK = frozenset(
    """
    facial different natural same visible obscured hidden realistic exact turned own round oval square long narrow wide angular
    heart-shaped diamond-shaped symmetrical chiseled chiselled sharp soft
    """.split()  # noqa: SIM905
)
_ALONE = frozenset("night evening morning dusk dawn sunset sunrise sun".split())  # noqa: SIM905
_LONGEST_OF = 40  # words: "photo of photo of …" is no prompt
_MOST_OF_LIGHT = 7  # words; longer ones tell of something else
_UNKNOWN_AT = frozenset({"in", "at", "inside", "against", "on", "beside", "near"})
_UNKNOWN_WITH = frozenset({"a", "an", "his", "her", "two", "three"})


class Sorter:
    """Sorts the groups of one clause in order. `about` is what a label before it says: clothing, place, light …"""

    def __init__(self, groups: Sequence[Group], about: str = "") -> None:
        self.cursor = Cursor(groups)
        self.about = about
        self.credited = False  # the group before names who made the picture

    def sorted(self) -> Iterator[Said]:
        while (group := self.cursor.take()) is not None:
            yield from self._one(group)

    def _one(self, group: Group) -> Iterator[Said]:
        styled = medium_of(group.before_of) if group.preposition in _STYLE_OF and group.determiner else None
        if styled is not None and styled.is_photo:  # "in the style of a polaroid"
            yield styled
            return
        self.credited = _credits(group) or (self.credited and group.linked)
        if self.credited:
            yield from [LeftOut(placed(group), "artist")] if group.words else []
        elif group.verb == "be" and not group.preposition and not (group.determiner and _medium(group, self.cursor.ahead())):
            yield from self._is(group)
        elif (medium := _medium(group, self.cursor.ahead())) is not None:
            yield medium
            yield from self._behind_of(group)
        elif group.words and names_a_camera(group):
            yield LeftOut(group.text, "camera")
        elif "of" in group.words and singular(group.before_of[-1] if group.before_of else "") in _PICTURES_OF:
            yield from self._behind_of(group)
        else:
            yield from self._plain(group)

    def _plain(self, group: Group) -> Iterator[Said]:
        rest = trimmed(group)
        if group.words and not rest.words:
            yield LeftOut(group.text, "booster")
        elif rest.verb and rest.verb != "be":
            for done in doings.by_verb(rest, self.cursor):
                yield from [done] if isinstance(done, Phrase) else self._by_noun(done)
        else:
            yield from self._by_noun(rest)

    def _behind_of(self, group: Group) -> Iterator[Said]:
        """Sort what stands behind "of" in "a photo of a woman"."""
        if "of" in group.words:
            rest = group.words[group.words.index("of") + 1 :]
            determiner = rest.pop(0) if rest and rest[0] in DETERMINERS else ""
            if 0 < len(rest) <= _LONGEST_OF:
                yield from self._one(Group(words=rest, determiner=determiner, capital=group.capital))

    # --- by its noun -------------------------------------------------------------------------------------------------

    def _by_noun(self, group: Group) -> Iterator[Said]:
        head = group.head
        if not group.words or group.relative:
            return
        if head in LOOKS:
            yield from _look(group)
            return
        if is_person(head) and not is_clothing(head):
            yield from _person(group)
        elif head in LIT or (is_light(head) and group.verb not in ("hold", "carry", "wear")) or self._gives_light(group):
            yield from self._light(group)
        elif among(head, WEATHER) or head in WEATHERED:
            yield from [Phrase(group.text, "weather")] if group.preposition in _WITH_WEATHER else []
        elif head in MOVING and not is_clothing(head):
            yield from self._body(group)
        elif head in FEATURES or singular(head) in FEATURES:
            yield LeftOut(group.text, "identity")
        elif is_clothing(head) and group.preposition not in _NOT_WORN:
            yield from self._unless_general(with_state(group, "clothing", self.cursor))
        elif is_place(head):
            yield from self._place(group)
        elif is_object(head):
            yield from self._object(group)
        elif not is_clothing(head):
            yield from self._unknown(group)

    def _gives_light(self, group: Group) -> bool:
        """Return whether a lamp is meant as light: "under a bare bulb", "Lighting: warm key"."""
        if self.about == "light":
            return among(group.head, SOURCES) or group.head in ("key", "fill", "rim")
        by_lamp = group.preposition == "under" or (group.preposition == "by" and not is_place(group.head))
        return by_lamp and among(group.head, SOURCES)

    def _body(self, group: Group) -> Iterator[Said]:
        if set(group.words) & (OF_LIGHT | IDENTITY) and group.head in ("eyes", "eye", "lips", "brows", "eyebrows", "mouth"):
            yield LeftOut(group.text, "identity")
            return
        for done in doings.body(group, self.cursor):
            yield from [done] if isinstance(done, Phrase) else self._by_noun(done)

    def _light(self, group: Group) -> Iterator[Said]:
        said = [word for word in group.words if word not in BOOSTERS]
        if not said or group.preposition in ("before", "after", "to", "like", "as") or len(said) > _MOST_OF_LIGHT:
            return
        if said == [group.head] and group.head in TOO_GENERAL - _ALONE:
            return
        if set(said[:-1]) and set(said[:-1]) <= _SOME_LIGHT:
            yield LeftOut(group.text, "booster")
        else:
            yield Phrase(joined("at" if said == ["night"] else "", *said, self._coming_from()), "light")

    def _coming_from(self) -> str:
        """Return where a light comes from: "through the blinds" of "light pours in through the blinds"."""
        for ahead in (0, 1):
            following = self.cursor.ahead(ahead)
            if (
                following.words
                and following.preposition in ("from", "through")
                and len(following.words) <= 3
                and (following.verb not in ACTIONS | STANCE)
            ):
                for _ in range(ahead + 1):
                    self.cursor.take()
                return placed(following)
            if following.words or not following.verb:
                return ""
        return ""

    def _place(self, group: Group) -> Iterator[Said]:
        general = _is_general(group.words)
        if group.preposition in _NOT_HERE or (group.verb in ACTIONS and group.preposition == "off"):
            return
        if group.preposition in LOCATIVE:
            yield from [] if general else [Phrase(short(placed(group)), "place")]
        else:
            yield from self._unless_general(with_state(group, "place", self.cursor))

    def _unless_general(self, phrase: Phrase) -> Iterator[Said]:
        if not _is_general(phrase.text.split()):
            yield phrase

    def _object(self, group: Group) -> Iterator[Said]:
        if group.preposition in _NOT_HERE | {"into", "off"} or (
            group.preposition == "in" and self.about not in ("place", "object")
        ):
            return
        if group.preposition in LOCATIVE:
            yield Phrase(short(placed(group)), "object")
        elif group.words == [head := group.head] and not group.determiner and head in COLOURED:
            yield LeftOut(head, "mood")
        elif group.determiner in ("", "the"):
            yield from self._unless_general(with_state(group, "object", self.cursor))
        else:
            yield with_state(group, "object", self.cursor)

    def _unknown(self, group: Group) -> Iterator[Said]:
        """Sort a group whose noun no list has: by the label before it, or by its preposition and article."""
        head = group.head
        if (thing := _with_its_state_before(group)) is not None:
            yield from self._by_noun(thing)
            return
        no_thing = is_empty(head) or ends_without_noun(group)
        if (labelled := self._by_label(group, no_thing)) is not None:
            yield labelled
        elif head == "profile" and set(group.words) & _WHOSE:
            yield Phrase("profile view", "view")
        elif set(group.words) <= _SAYS_NOTHING:
            return
        elif no_thing or (group.verb and group.verb != "be") or not group.words:
            yield LeftOut(placed(group), why_nothing(group))
        elif group.head.startswith("mid-") and group.head[4:] in STANCE | ACTIONS:
            yield Phrase(group.head, "pose")
        elif (kind := _by_material(group)) is not None:
            yield Phrase(short(group.text), kind)
        elif group.preposition in _UNKNOWN_AT and group.determiner and not group.capital:
            yield Phrase(short(placed(group)), "place")
        elif group.preposition == "with" and group.determiner in _UNKNOWN_WITH:
            yield Phrase(short(group.text), "object")
        else:
            yield LeftOut(placed(group), why_nothing(group))

    def _by_label(self, group: Group, no_thing: bool) -> Phrase | None:
        kinds: dict[str, Kind] = {"clothing": "clothing", "object": "object", "place": "place"}
        if group.head[:1].isdigit() or (len(group.words) == 1 and self.about in ("clothing", "object")):
            return None  # an age, or a piece of something
        if self.about == "light" and len(group.words) <= 4 and group.head in OF_LIGHT:
            return Phrase(joined(*group.words, "light"), "light")
        if (
            self.about == "place"
            and no_thing
            and group.head not in IDENTITY
            and not is_empty(group.head)
            and len(group.words) <= 3
            and not (group.preposition or group.verb)
        ):
            return Phrase(joined(*group.words, "background"), "place")
        if self.about in kinds and not no_thing and group.preposition in ("", "with", "over") and not group.verb:
            return Phrase(short(group.text), kinds[self.about])
        return None

    # --- "X is Y" ----------------------------------------------------------------------------------------------------

    def _is(self, group: Group) -> Iterator[Said]:
        """Sort "the background is dark", "the light is soft", "her jacket is red"; a noun behind "is" stands for itself."""
        subject = self.cursor.subject()
        said = trimmed(group)
        if not said.words or said.head.endswith("ly"):  # "is visually stunning"
            return
        head = said.head
        known = among(head, _KNOWN)
        describes = not (group.determiner or known or set(said.words) & IDENTITY) and len(said.words) <= 4
        if subject.head in _SCENES and not is_empty(head):
            yield Phrase(short(said.text if head in _SCENES else joined(said.text, "background")), "place")
        elif subject.head in ("face", "expression", "demeanor", "gaze") and describes and not is_empty(head):
            if not said.words[-1].endswith("ly") and head not in _NO_LOOK:
                yield Phrase(joined(*said.words, "expression"), "expression")
        elif is_light(subject.head) and describes:
            yield Phrase(joined(*said.words, "light"), "light")
        elif is_clothing(subject.head) and describes and set(subject.words) - TOO_GENERAL:
            yield Phrase(short(joined(*said.words, *subject.words)), "clothing")
        elif group.determiner or known:
            there = not subject.words and not is_place(head)
            yield from self._by_noun(replace(said, preposition="with") if there else said)


def _medium(group: Group, following: Group) -> Medium | None:
    """Return the medium that a group names; a painting on a wall, or one that somebody holds, is a thing."""
    if group.verb not in ("", "be") and group.verb not in MAKERS:
        return None
    on_wall = following.preposition in ("on", "behind", "beside") and is_place(following.head) and not following.verb
    if on_wall and "of" not in group.words:
        return None
    if group.preposition in ("with", "behind", "beside", "near", "on", "by", "from", "to"):
        return None
    medium = medium_of(group.before_of)
    return None if medium is not None and group.preposition == "like" and not medium.is_photo else medium


def _is_general(said: Sequence[str]) -> bool:
    """Return whether words say too little to be said alone; what a thing is made of describes it: "stone wall"."""
    return set(said) - {"of"} <= TOO_GENERAL and not (len(said) > 1 and said[0] in _MADE)


def _credits(group: Group) -> bool:
    """Return whether a group names who made a picture or whose style it has: "by Annie Leibovitz", "in the style of X"."""
    if group.preposition in _STYLE_OF:
        return True
    if group.preposition != "by" or not group.words:
        return False
    if group.verb in MAKERS and group.form == "part":
        return True
    known = among(group.head, _KNOWN)
    return not group.determiner and (group.capital or not known) and not group.verb


def _with_its_state_before(group: Group) -> Group | None:
    """Return "dusty boots" for "boots dusty" and "stars" for "stars overhead"; None for other groups."""
    *before, last = group.words
    if not before or "of" in before or group.verb or not among(before[-1], _THINGS):
        return None
    if last in _BEHIND:
        return group.with_words(before if last in _WHERE_IT_IS else [last, *before])
    return group.with_words([last, *before]) if _STATE.search(last) else None


def _by_material(group: Group) -> Kind | None:
    """Return the kind of a noun of no list by what it is made of: "brass sextant", "in yellow oilskins"."""
    described = set(group.words[:-1])
    if group.preposition not in ("", "in", "with") or group.capital or group.head.isdigit():
        return None
    worn = not described.isdisjoint(_WORN)
    if group.preposition == "in":
        return "clothing" if not group.determiner and (worn or not described.isdisjoint(_COLOURS)) else None
    if worn:
        return "clothing"
    return "object" if not described.isdisjoint(_MADE) else None


def _look(group: Group) -> Iterator[Said]:
    """Say a look that no list knows in its own words: "a haunted expression"; a look may also be of the picture."""
    said = [word for word in group.before_of if word not in BOOSTERS]
    seen = group.head in ("expression", "demeanor", "gaze", "stare") or (group.head == "look" and group.preposition == "with")
    if seen and 1 < len(said) <= 4 and not is_empty(said[-2]) and said[-2] not in _NO_LOOK:
        yield Phrase(joined(*said), "expression")


def _person(group: Group) -> Iterator[Said]:
    if group.preposition == "as" and group.words[-1] not in _NOBODY:
        role = [word for word in group.words if word not in IDENTITY]
        yield Phrase(short(joined("as", group.determiner, *role)), "clothing")
    elif set(group.words) & IDENTITY or tells_who(group.text):
        yield LeftOut(group.text, "identity")
