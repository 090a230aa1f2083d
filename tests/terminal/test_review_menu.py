"""Paging through the review: each line does what its command does, pages end where the list does, and nothing is left stale."""

from __future__ import annotations

import pytest

from avatar.commands import review as review_commands
from avatar.faces import decisions
from avatar.reports import review_page
from avatar.terminal import review
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from config import Settings
from tests.commands.test_review import add_cut, imported, verdicts
from tests.scripted import MakeSession, ScriptedUi
from tests.stages.test_image_processor import ONE, TWO, add, run


def walked(client: Client, make: MakeSession, *answers: str, language: str = "en") -> ScriptedUi:
    """Type lines into the review until 0; return the screen."""
    session, ui = make(*answers, "0", language=language)
    session.client = client
    review.walk(session)
    assert not ui.answers
    return ui


def titles(ui: ScriptedUi) -> list[str]:
    """What each page shown was called: its list and page."""
    return [line.partition(". ")[0] for line in ui.shown if line.startswith("Review, ")]


@pytest.fixture
def pages_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_commands, "PAGE_SIZE", 1)


def add_three(client: Client) -> None:
    """Two refused pictures, numbers 1 and 2, and an approved one, number 3."""
    add_cut(client, 1)
    add_cut(client, 2)
    add_cut(client, 3, "approved")


@pytest.mark.usefixtures("pages_of_one")
def test_enter_and_letters_turn_pages_and_both_ends_say_so(client: Client, make: MakeSession) -> None:
    add_three(client)
    ui = walked(client, make, "", "s", "p", "-", "<")
    assert titles(ui) == [f"Review, refused: page {page} of 2" for page in (1, 2, 2, 1, 1, 1)]
    assert ui.shown.count("This is the last page.") == 1
    assert ui.shown.count("This is the first page.") == 2


@pytest.mark.usefixtures("pages_of_one")
def test_the_lists_take_turns_each_from_its_first_page_and_without_the_search(client: Client, make: MakeSession) -> None:
    add_three(client)
    ui = walked(client, make, "n", "l", "/2.png", "l", "l", "l", "l")
    assert titles(ui) == [
        "Review, refused: page 1 of 2", "Review, refused: page 2 of 2", "Review, approved: page 1 of 1",
        "Review, all: page 1 of 3", "Review, refused: page 1 of 2",
    ]  # fmt: skip
    assert "No picture of this list has '2.png' in its name." in ui.text  # among the approved ones
    assert "List 'not processed': there is no picture." in ui.text
    assert "List 'kept aside': there is no picture." in ui.text


def test_the_first_list_is_the_refused_one_where_there_are_any_and_else_all(client: Client, make: MakeSession) -> None:
    add_cut(client, 3, "approved")
    assert titles(walked(client, make)) == ["Review, all: page 1 of 1"]
    add_cut(client, 1)
    assert titles(walked(client, make)) == ["Review, refused: page 1 of 1"]


def test_a_search_begins_on_its_first_page_and_an_empty_one_ends_it(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_commands, "PAGE_SIZE", 2)
    for number in range(1, 6):
        add_cut(client, number)
    ui = walked(client, make, "n", "/3.png", "/")
    assert titles(ui) == [f"Review, refused: page {at}" for at in ("1 of 3", "2 of 3", "1 of 1", "1 of 3")]


def test_a_page_that_a_decision_emptied_is_the_nearest_there_is(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_commands, "PAGE_SIZE", 1)
    add_three(client)
    ui = walked(client, make, "n", "a 2", "p")
    assert titles(ui) == [f"Review, refused: page {at}" for at in ("1 of 2", "2 of 2", "1 of 1", "1 of 1")]
    assert "This is the first page." in ui.text
    assert verdicts(client) == {"1.png": "rejected", "2.png": "approved by user", "3.png": "approved"}


def test_a_number_shows_all_of_that_picture_whatever_the_list(client: Client, make: MakeSession) -> None:
    add_three(client)
    ui = walked(client, make, "3", "0003")
    assert ui.text.count(str(client.processed / f"mj_{3:016x}.png")) == 2
    assert titles(ui) == ["Review, refused: page 1 of 1"]  # looking closer turns no page


