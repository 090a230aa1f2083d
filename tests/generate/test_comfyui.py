"""ComfyUI against a stand-in on a real socket: what is asked, what is believed, and what is left behind."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from avatar.generate import comfyui, comfyui_watch
from avatar.generate.backend import BackendError, Base, Cancelled, PictureError
from avatar.generate.comfyui import ComfyUI
from avatar.texts.text import Text
from config import GenerateConfig
from tests.generate.drawing import BASE, Aside, at_step, lora, quiet, request, told
from tests.generate.standin_comfyui import StandInComfyUI
from tests.generate.standin_pictures import pixels

RIGHT, WRONG = "correct horse", "horse"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StandInComfyUI]:
    with StandInComfyUI(tmp_path / "comfyui") as standin:
        yield standin


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfyui_watch, "EVENT_S", 0.02)
    monkeypatch.setattr(comfyui_watch, "LOOK_S", 0.3)
    monkeypatch.setattr(comfyui, "LIST_S", 0.3)


def backend(server: StandInComfyUI, **settings: Any) -> ComfyUI:
    return ComfyUI(GenerateConfig(comfyui_address=server.url, **settings))


def graphs(server: StandInComfyUI) -> list[dict[str, Any]]:
    return [body["prompt"] for body in server.asked("/prompt")]


def test_a_picture_is_drawn_with_the_lora_at_its_weight_and_the_progress_is_told(
    server: StandInComfyUI, tmp_path: Path
) -> None:
    model, seen = lora(tmp_path), list[float]()
    with backend(server).open(BASE, [model], quiet) as drawing:
        drawn = drawing.draw(request(model, "0.8"), seen.append)
        alone = drawing.draw(request(), quiet)
    assert seen == [0.25, 0.5, 0.75, 1.0]
    assert pixels(drawn.png) != pixels(alone.png)
    assert drawn.used["lora"] == f"avatar_{model.sha256[:10]}.safetensors"
    assert drawn.used["weight"] == 0.8
    first = graphs(server)[0]
    assert first["10"]["class_type"] == "LoraLoaderModelOnly"
    assert first["6"]["inputs"] == {"text": "ohwx woman in a café", "clip": ["4", 1]}
    assert first["3"]["inputs"]["sampler_name"] == "euler_ancestral"
    assert "10" not in graphs(server)[1]


def test_a_lora_with_parts_for_the_text_encoders_goes_into_them_too(server: StandInComfyUI, tmp_path: Path) -> None:
    model = lora(tmp_path, texts=True)
    with backend(server).open(BASE, [model], quiet) as drawing:
        drawing.draw(request(model, "0.8"), quiet)
    node = graphs(server)[0]["10"]
    assert (node["class_type"], node["inputs"]["strength_clip"]) == ("LoraLoader", 0.8)
    assert graphs(server)[0]["6"]["inputs"]["clip"] == ["10", 1]


def test_a_base_that_predicts_v_and_a_vae_of_the_users_own_become_nodes(server: StandInComfyUI, tmp_path: Path) -> None:
    base = Base(
        name="small_sdxl.ckpt", path=None, sha256="", vae=tmp_path / "sdxl_vae.safetensors", v_prediction=True,
        zero_terminal_snr=True,
    )  # fmt: skip
    with backend(server).open(base, [], quiet) as drawing:
        drawing.draw(request(), quiet)
    graph = graphs(server)[0]
    assert graph["11"]["inputs"] == {"model": ["4", 0], "sampling": "v_prediction", "zsnr": True}
    assert graph["3"]["inputs"]["model"] == ["11", 0]
    assert graph["12"]["inputs"]["vae_name"] == "sdxl_vae.safetensors"
    assert graph["8"]["inputs"]["vae"] == ["12", 0]


def test_a_vae_that_the_server_lacks_is_told(server: StandInComfyUI, tmp_path: Path) -> None:
    base = Base(name="small_sdxl.ckpt", path=None, sha256="", vae=tmp_path / "other.safetensors")
    assert [told(note) for note in backend(server).check(base).notes] == ["server.other_vae"]


def test_copies_are_named_by_their_content_and_taken_away_afterwards(server: StandInComfyUI, tmp_path: Path) -> None:
    first, second = lora(tmp_path, b"ok 1"), lora(tmp_path, b"ok 2", "2400")
    with backend(server).open(BASE, [first, second], quiet):
        there = sorted(one.name for one in server.loras.glob("*.safetensors"))
        assert there == sorted(f"avatar_{model.sha256[:10]}.safetensors" for model in (first, second))
    assert list(server.loras.iterdir()) == []
    with backend(server, keep_files=True).open(BASE, [first], quiet):
        pass
    assert [one.name for one in server.loras.iterdir()] == [f"avatar_{first.sha256[:10]}.safetensors"]


def test_a_name_with_the_servers_own_separator_is_used_as_it_lists_it(server: StandInComfyUI, tmp_path: Path) -> None:
    server.lora_prefix = "ours\\"
    model = lora(tmp_path)
    with backend(server).open(BASE, [model], quiet) as drawing:
        assert drawing.draw(request(model), quiet).used["lora"].startswith("ours\\avatar_")


def test_the_same_request_is_drawn_anew_each_time(server: StandInComfyUI, tmp_path: Path) -> None:
    model = lora(tmp_path)
    with backend(server).open(BASE, [model], quiet) as drawing:
        one, two = drawing.draw(request(model), quiet), drawing.draw(request(model), quiet)
    assert pixels(one.png) == pixels(two.png)
    entries = list(server.history.values())
    cached = [dict(entry["status"]["messages"])["execution_cached"]["nodes"] for entry in entries]
    assert "10" not in cached[0]
    assert cached[1] == ["4", "10", "6", "7", "5"], "the loader that was seen may come from the cache, the picture may not"


def test_a_loader_in_the_cache_that_nobody_saw_is_not_believed(
    server: StandInComfyUI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uuid.uuid4", _SameId)
    model = lora(tmp_path)
    for session in (1, 2):
        with backend(server).open(BASE, [model], quiet) as drawing:
            if session == 1:
                drawing.draw(request(model), quiet)
                continue
            with pytest.raises(PictureError) as refused:
                drawing.draw(request(model, seed=2), quiet)
            assert told(refused.value) == "server.from_cache"
            assert "LoraLoaderModelOnly" in str(refused.value)


class _SameId:
    hex = "f" * 32

    def __str__(self) -> str:
        return f"id-{time.monotonic_ns()}"


def test_no_proxy_sees_a_request(server: StandInComfyUI, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "WS_PROXY", "ws_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with backend(server).open(BASE, [], quiet) as drawing:
        assert drawing.draw(request(), quiet).png


def test_user_and_password_go_with_every_request_and_with_the_socket(server: StandInComfyUI) -> None:
    server.sign_in = f"ana:{RIGHT}"
    with pytest.raises(BackendError) as missing:
        backend(server).check(BASE)
    assert told(missing.value) == "server.password_missing"
    with pytest.raises(BackendError) as wrong:
        backend(server, user="ana", password=WRONG).check(BASE)
    assert told(wrong.value) == "server.password_wrong"
    with backend(server, user="ana", password=RIGHT).open(BASE, [], quiet) as drawing:
        assert drawing.draw(request(), quiet).png


# --- what it has -----------------------------------------------------------------------------------------------------


def refusal(server: StandInComfyUI, base: Base = BASE, models: Any = (), **settings: Any) -> str:
    with pytest.raises(BackendError) as refused, backend(server, **settings).open(base, models, quiet):
        pass
    return told(refused.value)


def test_the_base_is_found_in_a_folder_of_the_server_or_by_the_name_in_the_settings(server: StandInComfyUI) -> None:
    server.checkpoints = ["other.safetensors", "xl\\small_sdxl.ckpt"]
    assert backend(server).check(BASE).version == "ComfyUI 0.3.64"
    server.checkpoints = ["renamed.safetensors"]
    assert refusal(server) == "server.base_missing"
    assert backend(server, base_name="renamed.safetensors").check(BASE)
    server.checkpoints = ["a/small_sdxl.ckpt", "b/small_sdxl.ckpt"]
    assert refusal(server) == "server.base_ambiguous"
    server.checkpoints = []
    assert refusal(server) == "server.no_bases"


def test_a_checkpoint_of_the_same_name_and_another_size_is_not_the_base(server: StandInComfyUI, tmp_path: Path) -> None:
    mine = tmp_path / "small_sdxl.ckpt"
    mine.write_bytes(b"12345")
    (server.loras.parent / "small_sdxl.ckpt").write_bytes(b"1234")
    assert refusal(server, Base(name="small_sdxl.ckpt", path=mine, sha256="")) == "server.other_base"
    (server.loras.parent / "small_sdxl.ckpt").write_bytes(b"54321")
    assert backend(server).check(Base(name="small_sdxl.ckpt", path=mine, sha256=""))


def test_a_folder_of_loras_that_is_not_known_wrong_or_a_clients_is_asked_for(server: StandInComfyUI, tmp_path: Path) -> None:
    model, elsewhere = lora(tmp_path), tmp_path / "elsewhere"
    elsewhere.mkdir()
    server.tells_folders = False
    assert refusal(server, models=[model]) == "server.lora_folder_unknown"
    assert refusal(server, models=[model], comfyui_loras=str(tmp_path / "none")) == "server.lora_folder_missing"
    assert refusal(server, models=[model], comfyui_loras=str(elsewhere)) == "server.lora_folder_wrong"
    assert list(elsewhere.iterdir()) == [], "what was put there is taken away again"
    (tmp_path / "client.json").write_text("{}", encoding="utf-8")
    assert refusal(server, models=[model], comfyui_loras=str(elsewhere)) == "server.lora_folder_of_client"
    (tmp_path / "client.json").unlink()
    with backend(server, comfyui_loras=str(server.loras)).open(BASE, [model], quiet) as drawing:
        assert drawing.draw(request(model), quiet).png


def test_a_file_that_changed_since_it_was_checked_is_not_sent(server: StandInComfyUI, tmp_path: Path) -> None:
    model = lora(tmp_path)
    model.path.write_bytes(b"ok, but another one")
    assert refusal(server, models=[model]) == "server.lora_changed"
    model.path.unlink()
    assert refusal(server, models=[model]) == "server.lora_changed"
    assert list(server.loras.iterdir()) == []


def test_a_server_that_lacks_a_sampler_or_a_node_is_told(server: StandInComfyUI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.generate.standin_comfyui.SCHEDULERS", ["normal"])
    assert refusal(server) == "server.lacks_sampler"
    monkeypatch.setattr(comfyui, "NODES", (*comfyui.NODES, "NoSuchNode"))
    assert refusal(server) == "server.another_program"


# --- interrupted -----------------------------------------------------------------------------------------------------


def test_an_interrupt_ends_our_picture_and_no_other(server: StandInComfyUI) -> None:
    server.step_s = 0.05
    other: dict[str, Any] = {"client_id": "other", "prompt_id": "theirs"}
    ours = backend(server)
    with ours.open(BASE, [], quiet) as drawing:
        started = threading.Event()
        server.on_step = at_step(2, started.set)
        aside = Aside(drawing, request(steps=100))
        assert started.wait(10)
        with server.lock:
            server.pending.append((9, other["prompt_id"], graphs(server)[0], other))
        ours.interrupt()
        with pytest.raises(Cancelled):
            aside.end()
        with pytest.raises(Cancelled):
            drawing.draw(request(), quiet)
    bodies = server.asked("/interrupt")
    assert bodies
    assert all(body["prompt_id"] in server.history for body in bodies), "by our id alone"
    assert "theirs" not in {body["prompt_id"] for body in bodies}
    with ours.open(BASE, [], quiet) as drawing:
        server.step_s = 0.0
        assert drawing.draw(request(), quiet).png, "opened again, it draws"
    assert server.history["theirs"]["status"]["status_str"] == "success"


def test_an_interrupt_while_ours_waits_takes_it_from_the_queue_and_interrupts_nobody(server: StandInComfyUI) -> None:
    server.hold.set()
    ours = backend(server)
    with ours.open(BASE, [], quiet) as drawing:
        aside = Aside(drawing, request())
        _until(lambda: bool(server.pending))
        ours.interrupt()
        with pytest.raises(Cancelled):
            aside.end()
    assert server.pending == []
    assert server.asked("/interrupt") == []


def test_a_ctrl_c_is_an_interrupt(server: StandInComfyUI) -> None:
    def press() -> None:
        raise KeyboardInterrupt

    with backend(server).open(BASE, [], quiet) as drawing, pytest.raises(Cancelled):
        drawing.draw(request(), lambda _: press())
    assert server.running == []
    assert server.pending == []


def test_others_in_the_queue_are_told(server: StandInComfyUI) -> None:
    server.hold.set()
    with server.lock:
        server.pending.append((1, "theirs", {}, {"client_id": "other"}))
    notes = list[Text]()
    with backend(server).open(BASE, [], notes.append):
        pass
    assert [told(note) for note in notes] == ["server.busy"]


def test_the_picture_comes_even_where_the_socket_breaks(server: StandInComfyUI) -> None:
    server.on_step = at_step(2, server.hang_up)
    server.step_s = 0.05
    with backend(server).open(BASE, [], quiet) as drawing:
        assert drawing.draw(request(), quiet).png
    assert len(server.asked("/prompt")) == 1, "it was not asked for twice"


def test_leftovers_of_a_killed_program_go_at_the_next_start_and_nothing_else(server: StandInComfyUI, tmp_path: Path) -> None:
    model = lora(tmp_path)
    users = {"mine.safetensors": b"x", f"avatar_{'0' * 10}.safetensors": b"y", "avatar_notes.txt": b"z"}
    for name, content in users.items():
        (server.loras / name).write_bytes(content)
    opened = contextlib.ExitStack()
    opened.enter_context(backend(server).open(BASE, [model], quiet))
    left = {one.name: one.read_bytes() for one in server.loras.iterdir() if one.name not in users}
    opened.close()
    for name, content in left.items():
        told_pid = content.replace(b'"pid": ', b'"pid": 99999')  # of a process that nobody has
        (server.loras / name).write_bytes(told_pid if name.endswith(".avatar-note") else content)
    with backend(server).open(BASE, [lora(tmp_path, b"ok 2")], quiet):
        pass
    assert {one.name: one.read_bytes() for one in server.loras.iterdir()} == users


def _until(true: Any) -> None:
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
