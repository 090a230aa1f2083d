"""What a prompt says of a picture, and what not and why: whole noun groups, each of its kind, in the prompt's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.prompts import looks
from avatar.prompts.midjourney import parse_description
from avatar.prompts.prompt_reader import read_prompt
from avatar.prompts.said import REASONS, LeftOut
from avatar.prompts.word_lists import ways, words
from avatar.workspace.records import MidJourney


def said(prompt: str, *kinds: str) -> list[str]:
    """Return the phrases of a prompt, with parameters as MidJourney writes them; of all kinds or of some."""
    return [phrase.text for phrase in read_prompt(parse_description(prompt)).phrases if not kinds or phrase.kind in kinds]


def left_out(prompt: str, reason: str) -> list[str]:
    return [out.text for out in read_prompt(parse_description(prompt)).left_out if out.reason == reason]


# --- medium ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "media"),
    [
        ("a beekeeper, oil on canvas", ["oil painting"]),
        ("ink on rice paper, a diver", ["ink drawing"]), ("buzo, óleo sobre lienzo", ["oil painting"]),
        ("gouache of a beekeeper", ["gouache"]), ("an aquarelle of a nun, dunes", ["watercolor"]),
        ("black and white photograph of a diver", ["black and white photo"]), ("ink sketch, a diver", ["ink sketch"]),
        ("a diver, 3D rendering, dunes", ["3d render"]), ("anime boy under a bridge", ["anime"]),
        ("documentary photography, a diver", ["documentary photo"]), ("photorealistic portrait of a diver, photo", ["photo"]),
        ("vintage polaroid of a diver", ["polaroid"]), ("a diver in the style of a faded charcoal sketch", []),
        ("a pencil skirt, a clay pot beside her", []), ("an oil painting on the wall behind him", []),
        ("a diver holding a photograph", []), ("fashion portrait of a diver", ["fashion portrait"]),
        ("cinematic film still, a diver", ["film still"]), ("claymation, a diver", ["claymation"]),
        ("ultra-realistic cinematic street photography of a diver", ["cinematic street photo"]),
        ("engraving, sepia", ["engraving", "sepia"]), ("black and white, photo of a diver", ["black and white photo"]),
        ("a diver, Pixar studio style", ["pixar style"]), ("spirit animation style, a diver", ["animation"]),
        ("an oil pastel drawing of a diver", ["oil pastel drawing"]),
        ("digital illustration, a diver", ["digital illustration"]),
        ("Pixar style diver", ["pixar style"]), ("a cubist portrait of a diver", ["cubist portrait"]),
        ("line drawing", ["line drawing"]),
        ("paparazzi shot of a diver", ["paparazzi photo"]), ("a diver, documentary", ["documentary photo"]),
        ("a diver, cinematic lighting", []),
    ],
)  # fmt: skip
def test_the_medium_is_named_and_a_thing_of_its_name_is_none(prompt: str, media: list[str]) -> None:
    assert said(prompt, "medium") == media


# --- light -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "light"),
    [
        ("pale silver light from the left", ["pale silver light from the left"]), ("at dusk, street lamps", ["dusk"]),
        ("moonlight streams in through the shutters", ["moonlight through the shutters"]),
        ("a diver lit by green neon signs", ["lit by green neon signs"]), ("a cinematic portrait of a diver", []),
        ("professional lighting", []), ("The light is low and warm.", ["low and warm light"]), ("at night", ["at night"]),
        ("in the dim glow of a lantern", ["dim glow of a lantern"]), ("backlit, dunes", ["backlit"]),
        ("a sunlit alley", []), ("rim light and hard shadows", ["rim light", "hard shadows"]),
    ],
)  # fmt: skip
def test_the_light_is_said_in_the_prompts_own_words(prompt: str, light: list[str]) -> None:
    assert said(prompt, "light") == light


# --- place and clothing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "phrases"),
    [
        ("nun in grey linen apron, harbour wall", ["grey linen apron", "harbour wall"]),
        ("The nun waits on a windswept pier of a fishing village", ["on a windswept pier of a fishing village"]),
        ("a nun in a coarse brown robe that reaches the floor of the abbey", ["coarse brown robe"]),
        ("Young Nun In Grey Apron, Narrow Lane", ["grey apron", "narrow lane"]),
        ("her teal cardigan over a striped shirt", ["teal cardigan", "striped shirt"]),
        ("wearing a loden coat, suede boots and a felt hat", ["loden coat", "suede boots", "felt hat"]),
        ("an ample, mossy courtyard behind her", ["ample mossy courtyard"]),
        ("against a rust coloured backdrop", ["against a rust coloured backdrop"]),
        ("walls covered with ivy", ["walls covered with ivy"]), ("sleeves rolled up", ["sleeves rolled up"]),
        ("sitting on a velvet armchair", ["sitting", "on a velvet armchair"]), ("emphasis on the necklace", []),
        ("The background is a quiet chapel", ["quiet chapel background"]),
        ("The backdrop is dark green", ["dark green background"]),
        ("sitting by the window, long loden coat", ["sitting", "by the window", "long loden coat"]),
        ("a striped navy, cream and rust scarf", ["striped navy cream and rust scarf"]), ("sleeves, collar", []),
        ("a felt hat pulled low over his eyes", ["felt hat pulled low"]), ("He has on a loden coat.", ["loden coat"]),
        ("a scarf wound around her neck", ["scarf"]), ("dressed head to toe in white", ["white clothes"]),
        ("Ensure the scene is visually stunning and leaves a lasting impression", []),
        ("against peeling plaster wall, aboard a ferry", ["against peeling plaster wall", "aboard a ferry"]),
        ("a strapless evening gown", ["strapless evening gown"]),
        ("his coat open, boots muddy", ["open coat", "muddy boots"]), ("a toreador, red cape", ["red cape"]),
        ("a crumbling old stone wall", ["crumbling old stone wall"]), ("a young birch forest", ["birch forest"]),
    ],
)  # fmt: skip
def test_a_noun_group_is_said_whole(prompt: str, phrases: list[str]) -> None:
    assert said(prompt, "clothing", "place", "pose") == phrases


@pytest.mark.parametrize(
    ("prompt", "phrases"),
    [
        ("a brass quadrant", ["brass quadrant"]), ("a keeper in yellow oilskins", ["yellow oilskins"]),
        ("quilted farsetto", ["quilted farsetto"]), ("a farsetto", []), ("golden moment", []), ("thunderheads", []),
        ("stormclouds", ["stormclouds"]), ("a narrow backstreet", ["narrow backstreet"]), ("an overshirt", ["overshirt"]),
    ],
)  # fmt: skip
def test_a_noun_of_no_list_is_known_by_its_material_and_by_what_it_ends_in(prompt: str, phrases: list[str]) -> None:
    assert said(prompt) == phrases


@pytest.mark.parametrize(
    ("prompt", "phrases"),
    [
        ("standing in an empty parking lot", ["standing", "in an empty parking lot"]),
        ("sitting on a rusty fire escape", ["sitting", "on a rusty fire escape"]), ("an old parking", ["old parking"]),
        ("a man with sheet music", ["sheet music"]), ("beside a fish tank", ["beside a fish tank"]),
    ],
)  # fmt: skip
def test_a_noun_of_two_words_is_known_as_what_both_say(prompt: str, phrases: list[str]) -> None:
    assert said(prompt) == phrases


@pytest.mark.parametrize(
    ("prompt", "phrases"),
    [
        ("mujer con playera gris y pantalón de mezclilla", ["gray t-shirt", "jeans"]),
        ("hombre con campera de cuero negra y anteojos", ["black leather jacket", "glasses"]),
        ("mujer con rebozo morado en un mercado de flores", ["purple shawl", "in a flower market"]),
        ("hombre con delantal, horneando pan en una panadería", ["apron", "baking bread", "in a bakery"]),
        ("mujer con brazos en jarras, luz de la chimenea", ["hands on hips", "firelight"]),
    ],
)  # fmt: skip
def test_spanish_of_spain_and_of_latin_america_is_put_into_english(prompt: str, phrases: list[str]) -> None:
    assert said(prompt) == phrases


@pytest.mark.parametrize(
    "prompt", ["woman, the camera, cream, collar", "in cream and gold tones", '{"outfit": {"fit": "elegant"}}']
)
def test_a_colour_or_a_part_alone_is_no_thing(prompt: str) -> None:
    assert said(prompt) == []


def test_what_a_general_noun_is_made_of_describes_it() -> None:
    assert said("a diver sitting on a stone wall", "place") == ["on a stone wall"]
    assert said("a diver sitting on a wall", "place") == []


def test_a_place_that_the_light_names_is_not_said_twice() -> None:
    assert said("a diver in a studio, studio lighting", "place", "light") == ["studio lighting"]
    assert said("a diver in a photo studio, soft light", "place", "light") == ["in a photo studio", "soft light"]


def test_no_garment_and_no_place_is_one_too_many() -> None:
    prompt = "red hat, teal scarf, loden coat, suede gloves, felt boots, in a barn, near a mill, by a pond, under an arch"
    assert len(said(prompt, "clothing")) == 5
    assert len(said(prompt, "place")) == 4


# --- things, angle, pose, gaze, expression ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "phrases"),
    [
        ("nun with a lantern, three crows", ["lantern", "crows"]), ("baskets of figs", ["baskets of figs"]),
        ("an interplay of freedom and essence", []), ("with a sense of wonder", []), ("beside an antique globe",
        ["beside an antique globe"]), ("a jar of honey on a table", ["jar of honey"]),
    ],
)  # fmt: skip
def test_things_are_said_where_a_camera_sees_them(prompt: str, phrases: list[str]) -> None:
    assert said(prompt, "object") == phrases


@pytest.mark.parametrize(
    ("prompt", "seen"),
    [
        ("shot from below, a diver", ["low angle"]), ("a diver from a bird's eye view", ["bird's-eye view"]),
        ("a diver, 3/4 view", ["three-quarter view"]), ("Dutch tilt of a diver", ["dutch angle"]),
        ("a network profile", []), ("lit from behind", []), ("a woman's profile", ["profile view"]),
        ("seen from behind the desk", []),
        ("from behind, a diver", ["from behind"]),
        ("a diver photographed slightly from above", ["high angle"]), ("a lamp shining from above", []),
        ("in profile, a diver", ["profile view"]),
    ],
)  # fmt: skip
def test_angle_and_view_are_said_in_one_way(prompt: str, seen: list[str]) -> None:
    assert said(prompt, "angle", "view") == seen


def test_how_much_of_a_person_is_to_be_seen_is_left_to_the_crop() -> None:
    assert said("full body shot of a diver, close-up") == []
    assert left_out("full body shot of a diver, close-up", "framing") == ["full body", "close-up"]


@pytest.mark.parametrize(
    ("prompt", "pose"),
    [
        ("He kneels among lupins", ["kneeling among lupins"]), ("She peels figs", ["peeling figs"]),
        ("hands clasped", ["hands clasped"]),
        ("one hand resting on a globe", ["one hand resting on a globe"]), ("chin on his fist", ["chin on his fist"]),
        ("arms crossed over her chest", ["arms crossed over her chest"]), ("The bus stands in the rain", []),
        ("tilting her head", ["tilting her head"]), ("taking off her gloves", ["taking off her gloves"]),
        ("running shoes", []), ("holding a brass compass with both hands", ["holding a brass compass"]),
        ("leaning back on a crate", ["leaning back on a crate"]), ("evoking nostalgia", []),
        ("a dancer mid-leap", ["mid-leap"]),
        ("He's mending a net", ["mending a net"]), ("She rests her elbows on the bar", ["resting her elbows on the bar"]),
        ("sitting, then lying on a mat", ["sitting"]), ("a nun painting at an easel", ["painting at an easel"]),
        ("chef, apron on, kneads dough", ["kneading dough"]),
        ("candles flicker around her", []), ("head thrown back", ["head thrown back"]),
    ],
)  # fmt: skip
def test_what_a_person_does_is_said(prompt: str, pose: list[str]) -> None:
    assert said(prompt, "pose") == pose


@pytest.mark.parametrize(
    ("prompt", "gaze"),
    [
        ("portrait of a nun looking over her shoulder", ["looking over the shoulder"]),
        ("looking back over one's shoulder", ["looking over the shoulder"]), ("facing the camera", ["looking at the camera"]),
        ("man staring deeply into the the camera", ["looking at the camera"]),
        ("direct eye contact", ["looking at the camera"]),
        ("Gazing Softly Into The Distance", ["looking away"]), ("looking off-camera", ["looking off camera"]),
        ("Her gaze is fixed somewhere off to the left", ["looking to the left"]),
        ("looking down at her phone", ["looking down"]),
        ("gazing out of the tall window", ["looking out of the window"]),
        ("hombre mirando a cámara", ["looking at the camera"]),
        ("smiling softly at the camera", ["looking at the camera"]),
        ("grinning at the camera", ["looking at the camera"]),
        ("mujer sonriendo a la cámara", ["looking at the camera"]), ("hombre de frente a cámara", ["looking at the camera"]),
        ("mujer mirando por encima del hombro", ["looking over the shoulder"]), ("mirando al horizonte", ["looking away"]),
        ("staring into a cracked mirror", ["staring into a cracked mirror"]), ("not looking at the camera", []),
        ("no eye contact", []), ("sin mirar a cámara", []), ("good looking man", []), ("looks like an elf", []),
    ],
)  # fmt: skip
def test_where_a_person_looks_is_said(prompt: str, gaze: list[str]) -> None:
    assert said(prompt, "gaze") == gaze


@pytest.mark.parametrize("away", ["away from camera", "away from the camera", "off-camera", "off camera"])
def test_what_stands_behind_a_look_is_not_lost(away: str) -> None:
    assert said(f"woman looking {away}, red dress, in a park") == ["looking off camera", "red dress", "in a park"]


@pytest.mark.parametrize(
    ("prompt", "face"),
    [
        ("a curious look, eyes closed", ["eyes closed", "curious expression"]),
        ("Her expression is weary.", ["tired expression"]),
        ("smirking", ["smiling"]), ("neutral background", []), ("a warm smile", ["smiling"]), ("kind eyes", []),
        ("smiling --no smile", []), ("happy hour in a bar", []), ("Her face is placid.", ["placid expression"]),
        ("an amused smile", ["smiling", "amused expression"]), ("a haunted expression", ["haunted expression"]),
        ("a wry half-smile", ["smiling"]), ("a retro look", []),
    ],
)  # fmt: skip
def test_what_the_face_shows_is_said(prompt: str, face: list[str]) -> None:
    assert said(prompt, "expression") == face


# --- denied, weights, labels -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "phrases"),
    [
        ("white robe, white background --no white background", ["white robe"]), ("robe::2 globe::-1", ["robe"]),
        ("(teal robe:1.3), reeds", ["teal robe", "reeds"]), ("teal robe — a barn", ["teal robe", "barn"]),
        ("robe, without gloves or scarf, a barn", ["robe", "barn"]), ("a nun who isn't wearing a scarf, barn", ["barn"]),
        ("never in a barn, robe", ["robe"]), ("Avoid harsh shadows and a studio look. Robe.", ["robe"]),
        ("WARDROBE: teal robe. PLACE: barn. NEGATIVE: scarf, gloves. PROPS: globe.", ["teal robe", "barn", "globe"]),
        ("monja sin bufanda ni guantes, granero", ["barn"]), ("mujer que no lleva gafas, granero", ["barn"]),
        ("EVITAR: gafas, bufanda. VESTUARIO: abrigo gris. LUGAR: granero.", ["gray coat", "barn"]),
        ("no text, logos, or watermarks, teal robe", ["teal robe"]),
    ],
)  # fmt: skip
def test_what_is_denied_is_left_out_as_a_whole_and_nothing_else(prompt: str, phrases: list[str]) -> None:
    assert said(prompt) == phrases
    assert left_out(prompt, "denied") or "::" in prompt or "(" in prompt or "—" in prompt


def test_what_is_out_of_the_frame_is_denied_and_who_looks_out_of_it_is_not() -> None:
    assert said("a diver, green fins out of frame, white helmet", "clothing") == ["white helmet"]
    assert said("a diver in a white helmet with green fins out of frame", "clothing") == ["white helmet"]
    assert said("a diver in a white helmet looking out of the frame", "clothing") == ["white helmet"]
    assert said("marinero con casco blanco, aletas verdes fuera de plano", "clothing") == ["white helmet"]
    assert left_out("Clothes: white helmet. Not in the picture: boats, nets.", "denied") == ["boats", "nets"]


def test_who_smiles_at_the_camera_in_spanish_smiles() -> None:
    assert said("mujer sonriendo a la cámara", "expression") == ["smiling"]
    assert left_out("mujer sonriendo a la cámara", "not_understood") == []


def test_the_shape_of_a_face_is_no_expression() -> None:
    assert said("a diver in dunes. Her face is round. Her face is calm.", "expression") == ["calm expression"]


def test_a_json_prompt_is_read_by_its_keys() -> None:
    prompt = (
        '{"subject": {"age": "28", "hair": "auburn bob", "pose": "kneeling"}, "wardrobe": {"top": "ecru chemise"},'
        ' "background": "pale grey", "lighting": "soft, diffused", "camera": "85mm", "negative_prompt": ["scarf"]}'
    )
    assert said(prompt) == ["kneeling", "ecru chemise", "pale grey background", "soft light", "diffused light"]
    assert left_out(prompt, "identity") == ["28", "auburn bob"]
    assert left_out(prompt, "camera") == ["85mm"]
    assert left_out(prompt, "denied") == ["scarf"]


def test_a_label_within_a_line_ends_what_stands_before_it() -> None:
    prompt = "Lighting: warm bulbs Camera: 85mm Outfit: teal robe, masterpiece Negative prompt: scarf, gloves"
    assert said(prompt) == ["warm bulbs", "teal robe"]
    assert {"scarf", "gloves"} <= set(left_out(prompt, "denied"))
    assert said("Subject: nun, 33, barn. Background: 33, barn") == ["barn"]


def test_labels_may_end_in_a_dash_and_quoted_words_are_no_picture() -> None:
    assert said("Outfit - teal robe; Location - barn; Props - globe") == ["teal robe", "barn", "globe"]
    assert "bar" not in " ".join(said('a nun, a board that says "Bar in Rome", soft light - teal robe'))
    assert said("Colors: black and white photograph") == ["black and white photo"]


def test_a_damaged_json_prompt_is_read_as_far_as_it_goes() -> None:
    assert said('{"outfit": "teal robe", "props": ["globe", "lantern"], "camera": "50mm", "place": "barn" "x": ') == [
        "teal robe", "globe", "lantern", "barn",
    ]  # fmt: skip


def test_a_label_counts_for_its_sentence_where_a_prompt_is_not_all_labels() -> None:
    assert said("Mood: calm and serene. A nun in a teal robe") == ["teal robe"]
    assert left_out("Mood: calm and serene. A nun in a teal robe", "mood") == ["calm and serene"]


# --- what shows nothing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("elderly nun", "identity"), ("loose auburn waves", "identity"), ("34", "identity"), ("a 34-year-old nun", "identity"),
        ("long auburn hair", "identity"), ("a woman in her forties", "identity"),
        ("8k", "booster"),
        ("shot on Hasselblad", "camera"), ("85mm f/1.4", "camera"), ("by Ansel Adams", "artist"),
        ("in the style of Klimt", "artist"),
        ("Use the uploaded photo as reference", "instruction"), ("Keep the face exactly the same", "instruction"),
        ("muted color palette", "mood"), ("an essence of freedom", "not_understood"), ("full body", "framing"),
        ("no hat", "denied"), ("ein Mann mit einem Hut im Garten", "not_translated"), ("红色毛衣的年轻女子", "not_translated"),
        ("une femme avec un chapeau dans la rue", "not_translated"),
    ],
)  # fmt: skip
def test_what_no_caption_says_is_named_with_its_reason(text: str, reason: str) -> None:
    assert reason in REASONS
    assert said(text) == []
    assert left_out(text, reason)


def test_orders_to_the_machine_are_no_pictures_and_what_they_order_is_one() -> None:
    prompt = "Create a portrait of a nun. She should be wearing a teal robe. Make sure the background is a barn. Keep her face."
    assert said(prompt) == ["teal robe", "barn background"]


def test_an_identity_word_drops_only_what_it_describes() -> None:
    assert said("an old man before an old brick wall, Asian features, an African mask") == ["old brick wall", "african mask"]


def test_no_phrase_has_foreign_letters_or_loose_numbers() -> None:
    assert said("a nun, props: 灯笼, 4 7 cards, a lantern") == ["lantern"]


def test_a_prompt_of_nothing_says_nothing() -> None:
    for about in (
        None,
        MidJourney(),
        MidJourney(prompt="", evidence="embedded"),
        MidJourney(prompt=" ,,. ", evidence="embedded"),
    ):
        assert read_prompt(about).phrases == ()


PIECES = sorted(words("clothing") | words("places") | words("verbs") | words("persons") | words("small_words") | words("body"))


@given(
    st.lists(
        st.sampled_from([*PIECES, ",", ".", " - ", "(", ":1.2)", "::-1", "--no", '"', "{", "}", "y", "de", "con"]), max_size=25
    )
)
def test_phrases_are_plain_and_said_once_whatever_a_prompt_joins(parts: list[str]) -> None:
    reading = read_prompt(MidJourney(prompt=" ".join(parts), evidence="embedded"))
    texts = [phrase.text for phrase in reading.phrases]
    assert all(text and text == " ".join(text.lower().split()) and "," not in text and "(" not in text for text in texts)
    assert len({(phrase.kind, phrase.text) for phrase in reading.phrases}) == len(texts)
    assert all(isinstance(out, LeftOut) and out.reason in REASONS for out in reading.left_out)


HAIR = (
    "blue eyes",
    "auburn hair",
    "a long beard",
    "freckles",
    "wrinkled skin",
    "a strong jawline",
    "grey stubble",
    "a pixie cut",
)
WHO = ("elderly", "young", "Asian", "blonde", "35 years old", "in her forties", "muscular", "beautiful")
WITH = ("wearing", "with", "and", ", ", "in", "her", "has", "whose", "behind", "holding", "who is", "next to")
THINGS = ("a teal robe", "a barn", "a globe", "soft light", "woman", "man", "hands folded")


@given(st.lists(st.sampled_from([*HAIR, *WHO, *WITH, *THINGS]), min_size=1, max_size=14).map(" ".join))
def test_no_phrase_tells_who_a_person_is(prompt: str) -> None:
    telling = {
        "eyes",
        "hair",
        "beard",
        "freckles",
        "skin",
        "jawline",
        "stubble",
        "pixie",
        "elderly",
        "young",
        "blonde",
        "years",
    }
    for text in said(prompt):
        assert not telling & set(text.split()), (prompt, text)


def test_no_way_to_say_angle_view_or_framing_is_missed_for_speed() -> None:
    for way in ways("angles"):
        text, found = looks.shots(f"a nun, {way}, a barn")
        assert found and way not in text, way
