"""The benchmark of likeness: its figures are those of plain arithmetic, and a folder with too few pictures is told so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import identity as benchmark
from benchmarks.identity import Seen
from tests.faces.test_persons import around, axis
from tests.places import ROOT


def seen(person: int, count: int, spread: float) -> list[Seen]:
    vectors = around(axis(person), spread, count, person)
    return [Seen(f"p{person}", f"{i}.jpg", vector, "yunet", 0.05) for i, vector in enumerate(vectors)]


def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pictures: list[Seen]) -> tuple[int, str]:
    monkeypatch.setattr(benchmark, "look", lambda folder, workers: pictures)
    monkeypatch.setattr(sys, "argv", ["identity.py", "folder", "--sets", "20"])
    code = benchmark.main()
    return code, capsys.readouterr().out


def test_a_picture_is_compared_with_the_others_of_its_person_and_with_every_stranger() -> None:
    known = {"a": around(axis(0), 0.5, 3, 1), "b": around(axis(1), 0.5, 4, 2)}
    own, strangers = benchmark.against_means(known)
    assert (len(own), len(strangers)) == (7, 7)
    rest = known["a"][1] + known["a"][2]
    assert own[0] == pytest.approx(float(known["a"][0] @ rest / np.linalg.norm(rest)))
    assert benchmark.share([0.1, 0.3, 0.5], 0.3) == pytest.approx(1 / 3)


def test_persons_that_are_well_apart_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = [item for person in range(10) for item in seen(person, 8, 0.6)]
    pictures.append(Seen("p9", "none.jpg", None, "", 0.0))
    code, out = told(monkeypatch, capsys, pictures)
    assert code == 0
    assert "10 persons, 81 pictures; no face found: 1" in out
    assert "points and vector of a face: median 50 ms" in out
    assert "the centre went to a stranger: 0" in out
    assert "5 + 5 pictures of two persons: told to be two 20 times" in out
    assert "wrongly called several 0 times" in out
    assert out.splitlines()[-1] == "identity: 0.00 % of own pictures refused, 0.00 % of strangers taken for the client"


def test_pictures_that_lie_beside_their_person_are_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = [item for person in range(4) for item in seen(person, 9, 0.6)]
    pictures.insert(9, Seen("p0", "wrong.jpg", axis(60), "detector", 0.05))
    _, out = told(monkeypatch, capsys, pictures)
    assert "aligned by MTCNN's points, as YuNet found none: 1" in out
    assert out.splitlines()[-1].startswith("identity: 2.70 % of own pictures refused")


def test_too_few_pictures_are_said_to_be_too_few(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = told(monkeypatch, capsys, [*seen(0, 5, 0.5), *seen(1, 9, 0.5)])
    assert code == 1
    assert "two persons with more than 5 faces" in out


def test_its_help_says_what_a_folder_holds(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "identity.py"), "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert "a folder per person" in said
