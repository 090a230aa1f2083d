"""The loss curve of a training as PNG: raw, smoothed, the learning rate if it was logged, and the samples' likeness below.

points_of  reads progress.jsonl and the trainer's event files, over all runs that a training was resumed in
draw       a PNG, without a screen
"""

from __future__ import annotations

import io
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.system import environment
from avatar.texts.text import Text
from avatar.texts.translate import number, words
from avatar.training import event_files, progress_file, run_folder
from avatar.training.progress_file import SampleRow
from avatar.training.step_numbers import numbers_of_record

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Formatter

FILE = "loss.png"
WIDTH_IN, HEIGHT_IN, DPI = 8.0, 5.0, 150  # 1200 x 750 px; its words can be read on a phone too
FONT_PT = 12
SMOOTHING_PARTS = 25  # [choice] the smoothed curve forgets over a twenty-fifth of the training
RAW_COLOUR, SMOOTH_COLOUR, RATE_COLOUR = "#9ecae1", "#08519c", "#b35806"

HELD_OUT_COLOUR = "#238b45"
LEGEND_MOST = 3  # entries in a line of it; more are cut off at the edge
LIKENESS_COLOUR, LIKENESS_IN = "#762a83", 3.0

Point = tuple[int, float]


@dataclass(frozen=True)
class Points:
    """The curve; steps counted over all resumed runs. raw: loss of every step; is_mean: the trainer logged only the mean.

    held_out  loss on the pictures that are not trained on (avatar/plan/held_out.py)
    likeness  of the sample pictures: mean of those of one step with exactly one face
    """

    raw: tuple[Point, ...] = ()
    rate: tuple[Point, ...] = ()
    resumed_at: tuple[int, ...] = ()
    is_mean: bool = False
    held_out: tuple[Point, ...] = ()
    likeness: tuple[Point, ...] = ()


def points_of(runs: Path, run_id: str, logs: Path) -> Points:
    """Return the curve of a run and of the runs it was resumed from."""
    raw: list[Point] = []
    rate: list[Point] = []
    held: list[Point] = []
    alike: list[Point] = []
    resumed: list[int] = []
    last, means = math.inf, False
    seen: set[str] = set()
    while run_id and run_id not in seen:
        seen.add(run_id)
        record = run_folder.read_command(runs / run_id)
        numbers = numbers_of_record(record)
        curves = event_files.curves_of_run(runs, run_id, logs)
        losses = [(numbers.of_file(step), value) for step, value in curves.scalars.get("loss/current", [])] if curves else []
        if not losses:
            means = True
            rows = progress_file.rows_of(runs / run_id / progress_file.PROGRESS_FILE)
            losses = [(row["step"], row["loss"]) for row in rows if "loss" in row and "step" in row]
        # With accumulation, the first batch of a resumed run is logged at the step that it went on from.
        raw = [(step, value) for step, value in losses if numbers.first < step <= last and math.isfinite(value)] + raw
        if curves:
            rates = [(numbers.of_file(step), value) for step, value in curves.rates()]
            rate = [(step, value) for step, value in rates if numbers.first < step <= last] + rate
            measured = [(numbers.of_file(step), value) for step, value in curves.scalars.get(event_files.HELD_OUT, [])]
            held = [(step, value) for step, value in measured if numbers.first < step <= last and math.isfinite(value)] + held
        measured_samples = progress_file.samples_of(runs / run_id / progress_file.PROGRESS_FILE)
        alike = [(step, value) for step, value in likeness_by_step(measured_samples) if numbers.first <= step <= last] + alike
        if numbers.first:
            resumed.append(numbers.first)
        last = numbers.first
        run_id = record.get("resumed_from", "")
    return Points(tuple(raw), tuple(rate), tuple(sorted(resumed)), means, tuple(held), tuple(alike))


def likeness_by_step(samples: Iterable[SampleRow]) -> list[Point]:
    """Return the mean likeness of the samples of each step; one that does not show exactly one face has none."""
    by_step: dict[int, list[float]] = {}
    for sample in samples:
        if sample.likeness is not None:
            by_step.setdefault(sample.step, []).append(sample.likeness)
    return [(step, statistics.fmean(values)) for step, values in sorted(by_step.items())]


def smoothed(points: Sequence[Point]) -> list[Point]:
    """Return the points smoothed by an exponential moving average with bias correction.

    >>> smoothed([(1, 2.0), (2, 2.0)])
    [(1, 2.0), (2, 2.0)]
    """
    window = max(2.0, len(points) / SMOOTHING_PARTS)
    keep = 1 - 1 / window
    total = weight = 0.0
    found = []
    for step, value in points:
        total, weight = keep * total + value, keep * weight + 1
        found.append((step, total / weight))
    return found


