"""What is said about a dataset before it is trained: on both sides of every limit, in both languages, with its pictures."""

from __future__ import annotations

from typing import Any

import pytest

from avatar.commands import dataset as dataset_commands
from avatar.commands.result import Table
from avatar.dataset.advice import BURST_S, advice, bursts
from avatar.reports import review_list
from avatar.texts import translate
from avatar.texts.text import Finding
from avatar.workspace import picture_numbers
from avatar.workspace.client import Client
from avatar.workspace.records import (
    Camera,
    Caption,
    Crop,
    Face,
    FaceChoice,
    ImageRecord,
    MidJourney,
    Parameter,
    Picture,
    Quality,
)
from config import CaptionConfig, QualityControlConfig, Settings
from tests.dataset.test_training_folder import picture
from tests.scripted import MakeSession
from tests.tiny_png import PNG

CAMERA = Camera(make="Canon", model="R5")


def drawn(number: int, **changes: Any) -> ImageRecord:
    """A MidJourney picture whose prompt, and so its caption, is no other's."""
    about = MidJourney(prompt=f"wearing a red no{number} hat", evidence="embedded")
    return picture("mj", number, **{"midjourney": about, **changes})


def good_set() -> list[ImageRecord]:
    return [drawn(n) for n in range(40)] + [picture("real", n) for n in range(7)]


def found(records: list[ImageRecord], settings: Settings | None = None, **words: str) -> dict[str, Finding]:
    by_key = {item.text.key: item for item in advice(records, settings or Settings(), persons=(), **words)}
    for item in by_key.values():
        for language in translate.LANGUAGES:
            translate.text(item.text.key, language, **item.text.values)
    return by_key


def measured(number: int, **measures: float) -> ImageRecord:
    return drawn(number, quality=Quality(measures=measures, verdict="approved", reasons=[], rules="r"))


def test_a_good_set_is_ready() -> None:
    told = [(item.text.key, item.level) for item in found(good_set()).values()]
    assert told == [("advice.ready", "ready"), ("advice.unsaid", "ready"), ("advice.held_out_few", "ready")]


def test_photos_of_which_nobody_says_anything_are_pointed_out_with_what_describes_them() -> None:
    told = found(good_set())["advice.unsaid"]
    assert told.images == tuple(picture("real", n).image_id for n in range(7)) and told.text.values["total"] == 47
    by_user = Caption(text="ohwx woman, red hat", by="user")
    described = [drawn(n) for n in range(40)] + [picture("real", n, caption=by_user) for n in range(7)]
    assert "advice.unsaid" not in found(described)
    assert "advice.unsaid" not in found([picture("real", n) for n in range(20)]), "where none has a prompt all have one text"


@pytest.mark.parametrize(
    ("n", "key", "level"),
    [(0, "advice.too_few", "blocked"), (3, "advice.too_few", "blocked"), (4, "advice.few", "attention"),
     (14, "advice.few", "attention"), (15, "advice.ready", None)],
)  # fmt: skip
def test_too_few_pictures_are_blocked_and_few_ones_warned_about(n: int, key: str, level: str | None) -> None:
    told = found([drawn(number) for number in range(n)])
    assert told[key].level == level if level else not {"advice.few", "advice.too_few"} & set(told)


@pytest.mark.parametrize(("n", "told"), [(0, False), (1, True), (4, True), (5, False), (20, False)])
def test_one_to_four_pictures_are_told_that_another_kind_of_tool_fits(n: int, told: bool) -> None:
    assert ("advice.another_tool" in found([drawn(number) for number in range(n)])) == told


def test_shares_are_told_in_percent_as_reached_and_as_asked() -> None:
    (told,) = [item for item in advice([drawn(n) for n in range(20)], Settings()) if item.text.key == "advice.shares"]
    assert {name: round(float(str(value)), 6) for name, value in told.text.values.items()} == {
        "mj": 100, "real": 0, "mj_asked": 85, "real_asked": 15,
    }  # fmt: skip


@pytest.mark.parametrize(("pictures", "told"), [(3, False), (4, True)])
def test_a_style_is_spoken_of_from_as_many_pictures_as_can_be_trained(pictures: int, told: bool) -> None:
    about = MidJourney(prompt="a woman", parameters={"sref": Parameter(text="123")}, evidence="embedded")
    assert ("advice.one_style" in found([drawn(n, midjourney=about) for n in range(pictures)])) is told


