"""The pictures of a review, under numbers that do not change.

A picture has the same number in every list, on every contact sheet and in every command: its rank by date of import. A
decision moves a picture to another sheet but never changes its number, so that printed or open sheets stay valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Literal

from avatar.texts.text import PipelineError, Text
from avatar.workspace import picture_numbers
from avatar.workspace.client import IMAGE_ID, Client
from avatar.workspace.records import ImageRecord, Reason


@dataclass(frozen=True)
class ReviewRow:
    """One picture as the review shows it."""

    image_id: str
    name: str
    source: str
    verdict: Literal["approved", "rejected", "pending"]
    by: str  # rules | user | "" where pending
    reasons: tuple[Reason, ...]
    path: Path | None  # crop or preview; None where pending
    faces: int
    face: int | None  # index of the face that was cut out
    boxes: tuple[tuple[float, float, float, float], ...] = ()  # of all faces, in pixels of the upright original
    original: Path | None = None
    held_out: str = ""  # rules | user: whose mark keeps it out of training; "" for a picture that is trained
    prompt: str = ""  # of MidJourney, read from the file or typed by the user
    parameters: tuple[str, ...] = ()  # of the prompt: "--ar 5:6", "--raw"

    @property
    def state(self) -> str:
        """The part of a text's key that says how it stands: its verdict, or that it is held out."""
        return "held_out" if self.held_out and self.verdict == "approved" else self.verdict


def review_rows(client: Client, records: Iterable[ImageRecord]) -> list[ReviewRow]:
    """Return the rows of the review: refused pictures first, then approved, then pending; each by name."""
    order = {"rejected": 0, "approved": 1, "pending": 2}
    rows = [review_row(client, record) for record in records]
    return sorted(rows, key=lambda row: (order[row.verdict], row.source, row.name.casefold(), row.image_id))


def review_row(client: Client, record: ImageRecord) -> ReviewRow:
    """Return one picture as the review shows it."""
    verdict: Literal["approved", "rejected", "pending"] = "pending"
    if record.decision is not None:
        verdict = "approved" if record.approved else "rejected"
    folder, suffixes = (client.processed, (".png",)) if verdict == "approved" else (client.rejected, (".jpg", ".png"))
    paths = [folder / f"{record.image_id}{suffix}" for suffix in suffixes]
    about = record.midjourney
    return ReviewRow(
        image_id=record.image_id,
        name=record.original.name,
        source=record.source,
        verdict=verdict,
        by=record.decision.by if record.decision else "",
        reasons=deciding_reasons(record),
        path=next((path for path in paths if path.is_file()), None),
        faces=len(record.faces),
        face=record.face_choice.index if record.face_choice else None,
        boxes=tuple(face.box for face in record.faces),
        original=client.folder / record.original.stored,
        held_out=record.use.by if record.use is not None and record.held_out else "",
        prompt=(about.prompt or about.typed_prompt or "") if about else "",
        parameters=tuple(f"--{name} {one.text}".strip() for name, one in about.parameters.items()) if about else (),
    )


def deciding_reasons(record: ImageRecord) -> tuple[Reason, ...]:
    """Return why a picture has its verdict: the user, or the limits that it does not meet; of an approved one, the remarks."""
    if record.decision is None or record.quality is None:
        return ()
    if record.approved:  # by the user too: what the rules refused is no more than a remark then
        return tuple(reason.model_copy(update={"level": "warn"}) for reason in record.quality.reasons)
    if record.decision.by == "user":
        return (Reason(code="user", level="refuse"),)
    return tuple(reason for reason in record.quality.reasons if reason.level == "refuse")


ListName = Literal["all", "refused", "approved", "pending", "held-out"]
LISTS: tuple[ListName, ...] = ("all", "refused", "approved", "pending", "held-out")
VERDICT_OF: Mapping[str, str] = {"refused": "rejected", "approved": "approved", "pending": "pending"}
_ORDER = {"rejected": 0, "approved": 1, "pending": 2}