def draw(points: Points, target: Path, title: Text, language: str) -> Path | None:
    """Write the PNG; None if there are fewer than two steps."""
    if len(points.raw) < 2:
        return None
    environment.prepare()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    has_likeness = bool(points.likeness)
    figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN + (LIKENESS_IN if has_likeness else 0)), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    heights = [HEIGHT_IN, LIKENESS_IN] if has_likeness else [HEIGHT_IN]
    first, *below = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    _draw_losses(first, points, language)
    for axes in below:
        _draw_likeness(axes, points.likeness, language)
    right = [_draw_rate(first, points.rate, language)] if len(points.rate) > 1 else []
    first.set_title(words(title, language), fontsize=FONT_PT + 3)
    lowest = [first, *below][-1]
    lowest.set_xlabel(_told("plot.step", language), fontsize=FONT_PT)
    _add_legend(figure, [first, *below, *right])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    utils.write_atomic(target, buffer.getvalue())
    return target


def _told(key: str, language: str) -> str:
    return words(Text(key), language)


def _draw_losses(axes: Axes, points: Points, language: str) -> None:
    """Draw the loss of every step, smoothed, and of the pictures held out; a line where the training was resumed."""
    from matplotlib.ticker import MaxNLocator

    _prepare(axes, "plot.loss", language)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.margins(x=0.01)
    each = _told("plot.mean" if points.is_mean else "plot.each", language)
    axes.plot(*zip(*points.raw, strict=True), color=RAW_COLOUR, linewidth=1.0, label=each)
    smooth = _told("plot.smoothed", language)
    axes.plot(*zip(*smoothed(points.raw), strict=True), color=SMOOTH_COLOUR, linewidth=2.8, label=smooth)
    if points.held_out:
        held = _told("plot.held_out", language)
        axes.plot(*zip(*points.held_out, strict=True), color=HELD_OUT_COLOUR, linewidth=2.2, marker="o", label=held)
    for place, step in enumerate(points.resumed_at):
        label = None if place else _told("plot.resumed", language)  # once in the legend
        axes.axvline(step, color="#777777", linestyle=":", linewidth=1.5, label=label)
    axes.set_ylim(*loss_range([*points.raw, *points.held_out]))


def _draw_likeness(axes: Axes, likeness: Sequence[Point], language: str) -> None:
    _prepare(axes, "plot.likeness_axis", language)
    told = _told("plot.likeness", language)
    axes.plot(*zip(*likeness, strict=True), color=LIKENESS_COLOUR, linewidth=2.2, marker="o", label=told)


def _draw_rate(losses: Axes, rate: Sequence[Point], language: str) -> Axes:
    """Draw the learning rate over the losses, with its own axis at the right; return that."""
    axes, told = losses.twinx(), _told("plot.rate", language)
    axes.margins(x=0.01)
    axes.plot(*zip(*rate, strict=True), color=RATE_COLOUR, linewidth=1.2, linestyle="--", label=told)
    axes.set_ylabel(told, fontsize=FONT_PT, color=RATE_COLOUR)
    axes.tick_params(labelsize=FONT_PT - 2, colors=RATE_COLOUR)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(_numbers(language))
    return axes


def _prepare(axes: Axes, label: str, language: str) -> None:
    """Give axes their grid, the label at the left, and numbers as language writes them."""
    axes.set_ylabel(_told(label, language), fontsize=FONT_PT)
    axes.tick_params(labelsize=FONT_PT - 2)
    axes.grid(visible=True, color="#dddddd", linewidth=0.8)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(_numbers(language))


def _numbers(language: str) -> Formatter:
    """Return what writes the numbers of an axis as language does: 1.050 steps and a loss of 0,25 in Spanish."""
    from matplotlib.ticker import FuncFormatter

    def told(value: float, _place: int) -> str:
        return number(int(value) if value == int(value) else float(f"{value:.6g}"), language)

    return FuncFormatter(told)


def _add_legend(figure: Figure, drawn: Sequence[Axes]) -> None:
    """Write one legend of all axes below them, in two lines where there are too many entries for one."""
    handles, labels = [], []
    for axes in drawn:
        own = axes.get_legend_handles_labels()
        handles += own[0]
        labels += own[1]
    columns = len(labels) if len(labels) <= LEGEND_MOST else math.ceil(len(labels) / 2)
    figure.legend(handles, labels, fontsize=FONT_PT - 2, loc="outside lower center", ncols=columns, frameon=False)


def loss_range(points: Sequence[Point]) -> tuple[float, float]:
    """Return the limits of the loss axis, without the highest spikes, which would flatten the rest."""
    values = sorted(value for _, value in points)
    low, high = values[0], values[min(len(values) - 1, int(len(values) * 0.99))]
    room = (high - low or abs(high) or 1.0) * 0.08
    return low - room, high + room