def test_shares_far_from_what_was_asked_are_noticed() -> None:
    records = [drawn(n) for n in range(3)] + [picture("real", n) for n in range(40)]
    assert found(records)["advice.shares"].text.values["mj"] == pytest.approx(37.5, abs=0.1)


def test_a_likeness_counts_only_where_both_are_used() -> None:
    twin = picture("real", 8, near_duplicate_of="real_0000000000000001")
    assert found([*good_set(), twin])["advice.near_duplicates"].images == (twin.image_id,)
    alone = picture("real", 8, near_duplicate_of="real_00000000000000ff")
    assert "advice.near_duplicates" not in found([*good_set(), alone])


# --- bursts ----------------------------------------------------------------------------------------------------------


def photo(number: int, second: float, camera: Camera | None = CAMERA, **changes: Any) -> ImageRecord:
    taken = f"2026-05-01T10:{int(second) // 60:02}:{int(second) % 60:02}"
    return picture("real", number, camera=camera, picture=Picture(format="JPEG", width=9, height=9, taken_at=taken), **changes)


def test_photos_within_seconds_are_a_burst_of_which_the_first_stays() -> None:
    photos = [photo(3, 2), photo(1, 0), photo(2, 1), photo(4, 2 + BURST_S), photo(5, 3 + 2 * BURST_S)]
    assert bursts(photos) == [f"real_{n:016x}" for n in (2, 3, 4)]
    told = found([*[drawn(n) for n in range(30)], *photos])["advice.bursts"]
    assert (told.level, told.text.values["n"], len(told.images)) == ("attention", 3, 3)


@pytest.mark.parametrize(("apart", "told"), [(BURST_S, True), (BURST_S + 1, False)])
def test_a_burst_ends_where_there_was_time_for_another_pose(apart: float, told: bool) -> None:
    assert bool(bursts([photo(1, 0), photo(2, apart)])) is told


def test_another_camera_an_unknown_one_or_an_odd_time_makes_no_burst() -> None:
    other = Camera(make="Canon", model="R6")
    assert bursts([photo(1, 0), photo(2, 1, other), photo(3, 1, None)]) == []
    odd = picture("real", 4, camera=CAMERA, picture=Picture(format="JPEG", width=9, height=9, taken_at="yesterday"))
    unknown = picture("real", 5, camera=CAMERA)
    assert bursts([photo(1, 0), odd, unknown]) == []


def test_times_with_and_without_a_zone_are_compared() -> None:
    zoned = [
        picture("real", n, camera=CAMERA, picture=Picture(format="JPEG", width=9, height=9, taken_at=taken))
        for n, taken in enumerate(("2026-05-01T10:00:00", "2026-05-01T10:00:01+02:00", "2026-05-01T10:00:02Z"))
    ]
    assert len(bursts(zoned)) == 2


def test_a_likeness_of_a_burst_is_told_once() -> None:
    photos = [photo(1, 0), photo(2, 1, near_duplicate_of="real_0000000000000001")]
    told = found([*[drawn(n) for n in range(20)], *photos])
    assert "advice.near_duplicates" in told and "advice.bursts" not in told


# --- captions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("alike", "told"), [(10, False), (11, True)])
def test_the_same_caption_on_more_than_half_of_the_pictures_is_noticed(alike: int, told: bool) -> None:
    records = [picture("mj", n) for n in range(alike)] + [drawn(n) for n in range(alike, 20)]
    advised = found(records, trigger_word="ohwx", class_word="woman")
    assert ("advice.same_caption" in advised) is told
    if told:
        assert advised["advice.same_caption"].text.values["text"] == "ohwx woman"
        assert advised["advice.same_caption"].images == tuple(r.image_id for r in records[:alike])


def test_captions_of_the_user_without_trigger_or_naming_the_person_are_advised_about() -> None:
    own = [Caption(text=text, by="user") for text in ("woman, hat", "ohwx woman, freckles, blonde hair", "ohwx woman, hat")]
    records = [*good_set()[3:], *(picture("mj", n, caption=caption) for n, caption in enumerate(own))]
    told = found(records, trigger_word="ohwx", class_word="woman")
    assert told["advice.no_trigger"].images == (picture("mj", 0).image_id,)
    (other,) = [
        item for item in advice(records, Settings(), trigger_word="ohwx", class_word="doctor") if item.name == "no_trigger"
    ]
    assert len(other.images) == 3  # the class of before
    assert told["advice.identity_named"].images == (picture("mj", 1).image_id,)
    assert told["advice.identity_named"].text.values["words"] == "blonde, freckles, hair"
    asked_for = found(records, Settings(captions=CaptionConfig(include_identity=True)))
    assert not {"advice.no_trigger", "advice.identity_named"} & set(asked_for)


