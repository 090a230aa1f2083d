"""Pictures are looked at once and compared with what no training saw; other held-out photos open and draw nothing anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar.faces import framing, identity
from avatar.faces import workers as face_workers
from avatar.results import likeness, looks, ranking, reference, sightings, trial
from avatar.results.looks import LAYOUT_CELLS, STRUCTURE_PX, Look, LookTask
from avatar.results.scores import Scores
from avatar.texts.text import PipelineError, Text
from avatar.workspace import lines
from avatar.workspace.client import Client
from avatar.workspace.records import Crop, Face, FaceChoice, Identity, ImageRecord, Use
from config import Settings
from tests.dataset.test_training_folder import picture as record_of
from tests.results import made
from tests.results.made_scores import picture

RNG = np.random.default_rng(4)
WHO, STRANGER = (np.asarray(v / np.linalg.norm(v)) for v in RNG.standard_normal((2, 128)))
KEYPOINTS = {"left_eye": (400, 450), "right_eye": (620, 450), "nose": (510, 560), "mouth_left": (420, 680),
             "mouth_right": (600, 680)}  # fmt: skip


def vector(seed: int, who: Any = WHO, share: float = 0.8) -> str:
    own = np.random.default_rng(seed).standard_normal(128)
    made = np.sqrt(share) * who + np.sqrt(1 - share) * own / np.linalg.norm(own)
    return identity.packed(identity.unit(made.astype(np.float32)))


def structure(seed: int) -> bytes:
    return np.random.default_rng(seed).integers(0, 255, STRUCTURE_PX**2).astype(np.uint8).tobytes()


def layout(seed: int) -> bytes:
    return np.random.default_rng(seed).integers(0, 255, 3 * LAYOUT_CELLS**2).astype(np.uint8).tobytes()


def photo(n: int, *, held: bool = False, source: str = "real", **changes: object) -> ImageRecord:
    values: dict[str, object] = {
        "faces": [Face(box=(300, 300, 400, 500), confidence=0.99, keypoints=KEYPOINTS)],  # type: ignore[arg-type]
        "face_choice": FaceChoice(index=0, why="only"),
        "identity": Identity(vector=vector(n), points="yunet", verdict="client"),
        "use": Use(kind="held_out" if held else "train", by="rules"),
        "crop": Crop(square=(0, 0, 1024, 1024), side_px=1024, scale=1.0),
        **changes,
    }
    return record_of(source, n, **values)


def saved(client: Client, records: Sequence[ImageRecord]) -> None:
    for record in records:
        client.save_record(record)


class Eyes:
    """Stands for the worker processes: what each picture shows, by its name; counts what was looked at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown: dict[str, Look] = {}
        self.asked: list[str] = []
        self.stop_after: int | None = None
        monkeypatch.setattr(face_workers, "here", self.here)
        monkeypatch.setattr(identity, "available", lambda: True)

    def here(self, tasks: Sequence[LookTask], workers: int, **more: object) -> Iterator[Look]:
        for task in tasks:
            if self.stop_after is not None and len(self.asked) >= self.stop_after:
                raise KeyboardInterrupt
            self.asked.append(task.image_id)
            yield self.shown.get(task.image_id) or own(task.image_id)


def own(name: str, seed: int = 0, who: Any = WHO, faces: int = 1, **more: Any) -> Look:
    """Return what a picture shows: a face of one's own, unless the values say otherwise."""
    seed = seed or sum(map(ord, name))
    if faces != 1:
        return Look(name, faces=faces, layout=layout(seed), size=(1024, 1024))
    values: dict[str, Any] = {"vector": vector(seed, who, 0.75), "structure": structure(seed), "layout": layout(seed), **more}
    return Look(name, faces=1, box=(300.0, 300.0, 400.0, 500.0), size=(1024, 1024), sharpness=150.0, exposure=110.0, **values)


@pytest.fixture
def eyes(monkeypatch: pytest.MonkeyPatch) -> Eyes:
    return Eyes(monkeypatch)


@pytest.fixture
def folder(client: Client) -> Path:
    return client.samples / "trials" / "20260101-120000"


