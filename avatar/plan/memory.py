"""The graphics memory of a plan: what the formula gives for it, beside what is free, and the verdict."""

from __future__ import annotations

from avatar.plan import memory_terms
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
SOURCE = "formula of avatar/plan/memory_terms.py; not measured on this card"


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


def estimate_memory_gib(plan: Plan, free_gib: float | None = None) -> Estimate:
    """Return the graphics memory of a plan in GiB: each phase, the one that decides, and its parts.

    free_gib  what may be used; None: not known, there is no verdict then
    """
    load = load_of(plan)
    phases = memory_terms.by_phase(load)
    peak = max(phases, key=phases.__getitem__)
    parts = memory_terms.parts_of(load, peak)
    host = HOST_GIB_HALF if plan.full_bf16 or plan.full_fp16 else HOST_GIB
    return Estimate(
        total_gib=round(phases[peak], 2), safe_gib=round(phases[peak] * margin(plan), 2), peak=peak,
        phases={name: round(gib, 2) for name, gib in phases.items()},
        unet_gib=round(parts["unet"], 2), lora_gib=round(parts["lora"], 2),
        text_encoders_gib=round(parts["text_encoders"], 2), activations_gib=round(parts["activations"], 2),
        context_gib=round(parts["context"], 2), host_gib=host, free_gib=free_gib, source=SOURCE,
        free="-" if free_gib is None else f"{free_gib:.1f}",
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
