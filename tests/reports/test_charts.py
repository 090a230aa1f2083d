"""Charts as a reader sees them: no text over another, bars and lines where their values are, squares turned as they were."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from avatar.faces import framing
from avatar.reports import charts, colours, review_list
from avatar.reports.charts import GAP, LIMIT, PANEL, TITLE_PX
from avatar.reports.drawing import GREY, INK
from avatar.reports.review_list import Entry
from avatar.texts import translate
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord
from config import KindLimits, QualityControlConfig, Settings
from tests.commands.test_review_edges import entry
from tests.reports.test_client_page import measured
from tests.stages.test_image_processor import ONE, TWO, add, drawn, run

LIMITS = Settings().quality
Mask = NDArray[np.bool_]
LANDMARK = "#ffe14d"


class Written:
    """What was written on a page: each text with its box in pixels and its colour."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, tuple[float, float, float, float], str]] = []

    def at(self, text: str) -> tuple[float, float, float, float]:
        [box] = [box for found, box, _ in self.texts if found == text]
        return box

    def colour_of(self, text: str) -> str:
        [colour] = [colour for found, _, colour in self.texts if found == text]
        return colour


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    """Listen to what Pillow is asked to write."""
    seen, write = Written(), ImageDraw.ImageDraw.text

    def listen(pen: ImageDraw.ImageDraw, at: Any, text: str, *, fill: Any, font: Any, anchor: str = "la") -> None:
        if text:
            seen.texts.append((text, pen.textbbox(at, text, font=font, anchor=anchor), fill))
        write(pen, at, text, fill=fill, font=font, anchor=anchor)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", listen)
    return seen


def of_colour(page: Image.Image, colour: str) -> Mask:
    return np.asarray((np.asarray(page.convert("RGB")) == tuple(bytes.fromhex(colour[1:]))).all(axis=2))


def panel_of(page: Image.Image, number: int) -> tuple[int, int]:
    """The upper left corner of a histogram."""
    return GAP + number % 2 * (PANEL[0] + GAP), TITLE_PX + 34 + number // 2 * (PANEL[1] + GAP)


def in_panel(page: Image.Image, number: int, colour: str) -> Mask:
    left, top = panel_of(page, number)
    return of_colour(page.crop((left, top, left + PANEL[0], top + PANEL[1])), colour)


def check_readable(page: Image.Image, written: Written) -> None:
    """No text leaves the page or covers another."""
    boxes = [(text, box) for text, box, _ in written.texts]
    for text, (left, top, right, bottom) in boxes:
        assert 0 <= left < right <= page.width, text
        assert 0 <= top < bottom <= page.height, text
    for number, (text, one) in enumerate(boxes):
        for other_text, other in boxes[:number]:
            apart = one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
            assert apart, f"{text!r} {one} covers {other_text!r} {other}"


def drawn_quality(records: Sequence[ImageRecord], limits: QualityControlConfig = LIMITS, language: str = "es") -> Image.Image:
    page = charts.quality(records, limits, language)
    assert page is not None
    return page


# --- histograms ------------------------------------------------------------------------------------------------------

ORDINARY = [measured(n, blur=150.0 * 1.4**n, brightness=60.0 + 12 * n, enlargement=0.8 + 0.1 * n) for n in range(9)]
SPREAD = [*ORDINARY, measured(20, blur=3.0, enlargement=25.0, noise=40.0, face_side_px=20.0, confidence=0.6, yaw=-80.0)]
THREE_KINDS = dataclasses.replace(
    LIMITS, mj=KindLimits(blur_threshold=60.0, min_contrast=20.0), raw=KindLimits(blur_threshold=300.0, max_brightness=200.0)
)


@pytest.mark.parametrize("language", translate.LANGUAGES)
@pytest.mark.parametrize("records", [ORDINARY, SPREAD, [measured(1)], [measured(1, "real"), measured(2, blur=99_999.0)]])
def test_no_text_of_the_histograms_covers_another(records: list[ImageRecord], language: str, written: Written) -> None:
    check_readable(drawn_quality(records, LIMITS, language), written)


