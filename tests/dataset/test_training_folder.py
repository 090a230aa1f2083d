"""The balance of what the trainer sees, and the folder it reads: whole or not at all, and read back by its own rules."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from avatar.commands import dataset as dataset_commands
from avatar.commands.blocks import SHOWN_OF_A_KIND
from avatar.dataset import caption_store, swap, training_folder
from avatar.dataset import prepared as dataset_prepared
from avatar.dataset.caption_store import set_caption
from avatar.dataset.members import wanted_fingerprint
from avatar.dataset.prepared import prepared_fingerprint
from avatar.dataset.repeats import DatasetPlan, plan_dataset
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.trainer.dataset_folder import read_as_trainer
from avatar.workspace.client import Client
from avatar.workspace.records import Caption, Crop, Decision, ImageRecord, MidJourney, Original, Picture
from config import DatasetDistribution, Settings
from data_preprocessor import prepare_dataset
from tests.scripted import MakeSession
from tests.tiny_png import PNG


def picture(source: str, number: int, **changes: object) -> ImageRecord:
    image_id = f"{source}_{number:016x}"
    values: dict[str, object] = {
        "image_id": image_id,
        "source": source,
        "original": Original(name=f"{number}.png", sha256=f"{number:064x}", bytes=9, stored=f"raw_{source}/x", imported_at="t"),
        "picture": Picture(format="PNG", width=1024, height=1024, phash=f"{number * 2654435761 % 2**64:016x}"),
        "crop": Crop(square=(0, 0, 1024, 1024), side_px=1024, scale=1.0),
        "decision": Decision(verdict="approved", by="rules", when="t"),
    }
    return ImageRecord.model_validate({**values, **changes})


def mix(mj: int, real: int) -> list[ImageRecord]:
    return [picture("mj", n) for n in range(mj)] + [picture("real", n) for n in range(real)]


def note_keys(plan: DatasetPlan | training_folder.DatasetReport) -> list[str]:
    for note in plan.notes:
        for language in translate.LANGUAGES:
            translate.words(note, language)
    return [note.key for note in plan.notes]


# --- prepare ---------------------------------------------------------------------------------------------------------


def fill(client: Client, records: Iterable[ImageRecord]) -> None:
    for record in records:
        client.save_record(record)
        (client.processed / f"{record.image_id}.png").write_bytes(PNG + record.image_id.encode())


def tree(client: Client) -> dict[str, bytes]:
    root = client.training_data
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def info_of(client: Client, name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((client.training_data / name / "dataset_info.json").read_text(encoding="utf-8"))
    return value


def only_folder(client: Client) -> Path:
    (folder,) = client.training_data.iterdir()
    return folder


@pytest.mark.parametrize(("mj", "real"), [(0, 12), (3, 40), (40, 3), (20, 20), (1, 1)])
def test_the_trainer_reads_what_was_planned(client: Client, mj: int, real: int) -> None:
    fill(client, mix(mj, real))
    seen: list[tuple[int, int]] = []
    report = prepare_dataset(client, settings=Settings(), on_progress=lambda done, total: seen.append((done, total)))
    view = read_as_trainer(client.training_data, client_id="ana")
    assert (*view.problems, *view.ignored) == ()
    assert (view.images, view.exposures) == (mj + real, report.exposures)
    assert [(f.name, f.repeats, len(f.images)) for f in view.folders] == sorted(
        (f.name, f.repeats, f.images) for f in report.folders
    )
    assert all(caption.startswith("ohwx woman") for folder in view.folders for caption in folder.captions)
    assert seen[-1] == (mj + real, mj + real)
    assert {f.name for f in view.folders} == {
        f"{n}_ana" for n in plan_dataset(mix(mj, real), Settings().dataset).repeats.values()
    }
    assert not list(client.folder.glob(".training_data*"))
    note_keys(report)


def test_each_folder_says_what_it_holds(client: Client) -> None:
    fill(client, mix(40, 3))
    report = prepare_dataset(client, settings=Settings())
    infos = {folder.name: info_of(client, folder.name) for folder in report.folders}
    assert len(infos) == 2
    for name, info in infos.items():
        assert (info["version"], info["client_id"], info["trigger_word"], info["class_word"]) == (1, "ana", "ohwx", "woman")
        assert info["fingerprint"] == report.fingerprint == prepared_fingerprint(client)
        assert info["made_at"]
        assert [folder["name"] for folder in info["folders"]] == [folder.name for folder in report.folders]
        assert info["shares_asked"] == {"mj": 0.85, "real": 0.15}
        assert info["shares_reached"] == dict(report.shares_reached)
        files = sorted(path.name for path in (client.training_data / name).glob("*.png"))
        assert [item["file"] for item in info["pictures"]] == files
        assert {item["repeats"] for item in info["pictures"]} == {info["repeats"]} == {int(name.split("_")[0])}
    sources = {item["source"] for info in infos.values() for item in info["pictures"]}
    assert sources == {"mj", "real"}


def test_only_approved_pictures_are_written(client: Client) -> None:
    refused = picture("mj", 99, decision=Decision(verdict="rejected", by="user", when="t"))
    fill(client, [*mix(3, 0), refused])
    assert prepare_dataset(client, settings=Settings()).pictures == 3
    assert not any("mj_0000000000000063" in name for name in tree(client))


def test_a_second_preparation_writes_the_same_and_the_fingerprint_tells_when_one_is_due(client: Client) -> None:
    fill(client, mix(4, 2))
    assert prepared_fingerprint(client) is None
    prepare_dataset(client, settings=Settings())
    before = tree(client)
    assert prepared_fingerprint(client) == wanted_fingerprint(client, Settings())
    again = prepare_dataset(client, settings=Settings())
    assert again.captions_written == 0
    after = tree(client)
    assert {k: v for k, v in after.items() if not k.endswith(".json")} == {
        k: v for k, v in before.items() if not k.endswith(".json")
    }
    for change in (
        lambda: client.save_record(picture("mj", 3, decision=Decision(verdict="rejected", by="user", when="t"))),
        lambda: client.save_record(picture("mj", 2, crop=Crop(square=(1, 1, 999, 999), side_px=1024, scale=1.0))),
        lambda: set_caption(client, "mj_0000000000000001", "ohwx woman, laughing"),
        lambda: client.save_info(client.info().model_copy(update={"trigger_word": "sks"})),
    ):
        prepare_dataset(client, settings=Settings())
        change()
        assert prepared_fingerprint(client) != wanted_fingerprint(client, Settings())


def test_other_settings_are_another_dataset_only_where_they_change_it(client: Client) -> None:
    fill(client, mix(4, 2))
    prepare_dataset(client, settings=Settings())
    longer = Settings(dataset=DatasetDistribution(exposures_per_epoch=50))
    assert wanted_fingerprint(client, longer) != prepared_fingerprint(client)
    same = dataclasses.replace(Settings(), language="es")
    assert wanted_fingerprint(client, same) == prepared_fingerprint(client)


def test_the_users_captions_outlive_everything_and_those_of_the_rules_are_made_anew(client: Client) -> None:
    fill(client, [*mix(2, 0), picture("mj", 7, midjourney=MidJourney(prompt="wearing a red hat"))])
    assert set_caption(client, "mj_0000000000000000", "  ohwx woman,  my own ñ ") == []
    report = prepare_dataset(client, settings=Settings())
    assert (report.captions_written, report.captions_kept) == (2, 1)
    assert client.record("mj_0000000000000000").caption == Caption(text="ohwx woman, my own ñ", by="user")
    assert dataset_prepared.prepared_captions(client)["mj_0000000000000007"] == "ohwx woman, red hat"
    assert client.record("mj_0000000000000007").caption is None
    folder = only_folder(client)
    assert (folder / "mj_0000000000000000.txt").read_bytes() == "ohwx woman, my own ñ".encode()
    caption_store.clear_caption(client, "mj_0000000000000000")
    prepare_dataset(client, settings=Settings())
    assert (only_folder(client) / "mj_0000000000000000.txt").read_text(encoding="utf-8") == "ohwx woman"


def test_a_users_caption_without_the_trigger_word_is_kept_and_reported(client: Client) -> None:
    fill(client, mix(2, 0))
    assert [told.key for told in set_caption(client, "mj_0000000000000000", "a hat")] == ["caption.no_trigger"]
    assert "caption.no_trigger" in note_keys(prepare_dataset(client, settings=Settings()))
    assert (only_folder(client) / "mj_0000000000000000.txt").read_text(encoding="utf-8") == "a hat"


@pytest.mark.parametrize("text", ["", "  ", "ohwx\nwoman"])
def test_a_caption_the_trainer_would_trip_over_is_refused(client: Client, text: str) -> None:
    fill(client, mix(1, 0))
    with pytest.raises(PipelineError, match=r"caption\.bad_text"):
        set_caption(client, "mj_0000000000000000", text)


def test_odd_captions_in_a_record_become_one_line_that_is_not_empty(client: Client) -> None:
    odd = [
        picture("mj", 1, caption=Caption(text="ohwx\nwoman", by="user")),
        picture("mj", 2, caption=Caption(text=" ", by="user")),
    ]
    fill(client, odd)
    prepare_dataset(client, settings=Settings())
    assert (only_folder(client) / "mj_0000000000000001.txt").read_text(encoding="utf-8") == "ohwx woman"
    assert (only_folder(client) / "mj_0000000000000002.txt").read_text(encoding="utf-8") == "ohwx woman"


def test_a_caption_edited_in_the_folder_itself_is_the_users_from_then_on(client: Client) -> None:
    fill(client, mix(3, 0))
    prepare_dataset(client, settings=Settings())
    text = only_folder(client) / "mj_0000000000000001.txt"
    text.write_bytes("\ufeffohwx woman, editado a mano\r\n".encode())
    report = prepare_dataset(client, settings=Settings())
    assert "dataset.note.captions_adopted" in note_keys(report)
    assert client.record("mj_0000000000000001").caption == Caption(text="ohwx woman, editado a mano", by="user")
    assert text.read_bytes() == b"ohwx woman, editado a mano"
    assert report.captions_kept == 1


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_a_caption_edited_in_any_editor_of_windows_is_kept(client: Client, encoding: str) -> None:
    fill(client, mix(3, 0))
    prepare_dataset(client, settings=Settings())
    words = "ohwx woman, en un jardín — ñandú"
    (only_folder(client) / "mj_0000000000000001.txt").write_bytes(f"{words}\r\n".encode(encoding))
    prepare_dataset(client, settings=Settings())
    assert client.record("mj_0000000000000001").caption == Caption(text=words, by="user")
    assert (only_folder(client) / "mj_0000000000000001.txt").read_text(encoding="utf-8") == words


def test_the_same_caption_saved_in_another_encoding_is_no_edit(client: Client) -> None:
    fill(client, [picture("mj", 1, midjourney=MidJourney(prompt="wearing a café hat"))])
    prepare_dataset(client, settings=Settings())
    text = only_folder(client) / "mj_0000000000000001.txt"
    written = text.read_text(encoding="utf-8")
    assert not written.isascii()
    for encoding in ("cp1252", "utf-16"):
        text.write_bytes(written.encode(encoding))
        assert prepare_dataset(client, settings=Settings()).captions_kept == 0
        assert text.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("content", [b"", b" \r\n", b"\xef\xbb\xbf"])
def test_a_text_that_was_emptied_is_the_rules_again(client: Client, content: bytes) -> None:
    fill(client, mix(2, 0))
    prepare_dataset(client, settings=Settings())
    text = only_folder(client) / "mj_0000000000000001.txt"
    text.write_bytes(content)
    assert prepare_dataset(client, settings=Settings()).captions_kept == 0
    assert text.read_text(encoding="utf-8") == "ohwx woman"


def test_caches_of_an_earlier_training_and_folders_of_other_repeats_are_gone(client: Client) -> None:
    fill(client, mix(4, 2))
    prepare_dataset(client, settings=Settings())
    for name in ("mj_0000000000000001_1024x1024_sdxl.npz", "mj_0000000000000001_te_outputs.npz"):
        (next(client.training_data.iterdir()) / name).write_bytes(b"stale")
    prepare_dataset(client, settings=Settings(dataset=DatasetDistribution(strategy="as_is", exposures_per_epoch=12)))
    assert not [name for name in tree(client) if name.endswith(".npz")]
    assert [path.name for path in client.training_data.iterdir()] == ["2_ana"]
    assert not client.output.is_dir() or not list(client.output.iterdir())


def test_files_that_are_not_ours_are_moved_and_never_deleted(client: Client) -> None:
    fill(client, mix(2, 0))
    prepare_dataset(client, settings=Settings())
    (only_folder(client) / "mask.png").write_bytes(b"mine")
    other = client.training_data / "3_eva"
    other.mkdir()
    (other / "eva.png").write_bytes(b"hers")
    (client.training_data / "notes.txt").write_bytes(b"notes")
    report = prepare_dataset(client, settings=Settings())
    assert "dataset.note.foreign_moved" in note_keys(report)
    moved = {path.name: path.read_bytes() for path in client.output.rglob("*") if path.is_file()}
    assert moved == {"mask.png": b"mine", "eva.png": b"hers", "notes.txt": b"notes"}
    assert read_as_trainer(client.training_data, client_id="ana").problems == ()


@pytest.mark.parametrize("suffix", [".jpg", ".caption", ".txt.bak", ".json", ""])
def test_a_file_that_is_only_called_like_one_of_ours_is_moved_too(client: Client, suffix: str) -> None:
    fill(client, mix(2, 0))
    prepare_dataset(client, settings=Settings())
    folder = only_folder(client)
    (folder / f"mj_0000000000000001{suffix}").write_bytes(b"mine")
    prepare_dataset(client, settings=Settings())
    (moved,) = [path for path in client.output.rglob("*") if path.is_file()]
    assert (moved.name, moved.read_bytes()) == (f"mj_0000000000000001{suffix}", b"mine")
    assert moved.parent.name == folder.name
    assert sorted(path.suffix for path in only_folder(client).iterdir()) == [".json", ".png", ".png", ".txt", ".txt"]


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", ".DS_Store", "mj_0000000000000001_0064x0064_sdxl.npz", "x.tmp"])
def test_what_systems_and_trainers_leave_is_neither_moved_nor_kept(client: Client, name: str) -> None:
    fill(client, mix(2, 0))
    prepare_dataset(client, settings=Settings())
    (only_folder(client) / name).write_bytes(b"x")
    assert note_keys(prepare_dataset(client, settings=Settings())) == ["dataset.note.no_real"]
    assert not list(client.output.iterdir())
    assert not (only_folder(client) / name).exists()


# --- a client that was renamed or copied by hand ---------------------------------------------------------------------


def test_a_client_whose_folder_was_renamed_by_hand_is_prepared_under_its_new_name(client: Client) -> None:
    fill(client, mix(4, 2))
    prepare_dataset(client, settings=Settings())
    (client.training_data / "20_ana" / "mj_0000000000000001.txt").write_bytes(b"ohwx woman, typed before")
    moved = Client(client.folder.rename(client.folder.with_name("eva")))
    assert prepared_fingerprint(moved) not in {None, wanted_fingerprint(moved, Settings())}  # there, and out of date
    report = prepare_dataset(moved, settings=Settings())
    assert note_keys(report) == ["dataset.note.captions_adopted"]
    assert not list(moved.output.iterdir())
    assert prepared_fingerprint(moved) == wanted_fingerprint(moved, Settings()) == report.fingerprint
    view = read_as_trainer(moved.training_data, client_id="eva")
    assert (view.problems, view.images) == ((), 6)
    assert moved.record("mj_0000000000000001").caption == Caption(text="ohwx woman, typed before", by="user")
    assert {folder.class_tokens for folder in view.folders} == {"eva"}
    assert note_keys(prepare_dataset(moved, settings=Settings())) == []


def test_a_folder_of_somebody_elses_pictures_stays_foreign_whoever_it_names(client: Client) -> None:
    fill(client, mix(2, 0))
    prepare_dataset(client, settings=Settings())
    other = client.training_data / "3_eva"
    other.mkdir()
    (other / "mj_00000000000000ff.png").write_bytes(PNG)
    pictures = [{"image_id": f"mj_{n:016x}", "file": f"mj_{n:016x}.png", "caption": "x"} for n in (0, 255)]
    (other / "dataset_info.json").write_text(json.dumps({"client_id": "eva", "pictures": pictures}), encoding="utf-8")
    assert prepared_fingerprint(client) == wanted_fingerprint(client, Settings())
    assert "dataset.note.foreign_moved" in note_keys(prepare_dataset(client, settings=Settings()))
    assert [path.name for path in client.output.rglob("*.png")] == ["mj_00000000000000ff.png"]


@pytest.mark.parametrize(
    "broken", ["", "[]", "{", '{"client_id": "ana"}', '{"client_id": "ana", "pictures": null}',
               '{"client_id": "ana", "pictures": [7, {"image_id": "../x", "file": "mask.png", "caption": "x"}]}']
)  # fmt: skip
def test_a_list_of_pictures_that_was_spoilt_costs_no_file(client: Client, broken: str) -> None:
    fill(client, mix(2, 0))
    prepare_dataset(client, settings=Settings())
    folder = only_folder(client)
    (folder / "dataset_info.json").write_text(broken, encoding="utf-8")
    (folder / "mask.png").write_bytes(b"mine")
    (folder / "mj_0000000000000001.txt").write_bytes(b"typed")
    prepare_dataset(client, settings=Settings())
    moved = {path.name: path.read_bytes() for path in client.output.rglob("*") if path.is_file()}
    assert moved["mask.png"] == b"mine"
    assert moved["mj_0000000000000001.txt"] == b"typed"
    assert read_as_trainer(client.training_data, client_id="ana").problems == ()


def test_a_trigger_word_that_is_common_is_said_again_before_the_training(client: Client) -> None:
    client.save_info(client.info().model_copy(update={"trigger_word": "luna"}))
    fill(client, mix(17, 3))
    notes = {note.key: note.values for note in prepare_dataset(client, settings=Settings()).notes}
    assert list(notes) == ["caption.trigger.common"]
    assert notes["caption.trigger.common"]["suggestion"] == "lnwx"


@pytest.mark.parametrize(("reds", "told"), [(73, False), (74, True)])
def test_a_caption_of_the_user_that_the_trainer_would_cut_is_told_with_its_picture(
    client: Client, reds: int, told: bool
) -> None:  # fmt: skip
    client.save_info(client.info().model_copy(update={"trigger_word": "sks"}))  # two tokens
    fill(client, mix(17, 3))
    set_caption(client, "mj_0000000000000004", "sks" + " red" * reds)
    expected = [Text("caption.long", {"image": "mj_0000000000000004", "n": 2 + reds, "limit": 75})]
    assert list(prepare_dataset(client, settings=Settings()).notes) == (expected if told else [])


def test_many_captions_without_the_trigger_word_leave_room_on_the_screen(client: Client, make: MakeSession) -> None:
    fill(client, mix(17, 3))
    for number in range(9):
        set_caption(client, f"mj_{number:016x}", f"a hat {number}")
    session, ui = make(language="en")
    result = dataset_commands.prepare(session, "ana")
    session.show(result)
    assert len(result.value.report.notes) == 9
    assert [warning.key for warning in result.warnings].count("caption.no_trigger") == SHOWN_OF_A_KIND
    assert f"{9 - SHOWN_OF_A_KIND} more warnings of this kind" in ui.text


def test_a_missing_crop_is_named_and_the_old_dataset_stays(client: Client) -> None:
    fill(client, mix(3, 0))
    prepare_dataset(client, settings=Settings())
    before = tree(client)
    (client.processed / "mj_0000000000000001.png").unlink()
    with pytest.raises(PipelineError) as caught:
        prepare_dataset(client, settings=Settings())
    assert (caught.value.key, caught.value.values["n"]) == ("dataset.missing_crops", 1)
    assert tree(client) == before


def test_an_interruption_at_any_picture_leaves_the_old_dataset_whole(client: Client) -> None:
    fill(client, mix(3, 0))
    prepare_dataset(client, settings=Settings())
    before = tree(client)
    fill(client, [picture("mj", 9)])

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare_dataset(client, settings=Settings(), on_progress=stop)
    assert tree(client) == before
    assert not list(client.folder.glob(".training_data*"))
    assert prepare_dataset(client, settings=Settings()).pictures == 4


@pytest.mark.parametrize("emptied", [False, True])
def test_an_interrupted_swap_is_repaired_at_the_next_call(client: Client, emptied: bool) -> None:
    fill(client, mix(3, 0))
    prepare_dataset(client, settings=Settings())
    client.training_data.rename(client.folder / ".training_data.old")
    (client.folder / ".training_data.new" / "9_ana").mkdir(parents=True)
    if emptied:
        client.make_folders()
    swap.repair(client)
    assert len([name for name in tree(client) if name.endswith(".png")]) == 3
    assert not list(client.folder.glob(".training_data*"))


def test_a_swap_that_was_done_but_not_tidied_keeps_the_new_tree(client: Client) -> None:
    fill(client, mix(3, 0))
    prepare_dataset(client, settings=Settings())
    now = tree(client)
    (client.folder / ".training_data.old" / "1_ana").mkdir(parents=True)
    swap.repair(client)
    assert tree(client) == now
    assert not list(client.folder.glob(".training_data*"))


def test_a_folder_held_open_is_an_error_with_the_old_dataset_in_place(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(client, mix(3, 0))
    prepare_dataset(client, settings=Settings())
    before = tree(client)
    rename = Path.rename

    def held(path: Path, target: Path) -> Path:
        if path.name == ".training_data.new":
            raise PermissionError("held open")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(PipelineError, match=r"dataset\.in_use"):
        prepare_dataset(client, settings=Settings())
    assert tree(client) == before


def test_a_full_disk_is_an_error_with_the_old_dataset_in_place(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(client, mix(3, 0))
    prepare_dataset(client, settings=Settings())
    before = tree(client)

    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(training_folder, "_link", full)
    with pytest.raises(PipelineError, match=r"dataset\.not_written"):
        prepare_dataset(client, settings=Settings())
    assert tree(client) == before


def test_what_is_read_back_otherwise_than_planned_is_never_a_success(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(client, mix(3, 0))

    def lose(source: str, target: str) -> None:
        if not target.endswith("1.png"):
            os.link(source, target)

    monkeypatch.setattr(training_folder, "_link", lose)
    with pytest.raises(PipelineError, match=r"dataset\.not_as_planned"):
        prepare_dataset(client, settings=Settings())
    assert tree(client) == {}


def test_a_broken_picture_is_noticed_before_the_trainer_does(client: Client) -> None:
    fill(client, mix(3, 0))
    (client.processed / "mj_0000000000000001.png").write_bytes(b"")
    with pytest.raises(PipelineError) as caught:
        prepare_dataset(client, settings=Settings())
    assert caught.value.key == "dataset.missing_crops"
    assert caught.value.values["image"] == "mj_0000000000000001"


def test_only_texts_that_changed_are_new_files(client: Client) -> None:
    fill(client, mix(4, 0))
    prepare_dataset(client, settings=Settings())
    texts = {path.name: path.stat().st_ino for path in only_folder(client).glob("*.txt")}
    for number, odd in ((0, b"ohwx woman\n"), (1, b"\xef\xbb\xbfohwx woman")):  # the same caption, yet not as it is to be
        (only_folder(client) / f"mj_{number:016x}.txt").write_bytes(odd)
    set_caption(client, "mj_0000000000000002", "ohwx woman, hat")
    report = prepare_dataset(client, settings=Settings())
    assert (report.captions_written, report.captions_kept) == (0, 1)
    after = {path.name: path for path in only_folder(client).glob("*.txt")}
    assert [name for name, path in after.items() if path.stat().st_ino == texts[name]] == ["mj_0000000000000003.txt"]
    wanted = {"mj_0000000000000002.txt": "ohwx woman, hat"}
    assert {name: path.read_text(encoding="utf-8") for name, path in after.items()} == {
        name: wanted.get(name, "ohwx woman") for name in texts
    }
    assert {path.stat().st_nlink for path in after.values()} == {1}


def test_pictures_are_copied_where_links_are_not_to_be_had(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(client, mix(2, 0))

    def no_links(*_: object) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "link", no_links)
    prepare_dataset(client, settings=Settings())
    copied = only_folder(client) / "mj_0000000000000001.png"
    assert copied.read_bytes() == (client.processed / copied.name).read_bytes()
    assert copied.stat().st_nlink == 1


def test_without_approved_pictures_nothing_is_written(client: Client) -> None:
    with pytest.raises(PipelineError, match=r"dataset\.no_pictures"):
        prepare_dataset(client, settings=Settings())
    assert wanted_fingerprint(client, Settings())
    assert prepared_fingerprint(client) is None
