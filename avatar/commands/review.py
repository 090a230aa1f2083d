"""The command of the review: lists, decisions by number, undo, sheets and pages."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.commands import importing as importing_commands
from avatar.commands.blocks import many_names
from avatar.commands.command import CLIENT, Argument, Command, MenuLine, UsageError, positive
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts import spoken
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.faces.decisions import DecisionReport
    from avatar.faces.unknown import Answer
    from avatar.reports.review_list import Entry, ListName
    from avatar.workspace.records import ImageRecord, Reason
    from config import Settings

NUMBERS = re.compile(r"[\d\s–-]+")
PAGE_SIZE = 10  # two to three lines each: a screen
VERDICT_STYLE = {"approved": "good", "rejected": "warn", "pending": "plain"}
CHANGES = ("approve", "reject", "clear", "face", "is_client", "hold_out", "train")
SHORT_MEASURES = ("blur", "brightness", "contrast", "face_side_px", "yaw")


def review(
    session: Session, client_id: str | None, *, approve: Sequence[str] = (), reject: Sequence[str] = (),
    clear: Sequence[str] = (), face: tuple[str, int] | None = None, is_client: Sequence[str] = (), undo: bool = False,
    hold_out: Sequence[str] = (), train: Sequence[str] = (),
    list_name: ListName = "all", search: str = "", page: int | None = None, draw: bool = True,
) -> Result[dict[str, Any]]:  # fmt: skip
    """Show a page of verdicts; with any of the words below but the last four, change them first.

    approve, reject, clear   image ids, numbers and ranges: ["3,7-12"]
    is_client                the same: these pictures show the client, whom the others are compared with; where it was open
                             which of several persons that is, the pictures of the other persons are rejected
    hold_out, train          the same: photos that no training sees, and photos that it does
    face    (image id or number, face from 1): another face of that picture
    page    None: the first, and all pictures in the value
    draw    write the contact sheets and the page for the browser too
    Raises PipelineError("review.bad_number"), and those of `decisions.decide` and `decisions.undo`.
    """
    from avatar.faces import decisions
    from avatar.reports import review_list

    client = session.need_client(client_id)
    settings = session.settings(client)
    blocks: list[Text | Table | Raw] = []
    warnings: list[Text] = []
    changed: object = None
    touched: Sequence[str] = ()
    changes = undo or bool(approve or reject or clear or face or is_client or hold_out or train)
    # Held from the reading on: a decision of another window in between would be overwritten by the comparison.
    with client.lock("review") if changes else contextlib.nullcontext():
        records = {record.image_id: record for record in client.records()}
        entries = review_list.entries(client, records.values())
        if undo:
            changed = touched = decisions.undo(client, settings)
            blocks.append(Text("review.undone", {"n": len(touched), "left": decisions.steps_to_undo(client)}, "good"))
        elif changes:
            named = {
                "approve": approve, "reject": reject, "clear": clear, "is_client": is_client, "hold_out": hold_out,
                "train": train,
            }  # fmt: skip
            changed, touched = _decide(client, settings, records, entries, named, face, blocks)
        if changed is not None:
            records |= {image_id: client.record(image_id) for image_id in touched}
            follows, warnings = follow(client, records, settings)
            blocks += follows
            entries = review_list.entries(client, records.values())
    found = review_list.chosen(entries, list_name, search)
    shown, number, pages = review_list.page_of(found, page or 1, PAGE_SIZE)
    blocks += _list_blocks(client, shown, {"page": number, "pages": pages, "n": len(found)}, list_name, search)
    files = draw_all(session, client, entries) if draw else []
    blocks += _file_blocks(client, files)
    value = {
        "pictures": [_plain(client, entry) for entry in (found if page is None else shown)], "list": list_name,
        "page": number, "pages": pages, "changed": changed, "files": [str(path) for path in files],
        "undo_steps": decisions.steps_to_undo(client),
    }  # fmt: skip
    return Result(value, blocks, warnings, client.client_id)


def _decide(
    client: Client, settings: Settings, records: Mapping[str, ImageRecord], entries: Sequence[Entry],
    words: Mapping[str, Sequence[str]], face: tuple[str, int] | None, blocks: list[Text | Table | Raw],
) -> tuple[DecisionReport, list[str]]:  # fmt: skip
    """Carry out decisions; return what they changed, and the ids of all pictures they named."""
    from avatar.faces import decisions, unknown
    from avatar.reports import faces_sheet

    ids = {name: image_ids(entries, said) for name, said in words.items()}
    chosen_face = None
    if face is not None:
        named = image_ids(entries, [face[0]])
        if len(named) != 1:
            raise PipelineError("review.bad_number", text=face[0], last=len(entries))
        chosen_face = (named[0], face[1] - 1)
    asked = any(ids[name] for name in ("approve", "reject", "clear"))
    all_named = {image_id for group in ids.values() for image_id in group}
    by_hand = {i for name in ("approve", "reject", "clear") for i in ids[name]}
    follows = unknown.answer(records.values(), ids["is_client"], by_hand)
    report = decisions.decide(client, settings, **ids, face=chosen_face, follows=follows)
    if chosen_face is not None and face is not None:
        blocks.append(Text("review.face_chosen", {"image": face[0], "n": face[1]}, "good"))
        blocks.append(Text("review.faces_sheet", {"path": str(client.output / f"{faces_sheet.NAME}_1.png")}))
    if ids["is_client"]:
        blocks.append(Text("review.is_client", {"n": len(report.is_client), "client": client.client_id}, "good"))
        blocks += told_answer(client, records, follows)
    if asked:
        values = {"approved": len(report.approved), "rejected": len(report.rejected), "cleared": len(report.cleared)}
        blocks.append(Text("review.decided", values, "good"))
    if ids["hold_out"] or ids["train"]:
        blocks.append(Text("review.uses", {"held": len(report.held_out), "trained": len(report.trained)}, "good"))
    touched = {*all_named, *follows.rejected, *follows.back, *follows.unsaid, *([chosen_face[0]] if chosen_face else [])}
    return report, sorted(touched)


def told_answer(client: Client, records: Mapping[str, ImageRecord], follows: Answer) -> list[Text]:
    """Return what the answer who the client is changed for other pictures, as lines."""
    parts = {"faces.who_rejected": follows.rejected, "faces.who_back": follows.back}
    return [
        Text(key, {"n": len(ids), "client": client.client_id, "names": many_names(records[i].original.name for i in ids)})
        for key, ids in parts.items() if ids
    ]  # fmt: skip


def follow(client: Client, records: dict[str, ImageRecord], settings: Settings) -> tuple[list[Text], list[Text]]:
    """Do what follows from decisions for all pictures: compare the faces anew, write the table.

    records  all of the client, as they stand; changed where the comparison changes them
    Return what the comparison changed, as lines, and warnings.
    """
    return compare(client, records, settings), importing_commands.refresh_table(client, records.values())


def compare_all(session: Session, client: Client) -> Result[dict[str, Any]]:
    """Do what follows from decisions that were made without it: by the dashboard, which waits for a pause."""
    with client.lock("review"):  # before the records are read: nobody's decision may come between
        records = {record.image_id: record for record in client.records()}
        told, warnings = follow(client, records, session.settings(client))
    found: list[Text | Table | Raw] = [Text("review.compared", {"n": len(records)}, "good"), *told]
    return Result({"compared": len(records)}, found, warnings, client.client_id)


def compare(client: Client, records: dict[str, ImageRecord], settings: Settings) -> list[Text]:
    """Compare the faces anew after decisions: who the client is may have changed. Return what changed by that."""
    from avatar.faces import likeness, quality

    before = {image_id for image_id, record in records.items() if quality.is_odd(record) and not record.approved}
    with client.lock("review"):
        now = likeness.identify(client, records, settings, None)
    refused = [image_id for image_id in now.refused if image_id not in before]
    if not refused:
        return []
    names = many_names(records[image_id].original.name for image_id in refused)
    return [Text("faces.identity_refused", {"n": len(refused), "names": names}, "warn")]


def image_ids(entries: Sequence[Entry], words: Sequence[str]) -> list[str]:
    """Return the image ids that words name: ids, names, and numbers and ranges of the review, without duplicates.

    Raises PipelineError("review.bad_number"), and ("review.same_name") where pictures share it.
    """
    from avatar.reports import review_list

    by_number = {entry.number: entry.row.image_id for entry in entries}
    found: list[str] = []
    numbers = []
    for word in (part for text in words for part in _parts(entries, text)):
        if NUMBERS.fullmatch(word):
            numbers.append(word)
        else:
            found.append(review_list.named(entries, word))
    chosen = review_list.parse_numbers(",".join(numbers), len(entries)) if numbers else []
    if chosen is None:
        raise PipelineError("review.bad_number", text=", ".join(numbers), last=len(entries))
    return list(dict.fromkeys([*found, *(by_number[number] for number in chosen)]))


def _parts(entries: Sequence[Entry], text: str) -> list[str]:
    """Return the words of a text between commas; a picture's name may have some in it."""
    names = {entry.row.name.casefold() for entry in entries}
    if text.strip().casefold() in names:
        return [text.strip()]
    return [word.strip() for word in re.split("[,;]", text) if word.strip()]


