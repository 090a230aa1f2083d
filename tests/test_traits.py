"""Traits from prompts: both languages, negation, the words as evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import traits
from traits import find_traits


def values(prompt: str, no_words: str = "") -> dict[str, list[str]]:
    found = find_traits(prompt, no_words)
    return {group: [trait.value for trait in getattr(found, group)] for group in ("lighting", "expression", "physical")}


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("professional headshot, studio lighting, confident",
         {"lighting": ["studio"], "expression": ["confident", "professional"]}),
        ("retrato con iluminación de estudio, expresión serena", {"lighting": ["studio"], "expression": ["serene"]}),
        ("cinematic portrait, golden hour, soft diffused light", {"lighting": ["natural", "soft", "cinematic"]}),
        ("luz suave y natural, luz natural, mujer sabia y elegante",
         {"lighting": ["natural", "soft"], "expression": ["wise"], "physical": ["refined"]}),
        ("dramatic chiaroscuro, man with stubble", {"lighting": ["dramatic"], "physical": ["stubble"]}),
        ("a clean-shaven, well-groomed executive",
         {"expression": ["professional"], "physical": ["clean_shaven", "well_groomed"]}),
        ("hombre bien afeitado, de confianza", {"expression": ["trustworthy"], "physical": ["clean_shaven"]}),
        ("a dog in the park", {}),
    ],
)  # fmt: skip
def test_traits_are_found_in_both_languages(prompt: str, expected: dict[str, list[str]]) -> None:
    assert values(prompt) == {"lighting": [], "expression": [], "physical": [], **expected}


@pytest.mark.parametrize(
    "prompt", ["no stubble", "without any visible stubble", "man, no beard", "sin barba", "hombre sin bigote", "no facial hair"]
)
def test_a_negated_beard_is_clean_shaven(prompt: str) -> None:
    assert values(prompt)["physical"] == ["clean_shaven"]


def test_what_is_negated_or_unwanted_is_not_found() -> None:
    assert values("portrait without dramatic lighting, not confident") == {"lighting": [], "expression": [], "physical": []}
    assert values("confident, studio lighting", "studio lighting")["lighting"] == []
    assert values("man", "beard, hat")["physical"] == ["clean_shaven"]


def test_a_beard_that_is_wanted_is_not_clean_shaven() -> None:
    assert values("man with a full beard, no hat")["physical"] == []
    assert values("no beard on the left one, long beard on the right one")["physical"] == []


def test_only_whole_words_count() -> None:
    assert values("otherwise likewise sagebrush professionalx")["expression"] == ["professional"]
    assert values("calmly")["expression"] == []


def test_the_evidence_is_the_words_that_were_read() -> None:
    (trait,) = find_traits("Golden Hour portrait").lighting
    assert (trait.value, trait.evidence) == ("natural", "golden hour")
    (trait,) = find_traits("man", "beard").physical
    assert trait.evidence == "--no beard"


def test_another_vocabulary_may_be_given() -> None:
    found = find_traits("neon lights", vocabulary={"lighting": {"cinematic": "neon lights?"}})
    assert [trait.value for trait in found.lighting] == ["cinematic"]


@given(st.text(max_size=300), st.text(max_size=60))
def test_no_prompt_breaks_it(prompt: str, no_words: str) -> None:
    found = find_traits(prompt, no_words)
    for group in ("lighting", "expression", "physical"):
        allowed = set(traits.VOCABULARY[group]) | {"clean_shaven"}
        assert {trait.value for trait in getattr(found, group)} <= allowed
