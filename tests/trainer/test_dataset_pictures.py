"""Pictures that cannot be read whole are named before a training, whatever their first bytes promise."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatar.texts import translate
from avatar.trainer.dataset_folder import INFO_FILE, read_as_trainer
from avatar.trainer.dataset_pictures import damaged_pictures, picture_fault, picture_faults


def encoded(kind: str, side: int = 64) -> bytes:
    pixels = np.random.default_rng(1).integers(0, 255, (side, side, 3), np.uint8)
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, kind)
    return held.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_a_whole_picture_has_no_fault_and_one_cut_anywhere_has(tmp_path: Path, kind: str) -> None:
    data = encoded(kind)
    path = tmp_path / "p.png"  # the name does not count
    path.write_bytes(data)
    assert picture_fault(path) == ""
    for kept in (0, 9, len(data) // 3, len(data) - 40):
        path.write_bytes(data[:kept])
        assert picture_fault(path), kept


def test_a_png_whose_end_is_there_and_whose_middle_is_not_is_damaged(tmp_path: Path) -> None:
    data = bytearray(encoded("PNG"))
    data[len(data) // 2] ^= 1
    (tmp_path / "bit.png").write_bytes(data)
    zeros = encoded("PNG")
    (tmp_path / "zeros.png").write_bytes(zeros[:500] + bytes(len(zeros) - 600) + zeros[-100:])
    (tmp_path / "empty.png").write_bytes(zeros[:33] + zeros[-12:])  # no pixels at all
    (tmp_path / "folder.png").mkdir()
    names = ["bit.png", "zeros.png", "empty.png", "folder.png", "gone.png"]
    assert all(picture_faults([tmp_path / name for name in names]))
    assert picture_faults([]) == []


def test_each_damaged_picture_of_a_dataset_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "5_ana").mkdir()
    for name, data in (("a.png", encoded("PNG")), ("b.png", encoded("PNG")[:700]), ("c.jpg", encoded("JPEG")[:900])):
        (tmp_path / "5_ana" / name).write_bytes(data)
    found = damaged_pictures(tmp_path, read_as_trainer(tmp_path))
    assert [told.values["file"] for told in found] == ["5_ana/b.png", "5_ana/c.jpg"]
    for language in translate.LANGUAGES:
        assert all("5_ana/" in translate.words(told, language) for told in found)


def test_a_file_that_is_no_picture_at_all_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "5_ana").mkdir()
    (tmp_path / "5_ana" / "a.png").write_bytes(b"<html>")
    view = read_as_trainer(tmp_path)
    assert [told.key for told in view.fatal] == ["dataset.problem.unreadable_picture"]
    assert damaged_pictures(tmp_path, view) == []


def test_a_picture_or_folder_that_was_prepared_and_is_gone_is_missed(tmp_path: Path) -> None:
    folders = '"folders": [{"name": "5_ana", "repeats": 5, "images": 2}, {"name": "9_ana", "repeats": 9, "images": 3}]'
    (tmp_path / "5_ana").mkdir()
    (tmp_path / "5_ana" / "a.png").write_bytes(encoded("PNG"))
    (tmp_path / "5_ana" / "a.txt").write_text("ohwx", encoding="utf-8")
    info = f'{{{folders}, "pictures": [{{"file": "a.png"}}, {{"file": "b.png"}}]}}'
    (tmp_path / "5_ana" / INFO_FILE).write_text(info, encoding="utf-8")
    view = read_as_trainer(tmp_path)
    assert [(told.key, told.values) for told in view.fatal] == [
        ("dataset.problem.missing_picture", {"file": "5_ana/b.png"}),
        ("dataset.problem.missing_folder", {"folder": "9_ana", "n": 3}),
    ]
    (tmp_path / "5_ana" / INFO_FILE).write_text('{"folders": 7, "pictures": [{"file": "a.png"}]}', encoding="utf-8")
    assert read_as_trainer(tmp_path).fatal == ()  # spoilt: nothing to compare with
