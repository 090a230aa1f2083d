"""Charts and pages at their edges: nothing, one value, no number, limits per kind, widths, hostile names everywhere."""

from __future__ import annotations

import dataclasses
import io
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import utils
from avatar.commands import stage_state
from avatar.faces import quality
from avatar.faces.update import refusal_reasons
from avatar.reports import charts, client_page, colours, review_list
from avatar.reports.charts import LIMIT, PANELS
from avatar.texts import translate
from avatar.workspace.client import Client
from avatar.workspace.records import Decision, ImageRecord
from config import KindLimits, QualityControlConfig, Settings
from tests.commands.test_review_edges import HOSTILE
from tests.dataset.test_training_folder import picture
from tests.reports.test_client_page import LIMITS, MEASURES, measured, page_of, processed, sections, share
from tests.reports.test_contact_sheet import add as add_drawn
from tests.reports.test_dataset_page import read
from tests.scripted import MakeSession

__all__ = ["processed"]  # the fixture
BLUR, BRIGHTNESS, YAW = (next(p for p in PANELS if p.measure == name) for name in ("blur", "brightness", "yaw"))


def of_kind(kind: str, number: int = 1, **changes: float) -> ImageRecord:
    """A measured picture of one of the three kinds."""
    judged = quality.judge({**MEASURES, **changes}, LIMITS)
    decision = Decision(verdict=judged.verdict, by="rules", when="t")
    record = picture("mj" if kind == "mj" else "real", number, quality=judged, decision=decision)
    if kind == "raw":
        return record.model_copy(update={"picture": record.picture.model_copy(update={"format": "RAW"})})
    return record


def with_kinds(**kinds: KindLimits) -> QualityControlConfig:
    return dataclasses.replace(LIMITS, **kinds)  # type: ignore[arg-type]


# --- limits per kind -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_common_limits_stand_alone_and_without_a_kind(language: str) -> None:
    records = [of_kind(kind) for kind in ("raw", "standard", "mj")]
    assert charts.limits_of(BLUR, records, LIMITS, language) == [(100.0, "")]
    assert charts.limits_of(BRIGHTNESS, records, LIMITS, language) == [(40.0, ""), (220.0, "")]
    assert charts.limits_of(YAW, records, LIMITS, language) == []


def test_a_limit_of_one_kind_stands_beside_that_of_the_others_with_their_names() -> None:
    limits = with_kinds(mj=KindLimits(blur_threshold=60.0))
    records = [of_kind(kind) for kind in ("raw", "standard", "mj")]
    assert charts.limits_of(BLUR, records, limits, "es") == [(60.0, "MidJourney"), (100.0, "RAW, fotos")]
    assert charts.limits_of(BLUR, records, limits, "en") == [(60.0, "MidJourney"), (100.0, "RAW, photos")]


def test_only_limits_of_kinds_that_are_there_are_shown() -> None:
    limits = with_kinds(mj=KindLimits(blur_threshold=60.0), raw=KindLimits(blur_threshold=300.0))
    assert charts.limits_of(BLUR, [of_kind("mj")], limits, "es") == [(60.0, "")]
    assert charts.limits_of(BLUR, [of_kind("raw")], limits, "es") == [(300.0, "")]
    assert [value for value, _ in charts.limits_of(BLUR, [of_kind("raw"), of_kind("mj")], limits, "es")] == [60.0, 300.0]
    unmeasured = picture("mj", 2, quality=None, decision=None)
    assert charts.limits_of(BLUR, [of_kind("raw"), unmeasured], limits, "es") == [(300.0, "")]
    assert charts.limits_of(BLUR, [unmeasured], limits, "es") == []


def test_the_lines_of_two_kinds_are_drawn_where_their_values_are() -> None:
    records = [of_kind("mj", n, brightness=20.0 + 25 * n) for n in range(9)] + [of_kind("standard", 20, brightness=130)]
    both = charts.quality(records, with_kinds(mj=KindLimits(min_brightness=90.0)), "es")
    common = charts.quality(records, LIMITS, "es")
    assert both is not None
    assert common is not None

    def lines(page: Image.Image) -> int:
        """How many dashed lines stand in the panel of brightness, the second of the first row."""
        left = charts.GAP * 2 + charts.PANEL[0]
        panel = np.asarray(page)[charts.TITLE_PX + 34 + 40 :, left : left + charts.PANEL[0]][: charts.PANEL[1] - 80]
        dark = (panel == tuple(bytes.fromhex(LIMIT[1:]))).all(axis=2).sum(axis=0) > 30
        return int((dark[1:] & ~dark[:-1]).sum())

    assert (lines(common), lines(both)) == (2, 3)


def test_a_limit_far_outside_all_values_is_still_on_its_chart() -> None:
    for number in (1.0, 1e6):
        page = charts.quality([of_kind("mj", blur=number)], with_kinds(mj=KindLimits(blur_threshold=20_000.0)), "es")
        assert page is not None
        assert share(page, LIMIT) > 0


