"""Whose face it is: alignment, means that strangers do not move, and what a run does with a stand-in for the network."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import image_processor
from avatar.commands import faces as faces_commands
from avatar.faces import identity as face_identity
from avatar.faces import likeness as face_likeness
from avatar.faces.face import KEYPOINTS
from avatar.texts import text, translate
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from config import Settings
from image_processor import ProcessReport
from tests.faces.test_detection import face_at
from tests.places import SHARED
from tests.stages.test_image_processor import ColourDetector, add, drawn

Pixels = NDArray[np.uint8]
Vector = NDArray[np.float32]
PHOTOS = SHARED / "data" / "faces"


def person(axis: int, tilt: float, size: int = 8) -> Vector:
    """A unit vector near one axis, tilted towards another by an angle in radians: the same person, another picture."""
    vector = np.zeros(size, np.float32)
    vector[axis] = np.cos(tilt)
    vector[size - 1 - axis] = np.sin(tilt)
    return vector


# --- alignment -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("angle", [0.0, 35.0, -70.0])
@pytest.mark.parametrize("side", [60.0, 900.0])
def test_an_aligned_face_has_its_keypoints_on_the_template(angle: float, side: float) -> None:
    face = face_at(-side / 2, -side / 2, side, side)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    points = {n: (700 + x * cos - y * sin, 700 + x * sin + y * cos) for n, (x, y) in face.keypoints.items()}
    for name, (x, y) in zip(KEYPOINTS, face_identity.TEMPLATE, strict=True):
        rgb = np.zeros((1400, 1400, 3), np.uint8)
        cv2.circle(rgb, tuple(round(v) for v in points[name]), max(3, int(side / 20)), (255, 255, 255), -1)
        seen = face_identity.aligned(rgb, points)[..., 0].astype(float)
        assert seen.shape == (112, 112)
        rows, columns = np.indices(seen.shape)
        middle = (columns * seen).sum() / seen.sum(), (rows * seen).sum() / seen.sum()
        assert np.hypot(middle[0] - x, middle[1] - y) < 12  # a drawn face has other proportions than the template


def test_keypoints_that_all_lie_on_one_spot_are_no_error() -> None:
    assert face_identity.aligned(np.zeros((50, 50, 3), np.uint8), dict.fromkeys(KEYPOINTS, (9.0, 9.0))).shape == (112, 112, 3)


# --- vectors ---------------------------------------------------------------------------------------------------------


@given(values=st.lists(st.floats(-1, 1, width=16), min_size=4, max_size=128).filter(lambda v: max(map(abs, v)) > 0.1))
def test_a_vector_survives_its_way_through_a_record(values: list[float]) -> None:
    vector = face_identity.unit(np.array(values, np.float32))
    again = face_identity.unpacked(face_identity.packed(vector))
    assert np.allclose(again, vector, atol=2e-3)
    assert np.linalg.norm(again) == pytest.approx(1, abs=1e-5)


def test_too_few_pictures_are_no_reference() -> None:
    assert face_identity.centroid([person(0, 0.1)] * (face_identity.ENOUGH - 1)) is None
    assert face_identity.centroid([person(0, 0.1)] * face_identity.ENOUGH) is not None


@given(strangers=st.integers(0, 4), tilt=st.floats(0.05, 0.8))
def test_strangers_fewer_than_half_do_not_move_the_reference_and_are_the_outliers(strangers: int, tilt: float) -> None:
    ours = [person(0, tilt * k / 6) for k in range(7)]
    vectors = [*ours, *[person(1, 0.1 * k) for k in range(strangers)]]
    reference = face_identity.centroid(vectors)
    assert reference is not None
    alone = face_identity.centroid(ours)
    assert alone is not None
    assert float(reference @ alone) == pytest.approx(1, abs=1e-4)
    likeness = [float(vector @ reference) for vector in vectors]
    lowest = face_identity.lowest_usual(likeness)
    assert [value < lowest for value in likeness] == [False] * 7 + [True] * strangers


def test_a_set_of_one_person_has_no_outliers_and_an_empty_one_no_error() -> None:
    assert face_identity.lowest_usual([0.85, 0.9, 0.83, 0.42]) <= face_identity.SAME_PERSON
    assert face_identity.lowest_usual([]) == face_identity.SAME_PERSON


def test_of_several_faces_the_nearest_is_the_client_unless_two_are_or_none_is() -> None:
    client, stranger = person(0, 0.0), person(1, 0.0)
    assert face_identity.same_person([stranger, person(0, 0.4)], client) == (1, False)
    assert face_identity.same_person([person(0, 0.2), person(0, 0.1)], client) == (1, True)
    assert face_identity.same_person([stranger, stranger], client) is None
    assert face_identity.same_person([], client) is None


def test_another_file_under_the_name_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / face_identity.WEIGHTS_NAME
    wrong.write_bytes(b"<html>not found</html>")
    with pytest.raises(PipelineError) as caught:
        face_identity.SFace(wrong)
    assert caught.value.key == "faces.wrong_weights"
    for language in translate.LANGUAGES:
        assert face_identity.WEIGHTS_SHA256 in translate.text(caught.value.key, language, **caught.value.values)


def test_weights_that_nothing_here_can_run_are_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_identity, "MODELS_DIR", tmp_path)
    assert face_identity.weights_file() is None
    (tmp_path / face_identity.WEIGHTS_NAME).touch()
    assert face_identity.weights_file() == tmp_path / face_identity.WEIGHTS_NAME
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # TensorFlow finds the faces then
    assert face_identity.weights_file() is None


# --- a run -----------------------------------------------------------------------------------------------------------

BLUE_EYED = (40, 40, 230)


class ColourEmbedder:
    """Knows people by the blue in their face: the stand-in for the network."""

    def embed(self, aligned: Pixels) -> Vector:
        blue = float((aligned[..., 2] > aligned[..., 0]).mean())
        return person(1, 0.0) if blue > 0.001 else person(0, float(aligned[..., 0].mean() % 7) / 30)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Faces are compared, by the stand-in."""
    monkeypatch.setattr(face_identity, "weights_file", lambda: tmp_path / "weights.onnx")
    monkeypatch.setattr(face_identity, "embedder", lambda _: ColourEmbedder())


