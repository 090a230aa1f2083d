"""The review's pages: each card true to its picture, each link to a file that is there, and no file but its own touched."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from avatar.commands import review as review_commands
from avatar.prompts import midjourney
from avatar.reports import review_list, review_page
from avatar.reports.review_list import Entry
from avatar.texts import translate
from avatar.workspace.client import Client
from avatar.workspace.records import Reason
from tests.commands.test_review_edges import entry
from tests.reports.test_contact_sheet import add as add_drawn
from tests.reports.test_dataset_page import read
from tests.scripted import MakeSession
from tests.stages.test_image_processor import TWO, add, drawn, run


def page(client: Client, entries: list[Entry] | None = None, language: str = "en", program: str = "p") -> str:
    """Write the pages; return the first one's text."""
    shown = review_list.entries(client) if entries is None else entries
    return review_page.write_pages(client, shown, language, program)[0].read_text(encoding="utf-8")


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_users_own_pages_in_the_folder_stay(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_page, "PER_PAGE", 1)
    kept = {"review_notes.html": "<p>mine</p>", "review_7.html": "<!doctype html><p>mine too</p>", "review_8.html": ""}
    for name, text in kept.items():
        (client.output / name).write_text(text, encoding="utf-8")
    for number in (1, 2, 3):
        add_drawn(client, number, "rejected")
    review_page.write_pages(client, review_list.entries(client), "es", "p")
    client.record_file(f"mj_{3:016x}").unlink()
    review_page.write_pages(client, review_list.entries(client), "es", "p")
    assert sorted(path.name for path in client.output.glob("*.html")) == ["review.html", "review_2.html", *sorted(kept)]
    assert {name: (client.output / name).read_text(encoding="utf-8") for name in kept} == kept


def test_the_page_links_the_sheets_of_the_program_and_no_other_picture(client: Client) -> None:
    add_drawn(client, 1, "approved")
    from avatar.reports import contact_sheet

    contact_sheet.write_sheets(client, review_list.entries(client), client.output, "en")
    for name in ("foto_2 #1.png", "approved_best.png", "approved_9.png"):
        Image.new("RGB", (8, 8)).save(client.output / name)
    links = [address for address in read(page(client)).addresses if not address.startswith(("data:", "../"))]
    assert links == ["approved_1.png"]


def test_sheets_are_linked_by_kind_and_number(client: Client) -> None:
    from avatar.reports import drawing

    for name in ("rejected_2", "approved_10", "approved_9", "rejected_1"):
        drawing.save_png(client.output / f"{name}.png", Image.new("RGB", (8, 8)), "state")
    found = [address for address in read(page(client, [entry(1)])).addresses if address.endswith(".png")]
    assert found == ["approved_9.png", "approved_10.png", "rejected_1.png", "rejected_2.png"]


def test_a_card_has_the_prompt_and_the_parameters_and_a_name_of_two_lines(client: Client) -> None:
    name = "ana_portrait_of_a_woman_in_a_garden_at_dusk_0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01_2.png"
    about = midjourney.parse_description("portrait of a woman in a garden at dusk --ar 5:6 --raw --v 7")
    add_drawn(client, 1, "approved", name=name)
    record = client.record(f"mj_{1:016x}")
    client.save_record(record.model_copy(update={"midjourney": about}))
    html = page(client)
    assert "portrait of a woman in a garden at dusk</p>" in html
    assert all(f"<code>{one}</code>" in html for one in ("--ar 5:6", "--raw", "--v 7"))
    (shown,) = re.findall(r"<h3[^>]*>1\. (.*?)</h3>", html)
    assert len(shown) <= review_page.NAME_LETTERS and shown.endswith("_2.png") and f'title="{name}"' in html


def test_a_client_without_pictures_has_one_page_that_breaks_nothing(client: Client) -> None:
    html = page(client, [])
    assert 'class="card' not in html
    assert [path.name for path in client.output.iterdir()] == ["review.html"]


def test_exactly_as_many_pictures_as_a_page_holds_are_one_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_page, "PER_PAGE", 3)
    three = [entry(number) for number in (1, 2, 3)]
    assert len(review_page.write_pages(client, three, "es", "p")) == 1
    assert '<nav class="pages">' not in page(client, three)
    paths = review_page.write_pages(client, [*three, entry(4)], "es", "p")
    assert [path.name for path in paths] == ["review.html", "review_2.html"]
    for number, path in enumerate(paths, 1):
        html = path.read_text(encoding="utf-8")
        assert html.count(f"<b>{number}</b>") == 2  # above and below: the page one is on is no link
        assert html.count(f'href="{paths[2 - number].name}"') == 2


@pytest.mark.parametrize("change", ["language", "program", "sheet", "picture"])
def test_a_page_is_written_anew_for_all_that_it_shows(change: str, client: Client) -> None:
    add_drawn(client, 1, "rejected")
    before = page(client)
    first = before.splitlines()[0]
    assert first.startswith("<!-- state ")
    if change == "sheet":
        from avatar.reports import contact_sheet

        contact_sheet.write_sheets(client, review_list.entries(client), client.output, "en")
    if change == "picture":
        Image.new("RGB", (64, 64), "#00ff00").save(client.rejected / f"mj_{1:016x}.jpg")
    after = page(client, language="es" if change == "language" else "en", program="q" if change == "program" else "p")
    assert after.splitlines()[0] != first
    assert page(client) != before or change in ("language", "program")


