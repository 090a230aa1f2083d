"""Tells orders to the machine ("keep the face", "ensure …") apart from what a picture shows. Pure."""

from __future__ import annotations

import re

_ORDER = re.compile(
    r"^\s*(?:please\s+)?(?:keep|maintain|preserve|replace|remove|change|output|upload|follow|match|retain|based on"
    r"|according to|mant[eé]n|mantener|conserva|preserva|reemplaza|cambia|sigue|basándote)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:uploaded|attached|provided|reference) (?:image|photo|picture|face)|\baspect ratio\b"
    r"|\b(?:imagen|foto) (?:subida|adjunta|de referencia)|\brelación de aspecto\b",
    re.IGNORECASE,
)
_NEAR = 60  # letters of a sentence in which a reference photo makes it an order
# "create a portrait of …" orders a picture of what follows; of a verb that may be a noun an article must follow.
_OPENING = re.compile(
    r"^\s*(?:and\s+|please\s+)?(?:(?:create|generate|imagine|produce|add|include|use|apply|ensure(?: that)?"
    r"|make sure(?: that)?|i want|usa|utiliza|aplica|can you make|(?:turn|transform) (?:this|the) (?:image|photo|person) into"
    r"|crea|genera|haz|añade|agrega|incluye|asegúrate de que)\b"
    r"|(?:make|render|show|depict|design|draw|paint|photograph|give|capture|picture|dress|place|put)"
    r"(?=\s+(?:a|an|the|me|it|this|him|her|them)\b))(?:\s+me\b)?\s*",
    re.IGNORECASE,
)
_MAY_ORDER = re.compile(r"should|must|need|has to", re.IGNORECASE)
_SHOULD = re.compile(r"\b(?:should|must|needs? to|has to)\s+(?:be\s+)?", re.IGNORECASE)


def is_order(sentence: str) -> bool:
    """Return whether a sentence is an order that describes no picture."""
    reference = _REFERENCE.search(sentence)
    return _ORDER.match(sentence) is not None or (reference is not None and reference.start() <= _NEAR)


def without_order(clause: str) -> str:
    """Return a clause without the order before what it describes: "create a portrait" -> "a portrait"."""
    clause = _OPENING.sub("", clause)
    return _SHOULD.sub("is ", clause) if _MAY_ORDER.search(clause) else clause
