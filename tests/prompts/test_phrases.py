"""What prompts say, sorted: each phrase in its group, whole, and nothing that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.prompts.midjourney import parse_description
from avatar.prompts.phrases import CLOTHING, EXPRESSIONS, GAZES, PLACE, POSES, prompt_phrases
from avatar.workspace.records import MidJourney


def said(prompt: str) -> dict[str, list[str]]:
    """Return the groups of a prompt, with parameters as MidJourney writes them, that are not empty."""
    return {kind: phrases for kind, phrases in prompt_phrases(parse_description(prompt)).items() if phrases}


@pytest.mark.parametrize(
    ("prompt", "groups"),
    [
        ("woman running in the park, sportswear, early morning fog",
         {"pose": ["running"], "clothing": ["sportswear"], "place": ["in the park", "early morning fog"]}),
        ("fitness model lifting weights in a gym, black sports bra, sweat",
         {"pose": ["lifting weights"], "clothing": ["black sports bra"], "place": ["in a gym"]}),
        ("candid photo of her drinking coffee at an outdoor terrace in Madrid, denim jacket",
         {"pose": ["drinking coffee"], "clothing": ["denim jacket"], "place": ["at an outdoor terrace in madrid"]}),
        ("man cooking in a modern kitchen, apron, smiling at the camera",
         {"pose": ["cooking"], "expression": ["smiling", "looking at the camera"], "clothing": ["apron"],
          "place": ["in a modern kitchen"]}),
        ("business woman in a white blazer standing in front of a glass building",
         {"pose": ["standing"], "clothing": ["white blazer"], "place": ["in front of a glass building"]}),
        ("pastel leggings, tying hair up, seated on a chair", {"pose": ["seated"], "clothing": ["pastel leggings"],
                                                               "place": ["on a chair"]}),
    ],
)  # fmt: skip
def test_a_prompt_is_sorted_into_what_it_says(prompt: str, groups: dict[str, list[str]]) -> None:
    assert said(prompt) == groups


@pytest.mark.parametrize(
    ("prompt", "look"),
    [
        ("portrait of a woman looking over her shoulder", "looking over the shoulder"),
        ("looking back over one's shoulder", "looking over the shoulder"),
        ("man staring deeply into the the camera", "looking at the camera"),
        ("looking directly at the viewer", "looking at the camera"), ("direct eye contact", "looking at the camera"),
        ("facing the camera", "looking at the camera"), ("Gazing Softly Into The Distance", "looking away"),
        ("looking off camera", "looking off camera"), ("looking off-camera", "looking off camera"),
        ("looking slightly to the left", "looking to the side"), ("looking down at her phone", "looking down"),
        ("gazing out of the window", "looking out of the window"), ("hombre mirando a cámara", "looking at the camera"),
        ("mirada fija en la cámara", "looking at the camera"),
        ("mujer mirando por encima del hombro", "looking over the shoulder"),
        ("mirando al horizonte", "looking away"), ("mirando por la ventana", "looking out of the window"),
        ("mirando hacia abajo", "looking down"),
    ],
)  # fmt: skip
def test_where_the_person_looks_is_said_and_taken_for_no_place(prompt: str, look: str) -> None:
    assert said(prompt) == {"expression": [look]}


@pytest.mark.parametrize(
    "prompt",
    [
        "not looking at the camera",
        "no eye contact",
        "mujer sin mirar a cámara",
        "good looking man",
        "camera",
        "looks like an elf",
    ],
)
def test_what_is_no_look_is_not_said(prompt: str) -> None:
    assert "expression" not in said(prompt)


@pytest.mark.parametrize("away", ["away from camera", "away from the camera", "off-camera", "off camera"])
def test_what_stands_behind_a_look_is_not_lost(away: str) -> None:
    assert said(f"woman looking {away}, red dress, in a park") == {
        "expression": ["looking off camera"], "clothing": ["red dress"], "place": ["in a park"],
    }  # fmt: skip


def test_two_expressions_and_one_look_are_said() -> None:
    prompt = "laughing, playful smile, curious look, looking up, looking away"
    assert said(prompt)["expression"] == ["smiling", "laughing", "looking up"]


@pytest.mark.parametrize(
    ("prompt", "groups"),
    [
        ("beach at sunset", {"place": ["beach at sunset"]}), ("park bench at sunrise", {"place": ["park bench at sunrise"]}),
        ("window light", {"light": ["window light"]}), ("city lights", {"light": ["city lights"]}),
        ("street lit by neon lights", {"light": ["street lit by neon lights"]}), ("ring light", {"light": ["ring light"]}),
        ("gold ring", {"clothing": ["gold ring"]}),
    ],
)  # fmt: skip
def test_a_place_at_an_hour_is_a_place_and_light_from_a_place_is_light(prompt: str, groups: dict[str, list[str]]) -> None:
    assert said(prompt) == groups


@pytest.mark.parametrize(
    ("prompt", "groups"),
    [
        ("by a swimming pool", {"place": ["by a swimming pool"]}), ("wearing running shoes", {"clothing": ["running shoes"]}),
        ("reading glasses", {"clothing": ["reading glasses"]}), ("standing desk", {"place": ["standing desk"]}),
        ("wearing long clothing", {"clothing": ["long clothing"]}), ("clothing", {}), ("shawl draped", {"clothing": ["shawl"]}),
        ("behind a table covered", {"place": ["behind a table"]}),
        ("sitting on a leather sofa", {"pose": ["sitting"], "place": ["on a leather sofa"]}), ("emphasis on the earrings", {}),
        ("studio portrait", {}), ("embodying the balance between light and dark", {}),
        ("in a wheat field", {"place": ["in a wheat field"]}),
    ],
)  # fmt: skip
def test_a_word_of_a_pose_in_a_name_is_no_pose_and_loose_ends_go(prompt: str, groups: dict[str, list[str]]) -> None:
    assert said(prompt) == groups


def test_what_was_asked_not_to_be_shown_is_not_said() -> None:
    assert said("man in a hat, smiling, park bench --no hat, smile") == {"place": ["park bench"]}


words = sorted(CLOTHING | PLACE | set(POSES) | {"looking at the camera", "with", "and", "a", "by", ",", "lit", "light", "not"})


@given(st.lists(st.sampled_from(words), max_size=25).map(" ".join))
def test_phrases_are_short_plain_and_said_once_whatever_a_prompt_joins(prompt: str) -> None:
    found = prompt_phrases(MidJourney(prompt=prompt, evidence="embedded"))
    for phrases in found.values():
        assert len(set(phrases)) == len(phrases)
        assert all(phrase and "," not in phrase and phrase == phrase.lower().strip() for phrase in phrases)
        assert all(len(phrase.split()) <= 8 for phrase in phrases)
    assert set(found["expression"]) <= set(EXPRESSIONS) | set(GAZES)
