"""The benchmark of `status` runs, and ends with its figure."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.places import BENCHMARKS

BENCHMARK = BENCHMARKS / "status.py"


def test_first_and_later_questions_are_measured_beside_the_interpreter_alone() -> None:
    command = [sys.executable, str(BENCHMARK), "--pictures", "20", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=120)
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines[:3]] == ["python -c pass", "again", "again, one record changed"]
    assert re.fullmatch(r"status: \d+\.\d\d s with nothing remembered \(20 pictures; limit 1\.5 s\)", lines[-1])


def test_sizes_that_make_no_sense_are_refused() -> None:
    command = [sys.executable, str(BENCHMARK), "--rounds", "0"]
    assert subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 2
