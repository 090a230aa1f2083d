"""The benchmark of the review, small and without a browser: every question is answered and every decision taken back."""

from __future__ import annotations

import re

import pytest

from avatar.workspace import record_index
from benchmarks import dashboard_review


def test_every_question_is_answered_and_the_last_line_says_it_all(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_index, "SETTLED_S", 0)
    assert dashboard_review.main(["--pictures", "60", "--rounds", "1", "--no-browser", "--every"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"dashboard_review: rows in \d+ ms \(\d+ the first time\), slider \d+ ms, decision \d+ ms; "
        r"\d+ MiB at the end \(60 pictures\)",
        last,
    )