def test_a_template_that_names_the_person_is_noticed_and_a_class_word_is_not() -> None:
    config = CaptionConfig(template="{trigger} {class}, green eyed, {clothing}")
    told = found(good_set(), Settings(captions=config), trigger_word="ohwx", class_word="woman")
    assert told["advice.identity_named"].text.values == {"n": 47, "words": "eyed, green eyes"}
    assert "advice.identity_named" not in found(good_set(), trigger_word="ohwx", class_word="old man")


# --- one kind only ---------------------------------------------------------------------------------------------------


def faced(number: int, nose_x: float, height: float = 500.0) -> ImageRecord:
    points = {"left_eye": (100.0, 1.0), "right_eye": (200.0, 1.0), "nose": (nose_x, 2.0)}
    face = Face(box=(0, 0, 400, height), confidence=1, keypoints=points)
    return drawn(number, faces=[face], face_choice=FaceChoice(index=0, why="only"))


@pytest.mark.parametrize(("others", "told"), [(1, True), (2, False)])
def test_one_side_of_the_head_only_is_noticed(others: int, told: bool) -> None:
    records = [faced(n, 150) for n in range(20 - others)] + [faced(n, 190) for n in range(20 - others, 20)]
    advised = found(records)
    assert ("advice.one_view" in advised) is told
    if told:
        assert (advised["advice.one_view"].text.values["view"], len(advised["advice.one_view"].images)) == ("front view", 19)


@pytest.mark.parametrize(("pitch", "told"), [(15.0, False), (16.0, True), (-16.0, True)])
def test_heads_that_are_all_raised_or_all_lowered_are_noticed(pitch: float, told: bool) -> None:
    assert ("advice.one_pitch" in found([measured(n, pitch=pitch) for n in range(15)])) is told
    assert "advice.one_pitch" not in found([measured(n, pitch=pitch * (-1) ** n) for n in range(15)])
    assert "advice.one_pitch" not in found([measured(n, pitch=pitch) for n in range(14)])


@pytest.mark.parametrize(("spread", "told"), [(19.0, True), (21.0, False)])
def test_pictures_that_are_all_as_bright_are_noticed(spread: float, told: bool) -> None:
    levels = [100.0 + spread * (n % 2) for n in range(16)]
    assert ("advice.one_light" in found([measured(n, brightness=level) for n, level in enumerate(levels)])) is told


@pytest.mark.parametrize(("height", "told"), [(590.0, True), (610.0, False)])
def test_faces_equally_large_in_the_frame_are_told_of_without_a_warning(height: float, told: bool) -> None:
    records = [faced(n, 150 + 40 * (n % 2), 500.0 if n % 2 else height) for n in range(16)]
    advised = found([r.model_copy(update={"crop": Crop(square=(0, 0, 1000, 1000), side_px=1024, scale=1.0)}) for r in records])
    assert ("advice.one_framing" in advised) is told
    if told:
        assert advised["advice.one_framing"].level == "ready"
        assert advised["advice.one_framing"].text.values == {"low": pytest.approx(50), "high": pytest.approx(59)}


# --- style -----------------------------------------------------------------------------------------------------------


def styled(number: int, words: str = "", **parameters: str) -> ImageRecord:
    about = MidJourney(
        prompt=f"wearing a red no{number} hat, {words}", evidence="embedded",
        parameters={name: Parameter(text=value) for name, value in parameters.items()},
    )  # fmt: skip
    return drawn(number, midjourney=about)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("sref", "123", "--sref 123"), ("profile", "abc", "--profile abc"), ("style", "expressive", "--style expressive"),
     ("style", "raw", ""), ("ar", "1:1", "")],
)  # fmt: skip
def test_one_style_code_behind_all_midjourney_pictures_is_noticed(name: str, value: str, told: str) -> None:
    advised = found([styled(n, **{name: value}) for n in range(20)])
    assert (advised["advice.one_style"].text.values["style"] if "advice.one_style" in advised else "") == told


