"""Removal where the same pictures are imported again meanwhile, and the menu line that undoes an import."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import data_preprocessor
import utils
from avatar.commands import importing, removing
from avatar.commands.result import Result
from avatar.terminal import importing as terminal_importing
from avatar.terminal import menus, questions
from avatar.terminal.places import CLIENT
from avatar.terminal.told import in_menus
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import words
from avatar.workspace import removed
from avatar.workspace.client import Client
from avatar.workspace.records import Caption, Decision, ImageRecord, Verdict
from tests.scripted import MakeSession
from tests.stages.test_data_preprocessor import import_mj, import_real, photo
from tests.stages.test_removal import add, files_of, killed_everywhere, take


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with three photos."""
    for seed in (1, 2, 3):
        photo(tmp_path / "holiday" / f"IMG_{seed}.jpg", seed)
    return tmp_path / "holiday"


def test_an_undo_does_not_put_the_same_files_in_twice_as_both_sources_and_says_how_many_stay_removed_and_why(
    client: Client, photos: Path, make: MakeSession
) -> None:
    session, _ = make(language="en")
    import_mj(client, photos)
    take(client, number=1)
    real = import_real(client, photos).added
    result = removing.remove(session, "ana", undo=True)
    assert sorted(record.image_id for record in client.records()) == sorted(real)
    (told,) = [words(block, "en") for block in result.blocks if isinstance(block, Text)]
    assert "Still set aside: 3 pictures. The same files were imported" in told and "no file is added twice" in told
    assert len(result.value["other_source"]) == 3 and result.value["returned"] == []
    (kept,) = removed.removals(client.folder)
    assert len(kept.images) == 3 and kept.state == "kept"


def test_an_undo_brings_back_those_of_a_removal_that_are_not_there_as_the_other_source_and_the_others_later(
    client: Client, photos: Path
) -> None:
    mj = import_mj(client, photos).added
    before = files_of(client)
    take(client, number=1)
    (real,) = import_real(client, photos / "IMG_2.jpg").added
    twin = f"mj_{real.partition('_')[2]}"
    returned = data_preprocessor.undo_removal(client)
    assert set(returned.images) == {*mj} - {twin} and returned.other_source == (twin,)
    (kept,) = removed.removals(client.folder)
    assert (kept.images, kept.names, kept.state, kept.staying) == ((twin,), ("IMG_2.jpg",), "kept", ())
    there = {path.relative_to(kept.folder).as_posix() for path in kept.folder.rglob("*") if path.is_file()}
    assert there == {removed.NOTE, *kept.files}
    take(client, real)
    removed.drop(removed.removals(client.folder)[-1])
    assert data_preprocessor.undo_removal(client).images == (twin,)
    after = files_of(client)
    assert {name for name in before if "imports.json" not in name} == {name for name in after if "imports.json" not in name}
    assert removed.removals(client.folder) == []


def test_a_removal_whose_files_are_all_there_as_the_other_source_does_not_bar_the_way_to_earlier_ones(
    client: Client, photos: Path
) -> None:
    early = add(client, 7).image_id
    take(client, early)
    import_mj(client, photos)
    take(client, number=1)
    import_real(client, photos)
    returned = data_preprocessor.undo_removal(client)
    assert returned.images == (early,) and len(returned.other_source) == 3
    assert [len(one.images) for one in removed.removals(client.folder)] == [3]


def test_an_undo_of_a_part_killed_at_any_change_of_the_disk_is_completed_by_the_next_one(
    client: Client, photos: Path, tmp_path: Path
) -> None:
    import_mj(client, photos)
    take(client, number=1)
    import_real(client, photos / "IMG_2.jpg")
    full = tmp_path / "full"
    shutil.copytree(client.folder, full)
    before = files_of(client)
    data_preprocessor.undo_removal(client)
    whole = files_of(client)
    step = 0
    for step, files in killed_everywhere(client, full, lambda: data_preprocessor.undo_removal(client)):
        after = {name: content for name, content in files.items() if ".tmp" not in name}
        assert after in (before, whole), step
        (kept,) = removed.removals(client.folder)
        assert kept.state == "kept" and all((kept.folder / name).is_file() for name in kept.files), step
    assert after == whole and len(kept.images) == 1 and step > 6


def test_a_note_of_before_pictures_could_stay_removed_is_read(client: Client, photos: Path) -> None:
    import_mj(client, photos)
    removal = take(client, number=1)
    note = json.loads((removal.folder / removed.NOTE).read_bytes())
    del note["staying"]
    utils.write_json(removal.folder / removed.NOTE, note)
    assert len(data_preprocessor.undo_removal(client).images) == 3


def decided(client: Client, image_id: str, verdict: Verdict = "rejected") -> ImageRecord:
    """A picture's record, with the user's verdict and caption from now on."""
    decision = Decision(verdict=verdict, by="user", when="2026-01-01")
    client.save_record(
        client.record(image_id).model_copy(update={"decision": decision, "caption": Caption(text="mine", by="user")})
    )
    return client.record(image_id)


def test_a_decision_by_hand_outlives_being_removed_and_imported_again_twice(
    client: Client, photos: Path, make: MakeSession
) -> None:
    session, _ = make(language="en")
    image_id = import_real(client, photos).added[0]
    before = decided(client, image_id)
    for _ in range(2):
        take(client, image_id)
        result = importing.import_real(session, "ana", [str(photos)])
        assert "with what you had decided or written about them: 1 picture." in told(result)
        record = client.record(image_id)
        assert (record.decision, record.caption) == (before.decision, before.caption)
    for _ in range(2):
        data_preprocessor.undo_removal(client)
    assert client.record(image_id).decision == before.decision