def of_kinds() -> list[ImageRecord]:
    raw = measured(30, "real", blur=2000.0)
    raw = raw.model_copy(update={"picture": raw.picture.model_copy(update={"format": "RAW"})})
    return [*ORDINARY, measured(31, "real"), raw]


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_limits_that_differ_by_kind_are_readable_too(language: str, written: Written) -> None:
    check_readable(drawn_quality(of_kinds(), THREE_KINDS, language), written)


def test_ends_of_an_axis_are_named_but_where_a_limit_stands(written: Written) -> None:
    page = drawn_quality([measured(1, yaw=-12.0, confidence=0.9), measured(2, yaw=31.0, confidence=0.851)])
    names = [text for text, _, _ in written.texts]
    assert "-12" in names
    assert "31" in names  # yaw has no limit
    left, top = panel_of(page, 6)  # confidence: 0.85 to 0.9, so that the lower end lies under its limit's number
    below = [(text, box[0]) for text, box, _ in written.texts if left <= box[0] < left + PANEL[0] and box[1] > top + 206]
    assert [text for text, _ in sorted(below, key=lambda item: item[1]) if text] == ["0,85", "0,9"]
    assert written.at("31")[2] == pytest.approx(panel_of(page, 7)[0] + PANEL[0] - 12, abs=2)
    assert written.at("-12")[0] == pytest.approx(panel_of(page, 7)[0] + 12, abs=2)


def test_a_limits_number_stands_under_its_line(written: Written) -> None:
    page = drawn_quality([measured(n, brightness=100.0 + n) for n in range(5)])
    dark = in_panel(page, 1, LIMIT)[40:-40].sum(axis=0) > 60
    lines = np.flatnonzero(dark[1:] & ~dark[:-1]) + panel_of(page, 1)[0] + 1
    assert len(lines) == 2
    for shown, line in zip(("40", "220"), lines, strict=True):
        box = written.at(shown)
        assert (box[0] + box[2]) / 2 == pytest.approx(line + 0.5, abs=2.5)
        assert box[1] >= panel_of(page, 1)[1] + PANEL[1] - 34


def test_a_kinds_name_stands_beside_its_line_and_each_on_its_own_height(written: Written) -> None:
    page = drawn_quality(of_kinds(), THREE_KINDS)
    names = ["MidJourney 60", "fotos 100", "RAW 300"]
    tops = [written.at(name)[1] for name in names]
    assert tops == sorted(set(tops))
    dark = in_panel(page, 0, LIMIT)[44:-40].sum(axis=0) > 60
    lines = np.flatnonzero(dark[1:] & ~dark[:-1]) + GAP + 1
    assert len(lines) == 3
    for name, line in zip(names, lines, strict=True):
        left, _, right, _ = written.at(name)
        assert min(abs(left - line), abs(right - line)) < 10
        assert (left > line) == (line < GAP + PANEL[0] / 2)  # towards the middle, so that none leaves the panel


def test_bars_are_as_high_as_their_counts_and_the_highest_is_named(written: Written) -> None:
    values = [100.0] * 4 + [150.0] * 2 + [200.0]
    page = drawn_quality([measured(n, brightness=value) for n, value in enumerate(values)])
    heights = in_panel(page, 1, colours.APPROVED).sum(axis=0)
    bars = [max(part) for part in np.split(heights, np.flatnonzero(heights == 0)) if max(part, default=0)]
    assert len(bars) == 3
    assert [bar / bars[0] for bar in bars] == pytest.approx([1, 0.5, 0.25], abs=0.02)
    assert [text for text, _, _ in written.texts].count(translate.text("chart.most", "es", n=4)) == 1
    assert bars[0] == pytest.approx(PANEL[1] - 84, abs=2)  # the highest fills its panel below the title


