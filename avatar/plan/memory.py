"""The graphics memory of a plan: what the formula gives for it, beside what is free, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from avatar.plan import measured, memory_terms
from avatar.plan.measured import Measured
from avatar.plan.memory_terms import Load
from avatar.plan.values import Estimate, Plan
from avatar.system.gpu import Card
from config import GPUProfile

# What others measured is higher than the formula: by 8 % at batch 1, by 16-18 % above, of which the formula has part already
# (its errors at larger batches are on the safe side). 50 starts on an H200: reserved memory 0-8 % above it at batch 1.
MARGIN, MARGIN_OF_BATCHES = 1.08, 1.15
DRIVER_SHARE = 0.08  # [choice] of a card that cannot be asked: desktop and driver
# Host memory at the peak of loading, measured on the real trainer: 14.0 GB by default, 9.2-9.8 GB with full_fp16 / full_bf16.
HOST_GIB, HOST_GIB_HALF = 13.1, 9.1
SMALLEST_CARD_GIB = 4.5  # the smallest peak anyone reports is 4.4 GB (sd-scripts PR 1057)
FORMULA, MEASURED = "formula of avatar/plan/memory_terms.py; not measured on this card", "measured on this card"
MARGIN_OF_MEASURED = 1.02  # [choice] NVML is looked at every few seconds


def load_of(plan: Plan) -> Load:
    """Return what of a plan counts for graphics memory."""
    return Load(
        resolution=plan.resolution, dim=plan.network_dim, conv_dim=_conv_dim(plan), batch=plan.train_batch_size,
        accumulation=plan.gradient_accumulation_steps, precision=plan.mixed_precision,
        full=plan.full_bf16 or plan.full_fp16, fp8=plan.fp8_base, checkpointing=plan.gradient_checkpointing,
        unet_only=plan.network_train_unet_only, cache_text=plan.cache_text_encoder_outputs,
        cache_latents=plan.cache_latents, half_vae=not plan.no_half_vae and plan.mixed_precision != "no",
        optimizer=plan.optimizer_type, attention="sdpa" if _saves_scores(plan) else "none",
        sample=plan.sample_px if plan.makes_samples else 0, vae_batch=plan.vae_batch_size or 1,
    )  # fmt: skip


def _saves_scores(plan: Plan) -> bool:
    return plan.sdpa or plan.xformers or plan.asks("mem_eff_attn")


def _conv_dim(plan: Plan) -> int:
    """Return the rank of the convolutions (LoCon), which network_args may ask for."""
    given = plan.extra.get("network_args", ())
    pairs = (str(pair).partition("=")[::2] for pair in (given if isinstance(given, (list, tuple)) else str(given).split()))
    value = dict(pairs).get("conv_dim", "")
    return int(value) if value.isdecimal() else 0


@dataclass(frozen=True)
class Room:
    """The memory that a plan may use, in GiB, and what is known of the card by configuration."""

    free_gib: float
    known: Mapping[str, Measured] = field(default_factory=dict)

    def estimate(self, plan: Plan) -> Estimate:
        return estimate_memory_gib(plan, self.free_gib, self.known)

    def needs(self, plan: Plan) -> float:
        return self.estimate(plan).total_gib


def estimate_memory_gib(
    plan: Plan, free_gib: float | None = None, known: Mapping[str, Measured] | None = None
) -> Estimate:  # fmt: skip
    """Return the graphics memory of a plan in GiB: each phase, the one that decides, and its parts.

    free_gib  what may be used; None: not known, there is no verdict then
    known     figures of the card by configuration: what a run took counts instead of the formula
    """
    load = load_of(plan)
    found = (known or {}).get(measured.key_of(load), Measured())
    phases = memory_terms.by_phase(load)
    peak = max(phases, key=phases.__getitem__)
    parts = memory_terms.parts_of(load, peak)
    taken = found.needs_gib
    needs, share = (phases[peak], margin(plan)) if taken is None else (taken, MARGIN_OF_MEASURED)
    host = HOST_GIB_HALF if plan.full_bf16 or plan.full_fp16 else HOST_GIB
    return Estimate(
        total_gib=round(needs, 2), safe_gib=round(needs * share, 2), peak=peak,
        phases={name: round(gib, 2) for name, gib in phases.items()},
        unet_gib=round(parts["unet"], 2), lora_gib=round(parts["lora"], 2),
        text_encoders_gib=round(parts["text_encoders"], 2), activations_gib=round(parts["activations"], 2),
        context_gib=round(parts["context"], 2), host_gib=host, free_gib=free_gib,
        source=FORMULA if taken is None else MEASURED,
        free="-" if free_gib is None else f"{free_gib:.1f}", formula_gib=round(phases[peak], 2),
        measured_gib=None if taken is None else round(taken, 2), failed_gib=found.failed_gib,
    )  # fmt: skip


def margin(plan: Plan) -> float:
    """Return the factor that the formula is taken by where a plan is chosen without asking."""
    return MARGIN if plan.train_batch_size <= 1 else MARGIN_OF_BATCHES


def memory_limit_gib(profile: GPUProfile, card: Card | None) -> float | None:
    """Return the memory a plan may use: free memory of the card, else the profile's memory less what a desktop uses.

    A card without memory of its own shares the computer's, of which loading the base model takes its part. None on the
    processor.
    """
    if profile.vram_gib == 0:
        return None
    if card is None:
        return round(profile.vram_gib * (1 - DRIVER_SHARE), 2)
    return round(max(0.0, card.free_gib - HOST_GIB) if card.shared else card.free_gib, 2)
