"""Child processes: real ones, that print, hang, ignore signals and have children of their own."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from avatar.system import child as system_child
from avatar.system import process_tree


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_lines_come_one_by_one_whatever_ends_them() -> None:
    lines: list[str] = []
    code = (
        r"import sys; sys.stdout.buffer.write('stdøut 1\r50%\r100%\nfin ñ\r\n学習\n'.encode()); sys.stdout.flush();"
        r"sys.stderr.write('err\n')"
    )
    result = system_child.run_streaming(python(code), on_line=lines.append)
    assert result.code == 0 and not result.cancelled
    assert [line for line in lines if line] == ["stdøut 1", "50%", "100%", "fin ñ", "学習", "err"]
    assert result.tail == tuple(lines)


def test_the_exit_code_is_the_childs() -> None:
    assert system_child.run_streaming(python("raise SystemExit(3)"), on_line=lambda line: None).code == 3


def test_a_command_that_is_not_there_raises() -> None:
    with pytest.raises(OSError):
        system_child.run_streaming(["/no/such/program"], on_line=lambda line: None)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_cancelling_ends_a_child_that_ignores_sigint_and_its_own_child_too() -> None:
    grandchild = "import signal,time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('deep', flush=True); time.sleep(60)"
    code = (
        "import signal,subprocess,sys; signal.signal(signal.SIGINT, signal.SIG_IGN);"
        f"p = subprocess.Popen([sys.executable, '-c', {grandchild!r}]); print(p.pid, flush=True); p.wait()"
    )
    cancel = threading.Event()
    lines: list[str] = []

    def on_line(line: str) -> None:
        lines.append(line)
        if "deep" in lines:
            cancel.set()

    started = time.monotonic()
    result = system_child.run_streaming(python(code), on_line=on_line, cancel=cancel, grace_s=0.5)
    assert result.cancelled and result.code < 0
    assert time.monotonic() - started < 30
    pid = int(next(line for line in lines if line.isdigit()))
    for _ in range(50):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.1)
    else:
        pytest.fail("the grandchild lives on")


def test_an_error_in_the_callback_leaves_no_child_behind() -> None:
    pids: list[int] = []

    def on_line(line: str) -> None:
        raise RuntimeError("screen gone")

    with pytest.raises(RuntimeError):
        system_child.run_streaming(
            python("import time; print(1, flush=True); time.sleep(60)"), on_line=on_line, on_start=pids.append, grace_s=0.5
        )
    assert not psutil.pid_exists(pids[0]) or psutil.Process(pids[0]).status() == psutil.STATUS_ZOMBIE


def test_the_childs_environment_is_utf8_unbuffered_and_free_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/ours")
    monkeypatch.setenv("VIRTUAL_ENV", "/ours")
    monkeypatch.setenv("HF_TOKEN", "kept")
    found = system_child.child_environment({"EXTRA": "1"})
    assert "PYTHONPATH" not in found and "VIRTUAL_ENV" not in found
    assert (found["PYTHONUTF8"], found["PYTHONUNBUFFERED"], found["COLUMNS"]) == ("1", "1", "200")
    assert (found["EXTRA"], found["HF_TOKEN"]) == ("1", "kept")
    assert found["PATH"] == os.environ["PATH"]


def test_a_quiet_run_gives_code_and_text_and_survives_what_is_missing(tmp_path: Path) -> None:
    assert system_child.run_quiet(python("print('hola'); raise SystemExit(4)"), timeout_s=30, cwd=tmp_path) == (4, "hola\n")
    assert system_child.run_quiet(["/no/such/program"], timeout_s=5)[0] is None
    code, text = system_child.run_quiet(python("import time; time.sleep(60)"), timeout_s=0.5)
    assert code is None and "0.5" in text


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_second_ctrl_c_cannot_break_the_stopping_off(monkeypatch: pytest.MonkeyPatch) -> None:
    stubborn = "import signal,time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    cancel = threading.Event()
    waits = iter([KeyboardInterrupt, KeyboardInterrupt])
    real_get = queue.Queue.get

    def impatient(self: queue.Queue[object], *args: object, **options: object) -> object:
        if cancel.is_set() and (error := next(waits, None)):
            raise error
        return real_get(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(queue.Queue, "get", impatient)
    result = system_child.run_streaming(python(stubborn), on_line=lambda line: cancel.set(), cancel=cancel, grace_s=0.5)
    assert result.cancelled and result.code < 0
    assert next(waits, None) is None


# --- children that may outlive us -----------------------------------------------------------------------------------


LOUD = (
    "import sys,time; print('uno', flush=True); sys.stderr.write('50%\\r100%\\r\\nfin ñ'); sys.stderr.flush(); time.sleep({s})"
)


def start(code: str, folder: Path) -> subprocess.Popen[bytes]:
    return system_child.start_logged(python(code), folder / "log", cwd=folder, environment=system_child.child_environment())


def test_a_logged_child_writes_its_log_itself(tmp_path: Path) -> None:
    child = start(LOUD.format(s=0), tmp_path)
    assert child.wait(timeout=30) == 0
    with contextlib.closing(system_child.Tail(tmp_path / "log")) as tail:
        assert [line for line in tail.lines() if line] == ["uno", "50%", "100%"]
        assert (tail.lines(), tail.rest(), tail.rest()) == ([], "fin ñ", "")


def test_lines_of_a_growing_file_come_whole_whatever_is_split(tmp_path: Path) -> None:
    content = "a\r\nñandú\rsteps 1/4\r\n\nfin".encode()
    with (tmp_path / "log").open("wb", buffering=0) as file, contextlib.closing(system_child.Tail(tmp_path / "log")) as tail:
        found: list[str] = []
        for byte in content:
            file.write(bytes([byte]))
            found += tail.lines()
        assert [line for line in found if line] == ["a", "ñandú", "steps 1/4"]
        assert tail.unfinished == "fin"
        assert tail.rest() == "fin"


def test_a_family_is_found_and_ended_also_without_its_head(tmp_path: Path) -> None:
    inner = "import time; print('deep', flush=True); time.sleep(60)"
    code = f"import subprocess,sys; subprocess.Popen([sys.executable, '-c', {inner!r}]).wait()"
    child = start(code, tmp_path)
    born = process_tree.start_time(child.pid)
    assert born is not None and process_tree.is_running(child.pid, born)
    for _ in range(200):
        if "deep" in (tmp_path / "log").read_text(encoding="utf-8"):
            break
        time.sleep(0.05)
    members = process_tree.process_tree(child.pid, born)
    assert len(members) >= 2 and members[0].pid == child.pid  # more on Windows, where a venv's python starts the real one
    if sys.platform != "win32":
        child.kill()
        child.wait()
        assert [one.pid for one in process_tree.process_tree(child.pid, born)] == [one.pid for one in members[1:]]
    process_tree.end_tree(child.pid, born, 1)
    child.wait(timeout=30)
    assert process_tree.process_tree(child.pid, born) == [] and not process_tree.is_alive(members[-1])


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ending_insists_and_leaves_the_exit_code_to_its_parent(tmp_path: Path) -> None:
    deaf = "import signal,time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    child = start(deaf, tmp_path)
    born = process_tree.start_time(child.pid)
    assert born is not None
    while not (tmp_path / "log").stat().st_size:
        time.sleep(0.02)
    process_tree.end_tree(child.pid, born, 0.5)
    assert child.wait(timeout=10) == -15


def test_a_number_that_is_anothers_now_is_never_touched() -> None:
    own = os.getpid()
    assert process_tree.is_running(own, process_tree.start_time(own) or 0.0)
    assert not process_tree.is_running(own, 1.0)
    assert process_tree.process_tree(own, 1.0) == []
    process_tree.end_tree(own, 1.0, 0.1)  # this test would not end


def started(log: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a Python that waits, with these words after its program, and return it once it waits."""
    code = python("import time; print(1, flush=True); time.sleep(60)")
    child = system_child.start_logged([*code, *words], log, cwd=log.parent, environment=system_child.child_environment())
    while not log.stat().st_size:
        time.sleep(0.02)
    return child


