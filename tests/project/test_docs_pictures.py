"""The script that makes the pictures of the READMEs: what it shows is what the program shows."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

from avatar.terminal import menus
from avatar.texts import translate
from tests.places import ROOT


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs_pictures", ROOT / "scripts" / "make_docs_pictures.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_menu_drawn_is_the_menu_of_the_program(script: ModuleType, language: str) -> None:
    lines = script.menu_lines(language)
    choices = menus.choices_of("main")
    labels = [f"{number}. {translate.text(choice.label, language)}" for number, choice in enumerate(choices, 1)]
    marks = ["> " if choice.label == "menu.guided" else "  " for choice in choices]  # the proposed one
    assert lines[0] == "AVATAR PIPELINE"
    assert lines[1:-2] == [mark + label for mark, label in zip(marks, labels, strict=True)]
    assert lines[-1].endswith("]: ")  # the question, with what Enter stands for


def test_a_terminal_is_as_wide_as_its_longest_line_and_as_high_as_its_lines(script: ModuleType) -> None:
    short = script.draw_terminal(["Title", "? "])
    long = script.draw_terminal(["Title", "ñ" * 90, "? "])
    assert short.width == 640 < long.width
    assert long.height - short.height == script.LINE_PX
    colours = {colour for _, colour in long.convert("RGB").getcolors(100_000)}
    assert len(colours) > 3


def test_sheets_stand_below_each_other_whole(script: ModuleType, tmp_path: Path) -> None:
    for name, size, colour in (("a.png", (30, 10), "red"), ("b.png", (20, 40), "blue")):
        Image.new("RGB", size, colour).save(tmp_path / name)
    page = script.stack([tmp_path / "a.png", tmp_path / "b.png"]).convert("RGB")
    assert page.size == (30, 50)
    assert page.getpixel((29, 5)) == (255, 0, 0)
    assert page.getpixel((19, 45)) == (0, 0, 255)
    assert page.getpixel((29, 45)) == (255, 255, 255)


def test_the_pictures_are_there_and_can_be_read_at_a_glance() -> None:
    pages = [f"dashboard_{page}{ending}.png" for page in ("training", "clients", "review") for ending in ("", "_es")]
    for name in ("contact_sheet.png", "menu.png", "menu_es.png", *pages):
        with Image.open(ROOT / "docs" / name) as picture:
            assert 600 <= picture.width <= 1600
            assert (ROOT / "docs" / name).stat().st_size < 600_000
