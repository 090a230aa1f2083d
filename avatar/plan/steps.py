"""Steps, epochs and exposures of a plan, counted as the trainer counts them."""

from __future__ import annotations

import math

from avatar.plan.values import Arithmetic, DatasetFacts, Plan
from config import TrainingPreset

WARMUP_STEPS = 200  # [user]
WARMUP_SHARE = 0.1  # [peers 3.1] 0-10 %; longer than the training, the rate never reaches its value [trainer]


def save_interval(steps: int, preset: TrainingPreset) -> int:
    """Return the distance of checkpoints: 2000 steps and 4 checkpoints -> 500."""
    return max(1, math.ceil(steps / preset.checkpoints))


def sample_interval(steps: int, preset: TrainingPreset) -> int | None:
    """Return the distance of rounds of samples: 2000 steps and 4 rounds -> 500; None where the preset wants none."""
    return max(1, math.ceil(steps / preset.samples)) if preset.samples else None


def warmup(steps: int) -> int:
    """Return the user's 200 warm-up steps, or a tenth of a shorter training."""
    return min(WARMUP_STEPS, int(steps * WARMUP_SHARE))


def step_arithmetic(plan: Plan, dataset: DatasetFacts) -> Arithmetic:
    """Return how the plan goes through the dataset, as the trainer counts (train_network.py:978).

    All crops have one size, so that there is one bucket and only an epoch's last batch can be short.
    """
    # Values below one, which rule_problems names, count as one here.
    batch, accumulation = max(1, plan.train_batch_size), max(1, plan.gradient_accumulation_steps)
    processes = max(1, plan.num_processes)
    batches = math.ceil(math.ceil(dataset.exposures / batch) / processes)  # of one process
    steps_per_epoch = math.ceil(batches / accumulation)
    epochs = math.ceil(plan.max_train_steps / steps_per_epoch) if steps_per_epoch else 0
    whole, rest = divmod(plan.max_train_steps, steps_per_epoch) if steps_per_epoch else (0, 0)
    per_step = batch * accumulation * processes
    exposures = whole * dataset.exposures + min(rest * per_step, dataset.exposures)
    interval = plan.save_every_n_steps
    checkpoints = 1 if not interval else max(1, math.ceil(plan.max_train_steps / interval))
    return Arithmetic(
        dataset.images, dataset.exposures, batches, steps_per_epoch, epochs, plan.max_train_steps, exposures,
        round(exposures / dataset.images, 1) if dataset.images else 0.0, checkpoints,
    )  # fmt: skip
