"""Pictures that a training does not see, to measure on them whether it learns or only remembers. Pure.

The trainer takes a share of each folder (library/train_util.py:142-180): ceil(n x (1 - share)) are trained, round(n x share)
measured, which share a picture where n x share is not a little above a whole number. So the share is chosen for that.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from avatar.plan.values import DatasetFacts

OPTIONS = ("validation_split", "validation_seed", "validate_every_n_steps", "validate_every_n_epochs")
LEAST_PICTURES = 20  # [user] with fewer, each of them is needed
SHARE, MOST = 0.1, 6  # [choice] each costs a whole training step (four forward passes) at every measurement
MEASUREMENTS = 16  # [choice] of a training: enough to see where it turns
SEED = 42  # which pictures are held out: the same in every plan
NEVER = 1_000_000


def trained(pictures: int, split: float | None) -> int:
    """Return how many pictures of a folder are trained."""
    return math.ceil(pictures * (1 - split)) if split else pictures


def measured(pictures: int, split: float) -> int:
    return round(pictures * split)


def split_of(folders: Sequence[int]) -> float | None:
    """Return the share to hold out of folders with so many pictures, None where there are too few or no share suits all.

    >>> split_of([20]), trained(20, split_of([20])), measured(20, split_of([20]))
    (0.113, 18, 2)
    """
    total = sum(folders)
    if total < LEAST_PICTURES:
        return None
    wanted = min(max(2, round(total * SHARE)), MOST)
    shares = [thousandths / 1000 for thousandths in range(10, 300)]
    suiting = [share for share in shares if all(trained(n, share) + measured(n, share) == n for n in folders)]
    held = {share: sum(measured(n, share) for n in folders) for share in suiting}
    some = [share for share in suiting if 2 <= held[share] <= MOST]
    # In the middle of those that hold out as many: no rounding of the trainer's tips it over.
    nearest = min((abs(held[share] - wanted) for share in some), default=None)
    best = [share for share in some if abs(held[share] - wanted) == nearest]
    return best[len(best) // 2] if best else None


def trained_of(dataset: DatasetFacts, split: float | None) -> DatasetFacts:
    """Return the dataset less the pictures that are held out of it."""
    if not split or not dataset.folders:
        return dataset
    left = [(trained(pictures, split), repeats) for pictures, repeats in dataset.folders]
    return dataclasses.replace(
        dataset, images=sum(n for n, _ in left), exposures=sum(n * repeats for n, repeats in left), folders=tuple(left)
    )  # fmt: skip


def interval(steps: int) -> int:
    """Return the steps between two measurements."""
    return max(1, math.ceil(steps / MEASUREMENTS))
