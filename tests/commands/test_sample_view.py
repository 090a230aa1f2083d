"""What commands make of the sample pictures: their likeness while a training goes on, an animation and advice after it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from avatar.commands import training_view
from avatar.results import likeness
from avatar.training import progress_file, sample_pictures
from avatar.training.progress_file import SampleRow
from avatar.workspace.client import Client
from tests.scripted import MakeSession


def test_nothing_is_loaded_before_the_first_sample_and_then_once(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Client] = []

    def mirror(client: Client, settings: object) -> object:
        made.append(client)
        return SimpleNamespace(likeness=lambda path: 0.5)

    monkeypatch.setattr(likeness, "mirror", mirror)
    session, _ = make()
    measure = training_view.measuring(session, client)
    assert made == []
    assert [measure(Path("a.png")), measure(Path("b.png"))] == [0.5, 0.5]
    assert made == [client]
    monkeypatch.setattr(likeness, "mirror", lambda client, settings: None)
    assert training_view.measuring(session, client)(Path("a.png")) is None


def test_a_training_is_watched_with_the_likeness_of_its_client(client: Client, make: MakeSession) -> None:
    session, _ = make()
    with session.progress("progress.training") as bar:
        assert training_view.watching_on_screen(session, bar, client=client).likeness is not None
        assert training_view.watching_on_screen(session, bar).likeness is None


def test_after_a_training_its_samples_are_an_animation_and_its_likeness_is_advice(client: Client, make: MakeSession) -> None:
    folder = client.runs / "r1"
    (folder / sample_pictures.FOLDER).mkdir(parents=True)
    rows = progress_file.Rows(folder / progress_file.PROGRESS_FILE)
    for step, mean in ((250, 0.2), (500, 0.6), (750, 0.6), (1000, 0.6)):
        for prompt in range(3):
            name = f"ana_{step:06d}_{prompt:02d}_20260101120000_42.png"
            Image.new("RGB", (64, 64), (step % 255, 80, 90)).save(folder / sample_pictures.FOLDER / name)
            rows.add_sample(SampleRow(name, prompt, step, mean + prompt / 1000), 1.0)
    rows.close()
    session, _ = make()
    shown = training_view.samples_told(session, client, "r1")
    assert [text.key for text in shown] == ["plot.samples_written", "likeness.no_longer_better"]
    assert shown[1].values == {"step": 500}
    assert (folder / "samples.webp").stat().st_size > 100
    (folder / "samples.webp").unlink()
    (folder / "samples.webp").mkdir()
    assert [text.key for text in training_view.samples_told(session, client, "r1")] == ["plot.failed"]
    assert training_view.samples_told(session, client, "none") == []
