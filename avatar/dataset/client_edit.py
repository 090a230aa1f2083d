"""Changes a client's words, consent note or name."""

from __future__ import annotations

from dataclasses import dataclass

from avatar.dataset import own_words
from avatar.workspace.client import Client, check_class, check_name, check_word
from avatar.workspace.records import ClientInfo

FIELDS = ("trigger_word", "class_word", "consent_note", "display_name")


@dataclass(frozen=True)
class ClientEdit:
    """A client before and after."""

    before: ClientInfo
    after: ClientInfo

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

    Raises PipelineError("client.bad_word", "client.too_long", "client.word_is_syntax", "client.class_not_english") and
    ("client.locked").
    """
    wanted = {
        "trigger_word": None if trigger is None else check_word(trigger) or client.client_id,
        "class_word": None if class_word is None else check_class(class_word) or "person",
        "consent_note": consent,
        "display_name": None if name is None else check_name(name) or client.client_id,
    }
    with client.lock("edit"):
        before = client.info()
        after = before.model_copy(update={field: value for field, value in wanted.items() if value is not None})
        if after != before:
            client.save_info(after)
        if (before.trigger_word, before.class_word) != (after.trigger_word, after.class_word):
            own_words.remember(client, before)
    return ClientEdit(before, after)