@pytest.mark.parametrize("typed", ["4", "9999999", "00"])
def test_a_number_of_no_picture_is_told_with_the_last_there_is(typed: str, client: Client, make: MakeSession) -> None:
    add_three(client)
    ui = walked(client, make, typed)
    assert f"There are no pictures with that number or name: {typed}" in ui.text
    assert "numbers go from 1 to 3" in ui.text


@pytest.mark.parametrize("typed", ["f 1=2", "f 1 2", "F1 = 2", "cara 1  2", "face 1=2"])
def test_another_face_is_picked_in_every_way_it_may_be_typed(typed: str, client: Client, make: MakeSession) -> None:
    image_id = add(client, TWO)
    run(client)
    before = client.record(image_id).face_choice
    ui = walked(client, make, typed.replace("2", str(2 - (before.index if before else 0))))
    choice = client.record(image_id).face_choice
    assert before is not None
    assert choice is not None
    assert (choice.index, choice.why) == (1 - before.index, "user")
    assert "1 now uses face" in ui.text


@pytest.mark.parametrize("typed", ["f 1", "f 1=", "f 1 x", "f 1=2=3", "f 1 -1"])
def test_a_face_without_a_number_says_how_it_is_written(typed: str, client: Client, make: MakeSession) -> None:
    image_id = add(client, TWO)
    run(client)
    before = client.record(image_id)
    ui = walked(client, make, typed)
    assert "The number of the face is missing." in ui.text
    assert client.record(image_id) == before
    assert decisions.steps_to_undo(client) == 0


@pytest.mark.parametrize("typed", ["a", "r ", "quitar", "f", "?", "h", "€", "x 3"])
def test_help_is_shown_when_asked_for_and_when_a_line_says_too_little(typed: str, client: Client, make: MakeSession) -> None:
    add_three(client)
    before = verdicts(client)
    ui = walked(client, make, typed, language="es")
    session, _ = make(language="es")
    assert session.text("review.help") in ui.text
    assert (verdicts(client), decisions.steps_to_undo(client)) == (before, 0)


def test_what_a_line_changed_before_it_failed_is_on_the_sheets_in_the_end(client: Client, make: MakeSession) -> None:
    lost = add(client, ONE, "perdida.png")
    imported(client, lost, "2026-02-01T00:00:00+00:00")
    run(client)
    decisions.decide(client, Settings(), reject=[lost])
    client.original(client.record(lost)).unlink()  # its crop must be cut anew, and cannot
    for folder in (client.processed, client.rejected):
        (folder / f"{lost}.png").unlink(missing_ok=True)
    add_cut(client, 1)
    ui = walked(client, make, "a 1-2")
    assert verdicts(client)["1.png"] == "approved by user"
    assert verdicts(client)["perdida.png"] == "rejected by user"
    assert "perdida.png" in ui.text
    assert (client.output / "approved_1.png").is_file()  # there was no approved picture when the review began
    assert "review ana --reject 1<" in (client.output / review_page.TEMPLATE).read_text(encoding="utf-8")


def test_an_error_is_shown_and_the_review_goes_on(client: Client, make: MakeSession) -> None:
    add_three(client)
    ui = walked(client, make, "u", "a 99", "a 1")
    assert "There are no pictures with that number or name: 99" in ui.text
    assert verdicts(client)["1.png"] == "approved by user"


def test_without_a_client_there_is_nothing_to_review(make: MakeSession) -> None:
    session, _ = make()
    with pytest.raises(PipelineError, match=r"client\.none_chosen"):
        review.walk(session)


def test_the_end_of_input_leaves_nothing_stale(client: Client, make: MakeSession) -> None:
    add_cut(client, 1)
    session, _ = make("a 1", EOFError)
    session.client = client
    with pytest.raises(EOFError):
        review.walk(session)
    assert not (client.output / "rejected_1.png").exists()
    assert (client.output / "approved_1.png").is_file()
