"""The command of the captions: list, edit, suggestions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from avatar.commands import captioners
from avatar.commands.blocks import few_per_kind
from avatar.commands.command import CLIENT, Argument, Command, MenuLine, UsageError
from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.reports.review_list import Entry
    from avatar.workspace.records import ImageRecord


def captions(
    session: Session, client_id: str | None, *, change: tuple[str, ...] = (), apply: bool = False
) -> Result[dict[str, Any]]:
    """Show the captions that `prepare` would write, or what a change would make of them; with apply, write it.

    Pictures have the numbers of the review.
    change: ("set", number, name or id of a picture, text), ("replace", old, new), ("add", phrase), ("remove", phrase),
    ("undo",).
    """
    from avatar.dataset import caption_store
    from avatar.reports import review_list

    client = session.need_client(client_id)
    settings = session.settings(client)
    records = client.records()
    entries = {entry.row.image_id: entry for entry in review_list.entries(client, records)}
    rows = sorted(caption_store.caption_rows(client, records, settings), key=lambda row: entries[row.image_id].number)
    if not change:
        table = [
            (entries[row.image_id].number, row.name, row.folder or Text("captions.left_out"), Text(f"by.{row.by}"), row.text)
            for row in rows
        ]
        title = Text("captions.title", {"n": len(rows), "edited": sum(row.by == "user" for row in rows)})
        columns = ("col.number", "col.file", "col.folder", "col.by", "col.caption")
        return Result({"captions": rows}, [Table(columns, table, title)], client=client.client_id)
    lines = {row.image_id: row.text for row in rows}
    if change[0] == "set":
        change = ("set", image_named(list(entries.values()), change[1], lines), *change[2:])
    return _change_captions(session, client, records, lines, change, apply)


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
    session: Session, client: Client, records: Sequence[ImageRecord], lines: Mapping[str, str], change: tuple[str, ...],
    apply: bool,
) -> Result[dict[str, Any]]:  # fmt: skip
    from avatar.dataset import caption_edits, caption_store

    trigger = client.info().trigger_word
    kind, *words = change
    if kind == "undo":
        changes = caption_store.last_edit(client)
    else:
        edit = {"set": caption_edits.set_text, "replace": caption_edits.replace_text,
                "add": caption_edits.add_phrase, "remove": caption_edits.remove_phrase}[kind]  # fmt: skip
        changes = edit(lines, *words, trigger_word=trigger)  # type: ignore[operator]  # each takes the words of its kind
    value = {"changes": changes, "applied": apply}
    if not changes:
        return Result(value, [Text("captions.no_changes")], client=client.client_id)
    max_tokens = session.settings(client).captions.max_tokens
    warnings = few_per_kind(caption_edits.problems(changes, trigger_word=trigger, max_tokens=max_tokens))
    if apply:
        done = caption_store.undo_captions(client) if kind == "undo" else caption_store.apply_captions(client, changes)
        said = Text("captions.undone" if kind == "undo" else "captions.applied", {"n": done}, "good")
        return Result(value, [said], warnings, client.client_id)
    title = Text("captions.preview_title", {"n": len(changes), "total": len(lines)})
    names = {record.image_id: record.original.name for record in records}
    preview = [(names.get(item.image_id, item.image_id), item.before, item.after) for item in changes]
    table = Table(("col.file", "col.before", "col.after"), preview, title)
    return Result(value, [table, Text("captions.how_to_apply")], warnings, client.client_id)


def _captions(
    session: Session, client_id: str | None, *, apply: bool, suggest: tuple[str, ...] | None, every: bool, agree: bool,
    **given: Sequence[str] | None,
) -> Result[Any]:  # fmt: skip
    if suggest is not None:
        return captioners.suggest(session, client_id, suggest[0], every=every, agreed=agree, apply=apply)
    if every or agree:
        raise UsageError("usage.needs_one_of", name="--all" if every else "--agree", names="--suggest")
    change = next(((kind, *words) for kind, words in given.items() if words is not None), ())
    if apply and not change:
        raise UsageError("usage.needs_one_of", name="--apply", names=", ".join(f"--{kind}" for kind in (*given, "suggest")))
    return captions(session, client_id, change=change, apply=apply)


COMMANDS = (
    Command(
        name="captions", run=_captions,
        menu=(
            MenuLine("captions", "menu.captions_show"), MenuLine("captions", "menu.captions_set"),
            MenuLine("captions", "menu.captions_replace"), MenuLine("captions", "menu.captions_add"),
            MenuLine("captions", "menu.captions_remove"), MenuLine("captions", "menu.captions_undo"),
            MenuLine("captions", "menu.captions_suggest"),
        ),
        arguments=(
            CLIENT,
            Argument(name="--set", metavar=("IMAGE", "TEXT"), number=2, group="change", help="help.captions_set"),
            Argument(name="--replace", metavar=("OLD", "NEW"), number=2, group="change", help="help.captions_replace"),
            Argument(name="--add", metavar="PHRASE", number=1, group="change", help="help.captions_add"),
            Argument(name="--remove", metavar="PHRASE", number=1, group="change", help="help.captions_remove"),
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