@dataclass(frozen=True)
class Entry:
    """One picture of the review. measures: of `quality.measure`, empty where it has no face or is not processed."""

    number: int
    row: ReviewRow
    measures: Mapping[str, float]


def entries(client: Client, records: Iterable[ImageRecord] | None = None) -> list[Entry]:
    """Return all pictures by number, from 1 in order of import; only deleting a picture changes numbers.

    records  all of the client, if already read
    """
    ordered = sorted(client.records() if records is None else records, key=picture_numbers.place)
    return [
        Entry(number, review_row(client, record), dict(record.quality.measures) if record.quality else {})
        for number, record in enumerate(ordered, 1)
    ]


def chosen(all_entries: Sequence[Entry], list_name: ListName = "all", search: str = "") -> list[Entry]:
    """Return the entries of one list whose name or image id contains the search text, refused ones first, by number."""
    wanted = VERDICT_OF.get(list_name)
    word = search.strip().casefold()
    found = [
        entry for entry in all_entries
        if (wanted is None or entry.row.verdict == wanted) and (list_name != "held-out" or entry.row.state == "held_out")
        and (not word or word in entry.row.name.casefold() or word in entry.row.image_id)
    ]  # fmt: skip
    return sorted(found, key=lambda entry: (_ORDER[entry.row.verdict], entry.number))


def page_of(found: Sequence[Entry], page: int, size: int) -> tuple[list[Entry], int, int]:
    """Return (entries of a page, its number, number of pages); the page number is clamped to the pages."""
    pages = max(1, -(-len(found) // size))
    page = min(max(page, 1), pages)
    return list(found[(page - 1) * size : page * size]), page, pages


def named(all_entries: Sequence[Entry], word: str) -> str:
    """Return the id of the picture that a word names: its id, its name with or without folder and ending, or a file of ours.

    Raises PipelineError("review.bad_number"), ("review.same_name").
    """
    name = PureWindowsPath(word).name.casefold()  # takes both kinds of slashes
    if ours := re.match(rf"{IMAGE_ID.pattern}(?![0-9a-f])", name):
        return ours[0]
    for spelling in (_name, _stem):
        found = [entry for entry in all_entries if name and spelling(entry.row.name.casefold()) == name]
        if len(found) == 1:
            return found[0].row.image_id
        if found:
            raise PipelineError("review.same_name", text=word, numbers=", ".join(str(entry.number) for entry in found))
    raise PipelineError("review.bad_number", text=word, last=len(all_entries))


def _name(name: str) -> str:
    return PureWindowsPath(name).name


def _stem(name: str) -> str:
    return PureWindowsPath(name).stem


# --- words -----------------------------------------------------------------------------------------------------------

MEASURES = ("confidence", "face_side_px", "blur", "brightness", "contrast", "noise", "enlargement", "yaw")
DECIMALS = {"confidence": 2, "noise": 1, "enlargement": 1}


def measure_parts(measures: Mapping[str, float], names: Sequence[str] = MEASURES) -> list[Text]:
    """Return a text for each available measure, in a fixed order; rounded here, so that none is "-0"."""
    return [
        Text(f"report.measure.{name}", {"value": round(measures[name], DECIMALS.get(name, 0)) + 0.0})
        for name in names if name in measures
    ]  # fmt: skip


def parse_numbers(answer: str, last: int) -> list[int] | None:
    """Return the numbers of "3,7-12", sorted, without duplicates; None for any other text and outside 1..last.

    >>> parse_numbers("3, 5-7 6", 9)
    [3, 5, 6, 7]
    >>> parse_numbers("0", 9)
    """
    chosen: set[int] = set()
    for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", answer.strip())):
        match = re.fullmatch(r"(\d{1,7})(?:-(\d{1,7}))?", part)
        if match is None:
            return None
        first = int(match[1])
        end = int(match[2] or first)
        if not 1 <= first <= end <= last:
            return None
        chosen.update(range(first, end + 1))
    return sorted(chosen)
