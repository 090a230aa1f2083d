"""Servers with models that see, played on a real socket: an Ollama, and one that speaks as OpenAI's does."""

from __future__ import annotations

import base64
import io
import json
from http.server import BaseHTTPRequestHandler
from typing import Any

from PIL import Image

from avatar.dataset import vision_server
from tests.generate.standin_http import StandIn, reply

SAID = "red wool coat, standing in a snowy street, smiling, soft daylight"


class Vision(StandIn):
    """Base of both.

    said   the answers in turn, the last one for ever
    error  (status, body) in place of an answer
    blind  pictures are dropped on the way; colours: how often one was asked for
    """

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = [SAID]
        self.error: tuple[int, Any] | None = None
        self.blind = False
        self.colours = 0
        self.pictures: list[Image.Image] = []

    def see(self, question: str, jpeg: str) -> str:
        with self.lock:
            raw = base64.b64decode(jpeg, validate=True)
            assert raw[:3] == b"\xff\xd8\xff", "no JPEG"
            shown = Image.open(io.BytesIO(raw))
            if question == vision_server.COLOUR_QUESTION:
                self.colours += 1
                red, _, blue = shown.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
                return "A beautiful red." if self.blind or red > blue else "Blue"
            self.pictures.append(shown)
            return self.said.pop(0) if len(self.said) > 1 else self.said[0]


class Ollama(Vision):
    """models: name -> capabilities; None: an older one, which tells none. cloud: names of models that work elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.models: dict[str, list[str] | None] = {"llama3.2:3b": ["completion"], "qwen2.5vl:3b": ["completion", "vision"]}
        self.cloud: set[str] = set()

    def answer(self, handler: BaseHTTPRequestHandler, method: str, path: str, params: dict[str, str], body: Any) -> None:
        if (method, path) == ("GET", "/api/tags"):
            elsewhere = {"remote_host": "https://ollama.com:443"}
            reply(handler, 200, {"models": [{"name": n, **(elsewhere if n in self.cloud else {})} for n in self.models]})
        elif (method, path) == ("POST", "/api/show"):
            told = self.models[body["model"]]
            reply(handler, 200, {"details": {}} if told is None else {"capabilities": told})
        elif (method, path) == ("POST", "/api/chat") and self.error is None:
            assert body["stream"] is False and body["think"] is False
            (message,) = body["messages"]
            reply(
                handler,
                200,
                {
                    "model": body["model"],
                    "message": {"role": "assistant", "content": self.see(message["content"], *message["images"])},
                },
            )
        elif (method, path) == ("POST", "/api/chat") and self.error is not None:
            reply(handler, *self.error)
        else:
            reply(handler, 404, "404 page not found")


class OpenAi(Vision):
    def __init__(self) -> None:
        super().__init__()
        self.models = ["text-embedding-nomic", "gemma-3-4b-it"]

    def answer(self, handler: BaseHTTPRequestHandler, method: str, path: str, params: dict[str, str], body: Any) -> None:
        if (method, path) == ("GET", "/v1/models"):
            reply(handler, 200, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})
        elif (method, path) == ("POST", "/v1/chat/completions") and self.error is None:
            asked, picture = body["messages"][0]["content"]
            assert asked["type"] == "text"
            kind, _, jpeg = picture["image_url"]["url"].partition(",")
            assert kind == "data:image/jpeg;base64"
            reply(
                handler,
                200,
                {"choices": [{"index": 0, "message": {"role": "assistant", "content": self.see(asked["text"], jpeg)}}]},
            )
        elif (method, path) == ("POST", "/v1/chat/completions") and self.error is not None:
            reply(handler, *self.error)
        else:  # as LM Studio does
            reply(handler, 200, json.dumps({"error": f"Unexpected endpoint or method. ({method} {path})"}))
