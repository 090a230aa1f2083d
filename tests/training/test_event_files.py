"""The trainer's event files: what is read of them, byte by byte, and what is passed over."""

from __future__ import annotations

import math
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.training import event_files
from avatar.training.event_files import curves_between, read_curves
from tests.reports.test_loss_plot import event, event_file, record, varint

FLOATS = st.floats(width=32, allow_nan=False)


def read(tmp_path: Path, *records: bytes) -> event_files.Curves:
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"".join(records))
    return read_curves(path)


def scalar(tag: bytes, value: float) -> bytes:
    """Return one value of a summary: field 1 the tag, field 2 the number."""
    inner = b"\x0a" + varint(len(tag)) + tag + b"\x15" + struct.pack("<f", value)
    return b"\x0a" + varint(len(inner)) + inner


def with_summary(summary: bytes, step: bytes = b"\x10\x05") -> bytes:
    return record(b"\x09" + struct.pack("<d", 100.0) + step + b"\x2a" + varint(len(summary)) + summary)


LATER = event(200.0, 9, loss__current=0.5)


# --- what is read ----------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 2**63 - 1), FLOATS), max_size=20))
def test_every_scalar_comes_back_with_its_step_and_in_its_order(points: list[tuple[int, float]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        curves = read(Path(folder), *(event(1.0, step, loss__current=value) for step, value in points))
    assert curves.scalars == ({"loss/current": points} if points else {})


def test_an_event_without_a_step_is_that_of_step_0(tmp_path: Path) -> None:
    assert read(tmp_path, event(1.0, None, loss__current=2.0)).scalars == {"loss/current": [(0, 2.0)]}


def test_a_run_began_with_its_first_event_that_has_a_time(tmp_path: Path) -> None:
    curves = read(tmp_path, event(0.0, 1), event(123.5, 2), event(456.0, 3))
    assert curves.began == 123.5
    assert read(tmp_path).began == 0.0


def test_fields_that_are_none_of_ours_are_passed_over(tmp_path: Path) -> None:
    version = b"\x1a" + varint(11) + b"brain.Event"  # field 3, bytes: the first event of every file
    odd = b"\x31" + b"8 bytes." + b"\x3d" + b"four" + b"\x40" + varint(7)  # fields 6, 7, 8: of all other kinds
    summary = b"\x12\x03abc" + scalar(b"loss/current", 0.5)
    inside = odd + b"\x2a" + varint(len(summary)) + summary
    curves = read(tmp_path, record(b"\x09" + struct.pack("<d", 7.0) + version), record(b"\x10\x04" + inside))
    assert curves.began == 7.0 and curves.scalars == {"loss/current": [(4, 0.5)]}


def test_a_value_without_name_or_number_is_none(tmp_path: Path) -> None:
    nameless = b"\x0a\x05\x15" + struct.pack("<f", 1.0)
    numberless = b"\x0a\x06\x0a\x04loss"
    curves = read(tmp_path, with_summary(nameless + numberless + scalar(b"", 3.0) + scalar(b"lr/unet", 0.25)))
    assert curves.scalars == {"lr/unet": [(5, 0.25)]}


def test_a_name_that_is_no_utf_8_costs_no_curve(tmp_path: Path) -> None:
    curves = read(tmp_path, with_summary(scalar(b"loss\xff", 1.0) + scalar("año".encode(), 2.0)))
    assert curves.scalars == {"loss\N{REPLACEMENT CHARACTER}": [(5, 1.0)], "año": [(5, 2.0)]}


# --- what is broken --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        b"\x0b",  # a group: no such wire type any more
        b"\x2a\x7fabc",  # longer than what is there
        b"\x2a",  # a length that is missing
        b"\x10" + b"\x80" * 10 + b"\x01",  # a number of more than 64 bits
        b"\x09abc",  # half a time
        b"\x2a\x04\x0a\x02\x0a\x7f",  # a summary that breaks off within
    ],
    ids=["group", "cut", "no length", "too long", "half a time", "cut within"],
)
def test_an_event_that_is_broken_costs_itself_alone(tmp_path: Path, broken: bytes) -> None:
    assert read(tmp_path, record(broken), LATER).scalars == {"loss/current": [(9, 0.5)]}


def test_the_longest_number_is_one_of_ten_bytes(tmp_path: Path) -> None:
    curves = read(tmp_path, with_summary(scalar(b"a", 1.0), step=b"\x10" + varint(2**64 - 1)))
    assert curves.scalars == {"a": [(2**64 - 1, 1.0)]}


@pytest.mark.parametrize(("length", "read_on"), [(64, True), (65, False)])
def test_a_record_longer_than_any_ends_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int, read_on: bool
) -> None:
    monkeypatch.setattr(event_files, "MAX_RECORD", 64)
    filler = record(b"\x1a" + varint(length - 2) + b"x" * (length - 2))
    assert bool(read(tmp_path, filler, LATER).scalars) is read_on


def test_a_length_of_garbage_reads_no_gigabytes(tmp_path: Path) -> None:
    assert read(tmp_path, event(1.0, 1, a=1.0), struct.pack("<Q", 2**62) + b"....", LATER).scalars == {"a": [(1, 1.0)]}


def test_a_file_that_is_not_there_is_the_callers_affair(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_curves(tmp_path / "none")


# --- which file belongs to a run -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("began", "found"), [(99.0, False), (100.0, True), (199.0, True), (200.0, False)])
def test_a_run_has_the_moment_of_its_start_and_not_that_of_the_next(tmp_path: Path, began: float, found: bool) -> None:
    event_file(tmp_path, "a", event(began, 1, loss__current=1.0))
    assert (curves_between(tmp_path, 100.0, 200.0) is not None) is found


def test_of_several_files_the_one_begun_last_counts_whatever_its_name(tmp_path: Path) -> None:
    for name, began in (("a", 110.0), ("b", 130.0), ("c", 120.0)):
        event_file(tmp_path, name, event(began, 1, loss__current=began))
    curves = curves_between(tmp_path, 100.0, math.inf)
    assert curves is not None and curves.began == 130.0


def test_a_file_last_written_before_the_run_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (event_file(tmp_path, name, event(150.0, 1, loss__current=1.0)) for name in ("a", "b"))
    os.utime(old, (50.0, 50.0))
    os.utime(new, (100.0, 100.0))
    opened: list[Path] = []

    def reading(path: Path) -> event_files.Curves:
        opened.append(path)
        return read_curves(path)

    monkeypatch.setattr(event_files, "read_curves", reading)
    assert curves_between(tmp_path, 100.0, 200.0) is not None
    assert opened == [new]


def test_what_cannot_be_read_hides_no_other_file(tmp_path: Path) -> None:
    event_file(tmp_path, "b", event(150.0, 1, loss__current=1.0))
    (tmp_path / "a" / "network_train" / "events.out.tfevents.9").mkdir(parents=True)  # a folder of that name
    (tmp_path / "c" / "network_train").mkdir(parents=True)
    (tmp_path / "c" / "network_train" / "events.out.tfevents.9").write_bytes(b"")
    curves = curves_between(tmp_path, 100.0, 200.0)
    assert curves is not None and curves.began == 150.0
