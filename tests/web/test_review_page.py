"""What the page of the review asks the server for: the same functions as the commands, and no decision lost between windows."""

from __future__ import annotations

import json
import multiprocessing
import time
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import pytest

import utils
from avatar.commands import limits as limits_commands
from avatar.commands import review as review_commands
from avatar.faces import decisions, identity
from avatar.reports import review_list, review_wall
from avatar.texts import translate
from avatar.web import apart, review, review_later
from avatar.workspace.client import Client
from config import Settings
from tests.commands.test_review import add_cut, add_reviewed, imported, verdicts
from tests.reports.test_contact_sheet import add as add_drawn
from tests.web import wall
from tests.web.conftest import Dashboard

DEFAULTS = Settings()
REAL_CALL, REAL_FOLLOW = apart.call, review_later.follow


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Leave out what follows later, and keep whose decisions it would follow."""
    asked: list[str] = []
    monkeypatch.setattr(apart, "call", lambda function, *arguments: function(*arguments))  # another process takes a second
    monkeypatch.setattr(review_later, "follow", lambda site, client: asked.append(client.client_id))
    return asked


@pytest.fixture
def reviewed(client: Client) -> dict[str, str]:
    return add_reviewed(client)


@pytest.fixture
def cut(client: Client) -> list[str]:
    """Six pictures whose crops are there, so that a decision is only a move; 5 and 6 were refused."""
    for number in range(1, 7):
        add_cut(client, number, "approved" if number < 5 else "rejected")
        imported(client, f"mj_{number:016x}", f"2026-01-01T00:0{number}:00+00:00")
    return [f"mj_{number:016x}" for number in range(1, 7)]


def view(dashboard: Dashboard, name: str = "review", query: str = "") -> Any:
    reply = dashboard.get(f"/api/client/ana/{name}?{query}")
    assert reply.status == 200, reply.body
    return reply.json


def rows(answer: Any) -> list[dict[str, Any]]:
    return [dict(zip(answer["fields"], row, strict=True)) for row in answer["rows"]]


def act(dashboard: Dashboard, action: str, **body: Any) -> Any:
    return dashboard.post(f"/api/client/ana/{action}", body)


def stamps(dashboard: Dashboard) -> dict[str, str]:
    return {row["id"]: row["stamp"] for row in rows(view(dashboard))}


# --- the wall --------------------------------------------------------------------------------------------------------


def test_rows_come_by_the_numbers_of_the_review_and_say_what_the_records_say(
    dashboard: Dashboard, client: Client, reviewed: dict[str, str]
) -> None:
    answer = view(dashboard)
    entries = review_list.entries(client)
    assert [row["id"] for row in rows(answer)] == [entry.row.image_id for entry in sorted(entries, key=lambda e: e.number)]
    uno, dos, nada, _ = rows(answer)
    assert (uno["verdict"], uno["by"], uno["crop"], uno["faces"], uno["face"]) == ("approved", "rules", 1, 1, 0)
    assert (dos["verdict"], dos["faces"], dos["reasons"]) == ("rejected", 2, "ambiguous_face")
    assert (nada["crop"], nada["reasons"], nada["margin"]) == (0, "no_face", None)
    assert answer["reasons"]["ambiguous_face"] == translate.text("reason.ambiguous_face", "es")
    assert answer["undo"]["steps"] == 0


def test_a_page_that_knows_the_rows_gets_those_that_changed_and_all_of_them_when_numbers_do(
    dashboard: Dashboard, client: Client, cut: list[str]
) -> None:
    before = view(dashboard)
    known = f"since={before['newest']}&order={before['order']}"
    decisions.decide(client, DEFAULTS, reject=[cut[2]])
    after = view(dashboard, query=known)
    changed = dict(zip(after["numbers"], rows(after), strict=True))
    assert set(changed) == {3, 6}  # 6 was the newest before: written at the moment that the page names
    assert changed[3]["verdict"] == "rejected"
    add_cut(client, 9)
    again = view(dashboard, query=f"since={after['newest']}&order={after['order']}")
    assert "numbers" not in again and len(again["rows"]) == 7


def test_rows_are_read_from_the_index_and_a_changed_record_from_its_file(
    dashboard: Dashboard, client: Client, cut: list[str]
) -> None:
    assert {row["verdict"] for row in rows(view(dashboard))} == {"approved", "rejected"}
    assert (client.images.parent / review_wall.INDEX).name.startswith(".")  # exports leave it out
    decisions.decide(client, DEFAULTS, approve=[cut[4]])
    assert rows(view(dashboard))[4]["verdict"] == "approved"


def test_names_from_strangers_stay_text(dashboard: Dashboard, client: Client, cut: list[str]) -> None:
    evil = '</script><img src=x onerror="alert(1)">\u2028.png'
    imported(client, cut[0], "2025-01-01T00:00:00+00:00", evil)
    reply = dashboard.get("/api/client/ana/review")
    assert reply.headers["Content-Type"] == "application/json" and reply.headers["X-Content-Type-Options"] == "nosniff"
    assert rows(reply.json)[0]["name"] == evil
    assert b"alert(1)" not in dashboard.get("/client/ana/review").body


def test_a_picture_large_has_all_its_faces_its_measures_beside_their_limits_and_its_prompt(
    dashboard: Dashboard, client: Client, reviewed: dict[str, str]
) -> None:
    told = view(dashboard, "review-picture", f"image={reviewed['dos.png']}")
    assert [face["chosen"] for face in told["faces"]].count(True) == 1 and len(told["faces"]) == 2
    record = client.record(reviewed["dos.png"])
    box, (left, top, width, height) = told["faces"][1]["box"], record.faces[1].box
    size = (record.picture.width, record.picture.height)
    assert box == pytest.approx([left / size[0], top / size[1], width / size[0], height / size[1]], abs=1e-4)
    assert told["reasons"][0]["told"]["text"].startswith("varias caras: ")
    assert {one["measure"] for one in told["beside"]} >= {"blur", "brightness", "face_side_px"}
    small = view(dashboard, "review-picture", f"image={reviewed['niña.png']}")
    unmet = [one["name"] for one in small["beside"] if not one["meets"]]
    assert unmet and set(unmet) <= {"min_face_side_px", "refuse_enlargement", "blur_threshold"}
    assert dashboard.get("/api/client/ana/review-picture?image=mj_ffffffffffffffff").status == 404
    assert dashboard.get("/api/client/ana/review-picture?image=../../config").status == 404


# --- decisions -------------------------------------------------------------------------------------------------------


def test_each_word_does_what_the_command_does_and_one_undo_takes_a_bulk_back(
    dashboard: Dashboard, client: Client, cut: list[str], later: list[str]
) -> None:
    before, seen = verdicts(client), stamps(dashboard)
    answer = act(dashboard, "reject", based_on={i: seen[i] for i in cut[:3]}).json
    assert [row["verdict"] for row in rows(answer)] == ["rejected"] * 3 and answer["undo"]["steps"] == 1
    assert all(client.record(image_id).decision.by == "user" for image_id in cut[:3])  # type: ignore[union-attr]
    act(dashboard, "approve", images=[cut[4]], based_on={})
    assert client.record(cut[4]).approved
    step = act(dashboard, "clear", images=[cut[4]], based_on={}).json["undo"]["step"]
    assert client.record(cut[4]).decision.by == "rules"  # type: ignore[union-attr]
    for _ in range(3):
        step = act(dashboard, "review-undo", step=step).json["undo"]["step"]
    assert verdicts(client) == before
    assert act(dashboard, "review-undo", step=step).json["error"]["key"] == "review.nothing_to_undo"
    assert later == ["ana"] * 6


def test_a_photo_is_held_out_and_trained_again_and_a_drawn_picture_is_refused_that(
    dashboard: Dashboard, client: Client, reviewed: dict[str, str], cut: list[str]
) -> None:
    photo = reviewed["uno.png"]
    assert rows(act(dashboard, "hold-out", images=[photo]).json)[0]["held"] == "user"
    assert rows(act(dashboard, "train", images=[photo]).json)[0]["held"] == ""
    refused = act(dashboard, "hold-out", images=[photo, cut[0]])
    assert (refused.status, refused.json["error"]["key"]) == (400, "review.not_a_photo")
    assert client.record(photo).use.kind == "train"  # type: ignore[union-attr]


def test_another_face_is_cut_out_and_taken_back(dashboard: Dashboard, client: Client, reviewed: dict[str, str]) -> None:
    image, before = reviewed["dos.png"], client.record(reviewed["dos.png"])
    other = 1 - before.face_choice.index  # type: ignore[union-attr]
    answer = act(dashboard, "face", images=[image], face=other).json
    now = rows(answer)[0]
    assert (now["face"], client.record(image).face_choice.why) == (other, "user")  # type: ignore[union-attr]
    assert now["look"] != review_wall.look(before)  # the browser asks for another picture
    assert act(dashboard, "face", images=[image], face=7).json["error"]["key"] == "review.no_such_face"
    act(dashboard, "review-undo", step=answer["undo"]["step"])
    assert client.record(image).face_choice.index == before.face_choice.index  # type: ignore[union-attr]


def test_of_near_duplicates_one_is_kept_and_the_others_refused_in_one_step(
    dashboard: Dashboard, client: Client, cut: list[str]
) -> None:
    answer = act(dashboard, "keep-one", images=cut[3:6], keep=cut[4]).json
    assert [row["verdict"] for row in rows(answer)] == ["rejected", "approved", "rejected"]
    assert answer["undo"] == {"steps": 1, "step": answer["undo"]["step"], "images": 3}


def test_a_picture_without_a_face_is_not_approved_and_nothing_of_the_bulk_is(
    dashboard: Dashboard, client: Client, reviewed: dict[str, str]
) -> None:
    before = verdicts(client)
    reply = act(dashboard, "approve", images=[reviewed["dos.png"], reviewed["nada.png"]])
    assert (reply.status, reply.json["error"]["key"]) == (400, "review.no_crop")
    assert verdicts(client) == before and decisions.steps_to_undo(client) == 0


def test_a_window_that_saw_another_state_changes_nothing_and_is_told_the_present_one(
    dashboard: Dashboard, client: Client, cut: list[str]
) -> None:
    seen = stamps(dashboard)
    act(dashboard, "reject", images=[cut[0]], based_on={cut[0]: seen[cut[0]]})
    reply = act(dashboard, "approve", images=cut[:2], based_on={i: seen[i] for i in cut[:2]})
    assert reply.status == 409 and not client.record(cut[0]).approved
    present = reply.json["present"]
    assert [row["verdict"] for row in rows(present)] == ["rejected", "approved"]
    again = act(dashboard, "approve", images=cut[:2], based_on=present["based_on"])
    assert again.status == 200 and client.record(cut[0]).approved and again.json["undo"]["steps"] == 2


def test_an_undo_means_the_step_that_the_page_saw_and_no_later_one_of_another_window(
    dashboard: Dashboard, client: Client, cut: list[str]
) -> None:
    step = act(dashboard, "reject", images=[cut[0]]).json["undo"]["step"]
    act(dashboard, "reject", images=[cut[1]])
    reply = act(dashboard, "review-undo", step=step)
    assert (reply.status, reply.json["present"]["undo"]["steps"]) == (409, 2)
    assert not client.record(cut[1]).approved


def test_what_is_no_request_of_the_page_is_refused(dashboard: Dashboard, client: Client, cut: list[str]) -> None:
    for action, body in [
        ("approve", {}), ("approve", {"images": "mj_1"}), ("approve", {"images": [1]}),
        ("face", {"images": cut[:1], "face": True}), ("face", {"images": cut[:2], "face": 0}),
        ("keep-one", {"images": cut[:2], "keep": cut[3]}),
        ("limits", {"values": {}}), ("limits", {"values": {"blur_threshold": "much"}}),
    ]:  # fmt: skip
        reply = dashboard.post(f"/api/client/ana/{action}", body)
        assert (reply.status, reply.json["error"]["key"]) == (400, "web.review.bad_request"), (action, body)
    assert act(dashboard, "approve", images=["../../../etc/passwd"]).status == 404
    assert decisions.steps_to_undo(client) == 0


def test_a_client_that_another_program_holds_is_told_as_such(dashboard: Dashboard, client: Client, cut: list[str]) -> None:
    other = filelock.FileLock(str(client.folder / ".lock"))
    with other:
        reply = act(dashboard, "reject", images=[cut[0]])
    assert (reply.status, reply.json["error"]["key"]) == (400, "client.locked")
    assert client.record(cut[0]).approved


def test_a_picture_is_said_to_show_the_client_and_that_is_taken_back(dashboard: Dashboard, client: Client) -> None:
    ids = [wall.add(client, number, likeness=0.3) for number in (1, 2)]
    answer = act(dashboard, "is-client", images=[ids[1]]).json
    assert rows(answer)[0]["identity"] == "said" and client.record(ids[1]).identity.by == "user"  # type: ignore[union-attr]
    act(dashboard, "review-undo", step=answer["undo"]["step"])
    assert client.record(ids[1]).identity.by == "rules"  # type: ignore[union-attr]


def test_where_it_is_not_known_who_the_client_is_the_page_asks_with_pictures_of_each_person(
    dashboard: Dashboard, client: Client
) -> None:
    assert dashboard.get("/api/client/ana/persons").json == {"persons": []}
    ids = [wall.add(client, number, likeness=0.9) for number in range(1, 13)]
    for number, image_id in enumerate(ids):
        face = np.eye(128, dtype=np.float32)[number % 2] + np.random.default_rng(number).normal(0, 0.02, 128)
        record = client.record(image_id)
        assert record.identity is not None
        vector = identity.packed(identity.unit(face.astype(np.float32)))
        client.save_record(
            record.model_copy(update={"identity": record.identity.model_copy(update={"vector": vector, "verdict": None})})
        )
    found = dashboard.get("/api/client/ana/persons").json["persons"]
    assert [one["n"] for one in found] == [6, 6] and all(len(one["images"]) == review.SOME_OF_EACH for one in found)
    others = {image_id for image_id in ids if ids.index(image_id) % 2 != ids.index(found[0]["images"][0]) % 2}
    act(dashboard, "is-client", images=found[0]["images"][:1])
    assert {record.image_id for record in client.records() if not record.approved} == others
    assert dashboard.get("/api/client/ana/persons").json == {"persons": []}


# --- what follows later ----------------------------------------------------------------------------------------------


def test_what_follows_from_decisions_is_done_once_after_the_last_of_them(
    dashboard: Dashboard, client: Client, cut: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_later, "follow", REAL_FOLLOW)
    done: list[int] = []
    monkeypatch.setattr(review_commands, "compare_all", lambda session, of: done.append(len(of.record_files())))
    site = dashboard.server.site
    for _ in range(5):
        review_later.follow(site, client, 60)
    waiting = review_later._WAITING[client.folder]
    assert review_later.waiting(client)
    waiting.cancel()
    review_later._follow(site, client)
    assert done == [6] and not review_later.waiting(client)


def test_what_takes_much_memory_is_done_by_another_process_which_says_its_errors_and_ends(
    dashboard: Dashboard, client: Client, reviewed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "call", REAL_CALL)
    image, other = reviewed["dos.png"], 1 - client.record(reviewed["dos.png"]).face_choice.index  # type: ignore[union-attr]
    assert rows(act(dashboard, "face", images=[image], face=other).json)[0]["face"] == other
    assert act(dashboard, "face", images=[image], face=7).json["error"]["key"] == "review.no_such_face"
    kept = act(dashboard, "limits", values={"blur_threshold": 90, "min_contrast": None}).json
    assert (kept["approved"], kept["failed"], client.info().settings) == (2, 0, {"quality": {"blur_threshold": 90.0}})
    client.table_file.unlink()
    review_later._follow(dashboard.server.site, client)
    assert client.table_file.is_file()
    (process,) = multiprocessing.active_children()
    apart.end()
    until = time.monotonic() + 10
    # The pool's own thread waits for it too: whichever of the two is second learns the exit code a moment later.
    while process.exitcode is None and time.monotonic() < until:
        process.join(0.1)
    assert process.exitcode == 0 and not multiprocessing.active_children()


# --- limits ----------------------------------------------------------------------------------------------------------


def test_limits_come_with_their_range_and_how_the_measures_spread(
    dashboard: Dashboard, client: Client, reviewed: dict[str, str]
) -> None:
    found = {one["name"]: one for one in view(dashboard, "limits")["limits"]}
    assert found["blur_threshold"]["label"]["text"] == "Nitidez mínima"
    assert sum(found["blur_threshold"]["bins"]) == 3  # one picture has no face


def test_a_preview_names_numbers_and_writes_nothing_and_keeping_does_what_it_said(
    dashboard: Dashboard, client: Client, reviewed: dict[str, str]
) -> None:
    before = verdicts(client)
    found = view(dashboard, "limits-preview", "blur_threshold=1000000")
    assert (found["to_approved"], found["to_rejected"], found["approved"]) == ([], [1], 0)
    assert verdicts(client) == before
    seen = {one["name"]: one["value"] for one in view(dashboard, "limits")["limits"]}
    kept = act(dashboard, "limits", values={"blur_threshold": 1000000}, based_on=seen).json
    assert (kept["approved"], verdicts(client)["uno.png"]) == (0, "rejected")
    assert client.info().settings == {"quality": {"blur_threshold": 1000000.0}}
    late = act(dashboard, "limits", values={"min_contrast": 1}, based_on=seen)
    assert (late.status, late.json["present"]["based_on"]["blur_threshold"]) == (409, 1000000)
    assert act(dashboard, "limits-undo", steps=7).status == 409
    act(dashboard, "limits-undo", steps=1)
    assert verdicts(client) == before and client.info().settings == {}


def test_a_preview_says_the_same_as_the_command(
    dashboard: Dashboard, client: Client, reviewed: dict[str, str], tmp_path: Path
) -> None:
    utils.write_json(tmp_path / "config.json", {"version": 1, "quality": {"refuse_enlargement": 50}})
    session = dashboard.server.site.session()
    values = {"min_face_side_px": 20.0, "blur_threshold": 0.0}
    said = limits_commands.would_change(session, client, values)
    found = view(dashboard, "limits-preview", "min_face_side_px=20&blur_threshold=0")
    ids = [row["id"] for row in rows(view(dashboard))]
    assert [ids[number - 1] for number in found["to_approved"]] == said.to_approved
    assert (found["approved"], found["rejected"]) == (said.approved, said.rejected)


def test_limits_that_cannot_hold_are_told_while_the_slider_moves(dashboard: Dashboard, client: Client, cut: list[str]) -> None:
    reply = dashboard.get("/api/client/ana/limits-preview?min_brightness=255&max_brightness=1")
    assert (reply.status, reply.json["error"]["key"]) == (400, "settings.refused")


def test_an_answer_of_rows_is_json_whatever_the_names(client: Client) -> None:
    add_drawn(client, 1, "approved")
    imported(client, f"mj_{1:016x}", "2026-01-01T00:00:00+00:00", 'a"b\\c\n</x>😀.png')
    made = json.loads(review_wall.wall(client, DEFAULTS.quality).as_json())
    assert dict(zip(made["fields"], made["rows"][0], strict=True))["name"] == 'a"b\\c\n</x>😀.png'
