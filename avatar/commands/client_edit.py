"""The command that changes a client's words, consent note or name, and says what that makes out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avatar.commands import clients, stage_state
from avatar.commands.command import CLIENT, Argument, Command, MenuLine, UsageError
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.texts.text import Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.dataset.client_edit import ClientEdit

COLUMNS = {
    "trigger_word": "col.trigger", "class_word": "col.class_word", "consent_note": "col.consent", "display_name": "col.name",
}  # fmt: skip
OPTIONS = {"trigger_word": "--trigger", "class_word": "--class", "consent_note": "--consent", "display_name": "--name"}


def client_edit(
    session: Session, client_id: str | None, *, trigger: str | None = None, class_word: str | None = None,
    consent: str | None = None, name: str | None = None,
) -> Result[dict[str, Any]]:  # fmt: skip
    """Change what is given, and say what follows by itself and what is to be done again."""
    from avatar.dataset import class_word as class_words
    from avatar.dataset import client_edit as edits
    from avatar.dataset import own_words

    client = session.need_client(client_id)
    stale = _outdated(session, client)
    said_class = None if class_word is None else class_words.read(class_word)
    done = edits.edit(client, trigger=trigger, class_word=said_class.word if said_class else None, consent=consent, name=name)
    strayed = _strayed(session, client, done)
    value = {"info": done.after, "changes": done.changes, "captions": strayed}
    config = session.settings(client).captions
    own = own_words.told(len(strayed), done.after, config)
    translated = said_class.told() if said_class else []
    if not done.changes:
        return Result(value, [*translated, Text("client.edit_same"), *own], client=client.client_id)
    said = [
        Text("client.edited", {"what": Text(COLUMNS[field]), "before": before or "-", "after": after or "-"}, "good")
        for field, (before, after) in done.changes.items()
    ]
    warnings = clients.trigger_warnings(done.after.trigger_word) if "trigger_word" in done.changes else []
    follows = _follows(session, client, done, stale) if done.changes.keys() & {"trigger_word", "class_word"} else []
    return Result(value, [*said, *translated, *own, *follows, _way_back(client, done)], warnings, client.client_id)


def _outdated(session: Session, client: Client) -> set[str]:
    return {stage.name for stage in stage_state.client_state(session, client).stages if stage.state == "outdated"}


def _strayed(session: Session, client: Client, done: ClientEdit) -> list[str]:
    """Return the pictures whose caption is the user's and does not begin with the words of now."""
    from avatar.dataset import own_words

    config = session.settings(client).captions
    return [record.image_id for record in client.each_record() if own_words.strayed(record, done.after, config)]


def _follows(session: Session, client: Client, done: ClientEdit, stale: set[str]) -> list[Text]:
    """Return what depends on the words: samples, dataset, models."""
    from avatar.results import trial_models
    from avatar.training import sample_prompts

    names = {"client": client.client_id}
    told: list[Text] = []
    own, old = sample_prompts.own_prompts(client), done.before.trigger_word
    if own is not None and "trigger_word" in done.changes and old in own:
        path = str(client.training / sample_prompts.PROMPTS_FILE)
        told.append(Text("client.edit_prompts", {"old": old, "path": path}, "warn"))
    told += [
        Text("client.edit_stage", {"stage": Text(f"stage.{name}"), **names}, "warn")
        for name in sorted(_outdated(session, client) - stale)
    ]
    words = {trial_models.words_of(client, lora) for lora in trial_models.found(client)}
    kept = sorted({one.trigger for one in words} - {done.after.trigger_word})
    return told + [Text("client.edit_models", {"words": ", ".join(kept)}) for _ in kept[:1]]


def _way_back(client: Client, done: ClientEdit) -> Text:
    quoted = {OPTIONS[field]: before.replace('"', '\\"') for field, (before, _) in done.changes.items()}
    given = " ".join(f'{option} "{before}"' for option, before in quoted.items())
    return Text("client.edit_back", {"client": client.client_id, "given": given})


def _client_edit(session: Session, client_id: str | None, **given: str | None) -> Result[Any]:
    if all(value is None for value in given.values()):
        raise UsageError("usage.needs_one_of", name="client edit", names=", ".join(OPTIONS.values()))
    return client_edit(session, client_id, **given)


COMMANDS = (
    Command(
        name="client edit", run=_client_edit,
        menu=(
            MenuLine("clients", "menu.client_edit", options=tuple(OPTIONS.values())),
            MenuLine("client_settings", "menu.client_data", options=tuple(OPTIONS.values())),
        ),
        arguments=(
            CLIENT,
            Argument(name="--trigger", metavar="W", help="help.trigger"),
            Argument(name="--class", to="class_word", metavar="W", help="help.class_word"),
            Argument(name="--consent", metavar="TEXT", help="help.consent"),
            Argument(name="--name", metavar="NAME", help="help.name"),
        ),
    ),
)  # fmt: skip
