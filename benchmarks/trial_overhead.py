"""How much of a trial's time is not the back end's own: files, proofs, lines, the lock.

    python benchmarks/trial_overhead.py --pictures 20 --seconds 1

The stand-in of the tests takes that many seconds for a picture of 1024 px, as a back end would, and hands over a portrait's
worth of bytes. Measured is the drawing alone: models are checked and sheets drawn once a trial, whatever its length.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

import numpy as np

from avatar.generate import proof
from avatar.generate.backend import LoraFile, Request
from avatar.results import trial_models, trial_prompts, trial_run
from avatar.results.trial import HeldOut
from avatar.results.trial_make import Asked
from avatar.workspace.workspace import Workspace
from config import TrainerConfig
from tests.results import fake_backend, made

SIDE_PX = 1024


def paint(request: Request, lora: LoraFile | None) -> bytes:
    """Return a picture with as much detail as a portrait: about 1 MB."""
    generator = np.random.default_rng(fake_backend.seed_of(request.model, request.weight, request.prompt, request.seed))
    coarse = generator.integers(0, 255, (SIDE_PX // 4, SIDE_PX // 4, 3), np.uint8)
    return fake_backend.encoded(np.kron(coarse, np.ones((4, 4, 1), np.uint8)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw a trial of about so many pictures; the last line says the share of its time that is not the back end's."""
    parser = argparse.ArgumentParser(description="overhead of a trial beside its back end")
    parser.add_argument("--pictures", type=int, default=20, help="how many at least (default 20)")
    parser.add_argument("--seconds", type=float, default=1.0, help="that the back end takes for one (default 1)")
    chosen = parser.parse_args(arguments)
    proof.check_lora = made.facts
    with tempfile.TemporaryDirectory(prefix="trial-overhead-") as folder:
        client = made.trained(Workspace(Path(folder)).create("ana", trigger_word="ohwx", class_word="woman"))
        loras = trial_models.found(client)[:2]
        base = trial_models.base_of(client, loras, TrainerConfig())
        models = trial_models.checked(client, loras, base, lambda note: None)
        prompts = trial_prompts.trial_prompts([], "ohwx", "woman", [], all_own=True)
        weights = [f"0.{number}" for number in range(1, 10)][: max(1, -(-(chosen.pictures - 6) // 12))]
        asked = Asked(models=models, weights=weights, prompts=prompts, seeds=[42], base=base, kind="comfyui",
                      held_out=HeldOut(images=[], digest=""), side_px=SIDE_PX)  # fmt: skip
        begun = time.perf_counter()
        backend = fake_backend.FakeBackend(paint=paint, seconds=chosen.seconds)
        outcome = trial_run.run(client, asked, [backend], trial_run.Callbacks())
        seconds = time.perf_counter() - begun
    over = seconds - outcome.back_end_s
    print(f"{outcome.drawn} pictures in {seconds:.2f} s, of these {outcome.back_end_s:.2f} s the back end's own")
    share = 100 * over / outcome.back_end_s
    print(f"trial_overhead: {seconds / outcome.back_end_s:.3f}x the back end's own time ({share:.1f} % over)")
    return 0 if outcome.whole else 1


if __name__ == "__main__":
    raise SystemExit(main())
