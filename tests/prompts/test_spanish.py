"""Spanish phrases of prompts in English: word order, articles, what is denied, and that English is left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.prompts import spanish as prompts_spanish
from avatar.prompts.midjourney import parse_description
from avatar.prompts.phrases import CAMERA, CLOTHING, IDENTITY, LIGHT, PLACE, STYLE, prompt_phrases, words_of
from avatar.prompts.spanish import CLOTHES, PLACES, PLACES_NAMED, POSES, PREPOSITIONS, QUALITIES, in_english


def plain(form: str) -> list[str]:
    """Return a text for each choice of a regular expression of the tables, without what is optional."""
    form = re.sub(r"\(\?<?[!=][^)]*\)", "", form)
    while "(?:" in form:
        form = re.sub(r"\(\?:([^()|]*)(?:\|[^()]*)?\)(\??)", lambda group: "" if group[2] else group[1], form)
    return re.sub(r".\?", "", re.sub(r"\[(.)[^]]*\]", r"\1", form)).split("|")


FORMS = [
    text for table in (CLOTHES, PLACES, POSES, PREPOSITIONS, PLACES_NAMED, *QUALITIES) for form in table for text in plain(form)
]


def english(text: str) -> list[str]:
    """Return the phrases between commas that came out of text."""
    return [phrase for part in in_english(text).split(",") if (phrase := part.strip())]


@pytest.mark.parametrize(
    ("spanish", "phrases"),
    [
        ("camisa blanca", ["white shirt"]),
        ("Vestido Largo Rojo", ["long red dress"]), ("vestido rojo largo", ["long red dress"]),
        ("chaqueta de cuero negra", ["black leather jacket"]), ("traje azul marino", ["navy blue suit"]),
        ("camisa azul claro", ["light blue shirt"]), ("blusa de seda blanca y negra", ["white and black silk blouse"]),
        ("camisa de cuadros roja", ["red checkered shirt"]), ("vestido de flores amarillo", ["yellow floral dress"]),
        ("gafas", ["glasses"]), ("gafas de sol", ["sunglasses"]), ("lentes oscuros", ["sunglasses"]), ("abrigos", ["abrigos"]),
        ("un jersey de cuello alto beige", ["un", "beige turtleneck sweater"]),
        ("un jersey de lana gris", ["gray wool sweater"]),
        ("pañuelo", ["scarf"]), ("pañuelo".replace("ñ", "n"), ["scarf"]), ("pantalones vaqueros negros", ["black jeans"]),
    ],
)  # fmt: skip
def test_clothes_with_their_qualities_are_said_in_english_order(spanish: str, phrases: list[str]) -> None:
    assert english(spanish) == phrases


@pytest.mark.parametrize(
    ("spanish", "phrases"),
    [
        ("en la calle", ["in the street"]), ("en una calle de noche", ["in a street at night"]), ("en un café", ["in a cafe"]),
        ("en la playa al atardecer", ["on the beach at sunset"]), ("playa al amanecer", ["beach at sunrise"]),
        ("en una oficina moderna", ["in a modern office"]), ("en un edificio elegante", ["in an elegant building"]),
        ("junto al mar", ["near the sea"]), ("al lado de la ventana", ["near the window"]),
        ("frente a una pared de ladrillo", ["in front of a brick wall"]), ("en casa", ["at home"]),
        ("en la casa", ["in the house"]),
        ("en interiores", ["indoors"]), ("al aire libre", ["outdoors"]), ("en una gran plaza nevada", ["in a snowy plaza"]),
        ("sobre fondo blanco liso", ["plain white background"]),
        ("fondo desenfocado gris claro", ["blurred light gray background"]),
        ("fondo de ciudad de noche", ["city background at night"]), ("bosque nevado", ["snowy forest"]),
        ("en un campo de flores al atardecer", ["in a field at sunset"]),
    ],
)  # fmt: skip
def test_a_place_is_said_with_its_preposition_article_and_hour(spanish: str, phrases: list[str]) -> None:
    assert english(spanish) == phrases


@pytest.mark.parametrize(
    ("spanish", "phrases"),
    [
        ("sentada en un banco", ["sitting", "on a bench"]), ("de pie", ["standing"]),
        ("con los brazos cruzados", ["arms crossed"]),
        ("leyendo un libro", ["reading a book"]), ("leyendo", ["reading"]),
        ("sosteniendo una taza de café", ["holding a cup of coffee"]),
        ("sosteniendo la mirada", ["sosteniendo la mirada"]), ("tomando café en un bar", ["drinking coffee", "in a bar"]),
        ("luces de neón", ["neon lights"]), ("luz de velas", ["candlelight"]),
    ],
)  # fmt: skip
def test_poses_and_what_is_done_are_said(spanish: str, phrases: list[str]) -> None:
    assert english(spanish) == phrases


@pytest.mark.parametrize(
    "text",
    [
        "mujer sin gafas ni sombrero", "no corbata", "sin una gorra", "luz natural de ventana", "pelo largo, ojos azules",
        "A woman in Casa Blanca, hotel plaza, on a leather sofa, taller than the bar, jersey, Rio, a mesa in Montana",
        "Americana style portrait of Rebeca, hair salon, Puerto Rico, Mar del Plata", "en Rio de Janeiro", "", "ñ, 夏 🎉",
        "Robert Capa photograph", "en una parada de autobús", "cafe, metro, auto, patio, piano",
    ],
)  # fmt: skip
def test_what_is_denied_what_is_english_and_what_is_unknown_stays(text: str) -> None:
    assert in_english(text) == text


def test_a_spanish_prompt_gives_a_caption_its_clothes_place_and_pose() -> None:
    prompt = (
        "mujer joven con chaqueta de cuero negra y pañuelo rojo, sentada en la terraza de un café en Madrid, luz dorada, "
        "sonriendo, pelo largo, fotografía profesional, 85mm --ar 2:3"
    )
    found = {kind: phrases for kind, phrases in prompt_phrases(parse_description(prompt)).items() if phrases}
    assert found == {
        "pose": ["sitting"], "expression": ["smiling"], "clothing": ["black leather jacket", "red scarf"],
        "place": ["on the terrace"],
    }  # fmt: skip


def test_what_was_asked_not_to_be_shown_in_spanish_is_not_said() -> None:
    assert prompt_phrases(parse_description("hombre con gafas y sombrero --no gafas"))["clothing"] == ["hat"]


def test_every_word_comes_out_in_a_group_that_captions_have() -> None:
    for english_word in {*CLOTHES.values()}:
        assert set(words_of(english_word)) & CLOTHING, english_word
    for english_word in {*PLACES.values(), *PLACES_NAMED.values()}:
        assert set(words_of(english_word)) & PLACE, english_word
    every = {
        word
        for table in (CLOTHES, PLACES, PLACES_NAMED, POSES, *QUALITIES)
        for text in table.values()
        for word in words_of(text)
    }
    assert not every & (IDENTITY | STYLE | CAMERA) - LIGHT


@given(
    st.lists(
        st.sampled_from(
            "con un una la camisa vestido blanca negro de y cuero playa en al atardecer fondo sin luz café ñ , su".split()  # noqa: SIM905
        )
    )
)
def test_nothing_but_known_phrases_changes_and_a_second_time_nothing(parts: list[str]) -> None:
    text = " ".join(parts)
    once = in_english(text)
    assert in_english(once) == once
    assert re.sub(r"\W+", "", once) == "" or set(words_of(once)) <= set(words_of(text)) | ENGLISH


SMALL_WORDS = ("con", "un", "una", "el", "la", "de", "y", "en", "al", "del", "sin", "luz", "ñ", ",", "-", "9x", "su", "color")


@given(st.lists(st.sampled_from((*SMALL_WORDS, *FORMS)), max_size=12))
def test_no_phrase_is_missed_for_speed(parts: list[str]) -> None:
    folded = " ".join(parts)
    fast = [match.span() for match in prompts_spanish._phrases(folded)]
    assert fast == [match.span() for match in prompts_spanish._PHRASE.finditer(folded)]


@pytest.mark.parametrize("form", [text for table in (CLOTHES, PLACES, POSES) for form in table for text in plain(form)])
def test_every_word_of_the_tables_is_put_into_english(form: str) -> None:
    assert in_english(form) != form


@pytest.mark.parametrize("form", [text for form in PLACES_NAMED for text in plain(form)])
def test_every_place_with_a_double_meaning_is_one_behind_a_preposition(form: str) -> None:
    assert in_english(form) == form
    assert in_english(f"junto a {form}") != f"junto a {form}"


TABLES = (CLOTHES, PLACES, PLACES_NAMED, POSES, *QUALITIES, prompts_spanish.TIMES, prompts_spanish.PREPOSITIONS)
ENGLISH = {word for table in TABLES for text in table.values() for word in words_of(text)} | {"a", "an", "the", "and"}