TRIAL = [picture(name, column) for name in ("base@0", "500@0.8", "1000@1.0") for column in range(6)]
SIX = [*(photo(n) for n in range(15)), *(photo(n, held=True) for n in range(15, 20))]


def rows(folder: Path) -> list[dict[str, Any]]:
    return list(lines.read(folder / likeness.MEASURES_FILE))


def scored(client: Client, folder: Path, **more: Any) -> Scores:
    return likeness.score(client, folder, TRIAL, Settings(), **more)


def test_each_picture_is_looked_at_once_and_its_measures_are_kept_as_named(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, SIX)
    told: list[tuple[int, int]] = []
    found = scored(client, folder, on_progress=lambda done, total: told.append((done, total)))
    assert [score.picture for score in found.pictures] == TRIAL
    assert told[-1] == (18, 18)
    (first, *_) = rows(folder)
    assert set(first) == {
        "picture_id", "rules", "held_out", "faces", "box", "vector", "likeness", "copy_margin", "sharpness", "exposure",
    }  # fmt: skip
    assert found.reference is not None and first["held_out"] == found.reference.digest
    assert len(eyes.asked) == 18 + 20  # the pictures of the trial, and once the client's own
    again = scored(client, folder)
    assert again == found and len(eyes.asked) == 38 and len(rows(folder)) == 18


def test_likeness_is_the_cosine_to_the_mean_of_the_photos_held_out(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, SIX)
    eyes.shown = {one.picture_id: own(one.picture_id, who=STRANGER) for one in TRIAL if one.model == "500"}
    found = scored(client, folder)
    mean = sum(identity.unpacked(one.identity.vector) for one in SIX[15:] if one.identity)
    for score in found.pictures:
        seen = sightings.known(folder)[score.picture.picture_id]
        assert seen.vector is not None
        assert score.likeness == pytest.approx(float(identity.unpacked(seen.vector) @ mean / np.linalg.norm(mean)), abs=1e-3)
    assert {score.picture.model for score in found.pictures if score.likeness is not None and score.likeness < 0.5} == {"500"}
    yardstick = found.yardstick
    assert yardstick is not None and yardstick.n == 5 and 0.7 < yardstick.low < yardstick.mean < 0.95
    assert found.notes == ()


def test_other_held_out_photos_score_anew_without_a_picture_being_opened(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, SIX)
    before = scored(client, folder)
    looked = len(eyes.asked)
    client.save_record(photo(3, held=True))
    after = scored(client, folder)
    assert len(eyes.asked) == looked
    assert before.reference is not None and after.reference is not None
    assert before.reference.digest != after.reference.digest
    assert [s.likeness for s in before.pictures] != [s.likeness for s in after.pictures]
    assert len(rows(folder)) == 36 and {row["held_out"] for row in rows(folder)} == {
        before.reference.digest, after.reference.digest,
    }  # fmt: skip
    client.save_record(photo(3))
    assert scored(client, folder) == before and len(rows(folder)) == 36  # the first measures still hold


