"""Resumed and shared trainings with the real script at toy size, on a processor: slow, and skipped unless told where it is.

AVATAR_SD_SCRIPTS  a checkout of sd-scripts
AVATAR_SD_PYTHON   the interpreter of its environment (torch for processors, tensorboard)
A checkpoint of SDXL's full size in 119 MB is written by shared/tools/toy_trainer.py, which says how the environment is made.
"""

from __future__ import annotations

import math
import os
import socket
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import config
import lora_trainer
import utils
from avatar.plan import preflight
from avatar.system import child
from avatar.system.gpu import Card
from avatar.texts.text import Finding, Text
from avatar.training import event_files, progress_file, run_folder
from avatar.training.progress_file import TrainProgress
from avatar.training.run_folder import Outcome
from avatar.training.step_numbers import numbers_of_record
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client
from config import Settings, TrainerConfig
from tests.places import ROOT, SHARED

SCRIPTS, PYTHON = os.environ.get("AVATAR_SD_SCRIPTS", ""), os.environ.get("AVATAR_SD_PYTHON", "")
TOY = SHARED / "tools" / "toy_trainer.py"
pytestmark = pytest.mark.skipif(
    not (SCRIPTS and PYTHON and TOY.is_file()), reason="AVATAR_SD_SCRIPTS and AVATAR_SD_PYTHON name no trainer"
)
SLOW_S = 3600  # on a busy machine; 3 minutes a case on an idle one
RATE = 1e-3
PICTURES = 3  # batches of an epoch


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("base") / "full.ckpt"
    subprocess.run([PYTHON, str(TOY), "checkpoint", str(path)], check=True, capture_output=True)
    return path


def lay_out(client: Client, pictures: int) -> None:
    """Write a dataset of so many pictures of 64 px, in place of any that is there."""
    folder = client.training_data / "1_ana"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    files = [f"p{number:02}.png" for number in range(pictures)]
    for number, name in enumerate(files):
        pixels = np.random.default_rng(number).integers(0, 255, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / name)
        (folder / name).with_suffix(".txt").write_text("ohwx woman", encoding="utf-8")
    info = {"fingerprint": "abc", "trigger_word": "ohwx", "pictures": [{"file": name} for name in files]}
    utils.write_json(folder / "dataset_info.json", info)


