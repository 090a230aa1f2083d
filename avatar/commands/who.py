"""Is it the client in every picture? What the program found, and the user's answer: for the guided setup and the menus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.commands import importing as importing_commands
from avatar.commands import review as review_commands
from avatar.commands.blocks import many_names
from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.texts.text import Text

if TYPE_CHECKING:
    from avatar.faces.likeness import Identity
    from avatar.reports.review_list import Entry


@dataclass(frozen=True)
class Question:
    """What the user is asked once about the approved pictures of a client.

    new      approved pictures that the user was not asked about
    persons  where it is not known who the client is: the pictures of each person
    odd      other approved pictures that look little like the client
    sheets   of the approved pictures; persons_sheet: a row of each person
    """

    client: str
    new: int
    persons: Sequence[Sequence[Entry]]
    odd: Sequence[Entry]
    sheets: Sequence[Path]
    persons_sheet: Path | None


def question(session: Session) -> Question | None:
    """Return what there is to ask, or None where the client is known and every approved picture was asked about."""
    from avatar.faces import likeness
    from avatar.reports import contact_sheet, drawing, person_sheet, review_list

    client = session.need_client()
    records = list(client.records())
    new = [r for r in records if r.approved and (r.identity is None or not r.identity.asked)]
    found = likeness.summary(records)
    if not new and not found.persons:
        return None
    entries = review_list.entries(client, records)
    numbered = {entry.row.image_id: entry for entry in entries}
    contact_sheet.write_sheets(client, entries, client.output, session.language)
    persons = [sorted((numbered[i] for i in ids), key=lambda entry: entry.number) for ids in found.persons]
    sheet = person_sheet.write_sheet(client, found.persons, entries, client.output, session.language)
    several = {entry.row.image_id for person in persons for entry in person}
    odd = [entry for entry in entries if entry.row.image_id in found.outliers and entry.row.image_id not in several]
    return Question(client.client_id, len(new), persons, odd, drawing.sheets_in(client.output, "approved"), sheet)


def persons_table(persons: Sequence[Sequence[Entry]], client: str) -> Table:
    """Return the persons as a table: how many pictures, their numbers in the review, their names."""
    from avatar.workspace.picture_numbers import number_ranges

    rows = [
        (number, len(person), number_ranges([entry.number for entry in person]), many_names(entry.row.name for entry in person))
        for number, person in enumerate(persons, 1)
    ]
    title = Text("faces.identity_persons", {"n": len(rows), "client": client}, "warn")
    return Table(("col.person", "col.pictures", "col.review_numbers", "col.files"), rows, title)


def entries_of(session: Session, image_ids: Sequence[str]) -> list[Entry]:
    """Return pictures as the review numbers them."""
    from avatar.reports import review_list

    return [entry for entry in review_list.entries(session.need_client()) if entry.row.image_id in image_ids]


def answer(session: Session, *, is_client: Sequence[Entry] = (), reject: Sequence[Entry] = ()) -> Result[Identity]:
    """Record the user's answer, and that all pictures were asked about; return what it changed.

    is_client  where it was open which of several persons is the client, the pictures of the other persons are rejected
    """
    from avatar.faces import decisions, likeness, unknown
    from avatar.reports import review_list

    client = session.need_client()
    settings = session.settings(client)
    said = [entry.row.image_id for entry in is_client]
    out = [entry.row.image_id for entry in reject]
    follows = unknown.answer(client.records(), said, out)
    decisions.decide(client, settings, is_client=said, reject=out, follows=follows)
    records = {record.image_id: record for record in client.records()}
    blocks = review_commands.compare(client, records, settings)
    decisions.note_asked(client, {i: r for i, r in records.items() if r.approved})
    warnings = importing_commands.refresh_table(client, client.records())
    entries = review_list.entries(client)
    review_commands.draw_all(session, client, entries)
    if out:
        names = many_names(records[image_id].original.name for image_id in out)
        blocks.append(Text("faces.who_rejected", {"n": len(out), "names": names}))
    blocks += review_commands.told_answer(client, records, follows)
    return Result(likeness.summary(client.records()), blocks, warnings, client.client_id)
