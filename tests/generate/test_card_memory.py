"""What fits a card, and which back end draws."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.generate import card_memory
from avatar.generate.backend import BackendError
from avatar.generate.card_memory import Fit, Network, fit, least_gib, safe_gib
from avatar.generate.choosing import Setting, choose_backend, usable
from avatar.texts import translate
from tests.places import BENCHMARKS

FOUR = [Network(dim=32)] * 4
DESKTOP_GIB = 0.7


def test_the_formula_is_that_of_the_issue_and_the_safe_figure_is_the_measured_peak() -> None:
    assert least_gib([], 1024, 1024) == pytest.approx(6.6 + 0.5 + 3.0, abs=0.05)
    assert least_gib([Network(dim=100)], 512, 512) == pytest.approx(6.6 + 0.5 + 3.0 / 4 + 0.5, abs=0.05)
    measured = json.loads((BENCHMARKS / "measured" / "h200_sdxl_lora.json").read_text(encoding="utf-8"))
    peak = measured["generation"]["allocated_gib"] + measured["context_gib"]
    assert safe_gib([Network(dim=4)], 1024, 1024) == pytest.approx(peak + card_memory.FRAGMENTS_GIB, abs=0.01)
    assert Network(dim=8, has_text_encoder=True).gib > Network(dim=8).gib
    assert Network(dim=0).gib == Network(dim=128).gib


@pytest.mark.parametrize(
    ("card_gib", "networks", "verdict", "per_start", "side"),
    [
        (24, FOUR, "fits", 4, 1024),
        (16, FOUR, "fits", 4, 1024),
        (16, [Network(dim=128)] * 8, "fits", 4, 1024),  # in two loads, none of the pictures smaller
        (12, FOUR, "fits", 2, 832),
        (11, FOUR, "narrow", 1, 768),
        (10, FOUR, "too_large", 1, 768),
        (8, FOUR, "too_large", 1, 768),
        (24, [], "fits", 1, 1024),
    ],
)
def test_the_usual_cards(card_gib: float, networks: list[Network], verdict: str, per_start: int, side: int) -> None:
    found = fit(card_gib - DESKTOP_GIB, networks, 1024, 1024)
    assert (found.verdict, found.per_start, found.width, found.height) == (verdict, per_start, side, side)


@given(
    st.floats(0, 40),
    st.lists(st.builds(Network, dim=st.integers(1, 256), has_text_encoder=st.booleans()), max_size=6),
    st.sampled_from([(1024, 1024), (832, 1216), (1216, 832), (768, 768), (512, 512), (1024, 1536)]),
)
def test_what_fits_needs_no_more_than_is_free_and_more_memory_is_never_worse(
    free: float, networks: list[Network], size: tuple[int, int]
) -> None:  # fmt: skip
    found, more = fit(free, networks, *size), fit(free + 1, networks, *size)
    assert found.width % 64 == found.height % 64 == 0
    order = ("too_large", "narrow", "fits")
    assert order.index(more.verdict) >= order.index(found.verdict)
    if found.verdict == "fits":
        assert found.needs_gib <= free
        assert (more.width * more.height, more.per_start) >= (found.width * found.height, found.per_start)
        for start in range(0, len(networks), found.per_start):  # whichever are loaded together
            assert safe_gib(networks[start : start + found.per_start], found.width, found.height) <= free + 1e-9
    if found.verdict != "too_large":
        assert least_gib(networks[:1], found.width, found.height) <= max(free, found.needs_gib)


# --- which one draws -------------------------------------------------------------------------------------------------


def fitted(verdict: str, side: int = 1024) -> Fit:
    return Fit(verdict=verdict, per_start=2, width=side, height=side, needs_gib=9.4, free_gib=11.3)  # type: ignore[arg-type]


def chosen(setting: Setting, found: Fit | None, *answering: Any, there: bool = True) -> tuple[str, list[str]]:
    """Return what draws and what is said, or the error."""
    try:
        choice = choose_backend(setting, trainer_there=there, fit=found, answering=answering, width=1024, height=1024)
    except BackendError as error:
        for language in translate.LANGUAGES:
            assert translate.words(error.text, language)
        return "", [error.key]
    for note in choice.notes:
        for language in translate.LANGUAGES:
            assert translate.words(note, language)
    return choice.kind, [note.key for note in choice.notes]


@pytest.mark.parametrize(
    ("found", "answering", "there", "kind", "said"),
    [
        (fitted("fits"), ("comfyui",), True, "trainer", []),
        (fitted("fits", 832), (), True, "trainer", ["draw.choice.smaller"]),
        (fitted("fits"), ("comfyui",), False, "comfyui", ["draw.choice.server"]),
        (fitted("narrow", 768), ("a1111", "comfyui"), True, "comfyui", ["draw.choice.server_for_memory"]),
        (fitted("too_large"), ("a1111",), True, "a1111", ["draw.choice.server_for_memory"]),
        (fitted("narrow", 768), (), True, "trainer", ["draw.choice.smaller", "draw.choice.narrow"]),
        (fitted("too_large"), (), True, "", ["draw.choice.too_small"]),
        (fitted("too_large"), (), False, "", ["draw.choice.nothing_on_small_card"]),
        (fitted("fits"), (), False, "", ["draw.choice.nothing"]),
        (None, ("comfyui",), True, "comfyui", ["draw.choice.server"]),
        (None, (), True, "", ["draw.choice.no_card"]),
        (None, (), False, "", ["draw.choice.nothing_without_card"]),
    ],
)
def test_left_to_the_program_the_first_that_can_draws(
    found: Fit | None, answering: tuple[str, ...], there: bool, kind: str, said: list[str]
) -> None:
    assert chosen("auto", found, *answering, there=there) == (kind, said)


@pytest.mark.parametrize(
    ("found", "there", "kinds"),
    [
        (fitted("fits"), True, ["trainer", "comfyui", "a1111"]),
        (fitted("narrow"), True, ["comfyui", "a1111", "trainer"]),
        (fitted("too_large"), True, ["comfyui", "a1111"]),
        (None, True, ["comfyui", "a1111"]),
        (fitted("fits"), False, ["comfyui", "a1111"]),
    ],
)
def test_all_that_can_draw_stand_in_the_order_of_choice(found: Fit | None, there: bool, kinds: list[str]) -> None:
    assert usable(there, found, ["a1111", "comfyui"]) == kinds


def test_what_is_set_is_taken_and_said_to_be_narrow_or_impossible() -> None:
    assert chosen("comfyui", fitted("fits")) == ("comfyui", [])
    assert chosen("a1111", None, there=False) == ("a1111", [])
    assert chosen("trainer", fitted("fits", 896), "comfyui") == ("trainer", ["draw.choice.smaller"])
    assert chosen("trainer", fitted("narrow")) == ("trainer", ["draw.choice.narrow"])
    assert chosen("trainer", fitted("too_large"), "comfyui") == ("", ["draw.trainer.too_large"])
    assert chosen("trainer", None) == ("trainer", [])
