"""What a training takes of the computer, asked every ten seconds: memory of the card and of the computer, power, heat."""

from __future__ import annotations

import math
from collections.abc import Callable

from avatar.system import memory as system_memory
from avatar.system.gpu import MemoryProbe, PowerProbe

EVERY_S = 10.0  # a look at the card takes some milliseconds


class Readings:
    """The newest figures; one that nobody tells is missing from the row.

    memory  (used, total) GiB of the card, None where it does not answer
    """

    def __init__(
        self, card: MemoryProbe | None, own: Callable[[], float | None], watts: PowerProbe | None, celsius: PowerProbe | None
    ) -> None:
        self._card, self._own, self._watts, self._celsius = card, own, watts, celsius
        self._asked = -math.inf
        self._row: dict[str, float] = {}
        self.memory: tuple[float, float] | None = None

    def look(self, now: float) -> None:
        """Ask again, if it is time; now: seconds of any steady clock."""
        if now - self._asked < EVERY_S:
            return
        self._asked = now
        self.memory = self._card() if self._card is not None else None
        used, total = self.memory or (None, None)
        host_used, host_total = system_memory.used_and_total_gib() or (None, None)
        figures = {
            "used_gib": (used, 2), "total_gib": (total, 2), "process_gib": (self._own(), 2),
            "watts": (self._watts() if self._watts is not None else None, 1),
            "celsius": (self._celsius() if self._celsius is not None else None, 0),
            "host_gib": (host_used, 2), "host_total_gib": (host_total, 2),
        }  # fmt: skip
        self._row = {name: round(value, digits) for name, (value, digits) in figures.items() if value is not None}

    def row(self) -> dict[str, float]:
        """Return the figures as a line of progress.jsonl has them."""
        return self._row
