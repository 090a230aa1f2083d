"""A tuning on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar.results import tuning
from avatar.results.tuning import Line
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.training.variant import TUNING_FILE, tunings_folder
from avatar.workspace.client import Client
from tests.plan.test_command import plan_for
from tests.results.tuning_world import begun


def test_a_tuning_reads_back_with_its_candidates_and_their_whole_plans(tmp_path: Path) -> None:
    one = begun(tmp_path, plan_for(), 8.0)
    again = tuning.read(tmp_path)
    assert again == one
    assert [each.name for each in again.candidates()][:3] == ["plan", "rate_half", "rate_double"]
    assert again.candidates()[0].plan == plan_for()
    assert again.candidates()[1].changes[0].key == "learning_rate"


def test_the_last_line_of_a_candidate_counts_and_all_are_kept(tmp_path: Path) -> None:
    for state in ("running", "short", "full"):
        tuning.append(tmp_path, Line(candidate="plan", state=state))
    tuning.append(tmp_path, Line(candidate="rate_half", state="failed", seconds=5.0, cause={"key": "train.oom", "values": {}}))
    assert {name: line.state for name, line in tuning.lines(tmp_path).items()} == {"plan": "full", "rate_half": "failed"}
    assert len(list(tuning.all_lines(tmp_path))) == 4
    assert tuning.lines(tmp_path)["rate_half"].why == Text("train.oom", {})
    assert tuning.spent_s(tmp_path) == 5.0


@pytest.mark.parametrize("torn", [b'{"candidate": "pl', b"\x00" * 40, b'["a"]\n', b'{"candidate": "../x", "state": "short"}\n'])
def test_a_torn_or_foreign_line_is_none_and_the_next_one_is_whole(torn: bytes, tmp_path: Path) -> None:
    tuning.append(tmp_path, Line(candidate="plan", state="short"))
    with (tmp_path / tuning.LINES_FILE).open("ab") as handle:
        handle.write(torn)
    tuning.append(tmp_path, Line(candidate="rate_half", state="running"))
    assert list(tuning.lines(tmp_path)) == ["plan", "rate_half"]


def test_a_damaged_record_is_named_and_not_guessed(tmp_path: Path) -> None:
    begun(tmp_path, plan_for(), 8.0)
    path = tmp_path / TUNING_FILE
    path.write_text(path.read_text(encoding="utf-8").replace('"short"', '"shrot"'), encoding="utf-8")
    with pytest.raises(PipelineError) as error:
        tuning.read(tmp_path)
    assert error.value.key == "tune.invalid"


def test_the_newest_tuning_of_a_client_is_found_and_one_moment_has_room_for_two(tmp_path: Path) -> None:
    client = Client(tmp_path / "josé ñ")
    assert tuning.newest(client) is None
    folder = tunings_folder(client)
    for name in ("20260102-000000", "20260102-000000-2", "20251231-000000", "notes"):
        begun(folder / name, plan_for(), 8.0, tuning_id=name)
    newest = tuning.newest(client)
    assert newest is not None and newest.tuning_id == "20260102-000000-2"
    assert tuning.make_id(client) not in tuning.tuning_ids(client)


def test_more_hours_open_a_tuning_that_had_ended(tmp_path: Path) -> None:
    one = begun(tmp_path, plan_for(), 8.0)
    tuning.write_answer(tmp_path, {"file": "final@0.8"})
    assert tuning.has_ended(tmp_path)
    again = tuning.reopen(one, 16.0)
    assert not tuning.has_ended(tmp_path) and again.info.hours == tuning.read(tmp_path).info.hours == 16.0


def test_a_plan_that_somebody_changed_in_tuning_json_is_refused_in_words(tmp_path: Path) -> None:
    one = begun(tmp_path, plan_for(), 8.0)
    broken = one.info.model_copy(update={"plan": {"network_dim": "ñ"}})
    with pytest.raises(PipelineError) as caught:
        tuning.begin(tmp_path, broken).candidates()
    assert caught.value.key == "tune.invalid"
    assert all("tuning.json" in translate.words(caught.value.text, language) for language in translate.LANGUAGES)
