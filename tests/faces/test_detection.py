"""Faces: geometry as properties, choosing and coarse-to-fine with a fake engine, the real MTCNN in a child process."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from avatar.faces import detection, framing
from avatar.faces import engines as face_engines
from avatar.faces import face as face_values
from avatar.faces import pose as faces_pose
from avatar.faces.face import DetectedFace
from avatar.pictures import decode
from config import FaceConfig

Pixels = NDArray[np.uint8]


def face_at(left: float, top: float, width: float, height: float, confidence: float = 0.99, turn: float = 0.0) -> DetectedFace:
    """A face as MTCNN would mark it; turn moves the nose by that share of the width."""
    points = {
        "left_eye": (left + 0.3 * width, top + 0.4 * height),
        "right_eye": (left + 0.7 * width, top + 0.4 * height),
        "nose": (left + (0.5 + turn) * width, top + 0.58 * height),
        "mouth_left": (left + 0.35 * width, top + 0.77 * height),
        "mouth_right": (left + 0.65 * width, top + 0.77 * height),
    }
    return DetectedFace((left, top, width, height), confidence, points)


class FakeDetector:
    """Marks faces that were put at known places, as long as they are large enough in the copy it is given."""

    def __init__(self, *known: DetectedFace, size: tuple[int, int], sees_from_px: float = 20, only_whole: bool = False) -> None:
        self.known, self.size, self.sees_from_px, self.only_whole = known, size, sees_from_px, only_whole
        self.looked_at: list[tuple[int, int]] = []

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        height, width = rgb.shape[:2]
        self.looked_at.append((width, height))
        is_whole = abs(width / height - self.size[0] / self.size[1]) < 0.02
        if not is_whole:  # a region around one face, three times its size
            middle = face_at(width / 3, height / 3, width / 3 * 0.8, height / 3)
            return [] if self.only_whole else [middle]
        scale = width / self.size[0]
        return [f.moved(scale) for f in self.known if f.side * scale >= max(self.sees_from_px, smallest_px)]


def blank(width: int, height: int) -> Pixels:
    return np.full((height, width, 3), 128, np.uint8)


# --- crop ------------------------------------------------------------------------------------------------------------

sizes = st.tuples(st.integers(16, 8000), st.integers(16, 8000))
shares = st.floats(-0.3, 1.2)


@given(size=sizes, x=shares, y=shares, w=st.floats(0.01, 1.5), h=st.floats(0.01, 1.5), padding=st.floats(1, 5))
def test_the_crop_is_a_square_inside_the_picture_whatever_the_box(
    size: tuple[int, int], x: float, y: float, w: float, h: float, padding: float
) -> None:
    face = face_at(x * size[0], y * size[1], max(1, w * size[0]), max(1, h * size[1]))
    left, top, right, bottom = framing.crop_square(face.box, face.keypoints, size, padding)
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    assert right - left == bottom - top


@given(
    size=sizes, x=st.floats(0, 1), y=st.floats(0, 1), h=st.floats(0.05, 0.6), padding=st.floats(1.25, 3),
    turn=st.floats(-0.6, 0.6),
)  # fmt: skip
def test_a_face_inside_the_picture_is_never_chopped(
    size: tuple[int, int], x: float, y: float, h: float, padding: float, turn: float
) -> None:
    height = max(12.0, h * min(size))
    width = 0.75 * height
    face = face_at(x * (size[0] - width), y * (size[1] - height), width, height, turn=turn)
    if min(size) < height:
        return
    left, top, right, bottom = framing.crop_square(face.box, face.keypoints, size, padding)
    assert top <= face.box[1] + 1  # hairline and chin, to the pixel that rounding may take
    assert bottom >= face.box[1] + height - 1
    assert left <= face.box[0] + 1
    assert right >= face.box[0] + width - 1


def test_the_side_is_padding_times_the_longer_side_where_there_is_room() -> None:
    face = face_at(400, 400, 150, 200)
    left, top, right, bottom = framing.crop_square(face.box, face.keypoints, (2000, 2000), 1.6)
    assert right - left == 320
    assert abs((left + right) / 2 - 475) <= 1
    assert abs((top + bottom) / 2 - 500) <= 20


def test_the_middle_of_the_crop_lies_between_that_of_the_box_and_that_of_hairline_and_chin() -> None:
    points = {"left_eye": (445.0, 470.0), "right_eye": (505.0, 490.0), "nose": (475.0, 516.0),
              "mouth_left": (452.0, 550.0), "mouth_right": (498.0, 558.0)}  # fmt: skip
    box = (400.0, 400.0, 150.0, 200.0)
    # Eyes at 480, mouth at 554: middle of the face 480 + 0.375 x 74 = 507.75, of the box 500; half-way: 503.875.
    assert framing.crop_square(box, points, (2000, 2000), 1.6) == (315, 344, 635, 664)
    assert framing.crop_square(box, {}, (2000, 2000), 1.6) == (315, 340, 635, 660)


def test_a_framing_that_shows_the_body_lies_lower_by_its_share_of_the_side() -> None:
    box = (900.0, 700.0, 150.0, 200.0)
    square, angle = framing.crop_frame(box, {}, (2000, 2000), 2.4, lower=0.08)
    assert (square, angle) == ((735, 598, 1215, 1078), 0.0)  # 480 px, its middle 38.4 px below that of the box
    at_the_bottom, _ = framing.crop_frame(box, {}, (2000, 1000), 2.4, lower=0.3)
    assert at_the_bottom == (735, 520, 1215, 1000)


def test_a_straightened_framing_goes_down_along_the_body_and_stays_in_the_picture() -> None:
    upright = face_at(900, 700, 150, 200)
    middle = face_values.centre_of(upright.box)
    leaning = {name: framing._turned(point, middle, 20) for name, point in upright.keypoints.items()}
    square, angle = framing.crop_frame(upright.box, leaning, (2000, 2000), 2.4, lower=0.08, straighten=True)
    assert angle == pytest.approx(20, abs=0.5)
    x, y = (square[0] + square[2]) / 2, (square[1] + square[3]) / 2
    assert x < middle[0] - 5 and y > middle[1] + 25  # below a head that leans to the right lies the body to the left
    near, _ = framing.crop_frame((5.0, 5.0, 150.0, 200.0), {n: (p[0] - 895, p[1] - 695) for n, p in leaning.items()},
                               (2000, 2000), 1.6, straighten=True)  # fmt: skip
    half = (near[2] - near[0]) * (abs(np.cos(np.radians(20))) + abs(np.sin(np.radians(20)))) / 2
    assert (near[0] + near[2]) / 2 - half >= 0 and (near[1] + near[3]) / 2 - half >= 0


@pytest.mark.parametrize(
    ("other", "share"),
    [((0, 0, 10, 10), 1.0), ((5, 0, 10, 10), 50 / 150), ((0, 5, 10, 10), 50 / 150), ((20, 0, 10, 10), 0.0), ((0, 0, 0, 0), 0.0),
     ((10, 10, 5, 5), 0.0), ((2, 2, 5, 5), 0.25)],
)  # fmt: skip
def test_overlap_is_intersection_over_union(other: tuple[float, float, float, float], share: float) -> None:
    assert face_values.overlap((0, 0, 10, 10), other) == pytest.approx(share)
    assert face_values.overlap(other, (0, 0, 10, 10)) == pytest.approx(share)
    assert face_values.overlap((0, 0, 0, 0), (0, 0, 0, 0)) == 0.0


def test_near_an_edge_the_crop_slides_and_only_in_a_small_picture_it_shrinks() -> None:
    corner = face_at(0, 0, 150, 200)
    assert framing.crop_square(corner.box, corner.keypoints, (2000, 2000), 1.6) == (0, 0, 320, 320)
    large = face_at(20, 10, 150, 200)
    assert framing.crop_square(large.box, large.keypoints, (250, 220), 1.6)[2:] == (220 + 0, 220)


def test_stray_keypoints_move_the_crop_by_no_more_than_a_twentieth() -> None:
    box = (400.0, 400.0, 150.0, 200.0)
    stray = dict.fromkeys(face_values.KEYPOINTS, (0.0, -5000.0))
    with_points = framing.crop_square(box, stray, (2000, 2000), 1.6)
    without = framing.crop_square(box, {}, (2000, 2000), 1.6)
    assert abs(with_points[1] - without[1]) <= 21


@pytest.mark.parametrize(
    ("box", "size", "padding"), [((0, 0, 0, 5), (9, 9), 1.6), ((0, 0, 5, 5), (0, 9), 1.6), ((0, 0, 5, 5), (9, 9), 0)]
)
def test_an_empty_box_picture_or_padding_is_the_callers_mistake(
    box: tuple[float, float, float, float], size: tuple[int, int], padding: float
) -> None:
    with pytest.raises(ValueError, match="is empty"):
        framing.crop_square(box, {}, size, padding)


def test_the_share_inside_tells_a_face_that_the_frame_cuts() -> None:
    assert framing.share_inside((10, 10, 20, 20), (0, 0, 100, 100)) == 1
    assert framing.share_inside((-10, 0, 20, 20), (0, 0, 100, 100)) == 0.5
    assert framing.share_inside((200, 0, 20, 20), (0, 0, 100, 100)) == 0


# --- choosing --------------------------------------------------------------------------------------------------------


def test_a_single_face_is_chosen_without_doubt() -> None:
    assert detection.choose([face_at(0, 0, 50, 60)], (100, 100), 0.6) == (0, "only", False)


def test_the_largest_wins_and_a_small_bystander_raises_no_doubt() -> None:
    main, bystander = face_at(400, 300, 300, 400), face_at(50, 50, 60, 80)
    assert detection.choose([bystander, main], (1000, 1000), 0.6) == (1, "largest_central", False)


def test_of_two_faces_alike_the_central_one_wins_but_the_choice_is_in_doubt() -> None:
    side, middle = face_at(0, 100, 200, 260), face_at(420, 350, 195, 250)
    assert detection.choose([side, middle], (1000, 1000), 0.6) == (1, "largest_central", True)


def test_a_second_face_counts_only_where_it_is_about_as_sure() -> None:
    main = face_at(400, 300, 300, 400, confidence=0.99)
    assert face_values.second_face_ratio([main, face_at(0, 0, 200, 300, confidence=0.7)], 0) == 0
    assert face_values.second_face_ratio([main, face_at(0, 0, 200, 300, confidence=0.95)], 0) == pytest.approx(0.75)


def test_the_users_face_is_found_again_by_its_place_or_not_at_all() -> None:
    known = [face_at(0, 0, 50, 60), face_at(200, 0, 50, 60)]
    assert face_values.nearest_face(known, (205, 3, 48, 62)) == 1
    assert face_values.nearest_face(known, (600, 3, 48, 62)) is None
    assert face_values.nearest_face([], (0, 0, 1, 1)) is None


# --- coarse to fine --------------------------------------------------------------------------------------------------


def test_a_sure_face_takes_one_look_at_the_small_copy() -> None:
    truth = face_at(1000, 500, 600, 800)
    engine = FakeDetector(truth, size=(4000, 3000))
    [found] = detection.find_faces(blank(4000, 3000), engine, FaceConfig())
    assert engine.looked_at == [(768, 576)]
    assert found.box == pytest.approx(truth.box)
    assert found.keypoints["nose"] == pytest.approx(truth.keypoints["nose"])


def test_a_face_lost_in_the_small_copy_is_found_in_the_larger_one() -> None:
    truth = face_at(1000, 500, 150, 200)
    engine = FakeDetector(truth, size=(4000, 3000), sees_from_px=60)
    [found] = detection.find_faces(blank(4000, 3000), engine, FaceConfig())
    assert engine.looked_at[:2] == [(768, 576), (1536, 1152)]
    assert face_values.overlap(found.box, truth.box) > 0.5


def test_a_tiny_face_must_show_itself_again_in_its_region() -> None:
    tiny = face_at(1000, 500, 75, 95)
    seen = FakeDetector(tiny, size=(4000, 3000))
    assert len(detection.find_faces(blank(4000, 3000), seen, FaceConfig())) == 1
    assert len(seen.looked_at) == 3  # small copy, larger copy, region
    leaf = FakeDetector(tiny, size=(4000, 3000), only_whole=True)
    assert detection.find_faces(blank(4000, 3000), leaf, FaceConfig()) == []


def test_a_large_doubtful_face_stays_only_where_it_is_fairly_sure() -> None:
    for confidence, kept in ((0.9, 1), (0.7, 0)):
        engine = FakeDetector(face_at(1000, 500, 600, 800, confidence), size=(4000, 3000), only_whole=True)
        assert len(detection.find_faces(blank(4000, 3000), engine, FaceConfig())) == kept


def test_two_boxes_on_one_face_are_one_face() -> None:
    engine = FakeDetector(face_at(1000, 500, 600, 800), face_at(1080, 600, 420, 560, 0.97), size=(4000, 3000))
    assert [f.confidence for f in detection.find_faces(blank(4000, 3000), engine, FaceConfig())] == [0.99]


@pytest.mark.parametrize(("left", "kept"), [(1150, [0.99]), (1400, [0.99, 0.97])])
def test_a_small_box_within_a_large_one_is_the_same_face_and_one_half_outside_is_another(left: int, kept: list[float]) -> None:
    """The overlap of the two is too small to tell: the large box is four times the small one."""
    large, small = face_at(1000, 500, 600, 800), face_at(left, 700, 300, 400, 0.97)
    assert face_values.overlap(large.box, small.box) < face_values.SAME_FACE_IOU
    engine = FakeDetector(large, small, size=(4000, 3000))
    assert [face.confidence for face in detection.find_faces(blank(4000, 3000), engine, FaceConfig())] == kept


def test_a_picture_without_faces_is_looked_at_twice_and_a_small_one_once() -> None:
    engine = FakeDetector(size=(4000, 3000))
    assert detection.find_faces(blank(4000, 3000), engine, FaceConfig()) == []
    assert engine.looked_at == [(768, 576), (1536, 1152)]
    small = FakeDetector(size=(300, 200))
    assert detection.find_faces(blank(300, 200), small, FaceConfig()) == []
    assert small.looked_at == [(300, 200)]


def test_what_no_face_can_look_like_is_not_plausible() -> None:
    good = face_at(100, 100, 150, 200)
    assert detection.plausible(good)
    assert not detection.plausible(good, smallest_px=300)
    assert not detection.plausible(face_at(100, 100, 20, 200))
    mouth_on_eyes = dict(good.keypoints) | {
        "mouth_left": good.keypoints["left_eye"],
        "mouth_right": good.keypoints["right_eye"],
    }
    assert not detection.plausible(DetectedFace(good.box, 0.99, mouth_on_eyes))
    far_off = {name: (x + 400, y) for name, (x, y) in good.keypoints.items()}
    assert not detection.plausible(DetectedFace(good.box, 0.99, far_off))


def test_a_dark_picture_is_looked_at_brightened_and_a_light_one_is_not() -> None:
    seen: list[float] = []

    class OnlyInTheLight:
        def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
            seen.append(float(rgb.mean()))
            return [face_at(100, 100, 90, 120)] if rgb.mean() > 60 else []

    noise = np.random.default_rng(1).integers(0, 20, (400, 400, 3)).astype(np.uint8)
    assert len(detection.find_faces(noise, OnlyInTheLight(), FaceConfig())) == 1
    assert seen[0] < 12 < 60 < seen[1]
    seen.clear()
    grey = np.full((400, 400, 3), 55, np.uint8)
    assert detection.find_faces(grey, OnlyInTheLight(), FaceConfig()) == []
    assert seen == [55.0]
    assert detection.brightened(np.zeros((16, 16, 3), np.uint8)).max() == 0


# --- pictures that lie on their side -----------------------------------------------------------------------------------


class Upright:
    """Finds a face where the red half is on top, this sure of it; in any other position with `elsewhere`."""

    def __init__(self, sure: float = 0.999, elsewhere: float = 0.0) -> None:
        self.sure, self.elsewhere, self.looks = sure, elsewhere, 0

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        self.looks += 1
        top = rgb[: rgb.shape[0] // 4, rgb.shape[1] // 4 : -rgb.shape[1] // 4, 0].mean() > 200
        confidence = self.sure if top else self.elsewhere
        return [dataclasses.replace(face_at(100, 100, 150, 200), confidence=confidence)] if confidence else []


def half_red() -> Pixels:
    rgb = np.zeros((400, 400, 3), np.uint8)
    rgb[:200, :, 0] = 255
    return rgb


@pytest.mark.parametrize("clockwise", [0, 90, 180, 270])
def test_a_picture_without_a_face_is_turned_until_one_stands_upright(clockwise: int) -> None:
    rgb = np.ascontiguousarray(np.rot90(half_red(), clockwise // 90))  # turned the other way round
    detector = Upright()
    found = detection.find_faces(rgb, detector, FaceConfig())
    looks = detector.looks
    assert detection.turn_needed(rgb, found, detector, FaceConfig()) == clockwise
    assert detector.looks - looks == (0 if clockwise == 0 else 3)  # what is sure is not looked at again


@pytest.mark.parametrize(
    ("sure", "elsewhere", "clockwise", "turn"),
    [
        (0.999, 0.97, 90, 90), (0.999, 0.97, 180, 180), (0.992, 0.97, 90, 90),
        (0.992, 0.97, 180, 0),  # upside down a face looks too much like one
        (0.999, 0.995, 90, 0),  # sure enough as it is
        (0.98, 0.0, 90, 0), (0.989, 0.988, 90, 0),
    ],
)  # fmt: skip
def test_only_a_clearly_surer_face_says_that_a_picture_lies(sure: float, elsewhere: float, clockwise: int, turn: int) -> None:
    rgb = np.ascontiguousarray(np.rot90(half_red(), clockwise // 90))
    detector = Upright(sure, elsewhere)
    found = detection.find_faces(rgb, detector, FaceConfig())
    assert detection.turn_needed(rgb, found, detector, FaceConfig()) == turn


class SurerOfLarge(Upright):
    """Less sure of the upright face where smaller ones are looked for, too, since its scales are then others."""

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        found = super().detect(rgb, smallest_px=smallest_px)
        return [dataclasses.replace(face, confidence=0.985) for face in found] if smallest_px < 30 else found


def test_an_upright_face_is_compared_at_the_scales_of_the_turned_ones() -> None:
    for upright, turn in ((0.995, 0), (0.99, 0), (0.986, 90)):
        detector = SurerOfLarge(upright, elsewhere=0.998)
        found = detection.find_faces(half_red(), detector, FaceConfig())
        assert [face.confidence for face in found] == [0.985]
        assert detection.turn_needed(half_red(), found, detector, FaceConfig()) == turn


def test_of_real_faces_most_are_turned_the_right_way_and_none_that_stands(shared_data: Path) -> None:
    detector = face_engines.make_detector("onnx")
    told: list[bool] = []
    for path in sorted((shared_data / "faces").glob("*.jpg"))[::3]:
        rgb = decode.load_rgb(path, max_side_px=768).pixels
        assert detection.turn_needed(rgb, detection.find_faces(rgb, detector, FaceConfig()), detector, FaceConfig()) == 0
        for quarter in (1, 2, 3):
            lying = np.ascontiguousarray(np.rot90(rgb, quarter))
            turn = detection.turn_needed(lying, detection.find_faces(lying, detector, FaceConfig()), detector, FaceConfig())
            assert turn in (0, 90 * quarter), path.name
            told.append(turn > 0)
    assert sum(told) >= 0.75 * len(told)


# --- pose ------------------------------------------------------------------------------------------------------------


def test_a_straight_face_has_no_yaw_and_no_roll() -> None:
    pose = faces_pose.pose_of(face_at(0, 0, 150, 200))
    assert pose["yaw"] == pytest.approx(0, abs=1e-6)
    assert pose["roll"] == pytest.approx(0, abs=1e-6)
    assert pose["eye_distance_px"] == pytest.approx(60)


@given(turn=st.floats(0.02, 0.6))
def test_yaw_follows_the_nose_and_mirrors(turn: float) -> None:
    right = faces_pose.pose_of(face_at(0, 0, 150, 200, turn=turn))["yaw"]
    left = faces_pose.pose_of(face_at(0, 0, 150, 200, turn=-turn))["yaw"]
    assert 0 < right < 90
    assert left == pytest.approx(-right)


@given(angle=st.floats(-80, 80))
def test_roll_is_the_angle_by_which_a_face_is_turned_and_yaw_does_not_mind(angle: float) -> None:
    straight = face_at(-75, -100, 150, 200, turn=0.2)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turned = {name: (x * cos - y * sin, x * sin + y * cos) for name, (x, y) in straight.keypoints.items()}
    pose = faces_pose.pose_of(DetectedFace(straight.box, 0.9, turned))
    assert pose["roll"] == pytest.approx(angle, abs=1e-6)
    assert pose["yaw"] == pytest.approx(faces_pose.pose_of(straight)["yaw"], abs=1e-6)


@given(shift=st.floats(0.05, 0.25), angle=st.floats(-60, 60))
def test_pitch_follows_the_nose_up_and_down_and_does_not_mind_a_leaning_head(shift: float, angle: float) -> None:
    straight = face_at(-75, -100, 150, 200)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))

    def pitch(nose: float) -> float:
        points = {**straight.keypoints, "nose": (0.0, -100 + (0.585 + nose) * 200)}
        turned = {name: (x * cos - y * sin, x * sin + y * cos) for name, (x, y) in points.items()}
        return faces_pose.pose_of(DetectedFace(straight.box, 0.9, turned))["pitch"]

    assert pitch(-shift) > 0
    assert pitch(shift) == pytest.approx(-pitch(-shift))
    assert pitch(0) == pytest.approx(0, abs=1e-6)


def test_a_pitch_has_three_classes() -> None:
    assert [faces_pose.pitch_class(pitch) for pitch in (-16, -15, 0, 15, 16)] == ["down", "level", "level", "level", "up"]


def test_poses_have_three_classes() -> None:
    assert [faces_pose.pose_class(yaw) for yaw in (-5, 19, -40, 54, 56, -90)] == [
        "front", "front", "three_quarter", "three_quarter", "profile", "profile",
    ]  # fmt: skip
