"""The review command: what it decides, what it says of it, and what of it a script gets."""

from __future__ import annotations

import dataclasses
import os
import shlex
import threading
from pathlib import Path
from typing import Any

import pytest

import config
from avatar.commands import review as review_commands
from avatar.pictures import images_table
from avatar.reports import review_list
from avatar.system import program
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import words
from avatar.workspace.client import Client
from avatar.workspace.records import Reason
from avatar.workspace.workspace import Workspace
from config import Settings
from tests.commands.test_review import add_cut, verdicts
from tests.commands.test_review_edges import entry
from tests.scripted import MakeSession
from tests.stages.test_image_processor import SMALL, TWO, add, drawn, run

DEFAULTS = Settings()
MEASURES: dict[str, Any] = {
    "confidence": 0.99,
    "blur": 400.0,
    "brightness": 120.0,
    "contrast": 60.0,
    "face_side_px": 300.0,
    "yaw": 3.0,
}


def asked(client: Client, make: MakeSession, *, language: str = "en", **named: Any) -> tuple[dict[str, Any], str]:
    """Run the command; return its value and what the screen shows."""
    session, ui = make(language=language)
    result = review_commands.review(session, client.client_id, **{"draw": False, **named})
    session.show(result)
    assert result.client == client.client_id
    value: dict[str, Any] = result.value
    return value, ui.text


def add_three(client: Client) -> None:
    """Two refused pictures, numbers 1 and 2, and an approved one, number 3."""
    add_cut(client, 1)
    add_cut(client, 2)
    add_cut(client, 3, "approved")


# --- pages and lists -------------------------------------------------------------------------------------------------


def test_without_a_page_a_script_gets_all_pictures_and_a_person_the_first_page(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_commands, "PAGE_SIZE", 2)
    add_three(client)
    value, screen = asked(client, make)
    assert [one["number"] for one in value["pictures"]] == [1, 2, 3]
    assert (value["page"], value["pages"], value["list"]) == (1, 2, "all")
    assert "1.png: refused" in screen
    assert "2.png: refused" in screen
    assert "3.png" not in screen
    value, screen = asked(client, make, page=2)
    assert [one["number"] for one in value["pictures"]] == [3]
    assert "3.png: approved" in screen
    assert "1.png" not in screen
    assert asked(client, make, page=99)[0]["page"] == 2


def test_a_list_holds_its_own_pictures_and_an_empty_one_says_so(client: Client, make: MakeSession) -> None:
    add_three(client)
    for name, numbers in (("refused", [1, 2]), ("approved", [3]), ("pending", []), ("all", [1, 2, 3])):
        value, screen = asked(client, make, list_name=name)
        assert [one["number"] for one in value["pictures"]] == numbers
        assert (translate.text("review.list.pending", "en") in screen) == (name == "pending")
    assert "No picture of this list has 'zz' in its name." in asked(client, make, search="zz")[1]


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_a_pending_picture_is_one_line_without_measures(language: str, client: Client, make: MakeSession) -> None:
    add(client, SMALL, "niña.png")
    value, screen = asked(client, make, language=language)
    [line] = [line for line in screen.splitlines() if "niña.png" in line]
    assert translate.text("verdict.pending", language) in line
    assert translate.text("review.no_measures", language) not in screen
    [one] = value["pictures"]
    assert (one["verdict"], one["by"], one["path"], one["face"], one["faces"]) == ("pending", "", None, None, 0)


# --- decisions -------------------------------------------------------------------------------------------------------


def test_what_was_decided_is_counted_in_words_and_in_the_value(client: Client, make: MakeSession) -> None:
    add_three(client)
    value, screen = asked(client, make, approve=["1"], reject=["3"], clear=["2"])
    assert "Approved: 1. Rejected: 1. Returned to the rules: 1." in screen
    changed = value["changed"]
    assert (len(changed.approved), len(changed.rejected), len(changed.cleared)) == (1, 1, 1)
    assert verdicts(client) == {"1.png": "approved by user", "2.png": "rejected", "3.png": "rejected by user"}
    assert value["undo_steps"] == 1


