"""Damaged state files: a field that is none is left out, a text that cannot be told says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.texts import translate
from avatar.texts.text import Text
from avatar.workspace import state_file

TYPES: state_file.FieldTypes = {"step": int, "loss": float, "name": str, "ok": bool, "plan": dict, "words": list}
WHOLE = {"step": 3, "loss": 0.5, "name": "a", "ok": True, "plan": {}, "words": []}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def test_a_whole_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({**WHOLE, "more": 1}), encoding="utf-8")
    assert state_file.read(tmp_path / "a.json", TYPES) == WHOLE
    assert state_file.fields({"loss": 2}, TYPES) == {"loss": 2}  # whole numbers will do


@pytest.mark.parametrize("field", sorted(TYPES))
@given(JSON)
def test_a_damaged_field_costs_itself_and_no_other(field: str, value: object) -> None:
    found = state_file.fields({**WHOLE, field: value}, TYPES)
    assert set(WHOLE) - {field} <= set(found)
    if field in found and TYPES[field] not in {dict, list}:
        json.dumps(found[field], allow_nan=False, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400, -(10**20), True])
def test_a_number_that_nothing_can_be_reckoned_with_is_none(number: float) -> None:
    assert state_file.fields({"step": number, "loss": number}, TYPES) == {}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b'{"step": 3', b"\xff\xfe", b"[" * 100_000, b"9" * 6000, b'{"step": 3}\0']
)
def test_what_is_no_object_has_no_fields(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    assert state_file.read(tmp_path / "a.json", TYPES) == {}
    assert state_file.read(tmp_path / "none.json", TYPES) == {}
    assert state_file.read(tmp_path / "a\0b", TYPES) == {}


@pytest.mark.parametrize(
    ("key", "values"),
    [("no.such.text", {}), ("train.cause.unknown", {}), ("train.warning.silent", {"minutes": "x", "step": 1, "phase": "-"})],
)
def test_a_text_that_cannot_be_told_says_so(key: str, values: dict[str, object]) -> None:
    told = state_file.told({"cause": key, "values": values})
    assert told == Text("file.text_lost", {"name": key})
    assert all(key in translate.words(told, language) for language in translate.LANGUAGES)


def test_a_text_that_is_whole_is_told_as_it_was() -> None:
    assert state_file.told({"cause": "stage.why.run_open", "values": {"run": "r"}}) == Text("stage.why.run_open", {"run": "r"})
    assert state_file.told({}) is None