def test_one_picture_among_hundreds_is_still_seen() -> None:
    page = drawn_quality([*(measured(n, brightness=100.0) for n in range(400)), measured(999, brightness=180.0)])
    heights = in_panel(page, 1, colours.APPROVED).sum(axis=0)
    assert heights[PANEL[0] // 2 + 60 :].max() >= 2


@pytest.mark.parametrize("values", [[1.0], [0.5, 3000.0], [99.0, 100.0, 101.0], [250.0] * 9 + [3.0]])
def test_no_bar_leaves_its_panel_or_covers_its_title(values: list[float]) -> None:
    page = drawn_quality([measured(n, blur=value, brightness=min(value, 255)) for n, value in enumerate(values)])
    for number in range(2):
        for colour in (colours.APPROVED, colours.REFUSED):
            down, across = np.nonzero(in_panel(page, number, colour))
            if len(down):
                assert across.min() >= 12
                assert across.max() <= PANEL[0] - 12
                assert down.min() >= 40
                assert down.max() <= PANEL[1] - 34
    whole = of_colour(page, colours.APPROVED).sum() + of_colour(page, colours.REFUSED).sum()
    both = (colours.APPROVED, colours.REFUSED)
    inside = sum(in_panel(page, n, colour).sum() for n in range(len(charts.PANELS)) for colour in both)
    assert whole - inside == 2 * 15 * 15  # the squares of the legend


def test_the_legend_names_the_colours_from_left_to_right(written: Written) -> None:
    page = drawn_quality(ORDINARY)
    words = [translate.text(key, "es") for key in ("chart.approved", "chart.refused", "chart.limit")]
    lefts = [written.at(word)[0] for word in words]
    assert lefts == sorted(lefts)
    for word, colour in zip(words, (colours.APPROVED, colours.REFUSED), strict=False):
        left, top, _, bottom = written.at(word)
        square = of_colour(page, colour)[: TITLE_PX + 20, : int(left)]
        down, across = np.nonzero(square)
        assert left - 12 < across.max() < left
        assert down.min() < bottom
        assert top < down.max()
    without = charts.coverage([measured(1)], "es")
    assert without is not None
    assert [text for text, _, _ in written.texts].count(words[2]) == 1  # coverage has no limits


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [(19.94, "20"), (20.4, "20"), (-19.4, "-19"), (-20.6, "-21"), (0.994, "0,99"), (0.0451, "0,045"), (7.0, "7"), (2.55, "2,5"),
     (1234567.0, "1234567"), (-0.4, "-0,4")],
)  # fmt: skip
def test_a_number_has_two_digits_that_count_or_none_behind_the_comma(value: float, shown: str) -> None:
    assert charts.number_text(value, "es") == shown


@given(st.floats(0.001, 1e5), st.floats(0.001, 1e5), st.floats(0, 1), st.booleans())
def test_a_place_on_an_axis_grows_with_its_value(low: float, high: float, part: float, log: bool) -> None:
    low, high = sorted((low, high))
    value = low + part * (high - low)
    assert charts.position(low, low, high, logarithmic=log) <= charts.position(value, low, high, logarithmic=log) + 1e-9
    assert charts.position(value, low, high, logarithmic=log) <= charts.position(high, low, high, logarithmic=log) + 1e-9


def test_values_below_a_tenth_are_one_place_on_an_axis_of_powers_of_ten() -> None:
    tiny = charts.position(1e-6, 0.01, 10, logarithmic=True)
    assert tiny == charts.position(0.1, 0.01, 10, logarithmic=True) == 0
    assert charts.position(0.2, 0.01, 10, logarithmic=True) > 0


# --- coverage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_coverage_is_readable_and_what_nobody_shows_stands_out(language: str, written: Written) -> None:
    records = [measured(n, yaw=2.0, pitch=1.0) for n in range(3)] + [measured(9, "real", yaw=70.0, pitch=-30.0)]
    page = charts.coverage(records, language)
    assert page is not None
    check_readable(page, written)
    counts = [(text, colour) for text, _, colour in written.texts if text.isdigit()]
    assert ("0", colours.REFUSED) in counts
    assert ("0", INK) not in counts
    assert {("3", INK), ("1", INK)} <= set(counts)


def test_a_bar_of_both_sources_is_as_long_as_both_and_none_covers_the_other() -> None:
    records = [measured(n) for n in range(3)] + [measured(n, "real") for n in range(1)]
    page = charts.coverage(records, "es")
    assert page is not None
    row = TITLE_PX + 34 + 38 + 10 + 2 * 30  # the third bar: from the front
    first, second = (np.flatnonzero(of_colour(page, colour)[row]) for colour in (colours.MIDJOURNEY, colours.PHOTO))
    assert first.min() == 210
    assert second.max() == 730
    assert len(first) / len(second) == pytest.approx(3, abs=0.1)
    assert second.min() == first.max() + 1


