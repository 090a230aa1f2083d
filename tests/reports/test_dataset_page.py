"""The page about a dataset: whole in one file, escaped, in both languages, and never dearer than it may be."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import data_preprocessor
import utils
from avatar.commands import dataset as dataset_commands
from avatar.dataset import advice as dataset_advice
from avatar.dataset import prepared as dataset_prepared
from avatar.dataset import training_folder
from avatar.pictures import thumbnails
from avatar.reports import dataset_page, render
from avatar.texts.text import Finding, Text
from avatar.texts.visible import SHORT_NAME
from avatar.workspace import picture_numbers
from avatar.workspace.client import Client
from avatar.workspace.records import Caption, Decision, Face, FaceChoice, ImageRecord, Original, Quality, Reason
from config import Settings
from tests.dataset.test_training_folder import picture
from tests.scripted import MakeSession

EVIL = "<script>alert(1)</script>&\"'.png"


def measured(yaw: float, brightness: float) -> Quality:
    measures = {"yaw": yaw, "brightness": brightness, "blur": 500.0, "contrast": 60.0}
    return Quality(measures=measures, verdict="approved", reasons=[], rules="r")


def add(client: Client, record: ImageRecord, *, side: int = 64) -> ImageRecord:
    client.save_record(record)
    folder = client.processed if record.approved else client.rejected
    suffix = ".png" if record.approved else ".jpg"
    Image.new("RGB", (side, side), (200, 120, 40)).save(folder / f"{record.image_id}{suffix}")
    return record


@pytest.fixture
def filled(client: Client) -> Client:
    for number, (yaw, brightness) in enumerate([(0, 100), (5, 30), (-40, 130), (70, 255)]):
        add(client, picture("mj", number, quality=measured(yaw, brightness)))
    add(client, picture("real", 9, quality=measured(2, 100), caption=Caption(text="ohwx woman, café 夏", by="user")))
    refused = Decision(verdict="rejected", by="rules", when="t")
    blurred = Quality(verdict="rejected", reasons=[Reason(code="blurred", level="refuse", value=3, limit=100)], rules="r")
    original = Original(name=EVIL, sha256="f" * 64, bytes=9, stored="raw_real/x", imported_at="t")
    add(client, picture("real", 10, decision=refused, quality=blurred, original=original))
    return client


def page(client: Client, language: str = "en") -> str:
    report = data_preprocessor.prepare_dataset(client, settings=Settings())
    return dataset_page.render(client, client.records(), report, dataset_advice.advice(client.records(), Settings()), language)


class Reader(HTMLParser):
    """Collects tags, addresses and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data: str) -> None:
        self.words += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_needs_nothing_but_itself_and_runs_nothing(filled: Client, language: str) -> None:
    html = page(filled, language)
    reader = read(html)
    assert f'lang="{language}"' in html
    assert not {"script", "link", "iframe", "object"} & set(reader.tags)
    assert all(address.startswith(("data:image/jpeg;base64,", "#")) for address in reader.addresses)
    assert "http" not in html.replace("http-equiv", "")
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html


def test_foreign_text_is_shown_and_never_markup(filled: Client) -> None:
    html = page(filled)
    assert EVIL not in html
    assert EVIL in read(html).words


def test_captions_measures_reasons_and_shares_are_told(filled: Client) -> None:
    words = " ".join(read(page(filled, "es")).words.split())
    for told in (
        "ohwx woman, café 夏", "Texto editado por ti", "brillo 100", "giro +70°", "Rechazadas (1)", "borrosa: nitidez 3",
        "Imágenes del dataset (5)", "85 / 15 %", "atención",
    ):  # fmt: skip
        assert told in words


def test_pictures_that_advice_names_are_linked_to_their_cards(filled: Client) -> None:
    alike = picture("mj", 20, near_duplicate_of=picture("mj", 1).image_id)
    add(filled, alike)
    number = picture_numbers.numbers(filled.records())[alike.image_id]
    html = page(filled)
    assert f'<a href="#n{number}">{number}</a>' in html and f'id="n{number}"' in html
    assert alike.image_id not in html  # one number per picture, everywhere


def test_the_charts_count_every_picture_once(filled: Client) -> None:
    points = {"left_eye": (40.0, 40.0), "right_eye": (60.0, 40.0), "nose": (50.0, 50.0)}
    face = Face(box=(20, 20, 400, 640), confidence=0.99, keypoints=points)
    add(filled, picture("real", 30, faces=[face], face_choice=FaceChoice(index=0, why="only")))
    records = [record for record in filled.records() if record.approved]
    views, sizes, brightness = dataset_page.coverage(records, "en")
    assert [bar["n"] for bar in views["bars"]] == [0, 1, 3, 0, 1]
    assert [bar["n"] for bar in sizes["bars"]] == [1, 0, 0]
    assert [bar["n"] for bar in brightness["bars"]] == [1, 0, 2, 1, 0, 1]
    assert [chart["unknown"] for chart in (views, sizes, brightness)] == [
        "Not measured: 1",
        "Not measured: 5",
        "Not measured: 1",
    ]


