"""The review as a wall of cards: a short row for each picture, ready as JSON, and quick for thousands of them.

Rows come from the index of the records (`record_index`), so that only what changed is read again, and one record is in memory
at a time. The number of a picture is its place in the order of import, as everywhere (`picture_numbers`).
"""

from __future__ import annotations

import dataclasses
import functools
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from avatar.faces import limits as face_limits
from avatar.faces import quality
from avatar.reports import review_list
from avatar.workspace import picture_numbers, record_index
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord
from config import QualityControlConfig

INDEX = ".review_index.json"  # in metadata/, beside that of the stages
VERSION = 1
# What a row says, in this order. kind: raw, standard, mj; reasons: codes, a remark with "~" before it; crop: it was cut
# out once, so that it can be approved; face: from 0; held, identity: as the record has them; likeness, margin: None where
# there is nothing to compare or to judge; near: the picture that it is a near-duplicate of; look: changes with the crop;
# stamp: changes with whatever a person may decide.
FIELDS = (
    "id", "name", "kind", "verdict", "by", "reasons", "crop", "faces", "face", "held", "identity", "likeness", "blur",
    "brightness", "side", "margin", "near", "look", "stamp",
)  # fmt: skip


@dataclass(frozen=True)
class Wall:
    """All pictures of a client in the order of their numbers, from 1. Each is a row of `FIELDS` as JSON."""

    ids: Sequence[str]
    rows: Sequence[str]
    measured: Sequence[str]  # [kind, verdict, by, measures] as JSON; "" where nothing was measured
    changed: Sequence[int]  # when its record was written, ns

    @property
    def order(self) -> str:
        """A word that changes with the numbers: what was imported or removed."""
        return f"{zlib.crc32(''.join(self.ids).encode('ascii')):08x}{len(self.ids)}"

    @functools.cached_property
    def codes(self) -> Sequence[str]:
        """Every reason that stands in a row."""
        place = FIELDS.index("reasons")
        return sorted({code.removeprefix("~") for row in self.rows for code in json.loads(row)[place].split()})

    @property
    def newest(self) -> int:
        return max(self.changed, default=0)

    def as_json(self, since: int = 0, order: str = "") -> str:
        """Return the rows as JSON; with `since` and the order that a page knows, only those written from then on."""
        head = f'"newest":"{self.newest}","order":"{self.order}"'  # text: a script's numbers do not reach nanoseconds
        if order != self.order:
            return f'{{"fields":{json.dumps(FIELDS)},"rows":[{",".join(self.rows)}],{head}}}'
        later = [number for number, at in enumerate(self.changed) if at >= since]
        rows = ",".join(self.rows[number] for number in later)
        return f'{{"fields":{json.dumps(FIELDS)},"numbers":{[number + 1 for number in later]},"rows":[{rows}],{head}}}'

    def measured_pictures(self) -> Iterable[face_limits.Measured]:
        """Return the measured pictures, to judge them by other limits."""
        for image_id, text in zip(self.ids, self.measured, strict=True):
            if text:
                kind, verdict, by, measures = json.loads(text)
                yield face_limits.Measured(image_id, kind, verdict, by == "user", measures)


def wall(client: Client, limits: QualityControlConfig) -> Wall:
    """Return the pictures of a client. Raises PipelineError("record.invalid") naming the file."""
    written = {image_id: newest for image_id, (newest, _) in record_index.stamps(client).items()}
    question = ["review wall", VERSION, dataclasses.asdict(limits)]
    found = record_index.facts(client, question, lambda record, _: _facts(record, limits), {}, INDEX)
    ordered = sorted(found.items(), key=lambda item: item[1][0])
    return Wall(
        ids=[image_id for image_id, _ in ordered],
        rows=[facts[1] for _, facts in ordered],
        measured=[facts[2] for _, facts in ordered],
        changed=[written.get(image_id, 0) for image_id, _ in ordered],
    )


def _facts(record: ImageRecord, limits: QualityControlConfig) -> list[Any]:
    """Return (place among the numbers, row, measures) of a picture; the two as text, which takes a third of the memory."""
    measured = ""
    if record.quality is not None and record.decision is not None:
        decision = record.decision
        measured = _short([quality.kind_of(record), decision.verdict, decision.by, record.quality.measures])
    return [list(picture_numbers.place(record)), _short(row(record, limits)), measured]


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def row(record: ImageRecord, limits: QualityControlConfig) -> list[Any]:
    """Return what the wall shows of a picture, as `FIELDS`."""
    kind, decision, identity = quality.kind_of(record), record.decision, record.identity
    measures: Mapping[str, float] = record.quality.measures if record.quality else {}
    margin = face_limits.margin(measures, limits, kind)
    verdict = "pending" if decision is None else "approved" if record.approved else "rejected"
    reasons = [f"{'~' if reason.level == 'warn' else ''}{reason.code}" for reason in review_list.deciding_reasons(record)]
    return [
        record.image_id, record.original.name, kind, verdict, decision.by if decision else "", " ".join(reasons),
        int(record.crop is not None), len(record.faces), record.face_choice.index if record.face_choice else None,
        record.use.by if record.use is not None and record.held_out else "",
        ("said" if identity.by == "user" else identity.verdict or "") if identity else "",
        identity.likeness if identity else None,
        *(None if name not in measures else round(measures[name]) for name in ("blur", "brightness", "face_side_px")),
        None if margin is None else round(margin, 3), record.near_duplicate_of or "", look(record), stamp(record),
    ]  # fmt: skip


def look(record: ImageRecord) -> str:
    """Return a word that changes with the crop of a picture."""
    return "" if record.crop is None else _word([record.crop.square, record.crop.angle, record.processed_with])


def stamp(record: ImageRecord) -> str:
    """Return a word that changes with whatever a person may decide about a picture, and with its verdict."""
    decision, choice, identity = record.decision, record.face_choice, record.identity
    return _word([
        [decision.verdict, decision.by] if decision else None, [choice.index, choice.why == "user"] if choice else None,
        identity.by if identity else None, [record.use.kind, record.use.by] if record.use else None,
    ])  # fmt: skip


def _word(value: object) -> str:
    return f"{zlib.crc32(_short(value).encode('utf-8')):08x}"
