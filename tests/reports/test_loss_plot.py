"""The curve of the loss: from the trainer's own files, over resumed runs, as a picture that can be read."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import utils
from avatar.commands import monitor as monitor_commands
from avatar.commands import training_view
from avatar.reports import loss_plot
from avatar.reports.loss_plot import Points, draw, points_of, smoothed
from avatar.texts.text import Text
from avatar.training import event_files
from avatar.training.event_files import curves_between, read_curves
from avatar.workspace.client import Client
from tests.scripted import MakeSession

TITLE = Text("plot.title", {"client": "ana", "run": "1"})


# --- event files -----------------------------------------------------------------------------------------------------


def varint(value: int) -> bytes:
    found = bytearray()
    while True:
        found.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(found)


def record(event: bytes) -> bytes:
    return struct.pack("<Q", len(event)) + b"\0\0\0\0" + event + b"\0\0\0\0"


def event(time: float, step: int | None = None, **scalars: float) -> bytes:
    """Return an event as TensorBoard's writer makes it; in names, __ stands for /."""
    data = b"\x09" + struct.pack("<d", time)
    if step is not None:
        data += b"\x10" + varint(step)
    summary = b""
    for name, value in scalars.items():
        tag = name.replace("__", "/").encode()
        inner = b"\x0a" + varint(len(tag)) + tag + b"\x15" + struct.pack("<f", value)
        summary += b"\x0a" + varint(len(inner)) + inner
    return record(data + b"\x2a" + varint(len(summary)) + summary)


def event_file(logs: Path, name: str, *events: bytes) -> Path:
    path = logs / name / "network_train" / "events.out.tfevents.1.host.0"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(events))
    return path


def test_scalars_are_read_in_order(tmp_path: Path) -> None:
    path = event_file(
        tmp_path, "a", event(100.0), event(101.0, 1, loss__current=0.5, lr__unet=1e-4), event(102.0, 300, loss__current=0.25)
    )
    curves = read_curves(path)
    assert curves.began == 100.0
    assert curves.scalars["loss/current"] == [(1, 0.5), (300, 0.25)]
    assert curves.scalars["lr/unet"] == [(1, pytest.approx(1e-4))]  # type: ignore[comparison-overlap]


