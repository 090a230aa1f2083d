"""Advice from the likeness of sample pictures: since which step a training does not get better. Pure, and never an action."""

from __future__ import annotations

from collections.abc import Iterable

from avatar.results import ranking
from avatar.texts.text import Text
from avatar.training.progress_file import SampleRow

LEAST_PROMPTS = 3  # [choice] pictures of a step that all steps have; the trainer's usual prompts are three
LEAST_AFTER = 2  # [choice] rounds of samples after the step, before it is said
BETTER = 0.02  # [choice] less is no progress: nobody can tell it from chance (DESIGN: 640 pictures for 0.02)


def no_longer_better_since(samples: Iterable[SampleRow]) -> int | None:
    """Return the step since which likeness does not rise; None where it still does, never did, or nobody can say.

    Only where a rise was seen before, larger than chance: of few pictures that are alike from the start nothing follows.
    """
    import numpy as np

    by_step: dict[int, dict[int, float]] = {}
    for one in samples:
        if one.likeness is not None:
            by_step.setdefault(one.step, {})[one.prompt] = one.likeness
    prompts = sorted(set.intersection(*(set(row) for row in by_step.values()))) if by_step else []
    steps = sorted(by_step)
    if len(prompts) < LEAST_PROMPTS or len(steps) <= LEAST_AFTER:
        return None
    matrix = np.array([[by_step[step][prompt] for prompt in prompts] for step in steps])
    means, chance = matrix.mean(1), ranking.critical_difference(matrix)
    for number in range(1, len(steps) - LEAST_AFTER):
        risen = means[number] - means[:number].min() > chance
        if risen and means[number + 1 :].max() < means[number] + BETTER:
            return steps[number]
    return None


def told(samples: Iterable[SampleRow]) -> list[Text]:
    """Return the advice as a line; none where there is nothing to say."""
    step = no_longer_better_since(samples)
    return [] if step is None else [Text("likeness.no_longer_better", {"step": step})]
