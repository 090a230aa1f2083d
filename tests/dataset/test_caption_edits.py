"""Captions are changed only after they were seen, for one or for all, and the last change is taken back whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
import data_preprocessor
import utils
from avatar.commands import captions as captions_commands
from avatar.commands import dataset as dataset_commands
from avatar.dataset import caption_edits, caption_store
from avatar.dataset.caption_edits import CaptionChange, add_phrase, remove_phrase, replace_text, set_text
from avatar.terminal import command_line, menu, menus
from avatar.texts import translate
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from avatar.workspace.records import Caption
from config import Settings
from tests.dataset.test_training_folder import picture
from tests.scripted import MakeSession
from tests.tiny_png import PNG

LINES = {"a": "ohwx woman, red scarf, smiling", "b": "ohwx woman, smiling"}


@pytest.fixture
def filled(client: Client) -> Client:
    for number in range(3):
        record = picture("mj", number)
        client.save_record(record)
        (client.processed / f"{record.image_id}.png").write_bytes(PNG)
    return client


def texts(client: Client) -> list[str]:
    return [row.text for row in caption_store.caption_rows(client, client.records(), Settings())]


# --- pure ------------------------------------------------------------------------------------------------------------


def test_one_caption_is_set_on_one_line() -> None:
    assert set_text(LINES, "b", "  ohwx woman,   hat ", trigger_word="ohwx") == [
        CaptionChange("b", "ohwx woman, smiling", "ohwx woman, hat")
    ]
    assert set_text(LINES, "b", LINES["b"], trigger_word="ohwx") == []


@pytest.mark.parametrize(
    ("image", "text", "key"),
    [("c", "x", "image.not_in_dataset"), ("a", " ", "caption.bad_text"), ("a", "x\ny", "caption.bad_text")],
)
def test_a_caption_that_cannot_be_is_refused(image: str, text: str, key: str) -> None:
    with pytest.raises(PipelineError) as caught:
        set_text(LINES, image, text, trigger_word="ohwx")
    assert caught.value.key == key


def test_search_and_replace_names_only_what_changes_and_leaves_no_empty_phrase() -> None:
    assert [c.after for c in replace_text(LINES, "red scarf", "", trigger_word="ohwx")] == ["ohwx woman, smiling"]
    assert [c.image_id for c in replace_text(LINES, "smiling", "serious", trigger_word="ohwx")] == ["a", "b"]
    assert replace_text(LINES, "hat", "cap", trigger_word="ohwx") == []
    for old, new, key in (("", "x", "caption.nothing_given"), ("smiling", "a\nb", "caption.bad_text")):
        with pytest.raises(PipelineError) as caught:
            replace_text(LINES, old, new, trigger_word="ohwx")
        assert caught.value.key == key


def test_no_change_may_leave_a_picture_without_caption() -> None:
    with pytest.raises(PipelineError) as caught:
        replace_text({"a": "ohwx"}, "ohwx", " ", trigger_word="ohwx")
    assert caught.value.key == "caption.bad_text"


def test_a_phrase_is_added_once_and_taken_out_whole() -> None:
    assert [(c.image_id, c.after) for c in add_phrase(LINES, "Red scarf", trigger_word="ohwx")] == [
        ("b", "ohwx woman, smiling, Red scarf")
    ]
    assert [c.after for c in remove_phrase(LINES, "SMILING", trigger_word="ohwx")] == ["ohwx woman, red scarf", "ohwx woman"]
    assert remove_phrase(LINES, "scarf", trigger_word="ohwx") == []  # part of a phrase is none
    assert remove_phrase(LINES, "ohwx woman", trigger_word="ohwx") == []  # the trigger word stays
    with pytest.raises(PipelineError):
        add_phrase(LINES, " , ", trigger_word="ohwx")


@pytest.mark.parametrize("typed", ["red scarf", "Red Scarf", "RED SCARF"])
@pytest.mark.parametrize("written", ["red scarf", "Red Scarf", "RED SCARF"])
def test_a_phrase_is_removed_in_whatever_case_it_was_written_and_typed(written: str, typed: str) -> None:
    lines = {"a": f"ohwx woman, {written}, smiling"}
    assert [change.after for change in remove_phrase(lines, typed, trigger_word="ohwx")] == ["ohwx woman, smiling"]


@given(st.dictionaries(st.sampled_from("abc"), st.sampled_from(["ohwx woman", "ohwx, x, y", "ohwx woman, red scarf"])),
       st.sampled_from(["hat", "x", "red scarf, y"]))  # fmt: skip
def test_a_phrase_taken_out_after_it_was_added_is_gone_from_all(lines: dict[str, str], phrase: str) -> None:
    added = {**lines, **{c.image_id: c.after for c in add_phrase(lines, phrase, trigger_word="ohwx")}}
    gone = {**added, **{c.image_id: c.after for c in remove_phrase(added, phrase, trigger_word="ohwx")}}
    for text in gone.values():
        assert not set(text.split(", ")[1:]) & set(phrase.split(", "))
        assert text.startswith("ohwx")


def test_a_caption_that_a_phrase_is_not_in_stays_to_the_letter() -> None:
    odd = {"a": "ohwx woman ,  my own,,way", "b": "ohwx woman, hat"}
    assert [change.image_id for change in remove_phrase(odd, "hat", trigger_word="ohwx")] == ["b"]
    assert [change.image_id for change in replace_text(odd, "hat", "cap", trigger_word="ohwx")] == ["b"]
    assert [change.image_id for change in add_phrase(odd, "my own, way", trigger_word="ohwx")] == ["b"]


def test_captions_without_trigger_or_too_long_are_warned_about() -> None:
    changes = [CaptionChange("a", "x", "woman, hat"), CaptionChange("b", "x", "ohwx " + "red " * 80)]
    keys = [told.key for told in caption_edits.problems(changes, trigger_word="ohwx", max_tokens=75)]
    assert keys == ["caption.no_trigger", "caption.long"]


def test_a_change_and_the_preparation_warn_of_a_picture_by_its_number_as_the_list_does(
    filled: Client, make: MakeSession
) -> None:
    session, _ = make()
    numbers = {str(row["image_id"]): row["number"] for row in captions_commands.captions(session, "ana").value["captions"]}
    too_long = sorted(numbers)[1]
    caption_store.set_caption(filled, too_long, "ohwx woman, " + "red " * 80)
    results = [captions_commands.captions(session, "ana", change=("add", "hat"), apply=apply) for apply in (False, True)]
    for result in (*results, dataset_commands.prepare(session, "ana")):
        said = [translate.words(warning, "es") for warning in result.warnings if warning.key == "caption.long"]
        assert len(said) == 1 and said[0].startswith(f"El texto de la N.º {numbers[too_long]} puede llegar a "), said


# --- kept and taken back ---------------------------------------------------------------------------------------------


def test_the_rows_are_what_prepare_then_writes(filled: Client) -> None:
    rows = caption_store.caption_rows(filled, filled.records(), Settings())
    assert {row.by for row in rows} == {"rules"}
    data_preprocessor.prepare_dataset(filled, settings=Settings())
    for row in rows:
        assert (filled.training_data / row.folder / f"{row.image_id}.txt").read_text(encoding="utf-8") == row.text


def test_an_applied_change_is_the_users_and_outlives_prepare(filled: Client) -> None:
    lines = {row.image_id: row.text for row in caption_store.caption_rows(filled, filled.records(), Settings())}
    assert caption_store.apply_captions(filled, add_phrase(lines, "red hat", trigger_word="ohwx")) == 3
    data_preprocessor.prepare_dataset(filled, settings=Settings())
    assert {(row.text, row.by) for row in caption_store.caption_rows(filled, filled.records(), Settings())} == {
        ("ohwx woman, red hat", "user")
    }


def test_undo_takes_back_the_last_change_and_then_the_one_before(filled: Client) -> None:
    before = texts(filled)
    for phrase in ("one", "two"):
        lines = {row.image_id: row.text for row in caption_store.caption_rows(filled, filled.records(), Settings())}
        caption_store.apply_captions(filled, add_phrase(lines, phrase, trigger_word="ohwx"))
    assert [c.after for c in caption_store.last_edit(filled)] == ["ohwx woman, one"] * 3
    assert caption_store.undo_captions(filled) == 3
    assert set(texts(filled)) == {"ohwx woman, one"}
    assert caption_store.undo_captions(filled) == 3
    assert texts(filled) == before
    assert {row.by for row in caption_store.caption_rows(filled, filled.records(), Settings())} == {"rules"}
    assert (caption_store.undo_captions(filled), caption_store.last_edit(filled)) == (0, [])


def test_undo_leaves_alone_what_was_changed_since(filled: Client) -> None:
    lines = {row.image_id: row.text for row in caption_store.caption_rows(filled, filled.records(), Settings())}
    caption_store.apply_captions(filled, add_phrase(lines, "hat", trigger_word="ohwx"))
    first = sorted(lines)[0]
    caption_store.set_caption(filled, first, "ohwx woman, my own words")
    assert caption_store.undo_captions(filled) == 2
    assert filled.record(first).caption == Caption(text="ohwx woman, my own words", by="user")


def test_a_change_that_broke_off_half_way_is_taken_back(filled: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = texts(filled)
    lines = {row.image_id: row.text for row in caption_store.caption_rows(filled, filled.records(), Settings())}
    saved: list[object] = []
    whole = Client.save_record

    def second_fails(self: Client, record: object) -> None:
        if saved:
            raise KeyboardInterrupt
        saved.append(record)
        whole(self, record)  # type: ignore[arg-type]

    monkeypatch.setattr(Client, "save_record", second_fails)
    with pytest.raises(KeyboardInterrupt):
        caption_store.apply_captions(filled, add_phrase(lines, "hat", trigger_word="ohwx"))
    monkeypatch.setattr(Client, "save_record", whole)
    assert texts(filled) != before
    assert caption_store.undo_captions(filled) == 1
    assert texts(filled) == before


# --- as a person meets it --------------------------------------------------------------------------------------------


def test_nothing_is_written_before_apply(
    filled: Client, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    monkeypatch.setattr(utils.PipelineLogger, "start", staticmethod(lambda folder, level, client_id: folder / "x.log"))

    def answer(*arguments: str) -> dict[str, object]:
        code = command_line.main(["--clients-dir", str(filled.folder.parent), "--json", "captions", "ana", *arguments])
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        assert (code == 0) is found["ok"]
        return found

    before = texts(filled)
    preview = answer("--add", "red hat")["result"]
    assert preview["applied"] is False and len(preview["changes"]) == 3  # type: ignore[index]
    assert texts(filled) == before
    answer("--add", "red hat", "--apply")
    assert set(texts(filled)) == {"ohwx woman, red hat"}
    answer("--replace", "red hat", "cap", "--apply")
    answer("--undo")
    assert set(texts(filled)) == {"ohwx woman, cap"}
    answer("--undo", "--apply")
    answer("--remove", "red hat", "--apply")
    image = caption_store.caption_rows(filled, filled.records(), Settings())[0].image_id
    told = answer("--set", image, "a woman", "--apply")
    assert [warning["key"] for warning in told["warnings"]] == ["caption.no_trigger"]  # type: ignore[attr-defined]
    shown = answer()["result"]["captions"]  # type: ignore[index]
    assert [row["by"] for row in shown] == ["user", "user", "user"]
    for wrong in (["--apply"], ["--add", "x", "--undo"], ["--set", image]):
        assert answer(*wrong)["error"]["key"] == "usage.wrong"  # type: ignore[index]


def test_the_menu_shows_the_change_and_writes_it_on_a_yes(filled: Client, make: MakeSession) -> None:
    session, ui = make("1", "", "4", "red hat", "n", "4", "red hat", "s", "3", "red hat", "-", "s", "2", "1", "ohwx woman, cap",
                       "s", "5", "cap", "n", "6", "s", "0")  # fmt: skip
    session.client = filled
    menu.run_menu("menu.captions", menus.choices_of("captions"), session, needs_client=True)
    assert not ui.answers
    assert "1-3  red hat" in ui.text  # what differs, not the whole texts
    assert "--apply." not in ui.text
    assert "Textos restaurados: 1." in ui.text
    assert set(texts(filled)) == {"ohwx woman"}


def test_without_an_approved_picture_the_command_says_so(client: Client, make: MakeSession) -> None:
    session, _ui = make()
    session.client = client
    with pytest.raises(PipelineError) as caught:
        captions_commands.captions(session, None)
    assert caught.value.key == "dataset.no_pictures"
