"""Workers: how many, what a dead one costs, and the same work on a real Dask scheduler with two workers."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

import image_processor
from avatar.faces import engines as face_engines
from avatar.faces import parallel
from avatar.faces import update as face_update
from avatar.faces import workers as face_workers
from avatar.faces.crops import Outcome, Task
from avatar.faces.workers import Spread
from avatar.system import cluster
from avatar.texts import translate
from avatar.texts.text import PipelineError, key_of
from avatar.workspace.client import Client
from config import PROGRAM_DIR, FaceConfig, FaceEngine, QualityControlConfig
from tests.children import child_command
from tests.stages.test_image_processor import DEFAULTS, ONE, TWO, ColourDetector, add, drawn

# --- planning and workers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pictures", "cores", "free_gb", "asked", "workers"),
    [(1, 8, 64, None, 1), (9, 8, 64, None, 2), (1000, 8, 64, None, 8), (1000, 8, 4, None, 5), (1000, 8, 0, None, 1),
     (0, 8, 64, None, 1), (1000, 2, 64, 5, 5), (3, 8, 64, 5, 3), (1000, 8, 64, 1, 1)],
)  # fmt: skip
def test_workers_follow_pictures_cores_and_memory(
    pictures: int, cores: int, free_gb: int, asked: int | None, workers: int
) -> None:
    assert face_workers.plan_workers(pictures, cores, free_gb * 10**9, asked) == workers


def test_tensorflow_takes_more_memory_a_worker() -> None:
    assert face_workers.plan_workers(1000, 8, 4 * 10**9, engine="onnx") > face_workers.plan_workers(
        1000, 8, 4 * 10**9, engine="mtcnn"
    )
    assert face_workers.plan_workers(1000, 8, 4 * 10**9, engine="mtcnn") == 3


@given(
    pictures=st.integers(0, 5000), cores=st.integers(1, 64), free=st.integers(0, 200 * 10**9),
    asked=st.none() | st.integers(-3, 99), engine=st.sampled_from(["onnx", "mtcnn"]),
)  # fmt: skip
def test_there_is_always_one_worker_and_never_more_than_pictures_or_asked_for(
    pictures: int, cores: int, free: int, asked: int | None, engine: FaceEngine
) -> None:
    workers = face_workers.plan_workers(pictures, cores, free, asked, engine)
    assert 1 <= workers <= max(1, pictures)
    if asked is not None:
        assert workers <= max(1, asked)
    else:
        assert workers <= cores
        assert workers == 1 or workers * face_workers.WORKER_BYTES[engine] <= free
        assert workers == 1 or (workers - 1) * face_workers.PICTURES_PER_WORKER < pictures
        assert face_workers.plan_workers(pictures, cores + 1, free + 10**9, None, engine) >= workers


def test_large_pictures_leave_room_for_fewer_workers() -> None:
    usual = face_workers.plan_workers(1000, 8, 8 * 10**9)
    assert face_workers.plan_workers(1000, 8, 8 * 10**9, largest_pixels=24_000_000) == usual == 8
    assert face_workers.plan_workers(1000, 8, 8 * 10**9, largest_pixels=100_000_000) == 6
    assert face_workers.plan_workers(1000, 8, 10**9, largest_pixels=150_000_000) == 1


def test_the_plan_is_that_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    import joblib

    class Memory:
        available = 3 * face_workers.WORKER_BYTES["onnx"] + 1

    monkeypatch.setattr(joblib, "cpu_count", lambda: 8)
    monkeypatch.setattr(psutil, "virtual_memory", Memory)
    assert face_workers.planned(1000, None) == 3
    assert face_workers.planned(1000, None, "mtcnn") == 1
    assert face_workers.planned(1000, 6) == 6


# --- a death ---------------------------------------------------------------------------------------------------------


class BrokenPoolError(Exception):
    """Stands in for joblib's BrokenProcessPool."""


def of_ids(names: Sequence[str]) -> list[Task]:
    settings = FaceConfig(), QualityControlConfig()
    return [Task(name, Path("x"), {}, None, None, None, *settings) for name in names]