@pytest.fixture
def settings(tmp_path: Path, checkpoint: Path, client: Client, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a computer with the real trainer, and three pictures of 64 px for the client."""
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # threads that wait for each other take five times as long on a busy machine
    lay_out(client, PICTURES)
    return Settings(
        trainer=TrainerConfig(
            folder=SCRIPTS, python=PYTHON, base_model=str(checkpoint),
            tokenizer_cache_dir=str(SHARED / "data" / "tokenizers"),
        )
    )  # fmt: skip


def no_card() -> Sequence[object]:
    return []


def plan(client: Client, settings: Settings, *overrides: str) -> None:
    toy = ["mixed_precision=no", "full_bf16=false", "resolution=64", "save_state=true", f"learning_rate={RATE}", "cycles=1",
           "warmup=0", "min_snr_gamma=none", "save_last_n_steps_state=none"]  # fmt: skip
    lora_trainer.configure(client, settings=settings, gpu="cpu", overrides=[*toy, *overrides], card_probe=list)


def train(
    client: Client, settings: Settings, *, stop_at: int | None = None, resume: bool = False
) -> tuple[Outcome, list[Text]]:
    """Train, and stop as soon as so many steps of the whole training are done."""
    cancel = threading.Event()
    told: list[Text] = []

    def on_progress(progress: TrainProgress) -> None:
        if stop_at is not None and progress.step >= stop_at:
            cancel.set()

    watching = TrainingCallbacks(on_progress=on_progress, on_note=told.append, cancel=cancel, grace_s=5)
    outcome = lora_trainer.train(client, settings=settings, watching=watching, resume=resume, card_probe=list)
    return outcome, told


def rates(client: Client, run_id: str) -> dict[int, float]:
    """Return step of the whole training -> learning rate after it, as the optimizer had it."""
    record = run_folder.read_command(client.runs / run_id)
    curves = event_files.curves_between(client.logs, record["started"], math.inf)
    assert curves is not None
    return {numbers_of_record(record).of_file(own): rate for own, rate in curves.rates()}


def planned_rate(step: int, total: int, scheduler: str) -> float:
    """Return the rate after a step: cosine with one cycle and no warm-up (diffusers/optimization.py), or constant."""
    if scheduler == "constant":
        return RATE
    return 0.0 if step >= total else RATE * 0.5 * (1 + math.cos(math.pi * step / total))


@dataclass(frozen=True)
class Case:
    total: int
    accumulation: int
    every: int
    stops: tuple[int, ...]  # each stop lies a step behind the state that is gone on from
    states: tuple[int, ...]
    scheduler: str = "cosine_with_restarts"
    extra: int = 0  # steps done again


CASES = {
    "in the first epoch": Case(6, 1, 2, (3,), (2,)),
    "in a later epoch, twice": Case(9, 1, 2, (5, 6), (4, 5)),  # the second run saves at its own 2, which is step 5
    "whose last epoch is not whole": Case(7, 1, 2, (5,), (4,)),
    "with accumulation, at the end of an epoch": Case(6, 2, 2, (3,), (2,)),
    "with accumulation, inside an epoch": Case(6, 2, 3, (4,), (3,), extra=1),
    "at a constant rate, inside an epoch": Case(6, 2, 3, (4,), (3,), scheduler="constant"),
}


@pytest.mark.timeout(SLOW_S)
@pytest.mark.parametrize("name", CASES)
def test_a_resumed_training_of_the_real_script_goes_on_with_steps_and_rate_where_it_was_left(
    client: Client, settings: Settings, name: str
) -> None:  # fmt: skip
    case = CASES[name]
    plan(
        client, settings, f"steps={case.total}", f"accumulation={case.accumulation}", f"save_every_n_steps={case.every}",
        f"lr_scheduler={case.scheduler}",
    )  # fmt: skip
    for number, stop in enumerate(case.stops):
        outcome, _ = train(client, settings, stop_at=stop, resume=number > 0)
        assert outcome.cancelled, outcome
    outcome, told = train(client, settings, resume=True)
    assert outcome.success, outcome
    start = case.states[-1]
    assert told[0].values == {"done": start, "total": case.total, "left": case.total - start}
    assert [text.key for text in told[1:]] == (["resume.again_at_zero"] if case.extra else [])
    assert outcome.resumed is not None and (outcome.steps, outcome.total) == (case.total, case.total)
    assert (outcome.resumed["start"], outcome.resumed["trained"]) == (start, case.total - start + case.extra)
    assert outcome.resumed["first_rate"] == pytest.approx(outcome.resumed["expected_rate"], rel=1e-3)
    found = {step: rate for step, rate in rates(client, outcome.run_id).items() if step > start}  # a batch before is logged too
    assert list(found) == list(range(start + 1, case.total + 1 + case.extra))
    for step, rate in found.items():
        assert rate == pytest.approx(planned_rate(step, case.total, case.scheduler), rel=1e-3, abs=1e-9)
    rows = [row["step"] for row in progress_file.rows_of(client.runs / outcome.run_id / "progress.jsonl")]
    assert rows[-1] == case.total
    numbers = [int(path.stem[-8:]) for path in (client.runs / outcome.run_id / "checkpoints").iterdir()]
    assert all(start < number <= case.total + case.extra for number in numbers)


# --- several processes -----------------------------------------------------------------------------------------------

LIKE_CARDS = {"PYTHONPATH": str(ROOT / "tests" / "two_processes"), "CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"}
TWO = [
    "num_processes=2", "accumulation=1", "fp8_base=false", "optimizer_type=AdamW", "gradient_checkpointing=false",
    "try_anyway=true", "sample_every_n_steps=none", "network_dim=4", "network_alpha=2", "save_state=false",
]  # fmt: skip


def two_cards() -> list[Card]:
    return [Card(index, "NVIDIA GeForce RTX 3060", 8.0, 7.9, (8, 6)) for index in (0, 1)]


def plan_for_two(client: Client, settings: Settings, *overrides: str) -> None:
    toy = ["mixed_precision=no", "full_bf16=false", "resolution=64", f"learning_rate={RATE}", "cycles=1", "warmup=0",
           "min_snr_gamma=none", "steps=4"]  # fmt: skip
    lora_trainer.configure(
        client, settings=settings, gpu="rtx3060_8gb", overrides=[*toy, *TWO, *overrides], card_probe=two_cards
    )


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes without a card, which talk by gloo on this computer."""
    made = child.child_environment
    monkeypatch.setattr(child, "child_environment", lambda *given: {**made(*given), **LIKE_CARDS})
    checks = preflight.check

    def without_cuda(setup: preflight.Setup, machine: preflight.Machine) -> list[Finding]:
        return [found for found in checks(setup, machine) if found.text.key != "preflight.no_cuda"]  # torch for processors

    monkeypatch.setattr(preflight, "check", without_cuda)


def log_of(client: Client, run_id: str) -> str:
    return (client.runs / run_id / run_folder.LOG_FILE).read_text(encoding="utf-8")


@pytest.mark.timeout(SLOW_S)
def test_two_cards_share_one_training_of_the_real_script(client: Client, settings: Settings, several: None) -> None:
    plan_for_two(client, settings)

    outcome = lora_trainer.train(client, settings=settings, card_probe=two_cards)

    assert outcome.success, outcome
    log = log_of(client, outcome.run_id)
    assert "loading model for process 0/2" in log and "loading model for process 1/2" in log
    # three pictures by two processes: two steps an epoch, as the plan counts
    assert (outcome.steps, outcome.total) == (4, 4) and "epoch 2/2" in log
    assert outcome.model is not None and outcome.model.is_file()


@pytest.mark.timeout(SLOW_S)
def test_two_machines_share_one_training_of_the_real_script(
    client: Client, settings: Settings, several: None, tmp_path: Path
) -> None:  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    machines = ["num_machines=2", "main_process_ip=127.0.0.1", f"main_process_port={port}"]
    plan_for_two(client, settings, *machines, "machine_rank=1")
    second = lora_trainer.dry_run(client, settings=settings, card_probe=two_cards)  # the line that the user starts there
    command = [
        word.replace(str(client.training), str(tmp_path / "second")) if "output" in word else word for word in second.command
    ]
    with (tmp_path / "second.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=second.cwd, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **LIKE_CARDS}
        )
    try:
        plan_for_two(client, settings, *machines, "machine_rank=0")
        outcome = lora_trainer.train(client, settings=settings, card_probe=two_cards)
        assert outcome.success, outcome
        assert process.wait(SLOW_S) == 0
    finally:
        process.kill()
    said = (tmp_path / "second.log").read_text(encoding="utf-8")
    assert "loading model for process 0/2" in said and (outcome.steps, outcome.total) == (4, 4)
    assert "model saved" in log_of(client, outcome.run_id) and "model saved" not in said  # only the first machine writes
