"""A trial that another program draws, as who looks on sees it: how far it is, how long it takes, what is measured so far."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import utils
from avatar.reports import trial_live
from avatar.results import likeness, looks, trial, trial_make
from avatar.texts.text import PipelineError
from avatar.workspace import lines
from avatar.workspace.client import Client
from config import Settings
from tests.results import finished, made
from tests.results.test_likeness import SIX, Eyes, saved

ROUNDS = [{"round": 0, "candidates": ["base@0"], "seeds": [42]},
          {"round": 1, "candidates": ["1000@0.6", "1200@0.6"], "seeds": [42]}]  # fmt: skip


@pytest.fixture
def eyes(monkeypatch: pytest.MonkeyPatch) -> Eyes:
    return Eyes(monkeypatch)


def begun(client: Client, done: int, failed: int = 0, trial_id: str = "20260101-120000", **changes: Any) -> Path:
    """Return the folder of a trial of 6 pictures of which the first ones are drawn, 2 s each, and the next ones failed."""
    one = made.trial(trial_id=trial_id, rounds=ROUNDS, weights=["0.6"], **changes)
    folder = trial.trials_folder(client) / trial_id
    trial.write(folder, one)
    file = trial.LineFile(folder)
    for number, job in enumerate(trial_make.jobs_of(one)[: done + failed]):
        name, state = job.request.picture_id, "done" if number < done else "failed"
        if state == "done":
            (folder / f"{name}.png").write_bytes(finished.png(number))
        file.add(
            made.line(
                name, candidate=job.candidate, prompt=job.prompt, round=job.round, state=state, seconds=2.0,
                file=f"{name}.png" if state == "done" else "",
            )
        )  # fmt: skip
    return folder


def test_a_trial_at_work_says_how_far_it_is_and_how_long_it_takes(client: Client) -> None:
    folder = begun(client, 3, failed=1, backend={"kind": "comfyui", "address": "http://a, http://b", "version": "1"})
    assert not trial_live.standing(client, folder, Settings()).drawing
    with trial_make.lock(client):
        found = trial_live.standing(client, folder, Settings())
    assert (found.drawing, found.done, found.failed, found.total) == (True, 3, 1, 6)
    assert found.left_s == 2 * 2.0 / 2  # two pictures, by two machines
    assert trial_live.standing(client, folder, Settings()).left_s is None


def test_a_note_that_a_killed_program_left_is_no_drawing(client: Client) -> None:
    begun(client, 1)
    note = trial.trials_folder(client) / ".lock.json"
    for pid, since in [(2**22 + 5, utils.now()), (os.getpid(), "2001-01-01T00:00:00+00:00"), (os.getpid(), "soon"), ("?", 1)]:
        utils.write_json(note, {"pid": pid, "since": since})
        assert not trial_make.being_drawn(client)
    utils.write_json(note, {"pid": os.getpid(), "since": utils.now()})
    assert trial_make.being_drawn(client)


def test_the_trial_at_work_is_the_one_written_last_even_if_it_is_an_older_one(client: Client) -> None:
    older, newer = begun(client, 1), begun(client, 1, trial_id="20260102-120000")
    os.utime(older / trial.LINES_FILE, ns=(2**61, 2**61))
    assert trial_live.at_work(client) == older
    with trial_make.lock(client):
        assert [trial_live.standing(client, folder, Settings()).drawing for folder in (older, newer)] == [True, False]


def test_nothing_is_measured_for_who_looks_on_and_what_was_is_shown(client: Client, eyes: Eyes) -> None:
    saved(client, SIX)
    folder = begun(client, 5)
    found = trial_live.standing(client, folder, Settings())
    assert (found.unmeasured, found.view.scores, eyes.asked) == (5, None, [])
    likeness.of_trial(client, folder, Settings())
    asked = len(eyes.asked)
    found = trial_live.standing(client, folder, Settings())
    assert found.unmeasured == 0 and found.view.ranking is not None and len(found.view.places) == 2
    rows = list(lines.read(folder / looks.LOOKS_FILE))
    (folder / looks.LOOKS_FILE).write_text("")
    lines.add(folder / looks.LOOKS_FILE, rows[:3])
    found = trial_live.standing(client, folder, Settings())
    assert found.unmeasured == 2 and found.view.scores is not None and len(found.view.scores.pictures) == 3
    (client.samples / "trials" / looks.LOOKS_FILE).unlink()  # what likeness is compared with would be looked at first
    found = trial_live.standing(client, folder, Settings())
    assert (found.unmeasured, found.view.scores) == (5, None)
    assert len(eyes.asked) == asked


def test_a_trial_whose_record_is_damaged_says_so(client: Client) -> None:
    folder = begun(client, 1)
    (folder / trial.TRIAL_FILE).write_text('{"version": 1}')
    with pytest.raises(PipelineError, match=r"trial\.invalid"):
        trial_live.standing(client, folder, Settings())
