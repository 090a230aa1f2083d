"""The graphics memory of a plan: arithmetic on exact parameter counts and on reported peaks; not measured on a card."""

from __future__ import annotations

from avatar.plan.values import Estimate, Plan
from avatar.system.gpu import GIB, Card
from config import GPUProfile

# Parameters, counted from the headers of the SDXL base checkpoint and of LoRA files.
UNET_PARAMETERS = 2_567_463_684
TEXT_ENCODER_PARAMETERS = 817_719_552
VAE_PARAMETERS = 83_653_863
LORA_UNET_PARAMETERS_PER_DIM = 2_659_840
LORA_TEXT_PARAMETERS_PER_DIM = 903_168
# Bytes a LoRA parameter costs in the optimizer's state.
OPTIMIZER_BYTES = {"adamw8bit": 2, "pagedadamw8bit": 2, "lion8bit": 1, "adamw": 8, "adafactor": 1, "lion": 4, "prodigy": 16}
# [choice] from reported peaks: 4.4 GB in all with fp8 base at 1024 px, one picture (sd-scripts PR 1057) less weights, LoRA
# and context. Grows with the pixels.
ACTIVATIONS_GIB_AT_1024 = 1.2
# [choice] keeping the checkpoints in host memory.
OFFLOADED_SHARE = 0.7
WITHOUT_CHECKPOINTING = 6.0  # [choice] peers report 13-15 GB unoptimised
CONTEXT_GIB = 0.5
VAE_ACTIVATIONS_GIB_AT_1024 = 2.5  # [choice] encoder in fp32, one picture
# [choice] decoder in fp32, one picture: where it has 256 channels at full size one tensor takes 1 GiB, and the input, its norm,
# the activation and the two outputs of 128 channels are there at once.
VAE_DECODING_GIB_AT_1024 = 4.0
DRIVER_SHARE = 0.08  # [choice] of a card that cannot be asked: desktop and driver
# Host memory at the peak of loading, measured on the real trainer: 14.0 GB by default, 9.2-9.8 GB with full_fp16 / full_bf16.
HOST_GIB, HOST_GIB_HALF = 13.1, 9.1
SMALLEST_CARD_GIB = 4.5  # the smallest peak anyone reports is 4.4 GB (sd-scripts PR 1057)
SOURCE = "parameter counts; reported peaks (sd-scripts PR 1057, OneTrainer 934); not measured on this card"


def estimate_memory_gib(plan: Plan, free_gib: float | None = None) -> Estimate:
    """Return the graphics memory of a plan, part by part, in GiB.

    Training: U-Net + LoRA with gradients and optimizer + text encoders unless cached + activations + context.
    Caching, before it: the VAE in fp32 on one picture; the U-Net is not on the card yet.
    Samples, at 1024 px: see _sampling_gib.
    """
    half = plan.mixed_precision != "no"
    unet = UNET_PARAMETERS * (1 if plan.fp8_base else 2 if half else 4) / GIB
    per_dim = LORA_UNET_PARAMETERS_PER_DIM + (0 if plan.network_train_unet_only else LORA_TEXT_PARAMETERS_PER_DIM)
    weight = 2 if plan.full_bf16 or plan.full_fp16 else 4
    state = OPTIMIZER_BYTES.get(plan.optimizer_type.lower(), 8)
    lora = plan.network_dim * per_dim * (2 * weight + state) / GIB
    text = 0.0 if plan.cache_text_encoder_outputs else TEXT_ENCODER_PARAMETERS * (2 if half else 4) / GIB
    pixels = (plan.resolution / 1024) ** 2
    activations = ACTIVATIONS_GIB_AT_1024 * pixels * plan.train_batch_size * (1 if half else 2)
    if not plan.gradient_checkpointing:
        activations *= WITHOUT_CHECKPOINTING
    elif plan.cpu_offload_checkpointing:
        activations *= OFFLOADED_SHARE
    caching = VAE_PARAMETERS * 4 / GIB + VAE_ACTIVATIONS_GIB_AT_1024 * pixels * (plan.vae_batch_size or 1) + CONTEXT_GIB
    sampling = lora + text + _sampling_gib(plan) if plan.makes_samples else 0.0
    total = max(unet + lora + text + activations + CONTEXT_GIB, caching, sampling)
    host = HOST_GIB_HALF if plan.full_bf16 or plan.full_fp16 else HOST_GIB
    return Estimate(
        total_gib=round(total, 2), unet_gib=round(unet, 2), lora_gib=round(lora, 2), text_encoders_gib=round(text, 2),
        activations_gib=round(activations, 2), context_gib=CONTEXT_GIB, caching_gib=round(caching, 2), host_gib=host,
        free_gib=free_gib, source=SOURCE, free="-" if free_gib is None else f"{free_gib:.1f}", sampling_gib=round(sampling, 2),
    )  # fmt: skip


def _sampling_gib(plan: Plan) -> float:
    """Return what a sample takes beside LoRA and optimizer, which stay: U-Net, VAE in fp32, its decoder's activations.

    fp8 does not help: the trainer makes the U-Net fp16 for the time of the sample (sdxl_lpw_stable_diffusion.py:858-862).
    Text encoders whose outputs are cached stay in host memory and work there: no graphics memory, and no garbage.
    """
    unet = UNET_PARAMETERS * (2 if plan.mixed_precision != "no" else 4) / GIB
    return unet + VAE_PARAMETERS * 4 / GIB + VAE_DECODING_GIB_AT_1024 + CONTEXT_GIB


def memory_limit_gib(profile: GPUProfile, card: Card | None) -> float | None:
    """Return the memory a plan may use: free memory of the card, else the profile's memory less what a desktop uses.

    None on the processor.
    """
    if profile.vram_gib == 0:
        return None
    return round(card.free_gib if card else profile.vram_gib * (1 - DRIVER_SHARE), 2)
