"""Which LoRAs of a client can be tried, and with which base."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import utils
from avatar.generate import proof
from avatar.generate.backend import LoraError
from avatar.results import trial_models
from avatar.texts.text import PipelineError, Text, as_record
from avatar.trainer import lora_file
from avatar.training import checkpoints
from avatar.workspace.client import Client
from config import TrainerConfig
from tests.generate import lora_files
from tests.results import made


def names(client: Client) -> list[str]:
    return [lora.name for lora in trial_models.found(client)]


def test_the_last_models_of_the_newest_training_are_tried(client: Client) -> None:
    made.trained(client)
    assert names(client) == ["final", "1500", "1000", "500"]
    assert [lora.name for lora in trial_models.chosen(trial_models.found(client), (), 2)] == ["final", "1500"]


def test_a_checkpoint_at_the_last_step_is_the_model_itself(client: Client) -> None:
    made.trained(client, steps=(1000, 2000))
    assert names(client) == ["final", "1000"]


def test_a_checkpoint_that_was_handed_over_is_still_the_one_of_its_step(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.trained(client)
    monkeypatch.setattr("avatar.training.judge.file_problem", lambda spec, path: None)
    path = checkpoints.take(client, 1000)
    assert names(client) == ["final", "1500", "1000", "500"]
    assert {lora.name: lora.path for lora in trial_models.found(client)}["1000"] == path


def test_older_trainings_and_models_from_elsewhere_go_by_their_files_name(client: Client) -> None:
    made.trained(client)
    made.lora(client.models / "from elsewhere.safetensors", 7)
    recipe = {"version": 1, "run_id": "20250101-000000", "made_at": "2025-01-01T00:00:00+00:00", "steps": 900}
    made.lora(client.models / "ana_v0.safetensors", 8)
    utils.write_json(client.models / "ana_v0.recipe.json", recipe)
    assert names(client) == ["final", "1500", "1000", "500", "ana_v0", "from_elsewhere"]
    assert [lora.name for lora in trial_models.chosen(trial_models.found(client), ["ana_v0", "500"], 4)] == ["ana_v0", "500"]


def test_a_model_from_elsewhere_alone_is_the_final_one(client: Client) -> None:
    client.models.mkdir(exist_ok=True)
    made.lora(client.models / "other.safetensors", 7)
    assert names(client) == ["final"]


def test_what_is_not_there_is_refused_with_what_is(client: Client) -> None:
    with pytest.raises(PipelineError, match=r"trial\.no_models"):
        trial_models.chosen(trial_models.found(client), (), 4)
    made.trained(client)
    with pytest.raises(PipelineError) as caught:
        trial_models.chosen(trial_models.found(client), ["1200"], 4)
    assert caught.value.values == {"name": "1200", "known": "final, 1500, 1000, 500"}


def test_the_file_that_is_tried_is_the_one_that_is_handed_over(trained: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handing a checkpoint over takes the names out of it: that changes its hash, and so must come before the pictures."""
    loras = trial_models.chosen(trial_models.found(trained), ["1000"], 4)
    base = trial_models.base_of(trained, loras, TrainerConfig())
    (one,) = trial_models.checked(trained, loras, base, lambda note: None)
    assert "ss_tag_frequency" not in lora_file.verify(one.lora.path).metadata
    changed = one.lora.path.stat().st_mtime_ns
    trial_models.checked(trained, loras, base, lambda note: None)
    assert one.lora.path.stat().st_mtime_ns == changed
    monkeypatch.setattr("avatar.training.judge.file_problem", lambda spec, path: None)
    assert utils.sha256_of(checkpoints.take(trained, 1000)) == one.file.sha256


def test_a_file_that_changed_is_hashed_again(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "base.safetensors"
    file.write_bytes(b"one")
    first = trial_models.sha256_of(client, file)
    assert trial_models.sha256_of(client, file) == first == utils.sha256_of(file)
    file.write_bytes(b"other")
    assert trial_models.sha256_of(client, file) == utils.sha256_of(file) != first


def test_a_large_file_is_hashed_once(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "base.safetensors"
    file.write_bytes(b"one")
    first = trial_models.sha256_of(client, file)
    monkeypatch.setattr(utils, "sha256_of", lambda path: pytest.fail("hashed again"))
    assert trial_models.sha256_of(client, file) == first


def test_the_base_is_that_of_the_training_with_what_belongs_to_it(client: Client, tmp_path: Path) -> None:
    base, vae = tmp_path / "mine.safetensors", tmp_path / "vae.safetensors"
    for path in (base, vae):
        path.write_bytes(b"x")
    made.trained(client)
    plan = dataclasses.replace(made.PLAN, base_model=str(base), v_parameterization=True, extra={"vae": str(vae)})
    command = client.runs / "20260101-000000" / "command.json"
    utils.write_json(command, {**utils.read_json(command), "plan": as_record(plan)})
    found = trial_models.base_of(client, trial_models.found(client), TrainerConfig())
    assert (found.name, found.path, found.sha256, found.vae) == ("mine.safetensors", base, utils.sha256_of(base), vae)
    assert found.v_prediction and not found.zero_terminal_snr


def test_without_a_record_the_base_is_that_of_the_settings(client: Client) -> None:
    client.models.mkdir(exist_ok=True)
    made.lora(client.models / "other.safetensors", 7)
    found = trial_models.base_of(client, trial_models.found(client), TrainerConfig(base_model="someone/model"))
    assert (found.name, found.path, found.sha256) == ("someone/model", None, "")


def test_broken_models_are_told_each_cause_once_and_the_others_are_tried(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    made.trained(client)

    def check(path: Path, channels: tuple[int, ...]) -> proof.LoraFacts:
        if "1500" in path.name or "1000" in path.name:
            raise LoraError("draw.lora.zero", file=path.name)
        return made.facts(path)

    monkeypatch.setattr(proof, "check_lora", check)
    notes: list[Text] = []
    loras = trial_models.found(client)
    base = trial_models.base_of(client, loras, TrainerConfig())
    assert [one.file.name for one in trial_models.checked(client, loras, base, notes.append)] == ["final", "500"]
    assert [(note.key, note.values["name"]) for note in notes] == [("trial.bad_models", "1500, 1000")]
    notes.clear()
    with pytest.raises(LoraError):
        trial_models.checked(client, loras[1:3], base, notes.append)
    assert notes == []  # the error says it


def test_a_lora_of_a_small_test_model_is_checked_by_its_own_channels(client: Client) -> None:
    client.models.mkdir(exist_ok=True)
    lora_files.whole(client.models / "small.safetensors")
    loras = trial_models.found(client)
    base = trial_models.base_of(client, loras, TrainerConfig())
    assert [one.file.dim for one in trial_models.checked(client, loras, base, lambda note: None)] == [1]
