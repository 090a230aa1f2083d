"""The pictures that the trainer draws on its way: which there are, and how like the person each one is.

How likeness is measured, the caller says: this room knows no faces.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from avatar.training.progress_file import Rows, SampleRow, samples_of
from avatar.training.step_numbers import StepNumbers

Measure = Callable[[Path], float | None]  # likeness of a picture; None: it does not show exactly one face
FOLDER = "sample"
LOOKED_EVERY_S = 5.0
WRITTEN_S = 2.0  # a younger file may still be written to
# {name}_{step}_{prompt}_{time}_{seed}.png; of an epoch e{epoch}, without a step (library/train_util.py:6545).
_SAMPLE = re.compile(r".+_(\d{6})_(\d{2})_(\d{14})(?:_\d+)?\.png")


class Sample(NamedTuple):
    """One sample picture; step of the whole training, prompt from 0."""

    step: int
    prompt: int
    drawn: str  # the trainer's own time, to order those of one step
    path: Path


def samples(folder: Path, numbers: StepNumbers) -> list[Sample]:
    """Return the sample pictures of a run's folder that are of a step, in order."""
    found = []
    for path in (folder / FOLDER).glob("*.png"):
        if match := _SAMPLE.fullmatch(path.name):
            found.append(Sample(numbers.of_file(int(match[1])), int(match[2]), match[3], path))
    return sorted(found)


class SampleWatch:
    """Measures each sample picture once and writes its line into progress.jsonl; a picture that fails costs only itself."""

    def __init__(self, folder: Path, progress: Path, numbers: StepNumbers, measure: Measure | None) -> None:
        self._folder, self._numbers, self._measure = folder, numbers, measure
        self._done = {row.sample for row in samples_of(progress)} if measure is not None else set[str]()
        self._looked = 0.0

    def look(self, rows: Rows, *, last: bool = False) -> None:
        """Measure one new picture, if it is time; last: all there are, however young."""
        now = time.monotonic()
        if self._measure is None or (now - self._looked < LOOKED_EVERY_S and not last):
            return
        self._looked = now
        for sample in self._new(last=last):
            try:
                likeness = self._measure(sample.path)
            except Exception:  # the training is worth more than a figure about it
                logging.getLogger(__name__).exception("no likeness of %s", sample.path.name)
                likeness = None
            self._done.add(sample.path.name)
            rows.add_sample(SampleRow(sample.path.name, sample.prompt, sample.step, likeness), time.time())
            if not last:
                self._looked = 0.0  # the next one soon, but first what the trainer and the user say
                return

    def _new(self, *, last: bool) -> Iterator[Sample]:
        for sample in samples(self._folder, self._numbers):
            if sample.path.name not in self._done and (last or time.time() - sample.path.stat().st_mtime >= WRITTEN_S):
                yield sample
