"""What watching a training costs the program: seconds of processor per hour of training at ten bars a second.

    python benchmarks/watching.py --seconds 120

Trained is with the stand-in of the tests, a step every 0.2 s, two bars a step as the real trainer writes them. Counted is the
program's own time, children not; without a card, so that the look at its memory every ten seconds is not among it.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

import config
import data_preprocessor
import lora_trainer
import utils
from avatar.training.progress_file import TrainProgress
from avatar.training.watch import TrainingCallbacks
from benchmarks.dataset import make_client
from benchmarks.train_kills import install, no_card

STEP_S = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure and print; the last line is the share of one processor."""
    parser = argparse.ArgumentParser(description="processor time of watching a training")
    parser.add_argument("--seconds", type=float, default=120, help="how long to watch (default 120)")
    chosen = parser.parse_args(arguments)
    if chosen.seconds < 1:
        parser.error("--seconds must be at least 1")
    with tempfile.TemporaryDirectory(prefix="watching-") as folder:
        watched, used, bars = measure(Path(folder), round(chosen.seconds / STEP_S))
    print(f"watched {watched:.0f} s, {bars / watched:.1f} bars a second; processor {used:.3f} s")
    print(f"watching: {3600 * used / watched:.1f} s of processor per hour of training, {100 * used / watched:.2f} % of one")
    return 0


def measure(folder: Path, steps: int) -> tuple[float, float, int]:
    """Return (seconds from the first bar to the last, seconds of processor in between, bars)."""
    os.environ.update(FAKE_TRAINER_STEP_S=str(STEP_S), FAKE_TRAINER_FAIL="")
    config.LOG_DIR = folder / "logs"
    settings = install(folder)
    client = make_client(folder / "one", 4)
    data_preprocessor.prepare_dataset(client, settings=settings)
    overrides = (f"steps={steps}", f"save_every_n_steps={steps}")
    lora_trainer.configure(client, settings=settings, gpu="cpu", overrides=overrides, card_probe=no_card)
    moments: list[tuple[float, float]] = []
    bar = utils.ProgressTracker("train", " steps")

    def on_progress(progress: TrainProgress) -> None:
        bar(progress.step, progress.total, f"loss={random.random():.4g}")
        moments.append((time.monotonic(), time.process_time()))

    outcome = lora_trainer.train(
        client, settings=settings, watching=TrainingCallbacks(on_progress=on_progress), card_probe=no_card
    )
    if not outcome.success:
        raise RuntimeError(f"the stand-in failed: {outcome.cause}")
    log = (client.runs / outcome.run_id / "trainer.log").read_text(encoding="utf-8")
    (began, before), (ended, after) = moments[0], moments[-1]
    return ended - began, after - before, log.count("steps:")


if __name__ == "__main__":
    sys.exit(main())
