"""Every text gets its values: what each call in the source gives, and what every text made while the tests run was given."""

from __future__ import annotations

import functools
import string

import pytest

from avatar.texts.text import Text
from tests import made_texts
from tests.all_texts import TEXTS
from tests.places import FIRST_START, program_modules
from tests.text_calls import Call, calls_in, calls_of


@functools.cache
def all_calls() -> list[Call]:
    """Return the calls of the whole program: seconds of work, which no worker does that only collects this file."""
    return [call for path in (*program_modules(), FIRST_START) for call in calls_in(path)]


def needed(key: str) -> set[str]:
    return {part for _, name, _, _ in string.Formatter().parse(TEXTS[key]["es"]) if name for part in name.split("~")}


def faults(call: Call) -> list[str]:
    """Return what is wrong with a call: values missing, or given to a text that does not say them."""
    if call.keys is None or call.names is None:
        return []
    found = [f"{call.place} {key} gets no {name}" for key in sorted(call.keys) for name in sorted(needed(key) - call.names)]
    if call.exact and len(call.keys) == 1:
        (key,) = call.keys
        found += [f"{call.place} {key} does not say {name}" for name in sorted(call.names - needed(key))]
    return found


def test_every_call_gives_its_text_the_values_that_it_says() -> None:
    assert [fault for call in all_calls() for fault in faults(call)] == []


def test_an_f_string_of_a_key_is_one_of_some_texts() -> None:
    assert [call.place for call in all_calls() if call.keys is not None and not call.keys] == []


def test_the_search_reads_most_of_the_calls_and_texts() -> None:
    read = [call for call in all_calls() if call.keys is not None and call.names is not None]
    assert len(read) >= 650 and len(read) >= 0.9 * len(all_calls())
    assert len({key for call in read for key in call.keys or ()}) >= 900


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('PipelineError("client.exists", client=a)', []),
        ('PipelineError("client.exists")', ["client.exists gets no client"]),
        ('PipelineError("client.exists", client=a, more=b)', ["client.exists does not say more"]),
        ('Text("client.exists", {"name": a})', ["client.exists gets no client", "client.exists does not say name"]),
        ('Text("client.exists" if a else "word.yes", {"client": a})', []),
        ('session.say("client.exists", style="bad")', ["client.exists gets no client"]),
        ('translate.text("client.exists", language)', ["client.exists gets no client"]),
        ('def f():\n  values = {"a": 1}\n  values["client"] = 2\n  Text("client.exists", values)', []),
        ('def f():\n  values = {"a": 1}\n  Text("client.exists", values)', ["client.exists gets no client"]),
        ('def f(values):\n  Text("client.exists", values)', []),  # handed on: told when it is made
        ('def f():\n  for key, n in (("client.exists", 1), ("word.yes", 2)):\n    Text(key)', ["client.exists gets no client"]),
        ('K = {1: "client.exists"}\ndef f(n):\n  Text(K.get(n, "word.yes"))', ["client.exists gets no client"]),
        ('NAMES = ("exists",)\n[Text(f"client.{name}") for name in NAMES]', ["client.exists gets no client"]),
        ('def f(n):\n  Text(f"word.{n}")', []),
        ('questions.yes_no(session, "guided.go", default=True, extra=1)', ["guided.go does not say extra"]),
        ('pen.text((1, 2), "client.exists")', []),
    ],
)  # fmt: skip
def test_the_search_finds_values_that_are_missing_or_too_many(source: str, wrong: list[str]) -> None:
    found = [fault.partition(" ")[2] for call in calls_of(source, "x.py") for fault in faults(call)]
    assert found == wrong


# --- the texts made while the tests run ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (Text("no.such"), "KeyError('no.such')"),
        (Text("client.exists", {"name": "a"}), "KeyError('client')"),
        (Text("plan.change.alpha_follows"), "KeyError('dim')"),  # of the retry after a card ran out of memory
        (Text("train.memory", dict.fromkeys(needed("train.memory"), "x")), "ValueError"),
    ],
)
def test_a_text_that_cannot_be_told_fails_the_test_that_made_it(text: Text, fault: str) -> None:
    found: list[str] = []
    made_texts.faults_of(text, found)
    assert len(found) == 1 and fault in found[0]


def test_texts_are_watched_where_the_program_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from avatar.commands import blocks

    monkeypatch.setattr(blocks, "SHOWN_OF_A_KIND", 0)
    assert blocks.few_per_kind([Text("no.such")]) == [Text("import.more_like_it", {"n": 1})]
    assert made_texts.FAULTS == []
    blocks.findings_table([], "no.such")
    assert len(made_texts.FAULTS) == 1
    made_texts.FAULTS.clear()
