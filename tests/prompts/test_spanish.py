"""Spanish clauses in English: word order, articles, what is denied, and that no Spanish word comes through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.prompts.language import is_spanish, language_of
from avatar.prompts.midjourney import parse_description
from avatar.prompts.prompt_reader import read_prompt
from avatar.prompts.spanish import forms, in_english
from avatar.prompts.word_lists import lines, pairs
from utils import fold


def said(prompt: str, *kinds: str) -> list[str]:
    return [phrase.text for phrase in read_prompt(parse_description(prompt)).phrases if not kinds or phrase.kind in kinds]


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("camisa blanca", "white shirt"), ("Vestido Largo Rojo", "long red dress"), ("vestido rojo largo", "long red dress"),
        ("chaqueta de cuero negra", "black leather jacket"), ("camisas azul claro", "light blue shirt"),
        ("blusa de seda blanca y negra", "white and black silk blouse"), ("camisa de cuadros roja", "red checkered shirt"),
        ("gafas de sol", "sunglasses"), ("un jersey de cuello alto beige", "beige turtleneck sweater"),
        ("pantalones blancos y elegantes gafas negras", "white trousers and elegant black glasses"),
        ("mesa de cocina", "kitchen table"), ("una taza de café", "cup of coffee"), ("bosque de pinos", "pine forest"),
        ("sobre fondo blanco liso", "on plain white background"), ("en una calle de noche", "in a street, at night"),
        ("en la playa al atardecer", "on the beach, at sunset"), ("junto al mar", "near the sea"),
        ("al aire libre", "outdoors"),
        ("frente a una pared de ladrillo", "in front of a brick wall"), ("en un edificio elegante", "in an elegant building"),
        ("sentada en un banco", "sitting on a bench"), ("con los brazos cruzados", "arms crossed"),
        ("la luz es suave y cálida", "light is soft and warm"), ("junto a un caudaloso río", "near a river"),
        ("mujer vestida de negro", "woman, wearing black clothes"), ("hombre vestido con traje", "man, wearing suit"),
        ("un vestido de lino", "linen dress"), ("hombre de traje gris", "man, wearing gray suit"),
        ("óleo de una monja", "oil painting of nun"), ("camisa de rayas", "striped shirt"),
        ("mujer con brazos en jarras", "woman, hands on hips"), ("un moño", "hair"),
        ("cuadro en la pared", "paintings on the wall"), ("textura de piel", "texture"),
        ("un círculo de luz cálida", "warm light"), ("llueve", "rain"), ("unos estantes", "shelves"),
        ("relojero inclinado sobre la mesa", "artisan, leaning on the table"),
        ("jersey con cuello en V", "v-neck sweater"), ("de rayas blancas", "striped white"),
    ],
)  # fmt: skip
def test_a_clause_is_said_in_english_order(spanish: str, english: str) -> None:
    assert in_english(spanish).text == english


def test_what_has_no_translation_is_left_out_and_named() -> None:
    found = in_english("camisa raglán gris con zurcidos de estambre")
    assert found.text == "shirt, gray"
    assert {"raglán", "zurcidos"} <= set(found.unknown)


@pytest.mark.parametrize(
    ("prompt", "phrases"),
    [
        ("acuarela de un alfarero con delantal, torno, taller", ["watercolor", "apron", "potter's wheel", "workshop"]),
        ("monja en el patio, a contraluz, hábito blanco", ["white habit", "in the courtyard", "backlight"]),
        ("La iluminación es suave y fría. El fondo es oscuro.", ["soft and cold light", "dark background"]),
        ("Usa una luz dorada. Lleva un chal gris y sostiene un farol.", ["golden light", "gray shawl", "holding lanterns"]),
        ("retrato de mujer de 35 años, pelo largo, ojos azules, barba", []),
        ("chica de pueblo, chaleco azul", ["blue vest"]), ("mujer, blue raincoat, ferry", ["blue raincoat", "ferry"]),
        ("foto de una mujer sin gafas ni sombrero, falda roja", ["photo", "red skirt"]),
    ],
)  # fmt: skip
def test_a_spanish_prompt_is_read_as_an_english_one(prompt: str, phrases: list[str]) -> None:
    assert sorted(said(prompt)) == sorted(phrases)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("a woman in a red coat", "en"), ("mujer con abrigo rojo en la calle", "es"), ("abrigo gris, granero", "es"),
        ("red coat, barn", "en"), ("une femme avec un manteau dans la rue", "other"), ("ein Mann mit einem Hut", "other"),
        ("uma mulher com casaco na rua", "other"), ("una donna con cappotto nella strada", "other"),
        ("赤いコートの女性", "other"),
        ("", "en"), ("1234 !!", "en"),
    ],
)  # fmt: skip
def test_the_language_of_a_prompt_is_told_by_its_small_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_an_english_clause_in_a_spanish_prompt_stays_english() -> None:
    assert not is_spanish("golden hour light on her face")
    assert is_spanish("luz dorada en la cara")


@pytest.mark.parametrize(
    ("word", "base"), [("rojas", "rojo"), ("flores", "flor"), ("luces", "luz"), ("azules", "azul"), ("gris", "gris")]
)
def test_a_word_is_found_by_its_forms(word: str, base: str) -> None:
    assert base in forms(word)


SPANISH = sorted({word for foreign in pairs("spanish") for word in foreign.split()})
OF_BOTH = {
    english
    for _, line in lines("spanish")
    for english in fold(line.rpartition("=")[2]).replace("-", " ").replace("'", " ").split()
}


def left_as_it_was(prompt: str) -> set[str]:
    """Return the words of a prompt's English that are no English of the table."""
    words = fold(in_english(prompt).text).lower().replace("-", " ").replace("'", " ").replace(",", " ").split()
    return set(words) - OF_BOTH - {"and", "an", "a", "the", "of", "wearing", "clothes", "in", "on", "is"}


def test_no_spanish_word_that_stands_alone_comes_through() -> None:
    assert {word: left for word in sorted(SPANISH) if (left := left_as_it_was(word))} == {}


@given(st.lists(st.sampled_from([*SPANISH, "zurcido", "raglán", ",", "9x"]), max_size=14))
def test_no_spanish_word_comes_through(parts: list[str]) -> None:
    assert left_as_it_was(" ".join(parts)) == set()
