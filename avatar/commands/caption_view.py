"""Captions as a person looks at them: all in short, one in full with its prompt, and what a change makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from avatar.commands.result import Raw, Table
from avatar.texts import spoken
from avatar.texts.text import Text
from avatar.workspace.picture_numbers import number_ranges

if TYPE_CHECKING:
    from avatar.dataset.caption_edits import CaptionChange
    from avatar.dataset.caption_store import CaptionRow
    from avatar.prompts.said import LeftOut

# What of a prompt is missed first: the rest is left out as it should be.
TELLING = ("not_understood", "not_translated", "no_room", "below_the_crop", "denied", "identity")
PHRASES_SHOWN = 3  # that were left out, in the table of all


def as_json(row: CaptionRow, number: int) -> dict[str, Any]:
    """Return all that is known of a caption."""
    from avatar.commands.result import plain

    account = row.account
    return {
        "image_id": row.image_id, "number": number, "name": row.name, "folder": row.folder, "by": row.by, "text": row.text,
        "by_rules": row.by_rules, "prompt": row.prompt, "doubt": round(account.doubt, 2),
        "used": plain(account.used), "left_out": plain(account.left_out),
    }  # fmt: skip


def overview(rows: Sequence[CaptionRow], numbers: Mapping[str, int], doubtful_from: float) -> list[Text | Table | Raw]:
    """Return all captions in short, in the order given."""
    table = [
        (numbers[row.image_id], _state(row, doubtful_from), row.text, in_short(row.account.left_out)) for row in rows
    ]  # fmt: skip
    doubtful = sum(row.by != "user" and row.account.doubt >= doubtful_from for row in rows)
    values = {"n": len(rows), "edited": sum(row.by == "user" for row in rows), "doubtful": doubtful}
    columns = ("col.number", "col.caption_state", "col.caption", "col.left_out")
    blocks: list[Text | Table | Raw] = [Table(columns, table, Text("captions.title", values)), Text("captions.how_to_look")]
    return [*blocks, Text("captions.how_to_describe", {"n": doubtful})] if doubtful else blocks


def _state(row: CaptionRow, doubtful_from: float) -> Text:
    if not row.folder:
        return Text("captions.left_out")
    if row.by == "user":
        return Text("captions.yours")
    return Text("captions.doubtful", {}, "warn") if row.account.doubt >= doubtful_from else Text("captions.by_rules")


def in_short(left_out: Sequence[LeftOut]) -> Text | str:
    """Return the words whose absence tells most, with their reasons, and how many more there are."""
    told = sorted((item for item in left_out if item.reason in TELLING), key=lambda item: TELLING.index(item.reason))
    shown, more = told[:PHRASES_SHOWN], len(left_out) - min(len(told), PHRASES_SHOWN)
    parts = [
        Text("captions.left_out_why", {"words": ", ".join(one.text for one in shown if one.reason == reason),
                                       "why": Text(f"caption.short.{reason}")})
        for reason in dict.fromkeys(one.reason for one in shown)
    ]  # fmt: skip
    if more:
        parts.append(Text("captions.more" if parts else "captions.only_more", {"n": more}))
    return spoken.several(parts, "list.semicolon") if parts else ""


def in_full(row: CaptionRow, number: int, doubtful_from: float, said: Mapping[str, str]) -> list[Text | Table | Raw]:
    """Return one caption with its prompt, what of it is said, what is not and why.

    said  what captioners said of the picture before, by kind
    """
    values = {"number": number, "name": row.name, "state": _state(row, doubtful_from)}
    blocks: list[Text | Table | Raw] = [
        Text("captions.of_title", values, "title"),
        Text("captions.of_text", {"text": row.text}),
    ]
    if row.by_rules:
        blocks.append(Text("captions.of_rules", {"text": row.by_rules}))
    blocks.append(Text("captions.of_prompt", {"prompt": row.prompt}) if row.prompt else Text("captions.of_no_prompt"))
    blocks += [Text(f"captions.seen.{kind}", {"text": text}) for kind, text in sorted(said.items())]
    account = row.account
    if account.used:
        used = [(phrase.text, Text(f"web.captions.kind.{phrase.kind}")) for phrase in account.used]
        blocks.append(Table(("col.said", "col.said_of"), used))
    if account.left_out:
        left_out = [(item.text, Text(f"web.captions.why.{item.reason}")) for item in account.left_out]
        blocks.append(Table(("col.left_out", "col.reason"), left_out))
    return blocks


# --- changes ---------------------------------------------------------------------------------------------------------


def preview(
    changes: Sequence[CaptionChange], numbers: Mapping[str, int], names: Mapping[str, str], total: int
) -> list[Text | Table | Raw]:
    """Return what a change makes: of one caption both texts, of many the phrases that go and come."""
    if len(changes) == 1:
        (one,) = changes
        values = {"number": numbers.get(one.image_id, "-"), "name": names.get(one.image_id, one.image_id)}
        return [
            Text("captions.one_title", values, "title"),
            Text("captions.one_before", {"text": one.before}), Text("captions.one_after", {"text": one.after}),
        ]  # fmt: skip
    alike: dict[tuple[str, str], list[int]] = {}
    for change in changes:
        alike.setdefault(difference(change.before, change.after), []).append(numbers.get(change.image_id, 0))
    rows = [
        (number_ranges(found), Text("list.item", {"item": gone}, "bad"), Text("list.item", {"item": come}, "good"))
        for (gone, come), found in alike.items()
    ]
    title = Text("captions.preview_title", {"n": len(changes), "total": total})
    return [Table(("col.review_numbers", "col.goes", "col.comes"), rows, title)]


def difference(before: str, after: str) -> tuple[str, str]:
    """Return the phrases that only the caption before and only the one after has; the whole texts where their order differs.

    >>> difference("ohwx woman, red hat, smiling", "ohwx woman, cap, smiling")
    ('red hat', 'cap')
    """
    old, new = ([part.strip() for part in text.split(",")] for text in (before, after))
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if not gone and not come:
        return before, after
    return ", ".join(gone.elements()), ", ".join(come.elements())
