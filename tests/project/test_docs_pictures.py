"""The script that makes the pictures of the READMEs: what it shows is what the program shows."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from scripts import docs_session
from tests.places import ROOT


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs_pictures", ROOT / "scripts" / "make_docs_pictures.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sheets_stand_below_each_other_whole(script: ModuleType, tmp_path: Path) -> None:
    for name, size, colour in (("a.png", (30, 10), "red"), ("b.png", (20, 40), "blue")):
        Image.new("RGB", size, colour).save(tmp_path / name)
    page = script.stack([tmp_path / "a.png", tmp_path / "b.png"]).convert("RGB")
    assert page.size == (30, 50)
    assert page.getpixel((29, 5)) == (255, 0, 0)
    assert page.getpixel((19, 45)) == (0, 0, 255)
    assert page.getpixel((29, 45)) == (255, 255, 255)


@pytest.mark.parametrize("name", ["session.gif", "session_es.gif"])
def test_the_session_of_the_readmes_moves_and_is_no_burden(name: str) -> None:
    with Image.open(ROOT / "docs" / name) as picture:
        assert isinstance(picture, GifImageFile)
        assert picture.n_frames >= 12 and picture.info["loop"] == 0  # it begins anew
        assert 600 <= picture.width <= 1600
    assert (ROOT / "docs" / name).stat().st_size < 600_000


def test_a_screen_is_drawn_with_its_colours_in_their_columns() -> None:
    plain, coloured = (docs_session.draw_screen(line) for line in ("ab", "\x1b[1;36ma\x1b[0mb"))
    assert plain.size == coloured.size
    cell = (plain.width - 2 * docs_session.MARGIN_PX) // docs_session.COLUMNS
    right = (docs_session.MARGIN_PX + cell, 0, plain.width, plain.height)
    assert plain.crop(right).tobytes() == coloured.crop(right).tobytes()  # the second letter: no colour, no shift
    assert (0x4F, 0xD0, 0xDC) in {colour for _, colour in coloured.getcolors(100_000) or ()}
    assert docs_session.plain("\x1b[1;36ma\x1b[0mb") == "ab"


def test_the_pictures_are_there_and_can_be_read_at_a_glance() -> None:
    pages = [f"dashboard_{page}{ending}.png" for page in ("training", "clients", "review") for ending in ("", "_es")]
    for name in ("contact_sheet.png", *pages):
        with Image.open(ROOT / "docs" / name) as picture:
            assert 600 <= picture.width <= 1600
            assert (ROOT / "docs" / name).stat().st_size < 600_000
