"""One page about a client: stages, pictures, quality, coverage, faces, sheets, plan, trainings and models.

output/client_report.html, self-contained; sections without content are left out.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.dataset import group_words
from avatar.faces.update import refusal_reasons
from avatar.pictures import thumbnails
from avatar.pictures.groups import grouped
from avatar.plan import words as plan_words
from avatar.reports import charts, contact_sheet, render
from avatar.reports.review_list import Entry
from avatar.reports.stages import ClientState
from avatar.results import final_model
from avatar.texts import translate
from avatar.texts.translate import moment, number, text, words
from avatar.workspace import picture_numbers
from avatar.workspace.client import Client, run_folders
from avatar.workspace.records import ImageRecord
from config import Settings

if TYPE_CHECKING:
    from PIL.Image import Image

FILE_NAME, REVIEW_FILE = "client_report.html", "review.html"
SHEET_SIDE_PX = 1400  # of a sheet inside the page
CHART_PX = 1600  # of the chart of faces, which is photographs
MOST_SHEETS = 2  # pages of each kind; the others lie in the folder
MOST_SAMPLES = 12
SAMPLE_PX = 420
TALLER = 4  # [choice] a picture for phones has what the wide one has in a third of the columns
LABELS = ("title", "stages", "pictures", "midjourney", "group", "numbers", "left_out", "use",
          "reasons", "quality", "coverage", "faces", "sheets", "plan", "loss", "samples",
          "models", "consent")  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What was written: the page, the charts beside it, and how large the page is."""

    page: Path
    charts: tuple[Path, ...]
    sections: tuple[str, ...]
    bytes: int


@dataclass(frozen=True)
class Shown:
    """A picture of the page.

    side_px  made smaller, as JPEG, to be embedded (photographs take a fifth of their PNG)
    narrow   the same for a phone, where it was drawn as such
    """

    name: str
    path: Path
    side_px: int | None = None
    narrow: Path | None = None

    @property
    def for_phones(self) -> Shown:
        """The narrow one as a picture of its own."""
        side_px = None if self.side_px is None else TALLER * self.side_px  # as wide as it is drawn, however high
        return Shown(f"{self.name}{contact_sheet.NARROW}", self.narrow or self.path, side_px)


Address = Callable[[str, Shown], str]  # of a section's picture; "" where it cannot be shown


def write(
    client: Client, records: Sequence[ImageRecord], entries: Sequence[Entry], state: ClientState, settings: Settings,
    language: str, drawn_before: Sequence[Path], on_progress: Callable[[int, int], None] | None = None,
) -> Report:  # fmt: skip
    """Write the charts and the page about a client; return where. Raises OSError.

    drawn_before  contact sheets that are up to date, in order; other files among them are ignored
    """
    steps = 4

    def done(number: int) -> None:
        if on_progress is not None:
            on_progress(number, steps)

    drawn = draw_charts(client, records, entries, settings, language)
    contact_sheet.write_for_phones(client, entries, _first_sheets(drawn_before), language)
    done(1)
    pictures = _pictures_of(client, drawn, drawn_before)
    review = REVIEW_FILE if (client.output / REVIEW_FILE).is_file() else ""
    with translate.about(client.client_id):
        values = content(client, records, state, settings, language, pictures, _embedded, review)
    done(2)
    page = render.render(FILE_NAME, t=values["labels"], **values)
    done(3)
    client.output.mkdir(parents=True, exist_ok=True)
    path = client.output / FILE_NAME
    utils.write_atomic(path, page)
    done(steps)
    return Report(path, tuple(drawn.values()), tuple(values["sections"]), path.stat().st_size)


