"""Tells what a noun is, by the word lists: clothing, a place, a thing, light, a person or nothing that a camera sees. Pure."""

from __future__ import annotations

import re

from avatar.prompts.groups import Group
from avatar.prompts.said import Reason
from avatar.prompts.word_lists import among, pairs, singular, words

CLOTHING, PLACES, OBJECTS = words("clothing"), words("places"), words("objects")
LIGHTS, LIT, OF_LIGHT = words("light", "light"), words("light", "said alone"), words("light", "of light")
SOURCES = words("light", "sources")
WEATHER, WEATHERED = words("weather", "weather"), words("weather", "said alone")
PERSONS, IDENTITY = words("persons"), words("identity", "of a person")
MOVING, FEATURES = words("body", "moving"), words("body", "identity")
ABSTRACT, MOODS = words("abstract", "abstract"), words("abstract", "mood")
BOOSTERS, CAMERA, MACHINE = (words("not_shown", section) for section in ("boosters", "camera", "machine"))
TOO_GENERAL = words("nouns", "alone")
_NAMED = CLOTHING | PLACES | OBJECTS
_NO_PERSONS, _OF_BODY = _NAMED | LIGHTS | ABSTRACT, MOVING | FEATURES
_DESCRIBING = OF_LIGHT | IDENTITY | words("colours") | frozenset(pairs("spanish", "size", "quality").values())
_NOTHING = ABSTRACT | MOODS | BOOSTERS | (CAMERA - {"camera"}) | MACHINE
LAST_LATIN = 0x24F  # the last letter of Latin Extended-B
_LOOSE_NUMBERS = re.compile(r"\b\d+ \d")
_GUARDED = words("identity", "guarded")
_WHO = re.compile(
    r"\b(?:blue|green|brown|hazel|gr[ae]y|amber|dark|black|almond) eyes?\b|\beyed\b|\byears?.old\b|\b\d\d ?(?:yo|y/o|yrs?)\b"
    r"|\bnose bridge\b|\bbridge of (?:her|his|the) nose\b"
    r"|^\d[\d ]*$"  # a bare number is an age
    # "auburn waves", "loose curls": hair, without the word
    r"|\b(?:auburn|blonde?|brunette|chestnut|raven|brown|black|dark|golden|silver|gr[ae]y|white|red|copper|ginger|platinum|honey|loose|long"
    r"|tousled|messy|wavy|natural|soft|shoulder.length|cascading|flowing)"
    r" (?:\w+ )?(?:waves|curls|locks|strands|tresses|layers|bun|bob|crop)\b"
)
_ALWAYS_IDENTITY = words("identity", "never said of anything")
_DEGREES = words("nouns", "degrees")
_NUMBERS = re.compile(r"\d+\s?mm\b|\bf/?\d|\biso ?\d|\d{2,}k\b|1/\d+|\bf-?stop", re.IGNORECASE)
# Endings of words that are no nouns, or of nouns that name nothing one can see.
_NO_THING = re.compile(
    r"(?:ness|ity|tion|sion|ment|ance|ence|ism|ship|hood|ency|ancy|ude|ful|ous|ive|able|ible|ic|al|ly|ish|less|est)$"
)
_PERSON_ENDING = re.compile(r"(?:ist|man|woman|smith|eer|maker|keeper|player|worker|teller|dancer|walker|catcher)s?$")
_OF_A_CAMERA = CAMERA - {"camera", "prime", "sensor", "noise"}


def is_clothing(head: str) -> bool:
    return among(head, CLOTHING)


def is_place(head: str) -> bool:
    return among(head, PLACES)


def is_object(head: str) -> bool:
    return among(head, OBJECTS)


def is_light(head: str) -> bool:
    return among(head, LIGHTS)


def is_person(head: str) -> bool:
    if among(head, PERSONS):
        return True
    return _PERSON_ENDING.search(head) is not None and len(head) > 5 and not among(head, _NO_PERSONS)


def is_thing(head: str) -> bool:
    """Return whether a noun is known as something that does nothing by itself: "a cup rests on the table"."""
    known = among(head, _NAMED) or is_light(head) or head in FEATURES
    return known and head not in MOVING and head not in PERSONS


def is_empty(head: str) -> bool:
    """Return whether a noun names nothing that a picture shows."""
    return head in _NOTHING or singular(head) in ABSTRACT


def ends_without_noun(group: Group) -> bool:
    """Return whether a group ends in a word that is no noun by its ending, or that only describes light."""
    head = group.head
    return not among(head, _NAMED) and (head[:1].isdigit() or _NO_THING.search(head) is not None or head in _DESCRIBING)


def names_a_camera(group: Group) -> bool:
    """Return whether a group tells what a picture was taken with: "shot on Hasselblad", "85mm f/1.4", "a Canon camera"."""
    if _NUMBERS.search(group.text):
        return True
    if (
        group.form == "part"
        and group.verb in ("shoot", "take", "capture", "photograph")
        and group.preposition in ("on", "with")
    ):
        return True
    head = "" if group.head == "camera" else group.head
    if set(group.words) & _OF_A_CAMERA and not is_thing(head):
        return True
    held = group.verb not in ("", "be") or (group.preposition in ("", "with") and bool(group.determiner))
    return group.head == "camera" and not held


def why_nothing(group: Group) -> Reason:
    """Return why a group whose noun no list of things has says nothing."""
    head = group.head
    if head in MOODS:
        return "mood"
    if head in CAMERA or set(group.words) & _OF_A_CAMERA:
        return "camera"
    if head in BOOSTERS:
        return "booster"
    if head in MACHINE:
        return "instruction"
    return "identity" if set(group.words) & IDENTITY or tells_who(group.text) else "not_understood"


def trimmed(group: Group) -> Group:
    """Return a group without what asks for a better picture, and without identity: "a stunning red dress" -> "red dress"."""
    kept = [word for word in group.words if word not in BOOSTERS and word not in _DEGREES]
    person = bool(kept) and (is_person(group.head) or group.head in _OF_BODY)
    kept = [word for word in kept if person or word not in _ALWAYS_IDENTITY or word == group.head]
    loose = ("and", "or", "of", "but", "a", "an", "the")
    while kept and kept[-1] in loose:
        kept.pop()
    while kept and kept[0] in loose:
        kept.pop(0)
    return group.with_words(kept)


def tells_who(text: str) -> bool:
    """Return whether a phrase tells who a person is, by a word that never describes anything else."""
    return not _GUARDED.isdisjoint(text.replace("-", " ").split()) or _WHO.search(text) is not None


def is_sound(text: str) -> bool:
    """Return whether a phrase is one of a caption: in Latin letters, without loose numbers and what only a sentence has."""
    foreign = any(ord(letter) > LAST_LATIN for letter in text if letter.isalpha())
    return not foreign and _LOOSE_NUMBERS.search(text) is None and text.rpartition(" ")[2] not in _DEGREES
