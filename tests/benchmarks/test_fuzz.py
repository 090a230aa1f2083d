"""A small sample of the fuzzing holds, and it would find what does not."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest

from avatar.trainer.log import LogReader
from benchmarks import fuzz
from tests.places import BENCHMARKS


@pytest.mark.timeout(300)
def test_a_sample_of_damaged_inputs_meets_no_bug() -> None:
    command = [sys.executable, str(BENCHMARKS / "fuzz.py"), "--lines", "300", "--files", "30", "--commands", "20"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=280)
    assert done.stdout.splitlines()[-1] == "fuzz: 0 faults in 350 inputs", done.stdout + done.stderr
    assert re.search(r"^state files +30 +[1-9]", done.stdout, re.MULTILINE)


def test_a_reader_that_raises_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogReader, "_text", lambda self, line: 1 / 0)
    assert fuzz.fuzz_lines(50, random.Random(1)).wrong > 0


def test_a_command_that_meets_a_bug_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from avatar.terminal import command_line

    tally = fuzz.Tally("x")
    monkeypatch.setattr(command_line, "main", lambda words: 1 // 0)
    fuzz.called(["status"], tally)
    assert tally.wrong == 1 and "ZeroDivisionError" in next(iter(tally.faults))


def test_nothing_to_try_is_refused() -> None:
    with pytest.raises(SystemExit):
        fuzz.main(["--lines", "0"])
