"""Since when a training gets no better is said only where a rise was seen and has ended."""

from __future__ import annotations

import numpy as np
import pytest

from avatar.results.advice import no_longer_better_since, told
from avatar.training.progress_file import SampleRow


def samples(*means: float, prompts: int = 3, noise: float = 0.01, seed: int = 1) -> list[SampleRow]:
    rng = np.random.default_rng(seed)
    return [
        SampleRow(f"{step}-{prompt}.png", prompt, 250 * step, float(mean + noise * rng.standard_normal()))
        for step, mean in enumerate(means, 1) for prompt in range(prompts)
    ]  # fmt: skip


def test_a_rise_that_has_ended_is_told_with_the_step_it_ended_at() -> None:
    assert no_longer_better_since(samples(0.2, 0.5, 0.6, 0.6, 0.595)) == 750
    (line,) = told(samples(0.2, 0.5, 0.6, 0.6, 0.595))
    assert (line.key, line.values) == ("likeness.no_longer_better", {"step": 750})


@pytest.mark.parametrize(
    "means",
    [
        (0.2, 0.4, 0.5, 0.6, 0.7),  # still rising
        (0.6, 0.6, 0.6, 0.6, 0.6),  # never rose: alike from the start says nothing
        (0.2, 0.5, 0.6, 0.6),  # one round after is too few
        (0.3, 0.5, 0.6, 0.58, 0.66),  # rose again
        (0.5,),
        (),
    ],
)
def test_otherwise_nothing_is_said(means: tuple[float, ...]) -> None:
    assert no_longer_better_since(samples(*means)) is None
    assert told(samples(*means)) == []


def test_a_rise_within_chance_is_none() -> None:
    loud = [no_longer_better_since(samples(0.5, 0.55, 0.55, 0.55, 0.55, noise=0.12, seed=seed)) for seed in range(40)]
    assert sum(step is not None for step in loud) <= 4


def test_pictures_that_some_steps_lack_are_compared_for_none() -> None:
    made = samples(0.2, 0.5, 0.6, 0.6, 0.595, prompts=4)
    without = [SampleRow(one.sample, one.prompt, one.step, None if (one.prompt, one.step) == (3, 250) else one.likeness)
               for one in made]  # fmt: skip
    assert no_longer_better_since(without) == 750
    two = [one for one in made if one.prompt < 2]
    assert no_longer_better_since(two) is None
