"""No file beside a picture, whatever it holds, breaks its reading."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.pictures import sidecar_texts

KEYS = st.sampled_from(
    ["id", "url", "prompt", "full_command", "textPrompt", "decodedPrompt", "content", "caption", "captions", "text", "tags",
     "file_name", "_archived_files", "photoTakenTime", "jobs", "images", "steps", "x"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
VALUES = st.recursive(LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(KEYS, one, max_size=4), max_leaves=12)
NAMES = ["a.txt", "a.caption", "a.prompt", "a.prompt.txt", "a.json", "a.jsonl", "a.csv", "a.tsv", "a.xmp", "a.info", "a"]


@given(VALUES, st.booleans())
def test_any_json_says_something_or_why_not(value: object, generated: bool) -> None:
    content = json.dumps(value).encode()
    said = sidecar_texts.read("a.json", content, generated=generated)
    assert said.nothing is not None or said.prompt or said.caption or said.job_id
    for name in ("a.json", "a.jsonl"):
        for _, listed in sidecar_texts.read_list(name, content, generated=generated):
            assert listed.nothing is None


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode), st.sampled_from(NAMES), st.booleans())
def test_any_bytes_say_something_or_why_not(content: bytes, name: str, generated: bool) -> None:
    said = sidecar_texts.read(name, content, generated=generated)
    assert said.nothing is not None or said.prompt or said.caption or said.job_id or said.keywords or said.edits
    list(sidecar_texts.read_list(name, content, generated=generated))


@pytest.mark.parametrize("content", [b'"a\x00b"', b"a,b\n" + b"x" * 200_000, b'"' * 1001, b'file_name,text\n"a\n'])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl"])
def test_a_table_that_is_none_is_passed_over(content: bytes, name: str) -> None:
    assert list(sidecar_texts.read_list(name, content, generated=True)) == []
