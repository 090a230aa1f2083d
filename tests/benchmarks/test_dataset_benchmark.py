"""The benchmark of the dataset stage runs, and ends with its figure."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.places import BENCHMARKS


def test_both_sides_and_the_mixes_are_measured_in_one_run() -> None:
    command = [sys.executable, str(BENCHMARKS / "dataset.py"), "--pictures", "30", "--rounds", "1", "--mixes", "20"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=120)
    lines = done.stdout.splitlines()
    assert re.match(r"dataset: \d+\.\dx the plain way \(30 pictures", lines[-1])
    assert [line.split()[0] for line in lines[1:4]] == ["repeats", "select", "single"]
    assert "peak memory" in done.stdout


def test_sizes_that_make_no_sense_are_refused() -> None:
    command = [sys.executable, str(BENCHMARKS / "dataset.py"), "--pictures", "0"]
    assert subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 2
