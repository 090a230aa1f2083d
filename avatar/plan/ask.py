"""The plan that card profile and preset ask for, before it is fitted to anything."""

from __future__ import annotations

import math

from avatar.plan import steps as plan_steps
from avatar.plan.values import DatasetFacts, Plan
from config import GPUProfile, TrainerConfig, TrainingPreset

DEFAULT_PRESET = "balanced"


def ask(profile: GPUProfile, preset: TrainingPreset, dataset: DatasetFacts, trainer: TrainerConfig | None = None) -> Plan:
    """Return the plan that profile and preset ask for, before it is fitted to anything.

    Steps: exposures a picture x pictures / (batch x accumulation), within the preset's limits.
    """
    trainer = trainer or TrainerConfig()
    seen_per_step = profile.batch_size * profile.gradient_accumulation_steps
    wanted = math.ceil(preset.exposures_per_picture * max(dataset.images, 1) / seen_per_step)
    steps = min(max(wanted, preset.min_steps), preset.max_steps)
    fast = preset.fast_learning_rate is not None and profile.vram_gib >= 8
    return Plan(
        profile=profile.name,
        preset=preset.name,
        base_model=trainer.base_model,
        resolution=profile.resolution,
        network_dim=profile.network_dim,
        network_alpha=float(profile.network_alpha),
        train_batch_size=profile.batch_size,
        gradient_accumulation_steps=profile.gradient_accumulation_steps,
        learning_rate=(preset.fast_learning_rate or preset.learning_rate) if fast else preset.learning_rate,
        max_train_steps=steps,
        save_every_n_steps=plan_steps.save_interval(steps, preset),
        save_state=preset.save_state,
        save_last_n_steps_state=plan_steps.save_interval(steps, preset) if preset.save_state else None,
        sample_every_n_steps=plan_steps.sample_interval(steps, preset),
        lr_warmup_steps=plan_steps.warmup(steps),
        optimizer_type=profile.optimizer,
        tokenizer_cache_dir=trainer.tokenizer_cache_dir,
    )
