"""The stream: what is told when, and that it goes on where it stopped."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.system import process_tree
from avatar.web import events, handler, live, watcher
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.web.conftest import TOKEN, Dashboard, started

RUN = "20261126-120000"


class Event(NamedTuple):
    name: str
    id: str
    data: dict[str, Any]


class Stream:
    """A stream as a browser reads it."""

    def __init__(self, dashboard: Dashboard, clients: str = "ana", last_id: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", dashboard.server.port, timeout=10)
        headers = {"Last-Event-ID": last_id} if last_id else {}
        self.connection.request("GET", f"/{TOKEN}/events?client={clients}", headers=headers)
        self.answer = self.connection.getresponse()

    def block(self) -> list[str]:
        """Return the lines up to the next empty one; EOFError where the stream ends."""
        lines: list[str] = []
        while line := self.answer.readline().decode("ascii"):
            if line == "\n":
                return lines
            lines.append(line.rstrip("\n"))
        raise EOFError

    def event(self) -> Event:
        """Return the next event."""
        while True:
            found = dict(line.split(": ", 1) for line in self.block() if ": " in line and not line.startswith(":"))
            if "event" in found:
                return Event(found["event"], found["id"], json.loads(found["data"]))

    def next(self, *names: str, what: str = "") -> Event:
        """Return the next event of these names; of changes, only of this kind."""
        while True:
            event = self.event()
            if event.name in names and (not what or event.data.get("what") == what):
                return event

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


@contextmanager
def following(dashboard: Dashboard, clients: str = "ana", last_id: str = "") -> Iterator[Stream]:
    stream = Stream(dashboard, clients, last_id)
    try:
        yield stream
    finally:
        stream.close()


@pytest.fixture
def run(client: Client) -> Path:
    folder = client.runs / RUN
    folder.mkdir(parents=True)
    return folder


def line(step: int, **more: object) -> bytes:
    return json.dumps({"time": 1.0 * step, "step": step, "total": 100, "loss": 1 / (step + 1), **more}).encode() + b"\n"


def add(run: Path, content: bytes) -> None:
    with (run / live.PROGRESS).open("ab") as handle:
        handle.write(content)


def steps_of(event: Event) -> list[int]:
    return [row["step"] for row in event.data["rows"]]


# --- a training ------------------------------------------------------------------------------------------------------


def test_a_snapshot_then_what_is_new_with_the_offset_in_the_file_as_its_id(dashboard: Dashboard, run: Path) -> None:
    add(run, line(1) + json.dumps({"time": 1.5, "phase": "training"}).encode() + b"\n" + line(2))
    with following(dashboard) as stream:
        assert stream.answer.getheader("Content-Type") == "text/event-stream"
        assert stream.block() == ["retry: 1000"]
        first = stream.next("snapshot")
        size = (run / live.PROGRESS).stat().st_size
        assert first.id == f"{RUN}:{size}"
        assert first.data["series"]["step"] == [1, 2] and first.data["phase"] == "training"
        assert (first.data["client"], first.data["run"], first.data["step"], first.data["total"]) == ("ana", RUN, 2, 100)
        assert not first.data["ended"] and first.data["alive_s"] < 100
        add(run, line(3) + line(4))
        second = stream.next("snapshot", "delta")
        assert second.name == "delta" and steps_of(second) == [3, 4]
        assert second.id == f"{RUN}:{(run / live.PROGRESS).stat().st_size}"


def test_a_torn_line_waits_for_its_end(dashboard: Dashboard, run: Path) -> None:
    add(run, line(1) + b'{"time": 2, "st')
    with following(dashboard) as stream:
        first = stream.next("snapshot")
        assert first.id == f"{RUN}:{len(line(1))}" and first.data["series"]["step"] == [1]
        add(run, b'ep": 2}\n{"ti')
        event = stream.next("delta")
        assert steps_of(event) == [2]
        add(run, b'me": 3, "step": 3}\n')
        assert steps_of(stream.next("delta")) == [3]


def test_a_stream_that_comes_back_goes_on_where_it_was_even_at_another_server(
    dashboard: Dashboard, run: Path, tmp_path: Path
) -> None:
    add(run, line(1))
    with following(dashboard) as stream:
        last_id = stream.next("snapshot").id
    add(run, line(2) + line(3))
    with following(dashboard, last_id=last_id) as stream:
        back = stream.next("snapshot", "delta")
        assert back.name == "delta" and steps_of(back) == [2, 3]
    dashboard.server.stop()
    other = started(dashboard.workspace, tmp_path / "config.json")
    try:
        add(run, line(4))
        with following(other, last_id=last_id) as stream:
            assert steps_of(stream.next("snapshot", "delta")) == [2, 3, 4]
        with following(other, last_id=back.id) as stream:
            assert steps_of(stream.next("snapshot", "delta")) == [4]
    finally:
        other.server.stop()


@pytest.mark.parametrize(
    "last_id", [f"{RUN}:3", f"{RUN}:99999", "other:0", "x", ":", f"{RUN}:-1", f"{RUN}:", f"{RUN}:1,{RUN}:1", "é"]
)
def test_an_id_that_does_not_fit_gets_a_snapshot(dashboard: Dashboard, run: Path, last_id: str) -> None:
    add(run, line(1) + line(2))
    with following(dashboard, last_id=last_id.encode("utf-8").decode("latin-1")) as stream:
        assert stream.next("snapshot", "delta").name == "snapshot"


def test_a_file_that_was_written_anew_and_a_new_run_begin_with_a_snapshot(dashboard: Dashboard, run: Path) -> None:
    add(run, line(1) + line(2))
    with following(dashboard) as stream:
        stream.next("snapshot")
        (run / live.PROGRESS).write_bytes(line(7))
        assert stream.next("snapshot", "delta").data["series"]["step"] == [7]
        newer = run.parent / "20261126-130000"
        newer.mkdir()
        event = stream.next("snapshot", "delta")
        assert event.data["run"] == newer.name and event.id == f"{newer.name}:0"
        add(newer, line(1))
        assert steps_of(stream.next("snapshot", "delta")) == [1]


def test_a_long_training_is_thinned_and_a_number_that_is_none_is_null(dashboard: Dashboard, run: Path) -> None:
    add(run, b"".join(line(step) for step in range(1, 6001)) + b'{"step": 6001, "loss": NaN}\n' + b"no json\n[1]\n")
    with following(dashboard) as stream:
        series = stream.next("snapshot").data["series"]
        assert 1000 < len(series["step"]) <= 2000 and series["step"][-1] == 6001 and series["loss"][-1] is None
        assert all(len(column) == len(series["step"]) for column in series.values())


@given(st.integers(0, 9000), st.integers(1, 3000))
def test_thinning_keeps_the_last_and_never_more_than_it_may(rows: int, most: int) -> None:
    column = live.series([{"step": step} for step in range(rows)], most).get("step", [])
    assert len(column) <= most and column == sorted(set(column))
    assert not rows or column[-1] == rows - 1
    assert len(column) == rows if rows <= most else len(column) > most // 2 - 1


def test_samples_checkpoints_and_the_end_are_in_the_snapshot(dashboard: Dashboard, run: Path) -> None:
    add(run, b'{"time": 1, "sample": "a.png", "prompt": 0, "at_step": 5, "likeness": 0.7}\n')
    (run / "ana-step00000005.safetensors").write_bytes(b"")
    (run / "outcome.json").write_text('{"success": true, "version": 1}')
    with following(dashboard) as stream:
        data = stream.next("snapshot").data
    assert [row["sample"] for row in data["samples"]] == ["a.png"]
    assert [found["name"] for found in data["checkpoints"]] == ["ana-step00000005.safetensors"]
    assert data["ended"]


# --- everything else -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "path", "of"),
    [("records", "ana/metadata/images/mj_0123456789abcdef.json", "ana"), ("captions", "ana/training_data/10_ana/x.txt", "ana"),
     ("outcome", f"ana/training/runs/{RUN}/outcome.json", "ana"), ("outcome", f"ana/training/runs/{RUN}/process.json", "ana"),
     ("outcome", f"ana/training/runs/{RUN}/stop.json", "ana"), ("outcome", "ana/models/x.safetensors", "ana"),
     ("trial", "ana/samples/trials/20261126-1/trial.json", "ana"), ("client", "ana/client.json", "ana"),
     ("queue", "training_queue.json", ""), ("clients", "bea/client.json", "")],
)  # fmt: skip
def test_a_change_is_told_without_its_data(
    dashboard: Dashboard, run: Path, monkeypatch: pytest.MonkeyPatch, what: str, path: str, of: str
) -> None:
    monkeypatch.setattr(watcher, "KINDS_S", 0.05)
    with following(dashboard) as stream:
        seen = {}
        while what not in seen:
            event = stream.next("changed")
            seen[event.data["what"]] = event.data["version"]
        file = dashboard.workspace.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{} ")
        event = stream.next("changed", what=what)
        assert event.data == {"client": of, "what": what, "version": event.data["version"]}
        assert event.data["version"] != seen[what]


def test_a_process_that_was_killed_changes_the_outcome(
    dashboard: Dashboard, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "KINDS_S", 0.05)
    lives = [True]
    monkeypatch.setattr(process_tree, "is_running", lambda pid, born: lives[0])
    (run / "process.json").write_text(json.dumps({"version": 1, "pid": os.getpid(), "born": 1.0}))
    with following(dashboard) as stream:
        before = stream.next("changed", what="outcome").data["version"]
        lives[0] = False
        assert stream.next("changed", what="outcome").data["version"] != before


def test_several_clients_share_a_stream_and_one_that_is_deleted_is_gone(
    dashboard: Dashboard, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "KINDS_S", 0.05)
    bea = dashboard.workspace.create("bea")
    other = bea.runs / "20261126-140000"
    other.mkdir()
    add(run, line(1))
    add(other, line(5))
    with following(dashboard, "ana,bea") as stream:
        first, second = stream.next("snapshot"), stream.next("snapshot")
        assert [first.data["client"], second.data["client"]] == ["ana", "bea"]
        assert second.id == f"{RUN}:{len(line(1))},{other.name}:{len(line(5))}"
        add(other, line(6))
        event = stream.next("delta")
        assert event.data["client"] == "bea" and steps_of(event) == [6]
    with following(dashboard, "ana,bea", last_id=second.id) as stream:
        event = stream.next("delta", "snapshot")
        assert (event.name, event.data["client"]) == ("delta", "bea")  # and nothing anew of ana
        shutil.rmtree(bea.folder)
        assert stream.next("gone").data == {"client": "bea"}
    with following(dashboard, "nobody") as stream:
        assert stream.next("gone", "snapshot").name == "gone"


def test_of_clients_that_are_only_listed_a_snapshot_says_where_they_stand(dashboard: Dashboard, run: Path) -> None:
    add(run, b'{"time": 0, "phase": "training"}\n' + b"".join(line(step) for step in range(1, 3001)))
    other = dashboard.workspace.create("bea").runs / RUN
    other.mkdir()
    add(other, line(1))
    with following(dashboard, "bea&light=ana,bea") as stream:
        first, second = stream.next("snapshot"), stream.next("snapshot")
        assert (first.data["client"], first.data["series"]["step"]) == ("bea", [1])
        assert (second.data["client"], second.data["step"], second.data["series"]) == ("ana", 3000, {})
        add(run, line(3001))
        assert steps_of(stream.next("delta")) == [3001]


@pytest.mark.parametrize("clients", ["../ana", "ana/..", "%2e%2e", ".", "C:", "ana%00", "*"])
def test_what_is_no_client_is_followed_by_nobody(dashboard: Dashboard, run: Path, clients: str) -> None:
    add(run, line(1))
    with following(dashboard, clients) as stream:
        event = stream.next("changed", "snapshot", "gone")
        assert event.name == "changed" and event.data["client"] == ""


# --- one thread, only while somebody follows -------------------------------------------------------------------------


def test_one_thread_reads_a_file_once_however_many_follow_and_rests_when_nobody_does(
    dashboard: Dashboard, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(threading.enumerate())
    reads: list[Path] = []
    read_on = watcher._read_on

    def counted(feed: watcher.Feed, path: Path) -> bool:
        new = read_on(feed, path)
        reads.extend([path] * new)
        return new

    monkeypatch.setattr(watcher, "_read_on", counted)
    add(run, line(1))
    streams = [Stream(dashboard) for _ in range(5)]
    for stream in streams:
        stream.next("snapshot")
    assert watching(before) == 1
    reads.clear()
    add(run, line(2))
    assert [steps_of(stream.next("delta")) for stream in streams] == [[2]] * 5
    assert len(reads) == 1
    for stream in streams:
        stream.close()
    deadline = time.monotonic() + 20
    while watching(before) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert watching(before) == 0
    with following(dashboard) as stream:
        assert stream.next("snapshot").data["step"] == 2


def watching(before: set[threading.Thread]) -> int:
    return sum(thread.name == "dashboard-files" for thread in set(threading.enumerate()) - before)


def test_a_sign_of_life_comes_where_nothing_happens(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "COMMENT_S", 0.1)
    monkeypatch.setattr(events, "WAIT_S", 0.05)
    with following(dashboard) as stream:
        while stream.block() != [": "]:
            pass


def test_a_reader_that_is_gone_leaves_its_place_and_too_many_are_told_to_wait(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "WAIT_S", 0.05)
    monkeypatch.setattr(dashboard.server, "streams", threading.BoundedSemaphore(2))
    first, second = Stream(dashboard), Stream(dashboard)
    third = dashboard.get("/events?client=ana")
    assert third.status == 503 and third.headers["Retry-After"] == "5"
    first.event()
    first.close()
    deadline = time.monotonic() + 20
    while len(dashboard.server.connections) > 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    with following(dashboard) as stream:
        assert stream.answer.status == 200
    second.close()


def test_a_reader_that_does_not_read_is_dropped_and_what_it_missed_comes_as_one(
    dashboard: Dashboard, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "SEND_S", 0.3)
    with following(dashboard) as stream:
        stream.next("snapshot")
        deadline = time.monotonic() + 20
        while len(dashboard.server.connections) and time.monotonic() < deadline:
            add(run, line(1, more="x" * 200_000))
            time.sleep(0.02)
        assert len(dashboard.server.connections) == 0


def test_the_server_ends_while_streams_are_open(workspace: Workspace, client: Client, tmp_path: Path) -> None:
    running = started(workspace, tmp_path / "config.json")
    with following(running) as stream:
        stream.next("snapshot")
        running.server.stop()
        assert running.server.ended.is_set()
        with pytest.raises((EOFError, OSError)):
            while True:
                stream.event()