# --- faces from original to crop -------------------------------------------------------------------------------------


@pytest.fixture
def two_faces(client: Client) -> Entry:
    add(client, TWO, "dos ñ.png")
    run(client)
    [found] = review_list.entries(client)
    return found


def scale_of(client: Client, found: Entry) -> tuple[float, float, float]:
    """How an original lies in its tile: pixels of the page for one of the original, and where it begins."""
    from PIL import Image as Pictures

    with Pictures.open(client.original(client.record(found.row.image_id))) as original:
        width, height = original.size
    scale = min(1.4 * charts.TILE_PX / width, charts.TILE_PX / height)
    left = GAP + (1.4 * charts.TILE_PX - width * scale) / 2
    return scale, left, TITLE_PX + 34 + (charts.TILE_PX - height * scale) / 2


def test_only_the_chosen_face_has_landmarks_and_the_others_a_grey_box(client: Client, two_faces: Entry) -> None:
    page = charts.faces(client, [two_faces], "es")
    assert page is not None
    scale, left, top = scale_of(client, two_faces)
    record = client.record(two_faces.row.image_id)
    points, chosen_box, other_box = (of_colour(page, colour) for colour in (LANDMARK, colours.FACE, GREY))
    for index, face in enumerate(record.faces):
        chosen = index == two_faces.row.face
        for x, y in face.keypoints.values():
            at = round(top + y * scale), round(left + x * scale)
            assert points[at[0] - 2 : at[0] + 3, at[1] - 2 : at[1] + 3].any() == chosen
        edge = round(left + face.box[0] * scale)
        middle = round(top + (face.box[1] + face.box[3] / 2) * scale)
        assert chosen_box[middle - 5 : middle + 5, edge - 2 : edge + 3].any() == chosen
        assert other_box[middle - 5 : middle + 5, edge - 2 : edge + 3].any() != chosen


@pytest.mark.parametrize("angle", [0.0, 20.0, -35.0])
def test_the_square_is_drawn_as_it_was_cut_turned_where_it_was_turned(angle: float, client: Client) -> None:
    image_id = add(client, drawn((300, 300, 240, 300), size=(900, 900)))
    run(client)
    record = client.record(image_id)
    assert record.crop is not None
    square = (250, 250, 650, 650)
    client.save_record(record.model_copy(update={"crop": record.crop.model_copy(update={"square": square, "angle": angle})}))
    [found] = review_list.entries(client)
    page = charts.faces(client, [found], "es")
    assert page is not None
    scale, left, top = scale_of(client, found)
    line = of_colour(page, colours.SQUARE)
    corners = framing.corners(square, angle)
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        for part in (0.1, 0.5, 0.9):
            x, y = left + scale * (x1 + part * (x2 - x1)), top + scale * (y1 + part * (y2 - y1))
            assert line[round(y) - 3 : round(y) + 4, round(x) - 3 : round(x) + 4].any(), (part, x1, y1)


@given(angle=st.floats(-90, 90), left=st.integers(0, 500), side=st.integers(1, 400))
def test_the_corners_of_a_turned_square_are_as_far_apart_as_its_side(angle: float, left: int, side: int) -> None:
    found = framing.corners((left, 7, left + side, 7 + side), angle)
    for one, other in zip(found, [*found[1:], found[0]], strict=True):
        assert math.dist(one, other) == pytest.approx(side)
    assert sum(x for x, _ in found) / 4 == pytest.approx(left + side / 2)
    if angle == 0:
        assert found == [(left, 7), (left + side, 7), (left + side, 7 + side), (left, 7 + side)]