# --- no data, one value, no number -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_measure_that_is_no_number_is_in_no_chart_and_breaks_none(value: float) -> None:
    broken = measured(1, "mj", **{name: value for name in MEASURES if name != "faces"})
    assert charts.quality([broken], LIMITS, "es") is None
    assert charts.every_value([broken, measured(2)], "blur") == [400.0]
    together = charts.quality([broken, measured(2)], LIMITS, "es")
    alone = charts.quality([measured(2)], LIMITS, "es")
    assert together is not None
    assert alone is not None
    assert together.tobytes() == alone.tobytes()


@pytest.mark.parametrize("value", [0.0, -3.0, 1e-9, 1e9])
@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_one_value_of_any_size_is_drawn_as_one_bar_in_each_panel(value: float, language: str) -> None:
    page = charts.quality([measured(1, "mj", **{panel.measure: value for panel in PANELS})], LIMITS, language)
    assert page is not None
    assert share(page, colours.APPROVED) + share(page, colours.REFUSED) > 15 * 15 * 2


def test_the_page_is_as_high_as_the_measures_there_are() -> None:
    def height(*names: str) -> int:
        judged = quality.judge(MEASURES, LIMITS).model_copy(update={"measures": {name: MEASURES[name] for name in names}})
        page = charts.quality([measured(1).model_copy(update={"quality": judged})], LIMITS, "es")
        assert page is not None
        assert page.width == 2 * charts.PANEL[0] + 3 * charts.GAP
        return page.height

    row = charts.PANEL[1] + charts.GAP
    assert height("blur") == height("blur", "yaw") == charts.TITLE_PX + 34 + row
    assert height("blur", "yaw", "noise") == charts.TITLE_PX + 34 + 2 * row


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=50), st.booleans())
def test_the_smallest_is_in_the_first_bin_and_the_largest_in_the_last(values: list[float], log: bool) -> None:
    counts = charts.bins(values, min(values), max(values), 10, logarithmic=log)
    if charts.position(max(values), min(values), max(values), logarithmic=log) == 1:
        assert counts[0] > 0
        assert counts[-1] > 0
    else:  # all the same: one bin in the middle
        assert counts[5] == len(values)


def test_no_value_has_empty_bins_and_an_empty_sparkline() -> None:
    assert charts.bins([], 0, 1, 4) == [0, 0, 0, 0]
    assert charts.spark([], blocks=True) == ""
    assert charts.spark([0, 0], blocks=True) == "  "
    assert charts.spark([7], blocks=True) == charts.BLOCKS[-1]
    assert charts.every_value([], "blur") == []


@pytest.mark.parametrize("low", [0.0, -5.0, 1e-12])
def test_an_axis_of_powers_of_ten_begins_above_nothing(low: float) -> None:
    left, right = charts.padded(low, 100.0, logarithmic=True)
    assert 0 < left <= charts.LEAST
    assert right > 100
    assert math.isfinite(charts.position(low, left, right, logarithmic=True))
    assert charts.padded(3, 3) == (3, 3)


@given(st.floats(-1e7, 1e7), st.sampled_from(translate.LANGUAGES))
def test_a_number_on_a_chart_is_short_and_has_one_sign_at_most(value: float, language: str) -> None:
    shown = charts.number_text(value, language)
    assert shown != "-0"
    assert shown.count("," if language == "en" else ".") == 0
    assert len(shown) <= 9


# --- widths ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 2, 10, 24, 80, 200])
@pytest.mark.parametrize("blocks", [True, False])
def test_bars_fill_their_width_for_the_largest_and_show_the_smallest(width: int, blocks: bool) -> None:
    bars = client_page.terminal_bars([("a", 1000), ("b", 1), ("c", 0)], blocks=blocks, width=width)
    assert [len(bars[name]) for name in "abc"] == [width, 1, 0]
    assert blocks or "".join(bars.values()).isascii()


def test_bars_of_nothing_are_nothing() -> None:
    assert client_page.terminal_bars([], blocks=True) == {}
    assert client_page.terminal_bars([("a", 0)], blocks=True) == {"a": ""}


# --- coverage and faces ----------------------------------------------------------------------------------------------


def test_coverage_without_approved_pictures_is_no_chart() -> None:
    assert charts.coverage([measured(1, blur=1.0)], "es") is None
    assert charts.coverage([picture("mj", 1, quality=None, decision=None)], "es") is None


def test_coverage_of_thousands_fits_the_same_page() -> None:
    one, many = (charts.coverage([measured(n) for n in range(count)], "es") for count in (1, 3000))
    assert one is not None
    assert many is not None
    assert one.size == many.size


