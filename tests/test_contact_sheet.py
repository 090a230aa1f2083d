"""Contact sheets: every picture on one page or another, names and reasons readable, nothing over its neighbour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import contact_sheet
from contact_sheet import COLUMNS, GAP_PX, LINE_PX, ROWS, THUMBNAIL_PX, TITLE_PX
from image_processor import ReviewRow
from records import Decision, ImageRecord, Reason
from workspace import Client

FONT = contact_sheet.font_of(contact_sheet.TEXT_SIZE_PX)
REASONS = (
    Reason(code="ambiguous_face", level="refuse", value=0.88, limit=0.6),
    Reason(code="blurred", level="refuse", value=41, limit=100),
    Reason(code="profile", level="warn", value=71, limit=55),
)


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


def shown(lines: list[contact_sheet.Line]) -> list[str]:
    return [line.text for line in lines]


def test_approved_and_refused_pictures_each_get_their_sheets(client: Client) -> None:
    for number in range(3):
        add(client, number, "approved")
    add(client, 9, "rejected")
    paths = contact_sheet.write_sheets(client, client.output, "es")
    assert [path.name for path in paths] == ["approved_1.png", "rejected_1.png"]
    with Image.open(paths[0]) as page:
        assert page.format == "PNG"
        assert page.width >= 3 * THUMBNAIL_PX
        middle = page.getpixel((GAP_PX + THUMBNAIL_PX // 2, TITLE_PX + THUMBNAIL_PX // 2))
        assert middle == pytest.approx((0x33, 0x66, 0xCC), abs=3)


def test_more_pictures_than_a_page_holds_go_on_the_next_one_and_old_pages_vanish(client: Client) -> None:
    for number in range(COLUMNS * ROWS + 1):
        add(client, number, "approved")
    assert len(contact_sheet.write_sheets(client, client.output, "es")) == 2
    client.record_file(f"mj_{0:016x}").unlink()
    assert [p.name for p in contact_sheet.write_sheets(client, client.output, "es")] == ["approved_1.png"]
    assert sorted(p.name for p in client.output.glob("*.png")) == ["approved_1.png"]


def test_each_source_has_pages_of_its_own_and_numbers_are_those_of_the_review(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        add(client, number, "approved" if number else "rejected")
    original = client.record(f"mj_{1:016x}")
    real = original.model_copy(update={"image_id": f"real_{7:016x}", "source": "real"})
    client.save_record(real)
    drawn: dict[str, list[int]] = {}

    def draw(rows: list[ReviewRow], title: str, language: str, *, numbers: list[int], cache: Path) -> Image.Image:
        drawn[title] = numbers
        return Image.new("RGB", (4, 4))

    monkeypatch.setattr(contact_sheet, "draw_page", draw)
    paths = contact_sheet.write_sheets(client, client.output, "en")
    assert [path.name for path in paths] == ["approved_1.png", "approved_2.png", "rejected_1.png"]
    assert drawn == {
        "ana, MidJourney: approved 1-2 of 2": [2, 3], "ana, real photo: approved 1-1 of 1": [4],
        "ana, MidJourney: refused 1-1 of 1": [1],
    }  # fmt: skip


def test_a_page_is_drawn_again_only_when_what_it_shows_has_changed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    add(client, 1, "approved")
    add(client, 2, "rejected")
    contact_sheet.write_sheets(client, client.output, "es")
    drawn: list[str] = []
    real_draw = contact_sheet.draw_page

    def draw(rows: list[ReviewRow], title: str, *more: Any, **named: Any) -> Image.Image:
        drawn.append(title)
        return real_draw(rows, title, *more, **named)

    monkeypatch.setattr(contact_sheet, "draw_page", draw)
    contact_sheet.write_sheets(client, client.output, "es")
    assert drawn == []
    Image.new("RGB", (64, 64), "#112233").save(client.processed / f"mj_{1:016x}.png")
    paths = contact_sheet.write_sheets(client, client.output, "es")
    assert drawn == ["ana, MidJourney: aprobadas 1-1 de 1"]
    with Image.open(paths[0]) as page:  # the new picture, not the thumbnail kept of the old one
        assert page.getpixel((GAP_PX + 99, TITLE_PX + 99)) == pytest.approx((0x11, 0x22, 0x33), abs=3)
    contact_sheet.write_sheets(client, client.output, "en")
    assert len(drawn) == 3  # another language: other words
    paths[0].write_bytes(b"cut off")
    contact_sheet.write_sheets(client, client.output, "en")
    assert len(drawn) == 4


def test_a_client_without_decided_pictures_has_no_sheets(client: Client) -> None:
    assert contact_sheet.write_sheets(client, client.output, "es") == []


def test_the_caption_has_number_name_source_and_reasons_in_the_users_language() -> None:
    spanish = shown(contact_sheet.caption(row(reasons=REASONS, faces=2), 7, "es", FONT))
    assert spanish[0] == "7. niña.png"
    assert spanish[1] == "foto real, cara 1 de 2"
    together = " ".join(spanish)
    assert "varias caras: otra mide 88% de la elegida" in together
    assert "borrosa: nitidez 41 (mínimo 100)" in together
    assert "de perfil: 71°" in together
    english = " ".join(shown(contact_sheet.caption(row(reasons=REASONS), 7, "en", FONT)))
    assert "blurred: sharpness 41 (at least 100)" in english


def test_what_refuses_is_red_what_warns_is_not_and_the_users_word_is_named() -> None:
    lines = contact_sheet.caption(row(reasons=REASONS[1:], by="user"), 1, "es", FONT)
    colours = {line.text.split(":")[0].split(" ")[0]: line.colour for line in lines}
    assert colours["borrosa"] == contact_sheet.RED
    assert colours["de"] == contact_sheet.AMBER
    assert colours["decidido"] == contact_sheet.GREEN


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
    short = contact_sheet.shortened(name, THUMBNAIL_PX, FONT)
    assert short.startswith("ana_retrato")
    assert short.endswith("_3.png")
    assert "…" in short
    assert contact_sheet.shortened("corto.png", THUMBNAIL_PX, FONT) == "corto.png"


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
    assert contact_sheet.readable("nin\u0303a.png") == "niña.png"
    assert contact_sheet.readable("a\nb😀.png") == "a□b□.png"


def test_texts_end_where_the_next_row_of_pictures_begins() -> None:
    rows = [row(f"{i}.png", reasons=REASONS) for i in range(COLUMNS + 1)]
    page = np.asarray(contact_sheet.draw_page(rows, "título", "es"))
    lines = max(len(contact_sheet.caption(r, 1, "es", FONT)) for r in rows)
    second_row_top = TITLE_PX + THUMBNAIL_PX + 6 + lines * LINE_PX + GAP_PX
    assert page[second_row_top, GAP_PX + 5].tolist() != [255, 255, 255]  # its frame
    assert (page[second_row_top - GAP_PX + 2 : second_row_top] == 255).all()


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n\0\0"])
def test_a_picture_that_cannot_be_read_leaves_a_grey_field(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.png"
    if content is not None:
        path.write_bytes(content)
    page = contact_sheet.draw_page([row(path=path)], "título", "es")
    assert page.getpixel((GAP_PX + THUMBNAIL_PX // 2, TITLE_PX + THUMBNAIL_PX // 2)) == (0xEC, 0xEE, 0xF2)


def test_a_picture_that_is_not_square_keeps_its_shape(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200), "#00aa00").save(tmp_path / "wide.png")
    page = contact_sheet.draw_page([row(path=tmp_path / "wide.png")], "título", "es")
    assert page.getpixel((GAP_PX + THUMBNAIL_PX // 2, TITLE_PX + THUMBNAIL_PX // 2)) == (0, 0xAA, 0)
    assert page.getpixel((GAP_PX + THUMBNAIL_PX // 2, TITLE_PX + 20)) == (255, 255, 255)
