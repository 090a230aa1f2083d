"""What the trainer's generator needs of a card, and which trials fit it. Pure; all figures in GiB (2^30 bytes).

Nothing is offloaded: weights, networks and the decoding of a picture are there together. Two figures, since one card and
one picture size were measured: `least_gib` by counting and by the replayed decoding, and `safe_gib`, which has the peak of
an H200 in it. That peak is 1.9 above the replay at 1024 px, most likely cuDNN's workspaces, of which torch takes smaller
ones where memory is short: so between the two it may go well, and nobody has seen it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from avatar.plan.memory_terms import (
    CONTEXT_GIB,
    GIB,
    LORA_TEXT_PARAMETERS_PER_DIM,
    LORA_UNET_PARAMETERS_PER_DIM,
    TEXT_ENCODER_PARAMETERS,
    UNET_PARAMETERS,
    VAE_PARAMETERS,
)

WEIGHTS_GIB = ((UNET_PARAMETERS + TEXT_ENCODER_PARAMETERS) * 2 + VAE_PARAMETERS * 4) / GIB  # [count] the VAE in fp32: 6.62
DECODING_GIB = 3.0  # [replay] at 1024 px
# [measured] benchmarks/measured/h200_sdxl_lora.json: 11.55 allocated at 1024 px with one LoRA of dim 4, context 0.75.
MEASURED_DECODING_GIB = 11.55 - WEIGHTS_GIB - 4 * LORA_UNET_PARAMETERS_PER_DIM * 2 / GIB  # 4.91
MEASURED_CONTEXT_GIB = 0.75
FRAGMENTS_GIB = 0.35  # [measured] the most that trainings on that card needed above what they allocated
LEAST_MARGIN = 1.08  # of the plan's own formula, see avatar/plan/memory.py
USUAL_SIDE_PX = 1024
SMALLEST_SIDE_PX = 768  # [choice] below, SDXL composes other pictures
STEP_PX = 64
# The computer's own memory while it loads: all weights are made fp32 before they are made half. [count]
HOST_GIB = (UNET_PARAMETERS + TEXT_ENCODER_PARAMETERS + VAE_PARAMETERS) * 4 / GIB  # 12.92
UNKNOWN_DIM = 128  # [choice] of a LoRA whose rank is not known: the largest that the presets make


@dataclass(frozen=True, kw_only=True)
class Network:
    """What of a LoRA counts for the memory."""

    dim: int
    has_text_encoder: bool = False

    @property
    def gib(self) -> float:
        per_dim = LORA_UNET_PARAMETERS_PER_DIM + (LORA_TEXT_PARAMETERS_PER_DIM if self.has_text_encoder else 0)
        return (self.dim or UNKNOWN_DIM) * per_dim * 2 / GIB


def least_gib(networks: Sequence[Network], width: int, height: int) -> float:
    """Return what a picture needs by the formula, without any margin.

    >>> round(least_gib([Network(dim=32)], 1024, 1024), 2)
    10.28
    """
    return WEIGHTS_GIB + CONTEXT_GIB + DECODING_GIB * _share(width, height) + sum(network.gib for network in networks)


def safe_gib(networks: Sequence[Network], width: int, height: int) -> float:
    """Return what a picture is known to fit in, as far as one card tells.

    >>> round(safe_gib([Network(dim=32)], 1024, 1024), 2)
    12.79
    """
    held = WEIGHTS_GIB + MEASURED_CONTEXT_GIB + FRAGMENTS_GIB + sum(network.gib for network in networks)
    return held + MEASURED_DECODING_GIB * _share(width, height)


def _share(width: int, height: int) -> float:
    return width * height / USUAL_SIDE_PX**2


Verdict = Literal["fits", "narrow", "too_large"]


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a trial is drawn on a card.

    per_start      networks that are loaded at once
    width, height  of the pictures: those asked for, or the largest smaller ones of that shape that fit
    needs_gib      of that
    verdict        fits; narrow: it may end out of memory; too_large: not even the smallest pictures fit
    """

    verdict: Verdict
    per_start: int
    width: int
    height: int
    needs_gib: float
    free_gib: float

    def smaller_than(self, width: int, height: int) -> bool:
        return (self.width, self.height) != (width, height)


def fit(free_gib: float, networks: Sequence[Network], width: int, height: int) -> Fit:
    """Return how a trial with these LoRAs fits: fewer networks a start first, since no picture changes by it, then size."""
    largest = sorted(networks, key=lambda network: -network.gib)
    many = max(1, len(largest))
    for wide, high in sizes(width, height):
        for per_start in range(many, 0, -1):
            needs = safe_gib(largest[:per_start], wide, high)
            if needs <= free_gib:
                return Fit(
                    verdict="fits", per_start=per_start, width=wide, height=high, needs_gib=needs, free_gib=free_gib
                )  # fmt: skip
    wide, high = sizes(width, height)[-1]
    least = least_gib(largest[:1], wide, high) * LEAST_MARGIN
    verdict: Verdict = "narrow" if least <= free_gib else "too_large"
    return Fit(verdict=verdict, per_start=1, width=wide, height=high, needs_gib=least, free_gib=free_gib)


def sizes(width: int, height: int) -> list[tuple[int, int]]:
    """Return the sizes to try, largest first: that one, and smaller ones of its shape in steps of 64 px.

    >>> sizes(1024, 1024)
    [(1024, 1024), (960, 960), (896, 896), (832, 832), (768, 768)]
    >>> sizes(832, 1216)[-1], sizes(512, 512)
    ((640, 960), [(512, 512)])
    """
    found = [(width, height)]
    longest = max(width, height)
    for side in range(longest - STEP_PX, 0, -STEP_PX):
        wide, high = (round(one * side / longest / STEP_PX) * STEP_PX for one in (width, height))
        if wide * high < SMALLEST_SIDE_PX**2:
            break
        found.append((wide, high))
    return found
