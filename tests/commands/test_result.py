"""What JSON shows of a command's result: the keys that scripts rely on, whatever the program holds them in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avatar.commands import plan as plan_commands
from avatar.commands.dataset import Prepared
from avatar.commands.doctor import Diagnosis
from avatar.commands.result import plain
from avatar.dataset.training_folder import DatasetReport
from avatar.faces.update import Failure
from avatar.pictures.import_job import ImportReport
from avatar.pictures.sources import Refused
from avatar.plan.values import Change
from avatar.reports.stages import StageState
from avatar.texts.text import Finding, Remedy, Text
from avatar.training.queue import Entry
from avatar.training.run_folder import Outcome
from avatar.training.runs import RunSummary
from avatar.workspace.client import Client
from tests.scripted import MakeSession

TOLD = Text("plan.rule.below_least", {"name": "steps", "value": 0, "least": 1})
FLAT = {"key": TOLD.key, "values": dict(TOLD.values)}
PAIR = [TOLD.key, dict(TOLD.values)]
IDS = ("mj_0000000000000001",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Refused("a.png", TOLD), {"name": "a.png", **FLAT}),
        (Failure(IDS[0], "a.png", TOLD), {"image_id": IDS[0], "name": "a.png", **FLAT}),
        (Change("dim", 96, 48, TOLD), {"name": "dim", "before": 96, "after": 48, "why": TOLD.key, "values": FLAT["values"]}),
        (StageState("setup", "done", 1, TOLD),
         {"name": "setup", "state": "done", "count": 1, "why": TOLD.key, "values": FLAT["values"]}),
        (StageState("setup", "done", 1), {"name": "setup", "state": "done", "count": 1, "why": "", "values": {}}),
        (Finding("disk", "blocked", TOLD), {"name": "disk", "level": "blocked", **FLAT}),
        (Diagnosis([Finding("hang", "blocked", TOLD, (Remedy("stop", ("r1",)),)), Finding("nan", "ready", TOLD)], "blocked"),
         {"findings": [
             {"name": "hang", "level": "blocked", **FLAT, "remedies": [{"action": "stop", "arguments": ["r1"]}]},
             {"name": "nan", "level": "ready", **FLAT, "remedies": []}], "verdict": "blocked"}),
    ],
)  # fmt: skip
def test_a_text_stands_flat_in_what_holds_it(value: object, expected: dict[str, Any]) -> None:
    assert plain(value) == expected
    assert list(plain(value)) == list(expected)


@pytest.mark.parametrize(
    "value",
    [Entry("ana", "failed", cause=TOLD), RunSummary("r1", "failed", 1, 2, None, TOLD), Outcome(False, "r1", cause=TOLD)],
)  # fmt: skip
def test_how_a_training_ended_has_its_cause_and_the_values_of_it(value: object) -> None:
    found = plain(value)
    assert (found["cause"], found["values"]) == (TOLD.key, FLAT["values"])


def test_a_success_has_no_cause() -> None:
    for value in (Entry("ana"), RunSummary("r1", "done", 2, 2, None), Outcome(True, "r1")):
        found = plain(value)
        assert (found["cause"], found["values"]) == ("", {})


def test_texts_in_a_list_are_pairs_of_key_and_values() -> None:
    report = DatasetReport(1, (), 1, {}, {}, (), 0, 0, (TOLD, TOLD), "f")
    assert plain(report)["notes"] == [PAIR, PAIR]
    assert plain(ImportReport("mj", warnings=[TOLD]))["warnings"] == [PAIR]
    assert plain(Outcome(False, "r1", warnings=(TOLD,)))["warnings"] == [PAIR]
    assert plain({"problems": [TOLD]}) == {"problems": [PAIR]}


def test_advice_names_the_pictures_it_is_about() -> None:
    report = DatasetReport(1, (), 1, {}, {}, (), 0, 0, (), "f")
    advice = [Finding("bursts", "attention", TOLD, images=IDS), Finding("ready", "ready", TOLD)]
    found = plain(Prepared(report, advice, "page.html"))
    assert found["advice"] == [
        {"level": "attention", **FLAT, "image_ids": list(IDS)}, {"level": "ready", **FLAT, "image_ids": []},
    ]  # fmt: skip
    assert (found["page"], found["report"]["pictures"]) == ("page.html", 1)


def test_a_plan_and_its_check_have_the_keys_that_scripts_read(make: MakeSession, client: Client) -> None:
    session, _ = make()
    planned = json.loads(json.dumps(plain(plan_commands.configure(session, "ana", gpu="gtx1650_4gb").value)))
    assert {frozenset(change) for change in planned["changes"]} == {frozenset({"name", "before", "after", "why", "values"})}
    assert planned["changes"] == json.loads(client.plan_file.read_text(encoding="utf-8"))["changes"]
    assert ["plan.warning.no_dataset", {}] in planned["warnings"]
    checked = json.loads(json.dumps(plain(plan_commands.dry_run(session, "ana").value)))
    assert {frozenset(item) for item in checked["preflight"]} == {frozenset({"name", "level", "key", "values"})}
