"""Likeness of real pictures, by the program's own detector and identity: the person, a stranger, copies, and no face."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

import data_preprocessor
import image_processor
from avatar.faces import decisions, identity, weights
from avatar.results import likeness, ranking
from avatar.results.ranking import Ranked
from avatar.results.scores import TrialPicture
from avatar.workspace.client import Client
from config import Settings
from tests.results.made_scores import picture

HELD_OUT = ("03_neutral_front", "04_neutral_right_3quarter", "08_smiling_front")
TRAINED = ("02_neutral_left_3quarter", "07_smiling_left_3quarter", "09_smiling_right_3quarter", "01_neutral_left_profile",
           "05_neutral_right_profile")  # fmt: skip
VIEWS = (*HELD_OUT, *TRAINED)


def degraded(source: Path) -> Image.Image:
    """Return a picture as a model would repeat it: smaller, softer, lighter."""
    with Image.open(source) as opened:
        soft = ImageOps.exif_transpose(opened).convert("RGB").filter(ImageFilter.GaussianBlur(1.0))
    return ImageEnhance.Brightness(soft.resize((soft.width * 7 // 10, soft.height * 7 // 10))).enhance(1.08)


def drawn(folder: Path, candidate: str, pictures: Sequence[Image.Image]) -> list[TrialPicture]:
    made = []
    for column, image in enumerate(pictures):
        path = folder / f"{candidate}-{column}.png"
        image.save(path)
        made.append(picture(candidate, column, path=path))
    return made


@pytest.fixture
def person(client: Client, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Path]:
    """A client of eight photos of one person, three of them held out; return the photos by view."""
    if weights.missing_package():
        pytest.skip("no weights for comparing faces")
    monkeypatch.setattr(identity, "available", lambda: True)
    photos = tmp_path / "photos"
    photos.mkdir()
    by_view = {view: shared_data / "faces" / f"london001_{view}.jpg" for view in VIEWS}
    for path in by_view.values():
        shutil.copy(path, photos)
    data_preprocessor.import_photos(client, [photos], settings=Settings())
    image_processor.process(client, settings=Settings(), workers=1)
    ids = {record.original.name: record.image_id for record in client.records()}
    approve = [record.image_id for record in client.records() if not record.approved]
    held = [ids[by_view[view].name] for view in HELD_OUT]
    decisions.decide(client, Settings(), approve=approve, hold_out=held)
    return by_view


def test_the_person_is_told_from_a_stranger_and_from_copies_of_the_training(
    client: Client, person: Mapping[str, Path], shared_data: Path, tmp_path: Path
) -> None:
    faces = shared_data / "faces"
    folder = client.samples / "trials" / "20260101-120000"
    folder.mkdir(parents=True)
    like = [ImageOps.mirror(degraded(person[view])) for view in (*HELD_OUT, *TRAINED[:2])]
    copies = [degraded(client.processed / f"{one.image_id}.png") for one in client.records() if not one.held_out]
    strangers = [degraded(faces / f"london011_{view}.jpg") for view in (*HELD_OUT, *TRAINED[:2])]
    empty = [Image.open(faces / "noface" / "coffee.png").convert("RGB"), Image.new("RGB", (512, 512), (90, 80, 70))]
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (512, 512, 3), np.uint8))
    pictures = [
        *drawn(folder, "500@0.6", like), *drawn(folder, "1000@1.0", copies), *drawn(folder, "500@1.0", strangers),
        *drawn(folder, "1000@0.6", [*empty, noise]),
    ]  # fmt: skip
    scores = likeness.score(client, folder, pictures, Settings(), workers=1)
    assert scores.reference is not None and (scores.reference.kind, scores.reference.n) == ("held_out", 3)
    assert scores.yardstick is not None and 0.6 < scores.yardstick.low < 0.95
    ranked = ranking.rank(scores, Settings().results)
    by_name: dict[str, Ranked] = {one.candidate: one for one in ranked.candidates}
    own, stranger, copier = (by_name[name] for name in ("500@0.6", "500@1.0", "1000@1.0"))
    assert own.likeness is not None and stranger.likeness is not None
    assert own.likeness > 0.6 and stranger.likeness < 0.35
    assert copier.copy_risk is not None and own.copy_risk is not None
    assert copier.copy_risk > Settings().results.max_copy_risk > own.copy_risk
    assert ranked.best is own and copier.rank is None
    assert [text.key for text in by_name["1000@0.6"].reasons] == ["rank.no_face"]
    assert own.sharpness is not None and own.exposure is not None and 40 < own.exposure < 220


def test_a_single_picture_is_measured_as_those_of_a_trial_are(
    client: Client, person: Mapping[str, Path], shared_data: Path
) -> None:
    mirror = likeness.mirror(client, Settings())
    assert mirror is not None
    own, other = (shared_data / "faces" / f"london{who}_10_smiling_right_profile.jpg" for who in ("001", "011"))
    like, unlike = mirror.likeness(own), mirror.likeness(other)
    assert like is not None and unlike is not None and like > unlike + 0.2
    assert mirror.likeness(shared_data / "faces" / "noface" / "coffee.png") is None
    assert mirror.likeness(shared_data / "nowhere.png") is None
