"""The review: numbers that stay, decisions by number and ranges, undo, the same in command, menu, sheets and pages."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from avatar.commands import review as review_commands
from avatar.faces import decisions
from avatar.pictures import thumbnails
from avatar.reports import render, review_list, review_page
from avatar.terminal import command_line, review
from avatar.texts.text import PipelineError
from avatar.texts.translate import words
from avatar.texts.visible import short_name
from avatar.workspace.client import Client
from avatar.workspace.records import FaceChoice
from config import Settings
from tests.reports.test_contact_sheet import add as add_drawn
from tests.reports.test_dataset_page import EVIL, read
from tests.scripted import MakeSession
from tests.stages.test_image_processor import ONE, SMALL, TWO, add, drawn, run

DEFAULTS = Settings()


def imported(client: Client, image_id: str, when: str, name: str = "") -> None:
    """Say when a picture was imported, and its name."""
    record = client.record(image_id)
    original = record.original.model_copy(update={"imported_at": when, "name": name or record.original.name})
    client.save_record(record.model_copy(update={"original": original}))


def add_reviewed(client: Client) -> dict[str, str]:
    """Add processed pictures, in this order: a good one, two faces, none, a small face; return their ids by name."""
    ids = {}
    for minute, (name, rgb) in enumerate([("uno.png", ONE), ("dos.png", TWO), ("nada.png", drawn()), ("niña.png", SMALL)]):
        ids[name] = add(client, rgb, name)
        imported(client, ids[name], f"2026-01-01T00:0{minute}:00+00:00")
    run(client)
    return ids


@pytest.fixture
def reviewed(client: Client) -> dict[str, str]:
    return add_reviewed(client)


def add_cut(client: Client, number: int, verdict: str = "rejected") -> None:
    """A decided picture whose crop is there, so that either decision is only a move."""
    add_drawn(client, number, verdict)
    if verdict == "rejected":
        preview = client.rejected / f"mj_{number:016x}.jpg"
        Image.new("RGB", (64, 64), "#3366cc").save(preview.with_suffix(".png"))
        preview.unlink()


def verdicts(client: Client) -> dict[str, str]:
    return {e.row.name: e.row.verdict + (" by user" if e.row.by == "user" else "") for e in review_list.entries(client)}


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_numbers_follow_the_import_and_no_decision_moves_them(client: Client, reviewed: dict[str, str]) -> None:
    before = {entry.row.name: entry.number for entry in review_list.entries(client)}
    assert before == {"uno.png": 1, "dos.png": 2, "nada.png": 3, "niña.png": 4}
    decisions.decide(client, DEFAULTS, approve=[reviewed["dos.png"]], reject=[reviewed["uno.png"]])
    assert {entry.row.name: entry.number for entry in review_list.entries(client)} == before
    later = add(client, drawn((100, 100, 300, 300)), "aaa.png", source="mj")
    imported(client, later, "2026-02-01T00:00:00+00:00")
    assert {entry.row.name: entry.number for entry in review_list.entries(client)} == {**before, "aaa.png": 5}


def test_lists_hold_their_verdict_and_a_search_looks_into_names_whatever_the_case(
    client: Client, reviewed: dict[str, str]
) -> None:
    entries = review_list.entries(client)
    assert [e.number for e in review_list.chosen(entries)] == [2, 3, 4, 1]  # refused ones first
    assert [e.number for e in review_list.chosen(entries, "approved")] == [1]
    assert [e.number for e in review_list.chosen(entries, "refused")] == [2, 3, 4]
    assert review_list.chosen(entries, "pending") == []
    assert [e.row.name for e in review_list.chosen(entries, "all", " NIÑ")] == ["niña.png"]
    assert [e.row.name for e in review_list.chosen(entries, search=reviewed["uno.png"][-6:])] == ["uno.png"]


@given(n=st.integers(0, 99), page=st.integers(-3, 40), size=st.integers(1, 30))
def test_every_entry_is_on_one_page_and_a_page_outside_is_the_nearest(n: int, page: int, size: int) -> None:
    entries: list[Any] = list(range(n))  # any things have pages
    shown, number, pages = review_list.page_of(entries, page, size)
    assert 1 <= number <= pages
    assert number == min(max(page, 1), pages)
    whole = [e for p in range(1, pages + 1) for e in review_list.page_of(entries, p, size)[0]]
    assert whole == entries
    assert len(shown) <= size


def test_words_name_pictures_by_number_range_or_id_each_once(client: Client, reviewed: dict[str, str]) -> None:
    entries = review_list.entries(client)
    ids = [entry.row.image_id for entry in entries]
    assert review_commands.image_ids(entries, ["3,1-2", "2"]) == ids[:3]
    assert review_commands.image_ids(entries, [ids[3], "4"]) == [ids[3]]
    assert review_commands.image_ids(entries, []) == []
    for wrong in ("0", "5", "3-1", "x", "1-5", "1.5"):
        with pytest.raises(PipelineError) as caught:
            review_commands.image_ids(entries, [wrong])
        assert caught.value.key == "review.bad_number"


# --- decisions and undo ----------------------------------------------------------------------------------------------


def test_each_change_is_taken_back_one_by_one_to_where_it_began(client: Client, reviewed: dict[str, str]) -> None:
    began = verdicts(client)
    decisions.decide(client, DEFAULTS, approve=[reviewed["dos.png"]])
    middle = verdicts(client)
    assert middle["dos.png"] == "approved by user"
    decisions.decide(client, DEFAULTS, reject=[reviewed["dos.png"], reviewed["uno.png"]])
    decisions.decide(client, DEFAULTS, clear=[reviewed["dos.png"]])
    assert decisions.steps_to_undo(client) == 3
    decisions.undo(client, DEFAULTS)
    assert verdicts(client)["dos.png"] == "rejected by user"
    assert set(decisions.undo(client, DEFAULTS)) == {reviewed["dos.png"], reviewed["uno.png"]}
    assert verdicts(client) == middle
    decisions.undo(client, DEFAULTS)
    assert verdicts(client) == began
    assert (client.processed / f"{reviewed['uno.png']}.png").is_file()
    with pytest.raises(PipelineError) as caught:
        decisions.undo(client, DEFAULTS)
    assert caught.value.key == "review.nothing_to_undo"


def test_another_face_is_taken_back_to_the_one_of_the_rules(client: Client, reviewed: dict[str, str]) -> None:
    image_id = reviewed["dos.png"]
    before = client.record(image_id)
    assert before.face_choice is not None
    decisions.decide(client, DEFAULTS, face=(image_id, 1 - before.face_choice.index), approve=[image_id])
    assert client.record(image_id).face_choice == FaceChoice(index=1 - before.face_choice.index, why="user")
    decisions.undo(client, DEFAULTS)
    after = client.record(image_id)
    assert (after.face_choice, after.crop) == (before.face_choice, before.crop)
    assert verdicts(client)["dos.png"] == "rejected"


def test_what_was_refused_leaves_nothing_to_undo(client: Client, reviewed: dict[str, str]) -> None:
    with pytest.raises(PipelineError) as caught:
        decisions.decide(client, DEFAULTS, approve=[reviewed["nada.png"]])  # no face: nothing to cut out
    assert caught.value.key == "review.no_crop"
    assert decisions.steps_to_undo(client) == 0


def test_a_face_that_was_cut_before_a_later_part_failed_can_be_undone(client: Client, reviewed: dict[str, str]) -> None:
    image_id = reviewed["dos.png"]
    before = client.record(image_id)
    assert before.face_choice is not None
    with pytest.raises(PipelineError):
        decisions.decide(client, DEFAULTS, face=(image_id, 1 - before.face_choice.index), approve=[reviewed["nada.png"]])
    assert decisions.steps_to_undo(client) == 1
    decisions.undo(client, DEFAULTS)
    assert client.record(image_id).face_choice == before.face_choice


def test_an_undo_that_was_interrupted_is_finished_by_the_next(
    client: Client, reviewed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    began = verdicts(client)
    decisions.decide(client, DEFAULTS, reject=[reviewed["uno.png"]], approve=[reviewed["dos.png"]])
    whole = decisions.set_verdicts

    def stopped(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(decisions, "set_verdicts", stopped)
    with pytest.raises(KeyboardInterrupt):
        decisions.undo(client, DEFAULTS)
    monkeypatch.setattr(decisions, "set_verdicts", whole)
    decisions.undo(client, DEFAULTS)
    assert verdicts(client) == began


def test_the_memory_of_changes_is_bounded_and_forgets_deleted_pictures(
    client: Client, reviewed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "MOST_STEPS", 3)
    for _ in range(3):
        decisions.decide(client, DEFAULTS, reject=[reviewed["uno.png"]])
        decisions.decide(client, DEFAULTS, clear=[reviewed["uno.png"]])
    assert decisions.steps_to_undo(client) == 3
    monkeypatch.setattr(decisions, "MOST_REMEMBERED", 2)
    decisions.decide(client, DEFAULTS, reject=[reviewed["uno.png"], reviewed["dos.png"]])
    assert decisions.steps_to_undo(client) == 1
    client.record_file(reviewed["uno.png"]).unlink()
    assert decisions.undo(client, DEFAULTS) == [reviewed["dos.png"]]


@pytest.mark.parametrize("content", ["", "[]", '{"steps": 3}', '{"steps": [1, {}]}', "\xff"])
def test_a_broken_memory_costs_only_the_undo(client: Client, reviewed: dict[str, str], content: str) -> None:
    (client.images.parent / decisions.UNDO_FILE).write_text(content, encoding="latin-1")
    assert decisions.steps_to_undo(client) == 0
    decisions.decide(client, DEFAULTS, reject=[reviewed["uno.png"]])
    assert decisions.steps_to_undo(client) == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["approve", "reject", "clear"]), st.sets(st.integers(1, 3), min_size=1)), max_size=6
    )
)
def test_as_many_undos_as_changes_lead_back(make: MakeSession, steps: list[tuple[str, set[int]]], tmp_path: Path) -> None:
    client = Client(tmp_path / "clients" / "bea")
    if not client.folder.exists():
        make()[0].workspace.create("bea")
        for number in range(3):
            add_cut(client, number, "approved" if number else "rejected")
    began = verdicts(client)
    for what, numbers in steps:
        chosen = [entry.row.image_id for entry in review_list.entries(client) if entry.number in numbers]
        decisions.decide(client, DEFAULTS, **{what: chosen})  # type: ignore[arg-type]
    for _ in steps:
        decisions.undo(client, DEFAULTS)
    assert verdicts(client) == began
    assert decisions.steps_to_undo(client) == 0


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_decides_by_number_shows_the_page_and_writes_sheets_and_pages(
    client: Client, reviewed: dict[str, str], make: MakeSession
) -> None:
    session, ui = make()
    result = review_commands.review(session, "ana", approve=["2"], reject=["1"], list_name="refused")
    session.show(result)
    assert verdicts(client)["dos.png"] == "approved by user"
    assert "Revisión, rechazadas: página 1 de 1. Imágenes: 3." in ui.text
    assert "1. uno.png: rechazada (tú)" in ui.text
    assert "3. nada.png: rechazada (reglas): no se encontró ninguna cara" in ui.text
    assert f"rejected/{reviewed['uno.png']}" in ui.text
    assert (client.output / "review.html").is_file()
    assert (client.output / "approved_1.png").is_file()
    value = result.value
    assert [p["number"] for p in value["pictures"]] == [1, 3, 4]
    assert value["undo_steps"] == 1


def answer(capsys: pytest.CaptureFixture[str], client: Client, *words: str) -> tuple[int, dict[str, object]]:
    code = command_line.main(["--clients-dir", str(client.folder.parent), "--json", "--lang", "en", "review", "ana", *words])
    return code, json.loads(capsys.readouterr().out)


def test_the_command_line_has_every_part_of_it(
    client: Client, reviewed: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = answer(capsys, client, "--list", "approved", "--page", "7")
    assert (code, said["result"]["page"]) == (0, 1)  # type: ignore[index]
    assert answer(capsys, client, "--reject", "1,", "2-3")[0] == 0
    assert answer(capsys, client, "--face", "2=2")[0] == 0
    assert answer(capsys, client, "--undo")[0] == answer(capsys, client, "--undo")[0] == 0
    code, said = answer(capsys, client, "--undo")
    assert (code, said["error"]["key"]) == (1, "review.nothing_to_undo")  # type: ignore[index]
    code, said = answer(capsys, client, "--approve", "9")
    assert (code, said["error"]["key"]) == (1, "review.bad_number")  # type: ignore[index]
    assert "1 to 4" in said["error"]["message"]  # type: ignore[index]
    assert answer(capsys, client, "--undo", "--approve", "1")[0] == 2
    assert answer(capsys, client, "--face", "1-2=1")[0] == 1
    code, said = answer(capsys, client, "--search", "NIÑA")
    assert [p["name"] for p in said["result"]["pictures"]] == ["niña.png"]  # type: ignore[index]
    assert verdicts(client)["uno.png"] == "approved"


def test_an_empty_client_and_an_empty_list_say_so(
    client: Client, make: MakeSession
) -> None:  # fmt: skip
    session, _ = make()
    keys = [block.key for block in review_commands.review(session, "ana").blocks]  # type: ignore[union-attr]
    assert keys == ["review.nothing"]
    add_drawn(client, 1, "approved")
    result = review_commands.review(session, "ana", list_name="refused", draw=False)
    assert result.blocks[0].key == "review.none_in_list"  # type: ignore[union-attr]
    result = review_commands.review(session, "ana", search="zzz", draw=False)
    assert result.blocks[0].key == "review.none_found"  # type: ignore[union-attr]


# --- the menu --------------------------------------------------------------------------------------------------------


def test_a_person_pages_decides_looks_closer_and_undoes(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):
        add_cut(client, number)
    drawn_at_end: list[str] = []

    def draw_all(*_: object) -> list[Path]:
        drawn_at_end.append("drawn")
        return []

    monkeypatch.setattr(review_commands, "draw_all", draw_all)
    session, ui = make("", "n", "n", "p", "p", "a 1,24-25", "24", "u", "/ 17.png", "l", "x", "q", "99", "a 99", "f 1", "?", "0")
    session.client = client
    review.walk(session)
    assert not ui.answers
    titles = re.findall(r"Revisión, (\w+): página (\d+) de (\d+)", ui.text)
    assert [int(page) for _, page, _ in titles][:6] == [1, 2, 3, 3, 2, 1]
    assert ("rechazadas", "1", "1") in titles  # of the search
    assert "Lista «aprobadas»: no hay ninguna imagen." in ui.text
    assert "Es la última página." in ui.text
    assert "Aprobadas: 3" in ui.text
    assert "Deshecho. Imágenes: 3" in ui.text
    assert ui.text.count("Escribe una letra") == 3  # an unknown letter, one without numbers, and the question
    assert ui.text.count("No hay imágenes con ese número o nombre: 99") == 2
    assert "Falta el número de la cara" in ui.text
    assert set(verdicts(client).values()) == {"rejected"}
    assert drawn_at_end == ["drawn", "drawn"]  # at the start, and once at the end for all changes


def test_ctrl_c_in_the_middle_keeps_what_was_decided_and_draws_it(client: Client, make: MakeSession) -> None:
    add_cut(client, 1)
    session, _ = make("a 1", KeyboardInterrupt)
    session.client = client
    with pytest.raises(KeyboardInterrupt):
        review.walk(session)
    assert verdicts(client) == {"1.png": "approved by user"}
    assert (client.output / "approved_1.png").is_file()
    assert not (client.output / "rejected_1.png").exists()


def test_a_client_without_pictures_is_left_at_once(client: Client, make: MakeSession) -> None:
    session, ui = make()
    session.client = client
    review.walk(session)
    assert "Todavía no hay nada que revisar" in ui.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("aprobar 3", ("approve", "3")), ("A 3-4", ("approve", "3-4")), ("r3", ("reject", "3")), ("deshacer", ("undo", "")),
     ("/", ("search", "")), ("/niña 2", ("search", "niña 2")), ("007", ("show", "007")), ("+", ("next", "")), ("€", ("", "€")),
     ("f 2=1", ("face", "2=1")), ("0", ("leave", ""))],
)  # fmt: skip
def test_lines_are_understood_in_both_languages(typed: str, meant: tuple[str, str]) -> None:
    assert review.parse(typed) == meant


@given(st.text(max_size=30))
def test_no_line_breaks_the_review(line: str) -> None:
    what, _ = review.parse(line)
    assert what in {"", "show", *review.WORDS.values()}


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_is_whole_in_itself_and_shows_what_the_list_shows(
    client: Client, reviewed: dict[str, str], language: str
) -> None:
    (path,) = review_page.write_pages(client, review_list.entries(client), language, "python avatar_pipeline.py")
    html = path.read_text(encoding="utf-8")
    seen = read(html)
    assert f'lang="{language}"' in html
    assert not {"script", "link", "iframe", "object"} & set(seen.tags)
    images = [address for address in seen.addresses if address.startswith("data:")]
    assert len(images) == 5  # four pictures, and the one with two faces whole, its faces boxed
    for address in set(seen.addresses) - set(images):
        assert (client.output / address).is_file(), address
    assert "http" not in html.replace("http-equiv", "")
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html
    for entry in review_list.entries(client):
        assert f"{entry.number}. {entry.row.name}" in seen.words
    assert "python avatar_pipeline.py review ana --reject 1" in seen.words
    assert "python avatar_pipeline.py review ana --approve 2" in seen.words
    assert "--approve 3 " not in seen.words + " "  # no face, nothing to approve: the command would only fail
    assert [int(n) for n in re.findall(r'id="n(\d+)"', html)] == [2, 3, 4, 1]


def test_a_foreign_name_is_shown_and_never_markup(client: Client, reviewed: dict[str, str]) -> None:
    imported(client, reviewed["uno.png"], "2026-01-01T00:00:00+00:00", EVIL)
    (path,) = review_page.write_pages(client, review_list.entries(client), "es", 'p "<b>"')
    html = path.read_text(encoding="utf-8")
    assert short_name(EVIL, review_page.NAME_LETTERS) in read(html).words
    assert "<script" not in html
    assert "<b>" not in html


def test_many_pictures_are_split_and_pages_no_longer_needed_vanish(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_page, "PER_PAGE", 2)
    for number in range(5):
        add_drawn(client, number, "rejected")
    pages = review_page.write_pages(client, review_list.entries(client), "es", "p")
    assert [path.name for path in pages] == ["review.html", "review_2.html", "review_3.html"]
    shown = [re.findall(r'id="n(\d+)"', path.read_text(encoding="utf-8")) for path in pages]
    assert shown == [["1", "2"], ["3", "4"], ["5"]]
    assert set(read(pages[1].read_text(encoding="utf-8")).addresses) >= {"review.html", "review_3.html"}
    client.record_file(f"mj_{4:016x}").unlink()
    review_page.write_pages(client, review_list.entries(client), "es", "p")
    assert not pages[2].exists()


def test_a_page_that_would_be_the_same_is_left_alone(client: Client) -> None:
    add_drawn(client, 1, "rejected")

    def write() -> tuple[int, str]:
        (path,) = review_page.write_pages(client, review_list.entries(client), "es", "p")
        return path.stat().st_mtime_ns, path.read_text(encoding="utf-8")

    first = write()
    assert write() == first
    Image.new("RGB", (64, 64), "#ffffff").save(client.rejected / f"mj_{1:016x}.jpg")
    second = write()
    assert second[1] != first[1]
    (client.output / "review.html").write_bytes(b"\xff broken")
    assert write()[1] == second[1]


def test_two_hundred_photographs_stay_a_page_that_a_browser_opens(client: Client) -> None:
    from PIL.Image import effect_noise

    noisy = effect_noise((400, 400), 60).convert("RGB")
    noisy.save(client.processed / "x.png")
    one = thumbnails.jpeg(client.processed / "x.png", review_page.THUMBNAIL_PX)
    assert one is not None
    # Noise is the worst that a JPEG can meet; photographs take a third of it.
    assert review_page.PER_PAGE * len(render.data_url(one)) < 6_000_000


# --- thumbnails ------------------------------------------------------------------------------------------------------


def test_a_thumbnail_is_kept_until_its_picture_is_written_anew(tmp_path: Path) -> None:
    path, cache = tmp_path / "a.png", tmp_path / "cache"
    Image.new("RGB", (300, 150), "#cc0000").save(path)
    first = thumbnails.jpeg(path, 100, cache)
    assert sorted(kept.name for kept in cache.iterdir()) == ["a_100.jpg", "a_256.jpg"]  # one for the pages, one for the sheets
    kept = cache / "a_100.jpg"
    kept_at = kept.stat().st_ino
    assert thumbnails.jpeg(path, 100, cache) == first
    assert kept.stat().st_ino == kept_at
    kept.write_bytes(kept.read_bytes()[:-2])  # a power cut
    os.utime(kept, ns=(path.stat().st_mtime_ns, path.stat().st_mtime_ns))
    assert thumbnails.jpeg(path, 100, cache) == first
    Image.new("RGB", (300, 150), "#00cc00").save(path)
    small = thumbnails.picture(path, 100, cache)
    assert small is not None
    assert small.size == (100, 50)
    assert small.getpixel((50, 25)) == pytest.approx((0, 0xCC, 0), abs=3)
    thumbnails.forget(cache, ["b"])
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n\0\0"])
def test_what_is_no_picture_has_no_thumbnail(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.png").write_bytes(content)
    assert thumbnails.jpeg(tmp_path / "x.png", 50, tmp_path / "cache") is None
    assert thumbnails.picture(None, 50) is None
    assert thumbnails.jpeg(tmp_path / "gone.png", 50) is None


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    Image.new("RGB", (30, 30)).save(tmp_path / "a.png")
    (tmp_path / "cache").write_bytes(b"a file in its place")
    assert thumbnails.jpeg(tmp_path / "a.png", 20, tmp_path / "cache")


def test_no_measure_is_shown_as_minus_zero() -> None:

    parts = review_list.measure_parts({"yaw": -0.3, "confidence": 0.994, "unknown": 3.0})
    assert [words(part, "en") for part in parts] == ["confidence 0.99", "turn +0°"]
