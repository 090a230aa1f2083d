"""What trainings really took of a card, memory and time, kept per card and configuration beside config.json, for the next plan.

A record holds no names: the card, what of a plan counts for its memory, and the figures.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import config
import utils
from avatar.plan.memory_terms import Load
from avatar.plan.time import Timed
from avatar.system.gpu import Card
from avatar.workspace import state_file

FILE = "card_memory.json"
TYPES: state_file.FieldTypes = {
    "process_gib": float, "card_gib": float, "before_gib": float, "failed_gib": float, "formula_gib": float, "runs": int,
}  # fmt: skip
TIME_TYPES: state_file.FieldTypes = {"pictures": int, "work": float, "seconds_per_step": float}
MOST_TIMES = 20  # of a card


@dataclass(frozen=True)
class Measured:
    """One configuration on one card, by NVML, in GiB; None: not known.

    process_gib  peak of the trainer's own processes (Windows' display driver does not tell it)
    card_gib     peak of the whole card; before_gib: what was in use before
    failed_gib   what was free when it ran out of memory; a run that goes through later takes it back
    formula_gib  what the formula gives
    """

    process_gib: float | None = None
    card_gib: float | None = None
    before_gib: float | None = None
    failed_gib: float | None = None
    formula_gib: float | None = None
    runs: int = 0

    @property
    def needs_gib(self) -> float | None:
        """What the trainer took: its processes, else the card less what was in use before."""
        if self.process_gib is not None or self.card_gib is None or self.before_gib is None:
            return self.process_gib
        return max(0.0, self.card_gib - self.before_gib)


def path() -> Path:
    return config.CONFIG_FILE.with_name(FILE)


def key_of(load: Load) -> str:
    """Return the name of a configuration: accumulation beyond 2 costs no more."""
    same = dataclasses.replace(load, accumulation=min(load.accumulation, 2), optimizer=load.optimizer.lower())
    return hashlib.sha256(json.dumps(dataclasses.asdict(same), sort_keys=True).encode()).hexdigest()[:16]


def _card_key(card: Card) -> str:
    return f"{card.name}, {card.total_gib:.0f} GiB"


def of_card(card: Card | None) -> dict[str, Measured]:
    """Return what is known of a card, by configuration; a damaged entry reads as if it were not there."""
    if card is None:
        return {}
    return {name: Measured(**state_file.fields(entry, TYPES)) for name, entry in _entries(_record(), card).items()}


def _record() -> dict[str, Any]:
    return utils.read_object(path())


def _entries(record: Mapping[str, Any], card: Card) -> dict[str, Any]:
    cards = record.get("cards")
    found = cards.get(_card_key(card)) if isinstance(cards, dict) else None
    return found if isinstance(found, dict) else {}


def keep(card: Card, load: Load, new: Measured) -> Measured:
    """Lay a run's figures over those that are known of its card and configuration, and write the file; return what is known.

    The highest peak of all runs counts. Raises OSError.
    """
    record = _record()
    entries, key = _entries(record, card), key_of(load)
    known = Measured(**state_file.fields(entries.get(key), TYPES))
    told = new if (new.needs_gib or 0) >= (known.needs_gib or 0) else known
    peak = dataclasses.replace(
        told, failed_gib=new.failed_gib, formula_gib=new.formula_gib, runs=known.runs + (new.failed_gib is None)
    )
    entry = {name: value for name, value in dataclasses.asdict(peak).items() if value is not None}
    differing = {name: value for name, value in dataclasses.asdict(load).items() if value != getattr(Load(), name)}
    cards = record.get("cards")
    cards = {**(cards if isinstance(cards, dict) else {}), _card_key(card): {**entries, key: {"setup": differing, **entry}}}
    utils.write_json(path(), {**record, "version": 1, "cards": cards})
    return peak


def keep_time(card: Card, timed: Timed) -> None:
    """Keep the time of a training's steps, the newest last. Raises OSError."""
    record = _record()
    times = record.get("times")
    others = times if isinstance(times, dict) else {}
    row = {"pictures": timed.pictures, "work": round(timed.work, 4), "seconds_per_step": timed.seconds_per_step}
    rows = [*_rows(record, card), row][-MOST_TIMES:]
    utils.write_json(path(), {**record, "version": 1, "times": {**others, _card_key(card): rows}})


def times_of(card: Card | None) -> list[Timed]:
    """Return the times of a card's trainings, oldest first; a damaged entry reads as if it were not there."""
    if card is None:
        return []
    rows = [state_file.fields(row, TIME_TYPES) for row in _rows(_record(), card)]
    return [Timed(card.name, **row) for row in rows if row.keys() == TIME_TYPES.keys() and min(row.values()) > 0]


def _rows(record: Mapping[str, Any], card: Card) -> list[Any]:
    times = record.get("times")
    rows = times.get(_card_key(card)) if isinstance(times, dict) else None
    return rows if isinstance(rows, list) else []
