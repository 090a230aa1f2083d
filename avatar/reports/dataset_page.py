"""A page about a prepared dataset: one file without scripts or network, thumbnails inside it.

This file computes plain values; templates/dataset_report.html only lays them out, with escaping.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import utils
from avatar.dataset import caption as caption_rules
from avatar.dataset.prepared import prepared_captions
from avatar.dataset.training_folder import DatasetReport
from avatar.faces.pose import pitch_class, pose_class
from avatar.pictures import thumbnails
from avatar.reports import render as reports_render
from avatar.reports.review_list import ReviewRow, review_rows
from avatar.texts import translate
from avatar.texts.text import Finding
from avatar.texts.translate import moment, text, words
from avatar.texts.visible import short_name
from avatar.workspace import picture_numbers
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord, Reason

FILE_NAME = "dataset_report.html"
THUMBNAIL_PX = 224  # twice the 112 px it is shown at: sharp on a phone too
MOST_APPROVED = 200  # [choice] about 10 kB each: the page stays below 3 MB
MOST_HELD = 60
MOST_REFUSED = 60
ADVICE_PICTURES = 24
# [choice] mean grey levels of the crop; ordinary pictures lie at 57-177 [measured].
BRIGHTNESS_STEPS = (40, 80, 120, 160, 200)
LABELS = ("title", "numbers", "advice", "notes", "balance", "coverage", "mj", "real", "no_picture")


def write_report(
    client: Client, all_records: Sequence[ImageRecord], report: DatasetReport, advice: Sequence[Finding], language: str,
    on_progress: Callable[[int, int], None] | None = None,
) -> Path:  # fmt: skip
    """Write output/dataset_report.html about the dataset just prepared from all_records; return its path. Raises OSError."""
    path = client.output / FILE_NAME
    client.output.mkdir(parents=True, exist_ok=True)
    with translate.about(client.client_id):
        page = render(client, all_records, report, advice, language, on_progress)
    utils.write_atomic(path, page)
    return path


def render(
    client: Client, all_records: Sequence[ImageRecord], report: DatasetReport, advice: Sequence[Finding], language: str,
    on_progress: Callable[[int, int], None] | None = None,
) -> str:  # fmt: skip
    """Return the page as HTML."""
    records = {record.image_id: record for record in all_records}
    captions_written, numbers = prepared_captions(client), picture_numbers.numbers(all_records)
    left_out = {*report.left_out, *report.held_out}
    rows = review_rows(client, all_records)
    used = [row for row in rows if row.verdict == "approved" and row.image_id not in left_out]
    held = [row for row in rows if row.image_id in report.held_out]
    refused = [row for row in rows if row.verdict == "rejected"]
    shown = [*used[:MOST_APPROVED], *held[:MOST_HELD], *refused[:MOST_REFUSED]]
    cards, cache = {}, client.output / thumbnails.FOLDER
    for number, row in enumerate(shown, 1):
        caption = captions_written.get(row.image_id, "")
        cards[row.image_id] = _card(numbers[row.image_id], row, records[row.image_id], caption, cache, language)
        if on_progress is not None:
            on_progress(number, len(shown))
    info = client.info()
    summary = text(
        "report.summary", language, used=len(used), refused=len(refused), exposures=report.exposures,
        trigger=info.trigger_word, when=moment(utils.now(), language)[:10],
    )  # fmt: skip
    chosen = [records[row.image_id] for row in used]
    return reports_render.render(
        FILE_NAME, language=language, client_id=client.client_id, t={name: text(f"report.{name}", language) for name in LABELS},
        summary=summary, advice=[_finding(item, numbers, set(cards), language) for item in advice],
        notes=[words(note, language) for note in report.notes],
        shares=_shares(report, language), folders=_folders(report),
        folder_columns=[text(f"col.{name}", language) for name in ("folder", "repeats", "pictures", "exposures")],
        charts=coverage(chosen, language),
        sections=[
            section for section in (
                _section("report.used", used, MOST_APPROVED, cards, language),
                _section("report.held_out", held, MOST_HELD, cards, language),
                _section("report.refused", refused, MOST_REFUSED, cards, language),
            ) if section["pictures"]
        ],
    )  # fmt: skip


def _finding(item: Finding, numbers: Mapping[str, int], shown: Collection[str], language: str) -> dict[str, Any]:
    """Return a finding with its first pictures by number, each with its place on the page, "" where it is not on it."""
    known = sorted(numbers[image_id] for image_id in item.images if image_id in numbers)
    places = {numbers[image_id]: f"n{numbers[image_id]}" for image_id in shown}
    more = len(known) - ADVICE_PICTURES
    return {
        "level": item.level, "label": text(f"level.{item.level}", language), "text": words(item.text, language),
        "pictures": [(number, places.get(number, "")) for number in known[:ADVICE_PICTURES]],
        "more": text("report.more", language, n=more) if more > 0 else "",
    }  # fmt: skip


def _shares(report: DatasetReport, language: str) -> list[dict[str, Any]]:
    rows = []
    for key, shares in (("report.asked", report.shares_asked), ("report.reached", report.shares_reached)):
        mj, real = 100 * shares.get("mj", 0.0), 100 * shares.get("real", 0.0)
        rows.append(
            {"label": text(key, language), "mj": f"{mj:.2f}", "real": f"{real:.2f}", "text": f"{mj:.0f} / {real:.0f} %"}
        )
    return rows


def _folders(report: DatasetReport) -> list[tuple[object, ...]]:
    return [(f.name, f.repeats, f.images, f.repeats * f.images) for f in report.folders]


# --- coverage --------------------------------------------------------------------------------------------------------


def coverage(records: Sequence[ImageRecord], language: str) -> list[dict[str, Any]]:
    """Return how many pictures there are per head direction and tilt, size of the face in the frame, and brightness."""
    steps = [0, *BRIGHTNESS_STEPS, 256]
    levels = {f"{low}–{high - 1}": (low, high) for low, high in itertools.pairwise(steps)}

    def brightness(record: ImageRecord) -> str:
        level = _measure(record, "brightness")
        return "" if level is None else next((name for name, (low, high) in levels.items() if low <= level < high), "")

    views = {view: text(f"report.view.{view}", language) for view in VIEWS}
    sizes = {size: text(f"report.framing.{size}", language) for size in FRAMINGS}
    tilts = {tilt: text(f"report.tilt.{tilt}", language) for tilt in TILTS}
    tilted = [_chart(text("report.tilts", language), tilts, records, _tilt, language)]
    return [
        _chart(text("report.views", language), views, records, _direction, language),
        *(tilted if any(map(_tilt, records)) else []),  # older measures know none
        _chart(text("report.framings", language), sizes, records, _framing, language),
        _chart(text("report.brightness", language), {name: name for name in levels}, records, brightness, language),
    ]


VIEWS = ("profile_left", "quarter_left", "front", "quarter_right", "profile_right")
TILTS = ("up", "level", "down")
FRAMINGS = ("close", "head", "upper")
_FRAMING_OF = {"close-up portrait": "close", "head and shoulders portrait": "head", "upper body portrait": "upper"}


def _direction(record: ImageRecord) -> str:
    yaw = _measure(record, "yaw")
    if yaw is None:
        return ""
    kind = pose_class(yaw)
    if kind == "front":
        return "front"
    side = "right" if yaw > 0 else "left"
    return f"quarter_{side}" if kind == "three_quarter" else f"profile_{side}"


def _tilt(record: ImageRecord) -> str:
    pitch = _measure(record, "pitch")
    return "" if pitch is None else pitch_class(pitch)


def _framing(record: ImageRecord) -> str:
    return _FRAMING_OF.get(next(iter(caption_rules.framing(record)), ""), "")


def _measure(record: ImageRecord, name: str) -> float | None:
    return record.quality.measures.get(name) if record.quality else None


def _chart(
    title: str, labels: Mapping[str, str], records: Sequence[ImageRecord], group: Callable[[ImageRecord], str], language: str
) -> dict[str, Any]:
    counts = {name: {"mj": 0, "real": 0} for name in labels}
    for record in records:
        if (name := group(record)) in counts:
            counts[name][record.source] += 1
    most = max((sum(count.values()) for count in counts.values()), default=0) or 1
    bars = [
        {"label": label, "n": sum(counts[name].values()), "counts": counts[name],
         "mj": f"{100 * counts[name]['mj'] / most:.2f}", "real": f"{100 * counts[name]['real'] / most:.2f}"}
        for name, label in labels.items()
    ]  # fmt: skip
    unknown = len(records) - sum(sum(count.values()) for count in counts.values())
    return {"title": title, "bars": bars, "unknown": text("report.unknown", language, n=unknown) if unknown else ""}


# --- pictures --------------------------------------------------------------------------------------------------------


def _section(
    key: str, rows: Sequence[ReviewRow], most: int, cards: Mapping[str, dict[str, Any]], language: str
) -> dict[str, Any]:
    more = len(rows) - most
    return {
        "title": text(key, language, n=len(rows)), "pictures": [cards[row.image_id] for row in rows[:most]],
        "more": text("report.more", language, n=more) if more > 0 else "",
    }  # fmt: skip


def _card(number: int, row: ReviewRow, record: ImageRecord, caption: str, cache: Path, language: str) -> dict[str, Any]:
    approved = row.verdict == "approved"
    by_user = record.caption is not None and record.caption.by == "user"
    reasons = [_reason(reason, language) for reason in row.reasons]
    if not approved and row.by == "user":
        reasons.insert(0, text("report.refused_by_user", language))
    return {
        "number": number, "thumbnail": reports_render.data_url(thumbnails.jpeg(row.path, THUMBNAIL_PX, cache)),
        "caption": caption if approved else "",
        "mark": text("report.edited", language) if approved and by_user else "",
        "reasons": reasons, "origin": f"{text(f'report.{row.source}', language)} · {short_name(row.name)}",
        "measures": _measures(record, language),
    }  # fmt: skip


def _reason(reason: Reason, language: str) -> str:
    return text(f"quality.reason.{reason.code}", language, value=reason.value, limit=reason.limit)


def _measures(record: ImageRecord, language: str) -> str:
    """Return the available measures of a picture in one line."""
    taken = {name: _measure(record, name) for name in ("blur", "brightness", "contrast", "yaw")}
    parts = [
        text(f"report.measure.{name}", language, value=round(value))  # rounded here: no "-0"
        for name, value in taken.items()
        if value is not None
    ]
    return " · ".join(parts)