def other_person(rgb: Pixels, *box: int) -> Pixels:
    """Give the face in a box a blue nose: another person, still found by its red."""
    left, top, width, height = box
    rgb = rgb.copy()
    cv2.circle(rgb, (left + width // 2, top + int(0.6 * height)), width // 12, BLUE_EYED, -1)
    return rgb


def run(client: Client) -> ProcessReport:
    return image_processor.process(client, settings=Settings(), detector=ColourDetector())


def test_wrong_weights_end_the_run_once_and_keep_what_is_done(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_face = add(client, drawn(), "a.png")
    five_of_the_client(client)
    (tmp_path / face_identity.WEIGHTS_NAME).write_bytes(b"<html>not found</html>")
    monkeypatch.setattr(face_identity, "MODELS_DIR", tmp_path)
    with pytest.raises(PipelineError) as caught:
        run(client)
    assert caught.value.key == "faces.wrong_weights"
    assert caught.value.values["path"] == str(tmp_path / face_identity.WEIGHTS_NAME)
    (tmp_path / face_identity.WEIGHTS_NAME).unlink()  # as the message says
    assert (run(client).failed, len(client.records())) == ([], 6)
    assert client.record(without_face).quality is not None


SMALLER, LARGER = (80, 250, 290, 370), (480, 250, 310, 390)


def five_of_the_client(client: Client) -> list[str]:
    return [add(client, drawn((240 + 8 * k, 200, 360, 450)), f"{k}.png") for k in range(5)]


@pytest.mark.usefixtures("compared")
def test_of_two_people_the_client_is_cut_out_once_there_is_a_reference(client: Client) -> None:
    both = add(client, other_person(drawn(SMALLER, LARGER), *LARGER))
    first = run(client)
    assert (first.approved, first.identity.reference) == (0, 0)
    five_of_the_client(client)
    report = run(client)
    record = client.record(both)
    assert record.face_choice is not None
    assert record.face_choice.why == "identity"
    assert record.faces[record.face_choice.index].box[0] == pytest.approx(80, abs=12)
    assert record.approved
    assert (report.identity.reference, report.identity.chosen, report.identity.outliers) == (5, 1, ())
    again = run(client)
    assert (again.done, again.identity.chosen, again.rejudged) == (0, 0, 0)


@pytest.mark.usefixtures("compared")
def test_two_faces_like_the_client_stay_the_users_choice(client: Client) -> None:
    five_of_the_client(client)
    both = add(client, drawn(SMALLER, LARGER))
    assert run(client).identity.chosen == 0
    assert not client.record(both).approved


@pytest.mark.usefixtures("compared")
def test_pictures_of_somebody_else_are_named_and_the_next_run_writes_nothing(client: Client) -> None:
    ours = five_of_the_client(client)
    box = (270, 190, 360, 450)
    stranger = add(client, other_person(drawn(box), *box), "otra.png")
    report = run(client)
    assert report.identity.outliers == (stranger,)
    quality = client.record(stranger).quality
    assert quality is not None
    assert [(reason.code, reason.level) for reason in quality.reasons if reason.code == "other_person"] == [
        ("other_person", "warn")
    ]
    assert all(not any(r.code == "other_person" for r in (client.record(i).quality or quality).reasons) for i in ours)
    before = {path: path.stat().st_mtime_ns for path in client.images.iterdir()}
    assert run(client).identity.outliers == (stranger,)
    assert {path: path.stat().st_mtime_ns for path in client.images.iterdir()} == before


def test_faces_are_compared_without_detecting_again_when_the_weights_come_later(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(face_identity, "MODELS_DIR", tmp_path)
    ids = five_of_the_client(client)
    assert run(client).identity == face_likeness.Identity()
    assert client.record(ids[0]).faces[0].identity is None
    monkeypatch.setattr(face_identity, "weights_file", lambda: tmp_path / "weights.onnx")
    monkeypatch.setattr(face_identity, "embedder", lambda _: ColourEmbedder())
    detector = ColourDetector()
    report = image_processor.process(client, settings=Settings(), detector=detector)
    assert (report.done, detector.calls, report.identity.reference) == (5, 0, 5)
    assert client.record(ids[0]).faces[0].identity is not None


def said(report: ProcessReport, language: str) -> str:
    lines = [line for line in faces_commands._identity_blocks(report) if isinstance(line, text.Text)]
    return "\n".join(translate.text(line.key, language, **line.values) for line in lines)


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_summary_says_how_to_get_it_only_where_it_is_missed(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str
) -> None:
    monkeypatch.setattr(face_identity, "MODELS_DIR", tmp_path)
    five_of_the_client(client)
    assert said(run(client), language) == ""
    add(client, drawn(SMALLER, LARGER))
    assert face_identity.WEIGHTS_URL in said(run(client), language)


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_summary_counts_the_reference_and_names_the_outliers(client: Client, language: str) -> None:
    box = (270, 190, 360, 450)
    add(client, other_person(drawn(box), *box), "otra ñ.png")
    assert f"{face_identity.ENOUGH}" in said(run(client), language)
    five_of_the_client(client)
    assert "otra ñ.png" in said(run(client), language)


# --- the real network ------------------------------------------------------------------------------------------------


@pytest.mark.skipif(face_identity.weights_file() is None or not PHOTOS.is_dir(), reason="weights or photos are not here")
def test_real_faces_of_one_person_are_alike_and_of_two_are_not() -> None:
    from avatar.faces import detection
    from avatar.faces import engines as face_engines
    from avatar.pictures import decode
    from config import FaceConfig

    weights = face_identity.weights_file()
    assert weights is not None
    network, detector = face_identity.SFace(weights), face_engines.make_detector("onnx")
    vectors = {}
    for name in ("lisa_1", "lisa_4", "london001_03_neutral_front", "london001_02_neutral_left_3quarter"):
        rgb = decode.load_rgb(PHOTOS / f"{name}.jpg", max_side_px=1024).pixels
        face = detection.find_faces(rgb, detector, FaceConfig())[0]
        vectors[name] = network.embed(face_identity.aligned(rgb, face.keypoints))
    for one, this in vectors.items():
        for other, that in vectors.items():
            assert (float(this @ that) > face_identity.SAME_PERSON) == (one[:4] == other[:4])
