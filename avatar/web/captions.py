"""The captions page: what `prepare` would write beside each picture, edited one by one or many at once, with undo."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import utils
from avatar.commands.blocks import few_per_kind, numbered
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import text, words
from avatar.web import caption_rows
from avatar.web.site import Action, Outdated, Prepared, Query, Site, View
from avatar.workspace import picture_numbers
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.dataset.caption_edits import CaptionChange
    from avatar.workspace.records import ImageRecord
    from config import Settings

MOST_SHOWN = 200  # changes of a preview that are sent with their differences; all of them are counted
_TOKEN = re.compile(r"\s+|,|[^\s,]+")


# --- what is shown ---------------------------------------------------------------------------------------------------


def rows(site: Site, query: Query) -> object:
    """Return every approved picture with its caption, by number; an empty client says what fills it."""
    client = query.need_client()
    try:
        made = caption_rows.rows(site, client, query.language)
    except PipelineError as error:
        if error.key != "dataset.no_pictures":
            raise
        return {"rows": [], "empty": f"{words(error.text, query.language)}\n{text('web.captions.fill', query.language)}"}
    beside = json.dumps({"undo": _undo(client)})
    return Prepared(made[:-1] + b"," + beside[1:].encode("utf-8"))


def one(site: Site, query: Query) -> object:
    """Return where the caption of one picture comes from: what of its prompt it says, what it leaves out and why."""
    from avatar.dataset import caption_store, caption_suggestions

    client = query.need_client()
    settings = site.session().settings(client)
    record = _approved(client, query.parameters.get("image", ""))
    (row,) = caption_store.caption_rows(client, [record], settings)
    said = caption_suggestions.stored(client, [record]).get(record.image_id, {})
    used, left_out = row.account.used, row.account.left_out
    return {
        "used": [{"text": one.text, "kind": text(f"web.captions.kind.{one.kind}", query.language)} for one in used],
        "left_out": [{"text": one.text, "why": text(f"web.captions.why.{one.reason}", query.language)} for one in left_out],
        "prompt": row.prompt, "by_rules": row.by_rules,
        "suggested": [
            {"captioner": caption_rows.captioner(kind, query.language), "text": own,
             "phrases": _more(row.text, own, kind, settings)}
            for kind, own in said.items()
        ],
    }  # fmt: skip


def _approved(client: Client, image_id: str) -> ImageRecord:
    """Return the record of a picture that has a caption. Raises PipelineError("image.not_in_dataset"), ("image.bad_id")."""
    record = client.record(image_id) if client.has_record(image_id) else None
    if record is None or not record.approved:
        raise PipelineError("image.not_in_dataset", image=image_id)
    return record


def _more(line: str, said: str, kind: str, settings: Settings) -> list[str]:
    """Return what a captioner's text would add to a caption, phrase by phrase."""
    from avatar.dataset import caption_suggestions

    merged = caption_suggestions.merge({"": line}, {"": said}, kind, max_tokens=settings.captions.max_tokens)
    return [part.strip() for change in merged for part in change.after[len(line) :].split(",") if part.strip()]


def check(site: Site, query: Query) -> object:
    """Return how the trainer would read a caption that is being typed."""
    client = query.need_client()
    line = " ".join(query.parameters.get("text", "").split())
    return caption_rows.measured(line, client.info(), site.session().settings(client), query.language)


def _undo(client: Client) -> dict[str, object] | None:
    """Return what the last change was, if it can be taken back."""
    from avatar.dataset import caption_store

    changes = caption_store.last_edit(client)
    return {"n": len(changes), "based_on": _mark(changes)} if changes else None


def changes(site: Site, query: Query) -> object:
    """Return what a change of many captions would make of them, with the differences marked; nothing is written."""
    client = query.need_client()
    records, settings = client.records(), site.session().settings(client)
    kind = query.parameters.get("kind", "")
    found = _changes(client, records, settings, kind, _words(kind, query.parameters))
    return _preview(client, records, found, settings, query.language)


def _preview(
    client: Client, records: Sequence[ImageRecord], found: Sequence[CaptionChange], settings: Settings, language: str
) -> dict[str, Any]:
    from avatar.dataset import caption_edits

    numbers = picture_numbers.numbers(records)
    ordered = sorted(found, key=lambda change: numbers.get(change.image_id, 0))
    limits = {"trigger_word": client.info().trigger_word, "max_tokens": settings.captions.max_tokens}
    problems = caption_edits.problems(ordered, **limits)  # type: ignore[arg-type]  # each has the type of its name
    return {
        "n": len(ordered), "based_on": _mark(ordered),
        "warnings": [words(problem, language) for problem in few_per_kind(numbered(problems, numbers))],
        "changes": [
            {"id": change.image_id, "number": numbers.get(change.image_id), "parts": difference(change.before, change.after)}
            for change in ordered[:MOST_SHOWN]
        ],
    }  # fmt: skip


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Return the parts of two texts in order, each as (same | del | ins, text); pure.

    >>> difference("a, red hat", "a, blue hat")
    [('same', 'a, '), ('del', 'red'), ('ins', 'blue'), ('same', ' hat')]
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    parts = []
    for tag, first, last, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("same", "".join(old[first:last])))
            continue
        parts += [(kind, gone) for kind, gone in (("del", "".join(old[first:last])), ("ins", "".join(new[start:end]))) if gone]
    return parts


