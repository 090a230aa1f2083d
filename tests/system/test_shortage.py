"""What the computer is short of, asked before a stage begins."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from avatar.system import shortage
from avatar.texts.text import PipelineError
from tests.children import child_command


def require_with_limit(soft: str, hard: str) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (int(soft), int(hard)))
    try:
        shortage.require()
        print("enough")
    except PipelineError as error:
        print(error.key)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize(("soft", "hard", "said"), [(20, 20, "system.few_files"), (20, 4096, "enough")])
def test_few_open_files_are_told_unless_the_programs_own_limit_can_be_raised(soft: int, hard: int, said: str) -> None:
    command = child_command(require_with_limit, str(soft), str(hard))
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert (done.stdout.strip(), done.stderr) == (said, "")


def test_threads_that_cannot_be_started_are_told_and_those_that_were_have_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    before, real = threading.active_count(), threading.Thread.start
    started: list[threading.Thread] = []

    def few(thread: threading.Thread) -> None:
        if len(started) == 9:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", few)
    with pytest.raises(PipelineError, match=r"system\.few_threads"):
        shortage.require()
    assert len(started) == 9 and threading.active_count() == before


def test_what_was_opened_to_try_is_closed_again() -> None:
    first = os.open(os.devnull, os.O_RDONLY)
    os.close(first)
    shortage.require()
    again = os.open(os.devnull, os.O_RDONLY)
    os.close(again)
    assert first == again
