"""The benchmark of drawing runs, and says a figure for each of its times."""

from __future__ import annotations

import pytest

from benchmarks import draw_overhead


def test_two_pictures_are_drawn_and_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(draw_overhead, "SIDE_PX", 64)
    assert draw_overhead.main(["--pictures", "2"]) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("2 pictures of 64 px: ")
    assert [line.endswith(" %") for line in others] == [True] * len(draw_overhead.OWN_S)
