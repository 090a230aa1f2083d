"""The review at its edges: ranges, pages, searches, undo of what is gone, thousands of pictures, hostile names on pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from avatar.commands import review as review_commands
from avatar.faces import decisions
from avatar.pictures import thumbnails
from avatar.reports import render, review_list, review_page
from avatar.reports.review_list import Entry, ReviewRow
from avatar.terminal import command_line, review
from avatar.texts import spoken
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import words
from avatar.texts.visible import one_line, short_name
from avatar.workspace.client import Client
from avatar.workspace.records import Reason
from config import Settings
from tests.commands.test_review import add_cut, verdicts
from tests.reports.test_contact_sheet import add as add_drawn
from tests.reports.test_dataset_page import read
from tests.scripted import MakeSession

DEFAULTS = Settings()
VERDICTS: tuple[Any, ...] = ("rejected", "approved", "pending")
HOSTILE = (
    "<script>alert(1)</script>.png", "a\"b'c.png", "ñandú ☃ 😀.png", "</title><img src=x onerror=1>.png", "&lt;b&gt;.png",
    "{{ 7*7 }}{% raw %}.png", "--><svg onload=1>.png", "‮gnp.exe", "a b  c.png", "%s{0}{name}.png",
)  # fmt: skip


def entry(number: int, verdict: Any = "rejected", name: str = "", **measures: float) -> Entry:
    """A small stand-in for a picture of the review."""
    row = ReviewRow(
        f"mj_{number:016x}", name or f"{number}.png", "mj", verdict, "" if verdict == "pending" else "rules",
        (Reason(code="no_face", level="refuse"),) if verdict == "rejected" else (), None, 1, None,
    )  # fmt: skip
    return Entry(number, row, measures)


def entries(n: int) -> list[Entry]:
    return [entry(number, VERDICTS[number % 3]) for number in range(1, n + 1)]


def numbers(found: list[Entry], *typed: str) -> list[int]:
    by_id = {e.row.image_id: e.number for e in found}
    return [by_id[image_id] for image_id in review_commands.image_ids(found, typed)]


# --- numbers and ranges ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [(("3,7-12",), [3, 7, 8, 9, 10, 11, 12]), (("3", "7-12"), [3, 7, 8, 9, 10, 11, 12]), ((" 3 , 7 - 9 ",), [3, 7, 8, 9]),
     (("3;4",), [3, 4]), (("3 4",), [3, 4]), (("5-5",), [5]), (("2–4",), [2, 3, 4]),
     (("12,1",), [1, 12]), (("1,1,1-2",), [1, 2]),
     (("",), []), ((" , ;",), []), (("1,",), [1]), (("007",), [7])],
)  # fmt: skip
def test_ranges_and_blanks_name_each_picture_once(typed: tuple[str, ...], wanted: list[int]) -> None:
    assert numbers(entries(12), *typed) == wanted


@pytest.mark.parametrize(
    "typed", ["12-7", "0", "0-3", "13", "7-13", "-3", "3-", "1--3", "a", "3.5", "²", "1e3", "99999999", "mj_12", "3,x", "1-2-3"]
)
def test_what_names_no_picture_is_refused_as_a_whole(typed: str) -> None:
    with pytest.raises(PipelineError) as caught:
        numbers(entries(12), "1", typed)
    assert caught.value.key == "review.bad_number"
    assert caught.value.values["last"] == 12


def test_ids_and_numbers_mix_and_an_id_of_nobody_is_told_when_it_is_used(client: Client) -> None:
    found = entries(12)
    assert numbers(found, found[4].row.image_id + ",2", "5") == [5, 2]
    assert review_commands.image_ids(found, ["mj_" + "f" * 16]) == ["mj_" + "f" * 16]
    add_cut(client, 1)
    with pytest.raises(PipelineError) as caught:
        decisions.decide(client, DEFAULTS, approve=["mj_" + "f" * 16])
    assert caught.value.key == "image.unknown"
    assert decisions.steps_to_undo(client) == 0


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 8)), min_size=1, max_size=6))
def test_ranges_are_the_union_of_their_numbers(ranges: list[tuple[int, int]]) -> None:
    text = ",".join(f"{first}-{first + more}" if more else str(first) for first, more in ranges)
    wanted = sorted({n for first, more in ranges for n in range(first, first + more + 1)})
    assert numbers(entries(48), text) == wanted


# --- lists, searches and pages ---------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(VERDICTS), max_size=40))
def test_the_lists_part_the_whole(kinds: list[Any]) -> None:
    found = [entry(number, kind) for number, kind in enumerate(kinds, 1)]
    parts = [review_list.chosen(found, name) for name in ("refused", "approved", "pending")]
    assert [e for part in parts for e in part] == review_list.chosen(found)
    for part in parts:
        assert [e.number for e in part] == sorted(e.number for e in part)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", 3),
        ("   ", 3),
        ("NIÑA", 1),
        ("niña", 1),
        ("😀", 1),
        (".png", 3),
        ("<b>", 1),
        ("zzz", 0),
        ("mj_000", 3),
        (".*", 0),
        ("a b", 1),
    ],
)
def test_a_search_takes_signs_as_they_are_and_looks_into_ids(search: str, found: int) -> None:
    named = [entry(1, name="Niña 😀.png"), entry(2, name="<b>.png"), entry(3, name="a b.png")]
    assert len(review_list.chosen(named, "all", search)) == found


@pytest.mark.parametrize(
    ("n", "page", "size", "wanted"),
    [(0, 1, 10, (0, 1, 1)), (10, 1, 10, (10, 1, 1)), (11, 2, 10, (1, 2, 2)), (11, 99, 10, (1, 2, 2)), (11, -5, 10, (10, 1, 2)),
     (11, 0, 10, (10, 1, 2)), (1, 1, 1, (1, 1, 1)), (20, 2, 10, (10, 2, 2))],
)  # fmt: skip
def test_pages_at_their_edges(n: int, page: int, size: int, wanted: tuple[int, int, int]) -> None:
    shown, number, pages = review_list.page_of(entries(n), page, size)
    assert (len(shown), number, pages) == wanted


def test_five_thousand_pictures_are_listed_searched_paged_and_named() -> None:
    found = entries(5000)
    assert len(review_list.chosen(found, "approved")) == 1667
    assert [e.number for e in review_list.chosen(found, "all", "4999.png")] == [4999]
    shown, number, pages = review_list.page_of(review_list.chosen(found), 500, 10)
    assert (len(shown), number, pages) == (10, 500, 500)
    assert numbers(found, "1-5000") == list(range(1, 5001))


def test_two_thousand_pictures_make_ten_pages_with_every_picture_on_one(client: Client) -> None:
    paths = review_page.write_pages(client, entries(2000), "es", "p")
    assert len(paths) == 10
    seen = [int(n) for path in paths for n in re.findall(r'id="n(\d+)"', path.read_text(encoding="utf-8"))]
    assert len(seen) == 2000
    assert set(seen) == set(range(1, 2001))
    assert all(path.stat().st_size < 2_000_000 for path in paths)
    before = [path.stat().st_mtime_ns for path in paths]
    assert [path.stat().st_mtime_ns for path in review_page.write_pages(client, entries(2000), "es", "p")] == before
    assert review_page.write_pages(client, entries(3), "es", "p") == [client.output / "review.html"]
    assert [path.name for path in client.output.glob("*.html")] == ["review.html"]


# --- undo of what is gone --------------------------------------------------------------------------------------------


def test_an_undo_goes_on_without_the_pictures_that_were_deleted(client: Client) -> None:
    for number in range(3):
        add_cut(client, number)
    ids = [e.row.image_id for e in review_list.entries(client)]
    decisions.decide(client, DEFAULTS, approve=ids)
    client.record_file(ids[1]).unlink()
    assert decisions.undo(client, DEFAULTS) == [ids[0], ids[2]]
    assert set(verdicts(client).values()) == {"rejected"}


def test_an_undo_of_pictures_that_are_all_gone_takes_its_step_away_and_says_none(client: Client, make: MakeSession) -> None:
    add_cut(client, 1)
    add_cut(client, 2)
    first, second = (e.row.image_id for e in review_list.entries(client))
    decisions.decide(client, DEFAULTS, approve=[second])
    decisions.decide(client, DEFAULTS, approve=[first])
    client.record_file(first).unlink()
    session, _ = make()
    result = review_commands.review(session, "ana", undo=True, draw=False)
    assert result.value["changed"] == []
    assert decisions.steps_to_undo(client) == 1
    assert decisions.undo(client, DEFAULTS) == [second]  # the step before is not lost with it


def test_a_renamed_picture_is_taken_back_under_its_new_name(client: Client) -> None:
    add_cut(client, 1)
    image_id = f"mj_{1:016x}"
    decisions.decide(client, DEFAULTS, approve=[image_id])
    record = client.record(image_id)
    client.save_record(record.model_copy(update={"original": record.original.model_copy(update={"name": "otra ñ.png"})}))
    decisions.undo(client, DEFAULTS)
    assert verdicts(client) == {"otra ñ.png": "rejected"}


def test_the_undo_of_one_client_is_not_that_of_another(client: Client, make: MakeSession) -> None:
    add_cut(client, 1)
    other = make()[0].workspace.create("bea")
    add_cut(other, 1)
    decisions.decide(client, DEFAULTS, approve=[f"mj_{1:016x}"])
    with pytest.raises(PipelineError):
        decisions.undo(other, DEFAULTS)
    assert decisions.steps_to_undo(client) == 1


def test_a_picture_named_in_two_lists_changes_nothing_and_leaves_nothing_to_undo(client: Client) -> None:
    add_cut(client, 1)
    image_id = f"mj_{1:016x}"
    with pytest.raises(PipelineError) as caught:
        decisions.decide(client, DEFAULTS, approve=[image_id], reject=[image_id])
    assert caught.value.key == "review.twice"
    assert (verdicts(client), decisions.steps_to_undo(client)) == ({"1.png": "rejected"}, 0)


# --- typed lines -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["²", "f 1=²", "f 1", "9" * 5000, "a ²", "r 0", "q 5-1", "f 1=9", "f 9=1", "l l", "/ <b>", "u", "€€"]
)
def test_no_line_leaves_the_review_or_decides_what_nobody_asked_for(typed: str, client: Client, make: MakeSession) -> None:
    add_cut(client, 1)
    session, ui = make(typed, "0")
    session.client = client
    review.walk(session)
    assert not ui.answers
    assert verdicts(client) == {"1.png": "rejected"}


@pytest.mark.parametrize("word", sorted(review.WORDS))
def test_every_word_means_the_same_alone_and_with_blanks_around(word: str) -> None:
    assert review.parse(f"  {word} ") == (review.WORDS[word], "")


# --- hostile names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_hostile_name_is_text_on_the_page_and_on_the_screen(
    name: str, language: str, client: Client, make: MakeSession
) -> None:
    add_drawn(client, 1, "rejected", name)
    (path,) = review_page.write_pages(client, review_list.entries(client), language, "p")
    html = path.read_text(encoding="utf-8")
    seen = read(html)
    assert " ".join(f"1. {short_name(name, review_page.NAME_LETTERS)}".split()) in " ".join(seen.words.split())
    assert not {"script", "svg", "b"} & set(seen.tags)
    assert "onerror=1>" not in html
    session, ui = make(language=language)
    session.show(review_commands.review(session, "ana", draw=False))
    assert one_line(name) in ui.text  # a mark of direction would show it as another kind of file


@pytest.mark.parametrize("template", ["review.html", "client_report.html", "dataset_report.html"])
def test_a_value_that_is_missing_is_an_error_and_not_a_gap(template: str) -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        render.render(template, language="es", t={}, client_id="x")


def test_a_picture_becomes_an_address_and_none_is_empty() -> None:
    assert render.data_url(b"\xff\xd8", "png") == "data:image/png;base64,/9g="
    assert render.data_url(None) == render.data_url(b"") == ""


# --- cards -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "faces", "change"), [("approved", 1, "reject"), ("rejected", 1, "approve"), ("rejected", 0, "")]
)
def test_a_card_offers_the_command_that_would_change_something(verdict: Any, faces: int, change: str, client: Client) -> None:
    import dataclasses

    made = entry(1, verdict)
    made = dataclasses.replace(made, row=dataclasses.replace(made.row, faces=faces))
    assert review_page.card(made, client, "es")["change"] == change


def test_a_card_says_which_face_of_several_was_cut(client: Client) -> None:
    import dataclasses

    row = dataclasses.replace(entry(1).row, faces=3, face=1)
    assert review_page.card(Entry(1, row, {}), client, "en")["faces"]
    assert not review_page.card(Entry(1, dataclasses.replace(row, faces=1, face=0), {}), client, "en")["faces"]


@pytest.mark.parametrize("value", [0.0, -0.0, -0.4, float("nan"), float("inf"), 1e9])
@pytest.mark.parametrize("language", ["es", "en"])
def test_any_measure_is_shown_and_never_as_minus_zero(value: float, language: str, client: Client) -> None:
    made = entry(1, "approved", blur=value, yaw=value, confidence=value)
    shown = review_page.card(made, client, language)["measures"]
    assert shown.count("·") == 2
    assert not re.search(r"-0(?![.,\d])", shown)
    assert words(review_commands.entry_lines(client, made), language)


def test_joined_texts_have_commas_between_them_and_no_reason_is_an_empty_cell() -> None:
    assert words(spoken.several([Text("by.user")]), "es") == words(Text("by.user"), "es")
    assert words(spoken.several([Text("by.user")] * 3), "en").count(",") == 2
    assert review_commands.reason_text([]) == ""


# --- thumbnails ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (300, 200), (2000, 2000)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_a_thumbnail_of_any_picture_fits_and_keeps_its_shape(size: tuple[int, int], mode: str, tmp_path: Path) -> None:
    path = tmp_path / "ñ 😀.png"
    Image.new(mode, size).save(path)
    small = thumbnails.picture(path, 64, tmp_path / "cache")
    assert small is not None
    assert max(small.size) <= 64
    assert max(small.size) == min(64, max(size))
    assert small.mode == "RGB"


def test_only_thumbnails_of_pictures_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for name in ("mj_1.png", "mj_1_2.png"):
        Image.new("RGB", (20, 20)).save(tmp_path / name)
        thumbnails.jpeg(tmp_path / name, 256, cache)
    (cache / "note.txt").write_text("mine", encoding="utf-8")
    thumbnails.forget(cache, ["mj_1_2"])
    assert sorted(path.name for path in cache.iterdir()) == ["mj_1_2_256.jpg", "note.txt"]
    thumbnails.forget(tmp_path / "gone", [])
    assert thumbnails.written_at(tmp_path / "gone") == thumbnails.written_at(None) == 0


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words_typed", "code"),
    [(("--approve", "1"), 0), (("--approve", "3-1"), 1), (("--face", "1=²"), 2), (("--face", "=1"), 2), (("--face", "1"), 2),
     (("--page", "x"), 2), (("--page", "-4"), 2),
     (("--list", "all", "--page", "9"), 0), (("--list", "none"), 2), (("--approve", "1", "--reject", "1"), 1)],
)  # fmt: skip
def test_the_command_line_refuses_what_it_cannot_read(
    words_typed: tuple[str, ...], code: int, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    add_cut(client, 1)
    assert command_line.main(["--clients-dir", str(client.folder.parent), "--json", "review", "ana", *words_typed]) == code
    said = json.loads(capsys.readouterr().out)
    assert ("error" in said and bool(said["error"])) == (code != 0)
