"""The commands of all card profiles, started with the real script at toy size: slow, and skipped unless told where it is.

What a processor has not is swapped and named here: 8-bit optimizers and fp8 need CUDA, fp16 and bf16 cost it copies of the
model. Sizes are made small. Every other option is the program's own, value for value.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

import lora_trainer
from avatar.workspace.client import Client
from config import GPU_PROFILES, TRAINING_PRESETS, Settings, TrainerConfig
from tests.places import SHARED
from tests.training import test_real_trainer as real

pytestmark = [real.pytestmark, pytest.mark.timeout(real.SLOW_S)]
checkpoint = real.checkpoint
CARDS = [name for name, profile in GPU_PROFILES.items() if profile.vram_gib]
NEEDS_CUDA: Mapping[str, Sequence[str] | None] = {
    "optimizer_type": ["AdamW"], "fp8_base_unet": None, "fp8_base": None, "mixed_precision": ["no"],
}  # fmt: skip
SIZES: Mapping[str, Sequence[str]] = {
    "resolution": ["64,64"], "network_dim": ["4"], "network_alpha": ["2"], "max_train_steps": ["2"],
    "save_every_n_steps": ["1"], "save_last_n_steps_state": ["1"], "lr_warmup_steps": ["1"],
}  # fmt: skip
PLACES = ("output_dir", "logging_dir", "train_data_dir", "pretrained_model_name_or_path")

Options = dict[str, list[str]]
Start = Callable[[Options], tuple[int, str]]


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Return a function that starts the script with options, the same ones only once, and returns exit code and log."""
    known: dict[str, tuple[int, str]] = {}

    def started(options: Options) -> tuple[int, str]:
        name = str(sorted((option, values) for option, values in options.items() if option not in PLACES))
        if name not in known:
            folder = tmp_path_factory.mktemp("profile")
            placed = {**options, "output_dir": [str(folder / "out")], "logging_dir": [str(folder / "logs")]}
            words = [word for option, values in placed.items() for word in (f"--{option}", *values)]
            command = [real.PYTHON, str(Path(real.SCRIPTS, "sdxl_train_network.py").resolve()), *words]
            environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
            done = subprocess.run(command, cwd=real.SCRIPTS, env=environment, capture_output=True, check=False)
            known[name] = done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")
            shutil.rmtree(folder, ignore_errors=True)  # states of 130 MB
        return known[name]

    return started


def options_of(command: Sequence[str], script: str) -> Options:
    found: Options = {}
    for word in command[command.index(script) + 1 :]:
        if word.startswith("--"):
            found[word[2:]] = []
        else:
            found[list(found)[-1]].append(word)
    return found


def at_toy_size(options: Options) -> Options:
    """Return options as a processor takes them; what is neither a size nor CUDA's stays."""
    swapped = {**NEEDS_CUDA, **SIZES}
    toy = {name: swapped.get(name, values) if name in swapped else values for name, values in options.items()}
    return {name: list(values) for name, values in toy.items() if values is not None}


@pytest.mark.parametrize("preset", TRAINING_PRESETS)
@pytest.mark.parametrize("profile", CARDS)
def test_the_command_of_every_card_starts_and_ends_with_a_model(
    profile: str, preset: str, client: Client, checkpoint: Path, start: Start
) -> None:  # fmt: skip
    real.lay_out(client, real.PICTURES)
    # No trainer is named: the plan is for one with bitsandbytes, as on a computer with the card.
    settings = Settings(
        trainer=TrainerConfig(base_model=str(checkpoint), tokenizer_cache_dir=str(SHARED / "data" / "tokenizers"))
    )
    without_pictures = ["sample_every_n_steps=none"]
    lora_trainer.configure(client, settings=settings, gpu=profile, preset=preset, overrides=without_pictures, card_probe=list)
    planned = lora_trainer.dry_run(client, settings=settings, card_probe=list)
    options = options_of(planned.command, next(word for word in planned.command if word.endswith("sdxl_train_network.py")))
    assert options["optimizer_type"] == ["AdamW8bit"]

    toy = at_toy_size(options)

    assert set(options) - set(toy) <= {"fp8_base_unet"}
    changed = {name for name in toy if toy[name] != options[name]}
    assert changed <= {"optimizer_type", "mixed_precision", *SIZES}
    code, log = start(toy)
    assert code == 0 and "model saved." in log and "2/2" in log, log[-3000:]
