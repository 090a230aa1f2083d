"""YuNet's word on pictures that MTCNN calls turned or empty: an open mouth is no turned face, a crowd is not nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar.faces import crops, detection, second_opinion
from avatar.faces.face import KEYPOINTS, DetectedFace
from config import FaceConfig

Pixels = NDArray[np.uint8]


def face(side: float, confidence: float, *, left: float = 10.0, lean: bool = False) -> DetectedFace:
    """An upright face, or one that lies on its side."""
    places = [(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)]
    spots = [(left + side * (y if lean else x), 10 + side * (x if lean else y)) for x, y in places]
    return DetectedFace((left, 10.0, side, side), confidence, dict(zip(KEYPOINTS, spots, strict=True)))


@dataclass
class Network:
    """Answers in turn."""

    answers: list[list[DetectedFace]]
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def glance(self, rgb: Pixels, threshold: float) -> list[DetectedFace]:
        self.shapes.append(rgb.shape[:2])
        return [face for face in self.answers[len(self.shapes) - 1] if face.confidence >= threshold]


WIDE = np.zeros((300, 400, 3), np.uint8)


@pytest.mark.parametrize(
    ("upright", "turned", "believed"),
    [
        ([face(90, 0.93)], [face(90, 0.86)], False),
        ([face(90, 0.87)], [face(90, 0.94)], True),
        ([face(90, 0.93)], [face(90, 0.94)], False),  # no surer than by chance
        ([face(90, 0.93, lean=True)], [face(90, 0.92)], True),  # found, but lying
        ([], [], False),
    ],
)
def test_a_turn_is_believed_where_yunet_is_surer_of_the_turned_picture_too(
    upright: list[DetectedFace], turned: list[DetectedFace], believed: bool
) -> None:
    network = Network([upright, turned])
    assert second_opinion.stands_otherwise(WIDE, 90, network) is believed
    assert network.shapes == [(300, 400), (400, 300)]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([face(9, 0.9)], {"small_faces": 1.0, "small_face_px": 90.0}),
        ([face(9, 0.9), face(4, 0.8, left=90.0)], {"small_faces": 2.0, "small_face_px": 90.0}),
        ([face(9, 0.7)], {}),  # unsure
        ([face(90, 0.9), face(9, 0.9, left=200.0)], {}),  # a large face that MTCNN did not see is no small one
        ([], {}),
    ],
)
def test_small_faces_are_counted_and_measured_in_the_pixels_of_the_whole_picture(
    found: list[DetectedFace], told: dict[str, float]
) -> None:
    assert second_opinion.small_faces(WIDE, 4000, Network([found])) == told


class Blind:
    """An engine whose network for a glance is missing."""

    def glance(self, rgb: Pixels, threshold: float) -> None:
        return None


@pytest.mark.parametrize("engine", [Blind(), object()])
def test_without_yunet_mtcnns_word_stands(engine: object) -> None:
    assert second_opinion.stands_otherwise(WIDE, 90, engine)
    assert second_opinion.small_faces(WIDE, 400, engine) == {}


def examined(path: Path, folder: Path) -> crops.Outcome:
    from avatar.faces import parallel, quality
    from config import QualityControlConfig

    return parallel.examine_here(
        crops.Task(
            image_id="real_0123456789abcdef", original=path, known_faces=None, users_face=None, users_verdict=None, turn=None,
            target={"approved": folder / "a.png", "rejected": folder / "r.jpg"}, face_settings=FaceConfig(),
            limits=quality.limits_for(QualityControlConfig(), "standard"),
        )
    )  # fmt: skip


def head(path: Path) -> Pixels:
    """Cut a head out of a portrait."""
    from avatar.faces import parallel
    from avatar.pictures import decode

    rgb = decode.load_rgb(path, max_side_px=900).pixels
    found = detection.find_faces(rgb, parallel.process_detector(FaceConfig().engine), FaceConfig())[0]
    (left, top, width, height), side = found.box, found.side
    room = 0.3 * side
    box = [round(max(0.0, value)) for value in (top - room, top + height + room, left - room, left + width + room)]
    return rgb[box[0] : box[1], box[2] : box[3]]


def test_a_crowd_and_a_person_far_away_are_told_from_nobody(shared_data: Path, tmp_path: Path) -> None:
    import cv2
    from PIL import Image

    found = head(shared_data / "faces" / "london001_08_smiling_front.jpg")
    told = []
    for count, side in ((40, 36), (1, 44)):
        scene = np.full((1000, 1500, 3), 150, np.uint8)
        small = cv2.resize(found, (side, side), interpolation=cv2.INTER_AREA)
        for number in range(count):
            left, top = 60 + number % 10 * 140, 200 + number // 10 * 120
            scene[top : top + side, left : left + side] = small
        Image.fromarray(scene).save(tmp_path / f"{count}.png")
        judged = examined(tmp_path / f"{count}.png", tmp_path).quality
        assert judged is not None
        told.append([reason.code for reason in judged.reasons])
    assert told == [["crowd"], ["faces_small"]]


@pytest.mark.parametrize("turn", [90, 180])
def test_a_portrait_that_lies_on_its_side_or_its_head_is_refused_for_that(turn: int, shared_data: Path, tmp_path: Path) -> None:
    from PIL import Image

    from avatar.pictures import decode

    rgb = decode.load_rgb(shared_data / "faces" / "lisa_1.jpg", max_side_px=700).pixels
    Image.fromarray(np.ascontiguousarray(np.rot90(rgb, turn // 90))).save(tmp_path / "turned.png")
    judged = examined(tmp_path / "turned.png", tmp_path).quality
    assert judged is not None
    assert [reason.value for reason in judged.reasons if reason.code == "turned"] == [float(turn)]


def test_a_portrait_with_its_mouth_wide_open_is_not_called_turned(shared_data: Path, tmp_path: Path) -> None:
    import cv2
    from PIL import Image

    from avatar.faces import engines
    from avatar.pictures import decode

    rgb = decode.load_rgb(shared_data / "faces" / "lisa_zoom_60cm.jpg").pixels
    rgb = np.ascontiguousarray(detection.scaled(rgb, 700 / max(rgb.shape[:2])))
    detector = engines.make_detector(FaceConfig().engine)  # without YuNet's glance, which would show no turn
    known = detection.find_faces(rgb, detector, FaceConfig())[0]
    left, right = np.array(known.keypoints["mouth_left"]), np.array(known.keypoints["mouth_right"])
    width, middle = max(float(np.linalg.norm(right - left)), 0.25 * known.box[2]), (left + right) / 2
    for below, across, down, colour in ((0.25, 0.42, 0.45, (35, 12, 14)), (-0.08, 0.33, 0.10, (225, 220, 210))):
        place, size = (int(middle[0]), int(middle[1] + below * width)), (int(across * width), int(down * width))
        cv2.ellipse(rgb, place, size, 0, 0, 360, colour, -1, cv2.LINE_AA)
    Image.fromarray(rgb).save(tmp_path / "open.png")
    judged = examined(tmp_path / "open.png", tmp_path).quality
    assert judged is not None
    assert "turned" not in {reason.code for reason in judged.reasons}
