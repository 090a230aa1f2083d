"""Trials drawn by ComfyUI and A1111 over real sockets: whole, killed and started again, shared out, and not lied to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from avatar.generate import a1111_watch, comfyui_watch
from avatar.generate.a1111 import A1111
from avatar.generate.backend import Backend
from avatar.generate.comfyui import ComfyUI
from avatar.results import trial
from avatar.results.trial_run import Callbacks, Outcome
from avatar.texts.text import Text
from avatar.workspace.client import Client
from config import GenerateConfig
from tests.generate.standin_comfyui import StandInComfyUI
from tests.generate.standin_forge import StandInForge
from tests.results.conftest import Draw

WHOLE = 2 + 4 * 2 + 3 * 2 * 3  # as in test_trial_run.py
StandIn = StandInComfyUI | StandInForge


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfyui_watch, "EVENT_S", 0.02)
    monkeypatch.setattr(comfyui_watch, "LOOK_S", 0.2)
    monkeypatch.setattr(comfyui_watch, "END_S", 0.5)
    for name, value in (("POLL_S", 0.02), ("IDLE_POLL_S", 0.02), ("LAST_WORD_S", 0.5), ("END_S", 0.5)):
        monkeypatch.setattr(a1111_watch, name, value)


@pytest.fixture(params=[StandInComfyUI, StandInForge])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StandIn]:
    with request.param(tmp_path / "server") as standin:
        yield standin


def backend(server: StandIn) -> Backend:
    settings = GenerateConfig(base_name="small_sdxl.ckpt")
    return ComfyUI(settings, server.url) if isinstance(server, StandInComfyUI) else A1111(settings, server.url)


def asked(server: StandIn) -> int:
    return len(server.asked("/prompt" if isinstance(server, StandInComfyUI) else "/sdapi/v1/txt2img"))


def states(outcome: Outcome) -> list[str]:
    return sorted({line.state for line in trial.lines(outcome.folder).values()})


def test_a_trial_is_drawn_whole_each_picture_once_and_nothing_is_left_on_the_server(server: StandIn, draw: Draw) -> None:
    made = backend(server)
    outcome = draw(made, kind=made.kind)
    assert outcome.whole and outcome.done == outcome.total == WHOLE
    assert asked(server) == WHOLE
    assert states(outcome) == ["done"]
    assert list(server.loras.iterdir()) == []
    for line in trial.lines(outcome.folder).values():
        with Image.open(trial.picture_file(outcome.folder, line)) as picture:
            assert "Steps:" in picture.info["parameters"]
            assert "prompt" not in picture.info, "what the server wrote into it is taken out"
            assert "avatar_" not in picture.info["parameters"], "the name of the copy is nobody's business"


def test_a_server_that_is_killed_and_started_again_in_a_trial_goes_on(server: StandIn, draw: Draw) -> None:
    port, made, notes = server.port, backend(server), list[Text]()
    killed = threading.Event()

    def kill(_: str, step: int) -> None:
        if asked(server) == 5 and step == 2 and not killed.is_set():
            killed.set()
            threading.Thread(target=restart, daemon=True).start()
            killed.wait(0.2)

    def restart() -> None:
        server.stop()
        time.sleep(0.5)
        if isinstance(server, StandInComfyUI):
            server.forget()
        server.start(port)

    server.on_step = kill
    server.step_s = 0.002
    callbacks = Callbacks(shortlist=lambda folder, one: one.rounds[1].candidates[:3], on_note=notes.append)
    outcome = draw(made, kind=made.kind, callbacks=callbacks)
    assert killed.is_set()
    assert outcome.whole and outcome.done == WHOLE
    assert asked(server) <= WHOLE + 2, "only what was at work is asked for again"
    assert "trial.lost" in [note.key for note in notes]
    assert list(server.loras.iterdir()) == []


def test_a_lora_that_the_server_passes_over_is_found_out_by_the_picture_at_weight_0(
    server: StandIn, draw: Draw, trained: Client
) -> None:
    final = next(trained.models.glob("*.safetensors"))
    server.no_effect = (final.read_bytes(),)
    made = backend(server)
    outcome = draw(made, kind=made.kind)
    passed_over = [line for line in trial.lines(outcome.folder).values() if line.state == "no_effect"]
    assert passed_over and {line.candidate.partition("@")[0] for line in passed_over} == {"final"}


def test_two_servers_share_the_pictures_out(draw: Draw, tmp_path: Path) -> None:
    with StandInComfyUI(tmp_path / "one") as one, StandInComfyUI(tmp_path / "two") as two:
        one.step_s = two.step_s = 0.01
        outcome = draw(backend(one), backend(two))
        assert outcome.whole
        assert asked(one) + asked(two) == WHOLE
        assert min(asked(one), asked(two)) > 3
