"""The benchmark of the dashboard, small: it starts the program, follows a training, and every line arrives."""

from __future__ import annotations

import re

import pytest

from benchmarks import dashboard


def test_every_line_arrives_at_every_stream_and_the_last_line_says_it_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert dashboard.main(["--seconds", "0.5", "--lines", "20", "--streams", "2", "--connections", "3"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"dashboard: file to page \d+ ms, at worst \d+ ms; [\d.]+ % of one core; [\d.]+ MiB; start \d+ ms \(.+\)", last
    )