def test_tilt_is_charted_where_it_was_measured() -> None:
    def tilted(number: int, **measures: float) -> ImageRecord:
        return picture("mj", number, quality=Quality(measures=measures, verdict="approved", reasons=[], rules="r"))

    records = [tilted(n, pitch=pitch) for n, pitch in enumerate((-16, 0, 15, 16))] + [tilted(9, yaw=0.0)]
    chart = dataset_page.coverage(records, "en")[1]
    assert [(bar["label"], bar["n"]) for bar in chart["bars"]] == [("raised", 1), ("level", 2), ("lowered", 1)]
    assert chart["unknown"] == "Not measured: 1"
    assert len(dataset_page.coverage(records[-1:], "en")) == 3


def test_of_many_pictures_some_are_shown_and_the_rest_counted(filled: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_page, "MOST_APPROVED", 2)
    html = page(filled)
    assert html.count("data:image/jpeg") == 3  # with the refused one
    assert "… and 3 more" in html


def test_a_thumbnail_is_small_and_a_missing_or_broken_picture_is_none(tmp_path: Path) -> None:
    Image.effect_noise((1024, 1024), 50).convert("RGB").save(tmp_path / "a.png")
    assert 1000 < len(thumbnail(tmp_path / "a.png")) < 60_000
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    for path in (None, tmp_path / "b.png", tmp_path / "none.png"):
        assert thumbnail(path) == ""


def thumbnail(path: Path | None) -> str:
    return render.data_url(thumbnails.jpeg(path, dataset_page.THUMBNAIL_PX))


def test_preparing_writes_the_page_and_names_it(filled: Client, make: MakeSession) -> None:
    session, _ui = make()
    result = dataset_commands.prepare(session, filled.client_id)
    path = filled.output / dataset_page.FILE_NAME
    assert path.is_file()
    assert re.search(r"Dataset · ana", path.read_text(encoding="utf-8"))
    assert result.value.page == str(path)
    assert [block.key for block in result.blocks if hasattr(block, "key")][-1] == "report.written"


def test_the_commands_of_the_file_name_the_client_whoever_writes_it(filled: Client) -> None:
    finding = Finding("samples", "ready", Text("plan.without_samples"))
    path = dataset_page.write_report(filled, filled.records(), reported(), [finding], "en")
    assert "try ana" in path.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_costs_no_dataset(filled: Client, make: MakeSession) -> None:
    session, _ui = make()
    (filled.output / dataset_page.FILE_NAME).mkdir(parents=True)
    result = dataset_commands.prepare(session, filled.client_id)
    assert result.error is None
    assert "report.not_written" in [warning.key for warning in result.warnings]
    assert dataset_prepared.prepared_fingerprint(filled) is not None


def test_the_day_is_written_as_the_language_writes_it(filled: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utils, "now", lambda: "2026-11-23T12:00:00+00:00")
    assert "23/11/2026" in page(filled, "es")
    assert "2026-11-23" in page(filled, "en")


# --- figures ---------------------------------------------------------------------------------------------------------


FOLDERS = (training_folder.FolderReport("4_ana", 4, 40, {"mj": 40}), training_folder.FolderReport("9_ana", 9, 3, {"real": 3}))


def reported(**changes: Any) -> training_folder.DatasetReport:
    values: dict[str, Any] = {
        "pictures": 43, "folders": FOLDERS,
        "exposures": 187, "shares_asked": {"mj": 0.85, "real": 0.15}, "shares_reached": {"mj": 0.8556, "real": 0.1444},
        "left_out": (), "captions_written": 43, "captions_kept": 0, "notes": (), "fingerprint": "f",
    }  # fmt: skip
    return training_folder.DatasetReport(**{**values, **changes})


def test_asked_and_reached_shares_and_each_folders_exposures_are_drawn_as_they_are(filled: Client) -> None:
    html = dataset_page.render(filled, filled.records(), reported(), [], "en")
    assert re.findall(r'class="(mj|real)" style="width:([\d.]+)%', html)[:4] == [
        ("mj", "85.00"), ("real", "15.00"), ("mj", "85.56"), ("real", "14.44"),
    ]  # fmt: skip
    rows = re.findall(r"<td>(.*?)</td>", html)
    assert rows == ["4_ana", "4", "40", "160", "9_ana", "9", "3", "27"]
    assert "86 / 14 %" in html
    alone = dataset_page.render(filled, filled.records(), reported(shares_reached={"mj": 1.0}), [], "en")
    assert "100 / 0 %" in alone
    assert 'class="real" style="width:0.00%' in alone


