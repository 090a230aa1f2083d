"""The tags of a WD tagger in the words of a caption: what is worn and where, never who."""

from __future__ import annotations

import pytest

from avatar.dataset.caption_suggestions import suggested_phrases
from avatar.prompts import booru


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ("1girl, solo, realistic, photorealistic, upper body, brown hair, blue eyes, lips, freckles, mole under mouth", ""),
        ("2girls, 1boy, 6+girls, multiple girls, old man, dark skin, facial hair, beard, breasts, cleavage", ""),
        ("hair between eyes, hair over one eye, short hair, blonde hair, thick eyebrows, long eyelashes, parted lips", ""),
        ("looking at viewer, smile", "looking at the camera, smiling"),
        ("closed eyes, half-closed eyes", "eyes closed, half-closed eyes"),
        ("shirt, white shirt, jacket, black jacket", "white shirt, black jacket"),
        ("earrings, necktie, suit", "tie, suit, earrings"),
        ("holding cup, cup, holding umbrella, holding flowers", "holding a cup, holding an umbrella, holding flowers"),
        ("simple background, white background", "white background"), ("simple background", "plain background"),
        ("monochrome, greyscale", "black and white photo"), ("photo (medium), apron (waist)", "apron"),
        ("blurry background, depth of field", "blurred background"),
        ("looking_at_viewer, red_scarf", "looking at the camera, red scarf"),
        ("on bed, sleeping", "on a bed, sleeping"), ("", ""), (" , ,", ""),
    ],
)  # fmt: skip
def test_tags_become_words_of_a_caption(tags: str, words: str) -> None:
    assert booru.in_words(tags) == words


def test_no_tag_of_identity_reaches_a_caption() -> None:
    who = (
        "1girl, long hair, brown hair, green eyes, freckles, dark skin, mole under eye, beard, bald, muscular, tall, child, "
        "large breasts, scar, wrinkled skin, ponytail, braid, bangs, asian, lipstick, hair bun, curly hair, pointy ears, "
        "very short hair, hair over shoulder, messy hair, colored skin, brown eyes, thick lips, mature female"
    )
    assert suggested_phrases(who, "tags") == []
    assert suggested_phrases(f"{who}, red scarf", "tags") == ["red scarf"]
