"""Steps, epochs and exposures of a plan, counted as the trainer counts them."""

from __future__ import annotations

import math

from avatar.plan import held_out, regularisation
from avatar.plan.values import Arithmetic, DatasetFacts, Plan
from config import TrainingPreset

WARMUP_STEPS = 200  # [user]
WARMUP_SHARE = 0.1  # [peers 3.1] 0-10 %; longer than the training, the rate never reaches its value [trainer]


def save_interval(steps: int, preset: TrainingPreset) -> int:
    """Return the interval of checkpoints: 2000 steps and 4 checkpoints -> 500."""
    return max(1, math.ceil(steps / preset.checkpoints))


def pictures_of_a_process(plan: Plan) -> int:
    """Return how many pictures one step of one process sees; values below one, which rule_problems names, count as one."""
    return max(1, plan.train_batch_size) * max(1, plan.gradient_accumulation_steps)


def pictures_a_step(plan: Plan) -> int:
    """Return how many pictures one step sees, over all cards."""
    return pictures_of_a_process(plan) * max(1, plan.num_processes)


def steps_per_epoch(plan: Plan, exposures: int) -> int:
    """Return the optimizer steps of an epoch; 0 without a dataset.

    Values below one, which rule_problems names, count as one.
    """
    batches = math.ceil(math.ceil(exposures / max(1, plan.train_batch_size)) / max(1, plan.num_processes))
    return math.ceil(batches / max(1, plan.gradient_accumulation_steps))


def whole_epochs(steps: int, per_epoch: int, preset: TrainingPreset) -> int:
    """Return the number of steps nearest to `steps` that is whole epochs and within the preset's limits, where there is one."""
    down = steps // per_epoch * per_epoch
    if not down or down == steps:
        return steps  # not one epoch: nothing to round to
    up = down + per_epoch
    if down < preset.min_steps or (up - steps < steps - down and up <= preset.max_steps):
        return up
    return down


def whole_interval(steps: int, per_epoch: int) -> int:
    """Return a distance of checkpoints that is whole epochs and not shorter: 250 steps and 100 an epoch -> 300."""
    return math.ceil(steps / per_epoch) * per_epoch


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
    batch, processes = max(1, plan.train_batch_size), max(1, plan.num_processes)
    shown = regularisation.shown_in_epoch(dataset, plan.validation_split)
    dataset = held_out.trained_of(dataset, plan.validation_split)
    batches = math.ceil(math.ceil(shown / batch) / processes)  # of one process
    per_epoch = steps_per_epoch(plan, shown)
    epochs = math.ceil(plan.max_train_steps / per_epoch) if per_epoch else 0
    whole, rest = divmod(plan.max_train_steps, per_epoch) if per_epoch else (0, 0)
    part = min(rest * pictures_a_step(plan), shown)  # of an epoch that is not whole; the two kinds come mixed
    exposures = whole * dataset.exposures + (round(part * dataset.exposures / shown) if shown else 0)
    interval = plan.save_every_n_steps
    checkpoints = 1 if not interval else max(1, math.ceil(plan.max_train_steps / interval))
    return Arithmetic(
        dataset.images, dataset.exposures, batches, per_epoch, epochs, plan.max_train_steps, exposures,
        round(exposures / dataset.images, 1) if dataset.images else 0.0, checkpoints, shown - dataset.exposures,
    )  # fmt: skip
