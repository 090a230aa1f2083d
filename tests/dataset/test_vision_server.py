"""A vision model of the user's own server: which model is taken, what is sent, what an answer may be."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from avatar.dataset import vision_server
from avatar.dataset.vision_server import VisionServer, one_caption
from avatar.texts import translate
from avatar.texts.text import PipelineError
from config import CaptionerConfig
from tests.dataset.standin_vision import SAID, Ollama, OpenAi, Vision
from tests.generate.standin_http import StandIn, reply


@pytest.fixture(params=[Ollama, OpenAi])
def server(request: pytest.FixtureRequest) -> Iterator[Vision]:
    with request.param() as started:
        yield started


@pytest.fixture(scope="module")
def crop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crop") / "real_0.png"
    Image.new("RGBA", (64, 64), (200, 30, 30, 128)).save(path)
    return path


def at(address: str, **settings: Any) -> VisionServer:
    return VisionServer(CaptionerConfig(server=address, **settings))


def refusal(asked: VisionServer, crop: Path) -> PipelineError:
    with asked, pytest.raises(PipelineError) as caught:
        asked.ready()
        asked.describe(crop)
    assert translate.text(caught.value.key, "es", **caught.value.values)
    return caught.value


# --- which model -----------------------------------------------------------------------------------------------------


def test_a_model_that_sees_is_taken_and_gets_the_crop_as_a_small_jpeg(server: Vision, tmp_path: Path) -> None:
    crop = tmp_path / "large.png"
    Image.new("RGBA", (1024, 1024), (200, 30, 30, 128)).save(crop)
    with at(server.url) as asked:
        assert asked.ready() == ("qwen2.5vl:3b" if isinstance(server, Ollama) else "gemma-3-4b-it")
        assert server.pictures == [], "before it is asked to describe, no picture is sent"
        assert asked.describe(crop) == SAID
    (picture,) = server.pictures
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (768, 768))
    assert "exif" not in picture.info


def test_an_older_ollama_that_tells_no_capabilities_is_judged_by_the_models_names(crop: Path) -> None:
    with Ollama() as server, at(server.url) as asked:
        server.models = {"llama3.2:3b": None, "llava:7b": None}
        assert asked.ready() == "llava:7b"


def test_the_model_of_the_settings_is_taken_and_latest_may_be_left_out(crop: Path) -> None:
    with Ollama() as server:
        server.models = {"mine:latest": ["completion", "vision"], "qwen2.5vl:3b": ["vision"]}
        assert at(server.url, model="mine").ready() == "mine:latest"
        error = refusal(at(server.url, model="none"), crop)
        assert (error.key, error.values["models"]) == ("captioner.server.no_model", "mine:latest, qwen2.5vl:3b")


def test_a_model_of_ollamas_cloud_is_never_taken_and_never_gets_a_picture(crop: Path) -> None:
    with Ollama() as server:
        server.models = {"qwen3-vl:235b-cloud": ["vision"], "gemma4:31b": ["vision"]}
        server.cloud = {"gemma4:31b"}
        assert refusal(at(server.url), crop).key == "captioner.server.none_sees"
        for name in server.models:
            assert refusal(at(server.url, model=name), crop).key == "captioner.server.model_elsewhere"
        assert server.pictures == []


def test_where_no_model_sees_it_is_said_what_is_there(crop: Path) -> None:
    with Ollama() as server:
        server.models = {"llama3.2:3b": ["completion"], "phi4:14b": ["completion"]}
        error = refusal(at(server.url), crop)
        assert (error.key, error.values["models"]) == ("captioner.server.none_sees", "llama3.2:3b, phi4:14b")
        assert refusal(at(server.url, model="phi4:14b"), crop).key == "captioner.server.blind"


def test_the_only_model_of_a_server_that_tells_nothing_is_taken() -> None:
    with OpenAi() as server:
        server.models = ["my-own-model"]
        assert at(server.url).ready() == "my-own-model"


@pytest.mark.parametrize(
    "name", ["qwen2.5vl:7b", "qwen3-vl:2b", "llava:13b", "llama3.2-vision:11b", "minicpm-v:8b", "moondream:1.8b", "gemma3:4b",
             "llama-joycaption-beta-one-hf-llava", "Qwen/Qwen2.5-VL-3B-Instruct", "gemma-3-12b-it", "granite3.2-vision:2b"]
)  # fmt: skip
def test_models_that_see_are_known_by_their_names(name: str) -> None:
    assert vision_server.SEES.search(name)


@pytest.mark.parametrize(
    "name",
    ["llama3.2:3b", "gemma3:1b", "gemma3n:e4b", "gemma-3-270m-it", "phi4:14b", "mistral:7b", "text-embedding-nomic", "vllm"],
)
def test_models_that_only_read_are_not(name: str) -> None:
    assert not vision_server.SEES.search(name)


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_where_nothing_listens_the_remedy_is_to_start_it(crop: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert refusal(at(f"127.0.0.1:{port}"), crop).key == "captioner.server.not_running"


class Page(StandIn):
    def answer(self, handler: Any, method: str, path: str, params: dict[str, str], body: Any) -> None:
        if path == "/api/tags" and self.sign_in == "":
            reply(handler, 302, "", {"Location": "http://example.org/api/tags"})
        else:
            reply(handler, 200, "<html>")


def test_another_program_and_a_redirect_are_no_server_of_this_kind(crop: Path) -> None:
    with Page() as server:
        assert refusal(at(server.url), crop).key == "captioner.server.another_program"
        server.sign_in = "a:b"
        assert refusal(at(server.url), crop).key == "captioner.server.password_missing"


@pytest.mark.parametrize("address", ["", "ftp://127.0.0.1", "http://user:word@127.0.0.1", "http://127.0.0.1:0", "a b:c"])
def test_what_is_no_address_is_told(address: str, crop: Path) -> None:
    assert refusal(at(address), crop).key == "captioner.server.bad_address"


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, {"error": {"message": "image input is not supported - hint: you may need to provide the mmproj"}}),
     (400, {"error": "this model is missing data required for image input"}),
     (400, {"object": "error", "message": "x", "error": {"message": "At most 0 image(s) may be provided in one prompt."}}),
     (400, {"error": "Model does not support images. Please use a model that does."}),
     (500, {"error": {"message": "Failed to parse messages: Unsupported content part type: \"image_url\""}})],
)  # fmt: skip
def test_a_server_that_says_its_model_cannot_see_is_understood(server: Vision, crop: Path, status: int, body: Any) -> None:
    server.error = (status, body)
    assert refusal(at(server.url), crop).key == "captioner.server.blind"


def test_a_server_that_drops_pictures_is_found_out_by_two_colours_before_it_gets_one(crop: Path) -> None:
    with OpenAi() as server:
        server.blind = True
        error = refusal(at(server.url), crop)
        assert (error.key, error.values["detail"]) == ("captioner.server.sees_nothing", "a beautiful red.")
        assert server.pictures == [] and server.colours == 2


def test_the_colours_are_asked_for_once_and_not_of_a_model_that_is_said_to_see(crop: Path) -> None:
    for made, colours in ((OpenAi(), 2), (Ollama(), 0)):
        with made as server, at(server.url) as asked:
            asked.ready()
            assert asked.describe(crop) == asked.describe(crop) == SAID
            assert server.colours == colours


def test_a_model_that_saw_nothing_is_blind_too(server: Vision, crop: Path) -> None:
    server.said = ["I'm sorry, but I don't see any image attached to your message."]
    assert refusal(at(server.url), crop).key == "captioner.server.blind"


def test_one_odd_answer_among_good_ones_stops_nothing(server: Vision, crop: Path) -> None:
    server.said = [SAID, "As an AI, I cannot describe people.", SAID]
    with at(server.url) as asked:
        asked.ready()
        assert [asked.describe(crop) for _ in range(3)] == [SAID, "", SAID]


@pytest.mark.parametrize(
    ("status", "body", "key"),
    [(500, {"error": "model requires more system memory (5.5 GiB) than is available"}, "refused"),
     (404, {"error": "model 'qwen2.5vl:3b' not found"}, "no_model"), (200, {"choices": []}, "nonsense"), (200, [], "nonsense"),
     (200, {"message": {"content": 3}}, "nonsense"), (503, "busy", "refused")],
)  # fmt: skip
def test_whatever_else_is_answered_is_one_sentence(server: Vision, crop: Path, status: int, body: Any, key: str) -> None:
    server.error = (status, body)
    assert refusal(at(server.url), crop).key == f"captioner.server.{key}"


def test_a_server_that_says_nothing_is_waited_for_as_long_as_the_settings_say(
    crop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    with Ollama() as server:
        monkeypatch.setattr(server, "see", lambda question, jpeg: let_go.wait(30) and SAID)
        asked = at(server.url, timeout_s=10)
        asked.ready()
        monkeypatch.setattr(asked, "_settings", type("Quick", (), {"timeout_s": 0.2, "model": ""})())
        with asked, pytest.raises(PipelineError) as caught:
            asked.describe(crop)
        let_go.set()
    assert caught.value.key == "captioner.server.silent"


def test_a_crop_that_cannot_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with Ollama() as server:
        assert refusal(at(server.url), tmp_path / "a.png").key == "captioner.bad_crop"


# --- what an answer may be -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "caption"),
    [("<think>long thoughts", ""), ("Sure! Here's the caption: blue shirt, sitting", "blue shirt, sitting"),
     ("Caption:\n- blue shirt\n- sitting on a sofa", "blue shirt, sitting on a sofa"), ('"blue shirt"', "blue shirt"),
     ("blue shirt,\nsitting,\n", "blue shirt, sitting"), ("**Clothing**: blue shirt", "Clothing: blue shirt")],
)  # fmt: skip
def test_an_answer_is_text_on_one_line(said: str, caption: str) -> None:
    assert one_caption(said) == caption


def test_an_answer_without_end_is_cut_at_a_comma() -> None:
    cut = one_caption("blue shirt, " * 1000)
    assert 500 < len(cut) <= 600 and cut.endswith("blue shirt")


def test_an_address_as_guides_tell_it_works_and_one_of_another_computer_is_known() -> None:
    with Ollama() as server, at(f"{server.url}/v1/") as asked:
        assert asked.ready() == "qwen2.5vl:3b" and asked.is_here
    assert not at("http://192.168.1.5:11434").is_here and at("localhost:1234").is_here
