"""Prepared pictures that were deleted or damaged on the disk: missed, named, and brought back from the originals."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import pytest

import lora_trainer
from avatar.commands import clients as clients_commands
from avatar.commands import faces as faces_commands
from avatar.commands import run_all
from avatar.faces import decisions, remake
from avatar.reports import doctor, stages
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.training import runs as training_runs
from avatar.workspace.client import Client
from config import FaceConfig
from data_preprocessor import prepare_dataset
from tests.scripted import MakeSession
from tests.stages.test_image_processor import DEFAULTS, add, drawn, run


def whole_dataset(client: Client, pictures: int = 5) -> list[str]:
    """Process and prepare a client of drawn pictures; return their ids."""
    ids = [add(client, drawn((250 + 9 * number, 200, 300, 300)), source="mj") for number in range(pictures)]
    run(client)
    assert all(client.record(image_id).approved for image_id in ids)
    prepare_dataset(client, settings=DEFAULTS)
    return ids


def prepared_picture(client: Client, image_id: str) -> Path:
    (path,) = client.training_data.glob(f"*/{image_id}.png")
    return path


def broken(path: Path, how: str) -> None:
    """Delete a file, or cut it where it lies: its hard links are cut with it."""
    if how == "deleted":
        path.unlink()
    else:
        os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("how", ["deleted", "cut"])
@pytest.mark.parametrize("where", ["prepared", "processed"])
def test_a_picture_lost_after_prepare_stops_the_training_and_another_prepare_brings_it_back(
    client: Client, how: str, where: str
) -> None:
    lost = whole_dataset(client)[2]
    crop, picture = client.processed / f"{lost}.png", prepared_picture(client, lost)
    whole = crop.read_bytes()
    broken(crop if where == "processed" else picture, how)
    if how == "cut":
        assert crop.read_bytes() == picture.read_bytes()  # one file with two names
    if where == "prepared" or how == "cut":
        checks = lora_trainer.dry_run(client, settings=DEFAULTS, card_probe=list).preflight
        blocked = [item.text.values.get("file", "") for item in checks if item.name == "dataset" and item.level == "blocked"]
        assert blocked == [f"{picture.parent.name}/{lost}.png"]
        found = doctor.check_images(client, client.records())
        assert found.level == "blocked" and lost in translate.words(found.text, "en")
    report = prepare_dataset(client, settings=DEFAULTS)
    assert crop.read_bytes() == whole == prepared_picture(client, lost).read_bytes()
    noted = [note.values for note in report.notes if note.key == "dataset.note.remade"]
    assert noted == ([] if where == "prepared" and how == "deleted" else [{"n": 1}])
    assert doctor.check_images(client, client.records()).level == "ready"


def test_a_damaged_crop_is_cut_again_by_process_without_looking_for_faces(client: Client) -> None:
    lost = whole_dataset(client)[0]
    crop = client.processed / f"{lost}.png"
    whole = crop.read_bytes()
    broken(crop, "cut")
    report, looked = run(client)
    assert (report.done, looked) == (1, 0)
    assert crop.read_bytes() == whole


def test_a_crop_of_a_face_that_the_user_picked_is_made_anew_of_that_face(client: Client) -> None:
    image_id = add(client, drawn((100, 200, 300, 300), (480, 200, 280, 280)), source="mj")
    run(client)
    decisions.decide(client, DEFAULTS, approve=[image_id], face=(image_id, 1))
    crop = client.processed / f"{image_id}.png"
    whole = crop.read_bytes()
    broken(crop, "cut")
    assert remake.remake(client, [image_id], DEFAULTS) == ([image_id], [])
    assert crop.read_bytes() == whole


def test_a_crop_whose_original_is_damaged_too_is_named_and_the_old_dataset_stays(client: Client) -> None:
    lost = whole_dataset(client)[1]
    for path in (client.processed / f"{lost}.png", client.original(client.record(lost))):
        path.write_bytes(b"")
    with pytest.raises(PipelineError) as caught:
        prepare_dataset(client, settings=DEFAULTS)
    assert caught.value.key == "dataset.missing_crops" and caught.value.values["image"] == lost
    assert len(list(client.training_data.glob("*/*.png"))) == 5


def test_a_crop_made_with_other_settings_is_left_to_process(client: Client) -> None:
    lost = whole_dataset(client)[1]
    (client.processed / f"{lost}.png").unlink()
    other = dataclasses.replace(DEFAULTS, faces=FaceConfig(crop_side_px=512))
    assert remake.remake(client, [lost], other) == ([], [lost])


def test_a_picture_deleted_from_the_dataset_makes_its_stage_out_of_date(client: Client) -> None:
    picture = prepared_picture(client, whole_dataset(client)[0])
    before = stages.state_marker(client, client.folder / "config.json")
    assert stages.client_state(client, DEFAULTS).stage("prepare").state == "done"
    picture.unlink()
    assert stages.state_marker(client, client.folder / "config.json") != before
    found = stages.client_state(client, DEFAULTS).stage("prepare")
    assert found.state == "outdated" and found.why == Text("stage.why.pictures_missing", {"n": 1})


def test_the_whole_way_prepares_again_where_a_picture_was_damaged(client: Client) -> None:
    lost = whole_dataset(client)[0]
    assert not run_all._is_damaged(client)
    broken(prepared_picture(client, lost), "cut")
    assert run_all._is_damaged(client)


def test_a_dataset_that_prepare_calls_blocked_is_blocked_for_the_training_too(client: Client) -> None:
    whole_dataset(client, pictures=2)
    checks = lora_trainer.dry_run(client, settings=DEFAULTS, card_probe=list).preflight
    assert ("advice.too_few", "blocked") in [(item.text.key, item.level) for item in checks]
    # One more is approved, yet not prepared: what would be trained is still too little.
    for number in range(5):
        add(client, drawn((300, 100 + 20 * number, 300, 300)), source="mj")
    run(client)
    checks = lora_trainer.dry_run(client, settings=DEFAULTS, card_probe=list).preflight
    assert "advice.too_few" in [item.text.key for item in checks]
    prepare_dataset(client, settings=DEFAULTS)
    checks = lora_trainer.dry_run(client, settings=DEFAULTS, card_probe=list).preflight
    assert "advice.too_few" not in [item.text.key for item in checks]


# --- while a training goes on ----------------------------------------------------------------------------------------


def test_neither_prepare_nor_configure_works_under_a_trainer_that_nobody_watches(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_dataset(client)
    before = {path: path.stat().st_ino for path in client.training_data.rglob("*.png")}
    live = training_runs.LiveRun("20260101-000000", client.runs / "20260101-000000", 1, 0.0, step=3, total=9)
    monkeypatch.setattr(training_runs, "live_runs", lambda runs: [live])
    for action in (prepare_dataset, lora_trainer.configure):
        with pytest.raises(PipelineError) as caught:
            action(client, settings=DEFAULTS)
        assert caught.value.key == "train.orphan"
    assert {path: path.stat().st_ino for path in client.training_data.rglob("*.png")} == before
    assert not client.plan_file.exists()


@pytest.mark.parametrize("how", ["folder", "file"])
def test_originals_deleted_by_hand_are_told_by_status_and_by_process_which_end_with_a_problem(
    client: Client, make: MakeSession, how: str
) -> None:
    ids = whole_dataset(client)
    session, ui = make(language="es")
    assert clients_commands.status(session, client.client_id).error is None
    if how == "folder":
        shutil.rmtree(client.raw_mj)
    else:
        client.original(client.record(ids[0])).unlink()
    lost = len(ids) if how == "folder" else 1
    result = clients_commands.status(session, client.client_id)
    session.show(result)
    assert result.error is not None and result.error.values["n"] == lost
    assert f"Originales que ya no están: {lost}." in ui.text and "import-mj ana CARPETA" in ui.text
    assert client.record(ids[0]).approved  # the crop that is made stays
    again = faces_commands.process(session, client.client_id, workers=1, force=True)
    assert again.error is not None and again.error.key == "status.originals_missing"