def pool(deadly: Sequence[str], ahead: int) -> Callable[[Sequence[Task]], Iterator[Outcome]]:
    """Stand in for a pool that hands out some pictures ahead and dies of the deadly ones, taking those under way along."""

    def at_once(tasks: Sequence[Task]) -> Iterator[Outcome]:
        for number, task in enumerate(tasks):
            if any(other.image_id in deadly for other in tasks[number : number + ahead]):
                raise BrokenPoolError
            yield Outcome(task.image_id)

    return at_once


@given(
    count=st.integers(0, 25), deadly=st.sets(st.integers(0, 24)), ahead=st.integers(1, 6), spare=st.integers(0, 4),
)  # fmt: skip
def test_each_picture_has_one_outcome_whoever_dies_and_only_the_deadly_ones_fail(
    count: int, deadly: set[int], ahead: int, spare: int
) -> None:
    tasks, fatal = of_ids([f"p{n}" for n in range(count)]), [f"p{n}" for n in deadly]
    found = list(parallel.replacing_dead_workers(tasks, pool(fatal, ahead), BrokenPoolError, ahead + spare))
    assert sorted(outcome.image_id for outcome in found) == sorted(task.image_id for task in tasks)
    failed = {outcome.image_id: outcome.problem.key for outcome in found if outcome.problem}
    assert failed == {f"p{n}": "faces.worker_died" for n in deadly if n < count}


def test_what_is_done_before_a_death_comes_at_once_and_is_not_done_again() -> None:
    done: list[str] = []
    deadly = pool(["p3"], 1)

    def at_once(tasks: Sequence[Task]) -> Iterator[Outcome]:
        for outcome in deadly(tasks):
            done.append(outcome.image_id)
            yield outcome

    outcomes = parallel.replacing_dead_workers(of_ids([f"p{n}" for n in range(6)]), at_once, BrokenPoolError, 2)
    assert [next(outcomes).image_id for _ in range(3)] == ["p0", "p1", "p2"]
    assert [outcome.image_id for outcome in outcomes] == ["p3", "p4", "p5"]
    assert done == ["p0", "p1", "p2", "p4", "p5"]


def test_another_error_than_a_death_ends_the_run() -> None:
    def at_once(tasks: Sequence[Task]) -> Iterator[Outcome]:
        yield Outcome(tasks[0].image_id)
        raise PipelineError("faces.no_answer")

    outcomes = parallel.replacing_dead_workers(of_ids(["a", "b"]), at_once, BrokenPoolError, 1)
    assert next(outcomes).image_id == "a"
    with pytest.raises(PipelineError, match=r"faces\.no_answer"):
        next(outcomes)


# --- in this process -------------------------------------------------------------------------------------------------


def test_an_engine_starts_at_the_first_picture_that_is_looked_at_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []

    def start(engine: str) -> ColourDetector:
        started.append(engine)
        return ColourDetector()

    monkeypatch.setattr(face_engines, "make_detector", start)
    late = parallel._LazyDetector("mtcnn")
    assert started == []
    blank = drawn(size=(64, 64))
    assert late.detect(blank) == late.detect(blank, smallest_px=30) == []
    assert started == ["mtcnn"]


