"""Framings and straightening: what lies in the crop, that nothing is invented, and that no picture counts twice."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from avatar.faces import crops as face_crops
from avatar.faces import face as face_values
from avatar.faces import framing as faces_framing
from avatar.faces import pose
from avatar.faces.crops import Task
from avatar.faces.face import DetectedFace
from avatar.pictures import decode
from avatar.pictures.loaded import Loaded
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from config import FaceConfig, Framing, QualityControlConfig, Settings
from tests.faces.test_detection import face_at
from tests.stages.test_image_processor import ColourDetector, add, drawn, run

Pixels = NDArray[np.uint8]


def leaning(face: DetectedFace, angle: float) -> DetectedFace:
    """The same face with its keypoints turned clockwise about the middle of its box."""
    middle = face_values.centre_of(face.box)
    return DetectedFace(
        face.box, face.confidence, {n: faces_framing._turned(p, middle, angle) for n, p in face.keypoints.items()}
    )


# --- geometry --------------------------------------------------------------------------------------------------------


@given(
    angle=st.floats(-60, 60), x=st.integers(0, 900), y=st.integers(0, 700), side=st.integers(60, 500),
    padding=st.sampled_from([1.6, 2.4, 4.0]), lower=st.sampled_from([0.0, 0.08, 0.19]),
)  # fmt: skip
def test_a_turned_square_lies_inside_the_picture(angle: float, x: int, y: int, side: int, padding: float, lower: float) -> None:
    face = leaning(face_at(x, y, 0.8 * side, side), angle)
    square, turned = faces_framing.crop_frame(face.box, face.keypoints, (1400, 1200), padding, lower=lower, straighten=True)
    assert square[2] - square[0] == square[3] - square[1] > 0
    for across, down in faces_framing.corners(square, turned):
        assert -1e-6 <= across <= 1400 + 1e-6
        assert -1e-6 <= down <= 1200 + 1e-6


@given(angle=st.floats(2, 44), sign=st.sampled_from([-1, 1]))
def test_eyes_are_level_in_a_straightened_crop_with_room_around(angle: float, sign: int) -> None:
    face = leaning(face_at(900, 900, 160, 200), sign * angle)
    square, turned = faces_framing.crop_frame(face.box, face.keypoints, (2000, 2000), 1.6, straighten=True)
    assert turned == pytest.approx(sign * angle)
    assert square[2] - square[0] == 320
    eyes = [faces_framing._turned(face.keypoints[name], (0, 0), -turned) for name in ("left_eye", "right_eye")]
    assert eyes[0][1] == pytest.approx(eyes[1][1])


def test_a_turned_upright_head_is_not_tilted_by_its_eyes_in_perspective() -> None:
    face = face_at(900, 900, 160, 200, turn=0.22)
    assert pose.pose_class(pose.pose_of(face)["yaw"]) == "three_quarter"
    (x, y), right = face.keypoints["left_eye"], face.keypoints["right_eye"]
    seen = {**face.keypoints, "left_eye": (x, y + 6), "right_eye": (right[0], right[1] - 6)}
    assert faces_framing.crop_frame(face.box, seen, (2000, 2000), 1.6, straighten=True)[1] == pytest.approx(0, abs=1.5)


@pytest.mark.parametrize("angle", [0.5, 50.0, 90.0])
def test_hardly_leaning_and_lying_heads_are_left_as_they_are(angle: float) -> None:
    face = leaning(face_at(900, 900, 160, 200), angle)
    assert faces_framing.crop_frame(face.box, face.keypoints, (2000, 2000), 1.6, straighten=True) == (
        faces_framing.crop_square(face.box, face.keypoints, (2000, 2000), 1.6),
        0.0,
    )


def test_a_face_that_fills_the_picture_is_not_straightened_at_the_cost_of_its_hair() -> None:
    face = leaning(face_at(220, 150, 560, 700), 30)
    square, turned = faces_framing.crop_frame(face.box, face.keypoints, (1000, 1000), 1.6, straighten=True)
    assert (square, turned) == ((0, 0, 1000, 1000), 0.0)


def test_a_box_beside_a_turned_square_keeps_its_size_and_the_middle_its_place() -> None:
    assert faces_framing.in_frame((40, 40, 20, 20), (0, 0, 100, 100), 33) == pytest.approx((40, 40, 20, 20))
    assert faces_framing.in_frame((90, 45, 10, 10), (0, 0, 100, 100), 90) == pytest.approx((45, 0, 10, 10), abs=1e-9)


# --- pixels ----------------------------------------------------------------------------------------------------------


def test_a_turned_cut_shows_the_leaning_picture_upright_and_no_black() -> None:
    upright = np.full((600, 600, 3), 120, np.uint8)
    cv2.rectangle(upright, (200, 280), (400, 320), (250, 250, 250), -1)
    turn = cv2.getRotationMatrix2D((299.5, 299.5), -20, 1)  # clockwise
    picture = np.asarray(cv2.warpAffine(upright, turn, (600, 600), borderValue=(120, 120, 120)), np.uint8)
    for side in (300, 150, 75, 600):
        seen = face_crops._turned(picture, (150, 150, 450, 450), 20, (600, 600), side)
        truth = np.asarray(cv2.resize(upright[150:450, 150:450], (side, side), interpolation=cv2.INTER_AREA), np.uint8)
        assert seen.shape == (side, side, 3)
        assert np.abs(seen.astype(int) - truth).mean() < 3
        assert seen.min() > 80


# --- a run -----------------------------------------------------------------------------------------------------------

SMALL_FACE = drawn((600, 300, 160, 200), size=(1400, 1200))


@pytest.mark.parametrize(
    ("framing", "factor", "down"), [("face", 1.6, 0.5), ("head_shoulders", 2.4, 0.42), ("half_figure", 4.0, 0.31)]
)
def test_each_framing_has_its_factor_and_puts_the_face_at_its_height(
    client: Client, framing: Framing, factor: float, down: float
) -> None:
    image_id = add(client, SMALL_FACE)
    run(client, Settings(faces=FaceConfig(framings=(framing,))))
    crop = client.record(image_id).crop
    assert crop is not None
    side = crop.square[2] - crop.square[0]
    assert crop.framing == framing
    assert side == pytest.approx(200 * factor, rel=0.05)
    assert (400 - crop.square[1]) / side == pytest.approx(down, abs=0.03)


def test_a_picture_too_small_for_its_turn_gives_the_next_narrower_framing(client: Client) -> None:
    image_id = add(client, drawn((250, 200, 300, 370)))
    for framings, expected in (
        (("half_figure",), "face"),
        (("half_figure", "head_shoulders"), "head_shoulders"),
        (("head_shoulders",), "head_shoulders"),
    ):
        run(client, Settings(faces=FaceConfig(framings=framings)))  # type: ignore[arg-type]
        crop = client.record(image_id).crop
        assert crop is not None
        assert crop.framing == expected


def test_pictures_take_turns_and_each_gives_one_crop_without_detecting_again(client: Client) -> None:
    ids = [add(client, drawn((500 + 9 * k, 300, 160, 200), size=(1400, 1200))) for k in range(8)]
    run(client)
    report, looks = run(client, Settings(faces=FaceConfig(framings=("face", "head_shoulders"))))
    assert (report.done, looks) == (8, 0)
    crops = [client.record(image_id).crop for image_id in ids]
    assert {crop.framing for crop in crops if crop} == {"face", "head_shoulders"}
    assert len([*client.processed.iterdir(), *client.rejected.iterdir()]) == 8


class LeaningDetector(ColourDetector):
    """Says that every face leans by 20 degrees."""

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        return [leaning(face, 20) for face in super().detect(rgb, smallest_px=smallest_px)]


def test_straightening_is_off_until_asked_for_and_cuts_without_detecting(client: Client) -> None:
    import image_processor

    image_id = add(client, drawn((500, 300, 240, 300), size=(1400, 1200)))
    image_processor.process(client, settings=Settings(), detector=LeaningDetector())
    before = client.record(image_id)
    assert before.crop is not None
    assert before.crop.angle == 0
    detector = LeaningDetector()
    image_processor.process(client, settings=Settings(faces=FaceConfig(straighten=True)), detector=detector)
    crop = client.record(image_id).crop
    assert crop is not None
    assert detector.calls == 0
    assert crop.angle == pytest.approx(20, abs=0.5)
    path = next(path for folder in (client.processed, client.rejected) for path in folder.iterdir())
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    assert min(pixels[y, x].max() for x in (0, -1) for y in (0, -1)) > 30  # no black corners
    assert math.isclose(crop.scale, 1024 / (crop.square[2] - crop.square[0]))


def test_settings_of_the_fingerprint_by_default_are_those_of_older_versions() -> None:
    now = face_crops.face_fingerprint(FaceConfig())
    assert face_crops.face_fingerprint(FaceConfig(framings=("face", "half_figure"))) != now
    assert face_crops.face_fingerprint(FaceConfig(straighten=True)) != now


# --- one picture, from task to outcome -------------------------------------------------------------------------------


class Blind:
    """An engine that must not be asked."""

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        raise AssertionError("looked for faces")


def task_of(tmp_path: Path, rgb: Pixels, **changes: Any) -> Task:
    """A task on a picture of its own, judged by the usual limits."""
    original = tmp_path / "original ñ.png"
    original.write_bytes(cv2.imencode(".png", rgb[..., ::-1])[1].tobytes())
    values: dict[str, Any] = {
        "image_id": "real_0123456789abcdef", "original": original, "known_faces": None, "users_face": None,
        "users_verdict": None, "face_settings": FaceConfig(), "limits": QualityControlConfig(),
        "target": {"approved": tmp_path / "crop.png", "rejected": tmp_path / "preview.jpg"},
    }  # fmt: skip
    return Task(**{**values, **changes})


def written(task: Task) -> list[str]:
    return [verdict for verdict, path in task.target.items() if path.is_file()]


ONE_FACE = drawn((240, 200, 360, 450))
TWO_FACES = drawn((80, 250, 290, 370), (480, 250, 310, 390))


@pytest.mark.parametrize(
    ("rgb", "users", "expected"),
    [(ONE_FACE, None, "approved"), (ONE_FACE, "rejected", "rejected"), (TWO_FACES, None, "rejected"),
     (TWO_FACES, "approved", "approved"), (drawn(), None, "rejected"), (drawn(), "approved", "rejected")],
)  # fmt: skip
def test_one_file_is_written_that_of_the_last_word(tmp_path: Path, rgb: Pixels, users: Any, expected: str) -> None:
    task = task_of(tmp_path, rgb, users_verdict=users)
    outcome = face_crops.examine(task, ColourDetector())
    assert outcome.problem is None
    assert written(task) == [expected]
    size = decode.load_rgb(task.target[expected]).full_size
    assert size == (1024, 1024) if expected == "approved" else max(size) <= face_crops.PREVIEW_SIDE_PX


def test_a_picture_without_a_face_has_nothing_chosen_and_a_preview_of_the_whole(tmp_path: Path) -> None:
    task = task_of(tmp_path, drawn(size=(1800, 600)))
    outcome = face_crops.examine(task, ColourDetector())
    assert (outcome.faces, outcome.choice, outcome.crop, outcome.more_crops) == ((), None, None, ())
    assert outcome.quality is not None
    assert outcome.quality.measures == {"faces": 0.0}
    assert decode.load_rgb(task.target["rejected"]).full_size == (1024, 341)


def test_known_faces_are_not_looked_for_again_and_give_the_same_crop(tmp_path: Path) -> None:
    first = face_crops.examine(task_of(tmp_path, ONE_FACE), ColourDetector())
    before = (tmp_path / "crop.png").read_bytes()
    (tmp_path / "crop.png").unlink()
    again = face_crops.examine(task_of(tmp_path, ONE_FACE, known_faces=first.faces), Blind())
    assert again == first
    assert (tmp_path / "crop.png").read_bytes() == before


@pytest.mark.parametrize("angle", [0.0, 12.0])
@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_of_a_large_picture_only_what_is_cut_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, angle: float
) -> None:
    soft: Pixels = cv2.resize(np.random.default_rng(3).integers(0, 255, (30, 40, 3), np.uint8), (4000, 3000))  # type: ignore[assignment]
    task = task_of(tmp_path, soft[:8])
    cv2.imwrite(str(task.original.with_suffix(suffix)), soft[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 98])
    task = dataclasses.replace(task, original=task.original.with_suffix(suffix))
    square, size = (1900, 800, 3100, 2000), (4000, 3000)
    first = face_crops._Source(decode.load_rgb(task.original, max_side_px=1536).pixels, (0.0, 0.0), size)
    source = face_crops._sharp_enough(task, first, square, [face_crops._covered(square, angle)])
    assert max(source.pixels.shape) < 1800  # of the 4000
    crop, scale = face_crops._cut_from(source, square, angle, 1024)
    whole = decode.load_rgb(task.original).pixels
    expected, same = face_crops._cut(whole, square, angle, size, 1024)
    assert (crop.shape, scale) == (expected.shape, same)
    assert np.abs(crop.astype(int) - expected).mean() < 1
    wide = face_crops._sharp_enough(task, first, (0, 0, 3000, 3000), [(0, 0, 3000, 3000)])
    assert wide is first  # the first copy has all the pixels that such a crop can show


@pytest.mark.parametrize(("size", "times"), [((2000, 1500), 1), ((4400, 3300), 2)])
def test_a_picture_is_decoded_once_where_that_gave_the_pixels_of_the_crop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], times: int
) -> None:
    real, calls = decode.load_rgb, []  # of 4400 px every second is read first

    def counted(*arguments: Any, **options: Any) -> Loaded:
        calls.append(arguments)
        return real(*arguments, **options)

    task = task_of(tmp_path, drawn((900, 500, 360, 450), size=size))
    monkeypatch.setattr(decode, "load_rgb", counted)
    outcome = face_crops.examine(task, ColourDetector())
    assert outcome.crop is not None
    assert outcome.crop.square[2] - outcome.crop.square[0] < 1024
    assert len(calls) == times


def test_a_small_faces_vector_is_made_of_the_pixels_that_were_read_again() -> None:
    first = face_crops._Source(np.zeros((768, 1024, 3), np.uint8), (0.0, 0.0), (4096, 3072))
    again = face_crops._Source(np.arange(900 * 900 * 3).reshape(900, 900, 3).astype(np.uint8), (1000.0, 500.0), (900.0, 900.0))
    small, large = (face_values.DetectedFace((1300, 800, side, side), 0.99, {"nose": (1350.0, 850.0)}) for side in (200, 700))
    assert (first.shows_well(small), first.shows_well(large), again.shows_well(small)) == (False, True, True)
    pixels, moved = again.around(small)
    assert moved.box == (200, 200, 200, 200) and moved.keypoints["nose"] == (250, 250)  # 1.5 sides about its middle
    assert np.array_equal(pixels, again.pixels[100:701, 100:701])
    pixels, moved = first.around(large)
    assert moved.box[2:] == (175, 175)
    assert pixels.shape[:2] == (526, 526)


def test_the_measures_are_those_of_the_face_and_the_square(tmp_path: Path) -> None:
    outcome = face_crops.examine(task_of(tmp_path, TWO_FACES), ColourDetector())
    assert outcome.quality is not None
    assert outcome.crop is not None
    assert outcome.choice is not None
    measures, face = outcome.quality.measures, outcome.faces[outcome.choice.index]
    side = outcome.crop.square[2] - outcome.crop.square[0]
    assert measures["faces"] == 2
    assert measures["confidence"] == face.confidence
    assert measures["face_side_px"] == face.side
    assert measures["enlargement"] == pytest.approx(1024 / side)
    assert outcome.crop.scale == pytest.approx(1024 / side)
    assert measures["share_in_crop"] == pytest.approx(1)
    assert measures["second_face_ratio"] == pytest.approx(370 / 390, abs=0.02)
    assert set(pose.pose_of(face)) <= set(measures)
    assert outcome.choice.ambiguous
    assert "turn" not in measures


@pytest.mark.parametrize(
    ("users", "clients", "why", "left"),
    [(0, 1, "user", 0), (1, 0, "user", 1), (None, 0, "identity", 0), (None, 1, "identity", 1),
     (None, None, "largest_central", 1), ("gone", 0, "identity", 0), ("gone", "gone", "largest_central", 1)],
)  # fmt: skip
def test_the_users_face_comes_before_the_likeness_and_that_before_the_rules(
    tmp_path: Path, users: Any, clients: Any, why: str, left: int
) -> None:
    boxes: dict[Any, Any] = {0: (80, 250, 290, 370), 1: (480, 250, 310, 390), "gone": (0, 0, 60, 60), None: None}
    task = task_of(tmp_path, TWO_FACES, users_face=boxes[users], clients_face=boxes[clients])
    outcome = face_crops.examine(task, ColourDetector())
    assert outcome.choice is not None
    assert outcome.quality is not None
    assert outcome.choice.why == why
    assert outcome.faces[outcome.choice.index].box[0] == pytest.approx(boxes[left][0], abs=12)
    in_doubt = why == "largest_central"
    assert outcome.choice.ambiguous == in_doubt
    assert (outcome.quality.measures["second_face_ratio"] > 0) == in_doubt  # who was picked is nobody else's


@pytest.mark.parametrize(
    ("error", "key", "said"),
    [(MemoryError(), "faces.no_memory", {}),
     (OSError(5, "Input/output error"), "faces.not_written", {"detail": "[Errno 5] Input/output error"}),
     (OSError(28, "No space left"), "system.disk_full", {"detail": "No space left", "path": Text("system.unnamed_file")}),
     (ZeroDivisionError("by zero"), "faces.failed", {"detail": "ZeroDivisionError: by zero"}),
     (PipelineError("import.empty", name=3), "import.empty", {"name": 3})],
)  # fmt: skip
def test_what_goes_wrong_is_a_key_with_words_and_only_a_bug_leaves_its_trace(
    tmp_path: Path, error: Exception, key: str, said: dict[str, object]
) -> None:
    class Failing:
        def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
            raise error

    task = task_of(tmp_path, ONE_FACE)
    outcome = face_crops.examine(task, Failing())
    assert (outcome.image_id, outcome.problem, outcome.quality) == (task.image_id, Text(key, said), None)
    assert ("Failing" in outcome.trace or "detect" in outcome.trace) == (key == "faces.failed")
    assert written(task) == []


def test_ctrl_c_is_no_failure_of_a_picture(tmp_path: Path) -> None:
    class Stopped:
        def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        face_crops.examine(task_of(tmp_path, ONE_FACE), Stopped())


def test_a_file_that_cannot_be_written_is_named_with_the_systems_reason(tmp_path: Path) -> None:
    task = task_of(tmp_path, ONE_FACE)
    task.target["approved"].mkdir()
    (task.target["approved"] / "something").touch()
    outcome = face_crops.examine(task, ColourDetector())
    assert outcome.problem is not None and outcome.problem.key == "faces.not_written"
    assert outcome.problem.values["detail"]
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []


@pytest.mark.parametrize("told", [0, 90])
def test_a_turn_that_is_known_is_not_looked_for_and_one_that_is_not_zero_refuses(tmp_path: Path, told: int) -> None:
    detector = ColourDetector()
    outcome = face_crops.examine(task_of(tmp_path, ONE_FACE, turn=told), detector)
    assert detector.calls == 1  # the picture as it stands
    assert outcome.quality is not None
    assert outcome.quality.measures.get("turn") == (told or None)
    assert any(reason.code == "turned" for reason in outcome.quality.reasons) == bool(told)


# --- pixels of the crop ----------------------------------------------------------------------------------------------


@given(
    seed=st.integers(0, 99), across=st.sampled_from([(600, 400), (300, 200), (1200, 800)]), side_px=st.sampled_from([32, 64])
)
def test_a_cut_is_square_no_larger_than_asked_for_and_says_its_scale(seed: int, across: tuple[int, int], side_px: int) -> None:
    chance = np.random.default_rng(seed)
    size = 600, 400  # of the picture; it may have been read at another scale
    side = int(chance.integers(1, 401))
    left, top = int(chance.integers(0, 601 - side)), int(chance.integers(0, 401 - side))
    pixels = np.full((across[1], across[0], 3), 7, np.uint8)
    crop, scale = face_crops._cut(pixels, (left, top, left + side, top + side), 0.0, size, side_px)
    assert crop.shape[0] == crop.shape[1] <= side_px
    assert crop.shape[0] == min(side_px, max(1, round(side * across[0] / 600)))
    assert scale == crop.shape[0] / side


def test_a_cut_from_a_smaller_copy_shows_the_same_place() -> None:
    whole = np.zeros((400, 600, 3), np.uint8)
    whole[100:200, 300:400] = 255
    half = np.asarray(cv2.resize(whole, (300, 200), interpolation=cv2.INTER_AREA), np.uint8)
    for pixels in (whole, half):
        crop, _ = face_crops._cut(pixels, (300, 100, 400, 200), 0.0, (600, 400), 1024)
        assert crop.min() == 255
        corner, _ = face_crops._cut(pixels, (500, 300, 600, 400), 0.0, (600, 400), 1024)
        assert corner.max() == 0


def test_making_smaller_keeps_the_mean_and_making_larger_the_edges() -> None:
    chance = np.random.default_rng(1)
    noise = chance.integers(0, 256, (96, 96, 3)).astype(np.uint8)
    small = face_crops._resized(noise, 32)
    assert small.shape == (32, 32, 3)
    assert small.mean() == pytest.approx(noise.mean(), abs=1)
    assert small.std() == pytest.approx(noise.std() / 3, rel=0.05)  # each pixel the mean of nine: nothing is left out
    edge = np.zeros((32, 32, 3), np.uint8)
    edge[:, 16:] = 200
    large = face_crops._resized(edge, 128)
    assert large[:, :56].max() <= 20  # Lanczos rings a little
    assert large[:, 72:].min() >= 180
    assert face_crops._resized(noise, 96) is noise
    black_and_white = (noise[..., :1] // 128 * 255).repeat(3, 2)
    # In whole numbers; it rings beyond black and white.
    larger = cv2.resize(black_and_white, (150, 150), interpolation=cv2.INTER_LANCZOS4)
    assert np.abs(face_crops._resized(black_and_white, 150).astype(int) - larger).max() <= 1


# --- whose turn it is ------------------------------------------------------------------------------------------------


def test_framings_take_turns_evenly_by_the_pictures_id_and_always_the_same(tmp_path: Path) -> None:
    face = face_at(900, 600, 100, 120)
    settings = FaceConfig(framings=("face", "head_shoulders", "half_figure"))
    task = task_of(tmp_path, ONE_FACE, face_settings=settings)
    seen: dict[str, int] = {}
    for number in range(300):
        one = dataclasses.replace(task, image_id=f"mj_{number * 2654435761 % 2**64:016x}")
        framing, square, _ = face_crops._assigned_frame(one, face, (2000, 1600))
        assert face_crops._assigned_frame(one, face, (2000, 1600)) == (framing, square, 0.0)
        seen[framing] = seen.get(framing, 0) + 1
        factor = {"face": 1.6, "head_shoulders": 2.4, "half_figure": 4.0}[framing]
        assert square[2] - square[0] == round(120 * factor)
    assert set(seen) == {"face", "head_shoulders", "half_figure"}
    assert min(seen.values()) > 70


@pytest.mark.parametrize(("height", "framing"), [(431, "face"), (432, "half_figure"), (480, "half_figure")])
def test_a_wider_framing_fits_from_nine_tenths_of_its_side_on(tmp_path: Path, height: int, framing: str) -> None:
    task = task_of(tmp_path, ONE_FACE, face_settings=FaceConfig(framings=("half_figure",)))
    face = face_at(900, 100, 100, 120)
    assert face_crops._assigned_frame(task, face, (2000, height))[0] == framing  # four faces of 120 px are 480


@pytest.mark.parametrize(
    ("changes", "detects_anew"),
    [({"detection_side_px": 640}, True), ({"second_look_side_px": 2048}, True), ({"face_padding_factor": 1.7}, False),
     ({"crop_side_px": 768}, False), ({"framings": ("head_shoulders",)}, False), ({"straighten": True}, False),
     ({"framing_mode": "all"}, False)],
)  # fmt: skip
def test_each_setting_changes_the_half_of_the_fingerprint_that_is_its_own(changes: dict[str, Any], detects_anew: bool) -> None:
    before, after = (face_crops.face_fingerprint(FaceConfig(**some)).partition("-") for some in ({}, changes))
    assert (before[0] != after[0]) == detects_anew
    assert (before[2] != after[2]) == (not detects_anew)


def test_another_engine_alone_looks_at_no_picture_again() -> None:
    assert face_crops.face_fingerprint(FaceConfig(engine="mtcnn")) == face_crops.face_fingerprint(FaceConfig(engine="onnx"))
