"""Servers that do not answer, answer as something else, or die in the middle: both kinds, each on a real socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from avatar.generate import a1111_watch, comfyui_watch, server
from avatar.generate.a1111 import A1111
from avatar.generate.backend import BackendError
from avatar.generate.comfyui import ComfyUI
from avatar.generate.server import Server, parse_address
from config import GenerateConfig
from tests.generate.drawing import BASE, at_step, quiet, request, told
from tests.generate.standin_comfyui import StandInComfyUI
from tests.generate.standin_forge import StandInForge
from tests.generate.standin_http import StandIn, reply, reset

Made: TypeAlias = "StandInComfyUI | StandInForge"


@pytest.fixture(params=["comfyui", "a1111"])
def standin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Made]:
    made: Made = StandInComfyUI(tmp_path) if request.param == "comfyui" else StandInForge(tmp_path)
    with made as started:
        started.step_s = 0.02
        yield started


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfyui_watch, "EVENT_S", 0.02)
    monkeypatch.setattr(comfyui_watch, "LOOK_S", 0.2)
    monkeypatch.setattr(comfyui_watch, "END_S", 0.5)
    for name, value in (("POLL_S", 0.02), ("IDLE_POLL_S", 0.02), ("LAST_WORD_S", 0.5), ("END_S", 0.5)):
        monkeypatch.setattr(a1111_watch, name, value)


def backend(of: Made | type[Made], url: str) -> ComfyUI | A1111:
    kind = of if isinstance(of, type) else type(of)
    settings = GenerateConfig(comfyui_address=url, a1111_address=url)
    return ComfyUI(settings) if kind is StandInComfyUI else A1111(settings)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(BackendError) as refused:
        act()
    return told(refused.value)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("kind", [StandInComfyUI, StandInForge])
def test_where_nothing_listens_the_server_is_not_running(kind: type[Made]) -> None:
    made = backend(kind, f"http://127.0.0.1:{free_port()}")
    assert refusal(lambda: made.check(BASE)) == "server.not_running"


def test_the_other_kind_of_server_at_the_address_is_another_program(tmp_path: Path) -> None:
    with StandInComfyUI(tmp_path / "c") as comfyui, StandInForge(tmp_path / "f") as forge:
        assert refusal(lambda: backend(StandInForge, comfyui.url).check(BASE)) == "server.another_program"
        assert refusal(lambda: backend(StandInComfyUI, forge.url).check(BASE)) == "server.another_program"


class Page(StandIn):
    """A server of something else: pages, redirects, refusals, or a stream without end."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how

    def answer(self, handler: BaseHTTPRequestHandler, method: str, path: str, params: dict[str, str], body: Any) -> None:
        if self.how == "page":
            reply(handler, 200, "<html>")
        elif self.how == "json":
            reply(handler, 200, {"system": 7})
        elif self.how == "redirect":
            reply(handler, 302, "", {"Location": "http://127.0.0.1:9/"})
        elif self.how == "forbidden":
            reply(handler, 403, "")
        elif self.how == "reset":
            reset(handler)
        else:
            handler.send_response(200)
            handler.end_headers()
            while True:
                handler.wfile.write(b"x" * 65536)


