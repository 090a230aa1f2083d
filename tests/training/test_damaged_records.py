"""What a run notes of itself, damaged: it costs that run, and nothing else; it can be judged again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import utils
from avatar.reports import loss_plot
from avatar.system import process_tree
from avatar.training import progress_file, run_folder, runs, states, unfinished
from avatar.workspace.client import Client

DAMAGE: tuple[Any, ...] = (None, [], {}, "x", -1, 10**400, float("nan"), [{}], "\ud800", {"": 1}, True)
RECORDS = ("command.json", "process.json", "outcome.json")


def make_run(folder: Path, *, steps: int = 8) -> Path:
    folder.mkdir(parents=True)
    command = {"version": 2, "command": ["python", "--output_dir", str(folder)], "cwd": ".", "client": "ana", "first_step": 0,
               "output_name": "a", "resumed_from": "", "plan": {}, "plan_fingerprint": "", "started": 5.0,
               "changes": []}  # fmt: skip
    utils.write_json(folder / "command.json", command)
    utils.write_json(folder / "process.json", {"pid": 2**22 + 1, "born": 1.0, "watcher": 2**22 + 2, "watcher_born": 1.0})
    outcome = {"success": False, "cause": "train.cause.no_data", "values": {"step": 1, "total": 2, "log": "-"}, "steps": steps}
    utils.write_json(folder / "outcome.json", outcome)
    (folder / "progress.jsonl").write_text('{"step": 1, "total": 8, "loss": 0.5}\n', encoding="utf-8")
    return folder


def look_at(client: Client) -> list[runs.RunSummary]:
    """Do what every view of a client's trainings does."""
    found = runs.summaries(client.runs)
    unfinished.look_after(client)
    states.newest_state(client.runs)
    for run in found:
        run_folder.outcome_of(client.runs / run.run_id)
        loss_plot.points_of(client.runs, run.run_id, client.logs)
    return found


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("value", DAMAGE, ids=repr)
def test_a_record_with_a_damaged_field_costs_its_own_run_alone(client: Client, name: str, value: Any) -> None:
    whole = make_run(client.runs / "20260102-000000")
    record = json.loads((whole / name).read_text(encoding="utf-8"))
    for number, field in enumerate(record):
        folder = make_run(client.runs / f"20260101-{number:06}")
        if name != "outcome.json":
            (folder / "outcome.json").unlink()
        (folder / name).write_text(json.dumps({**record, field: value}), encoding="utf-8")
    found = look_at(client)
    assert len(found) == 1 + len(record)
    assert (found[0].run_id, found[0].state, found[0].step) == (whole.name, "failed", 8)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\0" * 40, b"[" * 100_000, b"9" * 6000])
@pytest.mark.parametrize("name", [*RECORDS, "progress.jsonl"])
def test_a_record_that_is_none_costs_its_own_run_alone(client: Client, name: str, content: bytes) -> None:
    whole, hurt = make_run(client.runs / "20260102-000000"), make_run(client.runs / "20260101-000000")
    (hurt / name).write_bytes(content)
    assert {run.run_id: run.step for run in look_at(client)}[whole.name] == 8


def test_a_run_whose_outcome_cannot_be_read_is_judged_again(client: Client) -> None:
    folder = make_run(client.runs / "20260101-000000")
    (folder / "outcome.json").write_bytes(b'{"success": tru')
    assert [outcome.run_id for outcome in unfinished.look_after(client).settled] == [folder.name]
    assert run_folder.read_outcome(folder)["success"] is False


@given(
    st.lists(
        st.dictionaries(st.sampled_from(sorted(progress_file.ROW_TYPES)), st.none() | st.integers() | st.floats() | st.text())
    )
)
def test_rows_of_progress_hold_numbers_or_nothing(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    path = tmp_path_factory.mktemp("rows") / "progress.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for row in progress_file.rows_of(path):
        assert all(isinstance(value, int) or value == value for value in row.values())
    progress_file.Rows(path).close()


@pytest.mark.parametrize("number", [0, -1, 2**40, 10**15])
def test_a_number_that_no_process_has_is_nobodys(number: int) -> None:
    assert not process_tree.is_running(number, 1.0)