def test_new_rules_look_at_everything_again(client: Client, folder: Path, eyes: Eyes, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(client, SIX)
    scored(client, folder)
    monkeypatch.setattr(looks, "LOOKS_VERSION", looks.LOOKS_VERSION + 1)
    scored(client, folder)
    assert len(eyes.asked) == 2 * 38 and len(rows(folder)) == 36


def test_what_was_looked_at_before_ctrl_c_is_not_looked_at_again(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, SIX)
    eyes.stop_after = 27
    with pytest.raises(KeyboardInterrupt):
        scored(client, folder)
    with (folder / looks.LOOKS_FILE).open("ab") as handle:
        handle.write(b'{"picture_id": "cut')  # and killed in the middle of a line
    eyes.stop_after = None
    found = scored(client, folder)
    assert len(eyes.asked) == 38 and len(found.pictures) == 18
    assert len(set(eyes.asked)) == 38


def test_a_line_changed_by_hand_is_measured_again(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, SIX)
    before = scored(client, folder)
    path = folder / likeness.MEASURES_FILE
    changed = [{**row, "likeness": float("nan")} for row in lines.read(path)]
    path.write_text("".join(json.dumps(row) + "\n" for row in changed), encoding="utf-8")
    assert scored(client, folder) == before


def test_a_picture_that_cannot_be_read_is_named_and_the_others_count(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, SIX)
    broken = TRIAL[7].picture_id
    eyes.shown[broken] = Look(broken, problem=Text("likeness.not_read", {"name": "x.png", "detail": "cut"}))
    found = scored(client, folder)
    assert set(found.failed) == {broken} and len(found.pictures) == 17
    del eyes.shown[broken]
    assert len(scored(client, folder).pictures) == 18  # a repaired one is looked at again


def test_pictures_with_no_face_or_several_have_no_likeness_but_count_as_drawn(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, SIX)
    eyes.shown = {TRIAL[6].picture_id: own("x", 3, faces=0), TRIAL[7].picture_id: own("y", 4, faces=2)}
    eyes.shown = {name: Look(**{**vars(look), "image_id": name}) for name, look in eyes.shown.items()}
    found = scored(client, folder)
    assert [score.faces for score in found.of("500@0.8")] == [0, 2, 1, 1, 1, 1]
    assert [score.likeness is None for score in found.of("500@0.8")] == [True, True, False, False, False, False]
    (one,) = [one for one in ranking.rank(found, Settings().results).candidates if one.candidate == "500@0.8"]
    assert one.faces == pytest.approx(4 / 6)
    assert (one.n, [text.key for text in one.reasons]) == (4, ["rank.few_faces"])


def test_a_candidate_that_repeats_trained_pictures_is_never_first(client: Client, folder: Path, eyes: Eyes) -> None:
    """It is as like as the photos themselves, and would win by likeness."""
    saved(client, SIX)
    copied = [one for one in TRIAL if one.model == "1000"]
    crops = {record.image_id: own(reference._name(record), record_seed(record)) for record in SIX}
    eyes.shown = {look.image_id: look for look in crops.values()}
    for one, record in zip(copied, SIX, strict=False):
        assert record.identity is not None
        eyes.shown[one.picture_id] = own(
            one.picture_id, vector=record.identity.vector, structure=crops[record.image_id].structure
        )
    found = scored(client, folder)
    ranked = ranking.rank(found, Settings().results)
    by_name = {one.candidate: one for one in ranked.candidates}
    assert ranked.best is not None and ranked.best.candidate == "500@0.8"
    assert [text.key for text in by_name["1000@1.0"].reasons] == ["rank.copies"]
    copier, other = by_name["1000@1.0"].copy_risk, by_name["500@0.8"].copy_risk
    assert copier is not None and other is not None and copier > 0.3 and abs(other) < 0.05


def record_seed(record: ImageRecord) -> int:
    return int(record.image_id[-4:], 16) + 1000


def test_with_few_photos_those_that_were_trained_serve_under_a_warning(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, [photo(n, use=None) for n in range(8)])
    found = scored(client, folder)
    assert found.reference is not None and (found.reference.kind, found.reference.n) == ("training", 8)
    assert [note.key for note in found.notes] == ["likeness.by_training"]
    assert {score.copy_margin for score in found.pictures} == {None}
    assert len(eyes.asked) == 18  # nothing of the client's own is looked at


def test_without_photos_midjourneys_pictures_serve_and_it_is_said(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, [photo(n, source="mj", use=None) for n in range(8)])
    found = scored(client, folder)
    assert found.reference is not None and found.reference.kind == "mj"
    assert [note.key for note in found.notes] == ["likeness.by_mj"]


def test_without_a_face_to_compare_with_pictures_are_measured_all_the_same(client: Client, folder: Path, eyes: Eyes) -> None:
    found = scored(client, folder)
    assert (found.reference, found.yardstick) == (None, None)
    assert [note.key for note in found.notes] == ["likeness.no_reference"]
    assert {score.likeness for score in found.pictures} == {None} and {score.faces for score in found.pictures} == {1}


def test_flexibility_is_measured_against_round_0_and_not_without_it(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, SIX)
    stiff = [one for one in TRIAL if one.model == "500"]
    eyes.shown = {one.picture_id: own(one.picture_id, layout=layout(1)) for one in stiff}
    found = scored(client, folder)
    assert found.flexibility["500@0.8"] == 0 and found.flexibility["1000@1.0"] == pytest.approx(1, abs=0.1)
    without = likeness.score(client, folder, [one for one in TRIAL if not one.is_base], Settings())
    assert without.flexibility == {}


def test_nothing_is_freer_than_the_base_and_no_page_says_101_percent(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, SIX)
    hardly_varied = {one.picture_id: bytes(level // 50 for level in layout(one.prompt)) for one in TRIAL if one.is_base}
    eyes.shown = {picture_id: own(picture_id, layout=it) for picture_id, it in hardly_varied.items()}
    assert set(scored(client, folder).flexibility.values()) == {1.0}


def test_it_is_said_where_held_out_photos_are_in_the_prepared_dataset(
    client: Client, folder: Path, eyes: Eyes, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(client, SIX)
    monkeypatch.setattr(reference, "prepared_captions", lambda _: {SIX[-1].image_id: "ohwx", SIX[0].image_id: "ohwx"})
    (note,) = scored(client, folder).notes
    assert (note.key, note.values) == ("likeness.held_out_trained", {"n": 1, "total": 5})


def test_where_faces_cannot_be_compared_it_is_said_what_is_missing(
    client: Client, folder: Path, eyes: Eyes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "available", lambda: False)
    with pytest.raises(PipelineError) as caught:
        scored(client, folder)
    assert caught.value.key == "likeness.no_package"


def test_the_face_of_a_crop_is_where_the_record_says_also_of_a_turned_one() -> None:
    straight = reference._face(photo(1, crop=Crop(square=(100, 200, 612, 712), side_px=1024, scale=2.0)))
    assert straight is not None
    assert straight.box == (400, 200, 800, 1000) and straight.keypoints["nose"] == (820, 720)
    turned = photo(1, crop=Crop(square=(100, 200, 612, 712), side_px=1024, scale=2.0, angle=-12.0))
    found = reference._face(turned)
    assert found is not None and turned.crop is not None
    beside = framing.in_frame(turned.faces[0].box, turned.crop.square, turned.crop.angle)
    assert found.box == pytest.approx([2 * (beside[0] - 100), 2 * (beside[1] - 200), 2 * beside[2], 2 * beside[3]])
    assert reference._face(photo(1, face_choice=None)) is None


# --- of a trial ------------------------------------------------------------------------------------------------------


def test_the_pictures_of_a_trial_are_those_that_are_drawn_and_there(client: Client, folder: Path, eyes: Eyes) -> None:
    saved(client, SIX)
    trial.write(folder, made.trial(models=[
        {"name": "1000", "step": 1000, "sha256": "11" * 32, "run_id": "r"},
        {"name": "final", "step": None, "sha256": "ff" * 32, "run_id": "r"},
    ]))  # fmt: skip
    file = trial.LineFile(folder)
    ids = [f"{number:016x}" for number in range(5)]
    for number, name in enumerate(("base@0", "1000@0.6", "final@0.8", "1000@0.6", "1000@0.6")):
        there = f"{ids[number]}.png" if number != 4 else ""
        file.add(made.line(ids[number], candidate=name, file=there, state="failed" if number == 4 else "done", seconds=12.0))
        if number != 3:  # one was deleted by hand
            (folder / f"{ids[number]}.png").write_bytes(b"x")
    pictures = likeness.drawn(folder)
    assert [(one.candidate, one.steps, one.is_base) for one in pictures] == [
        ("base@0", None, True), ("1000@0.6", 1000, False), ("final@0.8", None, False),
    ]  # fmt: skip
    found = likeness.of_trial(client, folder, Settings())
    assert found.candidates() == ["1000@0.6", "final@0.8"] and [one.picture for one in found.pictures] == pictures
    looked = len(eyes.asked)
    assert likeness.of_trial(client, folder, Settings(), anew=True) == found
    assert len(eyes.asked) == looked + 3
