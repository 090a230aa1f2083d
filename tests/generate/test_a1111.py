"""A1111 and Forge against a stand-in on a real socket: what is asked, what is believed, what is interrupted, what is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from avatar.generate import a1111, a1111_watch
from avatar.generate.a1111 import A1111
from avatar.generate.a1111_watch import Seen, State
from avatar.generate.backend import BackendError, Base, Cancelled, PictureError
from avatar.texts.text import Text
from config import GenerateConfig
from tests.generate.drawing import BASE, Aside, at_step, lora, quiet, request, told
from tests.generate.standin_forge import StandInForge
from tests.generate.standin_pictures import pixels

RIGHT, WRONG = "correct horse", "horse"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StandInForge]:
    with StandInForge(tmp_path / "forge") as standin:
        standin.step_s = 0.02
        yield standin


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(a1111_watch, "POLL_S", 0.01)
    monkeypatch.setattr(a1111_watch, "IDLE_POLL_S", 0.02)
    monkeypatch.setattr(a1111_watch, "LAST_WORD_S", 0.5)


def backend(server: StandInForge, **settings: Any) -> A1111:
    return A1111(GenerateConfig(a1111_address=server.url, **settings))


def refusal(server: StandInForge, base: Base = BASE, models: Any = (), **settings: Any) -> str:
    with pytest.raises(BackendError) as refused, backend(server, **settings).open(base, models, quiet):
        pass
    return told(refused.value)


def test_a_picture_is_drawn_with_the_lora_at_its_weight_and_the_progress_is_told(server: StandInForge, tmp_path: Path) -> None:
    model, seen = lora(tmp_path), list[float]()
    with backend(server).open(BASE, [model], quiet) as drawing:
        drawn = drawing.draw(request(model, "0.8"), seen.append)
        alone = drawing.draw(request(), quiet)
    assert seen == sorted(seen)
    assert max(seen) >= 0.5
    assert pixels(drawn.png) != pixels(alone.png)
    assert drawn.used["loras"] == [f"avatar_{model.sha256[:10]}"]
    first, second = server.asked("/sdapi/v1/txt2img")
    assert first["prompt"] == f"ohwx woman in a café <lora:avatar_{model.sha256[:10]}:0.8>"
    assert (first["sampler_name"], first["scheduler"]) == ("Euler a", "Karras")
    assert first["override_settings"]["sd_model_checkpoint"] == "small_sdxl.ckpt"
    assert second["prompt"] == "ohwx woman in a café"
    assert server.options["sd_model_checkpoint"] == "other.safetensors", "the user's own choice stays"


def test_without_its_pages_it_is_found_at_its_other_port_unless_the_user_named_one(
    server: StandInForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(a1111, "WITHOUT_PAGES", server.url)
    monkeypatch.setattr(GenerateConfig, "a1111_address", "http://127.0.0.1:9")
    made = A1111(GenerateConfig(a1111_address="http://127.0.0.1:9"))
    assert made.check(BASE).version == "Forge"
    assert made.address == server.url
    with pytest.raises(BackendError) as refused:
        A1111(GenerateConfig(a1111_address="http://127.0.0.1:1")).check(BASE)
    assert told(refused.value) == "server.not_running"


def test_only_settings_that_the_server_has_are_asked_for(server: StandInForge) -> None:
    del server.options["lora_add_hashes_to_infotext"]
    with backend(server).open(BASE, [], quiet) as drawing:
        drawing.draw(request(), quiet)
    overrides = server.asked("/sdapi/v1/txt2img")[0]["override_settings"]
    assert overrides == {"CLIP_stop_at_last_layers": 1, "samples_format": "png", "live_previews_enable": False,
                         "sd_model_checkpoint": "small_sdxl.ckpt"}  # fmt: skip


def test_the_folder_is_found_by_the_loras_that_are_there_or_by_the_servers_flags(server: StandInForge, tmp_path: Path) -> None:
    model = lora(tmp_path)
    for _ in ("by its flags", "by its list"):
        with backend(server).open(BASE, [model], quiet) as drawing:
            assert drawing.draw(request(model), quiet).png
        assert [one.name for one in server.loras.iterdir() if one.name.startswith("avatar_")] == []
        (server.loras / "theirs.safetensors").write_bytes(b"x")
        server.listed, server.lists_folder = {"theirs"}, False
    assert server.listed == {"theirs"}, "its list does not name what is gone"


def test_a_folder_that_nobody_tells_is_asked_for(server: StandInForge, tmp_path: Path) -> None:
    model, elsewhere = lora(tmp_path), tmp_path / "elsewhere"
    elsewhere.mkdir()
    server.lists_folder = False
    assert refusal(server, models=[model]) == "server.lora_folder_unknown"
    assert refusal(server, models=[model], a1111_loras=str(elsewhere)) == "server.lora_folder_wrong"
    assert list(elsewhere.iterdir()) == []


def test_a_password_is_tested_where_it_is_asked_for(server: StandInForge) -> None:
    server.sign_in = f"ana:{RIGHT}"
    assert refusal(server) == "server.password_missing"
    assert refusal(server, user="ana", password=WRONG) == "server.password_wrong"
    with backend(server, user="ana", password=RIGHT).open(BASE, [], quiet) as drawing:
        assert drawing.draw(request(), quiet).png


def test_a_server_without_its_api_or_its_lora_extension_says_so(server: StandInForge) -> None:
    server.extension = False
    assert refusal(server) == "server.no_lora_extension"
    server.api = False
    assert refusal(server) == "server.api_off"


def test_the_base_is_found_by_file_title_or_setting_and_compared_by_its_hash(server: StandInForge) -> None:
    sha256 = server.checkpoints["small_sdxl.ckpt"]
    assert backend(server).check(Base(name="small_sdxl.ckpt", path=None, sha256=sha256)).version == "Forge"
    assert refusal(server, Base(name="small_sdxl.ckpt", path=None, sha256="f" * 64)) == "server.other_base"
    missing = Base(name="stabilityai/sdxl", path=None, sha256="")
    assert refusal(server, missing) == "server.base_missing"
    for named in ("small_sdxl.ckpt", "small_sdxl", f"small_sdxl.ckpt [{sha256[:10]}]"):
        assert backend(server, base_name=named).check(missing)


def test_a_base_whose_hash_comes_only_with_the_picture_is_compared_then(server: StandInForge) -> None:
    base = Base(name="small_sdxl.ckpt", path=None, sha256="f" * 64)
    server.checkpoints["small_sdxl.ckpt"] = ""
    with backend(server).open(base, [], quiet) as drawing:
        server.checkpoints["small_sdxl.ckpt"] = "e" * 64
        with pytest.raises(PictureError) as refused:
            drawing.draw(request(), quiet)
    assert told(refused.value) == "server.other_used"


def test_a_text_with_a_tag_of_its_own_is_not_sent(server: StandInForge) -> None:
    with backend(server).open(BASE, [], quiet) as drawing, pytest.raises(PictureError) as refused:
        drawing.draw(request(prompt="a <lora:other:1> woman"), quiet)
    assert told(refused.value) == "server.tag_in_prompt"
    assert server.asked("/sdapi/v1/txt2img") == []


def test_what_the_server_cannot_be_told_of_the_base_is_noted(server: StandInForge, tmp_path: Path) -> None:
    base = Base(name="small_sdxl.ckpt", path=None, sha256="", vae=tmp_path / "a.safetensors", v_prediction=True)
    assert [told(note) for note in backend(server).check(base).notes] == ["server.other_vae", "server.v_prediction"]


# --- interrupted -----------------------------------------------------------------------------------------------------


def test_an_interrupt_stops_our_picture_where_it_is_the_only_one(server: StandInForge) -> None:
    ours, started = backend(server), threading.Event()
    server.on_step = at_step(3, started.set)
    with ours.open(BASE, [], quiet) as drawing:
        aside = Aside(drawing, request(steps=500))
        assert started.wait(10)
        ours.interrupt()
        with pytest.raises(Cancelled):
            aside.end()
    assert len(server.asked("/sdapi/v1/interrupt")) == 1
    assert server.state["job"] == ""


def test_while_others_draw_ours_waits_and_an_interrupt_touches_nobody(server: StandInForge) -> None:
    ours, notes = backend(server), list[str]()
    server.state |= {"job": "scripts_txt2img", "job_count": 1}
    with ours.open(BASE, [], lambda note: notes.append(told(note))) as drawing:
        aside = Aside(drawing, request())
        _until(lambda: notes.count("server.busy") == 2)
        ours.interrupt()
        with pytest.raises(Cancelled):
            aside.end()
    assert server.asked("/sdapi/v1/txt2img") == []
    assert server.asked("/sdapi/v1/interrupt") == []


def test_when_anothers_picture_runs_before_ours_nothing_is_interrupted_and_that_is_said(server: StandInForge) -> None:
    ours, notes = backend(server), list[str]()
    # Another request slipped in between the look and ours.
    with ours.open(BASE, [], lambda note: notes.append(told(note))) as drawing, server.drawing:
        aside = Aside(drawing, request())
        _until(lambda: bool(server.asked("/sdapi/v1/txt2img")))
        server.state |= {"job": "scripts_txt2img", "job_count": 1, "sampling_step": 2, "sampling_steps": 50}
        time.sleep(0.2)
        ours.interrupt()
        with pytest.raises(Cancelled):
            aside.end()
        server.state |= {"job": "", "job_count": 0}
    assert notes == ["server.not_interrupted"]
    assert server.asked("/sdapi/v1/interrupt") == []


def test_a_ctrl_c_is_an_interrupt(server: StandInForge) -> None:
    def press(_: float) -> None:
        raise KeyboardInterrupt

    with backend(server).open(BASE, [], quiet) as drawing, pytest.raises(Cancelled):
        drawing.draw(request(steps=500), press)
    assert len(server.asked("/sdapi/v1/interrupt")) == 1


@pytest.mark.parametrize("how", ["interrupted", "skipped"])
def test_a_picture_that_somebody_else_cut_is_drawn_again_though_the_reply_says_nothing(server: StandInForge, how: str) -> None:
    notes, whole = list[str](), list[bytes]()
    with backend(server).open(BASE, [], lambda note: notes.append(told(note))) as drawing:
        whole.append(drawing.draw(request(steps=10), quiet).png)
        server.on_step = at_step(2, lambda: server.state.update({how: True}), times=2)
        assert drawing.draw(request(steps=10), quiet).png == whole[0]
        assert notes == ["server.again.interrupted"] * 2
        server.on_step = at_step(2, lambda: server.state.update({how: True}), times=9)
        with pytest.raises(PictureError) as refused:
            drawing.draw(request(steps=10), quiet)
    assert told(refused.value) == "server.cut_off"


def test_a_picture_whose_end_is_hidden_by_anothers_is_drawn_again_and_believed_when_it_is_the_same(
    server: StandInForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(a1111_watch, "POLL_S", 0.5)  # nothing is seen on the way
    server.step_s = 0.0
    draw = server._draw

    def then_another(body: dict[str, Any]) -> dict[str, Any]:
        answer = draw(body)
        server.state |= {"job": "scripts_txt2img", "job_timestamp": "another's", "interrupted": False}
        threading.Timer(0.6, lambda: server.state.update({"job": ""})).start()
        return answer

    monkeypatch.setattr(server, "_draw", then_another)
    notes = list[str]()
    with backend(server).open(BASE, [], lambda note: notes.append(told(note))) as drawing:
        assert drawing.draw(request(), quiet).png
    assert notes.count("server.again.unseen") == 1
    assert len(server.asked("/sdapi/v1/txt2img")) == 2


def _seen(*steps: tuple[int, float], of: int = 20) -> Seen:
    seen = Seen(of, "0")
    for step, now_s in steps:
        seen.add(State("scripts_txt2img", "1", step, of, False), now_s)
    return seen


@pytest.mark.parametrize(
    ("seen", "ended_s", "finished"),
    [(_seen((1, 1.0), (10, 10.0)), 19.0, True), (_seen((1, 1.0), (10, 10.0)), 11.0, False), (_seen((19, 1.0)), 1.0, True),
     (_seen((5, 1.0)), 60.0, False), (_seen(), 60.0, False)],
)  # fmt: skip
def test_steps_that_nobody_saw_need_their_time(seen: Seen, ended_s: float, finished: bool) -> None:
    assert seen.finished_by(ended_s) is finished


def test_others_at_work_are_told(server: StandInForge) -> None:
    server.state |= {"job": "scripts_txt2img", "job_count": 1}
    notes: tuple[Text, ...] = backend(server).check(BASE).notes
    assert [told(note) for note in notes] == ["server.busy"]


def test_after_a_client_that_hung_up_the_next_waits_until_the_server_is_through(server: StandInForge) -> None:
    server.state |= {"job": "scripts_txt2img", "job_count": 1}
    threading.Timer(0.3, lambda: server.state.update({"job": "", "job_count": 0})).start()
    began = time.monotonic()
    with backend(server).open(BASE, [], quiet) as drawing:
        assert drawing.draw(request(), quiet).png
    assert time.monotonic() - began > 0.25


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
