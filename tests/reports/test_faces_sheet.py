"""Pictures with several faces: every face boxed, under the number that chooses it, on sheet and page."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatar.commands import review as review_commands
from avatar.reports import faces_sheet, review_list
from avatar.workspace.client import Client
from avatar.workspace.records import Face
from config import Settings
from tests.scripted import MakeSession
from tests.stages.test_image_processor import ColourDetector, add, drawn

SMALLER, LARGER = (80, 250, 290, 370), (480, 250, 310, 390)
GREEN, AMBER = np.array([0x1B, 0x7F, 0x3B]), np.array([0x8A, 0x5A, 0x00])


@pytest.fixture
def both(client: Client) -> str:
    import image_processor

    image_id = add(client, drawn(SMALLER, LARGER), "dos.png")
    add(client, drawn((240, 200, 360, 450)), "una.png")
    image_processor.process(client, settings=Settings(), detector=ColourDetector())
    return image_id


def like(pixels: np.ndarray, colour: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.abs(pixels.astype(int) - colour).max(axis=-1) < 40
    return found


def test_each_face_has_its_box_and_the_chosen_one_is_green(client: Client, both: str) -> None:
    row = review_list.review_row(client, client.record(both))
    assert row.face is not None
    picture = faces_sheet.boxed(row)
    assert picture is not None
    pixels, scale = np.asarray(picture), picture.width / 900
    for index, box in enumerate(row.boxes):
        left, top, _, height = (round(value * scale) for value in box)
        side = pixels[top + height // 3 : top + height // 2, left : left + 4]
        assert like(side, GREEN if index == row.face else AMBER).mean() > 0.9
    assert len(row.boxes) == 2


def test_the_sheet_shows_only_pictures_with_several_faces_and_is_drawn_once(client: Client, both: str) -> None:
    entries = review_list.entries(client)
    (path,) = faces_sheet.write_sheets(client, entries, client.output, "es")
    before = path.stat().st_mtime_ns
    assert faces_sheet.write_sheets(client, entries, client.output, "es") == [path]
    assert path.stat().st_mtime_ns == before
    with Image.open(path) as sheet:
        assert sheet.height < 2 * faces_sheet.LEAST_PX  # one row
    assert set(faces_sheet.boxed_copies(client.output, entries)) == {both}


def test_in_a_wide_group_every_face_is_large_enough_to_be_told_from_the_others(client: Client) -> None:
    boxes = [(60 + 330 * k, 300, 100, 124) for k in range(11)]
    image_id = add(client, drawn(*boxes, size=(3700, 800)), "grupo.png")
    record = client.record(image_id)
    faces = [Face(box=box, confidence=0.99, keypoints={}) for box in boxes]
    client.save_record(record.model_copy(update={"faces": faces}))
    (row,) = (entry.row for entry in review_list.entries(client))
    picture = faces_sheet.boxed(row)
    assert picture is not None
    scale = picture.width / 3700
    assert 124 * scale >= 40 and picture.width <= faces_sheet.MOST_PX
    gap = np.asarray(picture)[round(250 * scale), round(60 * scale) : round(390 * scale)]
    assert like(gap, AMBER).mean() < 0.3  # the number of one does not hide the next
    (path,) = faces_sheet.write_sheets(client, review_list.entries(client), client.output, "es")
    with Image.open(path) as sheet:
        assert sheet.width == faces_sheet.PAGE_PX and sheet.height > picture.height


def test_another_face_gives_another_sheet_and_the_page_shows_the_boxes(client: Client, both: str, make: MakeSession) -> None:
    session, ui = make(language="en")
    session.client = client
    first = review_commands.review(session, None)
    (path,) = [name for name in first.value["files"] if name.endswith("faces_1.png")]
    before = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    page = (client.output / "review.html").read_text(encoding="utf-8")
    assert page.count("--face") >= 2
    number = next(entry.number for entry in review_list.entries(client) if entry.row.image_id == both)
    chosen = client.record(both).face_choice
    assert chosen is not None
    session.show(review_commands.review(session, None, face=(str(number), 2 - chosen.index)))
    assert "faces_1.png" in ui.text
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest() != before
    assert (client.output / "review.html").read_text(encoding="utf-8") != page
    copies = list((client.output / ".thumbnails").glob(f"{both}{faces_sheet.MARK}*"))
    assert len(copies) == 1  # that of the choice before is gone


def test_an_original_that_is_gone_costs_only_its_picture(client: Client, both: str) -> None:
    client.original(client.record(both)).unlink()
    (path,) = faces_sheet.write_sheets(client, review_list.entries(client), client.output, "es")
    assert path.is_file()
