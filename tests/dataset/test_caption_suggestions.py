"""What looks at pictures, played by stand-ins: which pictures, asked once, merged, never over a user's text."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import utils
from avatar.commands import captioners as captioner_commands
from avatar.dataset import caption as caption_rules
from avatar.dataset import caption_suggestions, trainer_captioner
from avatar.dataset.caption_suggestions import ServerCaptioner, merge, suggest, suggested_phrases, wanted
from avatar.dataset.trainer_captioner import TrainerCaptioner
from avatar.dataset.vision_server import VisionServer
from avatar.texts.text import PipelineError
from avatar.trainer import at_work, captioners
from avatar.trainer.at_work import Worker
from avatar.workspace.client import Client
from avatar.workspace.records import Caption, Crop, MidJourney
from config import CaptionerConfig, Settings
from tests.dataset.standin_vision import SAID, Ollama
from tests.dataset.test_training_folder import picture
from tests.tiny_png import PNG
from tests.trainer import little_trainer


class Looker:
    """Says the same of every picture and remembers which ones it was given."""

    kind = "sentences"

    def __init__(self, text: str = "red scarf", model: str = "m") -> None:
        self.text, self.model = text, model
        self.given: list[str] = []
        self.stop_at = 99

    def describe(self, crops: Mapping[str, Path], folder: Path, *, on_texts: Any, on_progress: Any, cancel: Any) -> None:
        for number, image_id in enumerate(crops):
            if number == self.stop_at:
                raise KeyboardInterrupt
            assert crops[image_id].is_file()
            self.given.append(image_id)
            on_texts({image_id: self.text})
            on_progress(number + 1, len(crops), None)


def said_of(number: int, prompt: str) -> MidJourney:
    return MidJourney(prompt=prompt, evidence="embedded", job_id=f"{number:08d}-0000-0000-0000-000000000000")


@pytest.fixture
def filled(client: Client) -> Client:
    """Two photos, a picture whose prompt says everything, one whose prompt says nothing, and one with a user's caption."""
    made = [
        picture("mj", 0, midjourney=said_of(0, "oil painting of a woman in a red coat in a park, soft light")),
        picture("real", 1), picture("mj", 2, midjourney=said_of(2, "woman")), picture("real", 3),
        picture("real", 4, caption=Caption(text="ohwx woman, mine", by="user")),
    ]  # fmt: skip
    for record in made:
        client.save_record(record)
        (client.processed / f"{record.image_id}.png").write_bytes(PNG)
    return client


def photos() -> list[str]:
    return [picture("real", number).image_id for number in (1, 3)]


def ask(client: Client, looker: Looker, **more: Any) -> dict[str, str]:
    records = wanted(client, client.records(), Settings(), **more)
    return suggest(client, records, looker, on_progress=lambda done, total, left: None)


# --- which pictures, and once ----------------------------------------------------------------------------------------


def test_photos_come_first_then_prompts_that_say_little_and_never_a_users_caption(filled: Client) -> None:
    asked = [record.image_id for record in wanted(filled, filled.records(), Settings())]
    assert sorted(asked[:2]) == sorted(photos()) and asked[2:] == [picture("mj", 2).image_id]
    assert len(wanted(filled, filled.records(), Settings(), every=True)) == 4
    strict = Settings(captioner=CaptionerConfig(min_doubt=1.0))
    assert sorted(r.image_id for r in wanted(filled, filled.records(), strict)) == sorted(photos())


def test_a_picture_is_asked_about_once(filled: Client) -> None:
    looker = Looker()
    found = ask(filled, looker)
    assert sorted(found) == sorted(looker.given) and len(found) == 3
    assert ask(filled, looker) == found and len(looker.given) == 3
    ask(filled, looker, every=True)
    assert len(looker.given) == 4


def test_a_new_crop_and_another_model_are_asked_about_anew(filled: Client) -> None:
    ask(filled, Looker())
    record = filled.record(photos()[0])
    assert record.crop is not None
    left, top, right, bottom = record.crop.square
    filled.save_record(
        record.model_copy(update={"crop": Crop(**{**record.crop.model_dump(), "square": (left, top, right, bottom - 1)})})
    )
    again = Looker()
    ask(filled, again)
    assert again.given == [photos()[0]]
    other = Looker("blue scarf", model="other")
    assert set(ask(filled, other).values()) == {"blue scarf"} and len(other.given) == 3


def test_what_was_said_before_it_was_stopped_is_kept(filled: Client) -> None:
    looker = Looker()
    looker.stop_at = 2
    with pytest.raises(KeyboardInterrupt):
        ask(filled, looker)
    assert len(caption_suggestions.stored(filled, filled.records())) == 2
    rest = Looker()
    assert len(ask(filled, rest)) == 3 and len(rest.given) == 1


def test_a_crop_that_is_gone_is_told_before_anything_is_asked(filled: Client) -> None:
    (filled.processed / f"{photos()[0]}.png").unlink()
    looker = Looker()
    with pytest.raises(PipelineError, match=r"dataset\.missing_crops"):
        ask(filled, looker)
    assert looker.given == []


