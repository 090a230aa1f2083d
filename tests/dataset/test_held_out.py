"""Photos that no training sees: whole sessions, no near-duplicate of a trained one, stable, and the user's word above all."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.commands import dataset as dataset_commands
from avatar.commands import review as review_commands
from avatar.dataset import advice, caption_store, held_out, prepared
from avatar.dataset.held_out import Photo, chosen, wanted
from avatar.dataset.members import wanted_fingerprint
from avatar.faces import decisions, identity
from avatar.reports import contact_sheet, review_list, stages
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from avatar.workspace.records import Camera, Identity, ImageRecord, Quality, Use
from config import Settings
from data_preprocessor import prepare_dataset
from tests.dataset.test_training_folder import fill, picture
from tests.scripted import MakeSession

NEAR_BITS = Settings().imports.near_duplicate_bits
VECTOR = identity.packed(np.eye(1, 128, dtype=np.float32)[0])


def photo(n: int, session: int = 0, **changes: object) -> Photo:
    """Return a photo of a session; every third is turned, each has a hash of its own, minutes lie between two."""
    day = f"2025-{session // 28 + 1:02d}-{session % 28 + 1:02d}"
    made = Photo(
        image_id=f"real_{n:016x}", source="real", taken=f"{day}T12:{n % 60:02d}:00", camera="Canon R5",
        phash=f"{(n + 1) * 0x9E3779B97F4A7C15 % 2**64:016x}", near="", pose="turned" if n % 3 == 0 else "front", suits=True,
        use="", by="",
    )  # fmt: skip
    return made._replace(**changes)  # type: ignore[arg-type]


def photos(*sessions: int, start: int = 0) -> list[Photo]:
    """Return photos of sessions of these sizes, numbered from start."""
    numbers = itertools.count(start)
    return [photo(next(numbers), session) for session, size in enumerate(sessions) for _ in range(size)]


def pick(found: Sequence[Photo], **more: int) -> frozenset[str]:
    return chosen(found, more.get("near_bits", NEAR_BITS))


def after(found: Sequence[Photo], held: frozenset[str]) -> list[Photo]:
    """Return photos with the marks that a preparation writes."""
    return [
        one if one.by == "user" else one._replace(use="held_out" if one.image_id in held else "train", by="rules")
        for one in found
    ]  # fmt: skip


def test_with_fewer_than_twenty_photos_none_is_held_out() -> None:
    assert pick(photos(5, 5, 5, 4)) == frozenset()
    assert len(pick(photos(5, 5, 5, 5))) == 5
    assert [wanted(n) for n in (0, 19, 20, 40, 100)] == [0, 0, 5, 6, 15]


def test_whole_sessions_are_held_out_with_faces_from_the_front_and_turned() -> None:
    found = photos(6, 5, 7, 6, 8)
    held = pick(found)
    by_session = Counter((one.taken[:10], one.image_id in held) for one in found)
    assert not {day for day, out in by_session if out} & {day for day, out in by_session if not out}
    assert {one.pose for one in found if one.image_id in held} == {"front", "turned"}
    assert 5 <= len(held) <= 10


def test_one_long_session_is_cut_at_its_longest_pauses() -> None:
    """A shooting of one day has no other session; shots next to each other stay on one side."""
    found = [photo(n)._replace(taken=f"2025-06-01T{9 + n // 6:02d}:{n % 6:02d}:00") for n in range(40)]
    held = pick(found)
    hours = Counter((one.taken[11:13], one.image_id in held) for one in found)
    assert 6 <= len(held) <= 13
    assert not {hour for hour, out in hours if out} & {hour for hour, out in hours if not out}


def test_no_photo_is_held_out_whose_near_duplicate_is_trained() -> None:
    found = photos(*[1] * 30)
    alike = [one._replace(phash=f"{int(found[n // 2 * 2].phash, 16) ^ 0b101:016x}" if n % 2 else one.phash)
             for n, one in enumerate(found)]  # fmt: skip
    held = pick(alike)
    assert held
    for n in range(0, 30, 2):
        assert (alike[n].image_id in held) == (alike[n + 1].image_id in held)
    told = [one._replace(near=found[0].image_id if n in (5, 9) else "") for n, one in enumerate(found)]
    assert len({told[n].image_id in pick(told) for n in (0, 5, 9)}) == 1


def test_a_burst_is_not_torn_apart_though_its_shots_differ() -> None:
    found = [photo(n)._replace(taken=f"2025-06-01T{n // 4:02d}:00:{n % 4:02d}") for n in range(32)]
    held = pick(found)
    assert {sum(found[4 * burst + n].image_id in held for n in range(4)) for burst in range(8)} == {0, 4}


def test_a_photo_that_midjourney_copied_is_never_held_out() -> None:
    found = photos(*[1] * 24)
    plain = pick(found)
    first = min(plain)
    copy = photo(99)._replace(image_id="mj_0000000000000001", source="mj", near=first)
    assert first not in pick([*found, copy])
    pointing = [one._replace(near=copy.image_id) if one.image_id == first else one for one in found]
    assert first not in pick(pointing)


def test_photos_whose_face_cannot_be_compared_do_not_count() -> None:
    nobody = [one._replace(suits=False) for one in photos(*[1] * 30)]
    assert pick(nobody) == frozenset()
    some = [one._replace(suits=n % 2 == 0) for n, one in enumerate(photos(*[1] * 30))]
    assert sum(one.suits for one in some if one.image_id in pick(some)) == 5


@pytest.mark.parametrize("first", range(100, 1100, 100))
def test_new_photos_change_nothing_that_was_held_out_and_are_held_out_first(first: int) -> None:
    found = photos(6, 5, 7, 6, start=50 * first)
    held = pick(found)
    few = after(found, held) + [photo(n, 10 + n // 6) for n in range(first, first + 9)]
    assert pick(few) == held  # enough are held out still
    more = after(found, held) + [photo(n, 10 + n // 6) for n in range(first, first + 40)]
    grown = pick(more)
    assert held < grown and len(grown) >= wanted(64)
    assert {one.use for one in more if one.image_id in grown - held} == {""}


def test_a_new_near_duplicate_of_a_held_out_photo_is_held_out_too() -> None:
    found = photos(6, 5, 7, 6)
    held = pick(found)
    of = next(one for one in found if one.image_id in held)
    twin = photo(200, 20)._replace(phash=of.phash)
    assert pick([*after(found, held), twin]) == held | {twin.image_id}


def test_the_users_mark_stands_above_the_rules() -> None:
    found = photos(6, 5, 7, 6)
    held = pick(found)
    trained = next(one for one in found if one.image_id in held)
    kept = next(one for one in found if one.image_id not in held)
    marks = {trained.image_id: "train", kept.image_id: "held_out"}
    said = [
        one._replace(use=marks[one.image_id], by="user") if one.image_id in marks else one for one in after(found, held)
    ]  # fmt: skip
    again = pick(said)
    assert trained.image_id not in again and kept.image_id in again
    few = [one._replace(use="held_out", by="user") if n == 3 else one for n, one in enumerate(photos(5, 5))]
    assert pick(few) == {few[3].image_id}  # the rules add none here


SESSIONS = st.lists(st.integers(1, 14), min_size=1, max_size=14)


@settings(max_examples=60)
@given(sizes=SESSIONS, seed=st.integers(0, 1000), near_bits=st.sampled_from([0, 6, 14, 22]))
def test_a_choice_returns_itself_whatever_the_photos(sizes: list[int], seed: int, near_bits: int) -> None:
    rng = np.random.default_rng(seed)
    found = [
        one._replace(taken=one.taken if rng.random() < 0.8 else "", suits=bool(rng.random() < 0.9),
                     use="held_out" if rng.random() < 0.05 else "", by="user")
        for one in photos(*sizes)
    ]  # fmt: skip
    held = pick(found, near_bits=near_bits)
    assert pick(list(reversed(found)), near_bits=near_bits) == held
    assert pick(after(found, held), near_bits=near_bits) == held
    if len(found) < held_out.LEAST_PHOTOS:
        assert held == {one.image_id for one in found if one.use == "held_out"}
    trained = [int(one.phash, 16) for one in found if one.image_id not in held]
    by_rules = [one for one in found if one.image_id in held and one.use != "held_out"]
    assert all((int(one.phash, 16) ^ other).bit_count() > near_bits for one in by_rules for other in trained)


# --- a client's photos -----------------------------------------------------------------------------------------------


def real(n: int, **changes: object) -> ImageRecord:
    quality = Quality(measures={"yaw": 30.0 if n % 3 == 0 else 2.0, "blur": 150.0}, verdict="approved", rules="r")
    made = picture("real", n, camera=Camera(make="Canon", model="R5"), quality=quality,
                   identity=Identity(vector=VECTOR, points="yunet", verdict="client"))  # fmt: skip
    taken = made.picture.model_copy(update={"taken_at": f"2025-06-{n // 5 + 1:02d}T12:{n:02d}:00"})
    return made.model_copy(update={"picture": taken, **changes})


def person(client: Client, n: int = 25, mj: int = 4) -> list[ImageRecord]:
    records = [*(picture("mj", number) for number in range(mj)), *(real(number) for number in range(n))]
    fill(client, records)
    return records


def in_training(client: Client) -> set[str]:
    return {path.stem for path in client.training_data.rglob("*.png")}


def test_prepare_trains_no_photo_that_it_holds_out_and_says_which(client: Client, make: MakeSession) -> None:
    person(client)
    settings_now = Settings()
    session, _ = make()
    session.client = client
    result = dataset_commands.prepare(session, None)
    held = set(result.value.report.held_out)
    assert 5 <= len(held) <= 8 and not held & in_training(client)
    assert in_training(client) | held == {record.image_id for record in client.records()}
    assert {record.image_id for record in client.records() if record.held_out} == held
    (found,) = [item for item in result.value.advice if item.name == "held_out"]
    assert (found.level, set(found.images)) == ("ready", held)
    assert prepared.prepared_fingerprint(client) == wanted_fingerprint(client, settings_now)
    page = (client.output / "dataset_report.html").read_text(encoding="utf-8")
    assert f"no se entrenan ({len(held)})" in page
    info = json.loads(next(client.training_data.rglob("dataset_info.json")).read_text(encoding="utf-8"))
    assert set(info["held_out"]) == held


def test_the_share_of_the_photos_stays_though_some_are_held_out(client: Client) -> None:
    person(client, n=20, mj=60)
    report = prepare_dataset(client, settings=Settings())
    assert sum(folder.sources.get("real", 0) for folder in report.folders) == 15
    assert report.shares_reached["real"] == pytest.approx(0.15, abs=0.02)


def test_with_few_photos_it_is_said_that_none_is_held_out(client: Client) -> None:
    few = [real(n) for n in range(12)]
    assert [(item.name, item.level) for item in advice.advice(few, Settings()) if item.name.startswith("held_out")] == [
        ("held_out_few", "ready"),
    ]  # fmt: skip
    unknown = [real(n, identity=None) for n in range(25)]
    assert "held_out_none" in [item.name for item in advice.advice(unknown, Settings())]
    drawn = [picture("mj", n) for n in range(25)]
    assert not [item for item in advice.advice(drawn, Settings()) if item.name.startswith("held_out")]


def test_the_users_mark_outlives_every_preparation_and_can_be_taken_back(client: Client, make: MakeSession) -> None:
    person(client)
    session, _ = make()
    session.client = client
    before = {record.image_id: record.use for record in client.records()}
    prepare_dataset(client, settings=Settings())
    first = {record.image_id: record.use for record in client.records()}
    trained = next(image_id for image_id, use in first.items() if use == Use(kind="train", by="rules"))
    held = next(image_id for image_id, use in first.items() if use == Use(kind="held_out", by="rules"))
    review_commands.review(session, None, hold_out=[trained], train=[held], draw=False)
    for _ in range(2):
        report = prepare_dataset(client, settings=Settings())
        assert trained in report.held_out and held not in report.held_out
        assert trained not in in_training(client) and held in in_training(client)
    review_commands.review(session, None, undo=True, draw=False)
    assert client.record(trained).use == first[trained] and client.record(held).use == first[held]
    assert set(before.values()) == {None}


def test_what_was_marked_is_out_of_date_until_it_is_prepared(client: Client, make: MakeSession) -> None:
    person(client)
    session, _ = make()
    session.client = client
    prepare_dataset(client, settings=Settings())

    def state(records: Sequence[ImageRecord] | None) -> str:
        return stages.client_state(client, Settings(), records).stage("prepare").state

    assert {state(None), state(list(client.records()))} == {"done"}
    trained = next(record.image_id for record in client.records() if record.use and record.use.kind == "train")
    review_commands.review(session, None, hold_out=[trained], draw=False)
    assert {state(None), state(list(client.records()))} == {"outdated"}
    prepare_dataset(client, settings=Settings())
    assert {state(None), state(list(client.records()))} == {"done"}


def test_twenty_photos_of_before_the_rule_make_the_dataset_out_of_date(client: Client) -> None:
    person(client, n=19)
    prepare_dataset(client, settings=Settings())
    assert stages.client_state(client, Settings()).stage("prepare").state == "done"
    assert {record.use for record in client.records()} == {None}  # nothing was decided, nothing is written
    fill(client, [real(19)])
    assert stages.client_state(client, Settings()).stage("prepare").state == "outdated"


def test_only_a_photo_can_be_held_out(client: Client) -> None:
    person(client)
    with pytest.raises(PipelineError) as caught:
        decisions.decide(client, Settings(), hold_out=["mj_" + "0" * 16])
    assert caught.value.key == "review.not_a_photo"
    same = real(1).image_id
    with pytest.raises(PipelineError) as caught:
        decisions.decide(client, Settings(), hold_out=[same], train=[same])
    assert caught.value.key == "review.twice"
    assert client.record(same).use is None and decisions.steps_to_undo(client) == 0


def test_cleared_photos_are_the_rules_to_decide_on_again(client: Client) -> None:
    person(client)
    one = real(1).image_id
    decisions.decide(client, Settings(), hold_out=[one])
    assert client.record(one).use == Use(kind="held_out", by="user")
    decisions.decide(client, Settings(), clear=[one])
    assert client.record(one).use is None
    decisions.undo(client, Settings())
    assert client.record(one).use == Use(kind="held_out", by="user")


def test_lists_sheet_and_captions_show_what_is_held_out(client: Client, make: MakeSession) -> None:
    person(client)
    session, _ = make()
    session.client = client
    report = prepare_dataset(client, settings=Settings())
    result = review_commands.review(session, None, list_name="held-out", draw=False)
    assert {one["image_id"] for one in result.value["pictures"]} == set(report.held_out)
    assert {one["held_out"] for one in result.value["pictures"]} == {"rules"}
    lines = [block for block in result.blocks if isinstance(block, Text) and block.key == "review.entry"]
    assert lines[0].values["verdict"].key == "verdict.held_out"
    entry = next(one for one in review_list.entries(client) if one.row.image_id in report.held_out)
    from avatar.reports import drawing

    drawn = contact_sheet.caption(entry.row, entry.number, "es", drawing.font_of(drawing.TEXT_SIZE_PX))
    assert any("reservada" in line.text for line in drawn)
    rows = caption_store.caption_rows(client, list(client.records()), Settings())
    assert {row.image_id for row in rows if not row.folder} == set(report.held_out)


def test_a_removed_photo_comes_back_as_held_out_as_it_was(client: Client) -> None:
    from avatar.pictures import removal

    before = real(1, use=Use(kind="held_out", by="user"))
    again = real(1, decision=None, quality=None)
    assert removal._with_work(again, before).use == before.use
    assert removal._with_work(again.model_copy(update={"use": Use(kind="train", by="user")}), before).use == Use(
        kind="train", by="user"
    )


def test_the_trainers_own_measure_takes_from_what_is_left(client: Client) -> None:
    """plan.held_out takes its share of the folders, in which the photos held out here are not."""
    person(client)
    report = prepare_dataset(client, settings=Settings())
    assert report.pictures == 29 - len(report.held_out)
    assert sum(folder.images for folder in report.folders) == report.pictures
