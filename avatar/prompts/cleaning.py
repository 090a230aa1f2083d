"""Takes the machinery out of a prompt: links, parameters, weights, job ids, and what is asked not to be shown. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

from avatar.prompts.word_lists import pairs, ways, words

READ_CHARACTERS = 8000  # MidJourney takes 6000; a text beyond is no prompt, and some patterns would take minutes over it
# One of these stands in whatever the expressions of `clean_prompt` take out: most prompts have none.
_MACHINERY = ("--", "—", "–", "::", "http", "www.", "mj.run", "job")
_UUID_DASHES = 4
# A dash of Apple's keyboards stands right before its word ("—v 6"); one between blanks is a dash.
_PARAMETERS = re.compile(r"(?:(?<=\s)|^|(?<=\w)(?=--[a-z]))(?:--\s?|—|–)(?=[a-z]).*", re.IGNORECASE | re.DOTALL)
_JOB_ID = re.compile(r"(?:job\s*id\s*:?\s*)?\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|job\s*id\s*:?", re.IGNORECASE)
_URL = re.compile(r"<?\bhttps?\S*|\bwww\.\S+|\bs\.mj\.run\S*", re.IGNORECASE)
_WEIGHT = re.compile(r"::\s*(?P<weight>-?\d*(?:\.\d+)?)")
_BRACKETED = re.compile(r"[(\[{]\s*(?P<what>[^()\[\]{}:]{1,80}?)\s*:\s*-?\d+(?:\.\d+)?\s*[)\]}]")
_PLACEHOLDER = re.compile(r"\{argument\b[^{}]*?default\s*=\s*\\?[\"“](?P<value>[^\"”{}\\]*)\\?[\"”][^{}]*\}", re.IGNORECASE)
_SPACED = re.compile(r"\b(3|4|8|16)\s([dk])\b", re.IGNORECASE)  # "4 k": a tokenizer was here before
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_COMMAND = re.compile(r"^\s*/?imagine\b(?:\s+prompt)?\s*:?\s*|^\s*prompt\s*:\s*", re.IGNORECASE)
_ASKED_NOT = re.compile(r"(?:--|—|–)no\s+(.*?)(?=\s(?:--|—|–)|$)", re.IGNORECASE)


def clean_prompt(text: str) -> str:
    """Return a prompt without parameters, URLs, weights, Job IDs and invisible characters, on one line."""
    text = unicodedata.normalize("NFC", text)
    lower = text.lower()
    if any(sign in lower for sign in _MACHINERY) or text.count("-") >= _UUID_DASHES:
        text = _URL.sub(" ", text)
        text = _PARAMETERS.sub(" ", _JOB_ID.sub(" ", text))
        text = _WEIGHT.sub(", ", text)
    return " ".join((text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)).split())


def with_media_named(text: str) -> str:
    """Return a prompt with what is said of paint and ground as the medium it means: "oil on canvas" is an oil painting."""
    return _on_canvas().sub(lambda match: ways("paints", "with")[match["paint"].lower()], text)


@functools.cache
def _on_canvas() -> re.Pattern[str]:
    paints, grounds = ("|".join(map(re.escape, listed)) for listed in (ways("paints", "with"), words("paints", "on")))
    return re.compile(rf"\b(?P<paint>{paints}) (?:on|over|sobre)(?: an?| the| un)?(?: \w+)?? (?:{grounds})\b", re.IGNORECASE)


def without_weights(text: str) -> tuple[str, list[str]]:
    """Return a prompt with its weighted phrases as plain ones, and those of a negative weight, which mean absence."""
    text = _BRACKETED.sub(r", \g<what>, ", text)
    if "::" not in text:
        return text, []
    kept, denied, done = [], [], 0
    for match in _WEIGHT.finditer(text):
        part = text[done : match.start()]
        if match["weight"].startswith("-"):
            part, _, what = part.rpartition(",")
            denied.append(what.strip())
        kept.append(part)
        done = match.end()
    return ", ".join([*kept, text[done:]]), denied


def filled_in(text: str) -> str:
    """Return a prompt of a gallery with the defaults of its blanks, and without the order to a bot before it."""
    text = _SPACED.sub(r"\1\2", text)
    known = pairs("misspelt")
    if not known.keys().isdisjoint(_WORD.findall(text.lower())):
        text = _WORD.sub(lambda match: known.get(match[0].lower(), match[0]), text)
    return _COMMAND.sub("", _PLACEHOLDER.sub(lambda match: match["value"], text))


def asked_not(no_parameters: Iterable[str], prompts: Iterable[str]) -> list[str]:
    """Return the phrases of `--no`, each of which the picture should not show as a whole."""
    texts = [*no_parameters, *(match[1] for prompt in prompts for match in _ASKED_NOT.finditer(prompt))]
    return [phrase for text in texts for part in re.split(r"[,;]|\band\b", text) if (phrase := " ".join(part.split()).lower())]
