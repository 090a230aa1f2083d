"""The machinery of a prompt goes, and nothing else: links, parameters, weights, blanks of a gallery."""

from __future__ import annotations

import pytest

from avatar.prompts.cleaning import asked_not, clean_prompt, filled_in, without_weights

UUID = "4bad25b0-96d6-42a1-9aed-a55e54786b23"


@pytest.mark.parametrize(
    ("prompt", "clean"),
    [
        (f"a woman in a coat --ar 2:3 --v 6.1 Job ID: {UUID}", "a woman in a coat"),
        ("https://s.mj.run/zy44Ir9h4Fs https://x.org/a.png a woman", "a woman"),
        ("red scarf::2 blue wall::-0.5 smile", "red scarf, blue wall, smile"),
        ("Colossal scale--niji 6 --ar 3:4", "Colossal scale"),
        ("a woman —v 6", "a woman"),
        ("a well-lit room - a woman", "a well-lit room - a woman"),
        ("line one\nline\ttwo\u200b", "line one line two"),
        ("--v 6", ""),
        ("", ""),
    ],
)
def test_prompts_lose_what_is_no_word_of_the_picture(prompt: str, clean: str) -> None:
    assert clean_prompt(prompt) == clean


@pytest.mark.parametrize("text", ["a harbor — fog, gulls", "a harbor – fog, gulls", "a harbor - fog, gulls"])
def test_a_dash_between_blanks_ends_no_prompt(text: str) -> None:
    assert clean_prompt(text) == text


@pytest.mark.parametrize(
    ("text", "clean", "denied"),
    [
        ("a sailor (teal scarf:1.4), dunes", "a sailor , teal scarf, , dunes", []),
        ("a sailor::2 dunes::-1", "a sailor, , ", ["dunes"]),
        ("gulls::-.5 a sailor, teal scarf", ",  a sailor, teal scarf", ["gulls"]),
        ("a sailor, gulls::-1", "a sailor, ", ["gulls"]),
    ],
)
def test_a_weight_goes_and_a_negative_one_means_absence(text: str, clean: str, denied: list[str]) -> None:
    assert without_weights(text) == (clean, denied)


def test_the_blanks_of_a_gallerys_prompt_are_filled_with_their_defaults() -> None:
    text = '/imagine prompt: a man in a {argument name="coat" default="long loden coat"}, 4 k'
    assert filled_in(text) == "a man in a long loden coat, 4k"


def test_words_are_read_as_they_are_meant() -> None:
    assert filled_in("portait of a man wth a lite behind") == "portrait of a man with a light behind"


def test_every_phrase_of_no_is_one() -> None:
    assert asked_not(("white background, hat",), ("a man --no tie --ar 2:3",)) == ["white background", "hat", "tie"]