def content(
    client: Client, records: Sequence[ImageRecord], state: ClientState, settings: Settings, language: str,
    pictures: Mapping[str, Sequence[Shown]], address: Address, review: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Return the values of the page's template, for the file and for the browser alike.

    pictures  by section; address: how the page reaches one
    review    where the page of the review lies, "" for none
    """
    sections: dict[str, Any] = {
        "stages": _stages(state, language), "pictures": _pictures(state, language), "reasons": _reasons(records, language),
        "midjourney": _midjourney(client, records, settings, language),
        "plan": _plan(client, language), "models": _models(client, language), "use": _use(client, language),
    }  # fmt: skip
    for name, some in pictures.items():
        sections[name] = [
            (one.name, found, address(name, one.for_phones) if one.narrow else "")
            for one in some
            if (found := address(name, one))
        ]
    info = client.info()
    return {
        "language": language, "client_id": client.client_id, "who": info.display_name or client.client_id,
        "sections": {name: value for name, value in sections.items() if value},
        "labels": {name: text(f"report.client.{name}", language) for name in LABELS},
        "summary": text("report.client.summary", language, name=info.client_id, trigger=info.trigger_word,
                        class_word=info.class_word, when=moment(utils.now(), language)[:10]),
        "consent": info.consent_note, "more_sheets": text("report.client.more_sheets", language, path=str(client.output)),
        "review": review, "review_label": text("review.page.title", language),
    }  # fmt: skip


# --- pictures --------------------------------------------------------------------------------------------------------


def pictures_there(client: Client) -> dict[str, list[Shown]]:
    """Return the pictures of the page that were drawn before, by section; nothing is drawn."""
    files = {"faces": charts.FACES_FILE, "quality": charts.QUALITY_FILE, "coverage": charts.COVERAGE_FILE}
    drawn = {name: path for name, file in files.items() if (path := client.output / file).is_file()}
    return _pictures_of(client, drawn, sorted(client.output.glob("*_*.png"), key=_page_of))


def picture_id(section: str, shown: Shown) -> str:
    return f"{section}:{shown.name}"


def picture_files(client: Client) -> dict[str, Path]:
    """Return the files of `pictures_there` by what a page calls them."""
    found = {}
    for section, some in pictures_there(client).items():
        for one in some:
            found[picture_id(section, one)] = one.path
            if one.narrow is not None:
                found[picture_id(section, one.for_phones)] = one.narrow
    return found


def _page_of(path: Path) -> int:
    number = path.stem.rpartition("_")[2]
    return int(number) if number.isdecimal() else 0


def _pictures_of(client: Client, drawn: Mapping[str, Path], sheets: Sequence[Path]) -> dict[str, list[Shown]]:
    found = {
        name: [Shown(name, path, 2 * CHART_PX if name == "faces" else None, narrow if narrow.is_file() else None)]
        for name, path in drawn.items()
        for narrow in (contact_sheet.phone_file(path),)
    }
    return {**found, "loss": _loss(client), "samples": _samples(client), "sheets": _sheets(sheets)}


def _embedded(section: str, shown: Shown) -> str:
    """Return a picture as an address that holds it whole."""
    if shown.side_px is None:
        return render.data_url(shown.path.read_bytes(), "png")
    return render.data_url(_jpeg(shown.path, shown.side_px))


def _sheets(sheets: Sequence[Path]) -> list[Shown]:
    return [
        Shown(path.name, path, 2 * SHEET_SIDE_PX, narrow if narrow.is_file() else None)  # they are up to twice as high as wide
        for path in _first_sheets(sheets)
        for narrow in (contact_sheet.phone_file(path),)
    ]


def _first_sheets(sheets: Sequence[Path]) -> list[Path]:
    """Return the first sheets of each kind."""
    found = []
    for kind in contact_sheet.VERDICTS:
        found += [path for path in sheets if path.name.startswith(kind)][:MOST_SHEETS]
    return found


def _loss(client: Client) -> list[Shown]:
    """Return the loss curve of the newest training that has one."""
    found = next((path for run in run_folders(client.runs) if (path := run / "loss.png").is_file()), None)
    return [Shown("loss", found)] if found else []


def _samples(client: Client) -> list[Shown]:
    """Return the newest sample pictures of a training."""
    for folder in [*(run / "sample" for run in run_folders(client.runs)), client.samples]:
        files = sorted(folder.glob("*.png"))[-MOST_SAMPLES:]
        if files:
            return [Shown(path.stem, path, SAMPLE_PX) for path in files]
    return []


def _jpeg(path: Path, side_px: int) -> bytes | None:
    picture = thumbnails.picture(path, side_px)
    if picture is None:
        return None
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=82)
    return packed.getvalue()


# --- charts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Chart:
    """A chart of the page: where it lies, what it is drawn from, and how, for a wide page and for a phone."""

    path: Path
    state: object
    draw: Callable[[bool], Image | None]


def draw_charts(
    client: Client, records: Sequence[ImageRecord], entries: Sequence[Entry], settings: Settings, language: str
) -> dict[str, Path]:
    """Write the charts that have something to show; return their paths by section."""
    every = _charts(client, records, entries, settings, language)
    made = {name: charts.write(one.path, functools.partial(one.draw, False), one.state) for name, one in every.items()}
    for one in every.values():
        charts.write(contact_sheet.phone_file(one.path), functools.partial(one.draw, True), one.state)
    return {name: path for name, path in made.items() if path is not None}


def charts_are_current(
    client: Client, records: Sequence[ImageRecord], entries: Sequence[Entry], settings: Settings, language: str
) -> bool:
    """Return whether the charts that lie there are those of the pictures as they are now."""
    every = _charts(client, records, entries, settings, language).values()
    return all(charts.is_of(chart.path, chart.state) for chart in every if chart.path.is_file())


def _charts(
    client: Client, records: Sequence[ImageRecord], entries: Sequence[Entry], settings: Settings, language: str
) -> dict[str, _Chart]:
    limits, output = settings.quality, client.output
    measured = [(r.image_id, r.approved, r.quality.measures if r.quality else {}) for r in records]
    chosen = charts.some_faces(entries)
    shown = [(e.number, e.row.name, e.row.verdict, e.row.face, thumbnails.written_at(e.row.path)) for e in chosen]
    return {
        "quality": _Chart(
            output / charts.QUALITY_FILE,
            [measured, language, str(limits)],
            lambda narrow: charts.quality(records, limits, language, narrow=narrow),
        ),
        "coverage": _Chart(
            output / charts.COVERAGE_FILE,
            [measured, language],
            lambda narrow: charts.coverage(records, language, narrow=narrow),
        ),
        "faces": _Chart(
            output / charts.FACES_FILE, [shown, language], lambda narrow: charts.faces(client, chosen, language, narrow=narrow)
        ),
    }


# --- figures ---------------------------------------------------------------------------------------------------------


def _stages(state: ClientState, language: str) -> list[tuple[str, str, str, str]]:
    styles = {"done": "good", "outdated": "warn"}
    return [
        (text(f"stage.{stage.name}", language), text(f"state.{stage.state}", language), styles.get(stage.state, "soft"),
         words(stage.why, language) if stage.why else "")
        for stage in state.stages
    ]  # fmt: skip


def _pictures(state: ClientState, language: str) -> list[tuple[str, int]]:
    if not state.approved and not state.refused:
        return []
    by_source = state.approved_by_source
    return [
        (text("report.client.approved_mj", language), by_source.get("mj", 0)),
        (text("report.client.approved_real", language), by_source.get("real", 0)),
        (text("report.client.refused", language), state.refused),
    ]


def _reasons(records: Sequence[ImageRecord], language: str) -> list[tuple[str, int, str]]:
    counts = refusal_reasons(records)
    most = max((n for _, n in counts), default=1)
    return [(text(f"reason.{code}", language), n, f"{100 * n / most:.1f}") for code, n in counts]


def _midjourney(
    client: Client, records: Sequence[ImageRecord], settings: Settings, language: str
) -> list[dict[str, Any]]:  # fmt: skip
    """Return MidJourney's groups: pictures by number, prompt, parameters, and what the captions leave out and why."""
    groups, numbers = grouped(records), picture_numbers.numbers(records)
    left_out = group_words.left_out(groups, records, client.info(), settings)
    return [
        {
            "number": place, "job": group.job_id, "prompt": group.prompt or group.typed_prompt or "",
            "pictures": picture_numbers.number_ranges([numbers[image_id] for image_id in group.images]),
            "parameters": [f"--{name} {value}".strip() for name, value in group.parameters.items()],
            "left_out": [
                (item.text, text(f"web.captions.why.{item.reason}", language)) for item in left_out.get(group.job_id, ())
            ],
        }
        for place, group in enumerate(groups, 1)
    ]  # fmt: skip


def _plan(client: Client, language: str) -> list[tuple[str, str]]:
    plan = utils.read_object(client.plan_file).get("plan")
    if not isinstance(plan, dict):
        return []
    try:
        return [
            (text("plan.profile", language), words(plan_words.card(plan["profile"]), language)),
            (text("plan.preset", language), words(plan_words.preset(plan["preset"]), language)),
            (text("plan.base_model", language), Path(plan["base_model"]).name),
            (text("plan.resolution", language), f"{plan['resolution']} px"),
            (text("plan.dim", language), f"{plan['network_dim']} / {plan['network_alpha']:g}"),
            (text("plan.steps", language), number(int(plan["max_train_steps"]), language)),
        ]
    except (KeyError, TypeError, ValueError):  # a plan that somebody edited into something else
        return []


def _models(client: Client, language: str) -> list[tuple[str, str]]:
    return [
        (path.name, text("unit.mb", language, value=path.stat().st_size / 1e6))
        for path in sorted(client.models.glob("*.safetensors"))
    ]


def _use(client: Client, language: str) -> dict[str, Any]:
    """Return how the model is used: figures by name, and prompts to copy; empty without a model."""
    model = final_model.newest(client)
    if model is None:
        return {}
    usage = final_model.usage(client, model)
    rows = {
        "trigger": usage.trigger, "weight": number(float(usage.weight), language),
        "sampler": f"{usage.sampler} {usage.scheduler} (ComfyUI: {usage.comfyui})", "steps": str(usage.steps),
        "cfg": number(float(usage.cfg), language), "size": f"{usage.size[0]} x {usage.size[1]} px",
        "base": usage.base or "SDXL",
    }  # fmt: skip
    return {
        "rows": [(text(f"report.client.use.{name}", language), value) for name, value in rows.items()],
        "prompts": usage.prompts, "where": text("report.client.use_where", language, name=model.path.name),
    }  # fmt: skip


def terminal_bars(counts: Sequence[tuple[str, int]], *, blocks: bool, width: int = 24) -> Mapping[str, str]:
    """Return a bar for each count; the largest has full width."""
    most = max((n for _, n in counts), default=1) or 1
    return {name: charts.bar(n / most, width, blocks=blocks) for name, n in counts}
