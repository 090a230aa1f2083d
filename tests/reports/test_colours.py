"""The colours of the four meanings: told apart by everybody, readable, and the same on every page."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar.reports import colours, render
from tests.places import ROOT

Vector = NDArray[np.float64]
LEAST_DIFFERENCE = 16.0
# Machado, Oliveira, Fernandes 2009, severity 1.0.
SEEN_BY: Mapping[str, Vector] = {
    "most": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]),
}
PAPERS = {"light": ("#ffffff", "#f6f7f9"), "dark": ("#1d2128", "#14171c")}
THEMES = {"light": colours.LIGHT, "dark": colours.DARK}


def linear(colour: str) -> Vector:
    parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: Vector) -> Vector:
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = matrix @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    fx, fy, fz = (np.cbrt(part) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def luminance(colour: str) -> float:
    return float(linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize("theme", THEMES)
def test_the_four_meanings_are_told_apart_by_everybody(theme: str, eyes: str) -> None:
    for first, second in itertools.combinations(THEMES[theme].values(), 2):
        seen = [lab(SEEN_BY[eyes] @ linear(colour)) for colour in (first, second)]
        assert float(np.linalg.norm(seen[0] - seen[1])) >= LEAST_DIFFERENCE, (first, second)


@pytest.mark.parametrize("theme", THEMES)
def test_each_can_be_read_as_text_on_its_paper(theme: str) -> None:
    for colour, paper in itertools.product(THEMES[theme].values(), PAPERS[theme]):
        high, low = sorted((luminance(colour), luminance(paper)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (colour, paper)


def test_the_pages_in_the_browser_have_the_same_colours() -> None:
    style = (ROOT / "avatar" / "web" / "static" / "app.css").read_text(encoding="utf-8")
    light, _, dark = style.partition("prefers-color-scheme: dark")
    for theme, part in ((colours.LIGHT, light), (colours.DARK, dark)):
        assert {name: re.findall(rf"--{name}: (#[0-9a-f]+);", part)[0] for name in theme} == dict(theme)


def test_no_template_has_colours_of_its_own_for_them() -> None:
    for path in render.TEMPLATES.iterdir():
        assert not re.search(r"--(good|bad|mj|photo): *#", path.read_text(encoding="utf-8")), path.name


def test_each_can_be_read_on_the_soft_ground_that_the_pages_in_the_browser_give_it() -> None:
    style = (ROOT / "avatar" / "web" / "static" / "app.css").read_text(encoding="utf-8")
    light, _, dark = style.partition("prefers-color-scheme: dark")
    for theme, part in ((colours.LIGHT, light), (colours.DARK, dark)):
        for name, colour in theme.items():
            ground = re.findall(rf"--{name}-soft: (#[0-9a-f]+);", part)[0]
            high, low = sorted((luminance(colour), luminance(ground)), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (name, ground)
