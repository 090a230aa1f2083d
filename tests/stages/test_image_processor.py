"""The face stage on a client's folder: what is done, what is not done twice, and whose word is the last."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import image_processor
import utils
from avatar.commands import faces as faces_commands
from avatar.faces import crops as face_crops
from avatar.faces import decisions, parallel, yunet
from avatar.faces import face as face_values
from avatar.faces import update as face_update
from avatar.faces.crops import Outcome, Task
from avatar.faces.face import DetectedFace
from avatar.reports import review_list
from avatar.texts import translate
from avatar.texts.text import PipelineError, as_record, key_of
from avatar.workspace.client import Client
from avatar.workspace.records import Face, FaceChoice, ImageRecord, Original, Picture
from config import FaceConfig, KindLimits, QualityControlConfig, Settings
from image_processor import ProcessReport
from tests.children import child_command, hold_lock
from tests.faces.test_detection import face_at

Pixels = NDArray[np.uint8]
DEFAULTS = Settings()


class ColourDetector:
    """Finds the red squares of a drawn picture: each is a face whose box it fills."""

    def __init__(self) -> None:
        self.calls = 0

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        self.calls += 1
        red = ((rgb[..., 0] > 180) & (rgb[..., 1] < 90)).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)))
        boxes = [stats[i, :4] for i in range(1, count) if stats[i, 2] >= smallest_px]
        return [face_at(*map(float, box)) for box in boxes]


def drawn(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (900, 900), dark: bool = False) -> Pixels:
    """A picture of (left, top, width, height) red faces with detail on a grey ground."""
    rng = np.random.default_rng(5)
    rgb = np.empty((size[1], size[0], 3), np.uint8)
    rgb[:] = np.where(np.arange(size[0]) // 40 % 2, 190, 60)[None, :, None]
    for left, top, width, height in boxes:
        rgb[top : top + height, left : left + width] = (230, 40, 40)
        for x, y in zip(rng.integers(0, width - 6, 400), rng.integers(0, height - 6, 400), strict=True):
            rgb[top + y : top + y + 3, left + x : left + x + 3] = (190, 5, 5)
    return rgb // 4 if dark else rgb


def add(client: Client, rgb: Pixels | bytes, name: str = "foto ñ.png", source: str = "real") -> str:
    """Put a picture and its record into a client, as the import does."""
    data = rgb if isinstance(rgb, bytes) else cv2.imencode(".png", rgb[..., ::-1])[1].tobytes()
    sha = hashlib.sha256(data).hexdigest()
    image_id = f"{source}_{sha[:16]}"
    stored = client.raw_folder(source) / f"{image_id}.png"
    stored.write_bytes(data)
    original = Original(
        name=name, sha256=sha, bytes=len(data), stored=stored.relative_to(client.folder).as_posix(), imported_at=utils.now()
    )
    record = ImageRecord.model_validate(
        {"image_id": image_id, "source": source, "original": original, "picture": Picture(format="PNG", width=1, height=1)}
    )
    client.save_record(record)
    return image_id


def run(client: Client, settings: Settings = DEFAULTS, *, force: bool = False) -> tuple[ProcessReport, int]:
    """Process with the fake detector; return the report and how often it looked."""
    detector = ColourDetector()
    return image_processor.process(client, settings=settings, detector=detector, force=force), detector.calls


class Lying(ColourDetector):
    """Finds faces only in pictures higher than wide."""

    def detect(self, rgb: Pixels, *, smallest_px: float = 20) -> list[DetectedFace]:
        found = super().detect(rgb, smallest_px=smallest_px)
        return [dataclasses.replace(face, confidence=0.999) for face in found] if rgb.shape[0] > rgb.shape[1] else []


def test_a_photo_that_lies_is_refused_for_that_and_a_midjourney_picture_is_not_turned(client: Client) -> None:
    wide = drawn((250, 200, 300, 300), size=(900, 700))
    photo = add(client, wide)
    detector = Lying()
    report = image_processor.process(client, settings=DEFAULTS, detector=detector)
    assert (report.reasons, detector.calls) == ({"turned": 1}, 2 + 3)
    judged = client.record(photo).quality
    assert judged is not None
    assert judged.measures["turn"] in (90.0, 270.0)
    assert (client.rejected / f"{photo}.jpg").is_file()
    made = add(client, wide, source="mj")
    detector = Lying()
    report = image_processor.process(client, settings=DEFAULTS, detector=detector)
    assert (report.reasons["no_face"], detector.calls) == (1, 2)
    judged = client.record(made).quality
    assert judged is not None
    assert "turn" not in judged.measures


def test_that_a_picture_lies_is_kept_when_its_crop_alone_is_made_anew(client: Client) -> None:
    image_id = add(client, ONE)
    run(client)
    record = client.record(image_id)
    assert record.quality is not None
    measures = {**record.quality.measures, "turn": 90.0}
    client.save_record(record.model_copy(update={"quality": record.quality.model_copy(update={"measures": measures})}))
    wider = dataclasses.replace(DEFAULTS, faces=FaceConfig(face_padding_factor=1.8))
    report, looks = run(client, wider)
    assert (looks, report.reasons) == (0, {"turned": 1})
    again = client.record(image_id)
    assert again.quality is not None
    assert again.quality.measures["turn"] == 90.0
    decisions.set_verdicts(client, settings=wider, approve=[image_id])  # the user may know better
    assert client.record(image_id).approved


def pictures_of(client: Client) -> list[str]:
    """All crops and previews, as folder/name."""
    return sorted(f"{f.name}/{p.name}" for f in (client.processed, client.rejected) for p in f.iterdir())


ONE = drawn((250, 200, 360, 450))
TWO = drawn((80, 250, 300, 380), (500, 260, 290, 370))
SMALL = drawn((400, 400, 100, 130))


# --- what comes out --------------------------------------------------------------------------------------------------


def test_a_good_picture_becomes_a_1024_png_and_its_record_says_how(client: Client) -> None:
    image_id = add(client, ONE, source="mj")
    report, _ = run(client)
    assert (report.done, report.approved, report.refused, report.failed) == (1, 1, 0, [])
    assert report.by_source == {"mj": {"approved": 1, "refused": 0}, "real": {"approved": 0, "refused": 0}}
    assert pictures_of(client) == [f"processed/{image_id}.png"]
    crop = cv2.imdecode(np.fromfile(client.processed / f"{image_id}.png", np.uint8), cv2.IMREAD_UNCHANGED)
    assert crop is not None
    assert crop.shape == (1024, 1024, 3)
    record = client.record(image_id)
    assert record.approved
    assert record.crop is not None
    left, top, right, bottom = record.crop.square
    assert right - left == bottom - top == pytest.approx(720, abs=12)  # 1.6 x 450
    assert record.crop.scale == pytest.approx(1024 / (right - left))
    assert record.face_choice is not None
    assert record.face_choice.why == "only"
    assert record.quality is not None
    assert record.quality.measures["enlargement"] == pytest.approx(record.crop.scale)


def test_the_crop_shows_the_place_that_the_record_names(client: Client) -> None:
    image_id = add(client, ONE)
    run(client)
    record = client.record(image_id)
    assert record.crop is not None
    left, top, right, bottom = record.crop.square
    cut = cv2.resize(ONE[top:bottom, left:right], (1024, 1024), interpolation=cv2.INTER_LANCZOS4)
    stored = cv2.imdecode(np.fromfile(client.processed / f"{image_id}.png", np.uint8), cv2.IMREAD_COLOR)
    assert stored is not None
    assert np.abs(stored[..., ::-1].astype(int) - cut).mean() < 1


def test_a_large_picture_is_cut_from_its_full_resolution(client: Client) -> None:
    big = cv2.resize(ONE, (3600, 3600), interpolation=cv2.INTER_NEAREST)
    image_id = add(client, np.asarray(big, np.uint8))
    small_face = drawn((250, 200, 360, 450), size=(3600, 3600))
    other_id = add(client, small_face)
    run(client)
    record, other = client.record(image_id), client.record(other_id)
    assert record.crop is not None
    assert record.crop.square[2] - record.crop.square[0] == pytest.approx(2880, abs=30)
    # 450 px of 3600: the copy looked at would give 307 px to the crop, the original gives 720.
    stored = cv2.imdecode(np.fromfile(client.processed / f"{other_id}.png", np.uint8), cv2.IMREAD_COLOR)
    assert other.crop is not None
    left, top, right, bottom = other.crop.square
    cut = cv2.resize(small_face[top:bottom, left:right], (1024, 1024), interpolation=cv2.INTER_LANCZOS4)
    assert stored is not None
    assert np.abs(stored[..., ::-1].astype(int) - cut).mean() < 1


def test_what_is_refused_leaves_a_preview_and_its_reasons(client: Client) -> None:
    nothing, small, dark = add(client, drawn()), add(client, SMALL), add(client, drawn((250, 200, 360, 450), dark=True))
    report, _ = run(client)
    assert (report.approved, report.refused) == (0, 3)
    assert pictures_of(client) == sorted(f"rejected/{i}.jpg" for i in (nothing, small, dark))
    assert (report.reasons["no_face"], report.reasons["too_dark"]) == (1, 1)  # the dark one was looked at brightened
    assert report.reasons["enlarged_far"] == 1
    record = client.record(small)
    assert record.crop is not None
    assert record.decision is not None
    assert (record.decision.verdict, record.decision.by) == ("rejected", "rules")


def test_two_people_are_never_silently_one(client: Client) -> None:
    image_id = add(client, TWO)
    run(client)
    record = client.record(image_id)
    assert not record.approved
    assert record.face_choice is not None
    assert record.face_choice.ambiguous
    assert record.quality is not None
    assert record.quality.reasons[0].code == "ambiguous_face"


def test_the_report_can_be_written_as_json(client: Client) -> None:
    add(client, ONE)
    add(client, b"no picture at all")
    report, _ = run(client)
    again = json.loads(json.dumps(as_record(report)))
    assert again["failed"][0]["key"].startswith("import.")


# --- what fails ------------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_picture_costs_only_itself_and_is_tried_again(client: Client) -> None:
    bad, good = add(client, b"\x89PNG\r\n\x1a\n broken", "rota.png"), add(client, ONE)
    for expected_done in (1, 0):
        report, _ = run(client)
        assert report.done == expected_done
        assert [(f.image_id, f.name) for f in report.failed] == [(bad, "rota.png")]
        assert report.approved == 1
    assert client.record(good).approved
    assert client.record(bad).decision is None


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (MemoryError(), "faces.no_memory"),
        (RuntimeError("x"), "faces.failed"),
        (PermissionError("locked"), "faces.not_written"),
        (PipelineError("import.bomb", name="x", megapixels=400.0, limit=300), "import.bomb"),
    ],
)
def test_whatever_a_picture_raises_is_named_and_the_others_go_on(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, key: str
) -> None:
    bad, good = sorted([add(client, ONE), add(client, TWO)])
    real = face_crops._examine

    def raising(task: Task, detector: face_values.Detector) -> Outcome:
        if task.image_id == bad:
            raise error
        return real(task, detector)

    monkeypatch.setattr(face_crops, "_examine", raising)
    report, _ = run(client)
    assert [(f.image_id, f.text.key) for f in report.failed] == [(bad, key)]
    assert client.record(good).decision is not None


@pytest.mark.parametrize(
    ("error", "key"),
    [(OSError(errno.ENOSPC, "No space left on device"), "system.disk_full"),
     (OSError(errno.EMFILE, "Too many open files"), "system.few_files"),
     (RuntimeError("can't start new thread"), "system.few_threads")],
)  # fmt: skip
@pytest.mark.parametrize("where", ["crop", "record"])
def test_what_the_computer_is_short_of_ends_the_run_with_one_message_and_the_next_does_the_rest(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, key: str, where: str
) -> None:
    add(client, ONE), add(client, TWO)
    holder, name = (face_crops, "_examine") if where == "crop" else (Client, "save_record")
    if where == "record" and not isinstance(error, OSError):
        pytest.skip("a record takes no thread")

    def short(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(holder, name, short)
        with pytest.raises(PipelineError) as caught:
            run(client)
    assert caught.value.key == key
    report, _ = run(client)
    assert (report.done, report.failed) == (2, [])


def test_a_client_folder_that_vanishes_ends_the_run_as_that(client: Client, tmp_path: Path) -> None:
    for shift in range(3):
        add(client, drawn((250 + 10 * shift, 200, 360, 450)))

    def gone(done: int, _total: int) -> None:
        if done == 1:
            client.folder.rename(tmp_path / "away")

    with pytest.raises(PipelineError, match=r"client\.vanished"):
        image_processor.process(client, settings=DEFAULTS, detector=ColourDetector(), on_progress=gone)


@pytest.mark.parametrize(("error", "told"), [(MemoryError(), "process.not_all"), (RuntimeError("x"), "")])
def test_a_picture_left_out_for_want_of_memory_makes_the_run_a_problem(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    add(client, ONE)

    def raising(*_: object) -> None:
        raise error

    monkeypatch.setattr(face_crops, "_examine", raising)
    report, _ = run(client)
    assert key_of(faces_commands._process_result(client, report, [], "onnx").error) == told


@pytest.fixture
def no_engine_yet() -> Iterator[None]:
    """Forget the engine of an earlier test, and what this one found missing."""
    parallel.process_detector.cache_clear()
    yunet.process_yunet.cache_clear()
    yield
    parallel.process_detector.cache_clear()
    yunet.process_yunet.cache_clear()


@pytest.mark.usefixtures("no_engine_yet")
def test_a_missing_engine_ends_the_run_with_the_way_to_get_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    add(client, ONE)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(PipelineError) as caught:
        image_processor.process(client, settings=DEFAULTS, workers=1)
    assert caught.value.key == "faces.no_mtcnn"


def test_ctrl_c_keeps_what_is_done_and_the_next_run_does_the_rest(client: Client) -> None:
    for shift in range(3):
        add(client, drawn((250 + 10 * shift, 200, 360, 450)))

    def stop(done: int, _total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        image_processor.process(client, settings=DEFAULTS, detector=ColourDetector(), on_progress=stop)
    assert len(pictures_of(client)) == 1
    report, _ = run(client)
    assert (report.done, report.skipped_up_to_date, report.approved) == (2, 1, 3)


def test_progress_counts_to_the_end(client: Client) -> None:
    add(client, ONE)
    add(client, TWO)
    seen: list[tuple[int, int]] = []
    image_processor.process(
        client, settings=DEFAULTS, detector=ColourDetector(), on_progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 2), (2, 2)]


# --- nothing twice ---------------------------------------------------------------------------------------------------


def test_a_second_run_does_nothing_and_force_does_all(client: Client) -> None:
    add(client, ONE)
    add(client, drawn())
    run(client)
    before = {p: p.stat().st_mtime_ns for p in client.images.iterdir()}
    report, looks = run(client)
    assert (report.done, report.rejudged, report.skipped_up_to_date, looks) == (0, 0, 2, 0)
    assert {p: p.stat().st_mtime_ns for p in client.images.iterdir()} == before
    report, looks = run(client, force=True)
    assert report.done == 2
    assert looks > 0


def test_other_limits_judge_again_without_decoding_and_move_the_picture(client: Client) -> None:
    image_id = add(client, ONE)
    run(client)
    client.original(client.record(image_id)).unlink()  # whoever needs the original now fails
    strict = Settings(quality=QualityControlConfig(min_contrast=200))
    report, looks = run(client, strict)
    assert (report.done, report.rejudged, report.refused, looks) == (0, 1, 1, 0)
    assert pictures_of(client) == [f"rejected/{image_id}.png"]
    report, looks = run(client)
    assert (report.rejudged, report.approved, looks) == (1, 1, 0)
    assert pictures_of(client) == [f"processed/{image_id}.png"]


def test_a_record_of_an_older_version_gets_its_pitch_without_the_original(client: Client) -> None:
    image_id = add(client, ONE)
    run(client)
    new = client.record(image_id)
    assert new.quality is not None
    kept = {name: value for name, value in new.quality.measures.items() if name not in ("pitch", "eye_distance_px")}
    old = new.model_copy(update={"quality": new.quality.model_copy(update={"measures": kept, "rules": "0" * 16})})
    client.save_record(old)
    client.original(new).unlink()
    report, looks = run(client)
    assert (report.rejudged, report.failed, looks) == (1, [], 0)
    assert client.record(image_id).quality == new.quality


def test_limits_of_one_kind_judge_only_its_pictures(client: Client) -> None:
    theirs, ours = add(client, ONE, source="mj"), add(client, drawn((260, 200, 360, 450)))
    run(client)
    report, looks = run(client, Settings(quality=QualityControlConfig(mj=KindLimits(min_contrast=200.0))))
    assert (report.rejudged, report.refused, looks) == (1, 1, 0)
    assert [client.record(i).approved for i in (theirs, ours)] == [False, True]


def test_looser_limits_cut_what_was_only_a_preview_without_detecting(client: Client) -> None:
    image_id = add(client, SMALL)
    run(client)
    report, looks = run(client, Settings(quality=QualityControlConfig(refuse_enlargement=9)))
    assert (report.done, report.approved, looks) == (1, 1, 0)
    assert pictures_of(client) == [f"processed/{image_id}.png"]


def test_another_padding_cuts_anew_without_detecting(client: Client) -> None:
    image_id = add(client, ONE)
    run(client)
    report, looks = run(client, Settings(faces=FaceConfig(face_padding_factor=1.3)))
    assert (report.done, looks) == (1, 0)
    crop = client.record(image_id).crop
    assert crop is not None
    assert crop.square[2] - crop.square[0] == pytest.approx(585, abs=12)


def test_another_detection_size_detects_anew(client: Client) -> None:
    add(client, ONE)
    run(client)
    report, looks = run(client, Settings(faces=FaceConfig(detection_side_px=640)))
    assert report.done == 1
    assert looks > 0


def test_a_deleted_crop_comes_back_and_what_is_stale_goes(client: Client) -> None:
    image_id = add(client, ONE)
    run(client)
    (client.processed / f"{image_id}.png").unlink()
    (client.processed / "real_0123456789abcdef.png").write_bytes(b"its record is gone")
    (client.processed / "mis notas.txt").write_text("stays", encoding="utf-8")
    report, looks = run(client)
    assert (report.done, looks) == (1, 0)
    assert pictures_of(client) == ["processed/mis notas.txt", f"processed/{image_id}.png"]


def test_what_a_stopped_run_left_is_put_in_order(client: Client) -> None:
    image_id = add(client, ONE)
    run(client)
    (client.rejected / f"{image_id}.jpg").write_bytes(b"written before the record")
    (client.processed / ".x.png.0123.tmp").write_bytes(b"half")
    run(client)
    assert pictures_of(client) == [f"processed/{image_id}.png"]


# --- the user's word -------------------------------------------------------------------------------------------------


def test_the_users_word_moves_the_picture_and_outlives_every_run(client: Client) -> None:
    image_id = add(client, SMALL)
    run(client)
    report = decisions.set_verdicts(client, settings=DEFAULTS, approve=[image_id])
    assert report.approved == [image_id]
    assert pictures_of(client) == [f"processed/{image_id}.png"]
    for settings in (
        DEFAULTS,
        Settings(faces=FaceConfig(face_padding_factor=1.3)),
        Settings(quality=QualityControlConfig(min_contrast=99)),
    ):
        for force in (False, True):
            run(client, settings, force=force)
            record = client.record(image_id)
            assert record.approved
            assert record.decision is not None
            assert record.decision.by == "user"
            assert pictures_of(client) == [f"processed/{image_id}.png"]


def test_a_rejection_can_be_taken_back(client: Client) -> None:
    image_id = add(client, ONE)
    run(client)
    decisions.set_verdicts(client, settings=DEFAULTS, reject=[image_id])
    assert pictures_of(client) == [f"rejected/{image_id}.png"]
    assert run(client)[0].reasons == {"user": 1}
    decisions.set_verdicts(client, settings=DEFAULTS, clear=[image_id])
    record = client.record(image_id)
    assert record.decision is not None
    assert (record.decision.by, record.decision.verdict) == ("rules", "approved")
    assert pictures_of(client) == [f"processed/{image_id}.png"]


def test_a_picture_without_a_crop_is_not_approved_and_nothing_else_is_changed(client: Client) -> None:
    good, nothing, fresh = add(client, ONE), add(client, drawn()), add(client, TWO)
    client.record_file(fresh).rename(client.folder / "aside.json")
    run(client)
    (client.folder / "aside.json").rename(client.record_file(fresh))
    for hopeless in (nothing, fresh):
        with pytest.raises(PipelineError) as caught:
            decisions.set_verdicts(client, settings=DEFAULTS, reject=[good], approve=[hopeless])
        assert caught.value.key == "review.no_crop"
    assert client.record(good).approved


def test_a_picture_in_two_lists_and_an_unknown_one_are_refused(client: Client) -> None:
    image_id = add(client, ONE)
    run(client)
    with pytest.raises(PipelineError) as caught:
        decisions.set_verdicts(client, settings=DEFAULTS, approve=[image_id], reject=[image_id])
    assert caught.value.key == "review.twice"
    # The user has typed a number; the name of the file is what tells which picture that was.
    assert caught.value.values["name"] == client.record(image_id).original.name
    with pytest.raises(PipelineError) as caught:
        decisions.set_verdicts(client, settings=DEFAULTS, approve=["mj_0123456789abcdef"])
    assert caught.value.key == "image.unknown"


def test_the_user_picks_the_other_face_and_it_stays_picked(client: Client) -> None:
    image_id = add(client, TWO)
    run(client)
    before = client.record(image_id)
    assert before.face_choice is not None
    other = 1 - before.face_choice.index
    chosen = decisions.choose_face(client, image_id, other, DEFAULTS)
    assert chosen == client.record(image_id)
    assert (chosen.approved, len(chosen.faces)) == (True, 2)
    assert chosen.face_choice is not None and chosen.face_choice.index == other
    for force in (False, True):
        run(client, force=force)
        record = client.record(image_id)
        assert record.approved
        assert record.face_choice == FaceChoice(index=other, why="user")
    with pytest.raises(PipelineError) as caught:
        decisions.choose_face(client, image_id, 2, DEFAULTS)
    assert caught.value.key == "review.no_such_face"
    assert caught.value.values == {"name": "foto ñ.png", "face": 3, "faces": 2}
    nobody = add(client, drawn(), "vacía.png")
    run(client)
    with pytest.raises(PipelineError) as caught:  # "choose a number from 1 to 0" would be no help
        decisions.choose_face(client, nobody, 0, DEFAULTS)
    assert caught.value.key == "review.no_crop"
    assert "vacía.png" in translate.text(caught.value.key, "es", **caught.value.values)


def test_the_review_shows_refused_ones_first_and_each_with_its_picture(client: Client) -> None:
    add(client, ONE, "b.png")
    add(client, drawn(), "a.png")
    run(client)
    add(client, TWO, "c.png")
    rows = review_list.review_rows(client, client.records())
    assert [(row.name, row.verdict, row.by) for row in rows] == [
        ("a.png", "rejected", "rules"), ("b.png", "approved", "rules"), ("c.png", "pending", ""),
    ]  # fmt: skip
    assert [row.path is not None and row.path.is_file() for row in rows] == [True, True, False]


def test_a_busy_client_is_left_alone(client: Client) -> None:
    add(client, ONE)
    command = child_command(hold_lock, client.folder, "import")
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(PipelineError) as caught:
            run(client)
        assert caught.value.key == "client.locked"
        assert holder.stdin is not None
        holder.stdin.close()


# --- what a record keeps --------------------------------------------------------------------------------------------


def test_the_fingerprint_tells_detection_from_cutting() -> None:
    now = face_crops.face_fingerprint(FaceConfig())
    padded = face_crops.face_fingerprint(FaceConfig(face_padding_factor=2))
    smaller = face_crops.face_fingerprint(FaceConfig(detection_side_px=512))
    assert now.partition("-")[0] == padded.partition("-")[0] != smaller.partition("-")[0]
    assert now.partition("-")[2] == smaller.partition("-")[2] != padded.partition("-")[2]
    assert face_crops.face_fingerprint(FaceConfig(engine="mtcnn")) == now


def test_faces_survive_their_way_through_a_record() -> None:
    face = face_at(-10.5, 3.25, 100, 140)
    stored = Face(box=face.box, confidence=face.confidence, keypoints=dict(face.keypoints))
    assert face_update.detected_face(Face.model_validate_json(stored.model_dump_json())) == face
