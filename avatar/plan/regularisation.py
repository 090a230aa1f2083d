"""Regularisation pictures: the class without the person, so that a LoRA does not give everybody her face. Pure.

The trainer shows as many of them an epoch as of the dataset (library/train_util.py:2170-2184), so that an epoch has twice the
steps. A plan gets twice the steps of its preset: the person's own pictures are then seen as often as without.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from avatar.plan import held_out
from avatar.plan.values import DatasetFacts
from config import TrainingPreset

FOLDER = "regularisation"  # of a client; what `reg_data_dir` names there without a path


def exposures(own: int, folders: Sequence[tuple[int, int]]) -> int:
    """Return how many regularisation pictures an epoch shows beside so many of the dataset.

    folders  (pictures, repeats) in the order in which they are read. Each picture comes with its repeats until there are
             enough; too few are repeated until there are just as many.

    >>> exposures(10, [(3, 1)]), exposures(10, [(40, 1)]), exposures(10, [(3, 4)]), exposures(10, [])
    (10, 10, 12, 0)
    """
    shown = 0
    for pictures, repeats in folders:
        shown += repeats * min(pictures, math.ceil((own - shown) / repeats))
        if shown >= own:
            return shown
    return own if any(pictures for pictures, _ in folders) else 0


def unused(own: int, folders: Sequence[tuple[int, int]]) -> int:
    """Return how many regularisation pictures are never shown, because the dataset has fewer exposures.

    >>> unused(10, [(40, 1)]), unused(10, [(3, 4)]), unused(10, [(3, 1)])
    (30, 0, 0)
    """
    left = own
    never = 0
    for pictures, repeats in folders:
        used = min(pictures, max(0, math.ceil(left / repeats)))
        never, left = never + pictures - used, left - used * repeats
    return never


def shown_in_epoch(dataset: DatasetFacts, split: float | None) -> int:
    """Return how many pictures an epoch shows: those of the dataset that are trained, and as many of the class."""
    own = held_out.trained_of(dataset, split).exposures
    return own + exposures(own, dataset.regularisation.folders if dataset.regularisation else ())


def lengthened(preset: TrainingPreset, dataset: DatasetFacts, split: float | None) -> TrainingPreset:
    """Return a preset with so many more steps that the person's pictures are seen as often as without the others."""
    own = held_out.trained_of(dataset, split).exposures
    times = shown_in_epoch(dataset, split) / own if own else 1
    names = ("exposures_per_picture", "min_steps", "max_steps")
    return dataclasses.replace(preset, **{name: round(getattr(preset, name) * times) for name in names})