def test_tiles_stand_two_in_a_row_by_number_with_their_verdict(client: Client, written: Written) -> None:
    for number, rgb in enumerate((ONE, TWO, drawn((100, 100, 300, 380)))):
        add(client, rgb, f"n{number}.png")
    run(client)
    shown = review_list.entries(client)
    page = charts.faces(client, shown, "es")
    assert page is not None
    names = [text for text, _, _ in written.texts if text.endswith(".png")]
    assert names == [f"{found.number}. {found.row.name}" for found in shown]
    tile = 1.4 * charts.TILE_PX + 12 + charts.TILE_PX, charts.TILE_PX + 30
    assert page.size == (3 * GAP + 2 * tile[0], TITLE_PX + 34 + 2 * (tile[1] + GAP))
    ink = of_colour(page, "#ffffff") == np.False_
    second_row = TITLE_PX + 34 + round(tile[1]) + GAP
    assert ink[second_row:, : round(tile[0])].any()
    assert not ink[second_row:, 2 * GAP + round(tile[0]) :].any()  # three tiles: the last place stays empty
    approved, refused = translate.text("verdict.approved", "es"), translate.text("verdict.rejected", "es")
    said = [(text, colour) for text, _, colour in written.texts if text in (approved, refused)]
    assert set(said) == {(approved, colours.APPROVED), (refused, colours.REFUSED)}
    assert [text for text, _ in said].count(refused) == sum(found.row.verdict == "rejected" for found in shown)


def test_what_cannot_be_read_leaves_the_chart_to_the_others(client: Client) -> None:
    for rgb in (ONE, TWO):
        add(client, rgb)
    run(client)
    first, second = review_list.entries(client)
    whole = charts.faces(client, [second], "es")
    client.original(client.record(first.row.image_id)).write_bytes(b"cut off")
    without = charts.faces(client, [first, second], "es")
    assert whole is not None
    assert without is not None
    assert without.tobytes() == whole.tobytes()
    assert charts.faces(client, [first], "es") is None
    no_crop = dataclasses.replace(second, row=dataclasses.replace(second.row, path=client.folder / "gone.png"))
    assert charts.faces(client, [no_crop], "es") is None


def with_face(number: int, verdict: str) -> Entry:
    made = entry(number, verdict)
    return dataclasses.replace(made, row=dataclasses.replace(made.row, face=0, path=Path("x.png")))


@given(
    kinds=st.lists(st.sampled_from(["approved", "rejected"]), max_size=60),
    most=st.integers(1, 15),
)
def test_as_many_faces_are_shown_as_there_is_room_for_each_once_and_by_number(kinds: list[str], most: int) -> None:
    found = [with_face(number, kind) for number, kind in enumerate(kinds, 1)]
    shown = charts.some_faces(found, most)
    numbers = [one.number for one in shown]
    assert len(numbers) == min(most, len(found))
    assert numbers == sorted(set(numbers))
    refused = sum(one.row.verdict == "rejected" for one in shown)
    there = kinds.count("rejected")
    assert refused == min(there, max(most // 3, most - kinds.count("approved")))


def test_those_shown_reach_from_the_first_to_the_last() -> None:
    found = [with_face(number, "approved") for number in range(1, 101)]
    assert [one.number for one in charts.some_faces(found, 4)] == [1, 34, 67, 100]
    assert [one.number for one in charts.some_faces(found, 1)] == [1]


def test_a_picture_without_a_face_or_a_file_is_not_among_those_shown() -> None:
    whole = with_face(1, "approved")
    no_face = dataclasses.replace(whole, row=dataclasses.replace(whole.row, face=None))
    no_file = dataclasses.replace(whole, row=dataclasses.replace(whole.row, path=None))
    pending = with_face(2, "pending")
    assert charts.some_faces([no_face, no_file, pending, whole]) == [whole]


# --- on a phone ------------------------------------------------------------------------------------------------------


def test_the_narrow_charts_fit_a_page_of_390_pixels(client: Client) -> None:
    records = [measured(number) for number in range(6)]
    pairs = (
        [charts.quality(records, LIMITS, "es", narrow=narrow) for narrow in (False, True)],
        [charts.coverage(records, "es", narrow=narrow) for narrow in (False, True)],
    )
    for wide, narrow in pairs:
        assert wide is not None and narrow is not None
        assert narrow.width <= 390 < wide.width and narrow.height >= wide.height


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_no_text_of_the_narrow_charts_leaves_the_picture(language: str, written: Written) -> None:
    records = [measured(number) for number in range(6)]
    for page in (charts.quality(records, LIMITS, language, narrow=True), charts.coverage(records, language, narrow=True)):
        assert page is not None
        for text, (left, _, right, _), _ in written.texts:
            assert left >= 0 and right <= page.width, text
        written.texts.clear()
