"""The benchmark of drawn faces on two drawn here: one that MTCNN misses, and a picture without a face."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar.faces import detection
from avatar.faces import stylised as drawn_faces
from avatar.faces.face import DetectedFace
from benchmarks import stylised
from tests.faces.test_detection import face_at
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


def test_with_a_client_a_face_that_is_somebody_elses_counts_as_remarked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("mtcnn")
    face = DetectedFace((60.0, 60.0, 120.0, 150.0), 0.99, face_at(60, 60, 120, 150).keypoints)
    monkeypatch.setattr(detection, "find_faces", lambda *_, **__: [face])
    monkeypatch.setattr(drawn_faces, "find_faces", lambda *_, **__: drawn_faces.Found((face,)))
    monkeypatch.setattr(
        stylised, "_vector", lambda rgb, face: np.array([1.0, 0.0]) if rgb[0, 0, 0] > 99 else np.array([0.0, 1.0])
    )
    for kind, grey, many in (("without", 50, 2), ("things", 200, 1), ("client", 200, 5)):
        (tmp_path / kind).mkdir()
        for number in range(many):
            cv2.imwrite(str(tmp_path / kind / f"{number}.png"), np.full((300, 300, 3), grey + number, np.uint8))
    assert stylised.main([str(tmp_path), "--client", str(tmp_path / "client")]) == 0
    told = capsys.readouterr().out
    assert "without     2: found 2  approved 2  remarked 2" in told and "things      1: found 1  approved 1  remarked 0" in told
    with pytest.raises(SystemExit, match="5 are needed"):
        stylised.main([str(tmp_path), "--client", str(tmp_path / "things")])


def test_a_folder_without_the_two_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        stylised.main([str(tmp_path)])
