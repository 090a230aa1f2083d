"""Captions as a person looks at them: the least certain first, what of a prompt is said, and what a change makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import utils
from avatar.commands import caption_view
from avatar.commands import captions as captions_commands
from avatar.commands.result import Result, Table
from avatar.dataset import caption as caption_rules
from avatar.dataset import caption_store
from avatar.dataset.caption import CaptionAccount
from avatar.dataset.caption_edits import CaptionChange
from avatar.dataset.caption_store import CaptionRow
from avatar.prompts.said import KINDS, REASONS, LeftOut, Phrase
from avatar.terminal import captioning, screen
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord
from tests.dataset.test_training_folder import fill, mix
from tests.scripted import MakeSession

LONG = "a woman with hazel eyes, a wool coat, a very unusual thing, 8k, shot on film, for a web page, soft light, no hat"


def account_of(doubts: dict[str, float]) -> object:
    """Return a stand-in for the rules: their doubt about each picture, and one phrase of every reason."""

    def account(record: ImageRecord, **_: object) -> CaptionAccount:
        if record.caption is not None:
            return CaptionAccount(record.caption.text)
        left_out = tuple(LeftOut(f"{reason} words", reason) for reason in REASONS)
        used = (Phrase("wool coat", "clothing"), Phrase("soft light", "light"))
        return CaptionAccount("ohwx woman, wool coat, soft light", used, left_out, doubts[record.image_id])

    return account


@pytest.fixture
def three(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three pictures, numbers 1 to 3, of which the third is the least certain; the second has its user's caption."""
    records = mix(3, 0)
    about = records[2].midjourney
    if about is None:
        from avatar.workspace.records import MidJourney

        records[2] = records[2].model_copy(update={"midjourney": MidJourney(prompt=LONG)})
    fill(client, records)
    ids = [record.image_id for record in records]
    monkeypatch.setattr(caption_rules, "account", account_of(dict(zip(ids, (0.1, 0.0, 0.9), strict=True))))
    caption_store.set_caption(client, ids[1], "ohwx woman, my own words")
    return ids


def table_of(result: Result[object]) -> Table:
    return next(block for block in result.blocks if isinstance(block, Table))


def drawn(result: Result[object], language: str) -> list[list[str]]:
    return [[screen.cell_text(cell, language) for cell in row] for row in table_of(result).rows]


def test_the_least_certain_captions_come_first_under_the_numbers_of_the_review(make: MakeSession, three: list[str]) -> None:
    session, _ = make()
    result = captions_commands.captions(session, "ana")
    rows = drawn(result, "es")
    assert [row[:2] for row in rows] == [["3", "dudoso"], ["1", "reglas"], ["2", "tuyo"]]
    assert [row[1] for row in drawn(result, "en")] == ["doubtful", "rules", "yours"]
    assert rows[0][3].startswith("not_understood words (no se entiende); not_translated words (sin traducción)")
    assert rows[0][3].endswith(f"y {len(REASONS) - 3} más") and rows[2][3] == ""
    json_rows = result.value["captions"]
    assert [one["number"] for one in json_rows] == [3, 1, 2]
    assert len(json_rows[0]["left_out"]) == len(REASONS)
    assert json_rows[0]["used"][0] == {"text": "wool coat", "kind": "clothing"}
    assert json.loads(json.dumps(json_rows)) == json_rows


def test_the_table_of_all_fits_80_columns_in_both_languages(make: MakeSession, three: list[str]) -> None:
    session, _ = make()
    table = table_of(captions_commands.captions(session, "ana"))
    for language in translate.LANGUAGES:
        headings = [translate.text(column, language) for column in table.columns]
        rows = [[screen.cell_text(cell, language) for cell in row] for row in table.rows]
        widths = screen.column_widths(headings, rows, 80)
        assert widths is not None and sum(widths) <= 80 - screen.GAP * 3


@pytest.mark.parametrize(("language", "reason", "kind"), [("es", "el recorte no lo muestra", "ropa"),
                                                          ("en", "the crop does not show it", "clothing")])  # fmt: skip
def test_one_picture_in_full_has_its_prompt_what_is_said_and_every_reason(
    make: MakeSession, three: list[str], language: str, reason: str, kind: str
) -> None:
    session, ui = make(language=language)
    result = captions_commands.captions(session, "ana", of="3")
    session.show(result)
    assert f"wool coat {kind}" in ui.shown and f"below_the_crop words {reason}" in ui.shown
    assert len([line for line in ui.shown if "words" in line]) == len(REASONS)
    assert result.value["captions"][0]["image_id"] == three[2] and len(result.value["captions"]) == 1
    session.show(captions_commands.captions(session, "ana", of="2"))
    told = {"es": "Las reglas dirían: ", "en": "The rules would say: "}[language]
    assert f"{told}ohwx woman, wool coat, soft light" in ui.shown  # beside the user's own


