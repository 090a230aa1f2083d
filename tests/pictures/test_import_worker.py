"""Processes that read pictures for an import: they find what the program finds itself, and none is left when it ends."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

import data_preprocessor
import utils
from avatar.pictures import import_job, import_worker, intake
from avatar.pictures.import_job import ImportJob
from avatar.pictures.import_worker import Done, Task, Worker
from avatar.pictures.sidecars import Beside
from avatar.pictures.sources import Item, Sources
from avatar.system.json_child import ChildGoneError
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import ImportConfig, Settings
from tests.children import child_command
from tests.stages.test_data_preprocessor import photo, state_of, tile

WAIT_S = 60.0


def job_of(client: Client, one_large: Any = None) -> ImportJob:
    client.make_folders()
    more = {"one_large": one_large} if one_large else {}
    return ImportJob(client, "real", ImportConfig(), "", import_job.ImportReport("real"), **more)


def task_of(client: Client, path: Path) -> Task:
    return Task(Item(path.name, path.stat().st_size, path), client.raw_real / f".1-{path.name}", Beside())


@pytest.fixture
def worker(client: Client) -> Iterator[Worker]:
    one = Worker()
    try:
        one.wait_until_ready(job_of(client))
        yield one
    finally:
        one.child.stop()
        one.child.close()


@pytest.fixture
def in_processes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let an import of a few pictures start a process, and wait for it; return the names of what such a process reads."""
    names: list[str] = []
    ready, real_wait, real_read, real_here = threading.Event(), Worker.wait_until_ready, Worker.read, import_worker.read

    def waited(self: Worker, job: ImportJob) -> None:
        try:
            real_wait(self, job)
        finally:
            ready.set()

    def read(self: Worker, job: ImportJob, found: Sources, task: Task) -> Done:
        done = real_read(self, job, found, task)
        names.append(task.item.name)
        return done

    def here(job: ImportJob, found: Sources, task: Task) -> Done:
        assert ready.wait(WAIT_S)
        time.sleep(0.02)  # leaves something to the process
        return real_here(job, found, task)

    monkeypatch.setattr(import_worker, "PICTURES_PER_WORKER", 3)
    monkeypatch.setattr(import_worker, "processors", lambda: 2)
    monkeypatch.setattr(Worker, "wait_until_ready", waited)
    monkeypatch.setattr(Worker, "read", read)
    monkeypatch.setattr(import_worker, "read", here)
    return names


def a_folder(folder: Path) -> Path:
    """Write pictures of many kinds: damaged, twice the same, in an archive, with a caption beside it, and no picture."""
    for number in range(4):
        tile(folder, number)
    for number in range(8):
        photo(folder / f"niña {number}.jpg", number, (200, 150))
    (folder / "cut.jpg").write_bytes((folder / "niña 1.jpg").read_bytes()[:900])
    (folder / "again.jpg").write_bytes((folder / "niña 2.jpg").read_bytes())
    (folder / "niña 3.txt").write_text("a woman in a garden", encoding="utf-8")
    (folder / "page.png").write_text("<!doctype html>" * 20, encoding="utf-8")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"in/{number}.png", photo(folder.parent / "zipped.png", 50 + number).read_bytes())
    return folder


