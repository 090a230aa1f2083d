"""Contact sheets: every picture on one page or another, names and reasons readable, nothing over its neighbour."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from avatar.commands import importing as importing_commands
from avatar.commands import midjourney_view
from avatar.pictures.groups import Group
from avatar.prompts import midjourney
from avatar.reports import contact_sheet, drawing, group_sheet, review_list
from avatar.reports.contact_sheet import COLUMNS, ROWS
from avatar.reports.drawing import GAP_PX, LINE_PX, THUMBNAIL_PX, TITLE_PX
from avatar.reports.review_list import ReviewRow
from avatar.terminal import importing
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import words
from avatar.workspace.client import Client
from avatar.workspace.records import Decision, ImageRecord, MidJourney, Original, Picture, Reason
from config import ImportConfig
from tests.scripted import MakeSession

FONT = drawing.font_of(drawing.TEXT_SIZE_PX)
REASONS = (
    Reason(code="ambiguous_face", level="refuse", value=0.88, limit=0.6),
    Reason(code="blurred", level="refuse", value=41, limit=100),
    Reason(code="profile", level="warn", value=71, limit=55),
)

TITLE = Text("report.title")


def row(name: str = "niña.png", *, verdict: str = "rejected", reasons: tuple[Reason, ...] = (), by: str = "rules",
        path: Path | None = None, faces: int = 1) -> ReviewRow:  # fmt: skip
    return ReviewRow("real_0123456789abcdef", name, "real", verdict, by, reasons, path, faces, 0 if faces else None)  # type: ignore[arg-type]


def add(client: Client, number: int, verdict: str, name: str = "") -> None:
    """A decided picture with its file."""
    image_id = f"mj_{number:016x}"
    approved = verdict == "approved"
    record = ImageRecord.model_validate(
        {
            "image_id": image_id,
            "source": "mj",
            "original": {
                "name": name or f"{number}.png", "sha256": "0" * 64, "bytes": 1, "stored": f"raw_mj/{image_id}.png",
                "imported_at": "2026-01-01T00:00:00+00:00",
            },
            "picture": {"format": "PNG", "width": 9, "height": 9},
            "crop": {"square": (0, 0, 9, 9), "side_px": 1024, "scale": 1.0},
            "quality": {"verdict": verdict, "reasons": [] if approved else [r.model_dump() for r in REASONS], "rules": "x"},
            "decision": Decision.model_validate({"verdict": verdict, "by": "rules", "when": "2026-01-01T00:00:00+00:00"}),
        }
    )  # fmt: skip
    client.save_record(record)
    path = client.processed / f"{image_id}.png" if approved else client.rejected / f"{image_id}.jpg"
    Image.new("RGB", (64, 64), "#3366cc").save(path)


def shown(lines: list[drawing.Line]) -> list[str]:
    return [line.text for line in lines]


def test_approved_and_refused_pictures_each_get_their_sheets(client: Client) -> None:
    for number in range(3):
        add(client, number, "approved")
    add(client, 9, "rejected")
    paths = contact_sheet.write_sheets(client, review_list.entries(client), client.output, "es")
    assert [path.name for path in paths] == ["approved_1.png", "rejected_1.png"]
    with Image.open(paths[0]) as page:
        assert page.format == "PNG"
        assert page.width >= 3 * THUMBNAIL_PX
        middle = page.getpixel((GAP_PX + THUMBNAIL_PX // 2, TITLE_PX + THUMBNAIL_PX // 2))
        assert middle == pytest.approx((0x33, 0x66, 0xCC), abs=3)


def test_more_pictures_than_a_page_holds_go_on_the_next_one_and_old_pages_vanish(client: Client) -> None:
    for number in range(COLUMNS * ROWS + 1):
        add(client, number, "approved")
    assert len(contact_sheet.write_sheets(client, review_list.entries(client), client.output, "es")) == 2
    client.record_file(f"mj_{0:016x}").unlink()
    assert [p.name for p in contact_sheet.write_sheets(client, review_list.entries(client), client.output, "es")] == [
        "approved_1.png"
    ]
    assert sorted(p.name for p in client.output.glob("*.png")) == ["approved_1.png"]


def test_a_users_own_pictures_beside_the_sheets_stay_whatever_they_are_called(client: Client, tmp_path: Path) -> None:
    names = ("approved_best.png", "approved_2024.png", "rejected_1 (copy).png", "groups_old.png", "approved_0.png")
    for name in names:
        Image.new("RGB", (8, 8), "#123456").save(client.output / name)
    for number in range(COLUMNS * ROWS + 1):
        add(client, number, "approved")
    contact_sheet.write_sheets(client, review_list.entries(client), client.output, "es")
    client.record_file(f"mj_{0:016x}").unlink()
    contact_sheet.write_sheets(client, review_list.entries(client), client.output, "es")
    group_sheet.write_group_sheets(client, {}, {}, client.output, "es")
    assert sorted(path.name for path in client.output.glob("*.png")) == sorted([*names, "approved_1.png"])


def test_the_sheets_of_a_folder_come_in_the_order_of_their_pages(client: Client) -> None:
    for page in (10, 2, 1):
        drawing.save_png(client.output / f"groups_{page}.png", Image.new("RGB", (8, 8)), "state")
    Image.new("RGB", (8, 8)).save(client.output / "groups_3.png")  # none of ours
    found = drawing.sheets_in(client.output, "groups")
    assert [path.name for path in found] == ["groups_1.png", "groups_2.png", "groups_10.png"]
    assert drawing.sheets_in(client.output / "gone", "groups") == []


def test_each_source_has_pages_of_its_own_and_numbers_are_those_of_the_review(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        add(client, number, "approved" if number else "rejected")
    original = client.record(f"mj_{1:016x}")
    real = original.model_copy(update={"image_id": f"real_{7:016x}", "source": "real"})
    client.save_record(real)
    drawn: dict[str, list[int]] = {}

    def draw(rows: list[ReviewRow], title: Text, language: str, *, numbers: list[int], **options: object) -> Image.Image:
        drawn[words(title, language)] = numbers
        return Image.new("RGB", (4, 4))

    monkeypatch.setattr(contact_sheet, "draw_page", draw)
    paths = contact_sheet.write_sheets(client, review_list.entries(client), client.output, "en")
    assert [path.name for path in paths] == ["approved_1.png", "approved_2.png", "rejected_1.png"]
    assert drawn == {
        "ana, MidJourney: approved, numbers 2-3 (2 in all)": [2, 3],
        "ana, real photo: approved, numbers 4 (1 in all)": [4], "ana, MidJourney: refused, numbers 1 (1 in all)": [1],
    }  # fmt: skip


def test_a_page_is_drawn_again_only_when_what_it_shows_has_changed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    add(client, 1, "approved")
    add(client, 2, "rejected")
    contact_sheet.write_sheets(client, review_list.entries(client), client.output, "es")
    drawn: list[str] = []
    real_draw = contact_sheet.draw_page

    def draw(rows: list[ReviewRow], title: Text, *more: Any, **named: Any) -> Image.Image:
        drawn.append(words(title, "es"))
        return real_draw(rows, title, *more, **named)

    monkeypatch.setattr(contact_sheet, "draw_page", draw)
    contact_sheet.write_sheets(client, review_list.entries(client), client.output, "es")
    assert drawn == []
    Image.new("RGB", (64, 64), "#112233").save(client.processed / f"mj_{1:016x}.png")
    paths = contact_sheet.write_sheets(client, review_list.entries(client), client.output, "es")
    assert drawn == ["ana, MidJourney: aprobadas, números 1 (en total 1)"]
    with Image.open(paths[0]) as page:  # the new picture, not the thumbnail kept of the old one
        assert page.getpixel((GAP_PX + 99, TITLE_PX + 99)) == pytest.approx((0x11, 0x22, 0x33), abs=3)
    contact_sheet.write_sheets(client, review_list.entries(client), client.output, "en")
    assert len(drawn) == 3  # another language: other words
    paths[0].write_bytes(b"cut off")
    contact_sheet.write_sheets(client, review_list.entries(client), client.output, "en")
    assert len(drawn) == 4


def test_sheets_of_many_pictures_say_how_far_they_are(client: Client) -> None:
    told: list[tuple[int, int]] = []
    for number in range(COLUMNS * ROWS + 1):
        add(client, number, "approved")
    add(client, 99, "rejected")
    add(client, 98, "approved")
    client.save_record(client.record(f"mj_{98:016x}").model_copy(update={"decision": None, "quality": None}))  # on no sheet
    contact_sheet.write_sheets(
        client, review_list.entries(client), client.output, "es", lambda done, total: told.append((done, total))
    )
    assert told == [(40, 42), (41, 42), (42, 42)]
    told.clear()
    contact_sheet.write_sheets(
        client, review_list.entries(client), client.output, "es", lambda done, total: told.append((done, total))
    )
    assert told[-1] == (42, 42)  # pages that need no drawing count too


def test_a_sheet_for_phones_has_the_same_pictures_as_wide_as_a_phone_shows_them(client: Client) -> None:
    for number in range(1, 4):
        add(client, number, "rejected", name=f"una foto con un nombre bastante largo {number}.png")
    entries = review_list.entries(client)
    sheets = contact_sheet.write_sheets(client, entries, client.output, "es")
    contact_sheet.write_for_phones(client, entries, sheets, "es")
    assert drawing.sheets_in(client.output, "rejected") == sheets  # the narrow one lies out of the way
    with Image.open(contact_sheet.phone_file(sheets[0])) as narrow, Image.open(sheets[0]) as wide:
        assert 380 <= narrow.width <= 390 and narrow.height > wide.height
    for line in contact_sheet.caption(entries[0].row, 1, "es", FONT, contact_sheet.NARROW_PX):
        assert FONT.getlength(line.text) <= contact_sheet.NARROW_PX


def test_a_client_without_decided_pictures_has_no_sheets(client: Client) -> None:
    assert contact_sheet.write_sheets(client, review_list.entries(client), client.output, "es") == []


def test_the_caption_has_number_name_source_and_reasons_in_the_users_language() -> None:
    spanish = shown(contact_sheet.caption(row(reasons=REASONS, faces=2), 7, "es", FONT))
    assert spanish[0] == "7. niña.png"
    assert spanish[1] == "foto real, cara 1 de 2"
    together = " ".join(spanish)
    assert "varias caras: otra mide 88 % de la elegida" in together
    assert "borrosa: nitidez 41 (mínimo 100)" in together
    assert "de perfil: 71°" in together
    english = " ".join(shown(contact_sheet.caption(row(reasons=REASONS), 7, "en", FONT)))
    assert "blurred: sharpness 41 (at least 100)" in english


def test_what_refuses_is_red_what_warns_is_not_and_the_users_word_is_named() -> None:
    lines = contact_sheet.caption(row(reasons=REASONS[1:], by="user"), 1, "es", FONT)
    colours = {line.text.split(":")[0].split(" ")[0]: line.colour for line in lines}
    assert colours["borrosa"] == drawing.RED
    assert colours["de"] == drawing.AMBER
    assert colours["decidido"] == drawing.GREEN


def test_many_reasons_end_in_dots_and_not_on_the_next_picture() -> None:
    lines = contact_sheet.caption(row(reasons=REASONS * 4), 1, "es", FONT)
    assert len(lines) == contact_sheet.MOST_LINES
    assert lines[-1].text == "…"


@given(name=st.text(min_size=1, max_size=300), number=st.integers(1, 9999))
def test_no_line_is_wider_than_its_thumbnail(name: str, number: int) -> None:
    for line in contact_sheet.caption(row(name, reasons=REASONS), number, "es", FONT):
        assert FONT.getlength(line.text) <= THUMBNAIL_PX
        assert "\n" not in line.text


def test_a_long_name_keeps_both_ends() -> None:
    name = "ana_retrato_con_luz_de_ventana_muy_largo_0b6a4f7e-8d1c-4a53-9a7d-6b0ad8f0f2d1_3.png"
    short = drawing.shortened(name, THUMBNAIL_PX, FONT)
    assert short.startswith("ana_retrato")
    assert short.endswith("_3.png")
    assert "…" in short
    assert drawing.shortened("corto.png", THUMBNAIL_PX, FONT) == "corto.png"


@given(name=st.text(st.sampled_from("il.WñM\u0301 ,1…"), max_size=120), width=st.floats(-5, 300))
def test_a_shortened_name_keeps_as_much_as_fits(name: str, width: float) -> None:
    short = drawing.shortened(name, width, FONT)
    if FONT.getlength(name) <= width:
        assert short == name
        return
    kept = len(short) - 1
    tried = [f"{name[: (n + 1) // 2]}…{name[len(name) - n // 2 :]}" for n in range(max(kept + 1, 2), len(name))]
    assert all(FONT.getlength(longer) > width for longer in tried if len(longer) <= width)
    assert short == "…" or FONT.getlength(short) <= width


def test_a_prompt_of_thousands_of_letters_is_shortened_by_looking_at_what_can_fit() -> None:
    class Counting:
        looked_at = 0

        def getlength(self, text: str) -> float:
            self.looked_at += len(text)
            return 7.0 * len(text)

    font = Counting()
    short = drawing.shortened("palabra " * 1000, 700, font)  # type: ignore[arg-type]
    assert len(short) == 100
    assert font.looked_at < 8000 + 700**2


def ink(text: str) -> bytes:
    """The pixels of a text, to tell glyphs apart."""
    from PIL import ImageDraw

    page = Image.new("L", (120, 40))
    ImageDraw.Draw(page).text((2, 2), text, fill=255, font=FONT)
    return page.tobytes()


def test_spanish_letters_have_glyphs_of_their_own() -> None:
    missing = ink("\U000e0fff")  # no font has this one: the box
    for letter in "ñÑáéíóúüÁÉÍÓÚ¿¡°…«»":
        assert ink(letter) != missing, letter
    assert ink("ñ") != ink("n")


def test_a_name_from_a_mac_and_one_that_no_font_has_stay_readable() -> None:
    assert drawing.readable("nin\u0303a.png") == "niña.png"
    assert drawing.readable("a\nb😀.png") == "a□b□.png"


def test_texts_end_where_the_next_row_of_pictures_begins() -> None:
    rows = [row(f"{i}.png", reasons=REASONS) for i in range(COLUMNS + 1)]
    page = np.asarray(contact_sheet.draw_page(rows, TITLE, "es"))
    lines = max(len(contact_sheet.caption(r, 1, "es", FONT)) for r in rows)
    second_row_top = TITLE_PX + THUMBNAIL_PX + 6 + lines * LINE_PX + GAP_PX
    assert page[second_row_top, GAP_PX + 5].tolist() != [255, 255, 255]  # its frame
    assert (page[second_row_top - GAP_PX + 2 : second_row_top] == 255).all()


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n\0\0"])
def test_a_picture_that_cannot_be_read_leaves_a_grey_field(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.png"
    if content is not None:
        path.write_bytes(content)
    page = contact_sheet.draw_page([row(path=path)], TITLE, "es")
    assert page.getpixel((GAP_PX + THUMBNAIL_PX // 2, TITLE_PX + THUMBNAIL_PX // 2)) == (0xEC, 0xEE, 0xF2)


def test_a_picture_that_is_not_square_keeps_its_shape(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200), "#00aa00").save(tmp_path / "wide.png")
    page = contact_sheet.draw_page([row(path=tmp_path / "wide.png")], TITLE, "es")
    assert page.getpixel((GAP_PX + THUMBNAIL_PX // 2, TITLE_PX + THUMBNAIL_PX // 2)) == (0, 0xAA, 0)
    assert page.getpixel((GAP_PX + THUMBNAIL_PX // 2, TITLE_PX + 20)) == (255, 255, 255)


# --- groups ----------------------------------------------------------------------------------------------------------


def group_of(client: Client, number: int, *, prompt: str | None = None, tiles: int = 4) -> Group:
    """A group whose originals are squares of one colour each."""
    images = []
    for tile in range(tiles):
        image_id = f"mj_{number:08x}{tile:08x}"
        stored = f"raw_mj/{image_id}.png"
        Image.new("RGB", (300, 200), (40 + 50 * (tile % 4), 20, 200)).save(client.folder / stored)
        original = Original(name=f"n_{tile}.png", sha256="0" * 64, bytes=9, stored=stored, imported_at="t")
        about = MidJourney(job_id=f"job{number}", tile=tile, prompt=prompt)
        picture = Picture(format="PNG", width=300, height=200)
        client.save_record(ImageRecord(image_id=image_id, source="mj", original=original, picture=picture, midjourney=about))
        images.append(image_id)
    names = [f"user_ñandú_{tile}.png" for tile in range(tiles)]
    return Group(f"job{number}", prompt, None, {}, list(range(tiles)), images, names)


def test_groups_are_shown_with_their_pictures_and_pages_as_many_as_needed(client: Client, tmp_path: Path) -> None:
    groups = {number: group_of(client, number, tiles=1 + number % 5) for number in range(1, 19)}
    told: list[tuple[int, int]] = []
    paths = group_sheet.write_group_sheets(client, groups, {}, tmp_path, "es", lambda done, all_: told.append((done, all_)))
    assert [path.name for path in paths] == ["groups_1.png", "groups_2.png"]
    assert told == [(16, 18), (18, 18)]
    with Image.open(paths[1]) as page:
        pixels = np.asarray(page.convert("RGB")).astype(int)
        for red in (40, 90, 140, 190):  # the pictures themselves
            assert (np.abs(pixels - (red, 20, 200)).max(axis=2) < 6).sum() > 5000
        assert page.height < 400  # two groups: one row


def test_a_sheet_of_groups_is_drawn_again_only_when_something_on_it_changed(client: Client, tmp_path: Path) -> None:
    groups = {number: group_of(client, number) for number in (3, 7)}
    (path,) = group_sheet.write_group_sheets(client, groups, {}, tmp_path, "en")
    first = path.stat().st_mtime_ns, path.stat().st_ino
    group_sheet.write_group_sheets(client, groups, {}, tmp_path, "en")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == first
    groups[3] = dataclasses.replace(groups[3], typed_prompt="a red hat")
    group_sheet.write_group_sheets(client, groups, {}, tmp_path, "en")
    assert path.stat().st_ino != first[1]
    assert group_sheet.write_group_sheets(client, {}, {}, tmp_path, "en") == []
    assert not path.exists()


def test_a_group_without_its_originals_is_shown_all_the_same_and_of_very_many_the_first(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = {number: group_of(client, number, prompt="p" * 400) for number in (1, 2, 3)}
    for path in client.raw_mj.iterdir():
        path.unlink()
    client.record_file(groups[2].images[0]).unlink()
    monkeypatch.setattr(group_sheet, "MOST_GROUPS", 2)
    monkeypatch.setattr(group_sheet, "GROUPS_PER_PAGE", 1)
    assert len(group_sheet.write_group_sheets(client, groups, {}, tmp_path, "es")) == 2


# --- the prompt command ----------------------------------------------------------------------------------------------


def test_the_list_of_groups_names_the_sheet_and_the_files(make: MakeSession, client: Client) -> None:
    for number in (1, 2):
        group_of(client, number, prompt="a hat" if number == 1 else None)
    session, ui = make()
    session.details = True
    result = importing_commands.set_prompt(session, "ana")
    (sheet,) = result.value["sheets"]
    assert Path(sheet).is_file()
    session.show(result)
    assert sheet in ui.text and "n_0.png" in ui.text


def test_a_group_is_picked_by_its_number_or_its_job(make: MakeSession, client: Client) -> None:
    images = {number: group_of(client, number, tiles=1).images[0] for number in (1, 2, 3)}
    session, _ = make()
    importing_commands.set_prompt(session, "ana", group="2", prompt="a red hat")
    importing_commands.set_prompt(session, "ana", group="job3", prompt="a blue hat")
    typed = {number: client.record(image_id).midjourney.typed_prompt for number, image_id in images.items()}  # type: ignore[union-attr]
    assert typed == {1: None, 2: "a red hat", 3: "a blue hat"}
    for odd in ("0", "4", "nobody"):
        with pytest.raises(PipelineError, match=r"prompt\.no_group"):
            importing_commands.set_prompt(session, "ana", group=odd, prompt="x")


def test_in_the_menu_the_number_of_the_list_picks_the_group(make: MakeSession, client: Client) -> None:
    images = {number: group_of(client, number, tiles=2).images for number in (1, 2)}
    session, ui = make("-", "2", "un sombrero rojo")
    session.client = client
    importing.prompts(session)
    assert {i: client.record(i).midjourney.typed_prompt for i in images[1] + images[2]} == {  # type: ignore[union-attr]
        **dict.fromkeys(images[1]), **dict.fromkeys(images[2], "un sombrero rojo")
    }  # fmt: skip
    assert "groups_1.png" in ui.text


@pytest.mark.parametrize(
    ("names", "said"),
    [(["a.png"], "a.png"), (["a.png", "b.png"], "a.png, b.png"),
     (["user_long_name_0.png", "user_long_name_1.png"], "user_long_name_… …0.png, …1.png"), ([], "")],
)  # fmt: skip
def test_what_names_begin_with_alike_is_said_once(names: list[str], said: str) -> None:
    assert midjourney_view.group_names(Group("j", None, None, {}, [], [], names)) == said


def test_a_group_shows_its_parameters_and_what_the_captions_leave_out(make: MakeSession, client: Client) -> None:
    prompt = "portrait of a woman, garden background, 8k --ar 5:6 --v 7"
    about = midjourney.with_typed(MidJourney(job_id="job1", tile=0), prompt, ImportConfig())
    record = client.record(group_of(client, 1, tiles=1).images[0])
    client.save_record(record.model_copy(update={"midjourney": about}))
    session, ui = make(language="en")
    session.show(importing_commands.set_prompt(session, "ana"))
    assert "--ar 5:6 --v 7" in ui.text and "8k" in ui.shown[0]
    ui.shown.clear()
    session.show(importing_commands.set_prompt(session, "ana", group="1"))
    assert ui.shown[0].startswith("Group 1, job id job1") and "--ar 5:6" in ui.text
    assert any(line.startswith("8k ") for line in ui.shown)
