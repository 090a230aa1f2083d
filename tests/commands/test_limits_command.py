"""The quality limits of a client: seen, tried without writing, kept, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

import utils
from avatar.commands import limits as limits_commands
from avatar.texts.text import PipelineError
from avatar.workspace import setting_changes
from avatar.workspace.client import Client
from tests.commands.test_review import verdicts
from tests.scripted import MakeSession
from tests.stages.test_image_processor import ONE, SMALL, add, drawn, run


@pytest.fixture
def judged(client: Client) -> Client:
    """Three processed pictures: a good face, a small one, none."""
    for name, rgb in (("uno.png", ONE), ("niña.png", SMALL), ("nada.png", drawn())):
        add(client, rgb, name)
    run(client)
    assert verdicts(client) == {"uno.png": "approved", "niña.png": "rejected", "nada.png": "rejected"}
    return client


def stored(client: Client) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in [client.info_file, *client.record_files()]}


def test_limits_show_their_value_and_where_it_comes_from(judged: Client, make: MakeSession, tmp_path: Path) -> None:
    utils.write_json(tmp_path / "config.json", {"version": 1, "quality": {"min_contrast": 30}})
    session, _ = make()
    setting_changes.change(session.config_file, judged, {"quality.blur_threshold": 80})
    found = {one["name"]: one for one in limits_commands.limits(session, "ana").value["limits"]}
    assert (found["blur_threshold"]["value"], found["blur_threshold"]["origin"]) == (80, "client")
    assert (found["blur_threshold"]["project"], found["min_contrast"]["origin"]) == (100, "project")
    assert found["max_brightness"]["origin"] == "default"


def test_a_preview_writes_nothing_and_says_what_keeping_then_does(judged: Client, make: MakeSession) -> None:
    session, _ = make()
    before = stored(judged)
    changes = ["blur_threshold=1000000"]
    foreseen = limits_commands.limits(session, "ana", changes=changes, preview=True).value["preview"]
    assert stored(judged) == before
    names = {record.image_id: record.original.name for record in judged.records()}
    assert [names[image_id] for image_id in foreseen.to_rejected] == ["uno.png"]
    limits_commands.limits(session, "ana", changes=changes)
    assert verdicts(judged) == {"uno.png": "rejected", "niña.png": "rejected", "nada.png": "rejected"}


def test_kept_limits_cut_out_what_they_newly_approve_and_undo_takes_all_of_it_back(judged: Client, make: MakeSession) -> None:
    session, _ = make()
    loose = ["min_face_side_px=20", "refuse_enlargement=100", "blur_threshold=0", "max_noise_sigma=99", "min_contrast=0"]
    limits_commands.limits(session, "ana", changes=loose)
    assert verdicts(judged) == {"uno.png": "approved", "niña.png": "approved", "nada.png": "rejected"}
    small = next(record for record in judged.records() if record.original.name == "niña.png")
    assert (judged.processed / f"{small.image_id}.png").is_file()
    assert limits_commands.limits(session, "ana").value["undo_steps"] == 1
    limits_commands.limits(session, "ana", undo=True)
    assert verdicts(judged) == {"uno.png": "approved", "niña.png": "rejected", "nada.png": "rejected"}
    assert judged.info().settings == {}
    with pytest.raises(PipelineError, match=r"settings\.nothing_to_undo"):
        limits_commands.limits(session, "ana", undo=True)


def test_pictures_that_were_not_looked_at_are_left_to_process(judged: Client, make: MakeSession) -> None:
    new = add(judged, drawn((50, 50, 300, 300)), "nueva.png")
    session, _ = make()
    limits_commands.limits(session, "ana", changes=["blur_threshold=0"])
    assert judged.record(new).quality is None


def test_a_hyphen_gives_the_projects_limit_back(judged: Client, make: MakeSession) -> None:
    session, _ = make()
    limits_commands.limits(session, "ana", changes=["blur_threshold=80", "min_contrast=10"])
    limits_commands.limits(session, "ana", changes=["blur_threshold=-"])
    assert judged.info().settings == {"quality": {"min_contrast": 10.0}}


def test_limits_that_cannot_hold_change_nothing(judged: Client, make: MakeSession) -> None:
    session, _ = make()
    before = stored(judged)
    with pytest.raises(PipelineError, match=r"settings\.refused"):
        limits_commands.limits(session, "ana", changes=["min_brightness=250"])
    assert stored(judged) == before and setting_changes.steps_to_undo(session.config_file, judged) == 0


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("blur=", "limits.not_key_value"), ("80", "limits.not_key_value"), ("blurr=80", "limits.unknown"),
        ("blur_threshold=much", "settings.refused"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_told_by_its_fault(text: str, key: str) -> None:
    with pytest.raises(PipelineError) as caught:
        limits_commands.parsed([text])
    assert caught.value.key == key


def test_limits_are_read_with_either_decimal_sign_and_a_hyphen_takes_one_away() -> None:
    found = limits_commands.parsed(
        ["quality.blur_threshold=80,5", "min_contrast = 20.5", "max_brightness=-", "min_face_side_px=80"]
    )
    assert found == {"blur_threshold": 80.5, "min_contrast": 20.5, "max_brightness": None, "min_face_side_px": 80}
