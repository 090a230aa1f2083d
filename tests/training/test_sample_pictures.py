"""Sample pictures are measured once each while a training goes on, and never at its cost."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from avatar.training import progress_file, sample_pictures
from avatar.training.progress_file import SampleRow, last_row, rows_of, samples_of
from avatar.training.sample_pictures import samples
from avatar.training.step_numbers import StepNumbers
from avatar.training.watch import RunInfo, TrainingCallbacks, watch
from tests.training.test_watch import Acting, bar, impatient

__all__ = ["impatient"]  # a fixture: no waiting between two looks


def sample(folder: Path, step: int, prompt: int = 0, moment: str = "20260101120000") -> Path:
    path = folder / sample_pictures.FOLDER / f"ana_{step:06d}_{prompt:02d}_{moment}_42.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"png")
    os.utime(path, (time.time() - 60,) * 2)
    return path


def watched(folder: Path, measure: Callable[[Path], float | None] | None, numbers: StepNumbers | None = None) -> None:
    course = RunInfo(folder=folder, numbers=numbers or StepNumbers())
    watch(Acting(folder, bar(1), bar(2), bar(3)), course, TrainingCallbacks(likeness=measure))


def progress(folder: Path) -> Path:
    return folder / progress_file.PROGRESS_FILE


def test_each_sample_gets_a_line_of_its_own_beside_those_of_the_steps(tmp_path: Path) -> None:
    asked: list[str] = []

    def measure(path: Path) -> float | None:
        asked.append(path.name)
        return None if "_01_" in path.name else 0.62

    one, other = sample(tmp_path, 250), sample(tmp_path, 250, prompt=1)
    (tmp_path / sample_pictures.FOLDER / "ana_e000001_00_20260101120000_42.png").write_bytes(b"png")  # of no step
    watched(tmp_path, measure)
    assert samples_of(progress(tmp_path)) == [SampleRow(one.name, 0, 250, 0.62), SampleRow(other.name, 1, 250, None)]
    assert {1, 3} <= {row["step"] for row in rows_of(progress(tmp_path))} <= {1, 2, 3}
    assert last_row(progress(tmp_path))["step"] == 3  # no sample counts as how far the training is
    watched(tmp_path, measure)  # watched again, as after a kill
    assert asked == [one.name, other.name]


def test_samples_of_a_resumed_run_are_counted_over_the_whole_training(tmp_path: Path) -> None:
    sample(tmp_path, 100)
    watched(tmp_path, lambda path: 0.5, StepNumbers(first=1000, offset=1000, total=2000))
    assert [row.step for row in samples_of(progress(tmp_path))] == [1100]
    assert [one.step for one in samples(tmp_path, StepNumbers(first=1000, offset=1000))] == [1100]


def test_a_measure_that_fails_costs_neither_the_training_nor_the_other_samples(tmp_path: Path) -> None:
    def measure(path: Path) -> float | None:
        if "000250" in path.name:
            raise MemoryError("no room")
        return 0.4

    sample(tmp_path, 250)
    sample(tmp_path, 500)
    watched(tmp_path, measure)
    assert [(row.step, row.likeness) for row in samples_of(progress(tmp_path))] == [(250, None), (500, 0.4)]


def test_without_a_measure_nothing_is_written_of_samples(tmp_path: Path) -> None:
    sample(tmp_path, 250)
    watched(tmp_path, None)
    assert samples_of(progress(tmp_path)) == []


def test_a_picture_that_is_still_written_is_left_until_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sample(tmp_path, 250)
    os.utime(path)
    rows = progress_file.Rows(progress(tmp_path))
    looking = sample_pictures.SampleWatch(tmp_path, progress(tmp_path), StepNumbers(), lambda path: 0.5)
    looking.look(rows)
    assert samples_of(progress(tmp_path)) == []
    looking.look(rows, last=True)
    rows.close()
    assert len(samples_of(progress(tmp_path))) == 1


def test_damaged_lines_on_samples_are_none(tmp_path: Path) -> None:
    lines: list[Any] = [
        {"sample": "a.png", "prompt": 0, "at_step": 100, "likeness": 0.5}, {"sample": "b.png", "prompt": "x", "at_step": 1},
        {"sample": 3}, {"sample": "a.png", "prompt": 0, "at_step": 100, "likeness": 0.6}, [1], {"step": 4, "loss": 0.1},
    ]  # fmt: skip
    progress(tmp_path).write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"sample": "c', encoding="utf-8")
    assert samples_of(progress(tmp_path)) == [SampleRow("a.png", 0, 100, 0.6)]
    assert rows_of(progress(tmp_path)) == [{"step": 4, "loss": 0.1}]
    assert samples_of(tmp_path / "none.jsonl") == []