def test_what_an_older_version_kept_counts(filled: Client) -> None:
    record = filled.record(photos()[0])
    assert record.crop is not None
    crop = [record.original.sha256, *record.crop.square]
    utils.write_json(
        filled.images.parent / "caption_suggestions.json",
        {"version": 1, "sentences": {record.image_id: {"crop": crop, "text": "a hat"}}},
    )
    looker = Looker()
    assert ask(filled, looker)[record.image_id] == "a hat" and record.image_id not in looker.given


# --- the trainer's captioners ----------------------------------------------------------------------------------------


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainerCaptioner:
    """The sentences of a little trainer, model and all."""
    folder = little_trainer.make(tmp_path / "kohya ñ", monkeypatch, text="a woman wearing a red scarf")
    captioner = captioners.CAPTIONERS["sentences"]
    model = captioners.model_folder(captioner, folder)
    model.mkdir(parents=True)
    for name in captioner.files:
        (model / name).write_text("x")
    return TrainerCaptioner(captioner, little_trainer.python_of(folder), folder)


def describe(
    client: Client, trainer: TrainerCaptioner, cancel: threading.Event | None = None
) -> tuple[dict[str, str], list[Any]]:
    progress: list[Any] = []
    records = wanted(client, client.records(), Settings())
    found = suggest(client, records, trainer, on_progress=lambda *told: progress.append(told), cancel=cancel)
    return found, progress


def test_the_crops_are_linked_in_their_order_and_progress_has_the_time_left(filled: Client, trainer: TrainerCaptioner) -> None:
    found, progress = describe(filled, trainer)
    assert set(found.values()) == {"a woman wearing a red scarf"} and len(found) == 3
    assert progress == [(0, 3, None), (0, 3, 8.0), (1, 3, 8.0), (2, 3, 8.0), (3, 3, 0.0)]
    given = (trainer.trainer_folder / "asked").read_text().split()[1:]
    assert [name.partition("_")[2] for name in given] == [
        record.image_id for record in wanted(filled, filled.records(), Settings())
    ]
    assert not (filled.folder / caption_suggestions.FOLDER).exists()
    assert sorted(path.suffix for path in filled.processed.iterdir()) == [".png"] * 5


def test_what_was_said_is_kept_while_the_captioner_goes_on(
    filled: Client, trainer: TrainerCaptioner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer_captioner, "READ_EVERY_S", 0.0)
    kept: list[tuple[int, int]] = []
    records = wanted(filled, filled.records(), Settings())
    stored = caption_suggestions.stored
    suggest(filled, records, trainer, on_progress=lambda done, *_: kept.append((done, len(stored(filled, records)))))
    assert dict(kept)[2] >= 1 and dict(kept)[3] >= 2, "a power cut would have lost them"


