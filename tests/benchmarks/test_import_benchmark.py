"""The import's benchmarks run and say what they promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.places import BENCHMARKS

BENCHMARKS = BENCHMARKS


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS / name), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.mark.slow
def test_the_last_line_is_the_ratio_to_the_plain_way(tmp_path: Path) -> None:
    done = run("import.py", "--pictures", "3", "--kilobytes", "300", "--within", str(tmp_path))
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    assert re.fullmatch(r"import: [\d.]+x the plain way \(cp -r \+ sha256sum, 3 pictures\)", last)
    assert "second import:" in done.stdout and "peak memory:" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_folder_of_ones_own_is_measured_the_same_way(tmp_path: Path) -> None:
    source = tmp_path / "mine"
    (source / "deeper").mkdir(parents=True)
    for number, name in enumerate(("a.jpg", "b.jpg", "deeper/c.jpg")):
        cv2.imwrite(str(source / name), np.random.default_rng(number).integers(0, 255, (90, 90, 3), np.uint8))
    (source / "again.jpg").write_bytes((source / "a.jpg").read_bytes())
    (source / "cut.jpg").write_bytes((source / "a.jpg").read_bytes()[:900])
    done = run("import.py", "--folder", str(source), "--rounds", "2")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"import: [\d.]+x the plain way \(cp -r \+ sha256sum, 5 pictures\)", lines[-1])
    assert re.fullmatch(r"processor time: [\d.]+x that of the plain way", lines[-2])
    assert "  added 3, same bytes 1, near duplicates 0, refused 1" in lines


def test_numbers_that_mean_nothing_are_refused() -> None:
    assert run("import.py", "--pictures", "0").returncode == 2
    assert run("import.py", "--folder", "no such folder").returncode == 2
    assert run("import_kills.py", "--kills", "0").returncode == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_imports_are_repeated_without_an_inconsistency(tmp_path: Path) -> None:
    done = run("import_kills.py", "--kills", "3", "--pictures", "40", "--folder", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "import_kills: 0 inconsistencies after 3 kills of an import of 40 files"
