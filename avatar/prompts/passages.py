"""Divides a prompt into passages by its labels ("Outfit: …", JSON), each with the kind of what stands in it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from avatar.prompts.said import Reason
from avatar.prompts.word_lists import lines
from utils import fold

# What stands under a label of these is no part of a caption.
DROPPED: dict[str, Reason] = {
    "denied": "denied", "camera": "camera", "instruction": "instruction", "identity": "identity", "mood": "mood",
}  # fmt: skip
SECTIONED = 3  # labels that make a prompt one of sections, in which a label counts until the next
_LABELS: dict[str, str] = {}
for _section, _text in lines("labels"):
    _LABELS.update({way.strip(): _section for way in _text.split("|")})
_ORDER = list(dict.fromkeys(section for section, _ in lines("labels")))
_CLAUSE_START = r"(?:^|(?<=[.;,\n!)\]*•|-]))[\s*#•\d.)(-]{0,8}"
_LABEL = re.compile(rf"{_CLAUSE_START}(?P<label>[^\W\d_][\w/&' -]{{1,40}}?)(?:[*\s]{{0,3}}:(?!:)|\s[-–—]\s)")
# Lines that became one: "… warm bulbs Camera: 85mm". Such a label begins with a capital letter and is a whole one of the list.
_WITHIN = re.compile(r"(?<=\s)(?P<label>[^\W\d_][\w/&']*(?: [\w/&']+){0,2}):(?=\s)")
_PAIR = re.compile(r'"(?P<key>[^"\\]{1,60})"\s*:\s*(?:"(?P<value>(?:[^"\\]|\\.)*)"|\[(?P<several>[^\[\]{}]*)\])')
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_SENTENCE_END = re.compile(r"[.!?\n](?=\s|$)")
_LONGEST_LABEL = 4  # words


@dataclass(frozen=True)
class Passage:
    """A part of a prompt, and what its label says that it is about; "" for none."""

    text: str
    about: str = ""


def passages(text: str) -> list[Passage]:
    """Return the parts of a prompt in order."""
    start = text.find("{")
    if start < 0 or '"' not in text:
        return list(_labelled(text))
    found = list(_labelled(text[:start])) if text[:start].strip() else []
    return [*found, *_of_json(text[start:])]


def about_label(label: str) -> str:
    """Return what a label is about, by its words; "" for none that is known."""
    plain = fold(label).replace("_", " ").replace("-", " ").replace("/", " ").strip().lower()
    if plain in _LABELS:
        return _LABELS[plain]
    words = plain.split()
    runs = {" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}
    known = {_LABELS[run] for run in runs if run in _LABELS}
    return next((section for section in _ORDER if section in known), "")


def _marks(text: str) -> list[tuple[int, int, str]]:
    """Return where each label begins and ends, and what it is about."""
    found = {
        match.end(): (match.start("label"), match.end(), about)
        for match in _LABEL.finditer(text)
        if len(match["label"].split()) <= _LONGEST_LABEL and (about := _about(match))
    }
    for match in _WITHIN.finditer(text):
        said = match["label"].split(" ")
        for n in range(len(said), 0, -1):
            label = " ".join(said[-n:])
            if label[0].isupper() and (about := _LABELS.get(fold(label).lower(), "")) and match.end() not in found:
                found[match.end()] = (match.end("label") - len(label), match.end(), about)
                break
    return sorted(found.values())


def _about(match: re.Match[str]) -> str:
    """Return what a label is about; before a dash only a whole label is one: "Outfit - a teal robe", no "soft light - dust"."""
    whole = fold(match["label"]).strip().lower() in _LABELS
    return about_label(match["label"]) if whole or match[0].endswith(":") else ""


def _labelled(text: str) -> Iterator[Passage]:
    marks = _marks(text)
    if not marks:
        yield Passage(text)
        return
    yield Passage(text[: marks[0][0]])
    ends = [start for start, *_ in marks[1:]] + [len(text)]
    for (_, begin, about), end in zip(marks, ends, strict=True):
        sentence = None if len(marks) >= SECTIONED else _SENTENCE_END.search(text, begin, end)
        stop = sentence.end() if sentence else end
        yield Passage(text[begin:stop], about)
        if stop < end:
            yield Passage(text[stop:end])


def _of_json(text: str) -> Iterator[Passage]:
    try:
        found, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):  # cut off, or written by hand
        for match in _PAIR.finditer(text):
            values = [match["value"]] if match["value"] is not None else _STRING.findall(match["several"])
            for value in values:
                yield Passage(value.replace('\\"', '"'), about_label(match["key"]))
        return
    yield from _leaves(found, "")
    if text[end:].strip():
        yield from _labelled(text[end:])


def _leaves(found: object, about: str) -> Iterator[Passage]:
    """Yield every text of a JSON value; of its keys the nearest that is known counts, and one that drops for all below it."""
    if isinstance(found, dict):
        for key, value in found.items():
            own = about_label(str(key))
            yield from _leaves(value, about if about in DROPPED or not own or own == "subject" else own)
    elif isinstance(found, list):
        for value in found:
            yield from _leaves(value, about)
    elif isinstance(found, str):
        yield Passage(found, about)