@given(st.integers(0, 400))
def test_a_file_that_is_cut_off_gives_what_is_whole(cut: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        whole = b"".join(event(100.0 + n, n, loss__current=float(n)) for n in range(1, 9))
        path = Path(folder) / "events"
        path.write_bytes(whole[:cut])
        found = read_curves(path).scalars.get("loss/current", [])
        assert found == [(n, float(n)) for n in range(1, len(found) + 1)]


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    curves = event_files.Curves()
    with contextlib.suppress(ValueError, IndexError, struct.error):
        event_files._take_event(data, curves)
    assert all(isinstance(step, int) and isinstance(value, float) for rows in curves.scalars.values() for step, value in rows)


def test_the_file_of_a_run_is_the_one_begun_in_its_time(tmp_path: Path) -> None:
    for began in (100.0, 200.0, 300.0):
        event_file(tmp_path, str(began), event(began, 1, loss__current=began))
    found = curves_between(tmp_path, 150.0, 250.0)
    assert found is not None and found.scalars["loss/current"] == [(1, 200.0)]
    assert curves_between(tmp_path, 301.0, math.inf) is None
    assert curves_between(tmp_path / "nothing", 0.0, math.inf) is None


# --- points ----------------------------------------------------------------------------------------------------------


def a_run(client: Client, run_id: str, started: float, rows: list[dict[str, Any]], **record: Any) -> None:
    folder = client.runs / run_id
    folder.mkdir()
    utils.write_json(folder / "command.json", {"started": started, "first_step": 0, "resumed_from": "", **record})
    (folder / "progress.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def test_a_resumed_training_is_one_curve(client: Client) -> None:
    a_run(client, "r1", 100.0, [])
    a_run(client, "r2", 200.0, [], first_step=2, resumed_from="r1")
    event_file(client.logs, "a", *(event(101.0 + n, n, loss__current=1.0, lr__unet=0.1) for n in range(1, 4)))
    # With accumulation a batch before the first step is logged too, at the step that was gone on from.
    event_file(client.logs, "b", *(event(201.0 + n, n, loss__current=0.5, lr__unet=0.05) for n in range(3)))
    points = points_of(client.runs, "r2", client.logs)
    assert points.raw == ((1, 1.0), (2, 1.0), (3, 0.5), (4, 0.5))  # step 3 of the first run was lost and done again
    assert [step for step, _ in points.rate] == [1, 2, 3, 4] and points.resumed_at == (2,)
    assert not points.is_mean
    assert points_of(client.runs, "r1", client.logs).raw == ((1, 1.0), (2, 1.0), (3, 1.0))


def test_what_was_measured_on_pictures_held_out_goes_through_a_resume(client: Client) -> None:
    a_run(client, "r1", 100.0, [])
    a_run(client, "r2", 200.0, [], first_step=2, resumed_from="r1")
    measured = {"loss__validation__step_average": 0.5, "loss__current": 1.0}
    event_file(client.logs, "a", *(event(101.0 + n, n, **measured) for n in (2, 4)))
    event_file(client.logs, "b", *(event(201.0 + n, n, **measured) for n in (2, 4)), event(206.0, 5, loss__current=math.nan))
    assert points_of(client.runs, "r2", client.logs).held_out == ((2, 0.5), (4, 0.5), (6, 0.5))
    assert points_of(client.runs, "r1", client.logs).held_out == ((2, 0.5), (4, 0.5))


def test_what_was_measured_is_drawn_beside_the_curve(tmp_path: Path) -> None:
    raw = tuple((n, 0.1 + 0.01 * (-1) ** n) for n in range(1, 100))
    without, beside = tmp_path / "a.png", tmp_path / "b.png"
    draw(Points(raw), without, TITLE, "es")
    draw(Points(raw, held_out=tuple((n, 0.15 + n / 1000) for n in range(6, 100, 6))), beside, TITLE, "es")
    images = [np.asarray(Image.open(path).convert("RGB")) for path in (without, beside)]
    assert near(images[0], loss_plot.HELD_OUT_COLOUR) < 20 < 500 < near(images[1], loss_plot.HELD_OUT_COLOUR)


def test_without_event_files_the_trainers_mean_is_drawn(client: Client) -> None:
    rows: list[dict[str, Any]] = [{"step": 1, "loss": 0.5}, {"step": 2, "loss": None}, {"loss": 3}, {"step": 3, "loss": 0.25}]
    a_run(client, "r1", 100.0, rows, resumed_from="r1")  # a record that names itself must not turn for ever
    assert points_of(client.runs, "r1", client.logs) == Points(((1, 0.5), (3, 0.25)), is_mean=True)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=300))
def test_smoothing_stays_within_the_values(values: list[float]) -> None:
    points = list(enumerate(values))
    found = smoothed(points)
    assert [step for step, _ in found] == [step for step, _ in points]
    assert all(min(values) - 1e-9 <= value <= max(values) + 1e-9 for _, value in found)


def test_smoothing_is_smoother() -> None:
    noisy = [(n, 1.0 + (-1) ** n * 0.5) for n in range(200)]
    assert max(abs(value - 1) for _, value in smoothed(noisy)[20:]) < 0.1


# --- picture ---------------------------------------------------------------------------------------------------------


def near(image: np.ndarray[Any, Any], colour: str) -> int:
    wanted = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)])
    return int((np.abs(image.astype(int) - wanted).max(axis=2) < 30).sum())  # lines are smoothed, by each matplotlib its way


