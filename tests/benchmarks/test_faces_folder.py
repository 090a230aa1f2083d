"""The benchmark of the faces in a folder of one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from benchmarks import faces, faces_folder


def write(path: Path, width: int, height: int, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8))
    return path


def test_the_pictures_are_chosen_evenly_and_lie_flat(tmp_path: Path) -> None:
    for number in range(10):
        write(tmp_path / "in" / str(number % 2) / f"{number}.jpg", 30, 20, number)
    (tmp_path / "in" / "notes.txt").write_text("no picture", encoding="utf-8")
    chosen = faces_folder.linked(tmp_path / "in", tmp_path / "flat", 5)
    assert [path.name for path in chosen] == ["00000.jpg", "00001.jpg", "00002.jpg", "00003.jpg", "00004.jpg"]
    assert len({path.read_bytes() for path in chosen}) == 5


@pytest.mark.parametrize(
    ("name", "size", "kind"),
    [
        ("a.png", (100, 80), "PNG up to 2 MP"),
        ("a.jpg", (2000, 1500), "JPEG 2 to 8 MP"),
        ("b.jpg", (5000, 4000), "JPEG 16 MP and more"),
    ],
)
def test_a_kind_is_format_and_size(tmp_path: Path, name: str, size: tuple[int, int], kind: str) -> None:
    assert faces_folder.kind_of(write(tmp_path / name, *size)) == kind


def test_a_line_has_the_means_of_all_sides_and_both_ratios() -> None:
    sides: dict[str, faces_folder.Timed] = {
        "floor": {"a": [0.02, 0], "b": [0.04, 0]}, "plain": {"a": [0.2, 1], "b": [0.4, 1]},
        "ours": {"a": [0.05, 1], "b": [0.07, 1]},
    }  # fmt: skip
    line = faces_folder.told("PNG, with a face", ["a", "b"], sides)
    assert line == "PNG, with a face (2): plain 300 ms, ours 60 ms, floor 30 ms; 5.0x the plain way, 2.0x the floor"


def test_every_picture_is_timed_by_itself_with_and_without_a_face(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    portrait = faces.framed(faces.portrait(), 400, 300, 0.9, 1)
    cv2.imwrite(str(tmp_path / "with.png"), portrait[..., ::-1])
    source = write(tmp_path / "in" / "without.png", 300, 200).parent
    (tmp_path / "with.png").rename(source / "with.png")
    (source / "broken.jpg").write_bytes(b"\xff\xd8\xff" + bytes(300))

    def apart(*arguments: str, core: int | None = 0) -> dict[str, Any]:
        side = arguments[1]
        if side == "plain":
            return {path.name: [1.0, 1] for path in faces.pictures_in(arguments[2])}
        return faces_folder.child(*arguments[1:])

    monkeypatch.setattr(faces, "apart", apart)
    monkeypatch.setattr(faces_folder, "TURNS", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    work = tmp_path / "work"
    work.mkdir()
    assert faces_folder.compare(work, source, 10) == 0
    lines = capsys.readouterr().out.splitlines()
    kinds = ["PNG up to 2 MP, with a face (1)", "PNG up to 2 MP, without a face (1)"]
    totals = ["all, with a face (1)", "all, without a face (1)", "all (2)", "3 pictures"]
    assert [line.partition(":")[0] for line in lines] == kinds + totals
    assert re.search(r"1 workers [\d.]+x one \([\d.]+\)$", lines[-1])