def test_every_kind_and_reason_has_its_words() -> None:
    for language in translate.LANGUAGES:
        said = [translate.text(f"web.captions.kind.{kind}", language) for kind in KINDS]
        why = [translate.text(f"web.captions.why.{reason}", language) for reason in REASONS]
        assert len(set(said)) == len(KINDS) and len(set(why)) == len(REASONS)


def test_one_change_shows_that_caption_before_and_after(make: MakeSession, three: list[str]) -> None:
    session, ui = make()
    session.show(captions_commands.captions(session, "ana", change=("set", "3", "ohwx woman, red hat")))
    assert [line for line in ui.shown if line.startswith(("Antes", "Ahora"))] == [
        "Antes: ohwx woman, wool coat, soft light", "Ahora: ohwx woman, red hat",
    ]  # fmt: skip
    assert not any("my own words" in line for line in ui.shown)


def test_many_changes_show_the_phrases_that_differ_coloured_and_alike_ones_together(
    make: MakeSession, three: list[str]
) -> None:
    session, ui = make()
    result = captions_commands.captions(session, "ana", change=("replace", "wool coat", "cape"))
    (row,) = table_of(result).rows
    assert row[0] == "1,3"
    gone, come = (cell for cell in row[1:] if isinstance(cell, Text))
    assert (gone.values["item"], gone.style, come.values["item"], come.style) == ("wool coat", "bad", "cape", "good")
    session.show(result)
    assert "1,3 wool coat cape" in ui.shown


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [("a, b, c", "a, c", ("b", "")), ("a, b", "a, b, b", ("", "b")), ("a, b", "b, a", ("a, b", "b, a")),
     ("ohwx woman, x", "mrwx woman, x", ("ohwx woman", "mrwx woman"))],
)  # fmt: skip
def test_only_what_differs_is_shown(before: str, after: str, differs: tuple[str, str]) -> None:
    assert caption_view.difference(before, after) == differs


def test_pictures_that_change_alike_are_one_line() -> None:
    changes = [CaptionChange(f"mj_{n:016x}", f"ohwx, x{n // 3}", "ohwx") for n in range(6)]
    numbers = {change.image_id: n for n, change in enumerate(changes, 1)}
    (table,) = (block for block in caption_view.preview(changes, numbers, {}, 9) if isinstance(block, Table))
    assert [row[0] for row in table.rows] == ["1-3", "4-6"]


def test_the_menu_shows_in_full_what_is_asked_for_until_enter(make: MakeSession, client: Client, three: list[str]) -> None:
    session, ui = make("3", "9", "1", "")
    session.client = client
    captioning.show(session)
    assert "No hay ninguna imagen 9" in ui.text or "9" in ui.text
    assert [line.partition(",")[0] for line in ui.shown if line.startswith("N.º ") and "(" in line and "mj" in line] or ui.text
    assert sum("Las reglas" in line or line.startswith("Texto:") for line in ui.shown) == 2
    assert "--of" not in ui.text and not ui.answers


def test_what_a_captioner_said_stands_beside_the_rules_and_doubtful_ones_point_to_it(
    make: MakeSession, client: Client, three: list[str]
) -> None:
    record = client.record(three[2])
    crop = [record.original.sha256, *(record.crop.square if record.crop else ())]
    utils.write_json(
        client.images.parent / "caption_suggestions.json",
        {"version": 1, "sentences": {three[2]: {"crop": crop, "text": "a woman in a red hat"}}},
    )
    session, ui = make(language="en")
    session.show(captions_commands.captions(session, "ana", of="3"))
    assert "A captioner saw: a woman in a red hat" in ui.shown
    session.show(captions_commands.captions(session, "ana"))
    assert any("Of 1 caption " in line and "captions ana --suggest sentences" in line for line in ui.shown)


def test_a_long_prompt_is_said_whole(make: MakeSession, three: list[str], tmp_path: Path) -> None:
    row = CaptionRow("mj_0", "a.png", "10_ana", "ohwx", "rules", CaptionAccount("ohwx"), "", LONG)
    said = [translate.words(block, "es") for block in caption_view.in_full(row, 1, 0.5, {}) if isinstance(block, Text)]
    assert f"Prompt: {LONG}" in said
