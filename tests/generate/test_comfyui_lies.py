"""The ten ways in which a real ComfyUI says "success" without having done what was asked: what the program makes of each.

Each was measured on a running server (shared facts, generation_backends.md); the stand-in does the same. What is wrong with
a file itself is found before anything is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar.generate import comfyui, comfyui_watch, lora_folder, proof
from avatar.generate.backend import BackendError, Drawn, LoraError, LoraFile, PictureError
from avatar.generate.comfyui import ComfyUI
from avatar.generate.comfyui_reply import Image, finished_picture
from avatar.texts.text import PipelineError
from config import GenerateConfig
from tests.generate import lora_files
from tests.generate.drawing import BASE, at_step, lora, quiet, request, told
from tests.generate.standin_comfyui import StandInComfyUI
from tests.generate.standin_pictures import pixels


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StandInComfyUI]:
    with StandInComfyUI(tmp_path / "comfyui") as standin:
        yield standin


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfyui_watch, "EVENT_S", 0.02)
    monkeypatch.setattr(comfyui_watch, "LOOK_S", 0.2)
    monkeypatch.setattr(comfyui, "LIST_S", 0.3)


def draw(server: StandInComfyUI, *models: LoraFile, weights: tuple[str, ...] = ("1.0",)) -> list[Drawn]:
    """Draw each model at each weight."""
    with ComfyUI(GenerateConfig(comfyui_address=server.url)).open(BASE, models, quiet) as drawing:
        return [drawing.draw(request(model, weight), quiet) for model in models for weight in weights]


def refusal(server: StandInComfyUI, *models: LoraFile) -> tuple[type[PipelineError], str]:
    with pytest.raises(PipelineError) as refused:
        draw(server, *models)
    return type(refused.value), told(refused.value)


# --- files: found before, and what of them still shows in the picture ------------------------------------------------


def _nan() -> dict[str, Any]:
    content = lora_files.tensors()
    name = next(iter(content))
    content[name] = np.full_like(content[name], np.nan)
    return content


FILES: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "of SD 1.5: nothing is applied": (lora_files.sd15, "draw.lora.of_sd15"),
    "of Flux: nothing is applied": (lora_files.flux, "draw.lora.of_flux"),
    "right names, other sizes: nothing is applied": (lambda: lora_files.tensors((1, 2, 4)), "draw.lora.sizes"),
    "300 right modules and others: a part is applied": (
        lambda: {**lora_files.tensors(modules=300), **lora_files.sd15()}, "draw.lora.mixed",
    ),
    "NaN in one tensor: a black picture": (_nan, "draw.lora.not_finite"),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_it_would_pass_over_is_refused_before_it_is_sent(tmp_path: Path, case: str) -> None:
    make, key = FILES[case]
    with pytest.raises(LoraError) as refused:
        proof.check_lora(lora_files.write(tmp_path / "a.safetensors", make()), lora_files.SMALL)
    assert told(refused.value) == key


def test_a_file_that_is_passed_over_shows_in_the_picture_at_weight_0(server: StandInComfyUI, tmp_path: Path) -> None:
    server.no_effect = (b"flux",)
    passed_over = draw(server, lora(tmp_path, b"flux"), weights=("0", "1.0"))
    applied = draw(server, lora(tmp_path, b"ok"), weights=("0", "1.0"))
    assert proof.no_effect(*(one.png for one in passed_over))
    assert not proof.no_effect(*(one.png for one in applied))


# --- the others ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lie:
    """One row: what is done to the server, and what is said of it."""

    prepare: Callable[[StandInComfyUI], object]
    kind: type[PipelineError]
    key: str


def _black(server: StandInComfyUI) -> None:
    server.black = (b"ok",)


def _node_errors(server: StandInComfyUI) -> None:
    extra = {"input_name": "strength_model", "received_value": "1"}
    error = {"type": "value_not_in_list", "message": "Value not in list", "details": "strength_model", "extra_info": extra}
    server.node_errors = {"20": {"errors": [error], "dependent_outputs": ["23"], "class_type": "LoraLoaderModelOnly"}}


def _lora_gone(server: StandInComfyUI) -> None:
    listed = server.lora_names
    server.lora_names = lambda: [] if server.asked("/prompt") else listed()  # type: ignore[method-assign]


def _rewritten(graph: dict[str, Any]) -> dict[str, Any]:
    sampler = {**graph["3"]["inputs"], "steps": 2}
    return {**graph, "3": {**graph["3"], "inputs": sampler}}


def _rewrite(server: StandInComfyUI) -> None:
    server.rewrite = _rewritten


def _interrupt(server: StandInComfyUI) -> None:
    server.on_step = at_step(2, server._cut.set, times=99)


def _delete(server: StandInComfyUI) -> None:
    class Taking(list[Any]):
        def append(self, item: Any) -> None:
            """Somebody takes it from the queue at once: no event names it, and its history stays empty."""

    server.pending = Taking()


def _fail(node: str, kind: str, message: str) -> Callable[[StandInComfyUI], object]:
    return lambda server: server.fail.update({node: (kind, message)})


LIES: dict[str, Lie] = {
    "LoRA taken from its folder: 400": Lie(_lora_gone, BackendError, "server.lora_not_listed"),
    "NaN: success, a black picture": Lie(_black, PictureError, "draw.picture.black"),
    "cut file: success of the request, then an error at the loader": Lie(
        _fail("LoraLoaderModelOnly", "SafetensorError", "invalid header"), BackendError, "server.lora_unreadable"
    ),
    "200 with node_errors: a part is left out": Lie(_node_errors, PictureError, "server.refused"),
    "an extension changes the graph: success": Lie(_rewrite, PictureError, "server.other_graph"),
    "interrupted by somebody, every time": Lie(_interrupt, PictureError, "server.cut_off"),
    "taken from the queue, every time": Lie(_delete, PictureError, "server.cut_off"),
    "disk full: 200, then an error at the last node": Lie(
        _fail("PreviewImage", "OSError", "[Errno 28] No space left on device"), BackendError, "server.disk_full"
    ),
    "out of memory: 200, then an error at the sampler": Lie(
        _fail("KSampler", "torch.OutOfMemoryError", "Allocation on device 0"), BackendError, "server.out_of_memory"
    ),
    "any other error: 200": Lie(_fail("VAEDecode", "RuntimeError", "x"), PictureError, "server.failed"),
}


@pytest.mark.parametrize("case", LIES)
def test_what_was_not_done_is_told_for_what_it_is(server: StandInComfyUI, tmp_path: Path, case: str) -> None:
    lie, model = LIES[case], lora(tmp_path)
    lie.prepare(server)
    assert refusal(server, model) == (lie.kind, lie.key)
    assert server.running == []
    assert list(server.loras.iterdir()) == []


@pytest.mark.parametrize("act", ["interrupt", "delete"])
def test_a_picture_that_somebody_took_away_is_drawn_again(server: StandInComfyUI, act: str) -> None:
    notes: list[str] = []
    if act == "interrupt":
        server.on_step = at_step(2, server._cut.set, times=2)
    else:
        server.hold.set()
    with ComfyUI(GenerateConfig(comfyui_address=server.url)).open(BASE, [], lambda note: notes.append(told(note))) as drawing:
        if act == "interrupt":
            assert drawing.draw(request(), quiet).png
        else:
            _take_once(server)
            assert drawing.draw(request(), quiet).png
    assert notes == (["server.again.interrupted"] * 2 if act == "interrupt" else ["server.again.gone"])


def _take_once(server: StandInComfyUI) -> None:
    import threading
    import time

    def take() -> None:
        while not server.pending:
            time.sleep(0.01)
        with server.lock:
            server.pending.clear()
            server.hold.clear()

    threading.Thread(target=take, daemon=True).start()


def test_the_same_graph_again_is_drawn_and_not_taken_from_the_cache(server: StandInComfyUI, tmp_path: Path) -> None:
    model = lora(tmp_path)
    first, second = draw(server, model, weights=("1.0", "1.0"))
    names = [entry["outputs"]["9"]["images"][0]["filename"] for entry in server.history.values()]
    assert len(set(names)) == 2
    assert pixels(first.png) == pixels(second.png)


def test_a_picture_out_of_the_cache_is_refused(server: StandInComfyUI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from avatar.generate import comfyui_graph

    graph = comfyui_graph.graph
    monkeypatch.setattr(comfyui_graph, "graph", lambda asked, names, _: graph(asked, names, "always the same"))
    with ComfyUI(GenerateConfig(comfyui_address=server.url)).open(BASE, [], quiet) as drawing:
        drawing.draw(request(), quiet)
        with pytest.raises(PictureError) as refused:
            drawing.draw(request(), quiet)
    assert told(refused.value) == "server.from_cache"


def test_a_lora_replaced_under_its_name_cannot_be_served_in_its_old_content(server: StandInComfyUI, tmp_path: Path) -> None:
    path = tmp_path / "ana.safetensors"
    path.write_bytes(b"ok old")
    old = lora(tmp_path, b"ok old")
    new = lora(tmp_path, b"ok new")
    assert lora_folder.file_name(old) != lora_folder.file_name(new)
    one, two = draw(server, old, new)
    assert pixels(one.png) != pixels(two.png)
    # Under one name the server does serve the old content.
    (server.loras / "same.safetensors").write_bytes(b"ok old")
    server._files = {"same.safetensors": b"ok old"}
    (server.loras / "same.safetensors").write_bytes(b"ok new")
    server._run_node({"10": {"class_type": "LoraLoader", "inputs": {"strength_model": 1, "lora_name": "same.safetensors"}}},
                     "10", "", "")  # fmt: skip
    assert server._files["same.safetensors"] == b"ok old"


def test_a_picture_that_was_given_before_is_refused(server: StandInComfyUI, monkeypatch: pytest.MonkeyPatch) -> None:
    same = iter(["a", "a"])

    def renamed(*arguments: Any, **more: Any) -> Image:
        image = finished_picture(*arguments, **more)
        (server.temp / next(same)).write_bytes((server.temp / image.filename).read_bytes())
        return Image("a", "", "temp")

    monkeypatch.setattr(comfyui, "finished_picture", renamed)
    with ComfyUI(GenerateConfig(comfyui_address=server.url)).open(BASE, [], quiet) as drawing:
        drawing.draw(request(), quiet)
        with pytest.raises(PictureError) as refused:
            drawing.draw(request(), quiet)
    assert told(refused.value) == "server.old_picture"
