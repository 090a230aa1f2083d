"""Says what a person in a prompt does and wears: stance, actions, hands, what is put on. Pure.

Each function yields phrases, or the group itself, which is then sorted by its noun.
"""

from __future__ import annotations

from collections.abc import Iterator

from avatar.prompts.cursor import Cursor, joined, particles, placed, short
from avatar.prompts.groups import Group
from avatar.prompts.kinds import (
    CLOTHING,
    FEATURES,
    IDENTITY,
    LIGHTS,
    MOVING,
    OBJECTS,
    PLACES,
    TOO_GENERAL,
    WEATHER,
    ends_without_noun,
    is_clothing,
    is_empty,
    is_light,
    is_person,
    is_place,
    is_thing,
)  # fmt: skip
from avatar.prompts.said import Kind, Phrase
from avatar.prompts.tokens import ACTIONS, STANCE, gerund
from avatar.prompts.word_lists import among, singular, words

PICTURES = words("nouns", "pictures")
WEAR = frozenset({"wear", "don", "sport", "dress", "clothe"})
WATCH = frozenset({"look", "gaze", "stare", "glance", "peer", "watch"})
LIT_BY = frozenset({"light", "illuminate", "bathe"})
MAKERS = frozenset(
    "photograph shoot direct paint design illustrate draw create capture style compose inspire render film make".split()  # noqa: SIM905
)
LOCATIVE = words("small_words", "where") | {
    "in front of", "next to", "on top of", "close to", "in the middle of", "in the midst of", "at the foot of",
    "at the edge of",
    "on the edge of", "at the end of", "at the top of", "surrounded by", "at the base of", "in the heart of",
}  # fmt: skip
# "covered with snow", "adorned with feathers": what a participle adds to the thing before it.
_ADDS = words("verbs", "adding")
# "sleeves rolled up": the state of a thing.
_STATES = words("verbs", "states")
_NEEDS_OBJECT = words("verbs", "needs an object")
_SITS_AS = frozenset({"sprawl", "slump", "slouch", "huddle", "sit", "perch", "lean", "crouch", "pose", "recline", "stand"})
_STILL = frozenset({"pose", "rest", "hang", "balance", "bend", "wait", "bow", "lounge"})  # say nothing alone
_SHOWS = frozenset("show reveal have feature see frame paint light highlight be capture give open".split())  # noqa: SIM905
_TOUCHED = MOVING | {"face", "chest", "waist", "hair", "pocket", "pockets", "temple"}
_REACHED = _TOUCHED | OBJECTS | CLOTHING | PLACES
_COLOURS = words("colours")
_NOT_LEANT_ON = CLOTHING | LIGHTS | WEATHER
_FACE = frozenset("eyes eye mouth lips lip brow brows eyebrows eyebrow teeth ears tongue eyelids forehead cheek cheeks".split())  # noqa: SIM905
_WHICH = frozenset({"left", "right", "other", "gloved"})
_POSED = frozenset("crossed folded raised clasped outstretched extended tilted bent interlaced lifted spread".split())  # noqa: SIM905

Done = Iterator[Phrase | Group]


def by_verb(group: Group, cursor: Cursor) -> Done:
    """Say what the verb of a group tells."""
    verb, head = group.verb, group.head
    of_thing = is_thing(cursor.subject().head) and singular((cursor.subject().before_of or [""])[-1]) not in PICTURES
    if verb in WEAR or (verb in ("wrap", "drape") and is_clothing(head)):
        yield from _worn(group, cursor)
    elif verb in LIT_BY and group.form == "part" and group.preposition == "by" and group.words:
        yield Phrase(placed(group, "lit by"), "light")
    elif head in MOVING and not group.preposition and not of_thing:
        yield from _moved(group, cursor)
    elif verb == "take" and group.preposition in ("off", "out of") and is_clothing(head):
        yield Phrase(placed(group, "taking off"), "pose")
    elif verb in STANCE and not of_thing and cursor.subject().head not in MOVING:
        yield from _stance(group)
    elif of_thing and cursor.subject().relative:
        return  # "a robe that reaches the floor"
    elif verb in ("rain", "snow", "drizzle") and group.form == "ing":
        yield Phrase(verb, "weather")
        yield group
    elif verb in WATCH and group.words and group.form != "part":
        if group.preposition not in ("like", "as") and not is_person(head) and not is_empty(head):
            yield Phrase(short(joined(gerund(verb), *particles(group), placed(group))), "gaze")
    elif verb in ACTIONS and group.form != "part" and not of_thing:
        yield from _action(group)
    elif verb in _ADDS and group.form == "part" and group.preposition in ("with", "in", "by") and group.words:
        yield from _added(group)
    else:
        yield group


