"""metadata/images.csv: the records as a table for a spreadsheet; an export, never read back.

After the fixed columns comes one for each parameter of MidJourney that any picture has: mj_ar, mj_stylize, mj_v …
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

import utils
from avatar.texts.visible import one_line
from avatar.workspace import picture_numbers
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord, MidJourney

_FORMULA = re.compile(r"(^|;)(\s*[\"']*\s*[=+\-@\t\uff1d\uff0b\uff0d\uff20])")
COLUMNS = (
    "number", "image_id", "source", "name", "format", "width", "height", "taken_at", "job_id", "tile", "prompt", "evidence",
    "camera", "lighting", "expression", "physical", "verdict", "decided_by", "near_duplicate_of",
)  # fmt: skip


def write_table(client: Client, records: Iterable[ImageRecord]) -> bool:
    """Write metadata/images.csv for a spreadsheet (UTF-8 with a byte order mark, so that Excel reads ñ); it is never read back.

    records  all of the client: the numbers are those of the review
    Return False if another program has it open, as Excel does: nothing is lost, the next change writes it again.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    every = list(records)
    numbers = picture_numbers.numbers(every)
    names = sorted({name for record in every for name in _parameters(record)})
    writer.writerow([*COLUMNS, *(f"mj_{_cell(name)}" for name in names)])
    for record in every:
        cells = (numbers[record.image_id], *_row(record), *_values(record, names))
        writer.writerow([_cell(value) for value in cells])
    try:
        utils.write_atomic(client.table_file, "\ufeff" + text.getvalue())
    except PermissionError:
        return False
    return True


def _parameters(record: ImageRecord) -> dict[str, str]:
    """Return the parameters of a picture's prompt by their one name, those that no table knows too."""
    about = record.midjourney or MidJourney()
    return {**about.unknown_parameters, **{name: found.text for name, found in about.parameters.items()}}


def _values(record: ImageRecord, names: Sequence[str]) -> list[str | None]:
    """Return the value of each parameter; that of a switch is its own name: an empty cell means that it was not given."""
    given = _parameters(record)
    return [(given[name] or name) if name in given else None for name in names]


def _row(record: ImageRecord) -> tuple[object, ...]:
    about = record.midjourney or MidJourney()
    words = [" ".join(trait.value for trait in group) for group in
             (record.traits.lighting, record.traits.expression, record.traits.physical)]  # fmt: skip
    return (
        record.image_id, record.source, record.original.name, record.picture.format, record.picture.width,
        record.picture.height, record.picture.taken_at, about.job_id, about.tile, about.prompt or about.typed_prompt,
        about.evidence, record.camera.model if record.camera else None, *words,
        record.decision.verdict if record.decision else None, record.decision.by if record.decision else None,
        record.near_duplicate_of,
    )  # fmt: skip


def _cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection), on one line.

    Excel in Spanish parts cells at semicolons, whatever stands in quotes: what follows one is the start of a cell too.
    """
    text = "" if value is None else one_line(str(value))
    return _FORMULA.sub(r"\1'\2", text)