def test_a_process_is_found_by_the_words_it_was_started_with_and_no_other(tmp_path: Path) -> None:
    words = ["train.py", "--output_dir", str(tmp_path / "carpeta ñ")]
    before = time.time()
    child = started(tmp_path / "log", *words)
    longer = started(tmp_path / "log2", *words, "more")
    ((pid, born),) = process_tree.running(words, before)
    assert pid == child.pid and process_tree.is_running(pid, born)
    assert process_tree.running(words, time.time() + 60) == []  # it began before
    assert process_tree.running(words[1:], before) == [(pid, born)]
    process_tree.end_tree(pid, born, 1)
    child.wait(timeout=30)
    assert process_tree.running(words, before) == []
    longer.kill()
    longer.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="daemons of POSIX")
def test_a_child_that_made_itself_a_daemon_ends_with_its_family(tmp_path: Path) -> None:
    daemon = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)\n"
        "    os._exit(0)\n"
        "os.wait(); print(1, flush=True); time.sleep(60)"
    )
    note = tmp_path / "pid"
    command = [*python(daemon), str(note)]
    child = system_child.start_logged(command, tmp_path / "log", cwd=tmp_path, environment=system_child.child_environment())
    while not (note.is_file() and note.read_text(encoding="ascii")):
        time.sleep(0.02)
    number = int(note.read_text(encoding="ascii"))
    born = process_tree.start_time(child.pid)
    assert born is not None and psutil.Process(number).ppid() != child.pid
    process_tree.end_tree(child.pid, born, 2)
    child.wait(timeout=30)
    assert process_tree.start_time(number) is None