@pytest.mark.parametrize(("without", "told"), [(1, True), (2, False)])
def test_a_style_word_in_nearly_all_prompts_is_noticed_with_its_pictures(without: int, told: bool) -> None:
    words = ["" if n < without else "cinematic, photorealistic" for n in range(20)]
    advised = found([styled(n, text) for n, text in enumerate(words)])
    assert ("advice.style_word" in advised) is told
    if told:
        assert advised["advice.style_word"].text.values == {"style": "cinematic", "n": 19}  # photorealistic does no harm
        assert picture("mj", 0).image_id not in advised["advice.style_word"].images


def test_different_styles_and_photos_without_prompts_are_no_leak() -> None:
    records = [styled(n, ("cinematic", "watercolor")[n % 2], sref=str(n)) for n in range(20)]
    assert not {"advice.one_style", "advice.style_word"} & set(found([*records, picture("real", 1)]))
    assert "advice.style_word" not in found([styled(n, "cinematic") for n in range(3)])


# --- size ------------------------------------------------------------------------------------------------------------


def scaled(number: int, scale: float) -> ImageRecord:
    return drawn(number, crop=Crop(square=(0, 0, round(1024 / scale), round(1024 / scale)), side_px=1024, scale=scale))


@pytest.mark.parametrize(
    ("scales", "told"),
    [([1.2] * 11 + [1.0] * 9, 11), ([1.2] * 10 + [1.0] * 10, 0), ([1.6] + [1.0] * 19, 1), ([1.5] + [1.0] * 19, 0)],
)
def test_pictures_smaller_than_the_resolution_are_noticed_where_they_are_most_or_far_too_small(
    scales: list[float], told: int
) -> None:
    advised = found([scaled(n, scale) for n, scale in enumerate(scales)])
    assert (len(advised["advice.enlarged"].images) if "advice.enlarged" in advised else 0) == told


def test_how_far_is_too_small_is_the_limit_of_the_quality_control() -> None:
    strict = Settings(quality=QualityControlConfig(max_enlargement=1.1))
    assert len(found([scaled(n, 1.2 if n == 0 else 1.0) for n in range(20)], strict)["advice.enlarged"].images) == 1


# --- in the terminal -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([], ""), ([4], "4"), ([3, 2, 1], "1-3"), ([1, 2, 4, 7, 8, 9, 7], "1-2,4,7-9"),
     (list(range(1, 60, 2)), "1,3,5,7,9,11,13,15,17,19,21,23,…")],
)  # fmt: skip
def test_numbers_are_said_as_the_review_takes_them(numbers: list[int], said: str) -> None:
    assert picture_numbers.number_ranges(numbers) == said


def test_the_table_names_the_pictures_by_their_numbers_in_the_review(make: MakeSession, client: Client) -> None:
    records = [*(drawn(n) for n in range(4)), drawn(4, near_duplicate_of="mj_0000000000000001")]
    for record in records:
        client.save_record(record)
        (client.processed / f"{record.image_id}.png").write_bytes(PNG)
    session, ui = make(language="en")
    result = dataset_commands.prepare(session, "ana")
    (table,) = [block for block in result.blocks if isinstance(block, Table) and "col.review_numbers" in block.columns]
    rows = {row[1].key: row[2] for row in table.rows}  # type: ignore[attr-defined]
    (number,) = (e.number for e in review_list.entries(client) if e.row.image_id == records[4].image_id)
    assert rows["advice.near_duplicates"] == str(number)
    assert rows["advice.few"] == ""
    session.show(result)
    assert "Almost the same as another picture: 1" in ui.text


def test_a_set_that_mixes_media_is_advised_about_with_the_pictures_of_the_rarer_ones() -> None:
    def made(number: int, medium: str) -> ImageRecord:
        about = MidJourney(prompt=f"{medium}, a red no{number} hat", evidence="embedded")
        return drawn(number, midjourney=about)

    photos = [made(n, "vintage photograph") for n in range(8)] + [picture("real", 30)]
    assert "advice.mixed_media" not in found([*photos, *(drawn(n) for n in range(10, 20))])  # of those nothing is known
    others = [made(8, "a watercolor"), made(9, "anime"), made(10, "3d render")]
    told = found([*photos, *others])["advice.mixed_media"]
    assert told.images == tuple(record.image_id for record in others)
    assert {name: told.text.values[name] for name in ("photo", "drawn", "made")} == {"photo": 9, "drawn": 2, "made": 1}
