"""The benchmark of floods runs, and says what is beyond its bounds."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from benchmarks import flood
from tests.places import BENCHMARKS


def test_every_flood_is_watched_and_stopped() -> None:
    command = [sys.executable, str(BENCHMARKS / "flood.py"), "--mb-per-s", "5", "--seconds", "0.5", "--old-gb", "0.02"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=100)
    *rows, last = done.stdout.splitlines()
    assert len(rows) == 4 and all(re.search(r"stopped after [\d.]+ s; peak \d+ MiB", row) for row in rows), done.stderr
    assert re.fullmatch(r"flood: \d of 4 beyond 3 s or 100 MiB", last)


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(SystemExit):
        flood.main(["--mb-per-s", "0"])