def test_no_face_is_no_chart_of_faces(client: Client) -> None:
    assert charts.faces(client, [], "es") is None
    assert charts.some_faces([]) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_face_with_any_name_is_drawn(name: str, processed: Client) -> None:
    (found,) = [e for e in review_list.entries(processed) if e.row.verdict == "approved"]
    shown = dataclasses.replace(found, row=dataclasses.replace(found.row, name=name * 20))
    page = charts.faces(processed, [shown], "es")
    assert page is not None
    assert share(page, colours.FACE) > 300


def test_a_chart_that_is_no_picture_any_more_is_drawn_again(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    assert charts.write(path, lambda: Image.new("RGB", (3, 3)), 1) == path
    path.write_bytes(b"broken")
    assert charts.write(path, lambda: Image.new("RGB", (5, 5)), 1) == path
    with Image.open(path) as drawn:
        assert drawn.size == (5, 5)


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_wherever_the_page_shows_it(name: str, client: Client, make: MakeSession) -> None:
    add_drawn(client, 1, "approved", name)
    client.save_info(client.info().model_copy(update={"display_name": name, "consent_note": name}))
    safe = re.sub(r'[<>:"/\\|?*]', "_", name)  # as a disk of Windows would have it
    (client.models / f"{safe}.safetensors").write_bytes(b"x")
    plan: dict[str, Any] = dict.fromkeys(
        ("profile", "preset", "base_model", "resolution", "network_dim"), name
    )  # fmt: skip
    utils.write_json(client.plan_file, {"plan": {**plan, "network_alpha": 16.0, "max_train_steps": 9}})
    html, _ = page_of(client, make)
    seen = read(html)
    assert not {"script", "svg", "b"} & set(seen.tags)
    assert "onerror=1>" not in html
    words = " ".join(seen.words.split())
    assert words.count(" ".join(name.split())) >= 3


@pytest.mark.parametrize(("language", "pattern"), [("es", r"Fecha: \d\d/\d\d/\d{4}"), ("en", r"Date: \d{4}-\d\d-\d\d")])
def test_the_date_is_written_as_the_language_does(language: str, pattern: str, client: Client, make: MakeSession) -> None:
    html, _ = page_of(client, make, language)
    assert re.search(pattern + r"\s*<", html)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"plan": []}', '{"plan": {}}', '{"plan": {"profile": null}}'])
def test_a_broken_plan_leaves_its_section_out(content: str, client: Client, make: MakeSession) -> None:
    client.plan_file.parent.mkdir(parents=True, exist_ok=True)
    client.plan_file.write_text(content, encoding="utf-8")
    assert sections(page_of(client, make)[0]) == ["State"]


def test_broken_samples_and_sheets_cost_only_themselves(client: Client, make: MakeSession) -> None:
    folder = client.runs / "20260101-000000" / "sample"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(b"no picture")
    Image.new("RGB", (9, 9)).save(folder / "b.png")
    html, made = page_of(client, make)
    assert "samples" in made.sections
    assert read(html).addresses.count("") <= 1
    assert any(address.startswith("data:image/jpeg") for address in read(html).addresses)


def test_only_the_newest_samples_are_shown(client: Client) -> None:
    folder = client.runs / "20260101-000000" / "sample"
    folder.mkdir(parents=True)
    for number in range(client_page.MOST_SAMPLES + 3):
        Image.new("RGB", (9, 9)).save(folder / f"{number:03}.png")
    shown = [one.name for one in client_page._samples(client)]
    assert shown == [f"{number:03}" for number in range(3, client_page.MOST_SAMPLES + 3)]


def test_a_page_inside_the_report_is_smaller_than_its_file_and_none_is_told(tmp_path: Path) -> None:
    noise = Image.effect_noise((900, 900), 60).convert("RGB")
    noise.save(tmp_path / "a.png")
    packed = client_page._jpeg(tmp_path / "a.png", 200)
    assert packed is not None
    with Image.open(io.BytesIO(packed)) as small:
        assert max(small.size) == 200
    assert len(packed) < (tmp_path / "a.png").stat().st_size
    assert client_page._jpeg(tmp_path / "gone.png", 200) is None


@given(st.lists(st.sampled_from(["approved", "rules", "user"]), max_size=12))
def test_every_refusal_is_counted_and_no_approval(kinds: list[str]) -> None:
    records = []
    for number, kind in enumerate(kinds):
        record = measured(number, "mj", **({"blur": 1.0} if kind == "rules" else {}))
        if kind == "user":
            record = record.model_copy(update={"decision": Decision(verdict="rejected", by="user", when="t")})
        records.append(record)
    counts = dict(refusal_reasons(records))
    wanted = {"user": kinds.count("user"), "blurred": kinds.count("rules")}
    assert counts == {name: n for name, n in wanted.items() if n}


def test_progress_is_told_to_its_end(client: Client, make: MakeSession) -> None:
    told: list[tuple[int, int]] = []
    session, _ = make()
    state = stage_state.client_state(session, client)
    client_page.write(client, [], [], state, Settings(), "es", [], lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
