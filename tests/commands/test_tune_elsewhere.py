"""A tuning that other machines train: by a scheduler, or by bundles that go and come back; and on several cards of this one."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import lora_trainer
import utils
from avatar.commands import tune, tune_elsewhere, tune_places, tune_ports
from avatar.commands.session import Session
from avatar.results import tuning
from avatar.texts.text import PipelineError, key_of
from avatar.trainer import lora_modules
from avatar.training import run_folder, runs, variant
from avatar.workspace.client import Client, tuning_run_folders
from avatar.workspace.workspace import Workspace
from tests.children import child_command
from tests.commands.test_tune_command import NIGHT, STEPS, backend, likeness, ready, session_of, states  # noqa: F401
from tests.commands.test_tune_places import RTX3060, overlap, steps_take, windows
from tests.computer import call
from tests.faces.test_workers import dask_scheduler  # noqa: F401
from tests.generate import lora_files
from tests.scripted import MakeSession, ScriptedUi
from tests.stages.test_train_variant import until

# --- at the same time ------------------------------------------------------------------------------------------------


def first_two(client: Client) -> list[str]:
    return [folder.name for folder in reversed(tuning_run_folders(client.runs))][:2]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_tuning_by_a_scheduler_trains_two_candidates_at_once_and_draws_here(
    make: MakeSession, ready: Client, likeness: dict[str, float], dask_scheduler: str  # noqa: F811
) -> None:  # fmt: skip
    likeness |= {"rate_half-10": 0.6, "rate_half-30": 0.8}
    session, ui = session_of(make, ready)
    with steps_take(dask_scheduler, 0.1):
        result = tune.tune(session, "ana", replace(NIGHT, scheduler=dask_scheduler))
    assert result.error is None and result.value.candidate == "rate_half" and result.value.ended
    assert overlap(windows(ready, first_two(ready)))
    assert "a la vez 2 candidatos" in ui.text and "tcp://127.0.0.1" in ui.text
    assert set(states(ready)) == {"plan", "rate_half", "rate_double"}


def test_a_computer_with_two_cards_trains_one_candidate_on_each(
    make: MakeSession, ready: Client, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    cards = [RTX3060, replace(RTX3060, index=1)]
    monkeypatch.setattr(
        tune_places, "of_this_computer", functools.partial(tune_places.of_this_computer, card_probe=lambda: cards)
    )
    session, _ = make()
    lora_trainer.configure(
        ready, settings=session.settings(ready), gpu="rtx3060_12gb", overrides=STEPS, card_probe=lambda: cards
    )
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.1")
    result = tune.tune(session, "ana", NIGHT)
    assert result.error is None and result.value.ended
    assert overlap(windows(ready, first_two(ready)))
    used = {
        utils.read_json(folder / "environment.json")["set"]["CUDA_VISIBLE_DEVICES"] for folder in tuning_run_folders(ready.runs)
    }
    assert used == {"0", "1"}


def train_first(folder: str, config_file: str) -> None:
    """Train the first candidate of the newest tuning short, as a program that is killed meanwhile."""
    client = Client(Path(folder))
    one = tuning.newest(client)
    assert one is not None
    settings = Session(ScriptedUi(), language="es", workspace=Workspace(client.folder.parent), config_file=Path(config_file))
    first = tune_ports.variant_of(one, one.candidates()[0])
    lora_trainer.train_variant(
        client, first, settings=settings.settings(client), stop_at=one.info.short, card_probe=list
    )  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_a_trainer_that_a_killed_program_left_is_taken_over_and_no_reason_to_refuse(
    ready: Client, begun: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.3")
    program = subprocess.Popen(child_command(train_first, ready.folder, tmp_path / "config.json"))
    until(lambda: any(live.step > 1 for live in runs.live_tuning_runs(ready.runs)))
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    (live,) = runs.live_tuning_runs(ready.runs)
    monkeypatch.delenv("FAKE_TRAINER_STEP_S")
    result = tune.tune(begun, "ana")
    one = tuning.newest(ready)
    assert result.error is None and result.value.ended and one is not None
    first = variant.runs_of(ready, one.tuning_id, "plan")[-1]
    assert first.name == live.run_id and run_folder.outcome_of(first).short_at == 10


# --- bundles ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def begun(make: MakeSession, ready: Client, monkeypatch: pytest.MonkeyPatch) -> Session:  # noqa: F811
    """A tuning that was begun and not started: the question was answered by "not now"."""
    monkeypatch.setattr(lora_modules, "MULTIPLIERS", lora_files.SMALL)
    session, ui = session_of(make, ready, "2")
    ui.interactive = True
    lora_trainer.configure(
        ready, settings=session.settings(ready), gpu="cpu", overrides=[*STEPS, "network_dim=1", "network_alpha=1"],
        card_probe=list,
    )  # fmt: skip
    result = tune.tune(session, "ana", NIGHT)
    assert key_of(result.blocks[0]) == "tune.not_begun" and tuning_run_folders(ready.runs) == []  # type: ignore[arg-type]
    ui.interactive = False
    return session


def trained_elsewhere(bundle: Path, target: Path, steps: tuple[int, ...] = (10, 20, 30)) -> Path:
    """Do what the script of a bundle does: train, and pack what it left beside the passport."""
    with zipfile.ZipFile(bundle) as archive, zipfile.ZipFile(target, "w") as result:
        passport = archive.read("candidate.json")
        script = archive.read("train.sh").decode("utf-8").split()
        name = script[script.index("--output_name") + 1]
        result.writestr("candidate.json", passport)
        for step in steps:
            file = target.with_name(f"{name}{step}.safetensors")
            lora_files.write(file, lora_files.tensors(seed=1000 * len(name) + step))
            result.write(file, f"output/{name}{'' if step == steps[-1] else f'-step{step:08d}'}.safetensors")
    return target


def test_bundles_go_for_all_candidates_come_back_and_the_answer_is_of_them_too(
    ready: Client, begun: Session, likeness: dict[str, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]  # noqa: F811
) -> None:  # fmt: skip
    result = command(ready, capsys, "bundle", "ana", str(tmp_path / "fuera ñ.zip"), "--candidate", "all")["result"]
    assert result["candidates"] == ["plan", "rate_half", "rate_double"]
    paths = [Path(path) for path in result["paths"]]
    assert [path.name for path in paths] == [f"fuera ñ_{name}.zip" for name in result["candidates"]]
    with zipfile.ZipFile(paths[1]) as archive:
        plan = json.loads(archive.read("plan.json"))
        assert "tune ana --add" in archive.read("README.txt").decode("utf-8")
    own = lora_trainer.planned(ready, begun.settings(ready))
    assert plan["learning_rate"] == own.learning_rate / 2 and not plan["save_state"]
    results = [trained_elsewhere(paths[number], tmp_path / f"result_{number}.zip") for number in (1, 2)]
    likeness |= {"rate_double-30": 0.9, "rate_double-10": 0.6}
    added = command(ready, capsys, "tune", "ana", "--add", *map(str, results))["result"]
    assert added["added"] == ["rate_half", "rate_double"] and states(ready) == {"rate_half": "full", "rate_double": "full"}
    ended = tune.tune(begun, "ana").value
    assert (ended.ended, ended.file, ended.candidate) == (True, "rate_double-30@0.6", "rate_double")


def command(client: Client, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    """Do a command as it is typed; return its result."""
    capsys.readouterr()
    assert call(client, *words, "--json") == code
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    return value


def test_what_comes_back_after_the_answer_opens_the_tuning_again_for_its_pictures(
    ready: Client, begun: Session, likeness: dict[str, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.1")  # else it is at its end before anybody ends it
    made = tune_elsewhere.bundle(ready, tmp_path / "b.zip", "rate_double", {"README.txt": "x"}, begun.settings(ready))
    before = tune.tune(begun, "ana").value
    assert before.ended and states(ready)["rate_double"] == "dropped"
    likeness |= {"rate_double-30": 0.9}
    source = trained_elsewhere(Path(made.value["paths"][0]), tmp_path / "r.zip")
    tune_elsewhere.add(begun, "ana", [source])
    one = tuning.newest(ready)
    assert one is not None and not tuning.has_ended(one.folder)
    runs = len(tuning_run_folders(ready.runs))
    after = tune.tune(begun, "ana").value
    assert after.ended and after.candidate == "rate_double" and len(tuning_run_folders(ready.runs)) == runs
    # The same again is refused, and so is what is none of it; what could be taken was.
    with pytest.raises(PipelineError) as caught:
        tune_elsewhere.add(begun, "ana", [source])
    assert caught.value.key == "add.candidate_there"


def test_a_bundle_of_no_candidate_and_without_a_tuning_is_refused(
    make: MakeSession, ready: Client, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    session, _ = session_of(make, ready)
    with pytest.raises(PipelineError) as caught:
        tune_elsewhere.bundle(ready, tmp_path / "b.zip", "plan", {}, session.settings(ready))
    assert caught.value.key == "tune.not_begun_yet"
    with pytest.raises(PipelineError) as caught:
        tune_elsewhere.add(session, "ana", [tmp_path / "r.zip"])
    assert caught.value.key == "tune.not_begun_yet"