def draw_all(session: Session, client: Client, entries: Sequence[Entry], *, empty: bool = False) -> list[Path]:
    """Update contact sheets and review pages; return their paths: pages first, then sheets.

    empty  write them also where no picture is left
    """
    from avatar.pictures import thumbnails
    from avatar.reports import contact_sheet, faces_sheet, review_page

    if not entries and not empty:
        return []
    sheets = contact_sheet.write_sheets(client, entries, client.output, session.language)
    sheets += faces_sheet.write_sheets(client, entries, client.output, session.language)
    pages = review_page.write_pages(client, entries, session.language, session.program_line())
    kept = [entry.row.image_id for entry in entries] + [faces_sheet.copy_name(entry.row) for entry in entries]
    thumbnails.forget(client.output / thumbnails.FOLDER, kept)
    return [*pages, *sheets]


# --- on the screen ---------------------------------------------------------------------------------------------------


def _list_blocks(
    client: Client, shown: Sequence[Entry], place: Mapping[str, int], list_name: str, search: str
) -> list[Text | Table | Raw]:
    if not place["n"]:
        empty = (
            Text("review.none_found", {"text": search})
            if search
            else Text("review.none_in_list", {"list": Text(f"review.list.{list_name}")})
        )
        return [empty if client.record_files() else Text("review.nothing")]
    title = Text(
        "review.page_title", {"list": Text(f"review.list.{list_name}"), "folder": str(client.folder), **place}, "title"
    )
    return [title, *(entry_lines(client, entry) for entry in shown)]


