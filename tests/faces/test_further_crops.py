"""Several crops of one picture: each framing that fits, in the dataset as pictures of their own, gone with their picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import data_preprocessor
from avatar.dataset import repeats
from avatar.faces import decisions
from avatar.pictures import decode
from avatar.reports.stages import client_state
from avatar.workspace.client import Client
from config import FaceConfig, Settings
from tests.stages.test_image_processor import add, drawn, run

ALL = Settings(faces=FaceConfig(framings=("face", "head_shoulders", "half_figure"), framing_mode="all"))
SMALL_FACE = drawn((1000, 500, 280, 350), size=(2200, 2000))
LARGE_FACE = drawn((250, 200, 360, 450))  # 1.6 fits in 900 px, 2.4 does not


def files(client: Client) -> list[str]:
    return sorted(path.name for path in client.processed.iterdir())


def names(image_id: str) -> list[str]:
    return sorted([f"{image_id}.png", f"{image_id}~half_figure.png", f"{image_id}~head_shoulders.png"])


def test_a_picture_gives_one_crop_for_each_framing_that_fits_it(client: Client) -> None:
    small, large = add(client, SMALL_FACE), add(client, LARGE_FACE)
    run(client, ALL)
    assert files(client) == sorted([*names(small), f"{large}.png"])
    record = client.record(small)
    assert record.crop is not None
    assert record.crop.framing == "face"
    assert [crop.framing for crop in record.more_crops] == ["head_shoulders", "half_figure"]
    sides = [crop.square[2] - crop.square[0] for crop in (record.crop, *record.more_crops)]
    assert sides == sorted(sides)
    for name in names(small):
        pixels = cv2.imdecode(np.fromfile(client.processed / name, np.uint8), cv2.IMREAD_COLOR)
        assert pixels is not None
        assert pixels.shape == (1024, 1024, 3)
    assert client.record(large).more_crops == []


def test_each_crop_is_that_which_the_framing_alone_gives(client: Client) -> None:
    image_id = add(client, SMALL_FACE)
    run(client, ALL)
    together = {path.name: decode.load_rgb(path).pixels.astype(int) for path in client.processed.iterdir()}
    for framing in ("face", "head_shoulders", "half_figure"):
        run(client, Settings(faces=FaceConfig(framings=(framing,))))
        alone = decode.load_rgb(client.processed / f"{image_id}.png").pixels
        same = together[f"{image_id}.png" if framing == "face" else f"{image_id}~{framing}.png"]
        assert np.abs(alone - same).mean() < 2  # a wide one alone is cut from a smaller copy


def test_a_second_run_does_nothing_and_other_settings_take_the_further_crops_away_without_looking_again(client: Client) -> None:
    image_id = add(client, SMALL_FACE)
    _, looks = run(client, ALL)
    assert looks > 0
    report, looks = run(client, ALL)
    assert (report.done, report.skipped_up_to_date, looks) == (0, 1, 0)
    (client.processed / f"{image_id}~half_figure.png").unlink()  # lost: cut anew
    report, looks = run(client, ALL)
    assert (report.done, looks, files(client)) == (1, 0, names(image_id))
    report, looks = run(client)
    assert (report.done, looks, files(client)) == (1, 0, [f"{image_id}.png"])
    assert client.record(image_id).more_crops == []


def test_a_rejected_picture_has_no_crop_in_the_dataset_and_comes_back_with_all(client: Client) -> None:
    image_id, other = add(client, SMALL_FACE), add(client, LARGE_FACE)
    run(client, ALL)
    decisions.set_verdicts(client, reject=[image_id], settings=ALL)
    data_preprocessor.prepare_dataset(client, settings=ALL)
    assert {path.stem for path in client.training_data.rglob("*.png")} == {other}
    assert run(client, ALL)[0].done == 0
    decisions.set_verdicts(client, approve=[image_id], settings=ALL)
    assert set(names(image_id)) <= set(files(client))
    data_preprocessor.prepare_dataset(client, settings=ALL)
    assert {path.name for path in client.training_data.rglob("*.png")} == {*names(image_id), f"{other}.png"}


def test_each_crop_has_its_own_caption_and_counts_for_its_source(client: Client) -> None:
    image_id, made = add(client, SMALL_FACE, source="mj"), add(client, LARGE_FACE, source="real")
    run(client, ALL)
    data_preprocessor.prepare_dataset(client, settings=ALL)
    plan = repeats.plan_dataset(client.records(), ALL.dataset)
    assert plan.counts == {"mj": 3, "real": 1}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in client.training_data.rglob("*.txt")}
    assert len({texts[name[:-4]] for name in names(image_id)}) == 3
    assert made in texts
    folders = {path.stem: path.parent.name for path in client.training_data.rglob("*.png")}
    assert len({folders[name[:-4]] for name in names(image_id)}) == 1  # one source, one number of repeats


def test_the_state_follows_the_crops(client: Client) -> None:
    add(client, SMALL_FACE)
    run(client, ALL)
    data_preprocessor.prepare_dataset(client, settings=ALL)
    state = client_state(client, ALL)
    assert (state.stage("process").state, state.stage("prepare").state, state.approved) == ("done", "done", 1)
    run(client)
    assert client_state(client, Settings()).stage("prepare").state == "outdated"


def test_a_caption_typed_beside_a_further_crop_is_the_users(client: Client) -> None:
    image_id = add(client, SMALL_FACE)
    run(client, ALL)
    data_preprocessor.prepare_dataset(client, settings=ALL)
    [text] = client.training_data.rglob(f"{image_id}~half_figure.txt")
    text.write_text("ohwx woman, my own words", encoding="utf-8")
    data_preprocessor.prepare_dataset(client, settings=ALL)
    caption = client.record(image_id).caption
    assert caption is not None
    assert (caption.text, caption.by) == ("ohwx woman, my own words", "user")


def test_crops_of_a_picture_that_is_gone_go_too(client: Client) -> None:
    image_id, kept = add(client, SMALL_FACE), add(client, LARGE_FACE)
    run(client, ALL)
    client.record_file(image_id).unlink()
    client.original(client.record(kept)).with_name("foreign~file.png").write_bytes(b"x")
    (client.processed / "foreign~file.png").write_bytes(b"not ours")
    run(client, ALL)
    assert files(client) == sorted([f"{kept}.png", "foreign~file.png"])


def test_a_run_killed_between_the_crops_and_the_record_is_finished_by_the_next(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    image_id = add(client, SMALL_FACE)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Client, "save_record", killed)
        run(client, ALL)
    assert client.record(image_id).crop is None
    run(client, ALL)
    assert files(client) == names(image_id)
    assert len(client.record(image_id).more_crops) == 2
