"""Whatever JSON a server gives where we expect something: told as a problem, never a crash, never a picture."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from avatar.generate import a1111_reply, comfyui_graph, comfyui_reply, server_base
from avatar.generate.a1111_reply import Asked
from avatar.generate.server import Reply
from avatar.texts.text import PipelineError
from tests.generate.drawing import BASE, request

WORDS = st.sampled_from(
    ["status", "status_str", "success", "completed", "messages", "outputs", "9", "images", "prompt", "node_errors", "errors",
     "execution_cached", "execution_error", "nodes", "info", "infotexts", "extra_generation_params", "Lora hashes", "filename",
     "prompt_id", "error", "message", "extra_info", "exception_type", "input", "required", "KSampler", "sampler_name"]
)  # fmt: skip
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=6),
    max_leaves=25,
)
OBJECTS = st.dictionaries(WORDS, ANY, max_size=8)
GRAPH = comfyui_graph.graph(request(), comfyui_graph.Names(checkpoint="a", loras={}), "1")


@given(OBJECTS)
def test_no_history_of_comfyui_is_a_crash_or_a_picture(entry: dict[str, Any]) -> None:
    with contextlib.suppress(PipelineError, comfyui_reply.Spoiled):
        comfyui_reply.finished_picture(entry, GRAPH, loader_seen=False)
        raise AssertionError(entry)


@given(ANY, st.sampled_from([200, 400, 500]))
def test_no_answer_to_a_prompt_is_a_crash(answer: Any, status: int) -> None:
    with contextlib.suppress(PipelineError):
        assert comfyui_reply.accepted(Reply(status, json.dumps(answer).encode())) == answer["prompt_id"]


@given(OBJECTS, OBJECTS | st.text(max_size=9), st.sampled_from([200, 422, 500]))
def test_no_reply_of_a1111_is_a_crash_or_a_picture(answer: dict[str, Any], info: Any, status: int) -> None:
    told = {**answer, "images": ["AAAA"], "info": json.dumps(info)}
    asked = Asked(request=request(), prompt="x", lora="", checkpoint="small_sdxl")
    with contextlib.suppress(PipelineError):
        a1111_reply.proved(Reply(status, json.dumps(told).encode()), asked)
        raise AssertionError(told)


@given(ANY)
def test_no_description_of_a_node_is_a_crash(info: Any) -> None:
    listed = comfyui_graph.choices(info, "KSampler", "sampler_name")
    with contextlib.suppress(PipelineError):
        assert server_base.found_base(BASE, "", listed) in listed


@given(st.binary(max_size=200))
def test_bytes_that_are_no_json_are_none(body: bytes) -> None:
    with contextlib.suppress(ValueError):
        json.loads(body)
        return
    assert Reply(200, body).json() is None
