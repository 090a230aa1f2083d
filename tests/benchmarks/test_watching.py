"""The benchmark of watching runs, and what it measures stays small."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.places import BENCHMARKS

SCRIPT = BENCHMARKS / "watching.py"


def test_watching_costs_little() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--seconds", "6"], capture_output=True, encoding="utf-8", check=True, timeout=120
    )
    first, last = done.stdout.splitlines()
    assert re.match(r"watched \d+ s, [\d.]+ bars a second", first)
    found = re.search(r"([\d.]+) % of one$", last)
    assert found and float(found[1]) < 10  # of a busy machine; the figure itself is measured apart


def test_no_time_is_refused() -> None:
    assert subprocess.run([sys.executable, str(SCRIPT), "--seconds", "0"], capture_output=True, timeout=60).returncode == 2
