"""Charts and the page about a client: every value drawn, limits where they belong, sections only with something in them."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import utils
from avatar.commands import report as report_commands
from avatar.commands import stage_state
from avatar.commands.result import Table
from avatar.faces import quality
from avatar.faces.update import refusal_reasons
from avatar.reports import charts, client_page, colours, contact_sheet, drawing, review_list
from avatar.reports.charts import LIMIT
from avatar.terminal import command_line
from avatar.texts import translate
from avatar.workspace.client import Client
from avatar.workspace.records import Decision, ImageRecord
from config import Settings
from tests.dataset.test_training_folder import picture
from tests.reports.test_dataset_page import EVIL, read
from tests.scripted import MakeSession
from tests.stages.test_image_processor import ONE, TWO, add, drawn, run

LIMITS = Settings().quality
MEASURES = {
    "faces": 1.0, "confidence": 0.99, "blur": 400.0, "brightness": 120.0, "contrast": 60.0, "noise": 1.0, "clipped": 0.0,
    "face_side_px": 300.0, "enlargement": 1.2, "yaw": 3.0, "share_in_crop": 1.0, "second_face_ratio": 0.0,
}  # fmt: skip


def measured(number: int, source: str = "mj", **changes: float) -> ImageRecord:
    judged = quality.judge({**MEASURES, **changes}, LIMITS)
    decision = Decision(verdict=judged.verdict, by="rules", when="t")
    return picture(source, number, quality=judged, decision=decision)


def share(page: Image.Image, colour: str) -> int:
    """How many pixels of a page have a colour."""
    wanted = tuple(bytes.fromhex(colour[1:]))
    return int((np.asarray(page.convert("RGB")) == wanted).all(axis=2).sum())


# --- histograms ------------------------------------------------------------------------------------------------------


@given(
    values=st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=60), count=st.integers(1, 40), log=st.booleans(),
)  # fmt: skip
def test_every_value_is_in_one_bin(values: list[float], count: int, log: bool) -> None:
    counts = charts.bins(values, min(values), max(values), count, logarithmic=log)
    assert len(counts) == count
    assert sum(counts) == len(values)


@given(low=st.floats(0.2, 1e4), width=st.floats(0.1, 1e4), log=st.booleans())
def test_a_padded_axis_holds_its_ends_well_inside(low: float, width: float, log: bool) -> None:
    left, right = charts.padded(low, low + width, logarithmic=log)
    assert 0 < charts.position(low, left, right, logarithmic=log) < 0.1
    assert 0.9 < charts.position(low + width, left, right, logarithmic=log) < 1


def test_a_log_axis_puts_the_middle_of_ten_and_thousand_at_a_hundred() -> None:
    assert charts.position(100, 10, 1000, logarithmic=True) == pytest.approx(0.5)
    assert charts.position(505, 10, 1000) == pytest.approx(0.5)
    assert charts.position(5, 5, 5) == 0.5


def test_approved_and_refused_pictures_and_the_limits_are_drawn_in_their_colours() -> None:
    good = [measured(n, blur=200 + 40 * n) for n in range(6)]
    only_good = charts.quality(good, LIMITS, "es")
    assert only_good is not None
    both = charts.quality([*good, measured(9, blur=20)], LIMITS, "es")
    assert both is not None
    legend = 15 * 15  # the square of the legend
    assert share(only_good, colours.REFUSED) <= legend < share(both, colours.REFUSED)
    assert share(both, colours.APPROVED) > 1000


def test_refused_pictures_stand_on_top_of_approved_ones_of_the_same_value() -> None:
    few = charts.quality([measured(n) for n in range(4)], LIMITS, "es")
    more = charts.quality([*(measured(n) for n in range(4)), *(measured(n, noise=99) for n in range(4, 8))], LIMITS, "es")
    assert few is not None
    assert more is not None
    assert share(more, colours.APPROVED) == pytest.approx(
        share(few, colours.APPROVED) / 2, rel=0.15
    )  # half of the height, and none of it hidden
    assert share(more, colours.REFUSED) > 0.7 * share(more, colours.APPROVED)


def test_a_limit_stands_between_what_it_parts() -> None:
    records = [measured(1, brightness=30), measured(2, brightness=60)]
    page = charts.quality(records, LIMITS, "es")
    assert page is not None
    panel = np.asarray(page)[charts.TITLE_PX + 34 :, charts.GAP * 2 + charts.PANEL[0] :][: charts.PANEL[1]]
    columns = {
        name: np.flatnonzero((panel[40:-40] == tuple(bytes.fromhex(colour[1:]))).all(axis=2).sum(axis=0) > 30)
        for name, colour in (("approved", colours.APPROVED), ("refused", colours.REFUSED), ("limit", LIMIT))
    }
    assert columns["refused"].max() < columns["limit"].min() < columns["approved"].min()


def test_nothing_measured_is_no_chart() -> None:
    assert charts.quality([], LIMITS, "es") is None
    assert charts.quality([picture("mj", 1, quality=None, decision=None)], LIMITS, "es") is None
    assert charts.coverage([], "es") is None


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_one_picture_alone_and_values_that_are_none_are_drawn(language: str) -> None:
    assert charts.quality([measured(1, blur=float("nan"))], LIMITS, language) is not None
    assert charts.coverage([measured(1)], language) is not None


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [(0.85, "0,85", "0.85"), (100, "100", "100"), (-0.2, "-0,2", "-0.2"), (1234.56, "1235", "1235"), (-0.0, "0", "0"),
     (3.0, "3", "3")],
)  # fmt: skip
def test_numbers_have_the_decimal_sign_of_the_language(value: float, spanish: str, english: str) -> None:
    assert (charts.number_text(value, "es"), charts.number_text(value, "en")) == (spanish, english)


# --- coverage --------------------------------------------------------------------------------------------------------


def test_coverage_bars_are_as_long_as_their_share_and_of_their_sources_colour() -> None:
    records = [measured(n) for n in range(4)] + [measured(n, "real", yaw=70) for n in range(2)]
    page = charts.coverage(records, "en")
    assert page is not None
    pixels = np.asarray(page)
    row = charts.TITLE_PX + 34 + 38 + 10  # the first bar: profile left, nobody
    lengths = [
        [
            int((pixels[row + 30 * line, 210:731] == tuple(bytes.fromhex(colour[1:]))).all(axis=1).sum())
            for colour in (colours.MIDJOURNEY, colours.PHOTO)
        ]
        for line in range(5)
    ]
    assert lengths[0] == [0, 0]
    assert lengths[2][0] == pytest.approx(521, abs=2)
    assert lengths[4][1] == pytest.approx(261, abs=2)
    refused = charts.coverage([*records, measured(9, brightness=10)], "en")
    assert refused is not None
    assert refused.tobytes() == page.tobytes()  # refused pictures are in no dataset


# --- faces before and after ------------------------------------------------------------------------------------------


@pytest.fixture
def processed(client: Client) -> Client:
    for name, rgb in (("uno ñ😀.png", ONE), ("dos.png", TWO), ("nada.png", drawn())):
        add(client, rgb, name)
    run(client)
    return client


def test_box_landmarks_and_square_are_drawn_on_the_original_and_the_crop_stands_beside(processed: Client) -> None:
    entries = review_list.entries(processed)
    (good,) = [entry for entry in entries if entry.row.verdict == "approved"]
    page = charts.faces(processed, [good], "es")
    assert page is not None
    assert page.size == (
        2 * charts.GAP + 432 + charts.TILE_PX,
        charts.TITLE_PX + 34 + charts.GAP + charts.TILE_PX + 30,
    )
    assert share(page, "#ffe14d") > 5 * 9  # five landmarks
    assert share(page, colours.FACE) > 15 * 15 + 300
    assert share(page, colours.SQUARE) > 15 * 15 + 300
    record = processed.record(good.row.image_id)
    processed.original(record).unlink()
    assert charts.faces(processed, [good], "es") is None  # shown is what can be shown


def test_the_pictures_shown_stand_for_all_refused_ones_included(processed: Client) -> None:
    base = review_list.entries(processed)
    (good,) = [e for e in base if e.row.verdict == "approved"]
    (two,) = [e for e in base if e.row.verdict == "rejected" and e.row.face is not None]
    many = [review_list.Entry(n, (two if n % 10 == 0 else good).row, {}) for n in range(1, 101)]
    chosen = charts.some_faces(many, 12)
    assert [e.number for e in chosen] == sorted(e.number for e in chosen)
    assert len({e.number for e in chosen}) == 12
    assert sum(e.row.verdict == "rejected" for e in chosen) == 4
    assert charts.some_faces(base, 12) == sorted([good, two], key=lambda e: e.number)
    assert len(charts.some_faces([e for e in many if e.row.verdict == "rejected"], 5)) == 5


def test_a_chart_is_drawn_again_only_when_its_values_have_changed_and_vanishes_without_any(tmp_path: Path) -> None:
    path, calls = tmp_path / "x.png", []

    def draw() -> Image.Image:
        calls.append(1)
        return Image.new("RGB", (3, 3))

    for state in ([1], [1], [2]):
        assert charts.write(path, draw, state) == path
    assert len(calls) == 2
    assert charts.write(path, lambda: None, [3]) is None
    assert not path.exists()


# --- the terminal ----------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 10_000), max_size=40), st.booleans())
def test_a_sparkline_has_a_sign_for_each_count_and_blanks_only_for_none(counts: list[int], blocks: bool) -> None:
    line = charts.spark(counts, blocks=blocks)
    assert [sign == " " for sign in line] == [count == 0 for count in counts]
    assert blocks or line.isascii()


@given(st.floats(0, 2), st.integers(1, 60))
def test_a_bar_is_never_longer_than_its_place_and_seen_where_there_is_anything(part: float, width: int) -> None:
    line = charts.bar(part, width, blocks=False)
    assert len(line) <= width
    assert bool(line) == (part > 0)


# --- the page --------------------------------------------------------------------------------------------------------


def page_of(client: Client, make: MakeSession, language: str = "en") -> tuple[str, client_page.Report]:
    session, _ = make(language=language)
    records = client.records()
    entries = review_list.entries(client, records)
    sheets = contact_sheet.write_sheets(client, entries, client.output, language) if entries else []
    made = client_page.write(client, records, entries, stage_state.client_state(session, client), Settings(), language, sheets)
    return made.page.read_text(encoding="utf-8"), made


def sections(html: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", html)


def test_an_empty_client_has_a_page_with_its_state_alone(client: Client, make: MakeSession) -> None:
    html, made = page_of(client, make)
    assert sections(html) == ["State"]
    assert made.charts == ()
    assert sorted(path.name for path in client.output.iterdir()) == ["client_report.html"]


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_the_page_gathers_everything_there_is_and_needs_nothing_else(
    processed: Client, make: MakeSession, language: str
) -> None:
    run_folder = processed.runs / "20260101-000000"
    (run_folder / "sample").mkdir(parents=True)
    Image.new("RGB", (60, 40), "#123456").save(run_folder / "loss.png")
    Image.new("RGB", (60, 40), "#654321").save(run_folder / "sample" / "a_000100_00_20260101000000.png")
    (processed.models / "ana.safetensors").write_bytes(bytes(3_000_000))
    plan = {
        "profile": "gpu_8gb", "preset": "quick", "resolution": 1024, "network_dim": 32, "network_alpha": 16.0,
        "base_model": "stabilityai/stable-diffusion-xl-base-1.0", "max_train_steps": 1900,
    }  # fmt: skip
    utils.write_json(processed.plan_file, {"plan": plan})
    html, made = page_of(processed, make, language)
    wanted = (
        "stages",
        "pictures",
        "plan",
        "models",
        "use",
        "reasons",
        "faces",
        "quality",
        "coverage",
        "loss",
        "samples",
        "sheets",
    )
    assert sections(html) == [translate.text(f"report.client.{name}", language) for name in wanted]
    assert set(made.sections) == set(wanted)
    assert html.count('<source media="(max-width: 560px)" srcset="data:image/') == 5  # faces, quality, coverage, two sheets
    seen = read(html)
    assert not {"script", "link", "iframe", "object"} & set(seen.tags)
    assert all(address.startswith("data:image/") for address in seen.addresses if address != "review.html")
    assert "http" not in html.replace("http-equiv", "")
    assert "32 / 16" in seen.words
    assert "16.0" not in seen.words
    assert "3 MB" in seen.words
    for address in seen.addresses:
        if address.startswith("data:"):
            with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as shown:
                assert shown.width > 0
    assert {path.name for path in made.charts} == {charts.QUALITY_FILE, charts.COVERAGE_FILE, charts.FACES_FILE}
    assert f'lang="{language}"' in html


def test_foreign_words_are_shown_and_never_markup(processed: Client, make: MakeSession) -> None:
    info = processed.info()
    processed.save_info(info.model_copy(update={"display_name": EVIL, "consent_note": EVIL}))
    html, _ = page_of(processed, make)
    assert "<script" not in html
    assert read(html).words.count(EVIL) == 2


def test_an_edited_plan_and_a_chart_without_values_leave_their_sections_out(client: Client, make: MakeSession) -> None:
    utils.write_json(client.plan_file, {"plan": {"profile": "x"}})
    html, _ = page_of(client, make)
    assert sections(html) == ["State"]


def test_reasons_count_the_users_own_refusals_apart() -> None:
    mine = measured(1).model_copy(update={"decision": Decision(verdict="rejected", by="user", when="t")})
    counts = refusal_reasons([mine, measured(2, blur=2), measured(3, blur=3, noise=99), measured(4)])
    assert counts == [("blurred", 2), ("user", 1), ("noisy", 1)]


@pytest.mark.parametrize("decision", [None, Decision(verdict="approved", by="user", when="t")])
def test_what_was_not_refused_has_no_reason_though_a_limit_is_not_met(decision: Decision | None) -> None:
    assert refusal_reasons([measured(1, blur=2).model_copy(update={"decision": decision})]) == []


def test_the_newest_samples_of_the_newest_training_are_shown_and_a_model_in_whole_megabytes(
    processed: Client, make: MakeSession
) -> None:
    for name in ("20260101-000000", "20260201-000000"):
        (processed.runs / name / "sample").mkdir(parents=True)
    for number in range(client_page.MOST_SAMPLES + 1):
        Image.new("RGB", (8, 8)).save(processed.runs / "20260201-000000" / "sample" / f"new_{number:02}.png")
    Image.new("RGB", (8, 8)).save(processed.runs / "20260101-000000" / "sample" / "old.png")
    (processed.models / "ana.safetensors").write_bytes(bytes(22_600_000))
    html, _ = page_of(processed, make)
    shown = re.findall(r'alt="(new_\d\d|old)"', html)
    assert shown == [f"new_{number:02}" for number in range(1, client_page.MOST_SAMPLES + 1)]
    assert "23 MB" in html


def test_bars_of_the_terminal_are_as_long_as_their_share_of_the_largest() -> None:
    bars = client_page.terminal_bars([("a", 10), ("b", 5), ("c", 0)], blocks=True, width=20)
    assert [len(bar) for bar in bars.values()] == [20, 10, 0]
    assert client_page.terminal_bars([], blocks=True) == {}
    assert set(client_page.terminal_bars([("a", 0)], blocks=False).values()) == {""}


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_writes_the_page_and_shows_bars_and_sparklines(processed: Client, make: MakeSession) -> None:
    session, ui = make()
    session.client = processed
    result = report_commands.report(session)
    session.show(result)
    assert (processed.output / "client_report.html").is_file()
    assert (processed.output / "review.html").is_file()
    assert "Informe del cliente:" in ui.text
    assert re.search("sin cara 1 [█#]{24}", ui.text)
    tables = [block for block in result.blocks if isinstance(block, Table)]
    assert "col.spread" in tables[-1].columns
    assert len(tables[-1].rows) == len(charts.PANELS)


def test_for_a_screen_reader_there_are_only_numbers(processed: Client, make: MakeSession) -> None:
    session, ui = make()
    session.client, session.plain = processed, True
    session.show(report_commands.report(session))
    assert not set(ui.text) & set(charts.BLOCKS)
    assert "#" not in ui.text


def test_the_command_line_knows_the_report(processed: Client, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--clients-dir", str(processed.folder.parent), "--json", "report", "ana"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert Path(said["result"]["report"]["page"]).is_file()
    assert drawing.state_of(processed.output / charts.QUALITY_FILE)