# --- what is changed -------------------------------------------------------------------------------------------------


def write(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Set the caption of one picture, as `captions --set` does. based_on: the caption that the page showed.

    Raises Outdated with the present caption where that is another, and what `caption_edits.set_text` raises.
    """
    from avatar.dataset import caption_edits, caption_store, members

    client = query.need_client()
    settings = site.session().settings(client)
    info = client.info()
    image_id, new = str(body.get("image", "")), str(body.get("text", ""))
    with client.lock("caption"):
        record = _approved(client, image_id)
        line = members.caption_line(record, info, settings)
        if body.get("based_on") != line:
            raise Outdated({"based_on": line, "text": line})
        change = caption_edits.set_text({image_id: line}, image_id, new, trigger_word=info.trigger_word)
        caption_store.apply_captions(client, change)
    written = change[0].after if change else line
    by = "user" if change or members.captioned_by_user(record) else "rules"
    return {
        "id": image_id,
        "text": written,
        "by": by,
        "undo": _undo(client),
        **caption_rows.measured(written, info, settings, query.language),
    }


def apply(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Change many captions at once, as `captions --replace … --apply` does. based_on: of the preview that was agreed to.

    Raises Outdated with the preview as it is now where captions have changed since.
    """
    from avatar.dataset import caption_store

    client = query.need_client()
    settings = site.session().settings(client)
    kind = str(body.get("kind", ""))
    with client.lock("caption"):
        records = client.records()
        found = _changes(client, records, settings, kind, _words(kind, body))
        if body.get("based_on") != _mark(found):
            raise Outdated(_preview(client, records, found, settings, query.language))
        done = caption_store.apply_captions(client, found)
    return {"n": done, "said": text("web.captions.applied", query.language, n=done), "undo": _undo(client)}


def undo(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Take the last change back, as `captions --undo --apply` does. based_on: of the change that the page offered."""
    from avatar.dataset import caption_store

    client = query.need_client()
    with client.lock("caption"):
        last = caption_store.last_edit(client)
        if body.get("based_on") != _mark(last):
            raise Outdated({"based_on": _mark(last), "n": len(last)})
        done = caption_store.undo_captions(client)
    return {"n": done, "said": words(Text("captions.undone", {"n": done}), query.language), "undo": _undo(client)}


def _changes(
    client: Client, records: Sequence[ImageRecord], settings: Settings, kind: str, told: Sequence[str]
) -> list[CaptionChange]:
    """Return the changes that a kind of edit would make, in order of image id. Raises what `caption_edits` raises."""
    from avatar.dataset import caption_edits, caption_suggestions, members, own_words

    info = client.info()
    if kind == "renew":
        own = {
            one.image_id: one.caption.text for one in records if one.caption and own_words.strayed(one, info, settings.captions)
        }
        return own_words.renewed(own, info, settings.captions, own_words.former(client))
    lines = {record.image_id: members.caption_line(record, info, settings) for record in records if record.approved}
    if kind == "suggested":
        said = caption_suggestions.stored(client, [one for one in records if not members.captioned_by_user(one)])
        wanted = {image_id: kinds[told[0]] for image_id, kinds in said.items() if told[0] in kinds and image_id in lines}
        return caption_suggestions.merge(lines, wanted, told[0], max_tokens=settings.captions.max_tokens)
    return caption_edits.edited(lines, kind, told, trigger_word=info.trigger_word)


_WORDS: Mapping[str, tuple[str, ...]] = {
    "replace": ("old", "new"), "add": ("phrase",), "remove": ("phrase",), "suggested": ("captioner",), "renew": (),
}  # fmt: skip


def _words(kind: str, given: Mapping[str, object]) -> list[str]:
    """Return the words of a kind of change. Raises PipelineError("web.captions.no_kind") for one that there is not."""
    if kind not in _WORDS:
        raise PipelineError("web.captions.no_kind", kind=kind)
    return [str(given.get(name, "")) for name in _WORDS[kind]]


def _mark(found: Sequence[CaptionChange]) -> str:
    return utils.fingerprint(sorted([change.image_id, change.before, change.after] for change in found))


VIEWS: Mapping[str, View] = {"captions": rows, "caption": one, "caption-check": check, "caption-changes": changes}
ACTIONS: Mapping[str, Action] = {"caption": write, "change-captions": apply, "undo-captions": undo}
