"""A trial on disk: the identity of a picture, the record and its lines."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from avatar.generate.backend import Request
from avatar.results import trial
from avatar.results.trial import picture_id
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from tests.results import made

REQUEST = Request(
    picture_id="", model="ab" * 32, weight="0.8", prompt="portrait of ana", negative="", seed=1, steps=25, cfg=7.0,
    sampler="euler_a", scheduler="normal", width=1024, height=1024,
)  # fmt: skip


def _id(request: Request = REQUEST, **other: Any) -> str:
    values: dict[str, Any] = {"base_sha256": "cd" * 32, "vae": "", "backend": "trainer", **other}
    return picture_id(request, **values)


def test_everything_that_changes_a_picture_changes_its_identity() -> None:
    changes: dict[str, Any] = {
        "model": None, "weight": "0.80", "prompt": "portrait of ñ", "negative": "blurred", "seed": 2, "steps": 26, "cfg": 6.5,
        "sampler": "euler", "scheduler": "karras", "width": 960, "height": 960,
    }  # fmt: skip
    ids = {_id(dataclasses.replace(REQUEST, **{name: value})) for name, value in changes.items()}
    ids |= {_id(), _id(base_sha256="ef"), _id(vae="x"), _id(backend="comfyui")}
    assert len(ids) == len(changes) + 4
    assert all(len(each) == 16 for each in ids)


def test_the_identity_of_a_picture_does_not_depend_on_itself() -> None:
    assert _id(dataclasses.replace(REQUEST, picture_id="something")) == _id()


# --- trial.json ------------------------------------------------------------------------------------------------------


def test_a_trial_reads_back_as_it_was_written(tmp_path: Path) -> None:
    trial.write(tmp_path, made.trial())
    assert trial.read(tmp_path) == made.trial()
    assert (tmp_path / "trial.json").read_bytes().startswith(b'{\n  "version": 1')


@pytest.mark.parametrize(
    ("key", "value"),
    [("trial_id", "../20260101-120000"), ("weights", ["1.0e3"]), ("surprise", 1), ("size", [1024]), ("sampler", "magic"),
     ("models", [{"name": "../x", "step": None, "sha256": "", "run_id": ""}]),
     ("rounds", [{"round": 1, "candidates": ["a/b@1"], "seeds": [1]}])],
)  # fmt: skip
def test_a_record_that_is_none_is_refused_by_name(key: str, value: object, tmp_path: Path) -> None:
    data = {**made.trial().model_dump(mode="json"), key: value}
    (tmp_path / "trial.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(PipelineError) as error:
        trial.read(tmp_path)
    assert error.value.key == "trial.invalid"
    assert any(str(problem.values["name"]).startswith(key) for problem in error.value.values["problems"])


def test_a_trial_of_a_newer_program_says_so(tmp_path: Path) -> None:
    (tmp_path / "trial.json").write_text('{"version": 7}', encoding="utf-8")
    with pytest.raises(PipelineError, match=r"record\.newer"):
        trial.read(tmp_path)


def test_pictures_are_those_of_the_rounds_each_with_an_id_of_its_own() -> None:
    asked = list(trial.pictures(made.trial()))
    assert [(each.round, name, prompt.n, seed) for each, name, prompt, seed in asked][:3] == [
        (0, "base@0", 1, 42), (0, "base@0", 2, 42), (1, "1000@0.6", 1, 42),
    ]  # fmt: skip
    requests = [trial.request_of(made.trial(), name, prompt, seed) for _, name, prompt, seed in asked]
    assert len({request.picture_id for request in requests}) == len(requests) == 10
    assert requests[0].model is None and requests[0].weight == "0"
    assert requests[2].model == made.SHA["1000"] and requests[2].weight == "0.6"


# --- trial.jsonl -----------------------------------------------------------------------------------------------------

A, B = "a" * 16, "b" * 16


def test_the_last_line_of_a_picture_counts(tmp_path: Path) -> None:
    file = trial.LineFile(tmp_path)
    for line in (made.line(A, state="failed", file=""), made.line(B), made.line(A, seconds=3.0)):
        file.add(line)
    found = trial.lines(tmp_path)
    assert found[A].state == "done" and found[A].seconds == 3.0 and found[B] == made.line(B)


@pytest.mark.parametrize("kept", [1, 40, -2])
def test_a_torn_last_line_is_none_and_the_next_one_stands_by_itself(kept: int, tmp_path: Path) -> None:
    trial.LineFile(tmp_path).add(made.line(A))
    whole = (tmp_path / "trial.jsonl").read_bytes()
    (tmp_path / "trial.jsonl").write_bytes(whole + whole.replace(A.encode(), B.encode())[:kept])
    assert set(trial.lines(tmp_path)) == {A}
    trial.LineFile(tmp_path).add(made.line(B, seconds=7.0))
    assert trial.lines(tmp_path)[B].seconds == 7.0 and set(trial.lines(tmp_path)) == {A, B}


@pytest.mark.parametrize("file", ["../../client.json", f"{B}.png", "/etc/passwd", "x.png"])
def test_a_line_that_names_another_file_is_none(file: str, tmp_path: Path) -> None:
    whole = made.line(A).model_dump_json().replace(f"{A}.png", file) + "\n"
    (tmp_path / "trial.jsonl").write_text(whole, encoding="utf-8")
    assert trial.lines(tmp_path) == {}


def test_the_cause_of_a_failure_is_told_from_its_line(tmp_path: Path) -> None:
    error = trial.error_record(Text("system.error", {"detail": "x", "path": Path("y")}))
    trial.LineFile(tmp_path).add(made.line(A, state="failed", file="", error=error))
    cause = trial.lines(tmp_path)[A].cause
    assert cause is not None and cause.key == "system.error" and cause.values == {"detail": "x", "path": "y"}


# --- folders ---------------------------------------------------------------------------------------------------------


def test_trials_are_listed_newest_first_and_no_id_leaves_their_folder(tmp_path: Path) -> None:
    client = Client(tmp_path / "ana")
    ids = ["20260101-120000", "20260101-120000-2", "20260101-120000-10", "20250101-120000"]
    for trial_id in ids:
        trial.write(trial.trials_folder(client) / trial_id, made.trial(trial_id=trial_id))
    (trial.trials_folder(client) / "20270101-000000").mkdir()  # killed before there was a record
    (client.folder / "trial.json").write_text("{}", encoding="utf-8")
    assert trial.trial_ids(client) == [ids[2], ids[1], ids[0], ids[3]]
    assert trial.newest(client) == trial.folder_of(client, ids[2])
    for outside in ("..", "../..", "", "20270101-000000", str(client.folder)):
        with pytest.raises(PipelineError, match=r"trial\.unknown"):
            trial.folder_of(client, outside)


def test_a_second_trial_of_one_second_gets_an_id_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("utils.now", lambda: "2026-01-01T12:00:00+00:00")
    client = Client(tmp_path / "ana")
    for expected in ("20260101-120000", "20260101-120000-2", "20260101-120000-3"):
        assert trial.make_id(client) == expected
        trial.write(trial.trials_folder(client) / expected, made.trial(trial_id=expected))