def test_the_picture_has_both_curves_and_the_rate(tmp_path: Path) -> None:
    raw = tuple((n, 0.1 + 0.1 / n + 0.02 * (-1) ** n) for n in range(1, 400))
    target = tmp_path / "ñ" / "loss.png"
    target.parent.mkdir()
    assert draw(Points(raw, tuple((n, 1e-4) for n, _ in raw), (200,)), target, TITLE, "es") == target
    image = np.asarray(Image.open(target).convert("RGB"))
    assert image.shape == (750, 1200, 3)
    for colour in (loss_plot.RAW_COLOUR, loss_plot.SMOOTH_COLOUR, loss_plot.RATE_COLOUR):
        assert near(image, colour) > 500, colour
    draw(Points(raw), target, TITLE, "es")
    assert near(np.asarray(Image.open(target).convert("RGB")), loss_plot.RATE_COLOUR) == 0


def test_there_is_no_picture_of_nothing(tmp_path: Path) -> None:
    assert draw(Points(), tmp_path / "x.png", TITLE, "es") is None
    assert draw(Points(((1, 0.5),)), tmp_path / "x.png", TITLE, "es") is None
    assert not (tmp_path / "x.png").exists()
    assert draw(Points(((1, 0.5), (2, 0.5))), tmp_path / "x.png", TITLE, "es") is not None  # no range at all


def test_a_few_spikes_do_not_press_the_rest_flat() -> None:
    values = [(n, 0.1 + n % 10 / 100) for n in range(1000)] + [(1000, 50.0)]
    low, high = loss_plot.loss_range(values)
    assert low < 0.1 and 0.19 < high < 0.3


def test_the_likeness_of_the_samples_stands_below_the_loss_over_all_resumed_runs(client: Client, tmp_path: Path) -> None:
    def measured(step: int, prompt: int, likeness: float | None) -> dict[str, Any]:
        return {"sample": f"{step}-{prompt}.png", "prompt": prompt, "at_step": step, "likeness": likeness}

    first, second = ([{"step": n, "loss": 1 / n} for n in range(low, low + 8)] for low in (1, 9))
    a_run(client, "r1", 100.0, [*first, measured(4, 0, 0.2), measured(8, 0, 0.4)])
    more = [measured(16, 0, 0.5), measured(16, 1, 0.7), measured(16, 2, None), measured(12, 0, None)]
    a_run(client, "r2", 200.0, [*second, *more], first_step=8, resumed_from="r1")
    points = points_of(client.runs, "r2", client.logs)
    assert points.likeness[:2] == ((4, 0.2), (8, 0.4)) and points.likeness[2] == pytest.approx((16, 0.6))
    assert len(points.likeness) == 3
    sizes = []
    for one in (points, dataclasses.replace(points, likeness=())):
        path = draw(one, tmp_path / "loss.png", TITLE, "es")
        assert path is not None
        with Image.open(path) as drawn:
            sizes.append(drawn.size)
    assert sizes == [(1200, 1200), (1200, 750)]


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_monitor_draws_the_newest_run_in_the_users_language(make: MakeSession, client: Client, language: str) -> None:
    a_run(client, "r1", 100.0, [{"step": n, "loss": 1 / n} for n in range(1, 9)])
    utils.write_json(client.runs / "r1" / "outcome.json", {"success": False, "cause": "train.cause.cancelled",
                                                           "values": {"step": 8, "total": 9}})  # fmt: skip
    session, ui = make(language=language)
    session.show(monitor_commands.monitor(session, client.client_id))
    assert (client.runs / "r1" / "loss.png").stat().st_size > 10_000
    assert "loss.png" in ui.text


def test_a_plot_that_fails_costs_nothing_but_itself(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(loss_plot, "draw", full)
    session, _ = make()
    (said,) = training_view.draw_loss(session, client, "r1")
    assert said.key == "plot.failed" and said.style == "warn"


@pytest.mark.parametrize(("language", "thousand", "half"), [("es", "1.050", "0,025"), ("en", "1,050", "0.025")])
def test_the_numbers_of_the_axes_are_written_as_the_language_writes_them(language: str, thousand: str, half: str) -> None:
    told = loss_plot._numbers(language)
    assert (told(1050, 0), told(0.025, 1), told(0.30000000000000004, 2)) == (thousand, half, half[:2] + "3")
