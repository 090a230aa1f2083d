"""The benchmark of drawn faces on two drawn here: one that MTCNN misses, and a picture without a face."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import stylised
from tests.faces.test_stylised import drawn_head


def test_the_benchmark_counts_what_each_look_finds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mtcnn")
    for kind, picture in (("faces", drawn_head()), ("without", np.full((300, 300, 3), 90, np.uint8))):
        (tmp_path / kind).mkdir()
        cv2.imwrite(str(tmp_path / kind / "one.png"), picture[..., ::-1])
    assert stylised.main([str(tmp_path), "--limits", "0.7", "0.99"]) == 0
    photo, sure, surer = capsys.readouterr().out.split("\n\n")[1:]
    assert "all        faces       1: found 0" in photo
    assert "all        faces       1: found 1  approved 1  remarked 1" in sure
    assert "all        without     1: found 0  approved 0" in sure
    assert "all        faces       1: found 0" in surer


def test_a_folder_without_the_two_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        stylised.main([str(tmp_path)])