def _worn(group: Group, cursor: Cursor) -> Done:
    head = group.head
    if not group.words:
        return
    if group.preposition == "as" or (is_person(head) and group.verb == "dress"):
        yield Phrase(joined("dressed as", group.determiner, *group.words), "clothing")
    elif head in _COLOURS and not group.capital:
        yield Phrase(joined(*group.words, "clothes"), "clothing")
    elif is_empty(head) or head in FEATURES or is_place(head) or is_light(head) or is_person(head):
        yield group
    elif (is_clothing(head) or not ends_without_noun(group)) and set(group.words) - TOO_GENERAL:
        yield with_state(group, "clothing", cursor)


def _stance(group: Group) -> Done:
    doing = joined(gerund(group.verb), *particles(group))
    head = group.head
    if (group.form == "part" and group.verb not in _SITS_AS) or group.verb in ("rest", "hang"):
        yield group
    elif (
        group.words
        and group.preposition in LOCATIVE
        and not among(head, _NOT_LEANT_ON)
        and not (is_place(head) or is_empty(head) or is_person(head) or head in FEATURES or ends_without_noun(group))
    ):
        yield Phrase(short(joined(doing, placed(group))), "pose")
    else:
        if group.verb not in _STILL:
            yield Phrase(doing, "pose")
        yield group


def _action(group: Group) -> Done:
    doing = joined(gerund(group.verb), *particles(group))
    head = group.head
    alone = group.verb not in _NEEDS_OBJECT
    if not group.words:
        if alone:
            yield Phrase(doing, "pose")
    elif is_person(head):
        return
    elif is_empty(head) or is_light(head) or head in FEATURES or ends_without_noun(group):
        yield group
    elif group.preposition and (is_place(head) or group.preposition not in LOCATIVE):
        if alone:
            yield Phrase(doing, "pose")
        yield group
    else:
        yield Phrase(short(joined(doing, placed(group))), "pose")


def _added(group: Group) -> Done:
    if not (is_empty(group.head) or is_person(group.head) or ends_without_noun(group)):
        kind: Kind = "clothing" if is_clothing(group.head) else "object"
        yield Phrase(short(joined(*group.how[:1], group.preposition, *group.words)), kind)


def _moved(group: Group, cursor: Cursor) -> Done:
    """Say what a person does with a part of the body: "resting her chin on her hand"."""
    if group.verb in _SHOWS or (group.verb and not gerund(group.verb)[:1].isalpha()):
        return
    text = joined(gerund(group.verb), *particles(group), group.determiner, *group.words)
    following = cursor.ahead()
    if following.preposition in LOCATIVE and not following.verb and among(following.head, _REACHED):
        text = joined(text, placed(following))
        cursor.take()
    yield Phrase(short(text), "pose")


def body(group: Group, cursor: Cursor) -> Done:
    """Say what a part of the body does: "hands folded", "chin on her hand", "one hand resting near the lens"."""
    following = cursor.ahead()
    if group.preposition not in ("", "with") or group.head in _FACE:
        return
    described = [word for word in group.words[:-1] if word in _POSED or word in _WHICH]
    text = joined(group.determiner if group.determiner in ("one", "both") else "", *described, group.head)
    if following.verb and following.verb != "be" and following.verb not in WEAR and not following.linked:
        cursor.take()
        if doing := _doing_of(following, cursor):
            yield Phrase(short(joined(text, doing)), "pose")
    elif following.preposition in LOCATIVE and not following.verb and among(following.head, _REACHED):
        cursor.take()
        yield Phrase(short(joined(text, placed(following))), "pose")
    elif set(described) & _POSED:
        yield Phrase(text, "pose")


def _doing_of(group: Group, cursor: Cursor) -> str:
    """Return what a part of the body does, by the verb behind it: "folded", "resting near the lens"; "" for nothing."""
    known = group.form == "part" or group.verb in STANCE | ACTIONS | {"tilt", "cross", "reach"}
    doing = group.how if group.form == "part" else [gerund(group.verb), *particles(group)]
    target = group if group.words else cursor.ahead()
    at_target = (
        bool(target.words)
        and target.preposition in ("", *LOCATIVE)
        and (target is group or (bool(target.preposition) and not target.verb))
    )
    if not at_target or is_empty(target.head) or set(target.words) & IDENTITY:
        return joined(*doing) if group.form == "part" or (group.verb not in _NEEDS_OBJECT | {"rest"} and known) else ""
    if target is not group:
        cursor.take()
    return joined(*doing, placed(target)) if known else ""


def with_state(group: Group, kind: Kind, cursor: Cursor) -> Phrase:
    """Return a thing with what a participle behind it says: "sleeves rolled up", "walls covered with posters"."""
    following = cursor.ahead()
    text = group.text
    if following.form == "part" and not following.linked:
        at_body = following.preposition in LOCATIVE and len(following.how) > 1  # "pulled low over his eyes"
        if (not following.words or at_body) and following.verb in _STATES and len(following.how) <= 3:
            cursor.take()
            text = joined(text, *following.how)
        elif following.words and (
            (following.verb in _ADDS and following.preposition in ("with", "in"))
            or (following.verb == "make" and following.preposition == "of")
        ):
            cursor.take()
            text = joined(text, *following.how, following.preposition, *following.words)
    return Phrase(short(text), kind)