# --- the edges -------------------------------------------------------------------------------------------------------


def test_a_childs_environment_is_ours_with_what_is_added_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", "/models ñ")
    monkeypatch.setenv("COLUMNS", "40")
    found = system_child.child_environment({"COLUMNS": "99", "HF_HUB_OFFLINE": "1"})
    assert (found["HF_HOME"], found["COLUMNS"], found["HF_HUB_OFFLINE"]) == ("/models ñ", "99", "1")
    assert system_child.child_environment()["COLUMNS"] == "200"  # paths are not broken over lines
    assert os.environ["COLUMNS"] == "40"


def test_a_child_runs_where_and_with_what_it_is_told_and_is_named_at_its_start(tmp_path: Path) -> None:
    folder = tmp_path / "carpeta ñ"
    folder.mkdir()
    code = "import os; print(os.getcwd()); print(os.environ.get('WORD')); print(os.getpid())"
    lines: list[str] = []
    started: list[int] = []
    environment = system_child.child_environment({"WORD": "año"})
    system_child.run_streaming(python(code), on_line=lines.append, cwd=folder, environment=environment, on_start=started.append)
    assert lines[:2] == [str(folder), "año"]
    assert sys.platform == "win32" or lines[2] == str(started[0])
    code_of_it, text = system_child.run_quiet(python(code), timeout_s=30, cwd=folder, environment=environment)
    assert code_of_it == 0 and text.splitlines()[:2] == [str(folder), "año"]


@pytest.mark.parametrize("more", [0, 1])
def test_of_a_talkative_child_the_last_lines_are_kept(more: int) -> None:
    count = system_child.TAIL_LINES + more
    result = system_child.run_streaming(python(f"for n in range({count}): print(n)"), on_line=lambda line: None)
    assert result.tail == tuple(str(number) for number in range(more, count))


def test_a_quiet_run_gives_both_streams_and_takes_bytes_that_are_no_text() -> None:
    code = "import sys; sys.stderr.write('fin'); sys.stdout.buffer.write(b'a\\xffo\\n'); sys.exit(3)"
    assert system_child.run_quiet(python(code), timeout_s=30) == (3, "a\N{REPLACEMENT CHARACTER}o\nfin")


def test_a_child_that_asks_gets_the_end_of_input() -> None:
    code, text = system_child.run_quiet(python("input('name? ')"), timeout_s=30)
    assert code == 1 and "EOFError" in text


def test_a_log_is_added_to_and_never_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"before\n")
    assert start("print('after')", tmp_path).wait(timeout=30) == 0
    assert (tmp_path / "log").read_text(encoding="utf-8").splitlines() == ["before", "after"]


def test_a_long_log_comes_in_pieces_none_of_which_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_child, "READ_BYTES", 7)
    lines = [f"línea {number} ñ" for number in range(50)]
    (tmp_path / "log").write_text("\n".join(lines), encoding="utf-8")
    found: list[str] = []
    with contextlib.closing(system_child.Tail(tmp_path / "log")) as tail:
        while piece := tail.lines():
            found += [line for line in piece if line]
        assert [*found, tail.rest()] == lines


