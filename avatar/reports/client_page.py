"""One page about a client: stages, pictures, quality, coverage, faces, sheets, plan, trainings and models.

output/client_report.html, self-contained; sections without content are left out.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import utils
from avatar.faces.update import refusal_reasons
from avatar.pictures import thumbnails
from avatar.reports import charts, render
from avatar.reports.review_list import Entry
from avatar.reports.stages import ClientState
from avatar.texts.translate import moment, text, words
from avatar.workspace.client import Client, run_folders
from avatar.workspace.records import ImageRecord
from config import Settings

FILE_NAME = "client_report.html"
SHEET_SIDE_PX = 1400  # of a sheet inside the page
MOST_SHEETS = 2  # pages of each kind; the others lie in the folder
MOST_SAMPLES = 12
SAMPLE_PX = 420
LABELS = ("title", "stages", "pictures", "reasons", "quality", "coverage", "faces", "sheets", "plan", "loss", "samples",
          "models", "consent")  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What was written: the page, the charts beside it, and how large the page is."""

    page: Path
    charts: tuple[Path, ...]
    sections: tuple[str, ...]
    bytes: int


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
    done(1)
    sections: dict[str, Any] = {
        "stages": _stages(state, language), "pictures": _pictures(state, language), "reasons": _reasons(records, language),
        **{name: _embedded(name, path) for name, path in drawn.items()},
    }  # fmt: skip
    done(2)
    sections["sheets"] = _sheets(drawn_before)
    sections["plan"] = _plan(client, language)
    done(3)
    sections["loss"] = _loss(client)
    sections["samples"] = _samples(client)
    sections["models"] = _models(client, language)
    kept = {name: content for name, content in sections.items() if content}
    info = client.info()
    page = render.render(
        FILE_NAME, language=language, client_id=client.client_id, sections=kept,
        t={name: text(f"report.client.{name}", language) for name in LABELS},
        summary=text("report.client.summary", language, name=info.display_name, trigger=info.trigger_word,
                     class_word=info.class_word, when=moment(utils.now(), language)[:10]),
        consent=info.consent_note, more_sheets=text("report.client.more_sheets", language, path=str(client.output)),
        review=(client.output / "review.html").is_file(), review_label=text("review.page.title", language),
    )  # fmt: skip
    client.output.mkdir(parents=True, exist_ok=True)
    path = client.output / FILE_NAME
    utils.write_atomic(path, page)
    done(steps)
    return Report(path, tuple(drawn.values()), tuple(kept), path.stat().st_size)


def draw_charts(
    client: Client, records: Sequence[ImageRecord], entries: Sequence[Entry], settings: Settings, language: str
) -> dict[str, Path]:
    """Write the charts that have something to show; return their paths by section."""
    limits = settings.quality
    measured = [(r.image_id, r.approved, r.quality.measures if r.quality else {}) for r in records]
    chosen = charts.some_faces(entries)
    shown = [(e.number, e.row.name, e.row.verdict, e.row.face, thumbnails.written_at(e.row.path)) for e in chosen]
    made = {
        "quality": charts.write(
            client.output / charts.QUALITY_FILE,
            lambda: charts.quality(records, limits, language),
            [measured, language, str(limits)],
        ),
        "coverage": charts.write(
            client.output / charts.COVERAGE_FILE, lambda: charts.coverage(records, language), [measured, language]
        ),
        "faces": charts.write(
            client.output / charts.FACES_FILE, lambda: charts.faces(client, chosen, language), [shown, language]
        ),
    }
    return {name: path for name, path in made.items() if path is not None}


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


def _sheets(sheets: Sequence[Path]) -> list[tuple[str, str]]:
    """Return the first sheets of each kind, smaller and as JPEG: photographs take a fifth of their PNG."""
    shown = []
    for kind in ("approved", "rejected"):
        shown += [path for path in sheets if path.name.startswith(kind)][:MOST_SHEETS]
    return [(path.name, render.data_url(_jpeg(path, SHEET_SIDE_PX))) for path in shown]


def _embedded(name: str, path: Path) -> str:
    """Return a chart as it is; photographs as JPEG, which takes a fifth."""
    return render.data_url(_jpeg(path, 1600)) if name == "faces" else render.data_url(path.read_bytes(), "png")


def _jpeg(path: Path, side_px: int) -> bytes | None:
    picture = thumbnails.picture(path, 2 * side_px)  # the sheets are up to twice as high as wide
    if picture is None:
        return None
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=82)
    return packed.getvalue()


def _plan(client: Client, language: str) -> list[tuple[str, str]]:
    plan = utils.read_object(client.plan_file).get("plan")
    if not isinstance(plan, dict):
        return []
    rows = [
        ("plan.profile", "{profile}"), ("plan.preset", "{preset}"), ("plan.resolution", "{resolution}"),
        ("plan.dim", "{network_dim} / {network_alpha:g}"), ("plan.batch", "{train_batch_size} x {gradient_accumulation_steps}"),
        ("plan.precision", "{mixed_precision}"), ("plan.steps", "{max_train_steps}"),
    ]  # fmt: skip
    try:
        return [(text(key, language), form.format(**plan)) for key, form in rows]
    except (KeyError, TypeError, ValueError):  # a plan that somebody edited into something else
        return []


def _loss(client: Client) -> str:
    """Return the loss curve of the newest training that has one."""
    found = next((path for run in run_folders(client.runs) if (path := run / "loss.png").is_file()), None)
    return render.data_url(found.read_bytes(), "png") if found else ""


def _samples(client: Client) -> list[tuple[str, str]]:
    """Return the newest sample pictures of a training."""
    for folder in [*(run / "sample" for run in run_folders(client.runs)), client.samples]:
        files = sorted(folder.glob("*.png"))[-MOST_SAMPLES:]
        if files:
            return [(path.stem, render.data_url(thumbnails.jpeg(path, SAMPLE_PX))) for path in files]
    return []


def _models(client: Client, language: str) -> list[tuple[str, str]]:
    return [
        (path.name, text("unit.mb", language, value=path.stat().st_size / 1e6))
        for path in sorted(client.models.glob("*.safetensors"))
    ]


def terminal_bars(counts: Sequence[tuple[str, int]], *, blocks: bool, width: int = 24) -> Mapping[str, str]:
    """Return a bar for each count; the largest has full width."""
    most = max((n for _, n in counts), default=1) or 1
    return {name: charts.bar(n / most, width, blocks=blocks) for name, n in counts}
