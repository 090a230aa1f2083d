"""The twenty ways in which a real Forge answers 200 without having done what was asked: what the program makes of each.

Each was measured on a running server (shared facts, generation_backends.md); the stand-in does the same. What is wrong with a
file itself is found before anything is sent: `test_comfyui_lies.py` has those. Interrupts are in `test_a1111.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from avatar.generate import a1111, a1111_reply, a1111_watch, lora_folder, proof
from avatar.generate.a1111 import A1111
from avatar.generate.backend import BackendError, Drawn, LoraFile, PictureError
from avatar.texts.text import PipelineError
from config import GenerateConfig
from tests.generate.drawing import BASE, lora, quiet, request, told
from tests.generate.standin_forge import StandInForge
from tests.generate.standin_pictures import pixels


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StandInForge]:
    with StandInForge(tmp_path / "forge") as standin:
        standin.step_s = 0.01
        yield standin


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(a1111_watch, "POLL_S", 0.01)
    monkeypatch.setattr(a1111_watch, "IDLE_POLL_S", 0.02)


def draw(server: StandInForge, *models: LoraFile, weights: tuple[str, ...] = ("1.0",), **asked: Any) -> list[Drawn]:
    """Draw each model at each weight."""
    with A1111(GenerateConfig(a1111_address=server.url)).open(BASE, models, quiet) as drawing:
        return [drawing.draw(request(model, weight, **asked), quiet) for model in models for weight in weights]


def sent_as(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Send another body than the one that is compared: as if the server understood it otherwise."""
    body = a1111_reply.body
    monkeypatch.setattr(a1111_reply, "body", lambda asked, overrides: change(body(asked, overrides)))


