"""A child that is told lines: it answers, ends at the end of its input, and is ended with all that it started."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from avatar.system import child, process_tree
from avatar.system.dialogue import Dialogue
from tests.children import child_command
from tests.places import ROOT

WAIT_S = 30


def echo() -> None:
    """Answer every line, with a progress bar before it; say "end" at the end of the input."""
    print("ready", flush=True)
    for line in sys.stdin:
        sys.stderr.write("\r 50%\r100%\n")
        sys.stderr.flush()
        print(f"heard {line.strip()}", flush=True)
    print("end", flush=True)


def sleep_deaf(folder: str) -> None:
    """Ignore what asks to end, with a child that does so too; write that one's process id to a file."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    second = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    Path(folder, "pid").write_text(f"{second.pid}", encoding="ascii")
    print("ready", flush=True)
    time.sleep(60)


def started(function: Callable[..., None], *arguments: str) -> Dialogue:
    command = child_command(function, *arguments)
    talk = Dialogue(command, cwd=ROOT, environment=child.child_environment())
    assert talk.next_line(WAIT_S) == "ready"
    return talk


def test_it_answers_and_ends_by_itself_at_the_end_of_its_input() -> None:
    talk = started(echo)
    talk.tell("añ b")
    heard = []
    while "heard añ b" not in heard:
        heard.append(talk.next_line(WAIT_S))
    assert [line.strip() for line in heard if line and line.strip()] == ["50%", "100%", "heard añ b"]
    with pytest.raises(queue.Empty):
        talk.next_line(0.05)
    begun = time.monotonic()
    talk.close(grace_s=WAIT_S)
    assert talk.next_line(WAIT_S) == "end" and talk.next_line(1) is None and talk.next_line(1) is None
    assert talk.code() == 0 and not talk.running and time.monotonic() - begun < WAIT_S / 2


def test_one_that_is_gone_does_not_hear_and_does_not_fail() -> None:
    talk = started(echo)
    talk.stop(grace_s=5)
    talk.tell("anyone?")
    talk.close(grace_s=1)
    assert talk.code() not in (None, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_one_that_does_not_want_to_end_is_killed_with_its_children(tmp_path: Path) -> None:
    talk = started(sleep_deaf, str(tmp_path))
    begun = time.monotonic()
    talk.close(grace_s=0.3)
    assert talk.code() == -signal.SIGKILL and time.monotonic() - begun < 10
    second = int((tmp_path / "pid").read_text(encoding="ascii"))
    while process_tree.start_time(second) is not None and time.monotonic() - begun < 10:
        time.sleep(0.05)  # it may be dying still
    assert process_tree.start_time(second) is None


def test_what_cannot_start_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        Dialogue([str(tmp_path / "absent")], cwd=ROOT, environment={})
