"""Every command that a text tells, run on a client that is trained: whatever it answers, it is an answer."""

from __future__ import annotations

import json

import pytest

from avatar.workspace.client import Client
from tests import told_commands
from tests.computer import call

# These start what stays or goes to the internet: tests of their own.
ELSEWHERE = {"dashboard", "demo", "setup --trainer"}


def test_no_command_that_a_text_tells_is_refused_as_wrong_usage_or_ends_in_a_bug(
    computer: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.chdir(computer.folder.parents[1])
    call(computer, "configure", "ana", "--gpu", "rtx3060_12gb", "--set", "steps=4", "save_every_n_steps=2")
    assert call(computer, "train", "ana") == 0
    typed = {tuple(told_commands.as_typed(command)) for _, command in told_commands.in_texts()}
    run = [words for words in sorted(typed) if not any(" ".join(words).startswith(name) for name in ELSEWHERE)]
    assert len(run) >= 100
    wrong = []
    for words in run:
        capsys.readouterr()
        code = call(computer, *words, "--json")
        answer = json.loads(capsys.readouterr().out.splitlines()[-1])
        if code not in {0, 1} or "ID" in (answer["error"] or {"message": ""})["message"].split():
            wrong.append((words, code, answer["error"]))
    assert wrong == []