@pytest.mark.parametrize("kind", ["mj", "real"])
def test_an_import_in_processes_leaves_what_one_without_leaves(
    kind: str, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    a_folder(tmp_path / "in")
    monkeypatch.setattr(utils, "now", lambda: "2026-01-01T00:00:00+00:00")  # in the same second, the name numbers pictures
    monkeypatch.chdir(tmp_path)  # a relative path is the same in the process
    taken_in = data_preprocessor.import_midjourney if kind == "mj" else data_preprocessor.import_photos
    alone, with_process = workspace.create("alone"), workspace.create("helped")
    expected = taken_in(alone, ["in"], settings=Settings())
    names = request.getfixturevalue("in_processes")
    assert taken_in(with_process, ["in"], settings=Settings()) == expected
    assert names, "no process read a picture"
    assert state_of(with_process) == state_of(alone)
    assert len(expected.added) == 15
    assert {refused.text.key for refused in expected.refused} == {"import.truncated", "import.not_picture"}


def test_a_process_that_dies_leaves_its_pictures_to_the_program(
    client: Client, tmp_path: Path, in_processes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        photo(tmp_path / "in" / f"{number}.png", number)
    real = Worker.read

    def dying(self: Worker, job: ImportJob, found: Sources, task: Task) -> Done:
        self.child._process.kill()
        self.child._process.wait()
        return real(self, job, found, task)

    monkeypatch.setattr(Worker, "read", dying)
    report = data_preprocessor.import_photos(client, [tmp_path / "in"], settings=Settings())
    assert (len(report.added), report.refused, in_processes) == (9, [], [])
    assert not list(client.raw_real.glob(".*"))


def test_an_import_that_ends_early_leaves_no_process_and_no_half_copy(
    client: Client, tmp_path: Path, in_processes: list[str]
) -> None:
    for number in range(12):
        photo(tmp_path / "in" / f"{number:02}.png", number)

    def stopped(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        data_preprocessor.import_photos(client, [tmp_path / "in"], settings=Settings(), on_progress=stopped)
    assert [record.original.name for record in sorted(client.records(), key=lambda one: one.original.name)] == [
        "00.png", "01.png", "02.png", "03.png",
    ]  # fmt: skip
    assert not list(client.raw_real.glob(".*"))
    assert not [child for child in psutil.Process().children() if "import_worker" in " ".join(child.cmdline())]


def test_an_error_and_what_is_logged_come_back_from_a_process(
    worker: Worker, client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken.jpg"
    Image.new("RGB", (40, 40), "red").save(broken, icc_profile=b"no profile")
    cut = tmp_path / "cut.png"
    cut.write_bytes(photo(tmp_path / "whole.png").read_bytes()[:300])
    caplog.set_level("INFO")
    done = worker.read(job_of(client), Sources(), task_of(client, broken))
    assert (done.error, done.record is not None) == (None, True)
    assert "colour profile not used" in caplog.text
    done = worker.read(job_of(client), Sources(), task_of(client, cut))
    assert isinstance(done.error, PipelineError)
    assert (done.error.key, done.record) == ("import.truncated", None)


def test_a_process_asks_before_it_decodes_a_large_picture(worker: Worker, client: Client, tmp_path: Path) -> None:
    asked: list[str] = []

    @contextlib.contextmanager
    def one_large() -> Iterator[None]:
        asked.append("held")
        yield
        asked.append("let go")

    Image.new("L", (5000, 4100), 90).save(tmp_path / "large.png")
    Image.new("L", (5000, 4100), 90).save(tmp_path / "large.jpg")
    photo(tmp_path / "small.jpg")
    for name, expected in (("large.png", ["held", "let go"]), ("large.jpg", ["held", "let go"]), ("small.jpg", [])):
        asked.clear()
        assert worker.read(job_of(client, one_large()), Sources(), task_of(client, tmp_path / name)).error is None
        assert asked == expected, name


def test_several_threads_each_get_the_answer_to_their_own_picture_though_all_are_told_at_once(
    worker: Worker, client: Client, tmp_path: Path
) -> None:
    asked: list[str] = []

    @contextlib.contextmanager
    def one_large() -> Iterator[None]:
        asked.append("held")
        yield

    names = [f"{number}.png" for number in range(12)]
    for number, name in enumerate(names):
        photo(tmp_path / name, number)
    Image.new("L", (5000, 4100), 90).save(tmp_path / names[3])  # asks while others are told
    job = job_of(client, one_large())

    def read(name: str) -> str:
        record = worker.read(job, Sources(), task_of(client, tmp_path / name)).record
        return "" if record is None else record.original.name

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, names)) == names
    assert asked == ["held"]


def test_a_task_told_before_the_leave_to_decode_a_large_picture_is_not_lost() -> None:
    sent: list[object] = []
    one_large = import_worker._OneLarge(sent.append, iter(["first", "second", import_worker.YOU_MAY, "third"]))
    with one_large, one_large:
        assert sent == [import_worker.MAY_I]
    assert [one_large.task() for _ in range(3)] == ["first", "second", "third"]


def test_who_waits_for_a_process_that_is_stopped_goes_on_at_once(client: Client) -> None:
    worker = Worker()
    ended: list[type[BaseException]] = []

    def wait() -> None:
        try:
            worker.wait_until_ready(job_of(client))
        except ChildGoneError as error:
            ended.append(type(error))

    thread = threading.Thread(target=wait)
    thread.start()
    worker.child.stop()
    thread.join(WAIT_S)
    worker.child.close()
    assert ended == [ChildGoneError]


def keep_a_worker(folder: str) -> None:
    """Start a worker, say its process id, and wait for ever."""
    worker = Worker()
    worker.wait_until_ready(job_of(Client(Path(folder))))
    print(worker.child.pid, flush=True)
    time.sleep(600)


def test_a_process_whose_answer_nobody_reads_ends_without_a_word(
    worker: Worker, client: Client, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """So it is when the program was killed while a picture was read: its terminal is to stay clean."""
    assert worker.child._process.stdout is not None
    worker.child._process.stdout.close()
    with pytest.raises(ChildGoneError):
        worker.read(job_of(client), Sources(), task_of(client, photo(tmp_path / "one.jpg")))
    assert worker.child._process.wait(WAIT_S) == 0
    assert capfd.readouterr().err == ""


def test_a_process_that_misses_a_package_ends_without_a_word(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The program misses it too and says so; a traceback stood on the terminal above that."""
    (tmp_path / "exifread.py").write_text("raise ModuleNotFoundError(name='exifread')", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    worker = Worker()
    with pytest.raises(ChildGoneError):
        worker.wait_until_ready(job_of(client))
    worker.child._process.wait(WAIT_S)
    worker.child.close()
    assert capfd.readouterr().err == ""


def test_a_process_ends_when_its_program_is_killed(client: Client) -> None:
    program = subprocess.Popen(child_command(keep_a_worker, client.folder), stdout=subprocess.PIPE)
    with program:
        assert program.stdout is not None
        number = int(program.stdout.readline())
        assert psutil.pid_exists(number)
        program.kill()
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end and _lives(number):
        time.sleep(0.05)
    assert not _lives(number)


def _lives(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_neither_a_few_pictures_nor_known_ones_start_a_process(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_wanted(self: Worker) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(Worker, "__init__", none_wanted)
    monkeypatch.setattr(import_worker, "processors", lambda: 8)
    for number in range(20):
        photo(tmp_path / "in" / f"{number}.png", number, (20, 20))
    assert len(data_preprocessor.import_photos(client, [tmp_path / "in"], settings=Settings()).added) == 20
    monkeypatch.setattr(import_worker, "PICTURES_PER_WORKER", 1)
    assert len(data_preprocessor.import_photos(client, [tmp_path / "in"], settings=Settings()).already_there) == 20
    with pytest.raises(AssertionError, match="a process was started"):
        data_preprocessor.import_photos(client, [photo(tmp_path / "new.png", 77)], settings=Settings())


def test_where_no_process_can_be_started_threads_read_all(
    client: Client, tmp_path: Path, in_processes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no python"))
    monkeypatch.setattr(intake, "workers", lambda: 2)
    for number in range(6):
        photo(tmp_path / "in" / f"{number}.png", number)
    with pytest.MonkeyPatch.context() as here:
        here.setattr(import_worker, "read", lambda job, found, task: READ(job, found, task))
        report = data_preprocessor.import_photos(client, [tmp_path / "in"], settings=Settings())
    assert (len(report.added), in_processes) == (6, [])


READ = import_worker.read
