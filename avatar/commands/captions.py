"""The command of the captions: list, edit, suggestions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from avatar.commands import caption_view, captioners
from avatar.commands.blocks import few_per_kind, numbered
from avatar.commands.command import CLIENT, Argument, Command, MenuLine, UsageError
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.dataset.caption_store import CaptionRow
    from avatar.reports.review_list import Entry


def captions(
    session: Session, client_id: str | None, *, change: tuple[str, ...] = (), apply: bool = False, of: str | None = None
) -> Result[dict[str, Any]]:
    """Show the captions that `prepare` would write, or what a change would make of them; with apply, write it.

    Pictures have the numbers of the review; the least certain captions come first.
    change: ("set", number, name or id of a picture, text), ("replace", old, new), ("add", phrase), ("remove", phrase),
    ("renew",), ("undo",).
    of: number, name or id of the one picture that is shown in full
    """
    from avatar.dataset import caption_store, caption_suggestions, own_words
    from avatar.reports import review_list

    client = session.need_client(client_id)
    settings = session.settings(client)
    records = client.records()
    entries = review_list.entries(client, records)
    numbers = {entry.row.image_id: entry.number for entry in entries}
    rows = caption_store.caption_rows(client, records, settings)
    rows.sort(key=lambda row: (-round(row.account.doubt, 2), numbers[row.image_id]))
    lines = {row.image_id: row.text for row in rows}
    if change:
        if change[0] == "set":
            change = ("set", image_named(entries, change[1], lines), *change[2:])
        return _change_captions(session, client, numbers, rows, change, apply)
    doubtful_from = settings.captioner.min_doubt
    if of is not None:
        image_id = image_named(entries, of, lines)
        rows = [row for row in rows if row.image_id == image_id]
        said = caption_suggestions.stored(client, [record for record in records if record.image_id == image_id])
        blocks = caption_view.in_full(rows[0], numbers[image_id], doubtful_from, said.get(image_id, {}))
    else:
        info, config = client.info(), settings.captions
        strayed = sum(row.by == "user" and not own_words.begins(row.text, info, config) for row in rows)
        blocks = [*caption_view.overview(rows, numbers, doubtful_from), *own_words.told(strayed, info, config)]
    value = {"captions": [caption_view.as_json(row, numbers[row.image_id]) for row in rows]}
    return Result(value, blocks, client=client.client_id)


def image_named(entries: Sequence[Entry], word: str, known: Collection[str]) -> str:
    """Return the id of the one picture of the dataset that a number of the review, a file's name or an id names.

    known  the pictures with a caption
    Raises PipelineError("review.bad_number"), ("review.same_name"), ("image.not_in_dataset").
    """
    from avatar.commands import review as review_commands

    named = review_commands.image_ids(entries, [word])
    if len(named) != 1:
        raise PipelineError("review.bad_number", text=word, last=len(entries))
    if named[0] not in known:
        raise PipelineError("image.not_in_dataset", image=word)
    return named[0]


def _change_captions(
    session: Session, client: Client, numbers: Mapping[str, int], rows: Sequence[CaptionRow], change: tuple[str, ...],
    apply: bool,
) -> Result[dict[str, Any]]:  # fmt: skip
    from avatar.dataset import caption_edits, caption_store, own_words

    trigger = client.info().trigger_word
    kind, *words = change
    if kind == "undo":
        changes = caption_store.last_edit(client)
    elif kind == "renew":
        own = {row.image_id: row.text for row in rows if row.by == "user"}
        config = session.settings(client).captions
        changes = own_words.renewed(own, client.info(), config, own_words.former(client))
    else:
        changes = caption_edits.edited({row.image_id: row.text for row in rows}, kind, words, trigger_word=trigger)
    value = {"changes": changes, "applied": apply}
    if not changes:
        return Result(value, [Text("captions.no_changes")], client=client.client_id)
    max_tokens = session.settings(client).captions.max_tokens
    problems = caption_edits.problems(changes, trigger_word=trigger, max_tokens=max_tokens)
    warnings = few_per_kind(numbered(problems, numbers))
    if apply:
        done = caption_store.undo_captions(client) if kind == "undo" else caption_store.apply_captions(client, changes)
        said = Text("captions.undone" if kind == "undo" else "captions.applied", {"n": done}, "good")
        return Result(value, [said], warnings, client.client_id)
    names = {row.image_id: row.name for row in rows}
    blocks = [*caption_view.preview(changes, numbers, names, len(rows)), Text("captions.how_to_apply")]
    return Result(value, blocks, warnings, client.client_id)


def _captions(
    session: Session, client_id: str | None, *, apply: bool, of: str | None, suggest: tuple[str, ...] | None, every: bool,
    agree: bool, **given: Sequence[str] | None,
) -> Result[Any]:  # fmt: skip
    if suggest is not None:
        return captioners.suggest(session, client_id, suggest[0], every=every, agreed=agree, apply=apply)
    if every or agree:
        raise UsageError("usage.needs_one_of", name="--all" if every else "--agree", names="--suggest")
    change = next(((kind, *words) for kind, words in given.items() if words is not None), ())
    if apply and not change:
        raise UsageError("usage.needs_one_of", name="--apply", names=", ".join(f"--{kind}" for kind in (*given, "suggest")))
    return captions(session, client_id, change=change, apply=apply, of=of)


COMMANDS = (
    Command(
        name="captions", run=_captions,
        menu=(
            MenuLine("captions", "menu.captions_show", options=("--of",)),
            MenuLine("captions", "menu.captions_set", options=("--set", "--apply")),
            MenuLine("captions", "menu.captions_replace", options=("--replace", "--apply")),
            MenuLine("captions", "menu.captions_add", options=("--add", "--apply")),
            MenuLine("captions", "menu.captions_remove", options=("--remove", "--apply")),
            MenuLine("captions", "menu.captions_renew", options=("--renew", "--apply")),
            MenuLine("captions", "menu.captions_undo", options=("--undo", "--apply")),
            MenuLine(
                "captions", "menu.captions_suggest", options=("--suggest", "--all", "--agree", "--apply"), spoken="captioner"
            ),
        ),
        arguments=(
            CLIENT,
            Argument(name="--of", metavar="IMAGE", group="change", help="help.captions_of"),
            Argument(name="--set", metavar=("IMAGE", "TEXT"), number=2, group="change", help="help.captions_set"),
            Argument(name="--replace", metavar=("OLD", "NEW"), number=2, group="change", help="help.captions_replace"),
            Argument(name="--add", metavar="PHRASE", number=1, group="change", help="help.captions_add"),
            Argument(name="--remove", metavar="PHRASE", number=1, group="change", help="help.captions_remove"),
            Argument(name="--renew", flag=True, constant=(), group="change", help="help.captions_renew"),
            Argument(
                name="--suggest", number=1, choices=(*captioners.KINDS, captioners.NONE), group="change",
                help="help.captions_suggest",
            ),
            Argument(name="--all", to="every", flag=True, help="help.captions_all"),
            Argument(name="--agree", flag=True, help="help.captions_agree"),
            Argument(name="--undo", flag=True, constant=(), group="change", help="help.captions_undo"),
            Argument(name="--apply", flag=True, help="help.captions_apply"),
        ),
    ),
)  # fmt: skip
