"""A page about a trial: one file without scripts or network, the pictures inside it, each larger when it is clicked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import utils
from avatar.pictures import thumbnails
from avatar.reports import figures, render
from avatar.reports.trial_view import CACHE, Cell, View
from avatar.results.ranking import Ranked
from avatar.texts import spoken
from avatar.texts.text import Text
from avatar.texts.translate import number, text, words
from utils import OnProgress

TEMPLATE, FILE_NAME = "trial.html", "results.html"
PICTURE_PX = 448  # shown at 168, and whole when clicked; the file itself is a link away [measured: 25 to 40 kB a portrait]
LABELS = ("title", "order", "place", "candidate", "likeness", "n", "faces", "copy_risk", "flexibility", "why", "tied", "take",
          "base", "pictures", "finals", "seed", "back", "full", "unranked", "taken")  # fmt: skip


def write(view: View, output: Path, language: str, program: str, client_id: str, on_progress: OnProgress | None = None) -> Path:
    """Write output/results.html and return its path. program: how it is called, for the command to paste. Raises OSError."""
    output.mkdir(parents=True, exist_ok=True)
    pictures = _Pictures(output, language, view.taken, _number(view), on_progress)
    best = view.ranking.best if view.ranking is not None else None
    proposed = best.candidate if best is not None and best.candidate != view.taken else ""
    values = {
        "language": language, "client_id": client_id, "trial_id": view.trial.trial_id,
        "t": {name: text(f"trial.page.{name}", language) for name in LABELS},
        "told": [{"text": words(line, language), "style": line.style} for line in view.lines],
        "places": [_place(place, language) for place in view.places],
        "taken": words(spoken.weighted(view.taken), language) if view.taken else "",
        "command": f"{program} results {client_id} --take {proposed}" if proposed else "",
        "blocks": [
            {"heading": f"{block.prompt.n}. {block.prompt.text}", "kind": text(f"trial.prompt.{block.kind}", language),
             "columns": [number(float(weight), language) for weight in block.weights], "base": pictures.card(block.base),
             "rows": [{"label": words(spoken.model(row.label), language), "cells": [pictures.card(cell) for cell in row.cells]}
                      for row in block.rows]}
            for block in view.blocks
        ],
        "finals": [
            {"heading": words(spoken.weighted(final.candidate), language), "kind": "", "columns": final.seeds,
             "rows": [{"label": row.label, "cells": [pictures.card(cell) for cell in row.cells]} for row in final.rows]}
            for final in view.finals
        ],
    }  # fmt: skip
    thumbnails.forget(output / CACHE, pictures.stems)
    path = output / FILE_NAME
    utils.write_atomic(path, render.render(TEMPLATE, **values))
    return path


def _number(view: View) -> int:
    blocks = sum(1 + sum(len(row.cells) for row in block.rows) for block in view.blocks)
    return blocks + sum(len(row.cells) for final in view.finals for row in final.rows)


def _place(place: Ranked, language: str) -> dict[str, Any]:
    return {
        "rank": place.rank or "–", "candidate": words(spoken.weighted_short(place.candidate), language),
        "tied": place.tied, "eligible": place.eligible,
        "likeness": figures.told(figures.likeness(place.likeness), language), "n": place.n,
        "faces": figures.told(figures.percent(place.faces), language),
        "copy_risk": figures.told(figures.likeness(place.copy_risk), language),
        "flexibility": figures.told(figures.percent(place.flexibility), language),
        "reasons": [words(reason, language) for reason in place.reasons],
    }  # fmt: skip


class _Pictures:
    """Makes the cards of pictures; each has an address of its own, also where it stands twice."""

    def __init__(self, output: Path, language: str, taken: str, total: int, on_progress: OnProgress | None) -> None:
        self._output, self._language, self._taken = output, language, taken
        self._total, self._on_progress = total, on_progress
        self._done = 0
        self.stems: set[str] = set()  # of all pictures that were shown

    def card(self, cell: Cell) -> dict[str, Any]:
        self._done += 1
        if self._on_progress is not None:
            self._on_progress(self._done, self._total)
        self.stems.add(cell.path.stem if cell.path is not None else "")
        note = cell.note or Text("trial.cell.unmeasured")
        packed = thumbnails.jpeg(cell.path, PICTURE_PX, self._output / CACHE)
        return {
            "anchor": f"p{self._done}", "picture": render.data_url(packed), "note": words(note, self._language),
            "style": note.style, "candidate": words(spoken.weighted(cell.candidate), self._language),
            "taken": bool(self._taken) and cell.candidate == self._taken,
            "seed": cell.seed, "file": _address(cell.path, self._output) if packed else "",
        }  # fmt: skip


def _address(path: Path | None, output: Path) -> str:
    """Return where a picture lies, from the page."""
    if path is None:
        return ""
    parts: Sequence[str] = path.relative_to(output.parent).parts
    return "../" + "/".join(parts)