def test_of_two_earlier_decisions_the_last_one_stands_and_one_taken_back_stays_so(client: Client, photos: Path) -> None:
    one, other = sorted(import_real(client, photos).added)[:2]
    for image_id in (one, other):
        decided(client, image_id)
    take(client, one, other)
    assert import_real(client, photos).work_back == 2
    decided(client, one, "approved")
    client.save_record(client.record(other).model_copy(update={"decision": None, "caption": None}))
    take(client, one, other)
    assert import_real(client, photos).work_back == 1
    decision = client.record(one).decision
    assert decision is not None and decision.verdict == "approved" and client.record(other).decision is None
    for _ in range(2):
        data_preprocessor.undo_removal(client)
    assert client.record(one).decision == decision


def test_photos_taken_for_midjourneys_keep_their_decisions_as_photos(client: Client, photos: Path) -> None:
    first = import_mj(client, photos).added[0]
    before = decided(client, first)
    take(client, number=1)
    report = import_real(client, photos)
    assert report.work_back == 1
    assert client.record(f"real_{first.partition('_')[2]}").decision == before.decision


def test_a_record_that_was_set_aside_and_is_damaged_bars_no_import(client: Client, photos: Path) -> None:
    image_id = import_real(client, photos).added[0]
    removal = take(client, image_id)
    (removal.folder / "metadata" / "images" / f"{image_id}.json").write_text("{", encoding="utf-8")
    report = import_real(client, photos)
    assert report.added == [image_id] and report.work_back == 0


@pytest.mark.parametrize("language", ["es", "en"])
def test_photos_imported_as_midjourneys_with_a_typed_prompt_are_told_with_the_command(
    language: str, client: Client, photos: Path, make: MakeSession
) -> None:
    session, _ = make(language=language)
    result = importing.import_mj(session, "ana", [str(photos)], prompt="a woman --v 7")
    (warning,) = [words(one, language) for one in result.warnings if one.key == "import.nothing_of_midjourney"]
    for said in (warning, told(result, language)):
        assert "remove ana --import 1" in said
    with translate.commands_told_as(functools.partial(in_menus, now=CLIENT, client="ana")):
        line = {"es": "Cargar imágenes MidJourney › Deshacer una carga: 1",
                "en": "Import MidJourney pictures › Undo an import: 1"}[language]  # fmt: skip
        assert line in told(result, language) and "--import" not in told(result, language)


def told(result: Result[Any], language: str = "en") -> str:
    return " ".join(words(block, language) for block in result.blocks if isinstance(block, Text))


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_name_that_is_no_pictures_is_not_called_a_number_alone(
    language: str, client: Client, photos: Path, make: MakeSession
) -> None:
    session, _ = make(language=language)
    import_real(client, photos)
    with pytest.raises(PipelineError) as caught:
        removing.remove(session, "ana", images=["nope.jpg"])
    expected = {"es": "con ese número o nombre: nope.jpg", "en": "with that number or name: nope.jpg"}
    assert expected[language] in words(caught.value.text, language)


def test_one_removal_that_is_left_to_undo_is_not_told_as_if_there_were_many(
    client: Client, photos: Path, make: MakeSession
) -> None:
    session, _ = make(language="es")
    for image_id in import_real(client, photos).added[:2]:
        take(client, image_id)
    said = told(removing.remove(session, "ana", undo=True), "es")
    assert "Recuperadas: 1 imagen (IMG_" in said and "Retiradas que aún se pueden deshacer: 1." in said


# --- the menu --------------------------------------------------------------------------------------------------------


def test_in_the_menu_the_number_typed_is_that_of_the_import_and_nothing_is_removed_without_a_yes(
    client: Client, photos: Path, tmp_path: Path, make: MakeSession
) -> None:
    photo(tmp_path / "one" / "a.jpg", 9)
    import_real(client, tmp_path / "one")
    import_real(client, photos)
    session, ui = make("1", "", "7", "1", "y", language="en")
    session.client = client
    menus.HANDLERS["menu.undo_import"](session)
    lines = [line for line in ui.shown if "import 1:" in line or "import 2:" in line]
    assert lines[0].startswith("  2. import 2: holiday, real photos, 3 pictures, ")
    assert lines[1].startswith("  1. import 1: one, real photos, 1 picture, ")
    assert lines[2].startswith("Undo import 1: one, real photos, 1 picture, ") and "[no]" in lines[2]
    assert len(client.records()) == 4
    menus.HANDLERS["menu.undo_import"](session)
    assert "This client has no import 7." in ui.text
    assert sorted(record.original.name for record in client.records()) == ["IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg"]


def test_a_folder_whose_import_was_undone_is_not_offered_again(client: Client, photos: Path, make: MakeSession) -> None:
    session, ui = make(str(photos), "1", "n", "1", "y", "-", language="en")
    session.client = client
    terminal_importing.import_real(session)
    session.last_paths["ask.mj_path"] = "/mj"
    menus.HANDLERS["menu.undo_import"](session)
    assert session.last_paths == {"ask.real_path": str(photos), "ask.mj_path": "/mj"}  # it was not undone
    menus.HANDLERS["menu.undo_import"](session)
    with pytest.raises(questions.Leave):
        terminal_importing.import_real(session)
    assert str(photos) not in ui.shown[-1] and session.last_paths == {"ask.mj_path": "/mj"}


def test_pictures_of_before_imports_had_numbers_can_be_chosen_in_the_menu_though_0_leaves(
    client: Client, photos: Path, make: MakeSession
) -> None:
    add(client, 3)
    import_real(client, photos)
    session, ui = make("early", "y", language="en")
    session.client = client
    menus.HANDLERS["menu.undo_import"](session)
    assert "Undo what was there before imports had numbers: 1 picture?" in ui.text
    assert len(client.records()) == 3 and not [one for one in client.records() if one.source == "mj"]