@pytest.mark.parametrize("kind", [StandInComfyUI, StandInForge])
@pytest.mark.parametrize("how", ["page", "json", "redirect", "forbidden", "endless"])
def test_whatever_else_answers_is_another_program(kind: type[Made], how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_REPLY_BYTES", 1 << 20)
    with Page(how) as page:
        assert refusal(lambda: backend(kind, page.url).check(BASE)) == "server.another_program"


@pytest.mark.parametrize("kind", [StandInComfyUI, StandInForge])
def test_a_connection_that_is_reset_is_told(kind: type[Made]) -> None:
    with Page("reset") as page:
        assert refusal(lambda: backend(kind, page.url).check(BASE)) == "server.broken_off"


@pytest.mark.parametrize("kind", [StandInComfyUI, StandInForge])
def test_a_server_that_takes_the_connection_and_says_nothing_is_silent(
    kind: type[Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "READ_S", 0.3)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(4)
        asked = Server("ComfyUI" if kind is StandInComfyUI else "A1111", f"127.0.0.1:{mute.getsockname()[1]}", setting="")
        assert refusal(lambda: asked.ask("GET", "/x", read_s=0.3)) == "server.silent"


def test_a_server_that_is_killed_in_the_middle_is_told_and_after_its_restart_it_goes_on(standin: Made) -> None:
    made, port = backend(standin, standin.url), standin.port
    # By another thread: the one that draws would wait for itself.
    standin.on_step = at_step(2, lambda: threading.Thread(target=standin.stop).start())
    with made.open(BASE, [], quiet) as drawing:
        key = refusal(lambda: drawing.draw(request(steps=30), quiet))
        assert key in ("server.broken_off", "server.not_running")
    assert refusal(lambda: made.check(BASE)) == "server.not_running"
    if isinstance(standin, StandInComfyUI):
        standin.forget()
    standin.start(port)
    with made.open(BASE, [], quiet) as drawing:
        assert drawing.draw(request(), quiet).png


def test_a_killed_server_leaves_our_copy_for_the_next_start_at_most(standin: Made, tmp_path: Path) -> None:
    from tests.generate.drawing import lora

    model, port, made = lora(tmp_path), standin.port, backend(standin, standin.url)
    with pytest.raises(BackendError), made.open(BASE, [model], quiet) as drawing:
        standin.stop()
        drawing.draw(request(model), quiet)
    assert list(standin.loras.iterdir()) == []
    standin.start(port)


# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "url", "here"),
    [("http://127.0.0.1:8188", "http://127.0.0.1:8188", True), (" 127.0.0.1:8188/ ", "http://127.0.0.1:8188", True),
     ("localhost:7860", "http://localhost:7860", True), ("http://[::1]:7860", "http://[::1]:7860", True),
     ("192.168.1.20:8188", "http://192.168.1.20:8188", False), ("https://pc.lan/comfy/", "https://pc.lan/comfy", False),
     ("http://localhost.evil.example", "http://localhost.evil.example", False)],
)  # fmt: skip
def test_an_address_is_read_as_it_is_typed(typed: str, url: str, here: bool) -> None:
    address = parse_address(typed, "generate.comfyui_address")
    assert (address.url, address.here) == (url, here)


@pytest.mark.parametrize(
    "typed", ["", "ftp://x", "http://", "http://user:pw@x", "http://x:99999", "http://x?y=1", "http://x:0", "http://[::1"]
)
def test_what_is_no_address_is_told_with_the_setting(typed: str) -> None:
    assert refusal(lambda: parse_address(typed, "generate.a1111_address")) == "server.bad_address"


def test_pictures_that_go_to_another_computer_and_a_password_in_clear_are_told() -> None:
    def notes(address: str, user: str = "", password: str = "") -> list[str]:
        return [told(note) for note in Server("ComfyUI", address, setting="", user=user, password=password).notes()]

    assert notes("127.0.0.1:8188", user="ana") == []
    assert notes("192.168.1.20:8188") == ["server.elsewhere"]
    assert notes("192.168.1.20:8188", user="ana") == ["server.elsewhere", "server.password_in_clear"]
    assert notes("https://192.168.1.20:8188", user="ana") == ["server.elsewhere"]


def test_no_folder_of_this_computer_is_taken_for_that_of_another(tmp_path: Path) -> None:
    with StandInComfyUI(tmp_path) as standin:
        made = ComfyUI(GenerateConfig(), standin.url)
        assert made._folders("loras") == [standin.loras]
        made._server.typed = standin.url.replace("127.0.0.1", "192.0.2.1")
        assert made._folders("loras") == []


def test_what_a_server_says_is_shown_on_one_line_without_orders_to_the_terminal() -> None:
    assert server.short("a\n\x1b[2Jb" + "c" * 999).startswith("a \\x1b[2Jb")
    assert len(server.short("c" * 999)) == server.DETAIL_CHARS
