"""What a word of a prompt means is told by the words beside it, and a colour or a part of a garment alone is no thing."""

from __future__ import annotations

import pytest

from avatar.prompts.midjourney import parse_description
from avatar.prompts.prompt_reader import read_prompt


def said(prompt: str) -> list[str]:
    return [phrase.text for phrase in read_prompt(parse_description(prompt)).phrases]


@pytest.mark.parametrize(
    ("prompt", "phrases"),
    [
        ("soft light from above", ["soft light"]), ("woman, from above", ["high angle"]),
        ("luz cenital, mujer", ["overhead light"]),
        ("watercolor illustration of a sailor", ["watercolor illustration"]),
        ("selfie of a hiker on a ridge", ["selfie", "on a ridge"]),
        ("a crystal ball glowing on a table", ["crystal ball", "on a table"]), ("glowing lamp", ["glowing lamp"]),
        ("a man with a watering can", ["watering can"]), ("oil painting of a flapper dancing", ["oil painting", "dancing"]),
        ("in a plum coat and top hat leaning on a cane", ["leaning on a cane", "plum coat", "top hat"]),
        ("sudadera gris sin mangas", ["sleeveless gray sweatshirt"]), ("a lute slung across his back", ["lute slung"]),
        ("in a parka, across a zebra crossing", ["parka", "across a zebra crossing"]),
        ("Her eyes are closed.", ["eyes closed"]), ("risograph print of a sailor", ["risograph print"]),
        ("a woman with an upward gaze", ["looking up"]), ("She meets the viewer's eyes.", ["looking at the camera"]),
        ("She has on a white tunic.", ["white tunic"]), ("a man in a down jacket", ["down jacket"]),
        ("gold cuffs", ["gold cuffs"]), ("a towel slung round his neck", ["towel"]), ("a candid portrait", ["candid photo"]),
        ("in the style of a polaroid", ["polaroid"]), ("This is a film still of a courier.", ["film still"]),
        ("a skater spinning on a lake", ["spinning", "on a lake"]),
        ("a drummer sprawled on a couch", ["sprawling", "on a couch"]),
        ("mujer con playera gris y pantalón de mezclilla", ["gray t-shirt", "jeans"]),
        ("mujer con brazos en jarras, luz de la chimenea", ["hands on hips", "firelight"]),
    ],
)  # fmt: skip
def test_a_word_is_read_by_the_words_beside_it(prompt: str, phrases: list[str]) -> None:
    assert sorted(said(prompt)) == sorted(phrases)


@pytest.mark.parametrize(
    "prompt", ["woman, the camera, cream, collar", "in cream and gold tones", "auburn curls", "highlights on the nose bridge"]
)
def test_a_colour_a_part_of_a_garment_and_hair_say_nothing(prompt: str) -> None:
    assert said(prompt) == []
