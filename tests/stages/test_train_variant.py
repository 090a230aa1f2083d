"""The candidates of a tuning as trainings: stopped at a whole state, gone on with exactly, apart from the client's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

import lora_trainer
import utils
from avatar.plan import plan_file, steps, variants
from avatar.reports import stages
from avatar.results import trial_models
from avatar.system.gpu import Card
from avatar.texts.text import PipelineError, key_of
from avatar.training import checkpoints, models, run_folder, states, unfinished
from avatar.training import runs as training_runs
from avatar.training import variant as training_variant
from avatar.training.run_folder import Outcome
from avatar.training.variant import Variant
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client, run_folders, tuning_run_folders
from config import Settings, TrainerConfig
from tests.children import child_command
from tests.stages.test_lora_trainer import fill, installed, no_card, own_places  # noqa: F401

TUNING = "20260102-030405"
# 4 pictures x 5, one at a time, accumulated by 2: 10 steps an epoch; 30 steps, the short run ends at 10
OVERRIDES = ["steps=30", "batch=1", "gradient_accumulation_steps=2", "save_every_n_steps=5"]


def variant_of(client: Client, settings: Settings, name: str = "plan", **changed: object) -> Variant:
    plan = lora_trainer.planned(client, settings)
    per_epoch = steps.steps_per_epoch(plan, plan_file.epoch_exposures(client, plan))
    plan = replace(variants.with_saves(plan, per_epoch), **changed)  # type: ignore[arg-type]
    return Variant(name=name, plan=plan, tuning_id=TUNING, fingerprint="abc")


@pytest.fixture
def ready(client: Client, installed: Settings) -> Settings:  # noqa: F811
    """Settings of a computer with the stand-in, and a client with a dataset and a plan for it."""
    fill(client)
    lora_trainer.configure(client, settings=installed, gpu="cpu", overrides=OVERRIDES, card_probe=no_card)
    return installed


def train(client: Client, settings: Settings, variant: Variant, **wanted: object) -> Outcome:
    return lora_trainer.train_variant(
        client, variant, settings=settings, card_probe=no_card, **wanted  # type: ignore[arg-type]
    )  # fmt: skip


def steps_of(client: Client, run_id: str) -> list[int]:
    return [done for done, _ in training_variant.files(client, run_id)]


# --- short, then the rest --------------------------------------------------------------------------------------------


def test_a_short_run_ends_with_its_state_and_is_neither_success_nor_failure(
    client: Client, ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.2")
    plan = client.plan_file.read_bytes()
    variant = variant_of(client, ready)
    assert (variant.plan.max_train_steps, variant.plan.save_every_n_steps) == (30, 10)
    outcome = train(client, ready, variant, stop_at=10)
    assert (outcome.success, outcome.cancelled, outcome.cause, outcome.short_at) == (False, False, None, 10)
    assert outcome.total == 30 and 10 <= outcome.steps < 30 and outcome.model is None
    command = run_folder.read_command(client.runs / outcome.run_id)["command"]
    assert command[command.index("--max_train_steps") + 1] == "30"  # the rate's curve is that of the whole
    assert [state.steps for state in states.states_of(client.runs / outcome.run_id)] == [10]
    assert steps_of(client, outcome.run_id) == [10]
    assert run_folder.outcome_of(client.runs / outcome.run_id).short_at == 10
    assert client.plan_file.read_bytes() == plan


def test_the_rest_is_exactly_what_was_left_and_its_model_stays_with_its_run(
    client: Client, ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    variant = variant_of(client, ready)
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.2")
    short = train(client, ready, variant, stop_at=10)
    monkeypatch.delenv("FAKE_TRAINER_STEP_S")
    full = train(client, ready, variant, go_on=short.run_id)
    assert full.success and full.steps == 30 and full.resumed is not None and full.resumed["start"] == 10
    assert full.resumed["trained"] == 20
    assert "optimizer steps of the LoRA: 30" in (client.runs / full.run_id / "trainer.log").read_text(encoding="utf-8")
    assert steps_of(client, full.run_id) == [10, 20, 30] and full.model == training_variant.files(client, full.run_id)[-1][1]
    assert models.models(client) == []


def test_a_run_that_nobody_stopped_in_time_has_reached_its_end_or_is_short_all_the_same(
    client: Client, ready: Settings
) -> None:  # fmt: skip
    variant = variant_of(client, ready)
    whole = train(client, ready, variant, stop_at=10)  # the stand-in is done before anybody looks at a settled state
    assert whole.success and whole.short_at is None
    folder = client.runs / whole.run_id
    (folder / "outcome.json").unlink()
    log = (folder / "trainer.log").read_text(encoding="utf-8")
    (folder / "trainer.log").write_text(log.partition("saving checkpoint")[0], encoding="utf-8")
    again = train(client, ready, variant, stop_at=10)  # as if it had been killed by the system on its way
    assert (again.run_id, again.short_at, again.cause) == (whole.run_id, 10, None)


def test_a_failure_is_what_came_of_the_candidate_and_no_further_attempt_follows(
    client: Client, ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "nan")
    variant = variant_of(client, ready, "rate_double")
    outcome = train(client, ready, variant, stop_at=10)
    assert (outcome.success, outcome.short_at, key_of(outcome.cause)) == (False, None, "train.cause.nan")
    assert len(tuning_run_folders(client.runs)) == 1
    monkeypatch.delenv("FAKE_TRAINER_FAIL")
    assert train(client, ready, variant, stop_at=10).run_id == outcome.run_id  # it is known: the night goes on


def test_a_loss_that_was_no_number_before_the_short_step_makes_no_short_run(
    client: Client, ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_FAIL", "nan")
    monkeypatch.setenv("FAKE_TRAINER_FAIL_STEP", "8")
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.1")
    outcome = train(client, ready, variant_of(client, ready), stop_at=10)
    assert outcome.short_at is None and key_of(outcome.cause) == "train.cause.nan"


# --- cut, and repeated -----------------------------------------------------------------------------------------------


def test_the_same_call_again_returns_what_the_first_came_to(
    client: Client, ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.2")
    variant = variant_of(client, ready)
    short = train(client, ready, variant, stop_at=10)
    assert train(client, ready, variant, stop_at=10).run_id == short.run_id
    monkeypatch.delenv("FAKE_TRAINER_STEP_S")
    full = train(client, ready, variant)
    assert full.success and full.resumed is not None and train(client, ready, variant).run_id == full.run_id
    assert len(tuning_run_folders(client.runs)) == 2


def test_what_the_user_stopped_goes_on_from_its_state_and_is_short_where_it_was_to_be(
    client: Client, ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.2")
    variant = variant_of(client, ready, save_every_n_steps=10)
    cancel = threading.Event()
    watching = TrainingCallbacks(on_progress=lambda seen: cancel.set() if seen.step >= 13 else None, cancel=cancel, grace_s=5)
    stopped = train(client, ready, variant, stop_at=20, watching=watching)
    assert stopped.cancelled and stopped.short_at is None
    short = train(client, ready, variant, stop_at=20)
    assert short.short_at == 20 and short.resumed is not None and short.resumed["start"] == 10
    assert steps_of(client, short.run_id) == [10, 20]


def start_and_wait(folder: str, trainer: str, base: str, tokenizers: str) -> None:
    """Train the plan's candidate short, as a program that is killed meanwhile."""
    client = Client(Path(folder))
    settings = Settings(
        trainer=TrainerConfig(folder=trainer, python=sys.executable, base_model=base, tokenizer_cache_dir=tokenizers)
    )
    train(client, settings, variant_of(client, settings), stop_at=10)


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_a_killed_program_leaves_a_trainer_that_the_next_call_ends_at_the_same_state(
    client: Client, ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.3")
    wanted = ready.trainer
    arguments = [str(client.folder), wanted.folder, wanted.base_model, wanted.tokenizer_cache_dir]
    program = subprocess.Popen(child_command(start_and_wait, *arguments))
    until(lambda: training_runs.live_tuning_runs(client.runs) and training_runs.live_tuning_runs(client.runs)[0].step > 1)
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    (live,) = training_runs.live_tuning_runs(client.runs)
    assert (live.tuning_id, live.candidate) == (TUNING, "plan")
    # It is nobody's own training: neither asked about nor judged, but in the way of one.
    assert unfinished.look_after(client) == unfinished.Unfinished()
    with pytest.raises(PipelineError) as caught:
        lora_trainer.configure(client, settings=ready, card_probe=no_card)
    assert caught.value.key == "train.tuning_orphan" and caught.value.values["candidate"] == "plan"
    unfinished.refuse_orphan(client, tuning_id=TUNING)
    outcome = train(client, ready, variant_of(client, ready), stop_at=10)
    assert (outcome.run_id, outcome.short_at) == (live.run_id, 10) and not psutil.pid_exists(live.pid)


def test_a_candidate_that_another_program_trains_is_left_alone(client: Client, ready: Settings) -> None:
    variant = variant_of(client, ready)
    other = variant_of(client, ready, "rate_half")
    with training_variant.held(client, variant):
        with pytest.raises(PipelineError) as caught:
            train(client, ready, variant)
        assert caught.value.key == "train.candidate_busy"
        assert train(client, ready, other).success


def test_the_run_of_another_computer_is_left_alone_while_it_gives_signs_of_life(
    client: Client, ready: Settings
) -> None:  # fmt: skip
    variant = variant_of(client, ready)
    folder = client.runs / train(client, ready, variant).run_id
    (folder / "outcome.json").unlink()
    utils.write_json(folder / "command.json", {**run_folder.read_command(folder), "machine": "elsewhere", "version": 2})
    with pytest.raises(PipelineError) as caught:
        train(client, ready, variant)
    assert caught.value.key == "train.candidate_busy"
    long_ago = time.time() - 7200
    os.utime(folder / "trainer.log", (long_ago, long_ago))
    assert train(client, ready, variant).run_id == folder.name


# --- beside the client's own trainings -------------------------------------------------------------------------------


def test_no_view_takes_a_candidate_for_a_training_of_the_client(client: Client, ready: Settings) -> None:
    own = lora_trainer.train(client, settings=ready, card_probe=no_card)
    variant = variant_of(client, ready)
    full = train(client, ready, variant)
    train(client, ready, variant_of(client, ready, "rate_half"))
    assert [folder.name for folder in run_folders(client.runs)] == [own.run_id]
    assert [run.run_id for run in models.runs(client)] == [own.run_id]
    assert stages.client_state(client, ready).stage("train").state == "done"
    assert {lora.run_id for lora in trial_models.found(client)} == {own.run_id}
    assert full.run_id not in {item.run_id for item in checkpoints.checkpoints(client)}
    assert [path.name for path in client.models.glob("*.safetensors")] == ["ana_avatar_v1.safetensors"]


def test_a_candidates_file_is_handed_over_when_it_is_taken(client: Client, ready: Settings) -> None:
    full = train(client, ready, variant_of(client, ready, "rate_half", learning_rate=5e-5))
    path = checkpoints.take(client, 20, full.run_id)
    recipe = utils.read_json(path.with_name(f"{path.stem}.recipe.json"))
    assert path.parent == client.models and "rate_half" in path.name and recipe["plan"]["learning_rate"] == 5e-5
    assert models.models(client)[0].ok and steps_of(client, full.run_id) == [10, 30]


def test_states_of_a_tuning_are_deleted_only_once_it_is_over(client: Client, ready: Settings) -> None:
    full = train(client, ready, variant_of(client, ready))
    utils.write_json(training_variant.folder_of(client, TUNING) / "tuning.json", {"version": 1})
    assert checkpoints.clear(client, newest=True).paths == ()
    utils.write_json(training_variant.folder_of(client, TUNING) / "answer.json", {"version": 1})
    assert {path.name.endswith("-state") for path in checkpoints.clear(client).paths} == {True}
    assert steps_of(client, full.run_id) == [10, 20, 30]
    checkpoints.clear(client, newest=True)
    assert steps_of(client, full.run_id) == []


def test_a_card_of_several_is_the_one_that_was_named(client: Client, ready: Settings) -> None:
    cards = [Card(number, "NVIDIA GeForce RTX 3060", 12.0, 11.0 + number, (8, 6), "550", "12.4") for number in range(2)]
    lora_trainer.configure(client, settings=ready, gpu="rtx3060_12gb", overrides=OVERRIDES, card_probe=lambda: cards)
    used = []
    for card in (0, 1):
        variant = variant_of(client, ready, f"card{card}")
        outcome = lora_trainer.train_variant(client, variant, settings=ready, card=card, card_probe=lambda: cards)
        used.append(utils.read_json(client.runs / outcome.run_id / "environment.json")["set"]["CUDA_VISIBLE_DEVICES"])
    assert used == ["0", "1"]