def test_beside_a_training_the_captioner_leaves_its_card_alone(
    filled: Client, trainer: TrainerCaptioner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    monkeypatch.setattr(at_work, "workers", lambda folder: [Worker(7, 0.0, "training")])
    describe(filled, trainer)
    assert (trainer.trainer_folder / "asked").read_text().startswith(" ")


def test_a_captioner_that_fails_is_told_and_what_it_said_is_kept(filled: Client, trainer: TrainerCaptioner) -> None:
    little_trainer.says(trainer.trainer_folder, text="a red scarf", stop_at=1, code=3)
    with pytest.raises(PipelineError) as caught:
        describe(filled, trainer)
    assert (caught.value.key, caught.value.values["code"]) == ("caption.captioner_failed", 3)
    assert not (filled.folder / caption_suggestions.FOLDER).exists()
    little_trainer.says(trainer.trainer_folder, text="a blue scarf")
    found, progress = describe(filled, trainer)
    assert sorted(found.values()) == ["a blue scarf", "a blue scarf", "a red scarf"] and progress[0] == (0, 2, None)


def test_packages_that_cannot_be_loaded_any_more_are_named(filled: Client, trainer: TrainerCaptioner) -> None:
    captioner = captioners.CAPTIONERS["tags"]  # its script imports onnx, which is not there
    tagger = TrainerCaptioner(captioner, trainer.python, trainer.trainer_folder)
    with pytest.raises(PipelineError) as caught:
        describe(filled, tagger)
    assert caught.value.key == "captioner.packages_broken" and "No module named 'onnx'" in str(caught.value.values["detail"])


def test_stopped_in_the_middle_it_keeps_what_was_said(filled: Client, trainer: TrainerCaptioner) -> None:
    little_trainer.says(trainer.trainer_folder, text="a red scarf", stop_at=1, code=0, waits=True)
    cancel = threading.Event()
    records = wanted(filled, filled.records(), Settings())
    with pytest.raises(KeyboardInterrupt):
        suggest(filled, records, trainer, cancel=cancel, on_progress=lambda done, total, left: cancel.set() if done else None)
    assert list(caption_suggestions.stored(filled, records)) == [records[0].image_id]


# --- the user's server -----------------------------------------------------------------------------------------------


def test_a_server_is_asked_picture_by_picture_and_an_answer_is_kept_at_once(filled: Client) -> None:
    with Ollama() as standin, VisionServer(CaptionerConfig(server=standin.url)) as server:
        server.ready()
        looker = ServerCaptioner(server)
        kept: list[int] = []
        records = wanted(filled, filled.records(), Settings())
        stored = caption_suggestions.stored
        said = suggest(filled, records, looker, on_progress=lambda *told: kept.append(len(stored(filled, records))))
    assert set(said.values()) == {SAID} and len(standin.pictures) == 3 and kept == [0, 1, 2, 3]


def test_a_model_that_says_nothing_of_use_is_not_asked_about_every_picture(filled: Client) -> None:
    with Ollama() as standin, VisionServer(CaptionerConfig(server=standin.url)) as server:
        standin.said = ["Lovely!"]
        server.ready()
        with pytest.raises(PipelineError, match=r"captioner\.server\.nonsense"):
            ask(filled, ServerCaptioner(server), every=True)  # type: ignore[arg-type]
        assert len(standin.pictures) == caption_suggestions.NOTHING_USABLE


# --- what may stand in a caption -------------------------------------------------------------------------------------


def test_tags_and_sentences_give_phrases_without_identity_style_and_counts() -> None:
    assert suggested_phrases("1girl, solo, realistic, blue eyes, red scarf, brick wall, photo (medium), sitting", "tags") == [
        "sitting", "red scarf", "brick wall",
    ]  # fmt: skip
    assert suggested_phrases("a woman with long hair wearing a black hat standing in a park", "sentences") == [
        "standing", "black hat", "in a park",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    ["a young asian woman with a ponytail in a red coat", "Caucasian male, 30s, brown hair, red coat", "pale skin, red coat",
     "a middle-aged bearded man in a red coat", "Latina woman, curly hair, freckles, red coat", "bald muscular man, red coat",
     "a beautiful slim blonde in a red coat", "red-haired girl, red coat", "man with a moustache, white beard, red coat",
     "The image shows a woman in her twenties wearing a red coat.", "a black woman in a red coat",
     "Brad Pitt wearing a red coat",
     "Hair: grey, short; Face: wrinkles; Clothing: red coat", "pregnant woman in a red coat, tattooed arms"],
)  # fmt: skip
def test_whoever_a_model_says_it_sees_the_caption_says_what_is_worn(said: str) -> None:
    assert suggested_phrases(said, "server") == ["red coat"]


def test_black_and_white_and_an_angle_are_said_and_that_it_is_a_photo_is_not() -> None:
    assert suggested_phrases("a black and white photo of a woman in a park", "sentences") == [
        "in a park",
        "black and white photo",
    ]
    assert suggested_phrases("monochrome, from above, red scarf", "tags") == [
        "red scarf",
        "high angle",
        "black and white photo",
    ]
    assert suggested_phrases("photo of a woman, red coat", "server") == ["red coat"]


def test_expression_and_gaze_are_suggested_too() -> None:
    assert suggested_phrases("1girl, smile, looking at viewer, closed eyes, red scarf", "tags") == [
        "smiling", "eyes closed", "looking at the camera", "red scarf",
    ]  # fmt: skip
    assert suggested_phrases("a man smiling at the camera", "sentences") == ["smiling", "looking at the camera"]


def test_a_suggestion_that_just_fits_is_taken_and_one_too_long_makes_room_for_a_shorter_one() -> None:
    tokens = caption_rules.token_bound("ohwx woman, red scarf")
    for limit, after in ((tokens, ["ohwx woman, red scarf"]), (tokens - 1, [])):
        assert [c.after for c in merge({"a": "ohwx woman"}, {"a": "red scarf"}, "tags", max_tokens=limit)] == after
    said = {"a": "magnificently embroidered kimono, red scarf"}
    assert [c.after for c in merge({"a": "ohwx woman"}, said, "tags", max_tokens=tokens)] == ["ohwx woman, red scarf"]


def test_only_what_is_not_yet_said_is_added_and_only_what_fits() -> None:
    lines = {"a": "ohwx woman, red silk scarf", "b": "ohwx woman"}
    said = {"a": "red scarf, brick wall", "b": "brick wall, red scarf", "gone": "hat"}
    assert [c.after for c in merge(lines, said, "tags", max_tokens=75)] == [
        "ohwx woman, red silk scarf, brick wall", "ohwx woman, red scarf, brick wall",
    ]  # fmt: skip
    assert merge(lines, {"b": "red scarf"}, "tags", max_tokens=4) == []


def test_the_kinds_of_the_command_are_those_whose_answers_are_kept() -> None:
    assert set(captioner_commands.KINDS) == set(caption_suggestions.KINDS)
