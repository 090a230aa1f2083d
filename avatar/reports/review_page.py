"""The review as HTML pages: every picture with number, reasons and measures, and the commands to paste.

output/review.html and, for many pictures, review_2.html …; no scripts, no network. A page whose content has not
changed is not written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import utils
from avatar.pictures import thumbnails
from avatar.reports import drawing, faces_sheet, render, review_list
from avatar.reports.review_list import Entry
from avatar.texts.translate import text, words
from avatar.texts.visible import short_name
from avatar.workspace.client import Client

TEMPLATE = "review.html"
THUMBNAIL_PX = 176  # shown at 120 px
PER_PAGE = 200  # [measured] 1.2 MB a page of photographs
STATE_LINE = "<!-- state {state} -->"
BOXED_PX = 330  # a whole picture with its faces boxed, as wide as a card
NAME_LETTERS = 26  # [choice] of a file's name: two lines of a card
LAYOUT_VERSION = 4
LABELS = ("title", "no_picture", "pages", "how", "approve", "reject", "face", "clear", "undo", "sheets", "first_refused")


def write_pages(client: Client, entries: Sequence[Entry], language: str, program: str) -> list[Path]:
    """Write the pages about entries into client.output; return their paths in order. Raises OSError.

    program  how the program is called, for the commands to paste
    """
    client.output.mkdir(parents=True, exist_ok=True)
    shown = review_list.chosen(entries)
    total = max(1, -(-len(shown) // PER_PAGE))
    paths = [client.output / _name(page) for page in range(1, total + 1)]
    for page, path in enumerate(paths, 1):
        _write(client, shown[(page - 1) * PER_PAGE : page * PER_PAGE], path, (page, total), language, program)
    for old in client.output.glob("review_*.html"):
        if old not in paths and _first_line(old).startswith(STATE_LINE.partition("{")[0]):  # not a user's review_notes.html
            old.unlink(missing_ok=True)
    return paths


def _name(page: int) -> str:
    return TEMPLATE if page == 1 else f"review_{page}.html"


def _write(client: Client, entries: Sequence[Entry], path: Path, place: tuple[int, int], language: str, program: str) -> None:
    cards = [card(entry, client, language) for entry in entries]
    seen = [(made, thumbnails.written_at(entry.row.path)) for made, entry in zip(cards, entries, strict=True)]
    values = _around(client, entries, place, language, program)
    line = STATE_LINE.format(state=utils.fingerprint([LAYOUT_VERSION, values, seen]))
    if _first_line(path) == line:
        return
    cache = client.output / thumbnails.FOLDER
    copies = faces_sheet.boxed_copies(client.output, entries)
    for made, entry in zip(cards, entries, strict=True):
        made["boxed"] = render.data_url(thumbnails.jpeg(copies.get(entry.row.image_id), BOXED_PX))
        made["thumbnail"] = render.data_url(thumbnails.jpeg(entry.row.path, THUMBNAIL_PX, cache))
    utils.write_atomic(path, line + "\n" + render.render(TEMPLATE, **values, cards=cards))


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as handle:
            return handle.readline().rstrip("\n")
    except (OSError, UnicodeDecodeError):
        return ""


def _around(
    client: Client, entries: Sequence[Entry], place: tuple[int, int], language: str, program: str
) -> dict[str, Any]:  # fmt: skip
    page, total = place
    command = f"{program} review {client.client_id}"
    face = _other_face(entries)
    return {
        "language": language, "client_id": client.client_id, "page": page,
        "t": {name: text(f"review.page.{name}", language, **face) for name in LABELS},
        "links": [(number, _name(number)) for number in range(1, total + 1)] if total > 1 else [],
        "commands": {
            "approve": f"{command} --approve 3,7-12", "reject": f"{command} --reject 3,7-12",
            **({"face": f"{command} --face {face['number']}={face['face']}"} if face["number"] else {}),
            "clear": f"{command} --clear 3,7-12", "undo": f"{command} --undo",
        },
        "command": command,
        "sheets": [
            (sheet.name, sheet.name)
            for name in ("approved", "rejected", faces_sheet.NAME, "groups") for sheet in drawing.sheets_in(client.output, name)
        ],
    }  # fmt: skip


def _other_face(entries: Sequence[Entry]) -> dict[str, int]:
    """Return number and face of an example that works: another face of the first picture with several; zeros if none."""
    several = next((entry for entry in entries if entry.row.faces > 1), None)
    if several is None:
        return {"number": 0, "face": 0}
    return {"number": several.number, "face": 1 if several.row.face else 2}


def card(entry: Entry, client: Client, language: str) -> dict[str, Any]:
    """Return the translated texts of one picture on a page."""
    row = entry.row
    faces = text("sheet.faces", language, face=row.face + 1, faces=row.faces) if row.face is not None and row.faces > 1 else ""
    return {
        "boxes": [row.boxes, row.face] if len(row.boxes) > 1 else [],
        "number": entry.number, "image_id": row.image_id, "name": short_name(row.name, NAME_LETTERS),
        "whole": row.name, "verdict": row.verdict, "prompt": row.prompt, "parameters": row.parameters,
        "verdict_text": text(f"verdict.{row.state}", language), "by": text(f"by.{row.by}", language) if row.by else "",
        "source": text(f"sheet.source.{row.source}", language), "faces": faces,
        "reasons": [
            {"level": reason.level, "text": text(f"quality.reason.{reason.code}", language, **values)}
            for reason in row.reasons for values in [{"value": reason.value, "limit": reason.limit}]
        ],
        "measures": " · ".join(
            words(part, language) for part in review_list.measure_parts(entry.measures)
        ),
        "path": shown_path(client, row.path),
        "change": "reject" if row.verdict == "approved" else "approve" if row.faces else "",
        "somebody_else": any(reason.code in ("other_person", "doubtful_person") for reason in row.reasons),
    }  # fmt: skip


def shown_path(client: Client, path: Path | None) -> str:
    """Return a picture's path below the client's folder, with '/'."""
    return path.relative_to(client.folder).as_posix() if path is not None else ""
