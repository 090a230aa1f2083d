"""Captions: trigger word first, what varies next, nothing of identity, style or machinery; and never too long."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.dataset import caption as caption_rules
from avatar.dataset import trigger_word
from avatar.dataset.caption import caption_problems, first_phrase, token_bound, write_caption
from avatar.dataset.trigger_word import RARE_ENDS, suggest_trigger, trigger_advice
from avatar.prompts.prompt_reader import read_prompt
from avatar.prompts.said import LeftOut, Phrase
from avatar.prompts.word_lists import words as listed_words
from avatar.texts.setting_errors import SettingError
from avatar.workspace.records import (
    Caption,
    Crop,
    Face,
    FaceChoice,
    ImageRecord,
    MidJourney,
    Original,
    Parameter,
    Picture,
    Trait,
    Traits,
)
from config import CaptionConfig

CLOTHING, PLACES, STYLES, ONE_TOKEN = (listed_words(name) for name in ("clothing", "places", "styles", "one_token"))
UUID = "4bad25b0-96d6-42a1-9aed-a55e54786b23"


def picture(prompt: str | None = None, **changes: object) -> ImageRecord:
    values: dict[str, object] = {
        "image_id": "mj_0123456789abcdef",
        "source": "mj",
        "original": Original(name="a.png", sha256="0" * 64, bytes=1, stored="raw_mj/a.png", imported_at="2025-01-01"),
        "picture": Picture(format="PNG", width=1024, height=1024),
        "midjourney": None if prompt is None else MidJourney(prompt=prompt, evidence="embedded"),
    }
    return ImageRecord.model_validate({**values, **changes})


def caption(record: ImageRecord, **settings: object) -> str:
    return write_caption(record, trigger_word="ohwx", class_word="woman", config=CaptionConfig(**settings))  # type: ignore[arg-type]


def said(prompt: str, kind: str) -> list[str]:
    about = MidJourney(prompt=prompt, evidence="embedded")
    return [phrase.text for phrase in read_prompt(about).phrases if phrase.kind == kind]


def group(record: ImageRecord, name: str, **settings: object) -> list[str]:
    return [phrase.text for phrase in caption_rules.phrase_groups(record, CaptionConfig(**settings))[name]]  # type: ignore[arg-type]


def with_face(height: float, nose: float = 0.5) -> dict[str, Any]:
    points = {"left_eye": (400.0, 400.0), "right_eye": (600.0, 400.0), "nose": (400 + 200 * nose, 500.0)}
    return {
        "faces": [Face(box=(300, 300, 400, height), confidence=0.99, keypoints=points)],
        "face_choice": FaceChoice(index=0, why="only"),
        "crop": Crop(square=(0, 0, 1000, 1000), side_px=1024, scale=1.024),
    }


def test_all_that_is_known_comes_in_order() -> None:
    record = picture(
        "photo of a woman wearing a red silk scarf, sitting at a wooden table, brick wall in the background --ar 2:3 --v 6",
        traits=Traits(
            lighting=[Trait(value="golden_hour", evidence="prompt")],
            expression=[Trait(value="neutral", evidence="prompt")],
            physical=[Trait(value="blue eyes", evidence="prompt")],
        ),
        **with_face(600),
    )
    assert caption(record) == (
        "ohwx woman, photo, close-up portrait, front view, neutral expression, red silk scarf, at a wooden table, "
        "brick wall, golden hour lighting"
    )


def test_a_picture_of_which_nothing_is_known_has_trigger_and_class_word() -> None:
    assert caption(picture()) == "ohwx woman"


def test_identity_is_captioned_only_when_asked_for() -> None:
    record = picture(
        "woman with blue eyes, long red hair, wearing a coat",
        traits=Traits(physical=[Trait(value="freckles", evidence="prompt")]),
    )
    assert caption(record) == "ohwx woman, coat"
    assert caption(record, include_identity=True) == "ohwx woman, coat, freckles, blue eyes, long red hair"


def test_traits_can_be_left_out() -> None:
    record = picture(traits=Traits(expression=[Trait(value="smiling", evidence="prompt")]))
    assert caption(record) == "ohwx woman, smiling"
    assert caption(record, include_traits=False) == "ohwx woman"


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("young woman laughing, in a park", ["laughing"]), ("portrait of a smiling man, arms crossed", ["smiling"]),
        ("mujer riéndose, ojos cerrados", ["laughing", "eyes closed"]), ("mirada seria a cámara", ["serious expression"]),
        ("a woman with a surprised look", ["surprised expression"]), ("MUJER TRISTE", ["sad expression"]),
        ("smiling with closed eyes, happy, joyful", ["smiling", "eyes closed", "happy expression"]),
        ("woman, no smile", []), ("sin sonrisa", []), ("smiling woman --no smile", []), ("eyes half closed", []),
        ("woman with smile lines", []), ("happy hour in a bar", []), ("a joyful scene", []), ("a sad landscape", []),
    ],
)  # fmt: skip
def test_what_the_face_shows_by_the_prompt_stands_in_the_caption(prompt: str, shown: list[str]) -> None:
    asked, _, unwanted = prompt.partition(" --no ")
    record = picture(
        midjourney=MidJourney(
            prompt=asked, parameters={"no": Parameter(text=unwanted)} if unwanted else {}, evidence="embedded"
        )
    )
    assert group(record, "expression") == shown
    assert group(record, "expression", include_traits=False) == []


def test_the_expression_of_the_prompt_stands_once_and_before_its_traits() -> None:
    shown = [Trait(value=value, evidence="prompt") for value in ("confident", "laughing")]
    record = picture("woman laughing, confident, in a park", traits=Traits(expression=shown))
    assert caption(record) == "ohwx woman, laughing, confident expression, in a park"


@pytest.mark.parametrize(
    ("height", "nose", "words"),
    [(620, 0.5, "close-up portrait, front view"), (400, 0.2, "head and shoulders portrait, three-quarter view"),
     (200, 1.4, "upper body portrait, profile view")],
)  # fmt: skip
def test_framing_comes_from_the_crop_and_the_face(height: float, nose: float, words: str) -> None:
    assert caption(picture(**with_face(height, nose))) == f"ohwx woman, {words}"


def test_eyes_one_above_the_other_are_a_profile_and_missing_keypoints_no_view() -> None:
    values = with_face(600)
    values["faces"] = [Face(box=(0, 0, 1, 600), confidence=1, keypoints={})]
    assert caption(picture(**values)) == "ohwx woman, close-up portrait"
    same = {"left_eye": (1.0, 1.0), "right_eye": (1.0, 9.0), "nose": (5.0, 5.0)}
    values["faces"] = [Face(box=(0, 0, 1, 600), confidence=1, keypoints=same)]
    assert caption(picture(**values)) == "ohwx woman, close-up portrait, profile view"


@pytest.mark.parametrize(
    ("apart", "view"), [(0.9, "profile view"), (1.0, "front view"), (1.5, "front view"), (-1.0, "front view")]
)
def test_eyes_less_than_a_pixel_apart_are_a_profile(apart: float, view: str) -> None:
    points = {"left_eye": (100.0, 1.0), "right_eye": (100 + apart, 1.0), "nose": (100 + apart / 2, 5.0)}
    values = with_face(600)
    values["faces"] = [Face(box=(0, 0, 1, 600), confidence=1, keypoints=points)]
    assert caption_rules.framing(picture(**values)) == ["close-up portrait", view]


@pytest.mark.parametrize(
    ("prompt", "phrase"),
    [("wearing a red hat with", "red hat"), ("wearing a red hat - and", "red hat"), ("wearing a red hat & -", "red hat"),
     ("wearing a coat of the", "coat"), ("wearing a red-and-white scarf!!", "red-and-white scarf")],
)  # fmt: skip
def test_a_phrase_ends_in_a_word_that_says_something(prompt: str, phrase: str) -> None:
    assert said(prompt, "clothing") == [phrase]


def test_of_a_long_prompt_each_group_is_said_before_the_second_of_any() -> None:
    prompt = "photo, sitting, red hat, blue scarf, green coat, white gloves, in a park, by the sea, near a bridge, soft light"
    record = picture(prompt)
    assert caption(record) == f"ohwx woman, {prompt}"
    assert caption(record, max_tokens=22) == "ohwx woman, photo, sitting, red hat, blue scarf, in a park, soft light"


def test_the_prompts_own_words_for_the_light_stand_before_its_class_in_the_record() -> None:
    classes = Traits(lighting=[Trait(value="natural", evidence="prompt")])
    assert group(picture("pale window light, in a park", traits=classes), "lighting") == ["pale window light"]
    assert group(picture("in a park", traits=classes), "lighting") == ["natural lighting"]


def test_a_cinematic_picture_tells_no_light_and_a_cinematic_light_does() -> None:
    classes = Traits(lighting=[Trait(value="cinematic", evidence="cinematic")])
    assert group(picture("cinematic portrait in a park", traits=classes), "lighting") == []
    assert group(picture("cinematic light in a park", traits=classes), "lighting") == ["cinematic light"]


@pytest.mark.parametrize(
    ("value", "name", "words"),
    [("serious", "expression", "serious expression"), ("smiling", "expression", "smiling"), ("looking_away", "expression",
     "looking away"), ("soft", "lighting", "soft lighting"), ("sunset", "lighting", "sunset"), ("lit", "lighting", "lit")],
)  # fmt: skip
def test_a_bare_word_gets_the_noun_it_needs(value: str, name: str, words: str) -> None:
    record = picture(traits=Traits(**{name: [Trait(value=value, evidence="x")]}))
    assert group(record, name) == [words]


def test_a_phrase_is_said_once_in_a_caption_even_if_the_template_says_it_too() -> None:
    record = picture("sitting, in a park")
    assert (
        caption(record, template="{trigger} {class}, in a park, {pose}, {background}, sitting")
        == "ohwx woman, in a park, sitting"
    )


@pytest.mark.parametrize(
    ("text", "starts"),
    [("ohwx", True), (" OHWX woman", True), ("ohwx_woman", True), ("ohwx, hat", True), ("ohwx's hat", True), ("ohwx2", False),
     ("ohwxñ", False), ("a ohwx", False), ("", False)],
)  # fmt: skip
def test_a_caption_begins_with_the_trigger_word_and_not_with_a_longer_one(text: str, starts: bool) -> None:
    assert ("caption.no_trigger" not in [told.key for told in caption_problems(text, "ohwx")]) is starts


@pytest.mark.parametrize("word", ["ohwxz", "zkjxq"])
def test_a_trigger_of_one_token_too_many_is_told_with_both_numbers(word: str) -> None:
    assert token_bound(word) == trigger_word.MAX_TRIGGER_TOKENS + 1
    (told,) = trigger_advice(word)
    assert (told.key, told.values["n"], told.values["limit"]) == ("caption.trigger.many_tokens", 5, 4)
    assert token_bound(word[:-1]) == trigger_word.MAX_TRIGGER_TOKENS
    assert trigger_advice(word[:-1]) == []


@pytest.mark.parametrize(
    ("prompt", "kept"),
    [("by Annie Leibovitz, in a park", ["in a park"]), ("by Parker of the castle", []), ("by the window", ["by the window"]),
     ("by a lake", ["by a lake"]),
     ("By Her Desk", ["by her desk"])],
)  # fmt: skip
def test_who_made_a_picture_is_told_apart_from_where_somebody_stands(prompt: str, kept: list[str]) -> None:
    assert said(prompt, "place") == kept


@given(words=st.lists(st.sampled_from(sorted(ONE_TOKEN | CLOTHING | {"ñandú", "夏", "x9", "don't"})), max_size=12))
def test_the_bound_of_a_text_is_that_of_its_words(words: list[str]) -> None:
    assert token_bound(" ".join(words)) == sum(map(token_bound, words))
    assert token_bound(" ".join(words).upper()) == token_bound(" ".join(words))


@pytest.mark.parametrize(
    "prompt",
    [
        "shot on Canon EOS R5, 85mm lens, bokeh",
        "in the style of Annie Leibovitz wearing style",
        "by Hayao Miyazaki", "professional lighting", "a cinematic mood", "shot on Kodak Portra 400, film grain",
        "8k, unreal engine, detailed room",
        "elderly woman, 50 years old, slim body", "a fortune teller", "una bruja haciendo un conjuro",
    ],
)  # fmt: skip
def test_style_camera_artist_and_identity_never_reach_the_caption(prompt: str) -> None:
    assert caption(picture(prompt)) == "ohwx woman"


def test_words_that_were_asked_not_to_be_there_are_not_captioned() -> None:
    inside = picture("woman wearing a hat, standing in a garden --no hat, glasses --ar 1:1")
    assert caption(inside) == "ohwx woman, standing, in a garden"
    apart = picture(midjourney=MidJourney(prompt="wearing glasses, in a garden", parameters={"no": Parameter(text="glasses")}))
    assert caption(apart) == "ohwx woman, in a garden"


def test_a_prompt_cut_off_in_a_file_name_gives_only_whole_known_words() -> None:
    cut = MidJourney(prompt="woman wearing a red scarf in a garden with tre", evidence="filename")
    assert [phrase.text for phrase in read_prompt(cut).phrases] == ["red scarf", "in a garden"]
    odd = MidJourney(prompt="woman wearing a dcollet dress by the window sil", evidence="filename")
    assert [phrase.text for phrase in read_prompt(odd).phrases] == ["by the window"]


def test_a_typed_prompt_speaks_where_there_is_no_other() -> None:
    assert caption(picture(midjourney=MidJourney(typed_prompt="wearing a blue jacket"))) == "ohwx woman, blue jacket"


def test_clothes_in_a_light_colour_are_clothes_and_a_described_background_is_kept() -> None:
    prompt = "in a light blue shirt. The background is dark with candles"
    assert said(prompt, "clothing") == ["light blue shirt"]
    assert said(prompt, "place") == ["dark background"]
    assert said(prompt, "light") == []


def test_a_users_caption_is_kept_to_the_letter_and_its_faults_are_told() -> None:
    own = picture("wearing a hat", caption=Caption(text="My own, Text", by="user"))
    assert caption(own) == "My own, Text"
    assert [told.key for told in caption_problems("My own, Text", "ohwx")] == ["caption.no_trigger"]
    assert caption_problems("ohwx woman, in a hat", "ohwx") == []
    assert caption_problems("ohwxy woman", "ohwx")[0].key == "caption.no_trigger"
    assert [told.key for told in caption_problems("ohwx\nwoman", "ohwx")] == ["caption.several_lines"]


def test_a_rules_caption_of_earlier_is_written_anew() -> None:
    assert caption(picture("wearing a hat", caption=Caption(text="old", by="rules"))) == "ohwx woman, hat"


@pytest.mark.parametrize(
    ("trigger", "klass", "phrase"),
    [("ohwx", "woman", "ohwx woman"), ("ohwx woman", "woman", "ohwx woman"), (" a,b ", "", "a b"), ("", "", "person")],
)
def test_the_first_phrase_holds_trigger_and_class_word_once(trigger: str, klass: str, phrase: str) -> None:
    assert first_phrase(trigger, klass) == phrase


def test_phrases_that_do_not_fit_are_left_out_whole_and_shorter_ones_still_come() -> None:
    record = picture("wearing a magnificently embroidered extravagant kimono, in a park")
    assert caption(record, max_tokens=12) == "ohwx woman, in a park"
    assert caption(record, max_tokens=4) == "ohwx woman"


@pytest.mark.parametrize(
    ("text", "bound"),
    [("", 0), ("red scarf", 2), ("close-up, 2024", 8), ("brooches", 5), ("intently", 8), ("umbrous", 5), ("ñ", 2),
     ("it's", 2), ("夏", 3)],
)  # fmt: skip
def test_the_bound_counts_known_words_once_and_unknown_ones_by_their_letters(text: str, bound: int) -> None:
    assert token_bound(text) == bound


words = st.text(st.characters(codec="utf-8"), max_size=40)


listed = st.lists(st.sampled_from(sorted(CLOTHING | PLACES | STYLES)), max_size=40).map(", ".join)


@given(prompt=st.one_of(words, listed), trait=words, limit=st.integers(8, 75))
def test_whatever_the_prompt_the_caption_is_one_short_clean_line(prompt: str, trait: str, limit: int) -> None:
    traits = Traits(lighting=[Trait(value=trait, evidence="x")], expression=[Trait(value=trait, evidence="x")])
    text = caption(picture(prompt, traits=traits), max_tokens=limit)
    assert text.startswith("ohwx woman")
    assert token_bound(text) <= limit
    assert text == text.strip()
    assert len(text.splitlines()) == 1
    assert all(text.split(", "))
    text.encode("utf-8")


@pytest.mark.parametrize("word", ["maria", "Ana", "red dress", "client", "2", "x1", "2024"])
def test_common_words_are_warned_about_with_a_rarer_one(word: str) -> None:
    told, *_ = trigger_advice(word)
    assert told.key == "caption.trigger.common"
    assert trigger_advice(str(told.values["suggestion"])) == []


@pytest.mark.parametrize(
    "word", ["luna", "Estrella", "rosa", "REINA", "niño", "José", "corazón", "señora", "love", "King", "star", "baby", "garcía",
             "style", "vest", "freckles", "canon", "mi luna"]
)  # fmt: skip
def test_common_words_of_both_languages_are_known_with_and_without_accents(word: str) -> None:
    found = {told.key: told.values for told in trigger_advice(word)}
    assert found["caption.trigger.common"]["word"] == word


@pytest.mark.parametrize("word", ["ohwx", "sks", "lnwx", "zkj", "xqva", "lunx"])
def test_rare_words_are_let_pass(word: str) -> None:
    assert trigger_advice(word) == []


@given(st.text(max_size=12))
def test_what_is_suggested_instead_is_never_warned_about_itself(word: str) -> None:
    suggestion = suggest_trigger(word)
    assert suggestion != word.lower()
    assert trigger_advice(suggestion) == []
    assert 3 <= len(suggestion) <= 4 and suggestion.isascii() and suggestion.isalpha()


def test_long_ids_are_warned_about_and_rare_short_words_are_not() -> None:
    assert [told.key for told in trigger_advice("maria_lopez_2024")] == ["caption.trigger.many_tokens"]
    assert trigger_advice("ohwx") == trigger_advice("sks") == []


@pytest.mark.parametrize(("word", "suggestion"), [("maria", "mrwx"), ("ohwx", "hwwx"), ("ñu", "nwx"), ("夏", "ohwx")])
def test_suggestions_are_made_of_the_words_consonants(word: str, suggestion: str) -> None:
    assert suggest_trigger(word) == suggestion


def test_words_of_other_clients_are_not_suggested_again() -> None:
    assert suggest_trigger("Clara", {"CLWX"}) == "clzx"
    taken: set[str] = set()
    for number in range(2 * len(RARE_ENDS)):
        suggestion = suggest_trigger("Clara", taken)
        assert suggestion not in taken, number
        assert trigger_advice(suggestion) == []
        taken.add(suggestion)
    assert suggest_trigger("Clara", taken) == "clwx"  # all are taken: the user will know better
    assert trigger_advice("clara", {"clwx"})[0].values["suggestion"] == "clzx"


# --- templates -------------------------------------------------------------------------------------------------------


def test_a_template_chooses_the_groups_and_their_order() -> None:
    record = picture("a woman wearing a red coat, sitting, in a park, blue eyes")
    assert caption(record) == "ohwx woman, sitting, red coat, in a park"
    assert caption(record, template="{trigger}, {background}, portrait, {clothing}") == "ohwx, in a park, portrait, red coat"


def test_all_that_is_wrong_with_a_template_is_told_at_once() -> None:
    with pytest.raises(SettingError) as caught:
        CaptionConfig(template="photo of {trigger}, {clothes}, {pose}, {pose}, wearing {clothing}", max_tokens=1)
    assert [(told.key, told.values["value"]) for told in caught.value.problems] == [
        ("setting.template_start", "photo of {trigger}, {clothes}, {pose}, {pose}, wearing {clothing}"),
        ("setting.template_part", "{clothes}"), ("setting.template_twice", "{pose}"),
        ("setting.template_part", "wearing {clothing}"), ("setting.outside", "1"),
    ]  # fmt: skip


def test_identity_that_is_left_out_is_known_of_each_picture() -> None:
    assert caption_rules.identity_phrases(picture("a woman, blue eyes, freckles, red coat")) == {"blue eyes", "freckles"}
    assert caption_rules.identity_phrases(picture("a red coat")) == set()


def test_who_is_shown_is_not_said_again_in_other_words() -> None:
    assert caption(picture("portrait of a serene woman in uniform, flags in the background")) == ("ohwx woman, uniform, flags")
    assert caption(picture("a studio headshot of a man wearing a red tie, in the background")) == "ohwx woman, red tie"


@pytest.mark.parametrize(
    ("text", "words"),
    [("ohwx woman, green eyes, red hat", {"green eyes"}), ("ohwx, Brown-eyed woman", {"brown eyes"}),
     ("ohwx woman, eyes closed, dark background", set()), ("ohwx woman, blonde hair", {"blonde", "hair"})],
)  # fmt: skip
def test_the_colour_of_the_eyes_names_the_person_and_closed_ones_do_not(text: str, words: set[str]) -> None:
    assert caption_rules.identity_words(text) == words


@pytest.mark.parametrize(
    ("height", "words"),
    [(500, "close-up portrait"), (499, "head and shoulders portrait"), (300, "head and shoulders portrait"),
     (299, "upper body portrait"), (1, "upper body portrait")],
)  # fmt: skip
def test_the_framing_changes_exactly_at_its_limits(height: float, words: str) -> None:
    assert caption_rules.framing(picture(**with_face(height)))[0] == words


@pytest.mark.parametrize(
    ("nose", "view"),
    [(0.5, "front view"), (0.3, "front view"), (0.7, "front view"), (0.29, "three-quarter view"), (0.71, "three-quarter view"),
     (0.0, "three-quarter view"), (1.0, "three-quarter view"), (-0.01, "profile view"), (1.01, "profile view")],
)  # fmt: skip
def test_the_view_changes_exactly_at_its_limits(nose: float, view: str) -> None:
    assert caption_rules.framing(picture(**with_face(600, nose)))[1] == view


def test_a_caption_may_have_exactly_as_many_tokens_as_it_is_allowed() -> None:
    record = picture("a woman, sitting in a park", **with_face(600))
    whole = caption(record)
    tokens = caption_rules.token_bound(whole)
    assert caption(record, max_tokens=tokens) == whole
    assert len(caption(record, max_tokens=tokens - 1)) < len(whole)


def accounted(record: ImageRecord, **settings: object) -> caption_rules.CaptionAccount:
    config = CaptionConfig(**settings)  # type: ignore[arg-type]
    return caption_rules.account(record, trigger_word="ohwx", class_word="woman", config=config)


def test_an_account_says_what_of_a_prompt_a_caption_says_and_what_it_leaves_out() -> None:
    told = accounted(picture("woman with blue eyes, wearing a coat, in a park"))
    assert told.text == "ohwx woman, coat, in a park"
    assert told.used == (Phrase("coat", "clothing"), Phrase("in a park", "place"))
    assert LeftOut("blue eyes", "identity") in told.left_out


def test_what_finds_no_room_is_named() -> None:
    told = accounted(picture("wearing a magnificently embroidered extravagant kimono, in a park"), max_tokens=12)
    assert LeftOut("magnificently embroidered extravagant kimono", "no_room") in told.left_out


def test_a_caption_of_a_picture_without_a_prompt_is_all_doubt_and_a_users_own_none() -> None:
    assert accounted(picture()).doubt == 1.0
    assert accounted(picture("wearing a coat", caption=Caption(text="mine", by="user"))) == caption_rules.CaptionAccount("mine")


def test_the_less_a_caption_tells_the_more_doubtful_it_is() -> None:
    prompts = ("wearing a coat, in a park, soft light", "wearing a coat, in a park", "wearing a coat", "smiling")
    doubts = [accounted(picture(prompt)).doubt for prompt in prompts]
    assert doubts == sorted(doubts)
    assert doubts[0] < doubts[-1] < 1


# --- what the crop shows ---------------------------------------------------------------------------------------------

CUT = "nun in a teal cap, suede gloves, felt boots, sitting, holding a globe, chin on her fist, in a barn"


def cropped(prompt: str, below_chin: float) -> ImageRecord:
    """A picture whose crop reaches some heights of the face below the chin."""
    face = Face(box=(300, 300, 100, 100), confidence=0.99, keypoints={})
    crop = Crop(square=(0, 0, 400, round(400 + 100 * below_chin)), side_px=1024, scale=1.0)
    return picture(prompt, faces=[face], face_choice=FaceChoice(index=0, why="only"), crop=crop)


@pytest.mark.parametrize(
    ("below_chin", "said_of_it"),
    [
        (0.3, ["chin on her fist", "teal cap", "in a barn"]),
        (1.2, ["holding a globe", "chin on her fist", "teal cap", "in a barn"]),
        (2.2, ["sitting", "holding a globe", "chin on her fist", "teal cap", "suede gloves", "in a barn"]),
        (3.4, ["sitting", "holding a globe", "chin on her fist", "teal cap", "suede gloves", "felt boots", "in a barn"]),
    ],
)  # fmt: skip
def test_what_the_crop_cuts_off_is_not_said_and_is_named(below_chin: float, said_of_it: list[str]) -> None:
    told = accounted(cropped(CUT, below_chin))
    assert [phrase.text for phrase in told.used if phrase.kind not in ("framing", "view")] == said_of_it
    cut = [out.text for out in told.left_out if out.reason == "below_the_crop"]
    assert sorted([*said_of_it, *cut]) == sorted(phrase.text for phrase in accounted(picture(CUT)).used)


def test_without_a_crop_everything_is_said() -> None:
    assert not [out for out in accounted(picture(CUT)).left_out if out.reason == "below_the_crop"]


def test_the_crop_says_the_view_where_it_shows_one_and_the_prompt_where_it_does_not() -> None:
    assert caption(picture("in profile, low angle, in a barn")) == "ohwx woman, profile view, low angle, in a barn"
    seen = accounted(picture("in profile, low angle, in a barn", **with_face(600)))
    assert seen.text == "ohwx woman, close-up portrait, front view, low angle, in a barn"
    assert LeftOut("profile view", "framing") in seen.left_out


def test_a_template_of_earlier_says_the_weather_with_the_background_and_names_what_it_does_not_ask_for() -> None:
    told = accounted(
        picture("oil painting, a barn in thick fog, a globe"), template="{trigger} {class}, {clothing}, {background}"
    )
    assert told.text == "ohwx woman, barn, thick fog"
    assert {LeftOut("oil painting", "not_in_template"), LeftOut("globe", "not_in_template")} <= set(told.left_out)


def test_prose_of_which_little_is_understood_is_doubtful() -> None:
    lost = " ".join(f"the zorp{n} blibs a frum{n}." for n in range(12))
    known = "photo of a nun in a barn, teal robe, soft light"
    assert accounted(picture(f"{known}. {lost}")).doubt > accounted(picture(known)).doubt == 0


def test_a_mood_of_the_picture_is_no_face() -> None:
    serene = Traits(expression=[Trait(value="serene", evidence="serene")])
    assert caption(picture("a nun in a barn, serene mood", traits=serene)) == "ohwx woman, in a barn"
    assert caption(picture("a serene nun in a barn", traits=serene)) == "ohwx woman, serene expression, in a barn"
