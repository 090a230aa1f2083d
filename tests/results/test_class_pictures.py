"""Pictures of the class by the base alone, laid out for regularisation."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from avatar.commands import back_ends
from avatar.commands import trial as trial_commands
from avatar.commands.trial import Wish
from avatar.results import class_pictures, trial, trial_draw
from avatar.workspace.client import Client
from tests.results import fake_backend
from tests.results.fake_backend import FakeBackend
from tests.scripted import MakeSession

SMALL = Wish(side_px=64)


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    one = FakeBackend()
    monkeypatch.setattr(back_ends, "chosen", lambda settings, base, models, side_px, **named: back_ends.Chosen([one], side_px))
    return one


def laid_out(client: Client) -> list[Path]:
    return sorted((client.regularisation / "1_woman").glob("*.png"))


def test_pictures_of_the_class_are_drawn_without_any_lora_and_laid_out_with_the_class_word(
    make: MakeSession, client: Client, backend: FakeBackend
) -> None:
    session, ui = make()
    result = trial_commands.draw_class(session, "ana", 10, SMALL)
    session.show(result)
    assert result.value.folder == client.regularisation / "1_woman" and str(result.value.folder) in ui.text
    assert len(laid_out(client)) == len(backend.drawn) == 10
    assert {request.model for request in backend.drawn} == {None}
    assert len({request.seed for request in backend.drawn}) == 10 and len({request.prompt for request in backend.drawn}) == 8
    assert all("woman" in request.prompt and "ohwx" not in request.prompt for request in backend.drawn)
    for path in laid_out(client):
        assert path.with_suffix(".txt").read_text(encoding="utf-8") == "woman"
        with Image.open(path) as picture:
            assert "photo of a woman" in picture.info["parameters"]
    assert trial.trial_ids(client) == []


def test_more_of_them_draws_only_what_is_missing(make: MakeSession, client: Client, backend: FakeBackend) -> None:
    session, _ = make()
    trial_commands.draw_class(session, "ana", 4, SMALL)
    trial_commands.draw_class(session, "ana", 6, SMALL)
    assert len(backend.drawn) == 6 and len(laid_out(client)) == 6
    trial_commands.draw_class(session, "ana", 6, SMALL)
    assert len(backend.drawn) == 6


def test_as_long_as_some_are_missing_none_is_laid_out(
    make: MakeSession, client: Client, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_draw.Crew.__init__, "__kwdefaults__", {"pauses_s": ()})
    backend.events = fake_backend.fails_at(4, error=fake_backend.lost("gone"))
    session, ui = make()
    result = trial_commands.draw_class(session, "ana", 6, SMALL)
    session.show(result)
    assert result.error is not None and result.value.done == 3 and result.value.folder is None
    assert laid_out(client) == [] and "3 de 6" in ui.text
    assert trial_commands.draw_class(session, "ana", 6, SMALL).value.drawn == 3
    assert len(laid_out(client)) == 6


def test_ctrl_c_keeps_what_is_drawn(
    make: MakeSession, client: Client, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished, calls = trial_draw.Crew.finished, []

    def interrupted(self: trial_draw.Crew, timeout_s: float) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return finished(self, 0.1)

    backend.seconds = 0.05
    monkeypatch.setattr(trial_draw.Crew, "finished", interrupted)
    session, _ = make()
    result = trial_commands.draw_class(session, "ana", 40, SMALL)
    assert result.interrupted and 0 < result.value.done < 40 and laid_out(client) == []
    assert len(list((client.samples / class_pictures.FOLDER).glob("*.png"))) == result.value.done
