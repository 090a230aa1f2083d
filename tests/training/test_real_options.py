"""Options that do not do what they say, shown by the real script at toy size: slow, and skipped unless told where it is.

AVATAR_SD_SCRIPTS and AVATAR_SD_PYTHON as in test_real_trainer.py. What needs CUDA is not shown here (8-bit optimizers, fp8,
xformers): those effects say so in their `evidence`.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatar.trainer import start_weights
from tests.option_starts import STARTS, Start, options_of
from tests.places import SHARED
from tests.trainer.test_option_effects import named

SCRIPTS, PYTHON = os.environ.get("AVATAR_SD_SCRIPTS", ""), os.environ.get("AVATAR_SD_PYTHON", "")
TOY = SHARED / "tools" / "toy_trainer.py"
pytestmark = [
    pytest.mark.skipif(not (SCRIPTS and PYTHON and TOY.is_file()), reason="no trainer is named"),
    pytest.mark.timeout(3600),
]  # fmt: skip
ENDS = [start for start in STARTS if start.says]
AGAINST = [start for start in STARTS if start.effect == "effect.timesteps_crossed"]
SILENT = [start for start in STARTS if start.effect == "effect.no_log"]
IGNORED = [start for start in STARTS if not start.says and start not in [*AGAINST, *SILENT]]

RunTrainer = Callable[[Mapping[str, Sequence[str]]], tuple[int, str, str]]


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("base") / "full.ckpt"
    subprocess.run([PYTHON, str(TOY), "checkpoint", str(path)], check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, checkpoint: Path) -> RunTrainer:
    """Return a function that starts the script with options on one picture, and returns exit code, log and the LoRA's hash."""
    known: dict[str, tuple[int, str, str]] = {}

    def started(options: Mapping[str, Sequence[str]]) -> tuple[int, str, str]:
        name = json.dumps(options, sort_keys=True)
        if name not in known:
            known[name] = _start(options, checkpoint, tmp_path_factory.mktemp("toy"))
        return known[name]

    return started


def _start(options: Mapping[str, Sequence[str]], checkpoint: Path, folder: Path) -> tuple[int, str, str]:
    pictures = folder / "data" / "1_ana"
    pictures.mkdir(parents=True)
    # With an alpha channel, of which the trainer takes no notice without --alpha_mask: half of the picture is background.
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 4), dtype=np.uint8)
    pixels[:, :, 3] = 255
    pixels[:, 32:, 3] = 0
    Image.fromarray(pixels).save(pictures / "p.png")
    (pictures / "p.txt").write_text("ohwx woman, red hair", encoding="utf-8")
    places = {
        "pretrained_model_name_or_path": checkpoint, "train_data_dir": folder / "data", "output_dir": folder / "out",
        "output_name": "toy", "tokenizer_cache_dir": SHARED / "data" / "tokenizers",
    }  # fmt: skip
    command = [PYTHON, str(Path(SCRIPTS) / "sdxl_train_network.py")]
    for name, values in {**{name: [str(value)] for name, value in places.items()}, **options}.items():
        command += [f"--{name}", *values]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "COLUMNS": "300"}
    environment["CUDA_VISIBLE_DEVICES"] = ""
    done = subprocess.run(
        command, cwd=SCRIPTS, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    return done.returncode, done.stdout, _weights(folder / "out" / "toy.safetensors")


def _weights(path: Path) -> str:
    """Return a hash of a LoRA's tensors, "" where there is no file; its metadata hold the time."""
    if not path.is_file():
        return ""
    data = path.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    tensors = {name: entry for name, entry in json.loads(data[8:begin]).items() if name != "__metadata__"}
    return hashlib.sha256(json.dumps(tensors, sort_keys=True).encode() + data[begin:]).hexdigest()


@pytest.mark.parametrize("start", ENDS, ids=named)
def test_the_trainer_ends_as_the_list_says(run: RunTrainer, start: Start) -> None:
    code, log, weights = run(options_of(start.options))
    assert (code, weights) == (1, ""), log[-2000:]
    assert start.says in log


def together(starts: Sequence[Start]) -> dict[str, Sequence[str]]:
    """Return the options of several starts as those of one."""
    options = options_of({})
    pairs = [pair for start in starts for pair in start.options.get("network_args") or ()]
    for start in starts:
        options = {**options, **{name: values for name, values in start.options.items() if values is not None}}
    return {**options, "network_args": pairs} if pairs else options


def test_what_is_ignored_changes_no_number_of_the_lora(run: RunTrainer) -> None:
    """All of it in one start: the same LoRA to the last bit proves it for each."""
    code, log, plain = run(options_of({}))
    assert code == 0 and plain, log[-2000:]
    same = [start for start in IGNORED if not start.like]
    code, log, weights = run(together(same))
    assert (code, weights) == (0, plain), log[-2000:]


@pytest.mark.parametrize("start", [start for start in IGNORED if start.like], ids=named)
def test_what_is_ignored_beside_another_option_changes_no_number_either(run: RunTrainer, start: Start) -> None:
    code, log, plain = run(options_of(start.like))
    assert code == 0 and plain, log[-2000:]
    assert run(options_of({**start.like, **start.options}))[::2] == (0, plain)


@pytest.mark.parametrize("start", SILENT, ids=named)
def test_a_log_that_is_led_away_does_not_say_that_the_model_was_saved(run: RunTrainer, start: Start) -> None:
    assert "model saved." in run(options_of({}))[1]
    code, log, weights = run(options_of(start.options))
    assert code == 0 and weights and "model saved." not in log


@pytest.mark.parametrize("start", AGAINST, ids=named)
def test_what_works_against_its_purpose_ends_well_with_another_lora(run: RunTrainer, start: Start) -> None:
    plain = run(options_of({}))[2]
    code, log, weights = run(options_of(start.options))
    assert code == 0 and weights not in {"", plain}, log[-2000:]


def test_a_mask_in_the_alpha_channel_is_used_with_its_option_alone(run: RunTrainer) -> None:
    code, log, plain = run(options_of({}))
    assert code == 0 and plain, log[-2000:]
    code, log, masked = run(options_of({"alpha_mask": []}))
    assert code == 0 and masked not in {"", plain}, log[-2000:]
    assert run(options_of({"masked_loss": []}))[2] == plain


def test_a_lora_of_another_dim_to_begin_with_ends_the_run_after_the_model_has_loaded(
    checkpoint: Path, tmp_path: Path
) -> None:  # fmt: skip
    code, log, first = _start(options_of({}), checkpoint, tmp_path / "one")
    assert code == 0 and first, log[-2000:]
    begin = tmp_path / "one" / "out" / "toy.safetensors"
    options = options_of({"network_weights": [str(begin)], "network_dim": ["8"]})
    code, log, weights = _start(options, checkpoint, tmp_path / "two")
    assert (code, weights) == (1, "") and "size mismatch for lora_unet_" in log and "prepare optimizer" not in log
    assert start_weights.problem(begin, dim=4) is None
    problem = start_weights.problem(begin, dim=8)
    assert problem is not None and (problem.key, problem.values["before"]) == ("preflight.weights_dim", "4")


def test_what_works_instead_makes_another_lora(run: RunTrainer) -> None:
    plain = run(options_of({}))[2]
    code, log, weights = run(options_of({"network_args": ["conv_dim=2", "conv_alpha=1"]}))
    assert code == 0 and weights not in {"", plain}, log[-2000:]