def _prompt(replaced: str, by: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: {**body, "prompt": body["prompt"].replace(replaced, by)}


@dataclass(frozen=True)
class Lie:
    """One row. sent: what reaches the server in place of what was asked; prepare: what is done to it before."""

    kind: type[PipelineError]
    key: str
    sent: Callable[[dict[str, Any]], dict[str, Any]] = dict
    prepare: Callable[[StandInForge], object] = id


def _forget_file(server: StandInForge) -> None:
    """Take the LoRA away once it is in the list."""
    answer = server._draw

    def drawn(body: dict[str, Any]) -> dict[str, Any]:
        for path in server.loras.glob("avatar_*.safetensors"):
            path.unlink()
        return answer(body)

    server._draw = drawn  # type: ignore[method-assign]


def _cut_file(server: StandInForge) -> None:
    answer = server._draw

    def drawn(body: dict[str, Any]) -> dict[str, Any]:
        for path in server.loras.glob("avatar_*.safetensors"):
            path.write_bytes(b"cut")
        return answer(body)

    server._draw = drawn  # type: ignore[method-assign]


def _told(**changes: Any) -> Callable[[StandInForge], None]:
    def prepare(server: StandInForge) -> None:
        server.change = lambda info: {**info, **changes}

    return prepare


def _no_info(server: StandInForge) -> None:
    answer = server._draw
    server._draw = lambda body: {**answer(body), "info": "{"}  # type: ignore[method-assign]


def _set(name: str, value: Any) -> Callable[[StandInForge], None]:
    return lambda server: setattr(server, name, value)


LIES: dict[str, Lie] = {
    "LoRA that is not there: none is used": Lie(PictureError, "server.lora_not_used", prepare=_forget_file),
    "its name in another case: none is used": Lie(
        PictureError, "server.lora_not_used", _prompt("<lora:avatar", "<lora:AVATAR")
    ),
    "a weight that is no number: none is used": Lie(PictureError, "server.lora_not_used", _prompt(":1.0>", ":abc>")),
    "one there and one not: neither is used": Lie(
        PictureError, "server.lora_not_used", lambda body: {**body, "prompt": body["prompt"] + " <lora:other:1>"}
    ),
    "right names, other sizes: 500": Lie(PictureError, "server.failed", prepare=_set("wrong_sizes", (b"ok",))),
    "NaN: a black picture": Lie(PictureError, "draw.picture.black", prepare=_set("black", (b"ok",))),
    "a file that it cannot read: none is used, and it renames it": Lie(
        PictureError, "server.lora_not_used", prepare=_cut_file
    ),
    "sampler unknown: DPM++ 2M, Karras": Lie(
        PictureError, "server.other_used", lambda body: {**body, "sampler_name": "DPM++ 2M Karras"}
    ),
    "scheduler unknown: Automatic": Lie(PictureError, "server.other_used", lambda body: {**body, "scheduler": "Nonesuch"}),
    "checkpoint unknown: the current one": Lie(
        PictureError, "server.other_used", lambda body: {**body, "override_settings": {"sd_model_checkpoint": "nothere"}}
    ),
    "override that it does not have: 500": Lie(
        PictureError, "server.failed", lambda body: {**body, "override_settings": {"no_such": 1}}
    ),
    "70×100: 64×96, and the info says 70×100": Lie(
        PictureError, "draw.picture.size", lambda body: {**body, "width": 100, "height": 70}
    ),
    "another seed": Lie(PictureError, "server.other_used", lambda body: {**body, "seed": 7}),
    "other steps": Lie(PictureError, "server.other_used", lambda body: {**body, "steps": 3}),
    "an extension rewrites the text": Lie(PictureError, "server.other_used", prepare=_told(prompt="a cat")),
    "no word on LoRAs in the info": Lie(PictureError, "server.lora_not_used", prepare=_told(extra_generation_params={})),
    "info that is no JSON": Lie(PictureError, "server.failed", prepare=_no_info),
    "out of memory: 500": Lie(
        BackendError, "server.out_of_memory",
        prepare=_set("fail", {"error": "OutOfMemoryError", "detail": "", "body": "", "message": "CUDA out of memory."}),
    ),
    "disk full: 500": Lie(
        BackendError, "server.disk_full",
        prepare=_set("fail", {"error": "OSError", "detail": "", "body": "", "message": "[Errno 28] No space left on device"}),
    ),
    "not a number where one belongs: 422": Lie(PictureError, "server.refused", lambda body: {**body, "seed": "many"}),
}  # fmt: skip


@pytest.mark.parametrize("case", LIES)
def test_what_was_not_done_is_told_for_what_it_is(
    server: StandInForge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    lie, model = LIES[case], lora(tmp_path)
    lie.prepare(server)
    sent_as(monkeypatch, lie.sent)
    with pytest.raises(PipelineError) as refused:
        draw(server, model)
    assert (type(refused.value), told(refused.value)) == (lie.kind, lie.key)
    assert list(server.loras.iterdir()) == []


def test_the_unchanged_request_is_believed(server: StandInForge, tmp_path: Path) -> None:
    assert draw(server, lora(tmp_path))[0].used["sampler"] == "Euler a"


@pytest.mark.parametrize("start", ["sd15", "flux", "mixed", "zero"])
def test_a_file_that_is_listed_and_not_applied_shows_in_the_picture_at_weight_0(
    server: StandInForge, tmp_path: Path, start: str
) -> None:
    server.no_effect = (b"sd15", b"flux", b"mixed", b"zero")
    model = lora(tmp_path, start.encode())
    without, with_it = draw(server, model, weights=("0", "1.0"))
    assert with_it.used["loras"] == [a1111.lora_name(model.sha256)], "the server claims it"
    assert proof.no_effect(without.png, with_it.png)
    assert not proof.no_effect(*(one.png for one in draw(server, lora(tmp_path, b"ok"), weights=("0", "1.0"))))


def test_a_lora_replaced_or_removed_cannot_be_served_in_its_old_content(server: StandInForge, tmp_path: Path) -> None:
    old, new = lora(tmp_path, b"ok old"), lora(tmp_path, b"ok new")
    assert lora_folder.file_name(old) != lora_folder.file_name(new)
    one, two = draw(server, old, new)
    assert pixels(one.png) != pixels(two.png)
    assert server._content(a1111.lora_name(old.sha256)) == b"ok old", "it does keep what was removed"


def test_clip_skip_is_set_and_a_field_that_it_does_not_know_is_never_relied_on(server: StandInForge) -> None:
    with A1111(GenerateConfig(a1111_address=server.url)).open(BASE, [], quiet) as drawing:
        drawing.draw(request(), quiet)
    body = server.asked("/sdapi/v1/txt2img")[0]
    assert body["override_settings"]["CLIP_stop_at_last_layers"] == 1
    assert set(body) <= {
        "prompt", "negative_prompt", "seed", "steps", "cfg_scale", "width", "height", "batch_size", "n_iter", "sampler_name",
        "scheduler", "send_images", "save_images", "override_settings", "override_settings_restore_afterwards",
    }  # fmt: skip


def test_a_password_is_not_tested_by_the_two_questions_that_need_none(server: StandInForge) -> None:
    server.sign_in = "ana:x"
    with pytest.raises(BackendError):
        A1111(GenerateConfig(a1111_address=server.url)).check(BASE)
    assert [path for _, path, _ in server.requests] == ["/sdapi/v1/samplers"]


def test_a_picture_that_is_no_base64_or_two_pictures_are_refused(server: StandInForge, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = server._answer
    for images, key in ((["?"], "server.not_a_picture"), ([], "server.no_picture"), (None, "server.no_picture")):
        monkeypatch.setattr(server, "_answer", lambda *parts, images=images: {**answer(*parts), "images": images})
        with (
            A1111(GenerateConfig(a1111_address=server.url)).open(BASE, [], quiet) as drawing,
            pytest.raises(PictureError) as no,
        ):
            drawing.draw(request(), quiet)
        assert told(no.value) == key
