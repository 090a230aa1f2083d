"""A real ComfyUI and a real Forge, on a processor with a checkpoint of toy size: skipped unless their addresses are given.

    AVATAR_COMFYUI=http://127.0.0.1:8188 AVATAR_FORGE=http://127.0.0.1:7860 AVATAR_LORAS=folder AVATAR_BASE=small_sdxl.ckpt

AVATAR_LORAS has two checkpoints of one training that fit AVATAR_BASE. Nobody else may use the servers meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from avatar.generate import comfyui_graph, proof
from avatar.generate.a1111 import A1111
from avatar.generate.a1111_watch import state_of
from avatar.generate.backend import Base, Cancelled, LoraFile
from avatar.generate.comfyui import ComfyUI
from avatar.generate.comfyui_watch import queue_of
from config import GenerateConfig
from tests.generate import lora_files
from tests.generate.drawing import Aside, quiet, request, told
from tests.generate.standin_pictures import pixels

ADDRESSES = {"comfyui": os.environ.get("AVATAR_COMFYUI", ""), "a1111": os.environ.get("AVATAR_FORGE", "")}
LORAS = Path(os.environ.get("AVATAR_LORAS", "/none"))
BASE = Base(name=os.environ.get("AVATAR_BASE", "small_sdxl.ckpt"), path=None, sha256="")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
Made = ComfyUI | A1111


@pytest.fixture(params=ADDRESSES)
def made(request: pytest.FixtureRequest) -> Made:
    return _made(request.param)


def _made(kind: str) -> Made:
    if not ADDRESSES[kind] or not LORAS.is_dir():
        pytest.skip(f"no address of a real {kind}")
    return (ComfyUI if kind == "comfyui" else A1111)(GenerateConfig(), ADDRESSES[kind])


def model(path: Path) -> LoraFile:
    return LoraFile(name=path.stem, path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def checkpoints() -> list[LoraFile]:
    return [model(path) for path in sorted(LORAS.glob("*.safetensors"))[:2]]


def step_of(made: Made) -> int:
    """Return whether the server is drawing, by its own word: for ComfyUI 1 while a prompt runs, for Forge its step."""
    if isinstance(made, ComfyUI):
        return len(queue_of(made._server).running)
    return state_of(made._server).step


def when(true: Callable[[], bool], within_s: float = 300.0) -> None:
    until = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_each_lora_and_weight_makes_its_own_picture_and_weight_0_is_the_base(made: Made) -> None:
    first, second = checkpoints()
    with made.open(BASE, [first, second], quiet) as drawing:
        pictures = {
            (name, weight): drawing.draw(request(of, weight), quiet).png
            for name, of, weight in (
                ("base", None, "0"), ("first", first, "1.0"), ("first", first, "0"), ("first", first, "0.5"),
                ("second", second, "1.0"), ("first again", first, "1.0"),
            )
        }  # fmt: skip
    assert proof.no_effect(pictures["base", "0"], pictures["first", "0"])
    assert proof.no_effect(pictures["first", "1.0"], pictures["first again", "1.0"]), "the same request, the same pixels"
    assert len({pixels(png) for png in pictures.values()}) == 4


def test_a_file_for_another_model_is_claimed_and_does_nothing(made: Made, tmp_path: Path) -> None:
    foreign = model(lora_files.write(tmp_path / "a.safetensors", lora_files.flux()))
    with made.open(BASE, [foreign], quiet) as drawing:
        base, drawn = (drawing.draw(request(of, "1.0"), quiet) for of in (None, foreign))
    assert proof.no_effect(base.png, drawn.png)


def test_ours_is_interrupted_and_the_next_is_whole(made: Made) -> None:
    with made.open(BASE, [], quiet) as drawing:
        whole = drawing.draw(request(steps=6), quiet)
    with made.open(BASE, [], quiet) as drawing:
        aside = Aside(drawing, request(steps=60))
        when(lambda: step_of(made) > 0)
        began = time.monotonic()
        made.interrupt()
        with pytest.raises(Cancelled):
            aside.end()
        print(f"{made.kind}: interrupted after {time.monotonic() - began:.1f} s")
    with made.open(BASE, [], quiet) as drawing:
        assert pixels(drawing.draw(request(steps=6), quiet).png) == pixels(whole.png)


def test_a_picture_that_somebody_interrupts_is_drawn_again(made: Made) -> None:
    notes = list[str]()
    with made.open(BASE, [], lambda note: notes.append(told(note))) as drawing:
        whole = drawing.draw(request(steps=8), quiet)
        cut = threading.Event()

        def interrupt(done: float) -> None:
            if 0.1 < done < 0.5 and not cut.is_set():
                cut.set()
                path = "/interrupt" if isinstance(made, ComfyUI) else "/sdapi/v1/interrupt"
                made._server.ask("POST", path, body={})

        again = drawing.draw(request(steps=8), interrupt)
    assert cut.is_set()
    assert notes == ["server.again.interrupted"]
    assert pixels(again.png) == pixels(whole.png)


def test_nothing_of_ours_is_left_in_its_folder(made: Made) -> None:
    first, _ = checkpoints()
    with made.open(BASE, [first], quiet):
        folder = made.lora_folder_there()
        assert [one.name for one in folder.glob("avatar_*.safetensors")]
    assert list(folder.glob("avatar_*")) == []


# --- ComfyUI alone ---------------------------------------------------------------------------------------------------


def _graph(steps: int, nonce: str) -> dict[str, Any]:
    names = comfyui_graph.Names(checkpoint=BASE.name, loras={})
    return comfyui_graph.graph(request(steps=steps), names, nonce)


def test_a_prompt_that_somebody_takes_from_the_queue_is_asked_for_again() -> None:
    made, notes = _made("comfyui"), list[str]()
    assert isinstance(made, ComfyUI)
    with made.open(BASE, [], lambda note: notes.append(told(note))) as drawing:
        others = made._server.ask("POST", "/prompt", body={"prompt": _graph(12, "others")}).json()["prompt_id"]
        aside = Aside(drawing, request())
        when(lambda: len(queue_of(made._server).pending) == 1)
        made._server.ask("POST", "/queue", body={"delete": list(queue_of(made._server).pending)})
        assert aside.end().png
    assert notes == ["server.again.gone"]
    assert made._server.get(f"/history/{others}")[others]["status"]["status_str"] == "success"


def test_an_interrupt_while_ours_waits_leaves_anothers_picture_whole() -> None:
    made = _made("comfyui")
    assert isinstance(made, ComfyUI)
    with made.open(BASE, [], quiet) as drawing:
        others = made._server.ask("POST", "/prompt", body={"prompt": _graph(12, "others too")}).json()["prompt_id"]
        aside = Aside(drawing, request())
        when(lambda: len(queue_of(made._server).pending) == 1)
        made.interrupt()
        with pytest.raises(Cancelled):
            aside.end()
        assert queue_of(made._server).pending == ()
        when(lambda: others in made._server.get(f"/history/{others}"))
    assert made._server.get(f"/history/{others}")[others]["status"]["status_str"] == "success"
