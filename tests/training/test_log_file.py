"""A log that grows without limit: within bounds while it is watched, its beginning and end kept, and read in bounded time."""

from __future__ import annotations

import contextlib
import itertools
import sys
import threading
from pathlib import Path

import pytest

from avatar.reports import doctor
from avatar.reports.last_run import LastRun
from avatar.system import child as system_child
from avatar.system import process_tree
from avatar.training import log_file
from avatar.training import watch as training_watch
from avatar.training.log_file import GrowingLog
from avatar.training.watch import RunInfo, TrainingCallbacks

only_where_files_are_emptied = pytest.mark.skipif(sys.platform == "win32", reason="a trainer on Windows writes on where it was")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test reaches at once."""
    for name, size in (("MOST_BYTES", 20_000), ("HEAD_BYTES", 2_000), ("TAIL_BYTES", 4_000)):
        monkeypatch.setattr(log_file, name, size)
    monkeypatch.setattr(system_child, "READ_BYTES", 1_000)
    monkeypatch.setattr(system_child, "POLL_S", 0.001)


class Flooding:
    """A trainer that writes more at every look than can be read until the next, and says something at its end."""

    pid, born = 2**22 + 1, 1.0

    def __init__(self, folder: Path, looks: int, last: str = "", first: str = "") -> None:
        self.log = folder / "trainer.log"
        self.log.write_text(first, encoding="utf-8")
        self.looks, self.last = looks, last

    def ended(self) -> bool:
        self.looks -= 1
        with self.log.open("a", encoding="utf-8") as file:
            file.write("noise without end\n" * 500 if self.looks > 0 else self.last)
            self.last = "" if self.looks <= 0 else self.last
        return self.looks <= 0

    def code(self) -> int | None:
        return 1


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


@only_where_files_are_emptied
def test_a_log_that_floods_stays_within_bounds_and_its_beginning_and_end_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(process_tree, "end_tree", lambda *arguments: None)
    largest = 0

    class Measured(Flooding):
        def ended(self) -> bool:
            nonlocal largest
            largest = max(largest, folder_bytes(tmp_path))
            return super().ended()

    last = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n"
    trainer = Measured(tmp_path, 200, last, "  total optimization steps / x: 40\n")
    seen = training_watch.watch(trainer, RunInfo(folder=tmp_path), TrainingCallbacks())
    assert "train.cause.gpu_memory" in {sign.cause for sign in seen.reader.facts.ending}
    assert seen.reader.facts.figures == {"total_steps": 40}
    assert largest < 3 * log_file.MOST_BYTES  # of 1.8 MB written
    log_file.put_together(tmp_path)
    text = (tmp_path / "trainer.log").read_text(encoding="utf-8")
    assert text.startswith("  total optimization steps") and text.endswith(last) and "left out here" in text
    assert len(text) < log_file.HEAD_BYTES + log_file.TAIL_BYTES + 200
    assert {path.name for path in tmp_path.iterdir()} == {"trainer.log", "progress.jsonl"}


def test_a_stop_is_looked_at_between_two_reads_of_a_log_that_never_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    ended: list[int] = []
    monkeypatch.setattr(process_tree, "end_tree", lambda *arguments: ended.append(1))
    cancel = threading.Event()
    reads = itertools.count()

    def lines(self: GrowingLog) -> list[str]:  # there is always more
        number = next(reads)
        if number == 3:
            cancel.set()
        return ["noise"] if not ended else []

    monkeypatch.setattr(GrowingLog, "lines", lines)
    seen = training_watch.watch(Flooding(tmp_path, 10**9), RunInfo(folder=tmp_path), TrainingCallbacks(cancel=cancel))
    assert seen.stopped == "user" and next(reads) < 3 + 2 * training_watch.READS


def test_a_log_that_nobody_watched_is_read_at_its_ends_alone(tmp_path: Path) -> None:
    path = tmp_path / "trainer.log"
    path.write_text("  num epochs / x: 7\n" + "noise\n" * 100_000 + "INFO model saved.\n", encoding="utf-8")
    lines = list(log_file.lines_of(tmp_path))
    assert sum(len(line) for line in lines) < log_file.HEAD_BYTES + log_file.TAIL_BYTES + 200
    facts = training_watch.read_log(tmp_path).facts
    assert facts.saved and facts.figures == {"epochs": 7}
    assert "num epochs" not in "".join(log_file.lines_of(tmp_path, head=False))
    log_file.put_together(tmp_path)
    assert folder_bytes(tmp_path) < log_file.MOST_BYTES


def test_a_log_of_ordinary_length_is_left_as_it_is(tmp_path: Path) -> None:
    content = b"a\r\nsteps\rb \xff\n"
    (tmp_path / "trainer.log").write_bytes(content)
    log_file.put_together(tmp_path)
    assert (tmp_path / "trainer.log").read_bytes() == content
    assert list(log_file.lines_of(tmp_path)) == ["a", "steps", "b \N{REPLACEMENT CHARACTER}", ""]
    assert list(log_file.lines_of(tmp_path / "none")) == []


def test_no_line_of_a_log_is_longer_than_what_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "trainer.log").write_bytes(b"x" * 5_000)
    assert {len(line) for line in log_file.lines_of(tmp_path)} == {system_child.LINE_LIMIT}


@only_where_files_are_emptied
def test_a_full_disk_does_not_keep_a_log_from_being_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log_file, "_replace", full)
    (tmp_path / "trainer.log").write_bytes(b"noise\n" * 10_000)
    with contextlib.closing(GrowingLog(tmp_path)) as log:
        log.keep_bounded()
        assert (tmp_path / "trainer.log").stat().st_size == 0
        (tmp_path / "trainer.log").write_bytes(b"more\n")
        assert log.lines() == ["more"]


def test_the_doctor_reads_the_end_of_a_long_log_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "trainer.log").write_text("xformers not available\n" * 5_000, encoding="utf-8")
    run = LastRun(tmp_path, {}, {}, training_watch.read_log(tmp_path).facts)
    found = doctor.check_warnings(run).text.values["n"]
    assert 0 < found <= 2 * log_file.TAIL_BYTES // len("xformers not available\n")
