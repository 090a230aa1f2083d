"""The pictures of a review under numbers that stay, and the way back from a decision.

A picture has one number in every list, on every contact sheet and in every command: its place by date of import. A
decision moves a picture to another sheet but never gives it another number, so that a sheet looked at keeps its meaning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import image_processor
import utils
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord
from config import Settings
from image_processor import DecisionReport, ReviewRow

ListName = Literal["all", "refused", "approved", "pending"]
LISTS: tuple[ListName, ...] = ("all", "refused", "approved", "pending")
VERDICT_OF: Mapping[str, str] = {"refused": "rejected", "approved": "approved", "pending": "pending"}
UNDO_FILE = "review_undo.json"
MOST_STEPS = 50  # [choice] changes that can be taken back
MOST_REMEMBERED = 20_000  # [choice] pictures in all of them: the file stays below 2 MB
_ORDER = {"rejected": 0, "approved": 1, "pending": 2}


@dataclass(frozen=True)
class Entry:
    """One picture of the review. measures: of `quality.measure`, empty where it has no face or is not processed."""

    number: int
    row: ReviewRow
    measures: Mapping[str, float]


def entries(client: Client, records: Iterable[ImageRecord] | None = None) -> list[Entry]:
    """Return all pictures by number. Numbers count from 1 in order of import; only deleting a picture moves them.

    records  the client's, where they were read already
    """
    ordered = sorted(client.records() if records is None else records, key=_place)
    return [
        Entry(number, image_processor.review_row(client, record), dict(record.quality.measures) if record.quality else {})
        for number, record in enumerate(ordered, 1)
    ]


def _place(record: ImageRecord) -> tuple[str, str, str, str]:
    return record.original.imported_at, record.source, record.original.name.casefold(), record.image_id


def chosen(all_entries: Sequence[Entry], list_name: ListName = "all", search: str = "") -> list[Entry]:
    """Return the entries of one list whose name or image id holds the search text, refused ones first, by number."""
    wanted = VERDICT_OF.get(list_name)
    word = search.strip().casefold()
    found = [
        entry for entry in all_entries
        if (wanted is None or entry.row.verdict == wanted)
        and (not word or word in entry.row.name.casefold() or word in entry.row.image_id)
    ]  # fmt: skip
    return sorted(found, key=lambda entry: (_ORDER[entry.row.verdict], entry.number))


def page_of(found: Sequence[Entry], page: int, size: int) -> tuple[list[Entry], int, int]:
    """Return (entries of a page, its number, number of pages); a page outside is the nearest there is."""
    pages = max(1, -(-len(found) // size))
    page = min(max(page, 1), pages)
    return list(found[(page - 1) * size : page * size]), page, pages


# --- decisions and the way back --------------------------------------------------------------------------------------


def decide(
    client: Client, settings: Settings, *, approve: Sequence[str] = (), reject: Sequence[str] = (),
    clear: Sequence[str] = (), face: tuple[str, int] | None = None,
) -> DecisionReport:  # fmt: skip
    """Carry out decisions as one step that `undo` takes back.

    face  (image id, index from 0): another face of that picture is cut out first
    Raises what `image_processor.decide` and `choose_face` raise; where nothing was changed, nothing is remembered.
    """
    named = [*([face[0]] if face else []), *approve, *reject, *clear]
    if not named:
        return DecisionReport()
    with client.lock("review"):
        _remember(client, [client.record(image_id) for image_id in dict.fromkeys(named)])
        try:
            if face is not None:
                image_processor.choose_face(client, face[0], face[1], settings)
            return image_processor.decide(client, settings=settings, approve=approve, reject=reject, clear=clear)
        except PipelineError:
            _forget_if_unchanged(client)
            raise


def undo(client: Client, settings: Settings) -> list[str]:
    """Take the last step back; return the ids of its pictures. Raises PipelineError("review.nothing_to_undo").

    Interrupted, it is done again from the start by the next call: what is back already stays. A picture that is gone, or
    was looked at anew since and lost the face or crop it had, stays as it is: it must not bar the way to earlier steps.
    """
    with client.lock("review"):
        steps = _steps(client)
        if not steps:
            raise PipelineError("review.nothing_to_undo")
        before = {
            image_id: state for image_id, state in steps[-1]["before"].items()
            if client.has_record(image_id) and _can_be(client.record(image_id), state)
        }  # fmt: skip
        for image_id, (_, index) in before.items():
            if _state(client.record(image_id))[1] != index:
                image_processor.choose_face(client, image_id, index, settings)
        back = {verdict: [i for i, (word, _) in before.items() if word == verdict] for verdict in ("approved", "rejected", "")}
        image_processor.decide(
            client, settings=settings, approve=back["approved"], reject=back["rejected"], clear=back[""]
        )  # fmt: skip
        _write_steps(client, steps[:-1])
        return list(before)


def steps_to_undo(client: Client) -> int:
    """Return how many changes can be taken back."""
    return len(_steps(client))


def _state(record: ImageRecord) -> list[Any]:
    """Return what the user has said of a picture: ["approved", "rejected" or "", index of the face picked or None]."""
    decision, choice = record.decision, record.face_choice
    word = decision.verdict if decision is not None and decision.by == "user" else ""
    return [word, choice.index if choice is not None and choice.why == "user" else None]


def _can_be(record: ImageRecord, state: Sequence[Any]) -> bool:
    """Tell whether a picture can be brought into a state of `_state`."""
    word, index = state
    return (index is None or index < len(record.faces)) and (word != "approved" or record.crop is not None)


def _undo_file(client: Client) -> Path:
    return client.images.parent / UNDO_FILE


def _steps(client: Client) -> list[dict[str, Any]]:
    found = utils.read_object(_undo_file(client)).get("steps")
    return [step for step in found if isinstance(step, dict) and "before" in step] if isinstance(found, list) else []


def _write_steps(client: Client, steps: Sequence[dict[str, Any]]) -> None:
    text = json.dumps({"version": 1, "steps": list(steps)}, separators=(",", ":"))  # no one reads it, and it may grow
    utils.write_atomic(_undo_file(client), text + "\n")


def _remember(client: Client, records: Sequence[ImageRecord]) -> None:
    """Write down how pictures stand before they are changed: what is interrupted then can be taken back too."""
    steps = [*_steps(client), {"when": utils.now(), "before": {r.image_id: _state(r) for r in records}}][-MOST_STEPS:]
    while len(steps) > 1 and sum(len(step["before"]) for step in steps) > MOST_REMEMBERED:
        del steps[0]
    _write_steps(client, steps)


def _forget_if_unchanged(client: Client) -> None:
    *earlier, last = _steps(client)
    if all(_state(client.record(image_id)) == state for image_id, state in last["before"].items()):
        _write_steps(client, earlier)


# --- words -----------------------------------------------------------------------------------------------------------

MEASURES = ("confidence", "face_side_px", "blur", "brightness", "contrast", "noise", "enlargement", "yaw")
DECIMALS = {"confidence": 2, "noise": 1, "enlargement": 1}


def measure_parts(measures: Mapping[str, float], names: Sequence[str] = MEASURES) -> list[tuple[str, dict[str, float]]]:
    """Return (message key, values) of each measure that was taken, in a fixed order; rounded here, so that none is "-0"."""
    return [
        (f"report.measure.{name}", {"value": round(measures[name], DECIMALS.get(name, 0)) + 0.0})
        for name in names if name in measures
    ]  # fmt: skip


def parse_numbers(answer: str, last: int) -> list[int] | None:
    """Return the numbers of "3,7-12" in order, each once; None where the text is anything else or outside 1..last.

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
