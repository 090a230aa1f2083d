"""Edits of existing captions, computed for preview first. Pure.

An edit returns the changes for all captions; `caption_store.apply_captions` writes them and can undo them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from avatar.dataset import caption as caption_rules
from avatar.texts.text import PipelineError, Text


@dataclass(frozen=True)
class CaptionChange:
    """One picture's caption before and after."""

    image_id: str
    before: str
    after: str


def set_text(lines: Mapping[str, str], image_id: str, text: str, *, trigger_word: str) -> list[CaptionChange]:
    """Set the caption of one picture. Raises PipelineError("image.not_in_dataset") and ("caption.bad_text")."""
    if image_id not in lines:
        raise PipelineError("image.not_in_dataset", image=image_id)
    if len(text.strip().splitlines()) > 1:
        raise PipelineError("caption.bad_text", trigger=trigger_word)
    return _changed(lines, {image_id: " ".join(text.split())}, trigger_word)


def replace_text(lines: Mapping[str, str], old: str, new: str, *, trigger_word: str) -> list[CaptionChange]:
    """Replace every old by new, case-sensitively and as whole words; commas that are left without a phrase are removed.

    Raises PipelineError("caption.nothing_given") for an empty old and ("caption.bad_text") where no caption would be left.
    """
    if not old:
        raise PipelineError("caption.nothing_given")
    if "\n" in new or "\r" in new:
        raise PipelineError("caption.bad_text", trigger=trigger_word)
    there = as_words(old)
    after = {i: _joined(there.sub(lambda _: new, text).split(",")) for i, text in lines.items() if there.search(text)}
    return _changed(lines, after, trigger_word)


def as_words(text: str) -> re.Pattern[str]:
    """Return a pattern that finds a text as words of its own: "hat" in "red hat", not in "that"."""
    before, after = (r"\b" if re.match(r"\w", edge) else "" for edge in (text[:1], text[-1:]))
    return re.compile(f"{before}{re.escape(text)}{after}")


def add_phrase(lines: Mapping[str, str], phrase: str, *, trigger_word: str) -> list[CaptionChange]:
    """Put a phrase at the end of every caption that does not have it. Raises PipelineError("caption.nothing_given")."""
    wanted = _phrases(phrase)
    after = {}
    for image_id, text in lines.items():
        there = {part.strip().lower() for part in text.split(",")}
        after[image_id] = _joined([*text.split(","), *(part for part in wanted if part.lower() not in there)])
    return _changed(lines, {i: text for i, text in after.items() if text != _joined(lines[i].split(","))}, trigger_word)


def remove_phrase(lines: Mapping[str, str], phrase: str, *, trigger_word: str) -> list[CaptionChange]:
    """Take a phrase out of every caption; the first phrase, with the trigger word, stays whatever it is.

    Raises PipelineError("caption.nothing_given").
    """
    unwanted = {part.lower() for part in _phrases(phrase)}
    after = {}
    for image_id, text in lines.items():
        first, *rest = text.split(",")
        kept = [part for part in rest if part.strip().lower() not in unwanted]
        if len(kept) < len(rest):
            after[image_id] = _joined([first, *kept])
    return _changed(lines, after, trigger_word)


_EDITS: Mapping[str, Callable[..., list[CaptionChange]]] = {
    "set": set_text, "replace": replace_text, "add": add_phrase, "remove": remove_phrase,
}  # fmt: skip


def edited(lines: Mapping[str, str], kind: str, told: Sequence[str], *, trigger_word: str) -> list[CaptionChange]:
    """Return what an edit makes of captions. kind: set, replace, add or remove; told: the words that it takes, in order.

    Raises what the edit of that kind raises.
    """
    return _EDITS[kind](lines, *told, trigger_word=trigger_word)


def problems(changes: Iterable[CaptionChange], *, trigger_word: str, max_tokens: int) -> list[Text]:
    """Return how the trainer would read the new captions differently from what their author meant."""
    found: list[Text] = []
    for change in changes:
        found += caption_rules.caption_problems(change.after, trigger_word)
        tokens = caption_rules.token_bound(change.after)
        if tokens > max_tokens:
            found.append(Text("caption.long", {"image": change.image_id, "n": tokens, "limit": max_tokens}))
    return found


def _phrases(text: str) -> list[str]:
    """Return the phrases of a text of one line."""
    found = [" ".join(part.split()) for part in text.split(",") if part.strip()]
    if not found:
        raise PipelineError("caption.nothing_given")
    return found


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(" ".join(part.split()) for part in parts if part.strip())


def _changed(lines: Mapping[str, str], after: Mapping[str, str], trigger_word: str) -> list[CaptionChange]:
    """Return the captions that differ, in order of image id. Raises PipelineError("caption.bad_text") for an empty caption."""
    if not all(after.values()):
        raise PipelineError("caption.bad_text", trigger=trigger_word)
    return [CaptionChange(i, lines[i], text) for i, text in sorted(after.items()) if text != lines[i]]