def test_an_undo_says_how_many_pictures_and_how_many_steps_are_left(client: Client, make: MakeSession) -> None:
    add_three(client)
    asked(client, make, approve=["1-2"])
    asked(client, make, reject=["3"])
    value, screen = asked(client, make, undo=True)
    assert value["changed"] == [f"mj_{3:016x}"]
    assert translate.text("review.undone", "en", n=1, left=1) in screen
    value, screen = asked(client, make, undo=True)
    assert translate.text("review.undone", "en", n=2, left=0) in screen
    assert set(verdicts(client).values()) == {"rejected", "approved"}


def test_looking_decides_nothing_and_leaves_the_table_alone(client: Client, make: MakeSession) -> None:
    add_three(client)
    value, screen = asked(client, make)
    assert value["changed"] is None
    assert not client.table_file.exists()
    assert "Undone" not in screen
    asked(client, make, approve=["1"])
    before = client.table_file.read_text(encoding="utf-8-sig")
    assert before.count("approved,user") == 1
    asked(client, make, undo=True)
    assert client.table_file.read_text(encoding="utf-8-sig").count("approved,user") == 0


def test_a_decision_counts_though_the_table_is_open_in_another_program(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_three(client)
    monkeypatch.setattr(images_table, "write_table", lambda client, records: False)
    session, ui = make(language="en")
    session.show(review_commands.review(session, client.client_id, approve=["1"]))
    assert translate.text("table.locked", "en", path=client.table_file) in ui.shown[-1]
    assert "approved" in verdicts(client).values()


@pytest.mark.parametrize("empty", ["", " ", ",", ";,"])
def test_numbers_that_are_none_decide_nothing_and_leave_nothing_to_undo(empty: str, client: Client, make: MakeSession) -> None:
    add_three(client)
    asked(client, make, approve=["1"])
    value, screen = asked(client, make, reject=[empty])
    assert "Decided by hand" not in screen
    assert value["undo_steps"] == 1
    asked(client, make, undo=True)
    assert verdicts(client)["1.png"] == "rejected"


def test_a_face_is_named_from_one_and_only_on_one_picture(client: Client, make: MakeSession) -> None:
    image_id = add(client, TWO)
    run(client)
    before = client.record(image_id).face_choice
    assert before is not None
    other = 2 - before.index  # the other face, counted from 1
    value, screen = asked(client, make, face=("1", other))
    assert translate.text("review.face_chosen", "en", image="1", n=other) in screen
    assert "Decided by hand" not in screen  # only the face was decided
    [one] = value["pictures"]
    assert (one["face"], one["faces"]) == (other, 2)
    for picture in ("1-2", "", "7", "1,1-1,x"):
        with pytest.raises(PipelineError, match=r"review\.bad_number"):
            asked(client, make, face=(picture, 1))
    with pytest.raises(PipelineError, match=r"review\.no_such_face"):
        asked(client, make, face=("1", 0))
    with pytest.raises(PipelineError, match=r"review\.no_such_face"):
        asked(client, make, face=(image_id, 3))


def test_a_face_and_an_approval_are_one_step(client: Client, make: MakeSession) -> None:
    image_id = add(client, TWO)
    run(client)
    before = client.record(image_id)
    assert before.face_choice is not None
    value, screen = asked(client, make, face=("1", 2 - before.face_choice.index), approve=["1"])
    assert "Approved: 1." in screen
    assert value["undo_steps"] == 1
    asked(client, make, undo=True)
    assert client.record(image_id).face_choice == before.face_choice
    assert not client.record(image_id).approved


# --- files -----------------------------------------------------------------------------------------------------------


def test_sheets_and_pages_are_named_and_of_many_sheets_the_first_four(client: Client, make: MakeSession) -> None:
    add_three(client)
    value, screen = asked(client, make, draw=True)
    assert [Path(path).name for path in value["files"]] == ["review.html", "approved_1.png", "rejected_1.png"]
    assert all(Path(path).is_file() for path in value["files"])
    assert "approved_1.png, rejected_1.png (sheets: 2)" in screen
    assert str(client.output / "review.html") in screen
    sheets = [Path(f"approved_{n}.png") for n in range(1, 8)]

    def names(count: int) -> object:
        [said] = [block for block in review_commands._file_blocks(client, sheets[:count]) if isinstance(block, Text)]
        return said.values["names"], said.values["n"]

    assert names(4) == ("approved_1.png, approved_2.png, approved_3.png, approved_4.png", 4)
    assert names(5) == ("approved_1.png, approved_2.png, approved_3.png, approved_4.png …", 5)
    assert review_commands._file_blocks(client, []) == []


def test_nothing_is_drawn_of_a_client_without_pictures(client: Client, make: MakeSession) -> None:
    session, _ = make()
    assert review_commands.draw_all(session, client, []) == []
    assert list(client.output.iterdir()) == []


def test_thumbnails_of_pictures_that_are_gone_go_with_the_next_drawing(client: Client, make: MakeSession) -> None:
    add_three(client)
    asked(client, make, draw=True)
    cache = client.output / ".thumbnails"
    assert {path.name.rpartition("_")[0] for path in cache.glob("*.jpg")} == {f"mj_{n:016x}" for n in (1, 2, 3)}
    client.record_file(f"mj_{2:016x}").unlink()
    asked(client, make, draw=True)
    assert {path.name.rpartition("_")[0] for path in cache.glob("*.jpg")} == {f"mj_{n:016x}" for n in (1, 3)}


def test_the_program_line_names_a_clients_folder_only_where_it_is_not_the_usual_one(
    make: MakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.PROGRAM_DIR)
    monkeypatch.setattr(program, "_python", lambda: "python")
    session, _ = make()
    session.workspace = Workspace(config.CLIENTS_DIR)
    assert session.program_line() == "python avatar_pipeline.py"
    session.workspace = Workspace(tmp_path / "mis clientes ñ")
    assert session.program_line() == f'python avatar_pipeline.py --clients-dir "{tmp_path / "mis clientes ñ"}"'
    monkeypatch.chdir(tmp_path)
    session.workspace = Workspace(Path("mis clientes ñ"))  # the command is as good in any other folder
    place = config.PROGRAM_DIR / "avatar_pipeline.py"
    assert shlex.split(session.program_line()) == ["python", str(place), "--clients-dir", str(tmp_path / "mis clientes ñ")]


@pytest.mark.skipif(os.name == "nt", reason="quotes of a POSIX shell")
def test_a_shell_runs_nothing_of_a_folders_name_in_the_program_line(make: MakeSession) -> None:
    session, _ = make()
    session.workspace = Workspace(Path("/c/$HOME `id` \\"))
    assert shlex.split(session.program_line())[-2:] == ["--clients-dir", "/c/$HOME `id` \\"]
    assert "'/c/$HOME" in session.program_line()


def test_the_program_line_is_the_launchers_where_its_environment_runs_the_program(
    make: MakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    session, _ = make()
    session.workspace = Workspace(config.CLIENTS_DIR)
    monkeypatch.setattr("sys.prefix", str(config.PROGRAM_DIR / ".venv"))
    monkeypatch.chdir(config.PROGRAM_DIR)
    assert session.program_line() == ("./avatar.sh" if os.name != "nt" else ".\\avatar.bat")
    monkeypatch.chdir(tmp_path)
    launcher = config.PROGRAM_DIR / ("avatar.sh" if os.name != "nt" else "avatar.bat")
    assert session.program_line().strip('"') == str(launcher)


# --- one picture -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_a_closer_look_shows_all_that_is_known_and_no_empty_line(language: str, client: Client, make: MakeSession) -> None:
    image_id = add(client, TWO, "dos ñ.png")
    run(client)
    [found] = review_list.entries(client)
    session, ui = make(language=language)
    result = review_commands.details(session, client, found)
    session.show(result)
    assert found.row.face is not None
    for word in (image_id, "dos ñ.png", str(found.row.path), str(client.original(client.record(image_id)))):
        assert word in ui.text
    rows = {words(name, language): value for name, value in result.blocks[0].rows}  # type: ignore[union-attr, arg-type]
    assert rows[translate.text("col.faces", language)] == 2
    assert rows[translate.text("col.face", language)] == found.row.face + 1
    assert "" not in rows.values()
    assert translate.text("verdict.rejected", language) in ui.text
    assert len(rows) == 11


def test_a_closer_look_at_what_is_not_processed_has_neither_face_nor_crop(client: Client, make: MakeSession) -> None:
    add(client, drawn(), "x.png")
    [found] = review_list.entries(client)
    session, _ = make(language="en")
    rows = [words(name, "en") for name, _ in review_commands.details(session, client, found).blocks[0].rows]  # type: ignore[union-attr, arg-type]
    assert rows == [translate.text(f"col.{name}", "en") for name in ("number", "file", "image", "verdict", "faces", "original")]


def test_reasons_stand_in_their_order_with_value_and_limit() -> None:
    reasons = (
        Reason(code="too_dark", level="refuse", value=31, limit=40),
        Reason(code="profile", level="warn", value=71, limit=55),
    )
    said = review_commands.reason_text(reasons)
    assert isinstance(said, Text)
    dark, profile = (translate.text(f"quality.reason.{r.code}", "es", value=r.value, limit=r.limit) for r in reasons)
    assert words(said, "es") == f"{dark}, {profile}"


@pytest.mark.parametrize(("verdict", "style"), [("approved", "good"), ("rejected", "warn"), ("pending", "plain")])
def test_each_verdict_has_its_style(verdict: str, style: str, client: Client) -> None:
    assert review_commands.entry_lines(client, entry(1, verdict)).style == style


def test_a_picture_whose_file_is_gone_says_so_in_its_line(client: Client) -> None:
    made = entry(1, "approved", **MEASURES)
    said = words(review_commands.entry_lines(client, made), "en")
    assert translate.text("sheet.no_picture", "en") in said
    there = dataclasses.replace(made, row=dataclasses.replace(made.row, path=client.processed / "a.png"))
    assert "processed/a.png" in words(review_commands.entry_lines(client, there), "en")


def test_the_short_line_has_the_measures_that_tell_most_and_no_others(client: Client) -> None:
    said = words(review_commands.entry_lines(client, entry(1, "approved", **MEASURES)), "en")
    for name in review_commands.SHORT_MEASURES:
        assert translate.text(f"report.measure.{name}", "en", value=MEASURES[name]) in said
    assert translate.text("report.measure.confidence", "en", value=0.99) not in said
    assert translate.text("review.no_measures", "en") in words(review_commands.entry_lines(client, entry(1, "approved")), "en")


def test_comparing_alone_reads_the_records_under_the_lock_and_writes_the_table(client: Client, make: MakeSession) -> None:
    for number in (1, 2, 3):
        add_cut(client, number)
    client.table_file.unlink(missing_ok=True)
    session, _ = make()
    found = review_commands.compare_all(session, client)
    assert found.value == {"compared": 3} and client.table_file.is_file()
    with pytest.raises(PipelineError, match=r"usage\.not_together"):
        review_commands._review(session, "ana", undo=True, compare=True, **dict.fromkeys(review_commands.CHANGES))


@pytest.mark.parametrize("named", [{"approve": ["1"]}, {"undo": True}])
def test_no_other_window_decides_between_a_commands_reading_and_its_comparison(
    client: Client, make: MakeSession, monkeypatch: pytest.MonkeyPatch, named: dict[str, Any]
) -> None:
    add_three(client)
    asked(client, make, approve=["2"])
    refused: list[str] = []

    def another_window() -> None:
        try:
            with client.lock("review"):
                refused.append("")
        except PipelineError as error:
            refused.append(error.text.key)

    def entries(*given: Any) -> Any:  # called as soon as the records are read
        window = threading.Thread(target=another_window)
        window.start()
        window.join()
        return real(*given)

    real = review_list.entries
    monkeypatch.setattr(review_list, "entries", entries)
    asked(client, make, **named)
    assert refused[0] == "client.locked"