def test_pictures_whose_faces_are_known_start_no_engine(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    image_id = add(client, ONE)
    image_processor.process(client, settings=DEFAULTS, detector=ColourDetector())

    def start(engine: str) -> ColourDetector:
        raise AssertionError("an engine was started to cut anew")

    monkeypatch.setattr(face_engines, "make_detector", start)
    monkeypatch.setattr(parallel, "process_detector", parallel._LazyDetector)  # none of an earlier test
    task = face_update.task_of(client, client.record(image_id), DEFAULTS, detect=False)
    (client.processed / f"{image_id}.png").unlink()
    assert [outcome.problem for outcome in face_workers.outcomes([task], 1)] == [None]
    assert (client.processed / f"{image_id}.png").is_file()
    assert parallel.examine_here(task).quality is not None


def test_a_given_engine_looks_at_every_picture_here_however_many_workers_there_may_be(client: Client) -> None:
    tasks = [face_update.task_of(client, client.record(add(client, rgb)), DEFAULTS, detect=True) for rgb in (ONE, TWO, drawn())]
    detector = ColourDetector()
    found = list(face_workers.outcomes(tasks, 8, detector=detector))
    assert [outcome.image_id for outcome in found] == [task.image_id for task in tasks]
    assert [len(outcome.faces) for outcome in found] == [1, 2, 0]
    assert detector.calls >= 3


def test_without_a_task_nothing_is_started_whatever_it_would_be_spread_over() -> None:
    for spread in (face_workers.HERE, Spread("dask", "tcp://127.0.0.1:9")):
        assert list(face_workers.outcomes([], 4, spread=spread)) == []


def die_or_answer(task: Task, program: int) -> Outcome:
    """Stands in for a worker's task: one picture kills its process."""
    if task.image_id.endswith("dead"):
        os._exit(9)
    return Outcome(task.image_id)


@pytest.mark.slow
def test_a_worker_that_dies_costs_one_picture(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(worker_processes())
    monkeypatch.setattr(parallel, "_examine_in_worker", die_or_answer)
    record = client.record(add(client, ONE))
    first = face_update.task_of(client, record, DEFAULTS, detect=True)
    names = [f"real_{i:016x}" for i in range(9)]
    names.insert(2, "real_000000000000dead")
    tasks = [dataclasses.replace(first, image_id=name) for name in names]
    outcomes = {outcome.image_id: key_of(outcome.problem) for outcome in parallel.in_workers(tasks, 2)}
    assert outcomes == {name: "faces.worker_died" if name.endswith("dead") else "" for name in names}
    assert set(worker_processes()) <= before  # none stays behind


def worker_processes() -> list[psutil.Process]:
    """Return this program's worker processes. Asking loky for its pool would leave one behind that joblib cannot use."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if any("popen_loky" in part for part in child.cmdline())]


def start_worker() -> None:
    """Be a program with one worker; a minute is more than the test takes."""
    subprocess.Popen(child_command(be_a_worker))
    time.sleep(60)


def be_a_worker() -> None:
    parallel.PARENT_POLL_S = 0.1
    parallel._exit_with(os.getppid())
    print(os.getpid(), flush=True)
    time.sleep(60)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_workers_end_with_a_program_that_was_killed() -> None:
    parent = subprocess.Popen(child_command(start_worker), stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert psutil.pid_exists(pid)
        parent.kill()
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=10)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def interrupt_as_workers_load(heard: str) -> None:
    """Be a program whose Ctrl+C comes when its workers have just been started."""
    import joblib

    begin = joblib.Parallel.__call__

    def begun(pool: Any, tasks: Any) -> Any:
        results = begin(pool, tasks)
        time.sleep(0.05)  # until Python runs there
        os.killpg(0, signal.SIGINT)
        return results

    joblib.Parallel.__call__ = begun
    try:
        list(parallel.in_workers(of_ids([f"real_{i:016x}" for i in range(9)]), 2))
    except KeyboardInterrupt:
        gc.collect()
        Path(heard).write_text(str(len(worker_processes())), encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="a group of processes")
def test_ctrl_c_while_workers_load_leaves_neither_a_traceback_nor_a_worker(tmp_path: Path) -> None:
    command = child_command(interrupt_as_workers_load, tmp_path / "heard")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, start_new_session=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert (tmp_path / "heard").read_text(encoding="utf-8") == "0"


# --- other machines --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dask_scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Dask scheduler on loopback with two worker processes, each a process of its own."""
    distributed = pytest.importorskip("distributed", reason="the optional back end dask")
    place = tmp_path_factory.mktemp("dask")
    found = place / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"cwd": place, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(found)]
    processes = [subprocess.Popen([*dask, "scheduler", "--port", "0", *common], **quiet)]  # type: ignore[call-overload]
    try:
        deadline = time.monotonic() + 30
        while not found.is_file() and time.monotonic() < deadline:
            time.sleep(0.05)
        for number in range(2):
            worker = [*dask, "worker", "--nthreads", "1", "--no-nanny", "--name", str(number), *common]
            processes.append(subprocess.Popen(worker, **quiet))  # type: ignore[call-overload]
        connected: Any = distributed.Client
        with connected(scheduler_file=str(found), timeout=20, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=30)
            address = str(client.scheduler.address)
        yield address
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_two_dask_workers_do_what_this_machine_does(client: Client, dask_scheduler: str) -> None:
    bad = add(client, b"\x89PNG\r\n\x1a\n broken", "rota.png")
    others = [add(client, rgb) for rgb in (ONE, TWO, drawn())]
    report = image_processor.process(client, settings=DEFAULTS, spread=Spread("dask", dask_scheduler))
    assert [failure.image_id for failure in report.failed] == [bad]
    there = {image_id: client.record(image_id) for image_id in others}
    again = image_processor.process(client, settings=DEFAULTS, workers=1, force=True)
    assert again.done == 3
    for image_id, record in there.items():
        here = client.record(image_id)
        assert (here.faces, here.crop, here.quality) == (record.faces, record.crop, record.quality)


def says_nothing(task: Task, _program: int) -> Outcome:
    """Stands in for a machine that left while it worked: Dask says nothing."""
    time.sleep(4)
    return Outcome(task.image_id)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_machines_that_fall_silent_end_the_run_and_what_is_done_stays(
    client: Client, dask_scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = add(client, ONE)
    image_processor.process(client, settings=DEFAULTS, workers=1)
    add(client, TWO)
    monkeypatch.setattr(parallel, "SILENCE_S", 1)
    monkeypatch.setattr(parallel, "_examine_in_worker", says_nothing)
    with pytest.raises(PipelineError) as caught:
        image_processor.process(client, settings=DEFAULTS, spread=Spread("dask", dask_scheduler))
    assert caught.value.key == "faces.no_answer"
    assert client.record(done).quality is not None


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_dask_worker_without_the_shared_folder_is_named(client: Client, dask_scheduler: str) -> None:
    record = client.record(add(client, ONE))
    client.original(record).unlink()
    with pytest.raises(PipelineError) as caught:
        image_processor.process(client, settings=DEFAULTS, spread=Spread("dask", dask_scheduler))
    assert caught.value.key == "cluster.not_shared"
    assert str(caught.value.values["machines"]).count("127.0.0.1") == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "", "no address"])
