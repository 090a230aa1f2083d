"""Numbers, lists and the way back of a review: what a step remembers, when it may be taken back, and what it leaves alone."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from avatar.faces import decisions
from avatar.faces.decisions import MOST_STEPS
from avatar.reports import review_list
from avatar.reports.review_list import VERDICT_OF
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from avatar.workspace.records import FaceChoice
from config import Settings
from tests.children import child_command, hold_lock
from tests.commands.test_review import add_cut, imported, verdicts
from tests.stages.test_image_processor import TWO, add, drawn, run

DEFAULTS = Settings()


def ident(number: int) -> str:
    return f"mj_{number:016x}"


def remembered(client: Client) -> list[dict[str, Any]]:
    """The steps that the undo file holds, the oldest first: image id -> [word, face]."""
    kept = json.loads((client.images.parent / decisions.UNDO_FILE).read_text(encoding="utf-8"))
    assert kept["version"] == 1
    return [step["before"] for step in kept["steps"]]


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_pictures_of_one_moment_are_numbered_by_source_then_name_whatever_the_case_then_id(client: Client) -> None:
    ids = [add(client, drawn((50 + n, 50, 300, 300)), source="real" if n == 3 else "mj") for n in range(5)]
    when = "2026-01-01T00:00:00+00:00"
    for image_id, name in zip(ids, ("b.png", "A.png", "B.png", "0.png", "a.png"), strict=True):
        imported(client, image_id, when, name)
    imported(client, ids[4], "2025-12-31T23:59:59+00:00", "z.png")
    named = [entry.row.name for entry in review_list.entries(client)]
    same = sorted([(ids[0], "b.png"), (ids[2], "B.png")])  # one name but for its case: the id decides
    assert named == ["z.png", "A.png", *(name for _, name in same), "0.png"]


def test_an_entry_carries_the_measures_of_its_picture_and_changing_them_changes_no_record(client: Client) -> None:
    add(client, drawn((200, 200, 360, 450)), "a.png")
    imported(client, client.records()[0].image_id, "2026-01-01T00:00:00+00:00")
    [before] = review_list.entries(client)
    assert (before.row.verdict, before.row.by, before.row.path, dict(before.measures)) == ("pending", "", None, {})
    run(client)
    [after] = review_list.entries(client)
    quality = client.record(after.row.image_id).quality
    assert quality is not None
    assert after.measures == quality.measures
    assert after.number == before.number == 1


def test_a_list_of_another_name_is_all_pictures_and_every_name_has_its_verdict() -> None:
    assert set(VERDICT_OF) == set(review_list.LISTS) - {"all", "held-out"}
    assert sorted(VERDICT_OF.values()) == ["approved", "pending", "rejected"]


# --- what is remembered ----------------------------------------------------------------------------------------------


def test_a_step_remembers_what_the_user_had_said_and_not_what_the_rules_did(client: Client) -> None:
    add_cut(client, 1)
    add_cut(client, 2, "approved")
    decisions.decide(client, DEFAULTS, approve=[ident(1)], reject=[ident(2)])
    decisions.decide(client, DEFAULTS, clear=[ident(1)], reject=[ident(2)])
    first, second = remembered(client)
    assert first == {ident(1): ["", None], ident(2): ["", None]}  # the rules' own verdicts are judged anew, not kept
    assert second == {ident(1): ["approved", None], ident(2): ["rejected", None]}


def test_a_picked_face_is_remembered_and_one_that_the_rules_chose_is_not(client: Client) -> None:
    image_id = add(client, TWO)
    run(client)
    decisions.decide(client, DEFAULTS, face=(image_id, 1))
    decisions.decide(client, DEFAULTS, face=(image_id, 0))
    assert remembered(client) == [{image_id: ["", None]}, {image_id: ["", 1]}]
    decisions.undo(client, DEFAULTS)
    assert client.record(image_id).face_choice == FaceChoice(index=1, why="user")


@pytest.mark.parametrize("nothing", [{}, {"approve": []}, {"approve": (), "reject": (), "clear": ()}])
def test_a_decision_over_no_picture_is_none_to_take_back(client: Client, nothing: dict[str, Any]) -> None:
    add_cut(client, 1)
    decisions.decide(client, DEFAULTS, approve=[ident(1)])
    assert decisions.decide(client, DEFAULTS, **nothing) == decisions.DecisionReport()
    assert decisions.steps_to_undo(client) == 1
    assert decisions.undo(client, DEFAULTS) == [ident(1)]


def test_an_unknown_picture_among_others_changes_none_and_remembers_nothing(client: Client) -> None:
    add_cut(client, 1)
    with pytest.raises(PipelineError, match=r"image\.unknown"):
        decisions.decide(client, DEFAULTS, approve=[ident(1), ident(9)])
    assert verdicts(client) == {"1.png": "rejected"}
    assert decisions.steps_to_undo(client) == 0


def test_the_oldest_steps_are_forgotten_and_the_newest_never(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        add_cut(client, number)
    assert MOST_STEPS >= 10
    monkeypatch.setattr(decisions, "MOST_REMEMBERED", 3)
    decisions.decide(client, DEFAULTS, approve=[ident(0)])
    decisions.decide(client, DEFAULTS, approve=[ident(1)])
    decisions.decide(client, DEFAULTS, approve=[ident(2)])
    assert [list(step) for step in remembered(client)] == [[ident(0)], [ident(1)], [ident(2)]]  # three are no more than three
    decisions.decide(client, DEFAULTS, reject=[ident(0), ident(1)])
    assert [list(step) for step in remembered(client)] == [[ident(2)], [ident(0), ident(1)]]
    decisions.decide(client, DEFAULTS, clear=[ident(n) for n in range(3)])
    assert [list(step) for step in remembered(client)] == [[ident(0), ident(1), ident(2)]]
    monkeypatch.setattr(decisions, "MOST_REMEMBERED", 1)
    decisions.decide(client, DEFAULTS, reject=[ident(0), ident(1)])
    assert [list(step) for step in remembered(client)] == [[ident(0), ident(1)]]  # larger than allowed, yet the last one


def test_the_file_of_steps_lies_beside_the_records_and_is_no_record(client: Client) -> None:
    add_cut(client, 1)
    decisions.decide(client, DEFAULTS, approve=[ident(1)])
    assert (client.folder / "metadata" / decisions.UNDO_FILE).is_file()
    assert [record.image_id for record in client.records()] == [ident(1)]


# --- what can no longer be taken back --------------------------------------------------------------------------------


def with_fewer_faces(client: Client, image_id: str) -> None:
    """Leave a picture its first face alone, as another size of detection may find it."""
    record = client.record(image_id)
    changes = {"faces": record.faces[:1], "face_choice": FaceChoice(index=0, why="only")}
    client.save_record(record.model_copy(update=changes))


def test_a_face_that_is_no_longer_found_bars_no_way_to_earlier_steps(client: Client) -> None:
    add_cut(client, 1)
    image_id = add(client, TWO)
    run(client)
    decisions.decide(client, DEFAULTS, reject=[ident(1)])
    decisions.decide(client, DEFAULTS, face=(image_id, 1))
    decisions.decide(client, DEFAULTS, face=(image_id, 0))
    with_fewer_faces(client, image_id)
    assert decisions.undo(client, DEFAULTS) == []  # back to the second face, which is not there
    choice = client.record(image_id).face_choice
    assert choice is not None
    assert choice.index == 0
    assert decisions.undo(client, DEFAULTS) == [image_id]
    assert decisions.undo(client, DEFAULTS) == [ident(1)]
    assert decisions.steps_to_undo(client) == 0


def test_an_approval_whose_crop_is_gone_is_not_brought_back_but_the_others_of_its_step_are(client: Client) -> None:
    for number in (1, 2):
        add_cut(client, number)
    decisions.decide(client, DEFAULTS, approve=[ident(1), ident(2)])
    decisions.decide(client, DEFAULTS, reject=[ident(1), ident(2)])
    client.save_record(client.record(ident(1)).model_copy(update={"crop": None}))  # no face, looked at anew
    assert decisions.undo(client, DEFAULTS) == [ident(2)]
    assert verdicts(client) == {"1.png": "rejected by user", "2.png": "approved by user"}
    assert set(decisions.undo(client, DEFAULTS)) == {ident(1), ident(2)}  # back to the rules: that needs no crop
    assert set(verdicts(client).values()) == {"rejected"}


def test_an_undo_that_fails_stays_to_be_done_again(client: Client) -> None:
    image_id = add(client, TWO)
    run(client)
    decisions.decide(client, DEFAULTS, face=(image_id, 1))
    picked = client.record(image_id)
    original = client.original(picked)
    kept = original.read_bytes()
    original.unlink()
    with pytest.raises(PipelineError):
        decisions.undo(client, DEFAULTS)
    assert client.record(image_id) == picked
    assert decisions.steps_to_undo(client) == 1
    original.write_bytes(kept)
    assert decisions.undo(client, DEFAULTS) == [image_id]
    choice = client.record(image_id).face_choice
    assert choice is not None
    assert choice.why == "largest_central"


def test_while_another_program_works_on_the_client_nothing_is_decided_or_taken_back(client: Client) -> None:
    add_cut(client, 1)
    decisions.decide(client, DEFAULTS, approve=[ident(1)])
    command = child_command(hold_lock, client.folder, "process")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(PipelineError, match=r"client\.locked"):
            decisions.decide(client, DEFAULTS, reject=[ident(1)])
        with pytest.raises(PipelineError, match=r"client\.locked"):
            decisions.undo(client, DEFAULTS)
        holder.communicate("")
    assert verdicts(client) == {"1.png": "approved by user"}
    assert decisions.steps_to_undo(client) == 1


# --- measures in words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("confidence", 0.9949, 0.99), ("confidence", 0.9951, 1.0), ("noise", 1.26, 1.3), ("enlargement", 1.44, 1.4),
     ("blur", 127.6, 128.0), ("face_side_px", 64.4, 64.0), ("yaw", -10.7, -11.0)],
)  # fmt: skip
def test_a_measure_has_as_many_decimals_as_it_means(name: str, value: float, shown: float) -> None:
    assert review_list.measure_parts({name: value}) == [Text(f"report.measure.{name}", {"value": shown})]


def test_measures_come_in_a_fixed_order_and_only_those_asked_for() -> None:
    measures = dict.fromkeys(reversed(review_list.MEASURES), 5.0) | {"clipped": 0.5}
    assert [told.key for told in review_list.measure_parts(measures)] == [f"report.measure.{n}" for n in review_list.MEASURES]
    assert [told.key for told in review_list.measure_parts(measures, ("yaw", "blur"))] == [
        "report.measure.yaw", "report.measure.blur",
    ]  # fmt: skip
    assert review_list.measure_parts({}) == []


@pytest.mark.parametrize(
    ("verdict", "by", "told"),
    [
        ("rejected", "rules", [("blurred", "refuse")]),  # the remark did not decide
        ("rejected", "user", [("user", "refuse")]),  # neither did the rules
        ("approved", "user", [("blurred", "warn"), ("enlarged", "warn")]),
    ],
)
def test_the_reasons_shown_are_those_that_decided(client: Client, verdict: str, by: str, told: list[tuple[str, str]]) -> None:
    from avatar.commands import review
    from avatar.reports import contact_sheet, drawing, review_page
    from avatar.texts.translate import words
    from avatar.workspace.records import Crop, Decision, Quality, Reason

    reasons = [
        Reason(code="blurred", level="refuse", value=41, limit=100),
        Reason(code="enlarged", level="warn", value=1.7, limit=1.5),
    ]
    record = client.record(add(client, drawn((50, 50, 300, 300)))).model_copy(
        update={
            "crop": Crop(square=(0, 0, 9, 9), side_px=1024, scale=1.7),
            "quality": Quality(verdict="rejected", reasons=reasons, rules="x"),
            "decision": Decision.model_validate({"verdict": verdict, "by": by, "when": "2026-01-01"}),
        }
    )  # fmt: skip
    client.save_record(record)
    (entry,) = review_list.entries(client)
    assert [(reason.code, reason.level) for reason in entry.row.reasons] == told
    shown = words(review.entry_lines(client, entry), "en")
    card = str(review_page.card(entry, client, "en")["reasons"])
    sheet = "\n".join(line.text for line in contact_sheet.caption(entry.row, 1, "en", drawing.font_of(12)))
    for place in (shown, card, sheet):
        assert ("blurred" in place, "enlarged" in place) == (by == "rules" or verdict == "approved", verdict == "approved")
    assert ("refused (you)" in shown, "refused by you" in card, "refused by you" in sheet) == (
        ((verdict, by) == ("rejected", "user"),) * 3
    )
