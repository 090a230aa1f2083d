"""Checkpoints handed over like models, and what may be deleted: trained by the stand-in, deleted where nothing needs it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import utils
from avatar.commands import models as models_commands
from avatar.terminal import menu, menus
from avatar.texts.text import PipelineError, Text
from avatar.trainer import lora_file
from avatar.training import checkpoints
from avatar.training import states as training_states
from avatar.training.models import models, runs
from avatar.workspace.client import Client
from config import Settings
from lora_trainer import configure, train
from tests.scripted import MakeSession
from tests.stages.test_lora_trainer import fill, installed, no_card, own_places  # noqa: F401


@pytest.fixture
def trained(client: Client, installed: Settings) -> Client:  # noqa: F811
    """A client with a finished training of 6 steps and checkpoints at 2 and 4."""
    fill(client)
    overrides = ["steps=6", "save_every_n_steps=2", "save_state=true"]
    configure(client, settings=installed, gpu="cpu", overrides=overrides, card_probe=no_card)
    assert train(client, settings=installed, card_probe=no_card).success
    return client


def steps(client: Client) -> list[int]:
    return [item.steps for item in checkpoints.checkpoints(client)]


def run_like(client: Client, run_id: str, *, success: bool, states: tuple[int, ...] = ()) -> Path:
    """Make a run of the past with states, as its records tell of it."""
    folder = client.runs / run_id
    folder.mkdir(parents=True)
    utils.write_json(folder / "outcome.json", {"version": 1, "success": success, "cause": "" if success else "train.cause.oom"})
    utils.write_json(folder / "command.json", {"first_step": 0, "output_name": "ana_avatar_v1"})
    for number in states:
        state = folder / f"ana_avatar_v1-step{number:08d}-state"
        for part in training_states.STATE_PARTS:
            (state / part).parent.mkdir(parents=True, exist_ok=True)
            (state / part).write_bytes(b"s" * 1000)
    return folder


def test_a_checkpoint_is_checked_and_handed_over_with_its_sidecars_and_without_names(trained: Client) -> None:
    assert 4 in steps(trained)
    (run,) = runs(trained)
    sample = trained.runs / run.run_id / "sample"
    sample.mkdir()
    for number in (2, 4, 6):
        (sample / f"a_{number:06}_00_20260101010101_42.png").write_bytes(b"picture %d" % number)
    rows = "".join(f'{{"step": {number}, "total": 6, "loss": 0.{number}}}\n' for number in range(1, 7))
    (trained.runs / run.run_id / "progress.jsonl").write_text(rows, encoding="utf-8")
    path = checkpoints.take(trained, 4)
    assert path == trained.models / "ana_avatar_v1-step00000004.safetensors"
    assert load_file(str(path))
    metadata = lora_file.verify(path).metadata
    assert "ss_network_dim" in metadata and "ss_output_name" not in metadata
    assert utils.read_json(path.with_suffix(".json"))["activation text"] == "ohwx woman"
    recipe = utils.read_json(path.with_name(f"{path.stem}.recipe.json"))
    assert (recipe["steps"], recipe["sha256"], recipe["run_id"]) == (4, utils.sha256_of(path), run.run_id)
    assert recipe["loss"] == 0.4
    assert path.with_suffix(".png").read_bytes() == b"picture 4"
    assert 4 not in steps(trained)
    assert [model.name for model in models(trained) if model.ok] == [path.name, "ana_avatar_v1.safetensors"]


def test_a_step_without_a_checkpoint_is_refused_with_those_there_are(trained: Client) -> None:
    with pytest.raises(PipelineError) as caught:
        checkpoints.take(trained, 5)
    known = ", ".join(map(str, sorted(steps(trained))))
    assert caught.value.text == Text("checkpoint.none", {"steps": 5, "known": known})


def test_a_damaged_checkpoint_is_not_handed_over(trained: Client) -> None:
    path = next(item.path for item in checkpoints.checkpoints(trained) if item.steps == 4)
    content = load_file(str(path))
    name = next(name for name in content if name.endswith("lora_up.weight"))
    content[name] = np.full_like(content[name], np.nan)
    save_file(content, str(path))
    with pytest.raises(PipelineError, match=r"lora\.not_finite"):
        checkpoints.take(trained, 4)
    assert not (trained.models / path.name).exists()
    assert not path.with_suffix(".json").exists()


def test_nothing_of_the_same_name_is_overwritten(trained: Client) -> None:
    there = trained.models / "ana_avatar_v1-step00000004.safetensors"
    there.write_bytes(b"mine")
    with pytest.raises(PipelineError, match=r"checkpoint\.there"):
        checkpoints.take(trained, 4)
    assert there.read_bytes() == b"mine"
    assert 4 in steps(trained)


def test_a_finished_training_leaves_states_and_checkpoints_that_can_go_and_keeps_all_else(trained: Client) -> None:
    (run,) = runs(trained)
    folder = trained.runs / run.run_id
    kept = {path.name for path in folder.iterdir() if path.is_file()}
    left = checkpoints.leftovers(trained, newest=True)
    assert {path.name for path in left.paths} >= {"ana_avatar_v1-step00000004.safetensors", "ana_avatar_v1-step00000004-state"}
    assert left.bytes == sum(file.stat().st_size for path in left.paths for file in (path, *path.rglob("*")) if file.is_file())
    gone = checkpoints.clear(trained, newest=True)
    assert (gone.paths, gone.bytes) == (left.paths, left.bytes)
    assert not any(path.exists() for path in left.paths)
    assert {path.name for path in folder.iterdir() if path.is_file()} == kept >= {"trainer.log", "outcome.json"}
    assert [model.ok for model in models(trained)] == [True]
    assert (checkpoints.leftovers(trained, newest=True), steps(trained)) == (checkpoints.Leftovers(), [])


def test_what_a_broken_off_training_goes_on_from_stays(client: Client) -> None:
    old = run_like(client, "20260101-000000", success=False, states=(2, 4))
    run_like(client, "20260102-000000", success=False, states=(6,))
    run_like(client, "20260103-000000", success=False)
    gone = checkpoints.clear(client)
    assert [path.parent for path in gone.paths] == [old, old]
    state = training_states.newest_state(client.runs)
    assert state is not None and state.steps == 6
    run_like(client, "20260104-000000", success=True, states=(8,))
    both = checkpoints.leftovers(client, newest=True)
    assert {path.parent.name for path in both.paths} == {"20260102-000000", "20260104-000000"}
    assert {path.parent.name for path in checkpoints.leftovers(client).paths} == {"20260102-000000"}


def test_what_is_cleared_unasked_leaves_the_newest_good_training_its_steps(client: Client) -> None:
    old = run_like(client, "20260101-000000", success=True, states=(2,))
    good = run_like(client, "20260102-000000", success=True, states=(4,))
    run_like(client, "20260103-000000", success=False)
    assert {path.parent for path in checkpoints.clear(client).paths} == {old}
    assert (good / "ana_avatar_v1-step00000004-state").is_dir()
    assert {path.parent for path in checkpoints.clear(client, newest=True).paths} == {good}


def test_a_training_at_work_loses_nothing(client: Client) -> None:
    run_like(client, "20260101-000000", success=False, states=(2,))
    (run_like(client, "20260102-000000", success=True, states=(4,)) / "outcome.json").unlink()
    assert checkpoints.clear(client) == checkpoints.Leftovers()
    with client.lock("train"):  # another program would hold it; this one may twice
        assert (client.runs / "20260102-000000" / "ana_avatar_v1-step00000004-state").is_dir()


def test_a_link_in_the_place_of_a_state_is_left_alone(client: Client, tmp_path: Path) -> None:
    folder = run_like(client, "20260101-000000", success=True, states=(2,))
    run_like(client, "20260102-000000", success=True)
    shutil.rmtree(folder / "ana_avatar_v1-step00000002-state")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x").write_bytes(b"x")
    (folder / "ana_avatar_v1-step00000002-state").symlink_to(tmp_path / "elsewhere")
    checkpoints.clear(client)
    assert (tmp_path / "elsewhere" / "x").read_bytes() == b"x"


def test_from_the_menu_a_checkpoint_is_picked_and_room_freed_only_on_a_yes(make: MakeSession, trained: Client) -> None:
    answers = ["1", "2", "4", "4", "", "4", "s", "4", "2", "0"]
    session, ui = make(*answers)
    session.client = trained
    menu.run_menu("menu.models", menus.choices_of("models"), session, needs_client=True)
    assert "ana_avatar_v1-step00000004.safetensors" in ui.text
    asked = [line for line in ui.shown if "¿Borrar" in line]
    assert len(asked) == 2 and "Borrado: " in ui.text
    assert "No hay nada que borrar" in ui.text and "No hay puntos de guardado." in ui.text
    assert ui.answers == []


def test_the_list_tells_of_checkpoints_and_room(make: MakeSession, trained: Client) -> None:
    session, ui = make(language="en")
    result = models_commands.models(session, "ana")
    session.show(result)
    assert "4/6" in ui.text and "models ana --clear" in ui.text
    value = result.value
    assert isinstance(value, dict)
    assert value["leftover_bytes"] == 0 < value["newest_bytes"] == checkpoints.leftovers(trained, newest=True).bytes
    unasked = models_commands.models(session, "ana", clear=True).value
    assert unasked["freed_bytes"] == 0
    cleared = models_commands.models(session, "ana", clear=True, newest=True).value
    assert (cleared["freed_bytes"], cleared["newest_bytes"]) == (value["newest_bytes"], 0)