def test_a_scheduler_that_cannot_be_reached_is_said_so(client: Client, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    pytest.importorskip("distributed", reason="the optional back end dask")
    monkeypatch.setattr(cluster, "CONNECT_S", 0.3)
    add(client, ONE)
    with pytest.raises(PipelineError) as caught:
        image_processor.process(client, settings=DEFAULTS, spread=Spread("dask", address))
    assert caught.value.key == "cluster.no_scheduler"
    assert client.record(client.records()[0].image_id).quality is None


NO_SCHEDULER: dict[str, bytes | None] = {
    "http": b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20, "0": b"\0" * 4096, "ff": b"\xff" * 4096, "end": b"", "silent": None,
}  # fmt: skip


@contextlib.contextmanager
def server_that_says(said: bytes | None) -> Iterator[str]:
    """The address of a server that says this to whoever connects, and hangs up; None: it says nothing, and stays."""
    open_ones: list[socket.socket] = []

    def answer(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                open_ones.append(connection)
                if said is not None:
                    connection.sendall(said)
                    connection.shutdown(socket.SHUT_WR)

    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=answer, args=(server,), daemon=True)
        answering.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with contextlib.suppress(OSError):  # wakes accept(), which closing alone leaves waiting for one more
            server.shutdown(socket.SHUT_RDWR)
        answering.join()
    for connection in open_ones:
        connection.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("said", NO_SCHEDULER.values(), ids=NO_SCHEDULER)
def test_a_server_that_is_no_scheduler_is_said_so(
    client: Client, monkeypatch: pytest.MonkeyPatch, said: bytes | None
) -> None:  # fmt: skip
    pytest.importorskip("distributed", reason="the optional back end dask")
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    add(client, ONE)
    with server_that_says(said) as address, pytest.raises(PipelineError) as caught:
        image_processor.process(client, settings=DEFAULTS, spread=Spread("dask", address))
    assert caught.value.key == "cluster.no_scheduler"


class CollectingLock:
    """Dask's lock, under which garbage happens to be collected: what may come at any moment comes here each time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()
        gc.collect()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("said", NO_SCHEDULER.values(), ids=NO_SCHEDULER)
def test_after_an_address_that_was_wrong_the_right_one_connects_in_the_same_process(
    dask_scheduler: str, monkeypatch: pytest.MonkeyPatch, said: bytes | None
) -> None:  # fmt: skip
    """A Dask client that failed is closed when it is collected, under the lock that the next one may hold: for ever."""
    import distributed

    monkeypatch.setattr(distributed.utils.LoopRunner, "_lock", CollectingLock())
    gc.disable()  # what is left is there still when the second try begins
    try:
        with monkeypatch.context() as patch, server_that_says(said) as address, pytest.raises(PipelineError):
            patch.setattr(cluster, "CONNECT_S", 0.5)
            with cluster.connected(address):
                pass
        with cluster.connected(dask_scheduler) as client:
            assert len(client.nthreads()) == 2
    finally:
        gc.enable()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_address_of_a_worker_is_no_schedulers(dask_scheduler: str) -> None:
    with cluster.connected(dask_scheduler) as client:
        worker = next(iter(client.nthreads()))
    with pytest.raises(PipelineError) as caught, cluster.connected(worker):
        pass
    assert caught.value.key == "cluster.no_scheduler"


@pytest.mark.parametrize(("backend", "module"), [("dask", "distributed")])
def test_a_back_end_that_is_not_installed_says_how_to_get_it(
    client: Client, monkeypatch: pytest.MonkeyPatch, backend: parallel.Backend, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    add(client, ONE)
    with pytest.raises(PipelineError) as caught:
        image_processor.process(client, settings=DEFAULTS, spread=Spread(backend, "tcp://127.0.0.1:9"))
    assert caught.value.key == "cluster.not_installed"
    assert str(caught.value.values["command"]).endswith(f"-m pip install {module}")


class Cluster:
    """Stands in for a Dask client: which files its scheduler and its machines can see."""

    def __init__(self, machines: dict[str, set[str]], scheduler: set[str]) -> None:
        self.machines, self.scheduler = machines, scheduler
        self.told: list[str] = []

    def run_on_scheduler(self, what: Any, argument: str) -> bool | None:
        if what is os.path.isfile:
            return argument in self.scheduler
        self.told.append(argument)
        return None

    def run(self, what: Any, *arguments: str) -> dict[str, bool]:
        if what is os.path.isfile:
            return {name: arguments[0] in seen for name, seen in self.machines.items()}
        self.told += arguments or (what.__name__,)
        return {}


PROGRAM = str(PROGRAM_DIR / "avatar" / "system" / "cluster.py")


@pytest.mark.parametrize(
    ("machines", "scheduler", "key", "named"),
    [
        ({"m1": {PROGRAM, "x"}, "m2": {PROGRAM, "x"}}, {PROGRAM}, "", ""),
        ({}, {PROGRAM}, "cluster.no_machines", "tcp://s"),
        ({"m1": {PROGRAM, "x"}}, set(), "cluster.not_shared", "tcp://s"),
        ({"m2": {PROGRAM, "x"}, "m3": {"x"}, "m1": set()}, {PROGRAM}, "cluster.not_shared", "m1, m3"),
        ({"m1": {PROGRAM}, "m2": {PROGRAM, "x"}}, {PROGRAM}, "cluster.not_shared", "m1"),
    ],
)
def test_machines_that_see_no_program_or_no_picture_are_named_before_anything_is_sent(
    machines: dict[str, set[str]], scheduler: set[str], key: str, named: str
) -> None:
    client, task = Cluster(machines, scheduler), of_ids(["p0"])[0]
    if not key:
        assert cluster.prepared(client, "tcp://s", [task.original]) == sorted(machines)
        assert client.told == [str(PROGRAM_DIR), str(PROGRAM_DIR), "prepare"]  # scheduler, workers; no telemetry there
        return
    with pytest.raises(PipelineError) as caught:
        cluster.prepared(client, "tcp://s", [task.original])
    assert caught.value.key == key
    assert named in caught.value.values.values()
    for language in translate.LANGUAGES:
        assert named in translate.text(key, language, **caught.value.values)


def test_nothing_to_do_asks_for_no_cluster(client: Client) -> None:
    report = image_processor.process(client, settings=DEFAULTS, spread=Spread("dask", "tcp://127.0.0.1:9"))
    assert report.done == 0