# --- cards -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_page_tells_every_command_that_the_reasons_on_it_ask_for(language: str, client: Client) -> None:
    add(client, TWO)
    run(client)
    html = page(client, language=language, program='python x.py --clients-dir "/mis clientes"')
    words = " ".join(read(html).words.split())
    other = 1 if review_list.entries(client)[0].row.face else 2
    for command in ("--approve 3,7-12", "--reject 3,7-12", f"--face 1={other}", "--clear 3,7-12", "--undo"):
        assert f'python x.py --clients-dir "/mis clientes" review ana {command}' in words
    assert translate.text("review.page.face", language, number=1, face=other) in words
    [reason] = [r for r in review_list.entries(client)[0].row.reasons if r.code == "ambiguous_face"]
    sentence = translate.text("quality.reason.ambiguous_face", language, value=reason.value, limit=reason.limit)
    assert " ".join(sentence.split()) in words


def test_the_example_of_another_face_is_one_that_works_and_there_is_none_where_no_picture_has_two(
    client: Client, make: MakeSession
) -> None:
    one = add(client, drawn((300, 250, 290, 370)), "a.png")
    run(client)
    assert "--face" not in page(client)
    two = add(client, TWO, "b.png")
    run(client)
    session, _ = make()
    session.client = client
    for _ in range(2):  # whichever of the two was cut out, the example names the other one
        before = client.record(two).face_choice
        (example,) = {(m[1], int(m[2])) for m in re.finditer(r"--face (\d+)=(\d)", page(client, review_list.entries(client)))}
        review_commands.review(session, None, face=example)
        after = client.record(two).face_choice
        assert before is not None and after is not None and before.index != after.index
    assert client.record(one).face_choice is not None


@pytest.mark.parametrize(("level", "kind"), [("refuse", "bad"), ("warn", "warn")])
def test_what_refuses_and_what_warns_look_different(level: Any, kind: str, client: Client) -> None:
    made = entry(1)
    row = dataclasses.replace(made.row, reasons=(Reason(code="profile", level=level, value=71, limit=55),))
    html = page(client, [Entry(1, row, {})])
    assert re.search(rf'<li class="{kind}">[^<]*71', html)


@pytest.mark.parametrize(("code", "told"), [("other_person", True), ("profile", False)])
def test_a_picture_refused_as_somebody_elses_names_the_command_that_says_it_is_the_client(
    code: str, told: bool, client: Client
) -> None:
    made = entry(15, "rejected")
    row = dataclasses.replace(made.row, reasons=(Reason(code=code, level="refuse", value=0.1, limit=0.3),))
    words = read(page(client, [Entry(15, row, {})])).words
    assert ("review ana --is-client 15" in words) is told
    assert "review ana --approve 15" in words


def test_a_card_of_a_pending_picture_has_no_word_of_who_decided(client: Client) -> None:
    card = review_page.card(entry(1, "pending"), client, "en")
    assert (card["by"], card["path"], card["reasons"], card["measures"]) == ("", "", [], "")
    html = page(client, [entry(1, "pending")])
    assert translate.text("review.page.no_picture", "en") in html
    assert "()" not in html


def test_a_cards_link_leads_from_the_folder_of_the_page_to_the_picture(client: Client) -> None:
    add_drawn(client, 1, "approved")
    add_drawn(client, 2, "rejected")
    found = [address for address in read(page(client)).addresses if address.startswith("../")]
    assert found == [f"../rejected/mj_{2:016x}.jpg", f"../processed/mj_{1:016x}.png"]
    for address in found:
        assert (client.output / address).resolve().is_file()


def test_a_picture_that_went_since_is_a_field_without_a_picture(client: Client) -> None:
    add_drawn(client, 1, "approved")
    entries = review_list.entries(client)
    (client.processed / f"mj_{1:016x}.png").unlink()
    html = page(client, entries)
    assert "<img" not in html
    assert translate.text("review.page.no_picture", "en") in html


def test_measures_are_told_in_the_language_and_in_one_line(client: Client) -> None:
    made = entry(1, "approved", blur=127.6, yaw=-10.7, enlargement=1.44)
    assert review_page.card(made, client, "en")["measures"] == "sharpness 128 · enlargement 1.4× · turn -11°"
    assert review_page.card(made, client, "es")["measures"] == "nitidez 128 · ampliación 1,4× · giro -11°"


def test_a_path_is_shown_below_the_clients_folder_with_slashes(client: Client) -> None:
    assert review_page.shown_path(client, client.processed / "a ñ.png") == "processed/a ñ.png"
    assert review_page.shown_path(client, None) == ""
    with pytest.raises(ValueError, match="subpath"):
        review_page.shown_path(client, Path("/elsewhere/a.png").absolute())
