"""Texts, errors and findings as values, and the form in which files and JSON hold them."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from avatar.texts.text import (
    LEVELS,
    Finding,
    Level,
    PipelineError,
    Text,
    as_record,
    flat_fields,
    from_record,
    gravest_first,
    key_of,
    worst_level,
)


@dataclass(frozen=True)
class Holder:
    name: str
    why: Text | None
    notes: tuple[Text, ...] = ()


def test_an_error_holds_a_text_and_survives_its_way_to_another_process() -> None:
    error = PipelineError("record.invalid", path="a", problems=[Text("setting.missing", {"name": "x"})])
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    assert isinstance(again, PipelineError)
    assert again.text == error.text == Text(error.key, error.values)
    assert str(again) == str(error) == f"record.invalid {error.values}"


def test_a_text_becomes_the_error_it_tells() -> None:
    wrong = Text("option.unknown", {"option": "--x"}, "warn")
    assert (PipelineError.of(wrong).key, PipelineError.of(wrong).values) == ("option.unknown", {"option": "--x"})


def test_a_text_stands_in_a_record_as_the_two_fields_it_always_was() -> None:
    held = Holder("a", Text("plan.rule.fp8", {"n": 1}), (Text("menu.bye"),))
    assert list(flat_fields(held)) == ["name", "why", "values", "notes"]
    assert as_record(held) == {"name": "a", "why": "plan.rule.fp8", "values": {"n": 1}, "notes": [("menu.bye", {})]}
    finding = Finding("disk", "blocked", Text("setup.disk_full", {"free_gb": 1.5}))
    assert as_record(finding) | {"remedies": [], "images": []} == {
        "name": "disk", "level": "blocked", "key": "setup.disk_full", "values": {"free_gb": 1.5}, "remedies": [], "images": [],
    }  # fmt: skip


@given(st.text(max_size=5), st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3), max_size=3))
def test_what_a_record_holds_is_read_as_the_same_text(key: str, values: dict[str, object]) -> None:
    told = Text(key, values) if key else None
    record = json.loads(json.dumps(as_record(Holder("a", told))))
    assert record["why"] == key_of(told)
    assert from_record(record["why"], record["values"]) == told


def test_an_empty_key_of_a_record_is_no_text() -> None:
    assert from_record("", {}) is None and from_record("", {"n": 1}) is None
    assert from_record("menu.bye", None) == Text("menu.bye")


def findings(*levels: Level) -> list[Finding]:
    return [Finding(str(number), level, Text("menu.bye")) for number, level in enumerate(levels)]


def test_levels_are_ordered_and_equals_keep_their_order() -> None:
    assert LEVELS == ("ready", "attention", "blocked")
    assert worst_level([]) == "ready" and worst_level(findings(*LEVELS)) == "blocked"
    found = gravest_first(findings("ready", "attention", "blocked", "ready", "attention"))
    assert [item.name for item in found] == ["2", "1", "4", "0", "3"]