def test_a_line_without_an_end_takes_no_more_memory_than_another(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as file:
        for _ in range(40):
            file.write(b"x" * system_child.READ_BYTES)
        file.write(b"\nfin")
    with contextlib.closing(system_child.Tail(tmp_path / "log")) as tail:
        while piece := tail.lines():
            assert max(len(line) for line in [*piece, tail.unfinished]) <= system_child.LINE_LIMIT
        assert tail.rest() == "fin"


def test_what_was_not_read_can_be_passed_over(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"".join(b"line %d\n" % number for number in range(10_000)))
    with contextlib.closing(system_child.Tail(tmp_path / "log")) as tail:
        assert tail.position == 0 and tail.behind > 90_000
        tail.skip_to_last(20)
        assert tail.lines() == ["line 9998", "line 9999"] and tail.behind == 0
        tail.restart()
        assert tail.lines()[0] == "line 0"


def test_a_family_that_takes_long_to_end_leaves_time_for_other_things(tmp_path: Path) -> None:
    calls: list[int] = []
    child = start(
        "import signal,time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True); time.sleep(60)", tmp_path
    )
    while not (tmp_path / "log").read_bytes():
        time.sleep(0.02)
    born = process_tree.start_time(child.pid)
    assert born is not None
    process_tree.end_tree(child.pid, born, 0.3, lambda: calls.append(1))
    child.wait(timeout=10)
    assert calls


def test_bytes_that_are_no_text_cost_themselves_alone(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"a\xffo\nfin\xc3")  # half a letter at the end
    with contextlib.closing(system_child.Tail(tmp_path / "log")) as tail:
        assert tail.lines() == ["a\N{REPLACEMENT CHARACTER}o"]
        assert tail.unfinished == "fin"
        assert tail.rest() == "fin\N{REPLACEMENT CHARACTER}"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no dead processes")
def test_a_dead_child_that_nobody_has_collected_runs_no_more(tmp_path: Path) -> None:
    child = start("pass", tmp_path)
    process = psutil.Process(child.pid)
    born = process.create_time()
    for _ in range(500):
        if process.status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.01)
    assert process_tree.start_time(child.pid) is None and not process_tree.is_running(child.pid, born)
    assert not process_tree.is_alive(process) and process_tree.process_tree(child.pid, born) == []
    assert child.wait(timeout=10) == 0  # the exit code is still its parent's
    assert not process_tree.is_alive(process)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("deaf_to", "code"), [("", -signal.SIGINT), ("SIGINT", -signal.SIGTERM), ("SIGINT SIGTERM", -signal.SIGKILL)]
)
def test_ending_asks_then_insists_then_forces(tmp_path: Path, deaf_to: str, code: int) -> None:
    ignoring = "".join(f"signal.signal(signal.{name}, signal.SIG_IGN);" for name in deaf_to.split())
    hearing = "" if deaf_to else "signal.signal(signal.SIGINT, signal.SIG_DFL);"
    child = start(f"import signal,time; {ignoring}{hearing} print(1, flush=True); time.sleep(60)", tmp_path)
    born = process_tree.start_time(child.pid)
    assert born is not None
    while not (tmp_path / "log").stat().st_size:
        time.sleep(0.02)
    process_tree.end_tree(child.pid, born, 0.3)
    assert child.wait(timeout=10) == code


@pytest.mark.parametrize(("off_by", "same"), [(0.0, True), (1.9, True), (-1.9, True), (2.1, False), (-2.1, False)])
def test_a_birth_may_be_off_by_what_a_boot_time_is_rounded_by(off_by: float, same: bool) -> None:
    own = os.getpid()
    born = process_tree.start_time(own)
    assert born is not None
    assert process_tree.is_running(own, born + off_by) is same
    assert (own in [one.pid for one in process_tree.process_tree(own, born + off_by)]) is same


@dataclass
class Listed:
    """A process as psutil lists it."""

    pid: int
    info: dict[str, object]


def test_an_older_process_whose_parent_had_the_same_number_is_no_member(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a process keeps the number of its parent after the parent ended and the number went to another process."""
    own = os.getpid()
    born = process_tree.start_time(own)
    assert born is not None
    older, child_of_older, child = 1 << 30, (1 << 30) + 1, (1 << 30) + 2  # numbers that no process has

    def listed(pid: int, parent: int, age_s: float) -> Listed:
        return Listed(pid, {"ppid": parent, "create_time": born - age_s, "status": psutil.STATUS_RUNNING})

    everyone = [listed(older, own, 60), listed(child_of_older, older, -1), listed(child, own, -1)]
    monkeypatch.setattr(psutil, "process_iter", lambda attrs: everyone)
    assert [one.pid for one in process_tree.process_tree(own, born)] == [child]
