"""The user's captions that do not begin with the client's words of now, and the change that makes them begin so.

The words of before are noted when a client is changed: what else stands at the beginning of a caption is the user's, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import utils
from avatar.dataset import caption as caption_rules
from avatar.dataset.caption_edits import CaptionChange, as_words
from avatar.dataset.trigger_word import is_common
from avatar.texts.text import Text
from avatar.workspace import class_words, state_file
from avatar.workspace.client import Client
from avatar.workspace.records import ClientInfo, ImageRecord
from config import CaptionConfig

WORDS_FILE = "former_words.json"  # in metadata/
WORDS_KEPT = 20

Words = tuple[str, str]  # trigger word, class word


def remember(client: Client, before: ClientInfo) -> None:
    """Note the words that a client had, the newest last."""
    pair = (before.trigger_word, before.class_word)
    kept = [*(one for one in former(client) if one != pair), pair][-WORDS_KEPT:]
    noted = [{"trigger_word": trigger, "class_word": class_word} for trigger, class_word in kept]
    utils.write_json(client.images.parent / WORDS_FILE, {"version": 1, "words": noted})


def former(client: Client) -> list[Words]:
    """Return the words that a client had, the newest last; of a damaged file, what can be read."""
    kinds = {"trigger_word": str, "class_word": str}
    found = state_file.read(client.images.parent / WORDS_FILE, {"words": list}).get("words", [])
    read = [state_file.fields(item, kinds) for item in found]
    return [(one["trigger_word"], one["class_word"]) for one in read if len(one) == len(kinds) and one["trigger_word"].strip()]


def strayed(record: ImageRecord, info: ClientInfo, config: CaptionConfig) -> bool:
    """Return whether an approved picture has a caption of the user that does not begin with the client's words."""
    by_user = record.approved and record.caption is not None and record.caption.by == "user"
    return by_user and not begins(record.caption.text, info, config)  # type: ignore[union-attr]  # there is one: by_user


def begins(text: str, info: ClientInfo, config: CaptionConfig) -> bool:
    """Return whether a caption begins with the client's words, as the template has them."""
    return caption_rules.begins_with(text, caption_rules.opening(info.trigger_word, info.class_word, config))


def told(n: int, info: ClientInfo, config: CaptionConfig) -> list[Text]:
    """Return that n captions of the user do not begin with the client's words, with the command that mends it; [] for none."""
    words = caption_rules.opening(info.trigger_word, info.class_word, config)
    return [Text("captions.strayed", {"n": n, "words": words, "client": info.client_id}, "warn")] if n else []


def renewed(
    lines: Mapping[str, str], info: ClientInfo, config: CaptionConfig, before: Sequence[Words] = ()
) -> list[CaptionChange]:
    """Return the change that makes every caption begin with the client's words, in order of image id. Pure.

    before  the words that the client had: they go, wherever in the first phrase they stand
    """
    changes = []
    for image_id, text in sorted(lines.items()):
        if not begins(text, info, config):
            changes.append(CaptionChange(image_id, text, _renewed(text, info, config, before)))
    return changes


def _renewed(text: str, info: ClientInfo, config: CaptionConfig, before: Sequence[Words]) -> str:
    now = caption_rules.opening(info.trigger_word, info.class_word, config)
    first, comma, rest = " ".join(text.split()).partition(",")
    triggers = {trigger: info.trigger_word for trigger, _ in before}
    gone = {**triggers, info.trigger_word: info.trigger_word, **{caption_rules.first_phrase(*pair): now for pair in before}}
    longest_first = sorted(gone, key=len, reverse=True)
    for old in longest_first:
        if caption_rules.begins_with(first, old):
            return f"{now} {_without_class(first[len(old) :].strip())}".strip() + comma + rest
    if _are_words(first.split()):
        return now + comma + rest
    for old in longest_first:
        if as_words(old).search(first):
            first = as_words(old).sub(gone[old].replace("\\", r"\\"), first)
            break
    return f"{now}, {first}{comma}{rest}"


def _without_class(rest: str) -> str:
    """Return what stands behind a trigger word without the class word of before: "woman" -> ""."""
    return "" if rest.lower() in class_words.known() else rest


def _are_words(first: Sequence[str]) -> bool:
    """Return whether a first phrase can be but a trigger and a class word of before: a word of no language, and "woman"."""
    rare = bool(first) and re.fullmatch(r"\w{3,}", first[0]) is not None and not is_common(first[0])
    return rare and len(first) == 2 and first[1].lower() in class_words.known()
