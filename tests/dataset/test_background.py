"""Pictures whose background is not learnt: the mask follows the face, keeps colours, and reaches the trainer's command."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

import lora_trainer
import utils
from avatar.commands import dataset as dataset_commands
from avatar.dataset import background
from avatar.dataset.background import Place
from avatar.dataset.members import wanted_fingerprint
from avatar.dataset.prepared import prepared_fingerprint
from avatar.plan import plan_file
from avatar.reports import background_sheet, drawing
from avatar.texts.text import Text
from avatar.workspace.client import Client
from avatar.workspace.records import Crop, Face
from config import DatasetDistribution, Settings, TrainerConfig
from data_preprocessor import prepare_dataset
from tests.base_models import write_sdxl
from tests.dataset.test_training_folder import picture
from tests.scripted import MakeSession

FACE = Place(0.35, 0.25, 0.3, 0.35)  # of a usual crop


def a_face(box: tuple[float, float, float, float]) -> Face:
    return Face(box=box, confidence=1.0, keypoints={})


def at(mask: Image.Image, x: float, y: float) -> int:
    value = mask.getpixel((int(x * (mask.width - 1)), int(y * (mask.height - 1))))
    assert isinstance(value, int)
    return value


def test_head_and_shoulders_are_kept_and_the_corners_are_not() -> None:
    mask = background.mask(FACE, 512)
    assert mask.size == (512, 512) and mask.mode == "L"
    for x, y in ((0.5, 0.42), (0.37, 0.3), (0.63, 0.3), (0.5, 0.15), (0.5, 0.75), (0.5, 1.0), (0.2, 1.0)):
        assert at(mask, x, y) > 200, (x, y)
    for x, y in ((0.0, 0.0), (1.0, 0.0), (0.02, 0.3), (0.98, 0.3)):
        assert at(mask, x, y) < 20, (x, y)


def test_the_edges_are_soft() -> None:
    row = np.asarray(background.mask(FACE, 512))[int(0.3 * 512)].astype(int)
    assert np.abs(np.diff(row)).max() < 12 and ((row > 20) & (row < 235)).sum() > 40


@given(st.floats(0.05, 0.7), st.floats(0.05, 0.6), st.floats(0.1, 0.35))
def test_the_face_itself_is_always_learnt(left: float, top: float, width: float) -> None:
    height = min(width * 1.2, 1 - top)
    width = min(width, 1 - left)
    mask = background.mask(Place(left, top, width, height), 256)
    assert at(mask, left + width / 2, top + height / 2) > 200


def test_a_face_is_found_again_in_its_crop() -> None:
    crop = Crop(square=(100, 50, 500, 450), side_px=1024, scale=2.56)
    assert background.face_in(crop, a_face((240, 150, 120, 140)))[:4] == pytest.approx((0.35, 0.25, 0.3, 0.35))


def test_a_turned_crop_turns_the_face_about_the_middle() -> None:
    crop = Crop(square=(0, 0, 400, 400), side_px=400, scale=1.0, angle=90.0)
    left, top, width, height, _ = background.face_in(crop, a_face((280, 180, 40, 40)))  # right of the middle
    assert (width, height) == pytest.approx((0.1, 0.1))
    assert (left + width / 2, top + height / 2) == pytest.approx((0.5, 0.25))  # the square's right is above now


FRONT = ((0.43, 0.38), (0.57, 0.38), (0.5, 0.45), (0.45, 0.52), (0.55, 0.52))
TO_THE_LEFT = ((0.40, 0.38), (0.44, 0.38), (0.36, 0.45), (0.40, 0.52), (0.44, 0.52))


def test_the_back_of_a_head_seen_from_the_side_is_learnt_and_what_is_before_the_face_is_not() -> None:
    profile = FACE._replace(points=TO_THE_LEFT)
    assert profile.yaw < -55
    mask = background.mask(profile, 512)
    for x, y in ((0.8, 0.4), (0.75, 0.2), (0.8, 0.55), (0.5, 0.42), (0.36, 0.45), (0.6, 0.9)):
        assert at(mask, x, y) > 200, (x, y)
    assert at(background.mask(FACE, 512), 0.8, 0.4) < 150
    for x, y in ((0.08, 0.2), (0.08, 0.45), (0.02, 0.7)):
        assert at(mask, x, y) < 40, (x, y)
    mirrored = tuple((1 - x, y) for x, y in (TO_THE_LEFT[1], TO_THE_LEFT[0], TO_THE_LEFT[2], TO_THE_LEFT[4], TO_THE_LEFT[3]))
    other = np.asarray(background.mask(FACE._replace(points=mirrored), 512)).astype(int)
    assert np.abs(other[:, ::-1] - np.asarray(mask)).max() < 12


def test_a_face_from_the_front_has_no_back() -> None:
    with_points, without = background.mask(FACE._replace(points=FRONT), 256), background.mask(FACE, 256)
    assert np.abs(np.asarray(with_points).astype(int) - np.asarray(without)).max() < 8


def test_a_bun_above_the_head_is_learnt_where_it_can_be_told_from_the_wall(tmp_path: Path) -> None:
    wall, hair, skin = (225, 225, 220), (50, 35, 30), (220, 170, 150)
    picture = Image.new("RGB", (512, 512), wall)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((160, 110, 352, 330), fill=hair)
    pen.ellipse((205, 15, 307, 125), fill=hair)  # the bun
    pen.ellipse((180, 140, 332, 310), fill=skin)
    for x, y in FRONT:
        pen.ellipse((512 * x - 6, 512 * y - 6, 512 * x + 6, 512 * y + 6), fill=hair)
    picture.save(tmp_path / "a.png")
    for name, face in (("seen", FACE._replace(points=FRONT)), ("unseen", FACE)):
        background.write_png(tmp_path / "a.png", tmp_path / f"{name}.png", face)
    seen, unseen = (Image.open(tmp_path / f"{name}.png").getchannel("A") for name in ("seen", "unseen"))
    assert at(seen, 0.5, 0.06) > 180 > at(unseen, 0.5, 0.04)
    assert at(seen, 0.02, 0.3) < 40 and at(seen, 0.98, 0.3) < 40


def test_the_colours_below_the_mask_stay(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (128, 128, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    background.write_png(tmp_path / "a.png", tmp_path / "b.png", FACE)
    with Image.open(tmp_path / "b.png") as written:
        assert written.mode == "RGBA" and (np.asarray(written)[:, :, :3] == pixels).all()
        assert np.asarray(written)[0, 0, 3] == 0 and np.asarray(written)[60, 64, 3] > 200


def test_the_sheet_shows_what_is_not_learnt_in_colour(tmp_path: Path) -> None:
    Image.new("RGB", (128, 128), "#20a020").save(tmp_path / "a.png")
    background.write_png(tmp_path / "a.png", tmp_path / "b.png", FACE)
    (sheet,) = background_sheet.write_sheets(
        [tmp_path / "b.png"], tmp_path / "out", Text("sheet.background", {"client": "ana", "n": 1}), "en"
    )
    page = np.asarray(Image.open(sheet).convert("RGB")).astype(int)
    corner = page[drawing.TITLE_PX + 3, drawing.GAP_PX + 3]
    middle = page[drawing.TITLE_PX + 90, drawing.GAP_PX + 100]
    assert corner[0] > corner[1] and middle[1] > middle[0]
    many = [tmp_path / "b.png"] * 40
    title = Text("sheet.background", {"client": "ana", "n": 40})
    assert len(background_sheet.write_sheets(many, tmp_path / "out", title, "es")) == 2
    assert len(background_sheet.write_sheets(many[:1], tmp_path / "out", title, "es")) == 1
    assert not (tmp_path / "out" / "background_2.png").exists()


# --- through the program ---------------------------------------------------------------------------------------------

MASKED = Settings(dataset=DatasetDistribution(learn_background=False))


def fill(client: Client, with_face: int = 3, without: int = 1) -> None:
    for number in range(with_face + without):
        face = (
            {"faces": [a_face((358, 256, 307, 358))], "face_choice": {"index": 0, "why": "only"}} if number < with_face else {}
        )
        record = picture("mj", number, **face)
        client.save_record(record)
        client.processed.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (256, 256), (20 * number, 90, 60)).save(client.processed / f"{record.image_id}.png")


def modes(client: Client) -> list[str]:
    found = []
    for path in sorted(client.training_data.glob("*/*.png")):
        with Image.open(path) as opened:
            found.append(opened.mode)
    return found


def test_prepare_writes_the_masks_where_it_is_asked_for(client: Client) -> None:
    fill(client)
    report = prepare_dataset(client, settings=MASKED)
    assert modes(client) == ["RGBA"] * 3 + ["RGB"] and report.masked == 3
    assert plan_file.dataset_facts(client).masked
    plain = prepare_dataset(client, settings=Settings())
    assert modes(client) == ["RGB"] * 4 and plain.masked == 0
    assert not plan_file.dataset_facts(client).masked


def test_the_dataset_is_out_of_date_when_the_setting_changes(client: Client) -> None:
    fill(client)
    prepare_dataset(client, settings=Settings())
    assert prepared_fingerprint(client) == wanted_fingerprint(client, Settings()) != wanted_fingerprint(client, MASKED)
    prepare_dataset(client, settings=MASKED)
    assert prepared_fingerprint(client) == wanted_fingerprint(client, MASKED)


def test_the_plan_uses_the_masks_by_itself_and_the_command_has_the_option(client: Client, tmp_path: Path) -> None:
    fill(client)
    settings = dataclasses.replace(MASKED, trainer=TrainerConfig(base_model=str(write_sdxl(tmp_path / "m.safetensors"))))
    prepare_dataset(client, settings=settings)
    report = lora_trainer.configure(client, settings=settings, gpu="rtx3060_12gb", card_probe=list)
    assert report.plan.alpha_mask and "plan.change.masked" in [change.why.key for change in report.changes]
    checked = lora_trainer.dry_run(client, settings=settings, card_probe=list)
    keys = {item.text.key for item in checked.preflight}
    assert "--alpha_mask" in checked.command and not {"preflight.no_masks", "preflight.mask_unused"} & keys
    prepare_dataset(client, settings=Settings())
    without = lora_trainer.dry_run(client, settings=settings, card_probe=list)
    assert "preflight.no_masks" in {item.text.key for item in without.preflight}


def test_prepare_shows_the_masks_on_a_sheet(make: MakeSession, client: Client) -> None:
    fill(client)
    session, ui = make()
    utils.write_json(session.config_file, {"dataset": {"learn_background": False}})
    session.client = client
    session.show(dataset_commands.prepare(session, None))
    assert (client.output / "background_1.png").is_file() and "background_1.png" in ui.text