def entry_lines(client: Client, entry: Entry) -> Text:
    """Return one picture as two or three lines: number, name, verdict and reasons; measures; path."""
    from avatar.reports import review_list, review_page

    row = entry.row
    style = VERDICT_STYLE[row.verdict]
    values: dict[str, object] = {"n": entry.number, "name": row.name, "verdict": Text(f"verdict.{row.state}")}
    if row.verdict == "pending":
        return Text("review.entry_pending", values, style)
    values["by"] = Text(f"by.{row.held_out if row.state == 'held_out' else row.by}")
    values["path"] = review_page.shown_path(client, row.path) or Text("sheet.no_picture")
    measures = review_list.measure_parts(entry.measures, SHORT_MEASURES)
    values["measures"] = spoken.several(measures) if measures else Text("review.no_measures")
    reasons = [reason for reason in row.reasons if reason.code != "user"]  # "by you" is told already
    if not reasons:
        return Text("review.entry", values, style)
    return Text("review.entry_reasons", {**values, "reasons": reason_text(reasons)}, style)


def details(session: Session, client: Client, entry: Entry) -> Result[dict[str, Any]]:
    """Show everything about one picture."""
    from avatar.reports import review_list

    row = entry.row
    record = client.record(row.image_id)
    facts: list[tuple[str, object]] = [
        ("col.number", entry.number), ("col.file", row.name), ("col.image", row.image_id),
        ("col.verdict", Text(f"verdict.{row.state}")), ("col.by", Text(f"by.{row.by}") if row.by else ""),
        ("col.reason", reason_text(row.reasons)), ("col.faces", row.faces),
        ("col.face", "" if row.face is None else row.face + 1), ("col.crop", str(row.path or "")),
        ("col.original", str(client.original(record))),
    ]  # fmt: skip
    rows = [(Text(key), value) for key, value in facts if value != ""]
    measures = review_list.measure_parts(entry.measures)
    if measures:
        rows.append((Text("col.measures"), spoken.several(measures)))
    return Result(_plain(client, entry), [Table(("col.what", "col.value"), rows)], client=client.client_id)


