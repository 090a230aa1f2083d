"""Traits by words: both languages, accents or not, and negation heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.prompts.traits import VOCABULARY, find_traits


def found(prompt: str, no_words: str = "") -> dict[str, str]:
    traits = find_traits(prompt, no_words)
    return {one.value: one.evidence for one in (*traits.lighting, *traits.expression, *traits.physical)}


@pytest.mark.parametrize(
    ("prompt", "values"),
    [
        ("studio lighting, softbox", {"studio", "soft"}),
        ("portrait, soft studio lighting", {"studio", "soft"}),
        ("natural light from a window", {"natural"}),
        ("dramatic rim light", {"dramatic"}),
        ("Cinematic photograph", {"cinematic"}),
        ("luz de estudio", {"studio"}),
        ("luz natural y suave", {"natural", "soft"}),
        ("iluminación dramática, cinematográfica", {"dramatic", "cinematic"}),
        ("iluminacion dramatica", {"dramatic"}),
        ("a confident, serene man", {"confident", "serene"}),
        ("trustworthy and wise", {"trustworthy", "wise"}),
        ("hombre seguro de sí mismo, sereno y sabio", {"confident", "serene", "wise"}),
        ("digno de confianza, profesional", {"trustworthy", "professional"}),
        ("clean-shaven businessman, professional", {"clean_shaven", "professional"}),
        ("light stubble, well-groomed, refined", {"stubble", "well_groomed", "refined"}),
        ("five o'clock shadow", {"stubble"}),
        ("barba de tres días, bien arreglado, refinado", {"stubble", "well_groomed", "refined"}),
        ("afeitado y elegante", {"clean_shaven", "refined"}),
    ],
)
def test_words_of_both_languages_name_traits(prompt: str, values: set[str]) -> None:
    assert set(found(prompt)) == values
    assert set(found(prompt.upper())) == values


@pytest.mark.parametrize(
    ("prompt", "values"),
    [
        ("no beard", {"clean_shaven"}),
        ("without a beard", {"clean_shaven"}),
        ("without any visible stubble", {"clean_shaven"}),
        ("sin barba ni bigote", {"clean_shaven"}),
        ("not clean shaven", set()),
        ("not smiling, not confident but serene", {"serene"}),
        ("no hat but confident", {"confident"}),
        ("no hat, confident", {"confident"}),
        ("never dramatic lighting", set()),
        ("sin luz natural, luz suave", {"soft"}),
        ("no es profesional", set()),
        ("no stubble, full beard", set()),
        ("man with a gray beard", set()),
        ("stubble, no full beard", {"stubble"}),
    ],
)
def test_negation_is_heard(prompt: str, values: set[str]) -> None:
    assert set(found(prompt)) == values


@pytest.mark.parametrize(
    ("prompt", "traits"),
    [
        ("without conspicuously artificial studio lighting", {}),
        ("never uncharacteristically melodramatically overconfidently wise", {}),
        ("sin extraordinariamente complicada iluminación dramática", {}),
        ("no conspicuously long untrimmed beard", {"clean_shaven": "no conspicuously long untrimmed beard"}),
    ],
)
def test_a_negation_is_heard_over_three_long_words(prompt: str, traits: dict[str, str]) -> None:
    assert found(prompt) == traits


@pytest.mark.parametrize(
    "prompt",
    [
        "pixar studio style", "studio ghibli", "overly dramatic actress", "natural skin, soft fabric",
        "professional photograph", "professional retouching", "otherwise clockwise", "unrefinedly",
        "seguro médico", "", "soft skin, light blue",
    ],
)  # fmt: skip
def test_words_that_mean_something_else_are_no_traits(prompt: str) -> None:
    assert found(prompt) == {}


def test_the_evidence_is_what_was_written() -> None:
    assert found("Retrato, Iluminación Dramática; a WISE, wise man") == {
        "dramatic": "Iluminación Dramática",
        "wise": "WISE, wise",
    }
    assert found("portrait with no beard") == {"clean_shaven": "no beard"}
    assert found("a man", "hat, beard") == {"clean_shaven": "--no beard"}


def test_what_the_no_parameter_names_is_no_trait() -> None:
    assert found("dramatic lighting, wise", "dramatic lighting") == {"wise": "wise"}
    assert found("a man with a beard", "beard") == {}
    assert found("a man with stubble", "stubble") == {}


def test_more_words_come_from_the_configuration() -> None:
    more = {"lighting": {"soft": ["butterfly ~light"], "neon": ["neon/neón"]}, "hats": {"fedora": ["fedora"]}}
    traits = find_traits("neón, butterfly lighting, fedora, wise", vocabulary=more)
    assert [(one.value, one.evidence) for one in traits.lighting] == [("soft", "butterfly lighting"), ("neon", "neón")]
    assert [one.value for one in traits.expression] == ["wise"]
    assert "neon" not in VOCABULARY["lighting"]


@pytest.mark.parametrize(
    ("phrase", "prompt"),
    [
        ("c++ fan", "a c++ fan"), ("día-luz", "a dia luz"), ("~light box", "soft light box"),
        ("st.john/x look", "st.john look"),
        ("~luz", "luces"), ("\u591c \u666f", "\u591c, \u666f"),
    ],
)  # fmt: skip
def test_a_phrase_of_the_user_is_found_whatever_signs_it_has(phrase: str, prompt: str) -> None:
    found = find_traits(prompt, vocabulary={"physical": {"mine": [phrase]}})
    assert "mine" in [trait.value for trait in found.physical]


def test_the_vocabulary_holds_the_agreed_traits() -> None:
    assert {group: set(values) for group, values in VOCABULARY.items()} == {
        "lighting": {"studio", "natural", "dramatic", "soft", "cinematic"},
        "expression": {"confident", "serene", "trustworthy", "wise", "professional"},
        "physical": {"clean_shaven", "stubble", "well_groomed", "refined"},
    }


@given(st.text(max_size=200), st.text(max_size=50))
def test_evidence_always_stands_in_what_was_given(prompt: str, no_words: str) -> None:
    for evidence in found(f"{prompt} wise, stubble", no_words).values():
        assert all(part in prompt + " wise, stubble" or part.startswith("--no ") for part in evidence.split(", "))


@given(
    st.sampled_from(["no", "without", "sin", "not", "never"]),
    st.sampled_from(["wise", "serene", "refined", "sabio", "softbox"]),
)
def test_any_trait_right_after_a_negation_is_denied(negation: str, word: str) -> None:
    assert found(f"portrait, {negation} {word}, 85mm") == {}
    assert len(found(f"portrait, {word}, 85mm")) >= 1


PLAIN = [
    (value, choice)
    for values in VOCABULARY.values()
    for value, phrases in values.items()
    for phrase in phrases
    if not phrase.startswith("~") and "!" not in phrase
    for choice in [" ".join(token.split("/")[-1].replace("~light", "lighting") for token in phrase.split())]
]


@pytest.mark.parametrize(("value", "phrase"), PLAIN)
def test_every_phrase_of_the_vocabulary_finds_its_trait_and_not_within_a_word(value: str, phrase: str) -> None:
    assert phrase in found(f"Retrato (1), {phrase}; 85mm")[value]
    assert value not in found(f"x{phrase}x")
    assert value not in found(f"portrait, without {phrase}") or value == "clean_shaven"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("iluminación cinematográfica", "iluminacion cinematografica"),
        ("barba de tres días", "barba de tres dias"),
        ("sabiduría", "sabiduria"),
        ("luz dramática", "luz dramatica"),
        ("luz del día", "luz del dia"),
    ],
)
def test_accents_are_optional(written: str, folded: str) -> None:
    assert set(found(written)) == set(found(folded)) != set()


@pytest.mark.parametrize("odd", ["ﬁ İ ß ", "e\u0301 ", "🙂 ", "\u0000 ", "ŉ "])
def test_letters_that_change_length_do_not_shift_the_evidence(odd: str) -> None:
    assert found(odd * 3 + "a wise man") == {"wise": "wise"}


@pytest.mark.parametrize(
    "prompt",
    [
        "a serene lake behind her", "calm sea background", "peaceful garden setting", "tranquil atmosphere",
        "a calm mountain lake", "serene and peaceful landscape", "in a quiet, serene place", "lago sereno al fondo",
        "un mar muy tranquilo",
        "ambiente apacible", "tranquila playa al atardecer", "jardín cuidado y tranquilo", "elegant restaurant interior",
        "sophisticated color palette", "fondo elegante", "elegante restaurante", "neatly trimmed hedges", "trusted brand logo",
        "wise choice of colors", "professional color grading", "professional quality", "professional studio equipment",
        "fotografía profesional", "foto muy profesional", "calidad profesional", "en un estudio elegante",
        "acabado elegante y refinado",
    ],
)  # fmt: skip
def test_what_is_said_of_a_place_or_the_picture_is_no_trait_of_the_person(prompt: str) -> None:
    found = find_traits(prompt)
    assert found.expression == [] and found.physical == []


@pytest.mark.parametrize(
    ("prompt", "value"),
    [
        ("a serene woman by a lake", "serene"), ("calm man at the sea", "serene"), ("woman with a calm expression", "serene"),
        ("her calm, the lake behind", "serene"), ("mirada tranquila, mar al fondo", "serene"),
        ("mirada serena a cámara", "serene"),
        ("mujer serena en la playa", "serene"),
        ("un hombre tranquilo en un jardín", "serene"), ("elegant woman in a restaurant", "refined"),
        ("elegant evening dress", "refined"),
        ("a professional look", "professional"), ("lago al fondo, mujer serena", "serene"), ("a wise old man", "wise"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_person_counts_though_a_place_stands_near(prompt: str, value: str) -> None:
    found = find_traits(prompt)
    assert [trait.value for trait in (*found.expression, *found.physical)] == [value]


@pytest.mark.parametrize(
    ("prompt", "lighting"),
    [
        ("natural light brown hair", []), ("soft light blue dress", []), ("soft light gray eyes", []),
        ("natural light skin", []), ("natural light, brown hair", ["natural"]), ("soft light from the left", ["soft"]),
        ("light brown eyes, soft light", ["soft"]),
        ("natural light golden hour", ["natural"]), ("soft light makeup", []),
    ],
)  # fmt: skip
def test_light_as_a_shade_of_a_colour_is_no_lighting(prompt: str, lighting: list[str]) -> None:
    assert [trait.value for trait in find_traits(prompt).lighting] == lighting
