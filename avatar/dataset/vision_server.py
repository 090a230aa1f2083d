"""A model that sees, run by a server of the user's: Ollama, or one that speaks as OpenAI's does (LM Studio, llama.cpp, vLLM).

It gets a small JPEG of each crop and one fixed question. What it answers is text, never more: cut, put on one line, and judged
by the filter of prompts as everything else is.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.generate.backend import BackendError
from avatar.generate.server import Address, Reply, Server, short
from avatar.texts.text import PipelineError
from avatar.workspace import state_file
from config import CaptionerConfig

if TYPE_CHECKING:
    from PIL.Image import Image

SETTING = "captioner.server"
PROGRAM = "the captioner's server"
SIDE_PX = 768  # [choice] the newest models cut a picture into tiles of 336 to 1024 px; more costs time and shows no more
ANSWER_TOKENS = 120
ANSWER_CHARACTERS = 600
MOST_BYTES = 1 << 22  # of an answer or of a list of models
QUESTION = (
    "Describe this photo for an image caption in one short line of English phrases separated by commas: clothing with "
    "colours, pose, facial expression, place, light, visible objects. Say nothing about who the person is: no name, age, "
    "sex, ethnicity, hair, eyes, skin, body or beauty. No sentence, no introduction, at most 40 words."
)
# A server may drop a picture that its model cannot see, and the model makes one up: two plain ones tell (transformers serve
# 5.24 with a text-only model: ran).
COLOUR_QUESTION = "What colour is this picture? Answer with one word."
COLOURS: Mapping[str, tuple[int, int, int]] = {"red": (255, 0, 0), "blue": (0, 0, 255)}
# Names of models that see, where a server does not tell; the first that fits is taken.
SEES = re.compile(
    r"(?:^|[\W_\d])(?:vl|vlm|vision)(?:$|[\W_\d])|llava|moondream|minicpm-?v|joycaption|pixtral|florence|internvl|smolvlm|"
    r"gemma-?[34](?!n|.*(?:270m|1b))|qwen[\d.]*-?vl|bakllava|cogvlm|mistral-small3|idefics|paligemma|molmo", re.IGNORECASE
)  # fmt: skip
_BLIND = re.compile(
    r"(?:image|vision|multi-?modal|mmproj|picture).{0,80}(?:not|n't|unsupported|cannot|at most 0|provide)|"
    r"(?:not|n't|unsupported|cannot|missing).{0,80}(?:image|vision|multi-?modal|picture)", re.IGNORECASE | re.DOTALL
)  # fmt: skip
# What a model without eyes says of a picture that its server dropped on the way.
_SAW_NOTHING = re.compile(
    r"\b(?:no|any|an?) (?:image|photo|picture)\b.{0,40}\b(?:provided|attached|shared|uploaded)|"
    r"(?:can(?:no|')t|unable to|not able to|don't) (?:see|view|access|process|have)\b.{0,40}\b(?:image|photo|picture)|"
    r"\bas an? (?:ai|text-based|language)\b", re.IGNORECASE
)  # fmt: skip
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", re.IGNORECASE | re.DOTALL)
_PREFACE = re.compile(r"^(?:sure|certainly|here(?: is|'s)|caption|description)\b[^:\n]{0,60}:\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Model:
    """A model of the server. sees: None where the server does not tell. elsewhere: its computer is not this one."""

    name: str
    sees: bool | None = None
    elsewhere: bool = False


class VisionServer:
    """The server that the settings name. Nothing is sent before `ready`."""

    def __init__(self, settings: CaptionerConfig) -> None:
        self._settings = settings
        address = settings.server.strip().rstrip("/").removesuffix("/v1")  # so it stands in many a guide
        self._server = Server(PROGRAM, address, setting=SETTING, most_bytes=MOST_BYTES)
        self._is_ollama = False
        self._sees = False  # the server says so, or the colours were told
        self._has_seen = False
        self.model = ""

    def __enter__(self) -> VisionServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    @property
    def address(self) -> str:
        """Its address without a slash at the end. Raises PipelineError("captioner.server.bad_address")."""
        return self._address().url

    @property
    def is_here(self) -> bool:
        """Whether the address is this computer's own. Raises PipelineError("captioner.server.bad_address")."""
        return self._address().here

    def _address(self) -> Address:
        try:
            return self._server.address
        except BackendError as error:
            raise _of(error) from error

    def ready(self) -> str:
        """Find out what kind of server it is and which model looks at the pictures; return its name. Sends no picture.

        Raises PipelineError("captioner.server.…"): not running, another program, no such model, none that sees, one elsewhere.
        """
        models = self._models()
        if wanted := self._settings.model:
            chosen = next((m for m in models if m.name in {wanted, f"{wanted}:latest"}), None)
            if chosen is None:
                raise self._error("no_model", model=wanted, models=_listed(models))
        else:
            here = [model for model in models if not model.elsewhere]
            chosen = next((m for m in here if m.sees), None) or next(
                (m for m in here if m.sees is None and SEES.search(m.name)), None
            )
            chosen = chosen or (here[0] if len(here) == 1 and here[0].sees is None else None)
            if chosen is None:
                raise self._error("none_sees", models=_listed(models))
        if chosen.elsewhere:
            raise self._error("model_elsewhere", model=chosen.name)
        if chosen.sees is False:
            raise self._error("blind", model=chosen.name, detail="-")
        self.model, self._sees = chosen.name, chosen.sees is True
        return chosen.name

    def describe(self, picture: Path) -> str:
        """Return what the model says of a picture, on one line; "" where that is nothing that can be used.

        Raises PipelineError("captioner.server.…"), ("captioner.bad_crop").
        """
        if not self._sees:
            self._try_colours()
        said = self._answer(QUESTION, _jpeg(picture))
        if not _SAW_NOTHING.search(said):
            self._has_seen = True
            return one_caption(said)
        if not self._has_seen:
            raise self._error("blind", model=self.model, detail=short(said))
        return ""

    def _try_colours(self) -> None:
        """Show the model two pictures of one colour each. Raises PipelineError("captioner.server.sees_nothing")."""
        import PIL.Image

        for colour, rgb in COLOURS.items():
            plain = _encoded(PIL.Image.new("RGB", (SIDE_PX // 2, SIDE_PX // 2), rgb))
            said = _THOUGHT.sub("", self._answer(COLOUR_QUESTION, plain)).lower()
            if [name for name in COLOURS if re.search(rf"\b{name}\b", said)] != [colour]:
                raise self._error("sees_nothing", model=self.model, detail=short(said) or "-")
        self._sees = True

    def _answer(self, question: str, jpeg: str) -> str:
        """Return what the model says of a picture, as it came. Raises PipelineError("captioner.server.…")."""
        if self._is_ollama:
            reply = self._ask("POST", "/api/chat", self._of_ollama(question, jpeg))
        else:
            reply = self._ask("POST", "/v1/chat/completions", self._of_openai(question, jpeg))
        value = reply.json()
        if reply.status != 200:
            self._refuse(reply, value)
        said = _text_of(value)
        if said is None:
            raise self._error("nonsense", model=self.model)
        return said

    def _of_ollama(self, question: str, jpeg: str) -> dict[str, Any]:
        return {
            "model": self.model, "stream": False, "think": False,
            "messages": [{"role": "user", "content": question, "images": [jpeg]}],
            "options": {"temperature": 0, "num_predict": ANSWER_TOKENS},
        }  # fmt: skip

    def _of_openai(self, question: str, jpeg: str) -> dict[str, Any]:
        picture = {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{jpeg}"}}
        return {
            "model": self.model, "stream": False, "temperature": 0, "max_tokens": ANSWER_TOKENS,
            "messages": [{"role": "user", "content": [{"type": "text", "text": question}, picture]}],
        }  # fmt: skip

    # --- which models there are --------------------------------------------------------------------------------------

    def _models(self) -> list[Model]:
        found = self._ask("GET", "/api/tags")
        if found.status == 200 and (listed := _objects(found.json(), "models")) is not None:
            self._is_ollama = True
            return [self._ollama_model(item) for item in listed if isinstance(item.get("name"), str)]
        found = self._ask("GET", "/v1/models")
        listed = _objects(found.json(), "data") if found.status == 200 else None
        if listed is None:
            raise self._error("another_program", setting=SETTING)
        return [Model(item["id"]) for item in listed if isinstance(item.get("id"), str)]

    def _ollama_model(self, item: Mapping[str, Any]) -> Model:
        """Return a model with what Ollama says of it; one of its cloud works on a computer of theirs."""
        name = item["name"]
        if item.get("remote_host") or item.get("remote_model") or name.partition(":")[2].endswith("cloud"):
            return Model(name, elsewhere=True)
        reply = self._ask("POST", "/api/show", {"model": name})
        shown = reply.json() if reply.status == 200 else None
        told = state_file.fields(shown, {"capabilities": list, "remote_host": str})
        sees = "vision" in told["capabilities"] if "capabilities" in told else None  # older ones tell nothing
        return Model(name, sees, bool(told.get("remote_host")))

    # --- asking ------------------------------------------------------------------------------------------------------

    def _ask(self, method: str, path: str, body: object = None) -> Reply:
        try:
            return self._server.ask(method, path, body=body, read_s=self._settings.timeout_s)
        except BackendError as error:
            raise _of(error) from error

    def _refuse(self, reply: Reply, value: Any) -> None:
        told = short(_error_of(value) or reply.body[:2000].decode("utf-8", "replace") or reply.status)
        if reply.status == 404 and "not found" in told.lower():
            raise self._error("no_model", model=self.model, models="-")
        if _BLIND.search(told):
            raise self._error("blind", model=self.model, detail=told)
        raise self._error("refused", model=self.model, detail=told)

    def _error(self, name: str, **values: object) -> PipelineError:
        return PipelineError(f"captioner.server.{name}", address=self._server.address.url, **values)


def _of(error: BackendError) -> PipelineError:
    """Return an error of the line in the words of this room: nothing was being drawn."""
    return PipelineError(error.key.replace("server.", "captioner.server.", 1), **error.values)


def _objects(value: Any, name: str) -> list[dict[str, Any]] | None:
    found = state_file.fields(value, {name: list}).get(name)
    return None if found is None else [item for item in found if isinstance(item, dict)]


def _listed(models: Sequence[Model]) -> str:
    return ", ".join(short(model.name) for model in models[:10]) or "-"


def _text_of(value: Any) -> str | None:
    """Return the answer in a reply of either kind, None where there is none."""
    choices = value.get("choices") if isinstance(value, dict) else None
    holder = choices[0] if isinstance(choices, list) and choices else value
    message = holder.get("message") if isinstance(holder, dict) else None
    return state_file.fields(message, {"content": str}).get("content")


def _error_of(value: Any) -> str:
    """Return what a reply says went wrong: a text, or an object with a message."""
    told = value.get("error") if isinstance(value, dict) else None
    if isinstance(told, dict):
        told = told.get("message")
    return told if isinstance(told, str) else ""


def one_caption(said: str) -> str:
    r"""Return an answer without thoughts, introduction and marks of lists, on one line and not too long.

    >>> one_caption("<think>The user wants ...</think>Sure, here is the caption:\n- red coat\n- **standing** in a street")
    'red coat, standing in a street'
    """
    lines = [re.sub(r"^[\s>#*+-]+|[*_`]+", "", line).strip() for line in _THOUGHT.sub("", said).splitlines()]
    text = ", ".join(line.rstrip(",;") for line in lines if line)
    text = _PREFACE.sub("", text.replace(":, ", ": ")).strip(" \"'")
    if len(text) <= ANSWER_CHARACTERS:
        return text
    return text[:ANSWER_CHARACTERS].rpartition(",")[0] or text[:ANSWER_CHARACTERS]


def _jpeg(picture: Path) -> str:
    """Return a picture as a small JPEG in base64: pixels alone, whatever else its file holds."""
    import PIL.Image

    try:
        with PIL.Image.open(picture) as opened:
            small = opened.convert("RGB")
            small.thumbnail((SIDE_PX, SIDE_PX), PIL.Image.Resampling.LANCZOS)
    except (OSError, ValueError) as error:
        raise PipelineError("captioner.bad_crop", path=str(picture), detail=short(error)) from error
    return _encoded(small)


def _encoded(picture: Image) -> str:
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=90)
    return base64.b64encode(held.getvalue()).decode("ascii")
