"""Workers: how many, what a dead one costs, and the same work on a real Dask scheduler with two workers."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import face_workers
import image_processor
from face_crops import Outcome, Task
from face_workers import Spread
from tests.test_image_processor import DEFAULTS, ONE, TWO, add, drawn
from utils import PipelineError
from workspace import Client

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


def die_or_answer(task: Task, program: int) -> Outcome:
    """Stands in for a worker's task: one picture kills its process."""
    if task.image_id.endswith("dead"):
        os._exit(9)
    return Outcome(task.image_id)


@pytest.mark.slow
def test_a_worker_that_dies_costs_one_picture(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    import joblib.externals.loky

    monkeypatch.setattr(face_workers, "_examine_in_worker", die_or_answer)
    record = client.record(add(client, ONE))
    first = image_processor._task(client, record, DEFAULTS, detect=True)
    names = [f"real_{i:016x}" for i in range(9)]
    names.insert(2, "real_000000000000dead")
    tasks = [dataclasses.replace(first, image_id=name) for name in names]
    outcomes = {outcome.image_id: outcome.key for outcome in face_workers._in_workers(tasks, 2)}
    assert outcomes == {name: "faces.worker_died" if name.endswith("dead") else "" for name in names}
    assert not joblib.externals.loky.get_reusable_executor()._processes  # none stays behind


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_workers_end_with_a_program_that_was_killed() -> None:
    worker = (
        "import sys, os, time; sys.path.insert(0, sys.argv[1]); import face_workers\n"
        "face_workers.PARENT_POLL_S = 0.1\n"
        "face_workers._leave_with(os.getppid()); print(os.getpid(), flush=True); time.sleep(60)"
    )
    program = "import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]]); time.sleep(60)"
    root = str(Path(face_workers.__file__).parent)
    parent = subprocess.Popen([sys.executable, "-c", program, root, worker], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert psutil.pid_exists(pid)
        parent.kill()
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=10)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


# --- other machines --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dask_scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Dask scheduler on loopback with two worker processes, each a process of its own."""
    pytest.importorskip("distributed", reason="the optional back end dask")
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
        import distributed

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
    monkeypatch.setattr(face_workers, "SILENCE_S", 1)
    monkeypatch.setattr(face_workers, "_examine_in_worker", says_nothing)
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
    assert caught.value.key == "faces.not_shared"
    assert str(caught.value.values["machines"]).count("127.0.0.1") == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "", "no address"])
def test_a_scheduler_that_cannot_be_reached_is_said_so(client: Client, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    pytest.importorskip("distributed", reason="the optional back end dask")
    monkeypatch.setattr(face_workers, "CONNECT_S", 0.3)
    add(client, ONE)
    with pytest.raises(PipelineError) as caught:
        image_processor.process(client, settings=DEFAULTS, spread=Spread("dask", address))
    assert caught.value.key == "faces.no_scheduler"
    assert client.record(client.records()[0].image_id).quality is None


@pytest.mark.parametrize(("backend", "module"), [("dask", "distributed"), ("ray", "ray")])
def test_a_back_end_that_is_not_installed_says_how_to_get_it(
    client: Client, monkeypatch: pytest.MonkeyPatch, backend: face_workers.Backend, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    add(client, ONE)
    with pytest.raises(PipelineError) as caught:
        image_processor.process(client, settings=DEFAULTS, spread=Spread(backend, "tcp://127.0.0.1:9"))
    assert caught.value.key == "faces.no_backend"
    assert str(caught.value.values["command"]).endswith(f"-m pip install {module}")


def test_nothing_to_do_asks_for_no_cluster(client: Client) -> None:
    report = image_processor.process(client, settings=DEFAULTS, spread=Spread("dask", "tcp://127.0.0.1:9"))
    assert report.done == 0
