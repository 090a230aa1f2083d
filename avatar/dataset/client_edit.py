"""Changes a client's words, consent note or name, and finds the user's captions that still have the words of before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from avatar.dataset import caption as caption_rules
from avatar.dataset import caption_edits
from avatar.workspace import class_words
from avatar.workspace.client import Client, check_class, check_word
from avatar.workspace.records import ClientInfo

FIELDS = ("trigger_word", "class_word", "consent_note", "display_name")


@dataclass(frozen=True)
class Replacement:
    """Words in captions of the user that the client has no more: in n of them, with what stands for them now."""

    n: int
    old: str
    new: str


@dataclass(frozen=True)
class ClientEdit:
    """A client before and after, and what of the user's captions still says the words of before."""

    before: ClientInfo
    after: ClientInfo
    captions: tuple[Replacement, ...]

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """The fields that differ, with their values before and after."""
        pairs = {name: (str(getattr(self.before, name)), str(getattr(self.after, name))) for name in FIELDS}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def edit(
    client: Client, *, trigger: str | None = None, class_word: str | None = None, consent: str | None = None,
    name: str | None = None,
) -> ClientEdit:  # fmt: skip
    """Save what is given, None leaves a field as it is; "" is the value of a new client. Captions are not changed.

    Raises PipelineError("client.bad_word", "client.word_is_syntax", "client.class_not_english") and ("client.locked").
    """
    wanted = {
        "trigger_word": None if trigger is None else check_word(trigger) or client.client_id,
        "class_word": None if class_word is None else check_class(class_word) or "person",
        "consent_note": consent,
        "display_name": None if name is None else name.strip() or client.client_id,
    }
    with client.lock("edit"):
        before = client.info()
        after = before.model_copy(update={field: value for field, value in wanted.items() if value is not None})
        if after != before:
            client.save_info(after)
    return ClientEdit(before, after, _left(client, before, after))


def _left(client: Client, before: ClientInfo, after: ClientInfo) -> tuple[Replacement, ...]:
    """Return what captions of the user say of before: trigger and class together where the class changed, the trigger alone."""
    if (before.trigger_word, before.class_word) == (after.trigger_word, after.class_word):
        return ()
    lines = [record.caption.text for record in client.each_record() if record.caption and record.caption.by == "user"]
    found = []
    pairs = [(caption_rules.first_phrase(info.trigger_word, info.class_word), info.trigger_word) for info in (before, after)]
    for old, new in zip(*pairs, strict=True):
        having = [line for line in lines if caption_edits.as_words(old).search(line)] if old != new else []
        if having:
            found.append(Replacement(len(having), old, new))
            lines = [line for line in lines if line not in having]
    return (*found, *_of_former(lines, after))


def _of_former(lines: list[str], now: ClientInfo) -> list[Replacement]:
    """Return the beginnings "word class" in captions that are neither of before nor of now: an earlier change left them."""
    wanted, classes = caption_rules.first_phrase(now.trigger_word, now.class_word), class_words.known()
    starts = Counter(line.split(",")[0].strip() for line in lines)
    pairs = {start: start.split() for start in starts}
    return [
        Replacement(starts[start], start, wanted)
        for start, words in sorted(pairs.items())
        if len(words) == 2 and words[1].lower() in classes and start.lower() != wanted.lower()
    ]
