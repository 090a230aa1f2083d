"""How free a candidate is: whether another prompt gives another picture. Pure: numpy only.

Two prompts at one seed: how far apart layout and colours are outside the face. Divided by the same of the base model alone, so
that 1 is as free as that and 0 deaf to the prompt.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from avatar.results.looks import LAYOUT_CELLS, Look

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FACE_ROOM = 0.4  # [choice] of the face's box, to each side: hair, and what the box is off by
LEAST_CELLS = 16  # [choice] outside both faces; with fewer there is nothing to compare


@dataclass(frozen=True)
class Seen:
    """A picture by prompt and seed."""

    prompt: int
    seed: int
    look: Look


def flexibility(candidate: Sequence[Seen], base: Sequence[Seen]) -> float | None:
    """Return the candidate's distance between prompts, divided by the base's over the same pairs; None without both."""
    of_base, own = _distances(base), _distances(candidate)
    common = [pair for pair in own if pair in of_base]
    below = statistics.fmean(of_base[pair] for pair in common) if common else 0.0
    return statistics.fmean(own[pair] for pair in common) / below if below > 0 else None


def _distances(pictures: Sequence[Seen]) -> Mapping[tuple[int, int], float]:
    """Return the mean distance of each pair of prompts over the seeds that both have."""
    by_seed: dict[int, dict[int, Look]] = {}
    for one in pictures:
        by_seed.setdefault(one.seed, {})[one.prompt] = one.look
    found: dict[tuple[int, int], list[float]] = {}
    for looks in by_seed.values():
        for a, b in itertools.combinations(sorted(looks), 2):
            if (apart := distance(looks[a], looks[b])) is not None:
                found.setdefault((a, b), []).append(apart)
    return {pair: statistics.fmean(values) for pair, values in found.items()}


def distance(one: Look, other: Look) -> float | None:
    """Return the mean distance of two layouts in Lab, outside both faces; None where nothing is left outside."""
    import numpy as np

    outside = _outside(one) & _outside(other)
    if outside.sum() < LEAST_CELLS:
        return None
    a, b = (np.frombuffer(look.layout, np.uint8).reshape(LAYOUT_CELLS, LAYOUT_CELLS, 3).astype(float) for look in (one, other))
    return float(np.sqrt(((a - b) ** 2).sum(2))[outside].mean())


def _outside(look: Look) -> NDArray[np.bool_]:
    """Return which cells lie outside the face."""
    import numpy as np

    outside = np.ones((LAYOUT_CELLS, LAYOUT_CELLS), np.bool_)
    if look.box is None or not all(look.size):
        return outside
    left, top, width, height = look.box
    across, down = LAYOUT_CELLS / look.size[0], LAYOUT_CELLS / look.size[1]
    rows = slice(max(0, int((top - FACE_ROOM * height) * down)), max(0, int(np.ceil((top + (1 + FACE_ROOM) * height) * down))))
    columns = slice(
        max(0, int((left - FACE_ROOM * width) * across)), max(0, int(np.ceil((left + (1 + FACE_ROOM) * width) * across)))
    )
    outside[rows, columns] = False
    return outside