def reason_text(reasons: Sequence[Reason]) -> Text | str:
    """Return reasons as one cell: their sentences, joined when drawn."""
    said = [Text(f"quality.reason.{reason.code}", {"value": reason.value, "limit": reason.limit}) for reason in reasons]
    return spoken.several(said) if said else ""


def _file_blocks(client: Client, files: Sequence[Path]) -> list[Text | Table | Raw]:
    pages = [path for path in files if path.suffix == ".html"]
    sheets = [path for path in files if path.suffix == ".png"]
    blocks: list[Text | Table | Raw] = []
    if pages:
        blocks.append(Text("review.page_written", {"path": str(pages[0]), "n": len(pages)}))
    if sheets:
        names = ", ".join(path.name for path in sheets[:4]) + (" …" if len(sheets) > 4 else "")
        blocks.append(Text("review.sheets_written", {"names": names, "n": len(sheets), "path": str(client.output)}))
    return blocks


def _plain(client: Client, entry: Entry) -> dict[str, Any]:
    row = entry.row
    return {
        "number": entry.number, "image_id": row.image_id, "name": row.name, "source": row.source, "verdict": row.verdict,
        "by": row.by, "reasons": row.reasons, "measures": entry.measures, "path": str(row.path) if row.path else None,
        "faces": row.faces, "face": None if row.face is None else row.face + 1,
        "held_out": row.held_out or None,
    }  # fmt: skip


def _review(session: Session, client_id: str | None, *, undo: bool, compare: bool = False, **given: Any) -> Result[Any]:
    if compare:
        if undo or any(given[name] for name in CHANGES):
            others = ", ".join(f"--{name.replace('_', '-')}" for name in ("undo", *CHANGES))
            raise UsageError("usage.not_together", name="--compare", other=others)
        return compare_all(session, session.need_client(client_id))
    if undo and any(given[name] for name in CHANGES):
        others = ", ".join(f"--{name.replace('_', '-')}" for name in CHANGES)
        raise UsageError("usage.not_together", name="--undo", other=others)
    return review(session, client_id, undo=undo, **given)


def image_and_number(typed: str) -> tuple[str, int]:
    """Return what "IMAGE=N" names. Raises ValueError."""
    image, _, number = typed.rpartition("=")
    if not image or not number.isdecimal():
        raise ValueError(f"{typed!r} (IMAGE=N)")
    return image, int(number)


COMMANDS = (
    Command(
        name="review", run=_review,
        menu=(
            MenuLine("process", "menu.review", options=("--approve", "--reject", "--face", "--is-client")),
            MenuLine("process", "menu.compare", {"compare": True}, ("--compare",)),
            MenuLine("prepare", "menu.held_out", options=("--hold-out", "--train")),
        ),
        arguments=(
            CLIENT,
            Argument(name="--approve", metavar="N", number="+", default=(), help="help.approve"),
            Argument(name="--reject", metavar="N", number="+", default=(), help="help.reject"),
            Argument(name="--clear", metavar="N", number="+", default=(), help="help.clear"),
            Argument(name="--face", metavar="IMAGE=N", kind=image_and_number, help="help.face"),
            Argument(name="--is-client", metavar="N", number="+", default=(), help="help.is_client"),
            Argument(name="--hold-out", metavar="N", number="+", default=(), help="help.hold_out"),
            Argument(name="--train", metavar="N", number="+", default=(), help="help.train_photo"),
            Argument(name="--undo", flag=True, help="help.review_undo"),
            Argument(name="--compare", flag=True, help="help.review_compare"),
            Argument(name="--list", to="list_name", choices=("all", "refused", "approved", "pending", "held-out"),
                     default="all", help="help.review_list"),
            Argument(name="--page", metavar="N", kind=positive, help="help.review_page"),
            Argument(name="--search", metavar="TEXT", default="", help="help.review_search"),
        ),
    ),
)  # fmt: skip