def test_bars_of_a_chart_are_measured_by_the_longest_and_share_it_by_source() -> None:
    records = [picture("mj", n, quality=measured(0, 100)) for n in range(3)]
    records += [picture("real", 9, quality=measured(0, 100)), picture("real", 8, quality=measured(60, 100))]
    bars = {bar["label"]: bar for bar in dataset_page.coverage(records, "en")[0]["bars"]}
    longest, other, *empty = sorted(bars.values(), key=lambda bar: -bar["n"])
    assert (longest["n"], longest["mj"], longest["real"], longest["counts"]) == (4, "75.00", "25.00", {"mj": 3, "real": 1})
    assert (other["n"], other["mj"], other["real"]) == (1, "0.00", "25.00")
    assert {(bar["n"], bar["mj"], bar["real"]) for bar in empty} == {(0, "0.00", "0.00")}


def test_a_chart_of_nothing_has_empty_bars_and_no_gap() -> None:
    for chart in dataset_page.coverage([], "es"):
        assert {(bar["n"], bar["mj"], bar["real"]) for bar in chart["bars"]} == {(0, "0.00", "0.00")}
        assert chart["unknown"] == ""


@pytest.mark.parametrize(
    ("level", "label"),
    [(0, "0–39"), (39.9, "0–39"), (40, "40–79"), (79.9, "40–79"), (80, "80–119"), (120, "120–159"), (160, "160–199"),
     (199.9, "160–199"), (200, "200–255"), (255, "200–255")],
)  # fmt: skip
def test_a_brightness_on_a_step_belongs_above_it(level: float, label: str) -> None:
    bars = dataset_page.coverage([picture("mj", 1, quality=measured(0, level))], "en")[-1]["bars"]
    assert [bar["label"] for bar in bars if bar["n"]] == [label]


@pytest.mark.parametrize(
    ("yaw", "place"), [(0, 2), (-1, 2), (30, 3), (-30, 1), (80, 4), (-80, 0)]
)  # places from the left profile to the right one
def test_a_head_is_charted_on_the_side_it_is_turned_to(yaw: float, place: int) -> None:
    bars = dataset_page.coverage([picture("mj", 1, quality=measured(yaw, 100))], "en")[0]["bars"]
    assert [number for number, bar in enumerate(bars) if bar["n"]] == [place]


@pytest.mark.parametrize(("length", "cut"), [(40, False), (41, True), (300, True)])
def test_a_long_file_name_loses_its_middle_and_keeps_its_end(filled: Client, length: int, cut: bool) -> None:
    name = "".join(chr(ord("a") + n % 26) for n in range(length - 4)) + ".png"
    original = Original(name=name, sha256="e" * 64, bytes=9, stored="raw_mj/x", imported_at="t")
    add(filled, picture("mj", 40, original=original))
    words = read(page(filled)).words
    assert (name in words) is not cut
    shown = f"{name[:24]}…{name[-15:]}"
    assert len(shown) == SHORT_NAME
    assert (shown in words) is cut


@pytest.mark.parametrize(("pictures", "more"), [(24, ""), (25, "… and 1 more"), (27, "… and 3 more")])
def test_of_many_pictures_that_advice_names_some_are_linked_and_the_rest_counted(
    filled: Client, pictures: int, more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(50, 50 + pictures):
        add(filled, picture("mj", n))
    monkeypatch.setattr(dataset_page, "MOST_APPROVED", 4)
    ids = tuple(picture("mj", n).image_id for n in range(50, 50 + pictures))
    finding = Finding("near_duplicates", "attention", Text("advice.near_duplicates", {"n": pictures}), images=ids)
    html = dataset_page.render(filled, filled.records(), reported(), [finding], "en")
    (named,) = re.findall(r'<span class="pictures-of">(.*?)</span>', html, re.DOTALL)
    numbers = picture_numbers.numbers(filled.records())
    told = re.sub(r"<[^>]*>", "", named).partition(":")[2].partition("…")[0]
    assert [int(number) for number in re.findall(r"\d+", told)] == sorted(numbers[image_id] for image_id in ids)[:24]
    assert named.count('href="#n') < pictures  # as many as have a card on the page
    assert ("more" in named, more in named) == (bool(more), True)


def test_pictures_left_out_have_no_card_and_are_not_counted_as_used(filled: Client) -> None:
    left = "mj_0000000000000002"
    number = picture_numbers.numbers(filled.records())[left]
    html = dataset_page.render(filled, filled.records(), reported(left_out=(left,)), [], "es")
    assert f'id="n{number}"' not in html
    assert "Imágenes del dataset (4)" in read(html).words


def test_a_refusal_by_the_user_is_said_first_and_a_refused_picture_shows_no_caption(filled: Client) -> None:
    refused = Decision(verdict="rejected", by="user", when="t")
    own = Caption(text="ohwx woman, never shown", by="user")
    add(filled, picture("real", 50, decision=refused, caption=own, quality=measured(0, 100)))
    words = " ".join(read(page(filled, "es")).words.split())
    assert "Rechazadas (2)" in words
    assert "never shown" not in words


def test_progress_is_told_for_each_card_once(filled: Client) -> None:
    seen: list[tuple[int, int]] = []
    dataset_page.render(filled, filled.records(), reported(), [], "en", lambda done, total: seen.append((done, total)))
    assert seen == [(number, 6) for number in range(1, 7)]
