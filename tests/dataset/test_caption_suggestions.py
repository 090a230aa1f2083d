"""The trainer's captioners, played by a stand-in script: asked once, merged, never over a user's text."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

import utils
from avatar.commands import captions as captions_commands
from avatar.dataset import caption as caption_rules
from avatar.dataset import caption_store, caption_suggestions
from avatar.dataset.caption_suggestions import captioner_command, merge, suggest, suggested_phrases
from avatar.terminal import menu, menus
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from avatar.workspace.records import Caption
from config import Settings
from tests.dataset.test_training_folder import picture
from tests.scripted import MakeSession
from tests.tiny_png import PNG

STAND_IN = """
import sys, pathlib, os
assert sys.argv[2:4] == ["--caption_extension", ".txt"], sys.argv
assert os.environ["PYTHONPATH"] == os.getcwd()
pictures = sorted(pathlib.Path(sys.argv[1]).glob("*.png"))
print("found", len(pictures), "images.")
for path in pictures:
    path.with_suffix(".txt").write_text("1girl, blue eyes, red scarf, brick wall, photo" + chr(10), encoding="utf-8")
sys.exit(int((pathlib.Path(os.getcwd()) / "code").read_text()))
"""


@pytest.fixture
def trainer(tmp_path: Path) -> Path:
    folder = tmp_path / "kohya ñ"
    (folder / "finetune").mkdir(parents=True)
    for name, _ in caption_suggestions.SCRIPTS.values():
        (folder / "finetune" / name).write_text(STAND_IN, encoding="utf-8")
    (folder / "code").write_text("0")
    (folder / "sdxl_train_network.py").write_text("")
    return folder


@pytest.fixture
def filled(client: Client) -> Client:
    for number in range(3):
        own = Caption(text="ohwx woman, mine", by="user") if number == 2 else None
        record = picture("mj", number, caption=own)
        client.save_record(record)
        (client.processed / f"{record.image_id}.png").write_bytes(PNG)
    return client


def ask(client: Client, trainer: Path, kind: str = "tags") -> tuple[dict[str, str], list[str]]:
    lines: list[str] = []
    found = suggest(
        client, client.records(), kind, python=Path(sys.executable), trainer_folder=trainer, on_line=lines.append
    )  # fmt: skip
    return found, lines


def test_tags_and_sentences_give_phrases_without_identity_style_and_counts() -> None:
    assert suggested_phrases("1girl, solo, blue eyes, red scarf, brick wall, photo (medium), sitting") == [
        "sitting", "red scarf", "brick wall",
    ]  # fmt: skip
    assert suggested_phrases("a woman with long hair wearing a black hat standing in a park") == [
        "standing", "black hat", "in a park",
    ]  # fmt: skip


def test_expression_and_gaze_are_suggested_too() -> None:
    assert suggested_phrases("1girl, smile, looking at viewer, closed eyes, red scarf") == [
        "smiling", "eyes closed", "looking at the camera", "red scarf",
    ]  # fmt: skip
    assert suggested_phrases("a man smiling at the camera") == ["smiling", "looking at the camera"]


def test_of_each_kind_only_so_much_is_suggested() -> None:
    said = (
        "sitting, standing, warm sunlight, hard shadows, red hat, blue scarf, green coat, gloves, in a park, by the sea, a lake"
    )
    assert suggested_phrases(said) == [
        "sitting",
        "warm sunlight",
        "red hat",
        "blue scarf",
        "green coat",
        "in a park",
        "by the sea",
    ]


def test_a_suggestion_that_just_fits_is_taken_and_one_too_long_makes_room_for_a_shorter_one() -> None:
    tokens = caption_rules.token_bound("ohwx woman, red scarf")
    for limit, after in ((tokens, ["ohwx woman, red scarf"]), (tokens - 1, [])):
        assert [c.after for c in merge({"a": "ohwx woman"}, {"a": "red scarf"}, max_tokens=limit)] == after
    said = {"a": "magnificently embroidered kimono, red scarf"}
    assert [c.after for c in merge({"a": "ohwx woman"}, said, max_tokens=tokens)] == ["ohwx woman, red scarf"]


def test_only_what_is_not_yet_said_is_added_and_only_what_fits() -> None:
    lines = {"a": "ohwx woman, red silk scarf", "b": "ohwx woman"}
    said = {"a": "red scarf, brick wall", "b": "brick wall, red scarf", "gone": "hat"}
    assert [c.after for c in merge(lines, said, max_tokens=75)] == [
        "ohwx woman, red silk scarf, brick wall", "ohwx woman, red scarf, brick wall",
    ]  # fmt: skip
    assert merge(lines, {"b": "red scarf"}, max_tokens=4) == []


@pytest.mark.parametrize("kind", ["tags", "sentences"])
def test_the_captioner_is_asked_once_and_never_about_a_users_caption(filled: Client, trainer: Path, kind: str) -> None:
    found, lines = ask(filled, trainer, kind)
    assert sorted(found) == [picture("mj", 0).image_id, picture("mj", 1).image_id]
    assert lines == ["found 2 images."]
    assert ask(filled, trainer, kind) == (found, [])
    assert not (filled.folder / ".captioner").exists()
    assert sorted(path.suffix for path in filled.processed.iterdir()) == [".png"] * 3


def test_a_captioner_that_fails_is_told_and_what_it_said_is_kept(filled: Client, trainer: Path) -> None:
    (trainer / "code").write_text("3")
    with pytest.raises(PipelineError) as caught:
        ask(filled, trainer)
    assert (caught.value.key, caught.value.values["code"]) == ("caption.captioner_failed", 3)
    assert not (filled.folder / ".captioner").exists()
    assert len(ask(filled, trainer)[0]) == 2


def test_stopped_by_the_user_is_no_failure(filled: Client, trainer: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(KeyboardInterrupt):
        suggest(filled, filled.records(), "tags", python=Path(sys.executable), trainer_folder=trainer,
                on_line=lambda line: None, cancel=cancel)  # fmt: skip


def test_the_menu_says_what_is_missing_without_a_trainer(filled: Client, make: MakeSession, tmp_path: Path) -> None:
    session, ui = make("7", "", "0")
    session.client = filled
    utils.write_json(session.config_file, {"trainer": {"folder": str(tmp_path / "none")}})
    menu.run_menu("menu.captions", menus.choices_of("captions"), session, needs_client=True)
    assert "No se pueden describir las imágenes automáticamente." in ui.text


def test_without_a_trainer_there_is_no_captioner(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        captioner_command("tags", Path(sys.executable), tmp_path, tmp_path)
    assert caught.value.key == "caption.no_captioner"


def test_suggestions_are_seen_before_they_are_written_and_can_be_taken_back(
    filled: Client, trainer: Path, make: MakeSession, tmp_path: Path
) -> None:
    session, _ui = make()
    values = {"trainer": {"folder": str(trainer), "python": sys.executable}}
    utils.write_json(session.config_file, values)
    preview = captions_commands.captions(session, filled.client_id, change=("suggest", "tags"))
    assert [c.after for c in preview.value["changes"]] == ["ohwx woman, red scarf, brick wall"] * 2
    assert filled.records()[0].caption is None
    captions_commands.captions(session, filled.client_id, change=("suggest", "tags"), apply=True)
    texts = [row.text for row in caption_store.caption_rows(filled, filled.records(), Settings())]
    assert texts == ["ohwx woman, red scarf, brick wall"] * 2 + ["ohwx woman, mine"]
    captions_commands.captions(session, filled.client_id, change=("undo",), apply=True)
    assert [row.by for row in caption_store.caption_rows(filled, filled.records(), Settings())] == ["rules", "rules", "user"]


def test_what_was_said_before_is_known_without_asking_until_the_crop_changes(filled: Client, trainer: Path) -> None:
    assert caption_suggestions.stored(filled, filled.records()) == {}
    ask(filled, trainer, "tags")
    ask(filled, trainer, "sentences")
    records = filled.records()
    said = "1girl, blue eyes, red scarf, brick wall, photo"
    found = caption_suggestions.stored(filled, records)
    assert found == {record.image_id: {"tags": said, "sentences": said} for record in records if record.caption is None}
    first = next(record for record in records if record.caption is None)
    assert first.crop is not None
    other = first.model_copy(update={"crop": first.crop.model_copy(update={"square": (1, 1, 900, 900)})})
    assert caption_suggestions.stored(filled, [other]) == {}
